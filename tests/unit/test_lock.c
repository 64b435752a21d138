/* base/lock: one holder at a time, and none after death. */
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/lock.h"
#include "unit.h"

static char scratch[PATH_MAX];
static int root, lock;
static struct mk_error err;

static void
setup(void)
{
	const char *tmp = getenv("TMPDIR");

	umask(022);
	snprintf(scratch, sizeof scratch, "%s/mk-lock.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(scratch));
	root = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ne(root, -1);
	lock = MK_LOCK_NONE;
	err = (struct mk_error){ 0 };
	alarm(30);			/* "at once": never wait for a lock */
}

static void
teardown(void)
{
	char cmd[PATH_MAX + 64];

	mk_lock_drop(&lock);
	close(root);
	snprintf(cmd, sizeof cmd, "rm -rf '%s'", scratch);
	ck_assert_int_eq(system(cmd), 0);
}

static void
put(const char *name, const char *text)
{
	int fd = openat(root, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static void
holds(const char *name, const char *want)
{
	char text[100];
	int fd = openat(root, name, O_RDONLY);
	ssize_t n = read(fd, text, sizeof text - 1);

	ck_assert_int_ge(n, 0);
	text[n] = '\0';
	ck_assert_str_eq(text, want);
	close(fd);
}

/* A child that takes the lock, says so, and waits to be killed. */
static pid_t
hold_in_child(void)
{
	int fds[2];
	char c;
	pid_t pid;

	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	ck_assert_int_ne(pid, -1);
	if (pid == 0) {
		if (mk_lock_take(&lock, root, "l", &err) == -1 ||
		    write(fds[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(fds[1]);
	ck_assert_int_eq(read(fds[0], &c, 1), 1);
	close(fds[0]);
	return pid;
}

START_TEST(take_makes_a_file_with_the_pid)
{
	char pid[32];
	struct stat st;

	ck_assert_int_eq(mk_lock_take(&lock, root, "l", &err), 0);
	ck_assert_int_ne(lock, MK_LOCK_NONE);
	ck_assert_int_ne(fcntl(lock, F_GETFD) & FD_CLOEXEC, 0);
	snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
	holds("l", pid);
	ck_assert_int_eq(fstatat(root, "l", &st, 0), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	mk_lock_drop(&lock);
	ck_assert_int_eq(lock, MK_LOCK_NONE);
	mk_lock_drop(&lock);
}
END_TEST

START_TEST(second_taker_is_told_the_pid)
{
	struct mk_error second;
	char pid[32];
	pid_t child;
	int status;

	ck_assert_int_eq(mk_lock_take(&lock, root, "l", &err), 0);
	snprintf(pid, sizeof pid, "process %ld", (long)getpid());
	child = fork();
	if (child == 0) {
		int other = 99;

		if (mk_lock_take(&other, root, "l", &second) != -1)
			_exit(1);
		if (second.status != EX_TEMPFAIL || other != MK_LOCK_NONE)
			_exit(2);
		_exit(strstr(second.text, pid) != NULL ? 0 : 3);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	ck_assert_int_ne(lock, MK_LOCK_NONE);
}
END_TEST

START_TEST(lock_dies_with_its_holder)
{
	pid_t child = hold_in_child();

	ck_assert_int_eq(mk_lock_take(&lock, root, "l", &err), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_int_eq(lock, MK_LOCK_NONE);
	ck_assert_int_eq(kill(child, SIGKILL), 0);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	ck_assert_int_eq(mk_lock_take(&lock, root, "l", &err), 0);
}
END_TEST

/* A child still has a copy of the descriptor. */
START_TEST(drop_frees_what_a_child_inherited)
{
	int second = MK_LOCK_NONE;
	pid_t child;

	ck_assert_int_eq(mk_lock_take(&lock, root, "l", &err), 0);
	child = fork();
	if (child == 0)
		for (;;)
			pause();
	mk_lock_drop(&lock);
	ck_assert_int_eq(mk_lock_take(&second, root, "l", &err), 0);
	mk_lock_drop(&second);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}
END_TEST

/* What a dead holder, or nobody, left in the file. */
static const char *const stale[] = {
	"", "1\n", "99999999999999999999999\n", "-1\n", "nonsense", "12",
	"a very much longer text than any process id could ever be\n",
};
#define NSTALE ((int)(sizeof stale / sizeof *stale))

START_TEST(stale_content_is_irrelevant)
{
	char pid[32];

	put("l", stale[_i]);
	ck_assert_int_eq(mk_lock_take(&lock, root, "l", &err), 0);
	snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
	holds("l", pid);
}
END_TEST

/* The holder has locked and not written yet: no invented pid. */
START_TEST(nonsense_is_no_pid)
{
	int fd;

	put("l", stale[_i]);
	fd = openat(root, "l", O_RDWR);
	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	ck_assert_int_eq(mk_lock_take(&lock, root, "l", &err), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_ptr_nonnull(strstr(err.text, strcmp(stale[_i], "1\n") == 0 ?
	    "process 1" : "another process"));
	holds("l", stale[_i]);
	close(fd);
}
END_TEST

static const struct { const char *name; int status; } refused[] = {
	{ "link",	EX_DATAERR },
	{ "dangling",	EX_DATAERR },
	{ "second",	EX_DATAERR },	/* a hard link */
	{ "fifo",	EX_DATAERR },
	{ "dir",	EX_DATAERR },
	{ "no/l",	EX_NOINPUT },
};

START_TEST(no_plain_file_no_lock)
{
	struct stat st;

	put("victim", "precious\n");
	ck_assert_int_eq(symlinkat("victim", root, "link"), 0);
	ck_assert_int_eq(symlinkat("nowhere", root, "dangling"), 0);
	ck_assert_int_eq(linkat(root, "victim", root, "second", 0), 0);
	ck_assert_int_eq(mkfifoat(root, "fifo", 0644), 0);
	ck_assert_int_eq(mkdirat(root, "dir", 0755), 0);

	ck_assert_int_eq(mk_lock_take(&lock, root, refused[_i].name, &err),
	    -1);
	ck_assert_int_eq(err.status, refused[_i].status);
	ck_assert_ptr_nonnull(strstr(err.text, refused[_i].name));
	ck_assert_int_eq(lock, MK_LOCK_NONE);
	holds("victim", "precious\n");
	ck_assert_int_eq(fstatat(root, "nowhere", &st, 0), -1);
}
END_TEST

/*
 * What a taker does over and over: be alone inside, then remove the file, as
 * a cleaner of old files may at any time.
 */
static void
take_and_remove(int times)
{
	int fd;

	while (times > 0) {
		if (mk_lock_take(&lock, root, "l", &err) == -1) {
			if (err.status != EX_TEMPFAIL)
				_exit(2);
			continue;
		}
		fd = openat(root, "inside", O_WRONLY | O_CREAT | O_EXCL, 0600);
		if (fd == -1)
			_exit(1);
		close(fd);
		unlinkat(root, "inside", 0);
		unlinkat(root, "l", 0);
		mk_lock_drop(&lock);
		times--;
	}
	_exit(0);
}

START_TEST(removed_file_gives_no_second_holder)
{
	pid_t pids[6];
	int i, status;

	for (i = 0; i < 6; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			take_and_remove(500);
	}
	for (i = 0; i < 6; i++) {
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert_int_eq(status, 0);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("base/lock");
	TCase *tc = tcase_create("lock");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, take_makes_a_file_with_the_pid);
	tcase_add_test(tc, second_taker_is_told_the_pid);
	tcase_add_test(tc, lock_dies_with_its_holder);
	tcase_add_test(tc, drop_frees_what_a_child_inherited);
	tcase_add_loop_test(tc, stale_content_is_irrelevant, 0, NSTALE);
	tcase_add_loop_test(tc, nonsense_is_no_pid, 0, NSTALE);
	tcase_add_loop_test(tc, no_plain_file_no_lock, 0,
	    (int)(sizeof refused / sizeof *refused));
	tcase_add_test(tc, removed_file_gives_no_second_holder);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
