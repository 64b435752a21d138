/*
 * blacklist/output - the files that are published: how each is written, how
 * it is read back.
 *
 * Keyed outputs (cdb, dbm) have a record for each prefix, split to the
 * lengths chosen; the others have the prefixes as they are.  What is written
 * depends on the content alone, never on the clock, so that the same list is
 * the same file.
 */
#ifndef MK_BLACKLIST_OUTPUT_H
#define MK_BLACKLIST_OUTPUT_H

#include "base/error.h"
#include "blacklist/lengths.h"
#include "blacklist/origin.h"
#include "blacklist/set.h"

enum mk_output_id {
	MK_OUT_CDB, MK_OUT_DBM, MK_OUT_TEXT, MK_OUT_PLAIN, MK_OUT_POSTFIX,
	MK_OUT_NFT, MK_OUT_RBLDNSD, MK_OUT_HOSTLIST, MK_OUTPUTS
};

struct mk_content {
	const struct mk_set *set;
	const struct mk_origins *origins;
	const struct mk_lengths *lengths;
	/* For the host list: the lookup type and the absolute path of the
	 * database that is looked into; "cdb", "dbm" or "iplsearch". */
	const char *lookup, *database;
};

/* Where a file lies; DIRFD is open, PATH is DIR/NAME for messages and for
 * libraries that want one. */
struct mk_outfile {
	int dirfd;
	const char *name, *path;
};

struct mk_output {
	const char *name;		/* "cdb"; also the key */
	/*
	 * Make the file AT (it does not exist; mode 0600) with CONTENT.  0,
	 * or -1 and what was made is left to the caller to remove.  EX_CONFIG
	 * where this build lacks the library.
	 */
	int (*write)(const struct mk_outfile *at, const struct mk_content *c,
	    struct mk_error *err);
	/*
	 * Whether AT is exactly that: read as the reader reads it (a cdb by
	 * Exim's rules, each key looked up and no other record there; a dbm
	 * by libdb; text byte by byte).  1; 0 (and *ERR says what is the
	 * matter: it is missing, closed to us, damaged, or differs); -1 where
	 * it cannot be read (errno's).
	 */
	int (*matches)(const struct mk_outfile *at, const struct mk_content *c,
	    struct mk_error *err);
	/*
	 * The prefixes in AT, with what is said of each as the reason of FEED
	 * 0 of *ORIGINS ("drop: SBL1"; mk_origin_feed is called by the
	 * caller).  Entries that are none of ours are counted in *FOREIGN.
	 * 0 or -1 (EX_NOINPUT: it is not there; EX_DATAERR: damaged).  NULL:
	 * has no prefixes.
	 */
	int (*read)(const struct mk_outfile *at, struct mk_netlist *e,
	    struct mk_origins *origins, size_t *foreign,
	    struct mk_error *err);
	bool keyed;
	bool text;			/* mk_output_print knows it */
};

extern const struct mk_output mk_outputs[MK_OUTPUTS];

/* Write a text output to FD (a pipe will do).  0 or -1. */
int mk_output_print(enum mk_output_id id, int fd, const struct mk_content *c,
    struct mk_error *err);

/*
 * Look KEY (LEN bytes) up in the database AT as Exim does.  1 and *DATA (to
 * be freed; ended by a NUL, not counted) and *DATA_LEN; 0; or -1 (what Exim
 * would say).  ID is MK_OUT_CDB or MK_OUT_DBM.
 */
int mk_output_lookup(enum mk_output_id id, const struct mk_outfile *at,
    const char *key, size_t len, char **data, size_t *data_len,
    struct mk_error *err);

/* Whether this build can write and read dbm files. */
bool mk_dbm_built_in(void);

#endif
