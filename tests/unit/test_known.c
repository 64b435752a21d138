/* spamscan/known: what is remembered of a message, and the verdict. */
#include "spamscan/known.h"

#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))

static const int32_t scores[] = {
	0, 1, -1, 700, -150, 1530, 99999, MK_SCORE_MAX, -MK_SCORE_MAX,
	MK_SCORE_MAX - 1, 1 - MK_SCORE_MAX
};

static void
ck_known(const struct mk_known *got, const struct mk_known *want)
{
	ck_assert_int_eq(got->state, want->state);
	ck_assert_int_eq(got->score, want->score);
	ck_assert_int_eq(got->told, want->told);
	ck_assert_uint_eq(got->config, want->config);
}

/* Each state but MK_NEW, with each score; _i is the state. */
START_TEST(comes_back_as_it_was)
{
	static const unsigned configs[] = { 0, 1, 0x55, 0x7f };
	struct mk_known known = { .state = (enum mk_state)_i }, back;
	int i, j;

	for (i = 0; i < COUNT(scores); i++)
		for (j = 0; j < COUNT(configs) * 2; j++) {
			known.score = scores[i];
			known.config = configs[j / 2];
			known.told = j % 2 != 0;
			back = mk_known_decode(mk_known_encode(&known));
			ck_known(&back, &known);
		}
}
END_TEST

START_TEST(cuts_a_score_that_no_scanner_gives)
{
	static const struct { int32_t score, kept; } cuts[] = {
		{ MK_SCORE_MAX + 1, MK_SCORE_MAX },
		{ -MK_SCORE_MAX - 1, -MK_SCORE_MAX },
		{ INT32_MAX, MK_SCORE_MAX },
		{ INT32_MIN, -MK_SCORE_MAX },
	};
	struct mk_known known = { .state = MK_BY_SPAMD }, back;
	int i;

	for (i = 0; i < COUNT(cuts); i++) {
		known.score = cuts[i].score;
		back = mk_known_decode(mk_known_encode(&known));
		known.score = cuts[i].kept;
		ck_known(&back, &known);
	}
}
END_TEST

START_TEST(keeps_seven_bits_of_the_configuration)
{
	struct mk_known known = { .state = MK_UNSCORED, .config = 0xfffff12a };
	struct mk_known back = mk_known_decode(mk_known_encode(&known));

	known.config = 0x2a;
	ck_known(&back, &known);
}
END_TEST

/* A message of which a ledger knows nothing has 0 there. */
START_TEST(tells_nothing_from_bits_that_nobody_wrote)
{
	static const struct mk_known nothing = { .state = MK_NEW };
	const struct mk_known most = { .state = MK_BY_HEADER,
	    .score = MK_SCORE_MAX };
	struct mk_known back = mk_known_decode(0);
	uint32_t state;

	ck_known(&back, &nothing);
	/* states that are not, with all other bits set and clear */
	for (state = MK_STATES; state < 16; state++) {
		back = mk_known_decode(state << 20);
		ck_known(&back, &nothing);
		back = mk_known_decode(state << 20 | 0xff0fffff);
		ck_known(&back, &nothing);
	}
	/* no state, and all the rest */
	back = mk_known_decode(0xff0fffff);
	ck_known(&back, &nothing);
	/* a score beyond the greatest */
	back = mk_known_decode(mk_known_encode(&most) + 1);
	ck_known(&back, &nothing);
	back = mk_known_decode(mk_known_encode(&most) | 0xfffff);
	ck_known(&back, &nothing);
}
END_TEST

/* Whatever is decoded is within bounds, and encodes to what decodes alike. */
START_TEST(takes_any_garbage)
{
	uint32_t bits = 1;
	struct mk_known known, back;
	int i;

	for (i = 0; i < 20000; i++) {
		bits = bits * 1664525 + 1013904223;	/* Numerical Recipes */
		known = mk_known_decode(bits);
		ck_assert_int_ge(known.state, MK_NEW);
		ck_assert_int_lt(known.state, MK_STATES);
		ck_assert_int_ge(known.score, -MK_SCORE_MAX);
		ck_assert_int_le(known.score, MK_SCORE_MAX);
		ck_assert_uint_le(known.config, 0x7f);
		ck_assert_ptr_nonnull(mk_state_name(known.state));
		if (known.state == MK_NEW)
			continue;
		ck_assert_uint_eq(mk_known_encode(&known), bits);
		back = mk_known_decode(mk_known_encode(&known));
		ck_known(&back, &known);
	}
}
END_TEST

