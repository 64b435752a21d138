/* spamscan/delete - delete what scores above delete-above. */
#include "spamscan/delete.h"

#include "base/diag.h"
#include "mail/opened.h"
#include "mail/removal.h"

static const enum mk_state states[MK_DELETE_KINDS] = {
	MK_BY_HEADER, MK_BY_SPAMD
};

uint8_t
mk_delete_kind(enum mk_state state)
{
	return state == MK_BY_SPAMD;
}

/* The very file that was judged; whatever its flags are now. */
static bool
confirm(void *data, struct mk_opened *o, const struct mk_item *item,
    const struct mk_message *msg)
{
	(void)data;
	(void)o;
	return mk_opened_identity(&msg->st) == item->identity;
}

static void
removed(void *data, const struct mk_group *group, const struct mk_item *item,
    const struct mk_message *msg)
{
	const struct mk_spamscan *scan = data;
	struct mk_buf path = { 0 };

	(void)item;
	if (mk_group_path(group, msg->sub, msg->name, &path) == 0)
		mk_diag_info("deleted %s/%s", scan->root, path.data);
	mk_buf_free(&path);
}

static void
count(void *data, unsigned kind, const struct mk_group *group,
    const struct mk_removed *counts)
{
	mk_spamscan_count(data, mk_source_name(states[kind]), group->mailbox,
	    (const uint64_t[MK_SPAM_COLUMNS]){
		[MK_JUDGED] = counts->removed,
		[MK_SPAM_FOUND] = counts->removed,
		[MK_DELETED] = counts->removed,
		[MK_DELETED_BYTES] = counts->bytes,
		[MK_NOT_MOVED] = counts->failed,
	    });
}

int
mk_spamscan_delete(struct mk_spamscan *scan, struct mk_error *err)
{
	static const struct mk_removal_ops ops = {
		.confirm = confirm, .removed = removed, .count = count,
	};
	const struct mk_removal_kind kind = { .by_ledger = true,
	    .archive = scan->conf->keys.archive,
	    .archive_fd = scan->archive_fd };
	const struct mk_removal_kind kinds[MK_DELETE_KINDS] = { kind, kind };
	const struct mk_removal removal = {
		.rootfd = scan->rootfd, .root = scan->root,
		.quota_ignore = &scan->conf->host.quota_ignore,
		.now_s = scan->now_s, .threads = scan->threads,
		.run_name = scan->run_name, .kinds = kinds,
		.kinds_n = MK_DELETE_KINDS,
		.problems = &scan->problems, .ops = &ops, .data = scan,
	};

	return mk_removal_run(&removal, &scan->plan, err);
}
