/*
 * check/dirs - directories that programs write to.
 */
#ifndef MK_CHECK_DIRS_H
#define MK_CHECK_DIRS_H

#include "check/look.h"

struct mk_dir_use {
	const char *area;		/* of the findings, and */
	const char *place;		/* their place; NULL: the path */
	const char *name;		/* "the archive of expire \"trash\"" */
	const char *path;
	const struct mk_owner *owner;	/* who writes to it */
	bool made;			/* by the first run, where it is not */
};

/*
 * Add what is wrong with it: it is no directory, can't be made, can't be
 * written to.  True, and *ST filled, where it is one, and all is well.
 */
bool mk_dirs_look(struct mk_check *check, const struct mk_dir_use *use,
    struct stat *st);

/* Add a warning where the file system of PATH has hardly any room left. */
void mk_dirs_room(struct mk_check *check, const char *area,
    const char *path);

#endif
