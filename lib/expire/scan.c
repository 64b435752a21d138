/* expire/scan - find what is due, and keep the ledgers. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/progress.h"
#include "base/sys.h"
#include "expire/expire.h"
#include "mail/ledger.h"
#include "mail/msgname.h"
#include "mail/pass.h"

struct capped {				/* a message under a cap */
	struct mk_facts facts;
	const char *name;
	uint8_t sub;
	bool goes;			/* it is due already */
	struct mk_foreseen later;	/* of a forecast: else it goes then */
};

struct scanner {			/* a worker's own */
	struct mk_dir reader;
	struct capped *capped;
	size_t capped_n, capped_cap;
	struct mk_arena names;		/* of capped */
	struct mk_rule *adjusted;	/* for an account with settings */
};

struct scan {
	struct mk_expire *ex;
	struct scanner *scanners;
};

/* A folder being looked into. */
struct look_in {
	struct mk_expire *ex;
	struct scanner *own;
	const struct mk_rule *by;	/* the rules as the account has them */
	mk_rule_set rules, tmp_rules;	/* those that name the folder */
	bool caps;			/* a rule bounds the folder */
	bool ages_by_ledger, ages_by_stat, sizes;
	struct mk_pass pass;
	struct mk_group *group;		/* made with the first due message */
	int64_t due_s;			/* the earliest to come */
	uint64_t watched;
	uint64_t counts[MK_RULES_MAX][MK_COLUMNS];
	bool braked;			/* a rule that the brake minds */
	bool whole;			/* it has cur, new and tmp */
};

/* For each set bit R of SET. */
#define EACH_RULE(r, set)						\
	for ((r) = 0; (r) < MK_RULES_MAX; (r)++)			\
		if (((set) >> (r) & 1) != 0)

static int
add_due(struct look_in *in, const struct mk_facts *facts, size_t rule,
    enum mk_sub sub, bool by_cap, const char *name)
{
	struct mk_item item = { .kind = (uint8_t)rule, .sub = (uint8_t)sub,
	    .by_cap = by_cap, .size_bytes = facts->size_bytes };
	const struct mk_folder *f = in->pass.folder;

	if (in->ex->forecast != NULL) {
		mk_expire_foreseen(in->ex->forecast, (struct mk_foreseen){
		    .night = 0, .rule = (uint8_t)rule }, facts);
		return 0;
	}
	item.since_s = mk_rule_since(&in->by[rule], facts);
	if (in->group == NULL)
		in->group = mk_group_new(f->mailbox, f->place, f->path,
		    f->layout, false);
	if (in->group == NULL || mk_group_add(in->group, &item, name) == -1) {
		mk_pass_trouble(&in->pass, "remember", name);
		return -1;
	}
	in->counts[rule][MK_DUE_NOW]++;
	return 0;
}

static void
remember_capped(struct look_in *in, const struct mk_facts *facts,
    const char *name, enum mk_sub sub, bool goes, struct mk_foreseen later)
{
	struct scanner *own = in->own;
	struct capped *capped;
	size_t cap;

	if (own->capped_n == own->capped_cap) {
		cap = own->capped_cap + own->capped_cap / 2 + 64;
		capped = realloc(own->capped, cap * sizeof *capped);
		if (capped == NULL) {
			mk_pass_trouble(&in->pass, "remember", name);
			return;
		}
		own->capped = capped;
		own->capped_cap = cap;
	}
	name = mk_arena_copy(&own->names, name, strlen(name));
	if (name == NULL) {
		mk_pass_trouble(&in->pass, "remember", "");
		return;
	}
	own->capped[own->capped_n++] = (struct capped){ .facts = *facts,
	    .name = name, .sub = (uint8_t)sub, .goes = goes, .later = later };
}

/* Apply all rules to a message; the first that has it due takes it. */
static void
judge(struct look_in *in, const struct mk_facts *facts, const char *name,
    enum mk_sub sub)
{
	mk_rule_set rules = sub == MK_SUB_TMP ? in->tmp_rules : in->rules;
	bool goes = false;
	int64_t due_s;
	size_t r;

	EACH_RULE(r, rules) {
		switch (mk_rule_due(&in->by[r], facts, in->ex->now_s,
		    &due_s)) {
		case MK_DUE:
			if (!goes)
				goes = add_due(in, facts, r, sub, false,
				    name) == 0;
			break;
		case MK_KEEP_FLAGGED:
			in->counts[r][MK_FLAGGED]++;
			break;
		case MK_KEEP_UNREAD:
			in->counts[r][MK_UNREAD]++;
			break;
		default:
			if (due_s < in->due_s)
				in->due_s = due_s;
		}
	}
	if (in->caps && sub != MK_SUB_TMP)
		remember_capped(in, facts, name, sub, goes,
		    (struct mk_foreseen){ .night = MK_FORESEEN_NOT });
}

