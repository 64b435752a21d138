/* blacklist/net: addresses, prefixes and ranges in and out of text. */
#include "blacklist/net.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))
#define TOP		UINT64_C(0x8000000000000000)
#define ROUNDS		200000

/* xorshift64: the same numbers each time. */
static uint64_t
random64(void)
{
	static uint64_t x = 88172645463325252;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}

/* Parse the text from a piece of memory as long as it is. */
static enum mk_net_result
parse(const char *text, size_t len, struct mk_net *net, const char **why)
{
	char *copy = malloc(len > 0 ? len : 1);
	enum mk_net_result result;

	if (copy == NULL)
		abort();
	memcpy(copy, text, len);
	result = mk_net_parse(copy, len, net, why);
	free(copy);
	return result;
}

static const struct {
	const char *text;
	enum mk_net_result result;
	const char *short_form, *key;
} nets[] = {
	{ "192.0.2.1", MK_NET_OK, "192.0.2.1", "192.0.2.1/32" },
	{ "192.0.2.0/24", MK_NET_OK, "192.0.2.0/24", "192.0.2.0/24" },
	{ "0.0.0.0", MK_NET_OK, "0.0.0.0", "0.0.0.0/32" },
	{ "0.0.0.0/0", MK_NET_OK, "0.0.0.0/0", "0.0.0.0/0" },
	{ "255.255.255.255", MK_NET_OK, "255.255.255.255",
	    "255.255.255.255/32" },
	{ "255.255.255.255/32", MK_NET_OK, "255.255.255.255",
	    "255.255.255.255/32" },
	{ "128.0.0.0/1", MK_NET_OK, "128.0.0.0/1", "128.0.0.0/1" },
	{ "10.20.30.40/31", MK_NET_OK, "10.20.30.40/31", "10.20.30.40/31" },
	{ "192.0.2.0/255.255.255.0", MK_NET_OK, "192.0.2.0/24",
	    "192.0.2.0/24" },
	{ "0.0.0.0/0.0.0.0", MK_NET_OK, "0.0.0.0/0", "0.0.0.0/0" },
	{ "1.2.3.4/255.255.255.255", MK_NET_OK, "1.2.3.4", "1.2.3.4/32" },
	{ "192.0.2.1/24", MK_NET_HOST_BITS, "192.0.2.1/24", "192.0.2.0/24" },
	{ "0.0.0.1/0", MK_NET_HOST_BITS, "0.0.0.1/0", "0.0.0.0/0" },
	{ "1.2.3.1/255.255.255.254", MK_NET_HOST_BITS, "1.2.3.1/31",
	    "1.2.3.0/31" },
	{ "::", MK_NET_OK, "::",
	    "0000.0000.0000.0000.0000.0000.0000.0000/128" },
	{ "::/0", MK_NET_OK, "::/0",
	    "0000.0000.0000.0000.0000.0000.0000.0000/0" },
	{ "::1", MK_NET_OK, "::1",
	    "0000.0000.0000.0000.0000.0000.0000.0001/128" },
	{ "1::", MK_NET_OK, "1::",
	    "0001.0000.0000.0000.0000.0000.0000.0000/128" },
	{ "2001:db8::/32", MK_NET_OK, "2001:db8::/32",
	    "2001.0db8.0000.0000.0000.0000.0000.0000/32" },
	{ "2001:DB8:A:BcD::/64", MK_NET_OK, "2001:db8:a:bcd::/64",
	    "2001.0db8.000a.0bcd.0000.0000.0000.0000/64" },
	{ "2001:0db8:0000:0000:0000:0000:0000:0001", MK_NET_OK,
	    "2001:db8::1",
	    "2001.0db8.0000.0000.0000.0000.0000.0001/128" },
	{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128", MK_NET_OK,
	    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	    "ffff.ffff.ffff.ffff.ffff.ffff.ffff.ffff/128" },
	{ "8000::/1", MK_NET_OK, "8000::/1",
	    "8000.0000.0000.0000.0000.0000.0000.0000/1" },
	{ "2001:db8:1:2:3:4:5:6/127", MK_NET_OK, "2001:db8:1:2:3:4:5:6/127",
	    "2001.0db8.0001.0002.0003.0004.0005.0006/127" },
	{ "1:2:3:4::6:7:8", MK_NET_OK, "1:2:3:4:0:6:7:8",	/* for one */
	    "0001.0002.0003.0004.0000.0006.0007.0008/128" },
	{ "::2:3:4:5:6:7:8", MK_NET_OK, "0:2:3:4:5:6:7:8",
	    "0000.0002.0003.0004.0005.0006.0007.0008/128" },
	{ "1:2:3:4:5:6:7::", MK_NET_OK, "1:2:3:4:5:6:7:0",
	    "0001.0002.0003.0004.0005.0006.0007.0000/128" },
	{ "1:0:0:4:5:0:0:8", MK_NET_OK, "1::4:5:0:0:8",	/* the first */
	    "0001.0000.0000.0004.0005.0000.0000.0008/128" },
	{ "1:0:0:4:0:0:0:8", MK_NET_OK, "1:0:0:4::8",	/* the longest */
	    "0001.0000.0000.0004.0000.0000.0000.0008/128" },
	{ "0:0:3:0:0:0:0:0", MK_NET_OK, "0:0:3::",
	    "0000.0000.0003.0000.0000.0000.0000.0000/128" },
	{ "64:ff9b::192.0.2.1", MK_NET_OK, "64:ff9b::c000:201",
	    "0064.ff9b.0000.0000.0000.0000.c000.0201/128" },
	{ "1:2:3:4:5:6:1.2.3.4", MK_NET_OK, "1:2:3:4:5:6:102:304",
	    "0001.0002.0003.0004.0005.0006.0102.0304/128" },
	{ "::1.2.3.4", MK_NET_OK, "::102:304",
	    "0000.0000.0000.0000.0000.0000.0102.0304/128" },
	{ "[::1]", MK_NET_OK, "::1",
	    "0000.0000.0000.0000.0000.0000.0000.0001/128" },
	{ "[2001:db8::]/32", MK_NET_OK, "2001:db8::/32",
	    "2001.0db8.0000.0000.0000.0000.0000.0000/32" },
	{ "2001:db8::1/64", MK_NET_HOST_BITS, "2001:db8::1/64",
	    "2001.0db8.0000.0000.0000.0000.0000.0000/64" },
	{ "2001:db8:0:1::/63", MK_NET_HOST_BITS, "2001:db8:0:1::/63",
	    "2001.0db8.0000.0000.0000.0000.0000.0000/63" },
	{ "::ffff:192.0.2.1", MK_NET_OK, "192.0.2.1", "192.0.2.1/32" },
	{ "::FFFF:c000:201", MK_NET_OK, "192.0.2.1", "192.0.2.1/32" },
	{ "[::ffff:192.0.2.1]/128", MK_NET_OK, "192.0.2.1", "192.0.2.1/32" },
	{ "::ffff:192.0.2.0/120", MK_NET_OK, "192.0.2.0/24",
	    "192.0.2.0/24" },
	{ "::ffff:192.0.2.1/120", MK_NET_HOST_BITS, "192.0.2.1/24",
	    "192.0.2.0/24" },
	{ "::ffff:0:0/96", MK_NET_OK, "0.0.0.0/0", "0.0.0.0/0" },
	{ "::ffff:0:0/95", MK_NET_HOST_BITS, "::ffff:0:0/95",
	    "0000.0000.0000.0000.0000.fffe.0000.0000/95" },
	{ "::fffe:0:0/95", MK_NET_OK, "::fffe:0:0/95",
	    "0000.0000.0000.0000.0000.fffe.0000.0000/95" },
	{ "1::ffff:1.2.3.4", MK_NET_OK, "1::ffff:102:304",
	    "0001.0000.0000.0000.0000.ffff.0102.0304/128" },
};

