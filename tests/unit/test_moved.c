/* spamscan/moved: what was moved is known again, whatever happened to it. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2) */
#endif

#include <sys/file.h>
#include <sys/resource.h>

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <zlib.h>

#include "base/le.h"
#include "base/sys.h"
#include "scratch.h"
#include "spamscan/moved.h"

#define NAME	MK_MOVED_NAME
#define NOW	1800000000
#define DAY	86400

static struct mk_moved moved;
static struct mk_error err;

static void
setup(void)
{
	scratch_setup();
	moved = (struct mk_moved){ .fd = -1 };
	err = (struct mk_error){ 0 };
}

static void
teardown(void)
{
	mk_moved_close(&moved);
	scratch_teardown();
}

static uint64_t
print(size_t i)
{
	return (i + 1) * 0x9e3779b97f4a7c15;
}

static void
load(int64_t now_s, bool write)
{
	mk_moved_close(&moved);
	ck_assert_msg(mk_moved_load(&moved, root, now_s, write, &err) == 0,
	    "%s", err.text);
}

static void
add(size_t i)
{
	ck_assert_msg(mk_moved_add(&moved, print(i), &err) == 0, "%s",
	    err.text);
}

static void
call_off(size_t i)
{
	ck_assert_msg(mk_moved_call_off(&moved, print(i), &err) == 0, "%s",
	    err.text);
}

/* The letters of what is known, of the first 26. */
static const char *
known(void)
{
	static char letters[27];
	size_t i, n = 0;

	for (i = 0; i < 26; i++)
		if (mk_moved_has(&moved, print(i)))
			letters[n++] = (char)('a' + i);
	letters[n] = '\0';
	return letters;
}

