/* blacklist/dbm - a file for Exim's "dbm", by libdb. */
#include "blacklist/dbm.h"

#include <db.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/le.h"
#include "blacklist/outfile.h"

#define CACHE_LEAST	((uint64_t)1 << 20)
#define CACHE_MOST	((uint64_t)256 << 20)
#define CACHE_ENTRY	16		/* bytes of it for each */
#define VERIFY_MOST	((uint64_t)64 << 20)	/* bytes of a file */
#define DATA_MAX	(MK_REASON_MAX + 1)
#define RECORD_LEAST	4		/* bytes of the file a record takes */

/* Of a page, from its beginning: db_page.h of libdb's source. */
#define PAGE_SIZE_AT	20		/* of the first */
#define PAGE_TYPE_AT	25
#define PAGE_LEAST	512
#define PAGE_MOST	65536
#define QUEUE_META	10
#define QUEUE_DATA	11
#define HEAP_META	14		/* and what follows */

struct dbmfile {
	const struct mk_outfile *at;
	uint64_t size;			/* when opened to read */
	DB *db;
	char said[256];			/* libdb's first word of complaint */
	int errnum;			/* errno's then */
};

bool
mk_dbm_built_in(void)
{
	return true;
}

/* Without these two libdb prints. */
static void
hush(const DB_ENV *env, const char *text)
{
	(void)env;
	(void)text;
}

static void
listen_to(const DB_ENV *env, const char *prefix, const char *text)
{
	struct dbmfile *f = env->app_private;

	(void)prefix;
	if (f->said[0] == '\0') {
		f->errnum = errno;
		snprintf(f->said, sizeof f->said, "%s", text);
	}
}

/*
 * RV is errno's, or one of libdb's, which are negative.  When the disk is full
 * and libdb's cache then, too, it gives the latter for the reason.  -1.
 */
static int
fail(const struct dbmfile *f, int rv, const char *what, struct mk_error *err)
{
	if (rv == ENOMEM && (f->errnum == ENOSPC || f->errnum == EDQUOT))
		rv = f->errnum;
	if (rv > 0 && rv != EINVAL && rv != EIO) {
		errno = rv;
		return mk_fail_sys(err, "%s %s", what, f->at->path);
	}
	return mk_fail(err, EX_DATAERR, "%s %s: %s", what, f->at->path,
	    f->said[0] != '\0' ? f->said : db_strerror(rv));
}

static int
start(struct dbmfile *f, const struct mk_outfile *at, uint64_t entries)
{
	uint64_t cache = CACHE_LEAST;
	int rv;

	*f = (struct dbmfile){ .at = at };
	rv = db_create(&f->db, NULL, 0);
	if (rv != 0) {
		f->db = NULL;
		return rv;
	}
	f->db->get_env(f->db)->app_private = f;
	f->db->set_errcall(f->db, listen_to);
	f->db->set_msgcall(f->db, hush);
	if (cache < entries * CACHE_ENTRY)
		cache = entries * CACHE_ENTRY;
	if (cache > CACHE_MOST)
		cache = CACHE_MOST;
	return f->db->set_cachesize(f->db, 0, (uint32_t)cache, 1);
}

static int
finish(struct dbmfile *f)
{
	int rv = 0;

	if (f->db != NULL)
		rv = f->db->close(f->db, 0);
	f->db = NULL;
	return rv;
}

/* As Exim opens it: hash or btree. */
static int
open_to_read(struct dbmfile *f)
{
	return f->db->open(f->db, NULL, f->at->path, NULL, DB_UNKNOWN,
	    DB_RDONLY, 0);
}

/*
 * Whether no page of FD says that it is one of a queue or a heap.  No hash and
 * no btree has one, and libdb's verifying of them (5.3.28) divides by zero,
 * frees what it did not allocate, or looks for other files.
 */
static bool
has_known_pages(int fd, uint64_t size)
{
	unsigned char word[4], type;
	uint64_t at, step = 0;

	if (mk_fs_read_at(fd, word, sizeof word, PAGE_SIZE_AT) ==
	    sizeof word)
		step = mk_le32_get(word);
	if (step < PAGE_LEAST || step > PAGE_MOST)	/* another order */
		step = (uint64_t)word[0] << 24 | (uint64_t)word[1] << 16 |
		    (uint64_t)word[2] << 8 | word[3];
	if (step < PAGE_LEAST || step > PAGE_MOST ||
	    (step & (step - 1)) != 0 || size % step != 0)
		return false;
	for (at = PAGE_TYPE_AT; at < size; at += step)
		if (mk_fs_read_at(fd, &type, 1, at) != 1 ||
		    type == QUEUE_META || type == QUEUE_DATA ||
		    type >= HEAP_META)
			return false;
	return true;
}

