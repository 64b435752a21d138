/* blacklist/reader: who reads the lists, and who is told of them. */
#ifdef __linux__
#define _GNU_SOURCE			/* scratch.h: unshare(2) */
#endif

#include <sys/stat.h>
#include <sys/wait.h>

#include <grp.h>
#include <pwd.h>
#include <signal.h>

#include "base/sandbox.h"
#include "blacklist/reader.h"
#include "scratch.h"

#define LIMIT_S	30

static struct mk_error err;
static struct mk_reader_aide *aide;
static const char *const no_files[] = { NULL };

static void
setup(void)
{
	scratch_setup();
	err = (struct mk_error){ 0 };
	aide = NULL;
}

static void
teardown(void)
{
	mk_reader_stop(aide);
	scratch_teardown();
}

/* An aide with READER and, in the scratch directory, COMMAND. */
static void
start(const char *reader, const char *command, time_t limit_s)
{
	static const char *const below[] = { "list", "a/b/list", "link/list" };
	char paths[COUNT(below)][PATH_MAX], line[1000];
	const char *const files[] = {
		paths[0], paths[1], paths[2], "a/b/list", NULL
	};
	int i;

	for (i = 0; i < COUNT(below); i++)
		snprintf(paths[i], sizeof paths[i], "%s/%s", scratch,
		    below[i]);
	snprintf(line, sizeof line, "cd '%s' && %s", scratch, command);
	aide = mk_reader_start(reader, files, command[0] == '\0' ? "" : line,
	    limit_s, &err);
	ck_assert_msg(aide != NULL, "%s", err.text);
}

static char *
path_of(const char *name)
{
	static char path[2][PATH_MAX];
	static int i;

	i = !i;
	snprintf(path[i], sizeof path[i], "%s/%s", scratch, name);
	return path[i];
}

START_TEST(unknown_reader_is_refused)
{
	ck_assert_ptr_null(mk_reader_start("no such user", no_files, "",
	    LIMIT_S, &err));
	ck_assert_int_eq(err.status, EX_NOUSER);
	ck_assert_ptr_nonnull(strstr(err.text, "no such user"));
}
END_TEST

START_TEST(nothing_to_do_needs_no_child)
{
	aide = mk_reader_start("", no_files, NULL, LIMIT_S, &err);
	ck_assert_ptr_nonnull(aide);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	ck_assert_int_eq(errno, ECHILD);
	ck_assert_int_eq(mk_reader_can_read(aide, "/nowhere", NULL, &err), 0);
	ck_assert_int_eq(mk_reader_changed(aide, "cdb", &err), 0);
	ck_assert_int_eq(mk_reader_can_read(NULL, "/nowhere", NULL, &err), 0);
	ck_assert_int_eq(mk_reader_changed(NULL, "cdb", &err), 0);
	mk_reader_stop(NULL);
}
END_TEST

START_TEST(command_is_told_what_changed)
{
	start("", "cat >in; echo \"$MAILKEEP_CHANGED\" >>out; echo noise",
	    LIMIT_S);
	ck_assert_int_eq(mk_reader_changed(aide, "", &err), 0);
	ck_assert(!there("out"));
	ck_assert_int_eq(mk_reader_changed(aide, "cdb hostlist", &err), 0);
	holds("out", "cdb hostlist\n");
	holds("in", "");
	ck_assert_int_eq(mk_reader_changed(aide, "text", &err), 0);
	holds("out", "cdb hostlist\ntext\n");
}
END_TEST

static const struct { const char *command, *says; } failing[] = {
	{ "exit 3",		"exit status 3" },
	{ "kill -9 $$",		"killed by signal 9" },
	{ "kill -TERM $$",	"killed by signal 15" },
	{ "exec 2>&-; ./none",	"exit status 127" },
};

