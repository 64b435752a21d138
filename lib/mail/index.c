/* mail/index - what the last pass saw of a mail tree, in one file. */
#include "mail/index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/fs.h"
#include "base/le.h"
#include "base/sys.h"
#include "mail/folder.h"

/*
 * Header: magic 0, version 8, CRC of header 12, last run 16, root's device 24
 * and inode 32, rules 40, count 48, CRC of records 56, zero 60.
 */
#define MAGIC		"MKINDEX1"
#define VERSION		1
#define HEADER		64
#define HEADER_CRC	12
#define HEADER_CRC_FROM	16
#define RECORD		56		/* bytes before the path */
#define SIZE_LIMIT	((size_t)1 << 30)

static void
header_seal(unsigned char *p)
{
	mk_le32_put(p + HEADER_CRC, (uint32_t)crc32_z(0, p + HEADER_CRC_FROM,
	    HEADER - HEADER_CRC_FROM));
}

static bool
header_sound(const unsigned char *p, size_t len)
{
	return len >= HEADER && memcmp(p, MAGIC, 8) == 0 &&
	    mk_le32_get(p + 8) == VERSION &&
	    mk_le32_get(p + HEADER_CRC) == (uint32_t)crc32_z(0,
	    p + HEADER_CRC_FROM, HEADER - HEADER_CRC_FROM);
}

static size_t
record_encode(unsigned char *p, const struct mk_index_record *record)
{
	size_t len = strlen(record->path), i;

	p[0] = (unsigned char)record->kind;
	p[1] = (unsigned char)record->layout;
	p[2] = (unsigned char)record->watch;
	p[3] = 0;
	mk_le32_put(p + 4, (uint32_t)len);
	mk_le64_put(p + 8, (uint64_t)record->self_ns);
	for (i = 0; i < MK_WATCHES; i++)
		mk_le64_put(p + 16 + 8 * i, (uint64_t)record->sub_ns[i]);
	mk_le64_put(p + 40, (uint64_t)record->due_s);
	mk_le64_put(p + 48, record->watched);
	memcpy(p + RECORD, record->path, len + 1);
	return RECORD + len + 1;
}

/* The bytes taken from the LEFT ones at P; 0 where they are no record. */
static size_t
record_decode(const unsigned char *p, size_t left,
    struct mk_index_record *record)
{
	size_t len, i;

	if (left < RECORD + 1)
		return 0;
	len = mk_le32_get(p + 4);
	if (len > left - RECORD - 1 || p[RECORD + len] != '\0' ||
	    p[0] > MK_INDEX_FOLDER || p[1] > MK_FS)
		return 0;
	record->kind = p[0];
	record->layout = p[1];
	record->watch = p[2];
	record->self_ns = (int64_t)mk_le64_get(p + 8);
	for (i = 0; i < MK_WATCHES; i++)
		record->sub_ns[i] = (int64_t)mk_le64_get(p + 16 + 8 * i);
	record->due_s = (int64_t)mk_le64_get(p + 40);
	record->watched = mk_le64_get(p + 48);
	record->path = (const char *)p + RECORD;
	return RECORD + len + 1;
}

static void
decode(struct mk_index *index, const unsigned char *p, size_t len)
{
	size_t n = (size_t)mk_le64_get(p + 48), at = HEADER, took, i;

	if (n > len / RECORD || mk_le32_get(p + 56) != (uint32_t)crc32_z(0,
	    p + HEADER, len - HEADER))
		return;
	index->records = calloc(n + 1, sizeof *index->records);
	if (index->records == NULL)
		return;
	for (i = 0; i < n; i++, at += took) {
		took = record_decode(p + at, len - at, &index->records[i]);
		if (took == 0)
			return;
	}
	index->n = n;
}

int
mk_index_load(struct mk_index *index, int dirfd, const char *name,
    const struct mk_index_key *key, struct mk_error *err)
{
	struct mk_buf buf = { 0 };
	struct stat st;
	const unsigned char *p;
	int fd, rv = -1;

	*index = (struct mk_index){ 0 };
	fd = mk_sys_open_file(dirfd, name, O_RDONLY, 0);
	if (fd == -1)
		return errno == ENOENT ? 0 : mk_fail_sys(err, "open %s", name);
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		mk_fail(err, EX_DATAERR, "%s is no regular file", name);
		goto out;
	}
	if (mk_buf_reserve(&buf, (size_t)st.st_size) == -1 ||
	    mk_fs_read_all(fd, &buf, SIZE_LIMIT) == -1) {
		mk_fail_sys(err, "read %s", name);
		goto out;
	}
	rv = 0;
	p = (const unsigned char *)buf.data;
	if (!header_sound(p, buf.len))
		goto out;
	index->last_run_s = (int64_t)mk_le64_get(p + 16);
	if (mk_le64_get(p + 24) != key->root_dev ||
	    mk_le64_get(p + 32) != key->root_ino ||
	    mk_le64_get(p + 40) != key->rules)
		goto out;
	decode(index, p, buf.len);
	index->data = buf.data;
	buf.data = NULL;
