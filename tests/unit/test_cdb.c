/* blacklist/cdb: what Exim would find, and nothing else, is believed. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2) */
#endif

#include "base/le.h"
#include "content.h"

#define HEADER	2048
#define SLOT	8
#define LIST	"192.0.2.0/24 SBL1\n198.51.100.7 SBL2\n10.0.0.0/8\n" \
		"2001:db8::/32 SBL6\n2001:db9::1 one\n203.0.113.7\n" \
		"203.0.113.9\n203.0.113.11\n203.0.113.13\n203.0.113.15"

static struct mk_buf file;

/* Its bytes are in .file. */
static void
make(const char *list)
{
	content_make(list);
	write_out(MK_OUT_CDB, "f");
	file = get("f");
}

static void
done(void)
{
	mk_buf_free(&file);
	content_free();
}

static uint32_t
number(size_t at)
{
	return mk_le32_get((const unsigned char *)file.data + at);
}

static void
set_number(size_t at, uint32_t value)
{
	mk_le32_put((unsigned char *)file.data + at, value);
}

/* The file as it now is in memory is not the list, nor harms a reader. */
static void
refused(const char *what, size_t at)
{
	overwrite("f", &file);
	ck_assert_msg(matches(MK_OUT_CDB, "f") == 0, "believed: %s %zu", what,
	    at);
	try_read(MK_OUT_CDB, "f");
	finds_all(MK_OUT_CDB, "f");
}

START_TEST(empty_is_its_tables_alone)
{
	size_t i;

	make("");
	ck_assert_uint_eq(file.len, HEADER);
	for (i = 0; i < HEADER; i += SLOT) {
		ck_assert_uint_eq(number(i), HEADER);
		ck_assert_uint_eq(number(i + 4), 0);
	}
	ck_assert_int_eq(matches(MK_OUT_CDB, "f"), 1);
	ck_assert_int_eq(finds(MK_OUT_CDB, "f", "192.0.2.0/24", ""), 0);
	done();
}
END_TEST

START_TEST(all_is_found_as_exim_looks)
{
	make(LIST);
	ck_assert(finds_all(MK_OUT_CDB, "f"));
	ck_assert_int_eq(finds(MK_OUT_CDB, "f", "192.0.2.0/24",
	    "drop: SBL1"), 1);
	ck_assert_int_eq(finds(MK_OUT_CDB, "f",
	    "2001.0db8.0000.0000.0000.0000.0000.0000/32", "drop: SBL6"), 1);
	ck_assert_int_eq(finds(MK_OUT_CDB, "f", "192.0.2.0", ""), 0);
	ck_assert_int_eq(finds(MK_OUT_CDB, "f", "", ""), 0);
	done();
}
END_TEST

START_TEST(the_same_list_is_the_same_file)
{
	struct mk_buf other;

	make(LIST);
	write_out(MK_OUT_CDB, "g");
	other = get("g");
	ck_assert_uint_eq(other.len, file.len);
	ck_assert_int_eq(memcmp(other.data, file.data, file.len), 0);
	mk_buf_free(&other);
	done();
}
END_TEST

START_TEST(any_flipped_bit_is_seen)
{
	size_t bit;

	make(LIST);
	for (bit = 0; bit < 8 * file.len; bit++) {
		file.data[bit / 8] ^= (char)(1 << bit % 8);
		overwrite("f", &file);
		ck_assert_msg(matches(MK_OUT_CDB, "f") == 0,
		    "believed: bit %zu", bit);
		if (bit % 8 == 7)
			refused("bit", bit);
		file.data[bit / 8] ^= (char)(1 << bit % 8);
	}
	done();
}
END_TEST

START_TEST(cut_anywhere_is_seen)
{
	struct got got;
	size_t len, whole;

	make(LIST);
	whole = file.len;
	for (len = 0; len < whole; len++) {
		file.len = len;
		refused("cut", len);
		got = try_read(MK_OUT_CDB, "f");
		ck_assert_int_eq(got.rv, -1);
		ck_assert_int_eq(got.status, EX_DATAERR);
	}
	file.len = whole;
	ck_assert_int_eq(mk_buf_add(&file, "", 1), 0);
	refused("longer", whole);
	done();
}
END_TEST

static const char *const others[] = {
	"", LIST "\n1.2.3.4", LIST "\n::5", "1.2.3.4\n" LIST,
	"192.0.2.0/24 SBL1\n198.51.100.7 SBL2",
	"203.0.113.7 other\n" LIST,
	"203.0.113.7 othe1\n" LIST, "203.0.113.6/31\n" LIST,
};

