/*
 * mail/maildir - look at a directory: is it a Maildir, what lies in it?
 */
#ifndef MK_MAIL_MAILDIR_H
#define MK_MAIL_MAILDIR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/sys.h"

struct mk_names {			/* n strings, each ended by a NUL */
	struct mk_buf buf;
	size_t n;
};

/* The name after NAME; the first one where NAME is NULL; NULL at the end. */
const char *mk_names_next(const struct mk_names *names, const char *name);

/* What a directory holds.  { 0 }, then looked with as often as wanted. */
struct mk_look {
	bool has_cur, has_new, has_tmp;	/* directories of these names */
	bool has_mark;			/* a file that only the top of a
					 * mailbox has */
	struct mk_names dots;		/* other directories, ".X" */
	struct mk_names plain;		/* other directories, "X" */
	struct mk_names links;		/* symbolic links, both kinds */
};

/*
 * Look at the directory FD with READER's buffer.  lost+found is left out.  0,
 * or -1 with errno.
 */
int mk_maildir_look(struct mk_look *look, int fd, struct mk_dir *reader);
void mk_look_free(struct mk_look *look);

/* All of cur, new and tmp: maildir(5)'s definition. */
bool mk_look_is_maildir(const struct mk_look *look);

/*
 * Whether PATH below DIRFD has the directories cur, new and tmp: 1 or 0 (also
 * where PATH is no directory, or not there); -1 with errno where that can't
 * be told.
 */
int mk_maildir_at(int dirfd, const char *path);

/* The same for a mailbox: a Maildir, or a directory with one that is hidden. */
int mk_mailbox_at(int dirfd, const char *path);

#endif
