/*
 * rotate/turn: killed before and after each system call that changes a file,
 * and with each system call failing, a rotation is finished by the next run as
 * if nothing had been: each line there once, no generation moved twice.
 *
 * The rotation runs in a child that is traced (ptrace(2)), so that it is the
 * very code, and each call, that is met.
 */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2), scandirat(3) */
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <elf.h>
#endif

#include <signal.h>

#include "turned.h"

#if defined __linux__ && (defined __x86_64__ || defined __aarch64__)
#define CAN_TRACE

enum fault { KILL_BEFORE, KILL_AFTER, NO_SPACE, IO_ERROR, FAULTS };

struct trial {
	enum fault fault;
	long at;			/* the call that it is for, from 1 */
	bool no_links;			/* each link(2) fails */
	bool reached;
	bool atomic;			/* renameat2(2) was seen */
	int status;			/* of the child: 0, 1: -1 and a text */
};

static const struct state {
	const char *claim;
	int64_t count;
	const char *files;		/* names; their text is made */
	const char *format;
	bool no_links;
	const char *link, *link_to;	/* another name, or NULL */
	bool archive;			/* another user's */
} states[] = {
	{ "no generation", 3, "", NULL, false, NULL, NULL, false },
	{ "one is kept", 1, "log.0", NULL, false, NULL, NULL, false },
	{ "all are taken", 3, "log.0 log.1.gz log.2.gz", NULL, false, NULL,
	    NULL, false },
	{ "a gap", 7, "log.0 log.1.gz log.3 log.4", NULL, false, NULL, NULL,
	    false },
	{ "two files each", 4, "log.0 log.0.gz log.1 log.1.gz log.2 log.3 "
	    "log.3.xz", NULL, false, NULL, NULL, false },
	{ "count lowered", 2, "log.0 log.1 log.2 log.3.gz log.4 log.2024",
	    NULL, false, NULL, NULL, false },
	{ "a new log was left", 3, "log.0 .log.mailkeep-new", NULL, false,
	    NULL, NULL, false },
	{ "linked already", 3, "log.1", NULL, false, "log", "log.0", false },
	{ "half moved", 5, "log.0 log.1 log.1.gz log.3", NULL, false,
	    "log.1", "log.2", false },
	{ "by time", 2, "log.20261121T000000 log.20261122T000000.gz",
	    MK_GENERATION_TIME, false, NULL, NULL, false },
	{ "no links", 3, "log.0 log.1", NULL, true, NULL, NULL, false },
	{ "no links, none yet", 3, "", NULL, true, NULL, NULL, false },
	{ "none is kept", 0, "", NULL, false, NULL, NULL, false },
	{ "none is kept, no links", 0, "log.0", NULL, true, NULL, NULL,
	    false },
	{ "another's archive", 3, "old/log.0 old/log.1.gz old/log.2", NULL,
	    false, NULL, NULL, true },
};

static const struct state *now;
static struct stat judged;		/* the log before */
static int held = -1;			/* a writer's descriptor of it */

/* Calls that change a file. */
static bool
is_change(const struct __ptrace_syscall_info *info)
{
	switch ((long)info->entry.nr) {
#ifdef SYS_renameat
	case SYS_renameat:
#endif
	case SYS_renameat2:
	case SYS_linkat:
	case SYS_unlinkat:
	case SYS_write:
	case SYS_fsync:
	case SYS_fchmod:
	case SYS_fchown:
	case SYS_ftruncate:
		return true;
	case SYS_openat:
		return (info->entry.args[2] & O_CREAT) != 0;
	default:
		return false;
	}
}

/* Calls that look at one. */
static bool
is_look(const struct __ptrace_syscall_info *info)
{
	switch ((long)info->entry.nr) {
	case SYS_openat:
	case SYS_openat2:
	case SYS_newfstatat:
	case SYS_fstat:
	case SYS_statx:
	case SYS_getdents64:
		return true;
	default:
		return false;
	}
}

