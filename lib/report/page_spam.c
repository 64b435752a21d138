/* report/page_spam - the sections of scores, of hits, of pending mail. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/chart.h"
#include "report/finding.h"
#include "report/page_parts.h"
#include "report/words.h"

#define SERIES		(MK_COLOURS + 1)
#define TIP_MAX		160
#define EDGE_LABELS	10
#define WEEK		7
#define BESIDE		2		/* more queues want a table below */

/* ---- scores */

struct histogram {			/* of allocated arrays */
	uint64_t *values;
	char (*edges)[MK_WORDS_MAX], (*tips)[TIP_MAX];
	const char **labels, **all;
};

static void
histogram_free(struct histogram *h)
{
	free(h->all);
	free(h->labels);
	free(h->tips);
	free(h->edges);
	free(h->values);
}

static bool
histogram_make(struct histogram *h, size_t n)
{
	*h = (struct histogram){
		.values = calloc(2 * n, sizeof *h->values),
		.edges = calloc(n, sizeof *h->edges),
		.tips = calloc(n, sizeof *h->tips),
		.labels = calloc(n, sizeof *h->labels),
		.all = calloc(n, sizeof *h->all),
	};
	return h->values != NULL && h->edges != NULL && h->tips != NULL &&
	    h->labels != NULL && h->all != NULL;
}

static void
score_tip(char tip[TIP_MAX], const struct mk_score_bin *bin)
{
	char from[MK_WORDS_MAX], to[MK_WORDS_MAX];
	char inbox[MK_WORDS_MAX], junk[MK_WORDS_MAX];

	mk_words_decimal(from, bin->from);
	mk_words_decimal(to, bin->to);
	if (isinf(bin->from))
		snprintf(tip, TIP_MAX, "below %s", to);
	else if (isinf(bin->to))
		snprintf(tip, TIP_MAX, "%s and more", from);
	else
		snprintf(tip, TIP_MAX, "%s to %s", from, to);
	snprintf(tip + strlen(tip), TIP_MAX - strlen(tip),
	    ": %s in inboxes, %s in Junk", mk_words_count(inbox, bin->inbox),
	    mk_words_count(junk, bin->junk));
}

/* Where the limit lies, in columns; -1 outside. */
static double
limit_at(const struct mk_score *score)
{
	const struct mk_score_bin *bin;
	size_t i;

	for (i = 0; i < score->bins_n; i++) {
		bin = &score->bins[i];
		if (!(score->limit >= bin->from && score->limit < bin->to))
			continue;
		if (isinf(bin->from) || isinf(bin->to))
			return (double)i + (isinf(bin->from) ? 1 : 0);
		return (double)i + (score->limit - bin->from) /
		    (bin->to - bin->from);
	}
	return -1;
}

static void
histogram_draw(struct mk_html *html, const struct mk_score *score,
    struct histogram *h)
{
	size_t n = score->bins_n, every = n / EDGE_LABELS + 1, i;
	char limit[MK_WORDS_MAX], label[MK_WORDS_MAX + 16];

	for (i = 0; i < n; i++) {
		h->values[i] = score->bins[i].inbox;
		h->values[n + i] = score->bins[i].junk;
		score_tip(h->tips[i], &score->bins[i]);
		h->all[i] = h->tips[i];
		h->labels[i] = isinf(score->bins[i].from) || i % every != 1 %
		    every ? "" : mk_words_decimal(h->edges[i],
		    score->bins[i].from);
	}
	snprintf(label, sizeof label, "limit %s", mk_words_decimal(limit,
	    score->limit));
	mk_chart_columns(html, &(struct mk_chart_columns){
	    .title = "Messages by spam score",
	    .desc = "Columns from the lowest score to the highest, of messages "
	    "in inboxes and in Junk, and a line where the limit is.",
	    .n = n, .series_n = 2, .values = h->values, .labels = h->labels,
	    .tips = h->all, .edges = true, .axis = true,
	    .line = limit_at(score), .line_label = label });
}

static void
histogram(struct mk_html *html, const struct mk_score *score)
{
	static const char *const names[] = { "In inboxes", "In Junk" };
	struct histogram h;

	mk_page_legend(html, names, 2, 0);
	if (histogram_make(&h, score->bins_n))
		histogram_draw(html, score, &h);
	else
		html->failed = true;
	histogram_free(&h);
}

static uint64_t
scored(const struct mk_score *score)
{
	uint64_t all = 0;
	size_t i;

	for (i = 0; i < score->bins_n; i++)
		all = mk_words_sum(all, mk_words_sum(score->bins[i].inbox,
		    score->bins[i].junk));
	return all;
}

