/* rotate/open - what logs that have work need; then give up all else. */
#include <sys/resource.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sandbox.h"
#include "rotate/notify.h"
#include "rotate/rotate.h"

#define FDS_LEFT	32		/* for the work in the directories */

struct claim {				/* to files of LOG's name in a place */
	const struct mk_place *place;	/* NULL: an absolute -a */
	struct mk_log *log;
};

int
mk_rotate_archive_path(const struct mk_rotate *r, const struct mk_log *log,
    struct mk_buf *path)
{
	const char *dir = r->archive_dir;
	size_t len = (size_t)(log->name - log->entry->log);

	if (dir != NULL && dir[0] == '/')
		return mk_buf_add(path, dir, strlen(dir));
	/* "/log" lies in "/". */
	if (mk_buf_add(path, log->entry->log, len > 1 ? len - 1 : len) == -1)
		return -1;
	return dir == NULL ? 0 : mk_buf_addf(path, "%s%s", len > 1 ? "/" : "",
	    dir);
}

static bool
has_work(const struct mk_log *log)
{
	return !log->refused && (log->create || log->redo ||
	    log->due > MK_DUE_EMPTY || log->owes != 0);
}

/* What LOG owes is left to the next run, as it was. */
static void
give_up(struct mk_log *log)
{
	log->due = MK_DUE_NOT;
	log->create = log->redo = false;
	log->owes = log->owed;
	log->budget = NULL;
	log->place = log->archive = NULL;
}

/* Two descriptors a log, where the hard limit has them; else what it has. */
static void
raise_limit(struct mk_rotate *r)
{
	rlim_t want = (rlim_t)2 * r->logs_n + 2 * FDS_LEFT, soft;
	struct rlimit limit;

	r->fd_max = INT_MAX;
	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return;
	soft = limit.rlim_cur;
	if (soft < want) {
		limit.rlim_cur = want < limit.rlim_max ? want : limit.rlim_max;
		if (setrlimit(RLIMIT_NOFILE, &limit) == 0)
			soft = limit.rlim_cur;
	}
	if (soft < INT_MAX)
		r->fd_max = (int)soft - FDS_LEFT;
}

