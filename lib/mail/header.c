/* mail/header - the fields of a message's own header. */
#include "mail/header.h"

#include <string.h>

#include "base/siphash.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
is_line_end(char c)
{
	return c == '\n' || c == '\r';
}

/* ASCII alone: the locale has no say in mail. */
static unsigned char
lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* Behind the line at P, before END. */
static const char *
skip_line(const char *p, const char *end)
{
	p = memchr(p, '\n', (size_t)(end - p));
	return p == NULL ? end : p + 1;
}

/*
 * Where, before END, the first of two CRs in a row ends a line; NULL.  A
 * header stored with LF has no CR: this is one memchr(3).
 */
static const char *
find_two_crs(const char *p, const char *end)
{
	while (p < end &&
	    (p = memchr(p, '\r', (size_t)(end - p))) != NULL) {
		if (++p < end && *p == '\r')
			return p;
	}
	return NULL;
}

size_t
mk_header_length(const char *text, size_t len, bool *ended)
{
	const char *p = text, *end, *crs;
	bool met = false;

	if (len > 0) {			/* TEXT may be NULL else */
		end = text + len;
		met = is_line_end(*p);
		while (!met && p < end) {
			p = skip_line(p, end);
			met = p < end && is_line_end(*p);
		}
		crs = find_two_crs(text, p);
		if (crs != NULL) {
			p = crs;
			met = true;
		}
	}
	if (ended != NULL)
		*ended = met;
	return (size_t)(p - text);
}

/* The same, and those that continue it. */
static const char *
skip_folded(const char *p, const char *end)
{
	do {
		p = skip_line(p, end);
	} while (p < end && is_blank(*p));
	return p;
}

/*
 * The folded line from P to END as a field.  Blanks before the colon are
 * RFC 5322's obsolete syntax (section 4.5).
 */
static bool
parse(const char *p, const char *end, struct mk_field *field)
{
	field->name = p;
	while (p < end && *p > ' ' && *p < '\x7f' && *p != ':')
		p++;
	field->name_len = (size_t)(p - field->name);
	while (p < end && is_blank(*p))
		p++;
	if (field->name_len == 0 || p == end || *p != ':')
		return false;
	field->value = ++p;
	if (end > p && end[-1] == '\n')
		end--;
	if (end > p && end[-1] == '\r')
		end--;
	field->value_len = (size_t)(end - p);
	return true;
}

int
mk_header_next(const char *text, size_t len, size_t *at,
    struct mk_field *field)
{
	const char *line, *end;

	while (*at < len) {
		line = text + *at;
		end = skip_folded(line, text + len);
		*at = (size_t)(end - text);
		if (parse(line, end, field))
			return 1;
	}
	return 0;
}

bool
mk_field_is(const struct mk_field *field, const char *name)
{
	size_t i;

	for (i = 0; i < field->name_len; i++)
		if (lower(field->name[i]) != lower(name[i]))
			return false;	/* also where NAME ends: no NUL here */
	return name[i] == '\0';
}

static bool
is_space(char c)
{
	return is_blank(c) || is_line_end(c) || c == '\0';
}

static char
blank_of(char c)
{
	return c == '\t' ? '\t' : ' ';
}

int
mk_field_unfold(const struct mk_field *field, struct mk_buf *out)
{
	const char *p = field->value, *end = p + field->value_len, *run;
	bool folded;

	while (p < end && is_space(*p))
		p++;
	while (end > p && is_space(end[-1]))
		end--;
	mk_buf_cut(out, 0);
	if (mk_buf_reserve(out, (size_t)(end - p)) == -1)
		return -1;
	while (p < end) {
		run = p;
		folded = false;
		for (; is_space(*p); p++)	/* the last byte is none */
			folded = folded || is_line_end(*p);
		if (folded) {
			out->data[out->len++] = ' ';
			run = p;
		}
		for (; run < p; run++)
			out->data[out->len++] = blank_of(*run);
		for (; p < end && !is_space(*p); p++)
			out->data[out->len++] = *p;
	}
	out->data[out->len] = '\0';
	return 0;
}

/*
 * Under the key of SipHash's test vectors, bytes 0 to 15: it must not differ
 * from run to run, as the fingerprints lie in files.  Not one of the faster
 * hashes that multiply: there a sender can find bytes that make two headers
 * the same, whatever our server puts above them, and so have a second message
 * taken for one that its user took back.
 */
static const uint64_t key[2] = {
	UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908),
};

uint64_t
mk_header_fingerprint(const char *text, size_t len)
{
	struct mk_siphash s;
	const char *cr;
	size_t n;

	mk_siphash_begin(&s, key);
	while (len > 0) {
		cr = memchr(text, '\r', len);
		n = cr == NULL ? len : (size_t)(cr - text);
		mk_siphash_add(&s, text, n);
		n += cr != NULL;
		text += n;
		len -= n;
	}
	return mk_siphash_end(&s);
}
