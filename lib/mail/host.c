/* mail/host - what all programs share. */
#include "mail/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/fs.h"
#include "base/history.h"
#include "base/libarchive.h"
#include "base/sys.h"

#define NOTE_MAX		512
#define THREADS_BY_DEFAULT	8	/* more only queue for the disk */

#define FIELD(f)	offsetof(struct mk_host, f)
static const struct mk_key host_keys[] = {
	{ "mail-root", MK_PATH, "/var/mail", NULL, NULL, NULL,
	    FIELD(mail_root) },
	{ "owner", MK_STRING, "", NULL, NULL, NULL, FIELD(owner) },
	{ "state-dir", MK_PATH, "/var/lib/mailkeep", NULL, NULL, NULL,
	    FIELD(state_dir) },
	{ "lock-dir", MK_PATH, "/run/mailkeep", NULL, NULL, NULL,
	    FIELD(lock_dir) },
	{ "threads", MK_INT, "0", "0", "64", NULL, FIELD(threads) },
	{ "sandbox", MK_BOOL, "yes", NULL, NULL, NULL, FIELD(sandbox) },
	{ "metrics", MK_STRING, "", NULL, NULL, NULL, FIELD(metrics) },
	{ "quota-ignore", MK_LIST, NULL, NULL, NULL, NULL,
	    FIELD(quota_ignore) },
	MK_KEY_END
};
#undef FIELD

#define FIELD(f)	offsetof(struct mk_safety, f)
static const struct mk_key safety_keys[] = {
	{ "max-percent", MK_PERCENT, "50%", NULL, NULL, NULL,
	    FIELD(max_percent) },
	{ "min-messages", MK_INT, "1000", "0", NULL, NULL,
	    FIELD(min_messages) },
	{ "clock-slack", MK_DURATION, "30d", "1h", NULL, NULL,
	    FIELD(clock_slack_s) },
	MK_KEY_END
};
#undef FIELD

const struct mk_section mk_host_section = {
	.name = "", .keys = host_keys, .size = sizeof(struct mk_host),
};

const struct mk_section mk_safety_section = {
	.name = "safety", .keys = safety_keys, .size = sizeof(struct mk_safety),
};

unsigned
mk_host_threads(int64_t threads)
{
	unsigned cpus = mk_sys_cpus();

	if (threads > 0)
		return (unsigned)threads;
	return cpus < THREADS_BY_DEFAULT ? cpus : THREADS_BY_DEFAULT;
}

int
mk_host_threads_parse(const char *arg, long *threads, struct mk_error *err)
{
	char *end;

	*threads = strtol(arg, &end, 10);
	return *arg >= '1' && *arg <= '9' && *end == '\0' && *threads <= 64 ?
	    0 : mk_fail(err, EX_USAGE, "\"%s\" is no number from 1 to 64",
	    arg);
}

int
mk_host_open_dir(const struct mk_host *host, enum mk_host_dir dir,
    struct mk_own *own, bool dry_run, bool needed, struct mk_error *err)
{
	const char *key = dir == MK_STATE_DIR ? "state-dir" : "lock-dir";
	const char *path = dir == MK_STATE_DIR ? host->state_dir :
	    host->lock_dir;
	int *fd = dir == MK_STATE_DIR ? &own->state_fd : &own->lock_fd;
	struct mk_error why;

	if (dir == MK_STATE_DIR)
		own->state_needed = needed;
	/* Exim may have to get at a blacklist in the state-dir. */
	*fd = mk_fs_open_trusted(path, dry_run ? 0 : dir == MK_STATE_DIR ?
	    0755 : 0750, own->owner.uid, own->owner.gid, &why);
	if (*fd != -1)
		return 0;
	if (!needed) {
		mk_diag_info("%s: %s; done without", key, why.text);
		return 0;
	}
	if (why.status == EX_NOPERM)
		return mk_fail(err, why.status, "%s: %s; run as the owner of "
		    "the mail, or as root", key, why.text);
	return mk_fail(err, why.status, "%s: %s; make it: install -d -o %s "
	    "%s", key, why.text, own->owner.name[0] == '\0' ? "USER" :
	    own->owner.name, path);
}

int
mk_host_open_metrics(const struct mk_host *host,
    const struct mk_options *opt, const char *program, struct mk_own *own,
    struct mk_error *err)
{
	const char *metrics = opt->metrics != NULL ? opt->metrics :
	    host->metrics;
	struct mk_buf path = { 0 };
	struct stat st = { 0 };
	bool there, dir;

	if (metrics == NULL || metrics[0] == '\0')
		return 0;
	there = stat(metrics, &st) == 0;
	dir = there && S_ISDIR(st.st_mode);
	/* A file would take its place, and that of /dev/null for good. */
	if (there && !dir && !S_ISREG(st.st_mode))
		return mk_fail(err, EX_DATAERR, "metrics: %s is no regular "
		    "file, which is replaced by each run; name one, or a "
		    "directory, or set \"\" for none", metrics);
	if (mk_buf_addf(&path, dir ? "%s/%s.prom" : "%s", metrics,
	    program) == -1)
		return mk_fail_sys(err, "%s", metrics);
	own->metrics = path.data;
	own->metrics_fd = mk_fs_open_parent(own->metrics, err);
	return own->metrics_fd == -1 ? -1 : 0;
}

