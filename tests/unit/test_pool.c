/* base/pool: each piece is done once, by as many threads as it pays. */
#include <sys/resource.h>

#include <dirent.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/pool.h"
#include "unit.h"

#define PIECES		100000
#define THREADS_MAX	8

static atomic_uchar done[PIECES + 1];
static atomic_int inside[THREADS_MAX];	/* pieces that a worker is doing */
static atomic_int faults;		/* ck_assert is for the main thread */
static atomic_uint highest;		/* worker number met */
static unsigned threads;
static pthread_t owner;

static void
setup(void)
{
	memset(done, 0, sizeof done);
	memset(inside, 0, sizeof inside);
	faults = 0;
	highest = 0;
	owner = pthread_self();
}

/* A worker number belongs to one thread; 0 to the owner's. */
static void
enter(unsigned worker)
{
	static _Thread_local unsigned mine = UINT_MAX;
	unsigned seen = highest;

	if (worker >= threads || inside[worker]++ != 0)
		faults++;
	if ((worker == 0) != (pthread_equal(pthread_self(), owner) != 0))
		faults++;
	if (worker != 0 && mine != UINT_MAX && mine != worker)
		faults++;
	mine = worker;
	while (worker > seen &&
	    !atomic_compare_exchange_weak(&highest, &seen, worker))
		;
}

static void
leave(unsigned worker)
{
	inside[worker]--;
}

static struct mk_pool *
new_pool(mk_pool_fn *fn, void *data)
{
	struct mk_error err;
	struct mk_pool *pool = mk_pool_new(threads, fn, data, &err);

	ck_assert_ptr_nonnull(pool);
	return pool;
}

static void
assert_each_done_once(size_t first, size_t last)
{
	for (; first <= last; first++)
		ck_assert_int_eq(done[first], 1);
	ck_assert_int_eq(faults, 0);
}

/* Piece I is a heap number; it is freed here, so twice would be noticed. */
static void
mark(struct mk_pool *pool, void *data, void *piece, unsigned worker)
{
	size_t i = *(size_t *)piece;

	(void)pool;
	enter(worker);
	free(piece);
	if (data != done)
		faults++;
	done[i]++;
	leave(worker);
}

static int
push_number(struct mk_pool *pool, size_t i)
{
	size_t *piece = malloc(sizeof *piece);

	if (piece == NULL)
		return -1;
	*piece = i;
	return mk_pool_push(pool, piece);
}

START_TEST(each_piece_is_done_once)
{
	struct mk_pool *pool;
	size_t i;

	threads = (unsigned)_i;
	pool = new_pool(mark, done);
	for (i = 1; i <= PIECES; i++)
		ck_assert_int_eq(push_number(pool, i), 0);
	mk_pool_run(pool);
	assert_each_done_once(1, PIECES);
	mk_pool_free(pool);
}
END_TEST

/* Piece I makes the pieces 2I and 2I + 1: a tree, from one root. */
static void
mark_and_branch(struct mk_pool *pool, void *data, void *piece, unsigned worker)
{
	size_t i = *(size_t *)piece;

	(void)data;
	enter(worker);
	free(piece);
	if ((2 * i <= PIECES && push_number(pool, 2 * i) == -1) ||
	    (2 * i + 1 <= PIECES && push_number(pool, 2 * i + 1) == -1))
		faults++;
	done[i]++;
	leave(worker);
}

START_TEST(work_may_push_work)
{
	struct mk_pool *pool;

	threads = (unsigned)_i;
	pool = new_pool(mark_and_branch, NULL);
	ck_assert_int_eq(push_number(pool, 1), 0);
	mk_pool_run(pool);
	assert_each_done_once(1, PIECES);
	mk_pool_free(pool);
}
END_TEST

/* Each piece makes one other: all workers but one wait, nearly always. */
static void
mark_and_chain(struct mk_pool *pool, void *data, void *piece, unsigned worker)
{
	size_t i = *(size_t *)piece;

	(void)data;
	enter(worker);
	free(piece);
	if (i < PIECES / 10 && push_number(pool, i + 1) == -1)
		faults++;
	done[i]++;
	leave(worker);
}

START_TEST(chain_is_followed_to_its_end)
{
	struct mk_pool *pool;

	threads = (unsigned)_i;
	pool = new_pool(mark_and_chain, NULL);
	ck_assert_int_eq(push_number(pool, 1), 0);
	mk_pool_run(pool);
	assert_each_done_once(1, PIECES / 10);
	mk_pool_free(pool);
}
END_TEST

