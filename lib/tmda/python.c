/* tmda/python - the words of a program in Python, 2 or 3, line by line. */
#include "tmda/python.h"

#include <stdlib.h>
#include <string.h>

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Any byte beyond ASCII: Python 3 has names of such, Python 2 refuses them. */
static bool
is_name(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool
is_quote(char c)
{
	return c == '"' || c == '\'';
}

static bool
is_newline(char c)
{
	return c == '\n' || c == '\r';
}

/* The byte AHEAD of .p; a NUL, which is in no text, beyond the end. */
static char
peek(const struct mk_python *py, size_t ahead)
{
	return (char)((size_t)(py->end - py->p) > ahead ? py->p[ahead] : 0);
}

static void
skip_newline(struct mk_python *py)
{
	py->p += peek(py, 0) == '\r' && peek(py, 1) == '\n' ? 2 : 1;
	py->line++;
}

static void
skip_comment(struct mk_python *py)
{
	while (py->p < py->end && !is_newline(*py->p))
		py->p++;
}

static int
add(struct mk_python *py, enum mk_pyword_type type, const char *start,
    unsigned line, struct mk_error *err)
{
	struct mk_pyword *v = py->v;
	size_t cap = py->cap == 0 ? 16 : 2 * py->cap;

	if (py->n == py->cap) {
		v = realloc(v, cap * sizeof *v);
		if (v == NULL)
			return mk_fail_sys(err, "words of a line");
		py->v = v;
		py->cap = cap;
	}
	v[py->n++] = (struct mk_pyword){ .type = type, .p = start,
	    .len = (size_t)(py->p - start), .line = line };
	return 0;
}

/* The string at START, its prefix passed already. */
static int
take_string(struct mk_python *py, const char *start, struct mk_error *err)
{
	const char quote = *py->p;
	const unsigned line = py->line;
	size_t quotes = peek(py, 1) == quote && peek(py, 2) == quote ? 3 : 1;

	for (py->p += quotes; py->p < py->end;) {
		if (*py->p == '\\') {		/* also in a raw string */
			py->p++;
			if (py->p == py->end)
				break;
			if (!is_newline(*py->p)) {
				py->p++;
				continue;
			}
		} else if (*py->p == quote && (quotes == 1 ||
		    (peek(py, 1) == quote && peek(py, 2) == quote))) {
			py->p += quotes;
			return add(py, MK_PY_STRING, start, line, err);
		} else if (is_newline(*py->p) && quotes == 1)
			break;
		if (is_newline(*py->p))
			skip_newline(py);
		else
			py->p++;
	}
	py->line = line;
	return mk_fail(err, EX_DATAERR, "a string begins here that does not "
	    "end");
}

static int
take_name(struct mk_python *py, struct mk_error *err)
{
	const char *start = py->p;
	size_t len;

	while (py->p < py->end && is_name(*py->p))
		py->p++;
	len = (size_t)(py->p - start);
	/* The prefixes of strings have one or two of these letters. */
	if (len <= 2 && is_quote(peek(py, 0)) &&
	    strchr("rRuUbBfFtT", start[0]) != NULL &&
	    strchr("rRuUbBfFtT", start[len - 1]) != NULL)
		return take_string(py, start, err);
	return add(py, MK_PY_NAME, start, py->line, err);
}

static int
take_number(struct mk_python *py, struct mk_error *err)
{
	const char *start = py->p;

	while (py->p < py->end && (is_name(*py->p) || *py->p == '.'))
		py->p++;
	return add(py, MK_PY_NUMBER, start, py->line, err);
}

/* How many bytes a sign has: only those are told apart that assign. */
static size_t
sign_len(const struct mk_python *py)
{
	char c = peek(py, 0);

	if (strchr("*/<>", c) != NULL && peek(py, 1) == c)
		return peek(py, 2) == '=' ? 3 : 2;
	return strchr("=!<>+-*/%&|^@:", c) != NULL && peek(py, 1) == '=' ? 2 :
	    1;
}

static int
take_sign(struct mk_python *py, size_t *depth, struct mk_error *err)
{
	const char *start = py->p;

	if (*start < ' ' || strchr("$?\x7f", *start) != NULL ||
	    (strchr(")]}", *start) != NULL && *depth == 0))
		return mk_fail(err, EX_DATAERR, "what is here is no Python");
	if (strchr("([{", *start) != NULL)
		++*depth;
	if (strchr(")]}", *start) != NULL)
		--*depth;
	py->p += sign_len(py);
	return add(py, MK_PY_SIGN, start, py->line, err);
}

static int
take_word(struct mk_python *py, size_t *depth, struct mk_error *err)
{
	char c = *py->p;

	if (is_digit(c) || (c == '.' && is_digit(peek(py, 1))))
		return take_number(py, err);
	if (is_name(c))
		return take_name(py, err);
	if (is_quote(c))
		return take_string(py, py->p, err);
	return take_sign(py, depth, err);
}

/*
 * Over blanks, and what the eye takes for an end of the line and Python does
 * not.  A form feed begins the line anew, as it does for Python.
 */
static void
skip_blanks(struct mk_python *py, size_t depth)
{
	char c;

	for (; py->p < py->end; py->p++) {
		c = *py->p;
		if (c == '\f') {
			if (py->n == 0)
				py->indented = false;
		} else if (c == ' ' || c == '\t') {
			if (py->n == 0)
				py->indented = true;
		} else if (c == '#') {
			skip_comment(py);
			py->p--;
		} else if (c == '\\' && is_newline(peek(py, 1))) {
			py->p++;
			skip_newline(py);
			py->p--;
		} else if (is_newline(c) && depth > 0) {
			skip_newline(py);
			py->p--;
		} else
			return;
	}
}

int
mk_python_next(struct mk_python *py, struct mk_error *err)
{
	unsigned opened = 0;
	size_t depth = 0, before;

	py->n = 0;
	py->indented = false;
	for (;;) {
		skip_blanks(py, depth);
		if (py->p == py->end)
			break;
		if (!is_newline(*py->p)) {
			before = depth;
			if (take_word(py, &depth, err) == -1)
				return -1;
			if (before == 0 && depth == 1)
				opened = py->v[py->n - 1].line;
			continue;
		}
		skip_newline(py);	/* of no bracket: those are blanks */
		if (py->n > 0)
			return 1;
		py->indented = false;
	}
	if (depth > 0) {
		py->line = opened;
		return mk_fail(err, EX_DATAERR, "a bracket is opened here and "
		    "not closed");
	}
	return py->n > 0;
}

void
mk_python_free(struct mk_python *py)
{
	free(py->v);
	*py = (struct mk_python){ 0 };
}

bool
mk_pyword_is(const struct mk_pyword *word, const char *text)
{
	return word->type != MK_PY_STRING && strlen(text) == word->len &&
	    memcmp(word->p, text, word->len) == 0;
}

bool
mk_pyword_assigns(const struct mk_pyword *word)
{
	return word->type == MK_PY_SIGN && word->p[word->len - 1] == '=' &&
	    !mk_pyword_is(word, "==") && !mk_pyword_is(word, "!=") &&
	    !mk_pyword_is(word, "<=") && !mk_pyword_is(word, ">=");
}
