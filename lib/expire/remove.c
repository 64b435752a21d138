/*
 * expire/remove - carry a plan out: the one place that removes mail.
 *
 * Mailbox by mailbox, over threads: archive what is to be archived, and only
 * then remove, folder by folder, each message asked again; then the quota
 * line, then the ledger.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/pool.h"
#include "base/progress.h"
#include "base/stop.h"
#include "base/sys.h"
#include "expire/expire.h"
#include "mail/archive.h"
#include "mail/archname.h"
#include "mail/ledger.h"
#include "mail/msgname.h"
#include "mail/quota.h"

#define SWEPT		4		/* last runs cleared up after */

struct piece {				/* the groups of one mailbox */
	size_t first, n;
};

struct found {				/* a message met in cur/ */
	uint64_t hash;
	size_t name;			/* offset in opened.names */
};

struct opened {				/* a group's folder */
	struct mk_expire *ex;
	const struct mk_group *group;
	int fd, sub_fds[MK_SUBS];
	bool refused[MK_SUBS];		/* can't be opened; said */
	struct mk_ledger ledger;
	bool with_ledger;
	struct found *renamed;		/* cur/ listed anew, by hash */
	size_t renamed_n;
	bool listed;
	struct mk_buf names;
	uint64_t counts[MK_RULES_MAX][MK_COLUMNS];
	mk_rule_set rules;		/* those that name this folder */
	bool quota_counts;		/* quota counts this folder */
	int64_t quota_bytes, quota_count;
};

enum confirmed { GO, GONE, KEPT, FAILED };

/* A message asked again: what it is now called and what is known of it. */
struct message {
	const char *name;
	size_t uniq_len;
	enum mk_sub sub;
	struct stat st;
	struct mk_facts facts;
};

static void
problem(struct mk_expire *ex, const struct mk_group *group, const char *what,
    const char *name)
{
	struct mk_error err;

	mk_fail_sys(&err, "%s %s/%s%s%s", what, ex->root, group->path,
	    name[0] == '\0' ? "" : "/", name);
	mk_expire_problem(ex, &err);
}

static int
by_hash(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return x->hash < y->hash ? -1 : x->hash > y->hash;
}

/* cur, new or tmp; the one that was scanned, and no other put in its place. */
static int
open_sub(struct opened *o, enum mk_sub sub)
{
	struct stat st;
	int fd = sub == MK_SUB_SELF ? o->fd :
	    mk_sys_open_dir(o->fd, mk_sub_names[sub]);

	if (fd == -1)
		return errno == ENOENT ? 0 : -1;
	if (fstat(fd, &st) == 0) {
		if (o->group->ino[sub] == 0 ||
		    st.st_ino == o->group->ino[sub]) {
			o->sub_fds[sub] = fd;
			return 0;
		}
		errno = ESTALE;
	}
	if (fd != o->fd) {
		int errnum = errno;

		close(fd);
		errno = errnum;
	}
	return -1;
}

/*
 * Open what the group's messages lie in, and cur, where they may have gone
 * meanwhile.  What can't be opened keeps nothing else from being done: the
 * plan said that, too.
 */
static void
open_subs(struct opened *o)
{
	bool needed[MK_SUBS] = { false };
	enum mk_sub sub;
	size_t i;

	for (i = 0; i < o->group->n; i++)
		needed[o->group->items[i].sub] = true;
	for (sub = MK_SUB_CUR; sub <= MK_SUB_SELF; sub++) {
		if (!needed[sub] && (sub != MK_SUB_CUR || !needed[MK_SUB_NEW]))
			continue;
		if (open_sub(o, sub) == -1 && needed[sub]) {
			problem(o->ex, o->group, "open", mk_sub_names[sub]);
			o->refused[sub] = true;
		}
	}
}

