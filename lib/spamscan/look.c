/* spamscan/look - walk the folders, judge what is new in them, and move it. */
#include "spamscan/look.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/progress.h"
#include "base/stop.h"
#include "base/sys.h"
#include "mail/msgname.h"
#include "mail/opened.h"
#include "mail/pass.h"
#include "mail/source.h"
#include "spamscan/box.h"
#include "spamscan/delete.h"
#include "spamscan/judge.h"
#include "spamscan/learn.h"

/* By whom a score is: the rows of the report. */
enum { HEADER, SPAMD, NOBODY, SOURCES };
static const enum mk_state sources[SOURCES] = {
	[HEADER] = MK_BY_HEADER, [SPAMD] = MK_BY_SPAMD, [NOBODY] = MK_UNSCORED,
};

struct item {				/* a message to be judged */
	const char *name;
	uint64_t hash;
	struct mk_ledger_entry *entry;	/* NULL: new to the ledger */
	bool in_new;
};

struct looker {				/* a worker's own */
	struct mk_dir reader;
	struct mk_source *source;
	struct item *items;
	size_t n, cap;
	struct mk_arena names;
};

struct look {
	struct mk_spamscan *scan;
	struct looker *lookers;
};

/* A folder being looked into. */
struct look_in {
	struct mk_spamscan *scan;
	struct looker *own;
	struct mk_pass pass;
	struct mk_box box;
	int64_t limit, delete_above;
	const struct mk_question_group *answers;	/* NULL: first look */
	struct mk_question_group *questions;
	struct mk_group *due;		/* to be deleted */
	uint64_t seen;
	uint64_t counts[SOURCES][MK_SPAM_COLUMNS];
	bool unsettled;			/* to be looked at again */
};

static const char *const subs[] = { "cur", "new" };

/* ---- one message */

static size_t
source_of(const struct mk_judgement *j, int column)
{
	enum mk_state state = j->known.state;

	return column == MK_WAITING || state == MK_BY_SPAMD ? SPAMD :
	    state == MK_BY_HEADER ? HEADER : NOBODY;
}

/* In the folder's own counters: the report has one lock for all threads. */
static void
count(struct look_in *in, const struct mk_judgement *j, int column)
{
	enum mk_state state = j->known.state;
	uint64_t *counts = in->counts[source_of(j, column)];

	counts[MK_JUDGED] += column != MK_WAITING;
	counts[MK_SPAM_FOUND] += (state == MK_BY_HEADER ||
	    state == MK_BY_SPAMD) && j->known.score >= in->limit;
	counts[MK_NO_SCORE] += state == MK_UNSCORED ||
	    state == MK_UNREADABLE;
	if (column != MK_JUDGED)
		counts[column]++;
}

static void
report(struct look_in *in)
{
	static const uint64_t none[MK_SPAM_COLUMNS];
	size_t i;

	for (i = 0; i < SOURCES; i++)
		if (memcmp(in->counts[i], none, sizeof none) != 0)
			mk_spamscan_count(in->scan, mk_source_name(
			    sources[i]), in->pass.folder->mailbox,
			    in->counts[i]);
}

static void
tell(struct look_in *in, const struct item *item,
    const struct mk_judgement *j, const char *action)
{
	const char *folder = in->pass.folder->path;
	struct mk_buf path = { 0 };

	/* Nobody reads it: no need to put it together. */
	if (!in->scan->lines && !in->scan->dry_run && !mk_diag_verbose())
		return;
	if (mk_buf_addf(&path, "%s%s%s/%s", folder, folder[0] == '\0' ? "" :
	    "/", subs[item->in_new], item->name) == 0)
		mk_spamscan_tell(in->scan, &(struct mk_judged){
		    .mailbox = in->pass.folder->mailbox, .path = path.data,
		    .known = j->known, .dialect = j->dialect,
		    .limit = in->limit, .action = action });
	mk_buf_free(&path);
}

/* Enter what is known now. */
static void
remember(struct look_in *in, const struct item *item, const struct stat *st,
    const struct mk_known *known)
{
	uint32_t bits = known->state == MK_NEW ? 0 : mk_known_encode(known);

	if (known->state == MK_NEW)
		in->unsettled = true;
	if (item->entry != NULL)
		mk_ledger_know(&in->pass.ledger, item->entry, bits);
	else if (mk_ledger_add(&in->pass.ledger, item->hash,
	    mk_pass_since(&in->pass, st), bits) == -1)
		mk_pass_trouble(&in->pass, "remember", item->name);
}

