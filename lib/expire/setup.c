/* expire/setup - open what a run needs, and give up the rest. */
#include "expire/setup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fs.h"
#include "base/sandbox.h"
#include "mail/maildir.h"

#define PLAN_LIMIT	((size_t)1 << 30)

bool
mk_setup_has_folders(const struct mk_setup *s)
{
	size_t i;

	for (i = 0; i < s->rules_n; i++)
		if (s->rules[i].path == NULL)
			return true;
	return false;
}

/* PATH below ROOT (both canonical), or NULL. */
static const char *
below(const char *root, const char *path)
{
	size_t len = strlen(root);

	if (strcmp(root, "/") == 0)
		return path + 1;
	if (strncmp(root, path, len) != 0)
		return NULL;
	return path[len] == '/' ? path + len + 1 : path[len] == '\0' ?
	    path + len : NULL;
}

/* Whether START lies at or below one that the job has, or the other way. */
static bool
overlaps(const struct mk_job *job, const char *start)
{
	size_t i;

	for (i = 0; i < job->n; i++)
		if (job->starts[i][0] == '\0' || start[0] == '\0' ||
		    below(job->starts[i], start) != NULL ||
		    below(start, job->starts[i]) != NULL)
			return true;
	return false;
}

static int
add_start(struct mk_job *job, const char *start)
{
	char **starts = realloc(job->starts, (job->n + 1) * sizeof *starts);

	if (starts == NULL)
		return -1;
	job->starts = starts;
	starts[job->n] = strdup(start);
	return starts[job->n] == NULL ? -1 : (int)(job->n++, 0);
}

static struct mk_job *
add_job(struct mk_setup *s, const char *root, int fd)
{
	struct mk_job *jobs = realloc(s->jobs, (s->jobs_n + 1) *
	    sizeof *jobs);
	size_t len = strlen(root);

	if (jobs == NULL)
		return NULL;
	s->jobs = jobs;
	jobs[s->jobs_n] = (struct mk_job){ .fd = fd, .root = strdup(root) };
	if (jobs[s->jobs_n].root == NULL)
		return NULL;
	while (len > 1 && root[len - 1] == '/')
		jobs[s->jobs_n].root[--len] = '\0';
	return &jobs[s->jobs_n++];
}

static int
open_trusted(const char *path, struct mk_error *err)
{
	return mk_fs_open_trusted(path, 0, (uid_t)-1, (gid_t)-1, err);
}

/* The job for all that lies below the mail root; made if there is none. */
static struct mk_job *
rooted_job(struct mk_setup *s, struct mk_error *err)
{
	const char *root = s->host->mail_root;
	struct mk_error why;
	struct mk_job *job;
	size_t i;
	int fd;

	for (i = 0; i < s->jobs_n; i++)
		if (!s->jobs[i].is_mailbox)
			return &s->jobs[i];
	fd = open_trusted(root, &why);
	if (fd == -1) {
		mk_fail(err, why.status, "mail-root: %s", why.text);
		return NULL;
	}
	job = add_job(s, root, fd);
	if (job == NULL)
		mk_fail_sys(err, "%s", root);
	return job;
}

/*
 * Whether the directory REAL is a folder of a mailbox, of which a rule for
 * the INBOX would take it to be one.  (The mail root, ROOT or NULL, may be a
 * Maildir: below it there are mailboxes only.)
 */
static bool
is_folder(const char *real, const char *root)
{
	const char *start = root == NULL ? NULL : below(root, real);
	char *parent = strdup(real), *slash;
	bool folder;
	int fd;

	if (start != NULL && (*start == '.' || strstr(start, "/.") != NULL)) {
		free(parent);
		return true;
	}
	slash = parent == NULL ? NULL : strrchr(parent, '/');
	if (slash == NULL || slash == parent) {
		free(parent);
		return false;
	}
	*slash = '\0';
	fd = root != NULL && strcmp(parent, root) == 0 ? -1 :
	    open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	folder = fd != -1 && mk_maildir_at(fd, ".") == 1;
	if (fd != -1)
		close(fd);
	free(parent);
	return folder;
}

/*
 * A MAILDIR of the command line: where it lies below the mail root a part of
 * that, so that it has its name there; else a root of its own.
 */
static int
add_maildir(struct mk_setup *s, const char *maildir, const char *root_real,
    struct mk_error *err)
{
	char *real = realpath(maildir, NULL);
	const char *start;
	struct mk_job *job = NULL;
	int fd, rv = -1;

