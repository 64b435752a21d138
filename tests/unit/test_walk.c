/* mail/walk: each folder is met once, as what it is, and none is followed. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2) */
#endif

#include <pthread.h>

#include "base/arena.h"
#include "base/sys.h"
#include "mail/walk.h"
#include "scratch.h"

static struct mk_error err;
static int64_t now_s;
static const char *wanted;		/* the one name; NULL: all */
static unsigned watch;
static int64_t due_s;			/* what a visit says */
static struct mk_walk walk;
static struct mk_walk_result result;
static struct mk_index index_;
static struct mk_buf keep;		/* of the file that index_ came from */

/* What was met: lines, sorted in the end. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char lines[2000][200];
static int lines_n;
static char problems[20][MK_ERROR_MAX];
static int problems_n;

static void
setup(void)
{
	scratch_setup();
	now_s = (int64_t)time(NULL) + 10;	/* nothing is racy */
	wanted = NULL;
	watch = MK_WATCH_CUR | MK_WATCH_NEW;
	due_s = MK_NEVER;
	walk = (struct mk_walk){ .rootfd = root, .root = "ROOT", .start = "",
	    .threads = 3, .now_s = now_s };
}

static void
teardown(void)
{
	mk_walk_result_free(&result);
	mk_index_free(&index_);
	mk_buf_free(&keep);
	scratch_teardown();
}

/* "=" unchanged, "+" visited, then mailbox, place and name. */
static void
met(char how, const struct mk_folder *f)
{
	char path[100];

	snprintf(path, sizeof path, "%s%s%s", f->mailbox, f->mailbox[0] !=
	    '\0' && f->place[0] != '\0' ? "/" : "", f->place);
	ck_assert_str_eq(f->path, path);
	pthread_mutex_lock(&mutex);
	ck_assert_int_lt(lines_n, COUNT(lines));
	snprintf(lines[lines_n++], sizeof lines[0], "%c%s:%s%s", how,
	    f->mailbox, f->place, f->layout == MK_FS ? " fs" : "");
	pthread_mutex_unlock(&mutex);
}

static unsigned
want(void *data, const struct mk_folder *f)
{
	ck_assert_ptr_eq(data, &walk);
	return wanted == NULL || strcmp(f->name, wanted) == 0 ? watch : 0;
}

static int64_t
stamp(const char *folder, size_t sub)
{
	static const char *const subs[] = { "cur", "new", "tmp" };
	struct stat st;
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%s%s%s", folder,
	    folder[0] == '\0' ? "" : "/", subs[sub]);
	if (fstatat(root, path, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    !S_ISDIR(st.st_mode))
		return 0;
	return mk_walk_stamp(&st, walk.now_s);
}

static void
visit(void *data, const struct mk_folder *f, struct mk_index_record *record,
    unsigned worker)
{
	size_t i;

	ck_assert_ptr_eq(data, &walk);
	ck_assert_uint_lt(worker, walk.threads);
	ck_assert_uint_eq(record->watch & MK_WATCH_ALL, watch);
	met('+', f);
	for (i = 0; i < MK_WATCHES; i++)
		if ((watch >> i & 1) != 0)
			record->sub_ns[i] = stamp(f->path, i);
	record->due_s = due_s;
	record->watched = 7;
}

static void
unchanged(void *data, const struct mk_folder *f,
    const struct mk_index_record *record, unsigned worker)
{
	size_t i;

	ck_assert_ptr_eq(data, &walk);
	ck_assert_uint_lt(worker, walk.threads);
	ck_assert_uint_eq(record->watched, 7);
	ck_assert_str_eq(record->path, f->path);
	for (i = 0; i < MK_WATCHES; i++)
		if ((watch >> i & 1) != 0)
			ck_assert_int_eq(record->sub_ns[i], stamp(f->path, i));
	met('=', f);
}

static void
problem(void *data, const struct mk_error *what)
{
	ck_assert_ptr_eq(data, &walk);
	pthread_mutex_lock(&mutex);
	ck_assert_int_lt(problems_n, COUNT(problems));
	strcpy(problems[problems_n++], what->text);
	pthread_mutex_unlock(&mutex);
}

