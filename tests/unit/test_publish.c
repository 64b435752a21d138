/*
 * blacklist/publish: at any moment, and after any failure, each file is a
 * whole old or a whole new one.
 *
 * The outputs are the test's own: a file of one letter, many times.
 */
#ifdef __linux__
#define _GNU_SOURCE			/* syscall(2), unshare(2) */
#endif

#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#endif

#include <dirent.h>
#include <signal.h>

#include "blacklist/publish.h"
#include "scratch.h"

#define BYTES	((size_t)12000)
#define PIECE	((size_t)3000)
#define NONE	((uid_t)-1)

enum { CDB, TEXT, HOSTS, NFILES };	/* what setup configures */
static const char *const names[NFILES] = { "a/cdb", "a/text", "b/hosts" };
static const char *const dirs[] = { "a", "b" };

enum fault {
	WRITE_FAILS, WRITES_NOTHING, WRITES_HALF, NOT_THE_SAME, UNREADABLE,
	DIRECTORY_THERE, FAULTS
};
static const struct { int status; const char *says; } faults[FAULTS] = {
	[WRITE_FAILS] = { EX_TEMPFAIL, "no room" },
	[WRITES_NOTHING] = { EX_NOINPUT, "open " },
	[WRITES_HALF] = { EX_IOERR, "does not read back" },
	[NOT_THE_SAME] = { EX_IOERR, "does not read back" },
	[UNREADABLE] = { EX_NOPERM, "may not" },
	[DIRECTORY_THERE] = { EX_DATAERR, "rename " },
};

static struct mk_targets targets;
static struct mk_error err;
static struct mk_content content;	/* of no interest */
static char letter;			/* what is published */
static enum fault fault;		/* that the file of that name has */
static const char *faulty;

static bool
is_faulty(const struct mk_outfile *at, enum fault which)
{
	return faulty != NULL && fault == which &&
	    strstr(at->name, faulty) != NULL &&
	    strstr(at->name, ".new") != NULL;
}

static int
fake_write(const struct mk_outfile *at, const struct mk_content *c,
    struct mk_error *why)
{
	static char piece[PIECE];
	size_t len;
	int fd;

	(void)c;
	if (is_faulty(at, WRITES_NOTHING))
		return 0;
	fd = openat(at->dirfd, at->name,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1)
		return mk_fail_sys(why, "create %s", at->path);
	memset(piece, letter, sizeof piece);
	for (len = 0; len < BYTES; len += PIECE) {
		if (mk_fs_write_all(fd, piece, PIECE) == -1) {
			mk_fail_sys(why, "write %s", at->path);
			close(fd);
			return -1;
		}
		if (is_faulty(at, WRITE_FAILS)) {
			close(fd);
			return mk_fail(why, EX_TEMPFAIL, "no room");
		}
		if (is_faulty(at, WRITES_HALF))
			break;
	}
	close(fd);
	return 0;
}

/* 'A' or what all its bytes are; 0 for another file; -1 with errno. */
static int
letter_of(int dirfd, const char *name)
{
	struct mk_buf buf = { 0 };
	int fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
	int rv = -1;

	if (fd == -1)
		return -1;
	if (mk_fs_read_all(fd, &buf, BYTES + 1) == 0)
		rv = buf.len == BYTES && memcmp(buf.data, buf.data + 1,
		    BYTES - 1) == 0 ? buf.data[0] : 0;
	mk_buf_free(&buf);
	close(fd);
	return rv;
}

static int
fake_matches(const struct mk_outfile *at, const struct mk_content *c,
    struct mk_error *why)
{
	int got = letter_of(at->dirfd, at->name);

	(void)c;
	if (is_faulty(at, UNREADABLE))
		return mk_fail(why, EX_NOPERM, "may not");
	if (is_faulty(at, DIRECTORY_THERE)) {
		unlinkat(at->dirfd, faulty, 0);
		mkdirat(at->dirfd, faulty, 0755);
	}
	if (got == letter && !is_faulty(at, NOT_THE_SAME))
		return 1;
	mk_fail(why, EX_DATAERR, "other bytes");
	return 0;
}

static int
fake_read(const struct mk_outfile *at, struct mk_netlist *e,
    struct mk_origins *origins, size_t *foreign, struct mk_error *why)
{
	int got = letter_of(at->dirfd, at->name);

	(void)e;
	*foreign = 0;
	if (origins->feeds_n != 1)
		return mk_fail(why, EX_SOFTWARE, "no feed was named");
	if (got == -1)
		return mk_fail_sys(why, "open %s", at->path);
	return got != 0 ? 0 : mk_fail(why, EX_DATAERR, "damaged");
}

/* In place of the real ones. */
const struct mk_output mk_outputs[MK_OUTPUTS] = {
	[MK_OUT_CDB] = { "cdb", fake_write, fake_matches, fake_read, true,
	    false },
	[MK_OUT_TEXT] = { "text", fake_write, fake_matches, fake_read, false,
	    true },
	[MK_OUT_HOSTLIST] = { "hostlist", fake_write, fake_matches, NULL,
	    false, true },
};

