/* spamscan/run - one run of mailkeep-spamscan, from the lock to the report. */
#include "spamscan/run.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/progress.h"
#include "base/stop.h"
#include "mail/brake.h"
#include "mail/lastrun.h"
#include "mail/store.h"
#include "spamscan/ask.h"
#include "spamscan/delete.h"
#include "spamscan/look.h"
#include "spamscan/modes.h"
#include "spamscan/setup.h"
#include "spamscan/spamscan.h"

struct run {
	const struct mk_options *opt;
	const struct mk_spamscan_args *args;
	const struct mk_spamscan_conf *conf;
	int64_t now_s;
	double started;			/* by the monotonic clock */
	struct mk_spamscan_setup setup;
	char run_name[MK_RUN_NAME_MAX];
	struct mk_buf junk_place[2];	/* of MK_MAILDIRPP, MK_FS */
	struct mk_lastrun last;
	struct mk_report *report;
	struct mk_problems row_problems;
	char note[MK_ERROR_MAX];
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
	return run->opt->args_n == 0 && run->args->users.n == 0;
}

static int
load_last(struct run *run, struct mk_error *err)
{
	uint64_t rules = mk_spamscan_fingerprint(run->conf);

	if (run->setup.accounts != NULL)
		rules ^= mk_accounts_hash(run->setup.accounts,
		    MK_ACCOUNTS_SCANNED);
	return mk_lastrun_load(&run->last, &run->conf->host, &run->setup.own,
	    "spamscan", run->setup.roots.n > 0 ? run->setup.roots.v[0].fd :
	    -1, rules, err);
}

static void
save_last(struct run *run, struct mk_walk_result *result)
{
	struct mk_error err;

	if (is_whole(run) && !run->opt->dry_run &&
	    mk_lastrun_save(&run->last, result, run->now_s, &err) == -1)
		fail(run, &err);
}

/* Whether a brake stops the run. */
static bool
stopped_by(struct run *run, const struct mk_error *why)
{
	snprintf(run->note, sizeof run->note, "%s", why->text);
	if (!mk_brake_stops(why, run->args->force, run->opt->dry_run))
		return false;
	fail(run, why);
	return true;
}

static int
walk(struct run *run, struct mk_spamscan *scan, const struct mk_root *root,
    struct mk_walk_result *result, struct mk_error *err)
{
	struct mk_walk walk = {
		.rootfd = root->fd, .root = root->path,
		.root_is_mailbox = root->is_mailbox, .threads = scan->threads,
		.now_s = run->now_s, .index = is_whole(run) &&
		    run->last.index.n > 0 && !scan->rescan ?
		    &run->last.index : NULL,
	};
	struct mk_walk_result sum = { 0 };
	size_t i;

	for (i = 0; i < root->n; i++) {
		mk_walk_result_free(result);
		walk.start = root->starts[i];
		if (mk_spamscan_walk(scan, &walk, result, err) == -1)
			return -1;
		sum.mailboxes += result->mailboxes;
		sum.folders += result->folders;
	}
	return scan->problems.status != EX_OK ? 0 :
	    mk_modes_matched(scan, &sum, err);
}

/* What scores above delete-above. */
static int
delete(struct run *run, struct mk_spamscan *scan, struct mk_error *err)
{
	struct mk_error why;

	if (scan->plan.items == 0 || (mk_brake_amount(&run->conf->safety,
	    scan->plan.items, scan->seen, &why) == -1 &&
	    stopped_by(run, &why)) || run->opt->dry_run)
		return 0;
	return mk_spamscan_delete(scan, err);
}

