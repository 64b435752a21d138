/* blacklist/set: the same addresses with the fewest prefixes. */
#include <stdio.h>
#include <string.h>

#include "blacklist/lengths.h"
#include "blacklist/set.h"
#include "unit.h"

#define COUNT(v)	((int)(sizeof(v) / sizeof *(v)))
#define CELLS		65536
#define ROUNDS		100
#define MANY		1000000

static struct mk_netlist entries;
static struct mk_origins origins;
static struct mk_set set, spare;
static uint32_t feed[2];
static uint64_t state;

static void
setup(void)
{
	uint32_t file;

	ck_assert_int_eq(mk_origin_feed(&origins, "a", &feed[0]), 0);
	ck_assert_int_eq(mk_origin_feed(&origins, "b", &feed[1]), 0);
	ck_assert_int_eq(mk_origin_file(&origins, "f", &file), 0);
}

static void
teardown(void)
{
	mk_netlist_free(&entries);
	mk_set_free(&set);
	mk_set_free(&spare);
	mk_origins_free(&origins);
}

/* The same numbers in each run: a fault is to come again. */
static uint32_t
draw(uint32_t below)
{
	state = state * UINT64_C(6364136223846793005) +
	    UINT64_C(1442695040888963407);
	return (uint32_t)(state >> 33) % below;
}

static uint32_t
origin(const char *reason, uint32_t of)
{
	uint32_t number;

	ck_assert_int_eq(mk_origin_add(&origins, of, 0, reason,
	    strlen(reason), 0, &number), 0);
	return number;
}

static void
add(const struct mk_net *net, uint32_t number, uint32_t line)
{
	if (mk_netlist_add(&entries, net, number, line) == -1)
		ck_abort();		/* an assertion is a system call */
}

static struct mk_net
parse(const char *text)
{
	struct mk_net net;
	const char *why = "";

	ck_assert_msg(mk_net_parse(text, strlen(text), &net, &why) ==
	    MK_NET_OK, "%s: %s", text, why);
	return net;
}

/* What was added becomes TO. */
static void
merge(struct mk_set *to)
{
	ck_assert_int_eq(mk_netlist_sort(&entries), 0);
	ck_assert_int_eq(mk_set_merge(to, &entries, &origins), 0);
	mk_netlist_free(&entries);
}

/* The words of TEXT. */
static void
make(struct mk_set *to, const char *text)
{
	char words[512], *rest = words, *word;
	struct mk_net net;
	uint32_t line = 1;

	snprintf(words, sizeof words, "%s", text);
	while ((word = strtok_r(rest, " ", &rest)) != NULL) {
		net = parse(word);
		add(&net, origin("", feed[0]), line++);
	}
	merge(to);
}

static void
is(const struct mk_set *is, const char *text)
{
	char all[4096] = "", one[MK_NET_TEXT];
	struct mk_cursor cursor;
	struct mk_net net;
	uint32_t number;

	mk_cursor_start(&cursor, is, NULL);
	while (mk_cursor_next(&cursor, &net, &number)) {
		mk_net_format(one, &net);
		if (all[0] != '\0')
			strcat(all, " ");
		strcat(all, one);
	}
	ck_assert_str_eq(all, text);
}

