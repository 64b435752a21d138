/* mail/index: what was seen is seen again; damage is as good as nothing. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2) */
#endif

#include <zlib.h>

#include "base/le.h"
#include "mail/index.h"
#include "mail/walk.h"
#include "scratch.h"

#define NAME	"index"
#define HEAD	64
#define NOW	1700000000

static const struct mk_index_key key = { 1, UINT64_MAX, 77 };
static struct mk_index index_;
static struct mk_error err;

/* In the order of the walk. */
static const struct mk_index_record records[] = {
	{ "", MK_INDEX_DIR, 0, 0, 5, { 0, 0, 0 }, MK_NEVER, 0 },
	{ "a", MK_INDEX_MAILBOX, 0, 0, MK_RACY, { 0 }, MK_NEVER, 0 },
	{ "a", MK_INDEX_FOLDER, MK_MAILDIRPP, MK_WATCH_CUR | MK_WATCH_NEW, 0,
	    { 1699999999123456789, MK_RACY, 0 }, NOW + 5, 12 },
	{ "a/.Trash", MK_INDEX_FOLDER, MK_MAILDIRPP, MK_WATCH_ALL, 0,
	    { -1, INT64_MAX, 7 }, MK_ALWAYS, UINT64_MAX },
	{ "a/Trash", MK_INDEX_FOLDER, MK_FS, MK_WATCH_SELF, 9, { 0 },
	    MK_NEVER, 0 },
	{ "a/Trash/20\n25", MK_INDEX_FOLDER, MK_FS, MK_WATCH_CUR, 9, { 0 },
	    1, 1 },
	{ "a\x01z", MK_INDEX_DIR, 0, 0, 1, { 0 }, MK_NEVER, 0 },
	{ "a b", MK_INDEX_DIR, 0, 0, 1, { 0 }, MK_NEVER, 0 },
	{ "a-b", MK_INDEX_MAILBOX, 0, 0, 1, { 0 }, MK_NEVER, 0 },
	{ "a-b", MK_INDEX_FOLDER, 0, 1, 1, { 0 }, MK_NEVER, 0 },
	{ "a-b/c", MK_INDEX_MAILBOX, 0, 0, 1, { 0 }, MK_NEVER, 0 },
	{ "a.b", MK_INDEX_DIR, 0, 0, 1, { 0 }, MK_NEVER, 0 },
	{ "ab", MK_INDEX_DIR, 0, 0, 1, { 0 }, MK_NEVER, 0 },
	{ "\xff", MK_INDEX_DIR, 0, 0, 1, { 0 }, MK_NEVER, 0 },
};
#define N	((size_t)COUNT(records))

/* Handed over in another order. */
static void
save(void)
{
	struct mk_index_record copy[N];
	size_t i;

	for (i = 0; i < N; i++)
		copy[i * 5 % N] = records[i];
	ck_assert_msg(mk_index_save(root, NAME, &key, NOW, copy, N, &err) ==
	    0, "%s", err.text);
}

static void
load(const struct mk_index_key *with)
{
	ck_assert_msg(mk_index_load(&index_, root, NAME, with, &err) == 0,
	    "%s", err.text);
}

START_TEST(what_goes_in_comes_out_in_order)
{
	const struct mk_index_record *r;
	size_t i, j;

	save();
	load(&key);
	ck_assert_int_eq(index_.last_run_s, NOW);
	ck_assert_uint_eq(index_.n, N);
	for (i = 0; i < N; i++) {
		r = &index_.records[i];
		ck_assert_str_eq(r->path, records[i].path);
		ck_assert_int_eq(r->kind, records[i].kind);
		ck_assert_int_eq(r->layout, records[i].layout);
		ck_assert_uint_eq(r->watch, records[i].watch);
		ck_assert_int_eq(r->self_ns, records[i].self_ns);
		for (j = 0; j < MK_WATCHES; j++)
			ck_assert_int_eq(r->sub_ns[j], records[i].sub_ns[j]);
		ck_assert_int_eq(r->due_s, records[i].due_s);
		ck_assert_uint_eq(r->watched, records[i].watched);
	}
	mk_index_free(&index_);
	mk_index_free(&index_);
}
END_TEST

START_TEST(order_is_that_of_the_walk)
{
	size_t i, j;
	int order;

	for (i = 0; i < N; i++)
		for (j = 0; j < N; j++) {
			order = mk_index_order(&records[i], &records[j]);
			ck_assert_int_eq((order > 0) - (order < 0),
			    (i > j) - (i < j));
		}
}
END_TEST

