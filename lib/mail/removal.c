/* mail/removal - carry a plan out: the one place that removes mail. */
#include "mail/removal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/pool.h"
#include "base/progress.h"
#include "base/stop.h"
#include "base/sys.h"
#include "mail/opened.h"
#include "mail/quota.h"
#include "mail/store.h"

#define IN_PLACE_EVERY	16		/* messages */

struct work {				/* all of it */
	const struct mk_removal *removal;
	struct mk_plan *plan;
	struct mk_store store;
};

struct piece {				/* the groups of one mailbox */
	size_t first, n;
};

struct folder {				/* one being removed from */
	struct mk_opened o;
	struct mk_removed counts[MK_KINDS_MAX];
	int64_t quota_bytes, quota_count;
};

void
mk_removal_problem(const struct mk_removal *removal,
    const struct mk_group *group, const char *what, const char *name)
{
	struct mk_error err;

	mk_fail_sys(&err, "%s %s/%s%s%s", what, removal->root, group->path,
	    name[0] == '\0' ? "" : "/", name);
	mk_problems_tell(removal->problems, &err);
}

static void
account(struct folder *f, const struct mk_item *item,
    const struct mk_message *msg)
{
	const struct mk_removal *removal = f->o.removal;
	struct mk_removed *counts = &f->counts[item->kind];

	counts->removed++;
	counts->archived += item->archived;
	if (msg->st.st_nlink == 1)
		counts->bytes += (uint64_t)msg->st.st_size;
	if (!f->o.group->plain && msg->sub != MK_SUB_TMP) {
		f->quota_bytes -= msg->size_bytes;
		f->quota_count--;
	}
	mk_opened_removed(&f->o, msg);
	if (mk_diag_verbose() && removal->ops->removed != NULL)
		removal->ops->removed(removal->data, f->o.group, item, msg);
}

/* Whether this very file lies safely in an archive; if not, that was said. */
static bool
is_stored(const struct mk_opened *o, const struct mk_item *item,
    const struct mk_message *msg)
{
	struct mk_error err;

	if (!item->archived)
		return false;
	if (item->identity == mk_opened_identity(&msg->st))
		return true;
	mk_fail(&err, EX_TEMPFAIL, "%s/%s/%s: changed since it was archived; "
	    "the next run will archive it anew", o->removal->root,
	    o->group->path, msg->name);
	mk_problems_tell(o->removal->problems, &err);
	return false;
}

static void
remove_item(struct folder *f, const struct mk_item *item)
{
	struct mk_opened *o = &f->o;
	struct mk_removed *counts = &f->counts[item->kind];
	struct mk_message msg;
	int tries;

	/* Twice: it may be renamed between being asked and being removed. */
	for (tries = 0; tries < 2; tries++) {
		switch (mk_opened_confirm(o, item, &msg)) {
		case MK_GO:
			break;
		case MK_REFUSED:
			counts->failed++;
			return;
		default:
			counts->vanished++;
			return;
		}
		if (o->removal->kinds[item->kind].archive != NULL &&
		    !is_stored(o, item, &msg)) {
			counts->failed++;
			return;
		}
		if (unlinkat(o->sub_fds[msg.sub], msg.name, 0) == 0) {
			account(f, item, &msg);
			return;
		}
		if (errno != ENOENT) {
			mk_removal_problem(o->removal, o->group, "remove",
			    msg.name);
			counts->failed++;
			return;
		}
		mk_opened_look_again(o);
	}
	counts->vanished++;
}

static void
save_ledger(struct mk_opened *o)
{
	struct mk_ledger_head head = o->ledger.head;
	struct mk_error why, err;

	if (!o->with_ledger)
		return;
	head.cur_ns = head.new_ns = MK_RACY;	/* we have changed them */
	head.rules = 0;		/* nor was this anybody's pass over all */
	/* The scan may have left the writing to us. */
	if (head.last_pass_s < o->removal->now_s)
		head.last_pass_s = o->removal->now_s;
	if (mk_ledger_save(&o->ledger, &head, &why) == -1) {
		mk_fail(&err, why.status, "%s/%s: %s: %s", o->removal->root,
		    o->group->path, MK_LEDGER_NAME, why.text);
		mk_problems_tell(o->removal->problems, &err);
	}
}

