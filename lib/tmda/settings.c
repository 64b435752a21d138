/* tmda/settings - what TMDA's own configuration says of its files. */
#include "tmda/settings.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tmda/python.h"
#include "tmda/pyvalue.h"

#define DAY_S		INT64_C(86400)
#define NUMBER_MAX	INT64_C(1000000000000000)
#define LIFETIME_MAX_S	(36500 * DAY_S)

const char *const mk_tmda_key_names[MK_TMDA_KEYS] = {
	[MK_TMDA_DATADIR] = "DATADIR",
	[MK_TMDA_LIFETIME] = "PENDING_LIFETIME",
	[MK_TMDA_PENDING_DIR] = "PENDING_DIR",
	[MK_TMDA_RESPONSE_DIR] = "RESPONSE_DIR",
	[MK_TMDA_FORMAT] = "PENDING_QUEUE_FORMAT",
	[MK_TMDA_PENDING_CACHE] = "PENDING_CACHE",
	[MK_TMDA_DELETE_APPEND] = "PENDING_DELETE_APPEND",
	[MK_TMDA_CONFIRM_APPEND] = "CONFIRM_APPEND",
	[MK_TMDA_BARE_APPEND] = "BARE_APPEND",
	[MK_TMDA_RELEASE_APPEND] = "PENDING_RELEASE_APPEND",
	[MK_TMDA_WHITELIST_APPEND] = "PENDING_WHITELIST_APPEND",
	[MK_TMDA_TMDARC] = "TMDARC",
	[MK_TMDA_CONFIG_EXEC] = "CONFIG_EXEC",
};

struct reader {
	struct mk_tmda_settings *settings;
	const char *file, *home;
	mk_tmda_problem_fn *problem;
	void *data;
};

struct statement {
	const struct mk_pyword *v;
	size_t n;
	size_t assign;			/* the last word that assigns; n: none */
	bool in_block;
};

static bool
is_path(unsigned key)
{
	return key != MK_TMDA_LIFETIME && key != MK_TMDA_FORMAT &&
	    key != MK_TMDA_CONFIG_EXEC;
}

static void
tell(const struct reader *r, unsigned line, const char *key, const char *why)
{
	struct mk_error err;

	mk_fail(&err, EX_CONFIG, "%s:%u: %s: %s; its value is not known",
	    r->file, line, key, why);
	if (r->problem != NULL)
		r->problem(r->data, &err);
}

static void
set(const struct reader *r, unsigned key, enum mk_tmda_known known,
    char *text, unsigned line)
{
	struct mk_tmda_setting *s = &r->settings->v[key];

	free(s->text);
	s->known = known;
	s->text = text;
	s->file = r->file;
	s->line = line;
}

static void
set_unknown(const struct reader *r, unsigned key, unsigned line,
    const char *why)
{
	set(r, key, MK_TMDA_UNKNOWN, NULL, line);
	tell(r, line, mk_tmda_key_names[key], why);
}

/* Nothing so far is worth what it seems; where LOST, nothing that comes. */
static void
set_all_unknown(const struct reader *r, unsigned line, const char *why,
    bool lost)
{
	unsigned key;

	for (key = 0; key < MK_TMDA_KEYS; key++) {
		set(r, key, MK_TMDA_UNKNOWN, NULL, line);
		if (lost)
			r->settings->v[key].lost = true;
	}
	tell(r, line, "TMDA's configuration", why);
}

/* Assign what stands at V.  0 or -1 (ENOMEM). */
static int
assign(const struct reader *r, unsigned key, unsigned line,
    const struct mk_pyword *v, size_t n)
{
	struct mk_pyvalue value = { 0 };
	const char *why = "";
	int rv = mk_pyvalue_get(&value, v, n, r->home, &why);

	if (rv == 0 && is_path(key) && value.type == MK_PY_INTEGER) {
		why = "a number, and no path";
		rv = 1;
	} else if (rv == 0 && is_path(key) && value.type == MK_PY_TEXT)
		rv = mk_pyvalue_expand(&value, r->home, &why);
	if (rv == 1)
		set_unknown(r, key, line, why);
	else if (rv == 0 && value.type == MK_PY_NONE)
		set(r, key, MK_TMDA_NONE, NULL, line);
	else if (rv == 0) {
		set(r, key, MK_TMDA_SET, value.text.data, line);
		value.text = (struct mk_buf){ 0 };
	}
	mk_buf_free(&value.text);
	return rv == -1 ? -1 : 0;
}

