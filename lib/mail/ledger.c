/* mail/ledger - since when a message has been in its folder. */
#include "mail/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/fs.h"
#include "base/le.h"
#include "base/sys.h"

#define MAGIC		"MKLEDGR1"
#define VERSION		1
#define HEADER		80		/* bytes before the folder's name */
#define CRC_AT		12
#define CRC_FROM	16		/* the CRC covers all from here */
#define ENTRY		16
#define SIZE_LIMIT	(1 << 30)	/* 67 million messages in one folder */
#define PAGE		4096		/* what one write puts in at once */
#define TRIES		8

static size_t
padded(size_t len)
{
	return (len + 7) & ~(size_t)7;
}

static void
head_encode(unsigned char *p, const struct mk_ledger_head *head)
{
	mk_le64_put(p, (uint64_t)head->last_pass_s);
	mk_le64_put(p + 8, (uint64_t)head->cur_ns);
	mk_le64_put(p + 16, (uint64_t)head->new_ns);
	mk_le64_put(p + 24, (uint64_t)head->due_s);
	mk_le64_put(p + 32, head->rules);
	mk_le64_put(p + 40, head->watched);
}

static void
head_decode(const unsigned char *p, struct mk_ledger_head *head)
{
	head->last_pass_s = (int64_t)mk_le64_get(p);
	head->cur_ns = (int64_t)mk_le64_get(p + 8);
	head->new_ns = (int64_t)mk_le64_get(p + 16);
	head->due_s = (int64_t)mk_le64_get(p + 24);
	head->rules = mk_le64_get(p + 32);
	head->watched = mk_le64_get(p + 40);
}

/* Take in the LEN bytes of a file; -1 where they are no sound ledger. */
static int
decode(struct mk_ledger *ledger, const unsigned char *data, size_t len,
    struct mk_error *err)
{
	const unsigned char *p;
	size_t name_len, n, i;

	if (len < HEADER || memcmp(data, MAGIC, 8) != 0)
		return mk_fail(err, EX_DATAERR, "is no ledger");
	if (mk_le32_get(data + 8) != VERSION)
		return mk_fail(err, EX_DATAERR, "is of another version");
	n = (size_t)mk_le64_get(data + 16);
	name_len = (size_t)mk_le64_get(data + 72);
	if (name_len > len - HEADER || n > len / ENTRY ||
	    HEADER + padded(name_len) + n * ENTRY > len)
		return mk_fail(err, EX_DATAERR, "is cut short");
	/* What lies behind is of a longer one that was written over. */
	len = HEADER + padded(name_len) + n * ENTRY;
	if (mk_le32_get(data + CRC_AT) != (uint32_t)crc32_z(0,
	    data + CRC_FROM, len - CRC_FROM))
		return mk_fail(err, EX_DATAERR, "is damaged");
	if (name_len != strlen(ledger->folder) ||
	    memcmp(data + HEADER, ledger->folder, name_len) != 0)
		return mk_fail(err, EX_DATAERR, "is another folder's");

	ledger->entries = malloc(n * sizeof *ledger->entries + 1);
	ledger->keep = calloc(n + 1, 1);
	if (ledger->entries == NULL || ledger->keep == NULL)
		return mk_fail_sys(err, "read");
	p = data + HEADER + padded(name_len);
	for (i = 0; i < n; i++, p += ENTRY) {
		ledger->entries[i].hash = mk_le64_get(p);
		ledger->entries[i].first_seen_s = mk_le32_get(p + 8);
		ledger->entries[i].known = mk_le32_get(p + 12);
		if (i > 0 &&
		    ledger->entries[i].hash <= ledger->entries[i - 1].hash)
			return mk_fail(err, EX_DATAERR, "is not sorted");
	}
	head_decode(data + 24, &ledger->head);
	ledger->n = n;
	ledger->found = true;
	return 0;
}

