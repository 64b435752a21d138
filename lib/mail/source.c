/* mail/source - a message's text, plain or packed. */
#include "mail/source.h"

#include <errno.h>
#include <lz4.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/unpack.h"
#include "mail/header.h"

#define FIRST_BYTES	((size_t)4096)
#define MOST_BYTES	((size_t)1 << 20)	/* asked for at once */

/*
 * Dovecot's frame: the magic, the most bytes that a chunk unpacks to, then
 * the chunks, each behind its length; numbers of 4 bytes, big endian.
 */
#define LZ4_MAGIC	"Dovecot-LZ4\x0d\x2a\x9b\xc5"
#define LZ4_MAGIC_BYTES	(sizeof LZ4_MAGIC - 1)
#define LZ4_NUMBER	((size_t)4)
#define LZ4_MOST	((uint32_t)1 << 20)	/* of both, as Dovecot has it */

struct mk_source {
	int fd;				/* -1: no message */
	enum mk_packing packing;
	bool ended;			/* .text is all of it */
	struct mk_buf text;		/* unpacked so far */
	struct mk_buf raw;		/* packed: read, not yet unpacked, ... */
	size_t raw_used;		/* ... but for so many */
	uint32_t chunk_most;		/* LZ4: bytes that one unpacks to */
	struct mk_unpack *unpack;	/* the other packings; NULL at first */
};

static const struct {
	const char *name, *magic;
	size_t len;
} packings[] = {
	[MK_PLAIN]	= { "none", "", 0 },
	[MK_GZIP]	= { "gzip", "\x1f\x8b\x08", 3 },
	[MK_BZIP2]	= { "bzip2", "BZh", 3 },	/* and more, below */
	[MK_XZ]		= { "xz", "\xfd" "7zXZ\0", 6 },
	[MK_ZSTD]	= { "zstd", "\x28\xb5\x2f\xfd", 4 },
	[MK_LZ4]	= { "lz4", LZ4_MAGIC, LZ4_MAGIC_BYTES },
	[MK_ENCRYPTED]	= { "mail_crypt", "CRYPTED\x03\x07", 9 },
};

#define PACKINGS	(sizeof packings / sizeof *packings)

/*
 * A plain text may begin "BZh": the size of its blocks must follow, and the
 * first one's magic, or the end's where there is none.
 */
static bool
is_bzip2(const char *p, size_t len)
{
	return len >= 10 && p[3] >= '1' && p[3] <= '9' &&
	    (memcmp(p + 4, "\x31\x41\x59\x26\x53\x59", 6) == 0 ||
	    memcmp(p + 4, "\x17\x72\x45\x38\x50\x90", 6) == 0);
}

static enum mk_packing
detect(const char *p, size_t len)
{
	enum mk_packing packing;

	for (packing = MK_GZIP; packing < PACKINGS; packing++)
		if (len >= packings[packing].len &&
		    memcmp(p, packings[packing].magic,
		    packings[packing].len) == 0 &&
		    (packing != MK_BZIP2 || is_bzip2(p, len)))
			return packing;
	return MK_PLAIN;
}

