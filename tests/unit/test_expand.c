/* rotate/expand: each log once, and no pattern finds what was rotated. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2) */
#endif

#include "rotate/expand.h"
#include "scratch.h"

static struct mk_entries conf, logs;
static struct mk_buf problems;
static struct mk_error err;

static void
gather(void *data, const struct mk_error *why)
{
	ck_assert_ptr_eq(data, &problems);
	ck_assert_int_eq(mk_buf_addf(&problems, "%s\n", why->text), 0);
}

static const char *
told(void)
{
	return problems.data == NULL ? "" : problems.data;
}

static void
end(void)
{
	mk_entries_free(&conf);
	mk_entries_free(&logs);
	mk_buf_free(&problems);
	scratch_teardown();
}

static char *
path_to(const char *name)
{
	static char path[2][PATH_MAX];
	static int turn;

	turn = !turn;
	snprintf(path[turn], sizeof path[turn], "%s/%s", scratch, name);
	return path[turn];
}

/* A line of conf: NAME, and COUNT to know it again. */
static void
line(const char *name, unsigned flags, int64_t count)
{
	const struct mk_entry entry = {
		.flags = flags, .count = count, .line = (unsigned)count,
		.file = conf.files_n > 0 ? conf.files[0] :
		    mk_entries_add_file(&conf, "the.conf"),
	};

	ck_assert_int_eq(mk_entries_add(&conf, &entry, path_to(name)), 0);
}

static void
pattern(const char *name, int64_t count)
{
	line(name, MK_ENTRY_GLOB, count);
}

/* Files, between blanks. */
static void
files(const char *names)
{
	char copy[1024], *name, *state;

	snprintf(copy, sizeof copy, "%s", names);
	for (name = strtok_r(copy, " ", &state); name != NULL;
	    name = strtok_r(NULL, " ", &state))
		put(name, "");
}

static void
expand(char *const *named, size_t n, const char *time_format)
{
	mk_entries_free(&logs);
	mk_buf_free(&problems);
	ck_assert_msg(mk_expand(&conf, named, n, time_format, gather,
	    &problems, &logs, &err) == 0, "%s", err.text);
}

/* That LOGS are these, between blanks, in this order: "NAME:COUNT". */
static void
are(const char *wanted)
{
	struct mk_buf got = { 0 };
	size_t i, len = strlen(scratch);

	for (i = 0; i < logs.n; i++) {
		ck_assert_int_eq(strncmp(logs.v[i].log, scratch, len), 0);
		ck_assert_uint_eq(logs.v[i].flags & MK_ENTRY_GLOB, 0);
		mk_buf_addf(&got, "%s%s:%lld", i == 0 ? "" : " ",
		    logs.v[i].log + len + 1, (long long)logs.v[i].count);
	}
	ck_assert_str_eq(got.data == NULL ? "" : got.data, wanted);
	mk_buf_free(&got);
}

#define ONES	".1.1.1.1.1.1.1.1.1.1"

