/* blacklist/line_csv - a record of CSV. */
#include <string.h>

#include "blacklist/line_parts.h"

#define COLUMNS_MAX	10000

/* Behind a quote: to the one that closes it.  Returns what follows that one,
 * NULL where there is none. */
static const char *
take_quoted(const char *p, const char *end, struct mk_field *field)
{
	field->p = p;
	for (; p < end; p++) {
		if (*p != '"')
			continue;
		if (end - p < 2 || p[1] != '"') {
			field->end = p;
			return p + 1;
		}
		field->doubled = true;
		p++;
	}
	return NULL;
}

static const char *
skip_around(const char *p, const struct mk_csv *csv)
{
	while (p < csv->end && is_blank(*p) && *p != csv->separator)
		p++;
	return p;
}

int
mk_csv_next(struct mk_csv *csv, struct mk_field *field, struct mk_line *line)
{
	const char *p = csv->p, *end = csv->end;

	if (p == NULL)
		return 0;
	p = skip_around(p, csv);
	*field = (struct mk_field){ p, p, false };
	if (p < end && *p == '"') {
		p = take_quoted(p + 1, end, field);
		if (p == NULL)
			return bad(line, "a quote that is not closed in its "
			    "line");
		p = skip_around(p, csv);
		if (p < end && *p != csv->separator)
			return bad(line, "more behind a closing quote");
	} else {
		while (p < end && *p != csv->separator)
			p++;
		field->end = trim_end(field->p, p);
	}
	csv->p = p < end ? p + 1 : NULL;
	return 1;
}

/* The one of ",", ";" and TAB that is most often outside of quotes. */
static char
find_separator(const char *p, const char *end)
{
	static const char separators[] = ",;\t";
	size_t n[3] = { 0 }, i, best = 0;
	bool quoted = false;

	for (; p < end; p++) {
		if (*p == '"')
			quoted = !quoted;
		for (i = 0; !quoted && i < 3; i++)
			n[i] += *p == separators[i];
	}
	for (i = 1; i < 3; i++)
		if (n[i] > n[best])
			best = i;
	return separators[best];
}

/* The number that the configuration gives for a column; NONE where it gives
 * nothing, 0 where it is a name. */
static unsigned
column_number(const char *column, unsigned none)
{
	int64_t number;

	if (column == NULL || *column == '\0')
		return none;
	number = whole_number(column, column + strlen(column));
	return number < 0 || number > COLUMNS_MAX ? 0 : (unsigned)number;
}

static bool
is_column(const struct mk_field *field, const char *column)
{
	return column != NULL && *column != '\0' && !field->doubled &&
	    is_text(field->p, field->end, column);
}

/* The names of the columns, if that is what CSV has: .column_n, .reason_n. */
static int
learn_columns(struct mk_reader *reader, struct mk_csv csv, struct mk_line *line)
{
	struct mk_field field;
	unsigned n;
	int rv;

	for (n = 1; (rv = mk_csv_next(&csv, &field, line)) == 1; n++) {
		if (column_number(reader->column, 1) == 0 &&
		    is_column(&field, reader->column))
			reader->column_n = n;
		if (column_number(reader->reason_column, 1) == 0 &&
		    is_column(&field, reader->reason_column))
			reader->reason_n = n;
	}
	return rv;
}

/* The fields that are wanted; those that are not there are empty, .p NULL. */
static int
pick_fields(const struct mk_reader *reader, struct mk_csv csv,
    struct mk_field *address, struct mk_field *reason, struct mk_line *line)
{
	struct mk_field field;
	unsigned n;
	int rv;

	*address = *reason = (struct mk_field){ NULL, NULL, false };
	for (n = 1; (rv = mk_csv_next(&csv, &field, line)) == 1; n++) {
		if (n == reader->column_n)
			*address = field;
		if (n == reader->reason_n)
			*reason = field;
	}
	return rv;
}

/* Whether the field may name a column: it does not begin as an address. */
static bool
is_name(const struct mk_field *field)
{
	const char *p = field->p;

	if (p < field->end && strchr("0123456789.:[-", *p) != NULL)
		return false;		/* or a NUL */
	while (p < field->end && strchr("0123456789abcdefABCDEF", *p) != NULL)
		p++;
	return p == field->end || *p != ':';
}

static void
set_reason(struct mk_reader *reader, const struct mk_field *field,
    struct mk_line *line)
{
	const char *p;
	size_t n = 0;

	line->reason = field->p;
	line->reason_len = (size_t)(field->end - field->p);
	if (!field->doubled)
		return;
	for (p = field->p; p < field->end && n < sizeof reader->scratch; p++) {
		reader->scratch[n++] = *p;
		if (*p == '"')
			p++;
	}
	line->reason = reader->scratch;
	line->reason_len = n;
}

/* The first record: 1 where it names the columns. */
static int
read_header(struct mk_reader *reader, struct mk_csv csv, struct mk_line *line)
{
	unsigned told = reader->column_n;	/* by a comment, maybe */
	struct mk_field address, reason;

	reader->headed = true;
	if (column_number(reader->column, 1) == 0) {
		reader->column_n = 0;
		if (learn_columns(reader, csv, line) == -1)
			return -1;
		if (reader->column_n != 0)
			return 1;
		reader->column_n = told;
		return 0;
	}
	if (pick_fields(reader, csv, &address, &reason, line) == -1)
		return -1;
	if (address.p == NULL || !is_name(&address))
		return 0;
	return learn_columns(reader, csv, line) == -1 ? -1 : 1;
}

/* "# Firstseen,DstIP,DstPort": a comment before the first record may name the
 * columns, too. */
static void
read_csv_comment(struct mk_reader *reader, const char *p, const char *end)
{
	struct mk_csv csv = { p, end, reader->separator };
	struct mk_line ignored;

	if (reader->headed)
		return;
	while (csv.p < end && (*csv.p == '#' || is_blank(*csv.p)))
		csv.p++;
	if (csv.separator == 0)
		csv.separator = find_separator(csv.p, end);
	learn_columns(reader, csv, &ignored);
}

void
mk_line_csv(struct mk_reader *reader, const char *p, const char *end,
    struct mk_line *line)
{
	const char *start = skip_blanks(p, end);
	struct mk_field address, reason;
	struct mk_csv csv;
	int header;

	if (start == end)
		return;
	if (!reader->headed && reader->column_n == 0)
		reader->column_n = column_number(reader->column, 1);
	if (!reader->headed && reader->reason_n == 0)
		reader->reason_n = column_number(reader->reason_column, 0);
	if (*start == '#') {
		read_csv_comment(reader, start, end);
		return;
	}
	if (reader->separator == 0)
		reader->separator = find_separator(p, end);
	csv = (struct mk_csv){ p, end, reader->separator };
	if (!reader->headed) {
		header = read_header(reader, csv, line);
		if (header == 1 && reader->reason_n == 0 &&
		    column_number(reader->reason_column, 1) == 0)
			bad(line, "no column has the name of the reason's");
		if (header != 0)
			return;
	}
	if (reader->column_n == 0) {
		bad(line, "the first line does not name the column");
		return;
	}
	if (pick_fields(reader, csv, &address, &reason, line) == -1)
		return;
	if (address.p == NULL) {
		bad(line, "fewer fields than the number of the column");
		return;
	}
	if (mk_line_nets(&address.p, address.end, MK_FORMAT_CSV, line) == -1)
		return;
	if (address.p != address.end)
		bad(line, "more than an address in its column");
	else if (reason.p != NULL)
		set_reason(reader, &reason, line);
}
