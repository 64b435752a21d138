/*
 * blacklist/feed - where entries come from: files, directories, globs,
 * standard input, and queries.
 *
 * Two steps, so that the program can confine itself between them: what a feed
 * names is opened with the rights that the program was started with, and read
 * after that.  A feed is taken whole or refused whole: one that cannot be
 * read to its end, is HTML, is no text, has no entry, is too old, or says
 * itself that something is missing, adds nothing.  A line that is no address
 * is rejected by itself; but where more lines of a file are rejected than
 * taken, and ten at least, the format is wrong and the feed is refused.
 *
 * Files may be compressed (base/unpack).  Each file's format, where it is
 * auto, is told by its own first 64 KiB.  A query gives the columns "net" (an
 * inet, a cidr, or text), and if it likes "reason" and "until" (a date; NULL
 * or infinity: for good).
 *
 * Reason of an entry: the line's own; else the feed's key; else, of a counted
 * list, "count 7".
 */
#ifndef MK_BLACKLIST_FEED_H
#define MK_BLACKLIST_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "blacklist/conf.h"
#include "blacklist/line.h"
#include "blacklist/origin.h"
#include "blacklist/set.h"

/* Of one feed; so many lines fit in 512 MiB, but a range of few bytes may be
 * more than a hundred entries. */
#define MK_FEED_ENTRIES_MAX	(UINT64_C(1) << 26)

struct mk_feed_counts {
	uint64_t lines;			/* or rows */
	uint64_t entries;		/* added; a range is several */
	uint64_t rejected;		/* lines that are no entry */
	uint64_t expired;		/* their last day is over */
	uint64_t below;			/* count under min-count */
};

struct mk_feed_source;			/* an open feed */

/*
 * Open all that CONF names.  A directory: its regular files, by name (none:
 * EX_NOINPUT unless .allow_empty), but those whose name begins with a dot,
 * ends with "~", ".tmp", ".new", ".part", ".bak", ".orig", ".old", ".swp",
 * ".rpmsave" or ".rpmnew", or holds ".dpkg-"; a glob, which is no name of a
 * file: what it matches, by name (nothing: EX_NOINPUT).  Each must be a
 * regular file (or, for "-" and for a file named as such, a pipe, which is
 * waited for; "-" may be a socket, too).  A named pipe that nobody has opened
 * to write within ten seconds is EX_NOINPUT, also with .allow_empty: there was
 * no list, not an empty one.  Links are followed, since the configuration is
 * trusted.  A file that vanishes between the listing and its opening is none.
 * NULL on failure: EX_NOINPUT where there is nothing, EX_NOPERM, EX_DATAERR
 * for another type; EX_TEMPFAIL for a pipe that is written into just when it
 * is looked at; of base/pgsql, EX_TEMPFAIL and EX_CONFIG.  CONF is borrowed.
 */
struct mk_feed_source *mk_feed_source_open(const struct mk_feed *conf,
    struct mk_error *err);

/* A source of one file of the format MK_FORMAT_TEXT, for allow files; it may
 * be empty, and host bits are rejected. */
struct mk_feed_source *mk_feed_source_open_file(const char *path,
    struct mk_error *err);

struct mk_feed_job {
	int64_t now_s;			/* seconds since the Epoch */
	uint32_t feed;			/* its number in .origins */
	struct mk_origins *origins;
	struct mk_netlist *entries;
	/*
	 * Called for a line that is rejected, or (MASKED) taken after its
	 * host bits were cleared: the file's name, the line from 1, and why.
	 * May be NULL.
	 */
	void (*reject)(void *data, const char *file, uint64_t line,
	    bool masked, const char *why);
	void *data;
};

/*
 * Read all of SOURCE, once, and add its entries.  0; or -1 and why the feed is
 * refused ("FILE: ..." or "FILE:LINE: ..."), when .entries is as before and
 * *COUNTS says how far it went: errno's for a failed read, EX_TEMPFAIL for
 * memory, base/pgsql's for a query, EX_DATAERR for its content:
 *
 * - damaged or cut short, as compressed data are, a DROP list whose last line
 *   is not "; EOF", a JSON one without or with other metadata than its number
 *   of records (a rejected line is one);
 * - HTML; a NUL byte; more than .max_size bytes, unpacked, all files together;
 * - a file older than .max_age_s, or then from the future by more than a day;
 * - most lines rejected (see above), or all of a file;
 * - a file, or a query, without any entry, unless .allow_empty (one that
 *   expired is one);
 * - more than MK_FEED_ENTRIES_MAX entries;
 * - CSV of the format auto where several columns may be the one;
 * - no counts, where .min_count is not 0.
 */
int mk_feed_source_read(struct mk_feed_source *source,
    const struct mk_feed_job *job, struct mk_feed_counts *counts,
    struct mk_error *err);

void mk_feed_source_close(struct mk_feed_source *source);	/* NULL is fine */

#endif
