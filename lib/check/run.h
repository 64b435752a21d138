/*
 * check/run - one run of mailkeep-check.
 */
#ifndef MK_CHECK_RUN_H
#define MK_CHECK_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/options.h"
#include "check/check.h"

/* The areas, in their order. */
#define MK_CHECK_AREAS	"configuration,mail-root,accounts,spamd,exim," \
			"newsyslog,tmda,schedule,runs"

struct mk_check_args {
	struct mk_list only;		/* --only: areas; empty: all */
	const char *root;		/* --root; NULL: "/" */
	bool strict;			/* --strict: warnings are errors */
};

/* Whether TEXT is an area: 0; or -1 with EX_USAGE, and those there are. */
int mk_check_area(const char *text, struct mk_error *err);

/*
 * Look at all, or at the areas of ARGS, and tell what was found.  WRONG (NULL:
 * nothing) is why the configuration could not be read; CONF has the defaults
 * then.  SELF is argv[0], NOW_S the clock.  Returns the exit status, all
 * messages printed.
 */
int mk_check_run(const struct mk_options *opt,
    const struct mk_check_args *args, const struct mk_check_conf *conf,
    const struct mk_error *wrong, const char *self, int64_t now_s);

/* The exit status that the findings are worth. */
int mk_check_status(const struct mk_check *check, bool strict);

#endif
