/*
 * report/top - the first few of many, in an order.
 */
#ifndef MK_REPORT_TOP_H
#define MK_REPORT_TOP_H

#include <stdbool.h>
#include <stddef.h>

struct mk_top {				/* .max, .order and .drop to begin */
	size_t max;
	int (*order)(const void *a, const void *b);	/* as strcmp */
	void (*drop)(void *item);	/* free one */
	void **v;			/* n items in their order */
	size_t n;
	bool lost;			/* one, for lack of memory */
};

/* Take ITEM over (NULL: there was no memory for it); one is dropped where
 * there are more than .max. */
void mk_top_add(struct mk_top *top, void *item);
void mk_top_free(struct mk_top *top);

#endif