static int
entries(void)
{
	DIR *dir = opendir(scratch);
	int n = -2;

	ck_assert_ptr_nonnull(dir);
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

/* The bytes of a record, made by the header's comment alone. */
static size_t
record(unsigned char *p, size_t i, uint32_t time_s, bool called_off)
{
	uint32_t crc;

	mk_le64_put(p, print(i));
	mk_le32_put(p + 8, time_s);
	crc = (uint32_t)crc32(0, p, 12);
	mk_le32_put(p + 12, called_off ? crc ^ 0xffffffff : crc);
	return 16;
}

START_TEST(none_is_empty)
{
	load(NOW, _i == 1);
	ck_assert(!moved.found);
	ck_assert_uint_eq(moved.n, 0);
	ck_assert_int_eq(moved.fd, -1);
	ck_assert(!mk_moved_has(&moved, 0));
	ck_assert(!mk_moved_has(&moved, UINT64_MAX));
	ck_assert_int_eq(mk_moved_tidy(&moved, &err), 0);
	ck_assert_int_eq(entries(), 0);
}
END_TEST

START_TEST(format_is_as_described)
{
	unsigned char want[8 + 3 * 16] = "MKMOVED1";
	size_t len = 8;
	struct mk_buf buf;

	len += record(want + len, 0, NOW, false);
	len += record(want + len, 1, NOW, false);
	len += record(want + len, 1, NOW, true);
	load(NOW, true);
	add(0);
	add(1);
	call_off(1);
	buf = get(NAME);
	ck_assert_uint_eq(buf.len, len);
	ck_assert_int_eq(memcmp(buf.data, want, len), 0);
	mk_buf_free(&buf);
	ck_assert_uint_eq(stat_of(NAME).st_mode & 07777, 0600);
	ck_assert_int_eq(entries(), 1);
	load(NOW, false);
	ck_assert(moved.found);
	ck_assert_str_eq(known(), "a");
}
END_TEST

START_TEST(what_was_added_counts_from_the_next_load_on)
{
	load(NOW, true);
	add(0);
	ck_assert_str_eq(known(), "");
	load(NOW, true);
	ck_assert_str_eq(known(), "a");
	add(1);
	add(1);
	ck_assert_str_eq(known(), "a");
	load(NOW, true);
	ck_assert_str_eq(known(), "ab");
	ck_assert_uint_eq(moved.n, 2);
}
END_TEST

/* Capitals are called off; what is known in the end. */
static const struct { const char *story, *known; } stories[] = {
	{ "a", "a" },
	{ "aA", "" },
	{ "aAa", "a" },
	{ "aaA", "a" },			/* two alike; one stayed */
	{ "aaAA", "" },
	{ "A", "" },
	{ "Aa", "a" },			/* its first record was damaged */
	{ "AAa", "a" },
	{ "aAAa", "a" },
	{ "abcABd", "cd" },
	{ "abAabB", "ab" },
	{ "zyxZ", "xy" },
};

START_TEST(calling_off_undoes_one)
{
	const char *p;

	load(NOW, true);
	for (p = stories[_i].story; *p != '\0'; p++)
		if (*p >= 'a')
			add((size_t)(*p - 'a'));
		else
			call_off((size_t)(*p - 'A'));
	load(NOW, false);
	ck_assert_str_eq(known(), stories[_i].known);
}
END_TEST

static const struct { int64_t then, now; bool known; } ages[] = {
	{ NOW,			NOW,			true },
	{ NOW - 399 * DAY,	NOW,			true },
	{ NOW - 400 * DAY + 1,	NOW,			true },
	{ NOW - 400 * DAY,	NOW,			false },
	{ NOW - 401 * DAY,	NOW,			false },
	{ NOW + 10 * DAY,	NOW,			true },
	{ 0,			NOW,			false },
	{ 0,			1,			true },
	{ -5,			1,			true },
	{ INT64_C(5000000000),	INT64_C(5000000000),	false },
	{ INT64_C(4294967295),	INT64_C(4294967296),	true },
};

START_TEST(what_is_too_old_is_left_out)
{
	load(ages[_i].then, true);
	add(0);
	load(ages[_i].now, false);
	ck_assert_int_eq(mk_moved_has(&moved, print(0)), ages[_i].known);
	ck_assert(moved.found);
}
END_TEST

/* Any byte of five records changed, or cut out, costs one at most. */
START_TEST(damage_costs_one_record)
{
	unsigned char data[8 + 5 * 16] = "MKMOVED1", cut[sizeof data];
	size_t len = 8, i, at;

	for (i = 0; i < 5; i++)
		len += record(data + len, i, NOW, false);
	for (at = 8; at < len; at++) {
		if (_i == 0) {
			data[at] ^= 0x10;
			put_bytes(NAME, data, len);
			data[at] ^= 0x10;
		} else {
			memcpy(cut, data, at);
			memcpy(cut + at, data + at + 1, len - at - 1);
			put_bytes(NAME, cut, len - 1);
		}
		load(NOW, false);
		ck_assert_uint_eq(moved.n, 4);
		for (i = 0; i < 5; i++)
			ck_assert_int_eq(mk_moved_has(&moved, print(i)),
			    i != (at - 8) / 16);
	}
}
END_TEST

/* A run killed, or a disk full, at any byte: what comes later is found. */
START_TEST(cut_record_hides_nothing_behind_it)
{
	unsigned char data[8 + 3 * 16] = "MKMOVED1";
	size_t len = 8, cut;

	len += record(data + len, 0, NOW, false);
	len += record(data + len, 1, NOW, false);
	len += record(data + len, 2, NOW, false);
	for (cut = 0; cut <= len; cut++) {
		put_bytes(NAME, data, cut);
		load(NOW, true);
		ck_assert(moved.found);
		add(3);
		add(4);
		load(NOW, true);
		ck_assert_str_eq(known(), cut < 24 ? "de" : cut < 40 ? "ade" :
		    cut < 56 ? "abde" : "abcde");
		call_off(4);
		load(NOW, true);
		ck_assert_str_eq(known(), cut < 24 ? "d" : cut < 40 ? "ad" :
		    cut < 56 ? "abd" : "abcd");
	}
}
END_TEST

/* After a power cut a file that was not synced may hold zeros. */
START_TEST(zeros_are_no_records)
{
	unsigned char data[100] = { 0 };

	record(data + 71, 2, NOW, false);
	put_bytes(NAME, data, sizeof data);
	load(NOW, true);
	ck_assert_uint_eq(moved.n, 1);
	add(0);
	load(NOW, true);
	ck_assert_str_eq(known(), "ac");
}
END_TEST

static const struct { const char *text; size_t len; } foreign[] = {
	{ "MKMOVED2", 8 },
	{ "MKMOVED", 8 },
	{ "MKMOVEX", 7 },
	{ "X", 1 },
	{ "\n", 1 },
	{ "mkmoved1 and more", 17 },
	{ "\0\0\0\0X", 5 },
};

START_TEST(another_format_is_refused_and_kept)
{
	struct mk_buf buf;

	put_bytes(NAME, foreign[_i].text, foreign[_i].len);
	ck_assert_int_eq(mk_moved_load(&moved, root, NOW, true, &err), -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
	ck_assert(!mk_moved_has(&moved, print(0)));
	mk_moved_close(&moved);
	buf = get(NAME);
	ck_assert_uint_eq(buf.len, foreign[_i].len);
	ck_assert_int_eq(memcmp(buf.data, foreign[_i].text, buf.len), 0);
	mk_buf_free(&buf);
}
END_TEST

enum { LINK, DANGLING, LOOP, FIFO, DIRECTORY, HARD_LINK, HUGE_FILE, OBJECTS };

static void
plant(int what)
{
	int fd;

	put("precious", "MKMOVED1");
	switch (what) {
	case LINK:
		ck_assert_int_eq(symlinkat("precious", root, NAME), 0);
		break;
	case DANGLING:
		ck_assert_int_eq(symlinkat("made", root, NAME), 0);
		break;
	case LOOP:
		ck_assert_int_eq(symlinkat(NAME, root, NAME), 0);
		break;
	case FIFO:
		ck_assert_int_eq(mkfifoat(root, NAME, 0600), 0);
		break;
	case DIRECTORY:
		make_dir(NAME);
		break;
	case HARD_LINK:
		ck_assert_int_eq(linkat(root, "precious", root, NAME, 0), 0);
		break;
	default:
		put(NAME, "MKMOVED1");
		fd = openat(root, NAME, O_WRONLY);
		ck_assert_int_eq(ftruncate(fd, (off_t)1 << 40), 0);
		close(fd);
	}
}

START_TEST(what_is_no_file_of_ours_is_refused)
{
	int what = _i / 2;

	plant(what);
	ck_assert_int_eq(mk_moved_load(&moved, root, NOW, _i % 2 == 1, &err),
	    -1);
	ck_assert_int_ne(err.status, EX_OK);
	ck_assert_str_ne(err.text, "");
	mk_moved_close(&moved);
	holds("precious", "MKMOVED1");
	ck_assert(!there("made"));
	if (what == HUGE_FILE)		/* rm is slow on some file systems */
		ck_assert_int_eq(unlinkat(root, NAME, 0), 0);
}
END_TEST

/* Planted between the load, which found none, and the first move. */
START_TEST(what_is_planted_meanwhile_is_refused)
{
	load(NOW, true);
	plant(_i);
	ck_assert_int_eq(mk_moved_add(&moved, print(0), &err), -1);
	mk_moved_close(&moved);
	holds("precious", "MKMOVED1");
	ck_assert(!there("made"));
}
END_TEST

/* A process that is root keeps what it makes readable for the user. */
START_TEST(file_is_the_directorys_owners)
{
	struct stat st;

	ck_assert_int_eq(fchown(root, 12345, 54321), 0);
	umask(_i == 0 ? 0 : 077);
	if (_i == 2)			/* killed before it was given away */
		put(NAME, "");
	load(NOW, true);
	add(0);
	st = stat_of(NAME);
	ck_assert_uint_eq(st.st_uid, 12345);
	ck_assert_uint_eq(st.st_gid, 54321);
	if (_i < 2)
		ck_assert_uint_eq(st.st_mode & 07777, 0600);
}
END_TEST

START_TEST(no_right_is_told)
{
	load(NOW, true);
	add(0);
	mk_moved_close(&moved);
	ck_assert_int_eq(fchmodat(root, NAME, _i == 0 ? 0 : 0400, 0), 0);
	not_root();
	ck_assert_int_eq(mk_moved_load(&moved, root, NOW, true, &err), -1);
	ck_assert_int_eq(err.status, EX_NOPERM);
	mk_moved_close(&moved);
	if (_i == 1) {			/* but may be read */
		load(NOW, false);
		ck_assert_str_eq(known(), "a");
	}
}
END_TEST

START_TEST(directory_that_may_not_be_written_is_told)
{
	not_root();
	ck_assert_int_eq(fchmod(root, 0500), 0);
	load(NOW, true);
	ck_assert_int_eq(mk_moved_add(&moved, print(0), &err), -1);
	ck_assert_int_eq(err.status, EX_NOPERM);
	ck_assert_int_eq(fchmod(root, 0700), 0);
}
END_TEST

START_TEST(loaded_to_be_read_is_not_written)
{
	load(NOW, false);
	ck_assert_int_eq(mk_moved_add(&moved, print(0), &err), -1);
	ck_assert_int_eq(entries(), 0);
}
END_TEST

/* The size that a file may have, instead of a full disk: cut at any byte. */
START_TEST(full_disk_refuses_and_costs_nothing)
{
	struct rlimit limit, all;
	rlim_t size;

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &all), 0);
	for (size = 0; size < 8 + 16 * 3; size++) {
		mk_moved_close(&moved);
		unlinkat(root, NAME, 0);
		limit = all;
		limit.rlim_cur = size;
		ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
		load(NOW, true);
		ck_assert_int_eq(mk_moved_add(&moved, print(0), &err),
		    size < 24 ? -1 : 0);
		ck_assert_int_eq(mk_moved_add(&moved, print(1), &err),
		    size < 40 ? -1 : 0);
		ck_assert_int_eq(mk_moved_add(&moved, print(2), &err), -1);
		ck_assert_int_eq(mk_moved_add(&moved, print(2), &err), -1);
		ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &all), 0);
		load(NOW, true);
		ck_assert_str_eq(known(), size < 24 ? "" : size < 40 ? "a" :
		    "ab");
		add(3);
		load(NOW, true);
		ck_assert_str_eq(known(), size < 24 ? "d" : size < 40 ? "ad" :
		    "abd");
	}
}
END_TEST

