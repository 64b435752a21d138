/* rotate/turn_find - what a killed run may have left of a rotation. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sys.h"
#include "rotate/turn_parts.h"

struct search {				/* for the log's old file */
	const struct stat *is;		/* this one; NULL: the newest */
	bool any;			/* whatever it is called */
	bool found;
	struct stat st;			/* of what was found */
	const struct mk_place *place;	/* where, and its name */
	char name[NAME_MAX + 1];
};

bool
mk_turning_is(int dirfd, const char *name, const struct stat *st)
{
	struct stat there;

	return fstatat(dirfd, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	    there.st_dev == st->st_dev && there.st_ino == st->st_ino;
}

int
mk_turning_old(const char *log, const char *name, int64_t *offset)
{
	static const char middle[] = ".mailkeep-old.", digits[] = "0123456789";
	size_t len = strlen(log);
	const char *p;
	int64_t n = 0;

	if (name[0] != '.' || strncmp(name + 1, log, len) != 0 ||
	    strncmp(name + 1 + len, middle, sizeof middle - 1) != 0)
		return 0;
	p = name + 1 + len + sizeof middle - 1;
	if (strspn(p, digits) == 0)
		return 0;
	for (; *p >= '0' && *p <= '9'; p++) {
		if (n > (INT64_MAX - 9) / 10)
			return 0;
		n = 10 * n + (*p - '0');
	}
	if (p[0] == '.' && p[1] != '\0')
		p += 1 + strspn(p + 1, digits);
	if (*p != '\0')
		return 0;
	*offset = n;
	return 1;
}

/* Whether NAME is one that the log gets when it is turned, now or by a run
 * with -t or without it that was killed. */
static bool
is_first(const struct mk_turn *turn, const char *name)
{
	struct mk_generation g;
	int64_t offset;

	if (mk_turning_old(turn->name, name, &offset) == 1)
		return true;
	if ((mk_generation_is(turn->name, name, MK_GENERATION_TIME, &g) ||
	    (turn->time_format != NULL && mk_generation_is(turn->name, name,
	    turn->time_format, &g))) && g.format == MK_PACK_NONE)
		return true;
	return mk_generation_is(turn->name, name, NULL, &g) &&
	    g.number == 0 && g.format == MK_PACK_NONE;
}

/* 0 or -1 with errno. */
static int
search_dir(const struct mk_turn *turn, const struct mk_place *place,
    struct search *s)
{
	struct mk_dir dir = { .fd = -1 };
	struct mk_dirent entry;
	struct stat st;
	int dirfd = place->fd, rv;

	rv = mk_sys_dir_start(&dir, dirfd);
	while (rv != -1 && (rv = mk_sys_dir_next(&dir, &entry)) == 1) {
		if (s->any ? place == turn->place &&
		    strcmp(entry.name, turn->name) == 0 :
		    !is_first(turn, entry.name))
			continue;
		if (fstatat(dirfd, entry.name, &st,
		    AT_SYMLINK_NOFOLLOW) == -1 || !S_ISREG(st.st_mode))
			continue;
		if (s->is != NULL ? st.st_dev != s->is->st_dev ||
		    st.st_ino != s->is->st_ino :
		    s->found && st.st_mtime <= s->st.st_mtime)
			continue;
		s->found = true;
		s->st = st;
		s->place = place;
		snprintf(s->name, sizeof s->name, "%s", entry.name);
	}
	mk_sys_dir_free(&dir);
	return rv;
}

/* Both: with -a, or without it, since the killed run. */
static int
search(const struct mk_turning *c, struct search *s, struct mk_error *err)
{
	const struct mk_place *place = c->turn->place;

	if (search_dir(c->turn, place, s) == -1 || (c->home != place &&
	    search_dir(c->turn, c->home, s) == -1))
		return mk_fail_sys(err, "look for what %s/%s was turned to",
		    place->path, c->turn->name);
	return 0;
}

int
mk_turning_moved(struct mk_turning *c, struct mk_error *err)
{
	const struct mk_turn *turn = c->turn;
	struct search s = { 0 };
	struct stat st;

	if (fstatat(turn->place->fd, c->fresh, &st,
	    AT_SYMLINK_NOFOLLOW) == -1 || !S_ISREG(st.st_mode) ||
	    st.st_nlink != 1)
		return 0;
	if (search(c, &s, err) == -1)
		return -1;
	if (!s.found)
		return 0;
	c->state = MK_TURN_MOVED;
	c->st = s.st;
	return 1;
}

/* Say where the other name is, and how to be rid of it. */
static int
fail_second(struct mk_turning *c, struct mk_error *err)
{
	const struct mk_place *place = c->turn->place;
	struct search s = { .is = &c->st, .any = true };

	if (search(c, &s, err) == -1)
		return -1;
	if (s.found)
		return mk_fail(err, EX_DATAERR, "%s/%s: has another name, "
		    "%s/%s, which is no rotated file of it; remove that "
		    "name, or make the log anew", place->path, c->turn->name,
		    s.place->path, s.name);
	return mk_fail(err, EX_DATAERR, "%s/%s: has another name elsewhere; "
	    "remove that (find -samefile), or make the log anew; if a run "
	    "with another archive directory was killed, repeat that",
	    place->path, c->turn->name);
}

/*
 * A log with two names: is the other one its generation 0, or the new log
 * beside it (from mk_turn_create without renameat2)?  Any other name may be
 * in a directory that is nobody's business here.
 */
static int
judge_second(struct mk_turning *c, struct mk_error *err)
{
	const struct mk_turn *turn = c->turn;
	struct search s = { .is = &c->st };

	if (search(c, &s, err) == -1)
		return -1;
	if (s.found)
		c->state = MK_TURN_LINKED;
	else if (!mk_turning_is(turn->place->fd, c->fresh, &c->st))
		return fail_second(c, err);
	return 0;
}

/*
 * The rights of the place may not do to open the log, and none are needed to
 * rename it: so it is judged by its name.  That it is still this one is asked
 * after the link was made.
 */
static int
judge_by_name(struct mk_turning *c, struct mk_error *err)
{
	const struct mk_turn *turn = c->turn;

	if (fstatat(turn->place->fd, turn->name, &c->st,
	    AT_SYMLINK_NOFOLLOW) == -1)
		return mk_fail_sys(err, "look at %s/%s", turn->place->path,
		    turn->name);
	if (S_ISREG(c->st.st_mode) && c->st.st_nlink <= MK_TURN_LINKS_MAX)
		return 0;
	return mk_fail(err, EX_DATAERR, "%s/%s: is no regular file of one "
	    "name; left alone", turn->place->path, turn->name);
}

int
mk_turning_judge(struct mk_turning *c, struct mk_error *err)
{
	const struct mk_turn *turn = c->turn;
	bool append = turn->entry->count > 0 && turn->show == NULL &&
	    (turn->entry->flags & MK_ENTRY_BINARY) == 0;
	struct mk_error why;
	int rv;

	rv = mk_place_file(turn->place, turn->name, append ? O_WRONLY |
	    O_APPEND : O_RDONLY, MK_TURN_LINKS_MAX, &c->fd, &c->st, err);
	if (rv == -1) {
		c->fd = -1;
		c->st = (struct stat){ 0 };
	}
	if (rv == -1 && err->status == EX_NOINPUT) {
		rv = mk_turning_moved(c, &why);
		if (rv == -1)
			*err = why;
		return rv == 1 ? 0 : -1;
	}
	if (rv == -1 && err->status == EX_NOPERM)
		rv = judge_by_name(c, err);
	if (rv == 0 && c->st.st_nlink > 1)
		rv = judge_second(c, err);
	return rv;
}
