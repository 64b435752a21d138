/* Surveys that no host has told: a usual one, an empty one, extreme ones. */
#ifndef MK_PAGE_SAMPLE_H
#define MK_PAGE_SAMPLE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/survey.h"

#define SAMPLE_NOW	INT64_C(1795409460)	/* 23 Nov 2026 04:51 UTC */
#define SAMPLE_DAY	INT64_C(86400)
#define GIB		(UINT64_C(1) << 30)
#define MIB		(UINT64_C(1) << 20)

static struct mk_survey sample;
static void *sample_all[1024];
static size_t sample_n;
static uint32_t sample_seed;

static inline void *
sample_alloc(size_t n, size_t size)
{
	void *p = calloc(n == 0 ? 1 : n, size);

	if (p == NULL || sample_n == sizeof sample_all / sizeof *sample_all)
		abort();
	sample_all[sample_n++] = p;
	return p;
}

static inline void
sample_free(void)
{
	while (sample_n > 0)
		free(sample_all[--sample_n]);
	memset(&sample, 0, sizeof sample);
}

/* The same numbers each time. */
static inline uint32_t
sample_random(uint32_t below)
{
	sample_seed = sample_seed * 1664525 + 1013904223;
	return (sample_seed >> 8) % below;
}

static inline const char *
sample_name(const char *format, size_t i)
{
	char *name = sample_alloc(1, 400);

	snprintf(name, 400, "%s%zu@%s", format, i, "example.org");
	return name;
}

static inline void
sample_folder(struct mk_space_folder *f, const char *name, uint64_t messages,
    uint64_t bytes)
{
	f->name = name;
	f->messages = messages;
	f->bytes = bytes;
}

/* N mailboxes of UNIT bytes and less, named PREFIX0@example.org and so on. */
static inline void
sample_space(size_t n, const char *prefix, uint64_t unit)
{
	static const char *const names[] = { "INBOX", "Trash", "Sent", "Junk",
	    "Archive/2025", "Drafts", "Work/Projects", "Lists" };
	struct mk_space *s = &sample.space;
	struct mk_space_box *box;
	uint64_t bytes;
	size_t i, j;

	s->part.state = MK_PART_TOLD;
	s->boxes = sample_alloc(n, sizeof *s->boxes);
	s->folders = sample_alloc(8, sizeof *s->folders);
	s->folders_n = n == 0 ? 0 : 8;
	s->n = n;
	s->mailboxes = n;
	for (i = 0; i < n; i++) {
		box = &s->boxes[i];
		box->mailbox = sample_name(prefix, i);
		box->n = 8;
		box->folders = sample_alloc(8, sizeof *box->folders);
		for (j = 0; j < 8; j++) {
			bytes = unit / (i + 1) / (j + 1) / 16 *
			    (8 + sample_random(8));
			sample_folder(&box->folders[j], names[j],
			    bytes / 41000, bytes);
			s->folders[j].name = names[j];
			s->folders[j].messages += bytes / 41000;
			s->folders[j].bytes += bytes;
			box->messages += bytes / 41000;
			box->bytes += bytes;
		}
		s->messages += box->messages;
		s->bytes += box->bytes;
	}
}

static inline void
sample_forecast(const char *const *rules, size_t n, uint64_t unit)
{
	struct mk_forecast *f = &sample.forecast;
	size_t i, j;

	f->part.state = MK_PART_TOLD;
	f->ages = sample_alloc(n, sizeof *f->ages);
	f->nights = sample_alloc(n, sizeof *f->nights);
	f->n = n;
	for (j = 0; j < MK_NIGHTS; j++)
		f->nights_s[j] = SAMPLE_NOW + (int64_t)j * SAMPLE_DAY;
	for (i = 0; i < n; i++) {
		f->ages[i].rule = f->nights[i].rule = rules[i];
		for (j = 0; j < MK_AGES; j++) {
			f->ages[i].messages[j] = unit / (1 + i) / (1 +
			    (j > 4 ? 2 * j : 5 - j)) + sample_random(40);
			f->ages[i].bytes[j] = 52000 * f->ages[i].messages[j];
		}
		for (j = 0; j < MK_NIGHTS; j++) {
			f->nights[i].messages[j] = unit / 12 / (i + 1) +
			    unit * sample_random(10) / 100;
			f->nights[i].bytes[j] = 52000 *
			    f->nights[i].messages[j];
		}
	}
}

