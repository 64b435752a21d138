/* rotate/budget - keep the rotated files of some logs within bytes. */
#include "rotate/budget.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/config.h"
#include "base/duration.h"
#include "base/stop.h"
#include "rotate/generation.h"
#include "rotate/writers.h"

struct item {
	const struct mk_place *place;
	const struct mk_generation *g;
	dev_t dev;			/* the directory's */
	bool stays;			/* it is not asked again */
	int64_t freed;			/* bytes, once it is gone */
};

struct history {			/* of a log */
	struct mk_generations list;
	bool open;			/* its archive; then: */
	dev_t dev;
	int64_t available;		/* before anything went; -1: unknown */
};

struct work {
	const struct mk_budget_log *logs;
	size_t logs_n;
	const char **names;		/* of the logs, sorted */
	struct history *histories;	/* one a log */
	struct item *items;		/* the oldest first */
	size_t items_n;
	int64_t total;
	FILE *show;
	struct mk_budget_done *done;
	struct mk_error *err;		/* the first that went wrong */
	bool failed;
};

int
mk_budget_has(const struct mk_budget *budget, const char *path)
{
	size_t i;

	for (i = 0; i < budget->logs.n; i++)
		if (fnmatch(budget->logs.v[i], path, FNM_PATHNAME) == 0)
			return 1;
	return 0;
}

