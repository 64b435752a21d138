/* mail/archive - messages in a tar file. */
#include "mail/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include <zlib.h>

#include "base/fs.h"
#include "base/libarchive_table.h"
#include "base/sys.h"

#define BLOCK_BYTES	(64 * 1024)
#define TAR_BLOCK	512
#define CRC_NAME	"user.mailkeep.crc32"
#define CRC_DIGITS	8

/* What was added, and what is read back. */
struct sums {
	uintmax_t entries, bytes;
	uLong crc;			/* over the entries' CRCs */
};

struct mk_archive {
	const struct mk_libarchive *la;
	struct archive *out;
	struct archive_entry *entry;
	int dirfd, fd;
	char *name, *part;
	bool linked;			/* .part is there and ours */
	bool broken;			/* fit only for mk_archive_abort */
	int errnum;			/* of a failed write, or 0 */
	struct sums sums;
	char buf[BLOCK_BYTES];
};

/*
 * Two of libarchive's readers, one behind the other: the first unpacks FD,
 * the second reads what that gives as tar.  So the end of the tar file and
 * that of the stream around it can be told apart, and both be looked at.
 */
struct mk_archive_reader {
	const struct mk_libarchive *la;
	struct archive *unpack, *tar;
	int fd;
	int errnum;			/* of a failed read, or 0 */
	size_t ahead;			/* bytes in .in, read to see its kind */
	bool has_content;		/* of the entry met, not yet read */
	bool has_crc;			/* this entry, ... */
	bool any_crc, any_bare;		/* an entry with one, one without */
	char crc_text[CRC_DIGITS + 1];
	uLong crc;			/* of the header, then content too */
	off_t size;
	char in[BLOCK_BYTES], buf[BLOCK_BYTES];
};

static const struct {
	const char *suffix;
	int filter;			/* libarchive's */
} writers[] = {
	{ ".tar",	ARCHIVE_FILTER_NONE },
	{ ".tar.gz",	ARCHIVE_FILTER_GZIP },
	{ ".tar.xz",	ARCHIVE_FILTER_XZ },
	{ ".tar.zst",	ARCHIVE_FILTER_ZSTD },
};

/*
 * Told here and not by libarchive, which unpacks as long as what it gets looks
 * packed: a tar file begins with the name of a message.
 */
static const struct {
	const char *magic;
	size_t len;
	int filter;
} packers[] = {
	{ "\x1f\x8b",		2, ARCHIVE_FILTER_GZIP },
	{ "\x1f\x9d",		2, ARCHIVE_FILTER_COMPRESS },
	{ "BZh",		3, ARCHIVE_FILTER_BZIP2 },
	{ "LZIP",		4, ARCHIVE_FILTER_LZIP },
	{ "\x04\x22\x4d\x18",	4, ARCHIVE_FILTER_LZ4 },
	{ "\x28\xb5\x2f\xfd",	4, ARCHIVE_FILTER_ZSTD },
	{ "\xfd" "7zXZ\0",	6, ARCHIVE_FILTER_XZ },
};

#define COUNT(array)	(sizeof (array) / sizeof *(array))

static uLong
add_crc(uLong crc, const void *data, size_t len)
{
	return crc32(crc, data, (uInt)len);	/* at most BLOCK_BYTES */
}

/* The CRC-32 of all that is said of ENTRY; its content follows. */
static uLong
header_crc(const struct mk_archive_entry *entry)
{
	char text[256];
	int len;

	len = snprintf(text, sizeof text, "%jo %ju %ju %jd %jd %ld ",
	    (uintmax_t)entry->mode, (uintmax_t)entry->uid,
	    (uintmax_t)entry->gid, (intmax_t)entry->size,
	    (intmax_t)entry->mtime.tv_sec, entry->mtime.tv_nsec);
	return add_crc(add_crc(crc32(0, NULL, 0), text, (size_t)len),
	    entry->path, strlen(entry->path) + 1);
}

