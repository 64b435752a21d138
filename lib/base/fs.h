/*
 * base/fs - work on files through descriptors.
 */
#ifndef MK_BASE_FS_H
#define MK_BASE_FS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"

/* All LEN bytes, over short writes and EINTR.  0, or -1 with errno. */
int mk_fs_write_all(int fd, const void *data, size_t len);

/*
 * Append the whole file FD from its current offset to *BUF, at most MAX bytes
 * (EFBIG beyond).  0, or -1 with errno.
 */
int mk_fs_read_all(int fd, struct mk_buf *buf, size_t max);

/*
 * LEN bytes at OFFSET into BUF, over short reads and EINTR.  How many there
 * are: fewer at the end of the file alone; -1 with errno.
 */
ssize_t mk_fs_read_at(int fd, void *buf, size_t len, uint64_t offset);

enum mk_fs_sync { MK_FS_NOSYNC, MK_FS_SYNC };

/*
 * Replace the file NAME in DIRFD by LEN bytes at DATA: a temporary file beside
 * it (".NAME.tmp", ".NAME.XXXXXX.tmp" where another writes that one; removed
 * on failure, by the next call where a kill left it), then rename(2); readers
 * meet the old file or the new one, never a part.  MK_FS_SYNC also syncs the
 * file before and the directory after the rename, so that it outlives a power
 * cut.  MODE is given by fchmod, beyond the umask; the owner stays the old
 * file's where root replaces it.  A link or directory of that name: the link is
 * replaced, the directory is an error.  0 or -1.
 */
int mk_fs_replace(int dirfd, const char *name, const void *data, size_t len,
    mode_t mode, enum mk_fs_sync sync, struct mk_error *err);

/*
 * Give FD, a file that is to replace NAME in DIRFD, to the owner and group of
 * that; only root can, and for others, or where there is none, it does
 * nothing.  0, or -1 with errno.
 */
int mk_fs_keep_owner(int fd, int dirfd, const char *name);

/*
 * Open the directory PATH of the administrator's choice (links are followed:
 * the configuration is trusted).  With a MODE, a missing last component is
 * made with it, and given to UID:GID where UID is not (uid_t)-1; 0: it is not
 * made.
 * Returns the descriptor, or -1.
 */
int mk_fs_open_trusted(const char *path, mode_t mode, uid_t uid, gid_t gid,
    struct mk_error *err);

/*
 * Open, likewise, the directory that the file PATH lies in, there or not.
 * Returns the descriptor, or -1.
 */
int mk_fs_open_parent(const char *path, struct mk_error *err);

#endif
