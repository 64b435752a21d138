/* base/sys: both twins keep the promises of sys.h. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2) */
#endif

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#ifdef __linux__
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#endif

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/sys.h"
#include "unit.h"

#define MANY	5000

static char scratch[PATH_MAX];
static char long_name[256];		/* 255 bytes, the longest name */
static int root;

static void
make_file(int at, const char *name, const char *text)
{
	int fd = openat(at, name, O_WRONLY | O_CREAT | O_EXCL, 0644);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static void
make_socket(void)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), cwd;

	cwd = open(".", O_RDONLY | O_DIRECTORY);
	ck_assert_int_ne(cwd, -1);
	ck_assert_int_eq(fchdir(root), 0);	/* sun_path is short */
	strcpy(sa.sun_path, "socket");
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sa, sizeof sa), 0);
	ck_assert_int_eq(fchdir(cwd), 0);
	close(cwd);
	close(fd);
}

static void
setup(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(scratch, sizeof scratch, "%s/mk-sys.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(scratch));
	root = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ne(root, -1);

	memset(long_name, 'n', 255);
	ck_assert_int_eq(mkdirat(root, "dir", 0755), 0);
	ck_assert_int_eq(mkdirat(root, "dir/sub", 0755), 0);
	ck_assert_int_eq(mkdirat(root, "..dots", 0755), 0);
	ck_assert_int_eq(mkdirat(root, "\xff\xfe", 0755), 0);
	ck_assert_int_eq(mkdirat(root, "shut", 0755), 0);
	ck_assert_int_eq(mkdirat(root, "shut/in", 0755), 0);
	make_file(root, "file", "text");
	make_file(root, "dir/file", "text");
	make_file(root, long_name, "text");
	make_file(root, "\xc3(", "text");
	ck_assert_int_eq(symlinkat("dir", root, "link"), 0);
	ck_assert_int_eq(symlinkat("file", root, "filelink"), 0);
	ck_assert_int_eq(symlinkat("nowhere", root, "dangling"), 0);
	ck_assert_int_eq(symlinkat("/", root, "dir/out"), 0);
	ck_assert_int_eq(mkfifoat(root, "fifo", 0644), 0);
	make_socket();
	ck_assert_int_eq(fchmodat(root, "shut", 0, 0), 0);
}

static void
teardown(void)
{
	char cmd[PATH_MAX + 64];

	fchmodat(root, "shut", 0755, 0);
	close(root);
	snprintf(cmd, sizeof cmd, "rm -rf '%s'", scratch);
	ck_assert_int_eq(system(cmd), 0);
}

/* ERRNUM 0: it opens. */
static const struct { const char *path; int errnum; } dirs[] = {
	{ ".",			0 },
	{ "dir",		0 },
	{ "dir/",		0 },
	{ "dir//sub",		0 },
	{ "dir/./sub/.",	0 },
	{ "./dir/sub///",	0 },
	{ "..dots",		0 },
	{ "\xff\xfe",		0 },
	{ "",			EINVAL },
	{ "/",			EXDEV },
	{ "/tmp",		EXDEV },
	{ "//",			EXDEV },
	{ "..",			EXDEV },
	{ "../",		EXDEV },
	{ "dir/..",		EXDEV },
	{ "dir/../dir",		EXDEV },
	{ "dir/../../etc",	EXDEV },
	{ "nowhere/../..",	EXDEV },
	{ "link",		ELOOP },
	{ "link/",		ELOOP },
	{ "link/sub",		ELOOP },
	{ "dir/out",		ELOOP },
	{ "dir/out/etc",	ELOOP },
	{ "filelink",		ELOOP },
	{ "dangling",		ELOOP },
	{ "dangling/sub",	ELOOP },
	{ "file",		ENOTDIR },
	{ "file/",		ENOTDIR },
	{ "file/.",		ENOTDIR },
	{ "file/sub",		ENOTDIR },
	{ "fifo",		ENOTDIR },
	{ "fifo/sub",		ENOTDIR },
	{ "socket",		ENOTDIR },
	{ "nowhere",		ENOENT },
	{ "dir/nowhere/sub",	ENOENT },
	{ "...",		ENOENT },
};

START_TEST(open_dir_opens_or_refuses)
{
	struct stat st;
	int fd;

	alarm(10);			/* a FIFO must not block */
	errno = 0;
	fd = mk_sys_open_dir(root, dirs[_i].path);
	if (dirs[_i].errnum != 0) {
		ck_assert_int_eq(fd, -1);
		ck_assert_int_eq(errno, dirs[_i].errnum);
		return;
	}
	ck_assert_msg(fd != -1, "%s: %s", dirs[_i].path, strerror(errno));
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert(S_ISDIR(st.st_mode));
	ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
	close(fd);
}
END_TEST

static const struct { const char *path; int flags, errnum; } files[] = {
	{ "file",		O_RDONLY,		0 },
	{ "file",		O_RDWR,			0 },
	{ "file",		O_WRONLY | O_APPEND,	0 },
	{ "dir/file",		O_RDONLY,		0 },
	{ "dir//./file",	O_RDONLY,		0 },
	{ long_name,		O_RDONLY,		0 },
	{ "\xc3(",		O_RDONLY,		0 },
	{ "fifo",		O_RDONLY,		0 },
	{ "dir/new",		O_WRONLY | O_CREAT,	0 },
	{ "new",		O_WRONLY | O_CREAT | O_EXCL, 0 },
	{ "dir",		O_RDONLY,		0 },
	{ "",			O_RDONLY,		EINVAL },
	{ "",			O_WRONLY | O_CREAT,	EINVAL },
	{ "/etc/passwd",	O_RDONLY,		EXDEV },
	{ "../x",		O_WRONLY | O_CREAT,	EXDEV },
	{ "dir/../file",	O_RDONLY,		EXDEV },
	{ "filelink",		O_RDONLY,		ELOOP },
	{ "filelink",		O_WRONLY | O_TRUNC,	ELOOP },
	{ "link/file",		O_RDONLY,		ELOOP },
	{ "link/new",		O_WRONLY | O_CREAT,	ELOOP },
	{ "dir/out/etc/passwd",	O_RDONLY,		ELOOP },
	{ "dangling",		O_RDONLY,		ELOOP },
	{ "dangling",		O_WRONLY | O_CREAT,	ELOOP },
	{ "dangling",		O_WRONLY | O_CREAT | O_EXCL, EEXIST },
	{ "file",		O_WRONLY | O_CREAT | O_EXCL, EEXIST },
	{ "fifo",		O_WRONLY,		ENXIO },
	{ "socket",		O_RDONLY,		ENXIO },
	{ "dir",		O_WRONLY,		EISDIR },
	{ "new/",		O_WRONLY | O_CREAT,	EISDIR },
	{ "file/",		O_RDONLY,		ENOTDIR },
	{ "file/x",		O_RDONLY,		ENOTDIR },
	{ "nowhere",		O_RDONLY,		ENOENT },
	{ "nowhere/x",		O_WRONLY | O_CREAT,	ENOENT },
};

START_TEST(open_file_opens_or_refuses)
{
	struct stat st;
	int fd;

	alarm(10);
	errno = 0;
	fd = mk_sys_open_file(root, files[_i].path, files[_i].flags, 0640);
	if (files[_i].errnum == 0) {
		ck_assert_msg(fd != -1, "%s: %s", files[_i].path,
		    strerror(errno));
		ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
		close(fd);
	} else {
		ck_assert_int_eq(fd, -1);
		ck_assert_int_eq(errno, files[_i].errnum);
	}
	ck_assert_int_eq(fstatat(root, "file", &st, 0), 0);
	ck_assert_int_eq(st.st_size, 4);	/* nothing was emptied */
	ck_assert_int_eq(fstatat(root, "nowhere", &st, 0), -1);
}
END_TEST

START_TEST(open_file_gives_mode_and_empties)
{
	struct stat st;
	int fd;

	umask(022);
	fd = mk_sys_open_file(root, "new", O_WRONLY | O_CREAT, 0664);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0644);
	close(fd);
	fd = mk_sys_open_file(root, "file", O_WRONLY | O_TRUNC, 0);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_eq(st.st_size, 0);
	close(fd);
}
END_TEST

