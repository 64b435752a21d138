/* blacklist/line_detect - which format a feed has, and in which column. */
#include <stdint.h>
#include <string.h>

#include "blacklist/line_parts.h"

#define SEPARATORS	3
#define COLUMNS		64		/* that are looked at; one bit each */
#define SPAMHAUS	"Spamhaus"	/* whose lists are told by their head */
#define SBL		"SBL"		/* ... or by their reasons */

/* What a feed may be, a bit each, as far as its lines were looked at. */
enum {
	LOOKS_DROP = 1, LOOKS_COUNTED = 2, LOOKS_RANGES = 4,
	LOOKS_COMMAS = 8, LOOKS_SEMICOLONS = 16, LOOKS_TABS = 32,
	LOOKS_CSV = LOOKS_COMMAS | LOOKS_SEMICOLONS | LOOKS_TABS,
	LOOKS_ANY = LOOKS_DROP | LOOKS_COUNTED | LOOKS_RANGES | LOOKS_CSV
};

static const struct { char separator; unsigned bit; } csv[SEPARATORS] = {
	{ ',', LOOKS_COMMAS }, { ';', LOOKS_SEMICOLONS }, { '\t', LOOKS_TABS },
};

struct looks {
	unsigned all;			/* each record looks like that */
	unsigned some;			/* one did, and was no header */
	size_t records;
	size_t addresses[SEPARATORS][COLUMNS];	/* records with one there */
	bool json, eof;
	bool spamhaus;			/* a comment at the head says so */
};

static enum mk_line_kind
read_as(enum mk_format format, const char *p, const char *end,
    struct mk_line *line)
{
	struct mk_reader reader = { .format = format, .started = true };

	mk_line_read(&reader, p, (size_t)(end - p), line);
	return line->kind;
}

/*
 * Whether a record has fields that SEPARATOR parts: 1 with an address in one;
 * 0 without, as a header has; -1 where it is none.  An address that a ";" or a
 * TAB follows, and one thing more, is as well a line of text.  COLUMNS: those
 * with an address, the first is the lowest bit.
 */
static int
looks_like_csv(const char *p, const char *end, char separator,
    uint64_t *columns)
{
	struct mk_csv record = { p, end, separator };
	struct mk_field field;
	struct mk_line line;
	struct mk_net net;
	const char *why;
	unsigned n = 0, address = 0;
	int rv;

	*columns = 0;
	while ((rv = mk_csv_next(&record, &field, &line)) == 1) {
		n++;
		if (field.p < field.end && *field.p == '#')
			return -1;	/* a comment has commas, too */
		if (field.end - field.p >= UNTIL_LEN &&
		    memcmp(field.p, UNTIL, UNTIL_LEN) == 0)
			return -1;	/* CSV would list it for good */
		if (mk_net_parse(field.p, (size_t)(field.end - field.p), &net,
		    &why) == MK_NET_BAD)
			continue;
		if (address == 0)
			address = n;
		if (n <= COLUMNS)
			*columns |= UINT64_C(1) << (n - 1);
	}
	if (rv == -1 || n < 2)
		return -1;
	if (address == 0)
		return 0;
	return separator == ',' || n > 2 || address > 1 ? 1 : -1;
}

/* Where TEXT is between P and END; NULL: nowhere. */
static const char *
has_text(const char *p, const char *end, const char *text)
{
	size_t len = strlen(text);

	for (; (size_t)(end - p) >= len; p++)
		if (memcmp(p, text, len) == 0)
			return p;
	return NULL;
}

