/* check/mailroot - the mail root, and the programs' own directories. */
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sandbox.h"
#include "base/sys.h"
#include "check/dirs.h"
#include "check/rules.h"
#include "check/where.h"

#define AREA		"mail-root"
#define ENTRIES_MAX	500		/* looked at: never the whole tree */
#define LEVELS		2		/* domain, user */

struct survey {
	const struct mk_owner *owner;
	struct mk_check *check;
	size_t seen, foreign;
	char *first;			/* of the foreign ones */
	long uid;			/* whose it is */
};

static void
survey(struct survey *s, int dirfd, const char *path, int level)
{
	struct mk_dir dir = { .fd = -1 };
	struct mk_dirent entry;
	struct stat st;
	char *below;
	int fd;

	if (mk_sys_dir_start(&dir, dirfd) == -1)
		return;
	while (s->seen < ENTRIES_MAX && mk_sys_dir_next(&dir, &entry) == 1) {
		if (entry.type != MK_DIR && entry.type != MK_UNKNOWN)
			continue;
		fd = mk_sys_open_dir(dirfd, entry.name);
		if (fd == -1)
			continue;
		s->seen++;
		below = mk_look_text(s->check, "%s/%s", path, entry.name);
		if (below != NULL && fstat(fd, &st) == 0) {
			if (st.st_uid != s->owner->uid && s->foreign++ == 0) {
				s->first = mk_look_text(s->check, "%s",
				    below);
				s->uid = (long)st.st_uid;
			}
			if (level < LEVELS)
				survey(s, fd, below, level + 1);
		}
		free(below);
		close(fd);
	}
	mk_sys_dir_free(&dir);
}

static void
look_owners(struct mk_check *check, const struct mk_owner *owner)
{
	const char *root = check->conf->host.mail_root;
	struct survey s = { .owner = owner, .check = check };
	char *advice;
	int fd;

	if (owner->uid == (uid_t)-1)
		return;
	fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return;
	survey(&s, fd, root, 1);
	if (s.foreign > 0) {
		advice = mk_look_text(check, "chown -R %s %s, if it is "
		    "mail: programs work as %s, and can change nothing there",
		    owner->name, s.first, owner->name);
		mk_check_add(check, s.foreign == s.seen ? MK_ERROR :
		    MK_WARNING, AREA, s.first, advice, "is "
		    "user %ld's, as %zu of the first %zu directories below "
		    "mail-root are not %s's", s.uid, s.foreign, s.seen,
		    owner->name);
		free(advice);
	}
	free(s.first);
	close(fd);
}

static void
look_link(struct mk_check *check, const char *root)
{
	struct stat st;
	char *real;

	if (lstat(root, &st) == -1 || !S_ISLNK(st.st_mode))
		return;
	real = realpath(root, NULL);
	if (st.st_uid != 0 && st.st_uid != geteuid())
		mk_check_add(check, MK_WARNING, AREA, root, "name the "
		    "directory itself in mail-root", "is a link, which user "
		    "%ld can lead elsewhere", (long)st.st_uid);
	else
		mk_check_add(check, MK_NOTE, AREA, root, "", "is a link to "
		    "%s", real == NULL ? "nothing" : real);
	free(real);
}

static void
look_root(struct mk_check *check, const struct mk_owner *owner)
{
	const char *root = check->conf->host.mail_root;
	char *advice;
	struct stat st;
	int rv;

	look_link(check, root);
	if (stat(root, &st) == -1) {
		mk_check_add(check, MK_ERROR, AREA, root, "make it, or set "
		    "mail-root to where the mailboxes are", "%s",
		    strerror(errno));
		return;
	}
	if (!S_ISDIR(st.st_mode)) {
		mk_check_add(check, MK_ERROR, AREA, root, "set mail-root to a "
		    "directory", "is no directory");
		return;
	}
	rv = mk_look_may(check, owner, root, R_OK | X_OK);
	if (rv > 0) {
		advice = mk_look_text(check, "chown %s %s; or let its group "
		    "read it, and the directories above", owner->name[0] ==
		    '\0' ? "root" : owner->name, root);
		mk_check_add(check, MK_ERROR, AREA, root, advice, "cannot be "
		    "read by %s: %s", owner->name[0] == '\0' ? "us" :
		    owner->name, strerror(rv));
		free(advice);
	}
	if ((st.st_mode & (S_IWOTH | S_ISVTX)) == S_IWOTH) {
		advice = mk_look_text(check, "chmod o-w %s", root);
		mk_check_add(check, MK_ERROR, AREA, root, advice, "anybody "
		    "can write to it, and put mailboxes in place of others");
		free(advice);
	}
	look_owners(check, owner);
	mk_dirs_room(check, AREA, root);
	if (mk_sys_is_network(root) == 1)
		mk_check_add(check, MK_NOTE, AREA, root, "let one host alone "
		    "run the programs over it", "lies on a network file "
		    "system");
}

static void
look_account(struct mk_check *check)
{
	const char *name = check->conf->host.owner;
	struct mk_where where = { 0 };
	struct mk_owner owner;
	struct mk_error err;
	char *place;

	if (mk_owner_parse(name, &owner, &err) == -1) {
		mk_where_open(&where, check);
		place = mk_where_key(&where, check, "", 0, "owner");
		mk_check_add(check, MK_ERROR, AREA, place, "until then no "
		    "program works", "%s", err.text);
		free(place);
		mk_where_close(&where);
	} else if (name[0] == '\0' && check->root &&
	    check->conf->file != NULL)
		mk_check_add(check, MK_WARNING, AREA,
		    check->conf->host.mail_root, "set owner = "
		    "\"vmail:vmail\", whoever owns the mail", "no owner is "
		    "named: programs that root starts stay root");
}

