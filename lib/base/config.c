/*
 * base/config - the configuration file.
 *
 * base/config_text reads the files and refuses what libconfuse would swallow;
 * libconfuse takes the text apart by what base/config_tables has; then each
 * struct is filled: from the file or else from the key's default, and from
 * the overrides over that.
 */
#include "base/config.h"

#include <confuse.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/config_override.h"
#include "base/config_tables.h"
#include "base/config_text.h"
#include "base/config_value.h"
#include "base/nearest.h"

/* A key put behind the text: no file can hold it, libconfuse must meet it. */
#define END_KEY		"\001end"

struct load {
	const char *file;		/* NULL: none, and no .cfg */
	struct mk_config_text text;
	cfg_t *cfg;
	struct mk_config_tables tables;
	struct mk_config_override *overrides;
	size_t overrides_n;
	struct mk_error *err;
	bool failed;			/* libconfuse has reported */
};

struct place {				/* a section in the file */
	cfg_t *cfg;			/* NULL: it is not there */
	size_t scope;
	const char *title;		/* NULL: none */
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

/* Where the NTH (from 0) SECTION of that name stands in the file. */
static struct place
find_place(const struct load *l, const struct mk_section *section,
    unsigned nth)
{
	static const struct place none = { NULL, MK_CONFIG_NOWHERE, NULL };
	struct place place = { l->cfg, MK_CONFIG_TOP, NULL };
	const struct mk_section *around;
	const char *word = mk_config_tables_word(section);
	cfg_opt_t *opt;

	if (*section->name == '\0')
		return nth == 0 ? place : none;
	around = mk_config_tables_around(&l->tables, section);
	if (around != NULL)
		place = find_place(l, around, 0);
	opt = place.cfg == NULL ? NULL : cfg_getopt(place.cfg, word);
	if (opt == NULL || nth >= cfg_opt_size(opt))
		return none;
	place.cfg = cfg_opt_getnsec(opt, nth);
	place.scope = mk_config_text_scope(&l->text, place.scope, word, nth);
	place.title = cfg_title(place.cfg);
	return place;
}

/* -- libconfuse --------------------------------------------------------- */

/* The full name of the section that libconfuse has as CFG. */
static const char *
find_name(const struct load *l, const cfg_t *cfg)
{
	struct place place;
	unsigned nth;
	size_t i;

	for (i = 0; i < l->tables.n; i++)
		for (nth = 0; ; nth++) {
			place = find_place(l, l->tables.v[i], nth);
			if (place.cfg == cfg)
				return l->tables.v[i]->name;
			if (place.cfg == NULL)
				break;
		}
	return "";			/* the top, without a table */
}

static void
unknown_key(struct load *l, const cfg_t *cfg, const char *word)
{
	const char *name = find_name(l, cfg), *missing = "";
	char what[256], where[256];

	if (mk_config_tables_hint(&l->tables, name, word, what, sizeof what))
		missing = ": is a } missing above?";
	if (*name == '\0')
		mk_config_text_fail(&l->text, (size_t)cfg->line, l->err,
		    "unknown key or section \"%s\"%s", word, what);
	else
		mk_config_text_fail(&l->text, (size_t)cfg->line, l->err,
		    "unknown key \"%s\" in %s%s%s", word,
		    mk_config_tables_label(where, sizeof where, name,
		    cfg->title), what, missing);
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

static void
free_options(cfg_opt_t *opts)
{
	cfg_opt_t *o;

	if (opts == NULL)
		return;
	for (o = opts; o->name != NULL; o++)
		free_options(o->subopts);
	free(opts);
}

/* Append to OPTS the keys of the section NAME, once each. */
static cfg_opt_t *
add_keys(const struct load *l, const char *name, cfg_opt_t *opts)
{
	const struct mk_key *k;
	const struct mk_section *s;
	size_t i;

	for (i = 0; i < l->tables.n; i++) {
		s = l->tables.v[i];
		if (strcmp(s->name, name) != 0)
			continue;
		for (k = s->keys; k->name != NULL; k++) {
			if (mk_config_tables_key(&l->tables, name, k->name) !=
			    s)
				continue;	/* of an earlier table too */
			if (k->kind == MK_LIST)
				*opts++ = (cfg_opt_t)CFG_STR_LIST(k->name,
				    NULL, CFGF_NODEFAULT);
			else
				*opts++ = (cfg_opt_t)CFG_STR(k->name, NULL,
				    CFGF_NODEFAULT);
		}
	}
	return opts;
}

/*
 * The options of the section NAME: the keys of all its tables, the sections
 * in it, and END_KEY at the top.  Defaults are not libconfuse's business, so
 * that what has a value is what the file gives one.  NULL: no memory.
 */
static cfg_opt_t *
make_options(const struct load *l, const char *name)
{
	const struct mk_section *s;
	const struct mk_key *k;
	cfg_opt_t *opts, *o;
	size_t i, n = l->tables.n + 2;

	for (i = 0; i < l->tables.n; i++)
		for (k = l->tables.v[i]->keys; k->name != NULL; k++)
			n++;
	opts = calloc(n, sizeof *opts);
	if (opts == NULL)
		return NULL;
	o = add_keys(l, name, opts);
	if (*name == '\0')
		*o++ = (cfg_opt_t)CFG_STR(END_KEY, NULL, CFGF_NODEFAULT);
	for (i = 0; i < l->tables.n; i++) {
		s = l->tables.v[i];
		if (!mk_config_tables_is_in(s, name) ||
		    mk_config_tables_find(&l->tables, s->name) != s)
			continue;
		*o = (cfg_opt_t)CFG_SEC(mk_config_tables_word(s),
		    make_options(l, s->name), CFGF_NODEFAULT);
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
	opts = make_options(l, "");
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

/* -- overrides ---------------------------------------------------------- */

/* Is there a section of O's name and title in the file? */
static int
check_title(const struct load *l, const struct mk_config_override *o)
{
	const struct mk_section *s;
	const char **titles, *nearest = NULL;
	char where[512];
	unsigned i, n = 0;

	s = mk_config_tables_find(&l->tables, o->section);
	while (find_place(l, s, n).cfg != NULL)
		n++;
	titles = calloc((size_t)n + 1, sizeof *titles);
	if (titles == NULL)
		return no_memory(l->err);
	for (i = 0; i < n; i++) {
		titles[i] = find_place(l, s, i).title;
		if (strcmp(titles[i], o->title) == 0) {
			free(titles);
			return 0;
		}
	}
	nearest = mk_nearest(o->title, titles);
	mk_config_tables_label(where, sizeof where, o->section, o->title);
	mk_config_override_fail(o, l->err, "the configuration has no "
	    "%s%s%s%s", where, nearest == NULL ? "" : "; did you mean \"",
	    nearest == NULL ? "" : nearest, nearest == NULL ? "" : "\"?");
	free(titles);
	return -1;
}

static int
take_overrides(struct load *l, const struct mk_override *given, size_t n)
{
	struct mk_config_override *o;
	size_t i;

	if (n == 0)
		return 0;
	l->overrides = calloc(n, sizeof *l->overrides);
	if (l->overrides == NULL)
		return no_memory(l->err);
	for (i = 0; i < n; i++) {
		o = &l->overrides[i];
		l->overrides_n++;
		if (mk_config_override_take(o, &l->tables, given[i].text,
		    l->err) == -1 ||
		    (o->title != NULL && check_title(l, o) == -1))
			return -1;
	}
	return 0;
}

static bool
is_for(const struct mk_config_override *o, const struct mk_section *section,
    const char *title, const char *key)
{
	return strcmp(o->section, section->name) == 0 &&
	    strcmp(o->key, key) == 0 && (title == NULL ||
	    (o->title != NULL && strcmp(o->title, title) == 0));
}

/* -- filling ------------------------------------------------------------ */

static int
set_from_file(const struct mk_key *key, cfg_opt_t *opt, void *field,
    struct mk_error *err)
{
	unsigned i;

	if (key->kind != MK_LIST)
		return mk_config_value_set(key, cfg_opt_getnstr(opt, 0),
		    field, err);
	for (i = 0; i < cfg_opt_size(opt); i++)
		if (mk_config_value_add(field, cfg_opt_getnstr(opt, i),
		    err) == -1)
			return -1;
	return 0;
}

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
	const struct mk_config_override *o;
	struct mk_error why = { 0 };
	size_t i, line = 0;

	mk_config_value_init(key, field);
	if (place->cfg != NULL)
		line = mk_config_text_key(&l->text, place->scope, key->name);
	if (line != 0 && set_from_file(key, cfg_getopt(place->cfg, key->name),
	    field, &why) == -1) {
		mk_config_text_fail(&l->text, line, l->err, "%s: %s",
		    key->name, why.text);
		return keep_status(l->err, &why);
	}
	if (line == 0 && key->fallback != NULL &&
	    mk_config_value_set(key, key->fallback, field, &why) == -1)
		return mk_fail(l->err, EX_SOFTWARE, "the default of %s: %s",
		    key->name, why.text);
	for (i = 0; i < l->overrides_n; i++) {
		o = &l->overrides[i];
		if (is_for(o, section, place->title, key->name) &&
		    mk_config_value_set(key, o->value, field, &why) == -1) {
			mk_config_override_fail(o, l->err, "%s", why.text);
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
	mk_config_tables_label(name, sizeof name, section->name,
	    place->title);
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
	unsigned i, n = 0;
	char *data;

	while (find_place(l, s, n).cfg != NULL)
		n++;
	if (n == 0)
		return 0;
	b->array = calloc(n, s->size);
	if (b->array == NULL)
		return no_memory(l->err);
	for (i = 0; i < n; i++) {
		data = (char *)b->array + i * s->size;
		place = find_place(l, s, i);
		b->n++;
		if (copy_title(l, &place, (char **)(void *)(data +
		    s->title_offset)) == -1 ||
		    fill(l, s, &place, data) == -1)
			return -1;
	}
	return 0;
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
	place = find_place(l, b->section, 0);
	return fill(l, b->section, &place, b->base);
}

static void
free_fields(const struct mk_section *section, void *data)
{
	const struct mk_key *k;

	for (k = section->keys; k->name != NULL; k++)
		mk_config_value_free(k, (char *)data + k->offset);
	if (section->titled)
		free(*(char **)(void *)((char *)data +
		    section->title_offset));
}

/* Fill another program's section where it is given, to see that it can be. */
static int
try_known(struct load *l, const struct mk_section *section)
{
	struct mk_binding one[2] = { { .section = section } };
	int rv;

	if (!section->titled) {
		if (find_place(l, section, 0).cfg == NULL &&
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

static void
load_free(struct load *l)
{
	size_t i;

	parsing = NULL;
	for (i = 0; i < l->overrides_n; i++)
		mk_config_override_free(&l->overrides[i]);
	free(l->overrides);
	if (l->cfg != NULL)
		cfg_free(l->cfg);
	mk_config_tables_free(&l->tables);
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
	size_t i;
	int rv = -1;

	if (err == NULL)
		l.err = &unwanted;
	for (b = bindings; b->section != NULL; b++) {
		b->array = NULL;
		b->n = 0;
		if (!b->section->titled)
			memset(b->base, 0, b->section->size);
	}
	if (mk_config_tables_load(&l.tables, bindings, known, l.err) == -1 ||
	    (file != NULL && parse(&l) == -1) ||
	    take_overrides(&l, overrides, n) == -1)
		goto out;
	for (b = bindings; b->section != NULL; b++)
		if (fill_binding(&l, b) == -1)
			goto out;
	for (i = l.tables.bound; i < l.tables.given; i++)
		if (try_known(&l, l.tables.v[i]) == -1)
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
		if (b->base != NULL)
			free_fields(b->section, b->base);
	}
	for (b = bindings; b->section != NULL; b++)
		if (b->base != NULL)
			memset(b->base, 0, b->section->size);
}
