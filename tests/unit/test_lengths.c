/* blacklist/lengths: few lengths, and of these the cheapest. */
#include <string.h>

#include "blacklist/lengths.h"
#include "unit.h"

#define COUNT(v)	((int)(sizeof(v) / sizeof *(v)))
#define LENGTHS		129
#define NO_LIMIT	UINT64_MAX
#define CANDIDATES	9
#define ROUNDS		200
#define NONE		UINT64_MAX	/* that cannot be */

static uint64_t counts[MK_FAMILIES][LENGTHS];
static struct mk_lengths lengths;
static struct mk_error err;
static uint64_t state;

static void
setup(void)
{
	memset(counts, 0, sizeof counts);
	memset(&lengths, 0xff, sizeof lengths);
	err.text[0] = '\0';
}

/* The same numbers in each run: a fault is to come again. */
static uint32_t
draw(uint32_t below)
{
	state = state * UINT64_C(6364136223846793005) +
	    UINT64_C(1442695040888963407);
	return (uint32_t)(state >> 33) % below;
}

struct row {
	uint8_t family, len;
	uint64_t n;
};

static const struct {
	unsigned max;
	uint64_t entries;		/* NONE: it fails */
	unsigned n;
	uint8_t v[4];
	struct row rows[5];
} choices[] = {
	{ 1, 0, 0, { 0 }, { { 0 } } },
	{ 1, 5, 1, { 24 }, { { MK_V4, 24, 5 } } },
	{ 129, 5, 1, { 24 }, { { MK_V4, 24, 5 } } },
	{ 2, 11, 2, { 24, 32 }, { { MK_V4, 24, 1 }, { MK_V4, 32, 10 } } },
	{ 1, 266, 1, { 32 }, { { MK_V4, 24, 1 }, { MK_V4, 32, 10 } } },
	/* Between the two, what costs less. */
	{ 2, 36, 2, { 24, 32 }, { { MK_V4, 23, 3 }, { MK_V4, 24, 20 },
	    { MK_V4, 32, 10 } } },
	{ 2, 48, 2, { 23, 32 }, { { MK_V4, 23, 30 }, { MK_V4, 31, 4 },
	    { MK_V4, 32, 10 } } },
	/* An item serves both families. */
	{ 1, 9, 1, { 32 }, { { MK_V4, 32, 4 }, { MK_V6, 32, 5 } } },
	{ 1, 14, 1, { 32 }, { { MK_V4, 32, 4 }, { MK_V6, 31, 5 } } },
	{ 2, 9, 2, { 31, 32 }, { { MK_V4, 32, 4 }, { MK_V6, 31, 5 } } },
	/* IPv4 ends at 32. */
	{ 1, NONE, 0, { 0 }, { { MK_V4, 32, 4 }, { MK_V6, 33, 5 } } },
	{ 2, 9, 2, { 32, 33 }, { { MK_V4, 32, 4 }, { MK_V6, 33, 5 } } },
	{ 2, 4 + 2 + 5, 2, { 32, 64 }, { { MK_V4, 32, 4 },
	    { MK_V6, 63, 1 }, { MK_V6, 64, 5 } } },
	{ 1, 1 + (UINT64_C(1) << 63), 1, { 64 }, { { MK_V6, 1, 1 },
	    { MK_V6, 64, 1 } } },
	/* More than can be counted. */
	{ 1, UINT64_MAX - 1, 1, { 64 }, { { MK_V6, 0, 1 },
	    { MK_V6, 64, 1 } } },
	{ 1, UINT64_MAX - 1, 1, { 128 }, { { MK_V6, 0, 1 },
	    { MK_V6, 64, 9 }, { MK_V6, 128, 1 } } },
	{ 2, 11, 2, { 0, 128 }, { { MK_V4, 0, 1 }, { MK_V6, 0, 1 },
	    { MK_V6, 128, 9 } } },
	{ 1, (UINT64_C(1) << 32) + 1, 1, { 32 }, { { MK_V4, 0, 1 },
	    { MK_V6, 32, 1 } } },
	{ 1, 2, 1, { 0 }, { { MK_V4, 0, 1 }, { MK_V6, 0, 1 } } },
	/* What costs the same takes fewer lengths: unused ones cost none. */
	{ 4, 7, 2, { 8, 9 }, { { MK_V4, 8, 3 }, { MK_V4, 9, 4 } } },
};

