/*
 * spamscan/junk - the folder that spam goes to, and the move.
 */
#ifndef MK_SPAMSCAN_JUNK_H
#define MK_SPAMSCAN_JUNK_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "mail/folder.h"

struct mk_junk {
	int cur_fd, new_fd;		/* the folder's; -1 while closed */
};
#define MK_JUNK		{ -1, -1 }

/*
 * Open the folder at PLACE (mk_folder_place; not the inbox) of the mailbox
 * open as MAILBOXFD.  MAKE: what is not there of it is made by mk_mkfolder.
 *
 * 0; 1 where it is not there, or not whole, and not to be made; -1 (EX_DATAERR:
 * a file, a link, another file system; EX_NOPERM; EX_TEMPFAIL for a full
 * disk), the text beginning with the place.  mk_junk_close either way.
 */
int mk_junk_open(struct mk_junk *junk, int mailboxfd, enum mk_layout layout,
    const char *place, bool make, struct mk_error *err);
void mk_junk_close(struct mk_junk *junk);

/*
 * What the file NAME is called in another folder: the letters a to z of its
 * flags go, which mean keywords of its old folder (Dovecot); the rest stays.
 * A FRESH one gets a new unique name in the form "SECONDS.MusecPpidQn.HOST"
 * (maildir(5)), with its ",S=" and ",W="; what would make that too long for a
 * file is left out, the standard flags never.  0 or -1 (ENOMEM).
 */
int mk_junk_name(const char *name, bool fresh, struct mk_buf *out);

/*
 * Move the file NAME of the directory FD, a folder's new (IN_NEW) or cur, to
 * the same one of JUNK by a rename that overwrites nothing; on a collision
 * under a fresh name.  *NEW_NAME is what it is called there.  0; 1 where the
 * file is not there (a flag has changed, or it is gone); -1 (EX_DATAERR:
 * another file system; EX_TEMPFAIL: Junk was removed meanwhile, no room), the
 * message being where it was.
 */
int mk_junk_move(const struct mk_junk *junk, int fd, const char *name,
    bool in_new, struct mk_buf *new_name, struct mk_error *err);

#endif
