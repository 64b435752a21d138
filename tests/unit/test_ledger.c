/* mail/ledger: a time is kept, or begun anew; never one that is too early. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2) */
#endif

#include <dirent.h>
#include <signal.h>
#include <zlib.h>

#include "base/le.h"
#include "mail/ledger.h"
#include "scratch.h"

#define NAME	MK_LEDGER_NAME
#define FOLDER	".Trash"
#define CRC_AT	12			/* as the header's comment says */
#define BEHIND	16
#define HEAD	80
#define MANY	1000			/* too many to be written over */

static struct mk_ledger ledger;
static struct mk_error err;

static const struct mk_ledger_head head = {
	.last_pass_s = 1700000000, .cur_ns = 1699999999123456789,
	.new_ns = MK_RACY, .due_s = 1700864000, .rules = UINT64_MAX - 5,
	.watched = 12,
};

static uint64_t
hash(size_t i)
{
	return (i + 1) * 0x9e3779b97f4a7c15;
}

static uint32_t
seen(size_t i)
{
	return (uint32_t)(1600000000 + 7 * i);
}

static void
open_ledger(const char *folder, enum mk_ledger_mode mode)
{
	ck_assert_msg(mk_ledger_open(&ledger, root, folder, mode, &err) == 0,
	    "%s", err.text);
}

static void
save(const struct mk_ledger_head *with)
{
	ck_assert_msg(mk_ledger_save(&ledger, with, &err) == 0, "%s",
	    err.text);
	mk_ledger_close(&ledger);
}

/* A sound ledger of N messages. */
static void
make(const char *folder, size_t n)
{
	size_t i;

	open_ledger(folder, MK_LEDGER_WRITE);
	for (i = 0; i < n; i++)
		ck_assert_int_eq(mk_ledger_add(&ledger, hash(i), seen(i),
		    0), 0);
	save(&head);
}

static void
has(size_t i, bool wanted)
{
	const struct mk_ledger_entry *e = mk_ledger_find(&ledger, hash(i));

	ck_assert_msg((e != NULL) == wanted, "message %zu", i);
	if (wanted)
		ck_assert_uint_eq(e->first_seen_s, seen(i));
}

/* Nothing in it, and all calls but save are safe. */
static void
is_empty(void)
{
	ck_assert(!ledger.found);
	ck_assert_uint_eq(ledger.n, 0);
	ck_assert_int_eq(ledger.head.due_s, 0);
	ck_assert_uint_eq(ledger.head.rules, 0);
	ck_assert_ptr_null(mk_ledger_find(&ledger, hash(0)));
	mk_ledger_keep_all(&ledger);
	mk_ledger_forget(&ledger, hash(0));
	ck_assert_ptr_null(mk_ledger_find(&ledger, 0));
}

static size_t
entries(void)
{
	DIR *dir = opendir(scratch);
	const struct dirent *e;
	size_t n = 0;

	ck_assert_ptr_nonnull(dir);
	while ((e = readdir(dir)) != NULL)
		n += strcmp(e->d_name, ".") != 0 &&
		    strcmp(e->d_name, "..") != 0;
	closedir(dir);
	return n;
}

static const struct { const char *folder; size_t n; } trips[] = {
	{ "", 0 }, { FOLDER, 1 }, { ".1234567", 2 }, { ".12345678", 3 },
	{ "\xff\n\t ", 17 }, { "Trash/2025/a b", 5000 },
};

START_TEST(what_goes_in_comes_out)
{
	size_t i, len = strlen(trips[_i].folder);
	enum mk_ledger_mode mode;

	make(trips[_i].folder, trips[_i].n);
	ck_assert_int_eq(stat_of(NAME).st_mode & 07777, 0600);
	ck_assert_int_eq(stat_of(NAME).st_size, (off_t)(HEAD + (len + 7) / 8 *
	    8 + 16 * trips[_i].n));
	for (mode = MK_LEDGER_READ; mode <= MK_LEDGER_WRITE; mode++) {
		open_ledger(trips[_i].folder, mode);
		ck_assert(ledger.found);
		ck_assert_uint_eq(ledger.n, trips[_i].n);
		ck_assert_int_eq(memcmp(&ledger.head, &head, sizeof head), 0);
		for (i = 0; i < trips[_i].n; i++)
			has(i, true);
		has(trips[_i].n, false);
		ck_assert_ptr_null(mk_ledger_find(&ledger, 0));
		ck_assert_ptr_null(mk_ledger_find(&ledger, UINT64_MAX));
		mk_ledger_close(&ledger);
	}
	ck_assert_uint_eq(entries(), 1);
}
END_TEST

