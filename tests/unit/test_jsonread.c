/* base/jsonread: what base/json writes is read back; all else is refused. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/jsonread.h"
#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))

static struct mk_error err;

static struct mk_value *
parse(const char *text)
{
	return mk_jsonread(text, strlen(text), &err);
}

START_TEST(reads_what_base_json_writes)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	struct mk_value *doc;
	const struct mk_value *list;
	struct mk_json json;

	mk_json_begin(&json, out);
	mk_json_object(&json, NULL);
	mk_json_string(&json, "name", "a\"b\\c\n\xc3\xa9");
	mk_json_string(&json, "bytes", "x\xff\xfey");
	mk_json_int(&json, "most", INT64_MAX);
	mk_json_int(&json, "least", INT64_MIN);
	mk_json_milli(&json, "seconds", 3125);
	mk_json_bool(&json, "yes", true);
	mk_json_null(&json, "none");
	mk_json_array(&json, "list");
	mk_json_int(&json, NULL, 7);
	mk_json_string(&json, NULL, "seven");
	mk_json_close_array(&json);
	mk_json_close_object(&json);
	ck_assert_int_eq(mk_json_end(&json), 0);
	fclose(out);

	doc = mk_jsonread(text, len, &err);
	ck_assert_ptr_nonnull(doc);
	ck_assert_str_eq(mk_value_string(mk_value_get(doc, "name"), ""),
	    "a\"b\\c\n\xc3\xa9");
	ck_assert_str_eq(mk_value_string(mk_value_get(doc, "bytes"), ""),
	    "x\xef\xbf\xbd\xef\xbf\xbdy");
	ck_assert_int_eq(mk_value_int(mk_value_get(doc, "most"), 0), INT64_MAX);
	ck_assert_int_eq(mk_value_int(mk_value_get(doc, "least"), 0),
	    INT64_MIN);
	ck_assert_double_eq(mk_value_number(mk_value_get(doc, "seconds"), 0),
	    3.125);
	ck_assert(mk_value_bool(mk_value_get(doc, "yes"), false));
	ck_assert_ptr_nonnull(mk_value_get(doc, "none"));
	list = mk_value_get(doc, "list");
	ck_assert_uint_eq(mk_value_count(list), 2);
	ck_assert_int_eq(mk_value_int(mk_value_at(list, 0), 0), 7);
	ck_assert_str_eq(mk_value_string(mk_value_at(list, 1), ""), "seven");
	ck_assert_ptr_null(mk_value_at(list, 2));
	mk_jsonread_free(doc);
	free(text);
}
END_TEST

static const struct { const char *text, *want; } strings[] = {
	{ "\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80" },	/* a pair */
	{ "\"\\ud83dx\"", "\xef\xbf\xbdx" },
	{ "\"\\udc80\"", "\xef\xbf\xbd" },
	{ "\"\\uDC80\\uD83D\\uDE00\"", "\xef\xbf\xbd\xf0\x9f\x98\x80" },
	{ "\"\\ud83d\\ud83d\\ude00\"", "\xef\xbf\xbd\xf0\x9f\x98\x80" },
	{ "\"\\\\udc80\"", "\\udc80" },			/* no escape */
	{ "\"\\\\\\udc80\"", "\\\xef\xbf\xbd" },
	{ " \"a\" \n", "a" },
	{ "\"\"", "" },
};

START_TEST(lone_surrogates_are_replaced_and_pairs_are_not)
{
	struct mk_value *doc = parse(strings[_i].text);

	ck_assert_msg(doc != NULL, "%s: %s", strings[_i].text, err.text);
	ck_assert_str_eq(mk_value_string(doc, "none"), strings[_i].want);
	mk_jsonread_free(doc);
}
END_TEST

static const char *const bad[] = {
	"", " ", "{", "{\"a\":1", "{\"a\":1}}", "{\"a\":1} 2", "{a:1}", "nul",
	"\"\xff\"", "\"a", "\"\\", "\"\\u", "\"\\udc8", "\"\\udc80", "\\udc80",
	"[1,]", "01", "{\"a\":1", "99999999999999999999", "\"a\nb\"", "1e999",
};

START_TEST(anything_else_is_refused_with_its_place)
{
	ck_assert_ptr_null(parse(bad[_i]));
	ck_assert_int_eq(err.status, EX_DATAERR);
	ck_assert_ptr_nonnull(strstr(err.text, "line 1, column "));
	ck_assert_ptr_null(strchr(err.text, '\n'));
}
END_TEST

START_TEST(bytes_beyond_the_length_are_not_read)
{
	char *text = malloc(2);		/* for the sanitizer: no NUL */
	struct mk_value *doc;

	memcpy(text, "17", 2);
	doc = mk_jsonread(text, 1, &err);
	ck_assert_int_eq(mk_value_int(doc, 0), 1);
	mk_jsonread_free(doc);
	free(text);
	ck_assert_ptr_null(mk_jsonread("1\0002", 3, &err));
	mk_jsonread_free(NULL);
}
END_TEST

