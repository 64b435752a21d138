/* report/quota: what a maildirsize says, and whether that can be. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2) */
#endif

#include <string.h>

#include "report/tree.h"
#include "scratch.h"

#define MIB	(UINT64_C(1) << 20)

static const struct {
	const char *text;
	uint64_t limit_bytes, limit_messages;
	int64_t bytes, messages;
} good[] = {
	{ "1000000S,1000C\n500 5\n", 1000000, 1000, 500, 5 },
	{ "1000C,1000000S\n500 5\n", 1000000, 1000, 500, 5 },
	{ "1048576S\n1219 5\n28 1\n-231 -1\n", 1048576, 0, 1016, 5 },
	{ "1048576S,0C\n0 0\n213 1\n", 1048576, 0, 213, 1 },
	{ "0S,0C\n  12345          7\n", 0, 0, 12345, 7 },
	{ "1S,2C,3X\n1 1\n", 1, 2, 1, 1 },	/* X may come to mean something */
	{ "7S\n", 7, 0, 0, 0 },
	{ "7S\r\n1 1\r\n", 7, 0, 1, 1 },
	{ "7S\n1 1", 7, 0, 1, 1 },		/* being written */
	{ "7S\n1 1\n\n2 2\n", 7, 0, 3, 3 },
	{ "\n1 1\n", 0, 0, 1, 1 },
};

START_TEST(limits_and_sums_are_read)
{
	struct mk_quota_file file;

	mk_quota_file_parse(good[_i].text, strlen(good[_i].text), &file);
	ck_assert_msg(file.damage == NULL, "%s: %s", good[_i].text,
	    file.damage);
	ck_assert(file.there);
	ck_assert_uint_eq(file.limit_bytes, good[_i].limit_bytes);
	ck_assert_uint_eq(file.limit_messages, good[_i].limit_messages);
	ck_assert_int_eq(file.bytes, good[_i].bytes);
	ck_assert_int_eq(file.messages, good[_i].messages);
}
END_TEST

static const struct { const char *text; size_t len; } damaged[] = {
	{ "", 0 },
	{ "1000S", 5 },				/* no whole line */
	{ "garbage\n1 1\n", 12 },
	{ "1000\n1 1\n", 9 },			/* 1000 what? */
	{ "-5S\n1 1\n", 8 },
	{ "1000S\n1\n", 8 },
	{ "1000S\n1\n1\n", 10 },		/* a sum is one line */
	{ "1000S\n1 1 1\n", 12 },
	{ "1000S\n1 1x\n", 11 },
	{ "1000S\n1O 1\n", 11 },
	{ "1000S\n1 1\0\n", 11 },
	{ "1000S\n\0\0\0\0", 10 },
	{ "1000S\n-5 1\n", 11 },		/* less than nothing */
	{ "1000S\n5 -1\n", 11 },
	{ "1000S\n99999999999999999999 1\n", 30 },
	{ "1000S\n1 9999999999999999999\n", 28 },
	{ "99999999999999999999S\n1 1\n", 26 },
	{ "1000S\n1152921504606846976 1\n1152921504606846976 1\n", 50 },
};

START_TEST(damage_is_seen)
{
	struct mk_quota_file file;
	char why[MK_QUOTA_WHY];

	mk_quota_file_parse(damaged[_i].text, damaged[_i].len, &file);
	ck_assert_ptr_nonnull(file.damage);
	ck_assert_ptr_nonnull(mk_quota_judge(&file, 1, 1, why));
	ck_assert_ptr_nonnull(strstr(why, "damaged: "));
}
END_TEST

/* Cut anywhere it is read to its end alone: valgrind and ASan look. */
START_TEST(reads_not_beyond_the_end)
{
	const char *text = good[2].text;
	struct mk_quota_file file;
	char *copy;
	size_t len;

	for (len = 0; len <= strlen(text); len++) {
		copy = malloc(len + 1);
		ck_assert_ptr_nonnull(copy);
		memcpy(copy, text, len);
		copy[len] = '\0';
		mk_quota_file_parse(copy, len, &file);
		free(copy);
	}
}
END_TEST

static const struct {
	struct mk_quota_file file;
	uint64_t messages, bytes;	/* counted */
	const char *why;
} judged[] = {
	{ { .bytes = 900, .limit_bytes = 1000 }, 0, 900, NULL },
	{ { .bytes = 901, .limit_bytes = 1000 }, 0, 901, "nearly full" },
	{ { .bytes = 1000, .limit_bytes = 1000 }, 0, 1000, "nearly full" },
	{ { .bytes = 1001, .limit_bytes = 1000 }, 0, 1001, "over its quota" },
	{ { .messages = 91, .limit_messages = 100, .bytes = 1,
	    .limit_bytes = 1000 }, 91, 1, "nearly full" },
	{ { .messages = 101, .limit_messages = 100 }, 101, 0,
	    "over its quota" },
	{ { .bytes = 1 << 30 }, 0, 1 << 30, NULL },	/* no limit */
	/* Far off, and not far enough. */
	{ { .bytes = 20 << 20 }, 0, 18 << 20, NULL },
	{ { .bytes = 20 << 20 }, 0, 17 << 20,
	    "maildirsize counts 3.0 MiB too much" },
	{ { .bytes = 17 << 20 }, 0, (20 << 20) + (1 << 19),
	    "maildirsize counts 3.5 MiB too little" },
	{ { .bytes = 1 << 20 }, 0, 0, NULL },
	{ { .bytes = (1 << 20) + 1 }, 0, 0,
	    "maildirsize counts 1.0 MiB too much" },
	{ { .messages = 1000 }, 900, 0, NULL },
	{ { .messages = 1000 }, 899, 0,
	    "maildirsize counts 101 messages too many" },
	{ { .messages = 0 }, 101, 0,
	    "maildirsize counts 101 messages too few" },
	{ { .bytes = 20 << 20, .limit_bytes = 19 << 20 }, 0, 1 << 20,
	    "over its quota; maildirsize counts 19.0 MiB too much" },
};

