/* spamscan/modes - the questions that a run may be asked. */
#include "spamscan/modes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/progress.h"
#include "spamscan/explain.h"
#include "spamscan/histogram.h"
#include "spamscan/learn.h"

bool
mk_modes_asks(const struct mk_spamscan_args *args)
{
	return args->explain != NULL || args->histogram != NULL ||
	    args->learn_list != NULL;
}

bool
mk_modes_reads_only(const struct mk_options *opt,
    const struct mk_spamscan_args *args)
{
	return opt->dry_run || (mk_modes_asks(args) && !args->tell);
}

int
mk_modes_check(const struct mk_options *opt,
    const struct mk_spamscan_args *args, const struct mk_spamscan_conf *conf,
    struct mk_error *err)
{
	if ((args->explain != NULL) + (args->histogram != NULL) +
	    (args->learn_list != NULL) > 1)
		return mk_fail(err, EX_USAGE, "--explain, --histogram and "
		    "--learn-list do not go together");
	if (mk_modes_asks(args) && (args->rescan || args->force ||
	    opt->metrics != NULL))
		return mk_fail(err, EX_USAGE, "--explain, --histogram and "
		    "--learn-list go without --rescan, --force and --metrics");
	if (args->explain != NULL && (opt->args_n > 0 || args->users.n > 0))
		return mk_fail(err, EX_USAGE, "--explain names one message: "
		    "it goes with no MAILDIR and no --user");
	if (args->tell && (args->learn_list == NULL || opt->dry_run))
		return mk_fail(err, EX_USAGE, "--tell goes with --learn-list, "
		    "and not with -n");
	if (args->learn_list != NULL && !conf->keys.learn)
		return mk_fail(err, EX_CONFIG, "learn-list wants spamscan { "
		    "learn = yes }");
	if (args->tell && conf->spamd.socket[0] == '\0')
		return mk_fail(err, EX_CONFIG, "tell wants spamscan { spamd { "
		    "socket = ... } }");
	return 0;
}

/* ---- --trust */

/* A rule for HOST; what it takes is in RULE even on failure. */
static int
make_rule(struct mk_trust *rule, const char *host, struct mk_error *err)
{
	struct mk_error why;
	const char *name;
	int i;

	*rule = (struct mk_trust){ .host = strdup(host) };
	if (rule->host == NULL)
		return mk_fail_sys(err, "--trust");
	for (i = 0; i < MK_DIALECTS; i++) {
		name = mk_dialect_name((enum mk_dialect)i);
		if (mk_list_add(&rule->dialect, name, strlen(name)) == -1)
			return mk_fail_sys(err, "--trust");
	}
	return mk_trust_section.check(rule, &why) == 0 ? 0 :
	    mk_fail(err, EX_USAGE, "--trust: %s", why.text);
}

int
mk_modes_trust_add(struct mk_modes_trust *trust,
    const struct mk_spamscan_args *args, struct mk_spamscan_conf *conf,
    struct mk_error *err)
{
	size_t n = conf->trust_n, i;
	struct mk_trust *rules;

	if (args->trust.n == 0)
		return 0;
	rules = calloc(n + args->trust.n, sizeof *rules);
	if (rules == NULL)
		return mk_fail_sys(err, "--trust");
	if (n > 0)
		memcpy(rules, conf->trust, n * sizeof *rules);
	*trust = (struct mk_modes_trust){ .configured = conf->trust,
	    .configured_n = n, .added = true };
	conf->trust = rules;
	for (i = 0; i < args->trust.n; i++)
		if (make_rule(&rules[conf->trust_n++], args->trust.v[i],
		    err) == -1)
			return -1;
	return 0;
}

void
mk_modes_trust_drop(struct mk_modes_trust *trust,
    struct mk_spamscan_conf *conf)
{
	size_t i;

	if (!trust->added)
		return;
	for (i = trust->configured_n; i < conf->trust_n; i++) {
		free(conf->trust[i].host);
		mk_list_free(&conf->trust[i].dialect);
		mk_list_free(&conf->trust[i].received_by);
	}
	free(conf->trust);
	conf->trust = trust->configured;
	conf->trust_n = trust->configured_n;
	trust->added = false;
}

/* ---- the questions */

void
mk_modes_at(struct mk_spamscan *scan, const struct mk_spamscan_setup *setup,
    const struct mk_root *root)
{
	scan->rootfd = root->fd;
	scan->root = root->path;
	scan->accounts = root->is_mailbox ? NULL : setup->accounts;
}