START_TEST(another_list_is_seen)
{
	content_make(others[_i]);
	write_out(MK_OUT_CDB, "f");
	content_make(LIST);
	ck_assert_int_eq(matches(MK_OUT_CDB, "f"), 0);
	write_out(MK_OUT_CDB, "g");
	content_make(others[_i]);
	ck_assert_int_eq(matches(MK_OUT_CDB, "g"), 0);
	content_free();
}
END_TEST

/* Two slots of a table exchanged: right if all is found nevertheless. */
START_TEST(swapped_slots_matter_where_exim_misses)
{
	size_t table, pos, n, i, j, missed = 0;
	char slot[SLOT];
	bool found;

	content_random(2000);
	write_out(MK_OUT_CDB, "f");
	file = get("f");
	for (table = 0; table < 4; table++) {
		pos = number(table * SLOT);
		n = number(table * SLOT + 4);
		for (i = 0; i < n; i++)
			for (j = 0; j < i; j++) {
				memcpy(slot, file.data + pos + i * SLOT, SLOT);
				memcpy(file.data + pos + i * SLOT,
				    file.data + pos + j * SLOT, SLOT);
				memcpy(file.data + pos + j * SLOT, slot, SLOT);
				overwrite("g", &file);
				found = finds_all(MK_OUT_CDB, "g");
				missed += !found;
				ck_assert_int_eq(matches(MK_OUT_CDB, "g"),
				    found);
				memcpy(slot, file.data + pos + i * SLOT, SLOT);
				memcpy(file.data + pos + i * SLOT,
				    file.data + pos + j * SLOT, SLOT);
				memcpy(file.data + pos + j * SLOT, slot, SLOT);
			}
	}
	ck_assert_uint_gt(missed, 0);
	done();
}
END_TEST

/* A number of the file, by its place, that leads astray. */
static const struct { long at; uint32_t value; } forged[] = {
	{ 0, 0 }, { 0, 1 }, { 0, 2047 }, { 0, UINT32_MAX }, { 0, 0x80000000 },
	{ 4, 1 }, { 4, UINT32_MAX }, { 4, 0x20000000 }, { 4, 0x1fffffff },
	{ 8, 0 }, { 2044, UINT32_MAX }, { 2040, 0 },
	{ 2048, 0 }, { 2048, 262144 }, { 2048, 262145 }, { 2048, UINT32_MAX },
	{ 2052, 0 }, { 2052, 262144 }, { 2052, UINT32_MAX },
	{ 2052, 0x7fffffff },
	{ -4, 1 }, { -4, 2048 }, { -4, UINT32_MAX }, { -8, 7 },
};

START_TEST(forgery_is_seen)
{
	long at;

	make(LIST);
	at = forged[_i].at < 0 ? (long)file.len + forged[_i].at :
	    forged[_i].at;
	if (number((size_t)at) != forged[_i].value) {
		set_number((size_t)at, forged[_i].value);
		refused("forged", (size_t)at);
	}
	done();
}
END_TEST

/* All slots lead to nowhere, all tables have all slots: Exim would fail. */
START_TEST(lookups_stay_inside)
{
	size_t i;

	make(LIST);
	for (i = number(0); i < file.len; i += SLOT)
		set_number(i + 4, UINT32_MAX - 4);
	refused("slots", 0);
	ck_assert_int_eq(finds(MK_OUT_CDB, "f", "192.0.2.0/24", ""), -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
	for (i = 0; i < HEADER; i += SLOT)
		set_number(i + 4, (uint32_t)(i % 16 == 0 ? 0x20000001 :
		    UINT32_MAX));
	refused("tables", 0);
	ck_assert_int_eq(finds(MK_OUT_CDB, "f", "192.0.2.0/24", ""), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "corrupt cdb file"));
	done();
}
END_TEST

START_TEST(noise_does_no_harm)
{
	uint32_t x = (uint32_t)_i;
	size_t i;

	make(LIST);
	for (i = _i % 2 == 0 ? 0 : HEADER; i < file.len; i++) {
		x = x * 1664525 + 1013904223;
		file.data[i] = (char)(x >> 24);
	}
	refused("noise", (size_t)_i);
	done();
}
END_TEST

START_TEST(lookup_fails_as_exim_does)
{
	ck_assert_int_eq(finds(MK_OUT_CDB, "f", "x", ""), -1);
	ck_assert_int_eq(err.status, EX_NOINPUT);
	ck_assert_ptr_nonnull(strstr(err.text, "failed to open"));
	ck_assert_ptr_nonnull(strstr(err.text, "No such file"));
	put("f", "");
	ck_assert_int_eq(finds(MK_OUT_CDB, "f", "x", ""), -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
	ck_assert_ptr_nonnull(strstr(err.text, "too short for cdb lookup"));
	make_dir("d");
	ck_assert_int_eq(finds(MK_OUT_CDB, "d", "x", ""), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "not a regular file"));
}
END_TEST

