/* expire/run - one run of mailkeep-expire, from the plan to the report. */
#include "expire/run.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/lock.h"
#include "base/owner.h"
#include "base/progress.h"
#include "base/sandbox.h"
#include "base/stop.h"
#include "base/sys.h"
#include "expire/brake.h"
#include "expire/expire.h"
#include "expire/print.h"
#include "expire/restore.h"
#include "expire/select.h"
#include "mail/index.h"
#include "mail/msgname.h"

#define PLAN_LIMIT	((size_t)1 << 30)

/* Where to walk: all of a root, or mailboxes below it. */
struct job {
	char *root;			/* for messages, as it was named */
	int fd;
	char **starts;			/* below it; {""}: all of it */
	size_t n;
	bool is_mailbox;		/* the root was named as a mailbox */
};

struct run {
	const struct mk_options *opt;
	const struct mk_expire_args *args;
	struct mk_expire_conf *conf;
	int64_t now_s;
	struct mk_rule *rules;
	size_t rules_n;
	struct mk_owner owner;
	struct job *jobs;
	size_t jobs_n;
	int state_fd, lock_fd, metrics_fd, archive_fd, to_fd;
	int lock;
	FILE *plan_out;
	struct mk_buf apply;		/* the plan to apply, read whole */
	int *archive_fds;
	char run_name[64];
	char index_name[64];
	struct mk_index index;
	struct mk_report *report;
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

static bool
is_dry(const struct run *run)
{
	return run->opt->dry_run || run->args->plan != NULL;
}

static bool
has_folder_rules(const struct run *run)
{
	size_t i;

	for (i = 0; i < run->rules_n; i++)
		if (run->rules[i].path == NULL)
			return true;
	return false;
}

/* PATH below ROOT (both canonical), or NULL. */
static const char *
below(const char *root, const char *path)
{
	size_t len = strlen(root);

	if (len == 1)			/* "/" */
		return path + 1;
	if (strncmp(root, path, len) != 0)
		return NULL;
	return path[len] == '/' ? path + len + 1 : path[len] == '\0' ?
	    path + len : NULL;
}

static int
add_start(struct job *job, const char *start)
{
	char **starts = realloc(job->starts, (job->n + 1) * sizeof *starts);

	if (starts == NULL)
		return -1;
	job->starts = starts;
	starts[job->n] = strdup(start);
	return starts[job->n] == NULL ? -1 : (int)(job->n++, 0);
}

static struct job *
add_job(struct run *run, const char *root, int fd)
{
	struct job *jobs = realloc(run->jobs, (run->jobs_n + 1) *
	    sizeof *jobs);
	size_t len = strlen(root);

	if (jobs == NULL)
		return NULL;
	run->jobs = jobs;
	jobs[run->jobs_n] = (struct job){ .fd = fd, .root = strdup(root) };
	if (jobs[run->jobs_n].root == NULL)
		return NULL;
	while (len > 1 && root[len - 1] == '/')
		jobs[run->jobs_n].root[--len] = '\0';
	return &jobs[run->jobs_n++];
}

static int
open_trusted(const char *path, struct mk_error *err)
{
	return mk_fs_open_trusted(path, false, (uid_t)-1, (gid_t)-1, err);
}

/* The job for all that lies below the mail root; made if there is none. */
static struct job *
rooted_job(struct run *run, struct mk_error *err)
{
	const char *root = run->conf->host.mail_root;
	struct mk_error why;
	struct job *job;
	size_t i;
	int fd;

	for (i = 0; i < run->jobs_n; i++)
		if (!run->jobs[i].is_mailbox)
			return &run->jobs[i];
	fd = open_trusted(root, &why);
	if (fd == -1) {
		mk_fail(err, why.status, "mail-root: %s", why.text);
		return NULL;
	}
	job = add_job(run, root, fd);
	if (job == NULL)
		mk_fail_sys(err, "%s", root);
	return job;
}

/*
 * A MAILDIR of the command line: where it lies below the mail root a part of
 * that, so that it has its name there; else a root of its own.
 */
static int
add_maildir(struct run *run, const char *maildir, const char *root_real,
    struct mk_error *err)
{
	char *real = realpath(maildir, NULL);
	const char *start;
	struct job *job = NULL;
	int fd, rv = -1;

