/* blacklist/sink - where a text output goes. */
#include "blacklist/sink.h"

#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "blacklist/outfile.h"

struct mk_sink *
mk_sink_start(int fd, const char *path, bool compare, struct mk_error *err)
{
	struct mk_sink *sink = malloc(sizeof *sink);

	if (sink == NULL) {
		mk_fail_sys(err, "%s %s", compare ? "read" : "write", path);
		return NULL;
	}
	sink->fd = fd;
	sink->path = path;
	sink->compare = compare;
	sink->err = err;
	sink->state = 1;
	sink->at = 0;
	sink->len = 0;
	return sink;
}

static void
differs(struct mk_sink *sink, const char *what)
{
	mk_fail(sink->err, EX_DATAERR, "%s: %s", sink->path, what);
	sink->state = 0;
}

static void
fail(struct mk_sink *sink)
{
	sink->state = mk_fail_sys(sink->err, "%s %s",
	    sink->compare ? "read" : "write", sink->path);
}

static void
flush(struct mk_sink *sink)
{
	ssize_t n;

	if (!sink->compare) {
		if (mk_fs_write_all(sink->fd, sink->buf, sink->len) == -1)
			fail(sink);
	} else {
		n = mk_fs_read_at(sink->fd, sink->other, sink->len,
		    sink->at);
		if (n == -1)
			fail(sink);
		else if ((size_t)n != sink->len)
			differs(sink, "is shorter than it should be");
		else if (memcmp(sink->buf, sink->other, sink->len) != 0)
			differs(sink, "has other entries");
	}
	sink->at += sink->len;
	sink->len = 0;
}

char *
mk_sink_room(struct mk_sink *sink, size_t more)
{
	if (sink->state != 1)
		return NULL;
	if (more > MK_SINK_BYTES - sink->len) {
		flush(sink);
		if (sink->state != 1)
			return NULL;
	}
	return sink->buf + sink->len;
}

void
mk_sink_take(struct mk_sink *sink, const char *end)
{
	sink->len = (size_t)(end - sink->buf);
}

bool
mk_sink_put(struct mk_sink *sink, const char *data, size_t len)
{
	size_t part;
	char *p;

	for (; len > 0; data += part, len -= part) {
		part = len < MK_SINK_BYTES ? len : MK_SINK_BYTES;
		p = mk_sink_room(sink, part);
		if (p == NULL)
			return false;
		memcpy(p, data, part);
		mk_sink_take(sink, p + part);
	}
	return sink->state == 1;
}

bool
mk_sink_puts(struct mk_sink *sink, const char *text)
{
	return mk_sink_put(sink, text, strlen(text));
}

int
mk_sink_end(struct mk_sink *sink)
{
	ssize_t n;

	if (sink->state == 1)
		flush(sink);
	if (sink->state == 1 && sink->compare) {
		n = mk_fs_read_at(sink->fd, sink->other, 1, sink->at);
		if (n == -1)
			fail(sink);
		else if (n != 0)
			differs(sink, "is longer than it should be");
	}
	return sink->state;
}
