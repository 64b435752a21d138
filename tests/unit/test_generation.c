/* rotate/generation: what is a rotated file of a log, and what is another's. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2) */
#endif

#include "rotate/generation.h"
#include "scratch.h"

#define STAMP	MK_GENERATION_TIME

static const struct {
	const char *log, *name, *format;
	bool is;
	int64_t number, time_s;
	enum mk_pack_format pack;
} names[] = {
	{ "log", "log.0", NULL, true, 0, 0, MK_PACK_NONE },
	{ "log", "log.7.gz", NULL, true, 7, 0, MK_GZIP },
	{ "log", "log.10.bz2", NULL, true, 10, 0, MK_BZIP2 },
	{ "log", "log.999999.xz", NULL, true, 999999, 0, MK_XZ },
	{ "log", "log.3.zst", NULL, true, 3, 0, MK_ZSTD },
	{ "mail.log", "mail.log.3", NULL, true, 3, 0, MK_PACK_NONE },
	{ "log", "log", NULL, false, 0, 0, 0 },
	{ "log", "log.", NULL, false, 0, 0, 0 },
	{ "log", "log.gz", NULL, false, 0, 0, 0 },
	{ "log", "log..gz", NULL, false, 0, 0, 0 },
	{ "log", "log.00", NULL, false, 0, 0, 0 },
	{ "log", "log.01", NULL, false, 0, 0, 0 },
	{ "log", "log.1000000", NULL, false, 0, 0, 0 },
	{ "log", "log.-1", NULL, false, 0, 0, 0 },
	{ "log", "log.+1", NULL, false, 0, 0, 0 },
	{ "log", "log. 1", NULL, false, 0, 0, 0 },
	{ "log", "log.1 ", NULL, false, 0, 0, 0 },
	{ "log", "log.1.gz.gz", NULL, false, 0, 0, 0 },
	{ "log", "log.1.gz.mailkeep-pack", NULL, false, 0, 0, 0 },
	{ "log", "log.1.tar", NULL, false, 0, 0, 0 },
	{ "log", "log.1.Z", NULL, false, 0, 0, 0 },
	{ "log", "log1", NULL, false, 0, 0, 0 },
	{ "log", "logs.1", NULL, false, 0, 0, 0 },
	{ "log", "LOG.1", NULL, false, 0, 0, 0 },
	{ "log", "log.1.2", NULL, false, 0, 0, 0 },
	{ "log.1", "log.1.2", NULL, true, 2, 0, MK_PACK_NONE },
	{ "log", "log.20261123T000000", NULL, false, 0, 0, 0 },
	{ "log", "log.20261123T000000", STAMP, true, -1, 1795388400,
	    MK_PACK_NONE },
	{ "log", "log.20261123T000000.gz", STAMP, true, -1, 1795388400,
	    MK_GZIP },
	/* 2:30 is twice on that day; one of the two is what it says. */
	{ "log", "log.20261025T023000", STAMP, true, -1, 1792888200,
	    MK_PACK_NONE },
	/* 2:30 is not on that day, and no time has that name. */
	{ "log", "log.20260329T023000", STAMP, false, 0, 0, 0 },
	{ "log", "log.20261025T023000+0100", STAMP "%z", true, -1, 1792891800,
	    MK_PACK_NONE },
	{ "log", "log.20261123", "%Y%m%d", true, -1, 1795388400,
	    MK_PACK_NONE },
	{ "log", "log.20261123T000000", "%Y%m%d", false, 0, 0, 0 },
	{ "log", "log.20261131", "%Y%m%d", false, 0, 0, 0 },
	{ "log", "log.2026 123", "%Y%m%d", false, 0, 0, 0 },
	{ "log", "log.2026113", "%Y%m%d", false, 0, 0, 0 },
	{ "log", "log.0", STAMP, false, 0, 0, 0 },
	{ "log", "log.", "%Y", false, 0, 0, 0 },
	{ "log", "log.2024", "%Y", true, -1, 1704063600, MK_PACK_NONE },
};

static void
berlin(void)
{
	ck_assert_int_eq(setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1), 0);
	tzset();
}

START_TEST(knows_its_own_by_name)
{
	struct mk_generation g = { .number = 77, .time_s = 77 };
	bool is;

	berlin();
	is = mk_generation_is(names[_i].log, names[_i].name, names[_i].format,
	    &g);
	ck_assert_msg(is == names[_i].is, "%s, %s", names[_i].log,
	    names[_i].name);
	ck_assert_int_eq(mk_generation_is(names[_i].log, names[_i].name,
	    names[_i].format, NULL), is);
	if (!is)
		return;
	ck_assert_int_eq(g.number, names[_i].number);
	ck_assert_msg(g.time_s == names[_i].time_s, "%s: %lld",
	    names[_i].name, (long long)g.time_s);
	ck_assert_int_eq((int)g.format, (int)names[_i].pack);
}
END_TEST

static const struct {
	const char *format, *name;	/* NULL: refused */
	int64_t number;
} made[] = {
	{ NULL, "log.0", 0 },
	{ NULL, "log.999999", 999999 },
	{ STAMP, "log.20261123T000000", 0 },
	{ "%Y-%m-%d", "log.2026-11-23", 0 },
	{ "%s", "log.1795388400", 0 },
	{ "", NULL, 0 },
	{ "%Y/%m", NULL, 0 },
	{ "%H:%M %", NULL, 0 },
};

