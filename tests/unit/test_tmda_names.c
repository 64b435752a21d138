/* tmda/names: what is TMDA's is known by its name, and nothing else is. */
#include <stdio.h>
#include <string.h>

#include "tmda/names.h"
#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))

enum { F = MK_TMDA_FOREIGN, C = MK_TMDA_CACHE, P = MK_TMDA_PENDING,
	L = MK_TMDA_LEFTOVER, R = MK_TMDA_RESPONSE };

struct row {
	const char *name;
	int file;
	int64_t time_s;
	const char *id, *rest;
};

static const struct row pending[] = {
	{ "1159377144.3747.msg", P, 1159377144, "1159377144.3747", "msg" },
	{ "0.0.msg", P, 0, "0.0", "msg" },
	{ "12345.1.msg", P, 12345, "12345.1", "msg" },
	{ "99999999999.9999999999.msg", P, 99999999999,
	    "99999999999.9999999999", "msg" },
	{ "1999999999.1.mx", P, 1999999999, "1999999999.1", "mx" },
	{ "2000000000.1.mx", P, 2000000000, "2000000000.1", "mx" },
	{ "2147483648.1.mx", P, 2147483648, "2147483648.1", "mx" },
	{ "1159377144.3747.mx1.example.org", P, 1159377144, "1159377144.3747",
	    "mx1.example.org" },
	{ "1159377144.3747.mx:2,", P, 1159377144, "1159377144.3747", "mx:2," },
	{ "1159377144.3747.mx:2,FS", P, 1159377144, "1159377144.3747",
	    "mx:2,FS" },
	{ "1159377144.3747.mx,S=12,W=14:2,Sab", P, 1159377144,
	    "1159377144.3747", "mx,S=12,W=14:2,Sab" },
	{ "1159377144.3747.mx:2,S,more:things", P, 1159377144,
	    "1159377144.3747", "mx:2,S,more:things" },
	{ "986000000.1.my_host-1", P, 986000000, "986000000.1", "my_host-1" },
	{ "1159377144.3747.msgs", P, 1159377144, "1159377144.3747", "msgs" },
	{ "1159377144.3747.m", P, 1159377144, "1159377144.3747", "m" },

	{ "1159377144.3747.msg:3,C", L, 1159377144, "1159377144.3747",
	    "msg:3,C" },
	{ "1159377144.3747.msg:3,R", L, 1159377144, "1159377144.3747",
	    "msg:3,R" },
	{ "1159377144.3747.msg,3,C", L, 1159377144, "1159377144.3747",
	    "msg,3,C" },
	{ "1159377144.3747.msg3,R", L, 1159377144, "1159377144.3747",
	    "msg3,R" },
	{ "1159377144.3747.mx:3,C", L, 1159377144, "1159377144.3747",
	    "mx:3,C" },
	{ "1159377144.3747.mx.a:2,S:3,R", L, 1159377144, "1159377144.3747",
	    "mx.a:2,S:3,R" },
	{ "1159377144.3747.mx,3,C", L, 1159377144, "1159377144.3747",
	    "mx,3,C" },
	{ "1159377144.3747.mx3,C", L, 1159377144, "1159377144.3747", "mx3,C" },

	{ ".msgcache", C, -1, "", "" },
	{ "tmpAb_9zZ", C, -1, "", "" },

	{ "", F, -1, "", "" },
	{ ".", F, -1, "", "" },
	{ ".1159377144.3747.msg", F, -1, "", "" },
	{ ".pendingcache", F, -1, "", "" },
	{ ".msgcache2", F, -1, "", "" },
	{ "tmpAb_9z", F, -1, "", "" },
	{ "tmpAb_9zZ1", F, -1, "", "" },
	{ "tmpAb-9zZ", F, -1, "", "" },
	{ "tmp", F, -1, "", "" },
	{ "README", F, -1, "", "" },
	{ "1159377144", F, -1, "", "" },
	{ "1159377144.", F, -1, "", "" },
	{ "1159377144.3747", F, -1, "", "" },
	{ "1159377144.3747.", F, -1, "", "" },
	{ "1159377144..msg", F, -1, "", "" },
	{ ".3747.msg", F, -1, "", "" },
	{ "-1159377144.3747.msg", F, -1, "", "" },
	{ "+1159377144.3747.msg", F, -1, "", "" },
	{ " 1159377144.3747.msg", F, -1, "", "" },
	{ "1159377144.-3747.msg", F, -1, "", "" },
	{ "0x45.3747.msg", F, -1, "", "" },
	{ "1159377144.M3747P2.mx", F, -1, "", "" },
	{ "1159377144.3747_1.mx", F, -1, "", "" },
	{ "100000000000.1.msg", F, -1, "", "" },
	{ "1159377144.10000000000.msg", F, -1, "", "" },
	{ "1159377144.3747.MSG~", F, -1, "", "" },
	{ "1159377144.3747.msg~", F, -1, "", "" },
	{ "1159377144.3747.msg.bak", F, -1, "", "" },
	{ "1159377144.3747.msg:2,S", P, 1159377144, "1159377144.3747",
	    "msg:2,S" },		/* a host called msg */
	{ "1159377144.3747.msg ", F, -1, "", "" },
	{ "1159377144.3747.mx:1,S", F, -1, "", "" },
	{ "1159377144.3747.mx:", F, -1, "", "" },
	{ "1159377144.3747.mx:2", F, -1, "", "" },
	{ "1159377144.3747.mx,S=", F, -1, "", "" },
	{ "1159377144.3747.mx,", F, -1, "", "" },
	{ "1159377144.3747.m x", F, -1, "", "" },
	{ "1159377144.3747.m\nx", F, -1, "", "" },
	{ "1159377144.3747.:2,S", F, -1, "", "" },
	{ "1159377144.3747.,S=1", F, -1, "", "" },
	{ "1159377144.3747.3,C", F, -1, "", "" },
	{ "1159377144.3747.:3,C", F, -1, "", "" },
	{ "1159377144.3747.msg:3,D", F, -1, "", "" },
	{ "1159377144.3747.msg:3,c", F, -1, "", "" },
	{ "1159377144.3747.msg:3,CR", F, -1, "", "" },
	{ "1159377144.3747.msg:4,C", F, -1, "", "" },
	{ "1159377144.3747.msg::3,C", F, -1, "", "" },
	{ "1159377144.3747.msg.3,C", F, -1, "", "" },
	{ "1159377144.3747:3,C", F, -1, "", "" },
	{ "1.2.3", F, -1, "", "" },
	{ "20240101.2.tar.gz", F, -1, "", "" },
	{ "20240101.2.tar.gz:3,C", F, -1, "", "" },
};

