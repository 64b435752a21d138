/* blacklist/feed_lines - the lines of a file that may be compressed. */
#include "blacklist/feed_lines.h"

#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/stop.h"
#include "base/unpack.h"

#define WAIT_MS		1000

struct mk_lines {
	struct mk_unpack *in;
	int fd;				/* its file; to wait for */
	size_t block, at, end;		/* .buf[at..end) is to come; ... */
	size_t searched;		/* ... so much of it has no newline */
	uint64_t line;			/* lines handed out */
	uint64_t bytes, used, max;	/* its own, those before it, of both */
	bool ended;			/* the file */
	bool too_long;			/* the rest of the line is skipped */
	char buf[];			/* MK_LINE_BYTES and a block */
};

static size_t
count_newlines(const char *p, const char *end)
{
	size_t n = 0;

	while ((p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		n++;
		p++;
	}
	return n;
}

/* Where there are NUL bytes, as in a UTF-16 file, a zip or a hole. */
static int
fail_nul(const struct mk_lines *l, const char *nul, struct mk_error *err)
{
	uint64_t line = l->line + 1 + count_newlines(l->buf + l->at, nul);
	bool utf16 = l->line == 0 && l->end >= 2 &&
	    (memcmp(l->buf, "\xff\xfe", 2) == 0 ||
	    memcmp(l->buf, "\xfe\xff", 2) == 0);

	return mk_fail(err, EX_DATAERR, "is no text: a NUL byte in line %ju%s",
	    (uintmax_t)line, utf16 ? " (UTF-16: save it as UTF-8)" : "");
}

/*
 * Until there is something to read, or the end: a pipe may have nobody who
 * writes, and a signal that is caught ends no read(2).  0 or -1.
 */
static int
wait_for_more(int fd, struct mk_error *err)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	while (!mk_stopped())
		if (poll(&p, 1, WAIT_MS) > 0)
			return 0;
	return mk_fail(err, EX_TEMPFAIL, "stopped by a signal");
}

/* A block more; what is to come stays.  0 or -1. */
static int
fill(struct mk_lines *l, struct mk_error *err)
{
	const char *nul;
	ssize_t n;

	if (l->at > 0) {
		memmove(l->buf, l->buf + l->at, l->end - l->at);
		l->end -= l->at;
		l->at = 0;
	}
	if (wait_for_more(l->fd, err) == -1)
		return -1;
	n = mk_unpack_read(l->in, l->buf + l->end, l->block, err);
	if (n == -1)
		return -1;
	l->ended = n == 0;
	nul = memchr(l->buf + l->end, '\0', (size_t)n);
	l->end += (size_t)n;
	l->bytes += (uint64_t)n;
	if (nul != NULL)
		return fail_nul(l, nul, err);
	if (l->bytes > l->max - l->used)
		return mk_fail(err, EX_DATAERR, "has more than max-size, "
		    "%ju bytes, unpacked%s", (uintmax_t)l->max,
		    l->used > 0 ? ", with the files before it" : "");
	return 0;
}

struct mk_lines *
mk_lines_open(int fd, size_t block, uint64_t used, uint64_t max,
    struct mk_error *err)
{
	struct mk_lines *l = malloc(sizeof *l + MK_LINE_BYTES + block);

	if (l == NULL) {
		mk_fail_sys(err, "read");
		close(fd);
		return NULL;
	}
	*l = (struct mk_lines){ .fd = fd, .block = block, .used = used,
	    .max = max };
	if (wait_for_more(fd, err) == -1) {
		close(fd);
		goto fail;
	}
	l->in = mk_unpack_open(fd, err);
	if (l->in == NULL)
		goto fail;
	while (!l->ended && l->end < MK_LINE_BYTES)
		if (fill(l, err) == -1)
			goto fail;
	return l;
fail:
	mk_lines_close(l);
	return NULL;
}

void
mk_lines_head(const struct mk_lines *l, const char **data, size_t *len)
{
	*data = l->buf;
	*len = l->end < MK_LINE_BYTES ? l->end : MK_LINE_BYTES;
}

/* The line of .buf that ends before END, which the next one begins after. */
static int
hand_out(struct mk_lines *l, size_t end, const char **line, size_t *len)
{
	*line = l->buf + l->at;
	*len = end - l->at;
	if (l->too_long || *len > MK_LINE_BYTES)
		*line = NULL;
	l->too_long = false;
	l->searched = 0;
	l->line++;
	l->at = end < l->end ? end + 1 : end;
	return 1;
}

int
mk_lines_next(struct mk_lines *l, const char **line, size_t *len,
    struct mk_error *err)
{
	const char *newline;
	size_t from;

	for (;;) {
		from = l->at + l->searched;
		newline = memchr(l->buf + from, '\n', l->end - from);
		if (newline != NULL)
			return hand_out(l, (size_t)(newline - l->buf), line,
			    len);
		if (l->end - l->at > MK_LINE_BYTES) {
			l->too_long = true;
			l->at = l->end;
		}
		l->searched = l->end - l->at;
		if (l->ended)
			break;
		if (fill(l, err) == -1)
			return -1;
	}
	if (l->at == l->end && !l->too_long)
		return 0;
	return hand_out(l, l->end, line, len);
}

uint64_t
mk_lines_bytes(const struct mk_lines *l)
{
	return l->bytes;
}

void
mk_lines_close(struct mk_lines *l)
{
	if (l == NULL)
		return;
	mk_unpack_close(l->in);
	free(l);
}
