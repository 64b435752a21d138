/* mail/walk - the walker: mailboxes below a root, and their folders. */
#include "mail/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/pool.h"
#include "base/progress.h"
#include "base/stop.h"
#include "base/sys.h"
#include "mail/maildir.h"

#define DEPTH_LIMIT	32		/* levels below the root */
#define RACY_NS		2000000000	/* FAT's granularity; ext3's is 1 s */

static const char *const subs[MK_WATCHES] = { "cur", "new", "tmp" };

/* A directory to walk, with what the old index knows of it. */
struct piece {
	size_t at, n;			/* records; n is 0 where it knows none */
	char path[];
};

struct worker {
	struct mk_dir reader;
	struct mk_look look, child_look;
	struct mk_buf path, name;
	struct mk_arena *arena;
	struct mk_index_record *records;
	size_t n, cap;
	size_t mailboxes, folders, carried;
	bool again;			/* the piece at hand must be looked at
					 * anew next time: something was passed
					 * over, or can change unseen */
};

struct state {
	const struct mk_walk *walk;
	const struct mk_walk_ops *ops;
	struct mk_pool *pool;
	struct worker *workers;
	unsigned id;			/* the worker that this copy is for */
};

int64_t
mk_walk_stamp(const struct stat *st, int64_t now_s)
{
	int64_t ns;

	if (st->st_mtim.tv_sec > INT32_MAX * (int64_t)2 ||
	    st->st_mtim.tv_sec < 0)
		return MK_RACY;
	ns = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
	return ns > now_s * 1000000000 - RACY_NS ? MK_RACY : ns;
}

static struct worker *
self(const struct state *state)
{
	return &state->workers[state->id];
}

static void
problem(const struct state *state, int errnum, const char *path,
    const char *advice)
{
	struct mk_error err;

	self(state)->again = true;
	errno = errnum;
	mk_fail_sys(&err, "%s/%s%s", state->walk->root, path, advice);
	state->ops->problem(state->ops->data, &err);
}

/* The same where WHAT says all that there is to say. */
static void
passed(const struct state *state, const char *path, const char *what)
{
	struct mk_error err;

	self(state)->again = true;
	mk_fail(&err, EX_DATAERR, "%s/%s: %s", state->walk->root, path, what);
	state->ops->problem(state->ops->data, &err);
}

/* What openat(2) and openat2(2) say of a directory that is not to be used. */
static void
passed_over(const struct state *state, int errnum, const char *path)
{
	switch (errnum) {
	case ENOENT:			/* gone since it was listed */
		return;
	case ELOOP:
	case ENOTDIR:
		passed(state, path, "not followed: a link or no directory");
		return;
	case EXDEV:
		passed(state, path, "not entered: another file system (give "
		    "it a configuration of its own)");
		return;
	default:
		problem(state, errnum, path, ": cannot be read");
	}
}

static const char *
below(const char *mailbox, const char *path)
{
	if (mailbox[0] == '\0')
		return path;
	path += strlen(mailbox);
	return *path == '/' ? path + 1 : path;
}

/* Remember RECORD for the next pass; its path must last. */
static void
emit(const struct state *state, const struct mk_index_record *record)
{
	struct worker *w = self(state);
	struct mk_index_record *records;
	size_t cap;

	if (w->n == w->cap) {
		cap = w->cap + w->cap / 2 + 64;
		records = realloc(w->records, cap * sizeof *records);
		if (records == NULL) {
			problem(state, ENOMEM, record->path, "");
			return;
		}
		w->records = records;
		w->cap = cap;
	}
	w->records[w->n++] = *record;
}

static void
emit_carried(const struct state *state, const struct mk_index_record *record)
{
	self(state)->carried++;
	emit(state, record);
}

