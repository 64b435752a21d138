/* report/hits: lines of Exim's log that are ours, by day and by feed. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2) */
#endif

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "report/hits.h"
#include "scratch.h"

#define DAY	INT64_C(86400)
#define NOW	INT64_C(1795410000)	/* 2026-11-23 05:00:00 UTC */
#define MARK	"mailkeep-blacklist: host=["

static struct mk_survey survey;

static void
setup(void)
{
	scratch_setup();
	setenv("TZ", "UTC", 1);
	tzset();
}

static void
teardown(void)
{
	mk_survey_free(&survey);
	scratch_teardown();
}

/* ---- one line */

static const struct {
	const char *line, *host, *feed;
	int64_t at_s;			/* where the zone is written */
} ours[] = {
	{ "2026-11-23 05:00:00 " MARK "192.0.2.1] listed: own: a reason: two",
	    "192.0.2.1", "own", -1 },
	{ "2026-11-23 05:00:00 " MARK "2001:db8::1] listed: drop: SBL1",
	    "2001:db8::1", "drop", -1 },
	{ "2026-11-23 05:00:00.053 [24239] " MARK "192.0.2.1] listed: own:",
	    "192.0.2.1", "own", -1 },
	{ "2026-11-23 05:00:00 +0000 " MARK "192.0.2.1] listed: own",
	    "192.0.2.1", "own", NOW },
	{ "2026-11-23 06:30:00.053 +0130 [1] " MARK "192.0.2.1] listed: a b ",
	    "192.0.2.1", "a b", NOW },
	{ "2026-11-22 22:00:00 -0700 [1] " MARK "192.0.2.1] listed: x: y",
	    "192.0.2.1", "x", NOW },
	{ "2026-11-23 05:00:00 " MARK "192.0.2.1] listed: -", "192.0.2.1", "",
	    -1 },
	{ "2026-11-23 05:00:00 " MARK "192.0.2.1] listed:", "192.0.2.1", "",
	    -1 },
};

START_TEST(understands_each_form_of_a_time)
{
	struct mk_hit hit;

	ck_assert(mk_hit_parse(ours[_i].line, strlen(ours[_i].line), &hit));
	ck_assert_int_eq(hit.year, 2026);
	ck_assert_int_eq(hit.month, 11);
	ck_assert_int_eq(hit.at_s, ours[_i].at_s);
	ck_assert_uint_eq(hit.host_len, strlen(ours[_i].host));
	ck_assert_int_eq(memcmp(hit.host, ours[_i].host, hit.host_len), 0);
	ck_assert_uint_eq(hit.feed_len, strlen(ours[_i].feed));
	ck_assert_int_eq(memcmp(hit.feed, ours[_i].feed, hit.feed_len), 0);
}
END_TEST

static const char *const others[] = {
	"",
	"2026-11-23 05:00:00 ",
	"2026-11-23 05:00:00 H=(" MARK "192.0.2.1] listed: own: forged)",
	"2026-11-23 05:00:00 1xV3Pd-00004z-1u <= x@example.org H=(2026-11-23 "
	    "05:00:00 " MARK "192.0.2.1] listed: own: forged)",
	" 2026-11-23 05:00:00 " MARK "192.0.2.1] listed: own",
	"2026-13-23 05:00:00 " MARK "192.0.2.1] listed: own",
	"2026-11-32 05:00:00 " MARK "192.0.2.1] listed: own",
	"26-11-23 05:00:00 " MARK "192.0.2.1] listed: own",
	"2026-11-23 05:00 " MARK "192.0.2.1] listed: own",
	"2026-11-23 05:00:00 [12" MARK "192.0.2.1] listed: own",
	"2026-11-23 05:00:00 " MARK "] listed: own",
	"2026-11-23 05:00:00 " MARK "192.0.2.1",
	"2026-11-23 05:00:00 " MARK "192.0.2.1] spared: own",
	"2026-11-23 05:00:00 mailkeep-blacklist:",
};

START_TEST(takes_no_line_of_others)
{
	struct mk_hit hit;

	ck_assert_msg(!mk_hit_parse(others[_i], strlen(others[_i]), &hit),
	    "%s", others[_i]);
}
END_TEST

