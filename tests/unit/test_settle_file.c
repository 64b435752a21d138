/* rotate/settle_file: a file goes only where another one has what it has. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2) */
#endif

#include "rotate/settle_file.h"
#include "scratch.h"

#define TEXT	"a line\n"

/* Beside log.0; what a plain file in a packed one's place says is as good. */
static const struct {
	const char *name, *text;
	enum mk_pack_format format;
	bool alias;			/* the archive is another descriptor of
					 * the log's directory */
	int rv;
	bool goes;			/* log.0 */
} cases[] = {
	/* The very file is where it is to be moved to. */
	{ NULL, NULL, MK_PACK_NONE, true, -1, false },
	{ "log.0.gz", TEXT, MK_GZIP, true, 0, true },
	{ "log.0.gz", TEXT, MK_GZIP, false, 0, true },
	/* In another format. */
	{ "log.0.xz", TEXT, MK_GZIP, false, 0, true },
	{ "log.0.gz", TEXT, MK_PACK_NONE, true, -1, false },
	{ "log.0.gz", "another line\n", MK_GZIP, true, -1, false },
	{ "log.0.gz", "another line\n", MK_GZIP, false, -1, false },
};

START_TEST(a_file_goes_only_where_another_has_its_text)
{
	struct mk_place place = MK_PLACE, same = MK_PLACE;
	const struct mk_entry entry = { .log = scratch, .count = 3 };
	struct mk_log log = { .entry = &entry, .name = "log",
	    .place = &place };
	struct mk_error err = { 0 };
	struct mk_rotate r = { 0 };

	r.report = mk_report_new("rotate", mk_rotate_columns,
	    MK_ROTATE_COLUMNS, &err);
	ck_assert_ptr_nonnull(r.report);
	ck_assert_int_eq(mk_place_open(&place, scratch, false, &err), 0);
	ck_assert_int_eq(mk_place_open(&same, scratch, false, &err), 0);
	log.archive = cases[_i].alias ? &same : &place;
	put("log.0", TEXT);
	if (cases[_i].name != NULL)
		put(cases[_i].name, cases[_i].text);
	ck_assert_msg(mk_settle_file(&r, &log, &place, "log.0",
	    cases[_i].format, &err) == cases[_i].rv, "%s", err.text);
	if (cases[_i].rv == -1) {
		ck_assert_int_eq(err.status, EX_DATAERR);
		ck_assert_str_ne(err.text, "");
	}
	ck_assert_int_eq(there("log.0"), !cases[_i].goes);
	if (!cases[_i].goes)
		holds("log.0", TEXT);
	if (cases[_i].name != NULL)
		holds(cases[_i].name, cases[_i].text);
	mk_place_close(&place);
	mk_place_close(&same);
	mk_report_free(r.report);
}
END_TEST

START_TEST(what_a_killed_run_has_left_goes_and_no_more)
{
	struct mk_place place = MK_PLACE;
	struct mk_log log = { .name = "log", .archive = &place };
	struct mk_error err = { 0 };

	ck_assert_int_eq(mk_place_open(&place, scratch, false, &err), 0);
	put(".mailkeep-pack.9c7cc375acd16e75", "half");
	put(".mailkeep-pack.0000000000000000", "another log's");
	put("log.0", TEXT);
	mk_settle_remove_left(&log);
	ck_assert(!there(".mailkeep-pack.9c7cc375acd16e75"));
	holds(".mailkeep-pack.0000000000000000", "another log's");
	holds("log.0", TEXT);
	ck_assert_int_eq(mkdirat(root, ".mailkeep-pack.9c7cc375acd16e75",
	    0700), 0);
	mk_settle_remove_left(&log);
	ck_assert(there(".mailkeep-pack.9c7cc375acd16e75"));
	mk_place_close(&place);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("settle_file");
	TCase *files = tcase_create("files");

	tcase_add_checked_fixture(files, scratch_setup, scratch_teardown);
	tcase_add_loop_test(files, a_file_goes_only_where_another_has_its_text,
	    0, COUNT(cases));
	tcase_add_test(files, what_a_killed_run_has_left_goes_and_no_more);
	suite_add_tcase(suite, files);
	return unit_run(suite);
}
