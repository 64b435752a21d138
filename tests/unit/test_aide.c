/* base/aide: rights of the start, for what was agreed alone. */
#ifdef __linux__
#define _GNU_SOURCE			/* scratch.h: unshare(2) */
#endif

#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <signal.h>

#include "base/aide.h"
#include "base/sandbox.h"
#include "base/stop.h"
#include "scratch.h"

#define LIMIT_S	30
#define NOBODY	65534

enum { YES = 1, NO, RUN, COUNT_UP, NONSENSE };

/* What the aide knows; .calls is its own. */
struct data {
	time_t limit_s;
	uid_t uid;
	gid_t gid;
	char *argv0;
	int calls;
};

static struct mk_error err;
static struct mk_aide *aide;

static int
answer(void *p, uint32_t request, char *text, size_t len,
    struct mk_error *why)
{
	char sh[] = "/bin/sh", dash_c[] = "-c", x[] = "X=of x", y[] = "Y=";
	struct data *data = p;
	char *argv[] = { data->argv0 == NULL ? sh : data->argv0, dash_c, text,
	    NULL };
	char *env[] = { x, y, NULL };

	data->calls++;
	switch (request) {
	case YES:
		return 0;
	case NO:
		mk_fail(why, EX_NOHOST, "no: %s, %zu", text, len);
		return 0;
	case RUN:
		mk_aide_run(argv, env, data->uid, data->gid, data->limit_s,
		    "reload", why);
		return 0;
	case COUNT_UP:
		mk_fail(why, EX_PROTOCOL, "%d", data->calls);
		return 0;
	default:
		return -1;
	}
}