START_TEST(takes_nets)
{
	struct mk_net net, back;
	const char *why = "untouched";
	char buf[MK_NET_TEXT];

	memset(&net, 0xa5, sizeof net);
	ck_assert_int_eq(parse(nets[_i].text, strlen(nets[_i].text), &net,
	    &why), nets[_i].result);
	ck_assert_str_eq(why, "untouched");
	memset(buf, 'x', sizeof buf);
	ck_assert_uint_eq(mk_net_format_short(buf, &net),
	    strlen(nets[_i].short_form));
	ck_assert_str_eq(buf, nets[_i].short_form);

	memset(buf, 'x', sizeof buf);
	ck_assert_uint_eq(mk_net_key(buf, &net), strlen(nets[_i].key));
	ck_assert_str_eq(buf, nets[_i].key);
	ck_assert_int_eq(mk_net_from_key(buf, strlen(buf), &back), 0);
	net = mk_net_masked(net);
	ck_assert_int_eq(mk_addr_compare(&back.first, &net.first), 0);
	ck_assert_uint_eq(back.len, net.len);
	ck_assert_uint_eq(back.family, net.family);
}
END_TEST

static const struct { const char *text, *why; } bad_nets[] = {
	{ "", "no address" },
	{ "/24", "no address" },
	{ "10.1", "not four numbers: an address is written in full" },
	{ "10", "not four numbers" },
	{ "3232235777", "a number above 255" },
	{ "1.2.3/24", "not four numbers" },
	{ "1.2.3.", "not four numbers" },
	{ ".1.2.3", "not four numbers" },
	{ "1..2.3", "not four numbers" },
	{ "1.2.3.4.5", "not four numbers" },
	{ "1.2.3.4.", "not four numbers" },
	{ "1.2.3.256", "a number above 255" },
	{ "999.1.1.1", "a number above 255" },
	{ "1.2.3.4294967297", "a number above 255" },	/* 2^32 + 1 */
	{ "012.0.0.1", "a leading zero may mean octal" },
	{ "1.2.3.04", "a leading zero may mean octal" },
	{ "00.0.0.0", "a leading zero may mean octal" },
	{ "010.1", "a leading zero may mean octal" },
	{ "0x7f.1", "hexadecimal numbers" },
	{ "0x7f000001", "hexadecimal numbers" },
	{ "mail.example.com", "a name is no address" },
	{ "1.2.3.4a", "a name is no address" },
	{ "localhost/8", "a name is no address" },
	{ "1.2.3.4,DE", "a comma: is it CSV?" },
	{ "1.2.3.4:25", "a port is no part of an address" },
	{ "1.2.3.4%eth0", "a zone" },
	{ "1.2.3.4 ", "a byte that is in no address" },
	{ " 1.2.3.4", "a byte that is in no address" },
	{ "+1.2.3.4", "a byte that is in no address" },
	{ "-1.2.3.4", "a byte that is in no address" },
	{ "1.2.3.4\r", "a byte that is in no address" },
	{ "\xff\xfe", "a byte that is in no address" },
	{ "1.2.3.4/", "no prefix length from 0 to 32" },
	{ "1.2.3.4/33", "no prefix length from 0 to 32" },
	{ "1.2.3.4/4294967296", "no prefix length from 0 to 32" },
	{ "1.2.3.4/024", "no prefix length from 0 to 32" },
	{ "1.2.3.4/-1", "no prefix length from 0 to 32" },
	{ "1.2.3.4/+8", "no prefix length from 0 to 32" },
	{ "1.2.3.4/24/24", "no prefix length from 0 to 32" },
	{ "1.2.3.4/ 24", "no prefix length from 0 to 32" },
	{ "1.2.3.4/255.0.255.0", "no netmask" },
	{ "1.2.3.4/0.0.0.255", "no netmask" },
	{ "1.2.3.4/255.255.255", "no netmask" },
	{ "1.2.3.4/255.255.255.0.0", "no netmask" },
	{ "1.2.3.4/255.255.255.253", "no netmask" },
	{ ":", "groups of one to four" },
	{ ":1", "groups of one to four" },
	{ "1:", "groups of one to four" },
	{ "1:2:3:4:5:6:7:", "groups of one to four" },
	{ "1::2:", "groups of one to four" },
	{ "12345::", "groups of one to four" },
	{ "::00001", "groups of one to four" },
	{ "::g", "groups of one to four" },
	{ "::-1", "groups of one to four" },
	{ ":: 1", "groups of one to four" },
	{ "1:2:3:4:5:6:7", "not the eight groups" },
	{ "1:2:3:4:5:6:7:8:9", "not the eight groups" },
	{ "1::3:4:5:6:7:8:9", "beside eight groups" },
	{ "1:2:3:4:5:6:7:1.2.3.4", "not the eight groups" },
	{ "1:2:3:4:5:1.2.3.4", "not the eight groups" },
	{ "::1:2:3:4:5:6:7:8", "beside eight groups" },
	{ "1:2:3:4:5:6:7:8::", "beside eight groups" },
	{ "1:2:3:4::5:6:7:8", "beside eight groups" },
	{ ":::", "more than once" },
	{ "1:::2", "more than once" },
	{ "1::2::3", "more than once" },
	{ "::1::", "more than once" },
	{ "::1.2.3", "no IPv4 address at the end" },
	{ "::1.2.3.256", "no IPv4 address at the end" },
	{ "::1.2.3.04", "no IPv4 address at the end" },
	{ "::1.2.3.4:5", "no IPv4 address at the end" },
	{ "::a.2.3.4", "no IPv4 address at the end" },
	{ "fe80::1%eth0", "a zone" },
	{ "fe80::%1/64", "a zone" },
	{ "::1/129", "no prefix length from 0 to 128" },
	{ "::1/", "no prefix length from 0 to 128" },
	{ "::1/064", "no prefix length from 0 to 128" },
	{ "::1/ffff::", "no prefix length from 0 to 128" },
	{ "::ffff:1.2.3.4/255.0.0.0", "no prefix length from 0 to 128" },
	{ "[", "not closed" },
	{ "[::1", "not closed" },
	{ "[::1/64", "not closed" },
	{ "[::1/64]", "not closed" },
	{ "[::1]:25", "not closed" },
	{ "[::1]x", "not closed" },
	{ "[]", "brackets go around an IPv6 address only" },
	{ "[1.2.3.4]", "brackets go around an IPv6 address only" },
	{ "[1.2.3.4]/24", "brackets go around an IPv6 address only" },
	{ "[[::1]]", "groups of one to four" },
	{ "::1]", "groups of one to four" },
};

