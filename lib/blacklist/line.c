/* blacklist/line - what one line of a feed says; the formats of text. */
#include "blacklist/line.h"

#include <string.h>

#include "blacklist/line_parts.h"

#define DAY_S		86400

/* Days from 1970-01-01 to the first day of MONTH.  The year begins in March,
 * so that the day that comes and goes is its last. */
static int64_t
days_before(int64_t year, int64_t month)
{
	if (month < 3) {
		month += 12;
		year--;
	}
	return 365 * year + year / 4 - year / 100 + year / 400 +
	    (153 * (month - 3) + 2) / 5 - 719468;
}

int
mk_line_until(const char *text, size_t len, int64_t *until_s)
{
	int64_t year, month, day, first, next;

	if (len != 10 || text[4] != '-' || text[7] != '-')
		return -1;
	year = whole_number(text, text + 4);
	month = whole_number(text + 5, text + 7);
	day = whole_number(text + 8, text + 10);
	if (year < 1970 || month < 1 || month > 12 || day < 1)
		return -1;
	first = days_before(year, month);
	next = month < 12 ? days_before(year, month + 1) :
	    days_before(year + 1, 1);
	if (day > next - first)
		return -1;
	*until_s = (first + day) * DAY_S;
	return 0;
}

/*
 * Take what mk_net_parse knows, up to a blank, a comment or the "-" of a
 * range, off *P.
 */
static int
take_net(const char **p, const char *end, struct mk_net *net,
    bool *has_host_bits, struct mk_line *line)
{
	enum mk_net_result result;
	const char *why;

	result = mk_net_take(p, end, net, &why);
	if (result == MK_NET_BAD)
		return bad(line, why);
	*has_host_bits = result == MK_NET_HOST_BITS;
	return 0;
}

/*
 * Whether the next word is meant for an address.  A reason may begin with a
 * dash of its own: "192.0.2.1 - seen in a trap".
 */
static bool
address_follows(const char *p, const char *end)
{
	bool dots = false;

	for (p = skip_blanks(p, end); p < end && !is_blank(*p); p++) {
		if (*p == '.' || *p == ':')
			dots = true;
		else if (*p == '\0' ||
		    strchr("0123456789abcdefABCDEF/[]", *p) == NULL)
			return false;
	}
	return dots;
}

int
mk_line_nets(const char **p, const char *end, enum mk_format format,
    struct mk_line *line)
{
	const char *dash;
	struct mk_net last;
	bool has_host_bits;

	if (take_net(p, end, &line->net, &line->host_bits, line) == -1)
		return -1;
	line->kind = MK_LINE_NET;
	if (*p == end)
		return 0;
	dash = skip_blanks(*p, end);
	if (dash == end || *dash != '-')
		return 0;
	if (dash > *p && format == MK_FORMAT_TEXT &&
	    !address_follows(dash + 1, end)) {
		if (dash + 1 == end || is_blank(dash[1]))
			*p = dash + 1;
		return 0;
	}

	*p = skip_blanks(dash + 1, end);
	if (take_net(p, end, &last, &has_host_bits, line) == -1)
		return -1;
	if (*p < end && **p == '-')
		return bad(line, "a range has two ends");
	if (last.family != line->net.family)
		return bad(line, "a range from one family into the other");
	if (line->host_bits || has_host_bits)
		return bad(line, "an end of the range has bits set behind its "
		    "prefix length");
	line->last = mk_net_last(&last);
	if (mk_addr_compare(&line->net.first, &line->last) > 0)
		return bad(line, "the range ends before it begins");
	line->kind = MK_LINE_RANGE;
	line->net.len = (uint8_t)mk_family_bits(line->net.family);
	return 0;
}

/* Put a word behind the reason.  It stays in the line while all of it is in
 * one piece there. */
static void
add_word(struct mk_reader *reader, struct mk_line *line, const char *word,
    size_t len)
{
	size_t room;

	if (line->reason_len == 0) {
		line->reason = word;
		line->reason_len = len;
		return;
	}
	if (line->reason != reader->scratch) {
		const char *gap = line->reason + line->reason_len;

		if (skip_blanks(gap, word) == word) {
			line->reason_len = (size_t)(word - line->reason) + len;
			return;
		}
		if (line->reason_len > sizeof reader->scratch)
			line->reason_len = sizeof reader->scratch;
		memcpy(reader->scratch, line->reason, line->reason_len);
		line->reason = reader->scratch;
	}
	room = sizeof reader->scratch - line->reason_len;
	if (room <= 1)
		return;
	reader->scratch[line->reason_len++] = ' ';
	if (len > room - 1)
		len = room - 1;
	memcpy(reader->scratch + line->reason_len, word, len);
	line->reason_len += len;
}

