/* report/page_host - the sections of runs, of quota, of accounts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/chart.h"
#include "report/finding.h"
#include "report/page_parts.h"
#include "report/words.h"

#define TOLD_FAILURES	12
#define FINE_LANES	8
#define DAY_S		INT64_C(86400)
#define DESC_MAX	300

/* ---- runs */

static void
lane(struct mk_html *html, const struct mk_survey *survey, size_t index)
{
	const struct mk_run_program *p = &survey->runs.programs[index];
	char runs[MK_WORDS_MAX], failed[MK_WORDS_MAX], desc[DESC_MAX];
	char median[MK_WORDS_MAX], longest[MK_WORDS_MAX];
	struct mk_took took;

	if (mk_finding_took(p, &took) == -1) {
		html->failed = true;
		return;
	}
	mk_words_things(runs, p->n, "run", "runs");
	mk_words_count(failed, p->failed);
	snprintf(desc, sizeof desc, "%s in %d days, %s failed; the middle one "
	    "took %s, the longest %s.", runs, MK_RUN_DAYS, failed,
	    mk_words_took(median, took.median_ms),
	    mk_words_took(longest, took.longest_ms));
	mk_html_raw(html, "<h3>");
	mk_html_name(html, p->program, 40);
	mk_html_rawf(html, " <small>%s%s%s%s</small></h3>\n", runs,
	    p->failed > 0 ? ", " : "", p->failed > 0 ? failed : "",
	    p->failed > 0 ? " failed" : "");
	mk_chart_runs(html, &(struct mk_chart_runs){
	    .title = "Runs by time and duration", .desc = desc, .program = p,
	    .from_s = survey->now_s - MK_RUN_DAYS * DAY_S,
	    .to_s = survey->now_s,
	    .dates = index + 1 == survey->runs.n,
	    .coarse = survey->runs.n > FINE_LANES });
}

static void
runs_row(struct mk_html *html, const struct mk_run_program *p)
{
	char buf[MK_WORDS_MAX];
	struct mk_took took;
	uint64_t removed = 0, bytes = 0;
	size_t i;

	for (i = 0; i < p->n; i++) {
		removed = mk_words_sum(removed, p->runs[i].removed);
		bytes = mk_words_sum(bytes, p->runs[i].bytes);
	}
	if (mk_finding_took(p, &took) == -1)
		html->failed = true;
	mk_page_row(html, p->program, -1);
	mk_html_count(html, p->n);
	mk_html_element(html, p->failed > 0 ? "td class=\"n bad\"" :
	    "td class=\"n\"", mk_words_count(buf, p->failed));
	mk_html_cell(html, p->last_success_s == 0 ? "none" :
	    mk_words_moment(buf, p->last_success_s));
	mk_html_cell(html, mk_words_took(buf, took.median_ms));
	mk_html_cell(html, mk_words_took(buf, took.longest_ms));
	mk_html_rawf(html, "<td class=\"n\">%s ", mk_words_count(buf,
	    removed));
	mk_html_text(html, p->what);
	mk_html_raw(html, "</td>");
	mk_html_cell(html, bytes == 0 ? "" : mk_words_bytes(buf, bytes));
	mk_html_raw(html, "</tr>\n");
}

struct failure {
	const char *program;
	const struct mk_run *run;
};

/* The latest first; by name where they are of one second. */
static int
by_start(const void *a, const void *b)
{
	const struct failure *x = a, *y = b;

	if (x->run->started_s != y->run->started_s)
		return x->run->started_s < y->run->started_s ? 1 : -1;
	return strcmp(x->program, y->program);
}

