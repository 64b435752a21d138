/*
 * base/duration - durations, sizes and shares with their units.
 *
 * Written as a decimal whole number and a unit, without a blank: "10d",
 * "36h", "64MiB", "50%".  The unit is never left out, save for a plain 0.
 * The parsers return 0, or -1 with EX_DATAERR, a text that quotes the word and
 * shows how to write it, and the result as it was.
 */
#ifndef MK_BASE_DURATION_H
#define MK_BASE_DURATION_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/*
 * Seconds from TEXT: s, m (minutes), h, d (86400 s), w (7 d), y (365 d); sums
 * such as "1d12h" with falling units.  -1 on a bad or missing unit, a sign, a
 * blank, or more than 1000y.
 */
int mk_duration_parse(const char *text, int64_t *seconds,
    struct mk_error *err);

/*
 * Bytes from TEXT: B, KiB, MiB, GiB, TiB (powers of 1024) and kB, MB, GB, TB
 * (powers of 1000), as IEC 80000-13 has them.  -1 likewise, or beyond
 * INT64_MAX.
 */
int mk_size_parse(const char *text, int64_t *bytes, struct mk_error *err);

/* A share from "0%" to "100%", whole.  -1 else. */
int mk_percent_parse(const char *text, int64_t *percent,
    struct mk_error *err);

/* "10d", "1d12h", "0s"; and "1.4 MiB", "812 B".  Return BUF. */
char *mk_duration_format(char *buf, size_t size, int64_t seconds);
char *mk_size_format(char *buf, size_t size, uint64_t bytes);

#endif
