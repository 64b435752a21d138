/* spamscan/explain_print - what --explain found, as it is told. */
#include "spamscan/explain_print.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/decimal.h"
#include "base/diag.h"
#include "base/json.h"
#include "base/utf8.h"
#include "spamscan/dialect.h"

#define COLUMNS		80
#define LABEL_AT	5
#define TEXT_AT		17

static const struct { const char *name, *text; } verdicts[] = {
	[MK_EXPLAIN_MOVES] = { "junk", "moves to " },	/* and its name */
	[MK_EXPLAIN_DELETED] = { "delete", "is deleted" },
	[MK_EXPLAIN_REPORTED] = { "report", "stays, and is reported" },
	[MK_EXPLAIN_STAYS] = { "keep", "stays" },
	[MK_EXPLAIN_ALONE] = { "keep", "left alone" },
	[MK_EXPLAIN_UNSCANNED] = { "unscanned", "not scanned" },
	[MK_EXPLAIN_WAITS] = { "wait", "waits for spamd" },
};

int
mk_explained_field(struct mk_explained *told, const char *line,
    const char *why)
{
	struct mk_explained_field *fields = realloc(told->fields,
	    (told->n + 1) * sizeof *fields), *last;

	if (fields == NULL)
		return -1;
	told->fields = fields;
	last = &fields[told->n++];
	last->line = strdup(line);
	last->why = strdup(why);
	return last->line == NULL || last->why == NULL ? -1 : 0;
}

void
mk_explained_free(struct mk_explained *told)
{
	size_t i;

	for (i = 0; i < told->n; i++) {
		free(told->fields[i].line);
		free(told->fields[i].why);
	}
	free(told->fields);
	mk_buf_free(&told->path);
	mk_buf_free(&told->mailbox);
	mk_buf_free(&told->user);
}

static bool
has_score(const struct mk_known *known)
{
	return known->state == MK_BY_HEADER || known->state == MK_BY_SPAMD ||
	    (known->state == MK_TAKEN_BACK && known->score != 0);
}

/* ---- for people */

/* What a terminal may be sent of TEXT, to be freed; NULL: ENOMEM. */
static char *
escaped(const char *text)
{
	size_t size = 4 * strlen(text) + 1;
	char *buf = malloc(size);

	return buf == NULL ? NULL : mk_diag_escape(buf, size, text);
}

/* The bytes of TEXT, escaped, that N columns hold. */
static size_t
bytes_of(const char *text, size_t n)
{
	const char *p = text;

	while (n-- > 0 && *p != '\0')
		p += mk_utf8_sequence(p);
	return (size_t)(p - text);
}

/* TEXT from column AT on, cut at the width. */
static int
print_cut(size_t at, const char *text)
{
	char *clean = escaped(text);
	size_t len;

	if (clean == NULL)
		return -1;
	len = bytes_of(clean, COLUMNS - at);
	if (clean[len] == '\0')
		printf("%*s%s\n", (int)at, "", clean);
	else
		printf("%*s%.*s...\n", (int)at, "",
		    (int)bytes_of(clean, COLUMNS - at - 3), clean);
	free(clean);
	return 0;
}

/* TEXT behind a LABEL, broken at blanks where it is too long for a line. */
static int
print_text(const char *label, const char *text)
{
	char *clean = escaped(text);
	const char *p = clean;
	size_t len, end;

	if (clean == NULL)
		return -1;
	printf("%*s%-*s", LABEL_AT, "", TEXT_AT - LABEL_AT, label);
	for (;;) {
		len = bytes_of(p, COLUMNS - TEXT_AT);
		end = len;
		if (p[len] != '\0')
			while (end > 0 && p[end] != ' ')
				end--;
		if (end == 0)		/* a word as long as that */
			end = len;
		printf("%.*s\n", (int)end, p);
		p += end + (p[end] == ' ');
		if (*p == '\0')
			break;
		printf("%*s", TEXT_AT, "");
	}
	free(clean);
	return 0;
}

