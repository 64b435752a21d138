/* check/newsyslog - the lines of newsyslog.conf, and who else rotates. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/ask.h"
#include "check/logrotate.h"
#include "check/look.h"
#include "rotate/expand.h"
#include "rotate/parse.h"

#define AREA		"newsyslog"
#define TEXT_MAX	((size_t)1024 * 1024)

static void
problem(void *data, const struct mk_error *err)
{
	size_t len = mk_look_place(err->text);
	struct mk_check *check = data;
	char *place = mk_look_text(check, "%.*s", (int)len, err->text);

	mk_check_add(check, MK_ERROR, AREA, place, "correct the line: until "
	    "then its log is not rotated", "%s", err->text + (len == 0 ? 0 :
	    len + 2));
	free(place);
}

/* Where the entry stands. */
static char *
place_of(struct mk_check *check, const struct mk_entry *entry)
{
	return mk_look_text(check, "%s:%u", entry->file, entry->line);
}

static void
look_logrotate_file(struct mk_check *check, const char *path,
    const struct mk_entries *logs)
{
	struct mk_buf text = { 0 };
	char *place, *advice;
	unsigned line;
	size_t i;

	if (mk_look_read(path, TEXT_MAX, &text) == -1)
		goto out;
	for (i = 0; i < logs->n; i++) {
		line = mk_logrotate_names(text.data, logs->v[i].log);
		if (line == 0)
			continue;
		place = place_of(check, &logs->v[i]);
		advice = mk_look_text(check, "take it out of one of them: "
		    "what both rotate loses its order, or its lines; %s:%u",
		    path, line);
		mk_check_add(check, MK_WARNING, AREA, place, advice, "%s is "
		    "rotated by logrotate as well, by %s:%u", logs->v[i].log,
		    path, line);
		free(advice);
		free(place);
	}
out:
	mk_buf_free(&text);
}

/* What logrotate leaves out by its default "tabooext", for the most part. */
static int
is_read(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');
	size_t len = strlen(entry->d_name);

	return entry->d_name[0] != '.' && entry->d_name[len - 1] != '~' &&
	    !(dot != NULL && (strncmp(dot, ".dpkg-", 6) == 0 ||
	    strncmp(dot, ".rpm", 4) == 0 || strcmp(dot, ".disabled") == 0 ||
	    strcmp(dot, ".bak") == 0));
}

static void
look_logrotate(struct mk_check *check, const struct mk_entries *logs)
{
	char *dir = mk_look_text(check, "%s/etc/logrotate.d", check->below);
	char *path = mk_look_text(check, "%s/etc/logrotate.conf",
	    check->below);
	struct dirent **names = NULL;
	int i, n;

	if (path != NULL)
		look_logrotate_file(check, path, logs);
	free(path);
	n = dir == NULL ? 0 : scandir(dir, &names, is_read, alphasort);
	for (i = 0; i < n; i++) {
		path = mk_look_text(check, "%s/%s", dir, names[i]->d_name);
		if (path != NULL)
			look_logrotate_file(check, path, logs);
		free(path);
		free(names[i]);
	}
	free(names);
	free(dir);
}

/* Who is told by it may be down just now. */
static void
look_pid(struct mk_check *check, const struct mk_entries *logs, size_t i)
{
	const struct mk_entry *entry = &logs->v[i];
	char *place;
	size_t j;

	if (entry->notify == NULL || (entry->flags & (MK_ENTRY_COMMAND |
	    MK_ENTRY_NO_SIGNAL)) != 0 || access(entry->notify, F_OK) == 0 ||
	    errno != ENOENT)
		return;
	for (j = 0; j < i; j++)
		if (logs->v[j].notify != NULL &&
		    strcmp(logs->v[j].notify, entry->notify) == 0)
			return;
	place = place_of(check, entry);
	mk_check_add(check, MK_NOTE, AREA, place, "see whether its program "
	    "runs, and where it writes its pid file", "there is no pid file "
	    "%s, so that nobody is told when %s is rotated", entry->notify,
	    entry->log);
	free(place);
}

static bool
look_file(struct mk_check *check, const struct mk_parse *parse,
    const char *file, struct mk_entries *entries)
{
	struct mk_error err;
	struct stat st;

	/* To open a FIFO would be to wait for ever. */
	if (stat(file, &st) == 0 && !S_ISREG(st.st_mode)) {
		mk_check_add(check, MK_ERROR, AREA, file, "correct "
		    "rotate.file", "is no file");
		return false;
	}
	if (mk_parse_file(parse, file, entries, &err) == -1) {
		mk_check_add(check, MK_ERROR, AREA, file, "write it, or "
		    "correct rotate.file", "%s", err.text);
		return false;
	}
	if (stat(file, &st) == 0)
		mk_look_guarded(check, AREA, file, file, &st,
		    "can have root run commands (flag R)");
	return true;
}

static void
look_logs(struct mk_check *check, const struct mk_entries *entries)
{
	static const char *const asking[] = { "-n", NULL };
	static const char *const asking_as_user[] = { "-n", "-r", NULL };
	const char *format = check->conf->rotate.time_format;
	struct mk_entries logs = { 0 };
	struct mk_error err;
	size_t i;

	if (mk_expand(entries, NULL, 0, format[0] == '\0' ? NULL : format,
	    problem, check, &logs, &err) == -1)
		check->no_memory = true;
	look_logrotate(check, &logs);
	for (i = 0; i < logs.n; i++)
		look_pid(check, &logs, i);
	mk_entries_free(&logs);
	if (check->root)
		mk_check_ask(check, "mailkeep-rotate", asking, MK_WARNING,
		    AREA, "mailkeep-rotate -n", "mailkeep-rotate(8), "
		    "DIAGNOSTICS, tells more");
	else
		mk_check_ask(check, "mailkeep-rotate", asking_as_user,
		    MK_NOTE, AREA, "mailkeep-rotate -n", "look as root");
}

void
mk_check_newsyslog(struct mk_check *check)
{
	const struct mk_rotate_keys *keys = &check->conf->rotate;
	struct mk_parse parse = { .problem = problem, .data = check,
	    .dialect = keys->dialect == 0 ? MK_NETBSD :
	    (enum mk_newsyslog)(keys->dialect - 1) };
	size_t before = mk_check_count(check, MK_ERROR), i;
	struct mk_entries entries = { 0 };
	bool read = true;

	if (keys->files.n == 0 && access(MK_NEWSYSLOG_CONF, F_OK) == -1 &&
	    errno == ENOENT) {
		mk_check_add(check, MK_NOTE, AREA, MK_NEWSYSLOG_CONF, "",
		    "there is none: Mailkeep rotates no log");
		return;
	}
	for (i = 0; i < keys->files.n; i++)
		read = look_file(check, &parse, keys->files.v[i],
		    &entries) && read;
	if (keys->files.n == 0)
		read = look_file(check, &parse, MK_NEWSYSLOG_CONF, &entries);
	if (entries.n == 0 && read &&
	    before == mk_check_count(check, MK_ERROR))
		mk_check_add(check, MK_NOTE, AREA, keys->files.n > 0 ?
		    keys->files.v[0] : MK_NEWSYSLOG_CONF, "", "names no log");
	else if (read && before == mk_check_count(check, MK_ERROR)) {
		look_logs(check, &entries);
		mk_check_add(check, MK_FINE, AREA, keys->files.n > 0 ?
		    keys->files.v[0] : MK_NEWSYSLOG_CONF, "", "is understood: "
		    "lines %zu", entries.n);
	}
	mk_entries_free(&entries);
}