static const struct { size_t at, extent; } extents[] = {
	{ 0, N }, { 1, 5 }, { 2, 4 }, { 3, 1 }, { 4, 2 }, { 6, 1 }, { 7, 1 },
	{ 8, 3 }, { 9, 2 }, { 10, 1 }, { 11, 1 }, { 12, 1 }, { N - 1, 1 },
};

START_TEST(extent_is_what_stands_below)
{
	save();
	load(&key);
	ck_assert_uint_eq(mk_index_extent(&index_, extents[_i].at),
	    extents[_i].extent);
	mk_index_free(&index_);
}
END_TEST

START_TEST(missing_is_empty)
{
	load(&key);
	ck_assert_uint_eq(index_.n, 0);
	ck_assert_int_eq(index_.last_run_s, 0);
	ck_assert_int_eq(mk_index_save(root, NAME, &key, NOW, NULL, 0, &err),
	    0);
	load(&key);
	ck_assert_uint_eq(index_.n, 0);
	ck_assert_int_eq(index_.last_run_s, NOW);
	mk_index_free(&index_);
}
END_TEST

static const struct mk_index_key others[] = {
	{ 2, UINT64_MAX, 77 }, { 1, 0, 77 }, { 1, UINT64_MAX, 78 },
};

/* Other rules, another tree: the clock of the last run is the same. */
START_TEST(other_key_leaves_the_time_alone)
{
	save();
	load(&others[_i]);
	ck_assert_uint_eq(index_.n, 0);
	ck_assert_int_eq(index_.last_run_s, NOW);
	mk_index_free(&index_);
}
END_TEST

/* No damage is an error; that of the records leaves the header sound. */
static void
ignored(const char *what, bool header_sound)
{
	load(&key);
	ck_assert_msg(index_.n == 0, "believed: %s", what);
	ck_assert_msg(index_.last_run_s == (header_sound ? NOW : 0),
	    "time at %s", what);
	mk_index_free(&index_);
}

START_TEST(cut_anywhere_is_ignored)
{
	struct mk_buf whole;
	char what[40];
	size_t len;

	save();
	whole = get(NAME);
	for (len = 0; len < whole.len; len++) {
		put_bytes(NAME, whole.data, len);
		snprintf(what, sizeof what, "%zu bytes", len);
		ignored(what, len >= HEAD);
	}
	mk_buf_free(&whole);
}
END_TEST

START_TEST(longer_is_ignored)
{
	struct mk_buf whole;

	save();
	whole = get(NAME);
	ck_assert_int_eq(mk_buf_add(&whole, "x", 1), 0);
	put_bytes(NAME, whole.data, whole.len);
	ignored("longer", true);
	mk_buf_free(&whole);
}
END_TEST

START_TEST(any_flipped_bit_is_ignored)
{
	struct mk_buf whole;
	char what[40];
	size_t bit;

	save();
	whole = get(NAME);
	for (bit = 0; bit < 8 * whole.len; bit++) {
		whole.data[bit / 8] ^= (char)(1 << bit % 8);
		put_bytes(NAME, whole.data, whole.len);
		snprintf(what, sizeof what, "bit %zu", bit);
		ignored(what, bit / 8 >= HEAD);
		whole.data[bit / 8] ^= (char)(1 << bit % 8);
	}
	mk_buf_free(&whole);
}
END_TEST

/* Well made, with both checksums, and wrong. */
static const struct { size_t at; uint64_t value; bool sound; } forged[] = {
	{ 8, 2, false },				/* version */
	{ 48, N + 1, true }, { 48, UINT64_MAX, true },	/* count */
	{ HEAD + 0, 9, true },				/* kind */
	{ HEAD + 0, UINT64_C(0xffffffff00000000), true }, /* path's length */
	{ HEAD + 0, UINT64_C(0x7fffffff00000000), true },
	{ HEAD + 0, UINT64_C(0x0000000100000000), true },
};