/* A line that ends anywhere is read no further: valgrind and ASan look. */
START_TEST(reads_not_beyond_the_end)
{
	size_t whole = strlen(ours[4].line), len;
	struct mk_hit hit;
	char *copy;

	for (len = 0; len <= whole; len++) {
		copy = malloc(len == 0 ? 1 : len);
		ck_assert_ptr_nonnull(copy);
		memcpy(copy, ours[4].line, len);
		(void)mk_hit_parse(copy, len, &hit);
		free(copy);
	}
}
END_TEST

/* ---- counting */

/* Hand COUNTER a line of the time AT. */
static void
hit(struct mk_hit_counter *counter, const char *at, const char *host,
    const char *feed)
{
	struct mk_hit h;
	char line[400];

	snprintf(line, sizeof line, "%s " MARK "%s] listed: %s: why", at, host,
	    feed);
	ck_assert_msg(mk_hit_parse(line, strlen(line), &h), "%s", line);
	mk_hit_count(counter, &h);
}

static const struct mk_hits *
tell(struct mk_hit_counter *counter)
{
	mk_hit_counter_tell(counter, &survey);
	mk_hit_counter_free(counter);
	return &survey.hits;
}

START_TEST(days_are_the_last_thirty)
{
	struct mk_hit_counter *c = mk_hit_counter_new(NOW);
	const struct mk_hits *h;

	hit(c, "2026-11-23 23:59:59", "192.0.2.1", "own");
	hit(c, "2026-11-22 00:00:00", "192.0.2.1", "own");
	hit(c, "2026-11-22 23:59:59", "192.0.2.2", "own");
	hit(c, "2026-10-25 00:00:00", "192.0.2.1", "own");
	hit(c, "2026-10-24 23:59:59", "192.0.2.3", "own");	/* too old */
	hit(c, "2026-11-24 00:00:00", "192.0.2.4", "own");	/* to come */
	h = tell(c);
	ck_assert_int_eq(h->first_day_s, NOW - 29 * DAY - 5 * 3600);
	ck_assert_uint_eq(h->n, 1);
	ck_assert_uint_eq(h->feeds[0].total, 4);
	ck_assert_uint_eq(h->feeds[0].days[0], 1);
	ck_assert_uint_eq(h->feeds[0].days[1], 0);
	ck_assert_uint_eq(h->feeds[0].days[28], 2);
	ck_assert_uint_eq(h->feeds[0].days[29], 1);
	ck_assert_uint_eq(h->hosts, 2);
}
END_TEST

/* Clocks go back in the night to 2026-10-25, and days stay days; a written
 * zone is taken to local time. */
START_TEST(days_are_local_ones_over_a_change_of_clocks)
{
	struct mk_hit_counter *c;
	const struct mk_hits *h;

	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	c = mk_hit_counter_new(INT64_C(1793142000));	/* 10-28 00:00 CET */
	hit(c, "2026-10-25 00:30:00", "192.0.2.1", "own");	/* CEST */
	hit(c, "2026-10-25 23:30:00", "192.0.2.1", "own");	/* CET */
	hit(c, "2026-10-24 22:30:00 +0000", "192.0.2.1", "own");/* 00:30 */
	hit(c, "2026-10-25 23:30:00 +0000", "192.0.2.1", "own");/* the 26th */
	hit(c, "2026-10-24 23:30:00", "192.0.2.1", "own");
	h = tell(c);
	ck_assert_uint_eq(h->feeds[0].days[29 - 3], 3);
	ck_assert_uint_eq(h->feeds[0].days[29 - 2], 1);
	ck_assert_uint_eq(h->feeds[0].days[29 - 4], 1);
	ck_assert_int_eq(h->first_day_s, INT64_C(1790632800)); /* CEST */
}
END_TEST

