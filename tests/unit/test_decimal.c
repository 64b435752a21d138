/* base/decimal: numbers with a point, in hundredths. */
#include "base/decimal.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))
#define POISON		INT64_C(-4242)

static const struct { const char *text; size_t len; int64_t hundredths; }
numbers[] = {
	{ "7",		1,	700 },
	{ "0",		1,	0 },
	{ "-0",		2,	0 },
	{ "+3",		2,	300 },
	{ "6.5",	3,	650 },
	{ "6.05",	4,	605 },
	{ "-1.5",	4,	-150 },
	{ ".5",		2,	50 },
	{ "-.5",	3,	-50 },
	{ "+.5",	3,	50 },
	{ "02.4",	4,	240 },
	{ "0000000000000000000007", 22,	700 },
	{ "7.00000000000000000000", 22,	700 },
	/* what follows is no part of it */
	{ "1e5",	1,	100 },
	{ "0x10",	1,	0 },
	{ "7.",		1,	700 },
	{ "7.x",	1,	700 },
	{ "7 8",	1,	700 },
	{ "7,5",	1,	700 },
	{ "7-",		1,	700 },
	{ "6.5.4",	3,	650 },
	{ "7/5.0",	1,	700 },
	/* rounded down, on either side of 0 */
	{ "6.999",	5,	699 },
	{ "6.990",	5,	699 },
	{ "0.009",	5,	0 },
	{ "-0.001",	6,	-1 },
	{ "-0.010",	6,	-1 },
	{ "-1.991",	6,	-200 },
	{ "-1.99000000001", 14,	-200 },
	/* a million, and no more */
	{ "1000000",	7,	100000000 },
	{ "-1000000.00", 11,	-100000000 },
	{ "0999999.999", 11,	99999999 },
	{ "-999999.999", 11,	-100000000 },
	{ "1000000.01",	0,	POISON },
	{ "1000000.001", 0,	POISON },
	{ "-1000000.001", 0,	POISON },
	{ "1000001",	0,	POISON },
	{ "9223372036854775808", 0, POISON },
	{ "-99999999999999999999999999999999", 0, POISON },
	/* none */
	{ "",		0,	POISON },
	{ "x",		0,	POISON },
	{ "-",		0,	POISON },
	{ "+",		0,	POISON },
	{ ".",		0,	POISON },
	{ "-.",		0,	POISON },
	{ "..5",	0,	POISON },
	{ "--5",	0,	POISON },
	{ "+-5",	0,	POISON },
	{ " 5",		0,	POISON },
	{ ",5",		0,	POISON },
	{ "nan",	0,	POISON },
	{ "inf",	0,	POISON },
};

static void
ck_number(int i)
{
	int64_t n = POISON;

	ck_assert_uint_eq(mk_decimal_parse(numbers[i].text,
	    strlen(numbers[i].text), &n), numbers[i].len);
	ck_assert_int_eq(n, numbers[i].hundredths);
}

START_TEST(takes_the_number_at_the_beginning)
{
	ck_number(_i);
}
END_TEST

/* What is behind the length is not looked at: it may not be ours. */
static const struct { const char *text; size_t len, taken; int64_t n; }
cuts[] = {
	{ "6.57", 4, 4, 657 },
	{ "6.57", 3, 3, 650 },
	{ "6.57", 2, 1, 600 },
	{ "6.57", 1, 1, 600 },
	{ "6.57", 0, 0, POISON },
	{ "-6", 1, 0, POISON },
	{ ".5", 1, 0, POISON },
};

START_TEST(stays_within_its_length)
{
	size_t len = cuts[_i].len, taken;
	char *exact = malloc(len + (len == 0));	/* for the sanitizer */
	int64_t n = POISON;

	memcpy(exact, cuts[_i].text, len);
	taken = mk_decimal_parse(exact, len, &n);
	free(exact);
	ck_assert_uint_eq(taken, cuts[_i].taken);
	ck_assert_int_eq(n, cuts[_i].n);
}
END_TEST

static const struct { int64_t hundredths; const char *text; } formats[] = {
	{ 700, "7" }, { 0, "0" }, { 650, "6.5" }, { 605, "6.05" },
	{ -5, "-0.05" }, { -50, "-0.5" }, { 99, "0.99" }, { -100, "-1" },
	{ -150, "-1.5" }, { 100000000, "1000000" },
	{ INT64_MAX, "92233720368547758.07" },
	{ INT64_MIN, "-92233720368547758.08" },
};

static void
ck_format(int i)
{
	char buf[MK_DECIMAL_MAX];

	ck_assert_str_eq(mk_decimal_format(buf, sizeof buf,
	    formats[i].hundredths), formats[i].text);
}

START_TEST(formats_without_needless_digits)
{
	char buf[MK_DECIMAL_MAX];
	int64_t n = POISON;

	ck_format(_i);
	if (formats[_i].hundredths > 100000000 ||
	    formats[_i].hundredths < -100000000)
		return;
	mk_decimal_format(buf, sizeof buf, formats[_i].hundredths);
	ck_assert_uint_eq(mk_decimal_parse(buf, strlen(buf), &n),
	    strlen(buf));
	ck_assert_int_eq(n, formats[_i].hundredths);
}
END_TEST

START_TEST(cuts_what_does_not_fit)
{
	char buf[4] = "xxx";

	ck_assert_str_eq(mk_decimal_format(buf, sizeof buf, -12345), "-12");
}
END_TEST

/* Where the decimal point is a comma, if the system has such a place. */
START_TEST(heeds_no_locale)
{
	static const char *const places[] = {
		"de_DE.UTF-8", "de_DE.utf8", "de_DE", "fr_FR.UTF-8",
		"pl_PL.UTF-8", "ru_RU.UTF-8",
	};
	int i = 0;

	while (i < COUNT(places) && setlocale(LC_ALL, places[i]) == NULL)
		i++;
	for (i = 0; i < COUNT(numbers); i++)
		ck_number(i);
	for (i = 0; i < COUNT(formats); i++)
		ck_format(i);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("base/decimal");
	TCase *tc = tcase_create("decimal");

	tcase_add_loop_test(tc, takes_the_number_at_the_beginning, 0,
	    COUNT(numbers));
	tcase_add_loop_test(tc, stays_within_its_length, 0, COUNT(cuts));
	tcase_add_loop_test(tc, formats_without_needless_digits, 0,
	    COUNT(formats));
	tcase_add_test(tc, cuts_what_does_not_fit);
	tcase_add_test(tc, heeds_no_locale);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
