/* rotate/notify: daemons are told, and only those that may be. */
#ifdef __linux__
#define _GNU_SOURCE			/* scratch.h: unshare(2) */
#endif

#include <sys/stat.h>
#include <sys/wait.h>

#include <grp.h>
#include <signal.h>

#include "rotate/notify.h"
#include "scratch.h"

#define USER	65534
#define OTHER	65533
#define LIMIT_S	30

static struct mk_error err;
static struct mk_notify *notify;
static pid_t victim;			/* a daemon, or 0 */
static int heard;			/* what it got: letters, then the end */

static void
setup(void)
{
	scratch_setup();
	make_dir("run");
	err = (struct mk_error){ 0 };
	notify = NULL;
	victim = 0;
	heard = -1;
}

static void
teardown(void)
{
	mk_notify_stop(notify);
	if (victim > 0) {
		kill(victim, SIGKILL);
		waitpid(victim, NULL, 0);
	}
	if (heard != -1)
		close(heard);
	scratch_teardown();
}

static const char *
path_of(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/%s", scratch, name);
	return path;
}

static void
start(struct mk_daemon daemon, time_t limit_s)
{
	mk_notify_stop(notify);
	notify = mk_notify_start_within(&daemon, 1, limit_s, &err);
	ck_assert_msg(notify != NULL, "%s", err.text);
}

static void
start_file(const char *name, bool is_group)
{
	start((struct mk_daemon){ .what = path_of(name),
	    .is_group = is_group, .signal = SIGHUP }, LIMIT_S);
}

/*
 * A daemon of UID, which writes a letter for each signal: H, U (SIGUSR1), and
 * ends with T.  In a process group of its own.
 */
static void
start_victim(uid_t uid)
{
	static const char letters[] = "HUT";
	static const int signals[] = { SIGHUP, SIGUSR1, SIGTERM };
	int fds[2], got, i;
	sigset_t set;

	sigemptyset(&set);
	for (i = 0; i < COUNT(signals); i++)
		sigaddset(&set, signals[i]);
	ck_assert_int_eq(pipe(fds), 0);
	sigprocmask(SIG_BLOCK, &set, NULL);
	victim = fork();
	if (victim == 0) {
		setpgid(0, 0);
		signal(SIGALRM, SIG_DFL);	/* Check's is caught */
		alarm(60);		/* a test that fails leaves it */
		if (uid != geteuid() && setuid(uid) == -1)
			_exit(1);
		if (write(fds[1], "!", 1) != 1)
			_exit(1);
		while (sigwait(&set, &got) == 0)
			for (i = 0; i < COUNT(signals); i++)
				if (signals[i] == got &&
				    (write(fds[1], &letters[i], 1) != 1 ||
				    got == SIGTERM))
					_exit(0);
		_exit(1);
	}
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	close(fds[1]);
	heard = fds[0];
	ck_assert_int_eq(read(heard, &(char){ 0 }, 1), 1);
}

/* All that the victim got is WANT: signals of lower numbers come first. */
static void
victim_got(const char *want)
{
	char text[100];
	ssize_t n, len = 0;

	ck_assert_int_eq(kill(victim, SIGTERM), 0);
	while ((n = read(heard, text + len, sizeof text - 1 -
	    (size_t)len)) > 0)
		len += n;
	ck_assert_int_ge(len, 1);
	ck_assert_int_eq(text[len - 1], 'T');
	text[len - 1] = '\0';
	ck_assert_str_eq(text, want);
	ck_assert_int_eq(waitpid(victim, NULL, 0), victim);
	victim = 0;
}

static void
put_pid(const char *name, const char *fmt, long pid)
{
	char text[100];

	snprintf(text, sizeof text, "%s%ld%s", *fmt == '-' ? "-" : "", pid,
	    *fmt == '-' ? fmt + 1 : fmt);
	put(name, text);
}