/* Whether a file in a directory of tmpfiles.d makes PATH at each boot. */
static bool
is_remade(struct mk_check *check, const char *path)
{
	static const char *const files[] = {
		"/etc/tmpfiles.d/mailkeep.conf",
		"/run/tmpfiles.d/mailkeep.conf",
		"/usr/local/lib/tmpfiles.d/mailkeep.conf",
		"/usr/lib/tmpfiles.d/mailkeep.conf",
	};
	struct mk_buf text = { 0 };
	bool found = false;
	char *file;
	size_t i;

	for (i = 0; i < sizeof files / sizeof files[0] && !found; i++) {
		file = mk_look_text(check, "%s%s", check->below, files[i]);
		mk_buf_cut(&text, 0);
		found = file != NULL && mk_look_read(file, 65536,
		    &text) == 0 && strstr(text.data, path) != NULL;
		free(file);
	}
	mk_buf_free(&text);
	return found;
}

/* What is below /run goes with each boot, and only root can make it there. */
static void
look_boot(struct mk_check *check, const struct mk_owner *owner,
    const char *path)
{
	char *crontab = mk_look_text(check, "%s/var/spool/cron/crontabs/%.*s",
	    check->below, (int)strcspn(owner->name, ":"), owner->name);

	if (owner->name[0] != '\0' && crontab != NULL &&
	    access(crontab, F_OK) == 0 && !is_remade(check, path))
		mk_check_add(check, MK_WARNING, AREA, path, "put tmpfiles.conf "
		    "of cron/ into /etc/tmpfiles.d/mailkeep.conf", "goes when "
		    "the host is started anew, and what the crontab of %s "
		    "starts cannot make it", owner->name);
	free(crontab);
}

static void
look_own_dirs(struct mk_check *check, const struct mk_owner *owner)
{
	const struct mk_host *host = &check->conf->host;
	struct mk_dir_use use = { .area = AREA, .name = "state-dir",
	    .path = host->state_dir, .owner = owner, .made = true };
	struct stat st;

	if (mk_dirs_look(check, &use, &st))
		mk_dirs_room(check, AREA, use.path);
	use.name = "lock-dir";
	use.path = host->lock_dir;
	mk_dirs_look(check, &use, &st);
	if (strncmp(use.path, "/run/", 5) == 0 ||
	    strncmp(use.path, "/var/run/", 9) == 0)
		look_boot(check, owner, use.path);
}

/* It decides what root rotates. */
static void
look_rotate_dir(struct mk_check *check)
{
	const char *path = check->conf->rotate.state_dir;
	struct mk_owner root = { .uid = 0, .name = "root" };
	struct mk_dir_use use = { .area = AREA, .name = "rotate.state-dir",
	    .path = path, .owner = &root, .made = true };
	struct stat st;
	char *advice;

	if (!mk_program_active(check->conf, MK_PROGRAM_ROTATE) ||
	    !mk_dirs_look(check, &use, &st))
		return;
	if (check->root && (st.st_uid != 0 ||
	    (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)) {
		advice = mk_look_text(check, "chown root %s && chmod go-w %s",
		    path, path);
		mk_check_add(check, MK_ERROR, AREA, path, advice,
		    "rotate.state-dir is not root's alone: mailkeep-rotate "
		    "refuses it");
		free(advice);
	}
}

/* How far a child can confine itself, which is for good. */
static int
sandbox_level(void)
{
	struct mk_sandbox *sandbox;
	struct mk_error err;
	int status = -1, level;
	pid_t pid = fork();

	if (pid == 0) {
		sandbox = mk_sandbox_new(&err);
		level = sandbox == NULL ? -1 : mk_sandbox_enter(sandbox, &err);
		mk_sandbox_free(sandbox);
		_exit(level < 0 ? UCHAR_MAX : level);
	}
	while (pid != -1 && waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return -1;
	return pid != -1 && WIFEXITED(status) &&
	    WEXITSTATUS(status) != UCHAR_MAX ? WEXITSTATUS(status) : -1;
}

static void
look_sandbox(struct mk_check *check)
{
	int level;

	if (!check->conf->host.sandbox) {
		mk_check_add(check, MK_NOTE, AREA, check->conf->file, "",
		    "sandbox = no: programs do not confine themselves");
		return;
	}
	level = sandbox_level();
	if (level <= 0)
		mk_check_add(check, MK_NOTE, AREA, "", "a Linux since 5.19 "
		    "with lsm=landlock", "this kernel has no Landlock: "
		    "programs do without that fence");
	else
		mk_check_add(check, MK_FINE, AREA, "", "", "programs confine "
		    "themselves (Landlock ABI %d)", level);
}

void
mk_check_mailroot(struct mk_check *check)
{
	struct mk_owner owner = mk_look_owner(check);
	size_t before = mk_check_count(check, MK_ERROR) +
	    mk_check_count(check, MK_WARNING);

	look_account(check);
	look_root(check, &owner);
	look_own_dirs(check, &owner);
	look_rotate_dir(check);
	look_sandbox(check);
	if (before == mk_check_count(check, MK_ERROR) +
	    mk_check_count(check, MK_WARNING))
		mk_check_add(check, MK_FINE, AREA,
		    check->conf->host.mail_root, "", "is there; its owner is "
		    "%s", owner.name[0] == '\0' ? "who starts the programs" :
		    owner.name);
}
