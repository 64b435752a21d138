/* tmda/scan - find what is due in a queue. */
#include "tmda/scan.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/progress.h"
#include "base/stop.h"
#include "base/sys.h"
#include "tmda/due.h"

struct listing {			/* one directory */
	struct mk_tmda *t;
	struct mk_tmda_queue *q;
	unsigned which;			/* MK_TMDA_ORIGINAL and the like */
	struct mk_tmda_root *root;
	char *path;			/* below it */
	int fd;
	struct stat st;
	struct mk_dir reader;
};

/* Whether it is of the format original, by name: a leftover has ":3,C", or
 * that without its colon, behind that. */
static bool
is_original(enum mk_tmda_file file, const struct mk_tmda_name *parsed)
{
	size_t len = strlen(parsed->rest);

	return strncmp(parsed->rest, "msg", 3) == 0 &&
	    (file == MK_TMDA_LEFTOVER ? len == 6 || len == 7 : len == 3);
}

/* What is met, by name and as far as the directory tells. */
static enum mk_tmda_file
classify(const struct mk_tmda_queue *q, unsigned which,
    const struct mk_dirent *entry, struct mk_tmda_name *parsed)
{
	enum mk_tmda_file file = which == MK_TMDA_REPLIES ?
	    mk_tmda_response_name(entry->name, parsed) :
	    mk_tmda_pending_name(entry->name, parsed);

	if (which == MK_TMDA_ORIGINAL && q->cache != NULL &&
	    strcmp(entry->name, q->cache) == 0)
		return MK_TMDA_CACHE;
	if (file == MK_TMDA_CACHE)
		return file;
	if (file == MK_TMDA_FOREIGN)
		/* What a Maildir is made of lies in it by right. */
		return which == MK_TMDA_ORIGINAL && entry->len == 3 &&
		    entry->type != MK_FILE && entry->type != MK_LINK &&
		    (strcmp(entry->name, "new") == 0 ||
		    strcmp(entry->name, "cur") == 0 ||
		    strcmp(entry->name, "tmp") == 0) ? MK_TMDA_CACHE : file;
	if (entry->type != MK_FILE && entry->type != MK_UNKNOWN)
		return MK_TMDA_FOREIGN;
	/* Above new and cur TMDA sees those of its other format alone. */
	if (which == MK_TMDA_ORIGINAL && !is_original(file, parsed))
		return MK_TMDA_FOREIGN;
	return file;
}

/* The path of WHICH, below its root; NULL where there is none, or (errno)
 * no memory. */
static char *
path_of(const struct mk_tmda_queue *q, unsigned which)
{
	const struct mk_tmda_dir *dir = which == MK_TMDA_REPLIES ?
	    &q->responses : &q->pending;

	errno = 0;
	return dir->path == NULL ? NULL : which == MK_TMDA_NEW ?
	    mk_tmda_join(dir->path, "new") : which == MK_TMDA_CUR ?
	    mk_tmda_join(dir->path, "cur") : strdup(dir->path);
}

/* 1; 0 where there is none; -1, told.  listing_close either way. */
static int
listing_open(struct listing *l, struct mk_tmda *t, struct mk_tmda_queue *q,
    unsigned which)
{
	unsigned root = which == MK_TMDA_REPLIES ? q->responses.root :
	    q->pending.root;
	struct mk_error err;

	*l = (struct listing){ .t = t, .q = q, .which = which, .fd = -1,
	    .root = &t->roots[root], .path = path_of(q, which),
	    .reader = { .fd = -1 } };
	if (l->path == NULL && errno == 0)
		return 0;
	if (l->path != NULL)
		l->fd = mk_sys_open_dir(l->root->fd, l->path);
	if (l->path != NULL && l->fd == -1 && errno == ENOENT)
		return 0;
	if (l->fd == -1 || fstat(l->fd, &l->st) == -1) {
		mk_tmda_problem(t, l->root, "open", l->path == NULL ? "" :
		    l->path);
		return -1;
	}
	/* TMDA's configuration could name any directory. */
	if (root != MK_TMDA_ROOT && l->st.st_uid != q->uid) {
		mk_fail(&err, EX_CONFIG, "%s/%s: belongs to user %lu, not to "
		    "the owner of %s, whose configuration names it; left "
		    "alone", l->root->path, l->path,
		    (unsigned long)l->st.st_uid, q->path);
		mk_problems_tell(&t->problems, &err);
		return -1;
	}
	if (mk_sys_dir_start(&l->reader, l->fd) == -1) {
		mk_tmda_problem(t, l->root, "list", l->path);
		return -1;
	}
	return 1;
}

static void
listing_close(struct listing *l)
{
	mk_sys_dir_free(&l->reader);
	if (l->fd != -1)
		close(l->fd);
	free(l->path);
}

/*
 * Whether the file NAME is due, and since when its age counts.  1, 0, or -1
 * (errno): it can't be asked.
 */