static void
give(const char *name, uid_t uid, gid_t gid, mode_t mode)
{
	ck_assert_int_eq(fchownat(root, name, uid, gid, AT_SYMLINK_NOFOLLOW),
	    0);
	ck_assert_int_eq(fchmodat(root, name, mode, 0), 0);
}

static const char *const endings[] = {
	"", "\n", " \n", "\t0\n", "\n/usr/sbin/x -d\n", "\r\n",
};

START_TEST(daemon_is_signalled_once)
{
	start_victim(geteuid());
	put_pid("run/pid", endings[_i], victim);
	start_file("run/pid", false);
	ck_assert_int_eq(mk_notify_ask(notify, 0, &err), 0);
	ck_assert_msg(mk_notify_send(notify, 0, &err) == 0, "%s", err.text);
	ck_assert_int_eq(mk_notify_ask(notify, 0, &err), 0);
	victim_got("H");
}
END_TEST

/* Each of several has its own signal; the file is read when it is asked. */
START_TEST(each_daemon_gets_its_signal)
{
	char a[PATH_MAX], b[PATH_MAX];
	struct mk_daemon v[] = {
		{ .what = a, .signal = SIGHUP },
		{ .what = b, .signal = SIGUSR1 },
		{ .what = "true", .is_command = true },
	};

	snprintf(a, sizeof a, "%s", path_of("run/a"));
	snprintf(b, sizeof b, "%s", path_of("run/b"));
	notify = mk_notify_start(v, 3, &err);
	ck_assert_ptr_nonnull(notify);
	memset(b, 'x', 4);		/* it has its own copy */
	start_victim(geteuid());
	put_pid("run/b", "\n", victim);
	ck_assert_int_eq(mk_notify_send(notify, 0, &err), 1);
	ck_assert_int_eq(mk_notify_send(notify, 1, &err), 0);
	ck_assert_int_eq(mk_notify_send(notify, 2, &err), 0);
	ck_assert_int_eq(mk_notify_send(notify, 3, &err), -1);
	ck_assert_int_eq(err.status, EX_SOFTWARE);
	victim_got("U");
}
END_TEST

START_TEST(no_daemon_needs_no_aide)
{
	notify = mk_notify_start(NULL, 0, &err);
	ck_assert_ptr_nonnull(notify);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	ck_assert_int_eq(errno, ECHILD);
	ck_assert_int_eq(mk_notify_send(notify, 0, &err), -1);
	mk_notify_stop(NULL);
}
END_TEST

/* RV 1: nobody is there; -1: no number. */
static const struct { const char *text; int rv; bool is_group; } wrong[] = {
	{ "", 1, false },
	{ "\n", 1, false },
	{ " \t\n", 1, true },
	{ "abc", -1, false },
	{ "0", -1, false },
	{ "1", -1, false },
	{ "1\n", -1, false },
	{ "+5", -1, false },
	{ "-5", -1, false },
	{ "--5", -1, true },
	{ "5", -1, true },
	{ "-1", -1, true },
	{ "-0", -1, true },
	{ "-", -1, true },
	{ "12x", -1, false },
	{ "12.5", -1, false },
	{ "0x10", -1, false },
	{ "12,13", -1, false },
	{ "4294967298", -1, false },
	{ "-4294967298", -1, true },
	{ "18446744073709551618", -1, false },
	{ "99999999999999999999999999999999999999999999999999999999999999999"
	    "99999999999", -1, false },
	{ "                                                                  "
	    "        2", -1, false },
};

START_TEST(wrong_content_signals_nobody)
{
	put("run/pid", wrong[_i].text);
	start_file("run/pid", wrong[_i].is_group);
	ck_assert_int_eq(mk_notify_send(notify, 0, &err), wrong[_i].rv);
	ck_assert_int_eq(err.status, wrong[_i].rv == 1 ? EX_NOINPUT :
	    EX_DATAERR);
	ck_assert_ptr_nonnull(strstr(err.text, path_of("run/pid")));
	ck_assert_int_eq(mk_notify_ask(notify, 0, &err), wrong[_i].rv);
}
END_TEST