static const struct mk_walk_ops ops = {
	.data = &walk, .want = want, .visit = visit, .unchanged = unchanged,
	.problem = problem,
};

static int
by_line(const void *a, const void *b)
{
	return strcmp((const char *)a + 1, (const char *)b + 1);
}

/* Walk; what was met, in one line. */
static const char *
walked(void)
{
	static char all[2000 * 40];
	size_t at = 0;
	int i;

	lines_n = problems_n = 0;
	all[0] = '\0';
	mk_walk_result_free(&result);
	ck_assert_msg(mk_walk(&walk, &ops, &result, &err) == 0, "%s",
	    err.text);
	qsort(lines, (size_t)lines_n, sizeof lines[0], by_line);
	for (i = 0; i < lines_n; i++)
		at += (size_t)snprintf(all + at, sizeof all - at, "%s%s",
		    i == 0 ? "" : "|", lines[i]);
	ck_assert_uint_lt(at, sizeof all);
	ck_assert_uint_eq(result.folders, (size_t)lines_n);
	return all;
}

/* Take the records over, through a file, for the next walk. */
static void
remember(void)
{
	static const struct mk_index_key key = { 1, 2, 3 };
	int fd = open(scratch, O_RDONLY | O_DIRECTORY);
	struct timespec times[2];
	struct stat st;

	/* The file is beside the mail, which must not show. */
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_msg(mk_index_save(fd, ".index", &key, now_s, result.records,
	    result.n, &err) == 0, "%s", err.text);
	mk_walk_result_free(&result);
	mk_index_free(&index_);
	ck_assert_int_eq(mk_index_load(&index_, fd, ".index", &key, &err), 0);
	ck_assert_int_eq(unlinkat(fd, ".index", 0), 0);
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	ck_assert_int_eq(futimens(fd, times), 0);
	close(fd);
	walk.index = &index_;
}

/* A change of DIR that shows in its mtime, however coarse the clock is. */
static void
touch(const char *dir)
{
	static time_t serial = 1500000000;
	struct timespec times[2] = { { serial, 0 }, { serial, 0 } };

	serial++;
	ck_assert_msg(utimensat(root, dir[0] == '\0' ? "." : dir, times, 0) ==
	    0, "%s: %s", dir, strerror(errno));
}

static void
touch_parent(const char *path)
{
	char parent[PATH_MAX], *slash;

	snprintf(parent, sizeof parent, "%s", path);
	slash = strrchr(parent, '/');
	if (slash == NULL)
		slash = parent;
	*slash = '\0';
	touch(parent);
}

static void
maildir(const char *path)
{
	char sub[PATH_MAX];
	const char *const *p;
	static const char *const subs[] = { "cur", "new", "tmp", NULL };

	for (p = subs; *p != NULL; p++) {
		snprintf(sub, sizeof sub, "%s%s%s", path,
		    path[0] == '\0' ? "" : "/", *p);
		make_dir(sub);
	}
}

/*
 * Make what SPEC says, words: a path is a Maildir, one with a final "/" a
 * plain directory, with a final "!" a file; "a>b" is a link named a.
 */
static void
build(const char *spec)
{
	char copy[500], *word, *rest, *arrow;
	size_t len;

	snprintf(copy, sizeof copy, "%s", spec);
	for (word = strtok_r(copy, " ", &rest); word != NULL;
	    word = strtok_r(NULL, " ", &rest)) {
		len = strlen(word);
		arrow = strchr(word, '>');
		if (arrow != NULL) {
			*arrow = '\0';
			ck_assert_int_eq(symlinkat(arrow + 1, root, word), 0);
		} else if (word[len - 1] == '/' || word[len - 1] == '!') {
			char last = word[len - 1];

			word[len - 1] = '\0';
			if (last == '/')
				make_dir(word);
			else
				put(word, "");
		} else
			maildir(strcmp(word, ".") == 0 ? "" : word);
	}
}

