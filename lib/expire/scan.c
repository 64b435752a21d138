/* expire/scan - find what is due, and keep the ledgers. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/progress.h"
#include "base/sys.h"
#include "expire/expire.h"
#include "mail/ledger.h"
#include "mail/maildir.h"
#include "mail/msgname.h"

struct capped {				/* a message under a cap */
	struct mk_facts facts;
	const char *name;
	uint8_t sub;
	bool goes;			/* it is due already */
};

struct scanner {			/* a worker's own */
	struct mk_dir reader;
	struct capped *capped;
	size_t capped_n, capped_cap;
	struct mk_arena names;		/* of capped */
};

struct scan {
	struct mk_expire *ex;
	struct scanner *scanners;
};

/* A folder being looked into. */
struct look_in {
	struct mk_expire *ex;
	struct scanner *own;
	const struct mk_folder *folder;
	mk_rule_set rules, tmp_rules;
	bool caps;			/* a rule bounds the folder */
	bool ages_by_ledger, ages_by_stat, sizes;
	int fd, sub_fds[MK_WATCHES];
	uint64_t inos[MK_WATCHES];
	int64_t folder_ctime_s;
	struct mk_ledger ledger;
	struct mk_group *group;		/* made with the first due message */
	int64_t due_s;			/* the earliest to come */
	uint64_t watched;
	uint64_t counts[MK_RULES_MAX][MK_COLUMNS];
	bool braked;			/* a rule that the brake minds */
	bool whole;			/* it has cur, new and tmp */
	bool failed;			/* something was not seen */
};

/* For each set bit R of SET. */
#define EACH_RULE(r, set)						\
	for ((r) = 0; (r) < MK_RULES_MAX; (r)++)			\
		if (((set) >> (r) & 1) != 0)

static void
trouble(struct look_in *in, const char *what, const char *name)
{
	struct mk_error err;

	in->failed = true;
	mk_fail_sys(&err, "%s %s/%s%s%s", what, in->ex->root,
	    in->folder->path, name[0] == '\0' ? "" : "/", name);
	mk_expire_problem(in->ex, &err);
}

static int
add_due(struct look_in *in, const struct mk_facts *facts, size_t rule,
    enum mk_sub sub, bool by_cap, const char *name)
{
	struct mk_item item = { .rule = (uint8_t)rule, .sub = (uint8_t)sub,
	    .by_cap = by_cap, .size_bytes = facts->size_bytes };
	const struct mk_folder *f = in->folder;

	item.since_s = mk_rule_since(&in->ex->rules[rule], facts);
	if (in->group == NULL)
		in->group = mk_group_new(f->mailbox, f->place, f->path,
		    f->layout, false);
	if (in->group == NULL || mk_group_add(in->group, &item, name) == -1) {
		trouble(in, "remember", name);
		return -1;
	}
	in->counts[rule][MK_DUE_NOW]++;
	return 0;
}

