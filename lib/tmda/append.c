/* tmda/append - append senders to one of TMDA's lists. */
#include "tmda/append.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/sys.h"
#include "tmda/senders.h"

#define CHUNK		((size_t)32 << 10)	/* of whole lines, a write */
#define TRIES		100		/* for a lock, every ... */
#define WAIT_NS		100000000L	/* 0.1 s */
#define OPENS		5		/* of a list that is being replaced */

static int
judge(int fd, const char *shown, const struct mk_tmda_owner *owner,
    struct mk_error *err)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return mk_fail_sys(err, "stat %s", shown);
	if (!S_ISREG(st.st_mode) || st.st_nlink > 1)
		return mk_fail(err, EX_DATAERR, "%s: %s, nothing is appended",
		    shown, S_ISREG(st.st_mode) ? "has several links" :
		    "is no regular file");
	if (geteuid() == 0 && st.st_uid != owner->uid)
		return mk_fail(err, EX_NOPERM, "%s: belongs to user %lu, not "
		    "to the owner of the queue: nothing is appended", shown,
		    (unsigned long)st.st_uid);
	return 0;
}

/* A list of ours, in a directory of the owner's. */
static int
make(const struct mk_tmda_place *list, const struct mk_tmda_owner *owner)
{
	struct stat st;
	int fd, errnum;

	if (geteuid() == 0 && list->own && (fstat(list->dirfd, &st) == -1 ||
	    st.st_uid != owner->uid)) {
		errno = EPERM;
		return -1;
	}
	fd = mk_sys_open_file(list->dirfd, list->path,
	    O_RDWR | O_APPEND | O_CREAT | O_EXCL, 0600);
	if (fd == -1 || geteuid() != 0 ||
	    fchown(fd, owner->uid, owner->gid) == 0)
		return fd;
	errnum = errno;
	close(fd);
	errno = errnum;
	return -1;
}

static int
open_list(const struct mk_tmda_place *list, const struct mk_tmda_owner *owner,
    struct mk_error *err)
{
	int fd = mk_sys_open_file(list->dirfd, list->path, O_RDWR | O_APPEND,
	    0);

	if (fd == -1 && errno == ENOENT) {
		fd = make(list, owner);
		if (fd == -1 && errno == EEXIST)	/* TMDA was faster */
			fd = mk_sys_open_file(list->dirfd, list->path,
			    O_RDWR | O_APPEND, 0);
	}
	if (fd == -1)
		return mk_fail_sys(err, "open %s", list->shown);
	if (judge(fd, list->shown, owner, err) == 0)
		return fd;
	close(fd);
	return -1;
}

static int
lock(int fd, const char *shown, struct mk_error *err)
{
	const struct timespec wait = { .tv_nsec = WAIT_NS };
	struct flock range = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	unsigned i;

	for (i = 0; i < TRIES; i++) {
		if (i > 0)
			nanosleep(&wait, NULL);
		if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
			if (fcntl(fd, F_SETLK, &range) == 0)
				return 0;
			(void)flock(fd, LOCK_UN);
		}
		if (errno != EWOULDBLOCK && errno != EAGAIN &&
		    errno != EACCES && errno != EINTR)
			return mk_fail_sys(err, "lock %s", shown);
	}
	return mk_fail(err, EX_TEMPFAIL, "%s: somebody keeps it locked",
	    shown);
}