static void
limit_row(struct mk_html *html, const struct mk_score *score,
    const struct mk_score_limit *limit)
{
	char name[MK_WORDS_MAX], share[MK_WORDS_MAX], title[TIP_MAX];
	uint64_t all = scored(score), pieces[2] = { limit->inbox,
	    limit->junk };
	uint64_t sum = mk_words_sum(limit->inbox, limit->junk);
	bool own = fabs(limit->limit - score->limit) < 0.005;

	mk_html_raw(html, own ? "<tr class=\"own\"><th scope=\"row\">" :
	    "<tr><th scope=\"row\">");
	if (isnan(limit->limit))
		mk_html_raw(html, "own limits");
	else
		mk_html_text(html, mk_words_decimal(name, limit->limit));
	if (own)
		mk_html_raw(html, " (now)");
	snprintf(title, sizeof title, "catches %s of what is scored",
	    mk_words_share(share, sum, all));
	mk_html_raw(html, "</th><td class=\"draw\">");
	mk_chart_bar(html, &(struct mk_chart_bar){ .title = title,
	    .pieces = pieces, .n = 2, .whole = all });
	mk_html_raw(html, "</td>");
	mk_html_count(html, limit->inbox);
	mk_html_count(html, limit->junk);
	mk_html_cell(html, share);
	mk_html_raw(html, "</tr>\n");
}

void
mk_page_scores(struct mk_html *html, const struct mk_survey *survey)
{
	static const char *const heads[] = { "Limit", "Share", "#In inboxes",
	    "#In Junk", "#Of all", NULL };
	const struct mk_score *score = &survey->score;
	char buf[MK_WORDS_MAX], hint[MK_WORDS_MAX + 32];
	size_t i;

	mk_html_raw(html, "<div class=\"two\"><div>\n");
	if (score->bins_n > 0)
		histogram(html, score);
	if (score->unscored > 0) {
		snprintf(hint, sizeof hint, "%s without a score.",
		    mk_words_things(buf, score->unscored, "message is",
		    "messages are"));
		mk_page_hint(html, hint);
	}
	mk_html_raw(html, "</div>\n");
	if (score->limits_n > 0) {
		mk_html_raw(html, "<div class=\"tight\">\n");
		mk_page_table(html, "What a limit catches", heads);
		for (i = 0; i < score->limits_n; i++)
			limit_row(html, score, &score->limits[i]);
		mk_page_table_end(html);
		mk_html_raw(html, "</div>\n");
	}
	mk_html_raw(html, "</div>\n");
}

/* ---- hits */

static void
hits_chart(struct mk_html *html, const struct mk_hits *hits)
{
	uint64_t values[SERIES * MK_HIT_DAYS] = { 0 }, *value, sum;
	char tips[MK_HIT_DAYS][TIP_MAX], dates[MK_HIT_DAYS][MK_WORDS_MAX];
	const char *labels[MK_HIT_DAYS], *all[MK_HIT_DAYS];
	char count[MK_WORDS_MAX];
	size_t i, day;

	for (day = 0; day < MK_HIT_DAYS; day++) {
		sum = 0;
		for (i = 0; i < hits->n; i++) {
			value = &values[mk_chart_colour(i) * MK_HIT_DAYS +
			    day];
			*value = mk_words_sum(*value, hits->feeds[i].days[day]);
			sum = mk_words_sum(sum, hits->feeds[i].days[day]);
		}
		/* Noon: a day with a change of the clock has 23 or 25 hours. */
		mk_words_date(dates[day], hits->first_day_s +
		    (int64_t)day * 86400 + 43200);
		labels[day] = day + 1 == MK_HIT_DAYS ? "today" :
		    (MK_HIT_DAYS - 1 - day) % WEEK == 0 ? dates[day] : "";
		snprintf(tips[day], TIP_MAX, "%.60s: %s", dates[day],
		    mk_words_things(count, sum, "hit", "hits"));
		all[day] = tips[day];
	}
	mk_chart_columns(html, &(struct mk_chart_columns){
	    .title = "Hits a day, by feed", .desc = "Thirty columns, one a "
	    "day, the last one today; the table has the sums by feed.",
	    .n = MK_HIT_DAYS, .series_n = hits->n < SERIES ? hits->n : SERIES,
	    .values = values, .labels = labels, .tips = all, .axis = true,
	    .line = -1 });
}

