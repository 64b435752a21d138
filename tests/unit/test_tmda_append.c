/* tmda/append: senders come onto a list once, and onto no other file. */
#ifdef __linux__
#define _GNU_SOURCE			/* scratch.h: unshare(2) */
#endif

#include "scratch.h"

#include <sys/file.h>

#include "tmda/append.h"

static struct mk_error err;
static struct mk_tmda_place list;
static struct mk_tmda_owner owner;
static char name[] = "lists/deleted", shown[] = "LIST";

static void
setup(void)
{
	scratch_setup();
	make_dir("lists");
	list = (struct mk_tmda_place){ .dirfd = root, .path = name,
	    .shown = shown };
	owner = (struct mk_tmda_owner){ getuid(), getgid() };
}

/* Append TEXT, whose lines are addresses. */
static int
append(const char *text)
{
	struct mk_buf addresses = { 0 };
	int rv;
	size_t i;

	ck_assert_int_eq(mk_buf_add(&addresses, text, strlen(text)), 0);
	for (i = 0; i < addresses.len; i++)
		if (addresses.data[i] == '\n')
			addresses.data[i] = '\0';
	rv = mk_tmda_append(&list, &addresses, &owner, &err);
	mk_buf_free(&addresses);
	return rv;
}

START_TEST(a_missing_list_is_made_as_tmda_makes_it)
{
	ck_assert_int_eq(append("b@example.org\na@example.org\n"), 0);
	holds(name, "a@example.org\nb@example.org\n");
	ck_assert_int_eq(stat_of(name).st_mode & 07777, 0600);
	ck_assert_int_eq(stat_of(name).st_uid, getuid());
}
END_TEST

START_TEST(it_is_made_for_the_owner)
{
	if (getuid() != 0)
		return;
	owner = (struct mk_tmda_owner){ 65534, 65534 };
	ck_assert_int_eq(append("a@example.org\n"), 0);
	ck_assert_int_eq(stat_of(name).st_uid, 65534);
	ck_assert_int_eq(stat_of(name).st_gid, 65534);
}
END_TEST

static const struct { const char *has, *adds, *gets; } texts[] = {
	{ "", "a@b.c\n", "a@b.c\n" },
	{ "x@y.z\n", "a@b.c\n", "x@y.z\na@b.c\n" },
	{ "a@b.c\n", "a@b.c\n", "a@b.c\n" },
	{ "A@B.C # by hand\n", "a@b.c\n", "A@B.C # by hand\n" },
	{ "", "a@b.c\nA@b.C\na@b.c\n", NULL },	/* once */
	{ "x@y.z", "a@b.c\n", "x@y.z\na@b.c\n" },
	{ "a@b.c", "a@b.c\n", "a@b.c" },	/* nothing, not even the end */
	{ "*@b.c\n", "a@b.c\n", "*@b.c\n" },
	{ "# a@b.c\n", "a@b.c\n", "# a@b.c\na@b.c\n" },
	{ "xa@b.c\n", "a@b.c\n", "xa@b.c\na@b.c\n" },
};

START_TEST(each_address_is_there_once)
{
	struct mk_buf text;

	put(name, texts[_i].has);
	ck_assert_int_eq(append(texts[_i].adds), 0);
	if (texts[_i].gets != NULL) {
		holds(name, texts[_i].gets);
		return;
	}
	text = get(name);
	ck_assert_uint_eq(text.len, strlen("a@b.c\n"));
	mk_buf_free(&text);
}
END_TEST

START_TEST(nobody_to_append_makes_no_list)
{
	ck_assert_int_eq(append(""), 0);
	ck_assert(!there(name));
}
END_TEST

START_TEST(many_go_in_whole_lines)
{
	struct mk_buf text = { 0 }, got;
	unsigned i;

	for (i = 0; i < 20000; i++)
		mk_buf_addf(&text, "sender%05u@example.org\n", i);
	ck_assert_int_eq(append(text.data), 0);
	got = get(name);
	ck_assert_uint_eq(got.len, text.len);
	ck_assert_int_eq(memcmp(got.data, text.data, got.len), 0);
	mk_buf_free(&got);
	mk_buf_free(&text);
}
END_TEST

