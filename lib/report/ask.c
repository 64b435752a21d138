/* report/ask - ask another program. */
#include "report/ask.h"

#include <stdlib.h>
#include <string.h>

#include "base/child.h"
#include "report/part.h"

uint64_t
mk_answer_count(const struct mk_value *value)
{
	int64_t n = mk_value_int(value, 0);

	return n < 0 ? 0 : (uint64_t)n;
}

/* PROGRAM's command line, allocated; its strings are others', but the
 * first. */
static char **
command_line(const struct mk_asker *asker, const char *program,
    const char *const *args)
{
	size_t n = 0, at = 0, i;
	const char **argv;
	char **made;

	while (args[n] != NULL)
		n++;
	made = calloc(n + 2 * asker->opt->overrides_n + 5, sizeof *made);
	if (made == NULL)
		return NULL;
	argv = (const char **)(void *)made;
	argv[at++] = mk_child_sibling(asker->self, program);
	if (argv[0] == NULL) {
		free(made);
		return NULL;
	}
	if (asker->opt->file_given) {
		argv[at++] = "-c";
		argv[at++] = asker->opt->file;
	}
	for (i = 0; i < asker->opt->overrides_n; i++) {
		argv[at++] = "-o";
		argv[at++] = asker->opt->overrides[i].text;
	}
	for (i = 0; i < n; i++)
		argv[at++] = args[i];
	argv[at] = "--json";
	return made;
}

/* Hand the lines of OUT to TAKE.  How many there were; -1. */
static int
take_lines(const struct mk_buf *out, mk_answer_fn *take, void *data,
    struct mk_error *err)
{
	const char *line = out->data, *stop = line + out->len, *end;
	struct mk_value *value;
	int n = 0, rv;

	for (; line < stop; line = end + 1, n++) {
		end = memchr(line, '\n', (size_t)(stop - line));
		if (end == NULL)
			end = stop;
		value = mk_jsonread(line, (size_t)(end - line), err);
		if (value == NULL)
			return -1;
		rv = take(data, value, err);
		mk_jsonread_free(value);
		if (rv == -1)
			return -1;
	}
	return n;
}

/* The answer of CHILD, which was run. */
static int
take_answer(struct mk_child *child, struct mk_survey *survey,
    struct mk_part *part, const char *program, mk_answer_fn *take,
    void *data)
{
	const char *why = mk_child_why(child);
	struct mk_error err, what;
	int n = child->out.len == 0 ? 0 : take_lines(&child->out, take, data,
	    &what);

	if (n > 0) {
		part->state = MK_PART_TOLD;
		if (child->status != 0)
			mk_part_note(survey, part, "%s ended with status %d%s"
			    "%s", program, child->status,
			    why[0] == '\0' ? "" : ": ", why);
		return 0;
	}
	if (child->status != 0)
		mk_fail(&err, EX_TEMPFAIL, "%s ended with status %d%s%s",
		    program, child->status, why[0] == '\0' ? "" : ": ", why);
	else if (n == 0)
		mk_fail(&err, EX_TEMPFAIL, "%s: no answer", program);
	else
		mk_fail(&err, what.status, "%s: its answer cannot be read: %s",
		    program, what.text);
	mk_part_failed(survey, part, &err);
	return child->status != 0 ? child->status : -1;
}

int
mk_ask(const struct mk_asker *asker, struct mk_survey *survey,
    struct mk_part *part, const char *program, const char *const *args,
    mk_answer_fn *take, void *data)
{
	char **argv = command_line(asker, program, args);
	struct mk_child child = { 0 };
	struct mk_error err;
	int rv = -1;

	if (argv == NULL) {
		mk_fail_sys(&err, "%s", program);
		mk_part_failed(survey, part, &err);
		return -1;
	}
	if (mk_child_run(&child, argv, MK_ASK_MAX, MK_ASK_LIMIT_S,
	    &err) == -1)
		mk_part_failed(survey, part, &err);
	else
		rv = take_answer(&child, survey, part, program, take, data);
	mk_child_free(&child);
	free(argv[0]);
	free(argv);
	return rv;
}
