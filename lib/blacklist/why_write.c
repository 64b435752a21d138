/* blacklist/why_write - write the index of what is listed and spared. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/fs.h"
#include "base/le.h"
#include "blacklist/why_file.h"

#define BLOCK		((size_t)64 * 1024)	/* what one write puts out */
#define TMP_BYTES	256

struct out {				/* a file that is being written */
	int fd;
	int errnum;			/* of the first failed write, or 0 */
	unsigned char *block;		/* BLOCK bytes */
	size_t len;			/* of them in use */
};

static void
flush(struct out *out)
{
	if (out->errnum == 0 &&
	    mk_fs_write_all(out->fd, out->block, out->len) == -1)
		out->errnum = errno;
	out->len = 0;
}

/* Room for the next LEN bytes, at most BLOCK; until the next call. */
static unsigned char *
room(struct out *out, size_t len)
{
	unsigned char *p;

	if (len > BLOCK - out->len)
		flush(out);
	p = out->block + out->len;
	out->len += len;
	return p;
}

static void
put(struct out *out, const char *text, size_t len)
{
	size_t piece;

	for (; len > 0; text += piece, len -= piece) {
		piece = len < BLOCK ? len : BLOCK;
		memcpy(room(out, piece), text, piece);
	}
}

static void
put_entries(struct out *out, const struct mk_netlist *e,
    struct mk_why_part *part)
{
	unsigned char used[256] = { 0 };	/* for whatever a tag has */
	unsigned char *p;
	size_t i;

	for (i = 0; i < e->v4_n; i++) {
		p = room(out, mk_why_entry_size[MK_V4]);
		mk_le32_put(p, e->v4[i].first);
		mk_le32_put(p + 4, e->v4[i].tag);
		mk_le32_put(p + 8, e->v4[i].line);
		used[MK_TAG_LEN(e->v4[i].tag)] = 1;
	}
	part->n[MK_V4] = e->v4_n;
	memcpy(part->used[MK_V4], used, MK_WHY_LENGTHS);
	memset(used, 0, sizeof used);
	for (i = 0; i < e->v6_n; i++) {
		p = room(out, mk_why_entry_size[MK_V6]);
		mk_le64_put(p, e->v6[i].hi);
		mk_le64_put(p + 8, e->v6[i].lo);
		mk_le32_put(p + 16, e->v6[i].tag);
		mk_le32_put(p + 20, e->v6[i].line);
		used[MK_TAG_LEN(e->v6[i].tag)] = 1;
	}
	part->n[MK_V6] = e->v6_n;
	memcpy(part->used[MK_V6], used, MK_WHY_LENGTHS);
}

static void
put_origins(struct out *out, const struct mk_origins *o,
    struct mk_why_part *part)
{
	const struct mk_origin *origin;
	unsigned char *p;
	size_t i;

	for (i = 0; i < o->n; i++) {
		origin = &o->v[i];
		p = room(out, MK_WHY_ORIGIN);
		mk_le64_put(p, origin->feeds);
		mk_le64_put(p + 8, (uint64_t)origin->until_s);
		mk_le64_put(p + 16, part->texts_len);
		mk_le32_put(p + 24, origin->file);
		mk_le32_put(p + 28, mk_why_text_len(origin));
		mk_le32_put(p + 32, mk_why_origin_crc(p, origin->text,
		    mk_why_text_len(origin)));
		part->texts_len += mk_why_text_len(origin);
	}
	for (i = 0; i < o->n; i++)
		put(out, o->v[i].text, mk_why_text_len(&o->v[i]));
	part->origins_n = o->n;
}

static void
put_name(struct out *out, const char *name, struct mk_why_part *part)
{
	size_t len = strlen(name) + 1;

	put(out, name, len);
	part->names_crc = (uint32_t)crc32_z(part->names_crc,
	    (const unsigned char *)name, len);
	part->names_len += len;
}