START_TEST(choice_is_the_cheapest)
{
	const struct row *row;
	int rv;

	for (row = choices[_i].rows; row->n > 0; row++)
		counts[row->family][row->len] = row->n;
	rv = mk_lengths_choose(&lengths, counts, choices[_i].max, NO_LIMIT,
	    &err);
	if (choices[_i].entries == NONE) {
		ck_assert_int_eq(rv, -1);
		ck_assert_int_eq(err.status, EX_DATAERR);
		ck_assert_str_eq(err.text, "too few: IPv4 prefixes cannot be "
		    "split to the IPv6 prefixes' length 33; it takes 2");
		return;
	}
	ck_assert_msg(rv == 0, "%s", err.text);
	ck_assert_uint_eq(lengths.entries, choices[_i].entries);
	ck_assert_uint_eq(lengths.n, choices[_i].n);
	ck_assert_mem_eq(lengths.v, choices[_i].v, lengths.n);
}
END_TEST

/* What the lengths of V in the set of bits CHOSEN make of the counts, all of
 * which are of lengths of V. */
static uint64_t
cost(const uint8_t *v, int n, unsigned chosen)
{
	uint64_t sum = 0;
	int at, i;

	for (at = 0; at < n; at++) {
		if (counts[MK_V4][v[at]] + counts[MK_V6][v[at]] == 0)
			continue;
		for (i = at; i < n; i++)
			if ((chosen >> i & 1) != 0)
				break;
		if (i == n || (v[i] > 32 && counts[MK_V4][v[at]] > 0))
			return NONE;
		sum += (counts[MK_V4][v[at]] + counts[MK_V6][v[at]]) <<
		    (v[i] - v[at]);
	}
	return sum;
}

/* What the choice says of itself is so. */
static void
is_consistent(void)
{
	bool used[LENGTHS] = { false };
	uint64_t sum = 0;
	unsigned len, to, i;
	int family;

	for (family = 0; family < MK_FAMILIES; family++)
		for (len = 0; len < LENGTHS; len++) {
			to = lengths.to[family][len];
			if (to < len || to >= LENGTHS ||
			    (family == MK_V4 && to > 32 && to != len))
				ck_abort_msg("/%u becomes /%u", len, to);
			if (counts[family][len] == 0)
				continue;
			used[to] = true;
			sum += counts[family][len] << (to - len);
		}
	for (len = i = 0; len < LENGTHS; len++)
		if (used[len] && (i == lengths.n || lengths.v[i++] != len))
			ck_abort_msg("/%u is in use", len);
	ck_assert_uint_eq(i, lengths.n);
	ck_assert_uint_eq(sum, lengths.entries);
}

/* All subsets of some lengths, in use or not, are tried. */
START_TEST(no_subset_is_cheaper)
{
	uint8_t v[CANDIDATES];
	uint64_t best[CANDIDATES + 1], all;
	unsigned chosen, size, max, from, i;

	state = (uint64_t)_i;
	from = 20 + draw(10);
	for (i = 0; i < CANDIDATES; i++) {
		v[i] = (uint8_t)from;
		from += 1 + draw(3);
		if (draw(3) > 0 && v[i] <= 32)
			counts[MK_V4][v[i]] = draw(1 + draw(1000));
		if (draw(3) > 0)
			counts[MK_V6][v[i]] = draw(1 + draw(1000));
	}
	for (i = 0; i <= CANDIDATES; i++)
		best[i] = NONE;
	for (chosen = 1; chosen < 1U << CANDIDATES; chosen++) {
		all = cost(v, CANDIDATES, chosen);
		for (size = i = 0; i < CANDIDATES; i++)
			size += chosen >> i & 1;
		for (i = size; i <= CANDIDATES; i++)
			if (all < best[i])
				best[i] = all;
	}
	for (max = 1; max <= CANDIDATES; max++) {
		if (best[max] == NONE) {
			ck_assert_int_eq(mk_lengths_choose(&lengths, counts,
			    max, NO_LIMIT, &err), -1);
			continue;
		}
		ck_assert_int_eq(mk_lengths_choose(&lengths, counts, max,
		    NO_LIMIT, &err), 0);
		ck_assert_uint_eq(lengths.entries, best[max]);
		ck_assert_uint_le(lengths.n, max);
		if (lengths.n > 1)	/* with fewer it costs more */
			ck_assert_uint_gt(best[lengths.n - 1], best[max]);
		is_consistent();
	}
}
END_TEST

