/*
 * base/owner - be the mail account, not root.
 */
#ifndef MK_BASE_OWNER_H
#define MK_BASE_OWNER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

struct mk_owner {
	uid_t uid;			/* (uid_t)-1: none was named */
	gid_t gid;
	char name[64];			/* as written, for messages */
};

/*
 * Look up "user:group", "user" (its own group) or numbers; NULL or "" is
 * none.  0; or -1, EX_NOUSER, where one is not known.
 */
int mk_owner_parse(const char *text, struct mk_owner *owner,
    struct mk_error *err);

/*
 * As root: give up all other rights for good and be OWNER.  Not root, or no
 * owner named: stay, which is no error (the file permissions will tell).  0
 * or -1.
 */
int mk_owner_become(const struct mk_owner *owner, struct mk_error *err);

#endif
