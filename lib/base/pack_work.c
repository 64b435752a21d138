/*
 * base/pack_work - pack the pieces of a file on several threads, write them in
 * order, and read back what is written meanwhile.
 *
 * Every thread does what is most pressing: write the piece whose turn it is,
 * read back what has been written, or pack the next piece.  One at a time
 * writes and one reads back.  Pieces in hand are no more than the slots are,
 * so memory is bounded, whatever one of them takes.
 */
#include "base/pack_codec.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/pack_check.h"
#include "base/pool.h"
#include "base/stop.h"

#define THREADS_MAX	64

struct slot {
	struct mk_pack_piece piece;
	bool packed;			/* and waits for its turn */
};

struct work {
	const struct mk_pack_codec *codec;
	enum mk_pack_format format;
	int in, out;
	time_t mtime_s;
	uint64_t size, n_pieces;
	struct mk_pack_coder *coders[THREADS_MAX];	/* each thread's */
	struct mk_pack_check check;	/* .buf NULL: not begun */

	pthread_mutex_t mutex;		/* for all below */
	pthread_cond_t moved;
	struct slot *slots;		/* piece i is in i % n_slots */
	size_t n_slots;
	uint64_t next, turn;		/* to be packed, to be written */
	uint64_t written, check_read;	/* bytes of .out */
	bool writing, syncing, checking;	/* someone is */
	bool synced, checked;
	bool failed;
	struct mk_error *err;		/* of the first failure */
	struct mk_pack_sum sum;		/* the writer's alone */
};

int
mk_pack_read(int in, void *buf, size_t len, uint64_t at, struct mk_error *err)
{
	char *p = buf;
	ssize_t n;

	while (len > 0) {
		n = pread(in, p, len, (off_t)at);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return mk_fail_sys(err, "read");
		if (n == 0)
			return mk_fail(err, EX_TEMPFAIL, "it was cut short "
			    "while it was compressed");
		p += n;
		len -= (size_t)n;
		at += (uint64_t)n;
	}
	return 0;
}

/* The reader back goes by OUT's offset, so that of writing is given. */
static int
write_at(int out, const struct mk_buf *packed, uint64_t at,
    struct mk_error *err)
{
	size_t done = 0;
	ssize_t n;

	while (done < packed->len) {
		n = pwrite(out, packed->data + done, packed->len - done,
		    (off_t)(at + done));
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return mk_fail_sys(err, "write");
		done += (size_t)n;
	}
	return 0;
}

/* These are called with the mutex held, and let go of it meanwhile. */

static void
note(struct work *w, int rv, const struct mk_error *err)
{
	if (rv == -1 && !w->failed) {
		w->failed = true;
		*w->err = *err;
	}
	pthread_cond_broadcast(&w->moved);
}

static void
pack_next(struct work *w, unsigned worker)
{
	struct slot *slot = &w->slots[w->next % w->n_slots];
	struct mk_pack_piece *piece = &slot->piece;
	struct mk_error err;
	uint64_t left;
	int rv = -1;

	piece->at = w->next++ * w->codec->piece_bytes;
	left = w->size - piece->at;
	piece->len = left < w->codec->piece_bytes ? (size_t)left :
	    w->codec->piece_bytes;
	piece->last = w->next == w->n_pieces;
	pthread_mutex_unlock(&w->mutex);
	if (w->coders[worker] == NULL)
		w->coders[worker] = w->codec->open(w->format, w->in,
		    w->mtime_s, &err);
	if (w->coders[worker] != NULL)
		rv = w->codec->pack(w->coders[worker], piece, &err);
	pthread_mutex_lock(&w->mutex);
	slot->packed = rv == 0;
	note(w, rv, &err);
}

static void
write_next(struct work *w)
{
	struct slot *slot = &w->slots[w->turn % w->n_slots];
	struct mk_buf *packed = &slot->piece.packed;
	struct mk_error err;
	int rv = 0;

	w->writing = true;
	pthread_mutex_unlock(&w->mutex);
	if (w->codec->join != NULL)
		rv = w->codec->join(&w->sum, &slot->piece, &err);
	if (rv == 0)
		rv = write_at(w->out, packed, w->written, &err);
	pthread_mutex_lock(&w->mutex);
	w->writing = false;
	if (rv == 0) {
		w->written += packed->len;
		w->turn++;
		mk_buf_cut(packed, 0);
		slot->packed = false;
	}
	note(w, rv, &err);
}

static void
sync_out(struct work *w)
{
	struct mk_error err;
	int rv;

	w->syncing = true;
	pthread_mutex_unlock(&w->mutex);
	rv = fsync(w->out);
	if (rv == -1)
		mk_fail_sys(&err, "sync");
	pthread_mutex_lock(&w->mutex);
	w->syncing = false;
	w->synced = true;
	note(w, rv, &err);
}

/* base/unpack must not meet the end of OUT before that is the end. */
static bool
far_behind(const struct work *w, uint64_t check_read, uint64_t written)
{
	return check_read + w->codec->ahead_bytes <= written;
}

/*
 * Compare while WRITTEN is far enough in front; to the end where that is ALL.
 * 1, 0 at the end, -1.
 */
static int
compare(struct work *w, uint64_t written, bool all, uint64_t *check_read,
    struct mk_error *err)
{
	int rv = 1;

