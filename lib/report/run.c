/* report/run - one run of mailkeep-report. */
#include "report/run.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fs.h"
#include "base/history.h"
#include "base/progress.h"
#include "base/sandbox.h"
#include "base/stop.h"
#include "report/ask.h"
#include "report/hits.h"
#include "report/json.h"
#include "report/page.h"
#include "report/part.h"
#include "report/runs.h"
#include "report/tree.h"

#define PAGE_MODE	0640		/* it names mailboxes */

struct run {
	const struct mk_options *opt;
	const struct mk_report_args *args;
	const struct mk_report_conf *conf;
	struct mk_survey survey;
	struct mk_own own;		/* the owner; nothing else is used */
	int rootfd, state_fd, out_fd;	/* -1: it cannot be opened, or is not
					 * wanted */
	struct mk_accounts *accounts;	/* connected, or NULL */
	struct mk_logs logs;
	struct mk_run_sums *runs;
};

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* Whether both are open and the same directory. */
static bool
same_dir(int a, int b)
{
	struct stat x, y;

	return a != -1 && b != -1 && fstat(a, &x) == 0 &&
	    fstat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* ---- with the rights of the start */

static void
ask(struct run *run)
{
	const struct mk_asker asker = { .conf = run->conf, .opt = run->opt,
	    .self = run->args->self };

	mk_progress_phase("asking the programs", 3);
	mk_ask_forecast(&asker, &run->survey);
	mk_progress_step(1);
	if (!mk_stopped())
		mk_ask_score(&asker, &run->survey);
	mk_progress_step(1);
	if (!mk_stopped())
		mk_ask_pending(&asker, &run->survey);
}

static void
open_root(struct run *run)
{
	struct mk_survey *survey = &run->survey;
	struct mk_error err, why;

	run->rootfd = mk_fs_open_trusted(run->conf->host.mail_root, 0,
	    (uid_t)-1, (gid_t)-1, &why);
	if (run->rootfd != -1)
		return;
	mk_fail(&err, why.status, "mail-root: %s", why.text);
	mk_part_failed(survey, &survey->space.part, &err);
	mk_part_failed(survey, &survey->quota.part, &err);
	mk_part_failed(survey, &survey->strangers.part, &err);
}

static void
open_accounts(struct run *run)
{
	struct mk_part *part = &run->survey.strangers.part;
	struct mk_error err;

	if (run->conf->accounts.source == MK_ACCOUNTS_TREE) {
		mk_part_absent(&run->survey, part, "every mailbox is an "
		    "account: set accounts { source = \"pgsql\" } to compare "
		    "them with the rows of a database");
		return;
	}
	if (run->rootfd == -1)
		return;
	run->accounts = mk_accounts_open(&run->conf->accounts, &err);
	if (run->accounts == NULL)
		mk_part_failed(&run->survey, part, &err);
}

static void
read_history(struct run *run, int fd, const char *key, const char *path)
{
	struct mk_error err, why;

	if (mk_history_read(fd, mk_runs_since(run->survey.now_s), mk_run_take,
	    run->runs, &why) == 0)
		return;
	mk_fail(&err, why.status, "%s %s: %s", key, path, why.text);
	mk_runs_unread(run->runs, &err);
}

/* A directory of histories; one that is not there has none. */
static int
open_state(struct run *run, const char *key, const char *path)
{
	struct mk_error err, why;
	int fd = mk_fs_open_trusted(path, 0, (uid_t)-1, (gid_t)-1, &why);

	if (fd == -1 && why.status != EX_NOINPUT) {
		mk_fail(&err, why.status, "%s: %s", key, why.text);
		mk_runs_unread(run->runs, &err);
	}
	return fd;
}

/* That of mailkeep-rotate is root's: read it now. */
static void
open_histories(struct run *run)
{
	const char *path = run->conf->rotate.state_dir;
	int fd;

	run->state_fd = open_state(run, "state-dir",
	    run->conf->host.state_dir);
	fd = open_state(run, "rotate.state-dir", path);
	if (fd != -1 && !same_dir(fd, run->state_fd))
		read_history(run, fd, "rotate.state-dir", path);
	if (fd != -1)
		close(fd);
}

static int
open_all(struct run *run, struct mk_error *err)
{
	open_root(run);
	open_accounts(run);
	open_histories(run);
	mk_logs_open(&run->logs, &run->conf->keys.exim_log,
	    mk_hits_since(run->survey.now_s));
	tzset();			/* it reads a file, the first time */
	return mk_stopped() ? mk_fail(err, EX_TEMPFAIL, "stopped by a "
	    "signal") : 0;
}

/* ---- with those of the mail's owner */

/* The page is some minutes' work: say now that it can't be put there. */
static int
check_output(const struct run *run, struct mk_error *err)
{
	if (run->out_fd == -1 || run->opt->dry_run ||
	    faccessat(run->out_fd, ".", W_OK | X_OK, AT_EACCESS) == 0)
		return 0;
	return mk_fail_sys(err, "--output: the directory of %s must be one "
	    "where %s can write, as state-dir (%s) is", run->args->output,
	    run->own.owner.name[0] == '\0' ? "this account" :
	    run->own.owner.name, run->conf->host.state_dir);
}

static int
allow(struct mk_sandbox *sb, int fd, const char *path,
    enum mk_sandbox_access access, struct mk_error *err)
{
	return fd == -1 ? 0 : mk_sandbox_allow(sb, fd, path, access, err);
}

/* Only the sibling programs had to be run; nothing needs that any more. */
static int
confine(struct run *run, struct mk_error *err)
{
	const struct mk_host *host = &run->conf->host;
	struct mk_sandbox *sb = mk_sandbox_new(err);
	int rv = -1;

	if (sb == NULL)
		return -1;
	if (allow(sb, run->rootfd, host->mail_root, MK_SANDBOX_READ,
	    err) == 0 && (same_dir(run->out_fd, run->state_fd) ||
	    allow(sb, run->state_fd, host->state_dir, MK_SANDBOX_READ,
	    err) == 0) && allow(sb, run->out_fd, run->args->output,
	    MK_SANDBOX_WRITE, err) == 0)
		rv = mk_host_confine(host, &run->own, sb, err);
	mk_sandbox_free(sb);
	return rv;
}

/* -1 where a signal came. */
static int
look(struct run *run)
{
	const struct mk_host *host = &run->conf->host;
	const struct mk_tree tree = {
		.rootfd = run->rootfd, .root = host->mail_root,
		.threads = mk_host_threads(host->threads),
		.now_s = run->survey.now_s,
		.quota_ignore = &host->quota_ignore,
		.accounts = run->accounts,
	};

	if (run->rootfd != -1 && mk_tree_survey(&tree, &run->survey) == -1)
		return -1;
	if (run->state_fd != -1)
		read_history(run, run->state_fd, "state-dir",
		    host->state_dir);
	mk_runs_tell(run->runs, &run->survey);
	return mk_hits_survey(&run->logs, run->conf->feeds_n > 0,
	    run->survey.now_s, &run->survey);
}

/* ---- what comes of it */

static int
draw(const struct run *run, FILE *out)
{
	if (run->opt->json)
		return mk_survey_json(&run->survey, out);
	if (run->args->text || (run->args->output == NULL &&
	    run->args->terminal))
		return mk_text_write(&run->survey, &run->args->style, out);
	return mk_page_write(&run->survey, out);
}

/* All of it in memory first: a page is written whole, or not at all. */
static int
write_page(const struct run *run, struct mk_error *err)
{
	const char *output = run->args->output;
	char *page = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&page, &len);
	int rv = out == NULL ? -1 : draw(run, out);

	if (out != NULL && fclose(out) == EOF)
		rv = -1;
	if (rv == -1)
		mk_fail_sys(err, "draw the report");
	else if (output == NULL)
		rv = fwrite(page, 1, len, stdout) == len &&
		    fflush(stdout) == 0 ? 0 :
		    mk_fail_sys(err, "standard output");
	else if (run->opt->dry_run)
		mk_diag_info("%s is not written: a dry run", output);
	else
		rv = mk_fs_replace(run->out_fd, base_name(output), page, len,
		    PAGE_MODE, MK_FS_SYNC, err);
	free(page);
	return rv;
}