START_TEST(head_keeps_its_extremes)
{
	static const struct mk_ledger_head heads[] = {
		{ MK_NEVER, MK_NEVER, MK_NEVER, MK_NEVER, UINT64_MAX,
		    UINT64_MAX },
		{ MK_ALWAYS, MK_RACY, MK_RACY, MK_ALWAYS, 0, 0 },
		{ -1, 0, -1, 0, 1, 1 },
	};

	open_ledger(FOLDER, MK_LEDGER_WRITE);
	save(&heads[_i]);
	open_ledger(FOLDER, MK_LEDGER_READ);
	ck_assert(ledger.found);
	ck_assert_int_eq(memcmp(&ledger.head, &heads[_i], sizeof head), 0);
	mk_ledger_close(&ledger);
}
END_TEST

/* Later passes do not touch the time of what is in it. */
START_TEST(message_keeps_its_time_over_passes)
{
	struct mk_ledger_head next = head;
	size_t pass;

	make(FOLDER, 3);
	for (pass = 3; pass < 10; pass++) {
		open_ledger(FOLDER, MK_LEDGER_WRITE);
		has(0, true);
		has(1, true);
		has(2, true);
		ck_assert_int_eq(mk_ledger_add(&ledger, hash(pass),
		    1900000000, 0), 0);
		next.last_pass_s += 86400;
		save(&next);
	}
	open_ledger(FOLDER, MK_LEDGER_READ);
	ck_assert_uint_eq(ledger.n, 4);		/* the 7th alone is new */
	has(0, true);
	has(1, true);
	has(2, true);
	ck_assert_uint_eq(mk_ledger_find(&ledger, hash(9))->first_seen_s,
	    1900000000);
	mk_ledger_close(&ledger);
}
END_TEST

START_TEST(what_is_known_is_kept)
{
	make(FOLDER, 2);
	open_ledger(FOLDER, MK_LEDGER_WRITE);
	mk_ledger_find(&ledger, hash(1))->known = 0xdeadbeef;
	ck_assert_int_eq(mk_ledger_add(&ledger, hash(2), seen(2), 0), 0);
	save(&head);
	open_ledger(FOLDER, MK_LEDGER_WRITE);
	mk_ledger_keep_all(&ledger);
	ck_assert_int_eq(mk_ledger_add(&ledger, hash(3), seen(3), 0), 0);
	save(&head);
	open_ledger(FOLDER, MK_LEDGER_READ);
	ck_assert_uint_eq(ledger.n, 3);
	ck_assert_uint_eq(mk_ledger_find(&ledger, hash(1))->known,
	    0xdeadbeef);
	mk_ledger_close(&ledger);
}
END_TEST

/* One that left begins anew when it comes back. */
START_TEST(what_is_not_met_leaves)
{
	make(FOLDER, 4);
	open_ledger(FOLDER, MK_LEDGER_WRITE);
	has(1, true);
	has(3, true);
	save(&head);
	open_ledger(FOLDER, MK_LEDGER_WRITE);
	ck_assert_uint_eq(ledger.n, 2);
	has(0, false);
	has(1, true);
	has(2, false);
	has(3, true);
	mk_ledger_close(&ledger);
}
END_TEST

START_TEST(keep_all_keeps_all_but_the_forgotten)
{
	make(FOLDER, 4);
	open_ledger(FOLDER, MK_LEDGER_WRITE);
	mk_ledger_keep_all(&ledger);
	mk_ledger_forget(&ledger, hash(2));
	mk_ledger_forget(&ledger, hash(77));	/* none of them */
	save(&head);
	open_ledger(FOLDER, MK_LEDGER_READ);
	ck_assert_uint_eq(ledger.n, 3);
	has(0, true);
	has(1, true);
	has(2, false);
	has(3, true);
	mk_ledger_close(&ledger);
}
END_TEST

