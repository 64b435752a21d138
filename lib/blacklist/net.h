/*
 * blacklist/net - IP addresses, prefixes and ranges, as text and as numbers.
 *
 * Strict: what inet_aton(3) takes for something else than it looks like
 * ("10.1", "012.0.0.1", "0x7f.1") is no address here.
 * Source: RFC 4291, 2.2 and 2.3 (text of IPv6), 2.5.5.2 (IPv4-mapped);
 * RFC 4632, 3.1 (prefixes); RFC 5952 (how we write IPv6).
 */
#ifndef MK_BLACKLIST_NET_H
#define MK_BLACKLIST_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mk_family { MK_V4, MK_V6 };
#define MK_FAMILIES	2

/* IPv4: hi is 0, lo the address as a number. */
struct mk_addr {
	uint64_t hi, lo;
};

struct mk_net {				/* a prefix */
	struct mk_addr first;
	uint8_t family;			/* enum mk_family */
	uint8_t len;			/* prefix length, 0 to 32 or 128 */
};

#define MK_NET_TEXT	64		/* a buffer for any text made here */

/* 32 or 128. */
unsigned mk_family_bits(enum mk_family family);

/* < 0, 0, > 0. */
int mk_addr_compare(const struct mk_addr *a, const struct mk_addr *b);

/* The last address of NET. */
struct mk_addr mk_net_last(const struct mk_net *net);

/* NET with all bits after its length cleared. */
struct mk_net mk_net_masked(struct mk_net net);

/* Whether OUTER has all addresses of INNER.  False for two families. */
bool mk_net_contains(const struct mk_net *outer, const struct mk_net *inner);

enum mk_net_result {
	MK_NET_OK,
	MK_NET_HOST_BITS,		/* *NET is filled, not masked */
	MK_NET_BAD			/* *WHY says why: a lasting string */
};

/*
 * The LEN bytes at TEXT, all of them, as an address (then the length is 32 or
 * 128) or a prefix: "192.0.2.0/24", "192.0.2.0/255.255.255.0",
 * "2001:db8::/32", "[2001:db8::]/32", "[2001:db8::1]", "::ffff:192.0.2.1"
 * (which is IPv4, as is a prefix of it from /96 on).  A zone ("%eth0"), a
 * leading zero or a short form is bad.
 */
enum mk_net_result mk_net_parse(const char *text, size_t len,
    struct mk_net *net, const char **why);

/* The same of what *P begins with, up to a blank, "#", ";", "-" or END, where
 * *P is moved to. */
enum mk_net_result mk_net_take(const char **p, const char *end,
    struct mk_net *net, const char **why);

/*
 * Split the addresses FIRST to LAST, FIRST <= LAST, into the fewest prefixes:
 * PUT is called for each, in order; if it returns -1, so does this.  0 or -1.
 */
int mk_range_split(enum mk_family family, struct mk_addr first,
    struct mk_addr last, int (*put)(void *data, const struct mk_net *net),
    void *data);

/*
 * "192.0.2.0/24", "2001:db8::1/128" into BUF (MK_NET_TEXT); returns length.
 * What a range of IPv6 has of ::ffff:0:0/96 reads back as IPv4.
 */
size_t mk_net_format(char *buf, const struct mk_net *net);

/* The same without a length where NET is one address. */
size_t mk_net_format_short(char *buf, const struct mk_net *net);

/*
 * The key that Exim looks NET up by in a "netN-" item, without a NUL counted:
 * "192.0.2.0/24", "2001.0db8.0000.0000.0000.0000.0000.0000/64"; its host bits
 * are cleared.
 * Source: Exim's host.c, host_nmtoa(); seen on 4.96.
 */
size_t mk_net_key(char *buf, const struct mk_net *net);

/* Exactly a text of mk_net_key, LEN bytes, back.  0, or -1: it is none. */
int mk_net_from_key(const char *key, size_t len, struct mk_net *net);

#endif
