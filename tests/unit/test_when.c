/* rotate/when: every form, and the right moment when clocks are changed. */
#include "rotate/when.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))
#define ANY		MK_WHEN_ANY
#define LAST		MK_WHEN_LAST_DAY
#define DAY_S		86400
#define ZONES		"/usr/share/zoneinfo/"

/* The same without tzdata. */
#define BERLIN		"CET-1CEST,M3.5.0,M10.5.0/3"
#define NEW_YORK	"EST5EDT,M3.2.0,M11.1.0"
#define LORD_HOWE	"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"
#define SAO_PAULO	"<-03>3<-02>,M11.1.0/0,M2.3.0/0"	/* in 2018 */
#define KATHMANDU	"<+0545>-5:45"
#define HAVANA		"CST5CDT,M3.2.0/0,M11.1.0/1"	/* 00:30 is twice */
#define ST_JOHNS	"NST3:30NDT,M4.1.0/0:01,M10.5.0/0:01"	/* in 1990 */

/* Whether clocks go by TZ now: not where its table is not installed. */
static bool
set_zone(const char *tz)
{
	char path[256];

	if (strchr(tz, '/') == NULL || strchr(tz, ',') != NULL) {
		setenv("TZ", tz, 1);
		tzset();
		return true;
	}
	snprintf(path, sizeof path, ":" ZONES "%s", tz);	/* no TZDIR */
	setenv("TZ", path, 1);
	tzset();
	return access(path + 1, R_OK) == 0;
}

/* "2026-11-23 00:00:00" or "never". */
static int64_t
utc(const char *text)
{
	struct tm tm = { 0 };

	if (strcmp(text, "never") == 0)
		return MK_WHEN_NEVER;
	ck_assert_ptr_nonnull(strptime(text, "%Y-%m-%d %H:%M:%S", &tm));
	return (int64_t)timegm(&tm);
}

static const char *
in_utc(char buf[32], int64_t t)
{
	time_t at = (time_t)t;
	struct tm tm;

	if (t == MK_WHEN_NEVER)
		return "never";
	if (gmtime_r(&at, &tm) == NULL)
		return "?";
	strftime(buf, 32, "%Y-%m-%d %H:%M:%S", &tm);
	return buf;
}

#define SAME(t, text) do { \
	char buf_[32]; \
	ck_assert_str_eq(in_utc(buf_, (t)), (text)); \
} while (0)

static struct mk_when
when_of(const char *text)
{
	struct mk_when when;
	struct mk_error err = { 0 };

	ck_assert_msg(mk_when_parse(&when, text, &err) == 0, "%s", err.text);
	return when;
}

