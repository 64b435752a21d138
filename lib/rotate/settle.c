/*
 * rotate/settle - compress what was rotated, or carry it over, or move it:
 * which files, and when.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/progress.h"
#include "base/stop.h"
#include "rotate/generation.h"
#include "rotate/rotate.h"
#include "rotate/settle_file.h"
#include "rotate/turn.h"

#define LOOK_AGAIN_MS	100

static int
list(const struct mk_rotate *r, const struct mk_log *log,
    const struct mk_place *place, struct mk_generations *found,
    struct mk_error *err)
{
	int rv;

	if (mk_place_enter(place, err) == -1)
		return -1;
	rv = mk_generations_list(found, place->fd, log->name, r->time_format,
	    err);
	mk_place_leave(place);
	if (rv == 0)
		mk_generations_cut_foreign(found, log->entry->count);
	return rv;
}

/* -1 outweighs 1, and that 0. */
static int
worst(int a, int b)
{
	return a == -1 || b == -1 ? -1 : a > b ? a : b;
}

/* All plain files of LOG in PLACE that are not to stay plain there. */
static int
settle_place(struct mk_rotate *r, const struct mk_log *log,
    const struct mk_place *place, struct mk_error *err)
{
	const struct mk_entry *entry = log->entry;
	bool moves = place != log->archive;
	struct mk_generations found = { 0 };
	enum mk_pack_format format = entry->format;
	struct mk_error why;
	size_t i;
	int rv = 0, one;

	if (list(r, log, place, &found, err) == -1)
		return -1;
	for (i = 0; i < found.n && !mk_stopped(); i++) {
		if (found.v[i].format != MK_PACK_NONE ||
		    (!moves && format == MK_PACK_NONE))
			continue;
		/* Others are from before there was an archive. */
		if (moves && r->time_format == NULL && found.v[i].number > 0)
			break;
		if (i == 0 && (entry->flags & MK_ENTRY_PLAIN_FIRST) != 0) {
			if (!moves)
				continue;
			format = MK_PACK_NONE;
		}
		one = mk_settle_file(r, log, place, found.v[i].name, format,
		    &why);
		if (one == -1)
			*err = why;
		rv = worst(rv, one);
		format = entry->format;
	}
	mk_generations_free(&found);
	return mk_stopped() ? 1 : rv;
}

/*
 * Whether the log's old file may wait in .place, to be moved: as rotate/turn
 * leaves it there; where that could not see it coming (another mount of one
 * file system) there is no generation 0 in the archive.
 */
static bool
waits_beside(struct mk_rotate *r, const struct mk_log *log)
{
	struct mk_generations found;
	struct mk_error err;
	bool none;

	if (log->place == log->archive)
		return false;
	if (mk_turn_apart(log->place, log->archive) || r->time_format != NULL)
		return true;
	if (list(r, log, log->archive, &found, &err) == -1)
		return false;
	none = found.n == 0 || found.v[0].number > 0;
	mk_generations_free(&found);
	return none;
}

/*
 * Whether a turn is half done: the log is its own generation 0 still, or was
 * moved away as that, or a generation has its old name and the next one's.
 */
static bool
is_half_turned(struct mk_rotate *r, const struct mk_log *log)
{
	struct mk_generations found;
	struct mk_error err;
	struct stat st;
	bool half = false;
	size_t i;

	if ((log->owes & MK_OWES_TURN) == 0)
		return false;
	if (fstatat(log->place->fd, log->name, &st,
	    AT_SYMLINK_NOFOLLOW) == -1 || st.st_nlink != 1)
		return true;
	if (list(r, log, log->archive, &found, &err) == -1)
		return false;
	for (i = 0; i < found.n && !half; i++)
		half = fstatat(log->archive->fd, found.v[i].name, &st,
		    AT_SYMLINK_NOFOLLOW) == 0 && st.st_nlink > 1;
	mk_generations_free(&found);
	return half;
}

static int
carry(struct mk_rotate *r, struct mk_log *log, struct mk_error *err)
{
	struct mk_turn turn = {
		.entry = log->entry, .name = log->name, .place = log->place,
		.archive = log->archive, .host = r->host, .reason = "",
		.now_s = r->now_s,
	};
	int rv;

	if (mk_place_enter(log->place, err) == -1)
		return -1;
	rv = mk_turn_carry(&turn, log->budget != NULL &&
	    log->budget->record == MK_PARAGRAPHS, err);
	mk_place_leave(log->place);
	return rv;
}

