/* lib/check: findings are kept, counted, worth a status, and readable. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2), in scratch.h */
#endif

#include <stdio.h>
#include <stdlib.h>

#include "base/jsonread.h"
#include "base/sys.h"
#include "check/look.h"
#include "check/print.h"
#include "check/run.h"
#include "scratch.h"

static struct mk_check_conf conf;
static struct mk_check check;
static char *text;
static size_t text_len;
static FILE *out;

static void
setup(void)
{
	scratch_setup();
	conf = (struct mk_check_conf){ 0 };
	check = (struct mk_check){ .conf = &conf, .below = "",
	    .root = geteuid() == 0 };
	text = NULL;
	out = open_memstream(&text, &text_len);
	ck_assert_ptr_nonnull(out);
}

static void
teardown(void)
{
	fclose(out);
	free(text);
	mk_check_free(&check);
	scratch_teardown();
}

START_TEST(keeps_findings_in_their_order)
{
	char name[16];
	int i;

	for (i = 0; i < 100; i++) {
		snprintf(name, sizeof name, "p%d", i);
		mk_check_add(&check, (enum mk_severity)(i % 4), "exim", name,
		    i % 2 == 0 ? NULL : "do", "number %d", i);
	}
	ck_assert_uint_eq(check.n, 100);
	ck_assert_str_eq(check.findings[99].place, "p99");
	ck_assert_str_eq(check.findings[99].what, "number 99");
	ck_assert_str_eq(check.findings[98].advice, "");
	ck_assert_uint_eq(mk_check_count(&check, MK_ERROR), 25);
	ck_assert(!check.no_memory);
}
END_TEST

static const struct {
	bool blind, strict;
	enum mk_severity worst;
	int status;
} worth[] = {
	{ false, false, MK_FINE, EX_OK },
	{ false, false, MK_NOTE, EX_OK },
	{ false, false, MK_WARNING, EX_OK },
	{ false, false, MK_ERROR, EX_DATAERR },
	{ false, true, MK_NOTE, EX_OK },
	{ false, true, MK_WARNING, EX_DATAERR },
	{ false, true, MK_ERROR, EX_DATAERR },
	{ true, false, MK_FINE, EX_CONFIG },
	{ true, true, MK_ERROR, EX_CONFIG },
};

START_TEST(the_worst_decides_the_status)
{
	mk_check_add(&check, MK_NOTE, "exim", "", "", "nothing");
	mk_check_add(&check, worth[_i].worst, "exim", "", "", "this");
	mk_check_add(&check, MK_FINE, "exim", "", "", "fine");
	check.blind = worth[_i].blind;
	ck_assert_int_eq(mk_check_status(&check, worth[_i].strict),
	    worth[_i].status);
}
END_TEST

static const struct { const char *text; size_t len; } places[] = {
	{ "/etc/x.conf:12: bad", sizeof "/etc/x.conf:12" - 1 },
	{ "a:b:7: bad", sizeof "a:b:7" - 1 },
	{ "a: b:7: bad", sizeof "a: b:7" - 1 },
	{ "open /etc/x: No such file", 0 },
	{ "x:12:bad", 0 },
	{ "x:: bad", 0 },
	{ "", 0 },
};

START_TEST(finds_the_place_in_a_message)
{
	ck_assert_uint_eq(mk_look_place(places[_i].text), places[_i].len);
}
END_TEST

static const struct {
	size_t at, indent;
	const char *text, *lines;
} wraps[] = {
	{ 4, 4, "a few words", "a few words\n" },
	{ 4, 4, "  a   few ", "a few\n" },
	{ 70, 4, "twelve bytes", "twelve\n    bytes\n" },
	{ 70, 4, "ten bytes_ u", "ten bytes_\n    u\n" },
	{ 77, 2, "\xc3\xa4\xc3\xb6\xc3\xbc z",
	    "\xc3\xa4\xc3\xb6\xc3\xbc\n  z\n" },
	{ 76, 76, "abcdefghij", "abcd\n                                      "
	    "                                      efgh\n                     "
	    "                                                       ij\n" },
	{ 4, 4, "a\033[31mb\nc", "a\\x1B[31mb\\nc\n" },
	{ 4, 4, "", "\n" },
};