static void
save_quota(const struct folder *f, int mailboxfd, uint64_t mark)
{
	const struct mk_removal *removal = f->o.removal;
	const struct mk_group *group = f->o.group;
	struct mk_error why, err;

	if (f->quota_count == 0 || !mk_quota_counts(removal->quota_ignore,
	    group->layout, group->place) || mk_quota_add(mailboxfd, mark,
	    f->quota_bytes, f->quota_count, &why) == 0)
		return;
	mk_fail(&err, why.status, "%s/%s: %s; have it counted anew (doveadm "
	    "quota recalc)", removal->root, group->mailbox, why.text);
	mk_problems_tell(removal->problems, &err);
}

static void
remove_group(const struct mk_removal *removal, const struct mk_group *group,
    int mailboxfd)
{
	static const struct mk_removed none;
	struct folder f = { 0 };
	uint64_t mark = mk_quota_mark(mailboxfd);
	unsigned kind;
	size_t i;
	int refused = mk_opened_open(&f.o, removal, group);

	for (i = 0; i < group->n && !mk_stopped(); i++) {
		if (refused == 0 && i > 0 && i % IN_PLACE_EVERY == 0 &&
		    !mk_opened_in_place(&f.o)) {
			errno = ESTALE;
			mk_removal_problem(removal, group,
			    "renamed meanwhile:", "");
			break;
		}
		if (refused == 0)
			remove_item(&f, &group->items[i]);
		else if (refused == 1)
			f.counts[group->items[i].kind].failed++;
		else
			f.counts[group->items[i].kind].vanished++;
	}
	if (refused == 0) {
		save_quota(&f, mailboxfd, mark);
		save_ledger(&f.o);
	}
	for (kind = 0; kind < removal->kinds_n; kind++)
		if (memcmp(&f.counts[kind], &none, sizeof none) != 0)
			removal->ops->count(removal->data, kind, group,
			    &f.counts[kind]);
	mk_opened_close(&f.o);
	mk_progress_step(group->n);
}

static void
mailbox(struct mk_pool *pool, void *data, void *item, unsigned worker)
{
	const struct work *work = data;
	struct piece *piece = item;
	struct mk_group **groups = work->plan->groups + piece->first;
	const struct mk_removal *removal = work->removal;
	size_t i;
	int fd;

	(void)pool;
	(void)worker;
	if (mk_stopped()) {
		free(piece);
		return;
	}
	mk_store_mailbox(&work->store, groups, piece->n);
	fd = mk_sys_open_dir(removal->rootfd, groups[0]->mailbox[0] == '\0' ?
	    "." : groups[0]->mailbox);
	if (fd == -1)
		mk_removal_problem(removal, groups[0], "open the mailbox of",
		    "");
	else
		for (i = 0; i < piece->n; i++)
			remove_group(removal, groups[i], fd);
	if (fd != -1)
		close(fd);
	free(piece);
}

/* Queue the groups, mailbox by mailbox. */
static int
queue(const struct mk_plan *plan, struct mk_pool *pool)
{
	struct piece *piece;
	size_t i, n;

	for (i = 0; i < plan->n; i += n) {
		for (n = 1; i + n < plan->n; n++)
			if (strcmp(plan->groups[i + n]->mailbox,
			    plan->groups[i]->mailbox) != 0)
				break;
		piece = malloc(sizeof *piece);
		if (piece == NULL)
			return -1;
		*piece = (struct piece){ .first = i, .n = n };
		if (mk_pool_push(pool, piece) == -1) {
			free(piece);
			return -1;
		}
	}
	return 0;
}

int
mk_removal_run(const struct mk_removal *removal, struct mk_plan *plan,
    struct mk_error *err)
{
	struct work work = { .removal = removal, .plan = plan };
	struct mk_pool *pool = NULL;
	int rv = -1;

	if (plan->n == 0)
		return 0;
	if (mk_plan_sort(plan) == -1)
		return mk_fail_sys(err, "sort the plan");
	if (mk_store_open(&work.store, removal, plan, err) == -1)
		goto out;
	pool = mk_pool_new(removal->threads, mailbox, &work, err);
	if (pool == NULL)
		goto out;
	mk_progress_phase("removing", plan->items);
	rv = 0;
	if (queue(plan, pool) == -1)
		rv = mk_fail_sys(err, "queue the removal");
	mk_pool_run(pool);
	if (mk_stopped())
		rv = mk_fail(err, EX_TEMPFAIL, "interrupted; the next run "
		    "goes on");
out:
	mk_pool_free(pool);
	mk_store_close(&work.store);
	return rv;
}