static const struct {
	const char *files, *pattern, *time_format, *wanted;
} matches[] = {
	{ "b.log a.log c.txt", "*.log", NULL, "a.log:1 b.log:1" },
	{ "mail mail.0 mail.1.gz mail.2.bz2 mail.3.xz mail.4.zst", "*", NULL,
	    "mail:1" },
	/* no generations: other names, and numbers as none is written */
	{ "mail mail.x mail.01 mail.1.zip mailx.1 mail.1234567", "*", NULL,
	    "mail:1 mail.01:1 mail.1.zip:1 mail.1234567:1 mail.x:1 "
	    "mailx.1:1" },
	/* without its log one that is not packed is a log of its own */
	{ "mail.1", "*", NULL, "mail.1:1" },
	{ "mail.1 mail.1.0", "*", NULL, "mail.1:1" },
	{ "mail.1.gz mail.2.gz", "*", NULL, "" },
	{ "mail old.gz mail-20261122.xz .gz gz", "*", NULL, "gz:1 mail:1" },
	{ "mail mail.0.gz.0.gz mail.0.0.0", "*", NULL, "mail:1" },
	{ "mail.0.gz.0", "*", NULL, "" },
	/* the log is there, but only the generations match */
	{ "mail mail.0 mail.1", "mail.*", NULL, "" },
	{ "mail mail.20261123T000000 mail.20261122T000000.gz", "*", NULL,
	    "mail:1" },
	{ "mail mail.2026-11-23 mail.0", "*", "%Y-%m-%d", "mail:1" },
	{ "mail mail.2026-11-23 mail.0", "*", NULL,
	    "mail:1 mail.2026-11-23:1" },
	{ ".mail.mailkeep-new .mail.mailkeep-old.7 .mail", ".*", NULL,
	    ".mail:1" },
	{ "mail.0.0", "*", NULL, "mail.0.0:1" },
	/* in time, which takes a limit: each level has two readings here */
	{ "a" ONES ONES ONES ONES ONES ONES, "*", "%d.%m", "" },
	{ "a*b axb", "a\\*b", NULL, "a*b:1" },
	{ "", "*", NULL, "" },
	{ "", "none/*/x", NULL, "" },
};

START_TEST(patterns_match_logs_alone)
{
	files(matches[_i].files);
	pattern(matches[_i].pattern, 1);
	expand(NULL, 0, matches[_i].time_format);
	are(matches[_i].wanted);
	ck_assert_str_eq(told(), "");
}
END_TEST

START_TEST(a_line_goes_before_patterns_and_the_first_of_them_counts)
{
	files("a.log b.log c.log");
	pattern("b*", 1);
	pattern("*.log", 2);
	line("c.log", 0, 3);
	line("gone.log", 0, 4);
	expand(NULL, 0, NULL);
	are("c.log:3 gone.log:4 b.log:1 a.log:2");
	ck_assert_str_eq(told(), "");
}
END_TEST

START_TEST(a_named_log_that_is_missing_keeps_its_generations)
{
	files("mail.0 mail.1 other.0");
	line("mail", 0, 1);
	pattern("*", 2);
	expand(NULL, 0, NULL);
	are("mail:1 other.0:2");
}
END_TEST

static char *
own(const char *name)
{
	char *copy = strdup(path_to(name));

	ck_assert_ptr_nonnull(copy);
	return copy;
}

/*
 * What a line names that is called as a rotated file of another log: to rotate
 * this would move or remove it.  A "?" begins a pattern, a "!" is named.
 */
static const struct {
	const char *files, *lines, *wanted, *told;
} pairs[] = {
	{ "a a.1", "a a.1 b", "b:3", "the.conf:2: D/a.1 has the name of a "
	    "rotated file of D/a (the.conf:1), so neither is rotated: give "
	    "one another name\n" },
	{ "", "a.0.gz a", "", "the.conf:1: D/a.0.gz has the name of a rotated "
	    "file of D/a (the.conf:2), so neither is rotated: give one "
	    "another name\n" },
	{ "", "a a.20261123T000000.zst", "", "the.conf:2: D/"
	    "a.20261123T000000.zst has the name of a rotated file of D/a "
	    "(the.conf:1), so neither is rotated: give one another name\n" },
	{ "mail mail.0 mail.1 mail.0.1", "mail.0 ?*", "", "the.conf:1: "
	    "D/mail.0 has the name of a rotated file of D/mail (the.conf:2), "
	    "so neither is rotated: give one another name\n" },
	{ "a a.1", "a a.1 b !b", "b:3", "" },
	{ "a a.1", "a a.1 b !a", "", "the.conf:2: D/a.1 has the name of a "
	    "rotated file of D/a (the.conf:1), so neither is rotated: give "
	    "one another name\n" },
	{ "a a.1", "a a.1 b !a.1", "", "the.conf:2: D/a.1 has the name of a "
	    "rotated file of D/a (the.conf:1), so neither is rotated: give "
	    "one another name\n" },
	{ "a a.1", "a.1 !a", "", "the.conf:1: D/a.1 has the name of a rotated "
	    "file of D/a (<default>:0), so neither is rotated: give one "
	    "another name\n" },
	/* nobody's rotated files */
	{ "a a.1", "a.1", "a.1:1", "" },
	{ "", "a a.1.log a.01 a.x sub/a.1 .1 b.1", "a:1 a.1.log:2 a.01:3 "
	    "a.x:4 sub/a.1:5 .1:6 b.1:7", "" },
};