static const struct { const char *text; struct mk_when when; } forms[] = {
#define AT(y, mo, d, w, h, mi, s) \
	{ 0, true, (y), (mo), (d), (w), (h), (mi), (s) }
#define EACH(n)	{ (n), false, ANY, ANY, ANY, ANY, 0, 0, 0 }
	{ "*",		EACH(0) },
	{ "0",		EACH(0) },
	{ "1",		EACH(1) },
	{ "24",		EACH(24) },
	{ "0024",	EACH(24) },
	{ "168",	EACH(168) },
	{ "876000",	EACH(876000) },
	{ "@",		AT(ANY, ANY, ANY, ANY, 0, 0, 0) },
	{ "@T",		AT(ANY, ANY, ANY, ANY, 0, 0, 0) },
	{ "@T00",	AT(ANY, ANY, ANY, ANY, 0, 0, 0) },
	{ "@T0000",	AT(ANY, ANY, ANY, ANY, 0, 0, 0) },
	{ "@T000000",	AT(ANY, ANY, ANY, ANY, 0, 0, 0) },
	{ "@T23",	AT(ANY, ANY, ANY, ANY, 23, 0, 0) },
	{ "@T2359",	AT(ANY, ANY, ANY, ANY, 23, 59, 0) },
	{ "@T235958",	AT(ANY, ANY, ANY, ANY, 23, 59, 58) },
	{ "@T235960",	AT(ANY, ANY, ANY, ANY, 23, 59, 59) },
	{ "@22",	AT(ANY, ANY, 22, ANY, 0, 0, 0) },
	{ "@22T",	AT(ANY, ANY, 22, ANY, 0, 0, 0) },
	{ "@01T00",	AT(ANY, ANY, 1, ANY, 0, 0, 0) },
	{ "@31T0630",	AT(ANY, ANY, 31, ANY, 6, 30, 0) },
	{ "@0122T000000", AT(ANY, 1, 22, ANY, 0, 0, 0) },
	{ "@0101T",	AT(ANY, 1, 1, ANY, 0, 0, 0) },
	{ "@1231T23",	AT(ANY, 12, 31, ANY, 23, 0, 0) },
	{ "@0229T",	AT(ANY, 2, 29, ANY, 0, 0, 0) },
	{ "@0431T",	AT(ANY, 4, 31, ANY, 0, 0, 0) },	/* never comes */
	{ "@990122T000000", AT(1999, 1, 22, ANY, 0, 0, 0) },
	{ "@690101T",	AT(1969, 1, 1, ANY, 0, 0, 0) },
	{ "@680101T",	AT(2068, 1, 1, ANY, 0, 0, 0) },
	{ "@000229T",	AT(2000, 2, 29, ANY, 0, 0, 0) },
	{ "@19990122T000000", AT(1999, 1, 22, ANY, 0, 0, 0) },
	{ "@20261231",	AT(2026, 12, 31, ANY, 0, 0, 0) },
	{ "@20261231T2359", AT(2026, 12, 31, ANY, 23, 59, 0) },
	{ "$D",		AT(ANY, ANY, ANY, ANY, 0, 0, 0) },
	{ "$D0",	AT(ANY, ANY, ANY, ANY, 0, 0, 0) },
	{ "$D00",	AT(ANY, ANY, ANY, ANY, 0, 0, 0) },
	{ "$D23",	AT(ANY, ANY, ANY, ANY, 23, 0, 0) },
	{ "$W0",	AT(ANY, ANY, ANY, 0, 0, 0, 0) },
	{ "$W6D",	AT(ANY, ANY, ANY, 6, 0, 0, 0) },
	{ "$W5D16",	AT(ANY, ANY, ANY, 5, 16, 0, 0) },
	{ "$M1D0",	AT(ANY, ANY, 1, ANY, 0, 0, 0) },
	{ "$M01",	AT(ANY, ANY, 1, ANY, 0, 0, 0) },
	{ "$M31D9",	AT(ANY, ANY, 31, ANY, 9, 0, 0) },
	{ "$ML",	AT(ANY, ANY, LAST, ANY, 0, 0, 0) },
	{ "$Ml",	AT(ANY, ANY, LAST, ANY, 0, 0, 0) },
	{ "$MLD23",	AT(ANY, ANY, LAST, ANY, 23, 0, 0) },
	{ "$MlD",	AT(ANY, ANY, LAST, ANY, 0, 0, 0) },
	{ "*@T00",	AT(ANY, ANY, ANY, ANY, 0, 0, 0) },
	{ "*$W5D16",	AT(ANY, ANY, ANY, 5, 16, 0, 0) },
	{ "0@T07",	AT(ANY, ANY, ANY, ANY, 7, 0, 0) },
	{ "24@T00",	{ 24, true, ANY, ANY, ANY, ANY, 0, 0, 0 } },
	{ "168$D0",	{ 168, true, ANY, ANY, ANY, ANY, 0, 0, 0 } },
	{ "72$MLD4",	{ 72, true, ANY, ANY, LAST, ANY, 4, 0, 0 } },
};

static const struct mk_when poison = { 4242, true, 1, 2, 3, 4, 5, 6, 7 };

static void
ck_same(const struct mk_when *when, const struct mk_when *want)
{
	ck_assert_int_eq(when->hours, want->hours);
	ck_assert_int_eq(when->timed, want->timed);
	ck_assert_int_eq(when->year, want->year);
	ck_assert_int_eq(when->month, want->month);
	ck_assert_int_eq(when->day, want->day);
	ck_assert_int_eq(when->weekday, want->weekday);
	ck_assert_int_eq(when->hour, want->hour);
	ck_assert_int_eq(when->minute, want->minute);
	ck_assert_int_eq(when->second, want->second);
}

START_TEST(takes_every_form)
{
	struct mk_when when = poison;
	struct mk_error err = { 0 };

	ck_assert_msg(mk_when_parse(&when, forms[_i].text, &err) == 0, "%s",
	    err.text);
	ck_same(&when, &forms[_i].when);
}
END_TEST

#define HOW	"write it as *, 24 (hours), @T00, $D0, $W5D16, $M1D0 or 24@T00"
#define ISO	"behind the @ comes [[[[cc]yy]mm]dd][T[hh[mm[ss]]]]; write " \
		"it as @T00,"
#define DWM	"behind the $ comes D[hh], Wd[Dhh] or Mdd[Dhh]; write it as " \
		"$D0, $W5D16 (Friday; Sunday is 0), $M1D0 or $MLD23"