START_TEST(name_too_long_is_refused)
{
	char name[PATH_MAX + 2];
	size_t i;

	memset(name, 'n', 256);
	name[256] = '\0';
	ck_assert_int_eq(mk_sys_open_file(root, name, O_RDONLY, 0), -1);
	ck_assert_int_eq(errno, ENAMETOOLONG);
	ck_assert_int_eq(mk_sys_open_dir(root, name), -1);
	ck_assert_int_eq(errno, ENAMETOOLONG);
	for (i = 0; i < PATH_MAX; i += 2)
		memcpy(name + i, "./", 3);
	ck_assert_int_eq(mk_sys_open_dir(root, name), -1);
	ck_assert_int_eq(errno, ENAMETOOLONG);
}
END_TEST

START_TEST(missing_right_is_told)
{
	ck_assert_int_eq(mk_sys_open_dir(root, "shut"), -1);
	ck_assert_int_eq(errno, EACCES);
	ck_assert_int_eq(mk_sys_open_dir(root, "shut/in"), -1);
	ck_assert_int_eq(errno, EACCES);
	ck_assert_int_eq(mk_sys_open_file(root, "shut/new",
	    O_WRONLY | O_CREAT, 0644), -1);
	ck_assert_int_eq(errno, EACCES);
}
END_TEST