/* Read the whole file that is open; the reason for nothing goes to *ERR. */
static void
read_in(struct mk_ledger *ledger, off_t size, struct mk_error *err)
{
	unsigned char page[PAGE], *data = page;
	ssize_t n;

	if (size == 0)
		return;			/* just made */
	if (size > SIZE_LIMIT) {
		mk_fail(err, EX_DATAERR, "is too long");
		return;
	}
	if (size > PAGE)
		data = malloc((size_t)size);
	n = data == NULL ? -1 : pread(ledger->fd, data, (size_t)size, 0);
	if (n == -1)
		mk_fail_sys(err, "cannot be read");
	else if (decode(ledger, data, (size_t)n, err) == -1) {
		free(ledger->entries);
		free(ledger->keep);
		ledger->entries = NULL;
		ledger->keep = NULL;
	}
	if (data != page)
		free(data);
}

/*
 * Open and lock the file.  The holder before us may have replaced it while we
 * waited for nobody: then what we locked is no longer what has the name.
 */
static int
open_locked(struct mk_ledger *ledger, int flags, struct stat *st,
    struct mk_error *err)
{
	struct stat named;
	int fd, i;

	for (i = 0; i < TRIES; i++) {
		fd = mk_sys_open_file(ledger->dirfd, MK_LEDGER_NAME,
		    O_RDWR | flags, 0600);
		if (fd == -1)
			return mk_fail_sys(err, "open");
		if (flock(fd, LOCK_EX | LOCK_NB) == -1) {
			int busy = errno == EWOULDBLOCK;

			mk_fail_sys(err, "lock");
			close(fd);
			return busy ? 1 : -1;
		}
		if (fstat(fd, st) == 0 && fstatat(ledger->dirfd,
		    MK_LEDGER_NAME, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
		    named.st_ino == st->st_ino && named.st_dev == st->st_dev) {
			ledger->fd = fd;
			return 0;
		}
		close(fd);
	}
	return mk_fail(err, EX_TEMPFAIL, "is replaced again and again");
}

/* What root makes in a user's folder is the user's. */
static int
give(const struct mk_ledger *ledger, const struct stat *st)
{
	struct stat dir;

	if (st->st_size != 0 || geteuid() != 0)
		return 0;
	if (fstat(ledger->dirfd, &dir) == -1)
		return -1;
	return dir.st_uid == st->st_uid && dir.st_gid == st->st_gid ? 0 :
	    fchown(ledger->fd, dir.st_uid, dir.st_gid);
}

int
mk_ledger_open(struct mk_ledger *ledger, int dirfd, const char *folder,
    enum mk_ledger_mode mode, struct mk_error *err)
{
	struct stat st = { 0 };
	int rv;

