/* rotate/place: a directory is reached, and worked in, as its owner would. */
#ifdef __linux__
#define _GNU_SOURCE			/* scratch.h: unshare(2); setresuid(2) */
#endif

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <grp.h>

#include "rotate/place.h"
#include "scratch.h"

#define USER	65534
#define OTHER	65533
#define ROUNDS	3000

static struct mk_error err;
static struct mk_place place = MK_PLACE;
static const char *base;		/* what paths are below of */

static void
setup(void)
{
	scratch_setup();
	base = scratch;
	err = (struct mk_error){ 0 };
	place = (struct mk_place)MK_PLACE;
}

static void
teardown(void)
{
	mk_place_leave(&place);
	mk_place_close(&place);
	scratch_teardown();
}

static const char *
path_of(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/%s", base, name);
	return path;
}

static int
open_place(const char *name, bool make)
{
	mk_place_close(&place);
	return mk_place_open(&place, path_of(name), make, &err);
}

static void
opened(const char *name)
{
	int rv = open_place(name, false);

	ck_assert_msg(rv == 0, "%s", err.text);
}

/* Refused with STATUS and a text that has SAYS in it. */
static void
refused(const char *name, bool make, int status, const char *says)
{
	ck_assert_int_eq(open_place(name, make), -1);
	ck_assert_msg(err.status == status, "%s", err.text);
	ck_assert_msg(strstr(err.text, says) != NULL, "%s", err.text);
	ck_assert_int_eq(place.fd, -1);
}

static void
give(const char *name, uid_t uid, gid_t gid, mode_t mode)
{
	ck_assert_int_eq(fchownat(root, name, uid, gid, AT_SYMLINK_NOFOLLOW),
	    0);
	ck_assert_int_eq(fchmodat(root, name, mode, 0), 0);
}

/* The place is the directory NAME. */
static void
is(const char *name)
{
	struct stat want = stat_of(name), st;

	ck_assert_int_eq(fstat(place.fd, &st), 0);
	ck_assert_uint_eq(st.st_ino, want.st_ino);
	ck_assert_uint_eq(st.st_dev, want.st_dev);
}

static const char *const bad_paths[] = {
	"", "tmp", "./tmp", "/tmp/../etc", "/..", "/.", "/tmp/.", "/tmp/..",
	"/./tmp", "/tmp//./x",
};

START_TEST(path_is_absolute_and_plain)
{
	ck_assert_int_eq(mk_place_open(&place, bad_paths[_i], true, &err),
	    -1);
	ck_assert_int_eq(err.status, EX_CONFIG);
	ck_assert_int_eq(place.fd, -1);
}
END_TEST

START_TEST(slashes_and_dots_in_names_are_no_matter)
{
	make_dir("a/.b/..c");
	opened("a//.b/..c///");
	is("a/.b/..c");
	ck_assert_str_eq(place.path, path_of("a//.b/..c///"));
	mk_place_close(&place);
	ck_assert_int_eq(mk_place_open(&place, "/", false, &err), 0);
}
END_TEST

START_TEST(what_is_missing_is_named)
{
	make_dir("a");
	refused("a/b/c", false, EX_NOINPUT, "a/b: ");
	refused("a/b", false, EX_NOINPUT, "a/b: ");
	ck_assert(!there("a/b"));
}
END_TEST

START_TEST(what_is_no_directory_is_named)
{
	make_dir("a");
	put("a/f", "x");
	refused("a/f/c", true, EX_DATAERR, "a/f is no directory");
	refused("a/f", true, EX_DATAERR, "a/f is no directory");
	ck_assert_int_eq(mkfifoat(root, "a/p", 0666), 0);
	refused("a/p", true, EX_DATAERR, "a/p is no directory");
	holds("a/f", "x");
}
END_TEST

