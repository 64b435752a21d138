/* rotate/turn: what a rotation moves, keeps, removes and never touches. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2), scandirat(3) */
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#endif

#include <stddef.h>

#include "rotate/writers.h"
#include "turned.h"

/*
 * Files before a rotation, and after: "name=text" between blanks; after it
 * the log's old text is wherever it went, and the log has the notice alone.
 */
static const struct {
	int64_t count;
	const char *before, *after;
	uint64_t removed;
} moves[] = {
	{ 1, "", "log.0=old", 0 },
	{ 2, "", "log.0=old", 0 },
	{ 1, "log.0=a", "log.0=old", 1 },
	{ 2, "log.0=a", "log.0=old log.1=a", 0 },
	{ 2, "log.0=a log.1=b", "log.0=old log.1=a", 1 },
	{ 7, "log.0=a log.1.gz=b log.2.gz=c",
	    "log.0=old log.1=a log.2.gz=b log.3.gz=c", 0 },
	{ 3, "log.0.zst=a log.1.bz2=b log.2.xz=c",
	    "log.0=old log.1.zst=a log.2.bz2=b", 1 },
	/* a gap, of a killed run or an administrator: no more moves */
	{ 7, "log.1=b log.2=c", "log.0=old log.1=b log.2=c", 0 },
	{ 7, "log.0=a log.2=c", "log.0=old log.1=a log.2=c", 0 },
	{ 3, "log.0=a log.1=b log.3=d", "log.0=old log.1=a log.2=b", 1 },
	/* two files of one generation are one */
	{ 7, "log.0=a log.0.gz=A log.1=b",
	    "log.0=old log.1=a log.1.gz=A log.2=b", 0 },
	{ 2, "log.0=a log.1=b log.1.gz=B", "log.0=old log.1=a", 2 },
	/* the count was lowered */
	{ 2, "log.0=a log.1=b log.2=c log.3.gz=d log.4=e",
	    "log.0=old log.1=a", 4 },
	{ 2, "log.0=a log.1=b log.2=c log.4=e",
	    "log.0=old log.1=a log.4=e", 2 },
	{ 3, "log.0=a log.1=b log.2=c log.2024=keep",
	    "log.0=old log.1=a log.2=b log.2024=keep", 1 },
	{ 1, "log.0=a log.1=b log.2=c", "log.0=old", 3 },
	/* others' */
	{ 2, "log.0=a log.00=k log.x=k log.0.tar=k log1=k log.0.gz.x=k "
	    ".log.0=k xlog.0=k log.20261122T000000=k",
	    "log.0=old log.1=a log.00=k log.x=k log.0.tar=k log1=k "
	    "log.0.gz.x=k .log.0=k xlog.0=k log.20261122T000000=k", 0 },
	{ 10000000, "log.0=a", "log.0=old log.1=a", 0 },
};

/* Calls EACH for all files that TEXT names; how many. */
static int
files(const char *text, void (*each)(const char *, const char *))
{
	char copy[400], *word, *save, *eq;
	int n = 0;

	snprintf(copy, sizeof copy, "%s", text);
	for (word = strtok_r(copy, " ", &save); word != NULL;
	    word = strtok_r(NULL, " ", &save)) {
		eq = strchr(word, '=');
		*eq = '\0';
		each(word, eq + 1);
		n++;
	}
	return n;
}

static int
entries(void)
{
	struct dirent **v;
	int n = scandirat(root, ".", &v, NULL, by_name), i;

	for (i = 0; i < n; i++)
		free(v[i]);
	free(v);
	return n - 2;
}

START_TEST(moves_up_to_the_first_free_number)
{
	int n;

	turn_begin(moves[_i].count);
	entry.flags = MK_ENTRY_BINARY;
	put("log", "old");
	files(moves[_i].before, put);
	turns();
	n = files(moves[_i].after, holds);
	holds("log", "");
	ck_assert_int_eq(entries(), n + 1);
	ck_assert_uint_eq(turn.removed, moves[_i].removed);
	ck_assert_uint_eq(turn.removed_bytes, moves[_i].removed);
}
END_TEST

/* -n says what would be done; no step of it is. */
START_TEST(shows_all_and_touches_nothing)
{
	struct mk_buf before;
	char *text = NULL;
	size_t len = 0;

	turn_begin(moves[_i].count);
	put("log", "old");
	files(moves[_i].before, put);
	before = tree_of(root);
	turn.show = open_memstream(&text, &len);
	ck_assert_ptr_nonnull(turn.show);
	ck_assert_msg(with_rights(mk_turn) == 0, "%s", err.text);
	fclose(turn.show);
	ck_assert(!turn.turned);
	same_tree(&before);
	ck_assert_ptr_nonnull(strstr(text, "Start new log...\n"));
	free(text);
}
END_TEST

START_TEST(shows_as_newsyslog_does)
{
	char wanted[2000], *text = NULL;
	const char *s = scratch;
	size_t len = 0;

	turn_begin(2);
	files("log=old log.0=a log.1=b log.1.gz=B log.2=c", put);
	turn.show = open_memstream(&text, &len);
	ck_assert_int_eq(with_rights(mk_turn), 0);
	fclose(turn.show);
	snprintf(wanted, sizeof wanted, "\trm -f %s/log.2\n\trm -f %s/log.1\n"
	    "\trm -f %s/log.1.gz\n\tmv %s/log.0 %s/log.1\n"
	    "\tln %s/log %s/log.0\nStart new log...\n", s, s, s, s, s, s, s);
	ck_assert_str_eq(text, wanted);
	free(text);
}
END_TEST

