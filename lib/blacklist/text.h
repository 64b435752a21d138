/*
 * blacklist/text - the outputs that are text.
 *
 * Source: Exim's specification, 9.3 "iplsearch" and 10 (lists, host lists);
 * cidr_table(5); nft(8); rbldnsd(8).
 */
#ifndef MK_BLACKLIST_TEXT_H
#define MK_BLACKLIST_TEXT_H

#include <stdbool.h>

#include "blacklist/output.h"
#include "blacklist/sink.h"

/* Put the text of the output ID into SINK, which keeps what went wrong;
 * the caller ends it. */
void mk_text_put(enum mk_output_id id, struct mk_sink *sink,
    const struct mk_content *c);

/* As in struct mk_output. */
int mk_text_read(enum mk_output_id id, const struct mk_outfile *at,
    struct mk_netlist *e, struct mk_origins *origins, size_t *foreign,
    struct mk_error *err);

/*
 * Whether AT is a host list of ours whose items, if there are any, are all of
 * LOOKUP and DATABASE, as in struct mk_content.  False, and *WHY (may be NULL)
 * says what it is.
 */
bool mk_text_names(const struct mk_outfile *at, const char *lookup,
    const char *database, struct mk_error *why);

#endif