/* Whether FD is still what the list is called. */
static bool
in_place(const struct mk_tmda_place *list, int fd)
{
	struct stat opened, named;

	return fstat(fd, &opened) == 0 && fstatat(list->dirfd, list->path,
	    &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	    opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

/* Opened and locked; one that is replaced while we wait is opened anew. */
static int
open_locked(const struct mk_tmda_place *list,
    const struct mk_tmda_owner *owner, struct mk_error *err)
{
	unsigned i;
	int fd;

	for (i = 0; i < OPENS; i++) {
		fd = open_list(list, owner, err);
		if (fd == -1)
			return -1;
		if (lock(fd, list->shown, err) == -1) {
			close(fd);
			return -1;
		}
		if (in_place(list, fd))
			return fd;
		close(fd);
	}
	return mk_fail(err, EX_TEMPFAIL, "%s: is replaced again and again",
	    list->shown);
}

static int
by_address(const void *a, const void *b)
{
	return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

/* The lines to be added: what TEXT, the list, does not have. */
static int
missing(const struct mk_buf *text, const struct mk_buf *addresses,
    struct mk_buf *lines, struct mk_error *err)
{
	struct mk_tmda_senders *has = mk_tmda_senders_new(err);
	const char **sorted, *p = addresses->data;
	size_t n = 0, i;
	int rv = -1;

	sorted = calloc(addresses->len + 1, sizeof *sorted);
	if (has == NULL || sorted == NULL || mk_tmda_senders_add(has,
	    text->len == 0 ? "" : text->data, text->len, err) == -1) {
		if (has != NULL && sorted == NULL)
			mk_fail_sys(err, "append");
		goto out;
	}
	for (; p < addresses->data + addresses->len; p += strlen(p) + 1)
		sorted[n++] = p;
	qsort(sorted, n, sizeof *sorted, by_address);
	rv = 0;
	for (i = 0; i < n && rv == 0; i++)
		if (!mk_tmda_senders_has(has, sorted[i], strlen(sorted[i])) &&
		    (i == 0 || strcasecmp(sorted[i - 1], sorted[i]) != 0) &&
		    mk_buf_addf(lines, "%s\n", sorted[i]) == -1)
			rv = mk_fail_sys(err, "append");
out:
	free(sorted);
	mk_tmda_senders_free(has);
	return rv;
}

/*
 * Cut off what a full disk left of a line: "alice@example.co" is another's
 * address.  Not if somebody has written behind it.
 */
static void
cut_back(int fd, off_t from, const char *lines, size_t len)
{
	struct mk_buf written = { 0 };
	struct stat st;
	size_t n, whole;

	if (fstat(fd, &st) == 0 && st.st_size > from &&
	    (size_t)(st.st_size - from) < len &&
	    lseek(fd, from, SEEK_SET) == from &&
	    mk_fs_read_all(fd, &written, len) == 0 && written.len < len &&
	    memcmp(written.data, lines, written.len) == 0) {
		n = written.len;
		for (whole = n; whole > 0 && lines[whole - 1] != '\n';)
			whole--;
		if (ftruncate(fd, from + (off_t)whole) == 0)
			(void)fsync(fd);
	}
	mk_buf_free(&written);
}

static int
put(int fd, const char *lines, size_t len, const char *shown,
    struct mk_error *err)
{
	struct stat st;
	size_t n, at;

	for (at = 0; at < len; at += n) {
		n = len - at;
		if (n > CHUNK)
			for (n = CHUNK; lines[at + n - 1] != '\n';)
				n--;
		if (fstat(fd, &st) == -1)
			return mk_fail_sys(err, "stat %s", shown);
		if (mk_fs_write_all(fd, lines + at, n) == -1) {
			mk_fail_sys(err, "append to %s", shown);
			cut_back(fd, st.st_size, lines + at, n);
			return -1;
		}
	}
	return fsync(fd) == -1 ? mk_fail_sys(err, "sync %s", shown) : 0;
}

int
mk_tmda_append(const struct mk_tmda_place *list,
    const struct mk_buf *addresses, const struct mk_tmda_owner *owner,
    struct mk_error *err)
{
	struct mk_buf text = { 0 }, lines = { 0 };
	int fd, rv = -1;
	size_t ended;

	if (addresses->len == 0)
		return 0;
	fd = open_locked(list, owner, err);
	if (fd == -1)
		return -1;
	if (mk_fs_read_all(fd, &text, MK_TMDA_LIST_MAX) == -1)
		mk_fail_sys(err, "read %s", list->shown);
	/* A last line without an end would take our first one up. */
	else if (text.len > 0 && text.data[text.len - 1] != '\n' &&
	    mk_buf_add(&lines, "\n", 1) == -1)
		mk_fail_sys(err, "append");
	else {
		ended = lines.len;
		if (missing(&text, addresses, &lines, err) == 0)
			rv = lines.len == ended ? 0 : put(fd, lines.data,
			    lines.len, list->shown, err);
	}
	mk_buf_free(&text);
	mk_buf_free(&lines);
	close(fd);
	return rv;
}