START_TEST(feeds_beyond_twelve_are_one)
{
	struct mk_hit_counter *c = mk_hit_counter_new(NOW);
	const struct mk_hits *h;
	char feed[40];
	int i, j;

	for (i = 0; i < 1000; i++) {
		snprintf(feed, sizeof feed, "feed%d", i);
		for (j = 0; j <= (i < 12 ? 20 - i : 0); j++)
			hit(c, "2026-11-23 05:00:00", "192.0.2.1", feed);
	}
	h = tell(c);
	ck_assert_uint_eq(h->n, 13);
	ck_assert_str_eq(h->feeds[0].feed, "feed0");
	ck_assert_uint_eq(h->feeds[0].total, 21);
	ck_assert_str_eq(h->feeds[11].feed, "feed11");
	ck_assert_uint_eq(h->feeds[11].total, 10);
	ck_assert_str_eq(h->feeds[12].feed, "other");
	ck_assert_uint_eq(h->feeds[12].total, 988);
	ck_assert_uint_eq(h->feeds[12].days[29], 988);
}
END_TEST

/* Names that begin alike are two; a long one is cut; none is "unknown". */
START_TEST(feeds_are_known_by_their_whole_name)
{
	struct mk_hit_counter *c = mk_hit_counter_new(NOW);
	const struct mk_hits *h;
	char feed[200];

	memset(feed, 'x', sizeof feed);
	feed[sizeof feed - 1] = '\0';
	hit(c, "2026-11-23 05:00:00", "192.0.2.1", "ownother");
	hit(c, "2026-11-23 05:00:00", "192.0.2.1", "own");
	hit(c, "2026-11-23 05:00:00", "192.0.2.1", "own");
	hit(c, "2026-11-23 05:00:00", "192.0.2.1", feed);
	hit(c, "2026-11-23 05:00:00", "192.0.2.1", "");
	h = tell(c);
	ck_assert_uint_eq(h->n, 4);
	ck_assert_str_eq(h->feeds[0].feed, "own");
	ck_assert_str_eq(h->feeds[1].feed, "ownother");
	ck_assert_str_eq(h->feeds[2].feed, "unknown");
	ck_assert_uint_eq(strlen(h->feeds[3].feed), MK_HIT_FEED_MAX);
}
END_TEST

static uint64_t
hosts_of(int n)
{
	struct mk_hit_counter *c = mk_hit_counter_new(NOW);
	char host[40];
	int i;

	for (i = 0; i < n; i++) {
		snprintf(host, sizeof host, "10.%d.%d.%d", i >> 16,
		    i >> 8 & 255, i & 255);
		hit(c, "2026-11-23 05:00:00", host, "own");
		hit(c, "2026-11-23 05:00:00", host, "own");
	}
	return tell(c)->hosts;
}

START_TEST(hosts_are_counted_then_estimated)
{
	ck_assert_uint_eq(hosts_of(5000), 5000);
	ck_assert_ptr_null(survey.hits.part.note);
	ck_assert_uint_eq(hosts_of((int)MK_HIT_HOSTS), MK_HIT_HOSTS);
	ck_assert_ptr_null(survey.hits.part.note);
	/* Within a hundredth; the hash is always the same. */
	ck_assert_uint_gt(hosts_of(200000), 198000);
	ck_assert_ptr_nonnull(survey.hits.part.note);
	ck_assert_uint_lt(survey.hits.hosts, 202000);
}
END_TEST

/* ---- the logs */

/* Last written to so many days ago. */
static void
written(const char *name, int64_t days)
{
	struct timespec times[2] = { { .tv_sec = (time_t)(NOW - days * DAY) },
	    { .tv_sec = (time_t)(NOW - days * DAY) } };

	ck_assert_int_eq(utimensat(root, name, times, 0), 0);
}

static void
put_line(const char *name, const char *feed)
{
	char line[200];

	snprintf(line, sizeof line, "2026-11-23 05:00:00 " MARK
	    "192.0.2.1] listed: %s: why\n", feed);
	put(name, line);
	written(name, 0);
}

/* What the logs that the PATTERNS below the scratch directory name say. */
static const struct mk_hits *
survey_of(const char *first, const char *second, bool feeds)
{
	const char *patterns[] = { first, second };
	struct mk_logs logs = { 0 };
	struct mk_list list = { 0 };
	char path[PATH_MAX];
	size_t i;

	for (i = 0; i < 2 && patterns[i] != NULL; i++) {
		snprintf(path, sizeof path, "%s/%s", scratch, patterns[i]);
		ck_assert_int_eq(mk_list_add(&list, path, strlen(path)), 0);
	}
	mk_logs_open(&logs, &list, mk_hits_since(NOW));
	ck_assert_int_eq(mk_hits_survey(&logs, feeds, NOW, &survey), 0);
	mk_logs_close(&logs);
	mk_list_free(&list);
	return &survey.hits;
}