/* In cur and in new at once, or forgotten and met again: the later time. */
START_TEST(one_hash_has_the_later_time)
{
	open_ledger(FOLDER, MK_LEDGER_WRITE);
	ck_assert_int_eq(mk_ledger_add(&ledger, 5, _i == 0 ? 100 : 300, 0), 0);
	ck_assert_int_eq(mk_ledger_add(&ledger, 5, 200, 0), 0);
	ck_assert_int_eq(mk_ledger_add(&ledger, 5, _i == 0 ? 300 : 100, 0), 0);
	ck_assert_int_eq(mk_ledger_add(&ledger, 6, 1, 0), 0);
	save(&head);
	open_ledger(FOLDER, MK_LEDGER_READ);
	ck_assert_uint_eq(ledger.n, 2);
	ck_assert_uint_eq(mk_ledger_find(&ledger, 5)->first_seen_s, 300);
	mk_ledger_close(&ledger);
}
END_TEST

static const struct { int64_t in; uint32_t out; } clamps[] = {
	{ 0, 0 }, { -1, 0 }, { INT64_MIN, 0 }, { UINT32_MAX, UINT32_MAX },
	{ (int64_t)UINT32_MAX + 1, UINT32_MAX }, { INT64_MAX, UINT32_MAX },
};

START_TEST(time_beyond_the_format_is_bounded)
{
	open_ledger(FOLDER, MK_LEDGER_WRITE);
	ck_assert_int_eq(mk_ledger_add(&ledger, 5, clamps[_i].in, 0), 0);
	save(&head);
	open_ledger(FOLDER, MK_LEDGER_READ);
	ck_assert_uint_eq(mk_ledger_find(&ledger, 5)->first_seen_s,
	    clamps[_i].out);
	mk_ledger_close(&ledger);
}
END_TEST

START_TEST(nothing_new_writes_nothing)
{
	struct mk_ledger_head later = head;
	ino_t ino;

	make(FOLDER, 3);
	ino = stat_of(NAME).st_ino;
	later.last_pass_s++;
	open_ledger(FOLDER, MK_LEDGER_WRITE);
	mk_ledger_keep_all(&ledger);
	save(&later);
	ck_assert_uint_eq(stat_of(NAME).st_ino, ino);
	open_ledger(FOLDER, MK_LEDGER_READ);
	ck_assert_int_eq(memcmp(&ledger.head, &head, sizeof head), 0);
	mk_ledger_close(&ledger);
}
END_TEST

START_TEST(any_difference_is_written)
{
	struct mk_ledger_head next = head;

	make(FOLDER, 3);
	open_ledger(FOLDER, MK_LEDGER_WRITE);
	mk_ledger_keep_all(&ledger);
	switch (_i) {
	case 0:
		next.cur_ns++;
		break;
	case 1:
		next.new_ns++;
		break;
	case 2:
		next.due_s++;
		break;
	case 3:
		next.rules++;
		break;
	case 4:
		next.watched++;
		break;
	case 5:
		mk_ledger_forget(&ledger, hash(0));
		break;
	default:
		mk_ledger_add(&ledger, hash(3), seen(3), 0);
	}
	next.last_pass_s++;
	save(&next);
	open_ledger(FOLDER, MK_LEDGER_READ);
	ck_assert(ledger.found);
	ck_assert_int_eq(memcmp(&ledger.head, &next, sizeof next), 0);
	ck_assert_uint_eq(ledger.n, _i == 5 ? 2 : _i == 6 ? 4 : 3);
	mk_ledger_close(&ledger);
	ck_assert_uint_eq(entries(), 1);
}
END_TEST

START_TEST(a_missing_one_is_made_for_writing_only)
{
	open_ledger(FOLDER, MK_LEDGER_READ);
	is_empty();
	ck_assert_str_eq(err.text, "");
	mk_ledger_close(&ledger);
	ck_assert_uint_eq(entries(), 0);
	open_ledger(FOLDER, MK_LEDGER_WRITE);
	is_empty();
	ck_assert_str_eq(err.text, "");
	mk_ledger_close(&ledger);
	open_ledger(FOLDER, MK_LEDGER_WRITE);	/* killed before save */
	is_empty();
	ck_assert_str_eq(err.text, "");
	save(&head);
	open_ledger(FOLDER, MK_LEDGER_READ);
	ck_assert(ledger.found);
	mk_ledger_close(&ledger);
}
END_TEST

/* What lies there is no ledger of FOLDER: said, and replaced by a save. */
static void
refused(const char *what)
{
	ck_assert_msg(mk_ledger_open(&ledger, root, FOLDER, MK_LEDGER_READ,
	    &err) == 0, "%s", what);
	ck_assert_msg(!ledger.found, "believed: %s", what);
	is_empty();
	mk_ledger_close(&ledger);
}

