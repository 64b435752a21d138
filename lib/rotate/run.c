/* rotate/run - one run of mailkeep-rotate. */
#include "rotate/run.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/progress.h"
#include "base/stop.h"
#include "mail/brake.h"
#include "rotate/generation.h"
#include "rotate/rotate.h"
#include "rotate/turn.h"

#define MEMORY_S	(INT64_C(800) * 86400)	/* no time comes so seldom */

/* Who can write there says what was rotated, and keeps a run from its lock. */
static int
check_own(struct mk_rotate *r, struct mk_error *err)
{
	const char *dir = r->conf->keys.state_dir;
	struct stat st;

	if (geteuid() != 0 || r->own.state_fd == -1)
		return 0;
	if (fstat(r->own.state_fd, &st) == -1)
		return mk_fail_sys(err, "look at %s", dir);
	if (st.st_uid == 0 && (st.st_mode & (S_IWGRP | S_IWOTH)) == 0)
		return 0;
	r->own.unrecorded = true;	/* nor do we write there */
	return mk_fail(err, EX_NOPERM, "rotate.state-dir: others than root can "
	    "write to %s; make it root's alone: chown root %s; chmod go-w %s",
	    dir, dir, dir);
}

/* State and lock lie in a directory that is root's alone, not the mail's. */
static int
open_own(struct mk_rotate *r, struct mk_error *err)
{
	struct mk_host host = r->conf->host;
	bool needed = !r->dry_run && !r->args->any_user;

	host.state_dir = host.lock_dir = r->conf->keys.state_dir;
	if (mk_owner_parse("", &r->own.owner, err) == -1 ||
	    mk_host_open_metrics(&host, r->opt, "mailkeep-rotate", &r->own,
	    err) == -1 || mk_host_open_dir(&host, MK_STATE_DIR, &r->own,
	    r->dry_run, needed, err) == -1 || check_own(r, err) == -1)
		return -1;
	if (r->own.state_fd == -1 || r->dry_run)
		return 0;
	if (mk_lock_take(&r->own.lock, r->own.state_fd,
	    "mailkeep-rotate.lock", err) == 0)
		return 0;
	r->own.unrecorded = true;
	return -1;
}

/* A state that can't be read is told, and done without. */
static void
load_state(struct mk_rotate *r)
{
	struct mk_error err, why;
	size_t bad = 0;

	if (mk_rotate_state_load(&r->state, r->own.state_fd, &bad,
	    &why) == -1)
		mk_fail(&err, why.status, "%s: %s; all logs are taken as new",
		    r->conf->keys.state_dir, why.text);
	else if (bad > 0)
		mk_fail(&err, EX_DATAERR, "%s/%s: %zu lines can't be read; "
		    "their logs are taken as new", r->conf->keys.state_dir,
		    MK_ROTATE_STATE_NAME, bad);
	else
		return;
	mk_problems_tell(&r->problems, &err);
}

static void
save_state(struct mk_rotate *r)
{
	struct mk_error err, why;
	struct mk_rotate_record *rec;
	size_t i;

	for (i = 0; i < r->logs_n; i++) {
		rec = mk_rotate_state_find(&r->state, r->logs[i].entry->log);
		if (rec == NULL || rec->owes == r->logs[i].owes)
			continue;
		rec->owes = r->logs[i].owes;
		r->state.changed = true;
	}
	if (mk_rotate_state_save(&r->state, r->dry_run ? -1 :
	    r->own.state_fd, &why) == 0)
		return;
	/* To rotate may be what makes room. */
	mk_fail(&err, why.status, "%s: %s; killed now, this run would rotate "
	    "again", r->conf->keys.state_dir, why.text);
	mk_problems_tell(&r->problems, &err);
}

static bool
is_to_turn(const struct mk_log *log)
{
	return log->place != NULL && (log->redo || log->due > MK_DUE_EMPTY);
}

/* Write down what is going to be done: a kill is found by it. */
static void
intend(struct mk_rotate *r)
{
	struct mk_rotate_record *rec;
	struct mk_log *log;
	size_t i;

	for (i = 0; i < r->logs_n; i++) {
		log = &r->logs[i];
		if (!is_to_turn(log))
			continue;
		log->owes |= MK_OWES_TURN | MK_OWES_NOTICE | MK_OWES_SETTLE;
		rec = mk_rotate_state_find(&r->state, log->entry->log);
		rec->dev = (uint64_t)log->st.st_dev;
		rec->ino = (uint64_t)log->st.st_ino;
		rec->size = (uint64_t)log->st.st_size;
		rec->turn_s = r->now_s;
	}
	save_state(r);
}

/* What the notice in the log ends with, as FreeBSD's. */
static const char *
reason(const struct mk_rotate *r, const struct mk_log *log, char *buf,
    size_t size)
{
	char tag[128];

	buf[0] = '\0';
	if (r->args->tag != NULL)
		snprintf(buf, size, " due to -R from %s", mk_diag_escape(tag,
		    sizeof tag, r->args->tag));
	else if (r->args->trim)
		snprintf(buf, size, " due to -F request");
	else if (log->due == MK_DUE_SIZE)
		snprintf(buf, size, " due to size>%lldK",
		    (long long)log->entry->size_kib);
	return buf;
}

