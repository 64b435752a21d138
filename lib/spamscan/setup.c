/* spamscan/setup - open what a run needs, and give up the rest. */
#include "spamscan/setup.h"

#include <unistd.h>

#include "base/fs.h"
#include "base/sandbox.h"
#include "spamscan/modes.h"

/*
 * The state and the lock directory.  Without a configuration nobody has asked
 * for them: then they may be out of reach.
 */
static bool
needs_dirs(const struct mk_spamscan_setup *s)
{
	return s->opt->file != NULL && !s->reads_only &&
	    mk_roots_has_rooted(&s->roots);
}

static int
open_archive(struct mk_spamscan_setup *s, struct mk_error *err)
{
	const char *archive = s->conf->keys.archive;
	struct mk_error why;

	if (archive == NULL || s->reads_only || mk_modes_asks(s->args))
		return 0;
	if (mk_roots_has_outside(&s->roots))
		return mk_fail(err, EX_USAGE, "spamscan has an archive, from "
		    "which mailkeep-expire --restore goes to mail-root: it "
		    "can't be used for a MAILDIR outside");
	s->archive_fd = mk_fs_open_trusted(archive, 0750, s->own.owner.uid,
	    s->own.owner.gid, &why);
	return s->archive_fd != -1 ? 0 : mk_fail(err, why.status,
	    "archive of spamscan: %s", why.text);
}

/* Where the run works; to explain a message, its mailbox. */
static int
open_roots(struct mk_spamscan_setup *s, struct mk_error *err)
{
	const struct mk_host *host = &s->conf->host;
	struct mk_error why;

	if (s->args->explain == NULL) {
		if (mk_roots_open(&s->roots, host, s->opt->args,
		    s->opt->args_n, err) == 0)
			return 0;
		/* The history is to tell of a mail root that is not there. */
		if (s->opt->args_n == 0)
			mk_host_open_dir(host, MK_STATE_DIR, &s->own, true,
			    false, &why);
		return -1;
	}
	if (mk_explain_file_open(&s->explain, s->args->explain,
	    host->mail_root, err) == -1)
		return -1;
	if (s->explain.maildir == NULL || mk_roots_open(&s->roots, host,
	    &s->explain.maildir, 1, &why) == 0)
		return 0;
	/* Where no run would go, below a hidden directory: no mailbox. */
	mk_roots_close(&s->roots);
	return why.status == EX_USAGE ? 0 : mk_fail(err, why.status, "%s",
	    why.text);
}

static int
open_metrics(struct mk_spamscan_setup *s, struct mk_error *err)
{
	return mk_modes_asks(s->args) ? 0 : mk_host_open_metrics(
	    &s->conf->host, s->opt, "mailkeep-spamscan", &s->own, err);
}

static int
open_accounts(struct mk_spamscan_setup *s, struct mk_error *err)
{
	if (s->roots.n == 0 || !mk_roots_has_rooted(&s->roots))
		return 0;
	s->accounts = mk_accounts_open(&s->conf->accounts, err);
	return s->accounts == NULL ? -1 : 0;
}

/* With the rights that the program was started with. */
static int
open_places(struct mk_spamscan_setup *s, struct mk_error *err)
{
	const struct mk_host *host = &s->conf->host;

	/* First the metrics: whoever watches shall learn of what fails. */
	if (mk_owner_parse(host->owner, &s->own.owner, err) == -1 ||
	    open_metrics(s, err) == -1 || open_roots(s, err) == -1 ||
	    mk_host_open_dir(host, MK_STATE_DIR, &s->own, s->reads_only,
	    needs_dirs(s), err) == -1 ||
	    mk_host_open_dir(host, MK_LOCK_DIR, &s->own, s->reads_only,
	    needs_dirs(s), err) == -1 || open_accounts(s, err) == -1)
		return -1;
	return open_archive(s, err);
}

/* Whether spamd will be asked, or told. */
static bool
needs_spamd(const struct mk_spamscan_setup *s)
{
	int sources[3];
	size_t i;

	if (s->conf->spamd.socket[0] == '\0' || s->args->histogram != NULL)
		return false;
	if (s->args->learn_list != NULL)
		return s->args->tell;
	mk_spamscan_sources(&s->conf->keys, sources);
	for (i = 0; sources[i] != 0; i++)
		if (sources[i] == MK_SOURCE_SPAMD)
			return true;
	return false;
}

static int
open_spamd(struct mk_spamscan_setup *s, struct mk_error *err)
{
	if (!needs_spamd(s))
		return 0;
	s->spamd = mk_spamd_open(&s->conf->spamd, err);
	return s->spamd == NULL ? -1 : 0;
}

/* Give up all else. */
static int
confine(struct mk_spamscan_setup *s, struct mk_error *err)
{
	struct mk_sandbox *sb = mk_sandbox_new(err);
	size_t i;
	int rv = sb == NULL ? -1 : 0;

	for (i = 0; i < s->roots.n && rv == 0; i++)
		rv = mk_sandbox_allow(sb, s->roots.v[i].fd,
		    s->roots.v[i].path, s->reads_only ? MK_SANDBOX_READ :
		    MK_SANDBOX_WRITE, err);
	if (rv == 0 && s->archive_fd != -1)
		rv = mk_sandbox_allow(sb, s->archive_fd,
		    s->conf->keys.archive, MK_SANDBOX_WRITE, err);
	if (rv == 0 && s->spamd != NULL)
		rv = mk_spamd_allow(s->spamd, sb, err);
	if (rv == 0)
		rv = mk_host_confine(&s->conf->host, &s->own, sb, err);
	mk_sandbox_free(sb);
	return rv;
}

int
mk_spamscan_setup_open(struct mk_spamscan_setup *s, struct mk_error *err)
{
	if (open_places(s, err) == -1 ||
	    mk_owner_become(&s->own.owner, err) == -1)
		return -1;
	if (!s->reads_only && s->own.lock_fd != -1 &&
	    mk_host_lock(&s->conf->host, "mailkeep-spamscan.lock", &s->own,
	    err) == -1)
		return -1;
	return open_spamd(s, err) == -1 ? -1 : confine(s, err);
}

void
mk_spamscan_setup_close(struct mk_spamscan_setup *s)
{
	mk_own_close(&s->own);
	mk_accounts_close(s->accounts);
	mk_spamd_close(s->spamd);
	mk_roots_close(&s->roots);
	mk_explain_file_close(&s->explain);
	if (s->archive_fd != -1)
		close(s->archive_fd);
}
