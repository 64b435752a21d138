/*
 * blacklist/run - one run of mailkeep-blacklist.
 *
 * The order: open feeds and outputs, lock, confine, read, merge, compare with
 * what is published, judge, publish, index, on-change, report.
 */
#ifndef MK_BLACKLIST_RUN_H
#define MK_BLACKLIST_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/options.h"
#include "blacklist/conf.h"
#include "mail/host.h"

struct mk_blacklist_args {		/* the command line's own part */
	struct mk_list why;		/* --why: addresses */
	const char *print;		/* --print: an output's name */
	const char *check;		/* --check: a database */
	bool if_missing, strict, force;
};

struct mk_blacklist_run {		/* what the configuration says */
	struct mk_host host;
	struct mk_blacklist_conf blacklist;
	const struct mk_feed *feeds;
	size_t feeds_n;
};

/* Do it: NOW_S is the clock.  Returns the exit status, all messages
 * printed. */
int mk_blacklist_run(const struct mk_options *opt,
    const struct mk_blacklist_args *args,
    const struct mk_blacklist_run *conf, int64_t now_s);

#endif
