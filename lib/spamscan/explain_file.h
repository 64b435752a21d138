/*
 * spamscan/explain_file - the message that --explain names.
 *
 * Opened with the rights that the program was started with, before it becomes
 * the owner of the mail and confines itself: so it may lie anywhere.  One that
 * is no longer there because its flags have changed is found by its unique
 * name in the cur and new of its folder.
 */
#ifndef MK_SPAMSCAN_EXPLAIN_FILE_H
#define MK_SPAMSCAN_EXPLAIN_FILE_H

#include <sys/stat.h>

#include "base/error.h"

struct mk_explain_file {
	int fd;				/* a regular file's; -1: none */
	struct stat st;
	char *dir, *name;		/* where it lies, canonical; as what */
	/* NULL where it lies in no cur or new: */
	char *folder;			/* the directory above DIR */
	char *maildir;			/* FOLDER or one above it: if it is a
					 * mailbox's, then of one from here on
					 * down */
};
#define MK_EXPLAIN_FILE	{ .fd = -1 }

/*
 * Open the message NAMED.  MAIL_ROOT is as configured, there or not.  0; or -1,
 * EX_NOINPUT where it is not there, EX_DATAERR where it is a directory, a link
 * or no regular file.  mk_explain_file_close either way.
 */
int mk_explain_file_open(struct mk_explain_file *file, const char *named,
    const char *mail_root, struct mk_error *err);
void mk_explain_file_close(struct mk_explain_file *file);

#endif
