/*
 * rotate/turn_shift - make generation 0 free.
 *
 * First all is decided, from one look at the directory, as a list of steps,
 * each of which is one system call; turn_steps shows or takes them.
 *
 * A generation may have two files, "log.3" and "log.3.gz", when a run was
 * killed while it compressed.  Moved by two renames, a kill in between would
 * make two generations of it.  So both get their new names by links first, and
 * lose their old ones then: a generation that shares a file with the next one
 * is known by that to be on its way, and the next run moves what is left of
 * it.  The same mends a rename that is a link and an unlink (base/sys_posix).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rotate/turn_parts.h"

#define NUMBERS	INT64_C(1000000)	/* as many as 6 digits name */

struct plan {
	struct mk_turn_steps *steps;
	struct mk_generations waiting;	/* by time, not yet in the archive */
	int64_t left;			/* by time: so many more stay */
};

static int64_t
kept(const struct mk_turn *turn)
{
	int64_t count = turn->entry->count;

	return count < NUMBERS ? count : NUMBERS;
}

static int
add(struct mk_turn_steps *steps, enum mk_turn_verb verb,
    const struct mk_place *place, const struct mk_generation *g,
    const char *to)
{
	struct mk_turn_step *v, *s;
	size_t cap = steps->cap == 0 ? 16 : 2 * steps->cap;

	if (steps->n == steps->cap) {
		v = realloc(steps->v, cap * sizeof *v);
		if (v == NULL)
			return -1;
		steps->v = v;
		steps->cap = cap;
	}
	s = &steps->v[steps->n];
	*s = (struct mk_turn_step){ .verb = verb, .place = place,
	    .from = strdup(g->name), .dev = g->dev, .ino = g->ino,
	    .bytes = g->bytes };
	if (to != NULL)
		s->to = strdup(to);
	steps->n++;
	return s->from == NULL || (to != NULL && s->to == NULL) ? -1 : 0;
}

/* The files of one generation lie side by side: [*i, *i + result). */
static size_t
files_of(const struct mk_generations *list, int64_t number, size_t *i)
{
	size_t n = 0;

	*i = 0;
	while (*i < list->n && list->v[*i].number < number)
		++*i;
	while (*i + n < list->n && list->v[*i + n].number == number)
		n++;
	return n;
}

static bool
is_taken(const struct mk_generations *list, int64_t number)
{
	size_t i;

	return files_of(list, number, &i) > 0;
}

static int
remove_number(struct mk_turn_steps *steps, const struct mk_place *place,
    const struct mk_generations *list, int64_t number)
{
	size_t i, n;

	for (n = files_of(list, number, &i); n > 0; n--, i++)
		if (add(steps, MK_TURN_REMOVE, place, &list->v[i], NULL) == -1)
			return -1;
	return 0;
}

/* The name that G has one generation on, to be freed. */
static char *
next_name(const struct mk_turn *turn, const struct mk_generation *g)
{
	size_t size = strlen(turn->name) + 32;
	char *name = malloc(size);

	if (name != NULL)
		snprintf(name, size, "%s.%lld%s", turn->name,
		    (long long)g->number + 1, mk_pack_suffixes[g->format]);
	return name;
}

static int
add_to_next(struct mk_turn_steps *steps, enum mk_turn_verb verb,
    const struct mk_turn *turn, const struct mk_generation *g)
{
	char *to = next_name(turn, g);
	int rv;

	rv = to == NULL ? -1 : add(steps, verb, turn->archive, g, to);
	free(to);
	return rv;
}

/* Move the generation NUMBER on. */
static int
move_number(struct mk_turn_steps *steps, const struct mk_turn *turn,
    const struct mk_generations *list, int64_t number)
{
	size_t first, n, i;

	n = files_of(list, number, &first);
	if (n == 1)
		return add_to_next(steps, MK_TURN_MOVE, turn, &list->v[first]);
	for (i = first; i < first + n; i++)
		if (add_to_next(steps, MK_TURN_LINK, turn, &list->v[i]) == -1)
			return -1;
	for (i = first; i < first + n; i++)
		if (add_to_next(steps, MK_TURN_UNLINK, turn,
		    &list->v[i]) == -1)
			return -1;
	return 0;
}

/* The file of generation NUMBER in G's format. */
static const struct mk_generation *
same_format(const struct mk_generations *list, int64_t number,
    const struct mk_generation *g)
{
	size_t i, n;

	for (n = files_of(list, number, &i); n > 0; n--, i++)
		if (list->v[i].format == g->format)
			return &list->v[i];
	return NULL;
}

/* Sharing files with the next generation, and differing in none. */
static bool
is_on_its_way(const struct mk_generations *list, int64_t number)
{
	const struct mk_generation *next;
	bool shares = false;
	size_t i, n;

	for (n = files_of(list, number, &i); n > 0; n--, i++) {
		next = same_format(list, number + 1, &list->v[i]);
		if (next == NULL)
			continue;
		if (next->dev != list->v[i].dev || next->ino != list->v[i].ino)
			return false;
		shares = true;
	}
	return shares;
}

