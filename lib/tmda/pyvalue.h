/*
 * tmda/pyvalue - what an expression in Python is worth, where that can be told
 * without running it.
 */
#ifndef MK_TMDA_PYVALUE_H
#define MK_TMDA_PYVALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "tmda/python.h"

enum mk_pyvalue_type { MK_PY_NONE, MK_PY_INTEGER, MK_PY_TEXT };

struct mk_pyvalue {			/* { 0 }, and mk_buf_free(&v.text) */
	enum mk_pyvalue_type type;
	struct mk_buf text;		/* INTEGER: as it is written */
	bool from_home;			/* its "~" is an unknown home's */
};

/*
 * The value of the N words at V: strings, whole numbers, None, brackets around
 * them, os.path.expanduser() and os.path.join() of strings.  HOME may be NULL,
 * "~" stays then.  0; 1: it can't be told, *WHY says why; -1 (ENOMEM).
 */
int mk_pyvalue_get(struct mk_pyvalue *value, const struct mk_pyword *v,
    size_t n, const char *home, const char **why);

/* os.path.expanduser() of a text; the same results. */
int mk_pyvalue_expand(struct mk_pyvalue *value, const char *home,
    const char **why);

#endif
