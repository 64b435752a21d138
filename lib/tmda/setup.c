/* tmda/setup - open what a run needs, and give up the rest. */
#include "tmda/setup.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fs.h"
#include "base/sandbox.h"
#include "tmda/select.h"

/* Told, and the other sections are done. */
static void
give_up(struct mk_tmda_setup *s, struct mk_tmda *t,
    const struct mk_error *why)
{
	struct mk_error err;

	mk_fail(&err, why->status, "tmda \"%s\": %s", t->conf->name,
	    why->text);
	mk_problems_tell(&s->problems, &err);
	t->conf = NULL;
}

/* The TMDA directory, or the mail root. */
static void
open_root(struct mk_tmda_setup *s, struct mk_tmda *t)
{
	const char *path = t->conf->dir != NULL ? t->conf->dir :
	    s->conf->host.mail_root;
	struct mk_tmda_root *root = &t->roots[MK_TMDA_ROOT];
	struct mk_error why;
	size_t len = strlen(path);

	root->path = strdup(path);
	root->real = realpath(path, NULL);
	root->fd = root->path == NULL ? mk_fail_sys(&why, "%s", path) :
	    mk_fs_open_trusted(path, 0, (uid_t)-1, (gid_t)-1, &why);
	if (root->fd == -1)
		give_up(s, t, &why);
	while (root->path != NULL && len > 1 && root->path[len - 1] == '/')
		root->path[--len] = '\0';
}

static int
open_sections(struct mk_tmda_setup *s, struct mk_error *err)
{
	size_t i;

	s->sections = calloc(s->n + 1, sizeof *s->sections);
	if (s->sections == NULL)
		return mk_fail_sys(err, "sections");
	for (i = 0; i < s->n; i++)
		mk_tmda_open(&s->sections[i]);
	for (i = 0; i < s->n; i++) {
		s->sections[i].conf = &s->queues[i];
		s->sections[i].users = &s->args->users;
		s->sections[i].duty = (uint32_t)i;
		open_root(s, &s->sections[i]);
	}
	return 0;
}