static const struct {
	unsigned flags;
	const char *log, *old;		/* N: the pid */
} notices[] = {
	{ 0, "Nov 23 00:00:00 mx1 newsyslog[N]: logfile turned over due to a "
	    "test\n", "old\nNov 23 00:00:00 mx1 newsyslog[N]: logfile turned "
	    "over due to a test\n" },
	{ MK_ENTRY_DEFAULT, "Nov 23 00:00:00 mx1 newsyslog[N]: logfile turned "
	    "over due to a test using <default> rule\n", "old\nNov 23 "
	    "00:00:00 mx1 newsyslog[N]: logfile turned over due to a test "
	    "using <default> rule\n" },
	{ MK_ENTRY_RFC5424, "<14>1 2026-11-23T00:00:00+01:00 mx1.example.org "
	    "newsyslog N - - logfile turned over due to a test\n", "old\n<14>1 "
	    "2026-11-23T00:00:00+01:00 mx1.example.org newsyslog N - - "
	    "logfile turned over due to a test\n" },
	{ MK_ENTRY_BINARY, "", "old\n" },
	{ MK_ENTRY_BINARY | MK_ENTRY_RFC5424, "", "old\n" },
};

/* TEXT with the pid for its N; to be freed. */
static char *
with_pid(const char *text)
{
	const char *n = strchr(text, 'N');
	struct mk_buf buf = { 0 };

	for (; n != NULL; n = strchr(n + 1, 'N')) {
		if (strncmp(n, "Nov", 3) == 0)
			continue;
		mk_buf_addf(&buf, "%.*s%ld", (int)(n - text), text,
		    (long)getpid());
		text = n + 1;
	}
	mk_buf_addf(&buf, "%s", text);
	return buf.data;
}

START_TEST(both_logs_say_that_they_were_turned)
{
	char *log = with_pid(notices[_i].log), *old = with_pid(notices[_i].old);

	entry.flags = notices[_i].flags;
	put("log", "old\n");
	turns();
	holds("log", log);
	holds("log.0", old);
	free(log);
	free(old);
}
END_TEST

START_TEST(mode_is_the_entry_s_whatever_the_umask)
{
	struct stat st;

	entry.mode = 04666;
	umask(077);
	put("log", "old");
	ck_assert_int_eq(fchmodat(root, "log", 0604, 0), 0);
	turns();
	st = stat_of("log");
	ck_assert_int_eq(st.st_mode & 07777, 0666);
	st = stat_of("log.0");
	ck_assert_int_eq(st.st_mode & 07777, 0604);
}
END_TEST

static const struct {
	uid_t uid, new_uid;		/* (uid_t)-1: none is given */
	gid_t gid, new_gid;
	uid_t place;			/* whose directory it is */
} owners[] = {
	{ 1234, 1234, 2345, 2345, 0 },
	{ 1234, 77, 2345, 88, 0 },
	{ 0, 77, 0, (gid_t)-1, 0 },
	{ 1234, (uid_t)-1, 2345, (gid_t)-1, 0 },
	{ 1234, (uid_t)-1, 2345, (gid_t)-1, 1234 },
	/* what the directory's user may not give is given by root */
	{ 0, (uid_t)-1, 0, (gid_t)-1, 1234 },
	{ 1234, 0, 2345, 4, 1234 },
	{ 99, (uid_t)-1, 98, (gid_t)-1, 1234 },
};

START_TEST(owner_is_the_entry_s_or_the_old_log_s)
{
	struct stat st, old;

	if (geteuid() != 0)
		return;
	put("log", "old");
	put("log.0", "older");
	ck_assert_int_eq(fchownat(root, "log", owners[_i].uid, owners[_i].gid,
	    0), 0);
	ck_assert_int_eq(fchmodat(root, "log", 0640, 0), 0);
	ck_assert_int_eq(fchown(root, owners[_i].place, owners[_i].place), 0);
	mk_place_close(&place);
	turn_begin(3);
	ck_assert_int_eq(place.uid, owners[_i].place == 0 ? (uid_t)-1 :
	    owners[_i].place);
	entry.uid = owners[_i].new_uid;
	entry.gid = owners[_i].new_gid;
	entry.mode = 0620;
	turns();
	st = stat_of("log");
	old = stat_of("log.0");
	ck_assert_int_eq(st.st_uid, entry.uid == (uid_t)-1 ? owners[_i].uid :
	    entry.uid);
	ck_assert_int_eq(st.st_gid, entry.gid == (gid_t)-1 ? owners[_i].gid :
	    entry.gid);
	ck_assert_int_eq(st.st_mode & 07777, 0620);
	ck_assert_int_eq(old.st_uid, owners[_i].uid);
	ck_assert_int_eq(old.st_mode & 07777, 0640);
	begins("log.0", "old");
	holds("log.1", "older");
	ck_assert_int_eq(geteuid(), 0);
}
END_TEST