START_TEST(refuses_nets)
{
	struct mk_net net;
	const char *why = "";

	ck_assert_int_eq(parse(bad_nets[_i].text, strlen(bad_nets[_i].text),
	    &net, &why), MK_NET_BAD);
	ck_assert_msg(strstr(why, bad_nets[_i].why) != NULL, "%s: %s",
	    bad_nets[_i].text, why);
}
END_TEST

START_TEST(refuses_nul_bytes)
{
	struct mk_net net;
	const char *why = "";

	ck_assert_int_eq(parse("1.2.3.4\0", 8, &net, &why), MK_NET_BAD);
	ck_assert_str_eq(why, "a NUL byte: is it UTF-16?");
	ck_assert_int_eq(parse("1\0.2.3.4", 8, &net, &why), MK_NET_BAD);
	ck_assert_str_eq(why, "a NUL byte: is it UTF-16?");
	ck_assert_int_eq(parse("::1\0", 4, &net, &why), MK_NET_BAD);
	ck_assert_str_eq(why, "a NUL byte: is it UTF-16?");
	ck_assert_int_eq(parse("1.2.3.0/24\0", 11, &net, &why), MK_NET_BAD);
}
END_TEST

/* What inet_pton() says of TEXT, as we have it. */
static bool
reference(const char *text, struct mk_net *net)
{
	unsigned char bytes[16];
	int i;

	*net = (struct mk_net){ { 0, 0 }, MK_V4, 32 };
	if (inet_pton(AF_INET, text, bytes) == 1) {
		for (i = 0; i < 4; i++)
			net->first.lo = net->first.lo << 8 | bytes[i];
		return true;
	}
	if (inet_pton(AF_INET6, text, bytes) != 1)
		return false;
	for (i = 0; i < 8; i++) {
		net->first.hi = net->first.hi << 8 | bytes[i];
		net->first.lo = net->first.lo << 8 | bytes[i + 8];
	}
	if (net->first.hi == 0 && net->first.lo >> 32 == 0xffff) {
		net->first.lo &= 0xffffffff;
	} else {
		net->family = MK_V6;
		net->len = 128;
	}
	return true;
}

