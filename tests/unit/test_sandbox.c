/*
 * base/sandbox: what is refused after entering, and what still works.
 *
 * A sandbox cannot be left, so each test enters it in a child of its own,
 * which tells by a pipe what it found wrong.
 */
#ifdef __linux__
#define _GNU_SOURCE			/* syscall(2) */
#endif

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#ifdef __linux__
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#endif

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/sandbox.h"
#include "unit.h"

enum { IN, RO, OUT, NTREES };		/* written, read, not allowed */
static const char *const tree_names[NTREES] = { "in", "ro", "out" };

static char scratch[PATH_MAX];
static int root, trees[NTREES];		/* open since before the sandbox */
static int report;			/* the child's end of the pipe */
static int kernel_abi;			/* 0: none */

/* In a child: CONDITION holds, or the test fails. */
#define WANT(condition) \
	((condition) ? (void)0 : complain(__LINE__, #condition, errno))

static void
complain(int line, const char *what, int errnum)
{
	dprintf(report, "line %d: %s (%s)", line, what, strerror(errnum));
	_exit(1);
}

static void
put(int at, const char *name, const void *data, size_t len)
{
	int fd = openat(at, name, O_WRONLY | O_CREAT | O_EXCL, 0644);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(write(fd, data, len), (ssize_t)len);
	close(fd);
}

static void
setup(void)
{
	const char *tmp = getenv("TMPDIR");
	int i;

	snprintf(scratch, sizeof scratch, "%s/mk-sandbox.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(scratch));
	root = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ne(root, -1);
	put(root, "lone", "text", 4);
	for (i = 0; i < NTREES; i++) {
		ck_assert_int_eq(mkdirat(root, tree_names[i], 0755), 0);
		trees[i] = openat(root, tree_names[i],
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		ck_assert_int_ne(trees[i], -1);
		put(trees[i], "f", "text", 4);
		ck_assert_int_eq(mkdirat(trees[i], "d", 0755), 0);
	}
}

static void
teardown(void)
{
	char cmd[PATH_MAX + 64];
	int i;

	for (i = 0; i < NTREES; i++)
		close(trees[i]);
	close(root);
	snprintf(cmd, sizeof cmd, "rm -rf '%s'", scratch);
	ck_assert_int_eq(system(cmd), 0);
}

/* Run FN(ARG) in a child; fail with what it complains of. */
static void
in_child(void (*fn)(int), int arg)
{
	char text[512];
	ssize_t n, len = 0;
	int fds[2], status;
	pid_t pid;

	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	ck_assert_int_ne(pid, -1);
	if (pid == 0) {
		close(fds[0]);
		report = fds[1];
		alarm(20);
		fn(arg);
		_exit(0);
	}
	close(fds[1]);
	while ((n = read(fds[0], text + len, sizeof text - 1 -
	    (size_t)len)) > 0)
		len += n;
	text[len] = '\0';
	close(fds[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_str_eq(text, "");
	ck_assert_int_eq(status, 0);
}

/*
 * Enter, with two trees, a device, connections to PORT (unless 0) and to the
 * unix socket PATH (unless NULL) allowed; the level reached.
 */
static int
enter_with(unsigned port, const char *path)
{
	struct mk_error err = { 0 };
	struct mk_sandbox *sb = mk_sandbox_new(&err);
	int null = open("/dev/null", O_RDONLY), level;

	WANT(sb != NULL);
	WANT(mk_sandbox_allow(sb, trees[IN], "in", MK_SANDBOX_WRITE,
	    &err) == 0);
	WANT(mk_sandbox_allow(sb, trees[RO], "ro", MK_SANDBOX_READ,
	    &err) == 0);
	WANT(mk_sandbox_allow(sb, null, "/dev/null", MK_SANDBOX_WRITE,
	    &err) == 0);
	close(null);
	if (port != 0)
		WANT(mk_sandbox_allow_connect(sb, port, &err) == 0);
	if (path != NULL)
		WANT(mk_sandbox_allow_socket(sb, path, &err) == 0);
	level = mk_sandbox_enter(sb, &err);
	WANT(level != -1);
	mk_sandbox_free(sb);
	return level;
}

static int
enter(void)
{
	return enter_with(0, NULL);
}

/* Things to do in the directory AT: 0, or -1 with errno. */
static int
closed(int fd)
{
	return fd == -1 ? -1 : close(fd);
}

static int
do_read(int at)
{
	return closed(openat(at, "f", O_RDONLY));
}

static int
do_list(int at)
{
	return closed(openat(at, ".", O_RDONLY | O_DIRECTORY));
}

static int
do_write(int at)
{
	return closed(openat(at, "f", O_WRONLY | O_APPEND));
}

static int
do_empty(int at)
{
	return closed(openat(at, "f", O_WRONLY | O_TRUNC));
}

/* Truncation alone, by path: what Landlock rules from ABI 3 on. */
static int
do_truncate(int at)
{
	char path[PATH_MAX + 16];
	int i = 0;

	while (trees[i] != at)
		i++;
	snprintf(path, sizeof path, "%s/%s/f", scratch, tree_names[i]);
	return truncate(path, 2);
}

static int
do_create(int at)
{
	return closed(openat(at, "new", O_WRONLY | O_CREAT | O_EXCL, 0600));
}

static int
do_mkdir(int at)
{
	return mkdirat(at, "new", 0700);
}

static int
do_rmdir(int at)
{
	return unlinkat(at, "d", AT_REMOVEDIR);
}

static int
do_unlink(int at)
{
	return unlinkat(at, "f", 0);
}

static int
do_rename(int at)
{
	return renameat(at, "f", at, "g");
}

static int
do_rename_below(int at)
{
	return renameat(at, "f", at, "d/f");
}

static int
do_rename_dir(int at)
{
	return renameat(at, "d", at, "e");
}

static int
do_link(int at)
{
	return linkat(at, "f", at, "g", 0);
}

static int
do_symlink(int at)
{
	return symlinkat("f", at, "l");
}

static int
do_mkfifo(int at)
{
	return mkfifoat(at, "p", 0600);
}

static int
do_bind(int at)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX, .sun_path = "s" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), rv, errnum;

	if (fchdir(at) == -1)
		return -1;
	rv = bind(fd, (struct sockaddr *)&sa, sizeof sa);
	errnum = errno;
	close(fd);
	errno = errnum;
	return rv;
}

static const struct {
	const char *name;
	int (*act)(int at);
	int errnums[NTREES];		/* in the sandbox */
} deeds[] = {
	{ "read",		do_read,	{ 0, 0, EACCES } },
	{ "list",		do_list,	{ 0, 0, EACCES } },
	{ "write",		do_write,	{ 0, EACCES, EACCES } },
	{ "empty",		do_empty,	{ 0, EACCES, EACCES } },
	{ "truncate",		do_truncate,	{ 0, EACCES, EACCES } },
	{ "create",		do_create,	{ 0, EACCES, EACCES } },
	{ "mkdir",		do_mkdir,	{ 0, EACCES, EACCES } },
	{ "rmdir",		do_rmdir,	{ 0, EACCES, EACCES } },
	{ "unlink",		do_unlink,	{ 0, EACCES, EACCES } },
	{ "rename",		do_rename,	{ 0, EACCES, EACCES } },
	{ "rename below",	do_rename_below, { 0, EACCES, EACCES } },
	{ "rename dir",		do_rename_dir,	{ 0, EACCES, EACCES } },
	{ "link",		do_link,	{ 0, EACCES, EACCES } },
	{ "symlink",		do_symlink,	{ EACCES, EACCES, EACCES } },
	{ "mkfifo",		do_mkfifo,	{ EACCES, EACCES, EACCES } },
	{ "bind",		do_bind,	{ EACCES, EACCES, EACCES } },
};
#define NDEEDS ((int)(sizeof deeds / sizeof *deeds))

static void
free_deed(int i)
{
	WANT(deeds[i / NTREES].act(trees[i % NTREES]) == 0);
}

/* 1 forbids all moving, so it is not used; 7 is the last that is known. */
static int
level_of(int abi)
{
	return abi < 2 ? 0 : abi > 7 ? 7 : abi;
}

static void
levels_agree(int unused)
{
	(void)unused;
	WANT(enter() == level_of(kernel_abi));
}

START_TEST(level_is_the_kernels)
{
	in_child(levels_agree, 0);
}
END_TEST

/* Else the refusals below would prove nothing. */
START_TEST(unconfined_every_deed_works)
{
	in_child(free_deed, _i);
}
END_TEST

/* An older Landlock does not rule the truncation by path. */
static void
confined_deed(int i)
{
	int errnum = deeds[i / NTREES].errnums[i % NTREES];
	int level = enter();

	if (deeds[i / NTREES].act == do_truncate && level < 3)
		errnum = 0;
	if (errnum == 0) {
		WANT(deeds[i / NTREES].act(trees[i % NTREES]) == 0);
		return;
	}
	WANT(deeds[i / NTREES].act(trees[i % NTREES]) == -1);
	WANT(errno == errnum);
}

START_TEST(confined_deeds_work_where_allowed)
{
	in_child(confined_deed, _i);
}
END_TEST

static const struct { int from, to; bool works; } moves[] = {
	{ IN, IN, true }, { IN, RO, false }, { IN, OUT, false },
	{ RO, IN, false }, { OUT, IN, false }, { OUT, OUT, false },
};

/* By renaming and by linking; a refusal is EACCES or EXDEV. */
static void
move(int i)
{
	int from = trees[moves[i].from], to = trees[moves[i].to];

	WANT(enter() >= 2);
	if (moves[i].works) {
		WANT(linkat(from, "f", to, "d/linked", 0) == 0);
		WANT(renameat(from, "f", to, "d/moved") == 0);
		return;
	}
	WANT(linkat(from, "f", to, "d/linked", 0) == -1);
	WANT(errno == EACCES || errno == EXDEV);
	WANT(renameat(from, "f", to, "d/moved") == -1);
	WANT(errno == EACCES || errno == EXDEV);
}

START_TEST(nothing_moves_out_or_in)
{
	in_child(move, _i);
}
END_TEST

/* Nor by an absolute path, nor by "..", nor by a link that was there. */
static void
escape(int unused)
{
	char path[PATH_MAX + 16];

	(void)unused;
	WANT(symlinkat("../out", trees[IN], "link") == 0);
	enter();
	WANT(openat(trees[IN], "../out/f", O_RDONLY) == -1);
	WANT(errno == EACCES);
	WANT(openat(trees[IN], "link/f", O_RDONLY) == -1);
	WANT(errno == EACCES);
	snprintf(path, sizeof path, "%s/out/f", scratch);
	WANT(open(path, O_RDONLY) == -1);
	WANT(errno == EACCES);
	WANT(open("/etc/passwd", O_RDONLY) == -1);
	WANT(errno == EACCES);
	WANT(execl("/bin/sh", "sh", "-c", "exit 0", (char *)NULL) == -1);
	WANT(errno == EACCES);
}

START_TEST(no_path_leads_out)
{
	in_child(escape, 0);
}
END_TEST

static void *
create_outside(void *arg)
{
	int *errnum = arg;

	*errnum = do_create(trees[OUT]) == 0 ? 0 : errno;
	return NULL;
}

static void
offspring(int unused)
{
	pthread_t thread;
	int errnum = 0, status;
	pid_t pid;

	(void)unused;
	enter();
	WANT(pthread_create(&thread, NULL, create_outside, &errnum) == 0);
	WANT(pthread_join(thread, NULL) == 0);
	WANT(errnum == EACCES);
	pid = fork();
	if (pid == 0)
		_exit(do_create(trees[OUT]) == -1 && errno == EACCES ? 0 : 1);
	WANT(waitpid(pid, &status, 0) == pid);
	WANT(status == 0);
}

START_TEST(later_threads_and_children_are_confined)
{
	in_child(offspring, 0);
}
END_TEST

/* What was open stays open, whatever tree it is in. */
static void
open_before(int unused)
{
	int fd = openat(trees[OUT], "f", O_RDWR);
	char text[8];

	(void)unused;
	WANT(fd != -1);
	enter();
	WANT(read(fd, text, sizeof text) == 4);
	WANT(write(fd, "more", 4) == 4);
	WANT(ftruncate(fd, 1) == 0);
}

START_TEST(open_files_keep_working)
{
	in_child(open_before, 0);
}
END_TEST

/* A single file may be allowed. */
static void
lone_file(int access)
{
	struct mk_sandbox *sb = mk_sandbox_new(NULL);
	int fd = openat(root, "lone", O_RDONLY);
	struct mk_error err;

	WANT(sb != NULL);
	WANT(mk_sandbox_allow(sb, fd, "lone", (enum mk_sandbox_access)access,
	    &err) == 0);
	WANT(close(fd) == 0);
	WANT(mk_sandbox_enter(sb, &err) > 0);
	mk_sandbox_free(sb);
	WANT(closed(openat(root, "lone", O_RDONLY)) == 0);
	if (access == MK_SANDBOX_WRITE) {
		WANT(closed(openat(root, "lone", O_RDWR | O_TRUNC)) == 0);
	} else {
		WANT(openat(root, "lone", O_RDWR) == -1);
		WANT(errno == EACCES);
	}
	WANT(unlinkat(root, "lone", 0) == -1);
	WANT(errno == EACCES);
	WANT(do_read(trees[IN]) == -1);
	WANT(errno == EACCES);
}

START_TEST(a_file_may_be_allowed)
{
	in_child(lone_file, _i);
}
END_TEST

static void
bad_trees(int unused)
{
	struct mk_sandbox *sb = mk_sandbox_new(NULL);
	struct mk_error err = { 0 };
	int fds[2];

	(void)unused;
	WANT(sb != NULL);
	WANT(mk_sandbox_allow(sb, -1, "closed", MK_SANDBOX_READ, &err) == -1);
	WANT(strstr(err.text, "closed") != NULL);
	WANT(pipe(fds) == 0);
	WANT(mk_sandbox_allow(sb, fds[0], "pipe", MK_SANDBOX_READ,
	    &err) == -1);
	WANT(strstr(err.text, "pipe") != NULL);
	mk_sandbox_free(sb);
}

START_TEST(what_is_no_tree_is_an_error)
{
	in_child(bad_trees, 0);
}
END_TEST

static int
tcp_socket(void)
{
	return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

/* Listen on a port of 127.0.0.1 that is free, which goes into *SA. */
static int
tcp_listen(struct sockaddr_in *sa)
{
	socklen_t len = sizeof *sa;
	int fd = tcp_socket();

	*sa = (struct sockaddr_in){ .sin_family = AF_INET };
	sa->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	WANT(bind(fd, (struct sockaddr *)sa, sizeof *sa) == 0);
	WANT(listen(fd, 5) == 0);
	WANT(getsockname(fd, (struct sockaddr *)sa, &len) == 0);
	return fd;
}

static void
network(int unused)
{
	struct sockaddr_in sa;
	int listener = tcp_listen(&sa), old = tcp_socket(), peer, fd;
	char c;

	(void)unused;
	WANT(connect(old, (struct sockaddr *)&sa, sizeof sa) == 0);
	peer = accept(listener, NULL, NULL);
	WANT(peer != -1);

	WANT(enter() >= 4);
	fd = tcp_socket();
	WANT(connect(fd, (struct sockaddr *)&sa, sizeof sa) == -1);
	WANT(errno == EACCES);
	sa.sin_port = 0;
	WANT(bind(fd, (struct sockaddr *)&sa, sizeof sa) == -1);
	WANT(errno == EACCES);
	WANT(write(old, "q", 1) == 1 && read(peer, &c, 1) == 1 && c == 'q');
	WANT(write(peer, "a", 1) == 1 && read(old, &c, 1) == 1 && c == 'a');
}

START_TEST(only_open_connections_remain)
{
	in_child(network, 0);
}
END_TEST

/* Also the second time, and while the other one is refused. */
static void
ports(int unused)
{
	struct sockaddr_in named, other;
	int level, i;

	(void)unused;
	tcp_listen(&named);
	tcp_listen(&other);
	level = enter_with(ntohs(named.sin_port), NULL);
	for (i = 0; i < 2; i++) {
		WANT(connect(tcp_socket(), (struct sockaddr *)&named,
		    sizeof named) == 0);
		WANT((connect(tcp_socket(), (struct sockaddr *)&other,
		    sizeof other) == -1) == (level >= 4));
		WANT(level < 4 || errno == EACCES);
	}
	named.sin_port = 0;
	WANT((bind(tcp_socket(), (struct sockaddr *)&named,
	    sizeof named) == -1) == (level >= 4));
}

START_TEST(the_named_port_can_be_connected)
{
	in_child(ports, 0);
}
END_TEST

static void
impossible_port(int unused)
{
	struct mk_sandbox *sb = mk_sandbox_new(NULL);
	struct mk_error err = { 0 };

	(void)unused;
	WANT(mk_sandbox_allow_connect(sb, 65536, &err) == -1);
	WANT(strstr(err.text, "65536") != NULL);
	mk_sandbox_free(sb);
}

START_TEST(what_is_no_port_is_an_error)
{
	in_child(impossible_port, 0);
}
END_TEST

static int
socket_connect(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };

	snprintf(sa.sun_path, sizeof sa.sun_path, "%s", path);
	return connect(socket(AF_UNIX, SOCK_STREAM, 0),
	    (struct sockaddr *)&sa, sizeof sa);
}

/* One that was there, and one that took its name since. */
static void
unix_sockets(int unused)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd, i, go[2], went[2];
	char c;

	(void)unused;
	snprintf(sa.sun_path, sizeof sa.sun_path, "%.80s/out/s", scratch);
	WANT(pipe(go) == 0 && pipe(went) == 0);
	if (fork() == 0) {
		for (i = 0; i < 2; i++) {
			fd = socket(AF_UNIX, SOCK_STREAM, 0);
			unlink(sa.sun_path);
			WANT(bind(fd, (struct sockaddr *)&sa, sizeof sa) == 0);
			WANT(listen(fd, 5) == 0);
			WANT(write(went[1], "w", 1) == 1);
			WANT(read(go[0], &c, 1) == 1);
		}
		_exit(0);
	}
	WANT(read(went[0], &c, 1) == 1);
	enter_with(0, sa.sun_path);
	WANT(socket_connect(sa.sun_path) == 0);
	WANT(write(go[1], "g", 1) == 1 && read(went[0], &c, 1) == 1);
	WANT(socket_connect(sa.sun_path) == 0);
	WANT(write(go[1], "g", 1) == 1);
}

START_TEST(the_named_socket_can_be_connected)
{
	in_child(unix_sockets, 0);
}
END_TEST

/* An abstract name of our own: the pid makes it. */
static socklen_t
abstract_name(struct sockaddr_un *sa, pid_t pid)
{
	*sa = (struct sockaddr_un){ .sun_family = AF_UNIX };
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
	    (size_t)snprintf(sa->sun_path + 1, sizeof sa->sun_path - 1,
	    "mk-sandbox-%ld", (long)pid));
}

static int
abstract_connect(pid_t pid)
{
	struct sockaddr_un sa;
	socklen_t len = abstract_name(&sa, pid);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (struct sockaddr *)&sa, len) == 0)
		return fd;
	close(fd);
	return -1;
}

