/* rotate/due: when a log is rotated, in each dialect, and when it is not. */
#include "rotate/due.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))
#define NEVER		MK_WHEN_NEVER
#define HOUR_S		3600
#define DAY_S		86400
#define BERLIN		"CET-1CEST,M3.5.0,M10.5.0/3"
#define HAVANA		"CST5CDT,M3.2.0/0,M11.1.0/1"	/* 00:30 is twice */
#define SAO_PAULO	"<-03>3<-02>,M11.1.0/0,M2.3.0/0"	/* in 2018 */

/* A Monday, 00:00 UTC; and what comes before and after. */
#define MONDAY		INT64_C(1795392000)
#define AT(day, hour, minute) \
	(MONDAY + (day) * DAY_S + (hour) * HOUR_S + (minute) * 60)

#define B		MK_ENTRY_BINARY
#define E		MK_ENTRY_NOT_EMPTY

static void
set_zone(const char *tz)
{
	setenv("TZ", tz, 1);
	tzset();
}

static struct mk_entry
entry_of(const char *when, int64_t size_kib, unsigned flags)
{
	struct mk_entry entry = { .size_kib = size_kib, .flags = flags };
	struct mk_error err = { 0 };

	ck_assert_msg(mk_when_parse(&entry.when, when, &err) == 0, "%s",
	    err.text);
	return entry;
}