static bool
same(const struct mk_net *a, const struct mk_net *b)
{
	return a->family == b->family && a->len == b->len &&
	    mk_addr_compare(&a->first, &b->first) == 0;
}

START_TEST(agrees_with_inet_pton)
{
	static const char *const pieces[] = {
		":", ":", ":", ":", "::", ".", ".", "0", "1", "9", "25",
		"255", "256", "00", "a", "F", "ffff", "2001", "12345", "g",
		"1.2.3.4", "1:2:3:4:", "::ffff:", "0:0:",
	};
	struct mk_net net, expected;
	char text[128];
	const char *why;
	size_t len, n;
	bool accepted;
	int i, taken = 0;

	for (i = 0; i < ROUNDS; i++) {
		len = 0;
		for (n = random64() % 16; n > 0; n--)
			len += (size_t)snprintf(text + len,
			    sizeof text - len, "%s", pieces[random64() %
			    (sizeof pieces / sizeof *pieces)]);
		text[len] = '\0';
		accepted = reference(text, &expected);
		taken += accepted;
		if ((parse(text, len, &net, &why) == MK_NET_OK) != accepted ||
		    (accepted && !same(&net, &expected)))
			ck_abort_msg("%s", text);
	}
	ck_assert_int_gt(taken, ROUNDS / 1000);
}
END_TEST