	if (real == NULL)
		return mk_fail_sys(err, "%s", maildir);
	if (is_folder(real, root_real)) {
		free(real);
		return mk_fail(err, EX_USAGE, "%s is no mailbox but a folder "
		    "in one: name the mailbox, and the folder by --folder",
		    maildir);
	}
	start = root_real == NULL ? NULL : below(root_real, real);
	if (start != NULL) {
		job = rooted_job(s, err);
		if (job != NULL && overlaps(job, start))
			mk_fail(err, EX_USAGE, "%s: named twice, or below "
			    "another that is named", maildir);
		else if (job != NULL && (rv = add_start(job, start)) == -1)
			mk_fail_sys(err, "%s", maildir);
	} else if ((fd = open_trusted(maildir, err)) != -1) {
		job = add_job(s, maildir, fd);
		rv = job == NULL ? -1 : add_start(job, "");
		if (job != NULL)
			job->is_mailbox = true;
		if (rv == -1)
			mk_fail_sys(err, "%s", maildir);
	}
	free(real);
	return rv;
}

/* Open the mail root, or what the command line names instead. */
static int
open_jobs(struct mk_setup *s, struct mk_error *err)
{
	char *root_real = realpath(s->host->mail_root, NULL);
	struct mk_job *job;
	size_t i;
	int rv = 0;

	for (i = 0; i < s->opt->args_n && rv == 0; i++)
		rv = add_maildir(s, s->opt->args[i], root_real, err);
	if (s->opt->args_n == 0) {
		job = rooted_job(s, err);
		rv = job == NULL ? -1 : add_start(job, "");
	}
	if (rv == 0 && s->jobs_n > 1 && (s->args->plan != NULL ||
	    s->args->apply != NULL))
		rv = mk_fail(err, EX_USAGE, "--plan and --apply go with one "
		    "mail root, not with several MAILDIRs");
	free(root_real);
	return rv;
}

/* Whether any of the work lies in the mail root, and not in one's own mail. */
static bool
has_rooted(const struct mk_setup *s)
{
	size_t i;

	for (i = 0; i < s->jobs_n; i++)
		if (!s->jobs[i].is_mailbox)
			return true;
	return s->jobs_n == 0;
}

/*
 * The state and the lock directory.  Without a configuration nobody has asked
 * for them: then they may be out of reach.
 */
static bool
needs_dirs(const struct mk_setup *s)
{
	return s->opt->file != NULL && !s->dry_run && has_rooted(s);
}

/* A descriptor a rule for its archive directory; rules may share one. */
static int
open_archive_dirs(struct mk_setup *s, struct mk_error *err)
{
	struct mk_error why;
	size_t i, j;
	bool outside = false;

	for (i = 0; i < s->jobs_n; i++)
		outside = outside || s->jobs[i].is_mailbox;
	s->archive_fds = malloc((s->rules_n + 1) *
	    sizeof *s->archive_fds);
	if (s->archive_fds == NULL)
		return mk_fail_sys(err, "archive");
	for (i = 0; i < s->rules_n; i++)
		s->archive_fds[i] = -1;
	for (i = 0; i < s->rules_n && !s->dry_run; i++) {
		if (s->rules[i].archive == NULL)
			continue;
		if (outside)
			return mk_fail(err, EX_USAGE, "expire \"%s\" has an "
			    "archive, from which --restore goes to mail-root: "
			    "it can't be used for a MAILDIR outside",
			    s->rules[i].name);
		for (j = 0; j < i; j++)
			if (s->rules[j].archive != NULL &&
			    strcmp(s->rules[j].archive,
			    s->rules[i].archive) == 0)
				break;
		s->archive_fds[i] = j < i ? s->archive_fds[j] :
		    mk_fs_open_trusted(s->rules[i].archive, 0750,
		    s->own.owner.uid, s->own.owner.gid, &why);
		if (s->archive_fds[i] == -1)
			return mk_fail(err, why.status, "archive of expire "
			    "\"%s\": %s", s->rules[i].name, why.text);
	}
	return 0;
}

static int
read_apply(struct mk_setup *s, struct mk_error *err)
{
	int fd = open(s->args->apply, O_RDONLY | O_CLOEXEC), rv = 0;

	if (fd == -1)
		return mk_fail_sys(err, "--apply: %s", s->args->apply);
	if (mk_fs_read_all(fd, &s->apply, PLAN_LIMIT) == -1)
		rv = mk_fail_sys(err, "--apply: %s", s->args->apply);
	close(fd);
	return rv;
}

/* All that is opened with the rights that the program was started with. */
static int
open_for_run(struct mk_setup *s, struct mk_error *err)
{
	const struct mk_host *host = s->host;

	/* First the metrics: whoever watches shall learn of what fails. */
	if (mk_owner_parse(host->owner, &s->own.owner, err) == -1 ||
	    mk_host_open_metrics(host, s->opt, "mailkeep-expire", &s->own,
	    err) == -1 || open_jobs(s, err) == -1 ||
	    mk_host_open_dir(host, MK_STATE_DIR, &s->own, s->dry_run,
	    needs_dirs(s), err) == -1 ||
	    mk_host_open_dir(host, MK_LOCK_DIR, &s->own, s->dry_run,
	    needs_dirs(s), err) == -1 ||
	    open_archive_dirs(s, err) == -1)
		return -1;
	if (s->args->apply != NULL && read_apply(s, err) == -1)
		return -1;
	if (s->args->plan != NULL &&
	    (s->plan_fd = mk_fs_open_parent(s->args->plan, err)) == -1)
		return -1;
	return 0;
}

