/*
 * expire/select - which rules this run goes by.
 */
#ifndef MK_EXPIRE_SELECT_H
#define MK_EXPIRE_SELECT_H

#include "expire/run.h"

/*
 * The rules to apply, in an array of their own (free it; what they point to
 * belongs to CONF and ARGS): the one that --folder makes, the one that --rule
 * names, or all of CONF's; those with a path only where WITH_PATHS.  NULL
 * with *ERR where there are none, too many, or what the options say does not
 * go together.
 */
struct mk_rule *mk_select_rules(const struct mk_expire_args *args,
    const struct mk_expire_conf *conf, bool with_paths, size_t *n,
    struct mk_error *err);

#endif