/* Whether the reason so far is a word that joins two ends of a range. */
static bool
joins(const struct mk_line *line)
{
	const char *p = line->reason, *end = p + line->reason_len;

	return line->reason_len > 0 && (is_text(p, end, "--") ||
	    is_text(p, end, "\xe2\x80\x93") || is_text(p, end, "to"));
}

/* Whether a word, from P to END, is what could be listed.  "::" alone parts
 * words, too. */
static bool
is_listable(const char *p, const char *end)
{
	struct mk_line line = { .kind = MK_LINE_NOTHING };

	if (is_text(p, end, "::") ||
	    mk_line_nets(&p, end, MK_FORMAT_NETSET, &line) == -1)
		return false;
	return p == end || *p == '#' || *p == ';';
}

/* One word behind the address. */
static int
take_word(struct mk_reader *reader, struct mk_line *line, const char *word,
    size_t len)
{
	if (len >= UNTIL_LEN && memcmp(word, UNTIL, UNTIL_LEN) == 0) {
		if (line->until_s != 0)
			return bad(line, "\"until=\" more than once");
		if (mk_line_until(word + UNTIL_LEN, len - UNTIL_LEN,
		    &line->until_s) == -1)
			return bad(line, "\"until=\" without a day, as in "
			    "until=2026-12-31");
		return 0;
	}
	if (reader->format == MK_FORMAT_TEXT) {
		if ((line->reason_len == 0 || joins(line)) &&
		    is_listable(word, word + len))
			return bad(line, "a second address: one a line, or a "
			    "range, a - b");
		add_word(reader, line, word, len);
		return 0;
	}
	return bad(line, "words behind the address");
}

/* The count, a word off *P. */
static int
take_count(const char **p, const char *end, struct mk_line *line)
{
	const char *word = skip_blanks(*p, end), *stop = word;

	while (stop < end && !is_blank(*stop))
		stop++;
	line->number = whole_number(word, stop);
	if (line->number == -1) {
		line->number = 0;
		return bad(line, "no count behind the address");
	}
	*p = stop;
	return 0;
}

/* What follows the address. */
static int
read_words(struct mk_reader *reader, const char *p, const char *end,
    struct mk_line *line)
{
	const char *word;

	if (p < end && memchr(p, '\0', (size_t)(end - p)) != NULL)
		return bad(line, "a NUL byte behind the address");
	if (reader->format == MK_FORMAT_COUNTED &&
	    take_count(&p, end, line) == -1)
		return -1;
	for (;;) {
		p = skip_blanks(p, end);
		if (p == end || *p == '#')
			return 0;
		if (*p == ';')
			break;
		word = p;
		while (p < end && !is_blank(*p))
			p++;
		if (take_word(reader, line, word, (size_t)(p - word)) == -1)
			return -1;
	}
	if (reader->format == MK_FORMAT_DROP) {
		line->reason = skip_blanks(p + 1, end);
		line->reason_len = (size_t)(end - line->reason);
	}
	return 0;
}

static void
read_text(struct mk_reader *reader, const char *p, const char *end,
    struct mk_line *line)
{
	p = skip_blanks(p, end);
	end = trim_end(p, end);
	if (p == end || *p == '#')
		return;
	if (*p == ';') {
		p = skip_blanks(p + 1, end);
		if (reader->format == MK_FORMAT_DROP &&
		    is_text(p, end, "EOF"))
			line->kind = MK_LINE_END;
		return;
	}
	if (mk_line_nets(&p, end, reader->format, line) == -1)
		return;
	if (p < end || reader->format == MK_FORMAT_COUNTED)
		read_words(reader, p, end, line);
}

void
mk_line_read(struct mk_reader *reader, const char *text, size_t len,
    struct mk_line *line)
{
	const char *p = text, *end = text + len;

	*line = (struct mk_line){ .kind = MK_LINE_NOTHING };
	if (!reader->started) {
		reader->started = true;
		if (has_bom(p, end))
			p += BOM_LEN;
	}
	if (p < end && end[-1] == '\r')
		end--;
	if (reader->format == MK_FORMAT_CSV)
		mk_line_csv(reader, p, end, line);
	else if (reader->format == MK_FORMAT_DROP_JSON)
		mk_line_json(reader, p, end, line);
	else
		read_text(reader, p, end, line);
}
