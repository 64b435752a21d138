/* Pack texts in the ways that base/unpack takes. */
#ifndef MK_PACK_H
#define MK_PACK_H

#include <archive.h>
#include <archive_entry.h>

#include "scratch.h"

static const struct {
	const char *name;
	int (*add)(struct archive *);
	size_t magic;
	bool has_sum;			/* libarchive writes zstd without */
} packers[] = {
	{ "gzip",	archive_write_add_filter_gzip,	2, true },
	{ "bzip2",	archive_write_add_filter_bzip2,	3, true },
	{ "xz",		archive_write_add_filter_xz,	6, true },
	{ "zstd",	archive_write_add_filter_zstd,	4, false },
};

static inline la_ssize_t
to_buf(struct archive *a, void *data, const void *block, size_t len)
{
	(void)a;
	ck_assert_int_eq(mk_buf_add(data, block, len), 0);
	return (la_ssize_t)len;
}

/* DATA, packed by the packer I, appended to *OUT. */
static inline void
pack(int i, const void *data, size_t len, struct mk_buf *out)
{
	struct archive *a = archive_write_new();
	struct archive_entry *entry = archive_entry_new();

	ck_assert_int_eq(packers[i].add(a), ARCHIVE_OK);
	/* the fast way: what xz takes at its usual level are seconds */
	ck_assert_int_eq(archive_write_set_filter_option(a, NULL,
	    "compression-level", "1"), ARCHIVE_OK);
	ck_assert_int_eq(archive_write_set_format_raw(a), ARCHIVE_OK);
	ck_assert_int_eq(archive_write_set_bytes_per_block(a, 0), ARCHIVE_OK);
	ck_assert_int_eq(archive_write_open(a, out, NULL, to_buf, NULL),
	    ARCHIVE_OK);
	archive_entry_set_filetype(entry, AE_IFREG);
	ck_assert_int_eq(archive_write_header(a, entry), ARCHIVE_OK);
	if (len > 0)
		ck_assert_int_eq(archive_write_data(a, data, len),
		    (la_ssize_t)len);
	ck_assert_int_eq(archive_write_close(a), ARCHIVE_OK);
	archive_entry_free(entry);
	archive_write_free(a);
}

/* Lines that do not pack too well. */
static inline struct mk_buf
text_of(size_t len)
{
	struct mk_buf buf = { 0 };
	uint32_t x = 1;

	while (buf.len < len) {
		x = x * 1664525 + 1013904223;
		ck_assert_int_eq(mk_buf_addf(&buf, "%u.%u.%u.%u\n", x >> 24,
		    x >> 16 & 255, x >> 8 & 255, x & 255), 0);
	}
	mk_buf_cut(&buf, len);
	return buf;
}

#endif
