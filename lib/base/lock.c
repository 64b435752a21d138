/* base/lock - one run at a time. */
#include "base/lock.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/sys.h"

#define TRIES	100

/*
 * Say who holds the lock.  What the file says is a hint: the holder may have
 * taken the lock and not written yet.
 */
static int
fail_held(int fd, const char *name, struct mk_error *err)
{
	char text[24], *end;
	long pid = 0;
	ssize_t n;

	n = pread(fd, text, sizeof text - 1, 0);
	if (n > 0) {
		text[n] = '\0';
		pid = strtol(text, &end, 10);
		if (*end != '\n')
			pid = 0;
	}
	if (pid <= 0)
		return mk_fail(err, EX_TEMPFAIL,
		    "lock %s: held by another process", name);
	return mk_fail(err, EX_TEMPFAIL, "lock %s: held by process %ld", name,
	    pid);
}

/*
 * Is NAME still the file that was locked?  When somebody removed the file
 * between our open and our lock, the next run would make a new one and hold
 * that: two holders.
 */
static bool
still_named(int dirfd, const char *name, const struct stat *locked)
{
	struct stat st;

	return fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    st.st_dev == locked->st_dev && st.st_ino == locked->st_ino;
}

/*
 * A try.  1 with *FD locked, 0 when the file was removed under us, -1.  A file
 * with a second name may be any file of the host, laid here to be overwritten.
 */
static int
try_take(int *fd, int dirfd, const char *name, struct mk_error *err)
{
	struct stat st;
	int rv = -1;

	*fd = mk_sys_open_file(dirfd, name, O_RDWR | O_CREAT, 0600);
	if (*fd == -1)
		return mk_fail_sys(err, "open the lock file %s", name);
	if (fstat(*fd, &st) == -1)
		mk_fail_sys(err, "look at the lock file %s", name);
	else if (!S_ISREG(st.st_mode) || st.st_nlink > 1)
		mk_fail(err, EX_DATAERR, "lock file %s: not a regular file of "
		    "one name", name);
	else if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
		rv = still_named(dirfd, name, &st);
	else if (errno == EWOULDBLOCK)
		fail_held(*fd, name, err);
	else
		mk_fail_sys(err, "lock %s", name);
	if (rv != 1) {
		close(*fd);
		*fd = MK_LOCK_NONE;
	}
	return rv;
}

/* The pid is for people: a full disk must not stop the run that empties it. */
static void
write_pid(int fd)
{
	char text[24];
	int len;

	len = snprintf(text, sizeof text, "%ld\n", (long)getpid());
	if (ftruncate(fd, 0) == 0)
		(void)mk_fs_write_all(fd, text, (size_t)len);
}

int
mk_lock_take(int *lock, int dirfd, const char *name, struct mk_error *err)
{
	int tries, rv;

	for (tries = 0; tries < TRIES; tries++) {
		rv = try_take(lock, dirfd, name, err);
		if (rv == 1)
			write_pid(*lock);
		if (rv != 0)
			return rv == 1 ? 0 : -1;
	}
	return mk_fail(err, EX_TEMPFAIL, "lock %s: the file is removed again "
	    "and again", name);
}

/*
 * The file stays: removing it would let a second run lock the removed file
 * while a third makes a new one.  LOCK_UN: a child that holds a copy of the
 * descriptor must not keep the lock.
 */
void
mk_lock_drop(int *lock)
{
	if (*lock == MK_LOCK_NONE)
		return;
	flock(*lock, LOCK_UN);
	close(*lock);
	*lock = MK_LOCK_NONE;
}
