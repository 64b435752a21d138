/*
 * expire/remove - carry a plan out: the one place that removes mail.
 *
 * Mailbox by mailbox, over threads: archive what is to be archived, and only
 * then remove, folder by folder, each message asked again; then the quota
 * line, then the ledger.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/pool.h"
#include "base/progress.h"
#include "base/stop.h"
#include "base/sys.h"
#include "expire/expire.h"
#include "expire/opened.h"
#include "expire/store.h"
#include "mail/quota.h"

#define IN_PLACE_EVERY	16		/* messages */

struct piece {				/* the groups of one mailbox */
	size_t first, n;
};

struct removal {			/* from one folder */
	struct mk_opened o;
	uint64_t counts[MK_RULES_MAX][MK_COLUMNS];
	int64_t quota_bytes, quota_count;
};

/* The line of an audit: what went, and why. */
static void
tell(const struct mk_opened *o, const struct mk_item *item,
    const struct mk_message *msg)
{
	const struct mk_rule *rule = &o->ex->rules[item->rule];
	struct mk_buf path = { 0 };
	char reason[96];

	if (mk_group_path(o->group, msg->sub, msg->name, &path) == 0)
		mk_diag_info("removed %s/%s: rule \"%s\", %s", o->ex->root,
		    path.data, rule->name, mk_rule_reason(reason,
		    sizeof reason, rule, item->by_cap ? MK_NEVER :
		    item->since_s, o->ex->now_s));
	mk_buf_free(&path);
}

static void
account(struct removal *rm, const struct mk_item *item,
    const struct mk_message *msg)
{
	uint64_t *counts = rm->counts[item->rule];

	counts[MK_REMOVED]++;
	counts[MK_ARCHIVED] += item->archived;
	if (msg->st.st_nlink == 1)
		counts[MK_BYTES_FREED] += (uint64_t)msg->st.st_size;
	if (!rm->o.group->plain && msg->sub != MK_SUB_TMP) {
		rm->quota_bytes -= msg->facts.size_bytes;
		rm->quota_count--;
	}
	mk_opened_removed(&rm->o, msg);
	if (mk_diag_verbose())
		tell(&rm->o, item, msg);
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
	    "the next run will archive it anew", o->ex->root, o->group->path,
	    msg->name);
	mk_expire_problem(o->ex, &err);
	return false;
}

static void
remove_item(struct removal *rm, const struct mk_item *item)
{
	struct mk_opened *o = &rm->o;
	struct mk_message msg;
	uint64_t *counts = rm->counts[item->rule];
	int tries;

	/* Twice: it may be renamed between being asked and being removed. */
	for (tries = 0; tries < 2; tries++) {
		switch (mk_opened_confirm(o, item, &msg)) {
		case MK_GO:
			break;
		case MK_REFUSED:
			counts[MK_FAILED]++;
			return;
		default:
			counts[MK_VANISHED]++;
			return;
		}
		if (o->ex->rules[item->rule].archive != NULL &&
		    !is_stored(o, item, &msg)) {
			counts[MK_FAILED]++;
			return;
		}
		if (unlinkat(o->sub_fds[msg.sub], msg.name, 0) == 0) {
			account(rm, item, &msg);
			return;
		}
		if (errno != ENOENT) {
			mk_expire_problem_at(o->ex, o->group, "remove",
			    msg.name);
			counts[MK_FAILED]++;
			return;
		}
		mk_opened_look_again(o);
	}
	counts[MK_VANISHED]++;
}

static void
save_ledger(struct mk_opened *o)
{
	struct mk_ledger_head head = o->ledger.head;
	struct mk_error why, err;

	if (!o->with_ledger)
		return;
	head.cur_ns = head.new_ns = MK_RACY;	/* we have changed them */
	/* The scan may have left the writing to us. */
	if (head.last_pass_s < o->ex->now_s)
		head.last_pass_s = o->ex->now_s;
	if (mk_ledger_save(&o->ledger, &head, &why) == -1) {
		mk_fail(&err, why.status, "%s/%s: %s: %s", o->ex->root,
		    o->group->path, MK_LEDGER_NAME, why.text);
		mk_expire_problem(o->ex, &err);
	}
}