/* A net with bits set here and there, zero groups among them. */
static struct mk_net
random_net(void)
{
	struct mk_net net = { { 0, 0 }, MK_V4, 0 };
	unsigned i;

	if (random64() % 2 == 0) {
		net.first.lo = random64() >> 32;
		net.len = (uint8_t)(random64() % 33);
		return net;
	}
	net.family = MK_V6;
	net.len = (uint8_t)(random64() % 129);
	for (i = 0; i < 64; i += 16) {
		if (random64() % 2 == 0)
			net.first.hi |= random64() % 0x10000 >>
			    random64() % 16 << i;
		if (random64() % 2 == 0)
			net.first.lo |= random64() % 0x10000 >>
			    random64() % 16 << i;
	}
	if (net.first.hi == 0 && net.first.lo >> 32 == 0xffff)
		net.first.hi = 1;	/* it would come back as IPv4 */
	return net;
}

static void
write_reference(const struct mk_net *net, char *buf, size_t size)
{
	unsigned char bytes[16];
	int i;

	for (i = 0; i < 8; i++) {
		bytes[i] = (unsigned char)(net->first.hi >> (56 - 8 * i));
		bytes[i + 8] = (unsigned char)(net->first.lo >> (56 - 8 * i));
	}
	if (net->family == MK_V4)
		inet_ntop(AF_INET, bytes + 12, buf, (socklen_t)size);
	else
		inet_ntop(AF_INET6, bytes, buf, (socklen_t)size);
}

START_TEST(writes_what_it_reads_back)
{
	struct mk_net net, back, masked;
	char text[MK_NET_TEXT], expected[MK_NET_TEXT];
	const char *why = "";
	size_t len;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		net = random_net();
		masked = mk_net_masked(net);
		len = mk_net_format(text, &net);
		if (parse(text, len, &back, &why) == MK_NET_BAD ||
		    !same(&net, &back))
			ck_abort_msg("%s: %s", text, why);
		len = mk_net_format(text, &masked);
		if (parse(text, len, &back, &why) != MK_NET_OK)
			ck_abort_msg("%s: %s", text, why);
		len = mk_net_key(text, &net);
		if (strlen(text) != len ||
		    mk_net_from_key(text, len, &back) == -1 ||
		    !same(&masked, &back))
			ck_abort_msg("%s", text);

		net.len = (uint8_t)mk_family_bits(net.family);
		mk_net_format_short(text, &net);
		write_reference(&net, expected, sizeof expected);
		/* That one has "::1.2.3.4", which RFC 5952 does not ask. */
		if (net.family == MK_V6 && strchr(expected, '.') != NULL)
			continue;
		if (strcmp(text, expected) != 0)
			ck_abort_msg("%s, not %s", text, expected);
	}
}
END_TEST

