/* base/libarchive: it comes when it is wanted, and not before. */
#define _GNU_SOURCE			/* unshare(2), in scratch.h */
#include <dlfcn.h>
#include <pthread.h>

#include "base/libarchive.h"
#include "base/unpack.h"
#include "scratch.h"

#define THREADS	4

static bool
is_loaded(const char *name)
{
	void *lib = dlopen(name, RTLD_NOW | RTLD_NOLOAD);

	if (lib != NULL)
		dlclose(lib);
	return lib != NULL;
}

static struct mk_unpack *
unpack(const char *name, struct mk_error *err)
{
	return mk_unpack_open(openat(root, name, O_RDONLY), err);
}

START_TEST(a_packed_file_brings_it_and_no_other)
{
	struct mk_error err = { 0 };
	struct mk_unpack *u;

	put("plain", "hello");
	put_bytes("gz", "\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);
	put("bz2", "BZh9 and so on");

	u = unpack("plain", &err);
	ck_assert_ptr_nonnull(u);
	mk_unpack_close(u);
	u = unpack("gz", &err);
	ck_assert_ptr_nonnull(u);
	mk_unpack_close(u);
	ck_assert(!is_loaded("libarchive.so.13"));

	ck_assert_ptr_null(unpack("bz2", &err));
	ck_assert_int_eq(err.status, EX_DATAERR);
	ck_assert(is_loaded("libarchive.so.13"));
}
END_TEST

static void *
load(void *arg)
{
	const struct mk_libarchive **la = arg;

	*la = mk_libarchive_load(NULL);
	return NULL;
}

START_TEST(threads_may_want_it_at_once)
{
	const struct mk_libarchive *la[THREADS] = { NULL };
	pthread_t threads[THREADS];
	int i;

	for (i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, load,
		    &la[i]), 0);
	for (i = 0; i < THREADS; i++) {
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
		ck_assert_ptr_nonnull(la[i]);
		ck_assert_ptr_eq(la[i], mk_libarchive_load(NULL));
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("base/libarchive");
	TCase *tc = tcase_create("loading");

	tcase_add_checked_fixture(tc, scratch_setup, scratch_teardown);
	tcase_add_test(tc, a_packed_file_brings_it_and_no_other);
	tcase_add_test(tc, threads_may_want_it_at_once);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
