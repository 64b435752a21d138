/* base/config_override - a value given beside the file. */
#include "base/config_override.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
mk_config_override_fail(const struct mk_config_override *o,
    struct mk_error *err, const char *fmt, ...)
{
	char what[MK_ERROR_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	return mk_fail(err, EX_USAGE, "-o %.*s: %s", o->name_len, o->text,
	    what);
}

/* The section with the longest name that NAME begins with, or NULL. */
static const struct mk_section *
find_section(const struct mk_config_tables *tables, const char *name)
{
	const struct mk_section *longest = NULL;
	size_t len, most = 0, i;

	for (i = 0; i < tables->n; i++) {
		len = strlen(tables->v[i]->name);
		if (len > most &&
		    strncmp(tables->v[i]->name, name, len) == 0 &&
		    name[len] == '.') {
			longest = tables->v[i];
			most = len;
		}
	}
	return longest;
}

/* What was taken for a title, in a section without one. */
static int
unknown_section(const struct mk_config_override *o,
    const struct mk_config_tables *tables, struct mk_error *err)
{
	char word[256], meant[256];

	snprintf(word, sizeof word, "%.*s", (int)strcspn(o->title, "."),
	    o->title);
	mk_config_tables_hint(tables, o->section, word, meant, sizeof meant);
	return mk_config_override_fail(o, err, "unknown section \"%s\"%s%s%s",
	    word, *o->section == '\0' ? "" : " in ", o->section, meant);
}

static int
check(const struct mk_config_override *o,
    const struct mk_config_tables *tables, struct mk_error *err)
{
	const struct mk_section *s = mk_config_tables_find(tables, o->section);
	bool titled = s != NULL && s->titled, known;
	char meant[256];

	known = mk_config_tables_key(tables, o->section, o->key) != NULL;
	if (titled && o->title == NULL)
		return mk_config_override_fail(o, err, "the section has "
		    "titles; write %s.TITLE.%s=VALUE", o->section, o->key);
	if (!titled && o->title != NULL) {
		if (*o->section == '\0' || !known)
			return unknown_section(o, tables, err);
		return mk_config_override_fail(o, err, "the section has no "
		    "title; write %s.%s=VALUE", o->section, o->key);
	}
	if (known)
		return 0;
	mk_config_tables_hint(tables, o->section, o->key, meant,
	    sizeof meant);
	return mk_config_override_fail(o, err, "unknown key \"%s\"%s", o->key,
	    meant);
}

int
mk_config_override_take(struct mk_config_override *o,
    const struct mk_config_tables *tables, const char *text,
    struct mk_error *err)
{
	const char *equal = strchr(text, '=');
	const struct mk_section *section;
	char *rest, *dot;

	*o = (struct mk_config_override){ .text = text };
	if (equal == NULL || equal == text)
		return mk_fail(err, EX_USAGE, "-o %s: write it as KEY=VALUE",
		    text);
	o->name_len = (int)(equal - text);
	o->value = equal + 1;
	o->name = rest = strndup(text, (size_t)(equal - text));
	if (o->name == NULL)
		return mk_fail_sys(err, "read the configuration");
	section = mk_config_tables_find(tables, o->name);
	if (section != NULL)
		return mk_config_override_fail(o, err, "this is a section; "
		    "write %s%s.KEY=VALUE", o->name,
		    section->titled ? ".TITLE" : "");
	section = find_section(tables, o->name);
	if (section != NULL)
		rest += strlen(section->name) + 1;
	o->section = section == NULL ? "" : section->name;
	dot = strrchr(rest, '.');
	if (dot != NULL) {
		*dot = '\0';
		o->title = rest;
	}
	o->key = dot == NULL ? rest : dot + 1;
	return check(o, tables, err);
}

void
mk_config_override_free(struct mk_config_override *o)
{
	free(o->name);
	*o = (struct mk_config_override){ 0 };
}
