/*
 * blacklist/build - from the feeds to the set that is published.
 */
#ifndef MK_BLACKLIST_BUILD_H
#define MK_BLACKLIST_BUILD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "blacklist/conf.h"
#include "blacklist/feed.h"
#include "blacklist/lengths.h"
#include "blacklist/origin.h"
#include "blacklist/set.h"
#include "blacklist/spare.h"

struct mk_build_feed {
	const struct mk_feed *conf;
	struct mk_feed_source *source;	/* NULL: refused, or read */
	struct mk_feed_counts counts;
	uint64_t warned;		/* lines that were told of */
	bool refused;			/* the list is made without it, or
					 * none is */
};

struct mk_build {			/* { 0 } to begin with */
	const struct mk_blacklist_conf *conf;
	struct mk_build_feed *feeds;
	size_t feeds_n;
	struct mk_spare spare;
	struct mk_origins origins;
	struct mk_netlist entries;	/* all that the feeds have, sorted */
	struct mk_set set;		/* merged, without what is spared */
	struct mk_lengths lengths;	/* for the keyed outputs */
	bool keyed;			/* max-lengths holds */
	bool strict;			/* a rejected line ends the run */
	bool lenient;			/* all feeds are optional */
	bool emptied;			/* by mk_build_empty: nothing is read */
	int status;			/* what the worst line or optional
					 * feed earned; EX_OK */
};

/*
 * Open the N FEEDS (borrowed) and what spares addresses.  A feed that can't be
 * opened ends it, save an optional one, which is told of.  0 or -1.
 */
int mk_build_open(struct mk_build *build,
    const struct mk_blacklist_conf *conf, const struct mk_feed *feeds,
    size_t n, struct mk_error *err);

/*
 * Read them, merge, subtract, choose lengths where .keyed.  Rejected lines are
 * told of, ten a feed (all with -v).  0 or -1.
 */
int mk_build_read(struct mk_build *build, int64_t now_s,
    struct mk_error *err);

/* Make it the empty list, which is a valid one. */
void mk_build_empty(struct mk_build *build);

void mk_build_free(struct mk_build *build);

#endif
