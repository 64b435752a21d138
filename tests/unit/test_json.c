/* base/json: any string in, strict JSON out. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "unit.h"

#define COUNT(array)	(sizeof (array) / sizeof *(array))

static char *text;
static size_t text_len;
static struct mk_json json;

static void
set_up(void)
{
	FILE *out = open_memstream(&text, &text_len);

	ck_assert_ptr_nonnull(out);
	mk_json_begin(&json, out);
}

static void
tear_down(void)
{
	fclose(json.out);
	free(text);
}

static void
gives(const char *want)
{
	errno = 0;
	ck_assert_int_eq(mk_json_end(&json), 0);
	ck_assert_str_eq(text, want);
}

static const struct { const char *value, *want; } strings[] = {
	{ "", "\"\"\n" },
	{ "plain", "\"plain\"\n" },
	{ "\"\\/", "\"\\\"\\\\/\"\n" },
	{ "\n\t\r\x01\x1f\x7f", "\"\\u000a\\u0009\\u000d\\u0001\\u001f\\u007f"
	    "\"\n" },
	{ "sp\xc3\xa4t \xe2\x82\xac \xf0\x9f\x92\x8c",
	    "\"sp\xc3\xa4t \xe2\x82\xac \xf0\x9f\x92\x8c\"\n" },
	{ "\x80\xff", "\"\\udc80\\udcff\"\n" },
	{ "\xc3", "\"\\udcc3\"\n" },		/* cut short */
	{ "\xc0\xaf", "\"\\udcc0\\udcaf\"\n" },	/* longer than need be */
	{ "\xed\xb2\x80", "\"\\udced\\udcb2\\udc80\"\n" },	/* U+DC80 */
	{ "a\xe2\x82z", "\"a\\udce2\\udc82z\"\n" },
};

START_TEST(any_string_is_told)
{
	mk_json_string(&json, NULL, strings[_i].value);
	gives(strings[_i].want);
}
END_TEST

static const struct { int64_t value; const char *plain, *milli; } numbers[] = {
	{ 0, "0\n", "0.000\n" },
	{ 1, "1\n", "0.001\n" },
	{ -1, "-1\n", "-0.001\n" },
	{ 12345, "12345\n", "12.345\n" },
	{ INT64_MAX, "9223372036854775807\n", "9223372036854775.807\n" },
	{ INT64_MIN, "-9223372036854775808\n", "-9223372036854775.808\n" },
};

START_TEST(whole_numbers)
{
	mk_json_int(&json, NULL, numbers[_i].value);
	gives(numbers[_i].plain);
}
END_TEST

START_TEST(thousandths)
{
	mk_json_milli(&json, NULL, numbers[_i].value);
	gives(numbers[_i].milli);
}
END_TEST

START_TEST(commas_stand_between)
{
	mk_json_object(&json, NULL);
	mk_json_object(&json, "none");
	mk_json_close_object(&json);
	mk_json_array(&json, "some\n");
	mk_json_int(&json, NULL, 1);
	mk_json_array(&json, NULL);
	mk_json_close_array(&json);
	mk_json_object(&json, NULL);
	mk_json_bool(&json, "t", true);
	mk_json_bool(&json, "f", false);
	mk_json_close_object(&json);
	mk_json_close_array(&json);
	mk_json_null(&json, "null");
	mk_json_close_object(&json);
	gives("{\"none\":{},\"some\\u000a\":[1,[],{\"t\":true,\"f\":false}],"
	    "\"null\":null}\n");
}
END_TEST

START_TEST(each_value_has_a_line)
{
	mk_json_int(&json, NULL, 1);
	ck_assert_int_eq(mk_json_end(&json), 0);
	mk_json_array(&json, NULL);
	mk_json_close_array(&json);
	gives("1\n[]\n");
}
END_TEST

/* The failure is told though later calls succeed or fail otherwise. */
START_TEST(failure_sticks)
{
	struct mk_json full;
	FILE *out = fopen("/dev/full", "w");
	int i;

	if (out == NULL)		/* not everywhere */
		return;
	setvbuf(out, NULL, _IONBF, 0);
	mk_json_begin(&full, out);
	mk_json_int(&full, NULL, 1);
	errno = EINVAL;
	for (i = 0; i < 2; i++) {
		ck_assert_int_eq(mk_json_end(&full), -1);
		ck_assert_int_eq(errno, ENOSPC);
	}
	fclose(out);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("json");
	TCase *tc = tcase_create("json");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(tc, any_string_is_told, 0, COUNT(strings));
	tcase_add_loop_test(tc, whole_numbers, 0, COUNT(numbers));
	tcase_add_loop_test(tc, thousandths, 0, COUNT(numbers));
	tcase_add_test(tc, commas_stand_between);
	tcase_add_test(tc, each_value_has_a_line);
	tcase_add_test(tc, failure_sticks);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
