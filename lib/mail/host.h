/*
 * mail/host - what all programs share: the keys of the host, outside of all
 * sections, and those of the brake; and what each run has of its own, its
 * directories, its lock, its confinement and its report.
 */
#ifndef MK_MAIL_HOST_H
#define MK_MAIL_HOST_H

#include "base/config.h"
#include "base/error.h"
#include "base/lock.h"
#include "base/options.h"
#include "base/owner.h"
#include "base/report.h"
#include "base/sandbox.h"

struct mk_host {
	char *mail_root;
	char *owner;			/* "user:group"; "" stays who it is */
	char *state_dir;
	char *lock_dir;
	int64_t threads;		/* 0: as many as processors, up to 8 */
	bool sandbox;
	char *metrics;			/* file or directory; "" none */
	struct mk_list quota_ignore;	/* folders that quota does not count */
};

struct mk_safety {
	int64_t max_percent;
	int64_t min_messages;
	int64_t clock_slack_s;
};

extern const struct mk_section mk_host_section, mk_safety_section;

/* THREADS as configured, or the number that 0 stands for. */
unsigned mk_host_threads(int64_t threads);

/* The same from --threads ARG, 1 to 64.  0 or -1 (EX_USAGE). */
int mk_host_threads_parse(const char *arg, long *threads,
    struct mk_error *err);

/* What a run has open for itself; a descriptor is -1 where it has no use. */
struct mk_own {
	struct mk_owner owner;
	int state_fd, lock_fd;		/* the directories */
	int metrics_fd;			/* the file's directory */
	char *metrics;			/* the file; NULL: none */
	int lock;
	bool state_needed;		/* the configuration asks for it */
	bool unrecorded;		/* no run for the history: another has
					 * the lock */
};
#define MK_OWN	{ .state_fd = -1, .lock_fd = -1, .metrics_fd = -1,	\
		    .lock = MK_LOCK_NONE }

enum mk_host_dir { MK_STATE_DIR, MK_LOCK_DIR };

/*
 * Open the state-dir or the lock-dir, made for OWN->owner unless DRY_RUN.
 * NEEDED: one that is out of reach is an error that says what to do; else
 * that is said with -v, and the run does without.  0 or -1.
 */
int mk_host_open_dir(const struct mk_host *host, enum mk_host_dir dir,
    struct mk_own *own, bool dry_run, bool needed, struct mk_error *err);

/*
 * Open the directory of the metrics, if OPT or HOST want some.  What they name
 * is a file, or a directory, in which PROGRAM ("mailkeep-expire") has a file
 * of its own, PROGRAM.prom; a device, a FIFO, what a link to such leads to, is
 * none.  0 or -1.
 */
int mk_host_open_metrics(const struct mk_host *host,
    const struct mk_options *opt, const char *program, struct mk_own *own,
    struct mk_error *err);

/* Take the lock NAME in the lock-dir that is open.  0 or -1; a run that
 * finds it held by another is .unrecorded. */
int mk_host_lock(const struct mk_host *host, const char *name,
    struct mk_own *own, struct mk_error *err);

/*
 * Allow what OWN has open, and confine the process to what SANDBOX has then;
 * not where the host says sandbox = no.  What became of it is said with -v.
 * 0 or -1.
 */
int mk_host_confine(const struct mk_host *host, const struct mk_own *own,
    struct mk_sandbox *sandbox, struct mk_error *err);

/*
 * Tell what the run did: JSON where OPT wants it; else, with TABLE, the table
 * on a terminal and with -v; and the metrics and the history, unless it was a
 * dry run.  SHOWN is the group of the rows.  0; or -1, when all that could be
 * told was.
 */
int mk_host_report(const struct mk_options *opt, const struct mk_own *own,
    const struct mk_report *report, const char *shown, bool table,
    const struct mk_report_run *run, struct mk_error *err);

/*
 * A line for RUN in the history of the state-dir that is open, with why it
 * failed; none of a dry run, or of a wrong command line.  One that can't be
 * written is told; with -v alone where nobody has asked for a state-dir, or
 * where the run failed itself.
 */
void mk_host_remember(const struct mk_own *own,
    const struct mk_report *report, const struct mk_report_run *run);

void mk_own_close(struct mk_own *own);

/* Seconds of a clock that only goes forward. */
double mk_host_monotonic(void);

#endif
