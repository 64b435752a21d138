/* blacklist/net - IP addresses, prefixes and ranges, as text and as numbers. */
#include "blacklist/net.h"

#include <string.h>

#define GROUPS		8	/* of four digits, in an IPv6 address */
#define NO_GAP		(GROUPS + 1)	/* "::" may follow the last group */
#define V4_MAX		UINT64_C(0xffffffff)
#define MAPPED_BITS	96	/* ::ffff:0:0/96 is IPv4, RFC 4291, 2.5.5.2 */
#define MAPPED		UINT64_C(0xffff)
#define V6_KEY_MIN	(GROUPS * 5 - 1 + 2)	/* "/0"; no IPv4 is as long */

static const char why_len4[] = "no prefix length from 0 to 32";
static const char why_len6[] = "no prefix length from 0 to 128";
static const char why_mask[] = "no netmask: its bits are ones, then zeros";
static const char why_none[] = "no address";
static const char why_short[] =
    "not four numbers: an address is written in full";
static const char why_octal[] = "a leading zero may mean octal";
static const char why_hex[] = "hexadecimal numbers are no IPv4 address";
static const char why_large[] = "a number above 255";
static const char why_name[] = "a name is no address";
static const char why_nul[] = "a NUL byte: is it UTF-16?";
static const char why_byte[] = "a byte that is in no address";
static const char why_comma[] = "a comma: is it CSV?";
static const char why_port[] = "a port is no part of an address";
static const char why_zone[] = "a zone (\"%\") is known to one host only";
static const char why_group[] =
    "an IPv6 address has groups of one to four hexadecimal digits";
static const char why_groups[] = "not the eight groups of an IPv6 address";
static const char why_gaps[] = "\"::\" more than once";
static const char why_no_gap[] = "\"::\" beside eight groups stands for none";
static const char why_quad[] = "no IPv4 address at the end of an IPv6 address";
static const char why_bracket[] = "brackets go around an IPv6 address only";
static const char why_open[] = "a bracket that is not closed";

unsigned
mk_family_bits(enum mk_family family)
{
	return family == MK_V4 ? 32 : 128;
}

int
mk_addr_compare(const struct mk_addr *a, const struct mk_addr *b)
{
	if (a->hi != b->hi)
		return a->hi < b->hi ? -1 : 1;
	if (a->lo != b->lo)
		return a->lo < b->lo ? -1 : 1;
	return 0;
}

/* The bits after the prefix length; no shift is by the full width. */
static struct mk_addr
host_bits(const struct mk_net *net)
{
	struct mk_addr bits = { 0, 0 };

	if (net->family == MK_V4)
		bits.lo = net->len < 32 ? V4_MAX >> net->len : 0;
	else if (net->len < 64)
		bits = (struct mk_addr){ UINT64_MAX >> net->len, UINT64_MAX };
	else if (net->len < 128)
		bits.lo = UINT64_MAX >> (net->len - 64);
	return bits;
}

struct mk_addr
mk_net_last(const struct mk_net *net)
{
	struct mk_addr bits = host_bits(net);

	bits.hi |= net->first.hi;
	bits.lo |= net->first.lo;
	return bits;
}

struct mk_net
mk_net_masked(struct mk_net net)
{
	struct mk_addr bits = host_bits(&net);

	net.first.hi &= ~bits.hi;
	net.first.lo &= ~bits.lo;
	return net;
}

bool
mk_net_contains(const struct mk_net *outer, const struct mk_net *inner)
{
	struct mk_addr bits = host_bits(outer);

	return outer->family == inner->family && outer->len <= inner->len &&
	    ((outer->first.hi ^ inner->first.hi) & ~bits.hi) == 0 &&
	    ((outer->first.lo ^ inner->first.lo) & ~bits.lo) == 0;
}

static enum mk_net_result
bad(const char **why, const char *text)
{
	*why = text;
	return MK_NET_BAD;
}

static enum mk_net_result
judge(const struct mk_net *net)
{
	struct mk_addr bits = host_bits(net);

	return (net->first.hi & bits.hi) == 0 &&
	    (net->first.lo & bits.lo) == 0 ? MK_NET_OK : MK_NET_HOST_BITS;
}

