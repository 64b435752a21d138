/* rotate/when - at which times a log is to be rotated. */
#include "rotate/when.h"

#include <string.h>
#include <time.h>

#define HOUR_S		3600
#define DAY_S		86400
#define SPAN_S		(25 * HOUR_S)	/* more than any zone is from UTC, or
					 * than clocks are ever put back */
#define MONTHS		(30 * 12)
#define NOW_MIN		INT64_C(-62135596800)	/* the years 1 to 9999 */
#define NOW_MAX		INT64_C(253402300799)

#define HOW	"write it as *, 24 (hours), @T00, $D0, $W5D16, $M1D0 or 24@T00"
#define HOW_ISO	"write it as @T00, @T2359, @01T00 (each month), @0101T00 " \
		"(each year) or @20261231T235959"
#define HOW_DWM	"write it as $D0, $W5D16 (Friday; Sunday is 0), $M1D0 or " \
		"$MLD23"

static size_t
digits(const char *text)
{
	return strspn(text, "0123456789");
}

static int
two(const char *p)
{
	return 10 * (p[0] - '0') + (p[1] - '0');
}

static int
check(const char *text, const char *what, int value, int min, int max,
    struct mk_error *err)
{
	if (value >= min && value <= max)
		return 0;
	return mk_fail(err, EX_CONFIG, "\"%s\": %d is no %s; they are from %d "
	    "to %d", text, value, what, min, max);
}

/* N digits, an even number of them, that end with the day. */
static int
take_date(struct mk_when *when, const char *text, const char *p, size_t n,
    struct mk_error *err)
{
	if (n >= 2) {
		when->day = two(p + n - 2);
		if (check(text, "day", when->day, 1, 31, err) == -1)
			return -1;
	}
	if (n >= 4) {
		when->month = two(p + n - 4);
		if (check(text, "month", when->month, 1, 12, err) == -1)
			return -1;
	}
	if (n == 6) {
		when->year = two(p);
		when->year += when->year < 69 ? 2000 : 1900;
	}
	if (n == 8)
		when->year = 100 * two(p) + two(p + 2);
	return 0;
}

/* N digits that begin with the hour. */
static int
take_time(struct mk_when *when, const char *text, const char *p, size_t n,
    struct mk_error *err)
{
	when->hour = n >= 2 ? two(p) : 0;
	when->minute = n >= 4 ? two(p + 2) : 0;
	when->second = n >= 6 ? two(p + 4) : 0;
	if (check(text, "hour", when->hour, 0, 23, err) == -1 ||
	    check(text, "minute", when->minute, 0, 59, err) == -1 ||
	    check(text, "second", when->second, 0, 60, err) == -1)
		return -1;
	if (when->second == 60)		/* a leap second: no day may lack it */
		when->second = 59;
	return 0;
}

/* What is behind the @. */
static int
take_iso(struct mk_when *when, const char *text, const char *p,
    struct mk_error *err)
{
	size_t date = digits(p), clock = 0;
	const char *rest = p + date;

	if (*rest == 'T') {
		clock = digits(rest + 1);
		rest += 1 + clock;
	}
	if (*rest != '\0' || date % 2 != 0 || date > 8 || clock % 2 != 0 ||
	    clock > 6)
		return mk_fail(err, EX_CONFIG, "\"%s\": behind the @ comes "
		    "[[[[cc]yy]mm]dd][T[hh[mm[ss]]]]; " HOW_ISO, text);
	if (take_date(when, text, p, date, err) == -1)
		return -1;
	return take_time(when, text, rest - clock, clock, err);
}

static int
fail_dwm(const char *text, struct mk_error *err)
{
	return mk_fail(err, EX_CONFIG, "\"%s\": behind the $ comes D[hh], "
	    "Wd[Dhh] or Mdd[Dhh]; " HOW_DWM, text);
}

/* One or two digits at *P, which is moved behind them. */
static int
take_number(int *value, const char **p, const char *text, const char *what,
    int min, int max, struct mk_error *err)
{
	size_t n = digits(*p);

	if (n == 0 || n > 2)
		return fail_dwm(text, err);
	*value = n == 1 ? **p - '0' : two(*p);
	*p += n;
	return check(text, what, *value, min, max, err);
}

