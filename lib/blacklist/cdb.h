/*
 * blacklist/cdb - the output "cdb": written, and read by the rules of Exim's
 * reader.
 *
 * All numbers are 32 bits, little endian.  256 pairs: where a table begins,
 * how many slots it has; the records: length of key and data, key, data; the
 * tables, slots of a hash and where the record begins, 0 in an empty one.
 * The hash says which table, and which slot of it is looked at first.
 * Source: https://cr.yp.to/cdb/cdb.txt; Exim's lookups/cdb.c.
 */
#ifndef MK_BLACKLIST_CDB_H
#define MK_BLACKLIST_CDB_H

#include "blacklist/output.h"

/* See struct mk_output and mk_output_lookup. */
int mk_cdb_write(const struct mk_outfile *at, const struct mk_content *c,
    struct mk_error *err);
int mk_cdb_matches(const struct mk_outfile *at, const struct mk_content *c,
    struct mk_error *err);
int mk_cdb_read(const struct mk_outfile *at, struct mk_netlist *e,
    struct mk_origins *origins, size_t *foreign, struct mk_error *err);
int mk_cdb_lookup(const struct mk_outfile *at, const char *key, size_t len,
    char **data, size_t *data_len, struct mk_error *err);

/* What follows is for cdb.c and cdbread.c alone. */

#define MK_CDB_TABLES	256
#define MK_CDB_SLOT	8		/* bytes; also of a record's lengths */
#define MK_CDB_HEADER	((size_t)MK_CDB_TABLES * MK_CDB_SLOT)
#define MK_CDB_HASH	UINT32_C(5381)	/* of nothing */
/* Bytes of a record of ours, at most. */
#define MK_CDB_RECORD	(MK_CDB_SLOT + MK_NET_TEXT + MK_REASON_MAX)

struct mk_cdb_seen {			/* a record */
	uint32_t hash, pos;
};

/* The hash H of what came before, and LEN bytes more. */
static inline uint32_t
mk_cdb_hash(uint32_t h, const void *data, size_t len)
{
	const unsigned char *p = data;

	while (len-- > 0)
		h = ((h << 5) + h) ^ *p++;
	return h;
}

/* What is SAID of NET as a record into RECORD (MK_CDB_RECORD); *HASH is its
 * key's.  Returns its length. */
size_t mk_cdb_record(unsigned char *record, const struct mk_net *net,
    const struct mk_origin *said, uint32_t *hash);

#endif