	if (real == NULL)
		return mk_fail_sys(err, "%s", maildir);
	start = root_real == NULL ? NULL : below(root_real, real);
	if (start != NULL && *start != '\0') {
		job = rooted_job(run, err);
		rv = job == NULL ? -1 : add_start(job, start);
	} else if ((fd = open_trusted(maildir, err)) != -1) {
		job = add_job(run, maildir, fd);
		rv = job == NULL ? -1 : add_start(job, "");
		if (job != NULL)
			job->is_mailbox = true;
		if (rv == -1)
			mk_fail_sys(err, "%s", maildir);
	}
	free(real);
	return rv;
}

/* Open the mail root, or what the command line names instead. */
static int
open_jobs(struct run *run, struct mk_error *err)
{
	char *root_real = realpath(run->conf->host.mail_root, NULL);
	struct job *job;
	size_t i;
	int rv = 0;

	for (i = 0; i < run->opt->args_n && rv == 0; i++)
		rv = add_maildir(run, run->opt->args[i], root_real, err);
	if (run->opt->args_n == 0) {
		job = rooted_job(run, err);
		rv = job == NULL ? -1 : add_start(job, "");
	}
	if (rv == 0 && run->jobs_n > 1 && (run->args->plan != NULL ||
	    run->args->apply != NULL))
		rv = mk_fail(err, EX_USAGE, "--plan and --apply go with one "
		    "mail root, not with several MAILDIRs");
	free(root_real);
	return rv;
}

/*
 * The state or the lock directory.  Without a configuration nobody has asked
 * for it: then it may be out of reach.
 */
static int
open_own_dir(struct run *run, const char *key, const char *path, int *fd,
    struct mk_error *err)
{
	struct mk_error why;