START_TEST(start_may_be_no_directory)
{
	int fd = openat(root, "file", O_RDONLY);

	ck_assert_int_eq(mk_sys_open_dir(fd, "x"), -1);
	ck_assert_int_eq(errno, ENOTDIR);
	close(fd);
	ck_assert_int_eq(mk_sys_open_dir(-1, "x"), -1);
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

static const struct {
	const char *name;
	enum mk_dirent_type type;
} entries[] = {
	{ "dir",	MK_DIR },
	{ "..dots",	MK_DIR },
	{ "\xff\xfe",	MK_DIR },
	{ "shut",	MK_DIR },
	{ "file",	MK_FILE },
	{ long_name,	MK_FILE },
	{ "\xc3(",	MK_FILE },
	{ "link",	MK_LINK },
	{ "filelink",	MK_LINK },
	{ "dangling",	MK_LINK },
	{ "fifo",	MK_OTHER },
	{ "socket",	MK_OTHER },
};
#define NENTRIES (sizeof entries / sizeof *entries)

static int
find_entry(const char *name)
{
	size_t i;

	for (i = 0; i < NENTRIES; i++)
		if (strcmp(entries[i].name, name) == 0)
			return (int)i;
	return -1;
}

START_TEST(dir_yields_each_entry_with_its_type)
{
	struct mk_dir dir = { .fd = -1 };
	struct mk_dirent e;
	int seen[NENTRIES] = { 0 }, round, i, rv;

	for (round = 1; round <= 2; round++) {
		ck_assert_int_eq(mk_sys_dir_start(&dir, root), 0);
		while ((rv = mk_sys_dir_next(&dir, &e)) == 1) {
			i = find_entry(e.name);
			ck_assert_msg(i != -1, "met %s", e.name);
			ck_assert_uint_eq(e.len, strlen(e.name));
			seen[i]++;
			if (dir.buf != NULL || e.type != MK_UNKNOWN)
				ck_assert_int_eq(e.type, entries[i].type);
		}
		ck_assert_int_eq(rv, 0);
		ck_assert_int_eq(mk_sys_dir_next(&dir, &e), 0);
		for (i = 0; i < (int)NENTRIES; i++)
			ck_assert_int_eq(seen[i], round);
	}
	mk_sys_dir_free(&dir);
	ck_assert_int_ne(fcntl(root, F_GETFD), -1);	/* not closed */
	mk_sys_dir_free(&dir);			/* twice is once */
}
END_TEST

/* Read STOP entries, or all; each is counted. */
static void
count(struct mk_dir *dir, unsigned char *seen, int stop)
{
	struct mk_dirent e;
	int n, rv = 1;
	char *end;
	long i;

	for (n = 0; n < stop && (rv = mk_sys_dir_next(dir, &e)) == 1; n++) {
		i = strtol(e.name, &end, 10);
		ck_assert(*end == '-' && i >= 0 && i < MANY);
		seen[i]++;
	}
	ck_assert_int_eq(rv, n < stop ? 0 : 1);
}

/* Names of 60 bytes: more than fits into one buffer. */
START_TEST(large_dir_is_met_once_and_anew)
{
	static unsigned char part[MANY], seen[MANY];
	struct mk_dir dir = { .fd = -1 };
	int fd, sub, i;
	char name[80];

	fd = mk_sys_open_dir(root, "dir/sub");
	ck_assert_int_ne(fd, -1);
	for (i = 0; i < MANY; i++) {
		snprintf(name, sizeof name, "%d-%055d", i, i);
		make_file(fd, name, "");
	}
	ck_assert_int_eq(mk_sys_dir_start(&dir, fd), 0);
	count(&dir, part, MANY / 2);
	ck_assert_int_eq(mk_sys_dir_start(&dir, fd), 0);	/* midway */
	count(&dir, seen, INT_MAX);
	for (i = 0; i < MANY; i++)
		ck_assert_int_eq(seen[i], 1);

	sub = mk_sys_open_dir(root, "..dots");
	ck_assert_int_ne(sub, -1);
	ck_assert_int_eq(mk_sys_dir_start(&dir, sub), 0);	/* empty */
	count(&dir, seen, INT_MAX);
	mk_sys_dir_free(&dir);
	close(sub);
	close(fd);
}
END_TEST

START_TEST(dir_start_wants_a_directory)
{
	struct mk_dir dir = { .fd = -1 };
	struct mk_dirent e;
	int fd = openat(root, "file", O_RDONLY), rv;

	rv = mk_sys_dir_start(&dir, fd);
	if (rv == 0)
		rv = mk_sys_dir_next(&dir, &e);
	ck_assert_int_eq(rv, -1);
	ck_assert_int_eq(errno, ENOTDIR);
	ck_assert_int_eq(mk_sys_dir_start(&dir, -1), -1);
	ck_assert_int_eq(mk_sys_dir_next(&dir, &e), -1);
	ck_assert_int_eq(errno, EBADF);
	mk_sys_dir_free(&dir);
	close(fd);
}
END_TEST

/* Somebody removes the directory that we read: its end, no failure. */
START_TEST(removed_dir_is_at_its_end)
{
	struct mk_dir dir = { .fd = -1 };
	struct mk_dirent e;
	int fd = mk_sys_open_dir(root, "..dots");

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(unlinkat(root, "..dots", AT_REMOVEDIR), 0);
	ck_assert_int_eq(mk_sys_dir_start(&dir, fd), 0);
	ck_assert_int_eq(mk_sys_dir_next(&dir, &e), 0);
	mk_sys_dir_free(&dir);
	close(fd);
}
END_TEST

/* Does NAME exist, whatever it is? */
static bool
there(const char *name)
{
	struct stat st;

	return fstatat(root, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static const struct { const char *from, *to; int errnum; } renames[] = {
	{ "file",	"dir/moved",	0 },
	{ "file",	long_name + 1,	0 },
	{ "\xc3(",	"\xc3)",	0 },
	{ "fifo",	"dir/moved",	0 },
	{ "dangling",	"dir/moved",	0 },
	{ "dir",	"..dots/moved",	0 },
	{ "file",	"dir/file",	EEXIST },
	{ "file",	long_name,	EEXIST },
	{ "file",	"dangling",	EEXIST },
	{ "file",	"dir",		EEXIST },
	{ "file",	"file",		EEXIST },
	{ "dir",	"..dots",	EEXIST },
	{ "dir",	"file",		EEXIST },
	{ "nowhere",	"moved",	ENOENT },
	{ "file",	"nowhere/x",	ENOENT },
	{ "dir",	"dir/sub/x",	EINVAL },
};

START_TEST(rename_replaces_nothing)
{
	const char *from = renames[_i].from, *to = renames[_i].to;
	struct stat old = { 0 }, target = { 0 }, new = { 0 };
	bool had = there(to);

	fstatat(root, from, &old, AT_SYMLINK_NOFOLLOW);
	fstatat(root, to, &target, AT_SYMLINK_NOFOLLOW);
	if (renames[_i].errnum != 0) {
		ck_assert_int_eq(mk_sys_rename_noreplace(root, from, root, to),
		    -1);
		ck_assert_int_eq(errno, renames[_i].errnum);
		ck_assert_int_eq(there(to), had);
		ck_assert_int_eq(there(from), old.st_ino != 0);
		if (!had)
			return;
		fstatat(root, to, &new, AT_SYMLINK_NOFOLLOW);
		ck_assert_uint_eq(new.st_ino, target.st_ino);
		return;
	}
	ck_assert_msg(mk_sys_rename_noreplace(root, from, root, to) == 0,
	    "%s to %s: %s", from, to, strerror(errno));
	ck_assert(!there(from));
	ck_assert_int_eq(fstatat(root, to, &new, AT_SYMLINK_NOFOLLOW), 0);
	ck_assert_uint_eq(new.st_ino, old.st_ino);
	ck_assert_uint_eq(new.st_nlink, old.st_nlink);
}
END_TEST

/* The file's other name must not be taken for the target's absence. */
START_TEST(rename_onto_own_link_keeps_both)
{
	ck_assert_int_eq(linkat(root, "file", root, "second", 0), 0);
	ck_assert_int_eq(mk_sys_rename_noreplace(root, "file", root,
	    "second"), -1);
	ck_assert_int_eq(errno, EEXIST);
	ck_assert(there("file") && there("second"));
}
END_TEST

START_TEST(cpus_are_at_least_one)
{
	unsigned n = mk_sys_cpus();

	ck_assert_uint_ge(n, 1);
	ck_assert_uint_le(n, 65536);
}
END_TEST

#ifdef __linux__
/* From now on system call NR fails with ERRNUM. */
static void
refuse(long nr, unsigned errnum)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | errnum),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { .len = 4, .filter = code };

	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog), 0);
}

