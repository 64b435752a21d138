/* blacklist/origin: what is said twice is kept once, clean and short. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "blacklist/origin.h"
#include "unit.h"

#define COUNT(v)	((int)(sizeof(v) / sizeof *(v)))
#define MANY		1000000
#define A10		"aaaaaaaaaa"
#define A100		A10 A10 A10 A10 A10 A10 A10 A10 A10 A10

static struct mk_origins origins;
static uint32_t drop, own, file, other;

static void
setup(void)
{
	ck_assert_int_eq(mk_origin_feed(&origins, "drop", &drop), 0);
	ck_assert_int_eq(mk_origin_feed(&origins, "own", &own), 0);
	ck_assert_int_eq(mk_origin_file(&origins, "drop.txt", &file), 0);
	ck_assert_int_eq(mk_origin_file(&origins, "own.txt", &other), 0);
}

static void
teardown(void)
{
	mk_origins_free(&origins);
	ck_assert_uint_eq(origins.n, 0);
	ck_assert_ptr_null(origins.table);
}

static uint32_t
add(uint32_t feed, uint32_t in, const char *reason, int64_t until_s)
{
	uint32_t number = UINT32_MAX;

	if (mk_origin_add(&origins, feed, in, reason, strlen(reason),
	    until_s, &number) != 0 || number >= origins.n)
		ck_abort();		/* an assertion is a system call */
	return number;
}

static uint32_t
join(uint32_t a, uint32_t b)
{
	uint32_t number = UINT32_MAX;

	ck_assert_int_eq(mk_origin_join(&origins, a, b, &number), 0);
	ck_assert_uint_lt(number, origins.n);
	return number;
}

static void
says(uint32_t number, const char *text)
{
	ck_assert_str_eq(origins.v[number].text, text);
	ck_assert_uint_eq(origins.v[number].text_len, strlen(text));
}

static const struct { const char *reason, *text; } reasons[] = {
	{ "",				"drop" },
	{ " \t ",			"drop" },
	{ "SBL1",			"drop: SBL1" },
	{ "  two\t \twords ",		"drop: two words" },
	{ "a\r\nb\x1b[0m\x7f",		"drop: a??b?[0m?" },
	{ "Stra\xc3\x9f" "e \xe2\x82\xac \xf0\x9f\x93\xa7",
	    "drop: Stra\xc3\x9f" "e \xe2\x82\xac \xf0\x9f\x93\xa7" },
	{ "Stra\xdf" "e",		"drop: Stra?e" },
	{ "\xc2\x85\xc2\x9f\xc2\xa0",	"drop: ??\xc2\xa0" }, /* C1 */
	{ "\xc0\xaf\xed\xa0\x80",	"drop: ?????" },
	{ "cut \xe2\x82",		"drop: cut ??" },
	{ A100 A10 A10 A10 A10 A10 A10 A10 A10 A10 "bbbbc",
	    "drop: " A100 A10 A10 A10 A10 A10 A10 A10 A10 A10 "bbbb" },
	{ A100 A10 A10 A10 A10 A10 A10 A10 A10 A10 "bbb\xc3\x9f",
	    "drop: " A100 A10 A10 A10 A10 A10 A10 A10 A10 A10 "bbb" },
	{ A100 A10 A10 A10 A10 A10 A10 A10 A10 A10 "bbb   c",
	    "drop: " A100 A10 A10 A10 A10 A10 A10 A10 A10 A10 "bbb" },
};

/* The second time the answer is a remembered one; the third, a found one. */
START_TEST(reason_is_clean_short_and_kept_once)
{
	uint32_t number = add(drop, file, reasons[_i].reason, 0);
	size_t n = origins.n;

	says(number, reasons[_i].text);
	ck_assert_uint_eq(add(drop, file, reasons[_i].reason, 0), number);
	memset(origins.recent, 0xff, sizeof origins.recent);
	ck_assert_uint_eq(add(drop, file, reasons[_i].reason, 0), number);
	ck_assert_uint_eq(origins.n, n);
	ck_assert_uint_eq(origins.v[number].feeds, UINT64_C(1) << drop);
	ck_assert_uint_eq(origins.v[number].file, file);
}
END_TEST

/* Bytes beside the reason are not looked at, a NUL in it is a control. */
START_TEST(reason_ends_where_it_ends)
{
	uint32_t number;

	ck_assert_int_eq(mk_origin_add(&origins, drop, file, "ab\xc3\x9f", 3,
	    0, &number), 0);
	says(number, "drop: ab?");
	ck_assert_int_eq(mk_origin_add(&origins, drop, file, "a\0b", 3, 0,
	    &number), 0);
	says(number, "drop: a?b");
	ck_assert_int_eq(mk_origin_add(&origins, drop, file, NULL, 0, 0,
	    &number), 0);
	says(number, "drop");
}
END_TEST

