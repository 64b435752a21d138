/* mail/maildir: what a directory holds, and whether it is a Maildir. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2) */
#endif

#include "mail/maildir.h"
#include "scratch.h"

static struct mk_look look;
static struct mk_dir reader;

static void
setup(void)
{
	scratch_setup();
	look = (struct mk_look){ 0 };
	reader = (struct mk_dir){ .fd = -1 };
}

static void
teardown(void)
{
	mk_look_free(&look);
	mk_sys_dir_free(&reader);
	scratch_teardown();
}

static bool
lists(const struct mk_names *names, const char *name)
{
	const char *at = NULL;
	size_t n = 0, hits = 0;

	while ((at = mk_names_next(names, at)) != NULL) {
		hits += strcmp(at, name) == 0;
		n++;
	}
	ck_assert_uint_eq(n, names->n);
	ck_assert_uint_le(hits, 1);
	return hits == 1;
}

START_TEST(look_sorts_what_it_finds)
{
	struct mk_names none = { 0 };

	make_dir("cur");
	make_dir("tmp");
	make_dir(".Trash");
	make_dir("...");
	make_dir("plain");
	make_dir("a\nb \xff");
	make_dir("lost+found");
	put("new", "no directory");
	put("message", "");
	ck_assert_int_eq(symlinkat("cur", root, ".link"), 0);
	ck_assert_int_eq(symlinkat("nowhere", root, "link"), 0);
	ck_assert_int_eq(mkfifoat(root, "fifo", 0600), 0);

	ck_assert_int_eq(mk_maildir_look(&look, root, &reader), 0);
	ck_assert(look.has_cur && !look.has_new && look.has_tmp);
	ck_assert(!look.has_mark && !mk_look_is_maildir(&look));
	ck_assert_uint_eq(look.dots.n, 2);
	ck_assert(lists(&look.dots, ".Trash") && lists(&look.dots, "..."));
	ck_assert_uint_eq(look.plain.n, 2);
	ck_assert(lists(&look.plain, "plain"));
	ck_assert(lists(&look.plain, "a\nb \xff"));
	ck_assert_uint_eq(look.links.n, 2);
	ck_assert(lists(&look.links, "link") && lists(&look.links, ".link"));
	ck_assert_ptr_null(mk_names_next(&none, NULL));
}
END_TEST

START_TEST(second_look_forgets_the_first)
{
	int fd;

	make_dir("a/cur");
	make_dir("a/new");
	make_dir("a/tmp");
	make_dir("a/.x");
	make_dir("a/y");
	put("a/subscriptions", "");
	ck_assert_int_eq(symlinkat("x", root, "a/z"), 0);
	make_dir("b");
	fd = mk_sys_open_dir(root, "a");
	ck_assert_int_eq(mk_maildir_look(&look, fd, &reader), 0);
	ck_assert(mk_look_is_maildir(&look) && look.has_mark);
	ck_assert_uint_eq(look.dots.n + look.plain.n + look.links.n, 3);
	close(fd);
	fd = mk_sys_open_dir(root, "b");
	ck_assert_int_eq(mk_maildir_look(&look, fd, &reader), 0);
	ck_assert(!look.has_cur && !look.has_new && !look.has_tmp);
	ck_assert(!look.has_mark);
	ck_assert_uint_eq(look.dots.n + look.plain.n + look.links.n, 0);
	ck_assert_ptr_null(mk_names_next(&look.dots, NULL));
	close(fd);
}
END_TEST

static const struct { const char *name; bool dir, mark; } marks[] = {
	{ "subscriptions", false, true }, { "maildirsize", false, true },
	{ "dovecot-uidvalidity", false, true },
	{ "dovecot-uidlist", false, false },	/* every folder has it */
	{ "maildirfolder", false, false },
	{ "dovecot-uidvalidity.5f", false, false },
	{ "subscriptions", true, false }, { "maildirsize", true, false },
};

