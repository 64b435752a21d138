/* check/eximask - ask Exim what its configuration is. */
#include "check/eximask.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "check/eximtext.h"

#define TEXT_MAX	((size_t)8 * 1024 * 1024)
#define LIMIT_S		60
#define ARGS		8		/* beside strings to expand */

/* Of Debian, of others; cron's PATH may lack the directories. */
static const char *const names[] = {
	"exim4", "exim", "/usr/sbin/exim4", "/usr/sbin/exim",
	"/usr/local/sbin/exim", "/usr/pkg/sbin/exim", "/usr/exim/bin/exim",
	NULL
};

/*
 * Run PROGRAM with WORDS and STRINGS.  The words are constants, which no
 * program changes; execv(2) is declared so.
 */
static int
ask(const struct mk_exim *exim, const char *program,
    const char *const *words, char *const *strings, size_t n,
    struct mk_child *child, struct mk_error *err)
{
	const char **argv = calloc(ARGS + n + 1, sizeof *argv);
	char *const *run;
	size_t i, at = 0;
	int rv;

	if (argv == NULL)
		return mk_fail_sys(err, "run %s", program);
	argv[at++] = program;
	if (exim->config[0] != '\0') {
		argv[at++] = "-C";
		argv[at++] = exim->config;
	}
	for (; *words != NULL; words++)
		argv[at++] = *words;
	for (i = 0; i < n; i++)
		argv[at++] = strings[i];
	memcpy(&run, &argv, sizeof run);
	rv = mk_child_run(child, run, TEXT_MAX, LIMIT_S, err);
	free(argv);
	return rv;
}

/* What Exim says on standard error in one line, without times, into *ERR. */
static int
fail_words(const char *text, int status, struct mk_error *err)
{
	static const char *const starts[] = {
		"Exim configuration error", "failed to open"
	};
	const char *at = text == NULL ? "" : text, *found = NULL;
	char line[MK_ERROR_MAX / 2];
	size_t len = 0, i;

	for (i = 0; found == NULL && i < 2; i++)
		found = strstr(at, starts[i]);
	if (found != NULL)
		at = found;
	for (; *at != '\0' && len + 3 < sizeof line; at++) {
		if (*at != '\n') {
			line[len++] = *at;
			continue;
		}
		/* A line that begins with a blank goes on with the last. */
		if (at[1] != ' ')
			break;
		at += strspn(at + 1, " ");
		line[len++] = ' ';
	}
	line[len] = '\0';
	return mk_fail(err, status, "%s", len > 0 ? line :
	    "it ended without a word");
}

static int
set(char **field, const char *text, size_t len)
{
	free(*field);
	*field = strndup(text, len);
	return *field == NULL ? -1 : 0;
}

/* The rest of the line of TEXT that begins with KEY into *FIELD; "" where
 * there is none.  0 or -1. */
static int
take(char **field, const char *text, const char *key)
{
	size_t len = strlen(key);
	const char *at = text == NULL ? "" : text;

	while (*at != '\0' && strncmp(at, key, len) != 0) {
		at += strcspn(at, "\n");
		at += *at == '\n';
	}
	at += *at == '\0' ? 0 : len;
	return set(field, at, strcspn(at, "\n"));
}

/*
 * Where in the error's text the file is named: "... in line 3 of /FILE: ...".
 */
static int
take_blamed(struct mk_exim *exim, const char *text)
{
	const char *at = strstr(text, " of /"), *line;
	size_t len;

	line = strstr(text, " line ");
	if (line == NULL || at == NULL || at < line)
		return set(&exim->file, exim->config, strlen(exim->config));
	at += 4;
	len = strcspn(at, " ");
	if (len > 0 && at[len - 1] == ':')
		len--;
	return set(&exim->file, at, len);
}

/* Whether Exim says that it may not read its configuration. */
static bool
is_closed(const char *text)
{
	return text != NULL && strstr(text, "configuration file") != NULL &&
	    strstr(text, "Permission denied") != NULL;
}

