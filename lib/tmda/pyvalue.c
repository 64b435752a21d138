/* tmda/pyvalue - what an expression in Python is worth. */
#include "tmda/pyvalue.h"

#include <string.h>

#define DEPTH_MAX	16		/* brackets in brackets */

static const char not_plain[] =
    "no plain string, number, None, os.path.expanduser() or os.path.join()";

struct expr {
	const struct mk_pyword *p, *end;
	const char *home, **why;
	unsigned depth;
};

static int
unknown(const char **why, const char *reason)
{
	*why = reason;
	return 1;
}

static bool
next_is(struct expr *e, const char *text)
{
	if (e->p == e->end || !mk_pyword_is(e->p, text))
		return false;
	e->p++;
	return true;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* \101 or \x41 at *P, which is moved behind it; -1 for no ASCII, or a NUL:
 * what it is beyond that is another thing in Python 3. */
static int
coded_char(const char **p, const char *end)
{
	int base = **p == 'x' ? 16 : 8, c = 0, n = 0, digit;

	if (base == 16)
		++*p;
	for (; n < (base == 16 ? 2 : 3) && *p < end; n++, ++*p) {
		digit = hex_digit(**p);
		if (digit < 0 || digit >= base)
			break;
		c = base * c + digit;
	}
	return c == 0 || c > 0x7f || (base == 16 && n < 2) ? -1 : c;
}

/* The escape behind the backslash before *P.  0, 1, -1. */
static int
add_escape(struct mk_buf *text, const char **p, const char *end,
    const char **why)
{
	static const char from[] = "\\'\"abfnrtv", to[] = "\\'\"\a\b\f\n\r\t\v";
	const char *at = strchr(from, **p);
	char out[2] = "\\";
	int c;

	if (strchr("01234567x", **p) != NULL) {
		c = coded_char(p, end);
		if (c == -1)
			return unknown(why, "an escape that is no ASCII");
		out[0] = (char)c;
		return mk_buf_add(text, out, 1);
	}
	if (strchr("uUN", **p) != NULL)
		return unknown(why, "an escape that Python 2 and 3 read "
		    "differently");
	if (**p == '\r' && *p + 1 < end && (*p)[1] == '\n')
		++*p;
	out[1] = *(*p)++;
	if (out[1] == '\n' || out[1] == '\r')
		return 0;		/* a string over two lines */
	if (at == NULL)
		return mk_buf_add(text, out, 2);
	return mk_buf_add(text, &to[at - from], 1);
}

/* Append what the string WORD holds.  0, 1, -1. */
static int
add_string(struct mk_buf *text, const struct mk_pyword *word,
    const char **why)
{
	const char *p = word->p, *end = p + word->len;
	bool raw = false;
	size_t quotes;
	char c;
	int rv = 0;

	for (; *p != '"' && *p != '\''; p++) {
		if (strchr("bBfFtT", *p) != NULL)
			return unknown(why, "a string with a b, f or t "
			    "before it");
		raw |= *p == 'r' || *p == 'R';
	}
	/* '' has two, '''''' six; '''a''' at least seven. */
	quotes = end - p >= 6 && p[1] == *p && p[2] == *p ? 3 : 1;
	p += quotes;
	end -= quotes;
	while (p < end && rv == 0) {
		c = *p++;
		if (c == '\\' && !raw) {
			rv = add_escape(text, &p, end, why);
			continue;
		}
		if (c == '\r') {
			p += p < end && *p == '\n';
			c = '\n';
		}
		rv = mk_buf_add(text, &c, 1);
	}
	return rv;
}

static int
get_strings(struct expr *e, struct mk_pyvalue *value)
{
	int rv = mk_buf_reserve(&value->text, 0);

	if (rv == 0)
		value->text.data[value->text.len] = '\0';
	value->type = MK_PY_TEXT;
	while (rv == 0 && e->p < e->end && e->p->type == MK_PY_STRING)
		rv = add_string(&value->text, e->p++, e->why);
	return rv;
}

static int
get_number(struct expr *e, struct mk_pyvalue *value)
{
	const struct mk_pyword *word = e->p;
	size_t i;

	for (i = 0; i < word->len; i++)
		if (word->p[i] < '0' || word->p[i] > '9')
			return unknown(e->why, "no whole number");
	e->p++;
	value->type = MK_PY_INTEGER;
	return mk_buf_add(&value->text, word->p, word->len);
}

int
mk_pyvalue_expand(struct mk_pyvalue *value, const char *home,
    const char **why)
{
	struct mk_buf text = { 0 };
	const char *from = value->text.data;
	size_t len;

	if (from[0] != '~')
		return 0;
	if (from[1] != '/' && from[1] != '\0')
		return unknown(why, "below the home of a user by name");
	if (home == NULL) {
		value->from_home = true;
		return 0;
	}
	for (len = strlen(home); len > 0 && home[len - 1] == '/';)
		len--;
	if (len == 0 && from[1] == '\0')
		from = "~/";
	if (mk_buf_add(&text, home, len) == -1 ||
	    mk_buf_add(&text, from + 1, strlen(from + 1)) == -1) {
		mk_buf_free(&text);
		return -1;
	}
	mk_buf_free(&value->text);
	value->text = text;
	return 0;
}

static int get(struct expr *e, struct mk_pyvalue *value);

/* os.path.join(): PART is put behind VALUE, or instead of it. */
static int
join(struct mk_pyvalue *value, const struct mk_pyvalue *part)
{
	struct mk_buf *text = &value->text;

	if (part->text.data[0] == '/' || part->from_home) {
		mk_buf_cut(text, 0);
		value->from_home = part->from_home;
	} else if (text->len > 0 && text->data[text->len - 1] != '/' &&
	    mk_buf_add(text, "/", 1) == -1)
		return -1;
	return mk_buf_add(text, part->text.data, part->text.len);
}

static int
get_call(struct expr *e, struct mk_pyvalue *value, bool is_join)
{
	struct mk_pyvalue part = { 0 };
	int rv = get(e, value);

	if (rv == 0 && value->type != MK_PY_TEXT)
		rv = unknown(e->why, not_plain);
	if (rv == 0 && !is_join)
		rv = mk_pyvalue_expand(value, e->home, e->why);
	while (rv == 0 && next_is(e, ",") && e->p < e->end &&
	    !mk_pyword_is(e->p, ")")) {
		rv = is_join ? get(e, &part) : unknown(e->why, not_plain);
		if (rv == 0)
			rv = part.type != MK_PY_TEXT ?
			    unknown(e->why, not_plain) : join(value, &part);
		mk_buf_free(&part.text);
		part = (struct mk_pyvalue){ 0 };
	}
	return rv;
}

/* What calls and brackets hold, without the ")". */
static int
get_inner(struct expr *e, struct mk_pyvalue *value)
{
	if (next_is(e, "("))
		return get(e, value);
	if (next_is(e, "os") && next_is(e, ".") && next_is(e, "path") &&
	    next_is(e, ".")) {
		if (next_is(e, "expanduser") && next_is(e, "("))
			return get_call(e, value, false);
		if (next_is(e, "join") && next_is(e, "("))
			return get_call(e, value, true);
	}
	return unknown(e->why, not_plain);
}

/* An expression, as far as it goes. */
static int
get(struct expr *e, struct mk_pyvalue *value)
{
	int rv;

	if (e->p == e->end || ++e->depth > DEPTH_MAX)
		return unknown(e->why, not_plain);
	if (e->p->type == MK_PY_STRING)
		rv = get_strings(e, value);
	else if (e->p->type == MK_PY_NUMBER)
		rv = get_number(e, value);
	else if (next_is(e, "None")) {
		value->type = MK_PY_NONE;
		rv = 0;
	} else {
		rv = get_inner(e, value);
		if (rv == 0 && !next_is(e, ")"))
			rv = unknown(e->why, not_plain);
	}
	e->depth--;
	return rv;
}

int
mk_pyvalue_get(struct mk_pyvalue *value, const struct mk_pyword *v, size_t n,
    const char *home, const char **why)
{
	struct expr e = { .p = v, .end = v + n, .home = home, .why = why };
	int rv = get(&e, value);

	return rv == 0 && e.p != e.end ? unknown(why, not_plain) : rv;
}