static uint64_t
total(const struct mk_hits *h, const char *feed)
{
	size_t i;

	for (i = 0; i < h->n; i++)
		if (strcmp(h->feeds[i].feed, feed) == 0)
			return h->feeds[i].total;
	return 0;
}

/* Each file once, whatever patterns and names lead to it, compressed or not;
 * not while there is the other form of it; no link, and no pipe. */
START_TEST(each_log_is_read_once)
{
	const struct mk_hits *h;

	put_line("mainlog", "now");
	put_line("mainlog.0", "half");
	put_line("mainlog.0.gz", "twin");
	put_line("mainlog.1", "packed");
	scratch_run("gzip", "mainlog.1");
	ck_assert_int_eq(linkat(root, "mainlog", root, "mainlog.same", 0), 0);
	put_line("elsewhere", "linked");
	ck_assert_int_eq(symlinkat("elsewhere", root, "mainlog.link"), 0);
	ck_assert_int_eq(mkfifoat(root, "mainlog.pipe", 0600), 0);
	h = survey_of("mainlog*", "main*", true);
	ck_assert_int_eq(h->part.state, MK_PART_TOLD);
	ck_assert_uint_eq(h->n, 3);
	ck_assert_uint_eq(total(h, "now"), 1);
	ck_assert_uint_eq(total(h, "half"), 1);
	ck_assert_uint_eq(total(h, "packed"), 1);
	ck_assert_ptr_nonnull(strstr(h->part.note, "mainlog.link"));
}
END_TEST

START_TEST(old_logs_are_not_opened)
{
	const struct mk_hits *h;

	put("mainlog", "");
	put_line("mainlog.1", "old");
	written("mainlog.1", 40);
	h = survey_of("mainlog*", NULL, true);
	ck_assert_int_eq(h->part.state, MK_PART_TOLD);
	ck_assert_uint_eq(h->n, 0);
	ck_assert_ptr_nonnull(strstr(h->part.note, "2 logs"));
}
END_TEST

/* Whoever may write there can't keep us busy with names. */
START_TEST(names_beyond_two_thousand_are_no_logs)
{
	char name[40];
	int i, fd;

	put_line("mainlog", "now");
	for (i = 0; i < 2000; i++) {
		snprintf(name, sizeof name, "mainlog.%04d.gz", i);
		fd = openat(root, name, O_WRONLY | O_CREAT, 0600);
		ck_assert_int_ne(fd, -1);
		close(fd);
	}
	ck_assert_uint_eq(total(survey_of("mainlog*", NULL, true), "now"), 1);
	ck_assert_ptr_nonnull(strstr(survey.hits.part.note,
	    "mainlog.1999.gz: more than 2000 logs"));
}
END_TEST

static void
fill(struct mk_buf *buf, char c, size_t n)
{
	ck_assert_int_eq(mk_buf_reserve(buf, n), 0);
	memset(buf->data + buf->len, c, n);
	buf->len += n;
	buf->data[buf->len] = '\0';
}

/* A line longer than a block, one that stands over two of them, one without
 * an end: what is behind a long line is read all the same. */
START_TEST(lines_may_be_of_any_length)
{
	struct mk_buf buf = { 0 };
	const struct mk_hits *h;
	int i;

	fill(&buf, 'x', 700000);
	ck_assert_int_eq(mk_buf_addf(&buf, "2026-11-23 05:00:00 " MARK
	    "192.0.2.1] listed: inside: x\n"), 0);
	for (i = 0; i < 20000; i++)
		ck_assert_int_eq(mk_buf_addf(&buf, "2026-11-23 05:00:00 " MARK
		    "192.0.2.%d] listed: own: why\n", i % 200), 0);
	ck_assert_int_eq(mk_buf_addf(&buf, "2026-11-23 05:00:00 " MARK
	    "192.0.2.1] listed: long: "), 0);
	fill(&buf, 'y', 700000);
	ck_assert_int_eq(mk_buf_addf(&buf, "\n2026-11-23 05:00:00 " MARK
	    "192.0.2.1] listed: last: no newline"), 0);
	put_bytes("mainlog", buf.data, buf.len);
	written("mainlog", 0);
	mk_buf_free(&buf);
	h = survey_of("mainlog", NULL, true);
	ck_assert_uint_eq(h->n, 3);
	ck_assert_uint_eq(total(h, "own"), 20000);
	ck_assert_uint_eq(total(h, "long"), 1);
	ck_assert_uint_eq(total(h, "last"), 1);
	ck_assert_uint_eq(h->hosts, 200);
}
END_TEST

