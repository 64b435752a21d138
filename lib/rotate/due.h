/*
 * rotate/due - is a log to be rotated now?  A pure decision.
 */
#ifndef MK_ROTATE_DUE_H
#define MK_ROTATE_DUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rotate/entry.h"

struct mk_due_facts {
	int64_t now_s;
	int64_t size_bytes;		/* the log's */
	int64_t rotated_s;		/* last; MK_WHEN_NEVER: not known */
	int64_t seen_s;			/* since when the log is known to us;
					 * MK_WHEN_NEVER: new in this run, so
					 * ask before a record is made of it */
	bool force;			/* -F, -R */
};

enum mk_due {
	MK_DUE_NOT, MK_DUE_EMPTY, MK_DUE_SIZE, MK_DUE_INTERVAL, MK_DUE_TIME,
	MK_DUE_FORCED
};

/*
 * MK_DUE_NOT: not now.  MK_DUE_EMPTY: it would be, even if by force, but is
 * empty and the entry says E; or (openbsd) has less than 256 bytes, no B, and
 * is due by its interval, with a time or without.
 *
 * A size is enough by itself, in all dialects.  An interval is over when the
 * last rotation is so many hours ago, to the half hour; where none is known,
 * at once.  A time: where the log's last rotation, or else the moment that it
 * was first seen, lies before the last time that .when names (so a window that
 * the host has slept through is caught up once), or that is less than an hour
 * ago and nothing is known.  Interval and time: either (netbsd), both
 * (freebsd, openbsd): the interval must have been over at that time, or be so
 * within an hour of it, else the next one is waited for.
 *
 * A last rotation in the future is believed, though it says that a clock is or
 * was wrong: only a size or force rotates such a log until then.
 */
enum mk_due mk_due_decide(const struct mk_entry *entry,
    enum mk_newsyslog dialect, const struct mk_due_facts *facts);

/*
 * "size 120 KiB, from 100 KiB", "last rotation 25 h ago, each 24 h", "no
 * rotation known, each 24 h", "time 2026-11-23 00:00", "forced", "empty", "120
 * bytes, fewer than 256" of a decision, into BUF; returns BUF.  Of MK_DUE_NOT
 * how far it is: "size 20 KiB, from 100 KiB; last rotation 3 h ago, each 24 h;
 * next time 2026-11-24 00:00", or "no size, interval or time".
 */
#define MK_DUE_TEXT_MAX	160
char *mk_due_text(char buf[MK_DUE_TEXT_MAX], enum mk_due due,
    const struct mk_entry *entry, const struct mk_due_facts *facts);

#endif
