/*
 * spamscan/histogram - how scores are spread, and what limits would catch.
 *
 * Reads the folders that are scanned, and Junk.  A message has the score that
 * its folder's ledger remembers, else its header's; spamd is not asked.
 * Nothing is written.
 */
#ifndef MK_SPAMSCAN_HISTOGRAM_H
#define MK_SPAMSCAN_HISTOGRAM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "mail/walk.h"
#include "spamscan/spamscan.h"

#define MK_BINS		22		/* below 0; a point each; 20 and more */

/* Counts of messages; [0] in the folders that are scanned, [1] in Junk.  No
 * host has as many as would not fit. */
struct mk_scores {
	uint32_t bins[MK_BINS][2];
	uint32_t own[2];		/* of the account's own limit and more */
	uint32_t unscored[2];
};

/* Add a SCORE, in hundredths. */
void mk_scores_add(struct mk_scores *scores, int64_t score, int64_t limit,
    bool in_junk);

struct mk_histogram_account {
	char *mailbox;			/* owned; below its root */
	char *user;			/* owned; its address, or its path */
	const char *root;		/* of the run */
	int64_t limit;
	struct mk_scores scores;
};

struct mk_histogram {			/* { .by_account = ... } */
	bool by_account;
	int64_t limit;			/* the configured one */
	struct mk_scores all;
	struct mk_histogram_account *accounts;	/* by_account */
	size_t n, cap;
};

/*
 * Add what lies where WALK says.  RESULT is filled as by mk_walk, to be freed.
 * A message that can't be read is told, and not counted.  0 or -1.
 */
int mk_histogram_walk(struct mk_histogram *histogram,
    struct mk_spamscan *scan, const struct mk_walk *walk,
    struct mk_walk_result *result, struct mk_error *err);

/*
 * Print on standard output: for people, as wide as the terminal and at most 80
 * columns, or as JSON, one object a line.  Accounts are sorted by mailbox.  0
 * or -1.
 */
int mk_histogram_print(struct mk_histogram *histogram, bool as_json,
    struct mk_error *err);
void mk_histogram_free(struct mk_histogram *histogram);

#endif