	*fd = mk_fs_open_trusted(path, !is_dry(run), run->owner.uid,
	    run->owner.gid, &why);
	if (*fd != -1)
		return 0;
	if (run->opt->file == NULL || is_dry(run)) {
		mk_diag_info("%s: %s; done without", key, why.text);
		return 0;
	}
	return mk_fail(err, why.status, "%s: %s; make it: install -d -o %s "
	    "%s", key, why.text, run->owner.name[0] == '\0' ? "USER" :
	    run->owner.name, path);
}

/* A descriptor a rule for its archive directory; rules may share one. */
static int
open_archive_dirs(struct run *run, struct mk_error *err)
{
	struct mk_error why;
	size_t i, j;

	run->archive_fds = malloc((run->rules_n + 1) *
	    sizeof *run->archive_fds);
	if (run->archive_fds == NULL)
		return mk_fail_sys(err, "archive");
	for (i = 0; i < run->rules_n; i++)
		run->archive_fds[i] = -1;
	for (i = 0; i < run->rules_n && !is_dry(run); i++) {
		if (run->rules[i].archive == NULL)
			continue;
		for (j = 0; j < i; j++)
			if (run->rules[j].archive != NULL &&
			    strcmp(run->rules[j].archive,
			    run->rules[i].archive) == 0)
				break;
		run->archive_fds[i] = j < i ? run->archive_fds[j] :
		    mk_fs_open_trusted(run->rules[i].archive, true,
		    run->owner.uid, run->owner.gid, &why);
		if (run->archive_fds[i] == -1)
			return mk_fail(err, why.status, "archive of expire "
			    "\"%s\": %s", run->rules[i].name, why.text);
	}
	return 0;
}

/* The directory that a file to be replaced lies in. */
static int
open_parent(const char *path, struct mk_error *err)
{
	char *copy = strdup(path), *slash;
	int fd;

	if (copy == NULL)
		return mk_fail_sys(err, "%s", path);
	slash = strrchr(copy, '/');
	if (slash == copy)
		slash++;
	if (slash != NULL)
		*slash = '\0';
	fd = open_trusted(slash == NULL ? "." : copy, err);
	free(copy);
	return fd;
}

static int
read_apply(struct run *run, struct mk_error *err)
{
	int fd = open(run->args->apply, O_RDONLY | O_CLOEXEC), rv = 0;

	if (fd == -1)
		return mk_fail_sys(err, "--apply: %s", run->args->apply);
	if (mk_fs_read_all(fd, &run->apply, PLAN_LIMIT) == -1)
		rv = mk_fail_sys(err, "--apply: %s", run->args->apply);
	close(fd);
	return rv;
}

static int
create_plan(struct run *run, struct mk_error *err)
{
	int fd = open(run->args->plan, O_WRONLY | O_CREAT | O_TRUNC |
	    O_CLOEXEC, 0640);

	run->plan_out = fd == -1 ? NULL : fdopen(fd, "w");
	if (run->plan_out != NULL)
		return 0;
	mk_fail_sys(err, "--plan: %s", run->args->plan);
	if (fd != -1)
		close(fd);
	return -1;
}

/* All that is opened with the rights that the program was started with. */
static int
open_all(struct run *run, struct mk_error *err)
{
	const struct mk_host *host = &run->conf->host;
	const char *metrics = run->opt->metrics != NULL ? run->opt->metrics :
	    host->metrics;

	if (mk_owner_parse(host->owner, &run->owner, err) == -1 ||
	    open_jobs(run, err) == -1 ||
	    open_own_dir(run, "state-dir", host->state_dir, &run->state_fd,
	    err) == -1 ||
	    open_own_dir(run, "lock-dir", host->lock_dir, &run->lock_fd,
	    err) == -1 || open_archive_dirs(run, err) == -1)
		return -1;
	if (metrics != NULL && metrics[0] != '\0' &&
	    (run->metrics_fd = open_parent(metrics, err)) == -1)
		return -1;
	if (run->args->apply != NULL && read_apply(run, err) == -1)
		return -1;
	return run->args->plan != NULL ? create_plan(run, err) : 0;
}

static int
take_lock(struct run *run, struct mk_error *err)
{
	/* The two-minute run for stray mail must not wait for the night's. */
	const char *name = has_folder_rules(run) ? "mailkeep-expire.lock" :
	    "mailkeep-expire-path.lock";

	if (is_dry(run) || run->lock_fd == -1)
		return 0;
	return mk_lock_take(&run->lock, run->lock_fd, name, err);
}

static int
allow(struct mk_sandbox *sb, int fd, const char *path, struct mk_error *err)
{
	return fd == -1 ? 0 : mk_sandbox_allow(sb, fd, path,
	    MK_SANDBOX_WRITE, err);
}

/* Give up all else. */
static int
confine(struct run *run, struct mk_error *err)
{
	const struct mk_host *host = &run->conf->host;
	struct mk_sandbox *sb;
	size_t i;
	int level, rv = -1;

	if (!host->sandbox) {
		mk_diag_info("not confined: sandbox = no");
		return 0;
	}
	sb = mk_sandbox_new(err);
	if (sb == NULL)
		return -1;
	for (i = 0; i < run->jobs_n; i++)
		if (allow(sb, run->jobs[i].fd, run->jobs[i].root, err) == -1)
			goto out;
	for (i = 0; i < run->rules_n; i++)
		if (run->archive_fds != NULL && allow(sb, run->archive_fds[i],
		    run->rules[i].archive, err) == -1)
			goto out;
	if (allow(sb, run->state_fd, host->state_dir, err) == -1 ||
	    allow(sb, run->lock_fd, host->lock_dir, err) == -1 ||
	    allow(sb, run->metrics_fd, "metrics", err) == -1 ||
	    allow(sb, run->archive_fd, run->args->restore, err) == -1 ||
	    allow(sb, run->to_fd, run->args->to, err) == -1)
		goto out;
	level = mk_sandbox_enter(sb, err);
	rv = level == -1 ? -1 : 0;
	if (level == 0)
		mk_diag_info("not confined: this system has nothing to "
		    "confine with");
	else if (level > 0)
		mk_diag_info("confined (Landlock ABI %d)", level);
out:
	mk_sandbox_free(sb);
	return rv;
}

static void
names(struct run *run)
{
	char *real = realpath(run->conf->host.mail_root, NULL);
	const char *root = real == NULL ? run->conf->host.mail_root : real;
	time_t now = (time_t)run->now_s;
	struct tm tm = { 0 };
	size_t len;

	gmtime_r(&now, &tm);
	len = strftime(run->run_name, sizeof run->run_name, "%Y%m%dT%H%M%SZ",
	    &tm);
	snprintf(run->run_name + len, sizeof run->run_name - len, "-%ld",
	    (long)getpid());
	snprintf(run->index_name, sizeof run->index_name,
	    "expire-%016" PRIx64 ".index", mk_msgname_hash(root,
	    strlen(root)));
	free(real);
}

static struct mk_index_key
index_key(const struct run *run)
{
	struct mk_index_key key = { 0 };
	mk_rule_set all = run->rules_n == MK_RULES_MAX ? ~(mk_rule_set)0 :
	    ((mk_rule_set)1 << run->rules_n) - 1;
	struct stat st;

	key.rules = mk_rule_fingerprint(run->rules, all);
	if (run->jobs_n > 0 && fstat(run->jobs[0].fd, &st) == 0) {
		key.root_dev = st.st_dev;
		key.root_ino = st.st_ino;
	}
	return key;
}

static int
load_index(struct run *run, struct mk_error *err)
{
	const struct mk_index_key key = index_key(run);
	struct mk_error why;

	if (run->state_fd == -1)
		return 0;
	if (mk_index_load(&run->index, run->state_fd, run->index_name, &key,
	    &why) == -1)
		return mk_fail(err, why.status, "state-dir %s: %s",
		    run->conf->host.state_dir, why.text);
	return 0;
}

static void
save_index(struct run *run, struct mk_walk_result *result)
{
	const struct mk_index_key key = index_key(run);
	struct mk_error why, err;
	int rv;

	if (!is_whole(run) || is_dry(run) || run->state_fd == -1)
		return;
	/* Rules with a path alone walk nothing: there is no index to touch. */
	rv = result->changed || run->index.n == 0 ?
	    mk_index_save(run->state_fd, run->index_name, &key, run->now_s,
	    result->records, result->n, &why) :
	    mk_index_touch(run->state_fd, run->index_name, run->now_s, &why);
	if (rv == -1) {
		mk_fail(&err, why.status, "state-dir %s: %s",
		    run->conf->host.state_dir, why.text);
		fail(run, &err);
	}
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
			    ex->plan.groups[i]->items[j].rule]);
	return n;
}

