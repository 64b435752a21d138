/*
 * blacklist/cdbread - a cdb is read by Exim's rules.
 *
 * The file is not trusted: nothing is read where it says so before that was
 * found to be inside.
 */
#include "blacklist/cdb.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/le.h"
#include "blacklist/outfile.h"

#define TABLES		MK_CDB_TABLES
#define SLOT		MK_CDB_SLOT
#define HEADER		MK_CDB_HEADER
#define BLOCK		((size_t)256 * 1024)
#define WANTED		((size_t)16 * 1024)

struct table {
	uint32_t pos, slots;		/* as the header says */
	uint32_t n;			/* records found that belong here */
	struct mk_cdb_seen *seen;		/* them; room for half the slots */
};

struct cdbfile {
	const struct mk_outfile *at;
	int fd;
	uint64_t size;
	struct table tables[TABLES];
	/* The records, in blocks. */
	unsigned char *block;
	uint64_t base;			/* where the block begins */
	size_t len, next;		/* bytes of it; those taken */
	uint64_t end;			/* where the records end */
	struct mk_cdb_seen *seen;		/* all of them */
	bool failed;			/* a call did: -1, not 0 */
};

static bool
damaged(struct cdbfile *f, const char *what, struct mk_error *err)
{
	mk_outfile_differs(f->at, what, err);
	return false;
}

static bool
failed(struct cdbfile *f, struct mk_error *err)
{
	f->failed = true;
	mk_fail_sys(err, "read %s", f->at->path);
	return false;
}

/* LEN bytes at OFFSET, all of them. */
static bool
read_at(struct cdbfile *f, void *buf, size_t len, uint64_t offset,
    struct mk_error *err)
{
	ssize_t n = mk_fs_read_at(f->fd, buf, len, offset);

	if (n == -1)
		return failed(f, err);
	return (size_t)n == len || damaged(f, "damaged cdb (cut short)", err);
}

/*
 * Where the tables are.  Every writer puts them behind each other and behind
 * the records, to the file's end, and gives them two slots a record.
 */
static bool
read_header(struct cdbfile *f, struct mk_error *err)
{
	unsigned char header[HEADER];
	uint64_t at;
	size_t i;

	if (f->size < HEADER)
		return damaged(f, "damaged cdb (too short)", err);
	if (!read_at(f, header, HEADER, 0, err))
		return false;
	at = f->end = mk_le32_get(header);
	for (i = 0; i < TABLES; i++) {
		f->tables[i].pos = mk_le32_get(header + SLOT * i);
		f->tables[i].slots = mk_le32_get(header + SLOT * i + 4);
		if (f->tables[i].pos != at || f->tables[i].slots % 2 != 0)
			return damaged(f, "damaged cdb (tables)", err);
		at += (uint64_t)f->tables[i].slots * SLOT;
	}
	if (f->end < HEADER || at != f->size)
		return damaged(f, "damaged cdb (size)", err);
	return true;
}

static bool
cdb_start(struct cdbfile *f, struct mk_error *err)
{
	uint64_t records;
	size_t i;

	if (!read_header(f, err))
		return false;
	/* A record is its lengths at least: memory is bounded by the file. */
	records = (f->size - f->end) / (2 * SLOT);
	if (records > (f->end - HEADER) / SLOT)
		return damaged(f, "damaged cdb (tables)", err);
	f->base = HEADER;
	f->block = malloc(BLOCK);
	f->seen = calloc((size_t)records + 1, sizeof *f->seen);
	if (f->block == NULL || f->seen == NULL)
		return failed(f, err);
	for (i = 0; i < TABLES; i++)
		f->tables[i].seen = f->seen +
		    (f->tables[i].pos - f->end) / (2 * SLOT);
	return true;
}

static void
cdb_end(struct cdbfile *f)
{
	free(f->seen);
	free(f->block);
	close(f->fd);
}

/* Have LEN bytes, at most a block, of the records at hand. */
static bool
have(struct cdbfile *f, size_t len, struct mk_error *err)
{
	size_t left = f->len - f->next, want = BLOCK - left;
	ssize_t n;

	if (left >= len)
		return true;
	memmove(f->block, f->block + f->next, left);
	f->base += f->next;
	f->next = 0;
	f->len = left;
	if (want > f->end - f->base - left)
		want = (size_t)(f->end - f->base - left);
	n = mk_fs_read_at(f->fd, f->block + left, want, f->base + left);
	if (n == -1)
		return failed(f, err);
	f->len += (size_t)n;
	return f->len >= len || damaged(f, "damaged cdb (records)", err);
}

