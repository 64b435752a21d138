/* A directory of its own for each test, and files in it. */
#ifndef MK_SCRATCH_H
#define MK_SCRATCH_H

#ifdef __linux__
#include <sched.h>
#include <sys/mount.h>
#endif
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fs.h"
#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))

static char scratch[200];
static int root = -1;			/* the scratch directory */

static inline void
scratch_open(void)
{
	root = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ne(root, -1);
}

static inline void
scratch_setup(void)
{
	const char *tmp = getenv("TMPDIR");

	umask(022);
	snprintf(scratch, sizeof scratch, "%s/mk-unit.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(scratch));
	ck_assert_int_eq(chmod(scratch, 0755), 0);
	scratch_open();
	alarm(60);			/* whatever waits, waits for ever */
}

/* Run rm -rf or the like on PATH below the scratch directory; "" is itself. */
static inline void
scratch_run(const char *command, const char *path)
{
	char line[PATH_MAX];

	snprintf(line, sizeof line, "%s '%s/%s'", command, scratch, path);
	ck_assert_int_eq(system(line), 0);
}

static inline void
scratch_teardown(void)
{
	if (getuid() == 0 && geteuid() != 0)
		ck_assert_int_eq(seteuid(0), 0);	/* not_root() is over */
	close(root);
	scratch_run("rm -rf", "");
}

/* Make NAME, with the directories above it. */
static inline void
make_dir(const char *name)
{
	char path[PATH_MAX], *slash = path;

	snprintf(path, sizeof path, "%s", name);
	while ((slash = strchr(slash, '/')) != NULL) {
		*slash = '\0';
		mkdirat(root, path, 0755);
		*slash++ = '/';
	}
	if (mkdirat(root, path, 0755) == -1)
		ck_assert_int_eq(errno, EEXIST);
}

static inline void
put_bytes(const char *name, const void *data, size_t len)
{
	int fd = openat(root, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	ck_assert_msg(fd != -1, "%s: %s", name, strerror(errno));
	ck_assert_int_eq(mk_fs_write_all(fd, data, len), 0);
	close(fd);
}

static inline void
put(const char *name, const char *text)
{
	put_bytes(name, text, strlen(text));
}

/* The bytes of NAME; free them with mk_buf_free. */
static inline struct mk_buf
get(const char *name)
{
	struct mk_buf buf = { 0 };
	int fd = openat(root, name, O_RDONLY);

	ck_assert_msg(fd != -1, "%s: %s", name, strerror(errno));
	ck_assert_int_eq(mk_fs_read_all(fd, &buf, 1 << 24), 0);
	close(fd);
	return buf;
}

static inline void
holds(const char *name, const char *text)
{
	struct mk_buf buf = get(name);

	ck_assert_uint_eq(buf.len, strlen(text));
	ck_assert_int_eq(memcmp(buf.len == 0 ? "" : buf.data, text, buf.len),
	    0);
	mk_buf_free(&buf);
}

static inline bool
there(const char *name)
{
	struct stat st;

	return fstatat(root, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static inline struct stat
stat_of(const char *name)
{
	struct stat st = { 0 };

	ck_assert_msg(fstatat(root, name, &st, AT_SYMLINK_NOFOLLOW) == 0,
	    "%s: %s", name, strerror(errno));
	return st;
}

/*
 * Root may read all: be somebody else from now on (a test is a process of its
 * own), who also owns the scratch directory.
 */
static inline void
not_root(void)
{
	if (geteuid() != 0)
		return;
	scratch_run("chown -R 65534:65534", "");
	ck_assert_int_eq(setegid(65534), 0);
	ck_assert_int_eq(seteuid(65534), 0);
}

#ifdef __linux__
/* A small file system at AT (absolute), for this process alone. */
static inline bool
mount_here(const char *at)
{
	return unshare(CLONE_NEWNS) == 0 &&
	    mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) == 0 &&
	    mount("none", at, "tmpfs", MS_NOSUID | MS_NODEV, "size=64k") == 0;
}

/* Asked in a child, whose mounts go with it. */
static inline bool
may_mount(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(mount_here("/tmp") ? 0 : 1);
	return pid != -1 && waitpid(pid, &status, 0) == pid &&
	    WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
#else
static inline bool
mount_here(const char *at)
{
	(void)at;
	return false;
}

static inline bool
may_mount(void)
{
	return false;
}
#endif

#endif
