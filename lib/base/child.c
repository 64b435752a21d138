/* base/child - run a program, and take what it says. */
#include "base/child.h"

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/stop.h"

#define GRACE_S		5		/* from SIGTERM to SIGKILL */
#define LOOK_MS		100		/* how often the child is asked after */
#define ABOVE		10		/* out of the way of 0 to 3 */
#define FAILED		3		/* the child's: errno of a failed exec */

enum { OUT, ERR, EXEC, PIPES };

struct run {
	struct mk_child *child;
	const char *name;
	size_t max;
	pid_t pid;
	int pipes[PIPES][2];		/* -1: closed */
	int64_t end_ms;
	int status;			/* of waitpid; -1: not known */
	bool ended;			/* but a zombie still, so that its
					 * number is no other's ... */
	bool lost;			/* ... unless SIGCHLD is ignored */
};

static int64_t
clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
close_end(int *fd)
{
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}

static void
close_pipes(struct run *run)
{
	int i;

	for (i = 0; i < PIPES; i++) {
		close_end(&run->pipes[i][0]);
		close_end(&run->pipes[i][1]);
	}
}

/* Clear of 0 to 3, which the child fills, should we have been started
 * without them. */
static int
open_pipe(int ends[2])
{
	int low[2], errnum, rv;

	if (pipe(low) == -1)
		return -1;
	ends[0] = fcntl(low[0], F_DUPFD_CLOEXEC, ABOVE);
	ends[1] = fcntl(low[1], F_DUPFD_CLOEXEC, ABOVE);
	rv = ends[0] == -1 || ends[1] == -1 ? -1 :
	    fcntl(ends[0], F_SETFL, O_NONBLOCK);
	errnum = errno;
	close(low[0]);
	close(low[1]);
	errno = errnum;
	return rv;
}