/* Paths below the scratch directory for cdb, text, hostlist; NULL: none. */
static int
open_files(const char *cdb, const char *text, const char *hosts, uid_t owner)
{
	static char paths[NFILES][PATH_MAX];
	const char *of[NFILES] = { cdb, text, hosts };
	char *files[MK_OUTPUTS] = { NULL };
	int i;

	for (i = 0; i < NFILES; i++)
		snprintf(paths[i], sizeof paths[i], "%s%s%s",
		    of[i] == NULL || of[i][0] == '/' ? "" : scratch,
		    of[i] == NULL || of[i][0] == '/' ? "" : "/",
		    of[i] == NULL ? "" : of[i]);
	files[MK_OUT_CDB] = paths[CDB];
	files[MK_OUT_TEXT] = paths[TEXT];
	files[MK_OUT_HOSTLIST] = paths[HOSTS];
	return mk_targets_open(&targets, files, owner, &err);
}

static int
publish(char what, struct mk_reader_aide *aide)
{
	letter = what;
	if (mk_targets_compare(&targets, &content, &err) == -1)
		return -1;
	return mk_targets_publish(&targets, &content, aide, &err);
}

static void
published(char what)
{
	int rv = publish(what, NULL);

	ck_assert_msg(rv == 0, "%s", err.text);
}

/* Nothing lies beside the files. */
static void
nothing_beside(void)
{
	const struct dirent *entry;
	char path[PATH_MAX];
	DIR *dir;
	int i;

	for (i = 0; i < COUNT(dirs); i++) {
		snprintf(path, sizeof path, "%s/%s", scratch, dirs[i]);
		dir = opendir(path);
		ck_assert_ptr_nonnull(dir);
		while ((entry = readdir(dir)) != NULL)
			ck_assert_msg(strcmp(entry->d_name, ".") == 0 ||
			    strcmp(entry->d_name, "..") == 0 ||
			    strchr("._", entry->d_name[0]) == NULL,
			    "%s is left", entry->d_name);
		closedir(dir);
	}
}

static void
all_are(char what)
{
	int i;

	for (i = 0; i < NFILES; i++)
		ck_assert_int_eq(letter_of(root, names[i]), what);
}

static void
setup(void)
{
	scratch_setup();
	make_dir("a");
	make_dir("b");
	err = (struct mk_error){ 0 };
	faulty = NULL;
	ck_assert_int_eq(open_files("a/cdb", "a/text", "b/hosts", NONE), 0);
}

static void
teardown(void)
{
	mk_targets_close(&targets);
	scratch_teardown();
}

START_TEST(all_are_published)
{
	int i;

	umask(077);
	published('A');
	all_are('A');
	nothing_beside();
	published('B');
	all_are('B');
	nothing_beside();
	for (i = 0; i < NFILES; i++) {
		ck_assert_uint_eq(stat_of(names[i]).st_mode & 07777, 0644);
		ck_assert_uint_eq(stat_of(names[i]).st_nlink, 1);
	}
}
END_TEST

START_TEST(what_is_current_is_not_touched)
{
	struct stat before[NFILES], dir, st;
	int i;

	published('A');
	for (i = 0; i < NFILES; i++)
		before[i] = stat_of(names[i]);
	put("a/text", "other");
	dir = stat_of("b");
	published('A');
	all_are('A');
	for (i = 0; i < NFILES; i++) {
		st = stat_of(names[i]);
		ck_assert_int_eq(targets.v[i].current, i != TEXT);
		ck_assert_int_eq(st.st_ino == before[i].st_ino, i != TEXT);
		if (i != TEXT)
			ck_assert_int_eq(st.st_ctim.tv_nsec,
			    before[i].st_ctim.tv_nsec);
	}
	st = stat_of("b");
	ck_assert_int_eq(st.st_mtim.tv_nsec, dir.st_mtim.tv_nsec);
}
END_TEST

/* The right bytes, which Exim may not read, or anybody can change. */
static const mode_t other_modes[] = { 0600, 0640, 0666, 0664, 0755, 04644 };

START_TEST(another_mode_is_not_current)
{
	published('A');
	ck_assert_int_eq(fchmodat(root, "a/cdb", other_modes[_i], 0), 0);
	published('A');
	ck_assert_uint_eq(stat_of("a/cdb").st_mode & 07777, 0644);
	ck_assert(!targets.v[CDB].current);
	ck_assert(targets.v[TEXT].current);
}
END_TEST

/* Only who may publish keeps a file; the owner of the host, that is. */
static const struct {
	uid_t host, old, new;
	gid_t new_gid;
} owners[] = {
	{ 12345, 12345, 12345, 54321 },
	{ 12345, 0, 0, 54321 },
	{ 12345, 23456, 0, 0 },
	{ NONE, 12345, 0, 0 },
};