static void
remember_capped(struct look_in *in, const struct mk_facts *facts,
    const char *name, enum mk_sub sub, bool goes)
{
	struct scanner *own = in->own;
	struct capped *capped;
	size_t cap;

	if (own->capped_n == own->capped_cap) {
		cap = own->capped_cap + own->capped_cap / 2 + 64;
		capped = realloc(own->capped, cap * sizeof *capped);
		if (capped == NULL) {
			trouble(in, "remember", name);
			return;
		}
		own->capped = capped;
		own->capped_cap = cap;
	}
	name = mk_arena_copy(&own->names, name, strlen(name));
	if (name == NULL) {
		trouble(in, "remember", "");
		return;
	}
	own->capped[own->capped_n++] = (struct capped){ .facts = *facts,
	    .name = name, .sub = (uint8_t)sub, .goes = goes };
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
		switch (mk_rule_due(&in->ex->rules[r], facts, in->ex->now_s,
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
		remember_capped(in, facts, name, sub, goes);
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
	int64_t since, least;

	entry = mk_ledger_find(&in->ledger, hash);
	if (entry != NULL)
		return entry->first_seen_s;
	if (st == NULL)
		return MK_NEVER;
	since = st->st_ctim.tv_sec;
	least = in->ledger.found ? in->ledger.head.last_pass_s :
	    in->folder_ctime_s;
	if (since < least)
		since = least;
	if (mk_ledger_add(&in->ledger, hash, since) == -1)
		trouble(in, "remember", name);
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
		if (fstatat(in->sub_fds[sub], entry->name, &st,
		    AT_SYMLINK_NOFOLLOW) == -1) {
			if (errno != ENOENT)
				trouble(in, "stat", entry->name);
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
	judge(in, &facts, entry->name, sub);
}

static void
list(struct look_in *in, enum mk_sub sub)
{
	struct mk_dirent entry;
	int rv;

	if (in->sub_fds[sub] == -1)
		return;
	rv = mk_sys_dir_start(&in->own->reader, in->sub_fds[sub]);
	while (rv != -1 &&
	    (rv = mk_sys_dir_next(&in->own->reader, &entry)) == 1)
		message(in, &entry, sub);
	if (rv == -1)
		trouble(in, "list", mk_sub_names[sub]);
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
	const struct mk_rule *rule = &in->ex->rules[r];
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

/* What the rules want to know of each message. */
static void
wants(struct look_in *in)
{
	const struct mk_rule *rule;
	size_t r;

	EACH_RULE(r, in->rules) {
		rule = &in->ex->rules[r];
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
}

/*
 * Since when, at the earliest, the folder can have had its place, given the
 * ctime of its directory.  A rename changes that of what is renamed and not
 * of what lies below: in the fs layout the folders above it count, too.
 */
static int64_t
in_place_since(const struct look_in *in, int64_t ctime_s)
{
	const struct mk_folder *f = in->folder;
	size_t top = strlen(f->path) - strlen(f->place), i;
	struct mk_buf path = { 0 };
	struct stat st;

	for (i = top; f->path[i] != '\0'; i++) {
		if (f->path[i] != '/')
			continue;
		mk_buf_cut(&path, 0);
		if (mk_buf_add(&path, f->path, i) == -1 ||
		    fstatat(in->ex->rootfd, path.data, &st,
		    AT_SYMLINK_NOFOLLOW) == -1)
			ctime_s = in->ex->now_s;	/* the gentlest */
		else if (st.st_ctim.tv_sec > ctime_s)
			ctime_s = st.st_ctim.tv_sec;
	}
	mk_buf_free(&path);
	return ctime_s;
}

/* Open the folder and those of cur, new and tmp that are watched. */
static int
open_folder(struct look_in *in, struct mk_index_record *record)
{
	struct stat st;
	bool whole = true;
	size_t i;

	in->fd = mk_sys_open_dir(in->ex->rootfd, in->folder->path[0] == '\0' ?
	    "." : in->folder->path);
	if (in->fd == -1 || fstat(in->fd, &st) == -1) {
		if (errno != ENOENT)
			trouble(in, "open", "");
		return -1;
	}
	/* Before the ledger is made, which changes it. */
	in->folder_ctime_s = in_place_since(in, st.st_ctim.tv_sec);
	for (i = 0; i < MK_WATCHES; i++) {
		if ((record->watch & 1U << i) == 0) {
			/* Only a rule for tmp asks for all three. */
			if (whole && in->tmp_rules != 0)
				whole = fstatat(in->fd, mk_sub_names[i], &st,
				    AT_SYMLINK_NOFOLLOW) == 0 &&
				    S_ISDIR(st.st_mode);
			continue;
		}
		in->sub_fds[i] = mk_sys_open_dir(in->fd, mk_sub_names[i]);
		if (in->sub_fds[i] == -1 && errno == ENOENT) {
			record->sub_ns[i] = 0;
			whole = false;
			continue;
		}
		if (in->sub_fds[i] == -1 || fstat(in->sub_fds[i], &st) == -1) {
			trouble(in, "open", mk_sub_names[i]);
			continue;
		}
		record->sub_ns[i] = mk_walk_stamp(&st, in->ex->now_s);
		in->inos[i] = st.st_ino;
	}
	/* A tmp that is not a Maildir's is no business of ours (yet). */
	in->whole = whole;
	return 0;
}

/* Whether the ledger says that listing the folder would bring nothing. */
static bool
ledger_says_nothing_due(const struct look_in *in, uint64_t fingerprint,
    const struct mk_index_record *record)
{
	const struct mk_ledger_head *head = &in->ledger.head;

	return in->ledger.found && head->rules == fingerprint &&
	    record->sub_ns[0] != MK_RACY && record->sub_ns[1] != MK_RACY &&
	    head->cur_ns == record->sub_ns[0] &&
	    head->new_ns == record->sub_ns[1] && head->due_s > in->ex->now_s;
}

static void
latest(atomic_int_fast64_t *last, int64_t seconds)
{
	int_fast64_t seen = atomic_load(last);

	while (seen < seconds &&
	    !atomic_compare_exchange_weak(last, &seen, seconds))
		;
}

/* 1: nothing to list. 0: list it. -1: leave it. */
static int
open_ledger(struct look_in *in, uint64_t fingerprint,
    const struct mk_index_record *record)
{
	struct mk_error why, err;
	int rv;

	rv = mk_ledger_open(&in->ledger, in->fd, in->folder->place,
	    in->ex->dry_run ? MK_LEDGER_READ : MK_LEDGER_WRITE, &why);
	if (rv == 1) {
		mk_fail(&err, EX_TEMPFAIL, "%s/%s/%s: held by another "
		    "process; the folder is left for the next run",
		    in->ex->root, in->folder->path, MK_LEDGER_NAME);
		mk_expire_problem(in->ex, &err);
		in->failed = true;
		return -1;
	}
	if (rv == -1) {
		mk_fail(&err, why.status, "%s/%s/%s: %s; without it its "
		    "messages live longer", in->ex->root, in->folder->path,
		    MK_LEDGER_NAME, why.text);
		mk_expire_problem(in->ex, &err);
		in->failed = true;
	} else if (!in->ledger.found && why.text[0] != '\0')
		mk_diag_info("%s/%s/%s %s: begun anew", in->ex->root,
		    in->folder->path, MK_LEDGER_NAME, why.text);
	if (in->ledger.found)
		latest(&in->ex->last_pass_s, in->ledger.head.last_pass_s);
	return ledger_says_nothing_due(in, fingerprint, record) ? 1 : 0;
}

static void
save_ledger(struct look_in *in, uint64_t fingerprint,
    const struct mk_index_record *record)
{
	struct mk_ledger_head head = {
		.last_pass_s = in->ex->now_s, .cur_ns = record->sub_ns[0],
		.new_ns = record->sub_ns[1], .due_s = in->due_s,
		.rules = fingerprint, .watched = in->watched,
	};
	struct mk_error why, err;

	/* After a clock that went back, "since" must not go back with it. */
	if (in->ledger.found && in->ledger.head.last_pass_s > head.last_pass_s)
		head.last_pass_s = in->ledger.head.last_pass_s;
	/*
	 * Also where something was not seen: what is not written leaves the
	 * entries of messages that have gone, and one that comes back under
	 * its name would go too soon.
	 */
	if (in->ex->dry_run || in->ledger.fd == -1 ||
	    mk_ledger_save(&in->ledger, &head, &why) == 0)
		return;
	mk_fail(&err, why.status, "%s/%s: %s: %s; its messages will live "
	    "longer", in->ex->root, in->folder->path, MK_LEDGER_NAME,
	    why.text);
	mk_expire_problem(in->ex, &err);
	in->failed = true;
}

/*
 * A rename while a directory is read can hide a message from readdir(3)
 * (Dovecot's wiki): it leaves the ledger and so lives longer.  If anything
 * was changed meanwhile, the next pass looks again.
 */
static void
settle(struct look_in *in, struct mk_index_record *record)
{
	struct stat st;
	size_t i;

	for (i = 0; i < 2; i++) {
		if (in->sub_fds[i] == -1 || record->sub_ns[i] == MK_RACY)
			continue;
		if (fstat(in->sub_fds[i], &st) == -1 ||
		    mk_walk_stamp(&st, in->ex->now_s) != record->sub_ns[i])
			record->sub_ns[i] = MK_RACY;
	}
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
	mk_expire_problem(ex, &err);
	return -1;
}

static void
messages(struct look_in *in, struct mk_index_record *record)
{
	uint64_t fingerprint = mk_rule_fingerprint(in->ex->rules, in->rules);
	size_t r;

	if (in->ages_by_ledger) {
		switch (open_ledger(in, fingerprint, record)) {
		case -1:
			return;
		case 1:
			in->due_s = in->ledger.head.due_s;
			in->watched = in->ledger.head.watched;
			return;
		}
	} else if (drop_foreign(in->ex, in->folder, in->fd) == -1)
		in->failed = true;
	list(in, MK_SUB_CUR);
	list(in, MK_SUB_NEW);
	if (in->caps)
		EACH_RULE(r, in->rules)
			if (mk_rule_has_cap(&in->ex->rules[r]))
				apply_cap(in, r);
	in->own->capped_n = 0;
	mk_arena_free(&in->own->names);
	settle(in, record);
	/* Timestamps can change behind a directory's back. */
	if (in->ages_by_stat || in->group != NULL || in->failed)
		in->due_s = MK_ALWAYS;
	/* What removal will write anew, and what is no longer due till then. */
	if (in->ages_by_ledger && (in->group == NULL ||
	    !mk_ledger_same(&in->ledger)))
		save_ledger(in, fingerprint, record);
}

/* Hand over what was found: counters and due messages. */
static void
conclude(struct look_in *in)
{
	size_t r;

	EACH_RULE(r, in->rules | in->tmp_rules) {
		if ((in->rules >> r & 1) != 0)
			in->counts[r][MK_WATCHED] = in->watched;
		mk_expire_count(in->ex, r, in->folder->mailbox,
		    in->counts[r]);
	}
	if (in->braked)
		mk_expire_watched(in->ex, in->folder->mailbox, in->watched);
	if (in->group == NULL)
		return;
	memcpy(in->group->ino, in->inos, sizeof in->inos);
	if (mk_plan_add(&in->ex->plan, in->group) == -1) {
		trouble(in, "remember", "");
		mk_group_free(in->group);
	}
}

static void
visit(void *data, const struct mk_folder *folder,
    struct mk_index_record *record, unsigned worker)
{
	struct scan *scan = data;
	struct look_in in = {
		.ex = scan->ex, .own = &scan->scanners[worker],
		.folder = folder, .fd = -1, .sub_fds = { -1, -1, -1 },
		.ledger = { .fd = -1 }, .due_s = MK_NEVER,
	};
	size_t i;

	if (mk_rule_match(in.ex->rules, in.ex->rules_n, folder, &in.rules,
	    &in.tmp_rules) == -1) {
		trouble(&in, "match", "");
		return;
	}
	wants(&in);
	if (open_folder(&in, record) == 0) {
		if (in.rules != 0)
			messages(&in, record);
		else if (drop_foreign(in.ex, folder, in.fd) == -1)
			in.failed = true;
		if (in.tmp_rules != 0 && in.whole)
			list(&in, MK_SUB_TMP);
		if (in.tmp_rules != 0 && (in.group != NULL || !in.whole))
			in.due_s = MK_ALWAYS;
		conclude(&in);
	}
	record->due_s = in.failed ? MK_ALWAYS : in.due_s;
	record->watched = in.braked ? in.watched : 0;
	mk_ledger_close(&in.ledger);
	for (i = 0; i < MK_WATCHES; i++)
		if (in.sub_fds[i] != -1)
			close(in.sub_fds[i]);
	if (in.fd != -1)
		close(in.fd);
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

static unsigned
want(void *data, const struct mk_folder *folder)
{
	struct scan *scan = data;
	struct mk_error err;
	mk_rule_set rules, tmp_rules;
	int user = scan->ex->users->n == 0 ? 1 :
	    mk_account_match(scan->ex->users, folder->mailbox);

	if (user == 0)
		return 0;
	if (user == -1 || mk_rule_match(scan->ex->rules, scan->ex->rules_n,
	    folder, &rules, &tmp_rules) == -1) {
		mk_fail_sys(&err, "match %s", folder->path);
		mk_expire_problem(scan->ex, &err);
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

	if (!ex->whole || ex->dry_run)
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

	mk_expire_problem(scan->ex, err);
}

int
mk_expire_scan(struct mk_expire *ex, const struct mk_walk *walk,
    struct mk_walk_result *result, struct mk_error *err)
{
	struct scan scan = { .ex = ex };
	const struct mk_walk_ops ops = {
		.data = &scan, .want = want, .visit = visit,
		.unchanged = unchanged, .unwanted = unwanted,
		.problem = problem,
	};
	unsigned i;
	int rv;

	scan.scanners = calloc(walk->threads, sizeof *scan.scanners);
	if (scan.scanners == NULL)
		return mk_fail_sys(err, "scan");
	for (i = 0; i < walk->threads; i++)
		scan.scanners[i].reader.fd = -1;
	rv = mk_walk(walk, &ops, result, err);
	for (i = 0; i < walk->threads; i++) {
		mk_sys_dir_free(&scan.scanners[i].reader);
		free(scan.scanners[i].capped);
		mk_arena_free(&scan.scanners[i].names);
	}
	free(scan.scanners);
	return rv;
}
