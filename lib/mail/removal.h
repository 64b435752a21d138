/*
 * mail/removal - carry a plan out: the one place that removes mail.
 *
 * An engine finds what is to go and puts it into a struct mk_plan; here it
 * goes, the same way for all.  Mailbox by mailbox, over threads: archive what
 * is to be archived, synced and read back, and only then remove, folder by
 * folder; then the quota line, then the ledger.
 *
 * A plan is old by the time that it is carried out.  So each message is asked
 * again, under its folder's ledger's lock, twice where it is archived: is it
 * still in this folder (under a new name, where a flag has changed), is it
 * the file that was archived, and does the engine still want it to go
 * (.confirm)?  In doubt it stays.  mk_stopped() ends the work between two
 * messages.
 */
#ifndef MK_MAIL_REMOVAL_H
#define MK_MAIL_REMOVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/list.h"
#include "mail/plan.h"
#include "mail/problems.h"

struct mk_opened;			/* mail/opened: a folder, and */
struct mk_message;			/* a message in it, asked again */

struct mk_removed {			/* what became of planned messages */
	uint64_t removed;
	uint64_t bytes;			/* freed: of those with no other link */
	uint64_t archived;		/* of those removed */
	uint64_t vanished;		/* gone, moved, or no longer to go */
	uint64_t failed;		/* and why, that was told */
};

/* One of the engine's kinds of items. */
struct mk_removal_kind {
	const char *archive;		/* the directory's path; NULL: none */
	int archive_fd;			/* it, opened; kinds with one directory
					 * have one descriptor.  -1: none */
	bool by_ledger;			/* open and lock the folder's ledger, to
					 * know since when a message is there */
};

/* All may be called from any worker, with .data. */
struct mk_removal_ops {
	/*
	 * Which kinds may go from GROUP's folder at all: a bit each.  Asked
	 * once each time that it is opened.  NULL: all.
	 */
	uint64_t (*kinds)(void *data, const struct mk_group *group);
	/*
	 * Whether ITEM, which is now MSG, is still to go; one that is not
	 * counts as vanished.  O is its folder.
	 */
	bool (*confirm)(void *data, struct mk_opened *o,
	    const struct mk_item *item, const struct mk_message *msg);
	/* With -v: MSG went; the line of an audit.  May be NULL. */
	void (*removed)(void *data, const struct mk_group *group,
	    const struct mk_item *item, const struct mk_message *msg);
	/* What became of one folder's items of KIND; not called for none. */
	void (*count)(void *data, unsigned kind, const struct mk_group *group,
	    const struct mk_removed *counts);
};

struct mk_removal {			/* all borrowed */
	int rootfd;			/* what the plan's paths start from */
	const char *root;		/* its path, for messages */
	const struct mk_list *quota_ignore;	/* mk_host's */
	int64_t now_s;
	unsigned threads;
	const char *run_name;		/* of mk_store_run_name; NULL: none of
					 * the kinds has an archive */
	const struct mk_removal_kind *kinds;
	size_t kinds_n;			/* all items' kinds are below it */
	struct mk_problems *problems;
	const struct mk_removal_ops *ops;
	void *data;
};

/*
 * Sort PLAN and carry it out.  What goes wrong with one message, folder or
 * mailbox is told to .problems, and the others are done.  0; or -1, where
 * nothing could be begun, or EX_TEMPFAIL where mk_stopped().
 */
int mk_removal_run(const struct mk_removal *removal, struct mk_plan *plan,
    struct mk_error *err);

/*
 * Tell .problems of a failed system call (errno) on NAME, "" or a file, in the
 * folder of GROUP: "WHAT PATH: reason".
 */
void mk_removal_problem(const struct mk_removal *removal,
    const struct mk_group *group, const char *what, const char *name);

#endif
