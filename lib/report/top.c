/* report/top - the first few of many. */
#include "report/top.h"

#include <stdlib.h>
#include <string.h>

void
mk_top_add(struct mk_top *top, void *item)
{
	size_t at;

	if (top->v == NULL)
		top->v = calloc(top->max + 1, sizeof *top->v);
	if (item == NULL || top->v == NULL) {
		top->lost = true;
		if (item != NULL)
			top->drop(item);
		return;
	}
	for (at = top->n; at > 0 && top->order(top->v[at - 1], item) > 0; at--)
		;
	memmove(top->v + at + 1, top->v + at, (top->n - at) *
	    sizeof *top->v);
	top->v[at] = item;
	if (++top->n > top->max)
		top->drop(top->v[--top->n]);
}

void
mk_top_free(struct mk_top *top)
{
	while (top->n > 0)
		top->drop(top->v[--top->n]);
	free(top->v);
	top->v = NULL;
}