START_TEST(forgery_is_ignored)
{
	struct mk_buf whole;
	unsigned char *p;

	save();
	whole = get(NAME);
	p = (unsigned char *)whole.data;
	if (forged[_i].at == 8)
		mk_le32_put(p + 8, (uint32_t)forged[_i].value);
	else
		mk_le64_put(p + forged[_i].at, forged[_i].value);
	mk_le32_put(p + 56, (uint32_t)crc32_z(0, p + HEAD, whole.len - HEAD));
	mk_le32_put(p + 12, (uint32_t)crc32_z(0, p + 16, HEAD - 16));
	put_bytes(NAME, whole.data, whole.len);
	ignored("forged", forged[_i].sound);
	mk_buf_free(&whole);
}
END_TEST

START_TEST(touch_changes_the_time_alone)
{
	ino_t ino;

	save();
	ino = stat_of(NAME).st_ino;
	ck_assert_int_eq(mk_index_touch(root, NAME, NOW + 9, &err), 0);
	ck_assert_uint_eq(stat_of(NAME).st_ino, ino);
	load(&key);
	ck_assert_int_eq(index_.last_run_s, NOW + 9);
	ck_assert_uint_eq(index_.n, N);
	ck_assert_str_eq(index_.records[3].path, "a/.Trash");
	mk_index_free(&index_);
}
END_TEST

static const char *const no_index[] = {
	"missing", "empty", "short", "damaged", "link", "fifo", "dir",
};

START_TEST(touch_of_no_index_is_an_error)
{
	const char *what = no_index[_i];
	char header[HEAD + 1] = "MKINDEX1";

	put("victim", "precious");
	if (strcmp(what, "empty") == 0)
		put(NAME, "");
	else if (strcmp(what, "short") == 0)
		put(NAME, "MKINDEX1");
	else if (strcmp(what, "damaged") == 0)
		put_bytes(NAME, header, HEAD);
	else if (strcmp(what, "link") == 0)
		ck_assert_int_eq(symlinkat("victim", root, NAME), 0);
	else if (strcmp(what, "fifo") == 0)
		ck_assert_int_eq(mkfifoat(root, NAME, 0600), 0);
	else if (strcmp(what, "dir") == 0)
		make_dir(NAME);
	ck_assert_int_eq(mk_index_touch(root, NAME, NOW, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, NAME));
	holds("victim", "precious");
	if (_i >= 4) {			/* nor is it read or waited for */
		ck_assert_int_eq(mk_index_load(&index_, root, NAME, &key,
		    &err), -1);
		ck_assert_uint_eq(index_.n, 0);
		mk_index_free(&index_);
	} else
		ignored(what, false);
}
END_TEST

START_TEST(unreadable_is_an_error)
{
	save();
	not_root();
	scratch_run("chmod 0", NAME);
	ck_assert_int_eq(mk_index_load(&index_, root, NAME, &key, &err), -1);
	ck_assert_int_eq(err.status, EX_NOPERM);
	ck_assert_uint_eq(index_.n, 0);
	mk_index_free(&index_);
}
END_TEST

START_TEST(old_one_stays_where_it_cannot_be_replaced)
{
	struct mk_index_record none[1];

	save();
	not_root();
	ck_assert_int_eq(chmod(scratch, 0555), 0);
	ck_assert_int_eq(mk_index_save(root, NAME, &key, NOW + 9, none, 0,
	    &err), -1);
	load(&key);
	ck_assert_uint_eq(index_.n, N);
	ck_assert_int_eq(index_.last_run_s, NOW);
	mk_index_free(&index_);
	ck_assert_int_eq(chmod(scratch, 0755), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mail/index");
	TCase *tc = tcase_create("index");

	tcase_add_checked_fixture(tc, scratch_setup, scratch_teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, what_goes_in_comes_out_in_order);
	tcase_add_test(tc, order_is_that_of_the_walk);
	tcase_add_loop_test(tc, extent_is_what_stands_below, 0,
	    COUNT(extents));
	tcase_add_test(tc, missing_is_empty);
	tcase_add_loop_test(tc, other_key_leaves_the_time_alone, 0,
	    COUNT(others));
	tcase_add_test(tc, cut_anywhere_is_ignored);
	tcase_add_test(tc, longer_is_ignored);
	tcase_add_test(tc, any_flipped_bit_is_ignored);
	tcase_add_loop_test(tc, forgery_is_ignored, 0, COUNT(forged));
	tcase_add_test(tc, touch_changes_the_time_alone);
	tcase_add_loop_test(tc, touch_of_no_index_is_an_error, 0,
	    COUNT(no_index));
	tcase_add_test(tc, unreadable_is_an_error);
	tcase_add_test(tc, old_one_stays_where_it_cannot_be_replaced);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