/* It is no longer here: so the ledger says nothing of it. */
static void
forget(struct look_in *in, const struct item *item)
{
	mk_ledger_forget(&in->pass.ledger, item->hash);
}

/* It may go, at the end of the run. */
static int
add_due(struct look_in *in, const struct item *item, const struct stat *st,
    enum mk_state state)
{
	struct mk_item due = { .sub = item->in_new ? MK_SUB_NEW : MK_SUB_CUR,
	    .size_bytes = mk_msgname_size(item->name, mk_msgname_split(
	    item->name, NULL)), .identity = mk_opened_identity(st),
	    .kind = mk_delete_kind(state) };
	const struct mk_folder *f = in->pass.folder;

	if (due.size_bytes == -1)
		due.size_bytes = st->st_size;
	if (in->due == NULL)
		in->due = mk_group_new(f->mailbox, f->place, f->path,
		    f->layout, false);
	return in->due == NULL ? -1 : mk_group_add(in->due, &due, item->name);
}

/* What becomes of a spam. */
static void
act(struct look_in *in, const struct item *item, const struct stat *st,
    struct mk_judgement *j, enum mk_verdict_spam verdict)
{
	struct mk_known unknown = { .state = MK_NEW };
	int fd = in->pass.sub_fds[item->in_new];

	if (in->scan->conf->keys.action == MK_ACTION_REPORT) {
		remember(in, item, st, &j->known);
		count(in, j, MK_JUDGED);
		tell(in, item, j, "report");
		return;
	}
	if (verdict == MK_SPAM_DELETE) {
		switch (mk_box_taken_back(&in->box, mk_judgement_print(j))) {
		case 1:
			goto taken_back;
		case 0:
			remember(in, item, st, &unknown);
			if (add_due(in, item, st, j->known.state) == -1) {
				mk_pass_trouble(&in->pass, "remember",
				    item->name);
				break;
			}
			tell(in, item, j, "delete");
			return;		/* counted when it is gone */
		}
		remember(in, item, st, &unknown);
		count(in, j, MK_NOT_MOVED);
		return;
	}
	switch (mk_box_junk(&in->box, fd, item->name, item->in_new,
	    mk_judgement_print(j), st)) {
	case MK_JUNK_MOVED:
		if (in->scan->dry_run)
			remember(in, item, st, &j->known);
		else
			forget(in, item);
		count(in, j, MK_JUNKED);
		in->counts[source_of(j, MK_JUNKED)][MK_JUNKED_BYTES] +=
		    (uint64_t)st->st_size;
		tell(in, item, j, "junk");
		break;
	case MK_JUNK_TAKEN_BACK:
taken_back:
		j->known.state = MK_TAKEN_BACK;
		remember(in, item, st, &j->known);
		count(in, j, MK_KEPT_BACK);
		tell(in, item, j, "keep");
		break;
	case MK_JUNK_VANISHED:
		in->unsettled = true;	/* under its new name, next time */
		break;
	case MK_JUNK_REFUSED:
		remember(in, item, st, &unknown);
		count(in, j, MK_NOT_MOVED);
		break;
	}
}

/* It has a judgement: apply it. */
static void
settle(struct look_in *in, const struct item *item, const struct stat *st,
    struct mk_judgement *j)
{
	enum mk_verdict_spam verdict = MK_HAM;

	if (j->known.state == MK_BY_HEADER || j->known.state == MK_BY_SPAMD)
		verdict = mk_spam_verdict(j->known.score, in->limit,
		    in->delete_above);
	if (verdict != MK_HAM) {
		act(in, item, st, j, verdict);
		return;
	}
	remember(in, item, st, &j->known);
	count(in, j, MK_JUDGED);
	tell(in, item, j, "keep");
}

/* spamd's answer, if it is on this very file; else it is asked for. */
static void
by_answer(struct look_in *in, const struct item *item, const struct stat *st,
    struct mk_judgement *j)
{
	const struct mk_question *q = in->answers == NULL ? NULL :
	    mk_question_find(in->answers, item->hash);

