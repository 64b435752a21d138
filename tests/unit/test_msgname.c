/* mail/msgname: what a file's name tells, and what it does not. */
#include <string.h>

#include "mail/msgname.h"
#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))
#define D	MK_FLAG_DRAFT
#define F	MK_FLAG_FLAGGED
#define P	MK_FLAG_PASSED
#define R	MK_FLAG_REPLIED
#define S	MK_FLAG_SEEN
#define T	MK_FLAG_TRASHED

static const struct { const char *name; size_t uniq_len; unsigned flags; }
names[] = {
	{ "1700000000.M1P2.mx:2,FS",	18, F | S },
	{ "1700000000.M1P2.mx,S=9:2,S",	22, S },
	{ "1700000000.M1P2.mx:2,DFPRST", 18, D | F | P | R | S | T },
	{ "1700000000.M1P2.mx:2,TSRPFD", 18, D | F | P | R | S | T },
	{ "1700000000.M1P2.mx:2,",	18, 0 },
	{ "1700000000.M1P2.mx",		18, 0 },
	{ "1700000000.M1P2.mx:",	18, 0 },
	{ "1700000000.M1P2.mx:1,exp",	18, 0 },	/* experimental */
	{ "1700000000.M1P2.mx:1,FS",	18, 0 },
	{ "1700000000.M1P2.mx:2",	18, 0 },
	{ "1700000000.M1P2.mx:2FS",	18, 0 },
	{ "1700000000.M1P2.mx:3,FS",	18, 0 },
	{ "1700000000.M1P2.mx:2,Sab",	18, S },	/* keywords */
	{ "1700000000.M1P2.mx:2,fs",	18, 0 },
	{ "1700000000.M1P2.mx:2,S:2,F",	18, S | F },
	{ "1700000000.M1P2.mx:1,:2,F",	18, 0 },
	{ "1700000000.M1P2.mx:2,\xff" "F", 18, F },
	{ ":2,F",			0, F },
	{ "a;2,F",			5, 0 },		/* Windows' */
	{ "",				0, 0 },
};

START_TEST(splits_uniq_and_flags)
{
	unsigned flags = ~0U;		/* poison: prove it is written */

	ck_assert_uint_eq(mk_msgname_split(names[_i].name, &flags),
	    names[_i].uniq_len);
	ck_assert_uint_eq(flags, names[_i].flags);
	ck_assert_uint_eq(mk_msgname_split(names[_i].name, NULL),
	    names[_i].uniq_len);
}
END_TEST

static const struct { const char *name; int64_t size; } sizes[] = {
	{ "1.a,S=9:2,S",		9 },
	{ "1.a,S=0",			0 },
	{ "1.a,S=0009",			9 },
	{ "1.a,S=12,W=13:2,S",		12 },
	{ "1.a,W=13,S=12:2,S",		12 },
	{ "1.a,S=1,S=2",		1 },
	{ "1.a,S=1125899906842624",	1125899906842624 },	/* 1 PiB */
	{ "1.a,S=1125899906842625",	-1 },
	{ "1.a,S=922337203685477579",	-1 },
	{ "1.a,S=9223372036854775808",	-1 },
	{ "1.a,S=99999999999999999999", -1 },
	{ "1.a:2,S=9",			-1 },	/* no part of the uniq */
	{ "1.a,S=",			-1 },
	{ "1.a,S=:2,S",			-1 },
	{ "1.a,S=,W=5",			-1 },
	{ "1.a,S=-9",			-1 },
	{ "1.a,S=+9",			-1 },
	{ "1.a,S= 9",			-1 },
	{ "1.a,S=9x",			-1 },
	{ "1.a,S=9.5",			-1 },
	{ "1.a,s=9",			-1 },
	{ "1.aS=9",			-1 },
	{ "S=9",			-1 },
	{ "1.a",			-1 },
	{ "1.a,S",			-1 },
	{ ",S=",			-1 },
	{ ",S=9",			9 },
	{ "",				-1 },
};