START_TEST(wraps_at_80_columns)
{
	ck_assert_int_eq(mk_check_wrap(out, 80, wraps[_i].at, wraps[_i].indent,
	    wraps[_i].text), 0);
	fflush(out);
	ck_assert_str_eq(text, wraps[_i].lines);
}
END_TEST

START_TEST(no_line_is_longer_whatever_it_says)
{
	char word[400];
	size_t columns = _i == 0 ? 80 : 40, column = 0, i;

	for (i = 0; i < sizeof word - 1; i++)
		word[i] = i % 97 == 96 ? ' ' : i % 5 == 0 ? '\a' : 'x';
	word[sizeof word - 1] = '\0';
	mk_check_add(&check, MK_WARNING, "exim", word, word, "%s", word);
	ck_assert_int_eq(mk_check_print(&check, MK_FINE, false, columns,
	    out), 0);
	fflush(out);
	for (i = 0; i < text_len; i++) {
		column = text[i] == '\n' ? 0 : column + 1;
		ck_assert_uint_le(column, columns);
		ck_assert(text[i] == '\n' || (text[i] >= ' ' &&
		    text[i] < 0x7f));
	}
}
END_TEST

START_TEST(prints_by_area_and_counts)
{
	mk_check_add(&check, MK_FINE, "exim", "e", "", "fine");
	mk_check_add(&check, MK_ERROR, "exim", "f", "mend it", "broken");
	mk_check_add(&check, MK_NOTE, "tmda", "", "", "none");
	mk_check_add(&check, MK_WARNING, "runs", "g", "", "odd");
	ck_assert_int_eq(mk_check_print(&check, MK_WARNING, false, 80, out), 0);
	fflush(out);
	ck_assert_str_eq(text, "exim\n  ERROR    f: broken\n"
	    "           -> mend it\n"
	    "runs\n  warning  g: odd\n"
	    "1 error, 1 warning; see mailkeep-check(8)\n");
}
END_TEST

START_TEST(colours_only_where_asked)
{
	mk_check_add(&check, MK_ERROR, "exim", "f", "", "broken");
	ck_assert_int_eq(mk_check_print(&check, MK_FINE, true, 80, out), 0);
	fflush(out);
	ck_assert_ptr_nonnull(strstr(text, "\033[1;31mERROR\033[0m    f"));
}
END_TEST

START_TEST(json_holds_all)
{
	struct mk_error err;
	struct mk_value *doc;
	const struct mk_value *list, *one;

	mk_check_add(&check, MK_FINE, "exim", "a\n\"b", "", "fine");
	mk_check_add(&check, MK_ERROR, "exim", "f", "mend it", "broken");
	ck_assert_int_eq(mk_check_json(&check, 65, out), 0);
	fflush(out);
	ck_assert_ptr_eq(strchr(text, '\n'), text + text_len - 1);
	doc = mk_jsonread(text, text_len, &err);
	ck_assert_ptr_nonnull(doc);
	list = mk_value_get(doc, "findings");
	ck_assert_uint_eq(mk_value_count(list), 2);
	one = mk_value_at(list, 0);
	ck_assert_str_eq(mk_value_string(mk_value_get(one, "place"), ""),
	    "a\n\"b");
	ck_assert_str_eq(mk_value_string(mk_value_get(one, "severity"), ""),
	    "ok");
	ck_assert_int_eq(mk_value_int(mk_value_get(doc, "errors"), -1), 1);
	ck_assert_int_eq(mk_value_int(mk_value_get(doc, "warnings"), -1), 0);
	ck_assert_int_eq(mk_value_int(mk_value_get(doc, "status"), -1), 65);
	mk_jsonread_free(doc);
}
END_TEST

START_TEST(knows_its_areas)
{
	struct mk_error err;

	ck_assert_int_eq(mk_check_area("mail-root", &err), 0);
	ck_assert_int_eq(mk_check_area("schedul", &err), -1);
	ck_assert_int_eq(err.status, EX_USAGE);
	ck_assert_ptr_nonnull(strstr(err.text, "did you mean schedule?"));
}
END_TEST