	if (q != NULL && q->answered && q->ino == st->st_ino) {
		j->known = q->known;
		j->print = q->print;
		settle(in, item, st, j);
		return;
	}
	remember(in, item, st, &j->known);
	if (in->answers != NULL) {
		if (q != NULL)
			count(in, j, MK_WAITING);
		return;
	}
	if (in->questions == NULL)
		in->questions = mk_question_group_new(in->pass.folder);
	if (in->questions == NULL || mk_question_add(in->questions,
	    item->name, item->in_new, item->hash, st->st_ino) == -1)
		mk_pass_trouble(&in->pass, "remember", item->name);
}

int64_t
mk_look_oldest(const struct mk_spamscan *scan,
    const struct mk_ledger_entry *entry)
{
	int64_t first_s = entry == NULL ? scan->now_s : entry->first_seen_s;

	return first_s - scan->conf->keys.max_age_s;
}

/*
 * Open the message, and ask fstat(2) what that is.  One that looks old by its
 * name is asked before: to be opened it would have to be new.  The descriptor;
 * -1: it is too old, where *ST tells; -2: there is nothing to judge.
 */
static int
open_message(struct look_in *in, const struct item *item, struct stat *st)
{
	int dirfd = in->pass.sub_fds[item->in_new], fd;
	int64_t oldest_s = mk_look_oldest(in->scan, item->entry);

	if (mk_msgname_time(item->name) < oldest_s) {
		if (fstatat(dirfd, item->name, st, AT_SYMLINK_NOFOLLOW) == -1)
			goto trouble;
		if (!S_ISREG(st->st_mode))
			return -2;
		if (st->st_mtim.tv_sec < oldest_s)
			return -1;
	}
	fd = mk_sys_open_file(dirfd, item->name, O_RDONLY, 0);
	if (fd == -1)
		goto trouble;
	if (fstat(fd, st) == -1 || !S_ISREG(st->st_mode) ||
	    st->st_mtim.tv_sec < oldest_s) {
		close(fd);
		return S_ISREG(st->st_mode) ? -1 : -2;
	}
	return fd;
trouble:
	if (errno != ENOENT)
		mk_pass_trouble_at(&in->pass, "open", subs[item->in_new],
		    item->name);
	in->unsettled = true;		/* renamed or gone: the next pass */
	return -2;
}

static void
judge(struct look_in *in, const struct item *item)
{
	struct mk_judgement j = { .dialect = -1 };
	struct mk_error why, err;
	struct stat st = { 0 };
	int fd = open_message(in, item, &st), rv;

	if (fd == -2)
		return;
	if (fd == -1) {
		j.known.state = MK_TOO_OLD;
		settle(in, item, &st, &j);
		return;
	}
	rv = mk_judge(in->scan, in->own->source, fd, &j, &why);
	close(fd);
	if (rv == -1) {
		mk_fail(&err, why.status, "%s/%s/%s/%s: %s", in->scan->root,
		    in->pass.folder->path, subs[item->in_new], item->name,
		    why.text);
		mk_problems_tell(&in->scan->problems, &err);
		remember(in, item, &st, &(struct mk_known){ .state = MK_NEW });
	} else if (j.known.state == MK_NEW)
		by_answer(in, item, &st, &j);
	else
		settle(in, item, &st, &j);
}

/* ---- one folder */

static int
keep_item(struct look_in *in, const struct item *item, size_t len)
{
	struct looker *own = in->own;
	struct item *items;
	size_t cap;

	if (own->n == own->cap) {
		cap = own->cap + own->cap / 2 + 64;
		items = realloc(own->items, cap * sizeof *items);
		if (items == NULL)
			return -1;
		own->items = items;
		own->cap = cap;
	}
	own->items[own->n] = *item;
	own->items[own->n].name = mk_arena_copy(&own->names, item->name, len);
	return own->items[own->n].name == NULL ? -1 : (int)(own->n++, 0);
}

