/* mail/brake: too much, or at a strange time, is nothing at all. */
#include <stdint.h>
#include <string.h>

#include "mail/brake.h"
#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))
#define DAY		86400
#define NOW		1700000000

static const struct {
	int64_t slack_s, last_s, now_s;
	const char *says;		/* NULL: goes on */
} clocks[] = {
	{ 30 * DAY, NOW, NOW, NULL },
	{ 30 * DAY, 0, NOW, NULL },		/* the first run */
	{ 30 * DAY, NOW - 30 * DAY, NOW, NULL },
	{ 30 * DAY, NOW - 30 * DAY - 1, NOW, "30d1s after the last run" },
	{ 30 * DAY, NOW + 30 * DAY, NOW, NULL },
	{ 30 * DAY, NOW + 30 * DAY + 1, NOW, "30d1s before the last run" },
	{ 30 * DAY, NOW, NOW + 365 * DAY, "after the last run" },
	{ 30 * DAY, NOW, NOW - 365 * DAY, "before the last run" },
	{ 3600, NOW - 3601, NOW, "after the last run" },
	{ 3600, NOW - 3600, NOW, NULL },
	/* a clock that was never set */
	{ 30 * DAY, 0, 0, "1970-01-01 00:00 UTC" },
	{ 30 * DAY, 0, 1000000000 - 1, "2001-09-09 01:46 UTC" },
	{ 30 * DAY, 0, 1000000000, NULL },
	{ 30 * DAY, 0, -5, "1969-12-31" },
	{ 30 * DAY, 5, 6, "1970-01-01" },
	{ INT64_MAX, NOW, NOW + 365 * DAY, NULL },
};

START_TEST(clock_is_believed_or_not)
{
	const struct mk_safety safety = { .max_percent = 50,
	    .min_messages = 1000, .clock_slack_s = clocks[_i].slack_s };
	struct mk_error err = { 0 };

	ck_assert_int_eq(mk_brake_clock(&safety, clocks[_i].last_s,
	    clocks[_i].now_s, &err), clocks[_i].says == NULL ? 0 : -1);
	if (clocks[_i].says == NULL)
		return;
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_msg(strstr(err.text, clocks[_i].says) != NULL, "%s",
	    err.text);
	ck_assert_ptr_nonnull(strstr(err.text, "nothing is done"));
	ck_assert_ptr_nonnull(strstr(err.text, "--force"));
}
END_TEST

static const struct {
	int64_t max_percent, min_messages;
	uint64_t due, watched;
	const char *says;
} amounts[] = {
	{ 50, 1000, 0, 0, NULL },
	{ 50, 1000, 1000, 1000, NULL },		/* the floor */
	{ 50, 1000, 1001, 1001, "1001 of 1001 watched messages (100%)" },
	{ 50, 1000, 1001, 2002, NULL },		/* just half */
	{ 50, 1000, 1001, 2001, "(50%) are due, more than max-percent = "
	    "50%" },
	{ 50, 1000, 5000, 10000, NULL },
	{ 50, 1000, 5001, 10000, "5001 of 10000" },
	{ 0, 0, 0, 100, NULL },
	{ 0, 0, 1, 100, "1 of 100 watched messages (1%)" },
	{ 0, 1, 1, 100, NULL },
	{ 0, 1, 2, 100, "2 of 100" },
	{ 100, 0, 100, 100, NULL },
	{ 100, 0, 101, 100, "101 of 100" },
	{ 1, 0, 1, 100, NULL },
	{ 1, 0, 2, 100, "2 of 100" },
	{ 50, 0, 1, 1, "1 of 1" },
	{ 50, 0, 1, 0, "1 of 0" },
	{ 50, INT64_MAX, 1000000, 1000000, NULL },
	{ 50, 1000, 40000000000, 50000000000, "(80%)" },
	{ 50, 1000, 20000000000, 50000000000, NULL },
};

START_TEST(amount_is_let_go_or_not)
{
	const struct mk_safety safety = {
	    .max_percent = amounts[_i].max_percent,
	    .min_messages = amounts[_i].min_messages,
	    .clock_slack_s = DAY };
	struct mk_error err = { 0 };

	ck_assert_int_eq(mk_brake_amount(&safety, amounts[_i].due,
	    amounts[_i].watched, &err), amounts[_i].says == NULL ? 0 : -1);
	if (amounts[_i].says == NULL)
		return;
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_msg(strstr(err.text, amounts[_i].says) != NULL, "%s",
	    err.text);
	ck_assert_ptr_nonnull(strstr(err.text, "nothing is removed"));
	ck_assert_ptr_nonnull(strstr(err.text, "--force"));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mail/brake");
	TCase *tc = tcase_create("brake");

	tcase_add_loop_test(tc, clock_is_believed_or_not, 0, COUNT(clocks));
	tcase_add_loop_test(tc, amount_is_let_go_or_not, 0, COUNT(amounts));
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
