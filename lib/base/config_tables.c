/* base/config_tables - what may stand in a configuration. */
#include "base/config_tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"

struct mk_config_implied {		/* around others, without a table */
	struct mk_section section;
	char *name;
};

static bool
is_called(const struct mk_section *section, const char *name, size_t len)
{
	return strlen(section->name) == len &&
	    memcmp(section->name, name, len) == 0;
}

/* The length of the name of what is around the section of that NAME. */
static size_t
around_len(const char *name, size_t len)
{
	while (len > 0 && name[--len] != '.')
		;
	return len;
}

/* Does SECTION stand in the one with this name? */
static bool
is_in(const struct mk_section *section, const char *name, size_t len)
{
	const char *own = section->name;

	return *own != '\0' && around_len(own, strlen(own)) == len &&
	    memcmp(own, name, len) == 0;
}

bool
mk_config_tables_is_in(const struct mk_section *section, const char *name)
{
	return is_in(section, name, strlen(name));
}

const char *
mk_config_tables_word(const struct mk_section *section)
{
	const char *dot = strrchr(section->name, '.');

	return dot == NULL ? section->name : dot + 1;
}

static const struct mk_section *
find(const struct mk_config_tables *t, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (is_called(t->v[i], name, len))
			return t->v[i];
	return NULL;
}

const struct mk_section *
mk_config_tables_find(const struct mk_config_tables *t, const char *name)
{
	return find(t, name, strlen(name));
}

const struct mk_section *
mk_config_tables_around(const struct mk_config_tables *t,
    const struct mk_section *section)
{
	size_t len = around_len(section->name, strlen(section->name));

	return len == 0 ? NULL : find(t, section->name, len);
}

static const struct mk_section *
find_key(const struct mk_config_tables *t, const char *name, size_t len,
    const char *key)
{
	const struct mk_key *k;
	size_t i;

	for (i = 0; i < t->n; i++) {
		if (!is_called(t->v[i], name, len))
			continue;
		for (k = t->v[i]->keys; k->name != NULL; k++)
			if (strcmp(k->name, key) == 0)
				return t->v[i];
	}
	return NULL;
}

const struct mk_section *
mk_config_tables_key(const struct mk_config_tables *t, const char *name,
    const char *key)
{
	return find_key(t, name, strlen(name), key);
}

/* May WORD stand in the section of that name, as a key or a section? */
static bool
has_word(const struct mk_config_tables *t, const char *name, size_t len,
    const char *word)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (is_in(t->v[i], name, len) &&
		    strcmp(mk_config_tables_word(t->v[i]), word) == 0)
			return true;
	return find_key(t, name, len, word) != NULL;
}

/* All that may: a list for mk_nearest, or NULL. */
static const char **
known_words(const struct mk_config_tables *t, const char *name)
{
	const struct mk_key *k;
	const char **words;
	size_t i, n = t->n + 1;

	for (i = 0; i < t->n; i++)
		for (k = t->v[i]->keys; k->name != NULL; k++)
			n++;
	words = calloc(n, sizeof *words);
	if (words == NULL)
		return NULL;
	for (n = 0, i = 0; i < t->n; i++) {
		if (strcmp(t->v[i]->name, name) == 0)
			for (k = t->v[i]->keys; k->name != NULL; k++)
				words[n++] = k->name;
		else if (mk_config_tables_is_in(t->v[i], name))
			words[n++] = mk_config_tables_word(t->v[i]);
	}
	return words;
}

/* Does the section BELOW stand, at any depth, in the one called TOP? */
static bool
is_below(const char *below, const char *top)
{
	size_t len = strlen(top);

	if (len == 0)
		return *below != '\0';
	return strncmp(below, top, len) == 0 && below[len] == '.';
}

/* The first section below NAME where WORD may stand, or NULL. */
static const struct mk_section *
find_below(const struct mk_config_tables *t, const char *name,
    const char *word)
{
	const char *below;
	size_t i;

	for (i = 0; i < t->n; i++) {
		below = t->v[i]->name;
		if (is_below(below, name) &&
		    has_word(t, below, strlen(below), word))
			return t->v[i];
	}
	return NULL;
}