START_TEST(limit_says_what_would_help)
{
	counts[MK_V4][16] = 2;
	counts[MK_V4][24] = 10;
	counts[MK_V4][32] = 100;
	ck_assert_int_eq(mk_lengths_choose(&lengths, counts, 1, 133732, &err),
	    0);
	ck_assert_int_eq(mk_lengths_choose(&lengths, counts, 1, 133731, &err),
	    -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
	ck_assert_str_eq(err.text, "133732 keys come out, and 133731 is the "
	    "limit; 2 would make 622");
	ck_assert_int_eq(mk_lengths_choose(&lengths, counts, 1, 112, &err),
	    -1);
	ck_assert_str_eq(err.text, "133732 keys come out, and 112 is the "
	    "limit; 3 would make 112");
	ck_assert_int_eq(mk_lengths_choose(&lengths, counts, 2, 111, &err),
	    -1);
	ck_assert_str_eq(err.text, "622 keys come out, and 111 is the limit; "
	    "more lengths do not help: there are 112 prefixes");
	ck_assert_int_eq(mk_lengths_choose(&lengths, counts, 129, 111, &err),
	    -1);
	ck_assert_str_eq(err.text, "112 keys come out, and 111 is the limit; "
	    "more lengths do not help: there are 112 prefixes");
}
END_TEST

START_TEST(limit_stops_what_cannot_be_counted)
{
	counts[MK_V6][0] = counts[MK_V6][128] = 1;
	ck_assert_int_eq(mk_lengths_choose(&lengths, counts, 1, 1000, &err),
	    -1);
	ck_assert_str_eq(err.text, "18446744073709551614 keys or more come "
	    "out, and 1000 is the limit; 2 would make 2");
}
END_TEST

START_TEST(all_lengths_leave_all_as_it_is)
{
	unsigned len;

	counts[MK_V4][8] = 2;
	counts[MK_V6][8] = 3;
	counts[MK_V6][128] = 4;
	mk_lengths_all(&lengths, counts);
	ck_assert_uint_eq(lengths.n, 2);
	ck_assert_uint_eq(lengths.v[0], 8);
	ck_assert_uint_eq(lengths.v[1], 128);
	ck_assert_uint_eq(lengths.entries, 9);
	for (len = 0; len < LENGTHS; len++)
		ck_assert(lengths.to[MK_V4][len] == len &&
		    lengths.to[MK_V6][len] == len);
}
END_TEST

static const struct { const char *prefix; uint8_t to; uint64_t n; } splits[] = {
	{ "0.0.0.0/0",			0, 1 },
	{ "0.0.0.0/0",			16, 65536 },
	{ "255.255.0.0/16",		32, 65536 },
	{ "255.255.255.255/32",		32, 1 },
	{ "::/0",			1, 2 },
	{ "::/0",			16, 65536 },
	{ "ffff::/16",			17, 2 },
	{ "2001:db8::/56",		72, 65536 },
	{ "2001:db8::/63",		64, 2 },
	{ "2001:db8::/64",		65, 2 },
	{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:0/112", 128, 65536 },
};

/* What comes out lies side by side, from the first address to the last. */
static uint64_t
follow(struct mk_cursor *cursor, const struct mk_net *whole, uint32_t origin)
{
	const uint8_t to = lengths.to[whole->family][whole->len];
	struct mk_addr at = whole->first, end, last = mk_net_last(whole);
	struct mk_net part;
	uint32_t number;
	uint64_t n = 0;

	do {
		if (!mk_cursor_next(cursor, &part, &number) ||
		    part.family != whole->family || part.len != to ||
		    number != origin ||
		    mk_addr_compare(&part.first, &at) != 0)
			ck_abort_msg("part %llu", (unsigned long long)n);
		n++;
		end = mk_net_last(&part);
		at = end;
		at.lo++;
		at.hi += at.lo == 0;
	} while (mk_addr_compare(&end, &last) < 0);
	if (mk_addr_compare(&end, &last) != 0)
		ck_abort_msg("runs over the end");
	return n;
}

START_TEST(prefix_is_split_without_gap)
{
	struct mk_net net, part;
	struct mk_net4 v4 = { 0 };
	struct mk_net6 v6 = { 0 };
	struct mk_set set = { .v4 = &v4, .v6 = &v6 };
	struct mk_cursor cursor;
	const char *why;
	uint32_t number;

	ck_assert_int_eq(mk_net_parse(splits[_i].prefix,
	    strlen(splits[_i].prefix), &net, &why), MK_NET_OK);
	v4.tag = v6.tag = MK_TAG(0xffffff, net.len);
	v4.first = (uint32_t)net.first.lo;
	v6.hi = net.first.hi;
	v6.lo = net.first.lo;
	set.v4_n = net.family == MK_V4;
	set.v6_n = net.family == MK_V6;
	mk_lengths_all(&lengths, counts);
	lengths.to[net.family][net.len] = splits[_i].to;
	mk_cursor_start(&cursor, &set, &lengths);
	ck_assert_uint_eq(follow(&cursor, &net, 0xffffff), splits[_i].n);
	ck_assert(!mk_cursor_next(&cursor, &part, &number));
	ck_assert(!mk_cursor_next(&cursor, &part, &number));
}
END_TEST

/* A set of both families: N prefixes each, of 8 lengths. */
static void
make(struct mk_set *set, uint32_t n)
{
	struct mk_origins origins = { 0 };
	struct mk_netlist entries = { 0 };
	struct mk_net net = { .family = MK_V4 };
	uint32_t i, number;

	ck_assert_int_eq(mk_origin_feed(&origins, "a", &number), 0);
	ck_assert_int_eq(mk_origin_add(&origins, 0, 0, "", 0, 0, &number), 0);
	for (i = 0; i < 2 * n; i++) {
		net.family = i < n ? MK_V4 : MK_V6;
		net.len = (uint8_t)((i < n ? 25 : 60) + draw(8));
		net.first.lo = (uint64_t)draw(1U << 31) << 1;
		net.first.hi = i < n ? 0 : draw(1U << 31) * UINT64_C(0x1001);
		net = mk_net_masked(net);
		if (mk_netlist_add(&entries, &net, 0, i) == -1)
			ck_abort();
	}
	ck_assert_int_eq(mk_netlist_sort(&entries), 0);
	ck_assert_int_eq(mk_set_merge(set, &entries, &origins), 0);
	mk_netlist_free(&entries);
	mk_origins_free(&origins);
}

START_TEST(cursor_yields_what_was_chosen)
{
	struct mk_set set = { 0 };
	struct mk_cursor cursor;
	struct mk_net net;
	uint64_t n = 0;
	uint32_t origin;
	unsigned max;
	int family;
	size_t i;

	state = (uint64_t)_i;
	make(&set, 1 + draw(300));
	mk_set_histogram(&set, counts);
	max = 2 + draw(10);
	ck_assert_int_eq(mk_lengths_choose(&lengths, counts, max, NO_LIMIT,
	    &err), 0);
	is_consistent();
	mk_cursor_start(&cursor, &set, &lengths);
	for (family = 0; family < MK_FAMILIES; family++)
		for (i = 0; i < mk_set_count(&set, (enum mk_family)family);
		    i++) {
			origin = mk_set_get(&set, (enum mk_family)family, i,
			    &net);
			n += follow(&cursor, &net, origin);
		}
	ck_assert(!mk_cursor_next(&cursor, &net, &origin));
	ck_assert_uint_eq(n, lengths.entries);
	mk_set_free(&set);
}
END_TEST

START_TEST(nothing_has_an_end)
{
	struct mk_set set = { 0 };
	struct mk_cursor cursor;
	struct mk_net net;
	uint32_t origin;

	mk_cursor_start(&cursor, &set, NULL);
	ck_assert(!mk_cursor_next(&cursor, &net, &origin));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("blacklist/lengths");
	TCase *tc = tcase_create("lengths");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, choice_is_the_cheapest, 0, COUNT(choices));
	tcase_add_loop_test(tc, no_subset_is_cheaper, 0, ROUNDS);
	tcase_add_test(tc, limit_says_what_would_help);
	tcase_add_test(tc, limit_stops_what_cannot_be_counted);
	tcase_add_test(tc, all_lengths_leave_all_as_it_is);
	tcase_add_loop_test(tc, prefix_is_split_without_gap, 0,
	    COUNT(splits));
	tcase_add_loop_test(tc, cursor_yields_what_was_chosen, 0, 50);
	tcase_add_test(tc, nothing_has_an_end);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