static void
add_sums(struct sums *sums, off_t size, const char *crc_text)
{
	sums->entries++;
	sums->bytes += (uintmax_t)size;
	sums->crc = add_crc(sums->crc, crc_text, CRC_DIGITS);
}

/* libarchive's write callback: short only when it fails. */
static la_ssize_t
write_part(struct archive *a, void *data, const void *block, size_t len)
{
	struct mk_archive *ar = data;

	if (ar->errnum == 0 && mk_fs_write_all(ar->fd, block, len) == -1)
		ar->errnum = errno;
	if (ar->errnum == 0)
		return (la_ssize_t)len;
	ar->la->archive_set_error(a, ar->errnum, "write failed");
	return -1;
}

static int
fail_write(struct mk_archive *ar, struct mk_error *err)
{
	const char *why = ar->la->archive_error_string(ar->out);

	if (ar->errnum != 0) {
		errno = ar->errnum;
		return mk_fail_sys(err, "write %s", ar->part);
	}
	return mk_fail(err, ar->la->archive_errno(ar->out) == ENOMEM ?
	    EX_TEMPFAIL : EX_IOERR, "write %s: %s", ar->part, why != NULL ?
	    why : "libarchive does not say why");
}

/* "SCHILY" alone: GNU tar has a word to say about LIBARCHIVE's keys. */
static int
open_writer(struct mk_archive *ar, struct mk_error *err)
{
	const struct mk_libarchive *la = ar->la;
	size_t len = strlen(ar->name), n, i;

	for (i = 0; i < COUNT(writers); i++) {
		n = strlen(writers[i].suffix);
		if (len > n && strcmp(ar->name + len - n,
		    writers[i].suffix) == 0)
			break;
	}
	if (i == COUNT(writers))
		return mk_fail(err, EX_USAGE, "%s: an archive's name ends in "
		    ".tar, .tar.gz, .tar.xz or .tar.zst", ar->name);
	ar->out = la->archive_write_new();
	ar->entry = la->archive_entry_new();
	if (ar->out == NULL || ar->entry == NULL) {
		errno = ENOMEM;
		return mk_fail_sys(err, "make %s", ar->name);
	}
	if (la->archive_write_add_filter(ar->out, writers[i].filter) !=
	    ARCHIVE_OK ||
	    la->archive_write_set_format_pax_restricted(ar->out) !=
	    ARCHIVE_OK ||
	    la->archive_write_set_format_option(ar->out, "pax", "xattrheader",
	    "SCHILY") != ARCHIVE_OK ||
	    la->archive_write_set_bytes_per_block(ar->out, BLOCK_BYTES) !=
	    ARCHIVE_OK ||
	    la->archive_write_set_bytes_in_last_block(ar->out, 1) !=
	    ARCHIVE_OK ||
	    la->archive_write_open(ar->out, ar, NULL, write_part, NULL) !=
	    ARCHIVE_OK)
		return fail_write(ar, err);
	return 0;
}