enum what { LINK, DANGLING, FIFO, DIRECTORY, SECOND_NAME, THIRD_NAME };

static void
make_what(enum what what, const char *name)
{
	put("other", "other");
	if (what == LINK)
		ck_assert_int_eq(symlinkat("other", root, name), 0);
	else if (what == DANGLING)
		ck_assert_int_eq(symlinkat("none", root, name), 0);
	else if (what == FIFO)
		ck_assert_int_eq(mkfifoat(root, name, 0600), 0);
	else if (what == DIRECTORY)
		ck_assert_int_eq(mkdirat(root, name, 0755), 0);
	else
		ck_assert_int_eq(linkat(root, "other", root, name, 0), 0);
	if (what == THIRD_NAME)
		ck_assert_int_eq(linkat(root, "other", root, "log.0", 0), 0);
}

/* Nothing at all changes: neither with the log being such a thing ... */
START_TEST(a_log_that_is_no_file_of_one_name_is_refused)
{
	struct mk_buf before;

	make_what((enum what)_i, "log");
	if (_i != THIRD_NAME)
		put("log.0", "a");
	put("log.1", "b");
	before = tree_of(root);
	refuses(EX_DATAERR);
	same_tree(&before);
}
END_TEST

/* ... nor with one where the new log is to be made. */
START_TEST(what_is_in_the_new_log_s_way_is_refused)
{
	struct mk_buf before;

	put("log", "old");
	make_what((enum what)_i, ".log.mailkeep-new");
	if (_i != THIRD_NAME)
		put("log.0", "a");
	before = tree_of(root);
	refuses(EX_DATAERR);
	same_tree(&before);
}
END_TEST

/* What stands in a generation's way is never replaced: all stays. */
START_TEST(what_is_in_a_generation_s_way_stays)
{
	struct mk_buf before;

	put("log", "old");
	entry.flags = MK_ENTRY_BINARY;
	make_what((enum what)_i, "log.1");
	put("log.0", "a");
	before = tree_of(root);
	refuses(EX_DATAERR);
	ck_assert_ptr_nonnull(strstr(err.text, "/log.1: stands where log.0 is "
	    "to go"));
	same_tree(&before);
}
END_TEST

/* Whether it can be told here that nobody writes to a file. */
static bool
knows_writers(void)
{
	int fd, rv;

	put("asked", "");
	fd = openat(root, "asked", O_RDONLY);
	ck_assert_int_ne(fd, -1);
	rv = mk_writers(fd, NULL);
	close(fd);
	ck_assert_int_eq(unlinkat(root, "asked", 0), 0);
	return rv != -1;
}

/* Nor does the log get a notice, each time, that it were turned. */
START_TEST(what_is_in_the_log_s_own_way_stays)
{
	struct mk_buf before;

	put("log", "old");
	make_what((enum what)_i, "log.0");
	put("log.1", "b");
	before = tree_of(root);
	refuses(EX_DATAERR);
	ck_assert_ptr_nonnull(strstr(err.text, "/log.0: stands where the log "
	    "is to go"));
	same_tree(&before);
}
END_TEST

/* It may be gone with the file: nothing is changed before it lets go. */
START_TEST(a_generation_that_a_process_writes_to_does_not_go)
{
	static const struct { const char *name, *format; } writes[] = {
		{ "log.2", NULL }, { "log.3", NULL },
		{ "log.20261120T000000", MK_GENERATION_TIME },
	};
	struct mk_buf before;
	int fd;

	if (!knows_writers())
		return;
	put("log", "old");
	put("log.0", "a");
	put("log.1", "b");
	put("log.2", "c");
	put("log.20261121T000000", "A");
	put("log.20261122T000000", "B");
	put("log.20261122T100000", "C");
	put(writes[_i].name, "d");
	turn.time_format = writes[_i].format;
	fd = openat(root, writes[_i].name, O_WRONLY | O_APPEND);
	before = tree_of(root);
	refuses(EX_TEMPFAIL);
	ck_assert_ptr_nonnull(strstr(err.text, writes[_i].name));
	ck_assert_ptr_nonnull(strstr(err.text, "a process writes to it still"));
	same_tree(&before);
	close(fd);
	turns();
	ck_assert(_i == 0 || !there(writes[_i].name));
	ck_assert_uint_eq(turn.removed, _i == 1 || _i == 2 ? 2 : 1);
}
END_TEST

/* The others are moved on with their writers, who lose nothing. */
START_TEST(a_generation_that_stays_may_be_written_to)
{
	int fd;

	put("log", "old");
	put("log.0", "a");
	put("log.1", "b");
	fd = openat(root, "log.1", O_WRONLY | O_APPEND);
	turns();
	ck_assert_int_eq(write(fd, "more", 4), 4);
	close(fd);
	holds("log.2", "bmore");
}
END_TEST

START_TEST(a_missing_log_is_no_input)
{
	struct mk_buf before;

	put("log.0", "a");
	before = tree_of(root);
	refuses(EX_NOINPUT);
	same_tree(&before);
}
END_TEST

START_TEST(a_new_log_that_a_killed_run_left_is_made_anew)
{
	put("log", "old");
	put(".log.mailkeep-new", "half a noti");
	turns();
	ck_assert(!has_text("log", "half"));
	ck_assert(has_text("log", NOTICE));
	begins("log.0", "old");
	ck_assert(!there(".log.mailkeep-new"));
}
END_TEST