START_TEST(a_damaged_log_is_noted_and_the_others_are_read)
{
	const struct mk_hits *h;

	put_line("mainlog", "now");
	put_line("mainlog.1", "cut");
	scratch_run("gzip", "mainlog.1");
	scratch_run("truncate -s 20", "mainlog.1.gz");
	written("mainlog.1.gz", 0);
	h = survey_of("mainlog*", NULL, true);
	ck_assert_int_eq(h->part.state, MK_PART_TOLD);
	ck_assert_uint_eq(total(h, "now"), 1);
	ck_assert_ptr_nonnull(strstr(h->part.note, "mainlog.1.gz"));
}
END_TEST

START_TEST(nothing_to_read_is_absent)
{
	ck_assert_int_eq(survey_of("mainlog*", NULL, true)->part.state,
	    MK_PART_ABSENT);
	ck_assert_ptr_nonnull(strstr(survey.hits.part.why, "exim-log"));
	put("mainlog", "2026-11-23 05:00:00 Start queue run: pid=12620\n");
	written("mainlog", 0);
	ck_assert_int_eq(survey_of("mainlog*", NULL, false)->part.state,
	    MK_PART_ABSENT);
	ck_assert_ptr_nonnull(strstr(survey.hits.part.why, "no blacklist"));
	ck_assert_int_eq(survey_of("mainlog*", NULL, true)->part.state,
	    MK_PART_TOLD);
	ck_assert_ptr_nonnull(strstr(survey.hits.part.note, "logwrite"));
}
END_TEST

START_TEST(no_right_to_read_is_a_failure)
{
	put_line("mainlog", "own");
	ck_assert_int_eq(fchmodat(root, "mainlog", 0, 0), 0);
	not_root();
	ck_assert_int_eq(survey_of("mainlog*", NULL, true)->part.state,
	    MK_PART_FAILED);
	ck_assert_ptr_nonnull(strstr(survey.hits.part.why, "Permission"));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("hits");
	TCase *tc = tcase_create("lines"), *count = tcase_create("count"),
	    *logs = tcase_create("logs");

	tcase_add_loop_test(tc, understands_each_form_of_a_time, 0,
	    COUNT(ours));
	tcase_add_loop_test(tc, takes_no_line_of_others, 0, COUNT(others));
	tcase_add_test(tc, reads_not_beyond_the_end);
	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(count, setup, teardown);
	tcase_add_test(count, days_are_the_last_thirty);
	tcase_add_test(count, days_are_local_ones_over_a_change_of_clocks);
	tcase_add_test(count, feeds_beyond_twelve_are_one);
	tcase_add_test(count, feeds_are_known_by_their_whole_name);
	tcase_add_test(count, hosts_are_counted_then_estimated);
	tcase_set_timeout(count, 60);
	suite_add_tcase(suite, count);
	tcase_add_checked_fixture(logs, setup, teardown);
	tcase_add_test(logs, each_log_is_read_once);
	tcase_add_test(logs, old_logs_are_not_opened);
	tcase_add_test(logs, names_beyond_two_thousand_are_no_logs);
	tcase_add_test(logs, lines_may_be_of_any_length);
	tcase_add_test(logs, a_damaged_log_is_noted_and_the_others_are_read);
	tcase_add_test(logs, nothing_to_read_is_absent);
	tcase_add_test(logs, no_right_to_read_is_a_failure);
	suite_add_tcase(suite, logs);
	return unit_run(suite);
}