static int print_line(const char *label, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static int
print_line(const char *label, const char *fmt, ...)
{
	char text[MK_ERROR_MAX + 256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return print_text(label, text);
}

static int
print_account(const struct mk_explained *told)
{
	char limit[MK_DECIMAL_MAX];
	const char *user = told->user.len > 0 ? told->user.data : NULL;

	if (!told->in_mailbox)
		user = "none: it lies in no mailbox";
	else if (!told->has_account)
		user = "none";
	else if (user == NULL)
		user = told->mailbox.data;
	if (print_text("account", user) == -1)
		return -1;
	if (!told->has_account)
		return 0;
	return print_line("limit", "%s (%s)", mk_decimal_format(limit,
	    sizeof limit, told->limit), told->own_limit ? "its own" :
	    "the configured one");
}

static int
print_fields(const struct mk_explained *told)
{
	static const char *const notes[] = {
		[MK_HEADER_READ] = "has no line that could be a scanner's",
		[MK_HEADER_NO_SOURCE] = "not asked: source does not name it",
		[MK_HEADER_UNREADABLE] = "can't be read: encrypted or damaged",
		[MK_HEADER_ENDLESS] = ("has no whole scanner's line in 256 "
		    "KiB; more is not read"),
	};
	size_t i;

	if (told->n == 0)
		return print_text("header", notes[told->header]);
	for (i = 0; i < told->n; i++)
		if (print_cut(LABEL_AT, told->fields[i].line) == -1 ||
		    print_text("", told->fields[i].why) == -1)
			return -1;
	return 0;
}

static int
print_score(const struct mk_explained *told)
{
	char score[MK_DECIMAL_MAX];

	if (!has_score(&told->known))
		return print_text("score", "none");
	mk_decimal_format(score, sizeof score, told->known.score);
	if (told->known.state == MK_BY_SPAMD)
		return print_line("score", "%s by spamd", score);
	if (told->known.state != MK_BY_HEADER)
		return print_line("score", "%s", score);
	if (told->dialect == -1)
		return print_line("score", "%s by header", score);
	return print_line("score", "%s by header (%s)", score,
	    mk_dialect_name((enum mk_dialect)told->dialect));
}

static int
print_remembered(const struct mk_explained *told)
{
	char score[MK_DECIMAL_MAX] = "", day[16] = "";
	time_t since = (time_t)told->since_s;
	struct tm tm;

	if (!told->is_remembered)
		return print_text("remembered", "nothing");
	if (has_score(&told->remembered))
		mk_decimal_format(score, sizeof score,
		    told->remembered.score);
	if (gmtime_r(&since, &tm) != NULL)
		strftime(day, sizeof day, "%Y-%m-%d", &tm);
	return print_line("remembered", "%s%s%s; here since %s",
	    mk_state_name(told->remembered.state), score[0] == '\0' ? "" :
	    ": ", score, day);
}

static int
print_all(const struct mk_explained *told)
{
	char *path = escaped(told->path.data);

	if (path == NULL)
		return -1;
	puts(path);
	free(path);
	if (print_account(told) == -1 || print_fields(told) == -1 ||
	    print_score(told) == -1 || print_remembered(told) == -1)
		return -1;
	return print_line("verdict", "%s%s%s: %s", told->in_mailbox ? "" :
	    "in an inbox: ", verdicts[told->verdict].text,
	    told->verdict == MK_EXPLAIN_MOVES ? told->junk : "", told->why);
}

/* ---- for programs */

/* KNOWN's score, or null. */
static void
json_score(struct mk_json *json, const struct mk_known *known)
{
	if (has_score(known))
		mk_json_milli(json, "score", known->score * INT64_C(10));
	else
		mk_json_null(json, "score");
}

static void
json_string(struct mk_json *json, const char *key, const struct mk_buf *value)
{
	if (value->len > 0)
		mk_json_string(json, key, value->data);
	else
		mk_json_null(json, key);
}

static void
json_fields(struct mk_json *json, const struct mk_explained *told)
{
	size_t i;

	mk_json_array(json, "fields");
	for (i = 0; i < told->n; i++) {
		mk_json_object(json, NULL);
		mk_json_string(json, "field", told->fields[i].line);
		mk_json_string(json, "why", told->fields[i].why);
		mk_json_close_object(json);
	}
	mk_json_close_array(json);
}

static void
json_remembered(struct mk_json *json, const struct mk_explained *told)
{
	if (!told->is_remembered) {
		mk_json_null(json, "remembered");
		return;
	}
	mk_json_object(json, "remembered");
	mk_json_string(json, "state", mk_state_name(told->remembered.state));
	json_score(json, &told->remembered);
	mk_json_int(json, "since", told->since_s);
	mk_json_close_object(json);
}

static int
print_json(const struct mk_explained *told)
{
	struct mk_json json;

	mk_json_begin(&json, stdout);
	mk_json_object(&json, NULL);
	json_string(&json, "user", &told->user);
	json_string(&json, "mailbox", &told->mailbox);
	mk_json_string(&json, "message", told->path.data);
	if (told->has_account) {
		mk_json_milli(&json, "limit", told->limit * 10);
		mk_json_string(&json, "limit_from", told->own_limit ?
		    "account" : "configuration");
	} else {
		mk_json_null(&json, "limit");
		mk_json_null(&json, "limit_from");
	}
	json_fields(&json, told);
	json_score(&json, &told->known);
	mk_json_string(&json, "source", told->known.state == MK_BY_HEADER ?
	    "header" : told->known.state == MK_BY_SPAMD ? "spamd" : "none");
	if (told->dialect != -1)
		mk_json_string(&json, "dialect",
		    mk_dialect_name((enum mk_dialect)told->dialect));
	else
		mk_json_null(&json, "dialect");
	json_remembered(&json, told);
	mk_json_string(&json, "verdict", verdicts[told->verdict].name);
	mk_json_string(&json, "why", told->why);
	mk_json_close_object(&json);
	return mk_json_end(&json);
}

int
mk_explained_print(const struct mk_explained *told, bool as_json,
    struct mk_error *err)
{
	if ((as_json ? print_json(told) : print_all(told)) == -1 ||
	    fflush(stdout) == EOF || ferror(stdout))
		return mk_fail_sys(err, "standard output");
	return 0;
}
