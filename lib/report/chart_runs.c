/* report/chart_runs - runs as dots by time and duration. */
#include <stdlib.h>
#include <string.h>

#include "report/chart.h"
#include "report/words.h"

#define LANE_PX		56
#define TOP_PX		8		/* a mark's half and some air */
#define DATES_PX	16
#define BINS		60		/* twelve hours each */
#define BINS_COARSE	30
#define SINGLE_MAX	180		/* runs that are drawn one by one */
#define DAY_S		INT64_C(86400)

/* What is drawn of a part of the time: all of its runs in one mark. */
struct bin {
	size_t ok, failed;
	int64_t least_ms, most_ms;		/* of those that succeeded */
	double sum_ms;
	int64_t failed_ms;			/* the longest */
	int64_t first_s;
	const struct mk_run *last_failed;
};

struct lane {
	const struct mk_chart_runs *c;
	int64_t longest_ms;		/* at least 1 */
};

static double
across(const struct lane *lane, double when_s)
{
	double from = (double)lane->c->from_s, to = (double)lane->c->to_s;
	double x = to > from ? 100 * (when_s - from) / (to - from) : 0;

	return x < 0 ? 0 : x > 100 ? 100 : x;
}

static double
up(const struct lane *lane, int64_t ms)
{
	double share = (double)(ms < 0 ? 0 : ms) / (double)lane->longest_ms;

	return TOP_PX + (LANE_PX - TOP_PX - 4) * (1 - (share > 1 ? 1 : share));
}

static void
place(struct mk_html *html, const char *x, double at, const char *y,
    double down)
{
	mk_html_percent(html, x, at);
	mk_html_rawf(html, " %s=\"", y);
	mk_html_number(html, down);
	mk_html_raw(html, "\"");
}

static void
tip(struct mk_html *html, const struct mk_run *run)
{
	char when[MK_WORDS_MAX], took[MK_WORDS_MAX];

	mk_html_raw(html, "<title>");
	mk_html_rawf(html, "%s, %s", mk_words_moment(when, run->started_s),
	    mk_words_took(took, run->took_ms));
	if (run->status != 0)
		mk_html_rawf(html, ", status %d: %s", run->status,
		    mk_words_status(run->status));
	if (run->note != NULL) {
		mk_html_raw(html, "; ");
		mk_html_text(html, run->note);
	}
	mk_html_raw(html, "</title>");
}

static void
dot(struct mk_html *html, const struct lane *lane, double when_s, int64_t ms)
{
	mk_html_raw(html, "<circle class=\"c0\" r=\"2.6\"");
	place(html, "cx", across(lane, when_s), "cy", up(lane, ms));
}

/* A cross, which the page defines: other than a dot without colour, too. */
static void
cross(struct mk_html *html, const struct lane *lane, const struct mk_run *run,
    int64_t ms, size_t n)
{
	char failed[MK_WORDS_MAX], when[MK_WORDS_MAX];

	mk_html_raw(html, "<use href=\"#x\"");
	place(html, "x", across(lane, (double)run->started_s), "y",
	    up(lane, ms));
	mk_html_raw(html, ">");
	if (n > 1)
		mk_html_rawf(html, "<title>%s, the last at %s</title>",
		    mk_words_things(failed, n, "failed run", "failed runs"),
		    mk_words_moment(when, run->started_s));
	else
		tip(html, run);
	mk_html_raw(html, "</use>");
}

static void
one_by_one(struct mk_html *html, const struct lane *lane)
{
	const struct mk_run_program *p = lane->c->program;
	size_t i;

	for (i = 0; i < p->n; i++) {
		if (p->runs[i].status != 0)
			continue;
		dot(html, lane, (double)p->runs[i].started_s,
		    p->runs[i].took_ms);
		mk_html_raw(html, ">");
		tip(html, &p->runs[i]);
		mk_html_raw(html, "</circle>");
	}
	for (i = 0; i < p->n; i++)	/* above the others */
		if (p->runs[i].status != 0)
			cross(html, lane, &p->runs[i], p->runs[i].took_ms, 1);
}

static void
put_in_bin(struct bin *bin, const struct mk_run *run)
{
	if (run->status != 0) {
		if (bin->failed++ == 0 || run->took_ms > bin->failed_ms)
			bin->failed_ms = run->took_ms;
		bin->last_failed = run;
		return;
	}
	if (bin->ok++ == 0) {
		bin->least_ms = bin->most_ms = run->took_ms;
		bin->first_s = run->started_s;
	}
	if (run->took_ms < bin->least_ms)
		bin->least_ms = run->took_ms;
	if (run->took_ms > bin->most_ms)
		bin->most_ms = run->took_ms;
	bin->sum_ms += (double)run->took_ms;
}