static const struct {
	enum mk_newsyslog dialect;
	const char *when;
	int64_t size_kib;
	unsigned flags;
	int64_t now_s, size_bytes, rotated_s, seen_s;
	bool force;
	enum mk_due due;
} cases[] = {
#define N	MK_NETBSD
#define F	MK_FREEBSD
#define O	MK_OPENBSD
	/* Nothing is asked for. */
	{ F, "*", 0, 0, MONDAY, INT64_MAX, NEVER, NEVER, false, MK_DUE_NOT },
	{ F, "0", 0, 0, MONDAY, 9999, NEVER, NEVER, false, MK_DUE_NOT },
	{ F, "*", 0, 0, MONDAY, 9999, NEVER, NEVER, true, MK_DUE_FORCED },
	/* Size: to the byte, and whatever the time says. */
	{ F, "*", 100, 0, MONDAY, 102399, NEVER, NEVER, false, MK_DUE_NOT },
	{ F, "*", 100, 0, MONDAY, 102400, NEVER, NEVER, false, MK_DUE_SIZE },
	{ N, "@T00", 1, 0, AT(0, 12, 0), 1024, MONDAY, 0, false,
	    MK_DUE_SIZE },
	{ F, "@T00", 1, 0, AT(0, 12, 0), 1024, MONDAY, 0, false,
	    MK_DUE_SIZE },
	{ O, "24@T00", 1, 0, AT(0, 12, 0), 1024, MONDAY, 0, false,
	    MK_DUE_SIZE },
	{ F, "*", INT64_MAX, 0, MONDAY, INT64_MAX, NEVER, NEVER, false,
	    MK_DUE_NOT },
	/* An interval, to the half hour. */
	{ F, "24", 0, 0, AT(1, 0, 0), 9, AT(0, 0, 0), 0, false,
	    MK_DUE_INTERVAL },
	{ F, "24", 0, 0, AT(0, 23, 30), 9, AT(0, 0, 0), 0, false,
	    MK_DUE_INTERVAL },
	{ F, "24", 0, 0, AT(0, 23, 30) - 1, 9, AT(0, 0, 0), 0, false,
	    MK_DUE_NOT },
	{ N, "1", 0, 0, AT(0, 0, 30), 9, AT(0, 0, 0), 0, false,
	    MK_DUE_INTERVAL },
	{ N, "1", 0, 0, AT(0, 0, 29), 9, AT(0, 0, 0), 0, false, MK_DUE_NOT },
	{ F, "24", 0, 0, MONDAY, 9, NEVER, NEVER, false, MK_DUE_INTERVAL },
	{ F, "24", 0, 0, MONDAY, 9, NEVER, MONDAY - 60, false,
	    MK_DUE_INTERVAL },
	{ F, "876000", 0, 0, MONDAY, 9, 0, 0, false, MK_DUE_NOT },
	{ F, "24", 0, 0, MONDAY, 9, INT64_MIN + 1, 0, false,
	    MK_DUE_INTERVAL },
	/* A clock that was, or is, wrong moves nothing. */
	{ F, "24", 0, 0, MONDAY, 9, MONDAY + 60, 0, false, MK_DUE_NOT },
	{ F, "24", 0, 0, MONDAY, 9, INT64_MAX, 0, false, MK_DUE_NOT },
	{ F, "@T00", 0, 0, MONDAY, 9, MONDAY + DAY_S, 0, false, MK_DUE_NOT },
	{ N, "24@T00", 0, 0, MONDAY, 9, INT64_MAX, 0, false, MK_DUE_NOT },
	{ F, "24", 1, 0, MONDAY, 1024, INT64_MAX, 0, false, MK_DUE_SIZE },
	{ F, "24", 0, 0, MONDAY, 9, INT64_MAX, 0, true, MK_DUE_FORCED },
	{ F, "@T00", 0, 0, INT64_MIN, 9, MONDAY, 0, false, MK_DUE_NOT },
	{ F, "24@T00", 0, 0, INT64_MAX, 9, NEVER, NEVER, false, MK_DUE_NOT },
	/* A time, nothing known: within the hour. */
	{ F, "@T00", 0, 0, AT(0, 0, 0) - 1, 9, NEVER, NEVER, false,
	    MK_DUE_NOT },
	{ F, "@T00", 0, 0, AT(0, 0, 0), 9, NEVER, NEVER, false, MK_DUE_TIME },
	{ F, "@T00", 0, 0, AT(0, 1, 0) - 1, 9, NEVER, NEVER, false,
	    MK_DUE_TIME },
	{ F, "@T00", 0, 0, AT(0, 1, 0), 9, NEVER, NEVER, false, MK_DUE_NOT },
	/* Seen before: caught up at any hour; seen since: not. */
	{ F, "@T00", 0, 0, AT(0, 9, 0), 9, NEVER, AT(0, 0, 0) - 1, false,
	    MK_DUE_TIME },
	{ F, "@T00", 0, 0, AT(0, 9, 0), 9, NEVER, AT(0, 0, 0), false,
	    MK_DUE_NOT },
	{ F, "@T00", 0, 0, AT(0, 0, 40), 9, NEVER, AT(0, 0, 20), false,
	    MK_DUE_NOT },
	{ N, "$W1D0", 0, 0, AT(3, 9, 0), 9, NEVER, AT(-1, 9, 0), false,
	    MK_DUE_TIME },
	/* Rotated: what was seen no longer counts. */
	{ F, "@T00", 0, 0, AT(0, 0, 0), 9, AT(0, 0, 0), 0, false,
	    MK_DUE_NOT },
	{ F, "@T00", 0, 0, AT(0, 0, 0), 9, AT(0, 0, 0) - 1, 0, false,
	    MK_DUE_TIME },
	{ F, "@T00", 0, 0, AT(0, 23, 59), 9, AT(0, 0, 0), 0, false,
	    MK_DUE_NOT },
	{ F, "@T00", 0, 0, AT(0, 9, 0), 9, AT(-1, 9, 0), AT(0, 8, 0), false,
	    MK_DUE_TIME },
	{ F, "@20261131T", 0, 0, MONDAY, 9, NEVER, 0, false, MK_DUE_NOT },
	{ F, "@20261101T", 0, 0, MONDAY, 9, NEVER, MONDAY, false,
	    MK_DUE_NOT },
	{ F, "@20261101T", 0, 0, MONDAY, 9, NEVER, 0, false, MK_DUE_TIME },
	{ F, "@20261101T", 0, 0, MONDAY, 9, MONDAY - 60, 0, false,
	    MK_DUE_NOT },
	/* Both: the interval must be over at the time, or within its hour. */
	{ F, "168$D0", 0, 0, AT(7, 0, 0), 999, AT(0, 0, 5), 0, false,
	    MK_DUE_TIME },
	{ F, "168$D0", 0, 0, AT(6, 23, 59), 999, AT(0, 0, 5), 0, false,
	    MK_DUE_NOT },
	{ F, "168$D0", 0, 0, AT(6, 0, 0), 999, AT(0, 0, 5), 0, false,
	    MK_DUE_NOT },
	{ F, "168$D0", 0, 0, AT(7, 12, 0), 999, AT(0, 12, 0), 0, false,
	    MK_DUE_NOT },
	{ F, "168$D0", 0, 0, AT(8, 0, 0), 999, AT(0, 12, 0), 0, false,
	    MK_DUE_TIME },
	{ F, "168$D0", 0, 0, AT(8, 9, 0), 999, AT(0, 12, 0), 0, false,
	    MK_DUE_TIME },
	{ F, "24@T00", 0, 0, AT(1, 0, 29), 999, AT(0, 1, 0), 0, false,
	    MK_DUE_NOT },
	{ F, "24@T00", 0, 0, AT(1, 0, 30), 999, AT(0, 1, 0), 0, false,
	    MK_DUE_TIME },
	{ F, "24@T00", 0, 0, AT(1, 1, 0), 999, AT(0, 1, 0), 0, false,
	    MK_DUE_NOT },
	{ F, "24@T00", 0, 0, AT(0, 0, 30), 999, NEVER, NEVER, false,
	    MK_DUE_TIME },
	{ F, "24@T00", 0, 0, AT(0, 9, 0), 999, NEVER, NEVER, false,
	    MK_DUE_NOT },
	{ F, "24@T00", 0, 0, AT(0, 9, 0), 999, NEVER, AT(-1, 9, 0), false,
	    MK_DUE_TIME },
	{ F, "24@0230T00", 0, 0, MONDAY, 999, NEVER, 0, false, MK_DUE_NOT },
	/* Either. */
	{ N, "168$D0", 0, 0, AT(1, 0, 0), 9, AT(0, 0, 5), 0, false,
	    MK_DUE_TIME },
	{ N, "12@T00", 0, 0, AT(0, 11, 30), 9, AT(0, 0, 0), 0, false,
	    MK_DUE_INTERVAL },
	{ N, "12@T00", 0, 0, AT(0, 11, 29), 9, AT(0, 0, 0), 0, false,
	    MK_DUE_NOT },
	{ N, "24@T00", 0, 0, AT(0, 9, 0), 9, NEVER, NEVER, false,
	    MK_DUE_INTERVAL },
	{ N, "24@0230T00", 0, 0, MONDAY, 9, NEVER, 0, false,
	    MK_DUE_INTERVAL },
	/* E. */
	{ F, "24", 0, E, MONDAY, 0, NEVER, NEVER, false, MK_DUE_EMPTY },
	{ F, "24", 0, E, MONDAY, 1, NEVER, NEVER, false, MK_DUE_INTERVAL },
	{ F, "24", 0, 0, MONDAY, 0, NEVER, NEVER, false, MK_DUE_INTERVAL },
	{ F, "@T00", 0, E | B, MONDAY, 0, NEVER, NEVER, false,
	    MK_DUE_EMPTY },
	{ F, "@T00", 0, E, MONDAY, 0, MONDAY, 0, false, MK_DUE_NOT },
	{ F, "*", 0, E, MONDAY, 0, NEVER, NEVER, true, MK_DUE_EMPTY },
	{ F, "*", 0, E, MONDAY, 1, NEVER, NEVER, true, MK_DUE_FORCED },
	/* OpenBSD's 256 bytes: by an interval, no B, not by force. */
	{ O, "24", 0, 0, MONDAY, 255, NEVER, NEVER, false, MK_DUE_EMPTY },
	{ O, "24", 0, 0, MONDAY, 256, NEVER, NEVER, false, MK_DUE_INTERVAL },
	{ O, "24", 0, 0, MONDAY, 0, NEVER, NEVER, false, MK_DUE_EMPTY },
	{ O, "24", 0, B, MONDAY, 0, NEVER, NEVER, false, MK_DUE_INTERVAL },
	{ O, "24", 0, 0, MONDAY, 0, NEVER, NEVER, true, MK_DUE_FORCED },
	{ O, "24", 0, 0, MONDAY, 255, MONDAY, 0, false, MK_DUE_NOT },
	{ O, "24@T00", 0, 0, MONDAY, 255, AT(-1, 0, 0), 0, false,
	    MK_DUE_EMPTY },
	{ O, "24@T00", 0, B, MONDAY, 255, AT(-1, 0, 0), 0, false,
	    MK_DUE_TIME },
	{ O, "@T00", 0, 0, MONDAY, 255, AT(-1, 0, 0), 0, false, MK_DUE_TIME },
	{ N, "24", 0, 0, MONDAY, 0, NEVER, NEVER, false, MK_DUE_INTERVAL },
	{ F, "24", 0, 0, MONDAY, 255, NEVER, NEVER, false, MK_DUE_INTERVAL },
};

