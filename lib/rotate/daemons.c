/* rotate/daemons - who is to be told of rotated logs, and the telling. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "rotate/notify.h"
#include "rotate/rotate.h"

static bool
is_daemon(const struct mk_daemon *a, const struct mk_daemon *b)
{
	return strcmp(a->what, b->what) == 0 && a->signal == b->signal &&
	    a->is_command == b->is_command && a->is_group == b->is_group;
}

int
mk_rotate_daemon(struct mk_rotate *r, struct mk_log *log,
    struct mk_error *err)
{
	const struct mk_entry *entry = log->entry;
	struct mk_daemon *grown, daemon = {
		.what = entry->notify, .signal = entry->signal,
		.is_command = (entry->flags & MK_ENTRY_COMMAND) != 0,
		.is_group = (entry->flags & MK_ENTRY_GROUP) != 0,
	};
	size_t i;

	log->daemon = MK_NO_DAEMON;
	if ((entry->flags & MK_ENTRY_NO_SIGNAL) != 0)
		return 0;
	if (daemon.what == NULL) {	/* newsyslog: syslogd, and by root */
		if (r->args->any_user)
			return 0;
		daemon.what = r->args->syslog_pid != NULL ?
		    r->args->syslog_pid : r->conf->keys.syslog_pid;
	}
	for (i = 0; i < r->daemons_n; i++)
		if (is_daemon(&r->daemons[i], &daemon))
			break;
	log->daemon = i;
	if (i < r->daemons_n)
		return 0;
	grown = realloc(r->daemons, (i + 1) * sizeof *grown);
	if (grown == NULL)
		return mk_fail_sys(err, "%s", daemon.what);
	r->daemons = grown;
	r->daemons[r->daemons_n++] = daemon;
	return 0;
}

/* Whether DAEMON is to be told of LOG: where its place was refused, or it is
 * not turned yet, a later run does. */
static bool
is_owed(const struct mk_log *log, size_t daemon)
{
	return log->daemon == daemon && log->place != NULL &&
	    (log->owes & (MK_OWES_NOTICE | MK_OWES_TURN)) == MK_OWES_NOTICE;
}

/*
 * Nothing further is to be done for LOG's notice.  By -s, or -r for syslogd,
 * this run tells nobody of what it has turned; what an earlier one owes is
 * still owed then.
 */
static void
drop_notice(const struct mk_rotate *r, struct mk_log *log)
{
	bool silent = r->args->no_signal || (log->daemon == MK_NO_DAEMON &&
	    (log->entry->flags & MK_ENTRY_NO_SIGNAL) == 0);

	if (!silent || log->redo || (log->owed & MK_OWES_NOTICE) == 0)
		log->owes &= ~(unsigned)MK_OWES_NOTICE;
}

/*
 * RV is mk_notify_send's.  A daemon that could not be told is told by the next
 * run, for it goes on writing to the old file.  FreeBSD's -P: the same for one
 * that is not there, and nothing further for its logs.
 */
static void
told(struct mk_rotate *r, size_t daemon, int rv)
{
	size_t i;

	for (i = 0; i < r->logs_n; i++) {
		if (!is_owed(&r->logs[i], daemon))
			continue;
		if (rv == 0 || (rv == 1 && !r->args->need_pid))
			drop_notice(r, &r->logs[i]);
		else if (r->args->need_pid)
			r->logs[i].place = NULL;
	}
}

/* The first log that DAEMON is to be told of; NULL: none. */
static const struct mk_log *
first_owed(const struct mk_rotate *r, size_t daemon)
{
	size_t i;

	for (i = 0; i < r->logs_n; i++)
		if (is_owed(&r->logs[i], daemon))
			return &r->logs[i];
	return NULL;
}

/*
 * Who is not there needs not be told, as newsyslog has it; but a pid file that
 * never is there is a mistake in the line, and so it is said.
 */
static void
not_told(struct mk_rotate *r, const struct mk_log *log, int rv,
    const struct mk_error *why)
{
	struct mk_error err;

	if (rv == 1 && !r->args->need_pid) {
		mk_diag_warn("%s: nobody to be told: %s (the flag N, where no "
		    "daemon has the log open)", log->entry->log, why->text);
		return;
	}
	mk_fail(&err, why->status, "%s: its daemon was not told: %s",
	    log->entry->log, why->text);
	mk_problems_tell(&r->problems, &err);
}

static void
show(const struct mk_rotate *r, const struct mk_daemon *d)
{
	if (r->args->no_signal)
		return;
	if (d->is_command)
		fprintf(r->show, "\t%s\n", d->what);
	else
		fprintf(r->show, "\tkill -%d `cat %s`\n", d->signal, d->what);
}

void
mk_rotate_notify(struct mk_rotate *r)
{
	const struct mk_log *log;
	struct mk_error err;
	size_t d;
	int rv;

	for (d = 0; d < r->daemons_n; d++) {
		log = first_owed(r, d);
		if (log == NULL)
			continue;
		if (r->dry_run) {
			show(r, &r->daemons[d]);
			continue;
		}
		rv = r->args->no_signal ? 0 : mk_notify_send(r->notify, d,
		    &err);
		if (rv != 0)
			not_told(r, log, rv, &err);
		told(r, d, rv);
	}
	/* Nobody has to be told of the others. */
	told(r, MK_NO_DAEMON, 0);
}
