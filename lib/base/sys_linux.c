/*
 * base/sys for Linux: openat2(2), getdents64(2), renameat2(2).
 *
 * By number, through syscall(2): the C library has no openat2, older ones and
 * other ones lack the rest.
 */
#include "base/sys.h"

#include <sys/syscall.h>
#include <sys/vfs.h>

#include <dirent.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/sys_walk.h"

#define DIR_BUF_BYTES	((size_t)128 * 1024)
#define NOREPLACE	1		/* RENAME_NOREPLACE */

/* What getdents64 writes.  Source: getdents(2), struct linux_dirent64. */
struct entry {
	uint64_t ino;
	int64_t off;
	unsigned short reclen;
	unsigned char type;
	char name[];
};

/* Set once and for all when there turns out to be no openat2. */
static atomic_bool no_openat2;

/*
 * ENOSYS: Linux before 5.6.  EPERM may be the file's own (O_NOATIME, an
 * immutable file) or that of a system call filter that is older than openat2;
 * when the walk succeeds, it was the filter.  The walk is never the weaker
 * guard against links and "..", so falling back opens no hole.
 *
 * RESOLVE_NO_SYMLINKS says ELOOP where O_NOFOLLOW says ENOTDIR; it alone
 * refuses the last link as well.
 */
static int
open_beneath(int dirfd, const char *path, int flags, mode_t mode)
{
	struct open_how how = {
		.flags = (unsigned)((flags & ~O_NOFOLLOW) | O_LARGEFILE),
		.mode = (flags & O_CREAT) != 0 ? mode : 0,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
		    RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
	};
	int fd, errnum;

	if (walk_check(path, flags) == -1)
		return -1;
	if (atomic_load_explicit(&no_openat2, memory_order_relaxed))
		return walk_open(dirfd, path, flags, mode);

	fd = (int)syscall(SYS_openat2, dirfd, path, &how, sizeof how);
	if (fd != -1 || (errno != ENOSYS && errno != EPERM))
		return fd;
	errnum = errno;
	fd = walk_open(dirfd, path, flags, mode);
	if (errnum == ENOSYS || fd != -1)
		atomic_store_explicit(&no_openat2, true,
		    memory_order_relaxed);
	return fd;
}

int
mk_sys_open_dir(int dirfd, const char *path)
{
	return open_beneath(dirfd, path, WALK_DIR, 0);
}

int
mk_sys_open_file(int dirfd, const char *path, int flags, unsigned mode)
{
	return open_beneath(dirfd, path, flags | WALK_FILE, (mode_t)mode);
}

int
mk_sys_dir_start(struct mk_dir *dir, int fd)
{
	dir->fd = -1;
	dir->pos = dir->end = 0;
	if (dir->buf == NULL) {
		dir->buf = malloc(DIR_BUF_BYTES);
		if (dir->buf == NULL)
			return -1;
	}
	if (lseek(fd, 0, SEEK_SET) == -1)
		return -1;
	dir->fd = fd;
	return 0;
}

/*
 * ENOENT: the directory itself was removed while we read it, which is its
 * end, as in readdir(3).
 */
static int
fill(struct mk_dir *dir)
{
	long n;

	n = syscall(SYS_getdents64, dir->fd, dir->buf, DIR_BUF_BYTES);
	if (n == -1)
		return errno == ENOENT ? 0 : -1;
	dir->pos = 0;
	dir->end = (size_t)n;
	return n > 0;
}

static enum mk_dirent_type
type_of(unsigned char type)
{
	switch (type) {
	case DT_UNKNOWN:
		return MK_UNKNOWN;
	case DT_REG:
		return MK_FILE;
	case DT_DIR:
		return MK_DIR;
	case DT_LNK:
		return MK_LINK;
	default:
		return MK_OTHER;
	}
}

