/* expire/store - archive what is to go, before it goes. */
#include "expire/store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sys.h"
#include "expire/opened.h"
#include "mail/archive.h"
#include "mail/archname.h"

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

/* Put into AR the items of GROUP that rules with the archive DIRFD have. */
static int
archive_group(struct mk_expire *ex, const struct mk_group *group, int dirfd,
    struct mk_archive *ar, struct mk_error *err)
{
	struct mk_opened o;
	size_t i;
	int rv = 0;

	if (mk_opened_open(&o, ex, group) == 0)
		for (i = 0; i < group->n && rv == 0; i++)
			if (ex->archive_fds[group->items[i].rule] == dirfd)
				rv = archive_item(&o, &group->items[i], ar,
				    err);
	mk_opened_close(&o);
	return rv;
}

static bool
archived_in(const struct mk_expire *ex, const struct mk_group *group,
    int dirfd)
{
	size_t i;

	for (i = 0; i < group->n; i++)
		if (ex->archive_fds[group->items[i].rule] == dirfd)
			return true;
	return false;
}

/*
 * One archive for what the N GROUPS of a mailbox have for DIRFD.  On failure
 * no item of it counts as archived, so none will be removed.
 */
static void
archive_mailbox(struct mk_expire *ex, struct mk_group **groups, size_t n,
    int dirfd)
{
	struct mk_archive *ar = NULL;
	struct mk_buf name = { 0 };
	struct mk_error why, err;
	size_t i, j, wanted = 0;
	int rv = 0;

	for (i = 0; i < n; i++)
		wanted += archived_in(ex, groups[i], dirfd);
	if (wanted == 0)
		return;
	if (mk_archname_encode(groups[0]->mailbox, &name) == -1) {
		rv = mk_fail_sys(&why, "name the archive");
		goto out;
	}
	ar = mk_archive_create(dirfd, name.data, &why);
	rv = ar == NULL ? -1 : 0;
	for (i = 0; i < n && rv == 0; i++)
		if (archived_in(ex, groups[i], dirfd))
			rv = archive_group(ex, groups[i], dirfd, ar, &why);
	if (rv == 0)
		rv = mk_archive_commit(ar, &why);
	else
		mk_archive_abort(ar);
out:
	if (rv == -1) {
		for (i = 0; i < n; i++)
			for (j = 0; j < groups[i]->n; j++)
				if (ex->archive_fds[
				    groups[i]->items[j].rule] == dirfd)
					groups[i]->items[j].archived = false;
		mk_fail(&err, why.status, "archive of %s: %s; nothing of it "
		    "is removed", mk_expire_label(ex, groups[0]->mailbox),
		    why.text);
		mk_expire_problem(ex, &err);
	}
	mk_buf_free(&name);
}

void
mk_store_mailbox(struct mk_expire *ex, struct mk_group **groups, size_t n)
{
	size_t r, before;

	for (r = 0; r < ex->rules_n; r++) {
		if (ex->archive_fds[r] == -1)
			continue;
		/* Two rules may share a directory, and so a descriptor. */
		for (before = 0; before < r; before++)
			if (ex->archive_fds[before] == ex->archive_fds[r])
				break;
		if (before == r)
			archive_mailbox(ex, groups, n, ex->archive_fds[r]);
	}
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

int
mk_store_open(struct mk_expire *ex, struct mk_error *err)
{
	bool needed[MK_RULES_MAX] = { false };
	bool opened[MK_RULES_MAX] = { false };
	size_t i, j, r, other;
	int fd, shared;

	for (i = 0; i < ex->plan.n; i++)
		for (j = 0; j < ex->plan.groups[i]->n; j++)
			needed[ex->plan.groups[i]->items[j].rule] = true;
	for (r = 0; r < ex->rules_n; r++) {
		fd = ex->archive_fds[r];
		if (fd == -1 || !needed[r] || opened[r])
			continue;
		if (mkdirat(fd, ex->run_name, 0700) == -1 && errno != EEXIST)
			return mk_fail_sys(err, "make %s/%s",
			    ex->rules[r].archive, ex->run_name);
		shared = mk_sys_open_dir(fd, ex->run_name);
		if (shared == -1 || fsync(fd) == -1)
			return mk_fail_sys(err, "open %s/%s",
			    ex->rules[r].archive, ex->run_name);
		sweep_archives(fd, ex->run_name);
		for (other = 0; other < ex->rules_n; other++)
			if (ex->archive_fds[other] == fd) {
				ex->archive_fds[other] = shared;
				opened[other] = true;
			}
		close(fd);
	}
	return 0;
}