/* One record, from P to END, without blanks around. */
static void
look_at(struct looks *looks, const char *p, const char *end)
{
	struct mk_line line;
	const char *semicolon = memchr(p, ';', (size_t)(end - p));
	uint64_t columns;
	unsigned now = 0;
	size_t i, n;
	int rv;

	if (looks->records++ == 0)
		looks->json = *p == '{';
	if (semicolon != NULL && semicolon > p && is_blank(semicolon[-1]) &&
	    read_as(MK_FORMAT_DROP, p, end, &line) == MK_LINE_NET &&
	    line.reason_len > 0 &&
	    (looks->spamhaus || has_text(line.reason,
	    line.reason + line.reason_len, SBL) == line.reason))
		now |= LOOKS_DROP;
	if (read_as(MK_FORMAT_COUNTED, p, end, &line) == MK_LINE_NET)
		now |= LOOKS_COUNTED;
	if (read_as(MK_FORMAT_RANGES, p, end, &line) == MK_LINE_RANGE)
		now |= LOOKS_RANGES;
	for (i = 0; i < SEPARATORS; i++) {
		if ((looks->all & csv[i].bit) == 0)
			continue;
		rv = looks_like_csv(p, end, csv[i].separator, &columns);
		if (rv == 1)
			looks->some |= csv[i].bit;
		if (rv == 1 || (rv == 0 && looks->records == 1))
			now |= csv[i].bit;
		for (n = 0; rv == 1 && columns != 0; n++, columns >>= 1)
			looks->addresses[i][n] += columns & 1;
	}
	looks->all &= now;
}

/* One line; comments and empty lines tell little. */
static void
look_at_line(struct looks *looks, const char *p, const char *end)
{
	if (p < end && end[-1] == '\r')
		end--;
	p = skip_blanks(p, end);
	end = trim_end(p, end);
	if (p == end)
		return;
	if ((*p == '#' || *p == ';') && looks->records == 0 &&
	    has_text(p, end, SPAMHAUS) != NULL)
		looks->spamhaus = true;
	if (*p == '#')
		return;
	if (*p == ';') {
		if (is_text(skip_blanks(p + 1, end), end, "EOF"))
			looks->eof = true;
		return;
	}
	look_at(looks, p, end);
}

static enum mk_format
format_of(const struct looks *looks)
{
	if (looks->records == 0)
		return looks->eof ? MK_FORMAT_DROP : MK_FORMAT_TEXT;
	if (looks->json)
		return MK_FORMAT_DROP_JSON;
	if ((looks->all & LOOKS_DROP) != 0)
		return MK_FORMAT_DROP;
	if ((looks->all & LOOKS_COUNTED) != 0)
		return MK_FORMAT_COUNTED;
	if ((looks->all & LOOKS_RANGES) != 0)
		return MK_FORMAT_RANGES;
	if ((looks->all & looks->some & LOOKS_CSV) != 0)
		return MK_FORMAT_CSV;
	return MK_FORMAT_TEXT;
}

/* The column with the most addresses, and what parts it from the others: a
 * column's number is one only beside its separator. */
static void
find_column(const struct looks *looks, struct mk_reader *reader)
{
	size_t most = 0, best = 0, i, n;

	for (i = 0; i < SEPARATORS; i++) {
		if ((looks->all & looks->some & csv[i].bit) == 0)
			continue;
		for (n = 0; n < COLUMNS; n++) {
			if (looks->addresses[i][n] <= most)
				continue;
			most = looks->addresses[i][n];
			reader->separator = csv[i].separator;
			reader->column_n = (unsigned)n + 1;
			best = i;
		}
	}
	for (n = reader->column_n; n < COLUMNS && reader->rival_n == 0; n++)
		if (most > 0 && looks->addresses[best][n] == most)
			reader->rival_n = (unsigned)n + 1;
}

void
mk_line_detect(struct mk_reader *reader, const char *data, size_t len)
{
	struct looks looks = { .all = LOOKS_ANY };
	const char *p = data, *end = data + len, *newline;

	if (has_bom(p, end))
		p += BOM_LEN;
	while (p < end && (looks.all != 0 || looks.records == 0)) {
		newline = memchr(p, '\n', (size_t)(end - p));
		if (newline == NULL)
			break;
		look_at_line(&looks, p, newline);
		p = newline + 1;
	}
	/* The last one may be cut, but is better than none. */
	if (looks.records == 0)
		look_at_line(&looks, p, end);

	reader->format = format_of(&looks);
	if (reader->format == MK_FORMAT_CSV && reader->separator == 0 &&
	    (reader->column == NULL || *reader->column == '\0'))
		find_column(&looks, reader);
}

bool
mk_line_is_html(const char *data, size_t len)
{
	const char *p = data, *end = data + len;

	if (has_bom(p, end))
		p += BOM_LEN;
	while (p < end && (is_blank(*p) || *p == '\r' || *p == '\n'))
		p++;
	return p < end && *p == '<';
}
