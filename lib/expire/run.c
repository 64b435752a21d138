/* expire/run - one run of mailkeep-expire, from the plan to the report. */
#include "expire/run.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fs.h"
#include "base/progress.h"
#include "base/stop.h"
#include "base/sys.h"
#include "expire/expire.h"
#include "expire/plantext.h"
#include "expire/print.h"
#include "expire/select.h"
#include "expire/setup.h"
#include "mail/brake.h"
#include "mail/lastrun.h"
#include "mail/restore.h"
#include "mail/store.h"

struct run {
	const struct mk_options *opt;
	const struct mk_expire_args *args;
	struct mk_expire_conf *conf;
	int64_t now_s;
	struct mk_rule *rules;
	struct mk_setup setup;
	char run_name[MK_RUN_NAME_MAX];
	struct mk_lastrun last;
	struct mk_report *report;
	struct mk_expire_forecast *forecast;
	const char *note;
	char note_text[MK_ERROR_MAX];
	int status;
};

static int
fail(struct run *run, const struct mk_error *err)
{
	int status = mk_diag_error(err);

	if (run->status == EX_OK)
		run->status = status;
	return -1;
}

/* A run over everything: it may use the index, and say when it was. */
static bool
is_whole(const struct run *run)
{
	const struct mk_expire_args *args = run->args;

	return run->opt->args_n == 0 && args->rule == NULL &&
	    args->users.n == 0 && args->folders.n == 0 && args->apply == NULL;
}

static int
load_last(struct run *run, struct mk_error *err)
{
	mk_rule_set all = run->setup.rules_n == MK_RULES_MAX ? ~(mk_rule_set)0 :
	    ((mk_rule_set)1 << run->setup.rules_n) - 1;
	uint64_t rules = mk_rule_fingerprint(run->rules, all);

	/* A row that came, went or changed: all is looked at again. */
	if (run->setup.accounts != NULL)
		rules ^= mk_accounts_hash(run->setup.accounts,
		    MK_ACCOUNTS_KEEP_AND_DAYS);
	return mk_lastrun_load(&run->last, &run->conf->host, &run->setup.own,
	    "expire", run->setup.roots.n > 0 ? run->setup.roots.v[0].fd : -1,
	    rules, err);
}

static void
save_last(struct run *run, struct mk_walk_result *result)
{
	struct mk_error err;

	if (is_whole(run) && !run->setup.dry_run &&
	    mk_lastrun_save(&run->last, result, run->now_s, &err) == -1)
		fail(run, &err);
}

/* How many of the plan's messages the brake minds. */
static uint64_t
braked_items(const struct mk_expire *ex)
{
	uint64_t n = 0;
	size_t i, j;

	for (i = 0; i < ex->plan.n; i++)
		for (j = 0; j < ex->plan.groups[i]->n; j++)
			n += mk_expire_braked(&ex->rules[
			    ex->plan.groups[i]->items[j].kind]);
	return n;
}

/* Nothing matched is an error that says what; never a silent success. */
static int
matched(struct run *run, const struct mk_root *root,
    const struct mk_walk_result *met, size_t paths, size_t strangers,
    struct mk_error *err)
{
	if (met->folders > 0 || paths > 0)
		return 0;
	if (!mk_setup_has_folders(&run->setup))
		return mk_fail(err, EX_NOINPUT, "%s: none of the directories "
		    "that rules name by path is there", root->path);
	if (met->mailboxes == 0)
		return mk_fail(err, EX_NOINPUT, "%s: no mailbox found (a "
		    "mailbox has the directories cur, new and tmp)",
		    root->path);
	if (strangers == met->mailboxes)
		return mk_fail(err, EX_NOINPUT, "%s: none of the %zu mailboxes "
		    "has an account: in no row of the query is maildir the "
		    "path of one below mail-root", root->path,
		    met->mailboxes);
	if (run->args->folders.n > 0 || run->args->rule != NULL)
		return mk_fail(err, EX_NOINPUT, "%s: nothing matched: no "
		    "folder of the %zu mailboxes is what %s %s names%s",
		    root->path, met->mailboxes, run->args->rule != NULL ?
		    "--rule" : "--folder", run->args->rule != NULL ?
		    run->args->rule : run->args->folders.v[0],
		    run->args->users.n > 0 ? " for --user" : "");
	return mk_fail(err, EX_NOINPUT, "%s: nothing matched: no folder of "
	    "the %zu mailboxes is what a rule names%s", root->path,
	    met->mailboxes, run->args->users.n > 0 ? " for --user" : "");
}