/* The listener is the parent's, outside of the sandbox. */
static int
abstract_listen(void)
{
	struct sockaddr_un sa;
	socklen_t len = abstract_name(&sa, getpid());
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sa, len), 0);
	ck_assert_int_eq(listen(fd, 5), 0);
	return fd;
}

static void
abstract(int listener)
{
	int old = abstract_connect(getppid()), peer;
	char c;

	WANT(old != -1);
	peer = accept(listener, NULL, NULL);
	WANT(peer != -1);
	WANT(enter() >= 6);
	WANT(abstract_connect(getppid()) == -1);
	WANT(errno == EPERM);
	WANT(write(old, "q", 1) == 1 && read(peer, &c, 1) == 1 && c == 'q');
}

START_TEST(abstract_sockets_of_others_are_refused)
{
	int listener = abstract_listen();

	in_child(abstract, listener);
	close(listener);
}
END_TEST

static void
signals(int unused)
{
	(void)unused;
	WANT(kill(getppid(), 0) == 0);
	WANT(enter() >= 6);
	WANT(kill(getppid(), 0) == -1);
	WANT(errno == EPERM);
	WANT(kill(getpid(), 0) == 0);
}

START_TEST(signals_stay_inside)
{
	in_child(signals, 0);
}
END_TEST