static const char *const block_words[] = {
	"if", "elif", "else", "for", "while", "try", "except", "finally",
	"with", "def", "class", "async", "match", "case", NULL
};
static const char *const binding_words[] = {
	"import", "from", "del", "global", "nonlocal", "exec", "for", "with",
	"except", "def", "class", "async", "case", NULL
};
/* What may assign anything, out of sight. */
static const char *const opaque_words[] = {
	"exec", "execfile", "eval", "__import__", "vars", "globals", "locals",
	"setattr", "__dict__", NULL
};

static bool
is_one_of(const struct mk_pyword *word, const char *const *list)
{
	while (*list != NULL && !mk_pyword_is(word, *list))
		list++;
	return *list != NULL;
}

/* A string's text, escapes and all, as a name. */
static struct mk_pyword
unquoted(const struct mk_pyword *word)
{
	struct mk_pyword bare = *word;
	size_t quotes;

	bare.type = MK_PY_NAME;
	for (; bare.len > 0 && *bare.p != '"' && *bare.p != '\''; bare.len--)
		bare.p++;
	quotes = bare.len >= 6 && bare.p[1] == *bare.p &&
	    bare.p[2] == *bare.p ? 3 : 1;
	if (bare.len >= 2 * quotes) {
		bare.p += quotes;
		bare.len -= 2 * quotes;
	}
	return bare;
}

/* The key that WORD names, as it is or as a string, for vars()["KEY"];
 * MK_TMDA_KEYS where it names none. */
static unsigned
key_of(const struct mk_pyword *word)
{
	struct mk_pyword bare = word->type == MK_PY_STRING ?
	    unquoted(word) : *word;
	unsigned key;

	for (key = 0; key < MK_TMDA_KEYS; key++)
		if (bare.type == MK_PY_NAME &&
		    mk_pyword_is(&bare, mk_tmda_key_names[key]))
			break;
	return key;
}

/* Whether the statement may give the word I, a key, another value: one that
 * only reads it does not. */
static bool
may_bind(const struct statement *s, size_t i)
{
	size_t j;

	if (s->assign < s->n && i < s->assign)
		return true;
	if (s->v[i].type == MK_PY_STRING)
		return true;		/* setattr(x, "KEY", y) */
	for (j = 0; j < i; j++)		/* "if X: import y as KEY" */
		if (is_one_of(&s->v[j], binding_words))
			return true;
	return i + 1 < s->n && mk_pyword_assigns(&s->v[i + 1]);
}

/* "A = B = value": each word before the last "=" is a name or a "=". */
static bool
is_plain(const struct statement *s)
{
	size_t i;

	if (s->in_block || s->assign % 2 == 0)
		return false;
	for (i = 0; i <= s->assign; i++)
		if (i % 2 == 0 ? s->v[i].type != MK_PY_NAME :
		    !mk_pyword_is(&s->v[i], "="))
			return false;
	return true;
}

static int
take_key(const struct reader *r, const struct statement *s, size_t i,
    unsigned key)
{
	unsigned line = s->v[i].line, first;

	if (r->settings->v[key].lost || !may_bind(s, i))
		return 0;
	if (s->v[i].type == MK_PY_STRING && is_plain(s)) {
		for (first = 0; first < s->assign; first += 2)
			if (key_of(&s->v[first]) == key)
				return 0;	/* KEY = "KEY" */
		set_unknown(r, key, line, "its name is used as a string");
		return 0;
	}
	if (s->assign < s->n && i < s->assign && is_plain(s))
		return assign(r, key, line, s->v + s->assign + 1,
		    s->n - s->assign - 1);
	set_unknown(r, key, line, s->in_block ? "in a block, which may count "
	    "or not" : "changed otherwise than by \"=\"");
	/* A function may be called later, and then it is that after all. */
	if (mk_pyword_is(s->v, "global") || mk_pyword_is(s->v, "nonlocal"))
		r->settings->v[key].lost = true;
	return 0;
}

/* The form of TMDA's CONFIG_EXEC = False, in small letters and without quotes;
 * this one only the reader of Python would take for defaults. */
static bool
is_ini_section(const struct statement *s)
{
	return s->n == 3 && mk_pyword_is(&s->v[0], "[") &&
	    mk_pyword_is(&s->v[1], "TMDA_CONFIG");
}

/* Whether the word I runs, or brings in, what is not seen here. */
static bool
is_opaque(const struct statement *s, size_t i)
{
	return is_one_of(&s->v[i], opaque_words) || (i > 0 &&
	    mk_pyword_is(&s->v[i], "*") &&
	    mk_pyword_is(&s->v[i - 1], "import"));
}