static const struct {
	const char *tree, *met;
	size_t mailboxes;
	const char *start;
	bool root_is_mailbox;
} layouts[] = {
	/* Maildir++ */
	{ "a a/.Trash a/.Trash.2025 a/.Junk a/.Deleted\xe2\x80\x93x",
	    "+a:|+a:.Deleted\xe2\x80\x93x|+a:.Junk|+a:.Trash|+a:.Trash.2025",
	    1, "", false },
	{ "a/.Junk", "+a:.Junk", 1, "", false },
	{ "a/b/c/.Junk", "+a/b/c:.Junk", 1, "", false },
	{ "a a/.x a/..y a/.z..z a/.z.", "+a:|+a:.x", 1, "", false },
	/* fs */
	{ "a a/Trash a/Trash/2025 a/Junk/",
	    "+a: fs|+a:Junk fs|+a:Trash fs|+a:Trash/2025 fs", 1, "", false },
	{ "a a/Archive/2024/June", "+a: fs|+a:Archive fs|+a:Archive/2024 fs|"
	    "+a:Archive/2024/June fs", 1, "", false },
	{ "a a/Old/Deep", "+a: fs|+a:Old fs|+a:Old/Deep fs", 1, "", false },
	/* what is no folder says nothing of where folders go */
	{ "a a/sieve/ a/sieve/tmp/", "+a:|+a:sieve fs", 1, "", false },
	{ "a a/sieve/ a/Junk", "+a: fs|+a:Junk fs|+a:sieve fs", 1, "", false },
	{ "a a/.Junk a/Old/Deep", "+a/Old/Deep:|+a:|+a:.Junk", 2, "", false },
	{ "a a/Trash a/Trash/.Junk", "+a/Trash:|+a/Trash:.Junk|+a:", 2, "",
	    false },
	{ "a a/.hidden/ a/Trash", "+a: fs|+a:.hidden|+a:Trash fs", 1, "",
	    false },
	/* at any depth */
	{ "user", "+user:", 1, "", false },
	{ "org/user org/other net/u/user/Maildir top",
	    "+net/u/user/Maildir:|+org/other:|+org/user:|+top:", 4, "",
	    false },
	/* a user named Trash is no folder */
	{ "d/Trash d/alice", "+d/Trash:|+d/alice:", 2, "", false },
	{ "Trash Trash/Trash", "+Trash: fs|+Trash:Trash fs", 1, "", false },
	{ "d d/Trash d/Trash/.Junk", "+d/Trash:|+d/Trash:.Junk|+d:", 2, "",
	    false },
	{ "d d/Trash d/Trash/subscriptions!", "+d/Trash:|+d:", 2, "", false },
	{ "d d/Trash d/Trash/maildirsize!", "+d/Trash:|+d:", 2, "", false },
	{ "d d/Trash d/bob d/bob/dovecot-uidvalidity!",
	    "+d/Trash:|+d/bob:|+d:", 3, "", false },
	{ "d d/.Sent d/Trash", "+d/Trash:|+d:|+d:.Sent", 2, "", false },
	{ "d d/.Sent d/u/Trash", "+d/u/Trash:|+d:|+d:.Sent", 2, "", false },
	/* the root */
	{ ". .Trash user user/.Trash",
	    "+:|+:.Trash|+user:|+user:.Trash", 2, "", false },
	{ ". Trash", "+:|+Trash:", 2, "", false },
	{ ". Trash", "+: fs|+:Trash fs", 1, "", true },
	{ ". .Junk Trash", "+:|+:.Junk|+Trash:", 2, "", true },
	{ ".Junk", "+:.Junk", 1, "", false },
	/* a domain that got stray mail; a mailbox whose name has a dot */
	{ "e.org e.org/Trash", "+e.org/Trash:|+e.org:", 2, "", false },
	{ "d/e.org d/e.org/Trash", "+d/e.org/Trash:|+d/e.org:", 2, "", false },
	{ "e.org e.org/Trash e.org/subscriptions!",
	    "+e.org: fs|+e.org:Trash fs", 1, "", false },
	{ "a@e.org a@e.org/Trash", "+a@e.org: fs|+a@e.org:Trash fs", 1, "",
	    false },
	/* only below a start */
	{ "d/a d/b e/a", "+d/a:|+d/b:", 2, "d", false },
	{ "d/a d/a/Trash d/b", "+d/a: fs|+d/a:Trash fs", 1, "d/a", false },
	{ "d/a d/a/.Trash d/ab", "+d/a:|+d/a:.Trash", 1, "d/a", true },
	/* nothing there */
	{ "x/", "", 0, "", false },
	{ "x/cur/ x/new/", "", 0, "", false },
	{ "x/new/ x/tmp/ x/cur!", "", 0, "", false },
	{ "lost+found/a d/lost+found", "", 0, "", false },
	{ ".hidden/a d/.cache/b/c", "", 0, "", false },
	/* a message or directory in cur that has a folder's name */
	{ "a a/cur/Trash a/new/.Trash a/cur/Trash/x!", "+a:", 1, "", false },
	{ "a a/Trash! a/.Trash!", "+a:", 1, "", false },
};