	if (w->check.buf == NULL && mk_pack_check_start(&w->check, w->out,
	    w->in, w->format == MK_PACK_NONE, err) == -1)
		return -1;
	while (rv == 1) {
		*check_read = mk_pack_check_read(&w->check);
		if (!all && !far_behind(w, *check_read, written))
			break;
		if (mk_stopped())
			return mk_fail(err, EX_TEMPFAIL, "interrupted");
		rv = mk_pack_check_step(&w->check, err);
	}
	if (rv == 0 && (!all || w->check.pos != w->size))
		return mk_fail(err, EX_DATAERR, "it ends after %llu bytes",
		    (unsigned long long)w->check.pos);
	return rv;
}

static void
check_some(struct work *w)
{
	uint64_t written = w->written, check_read = 0;
	bool all = w->turn == w->n_pieces;
	struct mk_error why, err;
	int rv;

	w->checking = true;
	pthread_mutex_unlock(&w->mutex);
	rv = compare(w, written, all, &check_read, &why);
	if (rv == -1)
		mk_fail(&err, why.status == EX_DATAERR ? EX_IOERR : why.status,
		    "read back what was written: %.1000s", why.text);
	pthread_mutex_lock(&w->mutex);
	w->checking = false;
	w->checked = rv == 0;
	w->check_read = check_read;
	note(w, rv, &err);
}

/* Whether reading back has something to do, and nobody does it. */
static bool
can_check(const struct work *w)
{
	return !w->checking && !w->checked && (w->turn == w->n_pieces ||
	    far_behind(w, w->check_read, w->written));
}

/* One thread's part in it: base/pool's function. */
static void
work(struct mk_pool *pool, void *data, void *piece, unsigned worker)
{
	struct work *w = data;
	struct mk_error err;

	(void)pool;
	(void)piece;
	pthread_mutex_lock(&w->mutex);
	while (!w->failed && !(w->synced && w->checked)) {
		if (mk_stopped())
			note(w, mk_fail(&err, EX_TEMPFAIL, "interrupted"),
			    &err);
		else if (!w->writing && w->turn < w->next &&
		    w->slots[w->turn % w->n_slots].packed)
			write_next(w);
		else if (w->turn == w->n_pieces && !w->syncing && !w->synced)
			sync_out(w);
		else if (can_check(w))
			check_some(w);
		else if (w->next < w->n_pieces &&
		    w->next - w->turn < w->n_slots)
			pack_next(w, worker);
		else
			pthread_cond_wait(&w->moved, &w->mutex);
	}
	pthread_mutex_unlock(&w->mutex);
}

/* Let THREADS workers loose: for base/pool, each is a piece of work. */
static int
run(struct work *w, unsigned threads, struct mk_error *err)
{
	struct mk_pool *pool = mk_pool_new(threads, work, w, err);
	unsigned i;
	int rv = pool == NULL ? -1 : 0;

	for (i = 0; rv == 0 && i < threads; i++)
		if (mk_pool_push(pool, w) == -1)
			rv = mk_fail_sys(err, "compress");
	if (rv == 0) {
		mk_pool_run(pool);
		rv = w->failed ? -1 : 0;
	}
	mk_pool_free(pool);
	return rv;
}

static void
free_work(struct work *w)
{
	size_t i;

	for (i = 0; i < THREADS_MAX; i++)
		if (w->coders[i] != NULL)
			w->codec->close(w->coders[i]);
	for (i = 0; i < w->n_slots; i++)
		mk_buf_free(&w->slots[i].piece.packed);
	free(w->slots);
	mk_pack_check_free(&w->check);
}

int
mk_pack_work(int in, int out, enum mk_pack_format format, uint64_t size,
    time_t mtime_s, unsigned threads, uint64_t *written, struct mk_error *err)
{
	static const struct mk_pack_codec *const codecs[MK_PACK_FORMATS] = {
		&mk_pack_codec_none, &mk_pack_codec_gzip,
		&mk_pack_codec_bzip2, &mk_pack_codec_xz, &mk_pack_codec_zstd
	};
	struct work w = { .codec = codecs[format], .format = format, .in = in,
	    .out = out, .mtime_s = mtime_s, .size = size, .err = err,
	    .mutex = PTHREAD_MUTEX_INITIALIZER,
	    .moved = PTHREAD_COND_INITIALIZER };
	int rv;

	w.n_pieces = size == 0 ? 1 : (size - 1) / w.codec->piece_bytes + 1;
	if (threads > w.codec->max_threads)
		threads = w.codec->max_threads;
	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	if (threads > w.n_pieces)
		threads = (unsigned)w.n_pieces;
	if (threads == 0)
		threads = 1;
	/* One more than threads: who has packed need not wait for his turn. */
	w.n_slots = threads == 1 ? 1 : threads + 1;
	w.slots = calloc(w.n_slots, sizeof *w.slots);
	if (w.slots == NULL) {
		w.n_slots = 0;
		rv = mk_fail_sys(err, "compress");
	} else
		rv = run(&w, threads, err);
	*written = w.written;
	free_work(&w);
	pthread_cond_destroy(&w.moved);
	pthread_mutex_destroy(&w.mutex);
	return rv;
}
