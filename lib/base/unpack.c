/* base/unpack - read a file that may be compressed. */
#include "base/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/libarchive_table.h"

#define IN_BYTES	MK_UNPACK_FIRST
#define MAGIC_BYTES	((size_t)6)	/* the longest below */
#define GZIP_BITS	(15 + 16)	/* zlib: the largest window, gzip's
					 * header and trailer */

struct mk_unpack {
	const struct kind *kind;
	int fd;
	bool borrowed;			/* .fd is */
	int errnum;			/* of a failed read, or 0 */
	bool dry;			/* the file's end was met */
	bool ended;			/* and that of what is in it */
	unsigned char *at;		/* read and not yet used: ... */
	size_t ahead;			/* ... so many bytes of .in */
	z_stream z;			/* gzip */
	bool z_started, in_member, later;	/* later: behind the first */
	const struct mk_libarchive *la;	/* the others, ... */
	struct archive *a;		/* ... NULL before it is there */
	const char *block;		/* lent by .a, not yet handed on */
	size_t block_len;
	int64_t fed;			/* bytes that .a was given */
	unsigned char in[IN_BYTES];
};

struct kind {
	const char *name, *magic;
	size_t len;
	int filter;			/* libarchive's */
	ssize_t (*read)(struct mk_unpack *u, void *buf, size_t size,
	    struct mk_error *err);
};

static ssize_t read_plain(struct mk_unpack *u, void *buf, size_t size,
    struct mk_error *err);
static ssize_t read_gzip(struct mk_unpack *u, void *buf, size_t size,
    struct mk_error *err);
static ssize_t read_other(struct mk_unpack *u, void *buf, size_t size,
    struct mk_error *err);

static const struct kind kinds[] = {
	{ "gzip", "\x1f\x8b",		2, 0, read_gzip },
	{ "bzip2", "BZh",		3, ARCHIVE_FILTER_BZIP2, read_other },
	{ "xz", "\xfd" "7zXZ\0",	6, ARCHIVE_FILTER_XZ, read_other },
	{ "zstd", "\x28\xb5\x2f\xfd",	4, ARCHIVE_FILTER_ZSTD, read_other },
	{ "zstd", "\x50\x2a\x4d\x18",	4, ARCHIVE_FILTER_ZSTD, read_other },
	/* That was pzstd's; this is magic of all files that are left. */
	{ "", "",			0, ARCHIVE_FILTER_NONE, read_plain },
};

/* Read what comes, over EINTR.  0 at the end, -1 with .errnum set. */
static ssize_t
fill(struct mk_unpack *u, void *buf, size_t size)
{
	ssize_t n = 0;

	while (!u->dry) {
		n = read(u->fd, buf, size);
		if (n >= 0)
			u->dry = n == 0;
		else if (errno == EINTR)
			continue;
		else
			u->errnum = errno;
		break;
	}
	return n;
}

static int
fail_read(const struct mk_unpack *u, struct mk_error *err)
{
	errno = u->errnum;
	return mk_fail_sys(err, "read");
}

static int
fail_data(const struct mk_unpack *u, const char *why, struct mk_error *err)
{
	return mk_fail(err, EX_DATAERR, "the %s data are damaged or cut "
	    "short: %s", u->kind->name, why);
}

static int
fail_memory(struct mk_error *err)
{
	errno = ENOMEM;
	return mk_fail_sys(err, "unpack");
}

static ssize_t
read_plain(struct mk_unpack *u, void *buf, size_t size, struct mk_error *err)
{
	ssize_t n;

	if (u->ahead > 0) {
		if (size > u->ahead)
			size = u->ahead;
		memcpy(buf, u->at, size);
		u->at += size;
		u->ahead -= size;
		return (ssize_t)size;
	}
	n = fill(u, buf, size);
	return n == -1 ? fail_read(u, err) : n;
}