START_TEST(each_folder_is_met_as_what_it_is)
{
	build(layouts[_i].tree);
	walk.start = layouts[_i].start;
	walk.root_is_mailbox = layouts[_i].root_is_mailbox;
	for (walk.threads = 1; walk.threads <= 4; walk.threads += 3) {
		ck_assert_str_eq(walked(), layouts[_i].met);
		ck_assert_uint_eq(result.mailboxes, layouts[_i].mailboxes);
		ck_assert_int_eq(problems_n, 0);
		ck_assert(result.changed);
	}
}
END_TEST

/* The same tree, with what the first pass saw. */
START_TEST(each_folder_is_met_again_by_the_index)
{
	char expected[500], *p;

	if (layouts[_i].start[0] != '\0')
		return;			/* no index there */
	build(layouts[_i].tree);
	walk.root_is_mailbox = layouts[_i].root_is_mailbox;
	walked();
	remember();
	snprintf(expected, sizeof expected, "%s", layouts[_i].met);
	for (p = expected; *p != '\0'; p++)
		if (*p == '+' && (p == expected || p[-1] == '|'))
			*p = '=';
	ck_assert_str_eq(walked(), expected);
	ck_assert_uint_eq(result.mailboxes, layouts[_i].mailboxes);
	/* A hidden directory that can become a Maildir is asked each time. */
	ck_assert_int_eq(result.changed,
	    strstr(layouts[_i].tree, ".hidden") != NULL);
}
END_TEST

START_TEST(only_what_is_wanted_is_visited)
{
	build("a a/.Trash b b/Trash b/Trash/Trash c/.Junk");
	wanted = "Trash";
	ck_assert_str_eq(walked(), "+a:.Trash|+b:Trash fs");
	ck_assert_uint_eq(result.mailboxes, 3);
	remember();
	ck_assert_str_eq(walked(), "=a:.Trash|=b:Trash fs");
	wanted = "none";
	walk.index = NULL;
	ck_assert_str_eq(walked(), "");
	ck_assert_uint_eq(result.mailboxes, 3);
}
END_TEST

static const struct { const char *tree, *met, *told; } links[] = {
	{ "u v>u", "+u:", "ROOT/v: not followed" },
	{ "d/u d/v>u", "+d/u:", "ROOT/d/v: not followed" },
	{ "u u/.x v v/.Trash>../u/.x", "+u:|+u:.x|+v:",
	    "ROOT/v/.Trash: not followed" },
	{ "u u/.x v v/.y v/.Trash>../u/.x", "+u:|+u:.x|+v:|+v:.y",
	    "ROOT/v/.Trash: not followed" },
	{ "u v v/Trash>../u", "+u:|+v:", "ROOT/v/Trash: not followed" },
	{ "u v/new/ v/tmp/ v/cur>../u/cur", "+u:",
	    "ROOT/v/cur: not followed" },
	{ "u v/cur/ v/tmp/ v/new>../u/new", "+u:",
	    "ROOT/v/new: not followed" },
	{ "u up>..", "+u:", NULL },
	{ "u loop>loop", "+u:", NULL },
	{ "u dangling>nowhere file! link>file", "+u:", NULL },
};

START_TEST(links_are_told_and_not_followed)
{
	int pass;

	build(links[_i].tree);
	for (pass = 0; pass < 2; pass++) {
		ck_assert_str_eq(walked(), links[_i].met);
		ck_assert_int_eq(problems_n, links[_i].told != NULL);
		if (links[_i].told != NULL)
			ck_assert_msg(strncmp(problems[0], links[_i].told,
			    strlen(links[_i].told)) == 0, "%s", problems[0]);
	}
}
END_TEST

