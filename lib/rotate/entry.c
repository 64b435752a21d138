/* rotate/entry - a log, and what newsyslog.conf says of it. */
#include "rotate/entry.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Room for what is put behind a log's name: numbers, times, suffixes. */
#define PATH_BYTES	(PATH_MAX - 64)

static int
copy_entry(struct mk_entry *to, const struct mk_entry *from, const char *log)
{
	*to = *from;
	to->log = strdup(log);
	to->notify = from->notify == NULL ? NULL : strdup(from->notify);
	if (to->log != NULL && (to->notify != NULL || from->notify == NULL))
		return 0;
	free(to->log);
	free(to->notify);
	return -1;
}

int
mk_entries_add(struct mk_entries *entries, const struct mk_entry *entry,
    const char *log)
{
	size_t cap = entries->cap == 0 ? 16 : 2 * entries->cap;
	struct mk_entry *v;

	if (entries->n == entries->cap) {
		v = realloc(entries->v, cap * sizeof *v);
		if (v == NULL)
			return -1;
		entries->v = v;
		entries->cap = cap;
	}
	if (copy_entry(&entries->v[entries->n], entry, log) == -1)
		return -1;
	entries->n++;
	return 0;
}

int
mk_entries_set_fallback(struct mk_entries *entries,
    const struct mk_entry *entry)
{
	struct mk_entry *copy = malloc(sizeof *copy);

	if (copy == NULL || copy_entry(copy, entry, entry->log) == -1) {
		free(copy);
		return -1;
	}
	entries->fallback = copy;
	return 0;
}

const char *
mk_entries_add_file(struct mk_entries *entries, const char *path)
{
	char **files = realloc(entries->files,
	    (entries->files_n + 1) * sizeof *files);
	char *copy;

	if (files == NULL)
		return NULL;
	entries->files = files;
	copy = strdup(path);
	if (copy != NULL)
		files[entries->files_n++] = copy;
	return copy;
}

void
mk_entries_free(struct mk_entries *entries)
{
	size_t i;

	for (i = 0; i < entries->n; i++) {
		free(entries->v[i].log);
		free(entries->v[i].notify);
	}
	free(entries->v);
	if (entries->fallback != NULL) {
		free(entries->fallback->log);
		free(entries->fallback->notify);
		free(entries->fallback);
	}
	for (i = 0; i < entries->files_n; i++)
		free(entries->files[i]);
	free(entries->files);
	*entries = (struct mk_entries){ 0 };
}

static bool
is_control(char c)
{
	return (unsigned char)c < ' ' || c == 0x7f;
}

const char *
mk_entry_path_fault(const char *path)
{
	const char *p = path;
	size_t i, len;

	if (path[0] != '/')
		return "is not absolute";
	if (strlen(path) > PATH_BYTES)
		return "is too long";
	for (i = 0; path[i] != '\0'; i++)
		if (is_control(path[i]))
			return "has a control character";
	while (*p == '/') {
		len = strcspn(++p, "/");
		if (len == 0)
			return p[0] == '\0' ? "ends in \"/\"" :
			    "has \"//\" in it";
		if (len <= 2 && strncmp(p, "..", len) == 0)
			return "has \".\" or \"..\" in it";
		p += len;
	}
	return NULL;
}
