/*
 * blacklist/lengths - few prefix lengths for few lookups.
 *
 * Exim looks an address up once for each "netN-" item of a host list, and an
 * item serves both families: so the lengths of a keyed database are bounded,
 * by splitting prefixes where that makes the fewest new ones.
 */
#ifndef MK_BLACKLIST_LENGTHS_H
#define MK_BLACKLIST_LENGTHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "blacklist/set.h"

struct mk_lengths {
	/* What a prefix of this family and length is split into: the same
	 * length, or a longer one. */
	uint8_t to[MK_FAMILIES][129];
	uint8_t v[129];			/* the lengths in use, ascending */
	unsigned n;
	uint64_t entries;		/* keys that come out; UINT64_MAX - 1:
					 * that many or more */
};

/*
 * Choose at most MAX lengths (1 to 129) for COUNTS as of mk_set_histogram, so
 * that the fewest keys come out; of equal choices the one with fewer lengths.
 * Exact, by dynamic programming.  A length in .v is one that some prefix has
 * after the split, and has without it: so lengths get fewer, never new.
 * 0, or -1, EX_DATAERR: where more than LIMIT keys would come out (the text
 * says how many, and which MAX would do; *LENGTHS is filled), or where MAX is
 * too small (IPv4 prefixes beside an IPv6 one longer than /32 need two).  The
 * text leaves it to the caller to name MAX and its key.
 */
int mk_lengths_choose(struct mk_lengths *lengths,
    uint64_t counts[MK_FAMILIES][129], unsigned max, uint64_t limit,
    struct mk_error *err);

/* Each length as it is. */
void mk_lengths_all(struct mk_lengths *lengths,
    uint64_t counts[MK_FAMILIES][129]);

/* Walks the prefixes of a set, IPv4 first, ascending, split as LENGTHS say
 * (NULL: as they are). */
struct mk_cursor {
	const struct mk_set *set;
	const struct mk_lengths *lengths;
	/* its own */
	size_t at, n;			/* of the family's */
	enum mk_family family;
	uint32_t origin;
	bool inside;			/* a prefix that is split: */
	struct mk_net next;
	struct mk_addr last;
};

void mk_cursor_start(struct mk_cursor *c, const struct mk_set *set,
    const struct mk_lengths *lengths);
/* True and *NET, *ORIGIN; false at the end. */
bool mk_cursor_next(struct mk_cursor *c, struct mk_net *net,
    uint32_t *origin);

#endif