static const struct { const char *text, *why; } bad[] = {
	{ "",		"\"\" is no time to rotate at; " HOW },
	{ " 24",	"is no time to rotate at; " HOW },
	{ "-",		"is no time to rotate at; " HOW },
	{ "-1",		"is no time to rotate at; " HOW },
	{ "+1",		"is no time to rotate at; " HOW },
	{ "T00",	"is no time to rotate at; " HOW },
	{ "D0",		"is no time to rotate at; " HOW },
	{ "daily",	"is no time to rotate at; " HOW },
	{ "24h",	"\"24h\": \"h\" is no time that may follow an " },
	{ "24 ",	"\" \" is no time that may follow an interval; " HOW },
	{ "24.5",	"\".5\" is no time that may follow" },
	{ "24*",	"\"*\" is no time that may follow" },
	{ "**",		"\"*\" is no time that may follow" },
	{ "*24",	"\"24\" is no time that may follow" },
	{ "24D0",	"\"D0\" is no time that may follow" },
	{ "876001",	"\"876001\": the interval is more than 876000 hours" },
	{ "99999999999999999999", "is more than 876000 hours" },
	{ "18446744073709551617", "is more than 876000 hours" },	/* 2^64 + 1 */
	{ "876001@T00",	"is more than 876000 hours" },
	{ "@1",		ISO },
	{ "@T0",	ISO },
	{ "@T000",	ISO },
	{ "@T00000",	ISO },
	{ "@T0000000",	ISO },
	{ "@T00000000",	ISO },
	{ "@1231T00:00", ISO },
	{ "@2026-12-31", ISO },
	{ "@T00Z",	ISO },
	{ "@T 0",	ISO },
	{ "@ T00",	ISO },
	{ "@t00",	ISO },
	{ "@TT",	ISO },
	{ "@122",	ISO },
	{ "@1999122",	ISO },
	{ "@019991231",	ISO },
	{ "@1999123100",	ISO },
	{ "@D0",	ISO },
	{ "@T00@T12",	ISO },
	{ "@T00$D0",	ISO },
	{ "@T24",	"\"@T24\": 24 is no hour; they are from 0 to 23" },
	{ "@T0060",	"60 is no minute; they are from 0 to 59" },
	{ "@T000061",	"61 is no second; they are from 0 to 60" },
	{ "@00T00",	"0 is no day; they are from 1 to 31" },
	{ "@32T00",	"32 is no day; they are from 1 to 31" },
	{ "@0001T00",	"0 is no month; they are from 1 to 12" },
	{ "@1301T00",	"13 is no month; they are from 1 to 12" },
	{ "@20261301",	"13 is no month; they are from 1 to 12" },
	{ "$",		"\"$\": " DWM },
	{ "$0",		DWM },
	{ "$T00",	DWM },
	{ "$d0",	DWM },
	{ "$D-1",	DWM },
	{ "$D 1",	DWM },
	{ "$D000",	DWM },
	{ "$D0D0",	DWM },
	{ "$D0x",	DWM },
	{ "$D16W5",	DWM },
	{ "$D16M1",	DWM },
	{ "$W",		DWM },
	{ "$WD0",	DWM },
	{ "$WL",	DWM },
	{ "$W5W5",	DWM },
	{ "$W5D16D16",	DWM },
	{ "$W5T16",	DWM },
	{ "$M",		DWM },
	{ "$MD0",	DWM },
	{ "$MLL",	DWM },
	{ "$ML1",	DWM },
	{ "$M1M1",	DWM },
	{ "$M001",	DWM },
	{ "$M1D0 ",	DWM },
	{ "$D24",	"\"$D24\": 24 is no hour; they are from 0 to 23" },
	{ "$W5D24",	"24 is no hour" },
	{ "$MLD99",	"99 is no hour" },
	{ "$W7",	"7 is no day of the week; they are from 0 to 6" },
	{ "$M0",	"0 is no day; they are from 1 to 31" },
	{ "$M32",	"32 is no day; they are from 1 to 31" },
	{ "$W5M1",	"\"$W5M1\": $W and $M do not go together; write it" },
	{ "$W5D16M1",	"$W and $M do not go together" },
	{ "$M1W5",	"$W and $M do not go together" },
	{ "$MLW5D0",	"$W and $M do not go together" },
	{ "24$D24",	"24 is no hour" },
};

START_TEST(refuses_the_rest_and_says_how)
{
	struct mk_when when = poison;
	struct mk_error err = { 0 };

	ck_assert_int_eq(mk_when_parse(&when, bad[_i].text, &err), -1);
	ck_assert_int_eq(err.status, EX_CONFIG);
	ck_assert_msg(strstr(err.text, bad[_i].why) != NULL, "%s", err.text);
	ck_assert_ptr_nonnull(strstr(err.text, bad[_i].text));
	ck_same(&when, &poison);
}
END_TEST

