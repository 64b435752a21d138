/*
 * base/clock - what time it is, for main() to read, and how long something
 * takes.
 */
#ifndef MK_BASE_CLOCK_H
#define MK_BASE_CLOCK_H

#include <stdint.h>

/*
 * Seconds since the Epoch, never before the times of a file written until now.
 * Those of time(2) are: it tells the time of the last tick, and Linux stamps
 * files by the finer clock (multigrain timestamps, 6.13 and later: one of 150
 * new files had been written a second after time(2), in the first
 * milliseconds of that second).
 */
int64_t mk_clock_now_s(void);

/* Milliseconds of a clock that only goes forward, from some moment on. */
int64_t mk_clock_ms(void);

#endif
