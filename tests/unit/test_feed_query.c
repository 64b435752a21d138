/* blacklist/feed: rows of PostgreSQL as entries.  Skipped without a server. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2), in scratch.h */
#endif

#include "blacklist/feed.h"
#include "cluster.h"
#include "scratch.h"

#define NOW_S	((int64_t)1800000000)	/* 2027-01-15 */

static struct mk_error err;
static struct mk_origins origins;
static struct mk_netlist entries;
static struct mk_feed_counts counts;

static void
setup(void)
{
	scratch_setup();
	err = (struct mk_error){ 0 };
}

static void
teardown(void)
{
	mk_netlist_free(&entries);
	mk_origins_free(&origins);
	scratch_teardown();
}

static int
read_query(const char *query, const char *reason)
{
	static char conninfo[300], none[] = "", name[] = "pg";
	static char query_text[600], reason_text[50];
	struct mk_feed conf = {
		.name = name, .file = none, .conninfo = conninfo,
		.query = query_text, .reason = reason_text, .column = none,
		.reason_column = none, .connect_timeout_s = 5,
		.statement_timeout_s = 5, .max_size = 1000000,
	};
	struct mk_feed_job job = {
		.now_s = NOW_S, .origins = &origins, .entries = &entries,
	};
	struct mk_feed_source *source;
	int rv;

	snprintf(query_text, sizeof query_text, "%s", query);
	snprintf(reason_text, sizeof reason_text, "%s", reason);
	server_conninfo(conninfo, sizeof conninfo, "");
	ck_assert_int_eq(mk_origin_feed(&origins, name, &job.feed), 0);
	source = mk_feed_source_open(&conf, &err);
	ck_assert_msg(source != NULL, "%s", err.text);
	rv = mk_feed_source_read(source, &job, &counts, &err);
	mk_feed_source_close(source);
	return rv;
}

START_TEST(rows_become_entries)
{
	static const char query[] = "SELECT * FROM (VALUES "
	    "(1, '192.0.2.1'::inet, 'caught', NULL::date), "
	    "(2, '10.0.0.0/8', NULL, 'infinity'), "
	    "(3, '2001:db8::/32', NULL, '2027-01-15'), "
	    "(4, '192.0.2.2', NULL, '2027-01-14'), "
	    "(5, '192.0.2.3/24', NULL, NULL), "
	    "(6, NULL, NULL, NULL)) v(i, net, reason, until) ORDER BY i";
	struct mk_origin *o;

	ck_assert_msg(read_query(query, "listed") == 0, "%s", err.text);
	ck_assert_uint_eq(counts.lines, 6);
	ck_assert_uint_eq(counts.entries, 3);
	ck_assert_uint_eq(counts.expired, 1);
	ck_assert_uint_eq(counts.rejected, 2);
	ck_assert_uint_eq(entries.v4_n, 2);
	ck_assert_uint_eq(entries.v4[0].first, 0xc0000201);
	ck_assert_str_eq(origins.v[MK_TAG_ORIGIN(entries.v4[0].tag)].text,
	    "pg: caught");
	ck_assert_uint_eq(entries.v4[1].first, 0x0a000000);
	ck_assert_uint_eq(MK_TAG_LEN(entries.v4[1].tag), 8);
	ck_assert_uint_eq(entries.v4[1].line, 2);
	o = &origins.v[MK_TAG_ORIGIN(entries.v4[1].tag)];
	ck_assert_str_eq(o->text, "pg: listed");
	ck_assert_int_eq(o->until_s, 0);
	ck_assert_uint_eq(entries.v6_n, 1);
	o = &origins.v[MK_TAG_ORIGIN(entries.v6[0].tag)];
	ck_assert_int_eq(o->until_s, 1800057600);
}
END_TEST

static const struct { const char *query; int status; const char *text; }
refused[] = {
	{ "SELECT 'x' AS net", EX_DATAERR, "none of its lines" },
	{ "SELECT '::1' AS net WHERE false", EX_DATAERR, "empty" },
	{ "SELECT '::1' AS net, 'x' AS until", EX_DATAERR, "none of its" },
	{ "SELECT '::1' AS addr", EX_CONFIG, "\"net\"" },
	{ "SELECT '::1' AS net, repeat('x', 2000000) AS reason", EX_DATAERR,
	    "max-size" },
	{ "SELECT '::1'::inet + i / (1000 - i) AS net FROM "
	    "generate_series(1, 10000) i", EX_TEMPFAIL, "division" },
	{ "SELECT '::1' AS net FROM pg_sleep(20)", EX_TEMPFAIL, "timeout" },
};

START_TEST(a_query_is_refused_whole)
{
	ck_assert_int_eq(read_query(refused[_i].query, ""), -1);
	ck_assert_msg(err.status == refused[_i].status &&
	    strncmp(err.text, "query", 5) == 0 &&
	    strstr(err.text, refused[_i].text) != NULL, "%d: %s", err.status,
	    err.text);
	ck_assert_uint_eq(entries.v4_n + entries.v6_n, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("blacklist/feed (query)");
	TCase *tc = tcase_create("feed");
	int status;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, rows_become_entries);
	tcase_add_loop_test(tc, a_query_is_refused_whole, 0, COUNT(refused));
	if (!make_server()) {
		printf("1..0 # SKIP no PostgreSQL server\n");
		remove_server();
		return 0;
	}
	suite_add_tcase(suite, tc);
	status = unit_run(suite);
	remove_server();
	return status;
}
