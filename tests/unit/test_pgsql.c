/*
 * base/pgsql: all rows or an error.  Without PostgreSQL's programs most tests
 * are skipped.
 */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2), in scratch.h */
#endif

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/pgsql.h"
#include "base/sandbox.h"
#include "cluster.h"
#include "scratch.h"

static struct mk_error err;
static const struct mk_pgsql_limits limits = {
	.connect_s = 5, .statement_s = 20,
};

static struct mk_pgsql *
connect_to(const struct mk_pgsql_limits *to)
{
	char conninfo[300];

	server_conninfo(conninfo, sizeof conninfo, "");
	return mk_pgsql_open(conninfo, to, &err);
}

static void
setup(void)
{
	scratch_setup();
	err = (struct mk_error){ 0 };
}

static void
one_line_of_text(void)
{
	ck_assert_uint_gt(strlen(err.text), 10);
	ck_assert_ptr_null(strpbrk(err.text, "\r\n\t"));
}

static const char *const names[] = { "net", "?reason", "?until", NULL };
enum { NET, REASON, UNTIL, COLUMNS };

static struct mk_pgsql *
query_within(const struct mk_pgsql_limits *within, const char *query)
{
	struct mk_pgsql *pg = connect_to(within);

	ck_assert_msg(pg != NULL, "%s", err.text);
	if (mk_pgsql_query(pg, query, names, &err) == 0)
		return pg;
	one_line_of_text();
	mk_pgsql_close(pg);
	return NULL;
}

static struct mk_pgsql *
query(const char *text)
{
	struct mk_pgsql *pg = query_within(&limits, text);

	ck_assert_msg(pg != NULL, "%s", err.text);
	return pg;
}

/* The rows that come, all: how many, and 0 or -1 in *END. */
static int64_t
count_rows(struct mk_pgsql *pg, int *end)
{
	const char *values[COLUMNS];
	int64_t n = 0;

	while ((*end = mk_pgsql_row(pg, values, &err)) == 1)
		n++;
	return n;
}

START_TEST(rows_come_in_order)
{
	static const char *const want[] = { "10.0.0.0/8", "10.1.0.0/16" };
	const char *values[COLUMNS];
	struct mk_pgsql *pg = query("SELECT net, day AS until FROM (VALUES "
	    "('10.1.0.0/16'::cidr, date '2031-02-03'), ('10.0.0.0/8', NULL)) "
	    "v(net, day) ORDER BY net");
	int i;

	for (i = 0; i < 2; i++) {
		ck_assert_int_eq(mk_pgsql_row(pg, values, &err), 1);
		ck_assert_str_eq(values[NET], want[i]);
		ck_assert_ptr_null(values[REASON]);	/* no such column */
		if (i == 0)
			ck_assert_ptr_null(values[UNTIL]);
		else
			ck_assert_str_eq(values[UNTIL], "2031-02-03");
	}
	ck_assert_int_eq(mk_pgsql_row(pg, values, &err), 0);
	ck_assert_int_eq(mk_pgsql_row(pg, values, &err), 0);
	mk_pgsql_close(pg);
}
END_TEST

START_TEST(no_rows_are_no_error)
{
	struct mk_pgsql *pg = query("SELECT 1 AS net WHERE false;");
	int end;

	ck_assert_int_eq(count_rows(pg, &end), 0);
	ck_assert_int_eq(end, 0);
	mk_pgsql_close(pg);
}
END_TEST

START_TEST(texts_are_utf8)
{
	const char *values[COLUMNS];
	struct mk_pgsql *pg = query("SELECT 'x' AS net, U&'\\00e4\\20ac' "
	    "AS reason");

	ck_assert_int_eq(mk_pgsql_row(pg, values, &err), 1);
	ck_assert_str_eq(values[REASON], "\xc3\xa4\xe2\x82\xac");
	mk_pgsql_close(pg);
}
END_TEST

/*
 * Rows come by COPY, whose text has escapes; or one by one, as where there is a
 * ";" in the query: a value is the same.
 */
