/* rotate/turn - rotate one log. */
#include "rotate/turn.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/sys.h"
#include "rotate/turn_parts.h"

#define TURNED	"turned over"
#define OLD_MAX	1000		/* old files of one size that wait */

static bool
same_rights(const struct mk_place *a, const struct mk_place *b)
{
	return a == b || a->uid == b->uid;
}

bool
mk_turn_apart(const struct mk_place *place, const struct mk_place *archive)
{
	struct stat a, b;

	return place != archive && (!same_rights(place, archive) ||
	    fstat(place->fd, &a) == -1 || fstat(archive->fd, &b) == -1 ||
	    a.st_dev != b.st_dev);
}

int
mk_turning_begin(struct mk_turning *c, struct mk_turn *turn,
    struct mk_error *err)
{
	size_t size = strlen(turn->name) + sizeof "..mailkeep-new";

	*c = (struct mk_turning){ .turn = turn, .fd = -1 };
	turn->removed = turn->removed_bytes = 0;
	turn->turned = false;
	c->apart = mk_turn_apart(turn->place, turn->archive);
	c->home = c->apart ? turn->place : turn->archive;
	c->fresh = malloc(size);
	if (c->fresh == NULL)
		return mk_fail_sys(err, "%s", turn->name);
	snprintf(c->fresh, size, ".%s.mailkeep-new", turn->name);
	return 0;
}

void
mk_turning_end(struct mk_turning *c)
{
	if (c->made && !c->lost)
		unlinkat(c->turn->place->fd, c->fresh, 0);
	if (c->fd != -1)
		close(c->fd);
	free(c->first);
	free(c->fresh);
}

int
mk_turning_in_archive(struct mk_turning *c, mk_turning_fn *work, void *data,
    struct mk_error *err)
{
	const struct mk_place *place = c->turn->place;
	const struct mk_place *archive = c->turn->archive;
	struct mk_error why;
	int rv;

	if (same_rights(place, archive))
		return work(c, data, err);
	mk_place_leave(place);
	rv = mk_place_enter(archive, err);
	if (rv == 0) {
		rv = work(c, data, err);
		mk_place_leave(archive);
	}
	if (mk_place_enter(place, &why) == -1) {
		c->lost = true;
		*err = why;
		rv = -1;
	}
	return rv;
}

/*
 * The notice, as late as can be: when the next run does the link again it is
 * written twice, which does no harm.  On a full disk it is left out, since to
 * rotate may be what makes room.
 */
static void
tell_old(const struct mk_turning *c)
{
	const struct mk_turn *turn = c->turn;
	struct mk_buf line = { 0 };
	struct mk_error err;
	ssize_t n;

	if (c->fd == -1 || turn->entry->count == 0)
		return;
	if (mk_turning_notice(turn, TURNED, turn->reason, &line, &err) == 0 &&
	    line.len > 0) {
		n = write(c->fd, line.data, line.len);
		if (n == -1)
			mk_diag_info("%s/%s: no notice in the old log: %s",
			    turn->place->path, turn->name, strerror(errno));
	}
	mk_buf_free(&line);
}

/*
 * Of an entry that keeps none the old file is named by its size: what is
 * written from now on is behind that, and is taken over.  One that had the
 * same size may wait there still.
 */
static int
name_old(struct mk_turning *c, struct mk_error *err)
{
	const struct mk_turn *turn = c->turn;
	int at = turn->place->fd, len, n;
	size_t size = strlen(turn->name) + 60;
	struct stat st, there;

	if (c->first != NULL)
		return 0;
	if (fstatat(at, turn->name, &st, AT_SYMLINK_NOFOLLOW) == -1) {
		mk_fail_sys(err, "look at %s/%s", turn->place->path,
		    turn->name);
		return -1;
	}
	c->home = turn->place;
	c->first = malloc(size);
	if (c->first == NULL) {
		mk_fail_sys(err, "%s", turn->name);
		return -1;
	}
	len = snprintf(c->first, size, ".%s.mailkeep-old.%lld", turn->name,
	    (long long)st.st_size);
	for (n = 1; n < OLD_MAX && fstatat(at, c->first, &there,
	    AT_SYMLINK_NOFOLLOW) == 0; n++)
		snprintf(c->first + len, size - (size_t)len, ".%d", n);
	return 0;
}

static int
fail_replaced(const struct mk_turn *turn, struct mk_error *err)
{
	return mk_fail(err, EX_TEMPFAIL, "%s/%s: was replaced while it was "
	    "being rotated; the next run looks again", turn->place->path,
	    turn->name);
}

/*
 * No links here: the log moves away, and there is none until the new one takes
 * its place.  If that can't be, the old one comes back; and if not even that,
 * the new one, beside, tells the next run.
 */
static int
move_log(struct mk_turning *c, struct mk_error *err)
{
	const struct mk_turn *turn = c->turn;
	int at = turn->place->fd, to = c->home->fd;
	bool is_it;

	mk_diag_info("%s/%s: can't be linked (%s), so it is renamed",
	    turn->place->path, turn->name, strerror(errno));
	if (mk_sys_rename_noreplace(at, turn->name, to, c->first) == -1)
		return mk_fail_sys(err, "rename %s/%s to %s",
		    turn->place->path, turn->name, c->first);
	c->state = MK_TURN_MOVED;
	is_it = mk_turning_is(to, c->first, &c->st);
	if (is_it && mk_place_sync(c->home, err) == 0)
		return 0;
	if (!is_it)
		fail_replaced(turn, err);
	if (mk_sys_rename_noreplace(to, c->first, at, turn->name) == -1)
		c->made = false;	/* it stays, and tells */
	return -1;
}