/* What is passed over is told by every pass, not by the first one alone. */
START_TEST(links_are_told_again_with_an_index)
{
	build(links[_i].tree);
	walked();
	remember();
	walked();
	ck_assert_int_eq(problems_n, links[_i].told != NULL);
	if (links[_i].told != NULL)
		ck_assert_msg(strncmp(problems[0], links[_i].told,
		    strlen(links[_i].told)) == 0, "%s", problems[0]);
}
END_TEST

START_TEST(folder_with_a_link_for_cur_is_no_way_out)
{
	build("u u/.Trash/new/ u/.Trash/tmp/ v u/.Trash/cur>../../v/cur");
	ck_assert_str_eq(walked(), "+u:|+u:.Trash|+v:");
	/* The visitor's own open must refuse it. */
	ck_assert_int_eq(mk_sys_open_dir(root, "u/.Trash/cur"), -1);
	ck_assert(errno == ELOOP || errno == ENOTDIR);
}
END_TEST

static const struct { const char *closed, *again; } unreadable[] = {
	{ "d/b", "=a:|=a:.Trash|+d/b:|=d/c:" },
	{ "d", "=a:|=a:.Trash|+d/b:|+d/c:" },
	{ "a", "+a:|+a:.Trash|=d/b:|=d/c:" },
};

START_TEST(unreadable_is_told_until_it_is_read)
{
	char told[60];
	int pass;

	build("a a/.Trash d/b d/c");
	not_root();
	scratch_run("chmod 0", unreadable[_i].closed);
	snprintf(told, sizeof told, "ROOT/%s: cannot be read: %s",
	    unreadable[_i].closed, strerror(EACCES));
	for (pass = 0; pass < 3; pass++) {
		walked();
		ck_assert_int_eq(problems_n, 1);
		ck_assert_str_eq(problems[0], told);
		ck_assert_int_eq(lines_n, _i == 0 ? 3 : 2);
		remember();
	}
	scratch_run("chmod 755", unreadable[_i].closed);
	ck_assert_str_eq(walked(), unreadable[_i].again);
	ck_assert_int_eq(problems_n, 0);
}
END_TEST

START_TEST(start_that_cannot_be_read_is_no_empty_tree)
{
	static const char *const starts[] = { "none", "file", "link", "shut" };

	build("shut/ file! u link>u");
	not_root();
	scratch_run("chmod 0", "shut");
	walk.start = starts[_i];
	ck_assert_int_eq(mk_walk(&walk, &ops, &result, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, starts[_i]));
	ck_assert_uint_eq(result.folders, 0);
	scratch_run("chmod 755", "shut");
}
END_TEST

START_TEST(other_file_system_is_told_and_not_entered)
{
	char at[PATH_MAX];
	int pass;

	build("d/a d/other/");
	snprintf(at, sizeof at, "%s/d/other", scratch);
	ck_assert(mount_here(at));
	close(root);
	scratch_open();
	walk.rootfd = root;
	build("d/other/u");
	for (pass = 0; pass < 3; pass++) {
		ck_assert_str_eq(walked(), pass == 0 ? "+d/a:" : "=d/a:");
		ck_assert_int_eq(problems_n, 1);
		ck_assert_ptr_nonnull(strstr(problems[0], "ROOT/d/other: "
		    "not entered: another file system"));
		remember();
	}
	ck_assert_int_eq(umount2(at, MNT_DETACH), 0);
}
END_TEST