START_TEST(trusted_owner_stays)
{
	mk_targets_close(&targets);
	ck_assert_int_eq(open_files("a/cdb", "a/text", "b/hosts",
	    owners[_i].host), 0);
	published('A');
	ck_assert_int_eq(fchownat(root, "a/cdb", owners[_i].old, 54321, 0),
	    0);
	published('A');
	ck_assert_int_eq(targets.v[CDB].current,
	    owners[_i].old == owners[_i].new);
	ck_assert(targets.v[TEXT].current);
	ck_assert_uint_eq(stat_of("a/cdb").st_uid, owners[_i].new);
	ck_assert_int_eq(fchownat(root, "a/cdb", owners[_i].old, 54321, 0),
	    0);
	published('B');
	ck_assert_uint_eq(stat_of("a/cdb").st_uid, owners[_i].new);
	ck_assert_uint_eq(stat_of("a/cdb").st_gid, owners[_i].new_gid);
	ck_assert_uint_eq(stat_of("a/text").st_uid, 0);
	ck_assert_uint_eq(stat_of("a/text").st_gid, 0);
}
END_TEST

/* Each fault in each of the files: the others keep their inodes. */
START_TEST(all_or_none)
{
	int bad = _i % NFILES, i;
	struct stat before[NFILES];
	bool gone;

	published('A');
	for (i = 0; i < NFILES; i++)
		before[i] = stat_of(names[i]);
	fault = (enum fault)(_i / NFILES);
	faulty = strchr(names[bad], '/') + 1;
	gone = fault == DIRECTORY_THERE;
	ck_assert_int_eq(publish('B', NULL), -1);
	ck_assert_int_eq(err.status, faults[fault].status);
	ck_assert_ptr_nonnull(strstr(err.text, faults[fault].says));
	ck_assert_ptr_null(strstr(err.text, "stays"));
	for (i = 0; i < NFILES; i++) {
		if (gone && i == bad)
			continue;
		ck_assert_int_eq(letter_of(root, names[i]), 'A');
		ck_assert_uint_eq(stat_of(names[i]).st_ino, before[i].st_ino);
		ck_assert_uint_eq(stat_of(names[i]).st_nlink, 1);
	}
	nothing_beside();
	faulty = NULL;
	if (gone)
		scratch_run("rmdir", names[bad]);
	published('B');
	all_are('B');
}
END_TEST

/* A reader needs a file more than an old state without one. */
START_TEST(new_file_stays_where_none_was)
{
	published('A');
	ck_assert_int_eq(unlinkat(root, "a/cdb", 0), 0);
	fault = DIRECTORY_THERE;
	faulty = "hosts";
	ck_assert_int_eq(publish('B', NULL), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "rename "));
	ck_assert_ptr_nonnull(strstr(err.text, "a/cdb is the new one and "
	    "stays"));
	ck_assert_int_eq(letter_of(root, "a/cdb"), 'B');
	ck_assert_int_eq(letter_of(root, "a/text"), 'A');
	nothing_beside();
}
END_TEST

START_TEST(databases_come_before_the_host_list)
{
	ck_assert_uint_eq(targets.n, NFILES);
	ck_assert_str_eq(targets.v[CDB].output->name, "cdb");
	ck_assert_str_eq(targets.v[TEXT].output->name, "text");
	ck_assert_str_eq(targets.v[HOSTS].output->name, "hostlist");
}
END_TEST

static const char *const leftovers[] = {
	"a/.cdb.lock", "a/.cdb.new", "a/.cdb.old", "a/__db..cdb.new",
};

/* Whether the file is published again or not. */
START_TEST(leftovers_go)
{
	published('A');
	put(leftovers[_i % COUNT(leftovers)], "half a fi");
	put("a/.cdb.newer", "somebody's");
	published(_i < COUNT(leftovers) ? 'A' : 'B');
	all_are(_i < COUNT(leftovers) ? 'A' : 'B');
	ck_assert(there("a/.cdb.newer"));
	ck_assert_int_eq(unlinkat(root, "a/.cdb.newer", 0), 0);
	nothing_beside();
}
END_TEST

