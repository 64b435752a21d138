/* mail/store - archive what is to go, before it goes. */
#include "mail/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/sys.h"
#include "mail/archive.h"
#include "mail/archname.h"
#include "mail/opened.h"

#define SWEPT		4		/* last runs cleared up after */

static int
archive_item(struct mk_opened *o, struct mk_item *item, struct mk_archive *ar,
    struct mk_error *err)
{
	struct mk_buf path = { 0 };
	struct mk_message msg;
	struct stat st;
	int fd, rv = -1;

	if (mk_opened_confirm(o, item, &msg) != MK_GO)
		return 0;		/* removal will find so, and count */
	fd = mk_sys_open_file(o->sub_fds[msg.sub], msg.name, O_RDONLY, 0);
	if (fd == -1 && errno == ENOENT)
		return 0;
	if (fd == -1 || fstat(fd, &st) == -1) {
		rv = mk_fail_sys(err, "open %s/%s", o->group->path, msg.name);
		goto out;
	}
	if (!S_ISREG(st.st_mode) || st.st_ino != msg.st.st_ino) {
		rv = 0;
		goto out;
	}
	if (mk_group_path(o->group, msg.sub, msg.name, &path) == -1)
		mk_fail_sys(err, "archive %s", msg.name);
	else
		rv = mk_archive_add(ar, fd, &st, path.data, err);
	if (rv == 0) {
		item->identity = mk_opened_identity(&st);
		item->archived = true;
	}
out:
	mk_buf_free(&path);
	if (fd != -1)
		close(fd);
	return rv;
}

/* Put into AR the items of GROUP whose kinds have the archive DIRFD. */
static int
archive_group(const struct mk_store *store, const struct mk_group *group,
    int dirfd, struct mk_archive *ar, struct mk_error *err)
{
	struct mk_opened o;
	size_t i;
	int rv = 0;

	if (mk_opened_open(&o, store->removal, group) == 0)
		for (i = 0; i < group->n && rv == 0; i++)
			if (store->fds[group->items[i].kind] == dirfd)
				rv = archive_item(&o, &group->items[i], ar,
				    err);
	mk_opened_close(&o);
	return rv;
}

static bool
archived_in(const struct mk_store *store, const struct mk_group *group,
    int dirfd)
{
	size_t i;

	for (i = 0; i < group->n; i++)
		if (store->fds[group->items[i].kind] == dirfd)
			return true;
	return false;
}

/*
 * One archive for what the N GROUPS of a mailbox have for DIRFD.  On failure
 * no item of it counts as archived, so none will be removed.
 */
static void
archive_mailbox(const struct mk_store *store, struct mk_group **groups,
    size_t n, int dirfd)
{
	struct mk_archive *ar = NULL;
	struct mk_buf name = { 0 };
	struct mk_error why, err;
	size_t i, j, wanted = 0;
	int rv = 0;

	for (i = 0; i < n; i++)
		wanted += archived_in(store, groups[i], dirfd);
	if (wanted == 0)
		return;
	if (mk_archname_encode(groups[0]->mailbox, &name) == -1) {
		rv = mk_fail_sys(&why, "name the archive");
		goto out;
	}
	ar = mk_archive_create(dirfd, name.data, &why);
	rv = ar == NULL ? -1 : 0;
	for (i = 0; i < n && rv == 0; i++)
		if (archived_in(store, groups[i], dirfd))
			rv = archive_group(store, groups[i], dirfd, ar, &why);
	if (rv == 0)
		rv = mk_archive_commit(ar, &why);
	else
		mk_archive_abort(ar);
out:
	if (rv == -1) {
		for (i = 0; i < n; i++)
			for (j = 0; j < groups[i]->n; j++)
				if (store->fds[groups[i]->items[j].kind] ==
				    dirfd)
					groups[i]->items[j].archived = false;
		mk_fail(&err, why.status, "archive of %s: %s; nothing of it "
		    "is removed", groups[0]->mailbox[0] == '\0' ?
		    store->removal->root : groups[0]->mailbox, why.text);
		mk_problems_tell(store->removal->problems, &err);
	}
	mk_buf_free(&name);
}

/* Kinds may share a directory, and so a descriptor: the first one of FD. */
static bool
is_first(const int *fds, size_t kind)
{
	size_t k;

	for (k = 0; k < kind; k++)
		if (fds[k] == fds[kind])
			return false;
	return true;
}

void
mk_store_mailbox(const struct mk_store *store, struct mk_group **groups,
    size_t n)
{
	size_t k;

	for (k = 0; k < MK_KINDS_MAX; k++)
		if (store->fds[k] != -1 && is_first(store->fds, k))
			archive_mailbox(store, groups, n, store->fds[k]);
}

