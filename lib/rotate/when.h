/*
 * rotate/when - at which times a log is to be rotated.
 *
 * "24" (hours), "@T00" (restricted ISO 8601), "$D0", "$W5D16", "$M1D0",
 * "$MLD23", an interval and a time ("168$D0"), "*".  All in local time.
 * Source: newsyslog.conf(5) of NetBSD, FreeBSD and OpenBSD.
 *
 * Time zone:	as localtime_r(3) finds it, which reads it once.  Programs call
 *		tzset(3) before they confine themselves: a zone that can't be
 *		read any more is UTC, without a word.
 */
#ifndef MK_ROTATE_WHEN_H
#define MK_ROTATE_WHEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

#define MK_WHEN_LAST_DAY	32	/* .day of $ML */
#define MK_WHEN_ANY		(-1)
#define MK_WHEN_HOURS_MAX	876000	/* a hundred years */

struct mk_when {
	int64_t hours;			/* the interval; 0: none */
	bool timed;			/* the rest is given: */
	int year, month, day, weekday;	/* as in a date, month from 1, Sunday 0;
					 * MK_WHEN_ANY */
	int hour, minute, second;
};

/*
 * Read TEXT.  What ISO 8601's short forms leave out, from the left, is any:
 * "@T00" is each day, "@01T00" each month's first, "@0101T" each New Year;
 * "@T" and "@" are each midnight.  Years of two digits are of 1969 to 2068, as
 * in strptime(3); second 60 is taken as 59.  0; or -1, EX_CONFIG and a text
 * that shows how to write it, with *WHEN as it was.
 */
int mk_when_parse(struct mk_when *when, const char *text,
    struct mk_error *err);

/*
 * The last time at or before NOW_S, or the next one after it, that WHEN
 * (.timed) names, in the time zone of the process; MK_WHEN_NEVER where there
 * is none within 30 years.  A day that a month lacks (31 of April, 29 of
 * February) is not in that month.  An hour that the change of clocks leaves
 * out is the moment of the change; one that it repeats is the first of the
 * two, alone.
 */
#define MK_WHEN_NEVER	INT64_MIN
int64_t mk_when_last(const struct mk_when *when, int64_t now_s);
int64_t mk_when_next(const struct mk_when *when, int64_t now_s);

#endif
