/* blacklist/line_json - a line of JSON, as DROP's JSON has them. */
#include <string.h>

#include "base/utf8.h"
#include "blacklist/line_parts.h"

#define JSON_DEPTH	32		/* one bit each */

/* What is left of a line of JSON; the first fault sticks. */
struct scan {
	const char *p, *end;
	const char *why;		/* NULL: no fault yet */
};

static bool
fault(struct scan *s, const char *why)
{
	if (s->why == NULL)
		s->why = why;
	return false;
}

/* The next byte that is no white space, or 0 at the end. */
static char
peek(struct scan *s)
{
	s->p = skip_blanks(s->p, s->end);
	if (s->p == s->end)
		return '\0';
	return *s->p;
}

static bool
take(struct scan *s, char c)
{
	if (peek(s) != c)
		return false;
	s->p++;
	return true;
}

/* Four hexadecimal digits; -1 where there are none. */
static int32_t
take_hex(struct scan *s)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *digit;
	int32_t value = 0;
	int i;

	for (i = 0; i < 4; i++) {
		if (s->p == s->end || *s->p == '\0' ||
		    (digit = strchr(digits, *s->p)) == NULL)
			return -1;
		value = value << 4 | (int32_t)((digit - digits) & 0xf);
		s->p++;
	}
	return value;
}

/* Behind "\u": into OUT; returns how many bytes, 0 for a fault. */
static size_t
take_unicode(struct scan *s, char out[4])
{
	int32_t code = take_hex(s), low;

	if (code >= 0xd800 && code < 0xdc00) {	/* half of a pair */
		if (s->end - s->p < 2 || s->p[0] != '\\' || s->p[1] != 'u')
			return 0;
		s->p += 2;
		low = take_hex(s);
		if (low < 0xdc00 || low > 0xdfff)
			return 0;
		code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
	} else if (code < 0 || (code >= 0xdc00 && code <= 0xdfff)) {
		return 0;
	}
	return mk_utf8_encode((uint32_t)code, out);
}

