/* expire/plantext - a plan as text. */
#include "expire/plantext.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TITLE		"mailkeep-expire plan 1"
#define FIELDS		9

static const char *const reasons[] = { "age", "cap" };
static const char *const layouts[] = { "maildir++", "fs", "plain" };

static void
field_write(FILE *out, const char *text, char end)
{
	for (; *text != '\0'; text++)
		if (*text == '\\')
			fputs("\\\\", out);
		else if (*text == '\t')
			fputs("\\t", out);
		else if (*text == '\n')
			fputs("\\n", out);
		else if ((unsigned char)*text < 0x20 || *text == 0x7f)
			fprintf(out, "\\x%02X", (unsigned char)*text);
		else
			putc(*text, out);
	putc(end, out);
}

int
mk_plantext_write(const struct mk_plan *plan, const char *root,
    const struct mk_rule *rules, int64_t now_s, FILE *out)
{
	const struct mk_group *group;
	const struct mk_item *item;
	size_t i, j;

	fputs(TITLE "\t", out);
	field_write(out, root, '\t');
	fprintf(out, "%" PRId64 "\n", now_s);
	for (i = 0; i < plan->n; i++) {
		group = plan->groups[i];
		for (j = 0; j < group->n; j++) {
			item = &group->items[j];
			field_write(out, rules[item->kind].name, '\t');
			fprintf(out, "%s\t%" PRId64 "\t%" PRId64 "\t",
			    reasons[item->by_cap], item->since_s,
			    item->size_bytes);
			field_write(out, group->mailbox, '\t');
			fprintf(out, "%s\t", group->plain ? layouts[2] :
			    layouts[group->layout]);
			field_write(out, group->plain ? group->path :
			    group->place, '\t');
			fprintf(out, "%s\t", mk_sub_names[item->sub]);
			field_write(out, mk_item_name(group, item), '\n');
		}
	}
	return fflush(out) == EOF || ferror(out) ? -1 : 0;
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Undo field_write's escapes in place; -1 where they are not its. */
static int
field_decode(char *text)
{
	char *out = text;
	int high, low;

	for (; *text != '\0'; text++) {
		if (*text != '\\') {
			*out++ = *text;
			continue;
		}
		switch (*++text) {
		case '\\':
			*out++ = '\\';
			break;
		case 't':
			*out++ = '\t';
			break;
		case 'n':
			*out++ = '\n';
			break;
		case 'x':
			high = hex(text[1]);
			low = high == -1 ? -1 : hex(text[2]);
			if (low == -1 || (high == 0 && low == 0))
				return -1;
			*out++ = (char)(high << 4 | low);
			text += 2;
			break;
		default:
			return -1;
		}
	}
	*out = '\0';
	return 0;
}

/* Cut LINE at its tabs into exactly N fields, decoded. */
static int
split(char *line, char **fields, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		fields[i] = line;
		line = strchr(line, '\t');
		if ((line == NULL) != (i == n - 1))
			return -1;
		if (line != NULL)
			*line++ = '\0';
		if (field_decode(fields[i]) == -1)
			return -1;
	}
	return 0;
}

static int
word(const char *text, const char *const *words, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(text, words[i]) == 0)
			return (int)i;
	return -1;
}

static int
number(const char *text, int64_t *value)
{
	char *end;

	/* strtoimax(3) would take blanks and a plus. */
	if (*text != '-' && (*text < '0' || *text > '9'))
		return -1;
	errno = 0;
	*value = strtoimax(text, &end, 10);
	return *end != '\0' || errno != 0 ? -1 : 0;
}

/* The group that the fields name: the last one, or a new one. */
static struct mk_group *
group_for(struct mk_plan *plan, char *const *f, int layout)
{
	struct mk_group *group = plan->n == 0 ? NULL :
	    plan->groups[plan->n - 1];
	struct mk_buf path = { 0 };
	bool plain = layout == 2;

	if (group != NULL && group->plain == plain &&
	    strcmp(group->mailbox, f[4]) == 0 &&
	    strcmp(plain ? group->path : group->place, f[6]) == 0)
		return group;
	if (mk_buf_addf(&path, "%s%s%s", f[4],
	    f[4][0] != '\0' && f[6][0] != '\0' ? "/" : "", f[6]) == -1)
		return NULL;
	group = mk_group_new(f[4], plain ? "" : f[6], path.data,
	    plain ? MK_FS : (enum mk_layout)layout, plain);
	mk_buf_free(&path);
	if (group != NULL && mk_plan_add(plan, group) == -1) {
		mk_group_free(group);
		return NULL;
	}
	return group;
}