/* What a change does to the next pass over this tree. */
#define UNSEEN	2
#define TREE	"a a/.Trash a/.Junk b b/Trash d/c"
#define SAME	"=a:|=a:.Junk|=a:.Trash|=b: fs|=b:Trash fs|=d/c:"
static const struct {
	const char *make, *remove, *touch, *met;
} changes[] = {
	{ "", "", "a/.Trash/tmp", SAME },
	{ "", "", "a/.Trash", SAME },
	/* Those above: UNSEEN, by an index, too. */
	{ "", "", "", SAME },
	{ "", "", "a/.Trash/cur", "=a:|=a:.Junk|+a:.Trash|=b: fs|=b:Trash fs|"
	    "=d/c:" },
	{ "", "", "a/.Trash/new", "=a:|=a:.Junk|+a:.Trash|=b: fs|=b:Trash fs|"
	    "=d/c:" },
	{ "", "", "a/cur", "+a:|=a:.Junk|=a:.Trash|=b: fs|=b:Trash fs|=d/c:" },
	{ "", "", "b/Trash/new", "=a:|=a:.Junk|=a:.Trash|=b: fs|+b:Trash fs|"
	    "=d/c:" },
	{ "", "", "a", SAME },
	{ "", "", "b/Trash", SAME },
	{ "", "", "d", SAME },
	{ "e", "", "", SAME "|+e:" },
	{ "d/e", "", "d", SAME "|+d/e:" },
	{ "d/x/y/z", "", "d", SAME "|+d/x/y/z:" },
	{ "a/.New", "", "a", "=a:|=a:.Junk|+a:.New|=a:.Trash|=b: fs|"
	    "=b:Trash fs|=d/c:" },
	{ "b/New", "", "b", "=a:|=a:.Junk|=a:.Trash|=b: fs|+b:New fs|"
	    "=b:Trash fs|=d/c:" },
	{ "b/Trash/2025", "", "b/Trash", "=a:|=a:.Junk|=a:.Trash|=b: fs|"
	    "=b:Trash fs|+b:Trash/2025 fs|=d/c:" },
	{ "", "a/.Trash", "a", "=a:|=a:.Junk|=b: fs|=b:Trash fs|=d/c:" },
	{ "", "b/Trash", "b", "=a:|=a:.Junk|=a:.Trash|=b:|=d/c:" },
	{ "", "a", "", "=b: fs|=b:Trash fs|=d/c:" },
	{ "", "d/c", "d", "=a:|=a:.Junk|=a:.Trash|=b: fs|=b:Trash fs" },
	{ "", "d", "", "=a:|=a:.Junk|=a:.Trash|=b: fs|=b:Trash fs" },
	{ "", "a/.Trash/cur", "a/.Trash", "=a:|=a:.Junk|+a:.Trash|=b: fs|"
	    "=b:Trash fs|=d/c:" },
	/* b/Trash turns out to be a mailbox, d/c gets folders */
	{ "b/Trash/subscriptions!", "", "b/Trash", "=a:|=a:.Junk|=a:.Trash|"
	    "+b/Trash:|=b:|=d/c:" },
	{ "b/Trash/.Sent", "", "b/Trash", "=a:|=a:.Junk|=a:.Trash|+b/Trash:|"
	    "+b/Trash:.Sent|=b:|=d/c:" },
	{ "b/.Sent", "", "b", "=a:|=a:.Junk|=a:.Trash|+b/Trash:|=b:|+b:.Sent|"
	    "=d/c:" },
	{ "d/c/Trash", "", "d/c", SAME " fs|+d/c:Trash fs" },
	{ "d", "", "d", "=a:|=a:.Junk|=a:.Trash|=b: fs|=b:Trash fs|+d: fs|"
	    "+d:c fs" },
};

START_TEST(change_is_met_and_nothing_else)
{
	build(TREE);
	ck_assert_str_eq(walked(), "+a:|+a:.Junk|+a:.Trash|+b: fs|"
	    "+b:Trash fs|+d/c:");
	remember();
	ck_assert_str_eq(walked(), SAME);
	ck_assert(!result.changed);
	if (changes[_i].remove[0] != '\0')
		scratch_run("rm -r", changes[_i].remove);
	build(changes[_i].make);
	touch(changes[_i].touch);
	ck_assert_str_eq(walked(), changes[_i].met);
	ck_assert_int_eq(problems_n, 0);
	ck_assert_int_eq(result.changed, _i >= UNSEEN);
	remember();
	walked();			/* and is then known */
	ck_assert(!result.changed);
}
END_TEST

START_TEST(tmp_is_watched_where_it_is_wanted)
{
	watch = MK_WATCH_TMP;
	build(TREE);
	walked();
	remember();
	touch("a/.Trash/cur");
	touch("b/tmp");
	ck_assert_str_eq(walked(), "=a:|=a:.Junk|=a:.Trash|+b: fs|"
	    "=b:Trash fs|=d/c:");
}
END_TEST

