/* mail/plan - the messages that are to go, folder by folder. */
#include "mail/plan.h"

#include <stdlib.h>
#include <string.h>

const char *const mk_sub_names[MK_SUBS] = { "cur", "new", "tmp", "." };

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
	/* Each cap in turn: of two on one folder the laxer one would find that
	 * the other has left it nothing. */
	if (x->item.by_cap && x->item.kind != y->item.kind)
		return x->item.kind < y->item.kind ? -1 : 1;
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