/*
 * What emptying has left is carried whatever the count is: it may have been 0
 * when the log was emptied.
 */
static int
settle(struct mk_rotate *r, struct mk_log *log, struct mk_error *err)
{
	struct mk_error why;
	int rv = carry(r, log, err), one = 0;

	mk_settle_remove_left(log);
	if (log->entry->count == 0)
		return rv;
	if (waits_beside(r, log))
		one = settle_place(r, log, log->place, &why);
	if (one == 0)
		one = settle_place(r, log, log->archive, &why);
	if (one == -1)
		*err = why;
	return worst(rv, one);
}

/* One round over all that waits.  How many have to go on waiting. */
static size_t
settle_round(struct mk_rotate *r, bool *done)
{
	struct mk_error err;
	struct mk_log *log;
	size_t i, left = 0;
	int rv;

	for (i = 0; i < r->logs_n && !mk_stopped(); i++) {
		log = &r->logs[i];
		if (done[i] || log->place == NULL || (log->owes &
		    MK_OWES_SETTLE) == 0 || is_half_turned(r, log))
			continue;
		rv = settle(r, log, &err);
		if (rv == 0)
			log->owes &= ~(unsigned)MK_OWES_SETTLE;
		else if (rv == -1)
			mk_rotate_failed(r, log, &err);
		else
			left++;
		done[i] = rv != 1;
		mk_progress_step(done[i]);
	}
	return left;
}

/* What would be compressed now; what waits from before is left out. */
static void
show(struct mk_rotate *r)
{
	static const char *const programs[MK_PACK_FORMATS] = {
		[MK_GZIP] = "gzip", [MK_BZIP2] = "bzip2", [MK_XZ] = "xz",
		[MK_ZSTD] = "zstd",
	};
	char path[PATH_MAX], shown[4 * PATH_MAX];
	const struct mk_log *log;
	size_t i;

	for (i = 0; i < r->logs_n; i++) {
		log = &r->logs[i];
		if ((log->owes & MK_OWES_SETTLE) != 0 &&
		    log->entry->count > 0 && r->time_format == NULL &&
		    (log->entry->flags & MK_ENTRY_PLAIN_FIRST) == 0 &&
		    log->entry->format != MK_PACK_NONE) {
			snprintf(path, sizeof path, "%s/%s.0",
			    log->archive->path, log->name);
			fprintf(r->show, "\t%s %s\n",
			    programs[log->entry->format],
			    mk_diag_escape(shown, sizeof shown, path));
			mk_rotate_count(r, log, MK_COMPRESSED, 1);
		}
	}
}

static void
tell_waiting(const struct mk_rotate *r, const bool *done)
{
	size_t i;

	for (i = 0; i < r->logs_n; i++)
		if (!done[i] && (r->logs[i].owes & MK_OWES_SETTLE) != 0)
			mk_diag_info("%s: a process writes to its rotated file "
			    "still; the next run looks again",
			    r->logs[i].entry->log);
}

void
mk_rotate_make_room(struct mk_rotate *r, const struct mk_log *log)
{
	struct mk_error err;

	if (!r->dry_run && log->entry->count > 0 &&
	    mk_turn_apart(log->place, log->archive) && !is_half_turned(r, log))
		settle_place(r, log, log->place, &err);
}

void
mk_rotate_settle(struct mk_rotate *r)
{
	const struct timespec pause = { .tv_nsec = LOOK_AGAIN_MS * 1000000L };
	int64_t end_ms = mk_clock_ms() + r->conf->keys.compress_wait_s * 1000;
	bool *done = calloc(r->logs_n + 1, sizeof *done);
	struct mk_error err;
	uint64_t n = 0;
	size_t left = 0, i;

	if (r->dry_run) {
		show(r);
		goto out;
	}
	if (done == NULL) {
		mk_fail_sys(&err, "compress");
		mk_problems_tell(&r->problems, &err);
		return;
	}
	for (i = 0; i < r->logs_n; i++)
		n += (r->logs[i].owes & MK_OWES_SETTLE) != 0 &&
		    r->logs[i].place != NULL && !is_half_turned(r,
		    &r->logs[i]);
	mk_progress_phase("compressing", n);
	while ((left = settle_round(r, done)) > 0 && !mk_stopped() &&
	    mk_clock_ms() < end_ms)
		nanosleep(&pause, NULL);
	if (left > 0) {
		mk_rotate_count(r, NULL, MK_WAITING, left);
		tell_waiting(r, done);
	}
out:
	free(done);
}
