/*
 * base/config - the configuration file.
 *
 * base/config_text reads the files and refuses what libconfuse would swallow;
 * libconfuse takes the text apart; then each struct is filled: from the file
 * or else from the key's default, and from the overrides over that.
 */
#include "base/config.h"

#include <confuse.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/config_text.h"
#include "base/duration.h"

#define NEAREST_MAX	64		/* bytes of a word worth comparing */

/* A key put behind the text: no file can hold it, libconfuse must meet it. */
#define END_KEY		"\001end"

struct override {
	const struct mk_override *given;
	char *name;			/* a copy, in pieces: */
	const char *section, *title, *key;	/* title: NULL without one */
	const char *value;
	int name_len;			/* of KEY in the text given */
};

struct load {
	const char *file;		/* NULL: none, and no .cfg */
	struct mk_config_text text;
	cfg_t *cfg;
	const struct mk_section **tables;	/* the bound ones first */
	size_t tables_n;
	struct override *overrides;
	size_t overrides_n;
	struct mk_error *err;
	bool failed;			/* libconfuse has reported */
};

/*
 * The load that libconfuse's error function reports to, which is handed
 * nothing of ours.  libconfuse itself, with its one lexer, can only do one
 * at a time.
 */
static struct load *parsing;

static int
no_memory(struct mk_error *err)
{
	errno = ENOMEM;
	return mk_fail_sys(err, "read the configuration");
}

/* -- the nearest word --------------------------------------------------- */

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool
same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/*
 * The edit distance with swaps of neighbours (optimal string alignment),
 * letters' case aside.  B has at most NEAREST_MAX bytes.
 */