START_TEST(a_log_that_is_its_generation_0_is_only_replaced)
{
	put("log", "old");
	put("log.1", "b");
	ck_assert_int_eq(linkat(root, "log", root, "log.0", 0), 0);
	put(".log.mailkeep-new", "left");
	turns();
	holds("log.0", "old");
	holds("log.1", "b");
	ck_assert(has_text("log", NOTICE));
	ck_assert_uint_eq(stat_of("log.0").st_nlink, 1);
	ck_assert_int_eq(entries(), 3);
}
END_TEST

/* Only its own: any other second name may be in anybody's directory. */
START_TEST(a_log_that_is_its_generation_1_is_refused)
{
	struct mk_buf before;

	put("log", "old");
	ck_assert_int_eq(linkat(root, "log", root, "log.1", 0), 0);
	before = tree_of(root);
	refuses(EX_DATAERR);
	ck_assert_ptr_nonnull(strstr(err.text, "log.1, which is no rotated "
	    "file of it; remove that name"));
	same_tree(&before);
}
END_TEST

/* The killed run was one with -t, and this is none; or the other way round. */
START_TEST(a_log_that_has_its_name_by_time_is_only_replaced)
{
	put("log", "old");
	put("log.0", "a");
	ck_assert_int_eq(linkat(root, "log", root, "log.20261122T000000", 0),
	    0);
	if (_i == 1)
		turn.time_format = "%Y%m%d-%H%M";
	turns();
	holds("log.20261122T000000", "old");
	holds("log.0", "a");
	ck_assert(has_text("log", NOTICE));
	ck_assert_int_eq(entries(), 3);
}
END_TEST

/* Of a run with -a, say: it can only be told what to do. */
START_TEST(a_log_with_a_name_elsewhere_is_refused)
{
	struct mk_buf before;

	make_dir("old");
	put("log", "old");
	ck_assert_int_eq(linkat(root, "log", root, "old/log.0", 0), 0);
	before = tree_of(root);
	refuses(EX_DATAERR);
	ck_assert_ptr_nonnull(strstr(err.text, "has another name elsewhere"));
	same_tree(&before);
}
END_TEST

/* Killed where no links can be made, and so between the two renames. */
START_TEST(a_log_that_was_moved_comes_back_new)
{
	bool create = _i == 1;
	struct stat st;

	put("log.0", "old");
	put("log.1", "b");
	put(".log.mailkeep-new", "notice\n");
	if (geteuid() == 0)
		ck_assert_int_eq(fchownat(root, "log.0", 77, 88, 0), 0);
	if (create)
		ck_assert_int_eq(with_rights(mk_turn_create), 0);
	else
		turns();
	ck_assert(turn.turned);
	holds("log", "notice\n");
	holds("log.0", "old");
	holds("log.1", "b");
	ck_assert_int_eq(entries(), 3);
	st = stat_of("log");
	ck_assert_int_eq(st.st_mode & 07777, 0640);
	if (geteuid() == 0)
		ck_assert_int_eq(st.st_uid, 77);
}
END_TEST

/* Two files of generation 1 were on their way to 2 (see turn_shift). */
START_TEST(a_generation_half_moved_is_moved_whole)
{
	turn_begin(7);
	put("log", "old");
	put("log.0", "a");
	put("log.2", "b");
	ck_assert_int_eq(linkat(root, "log.2", root, "log.1", 0), 0);
	put("log.1.gz", "B");
	put("log.3", "c");
	turns();
	begins("log.0", "old");
	holds("log.1", "a");
	holds("log.2", "b");
	holds("log.2.gz", "B");
	holds("log.3", "c");
	ck_assert_int_eq(entries(), 6);
	ck_assert_uint_eq(stat_of("log.2").st_nlink, 1);
	ck_assert_uint_eq(turn.removed, 0);
}
END_TEST

/* Both are empty; one only keeps a name, of a rename that was killed. */
START_TEST(an_empty_generation_stays_and_a_reserved_name_does_not)
{
	const struct timespec then[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };

	umask(077);
	put("log", "old");
	put("log.0", "");
	ck_assert_int_eq(utimensat(root, "log.0", then, 0), 0);
	put("log.1", "");
	put("log.2", "c");
	turns();
	begins("log.0", "old");
	holds("log.1", "");
	ck_assert_int_eq(stat_of("log.1").st_mtime, 1);
	holds("log.2", "c");
	ck_assert_int_eq(entries(), 4);
}
END_TEST

static const struct {
	int64_t count;
	const char *before, *after;
	uint64_t removed;
} times[] = {
	{ 3, "", "", 0 },
	{ 1, "log.20261122T000000=a", "", 1 },
	{ 2, "log.20261122T000000=a log.20261121T000000.gz=b",
	    "log.20261122T000000=a", 1 },
	{ 3, "log.20261122T000000.gz=a log.20261122T000000=A "
	    "log.20261121T000000=b log.20251231T000000=c",
	    "log.20261122T000000.gz=a log.20261122T000000=A "
	    "log.20261121T000000=b", 1 },
	/* others': by number, by another format, no time at all */
	{ 1, "log.0=a log.1.gz=b log.2024=k log.20261122=k log.x=k "
	    "log.20261199T000000=k",
	    "log.0=a log.1.gz=b log.2024=k log.20261122=k log.x=k "
	    "log.20261199T000000=k", 0 },
};