/* Walk all that ROOT says; RESULT is the last walk's. */
static int
scan(struct run *run, struct mk_expire *ex, const struct mk_root *root,
    struct mk_walk_result *result, struct mk_error *err)
{
	struct mk_walk walk = {
		.rootfd = root->fd, .root = root->path,
		.root_is_mailbox = root->is_mailbox, .threads = ex->threads,
		.now_s = run->now_s, .index = is_whole(run) &&
		    run->forecast == NULL && run->last.index.n > 0 ?
		    &run->last.index : NULL,
	};
	struct mk_walk_result sum = { 0 };
	size_t n = mk_setup_has_folders(&run->setup) ? root->n : 0;
	size_t i, paths = 0;
	int rv = 0;

	mk_expire_scan_paths(ex, &paths);
	for (i = 0; i < n && rv == 0; i++) {
		mk_walk_result_free(result);
		walk.start = root->starts[i];
		rv = mk_expire_scan(ex, &walk, result, err);
		sum.mailboxes += result->mailboxes;
		sum.folders += result->folders;
	}
	if (rv == 0 && ex->problems.status == EX_OK)
		rv = matched(run, root, &sum, paths, ex->strangers, err);
	return rv;
}

/* Keep the text of *ERR for the report. */
static void
note(struct run *run, const struct mk_error *err)
{
	snprintf(run->note_text, sizeof run->note_text, "%s", err->text);
	run->note = run->note_text;
}

/* Say what the brake stops for; --force goes on all the same. */
static void
stop(struct run *run, const struct mk_error *err)
{
	note(run, err);
	if (mk_brake_stops(err, run->args->force, run->setup.dry_run))
		fail(run, err);
}

/*
 * 0: go on.  1: stop, nothing is to be removed.  Both reasons are told, so
 * that nobody confirms one and gets the other.
 */
static int
brake(struct run *run, struct mk_expire *ex, const struct mk_error *clock)
{
	struct mk_error err;
	bool stopped = clock->status != EX_OK;

	if (stopped)
		stop(run, clock);
	if (run->args->apply == NULL && mk_brake_amount(&run->conf->safety,
	    braked_items(ex), ex->watched, &err) == -1) {
		stop(run, &err);
		/* That was a run: the next one's clock is not far from it. */
		if (!stopped && !run->setup.dry_run && is_whole(run) &&
		    run->last.index.last_run_s != 0)
			mk_lastrun_touch(&run->last, run->now_s, &err);
		stopped = true;
	}
	return stopped && !run->args->force;
}

/*
 * Check the clock by the last run; where no index tells of one, by the latest
 * pass that a ledger knows of.  *ERR has the status EX_OK if it is right.
 */
static void
check_clock(struct run *run, const struct mk_expire *ex, struct mk_error *err)
{
	int64_t last_s = run->last.index.last_run_s;

	if (last_s == 0 && is_whole(run))
		last_s = ex->last_pass_s;
	err->status = EX_OK;
	mk_brake_clock(&run->conf->safety, last_s, run->now_s, err);
}

/* With somebody looking: which rules have no folder at all? */
static void
tell_unmatched(const struct run *run, const struct mk_expire *ex)
{
	size_t i;

	if (!run->setup.dry_run && !mk_diag_verbose())
		return;
	for (i = 0; i < run->setup.rules_n; i++)
		if (run->rules[i].path == NULL && (ex->met >> i & 1) == 0)
			mk_diag_warn("note: no folder is what rule \"%s\" "
			    "names", run->rules[i].name);
}