void
mk_child_default_signals(void)
{
	struct sigaction action = { .sa_handler = SIG_DFL };
	sigset_t none;
	int i;

	sigemptyset(&action.sa_mask);
	for (i = 1; i < NSIG; i++)
		sigaction(i, &action, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void
be_child(struct run *run, char *const argv[])
{
	int null, errnum;

	setpgid(0, 0);
	mk_child_default_signals();
	null = open("/dev/null", O_RDONLY);
	if (null != -1 && dup2(null, STDIN_FILENO) != -1 &&
	    dup2(run->pipes[OUT][1], STDOUT_FILENO) != -1 &&
	    dup2(run->pipes[ERR][1], STDERR_FILENO) != -1 &&
	    dup2(run->pipes[EXEC][1], FAILED) != -1 &&
	    fcntl(FAILED, F_SETFD, FD_CLOEXEC) != -1) {
		closefrom(FAILED + 1);
		execvp(argv[0], argv);
	}
	errnum = errno;
	/* Who asks reads it; there is nobody else to tell. */
	_exit(write(FAILED, &errnum, sizeof errnum) == -1 ? EX_SOFTWARE :
	    EX_UNAVAILABLE);
}

/* All signals are blocked until the child has left our handlers. */
static int
start(struct run *run, char *const argv[], struct mk_error *err)
{
	sigset_t all, before;
	int i;

	for (i = 0; i < PIPES; i++)
		if (open_pipe(run->pipes[i]) == -1)
			return mk_fail_sys(err, "%s: make a pipe", run->name);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	run->pid = fork();
	if (run->pid == 0)
		be_child(run, argv);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (run->pid == -1)
		return mk_fail_sys(err, "%s: fork", run->name);
	setpgid(run->pid, run->pid);	/* whoever of both is first */
	for (i = 0; i < PIPES; i++)
		close_end(&run->pipes[i][1]);
	return 0;
}

static bool
has_ended(struct run *run)
{
	siginfo_t info = { 0 };
	int rv;

	if (run->ended)
		return true;
	do
		rv = waitid(P_PID, (id_t)run->pid, &info, WEXITED | WNOHANG |
		    WNOWAIT);
	while (rv == -1 && errno == EINTR);
	run->lost = rv == -1;
	run->ended = run->lost || info.si_pid != 0;
	return run->ended;
}

static bool
ended_within(struct run *run, int64_t ms)
{
	int64_t end_ms = clock_ms() + ms, nap_ms = 1, left_ms;

	while (!has_ended(run)) {
		left_ms = end_ms - clock_ms();
		if (left_ms <= 0)
			return false;
		if (nap_ms < LOOK_MS)
			nap_ms *= 2;
		poll(NULL, 0, (int)(nap_ms < left_ms ? nap_ms : left_ms));
	}
	return true;
}

/* The pipes first: who still writes to them need not be waited for. */
static void
end_group(struct run *run)
{
	close_pipes(run);
	if (run->lost)
		return;
	kill(-run->pid, SIGTERM);
	(void)ended_within(run, (int64_t)GRACE_S * 1000);
	/* What it has left running, too, if that took no notice. */
	if (!run->lost)
		kill(-run->pid, SIGKILL);
}

static void
reap(struct run *run)
{
	pid_t pid;

	do
		pid = waitpid(run->pid, &run->status, 0);
	while (pid == -1 && errno == EINTR);
	if (pid == -1)			/* nobody knows */
		run->status = -1;
}

/*
 * What is there of pipe I, by its bound: of standard error the rest is
 * dropped.  1: more may come; 0: it is closed; -1 on failure.
 */
static int
take(struct run *run, int i, struct mk_error *err)
{
	struct mk_buf *buf = i == OUT ? &run->child->out : &run->child->err;
	size_t room = (i == OUT ? run->max : MK_CHILD_SAYS) - buf->len, len;
	char part[16384];
	ssize_t n;

	n = read(run->pipes[i][0], part, sizeof part);
	if (n == -1 && (errno == EINTR || errno == EAGAIN))
		return 1;
	if (n == -1)
		return mk_fail_sys(err, "%s: read what it says", run->name);
	if (n == 0) {
		close_end(&run->pipes[i][0]);
		return 0;
	}
	len = (size_t)n;
	if (len > room && i == OUT)
		return mk_fail(err, EX_DATAERR, "%s: says more than %zu "
		    "bytes, ended", run->name, run->max);
	if (len > room)
		len = room;
	if (mk_buf_add(buf, part, len) == -1)
		return mk_fail_sys(err, "%s: keep what it says", run->name);
	return 1;
}

/* One wait for either pipe.  How many had something; -1 on failure. */
static int
look(struct run *run, int wait_ms, struct mk_error *err)
{
	struct pollfd fds[2];
	int i, ready;

	for (i = OUT; i <= ERR; i++)
		fds[i] = (struct pollfd){ .fd = run->pipes[i][0],
		    .events = POLLIN };
	ready = poll(fds, 2, wait_ms);
	if (ready == -1 && errno != EINTR)
		return mk_fail_sys(err, "%s: wait for it", run->name);
	for (i = OUT; ready > 0 && i <= ERR; i++)
		if (fds[i].fd != -1 && fds[i].revents != 0 &&
		    take(run, i, err) == -1)
			return -1;
	return ready > 0 ? ready : 0;
}

/* 0; or -1 where it is to be ended.  A signal of ours ends the child, too: it
 * is in another process group than the terminal's. */
static int
may_go_on(const struct run *run, time_t limit_s, struct mk_error *err)
{
	if (mk_stopped())
		return mk_fail(err, EX_TEMPFAIL, "%s: interrupted", run->name);
	if (clock_ms() >= run->end_ms)
		return mk_fail(err, EX_TEMPFAIL, "%s: not done in %lld s, "
		    "ended", run->name, (long long)limit_s);
	return 0;
}

/*
 * Until the child has ended and closed both pipes, or what it left running
 * says nothing.
 */
static int
listen_to(struct run *run, time_t limit_s, struct mk_error *err)
{
	bool ended;
	int ready;

	while (run->pipes[OUT][0] != -1 || run->pipes[ERR][0] != -1) {
		if (may_go_on(run, limit_s, err) == -1)
			return -1;
		ended = has_ended(run);
		ready = look(run, ended ? 0 : LOOK_MS, err);
		if (ready == -1)
			return -1;
		if (ready == 0 && ended)
			break;
	}
	while (!ended_within(run, LOOK_MS))
		if (may_go_on(run, limit_s, err) == -1)
			return -1;
	return 0;
}

/* After its end: did it ever start, and how did it end? */
static int
result(struct run *run, struct mk_error *err)
{
	int errnum;

	if (read(run->pipes[EXEC][0], &errnum, sizeof errnum) ==
	    (ssize_t)sizeof errnum) {
		errno = errnum;
		mk_fail_sys(err, "%s: start it", run->name);
		err->status = EX_UNAVAILABLE;
		return -1;
	}
	if (run->status == -1)
		return mk_fail(err, EX_SOFTWARE, "%s: its exit status is lost, "
		    "since SIGCHLD is ignored", run->name);
	run->child->status = WIFSIGNALED(run->status) ?
	    128 + WTERMSIG(run->status) : WEXITSTATUS(run->status);
	return 0;
}

int
mk_child_run(struct mk_child *child, char *const argv[], size_t max,
    time_t limit_s, struct mk_error *err)
{
	struct run run = { .child = child, .name = argv[0], .max = max,
	    .pid = -1 };
	struct mk_error lost;
	int i, rv = -1;

	if (err == NULL)
		err = &lost;
	mk_child_free(child);
	for (i = 0; i < PIPES; i++)
		run.pipes[i][0] = run.pipes[i][1] = -1;
	run.end_ms = clock_ms() + (int64_t)limit_s * 1000;
	if (start(&run, argv, err) == 0) {
		rv = listen_to(&run, limit_s, err);
		if (rv == -1)
			end_group(&run);
		reap(&run);
		if (rv == 0)
			rv = result(&run, err);
	}
	close_pipes(&run);
	return rv;
}

void
mk_child_free(struct mk_child *child)
{
	mk_buf_free(&child->out);
	mk_buf_free(&child->err);
	*child = (struct mk_child){ 0 };
}

char *
mk_child_sibling(const char *self, const char *name)
{
	const char *slash = strrchr(self, '/');
	size_t dir_len = slash == NULL ? 0 : (size_t)(slash - self) + 1;
	char *path = malloc(dir_len + strlen(name) + 1);

	if (path == NULL)
		return NULL;
	memcpy(path, self, dir_len);
	memcpy(path + dir_len, name, strlen(name) + 1);
	return path;
}

const char *
mk_child_why(struct mk_child *child)
{
	char *line = child->err.data;
	size_t name_len;

	if (line == NULL)
		return "";
	line[strcspn(line, "\n")] = '\0';
	name_len = strcspn(line, " \t/:");
	if (name_len > 0 && strncmp(line + name_len, ": ", 2) == 0)
		return line + name_len + 2;
	return line;
}