/* Nothing matched is an error that says what; never a silent success. */
static int
matched(struct run *run, const struct job *job,
    const struct mk_walk_result *met, size_t paths, struct mk_error *err)
{
	if (met->folders > 0 || paths > 0)
		return 0;
	if (!has_folder_rules(run))
		return mk_fail(err, EX_NOINPUT, "%s: none of the directories "
		    "that rules name by path is there", job->root);
	if (met->mailboxes == 0)
		return mk_fail(err, EX_NOINPUT, "%s: no mailbox found (a "
		    "mailbox has the directories cur, new and tmp)",
		    job->root);
	if (run->args->folders.n > 0 || run->args->rule != NULL)
		return mk_fail(err, EX_NOINPUT, "%s: nothing matched: no "
		    "folder of the %zu mailboxes is what %s %s names%s",
		    job->root, met->mailboxes, run->args->rule != NULL ?
		    "--rule" : "--folder", run->args->rule != NULL ?
		    run->args->rule : run->args->folders.v[0],
		    run->args->users.n > 0 ? " for --user" : "");
	return mk_fail(err, EX_NOINPUT, "%s: nothing matched: no folder of "
	    "the %zu mailboxes is what a rule names%s", job->root,
	    met->mailboxes, run->args->users.n > 0 ? " for --user" : "");
}

/* Walk all that the job says; RESULT is the last walk's. */
static int
scan(struct run *run, struct mk_expire *ex, const struct job *job,
    struct mk_walk_result *result, struct mk_error *err)
{
	struct mk_walk walk = {
		.rootfd = job->fd, .root = job->root,
		.root_is_mailbox = job->is_mailbox, .threads = ex->threads,
		.now_s = run->now_s, .index = is_whole(run) &&
		    run->index.n > 0 ? &run->index : NULL,
	};
	struct mk_walk_result sum = { 0 };
	size_t i, paths = 0;
	int rv = 0;

