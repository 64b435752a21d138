/*
 * base/sys - the system calls that POSIX lacks or that Linux does better.
 *
 * sys_linux.c (openat2, getdents64, renameat2) and sys_posix.c say the same
 * things; the Makefile's SYS picks one, "make check-posix" tests the other.
 * Functions here set errno and fill no mk_error: the caller knows the place.
 */
#ifndef MK_BASE_SYS_H
#define MK_BASE_SYS_H

#include <stdbool.h>
#include <stddef.h>

enum mk_dirent_type { MK_UNKNOWN, MK_FILE, MK_DIR, MK_LINK, MK_OTHER };

/*
 * A directory being read.  The buffer is kept over many directories: { .fd =
 * -1 } once, then start/next as often as wanted, mk_sys_dir_free at the end.
 */
struct mk_dir {
	int fd;				/* borrowed from the caller */
	char *buf;			/* getdents64's, or NULL */
	size_t pos, end;
	void *stream;			/* the POSIX twin's DIR */
};

struct mk_dirent {
	const char *name;		/* until the next call; not "." or ".." */
	size_t len;
	enum mk_dirent_type type;	/* MK_UNKNOWN: fstatat tells */
};

/*
 * Open directory PATH below DIRFD, read-only, close-on-exec.  Refused with
 * -1: an absolute or empty path and ".." (EXDEV or EINVAL), a link anywhere
 * in it (ELOOP or ENOTDIR), another file system (EXDEV), no directory
 * (ENOTDIR), and what openat(2) says.  "." is DIRFD anew.
 */
int mk_sys_open_dir(int dirfd, const char *path);

/*
 * Open the file PATH below DIRFD with FLAGS of open(2) and MODE; the same
 * refusals, and never blocks on a FIFO, never takes a terminal.  The caller
 * asks fstat(2) what it got.
 */
int mk_sys_open_file(int dirfd, const char *path, int flags, unsigned mode);

/*
 * Open the directory NAME, one component, below DIRFD, only to go through it
 * (the right to search it is enough where the system knows that), wherever it
 * is mounted from.  ".." is one above.  A link is ELOOP, another file ENOTDIR.
 */
int mk_sys_open_step(int dirfd, const char *name);

/* Start (again) at the first entry of the directory open as FD.  0 or -1. */
int mk_sys_dir_start(struct mk_dir *dir, int fd);

/* 1 and *ENTRY filled, 0 at the end, -1 on failure. */
int mk_sys_dir_next(struct mk_dir *dir, struct mk_dirent *entry);
void mk_sys_dir_free(struct mk_dir *dir);

/* rename(2) that fails with EEXIST where NEWNAME is there already. */
int mk_sys_rename_noreplace(int olddir, const char *oldname, int newdir,
    const char *newname);

/*
 * Whether the regular file FD, open for reading alone, is open or mapped for
 * writing by any process: 1, 0; -1, where that can't be told: ENOTSUP, EACCES
 * (neither ours nor have we Linux' CAP_LEASE), EINVAL (not on this file
 * system).  Of other hosts that have it mounted nothing is known.
 */
int mk_sys_has_writer(int fd);

/*
 * Whether the directory or file PATH lies on a file system that another host
 * has: 1, 0; -1, where that can't be told (ENOTSUP), or PATH is not there.
 */
int mk_sys_is_network(const char *path);

/* Processors that this process may use, at least 1. */
unsigned mk_sys_cpus(void);

#endif
