/*
 * check/ask - ask the other programs, with the same configuration.
 */
#ifndef MK_CHECK_ASK_H
#define MK_CHECK_ASK_H

#include "check/check.h"

/*
 * Run PROGRAM ("mailkeep-tmda"), which lies beside this one, with the -c and
 * the -o of this run and WORDS (ended by NULL); add each line that it says on
 * standard error to AREA, with its "FILE:LINE" as the place, else PLACE: as
 * SEVERITY, with ADVICE.  That it could not be run, too.  True where it said
 * nothing and ended with 0.
 */
bool mk_check_ask(struct mk_check *check, const char *program,
    const char *const *words, enum mk_severity severity, const char *area,
    const char *place, const char *advice);

#endif