/* A zone that is five hours east of UTC, in the tree that is not allowed. */
static void
local_time(int unused)
{
	static const char zone[] = "TZif\0\0\0\0" "\0\0\0\0\0\0\0\0" "\0\0\0\0"
	    "\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\1" "\0\0\0\4"
	    "\0\0\x46\x50" "\0" "\0" "XYZ";
	char tz[PATH_MAX + 16];
	time_t epoch = 0;
	struct tm tm;

	(void)unused;
	put(trees[OUT], "zone", zone, sizeof zone);
	snprintf(tz, sizeof tz, ":%s/out/zone", scratch);
	WANT(setenv("TZ", tz, 1) == 0);
	enter();
	WANT(localtime_r(&epoch, &tm) != NULL);
	WANT(tm.tm_hour == 5);
}

START_TEST(local_time_is_known_inside)
{
	in_child(local_time, 0);
}
END_TEST

#ifdef __linux__
static int
seccomp(unsigned op, unsigned flags, void *arg)
{
	return (int)syscall(SYS_seccomp, op, flags, arg);
}

/* The kernel's answer to "which ABI?" becomes ACTION. */
static int
filter_abi(unsigned action, unsigned flags)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
		    SYS_landlock_create_ruleset, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, args[1])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { .len = 6, .filter = code };

	WANT(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	return seccomp(SECCOMP_SET_MODE_FILTER, flags, &prog);
}