/* List cur/ once more: a flag change has renamed something. */
static int
list_renamed(struct opened *o)
{
	struct mk_dir reader = { .fd = -1 };
	struct mk_dirent entry;
	struct found *more;
	size_t cap = 0;
	int rv;

	o->listed = true;
	if (o->sub_fds[MK_SUB_CUR] == -1 && open_sub(o, MK_SUB_CUR) == -1)
		return -1;
	if (o->sub_fds[MK_SUB_CUR] == -1)
		return 0;
	rv = mk_sys_dir_start(&reader, o->sub_fds[MK_SUB_CUR]);
	while (rv != -1 && (rv = mk_sys_dir_next(&reader, &entry)) == 1) {
		if (o->renamed_n == cap) {
			cap = cap * 2 + 64;
			more = realloc(o->renamed, cap * sizeof *more);
			if (more == NULL) {
				rv = -1;
				break;
			}
			o->renamed = more;
		}
		o->renamed[o->renamed_n].hash = mk_msgname_hash(entry.name,
		    mk_msgname_split(entry.name, NULL));
		o->renamed[o->renamed_n++].name = o->names.len;
		if (mk_buf_add(&o->names, entry.name, entry.len + 1) == -1)
			rv = -1;
	}
	mk_sys_dir_free(&reader);
	if (o->renamed_n > 0)
		qsort(o->renamed, o->renamed_n, sizeof *o->renamed, by_hash);
	return rv;
}

/*
 * The new name of a message that has lost its old one: in cur/, under the
 * same unique name.  False where it is gone from this folder.
 */
static bool
renamed(struct opened *o, struct message *msg)
{
	struct found key = { .hash = mk_msgname_hash(msg->name,
	    msg->uniq_len) };
	const struct found *found;
	const char *name;

	if (o->group->plain || msg->sub == MK_SUB_TMP)
		return false;
	if (!o->listed && list_renamed(o) == -1)
		return false;
	errno = ENOENT;			/* the listing may have set another */
	found = o->renamed_n == 0 ? NULL : bsearch(&key, o->renamed,
	    o->renamed_n, sizeof key, by_hash);
	if (found == NULL)
		return false;
	name = o->names.data + found->name;
	if (mk_msgname_split(name, NULL) != msg->uniq_len ||
	    memcmp(name, msg->name, msg->uniq_len) != 0)
		return false;
	msg->name = name;
	msg->sub = MK_SUB_CUR;
	return true;
}

/* Since when the ledger (or, without it, the plan) says that it is here. */
static int64_t
in_folder_since(struct opened *o, const struct mk_item *item,
    const struct message *msg)
{
	const struct mk_ledger_entry *entry = NULL;

	if (o->group->plain || msg->sub == MK_SUB_TMP)
		return MK_NEVER;
	if (o->with_ledger)
		entry = mk_ledger_find(&o->ledger, mk_msgname_hash(msg->name,
		    msg->uniq_len));
	if (entry != NULL)
		return entry->first_seen_s;
	return item->since_s > msg->st.st_ctim.tv_sec ? item->since_s :
	    msg->st.st_ctim.tv_sec;
}

/* Ask again whether ITEM is to go, now. */
static enum confirmed
confirm(struct opened *o, const struct mk_item *item, struct message *msg)
{
	const struct mk_rule *rule = &o->ex->rules[item->rule];
	enum mk_verdict verdict;
	unsigned flags;
	int64_t due_s;

	/* The rules may have changed since a plan was written. */
	if ((o->rules >> item->rule & 1) == 0)
		return KEPT;
	msg->name = mk_item_name(o->group, item);
	msg->sub = item->sub;
	msg->uniq_len = mk_msgname_split(msg->name, NULL);
	if (o->sub_fds[msg->sub] == -1)
		return o->refused[msg->sub] ? FAILED : GONE;
	if (fstatat(o->sub_fds[msg->sub], msg->name, &msg->st,
	    AT_SYMLINK_NOFOLLOW) == -1 && (errno != ENOENT ||
	    !renamed(o, msg) || fstatat(o->sub_fds[msg->sub], msg->name,
	    &msg->st, AT_SYMLINK_NOFOLLOW) == -1)) {
		if (errno == ENOENT)
			return GONE;
		problem(o->ex, o->group, "stat", msg->name);
		return FAILED;
	}
	if (!S_ISREG(msg->st.st_mode) || !mk_msgname_fits(msg->name))
		return KEPT;
	mk_msgname_split(msg->name, &flags);
	mk_expire_facts(&msg->facts, &msg->st, msg->name, msg->uniq_len,
	    flags, msg->sub, in_folder_since(o, item, msg));
	verdict = item->by_cap ? mk_rule_eligible(rule, &msg->facts) :
	    mk_rule_due(rule, &msg->facts, o->ex->now_s, &due_s);
	return verdict == MK_DUE ? GO : KEPT;
}

