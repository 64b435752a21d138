/*
 * blacklist/ask - answer people: why is an address listed, and what is in a
 * database?  Changes nothing.
 */
#ifndef MK_BLACKLIST_ASK_H
#define MK_BLACKLIST_ASK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/list.h"
#include "blacklist/build.h"
#include "blacklist/publish.h"
#include "blacklist/why.h"

struct mk_ask {
	const struct mk_why *index;	/* NULL: ask .build */
	const struct mk_build *build;	/* read; NULL: ask .index */
	const struct mk_targets *targets;	/* of which a cdb or dbm is
						 * looked into; may be empty */
	bool json;
};

/* WORD as one address: 0 or -1 (EX_USAGE). */
int mk_ask_address(const char *word, struct mk_net *net,
    struct mk_error *err);

/*
 * Say on standard output of each word of ADDRESSES whether it is listed, by
 * which lines, or what spares it.  0; 1 where one is not listed; -1.
 */
int mk_ask_why(const struct mk_ask *ask, const struct mk_list *addresses,
    struct mk_error *err);

/*
 * Read the database PATH (a cdb or a dbm, known by its content) by Exim's
 * rules: say how many keys of which lengths it has, and look the N words of
 * ADDRESSES up.  0; 1 where one is not found; -1 (EX_DATAERR: damaged, or a
 * key that Exim never asks for).
 */
int mk_ask_check(const char *path, char *const *addresses, size_t n,
    bool json, struct mk_error *err);

#endif
