/* expire/remove - carry a plan out, by the rules. */
#include <string.h>

#include "base/diag.h"
#include "expire/expire.h"
#include "mail/opened.h"
#include "mail/removal.h"

/*
 * Those that name the folder, if its mailbox has an account (still: the plan
 * may be an older one).  In doubt none, and so nothing goes.
 */
static uint64_t
kinds(void *data, const struct mk_group *group)
{
	const struct mk_expire *ex = data;
	mk_rule_set messages, tmp;

	if (group->plain ? mk_expire_path_kept(ex, group->path) :
	    !mk_expire_account(ex, group->mailbox, NULL))
		return 0;
	(void)mk_rule_match_group(ex->rules, ex->rules_n, group, &messages,
	    &tmp);
	return messages | tmp;
}

/* RULE as it is for the mailbox of GROUP; false where that has no account. */
static bool
adjusted(const struct mk_expire *ex, const struct mk_group *group,
    struct mk_rule *rule)
{
	struct mk_account account;

	if (group->plain)
		return true;
	if (!mk_expire_account(ex, group->mailbox, &account))
		return false;
	mk_rule_adjust(rule, &account);
	return true;
}

/*
 * Whether the folder, as it is now, is over RULE's cap.  Since the plan was
 * made its user may have taken mail out.
 */
static bool
over_cap(struct mk_opened *o, const struct mk_rule *rule)
{
	int64_t messages, bytes;

	if (mk_opened_count(o, &messages, &bytes) == -1)
		return false;
	return (rule->max_messages != MK_UNSET_INT &&
	    messages > rule->max_messages) ||
	    (rule->max_bytes != MK_UNSET_INT && bytes > rule->max_bytes);
}

static bool
confirm(void *data, struct mk_opened *o, const struct mk_item *item,
    const struct mk_message *msg)
{
	const struct mk_expire *ex = data;
	struct mk_rule rule = ex->rules[item->kind];
	struct mk_facts facts;
	int64_t due_s;

	if (rule.tmp != (item->sub == MK_SUB_TMP) ||
	    !adjusted(ex, o->group, &rule))
		return false;
	mk_expire_facts(&facts, &msg->st, msg->name, msg->uniq_len,
	    msg->flags, msg->sub, msg->in_folder_s);
	if (item->by_cap)
		return mk_rule_eligible(&rule, &facts) == MK_DUE &&
		    over_cap(o, &rule);
	return mk_rule_due(&rule, &facts, ex->now_s, &due_s) == MK_DUE;
}

/* The line of an audit: what went, and why. */
static void
removed(void *data, const struct mk_group *group, const struct mk_item *item,
    const struct mk_message *msg)
{
	const struct mk_expire *ex = data;
	const struct mk_rule *rule = &ex->rules[item->kind];
	struct mk_buf path = { 0 };
	char reason[96];

	if (mk_group_path(group, msg->sub, msg->name, &path) == 0)
		mk_diag_info("removed %s/%s: rule \"%s\", %s", ex->root,
		    path.data, rule->name, mk_rule_reason(reason,
		    sizeof reason, rule, item->by_cap ? MK_NEVER :
		    item->since_s, ex->now_s));
	mk_buf_free(&path);
}

static void
count(void *data, unsigned kind, const struct mk_group *group,
    const struct mk_removed *counts)
{
	const uint64_t values[MK_COLUMNS] = {
		[MK_REMOVED] = counts->removed,
		[MK_BYTES_FREED] = counts->bytes,
		[MK_ARCHIVED] = counts->archived,
		[MK_VANISHED] = counts->vanished,
		[MK_FAILED] = counts->failed,
	};

	mk_expire_count(data, kind, group->mailbox, values);
}

int
mk_expire_remove(struct mk_expire *ex, struct mk_error *err)
{
	static const struct mk_removal_ops ops = {
		.kinds = kinds, .confirm = confirm, .removed = removed,
		.count = count,
	};
	struct mk_removal_kind by_rule[MK_RULES_MAX];
	const struct mk_removal removal = {
		.rootfd = ex->rootfd, .root = ex->root,
		.quota_ignore = &ex->host->quota_ignore,
		.now_s = ex->now_s, .threads = ex->threads,
		.run_name = ex->run_name, .kinds = by_rule,
		.kinds_n = ex->rules_n, .problems = &ex->problems,
		.ops = &ops, .data = ex,
	};
	size_t r;

	for (r = 0; r < ex->rules_n; r++)
		by_rule[r] = (struct mk_removal_kind){
			.by_ledger = ex->rules[r].age == MK_AGE_IN_FOLDER,
			.archive = ex->rules[r].archive,
			.archive_fd = ex->archive_fds[r],
		};
	return mk_removal_run(&removal, &ex->plan, err);
}

static bool
spared(const struct mk_expire *ex, const struct mk_group *group,
    const struct mk_item *item)
{
	struct mk_rule rule = ex->rules[item->kind];

	if (!adjusted(ex, group, &rule))
		return true;
	if (item->by_cap)
		return !mk_rule_has_cap(&rule);
	return rule.older_than_s == MK_UNSET_INT ||
	    item->since_s > ex->now_s - rule.older_than_s;
}

void
mk_expire_spare(struct mk_expire *ex)
{
	struct mk_plan *plan = &ex->plan;
	struct mk_group *group;
	size_t i, j, kept;

	if (ex->accounts == NULL)
		return;
	for (i = 0; i < plan->n; i++) {
		group = plan->groups[i];
		kept = 0;
		if (!group->plain || !mk_expire_path_kept(ex, group->path))
			for (j = 0; j < group->n; j++)
				if (!spared(ex, group, &group->items[j]))
					group->items[kept++] =
					    group->items[j];
		plan->items -= group->n - kept;
		group->n = kept;
	}
}
