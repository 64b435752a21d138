/*
 * clock - a library for LD_PRELOAD that lies about the time, so that a mail
 * tree made today gets ledgers two weeks old.  Only passes that are not
 * measured run under it.
 *
 * BENCH_CLOCK=SECONDS		is added to the clock;
 * BENCH_CTIME=mtime		makes stat report each ctime as the mtime,
 *				which no call can set.
 *
 * It asks the kernel directly, so it needs no dlsym; 64-bit Linux only.
 */
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

_Static_assert(sizeof(struct stat) == sizeof(struct stat64) &&
    sizeof(time_t) == 8, "64-bit systems only");

static time_t
offset_s(void)
{
	const char *s = getenv("BENCH_CLOCK");

	return s == NULL ? 0 : (time_t)atoll(s);
}

static int
ctime_is_mtime(void)
{
	const char *s = getenv("BENCH_CTIME");

	return s != NULL && strcmp(s, "mtime") == 0;
}

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	int rv = (int)syscall(SYS_clock_gettime, id, ts);

	if (rv == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
		ts->tv_sec += offset_s();
	return rv;
}

time_t
time(time_t *t)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	if (t != NULL)
		*t = ts.tv_sec;
	return ts.tv_sec;
}

int
gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	struct timespec ts;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &ts);
	tv->tv_sec = ts.tv_sec;
	tv->tv_usec = ts.tv_nsec / 1000;
	return 0;
}

int
statx(int fd, const char *restrict path, int flags, unsigned mask,
    struct statx *restrict stx)
{
	int rv = (int)syscall(SYS_statx, fd, path, flags,
	    mask | STATX_MTIME, stx);

	if (rv == 0 && ctime_is_mtime())
		stx->stx_ctime = stx->stx_mtime;
	return rv;
}

int
fstatat(int fd, const char *restrict path, struct stat *restrict st,
    int flags)
{
	int rv = (int)syscall(SYS_newfstatat, fd, path, st, flags);

	if (rv == 0 && ctime_is_mtime())
		st->st_ctim = st->st_mtim;
	return rv;
}

int
fstat(int fd, struct stat *st)
{
	return fstatat(fd, "", st, AT_EMPTY_PATH);
}

int
stat(const char *restrict path, struct stat *restrict st)
{
	return fstatat(AT_FDCWD, path, st, 0);
}

int
lstat(const char *restrict path, struct stat *restrict st)
{
	return fstatat(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW);
}

/* What the same calls are named with _FILE_OFFSET_BITS=64. */
int
fstatat64(int fd, const char *restrict path, struct stat64 *restrict st,
    int flags)
{
	return fstatat(fd, path, (struct stat *)(void *)st, flags);
}

int
fstat64(int fd, struct stat64 *st)
{
	return fstatat64(fd, "", st, AT_EMPTY_PATH);
}

int
stat64(const char *restrict path, struct stat64 *restrict st)
{
	return fstatat64(AT_FDCWD, path, st, 0);
}

int
lstat64(const char *restrict path, struct stat64 *restrict st)
{
	return fstatat64(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW);
}