static int
is_due(const struct listing *l, const struct mk_dirent *entry,
    const struct mk_tmda_name *parsed, int64_t *since_s)
{
	const struct mk_tmda *t = l->t;
	bool response = parsed->file == MK_TMDA_RESPONSE;
	bool saved = !response && t->conf->age == MK_TMDA_BY_CTIME;
	int64_t lifetime_s = response ? t->conf->responses_lifetime_s :
	    l->q->lifetime_s;
	struct stat st;

	*since_s = parsed->time_s;
	if (!saved && !mk_tmda_due(*since_s, lifetime_s, t->now_s))
		return 0;
	if (!saved && !response && entry->type == MK_FILE)
		return 1;
	if (fstatat(l->fd, entry->name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT ? 0 : -1;
	if (response)
		return mk_tmda_response_due(*since_s, &st, lifetime_s,
		    t->now_s);
	if (saved)
		*since_s = st.st_ctim.tv_sec;
	return S_ISREG(st.st_mode) &&
	    mk_tmda_due(*since_s, lifetime_s, t->now_s);
}

static int
add(const struct listing *l, const struct mk_dirent *entry,
    const struct mk_tmda_name *parsed, struct mk_group *group,
    uint64_t *counts)
{
	struct mk_item item = { .size_bytes = -1, .sub = MK_SUB_SELF,
	    .kind = parsed->file == MK_TMDA_RESPONSE ? MK_TMDA_RESPONSES :
	    MK_TMDA_MESSAGES };
	int due = is_due(l, entry, parsed, &item.since_s);

	counts[MK_TMDA_WATCHED]++;
	if (due != 1)
		return due;
	counts[MK_TMDA_DUE]++;
	return mk_group_add(group, &item, entry->name);
}

/* 0; or -1 with errno. */
static int
list(struct listing *l, struct mk_group *group, uint64_t *counts)
{
	struct mk_tmda_name parsed;
	struct mk_dirent entry;
	int rv;

	while ((rv = mk_sys_dir_next(&l->reader, &entry)) == 1)
		switch (classify(l->q, l->which, &entry, &parsed)) {
		case MK_TMDA_CACHE:
			break;
		case MK_TMDA_FOREIGN:
			counts[MK_TMDA_STRANGE]++;
			mk_diag_info("%s/%s/%s: is none of TMDA's files, left "
			    "alone", l->root->path, l->path, entry.name);
			break;
		default:
			if (add(l, &entry, &parsed, group, counts) == -1)
				return -1;
		}
	return rv;
}

static void
scan_dir(struct listing *l)
{
	uint64_t counts[MK_TMDA_COLUMNS] = { 0 };
	struct mk_group *group;

	group = mk_group_new(l->q->mailbox, "", l->path, MK_FS, true);
	if (group == NULL || list(l, group, counts) == -1) {
		mk_tmda_problem(l->t, l->root, "list", l->path);
		mk_group_free(group);
		return;
	}
	group->ino[MK_SUB_SELF] = l->st.st_ino;
	mk_progress_step(counts[MK_TMDA_WATCHED]);
	mk_tmda_count(l->t, counts);
	if (l->which != MK_TMDA_REPLIES)
		l->t->watched += counts[MK_TMDA_WATCHED];
	if (group->n == 0)
		mk_group_free(group);
	else if (mk_plan_add(&l->root->plan, group) == 0)
		l->q->groups[l->which] = group;
	else {
		mk_tmda_problem(l->t, l->root, "remember", l->path);
		mk_group_free(group);
	}
}

void
mk_tmda_scan(struct mk_tmda *t, struct mk_tmda_queue *q, bool *found)
{
	struct listing l;
	unsigned which;
	int there;

	for (which = 0; which < MK_TMDA_GROUPS && !mk_stopped(); which++) {
		/* Nobody knows for whom a response was. */
		if (which == MK_TMDA_REPLIES && t->conf->dir != NULL &&
		    t->users->n > 0)
			continue;
		there = listing_open(&l, t, q, which);
		if (there != 0)
			*found = true;
		if (there == 1)
			scan_dir(&l);
		listing_close(&l);
	}
}

void
mk_tmda_each(struct mk_tmda *t, struct mk_tmda_queue *q,
    mk_tmda_each_fn *each, void *data)
{
	struct mk_tmda_name parsed;
	struct mk_dirent entry;
	struct listing l;
	unsigned which;
	int rv;

	for (which = MK_TMDA_ORIGINAL; which <= MK_TMDA_CUR; which++) {
		rv = listing_open(&l, t, q, which);
		while (rv == 1 && !mk_stopped() && (rv = mk_sys_dir_next(
		    &l.reader, &entry)) == 1)
			if (classify(q, which, &entry, &parsed) ==
			    MK_TMDA_PENDING && each(data, l.fd, which,
			    entry.name, &parsed) == -1)
				rv = -1;
		if (rv == -1 && l.fd != -1 && l.reader.fd != -1)
			mk_tmda_problem(t, l.root, "list", l.path);
		listing_close(&l);
	}
}
