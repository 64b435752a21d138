/* base/child: a program is run, heard out, and ended in time. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2), in scratch.h */
#endif

#include <signal.h>
#include <stdlib.h>

#include "base/child.h"
#include "base/stop.h"
#include "scratch.h"

#define MAX	((size_t)1 << 20)

static struct mk_child child;
static struct mk_error err;

static void
setup(void)
{
	scratch_setup();
	child = (struct mk_child){ 0 };
	err = (struct mk_error){ 0 };
}

static void
teardown(void)
{
	mk_child_free(&child);
	scratch_teardown();
}

static int
run_within(const char *script, size_t max, time_t limit_s)
{
	char sh[] = "sh", c[] = "-c", text[PATH_MAX];
	char *argv[] = { sh, c, text, NULL };

	snprintf(text, sizeof text, "%s", script);
	return mk_child_run(&child, argv, max, limit_s, &err);
}

static int
run(const char *script)
{
	return run_within(script, MAX, 30);
}

/* Killed, and no more than a zombie until init looks; in 10 s. */
static bool
gone(int pid)
{
	char line[200];
	int i;

	snprintf(line, sizeof line, "! kill -0 %d 2>/dev/null || "
	    "grep -qs '^State:.*Z' /proc/%d/status", pid, pid);
	for (i = 0; i < 200; i++) {
		if (system(line) == 0)
			return true;
		usleep(50000);
	}
	return false;
}

START_TEST(takes_output_and_error_apart)
{
	ck_assert_int_eq(run("echo out; echo err >&2; exit 3"), 0);
	ck_assert_int_eq(child.status, 3);
	ck_assert_str_eq(child.out.data, "out\n");
	ck_assert_str_eq(child.err.data, "err\n");
}
END_TEST

START_TEST(silence_is_an_empty_buffer)
{
	ck_assert_int_eq(run(":"), 0);
	ck_assert_int_eq(child.status, 0);
	ck_assert_uint_eq(child.out.len, 0);
	ck_assert_str_eq(mk_child_why(&child), "");
}
END_TEST

START_TEST(reads_both_at_once)
{
	/* More than a pipe holds in each, in turns. */
	ck_assert_int_eq(run("i=0; while [ $i -lt 3000 ]; do "
	    "echo 0123456789012345678901234567890123456789012345678; "
	    "echo 0123456789012345678901234567890123456789012345678 >&2; "
	    "i=$((i + 1)); done"), 0);
	ck_assert_int_eq(child.status, 0);
	ck_assert_uint_eq(child.out.len, 150000);
	ck_assert_uint_eq(child.err.len, MK_CHILD_SAYS);
}
END_TEST

START_TEST(takes_what_just_fits)
{
	ck_assert_int_eq(run_within("printf 12345678", 8, 30), 0);
	ck_assert_str_eq(child.out.data, "12345678");
}
END_TEST

