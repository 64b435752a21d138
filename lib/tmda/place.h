/*
 * tmda/place - paths that TMDA's configuration names, and its files.
 */
#ifndef MK_TMDA_PLACE_H
#define MK_TMDA_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"

/*
 * PATH without what changes nothing in it ("//", "/./", a "/" at its end), by
 * its letters alone.  To be freed; NULL with errno, EINVAL where it has "..".
 */
char *mk_tmda_normal(const char *path);

/* PATH below BASE, "." for BASE itself, both normal; NULL where it is not. */
const char *mk_tmda_below(const char *base, const char *path);

/* "A/B", or the one where the other is ".".  To be freed; NULL (ENOMEM). */
char *mk_tmda_join(const char *a, const char *b);

#define MK_TMDA_LIST_MAX	((size_t)64 << 20)	/* of a list */

/* A file that may be there, or not: it is opened when it is needed. */
struct mk_tmda_place {
	int dirfd;			/* what .path starts from */
	bool own;			/* is ours to close */
	char *path;			/* NULL: no such file */
	char *shown;			/* for messages */
};
#define MK_TMDA_NO_PLACE	{ .dirfd = -1 }

void mk_tmda_place_free(struct mk_tmda_place *file);

/*
 * Append what it holds, a regular file of at most MAX bytes, to *TEXT; no link
 * is followed.  1; 0 where it is not there; -1.
 */
int mk_tmda_place_read(const struct mk_tmda_place *file, size_t max,
    struct mk_buf *text, struct mk_error *err);

#endif
