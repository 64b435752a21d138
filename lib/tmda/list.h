/*
 * tmda/list - show what is pending: --list.
 */
#ifndef MK_TMDA_LIST_H
#define MK_TMDA_LIST_H

#include <stdint.h>
#include <stdio.h>

#include "tmda/look.h"

/*
 * The messages of QUEUE to OUT, the oldest first: as JSON an object a line;
 * where TABLE, cut to 80 columns; else all of it, with tabs.  0, or -1 with
 * errno.
 */
struct mk_tmda_listing {
	FILE *out;
	bool json, table;
	const struct mk_tmda *t;
	uint64_t messages;		/* so far */
};
void mk_tmda_list_head(const struct mk_tmda_listing *listing);
int mk_tmda_list(struct mk_tmda_listing *listing, struct mk_tmda *t,
    struct mk_tmda_queue *queue);

#endif
