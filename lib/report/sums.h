/*
 * report/sums - messages and bytes by name, of names that anybody may make up.
 *
 * Up to MK_SUMS names are kept apart; with one more the smaller half of them
 * becomes "other", for good.
 */
#ifndef MK_REPORT_SUMS_H
#define MK_REPORT_SUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/survey.h"

#define MK_SUMS		8192

struct mk_sums {			/* { 0 } to begin with */
	void *root;			/* of tsearch(3) */
	struct mk_space_folder **v;	/* the same n, in no order */
	size_t n;
	uint64_t other_messages, other_bytes;
	bool other;			/* something went there */
};

/* 0, or -1 (ENOMEM): then it is among the others. */
int mk_sums_add(struct mk_sums *sums, const char *name, uint64_t messages,
    uint64_t bytes);

/* The names with most bytes first; then they can be added to no more. */
void mk_sums_sort(struct mk_sums *sums);
void mk_sums_free(struct mk_sums *sums);

/* Of two folders the one with more bytes first, then by name; of qsort(3) for
 * struct mk_space_folder. */
int mk_space_folder_order(const void *a, const void *b);

#endif
