/*
 * report/hits - who was on the blacklist and came all the same: from Exim's
 * main logs.
 *
 * The ACL of etc/exim writes, with logwrite, a line for each connection:
 *
 *	2026-11-23 05:00:00 mailkeep-blacklist: host=[192.0.2.1] listed: FEED:
 *	REASON
 *
 * where behind the time a zone (+0100) and the process ([1234]) may stand, by
 * log_timezone and log_selector.  A line counts only where the mark stands
 * right behind that: whatever a client says, Exim writes it further behind.  A
 * time without a zone is local time, and days are local days.
 */
#ifndef MK_REPORT_HITS_H
#define MK_REPORT_HITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/list.h"
#include "report/survey.h"

#define MK_HIT_FEEDS	12		/* told by name; the others are one */
#define MK_HIT_NAMES	256		/* kept apart while counting */
#define MK_HIT_FEED_MAX	64		/* bytes of a name; a longer is cut */
#define MK_HIT_HOSTS	((size_t)1 << 17)	/* counted one by one */

/* A line's meaning; the pieces lie in the line. */
struct mk_hit {
	int year, month, day;		/* as written */
	int64_t at_s;			/* where the zone is written; else -1 */
	const char *host, *feed;
	size_t host_len, feed_len;	/* of the feed 0: unknown */
};

/* Whether the LEN bytes at LINE, without the newline, are one of ours. */
bool mk_hit_parse(const char *line, size_t len, struct mk_hit *hit);

struct mk_hit_counter;

/* For the MK_HIT_DAYS days up to that of NOW_S.  NULL: ENOMEM. */
struct mk_hit_counter *mk_hit_counter_new(int64_t now_s);
void mk_hit_count(struct mk_hit_counter *counter, const struct mk_hit *hit);
void mk_hit_counter_tell(struct mk_hit_counter *counter,
    struct mk_survey *survey);
void mk_hit_counter_free(struct mk_hit_counter *counter);	/* NULL is fine */

/* ---- the logs */

struct mk_logs {			/* { 0 } to begin with */
	struct mk_log *v;
	size_t n;
	size_t matched;			/* files, opened or too old */
	size_t failed;
	struct mk_error first;		/* of the failed */
};

/*
 * Open the files that the glob(3) PATTERNS name, each once and without those
 * that nobody has written to since SINCE_S: with the rights that a log takes,
 * to be read without them.
 */
void mk_logs_open(struct mk_logs *logs, const struct mk_list *patterns,
    int64_t since_s);
void mk_logs_close(struct mk_logs *logs);

/*
 * Count what they say into the survey.  FEEDS: there is a blacklist.  0; or -1
 * where a signal says that all is to end.
 */
int mk_hits_survey(struct mk_logs *logs, bool feeds, int64_t now_s,
    struct mk_survey *survey);

/* Since when a log is of use: the first of the days, roughly. */
int64_t mk_hits_since(int64_t now_s);

#endif