static void
replaced(void)
{
	open_ledger(FOLDER, MK_LEDGER_WRITE);
	is_empty();
	ck_assert_int_eq(mk_ledger_add(&ledger, 5, 6, 0), 0);
	save(&head);
	open_ledger(FOLDER, MK_LEDGER_READ);
	ck_assert(ledger.found);
	ck_assert_uint_eq(ledger.n, 1);
	ck_assert_uint_eq(mk_ledger_find(&ledger, 5)->first_seen_s, 6);
	mk_ledger_close(&ledger);
	ck_assert_uint_eq(entries(), 1);
}

static void
is_of_five(const char *what)
{
	size_t i;

	ck_assert_msg(ledger.found && ledger.n == 5, "%s", what);
	ck_assert_int_eq(memcmp(&ledger.head, &head, sizeof head), 0);
	for (i = 0; i < 5; i++)
		has(i, true);
	mk_ledger_close(&ledger);
}

START_TEST(cut_anywhere_is_refused)
{
	struct mk_buf whole;
	char what[40];
	size_t len;

	make(FOLDER, 5);
	whole = get(NAME);
	ck_assert_uint_gt(whole.len, HEAD);
	for (len = 0; len < whole.len; len++) {
		put_bytes(NAME, whole.data, len);
		snprintf(what, sizeof what, "%zu bytes", len);
		refused(what);
		ck_assert_int_eq(err.text[0] != '\0', len > 0);
	}
	replaced();
	mk_buf_free(&whole);
}
END_TEST

/* A shorter one is written over a longer one, which is not cut. */
START_TEST(bytes_behind_mean_nothing)
{
	struct mk_buf whole;
	char what[40];
	size_t sound, len, bit, i;

	make(FOLDER, 5);
	sound = (size_t)stat_of(NAME).st_size;
	make(FOLDER, 9);
	open_ledger(FOLDER, MK_LEDGER_WRITE);
	for (i = 0; i < 5; i++)
		has(i, true);
	save(&head);
	whole = get(NAME);
	for (len = 0; len <= whole.len; len++) {
		put_bytes(NAME, whole.data, len);
		snprintf(what, sizeof what, "%zu bytes", len);
		if (len < sound) {
			refused(what);
			continue;
		}
		open_ledger(FOLDER, MK_LEDGER_READ);
		is_of_five(what);
	}
	for (bit = 0; bit < 8 * whole.len; bit++) {
		whole.data[bit / 8] ^= (char)(1 << bit % 8);
		put_bytes(NAME, whole.data, whole.len);
		snprintf(what, sizeof what, "bit %zu", bit);
		if (bit / 8 < sound)
			refused(what);
		else {
			open_ledger(FOLDER, MK_LEDGER_READ);
			is_of_five(what);
		}
		whole.data[bit / 8] ^= (char)(1 << bit % 8);
	}
	mk_buf_free(&whole);
}
END_TEST

START_TEST(any_flipped_bit_is_refused)
{
	struct mk_buf whole;
	char what[40];
	size_t bit;

	make(FOLDER, 5);
	whole = get(NAME);
	for (bit = 0; bit < 8 * whole.len; bit++) {
		whole.data[bit / 8] ^= (char)(1 << bit % 8);
		put_bytes(NAME, whole.data, whole.len);
		snprintf(what, sizeof what, "bit %zu", bit);
		refused(what);
		ck_assert_str_ne(err.text, "");
		whole.data[bit / 8] ^= (char)(1 << bit % 8);
	}
	replaced();
	mk_buf_free(&whole);
}
END_TEST

/* Well made by somebody, checksum and all, and yet not to be believed. */
static const struct { size_t at; uint64_t value; const char *why; } forged[] = {
	{ 8, 2, "version" }, { 8, 0, "version" },
	{ 16, 0, "damaged" }, { 16, 4, "damaged" }, { 16, 6, "cut short" },
	{ 16, UINT64_MAX, "cut short" },
	{ 16, UINT64_MAX / 16 + 6, "cut short" },
	{ 72, 0, "damaged" }, { 72, 9, "cut short" },
	{ 72, UINT64_MAX, "cut short" }, { 72, UINT64_MAX - 7, "cut short" },
	{ 72, 5, "another folder" }, { 72, 7, "another folder" },
	{ 80, 0x6873617254202e, "another folder" },
	{ 80, 0x68736172542e ^ 1, "another folder" },
	{ 88, UINT64_MAX, "sorted" }, { 88 + 16, 0, "sorted" },
	{ 88 + 64, 0, "sorted" },
};

