/*
 * tmda/due - what is due.  Pure decisions.
 *
 * Source: TMDA's Pending.cleanup(), which goes by the time in the name, and
 * deletes where that is at least PENDING_LIFETIME ago; its AutoResponse counts
 * the responses of the last day.
 */
#ifndef MK_TMDA_DUE_H
#define MK_TMDA_DUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/* Whether what began at SINCE_S has lasted LIFETIME_S at NOW_S.  What begins
 * later than now has not, whatever the lifetime. */
bool mk_tmda_due(int64_t since_s, int64_t lifetime_s, int64_t now_s);

/*
 * Whether a response may go whose name says SINCE_S and whose file is ST: it is
 * an empty regular file, as TMDA makes them, over its lifetime, and by no time
 * of its own younger than a day.  (A restored or copied one may be.)
 */
bool mk_tmda_response_due(int64_t since_s, const struct stat *st,
    int64_t lifetime_s, int64_t now_s);

/* "15d", "47h", "3m", "1s": in the largest unit of which there are two, rounded
 * down; into BUF, which is returned.  "-3h" where SECONDS are below 0. */
char *mk_tmda_age_format(char *buf, size_t size, int64_t seconds);

#endif
