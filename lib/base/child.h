/*
 * base/child - run a program, and take what it says.
 *
 * For programs that ask others: standard input is /dev/null, standard output
 * and standard error are read, each to a bound, at the same time; the child
 * has no other descriptor, no signal ignored or blocked, and a process group
 * of its own, which ends with the time limit.
 */
#ifndef MK_BASE_CHILD_H
#define MK_BASE_CHILD_H

#include <stddef.h>
#include <time.h>

#include "base/buf.h"
#include "base/error.h"

#define MK_CHILD_SAYS	((size_t)64 * 1024)	/* of stderr: the first bytes */

struct mk_child {			/* { 0 } to begin with */
	struct mk_buf out, err;
	int status;			/* exit status; 128 + the signal */
};

/*
 * Run ARGV (ended by NULL); ARGV[0] without a "/" is looked for in PATH.  At
 * most MAX bytes of standard output are taken: with more the child is ended
 * (EX_DATAERR).  After LIMIT_S seconds, or where mk_stopped(), the group gets
 * SIGTERM, and SIGKILL once ARGV has ended, five seconds later at most
 * (EX_TEMPFAIL).  0 whatever the status; -1 where it could not be run
 * (EX_UNAVAILABLE: there is no such program) or was ended here.
 * mk_child_free either way.
 */
int mk_child_run(struct mk_child *child, char *const argv[], size_t max,
    time_t limit_s, struct mk_error *err);
void mk_child_free(struct mk_child *child);

/*
 * The path of the program NAME ("mailkeep-tmda") beside the one that SELF
 * (argv[0]) names, or NAME where SELF has no "/": allocated; NULL: ENOMEM.
 */
char *mk_child_sibling(const char *self, const char *name);

/* The first line of what CHILD said on standard error, without its "NAME: ";
 * "" where there is none.  Lasts as long as CHILD; changes .err. */
const char *mk_child_why(struct mk_child *child);

/* In a child of one's own, before exec: no signal is ignored or blocked. */
void mk_child_default_signals(void);

#endif
