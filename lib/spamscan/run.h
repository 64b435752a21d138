/*
 * spamscan/run - one run of mailkeep-spamscan, from the lock to the report.
 *
 * The order: configuration, lock, accounts, confinement, clock, walk (judge by
 * header, move), spamd, move, brake, delete, index, report.  Nothing is
 * touched before all accounts are known.
 */
#ifndef MK_SPAMSCAN_RUN_H
#define MK_SPAMSCAN_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/options.h"
#include "spamscan/conf.h"

struct mk_spamscan_args {		/* the command line's own part */
	struct mk_list users;		/* --user */
	struct mk_list trust;		/* --trust: rules made of options */
	bool rescan, force, tell;
	const char *explain;		/* a message's file */
	const char *histogram;		/* "all", "account" */
	const char *learn_list;		/* "spam", "ham" */
	long threads;			/* --threads; 0: as configured */
};

/* Do it: NOW_S is the clock.  Returns the exit status, all messages printed. */
int mk_spamscan_run(const struct mk_options *opt,
    const struct mk_spamscan_args *args, struct mk_spamscan_conf *conf,
    int64_t now_s);

#endif