START_TEST(two_logs_of_which_one_is_called_as_rotated_are_refused)
{
	char copy[200], wanted[3 * PATH_MAX] = "", *word, *state;
	const char *p, *d;
	char *named[1];
	size_t n = 0;
	int64_t count = 0;

	files(pairs[_i].files);
	snprintf(copy, sizeof copy, "%s", pairs[_i].lines);
	for (word = strtok_r(copy, " ", &state); word != NULL;
	    word = strtok_r(NULL, " ", &state)) {
		if (*word == '!')
			named[n++] = own(word + 1);
		else if (*word == '?')
			pattern(word + 1, ++count);
		else
			line(word, 0, ++count);
	}
	expand(named, n, NULL);
	are(pairs[_i].wanted);
	for (p = pairs[_i].told; (d = strstr(p, "D/")) != NULL; p = d + 1)
		snprintf(wanted + strlen(wanted), sizeof wanted -
		    strlen(wanted), "%.*s%s", (int)(d - p), p, scratch);
	snprintf(wanted + strlen(wanted), sizeof wanted - strlen(wanted), "%s",
	    p);
	ck_assert_str_eq(told(), wanted);
	while (n > 0)
		free(named[--n]);
}
END_TEST

START_TEST(a_directory_is_no_log_with_generations)
{
	make_dir("mail");
	make_dir("x.log");
	files("mail.1");
	ck_assert_int_eq(symlinkat("mail.1", root, "link.log"), 0);
	ck_assert_int_eq(mkfifoat(root, "pipe.log", 0600), 0);
	pattern("*", 1);
	expand(NULL, 0, NULL);
	are("mail.1:1");
}
END_TEST

START_TEST(the_first_of_two_lines_counts_and_the_other_is_told)
{
	char wanted[PATH_MAX];

	line("a", 0, 1);
	line("b", 0, 2);
	line("a", 0, 3);
	expand(NULL, 0, NULL);
	are("a:1 b:2");
	snprintf(wanted, sizeof wanted, "the.conf:3: %s stands in the.conf:1 "
	    "already, and is rotated as that line says\n", path_to("a"));
	ck_assert_str_eq(told(), wanted);
}
END_TEST

/* conf goes before the run begins. */
START_TEST(logs_outlive_the_lines)
{
	files("b");
	line("a", 0, 1);
	pattern("b*", 2);
	conf.v[0].notify = strdup("/run/a.pid");
	expand(NULL, 0, NULL);
	mk_entries_free(&conf);
	are("a:1 b:2");
	ck_assert_str_eq(logs.v[0].file, "the.conf");
	ck_assert_str_eq(logs.v[0].notify, "/run/a.pid");
	ck_assert_str_eq(logs.v[1].file, "the.conf");
	ck_assert_uint_eq(logs.v[1].line, 2);
}
END_TEST

