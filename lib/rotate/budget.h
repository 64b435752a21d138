/*
 * rotate/budget - keep the rotated files of some logs within bytes, beyond
 * what newsyslog.conf counts.
 */
#ifndef MK_ROTATE_BUDGET_H
#define MK_ROTATE_BUDGET_H

#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "base/list.h"
#include "rotate/entry.h"
#include "rotate/place.h"

enum mk_record { MK_LINES, MK_PARAGRAPHS };

struct mk_budget {			/* a section rotate.log */
	char *name;			/* its title */
	struct mk_list logs;		/* patterns of paths, fnmatch(3)'s
					 * FNM_PATHNAME */
	int64_t max_total;		/* bytes of all generations of all these
					 * logs; MK_UNSET_INT: any */
	int64_t min_free;		/* bytes that must be free for others
					 * on their file system */
	int record;			/* enum mk_record: what is carried over
					 * whole, see mk_turn_carry */
};

struct mk_budget_log {			/* a log that the budget is for */
	const char *path;
	const char *name;
	const struct mk_place *archive;	/* where its generations lie */
	const char *time_format;
	int64_t count;			/* that are kept; 0: any number is a
					 * generation's */
};

struct mk_budget_done {
	uint64_t removed, bytes;
};

/* Whether the log at PATH belongs to BUDGET. */
int mk_budget_has(const struct mk_budget *budget, const char *path);

/*
 * Remove generations, the oldest of all (by the time that they were last
 * written; of the same, the higher number) first, of the N LOGS, until both
 * are met: never a log, never what is still open for writing, has a second
 * name, or was changed meanwhile; and of each log the newest stays.  max-total
 * counts what they take on the disk, not their length; it says nothing where
 * it can't be met that way.
 *
 * min-free is asked of each file system by itself, for those who are not root,
 * after max-total; what was removed counts as free at once.  Where it can't be
 * met, this is told as EX_TEMPFAIL.  The first thing that goes wrong is told,
 * and all of the rest is done, until mk_stopped().
 *
 * SHOW (-n): say what would go, "\trm -f PATH", count it, and remove nothing.
 * The rights of no place are taken on.  0 or -1.
 */
int mk_budget_keep(const struct mk_budget *budget,
    const struct mk_budget_log *logs, size_t n, FILE *show,
    struct mk_budget_done *done, struct mk_error *err);

#endif