START_TEST(marks_are_of_a_mailboxs_top)
{
	if (marks[_i].dir)
		make_dir(marks[_i].name);
	else
		put(marks[_i].name, "");
	ck_assert_int_eq(mk_maildir_look(&look, root, &reader), 0);
	ck_assert_int_eq(look.has_mark, marks[_i].mark);
}
END_TEST

static const struct { const char *missing, *instead; bool maildir; } subs[] = {
	{ NULL, NULL, true },
	{ "cur", NULL, false }, { "new", NULL, false }, { "tmp", NULL, false },
	{ "cur", "link", false }, { "new", "link", false },
	{ "tmp", "link", false },
	{ "cur", "file", false }, { "tmp", "fifo", false },
};

START_TEST(maildir_has_three_directories)
{
	static const char *const names[] = { "cur", "new", "tmp" };
	const char *missing = subs[_i].missing, *instead = subs[_i].instead;
	char path[20];
	int i, fd;

	make_dir("m");
	make_dir("other");
	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "m/%s", names[i]);
		if (missing == NULL || strcmp(names[i], missing) != 0)
			make_dir(path);
		else if (instead != NULL && strcmp(instead, "link") == 0)
			ck_assert_int_eq(symlinkat("../other", root, path),
			    0);
		else if (instead != NULL && strcmp(instead, "file") == 0)
			put(path, "");
		else if (instead != NULL)
			ck_assert_int_eq(mkfifoat(root, path, 0600), 0);
	}
	ck_assert_int_eq(mk_maildir_at(root, "m"), subs[_i].maildir);
	fd = mk_sys_open_dir(root, "m");
	ck_assert_int_eq(mk_maildir_look(&look, fd, &reader), 0);
	ck_assert_int_eq(mk_look_is_maildir(&look), subs[_i].maildir);
	ck_assert_int_eq(mk_maildir_at(fd, "."), subs[_i].maildir);
	close(fd);
}
END_TEST

START_TEST(no_maildir_beyond_a_link)
{
	make_dir("m/cur");
	make_dir("m/new");
	make_dir("m/tmp");
	put("file", "");
	ck_assert_int_eq(symlinkat("m", root, "link"), 0);
	ck_assert(mk_maildir_at(root, "m"));
	ck_assert(!mk_maildir_at(root, "link"));
	ck_assert(!mk_maildir_at(root, "none"));
	ck_assert(!mk_maildir_at(root, "file"));
	ck_assert(!mk_maildir_at(root, "m/cur/.."));
	ck_assert(!mk_maildir_at(root, ""));
}
END_TEST

/* More than one buffer of getdents64 holds. */
START_TEST(large_directory_is_seen_whole)
{
	char name[100];
	int i;

	for (i = 0; i < 4000; i++) {
		snprintf(name, sizeof name, "%s%060d", i % 2 == 0 ? "." : "",
		    i);
		ck_assert_int_eq(mkdirat(root, name, 0755), 0);
	}
	ck_assert_int_eq(mk_maildir_look(&look, root, &reader), 0);
	ck_assert_uint_eq(look.dots.n, 2000);
	ck_assert_uint_eq(look.plain.n, 2000);
	for (i = 0; i < 20; i++) {
		snprintf(name, sizeof name, "%s%060d", i % 2 == 0 ? "." : "",
		    i * 199);
		if (i * 199 % 2 == i % 2)
			ck_assert(lists(i % 2 == 0 ? &look.dots :
			    &look.plain, name));
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mail/maildir");
	TCase *tc = tcase_create("maildir");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, look_sorts_what_it_finds);
	tcase_add_test(tc, second_look_forgets_the_first);
	tcase_add_loop_test(tc, marks_are_of_a_mailboxs_top, 0, COUNT(marks));
	tcase_add_loop_test(tc, maildir_has_three_directories, 0,
	    COUNT(subs));
	tcase_add_test(tc, no_maildir_beyond_a_link);
	tcase_add_test(tc, large_directory_is_seen_whole);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