START_TEST(by_time_the_newest_stay)
{
	int n;

	turn_begin(times[_i].count);
	turn.time_format = MK_GENERATION_TIME;
	put("log", "old");
	files(times[_i].before, put);
	turns();
	n = files(times[_i].after, holds);
	begins("log.20261123T000000", "old");
	ck_assert_int_eq(entries(), n + 2);
	ck_assert_uint_eq(turn.removed, times[_i].removed);
}
END_TEST

static const char *const taken[] = {
	"log.20261123", "log.20261123.gz", "log.20261123.zst",
};

START_TEST(by_time_a_taken_name_is_never_used_again)
{
	struct mk_buf before;

	turn_begin(1);
	turn.time_format = "%Y%m%d";
	put("log", "old");
	put(taken[_i], "today");
	put("log.20261122", "a");
	before = tree_of(root);
	refuses(EX_TEMPFAIL);
	ck_assert_ptr_nonnull(strstr(err.text, taken[_i]));
	same_tree(&before);
}
END_TEST

START_TEST(a_format_that_is_no_time_is_refused)
{
	static const char *const formats[] = { "", "%d/%m", "%Y%" };
	struct mk_buf before;
	int i;

	put("log", "old");
	before = tree_of(root);
	for (i = 0; i < COUNT(formats); i++) {
		turn.time_format = formats[i];
		refuses(EX_USAGE);
	}
	same_tree(&before);
}
END_TEST

static void
open_elsewhere(const char *name)
{
	char path[300];

	snprintf(path, sizeof path, "%s/%s", scratch, name);
	ck_assert_msg(mk_place_open(&elsewhere, path, false, &err) == 0, "%s",
	    err.text);
	turn.archive = &elsewhere;
}

START_TEST(an_archive_directory_has_the_generations)
{
	make_dir("old");
	put("log", "old");
	put("log.0", "not here");
	put("old/log.0", "a");
	put("old/log.1.gz", "b");
	put("old/log.2", "c");
	open_elsewhere("old");
	ck_assert(!mk_turn_apart(&place, &elsewhere));
	turns();
	begins("old/log.0", "old");
	holds("old/log.1", "a");
	holds("old/log.2.gz", "b");
	ck_assert(!there("old/log.2"));
	holds("log.0", "not here");
	ck_assert_uint_eq(turn.removed, 1);
}
END_TEST

/* On another file system, or somebody else's: settle brings it there. */
static void
goes_by_way_of_the_log_s_directory(void)
{
	struct mk_buf before;

	ck_assert(mk_turn_apart(&place, &elsewhere));
	put("log", "old");
	turns();
	begins("log.0", "old");
	ck_assert(has_text("log", NOTICE));
	ck_assert(!there("old/log.0"));
	holds("old/log.1", "a");
	holds("old/log.2.gz", "b");
	ck_assert(!there("old/log.2"));
	before = tree_of(root);
	refuses(EX_TEMPFAIL);
	ck_assert_ptr_nonnull(strstr(err.text, "waits for log.0"));
	same_tree(&before);
	holds("old/log.1", "a");
	/* What was rotated without the archive: 0 is made free for it there. */
	put("old/log.0", "other");
	refuses(EX_TEMPFAIL);
	ck_assert_ptr_nonnull(strstr(err.text, "waits for log.0"));
	begins("log.0", "old");
	ck_assert(!has_text("log", "old"));
	ck_assert(!there("old/log.0"));
	holds("old/log.1", "other");
	holds("old/log.2", "a");
	ck_assert_uint_eq(turn.removed, 1);
	ck_assert_int_eq(geteuid(), getuid());
}

START_TEST(on_another_file_system_generation_0_waits)
{
	char path[300];

	if (!may_mount())
		return;
	make_dir("old");
	snprintf(path, sizeof path, "%s/old", scratch);
	ck_assert(mount_here(path));
	/* What was opened before knows nothing of it. */
	close(root);
	scratch_open();
	mk_place_close(&place);
	turn_begin(3);
	put("old/log.0", "a");
	put("old/log.1.gz", "b");
	put("old/log.2", "c");
	open_elsewhere("old");
	goes_by_way_of_the_log_s_directory();
	mk_place_close(&elsewhere);
	ck_assert_int_eq(umount(path), 0);
}
END_TEST

START_TEST(in_another_user_s_archive_generation_0_waits)
{
	if (geteuid() != 0)
		return;
	make_dir("old");
	put("old/log.0", "a");
	put("old/log.1.gz", "b");
	put("old/log.2", "c");
	ck_assert_int_eq(fchownat(root, "old", 1234, 1234, 0), 0);
	ck_assert_int_eq(fchmodat(root, "old", 0700, 0), 0);
	mk_place_close(&place);
	turn_begin(3);
	open_elsewhere("old");
	goes_by_way_of_the_log_s_directory();
}
END_TEST