/* What is the same at all roots. */
static void
begin(const struct run *run, struct mk_spamscan *scan)
{
	*scan = (struct mk_spamscan){
		.conf = run->conf, .users = &run->args->users,
		.rootfd = -1, .now_s = run->now_s,
		.junk_place = { run->junk_place[0].data,
		    run->junk_place[1].data },
		.last_run_s = run->last.index.n > 0 ?
		    run->last.index.last_run_s : 0,
		.deadline_ms = (int64_t)(run->started * 1000) +
		    run->conf->keys.max_runtime_s * 1000,
		.fingerprint = mk_spamscan_fingerprint(run->conf),
		.dry_run = run->setup.reads_only, .rescan = run->args->rescan,
		.lines = run->opt->json, .mailbox_rows = run->opt->json,
		.threads = mk_host_threads(run->conf->host.threads),
		.spamd = run->setup.spamd, .run_name = run->run_name,
		.archive_fd = run->setup.archive_fd, .report = run->report,
	};
	pthread_mutex_init(&scan->telling, NULL);
}

/* Scan all that lies at one root. */
static int
scan_root(struct run *run, const struct mk_root *root, struct mk_error *err)
{
	struct mk_walk_result result = { 0 };
	struct mk_questions questions = { 0 };
	struct mk_spamscan scan;
	int rv;

	begin(run, &scan);
	mk_modes_at(&scan, &run->setup, root);
	scan.questions = &questions;
	mk_plan_open(&scan.plan);
	mk_progress_phase("scanning mailboxes", is_whole(run) ?
	    mk_lastrun_mailboxes(&run->last) : 0);
	rv = walk(run, &scan, root, &result, err);
	if (rv == 0) {
		mk_questions_put(&scan);
		mk_spamscan_answered(&scan);
		rv = delete(run, &scan, err);
	}
	if (rv == 0 && mk_stopped())
		rv = mk_fail(err, EX_TEMPFAIL, "interrupted; the next run "
		    "goes on");
	if (rv == 0)
		save_last(run, &result);
	mk_problems_end(&scan.problems);
	mk_report_add(run->report, NULL, NULL,
	    (uint64_t[MK_SPAM_COLUMNS]){ [MK_SEEN] = scan.seen });
	if (run->status == EX_OK)
		run->status = scan.problems.status;
	mk_questions_free(&questions);
	mk_walk_result_free(&result);
	mk_plan_close(&scan.plan);
	return rv;
}

static void
report(struct run *run)
{
	double seconds = mk_host_monotonic() - run->started;
	const struct mk_report_run info = {
		.started_s = run->now_s,
		.finished_s = run->now_s + (int64_t)seconds,
		.seconds = seconds, .status = run->status,
		.dry_run = run->opt->dry_run, .partial = !is_whole(run),
		.note = run->note[0] == '\0' ? NULL : run->note,
	};
	bool told = ferror(stdout);	/* that output fails */
	struct mk_error err;

	if (mk_host_report(run->opt, &run->setup.own, run->report, "source",
	    true, &info, &err) == 0) {
		if (fflush(stdout) == 0)
			return;
		mk_fail_sys(&err, "standard output");	/* what -n lists */
	}
	if (!told)
		fail(run, &err);
}

static void
row_problem(void *data, const struct mk_error *err)
{
	mk_problems_tell(data, err);
}

/* All accounts, before anything is touched. */
static int
read_accounts(struct run *run, struct mk_error *err)
{
	if (run->setup.accounts == NULL)
		return 0;
	if (mk_accounts_read(run->setup.accounts, row_problem,
	    &run->row_problems, err) == -1)
		return -1;
	mk_problems_end(&run->row_problems);
	if (run->status == EX_OK)
		run->status = run->row_problems.status;
	return 0;
}

static int
open_run(struct run *run, struct mk_error *err)
{
	const char *junk = run->conf->keys.junk_folder;

	if (mk_spamscan_setup_open(&run->setup, err) == -1 ||
	    read_accounts(run, err) == -1)
		return -1;
	if (mk_folder_place(MK_MAILDIRPP, junk, &run->junk_place[0]) == -1 ||
	    mk_folder_place(MK_FS, junk, &run->junk_place[1]) == -1)
		return mk_fail_sys(err, "%s", junk);
	mk_stop_catch();
	return 0;
}