START_TEST(two_runs_are_kept_apart)
{
	int fd;

	published('A');
	put("b/.hosts.lock", "4711\n");
	put("b/.hosts.new", "in work");
	fd = openat(root, "b/.hosts.lock", O_RDWR);
	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	ck_assert_int_eq(publish('B', NULL), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_ptr_nonnull(strstr(err.text, "b/hosts: "));
	ck_assert_ptr_nonnull(strstr(err.text, "process 4711"));
	all_are('A');
	holds("b/.hosts.new", "in work");
	ck_assert(!there("a/.cdb.lock") && !there("a/.cdb.new"));
	published('A');			/* nothing to do for it */
	holds("b/.hosts.new", "in work");
	close(fd);
	published('B');
	all_are('B');
	nothing_beside();
}
END_TEST

/* Publishers at once: each gets through or is told to come again. */
START_TEST(runs_at_once_leave_whole_files)
{
	pid_t pids[4];
	int status, i, n, done = 0;

	published('A');
	for (i = 0; i < COUNT(pids); i++) {
		pids[i] = fork();
		if (pids[i] != 0)
			continue;
		for (n = done = 0; n < 200; n++)
			if (publish((char)('A' + (n + i) % 7), NULL) == 0)
				done++;
			else if (err.status != EX_TEMPFAIL)
				_exit(255);
		_exit(done > 0 ? 0 : 1);
	}
	for (i = 0; i < COUNT(pids); i++) {
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert_int_ne(status, 255 << 8);
		done += status == 0;
	}
	ck_assert_int_gt(done, 0);
	for (i = 0; i < NFILES; i++)
		ck_assert_int_gt(letter_of(root, names[i]), 0);
	nothing_beside();
}
END_TEST

/* Reads all files for ever; ends with 1 at the first that is not whole. */
static pid_t
start_reader(void)
{
	pid_t pid = fork();
	int i;

	if (pid != 0)
		return pid;
	for (;;)
		for (i = 0; i < NFILES; i++)
			if (letter_of(root, names[i]) <= 0)
				_exit(1);
}

static void
stop_reader(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
}

START_TEST(killed_at_random_all_are_whole)
{
	unsigned x = 12345;
	pid_t pid, reader;
	int i, n;

	published('A');
	reader = start_reader();
	for (n = 0; n < 300; n++) {
		pid = fork();
		if (pid == 0) {
			for (i = 0;; i++)
				publish((char)('A' + i % 2), NULL);
		}
		x = x * 1103515245 + 12345;
		usleep(x >> 16 & 0xfff);
		kill(pid, SIGKILL);
		ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
		for (i = 0; i < NFILES; i++)
			ck_assert_int_gt(letter_of(root, names[i]), 0);
	}
	stop_reader(reader);
	published('C');
	all_are('C');
	nothing_beside();
}
END_TEST

/* As on a full disk: a write falls short. */
START_TEST(short_write_changes_nothing)
{
	struct rlimit limit, was;
	int rv;

	published('A');
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &was), 0);
	signal(SIGXFSZ, SIG_IGN);
	limit = was;
	limit.rlim_cur = 10000;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	rv = publish('B', NULL);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &was), 0);
	ck_assert_int_eq(rv, -1);
	ck_assert_ptr_nonnull(strstr(err.text, strerror(EFBIG)));
	all_are('A');
	nothing_beside();
}
END_TEST

/*
 * Room for three files and one or two more; a lock alone; or, filled up, not
 * even for that one's bytes.
 */