START_TEST(decides)
{
	struct mk_entry entry = entry_of(cases[_i].when, cases[_i].size_kib,
	    cases[_i].flags);
	struct mk_due_facts facts = {
		.now_s = cases[_i].now_s, .size_bytes = cases[_i].size_bytes,
		.rotated_s = cases[_i].rotated_s, .seen_s = cases[_i].seen_s,
		.force = cases[_i].force,
	};

	set_zone("UTC0");
	ck_assert_int_eq(mk_due_decide(&entry, cases[_i].dialect, &facts),
	    cases[_i].due);
}
END_TEST

/*
 * All at once, at 00:20 or 09:00: each part given or not, and fulfilled or
 * not, of a log that was rotated yesterday, today or never.
 */
struct all {
	int dialect, size, interval, time, force, empty, flags, known;
};

/* The rules again, from the manuals and one by one. */
static enum mk_due
expected(const struct all *a)
{
	/* rotated: 0 never, 1 yesterday 00:20, 2 today 00:05; first sight */
	bool over = a->interval && a->known != 2;
	bool came = a->time == 1 ? a->known != 2 : false;
	enum mk_due due = MK_DUE_NOT;

	/* @T09 was yesterday; a day's interval was not over then. */
	if (a->time == 2)
		came = a->known == 1 &&
		    !(a->interval && a->dialect != MK_NETBSD);
	if (a->force)
		due = MK_DUE_FORCED;
	else if (a->size == 2 && !a->empty)
		due = MK_DUE_SIZE;
	else if (a->interval && a->time && a->dialect != MK_NETBSD)
		due = over && came ? MK_DUE_TIME : MK_DUE_NOT;
	else if (came)
		due = MK_DUE_TIME;
	else if (over)
		due = MK_DUE_INTERVAL;
	if (a->dialect == MK_OPENBSD && a->interval && a->empty &&
	    (a->flags & B) == 0 && (due == MK_DUE_TIME ||
	    due == MK_DUE_INTERVAL))
		due = MK_DUE_EMPTY;
	if (due != MK_DUE_NOT && a->empty && (a->flags & E) != 0)
		due = MK_DUE_EMPTY;
	return due;
}