START_TEST(asks_as_the_owner)
{
	struct mk_owner nobody = { .uid = 65534, .gid = 65534,
	    .name = "nobody" };
	struct mk_owner ourselves = { .uid = (uid_t)-1, .gid = (gid_t)-1 };
	char path[PATH_MAX];

	put("private", "x");
	snprintf(path, sizeof path, "%s/private", scratch);
	ck_assert_int_eq(chmod(path, 0600), 0);
	ck_assert_int_eq(mk_look_may(&check, &ourselves, path, R_OK), 0);
	ck_assert_int_eq(mk_look_may(&check, &nobody, path, R_OK),
	    geteuid() == 65534 ? 0 : geteuid() == 0 ? EACCES : -1);
	ck_assert_int_eq(mk_look_may(&check, &ourselves, "/nowhere", R_OK),
	    ENOENT);
	ck_assert_int_eq(geteuid() == 0, check.root);	/* still */
}
END_TEST

static const struct {
	mode_t mode;
	bool found;
	enum mk_severity severity;
} guards[] = {
	{ 0644, false, MK_FINE }, { 0600, false, MK_FINE },
	{ 0646, true, MK_ERROR }, { 0666, true, MK_ERROR },
};

START_TEST(tells_of_what_others_can_write)
{
	struct stat st;

	put("file", "x");
	ck_assert_int_eq(fchmodat(root, "file", guards[_i].mode, 0), 0);
	st = stat_of("file");
	ck_assert(mk_look_guarded(&check, "exim", "here", "file", &st,
	    "can read") == guards[_i].found);
	ck_assert_uint_eq(check.n, guards[_i].found ? 1 : 0);
	if (guards[_i].found)
		ck_assert_int_eq(check.findings[0].severity,
		    guards[_i].severity);
}
END_TEST

static const struct { const char *path, *parent; } parents[] = {
	{ "/a/b", "/a" }, { "/a", "/" }, { "/a/b/", "/a" }, { "a", "." },
	{ "a/b", "a" }, { "/", "/" },
};

START_TEST(finds_the_directory_of_a_path)
{
	char *parent = mk_look_parent(&check, parents[_i].path);

	ck_assert_str_eq(parent, parents[_i].parent);
	free(parent);
}
END_TEST

START_TEST(reads_regular_files_alone)
{
	struct mk_buf buf = { 0 };
	char path[PATH_MAX];

	put("empty", "");
	put("text", "abc");
	ck_assert_int_eq(mkfifoat(root, "fifo", 0644), 0);
	snprintf(path, sizeof path, "%s/empty", scratch);
	ck_assert_int_eq(mk_look_read(path, 10, &buf), 0);
	ck_assert_str_eq(buf.data, "");
	snprintf(path, sizeof path, "%s/text", scratch);
	ck_assert_int_eq(mk_look_read(path, 3, &buf), 0);
	ck_assert_str_eq(buf.data, "abc");
	ck_assert_int_eq(mk_look_read(path, 2, &buf), -1);
	ck_assert_int_eq(errno, EFBIG);
	snprintf(path, sizeof path, "%s/fifo", scratch);
	ck_assert_int_eq(mk_look_read(path, 10, &buf), -1);
	ck_assert_int_eq(mk_look_read(scratch, 10, &buf), -1);
	mk_buf_free(&buf);
}
END_TEST

START_TEST(tells_whether_a_file_system_is_of_the_network)
{
	int rv = mk_sys_is_network("/proc/self");

	ck_assert(rv == 0 || (rv == -1 && errno == ENOTSUP));
	ck_assert_int_eq(mk_sys_is_network("/proc/nowhere"), -1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("check");
	TCase *tc = tcase_create("check");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, keeps_findings_in_their_order);
	tcase_add_loop_test(tc, the_worst_decides_the_status, 0,
	    COUNT(worth));
	tcase_add_loop_test(tc, finds_the_place_in_a_message, 0,
	    COUNT(places));
	tcase_add_loop_test(tc, wraps_at_80_columns, 0, COUNT(wraps));
	tcase_add_loop_test(tc, no_line_is_longer_whatever_it_says, 0, 2);
	tcase_add_test(tc, prints_by_area_and_counts);
	tcase_add_test(tc, colours_only_where_asked);
	tcase_add_test(tc, json_holds_all);
	tcase_add_test(tc, knows_its_areas);
	tcase_add_test(tc, asks_as_the_owner);
	tcase_add_loop_test(tc, tells_of_what_others_can_write, 0,
	    COUNT(guards));
	tcase_add_loop_test(tc, finds_the_directory_of_a_path, 0,
	    COUNT(parents));
	tcase_add_test(tc, reads_regular_files_alone);
	tcase_add_test(tc, tells_whether_a_file_system_is_of_the_network);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
