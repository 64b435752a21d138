/* blacklist/aide - the rights that the program was started with. */
#include "blacklist/aide.h"

#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"

#define GRACE_S		5		/* from SIGTERM to SIGKILL */
#define TEXT_MAX	((size_t)64 * 1024)
#define GROUPS_MAX	65536		/* Linux' NGROUPS_MAX */
#define SOCKET		3		/* the child's end, in the child */
#define ABOVE		10		/* out of the way of 0 to 3 */
#define OTHER		255		/* exit status: could not be tried */

enum request { CAN_READ = 1, CHANGED };

/* Before each request; the answer is a struct mk_error, EX_OK for yes. */
struct head {
	uint32_t request, len;
};

struct mk_aide {
	int fd;				/* -1: no child, nothing to ask */
	pid_t pid;
	bool reads, runs;
};

/* What the child knows. */
struct duty {
	const char *reader, *command;
	const char *const *files;	/* to the NULL */
	time_t limit_s;
	uid_t uid;
	gid_t gid, *groups;
	int groups_n;
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

/* Where in PATH its last name begins. */
static size_t
name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

/*
 * Whether PATH lies in the directory of an output: a program that was taken
 * over is told of no other file.
 */
static bool
is_beside(const struct duty *duty, const char *path)
{
	const char *const *file;
	size_t len = name_of(path);

	for (file = duty->files; *file != NULL; file++)
		if (name_of(*file) == len && memcmp(*file, path, len) == 0)
			return true;
	return false;
}

static bool
in_group(const struct duty *duty, gid_t gid)
{
	int i;

	for (i = 0; i < duty->groups_n; i++)
		if (duty->groups[i] == gid)
			return true;
	return false;
}

/*
 * Whether PATH lets the reader do WANT (S_IROTH: read, S_IXOTH: search).  The
 * first class that fits decides: an owner without the right does not get it
 * as anybody.  What is read is no link: it could lead anywhere.
 */
static int
judge_one(const struct duty *duty, const char *path, mode_t want,
    const char *as, struct mk_error *err)
{
	unsigned shift = 0;
	struct stat st;
	char who = 'o';

	if ((want == S_IROTH ? lstat(path, &st) : stat(path, &st)) == -1)
		return mk_fail_sys(err, "can %s read %s? Look at %s",
		    duty->reader, as, path);
	if (S_ISLNK(st.st_mode))
		return mk_fail(err, EX_DATAERR, "can %s read %s? %s is a link",
		    duty->reader, as, path);
	if (st.st_uid == duty->uid) {
		shift = 6;
		who = 'u';
	} else if (in_group(duty, st.st_gid)) {
		shift = 3;
		who = 'g';
	}
	if (duty->uid == 0 || (st.st_mode >> shift & want) == want)
		return 0;
	return mk_fail(err, EX_NOPERM, "%s can't read %s: no right to %s %s "
	    "(mode %04o): chmod %c+%c %s", duty->reader, as,
	    want == S_IROTH ? "read" : "search", path,
	    (unsigned)(st.st_mode & 07777), who, want == S_IROTH ? 'r' : 'x',
	    path);
}

/* The absolute PATH, from the root down.  It is cut and mended. */
static int
judge_path(const struct duty *duty, char *path, const char *as,
    struct mk_error *err)
{
	char *slash = path;
	int rv;

	rv = judge_one(duty, "/", S_IXOTH, as, err);
	while (rv == 0 && (slash = strchr(slash + 1, '/')) != NULL) {
		*slash = '\0';
		rv = judge_one(duty, path, S_IXOTH, as, err);
		*slash = '/';
	}
	return rv == -1 ? -1 : judge_one(duty, path, S_IROTH, as, err);
}

/* PATH without links above its last name; to be freed.  NULL with errno. */
static char *
real_path(const char *path)
{
	struct mk_buf buf = { 0 };
	size_t len = name_of(path);
	char *dir = len == 0 ? strdup(".") : strndup(path, len), *real = NULL;

	if (dir != NULL)
		real = realpath(dir, NULL);
	if (real != NULL)
		mk_buf_addf(&buf, "%s/%s", strcmp(real, "/") == 0 ? "" : real,
		    path + len);
	free(real);
	free(dir);
	return buf.data;
}

/* With links, the directories of both paths count. */
static int
judge(const struct duty *duty, char *path, const char *as,
    struct mk_error *err)
{
	char *real;
	int rv;