static size_t
distance(const char *a, const char *b)
{
	size_t rows[3][NEAREST_MAX + 1], *before, *last = rows[2];
	size_t *now = rows[0], a_len = strlen(a), b_len = strlen(b), i, j;

	for (j = 0; j <= b_len; j++)
		now[j] = j;
	for (i = 1; i <= a_len; i++) {
		before = last;
		last = now;
		now = rows[i % 3];
		now[0] = i;
		for (j = 1; j <= b_len; j++) {
			now[j] = least(last[j - 1] + !same(a[i - 1], b[j - 1]),
			    least(last[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) &&
			    same(a[i - 2], b[j - 1]))
				now[j] = least(now[j], before[j - 2] + 1);
		}
	}
	return now[b_len];
}

const char *
mk_nearest(const char *word, const char *const *candidates)
{
	const char *nearest = NULL;
	size_t len = strlen(word), other, d, least_d = SIZE_MAX;

	if (len > NEAREST_MAX)
		return NULL;
	for (; *candidates != NULL; candidates++) {
		other = strlen(*candidates);
		if (other > NEAREST_MAX)
			continue;
		d = distance(word, *candidates);
		if (d <= (len > other ? len : other) / 3 && d < least_d) {
			least_d = d;
			nearest = *candidates;
		}
	}
	return nearest;
}

/* -- the tables --------------------------------------------------------- */

/* The first table of the section NAME, or NULL. */
static const struct mk_section *
find_table(const struct load *l, const char *name)
{
	size_t i;

	for (i = 0; i < l->tables_n; i++)
		if (strcmp(l->tables[i]->name, name) == 0)
			return l->tables[i];
	return NULL;
}

/* The first table that has KEY, of the section NAME (NULL: of any). */
static const struct mk_section *
find_key(const struct load *l, const char *name, const char *key)
{
	const struct mk_key *k;
	size_t i;

	for (i = 0; i < l->tables_n; i++) {
		if (name != NULL && strcmp(l->tables[i]->name, name) != 0)
			continue;
		for (k = l->tables[i]->keys; k->name != NULL; k++)
			if (strcmp(k->name, key) == 0)
				return l->tables[i];
	}
	return NULL;
}

/* What may stand in the section NAME: a list for mk_nearest, or NULL. */
static const char **
known_words(const struct load *l, const char *name)
{
	const struct mk_key *k;
	const char **words;
	size_t i, n = l->tables_n + 1;

	for (i = 0; i < l->tables_n; i++)
		for (k = l->tables[i]->keys; k->name != NULL; k++)
			n++;
	words = calloc(n, sizeof *words);
	if (words == NULL)
		return NULL;
	for (n = 0, i = 0; i < l->tables_n; i++) {
		if (strcmp(l->tables[i]->name, name) == 0)
			for (k = l->tables[i]->keys; k->name != NULL; k++)
				words[n++] = k->name;
		else if (*name == '\0')
			words[n++] = l->tables[i]->name;
	}
	return words;
}

/* What WORD, unknown in the section NAME, may have been meant for. */
static void
hint(const struct load *l, const char *name, const char *word, char *buf,
    size_t size)
{
	const struct mk_section *home = find_key(l, NULL, word);
	const char **words, *nearest;

	*buf = '\0';
	if (*name != '\0' && (find_table(l, word) != NULL ||
	    find_key(l, "", word) != NULL)) {
		snprintf(buf, size, "; it belongs outside of all sections: is "
		    "a } missing above?");
		return;
	}
	if (*name == '\0' && home != NULL) {
		snprintf(buf, size, "; it belongs into %s%s { }", home->name,
		    home->titled ? " \"TITLE\"" : "");
		return;
	}
	words = known_words(l, name);
	nearest = words == NULL ? NULL : mk_nearest(word, words);
	if (nearest != NULL)
		snprintf(buf, size, "; did you mean \"%s\"?", nearest);
	free(words);
}

/* "expire "trash"" for messages; returns BUF. */
static char *
label(char *buf, size_t size, const char *name, const char *title)
{
	if (title == NULL)
		snprintf(buf, size, "%s", name);
	else
		snprintf(buf, size, "%s \"%s\"", name, title);
	return buf;
}

/* -- libconfuse --------------------------------------------------------- */

static void
unknown_key(struct load *l, const cfg_t *cfg, const char *word)
{
	char what[256], where[256];

	if (cfg == l->cfg) {
		hint(l, "", word, what, sizeof what);
		mk_config_text_fail(&l->text, (size_t)cfg->line, l->err,
		    "unknown key or section \"%s\"%s", word, what);
	} else {
		hint(l, cfg->name, word, what, sizeof what);
		mk_config_text_fail(&l->text, (size_t)cfg->line, l->err,
		    "unknown key \"%s\" in %s%s", word, label(where,
		    sizeof where, cfg->name, cfg->title), what);
	}
}

static void on_error(cfg_t *cfg, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

/* libconfuse's message, in our words where base/config_text lets it occur. */
static void
on_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	static const struct {
		const char *theirs, *before, *after;
	} words[] = {
		{ "missing equal sign after option '%s'",
		    "", " is a key, no section: it wants a =" },
		{ "missing opening brace for section '%s'",
		    "", " is a section without a title: it wants a { now" },
		{ "missing title for section '%s'",
		    "", " is a section with a title: it wants one before the {"
		},
		{ "found duplicate title '%s'",
		    "a section with the title ", " is there already" },
		{ "unexpected token '%s'",
		    "", " does not belong here: one value is wanted" },
	};
	struct load *l = parsing;
	char text[MK_ERROR_MAX];
	size_t i;

	if (l->failed)
		return;
	l->failed = true;
	if (strcmp(fmt, "no such option '%s'") == 0) {
		unknown_key(l, cfg, va_arg(ap, const char *));
		return;
	}
	for (i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(fmt, words[i].theirs) == 0) {
			mk_config_text_fail(&l->text, (size_t)cfg->line,
			    l->err, "%s\"%s\"%s", words[i].before,
			    va_arg(ap, const char *), words[i].after);
			return;
		}
	vsnprintf(text, sizeof text, fmt, ap);
	mk_config_text_fail(&l->text, (size_t)cfg->line, l->err, "%s", text);
}

/*
 * The options of the section NAME, all of its tables' keys, with room for
 * MORE.  Defaults are not libconfuse's business, so that what has a value is
 * what the file gives one.
 */
static cfg_opt_t *
key_options(const struct load *l, const char *name, size_t more)
{
	const struct mk_key *k;
	cfg_opt_t *opts;
	size_t i, n = more + 1;

	for (i = 0; i < l->tables_n; i++)
		for (k = l->tables[i]->keys; k->name != NULL; k++)
			n++;
	opts = calloc(n, sizeof *opts);
	if (opts == NULL)
		return NULL;
	for (n = 0, i = 0; i < l->tables_n; i++) {
		if (strcmp(l->tables[i]->name, name) != 0)
			continue;
		for (k = l->tables[i]->keys; k->name != NULL; k++) {
			if (find_key(l, name, k->name) != l->tables[i])
				continue;	/* of an earlier table too */
			if (k->kind == MK_LIST)
				opts[n++] = (cfg_opt_t)CFG_STR_LIST(k->name,
				    NULL, CFGF_NODEFAULT);
			else
				opts[n++] = (cfg_opt_t)CFG_STR(k->name, NULL,
				    CFGF_NODEFAULT);
		}
	}
	return opts;
}

static void
free_options(cfg_opt_t *opts)
{
	cfg_opt_t *o;

	if (opts == NULL)
		return;
	for (o = opts; o->name != NULL; o++)
		free(o->subopts);
	free(opts);
}

static cfg_opt_t *
all_options(const struct load *l)
{
	const struct mk_section *s;
	cfg_opt_t *opts = key_options(l, "", l->tables_n + 1), *o;
	size_t i;

	if (opts == NULL)
		return NULL;
	o = opts + cfg_numopts(opts);
	*o++ = (cfg_opt_t)CFG_STR(END_KEY, NULL, CFGF_NODEFAULT);
	for (i = 0; i < l->tables_n; i++) {
		s = l->tables[i];
		if (*s->name == '\0' || find_table(l, s->name) != s)
			continue;
		*o = (cfg_opt_t)CFG_SEC(s->name, key_options(l, s->name, 0),
		    CFGF_NODEFAULT);
		if (s->titled)
			o->flags |= CFGF_MULTI | CFGF_TITLE |
			    CFGF_NO_TITLE_DUPES;
		if (o++->subopts == NULL) {
			free_options(opts);
			return NULL;
		}
	}
	return opts;
}

/* Read l->file into l->text and l->cfg.  0 or -1. */
static int
parse(struct load *l)
{
	cfg_opt_t *opts;

	if (mk_config_text_read(&l->text, l->file, l->err) == -1)
		return -1;
	if (mk_buf_addf(&l->text.buf, "\n%s = met\n", END_KEY) == -1)
		return no_memory(l->err);
	opts = all_options(l);
	if (opts == NULL)
		return no_memory(l->err);
	l->cfg = cfg_init(opts, CFGF_NONE);
	free_options(opts);
	if (l->cfg == NULL)
		return no_memory(l->err);
	cfg_set_error_function(l->cfg, on_error);
	parsing = l;
	if (cfg_parse_buf(l->cfg, l->text.buf.data) != CFG_SUCCESS ||
	    l->failed) {
		if (!l->failed)		/* it says nothing of lost memory */
			no_memory(l->err);
		return -1;
	}
	if (cfg_size(l->cfg, END_KEY) != 1)
		return mk_fail(l->err, EX_CONFIG, "%s: libconfuse did not "
		    "read it to its end", l->file);
	return 0;
}

static int
add_word(struct mk_list *list, const char *word, size_t len,
    struct mk_error *err)
{
	if (len == 0)
		return mk_fail(err, EX_DATAERR, "a word of the list is empty");
	return mk_list_add(list, word, len) == -1 ? no_memory(err) : 0;
}

/* The words of TEXT, between SEPARATORs and blanks. */
static int
list_split(struct mk_list *list, const char *text, char separator,
    struct mk_error *err)
{
	const char *end;
	size_t len;

	if (*text == '\0')
		return 0;
	for (;;) {
		text += strspn(text, " \t");
		end = strchr(text, separator);
		len = end == NULL ? strlen(text) : (size_t)(end - text);
		while (len > 0 && (text[len - 1] == ' ' ||
		    text[len - 1] == '\t'))
			len--;
		if (add_word(list, text, len, err) == -1)
			return -1;
		if (end == NULL)
			return 0;
		text = end + 1;
	}
}

static int
parse_int(const char *text, int64_t *n, struct mk_error *err)
{
	const char *digits = *text == '-' ? text + 1 : text;
	long long value;

	if (*digits == '\0' ||
	    strspn(digits, "0123456789") != strlen(digits))
		return mk_fail(err, EX_DATAERR, "\"%s\" is no whole number",
		    text);
	errno = 0;
	value = strtoll(text, NULL, 10);
	if (errno == ERANGE || value == MK_UNSET_INT)
		return mk_fail(err, EX_DATAERR, "\"%s\" is too %s", text,
		    *text == '-' ? "small" : "large");
	*n = value;
	return 0;
}

static int
parse_number(enum mk_kind kind, const char *text, int64_t *n,
    struct mk_error *err)
{
	switch (kind) {
	case MK_DURATION:
		return mk_duration_parse(text, n, err);
	case MK_SIZE:
		return mk_size_parse(text, n, err);
	case MK_PERCENT:
		return mk_percent_parse(text, n, err);
	default:
		return parse_int(text, n, err);
	}
}

static int
set_number(const struct mk_key *key, const char *text, int64_t *field,
    struct mk_error *err)
{
	int64_t n, bound;

	if (parse_number(key->kind, text, &n, err) == -1)
		return -1;
	if (key->min != NULL) {
		if (parse_number(key->kind, key->min, &bound, err) == -1)
			return -1;
		if (n < bound)
			return mk_fail(err, EX_DATAERR,
			    "\"%s\" is less than %s", text, key->min);
	}
	if (key->max != NULL) {
		if (parse_number(key->kind, key->max, &bound, err) == -1)
			return -1;
		if (n > bound)
			return mk_fail(err, EX_DATAERR,
			    "\"%s\" is more than %s", text, key->max);
	}
	*field = n;
	return 0;
}

static int
set_string(const struct mk_key *key, const char *text, char **field,
    struct mk_error *err)
{
	const unsigned char *p = (const unsigned char *)text;
	char *copy;

	if (key->kind == MK_PATH) {
		if (*p == '\0')
			return mk_fail(err, EX_DATAERR, "the path is empty");
		for (; *p != '\0'; p++)
			if (*p < 0x20 || *p == 0x7f)
				return mk_fail(err, EX_DATAERR, "\"%s\" holds "
				    "a control byte", text);
	}
	copy = strdup(text);
	if (copy == NULL)
		return no_memory(err);
	free(*field);
	*field = copy;
	return 0;
}

static int
set_bool(const char *text, bool *field, struct mk_error *err)
{
	static const char *const words[] = {
		"no", "yes", "false", "true", "off", "on",
	};
	size_t i;

	for (i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(text, words[i]) == 0) {
			*field = i % 2 == 1;
			return 0;
		}
	return mk_fail(err, EX_DATAERR, "\"%s\" is neither yes nor no (nor "
	    "true, false, on or off)", text);
}

static int
set_enum(const struct mk_key *key, const char *text, int *field,
    struct mk_error *err)
{
	struct mk_list words = { 0 };
	const char *nearest;
	size_t i;
	int rv = -1;

	if (list_split(&words, key->words, '|', err) == -1)
		goto out;
	for (i = 0; i < words.n; i++)
		if (strcmp(text, words.v[i]) == 0) {
			*field = (int)i;
			rv = 0;
			goto out;
		}
	nearest = mk_nearest(text, (const char *const *)words.v);
	if (nearest == NULL)
		mk_fail(err, EX_DATAERR, "\"%s\" is none of %s", text,
		    key->words);
	else
		mk_fail(err, EX_DATAERR, "\"%s\" is none of %s; did you mean "
		    "\"%s\"?", text, key->words, nearest);
out:
	mk_list_free(&words);
	return rv;
}

/* Put TEXT into FIELD, over what is there; that stays on failure. */
static int
set_field(const struct mk_key *key, const char *text, void *field,
    struct mk_error *err)
{
	struct mk_list list = { 0 };

	switch (key->kind) {
	case MK_STRING:
	case MK_PATH:
		return set_string(key, text, field, err);
	case MK_BOOL:
		return set_bool(text, field, err);
	case MK_ENUM:
		return set_enum(key, text, field, err);
	case MK_LIST:
		/* Taken as a word it would match nothing, in silence. */
		if (text[0] == '{')
			return mk_fail(err, EX_DATAERR, "a list is written "
			    "A,B here, without braces and quotes");
		if (list_split(&list, text, ',', err) == -1) {
			mk_list_free(&list);
			return -1;
		}
		mk_list_free(field);
		*(struct mk_list *)field = list;
		return 0;
	default:
		return set_number(key, text, field, err);
	}
}

/* The same with what libconfuse has read. */
static int
set_from_file(const struct mk_key *key, cfg_opt_t *opt, void *field,
    struct mk_error *err)
{
	const char *word;
	unsigned i;

	if (key->kind != MK_LIST)
		return set_field(key, cfg_opt_getnstr(opt, 0), field, err);
	for (i = 0; i < cfg_opt_size(opt); i++) {
		word = cfg_opt_getnstr(opt, i);
		if (add_word(field, word, strlen(word), err) == -1)
			return -1;
	}
	return 0;
}

static bool
is_number(enum mk_kind kind)
{
	return kind == MK_DURATION || kind == MK_SIZE ||
	    kind == MK_PERCENT || kind == MK_INT;
}

static void
free_fields(const struct mk_section *section, void *data)
{
	const struct mk_key *k;
	void *field;

	for (k = section->keys; k->name != NULL; k++) {
		field = (char *)data + k->offset;
		if (k->kind == MK_LIST) {
			mk_list_free(field);
		} else if (k->kind == MK_STRING || k->kind == MK_PATH) {
			free(*(char **)field);
			*(char **)field = NULL;
		}
	}
	if (section->titled)
		free(*(char **)(void *)((char *)data +
		    section->title_offset));
}

/* -- overrides ---------------------------------------------------------- */

static int
fail_override(const struct override *o, struct mk_error *err,
    const char *what)
{
	return mk_fail(err, EX_USAGE, "-o %.*s: %s", o->name_len,
	    o->given->text, what);
}

/* Take "section.title.key=value" apart. */
static int
split_override(struct override *o, struct mk_error *err)
{
	const char *text = o->given->text, *equal = strchr(text, '=');
	char *first, *last;

	if (equal == NULL || equal == text)
		return mk_fail(err, EX_USAGE, "-o %s: write it as KEY=VALUE",
		    text);
	o->name_len = (int)(equal - text);
	o->value = equal + 1;
	o->name = strndup(text, (size_t)(equal - text));
	if (o->name == NULL)
		return no_memory(err);
	first = strchr(o->name, '.');
	last = strrchr(o->name, '.');
	if (first == NULL) {
		o->section = "";
		o->key = o->name;
		return 0;
	}
	*first = *last = '\0';
	o->section = o->name;
	o->key = last + 1;
	if (first != last)
		o->title = first + 1;
	return 0;
}

/* Is there a section of O's name and title in the file? */
static int
check_title(const struct load *l, const struct override *o)
{
	cfg_opt_t *opt = NULL;
	const char **titles, *nearest = NULL;
	char what[512];
	unsigned i, n = 0;

	if (l->cfg != NULL)
		opt = cfg_getopt(l->cfg, o->section);
	if (opt != NULL && cfg_opt_gettsec(opt, o->title) != NULL)
		return 0;
	if (opt != NULL)
		n = cfg_opt_size(opt);
	titles = calloc((size_t)n + 1, sizeof *titles);
	if (titles == NULL)
		return no_memory(l->err);
	for (i = 0; i < n; i++)
		titles[i] = cfg_title(cfg_opt_getnsec(opt, i));
	nearest = mk_nearest(o->title, titles);
	snprintf(what, sizeof what, "the configuration has no %s \"%s\"%s%s%s",
	    o->section, o->title, nearest == NULL ? "" : "; did you mean \"",
	    nearest == NULL ? "" : nearest, nearest == NULL ? "" : "\"?");
	free(titles);
	return fail_override(o, l->err, what);
}

static int
check_override(const struct load *l, const struct override *o)
{
	const struct mk_section *s = find_table(l, o->section);
	char what[512], meant[256];

	if (s == NULL && *o->section != '\0') {
		hint(l, "", o->section, meant, sizeof meant);
		snprintf(what, sizeof what, "unknown section \"%s\"%s",
		    o->section, meant);
		return fail_override(o, l->err, what);
	}
	if (s != NULL && s->titled && o->title == NULL) {
		snprintf(what, sizeof what, "the section has titles; write "
		    "%s.TITLE.%s=VALUE", o->section, o->key);
		return fail_override(o, l->err, what);
	}
	if (s != NULL && !s->titled && o->title != NULL) {
		snprintf(what, sizeof what, "the section has no title; write "
		    "%s.%s=VALUE", o->section, o->key);
		return fail_override(o, l->err, what);
	}
	if (find_key(l, o->section, o->key) == NULL) {
		hint(l, o->section, o->key, meant, sizeof meant);
		snprintf(what, sizeof what, "unknown key \"%s\"%s", o->key,
		    meant);
		return fail_override(o, l->err, what);
	}
	return o->title == NULL ? 0 : check_title(l, o);
}

static int
take_overrides(struct load *l, const struct mk_override *given, size_t n)
{
	size_t i;

	if (n == 0)
		return 0;
	l->overrides = calloc(n, sizeof *l->overrides);
	if (l->overrides == NULL)
		return no_memory(l->err);
	for (i = 0; i < n; i++) {
		l->overrides[i].given = &given[i];
		l->overrides_n++;
		if (split_override(&l->overrides[i], l->err) == -1 ||
		    check_override(l, &l->overrides[i]) == -1)
			return -1;
	}
	return 0;
}

static bool
is_for(const struct override *o, const struct mk_section *section,
    const char *title, const char *key)
{
	return strcmp(o->section, section->name) == 0 &&
	    strcmp(o->key, key) == 0 && (title == NULL ||
	    (o->title != NULL && strcmp(o->title, title) == 0));
}

/* -- filling ------------------------------------------------------------ */

struct place {				/* a section in the file */
	cfg_t *cfg;			/* NULL: it is not there */
	size_t scope;
	const char *title;		/* NULL: none */
};

/* A bad value gives the status that its place does; lost memory its own. */
static int
keep_status(struct mk_error *err, const struct mk_error *why)
{
	if (why->status != EX_DATAERR)
		err->status = why->status;
	return -1;
}

static int
fill_key(struct load *l, const struct mk_section *section,
    const struct mk_key *key, const struct place *place, void *field)
{
	const struct override *o;
	struct mk_error why = { 0 };
	size_t i, line = 0;

	if (is_number(key->kind))
		*(int64_t *)field = MK_UNSET_INT;
	if (place->cfg != NULL)
		line = mk_config_text_key(&l->text, place->scope, key->name);
	if (line != 0 && set_from_file(key, cfg_getopt(place->cfg, key->name),
	    field, &why) == -1) {
		mk_config_text_fail(&l->text, line, l->err, "%s: %s",
		    key->name, why.text);
		return keep_status(l->err, &why);
	}
	if (line == 0 && key->fallback != NULL &&
	    set_field(key, key->fallback, field, &why) == -1)
		return mk_fail(l->err, EX_SOFTWARE, "the default of %s: %s",
		    key->name, why.text);
	for (i = 0; i < l->overrides_n; i++) {
		o = &l->overrides[i];
		if (is_for(o, section, place->title, key->name) &&
		    set_field(key, o->value, field, &why) == -1) {
			fail_override(o, l->err, why.text);
			return keep_status(l->err, &why);
		}
	}
	return 0;
}

static int
fill(struct load *l, const struct mk_section *section,
    const struct place *place, void *data)
{
	const struct mk_key *k;
	struct mk_error why = { 0 };
	char name[256];
	size_t line;

	for (k = section->keys; k->name != NULL; k++)
		if (fill_key(l, section, k, place,
		    (char *)data + k->offset) == -1)
			return -1;
	if (section->check == NULL || section->check(data, &why) == 0)
		return 0;
	label(name, sizeof name, section->name, place->title);
	line = mk_config_text_line(&l->text, place->scope);
	if (line != 0)
		return mk_config_text_fail(&l->text, line, l->err, "%s: %s",
		    name, why.text);
	if (*name == '\0')
		return mk_fail(l->err, EX_CONFIG, "%s: %s",
		    l->file == NULL ? "configuration" : l->file, why.text);
	return mk_fail(l->err, EX_CONFIG, "%s%s%s: %s",
	    l->file == NULL ? "" : l->file, l->file == NULL ? "" : ": ", name,
	    why.text);
}

static int
copy_title(struct load *l, const struct place *place, char **title)
{
	const char *p;

	for (p = place->title; (unsigned char)*p >= 0x20 && *p != 0x7f; p++)
		;
	if (p == place->title || *p != '\0')
		return mk_config_text_fail(&l->text,
		    mk_config_text_line(&l->text, place->scope), l->err,
		    "the title \"%s\" %s", place->title,
		    p == place->title ? "is empty" : "holds a control byte");
	*title = strdup(place->title);
	return *title == NULL ? no_memory(l->err) : 0;
}

static int
fill_titled(struct load *l, struct mk_binding *b)
{
	const struct mk_section *s = b->section;
	struct place place;
	cfg_opt_t *opt;
	unsigned i, n;
	char *data;

	if (l->cfg == NULL)
		return 0;
	opt = cfg_getopt(l->cfg, s->name);
	n = cfg_opt_size(opt);
	if (n == 0)
		return 0;
	b->array = calloc(n, s->size);
	if (b->array == NULL)
		return no_memory(l->err);
	for (i = 0; i < n; i++) {
		data = (char *)b->array + i * s->size;
		place.cfg = cfg_opt_getnsec(opt, i);
		place.scope = mk_config_text_scope(&l->text, s->name, i);
		place.title = cfg_title(place.cfg);
		b->n++;
		if (copy_title(l, &place, (char **)(void *)(data +
		    s->title_offset)) == -1 ||
		    fill(l, s, &place, data) == -1)
			return -1;
	}
	return 0;
}

/* Where the untitled SECTION stands in the file. */
static struct place
find_place(const struct load *l, const struct mk_section *section)
{
	struct place place = { NULL, MK_CONFIG_NOWHERE, NULL };

	if (l->cfg == NULL)
		return place;
	if (*section->name == '\0') {
		place.cfg = l->cfg;
		place.scope = MK_CONFIG_TOP;
	} else {
		place.cfg = cfg_opt_getnsec(cfg_getopt(l->cfg, section->name),
		    0);
		place.scope = mk_config_text_scope(&l->text, section->name, 0);
	}
	return place;
}

static bool
is_overridden(const struct load *l, const struct mk_section *section)
{
	size_t i;

	for (i = 0; i < l->overrides_n; i++)
		if (strcmp(l->overrides[i].section, section->name) == 0)
			return true;
	return false;
}

static int
fill_binding(struct load *l, struct mk_binding *b)
{
	struct place place;

	if (b->section->titled)
		return fill_titled(l, b);
	place = find_place(l, b->section);
	return fill(l, b->section, &place, b->base);
}

/* Fill another program's section where it is given, to see that it can be. */
static int
try_known(struct load *l, const struct mk_section *section)
{
	struct mk_binding one[2] = { { .section = section } };
	int rv;

	if (!section->titled) {
		if (find_place(l, section).cfg == NULL &&
		    !is_overridden(l, section))
			return 0;
		one[0].base = calloc(1, section->size);
		if (one[0].base == NULL)
			return no_memory(l->err);
	}
	rv = fill_binding(l, &one[0]);
	mk_config_free(one);
	free(one[0].base);
	return rv;
}

/* -- all of it ---------------------------------------------------------- */

static int
collect_tables(struct load *l, const struct mk_binding *bindings,
    const struct mk_section *const *known)
{
	static const struct mk_section *const none[] = { NULL };
	size_t bound = 0, n = 0, i;

	if (known == NULL)
		known = none;
	while (bindings[bound].section != NULL)
		bound++;
	while (known[n] != NULL)
		n++;
	l->tables = calloc(bound + n + 1, sizeof *l->tables);
	if (l->tables == NULL)
		return no_memory(l->err);
	for (i = 0; i < bound; i++)
		l->tables[l->tables_n++] = bindings[i].section;
	for (; *known != NULL; known++) {
		for (i = 0; i < bound && l->tables[i] != *known; i++)
			;
		if (i == bound)
			l->tables[l->tables_n++] = *known;
	}
	return 0;
}

static void
load_free(struct load *l)
{
	size_t i;

	parsing = NULL;
	for (i = 0; i < l->overrides_n; i++)
		free(l->overrides[i].name);
	free(l->overrides);
	if (l->cfg != NULL)
		cfg_free(l->cfg);
	free(l->tables);
	mk_config_text_free(&l->text);
}

int
mk_config_load(const char *file, const struct mk_override *overrides,
    size_t n, struct mk_binding *bindings,
    const struct mk_section *const *known, struct mk_error *err)
{
	struct mk_error unwanted;
	struct load l = { .file = file, .err = err };
	struct mk_binding *b;
	size_t i, bound = 0;
	int rv = -1;

	if (err == NULL)
		l.err = &unwanted;
	for (b = bindings; b->section != NULL; b++) {
		b->array = NULL;
		b->n = 0;
		if (!b->section->titled)
			memset(b->base, 0, b->section->size);
		bound++;
	}
	if (collect_tables(&l, bindings, known) == -1 ||
	    (file != NULL && parse(&l) == -1) ||
	    take_overrides(&l, overrides, n) == -1)
		goto out;
	for (i = 0; i < bound; i++)
		if (fill_binding(&l, &bindings[i]) == -1)
			goto out;
	for (; i < l.tables_n; i++)
		if (try_known(&l, l.tables[i]) == -1)
			goto out;
	rv = 0;
out:
	load_free(&l);
	if (rv == -1)
		mk_config_free(bindings);
	return rv;
}

void
mk_config_free(struct mk_binding *bindings)
{
	struct mk_binding *b;
	size_t i;

	/* Bindings may share a struct: free all before zeroing any. */
	for (b = bindings; b->section != NULL; b++) {
		for (i = 0; i < b->n; i++)
			free_fields(b->section,
			    (char *)b->array + i * b->section->size);
		free(b->array);
		b->array = NULL;
		b->n = 0;
		if (!b->section->titled)
			free_fields(b->section, b->base);
	}
	for (b = bindings; b->section != NULL; b++)
		if (!b->section->titled)
			memset(b->base, 0, b->section->size);
}