/* BEFORE a call: none is made.  Else RESULT is what it says. */
static void
set_call(pid_t pid, bool before, long result)
{
#ifdef __x86_64__
	struct user_regs_struct regs;
	struct iovec io = { &regs, sizeof regs };

	ck_assert_int_eq(ptrace(PTRACE_GETREGSET, pid,
	    (long)NT_PRSTATUS, &io), 0);
	if (before)
		regs.orig_rax = (unsigned long long)-1;
	else
		regs.rax = (unsigned long long)result;
	ck_assert_int_eq(ptrace(PTRACE_SETREGSET, pid,
	    (long)NT_PRSTATUS, &io), 0);
#else
	struct user_regs_struct regs;
	struct iovec io = { &regs, sizeof regs };
	int none = -1;

	if (before) {
		io = (struct iovec){ &none, sizeof none };
		ck_assert_int_eq(ptrace(PTRACE_SETREGSET, pid,
		    (long)NT_ARM_SYSTEM_CALL, &io), 0);
		return;
	}
	ck_assert_int_eq(ptrace(PTRACE_GETREGSET, pid,
	    (long)NT_PRSTATUS, &io), 0);
	regs.regs[0] = (unsigned long long)result;
	ck_assert_int_eq(ptrace(PTRACE_SETREGSET, pid,
	    (long)NT_PRSTATUS, &io), 0);
#endif
}

static void
end_child(pid_t pid, struct trial *t)
{
	int status;

	kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status))
		;
	t->status = -1;
}

/* The child is before or behind a call.  Whether it was killed. */
static bool
at_call(pid_t pid, struct trial *t, long *count, long *fail_with)
{
	struct __ptrace_syscall_info info = { 0 };
	bool change;

	ck_assert_int_gt(ptrace(PTRACE_GET_SYSCALL_INFO, pid,
	    (long)sizeof info, &info), 0);
	if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
		if (t->fault == KILL_AFTER && t->reached) {
			end_child(pid, t);
			return true;
		}
		if (*fail_with != 0)
			set_call(pid, false, -*fail_with);
		*fail_with = 0;
		return false;
	}
	if (info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return false;
	if (t->no_links && info.entry.nr == SYS_linkat)
		*fail_with = EPERM;
	t->atomic |= info.entry.nr == SYS_renameat2;
	change = is_change(&info);
	if ((change || (t->fault == IO_ERROR && is_look(&info))) &&
	    ++*count == t->at) {
		t->reached = true;
		if (t->fault == KILL_BEFORE) {
			end_child(pid, t);
			return true;
		}
		if (t->fault != KILL_AFTER)
			*fail_with = t->fault == NO_SPACE ? ENOSPC : EIO;
	}
	if (*fail_with != 0)
		set_call(pid, true, 0);
	return false;
}

static void
child(void)
{
	int rv;

	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == -1)
		_exit(77);
	raise(SIGSTOP);
	rv = mk_turn(&turn, &err);
	_exit(rv == 0 ? 0 : err.text[0] != '\0' && err.status != 0 ? 1 : 2);
}

/* False where nothing can be traced. */
static bool
rotate_with(struct trial *t)
{
	long count = 0, fail_with = 0;
	int status;
	pid_t pid;

	t->reached = false;
	pid = fork();
	ck_assert_int_ne(pid, -1);
	if (pid == 0) {
		if (mk_place_enter(&place, &err) == -1)
			_exit(2);
		child();
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status))
		return false;
	ck_assert_int_eq(ptrace(PTRACE_SETOPTIONS, pid, NULL,
	    (long)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL)),
	    0);
	for (;;) {
		ck_assert_int_eq(ptrace(PTRACE_SYSCALL, pid, NULL, NULL), 0);
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		if (WIFEXITED(status)) {
			t->status = WEXITSTATUS(status);
			return true;
		}
		ck_assert(WIFSTOPPED(status));
		if (WSTOPSIG(status) == (SIGTRAP | 0x80) &&
		    at_call(pid, t, &count, &fail_with))
			return true;
	}
}

static void
clear(const char *dir)
{
	struct dirent **v;
	char path[600];
	int n = scandirat(root, dir, &v, NULL, by_name), i;

	for (i = 0; i < n; i++) {
		snprintf(path, sizeof path, "%s/%s", dir, v[i]->d_name);
		if (strcmp(v[i]->d_name, ".") != 0 &&
		    strcmp(v[i]->d_name, "..") != 0 &&
		    strcmp(v[i]->d_name, "old") != 0)
			ck_assert_int_eq(unlinkat(root, path, 0), 0);
		free(v[i]);
	}
	free(v);
}