START_TEST(makes_only_names_that_it_knows_again)
{
	struct mk_error err = { 0 };
	char *name;

	berlin();
	name = mk_generation_name("log", made[_i].number, made[_i].format,
	    1795388400, &err);
	if (made[_i].name == NULL) {
		ck_assert_ptr_null(name);
		ck_assert_int_eq(err.status, EX_USAGE);
		ck_assert_str_ne(err.text, "");
	} else {
		ck_assert_msg(name != NULL, "%s", err.text);
		ck_assert_str_eq(name, made[_i].name);
	}
	free(name);
}
END_TEST

static void
lists(const char *format, const char *const *wanted, size_t n)
{
	struct mk_generations list;
	struct mk_error err;
	struct stat st;
	size_t i;

	ck_assert_msg(mk_generations_list(&list, root, "log", format,
	    &err) == 0, "%s", err.text);
	ck_assert_uint_eq(list.n, n);
	for (i = 0; i < n; i++) {
		ck_assert_str_eq(list.v[i].name, wanted[i]);
		st = stat_of(wanted[i]);
		ck_assert_int_eq(list.v[i].bytes, st.st_size);
		ck_assert_int_eq(list.v[i].blocks_bytes, st.st_blocks * 512);
		ck_assert_int_eq(list.v[i].mtime_s, st.st_mtime);
		ck_assert(list.v[i].ino == st.st_ino);
		ck_assert(list.v[i].dev == st.st_dev);
	}
	mk_generations_free(&list);
	mk_generations_free(&list);
	ck_assert_uint_eq(list.n, 0);
}

START_TEST(lists_regular_files_newest_first)
{
	static const char *const wanted[] = {
		"log.0", "log.1.gz", "log.3", "log.3.gz", "log.10.xz",
	};
	static const char *const stamped[] = {
		"log.20261124T000000", "log.20261123T000000.gz",
		"log.20251231T235959",
	};
	int i;

	berlin();
	put("log", "now");
	put("log.x", "foreign");
	put("log.00", "foreign");
	for (i = COUNT(wanted); i-- > 0; )
		put(wanted[i], wanted[i]);
	for (i = COUNT(stamped); i-- > 0; )
		put(stamped[i], "stamped");
	make_dir("log.4");
	ck_assert_int_eq(symlinkat("log", root, "log.5"), 0);
	ck_assert_int_eq(mkfifoat(root, "log.6", 0600), 0);
	lists(NULL, wanted, COUNT(wanted));
	lists(STAMP, stamped, COUNT(stamped));
	lists("%Y-%m", NULL, 0);
}
END_TEST

static const struct {
	const char *names, *format, *kept;
	int64_t count;
} foreign[] = {
	{ "log.0 log.7 log.2024", NULL, "log.0", 3 },
	{ "log.0 log.2 log.3", NULL, "log.0 log.2 log.3", 3 },
	{ "log.0 log.4", NULL, "log.0", 3 },
	/* the count was lowered; two files of one number */
	{ "log.0 log.3 log.3.gz log.4.gz log.6", NULL,
	    "log.0 log.3 log.3.gz log.4.gz", 3 },
	{ "log.0 log.1 log.3", NULL, "log.0 log.1", 0 },
	{ "log.1 log.2024", NULL, "", 0 },
	{ "log.2024 log.2023", "%Y", "log.2024 log.2023", 1 },
	{ "", NULL, "", 3 },
};

START_TEST(what_does_not_follow_without_a_gap_is_foreign)
{
	struct mk_generations list;
	struct mk_error err;
	char text[100], kept[100] = "", *name;
	size_t i;

	berlin();
	snprintf(text, sizeof text, "%s", foreign[_i].names);
	for (name = strtok(text, " "); name != NULL; name = strtok(NULL, " "))
		put(name, "x");
	ck_assert_int_eq(mk_generations_list(&list, root, "log",
	    foreign[_i].format, &err), 0);
	mk_generations_cut_foreign(&list, foreign[_i].count);
	for (i = 0; i < list.n; i++)
		snprintf(kept + strlen(kept), sizeof kept - strlen(kept),
		    "%s%s", i > 0 ? " " : "", list.v[i].name);
	ck_assert_str_eq(kept, foreign[_i].kept);
	mk_generations_free(&list);
}
END_TEST

START_TEST(lists_nothing_where_nothing_is)
{
	lists(NULL, NULL, 0);
	lists(STAMP, NULL, 0);
}
END_TEST

START_TEST(a_directory_that_cannot_be_read_is_an_error)
{
	struct mk_generations list = { .n = 77 };
	struct mk_error err = { 0 };

	ck_assert_int_eq(mk_generations_list(&list, -1, "log", NULL, &err),
	    -1);
	ck_assert_str_ne(err.text, "");
	ck_assert_uint_eq(list.n, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("generation");
	TCase *pure = tcase_create("names"), *files = tcase_create("files");

	tcase_add_loop_test(pure, knows_its_own_by_name, 0, COUNT(names));
	tcase_add_loop_test(pure, makes_only_names_that_it_knows_again, 0,
	    COUNT(made));
	suite_add_tcase(suite, pure);
	tcase_add_checked_fixture(files, scratch_setup, scratch_teardown);
	tcase_add_test(files, lists_regular_files_newest_first);
	tcase_add_loop_test(files,
	    what_does_not_follow_without_a_gap_is_foreign, 0, COUNT(foreign));
	tcase_add_test(files, lists_nothing_where_nothing_is);
	tcase_add_test(files, a_directory_that_cannot_be_read_is_an_error);
	suite_add_tcase(suite, files);
	return unit_run(suite);
}