/*
 * open_to_read() of a file that may be damaged, FD, which is closed: libdb
 * reads over lost pages, and trusts those that are there.  Verifying takes
 * half as much memory again as the file is large (5.3.28), so large ones go
 * without.
 */
static int
start_checked(struct dbmfile *f, const struct mk_outfile *at, uint64_t entries,
    int fd, uint64_t size)
{
	bool known = has_known_pages(fd, size);
	int rv = start(f, at, 0);

	close(fd);
	if (rv == 0 && !known) {
		snprintf(f->said, sizeof f->said, "damaged, or no hash and "
		    "no btree of Berkeley DB");
		rv = DB_VERIFY_BAD;
	} else if (rv == 0 && size <= VERIFY_MOST) {
		rv = f->db->verify(f->db, at->path, NULL, NULL, 0);
		f->db = NULL;		/* closed by that */
	}
	finish(f);
	if (rv != 0)
		return rv;
	rv = start(f, at, entries);
	f->size = size;
	return rv == 0 ? open_to_read(f) : rv;
}

static uint64_t
count(const struct mk_content *c)
{
	return c->lengths != NULL ? c->lengths->entries : mk_set_size(c->set);
}

/* A record of the list. */
struct pair {
	DBT key, data;
	char key_text[MK_NET_TEXT], data_text[DATA_MAX];
};

static void
pair_set(struct pair *pair, const struct mk_net *net,
    const struct mk_origin *said)
{
	size_t len = mk_net_key(pair->key_text, net);

	pair->key_text[len] = '\0';
	pair->key = (DBT){ .data = pair->key_text, .size = (uint32_t)len + 1 };
	len = said->text_len < DATA_MAX ? said->text_len : DATA_MAX - 1;
	memcpy(pair->data_text, said->text, len);
	pair->data_text[len] = '\0';
	pair->data = (DBT){
		.data = pair->data_text,
		.size = (uint32_t)len + 1,
	};
}

static int
put_all(struct dbmfile *f, const struct mk_content *c)
{
	struct mk_cursor cursor;
	struct mk_net net;
	struct pair pair;
	uint32_t origin;
	int rv = 0;

	mk_cursor_start(&cursor, c->set, c->lengths);
	while (rv == 0 && mk_cursor_next(&cursor, &net, &origin)) {
		pair_set(&pair, &net, &c->origins->v[origin]);
		rv = f->db->put(f->db, NULL, &pair.key, &pair.data, 0);
	}
	return rv;
}

/*
 * The file is ours before libdb opens it by its path: so it is made by
 * nobody else, and without a temporary one beside it.
 */
int
mk_dbm_write(const struct mk_outfile *at, const struct mk_content *c,
    struct mk_error *err)
{
	struct dbmfile f;
	int fd, rv, closed;

	fd = mk_outfile_create(at, err);
	if (fd == -1 || mk_outfile_close(at, fd, 0, err) == -1)
		return -1;
	rv = start(&f, at, count(c));
	if (rv == 0)
		rv = f.db->open(f.db, NULL, at->path, NULL, DB_HASH,
		    DB_CREATE | DB_TRUNCATE, 0600);
	if (rv == 0)
		rv = put_all(&f, c);
	closed = finish(&f);
	if (rv == 0)
		rv = closed;
	return rv == 0 ? 0 : fail(&f, rv, "write", err);
}

/* Each record is there with its data.  1, 0, or -1. */
static int
has_all(struct dbmfile *f, const struct mk_content *c, struct mk_error *err)
{
	struct mk_cursor cursor;
	struct mk_net net;
	struct pair pair;
	char buf[DATA_MAX];
	DBT there = { .data = buf, .ulen = sizeof buf,
	    .flags = DB_DBT_USERMEM };
	uint32_t origin;
	int rv;

	mk_cursor_start(&cursor, c->set, c->lengths);
	while (mk_cursor_next(&cursor, &net, &origin)) {
		pair_set(&pair, &net, &c->origins->v[origin]);
		rv = f->db->get(f->db, NULL, &pair.key, &there, 0);
		if (rv == DB_NOTFOUND)
			return mk_outfile_differs(f->at, "has other entries",
			    err);
		if (rv != 0 && rv != DB_BUFFER_SMALL)
			return fail(f, rv, "read", err);
		if (rv != 0 || there.size != pair.data.size ||
		    memcmp(buf, pair.data_text, there.size) != 0)
			return mk_outfile_differs(f->at,
			    "says something else of an entry", err);
	}
	return 1;
}

/* There are no more records than WANTED; a ring of pages would have many. */
static int
has_no_more(struct dbmfile *f, uint64_t wanted, struct mk_error *err)
{
	DBT key = { .flags = DB_DBT_PARTIAL }, data = key;
	DBC *cursor;
	uint64_t n = 0;
	int rv;

	rv = f->db->cursor(f->db, NULL, &cursor, 0);
	if (rv != 0)
		return fail(f, rv, "read", err);
	while (n <= wanted &&
	    (rv = cursor->get(cursor, &key, &data, DB_NEXT)) == 0)
		n++;
	cursor->close(cursor);
	if (rv != 0 && rv != DB_NOTFOUND)
		return fail(f, rv, "read", err);
	return n == wanted ? 1 : mk_outfile_differs(f->at, "has more entries",
	    err);
}

