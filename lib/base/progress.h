/*
 * base/progress - one line on a terminal while long work goes on.
 *
 * Drawn on standard error from the work's own thread, at most ten times a
 * second and not in the first half second; wiped before any message of
 * base/diag and at the end.  Where it is off, every call costs one test.
 *
 *	removing 12,345 of 50,000  24%  1,234/s  31s left
 *
 * Asked for where standard error is no terminal (or TERM is "dumb"), it is
 * whole lines without any escape code, one in ten seconds, for a log.
 */
#ifndef MK_BASE_PROGRESS_H
#define MK_BASE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* WANTED: 1 on, 0 off, -1 on where standard error is a terminal (and TERM is
 * not "dumb"). */
void mk_progress_open(int wanted);

/*
 * Say what is being done ("scanning", "removing": must last) and of how many
 * units (0: not known).  Starts the count anew.  From the thread that has the
 * work done.
 */
void mk_progress_phase(const char *what, uint64_t total);

/*
 * The line for UNITS of TOTAL (0: not known) done in ELAPSED_MS, into BUF of
 * SIZE bytes: no longer than COLUMNS, for which the rate, what is left and the
 * share are left out, in this order, and the rest is cut.  What is left is
 * told from two seconds on: sooner it would be a guess.  Returns its length.
 */
size_t mk_progress_format(char *buf, size_t size, size_t columns,
    const char *what, uint64_t units, uint64_t total, int64_t elapsed_ms);

/* So many units more are done.  From any thread. */
void mk_progress_step(uint64_t units);

/* Wipe the line: standard output is to be written, which may be the same
 * terminal.  From any thread. */
void mk_progress_wipe(void);

/* Wipe the line for good.  After the work's threads have ended. */
void mk_progress_close(void);

#endif
