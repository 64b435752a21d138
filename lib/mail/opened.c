/* mail/opened - a folder opened to remove mail from it. */
#include "mail/opened.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sys.h"
#include "mail/msgname.h"

struct mk_found {
	uint64_t hash;
	size_t name;			/* offset in mk_opened.names */
};

struct weight {				/* a message counted */
	uint64_t hash;
	int64_t bytes;
};

static int
by_hash(const void *a, const void *b)
{
	const struct mk_found *x = a, *y = b;

	return x->hash < y->hash ? -1 : x->hash > y->hash;
}

/* cur, new or tmp; the one that was scanned, and no other put in its place. */
static int
open_sub(struct mk_opened *o, enum mk_sub sub)
{
	struct stat st;
	int fd = sub == MK_SUB_SELF ? o->fd :
	    mk_sys_open_dir(o->fd, mk_sub_names[sub]);

	if (fd == -1)
		return errno == ENOENT ? 0 : -1;
	if (fstat(fd, &st) == 0) {
		if (o->group->ino[sub] == 0 ||
		    st.st_ino == o->group->ino[sub]) {
			o->sub_fds[sub] = fd;
			return 0;
		}
		errno = ESTALE;
	}
	if (fd != o->fd) {
		int errnum = errno;

		close(fd);
		errno = errnum;
	}
	return -1;
}

/*
 * Open what the group's messages lie in, and cur, where they may have gone
 * meanwhile.  What can't be opened keeps nothing else from being done: the
 * plan said that, too.
 */
static void
open_subs(struct mk_opened *o)
{
	bool needed[MK_SUBS] = { false };
	enum mk_sub sub;
	size_t i;

	for (i = 0; i < o->group->n; i++)
		needed[o->group->items[i].sub] = true;
	for (sub = MK_SUB_CUR; sub <= MK_SUB_SELF; sub++) {
		if (!needed[sub] && (sub != MK_SUB_CUR || !needed[MK_SUB_NEW]))
			continue;
		if (open_sub(o, sub) == -1 && needed[sub]) {
			mk_removal_problem(o->removal, o->group, "open",
			    mk_sub_names[sub]);
			o->refused[sub] = true;
		}
	}
}

/* List cur/ once more: a flag change has renamed something. */
static int
list_renamed(struct mk_opened *o)
{
	struct mk_dir reader = { .fd = -1 };
	struct mk_dirent entry;
	struct mk_found *more;
	size_t cap = 0;
	int rv;

	o->listed = true;
	if (o->sub_fds[MK_SUB_CUR] == -1 && open_sub(o, MK_SUB_CUR) == -1)
		return -1;
	if (o->sub_fds[MK_SUB_CUR] == -1)
		return 0;
	rv = mk_sys_dir_start(&reader, o->sub_fds[MK_SUB_CUR]);
	while (rv != -1 && (rv = mk_sys_dir_next(&reader, &entry)) == 1) {
		if (o->renamed_n == cap) {
			cap = cap * 2 + 64;
			more = realloc(o->renamed, cap * sizeof *more);
			if (more == NULL) {
				rv = -1;
				break;
			}
			o->renamed = more;
		}
		o->renamed[o->renamed_n].hash = mk_msgname_hash(entry.name,
		    mk_msgname_split(entry.name, NULL));
		o->renamed[o->renamed_n++].name = o->names.len;
		if (mk_buf_add(&o->names, entry.name, entry.len + 1) == -1)
			rv = -1;
	}
	mk_sys_dir_free(&reader);
	if (o->renamed_n > 0)
		qsort(o->renamed, o->renamed_n, sizeof *o->renamed, by_hash);
	return rv;
}

/*
 * The new name of a message that has lost its old one: in cur/, under the
 * same unique name.  False where it is gone from this folder.
 */
static bool
renamed(struct mk_opened *o, struct mk_message *msg)
{
	struct mk_found key = { .hash = mk_msgname_hash(msg->name,
	    msg->uniq_len) };
	const struct mk_found *found;
	const char *name;

	if (o->group->plain || msg->sub == MK_SUB_TMP)
		return false;
	if (!o->listed && list_renamed(o) == -1)
		return false;
	errno = ENOENT;			/* the listing may have set another */
	found = o->renamed_n == 0 ? NULL : bsearch(&key, o->renamed,
	    o->renamed_n, sizeof key, by_hash);
	if (found == NULL)
		return false;
	name = o->names.data + found->name;
	if (mk_msgname_split(name, NULL) != msg->uniq_len ||
	    memcmp(name, msg->name, msg->uniq_len) != 0)
		return false;
	msg->name = name;
	msg->sub = MK_SUB_CUR;
	return true;
}