/*
 * Generation NUMBER was on its way to the next number when a run was killed:
 * the rest of it follows.  LIST is then as if that were done.
 */
static int
finish_move(struct mk_turn_steps *steps, const struct mk_turn *turn,
    struct mk_generations *list, int64_t number)
{
	struct mk_generation *g;
	size_t first, n, i;
	char *name;

	n = files_of(list, number, &first);
	for (i = first; i < first + n; i++)
		if (same_format(list, number + 1, &list->v[i]) == NULL &&
		    add_to_next(steps, MK_TURN_LINK, turn, &list->v[i]) == -1)
			return -1;
	for (i = first; i < first + n; i++)
		if (add_to_next(steps, MK_TURN_UNLINK, turn, &list->v[i]) == -1)
			return -1;
	for (i = first; i < first + n; ) {
		g = &list->v[i];
		if (same_format(list, number + 1, g) != NULL) {
			free(g->name);
			memmove(g, g + 1, (--list->n - i) * sizeof *g);
			n--;
			continue;
		}
		name = next_name(turn, g);
		if (name == NULL)
			return -1;
		free(g->name);
		g->name = name;
		i++;
	}
	for (i = first; i < first + n; i++)
		list->v[i].number = number + 1;
	return 0;
}

/* Files that only keep a name for a rename that a kill has prevented. */
static int
drop_reserved(struct mk_turn_steps *steps, const struct mk_turn *turn,
    struct mk_generations *list)
{
	struct mk_generation *g;
	size_t i = 0;

	while (i < list->n) {
		g = &list->v[i];
		if (!mk_turning_is_reserved(turn->archive, g)) {
			i++;
			continue;
		}
		if (add(steps, MK_TURN_REMOVE, turn->archive, g, NULL) == -1)
			return -1;
		free(g->name);
		memmove(g, g + 1, (--list->n - i) * sizeof *g);
	}
	return 0;
}

/*
 * Those beyond the count (it was lowered) go, the highest first, so that a
 * kill leaves no gap; but only as far as they follow without one: the file
 * log.2024 is somebody's.  Then all up to the first free number move, from the
 * highest down; where none is free the last one goes.
 */
static int
plan_by_number(struct mk_turn_steps *steps, const struct mk_turn *turn,
    struct mk_generations *list)
{
	int64_t count = kept(turn), n, top = count, vacant = 0;
	size_t i = 0;

	if (drop_reserved(steps, turn, list) == -1)
		return -1;
	while (i < list->n) {
		n = list->v[i].number;
		if (!is_on_its_way(list, n))
			i++;
		else if (finish_move(steps, turn, list, n) == -1)
			return -1;
	}
	while (is_taken(list, top))
		top++;
	while (top-- > count)
		if (remove_number(steps, turn->archive, list, top) == -1)
			return -1;
	while (vacant < count && is_taken(list, vacant))
		vacant++;
	if (count > 0 && vacant == count &&
	    remove_number(steps, turn->archive, list, --vacant) == -1)
		return -1;
	for (n = vacant - 1; n >= 0; n--)
		if (move_number(steps, turn, list, n) == -1)
			return -1;
	return 0;
}

static bool
has_time(const struct mk_generations *list, int64_t time_s)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (list->v[i].time_s == time_s)
			return true;
	return false;
}

/*
 * Of those by time the newest stay, as many as are left to be kept.  What is
 * in .waiting too was counted there, and stays: it is on its way from one
 * directory to the other.
 */
static int
plan_by_time(struct plan *plan, const struct mk_place *place,
    const struct mk_generations *list)
{
	const struct mk_generation *g;
	size_t i;

	for (i = 0; i < list->n; i++) {
		g = &list->v[i];
		if (list != &plan->waiting &&
		    has_time(&plan->waiting, g->time_s))
			continue;
		if (i == 0 || g->time_s != g[-1].time_s)
			plan->left--;
		if (plan->left < 0 &&
		    add(plan->steps, MK_TURN_REMOVE, place, g, NULL) == -1)
			return -1;
	}
	return 0;
}

/* No file, and nothing else, may have the new name, in any format. */
static int
check_free(const struct mk_turning *c, const struct mk_place *place,
    struct mk_error *err)
{
	struct mk_buf name = { 0 };
	struct stat st;
	int f, rv = 0;

	for (f = 0; f < MK_PACK_FORMATS && rv == 0; f++) {
		mk_buf_cut(&name, 0);
		if (mk_buf_addf(&name, "%s%s", c->first,
		    mk_pack_suffixes[f]) == -1)
			rv = mk_fail_sys(err, "%s", c->first);
		else if (fstatat(place->fd, name.data, &st,
		    AT_SYMLINK_NOFOLLOW) == 0)
			rv = mk_fail(err, EX_TEMPFAIL, "%s/%s is there "
			    "already, and the time format \"%s\" gives no "
			    "other name yet; wait, or use one that changes "
			    "more often", place->path, name.data,
			    c->turn->time_format);
		else if (errno != ENOENT)
			rv = mk_fail_sys(err, "look at %s/%s", place->path,
			    name.data);
	}
	mk_buf_free(&name);
	return rv;
}

