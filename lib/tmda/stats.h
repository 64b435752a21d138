/*
 * tmda/stats - how much is pending: --stats.
 */
#ifndef MK_TMDA_STATS_H
#define MK_TMDA_STATS_H

#include <stdio.h>

#include "base/arena.h"
#include "tmda/look.h"

#define MK_TMDA_AGES	7

struct mk_tmda_stats {			/* { 0 }; of one section */
	struct mk_arena arena;
	struct mk_tmda_for *v;		/* a message each, then a recipient */
	size_t n, cap;
	uint64_t messages, due, listed, future;	/* by its name */
	uint64_t ages[MK_TMDA_AGES];
	int64_t oldest_s;		/* its time */
	const struct mk_tmda *t;
};

/* Count the messages of QUEUE in.  0, or -1 with errno. */
int mk_tmda_stats_add(struct mk_tmda_stats *stats, struct mk_tmda *t,
    struct mk_tmda_queue *queue);

/* To OUT, by age and by recipient, the one with most messages first; as JSON
 * an object on a line.  0, or -1 with errno. */
int mk_tmda_stats_print(struct mk_tmda_stats *stats, FILE *out, bool json);
void mk_tmda_stats_free(struct mk_tmda_stats *stats);

#endif