/* Make the part file.  Whose it is before, a run's that was killed. */
static int
create_part(struct mk_archive *ar, struct mk_error *err)
{
	struct stat st;

	if (fstatat(ar->dirfd, ar->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return mk_fail(err, EX_CANTCREAT, "%s: is there already",
		    ar->name);
	if (errno != ENOENT)
		return mk_fail_sys(err, "look for %s", ar->name);
	if (unlinkat(ar->dirfd, ar->part, 0) == -1 && errno != ENOENT)
		return mk_fail_sys(err, "remove the old %s", ar->part);
	ar->fd = openat(ar->dirfd, ar->part, O_RDWR | O_CREAT | O_EXCL |
	    O_NOFOLLOW | O_CLOEXEC, 0600);
	if (ar->fd == -1)
		return mk_fail_sys(err, "create %s", ar->part);
	ar->linked = true;
	/* Nobody waits for it: mk_archive_sweep asks whether it is held. */
	(void)flock(ar->fd, LOCK_EX | LOCK_NB);
	if (fchmod(ar->fd, 0600) == -1)
		return mk_fail_sys(err, "set the mode of %s", ar->part);
	return 0;
}

struct mk_archive *
mk_archive_create(int dirfd, const char *name, struct mk_error *err)
{
	const struct mk_libarchive *la;
	size_t len = strlen(name);
	struct mk_archive *ar;

	if (strchr(name, '/') != NULL) {
		mk_fail(err, EX_USAGE, "%s: an archive's name is without a /",
		    name);
		return NULL;
	}
	la = mk_libarchive_load(err);
	if (la == NULL)
		return NULL;
	ar = calloc(1, sizeof *ar);
	if (ar == NULL) {
		mk_fail_sys(err, "make %s", name);
		return NULL;
	}
	ar->la = la;
	ar->fd = -1;
	ar->sums.crc = crc32(0, NULL, 0);
	ar->dirfd = fcntl(dirfd, F_DUPFD_CLOEXEC, 0);
	ar->name = strdup(name);
	ar->part = malloc(len + sizeof ".part");
	if (ar->dirfd == -1 || ar->name == NULL || ar->part == NULL) {
		mk_fail_sys(err, "make %s", name);
		goto out;
	}
	memcpy(ar->part, name, len);
	memcpy(ar->part + len, ".part", sizeof ".part");
	if (create_part(ar, err) == -1 || open_writer(ar, err) == -1)
		goto out;
	return ar;
out:
	mk_archive_abort(ar);
	return NULL;
}

/*
 * Read all of FD, the content of ENTRY, into *CRC, and where WRITING into the
 * archive.  0, or -1: failed, or not as long as it should be.
 */
static int
pass(struct mk_archive *ar, int fd, const struct mk_archive_entry *entry,
    bool writing, uLong *crc, struct mk_error *err)
{
	off_t at = 0;
	ssize_t n;

	while ((n = pread(fd, ar->buf, sizeof ar->buf, at)) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return mk_fail_sys(err, "read %s", entry->path);
		at += n;
		if (at > entry->size)
			break;
		*crc = add_crc(*crc, ar->buf, (size_t)n);
		if (writing && ar->la->archive_write_data(ar->out, ar->buf,
		    (size_t)n) != n)
			return fail_write(ar, err);
	}
	if (at != entry->size)
		return mk_fail(err, EX_TEMPFAIL, "%s: grew or shrank while it "
		    "was archived", entry->path);
	return 0;
}

static int
put_header(struct mk_archive *ar, const struct mk_archive_entry *entry,
    const char *crc_text, struct mk_error *err)
{
	const struct mk_libarchive *la = ar->la;
	struct archive_entry *ae = ar->entry;

	la->archive_entry_clear(ae);
	la->archive_entry_copy_pathname(ae, entry->path);
	la->archive_entry_set_filetype(ae, AE_IFREG);
	la->archive_entry_set_perm(ae, entry->mode);
	la->archive_entry_set_uid(ae, (la_int64_t)entry->uid);
	la->archive_entry_set_gid(ae, (la_int64_t)entry->gid);
	la->archive_entry_set_size(ae, entry->size);
	la->archive_entry_set_mtime(ae, entry->mtime.tv_sec,
	    entry->mtime.tv_nsec);
	la->archive_entry_xattr_add_entry(ae, CRC_NAME, crc_text, CRC_DIGITS);
	/*
	 * ARCHIVE_WARN: the name is not ASCII, and goes in as it is, marked
	 * hdrcharset=BINARY.  Reading back will show whether it did.
	 */
	if (la->archive_write_header(ar->out, ae) < ARCHIVE_WARN)
		return fail_write(ar, err);
	return 0;
}

int
mk_archive_add(struct mk_archive *ar, int fd, const struct stat *st,
    const char *path, struct mk_error *err)
{
	const struct mk_archive_entry entry = {
		.path = path, .type = S_IFREG, .mode = st->st_mode & 07777,
		.uid = st->st_uid, .gid = st->st_gid, .size = st->st_size,
		.mtime = st->st_mtim,
	};
	size_t len = strlen(path);
	char crc_text[CRC_DIGITS + 1];
	uLong crc, again;

	if (ar->broken)
		return mk_fail(err, EX_SOFTWARE, "%s: failed before", ar->part);
	ar->broken = true;
	if (!S_ISREG(st->st_mode))
		return mk_fail(err, EX_DATAERR, "%s: not a regular file", path);
	if (len == 0 || path[len - 1] == '/')
		return mk_fail(err, EX_DATAERR, "\"%s\": not a file's name",
		    path);

	crc = again = header_crc(&entry);
	if (pass(ar, fd, &entry, false, &crc, err) == -1)
		return -1;
	snprintf(crc_text, sizeof crc_text, "%08lx", crc);
	if (put_header(ar, &entry, crc_text, err) == -1 ||
	    pass(ar, fd, &entry, true, &again, err) == -1)
		return -1;
	if (again != crc)
		return mk_fail(err, EX_TEMPFAIL, "%s: changed while it was "
		    "archived", path);
	if (ar->la->archive_write_finish_entry(ar->out) != ARCHIVE_OK)
		return fail_write(ar, err);
	add_sums(&ar->sums, entry.size, crc_text);
	ar->broken = false;
	return 0;
}

/* Read the part file back.  0, or -1: it is not what was added. */
static int
verify(struct mk_archive *ar, struct mk_error *err)
{
	struct sums sums = { .crc = crc32(0, NULL, 0) };
	struct mk_archive_reader *rd;
	struct mk_archive_entry entry = { 0 };
	struct mk_error why = { .text = "other than what was added" };
	int more = -1;

	if (lseek(ar->fd, 0, SEEK_SET) == -1)
		return mk_fail_sys(err, "read %s", ar->part);
	rd = mk_archive_open(ar->fd, &why);
	while (rd != NULL && (more = mk_archive_next(rd, &entry, &why)) == 1)
		add_sums(&sums, entry.size, rd->crc_text);
	mk_archive_close(rd);
	if (more == 0 && sums.entries == ar->sums.entries &&
	    sums.bytes == ar->sums.bytes && sums.crc == ar->sums.crc)
		return 0;
	return mk_fail(err, EX_IOERR, "%s reads back damaged: %s", ar->part,
	    why.text);
}

int
mk_archive_commit(struct mk_archive *ar, struct mk_error *err)
{
	int rv = -1;

	if (ar->broken) {
		mk_fail(err, EX_SOFTWARE, "%s: failed before", ar->part);
		goto out;
	}
	if (ar->la->archive_write_close(ar->out) != ARCHIVE_OK) {
		fail_write(ar, err);
		goto out;
	}
	if (fsync(ar->fd) == -1) {
		mk_fail_sys(err, "write %s", ar->part);
		goto out;
	}
	if (verify(ar, err) == -1)
		goto out;
	if (mk_sys_rename_noreplace(ar->dirfd, ar->part, ar->dirfd,
	    ar->name) == -1) {
		mk_fail_sys(err, "rename %s to %s", ar->part, ar->name);
		if (errno == EEXIST && err != NULL)
			err->status = EX_CANTCREAT;
		goto out;
	}
	ar->linked = false;
	if (fsync(ar->dirfd) == -1) {
		mk_fail_sys(err, "sync the directory of %s", ar->name);
		unlinkat(ar->dirfd, ar->name, 0);
		goto out;
	}
	rv = 0;
out:
	mk_archive_abort(ar);
	return rv;
}

void
mk_archive_abort(struct mk_archive *ar)
{
	if (ar == NULL)
		return;
	ar->errnum = ECANCELED;		/* what is buffered goes nowhere */
	ar->la->archive_write_free(ar->out);
	ar->la->archive_entry_free(ar->entry);
	if (ar->linked)
		unlinkat(ar->dirfd, ar->part, 0);
	if (ar->fd != -1)
		close(ar->fd);
	if (ar->dirfd != -1)
		close(ar->dirfd);
	free(ar->part);
	free(ar->name);
	free(ar);
}

/* Remove the part file NAME if nobody holds it.  Whether it went. */
static bool
sweep_part(int dirfd, const char *name)
{
	int fd = mk_sys_open_file(dirfd, name, O_RDONLY, 0);
	struct stat st;
	bool gone;

	if (fd == -1)
		return false;
	gone = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    flock(fd, LOCK_EX | LOCK_NB) == 0 && unlinkat(dirfd, name, 0) == 0;
	close(fd);
	return gone;
}

size_t
mk_archive_sweep(int dirfd)
{
	struct mk_dir reader = { .fd = -1 };
	struct mk_dirent entry;
	size_t n = sizeof ".part" - 1, gone = 0;

	if (mk_sys_dir_start(&reader, dirfd) == 0)
		while (mk_sys_dir_next(&reader, &entry) == 1)
			if (entry.len > n && strcmp(entry.name + entry.len - n,
			    ".part") == 0)
				gone += sweep_part(dirfd, entry.name);
	mk_sys_dir_free(&reader);
	return gone;
}

/* libarchive's read callback for the packed file. */
static la_ssize_t
read_file(struct archive *a, void *data, const void **block)
{
	struct mk_archive_reader *rd = data;
	ssize_t n = (ssize_t)rd->ahead;

	*block = rd->in;
	if (n == 0) {
		do {
			n = read(rd->fd, rd->in, sizeof rd->in);
		} while (n == -1 && errno == EINTR);
	}
	rd->ahead = 0;
	if (n == -1) {
		rd->errnum = errno;
		rd->la->archive_set_error(a, errno, "read failed");
	}
	return n;
}

/* The one for the unpacked: hand on what the first reader gives. */
static la_ssize_t
read_unpacked(struct archive *a, void *data, const void **block)
{
	struct mk_archive_reader *rd = data;
	la_int64_t offset;
	size_t len;
	int r;

	r = rd->la->archive_read_data_block(rd->unpack, block, &len, &offset);
	if (r == ARCHIVE_OK)
		return (la_ssize_t)len;
	if (r == ARCHIVE_EOF)
		return 0;
	rd->la->archive_copy_error(a, rd->unpack);
	return -1;
}

static int
fail_read(struct mk_archive_reader *rd, struct archive *a,
    struct mk_error *err)
{
	const char *why = rd->la->archive_error_string(a);

	if (rd->errnum != 0) {
		errno = rd->errnum;
		return mk_fail_sys(err, "read the archive");
	}
	if (rd->la->archive_errno(a) == ENOMEM) {
		errno = ENOMEM;
		return mk_fail_sys(err, "read the archive");
	}
	return mk_fail(err, EX_DATAERR, "the archive is damaged or cut short: "
	    "%s", why != NULL ? why : "libarchive does not say where");
}

/* Read the first bytes; *FILTER, where they say what packed it.  0 or -1. */
static int
sniff(struct mk_archive_reader *rd, int *filter, struct mk_error *err)
{
	ssize_t n = 1;
	size_t i;

	while (n > 0 && rd->ahead < TAR_BLOCK) {
		n = read(rd->fd, rd->in + rd->ahead, TAR_BLOCK - rd->ahead);
		if (n == -1 && errno == EINTR)
			n = 1;
		else if (n == -1)
			return mk_fail_sys(err, "read the archive");
		else
			rd->ahead += (size_t)n;
	}
	if (rd->ahead == TAR_BLOCK && memcmp(rd->in + 257, "ustar", 5) == 0)
		return 0;
	for (i = 0; i < COUNT(packers); i++)
		if (rd->ahead >= packers[i].len &&
		    memcmp(rd->in, packers[i].magic, packers[i].len) == 0)
			*filter = packers[i].filter;
	return 0;
}

static int
open_unpacker(struct mk_archive_reader *rd, int filter, struct mk_error *err)
{
	const struct mk_libarchive *la = rd->la;
	struct archive_entry *all;

	/* ARCHIVE_WARN: only by running another program. */
	if (la->archive_read_append_filter(rd->unpack, filter) != ARCHIVE_OK)
		return mk_fail(err, EX_UNAVAILABLE, "the archive is packed in "
		    "a way that this libarchive cannot read");
	if (la->archive_read_support_format_raw(rd->unpack) != ARCHIVE_OK ||
	    la->archive_read_open(rd->unpack, rd, NULL, read_file, NULL) !=
	    ARCHIVE_OK ||
	    la->archive_read_next_header(rd->unpack, &all) != ARCHIVE_OK)
		return fail_read(rd, rd->unpack, err);
	return 0;
}

struct mk_archive_reader *
mk_archive_open(int fd, struct mk_error *err)
{
	const struct mk_libarchive *la = mk_libarchive_load(err);
	struct mk_archive_reader *rd;
	int filter = ARCHIVE_FILTER_NONE;

	if (la == NULL)
		return NULL;
	rd = calloc(1, sizeof *rd);
	if (rd == NULL) {
		mk_fail_sys(err, "read the archive");
		return NULL;
	}
	rd->la = la;
	rd->fd = fd;
	rd->unpack = la->archive_read_new();
	rd->tar = la->archive_read_new();
	if (rd->unpack == NULL || rd->tar == NULL) {
		errno = ENOMEM;
		mk_fail_sys(err, "read the archive");
		goto out;
	}
	if (sniff(rd, &filter, err) == -1 ||
	    open_unpacker(rd, filter, err) == -1)
		goto out;
	if (la->archive_read_support_format_tar(rd->tar) != ARCHIVE_OK ||
	    la->archive_read_open(rd->tar, rd, NULL, read_unpacked, NULL) !=
	    ARCHIVE_OK) {
		fail_read(rd, rd->tar, err);
		goto out;
	}
	return rd;
out:
	mk_archive_close(rd);
	return NULL;
}

/* Read the content of the entry met, and write it where FD is not -1. */
static int
content(struct mk_archive_reader *rd, int fd, struct mk_error *err)
{
	off_t size = 0;
	la_ssize_t n;

	rd->has_content = false;
	while ((n = rd->la->archive_read_data(rd->tar, rd->buf,
	    sizeof rd->buf)) > 0) {
		rd->crc = add_crc(rd->crc, rd->buf, (size_t)n);
		size += n;
		if (fd != -1 && mk_fs_write_all(fd, rd->buf, (size_t)n) == -1)
			return mk_fail_sys(err, "write the message");
	}
	if (n < 0)
		return fail_read(rd, rd->tar, err);
	if (size != rd->size)
		return mk_fail(err, EX_DATAERR, "the archive is damaged: a "
		    "message is shorter than its header says");
	if (rd->has_crc && rd->crc != strtoul(rd->crc_text, NULL, 16))
		return mk_fail(err, EX_DATAERR, "the archive is damaged: a "
		    "message does not match its checksum");
	return 0;
}

/*
 * The end of the tar file was met: by its mark, and not for want of more?
 * Then read the rest, which nobody wants, but behind which the packer's own
 * checksum and end stand.  0 or -1.
 */
static int
end(struct mk_archive_reader *rd, struct mk_error *err)
{
	const struct mk_libarchive *la = rd->la;
	const void *block;
	la_int64_t offset;
	size_t len;
	int r;

	if (la->archive_filter_bytes(rd->tar, 0) -
	    la->archive_read_header_position(rd->tar) != 2 * TAR_BLOCK)
		return mk_fail(err, EX_DATAERR, "the archive is cut short: "
		    "the mark of its end is missing");
	do {
		r = la->archive_read_data_block(rd->unpack, &block, &len,
		    &offset);
	} while (r == ARCHIVE_OK);
	return r == ARCHIVE_EOF ? 0 : fail_read(rd, rd->unpack, err);
}

/* The checksum that AE brings, into *RD.  0, or -1: it brings nonsense. */
static int
take_crc(struct mk_archive_reader *rd, struct archive_entry *ae,
    struct mk_error *err)
{
	const struct mk_libarchive *la = rd->la;
	const char *name;
	const void *value;
	size_t len;

	memset(rd->crc_text, 0, sizeof rd->crc_text);
	rd->has_crc = false;
	la->archive_entry_xattr_reset(ae);
	while (la->archive_entry_xattr_next(ae, &name, &value, &len) ==
	    ARCHIVE_OK) {
		if (strcmp(name, CRC_NAME) != 0)
			continue;
		if (len != CRC_DIGITS)
			return mk_fail(err, EX_DATAERR, "the archive is "
			    "damaged: a checksum is none");
		memcpy(rd->crc_text, value, len);
		rd->has_crc = true;
	}
	return 0;
}

static bool
is_ascii(const char *text)
{
	while (*text > 0 && *text < 0x7f)
		text++;
	return *text == '\0';
}

/* AE into *ENTRY.  0 or -1. */
static int
take_entry(const struct mk_libarchive *la, struct archive_entry *ae,
    struct mk_archive_entry *entry, struct mk_error *err)
{
	entry->path = la->archive_entry_pathname(ae);
	entry->size = la->archive_entry_size(ae);
	if (entry->path == NULL || *entry->path == '\0' || entry->size < 0)
		return mk_fail(err, EX_DATAERR, "the archive is damaged: an "
		    "entry has no name or no size");
	entry->type = la->archive_entry_hardlink(ae) != NULL ? 0 :
	    la->archive_entry_filetype(ae);
	entry->mode = la->archive_entry_perm(ae);
	entry->uid = (uid_t)la->archive_entry_uid(ae);
	entry->gid = (gid_t)la->archive_entry_gid(ae);
	entry->mtime.tv_sec = la->archive_entry_mtime(ae);
	entry->mtime.tv_nsec = la->archive_entry_mtime_nsec(ae);
	return 0;
}

/*
 * R is what libarchive said of the entry's header.  Where a fault hit the
 * text that the name, the time and the checksum stand in, libarchive passes
 * over some of it, with ARCHIVE_WARN or nothing at all.
 */
static int
check_header(struct mk_archive_reader *rd,
    const struct mk_archive_entry *entry, int r, struct mk_error *err)
{
	if (rd->has_crc)
		rd->any_crc = true;
	else if (entry->type == S_IFREG)
		rd->any_bare = true;
	if (rd->any_crc && rd->any_bare)
		return mk_fail(err, EX_DATAERR, "the archive is damaged: only "
		    "some of its messages have a checksum");
	/* It also warns of names that are not ASCII, which are fine. */
	if (r == ARCHIVE_WARN && !rd->has_crc && is_ascii(entry->path))
		return fail_read(rd, rd->tar, err);
	return 0;
}

int
mk_archive_next(struct mk_archive_reader *rd, struct mk_archive_entry *entry,
    struct mk_error *err)
{
	struct archive_entry *ae;
	int r;

	if (rd->has_content && rd->has_crc && content(rd, -1, err) == -1)
		return -1;
	rd->has_content = false;
	r = rd->la->archive_read_next_header(rd->tar, &ae);
	if (r == ARCHIVE_EOF)
		return end(rd, err);
	if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
		return fail_read(rd, rd->tar, err);
	if (take_entry(rd->la, ae, entry, err) == -1 ||
	    take_crc(rd, ae, err) == -1 ||
	    check_header(rd, entry, r, err) == -1)
		return -1;
	rd->has_content = true;
	rd->size = entry->size;
	rd->crc = header_crc(entry);
	return 1;
}

int
mk_archive_extract(struct mk_archive_reader *rd, int fd, struct mk_error *err)
{
	if (!rd->has_content)
		return mk_fail(err, EX_SOFTWARE, "no message to extract");
	return content(rd, fd, err);
}

void
mk_archive_close(struct mk_archive_reader *rd)
{
	if (rd == NULL)
		return;
	rd->la->archive_read_free(rd->tar);
	rd->la->archive_read_free(rd->unpack);
	free(rd);
}
