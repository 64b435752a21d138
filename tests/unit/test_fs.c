/* base/fs: a file is replaced whole or not at all. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2) */
#endif

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#ifdef __linux__
#include <sys/mount.h>
#include <sched.h>
#endif

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "unit.h"

static char scratch[PATH_MAX];
static int root;
static struct mk_error err;

static void
setup(void)
{
	const char *tmp = getenv("TMPDIR");

	umask(022);
	snprintf(scratch, sizeof scratch, "%s/mk-fs.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(scratch));
	root = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ne(root, -1);
	err = (struct mk_error){ 0 };
}

static void
teardown(void)
{
	char cmd[PATH_MAX + 64];

	close(root);
	snprintf(cmd, sizeof cmd, "rm -rf '%s'", scratch);
	ck_assert_int_eq(system(cmd), 0);
}

static void
put(const char *name, const char *text)
{
	int fd = openat(root, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(mk_fs_write_all(fd, text, strlen(text)), 0);
	ck_assert_int_eq(close(fd), 0);
}

static void
holds(const char *name, const char *want)
{
	struct mk_buf buf = { 0 };
	int fd = openat(root, name, O_RDONLY | O_NOFOLLOW);

	ck_assert_msg(fd != -1, "%s: %s", name, strerror(errno));
	ck_assert_int_eq(mk_fs_read_all(fd, &buf, 1 << 20), 0);
	ck_assert_str_eq(buf.data, want);
	mk_buf_free(&buf);
	close(fd);
}

/* How many entries the scratch directory has; temporaries would show. */
static int
entries(void)
{
	DIR *dir = opendir(scratch);
	int n = 0;

	ck_assert_ptr_nonnull(dir);
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n - 2;
}

static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 1000000 };

/* The reader's MAX is the size itself, which must do. */
START_TEST(pipe_carries_all_bytes)
{
	size_t len = sizes[_i], i;
	struct mk_buf buf = { 0 };
	char *data = malloc(len + 1);
	int fds[2], status;
	pid_t pid;

	for (i = 0; i < len; i++)
		data[i] = (char)(i * 7 + i / 251);
	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		close(fds[0]);
		_exit(mk_fs_write_all(fds[1], data, len) == 0 ? 0 : 1);
	}
	close(fds[1]);
	ck_assert_int_eq(mk_buf_add(&buf, "head", 4), 0);
	ck_assert_int_eq(mk_fs_read_all(fds[0], &buf, len), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_uint_eq(buf.len, len + 4);
	ck_assert_int_eq(memcmp(buf.data, "head", 4), 0);
	ck_assert_int_eq(memcmp(buf.data + 4, data, len), 0);
	ck_assert_int_eq(buf.data[buf.len], '\0');
	close(fds[0]);
	mk_buf_free(&buf);
	free(data);
}
END_TEST

static const struct { size_t size, max; bool fits; } limits[] = {
	{ 0,		0,		true },
	{ 1,		0,		false },
	{ 10,		10,		true },
	{ 10,		9,		false },
	{ 10,		SIZE_MAX,	true },
	{ 65536,	65536,		true },
	{ 65537,	65536,		false },
	{ 131072,	131071,		false },
	{ 131072,	131072,		true },
};

START_TEST(read_all_stops_beyond_max)
{
	struct mk_buf buf = { 0 };
	int fd = openat(root, "f", O_RDWR | O_CREAT, 0644);

	ck_assert_int_eq(ftruncate(fd, (off_t)limits[_i].size), 0);
	ck_assert_int_eq(mk_buf_add(&buf, "head", 4), 0);
	errno = 0;
	if (limits[_i].fits) {
		ck_assert_int_eq(mk_fs_read_all(fd, &buf, limits[_i].max), 0);
		ck_assert_uint_eq(buf.len, 4 + limits[_i].size);
	} else {
		ck_assert_int_eq(mk_fs_read_all(fd, &buf, limits[_i].max),
		    -1);
		ck_assert_int_eq(errno, EFBIG);
		ck_assert_uint_eq(buf.len, 4);
		ck_assert_str_eq(buf.data, "head");
	}
	mk_buf_free(&buf);
	close(fd);
}
END_TEST

START_TEST(read_all_tells_errno)
{
	struct mk_buf buf = { 0 };

	ck_assert_int_eq(mk_fs_read_all(root, &buf, 10), -1);
	ck_assert_int_eq(errno, EISDIR);
	ck_assert_uint_eq(buf.len, 0);
	mk_buf_free(&buf);
	ck_assert_int_eq(mk_fs_write_all(root, "x", 1), -1);
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

static void
nothing(int sig)
{
	(void)sig;
}

static void *
pester(void *arg)
{
	struct timespec pause = { .tv_nsec = 200000 };
	int i;

	for (i = 0; i < 500; i++) {
		pthread_kill(*(pthread_t *)arg, SIGUSR1);
		nanosleep(&pause, NULL);
	}
	return NULL;
}

/* A handler without SA_RESTART interrupts reads and writes on a pipe. */
START_TEST(signals_lose_no_bytes)
{
	static char data[2000000];
	struct sigaction sa = { .sa_handler = nothing };
	struct mk_buf buf = { 0 };
	pthread_t self = pthread_self(), thread;
	int fds[2], status;
	pid_t pid;

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(sigaction(SIGUSR1, &sa, NULL), 0);
	pid = fork();
	if (pid == 0) {
		close(fds[0]);
		pthread_create(&thread, NULL, pester, &self);
		_exit(mk_fs_write_all(fds[1], data, sizeof data) == 0 ? 0 : 1);
	}
	close(fds[1]);
	ck_assert_int_eq(pthread_create(&thread, NULL, pester, &self), 0);
	usleep(20000);
	ck_assert_int_eq(mk_fs_read_all(fds[0], &buf, sizeof data), 0);
	ck_assert_uint_eq(buf.len, sizeof data);
	pthread_join(thread, NULL);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	mk_buf_free(&buf);
	close(fds[0]);
}
END_TEST

/* All modes go beyond the umask of 022, or within. */
static const struct { mode_t mode; enum mk_fs_sync sync; } modes[] = {
	{ 0600, MK_FS_NOSYNC },
	{ 0644, MK_FS_SYNC },
	{ 0660, MK_FS_SYNC },
	{ 0666, MK_FS_NOSYNC },
};

START_TEST(replace_makes_and_replaces)
{
	struct stat st;

	ck_assert_int_eq(mk_fs_replace(root, "f", "one", 3, modes[_i].mode,
	    modes[_i].sync, &err), 0);
	holds("f", "one");
	ck_assert_int_eq(fchmodat(root, "f", 0400, 0), 0);
	ck_assert_int_eq(mk_fs_replace(root, "f", "", 0, modes[_i].mode,
	    modes[_i].sync, &err), 0);
	holds("f", "");
	ck_assert_int_eq(fstatat(root, "f", &st, 0), 0);
	ck_assert_uint_eq(st.st_mode & 07777, modes[_i].mode);
	ck_assert_int_eq(entries(), 1);
}
END_TEST

START_TEST(replace_leaves_open_readers_the_old_file)
{
	struct mk_buf buf = { 0 };
	int fd;

	put("f", "old");
	fd = openat(root, "f", O_RDONLY);
	ck_assert_int_eq(mk_fs_replace(root, "f", "newer", 5, 0644,
	    MK_FS_NOSYNC, &err), 0);
	ck_assert_int_eq(mk_fs_read_all(fd, &buf, 100), 0);
	ck_assert_str_eq(buf.data, "old");
	mk_buf_free(&buf);
	close(fd);
}
END_TEST

START_TEST(replace_takes_a_link_not_its_target)
{
	put("target", "precious");
	ck_assert_int_eq(symlinkat("target", root, "f"), 0);
	ck_assert_int_eq(mk_fs_replace(root, "f", "new", 3, 0644,
	    MK_FS_NOSYNC, &err), 0);
	holds("f", "new");
	holds("target", "precious");
	ck_assert_int_eq(entries(), 2);
}
END_TEST

START_TEST(replace_takes_a_hard_link_apart)
{
	put("target", "precious");
	ck_assert_int_eq(linkat(root, "target", root, "f", 0), 0);
	ck_assert_int_eq(mk_fs_replace(root, "f", "new", 3, 0644,
	    MK_FS_NOSYNC, &err), 0);
	holds("f", "new");
	holds("target", "precious");
}
END_TEST

START_TEST(replace_keeps_the_owner)
{
	struct stat st;

	put("f", "old");
	ck_assert_int_eq(fchownat(root, "f", 12345, 54321, 0), 0);
	ck_assert_int_eq(mk_fs_replace(root, "f", "new", 3, 0640,
	    MK_FS_NOSYNC, &err), 0);
	holds("f", "new");
	ck_assert_int_eq(fstatat(root, "f", &st, 0), 0);
	ck_assert_uint_eq(st.st_uid, 12345);
	ck_assert_uint_eq(st.st_gid, 54321);
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
}
END_TEST

static const char *const dir_names[] = { "dir", ".", ".." };

START_TEST(replace_refuses_a_directory)
{
	ck_assert_int_eq(mkdirat(root, "dir", 0755), 0);
	ck_assert_int_eq(mk_fs_replace(root, dir_names[_i], "new", 3, 0644,
	    MK_FS_SYNC, &err), -1);
	ck_assert_int_ne(err.status, EX_OK);
	ck_assert_ptr_nonnull(strstr(err.text, dir_names[_i]));
	ck_assert_int_eq(entries(), 1);
}
END_TEST

START_TEST(replace_takes_the_longest_name)
{
	char name[257];

	memset(name, 'n', 255);
	name[255] = '\0';
	put(name, "old");
	ck_assert_int_eq(mk_fs_replace(root, name, "new", 3, 0644,
	    MK_FS_NOSYNC, &err), 0);
	holds(name, "new");
	strcpy(name + 255, "n");
	ck_assert_int_eq(mk_fs_replace(root, name, "new", 3, 0644,
	    MK_FS_NOSYNC, &err), -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
	ck_assert_int_eq(entries(), 1);
}
END_TEST

START_TEST(replace_needs_the_right_to_write_there)
{
	put("f", "old");
	ck_assert_int_eq(fchmod(root, 0555), 0);
	ck_assert_int_eq(mk_fs_replace(root, "f", "new", 3, 0644,
	    MK_FS_NOSYNC, &err), -1);
	ck_assert_int_eq(err.status, EX_NOPERM);
	holds("f", "old");
	ck_assert_int_eq(fchmod(root, 0755), 0);
}
END_TEST

/* As on a full disk, for a user without one to fill: a write falls short. */
START_TEST(short_write_leaves_the_old_file)
{
	static char data[65536];
	struct rlimit limit, was;
	int rv;

	put("f", "old");
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &was), 0);
	signal(SIGXFSZ, SIG_IGN);
	limit = was;
	limit.rlim_cur = 10000;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	rv = mk_fs_replace(root, "f", data, sizeof data, 0644, MK_FS_SYNC,
	    &err);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &was), 0);
	ck_assert_int_eq(rv, -1);
	ck_assert_ptr_nonnull(strstr(err.text, strerror(EFBIG)));
	holds("f", "old");
	ck_assert_int_eq(entries(), 1);
}
END_TEST

