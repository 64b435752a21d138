/* base/report: the sums, and three ways to tell them. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/report.h"
#include "base/utf8.h"
#include "unit.h"

#define COUNT(array)	(sizeof (array) / sizeof *(array))

enum { REMOVED, FREED, HIDDEN, COLUMNS };
static const struct mk_column columns[COLUMNS] = {
	[REMOVED] = { "removed", "Messages removed.", MK_COUNT, true },
	[FREED] = { "freed", "What they took,\nin \\bytes.", MK_BYTES, true },
	[HIDDEN] = { "not-shown", "Only for programs.", MK_COUNT, false },
};
static const struct mk_report_run good = {
	.started_s = 1000, .finished_s = 2000, .seconds = 1.2345,
};

static char scratch[PATH_MAX - 16], path[PATH_MAX];
static struct mk_report *report;
static struct mk_error err;
static char *text;

static void
set_up(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(scratch, sizeof scratch, "%s/mk-report.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(scratch));
	snprintf(path, sizeof path, "%s/m.prom", scratch);
	err = (struct mk_error){ 0 };
	text = NULL;
	report = mk_report_new("expire", columns, COLUMNS, &err);
	ck_assert_ptr_nonnull(report);
}

static void
tear_down(void)
{
	free(text);
	mk_report_free(report);
	unlink(path);
	ck_assert_int_eq(rmdir(scratch), 0);
}

static void
add(const char *group, const char *label, uint64_t removed, uint64_t freed,
    uint64_t hidden)
{
	const uint64_t values[COLUMNS] = { removed, freed, hidden };

	ck_assert_int_eq(mk_report_add(report, group, label, values), 0);
}

static void
print(const char *shown, const struct mk_report_run *run)
{
	size_t len;
	FILE *out;

	free(text);
	text = NULL;
	out = open_memstream(&text, &len);
	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(mk_report_print(report, shown, run, out), 0);
	fclose(out);
}

static void
print_json(const struct mk_report_run *run)
{
	size_t len;
	FILE *out = open_memstream(&text, &len);

	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(mk_report_json(report, run, out), 0);
	fclose(out);
}

/* The metrics, read back into text. */
static void
metrics(const struct mk_report_run *run)
{
	struct mk_buf buf = { 0 };
	int fd;

	ck_assert_msg(mk_report_metrics(report, "mailbox", run, path,
	    &err) == 0, "%s", err.text);
	fd = open(path, O_RDONLY);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(mk_fs_read_all(fd, &buf, 1 << 24), 0);
	close(fd);
	free(text);
	text = buf.data;
}

static void
has(const char *line)
{
	ck_assert_msg(strstr(text, line) != NULL, "no %s in:\n%s", line, text);
}

static void
lacks(const char *line)
{
	ck_assert_msg(strstr(text, line) == NULL, "%s in:\n%s", line, text);
}

START_TEST(table_in_order_and_aligned)
{
	add("rule", "zz", 1, 1000, 0);
	add("mailbox", "other", 7, 7, 7);
	add("rule", "aa", 12, 2048, 0);
	add("rule", "zz", 1234, 0, 0);
	add(NULL, NULL, 1247, 3048, 9);
	print("rule", &good);
	ck_assert_str_eq(text,
	    "rule          removed    freed\n"
	    "zz               1235   1000 B\n"
	    "aa                 12  2.0 KiB\n"
	    "total            1247  3.0 KiB\n");
	ck_assert_uint_eq(mk_report_total(report, REMOVED), 1247);
	ck_assert_uint_eq(mk_report_total(report, FREED), 3048);
	ck_assert_uint_eq(mk_report_total(report, HIDDEN), 9);
}
END_TEST

START_TEST(table_without_rows)
{
	print("rule", &good);
	ck_assert_str_eq(text,
	    "rule          removed  freed\n"
	    "total               0    0 B\n");
	print(NULL, &good);
	ck_assert_str_eq(text,
	    "              removed  freed\n"
	    "total               0    0 B\n");
}
END_TEST

