/* base/fs - work on files through descriptors. */
#include "base/fs.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CHUNK_BYTES	((size_t)64 * 1024)
#define TMP_MAX_LEN	255		/* the longest name everywhere */
#define TMP_NAME_LEN	(TMP_MAX_LEN - 12)	/* less "." and ".XXXXXX.tmp" */
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

/* A new file beside NAME, its name in TMP.  The descriptor or -1. */
static int
tmp_create(int dirfd, const char *name, char tmp[TMP_MAX_LEN + 1])
{
	int fd, tries;

	for (tries = 0; tries < TMP_TRIES; tries++) {
		tmp_name(tmp, name);
		fd = openat(dirfd, tmp,
		    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd != -1 || errno != EEXIST)
			return fd;
	}
	return -1;
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
	int fd;

	fd = tmp_create(dirfd, name, tmp);
	if (fd == -1)
		return mk_fail_sys(err, "create %s", tmp);
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
	if (sync == MK_FS_SYNC && fsync(dirfd) == -1 && errno != EINVAL)
		return mk_fail_sys(err, "sync the directory of %s", name);
	return 0;
out:
	unlinkat(dirfd, tmp, 0);
	return -1;
}

/*
 * Open the directory PATH that we just made.  O_NOFOLLOW and the owner: in a parent
 * where others may write, somebody could put a link or a directory of his own
 * there before we give it away.  On failure nothing stays: a directory left
 * behind half made would be taken as it is by the next run.
 */
static int
finish_made(const char *path, uid_t uid, gid_t gid, struct mk_error *err)
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
	    fchmod(fd, 0750) == -1) {
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
mk_fs_open_trusted(const char *path, bool create, uid_t uid, gid_t gid,
    struct mk_error *err)
{
	int fd;

	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1 && errno == ENOENT && create) {
		if (mkdir(path, 0700) == 0)
			return finish_made(path, uid, gid, err);
		if (errno != EEXIST)
			return mk_fail_sys(err, "make the directory %s", path);
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	if (fd == -1)
		return mk_fail_sys(err, "open the directory %s", path);
	return fd;
}
