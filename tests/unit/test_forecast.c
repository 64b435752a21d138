/* expire/forecast: which night takes a message, and by which rule. */
#include "expire/forecast.h"

#include <stdlib.h>
#include <string.h>

#include "mail/ledger.h"
#include "mail/msgname.h"
#include "unit.h"

#define DAY	INT64_C(86400)
#define NOW	INT64_C(1795400000)
#define NIGHTS	7

static char names[3][4] = { "a", "b", "c" };
static struct mk_rule rules[3];
static struct mk_expire_forecast *forecast;

static void
set_up(void)
{
	const int64_t older[3] = { 10 * DAY, 5 * DAY, MK_UNSET_INT };
	struct mk_error err;
	size_t i;

	for (i = 0; i < 3; i++)
		rules[i] = (struct mk_rule){ .name = names[i], .unread = true,
		    .older_than_s = older[i], .age = MK_AGE_RECEIVED,
		    .max_messages = MK_UNSET_INT, .max_bytes = MK_UNSET_INT };
	forecast = mk_expire_forecast_new(rules, 3, NIGHTS, NOW, &err);
	ck_assert_ptr_nonnull(forecast);
}

static void
tear_down(void)
{
	mk_expire_forecast_free(forecast);
}

static const struct {
	int64_t age_s;
	unsigned flags;
	mk_rule_set set;
	unsigned night, rule;
} cases[] = {
	/* one rule: due long since, now, by each end of a night */
	{ 400 * DAY, 0, 1, 0, 0 },
	{ 10 * DAY, 0, 1, 0, 0 },
	{ 9 * DAY + 1, 0, 1, 0, 0 },
	{ 9 * DAY, 0, 1, 0, 0 },
	{ 9 * DAY - 1, 0, 1, 1, 0 },
	{ 8 * DAY, 0, 1, 1, 0 },
	{ 3 * DAY, 0, 1, 6, 0 },
	{ 3 * DAY - 1, 0, 1, MK_FORESEEN_NOT, 0 },
	{ -DAY, 0, 1, MK_FORESEEN_NOT, 0 },
	/* two: the sooner night, and the first rule in one night */
	{ 4 * DAY, 0, 3, 0, 1 },
	{ 9 * DAY, 0, 3, 0, 0 },
	{ 3 * DAY, 0, 3, 1, 1 },
	/* starred: neither; no age limit: never by age; no rule */
	{ 400 * DAY, MK_FLAG_FLAGGED, 3, MK_FORESEEN_NOT, 0 },
	{ 400 * DAY, 0, 4, MK_FORESEEN_NOT, 0 },
	{ 400 * DAY, 0, 0, MK_FORESEEN_NOT, 0 },
};

START_TEST(a_night_takes_it)
{
	const struct mk_facts facts = { .mtime_s = NOW - cases[_i].age_s,
	    .flags = cases[_i].flags, .size_bytes = 3 };
	struct mk_foreseen goes = mk_expire_foresee(forecast, rules,
	    cases[_i].set, &facts);

	ck_assert_uint_eq(goes.night, cases[_i].night);
	if (goes.night != MK_FORESEEN_NOT)
		ck_assert_uint_eq(goes.rule, cases[_i].rule);
}
END_TEST

/* The JSON of it, to be freed. */
static char *
printed(bool json)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	ck_assert_int_eq(mk_expire_forecast_print(forecast, out, json), 0);
	fclose(out);
	return text;
}

START_TEST(ages_are_of_all_that_have_one)
{
	static const int64_t ages_s[] = { -DAY, 0, DAY - 1, DAY, 3 * DAY,
	    7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY, 365 * DAY - 1, 365 * DAY };
	struct mk_facts facts = { .size_bytes = -1,
	    .flags = MK_FLAG_FLAGGED };
	char *text;
	size_t i;

	for (i = 0; i < sizeof ages_s / sizeof *ages_s; i++) {
		facts.mtime_s = NOW - ages_s[i];
		mk_expire_foresee(forecast, rules, 2, &facts);
	}
	rules[1].age = MK_AGE_NAME;	/* of which this one has none */
	facts.name_s = -1;
	mk_expire_foresee(forecast, rules, 2, &facts);
	text = printed(true);
	ck_assert_ptr_nonnull(strstr(text, "{\"rule\":\"b\",\"messages\":"
	    "[3,1,1,1,1,1,2,1],\"bytes\":[0,0,0,0,0,0,0,0]}"));
	ck_assert_ptr_nonnull(strstr(text, "{\"rule\":\"a\",\"messages\":"
	    "[0,0,0,0,0,0,0,0]"));
	free(text);
}
END_TEST

START_TEST(only_what_is_foreseen_is_counted)
{
	const struct mk_facts facts = { .mtime_s = NOW - 9 * DAY,
	    .size_bytes = 7 };
	char *text;

	mk_expire_foreseen(forecast, (struct mk_foreseen){ .night = 6,
	    .rule = 2 }, &facts);
	mk_expire_foreseen(forecast, (struct mk_foreseen){ .night = 6,
	    .rule = 2 }, &facts);
	mk_expire_foreseen(forecast, (struct mk_foreseen){
	    .night = MK_FORESEEN_NOT, .rule = 1 }, &facts);
	text = printed(true);
	ck_assert_ptr_nonnull(strstr(text, "{\"at\":1796004800,\"rules\":["
	    "{\"rule\":\"a\",\"messages\":0,\"bytes\":0},"
	    "{\"rule\":\"b\",\"messages\":0,\"bytes\":0},"
	    "{\"rule\":\"c\",\"messages\":2,\"bytes\":14}]}]"));
	free(text);
	text = printed(false);
	ck_assert_msg(strstr(text, "\ntotal              0  0 B   0  0 B   "
	    "2  14 B     2  14 B\n") != NULL, "%s", text);
	free(text);
}
END_TEST

static const struct {
	const char *text;
	int rv;
	unsigned nights;
} nights[] = {
	{ "1", 0, 1 }, { "31", 0, 31 }, { "0", -1, 9 }, { "32", -1, 9 },
	{ "-1", -1, 9 }, { "+1", -1, 9 }, { " 1", -1, 9 }, { "1 ", -1, 9 },
	{ "7d", -1, 9 }, { "", -1, 9 }, { "99999999999999999999", -1, 9 },
};

START_TEST(nights_are_a_number)
{
	struct mk_error err;
	unsigned n = 9;

	ck_assert_int_eq(mk_expire_nights_parse(nights[_i].text, &n, &err),
	    nights[_i].rv);
	ck_assert_uint_eq(n, nights[_i].nights);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("forecast");
	TCase *tc = tcase_create("forecast");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(tc, a_night_takes_it, 0,
	    (int)(sizeof cases / sizeof *cases));
	tcase_add_test(tc, ages_are_of_all_that_have_one);
	tcase_add_test(tc, only_what_is_foreseen_is_counted);
	tcase_add_loop_test(tc, nights_are_a_number, 0,
	    (int)(sizeof nights / sizeof *nights));
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
