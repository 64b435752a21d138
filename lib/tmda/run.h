/*
 * tmda/run - one run of mailkeep-tmda, from the lock to the report.
 *
 * The order: lock, TMDA's settings, confinement, accounts, clock; then section
 * by section: scan, rescue (sort out what is not to go), brake, release,
 * append, archive, remove; then the report.  Nothing is removed before all of
 * a section is known.
 */
#ifndef MK_TMDA_RUN_H
#define MK_TMDA_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/options.h"
#include "mail/accounts.h"
#include "mail/host.h"
#include "tmda/conf.h"

struct mk_tmda_args {			/* the command line's own part */
	const char *queue;		/* --queue */
	struct mk_list users;		/* --user */
	char *older_than;		/* --older-than: sections of options;
					 * owned */
	bool list, stats, force;
	const char *restore, *to;	/* paths */
	long threads;			/* --threads; 0: as configured */
};

struct mk_tmda_all_conf {		/* the configuration's */
	struct mk_host host;
	struct mk_safety safety;
	struct mk_accounts_conf accounts;
	struct mk_tmda_conf *queues;
	size_t queues_n;
};

/* Do it: NOW_S is the clock.  Returns the exit status, all messages printed. */
int mk_tmda_run(const struct mk_options *opt, const struct mk_tmda_args *args,
    struct mk_tmda_all_conf *conf, int64_t now_s);

#endif