/* Nor is it a fault: another program's mail, or mail switched off. */
static void
tell_strangers(const struct mk_expire *ex)
{
	if (ex->strangers > 0)
		mk_diag_info("%zu mailbox%s and %s left alone", ex->strangers,
		    ex->strangers == 1 ? " has no account" :
		    "es have no account", ex->strangers == 1 ? "is" : "are");
}

/* All of it or none: half a plan could be taken for a whole one. */
static int
write_plan(struct run *run, const struct mk_expire *ex, struct mk_error *err)
{
	const char *path = run->args->plan, *name = strrchr(path, '/');
	struct mk_error why;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int rv = -1;

	if (out == NULL || mk_plantext_write(&ex->plan, ex->root, run->rules,
	    run->now_s, out) == -1)
		mk_fail_sys(&why, "write");
	else
		rv = mk_fs_replace(run->setup.plan_fd, name == NULL ? path :
		    name + 1, text, len, 0640, MK_FS_SYNC, &why);
	if (rv == -1)
		mk_fail(err, why.status, "--plan %s: %s", path, why.text);
	if (out != NULL)
		fclose(out);
	free(text);
	return rv;
}

static void
show(struct run *run, struct mk_expire *ex)
{
	struct mk_error err;

	if (mk_plan_sort(&ex->plan) == -1) {
		mk_fail_sys(&err, "sort the plan");
		fail(run, &err);
	}
	if (run->args->plan != NULL && write_plan(run, ex, &err) == -1)
		fail(run, &err);
	mk_progress_wipe();
	if (run->opt->dry_run && !run->opt->json && mk_expire_print(ex,
	    run->args->listing) == -1) {
		mk_fail_sys(&err, "standard output");
		fail(run, &err);
	}
}

/* Plan, brake, and do, for one root. */
static int
do_root(struct run *run, const struct mk_root *root, struct mk_error *err)
{
	struct mk_walk_result result = { 0 };
	struct mk_error clock;
	struct mk_expire ex = {
		.host = &run->conf->host, .rules = run->rules,
		.rules_n = run->setup.rules_n, .users = &run->args->users,
		.accounts = root->is_mailbox ? NULL : run->setup.accounts,
		.rootfd = root->fd, .root = root->path, .now_s = run->now_s,
		.rows = run->forecast == NULL && (run->opt->json ||
		    run->setup.own.metrics_fd != -1 ||
		    isatty(STDOUT_FILENO) || mk_diag_verbose()),
		.mailbox_rows = run->forecast == NULL && run->opt->json,
		.forecast = run->forecast,
		.threads = mk_host_threads(run->conf->host.threads),
		.archive_fds = run->setup.archive_fds,
		.run_name = run->run_name,
		.report = run->report,
	};
	int rv;

	if (root->is_mailbox && run->setup.accounts != NULL)
		mk_diag_info("%s: outside of the mail root: accounts do not "
		    "apply", root->path);
	mk_plan_open(&ex.plan);
	/* Under a wrong clock no ledger is written, either. */
	check_clock(run, &ex, &clock);
	ex.dry_run = run->setup.dry_run || (clock.status != EX_OK &&
	    !run->args->force);
	ex.whole = is_whole(run);
	mk_progress_phase("scanning mailboxes", is_whole(run) ?
	    mk_lastrun_mailboxes(&run->last) : 0);
	if (run->args->apply != NULL)
		rv = mk_plantext_parse(&ex.plan, run->args->apply,
		    run->setup.apply.data == NULL ? "" : run->setup.apply.data,
		    run->setup.apply.len, root->path, run->rules,
		    run->setup.rules_n, err);
	else
		rv = scan(run, &ex, root, &result, err);
	if (rv == 0 && run->args->apply == NULL) {
		check_clock(run, &ex, &clock);
		tell_unmatched(run, &ex);
		tell_strangers(&ex);
	}
	if (rv == 0 && run->forecast == NULL &&
	    brake(run, &ex, &clock) == 0 && !run->setup.dry_run) {
		rv = mk_expire_remove(&ex, err);
		if (rv == 0)
			save_last(run, &result);
	}
	if (rv == 0 && run->setup.dry_run && run->args->apply != NULL)
		mk_expire_spare(&ex);
	if (rv == 0 && run->setup.dry_run && run->forecast == NULL)
		show(run, &ex);
	mk_problems_end(&ex.problems);
	mk_report_add(run->report, NULL, NULL, (uint64_t[MK_COLUMNS]){
	    [MK_WATCHED] = ex.watched });
	if (run->status == EX_OK)
		run->status = ex.problems.status;
	mk_walk_result_free(&result);
	mk_plan_close(&ex.plan);
	return rv;
}