int
mk_host_lock(const struct mk_host *host, const char *name,
    struct mk_own *own, struct mk_error *err)
{
	struct mk_error why;

	if (mk_lock_take(&own->lock, own->lock_fd, name, &why) == 0)
		return 0;
	own->unrecorded = true;
	return mk_fail(err, why.status, "lock-dir %s: %s", host->lock_dir,
	    why.text);
}

static int
allow(struct mk_sandbox *sandbox, int fd, const char *path,
    struct mk_error *err)
{
	return fd == -1 ? 0 : mk_sandbox_allow(sandbox, fd, path,
	    MK_SANDBOX_WRITE, err);
}

int
mk_host_confine(const struct mk_host *host, const struct mk_own *own,
    struct mk_sandbox *sandbox, struct mk_error *err)
{
	int level;

	if (!host->sandbox) {
		mk_diag_info("not confined: sandbox = no");
		return 0;
	}
	/*
	 * No library can be opened from within, and that a message, log or
	 * feed is packed may show there alone.  Who finds nothing to do before
	 * this does not wait for it; where it is missing, who wants it says so.
	 */
	(void)mk_libarchive_load(NULL);
	if (allow(sandbox, own->state_fd, host->state_dir, err) == -1 ||
	    allow(sandbox, own->lock_fd, host->lock_dir, err) == -1 ||
	    allow(sandbox, own->metrics_fd, "metrics", err) == -1)
		return -1;
	level = mk_sandbox_enter(sandbox, err);
	if (level == 0)
		mk_diag_info("not confined: this system has nothing to "
		    "confine with");
	else if (level > 0)
		mk_diag_info("confined (Landlock ABI %d)", level);
	return level == -1 ? -1 : 0;
}

/* RUN's note for the history: "--apply: REASON".  0 or -1. */
static int
make_note(const struct mk_report_run *run, struct mk_buf *note)
{
	char reason[NOTE_MAX] = "";

	if (run->status != EX_OK)
		mk_diag_reason(run->status, reason, sizeof reason);
	if (reason[0] == '\0' && run->note != NULL)
		snprintf(reason, sizeof reason, "%s", run->note);
	return mk_buf_addf(note, "%s%s%s", run->mode != NULL ? run->mode : "",
	    run->mode != NULL && reason[0] != '\0' ? ": " : "", reason);
}

void
mk_host_remember(const struct mk_own *own, const struct mk_report *report,
    const struct mk_report_run *run)
{
	struct mk_report_run told = *run;
	struct mk_buf note = { 0 }, line = { 0 };
	struct mk_error err;
	int rv = -1;

	if (own->state_fd == -1 || own->unrecorded || run->dry_run ||
	    run->status == EX_USAGE)
		return;
	if (make_note(run, &note) == 0) {
		told.note = note.len > 0 ? note.data : NULL;
		rv = mk_report_line(report, &told, &line);
	}
	rv = rv == -1 ? mk_fail_sys(&err, "%s", MK_HISTORY_NAME) :
	    mk_history_append(own->state_fd, line.data, line.len, &err);
	/* A run that failed has told why; it may be for the same reason. */
	if (rv == -1 && own->state_needed && run->status == EX_OK)
		mk_diag_warn("state-dir: %s; this run is not in the history",
		    err.text);
	else if (rv == -1)
		mk_diag_info("state-dir: %s; this run is not in the history",
		    err.text);
	mk_buf_free(&note);
	mk_buf_free(&line);
}

int
mk_host_report(const struct mk_options *opt, const struct mk_own *own,
    const struct mk_report *report, const char *shown, bool table,
    const struct mk_report_run *run, struct mk_error *err)
{
	struct mk_report_run told = *run;
	int rv = 0;

	if (opt->json)
		rv = mk_report_json(report, run, stdout);
	else if (table && opt->verbosity != MK_QUIET &&
	    (isatty(STDOUT_FILENO) || opt->verbosity == MK_VERBOSE))
		rv = mk_report_print(report, shown, run, stdout);
	if (rv == -1)
		mk_fail_sys(err, "standard output");
	if (own->metrics_fd != -1 && !run->dry_run &&
	    mk_report_metrics(report, shown, run, own->metrics, err) == -1)
		rv = -1;
	if (rv == -1 && run->status == EX_OK) {
		told.status = err->status;
		told.note = err->text;
	}
	mk_host_remember(own, report, &told);
	return rv;
}

static void
close_fd(int *fd)
{
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}

void
mk_own_close(struct mk_own *own)
{
	mk_lock_drop(&own->lock);
	close_fd(&own->state_fd);
	close_fd(&own->lock_fd);
	close_fd(&own->metrics_fd);
	free(own->metrics);
	own->metrics = NULL;
}

double
mk_host_monotonic(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}
