/*
 * report/plain - names of any bytes as text that only prints.
 *
 * Names of mailboxes and reasons of feeds are written by strangers: bytes that
 * are no UTF-8 become U+FFFD, controls their pictures (U+2400 and on), and
 * characters that turn the direction of what follows, or that nobody sees,
 * their number, "[U+202E]".  What comes out is UTF-8 without controls.
 *
 * Source:	Unicode 15: UAX #9 for directions, UAX #11 for widths.
 */
#ifndef MK_REPORT_PLAIN_H
#define MK_REPORT_PLAIN_H

#include <stddef.h>

#include "base/buf.h"

/* Append TEXT, made plain.  0, or -1 (ENOMEM). */
int mk_plain_add(struct mk_buf *buf, const char *text);

/*
 * How many columns of a terminal PLAIN takes, never less than wcwidth(3) says,
 * which knows this only where the locale is one of UTF-8.
 */
size_t mk_plain_cells(const char *plain);

/*
 * Append PLAIN, at most CELLS wide: where it is wider, ELLIPSIS stands for its
 * middle, and two thirds of what is left for its beginning.  0, or -1.
 */
int mk_plain_cut(struct mk_buf *buf, const char *plain, size_t cells,
    const char *ellipsis);

#endif