static const int absent[] = { ENOSYS, EOPNOTSUPP, EPERM };

static void
no_landlock(int i)
{
	WANT(filter_abi(SECCOMP_RET_ERRNO | (unsigned)absent[i], 0) == 0);
	WANT(enter() == 0);
	WANT(do_create(trees[OUT]) == 0);
}

START_TEST(kernel_without_landlock_is_no_error)
{
	in_child(no_landlock, _i);
}
END_TEST

/* Answers one question of the filter: with the ABI that is ARG[1]. */
static void *
answer(void *arg)
{
	struct seccomp_notif ask = { 0 };
	struct seccomp_notif_resp reply = { 0 };
	int *pair = arg, fd;

	if (read(pair[0], &fd, sizeof fd) != sizeof fd ||
	    ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &ask) == -1)
		return NULL;
	reply.id = ask.id;
	reply.val = pair[1];
	ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &reply);
	return NULL;
}

/* The kernel is at least as new as ABI; it shall be no newer. */
static void
pretend_abi(int abi)
{
	static int pair[2];
	pthread_t thread;
	int fds[2], fd;

	WANT(pipe(fds) == 0);
	pair[0] = fds[0];
	pair[1] = abi;
	WANT(pthread_create(&thread, NULL, answer, pair) == 0);
	fd = filter_abi(SECCOMP_RET_USER_NOTIF,
	    SECCOMP_FILTER_FLAG_NEW_LISTENER);
	WANT(fd != -1);
	WANT(write(fds[1], &fd, sizeof fd) == sizeof fd);
}

