/*
 * base/pool - spread independent pieces of work over threads.
 *
 * Work may make more work: the function that does a piece may push others.
 * The pool ends when all pushed pieces are done.  Last pushed, first done.
 */
#ifndef MK_BASE_POOL_H
#define MK_BASE_POOL_H

#include "base/error.h"

struct mk_pool;

/*
 * Do PIECE (owned by the function from now on).  WORKER, from 0, tells the
 * thread, for buffers of its own.
 */
typedef void mk_pool_fn(struct mk_pool *pool, void *data, void *piece,
    unsigned worker);

/* For up to THREADS workers, none started yet.  NULL on failure. */
struct mk_pool *mk_pool_new(unsigned threads, mk_pool_fn *fn, void *data,
    struct mk_error *err);

/*
 * Queue PIECE.  From the owner before mk_pool_run, or from the function.
 * 0, or -1 (ENOMEM): then the caller keeps PIECE.
 */
int mk_pool_push(struct mk_pool *pool, void *piece);

/*
 * Work until nothing is left.  The caller's thread is worker 0; further ones
 * are started only when there is more than one piece to do, and ended here.
 * A thread that cannot be started is done without.
 */
void mk_pool_run(struct mk_pool *pool);

/* NULL is fine.  Pieces that were pushed and never run stay the owner's. */
void mk_pool_free(struct mk_pool *pool);

#endif
