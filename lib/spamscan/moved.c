/* spamscan/moved - which messages of a mailbox were put into Junk. */
#include "spamscan/moved.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/le.h"
#include "base/sys.h"

#define MAGIC		"MKMOVED1"
#define HEADER		8
#define RECORD		16
#define CHECK_AT	12
#define SIZE_LIMIT	((off_t)64 << 20)	/* four million moves */
#define TIDY_FROM	((size_t)64 << 10)
#define TRIES		8

struct record {
	uint64_t print;
	uint32_t time_s;
	uint32_t at;			/* the how manieth it is */
	bool called_off;
};

static void
encode(unsigned char *p, uint64_t print, uint32_t time_s, bool called_off)
{
	uint32_t check;

	mk_le64_put(p, print);
	mk_le32_put(p + 8, time_s);
	check = (uint32_t)crc32_z(0, p, CHECK_AT);
	mk_le32_put(p + CHECK_AT, called_off ? ~check : check);
}

/* Whether there is a record at P. */
static bool
decode(const unsigned char *p, struct record *record)
{
	uint32_t check = (uint32_t)crc32_z(0, p, CHECK_AT);
	uint32_t stored = mk_le32_get(p + CHECK_AT);

	if (stored != check && stored != (uint32_t)~check)
		return false;
	record->print = mk_le64_get(p);
	record->time_s = mk_le32_get(p + 8);
	record->called_off = stored != check;
	return true;
}

