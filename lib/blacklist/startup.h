/*
 * blacklist/startup - open what a run needs, and give up the rest.
 *
 * With the rights that the program was started with the feeds, the outputs'
 * directories and the program's own are opened.  Then it becomes the owner of
 * the host, where all directories of the outputs are his, takes the lock, and
 * confines itself to what is open.
 */
#ifndef MK_BLACKLIST_STARTUP_H
#define MK_BLACKLIST_STARTUP_H

#include <stdbool.h>

#include "base/error.h"
#include "blacklist/reader.h"
#include "blacklist/build.h"
#include "blacklist/publish.h"
#include "blacklist/run.h"
#include "mail/host.h"

struct mk_startup {
	struct mk_feed *arg_feeds;	/* made of the command line's */
	const struct mk_feed *feeds;
	size_t feeds_n;
	struct mk_own own;
	struct mk_targets targets;
	struct mk_reader_aide *aide;
	struct mk_build build;
};
#define MK_STARTUP	{ .own = MK_OWN }

/*
 * Take the feeds of the command line, or else of the configuration, and see
 * whether there is something to do.  0 or -1.
 */
int mk_startup_feeds(struct mk_startup *o, const struct mk_options *opt,
    const struct mk_blacklist_args *args,
    const struct mk_blacklist_run *conf, struct mk_error *err);

/* Open all, become the owner, take the lock, confine.  0 or -1;
 * mk_startup_close either way. */
int mk_startup_open(struct mk_startup *o, const struct mk_options *opt,
    const struct mk_blacklist_args *args,
    const struct mk_blacklist_run *conf, struct mk_error *err);

void mk_startup_close(struct mk_startup *o);

#endif
