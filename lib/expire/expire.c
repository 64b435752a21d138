/* expire/expire - what the parts of one run share. */
#include "expire/expire.h"

#include <string.h>
#include <sys/stat.h>

#include "base/diag.h"
#include "mail/msgname.h"

const struct mk_column mk_expire_columns[MK_COLUMNS] = {
	[MK_WATCHED] = { "watched",
	    "Messages in the folders that rules watch", MK_COUNT, false },
	[MK_DUE_NOW] = { "due", "Messages found due", MK_COUNT, true },
	[MK_REMOVED] = { "removed", "Messages removed", MK_COUNT, true },
	[MK_BYTES_FREED] = { "removed_bytes", "Bytes of messages removed",
	    MK_BYTES, true },
	[MK_ARCHIVED] = { "archived", "Messages archived before removal",
	    MK_COUNT, false },
	[MK_FLAGGED] = { "kept_flagged",
	    "Messages kept because they are starred", MK_COUNT, false },
	[MK_UNREAD] = { "kept_unread",
	    "Messages kept because they are unread", MK_COUNT, false },
	[MK_VANISHED] = { "vanished",
	    "Due messages that were gone or moved before removal", MK_COUNT,
	    false },
	[MK_FAILED] = { "failed", "Due messages that could not be removed",
	    MK_COUNT, true },
};

void
mk_expire_problem(struct mk_expire *ex, const struct mk_error *err)
{
	int none = EX_OK, status = err->status;

	if (atomic_fetch_add(&ex->problems, 1) < MK_PROBLEMS_SHOWN ||
	    mk_diag_verbose())
		status = mk_diag_error(err);
	atomic_compare_exchange_strong(&ex->status, &none, status);
}

void
mk_expire_problems_end(struct mk_expire *ex)
{
	unsigned n = ex->problems;

	if (n > MK_PROBLEMS_SHOWN && !mk_diag_verbose())
		mk_diag_warn("and %u more problems; -v tells them all",
		    n - MK_PROBLEMS_SHOWN);
}

void
mk_expire_problem_at(struct mk_expire *ex, const struct mk_group *group,
    const char *what, const char *name)
{
	struct mk_error err;

	mk_fail_sys(&err, "%s %s/%s%s%s", what, ex->root, group->path,
	    name[0] == '\0' ? "" : "/", name);
	mk_expire_problem(ex, &err);
}

const char *
mk_expire_label(const struct mk_expire *ex, const char *mailbox)
{
	return mailbox[0] == '\0' ? ex->root : mailbox;
}

static void
add(struct mk_expire *ex, const char *group, const char *label,
    const uint64_t values[MK_COLUMNS])
{
	struct mk_error err;

	if (mk_report_add(ex->report, group, label, values) == -1) {
		mk_fail_sys(&err, "count for the report");
		mk_expire_problem(ex, &err);
	}
}

void
mk_expire_count(struct mk_expire *ex, size_t rule, const char *mailbox,
    const uint64_t values[MK_COLUMNS])
{
	uint64_t common[MK_COLUMNS];

	if (ex->rows)
		add(ex, "rule", ex->rules[rule].name, values);
	memcpy(common, values, sizeof common);
	common[MK_WATCHED] = 0;
	add(ex, NULL, NULL, common);
	if (ex->mailbox_rows)
		add(ex, "mailbox", mk_expire_label(ex, mailbox), common);
}

void
mk_expire_watched(struct mk_expire *ex, const char *mailbox, uint64_t n)
{
	uint64_t values[MK_COLUMNS] = { [MK_WATCHED] = n };

	atomic_fetch_add(&ex->watched, n);
	if (ex->mailbox_rows)
		add(ex, "mailbox", mk_expire_label(ex, mailbox), values);
}

bool
mk_expire_braked(const struct mk_rule *rule)
{
	return rule->path == NULL ? !rule->tmp : rule->older_than_s != 0;
}

void
mk_expire_facts(struct mk_facts *facts, const struct stat *st,
    const char *name, size_t uniq_len, unsigned flags, enum mk_sub sub,
    int64_t in_folder_s)
{
	*facts = (struct mk_facts){
		.in_folder_s = in_folder_s,
		.mtime_s = st->st_mtim.tv_sec,
		.ctime_s = st->st_ctim.tv_sec,
		.name_s = mk_msgname_time(name),
		.size_bytes = mk_msgname_size(name, uniq_len),
		.flags = flags, .in_new = sub == MK_SUB_NEW,
	};
	if (facts->size_bytes == -1)
		facts->size_bytes = st->st_size;
	if (in_folder_s == MK_NEVER)
		facts->in_folder_s = facts->mtime_s > facts->ctime_s ?
		    facts->mtime_s : facts->ctime_s;
}