/* Note the record at POS. */
static bool
note(struct cdbfile *f, uint32_t hash, uint64_t pos, struct mk_error *err)
{
	struct table *table = &f->tables[hash % TABLES];

	if (table->n == table->slots / 2)
		return damaged(f, "damaged cdb (slots)", err);
	table->seen[table->n++] = (struct mk_cdb_seen){ hash, (uint32_t)pos };
	return true;
}

/* Look the record up as a reader does. */
static bool
found(const unsigned char *slots, uint32_t n, const struct mk_cdb_seen *record)
{
	uint32_t at = (record->hash >> 8) % n, i, pos;
	const unsigned char *slot;

	for (i = 0; i < n; i++) {
		slot = slots + (size_t)at * SLOT;
		pos = mk_le32_get(slot + 4);
		if (pos == 0)
			return false;
		if (pos == record->pos && mk_le32_get(slot) == record->hash)
			return true;
		if (++at == n)
			at = 0;
	}
	return false;
}

/* Slots that name a record.  An empty one is all zero.  Which one is empty
 * cannot be foretold, so there is no branch. */
static bool
count_used(const unsigned char *slots, uint32_t n, uint32_t *used)
{
	const unsigned char *slot = slots;
	bool zero = true, empty;

	for (*used = 0; n > 0; n--, slot += SLOT) {
		empty = mk_le32_get(slot + 4) == 0;
		*used += !empty;
		zero &= !empty | (mk_le32_get(slot) == 0);
	}
	return zero;
}

/*
 * Each record noted is found in the table, and as many slots are in use: so
 * there is none of another record.
 */
static bool
check_table(struct cdbfile *f, const struct table *table,
    unsigned char *slots, struct mk_error *err)
{
	uint32_t i, used;

	if (table->n != table->slots / 2)
		return damaged(f, "damaged cdb (slots)", err);
	if (!read_at(f, slots, (size_t)table->slots * SLOT, table->pos, err))
		return false;
	if (!count_used(slots, table->slots, &used) || used != table->n)
		return damaged(f, "damaged cdb (slots)", err);
	for (i = 0; i < table->n; i++)
		if (!found(slots, table->slots, &table->seen[i]))
			return damaged(f, "damaged cdb (a record is not "
			    "found)", err);
	return true;
}

static bool
check_tables(struct cdbfile *f, struct mk_error *err)
{
	unsigned char *slots;
	uint32_t most = 1;
	bool sound = true;
	size_t i;

	for (i = 0; i < TABLES; i++)
		if (f->tables[i].slots > most)
			most = f->tables[i].slots;
	slots = malloc((size_t)most * SLOT);
	if (slots == NULL)
		return failed(f, err);
	for (i = 0; i < TABLES && sound; i++)
		if (f->tables[i].slots != 0)
			sound = check_table(f, &f->tables[i], slots, err);
	free(slots);
	return sound;
}

/* What differs first: of the record, in WANT or in the file, the key or only
 * what is said of it. */
static bool
differ(struct cdbfile *f, const unsigned char *want, struct mk_error *err)
{
	const unsigned char *got = f->block;
	size_t len, key;

	for (;; want += len, got += len) {
		key = SLOT + mk_le32_get(want);
		len = key + mk_le32_get(want + 4);
		if (memcmp(want, got, len) != 0)
			break;
	}
	return damaged(f, memcmp(want, got, 4) == 0 &&
	    memcmp(want + SLOT, got + SLOT, key - SLOT) == 0 ?
	    "says something else of an entry" : "has other entries", err);
}

/* The next LEN bytes are the records in WANT. */
static bool
expect(struct cdbfile *f, const unsigned char *want, size_t len,
    struct mk_error *err)
{
	if (len > f->end - f->base)
		return damaged(f, "has fewer entries, or others", err);
	if (!read_at(f, f->block, len, f->base, err))
		return false;
	if (memcmp(f->block, want, len) != 0)
		return differ(f, want, err);
	f->base += len;
	return true;
}

/*
 * The records that should be there are made, many at a time, and compared:
 * one by one, the bytes just stored would have to be waited for.
 */