/* A cdb made by hand, of records that need be none of ours, into .file. */
static struct { uint32_t hash, pos; } by_hand[16];
static size_t by_hand_n;

static void
add_zeros(size_t n)
{
	while (n-- > 0)
		ck_assert_int_eq(mk_buf_add(&file, "", 1), 0);
}

static void
add_record(const char *key, size_t key_len, const char *data,
    size_t data_len)
{
	size_t at = file.len, i;
	uint32_t hash = 5381;

	ck_assert_uint_lt(by_hand_n, COUNT(by_hand));
	for (i = 0; i < key_len; i++)
		hash = hash * 33 ^ (unsigned char)key[i];
	by_hand[by_hand_n].hash = hash;
	by_hand[by_hand_n++].pos = (uint32_t)at;
	add_zeros(SLOT);
	set_number(at, (uint32_t)key_len);
	set_number(at + 4, (uint32_t)data_len);
	ck_assert_int_eq(mk_buf_add(&file, key, key_len), 0);
	ck_assert_int_eq(mk_buf_add(&file, data, data_len), 0);
}

static void
add_tables(void)
{
	size_t table, at, slot, n, i;

	for (table = 0; table < HEADER / SLOT; table++) {
		for (i = n = 0; i < by_hand_n; i++)
			if (by_hand[i].hash % 256 == table)
				n += 2;
		at = file.len;
		set_number(table * SLOT, (uint32_t)at);
		set_number(table * SLOT + 4, (uint32_t)n);
		add_zeros(n * SLOT);
		for (i = 0; n > 0 && i < by_hand_n; i++) {
			if (by_hand[i].hash % 256 != table)
				continue;
			slot = by_hand[i].hash / 256 % n;
			while (number(at + slot * SLOT + 4) != 0)
				slot = (slot + 1) % n;
			set_number(at + slot * SLOT, by_hand[i].hash);
			set_number(at + slot * SLOT + 4, by_hand[i].pos);
		}
	}
}

START_TEST(foreign_records_are_counted)
{
	static char long_text[600000];
	struct got got;

	memset(long_text, 'x', sizeof long_text);
	add_zeros(HEADER);
	add_record("192.0.2.1/32", 12, "why", 3);
	add_record("192.0.2.1", 9, "", 0);
	add_record("192.0.2.2/32", 13, "", 1);
	add_record("", 0, "", 0);
	add_record(long_text, sizeof long_text, "", 0);
	add_record("192.0.2.3/32", 12, long_text, sizeof long_text);
	add_record(long_text, 1000, long_text, sizeof long_text);
	add_record("192.0.2.4/32", 12, long_text, 200000);
	add_record("192.0.2.4/32", 12, "twice", 5);
	add_tables();
	put_bytes("f", file.data, file.len);
	got = try_read(MK_OUT_CDB, "f");
	ck_assert_msg(got.rv == 0, "%s", err.text);
	ck_assert_uint_eq(got.n, 3);
	ck_assert_uint_eq(got.foreign, 6);
	mk_buf_free(&file);
}
END_TEST

/* The records are the same, and all is found: who wrote it does not matter. */
START_TEST(another_writers_file_is_believed)
{
	content_make("192.0.2.1 SBL1\n192.0.2.9\n::1");
	add_zeros(HEADER);
	add_record("192.0.2.1/32", 12, "drop: SBL1", 10);
	add_record("192.0.2.9/32", 12, "drop", 4);
	add_record("0000.0000.0000.0000.0000.0000.0000.0001/128", 43, "drop",
	    4);
	add_tables();
	put_bytes("f", file.data, file.len);
	ck_assert_msg(matches(MK_OUT_CDB, "f") == 1, "%s", err.text);
	done();
}
END_TEST

/* What is the matter is said of the list, not of the file. */
static const struct { const char *list, *says; } telling[] = {
	{ "192.0.2.1 SBL1\n192.0.2.8", "has other entries" },
	{ "192.0.2.1 SBL2\n192.0.2.9", "says something else of an entry" },
	{ "192.0.2.1 SBL1", "has more entries" },
	{ "192.0.2.1 SBL1\n192.0.2.9\n192.0.2.20", "has fewer entries, or" },
};

START_TEST(tells_how_it_differs)
{
	content_make("192.0.2.1 SBL1\n192.0.2.9");
	write_out(MK_OUT_CDB, "f");
	content_make(telling[_i].list);
	ck_assert_int_eq(matches(MK_OUT_CDB, "f"), 0);
	ck_assert_msg(strstr(err.text, telling[_i].says) != NULL, "%s",
	    err.text);
	content_free();
}
END_TEST