static int
record_order(const void *a, const void *b)
{
	const struct record *x = a, *y = b;

	if (x->print != y->print)
		return x->print < y->print ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

/*
 * Of the N records, sorted, leave one a print that was moved more often than
 * it was called off.  Returns how many.
 */
static size_t
settle(struct record *records, size_t n)
{
	size_t i, kept = 0, moves;
	struct record last;

	for (i = 0; i < n;) {
		last = records[i];
		for (moves = 0; i < n && records[i].print == last.print; i++)
			if (records[i].called_off)
				moves -= moves > 0;
			else {
				moves++;
				last = records[i];
			}
		if (moves > 0)
			records[kept++] = last;
	}
	return kept;
}

/*
 * What the LEN bytes of a file, behind its header, tell at NOW_S: *N records,
 * by print.  NULL (ENOMEM).
 */
static struct record *
read_records(const unsigned char *p, size_t len, int64_t now_s, size_t *n)
{
	struct record *records = malloc((len / RECORD + 1) * sizeof *records);
	size_t i = 0;

	*n = 0;
	if (records == NULL)
		return NULL;
	while (len - i >= RECORD)
		if (decode(p + i, &records[*n])) {
			records[*n].at = (uint32_t)*n;
			if ((int64_t)records[*n].time_s >
			    now_s - MK_MOVED_REMEMBER_S)
				(*n)++;
			i += RECORD;
		} else
			i++;
	qsort(records, *n, sizeof *records, record_order);
	*n = settle(records, *n);
	return records;
}

/* Whether the LEN bytes at P begin as ours do, cut short or zeroed by a power
 * cut. */
static bool
is_ours(const unsigned char *p, size_t len)
{
	static const unsigned char zeros[HEADER];
	size_t n = len < HEADER ? len : HEADER;

	return memcmp(p, MAGIC, n) == 0 || memcmp(p, zeros, n) == 0;
}

/* The file's records, by print; *N and its size are set.  NULL. */
static struct record *
read_in(struct mk_moved *moved, size_t *n, struct mk_error *err)
{
	struct record *records = NULL;
	struct mk_buf buf = { 0 };
	const unsigned char *p;

	if (lseek(moved->fd, 0, SEEK_SET) == -1 ||
	    mk_fs_read_all(moved->fd, &buf, (size_t)SIZE_LIMIT) == -1) {
		mk_fail_sys(err, "cannot be read");
		goto out;
	}
	p = (const unsigned char *)buf.data;
	moved->size_bytes = buf.len;
	if (!is_ours(p, buf.len)) {
		mk_fail(err, EX_DATAERR, "is of another format; if no newer "
		    "version of this program wrote it, remove it");
		goto out;
	}
	if (buf.len <= HEADER)
		records = read_records(p, 0, moved->now_s, n);
	else
		records = read_records(p + HEADER, buf.len - HEADER,
		    moved->now_s, n);
	if (records == NULL)
		mk_fail_sys(err, "cannot be read");
out:
	mk_buf_free(&buf);
	return records;
}

/* A planted link would have us write into somebody's file. */
static int
check_file(const struct stat *st, struct mk_error *err)
{
	if (S_ISREG(st->st_mode) && st->st_nlink == 1)
		return 0;
	return mk_fail(err, EX_DATAERR, "is no regular file with one link");
}

/*
 * Take the lock by OPERATION.  0; 1: another has it; -1.  On a file system
 * without locks there is none to be had, and nobody tidies.
 */
static int
lock(int fd, int operation)
{
	if (flock(fd, operation | LOCK_NB) == 0)
		return 0;
	return errno == EWOULDBLOCK ? 1 : -1;
}

/*
 * Whether what was opened as FD is the file, and no other run works on it: 0;
 * 1: it has been replaced; -1.
 */
static int
take(const struct mk_moved *moved, int fd, struct mk_error *err)
{
	struct stat st, named;

	if (fstat(fd, &st) == -1)
		return mk_fail_sys(err, "open");
	if (st.st_nlink == 0)		/* by whoever tidied it */
		return 1;
	if (check_file(&st, err) == -1)
		return -1;
	if (moved->write && lock(fd, LOCK_SH) == 1)
		return mk_fail(err, EX_TEMPFAIL, "is locked: another run "
		    "works on it");
	if (fstatat(moved->dirfd, MK_MOVED_NAME, &named,
	    AT_SYMLINK_NOFOLLOW) == -1)
		return 1;
	return named.st_ino != st.st_ino || named.st_dev != st.st_dev;
}

/*
 * Open the file, with O_CREAT or without, and lock it where it is to be
 * written.  0; 1: it is not there; -1.
 */
static int
open_file(struct mk_moved *moved, int create, struct mk_error *err)
{
	int flags = moved->write ? O_RDWR | O_APPEND | create : O_RDONLY;
	int fd, i, rv;

	for (i = 0; i < TRIES; i++) {
		fd = mk_sys_open_file(moved->dirfd, MK_MOVED_NAME, flags,
		    0600);
		if (fd == -1)
			return errno == ENOENT && create == 0 ? 1 :
			    mk_fail_sys(err, "open");
		rv = take(moved, fd, err);
		if (rv == 0) {
			moved->fd = fd;
			return 0;
		}
		close(fd);
		if (rv == -1)
			return -1;
	}
	return mk_fail(err, EX_TEMPFAIL, "is replaced again and again");
}

int
mk_moved_load(struct mk_moved *moved, int dirfd, int64_t now_s, bool write,
    struct mk_error *err)
{
	struct record *records;
	size_t i;
	int rv;

	*moved = (struct mk_moved){ .dirfd = dirfd, .fd = -1,
	    .now_s = now_s, .write = write };
	rv = open_file(moved, 0, err);
	if (rv != 0)
		return rv == 1 ? 0 : -1;
	records = read_in(moved, &moved->n, err);
	if (records == NULL)
		return -1;
	moved->found = true;
	moved->prints = malloc((moved->n + 1) * sizeof *moved->prints);
	if (moved->prints == NULL) {
		moved->n = 0;
		rv = mk_fail_sys(err, "cannot be read");
	}
	for (i = 0; i < moved->n; i++)
		moved->prints[i] = records[i].print;
	free(records);
	return rv;
}

bool
mk_moved_has(const struct mk_moved *moved, uint64_t print)
{
	size_t low = 0, high = moved->n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (moved->prints[middle] == print)
			return true;
		if (moved->prints[middle] < print)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* What root makes in a user's mailbox is the user's. */
static int
give(const struct mk_moved *moved, const struct stat *st)
{
	struct stat dir;

	if (geteuid() != 0)
		return 0;
	if (fstat(moved->dirfd, &dir) == -1)
		return -1;
	return dir.st_uid == st->st_uid && dir.st_gid == st->st_gid ? 0 :
	    fchown(moved->fd, dir.st_uid, dir.st_gid);
}

static uint32_t
seconds(int64_t now_s)
{
	return now_s < 0 ? 0 : now_s > UINT32_MAX ? UINT32_MAX :
	    (uint32_t)now_s;
}

/*
 * One write, so that others' records don't come in between.  The header goes
 * with the first.
 */
static int
append(struct mk_moved *moved, uint64_t print, bool called_off,
    struct mk_error *err)
{
	unsigned char data[HEADER + RECORD];
	struct stat st;
	size_t header;

	if (!moved->write)
		return mk_fail(err, EX_SOFTWARE, "was not opened for writing");
	if (moved->fd != -1 && fstat(moved->fd, &st) == 0 &&
	    st.st_nlink == 0) {		/* its user has removed it */
		close(moved->fd);
		moved->fd = -1;
	}
	if (moved->fd == -1 && open_file(moved, O_CREAT, err) == -1)
		return -1;
	if (fstat(moved->fd, &st) == -1 ||
	    (st.st_size == 0 && give(moved, &st) == -1))
		return mk_fail_sys(err, "append");
	header = st.st_size < HEADER ? HEADER - (size_t)st.st_size : 0;
	memcpy(data, &MAGIC[HEADER - header], header);
	encode(data + header, print, seconds(moved->now_s), called_off);
	if (mk_fs_write_all(moved->fd, data, header + RECORD) == -1)
		return mk_fail_sys(err, "append");
	return 0;
}

int
mk_moved_add(struct mk_moved *moved, uint64_t print, struct mk_error *err)
{
	return append(moved, print, false, err);
}

int
mk_moved_call_off(struct mk_moved *moved, uint64_t print,
    struct mk_error *err)
{
	return append(moved, print, true, err);
}

/* Replace the file by one of the N records. */
static int
rewrite(const struct mk_moved *moved, const struct record *records, size_t n,
    struct mk_error *err)
{
	size_t len = HEADER + n * RECORD, i;
	unsigned char *data = malloc(len);
	int rv;

	if (data == NULL)
		return mk_fail_sys(err, "write");
	memcpy(data, MAGIC, HEADER);
	for (i = 0; i < n; i++)
		encode(data + HEADER + i * RECORD, records[i].print,
		    records[i].time_s, false);
	rv = mk_fs_replace(moved->dirfd, MK_MOVED_NAME, data, len, 0600,
	    MK_FS_NOSYNC, err);
	free(data);
	return rv;
}

static bool
is_worth_it(const struct mk_moved *moved, size_t n)
{
	return moved->size_bytes > TIDY_FROM &&
	    n * RECORD <= moved->size_bytes / 2;
}

int
mk_moved_tidy(struct mk_moved *moved, struct mk_error *err)
{
	struct record *records;
	struct stat st;
	size_t n;
	int rv = 0;

	if (moved->fd == -1 || !moved->write || !is_worth_it(moved, moved->n))
		return 0;
	/* In between no lock is held, so all is asked again. */
	moved->write = false;
	if (lock(moved->fd, LOCK_EX) != 0 || fstat(moved->fd, &st) == -1 ||
	    st.st_nlink != 1)
		return 0;
	records = read_in(moved, &n, err);
	if (records == NULL)
		return -1;
	if (is_worth_it(moved, n))
		rv = rewrite(moved, records, n, err);
	free(records);
	close(moved->fd);
	moved->fd = -1;
	return rv;
}

void
mk_moved_close(struct mk_moved *moved)
{
	if (moved->fd != -1)
		close(moved->fd);
	free(moved->prints);
	*moved = (struct mk_moved){ .dirfd = -1, .fd = -1 };
}
