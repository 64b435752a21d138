/*
 * report/text_table - lines, paragraphs and tables of a terminal's width.
 *
 * Errors stick, as in report/html.  All text may hold any bytes: it is made
 * plain, and where the terminal has no UTF-8, what it can't show is a '?'.
 */
#ifndef MK_REPORT_TEXT_TABLE_H
#define MK_REPORT_TEXT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "report/text.h"
#include "report/words.h"

#define MK_TEXT_CELLS	5

struct mk_text {
	struct mk_buf buf;
	struct mk_text_style style;	/* its columns are in bounds */
	bool failed;			/* out of memory */
};

enum mk_text_colour {
	MK_TEXT_PLAIN, MK_TEXT_STRONG, MK_TEXT_GOOD, MK_TEXT_WARN,
	MK_TEXT_BAD, MK_TEXT_BAR, MK_TEXT_FAINT
};

void mk_text_add(struct mk_text *text, const void *data, size_t len);
void mk_text_put(struct mk_text *text, const char *words);
void mk_text_pad(struct mk_text *text, size_t blanks);
void mk_text_colour(struct mk_text *text, enum mk_text_colour which);

/* WORDS as the terminal may have them, in place of what *OUT holds; U+00A0
 * stays where it keeps words together. */
void mk_text_clean(struct mk_text *text, struct mk_buf *out,
    const char *words);

/*
 * A paragraph, broken at blanks, each line INDENT columns in; BULLET, of at
 * most INDENT columns, stands before the first, or is NULL.
 */
void mk_text_paragraph(struct mk_text *text, enum mk_text_colour which,
    unsigned indent, const char *bullet, const char *words);

void mk_text_end_line(struct mk_text *text);

struct mk_text_row {
	const char *name;
	uint64_t bar;			/* of the table's most */
	const char *strip;		/* in place of a bar, ASCII: a column a
					 * piece; or NULL */
	char cells[MK_TEXT_CELLS][MK_WORDS_MAX];
	bool bad;			/* to stand out */
};

/*
 * A table: the name, cut in its middle, a bar in what is left, the cells, N of
 * them, in columns of numbers.  Where it is too narrow for all, the last cells
 * are left out, and then the bar.  HEADS: of the name and of the cells.
 */
struct mk_text_table {
	const char *const *heads;
	const struct mk_text_row *rows;
	size_t n, cells_n;
	bool bars;
};
void mk_text_table(struct mk_text *text, const struct mk_text_table *table);

/* N empty rows, to be freed; NULL: out of memory, which TEXT knows. */
struct mk_text_row *mk_text_rows(struct mk_text *text, size_t n);

/* "and 3 more", where LISTED is less than ALL. */
void mk_text_more(struct mk_text *text, uint64_t all, uint64_t listed);

/*
 * VALUES as one line of columns, N of them, each one or two wide: LEFT and
 * RIGHT say what its ends are.  Where MARK is not N or more, the line below
 * points at that column, with the text LABEL.
 */
struct mk_text_spark {
	const uint64_t *values;
	size_t n, mark;
	const char *left, *right, *label;
};
void mk_text_spark(struct mk_text *text, const struct mk_text_spark *spark);

void mk_text_free(struct mk_text *text);

#endif