static void
failures_table(struct mk_html *html, const struct failure *all, size_t n)
{
	static const char *const heads[] = { "When", "Program",
	    "What happened", NULL };
	char buf[MK_WORDS_MAX], caption[MK_WORDS_MAX + 32];
	size_t i;

	snprintf(caption, sizeof caption, n > TOLD_FAILURES ?
	    "The last %d failures" : "Failures", TOLD_FAILURES);
	mk_page_table(html, caption, heads);
	for (i = 0; i < n && i < TOLD_FAILURES; i++) {
		mk_html_raw(html, "<tr>");
		mk_html_element(html, "td class=\"t\"", mk_words_moment(buf,
		    all[i].run->started_s));
		mk_html_raw(html, "<td class=\"p\">");
		mk_html_name(html, all[i].program, 24);
		mk_html_rawf(html, "</td><td>status %d, %s, after %s",
		    all[i].run->status, mk_words_status(all[i].run->status),
		    mk_words_took(buf, all[i].run->took_ms));
		if (all[i].run->note != NULL) {
			mk_html_raw(html, ": ");
			mk_html_text(html, all[i].run->note);
		}
		mk_html_raw(html, "</td></tr>\n");
	}
	mk_page_table_end(html);
}

static void
failures(struct mk_html *html, const struct mk_runs *runs, uint64_t failed)
{
	struct failure *all;
	size_t n = 0, i, j;

	if (failed == 0)
		return;
	all = calloc((size_t)failed, sizeof *all);
	if (all == NULL) {
		html->failed = true;
		return;
	}
	for (i = 0; i < runs->n; i++)
		for (j = 0; j < runs->programs[i].n && n < failed; j++)
			if (runs->programs[i].runs[j].status != 0)
				all[n++] = (struct failure){
				    runs->programs[i].program,
				    &runs->programs[i].runs[j] };
	qsort(all, n, sizeof *all, by_start);
	failures_table(html, all, n);
	free(all);
}

void
mk_page_runs(struct mk_html *html, const struct mk_survey *survey)
{
	static const char *const heads[] = { "Program", "#Runs", "#Failed",
	    "#Last success", "#Usually", "#Longest", "#What it did",
	    "#Size", NULL };
	const struct mk_runs *runs = &survey->runs;
	uint64_t all, failed;
	size_t i;

	if (runs->n == 0)
		return;
	mk_finding_runs(runs, &all, &failed);
	mk_html_raw(html, "<ul class=\"legend\"><li><span class=\"k dot c0\">"
	    "</span>succeeded</li><li><svg class=\"key-x\" width=\"12\" "
	    "height=\"12\" aria-hidden=\"true\"><use href=\"#x\" x=\"6\" "
	    "y=\"6\"/></svg>failed</li><li>higher: took longer, each on its "
	    "own scale</li></ul>\n<div class=\"lanes\">\n");
	for (i = 0; i < runs->n; i++)
		lane(html, survey, i);
	mk_html_raw(html, "</div>\n");
	mk_page_table(html, "Programs", heads);
	for (i = 0; i < runs->n; i++)
		runs_row(html, &runs->programs[i]);
	mk_page_table_end(html);
	failures(html, runs, failed);
}

/* ---- quota */

/* Used of its quota: of bytes or of messages, what is the fuller. */
static void
gauge(struct mk_html *html, const struct mk_quota_box *box)
{
	char share[MK_WORDS_MAX], title[MK_WORDS_MAX + 32];
	bool bytes;

	if (box->limit_bytes == 0 && box->limit_messages == 0)
		return;
	bytes = box->limit_messages == 0 || (box->limit_bytes != 0 &&
	    (double)box->bytes / (double)box->limit_bytes >=
	    (double)box->messages / (double)box->limit_messages);
	mk_words_share(share, bytes ? box->bytes : box->messages,
	    bytes ? box->limit_bytes : box->limit_messages);
	snprintf(title, sizeof title, "%s of the quota used", share);
	mk_chart_gauge(html, title, bytes ? box->bytes : box->messages,
	    bytes ? box->limit_bytes : box->limit_messages);
}