static void
try_all(const struct all *a)
{
	static const char *const whens[2][3] = {
		{ "*", "@T00", "@T09" }, { "24", "24@T00", "24@T09" },
	};
	static const int64_t rotated[] = {
		NEVER, AT(-1, 0, 20), AT(0, 0, 5),
	};
	static const unsigned flags[] = { 0, B, E, B | E };
	struct mk_entry entry = entry_of(whens[a->interval][a->time],
	    a->size == 0 ? 0 : a->size == 1 ? 100 : 4, flags[a->flags]);
	struct mk_due_facts facts = {
		.now_s = AT(0, 0, 20), .size_bytes = a->empty ? 0 : 4096,
		.rotated_s = rotated[a->known], .seen_s = NEVER,
		.force = a->force,
	};
	struct all again = *a;
	enum mk_due due, want;

	again.flags = (int)flags[a->flags];
	want = expected(&again);
	due = mk_due_decide(&entry, (enum mk_newsyslog)a->dialect, &facts);
	if (due != want)
		ck_abort_msg("dialect %d size %d when %s force %d empty %d "
		    "flags %u known %d: %d, not %d", a->dialect, a->size,
		    whens[a->interval][a->time], a->force, a->empty,
		    flags[a->flags], a->known, (int)due, (int)want);
}

START_TEST(decides_all_combinations)
{
	struct all a = { .dialect = _i };
	int n = 0;

	set_zone("UTC0");
	for (a.size = 0; a.size < 3; a.size++)
	for (a.interval = 0; a.interval < 2; a.interval++)
	for (a.time = 0; a.time < 3; a.time++)
	for (a.force = 0; a.force < 2; a.force++)
	for (a.empty = 0; a.empty < 2; a.empty++)
	for (a.flags = 0; a.flags < 4; a.flags++)
	for (a.known = 0; a.known < 3; a.known++, n++)
		try_all(&a);
	ck_assert_int_eq(n, 864);
}
END_TEST

