/* base/colour: on a terminal, and nobody says no; base/diag goes by it. */
#include "base/colour.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/report.h"
#include "unit.h"

static int master, slave, saved;

static void
set_up(void)
{
	master = posix_openpt(O_RDWR | O_NOCTTY);
	ck_assert_int_ne(master, -1);
	ck_assert_int_eq(grantpt(master), 0);
	ck_assert_int_eq(unlockpt(master), 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	ck_assert_int_ne(slave, -1);
	saved = dup(STDERR_FILENO);
	setenv("TERM", "xterm", 1);
	unsetenv("NO_COLOR");
}

static void
tear_down(void)
{
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(slave);
	close(master);
}

static const struct {
	const char *no_color, *term;	/* NULL: not set */
	bool terminal, wanted;
} cases[] = {
	{ NULL, "xterm", true, true },
	{ NULL, "xterm", false, false },
	{ "", "xterm", true, true },	/* no-color.org: not when empty */
	{ "1", "xterm", true, false },
	{ "0", "xterm", true, false },	/* ... whatever its value */
	{ "", "xterm", false, false },
	{ NULL, "dumb", true, false },
	{ NULL, "", true, false },
	{ NULL, NULL, true, false },
	{ NULL, "dumber", true, true },
};

START_TEST(asks_terminal_and_environment)
{
	int file = open("/dev/null", O_WRONLY);

	if (cases[_i].no_color != NULL)
		setenv("NO_COLOR", cases[_i].no_color, 1);
	if (cases[_i].term != NULL)
		setenv("TERM", cases[_i].term, 1);
	else
		unsetenv("TERM");
	ck_assert_int_eq(mk_colour_wanted(cases[_i].terminal ? slave : file),
	    cases[_i].wanted);
	close(file);
}
END_TEST

START_TEST(a_closed_descriptor_is_no_terminal)
{
	ck_assert(!mk_colour_wanted(-1));
}
END_TEST

static const char *
said(void)
{
	static char buf[1024];
	ssize_t n = read(master, buf, sizeof buf - 1);

	ck_assert_int_gt(n, 0);
	buf[n] = '\0';
	return buf;
}

START_TEST(messages_have_a_coloured_name_alone)
{
	struct mk_error err;

	if (_i == 1)
		setenv("NO_COLOR", "1", 1);
	dup2(slave, STDERR_FILENO);
	mk_diag_open("prog", MK_VERBOSE);
	mk_fail(&err, EX_DATAERR, "bad \033[31m");
	ck_assert_int_eq(mk_diag_error(&err), EX_DATAERR);
	ck_assert_str_eq(said(), _i == 1 ? "prog: bad \\x1B[31m\r\n" :
	    MK_COLOUR_BAD "prog:" MK_COLOUR_END " bad \\x1B[31m\r\n");
	mk_diag_warn("careful");
	ck_assert_str_eq(said(), _i == 1 ? "prog: careful\r\n" :
	    MK_COLOUR_WARN "prog:" MK_COLOUR_END " careful\r\n");
	mk_diag_info("by the way");
	ck_assert_str_eq(said(), "prog: by the way\r\n");
}
END_TEST

START_TEST(table_has_red_failures_alone)
{
	static const struct mk_column columns[] = {
		{ "removed", "", MK_COUNT, true },
		{ "failed", "", MK_COUNT, true },
	};
	const struct mk_report_run run = { 0 };
	struct mk_error err;
	struct mk_report *report = mk_report_new("prog", columns, 2, &err);
	FILE *out;
	const char *text;

	if (_i == 1)
		setenv("NO_COLOR", "1", 1);
	ck_assert_ptr_nonnull(report);
	mk_report_add(report, "rule", "good", (uint64_t[]){ 1, 0 });
	mk_report_add(report, "rule", "bad", (uint64_t[]){ 3, 2 });
	out = fdopen(dup(slave), "w");
	ck_assert_int_eq(mk_report_print(report, "rule", &run, out), 0);
	fclose(out);
	text = said();
	ck_assert_ptr_nonnull(strstr(text,
	    "\ngood                1       0\r"));
	if (_i == 1)
		ck_assert_ptr_null(strchr(text, '\033'));
	else
		ck_assert_ptr_nonnull(strstr(text, "\nbad                 3"
		    MK_COLOUR_BAD "       2" MK_COLOUR_END "\r\n"));
	mk_report_free(report);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("colour");
	TCase *tc = tcase_create("colour");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(tc, asks_terminal_and_environment, 0,
	    (int)(sizeof cases / sizeof *cases));
	tcase_add_test(tc, a_closed_descriptor_is_no_terminal);
	tcase_add_loop_test(tc, messages_have_a_coloured_name_alone, 0, 2);
	tcase_add_loop_test(tc, table_has_red_failures_alone, 0, 2);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
