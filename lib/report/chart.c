/* report/chart - what is drawn: pieces of SVG. */
#include "report/chart.h"

#include <string.h>

#include "report/words.h"

#define PLOT_PX		150		/* of columns with a scale */
#define DIRECT_PX	84		/* with numbers above */
#define ABOVE_PX	16
#define LINE_PX		14		/* of text */
#define LEAST		0.5		/* what is there is seen, in percent */
#define GAUGE_MAX	1.5		/* of the limit; more is cut */

unsigned
mk_chart_colour(size_t index)
{
	return index < MK_COLOURS ? (unsigned)index : MK_COLOURS;
}

void
mk_chart_open(struct mk_html *html, const char *class, unsigned height,
    const char *title, const char *desc)
{
	unsigned id = ++html->ids;

	mk_html_rawf(html, "<svg class=\"%s\" width=\"100%%\" height=\"%u\" "
	    "role=\"img\" aria-labelledby=\"t%u%s", class, height, id,
	    desc == NULL ? "" : " d");
	if (desc != NULL)
		mk_html_rawf(html, "%u", id);
	mk_html_rawf(html, "\"><title id=\"t%u\">", id);
	mk_html_text(html, title);
	mk_html_raw(html, "</title>");
	if (desc != NULL) {
		mk_html_rawf(html, "<desc id=\"d%u\">", id);
		mk_html_text(html, desc);
		mk_html_raw(html, "</desc>");
	}
}

void
mk_chart_close(struct mk_html *html)
{
	mk_html_raw(html, "</svg>\n");
}

static void
rect(struct mk_html *html, unsigned colour, double x, double width, double y,
    double height)
{
	mk_html_rawf(html, "<rect class=\"c%u\"", colour);
	mk_html_percent(html, "x", x);
	mk_html_percent(html, "width", width);
	mk_html_raw(html, " y=\"");
	mk_html_number(html, y);
	mk_html_raw(html, "\" height=\"");
	mk_html_number(html, height);
	mk_html_raw(html, "\"/>");
}

/* A line straight down at X, or across at Y where X is below 0. */
static void
line(struct mk_html *html, const char *class, double x, double y, double to)
{
	mk_html_rawf(html, "<line class=\"%s\"", class);
	mk_html_percent(html, "x1", x < 0 ? 0 : x);
	mk_html_percent(html, "x2", x < 0 ? 100 : x);
	mk_html_raw(html, " y1=\"");
	mk_html_number(html, y);
	mk_html_raw(html, "\" y2=\"");
	mk_html_number(html, to);
	mk_html_raw(html, "\"/>");
}

/* ANCHOR is "s", "m" or "e", and classes. */
static void
text(struct mk_html *html, const char *anchor, double x, int dx, int y,
    const char *words)
{
	if (words == NULL || *words == '\0')
		return;
	mk_html_rawf(html, "<text class=\"%s\"", anchor);
	mk_html_percent(html, "x", x);
	if (dx != 0)
		mk_html_rawf(html, " dx=\"%d\"", dx);
	mk_html_rawf(html, " y=\"%d\">", y);
	mk_html_text(html, words);
	mk_html_raw(html, "</text>");
}

void
mk_chart_bar(struct mk_html *html, const struct mk_chart_bar *bar)
{
	unsigned height = bar->thick ? 22 : 8;
	double x = 0, width, whole = (double)bar->whole;
	size_t i;

	mk_chart_open(html, "bar", height, bar->title, bar->desc);
	if (bar->thick)
		mk_html_rawf(html, "<rect class=\"rail\" width=\"100%%\" "
		    "height=\"%u\"/>", height);
	for (i = 0; i < bar->n; i++) {
		if (bar->pieces[i] == 0 || bar->whole == 0)
			continue;
		width = 100 * (double)bar->pieces[i] / whole;
		if (width < LEAST)
			width = LEAST;
		if (x + width > 100)
			width = x < 100 ? 100 - x : 0;
		rect(html, mk_chart_colour(bar->first_colour + i), x, width,
		    0, height);
		/* A seam, so that no two colours touch. */
		if (x > 0 && width > LEAST)
			line(html, "seam", x, 0, height);
		x += width;
	}
	mk_chart_close(html);
}

void
mk_chart_gauge(struct mk_html *html, const char *title, uint64_t used,
    uint64_t limit)
{
	double share = limit == 0 ? 0 : (double)used / (double)limit;
	double full = 100 / GAUGE_MAX;
	bool cut = share > GAUGE_MAX;

	mk_chart_open(html, "bar", 12, title, NULL);
	mk_html_raw(html, "<rect class=\"rail\" y=\"2\" height=\"8\"");
	mk_html_percent(html, "width", limit == 0 ? 0 : full);
	mk_html_raw(html, "/>");
	if (cut)
		share = GAUGE_MAX;
	rect(html, share > 1 ? 7 : 0, 0, share * full, 2, 8);
	/* Beyond what fits: the bar's end is torn. */
	if (cut)
		mk_html_raw(html, "<line class=\"tear\" x1=\"97%\" "
		    "x2=\"98%\" y1=\"12\" y2=\"0\"/>");
	if (limit != 0)
		line(html, "mark", full, 0, 12);
	mk_chart_close(html);
}