static void
folder_close(struct opened *o)
{
	size_t i;

	for (i = 0; i < MK_SUBS; i++)
		if (o->sub_fds[i] != -1 && o->sub_fds[i] != o->fd)
			close(o->sub_fds[i]);
	if (o->fd != -1)
		close(o->fd);
	mk_ledger_close(&o->ledger);
	free(o->renamed);
	mk_buf_free(&o->names);
}

/* The rules that name the group's folder, or directory. */
static mk_rule_set
rules_for(const struct mk_expire *ex, const struct mk_group *group)
{
	struct mk_folder folder = { .mailbox = group->mailbox,
	    .place = group->place, .path = group->path,
	    .layout = group->layout };
	mk_rule_set messages = 0, tmp = 0;
	struct mk_buf name = { 0 };
	size_t r;

	if (group->plain) {
		for (r = 0; r < ex->rules_n; r++)
			if (ex->rules[r].path != NULL &&
			    strcmp(ex->rules[r].path, group->path) == 0)
				messages |= (mk_rule_set)1 << r;
		return messages;
	}
	if (mk_folder_name(group->layout, group->place, &name) == 0) {
		folder.name = name.data;
		mk_rule_match(ex->rules, ex->rules_n, &folder, &messages,
		    &tmp);
	}
	mk_buf_free(&name);
	return messages | tmp;
}

/* Whether any message of the group was judged by its time in the folder. */
static bool
goes_by_ledger(const struct mk_expire *ex, const struct mk_group *group)
{
	size_t i;

	for (i = 0; i < group->n; i++)
		if (ex->rules[group->items[i].rule].age == MK_AGE_IN_FOLDER &&
		    group->items[i].sub != MK_SUB_TMP &&
		    group->items[i].sub != MK_SUB_SELF)
			return true;
	return false;
}

/* 0; 1: leave the folder alone, said already. */
static int
folder_open(struct opened *o, struct mk_expire *ex,
    const struct mk_group *group)
{
	struct mk_error why, err;

	*o = (struct opened){ .ex = ex, .group = group, .fd = -1,
	    .sub_fds = { -1, -1, -1, -1 }, .ledger = { .fd = -1 } };
	o->fd = mk_sys_open_dir(ex->rootfd, group->path[0] == '\0' ? "." :
	    group->path);
	if (o->fd == -1) {
		if (errno != ENOENT)
			problem(ex, group, "open", "");
		return 1;
	}
	open_subs(o);
	o->rules = rules_for(ex, group);
	o->quota_counts = !group->plain && mk_quota_counts(
	    &ex->host->quota_ignore, group->layout, group->place);
	if (!goes_by_ledger(ex, group))
		return 0;
	switch (mk_ledger_open(&o->ledger, o->fd, group->place,
	    MK_LEDGER_WRITE, &why)) {
	case 1:
		mk_fail(&err, EX_TEMPFAIL, "%s/%s: another run holds it",
		    ex->root, group->path);
		mk_expire_problem(ex, &err);
		return 1;
	case 0:
		o->with_ledger = o->ledger.found;
		mk_ledger_keep_all(&o->ledger);
	}
	return 0;
}

