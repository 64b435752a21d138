/*
 * blacklist/set - sets of addresses as prefixes: entries as the feeds have
 * them, and the smallest set of prefixes with the same addresses.
 *
 * An IPv4 entry takes 12 bytes, and 8 when merged: ten million of them are
 * sorted and merged within 32 bytes each.  An IPv6 entry takes twice that, and
 * as much again while sorting.
 */
#ifndef MK_BLACKLIST_SET_H
#define MK_BLACKLIST_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "blacklist/net.h"
#include "blacklist/origin.h"

/* Number of the origin and prefix length, in one word. */
#define MK_TAG(origin, len)	((uint32_t)(origin) << 8 | (uint32_t)(len))
#define MK_TAG_LEN(tag)		((uint8_t)((tag) & 0xff))
#define MK_TAG_ORIGIN(tag)	((tag) >> 8)

struct mk_entry4 {
	uint32_t first, tag, line;	/* line of its file, from 1 */
};

struct mk_entry6 {
	uint64_t hi, lo;
	uint32_t tag, line;
};

struct mk_netlist {			/* { 0 } is an empty one */
	struct mk_entry4 *v4;
	struct mk_entry6 *v6;
	size_t v4_n, v6_n, v4_cap, v6_cap;
};

struct mk_net4 {
	uint32_t first, tag;
};

struct mk_net6 {
	uint64_t hi, lo;
	uint32_t tag;
};

/* Prefixes that do not touch each other's addresses, in ascending order. */
struct mk_set {				/* { 0 } is an empty one */
	struct mk_net4 *v4;
	struct mk_net6 *v6;
	size_t v4_n, v6_n, v4_cap, v6_cap;
};

/* Add NET (masked).  0, or -1 (ENOMEM). */
int mk_netlist_add(struct mk_netlist *e, const struct mk_net *net,
    uint32_t origin, uint32_t line);
void mk_netlist_free(struct mk_netlist *e);

/*
 * Sort by first address, then the shorter prefix, then the lower origin, then
 * the line.  0, or -1 (ENOMEM: the order is then undefined).
 */
int mk_netlist_sort(struct mk_netlist *e);

/*
 * The smallest set of prefixes that has the addresses of E, sorted.  A prefix
 * has the origin of the widest entry that covers it, the first of several;
 * two halves that become one have mk_origin_join() of theirs.  SET must be
 * empty.  0 or -1 with errno.
 */
int mk_set_merge(struct mk_set *set, const struct mk_netlist *e,
    struct mk_origins *origins);

/*
 * In *OUT, empty before, SET without the addresses of SPARE: prefixes are
 * split where needed (they keep their origin); the result is smallest again.
 * *SPARED (may be NULL) gets the number of prefixes of SET that lost
 * addresses.  Linear in both where they are much the same, else in the
 * smaller one.  0 or -1 (ENOMEM).
 */
int mk_set_difference(struct mk_set *out, const struct mk_set *set,
    const struct mk_set *spare, size_t *spared);

/* The same in SET's place.  0, or -1 (SET as it was). */
int mk_set_subtract(struct mk_set *set, const struct mk_set *spare,
    size_t *spared);

void mk_set_free(struct mk_set *set);

size_t mk_set_size(const struct mk_set *set);	/* prefixes */
size_t mk_set_count(const struct mk_set *set, enum mk_family family);

/* The prefix number AT of FAMILY, from 0, and *NET; returns its origin. */
uint32_t mk_set_get(const struct mk_set *set, enum mk_family family,
    size_t at, struct mk_net *net);

/* How many prefixes of each length: COUNTS[family][length], added to. */
void mk_set_histogram(const struct mk_set *set,
    uint64_t counts[MK_FAMILIES][129]);

/*
 * The prefix that covers the first address of NET, whatever NET's length:
 * true and *FOUND and *ORIGIN filled, or false.
 */
bool mk_set_find(const struct mk_set *set, const struct mk_net *net,
    struct mk_net *found, uint32_t *origin);

/* How many addresses: IPv4 exactly; IPv6 in /64s, rounded up a prefix,
 * UINT64_MAX at most. */
uint64_t mk_set_addresses(const struct mk_set *set, enum mk_family family);

#endif