/* Of the log's user nothing may be done in root's archive. */
START_TEST(in_root_s_archive_a_user_s_generation_0_waits)
{
	char path[220];

	if (geteuid() != 0)
		return;
	snprintf(path, sizeof path, "%s.old", scratch);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	ck_assert_int_eq(symlinkat(path, root, "old"), 0);
	put("old/log.0", "a");
	put("old/log.1.gz", "b");
	put("old/log.2", "c");
	ck_assert_int_eq(fchown(root, 1234, 1234), 0);
	mk_place_close(&place);
	turn_begin(3);
	ck_assert_int_eq(mk_place_open(&elsewhere, path, false, &err), 0);
	ck_assert_int_eq(elsewhere.uid, (uid_t)-1);
	turn.archive = &elsewhere;
	goes_by_way_of_the_log_s_directory();
	snprintf(path, sizeof path, "rm -rf '%s.old'", scratch);
	ck_assert_int_eq(system(path), 0);
}
END_TEST

START_TEST(by_time_both_directories_count)
{
	if (geteuid() != 0)
		return;
	make_dir("old");
	put("log", "old");
	put("log.20261122T000000", "a");
	put("log.20261121T000000", "b");
	put("old/log.20261121T000000.gz", "B");
	put("old/log.20261120T000000.gz", "c");
	put("old/log.20261119T000000.gz", "d");
	ck_assert_int_eq(fchownat(root, "old", 1234, 1234, 0), 0);
	turn_begin(4);
	turn.time_format = MK_GENERATION_TIME;
	open_elsewhere("old");
	turns();
	begins("log.20261123T000000", "old");
	holds("log.20261122T000000", "a");
	holds("log.20261121T000000", "b");
	holds("old/log.20261121T000000.gz", "B");
	holds("old/log.20261120T000000.gz", "c");
	ck_assert(!there("old/log.20261119T000000.gz"));
	ck_assert_uint_eq(turn.removed, 1);
}
END_TEST

#if defined __linux__ && defined SYS_linkat
/* From now on linkat(2) fails with ERRNUM, as on a file system without it. */
static bool
forbid_links(int errnum)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_linkat, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO |
		    ((unsigned)errnum & SECCOMP_RET_DATA)),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { COUNT(code), code };

	const char *nofork = getenv("CK_FORK");

	/* It cannot be taken back, and must go with the test's process. */
	return (nofork == NULL || strcmp(nofork, "no") != 0) &&
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) == 0;
}
#else
static bool
forbid_links(int errnum)
{
	(void)errnum;
	return false;
}
#endif

static const int no_links[] = { EPERM, EOPNOTSUPP, EMLINK, ENOSYS };

START_TEST(without_links_the_log_is_moved)
{
	if (!forbid_links(no_links[_i]))
		return;
	put("log", "old");
	files("log.0=a log.0.gz=A log.1=b log.2=c", put);
	turns();
	begins("log.0", "old");
	holds("log.1", "a");
	holds("log.1.gz", "A");
	holds("log.2", "b");
	ck_assert(has_text("log", NOTICE));
	ck_assert_int_eq(entries(), 5);
	ck_assert_uint_eq(turn.removed, 1);
}
END_TEST

START_TEST(any_other_failure_to_link_moves_nothing)
{
	if (!forbid_links(EIO))
		return;
	entry.flags = MK_ENTRY_BINARY;
	put("log", "old");
	put("log.1", "b");
	ck_assert_int_eq(with_rights(mk_turn), -1);
	ck_assert_int_eq(err.status, EX_IOERR);
	holds("log", "old");
	holds("log.1", "b");
	ck_assert_int_eq(entries(), 2);
}
END_TEST

START_TEST(a_log_is_made_whole_where_it_is_missing)
{
	struct stat st;

	entry.mode = 0604;
	if (geteuid() == 0) {
		entry.uid = 77;
		entry.gid = 88;
	}
	put("log.0", "a");
	ck_assert_msg(with_rights(mk_turn_create) == 0, "%s", err.text);
	ck_assert(turn.turned);
	ck_assert(has_text("log", "logfile first created\n"));
	st = stat_of("log");
	ck_assert_int_eq(st.st_mode & 07777, 0604);
	ck_assert_int_eq(st.st_uid, entry.uid == (uid_t)-1 ? geteuid() : 77);
	holds("log.0", "a");
	ck_assert_int_eq(entries(), 2);
}
END_TEST

START_TEST(a_log_that_is_there_is_not_made)
{
	make_what((enum what)_i, "log");
	ck_assert_msg(with_rights(mk_turn_create) == 0, "%s", err.text);
	ck_assert(!turn.turned);
	ck_assert_int_eq(entries(), _i == THIRD_NAME ? 3 : 2);
	holds("other", "other");
}
END_TEST

START_TEST(no_dump_is_done_where_it_can_be)
{
	entry.flags = MK_ENTRY_NODUMP;
	put("log", "old");
	turns();
	begins("log.0", "old");
}
END_TEST

START_TEST(count_0_empties_the_log)
{
	turn_begin(0);
	put("log", "one\ntwo\n");
	put("log.0", "older");
	put("log.1.gz", "older");
	put("log.3", "foreign");
	turns();
	ck_assert(has_text("log", NOTICE));
	holds(".log.mailkeep-old.8", "one\ntwo\n");
	holds("log.3", "foreign");
	ck_assert_int_eq(entries(), 3);
	ck_assert_uint_eq(turn.removed, 2);
}
END_TEST