START_TEST(trouble_is_told)
{
	char buf[MK_QUOTA_WHY];
	const char *why = mk_quota_judge(&judged[_i].file,
	    judged[_i].messages, judged[_i].bytes, buf);

	if (judged[_i].why == NULL)
		ck_assert_msg(why == NULL, "%s", why);
	else {
		ck_assert_ptr_nonnull(why);
		ck_assert_str_eq(why, judged[_i].why);
	}
}
END_TEST

/* ---- files */

START_TEST(a_file_is_what_it_should_be)
{
	struct mk_quota_file file;

	make_dir("a/b");
	mk_quota_file_read(root, "a/b", &file);
	ck_assert(!file.there);
	put("a/b/maildirsize", "1000S\n5 1\n");
	mk_quota_file_read(root, "a/b", &file);
	ck_assert(file.there);
	ck_assert_ptr_null(file.damage);
	ck_assert_int_eq(file.bytes, 5);
	put("maildirsize", "1000S\n6 1\n");	/* the root is a mailbox */
	mk_quota_file_read(root, "", &file);
	ck_assert_int_eq(file.bytes, 6);
}
END_TEST

START_TEST(a_link_a_pipe_and_a_novel_are_damage)
{
	struct mk_quota_file file;
	char *novel = malloc(70000);

	make_dir("a");
	make_dir("b");
	make_dir("c");
	put("elsewhere", "1000S\n5 1\n");
	ck_assert_int_eq(symlinkat("../elsewhere", root, "a/maildirsize"), 0);
	mk_quota_file_read(root, "a", &file);
	ck_assert_str_eq(file.damage, "it is no regular file");
	ck_assert_int_eq(mkfifoat(root, "b/maildirsize", 0600), 0);
	mk_quota_file_read(root, "b", &file);
	ck_assert_str_eq(file.damage, "it is no regular file");
	ck_assert_ptr_nonnull(novel);
	memset(novel, '\n', 70000);
	put_bytes("c/maildirsize", novel, 70000);
	free(novel);
	mk_quota_file_read(root, "c", &file);
	ck_assert_str_eq(file.damage, "it is far too long");
}
END_TEST

/* ---- all of them */

static void
met(struct mk_quota_sums *sums, const char *mailbox, int64_t bytes,
    uint64_t limit)
{
	const struct mk_met mailbox_met = { .mailbox = mailbox,
	    .quota_bytes = (uint64_t)bytes };
	const struct mk_quota_file file = { .there = true, .bytes = bytes,
	    .limit_bytes = limit };

	mk_quota_met(sums, &mailbox_met, &file);
}

START_TEST(the_fullest_are_named_and_all_are_counted)
{
	struct mk_quota_sums sums = mk_quota_sums_none;
	struct mk_survey survey = { 0 };
	char name[40];
	int i;

	for (i = 0; i < 1000; i++) {
		snprintf(name, sizeof name, "box%03d", i);
		met(&sums, name, 900 + i, 1000);
	}
	met(&sums, "unlimited", 5, 0);
	mk_quota_tell(&sums, &survey);
	mk_quota_sums_free(&sums);
	ck_assert_int_eq(survey.quota.part.state, MK_PART_TOLD);
	ck_assert_uint_eq(survey.quota.limited, 1000);
	ck_assert_uint_eq(survey.quota.troubled, 999);
	ck_assert_uint_eq(survey.quota.n, MK_LISTED);
	ck_assert_str_eq(survey.quota.boxes[0].mailbox, "box999");
	ck_assert_str_eq(survey.quota.boxes[199].mailbox, "box800");
	mk_survey_free(&survey);
}
END_TEST

START_TEST(no_file_is_absent)
{
	struct mk_quota_sums sums = mk_quota_sums_none;
	const struct mk_met mailbox_met = { .mailbox = "a" };
	const struct mk_quota_file none = { 0 };
	struct mk_survey survey = { 0 };

	mk_quota_met(&sums, &mailbox_met, &none);
	mk_quota_tell(&sums, &survey);
	ck_assert_int_eq(survey.quota.part.state, MK_PART_ABSENT);
	mk_quota_sums_free(&sums);
	mk_survey_free(&survey);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("quota_trouble");
	TCase *tc = tcase_create("parse"), *files = tcase_create("files"),
	    *all = tcase_create("all");

	tcase_add_loop_test(tc, limits_and_sums_are_read, 0, COUNT(good));
	tcase_add_loop_test(tc, damage_is_seen, 0, COUNT(damaged));
	tcase_add_test(tc, reads_not_beyond_the_end);
	tcase_add_loop_test(tc, trouble_is_told, 0, COUNT(judged));
	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(files, scratch_setup, scratch_teardown);
	tcase_add_test(files, a_file_is_what_it_should_be);
	tcase_add_test(files, a_link_a_pipe_and_a_novel_are_damage);
	suite_add_tcase(suite, files);
	tcase_add_test(all, the_fullest_are_named_and_all_are_counted);
	tcase_add_test(all, no_file_is_absent);
	suite_add_tcase(suite, all);
	return unit_run(suite);
}
