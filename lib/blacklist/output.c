/* blacklist/output - the files that are published. */
#include "blacklist/output.h"

#include <stdlib.h>
#include <unistd.h>

#include "blacklist/cdb.h"
#include "blacklist/dbm.h"
#include "blacklist/outfile.h"
#include "blacklist/sink.h"
#include "blacklist/text.h"

/* Into FD, or beside it.  As mk_sink_end. */
static int
through_sink(enum mk_output_id id, int fd, const char *path, bool compare,
    const struct mk_content *c, struct mk_error *err)
{
	struct mk_sink *sink = mk_sink_start(fd, path, compare, err);
	int rv;

	if (sink == NULL)
		return -1;
	mk_text_put(id, sink, c);
	rv = mk_sink_end(sink);
	free(sink);
	return rv;
}

int
mk_output_print(enum mk_output_id id, int fd, const struct mk_content *c,
    struct mk_error *err)
{
	if (!mk_outputs[id].text)
		return mk_fail(err, EX_USAGE, "%s is no text",
		    mk_outputs[id].name);
	return through_sink(id, fd, "the output", false, c, err) == 1 ? 0 : -1;
}

static int
text_write(enum mk_output_id id, const struct mk_outfile *at,
    const struct mk_content *c, struct mk_error *err)
{
	int fd = mk_outfile_create(at, err), rv;

	if (fd == -1)
		return -1;
	rv = through_sink(id, fd, at->path, false, c, err) == 1 ? 0 : -1;
	return mk_outfile_close(at, fd, rv, err);
}

static int
text_matches(enum mk_output_id id, const struct mk_outfile *at,
    const struct mk_content *c, struct mk_error *err)
{
	uint64_t size;
	int fd, rv;

	rv = mk_outfile_open(at, &fd, &size, err);
	if (rv == 1) {
		rv = through_sink(id, fd, at->path, true, c, err);
		close(fd);
	}
	return rv;
}

/* A text output's own functions: they are told no ID. */
#define TEXT_WRITE(name, id)						\
	static int							\
	name(const struct mk_outfile *at, const struct mk_content *c,	\
	    struct mk_error *err)					\
	{ return text_write(id, at, c, err); }
#define TEXT_MATCHES(name, id)						\
	static int							\
	name(const struct mk_outfile *at, const struct mk_content *c,	\
	    struct mk_error *err)					\
	{ return text_matches(id, at, c, err); }
#define TEXT_READ(name, id)						\
	static int							\
	name(const struct mk_outfile *at, struct mk_netlist *e,		\
	    struct mk_origins *origins, size_t *foreign,		\
	    struct mk_error *err)					\
	{ return mk_text_read(id, at, e, origins, foreign, err); }

TEXT_WRITE(iplsearch_write, MK_OUT_TEXT)
TEXT_MATCHES(iplsearch_matches, MK_OUT_TEXT)
TEXT_READ(iplsearch_read, MK_OUT_TEXT)

TEXT_WRITE(plain_write, MK_OUT_PLAIN)
TEXT_MATCHES(plain_matches, MK_OUT_PLAIN)
TEXT_READ(plain_read, MK_OUT_PLAIN)

TEXT_WRITE(postfix_write, MK_OUT_POSTFIX)
TEXT_MATCHES(postfix_matches, MK_OUT_POSTFIX)
TEXT_READ(postfix_read, MK_OUT_POSTFIX)

TEXT_WRITE(nft_write, MK_OUT_NFT)
TEXT_MATCHES(nft_matches, MK_OUT_NFT)
TEXT_READ(nft_read, MK_OUT_NFT)

TEXT_WRITE(rbldnsd_write, MK_OUT_RBLDNSD)
TEXT_MATCHES(rbldnsd_matches, MK_OUT_RBLDNSD)
TEXT_READ(rbldnsd_read, MK_OUT_RBLDNSD)

TEXT_WRITE(hostlist_write, MK_OUT_HOSTLIST)
TEXT_MATCHES(hostlist_matches, MK_OUT_HOSTLIST)

const struct mk_output mk_outputs[MK_OUTPUTS] = {
	[MK_OUT_CDB] = { "cdb", mk_cdb_write, mk_cdb_matches, mk_cdb_read,
	    true, false },
	[MK_OUT_DBM] = { "dbm", mk_dbm_write, mk_dbm_matches, mk_dbm_read,
	    true, false },
	[MK_OUT_TEXT] = { "text", iplsearch_write, iplsearch_matches,
	    iplsearch_read, false, true },
	[MK_OUT_PLAIN] = { "plain", plain_write, plain_matches, plain_read,
	    false, true },
	[MK_OUT_POSTFIX] = { "postfix", postfix_write, postfix_matches,
	    postfix_read, false, true },
	[MK_OUT_NFT] = { "nft", nft_write, nft_matches, nft_read, false,
	    true },
	[MK_OUT_RBLDNSD] = { "rbldnsd", rbldnsd_write, rbldnsd_matches,
	    rbldnsd_read, false, true },
	[MK_OUT_HOSTLIST] = { "hostlist", hostlist_write, hostlist_matches,
	    NULL, false, true },
};

int
mk_output_lookup(enum mk_output_id id, const struct mk_outfile *at,
    const char *key, size_t len, char **data, size_t *data_len,
    struct mk_error *err)
{
	if (id == MK_OUT_CDB)
		return mk_cdb_lookup(at, key, len, data, data_len, err);
	if (id == MK_OUT_DBM)
		return mk_dbm_lookup(at, key, len, data, data_len, err);
	return mk_fail(err, EX_USAGE, "%s has no keys", mk_outputs[id].name);
}
