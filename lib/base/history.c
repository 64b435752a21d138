/* base/history - what the runs were: append one. */
#include "base/history.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/sys.h"

#define MODE		0640
#define TRIES		100		/* each: replaced under us */
#define WAIT_MS		1
#define WAITS		2000		/* two seconds */

/* Whoever holds it for longer is stopped, or means ill: a run does not hang
 * on its diary. */
static int
lock(int fd, struct mk_error *err)
{
	const struct timespec pause = { .tv_nsec = WAIT_MS * 1000000L };
	int i;

	for (i = 0; i < WAITS; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return 0;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return mk_fail_sys(err, "lock %s", MK_HISTORY_NAME);
		nanosleep(&pause, NULL);
	}
	return mk_fail(err, EX_TEMPFAIL, "lock %s: held by another process",
	    MK_HISTORY_NAME);
}

/*
 * Root's runs and the mail account's share the file: it is its directory's
 * owner's.  The descriptor, or -1.
 */
static int
open_or_make(int dirfd, const struct stat *dir)
{
	const int flags = O_RDWR | O_APPEND;
	int fd = mk_sys_open_file(dirfd, MK_HISTORY_NAME, flags, 0);

	if (fd != -1 || errno != ENOENT)
		return fd;
	fd = mk_sys_open_file(dirfd, MK_HISTORY_NAME, flags | O_CREAT | O_EXCL,
	    MODE);
	if (fd == -1)
		return -1;
	if (geteuid() == 0 && fchown(fd, dir->st_uid, dir->st_gid) == -1) {
		close(fd);
		return -1;
	}
	return fd;
}

/*
 * Who owns the directory may have laid a link or a second name of another's
 * file there, or moved a file of root's: that would be ours to spoil alone.
 */
static int
check(const struct stat *st, const struct stat *dir, struct mk_error *err)
{
	if (!S_ISREG(st->st_mode) || st->st_nlink > 1)
		return mk_fail(err, EX_DATAERR, "%s: not a regular file of "
		    "one name", MK_HISTORY_NAME);
	if (geteuid() == 0 && dir->st_uid != 0 && st->st_uid != dir->st_uid)
		return mk_fail(err, EX_NOPERM, "%s: belongs to another than "
		    "its directory; remove it, or chown it",
		    MK_HISTORY_NAME);
	return 0;
}

/* What root has made, and was killed before it gave it away: nothing is in it,
 * so who moved it here got nothing. */
static bool
give_away(int fd, struct stat *st, const struct stat *dir)
{
	return geteuid() != 0 || !S_ISREG(st->st_mode) || st->st_uid != 0 ||
	    st->st_size > 0 || st->st_nlink > 1 ||
	    (fchown(fd, dir->st_uid, dir->st_gid) == 0 && fstat(fd, st) == 0);
}

/*
 * A try to have the file locked, as *FD, and its *ST.  1; 0 where it was
 * replaced before we had the lock; -1.
 */
static int
try_open(int dirfd, int *fd, struct stat *st, struct mk_error *err)
{
	struct stat dir, named;
	int rv = -1;

	if (fstat(dirfd, &dir) == -1 || (*fd = open_or_make(dirfd,
	    &dir)) == -1)
		return errno == EEXIST ? 0 : mk_fail_sys(err, "open %s",
		    MK_HISTORY_NAME);	/* another made it just now */
	if (fstat(*fd, st) == -1 || !give_away(*fd, st, &dir))
		mk_fail_sys(err, "look at %s", MK_HISTORY_NAME);
	else if (check(st, &dir, err) == 0 && lock(*fd, err) == 0)
		rv = fstatat(dirfd, MK_HISTORY_NAME, &named,
		    AT_SYMLINK_NOFOLLOW) == 0 && fstat(*fd, st) == 0 &&
		    named.st_dev == st->st_dev && named.st_ino == st->st_ino;
	if (rv != 1)
		close(*fd);
	return rv;
}

