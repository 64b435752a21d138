/*
 * tmda/modes - what a run may be asked in place of removing: --list, --stats,
 * --restore; and what options go together.
 */
#ifndef MK_TMDA_MODES_H
#define MK_TMDA_MODES_H

#include "tmda/setup.h"

/* 0; or -1, EX_USAGE, before anything is touched. */
int mk_tmda_check_args(const struct mk_options *opt,
    const struct mk_tmda_args *args, struct mk_error *err);

/*
 * Answer --list or --stats, on standard output, once all is open.  What went
 * wrong by the way was told, and is in *STATUS if that was EX_OK.  0 or -1.
 */
int mk_tmda_answer(struct mk_tmda_setup *s, int *status,
    struct mk_error *err);

/* Put archived messages back, likewise, and tell what went wrong; begun at
 * NOW_S, by the monotonic clock at STARTED. */
void mk_tmda_restore(struct mk_tmda_setup *s, int64_t now_s, double started,
    int *status);

#endif