/* A line for each part that failed.  The exit status. */
static int
tell_failed(const struct mk_survey *s)
{
	const struct {
		const char *name;
		const struct mk_part *part;
	} parts[] = {
		{ "space", &s->space.part }, { "forecast", &s->forecast.part },
		{ "score", &s->score.part }, { "hits", &s->hits.part },
		{ "pending", &s->pending.part }, { "runs", &s->runs.part },
		{ "quota", &s->quota.part },
		{ "strangers", &s->strangers.part },
	};
	int status = EX_OK;
	size_t i;

	for (i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (parts[i].part->state == MK_PART_FAILED) {
			mk_diag_warn("%s: %s", parts[i].name,
			    parts[i].part->why);
			status = EX_TEMPFAIL;
		}
		if (parts[i].part->note != NULL)
			mk_diag_info("%s: %s", parts[i].name,
			    parts[i].part->note);
	}
	return status;
}

static int
check_args(const struct run *run, struct mk_error *err)
{
	const struct mk_options *opt = run->opt;

	if (opt->args_n > 0)
		return mk_fail(err, EX_USAGE, "%s: no argument is taken; the "
		    "page goes where --output says", opt->args[0]);
	if (opt->metrics != NULL)
		return mk_fail(err, EX_USAGE, "--metrics: this program has "
		    "none; the others' are written by them");
	if (opt->json && run->args->text)
		return mk_fail(err, EX_USAGE, "--text and --json do not go "
		    "together");
	if (run->args->output != NULL &&
	    base_name(run->args->output)[0] == '\0')
		return mk_fail(err, EX_USAGE, "--output: %s is a directory; "
		    "name a file", run->args->output);
	return 0;
}

