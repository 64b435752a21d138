/*
 * base/pack_stream - bzip2, xz and zstd by libarchive, each piece a stream of
 * its own; and a plain copy.
 */
#include "base/pack_codec.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "base/libarchive_table.h"

struct mk_pack_coder {
	const struct mk_libarchive *la;	/* NULL: a copy */
	int in;
	const struct filter *filter;	/* NULL: a copy */
	struct mk_buf *packed;		/* the piece's */
	unsigned char chunk[MK_PACK_CHUNK];
};

/*
 * libarchive knows xz's presets alone, and no size of a dictionary.  On an
 * Exim log of 128 MiB, 6, xz's own choice: 17.2 MB, 43 s, 94 MiB of memory;
 * 4: 18.8 MB, 21 s, 48 MiB; 3: 21.3 MB, 18 s, 32 MiB; 1: 22.9 MB, 4 s, 9 MiB,
 * hardly less than gzip.
 */
static const struct filter {
	const char *name, *level;
	int code;			/* libarchive's */
} filters[MK_PACK_FORMATS] = {
	[MK_BZIP2] = { "bzip2", "9", ARCHIVE_FILTER_BZIP2 },
	[MK_XZ] = { "xz", "4", ARCHIVE_FILTER_XZ },
	[MK_ZSTD] = { "zstd", "3", ARCHIVE_FILTER_ZSTD },
};

static struct mk_pack_coder *
open_stream(enum mk_pack_format format, int in, time_t mtime_s,
    struct mk_error *err)
{
	const struct mk_libarchive *la = NULL;
	struct mk_pack_coder *coder;

	(void)mtime_s;
	if (format != MK_PACK_NONE) {
		la = mk_libarchive_load(err);
		if (la == NULL)
			return NULL;
	}
	coder = malloc(sizeof *coder);
	if (coder == NULL) {
		mk_fail_sys(err, "compress");
		return NULL;
	}
	coder->la = la;
	coder->in = in;
	coder->filter = format == MK_PACK_NONE ? NULL : &filters[format];
	coder->packed = NULL;
	return coder;
}

static void
close_stream(struct mk_pack_coder *coder)
{
	free(coder);
}

/* libarchive's write callback. */
static la_ssize_t
take(struct archive *a, void *data, const void *block, size_t len)
{
	struct mk_pack_coder *coder = data;

	if (mk_buf_add(coder->packed, block, len) == -1) {
		coder->la->archive_set_error(a, ENOMEM, "no memory");
		return -1;
	}
	return (la_ssize_t)len;
}

static int
fail_stream(const struct mk_pack_coder *coder, struct archive *a,
    struct mk_error *err)
{
	const char *why = coder->la->archive_error_string(a);
	int errnum = coder->la->archive_errno(a);

	return mk_fail(err, errnum > 0 ? mk_error_status(errnum) :
	    EX_SOFTWARE, "compress by %s: %s", coder->filter->name,
	    why != NULL ? why : "libarchive does not say why");
}

/* Start a stream: of format "raw", the bytes of one nameless file. */
static int
begin(struct mk_pack_coder *coder, struct archive *a,
    struct archive_entry *all, struct mk_error *err)
{
	const struct mk_libarchive *la = coder->la;

	/* ARCHIVE_WARN: only by running another program. */
	if (la->archive_write_add_filter(a, coder->filter->code) !=
	    ARCHIVE_OK)
		return mk_fail(err, EX_UNAVAILABLE, "this libarchive cannot "
		    "compress by %s", coder->filter->name);
	la->archive_entry_set_filetype(all, AE_IFREG);
	if (la->archive_write_set_filter_option(a, NULL, "compression-level",
	    coder->filter->level) != ARCHIVE_OK ||
	    la->archive_write_set_format_raw(a) != ARCHIVE_OK ||
	    la->archive_write_set_bytes_per_block(a, 0) != ARCHIVE_OK ||
	    la->archive_write_open(a, coder, NULL, take, NULL) != ARCHIVE_OK ||
	    la->archive_write_header(a, all) != ARCHIVE_OK)
		return fail_stream(coder, a, err);
	return 0;
}

/* Read PIECE and give it to A. */
static int
feed(struct mk_pack_coder *coder, const struct mk_pack_piece *piece,
    struct archive *a, struct mk_error *err)
{
	size_t done, n;

	for (done = 0; done < piece->len; done += n) {
		n = piece->len - done;
		if (n > MK_PACK_CHUNK)
			n = MK_PACK_CHUNK;
		if (mk_pack_read(coder->in, coder->chunk, n, piece->at + done,
		    err) == -1)
			return -1;
		if (coder->la->archive_write_data(a, coder->chunk, n) !=
		    (la_ssize_t)n)
			return fail_stream(coder, a, err);
	}
	return coder->la->archive_write_close(a) == ARCHIVE_OK ? 0 :
	    fail_stream(coder, a, err);
}

static int
pack_stream(struct mk_pack_coder *coder, struct mk_pack_piece *piece,
    struct mk_error *err)
{
	const struct mk_libarchive *la = coder->la;
	struct archive *a = la->archive_write_new();
	struct archive_entry *all = la->archive_entry_new();
	int rv = -1;

	coder->packed = &piece->packed;
	if (a == NULL || all == NULL) {
		errno = ENOMEM;
		mk_fail_sys(err, "compress");
	} else if (begin(coder, a, all, err) == 0)
		rv = feed(coder, piece, a, err);
	la->archive_entry_free(all);
	/*
	 * Where it failed, the stream must not be ended as if it were whole;
	 * what free would write goes nowhere in any case.
	 */
	if (rv == -1 && a != NULL)
		la->archive_write_fail(a);
	la->archive_write_free(a);
	return rv;
}

static int
pack_copy(struct mk_pack_coder *coder, struct mk_pack_piece *piece,
    struct mk_error *err)
{
	if (mk_buf_reserve(&piece->packed, piece->len) == -1)
		return mk_fail_sys(err, "copy");
	if (mk_pack_read(coder->in, piece->packed.data, piece->len, piece->at,
	    err) == -1)
		return -1;
	piece->packed.len = piece->len;
	return 0;
}

const struct mk_pack_codec mk_pack_codec_none = {
	.piece_bytes = (size_t)1024 * 1024, .max_threads = 1,
	.ahead_bytes = (size_t)1024 * 1024,
	.open = open_stream, .pack = pack_copy, .close = close_stream,
};

/* A little less than two of its blocks, of 900,000 bytes each. */
const struct mk_pack_codec mk_pack_codec_bzip2 = {
	.piece_bytes = 1790000, .max_threads = UINT_MAX,
	.ahead_bytes = (size_t)4 * 1024 * 1024,
	.open = open_stream, .pack = pack_stream, .close = close_stream,
};

/* Long ones, for its window, and one at a time, for its memory. */
const struct mk_pack_codec mk_pack_codec_xz = {
	.piece_bytes = (size_t)16 * 1024 * 1024, .max_threads = 1,
	.ahead_bytes = (size_t)1024 * 1024,
	.open = open_stream, .pack = pack_stream, .close = close_stream,
};

const struct mk_pack_codec mk_pack_codec_zstd = {
	.piece_bytes = (size_t)4 * 1024 * 1024, .max_threads = UINT_MAX,
	.ahead_bytes = (size_t)1024 * 1024,
	.open = open_stream, .pack = pack_stream, .close = close_stream,
};