static const struct {
	const char *tz, *text, *now, *last, *next;	/* UTC */
} moments[] = {
	/* The second itself, one before, one after. */
	{ "UTC0", "@T00", "2026-11-22 23:59:59", "2026-11-22 00:00:00",
	    "2026-11-23 00:00:00" },
	{ "UTC0", "@T00", "2026-11-23 00:00:00", "2026-11-23 00:00:00",
	    "2026-11-24 00:00:00" },
	{ "UTC0", "@T00", "2026-11-23 00:00:01", "2026-11-23 00:00:00",
	    "2026-11-24 00:00:00" },
	{ "UTC0", "@T123456", "2026-11-23 12:34:55", "2026-11-22 12:34:56",
	    "2026-11-23 12:34:56" },
	{ "UTC0", "@T123456", "2026-11-23 12:34:56", "2026-11-23 12:34:56",
	    "2026-11-24 12:34:56" },
	{ "UTC0", "@T235960", "2026-12-31 23:59:59", "2026-12-31 23:59:59",
	    "2027-01-01 23:59:59" },
	/* Weeks; 2026-11-23 is a Monday. */
	{ "UTC0", "$W1", "2026-11-23 00:00:00", "2026-11-23 00:00:00",
	    "2026-11-30 00:00:00" },
	{ "UTC0", "$W1", "2026-11-22 23:59:59", "2026-11-16 00:00:00",
	    "2026-11-23 00:00:00" },
	{ "UTC0", "$W0", "2026-11-23 12:00:00", "2026-11-22 00:00:00",
	    "2026-11-29 00:00:00" },
	{ "UTC0", "$W6D23", "2026-11-23 12:00:00", "2026-11-21 23:00:00",
	    "2026-11-28 23:00:00" },
	{ "UTC0", "$W5D16", "2026-11-20 15:59:59", "2026-11-13 16:00:00",
	    "2026-11-20 16:00:00" },
	{ "UTC0", "$W5D16", "2026-11-20 16:00:00", "2026-11-20 16:00:00",
	    "2026-11-27 16:00:00" },
	{ "UTC0", "$W5", "2027-01-01 00:00:00", "2027-01-01 00:00:00",
	    "2027-01-08 00:00:00" },
	{ "UTC0", "$W4", "2026-12-31 23:00:00", "2026-12-31 00:00:00",
	    "2027-01-07 00:00:00" },
	/* Months, and what they lack. */
	{ "UTC0", "$M1D0", "2026-12-31 23:59:59", "2026-12-01 00:00:00",
	    "2027-01-01 00:00:00" },
	{ "UTC0", "@01T00", "2027-01-01 00:00:00", "2027-01-01 00:00:00",
	    "2027-02-01 00:00:00" },
	{ "UTC0", "$M31", "2026-04-15 00:00:00", "2026-03-31 00:00:00",
	    "2026-05-31 00:00:00" },
	{ "UTC0", "$M31D12", "2026-12-31 11:59:59", "2026-10-31 12:00:00",
	    "2026-12-31 12:00:00" },
	{ "UTC0", "$M31", "2026-08-30 00:00:00", "2026-07-31 00:00:00",
	    "2026-08-31 00:00:00" },
	{ "UTC0", "$M30", "2026-02-28 12:00:00", "2026-01-30 00:00:00",
	    "2026-03-30 00:00:00" },
	{ "UTC0", "$M29", "2026-02-28 12:00:00", "2026-01-29 00:00:00",
	    "2026-03-29 00:00:00" },
	{ "UTC0", "$M29", "2024-02-28 12:00:00", "2024-01-29 00:00:00",
	    "2024-02-29 00:00:00" },
	{ "UTC0", "$M29", "2100-02-28 12:00:00", "2100-01-29 00:00:00",
	    "2100-03-29 00:00:00" },
	{ "UTC0", "$M29", "2000-02-28 12:00:00", "2000-01-29 00:00:00",
	    "2000-02-29 00:00:00" },
	{ "UTC0", "$ML", "2026-02-28 00:00:00", "2026-02-28 00:00:00",
	    "2026-03-31 00:00:00" },
	{ "UTC0", "$ML", "2024-02-28 00:00:00", "2024-01-31 00:00:00",
	    "2024-02-29 00:00:00" },
	{ "UTC0", "$MLD23", "2100-02-28 23:00:00", "2100-02-28 23:00:00",
	    "2100-03-31 23:00:00" },
	{ "UTC0", "$MLD23", "2000-02-28 23:00:00", "2000-01-31 23:00:00",
	    "2000-02-29 23:00:00" },
	{ "UTC0", "$MLD23", "2026-12-31 22:59:59", "2026-11-30 23:00:00",
	    "2026-12-31 23:00:00" },
	/* Years. */
	{ "UTC0", "@0101T", "2026-12-31 23:59:59", "2026-01-01 00:00:00",
	    "2027-01-01 00:00:00" },
	{ "UTC0", "@0101T", "2027-01-01 00:00:00", "2027-01-01 00:00:00",
	    "2028-01-01 00:00:00" },
	{ "UTC0", "@1231T2359", "2026-12-31 23:58:59", "2025-12-31 23:59:00",
	    "2026-12-31 23:59:00" },
	{ "UTC0", "@0229T", "2026-06-01 00:00:00", "2024-02-29 00:00:00",
	    "2028-02-29 00:00:00" },
	{ "UTC0", "@0229T", "2024-02-29 00:00:00", "2024-02-29 00:00:00",
	    "2028-02-29 00:00:00" },
	{ "UTC0", "@0229T", "2024-02-28 23:59:59", "2020-02-29 00:00:00",
	    "2024-02-29 00:00:00" },
	{ "UTC0", "@0229T", "2097-01-01 00:00:00", "2096-02-29 00:00:00",
	    "2104-02-29 00:00:00" },
	{ "UTC0", "@0229T", "2001-01-01 00:00:00", "2000-02-29 00:00:00",
	    "2004-02-29 00:00:00" },
	{ "UTC0", "@0228T", "2100-03-01 00:00:00", "2100-02-28 00:00:00",
	    "2101-02-28 00:00:00" },
	{ "UTC0", "@0230T", "2026-06-01 00:00:00", "never", "never" },
	{ "UTC0", "@0431T", "2026-06-01 00:00:00", "never", "never" },
	/* A full date comes once. */
	{ "UTC0", "@20261231T235959", "2026-11-23 00:00:00", "never",
	    "2026-12-31 23:59:59" },
	{ "UTC0", "@20261231T235959", "2026-12-31 23:59:58", "never",
	    "2026-12-31 23:59:59" },
	{ "UTC0", "@20261231T235959", "2026-12-31 23:59:59",
	    "2026-12-31 23:59:59", "never" },
	{ "UTC0", "@990122T", "2026-11-23 00:00:00", "1999-01-22 00:00:00",
	    "never" },
	{ "UTC0", "@690101T", "1970-01-02 00:00:00", "1969-01-01 00:00:00",
	    "never" },
	{ "UTC0", "@19600101", "2026-11-23 00:00:00", "never", "never" },
	{ "UTC0", "@20990101", "2026-11-23 00:00:00", "never", "never" },
	{ "UTC0", "@20260229", "2026-11-23 00:00:00", "never", "never" },
	/* Clocks that say 1970, or less. */
	{ "UTC0", "@T00", "1970-01-01 00:00:00", "1970-01-01 00:00:00",
	    "1970-01-02 00:00:00" },
	{ "UTC0", "$W4D1", "1969-12-31 23:59:59", "1969-12-25 01:00:00",
	    "1970-01-01 01:00:00" },
	{ "UTC0", "$ML", "1969-12-31 23:59:59", "1969-12-31 00:00:00",
	    "1970-01-31 00:00:00" },
	{ "UTC0", "$M1", "1899-12-31 23:59:59", "1899-12-01 00:00:00",
	    "1900-01-01 00:00:00" },
	/* Berlin, 2026-03-29: 02:00 is 03:00. */
	{ BERLIN, "@T0230", "2026-03-29 00:59:59", "2026-03-28 01:30:00",
	    "2026-03-29 01:00:00" },
	{ BERLIN, "@T0230", "2026-03-29 01:00:00", "2026-03-29 01:00:00",
	    "2026-03-30 00:30:00" },
	{ BERLIN, "@T02", "2026-03-29 01:00:00", "2026-03-29 01:00:00",
	    "2026-03-30 00:00:00" },
	{ BERLIN, "@T015959", "2026-03-29 01:00:00", "2026-03-29 00:59:59",
	    "2026-03-29 23:59:59" },
	{ BERLIN, "@T03", "2026-03-29 00:59:59", "2026-03-28 02:00:00",
	    "2026-03-29 01:00:00" },
	{ BERLIN, "@T0330", "2026-03-29 01:00:00", "2026-03-28 02:30:00",
	    "2026-03-29 01:30:00" },
	{ BERLIN, "@T00", "2026-03-29 12:00:00", "2026-03-28 23:00:00",
	    "2026-03-29 22:00:00" },
	{ BERLIN, "$W0D2", "2026-03-29 00:30:00", "2026-03-22 01:00:00",
	    "2026-03-29 01:00:00" },
	{ BERLIN, "$W0D2", "2026-03-29 01:00:00", "2026-03-29 01:00:00",
	    "2026-04-05 00:00:00" },
	{ BERLIN, "@20260329T0215", "2026-03-29 01:00:00",
	    "2026-03-29 01:00:00", "never" },
	{ BERLIN, "@20260329T0215", "2026-03-29 00:59:59", "never",
	    "2026-03-29 01:00:00" },
	/* Berlin, 2026-10-25: 02:00 to 03:00 comes twice. */
	{ BERLIN, "@T0230", "2026-10-25 00:29:59", "2026-10-24 00:30:00",
	    "2026-10-25 00:30:00" },
	{ BERLIN, "@T0230", "2026-10-25 00:30:00", "2026-10-25 00:30:00",
	    "2026-10-26 01:30:00" },
	{ BERLIN, "@T0230", "2026-10-25 01:00:00", "2026-10-25 00:30:00",
	    "2026-10-26 01:30:00" },
	{ BERLIN, "@T0230", "2026-10-25 01:30:00", "2026-10-25 00:30:00",
	    "2026-10-26 01:30:00" },
	{ BERLIN, "@T02", "2026-10-25 01:00:00", "2026-10-25 00:00:00",
	    "2026-10-26 01:00:00" },
	{ BERLIN, "@T03", "2026-10-25 01:59:59", "2026-10-24 01:00:00",
	    "2026-10-25 02:00:00" },
	{ BERLIN, "@T00", "2026-10-25 12:00:00", "2026-10-24 22:00:00",
	    "2026-10-25 23:00:00" },
	{ BERLIN, "$ML", "2026-10-30 22:59:59", "2026-09-29 22:00:00",
	    "2026-10-30 23:00:00" },
	{ "Europe/Berlin", "@T0230", "2026-03-29 00:59:59",
	    "2026-03-28 01:30:00", "2026-03-29 01:00:00" },
	{ "Europe/Berlin", "@T0230", "2026-10-25 01:30:00",
	    "2026-10-25 00:30:00", "2026-10-26 01:30:00" },
	{ "Europe/Berlin", "$M1D0", "2026-11-23 00:00:00",
	    "2026-10-31 23:00:00", "2026-11-30 23:00:00" },
	/* New York, 2026-03-08 and 2026-11-01. */
	{ NEW_YORK, "@T0230", "2026-03-08 06:59:59", "2026-03-07 07:30:00",
	    "2026-03-08 07:00:00" },
	{ NEW_YORK, "@T0130", "2026-11-01 05:29:59", "2026-10-31 05:30:00",
	    "2026-11-01 05:30:00" },
	{ NEW_YORK, "@T0130", "2026-11-01 06:30:00", "2026-11-01 05:30:00",
	    "2026-11-02 06:30:00" },
	{ "America/New_York", "@T0230", "2026-03-08 07:00:00",
	    "2026-03-08 07:00:00", "2026-03-09 06:30:00" },
	{ "America/New_York", "@01T01", "2026-11-01 06:15:00",
	    "2026-11-01 05:00:00", "2026-12-01 06:00:00" },
	/* Lord Howe changes by half an hour: 2026-10-04 and 2026-04-05. */
	{ LORD_HOWE, "@T0215", "2026-10-03 15:29:59", "2026-10-02 15:45:00",
	    "2026-10-03 15:30:00" },
	{ LORD_HOWE, "@T0215", "2026-10-03 15:30:00", "2026-10-03 15:30:00",
	    "2026-10-04 15:15:00" },
	{ LORD_HOWE, "@T0230", "2026-10-03 15:30:00", "2026-10-03 15:30:00",
	    "2026-10-04 15:30:00" },
	{ LORD_HOWE, "@T0145", "2026-04-04 15:15:00", "2026-04-04 14:45:00",
	    "2026-04-05 15:15:00" },
	{ LORD_HOWE, "@T0145", "2026-04-04 14:44:59", "2026-04-03 14:45:00",
	    "2026-04-04 14:45:00" },
	{ "Australia/Lord_Howe", "@T0215", "2026-10-03 15:29:59",
	    "2026-10-02 15:45:00", "2026-10-03 15:30:00" },
	{ "Australia/Lord_Howe", "@T0145", "2026-04-04 15:15:00",
	    "2026-04-04 14:45:00", "2026-04-05 15:15:00" },
	/* Sao Paulo, 2018: 11-04 has no 00:00, 02-17 has two 23:00. */
	{ SAO_PAULO, "@T00", "2018-11-04 02:59:59", "2018-11-03 03:00:00",
	    "2018-11-04 03:00:00" },
	{ SAO_PAULO, "@T00", "2018-11-04 03:00:00", "2018-11-04 03:00:00",
	    "2018-11-05 02:00:00" },
	{ SAO_PAULO, "$W0", "2018-11-04 03:00:00", "2018-11-04 03:00:00",
	    "2018-11-11 02:00:00" },
	{ SAO_PAULO, "@T00", "2018-02-18 02:30:00", "2018-02-17 02:00:00",
	    "2018-02-18 03:00:00" },
	{ SAO_PAULO, "@T2330", "2018-02-18 02:30:00", "2018-02-18 01:30:00",
	    "2018-02-19 02:30:00" },
	{ "America/Sao_Paulo", "@T00", "2018-11-04 02:59:59",
	    "2018-11-03 03:00:00", "2018-11-04 03:00:00" },
	{ "America/Sao_Paulo", "$M4D0", "2018-11-04 03:00:00",
	    "2018-11-04 03:00:00", "2018-12-04 02:00:00" },
	{ "America/Sao_Paulo", "@T2330", "2018-02-18 02:30:00",
	    "2018-02-18 01:30:00", "2018-02-19 02:30:00" },
	/* Havana, 2026-11-01: 00:00 comes twice; 2026-03-08: not at all. */
	{ HAVANA, "@T00", "2026-11-01 04:00:00", "2026-11-01 04:00:00",
	    "2026-11-02 05:00:00" },
	{ HAVANA, "@T00", "2026-11-01 05:00:00", "2026-11-01 04:00:00",
	    "2026-11-02 05:00:00" },
	{ HAVANA, "@01T00", "2026-11-01 05:00:00", "2026-11-01 04:00:00",
	    "2026-12-01 05:00:00" },
	{ HAVANA, "@T00", "2026-03-08 04:59:59", "2026-03-07 05:00:00",
	    "2026-03-08 05:00:00" },
	/* St John's, 1990-10-28: at 00:01 it is the 27th again, 23:01. */
	{ ST_JOHNS, "@T00", "1990-10-28 02:30:00", "1990-10-28 02:30:00",
	    "1990-10-29 03:30:00" },
	{ ST_JOHNS, "@T00", "1990-10-28 02:31:00", "1990-10-28 02:30:00",
	    "1990-10-29 03:30:00" },
	{ ST_JOHNS, "@T00", "1990-10-28 03:30:00", "1990-10-28 02:30:00",
	    "1990-10-29 03:30:00" },
	{ ST_JOHNS, "@T2330", "1990-10-28 03:00:00", "1990-10-28 02:00:00",
	    "1990-10-29 03:00:00" },
	{ "America/St_Johns", "@T00", "1990-10-28 03:00:00",
	    "1990-10-28 02:30:00", "1990-10-29 03:30:00" },
	/* No changes, no whole hours. */
	{ KATHMANDU, "@T00", "2026-11-22 18:14:59", "2026-11-21 18:15:00",
	    "2026-11-22 18:15:00" },
	{ "Asia/Kathmandu", "$W1", "2026-11-22 18:15:00",
	    "2026-11-22 18:15:00", "2026-11-29 18:15:00" },
	/* Apia had no 2011-12-30, a Friday. */
	{ "Pacific/Apia", "@T00", "2011-12-30 09:59:59",
	    "2011-12-29 10:00:00", "2011-12-30 10:00:00" },
	{ "Pacific/Apia", "@T00", "2011-12-30 10:00:00",
	    "2011-12-30 10:00:00", "2011-12-31 10:00:00" },
	{ "Pacific/Apia", "$W5D16", "2011-12-30 09:59:59",
	    "2011-12-24 02:00:00", "2011-12-30 10:00:00" },
	{ "Pacific/Apia", "$W5D16", "2011-12-30 10:00:00",
	    "2011-12-30 10:00:00", "2012-01-06 02:00:00" },
	{ "Pacific/Apia", "$ML", "2011-12-30 10:00:00",
	    "2011-12-30 10:00:00", "2012-01-30 10:00:00" },
	{ "Pacific/Apia", "@30T12", "2012-01-01 00:00:00",
	    "2011-12-30 10:00:00", "2012-01-29 22:00:00" },
	{ "UTC", "$M1D0", "2026-11-23 00:00:00", "2026-11-01 00:00:00",
	    "2026-12-01 00:00:00" },
};

