/*
 * base/unpack - read a file that may be compressed: gzip, bzip2, xz or zstd,
 * known by its first bytes and not by its name.
 *
 * One cut short or damaged is an error, met at the latest at its end, and so
 * is one with other bytes behind the compressed ones.  A compressed file of
 * several members is their sum.  What is not compressed goes through as it is.
 *
 * Whole files unpack through here, by libarchive; messages in an archive are
 * mail/archive's, its other user.  gzip is zlib's: libarchive 3.6 does not
 * look at its checksum.  Nothing is opened, and no program run.
 */
#ifndef MK_BASE_UNPACK_H
#define MK_BASE_UNPACK_H

#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

struct mk_unpack;

/*
 * Read from FD, at its current offset (a pipe will do), which is taken over:
 * closed by mk_unpack_close, and here on failure.  NULL on failure.
 */
struct mk_unpack *mk_unpack_open(int fd, struct mk_error *err);

/*
 * The same for a file whose first bytes were read already: LEN bytes at FIRST,
 * at most MK_UNPACK_FIRST, which are copied; the others follow at FD's offset.
 * FD is borrowed, and must last.
 */
#define MK_UNPACK_FIRST	((size_t)64 * 1024)
struct mk_unpack *mk_unpack_resume(int fd, const void *first, size_t len,
    struct mk_error *err);

/*
 * Up to SIZE bytes into BUF, SIZE not 0: how many (at least one), 0 at the
 * end, -1 on failure (EX_DATAERR for damage, errno's for a failed read;
 * without the file's name).
 */
ssize_t mk_unpack_read(struct mk_unpack *u, void *buf, size_t size,
    struct mk_error *err);

void mk_unpack_close(struct mk_unpack *u);	/* NULL is fine */

#endif
