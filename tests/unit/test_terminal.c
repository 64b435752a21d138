/* base/terminal: as wide as it says, within bounds. */
#include "base/terminal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "unit.h"

static const struct {
	unsigned short says;		/* 0: nothing */
	unsigned columns;		/* from 40 to 200 */
} cases[] = {
	{ 0, 80 }, { 1, 40 }, { 39, 40 }, { 40, 40 }, { 80, 80 },
	{ 132, 132 }, { 200, 200 }, { 201, 200 }, { 65535, 200 },
};

START_TEST(as_wide_as_it_says_within_bounds)
{
	struct winsize ws = { .ws_row = 24, .ws_col = cases[_i].says };
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;

	ck_assert_int_ne(master, -1);
	ck_assert_int_eq(grantpt(master), 0);
	ck_assert_int_eq(unlockpt(master), 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	ck_assert_int_ne(slave, -1);
	ck_assert_int_eq(ioctl(master, TIOCSWINSZ, &ws), 0);
	ck_assert_uint_eq(mk_terminal_columns(slave, 40, 200),
	    cases[_i].columns);
	close(slave);
	close(master);
}
END_TEST

START_TEST(what_is_no_terminal_has_eighty)
{
	int file = open("/dev/null", O_WRONLY);

	ck_assert_int_ne(file, -1);
	ck_assert_uint_eq(mk_terminal_columns(file, 40, 200), 80);
	close(file);
	ck_assert_uint_eq(mk_terminal_columns(-1, 40, 200), 80);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("terminal");
	TCase *tc = tcase_create("terminal");

	tcase_add_loop_test(tc, as_wide_as_it_says_within_bounds, 0,
	    (int)(sizeof cases / sizeof *cases));
	tcase_add_test(tc, what_is_no_terminal_has_eighty);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
