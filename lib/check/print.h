/*
 * check/print - show what mailkeep-check has found.
 */
#ifndef MK_CHECK_PRINT_H
#define MK_CHECK_PRINT_H

#include <stdbool.h>
#include <stdio.h>

#include "check/check.h"

/*
 * For people, by area, in COLUMNS (40 at least): what is at least LEAST, and a
 * last line that counts.  Control bytes are written as base/diag does.  0, or
 * -1 with errno.
 */
int mk_check_print(const struct mk_check *check, enum mk_severity least,
    bool colour, size_t columns, FILE *out);

/* One JSON object on one line, with all findings.  0, or -1 with errno. */
int mk_check_json(const struct mk_check *check, int status, FILE *out);

/* TEXT to OUT, in lines of COLUMNS that begin with INDENT blanks, but for the
 * first one, which begins at column AT.  Words of bytes alone are cut where
 * they are longer than a line.  0, or -1 with errno (ENOMEM). */
int mk_check_wrap(FILE *out, size_t columns, size_t at, size_t indent,
    const char *text);

#endif
