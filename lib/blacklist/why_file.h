/*
 * blacklist/why_file - the index as a file; for why.c, why_file.c and
 * why_write.c alone.
 *
 * Header: magic 0, version 8, CRC of the header 12, built 16, owed 24, zero
 * 28; from 32 on for the listed and the spared: IPv4 entries 0, IPv6 entries
 * 8, origins 16, bytes of their texts 24, bytes of names 32, feeds 40, files
 * 44, CRC of names 48, then for each family and length whether an entry has
 * it 52, zero.  After the header for each, in that order:
 *
 * IPv4 entry: first 0, tag 4, line 8.  IPv6: first 0 (high half, low half),
 * tag 16, line 20.  Origin: feeds 0, until 8, place of its text 16, file 24,
 * length of the text 28, CRC of this and the text 32.  Texts.  Names: those
 * of the feeds, then of the files, each ended by a NUL.
 *
 * Only the header and the names are read to open it.  An origin has a CRC of
 * its own, since there may be as many as entries; an entry has none, its
 * fields are tested where they are used.
 */
#ifndef MK_BLACKLIST_WHY_FILE_H
#define MK_BLACKLIST_WHY_FILE_H

#include "blacklist/why.h"

#define MK_WHY_LENGTHS	129		/* prefix lengths 0 to 128 */
#define MK_WHY_PART	312		/* bytes of the header for a list */
#define MK_WHY_PART_FROM 32
#define MK_WHY_PARTS	2
#define MK_WHY_HEADER	(MK_WHY_PART_FROM + MK_WHY_PARTS * MK_WHY_PART)
#define MK_WHY_ORIGIN	36
#define MK_WHY_ORIGIN_CRC 32		/* that much of it has a CRC */

enum { MK_WHY_LISTED, MK_WHY_SPARED };

extern const size_t mk_why_entry_size[MK_FAMILIES];

struct mk_why_part {
	uint64_t n[MK_FAMILIES], origins_n, texts_len, names_len;
	uint32_t feeds_n, files_n, names_crc;
	unsigned char used[MK_FAMILIES][MK_WHY_LENGTHS];
	/* of an open index: where it is, and the names */
	uint64_t at[MK_FAMILIES], origins_at, texts_at, names_at;
	char *names;
	const char **feeds, **files;	/* into .names; one array */
};

struct mk_why {
	int fd;
	char *file;			/* its name, for messages */
	int64_t built_s;
	bool owed;
	struct mk_why_part parts[MK_WHY_PARTS];
};

/* What an origin has of its text in the file: not more than it may. */
static inline uint32_t
mk_why_text_len(const struct mk_origin *origin)
{
	return origin->text_len < MK_REASON_MAX ? origin->text_len :
	    MK_REASON_MAX;
}

/* Of an encoded origin and its text. */
uint32_t mk_why_origin_crc(const unsigned char *p, const char *text,
    size_t len);

/* Encode a header into P, MK_WHY_HEADER bytes. */
void mk_why_header(unsigned char *p,
    const struct mk_why_part parts[MK_WHY_PARTS], int64_t built_s, bool owed);

/* -1 and that FILE is damaged. */
int mk_why_damaged(const char *file, struct mk_error *err);

/* LEN bytes from AT.  0 or -1. */
int mk_why_read_at(int fd, const char *file, uint64_t at, void *data,
    size_t len, struct mk_error *err);

#endif