static void
turn(struct mk_rotate *r, struct mk_log *log)
{
	struct mk_rotate_record *rec = mk_rotate_state_find(&r->state,
	    log->entry->log);
	char why[256];
	struct mk_turn turn = {
		.entry = log->entry, .name = log->name, .place = log->place,
		.archive = log->archive, .time_format = r->time_format,
		.host = r->host, .reason = reason(r, log, why, sizeof why),
		.now_s = r->now_s, .show = r->show,
	};
	struct mk_error err;
	int rv;

	if (!log->create)
		mk_rotate_make_room(r, log);
	rv = mk_place_enter(log->place, &err);
	if (rv == 0) {
		rv = log->create ? mk_turn_create(&turn, &err) :
		    mk_turn(&turn, &err);
		mk_place_leave(log->place);
	}
	if (rv == -1) {
		mk_rotate_failed(r, log, &err);
		/* Refused, and nothing begun: nor is it owed by the next. */
		if (!log->redo && !turn.turned && err.status == EX_DATAERR)
			log->owes = log->owed & ~(unsigned)MK_OWES_TURN;
	}
	if (turn.removed > 0) {
		mk_rotate_count(r, log, MK_DROPPED, turn.removed);
		mk_rotate_count(r, log, MK_DROPPED_BYTES, turn.removed_bytes);
	}
	if (turn.turned || (rv == 0 && r->dry_run))
		mk_rotate_count(r, log, log->create ? MK_CREATED : MK_ROTATED,
		    1);
	/* -n goes on as if it were. */
	if (rv == 0 && r->dry_run)
		log->owes &= ~(unsigned)MK_OWES_TURN;
	if (turn.turned) {
		log->owes &= ~(unsigned)MK_OWES_TURN;
		if (!log->create)
			rec->rotated_s = r->now_s;
		r->state.changed = true;
	}
	mk_progress_step(1);
}

static bool
is_to_create(const struct mk_log *log)
{
	return log->create && log->place != NULL;
}

static void
turn_all(struct mk_rotate *r)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < r->logs_n; i++)
		n += is_to_turn(&r->logs[i]) || is_to_create(&r->logs[i]);
	mk_progress_phase("rotating", n);
	for (i = 0; i < r->logs_n && !mk_stopped(); i++)
		if (is_to_turn(&r->logs[i]) || is_to_create(&r->logs[i]))
			turn(r, &r->logs[i]);
}

static void
keep_budget(struct mk_rotate *r, const struct mk_budget *budget)
{
	struct mk_budget_log *logs = calloc(r->logs_n + 1, sizeof *logs);
	struct mk_budget_done done = { 0 };
	struct mk_error err, why;
	size_t i, n = 0;

	if (logs == NULL) {
		mk_fail_sys(&err, "rotate log \"%s\"", budget->name);
		mk_problems_tell(&r->problems, &err);
		return;
	}
	for (i = 0; i < r->logs_n; i++)
		if (r->logs[i].budget == budget && r->logs[i].place != NULL)
			logs[n++] = (struct mk_budget_log){
				.path = r->logs[i].entry->log,
				.name = r->logs[i].name,
				.archive = r->logs[i].archive,
				.time_format = r->time_format,
				.count = r->logs[i].entry->count,
			};
	if (n > 0 && mk_budget_keep(budget, logs, n, r->show, &done,
	    &why) == -1) {
		mk_fail(&err, why.status, "rotate log \"%s\": %s",
		    budget->name, why.text);
		mk_problems_tell(&r->problems, &err);
	}
	mk_rotate_count(r, NULL, MK_DROPPED, done.removed);
	mk_rotate_count(r, NULL, MK_DROPPED_BYTES, done.bytes);
	free(logs);
}

/* All that is done to logs. */
static int
work(struct mk_rotate *r, struct mk_error *err)
{
	size_t i;

	if (mk_rotate_open(r, err) == -1)
		return -1;
	if (r->places_n > 0) {
		intend(r);
		turn_all(r);
		mk_rotate_notify(r);
		save_state(r);
		mk_rotate_settle(r);
		for (i = 0; i < r->conf->budgets_n; i++)
			keep_budget(r, &r->conf->budgets[i]);
	}
	save_state(r);
	return mk_stopped() ? mk_fail(err, EX_TEMPFAIL, "interrupted; the "
	    "next run goes on") : 0;
}

/*
 * The state's modification time is when the last run ended well: one that has
 * changed nothing else writes nothing else.
 */
static void
touch_state(const struct mk_rotate *r)
{
	if (r->own.state_fd != -1)
		utimensat(r->own.state_fd, MK_ROTATE_STATE_NAME, NULL,
		    AT_SYMLINK_NOFOLLOW);
}

static int64_t
last_run_s(const struct mk_rotate *r)
{
	struct stat st;

	return r->own.state_fd != -1 && fstatat(r->own.state_fd,
	    MK_ROTATE_STATE_NAME, &st, AT_SYMLINK_NOFOLLOW) == 0 ?
	    (int64_t)st.st_mtime : 0;
}