static inline void
sample_scores(uint64_t unit)
{
	struct mk_score *s = &sample.score;
	static const double limits[] = { 3, 4, 5, 6, 7, 8, 10, 15 };
	size_t i, j;

	s->part.state = MK_PART_TOLD;
	s->limit = 7;
	s->bins_n = 24;
	s->bins = sample_alloc(s->bins_n, sizeof *s->bins);
	for (i = 0; i < s->bins_n; i++) {
		s->bins[i].from = i == 0 ? -INFINITY : (double)i - 3;
		s->bins[i].to = i + 1 == s->bins_n ? INFINITY :
		    (double)i - 2;
		s->bins[i].inbox = i > 12 ? 0 : unit / (1 + (i < 3 ? 3 - i :
		    i - 3) * (i < 3 ? 3 - i : i - 3) / 2);
		s->bins[i].junk = i < 5 ? 0 : unit / 3 / (1 + (i < 14 ?
		    14 - i : i - 14));
	}
	s->limits_n = 9;
	s->limits = sample_alloc(s->limits_n, sizeof *s->limits);
	for (j = 0; j < 8; j++) {
		s->limits[j].limit = limits[j];
		for (i = 0; i < s->bins_n; i++)
			if (s->bins[i].from >= limits[j]) {
				s->limits[j].inbox += s->bins[i].inbox;
				s->limits[j].junk += s->bins[i].junk;
			}
	}
	s->limits[8] = s->limits[4];
	s->limits[8].limit = NAN;
	s->unscored = unit / 5;
}

static inline void
sample_hits(const char *const *feeds, size_t n, uint32_t unit)
{
	struct mk_hits *h = &sample.hits;
	size_t i, j;

	h->part.state = MK_PART_TOLD;
	h->first_day_s = SAMPLE_NOW - SAMPLE_NOW % SAMPLE_DAY - 29 * SAMPLE_DAY;
	h->n = n;
	h->feeds = sample_alloc(n, sizeof *h->feeds);
	for (i = 0; i < n; i++) {
		h->feeds[i].feed = feeds[i];
		for (j = 0; j < MK_HIT_DAYS; j++) {
			h->feeds[i].days[j] = unit / (i + 1) +
			    sample_random(unit / (uint32_t)(i + 1) + 1);
			if (j == 17)
				h->feeds[i].days[j] *= 3;
			h->feeds[i].total += h->feeds[i].days[j];
		}
	}
	h->hosts = unit * 9;
}

static inline void
sample_pending(void)
{
	struct mk_pending *p = &sample.pending;
	static const uint64_t ages[2][MK_PENDING_AGES] = {
		{ 41, 62, 80, 44, 19, 3, 0 }, { 2, 5, 3, 0, 1, 0, 0 },
	};
	size_t i, j;

	p->part.state = MK_PART_TOLD;
	p->n = 2;
	p->queues = sample_alloc(2, sizeof *p->queues);
	p->queues[0].name = "pending";
	p->queues[1].name = "lists";
	for (i = 0; i < 2; i++)
		for (j = 0; j < MK_PENDING_AGES; j++) {
			p->queues[i].ages[j] = ages[i][j];
			p->queues[i].messages += ages[i][j];
		}
	p->queues[0].due = 12;
	p->queues[0].listed = 4;
	p->queues[0].oldest_s = 33 * SAMPLE_DAY;
	p->queues[1].oldest_s = 17 * SAMPLE_DAY;
}

/* A program whose runs come every EVERY_S; each FAILS-th fails (0: none). */
static inline void
sample_program(const char *name, int64_t every_s, int64_t ms, size_t fails)
{
	struct mk_runs *r = &sample.runs;
	struct mk_run_program *p = &r->programs[r->n++];
	int64_t at = SAMPLE_NOW - 30 * SAMPLE_DAY + every_s / 2;
	size_t i;

	p->program = name;
	p->what = strcmp(name, "spamscan") == 0 ? "moved" : "removed";
	p->n = (size_t)(30 * SAMPLE_DAY / every_s);
	p->runs = sample_alloc(p->n, sizeof *p->runs);
	for (i = 0; i < p->n; i++, at += every_s) {
		p->runs[i].started_s = at;
		p->runs[i].took_ms = ms / 2 + ms * sample_random(100) / 100;
		p->runs[i].removed = sample_random(900);
		p->runs[i].bytes = p->runs[i].removed * 52000;
		if (fails != 0 && i % fails == fails / 2) {
			p->runs[i].status = i % 2 == 0 ? 75 : 78;
			p->runs[i].took_ms = ms / 4;
			p->runs[i].note = "braked: 38 of 49 watched messages "
			    "are due, more than max-percent = 50%";
			p->failed++;
		} else {
			p->last_success_s = at;
		}
	}
}

