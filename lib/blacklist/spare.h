/*
 * blacklist/spare - addresses that are listed by no means: allow files, the
 * key never, reserved ranges, and the host's own addresses.
 *
 * An allow file is the administrator's word for who must get through: one
 * that cannot be read, or one bad line in it, ends the run.
 */
#ifndef MK_BLACKLIST_SPARE_H
#define MK_BLACKLIST_SPARE_H

#include "base/error.h"
#include "blacklist/conf.h"
#include "blacklist/feed.h"
#include "blacklist/origin.h"
#include "blacklist/set.h"

struct mk_spare {			/* { 0 } to begin with */
	struct mk_feed_source **allow;	/* open, one a file */
	size_t allow_n;
	struct mk_origins origins;	/* feeds: allow, never, never-private,
					 * never-self */
	struct mk_netlist entries;	/* sorted */
	struct mk_set set;
};

/* Open the allow files, and note the host's addresses.  0 or -1. */
int mk_spare_open(struct mk_spare *spare,
    const struct mk_blacklist_conf *conf, struct mk_error *err);

/* Read them, and make .entries and .set.  NOW_S: seconds since the Epoch.
 * 0 or -1. */
int mk_spare_read(struct mk_spare *spare, int64_t now_s,
    struct mk_error *err);

void mk_spare_free(struct mk_spare *spare);

#endif
