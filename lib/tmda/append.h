/*
 * tmda/append - append senders to one of TMDA's lists, before what they sent
 * is deleted: PENDING_DELETE_APPEND.
 *
 * TMDA appends without a lock, a line by one write(2) at the end: so here, too.
 * flock(2) and a lock of fcntl(2) keep those out that do lock: editors, our own
 * other runs.  Nothing of the list is ever rewritten.
 *
 * Attack: the list lies where its owner writes, and we may be root.  No link is
 * followed, and only a regular file with one link is taken, that belongs to
 * OWNER (or to us, where we are not root).
 */
#ifndef MK_TMDA_APPEND_H
#define MK_TMDA_APPEND_H

#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"
#include "tmda/place.h"

struct mk_tmda_owner {
	uid_t uid;
	gid_t gid;
};

/*
 * Append the ADDRESSES, each ended by a NUL, that LIST does not have yet,
 * and sync it.  A missing one is made, mode 0600, for OWNER.  0; or -1
 * (EX_TEMPFAIL: somebody else has kept it locked for 10 s): then none, or not
 * all, of them are on it.
 */
int mk_tmda_append(const struct mk_tmda_place *list,
    const struct mk_buf *addresses, const struct mk_tmda_owner *owner,
    struct mk_error *err);

#endif