static const char *const bad_keys[] = {
	"", "192.0.2.1", "192.0.2.1/33", "192.0.2.1/24", "192.0.2.0/024",
	"192.0.2.0/24 ", " 192.0.2.0/24", "192.0.2.0/255.255.255.0",
	"192.0.2/24", "::/0", "2001:db8::/32", "[::1]/128",
	"::ffff:192.0.2.0/120",
	"2001:0db8:0000:0000:0000:0000:0000:0000/32",
	"2001.0db8.0000.0000.0000.0000.0000.0000",
	"2001.0db8.0000.0000.0000.0000.0000.0000/",
	"2001.0db8.0000.0000.0000.0000.0000.0000/129",
	"2001.0db8.0000.0000.0000.0000.0000.0000/032",
	"2001.0db8.0000.0000.0000.0000.0000.0000/31 ",
	"2001.0db8.0000.0000.0000.0000.0000.0001/64",
	"2001.0DB8.0000.0000.0000.0000.0000.0000/32",
	"2001.db8.0000.0000.0000.0000.0000.0000/32",
	"2001.0db8.0000.0000.0000.0000.0000/32",
	"2001.0db8.0000.0000.0000.0000.0000.0000.0000/32",
	"2001.0dg8.0000.0000.0000.0000.0000.0000/32",
	"2001.0db8.0000.0000.0000.0000.0000.0000:32",
	"example.com",
};

START_TEST(refuses_keys)
{
	struct mk_net net = { { 1, 2 }, MK_V6, 3 };
	const struct mk_net untouched = net;

	ck_assert_int_eq(mk_net_from_key(bad_keys[_i], strlen(bad_keys[_i]),
	    &net), -1);
	ck_assert(same(&net, &untouched));
}
END_TEST

