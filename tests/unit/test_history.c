/* base/history: runs append, whoever is killed; readers meet whole lines. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2), in scratch.h */
#endif

#include <sys/file.h>
#include <sys/mman.h>

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/history.h"
#include "scratch.h"

#define NAME		MK_HISTORY_NAME

static struct mk_error err;

static int
append(const char *line)
{
	return mk_history_append(root, line, strlen(line), &err);
}

static int
append_max(const char *line, size_t max)
{
	return mk_history_append_max(root, line, strlen(line), max, &err);
}

START_TEST(appends_to_a_file_that_it_makes)
{
	ck_assert_int_eq(append("{\"a\":1}\n"), 0);
	ck_assert_int_eq(append("{\"a\":2}\n"), 0);
	holds(NAME, "{\"a\":1}\n{\"a\":2}\n");
	ck_assert_uint_eq(stat_of(NAME).st_mode & 07777, 0640);
}
END_TEST

START_TEST(a_line_cut_short_is_ended_first)
{
	put(NAME, "{\"a\":1}\n{\"a\":");
	ck_assert_int_eq(append("{\"a\":3}\n"), 0);
	holds(NAME, "{\"a\":1}\n{\"a\":\n{\"a\":3}\n");
}
END_TEST

/* Ten bytes a line: which are left, by the bound and what was there. */
static const struct { const char *before; size_t max; const char *after; }
bounds[] = {
	{ "{\"a\": 01}\n{\"a\": 02}\n{\"a\": 03}\n", 41,
	    "{\"a\": 01}\n{\"a\": 02}\n{\"a\": 03}\n{\"a\": 99}\n" },
	{ "{\"a\": 01}\n{\"a\": 02}\n{\"a\": 03}\n", 40,
	    "{\"a\": 02}\n{\"a\": 03}\n{\"a\": 99}\n" },
	{ "{\"a\": 01}\n{\"a\": 02}\n{\"a\": 03}\n", 39,
	    "{\"a\": 03}\n{\"a\": 99}\n" },	/* 19 bytes: one line */
	{ "{\"a\": 01}\n{\"a\": 02}\n{\"a\": 0", 30,
	    "{\"a\": 0\n{\"a\": 99}\n" },	/* a cut one counts, too */
	{ "{\"a\": 01}\n", 5, "{\"a\": 99}\n" },
	{ "", 5, "{\"a\": 99}\n" },
	{ "one very long line that is none", 20, "{\"a\": 99}\n" },
};

START_TEST(beyond_the_bound_the_newest_half_stays)
{
	put(NAME, bounds[_i].before);
	ck_assert_int_eq(append_max("{\"a\": 99}\n", bounds[_i].max), 0);
	holds(NAME, bounds[_i].after);
}
END_TEST

static const struct { const char *what; int status; } refused[] = {
	{ "ln -s ../victim", EX_DATAERR },
	{ "ln -s nowhere", EX_DATAERR },
	{ "ln ../victim", EX_DATAERR },
	{ "mkfifo", EX_DATAERR },
	{ "mkdir", EX_DATAERR },
};

START_TEST(what_is_no_plain_file_is_refused)
{
	char command[300];

	make_dir("d");
	put("victim", "precious\n");
	snprintf(command, sizeof command, "cd %s/d && %s " NAME, scratch,
	    refused[_i].what);
	ck_assert_int_eq(system(command), 0);
	close(root);
	root = open(strcat(strcpy(command, scratch), "/d"),
	    O_RDONLY | O_DIRECTORY);
	ck_assert_int_eq(append("{}\n"), -1);
	ck_assert_msg(err.status == refused[_i].status, "%s: %d %s",
	    refused[_i].what, err.status, err.text);
	ck_assert_ptr_nonnull(strstr(err.text, NAME));
	ck_assert(!there("nowhere"));
	close(root);
	scratch_open();
	holds("victim", "precious\n");
}
END_TEST

