/*
 * expire/expire - what the parts of one run share.
 */
#ifndef MK_EXPIRE_EXPIRE_H
#define MK_EXPIRE_EXPIRE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/report.h"
#include "expire/forecast.h"
#include "expire/rule.h"
#include "mail/host.h"
#include "mail/plan.h"
#include "mail/problems.h"
#include "mail/walk.h"

/* The columns of the report. */
enum {
	MK_WATCHED, MK_DUE_NOW, MK_REMOVED, MK_BYTES_FREED, MK_ARCHIVED,
	MK_FLAGGED, MK_UNREAD, MK_VANISHED, MK_FAILED, MK_COLUMNS
};
extern const struct mk_column mk_expire_columns[MK_COLUMNS];

struct mk_expire {
	/* set before the run, constant in it */
	const struct mk_host *host;
	const struct mk_rule *rules;
	size_t rules_n;
	const struct mk_list *users;	/* --user; empty: all */
	const struct mk_accounts *accounts;	/* NULL: all mailboxes are, and
					 * have no settings of their own */
	int rootfd;
	const char *root;
	int64_t now_s;			/* the clock, read once */
	bool dry_run;			/* remove and write nothing */
	bool whole;			/* all rules, for all mailboxes */
	bool rows;			/* somebody reads rows a rule */
	bool mailbox_rows;		/* ... and a mailbox */
	unsigned threads;
	int *archive_fds;		/* one a rule; -1 where it has none */
	const char *run_name;		/* of this run's archives */
	struct mk_expire_forecast *forecast;	/* count in this, and plan
					 * nothing; or NULL */
	/* what it does */
	struct mk_report *report;
	struct mk_plan plan;
	struct mk_problems problems;
	atomic_uint_fast64_t met;	/* mk_rule_set: rules with a folder */
	atomic_int_fast64_t last_pass_s;/* the latest of the ledgers read */
	atomic_uint_fast64_t watched;	/* by rules that the brake minds */
	atomic_size_t strangers;	/* mailboxes without an account */
};

/* Count in the rows of RULE (index) and MAILBOX, and in the totals; what is
 * watched in the rule's alone, since two rules may watch one message. */
void mk_expire_count(struct mk_expire *ex, size_t rule, const char *mailbox,
    const uint64_t values[MK_COLUMNS]);

/* Count N messages in a folder of MAILBOX that the brake is to mind. */
void mk_expire_watched(struct mk_expire *ex, const char *mailbox, uint64_t n);

/*
 * Whether MAILBOX is to be worked on, by what ACCOUNT (may be NULL) then says.
 */
bool mk_expire_account(const struct mk_expire *ex, const char *mailbox,
    struct mk_account *account);

/* Whether PATH lies at or below the mailbox of an account that is to keep all
 * that it has.  In doubt it does. */
bool mk_expire_path_kept(const struct mk_expire *ex, const char *path);

/* "" or the mailbox's path, as people read it. */
const char *mk_expire_label(const struct mk_expire *ex, const char *mailbox);

/*
 * Whether the brake minds the messages of RULE: of all rules for folders that
 * can have anything due; not leftovers in tmp, nor a plain directory of which
 * "0s" says "all of it".
 */
bool mk_expire_braked(const struct mk_rule *rule);

/*
 * The facts of the file ST, NAME in SUB; in_folder_s is IN_FOLDER_S where a
 * ledger knows it, MK_NEVER else: then the later of all its times.
 */
void mk_expire_facts(struct mk_facts *facts, const struct stat *st,
    const char *name, size_t uniq_len, unsigned flags, enum mk_sub sub,
    int64_t in_folder_s);

/* expire/scan: find what is due, and keep the ledgers. */
int mk_expire_scan(struct mk_expire *ex, const struct mk_walk *walk,
    struct mk_walk_result *result, struct mk_error *err);

/* The same for the rules with a path.  *FOUND counts directories. */
void mk_expire_scan_paths(struct mk_expire *ex, size_t *found);

/* expire/remove: carry the plan out, by mail/removal. */
int mk_expire_remove(struct mk_expire *ex, struct mk_error *err);

/* Take out of a plan that was read, to show it, what accounts keep now. */
void mk_expire_spare(struct mk_expire *ex);

#endif