static void
put_list(struct out *out, const struct mk_why_list *list,
    struct mk_why_part *part)
{
	const struct mk_origins *o = list->origins;
	size_t i;

	put_entries(out, list->entries, part);
	put_origins(out, o, part);
	for (i = 0; i < o->feeds_n; i++)
		put_name(out, o->feeds[i], part);
	for (i = 0; i < o->files_n; i++)
		put_name(out, o->files[i], part);
	part->feeds_n = (uint32_t)o->feeds_n;
	part->files_n = (uint32_t)o->files_n;
}

/* Lock FD, made or found as TMP; false where another has it, or TMP is not
 * its name any more. */
static bool
take(int dirfd, const char *tmp, int fd)
{
	struct stat opened, named;

	/* Where flock(2) does not work at all, the program's lock must do. */
	if (flock(fd, LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK)
		return false;
	if (fstat(fd, &opened) == -1 ||
	    fstatat(dirfd, tmp, &named, AT_SYMLINK_NOFOLLOW) == -1)
		return false;
	errno = EBUSY;
	return opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/*
 * A new file TMP, always the same name, so that what a killed run left is
 * found and goes; whoever writes it holds its lock.  The descriptor or -1.
 */
static int
tmp_create(int dirfd, const char *tmp)
{
	int fd;

	fd = openat(dirfd, tmp, O_WRONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC);
	if (fd != -1) {
		if (take(dirfd, tmp, fd))
			unlinkat(dirfd, tmp, 0);
		close(fd);
	}
	fd = openat(dirfd, tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    0600);
	if (fd != -1 && !take(dirfd, tmp, fd)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Feeds may be private.  NFS says only at a close that the disk is full; we
 * close a copy, as the lock must last. */
static int
finish(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	return copy == -1 || close(copy) == -1 || fchmod(fd, 0640) == -1 ? -1 :
	    0;
}

/* All of the file.  0, or -1 with errno. */
static int
fill(struct out *out, const struct mk_why_list *listed,
    const struct mk_why_list *spared, int64_t now_s, bool owed)
{
	struct mk_why_part parts[MK_WHY_PARTS] = { 0 };
	unsigned char header[MK_WHY_HEADER];

	out->block = malloc(BLOCK);
	if (out->block == NULL)
		return -1;
	/* It is known at the end. */
	memset(room(out, MK_WHY_HEADER), 0, MK_WHY_HEADER);
	put_list(out, listed, &parts[MK_WHY_LISTED]);
	put_list(out, spared, &parts[MK_WHY_SPARED]);
	flush(out);
	if (out->errnum != 0) {
		errno = out->errnum;
		return -1;
	}
	mk_why_header(header, parts, now_s, owed);
	if (lseek(out->fd, 0, SEEK_SET) == -1 ||
	    mk_fs_write_all(out->fd, header, MK_WHY_HEADER) == -1)
		return -1;
	return finish(out->fd);
}

int
mk_why_write(int dirfd, const char *name, const struct mk_why_list *listed,
    const struct mk_why_list *spared, int64_t now_s, bool owed,
    struct mk_error *err)
{
	struct out out = { 0 };
	char tmp[TMP_BYTES];
	int rv = -1;

	if (snprintf(tmp, sizeof tmp, ".%s.tmp", name) >= TMP_BYTES) {
		errno = ENAMETOOLONG;
		return mk_fail_sys(err, "create %s", tmp);
	}
	out.fd = tmp_create(dirfd, tmp);
	if (out.fd == -1)
		return mk_fail_sys(err, "create %s", tmp);
	if (fill(&out, listed, spared, now_s, owed) == -1)
		mk_fail_sys(err, "write %s", tmp);
	else if (renameat(dirfd, tmp, dirfd, name) == -1)
		mk_fail_sys(err, "rename %s to %s", tmp, name);
	else
		rv = 0;
	if (rv == -1)
		unlinkat(dirfd, tmp, 0);
	free(out.block);
	close(out.fd);
	return rv;
}