START_TEST(full_disk_changes_nothing)
{
	static char filler[65536];
	int fd;

	mk_targets_close(&targets);
	ck_assert(mount_here(scratch));
	close(root);
	scratch_open();
	make_dir("a");
	make_dir("b");
	ck_assert_int_eq(open_files("a/cdb", "a/text", "b/hosts", NONE), 0);
	published('A');
	if (_i == 1) {
		fd = openat(root, "filler", O_WRONLY | O_CREAT, 0600);
		ck_assert_int_eq(mk_fs_write_all(fd, filler, sizeof filler),
		    -1);
		close(fd);
	}
	ck_assert_int_eq(publish('B', NULL), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_ptr_nonnull(strstr(err.text, strerror(ENOSPC)));
	all_are('A');
	nothing_beside();
	scratch_run("umount -l", "");
}
END_TEST

static const struct {
	uid_t uid;
	gid_t gid;
	mode_t mode;
	uid_t owner;
	const char *says;		/* NULL: it is fine */
} trust[] = {
	{ 0, 0, 0755, NONE, NULL },
	{ 0, 0, 0700, NONE, NULL },
	{ 0, 0, 0775, NONE, NULL },
	{ 0, 0, 0777, NONE, "chmod o-w " },
	{ 0, 0, 01777, NONE, "chmod o-w " },
	{ 0, 0, 0702, 12345, "chmod o-w " },
	{ 0, 54321, 0755, NONE, NULL },
	{ 0, 54321, 0775, NONE, "chmod g-w " },
	{ 0, 54321, 02775, 12345, "chmod g-w " },
	{ 0, 65534, 0775, 65534, NULL },	/* the group of nobody */
	{ 0, 65534, 0775, NONE, "chmod g-w " },
	{ 12345, 54321, 0755, 12345, NULL },
	{ 12345, 54321, 0755, NONE, "belongs to user 12345" },
	{ 12345, 54321, 0700, 65534, "belongs to user 12345" },
};

START_TEST(directories_of_others_are_refused)
{
	mk_targets_close(&targets);
	ck_assert_int_eq(fchownat(root, "b", trust[_i].uid, trust[_i].gid, 0),
	    0);
	ck_assert_int_eq(fchmodat(root, "b", trust[_i].mode, 0), 0);
	if (trust[_i].says == NULL) {
		ck_assert_msg(open_files("a/cdb", NULL, "b/hosts",
		    trust[_i].owner) == 0, "%s", err.text);
		return;
	}
	ck_assert_int_eq(open_files("a/cdb", NULL, "b/hosts", trust[_i].owner),
	    -1);
	ck_assert_int_eq(err.status, EX_NOPERM);
	ck_assert_ptr_nonnull(strstr(err.text, trust[_i].says));
	ck_assert_ptr_nonnull(strstr(err.text, "/b"));
	ck_assert_uint_eq(targets.n, 0);
}
END_TEST

static const struct {
	const char *cdb, *text;
	int status;
	const char *says;
} places[] = {
	{ "link/cdb", "a/text", EX_OK, NULL },
	{ "a/..cdb", "a/.text", EX_OK, NULL },
	{ "a//cdb", "a/./text", EX_OK, NULL },
	{ "a/cdb", "a/cdb", EX_CONFIG, "cdb and text have one file" },
	{ "a/cdb", "b/../a//cdb", EX_CONFIG, "cdb and text have one file" },
	{ "a/cdb", "link/cdb", EX_CONFIG, "cdb and text have one file" },
	{ "a/cdb", "a/.cdb.new", EX_CONFIG, "take a name" },
	{ "a/cdb", "a/.cdb.old", EX_CONFIG, "take a name" },
	{ "a/cdb", "a/.x.lock", EX_CONFIG, "take a name" },
	{ "a/cdb", "a/", EX_CONFIG, "no name of a file" },
	{ "a/cdb", "/", EX_CONFIG, "no name of a file" },
	{ "a/cdb", "a/..", EX_CONFIG, "no name of a file" },
	{ "a/cdb", "a/.", EX_CONFIG, "no name of a file" },
	{ "a/cdb", "a/ln", EX_CONFIG, "is a link" },
	{ "a/cdb", "a/dangling", EX_CONFIG, "is a link" },
	{ "a/cdb", "a/fifo", EX_CONFIG, "no regular file" },
	{ "a/cdb", "a/dir", EX_CONFIG, "no regular file" },
	{ "none/cdb", NULL, EX_NOINPUT, "/none: " },
	{ "a/file/cdb", NULL, EX_DATAERR, "/a/file: " },
};

START_TEST(places_are_judged)
{
	mk_targets_close(&targets);
	put("a/file", "text");
	ck_assert_int_eq(symlinkat("a", root, "link"), 0);
	ck_assert_int_eq(symlinkat("file", root, "a/ln"), 0);
	ck_assert_int_eq(symlinkat("nowhere", root, "a/dangling"), 0);
	ck_assert_int_eq(mkfifoat(root, "a/fifo", 0644), 0);
	ck_assert_int_eq(mkdirat(root, "a/dir", 0755), 0);
	ck_assert_int_eq(open_files(places[_i].cdb, places[_i].text, NULL,
	    NONE), places[_i].status == EX_OK ? 0 : -1);
	if (places[_i].status == EX_OK)
		return;
	ck_assert_int_eq(err.status, places[_i].status);
	ck_assert_ptr_nonnull(strstr(err.text, places[_i].says));
	ck_assert_uint_eq(targets.n, 0);
}
END_TEST

START_TEST(names_may_be_long)
{
	char name[300] = "a/";
	int i;

	mk_targets_close(&targets);
	memset(name + 2, 'n', 240);
	for (i = 0; i < 2; i++) {
		ck_assert_int_eq(open_files(name, NULL, NULL, NONE), -i);
		if (i == 0) {
			published('A');
			published('B');
			ck_assert_int_eq(letter_of(root, name), 'B');
			nothing_beside();
			mk_targets_close(&targets);
		}
		name[242] = 'n';
	}
	ck_assert_int_eq(err.status, EX_CONFIG);
}
END_TEST

START_TEST(paths_become_absolute)
{
	char *files[MK_OUTPUTS] = { [MK_OUT_CDB] = NULL };
	char cdb[] = "a/cdb", text[] = "text", here[PATH_MAX];

	mk_targets_close(&targets);
	ck_assert_int_eq(fchdir(root), 0);
	ck_assert_ptr_nonnull(getcwd(here, sizeof here));
	files[MK_OUT_CDB] = cdb;
	files[MK_OUT_TEXT] = text;
	ck_assert_int_eq(mk_targets_open(&targets, files, NONE, &err), 0);
	ck_assert_int_eq(strncmp(targets.v[0].at.path, here, strlen(here)),
	    0);
	ck_assert_str_eq(targets.v[0].at.path + strlen(here), "/a/cdb");
	ck_assert_str_eq(targets.v[1].at.path + strlen(here), "/text");
	ck_assert_str_eq(targets.v[0].at.name, "cdb");
	ck_assert_int_eq(chdir("/"), 0);
	published('A');
	ck_assert_int_eq(letter_of(root, "text"), 'A');
}
END_TEST

START_TEST(nothing_wanted_is_fine)
{
	mk_targets_close(&targets);
	ck_assert_int_eq(open_files(NULL, NULL, NULL, NONE), 0);
	published('A');
	ck_assert(mk_targets_usable(&targets, &err));
}
END_TEST

/* The host list as it should be, for all that is not about it.  @: scratch. */
#define HEAD	"# Written by mailkeep-blacklist; changes are lost.\n"
#define LIST	HEAD "# For Exim\nhostlist blacklisted_hosts ="

static void
put_hosts(const char *text)
{
	char all[2 * PATH_MAX] = "";
	size_t len = 0;

	for (; *text != '\0'; text++)
		len += (size_t)snprintf(all + len, sizeof all - len,
		    *text == '@' ? "%s" : "%.1s", *text == '@' ? scratch :
		    text);
	put("b/hosts", all);
}

/* What a host list may be, of the first of these that is configured. */
static const struct {
	const char *cdb, *text, *hosts;
	bool usable;
} hostlists[] = {
	{ "a/cdb", "a/text", LIST "\n", true },
	{ "a/cdb", "a/text", LIST " net32-cdb;@/a/cdb\n", true },
	{ "a/cdb", "a/text", LIST " net128-cdb;@/a/cdb : net8-cdb;@/a/cdb\n",
	    true },
	{ "a/cdb", NULL, HEAD "hostlist blacklisted_hosts =\n", true },
	{ NULL, "a/text", LIST " net-iplsearch;@/a/text\n", true },
	{ "a/c:d$b", NULL, LIST " net32-cdb;@/a/c::d\\x24b\n", true },
	{ "a/c\\b", NULL, LIST " net32-cdb;@/a/c\\x5cb\n", true },
	/* of another database */
	{ "a/cdb", "a/text", LIST " net32-cdb;@/old/cdb\n", false },
	{ "a/cdb", "a/text", LIST " net32-cdb;@/a/cdb : net8-cdb;@/old\n",
	    false },
	{ "a/cdb", "a/text", LIST " net32-cdb;@/a/cdb2\n", false },
	{ "a/cdb", "a/text", LIST " net32-cdb;@/a/cd\n", false },
	{ "a/cdb", "a/text", LIST " net32-dbm;@/a/cdb\n", false },
	{ "a/cdb", "a/text", LIST " net-iplsearch;@/a/text\n", false },
	{ NULL, "a/text", LIST " net32-cdb;@/a/text\n", false },
	{ "a/c:d", NULL, LIST " net32-cdb;@/a/c:d\n", false },
	/* none of ours */
	{ "a/cdb", "a/text", "", false },
	{ "a/cdb", "a/text", "x", false },
	{ "a/cdb", "a/text", "hostlist blacklisted_hosts =\n", false },
	{ "a/cdb", "a/text", HEAD, false },
	{ "a/cdb", "a/text", HEAD "# cut", false },
	{ "a/cdb", "a/text", LIST, false },
	{ "a/cdb", "a/text", LIST " *\n", false },
	{ "a/cdb", "a/text", LIST " net-cdb;@/a/cdb\n", false },
	{ "a/cdb", "a/text", LIST " net32-cdb;@/a/cdb", false },
	{ "a/cdb", "a/text", LIST " net32-cdb;@/a/cdb :\n", false },
	{ "a/cdb", "a/text", LIST " : net32-cdb;@/a/cdb\n", false },
	{ "a/cdb", "a/text", LIST "\nhostlist blacklisted_hosts =\n", false },
	{ "a/cdb", "a/text", LIST " net32-cdb;@/a/cdb\nhosts = *\n", false },
};

START_TEST(host_list_names_the_database)
{
	mk_targets_close(&targets);
	ck_assert_int_eq(open_files(hostlists[_i].cdb, hostlists[_i].text,
	    "b/hosts", NONE), 0);
	published('A');
	put_hosts(hostlists[_i].hosts);
	ck_assert_int_eq(mk_targets_usable(&targets, &err),
	    hostlists[_i].usable);
	ck_assert(mk_targets_keep(&targets));
	ck_assert_int_eq(targets.v[targets.n - 1].current,
	    hostlists[_i].usable);
	if (hostlists[_i].usable)
		return;
	ck_assert_int_eq(err.status, EX_DATAERR);
	ck_assert_ptr_nonnull(strstr(err.text, "/b/hosts "));
	ck_assert(!mk_targets_usable(&targets, NULL));
}
END_TEST

START_TEST(first_database_is_looked_into)
{
	const char *lookup;

	ck_assert_str_eq(mk_targets_database(&targets, &lookup),
	    targets.v[CDB].at.path);
	ck_assert_str_eq(lookup, "cdb");
	mk_targets_close(&targets);
	ck_assert_int_eq(open_files(NULL, "a/text", "b/hosts", NONE), 0);
	ck_assert_str_eq(mk_targets_database(&targets, &lookup),
	    targets.v[0].at.path);
	ck_assert_str_eq(lookup, "iplsearch");
	mk_targets_close(&targets);
	ck_assert_int_eq(open_files(NULL, NULL, "b/hosts", NONE), 0);
	ck_assert_ptr_null(mk_targets_database(&targets, &lookup));
	ck_assert_ptr_null(lookup);
	ck_assert(!mk_targets_usable(&targets, &err));
}
END_TEST

/* Shell commands on the scratch directory, after which one is not usable. */
static const struct { const char *command, *of; int status; } spoilt[] = {
	{ "true",		"",		EX_OK },
	{ "rm",			"a/cdb",	EX_NOINPUT },
	{ "truncate -s 0",	"a/cdb",	EX_DATAERR },
	{ "truncate -s 2048",	"a/text",	EX_DATAERR },
	{ "rm",			"b/hosts",	EX_NOINPUT },
	{ "truncate -s 0",	"b/hosts",	EX_DATAERR },
	{ "truncate -s 1",	"b/hosts",	EX_DATAERR },
	{ "ln -sf /etc/passwd",	"b/hosts",	EX_DATAERR },
};

START_TEST(spoilt_files_are_not_usable)
{
	published('A');
	put_hosts(LIST " net32-cdb;@/a/cdb\n");
	scratch_run(spoilt[_i].command, spoilt[_i].of);
	ck_assert_int_eq(mk_targets_usable(&targets, &err),
	    spoilt[_i].status == EX_OK);
	if (spoilt[_i].status == EX_OK)
		return;
	ck_assert_int_eq(err.status, spoilt[_i].status);
	ck_assert(!mk_targets_usable(&targets, NULL));
}
END_TEST

START_TEST(reader_is_asked_before)
{
	const char *files[NFILES + 1] = { NULL };
	struct mk_reader_aide *aide;
	int i;

	for (i = 0; i < NFILES; i++)
		files[i] = targets.v[i].at.path;
	published('A');
	ck_assert_int_eq(fchmodat(root, "b", 0700, 0), 0);
	aide = mk_reader_start("mail", files, NULL, 5, &err);
	ck_assert_ptr_nonnull(aide);
	ck_assert_int_eq(publish('B', aide), -1);
	ck_assert_int_eq(err.status, EX_NOPERM);
	ck_assert_ptr_nonnull(strstr(err.text, "mail can't read "));
	ck_assert_ptr_nonnull(strstr(err.text, "b/hosts: "));
	ck_assert_ptr_nonnull(strstr(err.text, "chmod o+x "));
	all_are('A');
	nothing_beside();
	ck_assert_int_eq(fchmodat(root, "b", 0711, 0), 0);
	ck_assert_int_eq(publish('B', aide), 0);
	all_are('B');
	mk_reader_stop(aide);
}
END_TEST

#ifdef __linux__
/*
 * From now on, system call NR ends with ACTION; where ARG is not -1, only if
 * its argument of that number is VALUE.
 */
static bool
filter(int nr, int arg, int value, unsigned action)
{
	unsigned at = (unsigned)offsetof(struct seccomp_data, args) +
	    (arg == -1 ? 0 : (unsigned)arg * 8);
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    (unsigned)offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)nr, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at +
		    (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)value, 0,
		    arg == -1 ? 0 : 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = COUNT(code), .filter = code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* Asked in a child, which cannot get rid of it. */
static bool
may_filter(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (!filter(SYS_getppid, -1, 0,
		    SECCOMP_RET_ERRNO | (unsigned)ENOSYS))
			_exit(1);
		_exit(syscall(SYS_getppid) == -1 ? 0 : 1);
	}
	return pid != -1 && waitpid(pid, &status, 0) == pid && status == 0;
}

