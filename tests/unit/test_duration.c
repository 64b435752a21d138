/* base/duration: durations, sizes and shares in and out of words. */
#include "base/duration.h"

#include <string.h>

#include "unit.h"

#define POISON	INT64_C(-4242)
#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))

static const struct { const char *text; int64_t seconds; } durations[] = {
	{ "0",		0 },
	{ "0s",		0 },
	{ "0d",		0 },
	{ "45s",	45 },
	{ "30m",	1800 },
	{ "36h",	129600 },
	{ "10d",	864000 },
	{ "010d",	864000 },
	{ "2w",		1209600 },
	{ "1y",		31536000 },
	{ "1d12h",	129600 },
	{ "1y1w1d1h1m1s", 31536000 + 604800 + 86400 + 3600 + 61 },
	{ "1000y",	INT64_C(31536000000) },
	{ "999y365d",	INT64_C(31536000000) },
};

START_TEST(takes_durations)
{
	int64_t seconds = POISON;
	struct mk_error err = { 0 };

	ck_assert_int_eq(mk_duration_parse(durations[_i].text, &seconds,
	    &err), 0);
	ck_assert_int_eq(seconds, durations[_i].seconds);
}
END_TEST

static const struct { const char *text, *why; } bad_durations[] = {
	{ "10", "\"10\" has no unit; write it as 10d, 36h, 30m or 45s" },
	{ "00", "has no unit" },
	{ "1d12", "has no unit" },
	{ "99999999999999999999", "has no unit" },
	{ "", "is no duration" },
	{ "d", "is no duration" },
	{ "-5d", "is no duration" },
	{ "+5d", "is no duration" },
	{ " 5d", "is no duration" },
	{ "5 d", "is no duration" },
	{ "5d ", "is no duration" },
	{ "1.5d", "is no duration" },
	{ "5d,", "is no duration" },
	{ "5D", "\"5D\": \"D\" is no unit of time" },
	{ "5days", "\"days\" is no unit" },
	{ "5dx3h", "\"dx\" is no unit" },
	{ "12h1d", "must fall" },
	{ "1d1d", "must fall" },
	{ "1001y", "\"1001y\" is more than 1000y" },
	{ "1000y1s", "is more than 1000y" },
	{ "18446744073709551617s", "is more than 1000y" },	/* 2^64 + 1 */
	{ "9223372036854775807y", "is more than 1000y" },
};

START_TEST(refuses_durations)
{
	int64_t seconds = POISON;
	struct mk_error err = { 0 };

	ck_assert_int_eq(mk_duration_parse(bad_durations[_i].text, &seconds,
	    &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, bad_durations[_i].why));
	ck_assert_ptr_nonnull(strstr(err.text, bad_durations[_i].text));
	ck_assert_int_eq(err.status, EX_DATAERR);
	ck_assert_int_eq(seconds, POISON);
}
END_TEST

static const struct { const char *text; int64_t bytes; } sizes[] = {
	{ "0",		0 },
	{ "0B",		0 },
	{ "812B",	812 },
	{ "1KiB",	1024 },
	{ "64MiB",	67108864 },
	{ "3GiB",	INT64_C(3221225472) },
	{ "2TiB",	INT64_C(2199023255552) },
	{ "500kB",	500000 },
	{ "7MB",	7000000 },
	{ "5GB",	INT64_C(5000000000) },
	{ "4TB",	INT64_C(4000000000000) },
	{ "9223372036854775807B", INT64_MAX },
	{ "8388607TiB",	INT64_MAX - (INT64_C(1) << 40) + 1 },
};

START_TEST(takes_sizes)
{
	int64_t bytes = POISON;
	struct mk_error err = { 0 };

	ck_assert_int_eq(mk_size_parse(sizes[_i].text, &bytes, &err), 0);
	ck_assert_int_eq(bytes, sizes[_i].bytes);
}
END_TEST

static const struct { const char *text, *why; } bad_sizes[] = {
	{ "64", "\"64\" has no unit; write it as 64MiB, 500kB or 812B" },
	{ "", "is no size" },
	{ "MiB", "is no size" },
	{ "-1B", "is no size" },
	{ "1 MiB", "is no size" },
	{ "1.5MiB", "is no size" },
	{ "1MiB1KiB", "is no size" },
	{ "1MiB ", "is no size" },
	{ "64M", "\"M\" is no unit of size" },
	{ "64KB", "\"KB\" is no unit of size" },
	{ "64mib", "\"mib\" is no unit of size" },
	{ "8388608TiB", "is too much" },
	{ "9223372036854775808kB", "is too much" },
	{ "18446744073709551617TB", "is too much" },
};