/* The same for a forecast; a cap may take in the first night what would go
 * later by its age. */
static void
foresee(struct look_in *in, const struct mk_facts *facts, const char *name,
    enum mk_sub sub)
{
	struct mk_expire_forecast *forecast = in->ex->forecast;
	struct mk_foreseen goes = mk_expire_foresee(forecast, in->by,
	    sub == MK_SUB_TMP ? in->tmp_rules : in->rules, facts);

	if (in->caps && sub != MK_SUB_TMP && goes.night != 0)
		remember_capped(in, facts, name, sub, false, goes);
	else
		mk_expire_foreseen(forecast, goes, facts);
}

/*
 * Since when the message has been in the folder; see mail/ledger.h.  ST is
 * filled only where it must be asked.
 */
static int64_t
in_folder_since(struct look_in *in, const char *name, size_t uniq_len,
    const struct stat *st)
{
	uint64_t hash = mk_msgname_hash(name, uniq_len);
	const struct mk_ledger_entry *entry;
	int64_t since;

	entry = mk_ledger_find(&in->pass.ledger, hash);
	if (entry != NULL)
		return entry->first_seen_s;
	if (st == NULL)
		return MK_NEVER;
	since = mk_pass_since(&in->pass, st);
	if (mk_ledger_add(&in->pass.ledger, hash, since, 0) == -1)
		mk_pass_trouble(&in->pass, "remember", name);
	return since;
}

/* Whether only stat(2) tells what the rules ask of the message. */
static bool
must_ask(const struct look_in *in, const struct mk_dirent *entry,
    size_t uniq_len, enum mk_sub sub, int64_t since_s)
{
	return entry->type == MK_UNKNOWN || sub == MK_SUB_TMP ||
	    in->ages_by_stat ||
	    (in->ages_by_ledger && since_s == MK_NEVER) ||
	    (in->sizes && mk_msgname_size(entry->name, uniq_len) == -1);
}

static void
message(struct look_in *in, const struct mk_dirent *entry, enum mk_sub sub)
{
	bool by_ledger = in->ages_by_ledger && sub != MK_SUB_TMP;
	struct stat st = { .st_size = -1 };
	struct mk_facts facts;
	size_t uniq_len;
	unsigned flags;
	int64_t since = MK_NEVER;

	if (!mk_msgname_fits(entry->name) || (entry->type != MK_FILE &&
	    entry->type != MK_UNKNOWN))
		return;
	uniq_len = mk_msgname_split(entry->name, &flags);
	if (by_ledger)
		since = in_folder_since(in, entry->name, uniq_len, NULL);
	if (must_ask(in, entry, uniq_len, sub, since)) {
		if (fstatat(in->pass.sub_fds[sub], entry->name, &st,
		    AT_SYMLINK_NOFOLLOW) == -1) {
			if (errno != ENOENT)
				mk_pass_trouble(&in->pass, "stat", entry->name);
			return;		/* renamed or gone: the next pass */
		}
		if (!S_ISREG(st.st_mode))
			return;
		if (by_ledger && since == MK_NEVER)
			since = in_folder_since(in, entry->name, uniq_len,
			    &st);
	}
	if (sub != MK_SUB_TMP)
		in->watched++;
	mk_expire_facts(&facts, &st, entry->name, uniq_len, flags, sub,
	    since);
	if (in->ex->forecast != NULL)
		foresee(in, &facts, entry->name, sub);
	else
		judge(in, &facts, entry->name, sub);
}

static void
list(struct look_in *in, enum mk_sub sub)
{
	struct mk_dirent entry;
	int rv;

	if (in->pass.sub_fds[sub] == -1)
		return;
	rv = mk_sys_dir_start(&in->own->reader, in->pass.sub_fds[sub]);
	while (rv != -1 &&
	    (rv = mk_sys_dir_next(&in->own->reader, &entry)) == 1)
		message(in, &entry, sub);
	if (rv == -1)
		mk_pass_trouble(&in->pass, "list", mk_sub_names[sub]);
}

/* qsort(3) hands no context on; a folder's caps are worked in one thread. */
static _Thread_local const struct mk_rule *sorted_for;