/* It is the mail account's, whoever makes it. */
START_TEST(root_makes_it_the_directory_owners)
{
	struct stat st;

	if (geteuid() != 0)
		return;
	scratch_run("chown 65534:65533", "");
	ck_assert_int_eq(append("{\"a\":1}\n"), 0);
	st = stat_of(NAME);
	ck_assert_uint_eq(st.st_uid, 65534);
	ck_assert_uint_eq(st.st_gid, 65533);
	ck_assert_int_eq(append_max("{\"a\":2}\n", 2), 0);
	holds(NAME, "{\"a\":2}\n");
	st = stat_of(NAME);
	ck_assert_uint_eq(st.st_uid, 65534);
	ck_assert_uint_eq(st.st_gid, 65533);
}
END_TEST

/* A directory's owner can move root's file there, and not write it. */
START_TEST(root_writes_no_file_of_roots_in_anothers_directory)
{
	if (geteuid() != 0)
		return;
	scratch_run("chown 65534:65534", "");
	put(NAME, "precious\n");
	ck_assert_int_eq(append("{}\n"), -1);
	ck_assert_int_eq(err.status, EX_NOPERM);
	holds(NAME, "precious\n");
}
END_TEST

/* Killed just after making it, root would lock out the mail account. */
START_TEST(root_gives_away_what_a_killed_run_made)
{
	if (geteuid() != 0)
		return;
	scratch_run("chown 65534:65533", "");
	put(NAME, "");
	ck_assert_int_eq(append("{}\n"), 0);
	holds(NAME, "{}\n");
	ck_assert_uint_eq(stat_of(NAME).st_uid, 65534);
	ck_assert_uint_eq(stat_of(NAME).st_gid, 65533);
}
END_TEST

/* -- several at a time -------------------------------------------------- */

#define WRITERS		8
#define LINES		300
#define KILLED		3		/* of them */

/* What the writers tell: by it, A's end before B's begin is A before B. */
struct shared {
	atomic_uint clock;
	struct { unsigned begun, ended; } at[WRITERS][LINES];
	atomic_int done[WRITERS];	/* lines of which the end is known */
};