/* The signals that the parent ignores or blocks are the command's again. */
START_TEST(failing_command_is_told_of)
{
	sigset_t set;

	signal(SIGTERM, SIG_IGN);
	sigfillset(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	start("", failing[_i].command, LIMIT_S);
	ck_assert_int_eq(mk_reader_changed(aide, "cdb", &err), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_ptr_nonnull(strstr(err.text, "on-change: "));
	ck_assert_ptr_nonnull(strstr(err.text, failing[_i].says));
	ck_assert_int_eq(mk_reader_changed(aide, "cdb", &err), -1);
}
END_TEST

START_TEST(hanging_command_is_killed)
{
	start("", "sleep 60", 1);
	ck_assert_int_eq(mk_reader_changed(aide, "cdb", &err), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_ptr_nonnull(strstr(err.text, "on-change: "));
	ck_assert_ptr_nonnull(strstr(err.text, "not done in 1 s, killed"));
}
END_TEST

static const char *const strange[] = {
	"cdb; echo", "$(echo)", "cdb\n", "`x`", "CDB", "a/b", "\"", "\303\244",
};

START_TEST(strange_names_do_not_reach_the_shell)
{
	start("", "echo >out", LIMIT_S);
	ck_assert_int_eq(mk_reader_changed(aide, strange[_i], &err), -1);
	ck_assert_int_eq(err.status, EX_SOFTWARE);
	ck_assert(!there("out"));
}
END_TEST

START_TEST(dead_aide_is_an_error)
{
	struct mk_buf buf;

	start("", "echo $PPID >pid", LIMIT_S);
	ck_assert_int_eq(mk_reader_changed(aide, "cdb", &err), 0);
	buf = get("pid");
	ck_assert_int_eq(kill((pid_t)strtol(buf.data, NULL, 10), SIGKILL), 0);
	mk_buf_free(&buf);
	ck_assert_int_eq(mk_reader_changed(aide, "cdb", &err), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_int_eq(mk_reader_changed(aide, "cdb", &err), -1);
}
END_TEST

START_TEST(aide_is_not_confined)
{
	const struct passwd *pw = getpwuid(geteuid());
	struct mk_sandbox *sb;
	int status;
	pid_t pid;

	ck_assert_ptr_nonnull(pw);
	put("f", "text");
	pid = fork();
	if (pid == 0) {
		start(pw->pw_name, "echo >out", LIMIT_S);
		sb = mk_sandbox_new(&err);
		if (sb == NULL || mk_sandbox_enter(sb, &err) == -1)
			_exit(1);
		mk_sandbox_free(sb);
		if (mk_reader_can_read(aide, path_of("f"), NULL, &err) == -1)
			_exit(2);
		if (mk_reader_changed(aide, "cdb", &err) == -1)
			_exit(3);
		mk_reader_stop(aide);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert(there("out"));
}
END_TEST

/* The tree a/b/f with these modes; NULL: it can be read.  @: the scratch. */
static const struct {
	mode_t a, b, f;
	const char *open;
	const char *says;
} modes[] = {
	{ 0755, 0755, 0644, "a/b/f", NULL },
	{ 0711, 0711, 0604, "a/b/f", NULL },
	{ 0711, 0711, 0604, "link/f", NULL },
	{ 0755, 0755, 0640, "a/b/f", "no right to read @/a/b/f (mode 0640): "
	    "chmod o+r @/a/b/f" },
	{ 0755, 0750, 0644, "a/b/f", "no right to search @/a/b (mode 0750): "
	    "chmod o+x @/a/b" },
	{ 0750, 0750, 0600, "a/b/f", "no right to search @/a (mode 0750): "
	    "chmod o+x @/a" },
	{ 0754, 0755, 0644, "a/b/f", "chmod o+x @/a" },
	{ 0755, 0750, 0644, "link/f", "can't read @/link/f: no right to search "
	    "@/link (mode 0750): chmod o+x @/link" },
};

static void
expect(const char *name, const char *says)
{
	char want[1000] = "";
	const char *p;
	size_t len = 0;
	int rv = mk_reader_can_read(aide, path_of(name), NULL, &err);

	if (says == NULL) {
		ck_assert_msg(rv == 0, "%s", err.text);
		return;
	}
	ck_assert_int_eq(rv, -1);
	ck_assert_int_eq(err.status, EX_NOPERM);
	for (p = says; *p != '\0'; p++)
		len += (size_t)snprintf(want + len, sizeof want - len,
		    *p == '@' ? "%s" : "%.1s", *p == '@' ? scratch : p);
	ck_assert_msg(strstr(err.text, want) != NULL, "%s\n%s", err.text,
	    want);
}

static void
make_tree(mode_t a, mode_t b, mode_t f)
{
	make_dir("a/b");
	put("a/b/f", "text");
	ck_assert_int_eq(symlinkat("a/b", root, "link"), 0);
	ck_assert_int_eq(fchmodat(root, "a/b/f", f, 0), 0);
	ck_assert_int_eq(fchmodat(root, "a/b", b, 0), 0);
	ck_assert_int_eq(fchmodat(root, "a", a, 0), 0);
}

/* "mail" is somebody else; root tries, others judge by the modes. */
START_TEST(another_reader_needs_rights)
{
	make_tree(modes[_i].a, modes[_i].b, modes[_i].f);
	start("mail", "", LIMIT_S);
	expect(modes[_i].open, modes[_i].says);
}
END_TEST

START_TEST(another_reader_is_judged_by_modes)
{
	make_tree(modes[_i].a, modes[_i].b, modes[_i].f);
	not_root();
	start("mail", "", LIMIT_S);
	expect(modes[_i].open, modes[_i].says);
}
END_TEST

START_TEST(reader_who_we_are_just_tries)
{
	const struct passwd *pw;

	make_tree(0700, 0700, _i == 0 ? 0600 : 0066);
	not_root();
	pw = getpwuid(geteuid());
	ck_assert_ptr_nonnull(pw);
	start(pw->pw_name, "", LIMIT_S);
	expect("a/b/f", _i == 0 ? NULL : "chmod u+r @/a/b/f");
}
END_TEST

/* With the group of "mail", or its own. */
static const struct {
	uid_t uid;			/* 1: that of mail; 0 */
	mode_t mode;
	const char *says;
} classes[] = {
	{ 0, 0640, NULL },
	{ 0, 0604, "chmod g+r @/a/b/f" },
	{ 1, 0400, NULL },
	{ 1, 0044, "chmod u+r @/a/b/f" },
};

START_TEST(first_class_that_fits_decides)
{
	const struct passwd *pw = getpwnam("mail");

	ck_assert_ptr_nonnull(pw);
	make_tree(0755, 0755, classes[_i].mode);
	ck_assert_int_eq(fchownat(root, "a/b/f", classes[_i].uid == 0 ? 0 :
	    pw->pw_uid, pw->pw_gid, 0), 0);
	start("mail", "", LIMIT_S);
	expect("a/b/f", classes[_i].says);
}
END_TEST

START_TEST(messages_call_it_what_they_are_told)
{
	make_tree(0755, 0750, 0644);
	start("mail", "", LIMIT_S);
	ck_assert_int_eq(mk_reader_can_read(aide, path_of("a/b/f"), "the list",
	    &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "mail can't read the list: "));
	ck_assert_ptr_null(strstr(err.text, "/f"));
}
END_TEST

START_TEST(relative_path_is_judged_from_the_root)
{
	make_tree(0755, 0750, 0644);
	ck_assert_int_eq(fchdir(root), 0);
	start("mail", "", LIMIT_S);
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(mk_reader_can_read(aide, "a/b/f", NULL, &err), -1);
	ck_assert_int_eq(err.status, EX_NOPERM);
	ck_assert_ptr_nonnull(strstr(err.text, "chmod o+x /"));
}
END_TEST

START_TEST(missing_file_is_no_matter_of_rights)
{
	start("mail", "", LIMIT_S);
	ck_assert_int_eq(mk_reader_can_read(aide, path_of("none"), NULL, &err),
	    -1);
	ck_assert_int_eq(err.status, EX_NOINPUT);
	ck_assert_ptr_nonnull(strstr(err.text, "/none"));
}
END_TEST

/* Each can be read, but is nobody's business. */
static const char *const elsewhere[] = {
	"/etc/passwd", "@/a/f", "@/a/b/../f", "@/a/b/c/f", "@//f", "f",
};

START_TEST(files_elsewhere_are_not_told_of)
{
	const char *path = elsewhere[_i];

	make_tree(0755, 0755, 0644);
	make_dir("a/b/c");
	put("f", "text");
	put("a/f", "text");
	put("a/b/c/f", "text");
	start("mail", "", LIMIT_S);
	if (path[0] == '@')
		path = path_of(path + 2);
	ck_assert_int_eq(mk_reader_can_read(aide, path, NULL, &err), -1);
	ck_assert_int_eq(err.status, EX_SOFTWARE);
	ck_assert_ptr_nonnull(strstr(err.text, "the directory of no output"));
	ck_assert_int_eq(mk_reader_can_read(aide, path_of("f"), NULL, &err), 0);
}
END_TEST

/* Whoever is taken over may make one beside the outputs. */
START_TEST(link_is_not_followed)
{
	make_tree(0755, 0755, _i == 0 ? 0644 : 0600);
	ck_assert_int_eq(symlinkat("a/b/f", root, "leads"), 0);
	start("mail", "", LIMIT_S);
	ck_assert_int_eq(mk_reader_can_read(aide, path_of("leads"), NULL, &err),
	    -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
	ck_assert_ptr_nonnull(strstr(err.text, "/leads is a link"));
	ck_assert_ptr_null(strstr(err.text, "mode"));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("blacklist/reader");
	TCase *tc = tcase_create("reader");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, unknown_reader_is_refused);
	tcase_add_test(tc, nothing_to_do_needs_no_child);
	tcase_add_test(tc, command_is_told_what_changed);
	tcase_add_loop_test(tc, failing_command_is_told_of, 0,
	    COUNT(failing));
	tcase_add_test(tc, hanging_command_is_killed);
	tcase_add_loop_test(tc, strange_names_do_not_reach_the_shell, 0,
	    COUNT(strange));
	tcase_add_test(tc, dead_aide_is_an_error);
	tcase_add_test(tc, aide_is_not_confined);
	tcase_add_loop_test(tc, another_reader_is_judged_by_modes, 0,
	    COUNT(modes));
	tcase_add_loop_test(tc, reader_who_we_are_just_tries, 0, 2);
	if (geteuid() == 0) {
		tcase_add_loop_test(tc, another_reader_needs_rights, 0,
		    COUNT(modes));
		tcase_add_loop_test(tc, first_class_that_fits_decides, 0,
		    COUNT(classes));
	}
	tcase_add_test(tc, messages_call_it_what_they_are_told);
	tcase_add_test(tc, relative_path_is_judged_from_the_root);
	tcase_add_test(tc, missing_file_is_no_matter_of_rights);
	tcase_add_loop_test(tc, files_elsewhere_are_not_told_of, 0,
	    COUNT(elsewhere));
	tcase_add_loop_test(tc, link_is_not_followed, 0, 2);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