	if (path[0] == '/' && judge_path(duty, path, as, err) == -1)
		return -1;
	real = real_path(path);
	if (real == NULL)
		return mk_fail_sys(err, "can %s read %s? Look at it",
		    duty->reader, as);
	rv = strcmp(real, path) == 0 ? 0 : judge_path(duty, real, as, err);
	free(real);
	return rv;
}

/* errno of opening PATH, or 0. */
static int
open_errno(const char *path)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
	    O_CLOEXEC);

	if (fd == -1)
		return errno;
	close(fd);
	return 0;
}

/* Open PATH as the reader; *ERRNUM is what came of it.  False: can't be. */
static bool
try_open(const struct duty *duty, const char *path, int *errnum)
{
	int status;
	pid_t pid;

	if (duty->uid == geteuid()) {
		*errnum = open_errno(path);
		return true;
	}
	if (geteuid() != 0)
		return false;
	pid = fork();
	if (pid == 0) {
		if (setgroups((size_t)duty->groups_n, duty->groups) == -1 ||
		    setgid(duty->gid) == -1 || setuid(duty->uid) == -1)
			_exit(OTHER);
		status = open_errno(path);
		_exit(status < OTHER ? status : OTHER);
	}
	if (pid == -1)
		return false;
	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return false;
	if (!WIFEXITED(status) || WEXITSTATUS(status) == OTHER)
		return false;
	*errnum = WEXITSTATUS(status);
	return true;
}

/* Modes are asked only where it failed, for what to do; or can't be tried. */
static int
can_read(const struct duty *duty, char *path, const char *as,
    struct mk_error *err)
{
	int errnum = 0;
	bool tried;