struct host {				/* one log, looked at now and then */
	struct mk_entry entry;
	enum mk_newsyslog dialect;
	int64_t rotated_s, seen_s, step_s;
};

/* From FROM_S until before TO_S; how often it was rotated. */
static int
run(struct host *host, int64_t from_s, int64_t to_s)
{
	struct mk_due_facts facts = { .size_bytes = 4096 };
	enum mk_due due;
	int n = 0;

	for (; from_s < to_s; from_s += host->step_s) {
		facts.now_s = from_s;
		facts.rotated_s = host->rotated_s;
		facts.seen_s = host->seen_s;
		due = mk_due_decide(&host->entry, host->dialect, &facts);
		if (due != MK_DUE_NOT) {
			host->rotated_s = from_s;
			n++;
		}
		if (host->seen_s == NEVER)
			host->seen_s = from_s;
	}
	return n;
}

static struct host
host_of(const char *when, enum mk_newsyslog dialect, int64_t step_s)
{
	struct host host = {
		.dialect = dialect, .rotated_s = NEVER, .seen_s = NEVER,
		.step_s = step_s,
	};

	host.entry = entry_of(when, 0, 0);
	return host;
}

START_TEST(asleep_over_midnight_is_caught_up_once)
{
	struct host host = host_of("@T00", (enum mk_newsyslog)_i, HOUR_S);

	set_zone("UTC0");
	ck_assert_int_eq(run(&host, AT(0, 9, 0), AT(0, 22, 30)), 0);
	ck_assert_int_eq(run(&host, AT(1, 7, 10), AT(1, 7, 11)), 1);
	ck_assert_int_eq(run(&host, AT(1, 8, 10), AT(2, 0, 0)), 0);
	ck_assert_int_eq(run(&host, AT(2, 0, 0), AT(2, 0, 1)), 1);
	ck_assert_int_eq(run(&host, AT(2, 1, 0), AT(3, 0, 0)), 0);
}
END_TEST

START_TEST(asleep_for_a_week_is_caught_up_once)
{
	struct host host = host_of("@T00", (enum mk_newsyslog)_i, HOUR_S);

	set_zone(BERLIN);
	ck_assert_int_eq(run(&host, AT(0, 9, 0), AT(3, 12, 0)), 3);
	ck_assert_int_eq(run(&host, AT(10, 12, 0), AT(10, 22, 30)), 1);
	ck_assert_int_eq(host.rotated_s, AT(10, 12, 0));
	ck_assert_int_eq(run(&host, AT(10, 23, 0), AT(12, 23, 0)), 2);
}
END_TEST

START_TEST(a_missed_week_is_caught_up_once)
{
	struct host host = host_of("$W1D0", MK_FREEBSD, HOUR_S);

	set_zone("UTC0");
	ck_assert_int_eq(run(&host, AT(-1, 0, 0), AT(0, 0, 0)), 0);
	ck_assert_int_eq(run(&host, AT(2, 15, 0), AT(7, 0, 0)), 1);
	ck_assert_int_eq(host.rotated_s, AT(2, 15, 0));
	ck_assert_int_eq(run(&host, AT(7, 0, 0), AT(28, 0, 0)), 3);
}
END_TEST

static const struct {
	const char *tz, *when;
	int64_t from_s, step_s;
	int days, times;
} runs[] = {
	{ "UTC0",	"@T00",	  MONDAY, 900, 365, 365 },
	{ BERLIN,	"@T00",	  MONDAY, 900, 365, 365 },
	{ BERLIN,	"@T0230", MONDAY, 900, 365, 365 },
	{ BERLIN,	"@T0230", MONDAY, 7 * HOUR_S, 365, 365 },
	{ BERLIN,	"$W0D2",  MONDAY, 900, 364, 52 },
	{ BERLIN,	"$M1D0",  MONDAY, 900, 365, 12 },
	{ BERLIN,	"$ML",	  MONDAY, 900, 365, 12 },
	{ BERLIN,	"$M31",	  MONDAY, 900, 365, 7 },
	{ BERLIN,	"@0101T", MONDAY, 900, 365, 1 },
	{ HAVANA,	"@T00",	  MONDAY, 600, 365, 365 },
	{ HAVANA,	"@T0030", MONDAY, 600, 365, 365 },
	{ HAVANA,	"$W0D0",  MONDAY, 600, 364, 52 },
	{ SAO_PAULO,	"@T00",	  MONDAY, 600, 365, 365 },
	{ SAO_PAULO,	"@T23",	  MONDAY, 600, 365, 365 },
	{ SAO_PAULO,	"@T2330", MONDAY, 600, 365, 365 },
};

