/*
 * base/diag - the only writer to standard error.
 *
 * Each message is one line, "program: text", written by one write(2), so that
 * lines of several threads and programs do not mix.  Bytes that a terminal
 * or a mail reader could act on (controls, changes of direction, bytes that
 * are no UTF-8) are written as \n, \t or \xHH, so that a hostile file name
 * stays one word of one line.  All functions may be called from any thread.
 * On a terminal that takes colours (base/colour) the program's name has one
 * where the line tells of an error or a warning.
 */
#ifndef MK_BASE_DIAG_H
#define MK_BASE_DIAG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum mk_verbosity { MK_QUIET = -1, MK_NORMAL, MK_VERBOSE };

/* Name the program (a string that lasts) and say how much it tells. */
void mk_diag_open(const char *program, enum mk_verbosity verbosity);

/* Print *ERR; returns err->status, EX_SOFTWARE where that is EX_OK. */
int mk_diag_error(const struct mk_error *err);

/*
 * Why a run ends with STATUS: the first error printed; or the last one, where
 * that has STATUS and the first has not; or the first warning, where there was
 * no error.  Into BUF of SIZE bytes, cut to fit; "" where there was none.
 */
void mk_diag_reason(int status, char *buf, size_t size);

/* A problem that the run survives; printed with MK_QUIET too. */
void mk_diag_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* For the curious: printed only with MK_VERBOSE. */
void mk_diag_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
bool mk_diag_verbose(void);

/*
 * A hook that is called, under the lock, before a line is written: progress
 * uses it to wipe its own.  NULL takes it away.
 */
void mk_diag_before(void (*hook)(void));

/*
 * TEXT escaped as above into BUF of SIZE bytes, cut to fit, always ended by a
 * NUL; returns BUF.  Four times the length plus one is always enough.
 */
char *mk_diag_escape(char *buf, size_t size, const char *text);

#endif