static const struct { const char *in, *out; } merges[] = {
	{ "",				"" },
	{ "0.0.0.0/0",			"0.0.0.0/0" },
	{ "128.0.0.0/1 0.0.0.0/1",	"0.0.0.0/0" },
	{ "0.0.0.0/0 1.2.3.4 255.255.255.255", "0.0.0.0/0" },
	{ "8000::/1 ::/1",		"::/0" },
	{ "::/0 ::1 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::/0" },
	{ "::/0 0.0.0.0/0",		"0.0.0.0/0 ::/0" },
	{ "192.0.2.1",			"192.0.2.1/32" },
	{ "255.255.255.255 255.255.255.254", "255.255.255.254/31" },
	{ "0.0.0.0 255.255.255.255",	"0.0.0.0/32 255.255.255.255/32" },
	{ "10.0.1.0/24 10.0.0.128/25 10.0.0.0/25", "10.0.0.0/23" },
	{ "10.0.1.0/24 10.0.2.0/24",	"10.0.1.0/24 10.0.2.0/24" },
	{ "10.0.0.0/24 10.0.1.0/25",	"10.0.0.0/24 10.0.1.0/25" },
	{ "10.0.0.7 10.0.0.0/8 10.0.0.0/9 10.255.255.255", "10.0.0.0/8" },
	{ "127.255.255.255 128.0.0.0",	"127.255.255.255/32 128.0.0.0/32" },
	{ "2001:db8:0:1::/64 2001:db8::/64", "2001:db8::/63" },
	{ "2001:db8::/65 2001:db8:0:0:8000::/65", "2001:db8::/64" },
	{ "2001:db8::1 2001:db8::",	"2001:db8::/127" },
	{ "2001:db8::ffff:ffff:ffff:ffff 2001:db8:0:1::",
	    "2001:db8::ffff:ffff:ffff:ffff/128 2001:db8:0:1::/128" },
	{ "2001:db8::/32 2001:db8:ffff::/64 2001:db8::/66",
	    "2001:db8::/32" },
};

START_TEST(merged_is_smallest)
{
	make(&set, merges[_i].in);
	is(&set, merges[_i].out);
}
END_TEST

static const struct {
	const char *set, *spare, *rest;
	size_t spared;
} differences[] = {
	{ "", "10.0.0.0/8", "", 0 },
	{ "10.0.0.0/8", "", "10.0.0.0/8", 0 },
	{ "10.0.0.0/24", "10.0.1.0/24", "10.0.0.0/24", 0 },
	{ "10.0.0.0/24", "10.0.0.0/24", "", 1 },
	{ "10.0.0.0/24 10.0.2.0/24 11.0.0.0/8", "10.0.0.0/8",
	    "11.0.0.0/8", 2 },
	{ "10.0.0.0/24 10.0.2.0/24 10.0.4.0/24", "10.0.1.0/24 10.0.3.0/24",
	    "10.0.0.0/24 10.0.2.0/24 10.0.4.0/24", 0 },
	{ "10.0.0.0/30", "10.0.0.1", "10.0.0.0/32 10.0.0.2/31", 1 },
	{ "10.0.0.0/30", "10.0.0.0 10.0.0.3", "10.0.0.1/32 10.0.0.2/32", 1 },
	{ "0.0.0.0/0", "0.0.0.0/0", "", 1 },
	{ "0.0.0.0/0", "::/0", "0.0.0.0/0", 0 },
	{ "0.0.0.0/0", "128.0.0.0/1", "0.0.0.0/1", 1 },
	{ "0.0.0.0/0", "0.0.0.0/8 255.0.0.0/8", "1.0.0.0/8 2.0.0.0/7 "
	    "4.0.0.0/6 8.0.0.0/5 16.0.0.0/4 32.0.0.0/3 64.0.0.0/2 "
	    "128.0.0.0/2 192.0.0.0/3 224.0.0.0/4 240.0.0.0/5 248.0.0.0/6 "
	    "252.0.0.0/7 254.0.0.0/8", 1 },
	{ "::/0", "::/0", "", 1 },
	{ "::/0", "::/1", "8000::/1", 1 },
	{ "::/0 1.1.1.1", "8000::/2 1.1.1.1", "::/1 c000::/2", 2 },
	{ "2001:db8::/63", "2001:db8:0:1::/64", "2001:db8::/64", 1 },
	{ "2001:db8::/64", "2001:db8::/66",
	    "2001:db8:0:0:4000::/66 2001:db8:0:0:8000::/65", 1 },
	{ "2001:db8::/63", "2001:db8::ffff:ffff:ffff:fffe/127 "
	    "2001:db8:0:1::/65", "2001:db8::/65 2001:db8:0:0:8000::/66 "
	    "2001:db8:0:0:c000::/67 2001:db8:0:0:e000::/68 "
	    "2001:db8:0:0:f000::/69 2001:db8:0:0:f800::/70 ...", 1 },
};