/* Append up to SIZE bytes of the file.  How many, 0 at its end, -1. */
static ssize_t
read_more(int fd, struct mk_buf *buf, size_t size, struct mk_error *err)
{
	ssize_t n;

	if (mk_buf_reserve(buf, size) == -1)
		return mk_fail_sys(err, "read");
	do {
		n = read(fd, buf->data + buf->len, size);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		return mk_fail_sys(err, "read");
	buf->len += (size_t)n;
	buf->data[buf->len] = '\0';
	return n;
}

static ssize_t
unpack_more(struct mk_source *s, size_t size, struct mk_error *err)
{
	struct mk_buf *text = &s->text;
	ssize_t n;

	if (s->unpack == NULL)
		s->unpack = mk_unpack_resume(s->fd, s->raw.data, s->raw.len,
		    err);
	if (s->unpack == NULL)
		return -1;
	if (mk_buf_reserve(text, size) == -1)
		return mk_fail_sys(err, "unpack");
	n = mk_unpack_read(s->unpack, text->data + text->len, size, err);
	if (n > 0)
		text->len += (size_t)n;
	text->data[text->len] = '\0';
	return n;
}

static uint32_t
number_at(const struct mk_buf *buf, size_t at)
{
	const unsigned char *p = (const unsigned char *)buf->data + at;

	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

static int
fail_lz4(const char *why, struct mk_error *err)
{
	return mk_fail(err, EX_DATAERR, "the lz4 data are damaged or cut "
	    "short: %s", why);
}

/*
 * Have SIZE packed bytes that are not used, or all that there are, and maybe
 * the next chunk's length.  How many, or -1.
 */
static ssize_t
have_raw(struct mk_source *s, size_t size, struct mk_error *err)
{
	size_t left = s->raw.len - s->raw_used;
	ssize_t n = 1;

	if (left < size) {
		memmove(s->raw.data, s->raw.data + s->raw_used, left);
		s->raw_used = 0;
		s->raw.len = left;
	}
	while (n > 0 && s->raw.len - s->raw_used < size) {
		n = read_more(s->fd, &s->raw, size + LZ4_NUMBER - s->raw.len,
		    err);
		if (n == -1)
			return -1;
	}
	return (ssize_t)(s->raw.len - s->raw_used);
}

static int
start_lz4(struct mk_source *s, struct mk_error *err)
{
	ssize_t n = have_raw(s, LZ4_MAGIC_BYTES + LZ4_NUMBER, err);

	if (n == -1)
		return -1;
	if ((size_t)n < LZ4_MAGIC_BYTES + LZ4_NUMBER)
		return fail_lz4("there is no chunk size", err);
	s->chunk_most = number_at(&s->raw, LZ4_MAGIC_BYTES);
	if (s->chunk_most == 0 || s->chunk_most > LZ4_MOST)
		return fail_lz4("the size of its chunks is wrong", err);
	s->raw_used = LZ4_MAGIC_BYTES + LZ4_NUMBER;
	return 0;
}

/* The next chunk, whole, onto the text.  Its bytes, 0 at the end, -1. */
static ssize_t
unlz4_more(struct mk_source *s, struct mk_error *err)
{
	struct mk_buf *text = &s->text;
	uint32_t packed;
	ssize_t n;
	int got;

	if (s->chunk_most == 0 && start_lz4(s, err) == -1)
		return -1;
	n = have_raw(s, LZ4_NUMBER, err);
	if (n <= 0)
		return n;
	if ((size_t)n < LZ4_NUMBER)
		return fail_lz4("a chunk's length is missing", err);
	packed = number_at(&s->raw, s->raw_used);
	if (packed == 0 || packed > LZ4_MOST)
		return fail_lz4("a chunk's length is wrong", err);
	n = have_raw(s, LZ4_NUMBER + packed, err);
	if (n == -1)
		return -1;
	if ((size_t)n < LZ4_NUMBER + packed)
		return fail_lz4("a chunk's end is missing", err);
	if (mk_buf_reserve(text, s->chunk_most) == -1)
		return mk_fail_sys(err, "unpack");
	got = LZ4_decompress_safe(s->raw.data + s->raw_used + LZ4_NUMBER,
	    text->data + text->len, (int)packed, (int)s->chunk_most);
	if (got > 0) {
		s->raw_used += LZ4_NUMBER + packed;
		text->len += (size_t)got;
	}
	text->data[text->len] = '\0';
	return got > 0 ? got : fail_lz4("a chunk does not unpack", err);
}

/* Have SIZE bytes of the text, or all of it; or a chunk more.  0 or -1. */
static int
have_text(struct mk_source *s, size_t size, struct mk_error *err)
{
	size_t step;
	ssize_t n;

	while (!s->ended && s->text.len < size) {
		step = s->text.len;
		if (step < FIRST_BYTES)
			step = FIRST_BYTES;
		if (step > MOST_BYTES)
			step = MOST_BYTES;
		switch (s->packing) {
		case MK_PLAIN:
			n = read_more(s->fd, &s->text, step, err);
			break;
		case MK_LZ4:
			n = unlz4_more(s, err);
			break;
		case MK_ENCRYPTED:
			return mk_fail(err, EX_DATAERR, "the message is "
			    "encrypted (mail_crypt)");
		default:
			n = unpack_more(s, step, err);
		}
		if (n == -1)
			return -1;
		s->ended = n == 0;
	}
	return 0;
}

/* Forget the message, and keep the memory. */
static void
reset(struct mk_source *s)
{
	mk_unpack_close(s->unpack);
	s->unpack = NULL;
	s->fd = -1;
	s->packing = MK_PLAIN;
	s->ended = false;
	s->chunk_most = 0;
	s->raw_used = 0;
	mk_buf_cut(&s->raw, 0);
	mk_buf_cut(&s->text, 0);
}

struct mk_source *
mk_source_new(struct mk_error *err)
{
	struct mk_source *s = calloc(1, sizeof *s);

	if (s == NULL || mk_buf_reserve(&s->text, FIRST_BYTES) == -1) {
		mk_fail_sys(err, "read messages");
		free(s);
		return NULL;
	}
	reset(s);
	return s;
}

void
mk_source_free(struct mk_source *s)
{
	if (s == NULL)
		return;
	reset(s);
	mk_buf_free(&s->raw);
	mk_buf_free(&s->text);
	free(s);
}

int
mk_source_open(struct mk_source *s, int fd, struct mk_error *err)
{
	ssize_t n;

	reset(s);
	n = read_more(fd, &s->text, FIRST_BYTES, err);
	if (n == -1)
		return -1;
	s->packing = detect(s->text.data, s->text.len);
	if (s->packing == MK_PLAIN)
		s->ended = n == 0;
	else if (mk_buf_add(&s->raw, s->text.data, s->text.len) == -1) {
		reset(s);
		return mk_fail_sys(err, "unpack");
	} else
		mk_buf_cut(&s->text, 0);
	s->fd = fd;
	return 0;
}

enum mk_packing
mk_source_packing(const struct mk_source *s)
{
	return s->packing;
}

const char *
mk_packing_name(enum mk_packing packing)
{
	return packings[packing].name;
}

int
mk_source_header(struct mk_source *s, const char **text, size_t *len,
    struct mk_error *err)
{
	size_t size = 1, within;
	bool ended = false;

	while (!ended) {
		if (have_text(s, size, err) == -1)
			return -1;
		within = s->text.len;
		if (within > MK_HEADER_LIMIT)
			within = MK_HEADER_LIMIT;
		*text = s->text.data;
		*len = mk_header_length(*text, within, &ended);
		if (!ended && s->text.len > MK_HEADER_LIMIT)
			return 1;
		ended = ended || s->ended;
		/* Not just one more: what unpacks byte by byte would be looked
		 * through again for each. */
		size = 2 * within < MK_HEADER_LIMIT ? 2 * within :
		    MK_HEADER_LIMIT + 1;
	}
	return 0;
}

int
mk_source_text(struct mk_source *s, size_t max, const char **text,
    size_t *len, struct mk_error *err)
{
	bool whole;

	if (have_text(s, max < SIZE_MAX ? max + 1 : max, err) == -1)
		return -1;
	whole = s->text.len <= max;
	*text = whole ? s->text.data : NULL;
	*len = whole ? s->text.len : 0;
	return whole ? 0 : 1;
}