START_TEST(finds_last_and_next)
{
	struct mk_when when;
	int64_t now;

	if (!set_zone(moments[_i].tz))
		return;
	when = when_of(moments[_i].text);
	now = utc(moments[_i].now);
	SAME(mk_when_last(&when, now), moments[_i].last);
	SAME(mk_when_next(&when, now), moments[_i].next);
}
END_TEST

static const struct { int year; int february; } years[] = {
	{ 1999, 28 }, { 2000, 29 }, { 2023, 28 }, { 2024, 29 }, { 2096, 29 },
	{ 2100, 28 }, { 2104, 29 }, { 2400, 29 },
};

START_TEST(knows_the_last_day_of_each_month)
{
	int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	struct mk_when when = when_of("$MLD23");
	char first[48], want[48];
	int month;

	ck_assert(set_zone("UTC0"));
	days[1] = years[_i].february;
	for (month = 1; month <= 12; month++) {
		snprintf(first, sizeof first, "%04d-%02d-01 00:00:00",
		    years[_i].year, month);
		snprintf(want, sizeof want, "%04d-%02d-%02d 23:00:00",
		    years[_i].year, month, days[month - 1]);
		SAME(mk_when_next(&when, utc(first)), want);
		SAME(mk_when_last(&when, utc(want)), want);
		ck_assert_int_lt(mk_when_last(&when, utc(want) - 1),
		    utc(first));
	}
}
END_TEST