	mk_expire_scan_paths(ex, &paths);
	for (i = 0; i < job->n && rv == 0 && has_folder_rules(run); i++) {
		mk_walk_result_free(result);
		walk.start = job->starts[i];
		rv = mk_expire_scan(ex, &walk, result, err);
		sum.mailboxes += result->mailboxes;
		sum.folders += result->folders;
	}
	if (rv == 0 && ex->status == EX_OK)
		rv = matched(run, job, &sum, paths, err);
	return rv;
}

/* Keep the text of *ERR for the report. */
static void
note(struct run *run, const struct mk_error *err)
{
	snprintf(run->note_text, sizeof run->note_text, "%s", err->text);
	run->note = run->note_text;
}

/* 0: go on.  1: stop, nothing is to be removed. */
static int
brake(struct run *run, struct mk_expire *ex, bool wrong_clock,
    const struct mk_error *clock)
{
	struct mk_error err;

	if (wrong_clock)
		err = *clock;
	else if (run->args->apply != NULL ||
	    mk_brake_amount(&run->conf->safety, braked_items(ex),
	    ex->watched, &err) == 0)
		return 0;
	if (run->args->force)
		return 0;
	note(run, &err);
	if (is_dry(run))
		mk_diag_warn("a run without -n would stop here: %s", err.text);
	else
		fail(run, &err);
	return 1;
}

static void
show(struct run *run, struct mk_expire *ex)
{
	struct mk_error err;

	mk_plan_sort(&ex->plan);
	if (run->plan_out != NULL && mk_plan_write(&ex->plan, ex->root,
	    run->rules, run->now_s, run->plan_out) == -1) {
		mk_fail_sys(&err, "--plan: %s", run->args->plan);
		fail(run, &err);
	}
	if (run->opt->dry_run && !run->opt->json && mk_expire_print(ex,
	    run->args->listing) == -1) {
		mk_fail_sys(&err, "standard output");
		fail(run, &err);
	}
}

/* Plan, brake, and do, for one job. */
static int
do_job(struct run *run, const struct job *job, struct mk_error *err)
{
	struct mk_walk_result result = { 0 };
	struct mk_error clock;
	struct mk_expire ex = {
		.host = &run->conf->host, .rules = run->rules,
		.rules_n = run->rules_n, .users = &run->args->users,
		.rootfd = job->fd, .root = job->root, .now_s = run->now_s,
		.rows = run->opt->json || run->metrics_fd != -1 ||
		    isatty(STDOUT_FILENO) || mk_diag_verbose(),
		.mailbox_rows = run->opt->json,
		.threads = mk_host_threads(run->conf->host.threads),
		.archive_fds = run->archive_fds, .run_name = run->run_name,
		.report = run->report,
	};
	bool wrong_clock = mk_brake_clock(&run->conf->safety,
	    run->index.last_run_s, run->now_s, &clock) == -1 &&
	    !run->args->force;
	int rv;

	mk_plan_open(&ex.plan);
	/* Under a wrong clock no ledger is written, either. */
	ex.dry_run = is_dry(run) || wrong_clock;
	mk_progress_phase("scanning", 0);
	if (run->args->apply != NULL)
		rv = mk_plan_parse(&ex.plan, run->args->apply,
		    run->apply.data == NULL ? "" : run->apply.data,
		    run->apply.len, job->root, run->rules, run->rules_n, err);
	else
		rv = scan(run, &ex, job, &result, err);
	if (rv == 0 && brake(run, &ex, wrong_clock, &clock) == 0 &&
	    !is_dry(run)) {
		rv = mk_expire_remove(&ex, err);
		if (rv == 0)
			save_index(run, &result);
	}
	if (rv == 0 && is_dry(run))
		show(run, &ex);
	mk_expire_problems_end(&ex);
	mk_report_add(run->report, NULL, NULL, (uint64_t[MK_COLUMNS]){
	    [MK_WATCHED] = ex.watched });
	if (run->status == EX_OK)
		run->status = ex.status;
	mk_walk_result_free(&result);
	mk_plan_close(&ex.plan);
	return rv;
}

