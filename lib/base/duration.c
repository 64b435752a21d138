/* base/duration - durations, sizes and shares with their units. */
#include "base/duration.h"

#include <stdio.h>
#include <string.h>

#define YEAR_S		(365 * INT64_C(86400))
#define DURATION_MAX_S	(1000 * YEAR_S)

struct unit {
	const char *name;
	int64_t factor;
};

static const struct unit duration_units[] = {	/* falling: see sums */
	{ "y", YEAR_S },
	{ "w", 7 * 86400 },
	{ "d", 86400 },
	{ "h", 3600 },
	{ "m", 60 },
	{ "s", 1 },
};

static const struct unit size_units[] = {
	{ "B", 1 },
	{ "KiB", INT64_C(1) << 10 },
	{ "MiB", INT64_C(1) << 20 },
	{ "GiB", INT64_C(1) << 30 },
	{ "TiB", INT64_C(1) << 40 },
	{ "kB", 1000 },
	{ "MB", 1000 * 1000 },
	{ "GB", INT64_C(1000) * 1000 * 1000 },
	{ "TB", INT64_C(1000) * 1000 * 1000 * 1000 },
};

#define COUNT(array)	(sizeof (array) / sizeof *(array))

/*
 * The number that *TEXT begins with, which is moved behind it; INT64_MAX where
 * it is larger.  -1 where there is no digit.  Not strtoll(3): that one takes
 * blanks, signs and, with some locales, more.
 */
static int64_t
take_number(const char **text)
{
	const char *p = *text;
	int64_t n = 0;

	if (*p < '0' || *p > '9')
		return -1;
	for (; *p >= '0' && *p <= '9'; p++) {
		if (n > (INT64_MAX - (*p - '0')) / 10)
			n = INT64_MAX;
		else
			n = 10 * n + (*p - '0');
	}
	*text = p;
	return n;
}

static size_t
letters(const char *text)
{
	size_t n = 0;

	while ((text[n] >= 'a' && text[n] <= 'z') ||
	    (text[n] >= 'A' && text[n] <= 'Z'))
		n++;
	return n;
}

/* The index of the unit that TEXT begins with, LEN letters; N for none. */
static size_t
find_unit(const struct unit *units, size_t n, const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strlen(units[i].name) == len &&
		    memcmp(units[i].name, text, len) == 0)
			break;
	return i;
}

/* sum + n * factor, or -1 where that is more than MAX. */
static int64_t
add_product(int64_t sum, int64_t n, int64_t factor, int64_t max)
{
	if (n > (max - sum) / factor)
		return -1;
	return sum + n * factor;
}

int
mk_duration_parse(const char *text, int64_t *seconds, struct mk_error *err)
{
	const char *p = text;
	size_t len, unit, next = 0;
	int64_t sum = 0, n;

	if (strcmp(text, "0") == 0) {
		*seconds = 0;
		return 0;
	}
	do {
		n = take_number(&p);
		len = letters(p);
		if (n != -1 && *p == '\0')
			return mk_fail(err, EX_DATAERR, "\"%s\" has no unit; "
			    "write it as 10d, 36h, 30m or 45s", text);
		if (n == -1 || len == 0)
			return mk_fail(err, EX_DATAERR, "\"%s\" is no "
			    "duration; write it as 10d, 36h, 30m or 45s",
			    text);
		unit = find_unit(duration_units, COUNT(duration_units), p,
		    len);
		if (unit == COUNT(duration_units))
			return mk_fail(err, EX_DATAERR, "\"%s\": \"%.*s\" is "
			    "no unit of time; the units are s, m, h, d, w "
			    "and y", text, (int)len, p);
		if (unit < next)
			return mk_fail(err, EX_DATAERR, "\"%s\": the units of "
			    "a sum must fall, as in 1d12h", text);
		sum = add_product(sum, n, duration_units[unit].factor,
		    DURATION_MAX_S);
		if (sum == -1)
			return mk_fail(err, EX_DATAERR,
			    "\"%s\" is more than 1000y", text);
		next = unit + 1;
		p += len;
	} while (*p != '\0');
	*seconds = sum;
	return 0;
}