int
mk_dbm_matches(const struct mk_outfile *at, const struct mk_content *c,
    struct mk_error *err)
{
	struct mk_error own;
	struct dbmfile f;
	uint64_t size;
	int fd, rv, same;

	same = mk_outfile_open(at, &fd, &size, err);
	if (same != 1)
		return same;
	if (err == NULL)
		err = &own;
	rv = start_checked(&f, at, count(c), fd, size);
	if (rv == 0) {
		same = has_all(&f, c, err);
		if (same == 1)
			same = has_no_more(&f, count(c), err);
	} else
		same = fail(&f, rv, "read", err);
	finish(&f);
	/* What libdb cannot read is damaged, and no failure of ours. */
	return same == -1 && err->status == EX_DATAERR ? 0 : same;
}

/* A record read, each part in memory of its own.  0, or -1 with errno. */
static int
keep(const DBT *key, const DBT *data, struct mk_netlist *e,
    struct mk_origins *origins, size_t *foreign)
{
	const char *text = data->data;
	size_t len = data->size;
	struct mk_net net;
	uint32_t origin;

	if (key->size == 0 || ((const char *)key->data)[key->size - 1] !=
	    '\0' || mk_net_from_key(key->data, key->size - 1, &net) == -1) {
		++*foreign;
		return 0;
	}
	if (len > 0 && text[len - 1] == '\0')
		len--;
	if (mk_origin_add(origins, 0, 0, len > 0 ? text : "", len, 0,
	    &origin) == -1)
		return -1;
	return mk_netlist_add(e, &net, origin, 0);
}

static int
read_all(struct dbmfile *f, struct mk_netlist *e, struct mk_origins *origins,
    size_t *foreign, struct mk_error *err)
{
	DBT key = { .flags = DB_DBT_REALLOC }, data = key;
	DBC *cursor;
	uint64_t n = 0;
	int rv;

	rv = f->db->cursor(f->db, NULL, &cursor, 0);
	if (rv != 0)
		return fail(f, rv, "read", err);
	while ((rv = cursor->get(cursor, &key, &data, DB_NEXT)) == 0) {
		if (n++ > f->size / RECORD_LEAST) {
			rv = DB_PAGE_NOTFOUND;
			break;
		}
		if (keep(&key, &data, e, origins, foreign) == -1) {
			rv = errno;
			break;
		}
	}
	cursor->close(cursor);
	free(key.data);
	free(data.data);
	return rv == DB_NOTFOUND ? 0 : fail(f, rv, "read", err);
}

int
mk_dbm_read(const struct mk_outfile *at, struct mk_netlist *e,
    struct mk_origins *origins, size_t *foreign, struct mk_error *err)
{
	struct dbmfile f;
	uint64_t size;
	int fd, rv;

	if (mk_outfile_open(at, &fd, &size, err) != 1)
		return -1;
	rv = start_checked(&f, at, 0, fd, size);
	if (rv == 0)
		rv = read_all(&f, e, origins, foreign, err);
	else
		rv = fail(&f, rv, "read", err);
	finish(&f);
	return rv;
}

/* Exim takes the data for a string: to its first NUL. */
int
mk_dbm_lookup(const struct mk_outfile *at, const char *key, size_t len,
    char **data, size_t *data_len, struct mk_error *err)
{
	DBT want = { .size = (uint32_t)len + 1 };
	DBT there = { .flags = DB_DBT_MALLOC };
	struct dbmfile f;
	char *text;
	int rv;

	text = malloc(len + 1);
	if (text == NULL)
		return mk_fail_sys(err, "read %s", at->path);
	memcpy(text, key, len);
	text[len] = '\0';
	want.data = text;
	rv = start(&f, at, 0);
	if (rv == 0)
		rv = open_to_read(&f);
	if (rv != 0) {
		rv = fail(&f, rv, "failed to open as a db file", err);
		goto out;
	}
	rv = f.db->get(f.db, NULL, &want, &there, 0);
	if (rv == DB_NOTFOUND)
		rv = 0;
	else if (rv != 0)
		rv = fail(&f, rv, "read", err);
	else {
		*data_len = strnlen(there.data, there.size);
		*data = malloc(*data_len + 1);
		if (*data != NULL) {
			memcpy(*data, there.data, *data_len);
			(*data)[*data_len] = '\0';
			rv = 1;
		} else
			rv = mk_fail_sys(err, "read %s", at->path);
		free(there.data);
	}
out:
	finish(&f);
	free(text);
	return rv;
}