/* What is behind the $. */
static int
take_dwm(struct mk_when *when, const char *text, const char *p,
    struct mk_error *err)
{
	int other = *p == 'W' ? 'M' : *p == 'M' ? 'W' : '\0';
	int rv = 0;

	if (*p == 'W') {
		p++;
		rv = take_number(&when->weekday, &p, text, "day of the week",
		    0, 6, err);
	} else if (*p == 'M' && (p[1] == 'L' || p[1] == 'l')) {
		p += 2;
		when->day = MK_WHEN_LAST_DAY;
	} else if (*p == 'M') {
		p++;
		rv = take_number(&when->day, &p, text, "day", 1, 31, err);
	} else if (*p != 'D')
		return fail_dwm(text, err);
	if (rv == 0 && *p == 'D') {
		p++;
		if (digits(p) > 0)
			rv = take_number(&when->hour, &p, text, "hour", 0, 23,
			    err);
	}
	if (rv == -1 || *p == '\0')
		return rv;
	if (*p == other)
		return mk_fail(err, EX_CONFIG, "\"%s\": $W and $M do not go "
		    "together; " HOW_DWM, text);
	return fail_dwm(text, err);
}

int
mk_when_parse(struct mk_when *when, const char *text, struct mk_error *err)
{
	struct mk_when w = {
		.year = MK_WHEN_ANY, .month = MK_WHEN_ANY, .day = MK_WHEN_ANY,
		.weekday = MK_WHEN_ANY,
	};
	const char *p = text;

	if (*p == '*')
		p++;
	else
		for (; digits(p) > 0; p++)
			if (w.hours <= MK_WHEN_HOURS_MAX)	/* else so */
				w.hours = 10 * w.hours + (*p - '0');
	if (p == text && *p != '@' && *p != '$')
		return mk_fail(err, EX_CONFIG, "\"%s\" is no time to rotate "
		    "at; " HOW, text);
	if (*p != '\0' && *p != '@' && *p != '$')
		return mk_fail(err, EX_CONFIG, "\"%s\": \"%s\" is no time "
		    "that may follow an interval; " HOW, text, p);
	if (w.hours > MK_WHEN_HOURS_MAX)
		return mk_fail(err, EX_CONFIG, "\"%s\": the interval is more "
		    "than %d hours", text, MK_WHEN_HOURS_MAX);
	w.timed = *p != '\0';
	if (*p == '@' && take_iso(&w, text, p + 1, err) == -1)
		return -1;
	if (*p == '$' && take_dwm(&w, text, p + 1, err) == -1)
		return -1;
	*when = w;
	return 0;
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/*
 * Days from 1970-01-01 to a day of the Gregorian calendar.  Years are counted
 * from March on, so that a leap day is the last of its year.
 */
static int64_t
days_of(int64_t year, int month, int day)
{
	int64_t y = month > 2 ? year : year - 1;
	int m = month > 2 ? month - 3 : month + 9;

	return 365 * y + floor_div(y, 4) - floor_div(y, 100) +
	    floor_div(y, 400) + (153 * m + 2) / 5 + day - 1 - 719468;
}

static int
month_days(int64_t year, int month)
{
	static const int days[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31,
	};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* The year and the month that DAY is in. */
static void
month_of(int64_t day, int64_t *year, int *month)
{
	/* 146097 days are 400 years: no estimate is off by more than one. */
	int64_t y = 1970 + floor_div(400 * day, 146097);
	int m = 1;

	while (days_of(y, 1, 1) > day)
		y--;
	while (days_of(y + 1, 1, 1) <= day)
		y++;
	while (m < 12 && days_of(y, m + 1, 1) <= day)
		m++;
	*year = y;
	*month = m;
}

/*
 * The first of WHEN's days from *DAY on, going by STEP, 1 or -1.  By
 * calculation alone: a day costs no look at the time zone.
 */
static bool
find_day(const struct mk_when *when, int step, int64_t *day)
{
	int64_t year, found, weekday;
	int month, want, i;

	if (when->weekday != MK_WHEN_ANY) {
		weekday = *day + 4 - 7 * floor_div(*day + 4, 7);
		*day += step * ((7 + step * (when->weekday - weekday)) % 7);
		return true;
	}
	if (when->day == MK_WHEN_ANY)
		return true;
	month_of(*day, &year, &month);
	for (i = 0; i <= MONTHS; i++) {
		want = when->day == MK_WHEN_LAST_DAY ?
		    month_days(year, month) : when->day;
		found = days_of(year, month, want);
		if ((when->year == MK_WHEN_ANY || when->year == year) &&
		    (when->month == MK_WHEN_ANY || when->month == month) &&
		    want <= month_days(year, month) &&
		    step * (found - *day) >= 0) {
			*day = found;
			return true;
		}
		month += step;
		if (month == 0 || month == 13) {
			month = month == 0 ? 12 : 1;
			year += step;
		}
	}
	return false;
}

/*
 * What clocks show, in seconds as if it were UTC, minus T.  Not mktime(3): that
 * one looks for the zone's file again each time, which a confined process may
 * no longer see, and answers as it likes in an hour that is not or is twice.
 */
static bool
offset_at(int64_t t, int64_t *offset)
{
	time_t at = (time_t)t;
	struct tm tm;

	if ((int64_t)at != t || localtime_r(&at, &tm) == NULL)
		return false;
	*offset = days_of((int64_t)tm.tm_year + 1900, tm.tm_mon + 1,
	    tm.tm_mday) * DAY_S + tm.tm_hour * HOUR_S + tm.tm_min * 60 +
	    tm.tm_sec - t;
	return true;
}

struct change {				/* of clocks */
	int64_t before, after;		/* offsets; the same: there is none */
	int64_t at;			/* the first moment of .after */
};

/* The change between LO and HI: no zone has two within some days. */
static bool
find_change(struct change *c, int64_t lo, int64_t hi)
{
	int64_t mid, offset;

	if (!offset_at(lo, &c->before) || !offset_at(hi, &c->after))
		return false;
	while (c->before != c->after && hi - lo > 1) {
		mid = lo + (hi - lo) / 2;
		if (!offset_at(mid, &offset))
			return false;
		if (offset == c->before)
			lo = mid;
		else
			hi = mid;
	}
	c->at = hi;
	return true;
}

/* The latest that clocks have shown until NOW_S. */
static bool
shown_until(int64_t now_s, int64_t *local)
{
	struct change c;

	if (!find_change(&c, now_s - SPAN_S, now_s))
		return false;
	*local = now_s + c.after;
	if (c.before > c.after && c.at - 1 + c.before > *local)
		*local = c.at - 1 + c.before;
	return true;
}

/*
 * The first moment at which clocks show LOCAL or later: the time itself, the
 * first of two, or that of the change which leaves it out.
 */
static int64_t
first_shown(int64_t local)
{
	struct change c;
	int64_t t;

	if (!find_change(&c, local - SPAN_S, local + SPAN_S))
		return MK_WHEN_NEVER;
	if (c.before == c.after || local - c.before < c.at)
		return local - c.before;
	t = local - c.after;
	return t > c.at ? t : c.at;
}

/*
 * A time of WHEN has come as soon as clocks have once shown it, and what they
 * have shown only grows: so the last or next one is found among local times,
 * and one of them alone is looked up.
 */
static int64_t
find(const struct mk_when *when, int64_t now_s, int step)
{
	int64_t of_day = when->hour * HOUR_S + when->minute * 60 +
	    when->second;
	int64_t local, day;

	if (!when->timed || now_s < NOW_MIN || now_s > NOW_MAX ||
	    !shown_until(now_s, &local))
		return MK_WHEN_NEVER;
	day = floor_div(local - of_day, DAY_S) + (step > 0);
	if (!find_day(when, step, &day))
		return MK_WHEN_NEVER;
	return first_shown(day * DAY_S + of_day);
}

int64_t
mk_when_last(const struct mk_when *when, int64_t now_s)
{
	return find(when, now_s, -1);
}

int64_t
mk_when_next(const struct mk_when *when, int64_t now_s)
{
	return find(when, now_s, 1);
}