START_TEST(note_and_dry_run_stand_above)
{
	struct mk_report_run run = good;

	run.dry_run = true;
	run.note = "braked: \033[31mred";
	print(NULL, &run);
	ck_assert_ptr_eq(strstr(text, "braked: \\x1B[31mred\n"
	    "dry run: nothing was changed\n   "), text);
}
END_TEST

#define X10(s)	s s s s s s s s s s
static const struct { const char *label, *shown; } labels[] = {
	{ "a\nb", "a\\nb  " },
	{ "\033[2J", "\\x1B[2J  " },
	{ "\xff", "\\xFF  " },
	{ "sp\xc3\xa4t", "sp\xc3\xa4t         " },
	{ "first." X10("0123456789") ".last", "first.0123456789012345..."
	    "234567890123456789.last  1844" },
	{ "<" X10("\xc3\xa4\xc3\xb6\xc3\xbc\n") ">", "...\\n" },
};

/* No line is wider than the terminal, whatever a mailbox is called. */
START_TEST(label_fits)
{
	const char *line, *end;
	size_t width;

	add("mailbox", labels[_i].label, UINT64_MAX, UINT64_MAX, 0);
	print("mailbox", &good);
	has(labels[_i].shown);
	for (line = text; *line != '\0'; line = end + 1) {
		end = strchr(line, '\n');
		ck_assert_ptr_nonnull(end);
		for (width = 0; line < end; width++) {
			ck_assert_uint_gt(mk_utf8_sequence(line), 0);
			line += mk_utf8_sequence(line);
		}
		ck_assert_uint_le(width, 80);
	}
}
END_TEST

START_TEST(json_tells_all)
{
	struct mk_report_run run = good;

	run.status = 75;
	run.dry_run = true;
	run.note = "braked: \"x\"";
	add("rule", "r", 1, 2, 3);
	add("mailbox", "a\xff@b", 4, 5, 6);
	add("rule", "s", 7, 8, 9);
	add(NULL, NULL, UINT64_MAX, 1, 2);
	print_json(&run);
	ck_assert_str_eq(text, "{\"program\":\"expire\",\"version\":\""
	    MK_VERSION "\",\"started\":1000,\"finished\":2000,"
	    "\"seconds\":1.235,\"status\":75,\"dry_run\":true,"
	    "\"note\":\"braked: \\\"x\\\"\",\"total\":{"
	    "\"removed\":9223372036854775807,\"freed\":1,\"not-shown\":2},"
	    "\"rules\":[{\"rule\":\"r\",\"removed\":1,\"freed\":2,"
	    "\"not-shown\":3},{\"rule\":\"s\",\"removed\":7,\"freed\":8,"
	    "\"not-shown\":9}],\"mailboxes\":[{\"mailbox\":\"a\\udcff@b\","
	    "\"removed\":4,\"freed\":5,\"not-shown\":6}]}\n");
}
END_TEST

/* What the history has: the totals alone, behind what is there. */
START_TEST(line_tells_the_totals)
{
	struct mk_report_run run = good;
	struct mk_buf line = { 0 };

	run.status = 75;
	run.note = "--apply: \"x\"\n";
	add("rule", "r", 1, 2, 3);
	add(NULL, NULL, 4, 5, 6);
	ck_assert_int_eq(mk_buf_add(&line, "before\n", 7), 0);
	ck_assert_int_eq(mk_report_line(report, &run, &line), 0);
	ck_assert_str_eq(line.data, "before\n{\"program\":\"expire\","
	    "\"version\":\"" MK_VERSION "\",\"started\":1000,"
	    "\"finished\":2000,\"seconds\":1.235,\"status\":75,"
	    "\"note\":\"--apply: \\\"x\\\"\\u000a\",\"total\":{\"removed\":4,"
	    "\"freed\":5,\"not-shown\":6}}\n");
	mk_buf_free(&line);
}
END_TEST