static const struct { const char *sql, *text; } texts[] = {
	{ "''",			"" },
	{ "'x'",		"x" },
	{ "NULL",		NULL },
	{ "'NULL'",		"NULL" },
	{ "'\\N'",		"\\N" },
	{ "'\\\\N'",		"\\\\N" },
	{ "'\\'",		"\\" },
	{ "'\\\\'",		"\\\\" },
	{ "'\\.'",		"\\." },
	{ "'a\\tb'",		"a\\tb" },
	{ "'a\\nb\\'",		"a\\nb\\" },
	{ "E'\\t'",		"\t" },
	{ "E'a\\tb'",		"a\tb" },
	{ "E'\\n'",		"\n" },
	{ "E'a\\nb\\r\\n'",	"a\nb\r\n" },
	{ "E'\\b\\f\\x0b\\\\b'", "\b\f\v\\b" },
	{ "E'\\001\\033\\177'",	"\001\033\177" },
	{ "E'\\\\\\t\\\\\\n'",	"\\\t\\\n" },
	{ "E'\\u00e4\\\\\\u20ac'", "\xc3\xa4\\\xe2\x82\xac" },
};

static void
ck_values(const char *sql, const char *text, bool copied)
{
	const char *values[COLUMNS];
	struct mk_pgsql *pg;
	char line[300];
	int i;

	snprintf(line, sizeof line, "SELECT %s AS net, %s AS other, %s AS "
	    "until%s FROM generate_series(1, 3)", sql, sql, sql,
	    copied ? "" : ", ';'");
	pg = query(line);
	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(mk_pgsql_row(pg, values, &err), 1);
		ck_assert_pstr_eq(values[NET], text);
		ck_assert_pstr_eq(values[UNTIL], text);
		ck_assert_ptr_null(values[REASON]);
	}
	ck_assert_int_eq(mk_pgsql_row(pg, values, &err), 0);
	mk_pgsql_close(pg);
}

START_TEST(values_come_as_they_are)
{
	ck_values(texts[_i].sql, texts[_i].text, true);
	ck_values(texts[_i].sql, texts[_i].text, false);
}
END_TEST

START_TEST(long_values_come_whole)
{
	size_t len = 2 << 20, i;
	char *text = malloc(len + 1);

	for (i = 0; i < len; i++)
		text[i] = i % 2 == 0 ? '\\' : '\n';
	text[len] = '\0';
	ck_values("repeat(E'\\\\\\n', 1048576)", text, true);
	ck_values("repeat(E'\\\\\\n', 1048576)", text, false);
	free(text);
}
END_TEST

/* Each gives one row. */
static const struct { const char *query, *name, *value; } ways[] = {
	{ "SELECT 1 AS net;",			"net", "1" },
	{ "SELECT 1 AS net ; \n;\t",		"net", "1" },
	{ ";; SELECT 1 AS net",			"net", "1" },
	{ "SELECT 1 AS net -- x",		"net", "1" },
	{ "SELECT 1 AS net -- x;",		"net", "1" },
	{ "SELECT 1 AS net --",			"net", "1" },
	{ "SELECT 1 AS net -- )",		"net", "1" },
	{ "SELECT 1 AS net; -- x",		"net", "1" },
	{ "SELECT 1 AS net; /* x; */",		"net", "1" },
	{ "SELECT 1 AS net /* x */",		"net", "1" },
	{ "-- x\nSELECT 1 AS net",		"net", "1" },
	{ "/* SHOW */ select 1 AS net",		"net", "1" },
	{ "\n\t sElEcT 1 AS net",		"net", "1" },
	{ "SELECT\n1 AS net",			"net", "1" },
	{ "SELECT(1)AS net",			"net", "1" },
	{ "SELECT 1 AS net, ';' AS x",		"net", "1" },
	{ "SELECT 1 AS net, 'x; '",		"net", "1" },
	{ "SELECT 1 AS net, $$;$$ AS x",	"net", "1" },
	{ "SELECT 1 AS net, '; -- ' AS x",	"net", "1" },
	{ "SELECT 1 AS net, 2 AS \";\"",	"net", "1" },
	{ "SELECT 1 AS net, ') TO STDOUT' AS x", "net", "1" },
	{ "SELECT 0 AS n, 1 AS net, 2 AS x",	"net", "1" },
	{ "SELECT 2 AS n, 1 AS net, 3 AS n",	"net", "1" },
	{ "SELECT 1 AS net ORDER BY 1 LIMIT 1",	"net", "1" },
	{ "(SELECT 1 AS net)",			"net", "1" },
	{ "( (SELECT 1 AS net) LIMIT 1)",	"net", "1" },
	{ "(SELECT 1 AS net) UNION SELECT 1",	"net", "1" },
	{ "VALUES (1, 2)",			"column2", "2" },
	{ "SELECT * FROM (VALUES (1)) v(net);",	"net", "1" },
	{ "WITH w AS (SELECT 1 AS net) TABLE w;", "net", "1" },
	{ "WITH w(net) AS (VALUES (1)) SELECT * FROM w", "net", "1" },
	{ "TABLE information_schema.information_schema_catalog_name",
	    "catalog_name", "postgres" },
	/* what gives rows and is no SELECT */
	{ "SHOW statement_timeout",		"statement_timeout", "20s" },
	{ "EXPLAIN (COSTS off) SELECT 1",	"\"QUERY PLAN\"", "Result" },
};