/* Each ABI refuses what it can, and is asked for no more. */
static void
old_abi(int abi)
{
	struct sockaddr_in sa;
	int level = level_of(abi), fd;

	tcp_listen(&sa);
	pretend_abi(abi);
	WANT(enter_with(ntohs(sa.sin_port), "/nowhere") == level);
	WANT(connect(tcp_socket(), (struct sockaddr *)&sa, sizeof sa) == 0);
	sa.sin_port = 1;
	WANT((do_create(trees[OUT]) == -1) == (level >= 2));
	WANT(renameat(trees[IN], "f", trees[IN], "d/f") == 0);
	WANT((do_truncate(trees[OUT]) == -1) == (level >= 3));
	WANT(connect(tcp_socket(), (struct sockaddr *)&sa, sizeof sa) == -1);
	WANT((errno == EACCES) == (level >= 4));
	fd = open("/dev/null", O_RDWR);
	WANT(fd != -1);
	WANT(!isatty(fd));
	WANT((errno == EACCES) == (level >= 5));
	WANT((kill(getppid(), 0) == -1) == (level >= 6));
	WANT((abstract_connect(getppid()) == -1) == (level >= 6));
}

START_TEST(each_abi_is_used_as_far_as_it_goes)
{
	int listener = abstract_listen();

	in_child(old_abi, _i);
	close(listener);
}
END_TEST