START_TEST(bytes_that_end_a_string_do_not_end_the_number)
{
	put_bytes("run/pid", "12\0", 3);
	start_file("run/pid", false);
	ck_assert_int_eq(mk_notify_send(notify, 0, &err), -1);
	put_bytes("run/pid", "\0\0\0\0", 4);
	ck_assert_int_eq(mk_notify_send(notify, 0, &err), -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
}
END_TEST

START_TEST(nobody_there_is_no_failure)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	put_pid("run/pid", "\n", pid);
	start_file("run/pid", false);
	ck_assert_int_eq(mk_notify_send(notify, 0, &err), 1);
	ck_assert_int_eq(err.status, EX_NOINPUT);
	ck_assert_ptr_nonnull(strstr(err.text, "there is no process"));
	ck_assert_int_eq(mk_notify_ask(notify, 0, &err), 1);
	put_pid("run/pid", "-\n", pid);
	start_file("run/pid", true);
	ck_assert_int_eq(mk_notify_send(notify, 0, &err), 1);
	start_file("run/none", false);
	ck_assert_int_eq(mk_notify_send(notify, 0, &err), 1);
	ck_assert_int_eq(err.status, EX_NOINPUT);
	start_file("none/none", false);
	ck_assert_int_eq(mk_notify_send(notify, 0, &err), 1);
	ck_assert_int_eq(mk_notify_ask(notify, 0, &err), 1);
}
END_TEST

START_TEST(group_is_signalled)
{
	start_victim(geteuid());
	put_pid("run/pid", "-\n", victim);
	start_file("run/pid", true);
	ck_assert_int_eq(mk_notify_ask(notify, 0, &err), 0);
	ck_assert_msg(mk_notify_send(notify, 0, &err) == 0, "%s", err.text);
	victim_got("H");
}
END_TEST