/* Is the program there, and its configuration sound?  1, 0, -1. */
static int
try_program(struct mk_exim *exim, const char *program, struct mk_error *err)
{
	static const char *const version[] = { "-bV", NULL };
	struct mk_child child = { 0 };
	int rv = -1;

	if (ask(exim, program, version, NULL, 0, &child, err) == -1) {
		rv = err->status == EX_UNAVAILABLE ? 0 : -1;
		goto out;
	}
	if (set(&exim->program, program, strlen(program)) == -1 ||
	    take(&exim->file, child.out.data, "Configuration file is ") ==
	    -1) {
		mk_fail_sys(err, "%s", program);
		goto out;
	}
	if (child.status == 0 && (child.err.data == NULL ||
	    strstr(child.err.data, "configuration error") == NULL)) {
		rv = 1;
		goto out;
	}
	fail_words(child.err.data, is_closed(child.err.data) ? EX_NOPERM :
	    EX_CONFIG, err);
	if (exim->file[0] == '\0' && take_blamed(exim, err->text) == -1)
		mk_fail_sys(err, "%s", program);
out:
	mk_child_free(&child);
	return rv;
}

static int
find_program(struct mk_exim *exim, const struct mk_check_keys *conf,
    struct mk_error *err)
{
	const char *const *name;
	int rv = 0;

	if (conf->exim[0] != '\0')
		return try_program(exim, conf->exim, err) == 1 ? 1 : -1;
	for (name = names; *name != NULL && rv == 0; name++)
		rv = try_program(exim, *name, err);
	return rv;
}

static int
take_options(struct mk_exim *exim, struct mk_error *err)
{
	static const char *const words[] = {
		"-bP", "exim_user", "exim_group", "log_file_path", NULL
	};
	struct mk_child child = { 0 };
	int rv = ask(exim, exim->program, words, NULL, 0, &child, err);

	if (rv == 0 && (take(&exim->user, child.out.data, "exim_user = ") ==
	    -1 || take(&exim->log, child.out.data, "log_file_path = ") == -1))
		rv = mk_fail_sys(err, "%s", exim->program);
	mk_child_free(&child);
	return rv;
}

static int
take_text(struct mk_exim *exim, struct mk_error *err)
{
	static const char *const words[] = { "-bP", "config", NULL };
	struct mk_child child = { 0 };
	int rv = ask(exim, exim->program, words, NULL, 0, &child, err);

	if (rv == 0 && (child.status != 0 || child.out.len == 0))
		rv = fail_words(child.err.data, EX_NOPERM, err);
	if (rv == 0) {
		exim->text = child.out;
		child.out = (struct mk_buf){ 0 };
	}
	mk_child_free(&child);
	return rv;
}

int
mk_exim_open(struct mk_exim *exim, const struct mk_check_keys *conf,
    struct mk_error *err)
{
	int rv;

	exim->config = conf->exim_config;
	rv = find_program(exim, conf, err);
	if (rv != 1)
		return rv;
	if (take_options(exim, err) == -1 || take_text(exim, err) == -1)
		return -1;
	return mk_eximtext_uses(exim) == -1 ?
	    mk_fail_sys(err, "%s", exim->program) : 1;
}

int
mk_exim_expand(const struct mk_exim *exim, const char *address,
    char *const *strings, size_t n, struct mk_child *child,
    struct mk_error *err)
{
	const char *const words[] = { "-oMa", address, "-be", NULL };

	if (ask(exim, exim->program, words, strings, n, child, err) == -1)
		return -1;
	return child->status == 0 ? 0 :
	    fail_words(child->err.data, EX_DATAERR, err);
}

void
mk_exim_close(struct mk_exim *exim)
{
	size_t i;

	for (i = 0; i < exim->n; i++) {
		free(exim->uses[i].type);
		free(exim->uses[i].path);
		free(exim->uses[i].list);
	}
	free(exim->uses);
	mk_buf_free(&exim->text);
	free(exim->log);
	free(exim->user);
	free(exim->file);
	free(exim->program);
	*exim = (struct mk_exim){ .config = "" };
}