START_TEST(difference_is_what_is_left)
{
	const char *rest = differences[_i].rest;
	size_t spared = 77;

	make(&set, differences[_i].set);
	make(&spare, differences[_i].spare);
	ck_assert_int_eq(mk_set_subtract(&set, &spare, &spared), 0);
	ck_assert_uint_eq(spared, differences[_i].spared);
	if (strstr(rest, "...") != NULL) {
		/* 63 parts before the two addresses, and the half behind. */
		ck_assert_uint_eq(mk_set_size(&set), 63 + 1);
		return;
	}
	is(&set, rest);
}
END_TEST

/*
 * A part of an address space with 2^16 cells: prefixes there are from .len to
 * .len + 16 bits long, and a bit for each cell says what is in a set.
 */
static const struct space { const char *all; } spaces[] = {
	{ "0.0.0.0/0" }, { "10.0.0.0/16" }, { "255.255.0.0/16" },
	{ "::/0" }, { "2001:db8::/48" }, { "2001:db8:0:ff00::/56" },
	{ "2001:db8:0:1::/64" }, { "ffff::/112" },
};
static struct mk_net all;
static unsigned shift;			/* a cell's addresses, as bits */
static bool cells[CELLS], spared[CELLS];

static void
enter(int i)
{
	all = parse(spaces[i % COUNT(spaces)].all);
	shift = mk_family_bits(all.family) - all.len - 16;
	state = (uint64_t)i;
	memset(cells, 0, sizeof cells);
	memset(spared, 0, sizeof spared);
}

static struct mk_net
net_of(uint64_t cell, unsigned bits)
{
	struct mk_net net = all;

	net.len = (uint8_t)(all.len + bits);
	if (shift >= 64) {
		net.first.hi |= cell << (shift - 64);
	} else {
		net.first.lo |= cell << shift;
		if (shift > 48)
			net.first.hi |= cell >> (64 - shift);
	}
	return mk_net_masked(net);
}

static uint32_t
cell_of(const struct mk_net *net)
{
	uint64_t cell;

	if (shift >= 64)
		cell = net->first.hi >> (shift - 64);
	else if (shift > 0)
		cell = net->first.lo >> shift | net->first.hi << (64 - shift);
	else
		cell = net->first.lo;
	return (uint32_t)cell & (CELLS - 1);
}

static uint32_t
cells_of(const struct mk_net *net)
{
	return UINT32_C(1) << (all.len + 16 - net->len);
}

/* N prefixes, few of them wide, into MARKS and the entries. */
static void
scatter(bool marks[CELLS], uint32_t n)
{
	uint32_t i, at, end, numbers[4] = { origin("", feed[0]),
	    origin("x", feed[0]), origin("y", feed[1]), origin("", feed[1]) };
	struct mk_net net;

	for (i = 0; i < n; i++) {
		net = net_of(draw(CELLS), 16 - draw(1 + draw(1 + draw(14))));
		add(&net, numbers[draw(4)], 1 + draw(5));
		at = cell_of(&net);
		for (end = at + cells_of(&net); at < end; at++)
			marks[at] = true;
	}
}

/*
 * SET is what MARKS say, in ascending order, and could not be smaller.  One
 * ck_assert for all cells, as each is a system call.
 */
static void
holds(const struct mk_set *is, const bool marks[CELLS])
{
	static bool seen[CELLS];
	uint32_t first, n, before = 0, before_n = 0, end = 0;
	bool ordered = true, smallest = true;
	struct mk_net net;
	size_t i;

	memset(seen, 0, sizeof seen);
	for (i = 0; i < mk_set_count(is, all.family); i++) {
		mk_set_get(is, all.family, i, &net);
		first = cell_of(&net);
		n = cells_of(&net);
		ordered = ordered && mk_net_contains(&all, &net) &&
		    first >= end;
		smallest = smallest && (n != before_n ||
		    (first ^ before) != n);
		before = first;
		before_n = n;
		end = first + n;
		memset(seen + first, true, n);
	}
	ck_assert_uint_eq(i, mk_set_size(is));
	ck_assert(ordered);
	ck_assert(smallest);
	ck_assert_mem_eq(seen, marks, CELLS);
}