/* The line of an audit: what went, and why. */
static void
tell(const struct opened *o, const struct mk_item *item,
    const struct message *msg)
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
account(struct opened *o, const struct mk_item *item,
    const struct message *msg)
{
	o->counts[item->rule][MK_REMOVED]++;
	o->counts[item->rule][MK_ARCHIVED] += item->archived;
	if (msg->st.st_nlink == 1)
		o->counts[item->rule][MK_BYTES_FREED] +=
		    (uint64_t)msg->st.st_size;
	if (!o->group->plain && msg->sub != MK_SUB_TMP) {
		o->quota_bytes -= msg->facts.size_bytes;
		o->quota_count--;
		mk_ledger_forget(&o->ledger, mk_msgname_hash(msg->name,
		    msg->uniq_len));
	}
	if (mk_diag_verbose())
		tell(o, item, msg);
}

/*
 * What tells a file from another put in its place: an inode's number alone
 * may be the next file's.  A rename changes none of it.
 */
static uint64_t
identity(const struct stat *st)
{
	const uint64_t parts[] = { st->st_ino, (uint64_t)st->st_size,
	    (uint64_t)st->st_mtim.tv_sec, (uint64_t)st->st_mtim.tv_nsec };

	return mk_msgname_hash((const char *)parts, sizeof parts);
}

static void
remove_item(struct opened *o, const struct mk_item *item)
{
	struct message msg;
	uint64_t *counts = o->counts[item->rule];
	int tries;

	/* Twice: it may be renamed between being asked and being removed. */
	for (tries = 0; tries < 2; tries++) {
		switch (confirm(o, item, &msg)) {
		case GO:
			break;
		case FAILED:
			counts[MK_FAILED]++;
			return;
		default:
			counts[MK_VANISHED]++;
			return;
		}
		/* Only what lies safely in an archive; else that was said. */
		if (o->ex->rules[item->rule].archive != NULL &&
		    (!item->archived || item->identity != identity(&msg.st))) {
			counts[MK_FAILED]++;
			return;
		}
		if (unlinkat(o->sub_fds[msg.sub], msg.name, 0) == 0) {
			account(o, item, &msg);
			return;
		}
		if (errno != ENOENT) {
			problem(o->ex, o->group, "remove", msg.name);
			counts[MK_FAILED]++;
			return;
		}
		o->listed = false;
		o->renamed_n = 0;
	}
	counts[MK_VANISHED]++;
}

static void
save_ledger(struct opened *o)
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
save_quota(struct opened *o, int mailboxfd)
{
	struct mk_error why, err;

	if (!o->quota_counts || mk_quota_add(mailboxfd, o->quota_bytes,
	    o->quota_count, &why) == 0)
		return;
	mk_fail(&err, why.status, "%s/%s: %s; have it counted anew (doveadm "
	    "quota recalc)", o->ex->root, o->group->mailbox, why.text);
	mk_expire_problem(o->ex, &err);
}

static void
remove_group(struct mk_expire *ex, const struct mk_group *group,
    int mailboxfd)
{
	struct opened o;
	size_t i, r;
	bool open = folder_open(&o, ex, group) == 0;

	for (i = 0; i < group->n && !mk_stopped(); i++)
		if (open)
			remove_item(&o, &group->items[i]);
		else
			o.counts[group->items[i].rule][MK_FAILED]++;
	if (open) {
		save_quota(&o, mailboxfd);
		save_ledger(&o);
	}
	for (r = 0; r < ex->rules_n; r++)
		if (memcmp(o.counts[r], (uint64_t[MK_COLUMNS]){ 0 },
		    sizeof o.counts[r]) != 0)
			mk_expire_count(ex, r, group->mailbox, o.counts[r]);
	folder_close(&o);
	mk_progress_step(group->n);
}

static int
archive_item(struct opened *o, struct mk_item *item, struct mk_archive *ar,
    struct mk_error *err)
{
	struct mk_buf path = { 0 };
	struct message msg;
	struct stat st;
	int fd, rv = -1;

