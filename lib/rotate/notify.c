/* rotate/notify - tell daemons that their logs were rotated. */
#include "rotate/notify.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/aide.h"
#include "base/buf.h"
#include "rotate/place.h"

#define TEXT_MAX	64		/* what of a pid file is read */
#define OTHER		255		/* exit status: no rights taken on */

enum request { SEND = 1, ASK };

struct told {				/* a mk_daemon */
	char *what;
	bool is_command, is_group;
	int signal;
};

struct mk_notify {
	struct mk_aide *aide;		/* NULL: nobody to tell */
	struct told *v;
	size_t n;
	time_t limit_s;
	pid_t pid;			/* the program's */
};

/* Whose rights a pid file has; .uid (uid_t)-1: ours. */
struct rights {
	uid_t uid;
	gid_t gid;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Whose word the file that ST is of, in PLACE, is.  0; or -1: nobody's. */
static int
judge(const struct mk_place *place, const char *file, const struct stat *st,
    struct rights *who, struct mk_error *err)
{
	uid_t me = place->uid != (uid_t)-1 ? place->uid : geteuid();
	bool users = me == 0;		/* a user's file counts as his */

	*who = (struct rights){ .uid = place->uid, .gid = place->gid };
	if (st->st_uid != 0) {
		if (st->st_uid != me && !users)
			return mk_fail(err, EX_NOPERM, "pid file %s: belongs "
			    "to user %ld, neither to root nor to user %ld",
			    file, (long)st->st_uid, (long)me);
		if (users)
			*who = (struct rights){ st->st_uid, st->st_gid };
	} else if (place->uid == (uid_t)-1) {
		if (place->shared)
			return mk_fail(err, EX_NOPERM, "pid file %s: others "
			    "can write its directory: chmod go-w %s", file,
			    place->path);
		if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
			return mk_fail(err, EX_NOPERM, "pid file %s: others "
			    "can write it: chmod go-w %s", file, file);
	}
	return 0;
}

/* The number that TEXT, of LEN bytes, begins with; 0 where it is no good. */
static pid_t
number(const char *text, size_t len, bool is_group)
{
	const char *p = text + strspn(text, " \t\r\n");
	char *end;
	long value;

	if (is_group && *p++ != '-')
		return 0;
	if (*p < '0' || *p > '9')
		return 0;
	errno = 0;
	value = strtol(p, &end, 10);
	if (errno != 0 || value < 2 || (pid_t)value != value)
		return 0;
	return end == text + len || is_blank(*end) ? (pid_t)value : 0;
}

/* The process (or group) that FD names.  0, or -1. */
static int
read_pid(int fd, const struct told *d, pid_t *pid, struct mk_error *err)
{
	char text[TEXT_MAX + 1];
	ssize_t n;

	n = read(fd, text, TEXT_MAX);
	if (n == -1)
		return mk_fail_sys(err, "read the pid file %s", d->what);
	text[n] = '\0';
	if (n < TEXT_MAX && strspn(text, " \t\r\n") == (size_t)n)
		return mk_fail(err, EX_NOINPUT, "pid file %s: empty", d->what);
	*pid = number(text, (size_t)n, d->is_group);
	if (*pid == 0)
		return mk_fail(err, EX_DATAERR, "pid file %s: holds no %s",
		    d->what, d->is_group ? "number of a process group, "
		    "below -1" : "number of a process, from 2 on");
	return 0;
}

/* Open the pid file; *WHO is how far it is believed.  The descriptor or -1. */
static int
open_pid_file(const struct told *d, struct rights *who, struct mk_error *err)
{
	const char *slash = strrchr(d->what, '/');
	struct mk_place place = MK_PLACE;
	struct stat st;
	char *dir;
	int fd = -1;

	if (d->what[0] != '/')
		return mk_fail(err, EX_CONFIG, "pid file %s: name it by its "
		    "absolute path", d->what);
	dir = strndup(d->what, slash == d->what ? 1 :
	    (size_t)(slash - d->what));
	if (dir == NULL)
		return mk_fail_sys(err, "pid file %s", d->what);
	if (mk_place_open(&place, dir, false, err) == -1 ||
	    mk_place_enter(&place, err) == -1)
		goto out;
	mk_place_file(&place, slash + 1, O_RDONLY, 1, &fd, &st, err);
	mk_place_leave(&place);
	if (fd != -1 && judge(&place, d->what, &st, who, err) == -1) {
		close(fd);
		fd = -1;
	}
out:
	mk_place_close(&place);
	free(dir);
	return fd;
}

/*
 * kill(2) as WHO: in a process that has no more rights, not even to get root's
 * back.  0 or errno; OTHER.
 */
static int
kill_as(const struct rights *who, pid_t pid, int number_of_signal)
{
	int status;
	pid_t child;

	if (who->uid == (uid_t)-1)
		return kill(pid, number_of_signal) == 0 ? 0 : errno;
	child = fork();
	if (child == -1)
		return errno;
	if (child == 0) {
		if (setgroups(1, &who->gid) == -1 ||
		    setgid(who->gid) == -1 || setuid(who->uid) == -1 ||
		    setuid(0) != -1)
			_exit(OTHER);
		_exit(kill(pid, number_of_signal) == 0 ? 0 : errno);
	}
	while (waitpid(child, &status, 0) == -1)
		if (errno != EINTR)
			return errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : OTHER;
}

/* Not ourselves: the program would end before its work does. */
static bool
is_ours(const struct mk_notify *notify, pid_t pid, bool is_group)
{
	if (is_group)
		return pid == getpgrp();
	return pid == notify->pid || pid == getpid();
}

static int
send_signal(const struct mk_notify *notify, const struct told *d,
    int number_of_signal, struct mk_error *err)
{
	const char *kind = d->is_group ? "process group" : "process";
	struct rights who;
	pid_t pid = 0;
	int fd, rv, errnum;

	fd = open_pid_file(d, &who, err);
	if (fd == -1)
		return -1;
	rv = read_pid(fd, d, &pid, err);
	close(fd);
	if (rv == -1)
		return -1;
	if (is_ours(notify, pid, d->is_group))
		return mk_fail(err, EX_DATAERR, "pid file %s: %s %ld is our "
		    "own", d->what, kind, (long)pid);
	errnum = kill_as(&who, d->is_group ? -pid : pid, number_of_signal);
	if (errnum == 0)
		return 0;
	if (errnum == ESRCH)
		return mk_fail(err, EX_NOINPUT, "pid file %s: there is no %s "
		    "%ld", d->what, kind, (long)pid);
	if (errnum == OTHER)
		return mk_fail(err, EX_OSERR, "pid file %s: the rights of user "
		    "%ld can't be had", d->what, (long)who.uid);
	if (who.uid == (uid_t)-1)
		who.uid = geteuid();
	return mk_fail(err, mk_error_status(errnum), "pid file %s: signal %d "
	    "to %s %ld, with the rights of user %ld: %s", d->what,
	    number_of_signal, kind, (long)pid, (long)who.uid,
	    strerror(errnum));
}

/* By "sh -c", whose own messages begin with "sh". */
static int
run(const struct mk_notify *notify, const struct told *d,
    struct mk_error *err)
{
	char sh[] = "/bin/sh", dash_c[] = "-c", name[] = "sh";
	char *argv[] = { sh, dash_c, NULL, name, NULL };
	struct mk_buf line = { 0 };
	int rv = -1;

