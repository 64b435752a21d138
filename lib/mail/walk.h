/*
 * mail/walk - the walker: find the mailboxes below a root, and in each the
 * folders that somebody wants to see.
 *
 * A mailbox is a directory with cur, new and tmp, or one that has a Maildir++
 * folder (".X" with those three: Exim makes a .Junk before the first mail to
 * the inbox), at any depth, the root included.  Hidden directories are never
 * on the way to one.
 *
 * A mailbox has one layout.  With a Maildir++ folder in it, it is Maildir++
 * and Maildirs in other directories below it are mailboxes of their own.
 * Without one its sub-directories are folders of the fs layout ("Trash/cur"),
 * unless one of them is a mailbox for certain (has folders, or files that
 * only a mailbox's top has): then all of them are mailboxes and a user named
 * Trash loses nothing.  The same where the directory could be a domain's that
 * got stray mail: its name has a dot and no '@', and it has no file that only
 * a mailbox's top has.  Below the root itself there are mailboxes only.
 *
 * Nothing is followed: links, other file systems and what can't be read are
 * told to .problem and passed over.  Mailboxes are spread over threads;
 * within a mailbox everything is done in turn.
 */
#ifndef MK_MAIL_WALK_H
#define MK_MAIL_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "mail/folder.h"
#include "mail/index.h"

/* A folder met; the strings last for the call. */
struct mk_folder {
	const char *mailbox;		/* path below the root; "" is the root */
	const char *place;		/* below the mailbox; "" is its inbox */
	const char *path;		/* both, below the root */
	const char *name;		/* mk_folder_name */
	enum mk_layout layout;		/* an inbox's: of its mailbox, where
					 * other folders are to be made; without
					 * any yet it is Maildir++ */
};

/* All may be called from any worker (a thread, from 0), with .data. */
struct mk_walk_ops {
	void *data;
	/* A mailbox was met, before its folders.  May be NULL. */
	void (*mailbox)(void *data, const char *mailbox);
	/*
	 * What to watch in the folder: MK_WATCH_CUR, _NEW, _TMP; 0 leaves it
	 * alone.
	 */
	unsigned (*want)(void *data, const struct mk_folder *folder);
	/*
	 * Look into the folder.  RECORD is filled but for sub_ns (with
	 * mk_walk_stamp, from before listing), due_s and watched.
	 */
	void (*visit)(void *data, const struct mk_folder *folder,
	    struct mk_index_record *record, unsigned worker);
	/* Nothing has changed in the folder, and nothing in it is due.  May be
	 * NULL. */
	void (*unchanged)(void *data, const struct mk_folder *folder,
	    const struct mk_index_record *record, unsigned worker);
	/*
	 * A folder was met that .want does not want; only where a mailbox is
	 * listed anew, as after a rename.  -1: let it be met again next time.
	 * May be NULL.
	 */
	int (*unwanted)(void *data, const struct mk_folder *folder);
	/* Something was passed over; say so. */
	void (*problem)(void *data, const struct mk_error *err);
};

struct mk_walk {
	int rootfd;			/* borrowed */
	const char *root;		/* its path, for messages */
	const char *start;		/* walk only here, below root; "": all */
	bool root_is_mailbox;		/* start was named as a mailbox: it may
					 * have the fs layout, even if it is the
					 * root */
	unsigned threads;
	int64_t now_s;
	const struct mk_index *index;	/* of the last pass, or NULL */
};

struct mk_walk_result {
	size_t mailboxes, folders;	/* met; wanted */
	struct mk_index_record *records;/* for the next pass's index; they
					 * point into the old index, too */
	size_t n;
	bool changed;			/* they differ from the old ones */
	struct mk_arena *arenas;	/* workers of them */
	unsigned workers;
};

/* 0; or -1 where the start can't be read at all, or mk_stopped().  Free the
 * result. */
int mk_walk(const struct mk_walk *walk, const struct mk_walk_ops *ops,
    struct mk_walk_result *result, struct mk_error *err);
void mk_walk_result_free(struct mk_walk_result *result);

struct stat;

/*
 * ST's mtime in nanoseconds, or MK_RACY where it is so young (2 s: the
 * coarsest granularity of file systems in use) that a later change might not
 * show.
 */
int64_t mk_walk_stamp(const struct stat *st, int64_t now_s);

#endif
