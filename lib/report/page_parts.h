/*
 * report/page_parts - the sections of the page: what stands below the title
 * of a part that was told.
 */
#ifndef MK_REPORT_PAGE_PARTS_H
#define MK_REPORT_PAGE_PARTS_H

#include "report/html.h"
#include "report/survey.h"

#define MK_NAME_CELLS	64		/* of a name in a table */

void mk_page_space(struct mk_html *html, const struct mk_survey *survey);
void mk_page_ages(struct mk_html *html, const struct mk_survey *survey);
void mk_page_nights(struct mk_html *html, const struct mk_survey *survey);
void mk_page_scores(struct mk_html *html, const struct mk_survey *survey);
void mk_page_hits(struct mk_html *html, const struct mk_survey *survey);
void mk_page_pending(struct mk_html *html, const struct mk_survey *survey);
void mk_page_runs(struct mk_html *html, const struct mk_survey *survey);
void mk_page_quota(struct mk_html *html, const struct mk_survey *survey);
void mk_page_strangers(struct mk_html *html, const struct mk_survey *survey);

/*
 * A table in its box.  CAPTION, then the headings: one that begins with '#'
 * is of numbers.  Ends with NULL.
 */
void mk_page_table(struct mk_html *html, const char *caption,
    const char *const *heads);
void mk_page_table_end(struct mk_html *html);
/* "<tr>", and the row's name with the colour COLOUR (-1: none) before it. */
void mk_page_row(struct mk_html *html, const char *name, int colour);

/* The names of N series and their colours, where there is more than one. */
void mk_page_legend(struct mk_html *html, const char *const *names, size_t n,
    unsigned first_colour);

/* A line of small print. */
void mk_page_hint(struct mk_html *html, const char *text);

extern const char *const mk_page_style[];	/* ends with NULL */

#endif