	if (mk_buf_addf(&line, "%s", d->what) == -1 ||
	    (d->signal > 0 && mk_buf_addf(&line, " %d", d->signal) == -1)) {
		mk_fail_sys(err, "start %s", d->what);
		goto out;
	}
	argv[2] = line.data;
	rv = mk_aide_run(argv, NULL, (uid_t)-1, (gid_t)-1, notify->limit_s,
	    line.data, err);
out:
	mk_buf_free(&line);
	return rv;
}

/* TEXT: the index. */
static int
answer(void *data, uint32_t request, char *text, size_t len,
    struct mk_error *err)
{
	const struct mk_notify *notify = data;
	const struct told *d;
	unsigned long i;
	char *end;

	i = strtoul(text, &end, 10);
	if (end == text || end != text + len - 1 || i >= notify->n ||
	    (request != SEND && request != ASK))
		return -1;
	d = &notify->v[i];
	if (!d->is_command)
		send_signal(notify, d, request == SEND ? d->signal : 0, err);
	else if (request == SEND)
		run(notify, d, err);
	return 0;
}

static int
copy(struct mk_notify *notify, const struct mk_daemon *v, size_t n,
    struct mk_error *err)
{
	size_t i;

	notify->v = calloc(n + 1, sizeof *notify->v);
	if (notify->v == NULL)
		return mk_fail_sys(err, "start the aide");
	for (i = 0; i < n; i++) {
		notify->v[i] = (struct told){ .is_command = v[i].is_command,
		    .is_group = v[i].is_group, .signal = v[i].signal,
		    .what = strdup(v[i].what) };
		if (notify->v[i].what == NULL)
			return mk_fail_sys(err, "start the aide");
		notify->n++;
	}
	return 0;
}

struct mk_notify *
mk_notify_start_within(const struct mk_daemon *v, size_t n, time_t limit_s,
    struct mk_error *err)
{
	struct mk_notify *notify = calloc(1, sizeof *notify);

	if (notify == NULL) {
		mk_fail_sys(err, "start the aide");
		return NULL;
	}
	notify->limit_s = limit_s;
	notify->pid = getpid();
	if (copy(notify, v, n, err) == -1 || (n > 0 &&
	    (notify->aide = mk_aide_start(answer, notify, err)) == NULL)) {
		mk_notify_stop(notify);
		return NULL;
	}
	return notify;
}

struct mk_notify *
mk_notify_start(const struct mk_daemon *v, size_t n, struct mk_error *err)
{
	return mk_notify_start_within(v, n, MK_NOTIFY_LIMIT_S, err);
}

static int
ask(struct mk_notify *notify, enum request request, size_t index,
    struct mk_error *err)
{
	struct mk_error own;
	char text[24];
	int len;

	if (index >= notify->n)
		return mk_fail(err, EX_SOFTWARE, "there is no daemon %zu",
		    index);
	if (err == NULL)
		err = &own;
	len = snprintf(text, sizeof text, "%zu", index);
	if (mk_aide_ask(notify->aide, request, text, (size_t)len + 1,
	    err) == 0)
		return 0;
	return err->status == EX_NOINPUT ? 1 : -1;
}

int
mk_notify_send(struct mk_notify *notify, size_t index, struct mk_error *err)
{
	return ask(notify, SEND, index, err);
}

int
mk_notify_ask(struct mk_notify *notify, size_t index, struct mk_error *err)
{
	return ask(notify, ASK, index, err);
}

void
mk_notify_stop(struct mk_notify *notify)
{
	size_t i;

	if (notify == NULL)
		return;
	mk_aide_stop(notify->aide);
	for (i = 0; i < notify->n; i++)
		free(notify->v[i].what);
	free(notify->v);
	free(notify);
}