static const struct { const char *net, *last; } lasts[] = {
	{ "192.0.2.0/24", "192.0.2.255" },
	{ "192.0.2.7", "192.0.2.7" },
	{ "0.0.0.0/0", "255.255.255.255" },
	{ "128.0.0.0/1", "255.255.255.255" },
	{ "::/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
	{ "2001:db8::/63", "2001:db8:0:1:ffff:ffff:ffff:ffff" },
	{ "2001:db8::/64", "2001:db8::ffff:ffff:ffff:ffff" },
	{ "2001:db8::/65", "2001:db8::7fff:ffff:ffff:ffff" },
	{ "2001:db8::4/127", "2001:db8::5" },
	{ "2001:db8::4/128", "2001:db8::4" },
};

static struct mk_net
net_of(const char *text)
{
	struct mk_net net;
	const char *why = "";

	if (parse(text, strlen(text), &net, &why) == MK_NET_BAD)
		ck_abort_msg("%s: %s", text, why);
	return net;
}

START_TEST(knows_the_first_and_the_last_address)
{
	const struct mk_net net = net_of(lasts[_i].net);
	const struct mk_net last = net_of(lasts[_i].last);
	struct mk_net other = net;

	other.first = mk_net_last(&net);
	ck_assert_int_eq(mk_addr_compare(&other.first, &last.first), 0);
	other = mk_net_masked(other);
	ck_assert(same(&other, &net));
}
END_TEST

static const struct { const char *outer, *inner; bool contains; } pairs[] = {
	{ "0.0.0.0/0", "255.255.255.255", true },
	{ "10.0.0.0/8", "10.0.0.0/8", true },
	{ "10.0.0.0/8", "10.255.255.255", true },
	{ "10.0.0.0/8", "11.0.0.0", false },
	{ "10.0.0.0/8", "10.0.0.0/7", false },
	{ "10.0.0.0/9", "10.0.0.0/8", false },
	{ "::/0", "10.0.0.0", false },
	{ "0.0.0.0/0", "::1", false },
	{ "::/0", "8000::/1", true },
	{ "2001:db8::/64", "2001:db8::ffff:0:0:0", true },
	{ "2001:db8::/64", "2001:db8:0:1::", false },
	{ "2001:db8::/65", "2001:db8::8000:0:0:0", false },
};

START_TEST(tells_what_contains_what)
{
	struct mk_net outer = net_of(pairs[_i].outer);
	struct mk_net inner = net_of(pairs[_i].inner);

	ck_assert_int_eq(mk_net_contains(&outer, &inner),
	    pairs[_i].contains);
}
END_TEST

START_TEST(orders_addresses)
{
	const struct mk_addr a[] = {
		{ 0, 0 }, { 0, 1 }, { 0, TOP }, { 1, 0 }, { TOP, 0 },
		{ TOP, 1 },
	};
	int i, j;

	for (i = 0; i < COUNT(a); i++)
		for (j = 0; j < COUNT(a); j++)
			ck_assert_int_eq(mk_addr_compare(&a[i], &a[j]),
			    (i > j) - (i < j));
	ck_assert_uint_eq(mk_family_bits(MK_V4), 32);
	ck_assert_uint_eq(mk_family_bits(MK_V6), 128);
}
END_TEST

struct split {
	struct mk_net nets[256];
	size_t n, stop_at;		/* 0: never */
};

static int
put(void *data, const struct mk_net *net)
{
	struct split *split = data;

	if (split->n == sizeof split->nets / sizeof *split->nets)
		ck_abort_msg("too many prefixes");
	split->nets[split->n++] = *net;
	return split->n == split->stop_at ? -1 : 0;
}

static const struct { const char *first, *last, *nets; } ranges[] = {
	{ "0.0.0.0", "255.255.255.255", "0.0.0.0/0" },
	{ "1.2.3.4", "1.2.3.4", "1.2.3.4/32" },
	{ "0.0.0.0", "0.0.0.0", "0.0.0.0/32" },
	{ "255.255.255.255", "255.255.255.255", "255.255.255.255/32" },
	{ "192.0.2.0", "192.0.2.255", "192.0.2.0/24" },
	{ "127.255.255.255", "128.0.0.0", "127.255.255.255/32 128.0.0.0/32" },
	{ "10.0.0.1", "10.0.0.8", "10.0.0.1/32 10.0.0.2/31 10.0.0.4/30 "
	    "10.0.0.8/32" },
	{ "255.255.255.253", "255.255.255.255",
	    "255.255.255.253/32 255.255.255.254/31" },
	{ "0.0.0.0", "255.255.255.254", "0.0.0.0/1 128.0.0.0/2 192.0.0.0/3 "
	    "224.0.0.0/4 240.0.0.0/5 248.0.0.0/6 252.0.0.0/7 254.0.0.0/8 "
	    "255.0.0.0/9 255.128.0.0/10 255.192.0.0/11 255.224.0.0/12 "
	    "255.240.0.0/13 255.248.0.0/14 255.252.0.0/15 255.254.0.0/16 "
	    "255.255.0.0/17 255.255.128.0/18 255.255.192.0/19 "
	    "255.255.224.0/20 255.255.240.0/21 255.255.248.0/22 "
	    "255.255.252.0/23 255.255.254.0/24 255.255.255.0/25 "
	    "255.255.255.128/26 255.255.255.192/27 255.255.255.224/28 "
	    "255.255.255.240/29 255.255.255.248/30 255.255.255.252/31 "
	    "255.255.255.254/32" },
	{ "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::/0" },
	{ "2001:db8::", "2001:db8::", "2001:db8::/128" },
	{ "2001:db8::ffff:ffff:ffff:ffff", "2001:db8:0:1::",
	    "2001:db8::ffff:ffff:ffff:ffff/128 2001:db8:0:1::/128" },
	{ "2001:db8::", "2001:db8:0:1:ffff:ffff:ffff:ffff",
	    "2001:db8::/63" },
	{ "2001:db8:0:1::", "2001:db8:0:3:ffff:ffff:ffff:ffff",
	    "2001:db8:0:1::/64 2001:db8:0:2::/63" },
	{ "2001:db8::8000:0:0:0", "2001:db8:0:1:7fff:ffff:ffff:ffff",
	    "2001:db8:0:0:8000::/65 2001:db8:0:1::/65" },
	{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe",
	    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127" },
};

START_TEST(splits_ranges)
{
	struct mk_net first = net_of(ranges[_i].first);
	struct mk_net last = net_of(ranges[_i].last);
	struct split split = { .n = 0 };
	char text[4096];
	size_t len = 0, i;

	ck_assert_int_eq(mk_range_split(first.family, first.first, last.first,
	    put, &split), 0);
	for (i = 0; i < split.n; i++) {
		if (i > 0)
			text[len++] = ' ';
		len += mk_net_format(text + len, &split.nets[i]);
	}
	ck_assert_str_eq(text, ranges[_i].nets);
}
END_TEST

/* Each begins where the last one ended, and none could be wider. */
static void
check_split(const struct split *split, struct mk_addr first,
    struct mk_addr last)
{
	struct mk_addr next = first, end = first;
	struct mk_net wider;
	size_t i;

	for (i = 0; i < split->n; i++) {
		if (mk_addr_compare(&split->nets[i].first, &next) != 0)
			ck_abort_msg("a gap");
		end = mk_net_last(&split->nets[i]);
		next.lo = end.lo + 1;
		next.hi = end.hi + (next.lo == 0);
		wider = split->nets[i];
		if (wider.len == 0)
			continue;
		wider.len--;
		wider = mk_net_masked(wider);
		end = mk_net_last(&wider);
		if (mk_addr_compare(&wider.first, &first) >= 0 &&
		    mk_addr_compare(&end, &last) <= 0)
			ck_abort_msg("not the fewest");
		end = mk_net_last(&split->nets[i]);
	}
	if (split->n == 0 || mk_addr_compare(&end, &last) != 0)
		ck_abort_msg("does not end with the range");
}

START_TEST(splits_any_range_into_the_fewest)
{
	struct mk_addr first, last, swap;
	struct split split;
	struct mk_net net;
	uint64_t sum;
	size_t n;
	int i;

	for (i = 0; i < 20000; i++) {
		net = random_net();
		first = net.first;
		last = random64() % 2 == 0 ? mk_net_last(&net) : first;
		last.lo ^= random64() >> 32 >> random64() % 32;
		if (net.family == MK_V6 && random64() % 2 == 0)
			last.hi ^= random64() >> random64() % 64;
		if (mk_addr_compare(&first, &last) > 0) {
			swap = first;
			first = last;
			last = swap;
		}
		split = (struct split){ .n = 0 };
		if (mk_range_split(net.family, first, last, put, &split) != 0)
			ck_abort_msg("failed");
		check_split(&split, first, last);
		if (net.family == MK_V6)
			continue;
		for (n = 0, sum = 0; n < split.n; n++)
			sum += UINT64_C(1) << (32 - split.nets[n].len);
		if (sum != last.lo - first.lo + 1)
			ck_abort_msg("another sum");
	}
}
END_TEST

START_TEST(stops_splitting_when_told_to)
{
	struct split split = { .stop_at = 2 };

	ck_assert_int_eq(mk_range_split(MK_V4, (struct mk_addr){ 0, 1 },
	    (struct mk_addr){ 0, 8 }, put, &split), -1);
	ck_assert_uint_eq(split.n, 2);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("net");
	TCase *tc = tcase_create("net");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, takes_nets, 0, COUNT(nets));
	tcase_add_loop_test(tc, refuses_nets, 0, COUNT(bad_nets));
	tcase_add_test(tc, refuses_nul_bytes);
	tcase_add_test(tc, agrees_with_inet_pton);
	tcase_add_test(tc, writes_what_it_reads_back);
	tcase_add_loop_test(tc, refuses_keys, 0, COUNT(bad_keys));
	tcase_add_loop_test(tc, knows_the_first_and_the_last_address, 0,
	    COUNT(lasts));
	tcase_add_loop_test(tc, tells_what_contains_what, 0, COUNT(pairs));
	tcase_add_test(tc, orders_addresses);
	tcase_add_loop_test(tc, splits_ranges, 0, COUNT(ranges));
	tcase_add_test(tc, splits_any_range_into_the_fewest);
	tcase_add_test(tc, stops_splitting_when_told_to);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