static uint32_t
some(void)
{
	static const uint32_t amounts[] = { 1, 10, 100, 1000, 20000 };

	return 1 + draw(amounts[draw(COUNT(amounts))]);
}

START_TEST(merged_has_the_same_addresses)
{
	uint64_t sum = 0, unit;
	struct mk_set again = { 0 };
	struct mk_net net;
	uint32_t number;
	size_t i;

	enter(_i);
	scatter(cells, some());
	merge(&set);
	holds(&set, cells);
	for (i = 0; i < mk_set_size(&set); i++) {
		number = mk_set_get(&set, all.family, i, &net);
		add(&net, number, 1);
	}
	merge(&again);
	holds(&again, cells);
	ck_assert_uint_eq(mk_set_size(&again), mk_set_size(&set));
	for (i = 0; i < mk_set_size(&set); i++)
		if (mk_set_get(&again, all.family, i, &net) !=
		    mk_set_get(&set, all.family, i, &net))
			ck_abort_msg("prefix %zu", i);
	mk_set_free(&again);

	for (i = 0; i < CELLS; i++)
		sum += cells[i];
	unit = all.family == MK_V4 ? UINT64_C(1) << shift :
	    shift >= 64 ? UINT64_C(1) << (shift - 64) : 0;
	if (unit > 0 && sum < CELLS)
		ck_assert_uint_eq(mk_set_addresses(&set, all.family),
		    unit * sum);
}
END_TEST

START_TEST(difference_has_the_others_addresses)
{
	struct mk_set whole = { 0 }, nothing = { 0 };
	uint64_t counts[MK_FAMILIES][129] = { { 0 } };
	size_t n = 0, i, touched = 0, lost;
	struct mk_net net;
	uint32_t at, end;

	enter(_i);
	scatter(cells, some());
	merge(&set);
	scatter(spared, some());
	merge(&spare);
	ck_assert_int_eq(mk_set_difference(&whole, &set, &nothing, NULL), 0);
	ck_assert_int_eq(mk_set_subtract(&set, &spare, &lost), 0);
	for (i = 0; i < mk_set_size(&whole); i++) {
		mk_set_get(&whole, all.family, i, &net);
		at = cell_of(&net);
		for (end = at + cells_of(&net); at < end; at++)
			if (spared[at])
				break;
		touched += at < end;
	}
	ck_assert_uint_eq(lost, touched);
	holds(&whole, cells);
	for (i = 0; i < CELLS; i++)
		cells[i] = cells[i] && !spared[i];
	holds(&set, cells);
	holds(&spare, spared);

	/* What is taken away twice, or from what is not there, is nothing. */
	ck_assert_int_eq(mk_set_subtract(&set, &spare, &lost), 0);
	ck_assert_uint_eq(lost, 0);
	holds(&set, cells);
	mk_set_histogram(&set, counts);
	for (i = 0; i < 129; i++)
		n += counts[all.family][i];
	ck_assert_uint_eq(n, mk_set_size(&set));
	ck_assert_int_eq(mk_set_subtract(&set, &whole, NULL), 0);
	ck_assert_uint_eq(mk_set_size(&set), 0);
	mk_set_free(&whole);
}
END_TEST

