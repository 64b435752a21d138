/*
 * check/where - where in the configuration something is said.
 */
#ifndef MK_CHECK_WHERE_H
#define MK_CHECK_WHERE_H

#include <stdbool.h>

#include "base/config_text.h"
#include "check/check.h"

struct mk_where {			/* { 0 } to begin with */
	struct mk_config_text text;
	const char *file;		/* NULL: there is none */
};

/* Read the file of CHECK's configuration once more.  mk_where_close. */
void mk_where_open(struct mk_where *where, const struct mk_check *check);
void mk_where_close(struct mk_where *where);

/* Whether the section NAME stands in it. */
bool mk_where_has(const struct mk_where *where, const char *name);

/*
 * "FILE:LINE" of KEY in the NTH (from 0) SECTION, a name as in struct
 * mk_section; of the section, where KEY is not in it; the file alone, where
 * that is not; "" where there is none.  Allocated; NULL: ENOMEM, which CHECK
 * remembers.
 */
char *mk_where_key(const struct mk_where *where, struct mk_check *check,
    const char *section, size_t nth, const char *key);

#endif