START_TEST(only_the_last_directory_is_made)
{
	mode_t mask;

	refused("a/b", true, EX_NOINPUT, "a: ");
	ck_assert(!there("a"));
	umask(077);
	ck_assert_int_eq(open_place("a//", true), 0);
	mask = umask(022);
	ck_assert_uint_eq(mask, 077);
	is("a");
	ck_assert_uint_eq(stat_of("a").st_mode, S_IFDIR | 0755);
	ck_assert_uint_eq(stat_of("a").st_uid, geteuid());
	ck_assert_int_eq(open_place("a", true), 0);
}
END_TEST

static const struct { mode_t mode; bool shared; } sharing[] = {
	{ 0755, false }, { 0775, true }, { 0757, true }, { 01777, true },
	{ 0700, false }, { 02750, false },
};

/* All scratch lies in a directory for everybody: that changes no rights. */
START_TEST(writable_by_others_is_shared)
{
	make_dir("a");
	ck_assert_int_eq(fchmodat(root, "a", sharing[_i].mode, 0), 0);
	opened("a");
	ck_assert_int_eq(place.uid, (uid_t)-1);
	ck_assert_int_eq(place.shared, sharing[_i].shared);
	ck_assert_int_eq(mk_place_enter(&place, &err), 0);
	mk_place_leave(&place);
}
END_TEST

START_TEST(link_below_a_directory_for_all_is_not_followed)
{
	make_dir("a/b");
	ck_assert_int_eq(symlinkat("a", root, "link"), 0);
	ck_assert_int_eq(symlinkat(path_of("a/b"), root, "last"), 0);
	refused("link/b", true, EX_DATAERR, "link is a link");
	refused("last", true, EX_DATAERR, "last is a link");
	refused("last/", true, EX_DATAERR, "last is a link");
}
END_TEST

/* As on any Debian; of the host's own, so as anybody. */
START_TEST(link_of_the_system_is_followed)
{
	struct stat st, want;

	ck_assert_int_eq(mk_place_open(&place, _i == 0 ? "/var/run" : "/bin",
	    false, &err), 0);
	ck_assert_int_eq(stat(_i == 0 ? "/var/run" : "/bin", &want), 0);
	ck_assert_int_eq(fstat(place.fd, &st), 0);
	ck_assert_uint_eq(st.st_ino, want.st_ino);
	ck_assert_int_eq(place.uid, (uid_t)-1);
}
END_TEST

/* Groups of our own, for the tests of what comes back. */
static void
take_groups(void)
{
	static const gid_t groups[] = { 0, 4, 27 };

	ck_assert_int_eq(setgroups(3, groups), 0);
	ck_assert_int_eq(setegid(0), 0);
}

static void
rights_are_ours_again(void)
{
	gid_t groups[10];

	ck_assert_uint_eq(geteuid(), 0);
	ck_assert_uint_eq(getegid(), 0);
	ck_assert_int_eq(getgroups(10, groups), 3);
	ck_assert_uint_eq(groups[0], 0);
	ck_assert_uint_eq(groups[1], 4);
	ck_assert_uint_eq(groups[2], 27);
}

START_TEST(rights_are_those_of_the_owner)
{
	gid_t groups[10];
	int fd;

	take_groups();
	make_dir("u");
	give("u", USER, OTHER, 0755);
	opened("u");
	rights_are_ours_again();
	ck_assert_uint_eq(place.uid, USER);
	ck_assert_uint_eq(place.gid, OTHER);
	ck_assert(!place.shared);
	ck_assert_int_eq(mk_place_enter(&place, &err), 0);
	ck_assert_int_eq(getgroups(10, groups), 1);
	ck_assert_uint_eq(groups[0], OTHER);
	fd = openat(place.fd, "new", O_WRONLY | O_CREAT | O_EXCL, 0644);
	ck_assert_int_ne(fd, -1);
	close(fd);
	ck_assert_int_eq(open("/etc/shadow", O_RDONLY), -1);
	ck_assert_int_eq(errno, EACCES);
	ck_assert_int_eq(openat(root, "n", O_WRONLY | O_CREAT, 0644), -1);
	errno = EILSEQ;
	mk_place_leave(&place);
	ck_assert_int_eq(errno, EILSEQ);
	rights_are_ours_again();
	ck_assert_uint_eq(stat_of("u/new").st_uid, USER);
	ck_assert_uint_eq(stat_of("u/new").st_gid, OTHER);
	fd = open("/etc/shadow", O_RDONLY);
	ck_assert_int_ne(fd, -1);
	close(fd);
}
END_TEST