/* As it is before each trial. */
static void
arrange(void)
{
	char copy[300], text[320], *word, *save;

	clear(".");
	if (now->archive)
		clear("old");
	put("log", "line 1\nline 2\n");
	snprintf(copy, sizeof copy, "%s", now->files);
	for (word = strtok_r(copy, " ", &save); word != NULL;
	    word = strtok_r(NULL, " ", &save)) {
		snprintf(text, sizeof text, "first of %s\nlast of %s\n", word,
		    word);
		put(word, text);
	}
	if (now->link != NULL)
		ck_assert_int_eq(linkat(root, now->link, root, now->link_to,
		    0), 0);
	if (geteuid() == 0)
		ck_assert_int_eq(fchownat(root, "log", 77, 88, 0), 0);
	judged = stat_of("log");
	held = openat(root, "log", O_WRONLY | O_APPEND | O_CLOEXEC);
	ck_assert_int_ne(held, -1);
}

/*
 * What a writer adds between the two runs: one that has the log open, and one
 * that opens it anew.  The latter, LATE, where there is one.
 */
static void
write_between(bool *late)
{
	struct stat st;

	ck_assert_int_eq(write(held, "held\n", 5), 5);
	close(held);
	*late = fstatat(root, "log", &st, AT_SYMLINK_NOFOLLOW) == 0;
	if (*late)
		append_to("log", "late\n");
}

/* Append NAME and its lines, without notices, to *TREE; count LINE in them. */
static void
add_lines(struct mk_buf *tree, const char *name, int *held_n, int *late_n)
{
	struct mk_buf text = get(name);
	char *line, *save;

	mk_buf_addf(tree, "[%s]", strstr(name, "mailkeep-old.") != NULL ?
	    "old" : name);
	line = text.len == 0 ? NULL : strtok_r(text.data, "\n", &save);
	for (; line != NULL; line = strtok_r(NULL, "\n", &save)) {
		if (strcmp(line, "held") == 0)
			++*held_n;
		else if (strcmp(line, "late") == 0)
			++*late_n;
		else if (strstr(line, NOTICE) == NULL)
			mk_buf_addf(tree, " %s;", line);
	}
	mk_buf_addf(tree, "\n");
	mk_buf_free(&text);
}

/* All names and lines, but for notices and what was added in between. */
static struct mk_buf
lines_of(const char *dir, int *held_n, int *late_n)
{
	struct mk_buf tree = { 0 }, sub;
	struct dirent **v;
	char path[600];
	int n = scandirat(root, dir, &v, NULL, by_name), i;

	for (i = 0; i < n; i++) {
		snprintf(path, sizeof path, "%s%s%s",
		    strcmp(dir, ".") == 0 ? "" : dir,
		    strcmp(dir, ".") == 0 ? "" : "/", v[i]->d_name);
		if (strcmp(v[i]->d_name, "old") == 0) {
			sub = lines_of("old", held_n, late_n);
			mk_buf_add(&tree, sub.data, sub.len);
			mk_buf_free(&sub);
		} else if (strcmp(v[i]->d_name, ".") != 0 &&
		    strcmp(v[i]->d_name, "..") != 0) {
			add_lines(&tree, path, held_n, late_n);
		}
		free(v[i]);
	}
	free(v);
	return tree;
}

