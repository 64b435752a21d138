/* blacklist/dbm: the records that Exim's own program writes. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2) */
#endif

#include "content.h"

#define PAGE	4096
#define LIST	"192.0.2.0/24 SBL1\n198.51.100.7 SBL2\n10.0.0.0/8\n" \
		"2001:db8::/32 SBL6\n2001:db9::1 one"

static const char *const others[] = {
	"", "1.2.3.4\n" LIST, LIST "\n::5", "198.51.100.7 SBL2",
	"192.0.2.0/24 SBL2\n198.51.100.7 SBL2\n10.0.0.0/8\n"
	    "2001:db8::/32 SBL6\n2001:db9::1 one",
	"192.0.2.0/24 SBL\n198.51.100.7 SBL2\n10.0.0.0/8\n"
	    "2001:db8::/32 SBL6\n2001:db9::1 one",
	"192.0.2.0/24 SBL1\n198.51.100.8 SBL2\n10.0.0.0/8\n"
	    "2001:db8::/32 SBL6\n2001:db9::1 one",
};

/* An entry more, one less, another one, another reason. */
START_TEST(another_list_is_seen)
{
	content_make(others[_i]);
	write_out(MK_OUT_DBM, "f");
	ck_assert_int_eq(matches(MK_OUT_DBM, "f"), 1);
	content_make(LIST);
	ck_assert_int_eq(matches(MK_OUT_DBM, "f"), 0);
	write_out(MK_OUT_DBM, "g");
	content_make(others[_i]);
	ck_assert_int_eq(matches(MK_OUT_DBM, "g"), 0);
	content_free();
}
END_TEST

START_TEST(all_is_found_as_exim_looks)
{
	content_make(LIST);
	write_out(MK_OUT_DBM, "f");
	ck_assert(finds_all(MK_OUT_DBM, "f"));
	ck_assert_int_eq(finds(MK_OUT_DBM, "f", "192.0.2.0/24",
	    "drop: SBL1"), 1);
	ck_assert_int_eq(finds(MK_OUT_DBM, "f",
	    "2001.0db8.0000.0000.0000.0000.0000.0000/32", "drop: SBL6"), 1);
	ck_assert_int_eq(finds(MK_OUT_DBM, "f", "192.0.2.0", ""), 0);
	ck_assert_int_eq(finds(MK_OUT_DBM, "f", "", ""), 0);
	content_free();
}
END_TEST

