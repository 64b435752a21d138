/*
 * base/progress - one line on a terminal while long work goes on.
 *
 * Drawn on standard error from the work's own thread, at most ten times a
 * second and not in the first half second; wiped before any message of
 * base/diag and at the end.  Where it is off, every call costs one test.
 *
 * Asked for where standard error is no terminal (or TERM is "dumb"), it is
 * whole lines without any escape code, one in ten seconds, for a log.
 */
#ifndef MK_BASE_PROGRESS_H
#define MK_BASE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* WANTED: 1 on, 0 off, -1 on where standard error is a terminal (and TERM is
 * not "dumb"). */
void mk_progress_open(int wanted);

/*
 * Say what is being done ("scanning", "removing": must last) and of how many
 * units (0: not known).  Starts the count anew.
 */
void mk_progress_phase(const char *what, uint64_t total);

/* So many units more are done.  From any thread. */
void mk_progress_step(uint64_t units);

/* Wipe the line for good.  After the work's threads have ended. */
void mk_progress_close(void);

#endif