START_TEST(rights_are_taken_on_once)
{
	take_groups();
	make_dir("u");
	give("u", USER, USER, 0755);
	opened("u");
	ck_assert_int_eq(mk_place_enter(&place, &err), 0);
	ck_assert_int_eq(mk_place_enter(&place, &err), -1);
	ck_assert_int_eq(err.status, EX_SOFTWARE);
	ck_assert_uint_eq(geteuid(), USER);
	mk_place_leave(&place);
	rights_are_ours_again();
	mk_place_leave(&place);
	rights_are_ours_again();
	ck_assert_int_eq(mk_place_enter(&place, &err), 0);
	ck_assert_uint_eq(geteuid(), USER);
}
END_TEST

/* Below u, of a user, lies d of DIR_UID: the rights stay those of u. */
static const struct {
	uid_t dir_uid;
	mode_t mode;
	bool shared, writes;
} below[] = {
	{ USER,		0755, false, true },
	{ USER,		0775, true, true },
	{ 0,		0755, false, false },
	{ 0,		0777, true, true },
	{ OTHER,	0755, true, false },
	{ OTHER,	0777, true, true },
};

START_TEST(rights_stay_with_the_first_user)
{
	int fd;

	make_dir("u/d");
	give("u/d", below[_i].dir_uid, 0, below[_i].mode);
	give("u", USER, USER, 0755);
	opened("u/d");
	is("u/d");
	ck_assert_uint_eq(place.uid, USER);
	ck_assert_uint_eq(place.gid, USER);
	ck_assert_int_eq(place.shared, below[_i].shared);
	ck_assert_int_eq(mk_place_enter(&place, &err), 0);
	fd = openat(place.fd, "new", O_WRONLY | O_CREAT | O_EXCL, 0644);
	mk_place_leave(&place);
	ck_assert_int_eq(fd != -1, below[_i].writes);
	ck_assert_int_eq(there("u/d/new"), below[_i].writes);
	close(fd);
}
END_TEST

/* Or root could be led to where the user himself can't go. */
START_TEST(way_is_gone_with_the_rights_of_the_user)
{
	take_groups();
	make_dir("u/closed/d");
	give("u/closed", 0, 0, 0700);
	give("u", USER, USER, 0755);
	refused("u/closed/d", false, EX_NOPERM, "u/closed");
	rights_are_ours_again();
	refused("u/closed", false, EX_NOPERM, "u/closed");
	refused("u/closed/new", true, EX_NOPERM, "u/closed");
	rights_are_ours_again();
	ck_assert(!there("u/closed/new"));
}
END_TEST

START_TEST(directory_is_made_by_the_user)
{
	make_dir("u");
	give("u", USER, OTHER, 0755);
	ck_assert_int_eq(open_place("u/new", true), 0);
	ck_assert_uint_eq(place.uid, USER);
	ck_assert_uint_eq(stat_of("u/new").st_uid, USER);
	ck_assert_uint_eq(stat_of("u/new").st_gid, OTHER);
	ck_assert_uint_eq(stat_of("u/new").st_mode, S_IFDIR | 0755);
}
END_TEST

