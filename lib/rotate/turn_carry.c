/*
 * rotate/turn_carry - take over what was written to a log that was emptied,
 * by a process that had it open.
 *
 * The records are in the log, and synced, before their file goes.  Killed in
 * between, they are taken over again: they are there twice then, and never
 * lost.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/fs.h"
#include "base/stop.h"
#include "base/sys.h"
#include "rotate/turn_parts.h"
#include "rotate/writers.h"

#define PIECE_BYTES	((size_t)1 << 20)
#define REFUSED		2		/* by carry_one: not the log's */

struct left {				/* an old file */
	char *name;
	int64_t offset;
	struct timespec mtim;
};

struct carry {
	struct mk_turn *turn;
	struct left *v;			/* by time */
	size_t n, cap;
	const char *end;		/* of a record */
	size_t end_len;
	struct mk_buf buf;
};

static int
compare(const void *a, const void *b)
{
	const struct left *x = a, *y = b;

	if (x->mtim.tv_sec != y->mtim.tv_sec)
		return x->mtim.tv_sec < y->mtim.tv_sec ? -1 : 1;
	if (x->mtim.tv_nsec != y->mtim.tv_nsec)
		return x->mtim.tv_nsec < y->mtim.tv_nsec ? -1 : 1;
	return (x->offset > y->offset) - (x->offset < y->offset);
}

static int
add(struct carry *c, const char *name, int64_t offset, const struct stat *st)
{
	size_t cap = c->cap == 0 ? 4 : 2 * c->cap;
	struct left *v;

	if (c->n == c->cap) {
		v = realloc(c->v, cap * sizeof *v);
		if (v == NULL)
			return -1;
		c->v = v;
		c->cap = cap;
	}
	c->v[c->n] = (struct left){ .name = strdup(name), .offset = offset,
	    .mtim = st->st_mtim };
	if (c->v[c->n].name == NULL)
		return -1;
	c->n++;
	return 0;
}

