/*
 * tmda/python - the words of a program in Python, 2 or 3, line by line.
 *
 * A line here is a logical one: brackets and backslashes carry it over several
 * of the file, strings in triple quotes too; comments and empty lines are none.
 * Nothing is decoded and nothing run.
 * Source: The Python Language Reference, Lexical analysis.
 */
#ifndef MK_TMDA_PYTHON_H
#define MK_TMDA_PYTHON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum mk_pyword_type { MK_PY_NAME, MK_PY_NUMBER, MK_PY_STRING, MK_PY_SIGN };

struct mk_pyword {
	enum mk_pyword_type type;
	const char *p;			/* in the text; STRING: prefix, quotes */
	size_t len;			/* and all */
	unsigned line;			/* of the file, from 1 */
};

struct mk_python {			/* { .p, .end, .line = 1 }, no NUL in it */
	const char *p, *end;
	unsigned line;
	struct mk_pyword *v;		/* the words of this line */
	size_t n, cap;
	bool indented;			/* it is part of a block */
};

/*
 * Go to the next line.  1; 0 at the end; or -1: EX_DATAERR and a text where
 * .line can't be Python, so that nothing behind it can be read; else memory is
 * lost.
 */
int mk_python_next(struct mk_python *py, struct mk_error *err);
void mk_python_free(struct mk_python *py);

bool mk_pyword_is(const struct mk_pyword *word, const char *text);

/* "=", "+=", ":=" and the like. */
bool mk_pyword_assigns(const struct mk_pyword *word);

#endif