START_TEST(no_link_is_followed)
{
	put("other", "x@y.z\n");
	ck_assert_int_eq(symlinkat("../other", root, name), 0);
	ck_assert_int_eq(append("a@b.c\n"), -1);
	holds("other", "x@y.z\n");
	ck_assert_int_eq(unlinkat(root, name, 0), 0);
	ck_assert_int_eq(renameat(root, "lists", root, "real"), 0);
	ck_assert_int_eq(symlinkat("real", root, "lists"), 0);
	ck_assert_int_eq(append("a@b.c\n"), -1);
	ck_assert(!there("real/deleted"));
}
END_TEST

START_TEST(a_file_with_another_name_is_left_alone)
{
	put("other", "x@y.z\n");
	ck_assert_int_eq(linkat(root, "other", root, name, 0), 0);
	ck_assert_int_eq(append("a@b.c\n"), -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
	holds("other", "x@y.z\n");
}
END_TEST

START_TEST(a_fifo_is_no_list)
{
	ck_assert_int_eq(mkfifoat(root, name, 0666), 0);
	ck_assert_int_eq(append("a@b.c\n"), -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
}
END_TEST

START_TEST(root_writes_into_nobody_elses_file)
{
	if (getuid() != 0)
		return;
	put(name, "x@y.z\n");
	owner = (struct mk_tmda_owner){ 65534, 65534 };
	ck_assert_int_eq(append("a@b.c\n"), -1);
	ck_assert_int_eq(err.status, EX_NOPERM);
	holds(name, "x@y.z\n");
}
END_TEST

START_TEST(root_makes_none_in_anothers_directory)
{
	if (getuid() != 0)
		return;
	owner = (struct mk_tmda_owner){ 65534, 65534 };
	list.own = true;		/* as one elsewhere is */
	ck_assert_int_eq(append("a@b.c\n"), -1);
	ck_assert(!there(name));
}
END_TEST

/* TRIES is ten seconds: both locks keep us out, for good. */
START_TEST(a_locked_list_is_not_written)
{
	int fd;
	pid_t pid;
	int status;

	put(name, "x@y.z\n");
	fd = openat(root, name, O_RDWR);
	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	pid = fork();
	if (pid == 0) {
		close(fd);
		_exit(append("a@b.c\n") == -1 && err.status == EX_TEMPFAIL ?
		    0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	holds(name, "x@y.z\n");
	close(fd);
}
END_TEST

/* A disk that gets full leaves whole lines, or none. */
START_TEST(a_full_disk_leaves_no_half_address)
{
	struct mk_buf text = { 0 }, got;
	char at[PATH_MAX];
	unsigned i;

	if (!may_mount())
		return;
	snprintf(at, sizeof at, "%s/lists", scratch);
	ck_assert(mount_here(at));
	close(root);
	scratch_open();
	/* Below the mount nothing is reached from above it. */
	list.dirfd = openat(root, "lists", O_RDONLY | O_DIRECTORY);
	list.path = name + strlen("lists/");
	for (i = 0; i < 5000; i++)
		mk_buf_addf(&text, "sender%05u@example.org\n", i);
	ck_assert_int_eq(append(text.data), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	got = get(name);
	ck_assert_uint_lt(got.len, text.len);
	ck_assert(got.len == 0 || got.data[got.len - 1] == '\n');
	ck_assert_int_eq(memcmp(got.len == 0 ? "" : got.data, text.data,
	    got.len), 0);
	mk_buf_free(&got);
	mk_buf_free(&text);
	close(list.dirfd);
	ck_assert_int_eq(umount2(at, MNT_DETACH), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("tmda/append");
	TCase *tc = tcase_create("append");

	tcase_add_checked_fixture(tc, setup, scratch_teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_missing_list_is_made_as_tmda_makes_it);
	tcase_add_test(tc, it_is_made_for_the_owner);
	tcase_add_loop_test(tc, each_address_is_there_once, 0, COUNT(texts));
	tcase_add_test(tc, nobody_to_append_makes_no_list);
	tcase_add_test(tc, many_go_in_whole_lines);
	tcase_add_test(tc, no_link_is_followed);
	tcase_add_test(tc, a_file_with_another_name_is_left_alone);
	tcase_add_test(tc, a_fifo_is_no_list);
	tcase_add_test(tc, root_writes_into_nobody_elses_file);
	tcase_add_test(tc, root_makes_none_in_anothers_directory);
	tcase_add_test(tc, a_locked_list_is_not_written);
	tcase_add_test(tc, a_full_disk_leaves_no_half_address);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