/* Whether there is something to find out about the message of ENTRY. */
static bool
is_new(const struct look_in *in, const struct mk_ledger_entry *entry,
    uint64_t hash)
{
	struct mk_known known;

	if (in->answers != NULL && mk_question_find(in->answers, hash) == NULL)
		return false;
	if (entry == NULL)
		return true;
	known = mk_known_decode(entry->known);
	if (in->scan->rescan && known.state != MK_TAKEN_BACK)
		return true;
	return !mk_known_settled(&known, in->scan->fingerprint & 0x7f);
}

/* Gather the new messages of cur or new. */
static void
list(struct look_in *in, bool in_new)
{
	struct mk_dirent entry;
	struct item item = { .in_new = in_new };
	int fd = in->pass.sub_fds[in_new], rv;

	if (fd == -1)
		return;
	rv = mk_sys_dir_start(&in->own->reader, fd);
	while (rv != -1 &&
	    (rv = mk_sys_dir_next(&in->own->reader, &entry)) == 1) {
		if (!mk_msgname_fits(entry.name) || (entry.type != MK_FILE &&
		    entry.type != MK_UNKNOWN))
			continue;
		in->seen++;
		item.hash = mk_msgname_hash(entry.name,
		    mk_msgname_split(entry.name, NULL));
		item.entry = mk_ledger_find(&in->pass.ledger, item.hash);
		if (!is_new(in, item.entry, item.hash)) {
			if (item.entry == NULL)
				in->unsettled = true;
			continue;
		}
		item.name = entry.name;
		if (keep_item(in, &item, entry.len) == -1) {
			mk_pass_trouble(&in->pass, "remember", entry.name);
			rv = 0;
			break;
		}
	}
	if (rv == -1)
		mk_pass_trouble(&in->pass, "list", subs[in_new]);
}

/* Hand over what was found. */
static void
conclude(struct look_in *in)
{
	if (in->due != NULL && mk_plan_add(&in->scan->plan, in->due) == -1) {
		mk_pass_trouble(&in->pass, "remember", "");
		mk_group_free(in->due);
	}
	if (in->questions != NULL &&
	    mk_questions_add(in->scan, in->questions) == -1) {
		mk_pass_trouble(&in->pass, "remember", "");
		mk_question_group_free(in->questions);
	}
}

static void
messages(struct look_in *in, struct mk_index_record *record)
{
	size_t i;

	in->own->n = 0;
	list(in, false);
	list(in, true);
	for (i = 0; i < in->own->n && !mk_stopped(); i++)
		judge(in, &in->own->items[i]);
	/* What a signal kept from being judged has no entry, and comes next. */
	if (i < in->own->n)
		in->unsettled = true;
	mk_arena_free(&in->own->names);
	if (in->due != NULL)
		memcpy(in->due->ino, in->pass.inos, sizeof in->pass.inos);
	mk_pass_settle(&in->pass, record);
	if (in->pass.failed)
		in->unsettled = true;
	mk_pass_save(&in->pass, in->scan->fingerprint, in->unsettled ?
	    MK_ALWAYS : MK_NEVER, in->seen, record);
}

/* Look into a folder that is scanned. */
static void
scan_folder(struct mk_spamscan *scan, struct looker *own,
    const struct mk_folder *folder, struct mk_index_record *record,
    const struct mk_question_group *answers)
{
	struct look_in in = {
		.scan = scan, .own = own, .answers = answers,
		.limit = mk_spamscan_limit(scan, folder->mailbox),
		.delete_above = mk_spamscan_delete_above(scan,
		    folder->mailbox),
		.box = MK_BOX(scan, folder),
		.pass = { .rootfd = scan->rootfd, .root = scan->root,
		    .folder = folder, .now_s = scan->now_s,
		    .dry_run = scan->dry_run, .problems = &scan->problems,
		    MK_PASS },
	};

	record->due_s = MK_NEVER;
	if (in.limit <= 0)		/* the row has changed meanwhile */
		return;
	if (mk_pass_open(&in.pass, record) == 0)
		switch (mk_pass_ledger(&in.pass, scan->fingerprint, record)) {
		case 1:
			in.seen = in.pass.ledger.head.watched;
			if (!scan->rescan && answers == NULL)
				break;
			/* FALLTHROUGH */
		case 0:
			in.seen = 0;
			messages(&in, record);
			conclude(&in);
			break;
		}
	if (answers == NULL)
		scan->seen += in.seen;
	record->watched = in.seen;
	if (in.unsettled || in.pass.failed)
		record->due_s = MK_ALWAYS;
	report(&in);
	mk_box_close(&in.box);
	mk_pass_close(&in.pass);
}