static const char *const zones[] = {
	"UTC0", BERLIN, NEW_YORK, LORD_HOWE, SAO_PAULO, KATHMANDU, HAVANA,
	ST_JOHNS, "AAA24:59:59", "AAA-24:59:59", "Europe/Berlin",
	"America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo",
	"Asia/Kathmandu", "Pacific/Apia", "America/St_Johns",
	"Africa/Casablanca", "Antarctica/Troll", "right/Europe/Berlin",
};

static const char *const kinds[] = {
	"@T00", "@T0230", "@T235959", "$D1", "$W0D2", "$W5D16", "$M1D0",
	"$M30D2", "$M31", "$MLD23", "@0101T", "@0229T02", "@0329T0230",
};

static uint64_t
next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) +
	    UINT64_C(1442695040888963407);
	return *state >> 33;
}

START_TEST(last_and_next_agree_at_any_time)
{
	uint64_t state = 42;
	int64_t now, last, next;
	struct mk_when when;
	int kind, i;

	if (!set_zone(zones[_i]))
		return;
	for (kind = 0; kind < COUNT(kinds); kind++) {
		when = when_of(kinds[kind]);
		for (i = 0; i < 400; i++) {	/* until 2106 */
			now = (int64_t)(2 * next_random(&state));
			last = mk_when_last(&when, now);
			next = mk_when_next(&when, now);
			if (last > now || now >= next ||
			    last == MK_WHEN_NEVER ||
			    mk_when_last(&when, next) != next ||
			    mk_when_last(&when, next - 1) != last ||
			    mk_when_next(&when, last - 1) != last ||
			    mk_when_next(&when, last) != next)
				ck_abort_msg("%s %s %jd: %jd %jd", zones[_i],
				    kinds[kind], (intmax_t)now,
				    (intmax_t)last, (intmax_t)next);
		}
	}
}
END_TEST