/*
 * The log gets its second name.  What was linked is looked at then: somebody
 * may have put another file in the log's place since it was judged.  That one
 * keeps its name, and loses the one that we gave it.
 */
static int
link_log(struct mk_turning *c, struct mk_error *err)
{
	const struct mk_turn *turn = c->turn;
	int at = turn->place->fd;
	struct stat st;
	int rv;

	/* No notice where the link will fail, or each run would add one. */
	if (c->first == NULL || fstatat(c->home->fd, c->first, &st,
	    AT_SYMLINK_NOFOLLOW) == -1)
		tell_old(c);
	if (name_old(c, err) == -1)
		return -1;
	rv = linkat(at, turn->name, c->home->fd, c->first, 0);
	if (rv == -1 && errno == EXDEV && c->home != turn->place) {
		/* One device, but another mount of it. */
		c->home = turn->place;
		rv = linkat(at, turn->name, at, c->first, 0);
	}
	if (rv == -1 && mk_turning_no_links(errno))
		return move_log(c, err);
	if (rv == -1 && errno == EEXIST)
		return mk_fail(err, EX_DATAERR, "%s/%s: stands where the log "
		    "is to go, and is no rotated file of it: remove it, or "
		    "give it another name", c->home->path, c->first);
	if (rv == -1)
		return mk_fail_sys(err, "link %s/%s to %s/%s",
		    turn->place->path, turn->name, c->home->path, c->first);
	if (mk_turning_is(c->home->fd, c->first, &c->st))
		return mk_place_sync(c->home, err);
	if (fstatat(at, turn->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    mk_turning_is(c->home->fd, c->first, &st))
		unlinkat(c->home->fd, c->first, 0);
	return fail_replaced(turn, err);
}

/*
 * The new log gets a name that nothing has.  Where whoever writes the log was
 * faster, his stays.
 */
static int
place_log(struct mk_turning *c, struct mk_error *err)
{
	struct mk_turn *turn = c->turn;
	bool moved = c->st.st_mode != 0;	/* there was a log */
	int at = turn->place->fd;

	if (mk_sys_rename_noreplace(at, c->fresh, at, turn->name) == 0) {
		c->made = false;
		turn->turned = true;
		return mk_place_sync(turn->place, err);
	}
	if (errno == EEXIST) {
		c->made = true;
		turn->turned = moved;
		return 0;
	}
	if (moved)
		c->made = false;	/* it stays, and tells the next run */
	return mk_fail_sys(err, "rename %s/%s to %s", turn->place->path,
	    c->fresh, turn->name);
}

/*
 * The new log takes the log's name.  The other name of its old file was synced
 * before: after a power cut that must not be without any.
 */
static int
replace_log(struct mk_turning *c, struct mk_error *err)
{
	struct mk_turn *turn = c->turn;
	int at = turn->place->fd;

	if (!mk_turning_is(at, turn->name, &c->st))
		return fail_replaced(turn, err);
	if (renameat(at, c->fresh, at, turn->name) == -1)
		return mk_fail_sys(err, "rename %s/%s to %s",
		    turn->place->path, c->fresh, turn->name);
	c->made = false;
	turn->turned = true;
	return mk_place_sync(turn->place, err);
}

int
mk_turn(struct mk_turn *turn, struct mk_error *err)
{
	struct mk_turn_steps steps = { 0 };
	struct mk_turning c;
	int rv = -1;

	if (mk_turning_begin(&c, turn, err) == -1 ||
	    mk_turning_judge(&c, err) == -1 ||
	    mk_turning_plan(&c, &steps, err) == -1)
		goto out;
	if (turn->show != NULL) {
		mk_turning_show(&c, &steps);
		rv = 0;
		goto out;
	}
	if (c.waits) {
		if (mk_turning_take(&c, &steps, err) == 0)
			mk_turning_fail_waits(&c, err);
		goto out;
	}
	if (mk_turning_fresh(&c, TURNED, turn->reason, err) == -1)
		goto out;
	if (c.state == MK_TURN_WHOLE &&
	    (mk_turning_take(&c, &steps, err) == -1 ||
	    link_log(&c, err) == -1))
		goto out;
	rv = c.state == MK_TURN_MOVED ? place_log(&c, err) :
	    replace_log(&c, err);
out:
	mk_turn_steps_free(&steps);
	mk_turning_end(&c);
	return rv;
}

/*
 * A log that is missing because a run was killed when it had moved it (see
 * move_log) is made as mk_turn would have made it.
 */
int
mk_turn_create(struct mk_turn *turn, struct mk_error *err)
{
	struct mk_turning c;
	bool moved = false;
	int rv = -1;

	if (mk_turning_begin(&c, turn, err) == -1)
		goto out;
	switch (mk_turning_moved(&c, err)) {
	case -1:
		goto out;
	case 1:
		moved = true;
	}
	if (turn->show != NULL) {
		fputs("Start new log...\n", turn->show);
		rv = 0;
		goto out;
	}
	if (mk_turning_fresh(&c, moved ? TURNED : "first created",
	    moved ? turn->reason : NULL, err) == -1)
		goto out;
	rv = place_log(&c, err);
out:
	mk_turning_end(&c);
	return rv;
}