static struct shared *
share(void)
{
	struct shared *shared = mmap(NULL, sizeof *shared,
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(shared, MAP_FAILED);
	return shared;
}

static void
write_lines(struct shared *shared, int who, size_t max)
{
	char line[100];
	int i, len;

	for (i = 0; i < LINES; i++) {
		len = snprintf(line, sizeof line, "{\"program\":\"p%d\","
		    "\"started\":%d,\"finished\":%d}\n", who, i, i);
		shared->at[who][i].begun = atomic_fetch_add(&shared->clock, 1);
		if (mk_history_append_max(root, line, (size_t)len, max,
		    &err) == -1)
			_exit(1);
		shared->at[who][i].ended = atomic_fetch_add(&shared->clock, 1);
		atomic_store(&shared->done[who], i + 1);
	}
	if (who < KILLED) {		/* the kill was late */
		for (;;)
			pause();
	}
	_exit(0);
}

/* All write; some are killed in the middle of whatever they do then. */
static void
run_writers(struct shared *shared, size_t max)
{
	pid_t pids[WRITERS];
	int i, status;

	for (i = 0; i < WRITERS; i++) {
		pids[i] = fork();
		ck_assert_int_ne(pids[i], -1);
		if (pids[i] == 0)
			write_lines(shared, i, max);
	}
	for (i = 0; i < KILLED; i++) {
		while (atomic_load(&shared->done[i]) < 40 * (i + 1))
			usleep(100);
		kill(pids[i], SIGKILL);
	}
	for (i = 0; i < WRITERS; i++) {
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert_int_eq(status, i < KILLED ? SIGKILL : 0);
	}
}

struct met {
	int times[WRITERS][LINES];
	int n;
};

static int
meet(void *data, const struct mk_history_run *run)
{
	struct met *met = data;

	met->times[run->program[1] - '0'][run->started_s]++;
	met->n++;
	return 0;
}

/* A kill cuts a line at worst at a page's end, and only the killed one's. */
static void
lines_are_whole(int want)
{
	struct mk_buf buf = get(NAME);
	int lines = 0;
	size_t i;

	for (i = 0; i < buf.len; i++)
		lines += buf.data[i] == '\n';
	ck_assert_int_eq(buf.data[buf.len - 1], '\n');
	ck_assert_int_ge(lines, want);
	ck_assert_int_le(lines, want + KILLED);
	mk_buf_free(&buf);
}

static const size_t maxima[] = { 4000, 50000, MK_HISTORY_MAX };

START_TEST(killed_writers_lose_nothing_of_others)
{
	const size_t max = maxima[_i];
	struct shared *shared = share();
	struct met *met = calloc(1, sizeof *met);
	unsigned first_end = UINT_MAX;
	size_t size;
	int who, i;

	run_writers(shared, max);
	ck_assert_int_eq(mk_history_read(root, 0, meet, met, &err), 0);
	lines_are_whole(met->n);
	size = (size_t)stat_of(NAME).st_size;
	ck_assert_uint_le(size, max);
	ck_assert_uint_ge(size, max == MK_HISTORY_MAX ? 1 : max / 2 - 100);
	for (who = 0; who < WRITERS; who++)
		for (i = 0; i < shared->done[who]; i++)
			if (met->times[who][i] > 0 &&
			    shared->at[who][i].ended < first_end)
				first_end = shared->at[who][i].ended;
	/* What is not there is older than all that is, and nothing is twice. */
	for (who = 0; who < WRITERS; who++)
		for (i = 0; i < shared->done[who]; i++) {
			ck_assert_int_le(met->times[who][i], 1);
			if (met->times[who][i] == 0)
				ck_assert_uint_lt(shared->at[who][i].begun,
				    max == MK_HISTORY_MAX ? 0 : first_end);
		}
	/* Nor does a killed one leave anything else for long. */
	ck_assert_int_eq(append_max("{}\n", 2), 0);
	ck_assert(!there("." NAME ".tmp"));
	free(met);
	munmap(shared, sizeof *shared);
}
END_TEST

/* Whoever holds the lock and stops must not stop the runs. */
START_TEST(a_lock_held_for_ever_is_an_error)
{
	int fd;

	put(NAME, "{}\n");
	fd = openat(root, NAME, O_RDONLY);
	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	ck_assert_int_eq(append("{}\n"), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	close(fd);
	holds(NAME, "{}\n");
}
END_TEST

/* -- reading ------------------------------------------------------------ */

#define RUN(at)	"{\"program\":\"expire\",\"version\":\"1\",\"started\":" at \
	",\"finished\":" at ",\"seconds\":0.125,\"status\":75," \
	"\"note\":\"braked\",\"total\":{\"removed\":12}}\n"

static int
one_at(void *data, const struct mk_history_run *run)
{
	char *text = data;

	snprintf(text + strlen(text), 100 - strlen(text), "%d ",
	    (int)run->finished_s);
	return run->finished_s == 4;
}

static int
compare(void *data, const struct mk_history_run *run)
{
	ck_assert_str_eq(run->program, "expire");
	ck_assert_int_eq(run->started_s, 17);
	ck_assert_int_eq(run->finished_s, 17);
	ck_assert_int_eq(run->took_ms, 125);
	ck_assert_int_eq(run->status, 75);
	ck_assert_str_eq(run->note, "braked");
	ck_assert_int_eq(mk_value_int(mk_value_get(run->total, "removed"), 0),
	    12);
	ck_assert_str_eq(mk_value_string(mk_value_get(run->all, "version"),
	    ""), "1");
	++*(int *)data;
	return 0;
}

START_TEST(hands_out_a_run_whole)
{
	int n = 0;

	put(NAME, RUN("17"));
	ck_assert_int_eq(mk_history_read(root, 17, compare, &n, &err), 0);
	ck_assert_int_eq(n, 1);
	ck_assert_int_eq(mk_history_read(root, 18, compare, &n, &err), 0);
	ck_assert_int_eq(n, 1);
}
END_TEST

START_TEST(passes_over_what_is_no_run_and_stops_when_told)
{
	static const char text[] = RUN("1") "\n{}\n[1]\n17\n{\"program\":1}\n"
	    "{\"program\":\"x\"}\n\0\0\0\0\n{\"program\":\"expire\",\"sta\n"
	    RUN("-7") RUN("2") "\xff\xfe\n" RUN("3") RUN("4") RUN("5");
	char met[100] = "";

	put_bytes(NAME, text, sizeof text - 1);
	ck_assert_int_eq(mk_history_read(root, 2, one_at, met, &err), 0);
	ck_assert_str_eq(met, "2 3 4 ");
	met[0] = '\0';
	put_bytes(NAME, RUN("5"), strlen(RUN("5")) - 20);	/* just now */
	ck_assert_int_eq(mk_history_read(root, 0, one_at, met, &err), 0);
	ck_assert_str_eq(met, "");
}
END_TEST

/* Of a line as long as the file the values would take a hundred times that. */
START_TEST(a_line_of_no_such_length_is_not_read)
{
	char met[100] = "";
	struct mk_buf text = { 0 };
	size_t i;

	for (i = 0; i < 2; i++)
		ck_assert_int_eq(mk_buf_addf(&text, "{\"x\":\"%*s\",%s",
		    i == 0 ? 60000 : 70000, "", &RUN("2")[1]), 0);
	put_bytes(NAME, text.data, text.len);
	mk_buf_free(&text);
	ck_assert_int_eq(mk_history_read(root, 0, one_at, met, &err), 0);
	ck_assert_str_eq(met, "2 ");
}
END_TEST

static const struct { const char *said; int status; } statuses[] = {
	{ "0", 0 }, { "75", 75 }, { "255", 255 }, { "256", -1 }, { "-2", -1 },
	{ "99999999999", -1 }, { "\"0\"", -1 }, { "null", -1 },
};

static int
take_status(void *data, const struct mk_history_run *run)
{
	*(int *)data = run->status;
	return 0;
}

START_TEST(what_is_no_exit_status_is_none)
{
	char line[200];
	int status = 12345;

	snprintf(line, sizeof line, "{\"program\":\"x\",\"started\":1,"
	    "\"finished\":2,\"status\":%s}\n", statuses[_i].said);
	put(NAME, line);
	ck_assert_int_eq(mk_history_read(root, 0, take_status, &status, &err),
	    0);
	ck_assert_int_eq(status, statuses[_i].status);
}
END_TEST

START_TEST(no_history_is_an_empty_one)
{
	char met[100] = "";

	ck_assert_int_eq(mk_history_read(root, 0, one_at, met, &err), 0);
	put(NAME, "");
	ck_assert_int_eq(mk_history_read(root, 0, one_at, met, &err), 0);
	ck_assert_str_eq(met, "");
}
END_TEST

START_TEST(what_is_no_file_can_not_be_read)
{
	char met[100] = "";

	if (_i == 0)
		ck_assert_int_eq(mkfifoat(root, NAME, 0644), 0);
	else if (_i == 1)
		make_dir(NAME);
	else
		ck_assert_int_eq(symlinkat("/dev/null", root, NAME), 0);
	ck_assert_int_eq(mk_history_read(root, 0, one_at, met, &err), -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
	ck_assert_ptr_nonnull(strstr(err.text, NAME));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("base/history");
	TCase *tc = tcase_create("history");

	tcase_add_checked_fixture(tc, scratch_setup, scratch_teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, appends_to_a_file_that_it_makes);
	tcase_add_test(tc, a_line_cut_short_is_ended_first);
	tcase_add_loop_test(tc, beyond_the_bound_the_newest_half_stays, 0,
	    COUNT(bounds));
	tcase_add_loop_test(tc, what_is_no_plain_file_is_refused, 0,
	    COUNT(refused));
	tcase_add_test(tc, root_makes_it_the_directory_owners);
	tcase_add_test(tc, root_writes_no_file_of_roots_in_anothers_directory);
	tcase_add_test(tc, root_gives_away_what_a_killed_run_made);
	tcase_add_loop_test(tc, killed_writers_lose_nothing_of_others, 0,
	    COUNT(maxima));
	tcase_add_test(tc, a_lock_held_for_ever_is_an_error);
	tcase_add_test(tc, hands_out_a_run_whole);
	tcase_add_test(tc, passes_over_what_is_no_run_and_stops_when_told);
	tcase_add_test(tc, a_line_of_no_such_length_is_not_read);
	tcase_add_loop_test(tc, what_is_no_exit_status_is_none, 0,
	    COUNT(statuses));
	tcase_add_test(tc, no_history_is_an_empty_one);
	tcase_add_loop_test(tc, what_is_no_file_can_not_be_read, 0, 3);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
