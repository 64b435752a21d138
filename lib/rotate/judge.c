/* rotate/judge - what is there of each log, and is it due? */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/diag.h"
#include "rotate/generation.h"
#include "rotate/rotate.h"

#define DAY_S	86400

/*
 * When newsyslog would say that LOG was rotated last, by its newest archive: a
 * rotation makes that anew (ctime), and an interval counts from its last line.
 */
static int64_t
archived_s(const struct mk_rotate *r, const struct mk_log *log)
{
	struct mk_buf path = { 0 };
	int64_t found_s = MK_WHEN_NEVER;
	struct stat st;
	size_t len, i;

	if (r->time_format != NULL ||
	    mk_rotate_archive_path(r, log, &path) == -1 ||
	    mk_buf_addf(&path, "/%s.0", log->name) == -1)
		goto out;
	len = path.len;
	for (i = 0; i < MK_PACK_FORMATS && found_s == MK_WHEN_NEVER; i++) {
		mk_buf_cut(&path, len);
		if (mk_buf_addf(&path, "%s", mk_pack_suffixes[i]) == 0 &&
		    lstat(path.data, &st) == 0 && S_ISREG(st.st_mode))
			found_s = log->entry->when.timed &&
			    st.st_ctime > st.st_mtime ? st.st_ctime :
			    st.st_mtime;
	}
out:
	mk_buf_free(&path);
	return found_s;
}

static bool
is_to_create(const struct mk_rotate *r, const struct mk_entry *entry)
{
	bool flag = (entry->flags & MK_ENTRY_CREATE) != 0;

	return r->args->create > 1 || (flag && (r->args->create > 0 ||
	    r->dialect == MK_NETBSD));
}

/*
 * Whether a log is the file that a turn was begun for.  File systems give the
 * number of one that was removed to the next one, which is smaller; but the
 * log's second name shows it, were it emptied meanwhile.
 */
static bool
is_same(const struct stat *st, const struct mk_rotate_record *rec)
{
	return (uint64_t)st->st_ino == rec->ino &&
	    (uint64_t)st->st_dev == rec->dev &&
	    ((uint64_t)st->st_size >= rec->size || st->st_nlink > 1);
}

/*
 * What a killed run has left of LOG: the turn is done if the log is another
 * file now, and to be done again if it is the same; see rotate/turn.
 */
static void
take_up(struct mk_rotate *r, struct mk_log *log, struct mk_rotate_record *rec)
{
	if ((rec->owes & MK_OWES_TURN) == 0)
		return;
	if (!log->missing && is_same(&log->st, rec)) {
		log->redo = !r->args->no_rotate;
		return;
	}
	log->owes &= ~(unsigned)MK_OWES_TURN;
	log->create = log->missing;
	rec->owes = log->owes;
	rec->rotated_s = rec->turn_s;
	r->state.changed = true;
}

static void
tell(const struct mk_rotate *r, const struct mk_log *log,
    const struct mk_due_facts *facts)
{
	char path[1024], text[MK_DUE_TEXT_MAX];

	if (!mk_diag_verbose() || r->opt->json)
		return;
	printf("%s <%lld%s>: ", mk_diag_escape(path, sizeof path,
	    log->entry->log), (long long)log->entry->count,
	    mk_pack_suffixes[log->entry->format]);
	if (log->missing)
		printf("does not exist%s\n", log->create ?
		    " -> will create" : ", skipped");
	else
		printf("%s --> %s\n", mk_due_text(text, log->due, log->entry,
		    facts), log->redo || log->due > MK_DUE_EMPTY ?
		    "trimming log" : "skipping");
}

static void
refuse(struct mk_rotate *r, struct mk_log *log)
{
	struct mk_error err;

	log->refused = true;
	mk_fail(&err, EX_DATAERR, "%s: is no regular file; left alone",
	    log->entry->log);
	mk_rotate_failed(r, log, &err);
}

/*
 * A clock that was wrong has left a time to come.  It is believed, for it may
 * be this one that is wrong now; but the log would stand still for long.
 */
static void
tell_future(struct mk_rotate *r, const struct mk_log *log,
    const struct mk_due_facts *facts)
{
	struct mk_error err;

	if (facts->rotated_s == MK_WHEN_NEVER || facts->force ||
	    facts->rotated_s <= facts->now_s + DAY_S)
		return;
	mk_fail(&err, EX_TEMPFAIL, "%s: was rotated in the future, by a clock "
	    "that was wrong, or this one is; until then only its size rotates "
	    "it (-F does it now)", log->entry->log);
	mk_rotate_failed(r, log, &err);
}

static void
judge(struct mk_rotate *r, struct mk_log *log)
{
	struct mk_rotate_record *rec = mk_rotate_state_find(&r->state,
	    log->entry->log);
	struct mk_due_facts facts = {
		.now_s = r->now_s, .seen_s = rec->seen_s,
		.force = r->args->trim || r->args->tag != NULL,
	};
	struct mk_error err;

	log->owes = log->owed = rec->owes;
	log->missing = lstat(log->entry->log, &log->st) == -1;
	if (log->missing && errno != ENOENT) {
		log->refused = true;
		mk_fail_sys(&err, "%s", log->entry->log);
		mk_rotate_failed(r, log, &err);
		return;
	}
	if (!log->missing && !S_ISREG(log->st.st_mode)) {
		refuse(r, log);
		return;
	}
	take_up(r, log, rec);
	if (log->missing) {
		log->create = log->create || is_to_create(r, log->entry);
		tell(r, log, &facts);
		return;
	}
	/* Before this run it was not known, whatever was written down now. */
	if (rec->seen_s == r->now_s && rec->rotated_s == MK_WHEN_NEVER)
		facts.seen_s = MK_WHEN_NEVER;
	facts.rotated_s = rec->rotated_s != MK_WHEN_NEVER ? rec->rotated_s :
	    archived_s(r, log);
	facts.size_bytes = log->st.st_size;
	log->due = r->args->no_rotate ? MK_DUE_NOT :
	    mk_due_decide(log->entry, r->dialect, &facts);
	tell(r, log, &facts);
	tell_future(r, log, &facts);
	/* Programs want a row of each, people of what is done. */
	mk_rotate_count(r, r->opt->json || r->own.metrics_fd != -1 ? log :
	    NULL, MK_LOGS, 1);
}

int
mk_rotate_judge(struct mk_rotate *r, struct mk_error *err)
{
	size_t i;

	/* All of them first: one that is new may move the others. */
	for (i = 0; i < r->logs_n; i++)
		if (mk_rotate_state_get(&r->state, r->logs[i].entry->log,
		    r->now_s) == NULL)
			return mk_fail_sys(err, "%s", r->logs[i].entry->log);
	for (i = 0; i < r->logs_n; i++)
		judge(r, &r->logs[i]);
	return 0;
}