/* Where the directory ST is in .places, or belongs. */
static size_t
where(const struct mk_rotate *r, const struct stat *st)
{
	size_t low = 0, high = r->places_n, mid;
	const struct mk_opened *o;

	while (low < high) {
		mid = low + (high - low) / 2;
		o = r->places[mid];
		if (o->dev < st->st_dev ||
		    (o->dev == st->st_dev && o->ino < st->st_ino))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/*
 * NEW, open, is added to .places, where it is not there already by another
 * path: then that one is meant.  NULL on failure; NEW is the caller's unless
 * it is returned.
 */
static struct mk_place *
add_place(struct mk_rotate *r, struct mk_opened *new, struct mk_error *err)
{
	struct mk_place *place = &new->place, *old;
	struct mk_opened **grown;
	struct stat st;
	size_t i;

	if (fstat(place->fd, &st) == -1) {
		mk_fail_sys(err, "look at the directory %s", place->path);
		return NULL;
	}
	i = where(r, &st);
	if (i < r->places_n && r->places[i]->dev == st.st_dev &&
	    r->places[i]->ino == st.st_ino) {
		old = &r->places[i]->place;
		if (old->uid == place->uid && old->gid == place->gid)
			return old;
		mk_fail(err, EX_CONFIG, "directory %s: is %s, too, where other "
		    "rights would do; name it by one path", place->path,
		    old->path);
		return NULL;
	}
	grown = realloc(r->places, (r->places_n + 1) * sizeof *grown);
	if (grown == NULL) {
		mk_fail_sys(err, "%s", place->path);
		return NULL;
	}
	r->places = grown;
	new->dev = st.st_dev;
	new->ino = st.st_ino;
	memmove(grown + i + 1, grown + i, (r->places_n - i) * sizeof *grown);
	grown[i] = new;
	r->places_n++;
	if (place->fd > r->fd_top)
		r->fd_top = place->fd;
	return place;
}

/* The place of PATH.  NULL on failure. */
static struct mk_place *
place_at(struct mk_rotate *r, const char *path, bool make,
    struct mk_error *err)
{
	struct mk_opened *new = calloc(1, sizeof *new);
	struct mk_place *place = NULL;

	if (new == NULL) {
		mk_fail_sys(err, "%s", path);
		return NULL;
	}
	if (mk_place_open(&new->place, path, make, err) == 0)
		place = add_place(r, new, err);
	if (place != &new->place) {
		mk_place_close(&new->place);
		free(new);
	}
	return place;
}

/* The same for the place of LOG and of its generations. */
static int
open_places(struct mk_rotate *r, struct mk_log *log, struct mk_error *err)
{
	struct mk_buf path = { 0 };
	size_t len = (size_t)(log->name - log->entry->log);
	int rv = -1;

	if (mk_buf_add(&path, log->entry->log, len > 1 ? len - 1 : len) == -1) {
		mk_fail_sys(err, "%s", log->entry->log);
		goto out;
	}
	log->place = place_at(r, path.data, false, err);
	if (log->place == NULL)
		goto out;
	mk_buf_cut(&path, 0);
	if (mk_rotate_archive_path(r, log, &path) == -1) {
		mk_fail_sys(err, "%s", log->entry->log);
		goto out;
	}
	/* Not opened twice: a user could put another in its place between. */
	log->archive = r->archive_dir == NULL ? log->place :
	    place_at(r, path.data, !r->dry_run, err);
	/* -n makes no directory: one that is missing has no generations. */
	if (log->archive == NULL && r->dry_run && err->status == EX_NOINPUT)
		log->archive = log->place;
	rv = log->archive == NULL ? -1 : 0;
out:
	mk_buf_free(&path);
	return rv;
}

/*
 * LOG's places can't be had: WHY.  Where log and directory are gone, nothing
 * is left to be done in it: that is told once, not by each run.
 */
static void
not_opened(struct mk_rotate *r, struct mk_log *log,
    const struct mk_error *why)
{
	bool gone = log->place == NULL && log->missing && log->owed != 0 &&
	    why->status == EX_NOINPUT;
	struct mk_error err;

	give_up(log);
	if (!gone) {
		mk_rotate_failed(r, log, why);
		return;
	}
	log->owes = 0;
	mk_fail(&err, why->status, "%s; so nothing is left to be done for %s, "
	    "and what was is forgotten", why->text, log->entry->log);
	mk_rotate_failed(r, log, &err);
}

/* Those with work first, then those that only a budget looks at. */
static void
open_all(struct mk_rotate *r)
{
	const struct mk_log *first = NULL;
	struct mk_error why;
	struct mk_log *log;
	size_t i, left = 0;
	bool budgets;

	for (i = 0; i < 2 * r->logs_n; i++) {
		budgets = i >= r->logs_n;
		log = &r->logs[budgets ? i - r->logs_n : i];
		if (log->place != NULL ||
		    (budgets ? log->budget == NULL : !has_work(log)))
			continue;
		if (r->fd_top >= r->fd_max) {
			give_up(log);
			mk_rotate_count(r, log, MK_LOGS_FAILED, 1);
			first = left++ == 0 ? log : first;
		} else if (open_places(r, log, &why) == -1)
			not_opened(r, log, &why);
	}
	if (left == 0)
		return;
	mk_fail(&why, EX_TEMPFAIL, "%s: no descriptor is left for its "
	    "directory; so with %zu more logs: they are left to the next run "
	    "(or raise the limit, ulimit -n)", first->entry->log, left - 1);
	mk_problems_tell(&r->problems, &why);
}

/* The lines' order within a claim. */
static int
by_claim(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	uintptr_t p = (uintptr_t)x->place, q = (uintptr_t)y->place;
	int order;

	if (p != q)
		return p < q ? -1 : 1;
	order = strcmp(x->log->name, y->log->name);
	return order != 0 ? order : (x->log > y->log) - (x->log < y->log);
}

static void
refuse(struct mk_rotate *r, struct mk_log *log, const struct mk_log *first)
{
	const struct mk_entry *a = first->entry, *b = log->entry;
	struct mk_error err;

	if (first->place == log->place)
		mk_fail(&err, EX_CONFIG, "%s:%u: %s: is that of %s:%u already, "
		    "%s, by another path; take one of them out", b->file,
		    b->line, b->log, a->file, a->line, a->log);
	else
		mk_fail(&err, EX_CONFIG, "%s:%u: %s: its rotated files would "
		    "lie among those of %s (%s:%u), by the same names; name "
		    "the archive-dir below each log's, or take one of them "
		    "out", b->file, b->line, b->log, a->log, a->file,
		    a->line);
	give_up(log);
	mk_rotate_failed(r, log, &err);
}

/*
 * Of two logs whose files have the same names in one directory the second is
 * refused: their generations would shift, replace and remove each other.  Of
 * an absolute -a also where the other has no work now, for it will have.
 */
static int
refuse_shared(struct mk_rotate *r, struct mk_error *err)
{
	struct claim *v = calloc(3 * r->logs_n + 1, sizeof *v);
	bool absolute = r->archive_dir != NULL && r->archive_dir[0] == '/';
	struct mk_log *log;
	size_t i, first = 0, n = 0;

	if (v == NULL)
		return mk_fail_sys(err, "the list of logs");
	for (i = 0; i < r->logs_n; i++) {
		log = &r->logs[i];
		if (log->place != NULL) {
			v[n++] = (struct claim){ log->place, log };
			v[n++] = (struct claim){ log->archive, log };
		}
		if (absolute && (log->place != NULL || !log->missing))
			v[n++] = (struct claim){ NULL, log };
	}
	qsort(v, n, sizeof *v, by_claim);
	for (i = 1; i < n; i++) {
		if (v[i].place != v[first].place ||
		    strcmp(v[i].log->name, v[first].log->name) != 0)
			first = i;
		else if (v[i].log != v[first].log && v[i].log->place != NULL)
			refuse(r, v[i].log, v[first].log);
	}
	free(v);
	return 0;
}

/* Logs are rotated below their places; who writes to them is in /proc. */
static int
confine(struct mk_rotate *r, struct mk_error *err)
{
	struct mk_host host = r->conf->host;
	struct mk_sandbox *sb = mk_sandbox_new(err);
	int proc = -1, rv = -1;
	size_t i;

	if (sb == NULL)
		return -1;
	host.state_dir = host.lock_dir = r->conf->keys.state_dir;
	for (i = 0; i < r->places_n; i++)
		if (mk_sandbox_allow(sb, r->places[i]->place.fd,
		    r->places[i]->place.path, MK_SANDBOX_WRITE, err) == -1)
			goto out;
	proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (proc != -1 && mk_sandbox_allow(sb, proc, "/proc",
	    MK_SANDBOX_READ, err) == -1)
		goto out;
	rv = mk_host_confine(&host, &r->own, sb, err);
out:
	if (proc != -1)
		close(proc);
	mk_sandbox_free(sb);
	return rv;
}

int
mk_rotate_open(struct mk_rotate *r, struct mk_error *err)
{
	size_t i;

	raise_limit(r);
	open_all(r);
	if (refuse_shared(r, err) == -1)
		return -1;
	for (i = 0; i < r->logs_n; i++)
		if (r->logs[i].place != NULL &&
		    mk_rotate_daemon(r, &r->logs[i], err) == -1)
			return -1;
	if (r->places_n == 0 || r->dry_run)
		return 0;
	if (r->daemons_n > 0) {
		r->notify = mk_notify_start(r->daemons, r->daemons_n, err);
		if (r->notify == NULL)
			return -1;
	}
	return confine(r, err);
}

void
mk_rotate_close(struct mk_rotate *r)
{
	size_t i;

	mk_notify_stop(r->notify);
	free(r->daemons);
	for (i = 0; i < r->places_n; i++) {
		mk_place_close(&r->places[i]->place);
		free(r->places[i]);
	}
	free(r->places);
}
