/* rotate/state: what was saved is loaded, and what is damaged is left out. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2), in scratch.h */
#endif

#include <inttypes.h>

#include "rotate/state.h"
#include "rotate/when.h"
#include "scratch.h"

#define NAME	MK_ROTATE_STATE_NAME
#define HEAD	"mailkeep-rotate state 1\n"

static struct mk_rotate_state state;
static struct mk_error err;
static size_t bad;

static void
teardown(void)
{
	mk_rotate_state_free(&state);
	scratch_teardown();
}

static void
load(void)
{
	mk_rotate_state_free(&state);
	bad = 77;
	ck_assert_msg(mk_rotate_state_load(&state, root, &bad, &err) == 0,
	    "%s", err.text);
}

static void
save(void)
{
	ck_assert_msg(mk_rotate_state_save(&state, root, &err) == 0, "%s",
	    err.text);
	ck_assert(!state.changed);
}

static const struct mk_rotate_record records[] = {
	{ "/a\tb\nc\\d\\t", 1, 2, MK_OWES_TURN, 3, 4, 9, 5 },
	{ "/var/log/exim/mainlog", 1700000000, 1700086400,
	    MK_OWES_NOTICE | MK_OWES_SETTLE, 2049, 131072, 4096, 1700086399 },
	{ "/var/log/exim/paniclog", 1700000000, MK_WHEN_NEVER, 0, 0, 0,
	    0, MK_WHEN_NEVER },
	{ "/var/log/exim/rejectlog", -1, -86400, 7, UINT64_MAX, UINT64_MAX,
	    UINT64_MAX, INT64_MAX },
	{ "/z \r\x01\xff\"", 0, 0, 0, 0, 0, 0, 0 },
};

static void
check(const struct mk_rotate_record *got, const struct mk_rotate_record *want)
{
	ck_assert_str_eq(got->log, want->log);
	ck_assert_int_eq(got->seen_s, want->seen_s);
	ck_assert_int_eq(got->rotated_s, want->rotated_s);
	ck_assert_uint_eq(got->owes, want->owes);
	ck_assert_uint_eq(got->dev, want->dev);
	ck_assert_uint_eq(got->ino, want->ino);
	ck_assert_uint_eq(got->size, want->size);
	ck_assert_int_eq(got->turn_s, want->turn_s);
}

/* In a wrong order, on purpose. */
static void
make(void)
{
	struct mk_rotate_record *record;
	char *log;
	int i;

	for (i = COUNT(records) - 1; i >= 0; i--) {
		record = mk_rotate_state_get(&state, records[i].log, 1);
		ck_assert_ptr_nonnull(record);
		log = record->log;
		*record = records[i];
		record->log = log;
	}
	save();
}

START_TEST(saved_is_loaded)
{
	struct stat st;
	int i;

	make();
	st = stat_of(NAME);
	ck_assert_uint_eq(st.st_mode & 07777, 0644);
	load();
	ck_assert_uint_eq(bad, 0);
	ck_assert(!state.changed);
	ck_assert_uint_eq(state.n, COUNT(records));
	for (i = 0; i < COUNT(records); i++) {
		check(&state.v[i], &records[i]);
		ck_assert_ptr_eq(mk_rotate_state_find(&state, records[i].log),
		    &state.v[i]);
	}
	ck_assert_ptr_null(mk_rotate_state_find(&state, ""));
	ck_assert_ptr_null(mk_rotate_state_find(&state, "/a"));
	ck_assert_ptr_null(mk_rotate_state_find(&state, "/zz"));
}
END_TEST

START_TEST(form_is_as_documented)
{
	struct mk_rotate_record *record = mk_rotate_state_get(&state,
	    "/a\tb\\c\nd", 17);

	ck_assert_ptr_nonnull(record);
	record->owes = MK_OWES_SETTLE;
	record->dev = 8;
	record->ino = 9;
	record->size = 10;
	record->turn_s = -5;
	save();
	holds(NAME, HEAD "/a\\tb\\\\c\\nd\t17\t-\t4\t8\t9\t10\t-5\nend\t1\n");
}
END_TEST