/* TABLE: people may see one. */
static void
report(struct run *run, double seconds, bool table)
{
	const struct mk_report_run info = {
		.started_s = run->now_s,
		.finished_s = run->now_s + (int64_t)seconds,
		.seconds = seconds, .status = run->status,
		.dry_run = run->setup.dry_run, .partial = !is_whole(run),
		.mode = run->args->apply != NULL ? "--apply" : NULL,
		.note = run->note,
	};
	struct mk_error err;

	if (run->forecast != NULL)	/* no run, and its JSON is another */
		return;
	if (mk_host_report(run->opt, &run->setup.own, run->report, "rule",
	    table, &info, &err) == -1)
		fail(run, &err);
}

/* --restore: the undo has a way of its own. */
static int
restore(struct run *run, struct mk_error *err)
{
	const struct mk_setup *s = &run->setup;
	struct mk_restore r = {
		.archive = run->args->restore, .users = &run->args->users,
		.quota_ignore = &run->conf->host.quota_ignore,
		.quota = run->args->to == NULL, .dry_run = run->opt->dry_run,
		.silent = run->opt->json,
		.progress = run->opt->verbosity == MK_QUIET ? 0 :
		    run->opt->progress,
	};
	double started = mk_host_monotonic();
	int rv;

	if (mk_setup_open(&run->setup, err) == -1)
		return -1;
	r.archive_fd = s->restore_fd;
	r.dest_fd = s->roots.n > 0 ? s->roots.v[0].fd : s->to_fd;
	r.dest = s->roots.n > 0 ? s->roots.v[0].path : run->args->to;
	rv = mk_restore_run(&r, err);
	if (rv == 0) {
		if (run->status == EX_OK)
			run->status = r.status;
		rv = mk_restore_report(&r, run->opt, "expire", run->status,
		    err);
	}
	if (rv == -1)
		fail(run, err);
	mk_restore_remember(&r, &s->own, "expire", run->now_s, started,
	    run->status);
	return 0;
}

/* A row a rule, in the configuration's order, whatever is met first. */
static int
new_report(struct run *run, struct mk_error *err)
{
	size_t i;

	run->report = mk_report_new("expire", mk_expire_columns, MK_COLUMNS,
	    err);
	if (run->report == NULL)
		return -1;
	for (i = 0; i < run->setup.rules_n; i++)
		if (mk_report_add(run->report, "rule", run->rules[i].name,
		    (uint64_t[MK_COLUMNS]){ 0 }) == -1)
			return mk_fail_sys(err, "report");
	return 0;
}

static void
bad_row(void *data, const struct mk_error *err)
{
	mk_problems_tell(data, err);
}

/* All rows, before anything is touched.  Those that are refused are no
 * accounts; the others are done all the same. */
static int
read_accounts(struct run *run, struct mk_error *err)
{
	struct mk_problems problems = { 0 };
	int rv;

	if (run->setup.accounts == NULL)
		return 0;
	rv = mk_accounts_read(run->setup.accounts, bad_row, &problems, err);
	mk_problems_end(&problems);
	if (run->status == EX_OK && rv == 0)
		run->status = problems.status;
	return rv;
}

/* Half of a forecast could be taken for a whole one. */
static void
print_forecast(struct run *run)
{
	struct mk_error err;

	if (mk_expire_forecast_print(run->forecast, stdout,
	    run->opt->json) == -1) {
		mk_fail_sys(&err, "standard output");
		fail(run, &err);
	}
}

