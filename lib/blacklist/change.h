/*
 * blacklist/change - what a new list takes and gives, against the one that is
 * published; and whether that may be.
 */
#ifndef MK_BLACKLIST_CHANGE_H
#define MK_BLACKLIST_CHANGE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "blacklist/conf.h"
#include "blacklist/origin.h"
#include "blacklist/publish.h"
#include "blacklist/set.h"

struct mk_change {			/* { 0 } to begin with */
	bool had;			/* there was a list */
	struct mk_origins origins;	/* of the old one; feed 0 is it */
	struct mk_set old;
	struct mk_set added, removed;	/* prefixes; .added with the new
					 * list's origins */
	uint32_t *removed_of;		/* how many have an old origin */
};

/*
 * Read the list in place, from the first of TARGETS that can be read, and
 * compare it with SET.  None there: .had is false.  One that is damaged is
 * told of, and the next is asked.  0 or -1.
 */
int mk_change_find(struct mk_change *change,
    const struct mk_targets *targets, const struct mk_set *set,
    struct mk_error *err);

/* How many prefixes of SET are of the feed number FEED, alone or among
 * others. */
uint64_t mk_change_of_feed(const struct mk_set *set,
    const struct mk_origins *origins, size_t feed);

/* How many of .removed say that they are of the feed called NAME. */
uint64_t mk_change_removed(const struct mk_change *change, const char *name);

/* "+192.0.2.0/24 drop: SBL1", "-..." lines.  0, or -1 with errno. */
int mk_change_print(const struct mk_change *change,
    const struct mk_origins *origins, FILE *out);

/*
 * Whether SET may be published: EX_DATAERR where it is empty or has a prefix
 * shorter than min-prefix; EX_TEMPFAIL where it has shrunk by more than
 * max-shrink, in prefixes and in the addresses of a family.  0 or -1.
 */
int mk_change_allowed(const struct mk_change *change,
    const struct mk_set *set, const struct mk_origins *origins,
    const struct mk_blacklist_conf *conf, struct mk_error *err);

void mk_change_free(struct mk_change *change);

#endif