#ifdef SYS_renameat
#define NR_RENAMEAT	SYS_renameat
#else
#define NR_RENAMEAT	SYS_renameat2
#endif

/* Steps of the work; FILE: which one's, by its directory; or -1: any. */
static const struct {
	int nr;
	int file;
	int errnum;
	const char *says;		/* NULL: the failure is nobody's matter */
	char after;			/* what all files are then */
} steps[] = {
	{ SYS_flock,	-1,	EIO,	"publish ",	'A' },
	{ SYS_ftruncate, -1, ENOSPC,	NULL,		'B' },
	{ SYS_fchmod,	-1,	EIO,	"chmod ",	'A' },
	{ SYS_fsync,	-1,	ENOSPC,	"/.cdb.new: ",	'A' },
	{ SYS_fsync,	TEXT,	EIO,	"sync the directory of ", 'A' },
	{ SYS_fsync,	TEXT,	EINVAL,	NULL,		'B' },
	{ SYS_fsync,	HOSTS,	EIO,	"all files are published", 'B' },
	{ SYS_fsync,	HOSTS,	EINVAL,	NULL,		'B' },
	{ SYS_linkat,	CDB,	ENOSPC,	"link ",	'A' },
	{ SYS_linkat,	HOSTS,	ENOSPC,	"link ",	'A' },
	{ SYS_linkat,	HOSTS,	EPERM,	NULL,		'B' },
	{ SYS_linkat,	-1,	EOPNOTSUPP, NULL,	'B' },
	{ NR_RENAMEAT,	CDB,	EIO,	"rename ",	'A' },
	{ NR_RENAMEAT,	TEXT,	EIO,	"rename ",	'A' },
	{ NR_RENAMEAT,	HOSTS,	ENOSPC,	"rename ",	'A' },
	/* only killed there: an error would leave files beside */
	{ SYS_unlinkat,	CDB,	0,	NULL,		'B' },
	{ SYS_unlinkat,	TEXT,	0,	NULL,		'B' },
	{ SYS_unlinkat,	HOSTS,	0,	NULL,		'B' },
};

