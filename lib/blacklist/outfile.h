/*
 * blacklist/outfile - a published file, opened by its directory.
 */
#ifndef MK_BLACKLIST_OUTFILE_H
#define MK_BLACKLIST_OUTFILE_H

#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "blacklist/output.h"

/*
 * Open the regular file AT to read.  1, *FD and *SIZE in bytes; 0 where it is
 * missing, closed to us, a link or no regular file, and *ERR says so; -1 with
 * errno.
 */
int mk_outfile_open(const struct mk_outfile *at, int *fd, uint64_t *size,
    struct mk_error *err);

/* Create the file AT, which must not exist, to write; mode 0600.  The
 * descriptor or -1. */
int mk_outfile_create(const struct mk_outfile *at, struct mk_error *err);

/*
 * Close FD, just written, where RV says how that went: NFS may say only now
 * that the disk is full.  RV or -1.
 */
int mk_outfile_close(const struct mk_outfile *at, int fd, int rv,
    struct mk_error *err);

/* *ERR as "PATH: " and WHAT, for what differs from what it should be; 0. */
int mk_outfile_differs(const struct mk_outfile *at, const char *what,
    struct mk_error *err);

#endif