START_TEST(forgery_is_refused)
{
	struct mk_buf whole;
	unsigned char *p;

	make(FOLDER, 5);
	whole = get(NAME);
	p = (unsigned char *)whole.data;
	if (forged[_i].at == 8)
		mk_le32_put(p + 8, (uint32_t)forged[_i].value);
	else
		mk_le64_put(p + forged[_i].at, forged[_i].value);
	mk_le32_put(p + CRC_AT, (uint32_t)crc32_z(0, p + BEHIND,
	    whole.len - BEHIND));
	put_bytes(NAME, whole.data, whole.len);
	refused(forged[_i].why);
	ck_assert_msg(strstr(err.text, forged[_i].why) != NULL, "%s",
	    err.text);
	replaced();
	mk_buf_free(&whole);
}
END_TEST

static const char *const others[] = {
	"", ".Trasi", ".Tras", ".Trash2", "Trash", ".trash",
	".Trash.2025",
};

/* A folder renamed into Trash brings its ledger along: not for this name. */
START_TEST(ledger_of_another_folder_is_refused)
{
	make(others[_i], 5);
	refused(others[_i]);
	ck_assert_ptr_nonnull(strstr(err.text, "another folder"));
	replaced();
}
END_TEST

static const char *const in_place[] = {
	"link", "dangling", "hard link", "directory", "fifo", "socket",
	"link to a ledger",
};

static void
plant(const char *what)
{
	if (strcmp(what, "link") == 0)
		ck_assert_int_eq(symlinkat("victim", root, NAME), 0);
	else if (strcmp(what, "link to a ledger") == 0) {
		make(FOLDER, 3);
		ck_assert_int_eq(renameat(root, NAME, root, "real"), 0);
		ck_assert_int_eq(symlinkat("real", root, NAME), 0);
	} else if (strcmp(what, "dangling") == 0)
		ck_assert_int_eq(symlinkat("nowhere", root, NAME), 0);
	else if (strcmp(what, "hard link") == 0)
		ck_assert_int_eq(linkat(root, "victim", root, NAME, 0), 0);
	else if (strcmp(what, "directory") == 0)
		make_dir(NAME);
	else if (strcmp(what, "fifo") == 0)
		ck_assert_int_eq(mkfifoat(root, NAME, 0644), 0);
	else
		ck_assert_int_eq(mknodat(root, NAME, S_IFSOCK | 0644, 0), 0);
}

START_TEST(only_a_plain_file_is_opened)
{
	enum mk_ledger_mode mode;
	struct stat before, after;

	put("victim", "precious");
	plant(in_place[_i]);
	before = stat_of(NAME);
	for (mode = MK_LEDGER_READ; mode <= MK_LEDGER_WRITE; mode++) {
		ck_assert_int_eq(mk_ledger_open(&ledger, root, FOLDER, mode,
		    &err), -1);
		ck_assert_str_ne(err.text, "");
		is_empty();
		ck_assert_int_eq(ledger.fd, -1);
		ck_assert_int_eq(mk_ledger_add(&ledger, 1, 2, 0), 0);
		mk_ledger_close(&ledger);
	}
	after = stat_of(NAME);
	ck_assert_uint_eq(before.st_ino, after.st_ino);
	holds("victim", "precious");
	ck_assert(!there("nowhere"));
}
END_TEST

START_TEST(nothing_can_be_made_in_a_directory_without_the_right)
{
	not_root();
	ck_assert_int_eq(chmod(scratch, 0555), 0);
	ck_assert_int_eq(mk_ledger_open(&ledger, root, FOLDER,
	    MK_LEDGER_WRITE, &err), -1);
	ck_assert_int_eq(err.status, EX_NOPERM);
	is_empty();
	mk_ledger_close(&ledger);
	ck_assert_int_eq(chmod(scratch, 0755), 0);
	ck_assert_uint_eq(entries(), 0);
}
END_TEST