START_TEST(get_makes_what_is_missing_and_find_does_not)
{
	struct mk_rotate_record *record;

	ck_assert_ptr_null(mk_rotate_state_find(&state, "/b"));
	ck_assert(!state.changed);
	record = mk_rotate_state_get(&state, "/b", 5);
	ck_assert_ptr_nonnull(record);
	ck_assert(state.changed);
	ck_assert_int_eq(record->seen_s, 5);
	ck_assert_int_eq(record->rotated_s, MK_WHEN_NEVER);
	ck_assert_uint_eq(record->owes, 0);
	state.changed = false;
	ck_assert_ptr_eq(mk_rotate_state_get(&state, "/b", 6), record);
	ck_assert_int_eq(record->seen_s, 5);
	ck_assert(!state.changed);
	ck_assert_ptr_nonnull(mk_rotate_state_get(&state, "/a", 7));
	ck_assert_ptr_nonnull(mk_rotate_state_get(&state, "/c", 7));
	ck_assert_str_eq(state.v[0].log, "/a");
	ck_assert_str_eq(state.v[1].log, "/b");
	ck_assert_str_eq(state.v[2].log, "/c");
}
END_TEST

START_TEST(unchanged_is_not_written)
{
	save();
	ck_assert(!there(NAME));
	make();
	put(NAME, "other");
	save();
	holds(NAME, "other");
	state.changed = true;
	ck_assert_int_eq(mk_rotate_state_save(&state, -1, &err), 0);
	holds(NAME, "other");
}
END_TEST

START_TEST(no_directory_and_no_file_are_empty)
{
	load();
	ck_assert_uint_eq(state.n, 0);
	ck_assert_uint_eq(bad, 0);
	put(NAME, "no state");
	bad = 77;
	ck_assert_int_eq(mk_rotate_state_load(&state, -1, &bad, &err), 0);
	ck_assert_uint_eq(state.n, 0);
	ck_assert_uint_eq(bad, 0);
}
END_TEST

/* Only whole lines are believed, and that some are missing is seen. */
START_TEST(cut_at_each_byte_keeps_whole_lines)
{
	struct mk_buf whole;
	size_t len, lines, i;
	int rv;

	make();
	whole = get(NAME);
	for (len = 0; len < whole.len; len++) {
		put_bytes(NAME, whole.data, len);
		mk_rotate_state_free(&state);
		rv = mk_rotate_state_load(&state, root, &bad, &err);
		ck_assert_int_eq(rv, len < strlen(HEAD) ? -1 : 0);
		for (lines = i = 0; i < len; i++)
			lines += whole.data[i] == '\n';
		ck_assert_uint_eq(state.n, lines == 0 ? 0 : lines - 1);
		ck_assert_uint_eq(bad, rv == 0);
		ck_assert_int_eq(state.changed, rv == 0);
		for (i = 0; i < state.n; i++)
			check(&state.v[i], &records[i]);
	}
	mk_buf_free(&whole);
}
END_TEST

#define GOOD	"/good\t1\t2\t0\t3\t4\t6\t5\n"

static const struct { const char *text; size_t bad; bool good; } damaged[] = {
	{ GOOD "end\t1\n", 0, true },
	{ "end\t0\n", 0, false },
	{ "", 1, false },
	{ GOOD, 1, true },
	{ GOOD "end\t1", 1, true },
	{ GOOD "end\t2\n", 1, true },
	{ GOOD "end\t0\n", 1, true },
	{ GOOD "end\t\n", 2, true },
	{ GOOD "end\t1\t\n", 2, true },
	{ GOOD "end 1\n", 2, true },
	{ GOOD "end\t1\nend\t1\n", 1, true },
	{ "end\t0\n" GOOD, 1, false },
	{ GOOD "\nend\t2\n", 1, true },
	{ GOOD GOOD "end\t2\n", 2, false },
	{ GOOD "/b\t1\t2\t0\t3\t4\t6\nend\t2\n", 1, true },
	{ GOOD "/b\t1\t2\t0\t3\t4\t6\t\nend\t2\n", 1, true },
	{ GOOD "/b\t1\t2\t0\t3\t4\t6\t5\t\nend\t2\n", 1, true },
	{ GOOD "/b\t1\t2\t0\t3\t4\t6\t5\t6\nend\t2\n", 1, true },
	{ GOOD "/b\t1\t2\t8\t3\t4\t6\t5\nend\t2\n", 1, true },
	{ GOOD "/b\t1\t2\t4294967296\t3\t4\t6\t5\nend\t2\n", 1, true },
	{ GOOD "/b\t1\t2\t-\t3\t4\t6\t5\nend\t2\n", 1, true },
	{ GOOD "/b\t1\t2\t0\t-3\t4\t6\t5\nend\t2\n", 1, true },
	{ GOOD "/b\t+1\t2\t0\t3\t4\t6\t5\nend\t2\n", 1, true },
	{ GOOD "/b\t 1\t2\t0\t3\t4\t6\t5\nend\t2\n", 1, true },
	{ GOOD "/b\t1x\t2\t0\t3\t4\t6\t5\nend\t2\n", 1, true },
	{ GOOD "/b\t--1\t2\t0\t3\t4\t6\t5\nend\t2\n", 1, true },
	{ GOOD "/b\t\t2\t0\t3\t4\t6\t5\nend\t2\n", 1, true },
	{ GOOD "/b\t9223372036854775808\t2\t0\t3\t4\t6\t5\nend\t2\n", 1, true },
	{ GOOD
	    "/b\t1\t2\t0\t18446744073709551616\t4\t6\t5\nend\t2\n", 1, true },
	{ GOOD "/b\t1\t2\t0\t3\t4\t-\t5\nend\t2\n", 1, true },
	{ GOOD "/b\\x\t1\t2\t0\t3\t4\t6\t5\nend\t2\n", 1, true },
	{ GOOD "/b\\\t1\t2\t0\t3\t4\t6\t5\nend\t2\n", 1, true },
	{ GOOD "/b\\\nend\t2\n", 1, true },
	{ GOOD "\t1\t2\t0\t3\t4\t6\t5\nend\t2\n", 1, true },
	{ GOOD "/b\nend\t2\n", 1, true },
	{ GOOD "/b\t1\t2\t0\t3\t4\t6\t5\r\nend\t2\n", 1, true },
};

