/*
 * base/lock - one run at a time.
 *
 * A flock(2) on a file of its own that holds the owner's pid for people; the
 * lock goes with the process, so there are no stale ones.
 */
#ifndef MK_BASE_LOCK_H
#define MK_BASE_LOCK_H

#include "base/error.h"

#define MK_LOCK_NONE	(-1)

/*
 * Take the lock file NAME in DIRFD; made with mode 0600 if missing, so that
 * nobody else can hold it, and never through a link.  Held by another:
 * EX_TEMPFAIL, with the other's pid, at once.  *LOCK is a descriptor on
 * success, MK_LOCK_NONE else.  0 or -1.
 */
int mk_lock_take(int *lock, int dirfd, const char *name, struct mk_error *err);
void mk_lock_drop(int *lock);		/* MK_LOCK_NONE is fine */

#endif