START_TEST(old_one_stays_where_it_cannot_be_replaced)
{
	make(FOLDER, MANY);
	not_root();
	ck_assert_int_eq(chmod(scratch, 0555), 0);
	open_ledger(FOLDER, MK_LEDGER_WRITE);
	mk_ledger_keep_all(&ledger);
	if (_i == 1)			/* a message has left */
		mk_ledger_forget(&ledger, hash(1));
	ck_assert_int_eq(mk_ledger_add(&ledger, hash(MANY), seen(1), 0), 0);
	ck_assert_int_eq(mk_ledger_save(&ledger, &head, &err), -1);
	ck_assert_int_eq(err.status, EX_NOPERM);
	mk_ledger_close(&ledger);
	open_ledger(FOLDER, MK_LEDGER_READ);
	ck_assert_uint_eq(ledger.n, _i == 1 ? 0 : MANY);
	has(0, _i == 0);
	mk_ledger_close(&ledger);
	ck_assert_int_eq(chmod(scratch, 0755), 0);
	ck_assert_uint_eq(entries(), 1);
}
END_TEST

START_TEST(unreadable_one_is_told)
{
	make(FOLDER, 3);
	not_root();
	scratch_run("chmod 0", NAME);
	ck_assert_int_eq(mk_ledger_open(&ledger, root, FOLDER,
	    _i == 0 ? MK_LEDGER_READ : MK_LEDGER_WRITE, &err), -1);
	ck_assert_int_eq(err.status, EX_NOPERM);
	is_empty();
	mk_ledger_close(&ledger);
}
END_TEST