START_TEST(count_0_goes_on_where_it_was_killed)
{
	turn_begin(0);
	put("log", "one\ntwo\n");
	ck_assert_int_eq(linkat(root, "log", root, ".log.mailkeep-old.4", 0),
	    0);
	ck_assert_int_eq(mk_turn_carry(&turn, false, &err), 1);
	holds("log", "one\ntwo\n");
	turns();
	holds(".log.mailkeep-old.4", "one\ntwo\n");
	ck_assert_int_eq(entries(), 2);
}
END_TEST

static const struct {
	const char *old, *name, *carried;
	bool blank_line;
} carries[] = {
	{ "one\ntwo\n", ".log.mailkeep-old.8", "", false },
	{ "one\ntwo\n", ".log.mailkeep-old.4", "two\n", false },
	/* a line of which one half was written before */
	{ "one\ntwo\nthree\n", ".log.mailkeep-old.6", "two\nthree\n", false },
	{ "one\ntwo\n", ".log.mailkeep-old.0", "one\ntwo\n", false },
	{ "one\ntwo\n", ".log.mailkeep-old.2", "one\ntwo\n", false },
	{ "one\ntwo", ".log.mailkeep-old.5", "two", false },
	{ "", ".log.mailkeep-old.0", "", false },
	/* it was emptied by another too */
	{ "new\n", ".log.mailkeep-old.100", "new\n", false },
	{ "a\nb\n\nc\nd\n\n", ".log.mailkeep-old.5", "c\nd\n\n", true },
	{ "a\nb\n\nc\nd\n\n", ".log.mailkeep-old.7", "c\nd\n\n", true },
	{ "a\nb\n\nc\nd\n\n", ".log.mailkeep-old.10", "", true },
	{ "a\nb\n\nc\nd\n\n", ".log.mailkeep-old.2", "a\nb\n\nc\nd\n\n",
	    true },
};