static void
setup(void)
{
	sigset_t none;

	scratch_setup();
	ck_assert_int_eq(fchdir(root), 0);
	err = (struct mk_error){ 0 };
	aide = NULL;
	signal(SIGTERM, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void
teardown(void)
{
	mk_aide_stop(aide);
	ck_assert_int_eq(chdir("/"), 0);
	scratch_teardown();
}

static void
start_with(struct data *data)
{
	aide = mk_aide_start(answer, data, &err);
	ck_assert_msg(aide != NULL, "%s", err.text);
}

static void
start(time_t limit_s)
{
	struct data data = { .limit_s = limit_s, .uid = (uid_t)-1,
	    .gid = (gid_t)-1 };

	start_with(&data);
}

static int
ask(uint32_t request, const char *text)
{
	return mk_aide_ask(aide, request, text, strlen(text) + 1, &err);
}

static void
wait_for(const char *name)
{
	while (!there(name))
		usleep(1000);
}

START_TEST(answers_come_back)
{
	start(LIMIT_S);
	ck_assert_int_eq(ask(YES, "x"), 0);
	ck_assert_int_eq(ask(NO, "why"), -1);
	ck_assert_int_eq(err.status, EX_NOHOST);
	ck_assert_str_eq(err.text, "no: why, 4");
	ck_assert_int_eq(ask(COUNT_UP, ""), -1);
	ck_assert_str_eq(err.text, "3");
	mk_aide_stop(NULL);
}
END_TEST

/* 64 KiB are asked for, and not one more. */
START_TEST(long_requests_are_refused)
{
	static char text[64 * 1024 + 1];

	start(LIMIT_S);
	memset(text, 'x', sizeof text - 2);
	ck_assert_int_eq(mk_aide_ask(aide, YES, text, sizeof text - 1, &err),
	    0);
	ck_assert_int_eq(mk_aide_ask(aide, YES, text, sizeof text, &err), -1);
	ck_assert_int_eq(err.status, EX_SOFTWARE);
	ck_assert_int_eq(ask(COUNT_UP, ""), -1);
	ck_assert_str_eq(err.text, "2");
}
END_TEST

static const struct {
	uint32_t request;
	const char *text;
	size_t len;
} bad[] = {
	{ NONSENSE, "x", 2 },
	{ YES, "x", 1 },		/* no NUL */
	{ YES, "", 0 },
};

START_TEST(what_is_no_request_ends_the_aide)
{
	start(LIMIT_S);
	ck_assert_int_eq(ask(YES, "x"), 0);
	ck_assert_int_eq(mk_aide_ask(aide, bad[_i].request, bad[_i].text,
	    bad[_i].len, &err), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_ptr_nonnull(strstr(err.text, "died"));
	ck_assert_int_eq(ask(YES, "x"), -1);
}
END_TEST

START_TEST(command_has_its_environment_and_nothing_to_read)
{
	start(LIMIT_S);
	ck_assert_int_eq(ask(RUN, "cat >in; echo \"$X,$Y,${Y-unset}\" >out; "
	    "echo noise"), 0);
	holds("in", "");
	holds("out", "of x,,\n");
}
END_TEST

static const struct { const char *command, *says; } failing[] = {
	{ "exit 3",		"reload: exit status 3" },
	{ "kill -9 $$",		"reload: killed by signal 9" },
	{ "kill -TERM $$",	"reload: killed by signal 15" },
	{ "exec 2>&-; ./none",	"reload: exit status 127" },
};

/* The signals that the parent ignores or blocks are the command's again. */
START_TEST(failing_command_is_told_of)
{
	sigset_t set;

	signal(SIGTERM, SIG_IGN);
	sigfillset(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	start(LIMIT_S);
	ck_assert_int_eq(ask(RUN, failing[_i].command), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_str_eq(err.text, failing[_i].says);
	ck_assert_int_eq(ask(RUN, failing[_i].command), -1);
	ck_assert_int_eq(ask(RUN, "true"), 0);
}
END_TEST

START_TEST(missing_program_is_told_of)
{
	char none[] = "/nowhere/none";
	struct data data = { .limit_s = LIMIT_S, .uid = (uid_t)-1,
	    .argv0 = none };

	start_with(&data);
	ck_assert_int_eq(ask(RUN, "x"), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_ptr_nonnull(strstr(err.text, "reload: exit status 69"));
}
END_TEST

static const char *const hanging[] = {
	"(sleep 3; echo late >late) & sleep 60",
	"trap '' TERM; (sleep 7; echo late >late) & sleep 60; sleep 60",
};

START_TEST(hanging_command_is_killed_with_its_children)
{
	start(1);
	ck_assert_int_eq(ask(RUN, hanging[_i]), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_str_eq(err.text, "reload: not done in 1 s, killed");
	sleep(3);
	ck_assert(!there("late"));
}
END_TEST

/* With no group of ours, and no way back. */
START_TEST(command_can_have_the_rights_of_a_user)
{
	struct data data = { .limit_s = LIMIT_S, .uid = NOBODY,
	    .gid = NOBODY };

	ck_assert_int_eq(fchmod(root, 0777), 0);
	start_with(&data);
	ck_assert_int_eq(ask(RUN, "echo $(id -u) $(id -g) $(id -G) "
	    "$(id -ru) >out; cat /etc/shadow >shadow"), -1);
	ck_assert_str_eq(err.text, "reload: exit status 1");
	holds("out", "65534 65534 65534 65534\n");
	holds("shadow", "");
	ck_assert_uint_eq(stat_of("out").st_uid, NOBODY);
	ck_assert_uint_eq(stat_of("out").st_gid, NOBODY);
}
END_TEST

START_TEST(command_does_not_run_where_rights_cannot_be_had)
{
	struct data data = { .limit_s = LIMIT_S, .uid = 1, .gid = 1 };

	not_root();
	start_with(&data);
	ck_assert_int_eq(ask(RUN, "echo >out"), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert(!there("out"));
}
END_TEST

/* As from a terminal: all of the program's process group gets them. */
START_TEST(signals_end_neither_aide_nor_command)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	int status, i;
	pid_t pid = fork();

	if (pid == 0) {
		setpgid(0, 0);
		start(LIMIT_S);
		mk_stop_catch();	/* the aide has not got these */
		for (i = 0; i < COUNT(signals); i++)
			kill(0, signals[i]);
		_exit(ask(RUN, "echo >begun; sleep 0.3; echo >done") == 0 &&
		    mk_stopped() ? 0 : 1);
	}
	wait_for("begun");
	for (i = 0; i < COUNT(signals); i++)
		ck_assert_int_eq(kill(-pid, signals[i]), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert(there("done"));
}
END_TEST

/*
 * Killed while the command runs, and while nothing runs.  The pipe, the
 * standard error of all, ends with the last of them.
 */
START_TEST(aide_ends_with_its_parent)
{
	int fds[2];
	char text[1000];
	ssize_t n, len = 0;
	pid_t pid;

	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], STDERR_FILENO);
		close(fds[0]);
		close(fds[1]);
		start(LIMIT_S);
		if (_i == 0)
			ask(RUN, "echo >begun; sleep 0.3; echo >done; exit 9");
		put("begun", "");
		for (;;)
			pause();
	}
	close(fds[1]);
	wait_for("begun");
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	while ((n = read(fds[0], text + len, sizeof text - 1 -
	    (size_t)len)) > 0)
		len += n;
	text[len] = '\0';
	ck_assert_int_eq(there("done"), _i == 0);
	if (_i == 0)
		ck_assert_ptr_nonnull(strstr(text, "exit status 9"));
	else
		ck_assert_str_eq(text, "");
	close(fds[0]);
	waitpid(pid, NULL, 0);
}
END_TEST

START_TEST(dead_aide_is_an_error)
{
	struct mk_buf buf;

	start(LIMIT_S);
	ck_assert_int_eq(ask(RUN, "echo $PPID >pid"), 0);
	buf = get("pid");
	ck_assert_int_eq(kill((pid_t)strtol(buf.data, NULL, 10), SIGKILL), 0);
	mk_buf_free(&buf);
	ck_assert_int_eq(ask(YES, "x"), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_int_eq(ask(YES, "x"), -1);
}
END_TEST

START_TEST(aide_holds_no_lock_of_ours)
{
	int fd;

	put("lock", "");
	fd = openat(root, "lock", O_RDONLY);
	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	start(LIMIT_S);
	ck_assert_int_eq(ask(RUN, "true"), 0);
	close(fd);
	fd = openat(root, "lock", O_RDONLY);
	ck_assert_int_eq(flock(fd, LOCK_EX | LOCK_NB), 0);
	close(fd);
}
END_TEST

/* Or the first would not end before the second does. */
START_TEST(aide_does_not_hold_another)
{
	struct mk_aide *first;

	start(LIMIT_S);
	first = aide;
	start(LIMIT_S);
	mk_aide_stop(first);
	ck_assert_int_eq(ask(YES, "x"), 0);
}
END_TEST

/* Started with standard input and output closed, as some daemons do. */
START_TEST(low_descriptors_are_no_trouble)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		close(STDIN_FILENO);
		close(STDOUT_FILENO);
		close(STDERR_FILENO);
		start(LIMIT_S);
		_exit(ask(RUN, "cat && echo x && echo y >&2 && echo >out") ==
		    0 ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert(there("out"));
}
END_TEST

START_TEST(aide_is_not_confined)
{
	struct mk_sandbox *sb;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		start(LIMIT_S);
		sb = mk_sandbox_new(&err);
		if (sb == NULL || mk_sandbox_enter(sb, &err) == -1)
			_exit(1);
		mk_sandbox_free(sb);
		if (ask(RUN, "echo >out") == -1)
			_exit(2);
		mk_aide_stop(aide);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert(there("out"));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("base/aide");
	TCase *tc = tcase_create("aide");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, answers_come_back);
	tcase_add_test(tc, long_requests_are_refused);
	tcase_add_loop_test(tc, what_is_no_request_ends_the_aide, 0,
	    COUNT(bad));
	tcase_add_test(tc, command_has_its_environment_and_nothing_to_read);
	tcase_add_loop_test(tc, failing_command_is_told_of, 0,
	    COUNT(failing));
	tcase_add_test(tc, missing_program_is_told_of);
	tcase_add_loop_test(tc, hanging_command_is_killed_with_its_children,
	    0, COUNT(hanging));
	if (geteuid() == 0)
		tcase_add_test(tc, command_can_have_the_rights_of_a_user);
	tcase_add_test(tc, command_does_not_run_where_rights_cannot_be_had);
	tcase_add_test(tc, signals_end_neither_aide_nor_command);
	tcase_add_loop_test(tc, aide_ends_with_its_parent, 0, 2);
	tcase_add_test(tc, dead_aide_is_an_error);
	tcase_add_test(tc, aide_holds_no_lock_of_ours);
	tcase_add_test(tc, aide_does_not_hold_another);
	tcase_add_test(tc, low_descriptors_are_no_trouble);
	tcase_add_test(tc, aide_is_not_confined);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
