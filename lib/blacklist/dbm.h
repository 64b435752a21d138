/*
 * blacklist/dbm - the output "dbm": Berkeley DB, hash, a NUL behind each key
 * and its data, as exim_dbmbuild writes it and Exim's "dbm" reads it.
 *
 * dbm_none.c is its twin for a build without Berkeley DB; make picks one.
 * libdb trusts what it reads: so a file of up to 64 MB is verified before it
 * is compared or read.  A lookup does not verify, as Exim does not.
 */
#ifndef MK_BLACKLIST_DBM_H
#define MK_BLACKLIST_DBM_H

#include "blacklist/output.h"

/* See struct mk_output and mk_output_lookup. */
int mk_dbm_write(const struct mk_outfile *at, const struct mk_content *c,
    struct mk_error *err);
int mk_dbm_matches(const struct mk_outfile *at, const struct mk_content *c,
    struct mk_error *err);
int mk_dbm_read(const struct mk_outfile *at, struct mk_netlist *e,
    struct mk_origins *origins, size_t *foreign, struct mk_error *err);
int mk_dbm_lookup(const struct mk_outfile *at, const char *key, size_t len,
    char **data, size_t *data_len, struct mk_error *err);

#endif