START_TEST(link_of_a_user_is_not_followed)
{
	make_dir("u/d");
	ck_assert_int_eq(symlinkat("/etc", root, "u/etc"), 0);
	ck_assert_int_eq(symlinkat("d", root, "u/own"), 0);
	ck_assert_int_eq(symlinkat("nowhere", root, "u/none"), 0);
	give("u", USER, USER, 0755);
	refused("u/etc", true, EX_DATAERR, "u/etc is a link");
	refused("u/etc/ssl", true, EX_DATAERR, "u/etc is a link");
	refused("u/own", true, EX_DATAERR, "u/own is a link");
	refused("u/none", true, EX_DATAERR, "u/none is a link");
	ck_assert(!there("u/nowhere"));
}
END_TEST

/* As USER: "u/d" is the directory, then a link to root's, again and again. */
static void
swap(void)
{
	int i, dir = openat(root, "u", O_RDONLY | O_DIRECTORY);

	if (setgid(USER) == -1 || setuid(USER) == -1)
		_exit(1);
	for (i = 0; i < ROUNDS; i++) {
		if (renameat(dir, "d", dir, "away") == -1 ||
		    symlinkat("../roots", dir, "d") == -1 ||
		    unlinkat(dir, "d", 0) == -1 ||
		    renameat(dir, "away", dir, "d") == -1)
			_exit(2);
	}
	_exit(0);
}

START_TEST(swapped_directory_leads_nowhere)
{
	struct stat want, st;
	int status, found = 0;
	pid_t pid;

	make_dir("u/d/logs");
	make_dir("roots/logs");
	give("u/d/logs", USER, USER, 0755);
	give("u/d", USER, USER, 0755);
	give("u", USER, USER, 0755);
	want = stat_of("u/d/logs");
	pid = fork();
	if (pid == 0)
		swap();
	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (open_place("u/d/logs", true) == -1) {
			ck_assert_msg(err.status == EX_DATAERR ||
			    err.status == EX_NOINPUT, "%s", err.text);
			continue;
		}
		ck_assert_int_eq(fstat(place.fd, &st), 0);
		ck_assert_uint_eq(st.st_ino, want.st_ino);
		ck_assert_uint_eq(place.uid, USER);
		found++;
	}
	ck_assert_int_eq(status, 0);
	opened("u/d/logs");
	ck_assert_int_ge(found, 0);
	ck_assert_int_eq(faccessat(root, "roots/logs", F_OK, 0), 0);
}
END_TEST

