/*
 * mail/mkfolder - make folders, whole or not at all, as their owner's.
 */
#ifndef MK_MAIL_MKFOLDER_H
#define MK_MAIL_MKFOLDER_H

#include <sys/stat.h>

#include "base/error.h"
#include "mail/folder.h"

/*
 * Make the directory NAME in DIRFD with the mode of LIKE, whatever the umask
 * is, and, as root, its owner and group.  0; or -1 with errno (EEXIST where
 * anything has that name, EPERM where ours was replaced meanwhile), nothing
 * having been made.
 */
int mk_mkfolder_dir(int dirfd, const char *name, const struct stat *like);

/*
 * Make the folder at PLACE (mk_folder_place) of the mailbox open as MAILBOXFD,
 * or what it lacks of cur, new and tmp; in the fs layout also the folders that
 * are missing above it, in Maildir++ an empty "maildirfolder" in a new one.
 *
 * Built in the mailbox's tmp, by a name that is no message's, and then renamed
 * into place; what a killed run left there is used.  Mode, and as root owner
 * and group, are those of the mailbox and of its cur.  Several may make the
 * same folder at a time.
 *
 * 0; or -1 with a text that names the place: EX_DATAERR where something else
 * is in the way.
 */
int mk_mkfolder(int mailboxfd, enum mk_layout layout, const char *place,
    struct mk_error *err);

/* Remove what a killed mk_mkfolder left. */
void mk_mkfolder_tidy(int mailboxfd);

/* For errno of an open(2) of PLACE, a folder or a part of one.  -1. */
int mk_mkfolder_blame(const char *place, struct mk_error *err);

#endif