/* The value of a decimal digit; more than 9 where it is none. */
static unsigned
digit(char c)
{
	return (unsigned)(unsigned char)c - '0';
}

/* The same of a hexadecimal one; more than 15.  A table, since the branch for
 * letters could not be foretold. */
static unsigned
hex_digit(char c)
{
	static const uint8_t and_1[256] = {
		['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5,
		['5'] = 6, ['6'] = 7, ['7'] = 8, ['8'] = 9, ['9'] = 10,
		['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15,
		['f'] = 16, ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14,
		['E'] = 15, ['F'] = 16,
	};

	return and_1[(unsigned char)c] - 1U;
}

/*
 * The address that *TEXT begins with, which is moved behind it; false where it
 * begins with none.  Nothing but a "0" begins with 0: what follows one is left
 * to the caller, who stumbles over it.
 */
static bool
take_quad(const char **text, const char *end, uint64_t *quad)
{
	const char *p = *text;
	unsigned i, value = 0, number, next;

	for (i = 0; i < 4; i++) {
		if (i > 0 && (p == end || *p++ != '.'))
			return false;
		if (p == end || (number = digit(*p)) > 9)
			return false;
		for (p++; number != 0 && p < end; p++) {
			next = digit(*p);
			if (next > 9)
				break;
			number = 10 * number + next;
			if (number > 255)
				return false;
		}
		value = value << 8 | number;
	}
	*text = p;
	*quad = value;
	return true;
}

/* Why a BYTE is none of an IPv4 address; NULL where it may be. */
static const char *
why_not_byte(char byte)
{
	if (byte == '.' || digit(byte) <= 9)
		return NULL;
	if (byte == '\0')
		return why_nul;
	if (byte == '%')
		return why_zone;
	if (byte == ',')
		return why_comma;
	if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z'))
		return why_name;
	return why_byte;
}

/* Why the bytes from P to END are no IPv4 address. */
static const char *
why_not_quad(const char *p, const char *end)
{
	const char *why;
	unsigned number;
	size_t digits;

	if (p == end)
		return why_none;
	if (end - p > 1 && p[0] == '0' && (p[1] == 'x' || p[1] == 'X'))
		return why_hex;
	for (const char *byte = p; byte < end; byte++)
		if ((why = why_not_byte(*byte)) != NULL)
			return why;
	for (; p < end; p++) {
		number = 0;
		for (digits = 0; p < end && *p != '.'; p++, digits++) {
			if (digits > 0 && number == 0)
				return why_octal;
			number = 10 * number + digit(*p);
			if (number > 255)
				return why_large;
		}
	}
	return why_short;
}

/* A whole number up to MAX, all from P to END; false where there is none. */
static bool
take_len(const char *p, const char *end, unsigned max, uint8_t *len)
{
	unsigned number = 0;

	if (p == end || (*p == '0' && end - p > 1))
		return false;
	for (; p < end; p++) {
		if (digit(*p) > 9)
			return false;
		number = 10 * number + digit(*p);
		if (number > max)
			return false;
	}
	*len = (uint8_t)number;
	return true;
}

/* What follows the "/" of an IPv4 prefix: a length, or a mask with dots. */
static enum mk_net_result
parse_len4(const char *p, const char *end, struct mk_net *net,
    const char **why)
{
	uint64_t mask, bits;

	if (!take_len(p, end, 32, &net->len)) {
		if (memchr(p, '.', (size_t)(end - p)) == NULL)
			return bad(why, why_len4);
		if (!take_quad(&p, end, &mask) || p != end)
			return bad(why, why_mask);
		bits = mask ^ V4_MAX;
		if ((bits & (bits + 1)) != 0)
			return bad(why, why_mask);
		for (net->len = 32; bits != 0; bits >>= 1)
			net->len--;
	}
	return judge(net);
}

/*
 * One group of an IPv6 address, or an IPv4 address for the last two, from *P
 * into GROUP[*N].  NULL, or what is wrong.
 */
static const char *
take_group(const char **p, const char *end, unsigned *group, unsigned *n)
{
	const char *start = *p, *stop = start;
	unsigned value = 0, next;
	uint64_t quad;

	while (stop < end && (next = hex_digit(*stop)) <= 15 &&
	    stop - start < 5) {
		value = value << 4 | next;
		stop++;
	}
	if (stop < end && *stop == '.') {
		if (!take_quad(p, end, &quad) || *p != end)
			return why_quad;
		if (*n > GROUPS - 2)
			return why_groups;
		group[(*n)++] = (unsigned)(quad >> 16);
		group[(*n)++] = (unsigned)(quad & 0xffff);
		return NULL;
	}
	if (stop < end && *stop == '%')
		return why_zone;
	if (stop < end && *stop == '\0')
		return why_nul;
	if (stop == start || stop - start > 4 || (stop < end && *stop != ':'))
		return why_group;
	if (*n == GROUPS)
		return why_groups;
	group[(*n)++] = value;
	*p = stop;
	return NULL;
}

/* N groups, with the zeros that "::" stands for at GAP. */
static struct mk_addr
join_groups(const unsigned *group, unsigned n, unsigned gap)
{
	struct mk_addr addr = { 0, 0 };
	unsigned i = 0, at, value;

	for (at = 0; at < GROUPS; at++) {
		value = at >= gap && at < gap + GROUPS - n ? 0 : group[i++];
		addr.hi = addr.hi << 16 | addr.lo >> 48;
		addr.lo = addr.lo << 16 | value;
	}
	return addr;
}

/* The IPv6 address from P to END.  NULL, or what is wrong. */
static const char *
parse_groups(const char *p, const char *end, struct mk_addr *addr)
{
	unsigned group[GROUPS], n = 0, gap = NO_GAP;
	const char *why;

	if (end - p >= 2 && p[0] == ':' && p[1] == ':') {
		gap = 0;
		p += 2;
	}
	while (p < end) {
		if (*p == ':' && gap != NO_GAP && gap == n)
			return why_gaps;	/* ":::" */
		if ((why = take_group(&p, end, group, &n)) != NULL)
			return why;
		if (p == end)
			break;
		if (++p == end)
			return why_group;	/* ends with one ":" */
		if (*p == ':') {
			if (gap != NO_GAP)
				return why_gaps;
			gap = n;
			p++;
		}
	}
	if (gap != NO_GAP && n == GROUPS)
		return why_no_gap;
	if (gap == NO_GAP && n != GROUPS)
		return why_groups;
	*addr = join_groups(group, n, gap);
	return NULL;
}

/* As mk_net_parse; there is a ":" or a bracket in TEXT. */
static enum mk_net_result
parse_v6(const char *text, const char *end, struct mk_net *net,
    const char **why)
{
	const char *slash = memchr(text, '/', (size_t)(end - text));
	const char *stop = slash == NULL ? end : slash, *what;

	if (*text == '[') {
		if (stop[-1] != ']')
			return bad(why, why_open);
		text++;
		stop--;
		if (memchr(text, ':', (size_t)(stop - text)) == NULL)
			return bad(why, why_bracket);
	}
	what = parse_groups(text, stop, &net->first);
	if (what != NULL)
		return bad(why, what);
	net->family = MK_V6;
	net->len = 128;
	if (slash != NULL && !take_len(slash + 1, end, 128, &net->len))
		return bad(why, why_len6);

	if (net->first.hi == 0 && net->first.lo >> 32 == MAPPED &&
	    net->len >= MAPPED_BITS) {
		net->family = MK_V4;
		net->len -= MAPPED_BITS;
		net->first.lo &= V4_MAX;
	}
	return judge(net);
}

/* All from TEXT to END; P is behind the four numbers that it begins with, or
 * TEXT where it begins with none. */
static enum mk_net_result
parse(const char *text, const char *p, const char *end, struct mk_net *net,
    const char **why)
{
	bool quad = p != text;

	net->family = MK_V4;
	net->len = 32;
	net->first.hi = 0;
	if (quad && p == end)
		return MK_NET_OK;
	if (quad && *p == '/')
		return parse_len4(p + 1, end, net, why);

	if (quad && *p == ':')
		return bad(why, why_port);
	if (!quad && text < end && (*text == '[' ||
	    memchr(text, ':', (size_t)(end - text)) != NULL))
		return parse_v6(text, end, net, why);
	p = text == end ? NULL : memchr(text, '/', (size_t)(end - text));
	return bad(why, why_not_quad(text, p == NULL ? end : p));
}

enum mk_net_result
mk_net_parse(const char *text, size_t len, struct mk_net *net,
    const char **why)
{
	const char *p = text, *end = text + len;

	take_quad(&p, end, &net->first.lo);
	return parse(text, p, end, net, why);
}

enum mk_net_result
mk_net_take(const char **p, const char *end, struct mk_net *net,
    const char **why)
{
	static const bool ends[256] = {
		[' '] = true, ['\t'] = true, ['#'] = true, [';'] = true,
		['-'] = true,
	};
	const char *text = *p, *behind = text, *stop;

	take_quad(&behind, end, &net->first.lo);
	for (stop = behind; stop < end && !ends[(unsigned char)*stop]; stop++)
		;
	*p = stop;
	return parse(text, behind, stop, net, why);
}

/* Whether FIRST is the first of WIDER's addresses, and LAST not below its
 * last. */
static bool
fits(const struct mk_net *wider, const struct mk_addr *last)
{
	struct mk_addr end = mk_net_last(wider);

	return judge(wider) == MK_NET_OK && mk_addr_compare(&end, last) <= 0;
}

int
mk_range_split(enum mk_family family, struct mk_addr first,
    struct mk_addr last, int (*put)(void *data, const struct mk_net *net),
    void *data)
{
	struct mk_net net = { first, (uint8_t)family, 0 }, wider;
	struct mk_addr end;

	for (;;) {
		net.len = (uint8_t)mk_family_bits(family);
		wider = net;
		while (wider.len > 0) {
			wider.len--;
			if (!fits(&wider, &last))
				break;
			net.len = wider.len;
		}
		if (put(data, &net) == -1)
			return -1;
		/* Ask before the next one: there is none after the last. */
		end = mk_net_last(&net);
		if (mk_addr_compare(&end, &last) >= 0)
			return 0;
		net.first.lo = end.lo + 1;
		net.first.hi = end.hi + (net.first.lo == 0);
	}
}

/* N, below 256.  Four bytes are written, whatever its length: most of what is
 * published are such numbers. */
static char *
put_number(char *out, unsigned n)
{
#define TEN(head, len)							\
	{ head "0", len }, { head "1", len }, { head "2", len },	\
	{ head "3", len }, { head "4", len }, { head "5", len },	\
	{ head "6", len }, { head "7", len }, { head "8", len },	\
	{ head "9", len }
	static const struct { char text[7]; uint8_t len; } numbers[] = {
		TEN("", 1), TEN("1", 2), TEN("2", 2), TEN("3", 2),
		TEN("4", 2), TEN("5", 2), TEN("6", 2), TEN("7", 2),
		TEN("8", 2), TEN("9", 2), TEN("10", 3), TEN("11", 3),
		TEN("12", 3), TEN("13", 3), TEN("14", 3), TEN("15", 3),
		TEN("16", 3), TEN("17", 3), TEN("18", 3), TEN("19", 3),
		TEN("20", 3), TEN("21", 3), TEN("22", 3), TEN("23", 3),
		TEN("24", 3), TEN("25", 3),
	};
#undef TEN

	memcpy(out, numbers[n].text, 4);
	return out + numbers[n].len;
}

static char *
put_quad(char *out, uint64_t addr)
{
	out = put_number(out, (unsigned)(addr >> 24 & 0xff));
	*out++ = '.';
	out = put_number(out, (unsigned)(addr >> 16 & 0xff));
	*out++ = '.';
	out = put_number(out, (unsigned)(addr >> 8 & 0xff));
	*out++ = '.';
	return put_number(out, (unsigned)(addr & 0xff));
}

static unsigned
group_of(const struct mk_addr *addr, unsigned i)
{
	uint64_t half = i < GROUPS / 2 ? addr->hi : addr->lo;

	return (unsigned)(half >> (48 - 16 * (i % (GROUPS / 2))) & 0xffff);
}

/* The last DIGITS, at least, of a group. */
static char *
put_group(char *out, unsigned group, unsigned digits)
{
	unsigned shift;

	for (shift = 16; shift > 0; ) {
		shift -= 4;
		if (group >> shift != 0 || shift < 4 * digits)
			*out++ = "0123456789abcdef"[group >> shift & 0xf];
	}
	return out;
}

/* The longest run of two zero groups or more, the first of equals: where it
 * begins, or NO_GAP; *RUN groups.  RFC 5952, 4.2. */
static unsigned
find_gap(const struct mk_addr *addr, unsigned *run)
{
	unsigned gap = NO_GAP, i, n = 0;

	*run = 1;
	for (i = 0; i < GROUPS; i++) {
		n = group_of(addr, i) == 0 ? n + 1 : 0;
		if (n > *run) {
			*run = n;
			gap = i + 1 - n;
		}
	}
	return gap;
}

static char *
put_v6(char *out, const struct mk_addr *addr)
{
	unsigned run, gap = find_gap(addr, &run), i = 0;

	while (i < GROUPS) {
		if (i == gap) {
			*out++ = ':';
			*out++ = ':';
			i += run;
			continue;
		}
		if (i > 0 && out[-1] != ':')
			*out++ = ':';
		out = put_group(out, group_of(addr, i), 1);
		i++;
	}
	return out;
}

static size_t
put_end(char *buf, char *out)
{
	*out = '\0';
	return (size_t)(out - buf);
}

static size_t
put_len(char *buf, char *out, unsigned len)
{
	*out++ = '/';
	return put_end(buf, put_number(out, len));
}

static char *
put_addr(char *out, const struct mk_net *net)
{
	return net->family == MK_V4 ? put_quad(out, net->first.lo) :
	    put_v6(out, &net->first);
}

size_t
mk_net_format(char *buf, const struct mk_net *net)
{
	return put_len(buf, put_addr(buf, net), net->len);
}

size_t
mk_net_format_short(char *buf, const struct mk_net *net)
{
	char *out = put_addr(buf, net);

	return net->len == mk_family_bits(net->family) ? put_end(buf, out) :
	    put_len(buf, out, net->len);
}

size_t
mk_net_key(char *buf, const struct mk_net *net)
{
	struct mk_net key;
	char *out = buf;
	unsigned i;

	if (net->family == MK_V4)
		return put_len(buf, put_quad(out, net->first.lo &
		    ~host_bits(net).lo), net->len);
	key = mk_net_masked(*net);
	for (i = 0; i < GROUPS; i++) {
		if (i > 0)
			*out++ = '.';
		out = put_group(out, group_of(&key.first, i), 4);
	}
	return put_len(buf, out, key.len);
}

/* The address and length of what may be a key of IPv6: mk_net_from_key looks
 * whether it is. */
static int
parse_key6(const char *key, const char *end, struct mk_net *net)
{
	unsigned i, value;

	net->family = MK_V6;
	net->first = (struct mk_addr){ 0, 0 };
	for (i = 1; i < GROUPS * 5; i++, key++) {
		if (i % 5 == 0)
			continue;
		value = hex_digit(*key);
		if (value > 15)
			return -1;
		net->first.hi = net->first.hi << 4 | net->first.lo >> 60;
		net->first.lo = net->first.lo << 4 | value;
	}
	return take_len(key + 1, end, 128, &net->len) ? 0 : -1;
}

int
mk_net_from_key(const char *key, size_t len, struct mk_net *net)
{
	char buf[MK_NET_TEXT];
	struct mk_net found;
	const char *why;

	if (len >= V6_KEY_MIN) {
		if (parse_key6(key, key + len, &found) == -1)
			return -1;
	} else if (mk_net_parse(key, len, &found, &why) != MK_NET_OK) {
		return -1;
	}
	if (mk_net_key(buf, &found) != len || memcmp(buf, key, len) != 0)
		return -1;
	*net = found;
	return 0;
}
