/* spamscan/received - which host wrote a Received field. */
#include "spamscan/received.h"

#include <string.h>

enum token { END, WORD, COMMENT, BROKEN };

struct reader {
	const char *at, *end;
	const char *text;		/* the token; a comment's inside */
	size_t len;
};

static unsigned char
lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static bool
same(const char *a, const char *b, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

bool
mk_host_is(const char *text, size_t len, const char *host, bool first_label)
{
	size_t host_len = strlen(host);

	if (len > 1 && text[len - 1] == '.')
		len--;
	if (host_len > 1 && host[host_len - 1] == '.')
		host_len--;
	if (len == 0)
		return false;
	if (len == host_len && same(text, host, len))
		return true;
	return first_label && len == strcspn(host, ".") &&
	    same(text, host, len);
}

static bool
is_word(const struct reader *r, const char *word)
{
	return r->len == strlen(word) && same(r->text, word, r->len);
}

/* What may end a word: the gaps between tokens, brackets and quotes.  Dates
 * follow a ";", which is of no interest here. */
enum { GAP = 1, MARK };
static const unsigned char kinds[256] = {
	[' '] = GAP, ['\t'] = GAP, ['\r'] = GAP, ['\n'] = GAP, [';'] = GAP,
	['('] = MARK, [')'] = MARK, ['"'] = MARK,
};

static bool
is_gap(char c)
{
	return kinds[(unsigned char)c] == GAP;
}

/* Behind the comment, whose "(" is before P; NULL where it has no end. */
static const char *
skip_comment(const char *p, const char *end)
{
	size_t depth = 1;

	for (; p < end; p++)
		if (*p == '\\') {
			if (++p == end)
				break;
		} else if (*p == '(') {
			depth++;
		} else if (*p == ')' && --depth == 0) {
			return p + 1;
		}
	return NULL;
}

static const char *
skip_quoted(const char *p, const char *end)
{
	for (; p < end; p++)
		if (*p == '\\') {
			if (++p == end)
				break;
		} else if (*p == '"') {
			return p + 1;
		}
	return NULL;
}

static enum token
next(struct reader *r)
{
	const char *p = r->at, *end = r->end;

	while (p < end && is_gap(*p))
		p++;
	if (p == end)
		return END;
	r->text = p;
	if (*p == '(') {
		p = skip_comment(p + 1, end);
		if (p == NULL)
			return BROKEN;
		r->text++;
		r->len = (size_t)(p - 1 - r->text);
		r->at = p;
		return COMMENT;
	}
	while (p != NULL && p < end) {
		if (kinds[(unsigned char)*p] == 0) {
			p++;
			continue;
		}
		if (*p == ')')
			return BROKEN;
		if (*p != '"')
			break;
		p = skip_quoted(p + 1, end);
	}
	if (p == NULL)
		return BROKEN;
	r->len = (size_t)(p - r->text);
	r->at = p;
	return WORD;
}

static enum token
next_word(struct reader *r)
{
	enum token token;

	while ((token = next(r)) == COMMENT)
		;
	return token;
}

/* As far as "by" and its host.  LOCAL: nothing but "from localhost" before. */
static bool
read_by(struct reader *r, bool *local)
{
	enum token token;

	if (next_word(r) != WORD)
		return false;
	if (is_word(r, "from")) {
		if (next(r) != WORD)
			return false;
		*local = is_word(r, "localhost");
		token = next(r);
		if (token == COMMENT) {
			*local = false;
			token = next_word(r);
		}
		if (token != WORD)
			return false;
	}
	return is_word(r, "by") && next(r) == WORD;
}

void
mk_received_read(const struct mk_field *field, struct mk_received *received)
{
	struct reader r = {
		.at = field->value, .end = field->value + field->value_len,
	};
	struct mk_received found = { 0 };
	enum token token;
	bool local = false;

	*received = found;
	if (!read_by(&r, &local))
		return;
	found.by = r.text;
	found.by_len = r.len;
	while ((token = next(&r)) == COMMENT) {
		local = false;
		if (found.note == NULL) {
			found.note = r.text;
			found.note_len = r.len;
		}
		if (r.len >= 6 && same(r.text, "amavis", 6))
			found.amavis = true;
	}
	if (local && token == WORD && is_word(&r, "with")) {
		token = next(&r);
		if (token == WORD && is_word(&r, "SpamAssassin")) {
			token = next(&r);
			/* One inside might be our server's, opened by a HELO
			 * and closed by a recipient. */
			found.spamassassin = token == COMMENT &&
			    memchr(r.text, '(', r.len) == NULL;
		}
	}
	for (; token != END; token = next(&r))
		if (token == BROKEN || (token == WORD && is_word(&r, "by")))
			return;
	*received = found;
}

bool
mk_received_by(const struct mk_received *received, const char *host)
{
	return received->by != NULL &&
	    mk_host_is(received->by, received->by_len, host, false);
}

bool
mk_received_amavis(const struct mk_received *received, const char *host)
{
	size_t len = 0;

	if (!received->amavis)
		return false;
	if (mk_received_by(received, host))
		return true;
	while (len < received->note_len && !is_gap(received->note[len]))
		len++;
	return mk_host_is(received->note, len, host, false);
}

bool
mk_received_spamassassin(const struct mk_received *received,
    const char *host)
{
	return received->spamassassin &&
	    mk_host_is(received->by, received->by_len, host, true);
}