static void
hits_table(struct mk_html *html, const struct mk_hits *hits)
{
	static const char *const heads[] = { "Feed", "#Today", "#7 days",
	    "#30 days", "#Share", NULL };
	uint64_t all = mk_finding_hits(hits), week;
	char share[MK_WORDS_MAX];
	size_t i, day;

	mk_page_table(html, "Hits by feed", heads);
	for (i = 0; i < hits->n; i++) {
		week = 0;
		for (day = MK_HIT_DAYS - WEEK; day < MK_HIT_DAYS; day++)
			week = mk_words_sum(week, hits->feeds[i].days[day]);
		mk_page_row(html, hits->feeds[i].feed,
		    (int)mk_chart_colour(i));
		mk_html_count(html, hits->feeds[i].days[MK_HIT_DAYS - 1]);
		mk_html_count(html, week);
		mk_html_count(html, hits->feeds[i].total);
		mk_html_cell(html, mk_words_share(share, hits->feeds[i].total,
		    all));
		mk_html_raw(html, "</tr>\n");
	}
	mk_page_table_end(html);
}

void
mk_page_hits(struct mk_html *html, const struct mk_survey *survey)
{
	const struct mk_hits *hits = &survey->hits;
	const char *names[SERIES];
	char count[MK_WORDS_MAX], hint[MK_WORDS_MAX + 64];
	size_t i;

	if (hits->n == 0)
		return;
	for (i = 0; i < hits->n && i < SERIES; i++)
		names[i] = i == MK_COLOURS && hits->n > SERIES ? "other feeds" :
		    hits->feeds[i].feed;
	mk_html_raw(html, "<div class=\"two\"><div>\n");
	mk_page_legend(html, names, i, 0);
	hits_chart(html, hits);
	snprintf(hint, sizeof hint, "Connections of %s; today is not over.",
	    mk_words_things(count, hits->hosts, "different host",
	    "different hosts"));
	mk_page_hint(html, hint);
	mk_html_raw(html, "</div>\n");
	hits_table(html, hits);
	mk_html_raw(html, "</div>\n");
}

/* ---- pending */

static const char *const pending_edges[MK_PENDING_AGES] = { "0", "1d", "3d",
    "7d", "14d", "30d", "90d" };

static void
pending_chart(struct mk_html *html, const struct mk_pending_queue *queue,
    size_t index)
{
	char tips[MK_PENDING_AGES][TIP_MAX], count[MK_WORDS_MAX];
	const char *all[MK_PENDING_AGES];
	size_t age;

	for (age = 0; age < MK_PENDING_AGES; age++) {
		mk_words_things(count, queue->ages[age], "message",
		    "messages");
		if (age + 1 < MK_PENDING_AGES)
			snprintf(tips[age], TIP_MAX, "%s to %s: %s",
			    pending_edges[age], pending_edges[age + 1], count);
		else
			snprintf(tips[age], TIP_MAX, "%s and older: %s",
			    pending_edges[age], count);
		all[age] = tips[age];
	}
	mk_html_raw(html, "<div><h3>");
	mk_html_name(html, queue->name, 40);
	mk_html_rawf(html, " <small>%s</small></h3>\n", mk_words_things(count,
	    queue->messages, "message", "messages"));
	mk_chart_columns(html, &(struct mk_chart_columns){
	    .title = "Pending messages by age", .desc = "Seven columns, from "
	    "younger than a day to older than 90 days.",
	    .n = MK_PENDING_AGES, .series_n = 1, .values = queue->ages,
	    .labels = pending_edges, .tips = all, .edges = true, .line = -1,
	    .first_colour = mk_chart_colour(index) });
	mk_html_raw(html, "</div>\n");
}

void
mk_page_pending(struct mk_html *html, const struct mk_survey *survey)
{
	static const char *const heads[] = { "Queue", "#Messages", "#Due",
	    "#Known sender", "#Oldest", NULL };
	const struct mk_pending *pending = &survey->pending;
	const struct mk_pending_queue *queue;
	char age[MK_WORDS_MAX];
	size_t i;

	if (pending->n == 0)
		return;
	if (pending->n <= BESIDE)
		mk_html_raw(html, "<div class=\"two\">");
	mk_html_raw(html, "<div class=\"multi\">\n");
	for (i = 0; i < pending->n; i++)
		pending_chart(html, &pending->queues[i], i);
	mk_html_raw(html, "</div>\n");
	mk_html_raw(html, "<div class=\"tight box\">\n");
	mk_page_table(html, "Queues", heads);
	for (i = 0; i < pending->n; i++) {
		queue = &pending->queues[i];
		mk_page_row(html, queue->name, (int)mk_chart_colour(i));
		mk_html_count(html, queue->messages);
		mk_html_count(html, queue->due);
		mk_html_count(html, queue->listed);
		mk_html_cell(html, queue->messages == 0 ? "" :
		    mk_words_age(age, queue->oldest_s));
		mk_html_raw(html, "</tr>\n");
	}
	mk_page_table_end(html);
	mk_html_raw(html, pending->n <= BESIDE ? "</div></div>\n" :
	    "</div>\n");
}