int
mk_sys_dir_next(struct mk_dir *dir, struct mk_dirent *entry)
{
	const struct entry *e;
	int rv;

	for (;;) {
		if (dir->pos >= dir->end && (rv = fill(dir)) != 1)
			return rv;
		e = (const void *)(dir->buf + dir->pos);
		dir->pos += e->reclen;
		if (strcmp(e->name, ".") == 0 || strcmp(e->name, "..") == 0)
			continue;
		entry->name = e->name;
		entry->len = strlen(e->name);
		entry->type = type_of(e->type);
		return 1;
	}
}

void
mk_sys_dir_free(struct mk_dir *dir)
{
	free(dir->buf);
	*dir = (struct mk_dir){ .fd = -1 };
}

int
mk_sys_open_step(int dirfd, const char *name)
{
	return walk_through(dirfd, name);
}

/*
 * A read lease is given only where nobody has the file open for writing, which
 * counts mappings, and descriptors on their way through a socket, too.
 *
 * Who opens the file to write while we hold it waits until we give it back, at
 * once (with O_NONBLOCK it is refused), and the kernel sends us, the holder and
 * nobody else, a signal.  That would be SIGIO, which kills.  SIGURG, named in
 * its place, is ignored where no handler is set; and it is no real-time signal,
 * for which the kernel falls back to SIGIO when their queue is full.  So it is
 * named before the lease is asked for, and no lease is asked for without.
 * Source: fcntl(2), F_SETLEASE and F_SETSIG.
 */
int
mk_sys_has_writer(int fd)
{
	int before = fcntl(fd, F_GETSIG), rv = 0, errnum;

	if (before == -1 || fcntl(fd, F_SETSIG, SIGURG) == -1)
		return -1;
	if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0)
		fcntl(fd, F_SETLEASE, F_UNLCK);
	else
		rv = errno == EAGAIN ? 1 : -1;
	errnum = errno;
	fcntl(fd, F_SETSIG, before);
	errno = errnum;
	return rv;
}

/* EINVAL: a file system, NFS for one, that cannot refuse in one step. */
int
mk_sys_rename_noreplace(int olddir, const char *oldname, int newdir,
    const char *newname)
{
	if (syscall(SYS_renameat2, olddir, oldname, newdir, newname,
	    NOREPLACE) == 0)
		return 0;
	if (errno != ENOSYS && errno != EINVAL)
		return -1;
	return walk_rename_noreplace(olddir, oldname, newdir, newname);
}

/*
 * By the magic numbers of linux/magic.h and statfs(2).  Of FUSE nobody knows
 * what is behind it.
 */
int
mk_sys_is_network(const char *path)
{
	static const unsigned long magics[] = {
		0x6969,			/* NFS */
		0x517b, 0xfe534d42, 0xff534d42,	/* SMB, SMB2, CIFS */
		0x00c36400,		/* Ceph */
		0x5346414f, 0x6b414653,	/* AFS */
		0x01021997,		/* 9P */
		0x0bd00bd0,		/* Lustre */
		0x01161970, 0x7461636f,	/* GFS2, OCFS2 */
		0x73757245,		/* Coda */
		0x19830326, 0x47504653,	/* BeeGFS, GPFS */
	};
	struct statfs st;
	size_t i;

	if (statfs(path, &st) == -1)
		return -1;
	for (i = 0; i < sizeof magics / sizeof magics[0]; i++)
		if (((unsigned long)st.f_type & 0xffffffff) == magics[i])
			return 1;
	if (((unsigned long)st.f_type & 0xffffffff) == 0x65735546) {
		errno = ENOTSUP;	/* FUSE */
		return -1;
	}
	return 0;
}

/* sched_getaffinity fails on a host of more than CPU_SETSIZE processors. */
unsigned
mk_sys_cpus(void)
{
	cpu_set_t set;
	long n;

	if (sched_getaffinity(0, sizeof set, &set) == 0)
		n = CPU_COUNT(&set);
	else
		n = sysconf(_SC_NPROCESSORS_ONLN);
	return n < 1 ? 1 : (unsigned)n;
}
