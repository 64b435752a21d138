/* tmda/remove - carry a section's plans out. */
#include "tmda/remove.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/stop.h"
#include "mail/opened.h"
#include "mail/removal.h"
#include "tmda/append.h"
#include "tmda/due.h"
#include "tmda/names.h"
#include "tmda/rescue.h"

struct owned {				/* whose a group is */
	const struct mk_group *group;
	const struct mk_tmda_queue *queue;
};

struct removing {
	struct mk_tmda *t;
	const struct mk_tmda_root *root;
	struct owned *owned;		/* sorted by group */
	size_t n;
};

static int
by_group(const void *a, const void *b)
{
	const struct owned *x = a, *y = b;

	return x->group < y->group ? -1 : x->group > y->group;
}

static int
index_groups(struct removing *r, struct mk_error *err)
{
	struct mk_tmda *t = r->t;
	size_t i, j;

	r->owned = calloc(t->queues_n * MK_TMDA_GROUPS + 1,
	    sizeof *r->owned);
	if (r->owned == NULL)
		return mk_fail_sys(err, "remove");
	for (i = 0; i < t->queues_n; i++)
		for (j = 0; j < MK_TMDA_GROUPS; j++)
			if (t->queues[i]->groups[j] != NULL)
				r->owned[r->n++] = (struct owned){
				    t->queues[i]->groups[j], t->queues[i] };
	qsort(r->owned, r->n, sizeof *r->owned, by_group);
	return 0;
}

static const struct mk_tmda_queue *
queue_of(const struct removing *r, const struct mk_group *group)
{
	const struct owned key = { .group = group }, *found;

	found = bsearch(&key, r->owned, r->n, sizeof key, by_group);
	return found == NULL ? NULL : found->queue;
}

/* Whether the file is still what was planned; nothing of it is read again. */
static bool
confirm(void *data, struct mk_opened *o, const struct mk_item *item,
    const struct mk_message *msg)
{
	const struct removing *r = data;
	const struct mk_tmda *t = r->t;
	const struct mk_tmda_queue *q = queue_of(r, o->group);
	struct mk_tmda_name parsed;
	enum mk_tmda_file file;

	if (q == NULL)
		return false;
	if (item->kind == MK_TMDA_RESPONSES)
		return mk_tmda_response_name(msg->name, &parsed) ==
		    MK_TMDA_RESPONSE && mk_tmda_response_due(parsed.time_s,
		    &msg->st, t->conf->responses_lifetime_s, t->now_s);
	file = mk_tmda_pending_name(msg->name, &parsed);
	return (file == MK_TMDA_PENDING || file == MK_TMDA_LEFTOVER) &&
	    mk_tmda_due(t->conf->age == MK_TMDA_BY_CTIME ?
	    msg->st.st_ctim.tv_sec : parsed.time_s, q->lifetime_s, t->now_s);
}

/* The line of an audit. */
static void
removed(void *data, const struct mk_group *group, const struct mk_item *item,
    const struct mk_message *msg)
{
	const struct removing *r = data;
	struct mk_buf path = { 0 };
	char age[32];

	if (mk_group_path(group, msg->sub, msg->name, &path) == 0)
		mk_diag_info("removed %s/%s: tmda \"%s\", %s old%s",
		    r->root->path, path.data, r->t->conf->name,
		    mk_tmda_age_format(age, sizeof age, r->t->now_s -
		    item->since_s), item->archived ? ", archived" : "");
	mk_buf_free(&path);
}

static void
count(void *data, unsigned kind, const struct mk_group *group,
    const struct mk_removed *counts)
{
	const struct removing *r = data;
	const uint64_t values[MK_TMDA_COLUMNS] = {
		[MK_TMDA_REMOVED] = counts->removed,
		[MK_TMDA_BYTES] = counts->bytes,
		[MK_TMDA_ARCHIVED] = counts->archived,
		[MK_TMDA_VANISHED] = counts->vanished,
		[MK_TMDA_FAILED] = counts->failed,
	};

	(void)kind;
	(void)group;
	mk_tmda_count(r->t, values);
}

static void
append(struct mk_tmda *t, struct mk_tmda_queue *q)
{
	const struct mk_tmda_owner owner = { q->uid, q->gid };
	struct mk_error why, err;

	if (mk_tmda_append(&q->append, &q->senders, &owner, &why) == 0)
		return;
	mk_fail(&err, why.status, "%s; nothing pending in %s is removed",
	    why.text, q->path);
	mk_problems_tell(&t->problems, &err);
	mk_tmda_spare_messages(t, q, MK_TMDA_FAILED);
}

int
mk_tmda_remove(struct mk_tmda *t, struct mk_error *err)
{
	static const struct mk_removal_ops ops = {
		.confirm = confirm, .removed = removed, .count = count,
	};
	static const struct mk_list none;
	struct removing r = { .t = t };
	/* Responses are empty. */
	const struct mk_removal_kind kinds[MK_TMDA_KINDS] = {
		[MK_TMDA_MESSAGES] = { .archive = t->archive_fd == -1 ? NULL :
		    t->conf->archive, .archive_fd = t->archive_fd },
		[MK_TMDA_RESPONSES] = { .archive_fd = -1 },
	};
	struct mk_removal removal = {
		.quota_ignore = &none, .now_s = t->now_s,
		.threads = t->threads, .run_name = t->run_name,
		.kinds = kinds, .kinds_n = MK_TMDA_KINDS,
		.problems = &t->problems, .ops = &ops, .data = &r,
	};
	size_t i;
	int rv;

	for (i = 0; i < t->queues_n && !mk_stopped(); i++)
		append(t, t->queues[i]);
	rv = index_groups(&r, err);
	for (i = 0; i < MK_TMDA_ROOTS && rv == 0; i++) {
		r.root = &t->roots[i];
		removal.rootfd = r.root->fd;
		removal.root = r.root->path;
		rv = mk_removal_run(&removal, &t->roots[i].plan, err);
	}
	free(r.owned);
	return rv;
}