static void
save_quota(const struct removal *rm, int mailboxfd, uint64_t mark)
{
	const struct mk_group *group = rm->o.group;
	struct mk_expire *ex = rm->o.ex;
	struct mk_error why, err;

	if (rm->quota_count == 0 || !mk_quota_counts(&ex->host->quota_ignore,
	    group->layout, group->place) || mk_quota_add(mailboxfd, mark,
	    rm->quota_bytes, rm->quota_count, &why) == 0)
		return;
	mk_fail(&err, why.status, "%s/%s: %s; have it counted anew (doveadm "
	    "quota recalc)", ex->root, group->mailbox, why.text);
	mk_expire_problem(ex, &err);
}

static void
remove_group(struct mk_expire *ex, const struct mk_group *group,
    int mailboxfd)
{
	static const uint64_t none[MK_COLUMNS];
	struct removal rm = { 0 };
	uint64_t mark = mk_quota_mark(mailboxfd);
	size_t i, r;
	int refused = mk_opened_open(&rm.o, ex, group);

	for (i = 0; i < group->n && !mk_stopped(); i++) {
		if (refused == 0 && i > 0 && i % IN_PLACE_EVERY == 0 &&
		    !mk_opened_in_place(&rm.o)) {
			errno = ESTALE;
			mk_expire_problem_at(ex, group, "renamed meanwhile:",
			    "");
			break;
		}
		if (refused == 0)
			remove_item(&rm, &group->items[i]);
		else
			rm.counts[group->items[i].rule][refused == 1 ?
			    MK_FAILED : MK_VANISHED]++;
	}
	if (refused == 0) {
		save_quota(&rm, mailboxfd, mark);
		save_ledger(&rm.o);
	}
	for (r = 0; r < ex->rules_n; r++)
		if (memcmp(rm.counts[r], none, sizeof none) != 0)
			mk_expire_count(ex, r, group->mailbox, rm.counts[r]);
	mk_opened_close(&rm.o);
	mk_progress_step(group->n);
}

static void
mailbox(struct mk_pool *pool, void *data, void *item, unsigned worker)
{
	struct mk_expire *ex = data;
	struct piece *piece = item;
	const struct mk_group *first = ex->plan.groups[piece->first];
	size_t i;
	int fd;

	(void)pool;
	(void)worker;
	if (mk_stopped()) {
		free(piece);
		return;
	}
	mk_store_mailbox(ex, ex->plan.groups + piece->first, piece->n);
	fd = mk_sys_open_dir(ex->rootfd, first->mailbox[0] == '\0' ? "." :
	    first->mailbox);
	if (fd == -1)
		mk_expire_problem_at(ex, first, "open the mailbox of", "");
	else
		for (i = 0; i < piece->n; i++)
			remove_group(ex, ex->plan.groups[piece->first + i],
			    fd);
	if (fd != -1)
		close(fd);
	free(piece);
}

/* Queue the groups, mailbox by mailbox. */
static int
queue(struct mk_expire *ex, struct mk_pool *pool)
{
	const struct mk_plan *plan = &ex->plan;
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
mk_expire_remove(struct mk_expire *ex, struct mk_error *err)
{
	struct mk_pool *pool;
	int rv = 0;

	if (ex->plan.n == 0)
		return 0;
	if (mk_plan_sort(&ex->plan) == -1)
		return mk_fail_sys(err, "sort the plan");
	if (mk_store_open(ex, err) == -1)
		return -1;
	pool = mk_pool_new(ex->threads, mailbox, ex, err);
	if (pool == NULL)
		return -1;
	mk_progress_phase("removing", ex->plan.items);
	if (queue(ex, pool) == -1)
		rv = mk_fail_sys(err, "queue the removal");
	mk_pool_run(pool);
	mk_pool_free(pool);
	if (mk_stopped())
		rv = mk_fail(err, EX_TEMPFAIL, "interrupted; the next run "
		    "goes on");
	return rv;
}