START_TEST(each_difference_is_another_one)
{
	uint32_t numbers[] = {
		add(drop, file, "x", 0), add(own, file, "x", 0),
		add(drop, other, "x", 0), add(drop, file, "x", 86400),
		add(drop, file, "y", 0), add(drop, file, "", 0),
		add(drop, file, "x y", 0), add(drop, file, "xy", 0),
	};
	uint32_t i;

	for (i = 0; i < COUNT(numbers); i++)
		ck_assert_uint_eq(numbers[i], i);
	ck_assert_uint_eq(add(drop, file, "x\ty ", 0), 6);
	ck_assert_uint_eq(add(drop, file, "x", 86400), 3);
	ck_assert_int_eq(origins.v[3].until_s, 86400);
	ck_assert_uint_eq(origins.n, COUNT(numbers));
}
END_TEST

START_TEST(million_reasons_are_told_apart)
{
	char reason[32];
	uint32_t i;

	for (i = 0; i < MANY; i++) {
		snprintf(reason, sizeof reason, "SBL%u", i * 7U);
		if (add(drop, file, reason, 0) != i)
			ck_abort_msg("%s is no new one", reason);
	}
	for (i = MANY; i-- > 0; ) {
		snprintf(reason, sizeof reason, "SBL%u", i * 7U);
		if (add(drop, file, reason, 0) != i)
			ck_abort_msg("%s is another one now", reason);
	}
	ck_assert_uint_eq(origins.n, MANY);
	says(MANY - 1, "drop: SBL6999993");
}
END_TEST

START_TEST(joined_is_what_both_say)
{
	uint32_t x = add(drop, file, "x", 5), y = add(drop, file, "y", 5);
	uint32_t z = add(own, other, "z", 0), n;

	ck_assert_uint_eq(join(x, x), x);
	n = join(x, y);
	says(n, "drop");
	ck_assert_uint_eq(origins.v[n].file, file);
	ck_assert_int_eq(origins.v[n].until_s, 5);
	ck_assert_uint_eq(join(y, x), n);
	ck_assert_uint_eq(join(x, y), n);
	ck_assert_uint_eq(join(n, x), n);
	ck_assert_uint_eq(add(drop, file, "", 5), n);

	n = join(z, x);
	says(n, "drop, own");
	ck_assert_uint_eq(origins.v[n].feeds, 3);
	ck_assert_uint_eq(origins.v[n].file, 0);
	ck_assert_int_eq(origins.v[n].until_s, 0);
	ck_assert_uint_eq(join(x, z), n);
	ck_assert_uint_eq(join(n, z), n);
}
END_TEST

START_TEST(joined_keeps_a_text_that_both_have)
{
	uint32_t x = add(drop, other, "x", 5), n;

	n = join(x, add(drop, other, "x", 6));
	says(n, "drop: x");
	ck_assert_uint_eq(origins.v[n].file, other);
	ck_assert_int_eq(origins.v[n].until_s, 0);
	n = join(x, add(drop, file, "x", 5));
	says(n, "drop: x");
	ck_assert_uint_eq(origins.v[n].file, 0);
	ck_assert_int_eq(origins.v[n].until_s, 5);
}
END_TEST

START_TEST(feeds_have_an_end)
{
	char name[32];
	uint32_t number, all, i;

	for (i = 2; i < MK_FEEDS_MAX; i++) {
		snprintf(name, sizeof name, "feed%u", i);
		ck_assert_int_eq(mk_origin_feed(&origins, name, &number), 0);
		ck_assert_uint_eq(number, i);
	}
	errno = 0;
	ck_assert_int_eq(mk_origin_feed(&origins, "more", &number), -1);
	ck_assert_int_eq(errno, E2BIG);
	all = add(0, 0, "", 0);
	for (i = 1; i < MK_FEEDS_MAX; i++)
		all = join(all, add(i, 0, "", 0));
	ck_assert_uint_eq(origins.v[all].feeds, UINT64_MAX);
	ck_assert_uint_le(origins.v[all].text_len, MK_REASON_MAX);
	ck_assert_uint_ge(origins.v[all].text_len, MK_REASON_MAX - 1);
	ck_assert_int_eq(strncmp(origins.v[all].text,
	    "drop, own, feed2, feed3, ", 25), 0);
}
END_TEST

START_TEST(name_of_a_feed_is_clean_too)
{
	uint32_t feed;

	ck_assert_int_eq(mk_origin_feed(&origins, "a \n  b " A100 A100, &feed),
	    0);
	says(add(feed, file, "x", 0), "a ? b " A100 A10 A10 A10 A10 A10 A10
	    A10 A10 A10 "aaaa");
	says(add(feed, file, "", 0), "a ? b " A100 A10 A10 A10 A10 A10 A10
	    A10 A10 A10 "aaaa");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("blacklist/origin");
	TCase *tc = tcase_create("origin");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, reason_is_clean_short_and_kept_once, 0,
	    COUNT(reasons));
	tcase_add_test(tc, reason_ends_where_it_ends);
	tcase_add_test(tc, each_difference_is_another_one);
	tcase_add_test(tc, million_reasons_are_told_apart);
	tcase_add_test(tc, joined_is_what_both_say);
	tcase_add_test(tc, joined_keeps_a_text_that_both_have);
	tcase_add_test(tc, feeds_have_an_end);
	tcase_add_test(tc, name_of_a_feed_is_clean_too);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
