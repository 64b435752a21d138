/* rotate/budget: the oldest go, as many as must, and never what must stay. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2), in scratch.h */
#endif

#include "base/config.h"
#include "rotate/budget.h"
#include "rotate/generation.h"
#include "scratch.h"

#define FILE_BYTES	(64 * 1024)

static struct mk_budget budget;
static struct mk_budget_done done;
static struct mk_error err;
static struct mk_place place;
static char shown[1000];
static int64_t unit;			/* what a file takes */

static const struct mk_budget_log both[] = {
	{ "/log/a", "a", &place, NULL, 0 },
	{ "/log/b", "b", &place, NULL, 0 },
};

static void
setup(void)
{
	scratch_setup();
	budget = (struct mk_budget){ .max_total = MK_UNSET_INT,
	    .min_free = MK_UNSET_INT };
	place = (struct mk_place){ .path = scratch, .fd = root,
	    .uid = (uid_t)-1, .gid = (gid_t)-1 };
}

static void
age(const char *name, time_t mtime_s)
{
	struct timespec times[2] = { { .tv_sec = mtime_s },
	    { .tv_sec = mtime_s } };

	ck_assert_int_eq(utimensat(root, name, times, 0), 0);
}

/* A file of one unit, last written at MTIME_S. */
static void
make(const char *name, time_t mtime_s)
{
	static char bytes[FILE_BYTES];
	int fd;

	memset(bytes, 'x', sizeof bytes);
	put_bytes(name, bytes, sizeof bytes);
	fd = openat(root, name, O_RDONLY);
	ck_assert_int_eq(fsync(fd), 0);	/* so that its blocks are counted */
	close(fd);
	age(name, mtime_s);
	unit = (int64_t)stat_of(name).st_blocks * 512;
	ck_assert_int_gt(unit, 0);
}

static int
keep(const struct mk_budget_log *logs, size_t n, bool dry)
{
	FILE *show = dry ? fmemopen(shown, sizeof shown, "w") : NULL;
	int rv;

	memset(shown, 0, sizeof shown);
	done = (struct mk_budget_done){ 77, 77 };
	rv = mk_budget_keep(&budget, logs, n, show, &done, &err);
	if (show != NULL)
		fclose(show);
	return rv;
}

static void
kept(const struct mk_budget_log *logs, size_t n)
{
	ck_assert_msg(keep(logs, n, false) == 0, "%s", err.text);
}

/* Of a and b, from the oldest: b.3.gz a.2 b.2 a.1.bz2 b.1 a.0 b.0. */
static const struct { const char *name; time_t mtime_s; bool newest; } all[] = {
	{ "b.3.gz", 100, false },
	{ "a.2", 200, false },
	{ "b.2", 300, false },
	{ "a.1.bz2", 400, false },
	{ "b.1", 500, false },
	{ "a.0", 600, true },
	{ "b.0", 700, true },
};

static void
make_all(void)
{
	int i;

	make("a", 50);
	make("b", 60);
	for (i = 0; i < COUNT(all); i++)
		make(all[i].name, all[i].mtime_s);
}

/* The first GONE of them are gone, and nothing else. */
static void
check_gone(int gone)
{
	int i;

	for (i = 0; i < COUNT(all); i++)
		ck_assert_msg(there(all[i].name) == (i >= gone), "%s, %d",
		    all[i].name, gone);
	ck_assert(there("a") && there("b"));
}

static const struct { int units, more, gone; } totals[] = {
	{ 100, 0, 0 }, { 7, 0, 0 }, { 7, -1, 1 }, { 6, 0, 1 }, { 5, 1, 2 },
	{ 5, 0, 2 }, { 4, 0, 3 }, { 3, 0, 4 }, { 2, 0, 5 },
	{ 1, 0, 5 }, { 0, 0, 5 },	/* one of each log stays */
};

START_TEST(oldest_go_until_the_total_is_met)
{
	make_all();
	budget.max_total = totals[_i].units * unit + totals[_i].more;
	kept(both, 2);
	check_gone(totals[_i].gone);
	ck_assert_uint_eq(done.removed, (uint64_t)totals[_i].gone);
	ck_assert_uint_eq(done.bytes, (uint64_t)(totals[_i].gone * unit));
	kept(both, 2);			/* and then it is kept */
	check_gone(totals[_i].gone);
	ck_assert_uint_eq(done.removed, 0);
}
END_TEST

START_TEST(nothing_asked_nothing_removed)
{
	make_all();
	kept(both, 2);
	check_gone(0);
	ck_assert_uint_eq(done.removed, 0);
	budget.max_total = 0;
	kept(both, 0);
	check_gone(0);
}
END_TEST

