/*
 * expire/store - archive what is to go, before it goes.
 *
 * Each rule's archive directory gets a directory a run, and in that an
 * archive a mailbox; see mail/archname.
 */
#ifndef MK_EXPIRE_STORE_H
#define MK_EXPIRE_STORE_H

#include "expire/expire.h"

/*
 * Make this run's directory below each archive directory that the plan needs,
 * and put its descriptor in its place in ex->archive_fds; clear up after a run
 * that was killed.  0 or -1.
 */
int mk_store_open(struct mk_expire *ex, struct mk_error *err);

/*
 * Archive the N GROUPS of one mailbox, for those rules that say so.  Items
 * that are safe in an archive, synced and read back, are marked; after a
 * failure, which is told, none of that archive's are.
 */
void mk_store_mailbox(struct mk_expire *ex, struct mk_group **groups,
    size_t n);

#endif