/* ---- the walk */

static void
visit(void *data, const struct mk_folder *folder,
    struct mk_index_record *record, unsigned worker)
{
	struct look *look = data;
	struct looker *own = &look->lookers[worker];

	if (mk_spamscan_is_junk(look->scan, folder))
		mk_learn_junk(look->scan, folder, record, &own->reader,
		    own->source);
	else
		scan_folder(look->scan, own, folder, record, NULL);
}

static void
unchanged(void *data, const struct mk_folder *folder,
    const struct mk_index_record *record, unsigned worker)
{
	struct look *look = data;

	(void)worker;
	if (!mk_spamscan_is_junk(look->scan, folder))
		look->scan->seen += record->watched;
}

static unsigned
want(void *data, const struct mk_folder *folder)
{
	const struct look *look = data;
	struct mk_spamscan *scan = look->scan;
	const struct mk_patterns patterns = {
	    .list = &scan->conf->keys.folders };
	struct mk_error err;
	int rv = mk_spamscan_wants(scan, folder->mailbox);

	if (rv == 1)
		rv = mk_spamscan_is_junk(scan, folder) ?
		    scan->conf->keys.learn : mk_folder_match(&patterns,
		    folder->layout, folder->name);
	if (rv == -1) {
		mk_fail_sys(&err, "match %s", folder->path);
		mk_problems_tell(&scan->problems, &err);
	}
	return rv == 1 ? MK_WATCH_CUR | MK_WATCH_NEW : 0;
}

static void
problem(void *data, const struct mk_error *err)
{
	struct look *look = data;

	mk_problems_tell(&look->scan->problems, err);
}

static void
lookers_free(struct looker *lookers, unsigned n)
{
	unsigned i;

	for (i = 0; lookers != NULL && i < n; i++) {
		mk_sys_dir_free(&lookers[i].reader);
		mk_source_free(lookers[i].source);
		free(lookers[i].items);
		mk_arena_free(&lookers[i].names);
	}
	free(lookers);
}

static struct looker *
lookers_new(unsigned n, struct mk_error *err)
{
	struct looker *lookers = calloc(n, sizeof *lookers);
	unsigned i;

	if (lookers == NULL) {
		mk_fail_sys(err, "scan");
		return NULL;
	}
	for (i = 0; i < n; i++)
		lookers[i].reader.fd = -1;
	for (i = 0; i < n; i++) {
		lookers[i].source = mk_source_new(err);
		if (lookers[i].source == NULL) {
			lookers_free(lookers, n);
			return NULL;
		}
	}
	return lookers;
}

int
mk_spamscan_walk(struct mk_spamscan *scan, const struct mk_walk *walk,
    struct mk_walk_result *result, struct mk_error *err)
{
	struct look look = { .scan = scan };
	const struct mk_walk_ops ops = {
		.data = &look, .want = want, .visit = visit,
		.unchanged = unchanged, .problem = problem,
	};
	int rv;

	look.lookers = lookers_new(walk->threads, err);
	if (look.lookers == NULL)
		return -1;
	rv = mk_walk(walk, &ops, result, err);
	lookers_free(look.lookers, walk->threads);
	return rv;
}

void
mk_spamscan_answered(struct mk_spamscan *scan)
{
	struct mk_questions *questions = scan->questions;
	struct mk_error err;
	struct looker *looker = lookers_new(1, &err);
	size_t i;

	if (looker == NULL) {
		mk_problems_tell(&scan->problems, &err);
		return;
	}
	mk_progress_phase("moving", questions->n);
	for (i = 0; i < questions->n; i++) {
		const struct mk_question_group *group = questions->v[i];
		const struct mk_folder folder = { .mailbox = group->mailbox,
		    .place = group->place, .path = group->path,
		    .name = group->name, .layout = group->layout };
		struct mk_index_record record = {
		    .watch = MK_WATCH_CUR | MK_WATCH_NEW };

		scan_folder(scan, looker, &folder, &record, group);
		mk_progress_step(1);
	}
	lookers_free(looker, 1);
}