/* Where that can't be told nothing is carried over. */
START_TEST(what_may_still_be_written_to_stays)
{
	struct mk_buf before;

	if (knows_writers())
		return;
	turn_begin(0);
	put("log", "new\n");
	put(".log.mailkeep-old.4", "one\ntwo\n");
	before = tree_of(root);
	ck_assert_int_eq(mk_turn_carry(&turn, false, &err), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	same_tree(&before);
}
END_TEST

START_TEST(what_came_after_is_carried_over_from_its_record_s_begin)
{
	char wanted[100];

	if (!knows_writers())
		return;
	turn_begin(0);
	put("log", "new\n");
	put(carries[_i].name, carries[_i].old);
	ck_assert_msg(mk_turn_carry(&turn, carries[_i].blank_line, &err) == 0,
	    "%s", err.text);
	snprintf(wanted, sizeof wanted, "new\n%s", carries[_i].carried);
	holds("log", wanted);
	ck_assert_int_eq(entries(), 1);
}
END_TEST

START_TEST(what_a_process_writes_to_is_left)
{
	int fd;

	if (!knows_writers())
		return;
	turn_begin(0);
	put("log", "new\n");
	put(".log.mailkeep-old.4", "one\ntwo\n");
	put(".log.mailkeep-old.0", "free\n");
	fd = openat(root, ".log.mailkeep-old.4", O_WRONLY | O_APPEND);
	ck_assert_int_eq(mk_turn_carry(&turn, false, &err), 1);
	holds("log", "new\nfree\n");
	holds(".log.mailkeep-old.4", "one\ntwo\n");
	ck_assert_int_eq(write(fd, "more\n", 5), 5);
	close(fd);
	ck_assert_int_eq(mk_turn_carry(&turn, false, &err), 0);
	holds("log", "new\nfree\ntwo\nmore\n");
	ck_assert_int_eq(entries(), 1);
}
END_TEST

START_TEST(several_are_carried_over_in_their_order)
{
	struct timespec t[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };

	if (!knows_writers())
		return;
	turn_begin(0);
	put("log", "");
	put(".log.mailkeep-old.1", "1second\n");
	put(".log.mailkeep-old.3", "333first\n");
	ck_assert_int_eq(utimensat(root, ".log.mailkeep-old.3", t, 0), 0);
	ck_assert_int_eq(mk_turn_carry(&turn, false, &err), 0);
	holds("log", "333first\n1second\n");
}
END_TEST

/* More than is written at once, and more than is looked back. */
START_TEST(large_ones_are_carried_over_whole)
{
	struct mk_buf text = { 0 }, log;
	int i;

	if (!knows_writers())
		return;
	turn_begin(0);
	put("log", "");
	for (i = 0; i < 300000; i++)
		mk_buf_addf(&text, "line %d\n", i);
	put_bytes(".log.mailkeep-old.0", text.data, text.len);
	ck_assert_int_eq(mk_turn_carry(&turn, false, &err), 0);
	log = get("log");
	ck_assert_uint_eq(log.len, text.len);
	ck_assert_int_eq(memcmp(log.data, text.data, text.len), 0);
	mk_buf_free(&log);
	mk_buf_cut(&text, 0);
	for (i = 0; i < (3 << 20); i++)
		mk_buf_add(&text, "x", 1);
	put("log", "");
	put_bytes(".log.mailkeep-old.2097152", text.data, text.len);
	ck_assert_int_eq(mk_turn_carry(&turn, false, &err), 0);
	ck_assert_int_eq(stat_of("log").st_size, 1 << 20);
	mk_buf_free(&text);
}
END_TEST

START_TEST(what_is_no_file_of_ours_is_not_carried_over)
{
	struct mk_buf before;

	turn_begin(0);
	put("log", "new\n");
	put(".log.mailkeep-old.", "k");
	put(".log.mailkeep-old.4x", "k");
	put(".log.mailkeep-old.99999999999999999999", "k");
	put("log.mailkeep-old.0", "k");
	ck_assert_int_eq(symlinkat("log", root, ".log.mailkeep-old.0"), 0);
	before = tree_of(root);
	ck_assert_int_eq(mk_turn_carry(&turn, false, &err), 0);
	same_tree(&before);
	make_what(SECOND_NAME, ".log.mailkeep-old.1");
	before = tree_of(root);
	ck_assert_int_eq(mk_turn_carry(&turn, false, &err), -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
	same_tree(&before);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("turn");
	TCase *tc = tcase_create("turn");

	tcase_add_checked_fixture(tc, turn_setup, turn_teardown);
	tcase_add_loop_test(tc, moves_up_to_the_first_free_number, 0,
	    COUNT(moves));
	tcase_add_loop_test(tc, shows_all_and_touches_nothing, 0,
	    COUNT(moves));
	tcase_add_test(tc, shows_as_newsyslog_does);
	tcase_add_loop_test(tc, both_logs_say_that_they_were_turned, 0,
	    COUNT(notices));
	tcase_add_test(tc, mode_is_the_entry_s_whatever_the_umask);
	tcase_add_loop_test(tc, owner_is_the_entry_s_or_the_old_log_s, 0,
	    COUNT(owners));
	tcase_add_loop_test(tc, a_log_that_is_no_file_of_one_name_is_refused,
	    LINK, THIRD_NAME + 1);
	tcase_add_loop_test(tc, what_is_in_the_new_log_s_way_is_refused,
	    LINK, THIRD_NAME + 1);
	tcase_add_loop_test(tc, what_is_in_a_generation_s_way_stays, LINK,
	    DIRECTORY + 1);
	tcase_add_loop_test(tc, what_is_in_the_log_s_own_way_stays, LINK,
	    DIRECTORY + 1);
	tcase_add_loop_test(tc,
	    a_generation_that_a_process_writes_to_does_not_go, 0, 3);
	tcase_add_test(tc, a_generation_that_stays_may_be_written_to);
	tcase_add_test(tc, a_missing_log_is_no_input);
	tcase_add_test(tc, a_new_log_that_a_killed_run_left_is_made_anew);
	tcase_add_test(tc, a_log_that_is_its_generation_0_is_only_replaced);
	tcase_add_test(tc, a_log_that_is_its_generation_1_is_refused);
	tcase_add_loop_test(tc,
	    a_log_that_has_its_name_by_time_is_only_replaced, 0, 2);
	tcase_add_test(tc, a_log_with_a_name_elsewhere_is_refused);
	tcase_add_loop_test(tc, a_log_that_was_moved_comes_back_new, 0, 2);
	tcase_add_test(tc, a_generation_half_moved_is_moved_whole);
	tcase_add_test(tc,
	    an_empty_generation_stays_and_a_reserved_name_does_not);
	tcase_add_loop_test(tc, by_time_the_newest_stay, 0, COUNT(times));
	tcase_add_loop_test(tc, by_time_a_taken_name_is_never_used_again, 0,
	    COUNT(taken));
	tcase_add_test(tc, a_format_that_is_no_time_is_refused);
	tcase_add_test(tc, an_archive_directory_has_the_generations);
	tcase_add_test(tc, on_another_file_system_generation_0_waits);
	tcase_add_test(tc, in_another_user_s_archive_generation_0_waits);
	tcase_add_test(tc, in_root_s_archive_a_user_s_generation_0_waits);
	tcase_add_test(tc, by_time_both_directories_count);
	tcase_add_loop_test(tc, without_links_the_log_is_moved, 0,
	    COUNT(no_links));
	tcase_add_test(tc, any_other_failure_to_link_moves_nothing);
	tcase_add_test(tc, a_log_is_made_whole_where_it_is_missing);
	tcase_add_loop_test(tc, a_log_that_is_there_is_not_made, LINK,
	    THIRD_NAME + 1);
	tcase_add_test(tc, no_dump_is_done_where_it_can_be);
	tcase_add_test(tc, count_0_empties_the_log);
	tcase_add_test(tc, count_0_goes_on_where_it_was_killed);
	tcase_add_loop_test(tc,
	    what_came_after_is_carried_over_from_its_record_s_begin, 0,
	    COUNT(carries));
	tcase_add_test(tc, what_may_still_be_written_to_stays);
	tcase_add_test(tc, what_a_process_writes_to_is_left);
	tcase_add_test(tc, several_are_carried_over_in_their_order);
	tcase_add_test(tc, large_ones_are_carried_over_whole);
	tcase_add_test(tc, what_is_no_file_of_ours_is_not_carried_over);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
