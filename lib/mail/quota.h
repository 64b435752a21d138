/*
 * mail/quota - keep a mailbox's maildirsize true when mail is removed.
 *
 * Source: Maildir++ (Courier's README.maildirquota); Exim 4.96 and Dovecot
 * 2.3.19 honour an appended line "-BYTES -COUNT" (measured).
 */
#ifndef MK_MAIL_QUOTA_H
#define MK_MAIL_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/list.h"
#include "mail/folder.h"

#define MK_QUOTA_FILE	"maildirsize"
#define MK_QUOTA_LIMIT	5120		/* bytes; at this length all programs
					 * count the mailbox anew */

/*
 * Which maildirsize the mailbox open as DIRFD has now, before anything is
 * changed: its inode, 0 for none.
 */
uint64_t mk_quota_mark(int dirfd);

/*
 * Append "BYTES COUNT" (negative for mail that went) to the maildirsize in
 * the mailbox open as DIRFD, by one write at its end.  A missing file is not
 * made: its owner would take it for a whole count.  One that has reached
 * MK_QUOTA_LIMIT is left to be counted anew.  One that is no longer MARK's
 * was counted anew while mail went: nobody knows how much of that it has
 * seen, so it is removed and will be counted once more.  0, also where there
 * was nothing to do; -1 where it is there and can't be written, or is no
 * regular file with one link.
 */
int mk_quota_add(int dirfd, uint64_t mark, int64_t bytes, int64_t count,
    struct mk_error *err);

/*
 * Whether quota counts the folder at PLACE: it does, unless a pattern of
 * IGNORED (the key quota-ignore) matches its name or that of a level above.
 * In doubt it does not: a sum that is too high is corrected, one that is too
 * low is believed.
 */
bool mk_quota_counts(const struct mk_list *ignored, enum mk_layout layout,
    const char *place);

#endif