void
mk_store_run_name(char buf[MK_RUN_NAME_MAX], int64_t now_s)
{
	time_t now = (time_t)now_s;
	struct tm tm = { 0 };
	size_t len;

	gmtime_r(&now, &tm);
	len = strftime(buf, MK_RUN_NAME_MAX, "%Y%m%dT%H%M%SZ", &tm);
	snprintf(buf + len, MK_RUN_NAME_MAX - len, "-%ld", (long)getpid());
}

/* Whether NAME is that of a run's directory: 20261122T171411Z-123. */
static bool
is_run_name(const char *name)
{
	static const char like[] = "00000000T000000Z-";
	size_t i;

	for (i = 0; like[i] != '\0'; i++)
		if (like[i] == '0' ? name[i] < '0' || name[i] > '9' :
		    name[i] != like[i])
			return false;
	return strspn(name + i, "0123456789") == strlen(name + i) &&
	    name[i] != '\0';
}

/*
 * Clear up after a run that was killed while it wrote an archive: it was one
 * of the last.  Its whole archives stay, they are the undo of what it removed;
 * a directory without any goes.
 */
static void
sweep_archives(int dirfd, const char *run_name)
{
	char last[SWEPT][64] = { "" };
	struct mk_dir reader = { .fd = -1 };
	struct mk_dirent entry;
	size_t i;
	int fd;

	if (mk_sys_dir_start(&reader, dirfd) == 0)
		while (mk_sys_dir_next(&reader, &entry) == 1) {
			if (entry.len >= sizeof last[0] ||
			    !is_run_name(entry.name) ||
			    strcmp(entry.name, run_name) == 0)
				continue;
			for (i = 0; i < SWEPT; i++)
				if (strcmp(entry.name, last[i]) > 0)
					break;
			if (i == SWEPT)
				continue;
			memmove(last + i + 1, last + i,
			    (SWEPT - 1 - i) * sizeof last[0]);
			memcpy(last[i], entry.name, entry.len + 1);
		}
	mk_sys_dir_free(&reader);
	for (i = 0; i < SWEPT && last[i][0] != '\0'; i++) {
		fd = mk_sys_open_dir(dirfd, last[i]);
		if (fd == -1)
			continue;
		if (mk_archive_sweep(fd) > 0)
			(void)unlinkat(dirfd, last[i], AT_REMOVEDIR);
		close(fd);
	}
}

/* Make and open this run's directory in the archive of KIND. */
static int
open_run(const struct mk_removal *removal, size_t kind, struct mk_error *err)
{
	int dirfd = removal->kinds[kind].archive_fd, fd;

	if (mkdirat(dirfd, removal->run_name, 0700) == -1 && errno != EEXIST)
		return mk_fail_sys(err, "make %s/%s",
		    removal->kinds[kind].archive, removal->run_name);
	fd = mk_sys_open_dir(dirfd, removal->run_name);
	if (fd == -1 || fsync(dirfd) == -1) {
		mk_fail_sys(err, "open %s/%s", removal->kinds[kind].archive,
		    removal->run_name);
		if (fd != -1)
			close(fd);
		return -1;
	}
	sweep_archives(dirfd, removal->run_name);
	return fd;
}

int
mk_store_open(struct mk_store *store, const struct mk_removal *removal,
    const struct mk_plan *plan, struct mk_error *err)
{
	const struct mk_removal_kind *kinds = removal->kinds;
	bool needed[MK_KINDS_MAX] = { false };
	size_t i, j, k, other;

	store->removal = removal;
	for (k = 0; k < MK_KINDS_MAX; k++)
		store->fds[k] = -1;
	for (i = 0; i < plan->n; i++)
		for (j = 0; j < plan->groups[i]->n; j++)
			needed[plan->groups[i]->items[j].kind] = true;
	for (k = 0; k < removal->kinds_n; k++) {
		if (kinds[k].archive_fd == -1 || !needed[k])
			continue;
		for (other = 0; other < k; other++)
			if (kinds[other].archive_fd == kinds[k].archive_fd &&
			    needed[other])
				store->fds[k] = store->fds[other];
		if (store->fds[k] == -1 &&
		    (store->fds[k] = open_run(removal, k, err)) == -1)
			return -1;
	}
	return 0;
}

void
mk_store_close(struct mk_store *store)
{
	size_t k;

	for (k = 0; k < MK_KINDS_MAX; k++)
		if (store->fds[k] != -1 && is_first(store->fds, k))
			close(store->fds[k]);
}
