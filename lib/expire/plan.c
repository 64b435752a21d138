/* expire/plan - the messages that are due, folder by folder. */
#include "expire/plan.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TITLE		"mailkeep-expire plan 1"
#define FIELDS		9

const char *const mk_sub_names[MK_SUBS] = { "cur", "new", "tmp", "." };

static const char *const reasons[] = { "age", "cap" };
static const char *const layouts[] = { "maildir++", "fs", "plain" };

void
mk_plan_open(struct mk_plan *plan)
{
	*plan = (struct mk_plan){ 0 };
	pthread_mutex_init(&plan->mutex, NULL);
}

void
mk_plan_close(struct mk_plan *plan)
{
	size_t i;

	for (i = 0; i < plan->n; i++)
		mk_group_free(plan->groups[i]);
	free(plan->groups);
	pthread_mutex_destroy(&plan->mutex);
	*plan = (struct mk_plan){ 0 };
}

struct mk_group *
mk_group_new(const char *mailbox, const char *place, const char *path,
    enum mk_layout layout, bool plain)
{
	struct mk_group *group = calloc(1, sizeof *group);

	if (group == NULL)
		return NULL;
	group->mailbox = strdup(mailbox);
	group->place = strdup(place);
	group->path = strdup(path);
	group->layout = layout;
	group->plain = plain;
	if (group->mailbox == NULL || group->place == NULL ||
	    group->path == NULL) {
		mk_group_free(group);
		return NULL;
	}
	return group;
}

void
mk_group_free(struct mk_group *group)
{
	if (group == NULL)
		return;
	free(group->mailbox);
	free(group->place);
	free(group->path);
	mk_buf_free(&group->names);
	free(group->items);
	free(group);
}

int
mk_group_add(struct mk_group *group, const struct mk_item *item,
    const char *name)
{
	struct mk_item *items;
	size_t cap, at = group->names.len;

	if (group->n == group->cap) {
		cap = group->cap + group->cap / 2 + 4;
		items = realloc(group->items, cap * sizeof *items);
		if (items == NULL)
			return -1;
		group->items = items;
		group->cap = cap;
	}
	if (mk_buf_add(&group->names, name, strlen(name) + 1) == -1)
		return -1;
	group->items[group->n] = *item;
	group->items[group->n++].name = at;
	return 0;
}

int
mk_group_path(const struct mk_group *group, enum mk_sub sub,
    const char *name, struct mk_buf *buf)
{
	return mk_buf_addf(buf, "%s%s%s%s%s", group->path,
	    group->path[0] == '\0' ? "" : "/",
	    group->plain ? "" : mk_sub_names[sub], group->plain ? "" : "/",
	    name);
}

int
mk_plan_add(struct mk_plan *plan, struct mk_group *group)
{
	struct mk_group **groups;
	size_t cap;
	int rv = 0;

	pthread_mutex_lock(&plan->mutex);
	if (plan->n == plan->cap) {
		cap = plan->cap + plan->cap / 2 + 16;
		groups = realloc(plan->groups, cap * sizeof(*groups));
		if (groups == NULL)
			rv = -1;
		else {
			plan->groups = groups;
			plan->cap = cap;
		}
	}
	if (rv == 0) {
		plan->groups[plan->n++] = group;
		plan->items += group->n;
	}
	pthread_mutex_unlock(&plan->mutex);
	return rv;
}

static int
by_folder(const void *a, const void *b)
{
	const struct mk_group *const *x = a, *const *y = b;
	int order = strcmp((*x)->mailbox, (*y)->mailbox);

	if (order == 0)
		order = strcmp((*x)->place, (*y)->place);
	return order != 0 ? order : strcmp((*x)->path, (*y)->path);
}

struct named {				/* qsort(3) hands no context on */
	const char *name;
	struct mk_item item;
};

static int
by_name(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order;

	/* What goes by a cap goes last, and oldest first. */
	if (x->item.by_cap != y->item.by_cap)
		return x->item.by_cap ? 1 : -1;
	if (x->item.by_cap && x->item.since_s != y->item.since_s)
		return x->item.since_s < y->item.since_s ? -1 : 1;
	order = (int)x->item.sub - (int)y->item.sub;
	return order != 0 ? order : strcmp(x->name, y->name);
}

static int
group_sort(struct mk_group *group)
{
	struct named *named = malloc(group->n * sizeof *named + 1);
	size_t i;

	if (named == NULL)
		return -1;
	for (i = 0; i < group->n; i++) {
		named[i].item = group->items[i];
		named[i].name = mk_item_name(group, &group->items[i]);
	}
	qsort(named, group->n, sizeof *named, by_name);
	for (i = 0; i < group->n; i++)
		group->items[i] = named[i].item;
	free(named);
	return 0;
}

int
mk_plan_sort(struct mk_plan *plan)
{
	size_t i;

	if (plan->n == 0)
		return 0;
	qsort(plan->groups, plan->n, sizeof *plan->groups, by_folder);
	for (i = 0; i < plan->n; i++)
		if (group_sort(plan->groups[i]) == -1)
			return -1;
	return 0;
}

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
mk_plan_write(const struct mk_plan *plan, const char *root,
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
			field_write(out, rules[item->rule].name, '\t');
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

int
mk_group_match(const struct mk_group *group, const struct mk_rule *rules,
    size_t n, mk_rule_set *messages, mk_rule_set *tmp)
{
	struct mk_folder folder = { .mailbox = group->mailbox,
	    .place = group->place, .path = group->path,
	    .layout = group->layout };
	struct mk_buf name = { 0 };
	size_t r;
	int rv;

	*messages = *tmp = 0;
	if (group->plain) {
		for (r = 0; r < n; r++)
			if (rules[r].path != NULL &&
			    strcmp(rules[r].path, group->path) == 0)
				*messages |= (mk_rule_set)1 << r;
		return 0;
	}
	rv = mk_folder_name(group->layout, group->place, &name);
	if (rv == 0) {
		folder.name = name.data;
		rv = mk_rule_match(rules, n, &folder, messages, tmp);
	}
	mk_buf_free(&name);
	return rv;
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

	return mk_group_match(group, rule, 1, &messages, &tmp) == 0 &&
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
	item.rule = (uint8_t)rule;
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
mk_plan_parse(struct mk_plan *plan, const char *file, const char *text,
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