static void
draw_bin(struct mk_html *html, const struct lane *lane, const struct bin *bin,
    double middle_s)
{
	char runs[MK_WORDS_MAX], least[MK_WORDS_MAX], most[MK_WORDS_MAX];
	char when[MK_WORDS_MAX];
	double x = across(lane, middle_s);
	int64_t mean_ms;

	if (bin->ok > 0) {
		mean_ms = (int64_t)(bin->sum_ms / (double)bin->ok);
		mk_html_raw(html, "<line class=\"span\"");
		place(html, "x1", x, "y1", up(lane, bin->least_ms));
		place(html, "x2", x, "y2", up(lane, bin->most_ms));
		mk_html_raw(html, "/>");
		dot(html, lane, middle_s, mean_ms);
		mk_html_rawf(html, "><title>from %s: %s, %s to %s</title>"
		    "</circle>", mk_words_moment(when, bin->first_s),
		    mk_words_things(runs, bin->ok, "run", "runs"),
		    mk_words_took(least, bin->least_ms),
		    mk_words_took(most, bin->most_ms));
	}
	if (bin->failed > 0)
		cross(html, lane, bin->last_failed, bin->failed_ms,
		    bin->failed);
}

static void
in_bins(struct mk_html *html, const struct lane *lane)
{
	const struct mk_run_program *p = lane->c->program;
	int64_t from = lane->c->from_s, span = lane->c->to_s - from;
	struct bin *bins = calloc(BINS, sizeof *bins);
	int64_t n = lane->c->coarse ? BINS_COARSE : BINS, width, at;
	size_t i;

	if (bins == NULL || span <= 0) {
		html->failed = html->failed || bins == NULL;
		free(bins);
		return;
	}
	width = span / n + 1;
	for (i = 0; i < p->n; i++) {
		at = (p->runs[i].started_s - from) / width;
		at = at < 0 ? 0 : at >= n ? n - 1 : at;
		put_in_bin(&bins[at], &p->runs[i]);
	}
	for (at = 0; at < n; at++)
		draw_bin(html, lane, &bins[at], (double)from +
		    ((double)at + 0.5) * (double)width);
	free(bins);
}

static void
days(struct mk_html *html, const struct lane *lane)
{
	int64_t at;
	char buf[MK_WORDS_MAX];
	double x;

	for (at = lane->c->to_s; at > lane->c->from_s; at -= 7 * DAY_S) {
		x = across(lane, (double)at);
		mk_html_raw(html, "<line class=\"grid\"");
		place(html, "x1", x, "y1", 0);
		place(html, "x2", x, "y2", LANE_PX);
		mk_html_raw(html, "/>");
		if (!lane->c->dates)
			continue;
		mk_html_rawf(html, "<text class=\"%s\"",
		    at == lane->c->to_s ? "e" : "m");
		place(html, "x", x, "y", LANE_PX + DATES_PX - 3);
		mk_html_rawf(html, ">%s</text>", at == lane->c->to_s ? "now" :
		    mk_words_date(buf, at));
	}
}

void
mk_chart_runs(struct mk_html *html, const struct mk_chart_runs *c)
{
	struct lane lane = { c, 1 };
	char buf[MK_WORDS_MAX];
	size_t i;

	for (i = 0; i < c->program->n; i++)
		if (c->program->runs[i].took_ms > lane.longest_ms)
			lane.longest_ms = c->program->runs[i].took_ms;
	mk_chart_open(html, "plot axis lane", LANE_PX + (c->dates ? DATES_PX :
	    0), c->title, c->desc);
	days(html, &lane);
	mk_html_rawf(html, "<line class=\"base\" x2=\"100%%\" y1=\"%d.5\" "
	    "y2=\"%d.5\"/><text class=\"e\" dx=\"-7\" y=\"%d\">0</text>"
	    "<text class=\"e\" dx=\"-7\" y=\"%d\">%s</text>", LANE_PX - 1,
	    LANE_PX - 1, LANE_PX, TOP_PX + 4,
	    mk_words_took(buf, lane.longest_ms));
	if (c->program->n <= SINGLE_MAX)
		one_by_one(html, &lane);
	else
		in_bins(html, &lane);
	mk_chart_close(html);
}