static const struct { const char *tz, *change; } changes[] = {
	{ "UTC0", "2026-03-29 01:00:00" },
	{ BERLIN, "2026-03-29 01:00:00" },
	{ BERLIN, "2026-10-25 01:00:00" },
	{ NEW_YORK, "2026-03-08 07:00:00" },
	{ NEW_YORK, "2026-11-01 06:00:00" },
	{ LORD_HOWE, "2026-10-03 15:30:00" },
	{ LORD_HOWE, "2026-04-04 15:00:00" },
	{ SAO_PAULO, "2018-11-04 03:00:00" },
	{ SAO_PAULO, "2018-02-18 02:00:00" },
	{ HAVANA, "2026-03-08 05:00:00" },
	{ HAVANA, "2026-11-01 05:00:00" },
	{ ST_JOHNS, "1990-10-28 02:31:00" },
	{ "Pacific/Apia", "2011-12-30 10:00:00" },
	{ "Pacific/Kwajalein", "1993-08-21 12:00:00" },
	{ "Europe/Moscow", "2014-10-25 22:00:00" },
	{ "Asia/Pyongyang", "2018-05-04 15:00:00" },
	{ "Africa/Cairo", "2014-07-31 21:00:00" },
	{ "Antarctica/Troll", "2026-03-29 01:00:00" },
};