START_TEST(refuses_sizes)
{
	int64_t bytes = POISON;
	struct mk_error err = { 0 };

	ck_assert_int_eq(mk_size_parse(bad_sizes[_i].text, &bytes, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, bad_sizes[_i].why));
	ck_assert_int_eq(err.status, EX_DATAERR);
	ck_assert_int_eq(bytes, POISON);
}
END_TEST

static const struct { const char *text; int64_t percent; } shares[] = {
	{ "0", 0 }, { "0%", 0 }, { "1%", 1 }, { "50%", 50 }, { "100%", 100 },
};

START_TEST(takes_shares)
{
	int64_t percent = POISON;
	struct mk_error err = { 0 };

	ck_assert_int_eq(mk_percent_parse(shares[_i].text, &percent, &err),
	    0);
	ck_assert_int_eq(percent, shares[_i].percent);
}
END_TEST

static const struct { const char *text, *why; } bad_shares[] = {
	{ "50", "\"50\" has no unit; write it as 50%" },
	{ "150%", "\"150%\" is more than 100%" },
	{ "101%", "is more than 100%" },
	{ "18446744073709551617%", "is more than 100%" },
	{ "", "is no share" },
	{ "%", "is no share" },
	{ "-1%", "is no share" },
	{ "5.5%", "is no share" },
	{ "50 %", "is no share" },
	{ "50%%", "is no share" },
	{ "50d", "is no share" },
};

START_TEST(refuses_shares)
{
	int64_t percent = POISON;
	struct mk_error err = { 0 };

	ck_assert_int_eq(mk_percent_parse(bad_shares[_i].text, &percent,
	    &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, bad_shares[_i].why));
	ck_assert_int_eq(percent, POISON);
}
END_TEST

static const struct { int64_t seconds; const char *text; } durations_out[] = {
	{ 0,		"0s" },
	{ 1,		"1s" },
	{ 60,		"1m" },
	{ 3599,		"59m59s" },
	{ 129600,	"1d12h" },
	{ 864000,	"10d" },
	{ 90061,	"1d1h1m1s" },
	{ 31536000,	"365d" },
	{ -90,		"-1m30s" },
	{ INT64_MAX,	"106751991167300d15h30m7s" },
	{ INT64_MIN,	"-106751991167300d15h30m8s" },
};

START_TEST(writes_durations)
{
	char buf[64];

	memset(buf, 'x', sizeof buf);
	ck_assert_ptr_eq(mk_duration_format(buf, sizeof buf,
	    durations_out[_i].seconds), buf);
	ck_assert_str_eq(buf, durations_out[_i].text);
}
END_TEST

static const struct { uint64_t bytes; const char *text; } sizes_out[] = {
	{ 0,		"0 B" },
	{ 812,		"812 B" },
	{ 1023,		"1023 B" },
	{ 1024,		"1.0 KiB" },
	{ 1075,		"1.0 KiB" },
	{ 1076,		"1.1 KiB" },
	{ 1468006,	"1.4 MiB" },
	{ 1048575,	"1.0 MiB" },		/* not 1024.0 KiB */
	{ 1048524,	"1023.9 KiB" },
	{ UINT64_MAX,	"16.0 EiB" },
	{ UINT64_C(1) << 60, "1.0 EiB" },
};

START_TEST(writes_sizes)
{
	char buf[64];

	memset(buf, 'x', sizeof buf);
	ck_assert_ptr_eq(mk_size_format(buf, sizeof buf,
	    sizes_out[_i].bytes), buf);
	ck_assert_str_eq(buf, sizes_out[_i].text);
}
END_TEST

START_TEST(cuts_to_the_buffer)
{
	char buf[4] = "xxx";

	ck_assert_str_eq(mk_duration_format(buf, sizeof buf, 129600), "1d1");
	ck_assert_str_eq(mk_size_format(buf, sizeof buf, 812), "812");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("duration");
	TCase *tc = tcase_create("duration");

	tcase_add_loop_test(tc, takes_durations, 0, COUNT(durations));
	tcase_add_loop_test(tc, refuses_durations, 0, COUNT(bad_durations));
	tcase_add_loop_test(tc, takes_sizes, 0, COUNT(sizes));
	tcase_add_loop_test(tc, refuses_sizes, 0, COUNT(bad_sizes));
	tcase_add_loop_test(tc, takes_shares, 0, COUNT(shares));
	tcase_add_loop_test(tc, refuses_shares, 0, COUNT(bad_shares));
	tcase_add_loop_test(tc, writes_durations, 0, COUNT(durations_out));
	tcase_add_loop_test(tc, writes_sizes, 0, COUNT(sizes_out));
	tcase_add_test(tc, cuts_to_the_buffer);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
