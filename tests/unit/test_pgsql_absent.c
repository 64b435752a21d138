/* base/pgsql: libpq comes when it is wanted, and may be missing before. */
#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>

#include "base/pgsql.h"
#include "unit.h"

static bool
is_loaded(void)
{
	void *lib = dlopen("libpq.so.5", RTLD_NOW | RTLD_NOLOAD);

	if (lib != NULL)
		dlclose(lib);
	return lib != NULL;
}

/* Without a free descriptor no library can be opened. */
START_TEST(a_missing_libpq_is_told_and_may_come)
{
	const struct mk_pgsql_limits limits = { 2, 2 };
	struct rlimit none, before;
	struct mk_error err = { 0 };
	struct mk_pgsql *pg;

	ck_assert(!is_loaded());
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	pg = mk_pgsql_open("nonsense", &limits, &err);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
	ck_assert_ptr_null(pg);
	ck_assert_int_eq(err.status, EX_UNAVAILABLE);
	ck_assert_msg(strncmp(err.text, "PostgreSQL: libpq.so.5: ", 24) == 0 &&
	    strstr(err.text, ": apt-get install libpq5") != NULL, "%s",
	    err.text);
	ck_assert_ptr_null(strchr(err.text, '\n'));

	ck_assert_ptr_null(mk_pgsql_open("nonsense", &limits, &err));
	ck_assert_int_eq(err.status, EX_CONFIG);
	ck_assert(is_loaded());
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("base/pgsql without libpq");
	TCase *tc = tcase_create("absent");

	tcase_add_test(tc, a_missing_libpq_is_told_and_may_come);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
