/*
 * rotate/place - a directory in which logs are rotated, and the rights to do
 * it with.
 *
 * A log's directory may belong to a user who can put links, pipes and other
 * directories into its way.  So a path is gone down from "/" by descriptors:
 * links are followed only as long as everything on the way, and what they
 * lead through, belongs to root and can be written by nobody else.  From the
 * first directory on that is another's, none is; and root, who goes on below
 * it, does so with that user's rights.  Who is not root has his own rights,
 * and trusts what belongs to root or to him.
 */
#ifndef MK_ROTATE_PLACE_H
#define MK_ROTATE_PLACE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

struct mk_place {
	char *path;			/* as it was named */
	int fd;				/* the directory, for reading */
	uid_t uid;			/* whose rights to take on; -1: the ones
					 * that we have */
	gid_t gid;			/* with the directory's group */
	bool shared;			/* others than the user of those rights
					 * can write here */
	struct mk_place_before *before;	/* ours, while they are taken on */
};
#define MK_PLACE	{ .fd = -1, .uid = (uid_t)-1, .gid = (gid_t)-1 }

/*
 * Open the directory PATH, absolute, without "." and ".." (EX_CONFIG), though
 * root's links may have them.  MAKE: where only its last component is missing,
 * make it, mode 0755, with the rights of the place.  Those are taken on, where
 * they change, for the rest of the way: single-threaded.
 *
 * 0; or -1 with a text that names the component that was refused: EX_DATAERR
 * for a link that may not be followed, more than 20 of them, or what is no
 * directory; EX_NOINPUT for what is not there.  mk_place_close either way.
 */
int mk_place_open(struct mk_place *place, const char *path, bool make,
    struct mk_error *err);
void mk_place_close(struct mk_place *place);

/*
 * Take on the rights of PLACE (effective user, group and groups, of the whole
 * process: single-threaded), and give them back.  Leave ends the process where
 * that fails: nothing may go on with rights that it does not know.  Nothing to
 * do (.uid -1, or not root): 0.  They do not nest: the same place twice is
 * EX_SOFTWARE, and of another one, before the first one's rights are given
 * back, nothing is taken on.  0 or -1.
 */
int mk_place_enter(const struct mk_place *place, struct mk_error *err);
void mk_place_leave(const struct mk_place *place);

/* Sync the directory; one that can't be is none that has to be.  0 or -1. */
int mk_place_sync(const struct mk_place *place, struct mk_error *err);

/*
 * Open the regular file NAME in PLACE (its rights are taken on), with FLAGS
 * of open(2), never through a link, never waiting; *ST is filled.  LINKS: how
 * many names it may have; O_TRUNC empties it only once that is known; one that
 * O_CREAT makes has mode 0600.  0 and *FD; or -1, EX_DATAERR for a link, a
 * FIFO, a device or a file with more names, EX_NOINPUT where it is not there.
 */
struct stat;
int mk_place_file(const struct mk_place *place, const char *name, int flags,
    nlink_t links, int *fd, struct stat *st, struct mk_error *err);

#endif
