/* expire/paths - the rules for plain directories below the mail root. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/sys.h"
#include "expire/expire.h"
#include "mail/maildir.h"
#include "mail/msgname.h"

/*
 * Whether PATH is a mailbox, or lies in one below the root: a rule with a
 * path knows nothing of flags and folders and must not reach in there.  (The
 * root itself may be one: Exim delivers to ROOT/new when a maildir column is
 * empty.)
 */
static bool
in_mailbox(const struct mk_expire *ex, const char *path)
{
	char *copy = strdup(path), *slash;
	bool found = copy == NULL;	/* in doubt, yes */

	while (!found) {
		found = mk_mailbox_at(ex->rootfd, copy) != 0;
		slash = strrchr(copy, '/');
		if (slash == NULL)
			break;
		*slash = '\0';
	}
	free(copy);
	return found;
}

static void
problem(struct mk_expire *ex, const char *path, const char *what)
{
	struct mk_error err;

	mk_fail_sys(&err, "%s %s/%s", what, ex->root, path);
	mk_problems_tell(&ex->problems, &err);
}

static int
file(struct mk_expire *ex, size_t r, int fd, const char *name,
    struct mk_group *group, uint64_t *counts)
{
	const struct mk_rule *rule = &ex->rules[r];
	struct mk_item item = { .kind = (uint8_t)r, .sub = MK_SUB_SELF };
	struct mk_facts facts;
	struct stat st;
	int64_t due_s;

	if (!mk_msgname_fits(name) ||
	    fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    !S_ISREG(st.st_mode))
		return 0;
	counts[MK_WATCHED]++;
	mk_expire_facts(&facts, &st, name, strlen(name), 0, MK_SUB_SELF,
	    MK_NEVER);
	if (ex->forecast != NULL) {
		mk_expire_foreseen(ex->forecast, mk_expire_foresee(
		    ex->forecast, ex->rules, (mk_rule_set)1 << r, &facts),
		    &facts);
		return 0;
	}
	if (mk_rule_due(rule, &facts, ex->now_s, &due_s) != MK_DUE)
		return 0;
	counts[MK_DUE_NOW]++;
	item.since_s = mk_rule_since(rule, &facts);
	item.size_bytes = facts.size_bytes;
	return mk_group_add(group, &item, name);
}

/* 0; or -1 with errno. */
static int
list(struct mk_expire *ex, size_t r, int fd, struct mk_group *group,
    uint64_t *counts)
{
	struct mk_dir reader = { .fd = -1 };
	struct mk_dirent entry;
	int rv;

	rv = mk_sys_dir_start(&reader, fd);
	while (rv != -1 && (rv = mk_sys_dir_next(&reader, &entry)) == 1)
		if (file(ex, r, fd, entry.name, group, counts) == -1)
			rv = -1;
	mk_sys_dir_free(&reader);
	return rv;
}

static void
scan_path(struct mk_expire *ex, size_t r, size_t *found)
{
	const char *path = ex->rules[r].path;
	uint64_t counts[MK_COLUMNS] = { 0 };
	struct mk_group *group;
	struct mk_error err;
	struct stat st;
	int fd;

	if (mk_expire_path_kept(ex, path)) {
		mk_diag_info("%s/%s: lies in a mailbox that is to keep all; "
		    "rule \"%s\" leaves it alone", ex->root, path,
		    ex->rules[r].name);
		(*found)++;
		return;
	}
	fd = mk_sys_open_dir(ex->rootfd, path);
	if (fd == -1 && errno == ENOENT) {
		mk_diag_info("%s/%s: not there, nothing to do for rule "
		    "\"%s\"", ex->root, path, ex->rules[r].name);
		return;
	}
	if (fd == -1 || fstat(fd, &st) == -1) {
		problem(ex, path, "open");
		goto out;
	}
	(*found)++;
	if (in_mailbox(ex, path)) {
		mk_fail(&err, EX_CONFIG, "%s/%s: is a mailbox or lies in one; "
		    "use folder, not path, in rule \"%s\"", ex->root, path,
		    ex->rules[r].name);
		mk_problems_tell(&ex->problems, &err);
		goto out;
	}
	group = mk_group_new("", "", path, MK_FS, true);
	if (group == NULL || list(ex, r, fd, group, counts) == -1) {
		problem(ex, path, "list");
		mk_group_free(group);
		goto out;
	}
	group->ino[MK_SUB_SELF] = st.st_ino;
	mk_expire_count(ex, r, "", counts);
	if (mk_expire_braked(&ex->rules[r]))
		mk_expire_watched(ex, "", counts[MK_WATCHED]);
	if (group->n == 0)
		mk_group_free(group);
	else if (mk_plan_add(&ex->plan, group) == -1) {
		problem(ex, path, "remember");
		mk_group_free(group);
	}
out:
	if (fd != -1)
		close(fd);
}

void
mk_expire_scan_paths(struct mk_expire *ex, size_t *found)
{
	size_t r;

	for (r = 0; r < ex->rules_n; r++)
		if (ex->rules[r].path != NULL)
			scan_path(ex, r, found);
}
