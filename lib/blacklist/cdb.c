/* blacklist/cdb - a cdb is written. */
#include "blacklist/cdb.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/le.h"
#include "blacklist/outfile.h"
#include "blacklist/sink.h"

#define CHUNK		509		/* of records; 4 KiB with the head */

/* Records that belong to one table.  There are few chunks that are not full,
 * and so a record takes no more than it has here. */
struct chunk {
	struct chunk *next;		/* of the table */
	struct chunk *made;		/* before this one */
	size_t n;
	struct mk_cdb_seen v[CHUNK];
};

struct writer {
	struct mk_sink *sink;
	const char *path;
	struct chunk *chunks[MK_CDB_TABLES], *made;
	unsigned char header[MK_CDB_HEADER];
	uint32_t pos;			/* where the next table begins */
};

size_t
mk_cdb_record(unsigned char *record, const struct mk_net *net,
    const struct mk_origin *said, uint32_t *hash)
{
	char *key = (char *)record + MK_CDB_SLOT;
	size_t len = mk_net_key(key, net);

	*hash = mk_cdb_hash(MK_CDB_HASH, key, len);
	mk_le32_put(record, (uint32_t)len);
	mk_le32_put(record + 4, said->text_len);
	memcpy(key + len, said->text, said->text_len);
	return MK_CDB_SLOT + len + said->text_len;
}

static int
note(struct writer *w, uint32_t hash, uint32_t pos)
{
	struct chunk **chunks = &w->chunks[hash % MK_CDB_TABLES];
	struct chunk *chunk = *chunks;

	if (chunk == NULL || chunk->n == CHUNK) {
		chunk = malloc(sizeof *chunk);
		if (chunk == NULL)
			return -1;
		chunk->next = *chunks;
		chunk->made = w->made;
		chunk->n = 0;
		*chunks = w->made = chunk;
	}
	chunk->v[chunk->n++] = (struct mk_cdb_seen){ hash, pos };
	return 0;
}

/* The header is put again when the tables are known. */
static int
put_records(struct writer *w, const struct mk_content *c,
    struct mk_error *err)
{
	uint64_t pos = MK_CDB_HEADER, tables = 0;
	struct mk_cursor cursor;
	struct mk_net net;
	uint32_t origin, hash;
	unsigned char *p;
	size_t len;

	mk_sink_put(w->sink, (char *)w->header, MK_CDB_HEADER);
	mk_cursor_start(&cursor, c->set, c->lengths);
	while (mk_cursor_next(&cursor, &net, &origin)) {
		p = (unsigned char *)mk_sink_room(w->sink, MK_CDB_RECORD);
		if (p == NULL)
			return -1;
		len = mk_cdb_record(p, &net, &c->origins->v[origin], &hash);
		tables += 2 * MK_CDB_SLOT;
		if (pos + len + tables > UINT32_MAX) {
			errno = EFBIG;
			return mk_fail_sys(err, "write %s: a cdb ends at "
			    "4 GiB", w->path);
		}
		if (note(w, hash, (uint32_t)pos) == -1)
			return mk_fail_sys(err, "write %s", w->path);
		mk_sink_take(w->sink, (char *)p + len);
		pos += len;
	}
	w->pos = (uint32_t)pos;
	return 0;
}

/* Into the first slot that is free, from the one that a reader begins at. */
static void
fill_slot(unsigned char *slots, uint32_t n, const struct mk_cdb_seen *record)
{
	uint32_t at = (record->hash >> 8) % n;

	while (mk_le32_get(slots + (size_t)at * MK_CDB_SLOT + 4) != 0)
		if (++at == n)
			at = 0;
	mk_le32_put(slots + (size_t)at * MK_CDB_SLOT, record->hash);
	mk_le32_put(slots + (size_t)at * MK_CDB_SLOT + 4, record->pos);
}

/* Two slots a record: what is not there is soon found to be missing. */
static int
put_table(struct writer *w, size_t table, struct mk_error *err)
{
	const struct chunk *chunk;
	unsigned char *slots;
	uint32_t n = 0;
	size_t i;

	for (chunk = w->chunks[table]; chunk != NULL; chunk = chunk->next)
		n += 2 * (uint32_t)chunk->n;
	mk_le32_put(w->header + MK_CDB_SLOT * table, w->pos);
	mk_le32_put(w->header + MK_CDB_SLOT * table + 4, n);
	w->pos += n * MK_CDB_SLOT;
	if (n == 0)
		return 0;
	slots = calloc(n, MK_CDB_SLOT);
	if (slots == NULL)
		return mk_fail_sys(err, "write %s", w->path);
	for (chunk = w->chunks[table]; chunk != NULL; chunk = chunk->next)
		for (i = 0; i < chunk->n; i++)
			fill_slot(slots, n, &chunk->v[i]);
	mk_sink_put(w->sink, (char *)slots, (size_t)n * MK_CDB_SLOT);
	free(slots);
	return 0;
}

static int
put_all(struct writer *w, int fd, const struct mk_content *c,
    struct mk_error *err)
{
	size_t i;

	if (put_records(w, c, err) == -1)
		return -1;
	for (i = 0; i < MK_CDB_TABLES; i++)
		if (put_table(w, i, err) == -1)
			return -1;
	if (mk_sink_end(w->sink) != 1)
		return -1;
	if (lseek(fd, 0, SEEK_SET) == -1 ||
	    mk_fs_write_all(fd, w->header, MK_CDB_HEADER) == -1)
		return mk_fail_sys(err, "write %s", w->path);
	return 0;
}

int
mk_cdb_write(const struct mk_outfile *at, const struct mk_content *c,
    struct mk_error *err)
{
	struct writer w = { .path = at->path };
	struct chunk *chunk;
	int fd, rv = -1;

	fd = mk_outfile_create(at, err);
	if (fd == -1)
		return -1;
	w.sink = mk_sink_start(fd, at->path, false, err);
	if (w.sink != NULL)
		rv = put_all(&w, fd, c, err);
	while ((chunk = w.made) != NULL) {
		w.made = chunk->made;
		free(chunk);
	}
	free(w.sink);
	return mk_outfile_close(at, fd, rv, err);
}
