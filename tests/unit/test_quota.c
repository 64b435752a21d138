/* mail/quota: one line at the end, or nothing at all. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2) */
#endif

#include <signal.h>

#include "mail/quota.h"
#include "scratch.h"

#define NAME	MK_QUOTA_FILE
#define LIMIT	"10000000S,1000C\n"

static struct mk_error err;

static const struct {
	int64_t bytes, count;
	const char *line;
} lines[] = {
	{ -66, -1, "-66 -1\n" },
	{ 66, 1, "66 1\n" },			/* --restore */
	{ 0, -1, "0 -1\n" },
	{ -5, 0, "-5 0\n" },
	{ 0, 0, "" },
	{ INT64_MIN, INT64_MAX,
	    "-9223372036854775808 9223372036854775807\n" },
};

START_TEST(line_is_appended)
{
	char want[200];

	put(NAME, LIMIT "500 5\n");
	ck_assert_int_eq(mk_quota_add(root, mk_quota_mark(root),
	    lines[_i].bytes, lines[_i].count,
	    &err), 0);
	snprintf(want, sizeof want, LIMIT "500 5\n%s", lines[_i].line);
	holds(NAME, want);
}
END_TEST

START_TEST(missing_file_is_not_made)
{
	ck_assert_int_eq(mk_quota_add(root, mk_quota_mark(root),
	    -1, -1, &err), 0);
	ck_assert(!there(NAME));
}
END_TEST

/* At 5120 bytes it is counted anew by whoever reads it next. */
START_TEST(full_file_is_left_alone)
{
	char text[MK_QUOTA_LIMIT + 2];
	size_t len = (size_t)(MK_QUOTA_LIMIT - 1 + _i);

	memset(text, '\n', sizeof text);
	put_bytes(NAME, text, len);
	ck_assert_int_eq(mk_quota_add(root, mk_quota_mark(root),
	    -1, -1, &err), 0);
	ck_assert_int_eq(stat_of(NAME).st_size, (off_t)len +
	    (_i == 0 ? 6 : 0));
}
END_TEST

static const char *const in_place[] = {
	"link", "dangling", "hard link", "dir", "fifo", "socket",
};

START_TEST(only_a_plain_file_is_written)
{
	const char *what = in_place[_i];

	put("victim", "precious\n");
	if (strcmp(what, "link") == 0)
		ck_assert_int_eq(symlinkat("victim", root, NAME), 0);
	else if (strcmp(what, "dangling") == 0)
		ck_assert_int_eq(symlinkat("nowhere", root, NAME), 0);
	else if (strcmp(what, "hard link") == 0)
		ck_assert_int_eq(linkat(root, "victim", root, NAME, 0), 0);
	else if (strcmp(what, "dir") == 0)
		make_dir(NAME);
	else if (strcmp(what, "fifo") == 0)
		ck_assert_int_eq(mkfifoat(root, NAME, 0644), 0);
	else
		ck_assert_int_eq(mknodat(root, NAME, S_IFSOCK | 0644, 0), 0);
	ck_assert_int_eq(mk_quota_add(root, mk_quota_mark(root),
	    -1, -1, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, NAME));
	holds("victim", "precious\n");
	ck_assert(!there("nowhere"));
}
END_TEST

START_TEST(unwritable_is_told)
{
	put(NAME, LIMIT);
	not_root();
	scratch_run("chmod 444", NAME);
	ck_assert_int_eq(mk_quota_add(root, mk_quota_mark(root),
	    -1, -1, &err), -1);
	ck_assert_int_eq(err.status, EX_NOPERM);
	holds(NAME, LIMIT);
}
END_TEST

/* An IMAP server appends at the same time: no line is lost or torn. */
START_TEST(concurrent_lines_stay_whole)
{
	struct mk_buf all;
	pid_t pids[4];
	char *line, *rest;
	int i, j, status, n = 0;

	put(NAME, LIMIT);
	for (i = 0; i < 4; i++)
		if ((pids[i] = fork()) == 0) {
			for (j = 0; j < 80; j++)
				if (mk_quota_add(root, mk_quota_mark(root),
	    -1000 - i, -1, &err) ==
				    -1)
					_exit(1);
			_exit(0);
		}
	for (i = 0; i < 4; i++) {
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert_int_eq(status, 0);
	}
	all = get(NAME);
	line = strtok_r(all.data, "\n", &rest);
	ck_assert_str_eq(line, "10000000S,1000C");
	while ((line = strtok_r(NULL, "\n", &rest)) != NULL) {
		ck_assert_msg(strncmp(line, "-100", 4) == 0 &&
		    line[4] >= '0' && line[4] <= '3' &&
		    strcmp(line + 5, " -1") == 0, "%s", line);
		n++;
	}
	ck_assert_int_eq(n, 320);
	mk_buf_free(&all);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mail/quota");
	TCase *tc = tcase_create("quota");

	tcase_add_checked_fixture(tc, scratch_setup, scratch_teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, line_is_appended, 0, COUNT(lines));
	tcase_add_test(tc, missing_file_is_not_made);
	tcase_add_loop_test(tc, full_file_is_left_alone, 0, 3);
	tcase_add_loop_test(tc, only_a_plain_file_is_written, 0,
	    COUNT(in_place));
	tcase_add_test(tc, unwritable_is_told);
	tcase_add_test(tc, concurrent_lines_stay_whole);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