START_TEST(a_query_may_be_written_in_any_way)
{
	const char *const want[] = { ways[_i].name, NULL };
	const char *values[1];
	struct mk_pgsql *pg = connect_to(&limits);

	ck_assert_msg(pg != NULL, "%s", err.text);
	ck_assert_msg(mk_pgsql_query(pg, ways[_i].query, want, &err) == 0,
	    "%s", err.text);
	ck_assert_int_eq(mk_pgsql_row(pg, values, &err), 1);
	ck_assert_str_eq(values[0], ways[_i].value);
	ck_assert_int_eq(mk_pgsql_row(pg, values, &err), 0);
	mk_pgsql_close(pg);
}
END_TEST

static long
peak_kib(void)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	return use.ru_maxrss;
}

START_TEST(a_million_rows_need_little_memory)
{
	struct mk_pgsql *pg = query("SELECT '192.0.2.1'::inet + i AS net, "
	    "'a reason that is the same for all of them' AS reason "
	    "FROM generate_series(1, 1000000) i");
	long before = peak_kib();
	int end;

	ck_assert_int_eq(count_rows(pg, &end), 1000000);
	ck_assert_int_eq(end, 0);
	if (getenv("MK_SANITIZE") == NULL)
		ck_assert_int_lt(peak_kib() - before, 4096);
	mk_pgsql_close(pg);
}
END_TEST

static const struct { const char *query; int status; const char *text; }
refused[] = {
	{ "SELECT 1 AS address",	EX_CONFIG,	"\"net\"" },
	{ "SELEKT 1",			EX_CONFIG,	"(at character 1 " },
	{ "SELECT 1 AS net FROM no_such_table", EX_CONFIG, "no_such_table" },
	{ "SELECT 1 AS net; SELECT 2 AS net", EX_CONFIG, "multiple" },
	{ "",				EX_CONFIG,	"SELECT" },
	{ " ;-- nothing",		EX_CONFIG,	"SELECT" },
	{ "SELECT",			EX_CONFIG,	"\"net\"" },
	{ "SELECT 1 AS x, NULL AS reason", EX_CONFIG,	"\"net\"" },
	{ "SELECT 1 AS net, 2 AS net",	EX_CONFIG,	"two columns" },
	{ "SELECT 1 AS net, 2 AS reason, ';' AS reason", EX_CONFIG,
	    "two columns \"reason\"" },
	{ "SELECT 1 AS net, 2 AS reasons", EX_CONFIG,	"mean \"reason\"" },
	{ "SELECT 1 AS net, ';' AS raeson", EX_CONFIG,	"mean \"reason\"" },
	{ "SELECT 1 AS net;\nx",	EX_CONFIG,	"syntax" },
	{ "SELECT 1 AS net, frob",	EX_CONFIG,	"(at character 18 " },
	{ "SELECT 1 AS net, ';', frob",	EX_CONFIG,	"(at character 23 " },
	{ "SELECT 1 AS net WHERE 1 = $1", EX_CONFIG,	"$1" },
	{ "SELECT 1 AS net) TO STDOUT -- ", EX_CONFIG,	"syntax" },
	{ "SELECT 1 AS net) TO '/tmp/x'; --", EX_CONFIG, "syntax" },
	{ "SELECT 1 AS net) TO STDOUT; COPY (SELECT 2 AS net", EX_CONFIG,
	    "syntax" },
	{ "SELECT 1 AS net /* ",	EX_CONFIG,	"comment" },
	{ "SELECT 1 AS net, ' ",	EX_CONFIG,	"quoted" },
	{ "SELECT 1 AS net, ';\n",	EX_CONFIG,	"quoted" },
	{ "SELECT 1 AS net INTO t",	EX_CONFIG,	"read-only" },
	{ "SELECT relname AS net FROM pg_class FOR UPDATE", EX_CONFIG,
	    "read-only" },
	{ "SET work_mem = '1MB'",	EX_CONFIG,	"SELECT" },
	{ "COPY (SELECT 1) TO STDOUT",	EX_CONFIG,	"SELECT" },
	{ "COPY pg_class FROM STDIN",	EX_CONFIG,	"" },
	{ "CREATE TABLE t (i int)",	EX_CONFIG,	"read-only" },
	{ "CREATE TABLE t AS SELECT 1 AS net", EX_CONFIG, "read-only" },
	{ "WITH gone AS (DELETE FROM pg_description RETURNING 1) "
	    "SELECT 1 AS net",		EX_CONFIG,	"read-only" },
	{ "SELECT 1/0 AS net",		EX_TEMPFAIL,	"division" },
	{ "SELECT 'x' AS net FROM (SELECT set_config("
	    "'transaction_read_only', 'off', false)) s WHERE "
	    "nextval('mk_seq') > 0",	EX_CONFIG,	"" },
};