static int
take_statement(const struct reader *r, const struct statement *s)
{
	unsigned key;
	size_t i;

	if (s->n > 0 && is_ini_section(s))
		set_all_unknown(r, s->v->line, "[TMDA_CONFIG] is no Python, "
		    "but for CONFIG_EXEC = False", true);
	for (i = 0; i < s->n; i++)
		if (is_opaque(s, i)) {
			set_all_unknown(r, s->v[i].line, "what is executed or "
			    "imported here may assign anything", false);
			break;
		}
	for (i = 0; i < s->n; i++) {
		if (i > 0 && mk_pyword_is(&s->v[i - 1], "."))
			continue;
		key = key_of(&s->v[i]);
		if (key < MK_TMDA_KEYS && take_key(r, s, i, key) == -1)
			return -1;
	}
	return 0;
}

/* The words of a line, up to each ";" outside of brackets. */
static int
take_line(const struct reader *r, const struct mk_python *py)
{
	struct statement s = { .in_block = py->indented ||
	    is_one_of(py->v, block_words) };
	size_t i, start = 0, assigns = SIZE_MAX, depth = 0;

	for (i = 0; i <= py->n; i++) {
		if (i < py->n && strchr("([{", *py->v[i].p) != NULL)
			depth++;
		else if (i < py->n && strchr(")]}", *py->v[i].p) != NULL)
			depth--;
		else if (i < py->n && depth == 0 &&
		    mk_pyword_assigns(&py->v[i]))
			assigns = i - start;
		if (i < py->n && (depth > 0 || !mk_pyword_is(&py->v[i], ";")))
			continue;
		s.v = py->v + start;
		s.n = i - start;
		s.assign = assigns < s.n ? assigns : s.n;
		if (take_statement(r, &s) == -1)
			return -1;
		start = i + 1;
		assigns = SIZE_MAX;
	}
	return 0;
}

int
mk_tmda_settings_parse(struct mk_tmda_settings *settings, const char *file,
    const char *text, size_t len, const char *home,
    mk_tmda_problem_fn *problem, void *data, struct mk_error *err)
{
	struct reader r = { .settings = settings, .file = file, .home = home,
	    .problem = problem, .data = data };
	struct mk_python py = { .p = text, .end = text + len, .line = 1 };
	struct mk_error why;
	int rv;

	if (len > 0 && memchr(text, '\0', len) != NULL)
		return mk_fail(err, EX_DATAERR, "%s: no text: it holds a NUL "
		    "byte", file);
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		py.p += 3;		/* UTF-8's mark, which Python takes */
	while ((rv = mk_python_next(&py, &why)) == 1)
		if (take_line(&r, &py) == -1) {
			mk_fail_sys(&why, "settings");
			rv = -1;
			break;
		}
	if (rv == -1 && why.status == EX_DATAERR) {
		set_all_unknown(&r, py.line, why.text, true);
		rv = 0;
	} else if (rv == -1)
		mk_fail(err, why.status, "%s: %s", file, why.text);
	mk_python_free(&py);
	return rv;
}

void
mk_tmda_settings_free(struct mk_tmda_settings *settings)
{
	unsigned key;

	for (key = 0; key < MK_TMDA_KEYS; key++)
		free(settings->v[key].text);
	*settings = (struct mk_tmda_settings){ 0 };
}

int
mk_tmda_lifetime(const char *text, int64_t *seconds, struct mk_error *err)
{
	static const struct {
		char name;
		int64_t factor;
	} units[] = {
		{ 'Y', 365 * DAY_S }, { 'M', 30 * DAY_S }, { 'w', 7 * DAY_S },
		{ 'd', DAY_S }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 },
	};
	const char *p = text;
	int64_t n = 0;
	size_t i;

	for (; *p >= '0' && *p <= '9'; p++)
		if (n <= NUMBER_MAX)
			n = 10 * n + (*p - '0');
	for (i = 0; i < sizeof units / sizeof *units; i++)
		if (*p == units[i].name)
			break;
	if (p == text || i == sizeof units / sizeof *units || p[1] != '\0')
		return mk_fail(err, EX_CONFIG, "\"%s\" is no lifetime of "
		    "TMDA's; write it as 14d, with one of Y, M, w, d, h, m "
		    "and s", text);
	if (n > NUMBER_MAX)
		return mk_fail(err, EX_CONFIG, "\"%s\" is too much", text);
	/* "400Y" is a way to say never; and so is this. */
	*seconds = n > LIFETIME_MAX_S / units[i].factor ? LIFETIME_MAX_S :
	    n * units[i].factor;
	return 0;
}
