/*
 * blacklist/origin - why something is listed: by which feeds and files, with
 * what reason, until when.  Each such combination is kept once and has a
 * number, so that an entry needs few bytes.
 */
#ifndef MK_BLACKLIST_ORIGIN_H
#define MK_BLACKLIST_ORIGIN_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define MK_ORIGINS_MAX	((size_t)1 << 24)	/* an entry has 24 bits */
#define MK_FEEDS_MAX	64			/* .feeds is a set of bits */
#define MK_REASON_MAX	200			/* bytes; more are cut */
#define MK_ORIGINS_RECENT_BITS 8

struct mk_origin {
	uint64_t feeds;			/* bit I: the feed number I */
	uint32_t file;			/* number; meaningless with several */
	uint32_t text_len;
	int64_t until_s;		/* 0: for good */
	/*
	 * What a database says: "feed: reason", "feed" without one.  After
	 * a merge: what both share, "a, b" for two feeds.  Printable ASCII
	 * or UTF-8 without controls; at most MK_REASON_MAX bytes.
	 */
	const char *text;
};

struct mk_origins {			/* { 0 } is an empty one */
	struct mk_origin *v;
	size_t n, cap;
	char **feeds;			/* names, in the configuration's order;
					 * cleaned like a reason */
	size_t feeds_n;
	char **files;			/* names, for messages */
	size_t files_n;
	/* its own */
	struct mk_arena arena;
	uint64_t *table;		/* hash << 32 | number + 1; 0: free */
	size_t table_n;			/* a power of two, or 0 */
	uint64_t seed;
	uint8_t feed_lens[MK_FEEDS_MAX]; /* at most MK_REASON_MAX */
	uint32_t recent[1 << MK_ORIGINS_RECENT_BITS];	/* last answers */
	uint32_t joined[3];
};

/* Name the next feed, or file: its number into *NUMBER.  0 or -1 (ENOMEM;
 * E2BIG: MK_FEEDS_MAX). */
int mk_origin_feed(struct mk_origins *o, const char *name, uint32_t *number);
int mk_origin_file(struct mk_origins *o, const char *name, uint32_t *number);

/*
 * The number of what is said by FEED in FILE, with the LEN bytes REASON (not
 * ended by a NUL; NULL for none), until UNTIL_S; a new one or one that is
 * there.  Bytes of the reason that are no UTF-8 and control characters become
 * "?", runs of blanks and tabs one blank, none around.  Lower numbers came
 * first.  0, or -1 (ENOMEM; E2BIG: MK_ORIGINS_MAX).
 */
int mk_origin_add(struct mk_origins *o, uint32_t feed, uint32_t file,
    const char *reason, size_t len, int64_t until_s, uint32_t *number);

/*
 * The number of what A and B have in common, for two prefixes that become
 * one: the same text, or else the names of their feeds (in the order of the
 * configuration); the file and the day of A where B has the same, else
 * file 0 and 0.  0 or -1 as above.
 */
int mk_origin_join(struct mk_origins *o, uint32_t a, uint32_t b,
    uint32_t *number);

void mk_origins_free(struct mk_origins *o);

#endif