int
mk_size_parse(const char *text, int64_t *bytes, struct mk_error *err)
{
	const char *p = text;
	size_t len, unit;
	int64_t n;

	if (strcmp(text, "0") == 0) {
		*bytes = 0;
		return 0;
	}
	n = take_number(&p);
	len = letters(p);
	if (n != -1 && *p == '\0')
		return mk_fail(err, EX_DATAERR, "\"%s\" has no unit; "
		    "write it as 64MiB, 500kB or 812B", text);
	if (n == -1 || len == 0 || p[len] != '\0')
		return mk_fail(err, EX_DATAERR, "\"%s\" is no size; "
		    "write it as 64MiB, 500kB or 812B", text);
	unit = find_unit(size_units, COUNT(size_units), p, len);
	if (unit == COUNT(size_units))
		return mk_fail(err, EX_DATAERR, "\"%s\": \"%s\" is no unit of "
		    "size; the units are B, KiB, MiB, GiB, TiB, kB, MB, GB "
		    "and TB", text, p);
	n = add_product(0, n, size_units[unit].factor, INT64_MAX);
	if (n == -1)
		return mk_fail(err, EX_DATAERR, "\"%s\" is too much", text);
	*bytes = n;
	return 0;
}

int
mk_percent_parse(const char *text, int64_t *percent, struct mk_error *err)
{
	const char *p = text;
	int64_t n;

	if (strcmp(text, "0") == 0) {
		*percent = 0;
		return 0;
	}
	n = take_number(&p);
	if (n != -1 && *p == '\0')
		return mk_fail(err, EX_DATAERR, "\"%s\" has no unit; write it "
		    "as 50%%", text);
	if (n == -1 || strcmp(p, "%") != 0)
		return mk_fail(err, EX_DATAERR, "\"%s\" is no share; write a "
		    "whole number from 0%% to 100%%", text);
	if (n > 100)
		return mk_fail(err, EX_DATAERR, "\"%s\" is more than 100%%",
		    text);
	*percent = n;
	return 0;
}

char *
mk_duration_format(char *buf, size_t size, int64_t seconds)
{
	static const struct unit units[] = {	/* weeks read worse than days */
		{ "d", 86400 }, { "h", 3600 }, { "m", 60 }, { "s", 1 },
	};
	uint64_t rest = seconds < 0 ? -(uint64_t)seconds : (uint64_t)seconds;
	uint64_t factor;
	char text[64];
	size_t i, len = 0;

	if (seconds < 0)
		text[len++] = '-';
	for (i = 0; i < COUNT(units); i++) {
		factor = (uint64_t)units[i].factor;
		if (rest < factor && !(seconds == 0 && factor == 1))
			continue;
		len += (size_t)snprintf(text + len, sizeof text - len,
		    "%llu%s", (unsigned long long)(rest / factor),
		    units[i].name);
		rest %= factor;
	}
	snprintf(buf, size, "%s", text);
	return buf;
}

char *
mk_size_format(char *buf, size_t size, uint64_t bytes)
{
	static const char *const units[] = {
		"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB",
	};
	uint64_t whole = bytes, tenths = 0, rest;
	unsigned unit = 0;

	/* Rounding may reach the next unit: 1023.96 KiB is 1.0 MiB. */
	while (whole >= 1024) {
		unit++;
		whole = bytes >> 10 * unit;
		rest = bytes - (whole << 10 * unit);
		tenths = (10 * rest + (UINT64_C(1) << (10 * unit - 1))) >>
		    10 * unit;
		whole += tenths / 10;
		tenths %= 10;
	}
	if (unit == 0)
		snprintf(buf, size, "%llu B", (unsigned long long)bytes);
	else
		snprintf(buf, size, "%llu.%llu %s", (unsigned long long)whole,
		    (unsigned long long)tenths, units[unit]);
	return buf;
}
