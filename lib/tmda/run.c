/* tmda/run - one run of mailkeep-tmda, from the lock to the report. */
#include "tmda/run.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fs.h"
#include "base/progress.h"
#include "base/stop.h"
#include "base/sys.h"
#include "mail/brake.h"
#include "mail/lastrun.h"
#include "mail/store.h"
#include "tmda/boxes.h"
#include "tmda/look.h"
#include "tmda/modes.h"
#include "tmda/print.h"
#include "tmda/remove.h"
#include "tmda/rescue.h"
#include "tmda/scan.h"
#include "tmda/select.h"
#include "tmda/setup.h"

#define TOLD		"tmda-told"	/* see tmda/rescue.h */
#define TOLD_MAX	((size_t)1 << 20)

struct run {
	const struct mk_options *opt;
	const struct mk_tmda_args *args;
	const struct mk_tmda_all_conf *conf;
	int64_t now_s;
	double started;			/* by the monotonic clock */
	struct mk_tmda_setup setup;
	struct mk_tmda_conf *queues;	/* selected */
	char run_name[MK_RUN_NAME_MAX];
	struct mk_lastrun last;
	struct mk_buf told;		/* of the runs before, and of this: */
	bool *is_told;			/* its sections */
	uint64_t users;			/* what --user matches; not all */
	struct mk_report *report;
	char note[MK_ERROR_MAX];
	int status;
};

static void
earn(struct run *run, int status)
{
	if (run->status == EX_OK)
		run->status = status;
}

static int
fail(struct run *run, const struct mk_error *err)
{
	earn(run, mk_diag_error(err));
	return -1;
}