START_TEST(bad_lines_are_counted_and_good_ones_kept)
{
	char text[500];

	snprintf(text, sizeof text, "%s%s", HEAD, damaged[_i].text);
	put(NAME, text);
	load();
	ck_assert_uint_eq(bad, damaged[_i].bad);
	ck_assert_int_eq(state.changed, damaged[_i].bad > 0);
	ck_assert_uint_eq(state.n, damaged[_i].good);
	if (damaged[_i].good)
		ck_assert_str_eq(state.v[0].log, "/good");
	save();				/* and it is whole again */
	load();
	ck_assert_uint_eq(bad, 0);
	ck_assert_uint_eq(state.n, damaged[_i].good);
}
END_TEST

START_TEST(nul_spoils_its_line_alone)
{
	static const char text[] = HEAD GOOD "/a\0b\t1\t2\t0\t3\t4\t6\t5\n"
	    "end\t2\n";

	put_bytes(NAME, text, sizeof text - 1);
	load();
	ck_assert_uint_eq(bad, 1);
	ck_assert_uint_eq(state.n, 1);
}
END_TEST

static const char *const foreign[] = {
	"", "\n", "mailkeep-rotate state 2\nend\t0\n",
	"mailkeep-rotate state 10\nend\t0\n", "logrotate state -- version 2\n",
	"mailkeep-rotate state 1", "mailkeep-rotate state 1\r\nend\t0\n",
};

START_TEST(another_file_is_told_and_done_without)
{
	put(NAME, foreign[_i]);
	bad = 77;
	ck_assert_int_eq(mk_rotate_state_load(&state, root, &bad, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, NAME));
	ck_assert_uint_eq(state.n, 0);
	ck_assert_uint_eq(bad, 0);
	ck_assert_ptr_nonnull(mk_rotate_state_get(&state, "/a", 1));
	save();
	load();
	ck_assert_uint_eq(state.n, 1);
}
END_TEST

START_TEST(link_fifo_or_directory_is_no_state)
{
	put("other", HEAD GOOD "end\t1\n");
	ck_assert_int_eq(symlinkat("other", root, NAME), 0);
	ck_assert_int_eq(mk_rotate_state_load(&state, root, &bad, &err), -1);
	ck_assert_uint_eq(state.n, 0);
	unlinkat(root, NAME, 0);
	ck_assert_int_eq(mkfifoat(root, NAME, 0600), 0);
	ck_assert_int_eq(mk_rotate_state_load(&state, root, &bad, &err), -1);
	unlinkat(root, NAME, 0);
	make_dir(NAME);
	ck_assert_int_eq(mk_rotate_state_load(&state, root, &bad, &err), -1);
	ck_assert_uint_eq(state.n, 0);
	holds("other", HEAD GOOD "end\t1\n");
}
END_TEST

START_TEST(endless_file_is_not_read)
{
	int fd;

	put(NAME, HEAD);
	fd = openat(root, NAME, O_WRONLY);
	ck_assert_int_eq(ftruncate(fd, (off_t)65 * 1024 * 1024), 0);
	close(fd);
	ck_assert_int_eq(mk_rotate_state_load(&state, root, &bad, &err), -1);
	ck_assert_uint_eq(state.n, 0);
}
END_TEST