/* The old record of PATH and KIND among the N from AT on, or NULL. */
static const struct mk_index_record *
old_record(const struct state *state, size_t at, size_t n, const char *path,
    enum mk_index_kind kind)
{
	const struct mk_index *index = state->walk->index;
	struct mk_index_record key = { .path = path, .kind = kind };
	size_t low = at, high = at + n, middle;
	int order;

	while (low < high) {
		middle = low + (high - low) / 2;
		order = mk_index_order(&index->records[middle], &key);
		if (order == 0)
			return &index->records[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static void
push(const struct state *state, const char *path, size_t at, size_t n)
{
	size_t len = strlen(path);
	struct piece *piece = malloc(sizeof *piece + len + 1);

	if (piece != NULL) {
		piece->at = at;
		piece->n = n;
		memcpy(piece->path, path, len + 1);
		if (mk_pool_push(state->pool, piece) == 0)
			return;
	}
	free(piece);
	problem(state, ENOMEM, path, "");
}

/* Push the sub-directory NAME of PATH, with what is known of it. */
static void
push_child(const struct state *state, const char *path, const char *name,
    size_t at, size_t n)
{
	struct mk_buf buf = { 0 };
	const struct mk_index_record *old;
	const char *p;
	size_t depth = 0, old_at = 0, old_n = 0;

	if (mk_buf_addf(&buf, "%s%s%s", path, path[0] == '\0' ? "" : "/",
	    name) == -1) {
		problem(state, ENOMEM, path, "");
		return;
	}
	for (p = buf.data; (p = strchr(p, '/')) != NULL; p++)
		depth++;
	if (depth >= DEPTH_LIMIT)
		passed(state, buf.data, "not entered: too deep");
	else {
		if (n > 0) {
			old = old_record(state, at, n, buf.data, MK_INDEX_DIR);
			if (old == NULL)
				old = old_record(state, at, n, buf.data,
				    MK_INDEX_MAILBOX);
			if (old != NULL) {
				old_at = (size_t)(old -
				    state->walk->index->records);
				old_n = mk_index_extent(state->walk->index,
				    old_at);
			}
		}
		push(state, buf.data, old_at, old_n);
	}
	mk_buf_free(&buf);
}

/* mtime of the directory PATH, 0 where it is not there (or is none). */
static int64_t
mtime_of(const struct state *state, const char *path)
{
	struct stat st;

	if (fstatat(state->walk->rootfd, path[0] == '\0' ? "." : path, &st,
	    AT_SYMLINK_NOFOLLOW) == -1 || !S_ISDIR(st.st_mode))
		return 0;
	return mk_walk_stamp(&st, state->walk->now_s);
}

/* Whether cur, new and tmp are what OLD says, and nothing is due. */
static bool
folder_unchanged(const struct state *state, const struct mk_index_record *old)
{
	struct mk_buf *buf = &self(state)->path;
	size_t i, len;

	if (old->due_s <= state->walk->now_s)
		return false;
	mk_buf_cut(buf, 0);
	if (mk_buf_addf(buf, "%s%s", old->path,
	    old->path[0] == '\0' ? "" : "/") == -1)
		return false;
	len = buf->len;
	for (i = 0; i < MK_WATCHES; i++) {
		if ((old->watch & 1U << i) == 0)
			continue;
		if (old->sub_ns[i] == MK_RACY)
			return false;
		mk_buf_cut(buf, len);
		if (mk_buf_add(buf, subs[i], 3) == -1 ||
		    mtime_of(state, buf->data) != old->sub_ns[i])
			return false;
	}
	return true;
}

/*
 * A folder that is wanted: pass it over, or have it visited.  OLD may be
 * NULL.
 */
static void
folder_met(const struct state *state, const struct mk_folder *folder,
    const struct mk_index_record *old, unsigned watch, int64_t self_ns)
{
	struct mk_index_record record = {
		.kind = MK_INDEX_FOLDER, .layout = (int)folder->layout,
		.watch = watch, .self_ns = self_ns,
		.due_s = MK_ALWAYS,
		.sub_ns = { MK_RACY, MK_RACY, MK_RACY },
	};
	struct worker *w = self(state);

	w->folders++;
	/* An inbox is the same one when the mailbox gets its first folder. */
	if (old != NULL && old->watch == watch &&
	    (old->layout == (int)folder->layout || folder->place[0] == '\0') &&
	    folder_unchanged(state, old)) {
		if (state->ops->unchanged != NULL)
			state->ops->unchanged(state->ops->data, folder, old,
			    state->id);
		if (old->self_ns == self_ns &&
		    old->layout == (int)folder->layout) {
			emit_carried(state, old);
			return;
		}
		record = *old;
		record.self_ns = self_ns;
		record.layout = (int)folder->layout;
		emit(state, &record);
		return;
	}
	state->ops->visit(state->ops->data, folder, &record, state->id);
	record.path = mk_arena_copy(w->arena, folder->path,
	    strlen(folder->path));
	if (record.path == NULL)
		problem(state, ENOMEM, folder->path, "");
	else
		emit(state, &record);
}

/*
 * A directory that may be a folder, at PLACE of MAILBOX; SELF_NS and WATCH
 * are for the directory itself.
 */
static void
candidate(const struct state *state, const char *mailbox, const char *place,
    enum mk_layout layout, const struct piece *piece, int64_t self_ns,
    unsigned watch)
{
	struct mk_buf path = { 0 }, name = { 0 };
	struct mk_folder folder;
	const struct mk_index_record *old = NULL;
	unsigned wanted;

	if (mk_folder_name(layout, place, &name) == -1)
		goto out;
	if (mk_buf_addf(&path, "%s%s%s", mailbox,
	    mailbox[0] != '\0' && place[0] != '\0' ? "/" : "", place) == -1) {
		problem(state, ENOMEM, mailbox, "");
		goto out;
	}
	folder = (struct mk_folder){ .mailbox = mailbox, .place = place,
	    .path = path.data, .name = name.data, .layout = layout };
	wanted = state->ops->want(state->ops->data, &folder);
	if (wanted == 0 && state->ops->unwanted != NULL &&
	    state->ops->unwanted(state->ops->data, &folder) == -1)
		self(state)->again = true;
	if (wanted == 0 && watch == 0)
		goto out;
	if (piece->n > 0)
		old = old_record(state, piece->at, piece->n, path.data,
		    MK_INDEX_FOLDER);
	if (wanted != 0)
		folder_met(state, &folder, old, wanted | watch, self_ns);
	else {
		struct mk_index_record record = { .kind = MK_INDEX_FOLDER,
		    .layout = (int)layout, .watch = watch,
		    .self_ns = self_ns, .due_s = MK_NEVER };

		record.path = mk_arena_copy(self(state)->arena, path.data,
		    path.len);
		if (record.path != NULL)
			emit(state, &record);
	}
out:
	mk_buf_free(&path);
	mk_buf_free(&name);
}

/* A link where a mailbox, or a part of one, could be: say so. */
static void
linked_mailboxes(const struct state *state, int fd, const char *path,
    const struct mk_names *links)
{
	struct mk_buf buf = { 0 };
	struct stat st;
	const char *link = NULL;

	while ((link = mk_names_next(links, link)) != NULL) {
		mk_buf_cut(&buf, 0);
		if (mk_buf_addf(&buf, "%s/cur", link) == -1)
			break;
		/* Followed, but only to look: is it a Maildir, or a cur? */
		if (strcmp(link, "cur") != 0 && strcmp(link, "new") != 0 &&
		    fstatat(fd, buf.data, &st, 0) == -1)
			continue;
		mk_buf_cut(&buf, 0);
		if (mk_buf_addf(&buf, "%s%s%s", path,
		    path[0] == '\0' ? "" : "/", link) == 0)
			passed_over(state, ELOOP, buf.data);
	}
	mk_buf_free(&buf);
}

/* A link where a folder could be: say so if it would have been wanted. */
static void
linked_folders(const struct state *state, const char *mailbox,
    const struct mk_names *links)
{
	struct mk_buf path = { 0 }, name = { 0 };
	struct mk_folder folder = { .mailbox = mailbox };
	const char *link = NULL;

	while ((link = mk_names_next(links, link)) != NULL) {
		folder.layout = link[0] == '.' ? MK_MAILDIRPP : MK_FS;
		folder.place = link;
		mk_buf_cut(&path, 0);
		if (mk_folder_name(folder.layout, link, &name) == -1 ||
		    mk_buf_addf(&path, "%s%s%s", mailbox,
		    mailbox[0] == '\0' ? "" : "/", link) == -1)
			continue;
		folder.name = name.data;
		folder.path = path.data;
		if (strcmp(link, "cur") == 0 || strcmp(link, "new") == 0 ||
		    strcmp(link, "tmp") == 0 ||
		    state->ops->want(state->ops->data, &folder) != 0)
			passed_over(state, ELOOP, path.data);
	}
	mk_buf_free(&path);
	mk_buf_free(&name);
}

/*
 * Whether a hidden directory is a Maildir.  One that is none yet can become
 * one without a trace in the directory that is watched.
 */
static bool
has_dot_maildir(const struct state *state, int fd, const struct mk_look *look)
{
	const char *name = NULL;
	int found = 0;

	/* In doubt it is one: its neighbours are mailboxes, no folders. */
	while (found == 0 &&
	    (name = mk_names_next(&look->dots, name)) != NULL)
		found = mk_maildir_at(fd, name);
	if (found != 1 && look->dots.n > 0)
		self(state)->again = true;
	return found != 0;
}

/* Whether the last part of PATH could be the name of a domain. */
static bool
is_domain(const char *path)
{
	const char *name = strrchr(path, '/');

	name = name == NULL ? path : name + 1;
	return strchr(name, '.') != NULL && strchr(name, '@') == NULL;
}

/* Whether NAME in the directory FD is a Maildir, or has one below it. */
static bool
holds_maildir(const struct state *state, int fd, const char *name,
    unsigned depth)
{
	struct mk_look look = { 0 };
	const char *sub = NULL;
	int child = mk_sys_open_dir(fd, name);
	bool found = false;

	if (child != -1 &&
	    mk_maildir_look(&look, child, &self(state)->reader) == 0)
		found = mk_look_is_maildir(&look);
	while (!found && depth < DEPTH_LIMIT &&
	    (sub = mk_names_next(&look.plain, sub)) != NULL)
		found = holds_maildir(state, child, sub, depth + 1);
	mk_look_free(&look);
	if (child != -1)
		close(child);
	return found;
}

/*
 * The layout of a mailbox whose plain sub-directories are its own.  One that
 * is no folder, "sieve" say, proves nothing: Exim makes a .Junk beside it.
 */
static enum mk_layout
layout_of(const struct state *state, int fd, const struct mk_look *look)
{
	const char *name = NULL;

	while ((name = mk_names_next(&look->plain, name)) != NULL)
		if (holds_maildir(state, fd, name, 0))
			return MK_FS;
	return MK_MAILDIRPP;
}

/*
 * Whether the plain sub-directories of the mailbox PATH, open as FD, are its
 * own folders; see the header.
 */
static bool
has_fs_layout(const struct state *state, int fd, const char *path,
    const struct mk_look *look)
{
	struct worker *w = self(state);
	const char *name = NULL, *dot;
	bool certain = false;
	int child;

	if (has_dot_maildir(state, fd, look))
		return false;
	/* A domain that got stray mail, and none of its users has a folder. */
	if (!look->has_mark && is_domain(path))
		return false;
	while (!certain && (name = mk_names_next(&look->plain, name)) != NULL) {
		child = mk_sys_open_dir(fd, name);
		if (child == -1 && errno == ENOENT)
			continue;
		if (child == -1 || mk_maildir_look(&w->child_look, child,
		    &w->reader) == -1)
			certain = self(state)->again = true;	/* in doubt */
		else if (mk_look_is_maildir(&w->child_look)) {
			certain = w->child_look.has_mark;
			for (dot = NULL; !certain && (dot = mk_names_next(
			    &w->child_look.dots, dot)) != NULL;)
				certain = mk_maildir_at(child, dot) != 0;
		}
		if (child != -1)
			close(child);
	}
	return !certain;
}

/* The folders of the fs layout below PLACE of the mailbox open as FD. */
static void
fs_folders(const struct state *state, int mailboxfd, const char *mailbox,
    const char *place, unsigned depth, const struct piece *piece)
{
	struct worker *w = self(state);
	struct mk_look look = { 0 };
	struct mk_buf child = { 0 };
	struct stat st;
	const char *name = NULL;
	int fd = mk_sys_open_dir(mailboxfd, place);

	if (fd == -1 || fstat(fd, &st) == -1 ||
	    mk_maildir_look(&look, fd, &w->reader) == -1) {
		mk_buf_addf(&child, "%s/%s", mailbox, place);
		passed_over(state, errno, child.data == NULL ? "" :
		    child.data);
		goto out;
	}
	candidate(state, mailbox, place, MK_FS, piece,
	    mk_walk_stamp(&st, state->walk->now_s), MK_WATCH_SELF);
	while ((name = mk_names_next(&look.plain, name)) != NULL) {
		mk_buf_cut(&child, 0);
		if (mk_buf_addf(&child, "%s/%s", place, name) == -1)
			problem(state, ENOMEM, mailbox, "");
		else if (depth == DEPTH_LIMIT)
			passed(state, mailbox, "its folders are too deep");
		else
			fs_folders(state, mailboxfd, mailbox, child.data,
			    depth + 1, piece);
	}
out:
	if (fd != -1)
		close(fd);
	mk_look_free(&look);
	mk_buf_free(&child);
}

static void
mailbox_met(const struct state *state, const char *path)
{
	self(state)->mailboxes++;
	if (state->ops->mailbox != NULL)
		state->ops->mailbox(state->ops->data, path);
	mk_progress_step(1);
}

/* The mailbox PATH, open as FD and looked at. */
static void
mailbox_fresh(const struct state *state, int fd, const struct piece *piece,
    const struct mk_look *look)
{
	const char *path = piece->path, *name = NULL;
	bool top = path[0] == '\0' && !state->walk->root_is_mailbox;
	bool fs = look->plain.n > 0 && !top &&
	    has_fs_layout(state, fd, path, look);

	mailbox_met(state, path);
	linked_folders(state, path, &look->links);
	if (mk_look_is_maildir(look))
		candidate(state, path, "", fs ? layout_of(state, fd, look) :
		    MK_MAILDIRPP, piece, 0, 0);
	while ((name = mk_names_next(&look->dots, name)) != NULL)
		candidate(state, path, name, MK_MAILDIRPP, piece, 0, 0);
	if (fs) {
		while ((name = mk_names_next(&look->plain, name)) != NULL)
			fs_folders(state, fd, path, name, 0, piece);
		return;
	}
	while ((name = mk_names_next(&look->plain, name)) != NULL)
		push_child(state, path, name, piece->at, piece->n);
}

/* Walk a directory of which nothing is known, or that has changed. */
static void
walk_fresh(const struct state *state, const struct piece *piece)
{
	struct worker *w = self(state);
	struct mk_index_record record = { .due_s = MK_NEVER };
	struct mk_look look;
	struct stat st;
	const char *name = NULL;
	size_t mine = w->n;
	bool readable;
	int fd;

	w->again = false;
	fd = mk_sys_open_dir(state->walk->rootfd,
	    piece->path[0] == '\0' ? "." : piece->path);
	readable = fd != -1 && fstat(fd, &st) == 0 &&
	    mk_maildir_look(&w->look, fd, &w->reader) == 0;
	if (!readable) {
		passed_over(state, errno, piece->path);
		if (!w->again)
			goto out;	/* gone */
		/* A chmod does not show in the directory above: ask again. */
		record.self_ns = MK_RACY;
		record.kind = MK_INDEX_DIR;
	} else {
		record.self_ns = mk_walk_stamp(&st, state->walk->now_s);
		record.kind = mk_look_is_maildir(&w->look) ||
		    has_dot_maildir(state, fd, &w->look) ? MK_INDEX_MAILBOX :
		    MK_INDEX_DIR;
	}
	record.path = mk_arena_copy(w->arena, piece->path,
	    strlen(piece->path));
	if (record.path == NULL) {
		problem(state, ENOMEM, piece->path, "");
		goto out;
	}
	emit(state, &record);
	if (!readable)
		goto out;
	/* Taken over: the callbacks' work may look at other directories. */
	look = w->look;
	w->look = (struct mk_look){ 0 };
	if (record.kind == MK_INDEX_MAILBOX)
		mailbox_fresh(state, fd, piece, &look);
	else {
		linked_mailboxes(state, fd, piece->path, &look.links);
		while ((name = mk_names_next(&look.plain, name)) != NULL)
			push_child(state, piece->path, name, piece->at,
			    piece->n);
	}
	if (w->again && mine < w->n)
		w->records[mine].self_ns = MK_RACY;
	mk_look_free(&w->look);
	w->look = look;
out:
	if (fd != -1)
		close(fd);
}

/* Whether the directory and all fs folders below it list as they did. */
static bool
listing_unchanged(const struct state *state, const struct piece *piece)
{
	const struct mk_index_record *r =
	    &state->walk->index->records[piece->at];
	size_t i;

	if (r->self_ns == MK_RACY || mtime_of(state, r->path) != r->self_ns)
		return false;
	if (r->kind != MK_INDEX_MAILBOX)
		return true;
	for (i = 1; i < piece->n; i++)
		if (r[i].kind == MK_INDEX_FOLDER &&
		    (r[i].watch & MK_WATCH_SELF) != 0 &&
		    (r[i].self_ns == MK_RACY ||
		    mtime_of(state, r[i].path) != r[i].self_ns))
			return false;
	return true;
}

/* A folder of a mailbox whose listing has not changed. */
static void
folder_known(const struct state *state, const char *mailbox,
    const struct mk_index_record *r)
{
	struct mk_folder folder = { .mailbox = mailbox, .path = r->path,
	    .place = below(mailbox, r->path),
	    .layout = (enum mk_layout)r->layout };
	struct worker *w = self(state);

	if ((r->watch & MK_WATCH_ALL) == 0) {
		emit_carried(state, r);
		return;
	}
	if (mk_folder_name(folder.layout, folder.place, &w->name) == -1) {
		problem(state, ENOMEM, r->path, "");
		return;
	}
	folder.name = w->name.data;
	folder_met(state, &folder, r, r->watch, r->self_ns);
}

static void
walk_known(const struct state *state, const struct piece *piece)
{
	const struct mk_index *index = state->walk->index;
	const struct mk_index_record *r = &index->records[piece->at];
	bool mailbox = r->kind == MK_INDEX_MAILBOX;
	size_t i, n;

	emit_carried(state, r);
	if (mailbox)
		mailbox_met(state, r->path);
	for (i = piece->at + 1; i < piece->at + piece->n; i += n) {
		n = 1;
		if (mailbox && index->records[i].kind == MK_INDEX_FOLDER)
			folder_known(state, r->path, &index->records[i]);
		else {
			n = mk_index_extent(index, i);
			push(state, index->records[i].path, i, n);
		}
	}
}

static void
work(struct mk_pool *pool, void *data, void *item, unsigned id)
{
	struct state state = *(const struct state *)data;
	struct piece *piece = item;

	state.pool = pool;
	state.id = id;
	if (mk_stopped())
		;			/* mk_walk will say so */
	else if (piece->n > 0 && listing_unchanged(&state, piece))
		walk_known(&state, piece);
	else
		walk_fresh(&state, piece);
	free(piece);
}

/* Put the workers' records together.  -1 (ENOMEM). */
static int
gather(const struct state *state, struct mk_walk_result *result)
{
	const struct mk_index *index = state->walk->index;
	size_t carried = 0;
	unsigned i;

	for (i = 0; i < result->workers; i++) {
		result->n += state->workers[i].n;
		result->mailboxes += state->workers[i].mailboxes;
		result->folders += state->workers[i].folders;
		carried += state->workers[i].carried;
	}
	result->changed = index == NULL || carried != result->n ||
	    index->n != result->n;
	result->records = malloc(result->n * sizeof *result->records + 1);
	if (result->records == NULL)
		return -1;
	result->n = 0;
	for (i = 0; i < result->workers; i++) {
		if (state->workers[i].n > 0)
			memcpy(result->records + result->n,
			    state->workers[i].records,
			    state->workers[i].n * sizeof *result->records);
		result->n += state->workers[i].n;
	}
	return 0;
}

static void
workers_free(struct worker *workers, unsigned n)
{
	unsigned i;

	if (workers == NULL)
		return;
	for (i = 0; i < n; i++) {
		mk_sys_dir_free(&workers[i].reader);
		mk_look_free(&workers[i].look);
		mk_look_free(&workers[i].child_look);
		mk_buf_free(&workers[i].path);
		mk_buf_free(&workers[i].name);
		free(workers[i].records);
	}
	free(workers);
}

int
mk_walk(const struct mk_walk *walk, const struct mk_walk_ops *ops,
    struct mk_walk_result *result, struct mk_error *err)
{
	struct state state = { .walk = walk, .ops = ops };
	size_t known = walk->index != NULL && walk->start[0] == '\0' ?
	    walk->index->n : 0;
	unsigned i;
	int fd, rv = -1;

	*result = (struct mk_walk_result){ .workers = walk->threads };
	/* A root that can't be read is no empty tree. */
	fd = mk_sys_open_dir(walk->rootfd, walk->start[0] == '\0' ? "." :
	    walk->start);
	if (fd == -1)
		return mk_fail_sys(err, "%s/%s", walk->root, walk->start);
	close(fd);
	state.workers = calloc(walk->threads, sizeof *state.workers);
	result->arenas = calloc(walk->threads, sizeof *result->arenas);
	state.pool = mk_pool_new(walk->threads, work, &state, err);
	if (state.pool == NULL)
		goto out;
	if (state.workers == NULL || result->arenas == NULL) {
		mk_fail_sys(err, "walk %s", walk->root);
		goto out;
	}
	for (i = 0; i < walk->threads; i++) {
		state.workers[i].reader.fd = -1;
		state.workers[i].arena = &result->arenas[i];
	}
	push(&state, walk->start, 0, known);
	mk_pool_run(state.pool);
	if (mk_stopped())
		mk_fail(err, EX_TEMPFAIL, "interrupted; nothing was removed");
	else if (gather(&state, result) == -1)
		mk_fail_sys(err, "walk %s", walk->root);
	else
		rv = 0;
out:
	mk_pool_free(state.pool);
	workers_free(state.workers, walk->threads);
	return rv;
}

void
mk_walk_result_free(struct mk_walk_result *result)
{
	unsigned i;

	if (result->arenas != NULL)
		for (i = 0; i < result->workers; i++)
			mk_arena_free(&result->arenas[i]);
	free(result->arenas);
	free(result->records);
	*result = (struct mk_walk_result){ 0 };
}
