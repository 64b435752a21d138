/*
 * rotate/settle_file - compress one rotated file, or move it.  Of rotate/settle
 * alone.
 */
#ifndef MK_ROTATE_SETTLE_FILE_H
#define MK_ROTATE_SETTLE_FILE_H

#include "rotate/rotate.h"

/*
 * Make FORMAT of LOG's plain rotated file NAME in FROM, in the log's archive,
 * and remove it.  0, also where that is told to be impossible for good, since
 * the name is too long; 1: a process writes to it still; -1.
 */
int mk_settle_file(struct mk_rotate *r, const struct mk_log *log,
    const struct mk_place *from, const char *name, enum mk_pack_format format,
    struct mk_error *err);

/* Remove what a killed run has left half packed of LOG. */
void mk_settle_remove_left(const struct mk_log *log);

#endif