START_TEST(held_by_another_process_is_left_to_it)
{
	int fds[2], status;
	pid_t pid;
	char c;

	make(FOLDER, 3);
	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		if (mk_ledger_open(&ledger, root, FOLDER, MK_LEDGER_WRITE,
		    &err) != 0 || write(fds[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(fds[1]);
	ck_assert_int_eq(read(fds[0], &c, 1), 1);
	ck_assert_int_eq(mk_ledger_open(&ledger, root, FOLDER,
	    MK_LEDGER_WRITE, &err), 1);
	is_empty();
	mk_ledger_close(&ledger);
	ck_assert_int_eq(mk_ledger_open(&ledger, root, FOLDER,
	    MK_LEDGER_READ, &err), 1);
	is_empty();
	mk_ledger_close(&ledger);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	open_ledger(FOLDER, MK_LEDGER_WRITE);
	has(2, true);
	mk_ledger_close(&ledger);
	close(fds[0]);
}
END_TEST

/* Enter messages one by one, each in a pass of its own. */
static void
enter(size_t from, size_t n)
{
	size_t i = from;

	while (i < from + n) {
		switch (mk_ledger_open(&ledger, root, FOLDER, MK_LEDGER_WRITE,
		    &err)) {
		case 1:
			mk_ledger_close(&ledger);
			continue;
		case -1:
			_exit(1);
		}
		mk_ledger_keep_all(&ledger);
		if (mk_ledger_add(&ledger, hash(i), seen(i), 0) == -1 ||
		    mk_ledger_save(&ledger, &head, &err) == -1)
			_exit(2);
		mk_ledger_close(&ledger);
		i++;
	}
	_exit(0);
}

/* See it at any time: sound, not there yet, or busy. */
static void
watch(size_t times)
{
	int rv;

	while (times > 0) {
		rv = mk_ledger_open(&ledger, root, FOLDER, MK_LEDGER_READ,
		    &err);
		if (rv == -1 || (rv == 0 && !ledger.found &&
		    err.text[0] != '\0'))
			_exit(3);
		times -= rv == 0;
		mk_ledger_close(&ledger);
	}
	_exit(0);
}

/* Replaced under the lock of one, it must not be taken by a second. */
START_TEST(many_writers_lose_nothing)
{
	pid_t pids[5];
	size_t i;
	int status;

	for (i = 0; i < 4; i++)
		if ((pids[i] = fork()) == 0)
			enter(i * 100, 100);
	if ((pids[4] = fork()) == 0)
		watch(300);
	for (i = 0; i < 5; i++) {
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert_int_eq(status, 0);
	}
	open_ledger(FOLDER, MK_LEDGER_READ);
	ck_assert(ledger.found);
	ck_assert_uint_eq(ledger.n, 400);
	for (i = 0; i < 400; i++)
		has(i, true);
	mk_ledger_close(&ledger);
	ck_assert_uint_eq(entries(), 1);
}
END_TEST

START_TEST(full_disk_leaves_the_old_one)
{
	static char junk[4096];
	size_t i;
	int fd;

	ck_assert(mount_here(scratch));
	close(root);
	scratch_open();
	if (_i == 0)
		make(FOLDER, MANY);
	fd = openat(root, "fill", O_WRONLY | O_CREAT, 0600);
	while (write(fd, junk, sizeof junk) > 0)
		;
	close(fd);
	open_ledger(FOLDER, MK_LEDGER_WRITE);
	ck_assert_int_eq(ledger.found, _i == 0);
	mk_ledger_keep_all(&ledger);
	for (i = MANY; i < MANY + 1000; i++)
		ck_assert_int_eq(mk_ledger_add(&ledger, hash(i), seen(i),
		    0), 0);
	ck_assert_int_eq(mk_ledger_save(&ledger, &head, &err), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_ptr_nonnull(strstr(err.text, strerror(ENOSPC)));
	mk_ledger_close(&ledger);
	ck_assert_uint_eq(entries(), 2);	/* no remains */
	open_ledger(FOLDER, MK_LEDGER_READ);
	if (_i == 0) {
		ck_assert_uint_eq(ledger.n, MANY);
		has(0, true);
		has(MANY - 1, true);
	} else
		is_empty();
	mk_ledger_close(&ledger);
	ck_assert_int_eq(umount2(scratch, MNT_DETACH), 0);
}
END_TEST

/* Else the user's own run could not read it. */
START_TEST(made_by_root_it_is_the_folders_owners)
{
	ck_assert_int_eq(chown(scratch, 1234, 2345), 0);
	make(FOLDER, MANY);
	ck_assert_uint_eq(stat_of(NAME).st_uid, 1234);
	ck_assert_uint_eq(stat_of(NAME).st_gid, 2345);
	open_ledger(FOLDER, MK_LEDGER_WRITE);	/* and replaced by root */
	save(&head);
	ck_assert_uint_eq(stat_of(NAME).st_uid, 1234);
	ck_assert_uint_eq(stat_of(NAME).st_gid, 2345);
}
END_TEST

int
main(void)
{
	bool mounts = may_mount();
	Suite *suite = suite_create("mail/ledger");
	TCase *tc = tcase_create("ledger");

	tcase_add_checked_fixture(tc, scratch_setup, scratch_teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, what_goes_in_comes_out, 0, COUNT(trips));
	tcase_add_loop_test(tc, head_keeps_its_extremes, 0, 3);
	tcase_add_test(tc, message_keeps_its_time_over_passes);
	tcase_add_test(tc, what_is_known_is_kept);
	tcase_add_test(tc, what_is_not_met_leaves);
	tcase_add_test(tc, keep_all_keeps_all_but_the_forgotten);
	tcase_add_loop_test(tc, one_hash_has_the_later_time, 0, 2);
	tcase_add_loop_test(tc, time_beyond_the_format_is_bounded, 0,
	    COUNT(clamps));
	tcase_add_test(tc, nothing_new_writes_nothing);
	tcase_add_loop_test(tc, any_difference_is_written, 0, 7);
	tcase_add_test(tc, a_missing_one_is_made_for_writing_only);
	tcase_add_test(tc, cut_anywhere_is_refused);
	tcase_add_test(tc, bytes_behind_mean_nothing);
	tcase_add_test(tc, any_flipped_bit_is_refused);
	tcase_add_loop_test(tc, forgery_is_refused, 0, COUNT(forged));
	tcase_add_loop_test(tc, ledger_of_another_folder_is_refused, 0,
	    COUNT(others));
	tcase_add_loop_test(tc, only_a_plain_file_is_opened, 0,
	    COUNT(in_place));
	tcase_add_test(tc,
	    nothing_can_be_made_in_a_directory_without_the_right);
	tcase_add_loop_test(tc,
	    old_one_stays_where_it_cannot_be_replaced, 0, 2);
	tcase_add_loop_test(tc, unreadable_one_is_told, 0, 2);
	tcase_add_test(tc, held_by_another_process_is_left_to_it);
	tcase_add_test(tc, many_writers_lose_nothing);
	if (mounts)
		tcase_add_loop_test(tc, full_disk_leaves_the_old_one, 0, 2);
	if (geteuid() == 0)
		tcase_add_test(tc, made_by_root_it_is_the_folders_owners);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