/* Give up root's rights for good, while another's are taken on. */
START_TEST(program_ends_where_rights_do_not_come_back)
{
#ifdef __linux__
	int status;
	pid_t pid;

	make_dir("u");
	give("u", USER, USER, 0755);
	opened("u");
	pid = fork();
	if (pid == 0) {
		close(STDERR_FILENO);
		if (mk_place_enter(&place, &err) == -1 ||
		    setresuid(USER, USER, USER) == -1)
			_exit(1);
		mk_place_leave(&place);
		_exit(2);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(WEXITSTATUS(status), EX_OSERR);
#endif
}
END_TEST

/*
 * On /mnt, which nobody but root can write to, nor what is above: a small
 * file system for this process alone.
 */
static void
trust(void)
{
	ck_assert(mount_here("/mnt"));
	ck_assert_int_eq(chmod("/mnt", 0755), 0);
	close(root);
	root = open("/mnt", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ne(root, -1);
	base = "/mnt";
	make_dir("logs/d");
	make_dir("real/d");
	make_dir("u/d");
	give("u/d", USER, USER, 0755);
	give("u", USER, USER, 0755);
}

static const struct {
	const char *target;		/* of the link /mnt/logs/link */
	const char *open, *is;		/* NULL: refused with */
	const char *says;
	uid_t uid;
} links[] = {
	{ "/mnt/real",		"logs/link/d", "real/d", NULL, (uid_t)-1 },
	{ "/mnt/real/",		"logs/link/d", "real/d", NULL, (uid_t)-1 },
	{ "/mnt/real/d",	"logs/link", "real/d", NULL, (uid_t)-1 },
	{ "../real",		"logs/link/d", "real/d", NULL, (uid_t)-1 },
	{ ".././/real/d/.",	"logs/link/", "real/d", NULL, (uid_t)-1 },
	{ "d",			"logs/link", "logs/d", NULL, (uid_t)-1 },
	{ "../../..//mnt/real",	"logs/link/d", "real/d", NULL, (uid_t)-1 },
	{ "/mnt/u",		"logs/link/d", "u/d", NULL, USER },
	{ "../u/d",		"logs/link", "u/d", NULL, USER },
	{ "../u/../real",	"logs/link/d", NULL, "leads to /mnt", 0 },
	{ "../u/etc",		"logs/link", NULL, "u/etc is a link", 0 },
	{ "../shared/link",	"logs/link", NULL, "shared/link is a link",
	    0 },
	{ "link",		"logs/link", NULL, "too many links", 0 },
	{ "../nowhere/x",	"logs/link", NULL, "/nowhere: ", 0 },
	{ "../real/f",		"logs/link", NULL, "/f is no directory", 0 },
};

START_TEST(link_of_root_is_followed)
{
	trust();
	put("real/f", "");
	make_dir("shared");
	ck_assert_int_eq(symlinkat("/mnt/real", root, "shared/link"), 0);
	give("shared", 0, 0, 01777);
	ck_assert_int_eq(symlinkat("/etc", root, "u/etc"), 0);
	ck_assert_int_eq(symlinkat(links[_i].target, root, "logs/link"), 0);
	if (links[_i].is == NULL) {
		ck_assert_int_eq(open_place(links[_i].open, false), -1);
		ck_assert_msg(strstr(err.text, links[_i].says) != NULL,
		    "%s", err.text);
		return;
	}
	opened(links[_i].open);
	is(links[_i].is);
	ck_assert_uint_eq(place.uid, links[_i].uid);
}
END_TEST

/* Even root's, in a directory of root's own: others can move it about. */
START_TEST(group_that_can_write_makes_links_no_good)
{
	trust();
	ck_assert_int_eq(symlinkat("/mnt/real", root, "logs/link"), 0);
	opened("logs/link");
	ck_assert_int_eq(fchmodat(root, "logs", 0775, 0), 0);
	refused("logs/link", true, EX_DATAERR, "logs/link is a link");
	opened("logs");
	ck_assert_uint_eq(place.uid, (uid_t)-1);
	ck_assert(place.shared);
}
END_TEST

START_TEST(twenty_links_are_followed)
{
	char name[20], target[20];
	int i;

	trust();
	ck_assert_int_eq(symlinkat("real", root, "l1"), 0);
	for (i = 2; i <= 21; i++) {
		snprintf(name, sizeof name, "l%d", i);
		snprintf(target, sizeof target, "l%d", i - 1);
		ck_assert_int_eq(symlinkat(target, root, name), 0);
	}
	opened("l20/d");
	is("real/d");
	refused("l21/d", false, EX_DATAERR, "too many links");
}
END_TEST

START_TEST(directory_is_made_behind_a_link_of_root)
{
	trust();
	ck_assert_int_eq(symlinkat("../real/new", root, "logs/link"), 0);
	ck_assert_int_eq(open_place("logs/link", true), 0);
	is("real/new");
	refused("logs/none/new", true, EX_NOINPUT, "logs/none: ");
}
END_TEST

/* Who is not root keeps his rights, and trusts himself and root. */
START_TEST(who_is_not_root_has_his_own_rights)
{
	bool is_root = geteuid() == 0;

	make_dir("mine/d");
	not_root();
	opened("mine/d");
	ck_assert_uint_eq(place.uid, (uid_t)-1);
	ck_assert(!place.shared);
	ck_assert_int_eq(mk_place_enter(&place, &err), 0);
	mk_place_leave(&place);
	if (!is_root)
		return;
	ck_assert_int_eq(seteuid(0), 0);
	make_dir("other/d");
	give("other/d", 0, 0, 0755);
	give("other", OTHER, OTHER, 0755);
	ck_assert_int_eq(seteuid(USER), 0);
	opened("other");
	ck_assert(place.shared);
	ck_assert_uint_eq(place.uid, (uid_t)-1);
	ck_assert_int_eq(mk_place_enter(&place, &err), 0);
	ck_assert_uint_eq(geteuid(), USER);
	opened("other/d");
	ck_assert(!place.shared);
}
END_TEST

static int
open_file(const char *name, int flags, nlink_t names)
{
	struct stat st;
	int fd, rv;

	rv = mk_place_file(&place, name, flags, names, &fd, &st, &err);
	if (rv == 0) {
		ck_assert(S_ISREG(st.st_mode));
		close(fd);
	} else
		ck_assert_int_eq(fd, -1);
	return rv;
}

static const struct {
	const char *name;
	int flags;
	nlink_t names;
	int status;			/* EX_OK: opened */
} files[] = {
	{ "file",	O_RDONLY, 1, EX_OK },
	{ "file",	O_RDWR | O_APPEND, 1, EX_OK },
	{ "two",	O_RDONLY, 2, EX_OK },
	{ "two",	O_RDONLY, 1, EX_DATAERR },
	{ "two",	O_WRONLY | O_TRUNC, 1, EX_DATAERR },
	{ "none",	O_RDONLY, 1, EX_NOINPUT },
	{ "new",	O_RDWR | O_CREAT, 1, EX_OK },
	{ "link",	O_RDONLY, 1, EX_DATAERR },
	{ "dangling",	O_WRONLY | O_CREAT, 1, EX_DATAERR },
	{ "fifo",	O_RDONLY, 1, EX_DATAERR },
	{ "fifo",	O_WRONLY, 1, EX_DATAERR },
	{ "fifo",	O_RDWR, 1, EX_DATAERR },
	{ "socket",	O_RDWR, 1, EX_DATAERR },
	{ "dir",	O_RDONLY, 1, EX_DATAERR },
	{ "dir/file",	O_RDONLY, 1, EX_DATAERR },
	{ "/etc/passwd", O_RDONLY, 1, EX_DATAERR },
	{ ".",		O_RDONLY, 1, EX_DATAERR },
	{ "..",		O_RDONLY, 1, EX_DATAERR },
	{ "",		O_RDONLY, 1, EX_DATAERR },
};

START_TEST(only_regular_files_of_few_names_are_opened)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	make_dir("p/dir");
	put("p/file", "text");
	put("p/two", "two");
	put("p/dir/file", "");
	ck_assert_int_eq(linkat(root, "p/two", root, "p/second", 0), 0);
	ck_assert_int_eq(symlinkat("file", root, "p/link"), 0);
	ck_assert_int_eq(symlinkat("away", root, "p/dangling"), 0);
	ck_assert_int_eq(mkfifoat(root, "p/fifo", 0666), 0);
	snprintf(at.sun_path, sizeof at.sun_path, "%.90s/p/socket", scratch);
	ck_assert_int_eq(bind(s, (struct sockaddr *)&at, sizeof at), 0);
	close(s);
	opened("p");
	if (files[_i].status == EX_OK)
		ck_assert_msg(open_file(files[_i].name, files[_i].flags,
		    files[_i].names) == 0, "%s", err.text);
	else {
		ck_assert_int_eq(open_file(files[_i].name, files[_i].flags,
		    files[_i].names), -1);
		ck_assert_msg(err.status == files[_i].status, "%d: %s",
		    err.status, err.text);
	}
	holds("p/file", "text");
	holds("p/two", "two");
	ck_assert(!there("p/away"));
}
END_TEST

START_TEST(file_is_emptied_and_made)
{
	make_dir("p");
	put("p/file", "text");
	opened("p");
	ck_assert_int_eq(open_file("file", O_WRONLY | O_TRUNC, 1), 0);
	holds("p/file", "");
	umask(0);
	ck_assert_int_eq(open_file("new", O_WRONLY | O_CREAT | O_EXCL, 1), 0);
	ck_assert_uint_eq(stat_of("p/new").st_mode, S_IFREG | 0600);
	ck_assert_int_eq(open_file("new", O_WRONLY | O_CREAT | O_EXCL, 1),
	    -1);
}
END_TEST

START_TEST(device_is_not_opened)
{
	struct stat null;

	make_dir("p");
	ck_assert_int_eq(stat("/dev/null", &null), 0);
	if (mknodat(root, "p/null", S_IFCHR | 0666, null.st_rdev) == -1)
		return;			/* a container may not */
	opened("p");
	ck_assert_int_eq(open_file("null", O_RDWR, 1), -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
}
END_TEST

/* What a user has in his directory, and could not read himself. */
START_TEST(file_is_opened_with_the_rights_of_the_user)
{
	make_dir("u");
	put("u/secret", "root's");
	give("u/secret", 0, 0, 0600);
	give("u", USER, USER, 0755);
	opened("u");
	ck_assert_int_eq(mk_place_enter(&place, &err), 0);
	ck_assert_int_eq(open_file("secret", O_RDONLY, 1), -1);
	ck_assert_int_eq(err.status, EX_NOPERM);
	ck_assert_int_eq(open_file("secret", O_WRONLY | O_TRUNC, 1), -1);
	mk_place_leave(&place);
	holds("u/secret", "root's");
}
END_TEST

static void
add_for_root(TCase *tc)
{
	tcase_add_test(tc, rights_are_those_of_the_owner);
	tcase_add_test(tc, rights_are_taken_on_once);
	tcase_add_loop_test(tc, rights_stay_with_the_first_user, 0,
	    COUNT(below));
	tcase_add_test(tc, way_is_gone_with_the_rights_of_the_user);
	tcase_add_test(tc, directory_is_made_by_the_user);
	tcase_add_test(tc, link_of_a_user_is_not_followed);
	tcase_add_test(tc, swapped_directory_leads_nowhere);
	tcase_add_test(tc, program_ends_where_rights_do_not_come_back);
	tcase_add_test(tc, device_is_not_opened);
	tcase_add_test(tc, file_is_opened_with_the_rights_of_the_user);
	if (access("/mnt", F_OK) == -1 || !may_mount())
		return;
	tcase_add_loop_test(tc, link_of_root_is_followed, 0, COUNT(links));
	tcase_add_test(tc, group_that_can_write_makes_links_no_good);
	tcase_add_test(tc, twenty_links_are_followed);
	tcase_add_test(tc, directory_is_made_behind_a_link_of_root);
}

int
main(void)
{
	Suite *suite = suite_create("rotate/place");
	TCase *tc = tcase_create("place");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, path_is_absolute_and_plain, 0,
	    COUNT(bad_paths));
	tcase_add_test(tc, slashes_and_dots_in_names_are_no_matter);
	tcase_add_test(tc, what_is_missing_is_named);
	tcase_add_test(tc, what_is_no_directory_is_named);
	tcase_add_test(tc, only_the_last_directory_is_made);
	tcase_add_loop_test(tc, writable_by_others_is_shared, 0,
	    COUNT(sharing));
	tcase_add_test(tc, link_below_a_directory_for_all_is_not_followed);
	tcase_add_loop_test(tc, link_of_the_system_is_followed, 0, 2);
	tcase_add_test(tc, who_is_not_root_has_his_own_rights);
	tcase_add_loop_test(tc, only_regular_files_of_few_names_are_opened,
	    0, COUNT(files));
	tcase_add_test(tc, file_is_emptied_and_made);
	if (geteuid() == 0)
		add_for_root(tc);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
