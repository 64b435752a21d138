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

/* Open the mail root, or what the command line names instead. */
static int
open_roots(struct mk_setup *s, struct mk_error *err)
{
	struct mk_error none;

	s->roots.advice = ", and the folder by --folder";
	if (mk_roots_open(&s->roots, s->host, s->opt->args, s->opt->args_n,
	    err) == -1) {
		/* The history is to tell of a mail root that is not there. */
		if (s->opt->args_n == 0)
			mk_host_open_dir(s->host, MK_STATE_DIR, &s->own, true,
			    false, &none);
		return -1;
	}
	return s->roots.n > 1 && (s->args->plan != NULL ||
	    s->args->apply != NULL) ? mk_fail(err, EX_USAGE, "--plan and "
	    "--apply go with one mail root, not with several MAILDIRs") : 0;
}

/*
 * The state and the lock directory.  Without a configuration nobody has asked
 * for them: then they may be out of reach.
 */
static bool
needs_dirs(const struct mk_setup *s)
{
	return s->opt->file != NULL && !s->dry_run &&
	    mk_roots_has_rooted(&s->roots);
}

/* A descriptor a rule for its archive directory; rules may share one. */
static int
open_archive_dirs(struct mk_setup *s, struct mk_error *err)
{
	struct mk_error why;
	size_t i, j;

	s->archive_fds = malloc((s->rules_n + 1) *
	    sizeof *s->archive_fds);
	if (s->archive_fds == NULL)
		return mk_fail_sys(err, "archive");
	for (i = 0; i < s->rules_n; i++)
		s->archive_fds[i] = -1;
	for (i = 0; i < s->rules_n && !s->dry_run; i++) {
		if (s->rules[i].archive == NULL)
			continue;
		if (mk_roots_has_outside(&s->roots))
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

/*
 * Where the tree itself has the accounts there is nothing to ask, nor is there
 * for mailboxes outside: no row can name them.
 */
static int
open_accounts(struct mk_setup *s, struct mk_error *err)
{
	if (s->accounts_conf->source == MK_ACCOUNTS_TREE)
		return 0;
	if (!mk_roots_has_rooted(&s->roots)) {
		mk_diag_info("accounts: not asked: no MAILDIR lies in the "
		    "mail root");
		return 0;
	}
	s->accounts = mk_accounts_open(s->accounts_conf, err);
	return s->accounts == NULL ? -1 : 0;
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
	    err) == -1 || open_roots(s, err) == -1 ||
	    mk_host_open_dir(host, MK_STATE_DIR, &s->own, s->dry_run,
	    needs_dirs(s), err) == -1 ||
	    mk_host_open_dir(host, MK_LOCK_DIR, &s->own, s->dry_run,
	    needs_dirs(s), err) == -1 ||
	    open_archive_dirs(s, err) == -1 || open_accounts(s, err) == -1)
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
	for (i = 0; i < s->roots.n; i++)
		if (allow(sb, s->roots.v[i].fd, s->roots.v[i].path, err) == -1)
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
		return open_roots(s, err);
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
	/* To put mail back is not worth less than to note it down. */
	if (mk_host_open_dir(s->host, MK_STATE_DIR, &s->own, s->dry_run,
	    false, err) == -1)
		return -1;
	s->own.state_needed = needs_dirs(s);
	return mk_host_open_dir(s->host, MK_LOCK_DIR, &s->own, s->dry_run,
	    needs_dirs(s), err);
}

int
mk_setup_open(struct mk_setup *s, struct mk_error *err)
{
	s->dry_run = s->opt->dry_run || s->args->plan != NULL ||
	    s->args->forecast > 0;
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
	mk_accounts_close(s->accounts);
	mk_roots_close(&s->roots);
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