START_TEST(json_of_nothing)
{
	print_json(&good);
	has("\"dry_run\":false,\"note\":null,\"total\":{\"removed\":0,"
	    "\"freed\":0,\"not-shown\":0}}\n");
}
END_TEST

START_TEST(metrics_are_whole)
{
	struct stat st;

	add("mailbox", "a\"\\\n", 1, 2, 3);
	add("rule", "r", 9, 9, 9);
	metrics(&good);
	ck_assert_str_eq(text,
	    "# HELP mailkeep_last_run_timestamp_seconds When the last run "
	    "ended, in seconds since the Epoch.\n"
	    "# TYPE mailkeep_last_run_timestamp_seconds gauge\n"
	    "mailkeep_last_run_timestamp_seconds{program=\"expire\"} 2000\n"
	    "# HELP mailkeep_last_success_timestamp_seconds When the last "
	    "successful run ended, in seconds since the Epoch.\n"
	    "# TYPE mailkeep_last_success_timestamp_seconds gauge\n"
	    "mailkeep_last_success_timestamp_seconds{program=\"expire\"} "
	    "2000\n"
	    "# HELP mailkeep_last_run_duration_seconds How long the last run "
	    "took.\n"
	    "# TYPE mailkeep_last_run_duration_seconds gauge\n"
	    "mailkeep_last_run_duration_seconds{program=\"expire\"} 1.235\n"
	    "# HELP mailkeep_last_run_status The exit status of the last run, "
	    "of sysexits(3).\n"
	    "# TYPE mailkeep_last_run_status gauge\n"
	    "mailkeep_last_run_status{program=\"expire\"} 0\n"
	    "# HELP mailkeep_part_last_success_timestamp_seconds When the "
	    "last successful run that went by this part ended, in seconds "
	    "since the Epoch.\n"
	    "# TYPE mailkeep_part_last_success_timestamp_seconds gauge\n"
	    "mailkeep_part_last_success_timestamp_seconds{"
	    "program=\"expire\",mailbox=\"a\\\"\\\\\\n\"} 2000\n"
	    "# HELP mailkeep_last_run_removed Messages removed.\n"
	    "# TYPE mailkeep_last_run_removed gauge\n"
	    "mailkeep_last_run_removed{program=\"expire\","
	    "mailbox=\"a\\\"\\\\\\n\"} 1\n"
	    "# HELP mailkeep_last_run_freed_bytes What they took,\\nin "
	    "\\\\bytes.\n"
	    "# TYPE mailkeep_last_run_freed_bytes gauge\n"
	    "mailkeep_last_run_freed_bytes{program=\"expire\","
	    "mailbox=\"a\\\"\\\\\\n\"} 2\n"
	    "# HELP mailkeep_last_run_not_shown Only for programs.\n"
	    "# TYPE mailkeep_last_run_not_shown gauge\n"
	    "mailkeep_last_run_not_shown{program=\"expire\","
	    "mailbox=\"a\\\"\\\\\\n\"} 3\n");
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode, S_IFREG | 0644);
}
END_TEST

/* Two names that the text format cannot tell are one series, not a double. */
START_TEST(metric_is_given_once)
{
	add("mailbox", "x\xff", 1, 0, 0);
	add("mailbox", "x\xef\xbf\xbd", 2, 0, 0);
	add("mailbox", "x\xfe", 4, 0, 0);
	metrics(&good);
	has("mailkeep_last_run_removed{program=\"expire\","
	    "mailbox=\"x\xef\xbf\xbd\"} 7\n# HELP");
}
END_TEST

#define SUCCESS	"mailkeep_last_success_timestamp_seconds{program=\"expire\"} "

START_TEST(failed_run_keeps_the_success)
{
	struct mk_report_run run = good;

	metrics(&run);
	run.finished_s = 3000;
	run.status = 74;
	metrics(&run);
	metrics(&run);
	has("\n" SUCCESS "2000\n");
	has("_run_timestamp_seconds{program=\"expire\"} 3000\n");
	has("_status{program=\"expire\"} 74\n");

	run.status = 0;
	run.dry_run = true;
	metrics(&run);
	has("\n" SUCCESS "2000\n");
	run.dry_run = false;
	metrics(&run);
	has("\n" SUCCESS "3000\n");
}
END_TEST