struct mk_scale
mk_chart_scale(uint64_t max, bool bytes)
{
	struct mk_scale scale = { 1, 1 };
	uint64_t next;
	unsigned turn = 0;

	while (max / scale.step > 4 || (max / scale.step == 4 &&
	    max % scale.step > 0)) {
		/* 1, 2, 5, 10 ...; or 1, 2, 4, 8 ... */
		next = bytes ? 2 : turn++ % 3 == 1 ? 0 : 2;
		if (next == 0 ? scale.step > UINT64_MAX / 5 * 2 :
		    scale.step > UINT64_MAX / 2)
			break;
		scale.step = next == 0 ? scale.step / 2 * 5 : scale.step * 2;
	}
	scale.top = max / scale.step;
	if (max % scale.step > 0)
		scale.top++;
	if (scale.top == 0)
		scale.top = 1;
	if (scale.top > UINT64_MAX / scale.step)
		scale.top = UINT64_MAX;
	else
		scale.top *= scale.step;
	return scale;
}

static void
grid(struct mk_html *html, struct mk_scale scale, bool bytes)
{
	char buf[MK_WORDS_MAX];
	uint64_t at = 0;
	double y;

	for (;;) {
		y = ABOVE_PX + PLOT_PX * (1 - (double)at / (double)scale.top);
		y = (int)y + 0.5;	/* one pixel, not two grey ones */
		line(html, at == 0 ? "base" : "grid", -1, y, y);
		text(html, "e", 0, -7, (int)y + 4, at == 0 ? "0" :
		    bytes ? mk_words_short_bytes(buf, at) :
		    mk_words_short(buf, at));
		if (at > scale.top - scale.step || scale.top == UINT64_MAX)
			break;
		at += scale.step;
	}
}

static uint64_t
value(const struct mk_chart_columns *c, size_t series, size_t column)
{
	return c->values[series * c->n + column];
}

static uint64_t
column_sum(const struct mk_chart_columns *c, size_t column)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < c->series_n; i++)
		sum = mk_words_sum(sum, value(c, i, column));
	return sum;
}

/* One column; what is there is at least a pixel high. */
static void
stack(struct mk_html *html, const struct mk_chart_columns *c, size_t column,
    double top, double plot)
{
	double slot = 100 / (double)c->n;
	double gap = c->n > 8 ? 0.16 : 0.14;
	double x = slot * ((double)column + gap / 2 + (c->edges ? 0 : gap / 4));
	double width = slot * (1 - gap * (c->edges ? 1 : 1.5));
	double y = ABOVE_PX + plot, height;
	char buf[MK_WORDS_MAX];
	uint64_t sum = column_sum(c, column);
	size_t i;

	mk_html_raw(html, "<g>");
	if (c->tips != NULL)
		mk_html_element(html, "title", c->tips[column]);
	for (i = 0; i < c->series_n; i++) {
		if (value(c, i, column) == 0)
			continue;
		height = plot * (double)value(c, i, column) / top;
		if (height < 1.5)
			height = 1.5;
		y -= height;
		rect(html, mk_chart_colour(c->first_colour + i), x, width, y,
		    height > 4 && i > 0 ? height - 1 : height);
	}
	if (!c->axis)
		text(html, sum == 0 ? "m mute" : "m", x + width / 2, 0,
		    (int)(y < ABOVE_PX ? ABOVE_PX : y) - 4, sum == 0 ? "0" :
		    c->bytes ? mk_words_short_bytes(buf, sum) :
		    mk_words_short(buf, sum));
	mk_html_raw(html, "</g>");
}

static void
below(struct mk_html *html, const struct mk_chart_columns *c, int plot)
{
	double slot = 100 / (double)c->n, x;
	int y = ABOVE_PX + plot + LINE_PX;
	size_t i;

	for (i = 0; i < c->n; i++) {
		x = slot * ((double)i + (c->edges ? 0 : 0.5));
		if (c->labels != NULL)
			text(html, c->edges && i == 0 ? "s" : !c->edges &&
			    c->n > 12 && i + 1 == c->n ? "e" : "m",
			    !c->edges && c->n > 12 && i + 1 == c->n ? 100 : x,
			    0, y, c->labels[i]);
		if (c->second != NULL)
			text(html, "m", x, 0, y + LINE_PX, c->second[i]);
	}
}

void
mk_chart_columns(struct mk_html *html, const struct mk_chart_columns *c)
{
	int plot = c->axis ? PLOT_PX : DIRECT_PX;
	unsigned height = (unsigned)(ABOVE_PX + plot + LINE_PX + 6 +
	    (c->second != NULL ? LINE_PX : 0));
	struct mk_scale scale;
	uint64_t max = 0, sum;
	double x;
	size_t i;

	for (i = 0; i < c->n; i++) {
		sum = column_sum(c, i);
		if (sum > max)
			max = sum;
	}
	scale = mk_chart_scale(max, c->bytes);
	mk_chart_open(html, c->axis ? "plot axis" : "plot", height, c->title,
	    c->desc);
	if (c->axis)
		grid(html, scale, c->bytes);
	for (i = 0; i < c->n; i++)
		stack(html, c, i, c->axis || max == 0 ? (double)scale.top :
		    (double)max, plot);
	if (!c->axis)
		line(html, "base", -1, ABOVE_PX + plot + 0.5,
		    ABOVE_PX + plot + 0.5);
	below(html, c, plot);
	if (c->line >= 0) {
		x = 100 * c->line / (double)c->n;
		line(html, "mark", x, 0, ABOVE_PX + plot);
		text(html, x > 60 ? "e strong" : "s strong", x, x > 60 ? -5 : 5,
		    10, c->line_label);
	}
	mk_chart_close(html);
}
