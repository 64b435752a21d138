/*
 * check/load - the whole configuration, or what is known without it.
 */
#ifndef MK_CHECK_LOAD_H
#define MK_CHECK_LOAD_H

#include <stdbool.h>

#include "base/config.h"
#include "base/options.h"
#include "check/check.h"

#define MK_CHECK_BINDINGS	14

struct mk_check_load {			/* not to be moved while loaded */
	struct mk_check_conf conf;
	bool wrong;			/* .conf has the defaults, and */
	struct mk_error why;
	struct mk_binding bindings[MK_CHECK_BINDINGS];
};

/*
 * Read what OPT names; KNOWN are the sections of all programs.  A file that is
 * wrong is no failure: see .wrong.  0; or -1 (EX_USAGE: an override; or memory
 * is lost).  mk_check_unload either way.
 */
int mk_check_load(struct mk_check_load *load, const struct mk_options *opt,
    const struct mk_section *const *known, struct mk_error *err);
void mk_check_unload(struct mk_check_load *load);

#endif