/* In a child, which ends with ACTION there, or publishes 'B' and exits 0. */
static int
with_step(int i, unsigned action, char *says, size_t size)
{
	int fds[2], status;
	ssize_t n;
	pid_t pid;

	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		letter = 'B';
		if (!filter(steps[i].nr, steps[i].file == -1 ? -1 : 0,
		    steps[i].file == -1 ? 0 :
		    targets.v[steps[i].file].at.dirfd, action))
			_exit(99);
		if (mk_targets_publish(&targets, &content, NULL, &err) == 0)
			_exit(0);
		n = write(fds[1], err.text, strlen(err.text));
		_exit(n > 0 ? 1 : 98);
	}
	close(fds[1]);
	n = read(fds[0], says, size - 1);
	says[n > 0 ? n : 0] = '\0';
	close(fds[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

START_TEST(failed_step_changes_nothing)
{
	char says[2048];
	int status;

	published('A');
	if (steps[_i].errnum == 0)
		return;
	status = with_step(_i, SECCOMP_RET_ERRNO |
	    (unsigned)steps[_i].errnum, says, sizeof says);
	ck_assert_int_eq(status, steps[_i].says == NULL ? 0 : 1 << 8);
	if (steps[_i].says != NULL)
		ck_assert_msg(strstr(says, steps[_i].says) != NULL, "%s",
		    says);
	all_are(steps[_i].after);
	if (steps[_i].nr != SYS_flock)
		nothing_beside();
	published('C');
	all_are('C');
	nothing_beside();
}
END_TEST

START_TEST(killed_at_a_step_all_are_whole)
{
	char says[2048];
	int status, i;
	pid_t reader;

	published('A');
	reader = start_reader();
	status = with_step(_i, SECCOMP_RET_KILL_PROCESS, says, sizeof says);
	ck_assert(WIFSIGNALED(status));
	for (i = 0; i < NFILES; i++)
		ck_assert_int_gt(letter_of(root, names[i]), 0);
	published(_i % 2 == 0 ? 'A' : 'C');
	all_are(_i % 2 == 0 ? 'A' : 'C');
	nothing_beside();
	stop_reader(reader);
}
END_TEST

/* No hard links, and the last rename fails: the text says what is new. */
START_TEST(without_links_the_new_files_stay)
{
	int status;
	pid_t pid;

	published('A');
	pid = fork();
	if (pid == 0) {
		letter = 'B';
		if (!filter(SYS_linkat, -1, 0, SECCOMP_RET_ERRNO |
		    (unsigned)EPERM) || !filter(NR_RENAMEAT, 0,
		    targets.v[HOSTS].at.dirfd, SECCOMP_RET_ERRNO |
		    (unsigned)EIO))
			_exit(99);
		if (mk_targets_publish(&targets, &content, NULL, &err) == 0)
			_exit(0);
		_exit(strstr(err.text, "/a/cdb is the new one and stays") !=
		    NULL && strstr(err.text, "/a/text is the new one") !=
		    NULL && strstr(err.text, "/b/hosts is") == NULL ? 1 : 2);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 1 << 8);
	ck_assert_int_eq(letter_of(root, "a/cdb"), 'B');
	ck_assert_int_eq(letter_of(root, "a/text"), 'B');
	ck_assert_int_eq(letter_of(root, "b/hosts"), 'A');
	nothing_beside();
}
END_TEST
#endif

int
main(void)
{
	bool mounts = may_mount();
	Suite *suite = suite_create("blacklist/publish");
	TCase *tc = tcase_create("publish");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, all_are_published);
	tcase_add_test(tc, what_is_current_is_not_touched);
	tcase_add_loop_test(tc, another_mode_is_not_current, 0,
	    COUNT(other_modes));
	tcase_add_loop_test(tc, all_or_none, 0, FAULTS * NFILES);
	tcase_add_test(tc, new_file_stays_where_none_was);
	tcase_add_test(tc, databases_come_before_the_host_list);
	tcase_add_loop_test(tc, leftovers_go, 0, 2 * COUNT(leftovers));
	tcase_add_test(tc, two_runs_are_kept_apart);
	tcase_add_test(tc, runs_at_once_leave_whole_files);
	tcase_add_test(tc, killed_at_random_all_are_whole);
	tcase_add_test(tc, short_write_changes_nothing);
	tcase_add_loop_test(tc, places_are_judged, 0, COUNT(places));
	tcase_add_test(tc, names_may_be_long);
	tcase_add_test(tc, paths_become_absolute);
	tcase_add_test(tc, nothing_wanted_is_fine);
	tcase_add_loop_test(tc, host_list_names_the_database, 0,
	    COUNT(hostlists));
	tcase_add_test(tc, first_database_is_looked_into);
	tcase_add_loop_test(tc, spoilt_files_are_not_usable, 0,
	    COUNT(spoilt));
	tcase_add_test(tc, reader_is_asked_before);
	if (geteuid() == 0) {
		tcase_add_loop_test(tc, trusted_owner_stays, 0,
		    COUNT(owners));
		tcase_add_loop_test(tc, directories_of_others_are_refused, 0,
		    COUNT(trust));
	}
	if (mounts)
		tcase_add_loop_test(tc, full_disk_changes_nothing, 0, 2);
#ifdef __linux__
	if (may_filter()) {
		tcase_add_loop_test(tc, failed_step_changes_nothing, 0,
		    COUNT(steps));
		tcase_add_loop_test(tc, killed_at_a_step_all_are_whole, 0,
		    COUNT(steps));
		tcase_add_test(tc, without_links_the_new_files_stay);
	}
#endif
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
