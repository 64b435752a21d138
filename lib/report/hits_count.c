/* report/hits - count them, by day and by feed, in bounded memory. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/siphash.h"
#include "report/hits.h"
#include "report/part.h"

struct feed {
	char name[MK_HIT_FEED_MAX + 1];
	uint64_t days[MK_HIT_DAYS], total;
};

/*
 * Different hosts: a set of their hashes while it fits.  Then only those whose
 * last bit is 0 are kept, of which there are about half as many, and so on
 * (adaptive sampling).
 * Source: Flajolet: On adaptive sampling (1990).
 */
struct mk_hit_counter {
	int dates[MK_HIT_DAYS];		/* 20261123 */
	int64_t first_day_s;
	struct feed *feeds, other;
	size_t n;
	uint64_t *hosts;		/* 2 * MK_HIT_HOSTS slots; 0: free */
	size_t hosts_n;
	unsigned depth;
};

static int
date_of(const struct tm *tm)
{
	return (tm->tm_year + 1900) * 10000 + (tm->tm_mon + 1) * 100 +
	    tm->tm_mday;
}

/* The days by their noons: a day may have 23 hours, or 25. */
static void
find_days(struct mk_hit_counter *c, int64_t now_s)
{
	time_t at = (time_t)now_s;
	struct tm today, day;
	int i;

	localtime_r(&at, &today);
	for (i = 0; i < MK_HIT_DAYS; i++) {
		day = (struct tm){ .tm_year = today.tm_year,
		    .tm_mon = today.tm_mon, .tm_isdst = -1, .tm_hour = 12,
		    .tm_mday = today.tm_mday - (MK_HIT_DAYS - 1 - i) };
		mktime(&day);
		c->dates[i] = date_of(&day);
		if (i > 0)
			continue;
		day.tm_hour = 0;
		day.tm_isdst = -1;
		c->first_day_s = mktime(&day);
	}
}

struct mk_hit_counter *
mk_hit_counter_new(int64_t now_s)
{
	struct mk_hit_counter *c = calloc(1, sizeof *c);

	if (c == NULL)
		return NULL;
	c->feeds = calloc(MK_HIT_NAMES, sizeof *c->feeds);
	c->hosts = calloc(2 * MK_HIT_HOSTS, sizeof *c->hosts);
	if (c->feeds == NULL || c->hosts == NULL) {
		mk_hit_counter_free(c);
		return NULL;
	}
	find_days(c, now_s);
	return c;
}

void
mk_hit_counter_free(struct mk_hit_counter *c)
{
	if (c == NULL)
		return;
	free(c->feeds);
	free(c->hosts);
	free(c);
}

/* The index of the day of HIT, or -1. */
static int
day_of(const struct mk_hit_counter *c, const struct mk_hit *hit)
{
	int date = hit->year * 10000 + hit->month * 100 + hit->day, i;
	time_t at = (time_t)hit->at_s;
	struct tm tm;

	if (hit->at_s != -1) {
		if (localtime_r(&at, &tm) == NULL)
			return -1;
		date = date_of(&tm);
	}
	/* Most lines are of the last days. */
	for (i = MK_HIT_DAYS - 1; i >= 0 && c->dates[i] != date; i--)
		;
	return i;
}

static struct feed *
feed_of(struct mk_hit_counter *c, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (strncmp(c->feeds[i].name, name, len) == 0 &&
		    c->feeds[i].name[len] == '\0')
			return &c->feeds[i];
	if (c->n == MK_HIT_NAMES)
		return &c->other;
	memcpy(c->feeds[c->n].name, name, len);
	return &c->feeds[c->n++];
}

static uint64_t *
slot_of(const struct mk_hit_counter *c, uint64_t hash)
{
	size_t mask = 2 * MK_HIT_HOSTS - 1,
	    i = (size_t)(hash >> 32) & mask;

	while (c->hosts[i] != 0 && c->hosts[i] != hash)
		i = (i + 1) & mask;
	return &c->hosts[i];
}

/* Keep about half of the hosts.  0; or -1 (ENOMEM), all are as they were. */
static int
thin(struct mk_hit_counter *c)
{
	uint64_t *old = c->hosts, *slot;
	size_t i;

	c->hosts = calloc(2 * MK_HIT_HOSTS, sizeof *c->hosts);
	if (c->hosts == NULL) {
		c->hosts = old;
		return -1;
	}
	c->depth++;
	c->hosts_n = 0;
	for (i = 0; i < 2 * MK_HIT_HOSTS; i++)
		if (old[i] != 0 && (old[i] & ((UINT64_C(1) << c->depth) -
		    1)) == 0) {
			slot = slot_of(c, old[i]);
			*slot = old[i];
			c->hosts_n++;
		}
	free(old);
	return 0;
}

static void
count_host(struct mk_hit_counter *c, const struct mk_hit *hit)
{
	static const uint64_t key[2] = {
		UINT64_C(0x6d61696c6b656570), UINT64_C(0x686f7374732e2e2e),
	};
	uint64_t hash = mk_siphash(key, hit->host, hit->host_len), *slot;

	if (hash == 0 || (hash & ((UINT64_C(1) << c->depth) - 1)) != 0)
		return;
	slot = slot_of(c, hash);
	if (*slot == hash)
		return;
	if (c->hosts_n == MK_HIT_HOSTS) {
		if (thin(c) == 0)
			count_host(c, hit);
		return;
	}
	*slot = hash;
	c->hosts_n++;
}

void
mk_hit_count(struct mk_hit_counter *c, const struct mk_hit *hit)
{
	int day = day_of(c, hit);
	struct feed *feed;

	if (day == -1)
		return;
	feed = feed_of(c, hit->feed_len == 0 ? "unknown" : hit->feed,
	    hit->feed_len == 0 ? 7 : hit->feed_len);
	feed->days[day]++;
	feed->total++;
	count_host(c, hit);
}

static int
order(const void *a, const void *b)
{
	const struct feed *x = a, *y = b;

	if (x->total != y->total)
		return x->total > y->total ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void
add(struct mk_hit_feed *to, const struct feed *feed)
{
	size_t i;

	for (i = 0; i < MK_HIT_DAYS; i++)
		to->days[i] += feed->days[i];
	to->total += feed->total;
}

void
mk_hit_counter_tell(struct mk_hit_counter *c, struct mk_survey *survey)
{
	struct mk_hits *hits = &survey->hits;
	struct mk_hit_feed *other;
	size_t named = c->n < MK_HIT_FEEDS ? c->n : MK_HIT_FEEDS, i;

	qsort(c->feeds, c->n, sizeof *c->feeds, order);
	hits->first_day_s = c->first_day_s;
	hits->hosts = (uint64_t)c->hosts_n << c->depth;
	if (c->depth > 0)
		mk_part_note(survey, &hits->part, "the number of hosts is "
		    "estimated");
	hits->feeds = mk_survey_array(survey, &hits->part, named + 1,
	    sizeof *hits->feeds);
	if (hits->feeds == NULL)
		return;
	hits->n = named;
	for (i = 0; i < named; i++) {
		hits->feeds[i].feed = mk_survey_text(survey,
		    c->feeds[i].name);
		add(&hits->feeds[i], &c->feeds[i]);
	}
	if (c->n == named && c->other.total == 0)
		return;
	other = &hits->feeds[hits->n++];
	other->feed = "other";
	add(other, &c->other);
	for (; i < c->n; i++)
		add(other, &c->feeds[i]);
}