/* Readers meet one of two texts, whole, however fast they are replaced. */
START_TEST(readers_meet_old_or_new)
{
	static char text[2][30000];
	struct mk_buf buf = { 0 };
	int fd, i, status;
	pid_t pid;

	memset(text[0], 'a', sizeof text[0]);
	memset(text[1], 'b', sizeof text[1]);
	ck_assert_int_eq(mk_fs_replace(root, "f", text[0], sizeof text[0],
	    0644, MK_FS_NOSYNC, &err), 0);
	pid = fork();
	if (pid == 0) {
		for (i = 0; i < 2000; i++)
			if (mk_fs_replace(root, "f", text[i & 1],
			    sizeof text[0], 0644, MK_FS_NOSYNC, NULL) == -1)
				_exit(1);
		_exit(0);
	}
	while (waitpid(pid, &status, WNOHANG) == 0) {
		fd = openat(root, "f", O_RDONLY);
		ck_assert_int_ne(fd, -1);
		ck_assert_int_eq(mk_fs_read_all(fd, &buf, 100000), 0);
		close(fd);
		ck_assert_uint_eq(buf.len, sizeof text[0]);
		ck_assert_int_eq(memcmp(buf.data, text[buf.data[0] == 'b'],
		    buf.len), 0);
		mk_buf_cut(&buf, 0);
	}
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(entries(), 1);
	mk_buf_free(&buf);
}
END_TEST

