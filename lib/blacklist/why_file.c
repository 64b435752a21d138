/* blacklist/why_file - open the index, read and change its header. */
#include "blacklist/why_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/fs.h"
#include "base/le.h"
#include "base/sys.h"

#define MAGIC		"MKBLWHY1"
#define VERSION		1
#define CRC_AT		12
#define CRC_FROM	16

const size_t mk_why_entry_size[MK_FAMILIES] = { 12, 24 };

void
mk_why_header(unsigned char *p, const struct mk_why_part parts[MK_WHY_PARTS],
    int64_t built_s, bool owed)
{
	const struct mk_why_part *part;
	unsigned char *q;
	size_t i;

	memset(p, 0, MK_WHY_HEADER);
	memcpy(p, MAGIC, 8);
	mk_le32_put(p + 8, VERSION);
	mk_le64_put(p + 16, (uint64_t)built_s);
	mk_le32_put(p + 24, owed ? 1 : 0);
	for (i = 0; i < MK_WHY_PARTS; i++) {
		part = &parts[i];
		q = p + MK_WHY_PART_FROM + i * MK_WHY_PART;
		mk_le64_put(q, part->n[MK_V4]);
		mk_le64_put(q + 8, part->n[MK_V6]);
		mk_le64_put(q + 16, part->origins_n);
		mk_le64_put(q + 24, part->texts_len);
		mk_le64_put(q + 32, part->names_len);
		mk_le32_put(q + 40, part->feeds_n);
		mk_le32_put(q + 44, part->files_n);
		mk_le32_put(q + 48, part->names_crc);
		memcpy(q + 52, part->used, sizeof part->used);
	}
	mk_le32_put(p + CRC_AT, (uint32_t)crc32_z(0, p + CRC_FROM,
	    MK_WHY_HEADER - CRC_FROM));
}

static bool
header_sound(const unsigned char *p)
{
	return memcmp(p, MAGIC, 8) == 0 && mk_le32_get(p + 8) == VERSION &&
	    mk_le32_get(p + CRC_AT) == (uint32_t)crc32_z(0, p + CRC_FROM,
	    MK_WHY_HEADER - CRC_FROM);
}

/* N pieces of SIZE bytes come at *AT; *PLACE gets that, *AT what follows.
 * False where they end after END. */
static bool
lay_out(uint64_t *at, uint64_t end, uint64_t n, uint64_t size,
    uint64_t *place)
{
	if (n > (end - *at) / size)
		return false;
	*place = *at;
	*at += n * size;
	return true;
}

/* Read from a sound header what WHY is, a file of END bytes.  False where it
 * is not all of that file. */
static bool
header_decode(const unsigned char *p, uint64_t end, struct mk_why *why)
{
	const unsigned char *q;
	struct mk_why_part *part;
	uint64_t at = MK_WHY_HEADER;
	size_t i;

	why->built_s = (int64_t)mk_le64_get(p + 16);
	why->owed = mk_le32_get(p + 24) != 0;
	for (i = 0; i < MK_WHY_PARTS; i++) {
		part = &why->parts[i];
		q = p + MK_WHY_PART_FROM + i * MK_WHY_PART;
		part->n[MK_V4] = mk_le64_get(q);
		part->n[MK_V6] = mk_le64_get(q + 8);
		part->origins_n = mk_le64_get(q + 16);
		part->texts_len = mk_le64_get(q + 24);
		part->names_len = mk_le64_get(q + 32);
		part->feeds_n = mk_le32_get(q + 40);
		part->files_n = mk_le32_get(q + 44);
		part->names_crc = mk_le32_get(q + 48);
		memcpy(part->used, q + 52, sizeof part->used);
		if (!lay_out(&at, end, part->n[MK_V4],
		    mk_why_entry_size[MK_V4], &part->at[MK_V4]) ||
		    !lay_out(&at, end, part->n[MK_V6],
		    mk_why_entry_size[MK_V6], &part->at[MK_V6]) ||
		    !lay_out(&at, end, part->origins_n, MK_WHY_ORIGIN,
		    &part->origins_at) ||
		    !lay_out(&at, end, part->texts_len, 1, &part->texts_at) ||
		    !lay_out(&at, end, part->names_len, 1, &part->names_at))
			return false;
	}
	return at == end;
}

uint32_t
mk_why_origin_crc(const unsigned char *p, const char *text, size_t len)
{
	return (uint32_t)crc32_z(crc32_z(0, p, MK_WHY_ORIGIN_CRC),
	    (const unsigned char *)text, len);
}

int
mk_why_damaged(const char *file, struct mk_error *err)
{
	return mk_fail(err, EX_DATAERR, "%s is damaged", file);
}

/* LEN bytes from AT.  Not by mmap(2): a file that becomes shorter would end
 * the program by a signal. */
int
mk_why_read_at(int fd, const char *file, uint64_t at, void *data, size_t len,
    struct mk_error *err)
{
	ssize_t n = mk_fs_read_at(fd, data, len, at);