/* Another set of rules may want more of a folder that has not changed. */
START_TEST(more_is_wanted_than_the_index_knows)
{
	build("a a/.Trash");
	walked();
	remember();
	watch |= MK_WATCH_TMP;
	touch("a");			/* else the walk asks nobody */
	ck_assert_str_eq(walked(), "+a:|+a:.Trash");
}
END_TEST

START_TEST(what_has_become_due_is_visited)
{
	build("a a/.Trash");
	due_s = now_s + 100;
	walked();
	remember();
	walk.now_s = now_s + 99;
	ck_assert_str_eq(walked(), "=a:|=a:.Trash");
	walk.now_s = now_s + 100;
	ck_assert_str_eq(walked(), "+a:|+a:.Trash");
	due_s = MK_ALWAYS;
	walk.index = NULL;
	walk.now_s = now_s;
	walked();
	remember();
	ck_assert_str_eq(walked(), "+a:|+a:.Trash");
}
END_TEST

/* A directory changed less than 2 s ago may change again unseen. */
START_TEST(young_is_looked_at_again)
{
	struct stat st;

	build("a d/b");
	st = stat_of("a/cur");
	walk.now_s = st.st_mtim.tv_sec + (_i < 2 ? _i : 10);
	walked();
	remember();
	walk.now_s += 100;
	if (_i < 2)
		ck_assert_str_eq(walked(), "+a:|+d/b:");
	else
		ck_assert_str_eq(walked(), "=a:|=d/b:");
}
END_TEST

static const struct { time_t sec; long nsec; int64_t now_s, stamp; }
stamps[] = {
	{ 1000, 0, 1002, 1000000000000 },
	{ 1000, 1, 1002, MK_RACY },
	{ 1000, 0, 1001, MK_RACY },
	{ 1000, 999999999, 1003, 1000999999999 },
	{ 1000, 999999999, 1002, MK_RACY },
	{ 2000, 0, 1000, MK_RACY },		/* in the future */
	{ -1, 0, 1000, MK_RACY },
	{ INT32_MAX, 0, 1700000000, MK_RACY },
	{ INT64_MAX, 0, 1700000000, MK_RACY },
	{ INT64_MIN, 0, 1700000000, MK_RACY },
	{ 0, 0, 1700000000, 0 },
};

START_TEST(stamp_is_racy_when_young_or_strange)
{
	struct stat st = { .st_mtim = { stamps[_i].sec, stamps[_i].nsec } };

	ck_assert_int_eq(mk_walk_stamp(&st, stamps[_i].now_s),
	    stamps[_i].stamp);
}
END_TEST

/* Some state, the same for every run. */
static uint32_t seed;