static void
setup_old_kernel(void)
{
	setup();
	refuse(SYS_openat2, ENOSYS);
	refuse(SYS_renameat2, ENOSYS);
}

static void
setup_old_container(void)
{
	setup();
	refuse(SYS_openat2, EPERM);
	refuse(SYS_renameat2, EINVAL);
	refuse(SYS_linkat, EPERM);	/* no hard links either */
}

/* A file system at AT, for this process alone. */
static bool
mount_here(const char *type, const char *at)
{
	return unshare(CLONE_NEWNS) == 0 &&
	    mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) == 0 &&
	    mount("none", at, type, MS_NOSUID | MS_NODEV, "size=64k") == 0;
}

/* Asked in a child, whose mounts go with it. */
static bool
may_mount(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(mount_here("tmpfs", "/tmp") ? 0 : 1);
	return pid != -1 && waitpid(pid, &status, 0) == pid &&
	    WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* dir/sub becomes another file system; ROOT must not see the old mounts. */
static void
mount_sub(char at[PATH_MAX + 8])
{
	snprintf(at, PATH_MAX + 8, "%s/dir/sub", scratch);
	ck_assert(mount_here("tmpfs", at));
	close(root);
	root = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ne(root, -1);
}

START_TEST(other_file_system_is_refused)
{
	char at[PATH_MAX + 8];
	int fd;

	mount_sub(at);
	ck_assert_int_eq(mkdirat(root, "dir/sub/in", 0755), 0);
	make_file(root, "dir/sub/file", "text");

	ck_assert_int_eq(mk_sys_open_dir(root, "dir/sub"), -1);
	ck_assert_int_eq(errno, EXDEV);
	ck_assert_int_eq(mk_sys_open_dir(root, "dir/sub/in"), -1);
	ck_assert_int_eq(errno, EXDEV);
	ck_assert_int_eq(mk_sys_open_file(root, "dir/sub/file", O_RDONLY, 0),
	    -1);
	ck_assert_int_eq(errno, EXDEV);
	ck_assert_int_eq(mk_sys_open_file(root, "dir/sub/new",
	    O_WRONLY | O_CREAT, 0644), -1);
	ck_assert_int_eq(errno, EXDEV);
	ck_assert(!there("dir/sub/new"));
	ck_assert_int_eq(mk_sys_rename_noreplace(root, "file", root,
	    "dir/sub/moved"), -1);
	ck_assert_int_eq(errno, EXDEV);
	ck_assert(there("file") && !there("dir/sub/moved"));

	fd = open(at, O_RDONLY | O_DIRECTORY);	/* a start there is fine */
	ck_assert_int_ne(fd, -1);
	ck_assert_int_ne(mk_sys_open_dir(fd, "in"), -1);
	close(fd);
	ck_assert_int_eq(umount2(at, MNT_DETACH), 0);
}
END_TEST

/* A mount point that is a file: refused, and not emptied on the way. */
START_TEST(mounted_file_is_refused_and_kept)
{
	char at[PATH_MAX + 8], from[PATH_MAX + 16], to[PATH_MAX + 8];
	struct stat st;

	mount_sub(at);
	snprintf(from, sizeof from, "%s/dir/sub/there", scratch);
	snprintf(to, sizeof to, "%s/file", scratch);
	make_file(root, "dir/sub/there", "a longer text");
	ck_assert_int_eq(mount(from, to, "none", MS_BIND, NULL), 0);

	ck_assert_int_eq(mk_sys_open_file(root, "file", O_WRONLY | O_TRUNC, 0),
	    -1);
	ck_assert_int_eq(errno, EXDEV);
	ck_assert_int_eq(fstatat(root, "file", &st, 0), 0);
	ck_assert_int_eq(st.st_size, 13);
	ck_assert_int_eq(umount2(to, MNT_DETACH), 0);
	ck_assert_int_eq(umount2(at, MNT_DETACH), 0);
}
END_TEST
#endif

static void
add_common(TCase *tc)
{
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, open_dir_opens_or_refuses, 0,
	    (int)(sizeof dirs / sizeof *dirs));
	tcase_add_loop_test(tc, open_file_opens_or_refuses, 0,
	    (int)(sizeof files / sizeof *files));
	tcase_add_test(tc, open_file_gives_mode_and_empties);
	tcase_add_test(tc, name_too_long_is_refused);
	tcase_add_test(tc, start_may_be_no_directory);
	if (geteuid() != 0)		/* root may all */
		tcase_add_test(tc, missing_right_is_told);
	tcase_add_loop_test(tc, rename_replaces_nothing, 0,
	    (int)(sizeof renames / sizeof *renames));
}