/* -1 where not even a report can be made; the rest is told of here. */
static int
run_expire(struct run *run, struct mk_error *err)
{
	double started = mk_host_monotonic();
	bool whole = true;
	size_t i;

	/* A plain directory is nobody's mailbox. */
	run->rules = mk_select_rules(run->args, run->conf,
	    run->opt->args_n == 0 && run->args->users.n == 0,
	    &run->setup.rules_n, err);
	run->setup.rules = run->rules;
	if (run->rules == NULL || new_report(run, err) == -1)
		return -1;
	if (run->args->forecast > 0) {
		run->forecast = mk_expire_forecast_new(run->rules,
		    run->setup.rules_n, run->args->forecast, run->now_s, err);
		if (run->forecast == NULL)
			return -1;
	}
	mk_store_run_name(run->run_name, run->now_s);
	if (mk_setup_open(&run->setup, err) == -1 ||
	    read_accounts(run, err) == -1 || load_last(run, err) == -1) {
		fail(run, err);
		report(run, mk_host_monotonic() - started, false);
		return 0;
	}
	mk_stop_catch();
	mk_progress_open(run->opt->verbosity == MK_QUIET ? 0 :
	    run->opt->progress);
	for (i = 0; i < run->setup.roots.n; i++)
		if (do_root(run, &run->setup.roots.v[i], err) == -1) {
			fail(run, err);
			whole = false;
		}
	mk_progress_close();
	if (run->forecast != NULL && whole)
		print_forecast(run);
	report(run, mk_host_monotonic() - started,
	    run->args->listing == MK_LIST_NONE);
	return 0;
}

/* What the options say must go together, before anything is touched. */
static int
check_args(const struct mk_options *opt, const struct mk_expire_args *args,
    struct mk_error *err)
{
	if (args->listing != MK_LIST_NONE && (!opt->dry_run || opt->json ||
	    args->restore != NULL))
		return mk_fail(err, EX_USAGE, "--list and --print0 go with -n, "
		    "without --json and --restore");
	if (args->plan != NULL && args->apply != NULL)
		return mk_fail(err, EX_USAGE, "--plan and --apply do not go "
		    "together");
	if (args->apply != NULL && (args->rule != NULL ||
	    args->users.n > 0 || args->folders.n > 0 || opt->args_n > 0))
		return mk_fail(err, EX_USAGE, "--apply does exactly what the "
		    "plan says: it goes with no --rule, --user, --folder or "
		    "MAILDIR (take lines out of the plan instead)");
	if (args->forecast > 0 && (args->plan != NULL || args->force ||
	    args->apply != NULL || args->restore != NULL ||
	    args->listing != MK_LIST_NONE || opt->metrics != NULL))
		return mk_fail(err, EX_USAGE, "--forecast changes nothing: it "
		    "goes with none of --plan, --apply, --restore, --force, "
		    "--metrics, --list and --print0");
	if (args->to != NULL && args->restore == NULL)
		return mk_fail(err, EX_USAGE, "--to goes with --restore");
	if (args->restore != NULL && (args->rule != NULL ||
	    args->folders.n > 0 || args->plan != NULL ||
	    args->apply != NULL || args->force || opt->metrics != NULL ||
	    opt->args_n > 0))
		return mk_fail(err, EX_USAGE, "--restore goes with --user and "
		    "--to alone");
	return 0;
}

int
mk_expire_run(const struct mk_options *opt, const struct mk_expire_args *args,
    struct mk_expire_conf *conf, int64_t now_s)
{
	struct run run = {
		.setup = MK_SETUP(opt, args, conf),
		.opt = opt, .args = args, .conf = conf, .now_s = now_s,
		.status = EX_OK,
	};
	struct mk_error err;

	if (check_args(opt, args, &err) == -1 ||
	    (args->restore != NULL ? restore(&run, &err) :
	    run_expire(&run, &err)) == -1)
		fail(&run, &err);
	mk_setup_close(&run.setup);
	mk_lastrun_close(&run.last);
	mk_report_free(run.report);
	mk_expire_forecast_free(run.forecast);
	free(run.rules);
	return run.status;
}