START_TEST(show_tells_and_keeps)
{
	char want[1000];

	make_all();
	budget.max_total = 5 * unit;
	ck_assert_int_eq(keep(both, 2, true), 0);
	check_gone(0);
	snprintf(want, sizeof want, "\trm -f %s/b.3.gz\n\trm -f %s/a.2\n",
	    scratch, scratch);
	ck_assert_str_eq(shown, want);
	ck_assert_uint_eq(done.removed, 2);
	ck_assert_uint_eq(done.bytes, (uint64_t)(2 * unit));
}
END_TEST

static const char *const others[] = {
	"a.log", "a.01", "a.1.old", "a.1.gz.tmp", "aa.1", "c.1", ".a.1",
	"a.1234567", "a.-1", "a.", "A.5",
};

START_TEST(what_is_no_generation_stays)
{
	int i;

	make_all();
	for (i = 0; i < COUNT(others); i++)
		make(others[i], 1);
	make_dir("a.9");
	ck_assert_int_eq(symlinkat("c.1", root, "a.8"), 0);
	ck_assert_int_eq(mkfifoat(root, "a.7", 0600), 0);
	budget.max_total = 0;
	kept(both, 2);
	check_gone(5);
	for (i = 0; i < COUNT(others); i++)
		ck_assert_msg(there(others[i]), "%s", others[i]);
	ck_assert(there("a.9") && there("a.8") && there("a.7"));
}
END_TEST

START_TEST(higher_number_goes_first_of_one_age)
{
	make("a.0", 500);
	make("a.1", 500);
	make("a.2", 500);
	make("a.10", 500);
	budget.max_total = 2 * unit;
	kept(both, 1);
	ck_assert(there("a.0") && there("a.1"));
	ck_assert(!there("a.2") && !there("a.10"));
}
END_TEST

/* By number, not by age: a clock may have been wrong. */
START_TEST(newest_stays_however_old_it_looks)
{
	make("a.0", 1);
	make("a.1", 500);
	make("b.3", 2);			/* the only one */
	budget.max_total = 0;
	kept(both, 2);
	ck_assert(there("a.0") && there("b.3"));
	ck_assert(!there("a.1"));
}
END_TEST

/* As a killed compression leaves it. */
START_TEST(both_files_of_the_newest_stay)
{
	make("a.0", 10);
	make("a.0.gz", 11);
	make("a.1", 12);
	budget.max_total = 0;
	kept(both, 1);
	ck_assert(there("a.0") && there("a.0.gz"));
	ck_assert(!there("a.1"));
}
END_TEST

START_TEST(log_that_is_called_as_a_generation_stays)
{
	static const struct mk_budget_log logs[] = {
		{ "/log/a", "a", &place, NULL, 0 },
		{ "/log/a.1", "a.1", &place, NULL, 0 },
	};

	make("a.0", 500);
	make("a.1", 1);
	make("a.2", 2);
	make("a.1.0", 3);
	make("a.1.1", 4);
	budget.max_total = 0;
	kept(logs, 2);
	ck_assert(there("a.0") && there("a.1") && there("a.1.0"));
	ck_assert(!there("a.2") && !there("a.1.1"));
}
END_TEST

START_TEST(times_in_names_are_generations_too)
{
	const struct mk_budget_log log = { "/log/a", "a", &place,
	    MK_GENERATION_TIME, 0 };

	make("a.20260101T000000.gz", 9);
	make("a.20260102T000000.gz", 9);
	make("a.20260103T000000", 9);
	make("a.5", 1);
	budget.max_total = 2 * unit;
	kept(&log, 1);
	ck_assert(!there("a.20260101T000000.gz"));
	ck_assert(there("a.20260102T000000.gz"));
	ck_assert(there("a.20260103T000000"));
	ck_assert(there("a.5"));
}
END_TEST

START_TEST(what_is_written_stays_and_the_next_goes)
{
	int fd;

	make_all();
	fd = openat(root, "a.2", O_WRONLY | O_APPEND);
	ck_assert_int_ne(fd, -1);
	budget.max_total = 5 * unit;
	kept(both, 2);
	ck_assert(there("a.2"));
	ck_assert(!there("b.3.gz") && !there("b.2"));
	ck_assert(there("a.1.bz2"));
	ck_assert_uint_eq(done.removed, 2);
	close(fd);
	budget.max_total = 4 * unit;
	kept(both, 2);
	ck_assert(!there("a.2"));
}
END_TEST

START_TEST(what_is_read_goes)
{
	int fd;

	make_all();
	fd = openat(root, "b.3.gz", O_RDONLY);
	ck_assert_int_ne(fd, -1);
	budget.max_total = 6 * unit;
	kept(both, 2);
	check_gone(1);
	close(fd);
}
END_TEST

