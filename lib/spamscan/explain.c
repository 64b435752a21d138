/* spamscan/explain - why a message would move, or would not. */
#include "spamscan/explain.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/decimal.h"
#include "base/diag.h"
#include "base/duration.h"
#include "mail/msgname.h"
#include "mail/pass.h"
#include "mail/source.h"
#include "spamscan/box.h"
#include "spamscan/explain_print.h"
#include "spamscan/judge.h"
#include "spamscan/look.h"

struct explain {
	struct mk_spamscan *scan;
	const struct mk_explain_file *file;
	struct mk_source *source;
	char *folder;			/* below the root, where it lies */
	struct mk_explained told;
	struct mk_judgement j;
	int status;			/* EX_OK, or what kept it from being
					 * explained, with .why */
	struct mk_error why;
};

/* ---- the verdict */

static int conclude(struct explain *e, enum mk_explain_verdict verdict,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static int
conclude(struct explain *e, enum mk_explain_verdict verdict, const char *fmt,
    ...)
{
	va_list ap;

	e->told.verdict = verdict;
	va_start(ap, fmt);
	vsnprintf(e->told.why, sizeof e->told.why, fmt, ap);
	va_end(ap);
	return 0;
}

static int
taken_back(struct explain *e)
{
	return conclude(e, MK_EXPLAIN_STAYS, "its user took it back out of "
	    "Junk");
}

/* A score below the limit, or not; for messages judged. */
static const char *
compare(const struct explain *e, char *buf, size_t size)
{
	char score[MK_DECIMAL_MAX], limit[MK_DECIMAL_MAX];

	snprintf(buf, size, "%s is %s%s", mk_decimal_format(score,
	    sizeof score, e->told.known.score),
	    e->told.known.score < e->told.limit ? "less than " : "",
	    mk_decimal_format(limit, sizeof limit, e->told.limit));
	if (e->told.known.score >= e->told.limit)
		snprintf(buf + strlen(buf), size - strlen(buf), " or more");
	return buf;
}

/* It is spam by its score: what becomes of it? */
static int
decide_spam(struct explain *e, const struct mk_folder *folder,
    enum mk_verdict_spam verdict)
{
	const struct mk_spamscan_keys *keys = &e->scan->conf->keys;
	char text[128], above[MK_DECIMAL_MAX];
	struct mk_box box = MK_BOX(e->scan, folder);
	int taken = 0;

	compare(e, text, sizeof text);
	if (keys->action == MK_ACTION_REPORT)
		return conclude(e, MK_EXPLAIN_REPORTED, "%s, and action = "
		    "report", text);
	if (folder != NULL) {
		taken = mk_box_taken_back(&box, mk_judgement_print(&e->j));
		mk_box_close(&box);
	}
	if (taken == 1)
		return taken_back(e);
	if (taken == -1)
		return conclude(e, MK_EXPLAIN_STAYS, "%s, but whether its "
		    "user took it back can't be told", text);
	if (verdict == MK_SPAM_DELETE)
		return conclude(e, MK_EXPLAIN_DELETED, "%s, and above %s, "
		    "delete-above", text, mk_decimal_format(above,
		    sizeof above, keys->delete_above));
	return conclude(e, MK_EXPLAIN_MOVES, "%s", text);
}

/* What the next run makes of what an earlier one remembered. */
static int
decide_settled(struct explain *e)
{
	char text[128];

	e->told.known = e->told.remembered;
	switch (e->told.remembered.state) {
	case MK_BY_HEADER:
	case MK_BY_SPAMD:
		return conclude(e, MK_EXPLAIN_STAYS, "%s%s", compare(e, text,
		    sizeof text), e->told.known.score < e->told.limit ? "" :
		    ", but it was judged before, and stayed; --rescan judges "
		    "it anew");
	case MK_TAKEN_BACK:
		return taken_back(e);
	case MK_TOO_OLD:
		return conclude(e, MK_EXPLAIN_ALONE, "older than max-age when "
		    "it was first seen here");
	case MK_UNREADABLE:
		return conclude(e, MK_EXPLAIN_STAYS, "encrypted or damaged, "
		    "so it can't be judged");
	default:
		return conclude(e, MK_EXPLAIN_STAYS, "no source has a score "
		    "for it");
	}
}

static int
ask_spamd(struct explain *e)
{
	const char *user = e->told.user.len == 0 ? NULL : e->told.user.data;

	if (mk_judge_by_spamd(e->scan, e->source, e->file->fd, user, &e->j,
	    &e->why) == 0)
		return 0;
	e->status = e->why.status;
	conclude(e, MK_EXPLAIN_WAITS, "%s", e->why.text);
	return -1;
}

/* Not known yet: as a run would judge it. */
static int
decide_new(struct explain *e, const struct mk_folder *folder, int64_t oldest_s)
{
	const struct mk_spamscan_keys *keys = &e->scan->conf->keys;
	char text[128];
	enum mk_verdict_spam verdict;

	e->told.known = e->j.known;
	if (e->file->st.st_mtim.tv_sec < oldest_s)
		return conclude(e, MK_EXPLAIN_ALONE, "older than max-age, %s",
		    mk_duration_format(text, sizeof text, keys->max_age_s));
	if (e->j.known.state == MK_NEW && ask_spamd(e) == -1)
		return 0;
	e->told.known = e->j.known;
	switch (e->j.known.state) {
	case MK_BY_HEADER:
	case MK_BY_SPAMD:
		break;
	case MK_UNREADABLE:
		return conclude(e, MK_EXPLAIN_STAYS, "encrypted or damaged, "
		    "so it can't be judged");
	default:
		return conclude(e, MK_EXPLAIN_STAYS, "no source has a score "
		    "for it");
	}
	verdict = mk_spam_verdict(e->told.known.score, e->told.limit,
	    folder == NULL ? keys->delete_above :
	    mk_spamscan_delete_above(e->scan, folder->mailbox));
	if (verdict == MK_HAM)
		return conclude(e, MK_EXPLAIN_STAYS, "%s", compare(e, text,
		    sizeof text));
	return decide_spam(e, folder, verdict);
}

/* Whether its folder is scanned; if not, that is the verdict.  1, 0, -1. */
static int
is_scanned(struct explain *e, const struct mk_folder *folder)
{
	const struct mk_patterns patterns = {
	    .list = &e->scan->conf->keys.folders };
	int rv;

	if (!e->told.has_account)
		return conclude(e, MK_EXPLAIN_UNSCANNED, "no account");
	if (e->told.limit <= 0)
		return conclude(e, MK_EXPLAIN_UNSCANNED, "limit 0");
	if (mk_spamscan_is_junk(e->scan, folder))
		return conclude(e, MK_EXPLAIN_STAYS, "it lies in Junk "
		    "already");
	rv = mk_folder_match(&patterns, folder->layout, folder->name);
	if (rv == 0)
		return conclude(e, MK_EXPLAIN_UNSCANNED, "the key folder does "
		    "not name this folder");
	return rv;
}

static int
decide(struct explain *e, const struct mk_folder *folder,
    const struct mk_ledger_entry *entry)
{
	int rv = folder == NULL ? 1 : is_scanned(e, folder);

	if (rv != 1) {
		e->told.known = e->told.is_remembered ? e->told.remembered :
		    e->j.known;
		return rv;
	}
	if (e->told.is_remembered && mk_known_settled(&e->told.remembered,
	    e->scan->fingerprint & 0x7f))
		return decide_settled(e);
	return decide_new(e, folder, mk_look_oldest(e->scan, entry));
}

/* ---- the message */

static void
field(void *data, const char *line, const char *why)
{
	struct explain *e = data;

	if (mk_explained_field(&e->told, line, why) == -1 &&
	    e->status == EX_OK) {
		mk_fail_sys(&e->why, "explain");
		e->status = e->why.status;
	}
}

static bool
reads_headers(const struct mk_spamscan_conf *conf)
{
	int sources[3];
	size_t i;

	mk_spamscan_sources(&conf->keys, sources);
	for (i = 0; sources[i] != 0; i++)
		if (sources[i] == MK_SOURCE_HEADER)
			return true;
	return false;
}

/* Its header's lines, and the judgement as far as it goes without spamd. */
static int
read_header(struct explain *e, struct mk_error *err)
{
	const struct mk_spamscan_conf *conf = e->scan->conf;
	const struct mk_trust_tell tell = { .data = e, .field = field };
	struct mk_header_score score;
	const char *header;
	size_t len;
	int rv;

	if (lseek(e->file->fd, 0, SEEK_SET) == -1)
		return mk_fail_sys(err, "%s", e->file->name);
	if (mk_judge(e->scan, e->source, e->file->fd, &e->j, err) == -1)
		return -1;
	e->told.header = reads_headers(conf) ? MK_HEADER_READ :
	    MK_HEADER_NO_SOURCE;
	if (e->j.known.state == MK_UNREADABLE)
		e->told.header = MK_HEADER_UNREADABLE;
	if (e->told.header != MK_HEADER_READ)
		return 0;
	(void)mk_judgement_print(&e->j);
	rv = mk_source_header(e->source, &header, &len, err);
	if (rv == 1)
		e->told.header = MK_HEADER_ENDLESS;
	return rv == -1 ? -1 : mk_trust_score(conf->trust, conf->trust_n,
	    header, len, rv == 0, &tell, &score, err);
}

/* In a folder, that of a mailbox, or NULL: fill what is told. */
static int
look_at(struct explain *e, const struct mk_folder *folder,
    const struct mk_ledger_entry *entry, struct mk_error *err)
{
	struct mk_explained *told = &e->told;
	struct mk_account account = { .limit = MK_ACCOUNT_UNSET };
	const struct mk_accounts *accounts = e->scan->accounts;
	const char *sub = strrchr(e->file->dir, '/') + 1;

	told->has_account = true;
	told->limit = e->scan->conf->keys.limit;
	if (folder == NULL) {
		if (mk_buf_addf(&told->path, "%s/%s", e->file->dir,
		    e->file->name) == -1)
			return mk_fail_sys(err, "explain");
	} else {
		if (accounts != NULL) {
			told->has_account = mk_accounts_find(accounts,
			    folder->mailbox, &account);
			if (mk_accounts_email(accounts, folder->mailbox,
			    &told->user) == -1)
				return mk_fail_sys(err, "explain");
		}
		told->limit = mk_spamscan_limit(e->scan, folder->mailbox);
		told->own_limit = account.limit != MK_ACCOUNT_UNSET;
		if (mk_buf_addf(&told->mailbox, "%s", folder->mailbox[0] ==
		    '\0' ? e->scan->root : folder->mailbox) == -1 ||
		    mk_buf_addf(&told->path, "%s%s%s%s%s/%s", accounts == NULL ?
		    e->scan->root : "", accounts == NULL ? "/" : "",
		    folder->path, folder->path[0] == '\0' ? "" : "/", sub,
		    e->file->name) == -1)
			return mk_fail_sys(err, "explain");
	}
	if (entry != NULL) {
		told->remembered = mk_known_decode(entry->known);
		told->is_remembered = told->remembered.state != MK_NEW;
		told->since_s = entry->first_seen_s;
	}
	if (read_header(e, err) == -1)
		return -1;
	if (decide(e, folder, entry) == -1)
		return mk_fail_sys(err, "explain");
	/* A remembered score may be of a header read by other rules. */
	told->dialect = told->known.state == MK_BY_HEADER &&
	    e->j.known.state == MK_BY_HEADER &&
	    told->known.score == e->j.known.score ? e->j.dialect : -1;
	return 0;
}

/* ---- its place */

static unsigned
want(void *data, const struct mk_folder *folder)
{
	const struct explain *e = data;

	return strcmp(folder->path, e->folder) == 0 ?
	    MK_WATCH_CUR | MK_WATCH_NEW : 0;
}

static void
visit(void *data, const struct mk_folder *folder,
    struct mk_index_record *record, unsigned worker)
{
	struct explain *e = data;
	const char *name = e->file->name;
	struct mk_pass pass = {
		.rootfd = e->scan->rootfd, .root = e->scan->root,
		.folder = folder, .now_s = e->scan->now_s, .dry_run = true,
		.problems = &e->scan->problems, MK_PASS
	};
	const struct mk_ledger_entry *entry = NULL;

	(void)worker;
	if (mk_pass_open(&pass, record) == 0 &&
	    mk_pass_ledger(&pass, e->scan->fingerprint, record) != -1)
		entry = mk_ledger_find(&pass.ledger, mk_msgname_hash(name,
		    mk_msgname_split(name, NULL)));
	e->told.in_mailbox = true;
	if (look_at(e, folder, entry, &e->why) == -1)
		e->status = e->why.status;
	mk_pass_close(&pass);
}

/* Of other folders and mailboxes. */
static void
problem(void *data, const struct mk_error *err)
{
	(void)data;
	mk_diag_info("%s", err->text);
}

/* Let the walker say which mailbox and folder FILE lies in. */
static int
find_folder(struct explain *e, const char *start, struct mk_error *err)
{
	const struct mk_walk walk = {
		.rootfd = e->scan->rootfd, .root = e->scan->root,
		.start = start, .threads = 1, .now_s = e->scan->now_s,
		.root_is_mailbox = e->scan->accounts == NULL,
	};
	const struct mk_walk_ops ops = {
		.data = e, .want = want, .visit = visit,
		.problem = problem,
	};
	const char *down = e->file->folder + strlen(e->file->maildir);
	struct mk_walk_result result = { 0 };
	struct mk_buf path = { 0 };
	int rv;

	if (start[0] == '\0' && down[0] == '/')
		down++;
	if (mk_buf_addf(&path, "%s%s", start, down) == -1)
		return mk_fail_sys(err, "explain");
	e->folder = path.data;
	rv = mk_walk(&walk, &ops, &result, err);
	mk_walk_result_free(&result);
	mk_buf_free(&path);
	return rv;
}

int
mk_explain(struct mk_spamscan *scan, const char *start,
    const struct mk_explain_file *file, struct mk_error *err)
{
	struct explain e = { .scan = scan, .file = file, .status = EX_OK,
	    .source = mk_source_new(err), .j = { .dialect = -1 } };
	int rv = -1;

	if (e.source == NULL)
		return -1;
	e.told.junk = scan->conf->keys.junk_folder;
	if (scan->rootfd != -1 && find_folder(&e, start, err) == -1)
		goto out;
	if (!e.told.in_mailbox && look_at(&e, NULL, NULL, err) == -1)
		goto out;
	if (e.status == EX_OK || e.told.verdict == MK_EXPLAIN_WAITS)
		rv = mk_explained_print(&e.told, scan->lines, err);
	if (e.told.verdict == MK_EXPLAIN_WAITS)
		rv = mk_fail(err, e.status, "%s", e.why.text);
	else if (e.status != EX_OK)
		rv = mk_fail(err, e.status, "%s/%s: %s", file->dir,
		    file->name, e.why.text);
out:
	mk_explained_free(&e.told);
	mk_source_free(e.source);
	return rv;
}
