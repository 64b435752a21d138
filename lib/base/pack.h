/*
 * base/pack - compress a file so that nothing is lost: the opposite of
 * base/unpack, which reads it back.
 *
 * gzip is zlib's (RFC 1952, one member, as every gunzip reads); the others
 * are libarchive's filters.  Nothing is opened, and no program run.
 */
#ifndef MK_BASE_PACK_H
#define MK_BASE_PACK_H

#include <stdint.h>

#include "base/error.h"

enum mk_pack_format { MK_PACK_NONE, MK_GZIP, MK_BZIP2, MK_XZ, MK_ZSTD };
#define MK_PACK_FORMATS	5

/* "", ".gz", ".bz2", ".xz", ".zst": what is put behind a name. */
extern const char *const mk_pack_suffixes[MK_PACK_FORMATS];

struct mk_packed {
	uint64_t read_bytes, written_bytes;
};

/*
 * Compress the regular file IN into the empty regular file OUT (both readable,
 * OUT not by O_APPEND), on up to THREADS threads; sync OUT; read it back by
 * OUT's descriptor through base/unpack, and compare it with IN, read anew,
 * byte by byte.  MK_PACK_NONE copies.  Offsets of both are left anywhere.
 * mk_stopped() ends the work between two blocks.
 *
 * What has been written is read back while the rest is being compressed, so
 * some of it before the sync: the same pages of the system's memory answer
 * before and after, and what a disk fails to take is the sync's to tell.
 *
 * IN is what it was at the beginning: where its size or time of change is
 * another at the end, the work has failed.
 *
 * 0 and *PACKED filled; or -1: OUT is no copy, and is to be removed.  A text
 * without names.  EX_TEMPFAIL: no room, stopped, or IN has changed under it;
 * EX_IOERR: OUT does not read back as IN.
 *
 * Memory is bounded by THREADS, not by the file: under 32 MiB with two, of
 * which gzip takes 4.  xz is the exception, with 60 MiB (75 where nothing can
 * be compressed) on its one thread: with less it packs hardly better than
 * gzip.  zstd goes without a checksum, which libarchive 3.6 does not write.
 */
int mk_pack_file(int in, int out, enum mk_pack_format format,
    unsigned threads, struct mk_packed *packed, struct mk_error *err);

/*
 * Whether PACKED, a compressed (or plain) file, is whole and holds what PLAIN
 * does: 1.  0 where it is whole and PLAIN begins with it, but goes on.  -1
 * where it is damaged, cut short, something else (EX_DATAERR), or can't be
 * read.  What PACKED is, its bytes tell: an empty file is an empty plain one.
 */
int mk_pack_compare(int packed, int plain, struct mk_error *err);

#endif