static int
check_clock(struct mk_rotate *r, struct mk_error *err)
{
	return mk_brake_clock(&r->conf->safety, last_run_s(r), r->now_s,
	    err) == -1 && mk_brake_stops(err, r->args->force, r->dry_run) ?
	    -1 : 0;
}

static int
run(struct mk_rotate *r, struct mk_error *err)
{
	int rv;

	if (mk_rotate_logs(r, err) == -1)
		return -1;
	if (r->args->lint || (r->opt->if_configured && r->logs_n == 0))
		return 0;
	if (open_own(r, err) == -1)
		return -1;
	load_state(r);
	if (check_clock(r, err) == -1)
		return -1;
	mk_rotate_state_forget(&r->state, r->now_s - MEMORY_S);
	if (mk_rotate_judge(r, err) == -1)
		return -1;
	mk_stop_catch();
	/* -n says what is done as it goes. */
	mk_progress_open(r->opt->verbosity == MK_QUIET || (r->dry_run &&
	    r->opt->progress < 0) ? 0 : r->opt->progress);
	rv = work(r, err);
	mk_progress_close();
	if (rv == 0 && !r->dry_run)
		touch_state(r);
	return rv;
}

static void
report(struct mk_rotate *r, double started, int status)
{
	double seconds = mk_host_monotonic() - started;
	const struct mk_report_run info = {
		.started_s = r->now_s,
		.finished_s = r->now_s + (int64_t)seconds,
		.seconds = seconds, .status = status, .dry_run = r->dry_run,
		.partial = r->opt->args_n > 0,
	};
	struct mk_error err;

	if (mk_host_report(r->opt, &r->own, r->report, "log", true, &info,
	    &err) == -1)
		mk_problems_tell(&r->problems, &err);
	else if (fflush(stdout) == EOF) {
		mk_fail_sys(&err, "standard output");
		mk_problems_tell(&r->problems, &err);
	}
}

/* What the options say must go together, before anything is touched. */
static int
check_args(const struct mk_rotate *r, struct mk_error *err)
{
	const struct mk_rotate_args *args = r->args;
	char *name;
	size_t i;

	if (args->trim && args->no_rotate)
		return mk_fail(err, EX_USAGE, "-F and -N do not go together");
	if (args->tag != NULL && r->opt->args_n == 0)
		return mk_fail(err, EX_USAGE, "-R wants the logs to be named");
	for (i = 0; i < r->opt->args_n; i++)
		if (r->opt->args[i][0] != '/')
			return mk_fail(err, EX_USAGE, "%s: name the log by its "
			    "absolute path", r->opt->args[i]);
	if (r->time_format != NULL) {
		name = mk_generation_name("log", 0, r->time_format, r->now_s,
		    err);
		if (name == NULL)
			return -1;
		free(name);
	}
	if (geteuid() != 0 && !args->any_user && !r->dry_run && !args->lint)
		return mk_fail(err, EX_NOPERM, "only root can give logs to "
		    "their owners and tell their daemons; -r does what "
		    "others can");
	return 0;
}

int
mk_rotate_run(const struct mk_options *opt, const struct mk_rotate_args *args,
    struct mk_rotate_conf *conf, const char *host, int64_t now_s)
{
	struct mk_rotate r = {
		.opt = opt, .args = args, .conf = conf, .now_s = now_s,
		.dry_run = opt->dry_run, .own = MK_OWN,
		.dialect = conf->keys.dialect == 0 ? args->dialect :
		    (enum mk_newsyslog)(conf->keys.dialect - 1),
		.archive_dir = args->archive_dir != NULL ?
		    args->archive_dir : conf->keys.archive_dir,
		.time_format = args->time_format != NULL ?
		    args->time_format : conf->keys.time_format,
	};
	double started = mk_host_monotonic();
	struct mk_error err;

	if (r.dry_run)		/* JSON stands alone */
		r.show = opt->json ? fopen("/dev/null", "w") : stdout;
	if (r.archive_dir[0] == '\0')
		r.archive_dir = NULL;
	if (r.time_format[0] == '\0')
		r.time_format = NULL;
	snprintf(r.host, sizeof r.host, "%s", host);
	r.report = mk_report_new("rotate", mk_rotate_columns,
	    MK_ROTATE_COLUMNS, &err);
	if (r.dry_run && r.show == NULL)
		mk_fail_sys(&err, "/dev/null");
	if (r.report == NULL || (r.dry_run && r.show == NULL) ||
	    check_args(&r, &err) == -1 ||
	    run(&r, &err) == -1)
		mk_problems_tell(&r.problems, &err);
	if (r.report != NULL && !args->lint)
		report(&r, started, r.problems.status);
	mk_problems_end(&r.problems);
	mk_rotate_close(&r);
	mk_rotate_state_free(&r.state);
	mk_entries_free(&r.entries);
	free(r.logs);
	mk_report_free(r.report);
	mk_own_close(&r.own);
	if (r.show != NULL && r.show != stdout)
		fclose(r.show);
	return r.problems.status;
}