START_TEST(named_logs_come_in_their_order_each_once)
{
	char *named[] = { own("sub/x.log"), own("x.log"), own("a"), own("?"),
	    own("a"), own("a.0") };
	struct mk_entry fallback = { .log = own("<default>"), .count = 9,
	    .flags = MK_ENTRY_DEFAULT };
	size_t i;

	files("a a.0 other");
	line("other", 0, 1);
	line("a", 0, 2);
	line("a", 0, 3);
	pattern("*.log", 4);
	pattern("x*", 5);
	ck_assert_int_eq(mk_entries_set_fallback(&conf, &fallback), 0);
	expand(named, COUNT(named), NULL);
	are("sub/x.log:9 x.log:4 a:2 ?:9");
	ck_assert_uint_eq(logs.v[0].flags, MK_ENTRY_DEFAULT);
	ck_assert_uint_eq(logs.v[1].flags, 0);
	ck_assert_ptr_nonnull(strstr(told(), "a.0 is a rotated file of a "
	    "log"));
	for (i = 0; i < COUNT(named); i++)
		free(named[i]);
	free(fallback.log);
}
END_TEST

START_TEST(an_unknown_name_gets_newsyslogs_own_default)
{
	char *named[] = { own("new"), own("new.1.gz") };

	line("other", 0, 1);
	expand(named, 2, NULL);
	are("new:3 new.1.gz:3");
	ck_assert_uint_eq(logs.v[0].flags, MK_ENTRY_DEFAULT);
	ck_assert_int_eq(logs.v[0].size_kib, 50);
	ck_assert_uint_eq(logs.v[0].mode, 0600);
	ck_assert_uint_eq(logs.v[0].uid, (uid_t)-1);
	ck_assert_uint_eq(logs.v[0].gid, (gid_t)-1);
	ck_assert_str_eq(told(), "");
	free(named[0]);
	free(named[1]);
}
END_TEST

START_TEST(names_that_are_no_logs_are_told)
{
	char *named[] = { own("../x"), strdup("x"), own("y/") };

	expand(named, 3, NULL);
	ck_assert_uint_eq(logs.n, 0);
	ck_assert_ptr_nonnull(strstr(told(), "x is not absolute"));
	ck_assert_ptr_nonnull(strstr(told(), "\"..\" in it"));
	ck_assert_ptr_nonnull(strstr(told(), "ends in \"/\""));
	free(named[0]);
	free(named[1]);
	free(named[2]);
}
END_TEST

START_TEST(a_directory_that_cannot_be_read_is_told_and_the_rest_done)
{
	make_dir("a/logs");
	make_dir("b/logs");
	files("a/logs/x b/logs/x");
	pattern("*/logs/*", 1);
	ck_assert_int_eq(fchmodat(root, "a/logs", 0311, 0), 0);
	not_root();
	expand(NULL, 0, NULL);
	are("b/logs/x:1");
	ck_assert_ptr_nonnull(strstr(told(), "the.conf:1: "));
	ck_assert_ptr_nonnull(strstr(told(), "Permission denied"));
	ck_assert_int_eq(fchmodat(root, "a/logs", 0755, 0), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("expand");
	TCase *tc = tcase_create("expand");

	tcase_add_checked_fixture(tc, scratch_setup, end);
	tcase_add_loop_test(tc, patterns_match_logs_alone, 0, COUNT(matches));
	tcase_add_test(tc,
	    a_line_goes_before_patterns_and_the_first_of_them_counts);
	tcase_add_test(tc, a_named_log_that_is_missing_keeps_its_generations);
	tcase_add_loop_test(tc,
	    two_logs_of_which_one_is_called_as_rotated_are_refused, 0,
	    COUNT(pairs));
	tcase_add_test(tc, a_directory_is_no_log_with_generations);
	tcase_add_test(tc, the_first_of_two_lines_counts_and_the_other_is_told);
	tcase_add_test(tc, logs_outlive_the_lines);
	tcase_add_test(tc, named_logs_come_in_their_order_each_once);
	tcase_add_test(tc, an_unknown_name_gets_newsyslogs_own_default);
	tcase_add_test(tc, names_that_are_no_logs_are_told);
	tcase_add_test(tc,
	    a_directory_that_cannot_be_read_is_told_and_the_rest_done);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
