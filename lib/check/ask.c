/* check/ask - ask the other programs, with the same configuration. */
#include "check/ask.h"

#include <stdlib.h>
#include <string.h>

#include "base/child.h"
#include "base/list.h"
#include "check/look.h"

#define OUT_MAX		((size_t)64 * 1024 * 1024)
#define LIMIT_S		60
#define LINES_MAX	20

static int
add(struct mk_list *list, const char *word)
{
	return mk_list_add(list, word, strlen(word));
}

static int
make_argv(const struct mk_check *check, const char *program,
    const char *const *words, struct mk_list *argv)
{
	const struct mk_options *opt = check->opt;
	char *path = mk_child_sibling(check->self, program);
	int rv = path == NULL ? -1 : add(argv, path);
	size_t i;

	free(path);
	if (opt->file != NULL && rv == 0)
		rv = add(argv, "-c") == -1 ? -1 : add(argv, opt->file);
	for (i = 0; i < opt->overrides_n && rv == 0; i++)
		rv = add(argv, "-o") == -1 ? -1 :
		    add(argv, opt->overrides[i].text);
	for (; *words != NULL && rv == 0; words++)
		rv = add(argv, *words);
	return rv;
}

/* LINE is ended by a NUL: without the program's name, its place apart. */
static void
add_line(struct mk_check *check, const char *line, const char *program,
    enum mk_severity severity, const char *area, const char *place,
    const char *advice)
{
	size_t len = strlen(program);
	char *own;

	if (strncmp(line, program, len) == 0 &&
	    strncmp(line + len, ": ", 2) == 0)
		line += len + 2;
	len = mk_look_place(line);
	own = len == 0 ? NULL : mk_look_text(check, "%.*s", (int)len, line);
	mk_check_add(check, severity, area, own != NULL ? own : place, advice,
	    "%s", own != NULL ? line + len + 2 : line);
	free(own);
}

bool
mk_check_ask(struct mk_check *check, const char *program,
    const char *const *words, enum mk_severity severity, const char *area,
    const char *place, const char *advice)
{
	struct mk_child child = { 0 };
	struct mk_list argv = { 0 };
	struct mk_error err;
	char *line, *next;
	unsigned n = 0;
	bool fine = false;

	if (make_argv(check, program, words, &argv) == -1) {
		check->no_memory = true;
		goto out;
	}
	if (mk_child_run(&child, argv.v, OUT_MAX, LIMIT_S, &err) == -1) {
		mk_check_add(check, MK_WARNING, area, place, "install all "
		    "programs in one directory", "could not be asked: %s",
		    err.text);
		goto out;
	}
	for (line = child.err.data; line != NULL && *line != '\0' &&
	    n < LINES_MAX; line = next, n++) {
		next = line + strcspn(line, "\n");
		if (*next != '\0')
			*next++ = '\0';
		add_line(check, line, program, severity, area, place, advice);
	}
	if (n == 0 && child.status != 0)
		mk_check_add(check, severity, area, place, advice, "%s ends "
		    "with status %d", program, child.status);
	fine = n == 0 && child.status == 0;
out:
	mk_list_free(&argv);
	mk_child_free(&child);
	return fine;
}