static inline void
sample_runs(void)
{
	sample.runs.part.state = MK_PART_TOLD;
	sample.runs.programs = sample_alloc(40, sizeof(struct mk_run_program));
	sample_program("blacklist", 6 * 3600, 4200, 31);
	sample_program("expire", SAMPLE_DAY, 190000, 0);
	sample_program("rotate", 3600, 320, 0);
	sample_program("spamscan", 300, 2900, 2400);
	sample_program("tmda", SAMPLE_DAY, 800, 0);
}

static inline void
sample_quota(uint64_t unit)
{
	struct mk_quota_trouble *q = &sample.quota;

	q->part.state = MK_PART_TOLD;
	q->n = q->troubled = 3;
	q->limited = 38;
	q->boxes = sample_alloc(3, sizeof *q->boxes);
	q->boxes[0] = (struct mk_quota_box){ "example.org/heidi", 9 * unit,
	    5 * unit, 41000, 0, "over its quota" };
	q->boxes[1] = (struct mk_quota_box){ "example.org/ivan",
	    unit + unit / 25, unit, 8123, 10000, "over its quota" };
	q->boxes[2] = (struct mk_quota_box){ "example.test/judy", unit / 2,
	    unit, 977, 0, "maildirsize is damaged: line 3 is no number" };
}

static inline void
sample_strangers(uint64_t unit)
{
	struct mk_strangers *s = &sample.strangers;

	s->part.state = MK_PART_TOLD;
	s->boxes_n = s->boxes_all = 2;
	s->rows_n = s->rows_all = 1;
	s->boxes = sample_alloc(2, sizeof *s->boxes);
	s->rows = sample_alloc(1, sizeof *s->rows);
	s->boxes[0] = (struct mk_stranger){ "example.org/left-in-2024", NULL,
	    4123, unit };
	s->boxes[1] = (struct mk_stranger){ "example.test/tmp", NULL, 12,
	    unit / 300 };
	s->rows[0] = (struct mk_stranger){ "example.org/newcomer",
	    "newcomer@example.org", 0, 0 };
}

static inline void
sample_begin(void)
{
	sample_free();
	sample_seed = 7;
	sample.now_s = SAMPLE_NOW;
	sample.host = "mx.example.org";
	sample.mail_root = "/var/mail/virtual";
}

static inline void
sample_usual(void)
{
	static const char *const rules[] = { "junk", "trash" };
	static const char *const feeds[] = { "ipsum", "own", "drop" };

	sample_begin();
	sample_space(42, "user", 9 * GIB);
	sample_forecast(rules, 2, 4100);
	sample_scores(5200);
	sample_hits(feeds, 3, 240);
	sample_pending();
	sample_runs();
	sample_quota(GIB);
	sample_strangers(GIB);
}

/* All is well, and some of it not set up. */
static inline void
sample_well(void)
{
	static const char *const rules[] = { "junk", "trash", "stray" };

	sample_begin();
	sample_space(1, "alice", 700 * MIB);
	sample_forecast(rules, 3, 60);
	sample.score.part = (struct mk_part){ MK_PART_ABSENT,
	    "There is no section spamscan in mailkeep.conf: set its "
	    "scoring keys to have scores.", NULL };
	sample.hits.part = (struct mk_part){ MK_PART_ABSENT,
	    "Exim's log is not named: set report.exim-log.", NULL };
	sample.runs.part.state = MK_PART_TOLD;
	sample.runs.programs = sample_alloc(1, sizeof(struct mk_run_program));
	sample_program("expire", SAMPLE_DAY, 900, 0);
	sample.quota.part.state = MK_PART_TOLD;
	sample.quota.limited = 1;
	sample.strangers.part.state = MK_PART_TOLD;
}

