/* rotate/due - is a log to be rotated now? */
#include "rotate/due.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define HOUR_S		3600
#define SLACK_S		1800		/* newsyslog rounds to the hour */
#define OPENBSD_MIN	256		/* its MIN_SIZE, in bytes */

static bool
size_reached(const struct mk_entry *entry, const struct mk_due_facts *facts)
{
	return entry->size_kib > 0 &&
	    facts->size_bytes / 1024 >= entry->size_kib;
}

/* Whether the interval, which is given, is over at AT_S. */
static bool
interval_over(const struct mk_entry *entry, const struct mk_due_facts *facts,
    int64_t at_s)
{
	return facts->rotated_s == MK_WHEN_NEVER ||
	    facts->rotated_s <= at_s + SLACK_S - entry->when.hours * HOUR_S;
}

/* Whether AT_S, the last time of WHEN, waits for its rotation. */
static bool
time_waits(const struct mk_due_facts *facts, int64_t at_s)
{
	int64_t since_s = facts->rotated_s != MK_WHEN_NEVER ?
	    facts->rotated_s : facts->seen_s;

	if (at_s == MK_WHEN_NEVER)
		return false;
	if (since_s == MK_WHEN_NEVER)
		return facts->now_s - at_s < HOUR_S;
	return since_s < at_s;
}

static enum mk_due
by_when(const struct mk_entry *entry, enum mk_newsyslog dialect,
    const struct mk_due_facts *facts)
{
	const struct mk_when *when = &entry->when;
	int64_t now_s = facts->now_s, at_s;
	bool over, waits;

	over = when->hours > 0 && interval_over(entry, facts, now_s);
	if (!when->timed)
		return over ? MK_DUE_INTERVAL : MK_DUE_NOT;
	at_s = mk_when_last(when, now_s);
	waits = time_waits(facts, at_s);
	if (when->hours == 0)
		return waits ? MK_DUE_TIME : MK_DUE_NOT;
	if (dialect == MK_NETBSD)
		return waits ? MK_DUE_TIME : over ? MK_DUE_INTERVAL :
		    MK_DUE_NOT;
	if (!waits || !over)
		return MK_DUE_NOT;
	/* Not as soon as the interval is over: at the time that is given. */
	if (now_s - at_s >= HOUR_S && !interval_over(entry, facts, at_s))
		return MK_DUE_NOT;
	return MK_DUE_TIME;
}

enum mk_due
mk_due_decide(const struct mk_entry *entry, enum mk_newsyslog dialect,
    const struct mk_due_facts *facts)
{
	enum mk_due due;

	if (facts->force)
		due = MK_DUE_FORCED;
	else if (size_reached(entry, facts))
		due = MK_DUE_SIZE;
	else {
		due = by_when(entry, dialect, facts);
		if (due != MK_DUE_NOT && dialect == MK_OPENBSD &&
		    entry->when.hours > 0 &&
		    (entry->flags & MK_ENTRY_BINARY) == 0 &&
		    facts->size_bytes < OPENBSD_MIN)
			due = MK_DUE_EMPTY;
	}
	if (due != MK_DUE_NOT && facts->size_bytes == 0 &&
	    (entry->flags & MK_ENTRY_NOT_EMPTY) != 0)
		due = MK_DUE_EMPTY;
	return due;
}

/* Append to BUF, behind "; " where there is something, what there is room
 * for. */
static void __attribute__((format(printf, 2, 3)))
add(char buf[MK_DUE_TEXT_MAX], const char *fmt, ...)
{
	size_t len = strlen(buf);
	va_list ap;

	if (len > 0)
		len += (size_t)snprintf(buf + len, MK_DUE_TEXT_MAX - len,
		    "; ");
	if (len >= MK_DUE_TEXT_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(buf + len, MK_DUE_TEXT_MAX - len, fmt, ap);
	va_end(ap);
}

static void
add_time(char buf[MK_DUE_TEXT_MAX], const char *what, int64_t at_s,
    const char *behind)
{
	time_t at = (time_t)at_s;
	char text[64] = "unknown";
	struct tm tm;

	if (at_s == MK_WHEN_NEVER)
		strcpy(text, "never");
	else if ((int64_t)at == at_s && localtime_r(&at, &tm) != NULL)
		strftime(text, sizeof text, tm.tm_sec == 0 ?
		    "%Y-%m-%d %H:%M" : "%Y-%m-%d %H:%M:%S", &tm);
	add(buf, "%s%s%s", what, text, behind);
}

static void
add_size(char buf[MK_DUE_TEXT_MAX], const struct mk_entry *entry,
    const struct mk_due_facts *facts)
{
	add(buf, "size %jd KiB, from %jd KiB",
	    (intmax_t)(facts->size_bytes / 1024), (intmax_t)entry->size_kib);
}

static void
add_interval(char buf[MK_DUE_TEXT_MAX], const struct mk_entry *entry,
    const struct mk_due_facts *facts)
{
	char each[40];
	uint64_t age_s;

	snprintf(each, sizeof each, ", each %jd h",
	    (intmax_t)entry->when.hours);
	if (facts->rotated_s == MK_WHEN_NEVER)
		add(buf, "no rotation known%s", each);
	else if (facts->rotated_s > facts->now_s)
		add_time(buf, "last rotation in the future, ",
		    facts->rotated_s, each);
	else {
		age_s = (uint64_t)facts->now_s - (uint64_t)facts->rotated_s;
		add(buf, "last rotation %ju h ago%s",
		    (uintmax_t)((age_s + SLACK_S) / HOUR_S), each);
	}
}

/* Why it is not due: all that could make it so. */
static void
add_all(char buf[MK_DUE_TEXT_MAX], const struct mk_entry *entry,
    const struct mk_due_facts *facts)
{
	if (entry->size_kib > 0)
		add_size(buf, entry, facts);
	if (entry->when.hours > 0)
		add_interval(buf, entry, facts);
	else if (entry->when.timed && facts->rotated_s > facts->now_s)
		add_time(buf, "last rotation in the future, ",
		    facts->rotated_s, "");
	if (entry->when.timed)
		add_time(buf, "next time ",
		    mk_when_next(&entry->when, facts->now_s), "");
	if (buf[0] == '\0')
		add(buf, "no size, interval or time");
}

char *
mk_due_text(char buf[MK_DUE_TEXT_MAX], enum mk_due due,
    const struct mk_entry *entry, const struct mk_due_facts *facts)
{
	buf[0] = '\0';
	switch (due) {
	case MK_DUE_NOT:
		add_all(buf, entry, facts);
		break;
	case MK_DUE_EMPTY:
		if (facts->size_bytes == 0)
			add(buf, "empty");
		else
			add(buf, "%jd bytes, fewer than %d",
			    (intmax_t)facts->size_bytes, OPENBSD_MIN);
		break;
	case MK_DUE_SIZE:
		add_size(buf, entry, facts);
		break;
	case MK_DUE_INTERVAL:
		add_interval(buf, entry, facts);
		break;
	case MK_DUE_TIME:
		add_time(buf, "time ",
		    mk_when_last(&entry->when, facts->now_s), "");
		break;
	case MK_DUE_FORCED:
		add(buf, "forced");
		break;
	}
	return buf;
}
