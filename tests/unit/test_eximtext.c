/* check/eximtext: what a configuration of Exim's looks into. */
#include <stdlib.h>
#include <string.h>

#include "check/eximtext.h"
#include "unit.h"

static struct mk_exim exim;

static void
read_text(const char *text)
{
	exim = (struct mk_exim){ .config = "" };
	if (text[0] != '\0')
		ck_assert_int_eq(mk_buf_add(&exim.text, text, strlen(text)),
		    0);
	ck_assert_int_eq(mk_eximtext_uses(&exim), 0);
}

/* The uses of TEXT as "type path list;type path -". */
static const struct { const char *text, *uses; } rows[] = {
	{ "", "" },
	{ "hostlist", "" },
	{ "hostlist bad = net32-cdb;/a/b.cdb : net24-cdb;/a/b.cdb",
	    "cdb /a/b.cdb bad;" },
	{ "hostlist bad = ${map{32:31}{net$item-cdb;/a/b.cdb}}\n",
	    "cdb /a/b.cdb bad;" },
	{ "hide hostlist bad =<, net24-dbm;/a/b.db, net-iplsearch;/a/t",
	    "dbm /a/b.db bad;iplsearch /a/t bad;" },
	{ "hostlist_cache bad = dbmnz;/x", "dbmnz /x bad;" },
	{ "  deny hosts = net32-cdb,ret=key;/x", "cdb /x -;" },
	{ "domainlist d = lsearch;/etc/d", "lsearch /etc/d -;" },
	{ "hostlist a = cdb;/x\nhostlist b = cdb;/x",
	    "cdb /x a;cdb /x b;" },
	{ "hostlist a = cdb;/odd::name : cdb;/y", "cdb /odd:name a;"
	    "cdb /y a;" },
	/* Macros do nothing by themselves; no file; no search at all. */
	{ "BAD = net32-cdb;/x\nBAD == net32-cdb;/x", "" },
	{ "hostlist a = net32-cdb;relative : pgsql;SELECT", "" },
	{ "condition = ${if exists{/a;/b}}", "" },
	{ "hostlist a = xcdb;/x : ;/y", "" },
	{ ";/x", "" },
	{ "cdb;/", "cdb / -;" },
};

START_TEST(files_are_found)
{
	struct mk_buf got = { 0 };
	size_t i;

	read_text(rows[_i].text);
	ck_assert_int_eq(mk_buf_addf(&got, "%s", ""), 0);
	for (i = 0; i < exim.n; i++)
		ck_assert_int_eq(mk_buf_addf(&got, "%s %s %s;",
		    exim.uses[i].type, exim.uses[i].path,
		    exim.uses[i].list == NULL ? "-" : exim.uses[i].list), 0);
	ck_assert_str_eq(got.data, rows[_i].uses);
	mk_buf_free(&got);
	mk_exim_close(&exim);
}
END_TEST

static const struct { const char *text, *value; } macros[] = {
	{ "ROOT = /a", "/a" },
	{ "ROOT=/a\nROOT == /b\nother = x", "/b" },
	{ "ROOT =\nx = /y", "" },
	{ "ROOT = /a b ", "/a b " },
	{ "ROOTS = /a\n  ROOT = /b\nroot = /c", NULL },
	{ "", NULL },
};

START_TEST(the_last_definition_counts)
{
	char *value;

	read_text(macros[_i].text);
	value = mk_exim_macro(&exim, "ROOT");
	if (macros[_i].value == NULL)
		ck_assert_ptr_null(value);
	else
		ck_assert_str_eq(value, macros[_i].value);
	free(value);
	mk_exim_close(&exim);
}
END_TEST

static const struct { const char *text; bool used; } used[] = {
	{ "hosts = +bad", true },
	{ "hosts = !+bad : x", true },
	{ "hostlist worse = +bad : x", true },
	{ "hosts = +bad_ones", false },
	{ "hostlist bad = x", false },
	{ "M = +bad", false },
	{ "", false },
};

START_TEST(lists_are_used_by_name)
{
	read_text(used[_i].text);
	ck_assert(mk_exim_uses_list(&exim, "bad") == used[_i].used);
	mk_exim_close(&exim);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("check/eximtext");
	TCase *tc = tcase_create("eximtext");

	tcase_add_loop_test(tc, files_are_found, 0,
	    (int)(sizeof rows / sizeof *rows));
	tcase_add_loop_test(tc, the_last_definition_counts, 0,
	    (int)(sizeof macros / sizeof *macros));
	tcase_add_loop_test(tc, lists_are_used_by_name, 0,
	    (int)(sizeof used / sizeof *used));
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
