/*
 * mail/source - a message's text, plain or packed.
 *
 * Dovecot's mail_compress (zlib in 2.3) stores gzip, bzip2, zstd, xz or its
 * own frame of LZ4 blocks; the first bytes tell, not the name, by Dovecot's
 * rules: a text that begins "BZh" or the like is plain until more of it looks
 * packed.  Its mail_crypt can be told, and not be read.  The only user of
 * liblz4, whose blocks base/unpack's libraries do not take without a frame of
 * their own.  Source: Dovecot 2.3 (compression.c, iostream-lz4.h,
 * dcrypt-iostream.h).
 *
 * One source is used for many messages after each other, so that its memory
 * is, too.  What a message unpacks to is bounded by what is asked for, and a
 * chunk (1 MiB) more, however little it took on disk.
 *
 * Errors are without the message's name.  A message that shrinks or grows
 * while it is read is what was met of it.
 */
#ifndef MK_MAIL_SOURCE_H
#define MK_MAIL_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum mk_packing {
	MK_PLAIN, MK_GZIP, MK_BZIP2, MK_XZ, MK_ZSTD, MK_LZ4,
	MK_ENCRYPTED			/* "CRYPTED" 03 07: no text to be had */
};

#define MK_HEADER_LIMIT	((size_t)256 << 10)	/* bytes; no honest header is
						 * longer */

struct mk_source;

struct mk_source *mk_source_new(struct mk_error *err);	/* NULL on failure */
void mk_source_free(struct mk_source *source);		/* NULL is fine */

/*
 * Begin with the message in the regular file FD, at its start: one read(2) of
 * 4 KiB.  FD is borrowed until the next open, and its offset moves.  0; or -1
 * where it can't be read.
 */
int mk_source_open(struct mk_source *source, int fd, struct mk_error *err);

enum mk_packing mk_source_packing(const struct mk_source *source);
const char *mk_packing_name(enum mk_packing packing);	/* "gzip", "none" */

/*
 * The header, without the empty line, into *TEXT and *LEN, to last until the
 * next call: no more is read than that takes.  0; 1 where it has no end within
 * MK_HEADER_LIMIT, *TEXT being what it has there.  -1: damaged, or can't be
 * read (EX_DATAERR where packed text does not unpack; MK_ENCRYPTED is
 * EX_DATAERR, too).  A message that ends within its header has all of it
 * there: 0.
 */
int mk_source_header(struct mk_source *source, const char **text, size_t *len,
    struct mk_error *err);

/*
 * The whole message, likewise.  0; 1 where it is longer than MAX bytes, and
 * *TEXT NULL; -1 as above.
 */
int mk_source_text(struct mk_source *source, size_t max, const char **text,
    size_t *len, struct mk_error *err);

#endif
