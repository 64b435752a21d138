/*
 * rotate/rotate - what the parts of one run share.
 */
#ifndef MK_ROTATE_ROTATE_H
#define MK_ROTATE_ROTATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/report.h"
#include "mail/problems.h"
#include "rotate/conf.h"
#include "rotate/due.h"
#include "rotate/entry.h"
#include "rotate/place.h"
#include "rotate/run.h"
#include "rotate/state.h"

/* The columns of the report. */
enum {
	MK_LOGS, MK_ROTATED, MK_CREATED, MK_COMPRESSED, MK_WAITING,
	MK_DROPPED, MK_DROPPED_BYTES, MK_LOGS_FAILED, MK_ROTATE_COLUMNS
};
extern const struct mk_column mk_rotate_columns[MK_ROTATE_COLUMNS];

#define MK_NO_DAEMON	((size_t)-1)

struct mk_log {				/* one of this run's */
	const struct mk_entry *entry;	/* .log is its path */
	const char *name;		/* in it: the file's */
	struct stat st;			/* as it was judged */
	bool missing;
	bool refused;			/* told of when judged, and left alone */
	enum mk_due due;
	bool create;
	bool redo;			/* a run was killed while at it */
	unsigned owes;			/* MK_OWES_, from then or by now */
	unsigned owed;			/* before this run */
	size_t daemon;			/* index in .daemons; MK_NO_DAEMON */
	const struct mk_budget *budget;	/* NULL: none is for it */
	struct mk_place *place;		/* opened where there is work */
	struct mk_place *archive;	/* may be .place */
};

struct mk_opened {			/* a directory, by what it is: one that
					 * has two paths is there once */
	dev_t dev;
	ino_t ino;
	struct mk_place place;
};

struct mk_daemon;
struct mk_notify;

struct mk_rotate {
	/* set before the run, constant in it */
	const struct mk_options *opt;
	const struct mk_rotate_args *args;
	const struct mk_rotate_conf *conf;
	enum mk_newsyslog dialect;
	const char *archive_dir, *time_format;	/* NULL: none */
	char host[256];			/* for notices */
	int64_t now_s;
	bool dry_run;
	FILE *show;			/* what -n would do; NULL: do it */
	/* what there is */
	struct mk_entries entries;
	struct mk_log *logs;
	size_t logs_n;
	struct mk_rotate_state state;
	struct mk_opened **places;	/* sorted by .dev and .ino */
	size_t places_n;
	int fd_top, fd_max;		/* theirs, and how far they may go */
	struct mk_daemon *daemons;
	size_t daemons_n;
	struct mk_notify *notify;
	struct mk_own own;
	/* what it does */
	struct mk_report *report;
	struct mk_problems problems;
};

/* Tell of what went wrong with LOG, and count it. */
void mk_rotate_failed(struct mk_rotate *r, const struct mk_log *log,
    const struct mk_error *why);

/* Count N in COLUMN, for LOG's row and in the totals. */
void mk_rotate_count(struct mk_rotate *r, const struct mk_log *log,
    int column, uint64_t n);

/* rotate/logs: read newsyslog.conf; which logs are to be looked at.  With
 * --lint that says what would differ elsewhere, and no more.  0 or -1. */
int mk_rotate_logs(struct mk_rotate *r, struct mk_error *err);

/* Append the path of the directory that LOG's generations lie in.  0 or -1
 * (ENOMEM). */
int mk_rotate_archive_path(const struct mk_rotate *r,
    const struct mk_log *log, struct mk_buf *path);

/* rotate/judge: what is there of each log, and is it due?  0 or -1. */
int mk_rotate_judge(struct mk_rotate *r, struct mk_error *err);

/*
 * rotate/open: the directories of logs that have work, the daemons to tell;
 * then give up all else.  A log whose directory can't be had is told, and has
 * nothing due any more; nor has the second of two whose files would be taken
 * for each other's.  0 or -1.
 */
int mk_rotate_open(struct mk_rotate *r, struct mk_error *err);
void mk_rotate_close(struct mk_rotate *r);

/* rotate/daemons: find, or add to .daemons, the one that writes to LOG.  0 or
 * -1. */
int mk_rotate_daemon(struct mk_rotate *r, struct mk_log *log,
    struct mk_error *err);

/* Tell each that is owed a notice, once. */
void mk_rotate_notify(struct mk_rotate *r);

/* rotate/settle: compress, carry over and move what was rotated, as far as no
 * process writes to it; what has to wait keeps MK_OWES_SETTLE. */
void mk_rotate_settle(struct mk_rotate *r);

/* Before LOG is turned: what an earlier run had to leave beside it, and that
 * is free now, goes to its archive.  What fails, mk_rotate_settle tells. */
void mk_rotate_make_room(struct mk_rotate *r, const struct mk_log *log);

#endif
