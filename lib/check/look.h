/*
 * check/look - questions about files that several checks ask.
 *
 * A path is the administrator's: links are followed.  Nothing is opened but
 * what is read, and nothing is changed.
 */
#ifndef MK_CHECK_LOOK_H
#define MK_CHECK_LOOK_H

#include <sys/stat.h>

#include <stdbool.h>

#include "base/buf.h"
#include "base/owner.h"
#include "check/check.h"

/* FMT as an allocated string; NULL where there is no memory, which CHECK
 * remembers. */
char *mk_look_text(struct mk_check *check, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Whether OWNER may do MODE (R_OK, W_OK, X_OK) with PATH: 0, or errno.  Asked
 * as OWNER, by a child where we are root, so that lists of access count, too.
 * -1: that can't be told, by whom we are.  An owner of none is ourselves.
 */
int mk_look_may(const struct mk_check *check, const struct mk_owner *owner,
    const char *path, int mode);

/* The owner that the configuration names; where there is no such account, none
 * (which is a finding of mk_check_mailroot's). */
struct mk_owner mk_look_owner(const struct mk_check *check);

/*
 * Add to AREA, at PLACE, that others can change PATH, of which *ST is known:
 * an error where anybody can, a warning where a user or a group can that is
 * neither root nor we.  WHY says what such a one could do: "run commands as
 * root".  True where something was added.
 */
bool mk_look_guarded(struct mk_check *check, const char *area,
    const char *place, const char *path, const struct stat *st,
    const char *why);

/* The directory that PATH lies in, allocated; NULL as mk_look_text. */
char *mk_look_parent(struct mk_check *check, const char *path);

/*
 * The whole text of the file PATH, at most MAX bytes, into *TEXT, ended by a
 * NUL; a FIFO or a device is none.  0, or -1 with errno.
 */
int mk_look_read(const char *path, size_t max, struct mk_buf *text);

/* The length of "FILE:LINE" at the front of TEXT, "FILE:LINE: ..."; 0: there
 * is none. */
size_t mk_look_place(const char *text);

#endif
