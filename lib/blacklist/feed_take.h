/*
 * blacklist/feed_take - lines, taken apart, become entries, or are rejected;
 * and what all lines of a file together say: is it whole, is it a list?
 */
#ifndef MK_BLACKLIST_FEED_TAKE_H
#define MK_BLACKLIST_FEED_TAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "blacklist/conf.h"
#include "blacklist/feed.h"
#include "blacklist/line.h"

struct mk_taker {
	const struct mk_feed *conf;
	const struct mk_feed_job *job;
	struct mk_feed_counts *counts;
	/* of this file */
	const char *name;
	enum mk_format format;		/* auto: rows */
	uint32_t file;			/* its number in .origins */
	uint64_t line;			/* this one's, from 1 */
	uint64_t good, bad;		/* lines that mean to be entries */
	uint64_t records;		/* of them, since the last metadata */
	bool closed;			/* "; EOF" or metadata came last */
	uint64_t bad_line;		/* the first that was rejected ... */
	const char *bad_why;
	uint32_t plain;			/* origin of lines that say no more */
	bool has_plain;
};

/* Begin the file NAME (lasts until the next).  0 or -1.  Set .format, where
 * FORMAT is auto, before its first line. */
int mk_take_file(struct mk_taker *t, const char *name,
    enum mk_format format, struct mk_error *err);

/* The next line of it, as mk_line_read says; .line is its number.  0, or -1:
 * EX_TEMPFAIL, or EX_DATAERR (metadata that do not fit). */
int mk_take_line(struct mk_taker *t, const struct mk_line *line,
    struct mk_error *err);

/* The end of it.  0, or -1: it is refused. */
int mk_take_end(struct mk_taker *t, struct mk_error *err);

#endif
