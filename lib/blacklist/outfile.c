/* blacklist/outfile - a published file, opened by its directory. */
#include "blacklist/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sys.h"

int
mk_outfile_open(const struct mk_outfile *at, int *fd, uint64_t *size,
    struct mk_error *err)
{
	struct stat st;
	int errnum;

	*fd = mk_sys_open_file(at->dirfd, at->name, O_RDONLY, 0);
	if (*fd == -1) {
		errnum = errno;
		mk_fail_sys(err, "open %s", at->path);
		/* EACCES: one that is closed to us is made anew. */
		return errnum == ENOENT || errnum == ELOOP ||
		    errnum == EACCES ? 0 : -1;
	}
	if (fstat(*fd, &st) == -1) {
		mk_fail_sys(err, "stat %s", at->path);
		close(*fd);
		return -1;
	}
	if (!S_ISREG(st.st_mode)) {
		mk_fail(err, EX_DATAERR, "%s is no regular file", at->path);
		close(*fd);
		return 0;
	}
	*size = (uint64_t)st.st_size;
	return 1;
}

int
mk_outfile_create(const struct mk_outfile *at, struct mk_error *err)
{
	int fd = mk_sys_open_file(at->dirfd, at->name,
	    O_WRONLY | O_CREAT | O_EXCL, 0600);

	return fd != -1 ? fd : mk_fail_sys(err, "create %s", at->path);
}

int
mk_outfile_close(const struct mk_outfile *at, int fd, int rv,
    struct mk_error *err)
{
	if (close(fd) == -1 && rv == 0)
		return mk_fail_sys(err, "write %s", at->path);
	return rv;
}

int
mk_outfile_differs(const struct mk_outfile *at, const char *what,
    struct mk_error *err)
{
	mk_fail(err, EX_DATAERR, "%s: %s", at->path, what);
	return 0;
}