/* As between two runs: most is in both, in long and short rows. */
START_TEST(difference_of_near_twins_is_both_ways_what_differs)
{
	static bool rest[CELLS];
	struct mk_set gone = { 0 }, come = { 0 };
	size_t lost, left, i;
	uint32_t changes;

	enter(_i);
	scatter(cells, some());
	merge(&set);
	memcpy(spared, cells, sizeof spared);
	for (changes = draw(50); changes > 0; changes--)
		spared[draw(CELLS)] ^= true;
	for (i = 0; i < CELLS; i++)
		if (spared[i]) {
			struct mk_net net = net_of(i, 16);

			add(&net, origin("", feed[0]), 1);
		}
	merge(&spare);

	ck_assert_int_eq(mk_set_difference(&gone, &set, &spare, &lost), 0);
	for (i = 0; i < CELLS; i++)
		rest[i] = cells[i] && !spared[i];
	holds(&gone, rest);
	ck_assert_uint_le(lost, mk_set_size(&set));
	ck_assert_int_eq(mk_set_difference(&come, &spare, &set, &left), 0);
	for (i = 0; i < CELLS; i++)
		rest[i] = spared[i] && !cells[i];
	holds(&come, rest);
	holds(&set, cells);
	holds(&spare, spared);
	mk_set_free(&gone);
	mk_set_free(&come);

	ck_assert_int_eq(mk_set_difference(&gone, &set, &set, &lost), 0);
	ck_assert_uint_eq(mk_set_size(&gone), 0);
	ck_assert_uint_eq(lost, mk_set_size(&set));
	mk_set_free(&gone);
}
END_TEST

START_TEST(found_is_what_covers)
{
	struct mk_net net, found;
	uint32_t number, i, cell;

	enter(_i);
	scatter(cells, some());
	merge(&set);
	for (i = 0; i < 2000; i++) {
		cell = i == 0 ? 0 : i == 1 ? CELLS - 1 : draw(CELLS);
		net = net_of(cell, 16);
		if (i % 2 == 0)
			net.first = mk_net_last(&net);
		net.len = (uint8_t)mk_family_bits(net.family);
		if (mk_set_find(&set, &net, &found, &number) != cells[cell])
			ck_abort_msg("cell %u", cell);
		if (cells[cell] && (!mk_net_contains(&found, &net) ||
		    number >= origins.n))
			ck_abort_msg("cell %u by another prefix", cell);
	}
	net.family = net.family == MK_V4 ? MK_V6 : MK_V4;
	ck_assert(!mk_set_find(&set, &net, &found, &number));
}
END_TEST

static int
by_rule(const void *a, const void *b)
{
	const struct mk_entry6 *x = a, *y = b;
	uint64_t p[] = { x->hi, x->lo, MK_TAG_LEN(x->tag),
	    MK_TAG_ORIGIN(x->tag), x->line };
	uint64_t q[] = { y->hi, y->lo, MK_TAG_LEN(y->tag),
	    MK_TAG_ORIGIN(y->tag), y->line };
	int i;

	for (i = 0; i < COUNT(p) - 1 && p[i] == q[i]; i++)
		;
	return p[i] < q[i] ? -1 : p[i] > q[i];
}

/* Entry I of the sorted ones, as if it were IPv6. */
static struct mk_entry6
sorted(size_t i)
{
	struct mk_entry6 x = { 0 };

	if (entries.v6_n > 0)
		return entries.v6[i];
	x.lo = entries.v4[i].first;
	x.tag = entries.v4[i].tag;
	x.line = entries.v4[i].line;
	return x;
}

/* Few and many of each address; twice, as what is sorted stays sorted. */
START_TEST(entries_are_sorted_by_rule)
{
	uint32_t n = some(), addresses, i, round;
	struct mk_entry6 *want, x;
	struct mk_net net;

	enter(_i);
	addresses = 1 + draw(some());
	want = calloc(n, sizeof *want);
	ck_assert_ptr_nonnull(want);
	for (i = 0; i < n; i++) {
		net = net_of(draw(addresses), draw(17));
		x = (struct mk_entry6){ net.first.hi, net.first.lo,
		    MK_TAG(draw(1 + draw(1 << 24)), net.len),
		    draw(1 + draw(UINT32_C(1) << 31)) * 2 + 1 };
		want[i] = x;
		add(&net, MK_TAG_ORIGIN(x.tag), x.line);
	}
	qsort(want, n, sizeof *want, by_rule);
	for (round = 0; round < 2; round++) {
		ck_assert_int_eq(mk_netlist_sort(&entries), 0);
		ck_assert_uint_eq(entries.v4_n + entries.v6_n, n);
		for (i = 0; i < n; i++) {
			x = sorted(i);
			if (by_rule(&x, &want[i]) != 0)
				ck_abort_msg("entry %u of %u", i, n);
		}
	}
	free(want);
}
END_TEST