/* 0: the program; 1: its group; 2: the aide. */
START_TEST(we_are_not_signalled)
{
	char text[40];
	FILE *f;
	long pid = getpid();

	start_file("run/pid", _i == 1);
	if (_i == 2) {
		snprintf(text, sizeof text, "/proc/self/task/%ld/children",
		    pid);
		f = fopen(text, "r");
		if (f == NULL)
			return;		/* not on this system */
		ck_assert_ptr_nonnull(fgets(text, sizeof text, f));
		pid = strtol(text, NULL, 10);
		ck_assert_int_gt(pid, 1);
		fclose(f);
	}
	put_pid("run/pid", _i == 1 ? "-\n" : "\n", _i == 1 ? getpgrp() : pid);
	signal(SIGHUP, SIG_DFL);
	ck_assert_int_eq(mk_notify_send(notify, 0, &err), -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
	ck_assert_ptr_nonnull(strstr(err.text, "our own"));
}
END_TEST

static const char *const bad_files[] = {
	"run/link", "run/fifo", "run/dir", "run/two", "run/gone", "link/pid",
};

START_TEST(only_a_file_of_one_name_is_read)
{
	start_victim(geteuid());
	put_pid("run/pid", "\n", victim);
	put_pid("run/two", "\n", victim);
	make_dir("run/dir");
	ck_assert_int_eq(linkat(root, "run/two", root, "run/second", 0), 0);
	ck_assert_int_eq(symlinkat("pid", root, "run/link"), 0);
	ck_assert_int_eq(symlinkat("none", root, "run/gone"), 0);
	ck_assert_int_eq(symlinkat("run", root, "link"), 0);
	ck_assert_int_eq(mkfifoat(root, "run/fifo", 0600), 0);
	start_file(bad_files[_i], false);
	ck_assert_int_eq(mk_notify_send(notify, 0, &err), -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
	victim_got("");
}
END_TEST

START_TEST(path_must_be_absolute)
{
	start((struct mk_daemon){ .what = "run/pid", .signal = SIGHUP },
	    LIMIT_S);
	ck_assert_int_eq(mk_notify_send(notify, 0, &err), -1);
	ck_assert_int_eq(err.status, EX_CONFIG);
}
END_TEST

/*
 * For root: the directory run, the file run/pid, and the daemon, each of
 * somebody.  HEARD: it is told; else STATUS.
 */
static const struct {
	uid_t dir, file, daemon;
	mode_t dir_mode, file_mode;
	int status;			/* EX_OK: it is told */
} trust[] = {
	/* root's word is good for all */
	{ 0, 0, 0, 0755, 0644, EX_OK },
	{ 0, 0, USER, 0755, 0644, EX_OK },
	{ 0, 0, OTHER, 0700, 0600, EX_OK },
	/* but not if it may be another's */
	{ 0, 0, 0, 0755, 0664, EX_NOPERM },
	{ 0, 0, 0, 0755, 0646, EX_NOPERM },
	{ 0, 0, USER, 0755, 0666, EX_NOPERM },
	{ 0, 0, 0, 0775, 0644, EX_NOPERM },
	{ 0, 0, 0, 01777, 0644, EX_NOPERM },
	/* a user's is good for what is his */
	{ 0, USER, USER, 0755, 0644, EX_OK },
	{ 0, USER, USER, 01777, 0644, EX_OK },
	{ 0, USER, USER, 01777, 0666, EX_OK },
	{ 0, USER, 0, 0755, 0644, EX_NOPERM },
	{ 0, USER, 0, 01777, 0644, EX_NOPERM },
	{ 0, USER, OTHER, 0755, 0644, EX_NOPERM },
	/* and so is root's in his directory */
	{ USER, USER, USER, 0755, 0600, EX_OK },
	{ USER, 0, USER, 0755, 0644, EX_OK },
	{ USER, 0, USER, 0777, 0666, EX_OK },
	{ USER, USER, 0, 0755, 0644, EX_NOPERM },
	{ USER, 0, 0, 0755, 0644, EX_NOPERM },
	{ USER, 0, OTHER, 0755, 0644, EX_NOPERM },
	/* a third one's is nobody's word */
	{ USER, OTHER, USER, 0777, 0644, EX_NOPERM },
	{ USER, OTHER, OTHER, 0777, 0644, EX_NOPERM },
	/* what he can't read himself, root does not read for him */
	{ USER, 0, USER, 0755, 0600, EX_NOPERM },
};

START_TEST(pid_file_is_believed_as_far_as_its_owner)
{
	bool told = trust[_i].status == EX_OK;
	int rv;

	start_victim(trust[_i].daemon);
	put_pid("run/pid", "\n", victim);
	give("run/pid", trust[_i].file, trust[_i].file, trust[_i].file_mode);
	give("run", trust[_i].dir, trust[_i].dir, trust[_i].dir_mode);
	start_file("run/pid", false);
	rv = mk_notify_ask(notify, 0, &err);
	ck_assert_int_eq(rv, told ? 0 : -1);
	rv = mk_notify_send(notify, 0, &err);
	ck_assert_msg(rv == (told ? 0 : -1), "%s", err.text);
	if (!told)
		ck_assert_int_eq(err.status, trust[_i].status);
	ck_assert_uint_eq(geteuid(), 0);
	victim_got(told ? "H" : "");
}
END_TEST

/* The same for a group, of which one is root's: who may signal none fails. */
START_TEST(group_of_root_is_safe_from_a_user)
{
	start_victim(0);
	put_pid("run/pid", "-\n", victim);
	give("run/pid", USER, USER, 0644);
	start_file("run/pid", true);
	ck_assert_int_eq(mk_notify_send(notify, 0, &err), -1);
	ck_assert_int_eq(err.status, EX_NOPERM);
	ck_assert_ptr_nonnull(strstr(err.text, "rights of user 65534"));
	victim_got("");
}
END_TEST

START_TEST(who_is_not_root_believes_root_and_himself)
{
	start_victim(USER);
	put_pid("run/pid", "\n", victim);
	give("run/pid", _i == 0 ? 0 : _i == 1 ? USER : OTHER, USER, 0644);
	ck_assert_int_eq(setegid(USER), 0);
	ck_assert_int_eq(seteuid(USER), 0);
	start_file("run/pid", false);
	ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(mk_notify_send(notify, 0, &err), _i == 2 ? -1 : 0);
	if (_i == 2)
		ck_assert_ptr_nonnull(strstr(err.text, "belongs to user"));
	victim_got(_i == 2 ? "" : "H");
}
END_TEST

static void
start_command(const char *command, int number, time_t limit_s)
{
	char line[1000];

	snprintf(line, sizeof line, "cd '%s' && %s", scratch, command);
	start((struct mk_daemon){ .what = line, .is_command = true,
	    .signal = number }, limit_s);
}

static const struct { const char *command; int signal; const char *out; }
    commands[] = {
	{ "echo >out",			0, "\n" },
	{ "echo >out",			1, "1\n" },
	{ "echo >out one two",		30, "one two 30\n" },
	{ "printf %s- >out a; :",	15, "a-" },
};

START_TEST(command_is_told_the_signal)
{
	start_command(commands[_i].command, commands[_i].signal, LIMIT_S);
	ck_assert_int_eq(mk_notify_ask(notify, 0, &err), 0);
	ck_assert(!there("out"));
	ck_assert_msg(mk_notify_send(notify, 0, &err) == 0, "%s", err.text);
	holds("out", commands[_i].out);
}
END_TEST

static const struct { const char *command, *says; } failing[] = {
	{ "exit 3", "exit status 3" },
	{ "exit 66", "exit status 66" },	/* EX_NOINPUT is not ours */
	{ "kill -9 $$", "killed by signal 9" },
	{ "exec 2>&-; ./none", "exit status 127" },
};

START_TEST(failing_command_is_told_of)
{
	start_command(failing[_i].command, 0, LIMIT_S);
	ck_assert_int_eq(mk_notify_send(notify, 0, &err), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_ptr_nonnull(strstr(err.text, failing[_i].command));
	ck_assert_ptr_nonnull(strstr(err.text, failing[_i].says));
	ck_assert_int_eq(mk_notify_send(notify, 0, NULL), -1);
}
END_TEST

START_TEST(hanging_command_is_killed)
{
	start_command("echo >begun; sleep 60", 0, 1);
	ck_assert_int_eq(mk_notify_send(notify, 0, &err), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_ptr_nonnull(strstr(err.text, "not done in 1 s, killed"));
	ck_assert(there("begun"));
}
END_TEST

static void
add_for_root(TCase *tc)
{
	tcase_add_loop_test(tc, pid_file_is_believed_as_far_as_its_owner, 0,
	    COUNT(trust));
	tcase_add_test(tc, group_of_root_is_safe_from_a_user);
	tcase_add_loop_test(tc, who_is_not_root_believes_root_and_himself, 0,
	    3);
}

int
main(void)
{
	Suite *suite = suite_create("rotate/notify");
	TCase *tc = tcase_create("notify");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, daemon_is_signalled_once, 0, COUNT(endings));
	tcase_add_test(tc, each_daemon_gets_its_signal);
	tcase_add_test(tc, no_daemon_needs_no_aide);
	tcase_add_loop_test(tc, wrong_content_signals_nobody, 0,
	    COUNT(wrong));
	tcase_add_test(tc, bytes_that_end_a_string_do_not_end_the_number);
	tcase_add_test(tc, nobody_there_is_no_failure);
	tcase_add_test(tc, group_is_signalled);
	tcase_add_loop_test(tc, we_are_not_signalled, 0, 3);
	tcase_add_loop_test(tc, only_a_file_of_one_name_is_read, 0,
	    COUNT(bad_files));
	tcase_add_test(tc, path_must_be_absolute);
	if (geteuid() == 0)
		add_for_root(tc);
	tcase_add_loop_test(tc, command_is_told_the_signal, 0,
	    COUNT(commands));
	tcase_add_loop_test(tc, failing_command_is_told_of, 0,
	    COUNT(failing));
	tcase_add_test(tc, hanging_command_is_killed);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
