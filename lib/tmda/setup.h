/*
 * tmda/setup - open what a run needs, and give up the rest.
 *
 * Open first, then confine, then work: the directories are opened, and the
 * child that runs release-command is started, with the rights that the program
 * was started with.  What TMDA's own configuration names is opened as the owner
 * of the mail.
 */
#ifndef MK_TMDA_SETUP_H
#define MK_TMDA_SETUP_H

#include <stdbool.h>

#include "base/error.h"
#include "tmda/release.h"
#include "tmda/run.h"
#include "tmda/tmda.h"

struct mk_tmda_setup {
	/* from the caller, to last */
	const struct mk_options *opt;
	const struct mk_tmda_args *args;
	const struct mk_tmda_all_conf *conf;
	const struct mk_tmda_conf *queues;	/* selected */
	size_t n;
	bool reads_only;		/* -n, or a question */
	/* filled; a descriptor is -1 where the run has no use for it */
	struct mk_tmda *sections;	/* n; .conf is NULL where one can't be
					 * opened, which was told */
	struct mk_problems problems;
	struct mk_accounts *accounts;	/* connected; NULL: the tree has them */
	struct mk_release_duty *duties;
	struct mk_release *release;
	int restore_fd, to_fd;		/* --restore, --to */
	struct mk_own own;
};

/* To begin with. */
#define MK_TMDA_SETUP(o, a, c)						\
	{ .opt = (o), .args = (a), .conf = (c), .restore_fd = -1,	\
	    .to_fd = -1, .own = MK_OWN }

/* 0 or -1; mk_tmda_setup_close either way. */
int mk_tmda_setup_open(struct mk_tmda_setup *s, struct mk_error *err);
void mk_tmda_setup_close(struct mk_tmda_setup *s);

#endif
