/*
 * base/sys with POSIX.1-2008 alone.
 *
 * POSIX has no d_type: every entry is MK_UNKNOWN here.
 */
#include "base/sys.h"

#include <dirent.h>
#include <stdlib.h>

#include "base/sys_walk.h"

int
mk_sys_open_dir(int dirfd, const char *path)
{
	if (walk_check(path, WALK_DIR) == -1)
		return -1;
	return walk_open(dirfd, path, WALK_DIR, 0);
}

int
mk_sys_open_file(int dirfd, const char *path, int flags, unsigned mode)
{
	if (walk_check(path, flags) == -1)
		return -1;
	return walk_open(dirfd, path, flags | WALK_FILE, (mode_t)mode);
}

/*
 * closedir(3) closes its descriptor, and FD is the caller's; so the stream
 * gets a duplicate.  Both share one offset, hence the rewind.
 */
int
mk_sys_dir_start(struct mk_dir *dir, int fd)
{
	DIR *stream;
	int own;

	mk_sys_dir_free(dir);
	own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (own == -1)
		return -1;
	stream = fdopendir(own);
	if (stream == NULL) {
		walk_close(own);
		return -1;
	}
	rewinddir(stream);
	dir->fd = fd;
	dir->stream = stream;
	return 0;
}

int
mk_sys_dir_next(struct mk_dir *dir, struct mk_dirent *entry)
{
	const struct dirent *e;

	if (dir->stream == NULL) {
		errno = EBADF;
		return -1;
	}
	do {
		errno = 0;
		e = readdir(dir->stream);
		if (e == NULL)
			return errno == 0 ? 0 : -1;
	} while (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0);
	entry->name = e->d_name;
	entry->len = strlen(e->d_name);
	entry->type = MK_UNKNOWN;
	return 1;
}

void
mk_sys_dir_free(struct mk_dir *dir)
{
	if (dir->stream != NULL)
		closedir(dir->stream);
	*dir = (struct mk_dir){ .fd = -1 };
}

int
mk_sys_open_step(int dirfd, const char *name)
{
	return walk_through(dirfd, name);
}

int
mk_sys_has_writer(int fd)
{
	(void)fd;
	errno = ENOTSUP;
	return -1;
}

int
mk_sys_rename_noreplace(int olddir, const char *oldname, int newdir,
    const char *newname)
{
	return walk_rename_noreplace(olddir, oldname, newdir, newname);
}

int
mk_sys_is_network(const char *path)
{
	(void)path;
	errno = ENOTSUP;
	return -1;
}

unsigned
mk_sys_cpus(void)
{
#ifdef _SC_NPROCESSORS_ONLN
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : (unsigned)n;
#else
	return 1;
#endif
}
