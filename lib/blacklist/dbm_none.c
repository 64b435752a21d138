/* blacklist/dbm_none - blacklist/dbm where there is no Berkeley DB. */
#include "blacklist/dbm.h"

static int
lacking(const struct mk_outfile *at, struct mk_error *err)
{
	return mk_fail(err, EX_CONFIG, "%s: this mailkeep was built without "
	    "Berkeley DB; use the output \"cdb\", which Exim reads by itself",
	    at->path);
}

bool
mk_dbm_built_in(void)
{
	return false;
}

int
mk_dbm_write(const struct mk_outfile *at, const struct mk_content *c,
    struct mk_error *err)
{
	(void)c;
	return lacking(at, err);
}

int
mk_dbm_matches(const struct mk_outfile *at, const struct mk_content *c,
    struct mk_error *err)
{
	(void)c;
	return lacking(at, err);
}

int
mk_dbm_read(const struct mk_outfile *at, struct mk_netlist *e,
    struct mk_origins *origins, size_t *foreign, struct mk_error *err)
{
	(void)e;
	(void)origins;
	*foreign = 0;
	return lacking(at, err);
}

int
mk_dbm_lookup(const struct mk_outfile *at, const char *key, size_t len,
    char **data, size_t *data_len, struct mk_error *err)
{
	(void)key;
	(void)len;
	*data = NULL;
	*data_len = 0;
	return lacking(at, err);
}