int
mk_modes_matched(const struct mk_spamscan *scan,
    const struct mk_walk_result *met, struct mk_error *err)
{
	if (met->folders > 0)
		return 0;
	if (met->mailboxes == 0)
		return mk_fail(err, EX_NOINPUT, "%s: no mailbox found (a "
		    "mailbox has the directories cur, new and tmp)",
		    scan->root);
	return mk_fail(err, EX_NOINPUT, "%s: none of the %zu mailboxes has an "
	    "account that is scanned, and a folder that spamscan names%s",
	    scan->root, met->mailboxes, scan->users->n > 0 ? ", for --user" :
	    "");
}

static struct mk_walk
walk_at(const struct mk_spamscan *scan, const struct mk_root *root, size_t i)
{
	return (struct mk_walk){
		.rootfd = root->fd, .root = root->path,
		.start = root->starts[i], .root_is_mailbox = root->is_mailbox,
		.threads = scan->threads, .now_s = scan->now_s,
	};
}

static int
explain(struct mk_spamscan *scan, const struct mk_spamscan_setup *setup,
    struct mk_error *err)
{
	const struct mk_root *root = setup->roots.v;

	scan->rootfd = -1;
	if (setup->roots.n == 0)
		return mk_explain(scan, "", &setup->explain, err);
	mk_modes_at(scan, setup, root);
	return mk_explain(scan, root->starts[0], &setup->explain, err);
}

static int
count(struct mk_histogram *histogram, struct mk_spamscan *scan,
    const struct mk_spamscan_setup *setup, struct mk_error *err)
{
	const struct mk_root *root = setup->roots.v;
	struct mk_walk_result result = { 0 }, sum;
	struct mk_walk walk;
	size_t i;
	int rv = 0;

	for (; root < setup->roots.v + setup->roots.n && rv == 0; root++) {
		mk_modes_at(scan, setup, root);
		sum = (struct mk_walk_result){ 0 };
		for (i = 0; i < root->n && rv == 0; i++) {
			walk = walk_at(scan, root, i);
			rv = mk_histogram_walk(histogram, scan, &walk,
			    &result, err);
			sum.mailboxes += result.mailboxes;
			sum.folders += result.folders;
			mk_walk_result_free(&result);
		}
		if (rv == 0 && scan->problems.status == EX_OK)
			rv = mk_modes_matched(scan, &sum, err);
	}
	return rv;
}

static int
draw_histogram(struct mk_spamscan *scan, const struct mk_spamscan_setup *setup,
    struct mk_error *err)
{
	struct mk_histogram histogram = {
		.by_account = strcmp(setup->args->histogram, "account") == 0,
		.limit = scan->conf->keys.limit,
	};
	int rv;

	mk_progress_open(setup->opt->verbosity == MK_QUIET ? 0 :
	    setup->opt->progress);
	mk_progress_phase("counting mailboxes", 0);
	rv = count(&histogram, scan, setup, err);
	mk_progress_close();
	if (rv == 0)
		rv = mk_histogram_print(&histogram, setup->opt->json, err);
	mk_histogram_free(&histogram);
	return rv;
}

static int
learn(struct mk_spamscan *scan, const struct mk_spamscan_setup *setup,
    struct mk_error *err)
{
	const struct mk_root *root = setup->roots.v;
	bool spam = strcmp(setup->args->learn_list, "spam") == 0;
	struct mk_walk walk;
	size_t i;

	for (; root < setup->roots.v + setup->roots.n; root++) {
		mk_modes_at(scan, setup, root);
		for (i = 0; i < root->n; i++) {
			walk = walk_at(scan, root, i);
			if (mk_learn_list(scan, &walk, spam,
			    setup->args->tell, err) == -1)
				return -1;
		}
	}
	return 0;
}

static int
list_learned(struct mk_spamscan *scan, const struct mk_spamscan_setup *setup,
    struct mk_error *err)
{
	int rv;

	mk_progress_open(setup->opt->verbosity == MK_QUIET ? 0 :
	    setup->opt->progress);
	mk_progress_phase("reading mailboxes", 0);
	rv = learn(scan, setup, err);
	mk_progress_close();
	return rv == 0 && (fflush(stdout) == EOF || ferror(stdout)) ?
	    mk_fail_sys(err, "standard output") : rv;
}

int
mk_modes_answer(struct mk_spamscan *scan,
    const struct mk_spamscan_setup *setup, struct mk_error *err)
{
	int rv;

	if (setup->args->explain != NULL)
		rv = explain(scan, setup, err);
	else if (setup->args->histogram != NULL)
		rv = draw_histogram(scan, setup, err);
	else
		rv = list_learned(scan, setup, err);
	mk_problems_end(&scan->problems);
	return rv;
}