START_TEST(ends_one_that_says_too_much)
{
	ck_assert_int_eq(run_within("printf 123456789; sleep 50", 8, 30), -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
	ck_assert_str_eq(err.text, "sh: says more than 8 bytes, ended");
}
END_TEST

START_TEST(gives_a_signal_as_128_and_more)
{
	ck_assert_int_eq(run("kill -9 $$"), 0);
	ck_assert_int_eq(child.status, 128 + SIGKILL);
}
END_TEST

START_TEST(ends_the_group_after_its_time)
{
	char script[PATH_MAX];
	struct mk_buf pid;

	snprintf(script, sizeof script,
	    "echo early; sleep 100 & echo $! >%s/pid; wait", scratch);
	ck_assert_int_eq(run_within(script, MAX, 1), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_str_eq(err.text, "sh: not done in 1 s, ended");
	ck_assert_str_eq(child.out.data, "early\n");
	pid = get("pid");
	ck_assert(gone((int)strtol(pid.data, NULL, 10)));
	mk_buf_free(&pid);
}
END_TEST

START_TEST(does_not_wait_for_what_is_left_behind)
{
	char script[PATH_MAX];
	struct mk_buf pid;

	snprintf(script, sizeof script,
	    "sleep 100 & echo $! >%s/pid; echo done; exit 4", scratch);
	ck_assert_int_eq(run(script), 0);
	ck_assert_int_eq(child.status, 4);
	ck_assert_str_eq(child.out.data, "done\n");
	pid = get("pid");
	ck_assert_int_eq(kill((pid_t)strtol(pid.data, NULL, 10), SIGKILL), 0);
	mk_buf_free(&pid);
}
END_TEST

START_TEST(ends_who_takes_no_notice_of_sigterm)
{
	char script[PATH_MAX];
	struct mk_buf pid;

	snprintf(script, sizeof script, "(trap '' TERM; exec sleep 100) & "
	    "echo $! >%s/pid; wait", scratch);
	ck_assert_int_eq(run_within(script, MAX, 1), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	pid = get("pid");
	ck_assert(gone((int)strtol(pid.data, NULL, 10)));
	mk_buf_free(&pid);
}
END_TEST

START_TEST(ends_a_child_that_closed_its_pipes)
{
	ck_assert_int_eq(run_within("exec >&- 2>&-; exec sleep 100", MAX, 1),
	    -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_str_eq(err.text, "sh: not done in 1 s, ended");
}
END_TEST

START_TEST(has_no_input_and_no_other_descriptor)
{
	int fd = open("/dev/null", O_RDONLY);	/* without O_CLOEXEC */

	ck_assert_int_ge(fd, 3);
	ck_assert_int_eq(dup2(fd, 57), 57);
	ck_assert_int_eq(run("read -r line && echo read; "
	    "[ -e /dev/fd/0 ] && for n in 3 4 5 10 11 12 57; do "
	    "[ -e /dev/fd/$n ] && echo open $n; done; exit 0"), 0);
	close(57);
	close(fd);
	ck_assert_uint_eq(child.out.len, 0);
}
END_TEST

START_TEST(works_without_standard_descriptors)
{
	int kept[3], i;

	for (i = 0; i < 3; i++) {
		kept[i] = fcntl(i, F_DUPFD_CLOEXEC, 50);
		close(i);
	}
	i = run("echo out; echo err >&2");
	for (int j = 0; j < 3; j++)
		if (kept[j] != -1)
			dup2(kept[j], j);
	ck_assert_int_eq(i, 0);
	ck_assert_str_eq(child.out.data, "out\n");
	ck_assert_str_eq(child.err.data, "err\n");
}
END_TEST

START_TEST(ignores_and_blocks_no_signal)
{
	sigset_t term;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	ck_assert_int_eq(run("kill -PIPE $$; exit 0"), 0);
	ck_assert_int_eq(child.status, 128 + SIGPIPE);
	ck_assert_int_eq(run("kill -TERM $$; exit 0"), 0);
	ck_assert_int_eq(child.status, 128 + SIGTERM);
}
END_TEST

START_TEST(a_missing_program_is_unavailable)
{
	char name[] = "mailkeep-no-such-program", dir[] = "/";
	char *argv[] = { name, NULL }, *argv2[] = { dir, NULL };

	ck_assert_int_eq(mk_child_run(&child, argv, MAX, 30, &err), -1);
	ck_assert_int_eq(err.status, EX_UNAVAILABLE);
	ck_assert_str_eq(err.text, "mailkeep-no-such-program: start it: "
	    "No such file or directory");
	ck_assert_int_eq(mk_child_run(&child, argv2, MAX, 30, &err), -1);
	ck_assert_int_eq(err.status, EX_UNAVAILABLE);
}
END_TEST

/* The first interrupts us when nothing more is to be read of it; by the last
 * we are already. */
static const char *const interrupted[] = {
	"exec >&- 2>&-; sleep 0.2; kill -INT $PPID; exec sleep 100",
	"kill -INT $PPID; exec sleep 100", "sleep 100",
};

START_TEST(an_interrupt_ends_it)
{
	mk_stop_catch();
	if (_i == COUNT(interrupted) - 1)
		ck_assert_int_eq(raise(SIGINT), 0);
	ck_assert_int_eq(run(interrupted[_i]), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_str_eq(err.text, "sh: interrupted");
}
END_TEST

static const struct { const char *says, *why; } whys[] = {
	{ "mailkeep-tmda: no queue\\nmore", "no queue" },
	{ "no queue", "no queue" },
	{ "cannot open: x", "cannot open: x" },
	{ "/etc/x: gone", "/etc/x: gone" },
	{ "x.conf:3: bad", "x.conf:3: bad" },
	{ ": x", ": x" },
	{ "\\nsecond", "" },
};

START_TEST(tells_the_first_line)
{
	char script[200];

	snprintf(script, sizeof script, "printf '%s\\n' >&2", whys[_i].says);
	ck_assert_int_eq(run(script), 0);
	ck_assert_str_eq(mk_child_why(&child), whys[_i].why);
	ck_assert_str_eq(mk_child_why(&child), whys[_i].why);
}
END_TEST

static const struct { const char *self, *path; } siblings[] = {
	{ "mailkeep-check", "mailkeep-tmda" },
	{ "/usr/sbin/mailkeep-check", "/usr/sbin/mailkeep-tmda" },
	{ "./mailkeep-check", "./mailkeep-tmda" },
	{ "a b/c/mailkeep-check", "a b/c/mailkeep-tmda" },
};

START_TEST(finds_the_program_beside)
{
	char *path = mk_child_sibling(siblings[_i].self, "mailkeep-tmda");

	ck_assert_str_eq(path, siblings[_i].path);
	free(path);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("child");
	TCase *tc = tcase_create("child");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, takes_output_and_error_apart);
	tcase_add_test(tc, silence_is_an_empty_buffer);
	tcase_add_test(tc, reads_both_at_once);
	tcase_add_test(tc, takes_what_just_fits);
	tcase_add_test(tc, ends_one_that_says_too_much);
	tcase_add_test(tc, gives_a_signal_as_128_and_more);
	tcase_add_test(tc, ends_the_group_after_its_time);
	tcase_add_test(tc, does_not_wait_for_what_is_left_behind);
	tcase_add_test(tc, ends_who_takes_no_notice_of_sigterm);
	tcase_add_test(tc, ends_a_child_that_closed_its_pipes);
	tcase_add_test(tc, has_no_input_and_no_other_descriptor);
	tcase_add_test(tc, works_without_standard_descriptors);
	tcase_add_test(tc, ignores_and_blocks_no_signal);
	tcase_add_test(tc, a_missing_program_is_unavailable);
	tcase_add_loop_test(tc, tells_the_first_line, 0, COUNT(whys));
	tcase_add_loop_test(tc, finds_the_program_beside, 0, COUNT(siblings));
	/* The last: there is no way back from a stop. */
	tcase_add_loop_test(tc, an_interrupt_ends_it, 0, COUNT(interrupted));
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