static int
take_lock(struct mk_setup *s, struct mk_error *err)
{
	/* The two-minute run for stray mail must not wait for the night's. */
	const char *name = s->args->restore != NULL ||
	    mk_setup_has_folders(s) ? "mailkeep-expire.lock" :
	    "mailkeep-expire-path.lock";

	if (s->dry_run || s->own.lock_fd == -1)
		return 0;
	return mk_host_lock(s->host, name, &s->own, err);
}

static int
allow(struct mk_sandbox *sb, int fd, const char *path, struct mk_error *err)
{
	return fd == -1 ? 0 : mk_sandbox_allow(sb, fd, path,
	    MK_SANDBOX_WRITE, err);
}

/* Give up all else. */
static int
confine(struct mk_setup *s, struct mk_error *err)
{
	struct mk_sandbox *sb = mk_sandbox_new(err);
	size_t i;
	int rv = -1;

	if (sb == NULL)
		return -1;
	for (i = 0; i < s->jobs_n; i++)
		if (allow(sb, s->jobs[i].fd, s->jobs[i].root, err) == -1)
			goto out;
	for (i = 0; i < s->rules_n; i++)
		if (s->archive_fds != NULL && allow(sb, s->archive_fds[i],
		    s->rules[i].archive, err) == -1)
			goto out;
	if (allow(sb, s->plan_fd, "plan", err) == -1 ||
	    (s->restore_fd != -1 && mk_sandbox_allow(sb, s->restore_fd,
	    s->args->restore, MK_SANDBOX_READ, err) == -1) ||
	    allow(sb, s->to_fd, s->args->to, err) == -1)
		goto out;
	rv = mk_host_confine(s->host, &s->own, sb, err);
out:
	mk_sandbox_free(sb);
	return rv;
}

static int
open_restore(struct mk_setup *s, struct mk_error *err)
{
	s->restore_fd = open(s->args->restore, O_RDONLY | O_CLOEXEC);
	if (s->restore_fd == -1)
		return mk_fail_sys(err, "--restore: %s", s->args->restore);
	if (s->args->to == NULL)
		return open_jobs(s, err);
	s->to_fd = mk_fs_open_trusted(s->args->to, s->dry_run ? 0 : 0750,
	    s->own.owner.uid, s->own.owner.gid, err);
	/* -n makes nothing: what is not there is not looked into. */
	return s->to_fd == -1 && !(s->dry_run &&
	    err->status == EX_NOINPUT) ? -1 : 0;
}

static int
open_for_restore(struct mk_setup *s, struct mk_error *err)
{
	if (mk_owner_parse(s->host->owner, &s->own.owner, err) == -1 ||
	    open_restore(s, err) == -1)
		return -1;
	return mk_host_open_dir(s->host, MK_LOCK_DIR, &s->own, s->dry_run,
	    needs_dirs(s), err);
}

int
mk_setup_open(struct mk_setup *s, struct mk_error *err)
{
	s->dry_run = s->opt->dry_run || s->args->plan != NULL;
	if ((s->args->restore != NULL ? open_for_restore(s, err) :
	    open_for_run(s, err)) == -1 ||
	    mk_owner_become(&s->own.owner, err) == -1 ||
	    take_lock(s, err) == -1)
		return -1;
	return confine(s, err);
}

static void
close_fd(int fd)
{
	if (fd != -1)
		close(fd);
}

void
mk_setup_close(struct mk_setup *s)
{
	size_t i, j;

	mk_own_close(&s->own);
	mk_buf_free(&s->apply);
	close_fd(s->plan_fd);
	for (i = 0; i < s->jobs_n; i++) {
		close_fd(s->jobs[i].fd);
		for (j = 0; j < s->jobs[i].n; j++)
			free(s->jobs[i].starts[j]);
		free(s->jobs[i].starts);
		free(s->jobs[i].root);
	}
	free(s->jobs);
	for (i = 0; s->archive_fds != NULL && i < s->rules_n; i++) {
		for (j = 0; j < i; j++)
			if (s->archive_fds[j] == s->archive_fds[i])
				break;
		if (j == i)
			close_fd(s->archive_fds[i]);
	}
	free(s->archive_fds);
	close_fd(s->restore_fd);
	close_fd(s->to_fd);
}
