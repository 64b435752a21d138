/*
 * mail/archname - the name of a mailbox's archive.
 *
 * "example.org%2Falice.tar.zst": the mailbox's path below the mail root, each
 * byte that is no letter, digit or one of @+_-. (nor a dot at the beginning)
 * as %XX.  The root itself is "%".  A name of 200 bytes or more is cut and
 * told apart by %, and a hash of 16 digits; the mailbox can't be got back.
 */
#ifndef MK_MAIL_ARCHNAME_H
#define MK_MAIL_ARCHNAME_H

#include <stdbool.h>

#include "base/buf.h"

#define MK_ARCHIVE_SUFFIX	".tar.zst"

/* Append the archive's name of MAILBOX to *NAME.  0 or -1 (ENOMEM). */
int mk_archname_encode(const char *mailbox, struct mk_buf *name);

/*
 * Append the mailbox of the archive FILE to *MAILBOX.  False where the name
 * tells of none.
 */
bool mk_archname_decode(const char *file, struct mk_buf *mailbox);

#endif
