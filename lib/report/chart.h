/*
 * report/chart - what is drawn: pieces of SVG.
 *
 * Places across are in percent, heights and strokes in pixels: a chart is as
 * wide as its box, at any width, and what is written in it keeps its size.
 * Only numbers and dates are written; names stand in the HTML around.
 * Colours are the classes c0 to c4, and c5 for the rest, so that the page's
 * style has them for both themes.
 *
 * Each is an image with a title and a description for those who don't see it;
 * both may hold any bytes.
 */
#ifndef MK_REPORT_CHART_H
#define MK_REPORT_CHART_H

#include "report/html.h"
#include "report/survey.h"

#define MK_COLOURS	5		/* and the rest */

/* The class of the series INDEX. */
unsigned mk_chart_colour(size_t index);

/* An open <svg> of HEIGHT pixels, and its end. */
void mk_chart_open(struct mk_html *html, const char *class, unsigned height,
    const char *title, const char *desc);
void mk_chart_close(struct mk_html *html);

/* One bar of N pieces, in the order of the colours (at most 6), of WHOLE. */
struct mk_chart_bar {
	const char *title, *desc;
	const uint64_t *pieces;
	size_t n;
	uint64_t whole;			/* the full width */
	unsigned first_colour;
	bool thick;
};
void mk_chart_bar(struct mk_html *html, const struct mk_chart_bar *bar);

/* A bar of what is used of a limit, which is a line across it. */
void mk_chart_gauge(struct mk_html *html, const char *title, uint64_t used,
    uint64_t limit);

/* Columns, stacked of series. */
struct mk_chart_columns {
	const char *title, *desc;
	size_t n, series_n;		/* columns; series, at most 6 */
	const uint64_t *values;		/* [series * n + column] */
	/* Below: of the column, or, with EDGES, of its left edge; NULL or ""
	 * is none.  SECOND is a second line. */
	const char *const *labels, *const *second;
	const char *const *tips;	/* of each column, or NULL */
	unsigned first_colour;
	bool edges;
	bool bytes;
	bool axis;			/* a scale; else numbers above */
	double line;			/* where a line stands, in columns; < 0:
					 * none */
	const char *line_label;
};
void mk_chart_columns(struct mk_html *html,
    const struct mk_chart_columns *columns);

/* Runs as dots by time and duration; failed ones are crosses. */
struct mk_chart_runs {
	const char *title, *desc;
	const struct mk_run_program *program;
	int64_t from_s, to_s;
	bool dates;			/* below */
	bool coarse;			/* with fewer marks */
};
void mk_chart_runs(struct mk_html *html, const struct mk_chart_runs *c);

/* The scale of columns up to MAX: 0 to top in steps, at most five. */
struct mk_scale {
	uint64_t top, step;
};
struct mk_scale mk_chart_scale(uint64_t max, bool bytes);

#endif
