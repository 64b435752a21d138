/*
 * rotate/run - one run of mailkeep-rotate.
 *
 * The order: read newsyslog.conf, lock, state, judge all logs, confine; write
 * down what is going to be done, turn the logs, tell their daemons, write down
 * that it was done; compress, keep to the budgets, report.  A log that fails
 * stops no other.
 */
#ifndef MK_ROTATE_RUN_H
#define MK_ROTATE_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/options.h"
#include "rotate/conf.h"

struct mk_rotate_args {			/* FreeBSD newsyslog's options */
	unsigned create;		/* -C: 1; -CC: 2 */
	bool trim;			/* -F */
	bool no_rotate;			/* -N */
	bool need_pid;			/* -P */
	bool any_user;			/* -r */
	bool no_signal;			/* -s */
	const char *tag;		/* -R */
	const char *syslog_pid;		/* -S */
	const char *archive_dir;	/* -a */
	const char *destdir;		/* -d */
	const char *file;		/* -f */
	const char *time_format;	/* -t */
	bool lint;			/* --lint */
	bool force;			/* --force: whatever the clock says */
	const char *fallback;		/* the file where nothing names one, */
	enum mk_newsyslog dialect;	/* and the dialect */
};

/*
 * Do it: NOW_S is the clock; HOST the name of this one, for notices.  Returns
 * the exit status, all messages printed.
 */
int mk_rotate_run(const struct mk_options *opt,
    const struct mk_rotate_args *args, struct mk_rotate_conf *conf,
    const char *host, int64_t now_s);

#endif