static bool
same_records(struct cdbfile *f, const struct mk_content *c,
    unsigned char *want, struct mk_error *err)
{
	struct mk_cursor cursor;
	struct mk_net net;
	uint32_t origin, hash;
	size_t len = 0, at;

	mk_cursor_start(&cursor, c->set, c->lengths);
	while (mk_cursor_next(&cursor, &net, &origin)) {
		if (len > WANTED - MK_CDB_RECORD) {
			if (!expect(f, want, len, err))
				return false;
			len = 0;
		}
		at = len;
		len += mk_cdb_record(want + at, &net, &c->origins->v[origin],
		    &hash);
		if (!note(f, hash, f->base + at, err)) {
			/* Rather say so where it is of another list. */
			expect(f, want, len, err);
			return false;
		}
	}
	return expect(f, want, len, err) && (f->base == f->end ||
	    damaged(f, "has more entries", err));
}

int
mk_cdb_matches(const struct mk_outfile *at, const struct mk_content *c,
    struct mk_error *err)
{
	struct cdbfile f = { .at = at };
	unsigned char want[WANTED];
	bool same;
	int rv;

	rv = mk_outfile_open(at, &f.fd, &f.size, err);
	if (rv != 1)
		return rv;
	same = cdb_start(&f, err) && same_records(&f, c, want, err) &&
	    check_tables(&f, err);
	cdb_end(&f);
	return f.failed ? -1 : same;
}

/* The hash of the LEN bytes that come next, which are taken. */
static bool
hash_long(struct cdbfile *f, size_t len, uint32_t *hash, struct mk_error *err)
{
	size_t part;

	for (*hash = MK_CDB_HASH; len > 0; len -= part) {
		part = len < BLOCK ? len : BLOCK;
		if (!have(f, part, err))
			return false;
		*hash = mk_cdb_hash(*hash, f->block + f->next, part);
		f->next += part;
	}
	return true;
}

/* Step over LEN bytes, which are there, without reading them. */
static void
skip(struct cdbfile *f, uint64_t len)
{
	uint64_t to = f->base + f->next + len;

	if (len <= f->len - f->next) {
		f->next += (size_t)len;
		return;
	}
	f->base = to;
	f->next = f->len = 0;
}

static bool
keep(struct cdbfile *f, const unsigned char *p, size_t key_len,
    size_t data_len, struct mk_netlist *e, struct mk_origins *origins,
    size_t *foreign, struct mk_error *err)
{
	const char *key = (const char *)p;
	struct mk_net net;
	uint32_t origin;

	if (mk_net_from_key(key, key_len, &net) == -1) {
		++*foreign;
		return true;
	}
	if (mk_origin_add(origins, 0, 0, key + key_len, data_len, 0,
	    &origin) == -1 || mk_netlist_add(e, &net, origin, 0) == -1)
		return failed(f, err);
	return true;
}

/* One record; what does not fit a block is none of ours. */
static bool
take(struct cdbfile *f, struct mk_netlist *e, struct mk_origins *origins,
    size_t *foreign, struct mk_error *err)
{
	uint64_t pos = f->base + f->next, key_len, data_len;
	uint32_t hash;

	if (!have(f, SLOT, err))
		return false;
	key_len = mk_le32_get(f->block + f->next);
	data_len = mk_le32_get(f->block + f->next + 4);
	f->next += SLOT;
	if (pos + SLOT + key_len + data_len > f->end)
		return damaged(f, "damaged cdb (records)", err);
	if (key_len + data_len > BLOCK) {
		++*foreign;
		if (!hash_long(f, (size_t)key_len, &hash, err))
			return false;
	} else {
		if (!have(f, (size_t)(key_len + data_len), err) ||
		    !keep(f, f->block + f->next, (size_t)key_len,
		    (size_t)data_len, e, origins, foreign, err))
			return false;
		hash = mk_cdb_hash(MK_CDB_HASH, f->block + f->next,
		    (size_t)key_len);
		f->next += (size_t)key_len;
	}
	skip(f, data_len);
	return note(f, hash, pos, err);
}

int
mk_cdb_read(const struct mk_outfile *at, struct mk_netlist *e,
    struct mk_origins *origins, size_t *foreign, struct mk_error *err)
{
	struct cdbfile f = { .at = at };
	bool sound;

	if (mk_outfile_open(at, &f.fd, &f.size, err) != 1)
		return -1;
	sound = cdb_start(&f, err);
	while (sound && f.base + f.next < f.end)
		sound = take(&f, e, origins, foreign, err);
	sound = sound && check_tables(&f, err);
	cdb_end(&f);
	return sound ? 0 : -1;
}

