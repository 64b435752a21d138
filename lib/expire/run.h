/*
 * expire/run - one run of mailkeep-expire, from the plan to the report.
 *
 * The order: lock, accounts, clock, scan (or read a plan), brake, archive,
 * remove, quota, ledger, index, report.  Nothing is removed before all that
 * can be known beforehand is known.
 */
#ifndef MK_EXPIRE_RUN_H
#define MK_EXPIRE_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"
#include "base/error.h"
#include "base/options.h"
#include "expire/rule.h"
#include "mail/accounts.h"
#include "mail/host.h"

enum mk_listing {
	MK_LIST_NONE, MK_LIST_PLAIN, MK_LIST_ZERO
};

struct mk_expire_args {			/* the command line's own part */
	const char *rule;		/* --rule */
	struct mk_list users;		/* --user */
	struct mk_list folders;		/* --folder: a rule made of options */
	const char *older_than, *age;	/* --older-than, --age */
	enum mk_listing listing;	/* --list, --print0 */
	const char *plan, *apply;	/* files */
	const char *restore, *to;	/* paths */
	long threads;			/* --threads; 0: as configured */
	unsigned forecast;		/* --forecast: nights; 0: none */
	bool force;
};

struct mk_expire_conf {			/* the configuration's */
	struct mk_host host;
	struct mk_safety safety;
	struct mk_accounts_conf accounts;
	struct mk_rule *rules;
	size_t rules_n;
};

/*
 * Do it: NOW_S is the clock.  Returns the exit status, all messages printed.
 */
int mk_expire_run(const struct mk_options *opt,
    const struct mk_expire_args *args, struct mk_expire_conf *conf,
    int64_t now_s);

#endif