	if (confirm(o, item, &msg) != GO)
		return 0;		/* removal will find so, and count */
	fd = mk_sys_open_file(o->sub_fds[msg.sub], msg.name, O_RDONLY, 0);
	if (fd == -1 && errno == ENOENT)
		return 0;
	if (fd == -1 || fstat(fd, &st) == -1) {
		rv = mk_fail_sys(err, "open %s/%s", o->group->path, msg.name);
		goto out;
	}
	if (!S_ISREG(st.st_mode) || st.st_ino != msg.st.st_ino) {
		rv = 0;
		goto out;
	}
	if (mk_group_path(o->group, msg.sub, msg.name, &path) == -1)
		mk_fail_sys(err, "archive %s", msg.name);
	else
		rv = mk_archive_add(ar, fd, &st, path.data, err);
	if (rv == 0) {
		item->identity = identity(&st);
		item->archived = true;
	}
out:
	mk_buf_free(&path);
	if (fd != -1)
		close(fd);
	return rv;
}

/* Put into AR the items of GROUP that rules with the archive DIRFD have. */
static int
archive_group(struct mk_expire *ex, const struct mk_group *group, int dirfd,
    struct mk_archive *ar, struct mk_error *err)
{
	struct opened o;
	size_t i;
	int rv = 0;

	if (folder_open(&o, ex, group) == 0)
		for (i = 0; i < group->n && rv == 0; i++)
			if (ex->archive_fds[group->items[i].rule] == dirfd)
				rv = archive_item(&o, &group->items[i], ar,
				    err);
	folder_close(&o);
	return rv;
}

static bool
archived_in(const struct mk_expire *ex, const struct mk_group *group,
    int dirfd)
{
	size_t i;

	for (i = 0; i < group->n; i++)
		if (ex->archive_fds[group->items[i].rule] == dirfd)
			return true;
	return false;
}

/*
 * One archive for what PIECE has for DIRFD.  On failure no item of it counts
 * as archived, so none will be removed.
 */
static void
archive_mailbox(struct mk_expire *ex, const struct piece *piece, int dirfd)
{
	struct mk_group **groups = ex->plan.groups + piece->first;
	struct mk_archive *ar = NULL;
	struct mk_buf name = { 0 };
	struct mk_error why, err;
	size_t i, j, wanted = 0;
	int rv = 0;

	for (i = 0; i < piece->n; i++)
		wanted += archived_in(ex, groups[i], dirfd);
	if (wanted == 0)
		return;
	if (mk_archname_encode(groups[0]->mailbox, &name) == -1) {
		rv = mk_fail_sys(&why, "name the archive");
		goto out;
	}
	ar = mk_archive_create(dirfd, name.data, &why);
	rv = ar == NULL ? -1 : 0;
	for (i = 0; i < piece->n && rv == 0; i++)
		if (archived_in(ex, groups[i], dirfd))
			rv = archive_group(ex, groups[i], dirfd, ar, &why);
	if (rv == 0)
		rv = mk_archive_commit(ar, &why);
	else
		mk_archive_abort(ar);
out:
	if (rv == -1) {
		for (i = 0; i < piece->n; i++)
			for (j = 0; j < groups[i]->n; j++)
				if (ex->archive_fds[
				    groups[i]->items[j].rule] == dirfd)
					groups[i]->items[j].archived = false;
		mk_fail(&err, why.status, "archive of %s: %s; nothing of it "
		    "is removed", mk_expire_label(ex, groups[0]->mailbox),
		    why.text);
		mk_expire_problem(ex, &err);
	}
	mk_buf_free(&name);
}