	if (!is_beside(duty, path))
		return mk_fail(err, EX_SOFTWARE, "can %s read %s? It lies in "
		    "the directory of no output", duty->reader, as);
	tried = try_open(duty, path, &errnum);
	if (tried && errnum == 0)
		return 0;
	if (judge(duty, path, as, err) == -1)
		return -1;
	if (!tried)
		return 0;
	return mk_fail(err, mk_error_status(errnum), "%s can't read %s: %s, "
	    "though modes and owners of %s would let it (an ACL, AppArmor, "
	    "SELinux?)", duty->reader, as, strerror(errnum), path);
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

/* A session of its own: no terminal can stop or interrupt it. */
static void
be_command(const struct duty *duty, const char *changed)
{
	struct sigaction action = { .sa_handler = SIG_DFL };
	sigset_t none;
	int i;

	setsid();
	sigemptyset(&action.sa_mask);
	for (i = 1; i < NSIG; i++)
		sigaction(i, &action, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (setenv("MAILKEEP_CHANGED", changed, 1) == 0)
		execl("/bin/sh", "sh", "-c", duty->command, (char *)NULL);
	_exit(EX_UNAVAILABLE);
}

/*
 * The command may put CHANGED unquoted into another: a program that was
 * taken over must not have its way with our rights.
 */
static int
run(const struct duty *duty, const char *changed, struct mk_error *err)
{
	bool late = false;
	int status = 0;
	pid_t pid;

	if (changed[strspn(changed,
	    "abcdefghijklmnopqrstuvwxyz0123456789- ")] != '\0')
		return mk_fail(err, EX_SOFTWARE, "on-change: \"%s\" are no "
		    "names of outputs", changed);
	pid = fork();
	if (pid == 0)
		be_command(duty, changed);
	if (pid == -1)
		return mk_fail_sys(err, "on-change: start sh");
	if (!ended_within(pid, duty->limit_s, &status)) {
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
		return mk_fail(err, EX_TEMPFAIL, "on-change: %s: not done in "
		    "%ld s, killed", duty->command, (long)duty->limit_s);
	if (WIFSIGNALED(status))
		return mk_fail(err, EX_TEMPFAIL, "on-change: %s: killed by "
		    "signal %d", duty->command, WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return mk_fail(err, EX_TEMPFAIL, "on-change: %s: exit status "
		    "%d", duty->command, WEXITSTATUS(status));
	return 0;
}

/* TEXT: the path and its name in messages, or the outputs.  Ends in a NUL. */
static bool
answer(const struct duty *duty, enum request request, char *text, size_t len,
    struct mk_error *err)
{
	size_t first = strlen(text) + 1;

	if (request == CAN_READ && first < len)
		can_read(duty, text, text + first, err);
	else if (request == CHANGED)
		run(duty, text, err);
	else
		return false;
	return true;
}

/* Until the parent closes its end, or dies. */
static void
serve(const struct duty *duty)
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
		    answer(duty, head.request, text, head.len, &err);
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
be_aide(const struct duty *duty, int fd, int null, bool mute)
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
	serve(duty);
	_exit(EX_OK);
}

/* Who the reader is; read now, since later no file of /etc can be. */
static int
look_up(struct duty *duty, struct mk_error *err)
{
	const struct passwd *pw;
	gid_t *groups;
	int room = 64, n;

	pw = getpwnam(duty->reader);
	if (pw == NULL)
		return mk_fail(err, EX_NOUSER, "reader: there is no user %s; "
		    "name the account that Exim runs as, or \"\"",
		    duty->reader);
	duty->uid = pw->pw_uid;
	duty->gid = pw->pw_gid;
	for (; room <= GROUPS_MAX; room *= 2) {
		groups = realloc(duty->groups, (size_t)room * sizeof *groups);
		if (groups == NULL)
			return mk_fail_sys(err, "reader: the groups of %s",
			    duty->reader);
		duty->groups = groups;
		n = room;
		if (getgrouplist(duty->reader, duty->gid, groups, &n) != -1) {
			duty->groups_n = n;
			return 0;
		}
	}
	return mk_fail(err, EX_CONFIG, "reader: %s is in too many groups",
	    duty->reader);
}

static int
start_child(struct mk_aide *aide, const struct duty *duty,
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
		be_aide(duty, fds[1], null, mute);
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
mk_aide_start(const char *reader, const char *const *files,
    const char *command, time_t limit_s, struct mk_error *err)
{
	struct duty duty = { .reader = reader, .files = files,
	    .command = command, .limit_s = limit_s };
	struct mk_aide *aide = calloc(1, sizeof *aide);

	if (aide == NULL) {
		mk_fail_sys(err, "start the aide");
		return NULL;
	}
	aide->fd = -1;
	aide->reads = reader != NULL && reader[0] != '\0';
	aide->runs = command != NULL && command[0] != '\0';
	if ((aide->reads && look_up(&duty, err) == -1) ||
	    ((aide->reads || aide->runs) &&
	    start_child(aide, &duty, err) == -1)) {
		free(aide);
		aide = NULL;
	}
	free(duty.groups);
	return aide;
}

static int
ask(struct mk_aide *aide, enum request request, const struct mk_buf *text,
    struct mk_error *err)
{
	struct head head = { .request = request, .len = (uint32_t)text->len };
	struct mk_error reply;

	if (text->len > TEXT_MAX)
		return mk_fail(err, EX_SOFTWARE, "a request of %zu bytes is "
		    "too long for the aide", text->len);
	if (!put_all(aide->fd, &head, sizeof head) ||
	    !put_all(aide->fd, text->data, text->len) ||
	    !get_all(aide->fd, &reply, sizeof reply))
		return mk_fail(err, EX_TEMPFAIL, "the aide, process %ld, died; "
		    "run again", (long)aide->pid);
	if (reply.status == EX_OK)
		return 0;
	return mk_fail(err, reply.status, "%s", reply.text);
}

int
mk_aide_can_read(struct mk_aide *aide, const char *path, const char *as,
    struct mk_error *err)
{
	struct mk_buf text = { 0 };
	int rv;

	if (aide == NULL || !aide->reads)
		return 0;
	if (as == NULL)
		as = path;
	if (mk_buf_add(&text, path, strlen(path) + 1) == -1 ||
	    mk_buf_add(&text, as, strlen(as) + 1) == -1)
		rv = mk_fail_sys(err, "ask who can read %s", as);
	else
		rv = ask(aide, CAN_READ, &text, err);
	mk_buf_free(&text);
	return rv;
}

int
mk_aide_changed(struct mk_aide *aide, const char *changed,
    struct mk_error *err)
{
	struct mk_buf text = { 0 };
	int rv;

	if (aide == NULL || !aide->runs || changed == NULL ||
	    changed[0] == '\0')
		return 0;
	if (mk_buf_add(&text, changed, strlen(changed) + 1) == -1)
		rv = mk_fail_sys(err, "on-change");
	else
		rv = ask(aide, CHANGED, &text, err);
	mk_buf_free(&text);
	return rv;
}

void
mk_aide_stop(struct mk_aide *aide)
{
	if (aide == NULL)
		return;
	if (aide->fd != -1) {
		close(aide->fd);
		while (waitpid(aide->pid, NULL, 0) == -1 && errno == EINTR)
			;
	}
	free(aide);
}
