/*
 * check/check - what mailkeep-check finds, and how it is collected.
 *
 * A check looks at one thing of the host and adds what it finds.  Nothing is
 * changed, nothing is repaired.  What the host does not have is no error: a
 * note says that it was not looked at.  The order is that of the checks.
 */
#ifndef MK_CHECK_CHECK_H
#define MK_CHECK_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "blacklist/conf.h"
#include "check/conf.h"
#include "expire/rule.h"
#include "mail/accounts.h"
#include "mail/host.h"
#include "rotate/conf.h"
#include "spamscan/conf.h"
#include "tmda/conf.h"

enum mk_severity {
	MK_FINE,			/* looked at, and well: shown with -v */
	MK_NOTE,			/* not looked at, or worth to know */
	MK_WARNING,			/* works, but not as it should */
	MK_ERROR			/* does not work: the status is 65 */
};

struct mk_finding {
	enum mk_severity severity;
	const char *area;		/* "configuration", "exim": a constant */
	char *place;			/* file:line, path, conninfo's host */
	char *what;			/* what is (wrong), one line */
	char *advice;			/* what to do; "" where it is fine */
};

/* The whole configuration. */
struct mk_check_conf {
	const char *file;		/* the file read; NULL: none */
	struct mk_host host;
	struct mk_safety safety;
	struct mk_accounts_conf accounts;
	struct mk_rule *rules;
	size_t rules_n;
	struct mk_blacklist_conf blacklist;
	struct mk_feed *feeds;
	size_t feeds_n;
	struct mk_rotate_keys rotate;
	struct mk_budget *budgets;
	size_t budgets_n;
	struct mk_spamscan_keys spamscan;
	struct mk_spamd_conf spamd;
	struct mk_trust *trust;
	size_t trust_n;
	struct mk_tmda_conf *queues;
	size_t queues_n;
	struct mk_check_keys check;
};

struct mk_check {
	const struct mk_check_conf *conf;
	const struct mk_options *opt;
	const char *self;		/* argv[0], for mk_child_sibling */
	int64_t now_s;
	bool root;			/* runs as root: can see all */
	bool blind;			/* the configuration is wrong: .conf
					 * has defaults alone */
	const char *below;		/* --root: where crontabs and timers are
					 * looked for; "": "/" */
	struct mk_finding *findings;
	size_t n, cap;
	bool no_memory;			/* a finding was lost: EX_TEMPFAIL */
};

/* Add a finding of AREA (a constant) at PLACE; ADVICE is a text, WHAT a
 * format.  Of any length; one line each once printed. */
void mk_check_add(struct mk_check *check, enum mk_severity severity,
    const char *area, const char *place, const char *advice,
    const char *what, ...) __attribute__((format(printf, 6, 7)));

/* How many findings are of SEVERITY. */
size_t mk_check_count(const struct mk_check *check,
    enum mk_severity severity);

/* "error", "warning", "note", "ok". */
const char *mk_severity_word(enum mk_severity severity);

void mk_check_free(struct mk_check *check);

/* The checks, in their order. */
void mk_check_configuration(struct mk_check *check);	/* files named in it */
void mk_check_mailroot(struct mk_check *check);		/* and own directories */
void mk_check_accounts(struct mk_check *check);		/* PostgreSQL */
void mk_check_spamd(struct mk_check *check);
void mk_check_exim(struct mk_check *check);
void mk_check_newsyslog(struct mk_check *check);
void mk_check_tmda(struct mk_check *check);
void mk_check_schedule(struct mk_check *check);		/* cron and timers */
void mk_check_runs(struct mk_check *check);		/* last successes */

#endif