START_TEST(each_time_once_in_a_year_of_runs)
{
	struct host host = host_of(runs[_i].when, MK_FREEBSD, runs[_i].step_s);

	set_zone(runs[_i].tz);
	host.rotated_s = runs[_i].from_s + 6 * HOUR_S;
	ck_assert_int_eq(run(&host, runs[_i].from_s + 6 * HOUR_S,
	    runs[_i].from_s + 6 * HOUR_S + runs[_i].days * DAY_S),
	    runs[_i].times);
}
END_TEST

START_TEST(a_repeated_midnight_is_one)
{
	/* Havana, 2026-11-01: 00:00 is 04:00 UTC, and 05:00 once more. */
	int64_t first = INT64_C(1793505600);
	struct host host = host_of("@T00", (enum mk_newsyslog)_i, 300);

	set_zone(HAVANA);
	host.rotated_s = first - DAY_S;
	ck_assert_int_eq(run(&host, first - HOUR_S, first), 0);
	ck_assert_int_eq(run(&host, first, first + 1), 1);
	ck_assert_int_eq(run(&host, first + 300, first + 25 * HOUR_S), 0);
	ck_assert_int_eq(run(&host, first + 25 * HOUR_S,
	    first + 26 * HOUR_S), 1);
}
END_TEST

START_TEST(interval_and_time_rotate_each_week_at_midnight)
{
	struct host host = host_of("168$D0", (enum mk_newsyslog)_i, 900);
	int week;

	set_zone("UTC0");
	ck_assert_int_eq(run(&host, AT(0, 0, 0), AT(0, 0, 1)), 1);
	for (week = 1; week < 8; week++) {
		ck_assert_int_eq(run(&host, AT(7 * week - 7, 0, 15),
		    AT(7 * week, 0, 0)), 0);
		ck_assert_int_eq(run(&host, AT(7 * week, 0, 0),
		    AT(7 * week, 0, 1)), 1);
	}
	host.rotated_s = AT(52, 12, 0);		/* by its size, say */
	ck_assert_int_eq(run(&host, AT(52, 12, 15), AT(60, 0, 0)), 0);
	ck_assert_int_eq(run(&host, AT(60, 0, 0), AT(60, 0, 1)), 1);
}
END_TEST