#define PART(label)	"mailkeep_part_last_success_timestamp_seconds{" \
	"program=\"expire\",mailbox=\"" label "\"} "
#define REMOVED(label)	"mailkeep_last_run_removed{program=\"expire\"," \
	"mailbox=\"" label "\"} "

/* Another run of the same program, with rows of its own. */
static void
begin_anew(void)
{
	mk_report_free(report);
	report = mk_report_new("expire", columns, COLUMNS, &err);
	ck_assert_ptr_nonnull(report);
}

START_TEST(partial_run_leaves_the_other_rows)
{
	struct mk_report_run run = good;

	add("mailbox", "a\"\\\n", 1, 2, 3);
	add("mailbox", "b", 4, 5, 6);
	metrics(&run);
	run.finished_s = 3000;
	run.partial = true;
	begin_anew();
	add("mailbox", "b", 7, 8, 9);
	metrics(&run);
	has(PART("a\\\"\\\\\\n") "2000\n");
	has(PART("b") "3000\n");
	has(REMOVED("a\\\"\\\\\\n") "1\n");
	has(REMOVED("b") "7\n");
	lacks(REMOVED("b") "4\n");

	/* It fails, and did not get to any row. */
	run.finished_s = 4000;
	run.status = 75;
	begin_anew();
	metrics(&run);
	has(PART("b") "3000\n");
	has(REMOVED("a\\\"\\\\\\n") "1\n");
	has("_status{program=\"expire\"} 75\n");

	/* A whole run has no others. */
	run.partial = false;
	metrics(&run);
	has(PART("a\\\"\\\\\\n") "2000\n");
	lacks("last_run_removed");
	run.status = 0;
	add("mailbox", "b", 0, 0, 0);
	metrics(&run);
	has(PART("b") "4000\n");
	lacks("mailbox=\"a");
}
END_TEST

static const char *const bad_rows[] = {
	PART("x") "5", PART("x") "3001\n", PART("x") "0\n", PART("x") "-1\n",
	PART("x\ny") "5\n", PART("x\\y") "5\n", PART("x\\") "5\n",
	"mailkeep_part_last_success_timestamp_seconds{program=\"tmda\","
	    "mailbox=\"x\"} 5\n",
	"mailkeep_part_last_success_timestamp_seconds{program=\"expire\","
	    "rule=\"x\"} 5\n",
	"mailkeep_part_last_success_timestamp_seconds{program=\"expire\","
	    "mailbox=\"x",
};

START_TEST(garbled_old_rows_tell_nothing)
{
	struct mk_report_run run = good;
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(mk_fs_write_all(fd, bad_rows[_i],
	    strlen(bad_rows[_i])), 0);
	close(fd);
	run.finished_s = 3000;
	run.partial = true;
	run.status = 1;
	add("mailbox", "x", 1, 1, 1);
	metrics(&run);
	lacks("part_last_success");
	has(REMOVED("x") "1\n");
}
END_TEST

#define TEXT(s)	s, sizeof s - 1
static const struct { const char *old; size_t len; } garbled[] = {
	{ TEXT("") },
	{ TEXT("\0\n" SUCCESS "5\n") },
	{ TEXT("\n" SUCCESS "5") },		/* no newline */
	{ TEXT("\n" SUCCESS "-5\n") },
	{ TEXT("\n" SUCCESS " 5\n") },
	{ TEXT("\n" SUCCESS "5 6\n") },
	{ TEXT("\n" SUCCESS "5e9\n") },
	{ TEXT("\n" SUCCESS "\n") },
	{ TEXT("\n" SUCCESS "3001\n") },		/* to come */
	{ TEXT("\n" SUCCESS "99999999999999999999999\n") },
	{ TEXT("\n#" SUCCESS "5\n") },
	{ TEXT("\nmailkeep_last_success_timestamp_seconds{program=\"tmda\"} "
	    "5\n") },
};

