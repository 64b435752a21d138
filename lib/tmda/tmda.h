/*
 * tmda/tmda - what the parts of one run share.
 *
 * A run does one section after the other.  A section has one TMDA directory,
 * or one in each mailbox; each is a queue.  Its files are named from one of at
 * most three roots: the TMDA directory itself, or the mail root that the
 * mailboxes lie in; and what TMDA's own configuration puts elsewhere.  A root
 * has a plan of its own, since mail/removal works below one.
 */
#ifndef MK_TMDA_TMDA_H
#define MK_TMDA_TMDA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/report.h"
#include "mail/accounts.h"
#include "mail/plan.h"
#include "mail/problems.h"
#include "tmda/conf.h"
#include "tmda/queue.h"

/* The columns of the report. */
enum {
	MK_TMDA_WATCHED, MK_TMDA_DUE, MK_TMDA_REMOVED, MK_TMDA_BYTES,
	MK_TMDA_ARCHIVED, MK_TMDA_RESCUED, MK_TMDA_RELEASED, MK_TMDA_STRANGE,
	MK_TMDA_VANISHED, MK_TMDA_FAILED, MK_TMDA_COLUMNS
};
extern const struct mk_column mk_tmda_columns[MK_TMDA_COLUMNS];

/* The kinds of items in a plan. */
enum { MK_TMDA_MESSAGES, MK_TMDA_RESPONSES, MK_TMDA_KINDS };

struct mk_release;			/* see tmda/release.h */

struct mk_tmda_root {
	int fd;				/* -1: none */
	char *path;			/* for messages, as it was named */
	char *real;			/* the same, without any link */
	struct mk_plan plan;
};
enum { MK_TMDA_ROOT, MK_TMDA_PENDING_ROOT, MK_TMDA_RESPONSE_ROOT,
    MK_TMDA_ROOTS };

struct mk_tmda {			/* one section, at work */
	/* set before, constant in the run */
	const struct mk_tmda_conf *conf;
	const struct mk_list *users;	/* --user; empty: all */
	const struct mk_accounts *accounts;	/* NULL: the tree has them */
	int64_t now_s;			/* the clock, read once */
	int64_t told_s;			/* when what was rescued in it was last
					 * told of; 0: not known */
	bool dry_run;			/* remove and write nothing */
	bool json;
	unsigned threads;
	int archive_fd;			/* -1: none */
	const char *run_name;		/* of this run's archives */
	struct mk_release *release;	/* NULL: no rescue = "release" */
	uint32_t duty;			/* of this section, for it */
	struct mk_report *report;
	/* what it has */
	struct mk_tmda_root roots[MK_TMDA_ROOTS];
	struct mk_buf global;		/* the text of conf->global_config */
	struct mk_tmda_queue **queues;
	size_t queues_n, queues_cap;
	struct mk_problems problems;
	uint64_t watched;		/* messages, for the brake */
};

/* Count in the section's row and in the totals. */
void mk_tmda_count(struct mk_tmda *t, const uint64_t values[MK_TMDA_COLUMNS]);

/* Tell of a failed system call (errno): "WHAT ROOT/PATH: reason". */
void mk_tmda_problem(struct mk_tmda *t, const struct mk_tmda_root *root,
    const char *what, const char *path);

/* Take QUEUE (or free it, -1) among the section's. */
int mk_tmda_add_queue(struct mk_tmda *t, struct mk_tmda_queue *queue);

void mk_tmda_open(struct mk_tmda *t);
void mk_tmda_close(struct mk_tmda *t);

#endif
