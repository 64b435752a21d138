/* base/clock: no file has been written later than now. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2), in scratch.h */
#endif

#include "base/clock.h"
#include "scratch.h"

START_TEST(no_file_is_of_tomorrow)
{
	int64_t end_ms = mk_clock_ms() + 1200, last_s = 0, now_s;
	struct stat st;
	unsigned mode = 0;
	int fd;

	fd = openat(root, "file", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	ck_assert_int_ne(fd, -1);
	while (mk_clock_ms() < end_ms) {
		/* The question after the change makes the next time fine. */
		ck_assert_int_eq(fchmod(fd, 0600 + (mode ^= 1)), 0);
		ck_assert_int_eq(fstat(fd, &st), 0);
		now_s = mk_clock_now_s();
		ck_assert_int_ge(now_s, st.st_ctime);
		ck_assert_int_ge(now_s, last_s);
		last_s = now_s;
	}
	close(fd);
}
END_TEST

START_TEST(time_goes_on)
{
	int64_t before_ms = mk_clock_ms(), now_s = mk_clock_now_s();

	ck_assert_int_ge(mk_clock_ms(), before_ms);
	ck_assert_int_le(now_s, (int64_t)time(NULL) + 1);
	ck_assert_int_ge(now_s, (int64_t)time(NULL) - 60);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("clock");
	TCase *tc = tcase_create("clock");

	tcase_add_checked_fixture(tc, scratch_setup, scratch_teardown);
	tcase_add_test(tc, no_file_is_of_tomorrow);
	tcase_add_test(tc, time_goes_on);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
