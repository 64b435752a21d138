/*
 * expire/setup - open what a run needs, and give up the rest.
 *
 * Open first, then confine, then work: with the rights that the program was
 * started with the mail root, the program's own directories and the files of
 * the command line are opened; then it becomes the owner of the mail, takes
 * the lock, and confines itself to what is open.
 */
#ifndef MK_EXPIRE_SETUP_H
#define MK_EXPIRE_SETUP_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "expire/run.h"
#include "mail/accounts.h"
#include "mail/roots.h"

struct mk_setup {
	/* from the caller, to last */
	const struct mk_options *opt;
	const struct mk_expire_args *args;
	const struct mk_host *host;
	const struct mk_accounts_conf *accounts_conf;
	const struct mk_rule *rules;
	size_t rules_n;
	/* filled; a descriptor is -1 where the run has no use for it */
	bool dry_run;			/* -n, --plan or --forecast */
	struct mk_roots roots;
	int restore_fd, to_fd;		/* --restore, --to */
	int *archive_fds;		/* one a rule */
	int plan_fd;			/* the directory of --plan's file */
	struct mk_buf apply;		/* --apply, read whole */
	struct mk_accounts *accounts;	/* connected; NULL: the tree itself has
					 * them, or none are asked for */
	struct mk_own own;
};

/* To begin with. */
#define MK_SETUP(o, a, c)						\
	{ .opt = (o), .args = (a), .host = &(c)->host,			\
	    .accounts_conf = &(c)->accounts, .plan_fd = -1,		\
	    .restore_fd = -1, .to_fd = -1, .own = MK_OWN }

/* 0 or -1; mk_setup_close either way. */
int mk_setup_open(struct mk_setup *s, struct mk_error *err);
void mk_setup_close(struct mk_setup *s);

/* Whether any rule watches folders, and not a plain directory. */
bool mk_setup_has_folders(const struct mk_setup *s);

#endif