#ifdef __linux__
START_TEST(full_disk_keeps_the_old_state)
{
	char text[200], small[sizeof scratch + 10];
	struct mk_buf old;
	size_t i;
	int fd;

	if (!may_mount())
		return;
	make_dir("small");
	snprintf(small, sizeof small, "%s/small", scratch);
	ck_assert(mount_here(small));
	close(root);
	root = open(small, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ne(root, -1);
	make();
	old = get(NAME);
	fd = openat(root, "full", O_WRONLY | O_CREAT, 0600);
	memset(text, 'x', sizeof text);
	while (write(fd, text, sizeof text) > 0)
		;
	close(fd);
	for (i = 0; i < 100; i++) {
		snprintf(text, sizeof text, "/%0100zu", i);
		ck_assert_ptr_nonnull(mk_rotate_state_get(&state, text, 1));
	}
	ck_assert_int_eq(mk_rotate_state_save(&state, root, &err), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert(state.changed);
	holds(NAME, old.data);
	mk_buf_free(&old);
	unlinkat(root, "full", 0);
	save();
	load();
	ck_assert_uint_eq(state.n, COUNT(records) + 100);
	close(root);
	scratch_open();
	ck_assert_int_eq(umount2(small, MNT_DETACH), 0);
}
END_TEST
#endif

START_TEST(only_what_is_long_silent_and_waits_for_nobody_is_forgotten)
{
	enum { gone = 3 };
	static const struct mk_rotate_record old[] = {
		{ "/left/plain", 10, 20, MK_OWES_SETTLE, 0, 0, 0, 20 },
		{ "/long/silent", 10, 20, 0, 0, 0, 0, 20 },
		{ "/never/rotated", 10, MK_WHEN_NEVER, 0, 0, 0, 0, 0 },
		{ "/owes/notice", 10, 20, MK_OWES_NOTICE | MK_OWES_SETTLE, 0,
		    0, 0, 20 },
		{ "/owes/turn", 10, 20, MK_OWES_TURN, 0, 0, 0, 20 },
		{ "/rotated/since", 10, 100, 0, 0, 0, 0, 100 },
		{ "/seen/since", 100, MK_WHEN_NEVER, MK_OWES_SETTLE, 0, 0, 0,
		    0 },
	};
	struct mk_rotate_record *record;
	char *log;
	int i;

	for (i = 0; i < COUNT(old); i++) {
		record = mk_rotate_state_get(&state, old[i].log, 1);
		ck_assert_ptr_nonnull(record);
		log = record->log;
		*record = old[i];
		record->log = log;
	}
	state.changed = false;
	mk_rotate_state_forget(&state, 100);
	ck_assert(state.changed);
	ck_assert_uint_eq(state.n, COUNT(old) - gone);
	for (i = gone; i < COUNT(old); i++)
		check(&state.v[i - gone], &old[i]);
	state.changed = false;
	mk_rotate_state_forget(&state, 100);
	ck_assert(!state.changed);
	ck_assert_uint_eq(state.n, COUNT(old) - gone);
}
END_TEST

START_TEST(many_logs)
{
	char log[64];
	size_t i;

	for (i = 0; i < 5000; i++) {
		snprintf(log, sizeof log, "/log/%zu", i * 7919 % 5000);
		ck_assert_ptr_nonnull(mk_rotate_state_get(&state, log,
		    (int64_t)i));
	}
	save();
	load();
	ck_assert_uint_eq(state.n, 5000);
	for (i = 0; i < 5000; i++) {
		snprintf(log, sizeof log, "/log/%zu", i * 7919 % 5000);
		ck_assert_int_eq(mk_rotate_state_find(&state, log)->seen_s,
		    (int64_t)i);
		ck_assert(i == 0 || strcmp(state.v[i - 1].log,
		    state.v[i].log) < 0);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("rotate/state");
	TCase *tc = tcase_create("state");

	tcase_add_checked_fixture(tc, scratch_setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, saved_is_loaded);
	tcase_add_test(tc, form_is_as_documented);
	tcase_add_test(tc, get_makes_what_is_missing_and_find_does_not);
	tcase_add_test(tc, unchanged_is_not_written);
	tcase_add_test(tc, no_directory_and_no_file_are_empty);
	tcase_add_test(tc, cut_at_each_byte_keeps_whole_lines);
	tcase_add_loop_test(tc, bad_lines_are_counted_and_good_ones_kept, 0,
	    COUNT(damaged));
	tcase_add_test(tc, nul_spoils_its_line_alone);
	tcase_add_loop_test(tc, another_file_is_told_and_done_without, 0,
	    COUNT(foreign));
	tcase_add_test(tc, link_fifo_or_directory_is_no_state);
	tcase_add_test(tc, endless_file_is_not_read);
#ifdef __linux__
	tcase_add_test(tc, full_disk_keeps_the_old_state);
#endif
	tcase_add_test(tc,
	    only_what_is_long_silent_and_waits_for_nobody_is_forgotten);
	tcase_add_test(tc, many_logs);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