START_TEST(other_queries_are_refused)
{
	ck_assert_ptr_null(query_within(&limits, refused[_i].query));
	ck_assert_msg(strstr(err.text, refused[_i].text) != NULL, "%s",
	    err.text);
	ck_assert_msg(err.status == refused[_i].status, "%d: %s", err.status,
	    err.text);
}
END_TEST

/* By COPY, and one by one. */
START_TEST(an_error_behind_rows_is_not_their_end)
{
	struct mk_pgsql *pg = query(_i == 0 ? "SELECT 1 / (5000 - "
	    "generate_series(1, 10000)) AS net" : "SELECT 1 / (5000 - "
	    "generate_series(1, 10000)) AS net, ';'");
	const char *values[COLUMNS];
	int end;

	ck_assert_int_eq(count_rows(pg, &end), 4999);
	ck_assert_int_eq(end, -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	one_line_of_text();
	ck_assert_int_eq(mk_pgsql_row(pg, values, &err), -1);
	mk_pgsql_close(pg);
}
END_TEST

START_TEST(a_slow_query_is_stopped)
{
	static const struct mk_pgsql_limits hasty = {
		.connect_s = 5, .statement_s = 1,
	};
	time_t start = time(NULL);

	ck_assert_ptr_null(query_within(&hasty, "SELECT 'x' AS net FROM "
	    "pg_sleep(30)"));
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_ptr_nonnull(strstr(err.text, "timeout"));
	ck_assert_int_lt(time(NULL) - start, 4);
}
END_TEST

/* The process of the server that serves PG, as its own first row says. */
static pid_t
backend(struct mk_pgsql *pg)
{
	const char *values[COLUMNS];

	ck_assert_int_eq(mk_pgsql_row(pg, values, &err), 1);
	ck_assert_ptr_nonnull(values[REASON]);
	return (pid_t)strtol(values[REASON], NULL, 10);
}

/* In FROM it would be made whole first. */
#define ENDLESS	"SELECT generate_series(1, 1000000000) AS net, " \
		"pg_backend_pid() AS reason, repeat('x', 1000) AS until"

START_TEST(a_hung_server_is_given_up)
{
	static const struct mk_pgsql_limits hasty = {
		.connect_s = 5, .statement_s = 1,
	};
	struct mk_pgsql *pg = query_within(&hasty, ENDLESS);
	time_t start = time(NULL);
	pid_t pid;
	int end;

	ck_assert_msg(pg != NULL, "%s", err.text);
	pid = backend(pg);
	ck_assert_int_eq(kill(pid, SIGSTOP), 0);
	count_rows(pg, &end);
	ck_assert_int_eq(kill(pid, SIGCONT), 0);
	ck_assert_int_eq(end, -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_ptr_nonnull(strstr(err.text, "no answer within 1 "));
	ck_assert_int_lt(time(NULL) - start, 8);
	mk_pgsql_close(pg);
}
END_TEST

static const int signals[] = { SIGKILL, SIGTERM };

/* With SIGKILL the whole server begins anew. */
START_TEST(a_killed_server_is_not_the_end_of_the_rows)
{
	struct mk_pgsql *pg = query(ENDLESS);
	int end, tries;

	ck_assert_int_eq(kill(backend(pg), signals[_i]), 0);
	count_rows(pg, &end);
	ck_assert_int_eq(end, -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	one_line_of_text();
	mk_pgsql_close(pg);
	for (pg = NULL, tries = 0; pg == NULL && tries < 200; tries++) {
		usleep(50000);
		pg = connect_to(&limits);
	}
	ck_assert_msg(pg != NULL, "%s", err.text);
	mk_pgsql_close(pg);
}
END_TEST

START_TEST(a_connection_serves_one_query)
{
	struct mk_pgsql *pg = query("SELECT 1 AS net");
	const char *values[COLUMNS];

	ck_assert_int_eq(mk_pgsql_query(pg, "SELECT 2 AS net", names, &err),
	    -1);
	ck_assert_int_eq(err.status, EX_SOFTWARE);
	ck_assert_int_eq(mk_pgsql_row(pg, values, &err), 1);
	ck_assert_str_eq(values[NET], "1");
	mk_pgsql_close(pg);
}
END_TEST

START_TEST(works_in_the_sandbox)
{
	struct mk_sandbox *sb;
	struct mk_pgsql *pg;
	int end, status;
	pid_t pid = fork();

	if (pid == 0) {
		pg = connect_to(&limits);
		sb = mk_sandbox_new(NULL);
		if (pg == NULL || sb == NULL ||
		    mk_sandbox_enter(sb, NULL) == -1)
			_exit(2);
		if (mk_pgsql_query(pg, "SELECT 1 AS net", names, NULL) == -1)
			_exit(3);
		_exit(count_rows(pg, &end) == 1 && end == 0 ? 0 : 4);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

/* The server knows us by a name, and what it has to remark goes nowhere. */
START_TEST(it_is_named_and_notices_are_dropped)
{
	const char *values[COLUMNS];
	struct mk_pgsql *pg;
	int fd;

	put("stderr", "");
	fd = openat(root, "stderr", O_WRONLY);
	dup2(fd, STDERR_FILENO);
	close(fd);
	pg = query("SELECT current_setting('application_name') AS net, "
	    "current_setting('statement_timeout') AS reason, "
	    "E'\\141' || '\\b' AS until");
	ck_assert_int_eq(mk_pgsql_row(pg, values, &err), 1);
	ck_assert_str_eq(values[NET], "mailkeep");
	ck_assert_str_eq(values[REASON], "20s");
	mk_pgsql_close(pg);
	holds("stderr", "");
}
END_TEST

/* What cannot be reached needs no server.  Passwords are "geheim". */
static const struct { const char *conninfo; int status; } unreachable[] = {
	{ "host=/nonexistent user=x password=geheim", EX_TEMPFAIL },
	{ "host=127.0.0.1 port=1 password='geheim'", EX_TEMPFAIL },
	{ "postgresql://x:geheim@127.0.0.1:1,[::1]:1/db", EX_TEMPFAIL },
	{ "host=127.0.0.1 sslmode=geheimer password=x", EX_TEMPFAIL },
	{ "host=127.0.0.1 password=streng geheim", EX_CONFIG },
	{ "host=127.0.0.1 password='streng \"geheim", EX_CONFIG },
	{ "host=127.0.0.1 pwd=streng geheim", EX_CONFIG },
	{ "host=127.0.0.1 password=a geheim=c", EX_CONFIG },
	{ "postgresql://x:streng@geheim@127.0.0.1:1/db", EX_CONFIG },
	{ "postgresql://x:streng/geheim@127.0.0.1:1/db", EX_CONFIG },
	{ "postgresql://x:%zzgeheim@127.0.0.1:1/db", EX_CONFIG },
	{ "postgresql://x:geheim@[127.0.0.1:1/db", EX_CONFIG },
	{ "postgresql://x@127.0.0.1:1/db?geheim", EX_CONFIG },
	{ "hots=127.0.0.1", EX_CONFIG },
	{ "nonsense", EX_CONFIG },
};

START_TEST(texts_have_no_password)
{
	ck_assert_ptr_null(mk_pgsql_open(unreachable[_i].conninfo, &limits,
	    &err));
	ck_assert_msg(err.status == unreachable[_i].status, "%s", err.text);
	one_line_of_text();
	/* The word is a mode where sslmode says so. */
	if (strstr(unreachable[_i].conninfo, "sslmode") == NULL)
		ck_assert_msg(strstr(err.text, "geheim") == NULL, "%s",
		    err.text);
	if (strstr(unreachable[_i].conninfo, "hots") != NULL)
		ck_assert_msg(strstr(err.text, "\"hots\"") != NULL, "%s",
		    err.text);
}
END_TEST

/* Somebody listens and says nothing. */
START_TEST(connecting_takes_its_time_and_no_more)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct mk_pgsql_limits hasty = { .connect_s = 2, .statement_s = 1 };
	char conninfo[300];
	time_t start = time(NULL);
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(sun.sun_path, sizeof sun.sun_path, "%.80s/.s.PGSQL.5432",
	    scratch);
	ck_assert_int_eq(bind(s, (struct sockaddr *)&sun, sizeof sun), 0);
	ck_assert_int_eq(listen(s, 5), 0);
	if (_i == 1)			/* conninfo's own word counts */
		hasty.connect_s = 30;
	snprintf(conninfo, sizeof conninfo, "host='%s' port=5432%s", scratch,
	    _i == 1 ? " connect_timeout=2" : "");
	ck_assert_ptr_null(mk_pgsql_open(conninfo, &hasty, &err));
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_msg(strstr(err.text, "timeout") != NULL, "%s", err.text);
	ck_assert_int_lt(time(NULL) - start, 6);
	close(s);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("base/pgsql");
	TCase *tc = tcase_create("pgsql"), *alone = tcase_create("alone");
	int status;

	tcase_add_checked_fixture(alone, setup, scratch_teardown);
	tcase_set_timeout(alone, 60);
	tcase_add_loop_test(alone, texts_have_no_password, 0,
	    COUNT(unreachable));
	tcase_add_loop_test(alone, connecting_takes_its_time_and_no_more, 0,
	    2);
	suite_add_tcase(suite, alone);

	tcase_add_checked_fixture(tc, setup, scratch_teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, rows_come_in_order);
	tcase_add_test(tc, no_rows_are_no_error);
	tcase_add_test(tc, texts_are_utf8);
	tcase_add_test(tc, a_million_rows_need_little_memory);
	tcase_add_loop_test(tc, other_queries_are_refused, 0, COUNT(refused));
	tcase_add_loop_test(tc, values_come_as_they_are, 0, COUNT(texts));
	tcase_add_test(tc, long_values_come_whole);
	tcase_add_loop_test(tc, a_query_may_be_written_in_any_way, 0,
	    COUNT(ways));
	tcase_add_loop_test(tc, an_error_behind_rows_is_not_their_end, 0, 2);
	tcase_add_test(tc, a_slow_query_is_stopped);
	tcase_add_test(tc, a_connection_serves_one_query);
	tcase_add_test(tc, works_in_the_sandbox);
	tcase_add_test(tc, it_is_named_and_notices_are_dropped);
	tcase_add_test(tc, a_hung_server_is_given_up);
	tcase_add_loop_test(tc, a_killed_server_is_not_the_end_of_the_rows, 0,
	    COUNT(signals));
	if (make_server())
		suite_add_tcase(suite, tc);
	else
		printf("# skipped for want of a PostgreSQL server: "
		    "queries\n");
	fflush(stdout);
	status = unit_run(suite);
	remove_server();
	return status;
}
