/* blacklist/feed_source - an open feed, between its opener and its reader. */
#ifndef MK_BLACKLIST_FEED_SOURCE_H
#define MK_BLACKLIST_FEED_SOURCE_H

#include <stddef.h>

#include "base/pgsql.h"
#include "blacklist/conf.h"

struct mk_input {
	char *name;			/* for messages and origins */
	int fd;				/* -1: read and closed */
};

struct mk_feed_source {
	const struct mk_feed *conf;
	struct mk_feed own;		/* where no section is its conf */
	const char *what;		/* what it names as a whole */
	struct mk_input *inputs;
	size_t n, cap;
	struct mk_pgsql *pg;		/* a query's; else NULL */
};

#endif