out:
	mk_buf_free(&buf);
	close(fd);
	return rv;
}

int
mk_index_order(const struct mk_index_record *x,
    const struct mk_index_record *y)
{
	const unsigned char *p = (const unsigned char *)x->path;
	const unsigned char *q = (const unsigned char *)y->path;

	while (*p == *q && *p != '\0') {
		p++;
		q++;
	}
	if (*p == *q)			/* an inbox is its mailbox's folder */
		return (int)x->kind - (int)y->kind;
	if (*p == '\0' || *q == '\0')
		return *p == '\0' ? -1 : 1;
	if (*p == '/' || *q == '/')
		return *p == '/' ? -1 : 1;
	return (int)*p - (int)*q;
}

static int
by_path(const void *a, const void *b)
{
	return mk_index_order(a, b);
}

int
mk_index_save(int dirfd, const char *name, const struct mk_index_key *key,
    int64_t last_run_s, struct mk_index_record *records, size_t n,
    struct mk_error *err)
{
	struct mk_buf buf = { 0 };
	unsigned char *p;
	size_t size = HEADER, at = HEADER, i;
	int rv;

	if (n > 0)
		qsort(records, n, sizeof *records, by_path);
	for (i = 0; i < n; i++)
		size += RECORD + strlen(records[i].path) + 1;
	if (mk_buf_reserve(&buf, size) == -1)
		return mk_fail_sys(err, "write %s", name);
	p = (unsigned char *)buf.data;
	memset(p, 0, HEADER);
	memcpy(p, MAGIC, 8);
	mk_le32_put(p + 8, VERSION);
	mk_le64_put(p + 16, (uint64_t)last_run_s);
	mk_le64_put(p + 24, key->root_dev);
	mk_le64_put(p + 32, key->root_ino);
	mk_le64_put(p + 40, key->rules);
	mk_le64_put(p + 48, n);
	for (i = 0; i < n; i++)
		at += record_encode(p + at, &records[i]);
	mk_le32_put(p + 56, (uint32_t)crc32_z(0, p + HEADER, at - HEADER));
	header_seal(p);
	rv = mk_fs_replace(dirfd, name, p, at, 0640, MK_FS_NOSYNC, err);
	mk_buf_free(&buf);
	return rv;
}

int
mk_index_touch(int dirfd, const char *name, int64_t last_run_s,
    struct mk_error *err)
{
	unsigned char header[HEADER];
	struct stat st;
	int fd, rv = -1;

	fd = mk_sys_open_file(dirfd, name, O_RDWR, 0);
	if (fd == -1)
		return mk_fail_sys(err, "open %s", name);
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) || st.st_nlink != 1 ||
	    pread(fd, header, HEADER, 0) != HEADER ||
	    !header_sound(header, HEADER)) {
		mk_fail(err, EX_DATAERR, "%s is no index any more", name);
		goto out;
	}
	/* One small write: a kill leaves the old header or the new one. */
	mk_le64_put(header + 16, (uint64_t)last_run_s);
	header_seal(header);
	if (pwrite(fd, header, HEADER, 0) != HEADER)
		mk_fail_sys(err, "write %s", name);
	else
		rv = 0;
out:
	close(fd);
	return rv;
}

size_t
mk_index_extent(const struct mk_index *index, size_t at)
{
	const char *path = index->records[at].path;
	size_t len = strlen(path), i;

	for (i = at + 1; i < index->n; i++) {
		const char *other = index->records[i].path;

		if (len > 0 && (strncmp(other, path, len) != 0 ||
		    (other[len] != '/' && other[len] != '\0')))
			break;
	}
	return i - at;
}

void
mk_index_free(struct mk_index *index)
{
	free(index->records);
	free(index->data);
	*index = (struct mk_index){ 0 };
}