/* Threads of this process as Linux lists them; 0 where it cannot be told. */
static int
count_threads(void)
{
	DIR *dir = opendir("/proc/self/task");
	int n = 0;

	if (dir == NULL)
		return 0;
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

static void
count_inside(struct mk_pool *pool, void *data, void *piece, unsigned worker)
{
	(void)pool;
	(void)piece;
	enter(worker);
	*(int *)data = count_threads();
	leave(worker);
}

START_TEST(one_piece_starts_no_thread)
{
	int before = count_threads(), during = -1;
	struct mk_pool *pool;

	threads = THREADS_MAX;
	pool = new_pool(count_inside, &during);
	ck_assert_int_eq(mk_pool_push(pool, NULL), 0);
	mk_pool_run(pool);
	ck_assert_int_eq(during, before);
	ck_assert_uint_eq(highest, 0);
	mk_pool_free(pool);
}
END_TEST

START_TEST(no_piece_is_no_work)
{
	struct mk_pool *pool;

	threads = THREADS_MAX;
	pool = new_pool(mark, done);
	mk_pool_run(pool);
	mk_pool_free(pool);
	mk_pool_free(NULL);
	ck_assert_int_eq(faults, 0);
}
END_TEST

/* Worth a thread each: every piece waits until all THREADS are inside. */
struct meeting {
	pthread_mutex_t mutex;
	pthread_cond_t all;
	unsigned here, waited_in_vain;
};

static void
meet(struct mk_pool *pool, void *data, void *piece, unsigned worker)
{
	struct meeting *m = data;
	struct timespec until;

	if (piece == NULL) {		/* the first makes the others */
		unsigned i;

		for (i = 1; i < threads; i++)
			if (mk_pool_push(pool, m) == -1)
				faults++;
	}
	enter(worker);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 20;
	pthread_mutex_lock(&m->mutex);
	m->here++;
	pthread_cond_broadcast(&m->all);
	while (m->here < threads && m->waited_in_vain == 0)
		if (pthread_cond_timedwait(&m->all, &m->mutex, &until) != 0)
			m->waited_in_vain++;
	pthread_mutex_unlock(&m->mutex);
	leave(worker);
}

/* By pieces that the owner pushed, and by pieces that a piece pushed. */
START_TEST(all_threads_work_at_once)
{
	struct meeting m = { .mutex = PTHREAD_MUTEX_INITIALIZER,
	    .all = PTHREAD_COND_INITIALIZER };
	struct mk_pool *pool;
	unsigned i;

	threads = THREADS_MAX;
	pool = new_pool(meet, &m);
	if (_i == 0)
		ck_assert_int_eq(mk_pool_push(pool, NULL), 0);
	for (i = 0; _i == 1 && i < threads; i++)
		ck_assert_int_eq(mk_pool_push(pool, &m), 0);
	mk_pool_run(pool);
	ck_assert_uint_eq(m.here, threads);
	ck_assert_uint_eq(m.waited_in_vain, 0);
	ck_assert_uint_eq(highest, threads - 1);
	ck_assert_int_eq(faults, 0);
	mk_pool_free(pool);
}
END_TEST

/* A run uses the pool up to its end; another may follow. */
START_TEST(pool_runs_again)
{
	struct mk_pool *pool;
	size_t i;

	threads = 4;
	pool = new_pool(mark, done);
	for (i = 1; i <= 1000; i++) {
		ck_assert_int_eq(push_number(pool, i), 0);
		if (i % 100 == 0)
			mk_pool_run(pool);
	}
	assert_each_done_once(1, 1000);
	mk_pool_free(pool);
}
END_TEST

START_TEST(no_threads_means_one)
{
	struct mk_pool *pool;
	size_t i;

	threads = 1;
	pool = mk_pool_new(0, mark, done, NULL);
	ck_assert_ptr_nonnull(pool);
	for (i = 1; i <= 100; i++)
		ck_assert_int_eq(push_number(pool, i), 0);
	mk_pool_run(pool);
	assert_each_done_once(1, 100);
	mk_pool_free(pool);
}
END_TEST

/* The system refuses further threads: the owner's does it all. */
START_TEST(refused_threads_are_done_without)
{
	struct rlimit was, limit;
	struct mk_pool *pool;
	size_t i;

	threads = THREADS_MAX;
	pool = new_pool(mark, done);
	for (i = 1; i <= 1000; i++)
		ck_assert_int_eq(push_number(pool, i), 0);
	ck_assert_int_eq(getrlimit(RLIMIT_NPROC, &was), 0);
	limit = was;
	limit.rlim_cur = 0;
	ck_assert_int_eq(setrlimit(RLIMIT_NPROC, &limit), 0);
	mk_pool_run(pool);
	ck_assert_int_eq(setrlimit(RLIMIT_NPROC, &was), 0);
	assert_each_done_once(1, 1000);
	ck_assert_uint_eq(highest, 0);
	mk_pool_free(pool);
}
END_TEST

static void
look_at_mask(struct mk_pool *pool, void *data, void *piece, unsigned worker)
{
	sigset_t mask;

	meet(pool, data, piece, worker);
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	if (sigismember(&mask, SIGTERM) != (worker != 0))
		faults++;
}

START_TEST(signals_are_the_owners)
{
	struct meeting m = { .mutex = PTHREAD_MUTEX_INITIALIZER,
	    .all = PTHREAD_COND_INITIALIZER };
	struct mk_pool *pool;
	unsigned i;

	threads = 3;
	pool = new_pool(look_at_mask, &m);
	for (i = 0; i < threads; i++)
		ck_assert_int_eq(mk_pool_push(pool, &m), 0);
	mk_pool_run(pool);
	ck_assert_uint_eq(highest, threads - 1);
	ck_assert_int_eq(faults, 0);
	mk_pool_free(pool);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("base/pool");
	TCase *tc = tcase_create("pool");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, each_piece_is_done_once, 1, THREADS_MAX + 1);
	tcase_add_loop_test(tc, work_may_push_work, 1, THREADS_MAX + 1);
	tcase_add_loop_test(tc, chain_is_followed_to_its_end, 1,
	    THREADS_MAX + 1);
	tcase_add_test(tc, one_piece_starts_no_thread);
	tcase_add_test(tc, no_piece_is_no_work);
	tcase_add_loop_test(tc, all_threads_work_at_once, 0, 2);
	tcase_add_test(tc, pool_runs_again);
	tcase_add_test(tc, no_threads_means_one);
	if (geteuid() != 0)		/* the limit is not for root */
		tcase_add_test(tc, refused_threads_are_done_without);
	tcase_add_test(tc, signals_are_the_owners);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
