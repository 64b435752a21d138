/*
 * report/survey - what a report tells, as numbers; how it came by them and how
 * they are drawn are others' business.
 *
 * Each part stands for itself: one that the host does not have, or that could
 * not be asked, says so, and the others are told.  All strings are owned by
 * the survey, and may hold any bytes but NUL.
 */
#ifndef MK_REPORT_SURVEY_H
#define MK_REPORT_SURVEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum mk_part_state {
	MK_PART_ABSENT,			/* the host has no such thing */
	MK_PART_FAILED,			/* it could not be asked */
	MK_PART_TOLD
};

struct mk_part {
	enum mk_part_state state;
	const char *why;		/* unless it is told: one line */
	const char *note;		/* told, but not all of it; or NULL */
};

/* ---- space by mailbox and folder */
struct mk_space_folder {
	const char *name;		/* "INBOX", "Junk", "Work/2024" */
	uint64_t messages, bytes;
};
struct mk_space_box {
	const char *mailbox;		/* below the mail root */
	struct mk_space_folder *folders;
	size_t n;
	uint64_t messages, bytes;	/* of them all */
};
struct mk_space {
	struct mk_part part;
	struct mk_space_box *boxes;	/* the largest first */
	size_t n;			/* at most MK_SPACE_BOXES */
	uint64_t mailboxes, messages, bytes;	/* of the whole host */
	/* Of the whole host, by name: the largest first, at most
	 * MK_SPACE_FOLDERS, then one "other" if there are more. */
	struct mk_space_folder *folders;
	size_t folders_n;
};
#define MK_SPACE_BOXES		100
#define MK_SPACE_FOLDERS	12

/* ---- age of Junk and Trash, by the rules of mailkeep-expire */
#define MK_AGES		8
extern const int mk_age_days[MK_AGES - 1];	/* the last is "and older" */
struct mk_age_rule {
	const char *rule;
	uint64_t messages[MK_AGES], bytes[MK_AGES];	/* watched, by age */
};
/* ---- what the next nights remove, by rule */
#define MK_NIGHTS	7
struct mk_night_rule {
	const char *rule;
	uint64_t messages[MK_NIGHTS], bytes[MK_NIGHTS];
};
struct mk_forecast {
	struct mk_part part;
	int64_t nights_s[MK_NIGHTS];	/* when they are reckoned to run */
	struct mk_age_rule *ages;	/* one a rule */
	struct mk_night_rule *nights;	/* the same rules */
	size_t n;
};

/* ---- spam scores, and what limits would catch */
struct mk_score_bin {
	double from, to;		/* [from, to); infinite at the ends */
	uint64_t inbox, junk;
};
struct mk_score_limit {
	double limit;			/* NaN: each account's own */
	uint64_t inbox, junk;		/* messages at it or above */
};
struct mk_score {
	struct mk_part part;
	double limit;			/* the configured one */
	struct mk_score_bin *bins;
	size_t bins_n;
	struct mk_score_limit *limits;
	size_t limits_n;
	uint64_t unscored;
};

/* ---- blacklist hits, from Exim's log */
#define MK_HIT_DAYS	30
struct mk_hit_feed {
	const char *feed;
	uint64_t days[MK_HIT_DAYS];	/* [0] is the oldest, the last today */
	uint64_t total;
};
struct mk_hits {
	struct mk_part part;
	int64_t first_day_s;		/* local midnight of days[0] */
	struct mk_hit_feed *feeds;	/* the one with most hits first */
	size_t n;
	uint64_t hosts;			/* different ones */
};

/* ---- TMDA's pending queues */
#define MK_PENDING_AGES	7
struct mk_pending_queue {
	const char *name;
	uint64_t messages, due, listed;
	uint64_t ages[MK_PENDING_AGES];	/* younger than 1, 3, 7, 14, 30, 90
					 * days; older */
	int64_t oldest_s;		/* its age */
};
struct mk_pending {
	struct mk_part part;
	struct mk_pending_queue *queues;
	size_t n;
};

/* ---- runs of the last 30 days */
#define MK_RUN_DAYS	30
struct mk_run {
	int64_t started_s;
	int64_t took_ms;
	int status;
	uint64_t removed, bytes;	/* or moved, rotated ...; 0: not told */
	const char *note;		/* or NULL */
};
struct mk_run_program {
	const char *program;		/* "expire" */
	struct mk_run *runs;		/* the oldest first */
	size_t n;
	size_t failed;			/* of them, with another status than 0 */
	int64_t last_success_s;		/* 0: none */
	const char *what;		/* what .removed counts: "removed",
					 * "moved", "rotated", "changed" */
};
struct mk_runs {
	struct mk_part part;
	struct mk_run_program *programs;
	size_t n;
};

/* ---- quota trouble */
struct mk_quota_box {
	const char *mailbox;
	uint64_t bytes, limit_bytes;	/* limit 0: none */
	uint64_t messages, limit_messages;
	const char *trouble;		/* "over its quota", "maildirsize is
					 * damaged", ... */
};
struct mk_quota_trouble {
	struct mk_part part;
	struct mk_quota_box *boxes;	/* the fullest first */
	size_t n;			/* at most MK_LISTED */
	uint64_t troubled, limited;	/* of the whole host; with a quota */
};

/* ---- mailboxes without a row, and rows without a mailbox */
#define MK_LISTED	200
struct mk_stranger {
	const char *mailbox;
	const char *email;		/* of a row; NULL of a mailbox */
	uint64_t messages, bytes;	/* of a mailbox */
};
struct mk_strangers {
	struct mk_part part;		/* absent where accounts are the tree's */
	struct mk_stranger *boxes, *rows;
	size_t boxes_n, rows_n;		/* at most MK_LISTED */
	uint64_t boxes_all, rows_all;
};

struct mk_survey {			/* { 0 } to begin with */
	struct mk_arena arena;		/* of all that it points to */
	int64_t now_s;
	const char *host;		/* its name */
	const char *mail_root;
	struct mk_space space;
	struct mk_forecast forecast;
	struct mk_score score;
	struct mk_hits hits;
	struct mk_pending pending;
	struct mk_runs runs;
	struct mk_quota_trouble quota;
	struct mk_strangers strangers;
};

void mk_survey_free(struct mk_survey *survey);

#endif
