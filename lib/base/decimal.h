/*
 * base/decimal - numbers with a point, in hundredths: scores and limits.
 *
 * Always a point, whatever the process's locale says, and no exponent.
 */
#ifndef MK_BASE_DECIMAL_H
#define MK_BASE_DECIMAL_H

#include <stddef.h>
#include <stdint.h>

/*
 * The number that the LEN bytes at TEXT begin with ("-1.5", "+3", ".5", "7",
 * "02.4"; blanks, and a point without a digit after it, are no part of it)
 * into *HUNDREDTHS, rounded down, so that 6.999 is below a limit of 7.  Returns
 * the bytes that it takes; 0, and *HUNDREDTHS as it was, where there is none,
 * or one beyond a million either way.
 */
size_t mk_decimal_parse(const char *text, size_t len, int64_t *hundredths);

/* "7", "6.5", "-0.05" into BUF; returns BUF.  MK_DECIMAL_MAX is enough. */
#define MK_DECIMAL_MAX	24
char *mk_decimal_format(char *buf, size_t size, int64_t hundredths);

#endif