static int
list(struct carry *c, struct mk_error *err)
{
	const struct mk_turn *turn = c->turn;
	struct mk_dir dir = { .fd = -1 };
	struct mk_dirent entry;
	struct stat st;
	int64_t offset;
	int rv;

	rv = mk_sys_dir_start(&dir, turn->place->fd);
	while (rv != -1 && (rv = mk_sys_dir_next(&dir, &entry)) == 1)
		if (mk_turning_old(turn->name, entry.name, &offset) == 1 &&
		    fstatat(turn->place->fd, entry.name, &st,
		    AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
			rv = add(c, entry.name, offset, &st);
	if (rv == -1)
		mk_fail_sys(err, "look for what is left of %s/%s",
		    turn->place->path, turn->name);
	mk_sys_dir_free(&dir);
	if (c->n > 1)
		qsort(c->v, c->n, sizeof *c->v, compare);
	return rv;
}

/* LEN bytes at OFFSET, into .buf.  0 and as many as there are, or -1. */
static int
read_at(struct carry *c, int fd, int64_t offset, size_t len)
{
	ssize_t n;

	mk_buf_cut(&c->buf, 0);
	if (mk_buf_reserve(&c->buf, len) == -1)
		return -1;
	n = mk_fs_read_at(fd, c->buf.data, len, (uint64_t)offset);
	if (n == -1)
		return -1;
	c->buf.len = (size_t)n;
	return 0;
}

/* Behind the last end of a record in the first LEN bytes of .buf; 0: none. */
static size_t
last_end(const struct carry *c, size_t len)
{
	for (; len >= c->end_len; len--)
		if (memcmp(c->buf.data + len - c->end_len, c->end,
		    c->end_len) == 0)
			return len;
	return 0;
}

/*
 * Where the record begins that the byte at OFFSET is of: a process may have
 * written its first half before the log was emptied.  A file that is shorter
 * was emptied by somebody else, too, and all of it is new.
 */
static int
find_start(struct carry *c, int fd, int64_t offset, int64_t *start)
{
	int64_t back = offset < (int64_t)PIECE_BYTES ? offset :
	    (int64_t)PIECE_BYTES;
	struct stat st;
	size_t end;

	if (fstat(fd, &st) == -1)
		return -1;
	*start = st.st_size < offset ? 0 : offset;
	if (st.st_size <= offset || back == 0)
		return 0;
	if (read_at(c, fd, offset - back, (size_t)back) == -1)
		return -1;
	end = last_end(c, c->buf.len);
	if (end > 0)
		*start = offset - back + (int64_t)end;
	else if (back == offset)
		*start = 0;
	return 0;
}

/*
 * Append all from START on to the log.  Records of others may come between
 * two writes, so each has whole ones, as far as they fit.
 */
static int
append(struct carry *c, int fd, int64_t start, int log)
{
	size_t len;

	for (;;) {
		if (read_at(c, fd, start, PIECE_BYTES) == -1)
			return -1;
		if (c->buf.len == 0)
			return fsync(log);
		len = c->buf.len < PIECE_BYTES ? c->buf.len :
		    last_end(c, c->buf.len);
		if (len == 0)
			len = c->buf.len;
		if (mk_fs_write_all(log, c->buf.data, len) == -1)
			return -1;
		start += (int64_t)len;
	}
}

/*
 * Whether a process writes to FD: as mk_writers.  To be told so may take the
 * rights that the program was started with.
 */
static int
writers(const struct mk_place *place, int fd, struct mk_error *err)
{
	struct mk_error why;
	int rv;

	rv = mk_writers(fd, NULL);
	if (rv == -1 && place->uid != (uid_t)-1) {
		mk_place_leave(place);
		rv = mk_writers(fd, NULL);
		if (mk_place_enter(place, &why) == -1) {
			*err = why;
			return -1;
		}
	}
	if (rv == -1)
		mk_fail(err, EX_TEMPFAIL, "it can't be told whether a process "
		    "writes to it still");
	return rv;
}

/* Take FD over.  0 or -1. */
static int
take_over(struct carry *c, const struct left *left, int fd,
    struct mk_error *err)
{
	const struct mk_turn *turn = c->turn;
	struct stat st;
	int64_t start;
	int log = -1, rv = -1;

	if (find_start(c, fd, left->offset, &start) == -1 ||
	    fstat(fd, &st) == -1)
		return mk_fail_sys(err, "read %s/%s", turn->place->path,
		    left->name);
	if (st.st_size > start) {
		if (mk_place_file(turn->place, turn->name, O_WRONLY |
		    O_APPEND, 1, &log, &st, err) == -1)
			return -1;
		rv = append(c, fd, start, log);
		if (rv == -1)
			mk_fail_sys(err, "append what %s has to %s/%s",
			    left->name, turn->place->path, turn->name);
		close(log);
		if (rv == -1)
			return -1;
	}
	if (fstat(fd, &st) == 0 && mk_turning_is(turn->place->fd, left->name,
	    &st) && unlinkat(turn->place->fd, left->name, 0) == 0)
		return 0;
	return mk_fail_sys(err, "remove %s/%s", turn->place->path,
	    left->name);
}

/*
 * Whether *OLD, in a directory where others can put files, was this log: of
 * the same owner, who alone can have made it, and nothing that who may read
 * the log now could not read in it; else a file of root's, brought there,
 * would be read by others.
 */
static bool
was_the_log(const struct stat *log, const struct stat *old)
{
	mode_t may = log->st_mode & (S_IRGRP | S_IROTH);

	if (log->st_gid != old->st_gid && (may & S_IRGRP) != 0)
		may |= S_IROTH;
	return log->st_uid == old->st_uid && (may & ~old->st_mode) == 0;
}

/* 0: it is gone; 1: it has to wait; REFUSED, with *ERR, too; -1. */
static int
carry_one(struct carry *c, const struct left *left, struct mk_error *err)
{
	const struct mk_place *place = c->turn->place;
	struct stat log = { 0 }, st;
	struct mk_error why;
	int fd, rv;

	if (fstatat(place->fd, c->turn->name, &log,
	    AT_SYMLINK_NOFOLLOW) == 0 &&
	    mk_turning_is(place->fd, left->name, &log))
		return 1;		/* the log still; mk_turn goes on */
	if (mk_place_file(place, left->name, O_RDONLY, 1, &fd, &st,
	    err) == -1)
		return err->status == EX_NOINPUT ? 0 : -1;
	if (place->shared && log.st_mode != 0 && !was_the_log(&log, &st)) {
		close(fd);
		mk_fail(err, EX_DATAERR, "%s/%s: can't be what was written to "
		    "%s, by its owner or mode, and others can write to the "
		    "directory; look at it and remove it", place->path,
		    left->name, c->turn->name);
		return REFUSED;
	}
	rv = writers(place, fd, &why);
	if (rv == -1)
		mk_fail(err, why.status, "%s/%s: %s", place->path, left->name,
		    why.text);
	else if (rv == 0)
		rv = take_over(c, left, fd, err);
	close(fd);
	return rv;
}

static void
show(const struct carry *c)
{
	const struct mk_turn *turn = c->turn;
	size_t i;

	for (i = 0; i < c->n; i++) {
		mk_turning_say(turn->show, "cat", turn->place, c->v[i].name,
		    " >>", turn->place, turn->name);
		mk_turning_say(turn->show, "rm -f", turn->place,
		    c->v[i].name, NULL, turn->place, "");
	}
}

/*
 * What has to wait does not keep the others: their writers are others.  Nor
 * does what is refused.  What fails does, since the next may fail the same way
 * and half of it be written.
 */
int
mk_turn_carry(struct mk_turn *turn, bool blank_line, struct mk_error *err)
{
	struct carry c = {
		.turn = turn, .end = blank_line ? "\n\n" : "\n",
		.end_len = blank_line ? 2 : 1,
	};
	struct mk_error why;
	bool refused = false;
	size_t i;
	int rv, one;

	rv = list(&c, err);
	if (rv == 0 && turn->show != NULL)
		show(&c);
	for (i = 0; i < c.n && rv != -1 && turn->show == NULL; i++) {
		one = mk_stopped() ? 1 : carry_one(&c, &c.v[i], &why);
		if (one == -1 || one == REFUSED)
			*err = why;
		if (one == REFUSED)
			refused = true;
		else if (one == -1 || one > rv)
			rv = one;
	}
	for (i = 0; i < c.n; i++)
		free(c.v[i].name);
	free(c.v);
	mk_buf_free(&c.buf);
	return refused ? -1 : rv;
}
