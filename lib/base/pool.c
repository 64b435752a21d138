/*
 * base/pool - spread independent pieces of work over threads.
 *
 * One mutex guards all of it: a piece is a mailbox or a folder, work for
 * milliseconds, so nobody waits long for the queue.  The queue is a stack:
 * last pushed, first done.  What a mailbox pushes is done before the next
 * mailbox begins, so the queue stays about as long as the owner made it.
 */
#include "base/pool.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

struct mk_pool {
	pthread_mutex_t mutex;
	pthread_cond_t wake;		/* a piece was pushed; or all is done */
	mk_pool_fn *fn;
	void *data;
	void **pieces;
	size_t n, cap;			/* of pieces */
	struct worker {
		struct mk_pool *pool;
		unsigned number;
		pthread_t thread;	/* not worker 0's */
	} *workers;
	unsigned max, started;		/* workers, with worker 0 */
	unsigned busy, idle;		/* of those started */
	bool running;
};

struct mk_pool *
mk_pool_new(unsigned threads, mk_pool_fn *fn, void *data,
    struct mk_error *err)
{
	struct mk_pool *pool;
	int rv;

	pool = calloc(1, sizeof *pool);
	if (pool == NULL)
		goto fail;
	pool->max = threads > 0 ? threads : 1;
	pool->fn = fn;
	pool->data = data;
	pool->workers = calloc(pool->max, sizeof *pool->workers);
	if (pool->workers == NULL)
		goto fail;
	if ((rv = pthread_mutex_init(&pool->mutex, NULL)) != 0) {
		errno = rv;
		goto fail;
	}
	if ((rv = pthread_cond_init(&pool->wake, NULL)) != 0) {
		pthread_mutex_destroy(&pool->mutex);
		errno = rv;
		goto fail;
	}
	return pool;
fail:
	mk_fail_sys(err, "prepare %u threads", threads);
	if (pool != NULL)
		free(pool->workers);
	free(pool);
	return NULL;
}

/* Do pieces until all are done.  A busy worker may still push some. */
static void
work(struct mk_pool *pool, unsigned number)
{
	void *piece;

	pthread_mutex_lock(&pool->mutex);
	for (;;) {
		while (pool->n == 0 && pool->busy > 0) {
			pool->idle++;
			pthread_cond_wait(&pool->wake, &pool->mutex);
			pool->idle--;
		}
		if (pool->n == 0)
			break;
		piece = pool->pieces[--pool->n];
		pool->busy++;
		pthread_mutex_unlock(&pool->mutex);
		pool->fn(pool, pool->data, piece, number);
		pthread_mutex_lock(&pool->mutex);
		pool->busy--;
	}
	pthread_cond_broadcast(&pool->wake);
	pthread_mutex_unlock(&pool->mutex);
}

static void *
thread_main(void *arg)
{
	struct worker *worker = arg;

	work(worker->pool, worker->number);
	return NULL;
}

/*
 * Start one more, under the mutex.  Signals are left to the owner's thread,
 * whose handlers and interrupted calls they are meant for.  Where the system
 * has no more threads, it is not asked again for every piece.
 */
static void
start_worker(struct mk_pool *pool)
{
	struct worker *worker = &pool->workers[pool->started];
	sigset_t all, old;

	worker->pool = pool;
	worker->number = pool->started;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	if (pthread_create(&worker->thread, NULL, thread_main, worker) == 0)
		pool->started++;
	else
		pool->max = pool->started;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

/* Room for one more piece, under the mutex.  0, or -1 (ENOMEM). */
static int
grow(struct mk_pool *pool)
{
	size_t cap = pool->cap > 0 ? pool->cap * 2 : 64;
	void **pieces;

	if (pool->n < pool->cap)
		return 0;
	if (cap > SIZE_MAX / sizeof *pieces) {
		errno = ENOMEM;
		return -1;
	}
	pieces = realloc(pool->pieces, cap * sizeof *pieces);
	if (pieces == NULL)
		return -1;
	pool->pieces = pieces;
	pool->cap = cap;
	return 0;
}

int
mk_pool_push(struct mk_pool *pool, void *piece)
{
	int rv;

	pthread_mutex_lock(&pool->mutex);
	rv = grow(pool);
	if (rv == 0) {
		pool->pieces[pool->n++] = piece;
		if (pool->running && pool->n > pool->idle &&
		    pool->started < pool->max)
			start_worker(pool);
		pthread_cond_signal(&pool->wake);
	}
	pthread_mutex_unlock(&pool->mutex);
	return rv;
}

/*
 * When worker 0 comes back, no piece is left or being done: nothing pushes or
 * starts a thread any more, and the others only need to be collected.
 */
void
mk_pool_run(struct mk_pool *pool)
{
	unsigned i;

	pthread_mutex_lock(&pool->mutex);
	pool->running = true;
	pool->started = 1;
	while (pool->started < pool->max && pool->started < pool->n)
		start_worker(pool);
	pthread_mutex_unlock(&pool->mutex);

	work(pool, 0);
	for (i = 1; i < pool->started; i++)
		pthread_join(pool->workers[i].thread, NULL);
	pool->running = false;
}

void
mk_pool_free(struct mk_pool *pool)
{
	if (pool == NULL)
		return;
	pthread_cond_destroy(&pool->wake);
	pthread_mutex_destroy(&pool->mutex);
	free(pool->workers);
	free(pool->pieces);
	free(pool);
}