/* More input for zlib.  1, 0 at the end of the file, -1. */
static int
feed_zlib(struct mk_unpack *u, struct mk_error *err)
{
	ssize_t n;

	if (u->z.avail_in > 0)
		return 1;
	if (u->ahead > 0) {
		u->z.next_in = u->at;
		u->z.avail_in = (uInt)u->ahead;
		u->ahead = 0;
		return 1;
	}
	n = fill(u, u->in, sizeof u->in);
	if (n == -1)
		return fail_read(u, err);
	u->z.next_in = u->in;
	u->z.avail_in = (uInt)n;
	return n > 0;
}

static int
fail_zlib(const struct mk_unpack *u, int r, struct mk_error *err)
{
	if (r == Z_MEM_ERROR)
		return fail_memory(err);
	if (u->later && u->z.total_out == 0)
		return mk_fail(err, EX_DATAERR, "something else follows the "
		    "gzip data");
	return fail_data(u, u->z.msg != NULL ? u->z.msg : "zlib does not say "
	    "where", err);
}

static ssize_t
read_gzip(struct mk_unpack *u, void *buf, size_t size, struct mk_error *err)
{
	uInt room = size < INT_MAX ? (uInt)size : INT_MAX;
	int more, r;

	u->z.next_out = buf;
	u->z.avail_out = room;
	while (u->z.avail_out == room) {
		more = feed_zlib(u, err);
		if (more == -1)
			return -1;
		if (more == 0 && u->in_member)
			return fail_data(u, "its end is missing", err);
		if (more == 0)
			break;
		u->in_member = true;
		r = inflate(&u->z, Z_NO_FLUSH);
		if (r == Z_STREAM_END) {
			u->in_member = false;
			u->later = true;
			inflateReset(&u->z);
		} else if (r != Z_OK && r != Z_BUF_ERROR)
			return fail_zlib(u, r, err);
	}
	return (ssize_t)(room - u->z.avail_out);
}

/* libarchive's read callback. */
static la_ssize_t
give(struct archive *a, void *data, const void **block)
{
	struct mk_unpack *u = data;
	ssize_t n = (ssize_t)u->ahead;

	*block = u->at;
	if (n == 0) {
		*block = u->in;
		n = fill(u, u->in, sizeof u->in);
	}
	u->ahead = 0;
	if (n == -1)
		u->la->archive_set_error(a, u->errnum, "read failed");
	else
		u->fed += n;
	return n;
}

static int
fail_other(struct mk_unpack *u, struct mk_error *err)
{
	const char *why = u->la->archive_error_string(u->a);

	if (u->errnum != 0)
		return fail_read(u, err);
	if (u->la->archive_errno(u->a) == ENOMEM)
		return fail_memory(err);
	return fail_data(u, why != NULL ? why : "libarchive does not say "
	    "where", err);
}

/* The unpacked data ended: the file, too?  0 or -1. */
static int
end_other(struct mk_unpack *u, struct mk_error *err)
{
	const void *rest;

	if (u->la->archive_filter_bytes(u->a, -1) == u->fed && u->ahead == 0 &&
	    give(u->a, u, &rest) == 0)
		return 0;
	if (u->errnum != 0)
		return fail_read(u, err);
	return mk_fail(err, EX_DATAERR, "something else follows the %s data",
	    u->kind->name);
}

static ssize_t
read_other(struct mk_unpack *u, void *buf, size_t size, struct mk_error *err)
{
	const void *block;
	la_int64_t offset;
	int r;

	while (u->block_len == 0 && !u->ended) {
		r = u->la->archive_read_data_block(u->a, &block,
		    &u->block_len, &offset);
		if (r == ARCHIVE_EOF) {
			u->block_len = 0;
			if (end_other(u, err) == -1)
				return -1;
			u->ended = true;
		} else if (r != ARCHIVE_OK) {
			u->block_len = 0;
			return fail_other(u, err);
		} else
			u->block = block;
	}
	if (size > u->block_len)
		size = u->block_len;
	if (size > 0)
		memcpy(buf, u->block, size);
	u->block += size;
	u->block_len -= size;
	return (ssize_t)size;
}