/* The next run, as mk_rotate_run decides: is the log the file that it was? */
static bool
is_turned(void)
{
	struct stat st;

	return fstatat(root, "log", &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    st.st_ino != judged.st_ino;
}

/* It ends as WANTED, which is how an undisturbed one does. */
static void
ends_well(const struct trial *t, const char *wanted)
{
	int held_n = 0, late_n = 0;
	struct mk_buf tree;
	struct stat st;
	bool late;

	write_between(&late);
	if (!is_turned()) {
		ck_assert_msg(with_rights(mk_turn) == 0, "%s, fault %d at %ld:"
		    " %s", now->claim, (int)t->fault, t->at, err.text);
		ck_assert(turn.turned);
	}
	st = stat_of("log");
	ck_assert(S_ISREG(st.st_mode) && st.st_nlink == 1);
	ck_assert_int_eq(st.st_mode & 07777, 0640);
	ck_assert_int_eq(st.st_uid, judged.st_uid);
	ck_assert_int_eq(st.st_gid, judged.st_gid);
	/* A notice that finds no room is left out, and nothing else. */
	ck_assert(has_text("log", NOTICE) ||
	    (t->fault == NO_SPACE && t->status == 0));
	tree = lines_of(".", &held_n, &late_n);
	ck_assert_msg(strcmp(tree.data, wanted) == 0, "%s, fault %d at %ld:\n"
	    "%s\nwanted\n%s", now->claim, (int)t->fault, t->at, tree.data,
	    wanted);
	ck_assert_int_eq(held_n, 1);
	ck_assert_int_eq(late_n, late);
	mk_buf_free(&tree);
}

/* A failure leaves nothing beside, but where the log could not be put back. */
static void
cleaned_up(const struct trial *t)
{
	if (t->status == 1 && there("log") && !is_turned() &&
	    strstr(now->files, "mailkeep-new") == NULL)
		ck_assert_msg(!there(".log.mailkeep-new"), "%s, fault %d at "
		    "%ld", now->claim, (int)t->fault, t->at);
}

static void
open_archive(void)
{
	char path[300];

	make_dir("old");
	ck_assert_int_eq(fchownat(root, "old", 1234, 1234, 0), 0);
	snprintf(path, sizeof path, "%s/old", scratch);
	ck_assert_int_eq(mk_place_open(&elsewhere, path, false, &err), 0);
	turn.archive = &elsewhere;
}

static bool
begin_state(void)
{
	if (now->archive && geteuid() != 0)
		return false;
	turn_begin(now->count);
	turn.time_format = now->format;
	if (now->archive)
		open_archive();
	return true;
}

/*
 * How it ends undisturbed; to be freed.  NULL: not here.  Without links and
 * without renameat2 (base/sys_posix) a name is reserved by an empty file; if
 * killed then, that stays.
 */
static char *
undisturbed(void)
{
	struct trial t = { .no_links = now->no_links };
	int held_n = 0, late_n = 0;
	struct mk_buf tree;
	bool late;

	arrange();
	if (!rotate_with(&t)) {
		close(held);
		return NULL;
	}
	ck_assert_int_eq(t.status, 0);
	ck_assert(is_turned());
	write_between(&late);
	tree = lines_of(".", &held_n, &late_n);
	ck_assert_int_eq(held_n, 1);
	ck_assert_int_eq(late_n, 1);
	if (!now->no_links || t.atomic)
		return tree.data;
	mk_buf_free(&tree);
	return NULL;
}

/* Loops over all states, and all faults of each. */
START_TEST(after_any_fault_the_next_run_ends_as_if_there_were_none)
{
	struct trial t = { .fault = (enum fault)(_i % FAULTS) };
	char *wanted;

	now = &states[_i / FAULTS];
	if (!begin_state())
		return;
	t.no_links = now->no_links;
	wanted = undisturbed();
	if (wanted == NULL)
		return;
	do {
		t.at++;
		arrange();
		ck_assert(rotate_with(&t));
		if (!t.reached)
			ck_assert_int_eq(t.status, 0);
		ck_assert_msg(t.status != 2, "%s, fault %d at %ld: no text",
		    now->claim, (int)t.fault, t.at);
		cleaned_up(&t);
		ends_well(&t, wanted);
	} while (t.reached);
	ck_assert_int_gt(t.at, 6);
	free(wanted);
}
END_TEST

/*
 * The same, the run after a killed one being killed too, wherever: what a
 * second fault meets is no state that a first one had not left.
 */
START_TEST(after_two_kills_the_next_run_ends_as_if_there_were_none)
{
	struct trial t = { .fault = KILL_AFTER }, second = t;
	char *wanted;

	now = &states[_i];
	if (!begin_state())
		return;
	t.no_links = second.no_links = now->no_links;
	wanted = undisturbed();
	if (wanted == NULL)
		return;
	do {
		t.at++;
		second.at = 0;
		do {
			second.at++;
			arrange();
			ck_assert(rotate_with(&t));
			second.reached = false;
			if (!is_turned())
				ck_assert(rotate_with(&second));
			ends_well(&t, wanted);
		} while (second.reached);
	} while (t.reached);
	free(wanted);
}
END_TEST
#endif

START_TEST(there_is_a_rotation_to_disturb)
{
	put("log", "line 1\n");
	turns();
	begins("log.0", "line 1\n");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("turn_faults");
	TCase *tc = tcase_create("faults");

	tcase_add_checked_fixture(tc, turn_setup, turn_teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, there_is_a_rotation_to_disturb);
#ifdef CAN_TRACE
	tcase_add_loop_test(tc,
	    after_any_fault_the_next_run_ends_as_if_there_were_none, 0,
	    COUNT(states) * FAULTS);
	tcase_add_loop_test(tc,
	    after_two_kills_the_next_run_ends_as_if_there_were_none, 0,
	    COUNT(states));
#endif
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