START_TEST(full_file_system_is_a_temporary_failure)
{
	static char block[4096];
	char at[PATH_MAX];
	int fd, i;

	make_dir("small");
	snprintf(at, sizeof at, "%s/small", scratch);
	ck_assert(mount_here(at));
	close(root);
	scratch_open();			/* the mount shows from here on */
	fd = openat(root, "small/fill", O_WRONLY | O_CREAT, 0644);
	for (i = 0; i < 1000 && write(fd, block, sizeof block) > 0; i++)
		;
	ck_assert_int_lt(i, 1000);
	close(fd);
	fd = open(at, O_RDONLY | O_DIRECTORY);
	ck_assert_int_eq(mk_moved_load(&moved, fd, NOW, true, &err), 0);
	ck_assert_int_eq(mk_moved_add(&moved, print(0), &err), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_int_eq(unlinkat(root, "small/fill", 0), 0);
	ck_assert_int_eq(mk_moved_add(&moved, print(1), &err), 0);
	mk_moved_close(&moved);
	ck_assert_int_eq(mk_moved_load(&moved, fd, NOW, true, &err), 0);
	ck_assert_str_eq(known(), "b");
	mk_moved_close(&moved);
	close(fd);
	ck_assert_int_eq(umount2(at, MNT_DETACH), 0);
}
END_TEST

/* Its user throws the file away while we work. */
START_TEST(removed_file_is_made_anew)
{
	load(NOW, true);
	add(0);
	ck_assert_int_eq(unlinkat(root, NAME, 0), 0);
	add(1);
	load(NOW, true);
	ck_assert_str_eq(known(), "b");
}
END_TEST

#define WRITERS	4
#define EACH	500

static void *
writer(void *arg)
{
	struct mk_moved own;
	size_t i, from = *(size_t *)arg * EACH;

	for (i = from; i < from + EACH; i++) {
		if ((i == from || i % 50 == 0) &&
		    mk_moved_load(&own, root, NOW, true, NULL) == -1)
			return arg;
		if (mk_moved_add(&own, print(i), NULL) == -1)
			return arg;
		if (i == from + EACH - 1 || i % 50 == 49)
			mk_moved_close(&own);
	}
	return NULL;
}

/* They also make the file together. */
START_TEST(several_add_at_a_time)
{
	pthread_t threads[WRITERS];
	size_t numbers[WRITERS], i;
	void *failed;

	for (i = 0; i < WRITERS; i++) {
		numbers[i] = i;
		ck_assert_int_eq(pthread_create(&threads[i], NULL, writer,
		    &numbers[i]), 0);
	}
	for (i = 0; i < WRITERS; i++) {
		ck_assert_int_eq(pthread_join(threads[i], &failed), 0);
		ck_assert_ptr_null(failed);
	}
	load(NOW, false);
	ck_assert_uint_eq(moved.n, WRITERS * EACH);
	for (i = 0; i < WRITERS * EACH; i++)
		if (!mk_moved_has(&moved, print(i)))
			ck_abort_msg("%zu", i);
}
END_TEST

/* A file of OLD records of long ago and YOUNG ones. */
static void
fill(size_t old, size_t young)
{
	size_t i, len = 8;
	unsigned char *data = malloc(8 + 16 * (old + young));

	memcpy(data, "MKMOVED1", 8);
	for (i = 0; i < old + young; i++)
		len += record(data + len, i, (uint32_t)(i < old ?
		    NOW - 500 * DAY : NOW - DAY), false);
	put_bytes(NAME, data, len);
	free(data);
}

static const struct { size_t old, young; bool tidied; } sizes[] = {
	{ 4000,	0,	false },	/* 64 KiB are not yet much */
	{ 4097,	0,	true },
	{ 0,	5000,	false },
	{ 2000,	2100,	false },
	{ 2500,	2500,	true },
	{ 3000,	2000,	true },
};

START_TEST(old_goes_where_it_is_half)
{
	size_t old = sizes[_i].old, young = sizes[_i].young, i;
	struct stat st, before;

	fill(old, young);
	ck_assert_int_eq(fchmodat(root, NAME, 0600, 0), 0);
	if (geteuid() == 0)
		ck_assert_int_eq(fchownat(root, NAME, 12345, 54321, 0), 0);
	before = stat_of(NAME);
	load(NOW, true);
	ck_assert_uint_eq(moved.n, young);
	ck_assert_msg(mk_moved_tidy(&moved, &err) == 0, "%s", err.text);
	st = stat_of(NAME);
	ck_assert_int_eq(st.st_size, (off_t)(8 + 16 *
	    (sizes[_i].tidied ? young : old + young)));
	ck_assert_uint_eq(st.st_uid, before.st_uid);
	ck_assert_uint_eq(st.st_gid, before.st_gid);
	ck_assert_uint_eq(st.st_mode, before.st_mode);
	ck_assert_int_eq(entries(), 1);
	load(NOW, true);
	ck_assert_uint_eq(moved.n, young);
	for (i = old; i < old + young; i++)
		if (!mk_moved_has(&moved, print(i)))
			ck_abort_msg("%zu", i);
	mk_moved_close(&moved);
	/* The times are as they were. */
	load(NOW + 398 * DAY, false);
	ck_assert_uint_eq(moved.n, young);
	load(NOW + 399 * DAY, false);
	ck_assert_uint_eq(moved.n, 0);
}
END_TEST

START_TEST(tidying_keeps_what_was_added_since)
{
	fill(5000, 0);
	load(NOW, true);
	add(9000);
	add(9001);
	call_off(9001);
	ck_assert_int_eq(mk_moved_tidy(&moved, &err), 0);
	ck_assert_int_eq(mk_moved_add(&moved, print(9002), &err), -1);
	ck_assert_int_eq(stat_of(NAME).st_size, 8 + 16);
	load(NOW, true);
	ck_assert_uint_eq(moved.n, 1);
	ck_assert(mk_moved_has(&moved, print(9000)));
}
END_TEST

START_TEST(nobody_tidies_while_another_adds)
{
	struct mk_moved other;

	fill(5000, 0);
	ck_assert_int_eq(mk_moved_load(&other, root, NOW, true, &err), 0);
	load(NOW, true);
	ck_assert_int_eq(mk_moved_tidy(&moved, &err), 0);
	ck_assert_int_eq(stat_of(NAME).st_size, 8 + 16 * 5000);
	ck_assert_int_eq(mk_moved_add(&other, print(9000), &err), 0);
	mk_moved_close(&other);
	load(NOW, true);
	ck_assert(mk_moved_has(&moved, print(9000)));
	/* Nor where it was only read. */
	load(NOW, false);
	ck_assert_int_eq(mk_moved_tidy(&moved, &err), 0);
	ck_assert_int_eq(stat_of(NAME).st_size, 8 + 16 * 5001);
}
END_TEST

START_TEST(locked_file_is_left_alone)
{
	int fd;

	load(NOW, true);
	add(0);
	mk_moved_close(&moved);
	fd = openat(root, NAME, O_RDONLY);
	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	ck_assert_int_eq(mk_moved_load(&moved, root, NOW, true, &err), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	mk_moved_close(&moved);
	load(NOW, false);		/* to be read only, it serves */
	ck_assert_str_eq(known(), "a");
	close(fd);
}
END_TEST

static double
since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start->tv_sec) +
	    (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

/* Generous: the machine may be busy, and sanitizers are slow. */
START_TEST(many_are_fast)
{
	struct timespec start;
	size_t i, n = 100000;

	fill(0, n);
	clock_gettime(CLOCK_MONOTONIC, &start);
	load(NOW, true);
	ck_assert_uint_eq(moved.n, n);
	for (i = 0; i < n; i++)
		if (!mk_moved_has(&moved, print(i)))
			ck_abort_msg("%zu", i);
	ck_assert(since(&start) < 5);
	for (i = 0; i < n / 10; i++)
		if (mk_moved_add(&moved, print(n + i), &err) == -1)
			ck_abort_msg("%s", err.text);
	ck_assert(since(&start) < 10);
}
END_TEST

int
main(void)
{
	bool mounts = may_mount();
	Suite *suite = suite_create("spamscan/moved");
	TCase *tc = tcase_create("moved");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, none_is_empty, 0, 2);
	tcase_add_test(tc, format_is_as_described);
	tcase_add_test(tc, what_was_added_counts_from_the_next_load_on);
	tcase_add_loop_test(tc, calling_off_undoes_one, 0, COUNT(stories));
	tcase_add_loop_test(tc, what_is_too_old_is_left_out, 0, COUNT(ages));
	tcase_add_loop_test(tc, damage_costs_one_record, 0, 2);
	tcase_add_test(tc, cut_record_hides_nothing_behind_it);
	tcase_add_test(tc, zeros_are_no_records);
	tcase_add_loop_test(tc, another_format_is_refused_and_kept, 0,
	    COUNT(foreign));
	tcase_add_loop_test(tc, what_is_no_file_of_ours_is_refused, 0,
	    2 * OBJECTS);
	tcase_add_loop_test(tc, what_is_planted_meanwhile_is_refused, 0,
	    HARD_LINK + 1);
	if (geteuid() == 0)
		tcase_add_loop_test(tc, file_is_the_directorys_owners, 0, 3);
	tcase_add_loop_test(tc, no_right_is_told, 0, 2);
	tcase_add_test(tc, directory_that_may_not_be_written_is_told);
	tcase_add_test(tc, loaded_to_be_read_is_not_written);
	tcase_add_test(tc, full_disk_refuses_and_costs_nothing);
	if (mounts)
		tcase_add_test(tc, full_file_system_is_a_temporary_failure);
	tcase_add_test(tc, removed_file_is_made_anew);
	tcase_add_test(tc, several_add_at_a_time);
	tcase_add_loop_test(tc, old_goes_where_it_is_half, 0, COUNT(sizes));
	tcase_add_test(tc, tidying_keeps_what_was_added_since);
	tcase_add_test(tc, nobody_tidies_while_another_adds);
	tcase_add_test(tc, locked_file_is_left_alone);
	tcase_add_test(tc, many_are_fast);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