/* Whether two descriptors are one directory, however it was written. */
static bool
is_same(int a, int b)
{
	struct stat x, y;

	return a != -1 && b != -1 && fstat(a, &x) == 0 && fstat(b, &y) == 0 &&
	    x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static int
open_archives(struct mk_tmda_setup *s, struct mk_error *err)
{
	struct mk_error why;
	size_t i, j;

	for (i = 0; i < s->n && !s->reads_only; i++) {
		if (s->queues[i].archive[0] == '\0')
			continue;
		s->sections[i].archive_fd = mk_fs_open_trusted(
		    s->queues[i].archive, 0750, s->own.owner.uid,
		    s->own.owner.gid, &why);
		if (s->sections[i].archive_fd == -1)
			return mk_fail(err, why.status, "archive of tmda "
			    "\"%s\": %s", s->queues[i].name, why.text);
		for (j = 0; j < i; j++)
			if (is_same(s->sections[i].archive_fd,
			    s->sections[j].archive_fd))
				return mk_tmda_one_archive(&s->queues[j],
				    &s->queues[i], err);
	}
	return 0;
}

static int
open_accounts(struct mk_tmda_setup *s, struct mk_error *err)
{
	size_t i;

	if (s->conf->accounts.source == MK_ACCOUNTS_TREE)
		return 0;
	for (i = 0; i < s->n; i++)
		if (s->queues[i].dir == NULL) {
			s->accounts = mk_accounts_open(&s->conf->accounts,
			    err);
			return s->accounts == NULL ? -1 : 0;
		}
	return 0;
}

/* The child that has TMDA release messages. */
static int
start_release(struct mk_tmda_setup *s, struct mk_error *err)
{
	const struct mk_tmda_conf *conf;
	bool wanted = false;
	size_t i;

	s->duties = calloc(s->n + 1, sizeof *s->duties);
	if (s->duties == NULL)
		return mk_fail_sys(err, "release");
	for (i = 0; i < s->n; i++) {
		conf = &s->queues[i];
		if (conf->rescue == MK_TMDA_RELEASE)
			wanted = true;
		s->duties[i] = (struct mk_release_duty){
			.command = conf->release_command,
			.root = conf->dir == NULL ? s->conf->host.mail_root :
			    s->sections[i].roots[MK_TMDA_ROOT].path,
			.mailbox_dir = conf->mailbox_dir,
			.config = conf->config,
		};
	}
	if (!wanted || s->reads_only)
		return 0;
	s->release = mk_release_start(s->duties, s->n, err);
	return s->release == NULL ? -1 : 0;
}

/*
 * The state and the lock directory.  Without a configuration, or where the
 * command line says it all, they may be out of reach.
 */
static int
open_dirs(struct mk_tmda_setup *s, struct mk_error *err)
{
	bool needed = s->opt->file != NULL && !s->reads_only &&
	    s->opt->args_n == 0;

	return mk_host_open_dir(&s->conf->host, MK_STATE_DIR, &s->own,
	    s->reads_only, needed, err) == -1 || mk_host_open_dir(
	    &s->conf->host, MK_LOCK_DIR, &s->own, s->reads_only, needed,
	    err) == -1 ? -1 : 0;
}

static int
open_restore(struct mk_tmda_setup *s, struct mk_error *err)
{
	struct stat st;

	/* A FIFO would have us wait for a writer. */
	s->restore_fd = open(s->args->restore, O_RDONLY | O_NONBLOCK |
	    O_CLOEXEC);
	if (s->restore_fd == -1 || fstat(s->restore_fd, &st) == -1)
		return mk_fail_sys(err, "--restore: %s", s->args->restore);
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return mk_fail(err, EX_DATAERR, "--restore: %s: is neither an "
		    "archive nor a directory of archives", s->args->restore);
	if (s->args->to == NULL)
		return 0;
	s->to_fd = mk_fs_open_trusted(s->args->to, s->reads_only ? 0 : 0750,
	    s->own.owner.uid, s->own.owner.gid, err);
	/* -n makes nothing: what is not there is not looked into. */
	return s->to_fd == -1 && !(s->reads_only &&
	    err->status == EX_NOINPUT) ? -1 : 0;
}

/* All that is opened with the rights that the program was started with. */
static int
open_all(struct mk_tmda_setup *s, struct mk_error *err)
{
	const struct mk_host *host = &s->conf->host;

	if (mk_owner_parse(host->owner, &s->own.owner, err) == -1)
		return -1;
	if (s->args->restore != NULL)
		return open_restore(s, err) == -1 ||
		    open_sections(s, err) == -1 ||
		    open_dirs(s, err) == -1 ? -1 : 0;
	/* First the metrics: whoever watches shall learn of what fails. */
	if (!s->args->list && !s->args->stats && mk_host_open_metrics(host,
	    s->opt, "mailkeep-tmda", &s->own, err) == -1)
		return -1;
	if (open_sections(s, err) == -1 || open_dirs(s, err) == -1 ||
	    open_archives(s, err) == -1 || open_accounts(s, err) == -1)
		return -1;
	return start_release(s, err);
}

/* What all of a section's, or its one directory, says: before the confinement,
 * for it may lie anywhere. */
static void
open_queues(struct mk_tmda_setup *s)
{
	struct mk_tmda_queue *q;
	struct mk_tmda *t;
	struct mk_error why;
	size_t i;

	for (i = 0; i < s->n; i++) {
		t = &s->sections[i];
		if (t->conf != NULL && mk_tmda_global_read(t, &why) == -1)
			give_up(s, t, &why);
		if (t->conf == NULL || t->conf->dir == NULL)
			continue;
		q = mk_tmda_queue_new(t, "", &why);
		if (q == NULL)
			give_up(s, t, &why);
		else if (mk_tmda_add_queue(t, q) == -1) {
			mk_fail_sys(&why, "remember");
			give_up(s, t, &why);
		}
	}
}

static int
allow(struct mk_sandbox *sb, int fd, const char *path,
    enum mk_sandbox_access access, struct mk_error *err)
{
	return fd == -1 ? 0 : mk_sandbox_allow(sb, fd, path, access, err);
}

/* What section T has: its roots, and lists that lie elsewhere. */
static int
allow_section(struct mk_sandbox *sb, const struct mk_tmda *t,
    struct mk_error *err)
{
	const struct mk_tmda_queue *q;
	size_t i, j;

	for (i = 0; i < MK_TMDA_ROOTS; i++)
		if (allow(sb, t->roots[i].fd, t->roots[i].path,
		    MK_SANDBOX_WRITE, err) == -1)
			return -1;
	for (i = 0; i < t->queues_n; i++) {
		q = t->queues[i];
		if (q->append.own && allow(sb, q->append.dirfd,
		    q->append.shown, MK_SANDBOX_WRITE, err) == -1)
			return -1;
		for (j = 0; j < q->lists_n; j++)
			if (q->lists[j].own && allow(sb, q->lists[j].dirfd,
			    q->lists[j].shown, MK_SANDBOX_READ, err) == -1)
				return -1;
	}
	return t->archive_fd == -1 ? 0 : allow(sb, t->archive_fd,
	    t->conf == NULL ? "archive" : t->conf->archive,
	    MK_SANDBOX_WRITE, err);
}

/* Give up all else. */
static int
confine(struct mk_tmda_setup *s, struct mk_error *err)
{
	struct mk_sandbox *sb = mk_sandbox_new(err);
	size_t i;
	int rv = -1;

	if (sb == NULL)
		return -1;
	for (i = 0; i < s->n; i++)
		if (allow_section(sb, &s->sections[i], err) == -1)
			goto out;
	if (allow(sb, s->restore_fd, s->args->restore, MK_SANDBOX_READ,
	    err) == 0 && allow(sb, s->to_fd, s->args->to, MK_SANDBOX_WRITE,
	    err) == 0)
		rv = mk_host_confine(&s->conf->host, &s->own, sb, err);
out:
	mk_sandbox_free(sb);
	return rv;
}

int
mk_tmda_setup_open(struct mk_tmda_setup *s, struct mk_error *err)
{
	if (open_all(s, err) == -1 ||
	    mk_owner_become(&s->own.owner, err) == -1)
		return -1;
	if (!s->reads_only && s->own.lock_fd != -1 && mk_host_lock(
	    &s->conf->host, "mailkeep-tmda.lock", &s->own, err) == -1)
		return -1;
	open_queues(s);
	return confine(s, err);
}

void
mk_tmda_setup_close(struct mk_tmda_setup *s)
{
	size_t i;

	mk_release_stop(s->release);
	free(s->duties);
	mk_accounts_close(s->accounts);
	for (i = 0; s->sections != NULL && i < s->n; i++)
		mk_tmda_close(&s->sections[i]);
	free(s->sections);
	mk_own_close(&s->own);
	if (s->restore_fd != -1)
		close(s->restore_fd);
	if (s->to_fd != -1)
		close(s->to_fd);
}