static void
report(struct run *run, double seconds)
{
	const struct mk_options *opt = run->opt;
	const char *metrics = opt->metrics != NULL ? opt->metrics :
	    run->conf->host.metrics;
	const struct mk_report_run info = {
		.started_s = run->now_s,
		.finished_s = run->now_s + (int64_t)seconds,
		.seconds = seconds, .status = run->status,
		.dry_run = is_dry(run), .note = run->note,
	};
	struct mk_error err;
	int rv = 0;

	if (opt->json)
		rv = mk_report_json(run->report, &info, stdout);
	else if (opt->verbosity != MK_QUIET &&
	    run->args->listing == MK_LIST_NONE &&
	    (isatty(STDOUT_FILENO) || opt->verbosity == MK_VERBOSE))
		rv = mk_report_print(run->report, "rule", &info, stdout);
	if (rv == -1) {
		mk_fail_sys(&err, "standard output");
		fail(run, &err);
	}
	if (run->metrics_fd != -1 && !is_dry(run) &&
	    mk_report_metrics(run->report, "rule", &info, metrics,
	    &err) == -1)
		fail(run, &err);
}

static double
monotonic(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int
restore_json(const struct run *run, const struct mk_restore *r,
    struct mk_error *err)
{
	struct mk_json json;

	mk_json_begin(&json, stdout);
	mk_json_object(&json, NULL);
	mk_json_string(&json, "program", "expire");
	mk_json_string(&json, "archive", r->archive);
	mk_json_int(&json, "archives", (int64_t)r->archives);
	mk_json_int(&json, "restored", (int64_t)r->restored);
	mk_json_int(&json, "present", (int64_t)r->present);
	mk_json_int(&json, "status", run->status);
	mk_json_bool(&json, "dry_run", r->dry_run);
	mk_json_close_object(&json);
	return mk_json_end(&json) == -1 ?
	    mk_fail_sys(err, "standard output") : 0;
}

/* --restore: the undo has a way of its own. */
static int
restore(struct run *run, struct mk_error *err)
{
	struct mk_restore r = {
		.archive_fd = run->archive_fd, .archive = run->args->restore,
		.dest_fd = run->jobs_n > 0 ? run->jobs[0].fd : run->to_fd,
		.dest = run->jobs_n > 0 ? run->jobs[0].root : run->args->to,
		.users = &run->args->users,
		.quota_ignore = &run->conf->host.quota_ignore,
		.quota = run->args->to == NULL, .dry_run = run->opt->dry_run,
		.silent = run->opt->json,
	};

	if (mk_restore_run(&r, err) == -1)
		return -1;
	if (run->status == EX_OK)
		run->status = r.status;
	if (run->opt->json)
		return restore_json(run, &r, err);
	if (run->opt->verbosity != MK_QUIET &&
	    (isatty(STDOUT_FILENO) || mk_diag_verbose()) && !run->opt->dry_run)
		printf("%" PRIu64 " restored, %" PRIu64 " there already\n",
		    r.restored, r.present);
	return 0;
}

static int
open_restore(struct run *run, struct mk_error *err)
{
	run->archive_fd = open(run->args->restore, O_RDONLY | O_CLOEXEC);
	if (run->archive_fd == -1)
		return mk_fail_sys(err, "--restore: %s", run->args->restore);
	if (run->args->to == NULL)
		return open_jobs(run, err);
	run->to_fd = mk_fs_open_trusted(run->args->to, !is_dry(run),
	    run->owner.uid, run->owner.gid, err);
	/* -n makes nothing: what is not there is not looked into. */
	return run->to_fd == -1 && !(is_dry(run) &&
	    err->status == EX_NOINPUT) ? -1 : 0;
}

static int
run_restore(struct run *run, struct mk_error *err)
{
	const struct mk_host *host = &run->conf->host;

	if (mk_owner_parse(host->owner, &run->owner, err) == -1 ||
	    open_restore(run, err) == -1 ||
	    open_own_dir(run, "lock-dir", host->lock_dir, &run->lock_fd,
	    err) == -1 || mk_owner_become(&run->owner, err) == -1)
		return -1;
	if (!is_dry(run) && run->lock_fd != -1 && mk_lock_take(&run->lock,
	    run->lock_fd, "mailkeep-expire.lock", err) == -1)
		return -1;
	return confine(run, err) == -1 ? -1 : restore(run, err);
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
	for (i = 0; i < run->rules_n; i++)
		if (mk_report_add(run->report, "rule", run->rules[i].name,
		    (uint64_t[MK_COLUMNS]){ 0 }) == -1)
			return mk_fail_sys(err, "report");
	return 0;
}

static int
run_expire(struct run *run, struct mk_error *err)
{
	double started = monotonic();
	size_t i;
	int rv = 0;

	/* A plain directory is nobody's mailbox. */
	run->rules = mk_select_rules(run->args, run->conf,
	    run->opt->args_n == 0 && run->args->users.n == 0, &run->rules_n,
	    err);
	if (run->rules == NULL || new_report(run, err) == -1)
		return -1;
	if (open_all(run, err) == -1)
		return -1;
	names(run);
	if (mk_owner_become(&run->owner, err) == -1 ||
	    take_lock(run, err) == -1 || load_index(run, err) == -1 ||
	    confine(run, err) == -1)
		return -1;
	mk_stop_catch();
	mk_progress_open(run->opt->verbosity == MK_QUIET ? 0 :
	    run->opt->progress);
	for (i = 0; i < run->jobs_n; i++)
		if (do_job(run, &run->jobs[i], err) == -1)
			rv = fail(run, err);
	mk_progress_close();
	report(run, monotonic() - started);
	return rv == -1 ? 1 : 0;	/* said already */
}

static void
close_fd(int fd)
{
	if (fd != -1)
		close(fd);
}

static void
release(struct run *run)
{
	size_t i, j;

	mk_lock_drop(&run->lock);
	mk_index_free(&run->index);
	mk_report_free(run->report);
	mk_buf_free(&run->apply);
	if (run->plan_out != NULL)
		fclose(run->plan_out);
	for (i = 0; i < run->jobs_n; i++) {
		close_fd(run->jobs[i].fd);
		for (j = 0; j < run->jobs[i].n; j++)
			free(run->jobs[i].starts[j]);
		free(run->jobs[i].starts);
		free(run->jobs[i].root);
	}
	free(run->jobs);
	for (i = 0; run->archive_fds != NULL && i < run->rules_n; i++) {
		for (j = 0; j < i; j++)
			if (run->archive_fds[j] == run->archive_fds[i])
				break;
		if (j == i)
			close_fd(run->archive_fds[i]);
	}
	free(run->archive_fds);
	free(run->rules);
	close_fd(run->state_fd);
	close_fd(run->lock_fd);
	close_fd(run->metrics_fd);
	close_fd(run->archive_fd);
	close_fd(run->to_fd);
}

/* What the options say must go together, before anything is touched. */
static int
check_args(const struct mk_options *opt, const struct mk_expire_args *args,
    struct mk_error *err)
{
	if (args->listing != MK_LIST_NONE && !opt->dry_run)
		return mk_fail(err, EX_USAGE, "--list and --print0 go with -n");
	if (args->plan != NULL && args->apply != NULL)
		return mk_fail(err, EX_USAGE, "--plan and --apply do not go "
		    "together");
	if (args->apply != NULL && (args->rule != NULL ||
	    args->users.n > 0 || args->folders.n > 0 || opt->args_n > 0))
		return mk_fail(err, EX_USAGE, "--apply does exactly what the "
		    "plan says: it goes with no --rule, --user, --folder or "
		    "MAILDIR (take lines out of the plan instead)");
	if (args->to != NULL && args->restore == NULL)
		return mk_fail(err, EX_USAGE, "--to goes with --restore");
	if (args->restore != NULL && (args->rule != NULL ||
	    args->folders.n > 0 || args->plan != NULL ||
	    args->apply != NULL || opt->args_n > 0))
		return mk_fail(err, EX_USAGE, "--restore goes with --user and "
		    "--to alone");
	return 0;
}

int
mk_expire_run(const struct mk_options *opt, const struct mk_expire_args *args,
    struct mk_expire_conf *conf, int64_t now_s)
{
	struct run run = {
		.opt = opt, .args = args, .conf = conf, .now_s = now_s,
		.state_fd = -1, .lock_fd = -1, .metrics_fd = -1,
		.archive_fd = -1, .to_fd = -1, .lock = MK_LOCK_NONE,
		.status = EX_OK,
	};
	struct mk_error err;

	if (check_args(opt, args, &err) == -1 ||
	    (args->restore != NULL ? run_restore(&run, &err) :
	    run_expire(&run, &err)) == -1)
		fail(&run, &err);
	release(&run);
	return run.status;
}