static uint32_t
draw(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

/* A path of up to four levels, hidden ones at the end alone. */
static void
draw_path(char path[100])
{
	static const char *const names[] = { "a", "b", "Trash", "a-b", "A" };
	static const char *const dots[] = { ".Trash", ".Junk", ".a.b" };
	size_t at = 0, n = 1 + draw(3);

	path[0] = '\0';
	while (n-- > 0)
		at += (size_t)snprintf(path + at, 100 - at, "%s%s",
		    at > 0 ? "/" : "", names[draw(COUNT(names))]);
	if (draw(3) == 0)
		snprintf(path + at, 100 - at, "%s%s", at > 0 ? "/" : "",
		    dots[draw(COUNT(dots))]);
}

static void
remove_path(const char *path)
{
	if (!there(path))
		return;
	scratch_run("rm -r", path);
	touch_parent(path);
}

/* Make PATH a Maildir in one step, as a rename into place does. */
static void
make_maildir(const char *path)
{
	char parent[PATH_MAX], *slash = parent;

	if (there(path))
		return;
	snprintf(parent, sizeof parent, "%s", path);
	while ((slash = strchr(slash, '/')) != NULL) {
		*slash = '\0';
		if (!there(parent)) {
			make_dir(parent);
			touch_parent(parent);
		}
		*slash++ = '/';
	}
	maildir(path);
	touch_parent(path);
}

static void
change_something(void)
{
	static const char *const subs[] = { "cur", "new", "tmp" };
	char path[100], other[100], sub[120];

	draw_path(path);
	draw_path(other);
	switch (draw(7)) {
	case 0:
	case 1:
		make_maildir(path);
		break;
	case 2:
		remove_path(path);
		break;
	case 3:
		if (there(path) && !there(other) && renameat(root, path, root,
		    other) == 0) {
			touch_parent(path);
			touch_parent(other);
		}
		break;
	case 4:
		snprintf(sub, sizeof sub, "%s/subscriptions", path);
		if (there(sub))
			remove_path(sub);
		else if (there(path)) {
			put(sub, "");
			touch(path);
		}
		break;
	case 5:				/* a Maildir that is none any more */
		snprintf(sub, sizeof sub, "%s/%s", path, subs[draw(3)]);
		if (strstr(path, "/.") != NULL || path[0] == '.')
			break;
		if (there(sub))
			remove_path(sub);
		else if (there(path)) {
			make_dir(sub);
			touch(path);
		}
		break;
	default:
		snprintf(sub, sizeof sub, "%s/%s", path, subs[draw(2)]);
		if (there(sub))
			touch(sub);
	}
}

/* The index may save looks; it may not make a difference. */
START_TEST(any_changes_are_met_as_without_index)
{
	static char fresh[COUNT(lines)][sizeof lines[0]];
	int step, i, n, fresh_n, problems_fresh, unchanged_n = 0;

	seed = (uint32_t)_i * 77;
	walked();
	remember();
	for (step = 0; step < 150; step++) {
		for (n = (int)draw(4); n >= 0; n--)
			change_something();
		walk.index = NULL;
		walked();
		memcpy(fresh, lines, sizeof fresh);
		fresh_n = lines_n;
		problems_fresh = problems_n;
		walk.index = &index_;
		walked();
		ck_assert_int_eq(problems_n, problems_fresh);
		for (i = 0; i < fresh_n && i < lines_n; i++) {
			ck_assert_msg(strcmp(fresh[i] + 1, lines[i] + 1) == 0,
			    "step %d: %s, with index %s", step, fresh[i],
			    lines[i]);
			unchanged_n += lines[i][0] == '=';
		}
		ck_assert_int_eq(fresh_n, lines_n);
		remember();
	}
	ck_assert_int_gt(unchanged_n, 100);	/* it is of use */
}
END_TEST

int
main(void)
{
	bool mounts = may_mount();
	Suite *suite = suite_create("mail/walk");
	TCase *tc = tcase_create("walk");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, each_folder_is_met_as_what_it_is, 0,
	    COUNT(layouts));
	tcase_add_loop_test(tc, each_folder_is_met_again_by_the_index, 0,
	    COUNT(layouts));
	tcase_add_test(tc, only_what_is_wanted_is_visited);
	tcase_add_loop_test(tc, links_are_told_and_not_followed, 0,
	    COUNT(links));
	tcase_add_loop_test(tc, links_are_told_again_with_an_index, 0,
	    COUNT(links));
	tcase_add_test(tc, folder_with_a_link_for_cur_is_no_way_out);
	tcase_add_loop_test(tc, unreadable_is_told_until_it_is_read, 0,
	    COUNT(unreadable));
	tcase_add_loop_test(tc, start_that_cannot_be_read_is_no_empty_tree, 0,
	    4);
	if (mounts)
		tcase_add_test(tc, other_file_system_is_told_and_not_entered);
	tcase_add_loop_test(tc, change_is_met_and_nothing_else, 0,
	    COUNT(changes));
	tcase_add_test(tc, tmp_is_watched_where_it_is_wanted);
	tcase_add_test(tc, more_is_wanted_than_the_index_knows);
	tcase_add_test(tc, what_has_become_due_is_visited);
	tcase_add_loop_test(tc, young_is_looked_at_again, 0, 3);
	tcase_add_loop_test(tc, stamp_is_racy_when_young_or_strange, 0,
	    COUNT(stamps));
	tcase_add_loop_test(tc, any_changes_are_met_as_without_index, 0, 12);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
