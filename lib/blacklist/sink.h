/*
 * blacklist/sink - where a text output goes: into a file or pipe, or beside a
 * file that should be the same.  The format need not know which.
 */
#ifndef MK_BLACKLIST_SINK_H
#define MK_BLACKLIST_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define MK_SINK_BYTES	((size_t)64 * 1024)

struct mk_sink {
	int fd;				/* the caller's */
	const char *path;		/* for messages */
	bool compare;
	struct mk_error *err;
	/* its own */
	int state;			/* 1; 0 it differs; -1 failed */
	uint64_t at;			/* what went before the buffer */
	size_t len;
	char buf[MK_SINK_BYTES], other[MK_SINK_BYTES];
};

/* A new one, freed with free(3); NULL and *ERR (may be NULL). */
struct mk_sink *mk_sink_start(int fd, const char *path, bool compare,
    struct mk_error *err);

/* Where the next bytes go, MORE at most (at most MK_SINK_BYTES); NULL when
 * there is no use in going on. */
char *mk_sink_room(struct mk_sink *sink, size_t more);

/* Those up to END were put there. */
void mk_sink_take(struct mk_sink *sink, const char *end);

/* LEN bytes, or a string. */
bool mk_sink_put(struct mk_sink *sink, const char *data, size_t len);
bool mk_sink_puts(struct mk_sink *sink, const char *text);

/* That was all.  1: written, or the same; 0: the file has something else;
 * -1.  *ERR says what. */
int mk_sink_end(struct mk_sink *sink);

#endif
