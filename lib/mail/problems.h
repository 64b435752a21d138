/*
 * mail/problems - what goes wrong in a run that goes on: told, counted, and
 * remembered for the exit status.
 *
 * A file system that turns read-only fails a million messages for one reason:
 * of many problems only the first are printed.
 */
#ifndef MK_MAIL_PROBLEMS_H
#define MK_MAIL_PROBLEMS_H

#include <stdatomic.h>

#include "base/error.h"

#define MK_PROBLEMS_SHOWN	20

struct mk_problems {			/* { 0 }; from any thread */
	atomic_int status;		/* the first one's; EX_OK: none */
	atomic_uint count;		/* told or not */
};

/*
 * Print *ERR, if it is one of the first MK_PROBLEMS_SHOWN (with -v: always),
 * and let the run end with its status, if it is the very first.
 */
void mk_problems_tell(struct mk_problems *problems,
    const struct mk_error *err);

/* Say how many more there were than were printed. */
void mk_problems_end(const struct mk_problems *problems);

#endif
