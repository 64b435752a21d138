/* report/words - numbers, shares, times and ages as people read them. */
#include "report/words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/decimal.h"
#include "base/duration.h"

#define DAY_S		INT64_C(86400)
#define SHARE_MAX	999		/* percent; more says no more */

static const char *const weekdays[] = {
	"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
	"Saturday",
};
static const char *const months[] = {
	"January", "February", "March", "April", "May", "June", "July",
	"August", "September", "October", "November", "December",
};

uint64_t
mk_words_sum(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

char *
mk_words_count(char *buf, uint64_t n)
{
	char digits[24];
	size_t len, i, out = 0;

	len = (size_t)snprintf(digits, sizeof digits, "%llu",
	    (unsigned long long)n);
	for (i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			buf[out++] = ',';
		buf[out++] = digits[i];
	}
	buf[out] = '\0';
	return buf;
}

/* VALUE in steps of BASE, rounded: two or three digits, a letter of UNITS. */
static char *
shorten(char *buf, uint64_t value, uint64_t base, const char *units)
{
	uint64_t whole = value, tenths = 0, factor = 1, rest;
	size_t unit = 0;

	while (whole >= base) {
		unit++;
		factor *= base;
		whole = value / factor;
		rest = value % factor;
		if (whole >= 10)
			whole += rest >= factor / 2;
		else
			tenths = (uint64_t)(10.0 * (double)rest /
			    (double)factor + 0.5);
		whole += tenths / 10;
		tenths %= 10;
	}
	if (unit == 0 || whole >= 10 || tenths == 0)
		snprintf(buf, MK_WORDS_MAX, "%llu%.1s",
		    (unsigned long long)whole, units + unit);
	else
		snprintf(buf, MK_WORDS_MAX, "%llu.%llu%.1s",
		    (unsigned long long)whole, (unsigned long long)tenths,
		    units + unit);
	if (buf[strlen(buf) - 1] == ' ')
		buf[strlen(buf) - 1] = '\0';
	return buf;
}

char *
mk_words_short(char *buf, uint64_t n)
{
	return shorten(buf, n, 1000, " kMGTPE");
}

char *
mk_words_short_bytes(char *buf, uint64_t bytes)
{
	return shorten(buf, bytes, 1024, "BKMGTPE");
}

char *
mk_words_bytes(char *buf, uint64_t bytes)
{
	char size[MK_WORDS_MAX], *blank;

	mk_size_format(size, sizeof size, bytes);
	blank = strchr(size, ' ');
	snprintf(buf, MK_WORDS_MAX, "%.*s" MK_NBSP "%s", (int)(blank - size),
	    size, blank + 1);
	return buf;
}

char *
mk_words_things(char *buf, uint64_t n, const char *one, const char *many)
{
	char count[MK_WORDS_MAX];

	if (n == 0)
		snprintf(buf, MK_WORDS_MAX, "no %s", many);
	else
		snprintf(buf, MK_WORDS_MAX, "%s" MK_NBSP "%s",
		    mk_words_count(count, n), n == 1 ? one : many);
	return buf;
}

char *
mk_words_share(char *buf, uint64_t part, uint64_t whole)
{
	double percent = whole == 0 ? 0 :
	    100.0 * (double)part / (double)whole;
	int rounded = (int)((percent < SHARE_MAX ? percent : SHARE_MAX) + 0.5);

	if (percent > SHARE_MAX)
		snprintf(buf, MK_WORDS_MAX, "over" MK_NBSP "%d" MK_NBSP "%%",
		    SHARE_MAX);
	else if (part > 0 && rounded == 0)
		snprintf(buf, MK_WORDS_MAX, "under" MK_NBSP "1" MK_NBSP "%%");
	else if (part < whole && rounded >= 100)
		snprintf(buf, MK_WORDS_MAX, "over" MK_NBSP "99" MK_NBSP "%%");
	else
		snprintf(buf, MK_WORDS_MAX, "%d" MK_NBSP "%%", rounded);
	return buf;
}

char *
mk_words_took(char *buf, int64_t ms)
{
	long long s = (long long)(ms / 1000);

	if (ms < 0)
		snprintf(buf, MK_WORDS_MAX, "?");
	else if (ms < 1000)
		snprintf(buf, MK_WORDS_MAX, "%d" MK_NBSP "ms", (int)ms);
	else if (s < 10)
		snprintf(buf, MK_WORDS_MAX, "%lld.%lld" MK_NBSP "s", s,
		    (long long)(ms % 1000 / 100));
	else if (s < 60)
		snprintf(buf, MK_WORDS_MAX, "%lld" MK_NBSP "s", s);
	else if (s < 3600)
		snprintf(buf, MK_WORDS_MAX, "%lld" MK_NBSP "min" MK_NBSP
		    "%lld" MK_NBSP "s", s / 60, s % 60);
	else if (s < 2 * DAY_S)
		snprintf(buf, MK_WORDS_MAX, "%lld" MK_NBSP "h" MK_NBSP
		    "%lld" MK_NBSP "min", s / 3600, s % 3600 / 60);
	else
		snprintf(buf, MK_WORDS_MAX, "%lld" MK_NBSP "d" MK_NBSP
		    "%lld" MK_NBSP "h", s / DAY_S, s % DAY_S / 3600);
	return buf;
}

char *
mk_words_age(char *buf, int64_t seconds)
{
	uint64_t s = seconds < 0 ? 0 : (uint64_t)seconds;

	if (s >= 2 * DAY_S)
		return mk_words_things(buf, s / DAY_S, "day", "days");
	if (s >= 7200)
		return mk_words_things(buf, s / 3600, "hour", "hours");
	if (s >= 120)
		return mk_words_things(buf, s / 60, "minute", "minutes");
	return mk_words_things(buf, s, "second", "seconds");
}

char *
mk_words_decimal(char *buf, double value)
{
	if (!(value > -1e6 && value < 1e6))
		snprintf(buf, MK_WORDS_MAX, "%s", isnan(value) ? "?" :
		    value > 0 ? "more" : "less");
	else
		mk_decimal_format(buf, MK_WORDS_MAX,
		    (int64_t)(100 * value + (value < 0 ? -0.5 : 0.5)));
	return buf;
}

/* All zero where no calendar knows the moment. */
static struct tm
local(int64_t when_s)
{
	time_t when = (time_t)when_s;
	struct tm tm = { .tm_mday = 1 };

	if ((int64_t)when != when_s || localtime_r(&when, &tm) == NULL)
		tm = (struct tm){ .tm_mday = 1 };
	return tm;
}

char *
mk_words_date(char *buf, int64_t when_s)
{
	struct tm tm = local(when_s);

	snprintf(buf, MK_WORDS_MAX, "%d" MK_NBSP "%.3s", tm.tm_mday,
	    months[tm.tm_mon]);
	return buf;
}

char *
mk_words_moment(char *buf, int64_t when_s)
{
	struct tm tm = local(when_s);

	snprintf(buf, MK_WORDS_MAX, "%d" MK_NBSP "%.3s" MK_NBSP "%02d:%02d",
	    tm.tm_mday, months[tm.tm_mon], tm.tm_hour, tm.tm_min);
	return buf;
}

char *
mk_words_full(char *buf, int64_t when_s)
{
	struct tm tm = local(when_s);

	snprintf(buf, MK_WORDS_MAX, "%s, %d %s %lld, %02d:%02d",
	    weekdays[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
	    1900 + (long long)tm.tm_year, tm.tm_hour, tm.tm_min);
	return buf;
}

char *
mk_words_zone(char *buf, int64_t when_s)
{
	char name[24], offset[16];
	struct tm tm = local(when_s);

	if (strftime(name, sizeof name, "%Z", &tm) == 0)
		name[0] = '\0';
	if (strftime(offset, sizeof offset, "%z", &tm) != 5)
		snprintf(offset, sizeof offset, "+0000");
	/* A zone without a name is called by its offset, "+03". */
	if (strcmp(name, "UTC") == 0)
		snprintf(buf, MK_WORDS_MAX, "UTC");
	else if (name[0] == '+' || name[0] == '-' || name[0] == '\0')
		snprintf(buf, MK_WORDS_MAX, "UTC%.3s:%.2s", offset,
		    offset + 3);
	else
		snprintf(buf, MK_WORDS_MAX, "%s, UTC%.3s:%.2s", name, offset,
		    offset + 3);
	return buf;
}

char *
mk_words_iso(char *buf, int64_t when_s)
{
	char zone[8];
	struct tm tm = local(when_s);

	if (strftime(zone, sizeof zone, "%z", &tm) != 5)
		snprintf(zone, sizeof zone, "+0000");
	snprintf(buf, MK_WORDS_MAX, "%04lld-%02d-%02dT%02d:%02d:%02d%.3s:%s",
	    1900 + (long long)tm.tm_year, tm.tm_mon + 1, tm.tm_mday,
	    tm.tm_hour, tm.tm_min, tm.tm_sec, zone, zone + 3);
	return buf;
}

const char *
mk_words_weekday(int64_t when_s)
{
	static const char *const names[] = {
		"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat",
	};

	return names[local(when_s).tm_wday];
}

const char *
mk_words_status(int status)
{
	switch (status) {
	case EX_OK:		return "success";
	case EX_USAGE:		return "wrong options";
	case EX_DATAERR:	return "bad data";
	case EX_NOINPUT:	return "input is missing";
	case EX_NOUSER:		return "no such mailbox";
	case EX_NOHOST:		return "no such host";
	case EX_UNAVAILABLE:	return "a service is missing";
	case EX_SOFTWARE:	return "a fault of the program";
	case EX_OSERR:		return "the system failed";
	case EX_OSFILE:		return "a system file is missing";
	case EX_CANTCREAT:	return "can't create a file";
	case EX_IOERR:		return "reading or writing failed";
	case EX_TEMPFAIL:	return "to be tried again";
	case EX_PROTOCOL:	return "the other side talks nonsense";
	case EX_NOPERM:		return "a right is missing";
	case EX_CONFIG:		return "configuration";
	default:		return status > 128 ? "ended by a signal" :
				    "failed";
	}
}

char *
mk_words_ascii(char *text)
{
	char *in = text, *out = text;

	while (*in != '\0') {
		if (strncmp(in, MK_NBSP, 2) == 0) {
			*out++ = ' ';
			in += 2;
		} else {
			*out++ = *in++;
		}
	}
	*out = '\0';
	return text;
}
