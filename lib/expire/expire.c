/* expire/expire - what the parts of one run share. */
#include "expire/expire.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

bool
mk_expire_account(const struct mk_expire *ex, const char *mailbox,
    struct mk_account *account)
{
	if (account != NULL)
		*account = (struct mk_account){ .limit = MK_ACCOUNT_UNSET,
		    .junk_days = MK_ACCOUNT_UNSET,
		    .trash_days = MK_ACCOUNT_UNSET };
	return ex->accounts == NULL ||
	    mk_accounts_find(ex->accounts, mailbox, account);
}

bool
mk_expire_path_kept(const struct mk_expire *ex, const char *path)
{
	struct mk_account account = { .keep = false };
	char *copy, *slash;
	bool kept;

	if (ex->accounts == NULL)
		return false;
	copy = strdup(path);
	kept = copy == NULL;
	while (!kept) {
		/* Also what only rows name that were refused. */
		(void)mk_accounts_find(ex->accounts, copy, &account);
		kept = account.keep;
		slash = strrchr(copy, '/');
		if (slash == NULL)
			break;
		*slash = '\0';
	}
	free(copy);
	return kept;
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
		mk_problems_tell(&ex->problems, &err);
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
	return rule->path == NULL ? !rule->tmp && mk_rule_removes(rule) :
	    rule->older_than_s != 0;
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
