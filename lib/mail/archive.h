/*
 * mail/archive - messages in a tar file; the only user of libarchive beside
 * base/unpack, which unpacks single files.
 *
 * Written before anything is removed, read to put messages back.  The format
 * is pax (POSIX.1-2001), so that names of any bytes and times to the
 * nanosecond survive, and GNU tar and bsdtar read it.  Compression follows
 * the name: .tar, .tar.gz, .tar.xz, .tar.zst.
 *
 * Each entry carries a CRC-32 of its header and content in the extended
 * attribute user.mailkeep.crc32: neither tar nor libarchive's zstd and gzip
 * have one over the content.  tar(1) passes over it in silence.
 *
 * The end of a tar file is two blocks of zeros; libarchive also takes a file
 * that just stops between two entries.  Here that is damage: cut short.
 */
#ifndef MK_MAIL_ARCHIVE_H
#define MK_MAIL_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/error.h"

struct mk_archive;			/* being written */

/*
 * Start NAME (a plain name) in DIRFD (duplicated), mode 0600, under a
 * temporary name (NAME ".part", locked; one left by a killed run is
 * replaced).  NULL on failure, EX_CANTCREAT where NAME exists, EX_USAGE for
 * another ending.
 */
struct mk_archive *mk_archive_create(int dirfd, const char *name,
    struct mk_error *err);

/*
 * Add the regular file open as FD, with ST its fstat(2), under PATH (not
 * empty, no "/" at its end).  It is read twice from its start; the offset does
 * not matter and does not move.  A file that turns out shorter or longer than
 * ST says or changes in between is an error, and the archive is then fit only
 * for mk_archive_abort.  0 or -1.
 */
int mk_archive_add(struct mk_archive *ar, int fd, const struct stat *st,
    const char *path, struct mk_error *err);

/*
 * Finish: flush, fsync, read the file back and compare its entries' count,
 * sizes and checksums with what was added, rename to NAME, fsync the
 * directory.  Frees AR.  Only after 0 may an original go.  -1: nothing of it
 * is left behind; EX_CANTCREAT where NAME came to be meanwhile (untouched).
 */
int mk_archive_commit(struct mk_archive *ar, struct mk_error *err);
void mk_archive_abort(struct mk_archive *ar);	/* NULL is fine */

/*
 * Remove from the directory DIRFD the ".part" files that killed runs left:
 * those that nobody has locked.  How many went.
 */
size_t mk_archive_sweep(int dirfd);

struct mk_archive_reader;

struct mk_archive_entry {
	const char *path;		/* until the next call; as added */
	mode_t type, mode;		/* S_IFREG and the like; 07777 bits.
					 * 0: a hard link, without content */
	uid_t uid;
	gid_t gid;
	off_t size;			/* bytes */
	struct timespec mtime;
};

/*
 * Read the archive open as FD (borrowed) from its current offset: tar in any
 * of its formats, plain or by gzip, bzip2, compress, lz4, lzip, xz, zstd, as
 * far as libarchive does these itself; no other program is run.  NULL on
 * failure.
 */
struct mk_archive_reader *mk_archive_open(int fd, struct mk_error *err);

/*
 * 1 and *ENTRY filled; 0 at the end, all of the file having been read; -1
 * (EX_DATAERR: damaged or cut short).  Content not extracted is checked on
 * the way.
 */
int mk_archive_next(struct mk_archive_reader *rd,
    struct mk_archive_entry *entry, struct mk_error *err);

/*
 * Write the content of the entry just met to FD, once.  0, or -1: what was
 * written then is not the message and must go.
 */
int mk_archive_extract(struct mk_archive_reader *rd, int fd,
    struct mk_error *err);
void mk_archive_close(struct mk_archive_reader *rd);	/* NULL is fine */

#endif