/* A place is where the caller's text has it, whatever was replaced before. */
START_TEST(the_place_is_that_of_the_text)
{
	ck_assert_ptr_null(parse("{\"a\":\n\"\\udc80\" ?}"));
	ck_assert_msg(strstr(err.text, "line 2, column 10") != NULL, "%s",
	    err.text);
}
END_TEST

START_TEST(another_kind_is_otherwise)
{
	static const char *const kinds[] = { "null", "true", "1", "1.5",
	    "\"s\"", "[1]", "{\"a\":1}" };
	struct mk_value *doc;
	size_t i;

	for (i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		doc = parse(kinds[i]);
		ck_assert_ptr_nonnull(doc);
		ck_assert_int_eq(mk_value_int(doc, -9), i == 2 || i == 3 ? 1 :
		    -9);
		ck_assert_double_eq(mk_value_number(doc, -9), i == 2 ? 1 :
		    i == 3 ? 1.5 : -9);
		ck_assert_int_eq(mk_value_bool(doc, false), i == 1);
		ck_assert_str_eq(mk_value_string(doc, "none"), i == 4 ? "s" :
		    "none");
		ck_assert_uint_eq(mk_value_count(doc), i == 5);
		ck_assert_int_eq(mk_value_get(doc, "a") != NULL, i == 6);
		ck_assert_ptr_null(mk_value_get(doc, "b"));
		mk_jsonread_free(doc);
	}
	ck_assert_int_eq(mk_value_int(NULL, 5), 5);
	ck_assert_double_eq(mk_value_number(NULL, 5), 5);
	ck_assert(mk_value_bool(NULL, true));
	ck_assert_ptr_null(mk_value_string(NULL, NULL));
	ck_assert_ptr_null(mk_value_get(NULL, "a"));
	ck_assert_ptr_null(mk_value_at(NULL, 0));
	ck_assert_uint_eq(mk_value_count(NULL), 0);
}
END_TEST

START_TEST(a_number_that_no_int_can_be_is_otherwise)
{
	static const struct { const char *text; int64_t want; } rows[] = {
		{ "1e300", -1 }, { "-1e300", -1 }, { "9223372036854775808.0",
		-1 }, { "-9223372036854775808.0", INT64_MIN }, { "-2.9", -2 },
	};
	struct mk_value *doc;
	int i;

	for (i = 0; i < COUNT(rows); i++) {
		doc = parse(rows[i].text);
		ck_assert_ptr_nonnull(doc);
		ck_assert_int_eq(mk_value_int(doc, -1), rows[i].want);
		mk_jsonread_free(doc);
	}
}
END_TEST

static void
collect(void *data, const char *key, const struct mk_value *member)
{
	char *text = data;
	size_t len = strlen(text);

	snprintf(text + len, 100 - len, "%s=%" PRId64 " ", key,
	    mk_value_int(member, -1));
}

START_TEST(members_come_in_their_order)
{
	char text[100] = "";
	struct mk_value *doc = parse("{\"z\":1,\"a\":2,\"m\":[],\"b\":4}");

	mk_value_each(doc, collect, text);
	ck_assert_str_eq(text, "z=1 a=2 m=-1 b=4 ");
	mk_value_each(mk_value_get(doc, "m"), collect, text);
	mk_value_each(NULL, collect, text);
	ck_assert_str_eq(text, "z=1 a=2 m=-1 b=4 ");
	mk_jsonread_free(doc);
}
END_TEST

/* Deeper than the stack could bear is an error, no crash. */
START_TEST(a_tower_of_arrays_is_refused)
{
	enum { DEPTH = 1000000 };
	char *text = malloc(DEPTH);

	memset(text, '[', DEPTH);
	ck_assert_ptr_null(mk_jsonread(text, DEPTH, &err));
	ck_assert_int_eq(err.status, EX_DATAERR);
	free(text);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("base/jsonread");
	TCase *tc = tcase_create("jsonread");

	tcase_add_test(tc, reads_what_base_json_writes);
	tcase_add_loop_test(tc, lone_surrogates_are_replaced_and_pairs_are_not,
	    0, COUNT(strings));
	tcase_add_loop_test(tc, anything_else_is_refused_with_its_place, 0,
	    COUNT(bad));
	tcase_add_test(tc, bytes_beyond_the_length_are_not_read);
	tcase_add_test(tc, the_place_is_that_of_the_text);
	tcase_add_test(tc, another_kind_is_otherwise);
	tcase_add_test(tc, a_number_that_no_int_can_be_is_otherwise);
	tcase_add_test(tc, members_come_in_their_order);
	tcase_add_test(tc, a_tower_of_arrays_is_refused);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
