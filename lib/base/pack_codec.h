/*
 * base/pack_codec - how base/pack's formats are packed, piece by piece.
 * Private to base/pack.
 *
 * Several threads pack pieces of one file at a time, each with a coder of its
 * own; what they make is written in the order of the file.  gzip's pieces are
 * parts of one member, those of the others whole streams, one behind another:
 * their programs and libraries all read such files.
 */
#ifndef MK_BASE_PACK_CODEC_H
#define MK_BASE_PACK_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/pack.h"

#define MK_PACK_CHUNK	((size_t)128 * 1024)	/* of one read */

struct mk_pack_piece {
	uint64_t at;			/* in the file */
	size_t len;			/* 0: of an empty file */
	bool last;
	struct mk_buf packed;		/* appended to; kept over many */
	uint32_t crc;			/* of the LEN bytes; gzip's alone */
};

/* What the pieces in front add up to. */
struct mk_pack_sum {
	uint64_t len;
	uint32_t crc;
};

struct mk_pack_coder;			/* one thread's; each format's own */

struct mk_pack_codec {
	size_t piece_bytes;
	unsigned max_threads;
	/*
	 * So many packed bytes are read, at the most, before the next
	 * unpacked one comes out of base/unpack: it reads in blocks, and bzip2
	 * unpacks 900,000 bytes at a time.
	 */
	size_t ahead_bytes;
	/* MTIME_S: IN's.  NULL on failure. */
	struct mk_pack_coder *(*open)(enum mk_pack_format format, int in,
	    time_t mtime_s, struct mk_error *err);
	/* 0, or -1. */
	int (*pack)(struct mk_pack_coder *coder, struct mk_pack_piece *piece,
	    struct mk_error *err);
	/* Called in order, just before PIECE is written; or NULL.  0 or -1. */
	int (*join)(struct mk_pack_sum *sum, struct mk_pack_piece *piece,
	    struct mk_error *err);
	void (*close)(struct mk_pack_coder *coder);	/* not for NULL */
};

extern const struct mk_pack_codec mk_pack_codec_none, mk_pack_codec_gzip,
    mk_pack_codec_bzip2, mk_pack_codec_xz, mk_pack_codec_zstd;

/* All LEN bytes at offset AT of IN.  0 or -1 (EX_TEMPFAIL: no longer there). */
int mk_pack_read(int in, void *buf, size_t len, uint64_t at,
    struct mk_error *err);

/*
 * Pack the SIZE bytes of IN into OUT, sync it and read it back as it grows.
 * 0 with *WRITTEN, or -1.
 */
int mk_pack_work(int in, int out, enum mk_pack_format format, uint64_t size,
    time_t mtime_s, unsigned threads, uint64_t *written, struct mk_error *err);

#endif
