/* rotate/turn_steps - show what is done to generations, or do it. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/sys.h"
#include "rotate/turn_parts.h"
#include "rotate/writers.h"

struct taken {
	const struct mk_turn_steps *steps;
	const struct mk_place *place;	/* only those there */
};

/* EPERM is also said of what is marked immutable: a rename fails then too. */
bool
mk_turning_no_links(int errnum)
{
	return errnum == EPERM || errnum == EOPNOTSUPP || errnum == EMLINK ||
	    errnum == ENOSYS;
}

/*
 * Nothing was done to it since it was made: an old log, were it empty too, has
 * got a mode, and a name or two, after its last line (ctime).
 */
bool
mk_turning_is_reserved(const struct mk_place *place,
    const struct mk_generation *g)
{
	struct stat st;

	return g->bytes == 0 && fstatat(place->fd, g->name, &st,
	    AT_SYMLINK_NOFOLLOW) == 0 && st.st_ino == g->ino &&
	    st.st_size == 0 && st.st_nlink == 1 &&
	    (st.st_mode & 07777) == 0600 &&
	    st.st_mtim.tv_sec == st.st_ctim.tv_sec &&
	    st.st_mtim.tv_nsec == st.st_ctim.tv_nsec;
}

/* Names may be anybody's, and the terminal is the administrator's. */
static void
say_path(FILE *show, const struct mk_place *place, const char *name)
{
	char safe[4 * PATH_MAX], path[PATH_MAX];

	snprintf(path, sizeof path, "%s/%s", place->path, name);
	fprintf(show, " %s", mk_diag_escape(safe, sizeof safe, path));
}

void
mk_turning_say(FILE *show, const char *what, const struct mk_place *place,
    const char *name, const char *to, const struct mk_place *to_place,
    const char *to_name)
{
	fprintf(show, "\t%s", what);
	say_path(show, place, name);
	if (to != NULL) {
		fputs(to, show);
		say_path(show, to_place, to_name);
	}
	fputc('\n', show);
}

void
mk_turning_show(const struct mk_turning *c,
    const struct mk_turn_steps *steps)
{
	struct mk_turn *turn = c->turn;
	const struct mk_turn_step *s;
	size_t i;

	for (i = 0; i < steps->n; i++) {
		s = &steps->v[i];
		if (s->verb == MK_TURN_REMOVE) {
			mk_turning_say(turn->show, "rm -f", s->place, s->from,
			    NULL, s->place, "");
			turn->removed++;
			turn->removed_bytes += (uint64_t)s->bytes;
		} else if (s->verb != MK_TURN_UNLINK)
			mk_turning_say(turn->show, "mv", s->place, s->from,
			    "", s->place, s->to);
	}
	if (c->first != NULL)
		mk_turning_say(turn->show, "ln", turn->place, turn->name, "",
		    c->home, c->first);
	if (turn->entry->count == 0)
		mk_turning_say(turn->show, "empty", turn->place, turn->name,
		    NULL, NULL, NULL);
	fputs("Start new log...\n", turn->show);
}

/* To be told who writes may take the rights that the program was started
 * with. */
int
mk_turning_written(struct mk_turning *c, const struct mk_place *place,
    const char *name, struct mk_error *err)
{
	const struct mk_place *entered = place->uid == c->turn->place->uid ?
	    c->turn->place : place;
	struct mk_error why;
	struct stat st;
	int fd, rv;

	if (mk_place_file(place, name, O_RDONLY, MK_TURN_LINKS_MAX, &fd, &st,
	    &why) == -1)
		return 0;
	rv = mk_writers(fd, NULL);
	if (rv == -1 && entered->uid != (uid_t)-1) {
		mk_place_leave(entered);
		rv = mk_writers(fd, NULL);
		if (mk_place_enter(entered, err) == -1) {
			c->lost |= entered == c->turn->place;
			close(fd);
			return -1;
		}
	}
	close(fd);
	return rv == 1;
}

/*
 * What such a process writes would be gone.  To remove the file would not even
 * make room: the disk has it until the process lets it go.
 */
static int
check(struct mk_turning *c, void *data, struct mk_error *err)
{
	const struct taken *taken = data;
	const struct mk_turn_step *s;
	size_t i;
	int rv = 0;

	for (i = 0; i < taken->steps->n && rv == 0; i++) {
		s = &taken->steps->v[i];
		if (s->place == taken->place && s->verb == MK_TURN_REMOVE)
			rv = mk_turning_written(c, s->place, s->from, err);
		if (rv == 1)
			rv = mk_fail(err, EX_TEMPFAIL, "%s/%s: would go, and a "
			    "process writes to it still; the log is not "
			    "rotated; the next run looks again",
			    s->place->path, s->from);
	}
	return rv;
}

