/*
 * base/aide - do with the rights that the program was started with what it
 * has to do after it has given them up.
 *
 * A child, forked before that, waits for requests, which a function of the
 * program's answers; it does nothing else, and ends with its parent.  It holds
 * none of the parent's descriptors but standard error, so no lock either.
 * Since a program that was taken over may ask for anything, the function
 * answers only what it was told of before: an index into a table, say.
 *
 * Signals: the child takes no notice of SIGINT, SIGTERM, SIGHUP and SIGQUIT,
 * and a command has a session of its own: what a terminal or "kill" sends to
 * the program ends neither half-way.  Should the parent be killed, a command
 * runs to its end, and the child says how that failed.
 */
#ifndef MK_BASE_AIDE_H
#define MK_BASE_AIDE_H

#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "base/error.h"

struct mk_aide;

/*
 * In the child: answer the REQUEST with the LEN bytes at TEXT, which end in a
 * NUL that LEN counts.  *ERR is EX_OK for "yes, done", and else the answer.
 * -1 ends the child: this is no request.
 */
typedef int mk_aide_fn(void *data, uint32_t request, char *text, size_t len,
    struct mk_error *err);

/* Start it, single-threaded; DATA is the child's copy.  NULL on failure. */
struct mk_aide *mk_aide_start(mk_aide_fn *answer, void *data,
    struct mk_error *err);

/* Ask, and wait for the answer.  0; or -1 with it. */
int mk_aide_ask(struct mk_aide *aide, uint32_t request, const void *text,
    size_t len, struct mk_error *err);

void mk_aide_stop(struct mk_aide *aide);	/* NULL is fine */

/*
 * In the child: run ARGV (up to a NULL; ARGV[0] is a path), with standard
 * input and output from and to /dev/null, standard error as ours, no signal
 * ignored or blocked, and the ENV (NAME=VALUE, up to a NULL; may be NULL) added
 * to the environment.  As UID and GID, with no other groups, where UID is not
 * (uid_t)-1.  After LIMIT_S its process group gets SIGTERM, and SIGKILL 5 s
 * later.  0; or -1, EX_TEMPFAIL and "WHAT: exit status 1" or what else became
 * of it.
 */
int mk_aide_run(char *const argv[], char *const env[], uid_t uid, gid_t gid,
    time_t limit_s, const char *what, struct mk_error *err);

/* The same, with ENV as its whole environment: for what a user may have made,
 * who must not see what we were started with. */
int mk_aide_run_as(char *const argv[], char *const env[], uid_t uid,
    gid_t gid, time_t limit_s, const char *what, struct mk_error *err);

#endif
