/* rotate/logs - from the configuration to the logs of this run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "rotate/expand.h"
#include "rotate/parse.h"
#include "rotate/rotate.h"

static void
problem(void *data, const struct mk_error *err)
{
	mk_problems_tell(data, err);
}

static void
note(void *data, const struct mk_error *err)
{
	char text[MK_ERROR_MAX];

	(void)data;
	puts(mk_diag_escape(text, sizeof text, err->text));
}

/* Nobody has named it, so that it has to be there is not known either. */
static int
read_fallback(const struct mk_parse *parse, const char *file,
    bool may_be_missing, struct mk_entries *conf, struct mk_error *err)
{
	struct mk_error why;

	if (mk_parse_file(parse, file, conf, &why) == 0 ||
	    (why.status == EX_NOINPUT && may_be_missing))
		return 0;
	if (why.status != EX_NOINPUT)
		return mk_fail(err, why.status, "%s", why.text);
	return mk_fail(err, EX_NOINPUT, "%s: there is no such file; it names "
	    "the logs: write it, or name another by -f or the key "
	    "rotate.file", file);
}

/* The lines of all files, and of them the logs of this run. */
static int
read_lines(struct mk_rotate *r, struct mk_entries *conf,
    struct mk_error *err)
{
	const struct mk_rotate_args *args = r->args;
	const struct mk_parse parse = {
		.dialect = r->dialect,
		.destdir = args->destdir, .problem = problem,
		.data = &r->problems, .differs = args->lint ? note : NULL,
	};
	const struct mk_list *files = &r->conf->keys.files;
	size_t i;

	if (args->file != NULL)
		return mk_parse_file(&parse, args->file, conf, err);
	if (files->n == 0)
		return read_fallback(&parse, args->fallback,
		    r->opt->if_configured, conf, err);
	for (i = 0; i < files->n; i++)
		if (mk_parse_file(&parse, files->v[i], conf, err) == -1)
			return -1;
	return 0;
}

static const struct mk_budget *
budget_of(const struct mk_rotate *r, const char *log)
{
	size_t i;

	for (i = 0; i < r->conf->budgets_n; i++)
		if (mk_budget_has(&r->conf->budgets[i], log))
			return &r->conf->budgets[i];
	return NULL;
}

/*
 * Whether only a pattern has found LOG, and that where rotated files are put
 * (-a): it is one of them, then.
 */
static bool
is_archived(const struct mk_rotate *r, const struct mk_entries *conf,
    const char *log)
{
	const char *dir = r->archive_dir;
	size_t len = (size_t)(strrchr(log, '/') - log), dir_len, i;

	if (dir == NULL || r->opt->args_n > 0)
		return false;
	for (dir_len = strlen(dir); dir_len > 1 && dir[dir_len - 1] == '/';)
		dir_len--;
	if (dir[0] == '/' ? len != dir_len || memcmp(log, dir, len) != 0 :
	    len <= dir_len || log[len - dir_len - 1] != '/' ||
	    memcmp(log + len - dir_len, dir, dir_len) != 0)
		return false;
	for (i = 0; i < conf->n; i++)
		if ((conf->v[i].flags & MK_ENTRY_GLOB) == 0 &&
		    strcmp(conf->v[i].log, log) == 0)
			return false;
	return true;
}

static int
make_logs(struct mk_rotate *r, const struct mk_entries *conf,
    struct mk_error *err)
{
	size_t i;

	if (mk_expand(conf, r->opt->args, r->opt->args_n, r->time_format,
	    problem, &r->problems, &r->entries, err) == -1)
		return -1;
	r->logs = calloc(r->entries.n + 1, sizeof *r->logs);
	if (r->logs == NULL)
		return mk_fail_sys(err, "logs");
	for (i = 0; i < r->entries.n; i++) {
		const struct mk_entry *entry = &r->entries.v[i];

		if (is_archived(r, conf, entry->log))
			continue;
		r->logs[r->logs_n++] = (struct mk_log){
			.entry = entry,
			.name = strrchr(entry->log, '/') + 1,
			.daemon = MK_NO_DAEMON,
			.budget = budget_of(r, entry->log),
		};
	}
	return 0;
}

int
mk_rotate_logs(struct mk_rotate *r, struct mk_error *err)
{
	struct mk_entries conf = { 0 };
	int rv = read_lines(r, &conf, err);

	if (rv == 0 && conf.n == 0 && r->problems.count == 0 &&
	    r->opt->args_n == 0 && !r->opt->if_configured)
		rv = mk_fail(err, EX_CONFIG, "%s: names no log, so nothing is "
		    "rotated", r->args->file != NULL ? r->args->file :
		    r->conf->keys.files.n > 0 ? r->conf->keys.files.v[0] :
		    r->args->fallback);
	if (rv == 0)
		rv = make_logs(r, &conf, err);
	mk_entries_free(&conf);
	return rv;
}