static void
quota_row(struct mk_html *html, const struct mk_quota_box *box, bool counted)
{
	char buf[MK_WORDS_MAX];

	mk_html_raw(html, "<tr><th scope=\"row\">");
	mk_html_name(html, box->mailbox, MK_NAME_CELLS);
	gauge(html, box);
	if (box->trouble != NULL)
		mk_html_element(html, "small", box->trouble);
	mk_html_raw(html, "</th>");
	mk_html_bytes(html, box->bytes);
	mk_html_cell(html, box->limit_bytes == 0 ? "none" :
	    mk_words_bytes(buf, box->limit_bytes));
	mk_html_count(html, box->messages);
	if (counted)
		mk_html_cell(html, box->limit_messages == 0 ? "none" :
		    mk_words_count(buf, box->limit_messages));
	mk_html_raw(html, "</tr>\n");
}

void
mk_page_quota(struct mk_html *html, const struct mk_survey *survey)
{
	const struct mk_quota_trouble *quota = &survey->quota;
	const char *heads[] = { "Mailbox", "#Size", "#Limit", "#Messages",
	    NULL, NULL };
	size_t i;

	if (quota->n == 0)
		return;
	for (i = 0; i < quota->n; i++)
		if (quota->boxes[i].limit_messages != 0)
			heads[4] = "#Limit";
	mk_html_raw(html, "<ul class=\"legend\"><li>used of the quota</li>"
	    "<li><span class=\"k line\"></span>the quota</li></ul>\n");
	mk_page_table(html, "Mailboxes in trouble, the fullest first", heads);
	for (i = 0; i < quota->n; i++)
		quota_row(html, &quota->boxes[i], heads[4] != NULL);
	mk_page_table_end(html);
	if (quota->troubled > quota->n)
		mk_page_hint(html, "The others in trouble are not listed.");
}

/* ---- mailboxes and rows */

static void
boxes(struct mk_html *html, const struct mk_strangers *all)
{
	static const char *const heads[] = { "Mailbox without a row",
	    "#Messages", "#Size", NULL };
	char title[MK_WORDS_MAX];
	uint64_t most = 0;
	size_t i;

	for (i = 0; i < all->boxes_n; i++)
		if (all->boxes[i].bytes > most)
			most = all->boxes[i].bytes;
	mk_html_raw(html, "<div>\n");
	mk_page_table(html, "On the disk, but no account", heads);
	for (i = 0; i < all->boxes_n; i++) {
		mk_html_raw(html, "<tr><th scope=\"row\">");
		mk_html_name(html, all->boxes[i].mailbox, MK_NAME_CELLS);
		mk_chart_bar(html, &(struct mk_chart_bar){
		    .title = mk_words_bytes(title, all->boxes[i].bytes),
		    .pieces = &all->boxes[i].bytes, .n = 1, .whole = most });
		mk_html_raw(html, "</th>");
		mk_html_count(html, all->boxes[i].messages);
		mk_html_bytes(html, all->boxes[i].bytes);
		mk_html_raw(html, "</tr>\n");
	}
	mk_page_table_end(html);
	if (all->boxes_all > all->boxes_n)
		mk_page_hint(html, "There are more than these.");
	mk_html_raw(html, "</div>\n");
}

static void
rows(struct mk_html *html, const struct mk_strangers *all)
{
	static const char *const heads[] = { "Account", "Its mailbox", NULL };
	size_t i;

	mk_html_raw(html, "<div>\n");
	mk_page_table(html, "An account, but nothing on the disk", heads);
	for (i = 0; i < all->rows_n; i++) {
		mk_page_row(html, all->rows[i].email, -1);
		mk_html_raw(html, "<td>");
		mk_html_name(html, all->rows[i].mailbox, MK_NAME_CELLS);
		mk_html_raw(html, "</td></tr>\n");
	}
	mk_page_table_end(html);
	if (all->rows_all > all->rows_n)
		mk_page_hint(html, "There are more than these.");
	mk_html_raw(html, "</div>\n");
}

void
mk_page_strangers(struct mk_html *html, const struct mk_survey *survey)
{
	const struct mk_strangers *all = &survey->strangers;

	if (all->boxes_n + all->rows_n == 0)
		return;
	mk_html_raw(html, "<div class=\"two even\">\n");
	if (all->boxes_n > 0)
		boxes(html, all);
	if (all->rows_n > 0)
		rows(html, all);
	mk_html_raw(html, "</div>\n");
}