/* LEN bytes at OFFSET where the file has them.  0 or -1. */
static int
look(int fd, const struct mk_outfile *at, void *buf, size_t len,
    uint64_t offset, struct mk_error *err)
{
	ssize_t n = mk_fs_read_at(fd, buf, len, offset);

	if (n == -1)
		return mk_fail_sys(err, "read %s", at->path);
	if ((size_t)n != len)
		return mk_fail(err, EX_DATAERR, "cdb: corrupt cdb file %s "
		    "(too short)", at->path);
	return 0;
}

/* The data of the record at POS where that has the key.  1, 0, -1. */
static int
look_at_record(int fd, const struct mk_outfile *at, uint64_t size,
    uint32_t pos, const char *key, size_t len, char **data,
    size_t *data_len, struct mk_error *err)
{
	unsigned char lengths[SLOT];
	char *copy;
	int rv = -1;

	if (look(fd, at, lengths, sizeof lengths, pos, err) == -1)
		return -1;
	if (mk_le32_get(lengths) != len)
		return 0;
	*data_len = mk_le32_get(lengths + 4);
	if ((uint64_t)pos + SLOT + len + *data_len > size)
		return mk_fail(err, EX_DATAERR, "cdb: corrupt cdb file %s "
		    "(too short)", at->path);
	copy = malloc((len > *data_len ? len : *data_len) + 1);
	if (copy == NULL)
		return mk_fail_sys(err, "read %s", at->path);
	if (look(fd, at, copy, len, (uint64_t)pos + SLOT, err) == -1)
		goto out;
	if (memcmp(copy, key, len) != 0) {
		rv = 0;
		goto out;
	}
	if (look(fd, at, copy, *data_len, (uint64_t)pos + SLOT + len, err) ==
	    -1)
		goto out;
	copy[*data_len] = '\0';
	*data = copy;
	return 1;
out:
	free(copy);
	return rv;
}

static int
look_up(int fd, const struct mk_outfile *at, uint64_t size, const char *key,
    size_t len, char **data, size_t *data_len, struct mk_error *err)
{
	unsigned char pair[SLOT];
	uint32_t hash = mk_cdb_hash(MK_CDB_HASH, key, len);
	uint32_t table, slots, slot, i, pos;
	int rv;

	if (look(fd, at, pair, SLOT, (uint64_t)SLOT * (hash % TABLES), err) ==
	    -1)
		return -1;
	table = mk_le32_get(pair);
	slots = mk_le32_get(pair + 4);
	if (slots == 0)
		return 0;
	if (table + (uint64_t)slots * SLOT > size)
		return mk_fail(err, EX_DATAERR, "cdb: corrupt cdb file %s "
		    "(too short)", at->path);
	slot = (hash >> 8) % slots;
	for (i = 0; i < slots; i++) {
		if (look(fd, at, pair, SLOT, table + (uint64_t)slot * SLOT,
		    err) == -1)
			return -1;
		pos = mk_le32_get(pair + 4);
		if (pos == 0)
			return 0;
		if (mk_le32_get(pair) == hash) {
			rv = look_at_record(fd, at, size, pos, key, len,
			    data, data_len, err);
			if (rv != 0)
				return rv;
		}
		if (++slot == slots)
			slot = 0;
	}
	return 0;
}

/* As Exim does: it follows links. */
int
mk_cdb_lookup(const struct mk_outfile *at, const char *key, size_t len,
    char **data, size_t *data_len, struct mk_error *err)
{
	struct stat st;
	int fd, rv = -1;

	fd = openat(at->dirfd, at->name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1)
		return mk_fail_sys(err, "failed to open %s for cdb lookup",
		    at->path);
	if (fstat(fd, &st) == -1)
		mk_fail_sys(err, "fstat(%s) failed - cannot do cdb lookup",
		    at->path);
	else if (!S_ISREG(st.st_mode))
		mk_fail(err, EX_DATAERR, "%s (cdb lookup) is not a regular "
		    "file", at->path);
	else if ((uint64_t)st.st_size < HEADER)
		mk_fail(err, EX_DATAERR, "failed to open %s too short for "
		    "cdb lookup", at->path);
	else
		rv = look_up(fd, at, (uint64_t)st.st_size, key, len, data,
		    data_len, err);
	close(fd);
	return rv;
}