START_TEST(garbled_old_file_tells_nothing)
{
	struct mk_report_run run = good;
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(mk_fs_write_all(fd, garbled[_i].old,
	    garbled[_i].len), 0);
	close(fd);
	run.finished_s = 3000;
	run.status = 1;
	metrics(&run);
	lacks("last_success");
}
END_TEST

START_TEST(metrics_need_their_directory)
{
	char missing[PATH_MAX];

	snprintf(missing, sizeof missing, "%s/no/m.prom", scratch);
	ck_assert_int_eq(mk_report_metrics(report, NULL, &good, missing,
	    &err), -1);
	ck_assert_int_eq(err.status, EX_NOINPUT);
	snprintf(missing, sizeof missing, "%s/", scratch);
	ck_assert_int_eq(mk_report_metrics(report, NULL, &good, missing,
	    &err), -1);
	ck_assert_int_eq(err.status, EX_USAGE);
}
END_TEST

START_TEST(full_output_is_told)
{
	FILE *out = fopen("/dev/full", "w");

	if (out == NULL)		/* not everywhere */
		return;
	ck_assert_int_eq(mk_report_print(report, "rule", &good, out), -1);
	ck_assert_int_eq(errno, ENOSPC);
	fclose(out);
}
END_TEST

#define THREADS	8
#define ROWS	10000
#define ROUNDS	3

static void *
work(void *unused)
{
	static const uint64_t one[COLUMNS] = { 1, 2, 3 };
	char label[32];
	int i, round;

	(void)unused;
	for (round = 0; round < ROUNDS; round++)
		for (i = 0; i < ROWS; i++) {
			snprintf(label, sizeof label, "user%d", i);
			if (mk_report_add(report, "mailbox", label,
			    one) == -1 ||
			    mk_report_add(report, NULL, NULL, one) == -1)
				return &err;
		}
	return NULL;
}

START_TEST(many_threads_lose_nothing)
{
	pthread_t threads[THREADS];
	void *failed;
	size_t n = 0;
	char *p;
	int i;

	for (i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, work,
		    NULL), 0);
	for (i = 0; i < THREADS; i++) {
		ck_assert_int_eq(pthread_join(threads[i], &failed), 0);
		ck_assert_ptr_null(failed);
	}
	ck_assert_uint_eq(mk_report_total(report, FREED),
	    (uint64_t)2 * THREADS * ROUNDS * ROWS);
	print_json(&good);
	for (p = text; (p = strstr(p, "{\"mailbox\":\"user")) != NULL; n++) {
		p = strstr(p, "\",\"removed\"");
		ck_assert_int_eq(strncmp(p, "\",\"removed\":24,\"freed\":48,",
		    26), 0);
	}
	ck_assert_uint_eq(n, ROWS);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("report");
	TCase *tc = tcase_create("report");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, table_in_order_and_aligned);
	tcase_add_test(tc, table_without_rows);
	tcase_add_test(tc, note_and_dry_run_stand_above);
	tcase_add_loop_test(tc, label_fits, 0, COUNT(labels));
	tcase_add_test(tc, json_tells_all);
	tcase_add_test(tc, line_tells_the_totals);
	tcase_add_test(tc, json_of_nothing);
	tcase_add_test(tc, partial_run_leaves_the_other_rows);
	tcase_add_loop_test(tc, garbled_old_rows_tell_nothing, 0,
	    (int)(sizeof bad_rows / sizeof *bad_rows));
	tcase_add_test(tc, metrics_are_whole);
	tcase_add_test(tc, metric_is_given_once);
	tcase_add_test(tc, failed_run_keeps_the_success);
	tcase_add_loop_test(tc, garbled_old_file_tells_nothing, 0,
	    COUNT(garbled));
	tcase_add_test(tc, metrics_need_their_directory);
	tcase_add_test(tc, full_output_is_told);
	tcase_add_test(tc, many_threads_lose_nothing);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
