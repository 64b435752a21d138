/*
 * blacklist/feed_lines - the lines of a file that may be compressed, in little
 * memory however long the file or a line is.
 */
#ifndef MK_BLACKLIST_FEED_LINES_H
#define MK_BLACKLIST_FEED_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define MK_LINE_BYTES	((size_t)64 * 1024)	/* of the longest line */
#define MK_LINES_BLOCK	((size_t)256 * 1024)	/* read at once */

struct mk_lines;

/*
 * Read FD, which is taken over (also on failure), in blocks of BLOCK bytes,
 * and at most MAX bytes, unpacked, USED of which others had before it.  NULL
 * on failure, as below.
 */
struct mk_lines *mk_lines_open(int fd, size_t block, uint64_t used,
    uint64_t max, struct mk_error *err);

/* Before mk_lines_next: how the file begins, MK_LINE_BYTES or all of it. */
void mk_lines_head(const struct mk_lines *lines, const char **data,
    size_t *len);

/*
 * The next line, without its newline, which the last one need not have; LINE
 * is NULL for one of more than MK_LINE_BYTES, which is passed over.  It lasts
 * until the next call.  1; 0 at the end; -1, without the file's name, as of
 * base/unpack, or EX_DATAERR: it holds a NUL byte (maybe in a line to come),
 * or has more bytes than are left of MAX.
 */
int mk_lines_next(struct mk_lines *lines, const char **line, size_t *len,
    struct mk_error *err);

uint64_t mk_lines_bytes(const struct mk_lines *lines);	/* read so far */

void mk_lines_close(struct mk_lines *lines);		/* NULL is fine */

#endif