/* Everything is there, and nothing in it. */
static inline void
sample_empty(void)
{
	static const char *const rules[] = { "junk" };
	static const char *const feeds[] = { "own" };

	sample_begin();
	sample_space(0, "", 0);
	sample_forecast(rules, 1, 0);
	memset(sample.forecast.ages, 0, sizeof *sample.forecast.ages);
	memset(sample.forecast.nights, 0, sizeof *sample.forecast.nights);
	sample.forecast.ages[0].rule = sample.forecast.nights[0].rule = "junk";
	sample_scores(0);
	sample_hits(feeds, 1, 1);
	memset(sample.hits.feeds, 0, sizeof *sample.hits.feeds);
	sample.hits.feeds[0].feed = "own";
	sample.pending.part.state = MK_PART_TOLD;
	sample.runs.part.state = MK_PART_TOLD;
	sample.quota.part.state = MK_PART_TOLD;
	sample.strangers.part.state = MK_PART_TOLD;
}

/* Nothing could be asked. */
static inline void
sample_failed(void)
{
	static const struct mk_part failed = { MK_PART_FAILED,
	    "open /var/mail/virtual: Permission denied", NULL };

	sample_begin();
	sample.space.part = sample.forecast.part = sample.score.part =
	    sample.hits.part = sample.pending.part = sample.runs.part =
	    sample.quota.part = sample.strangers.part = failed;
}

#define LONG_NAME "averyveryverylongdomainnamewithoutanyplacetobreakit" \
	"averyveryverylongdomainnamewithoutanyplacetobreakit.example/" \
	"WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW"
#define HOSTILE "<script>alert(1)</script>&\"'\n\033[31m\377\302\233" \
	"\342\200\256evil\342\200\254\342\200\213" \
	"\327\251\327\234\327\225\327\235"
#define CJK "\351\203\265\344\273\266\344\274\272\346\234\215\345\231\250"

/* Names of any bytes, numbers of any size, more of all than there is room. */
static inline void
sample_extreme(void)
{
	static const char *const rules[] = { LONG_NAME, HOSTILE, CJK CJK CJK
	    CJK CJK CJK CJK CJK, "d", "e", "f", "g", "h" };
	size_t i;

	sample_begin();
	sample.host = LONG_NAME;
	sample.mail_root = HOSTILE;
	sample_space(100, LONG_NAME, UINT64_C(200) << 50);
	sample.space.boxes[1].mailbox = HOSTILE;
	sample.space.boxes[2].mailbox = CJK CJK CJK CJK CJK CJK CJK CJK CJK;
	sample.space.folders[0].name = LONG_NAME;
	sample.space.folders[1].name = HOSTILE;
	sample.space.mailboxes = 123456;
	sample.space.messages = UINT64_C(1000000000000);
	sample_forecast(rules, 8, UINT64_C(1000000000000));
	sample_scores(UINT64_C(1000000000000));
	sample_hits(rules, 8, 2000000000);
	sample_pending();
	sample.pending.queues[0].name = LONG_NAME;
	sample.pending.queues[1].name = HOSTILE;
	for (i = 0; i < MK_PENDING_AGES; i++)
		sample.pending.queues[0].ages[i] = UINT64_MAX / 8;
	sample_runs();
	for (i = 0; i < 25; i++)
		sample_program(i % 2 == 0 ? HOSTILE : LONG_NAME, 300, 7200000,
		    9);
	sample_quota(UINT64_C(1) << 50);
	sample.quota.boxes[0].mailbox = LONG_NAME;
	sample.quota.boxes[0].limit_bytes = 1;
	sample.quota.boxes[1].mailbox = HOSTILE;
	sample.quota.boxes[1].trouble = LONG_NAME;
	sample_strangers(UINT64_MAX / 2);
	sample.strangers.boxes[0].mailbox = LONG_NAME;
	sample.strangers.rows[0].email = HOSTILE;
	sample.strangers.boxes_all = 1000000;
	sample.space.part.note = "3 mailboxes could not be read: " LONG_NAME;
}

static inline void
sample_fill(const char *name)
{
	if (strcmp(name, "empty") == 0)
		sample_empty();
	else if (strcmp(name, "failed") == 0)
		sample_failed();
	else if (strcmp(name, "extreme") == 0)
		sample_extreme();
	else if (strcmp(name, "well") == 0)
		sample_well();
	else
		sample_usual();
}

#endif