/* A run over everything: it may say when it was. */
static bool
is_whole(const struct run *run)
{
	return run->opt->args_n == 0 && run->args->queue == NULL &&
	    run->args->users.n == 0;
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

/* What can't be read is told of once more. */
static void
told_load(struct run *run)
{
	int dirfd = run->setup.own.state_fd, fd;

	fd = dirfd == -1 ? -1 : mk_sys_open_file(dirfd, TOLD, O_RDONLY, 0);
	if (fd != -1 && mk_fs_read_all(fd, &run->told, TOLD_MAX) == -1)
		mk_buf_cut(&run->told, 0);
	if (fd != -1)
		close(fd);
}

static int
told_save(const struct run *run, struct mk_error *err)
{
	const struct mk_tmda_conf *conf;
	struct mk_buf text = { 0 };
	struct mk_error why;
	size_t i;
	int rv = 0;

	for (i = 0; i < run->setup.n && rv == 0; i++) {
		conf = &run->queues[i];
		rv = mk_tmda_told_add(&text, conf, run->is_told[i] ?
		    run->now_s : mk_tmda_told_find(&run->told, conf));
	}
	if (rv == -1)
		mk_fail_sys(err, "remember");
	else if (run->setup.own.state_fd != -1 && (rv = mk_fs_replace(
	    run->setup.own.state_fd, TOLD, text.data, text.len, 0600,
	    MK_FS_NOSYNC, &why)) == -1)
		mk_fail(err, why.status, "state-dir %s: %s",
		    run->conf->host.state_dir, why.text);
	mk_buf_free(&text);
	return rv;
}

/* What all sections have. */
static void
begin(struct run *run, struct mk_tmda *t)
{
	t->accounts = run->setup.accounts;
	t->now_s = run->now_s;
	t->told_s = mk_tmda_told_find(&run->told, t->conf);
	t->dry_run = run->opt->dry_run;
	t->json = run->opt->json;
	t->threads = mk_host_threads(run->conf->host.threads);
	t->run_name = run->run_name;
	/* One that only reports releases nothing because another does. */
	t->release = t->conf != NULL && t->conf->rescue == MK_TMDA_RELEASE ?
	    run->setup.release : NULL;
	t->report = run->report;
}

static void
end(struct run *run, struct mk_tmda *t)
{
	mk_problems_end(&t->problems);
	earn(run, t->problems.status);
}

/* Kept where anything of it is due. */
static bool
scan_box(void *data, struct mk_tmda *t, struct mk_tmda_queue *q)
{
	bool *found = data, kept = false;
	size_t i;

	mk_tmda_scan(t, q, found);
	for (i = 0; i < MK_TMDA_GROUPS; i++)
		if (q->groups[i] != NULL)
			kept = true;
	return kept;
}

/* The messages that are to go; the brake minds no responses. */
static uint64_t
messages(const struct mk_tmda *t)
{
	uint64_t n = 0;
	size_t i, j;

	for (i = 0; i < t->queues_n; i++)
		for (j = MK_TMDA_ORIGINAL; j <= MK_TMDA_CUR; j++)
			if (t->queues[i]->groups[j] != NULL)
				n += t->queues[i]->groups[j]->n;
	return n;
}

static int
scan(struct mk_tmda *t, struct mk_error *err)
{
	bool found = false;

	mk_progress_phase("scanning", 0);
	if (mk_tmda_boxes(t, scan_box, &found, err) == -1)
		return -1;
	/* A mailbox's may have nothing yet. */
	if (!found && t->conf->dir != NULL && !mk_stopped())
		return mk_fail(err, EX_NOINPUT, "%s: has neither pending nor "
		    "responses: is it a TMDA directory?",
		    t->queues[0]->path);
	return 0;
}

static int
count_one(void *data, const struct mk_tmda_seen *seen)
{
	(void)seen;
	++*(uint64_t *)data;
	return 0;
}

/* A name that is written wrong must not look like an empty queue. */
static int
find_users(struct run *run, struct mk_tmda *t, struct mk_error *err)
{
	if (t->conf->dir == NULL)
		run->users++;		/* their mailboxes were found */
	else if (t->users->n > 0 && run->users == 0 && mk_tmda_look(t,
	    t->queues[0], count_one, &run->users) == -1)
		return mk_fail_sys(err, "look");
	return 0;
}

/* Plan, brake, and do, for one section. */
static int
do_section(struct run *run, struct mk_tmda *t, struct mk_error *err)
{
	struct mk_error why;
	size_t i;
	int rv;

	begin(run, t);
	rv = scan(t, err);
	if (rv == 0)
		rv = find_users(run, t, err);
	for (i = 0; i < t->queues_n && rv == 0; i++)
		mk_tmda_sort_out(t, t->queues[i]);
	if (rv == 0 && mk_stopped())
		rv = mk_fail(err, EX_TEMPFAIL, "interrupted; the next run "
		    "goes on");
	if (rv == 0 && t->conf->rescue == MK_TMDA_REPORT)
		mk_tmda_rescued_tell(t);
	if (rv == 0 && (mk_brake_amount(&run->conf->safety, messages(t),
	    t->watched, &why) == 0 || !stopped_by(run, &why)) &&
	    !run->opt->dry_run) {
		if (t->release != NULL)
			mk_tmda_release(t);
		rv = mk_tmda_remove(t, err);
	}
	if (rv == 0 && run->opt->dry_run && !run->opt->json &&
	    mk_tmda_print(t) == -1)
		rv = mk_fail_sys(err, "standard output");
	end(run, t);
	return rv;
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
	struct mk_problems problems = { 0 };
	int rv;

	if (run->setup.accounts == NULL)
		return 0;
	rv = mk_accounts_read(run->setup.accounts, row_problem, &problems,
	    err);
	mk_problems_end(&problems);
	if (rv == 0)
		earn(run, problems.status);
	return rv;
}

/* Open all, with the sections that this run goes by. */
static int
open_run(struct run *run, struct mk_error *err)
{
	bool to = run->args->restore != NULL && run->args->to != NULL;

	if (!to) {
		run->queues = mk_tmda_select(run->opt, run->args, run->conf,
		    &run->setup.n, err);
		if (run->queues == NULL)
			return -1;
	}
	run->setup.queues = run->queues;
	return 0;
}

static int
open_setup(struct run *run, struct mk_error *err)
{
	if (mk_tmda_setup_open(&run->setup, err) == -1 ||
	    read_accounts(run, err) == -1)
		return -1;
	earn(run, run->setup.problems.status);
	mk_stop_catch();
	return 0;
}

static int
do_all(struct run *run, struct mk_error *err)
{
	struct mk_walk_result nothing = { 0 };
	struct mk_error why;
	size_t i;

	mk_store_run_name(run->run_name, run->now_s);
	if (open_setup(run, err) == -1 || mk_lastrun_load(&run->last,
	    &run->conf->host, &run->setup.own, "tmda", -1, 0, err) == -1)
		return -1;
	if (mk_brake_clock(&run->conf->safety, run->last.index.last_run_s,
	    run->now_s, &why) == -1 && stopped_by(run, &why))
		return 0;
	run->is_told = calloc(run->setup.n + 1, sizeof *run->is_told);
	if (run->is_told == NULL)
		return mk_fail_sys(err, "sections");
	told_load(run);
	mk_progress_open(run->opt->verbosity == MK_QUIET ? 0 :
	    run->opt->progress);
	for (i = 0; i < run->setup.n; i++)
		if (run->setup.sections[i].conf == NULL)
			continue;
		else if (do_section(run, &run->setup.sections[i], err) == -1)
			fail(run, err);
		else
			run->is_told[i] = true;
	mk_progress_close();
	if (run->args->users.n > 0 && run->users == 0 &&
	    run->status == EX_OK && !mk_stopped())
		return mk_tmda_nobody(err);
	if (!is_whole(run) || run->opt->dry_run || mk_stopped())
		return 0;
	if (told_save(run, err) == -1)
		fail(run, err);
	return mk_lastrun_save(&run->last, &nothing, run->now_s, err);
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
	struct mk_error err;

	if (mk_host_report(run->opt, &run->setup.own, run->report, "queue",
	    true, &info, &err) == -1)
		fail(run, &err);
}

/* A row a section, in the configuration's order, whatever is met first. */
static int
run_tmda(struct run *run, struct mk_error *err)
{
	size_t i;

	if (open_run(run, err) == -1)
		return -1;
	run->report = mk_report_new("tmda", mk_tmda_columns, MK_TMDA_COLUMNS,
	    err);
	if (run->report == NULL)
		return -1;
	for (i = 0; i < run->setup.n; i++)
		if (mk_report_add(run->report, "queue", run->queues[i].name,
		    (uint64_t[MK_TMDA_COLUMNS]){ 0 }) == -1)
			return mk_fail_sys(err, "report");
	if (do_all(run, err) == -1)
		fail(run, err);
	report(run);
	return 0;
}

/* What is no run, with nothing to report on. */
static int
ask(struct run *run, struct mk_error *err)
{
	size_t i;

	if (open_run(run, err) == -1 || open_setup(run, err) == -1)
		return -1;
	for (i = 0; i < run->setup.n; i++)
		begin(run, &run->setup.sections[i]);
	if (run->args->restore == NULL)
		return mk_tmda_answer(&run->setup, &run->status, err);
	mk_tmda_restore(&run->setup, run->now_s, run->started, &run->status);
	return 0;
}

int
mk_tmda_run(const struct mk_options *opt, const struct mk_tmda_args *args,
    struct mk_tmda_all_conf *conf, int64_t now_s)
{
	struct run run = {
		.setup = MK_TMDA_SETUP(opt, args, conf),
		.opt = opt, .args = args, .conf = conf, .now_s = now_s,
		.started = mk_host_monotonic(), .status = EX_OK,
	};
	bool asks = args->list || args->stats;
	struct mk_error err;

	run.setup.reads_only = opt->dry_run || asks;
	if (mk_tmda_check_args(opt, args, &err) == -1 ||
	    (asks || args->restore != NULL ? ask(&run, &err) :
	    run_tmda(&run, &err)) == -1)
		fail(&run, &err);
	mk_tmda_setup_close(&run.setup);
	mk_lastrun_close(&run.last);
	mk_report_free(run.report);
	free(run.queues);
	free(run.is_told);
	mk_buf_free(&run.told);
	return run.status;
}