int
main(void)
{
	Suite *suite;
	TCase *tc;
#ifdef __linux__
	const char *fork_mode = getenv("CK_FORK");
	bool mounts = may_mount();
#endif

	suite = suite_create("base/sys");
	tc = tcase_create("sys");
	tcase_add_checked_fixture(tc, setup, teardown);
	add_common(tc);
	tcase_add_test(tc, dir_yields_each_entry_with_its_type);
	tcase_add_test(tc, large_dir_is_met_once_and_anew);
	tcase_add_test(tc, dir_start_wants_a_directory);
	tcase_add_test(tc, removed_dir_is_at_its_end);
	tcase_add_test(tc, rename_onto_own_link_keeps_both);
	tcase_add_test(tc, cpus_are_at_least_one);
#ifdef __linux__
	if (mounts) {
		tcase_add_test(tc, other_file_system_is_refused);
		tcase_add_test(tc, mounted_file_is_refused_and_kept);
	}
#endif
	suite_add_tcase(suite, tc);
#ifdef __linux__
	/* A filter cannot be taken back: not in the debugger's one process. */
	if (fork_mode == NULL || strcmp(fork_mode, "no") != 0) {
		tc = tcase_create("sys on an old kernel");
		tcase_add_checked_fixture(tc, setup_old_kernel, teardown);
		add_common(tc);
		if (mounts)
			tcase_add_test(tc, other_file_system_is_refused);
		suite_add_tcase(suite, tc);
		tc = tcase_create("sys in an old container");
		tcase_add_checked_fixture(tc, setup_old_container, teardown);
		add_common(tc);
		suite_add_tcase(suite, tc);
	}
#endif
	return unit_run(suite);
}