START_TEST(many_are_found)
{
	content_random(100000);
	write_out(MK_OUT_CDB, "f");
	ck_assert_msg(matches(MK_OUT_CDB, "f") == 1, "%s", err.text);
	ck_assert(finds_all(MK_OUT_CDB, "f"));
	reads_back(MK_OUT_CDB, "f", true);
	content_random(100001);
	ck_assert_int_eq(matches(MK_OUT_CDB, "f"), 0);
	content_random(99999);
	ck_assert_int_eq(matches(MK_OUT_CDB, "f"), 0);
	content_free();
}
END_TEST

/* Split to two lengths, the keys are others; Exim's items meet them. */
START_TEST(lengths_split)
{
	uint64_t counts[MK_FAMILIES][129] = { { 0 } };

	content_make("192.0.2.0/25 SBL1\n10.0.0.0/24\n10.1.0.0/22 SBL2");
	mk_set_histogram(&set, counts);
	ck_assert_int_eq(mk_lengths_choose(&lengths, counts, 2, 1000, &err),
	    0);
	write_out(MK_OUT_CDB, "f");
	ck_assert_int_eq(matches(MK_OUT_CDB, "f"), 1);
	ck_assert(finds_all(MK_OUT_CDB, "f"));
	ck_assert_int_eq(finds(MK_OUT_CDB, "f", "10.0.0.128/25", "drop"), 1);
	ck_assert_uint_eq(try_read(MK_OUT_CDB, "f").n, lengths.entries);
	reads_back(MK_OUT_CDB, "f", true);
	content_free();
}
END_TEST

/* Where tinycdb's program is installed: it reads what we meant. */
START_TEST(cdb_dumps_it)
{
	char line[PATH_MAX * 2];

	if (system("command -v cdb >/dev/null") != 0)
		return;
	content_make("192.0.2.0/24 SBL1\n::1");
	write_out(MK_OUT_CDB, "f");
	snprintf(line, sizeof line, "cdb -d '%s/f' >'%s/out'", scratch,
	    scratch);
	ck_assert_int_eq(system(line), 0);
	holds("out", "+12,10:192.0.2.0/24->drop: SBL1\n"
	    "+43,4:0000.0000.0000.0000.0000.0000.0000.0001/128->drop\n\n");
	content_free();
}
END_TEST

START_TEST(cdb_finds_all)
{
	struct mk_cursor cursor;
	char line[PATH_MAX * 2], key[MK_NET_TEXT], data[256];
	struct mk_net net;
	uint32_t origin;
	size_t i;

	if (system("command -v cdb >/dev/null") != 0)
		return;
	content_random(2000);
	write_out(MK_OUT_CDB, "f");
	mk_cursor_start(&cursor, &set, &lengths);
	for (i = 0; mk_cursor_next(&cursor, &net, &origin); i++) {
		if (i % 20 != 0)
			continue;
		mk_net_key(key, &net);
		snprintf(line, sizeof line, "cdb -q '%s/f' %s >'%s/out'",
		    scratch, key, scratch);
		ck_assert_int_eq(system(line), 0);
		snprintf(data, sizeof data, "%s", origins.v[origin].text);
		holds("out", data);
	}
	content_free();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("blacklist/cdb");
	TCase *tc = tcase_create("cdb");

	tcase_add_checked_fixture(tc, scratch_setup, scratch_teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, empty_is_its_tables_alone);
	tcase_add_test(tc, all_is_found_as_exim_looks);
	tcase_add_test(tc, the_same_list_is_the_same_file);
	tcase_add_test(tc, any_flipped_bit_is_seen);
	tcase_add_test(tc, cut_anywhere_is_seen);
	tcase_add_loop_test(tc, another_list_is_seen, 0, COUNT(others));
	tcase_add_test(tc, swapped_slots_matter_where_exim_misses);
	tcase_add_loop_test(tc, forgery_is_seen, 0, COUNT(forged));
	tcase_add_test(tc, lookups_stay_inside);
	tcase_add_loop_test(tc, noise_does_no_harm, 0, 200);
	tcase_add_test(tc, lookup_fails_as_exim_does);
	tcase_add_test(tc, foreign_records_are_counted);
	tcase_add_test(tc, another_writers_file_is_believed);
	tcase_add_loop_test(tc, tells_how_it_differs, 0, COUNT(telling));
	tcase_add_test(tc, many_are_found);
	tcase_add_test(tc, lengths_split);
	tcase_add_test(tc, cdb_dumps_it);
	tcase_add_test(tc, cdb_finds_all);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
