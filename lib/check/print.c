/* check/print - show what mailkeep-check has found. */
#include "check/print.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/colour.h"
#include "base/diag.h"
#include "base/json.h"

#define INDENT		11		/* "  warning  " */

/* The first so many columns of TEXT, in bytes: a character of UTF-8 is one. */
static size_t
bytes_of(const char *text, size_t columns)
{
	size_t i, n = 0;

	for (i = 0; text[i] != '\0'; i++)
		if (((unsigned char)text[i] & 0xc0) != 0x80 && n++ == columns)
			break;
	return i;
}

static size_t
columns_of(const char *text, size_t len)
{
	size_t i, n = 0;

	for (i = 0; i < len; i++)
		n += ((unsigned char)text[i] & 0xc0) != 0x80;
	return n;
}

int
mk_check_wrap(FILE *out, size_t columns, size_t at, size_t indent,
    const char *text)
{
	size_t len, width, part, size = 4 * strlen(text) + 1;
	char *escaped = malloc(size), *word;
	bool first = true;

	if (escaped == NULL)
		return -1;
	word = mk_diag_escape(escaped, size, text);
	while (*(word += strspn(word, " ")) != '\0') {
		len = strcspn(word, " ");
		width = columns_of(word, len);
		if (!first && at + 1 + width > columns) {
			fprintf(out, "\n%*s", (int)indent, "");
			at = indent;
			first = true;
		}
		while (first && width > columns - at) {
			part = bytes_of(word, columns - at);
			fprintf(out, "%.*s\n%*s", (int)part, word,
			    (int)indent, "");
			width -= columns - at;
			at = indent;
			word += part;
			len -= part;
		}
		fprintf(out, "%s%.*s", first ? "" : " ", (int)len, word);
		at += width + !first;
		word += len;
		first = false;
	}
	putc('\n', out);
	free(escaped);
	return 0;
}

static int
print_one(const struct mk_finding *f, bool colour, size_t columns, FILE *out)
{
	static const char *const colours[] = {
		[MK_FINE] = MK_COLOUR_GOOD, [MK_NOTE] = MK_COLOUR_DIM,
		[MK_WARNING] = MK_COLOUR_WARN, [MK_ERROR] = MK_COLOUR_BAD,
	};
	const char *word = f->severity == MK_ERROR ? "ERROR" :
	    mk_severity_word(f->severity);
	struct mk_buf text = { 0 };
	int rv = -1;

	fprintf(out, "  %s%s%s%*s", colour ? colours[f->severity] : "", word,
	    colour ? MK_COLOUR_END : "", INDENT - 2 - (int)strlen(word), "");
	if (mk_buf_addf(&text, "%s%s%s", f->place, f->place[0] == '\0' ? "" :
	    ": ", f->what) == 0 &&
	    mk_check_wrap(out, columns, INDENT, INDENT, text.data) == 0)
		rv = 0;
	mk_buf_free(&text);
	if (rv == -1 || f->advice[0] == '\0')
		return rv;
	fprintf(out, "%*s-> ", INDENT, "");
	return mk_check_wrap(out, columns, INDENT + 3, INDENT + 3, f->advice);
}

static const char *
plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static int
print_count(const struct mk_check *check, bool colour, size_t columns,
    FILE *out)
{
	size_t errors = mk_check_count(check, MK_ERROR);
	size_t warnings = mk_check_count(check, MK_WARNING);
	size_t notes = mk_check_count(check, MK_NOTE);
	char line[128];

	if (errors + warnings == 0) {
		fprintf(out, "%sno error, no warning%s", colour ?
		    MK_COLOUR_GOOD : "", colour ? MK_COLOUR_END : "");
		if (notes > 0)
			fprintf(out, ", %zu note%s", notes, plural(notes));
		putc('\n', out);
		return 0;
	}
	snprintf(line, sizeof line, "%zu error%s, %zu warning%s; see "
	    "mailkeep-check(8)", errors, plural(errors), warnings,
	    plural(warnings));
	return mk_check_wrap(out, columns, 0, 0, line);
}

int
mk_check_print(const struct mk_check *check, enum mk_severity least,
    bool colour, size_t columns, FILE *out)
{
	const char *area = "";
	size_t i;

	for (i = 0; i < check->n; i++) {
		if (check->findings[i].severity < least)
			continue;
		if (strcmp(area, check->findings[i].area) != 0) {
			area = check->findings[i].area;
			fprintf(out, "%s%s%s\n", colour ? MK_COLOUR_BOLD : "",
			    area, colour ? MK_COLOUR_END : "");
		}
		if (print_one(&check->findings[i], colour, columns,
		    out) == -1)
			return -1;
	}
	return print_count(check, colour, columns, out) == -1 ||
	    ferror(out) ? -1 : 0;
}

int
mk_check_json(const struct mk_check *check, int status, FILE *out)
{
	const struct mk_finding *f;
	struct mk_json json;
	size_t i;

	mk_json_begin(&json, out);
	mk_json_object(&json, NULL);
	mk_json_string(&json, "program", "check");
	mk_json_string(&json, "version", MK_VERSION);
	mk_json_array(&json, "findings");
	for (i = 0; i < check->n; i++) {
		f = &check->findings[i];
		mk_json_object(&json, NULL);
		mk_json_string(&json, "severity",
		    mk_severity_word(f->severity));
		mk_json_string(&json, "area", f->area);
		mk_json_string(&json, "place", f->place);
		mk_json_string(&json, "what", f->what);
		mk_json_string(&json, "advice", f->advice);
		mk_json_close_object(&json);
	}
	mk_json_close_array(&json);
	mk_json_int(&json, "errors",
	    (int64_t)mk_check_count(check, MK_ERROR));
	mk_json_int(&json, "warnings",
	    (int64_t)mk_check_count(check, MK_WARNING));
	mk_json_int(&json, "status", status);
	mk_json_close_object(&json);
	return mk_json_end(&json);
}