START_TEST(second_name_stays_and_is_told)
{
	make_all();
	ck_assert_int_eq(linkat(root, "b.3.gz", root, "precious", 0), 0);
	budget.max_total = 6 * unit;
	ck_assert_int_eq(keep(both, 2, false), -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
	ck_assert_ptr_nonnull(strstr(err.text, "b.3.gz"));
	ck_assert(there("precious") && there("b.3.gz"));
	ck_assert(!there("a.2"));	/* the rest is done */
	ck_assert(there("b.2"));
	ck_assert_uint_eq(done.removed, 1);
}
END_TEST

START_TEST(directory_that_may_not_be_changed_is_told)
{
	if (getuid() == 0)
		not_root();
	make_all();
	ck_assert_int_eq(fchmod(root, 0555), 0);
	budget.max_total = 5 * unit;
	ck_assert_int_eq(keep(both, 2, false), -1);
	ck_assert_int_eq(err.status, EX_NOPERM);
	ck_assert_ptr_nonnull(strstr(err.text, scratch));
	ck_assert_ptr_nonnull(strstr(err.text, "b.3.gz"));
	check_gone(0);
	ck_assert_uint_eq(done.removed, 0);
	ck_assert_int_eq(fchmod(root, 0755), 0);
}
END_TEST

/* What the user could not look into is not removed for him either. */
START_TEST(rights_of_the_place_are_those_of_its_user)
{
	if (getuid() != 0)
		return;
	make_all();
	scratch_run("chown -R 65534:65534", "");
	ck_assert_int_eq(fchownat(root, "b.3.gz", 0, 0, 0), 0);
	ck_assert_int_eq(fchmodat(root, "b.3.gz", 0600, 0), 0);
	place = (struct mk_place)MK_PLACE;
	ck_assert_msg(mk_place_open(&place, scratch, false, &err) == 0, "%s",
	    err.text);
	ck_assert_uint_eq(place.uid, 65534);
	budget.max_total = 5 * unit;
	ck_assert_int_eq(keep(both, 2, false), -1);
	ck_assert_int_eq(err.status, EX_NOPERM);
	ck_assert(there("b.3.gz"));
	ck_assert(!there("a.2") && !there("b.2"));
	ck_assert_uint_eq(done.removed, 2);
	ck_assert_uint_eq(geteuid(), 0);
	mk_place_close(&place);
}
END_TEST

START_TEST(place_that_could_not_be_opened_is_left_out)
{
	static const struct mk_place closed = MK_PLACE;
	const struct mk_budget_log logs[] = {
		{ "/log/x", "x", NULL, NULL, 0 },
		{ "/log/y", "y", &closed, NULL, 0 },
		both[0], both[1],
	};

	make_all();
	budget.max_total = 5 * unit;
	budget.min_free = 1;
	kept(logs, 4);
	check_gone(2);
}
END_TEST

START_TEST(free_enough_nothing_goes)
{
	make_all();
	budget.min_free = 1;
	kept(both, 2);
	check_gone(0);
}
END_TEST

START_TEST(not_enough_free_keeps_the_newest_and_is_told)
{
	make_all();
	budget.min_free = INT64_MAX / 2;
	ck_assert_int_eq(keep(both, 2, false), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_ptr_nonnull(strstr(err.text, scratch));
	ck_assert_ptr_nonnull(strstr(err.text, "4.0 EiB"));
	check_gone(5);
	ck_assert_uint_eq(done.removed, 5);
}
END_TEST

#ifdef __linux__
#define PAGE		4096

/*
 * Pages: of a's eight generations on a small file system of 16 GONE go, so
 * that FREE are free, and, of all, but for b's, TOTAL stay at most.
 */
static const struct free_row {
	int free, total, gone, rv;
	bool dry, read;
} frees[] = {
	{ 8, -1, 0, 0, false, false },
	{ 9, -1, 1, 0, false, false },
	{ 11, -1, 3, 0, false, false },
	{ 11, -1, 3, 0, true, false },
	{ 11, -1, 3, 0, false, true },	/* comes free only later */
	{ 15, -1, 7, 0, false, false },
	{ 16, -1, 7, -1, false, false },
	{ 11, 6, 3, 0, false, false },
	{ 11, 6, 3, 0, false, true },
	{ 11, 3, 5, 0, false, false },
	{ 11, 3, 5, 0, true, false },
};

static void
make_page(int dir, const char *name, time_t mtime_s)
{
	struct timespec times[2] = { { .tv_sec = mtime_s },
	    { .tv_sec = mtime_s } };
	char bytes[PAGE] = "";
	int fd = openat(dir, name, O_WRONLY | O_CREAT, 0600);

	ck_assert_int_eq(write(fd, bytes, PAGE), PAGE);
	close(fd);
	ck_assert_int_eq(utimensat(dir, name, times, 0), 0);
}

/* b lies on another file system; it may be older, and is not asked. */
static void
check_free(const struct free_row *row, int dir)
{
	const struct mk_place small = { .path = scratch, .fd = dir,
	    .uid = (uid_t)-1, .gid = (gid_t)-1 };
	const struct mk_budget_log logs[] = {
		{ "/log/a", "a", &small, NULL, 0 },
		{ "/log/b", "b", &place, NULL, 0 },
	};
	int readers[8], i;
	char name[] = "a.0";
	struct stat st;

	for (i = 0; i < 8; i++) {
		name[2] = (char)('0' + i);
		make_page(dir, name, 5000 - i);
		readers[i] = row->read ? openat(dir, name, O_RDONLY) : -1;
	}
	budget.min_free = row->free * PAGE;
	if (row->total != -1)
		budget.max_total = 2 * unit + row->total * PAGE;
	ck_assert_int_eq(keep(logs, 2, row->dry), row->rv);
	if (row->rv == -1)
		ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_uint_eq(done.removed, (uint64_t)row->gone);
	for (i = 0; i < 8; i++) {
		name[2] = (char)('0' + i);
		ck_assert_int_eq(fstatat(dir, name, &st, 0) == -1,
		    !row->dry && i >= 8 - row->gone);
		if (readers[i] != -1)
			close(readers[i]);
	}
}

START_TEST(oldest_go_until_enough_is_free)
{
	char small[sizeof scratch + 10];
	int dir;

	if (!may_mount())
		return;
	make("b.0", 9999);
	make("b.1", frees[_i].total == -1 ? 1 : 9998);
	make_dir("small");
	snprintf(small, sizeof small, "%s/small", scratch);
	ck_assert(mount_here(small));
	dir = open(small, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ne(dir, -1);
	check_free(&frees[_i], dir);
	close(dir);
	ck_assert(there("b.0") && there("b.1"));
	ck_assert_int_eq(umount2(small, MNT_DETACH), 0);
}
END_TEST
#endif

static const struct { const char *pattern, *path; int has; } patterns[] = {
	{ "/var/log/exim4/mainlog", "/var/log/exim4/mainlog", 1 },
	{ "/var/log/exim4/*", "/var/log/exim4/mainlog", 1 },
	{ "/var/log/*/mainlog", "/var/log/exim4/mainlog", 1 },
	{ "/var/log/*", "/var/log/exim4/mainlog", 0 },
	{ "/var/log/exim4", "/var/log/exim4/mainlog", 0 },
	{ "/var/log/exim4/[mr]*", "/var/log/exim4/paniclog", 0 },
	{ "/var/log/exim4/[mr]*", "/var/log/exim4/rejectlog", 1 },
};

START_TEST(pattern_has_a_log)
{
	ck_assert_int_eq(mk_list_add(&budget.logs, "/nothing", 8), 0);
	ck_assert_int_eq(mk_list_add(&budget.logs, patterns[_i].pattern,
	    strlen(patterns[_i].pattern)), 0);
	ck_assert_int_eq(mk_budget_has(&budget, patterns[_i].path),
	    patterns[_i].has);
	mk_list_free(&budget.logs);
	ck_assert_int_eq(mk_budget_has(&budget, patterns[_i].path), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("rotate/budget");
	TCase *tc = tcase_create("budget");

	tcase_add_checked_fixture(tc, setup, scratch_teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, oldest_go_until_the_total_is_met, 0,
	    COUNT(totals));
	tcase_add_test(tc, nothing_asked_nothing_removed);
	tcase_add_test(tc, show_tells_and_keeps);
	tcase_add_test(tc, what_is_no_generation_stays);
	tcase_add_test(tc, higher_number_goes_first_of_one_age);
	tcase_add_test(tc, newest_stays_however_old_it_looks);
	tcase_add_test(tc, both_files_of_the_newest_stay);
	tcase_add_test(tc, log_that_is_called_as_a_generation_stays);
	tcase_add_test(tc, times_in_names_are_generations_too);
	tcase_add_test(tc, what_is_written_stays_and_the_next_goes);
	tcase_add_test(tc, what_is_read_goes);
	tcase_add_test(tc, second_name_stays_and_is_told);
	tcase_add_test(tc, directory_that_may_not_be_changed_is_told);
	tcase_add_test(tc, rights_of_the_place_are_those_of_its_user);
	tcase_add_test(tc, place_that_could_not_be_opened_is_left_out);
	tcase_add_test(tc, free_enough_nothing_goes);
	tcase_add_test(tc, not_enough_free_keeps_the_newest_and_is_told);
#ifdef __linux__
	tcase_add_loop_test(tc, oldest_go_until_enough_is_free, 0,
	    COUNT(frees));
#endif
	tcase_add_loop_test(tc, pattern_has_a_log, 0, COUNT(patterns));
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