static int
start_zlib(struct mk_unpack *u, struct mk_error *err)
{
	if (inflateInit2(&u->z, GZIP_BITS) != Z_OK)
		return fail_memory(err);
	u->z_started = true;
	return 0;
}

/*
 * Data that unpack to nothing are libarchive's format "empty"; it also takes
 * for empty what it could not unpack, but then an error has been noted.
 */
static int
start_libarchive(struct mk_unpack *u, struct mk_error *err)
{
	const struct mk_libarchive *la = mk_libarchive_load(err);
	struct archive_entry *all;
	int r;

	if (la == NULL)
		return -1;
	u->la = la;
	u->a = la->archive_read_new();
	if (u->a == NULL)
		return fail_memory(err);
	/* ARCHIVE_WARN: only by running another program. */
	if (la->archive_read_append_filter(u->a, u->kind->filter) != ARCHIVE_OK)
		return mk_fail(err, EX_UNAVAILABLE, "this libarchive cannot "
		    "unpack %s", u->kind->name);
	if (la->archive_read_support_format_raw(u->a) != ARCHIVE_OK ||
	    la->archive_read_support_format_empty(u->a) != ARCHIVE_OK ||
	    la->archive_read_open(u->a, u, NULL, give, NULL) != ARCHIVE_OK ||
	    la->archive_errno(u->a) != 0)
		return fail_other(u, err);
	r = la->archive_read_next_header(u->a, &all);
	if (r == ARCHIVE_EOF) {
		u->ended = true;
		return end_other(u, err);
	}
	return r == ARCHIVE_OK ? 0 : fail_other(u, err);
}

/* Read the first bytes and see what they are. */
static int
start(struct mk_unpack *u, struct mk_error *err)
{
	const struct kind *kind = kinds;
	ssize_t n = 1;

	while (n > 0 && u->ahead < MAGIC_BYTES) {
		n = fill(u, u->in + u->ahead, sizeof u->in - u->ahead);
		if (n == -1)
			return fail_read(u, err);
		u->ahead += (size_t)n;
	}
	while (u->ahead < kind->len ||
	    memcmp(u->in, kind->magic, kind->len) != 0)
		kind++;
	u->kind = kind;
	if (kind->read == read_gzip)
		return start_zlib(u, err);
	if (kind->read == read_other)
		return start_libarchive(u, err);
	return 0;
}

/* Read from FD behind the LEN bytes at FIRST.  NULL on failure. */
static struct mk_unpack *
new_unpack(int fd, bool borrowed, const void *first, size_t len,
    struct mk_error *err)
{
	struct mk_unpack *u = malloc(sizeof *u);

	if (u == NULL) {
		mk_fail_sys(err, "unpack");
		if (!borrowed)
			close(fd);
		return NULL;
	}
	memset(u, 0, offsetof(struct mk_unpack, in));
	u->fd = fd;
	u->borrowed = borrowed;
	u->at = u->in;
	u->ahead = len;
	if (len > 0)
		memcpy(u->in, first, len);
	if (start(u, err) == -1) {
		mk_unpack_close(u);
		return NULL;
	}
	return u;
}

struct mk_unpack *
mk_unpack_open(int fd, struct mk_error *err)
{
	return new_unpack(fd, false, NULL, 0, err);
}

struct mk_unpack *
mk_unpack_resume(int fd, const void *first, size_t len, struct mk_error *err)
{
	if (len > MK_UNPACK_FIRST) {
		mk_fail(err, EX_SOFTWARE, "unpack: %zu bytes were read ahead",
		    len);
		return NULL;
	}
	return new_unpack(fd, true, first, len, err);
}

ssize_t
mk_unpack_read(struct mk_unpack *u, void *buf, size_t size,
    struct mk_error *err)
{
	return u->kind->read(u, buf, size, err);
}

void
mk_unpack_close(struct mk_unpack *u)
{
	if (u == NULL)
		return;
	if (u->z_started)
		inflateEnd(&u->z);
	if (u->a != NULL)
		u->la->archive_read_free(u->a);
	if (!u->borrowed)
		close(u->fd);
	free(u);
}