/*
 * Whether RULE watches what a line says: the plan may be older than the
 * configuration, or edited.
 */
static bool
watches(const struct mk_rule *rule, const struct mk_group *group,
    enum mk_sub sub)
{
	mk_rule_set messages, tmp;

	return mk_rule_match_group(rule, 1, group, &messages, &tmp) == 0 &&
	    (sub == MK_SUB_TMP ? tmp : messages) != 0;
}

static int
parse_line(struct mk_plan *plan, char *line, const struct mk_rule *rules,
    size_t n, struct mk_error *err)
{
	struct mk_item item = { 0 };
	struct mk_group *group;
	char *f[FIELDS];
	int reason, layout, sub;
	size_t rule;

	if (split(line, f, FIELDS) == -1)
		return mk_fail(err, EX_DATAERR, "is no line of a plan");
	for (rule = 0; rule < n; rule++)
		if (strcmp(rules[rule].name, f[0]) == 0)
			break;
	if (rule == n)
		return mk_fail(err, EX_DATAERR, "rule \"%s\" is not in the "
		    "configuration", f[0]);
	reason = word(f[1], reasons, 2);
	layout = word(f[5], layouts, 3);
	sub = word(f[7], mk_sub_names, MK_SUBS);
	if (reason == -1 || layout == -1 || sub == -1 ||
	    number(f[2], &item.since_s) == -1 ||
	    number(f[3], &item.size_bytes) == -1 || item.size_bytes < -1 ||
	    (layout == 2) != (sub == MK_SUB_SELF) || f[8][0] == '\0' ||
	    strchr(f[8], '/') != NULL)
		return mk_fail(err, EX_DATAERR, "is no line of a plan");
	/* What goes by a cap is not asked for its age. */
	if (reason == 1 && !mk_rule_has_cap(&rules[rule]))
		return mk_fail(err, EX_DATAERR, "rule \"%s\" has no cap; "
		    "make the plan anew", f[0]);
	item.kind = (uint8_t)rule;
	item.by_cap = reason == 1;
	item.sub = (uint8_t)sub;
	group = group_for(plan, f, layout);
	if (group == NULL || mk_group_add(group, &item, f[8]) == -1)
		return mk_fail_sys(err, "read");
	if (!watches(&rules[rule], group, item.sub))
		return mk_fail(err, EX_DATAERR, "rule \"%s\" does not watch "
		    "%s; make the plan anew", f[0], group->path[0] == '\0' ?
		    "the mail root" : group->path);
	plan->items++;
	return 0;
}

static int
parse_header(char *line, const char *root, struct mk_error *err)
{
	int64_t made_s;
	char *f[3];

	if (split(line, f, 3) == -1 || strcmp(f[0], TITLE) != 0 ||
	    number(f[2], &made_s) == -1)
		return mk_fail(err, EX_DATAERR, "is no plan of this version");
	if (strcmp(f[1], root) != 0)
		return mk_fail(err, EX_DATAERR, "is for the mail root %s, "
		    "not for %s", f[1], root);
	return 0;
}

int
mk_plantext_parse(struct mk_plan *plan, const char *file, const char *text,
    size_t len, const char *root, const struct mk_rule *rules, size_t n,
    struct mk_error *err)
{
	struct mk_error why;
	char *copy = malloc(len + 1), *line, *end;
	size_t number_of = 0;
	int rv = copy == NULL ? mk_fail_sys(err, "%s", file) : 0;

	if (copy != NULL) {
		memcpy(copy, text, len);
		copy[len] = '\0';
	}
	for (line = copy; rv == 0 && line < copy + len; line = end + 1) {
		number_of++;
		end = memchr(line, '\n', (size_t)(copy + len - line));
		if (end == NULL || memchr(line, '\0', (size_t)(end - line))) {
			rv = mk_fail(err, EX_DATAERR, "%s:%zu: the plan is "
			    "cut short", file, number_of);
			break;
		}
		*end = '\0';
		if ((number_of == 1 ? parse_header(line, root, &why) :
		    parse_line(plan, line, rules, n, &why)) == -1)
			rv = mk_fail(err, why.status, "%s:%zu: %s", file,
			    number_of, why.text);
	}
	if (rv == 0 && number_of == 0)
		rv = mk_fail(err, EX_DATAERR, "%s: is empty, no plan", file);
	if (rv == -1) {			/* half a plan is none */
		mk_plan_close(plan);
		mk_plan_open(plan);
	}
	free(copy);
	return rv;
}
