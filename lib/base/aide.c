/* base/aide - the rights that the program was started with. */
#include "base/aide.h"

#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/child.h"
#include "base/diag.h"

#define GRACE_S		5		/* from SIGTERM to SIGKILL */
#define TEXT_MAX	((size_t)64 * 1024)
#define SOCKET		3		/* the child's end, in the child */
#define ABOVE		10		/* out of the way of 0 to 3 */

/* Before each request; the answer is a struct mk_error, EX_OK for yes. */
struct head {
	uint32_t request, len;
};

struct mk_aide {
	int fd;
	pid_t pid;
};

/* Whom a command is to be; .uid (uid_t)-1: us. */
struct rights {
	uid_t uid;
	gid_t gid;
	char *const *env;		/* NULL: none to add */
	bool env_is_all;
};

/* A socket whose other end is gone must not kill us: MSG_NOSIGNAL. */
static bool
put_all(int fd, const void *data, size_t len)
{
	const char *p = data;
	ssize_t n;

	while (len > 0) {
		n = send(fd, p, len, MSG_NOSIGNAL);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

static bool
get_all(int fd, void *data, size_t len)
{
	char *p = data;
	ssize_t n;

	while (len > 0) {
		n = recv(fd, p, len, 0);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

/*
 * Wait at most SECONDS for PID.  SIGCHLD comes only in pselect, so none that
 * comes between two calls is missed.
 */
static bool
ended_within(pid_t pid, time_t seconds, int *status)
{
	struct timespec now, end, left;
	sigset_t none;

	sigemptyset(&none);
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += seconds;
	for (;;) {
		if (waitpid(pid, status, WNOHANG) == pid)
			return true;
		clock_gettime(CLOCK_MONOTONIC, &now);
		left.tv_sec = end.tv_sec - now.tv_sec;
		left.tv_nsec = end.tv_nsec - now.tv_nsec;
		if (left.tv_nsec < 0) {
			left.tv_sec--;
			left.tv_nsec += 1000000000;
		}
		if (left.tv_sec < 0)
			return false;
		pselect(0, NULL, NULL, NULL, &left, &none);
	}
}

/* For good.  Trust no return value with this: root must be out of reach. */
static int
become(const struct rights *who)
{
	if (who->uid == (uid_t)-1)
		return 0;
	if (setgroups(1, &who->gid) == -1 || setgid(who->gid) == -1 ||
	    setuid(who->uid) == -1)
		return -1;
	if (who->uid != 0 && setuid(0) != -1) {
		errno = EPERM;
		return -1;
	}
	return 0;
}

/* A session of its own: no terminal can stop or interrupt it. */
static void
be_command(char *const argv[], const struct rights *who, const char *what)
{
	static char *nothing[] = { NULL };
	struct mk_error err;
	int i;

	setsid();
	mk_child_default_signals();
	for (i = 0; !who->env_is_all && who->env != NULL &&
	    who->env[i] != NULL; i++)
		if (putenv(who->env[i]) != 0)
			_exit(EX_UNAVAILABLE);
	if (become(who) == -1)
		mk_fail_sys(&err, "%s: become user %ld", what,
		    (long)who->uid);
	else {
		if (who->env_is_all)
			execve(argv[0], argv, who->env != NULL ? who->env :
			    nothing);
		else
			execv(argv[0], argv);
		mk_fail_sys(&err, "%s: start %s", what, argv[0]);
	}
	mk_diag_error(&err);		/* beside the exit status */
	_exit(EX_UNAVAILABLE);
}

static int
run(char *const argv[], const struct rights *who, time_t limit_s,
    const char *what, struct mk_error *err)
{
	bool late = false;
	int status = 0;
	pid_t pid;

	pid = fork();
	if (pid == 0)
		be_command(argv, who, what);
	if (pid == -1)
		return mk_fail_sys(err, "%s: fork", what);
	if (!ended_within(pid, limit_s, &status)) {
		late = true;
		kill(-pid, SIGTERM);
		if (!ended_within(pid, GRACE_S, &status)) {
			kill(-pid, SIGKILL);
			while (waitpid(pid, &status, 0) == -1 &&
			    errno == EINTR)
				;
		}
	}
	if (late)
		return mk_fail(err, EX_TEMPFAIL, "%s: not done in %ld s, "
		    "killed", what, (long)limit_s);
	if (WIFSIGNALED(status))
		return mk_fail(err, EX_TEMPFAIL, "%s: killed by signal %d",
		    what, WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return mk_fail(err, EX_TEMPFAIL, "%s: exit status %d", what,
		    WEXITSTATUS(status));
	return 0;
}

int
mk_aide_run(char *const argv[], char *const env[], uid_t uid, gid_t gid,
    time_t limit_s, const char *what, struct mk_error *err)
{
	struct rights who = { .uid = uid, .gid = gid, .env = env };

	return run(argv, &who, limit_s, what, err);
}

int
mk_aide_run_as(char *const argv[], char *const env[], uid_t uid, gid_t gid,
    time_t limit_s, const char *what, struct mk_error *err)
{
	struct rights who = { .uid = uid, .gid = gid, .env = env,
	    .env_is_all = true };

	return run(argv, &who, limit_s, what, err);
}

/* Until the parent closes its end, or dies. */
static void
serve(mk_aide_fn *answer, void *data)
{
	struct mk_error err;
	struct head head;
	char *text;
	bool ok = true;

	while (ok && get_all(SOCKET, &head, sizeof head)) {
		if (head.len == 0 || head.len > TEXT_MAX)
			return;
		text = malloc(head.len);
		if (text == NULL)
			return;
		err = (struct mk_error){ .status = EX_OK };
		ok = get_all(SOCKET, text, head.len) &&
		    text[head.len - 1] == '\0' &&
		    answer(data, head.request, text, head.len, &err) == 0;
		free(text);
		if (ok && !put_all(SOCKET, &err, sizeof err)) {
			ok = false;
			if (err.status != EX_OK)	/* nobody else can */
				mk_diag_error(&err);
		}
	}
}

static void
wake(int signal_number)
{
	(void)signal_number;
}

/*
 * Called with all signals blocked: none finds the parent's handlers here.
 * MUTE: there is no standard error, and 2 may be FD.
 */
static void
be_aide(mk_aide_fn *answer, void *data, int fd, int null, bool mute)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction action = { .sa_handler = SIG_IGN };
	sigset_t mask;
	size_t i;

	fd = fcntl(fd, F_DUPFD, ABOVE);
	null = fcntl(null, F_DUPFD, ABOVE);
	if (fd == -1 || null == -1 || dup2(null, STDIN_FILENO) == -1 ||
	    dup2(null, STDOUT_FILENO) == -1 || dup2(fd, SOCKET) == -1 ||
	    fcntl(SOCKET, F_SETFD, FD_CLOEXEC) == -1 ||
	    (mute && dup2(null, STDERR_FILENO) == -1))
		_exit(EX_UNAVAILABLE);
	closefrom(SOCKET + 1);
	sigemptyset(&action.sa_mask);
	for (i = 0; i < sizeof ignored / sizeof ignored[0]; i++)
		sigaction(ignored[i], &action, NULL);
	action.sa_handler = wake;
	sigaction(SIGCHLD, &action, NULL);
	sigemptyset(&mask);
	sigaddset(&mask, SIGCHLD);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	serve(answer, data);
	_exit(EX_OK);
}

static int
start_child(struct mk_aide *aide, mk_aide_fn *answer, void *data,
    struct mk_error *err)
{
	bool mute = fcntl(STDERR_FILENO, F_GETFD) == -1;
	int fds[2], null, rv = -1;
	sigset_t all, before;

	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null == -1)
		return mk_fail_sys(err, "open /dev/null");
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == -1) {
		mk_fail_sys(err, "make a pair of sockets");
		close(null);
		return -1;
	}
	/* Not 2: a message of ours must not be taken for a request. */
	aide->fd = fcntl(fds[0], F_DUPFD_CLOEXEC, ABOVE);
	if (aide->fd == -1) {
		mk_fail_sys(err, "make a pair of sockets");
		goto out;
	}
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	aide->pid = fork();
	if (aide->pid == 0)
		be_aide(answer, data, fds[1], null, mute);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (aide->pid == -1) {
		mk_fail_sys(err, "fork");
		goto out;
	}
	rv = 0;
out:
	if (rv == -1 && aide->fd != -1)
		close(aide->fd);
	close(fds[0]);
	close(fds[1]);
	close(null);
	return rv;
}

struct mk_aide *
mk_aide_start(mk_aide_fn *answer, void *data, struct mk_error *err)
{
	struct mk_aide *aide = calloc(1, sizeof *aide);

	if (aide == NULL) {
		mk_fail_sys(err, "start the aide");
		return NULL;
	}
	if (start_child(aide, answer, data, err) == -1) {
		free(aide);
		return NULL;
	}
	return aide;
}

int
mk_aide_ask(struct mk_aide *aide, uint32_t request, const void *text,
    size_t len, struct mk_error *err)
{
	struct head head = { .request = request, .len = (uint32_t)len };
	struct mk_error reply;

	if (len > TEXT_MAX)
		return mk_fail(err, EX_SOFTWARE, "a request of %zu bytes is "
		    "too long for the aide", len);
	if (!put_all(aide->fd, &head, sizeof head) ||
	    !put_all(aide->fd, text, len) ||
	    !get_all(aide->fd, &reply, sizeof reply))
		return mk_fail(err, EX_TEMPFAIL, "the aide, process %ld, died; "
		    "run again", (long)aide->pid);
	if (reply.status == EX_OK)
		return 0;
	return mk_fail(err, reply.status, "%s", reply.text);
}

void
mk_aide_stop(struct mk_aide *aide)
{
	if (aide == NULL)
		return;
	close(aide->fd);
	while (waitpid(aide->pid, NULL, 0) == -1 && errno == EINTR)
		;
	free(aide);
}