static void
mailbox(struct mk_pool *pool, void *data, void *item, unsigned worker)
{
	struct mk_expire *ex = data;
	struct piece *piece = item;
	const struct mk_group *first = ex->plan.groups[piece->first];
	size_t r, before, i;
	int fd;

	(void)pool;
	(void)worker;
	if (mk_stopped()) {
		free(piece);
		return;
	}
	for (r = 0; r < ex->rules_n; r++) {
		if (ex->archive_fds[r] == -1)
			continue;
		/* Two rules may share a directory, and so a descriptor. */
		for (before = 0; before < r; before++)
			if (ex->archive_fds[before] == ex->archive_fds[r])
				break;
		if (before == r)
			archive_mailbox(ex, piece, ex->archive_fds[r]);
	}
	fd = mk_sys_open_dir(ex->rootfd, first->mailbox[0] == '\0' ? "." :
	    first->mailbox);
	if (fd == -1)
		problem(ex, first, "open the mailbox of", "");
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

/* Whether NAME is that of a run's directory: 20261122T171411Z-123. */
static bool
is_run_name(const char *name)
{
	static const char like[] = "00000000T000000Z-";
	size_t i;

	for (i = 0; like[i] != '\0'; i++)
		if (like[i] == '0' ? name[i] < '0' || name[i] > '9' :
		    name[i] != like[i])
			return false;
	return strspn(name + i, "0123456789") == strlen(name + i) &&
	    name[i] != '\0';
}

/*
 * Clear up after a run that was killed while it wrote an archive: it was one
 * of the last.  Its whole archives stay, they are the undo of what it removed;
 * a directory without any goes.
 */
static void
sweep_archives(int dirfd, const char *run_name)
{
	char last[SWEPT][64] = { "" };
	struct mk_dir reader = { .fd = -1 };
	struct mk_dirent entry;
	size_t i;
	int fd;

	if (mk_sys_dir_start(&reader, dirfd) == 0)
		while (mk_sys_dir_next(&reader, &entry) == 1) {
			if (entry.len >= sizeof last[0] ||
			    !is_run_name(entry.name) ||
			    strcmp(entry.name, run_name) == 0)
				continue;
			for (i = 0; i < SWEPT; i++)
				if (strcmp(entry.name, last[i]) > 0)
					break;
			if (i == SWEPT)
				continue;
			memmove(last + i + 1, last + i,
			    (SWEPT - 1 - i) * sizeof last[0]);
			memcpy(last[i], entry.name, entry.len + 1);
		}
	mk_sys_dir_free(&reader);
	for (i = 0; i < SWEPT && last[i][0] != '\0'; i++) {
		fd = mk_sys_open_dir(dirfd, last[i]);
		if (fd == -1)
			continue;
		if (mk_archive_sweep(fd) > 0)
			(void)unlinkat(dirfd, last[i], AT_REMOVEDIR);
		close(fd);
	}
}

/* This run's directory below each archive directory that is needed. */
static int
open_archives(struct mk_expire *ex, struct mk_error *err)
{
	bool needed[MK_RULES_MAX] = { false };
	bool opened[MK_RULES_MAX] = { false };
	size_t i, j, r, other;
	int fd, shared;

	for (i = 0; i < ex->plan.n; i++)
		for (j = 0; j < ex->plan.groups[i]->n; j++)
			needed[ex->plan.groups[i]->items[j].rule] = true;
	for (r = 0; r < ex->rules_n; r++) {
		fd = ex->archive_fds[r];
		if (fd == -1 || !needed[r] || opened[r])
			continue;
		if (mkdirat(fd, ex->run_name, 0700) == -1 && errno != EEXIST)
			return mk_fail_sys(err, "make %s/%s",
			    ex->rules[r].archive, ex->run_name);
		shared = mk_sys_open_dir(fd, ex->run_name);
		if (shared == -1 || fsync(fd) == -1)
			return mk_fail_sys(err, "open %s/%s",
			    ex->rules[r].archive, ex->run_name);
		sweep_archives(fd, ex->run_name);
		for (other = 0; other < ex->rules_n; other++)
			if (ex->archive_fds[other] == fd) {
				ex->archive_fds[other] = shared;
				opened[other] = true;
			}
		close(fd);
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
	mk_plan_sort(&ex->plan);
	if (open_archives(ex, err) == -1)
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