static void
no_new_privileges(int unused)
{
	(void)unused;
	enter();
	WANT(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
}

START_TEST(privileges_are_given_up)
{
	in_child(no_new_privileges, 0);
}
END_TEST

static int
find_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0,
	    LANDLOCK_CREATE_RULESET_VERSION);

	return abi < 0 ? 0 : (int)abi;
}

static void
add_linux(TCase *tc)
{
	unsigned deny = SECCOMP_RET_ERRNO, ask = SECCOMP_RET_USER_NOTIF;

	if (seccomp(SECCOMP_GET_ACTION_AVAIL, 0, &deny) == 0)
		tcase_add_loop_test(tc, kernel_without_landlock_is_no_error,
		    0, (int)(sizeof absent / sizeof *absent));
	if (kernel_abi >= 2)
		tcase_add_test(tc, privileges_are_given_up);
	if (kernel_abi >= 7 &&
	    seccomp(SECCOMP_GET_ACTION_AVAIL, 0, &ask) == 0)
		tcase_add_loop_test(tc, each_abi_is_used_as_far_as_it_goes,
		    1, 9);
}
#else
static int
find_abi(void)
{
	return 0;
}

static void
add_linux(TCase *tc)
{
	(void)tc;
}
#endif

int
main(void)
{
	Suite *suite = suite_create("base/sandbox");
	TCase *tc = tcase_create("sandbox");

	kernel_abi = find_abi();
	if (kernel_abi < 7)
		printf("# Landlock ABI %d: tests of newer ones left out\n",
		    kernel_abi);
	fflush(stdout);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, unconfined_every_deed_works, 0,
	    NDEEDS * NTREES);
	tcase_add_test(tc, level_is_the_kernels);
	add_linux(tc);
	if (kernel_abi >= 2) {
		tcase_add_loop_test(tc, confined_deeds_work_where_allowed, 0,
		    NDEEDS * NTREES);
		tcase_add_loop_test(tc, nothing_moves_out_or_in, 0,
		    (int)(sizeof moves / sizeof *moves));
		tcase_add_test(tc, no_path_leads_out);
		tcase_add_test(tc, later_threads_and_children_are_confined);
		tcase_add_test(tc, open_files_keep_working);
		tcase_add_loop_test(tc, a_file_may_be_allowed, MK_SANDBOX_READ,
		    MK_SANDBOX_WRITE + 1);
		tcase_add_test(tc, what_is_no_tree_is_an_error);
		tcase_add_test(tc, local_time_is_known_inside);
	}
	tcase_add_test(tc, the_named_port_can_be_connected);
	tcase_add_test(tc, the_named_socket_can_be_connected);
	if (kernel_abi >= 4) {
		tcase_add_test(tc, only_open_connections_remain);
		tcase_add_test(tc, what_is_no_port_is_an_error);
	}
	if (kernel_abi >= 6) {
		tcase_add_test(tc, abstract_sockets_of_others_are_refused);
		tcase_add_test(tc, signals_stay_inside);
	}
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