/* What a clock shows, by the C library's own calendar. */
static int64_t
shown(int64_t t)
{
	time_t at = (time_t)t;
	struct tm tm;

	if (localtime_r(&at, &tm) == NULL)
		ck_abort_msg("no time of %jd", (intmax_t)t);
	return (int64_t)timegm(&tm);
}

/*
 * Whoever watches a clock, minute by minute, takes the moment at which it
 * first shows OF_DAY or a later time.
 */
static void
watch(int64_t change, const char *text, int64_t of_day)
{
	struct mk_when when = when_of(text);
	int64_t t = change - 2 * DAY_S, last = MK_WHEN_NEVER, high = shown(t);
	int64_t now, day, days = (high - of_day) / DAY_S;

	for (; t < change + 2 * DAY_S; t += 60) {
		now = shown(t);
		if (now > high)
			high = now;
		day = (high - of_day) / DAY_S;
		if (day != days && mk_when_next(&when, t - 60) != t)
			ck_abort_msg("%s: next is not %jd", text, (intmax_t)t);
		if (day != days)
			last = t;
		days = day;
		if (last != MK_WHEN_NEVER && (t == last || t % 900 == 0) &&
		    mk_when_last(&when, t) != last)
			ck_abort_msg("%s: last of %jd is not %jd", text,
			    (intmax_t)t, (intmax_t)last);
	}
	ck_assert_int_ne(last, MK_WHEN_NEVER);
}

START_TEST(agrees_with_who_watches_the_clock)
{
	char text[16];
	int half;

	if (!set_zone(changes[_i].tz))
		return;
	for (half = 0; half < 48; half++) {
		snprintf(text, sizeof text, "@T%02d%02d", half / 2,
		    half % 2 * 30);
		watch(utc(changes[_i].change), text, half * 1800);
	}
}
END_TEST

START_TEST(never_where_no_time_is_given)
{
	struct mk_when when = when_of("24");
	int64_t now = utc("2026-11-23 00:00:00");

	ck_assert(set_zone("UTC0"));
	ck_assert_int_eq(mk_when_last(&when, now), MK_WHEN_NEVER);
	ck_assert_int_eq(mk_when_next(&when, now), MK_WHEN_NEVER);
}
END_TEST

START_TEST(stands_clocks_beyond_all_calendars)
{
	static const int64_t nows[] = {
		INT64_MIN, INT64_MIN + 1, INT64_MAX, INT64_MAX - 1,
		INT64_C(253402300800), INT64_C(-62135596801),
	};
	struct mk_when when = when_of("$MLD23");
	int i;

	ck_assert(set_zone(BERLIN));
	for (i = 0; i < COUNT(nows); i++) {
		ck_assert_int_eq(mk_when_last(&when, nows[i]), MK_WHEN_NEVER);
		ck_assert_int_eq(mk_when_next(&when, nows[i]), MK_WHEN_NEVER);
	}
	SAME(mk_when_last(&when, INT64_C(253402300799)),
	    "9999-12-31 22:00:00");
	ck_assert_int_gt(mk_when_next(&when, INT64_C(-62135596800)),
	    INT64_C(-62135596800));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("when");
	TCase *tc = tcase_create("when");

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, takes_every_form, 0, COUNT(forms));
	tcase_add_loop_test(tc, refuses_the_rest_and_says_how, 0, COUNT(bad));
	tcase_add_loop_test(tc, finds_last_and_next, 0, COUNT(moments));
	tcase_add_loop_test(tc, knows_the_last_day_of_each_month, 0,
	    COUNT(years));
	tcase_add_loop_test(tc, last_and_next_agree_at_any_time, 0,
	    COUNT(zones));
	tcase_add_loop_test(tc, agrees_with_who_watches_the_clock, 0,
	    COUNT(changes));
	tcase_add_test(tc, never_where_no_time_is_given);
	tcase_add_test(tc, stands_clocks_beyond_all_calendars);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