/* What is no regular file is no generation, and moves for none. */
static int
check_way(const struct mk_place *place, const char *name, const char *what,
    struct mk_error *err)
{
	struct stat st;

	if (fstatat(place->fd, name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    S_ISREG(st.st_mode))
		return 0;
	return mk_fail(err, EX_DATAERR, "%s/%s: stands where %s is to go, and "
	    "is no rotated file of it: remove it, or give it another name",
	    place->path, name, what);
}

static int
check_ways(const struct mk_turning *c, const struct mk_turn_steps *steps,
    struct mk_error *err)
{
	const struct mk_turn_step *s;
	size_t i;

	if (c->first != NULL && c->home == c->turn->archive &&
	    check_way(c->home, c->first, "the log", err) == -1)
		return -1;
	for (i = 0; i < steps->n; i++) {
		s = &steps->v[i];
		if (s->to != NULL &&
		    check_way(s->place, s->to, s->from, err) == -1)
			return -1;
	}
	return 0;
}

int
mk_turning_fail_waits(const struct mk_turning *c, struct mk_error *err)
{
	const struct mk_turn *turn = c->turn;

	return mk_fail(err, EX_TEMPFAIL, "%s/%s: waits for %s, which is to be "
	    "moved to %s first", turn->place->path, turn->name, c->first,
	    turn->archive->path);
}

static int
plan_archive(struct mk_turning *c, void *data, struct mk_error *err)
{
	const struct mk_turn *turn = c->turn;
	struct plan *plan = data;
	struct mk_generations list;
	int rv;

	if (c->first != NULL && turn->time_format != NULL &&
	    check_free(c, turn->archive, err) == -1)
		return -1;
	if (mk_generations_list(&list, turn->archive->fd, turn->name,
	    turn->time_format, err) == -1)
		return -1;
	if (c->waits && !is_taken(&list, 0))
		rv = 0;
	else
		rv = turn->time_format == NULL ?
		    plan_by_number(plan->steps, turn, &list) :
		    plan_by_time(plan, turn->archive, &list);
	if (rv == -1)
		mk_fail_sys(err, "generations of %s", turn->name);
	else
		rv = check_ways(c, plan->steps, err);
	mk_generations_free(&list);
	return rv;
}

/*
 * Generation 0 waits beside the log to be moved to the archive.  If that has
 * one too, which a run with another archive directory or without one leads to,
 * it has to be moved on first; but not while a process writes to what waits,
 * since it may be what was just compressed.
 */
static int
plan_first(struct mk_turning *c, struct mk_error *err)
{
	const struct mk_turn *turn = c->turn;
	struct stat st;
	int written;

	if (c->first == NULL || fstatat(turn->place->fd, c->first, &st,
	    AT_SYMLINK_NOFOLLOW) == -1)
		return 0;
	if (check_way(turn->place, c->first, "the log", err) == -1)
		return -1;
	/* What -n shows is done when it has been moved. */
	if (turn->show != NULL)
		return 0;
	written = mk_turning_written(c, turn->place, c->first, err);
	if (written == 1)
		mk_turning_fail_waits(c, err);
	c->waits = true;
	return written == 0 ? 0 : -1;
}

/* What waits in the log's directory to be moved to the archive. */
static int
plan_waiting(struct mk_turning *c, struct plan *plan, struct mk_error *err)
{
	const struct mk_turn *turn = c->turn;
	const struct mk_place *place = turn->place;

	if (turn->time_format == NULL)
		return plan_first(c, err);
	if (c->first != NULL && check_free(c, place, err) == -1)
		return -1;
	if (mk_generations_list(&plan->waiting, place->fd, turn->name,
	    turn->time_format, err) == -1)
		return -1;
	if (plan_by_time(plan, place, &plan->waiting) == -1)
		return mk_fail_sys(err, "generations of %s", turn->name);
	return 0;
}

int
mk_turning_plan(struct mk_turning *c, struct mk_turn_steps *steps,
    struct mk_error *err)
{
	const struct mk_turn *turn = c->turn;
	struct plan plan = { .steps = steps, .left = kept(turn) - 1 };
	int rv = -1;

	if (c->state != MK_TURN_WHOLE)
		return 0;		/* the generations are as they were */
	if (plan.left < 0)
		plan.left = 0;
	if (turn->entry->count > 0) {
		c->first = mk_generation_name(turn->name, 0,
		    turn->time_format, turn->now_s, err);
		if (c->first == NULL)
			return -1;
	}
	if (!c->apart || plan_waiting(c, &plan, err) == 0)
		rv = mk_turning_in_archive(c, plan_archive, &plan, err);
	if (rv == 0)
		rv = mk_turning_check(c, steps, err);
	mk_generations_free(&plan.waiting);
	return rv;
}

void
mk_turn_steps_free(struct mk_turn_steps *steps)
{
	size_t i;

	for (i = 0; i < steps->n; i++) {
		free(steps->v[i].from);
		free(steps->v[i].to);
	}
	free(steps->v);
	*steps = (struct mk_turn_steps){ 0 };
}
