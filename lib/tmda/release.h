/*
 * tmda/release - have TMDA release messages: rescue = "release".
 *
 * Its own command does it, "tmda-pending -b -q -r ID ...": it gives a copy to
 * the MTA, and when that has passed TMDA's filter, the message is deleted by
 * TMDA.  Here nothing is removed; what is still there in the end is left.
 *
 * The command is run by a child that was forked before the program confined
 * itself (base/aide), as the owner of the TMDA directory, with that account's
 * group alone and never as root, in an environment of PATH, LANG, USER, LOGNAME
 * and HOME, where ".tmda" lies.  The child takes no word for granted: which
 * directory and which command it knows, a mailbox must be one below the mail
 * root, and ids are digits and a dot.
 */
#ifndef MK_TMDA_RELEASE_H
#define MK_TMDA_RELEASE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define MK_RELEASE_BATCH	100	/* ids at a time */

struct mk_tmda;
struct mk_release;

/* What the child is told of a section. */
struct mk_release_duty {
	const char *command;
	const char *root;		/* the TMDA directory, or the mail root
					 * where .mailbox_dir is not "" */
	const char *mailbox_dir;
	const char *config;		/* of TMDA; "" is its own choice */
};

/* Start it, single-threaded, for N DUTIES, which are copied with the process.
 * NULL on failure. */
struct mk_release *mk_release_start(const struct mk_release_duty *duties,
    size_t n, struct mk_error *err);
void mk_release_stop(struct mk_release *release);	/* NULL is fine */

/*
 * Have the N messages IDS released, at most MK_RELEASE_BATCH, of the mailbox
 * MAILBOX ("" where the duty is for a directory).  0; or -1, with what became
 * of the command.
 */
int mk_release_ask(struct mk_release *release, uint32_t duty,
    const char *mailbox, const char *const *ids, size_t n,
    struct mk_error *err);

/*
 * Release what was rescued in the queues of T, and count what became of it.
 * The MTA takes its time: what is still there is waited for, 10 s.
 */
void mk_tmda_release(struct mk_tmda *t);

#endif