/* A file would take the place of /dev/null or /dev/stdout, for all. */
static int
open_output(struct run *run, struct mk_error *err)
{
	const char *output = run->args->output;
	struct stat st;

	if (output == NULL)
		return 0;
	run->out_fd = mk_fs_open_parent(output, err);
	if (run->out_fd == -1)
		return -1;
	if (fstatat(run->out_fd, base_name(output), &st, 0) == 0 &&
	    !S_ISREG(st.st_mode))
		return mk_fail(err, EX_DATAERR, "--output: %s is no regular "
		    "file, which is replaced; name another, or write by a "
		    "shell: mailkeep-report > %s", output, output);
	return 0;
}

static int
work(struct run *run, struct mk_error *err)
{
	if (mk_owner_parse(run->conf->host.owner, &run->own.owner,
	    err) == -1)
		return -1;
	if (open_output(run, err) == -1)
		return -1;
	ask(run);
	if (open_all(run, err) == -1 ||
	    mk_owner_become(&run->own.owner, err) == -1 ||
	    check_output(run, err) == -1 || confine(run, err) == -1)
		return -1;
	if (look(run) == -1)
		return mk_fail(err, EX_TEMPFAIL, "stopped by a signal");
	mk_progress_close();
	return write_page(run, err);
}

static void
close_run(struct run *run)
{
	const int fds[] = { run->rootfd, run->state_fd, run->out_fd };
	size_t i;

	for (i = 0; i < sizeof fds / sizeof *fds; i++)
		if (fds[i] != -1)
			close(fds[i]);
	mk_logs_close(&run->logs);
	mk_accounts_close(run->accounts);
	mk_run_sums_free(run->runs);
	mk_survey_free(&run->survey);
}

int
mk_report_main(const struct mk_options *opt,
    const struct mk_report_args *args, const struct mk_report_conf *conf,
    int64_t now_s)
{
	struct run run = {
		.opt = opt, .args = args, .conf = conf,
		.survey = { .now_s = now_s, .host = args->host,
		    .mail_root = conf->host.mail_root },
		.own = MK_OWN, .rootfd = -1, .state_fd = -1, .out_fd = -1,
		.runs = mk_run_sums_new(now_s),
	};
	struct mk_error err;
	int status;

	mk_stop_catch();
	mk_progress_open(opt->verbosity == MK_QUIET ? 0 : opt->progress);
	if (run.runs == NULL) {
		mk_fail_sys(&err, "runs");
		status = mk_diag_error(&err);
	} else if (check_args(&run, &err) == -1 || work(&run, &err) == -1)
		status = mk_diag_error(&err);
	else
		status = tell_failed(&run.survey);
	mk_progress_close();
	close_run(&run);
	return status;
}
