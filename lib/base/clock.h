/*
 * base/clock - how long something takes; what time it is, main() reads.
 */
#ifndef MK_BASE_CLOCK_H
#define MK_BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds of a clock that only goes forward, from some moment on. */
int64_t mk_clock_ms(void);

#endif