static int
open_locked(int dirfd, int *fd, struct stat *st, struct mk_error *err)
{
	int tries, rv;

	for (tries = 0; tries < TRIES; tries++) {
		rv = try_open(dirfd, fd, st, err);
		if (rv != 0)
			return rv == 1 ? 0 : -1;
	}
	return mk_fail(err, EX_TEMPFAIL, "%s: the file is replaced again and "
	    "again", MK_HISTORY_NAME);
}

/* The newest lines of FD, of SIZE bytes, that fit into MAX, into *BUF. */
static int
keep_newest(int fd, uint64_t size, size_t max, struct mk_buf *buf)
{
	size_t len = size < max ? (size_t)size : max;
	uint64_t from = size - len;
	const char *end;
	ssize_t n;

	/* From the byte before on, to know whether a line begins here. */
	if (from > 0) {
		from--;
		len++;
	}
	if (mk_buf_reserve(buf, len) == -1)
		return -1;
	n = mk_fs_read_at(fd, buf->data, len, from);
	if (n == -1)
		return -1;
	buf->data[n] = '\0';
	buf->len = (size_t)n;
	if (size > max) {
		end = memchr(buf->data, '\n', buf->len);
		len = end == NULL ? buf->len : (size_t)(end + 1 - buf->data);
		memmove(buf->data, buf->data + len, buf->len - len);
		mk_buf_cut(buf, buf->len - len);
	}
	return 0;
}

/* A line that was cut short is ended, so that it spoils no other. */
static int
add_line(struct mk_buf *buf, int last, const char *line, size_t len)
{
	return (last != '\n' && mk_buf_add(buf, "\n", 1) == -1) ||
	    mk_buf_add(buf, line, len) == -1 ? -1 : 0;
}

/* In one write: a kill cuts it at worst, and O_APPEND puts it at the end. */
static int
append(int fd, uint64_t size, const char *line, size_t len,
    struct mk_error *err)
{
	struct mk_buf buf = { 0 };
	char last = '\n';
	int rv = -1;

	if ((size > 0 && mk_fs_read_at(fd, &last, 1, size - 1) == -1) ||
	    add_line(&buf, last, line, len) == -1 ||
	    mk_fs_write_all(fd, buf.data, buf.len) == -1)
		mk_fail_sys(err, "write %s", MK_HISTORY_NAME);
	else
		rv = 0;
	mk_buf_free(&buf);
	return rv;
}

static int
replace(int dirfd, int fd, uint64_t size, size_t max, const char *line,
    size_t len, struct mk_error *err)
{
	struct mk_buf buf = { 0 };
	int rv = -1;

	if (keep_newest(fd, size, max / 2, &buf) == -1 || add_line(&buf,
	    buf.len > 0 ? buf.data[buf.len - 1] : '\n', line, len) == -1)
		mk_fail_sys(err, "shorten %s", MK_HISTORY_NAME);
	else
		rv = mk_fs_replace(dirfd, MK_HISTORY_NAME, buf.data, buf.len,
		    MODE, MK_FS_NOSYNC, err);
	mk_buf_free(&buf);
	return rv;
}

int
mk_history_append_max(int dirfd, const char *line, size_t len, size_t max,
    struct mk_error *err)
{
	struct stat st;
	int fd = -1, rv;

	if (open_locked(dirfd, &fd, &st, err) == -1)
		return -1;
	if ((uint64_t)st.st_size + len < max)
		rv = append(fd, (uint64_t)st.st_size, line, len, err);
	else
		rv = replace(dirfd, fd, (uint64_t)st.st_size, max, line, len,
		    err);
	close(fd);			/* and the lock */
	return rv;
}

int
mk_history_append(int dirfd, const char *line, size_t len,
    struct mk_error *err)
{
	return mk_history_append_max(dirfd, line, len, MK_HISTORY_MAX, err);
}