static int
oldest_first(const void *a, const void *b)
{
	const struct capped *x = a, *y = b;
	int64_t s = mk_rule_since(sorted_for, &x->facts);
	int64_t t = mk_rule_since(sorted_for, &y->facts);

	if (s != t)
		return s < t ? -1 : 1;
	if (x->facts.name_s != y->facts.name_s)
		return x->facts.name_s < y->facts.name_s ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* The oldest messages go until the folder is within the cap. */
static void
apply_cap(struct look_in *in, size_t r)
{
	const struct mk_rule *rule = &in->by[r];
	struct scanner *own = in->own;
	struct capped *c;
	int64_t messages = 0, bytes = 0;
	size_t i;

	if (own->capped_n == 0)
		return;
	for (i = 0; i < own->capped_n; i++) {
		if (own->capped[i].goes)
			continue;
		messages++;
		bytes += own->capped[i].facts.size_bytes;
	}
	sorted_for = rule;
	qsort(own->capped, own->capped_n, sizeof *own->capped, oldest_first);
	for (i = 0; i < own->capped_n; i++) {
		if ((rule->max_messages == MK_UNSET_INT ||
		    messages <= rule->max_messages) &&
		    (rule->max_bytes == MK_UNSET_INT ||
		    bytes <= rule->max_bytes))
			break;
		c = &own->capped[i];
		if (c->goes || mk_rule_eligible(rule, &c->facts) != MK_DUE ||
		    mk_rule_since(rule, &c->facts) == MK_NEVER ||
		    add_due(in, &c->facts, r, c->sub, true, c->name) == -1)
			continue;
		c->goes = true;
		messages--;
		bytes -= c->facts.size_bytes;
	}
}

static void
apply_caps(struct look_in *in)
{
	struct scanner *own = in->own;
	size_t r, i;

	if (in->caps)
		EACH_RULE(r, in->rules)
			if (mk_rule_has_cap(&in->by[r]))
				apply_cap(in, r);
	for (i = 0; in->ex->forecast != NULL && i < own->capped_n; i++)
		if (!own->capped[i].goes)
			mk_expire_foreseen(in->ex->forecast,
			    own->capped[i].later, &own->capped[i].facts);
	own->capped_n = 0;
	mk_arena_free(&own->names);
}

/* What the rules want to know of each message. */
static void
wants(struct look_in *in)
{
	const struct mk_rule *rule;
	size_t r;

	EACH_RULE(r, in->rules) {
		rule = &in->by[r];
		in->caps = in->caps || mk_rule_has_cap(rule);
		if (rule->age == MK_AGE_IN_FOLDER)
			in->ages_by_ledger = true;
		if (rule->age == MK_AGE_RECEIVED || rule->age == MK_AGE_SAVED)
			in->ages_by_stat = true;
		if (rule->max_bytes != MK_UNSET_INT)
			in->sizes = true;
		if (mk_expire_braked(rule))
			in->braked = true;
	}
	in->sizes = in->sizes || in->ex->forecast != NULL;
}

/*
 * Open the folder and those of cur, new and tmp that are watched.  A tmp that
 * is not a Maildir's is no business of ours (yet): only a rule for tmp asks for
 * all three.
 */
static int
open_folder(struct look_in *in, struct mk_index_record *record)
{
	struct stat st;
	size_t i;

	if (mk_pass_open(&in->pass, record) == -1)
		return -1;
	in->whole = in->pass.whole;
	for (i = 0; in->whole && in->tmp_rules != 0 && i < MK_WATCHES; i++)
		if ((record->watch & 1U << i) == 0)
			in->whole = fstatat(in->pass.fd, mk_sub_names[i], &st,
			    AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
	return 0;
}

static void
latest(atomic_int_fast64_t *last, int64_t seconds)
{
	int_fast64_t seen = atomic_load(last);

	while (seen < seconds &&
	    !atomic_compare_exchange_weak(last, &seen, seconds))
		;
}

/*
 * A folder that has been renamed out of a rule's reach takes its ledger with
 * it.  Renamed back weeks later it would look as if it had never left.
 */
static int
drop_foreign(struct mk_expire *ex, const struct mk_folder *folder, int fd)
{
	struct mk_error why, err;

	if (!ex->whole || ex->dry_run ||
	    mk_ledger_drop_foreign(fd, folder->place, &why) == 0)
		return 0;
	mk_fail(&err, why.status, "%s/%s: %s", ex->root, folder->path,
	    why.text);
	mk_problems_tell(&ex->problems, &err);
	return -1;
}

static void
messages(struct look_in *in, struct mk_index_record *record)
{
	uint64_t fingerprint = mk_rule_fingerprint(in->by, in->rules);
	int found;

	if (in->ages_by_ledger) {
		found = mk_pass_ledger(&in->pass, fingerprint, record);
		if (found == 1 && in->ex->forecast != NULL)
			found = 0;	/* what is due later counts, too */
		if (in->pass.ledger.found)
			latest(&in->ex->last_pass_s,
			    in->pass.ledger.head.last_pass_s);
		switch (found) {
		case -1:
			return;
		case 1:
			in->due_s = in->pass.ledger.head.due_s;
			in->watched = in->pass.ledger.head.watched;
			return;
		}
	} else if (drop_foreign(in->ex, in->pass.folder, in->pass.fd) == -1)
		in->pass.failed = true;
	list(in, MK_SUB_CUR);
	list(in, MK_SUB_NEW);
	apply_caps(in);
	mk_pass_settle(&in->pass, record);
	/* Timestamps can change behind a directory's back. */
	if (in->ages_by_stat || in->group != NULL || in->pass.failed)
		in->due_s = MK_ALWAYS;
	/* What removal will write anew, and what is no longer due till then. */
	if (in->ages_by_ledger && (in->group == NULL ||
	    !mk_ledger_same(&in->pass.ledger)))
		mk_pass_save(&in->pass, fingerprint, in->due_s, in->watched,
		    record);
}

/* Hand over what was found: counters and due messages. */
static void
conclude(struct look_in *in)
{
	size_t r;

	EACH_RULE(r, in->rules | in->tmp_rules) {
		if ((in->rules >> r & 1) != 0)
			in->counts[r][MK_WATCHED] = in->watched;
		mk_expire_count(in->ex, r, in->pass.folder->mailbox,
		    in->counts[r]);
	}
	if (in->braked)
		mk_expire_watched(in->ex, in->pass.folder->mailbox,
		    in->watched);
	if (in->group == NULL)
		return;
	memcpy(in->group->ino, in->pass.inos, sizeof in->pass.inos);
	if (mk_plan_add(&in->ex->plan, in->group) == -1) {
		mk_pass_trouble(&in->pass, "remember", "");
		mk_group_free(in->group);
	}
}

/*
 * The rules as MAILBOX's account has them; NULL where it has none (any more: an
 * index that knows the folder is of other accounts).
 */
static const struct mk_rule *
rules_for(const struct mk_expire *ex, const char *mailbox,
    struct mk_rule *adjusted)
{
	struct mk_account account;
	size_t r;

	if (!mk_expire_account(ex, mailbox, &account))
		return NULL;
	if (!account.keep && account.junk_days == MK_ACCOUNT_UNSET &&
	    account.trash_days == MK_ACCOUNT_UNSET)
		return ex->rules;
	for (r = 0; r < ex->rules_n; r++) {
		adjusted[r] = ex->rules[r];
		mk_rule_adjust(&adjusted[r], &account);
	}
	return adjusted;
}

static void
visit(void *data, const struct mk_folder *folder,
    struct mk_index_record *record, unsigned worker)
{
	struct scan *scan = data;
	struct look_in in = {
		.ex = scan->ex, .own = &scan->scanners[worker],
		.pass = { .rootfd = scan->ex->rootfd, .root = scan->ex->root,
		    .folder = folder, .now_s = scan->ex->now_s,
		    .dry_run = scan->ex->dry_run,
		    .problems = &scan->ex->problems, MK_PASS },
		.due_s = MK_NEVER,
	};

	in.by = rules_for(in.ex, folder->mailbox, in.own->adjusted);
	if (in.by == NULL)
		return;			/* .due_s is MK_ALWAYS */
	if (mk_rule_match(in.ex->rules, in.ex->rules_n, folder, &in.rules,
	    &in.tmp_rules) == -1) {
		mk_pass_trouble(&in.pass, "match", "");
		return;
	}
	wants(&in);
	if (open_folder(&in, record) == 0) {
		if (in.rules != 0)
			messages(&in, record);
		else if (drop_foreign(in.ex, folder, in.pass.fd) == -1)
			in.pass.failed = true;
		if (in.tmp_rules != 0 && in.whole)
			list(&in, MK_SUB_TMP);
		if (in.tmp_rules != 0 && (in.group != NULL || !in.whole))
			in.due_s = MK_ALWAYS;
		conclude(&in);
	}
	record->due_s = in.pass.failed ? MK_ALWAYS : in.due_s;
	record->watched = in.braked ? in.watched : 0;
	mk_pass_close(&in.pass);
}

static void
unchanged(void *data, const struct mk_folder *folder,
    const struct mk_index_record *record, unsigned worker)
{
	struct scan *scan = data;
	mk_rule_set rules, tmp_rules;
	uint64_t counts[MK_COLUMNS] = { [MK_WATCHED] = record->watched };
	size_t r;

	(void)worker;
	mk_expire_watched(scan->ex, folder->mailbox, record->watched);
	if (!scan->ex->rows || mk_rule_match(scan->ex->rules,
	    scan->ex->rules_n, folder, &rules, &tmp_rules) == -1)
		return;
	EACH_RULE(r, rules)
		mk_expire_count(scan->ex, r, folder->mailbox, counts);
}

/* Whether (1, 0, -1 ENOMEM) --user names the mailbox. */
static int
is_user(const struct mk_expire *ex, const char *mailbox)
{
	if (ex->users->n == 0)
		return 1;
	return ex->accounts == NULL ? mk_account_match(ex->users, mailbox) :
	    mk_accounts_match(ex->accounts, ex->users, mailbox);
}

static void
mailbox(void *data, const char *path)
{
	struct mk_expire *ex = ((struct scan *)data)->ex;

	if (!mk_expire_account(ex, path, NULL) && is_user(ex, path) != 0)
		atomic_fetch_add(&ex->strangers, 1);
}

static unsigned
want(void *data, const struct mk_folder *folder)
{
	struct scan *scan = data;
	struct mk_error err;
	mk_rule_set rules, tmp_rules;
	int user;

	if (!mk_expire_account(scan->ex, folder->mailbox, NULL))
		return 0;
	user = is_user(scan->ex, folder->mailbox);
	if (user == 0)
		return 0;
	if (user == -1 || mk_rule_match(scan->ex->rules, scan->ex->rules_n,
	    folder, &rules, &tmp_rules) == -1) {
		mk_fail_sys(&err, "match %s", folder->path);
		mk_problems_tell(&scan->ex->problems, &err);
		return 0;
	}
	atomic_fetch_or(&scan->ex->met, rules | tmp_rules);
	return (rules != 0 ? MK_WATCH_CUR | MK_WATCH_NEW : 0) |
	    (tmp_rules != 0 ? MK_WATCH_TMP : 0);
}

static int
unwanted(void *data, const struct mk_folder *folder)
{
	struct mk_expire *ex = ((struct scan *)data)->ex;
	struct mk_buf path = { 0 };
	struct stat st;
	int fd, rv = 0;

	if (!ex->whole || ex->dry_run ||
	    !mk_expire_account(ex, folder->mailbox, NULL))
		return 0;
	if (mk_buf_addf(&path, "%s%s" MK_LEDGER_NAME, folder->path,
	    folder->path[0] == '\0' ? "" : "/") == -1)
		return -1;
	if (fstatat(ex->rootfd, path.data, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		fd = mk_sys_open_dir(ex->rootfd, folder->path[0] == '\0' ?
		    "." : folder->path);
		rv = fd == -1 ? -1 : drop_foreign(ex, folder, fd);
		if (fd != -1)
			close(fd);
	}
	mk_buf_free(&path);
	return rv;
}

static void
problem(void *data, const struct mk_error *err)
{
	struct scan *scan = data;

	mk_problems_tell(&scan->ex->problems, err);
}

int
mk_expire_scan(struct mk_expire *ex, const struct mk_walk *walk,
    struct mk_walk_result *result, struct mk_error *err)
{
	struct scan scan = { .ex = ex };
	const struct mk_walk_ops ops = {
		.data = &scan, .mailbox = mailbox, .want = want, .visit = visit,
		.unchanged = unchanged, .unwanted = unwanted,
		.problem = problem,
	};
	unsigned i;
	int rv = 0;

	scan.scanners = calloc(walk->threads, sizeof *scan.scanners);
	if (scan.scanners == NULL)
		return mk_fail_sys(err, "scan");
	for (i = 0; i < walk->threads; i++) {
		scan.scanners[i].reader.fd = -1;
		scan.scanners[i].adjusted = calloc(ex->rules_n,
		    sizeof *scan.scanners[i].adjusted);
		if (scan.scanners[i].adjusted == NULL)
			rv = mk_fail_sys(err, "scan");
	}
	if (rv == 0)
		rv = mk_walk(walk, &ops, result, err);
	for (i = 0; i < walk->threads; i++) {
		mk_sys_dir_free(&scan.scanners[i].reader);
		free(scan.scanners[i].adjusted);
		free(scan.scanners[i].capped);
		mk_arena_free(&scan.scanners[i].names);
	}
	free(scan.scanners);
	return rv;
}
