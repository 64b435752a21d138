/* spamscan/spamscan - what the parts of one run share. */
#include "spamscan/spamscan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/diag.h"
#include "base/json.h"
#include "base/progress.h"

const struct mk_column mk_spamscan_columns[MK_SPAM_COLUMNS] = {
	[MK_SEEN] = { "messages", "Messages in the folders that are scanned",
	    MK_TOTAL, false },
	[MK_JUDGED] = { "judged", "Messages judged", MK_COUNT, true },
	[MK_SPAM_FOUND] = { "spam",
	    "Messages found with a score of their account's limit or more",
	    MK_COUNT, true },
	[MK_JUNKED] = { "junked", "Messages moved to the Junk folder",
	    MK_COUNT, true },
	[MK_JUNKED_BYTES] = { "junked_bytes", "Bytes of messages moved to the "
	    "Junk folder", MK_BYTES, false },
	[MK_DELETED] = { "deleted", "Messages deleted for their score",
	    MK_COUNT, true },
	[MK_DELETED_BYTES] = { "deleted_bytes", "Bytes of messages deleted",
	    MK_BYTES, false },
	[MK_NO_SCORE] = { "unscored", "Messages for which no source has a "
	    "score", MK_COUNT, true },
	[MK_WAITING] = { "waiting",
	    "Messages that spamd did not score, left for the next run",
	    MK_COUNT, true },
	[MK_KEPT_BACK] = { "taken_back",
	    "Messages left alone since their user took them out of Junk",
	    MK_COUNT, false },
	[MK_NOT_MOVED] = { "failed", "Messages that could not be moved",
	    MK_COUNT, true },
};

int64_t
mk_spamscan_limit(const struct mk_spamscan *scan, const char *mailbox)
{
	struct mk_account account;

	if (scan->accounts == NULL)
		return scan->conf->keys.limit;
	if (!mk_accounts_find(scan->accounts, mailbox, &account))
		return 0;
	return mk_account_limit(&account, scan->conf->keys.limit);
}

int64_t
mk_spamscan_delete_above(const struct mk_spamscan *scan, const char *mailbox)
{
	struct mk_account account;

	if (scan->accounts != NULL &&
	    mk_accounts_find(scan->accounts, mailbox, &account) &&
	    account.keep)
		return 0;
	return scan->conf->keys.delete_above;
}

int
mk_spamscan_wants(const struct mk_spamscan *scan, const char *mailbox)
{
	if (mk_spamscan_limit(scan, mailbox) <= 0)
		return 0;
	if (scan->users->n == 0)
		return 1;
	return scan->accounts == NULL ? mk_account_match(scan->users,
	    mailbox) : mk_accounts_match(scan->accounts, scan->users,
	    mailbox);
}

bool
mk_spamscan_is_junk(const struct mk_spamscan *scan,
    const struct mk_folder *folder)
{
	return strcmp(folder->place,
	    scan->junk_place[folder->layout == MK_FS]) == 0;
}

static void
add(struct mk_spamscan *scan, const char *group, const char *label,
    const uint64_t values[MK_SPAM_COLUMNS])
{
	struct mk_error err;

	if (mk_report_add(scan->report, group, label, values) == -1) {
		mk_fail_sys(&err, "count for the report");
		mk_problems_tell(&scan->problems, &err);
	}
}

void
mk_spamscan_count(struct mk_spamscan *scan, const char *source,
    const char *mailbox, const uint64_t values[MK_SPAM_COLUMNS])
{
	add(scan, NULL, NULL, values);
	if (source != NULL)
		add(scan, "source", source, values);
	if (scan->mailbox_rows)
		add(scan, "mailbox", mailbox[0] == '\0' ? scan->root :
		    mailbox, values);
}