static const struct row responses[] = {
	{ "1159377144.3747.bob@example.org", R, 1159377144, "1159377144.3747",
	    "bob@example.org" },
	{ "1159377144.3747.a.b@c.d", R, 1159377144, "1159377144.3747",
	    "a.b@c.d" },
	{ "2000000000.1.x", R, 2000000000, "2000000000.1", "x" },
	{ "5.1.x", R, 5, "5.1", "x" },
	{ "1159377144.1..", R, 1159377144, "1159377144.1", "." },
	{ "1159377144.3747.", F, -1, "", "" },
	{ "1159377144.3747", F, -1, "", "" },
	{ "a.b.c", F, -1, "", "" },
	{ "1159377144.b.c@d", F, -1, "", "" },
	{ "1159377144 .1.c@d", F, -1, "", "" },
	{ "1e9.1.c@d", F, -1, "", "" },
	{ ".msgcache", F, -1, "", "" },
	{ "tmpAb_9zZ", F, -1, "", "" },
	{ "", F, -1, "", "" },
};

static void
check(const struct row *row, int file, const struct mk_tmda_name *got)
{
	ck_assert_msg(file == row->file, "%s: %d", row->name, file);
	ck_assert_int_eq((int)got->file, row->file);
	ck_assert_int_eq(got->time_s, row->time_s);
	ck_assert_uint_eq(got->id_len, strlen(row->id));
	ck_assert_int_eq(strncmp(row->name, row->id, got->id_len), 0);
	ck_assert_str_eq(got->rest, row->rest);
	if (got->id_len > 0)
		ck_assert_ptr_eq(got->rest, row->name + got->id_len + 1);
}

static const struct mk_tmda_name poison = { (enum mk_tmda_file)77, 77, 77,
	"poison" };

START_TEST(pending_names)
{
	const struct row *row = &pending[_i];
	struct mk_tmda_name got = poison;

	check(row, (int)mk_tmda_pending_name(row->name, &got), &got);
}
END_TEST

START_TEST(response_names)
{
	const struct row *row = &responses[_i];
	struct mk_tmda_name got = poison;

	check(row, (int)mk_tmda_response_name(row->name, &got), &got);
}
END_TEST

/* A cut name of a message is that message's in no case but where the cut is in
 * the host, which nobody can see. */
START_TEST(cut_name_is_not_another_format)
{
	static const char name[] = "1159377144.3747.msg:3,C";
	struct mk_tmda_name got;
	char cut[sizeof name];
	size_t i;

	for (i = 0; i < sizeof name - 1; i++) {
		snprintf(cut, sizeof cut, "%.*s", (int)i, name);
		got = poison;
		ck_assert_int_ne((int)mk_tmda_pending_name(cut, &got), L);
		ck_assert_int_eq(got.file == MK_TMDA_PENDING,
		    i >= 17 && i <= 19);	/* m, ms, msg */
	}
}
END_TEST

static const struct { const char *text; bool is; } ids[] = {
	{ "1159377144.3747", true },
	{ "0.0", true },
	{ "99999999999.9999999999", true },
	{ "", false },
	{ ".", false },
	{ "1159377144", false },
	{ "1159377144.", false },
	{ ".3747", false },
	{ "1159377144.3747.", false },
	{ "1159377144.3747.msg", false },
	{ "1159377144.3747 ", false },
	{ "1159377144.-1", false },
	{ "100000000000.1", false },
	{ "1.10000000000", false },
};

START_TEST(id_is_two_numbers)
{
	ck_assert_int_eq(mk_tmda_is_id(ids[_i].text), ids[_i].is);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("tmda/names");
	TCase *tc = tcase_create("names");

	tcase_add_loop_test(tc, pending_names, 0, COUNT(pending));
	tcase_add_loop_test(tc, response_names, 0, COUNT(responses));
	tcase_add_test(tc, cut_name_is_not_another_format);
	tcase_add_loop_test(tc, id_is_two_numbers, 0, COUNT(ids));
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
