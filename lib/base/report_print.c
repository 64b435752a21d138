/* base/report - what a run did: the table for people. */
#include "base/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/colour.h"
#include "base/diag.h"
#include "base/duration.h"
#include "base/report_parts.h"
#include "base/utf8.h"

#define TABLE_COLUMNS	80
#define LABEL_MIN	12		/* where there is room */
#define LABEL_LEAST	6
#define GAP		2
#define CELL_BYTES	32

/* Columns that UTF-8 TEXT takes: one for each character. */
static size_t
text_columns(const char *text)
{
	size_t n;

	for (n = 0; *text != '\0'; n++)
		text += mk_utf8_sequence(text);
	return n;
}

static const char *
skip_columns(const char *text, size_t n)
{
	while (n-- > 0)
		text += mk_utf8_sequence(text);
	return text;
}

/* LABEL as diag escapes it, to be freed; NULL: ENOMEM. */
static char *
escaped(const char *label)
{
	size_t size = 4 * strlen(label) + 1;
	char *text = malloc(size);

	return text == NULL ? NULL : mk_diag_escape(text, size, label);
}

/* LABEL on WIDTH columns: filled up, or cut in its middle.  0 or -1. */
static int
print_label(const char *label, size_t width, FILE *out)
{
	char *text = escaped(label);
	size_t n, head;

	if (text == NULL)
		return -1;
	n = text_columns(text);
	if (n <= width) {
		fprintf(out, "%s%*s", text, (int)(width - n), "");
	} else {
		head = (width - 3) / 2;
		fprintf(out, "%.*s...%s",
		    (int)(skip_columns(text, head) - text), text,
		    skip_columns(text, n - (width - 3 - head)));
	}
	free(text);
	return 0;
}

static const char *
cell(char *buf, const struct mk_column *column, uint64_t value)
{
	if (column->kind == MK_BYTES)
		return mk_size_format(buf, CELL_BYTES, value);
	snprintf(buf, CELL_BYTES, "%" PRIu64, value);
	return buf;
}

/* The widest that stands in a column: its name or one of its values. */
static size_t
cell_columns(const struct mk_report *report, const char *shown, size_t c)
{
	const struct mk_column *column = &report->columns[c];
	size_t max = strlen(column->name), len, i;
	char buf[CELL_BYTES];

	for (i = 0; i <= report->rows_n; i++) {
		if (i == report->rows_n)
			cell(buf, column, report->total[c]);
		else if (in_group(report->rows[i], shown))
			cell(buf, column, report->rows[i]->values[c]);
		else
			continue;
		len = strlen(buf);
		if (len > max)
			max = len;
	}
	return max;
}

/* The widest label, as far as the WIDTHS of the numbers leave room.  0, -1. */
static int
label_columns(const struct mk_report *report, const char *shown,
    const size_t *widths, size_t *max)
{
	size_t room = TABLE_COLUMNS, len, c, i;
	char *text;

	for (c = 0; c < report->columns_n; c++)
		if (report->columns[c].shown)
			room -= widths[c] + GAP < room ? widths[c] + GAP : room;
	if (room < LABEL_LEAST)
		room = LABEL_LEAST;
	*max = LABEL_MIN < room ? LABEL_MIN : room;
	for (i = 0; i < report->rows_n && *max < room; i++) {
		if (!in_group(report->rows[i], shown))
			continue;
		text = escaped(report->rows[i]->label);
		if (text == NULL)
			return -1;
		len = text_columns(text);
		free(text);
		if (len > *max)
			*max = len < room ? len : room;
	}
	return 0;
}

/* What went wrong should be seen among what did not. */
static bool
stands_out(const struct mk_column *column, const uint64_t *values, size_t c,
    FILE *out)
{
	return values != NULL && values[c] > 0 &&
	    strcmp(column->name, "failed") == 0 &&
	    mk_colour_wanted(fileno(out));
}

/* One line: LABEL, and the VALUES (NULL: the columns' names). */
static int
print_line(const struct mk_report *report, const char *label,
    const uint64_t *values, const size_t *widths, FILE *out)
{
	const struct mk_column *column;
	char buf[CELL_BYTES];
	bool red;
	size_t c;

	if (print_label(label, widths[report->columns_n], out) == -1)
		return -1;
	for (c = 0; c < report->columns_n; c++) {
		column = &report->columns[c];
		if (!column->shown)
			continue;
		red = stands_out(column, values, c, out);
		fprintf(out, "%s%*s%s", red ? MK_COLOUR_BAD : "",
		    GAP + (int)widths[c], values == NULL ? column->name :
		    cell(buf, column, values[c]), red ? MK_COLOUR_END : "");
	}
	putc('\n', out);
	return 0;
}

int
mk_report_print(const struct mk_report *report, const char *shown,
    const struct mk_report_run *run, FILE *out)
{
	size_t *widths, c, i;
	char *note = NULL;
	int rv = -1;

	widths = calloc(report->columns_n + 1, sizeof *widths);
	if (widths == NULL)
		return -1;
	for (c = 0; c < report->columns_n; c++)
		if (report->columns[c].shown)
			widths[c] = cell_columns(report, shown, c);
	if (label_columns(report, shown, widths, &widths[c]) == -1 ||
	    (run->note != NULL && (note = escaped(run->note)) == NULL))
		goto out;
	if (note != NULL)
		fprintf(out, "%s\n", note);
	if (run->dry_run)
		fputs("dry run: nothing was changed\n", out);
	if (print_line(report, shown != NULL ? shown : "", NULL, widths,
	    out) == -1)
		goto out;
	for (i = 0; i < report->rows_n; i++)
		if (in_group(report->rows[i], shown) &&
		    print_line(report, report->rows[i]->label,
		    report->rows[i]->values, widths, out) == -1)
			goto out;
	if (print_line(report, "total", report->total, widths, out) == -1)
		goto out;
	if (fflush(out) == 0 && !ferror(out))
		rv = 0;
out:
	free(note);
	free(widths);
	return rv;
}