	*ledger = (struct mk_ledger){ .dirfd = dirfd, .fd = -1,
	    .folder = folder };
	mk_fail(err, EX_OK, "%s", "");
	if (mode != MK_LEDGER_READ) {
		rv = open_locked(ledger, mode == MK_LEDGER_WRITE ? O_CREAT : 0,
		    &st, err);
		if (rv == -1 && mode == MK_LEDGER_UPDATE && errno == ENOENT) {
			mk_fail(err, EX_OK, "%s", "");
			return 0;
		}
		if (rv != 0)
			return rv;
	} else {
		ledger->fd = mk_sys_open_file(dirfd, MK_LEDGER_NAME, O_RDONLY,
		    0);
		if (ledger->fd == -1 && errno == ENOENT)
			return 0;
		if (ledger->fd == -1)
			return mk_fail_sys(err, "open");
		/* A writer may be in the middle of it. */
		if (flock(ledger->fd, LOCK_SH | LOCK_NB) == -1 &&
		    errno == EWOULDBLOCK) {
			mk_fail_sys(err, "lock");
			return 1;
		}
		/* Not before: it may have grown, or been replaced. */
		if (fstat(ledger->fd, &st) == -1)
			return mk_fail_sys(err, "open");
		if (st.st_nlink == 0) {
			mk_fail(err, EX_TEMPFAIL, "is being replaced");
			return 1;
		}
	}
	/* A planted link would have us write over somebody's file. */
	if (!S_ISREG(st.st_mode) || st.st_nlink != 1) {
		close(ledger->fd);
		ledger->fd = -1;
		return mk_fail(err, EX_DATAERR,
		    "is no regular file with one link");
	}
	if (mode == MK_LEDGER_WRITE && give(ledger, &st) == -1) {
		mk_fail_sys(err, "give to the folder's owner");
		close(ledger->fd);
		ledger->fd = -1;
		return -1;
	}
	ledger->size_bytes = st.st_size;
	read_in(ledger, st.st_size, err);
	return 0;
}

static size_t
position(const struct mk_ledger *ledger, uint64_t hash)
{
	size_t low = 0, high = ledger->n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (ledger->entries[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct mk_ledger_entry *
mk_ledger_find(struct mk_ledger *ledger, uint64_t hash)
{
	size_t at = position(ledger, hash);

	if (at == ledger->n || ledger->entries[at].hash != hash)
		return NULL;
	ledger->keep[at] = 1;
	return &ledger->entries[at];
}

int
mk_ledger_add(struct mk_ledger *ledger, uint64_t hash, int64_t first_seen_s,
    uint32_t known)
{
	struct mk_ledger_entry *added;
	size_t cap;

	if (ledger->added_n == ledger->added_cap) {
		cap = ledger->added_cap + ledger->added_cap / 2 + 16;
		added = realloc(ledger->added, cap * sizeof *added);
		if (added == NULL)
			return -1;
		ledger->added = added;
		ledger->added_cap = cap;
	}
	if (first_seen_s < 0)
		first_seen_s = 0;
	if (first_seen_s > UINT32_MAX)
		first_seen_s = UINT32_MAX;
	ledger->added[ledger->added_n++] = (struct mk_ledger_entry){
		.hash = hash, .first_seen_s = (uint32_t)first_seen_s,
		.known = known };
	return 0;
}

void
mk_ledger_know(struct mk_ledger *ledger, struct mk_ledger_entry *entry,
    uint32_t known)
{
	if (entry->known == known)
		return;
	entry->known = known;
	ledger->learnt = true;
}

void
mk_ledger_keep_all(struct mk_ledger *ledger)
{
	if (ledger->n > 0)
		memset(ledger->keep, 1, ledger->n);
}

void
mk_ledger_forget(struct mk_ledger *ledger, uint64_t hash)
{
	size_t at = position(ledger, hash);

	if (at < ledger->n && ledger->entries[at].hash == hash)
		ledger->keep[at] = 0;
}

static int
by_hash(const void *a, const void *b)
{
	const struct mk_ledger_entry *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	/* One name in both cur and new: the later time comes first. */
	if (x->first_seen_s != y->first_seen_s)
		return x->first_seen_s > y->first_seen_s ? -1 : 1;
	return 0;
}

static unsigned char *
entry_encode(unsigned char *p, const struct mk_ledger_entry *entry)
{
	mk_le64_put(p, entry->hash);
	mk_le32_put(p + 8, entry->first_seen_s);
	mk_le32_put(p + 12, entry->known);
	return p + ENTRY;
}

/* The file's content in *OUT; the kept and the added entries, merged. */
static int
encode(struct mk_ledger *ledger, const struct mk_ledger_head *head,
    struct mk_buf *out)
{
	size_t name_len = strlen(ledger->folder), i = 0, j = 0;
	unsigned char *base, *p;
	const struct mk_ledger_entry *entry;
	uint64_t n = 0;

	if (mk_buf_reserve(out, HEADER + padded(name_len) +
	    (ledger->n + ledger->added_n) * ENTRY) == -1)
		return -1;
	base = (unsigned char *)out->data;
	memset(base, 0, HEADER + padded(name_len));
	memcpy(base, MAGIC, 8);
	mk_le32_put(base + 8, VERSION);
	head_encode(base + 24, head);
	mk_le64_put(base + 72, name_len);
	memcpy(base + HEADER, ledger->folder, name_len);
	p = base + HEADER + padded(name_len);
	if (ledger->added_n > 0)	/* qsort(3) wants no NULL */
		qsort(ledger->added, ledger->added_n, sizeof *ledger->added,
		    by_hash);
	while (i < ledger->n || j < ledger->added_n) {
		if (i < ledger->n && !ledger->keep[i]) {
			i++;
			continue;
		}
		if (i < ledger->n && (j == ledger->added_n ||
		    ledger->entries[i].hash < ledger->added[j].hash))
			entry = &ledger->entries[i++];
		else
			entry = &ledger->added[j++];
		while (j < ledger->added_n &&
		    ledger->added[j].hash == entry->hash)
			j++;
		p = entry_encode(p, entry);
		n++;
	}
	mk_le64_put(base + 16, n);
	out->len = (size_t)(p - base);
	mk_le32_put(base + CRC_AT, (uint32_t)crc32_z(0, base + CRC_FROM,
	    out->len - CRC_FROM));
	return 0;
}

/* Whether an entry's message is no longer there. */
static bool
some_left(const struct mk_ledger *ledger)
{
	return ledger->n > 0 && memchr(ledger->keep, 0, ledger->n) != NULL;
}

bool
mk_ledger_same(const struct mk_ledger *ledger)
{
	return ledger->found && ledger->added_n == 0 && !ledger->learnt &&
	    !some_left(ledger);
}

static bool
unchanged(const struct mk_ledger *ledger, const struct mk_ledger_head *head)
{
	const struct mk_ledger_head *old = &ledger->head;

	return mk_ledger_same(ledger) &&
	    old->cur_ns == head->cur_ns && old->new_ns == head->new_ns &&
	    old->due_s == head->due_s && old->rules == head->rules &&
	    old->watched == head->watched;
}

/*
 * Write DATA over the file, or beside and rename.
 *
 * In one page, over a page that is there: no kill comes in between, nor can
 * the disk be full.  It is ten times cheaper than a new file, and all but
 * the largest folders' ledgers are so small.  Torn by a power cut, it is as
 * good as lost, and the messages live longer.
 */
static int
write_out(struct mk_ledger *ledger, const struct mk_buf *data,
    struct mk_error *err)
{
	int64_t old = ledger->size_bytes;

	if (old > 0 && (data->len > PAGE || old > PAGE))
		return mk_fs_replace(ledger->dirfd, MK_LEDGER_NAME,
		    data->data, data->len, 0600, MK_FS_NOSYNC, err);
	/* The offset is still at the beginning: reading was by pread. */
	if (mk_fs_write_all(ledger->fd, data->data, data->len) == -1)
		return mk_fail_sys(err, "write");
	return 0;
}

int
mk_ledger_save(struct mk_ledger *ledger, const struct mk_ledger_head *head,
    struct mk_error *err)
{
	struct mk_buf out = { 0 };
	int rv;

	if (unchanged(ledger, head))
		return 0;
	if (encode(ledger, head, &out) == -1)
		rv = mk_fail_sys(err, "write");
	else
		rv = write_out(ledger, &out, err);
	if (rv == -1 && some_left(ledger) && ftruncate(ledger->fd, 0) == -1)
		errno = 0;		/* nothing more can be done; told anyway */
	mk_buf_free(&out);
	return rv;
}

void
mk_ledger_close(struct mk_ledger *ledger)
{
	free(ledger->entries);
	free(ledger->keep);
	free(ledger->added);
	if (ledger->fd != -1)
		close(ledger->fd);
	*ledger = (struct mk_ledger){ .fd = -1 };
}

int
mk_ledger_drop_foreign(int dirfd, const char *place, struct mk_error *err)
{
	struct mk_ledger ledger;
	struct mk_error why;
	bool foreign;
	int rv;

	rv = mk_ledger_open(&ledger, dirfd, place, MK_LEDGER_READ, &why);
	foreign = rv == 0 && !ledger.found && ledger.size_bytes > 0;
	mk_ledger_close(&ledger);
	if (rv == 1)
		return mk_fail(err, EX_TEMPFAIL, "%s: held by another process",
		    MK_LEDGER_NAME);
	if (foreign && unlinkat(dirfd, MK_LEDGER_NAME, 0) == -1 &&
	    errno != ENOENT)
		return mk_fail_sys(err, "remove %s", MK_LEDGER_NAME);
	return 0;
}