/* "header (exim)", "spamd", "none". */
static const char *
source_text(const struct mk_judged *judged, char buf[40])
{
	if (judged->known.state == MK_BY_SPAMD)
		return "spamd";
	if (judged->known.state != MK_BY_HEADER)
		return "none";
	snprintf(buf, 40, "header%s%s%s", judged->dialect == -1 ? "" : " (",
	    judged->dialect == -1 ? "" : mk_dialect_name(
	    (enum mk_dialect)judged->dialect), judged->dialect == -1 ? "" :
	    ")");
	return buf;
}

static bool
has_score(const struct mk_judged *judged)
{
	return judged->known.state == MK_BY_HEADER ||
	    judged->known.state == MK_BY_SPAMD;
}

static void
tell_json(const struct mk_judged *judged, const char *user)
{
	struct mk_json json;

	mk_json_begin(&json, stdout);
	mk_json_object(&json, NULL);
	mk_json_string(&json, "user", user);
	mk_json_string(&json, "message", judged->path);
	if (has_score(judged))
		mk_json_milli(&json, "score", judged->known.score * 10);
	else
		mk_json_null(&json, "score");
	mk_json_string(&json, "source", mk_source_name(judged->known.state));
	if (judged->dialect != -1)
		mk_json_string(&json, "dialect",
		    mk_dialect_name((enum mk_dialect)judged->dialect));
	mk_json_milli(&json, "limit", judged->limit * 10);
	mk_json_string(&json, "state", mk_state_name(judged->known.state));
	mk_json_string(&json, "action", judged->action);
	mk_json_close_object(&json);
	mk_json_end(&json);
}

static void
tell_text(struct mk_spamscan *scan, const struct mk_judged *judged,
    const char *user)
{
	bool moves = strcmp(judged->action, "keep") != 0;
	char score[MK_DECIMAL_MAX], limit[MK_DECIMAL_MAX], source[40];
	struct mk_buf line = { 0 };
	char *escaped;

	if (mk_buf_addf(&line, "%s: %s/%s: ", user, scan->root,
	    judged->path) == -1 || (has_score(judged) ?
	    mk_buf_addf(&line, "score %s by %s, limit %s: %s",
	    mk_decimal_format(score, sizeof score, judged->known.score),
	    source_text(judged, source),
	    mk_decimal_format(limit, sizeof limit, judged->limit),
	    judged->action) :
	    mk_buf_addf(&line, "%s: %s", mk_state_name(judged->known.state),
	    judged->action)) == -1)
		goto out;
	if (!scan->dry_run)
		mk_diag_info("%s", line.data);
	else if (moves || mk_diag_verbose()) {
		escaped = malloc(line.len * 4 + 1);
		mk_progress_wipe();
		if (escaped != NULL)
			puts(mk_diag_escape(escaped, line.len * 4 + 1,
			    line.data));
		free(escaped);
	}
out:
	mk_buf_free(&line);
}

void
mk_spamscan_tell(struct mk_spamscan *scan, const struct mk_judged *judged)
{
	struct mk_buf user = { 0 };
	struct mk_error err;
	bool failed;

	if (!scan->lines && !scan->dry_run && !mk_diag_verbose())
		return;
	if (scan->accounts == NULL || mk_accounts_email(scan->accounts,
	    judged->mailbox, &user) == -1 || user.len == 0) {
		mk_buf_cut(&user, 0);
		(void)mk_buf_addf(&user, "%s", judged->mailbox[0] == '\0' ?
		    scan->root : judged->mailbox);
	}
	pthread_mutex_lock(&scan->telling);
	failed = ferror(stdout);
	if (scan->lines)
		tell_json(judged, user.data == NULL ? "" : user.data);
	else
		tell_text(scan, judged, user.data == NULL ? "" : user.data);
	if (!failed && ferror(stdout)) {	/* now errno tells why */
		mk_fail_sys(&err, "standard output");
		mk_problems_tell(&scan->problems, &err);
	}
	pthread_mutex_unlock(&scan->telling);
	mk_buf_free(&user);
}