static const char *const singles[] = { "192.0.2.1", "2001:db8::1" };

START_TEST(equal_lines_are_one)
{
	struct mk_net net = parse(singles[_i % 2]), found;
	uint32_t first = origin("", feed[0]), second = origin("", feed[1]), i;

	for (i = 0; i < MANY; i++)	/* in the worst order, too */
		add(&net, _i < 2 || i == MANY / 2 ? first : second,
		    _i < 4 ? MANY - i : 1);
	merge(&set);
	ck_assert_uint_eq(mk_set_size(&set), 1);
	ck_assert_uint_eq(mk_set_get(&set, net.family, 0, &found), first);
	ck_assert(mk_net_contains(&found, &net) && found.len == net.len);
}
END_TEST

START_TEST(widest_says_why_and_the_first_of_equals)
{
	uint32_t a = origin("", feed[0]), ax = origin("x", feed[0]);
	uint32_t b = origin("", feed[1]), number;
	struct mk_net net;
	int i;

	const struct { const char *net; uint32_t origin, line; } lines[] = {
		{ "10.0.0.0/9", ax, 1 }, { "10.0.0.0/8", b, 9 },
		{ "11.0.0.0/8", b, 1 }, { "11.0.0.0/8", ax, 2 },
		{ "20.0.0.0/8", b, 1 }, { "20.0.0.0/8", a, 2 },
		{ "30.0.0.0/8", a, 1 }, { "31.0.0.0/8", ax, 2 },
		{ "::/1", b, 1 }, { "8000::/1", ax, 1 },
	};
	const struct { const char *net, *text; } want[] = {
		{ "10.0.0.0/7", "a, b" }, { "20.0.0.0/8", "a" },
		{ "30.0.0.0/7", "a" }, { "::/0", "a, b" },
	};

	for (i = 0; i < COUNT(lines); i++) {
		net = parse(lines[i].net);
		add(&net, lines[i].origin, lines[i].line);
	}
	merge(&set);
	is(&set, "10.0.0.0/7 20.0.0.0/8 30.0.0.0/7 ::/0");
	for (i = 0; i < COUNT(want); i++) {
		net = parse(want[i].net);
		ck_assert(mk_set_find(&set, &net, &net, &number));
		ck_assert_str_eq(origins.v[number].text, want[i].text);
	}

	/* A part has the origin of the whole. */
	make(&spare, "10.0.0.0/9 20.0.0.0/9");
	ck_assert_int_eq(mk_set_subtract(&set, &spare, NULL), 0);
	is(&set, "10.128.0.0/9 11.0.0.0/8 20.128.0.0/9 30.0.0.0/7 ::/0");
	net = parse("11.2.3.4");
	ck_assert(mk_set_find(&set, &net, &net, &number));
	ck_assert_str_eq(origins.v[number].text, "a, b");
}
END_TEST

/* All there is without some thousand addresses. */
static const char *const wholes[] = { "0.0.0.0/0", "::/0" };