START_TEST(size_is_from_the_uniq)
{
	const char *name = sizes[_i].name;

	ck_assert_int_eq(mk_msgname_size(name, mk_msgname_split(name, NULL)),
	    sizes[_i].size);
}
END_TEST

static const struct { const char *name; int64_t seconds; } times[] = {
	{ "1700000000.M1P2.mx:2,S",	1700000000 },
	{ "0.a",			0 },
	{ "99999999999.a",		99999999999 },
	{ "00000000001.a",		1 },
	{ "100000000000.a",		-1 },
	{ "000000000001.a",		-1 },
	{ "1700000000",			-1 },
	{ "1700000000:2,S",		-1 },
	{ "1700000000,S=5",		-1 },
	{ "1700000000_0.mx",		-1 },
	{ "x1700000000.mx",		-1 },
	{ " 1.mx",			-1 },
	{ "-1.mx",			-1 },
	{ "+1.mx",			-1 },
	{ ".1.mx",			-1 },
	{ ".",				-1 },
	{ "",				-1 },
};

START_TEST(time_is_the_digits_before_the_dot)
{
	ck_assert_int_eq(mk_msgname_time(times[_i].name), times[_i].seconds);
}
END_TEST

/* FNV-1a's own test vectors: a ledger must be read by later versions. */
static const struct { const char *text; uint64_t hash; } hashes[] = {
	{ "", 0xcbf29ce484222325 },
	{ "a", 0xaf63dc4c8601ec8c },
	{ "foobar", 0x85944171f73967e8 },
};

START_TEST(hash_is_fnv_1a)
{
	ck_assert_uint_eq(mk_msgname_hash(hashes[_i].text,
	    strlen(hashes[_i].text)), hashes[_i].hash);
	ck_assert_uint_eq(mk_msgname_hash("foobarbaz", 6), hashes[2].hash);
	ck_assert_uint_ne(mk_msgname_hash("a", 2), mk_msgname_hash("a", 1));
	ck_assert_uint_ne(mk_msgname_hash("\xff", 1),
	    mk_msgname_hash("\x7f", 1));
}
END_TEST

static const struct { const char *name; bool fits; } fit[] = {
	{ "1700000000.M1P2.mx:2,S", true }, { "1", true },
	{ "message", true }, { "-rf", true }, { " ", true }, { "\n", true },
	{ "\xff", true }, { "_", true }, { "mailkeep", true },
	{ "maildirsizes", true }, { "maildirsiz", true },
	{ "maildirfolder2", true }, { "subscriptions.old", true },
	{ "Dovecot", true }, { "1.dovecot", true }, { "cour", true },
	{ "", false }, { ".", false }, { "..", false }, { ".hidden", false },
	{ ".nfs0001", false }, { "dovecot", false },
	{ "dovecot-uidlist", false }, { "dovecot.index.log", false },
	{ "dovecot-keywords", false }, { "courierimapuiddb", false },
	{ "courierimapsubscribed", false }, { "courier", false },
	{ "maildirsize", false }, { "maildirfolder", false },
	{ "subscriptions", false }, { "mailkeep.ledger", false },
	{ "mailkeep.", false },
};

START_TEST(servers_own_files_are_no_messages)
{
	ck_assert_int_eq(mk_msgname_fits(fit[_i].name), fit[_i].fits);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mail/msgname");
	TCase *tc = tcase_create("msgname");

	tcase_add_loop_test(tc, splits_uniq_and_flags, 0, COUNT(names));
	tcase_add_loop_test(tc, size_is_from_the_uniq, 0, COUNT(sizes));
	tcase_add_loop_test(tc, time_is_the_digits_before_the_dot, 0,
	    COUNT(times));
	tcase_add_loop_test(tc, hash_is_fnv_1a, 0, COUNT(hashes));
	tcase_add_loop_test(tc, servers_own_files_are_no_messages, 0,
	    COUNT(fit));
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
