/*
 * spamscan/setup - open what a run needs, and give up the rest.
 *
 * With the rights that the program was started with the mail root, its own
 * directories and the database are opened; then it becomes the owner of the
 * mail, takes the lock, finds spamd, and confines itself to what is open.
 */
#ifndef MK_SPAMSCAN_SETUP_H
#define MK_SPAMSCAN_SETUP_H

#include <stdbool.h>

#include "base/error.h"
#include "mail/accounts.h"
#include "mail/host.h"
#include "mail/roots.h"
#include "spamscan/explain_file.h"
#include "spamscan/run.h"
#include "spamscan/spamd.h"

struct mk_spamscan_setup {
	/* from the caller, to last */
	const struct mk_options *opt;
	const struct mk_spamscan_args *args;
	const struct mk_spamscan_conf *conf;
	bool reads_only;		/* -n, or a question: nothing is moved */
	/* filled */
	struct mk_roots roots;		/* --explain: the file's mailbox */
	struct mk_explain_file explain;	/* --explain's */
	int archive_fd;			/* -1: none */
	struct mk_accounts *accounts;	/* NULL where no root has any */
	struct mk_spamd *spamd;		/* NULL: is not asked */
	struct mk_own own;
};

/* To begin with. */
#define MK_SPAMSCAN_SETUP(o, a, c)					\
	{ .opt = (o), .args = (a), .conf = (c), .archive_fd = -1,	\
	    .explain = MK_EXPLAIN_FILE, .own = MK_OWN }

/* 0 or -1; mk_spamscan_setup_close either way. */
int mk_spamscan_setup_open(struct mk_spamscan_setup *setup,
    struct mk_error *err);
void mk_spamscan_setup_close(struct mk_spamscan_setup *setup);

#endif