START_TEST(whole_space_can_be_riddled)
{
	struct mk_net whole = parse(wholes[_i]), net = whole, found;
	uint32_t number, i;
	size_t n, lost;

	make(&set, wholes[_i]);
	net.len = (uint8_t)mk_family_bits(net.family);
	for (i = 0; i < 5000; i++) {
		net.first.lo = (uint64_t)draw(1 << 30) << 2 | draw(4);
		if (_i == 1) {
			net.first.lo |= net.first.lo << 32;
			net.first.hi = net.first.lo * 77;
		}
		add(&net, 0, 1);
	}
	merge(&spare);
	ck_assert_int_eq(mk_set_subtract(&set, &spare, &lost), 0);
	ck_assert_uint_eq(lost, 1);
	if (_i == 0)
		ck_assert_uint_eq(mk_set_addresses(&set, MK_V4),
		    (UINT64_C(1) << 32) - mk_set_addresses(&spare, MK_V4));
	n = mk_set_size(&spare);
	for (i = 0; i < n; i++) {
		mk_set_get(&spare, whole.family, i, &net);
		if (mk_set_find(&set, &net, &found, &number))
			ck_abort_msg("prefix %u", i);
		net.first = mk_net_last(&net);
		net.first.lo++;		/* spared or not: no gap else */
		if (mk_set_find(&set, &net, &found, &number) ==
		    mk_set_find(&spare, &net, &found, &number))
			ck_abort_msg("behind prefix %u", i);
	}

	/* Both together are all again. */
	for (i = 0; i < mk_set_size(&set); i++) {
		number = mk_set_get(&set, whole.family, i, &net);
		add(&net, number, 1);
	}
	for (i = 0; i < n; i++) {
		number = mk_set_get(&spare, whole.family, i, &net);
		add(&net, number, 1);
	}
	mk_set_free(&set);
	merge(&set);
	is(&set, wholes[_i]);
}
END_TEST

static const struct {
	const char *in;
	uint64_t v4, v6;
} amounts[] = {
	{ "", 0, 0 },
	{ "0.0.0.0/0 ::/0", UINT64_C(1) << 32, UINT64_MAX },
	{ "0.0.0.0/0 ::/1", UINT64_C(1) << 32, UINT64_C(1) << 63 },
	{ "10.0.0.0/8 10.1.0.0/16 192.0.2.1 2001:db8::/32",
	    (1 << 24) + 1, UINT64_C(1) << 32 },
	{ "2001:db8::/64", 0, 1 },
	{ "2001:db8::/63 2001:db8:0:8::1 2001:db8:0:8::/127", 0, 3 },
	{ "::/1 8000::/2 c000::/3 e000::/4 ::1", 0,
	    UINT64_C(15) << 60 },
};

START_TEST(addresses_are_counted)
{
	make(&set, amounts[_i].in);
	ck_assert_uint_eq(mk_set_addresses(&set, MK_V4), amounts[_i].v4);
	ck_assert_uint_eq(mk_set_addresses(&set, MK_V6), amounts[_i].v6);
}
END_TEST

START_TEST(histogram_is_added_to)
{
	uint64_t counts[MK_FAMILIES][129] = { { 0 } };

	make(&set, "0.0.0.0/1 128.0.0.1 128.0.0.3 ::/0");
	mk_set_histogram(&set, counts);
	mk_set_histogram(&set, counts);
	ck_assert_uint_eq(counts[MK_V4][1], 2);
	ck_assert_uint_eq(counts[MK_V4][32], 4);
	ck_assert_uint_eq(counts[MK_V6][0], 2);
	ck_assert_uint_eq(counts[MK_V6][128], 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("blacklist/set");
	TCase *tc = tcase_create("set");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, merged_is_smallest, 0, COUNT(merges));
	tcase_add_loop_test(tc, difference_is_what_is_left, 0,
	    COUNT(differences));
	tcase_add_loop_test(tc, merged_has_the_same_addresses, 0, ROUNDS);
	tcase_add_loop_test(tc, difference_has_the_others_addresses, 0,
	    ROUNDS);
	tcase_add_loop_test(tc,
	    difference_of_near_twins_is_both_ways_what_differs, 0, ROUNDS);
	tcase_add_loop_test(tc, found_is_what_covers, 0, ROUNDS);
	tcase_add_loop_test(tc, entries_are_sorted_by_rule, 0, ROUNDS);
	tcase_add_loop_test(tc, equal_lines_are_one, 0, 6);
	tcase_add_test(tc, widest_says_why_and_the_first_of_equals);
	tcase_add_loop_test(tc, whole_space_can_be_riddled, 0,
	    COUNT(wholes));
	tcase_add_loop_test(tc, addresses_are_counted, 0, COUNT(amounts));
	tcase_add_test(tc, histogram_is_added_to);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