bool
mk_config_tables_hint(const struct mk_config_tables *t, const char *name,
    const char *word, char *buf, size_t size)
{
	const struct mk_section *below;
	const char **words, *nearest;
	size_t len;

	for (len = strlen(name); len > 0; ) {
		len = around_len(name, len);
		if (!has_word(t, name, len, word))
			continue;
		if (len == 0)
			snprintf(buf, size, "; it belongs outside of all "
			    "sections");
		else
			snprintf(buf, size, "; it belongs into %.*s { }",
			    (int)len, name);
		return true;
	}
	*buf = '\0';
	below = find_below(t, name, word);
	if (below != NULL) {
		len = around_len(below->name, strlen(below->name));
		snprintf(buf, size, "; it belongs into %.*s%s%s%s { }%s",
		    (int)len, below->name, len == 0 ? "" : " { ",
		    mk_config_tables_word(below),
		    below->titled ? " \"TITLE\"" : "", len == 0 ? "" : " }");
		return false;
	}
	words = known_words(t, name);
	nearest = words == NULL ? NULL : mk_nearest(word, words);
	if (nearest != NULL)
		snprintf(buf, size, "; did you mean \"%s\"?", nearest);
	free(words);
	return false;
}

char *
mk_config_tables_label(char *buf, size_t size, const char *name,
    const char *title)
{
	const char *word = strrchr(name, '.');
	int len = word == NULL ? 0 : (int)(word - name);

	snprintf(buf, size, "%.*s%s%s%s%s%s", len, name, len == 0 ? "" : " ",
	    word == NULL ? name : word + 1, title == NULL ? "" : " \"",
	    title == NULL ? "" : title, title == NULL ? "" : "\"");
	return buf;
}

/* A table for what is around SECTION, where there is none. */
static int
imply(struct mk_config_tables *t, const struct mk_section *section)
{
	static const struct mk_key no_keys[] = { MK_KEY_END };
	size_t len = around_len(section->name, strlen(section->name));
	struct mk_config_implied *implied = &t->implied[t->n - t->given];

	if (len == 0 || find(t, section->name, len) != NULL)
		return 0;
	implied->name = strndup(section->name, len);
	if (implied->name == NULL)
		return -1;
	implied->section = (struct mk_section){
		.name = implied->name, .keys = no_keys,
	};
	t->v[t->n++] = &implied->section;
	return 0;
}

int
mk_config_tables_load(struct mk_config_tables *t,
    const struct mk_binding *bindings, const struct mk_section *const *known,
    struct mk_error *err)
{
	static const struct mk_section *const none[] = { NULL };
	size_t bound = 0, n = 0, i;

	*t = (struct mk_config_tables){ 0 };
	if (known == NULL)
		known = none;
	while (bindings[bound].section != NULL)
		bound++;
	while (known[n] != NULL)
		n++;
	n += bound + 1;
	t->v = calloc(2 * n, sizeof *t->v);
	t->implied = calloc(n, sizeof *t->implied);
	if (t->v == NULL || t->implied == NULL)
		return mk_fail_sys(err, "read the configuration");
	for (n = 0; n < bound; n++)
		t->v[n] = bindings[n].section;
	for (; *known != NULL; known++) {
		for (i = 0; i < bound && t->v[i] != *known; i++)
			;
		if (i == bound)
			t->v[n++] = *known;
	}
	t->bound = bound;
	t->given = t->n = n;
	for (i = 0; i < n; i++)
		if (imply(t, t->v[i]) == -1)
			return mk_fail_sys(err, "read the configuration");
	return 0;
}

void
mk_config_tables_free(struct mk_config_tables *t)
{
	size_t i;

	for (i = t->given; i < t->n; i++)
		free(t->implied[i - t->given].name);
	free(t->implied);
	free(t->v);
	*t = (struct mk_config_tables){ 0 };
}
