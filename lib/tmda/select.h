/*
 * tmda/select - which sections this run goes by.
 */
#ifndef MK_TMDA_SELECT_H
#define MK_TMDA_SELECT_H

#include "tmda/run.h"

/*
 * Those to apply, in an array of their own (free it; what they
 * point to belongs to CONF, ARGS and OPT): the one of --queue, one for each
 * TMDADIR, or all of CONF's.  NULL with *ERR where there are none, or what the
 * options say does not go together.
 */
struct mk_tmda_conf *mk_tmda_select(const struct mk_options *opt,
    const struct mk_tmda_args *args, const struct mk_tmda_all_conf *conf,
    size_t *n, struct mk_error *err);

/* -1: A and B, of one run, must not have one archive. */
int mk_tmda_one_archive(const struct mk_tmda_conf *a,
    const struct mk_tmda_conf *b, struct mk_error *err);

#endif
