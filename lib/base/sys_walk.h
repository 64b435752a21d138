/*
 * base/sys_walk - what sys_linux.c and sys_posix.c share; for them alone.
 *
 * The way with POSIX calls only: the twin's way always, and Linux's where the
 * kernel or the file system does not offer the better one.
 *
 * It knows another file system by its st_dev.  So it does not see a bind
 * mount of the same file system, which openat2 refuses, and it refuses a
 * btrfs subvolume, which openat2 enters.  Neither can be made by somebody
 * who has no rights but those of a mailbox.
 */
#ifndef MK_BASE_SYS_WALK_H
#define MK_BASE_SYS_WALK_H

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * Going through a directory takes the right to search it, not to read it.
 * Where the system cannot open a directory for that alone, one that may not
 * be read is refused with EACCES.
 */
#if defined O_SEARCH
#define WALK_THROUGH	(O_SEARCH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#elif defined O_PATH
#define WALK_THROUGH	(O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#else
#define WALK_THROUGH	(O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#endif

/* What every open below has; O_NONBLOCK is against FIFOs and leases. */
#define WALK_DIR	(O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define WALK_FILE	(O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

static inline void
walk_close(int fd)
{
	int errnum = errno;

	close(fd);
	errno = errnum;
}

/*
 * Judge PATH by its letters, before any lookup.  ".." is refused even where
 * it stays below the start: nobody honest writes it into a table of maildirs.
 * An empty path must not be ENOENT, which callers read as "gone meanwhile".
 */
static inline int
walk_check(const char *path, int flags)
{
	const char *p = path;
	size_t len;

	if (*path == '\0') {
		errno = EINVAL;
		return -1;
	}
	if (*path == '/') {
		errno = EXDEV;
		return -1;
	}
	while (*p != '\0') {
		len = strcspn(p, "/");
		if (len == 2 && p[0] == '.' && p[1] == '.') {
			errno = EXDEV;
			return -1;
		}
		p += len;
		p += strspn(p, "/");
	}
	if ((size_t)(p - path) >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if ((flags & O_CREAT) != 0 && p[-1] == '/') {
		errno = EISDIR;		/* systems disagree on "file/" */
		return -1;
	}
	return 0;
}

/* errno for a refused NAME: ELOOP for a link, whatever the system calls it. */
static inline void
walk_blame(int at, const char *name)
{
	int errnum = errno;
	struct stat st;

	if ((errnum == ENOTDIR || errnum == EMLINK) &&
	    fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISLNK(st.st_mode))
		errnum = ELOOP;
	errno = errnum;
}

/* Open the directory NAME, one component, below AT, to go through it. */
static inline int
walk_through(int at, const char *name)
{
	int fd = openat(at, name, WALK_THROUGH);

	if (fd == -1)
		walk_blame(at, name);
	return fd;
}

/*
 * Open NAME, one component, below AT, on the file system DEV.  Emptying waits
 * until it is known that the file is on that file system.
 */
static inline int
walk_step(int at, const char *name, int flags, mode_t mode, dev_t dev)
{
	struct stat st;
	int fd;

	fd = openat(at, name, flags & ~O_TRUNC, mode);
	if (fd == -1) {
		walk_blame(at, name);
		return -1;
	}
	if (fstat(fd, &st) == -1)
		goto fail;
	if (st.st_dev != dev) {
		errno = EXDEV;
		goto fail;
	}
	if ((flags & O_TRUNC) != 0 && S_ISREG(st.st_mode) &&
	    ftruncate(fd, 0) == -1)
		goto fail;
	return fd;
fail:
	walk_close(fd);
	return -1;
}

/*
 * Open PATH, which passed walk_check(), component by component.  Each step
 * is taken from a descriptor, so a directory that is moved or replaced by a
 * link meanwhile leads nowhere new.
 */
static inline int
walk_open(int dirfd, const char *path, int flags, mode_t mode)
{
	char copy[PATH_MAX], *name = copy, *next;
	struct stat start;
	int at, fd;

	snprintf(copy, sizeof copy, "%s", path);
	at = openat(dirfd, ".", WALK_THROUGH);
	if (at == -1)
		return -1;
	if (fstat(at, &start) == -1) {
		walk_close(at);
		return -1;
	}
	for (;;) {
		next = name + strcspn(name, "/");
		if (*next == '/') {
			*next++ = '\0';
			next += strspn(next, "/");
			if (*next == '\0')	/* a trailing slash */
				flags |= O_DIRECTORY;
		}
		fd = *next == '\0' ?
		    walk_step(at, name, flags, mode, start.st_dev) :
		    walk_step(at, name, WALK_THROUGH, 0, start.st_dev);
		walk_close(at);
		if (fd == -1 || *next == '\0')
			return fd;
		at = fd;
		name = next;
	}
}

/*
 * Rename to a name that was reserved by making it: for directories, and for
 * file systems without hard links.  The name that is replaced is our own and
 * empty.  Killed in between, an empty file or directory stays.
 */
static inline int
walk_rename_reserved(int olddir, const char *oldname, int newdir,
    const char *newname)
{
	struct stat st;
	bool is_dir;
	int fd, errnum;

	if (fstatat(olddir, oldname, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return -1;
	is_dir = S_ISDIR(st.st_mode);
	if (is_dir) {
		if (mkdirat(newdir, newname, 0700) == -1)
			return -1;
	} else {
		fd = openat(newdir, newname,
		    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd == -1)
			return -1;
		close(fd);
	}
	if (renameat(olddir, oldname, newdir, newname) == 0)
		return 0;
	errnum = errno;
	unlinkat(newdir, newname, is_dir ? AT_REMOVEDIR : 0);
	errno = errnum;
	return -1;
}

/*
 * link() refuses a name that is there, as one step.  Killed between the two
 * steps, the file has both names, and nothing is lost.  When the old name has
 * gone in between, somebody else renamed the file: then the new name is taken
 * back, so that the file is where the other put it and there alone.
 */
static inline int
walk_rename_noreplace(int olddir, const char *oldname, int newdir,
    const char *newname)
{
	int errnum;

	if (linkat(olddir, oldname, newdir, newname, 0) == -1) {
		switch (errno) {
		case EPERM:		/* a directory; or no hard links here */
		case EMLINK:
		case ENOSYS:
		case EOPNOTSUPP:
			return walk_rename_reserved(olddir, oldname, newdir,
			    newname);
		default:
			return -1;
		}
	}
	if (unlinkat(olddir, oldname, 0) == 0)
		return 0;
	errnum = errno;
	unlinkat(newdir, newname, 0);
	errno = errnum;
	return -1;
}

#endif
