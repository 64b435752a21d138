/*
 * blacklist/line_parts - what line.c, line_csv.c, line_json.c and
 * line_detect.c share; for them alone.
 */
#ifndef MK_BLACKLIST_LINE_PARTS_H
#define MK_BLACKLIST_LINE_PARTS_H

#include <string.h>

#include "blacklist/line.h"

#define BOM		"\xef\xbb\xbf"
#define BOM_LEN		3
#define UNTIL		"until="
#define UNTIL_LEN	6

static inline bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline const char *
skip_blanks(const char *p, const char *end)
{
	while (p < end && is_blank(*p))
		p++;
	return p;
}

/* END without the blanks before it. */
static inline const char *
trim_end(const char *p, const char *end)
{
	while (end > p && is_blank(end[-1]))
		end--;
	return end;
}

static inline bool
is_text(const char *p, const char *end, const char *text)
{
	size_t len = strlen(text);

	return (size_t)(end - p) == len && memcmp(p, text, len) == 0;
}

static inline int
bad(struct mk_line *line, const char *why)
{
	line->kind = MK_LINE_BAD;
	line->why = why;
	return -1;
}

/* All from P to END as a number; -1 where it is none, or too large. */
static inline int64_t
whole_number(const char *p, const char *end)
{
	int64_t number = 0;

	if (p == end)
		return -1;
	for (; p < end; p++) {
		if (!is_digit(*p) || number > (INT64_MAX - 9) / 10)
			return -1;
		number = 10 * number + (*p - '0');
	}
	return number;
}

static inline bool
has_bom(const char *p, const char *end)
{
	return end - p >= BOM_LEN && memcmp(p, BOM, BOM_LEN) == 0;
}

/*
 * An address, a prefix or a range off *P: .kind, .net, .last, .host_bits.  In
 * MK_FORMAT_TEXT a "-" behind a blank makes a range only where an address
 * follows.  0, or -1: bad.
 */
int mk_line_nets(const char **p, const char *end, enum mk_format format,
    struct mk_line *line);

/* mk_line_read, of a line without BOM and CR, into an empty *LINE. */
void mk_line_csv(struct mk_reader *reader, const char *p, const char *end,
    struct mk_line *line);
void mk_line_json(struct mk_reader *reader, const char *p, const char *end,
    struct mk_line *line);

struct mk_csv {
	const char *p, *end;		/* p: NULL behind the last field */
	char separator;
};

struct mk_field {
	const char *p, *end;
	bool doubled;			/* quotes in it are written twice */
};

/* 1 and *FIELD, without blanks around and quotes; 0: no more; -1: bad. */
int mk_csv_next(struct mk_csv *csv, struct mk_field *field,
    struct mk_line *line);

#endif