static const struct { enum mk_state state; bool same, other; } settled[] = {
	/* under the same configuration, and under another */
	{ MK_NEW,		false,	false },
	{ MK_BY_HEADER,		true,	true },
	{ MK_BY_SPAMD,		true,	true },
	{ MK_UNSCORED,		true,	false },
	{ MK_UNREADABLE,	true,	false },
	{ MK_TOO_OLD,		true,	true },
	{ MK_TAKEN_BACK,	true,	true },
	{ MK_PUT_THERE,		false,	false },
	{ MK_DELIVERED,		false,	false },
	{ MK_USER_JUNKED,	false,	false },
};

START_TEST(is_settled_as_far_as_its_state_goes)
{
	struct mk_known known = { .state = settled[_i].state, .config = 0x2a };

	ck_assert_int_eq(mk_known_settled(&known, 0x2a), settled[_i].same);
	/* only seven bits of it are kept */
	ck_assert_int_eq(mk_known_settled(&known, 0xaa), settled[_i].same);
	ck_assert_int_eq(mk_known_settled(&known, 0x2b), settled[_i].other);
}
END_TEST

START_TEST(has_a_name_for_each_state)
{
	int i, j;

	for (i = 0; i < MK_STATES; i++) {
		ck_assert_ptr_nonnull(mk_state_name((enum mk_state)i));
		for (j = 0; j < i; j++)
			ck_assert_str_ne(mk_state_name((enum mk_state)i),
			    mk_state_name((enum mk_state)j));
	}
}
END_TEST

static const struct {
	int64_t score, limit, delete_above;
	enum mk_verdict_spam verdict;
} verdicts[] = {
	{ 699,	700,	0,	MK_HAM },
	{ 700,	700,	0,	MK_SPAM },	/* from the limit on */
	{ 701,	700,	0,	MK_SPAM },
	{ -200,	700,	0,	MK_HAM },
	{ 0,	700,	0,	MK_HAM },
	{ 0,	1,	0,	MK_HAM },
	{ 1,	1,	0,	MK_SPAM },
	/* no limit: the account is not scanned, whatever the score */
	{ 0,	0,	0,	MK_HAM },
	{ 100,	0,	0,	MK_HAM },
	{ MK_SCORE_MAX,	0, 1,	MK_HAM },
	{ 100,	-1,	0,	MK_HAM },
	{ 100,	-500,	10,	MK_HAM },
	{ -600,	-500,	0,	MK_HAM },
	{ 100,	INT32_MIN, 10,	MK_HAM },
	/* deleted above that, and not from it on */
	{ 1999,	700,	2000,	MK_SPAM },
	{ 2000,	700,	2000,	MK_SPAM },
	{ 2001,	700,	2000,	MK_SPAM_DELETE },
	{ MK_SCORE_MAX,	700, 2000, MK_SPAM_DELETE },
	{ MK_SCORE_MAX,	700, 0,	MK_SPAM },
	{ MK_SCORE_MAX,	700, -1, MK_SPAM },
	/* what is below its user's limit stays, were it above the other */
	{ 2500,	3000,	2000,	MK_HAM },
	{ 3000,	3000,	2000,	MK_SPAM_DELETE },
	{ 3000,	3000,	3000,	MK_SPAM },
	{ MK_SCORE_MAX,	MK_SCORE_MAX, 0, MK_SPAM },
};

START_TEST(is_spam_from_the_limit_on)
{
	ck_assert_int_eq(mk_spam_verdict(verdicts[_i].score,
	    verdicts[_i].limit, verdicts[_i].delete_above),
	    verdicts[_i].verdict);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("spamscan/known");
	TCase *tc = tcase_create("known");

	tcase_add_loop_test(tc, comes_back_as_it_was, MK_NEW + 1, MK_STATES);
	tcase_add_test(tc, cuts_a_score_that_no_scanner_gives);
	tcase_add_test(tc, keeps_seven_bits_of_the_configuration);
	tcase_add_test(tc, tells_nothing_from_bits_that_nobody_wrote);
	tcase_add_test(tc, takes_any_garbage);
	tcase_add_loop_test(tc, is_settled_as_far_as_its_state_goes, 0,
	    COUNT(settled));
	tcase_add_test(tc, has_a_name_for_each_state);
	tcase_add_loop_test(tc, is_spam_from_the_limit_on, 0,
	    COUNT(verdicts));
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
