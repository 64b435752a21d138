/* check/check - what mailkeep-check finds, and how it is collected. */
#include "check/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *format(const char *fmt, va_list ap)
    __attribute__((format(printf, 1, 0)));

/* NULL: ENOMEM. */
static char *
format(const char *fmt, va_list ap)
{
	va_list again;
	char *text;
	int len;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	text = len < 0 ? NULL : malloc((size_t)len + 1);
	if (text != NULL)
		vsnprintf(text, (size_t)len + 1, fmt, ap);
	return text;
}

static void
free_finding(struct mk_finding *finding)
{
	free(finding->place);
	free(finding->what);
	free(finding->advice);
}

static int
grow(struct mk_check *check)
{
	size_t cap = check->cap == 0 ? 32 : 2 * check->cap;
	struct mk_finding *v;

	if (check->n < check->cap)
		return 0;
	v = realloc(check->findings, cap * sizeof *v);
	if (v == NULL)
		return -1;
	check->findings = v;
	check->cap = cap;
	return 0;
}

void
mk_check_add(struct mk_check *check, enum mk_severity severity,
    const char *area, const char *place, const char *advice,
    const char *what, ...)
{
	struct mk_finding finding = { .severity = severity, .area = area };
	va_list ap;

	va_start(ap, what);
	finding.what = format(what, ap);
	va_end(ap);
	finding.place = strdup(place == NULL ? "" : place);
	finding.advice = strdup(advice == NULL ? "" : advice);
	if (finding.what == NULL || finding.place == NULL ||
	    finding.advice == NULL || grow(check) == -1) {
		free_finding(&finding);
		check->no_memory = true;
		return;
	}
	check->findings[check->n++] = finding;
}

size_t
mk_check_count(const struct mk_check *check, enum mk_severity severity)
{
	size_t i, n = 0;

	for (i = 0; i < check->n; i++)
		n += check->findings[i].severity == severity;
	return n;
}

const char *
mk_severity_word(enum mk_severity severity)
{
	static const char *const words[] = {
		[MK_FINE] = "ok", [MK_NOTE] = "note",
		[MK_WARNING] = "warning", [MK_ERROR] = "error",
	};

	return words[severity];
}

void
mk_check_free(struct mk_check *check)
{
	size_t i;

	for (i = 0; i < check->n; i++)
		free_finding(&check->findings[i]);
	free(check->findings);
	check->findings = NULL;
	check->n = check->cap = 0;
}