/* Since when the ledger (or, without it, the plan) says that it is here. */
static int64_t
in_folder_since(struct mk_opened *o, const struct mk_item *item,
    const struct mk_message *msg)
{
	const struct mk_ledger_entry *entry = NULL;
	int64_t changed_s;

	if (o->group->plain || msg->sub == MK_SUB_TMP)
		return MK_NEVER;
	if (o->with_ledger)
		entry = mk_ledger_find(&o->ledger, mk_msgname_hash(msg->name,
		    msg->uniq_len));
	if (entry != NULL)
		return entry->first_seen_s;
	changed_s = msg->st.st_ctim.tv_sec;
	return item->since_s > changed_s ? item->since_s : changed_s;
}

/* Count what SUB holds; SEEN are the unique names' hashes so far. */
static int
count_sub(struct mk_opened *o, enum mk_sub sub, struct mk_buf *seen)
{
	struct mk_dir reader = { .fd = -1 };
	struct mk_dirent entry;
	struct stat st;
	struct weight weight;
	size_t uniq_len;
	int rv;

	if (o->sub_fds[sub] == -1 && open_sub(o, sub) == -1)
		return -1;
	if (o->sub_fds[sub] == -1)
		return 0;
	rv = mk_sys_dir_start(&reader, o->sub_fds[sub]);
	while (rv != -1 && (rv = mk_sys_dir_next(&reader, &entry)) == 1) {
		if (!mk_msgname_fits(entry.name) || fstatat(o->sub_fds[sub],
		    entry.name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
		    !S_ISREG(st.st_mode))
			continue;
		uniq_len = mk_msgname_split(entry.name, NULL);
		weight.hash = mk_msgname_hash(entry.name, uniq_len);
		weight.bytes = mk_msgname_size(entry.name, uniq_len);
		if (weight.bytes == -1)
			weight.bytes = st.st_size;
		if (mk_buf_add(seen, &weight, sizeof weight) == -1)
			rv = -1;
	}
	mk_sys_dir_free(&reader);
	return rv;
}

static int
by_weight(const void *a, const void *b)
{
	const struct weight *x = a, *y = b;

	return x->hash < y->hash ? -1 : x->hash > y->hash;
}

/* A message renamed while we list can be met twice, and counts once. */
int
mk_opened_count(struct mk_opened *o, int64_t *messages, int64_t *bytes)
{
	struct mk_buf seen = { 0 };
	const struct weight *weights;
	size_t n, i;

	if (!o->counted) {
		if (count_sub(o, MK_SUB_CUR, &seen) == -1 ||
		    count_sub(o, MK_SUB_NEW, &seen) == -1) {
			mk_removal_problem(o->removal, o->group, "count", "");
			mk_buf_free(&seen);
			return -1;
		}
		o->counted = true;
		n = seen.len / sizeof *weights;
		if (n > 0)
			qsort(seen.data, n, sizeof *weights, by_weight);
		weights = (const void *)seen.data;
		for (i = 0; i < n; i++) {
			if (i > 0 && weights[i].hash == weights[i - 1].hash)
				continue;
			o->messages++;
			o->bytes += weights[i].bytes;
		}
		mk_buf_free(&seen);
	}
	*messages = o->messages;
	*bytes = o->bytes;
	return 0;
}

enum mk_confirmed
mk_opened_confirm(struct mk_opened *o, const struct mk_item *item,
    struct mk_message *msg)
{
	const struct mk_removal *removal = o->removal;

	if ((o->kinds >> item->kind & 1) == 0)
		return MK_KEPT;
	msg->name = mk_item_name(o->group, item);
	msg->sub = item->sub;
	msg->uniq_len = mk_msgname_split(msg->name, NULL);
	if (o->sub_fds[msg->sub] == -1)
		return o->refused[msg->sub] ? MK_REFUSED : MK_GONE;
	if (fstatat(o->sub_fds[msg->sub], msg->name, &msg->st,
	    AT_SYMLINK_NOFOLLOW) == -1 && (errno != ENOENT ||
	    !renamed(o, msg) || fstatat(o->sub_fds[msg->sub], msg->name,
	    &msg->st, AT_SYMLINK_NOFOLLOW) == -1)) {
		if (errno == ENOENT)
			return MK_GONE;
		mk_removal_problem(removal, o->group, "stat", msg->name);
		return MK_REFUSED;
	}
	if (!S_ISREG(msg->st.st_mode) || !mk_msgname_fits(msg->name))
		return MK_KEPT;
	mk_msgname_split(msg->name, &msg->flags);
	msg->size_bytes = mk_msgname_size(msg->name, msg->uniq_len);
	if (msg->size_bytes == -1)
		msg->size_bytes = msg->st.st_size;
	msg->in_folder_s = in_folder_since(o, item, msg);
	return removal->ops->confirm(removal->data, o, item, msg) ? MK_GO :
	    MK_KEPT;
}

void
mk_opened_close(struct mk_opened *o)
{
	size_t i;

	for (i = 0; i < MK_SUBS; i++)
		if (o->sub_fds[i] != -1 && o->sub_fds[i] != o->fd)
			close(o->sub_fds[i]);
	if (o->fd != -1)
		close(o->fd);
	mk_ledger_close(&o->ledger);
	free(o->renamed);
	mk_buf_free(&o->names);
}

/* Whether any message of the group was judged by its time in the folder. */
static bool
goes_by_ledger(const struct mk_removal *removal, const struct mk_group *group)
{
	size_t i;

	for (i = 0; i < group->n; i++)
		if (removal->kinds[group->items[i].kind].by_ledger &&
		    group->items[i].sub != MK_SUB_TMP &&
		    group->items[i].sub != MK_SUB_SELF)
			return true;
	return false;
}

int
mk_opened_open(struct mk_opened *o, const struct mk_removal *removal,
    const struct mk_group *group)
{
	struct mk_error why, err;

	*o = (struct mk_opened){ .removal = removal, .group = group, .fd = -1,
	    .sub_fds = { -1, -1, -1, -1 }, .ledger = { .fd = -1 } };
	o->fd = mk_sys_open_dir(removal->rootfd, group->path[0] == '\0' ?
	    "." : group->path);
	if (o->fd == -1) {
		if (errno == ENOENT)
			return 2;
		mk_removal_problem(removal, group, "open", "");
		return 1;
	}
	open_subs(o);
	o->kinds = removal->ops->kinds == NULL ? UINT64_MAX :
	    removal->ops->kinds(removal->data, group);
	if (!goes_by_ledger(removal, group))
		return 0;
	switch (mk_ledger_open(&o->ledger, o->fd, group->place,
	    MK_LEDGER_UPDATE, &why)) {
	case 1:
		mk_fail(&err, EX_TEMPFAIL, "%s/%s: another run holds it",
		    removal->root, group->path);
		mk_problems_tell(removal->problems, &err);
		return 1;
	case 0:
		o->with_ledger = o->ledger.found;
		mk_ledger_keep_all(&o->ledger);
	}
	return 0;
}

void
mk_opened_removed(struct mk_opened *o, const struct mk_message *msg)
{
	if (o->group->plain || msg->sub == MK_SUB_TMP)
		return;
	mk_ledger_forget(&o->ledger, mk_msgname_hash(msg->name,
	    msg->uniq_len));
	if (o->counted) {
		o->messages--;
		o->bytes -= msg->size_bytes;
	}
}

bool
mk_opened_in_place(const struct mk_opened *o)
{
	struct stat opened, named;
	const char *path = o->group->path;

	return fstat(o->fd, &opened) == 0 && fstatat(o->removal->rootfd,
	    path[0] == '\0' ? "." : path, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	    opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

void
mk_opened_look_again(struct mk_opened *o)
{
	o->listed = false;
	o->renamed_n = 0;
}

uint64_t
mk_opened_identity(const struct stat *st)
{
	const uint64_t parts[] = { st->st_ino, (uint64_t)st->st_size,
	    (uint64_t)st->st_mtim.tv_sec, (uint64_t)st->st_mtim.tv_nsec };

	return mk_msgname_hash((const char *)parts, sizeof parts);
}