START_TEST(lookup_fails_as_exim_does)
{
	ck_assert_int_eq(finds(MK_OUT_DBM, "f", "x", ""), -1);
	ck_assert_int_eq(err.status, EX_NOINPUT);
	ck_assert_ptr_nonnull(strstr(err.text, "failed to open"));
	ck_assert_ptr_nonnull(strstr(err.text, "No such file"));
	put("f", "");
	ck_assert_int_eq(finds(MK_OUT_DBM, "f", "x", ""), -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
	put("f", "garbage");
	ck_assert_int_eq(finds(MK_OUT_DBM, "f", "x", ""), -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
}
END_TEST

START_TEST(cut_anywhere_is_seen)
{
	struct mk_buf whole;
	size_t len;

	content_make(LIST);
	write_out(MK_OUT_DBM, "f");
	whole = get("f");
	for (len = 0; len < whole.len; len += len % 512 == 0 ? 1 : 511) {
		put_bytes("f", whole.data, len);
		ck_assert_int_eq(matches(MK_OUT_DBM, "f"), 0);
		ck_assert_int_eq(try_read(MK_OUT_DBM, "f").status,
		    EX_DATAERR);
	}
	mk_buf_free(&whole);
	content_free();
}
END_TEST

/* Pages of zeros, as a power cut may leave them; Exim says nothing then. */
START_TEST(lost_page_is_seen)
{
	static const char zeros[PAGE];
	char page[PAGE];
	struct mk_buf whole;
	size_t at, lost = 0;

	content_random(2000);
	write_out(MK_OUT_DBM, "f");
	whole = get("f");
	for (at = 0; at + PAGE <= whole.len; at += PAGE) {
		memcpy(page, whole.data + at, PAGE);
		memcpy(whole.data + at, zeros, PAGE);
		overwrite("f", &whole);
		memcpy(whole.data + at, page, PAGE);
		if (memcmp(page, zeros, PAGE) == 0)
			continue;
		if (matches(MK_OUT_DBM, "f") == 1)
			reads_back(MK_OUT_DBM, "f", true);
		else
			lost++;
	}
	ck_assert_uint_gt(lost, 0);
	mk_buf_free(&whole);
	content_free();
}
END_TEST

/* Bytes that no record is in change nothing. */
START_TEST(flipped_bytes_change_nothing_or_are_seen)
{
	struct mk_buf whole;
	size_t at, seen = 0;

	content_make(LIST);
	write_out(MK_OUT_DBM, "f");
	whole = get("f");
	for (at = (size_t)_i; at < whole.len; at += 16) {
		whole.data[at] ^= (char)(1 << at / 16 % 8);
		overwrite("f", &whole);
		if (matches(MK_OUT_DBM, "f") == 1) {
			reads_back(MK_OUT_DBM, "f", true);
			ck_assert(finds_all(MK_OUT_DBM, "f"));
		} else
			seen++;
		try_read(MK_OUT_DBM, "f");
		whole.data[at] ^= (char)(1 << at / 16 % 8);
	}
	ck_assert_uint_gt(seen, 0);
	mk_buf_free(&whole);
	content_free();
}
END_TEST

/*
 * A page that says it is of a queue or a heap: libdb divides by zero then,
 * frees what is not its own, or finds that no such file is there.
 */
START_TEST(other_kinds_of_page_are_damage)
{
	static const char kinds[] = { 10, 11, 14, 15, 16, 127 };
	struct mk_buf whole;
	size_t at;
	char was;

	content_random(400);
	write_out(MK_OUT_DBM, "f");
	whole = get("f");
	for (at = 25; at < whole.len; at += PAGE) {
		was = whole.data[at];
		whole.data[at] = kinds[_i];
		overwrite("f", &whole);
		whole.data[at] = was;
		ck_assert_int_eq(matches(MK_OUT_DBM, "f"), 0);
		ck_assert_int_eq(try_read(MK_OUT_DBM, "f").status,
		    EX_DATAERR);
	}
	mk_buf_free(&whole);
	content_free();
}
END_TEST

START_TEST(many_are_found)
{
	content_random(100000);
	write_out(MK_OUT_DBM, "f");
	ck_assert_msg(matches(MK_OUT_DBM, "f") == 1, "%s", err.text);
	reads_back(MK_OUT_DBM, "f", true);
	content_random(100001);
	ck_assert_int_eq(matches(MK_OUT_DBM, "f"), 0);
	content_random(99999);
	ck_assert_int_eq(matches(MK_OUT_DBM, "f"), 0);
	content_free();
}
END_TEST

/* Run COMMAND, where it is installed, in the scratch directory. */
static bool
run(const char *program, const char *command)
{
	char line[PATH_MAX * 2];

	snprintf(line, sizeof line, "command -v %s >/dev/null", program);
	if (system(line) != 0)
		return false;
	snprintf(line, sizeof line, "cd '%s' && %s", scratch, command);
	ck_assert_int_eq(system(line), 0);
	return true;
}

#define DBMBUILD	"/usr/sbin/exim_dbmbuild"

START_TEST(exim_writes_the_same_records)
{
	content_make(LIST);
	put("in", "10.0.0.0/8 drop\n192.0.2.0/24 drop: SBL1\n"
	    "198.51.100.7/32: drop: SBL2\n"
	    "2001.0db8.0000.0000.0000.0000.0000.0000/32 drop: SBL6\n"
	    "2001.0db9.0000.0000.0000.0000.0000.0001/128 drop: one\n");
	if (run(DBMBUILD, DBMBUILD " \"$PWD/in\" \"$PWD/f\" >/dev/null"))
		ck_assert_msg(matches(MK_OUT_DBM, "f") == 1, "%s", err.text);
	/* Without the NULs nothing is ours. */
	if (run(DBMBUILD, DBMBUILD " -nozero \"$PWD/in\" \"$PWD/g\" "
	    ">/dev/null")) {
		ck_assert_int_eq(matches(MK_OUT_DBM, "g"), 0);
		ck_assert_uint_eq(try_read(MK_OUT_DBM, "g").foreign, 5);
	}
	content_free();
}
END_TEST

START_TEST(libdb_dumps_it)
{
	content_make("192.0.2.0/24 SBL1");
	write_out(MK_OUT_DBM, "f");
	if (run("db5.3_dump", "db5.3_dump -p f | sed -n '/^type/p; /^ /p' "
	    ">out"))
		holds("out", "type=hash\n 192.0.2.0/24\\00\n"
		    " drop: SBL1\\00\n");
	content_free();
}
END_TEST

/* Nothing stays beside the file, such as libdb's temporary ones. */
START_TEST(one_file_is_made)
{
	content_make(LIST);
	write_out(MK_OUT_DBM, "f");
	ck_assert_int_eq(unlinkat(root, "f", 0), 0);
	ck_assert_int_eq(rmdir(scratch), 0);
	make_dir(scratch);
	content_free();
}
END_TEST

/* The build without: it says what is the matter, and what to do. */
START_TEST(lacking_is_said)
{
	struct mk_outfile at = place("f");

	content_make(LIST);
	ck_assert_int_eq(mk_outputs[MK_OUT_DBM].write(&at, &content, &err),
	    -1);
	ck_assert_int_eq(err.status, EX_CONFIG);
	ck_assert(!there("f"));
	ck_assert_int_eq(matches(MK_OUT_DBM, "f"), -1);
	ck_assert_int_eq(try_read(MK_OUT_DBM, "f").status, EX_CONFIG);
	ck_assert_int_eq(finds(MK_OUT_DBM, "f", "x", ""), -1);
	content_free();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("blacklist/dbm");
	TCase *tc = tcase_create("dbm");

	tcase_add_checked_fixture(tc, scratch_setup, scratch_teardown);
	tcase_set_timeout(tc, 60);
	suite_add_tcase(suite, tc);
	if (!mk_dbm_built_in()) {
		tcase_add_test(tc, lacking_is_said);
		return unit_run(suite);
	}
	tcase_add_loop_test(tc, another_list_is_seen, 0, COUNT(others));
	tcase_add_test(tc, all_is_found_as_exim_looks);
	tcase_add_test(tc, lookup_fails_as_exim_does);
	tcase_add_test(tc, cut_anywhere_is_seen);
	tcase_add_test(tc, lost_page_is_seen);
	tcase_add_loop_test(tc, flipped_bytes_change_nothing_or_are_seen, 0,
	    16);
	tcase_add_loop_test(tc, other_kinds_of_page_are_damage, 0, 6);
	tcase_add_test(tc, many_are_found);
	tcase_add_test(tc, exim_writes_the_same_records);
	tcase_add_test(tc, libdb_dumps_it);
	tcase_add_test(tc, one_file_is_made);
	return unit_run(suite);
}