static int
scan(struct run *run, struct mk_error *err)
{
	struct mk_error why;
	size_t i;

	if (open_run(run, err) == -1 || load_last(run, err) == -1)
		return -1;
	if (mk_brake_clock(&run->conf->safety, run->last.index.last_run_s,
	    run->now_s, &why) == -1 && stopped_by(run, &why))
		return 0;
	mk_progress_open(run->opt->verbosity == MK_QUIET ? 0 :
	    run->opt->progress);
	for (i = 0; i < run->setup.roots.n; i++)
		if (scan_root(run, &run->setup.roots.v[i], err) == -1)
			fail(run, err);
	mk_progress_close();
	return 0;
}

/* A question: there is no run to report on. */
static int
answer(struct run *run, struct mk_error *err)
{
	struct mk_spamscan scan;
	int rv;

	if (open_run(run, err) == -1)
		return -1;
	begin(run, &scan);
	rv = mk_modes_answer(&scan, &run->setup, err);
	if (run->status == EX_OK)
		run->status = scan.problems.status;
	return rv;
}

/* With a row for each source, so that its metrics are there from the first
 * run on. */
static int
new_report(struct run *run, struct mk_error *err)
{
	const uint64_t zeros[MK_SPAM_COLUMNS] = { 0 };
	int sources[3];
	size_t i;

	run->report = mk_report_new("spamscan", mk_spamscan_columns,
	    MK_SPAM_COLUMNS, err);
	if (run->report == NULL)
		return -1;
	mk_spamscan_sources(&run->conf->keys, sources);
	for (i = 0; sources[i] != 0; i++) {
		if (sources[i] == MK_SOURCE_HEADER ? run->conf->trust_n == 0 :
		    run->conf->spamd.socket[0] == '\0')
			continue;
		if (mk_report_add(run->report, "source",
		    sources[i] == MK_SOURCE_HEADER ? "header" : "spamd",
		    zeros) == -1)
			return mk_fail_sys(err, "count for the report");
	}
	return mk_report_add(run->report, "source", "none", zeros) == 0 ? 0 :
	    mk_fail_sys(err, "count for the report");
}

/* All but what is freed in any case. */
static int
run_all(struct run *run, struct mk_modes_trust *trust,
    struct mk_spamscan_conf *conf, struct mk_error *err)
{
	if (mk_modes_check(run->opt, run->args, conf, err) == -1 ||
	    mk_modes_trust_add(trust, run->args, conf, err) == -1 ||
	    mk_spamscan_check(conf, err) == -1)
		return -1;
	if (mk_modes_asks(run->args))
		return answer(run, err);
	if (new_report(run, err) == -1)
		return -1;
	if (scan(run, err) == -1)
		fail(run, err);
	report(run);
	return 0;
}

int
mk_spamscan_run(const struct mk_options *opt,
    const struct mk_spamscan_args *args, struct mk_spamscan_conf *conf,
    int64_t now_s)
{
	struct run run = {
		.setup = MK_SPAMSCAN_SETUP(opt, args, conf),
		.opt = opt, .args = args, .conf = conf, .now_s = now_s,
		.started = mk_host_monotonic(), .status = EX_OK,
	};
	struct mk_modes_trust trust = { 0 };
	struct mk_error err;

	run.setup.reads_only = mk_modes_reads_only(opt, args);
	mk_store_run_name(run.run_name, now_s);
	if (run_all(&run, &trust, conf, &err) == -1)
		fail(&run, &err);
	mk_spamscan_setup_close(&run.setup);
	mk_lastrun_close(&run.last);
	mk_buf_free(&run.junk_place[0]);
	mk_buf_free(&run.junk_place[1]);
	mk_report_free(run.report);
	mk_modes_trust_drop(&trust, conf);
	return run.status;
}
