/* check/eximtext - read what "exim -bP config" says. */
#include "check/eximtext.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define WORD		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
			"0123456789_"
#define BLANKS		" \t"
#define NAME_MAX_LEN	128

/* Searches that have a file; the others ask a server. */
static const char *const types[] = {
	"cdb", "dbm", "dbmnz", "dbmjz", "iplsearch", "lsearch", "wildlsearch",
	"nwildlsearch", NULL
};

/* A line, and where the next one begins. */
struct line {
	const char *text, *end;
};

/* False after the last. */
static bool
next_line(const struct mk_exim *exim, struct line *line)
{
	const char *last;

	if (exim->text.data == NULL)
		return false;
	last = exim->text.data + exim->text.len;
	if (line->end != NULL && line->end >= last)
		return false;
	line->text = line->end == NULL ? exim->text.data : line->end + 1;
	line->end = memchr(line->text, '\n', (size_t)(last - line->text));
	if (line->end == NULL)
		line->end = last;
	return line->text < last;
}

/* The value where the line defines a macro: the "=", and what follows; else
 * NULL.  *LEN is that of the name. */
static const char *
macro_value(const struct line *line, size_t *len)
{
	const char *at = line->text;

	*len = strspn(at, WORD);
	if (!isupper((unsigned char)*at))
		return NULL;
	at += *len;
	at += strspn(at, BLANKS);
	return at < line->end && *at == '=' ? at : NULL;
}

/* The name of the host list that the line defines, LEN bytes; or NULL. */
static const char *
list_of(const struct line *line, size_t *len)
{
	static const char *const words[] = { "hostlist_cache", "hostlist" };
	const char *at = line->text + strspn(line->text, BLANKS);
	size_t i;

	if (strncmp(at, "hide ", 5) == 0)
		at += 5;
	for (i = 0; i < 2; i++) {
		*len = strlen(words[i]);
		if (strncmp(at, words[i], *len) != 0 ||
		    strchr(BLANKS, at[*len]) == NULL)
			continue;
		at += *len;
		at += strspn(at, BLANKS);
		*len = strspn(at, WORD);
		return *len > 0 ? at : NULL;
	}
	return NULL;
}

/*
 * The type of search that ends before SEMICOLON, within the line: "cdb" of
 * "net32-cdb;", and of "cdb,ret=key;".  NULL: none.
 */
static const char *
type_before(const struct line *line, const char *semicolon)
{
	const char *at = semicolon, *comma = semicolon;
	size_t len, i;

	while (at > line->text && (strchr(WORD, at[-1]) != NULL ||
	    strchr(",=", at[-1]) != NULL)) {
		at--;
		if (*at == ',')
			comma = at;
	}
	len = (size_t)(comma - at);
	for (i = 0; types[i] != NULL; i++)
		if (strlen(types[i]) == len &&
		    strncmp(types[i], at, len) == 0)
			return types[i];
	return NULL;
}

/* The path at AT, in a list with colons, where "::" is one; allocated. */
static char *
path_at(const struct line *line, const char *at)
{
	char *path = malloc((size_t)(line->end - at) + 1), *to = path;

	if (path == NULL)
		return NULL;
	for (; at < line->end && strchr(" \t}\",;", *at) == NULL; at++) {
		if (*at == ':' && *++at != ':')
			break;
		*to++ = *at;
	}
	*to = '\0';
	return path;
}

/* Where USE is there already: its list names a file once for each length. */
static bool
is_known(const struct mk_exim *exim, const struct mk_exim_use *use)
{
	const struct mk_exim_use *u = exim->uses;
	size_t i;

	for (i = 0; i < exim->n; i++, u++)
		if (strcmp(u->type, use->type) == 0 &&
		    strcmp(u->path, use->path) == 0 &&
		    (u->list == NULL ? use->list == NULL :
		    use->list != NULL && strcmp(u->list, use->list) == 0))
			return true;
	return false;
}

static int
add_use(struct mk_exim *exim, const struct line *line, const char *type,
    const char *at)
{
	struct mk_exim_use use = { 0 }, *uses;
	const char *list;
	size_t len;
	int rv = -1;

	list = list_of(line, &len);
	use.type = strdup(type);
	use.path = path_at(line, at);
	use.list = list == NULL ? NULL : strndup(list, len);
	if (use.type == NULL || use.path == NULL ||
	    (list != NULL && use.list == NULL))
		goto out;
	rv = 0;
	if (is_known(exim, &use))
		goto out;
	uses = realloc(exim->uses, (exim->n + 1) * sizeof *uses);
	if (uses == NULL) {
		rv = -1;
		goto out;
	}
	exim->uses = uses;
	uses[exim->n++] = use;
	return 0;
out:
	free(use.type);
	free(use.path);
	free(use.list);
	return rv;
}

int
mk_eximtext_uses(struct mk_exim *exim)
{
	struct line line = { 0 };
	const char *at, *type;
	size_t len;

	while (next_line(exim, &line)) {
		if (macro_value(&line, &len) != NULL)
			continue;
		for (at = line.text; at < line.end; at++) {
			if (at[0] != ';' || at[1] != '/')
				continue;
			type = type_before(&line, at);
			if (type != NULL && add_use(exim, &line, type,
			    at + 1) == -1)
				return -1;
		}
	}
	return 0;
}

/* The last definition counts, of those that "==" has, too. */
char *
mk_exim_macro(const struct mk_exim *exim, const char *name)
{
	struct line line = { 0 };
	const char *value = NULL, *end = NULL, *at;
	size_t len;

	while (next_line(exim, &line)) {
		at = macro_value(&line, &len);
		if (at == NULL || len != strlen(name) ||
		    strncmp(line.text, name, len) != 0)
			continue;
		at += at[1] == '=' ? 2 : 1;
		value = at + strspn(at, BLANKS);
		end = line.end;
	}
	return value == NULL ? NULL :
	    strndup(value, value < end ? (size_t)(end - value) : 0);
}

/* Whether the line has the LEN bytes of WORD, with no letter behind. */
static bool
has_word(const struct line *line, const char *word, size_t len)
{
	const char *at;

	for (at = line->text; at + len <= line->end; at++)
		if (memcmp(at, word, len) == 0 && (at + len == line->end ||
		    strchr(WORD, at[len]) == NULL))
			return true;
	return false;
}

bool
mk_exim_says(const struct mk_exim *exim, const char *word)
{
	struct line line = { 0 };
	size_t len;

	while (next_line(exim, &line))
		if (macro_value(&line, &len) == NULL &&
		    has_word(&line, word, strlen(word)))
			return true;
	return false;
}

bool
mk_exim_uses_list(const struct mk_exim *exim, const char *name)
{
	char word[NAME_MAX_LEN + 2] = "+";

	if (strlen(name) > NAME_MAX_LEN)
		return true;		/* not looked for */
	memcpy(word + 1, name, strlen(name) + 1);
	return mk_exim_says(exim, word);
}