	if (n == -1)
		return mk_fail_sys(err, "read %s", file);
	if ((size_t)n < len)
		return mk_fail(err, EX_DATAERR, "%s is cut short", file);
	return 0;
}

/* Open the index and read its header, sound, of a regular file of *SIZE
 * bytes.  The descriptor or -1. */
static int
open_index(int dirfd, const char *name, int flags,
    unsigned char header[MK_WHY_HEADER], uint64_t *size, struct mk_error *err)
{
	struct stat st;
	int fd;

	fd = mk_sys_open_file(dirfd, name, flags, 0);
	if (fd == -1)
		return mk_fail_sys(err, "open %s", name);
	if (fstat(fd, &st) == -1) {
		mk_fail_sys(err, "open %s", name);
		goto fail;
	}
	if (!S_ISREG(st.st_mode)) {
		mk_fail(err, EX_DATAERR, "%s is no regular file", name);
		goto fail;
	}
	if (mk_why_read_at(fd, name, 0, header, MK_WHY_HEADER, err) == -1)
		goto fail;
	if (!header_sound(header)) {
		mk_why_damaged(name, err);
		goto fail;
	}
	*size = (uint64_t)st.st_size;
	return fd;
fail:
	close(fd);
	return -1;
}

static int
read_names(const struct mk_why *why, struct mk_why_part *part,
    struct mk_error *err)
{
	size_t n = (size_t)part->feeds_n + part->files_n, i;
	size_t left = (size_t)part->names_len;
	const char *p, *end;

	if (part->feeds_n > MK_FEEDS_MAX || n > left)
		return mk_why_damaged(why->file, err);
	part->names = malloc(left + 1);
	part->feeds = calloc(n + 1, sizeof *part->feeds);
	if (part->names == NULL || part->feeds == NULL)
		return mk_fail_sys(err, "read %s", why->file);
	part->files = part->feeds + part->feeds_n;
	if (mk_why_read_at(why->fd, why->file, part->names_at, part->names,
	    left, err) == -1)
		return -1;
	if ((uint32_t)crc32_z(0, (const unsigned char *)part->names, left) !=
	    part->names_crc)
		return mk_why_damaged(why->file, err);
	for (i = 0, p = part->names; i < n; i++, p = end + 1) {
		end = memchr(p, '\0', left);
		if (end == NULL)
			return mk_why_damaged(why->file, err);
		left -= (size_t)(end - p) + 1;
		part->feeds[i] = p;
	}
	return 0;
}

struct mk_why *
mk_why_open(int dirfd, const char *name, struct mk_error *err)
{
	struct mk_why *why = calloc(1, sizeof *why);
	unsigned char header[MK_WHY_HEADER];
	uint64_t size = 0;

	if (why == NULL) {
		mk_fail_sys(err, "open %s", name);
		return NULL;
	}
	why->fd = -1;
	why->file = strdup(name);
	if (why->file == NULL) {
		mk_fail_sys(err, "open %s", name);
		goto fail;
	}
	why->fd = open_index(dirfd, name, O_RDONLY, header, &size, err);
	if (why->fd == -1)
		goto fail;
	if (size < MK_WHY_HEADER || !header_decode(header, size, why)) {
		mk_fail(err, EX_DATAERR, "%s has not the length that it "
		    "says", name);
		goto fail;
	}
	if (read_names(why, &why->parts[MK_WHY_LISTED], err) == -1 ||
	    read_names(why, &why->parts[MK_WHY_SPARED], err) == -1)
		goto fail;
	return why;
fail:
	mk_why_close(why);
	return NULL;
}

int64_t
mk_why_built_s(const struct mk_why *why)
{
	return why->built_s;
}

bool
mk_why_owed(const struct mk_why *why)
{
	return why->owed;
}

void
mk_why_close(struct mk_why *why)
{
	size_t i;

	if (why == NULL)
		return;
	for (i = 0; i < MK_WHY_PARTS; i++) {
		free(why->parts[i].names);
		free(why->parts[i].feeds);
	}
	if (why->fd != -1)
		close(why->fd);
	free(why->file);
	free(why);
}

static int
set_owed(int dirfd, const char *name, bool owed, struct mk_error *err)
{
	unsigned char header[MK_WHY_HEADER];
	uint64_t size;
	int fd, rv = -1;

	fd = open_index(dirfd, name, O_RDWR, header, &size, err);
	if (fd == -1)
		return -1;
	/* One small write: a kill leaves the old header or the new one. */
	mk_le32_put(header + 24, owed ? 1 : 0);
	mk_le32_put(header + CRC_AT, (uint32_t)crc32_z(0, header + CRC_FROM,
	    MK_WHY_HEADER - CRC_FROM));
	if (mk_fs_write_all(fd, header, MK_WHY_HEADER) == -1)
		mk_fail_sys(err, "write %s", name);
	else
		rv = 0;
	close(fd);
	return rv;
}

int
mk_why_owe(int dirfd, const char *name, struct mk_error *err)
{
	return set_owed(dirfd, name, true, err);
}

int
mk_why_settle(int dirfd, const char *name, struct mk_error *err)
{
	return set_owed(dirfd, name, false, err);
}
