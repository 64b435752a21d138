/*
 * tmda/senders - the address lists of TMDA: who was confirmed, who is on the
 * whitelist.
 *
 * One address a line, in any case (of ASCII); "#" begins a comment, on a line
 * of its own, behind a blank or in a domain; what stands behind an address and
 * a blank is another thing's.  With a "*", "?" or "[" an address is, besides
 * itself, a pattern of the shell's form ("[!a-c]" excludes; nothing quotes);
 * "@=example.org" ("*@=example.org", too) is that domain and all below it, as
 * "bob@=example.org" is bob there.  What is longer than 1024 bytes, or has a
 * NUL, is no address.
 * Source: TMDA's Util.file_to_list, append_to_file and findmatch.
 */
#ifndef MK_TMDA_SENDERS_H
#define MK_TMDA_SENDERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct mk_tmda_senders;

/* An empty list; NULL on failure. */
struct mk_tmda_senders *mk_tmda_senders_new(struct mk_error *err);

/* Add what the LEN bytes at TEXT list.  0 or -1 (memory is lost). */
int mk_tmda_senders_add(struct mk_tmda_senders *senders, const char *text,
    size_t len, struct mk_error *err);

/* Whether ADDRESS (LEN bytes, no blanks or angle brackets) is listed.  An
 * empty one never is: a bounce's sender says nothing. */
bool mk_tmda_senders_has(const struct mk_tmda_senders *senders,
    const char *address, size_t len);

/* Addresses and patterns, each once. */
size_t mk_tmda_senders_count(const struct mk_tmda_senders *senders);
void mk_tmda_senders_free(struct mk_tmda_senders *senders);	/* NULL is fine */

#endif
