/*
 * report/html - HTML in memory, and how text gets into it.
 *
 * Errors stick: write on, and ask .failed once.  Markup is only what this
 * module's callers have written themselves; all else goes through
 * mk_html_text, mk_html_name or mk_html_attr.
 */
#ifndef MK_REPORT_HTML_H
#define MK_REPORT_HTML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct mk_html {			/* { 0 } to begin with */
	struct mk_buf buf;
	bool failed;			/* out of memory */
	unsigned ids;			/* given to titles */
};

void mk_html_raw(struct mk_html *html, const char *markup);
void mk_html_rawf(struct mk_html *html, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* TEXT of any bytes: made plain (report/plain) and escaped, fit for an
 * attribute in quotes, too. */
void mk_html_text(struct mk_html *html, const char *text);

/* What report/finding wrote, which is plain: \002 and \003 are <bdi>. */
void mk_html_finding(struct mk_html *html, const char *finding);

/*
 * A name, in an element <bdi> of its own, so that one written from right to
 * left turns nothing else; wider than CELLS it is cut in the middle, and is
 * whole in its title.
 */
void mk_html_name(struct mk_html *html, const char *name, size_t cells);

/* ELEMENT with TEXT in it. */
void mk_html_element(struct mk_html *html, const char *element,
    const char *text);

/*
 * A number with at most three decimals and a point, whatever the locale says:
 * fit for SVG and CSS.
 */
void mk_html_number(struct mk_html *html, double value);
/* " NAME=\"VALUE%\"". */
void mk_html_percent(struct mk_html *html, const char *name, double value);

/* Cells of tables. */
void mk_html_count(struct mk_html *html, uint64_t n);
void mk_html_bytes(struct mk_html *html, uint64_t bytes);
void mk_html_cell(struct mk_html *html, const char *text);	/* a number */

void mk_html_free(struct mk_html *html);

#endif