START_TEST(open_trusted_opens_through_links)
{
	char path[PATH_MAX + 16];
	struct stat st, want;
	int fd;

	ck_assert_int_eq(mkdirat(root, "dir", 0711), 0);
	ck_assert_int_eq(symlinkat("dir", root, "link"), 0);
	ck_assert_int_eq(fstatat(root, "dir", &want, 0), 0);
	snprintf(path, sizeof path, "%s/link", scratch);
	fd = mk_fs_open_trusted(path, 0750, (uid_t)-1, (gid_t)-1, &err);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_uint_eq(st.st_ino, want.st_ino);
	ck_assert_uint_eq(st.st_mode & 07777, 0711);	/* as it was */
	ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
	close(fd);
}
END_TEST

static const struct {
	const char *name;
	mode_t mode;
	int status;			/* EX_OK: it opens */
} trusted[] = {
	{ "new",	0750,	EX_OK },
	{ "new/",	0750,	EX_OK },
	{ "new",	0,	EX_NOINPUT },
	{ "no/new",	0750,	EX_NOINPUT },
	{ "dangling",	0750,	EX_NOINPUT },
	{ "file",	0750,	EX_DATAERR },
	{ "file/new",	0750,	EX_DATAERR },
};

START_TEST(open_trusted_makes_the_last_component)
{
	char path[PATH_MAX + 16];
	struct stat st;
	int fd;

	umask(077);
	put("file", "text");
	ck_assert_int_eq(symlinkat("nowhere", root, "dangling"), 0);
	snprintf(path, sizeof path, "%s/%s", scratch, trusted[_i].name);
	fd = mk_fs_open_trusted(path, trusted[_i].mode, (uid_t)-1,
	    (gid_t)-1, &err);
	if (trusted[_i].status != EX_OK) {
		ck_assert_int_eq(fd, -1);
		ck_assert_int_eq(err.status, trusted[_i].status);
		ck_assert_ptr_nonnull(strstr(err.text, path));
		ck_assert_int_eq(entries(), 2);
		return;
	}
	ck_assert_msg(fd != -1, "%s", err.text);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert(S_ISDIR(st.st_mode));
	ck_assert_uint_eq(st.st_mode & 07777, 0750);
	ck_assert_int_eq(entries(), 3);
	close(fd);
}
END_TEST