/* Behind the backslash: into OUT; returns how many bytes, 0 for a fault. */
static size_t
take_escape(struct scan *s, char out[4])
{
	static const char names[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
	const char *name;
	char c;

	if (s->p == s->end || *s->p == '\0')
		return 0;
	c = *s->p++;
	if (c == 'u')
		return take_unicode(s, out);
	name = strchr(names, c);
	if (name == NULL)
		return 0;
	out[0] = bytes[name - names];
	return 1;
}

/* A string into BUF: the first SIZE bytes of it; *LEN of them are there. */
static bool
take_string(struct scan *s, char *buf, size_t size, size_t *len)
{
	char bytes[4];
	size_t n, i;

	*len = 0;
	if (!take(s, '"'))
		return fault(s, "JSON: a string is missing");
	while (s->p < s->end && *s->p != '"') {
		if ((unsigned char)*s->p < 0x20)
			return fault(s, "JSON: a control byte in a string");
		bytes[0] = *s->p++;
		n = bytes[0] == '\\' ? take_escape(s, bytes) : 1;
		if (n == 0)
			return fault(s, "JSON: a damaged escape in a string");
		for (i = 0; i < n && *len < size; i++)
			buf[(*len)++] = bytes[i];
	}
	if (s->p == s->end)
		return fault(s, "JSON: a string is not closed");
	s->p++;
	return true;
}

static bool
skip_digits(struct scan *s)
{
	const char *start = s->p;

	while (s->p < s->end && is_digit(*s->p))
		s->p++;
	return s->p > start;
}

static bool
skip_number(struct scan *s)
{
	if (s->p < s->end && *s->p == '-')
		s->p++;
	if (s->p < s->end && *s->p == '0')
		s->p++;
	else if (!skip_digits(s))
		return fault(s, "JSON: a value is missing");
	if (s->p < s->end && *s->p == '.') {
		s->p++;
		if (!skip_digits(s))
			return fault(s, "JSON: a damaged number");
	}
	if (s->p < s->end && (*s->p == 'e' || *s->p == 'E')) {
		s->p++;
		if (s->p < s->end && (*s->p == '+' || *s->p == '-'))
			s->p++;
		if (!skip_digits(s))
			return fault(s, "JSON: a damaged number");
	}
	return true;
}

/* A value that is neither object nor array. */
static bool
skip_scalar(struct scan *s)
{
	static const char *const words[] = { "true", "false", "null" };
	size_t i, len;

	if (peek(s) == '"')
		return take_string(s, NULL, 0, &len);
	for (i = 0; i < sizeof words / sizeof *words; i++) {
		len = strlen(words[i]);
		if ((size_t)(s->end - s->p) >= len &&
		    memcmp(s->p, words[i], len) == 0) {
			s->p += len;
			return true;
		}
	}
	return skip_number(s);
}

static bool
skip_key(struct scan *s)
{
	size_t len;

	if (!take_string(s, NULL, 0, &len))
		return false;
	return take(s, ':') || fault(s, "JSON: a colon is missing");
}

/* The arrays and objects that are open; the innermost is the lowest bit. */
struct nest {
	uint32_t objects;
	unsigned depth;
};

/* Behind a value: close what ends here.  True where another follows. */
static bool
skip_ends(struct scan *s, struct nest *nest)
{
	while (nest->depth > 0) {
		bool object = (nest->objects & 1) != 0;

		if (take(s, ','))
			return !object || skip_key(s);
		if (!take(s, object ? '}' : ']'))
			return fault(s, "JSON: a comma or bracket is missing");
		nest->objects >>= 1;
		nest->depth--;
	}
	return false;
}

/* A value, whatever it is. */
static bool
skip_value(struct scan *s)
{
	struct nest nest = { 0, 0 };
	bool object;

	for (;;) {
		if (peek(s) == '{' || peek(s) == '[') {
			if (nest.depth == JSON_DEPTH)
				return fault(s, "JSON: nested too deep");
			object = *s->p++ == '{';
			if (!take(s, object ? '}' : ']')) {
				nest.objects = nest.objects << 1 | object;
				nest.depth++;
				if (object && !skip_key(s))
					return false;
				continue;	/* its first value */
			}
		} else if (!skip_scalar(s)) {
			return false;
		}
		if (!skip_ends(s, &nest))
			return s->why == NULL;
	}
}

/* What is wanted of an object. */
struct record {
	char cidr[MK_NET_TEXT];
	size_t cidr_len;
	bool has_cidr, is_metadata, has_records;
	int64_t records;		/* -1: no number */
	size_t sblid_len;		/* it is in the reader's scratch */
};

static bool
take_cidr(struct scan *s, struct record *record)
{
	if (record->has_cidr)
		return fault(s, "\"cidr\" more than once");
	if (peek(s) != '"')
		return fault(s, "\"cidr\" is no string");
	record->has_cidr = true;
	if (!take_string(s, record->cidr, sizeof record->cidr,
	    &record->cidr_len))
		return false;
	if (record->cidr_len == sizeof record->cidr)
		return fault(s, "\"cidr\" is too long for an address");
	return true;
}

static bool
take_member(struct mk_reader *reader, struct scan *s, struct record *record)
{
	char key[16], value[16];
	const char *start;
	size_t len;

	if (!take_string(s, key, sizeof key, &len))
		return false;
	if (!take(s, ':'))
		return fault(s, "JSON: a colon is missing");
	if (is_text(key, key + len, "cidr"))
		return take_cidr(s, record);
	if (is_text(key, key + len, "sblid") && peek(s) == '"')
		return take_string(s, reader->scratch, sizeof reader->scratch,
		    &record->sblid_len);
	if (is_text(key, key + len, "type") && peek(s) == '"') {
		if (!take_string(s, value, sizeof value, &len))
			return false;
		record->is_metadata = is_text(value, value + len, "metadata");
		return true;
	}
	peek(s);
	start = s->p;
	if (!skip_value(s))
		return false;
	if (is_text(key, key + len, "records")) {
		record->has_records = true;
		record->records = whole_number(start, s->p);
	}
	return true;
}

static bool
take_record(struct mk_reader *reader, struct scan *s, struct record *record)
{
	if (!take(s, '{'))
		return fault(s, "no JSON object");
	if (!take(s, '}')) {
		do {
			if (!take_member(reader, s, record))
				return false;
		} while (take(s, ','));
		if (!take(s, '}'))
			return fault(s, "JSON: a comma or bracket is missing");
	}
	peek(s);
	return s->p == s->end || fault(s, "JSON: more behind the object");
}

void
mk_line_json(struct mk_reader *reader, const char *p, const char *end,
    struct mk_line *line)
{
	struct record record = { .records = -1 };
	struct scan s = { skip_blanks(p, end), end, NULL };
	enum mk_net_result result;

	if (s.p == end)
		return;
	if (!take_record(reader, &s, &record)) {
		bad(line, s.why);
		return;
	}
	if (!record.has_cidr && record.is_metadata) {
		if (!record.has_records)
			return;
		if (record.records == -1) {
			bad(line, "\"records\" is no whole number");
			return;
		}
		line->kind = MK_LINE_RECORDS;
		line->number = record.records;
		return;
	}
	if (!record.has_cidr) {
		bad(line, "an object without \"cidr\"");
		return;
	}
	result = mk_net_parse(record.cidr, record.cidr_len, &line->net,
	    &line->why);
	if (result == MK_NET_BAD) {
		line->kind = MK_LINE_BAD;
		return;
	}
	line->kind = MK_LINE_NET;
	line->host_bits = result == MK_NET_HOST_BITS;
	line->reason = reader->scratch;
	line->reason_len = record.sblid_len;
}
