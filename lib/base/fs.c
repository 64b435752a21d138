/* base/fs - work on files through descriptors. */
#include "base/fs.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CHUNK_BYTES	((size_t)64 * 1024)
#define TMP_MAX_LEN	255		/* the longest name everywhere */
#define TMP_NAME_LEN	(TMP_MAX_LEN - 12)	/* "." and ".XXXXXX.tmp" */
#define TMP_TRIES	100

int
mk_fs_write_all(int fd, const void *data, size_t len)
{
	const char *p = data;
	ssize_t n;

	while (len > 0) {
		n = write(fd, p, len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

ssize_t
mk_fs_read_at(int fd, void *buf, size_t len, uint64_t offset)
{
	char *p = buf;
	size_t got = 0;
	ssize_t n;

	while (got < len) {
		n = pread(fd, p + got, len - got, (off_t)(offset + got));
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

int
mk_fs_read_all(int fd, struct mk_buf *buf, size_t max)
{
	size_t start = buf->len, got = 0, want;
	ssize_t n;

	for (;;) {
		/* One byte beyond MAX tells "just fits" from "too much". */
		want = max - got < CHUNK_BYTES ? max - got + 1 : CHUNK_BYTES;
		if (mk_buf_reserve(buf, want) == -1)
			goto fail;
		n = read(fd, buf->data + buf->len, want);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			goto fail;
		if (n == 0)
			break;
		got += (size_t)n;
		if (got > max) {
			errno = EFBIG;
			goto fail;
		}
		buf->len += (size_t)n;
	}
	buf->data[buf->len] = '\0';
	return 0;
fail:
	if (buf->data != NULL) {
		buf->len = start;
		buf->data[start] = '\0';
	}
	return -1;
}

/*
 * ".NAME.XXXXXX.tmp" with a NAME cut so that it fits.  XXXXXX need only be
 * fresh, not secret: O_EXCL keeps out a file or link that waits there.
 */
static void
tmp_name(char tmp[TMP_MAX_LEN + 1], const char *name)
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";
	static atomic_uint serial;
	struct timespec now;
	char fresh[7];
	uint64_t x;
	size_t i;

	clock_gettime(CLOCK_REALTIME, &now);
	x = (uint64_t)now.tv_nsec ^ (uint64_t)now.tv_sec << 20 ^
	    (uint64_t)getpid() << 10;
	x += atomic_fetch_add(&serial, 1);
	x *= UINT64_C(0x9e3779b97f4a7c15);	/* spread to the high bits */
	for (i = 0; i < sizeof fresh - 1; i++)
		fresh[i] = digits[x >> (34 + 5 * i) & 31];
	fresh[i] = '\0';
	snprintf(tmp, TMP_MAX_LEN + 1, ".%.*s.%s.tmp", TMP_NAME_LEN, name,
	    fresh);
}

/* Whether the name TMP is FD's file. */
static bool
still_named(int dirfd, const char *tmp, int fd)
{
	struct stat opened, named;

	return fstat(fd, &opened) == 0 && S_ISREG(opened.st_mode) &&
	    fstatat(dirfd, tmp, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	    named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

static bool
locked_by_other(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK;
}

/* Remove TMP where a killed run left it: nobody holds its lock.  Or false. */
static bool
reclaim(int dirfd, const char *tmp)
{
	int fd = openat(dirfd, tmp, O_WRONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC);
	bool removed;

	if (fd == -1)
		return false;
	/* Where flock(2) does not work at all, it stays. */
	removed = flock(fd, LOCK_EX | LOCK_NB) == 0 &&
	    still_named(dirfd, tmp, fd) && unlinkat(dirfd, tmp, 0) == 0;
	close(fd);
	return removed;
}

/*
 * A new file beside NAME, its name in TMP.  The descriptor or -1.  First by a
 * name that is always the same, so that what a killed run left is found and
 * goes; whoever writes it holds its lock.
 */
static int
tmp_create(int dirfd, const char *name, char tmp[TMP_MAX_LEN + 1])
{
	bool taken = false;
	int fd, tries;

	for (tries = 0; tries < TMP_TRIES; tries++) {
		if (taken)
			tmp_name(tmp, name);
		else
			snprintf(tmp, TMP_MAX_LEN + 1, ".%.*s.tmp",
			    TMP_NAME_LEN, name);
		fd = openat(dirfd, tmp,
		    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd != -1) {
			if (!locked_by_other(fd) && still_named(dirfd, tmp, fd))
				return fd;
			close(fd);
			taken = true;
		} else if (errno != EEXIST)
			return -1;
		else if (taken || !reclaim(dirfd, tmp))
			taken = true;
	}
	errno = EEXIST;
	return -1;
}

/*
 * Root who replaces a user's file leaves it the user's: the user's own run
 * could not read it else.
 */
int
mk_fs_keep_owner(int fd, int dirfd, const char *name)
{
	struct stat old;

	if (geteuid() != 0 ||
	    fstatat(dirfd, name, &old, AT_SYMLINK_NOFOLLOW) == -1 ||
	    !S_ISREG(old.st_mode) || (old.st_uid == 0 && old.st_gid == 0))
		return 0;
	return fchown(fd, old.st_uid, old.st_gid);
}

/* Put the contents in and close FD, in any case. */
static int
tmp_fill(int fd, const void *data, size_t len, mode_t mode,
    enum mk_fs_sync sync)
{
	int errnum = 0;

	if (mk_fs_write_all(fd, data, len) == -1 || fchmod(fd, mode) == -1 ||
	    (sync == MK_FS_SYNC && fsync(fd) == -1))
		errnum = errno;
	/* NFS may say only here that the disk is full. */
	if (close(fd) == -1 && errnum == 0)
		errnum = errno;
	if (errnum == 0)
		return 0;
	errno = errnum;
	return -1;
}

int
mk_fs_replace(int dirfd, const char *name, const void *data, size_t len,
    mode_t mode, enum mk_fs_sync sync, struct mk_error *err)
{
	char tmp[TMP_MAX_LEN + 1];
	bool published = false;
	int fd, held, rv = -1;

	fd = tmp_create(dirfd, name, tmp);
	if (fd == -1)
		return mk_fail_sys(err, "create %s", tmp);
	held = fcntl(fd, F_DUPFD_CLOEXEC, 0);	/* its lock, until renamed */
	if (held == -1) {
		mk_fail_sys(err, "create %s", tmp);
		close(fd);
		goto out;
	}
	if (mk_fs_keep_owner(fd, dirfd, name) == -1) {
		mk_fail_sys(err, "chown %s", tmp);
		close(fd);
		goto out;
	}
	if (tmp_fill(fd, data, len, mode, sync) == -1) {
		mk_fail_sys(err, "write %s", tmp);
		goto out;
	}
	if (renameat(dirfd, tmp, dirfd, name) == -1) {
		mk_fail_sys(err, "rename %s to %s", tmp, name);
		goto out;
	}
	/*
	 * A rename lasts once its directory does.  EINVAL: a file system that
	 * has no such thing as syncing a directory.
	 */
	published = true;
	if (sync == MK_FS_SYNC && fsync(dirfd) == -1 && errno != EINVAL)
		mk_fail_sys(err, "sync the directory of %s", name);
	else
		rv = 0;
out:
	if (!published)
		unlinkat(dirfd, tmp, 0);
	if (held != -1)
		close(held);
	return rv;
}

/*
 * Open the directory PATH that we just made, and give it away.  O_NOFOLLOW
 * and the owner: in a parent where others may write, somebody could put a
 * link or a directory of his own there before.  On failure nothing stays: a
 * directory left half made would be taken as it is by the next run.
 */
static int
finish_made(const char *path, mode_t mode, uid_t uid, gid_t gid,
    struct mk_error *err)
{
	struct stat st;
	int fd;

	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1 || fstat(fd, &st) == -1) {
		mk_fail_sys(err, "open the new directory %s", path);
		goto fail;
	}
	if (st.st_uid != geteuid()) {
		mk_fail(err, EX_NOPERM, "the new directory %s was replaced "
		    "by user %lu", path, (unsigned long)st.st_uid);
		goto fail;
	}
	if ((uid != (uid_t)-1 && fchown(fd, uid, gid) == -1) ||
	    fchmod(fd, mode) == -1) {
		mk_fail_sys(err, "set owner and mode of the new directory %s",
		    path);
		goto fail;
	}
	return fd;
fail:
	if (fd != -1)
		close(fd);
	rmdir(path);
	return -1;
}

/* EEXIST from mkdir: another run was faster, and what it made serves. */
int
mk_fs_open_trusted(const char *path, mode_t mode, uid_t uid, gid_t gid,
    struct mk_error *err)
{
	int fd;

	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1 && errno == ENOENT && mode != 0) {
		if (mkdir(path, 0700) == 0)
			return finish_made(path, mode, uid, gid, err);
		if (errno != EEXIST)
			return mk_fail_sys(err, "make the directory %s", path);
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	if (fd == -1)
		return mk_fail_sys(err, "open the directory %s", path);
	return fd;
}

int
mk_fs_open_parent(const char *path, struct mk_error *err)
{
	char *copy = strdup(path), *slash;
	int fd;

	if (copy == NULL)
		return mk_fail_sys(err, "%s", path);
	slash = strrchr(copy, '/');
	if (slash == copy)
		slash++;
	if (slash != NULL)
		*slash = '\0';
	fd = mk_fs_open_trusted(slash == NULL ? "." : copy, 0, (uid_t)-1,
	    (gid_t)-1, err);
	free(copy);
	return fd;
}
