/*
 * check/eximask - ask Exim what its configuration is.
 *
 * Exim itself reads it: what "exim -bP config" says has all macros expanded
 * and all files included, as Exim sees it, and anybody may ask who can read
 * the file.  Nothing is asked before "exim -bV" found it sound: other questions
 * would write into the host's panic log.
 * Source: Exim 4.96, measured; exim(8).
 */
#ifndef MK_CHECK_EXIMASK_H
#define MK_CHECK_EXIMASK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/error.h"
#include "check/conf.h"

/* A file that a list looks into. */
struct mk_exim_use {
	char *type;			/* "cdb", "dbm", "iplsearch", ... */
	char *path;
	char *list;			/* the host list that says so; NULL:
					 * elsewhere, as in an ACL */
};

struct mk_exim {			/* { 0 } to begin with */
	const char *config;		/* borrowed: -C; "" none */
	char *program;
	char *file;			/* the configuration; "" not known */
	char *user;			/* it receives as; "" not known */
	char *log;			/* log_file_path */
	struct mk_buf text;		/* the configuration, as it is parsed */
	struct mk_exim_use *uses;
	size_t n;
};

/*
 * Find Exim, and take its configuration.  1; 0 where there is none, and
 * nothing was configured; -1: EX_CONFIG where it is wrong (Exim's own words,
 * .file is set), else as mk_child_run().  mk_exim_close either way.
 */
int mk_exim_open(struct mk_exim *exim, const struct mk_check_keys *conf,
    struct mk_error *err);
void mk_exim_close(struct mk_exim *exim);

/*
 * Expand the N strings, as a message from the host ADDRESS would have them:
 * a line of OUT->out for each, "Failed: ..." where that could not be done.  0,
 * or -1, EX_DATAERR, where Exim gave up; mk_child_free either way.
 */
int mk_exim_expand(const struct mk_exim *exim, const char *address,
    char *const *strings, size_t n, struct mk_child *child,
    struct mk_error *err);

/*
 * The value of the macro NAME; NULL: there is none.  To be freed.
 */
char *mk_exim_macro(const struct mk_exim *exim, const char *name);

/* Whether the configuration, macros' definitions left out, says WORD. */
bool mk_exim_says(const struct mk_exim *exim, const char *word);

/* Whether it uses the named list NAME anywhere. */
bool mk_exim_uses_list(const struct mk_exim *exim, const char *name);

#endif