START_TEST(open_trusted_gives_to_owner)
{
	char path[PATH_MAX + 16];
	struct stat st;
	int fd;

	snprintf(path, sizeof path, "%s/new", scratch);
	fd = mk_fs_open_trusted(path, 0750, 12345, 54321, &err);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_uint_eq(st.st_uid, 12345);
	ck_assert_uint_eq(st.st_gid, 54321);
	ck_assert_uint_eq(st.st_mode & 07777, 0750);
	close(fd);
}
END_TEST

START_TEST(open_trusted_leaves_nothing_half_made)
{
	char path[PATH_MAX + 16];

	snprintf(path, sizeof path, "%s/new", scratch);
	ck_assert_int_eq(mk_fs_open_trusted(path, 0750, 0, 0, &err), -1);
	ck_assert_int_eq(err.status, EX_NOPERM);
	ck_assert_int_eq(entries(), 0);
}
END_TEST

#ifdef __linux__
/* A file system of 64 KiB at AT, for this process alone. */
static bool
mount_here(const char *at)
{
	return unshare(CLONE_NEWNS) == 0 &&
	    mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) == 0 &&
	    mount("none", at, "tmpfs", MS_NOSUID | MS_NODEV, "size=64k") == 0;
}

/* Asked in a child, whose mounts go with it. */
static bool
may_mount(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(mount_here("/tmp") ? 0 : 1);
	return pid != -1 && waitpid(pid, &status, 0) == pid &&
	    WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

START_TEST(full_disk_leaves_the_old_file)
{
	static char data[100000];

	ck_assert(mount_here(scratch));
	close(root);
	root = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	put("f", "old");
	ck_assert_int_eq(mk_fs_replace(root, "f", data, sizeof data, 0644,
	    _i == 0 ? MK_FS_SYNC : MK_FS_NOSYNC, &err), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_ptr_nonnull(strstr(err.text, strerror(ENOSPC)));
	holds("f", "old");
	ck_assert_int_eq(entries(), 1);
	ck_assert_int_eq(umount2(scratch, MNT_DETACH), 0);
}
END_TEST
#endif

int
main(void)
{
#ifdef __linux__
	bool mounts = may_mount();
#endif
	Suite *suite = suite_create("base/fs");
	TCase *tc = tcase_create("fs");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, pipe_carries_all_bytes, 0,
	    (int)(sizeof sizes / sizeof *sizes));
	tcase_add_loop_test(tc, read_all_stops_beyond_max, 0,
	    (int)(sizeof limits / sizeof *limits));
	tcase_add_test(tc, read_all_tells_errno);
	tcase_add_test(tc, signals_lose_no_bytes);
	tcase_add_loop_test(tc, replace_makes_and_replaces, 0,
	    (int)(sizeof modes / sizeof *modes));
	tcase_add_test(tc, replace_leaves_open_readers_the_old_file);
	tcase_add_test(tc, replace_takes_a_link_not_its_target);
	tcase_add_test(tc, replace_takes_a_hard_link_apart);
	tcase_add_loop_test(tc, replace_refuses_a_directory, 0,
	    (int)(sizeof dir_names / sizeof *dir_names));
	tcase_add_test(tc, replace_takes_the_longest_name);
	tcase_add_test(tc, short_write_leaves_the_old_file);
	tcase_add_test(tc, readers_meet_old_or_new);
	tcase_add_test(tc, open_trusted_opens_through_links);
	tcase_add_loop_test(tc, open_trusted_makes_the_last_component, 0,
	    (int)(sizeof trusted / sizeof *trusted));
	if (geteuid() == 0) {
		tcase_add_test(tc, replace_keeps_the_owner);
		tcase_add_test(tc, open_trusted_gives_to_owner);
	} else {
		tcase_add_test(tc, replace_needs_the_right_to_write_there);
		tcase_add_test(tc, open_trusted_leaves_nothing_half_made);
	}
#ifdef __linux__
	if (mounts)
		tcase_add_loop_test(tc, full_disk_leaves_the_old_file, 0, 2);
#endif
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