int
mk_turning_check(struct mk_turning *c, const struct mk_turn_steps *steps,
    struct mk_error *err)
{
	const struct mk_turn *turn = c->turn;
	struct taken there = { steps, turn->archive };
	struct taken here = { steps, turn->place };

	if (mk_turning_in_archive(c, check, &there, err) == -1)
		return -1;
	return turn->archive == turn->place ? 0 : check(c, &here, err);
}

/* Only the very file that was decided on: 1; 0: it is gone; -1. */
static int
look(const struct mk_turn_step *s, struct stat *st, struct mk_error *err)
{
	if (fstatat(s->place->fd, s->from, st, AT_SYMLINK_NOFOLLOW) == -1) {
		if (errno == ENOENT)
			return 0;
		return mk_fail_sys(err, "look at %s/%s", s->place->path,
		    s->from);
	}
	if (st->st_dev == s->dev && st->st_ino == s->ino)
		return 1;
	return mk_fail(err, EX_TEMPFAIL, "%s/%s: was replaced meanwhile; the "
	    "next run looks again", s->place->path, s->from);
}

static int
take_remove(struct mk_turning *c, const struct mk_turn_step *s,
    const struct stat *st, struct mk_error *err)
{
	if (unlinkat(s->place->fd, s->from, 0) == 0) {
		c->turn->removed++;
		c->turn->removed_bytes += (uint64_t)st->st_size;
	} else if (errno != ENOENT) {
		return mk_fail_sys(err, "remove %s/%s", s->place->path,
		    s->from);
	}
	return 0;
}

static int
take_move(const struct mk_turn_step *s, struct mk_error *err)
{
	if (mk_sys_rename_noreplace(s->place->fd, s->from, s->place->fd,
	    s->to) == 0 || errno == ENOENT)
		return 0;
	return mk_fail_sys(err, "rename %s/%s to %s", s->place->path, s->from,
	    s->to);
}

/* Where there are no links the two files move one after the other. */
static int
take_link(const struct mk_turn_step *s, const struct stat *st,
    struct mk_error *err)
{
	if (linkat(s->place->fd, s->from, s->place->fd, s->to, 0) == 0 ||
	    errno == ENOENT || (errno == EEXIST &&
	    mk_turning_is(s->place->fd, s->to, st)))
		return 0;
	if (mk_turning_no_links(errno))
		return take_move(s, err);
	return mk_fail_sys(err, "link %s/%s to %s", s->place->path, s->from,
	    s->to);
}

static int
take_unlink(const struct mk_turn_step *s, const struct stat *st,
    struct mk_error *err)
{
	if (!mk_turning_is(s->place->fd, s->to, st))
		return mk_fail(err, EX_TEMPFAIL, "%s/%s: %s was replaced "
		    "meanwhile; the next run looks again", s->place->path,
		    s->from, s->to);
	if (unlinkat(s->place->fd, s->from, 0) == 0 || errno == ENOENT)
		return 0;
	return mk_fail_sys(err, "remove %s/%s, which is %s now",
	    s->place->path, s->from, s->to);
}

static int
take(struct mk_turning *c, void *data, struct mk_error *err)
{
	const struct taken *taken = data;
	const struct mk_turn_step *s;
	struct stat st;
	size_t i;
	int rv = 0;

	for (i = 0; i < taken->steps->n && rv == 0; i++) {
		s = &taken->steps->v[i];
		if (s->place != taken->place)
			continue;
		rv = look(s, &st, err);
		if (rv != 1)
			continue;
		if (s->verb == MK_TURN_REMOVE)
			rv = take_remove(c, s, &st, err);
		else if (s->verb == MK_TURN_MOVE)
			rv = take_move(s, err);
		else if (s->verb == MK_TURN_LINK)
			rv = take_link(s, &st, err);
		else
			rv = take_unlink(s, &st, err);
	}
	return rv;
}

int
mk_turning_take(struct mk_turning *c, const struct mk_turn_steps *steps,
    struct mk_error *err)
{
	const struct mk_turn *turn = c->turn;
	struct taken there = { steps, turn->archive };
	struct taken here = { steps, turn->place };

	if (mk_turning_in_archive(c, take, &there, err) == -1)
		return -1;
	return turn->archive == turn->place ? 0 : take(c, &here, err);
}