/* Say what went wrong, of NAME in PLACE, and go on with the rest. */
static void
note(struct work *w, const struct mk_place *place, const char *name,
    const struct mk_error *why)
{
	if (!w->failed)
		mk_fail(w->err, why->status, "%s/%s: %s", place->path, name,
		    why->text);
	w->failed = true;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int
by_age(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	if (x->g->mtime_s != y->g->mtime_s)
		return x->g->mtime_s < y->g->mtime_s ? -1 : 1;
	if (x->g->number != y->g->number)
		return x->g->number > y->g->number ? -1 : 1;
	if (x->g->time_s != y->g->time_s)
		return x->g->time_s < y->g->time_s ? -1 : 1;
	return strcmp(x->g->name, y->g->name);
}

/*
 * Whether *G must stay: it is the newest, of which a plain and a compressed
 * file may be there, or what a log is called, "mail.0" beside "mail".
 */
static bool
must_stay(const struct work *w, const struct mk_generations *list,
    const struct mk_generation *g)
{
	const char *name = g->name;

	return (g->number == list->v[0].number &&
	    g->time_s == list->v[0].time_s) || bsearch(&name, w->names,
	    w->logs_n, sizeof *w->names, by_name) != NULL;
}

/* Bytes that users have free on PLACE's file system; -1 with errno. */
static int64_t
available(const struct mk_place *place)
{
	struct statvfs vfs;
	uint64_t bytes;

	if (fstatvfs(place->fd, &vfs) == -1)
		return -1;
	bytes = (uint64_t)vfs.f_bavail * vfs.f_frsize;
	return bytes > INT64_MAX ? INT64_MAX : (int64_t)bytes;
}

/* What can't be looked for is left out. */
static void
list_one(struct work *w, const struct mk_budget_log *log, struct history *h)
{
	struct stat st = { 0 };
	struct mk_error why;

	h->open = log->archive != NULL && log->archive->fd != -1;
	if (!h->open)
		return;
	if (fstat(log->archive->fd, &st) == 0)
		h->dev = st.st_dev;
	h->available = available(log->archive);
	if (mk_place_enter(log->archive, &why) == -1) {
		note(w, log->archive, log->name, &why);
		return;
	}
	if (mk_generations_list(&h->list, log->archive->fd, log->name,
	    log->time_format, &why) == -1) {
		h->list = (struct mk_generations){ 0 };
		note(w, log->archive, log->name, &why);
	}
	mk_place_leave(log->archive);
	if (log->count > 0)
		mk_generations_cut_foreign(&h->list, log->count);
	w->items_n += h->list.n;
}

/* 0 or -1 (ENOMEM). */
static int
list_all(struct work *w)
{
	const struct history *h;
	struct item *item;
	size_t i, j;

	w->names = calloc(w->logs_n + 1, sizeof *w->names);
	w->histories = calloc(w->logs_n + 1, sizeof *w->histories);
	if (w->names == NULL || w->histories == NULL)
		return -1;
	for (i = 0; i < w->logs_n; i++) {
		w->names[i] = w->logs[i].name;
		list_one(w, &w->logs[i], &w->histories[i]);
	}
	qsort(w->names, w->logs_n, sizeof *w->names, by_name);
	item = w->items = calloc(w->items_n + 1, sizeof *w->items);
	if (item == NULL)
		return -1;
	for (i = 0; i < w->logs_n; i++)
		for (h = &w->histories[i], j = 0; j < h->list.n; j++) {
			*item++ = (struct item){
				.place = w->logs[i].archive,
				.g = &h->list.v[j],
				.dev = h->dev,
				.stays = must_stay(w, &h->list,
				    &h->list.v[j]),
			};
			w->total += h->list.v[j].blocks_bytes;
		}
	qsort(w->items, w->items_n, sizeof *w->items, by_age);
	return 0;
}

static bool
is_same(const struct mk_generation *g, const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_dev == g->dev &&
	    st->st_ino == g->ino && (int64_t)st->st_mtime == g->mtime_s;
}

/*
 * Whether the file may go: it is the one that was listed, of one name (a second
 * one may be anybody's, and nothing would come free), and nobody writes it.
 * Where that can't be told, it stays, unless it is compressed: then it got its
 * name when it was whole.  *WHY where that is a failure; else .status is 0.
 */
static bool
may_go(const struct item *item, struct mk_error *why)
{
	const struct mk_generation *g = item->g;
	struct stat st;
	int fd, writers;
	bool may = false;

	why->status = 0;
	if (mk_place_file(item->place, g->name, O_RDONLY, 1, &fd, &st,
	    why) == -1) {
		if (why->status == EX_NOINPUT)
			why->status = 0;	/* somebody was faster */
		return false;
	}
	if (is_same(g, &st)) {
		writers = mk_writers(fd, NULL);
		may = writers == 0 ||
		    (writers == -1 && g->format != MK_PACK_NONE);
	}
	close(fd);
	return may && fstatat(item->place->fd, g->name, &st,
	    AT_SYMLINK_NOFOLLOW) == 0 && is_same(g, &st);
}

/* The rights of its place are taken on.  Whether it is removed. */
static bool
remove_file(struct work *w, const struct item *item)
{
	const struct mk_generation *g = item->g;
	struct mk_error why;

	if (!may_go(item, &why)) {
		if (why.status != 0)
			note(w, item->place, g->name, &why);
		return false;
	}
	if (w->show != NULL) {
		fprintf(w->show, "\trm -f %s%s%s\n", item->place->path,
		    strcmp(item->place->path, "/") == 0 ? "" : "/", g->name);
		return true;
	}
	if (unlinkat(item->place->fd, g->name, 0) == 0)
		return true;
	if (errno != ENOENT) {
		mk_fail_sys(&why, "remove");
		note(w, item->place, g->name, &why);
	}
	return false;
}

static void
remove_item(struct work *w, struct item *item)
{
	struct mk_error why;
	bool removed;

	if (item->stays)
		return;
	item->stays = true;
	if (mk_place_enter(item->place, &why) == -1) {
		note(w, item->place, item->g->name, &why);
		return;
	}
	removed = remove_file(w, item);
	mk_place_leave(item->place);
	if (!removed)
		return;
	item->freed = item->g->blocks_bytes;
	w->total -= item->freed;
	w->done->removed++;
	w->done->bytes += (uint64_t)item->freed;
}

static void
keep_total(struct work *w, int64_t max_total)
{
	size_t i;

	for (i = 0; i < w->items_n && w->total > max_total && !mk_stopped();
	    i++)
		remove_item(w, &w->items[i]);
}

/*
 * Bytes free where H's archive lies, GONE of which were removed from it.  They
 * may come free only later: with a file system that works so, or when their
 * last reader ends.  So they count at once, or all would go.
 */
static int64_t
free_now(const struct history *h, const struct mk_place *place, int64_t gone)
{
	int64_t now = available(place), sum = h->available + gone;

	return now == -1 || h->available == -1 ? -1 : now > sum ? now : sum;
}

static void
keep_free(struct work *w, const struct history *h,
    const struct mk_place *place, int64_t min_free)
{
	char wants[32], has[32];
	int64_t gone = 0, now;
	struct mk_error why;
	size_t i;

	for (i = 0; i < w->items_n; i++)	/* for max-total */
		if (w->items[i].dev == h->dev)
			gone += w->items[i].freed;
	now = free_now(h, place, gone);
	for (i = 0; i < w->items_n && now != -1 && now < min_free &&
	    !mk_stopped(); i++) {
		if (w->items[i].dev != h->dev || w->items[i].stays)
			continue;
		remove_item(w, &w->items[i]);
		gone += w->items[i].freed;
		now = free_now(h, place, gone);
	}
	if (now == -1) {
		mk_fail_sys(&why, "ask for free bytes");
		note(w, place, ".", &why);
	} else if (now < min_free && !w->failed && !mk_stopped()) {
		w->failed = true;
		mk_fail(w->err, EX_TEMPFAIL, "%s: min-free wants %s on this "
		    "file system, %s are free, and no rotated file is left "
		    "that may go", place->path,
		    mk_size_format(wants, sizeof wants, (uint64_t)min_free),
		    mk_size_format(has, sizeof has, (uint64_t)now));
	}
}

/* Each file system once. */
static void
keep_free_of_all(struct work *w, int64_t min_free)
{
	const struct history *h = w->histories;
	size_t i, j;

	for (i = 0; i < w->logs_n; i++) {
		for (j = 0; j < i; j++)
			if (h[j].open && h[j].dev == h[i].dev)
				break;
		if (h[i].open && j == i)
			keep_free(w, &h[i], w->logs[i].archive, min_free);
	}
}

int
mk_budget_keep(const struct mk_budget *budget,
    const struct mk_budget_log *logs, size_t n, FILE *show,
    struct mk_budget_done *done, struct mk_error *err)
{
	struct work w = { .logs = logs, .logs_n = n, .show = show,
	    .done = done, .err = err };
	size_t i;

	*done = (struct mk_budget_done){ 0 };
	if (budget->max_total == MK_UNSET_INT &&
	    budget->min_free == MK_UNSET_INT)
		return 0;
	if (list_all(&w) == -1) {
		mk_fail_sys(err, "list of generations");
		w.failed = true;
	} else {
		if (budget->max_total != MK_UNSET_INT)
			keep_total(&w, budget->max_total);
		if (budget->min_free != MK_UNSET_INT)
			keep_free_of_all(&w, budget->min_free);
	}
	for (i = 0; w.histories != NULL && i < n; i++)
		mk_generations_free(&w.histories[i].list);
	free(w.histories);
	free(w.names);
	free(w.items);
	return w.failed ? -1 : 0;
}