static const struct {
	enum mk_due due;
	const char *when;
	int64_t size_kib, now_s, size_bytes, rotated_s;
	const char *text;
} texts[] = {
	{ MK_DUE_SIZE, "24", 100, MONDAY, 120 * 1024 + 1023, NEVER,
	    "size 120 KiB, from 100 KiB" },
	{ MK_DUE_INTERVAL, "24", 100, AT(1, 1, 0), 9, AT(0, 0, 0),
	    "last rotation 25 h ago, each 24 h" },
	{ MK_DUE_INTERVAL, "24", 0, AT(0, 23, 30), 9, AT(0, 0, 0),
	    "last rotation 24 h ago, each 24 h" },
	{ MK_DUE_INTERVAL, "24", 0, MONDAY, 9, NEVER,
	    "no rotation known, each 24 h" },
	{ MK_DUE_INTERVAL, "24", 0, MONDAY, 9, INT64_MIN + 1,
	    "last rotation 2562047788513936 h ago, each 24 h" },
	{ MK_DUE_TIME, "@T00", 0, AT(0, 7, 0), 9, AT(-1, 0, 0),
	    "time 2026-11-23 00:00" },
	{ MK_DUE_TIME, "168$W1D3", 0, AT(3, 7, 0), 9, NEVER,
	    "time 2026-11-23 03:00" },
	{ MK_DUE_TIME, "@T010203", 0, AT(3, 7, 0), 9, NEVER,
	    "time 2026-11-26 01:02:03" },
	{ MK_DUE_FORCED, "@T00", 100, MONDAY, 9, NEVER, "forced" },
	{ MK_DUE_EMPTY, "@T00", 100, MONDAY, 0, NEVER, "empty" },
	{ MK_DUE_EMPTY, "24", 100, MONDAY, 120, NEVER,
	    "120 bytes, fewer than 256" },
	{ MK_DUE_NOT, "*", 0, MONDAY, 9, NEVER, "no size, interval or time" },
	{ MK_DUE_NOT, "*", 100, MONDAY, 20 * 1024, NEVER,
	    "size 20 KiB, from 100 KiB" },
	{ MK_DUE_NOT, "24", 0, AT(0, 3, 0), 9, MONDAY,
	    "last rotation 3 h ago, each 24 h" },
	{ MK_DUE_NOT, "@T00", 0, AT(0, 3, 0), 9, MONDAY,
	    "next time 2026-11-24 00:00" },
	{ MK_DUE_NOT, "24$W1", 100, AT(0, 3, 0), 20 * 1024, MONDAY,
	    "size 20 KiB, from 100 KiB; last rotation 3 h ago, each 24 h; "
	    "next time 2026-11-30 00:00" },
	{ MK_DUE_NOT, "@20200101", 0, MONDAY, 9, MONDAY, "next time never" },
	{ MK_DUE_NOT, "24", 0, MONDAY, 9, AT(1, 0, 0),
	    "last rotation in the future, 2026-11-24 00:00, each 24 h" },
	{ MK_DUE_NOT, "@T00", 0, MONDAY, 9, AT(1, 0, 9),
	    "last rotation in the future, 2026-11-24 00:09; next time "
	    "2026-11-24 00:00" },
	{ MK_DUE_NOT, "24", 0, MONDAY, 9, INT64_MAX,
	    "last rotation in the future, unknown, each 24 h" },
	{ MK_DUE_NOT, "876000@T235959", INT64_MAX, AT(1, 0, 0), INT64_MAX,
	    AT(9, 1, 1) + 1, "size 9007199254740991 KiB, from "
	    "9223372036854775807 KiB; last rotation in the future, "
	    "2026-12-02 01:01:01, each 876000 h; next time "
	    "2026-11-24 23:59:59" },
};

START_TEST(says_why)
{
	struct mk_entry entry = entry_of(texts[_i].when, texts[_i].size_kib,
	    0);
	struct mk_due_facts facts = {
		.now_s = texts[_i].now_s, .size_bytes = texts[_i].size_bytes,
		.rotated_s = texts[_i].rotated_s, .seen_s = NEVER,
	};
	char buf[MK_DUE_TEXT_MAX];

	set_zone("UTC0");
	memset(buf, 'x', sizeof buf);
	ck_assert_ptr_eq(mk_due_text(buf, texts[_i].due, &entry, &facts),
	    buf);
	ck_assert_str_eq(buf, texts[_i].text);
}
END_TEST

START_TEST(says_it_in_local_time)
{
	struct mk_entry entry = entry_of("@T00", 0, 0);
	struct mk_due_facts facts = {
		.now_s = AT(0, 7, 0), .rotated_s = NEVER, .seen_s = NEVER,
	};
	char buf[MK_DUE_TEXT_MAX];

	set_zone(HAVANA);
	ck_assert_str_eq(mk_due_text(buf, MK_DUE_TIME, &entry, &facts),
	    "time 2026-11-23 00:00");
	ck_assert_str_eq(mk_due_text(buf, MK_DUE_NOT, &entry, &facts),
	    "next time 2026-11-24 00:00");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("due");
	TCase *tc = tcase_create("due");

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, decides, 0, COUNT(cases));
	tcase_add_loop_test(tc, decides_all_combinations, 0, 3);
	tcase_add_loop_test(tc, asleep_over_midnight_is_caught_up_once, 0, 3);
	tcase_add_loop_test(tc, asleep_for_a_week_is_caught_up_once, 0, 3);
	tcase_add_test(tc, a_missed_week_is_caught_up_once);
	tcase_add_loop_test(tc, each_time_once_in_a_year_of_runs, 0,
	    COUNT(runs));
	tcase_add_loop_test(tc, a_repeated_midnight_is_one, 0, 3);
	tcase_add_loop_test(tc, interval_and_time_rotate_each_week_at_midnight,
	    MK_FREEBSD, MK_OPENBSD + 1);
	tcase_add_loop_test(tc, says_why, 0, COUNT(texts));
	tcase_add_test(tc, says_it_in_local_time);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
