/*
 * mail/accounts: whose mailboxes are worked on.  Without PostgreSQL's programs
 * what asks a database is skipped.
 */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2), in scratch.h */
#endif

#include <sys/resource.h>

#include "base/stop.h"
#include "cluster.h"
#include "mail/accounts.h"
#include "scratch.h"

#define UNSET	MK_ACCOUNT_UNSET

static struct mk_error err;
static struct mk_accounts *accounts;
static struct mk_accounts_conf conf;
static struct mk_buf refusals;		/* a line each */
static struct mk_account account;

static void
setup(void)
{
	err = (struct mk_error){ 0 };
	alarm(60);
}

static void
teardown(void)
{
	mk_accounts_close(accounts);
	accounts = NULL;
	mk_buf_free(&refusals);
}

static void
note(void *data, const struct mk_error *problem)
{
	ck_assert_ptr_eq(data, &refusals);
	ck_assert_int_eq(problem->status, EX_DATAERR);
	ck_assert_int_eq(mk_buf_addf(&refusals, "%s\n", problem->text), 0);
}

static int
read_query(const char *query)
{
	static char conninfo[300], text[4096];

	teardown();
	snprintf(text, sizeof text, "%s", query);
	server_conninfo(conninfo, sizeof conninfo, "");
	conf = (struct mk_accounts_conf){
		.source = MK_ACCOUNTS_PGSQL, .conninfo = conninfo,
		.query = text, .connect_timeout_s = 5,
		.statement_timeout_s = 40,
	};
	accounts = mk_accounts_open(&conf, &err);
	ck_assert_msg(accounts != NULL, "%s", err.text);
	return mk_accounts_read(accounts, note, &refusals, &err);
}

/* The rows of VALUES, with all columns. */
static void
read_values(const char *values)
{
	char query[4096];

	snprintf(query, sizeof query, "SELECT * FROM (VALUES %s) v(email, "
	    "maildir, spamlimit, junk_days, trash_days, keep)", values);
	ck_assert_msg(read_query(query) == 0, "%s", err.text);
}

static void
ck_refusals(const char *want)
{
	ck_assert_str_eq(refusals.data == NULL ? "" : refusals.data, want);
}

static void
ck_email(const char *mailbox, const char *want)
{
	struct mk_buf email = { 0 };

	ck_assert_int_eq(mk_buf_add(&email, "old", 3), 0);
	ck_assert_int_eq(mk_accounts_email(accounts, mailbox, &email), 0);
	ck_assert_str_eq(email.data, want);
	mk_buf_free(&email);
}

/* -- without a server ----------------------------------------------------- */

static int
load(const char *const *words)
{
	struct mk_override overrides[4];
	struct mk_binding bindings[] = {
		{ .section = &mk_accounts_section, .base = &conf },
		{ .section = NULL },
	};
	size_t n = 0;
	int rv;

	for (; words[n] != NULL; n++)
		overrides[n].text = words[n];
	rv = mk_config_load(NULL, overrides, n, bindings, NULL, &err);
	if (rv == 0) {
		ck_assert_int_eq(conf.source, n == 0 ? MK_ACCOUNTS_TREE :
		    MK_ACCOUNTS_PGSQL);
		ck_assert_str_eq(conf.conninfo, "");
		ck_assert_str_eq(conf.query, "SELECT email, maildir, "
		    "spamlimit FROM users WHERE mail AND active");
		ck_assert_int_eq(conf.connect_timeout_s, 10);
		ck_assert_int_eq(conf.statement_timeout_s, 300);
		mk_config_free(bindings);
	}
	return rv;
}

START_TEST(the_section_has_its_defaults)
{
	static const char *const none[] = { NULL };
	static const char *const source[] = { "accounts.source=pgsql", NULL };

	ck_assert_int_eq(load(none), 0);
	ck_assert_int_eq(load(source), 0);
}
END_TEST

START_TEST(a_source_pgsql_wants_a_query)
{
	static const char *const both[] = { "accounts.source=pgsql",
	    "accounts.query=", NULL };

	ck_assert_int_eq(load(both), -1);
	ck_assert_int_eq(err.status, EX_CONFIG);
	ck_assert_str_eq(err.text, "accounts: source = \"pgsql\" wants a "
	    "query");
}
END_TEST

START_TEST(in_a_tree_all_are_accounts)
{
	char *words[] = { (char[]){ "a*@example.org" }, NULL };
	const struct mk_list users = { .v = words, .n = 1 };
	const struct mk_list all = { 0 };

	conf = (struct mk_accounts_conf){ .source = MK_ACCOUNTS_TREE };
	accounts = mk_accounts_open(&conf, &err);
	ck_assert_ptr_nonnull(accounts);
	ck_assert_int_eq(mk_accounts_read(accounts, note, &refusals, &err), 0);
	ck_assert_int_eq(mk_accounts_read(accounts, note, &refusals, &err), 0);
	memset(&account, 0x5a, sizeof account);
	ck_assert(mk_accounts_find(accounts, "example.org/alice", &account));
	ck_assert_int_eq(account.limit, UNSET);
	ck_assert_int_eq(account.junk_days, UNSET);
	ck_assert_int_eq(account.trash_days, UNSET);
	ck_assert(!account.keep);
	ck_assert_int_eq(mk_account_limit(&account, 700), 700);
	ck_assert(mk_accounts_find(accounts, "", NULL));
	ck_email("example.org/alice", "alice@example.org");
	ck_email("example.org/a/alice/Maildir", "alice@example.org");
	ck_email("alice", "alice");
	ck_email("", "");
	ck_assert_int_eq(mk_accounts_match(accounts, &users,
	    "example.org/alice"), 1);
	ck_assert_int_eq(mk_accounts_match(accounts, &users,
	    "example.org/bob"), 0);
	ck_assert_int_eq(mk_accounts_match(accounts, &all, "x"), 1);
	ck_assert_uint_eq(mk_accounts_hash(accounts, ~0U), 0);
	ck_assert_uint_eq(mk_accounts_count(accounts), 0);
}
END_TEST

static const struct { struct mk_account a; int64_t fallback, limit; }
limits[] = {
	{ { .limit = UNSET, .limit_or_default = true }, 700, 700 },
	{ { .limit = UNSET }, 700, 700 },
	{ { .limit = UNSET }, 0, 0 },
	{ { .limit = 500 }, 700, 500 },
	{ { .limit = 500 }, 0, 500 },
	{ { .limit = 0 }, 700, 0 },
	{ { .limit = 500, .limit_or_default = true }, 700, 700 },
	{ { .limit = 900, .limit_or_default = true }, 700, 900 },
	{ { .limit = 900, .limit_or_default = true }, 0, 0 },
	{ { .limit = -1, .limit_or_default = true }, 700, -1 },
};

START_TEST(the_default_has_its_say)
{
	ck_assert_int_eq(mk_account_limit(&limits[_i].a, limits[_i].fallback),
	    limits[_i].limit);
}
END_TEST

START_TEST(a_server_out_of_reach_is_told)
{
	conf = (struct mk_accounts_conf){
		.source = MK_ACCOUNTS_PGSQL, .query = (char[]){ "SELECT 1" },
		.conninfo = (char[]){ "host=/nonexistent user=x" },
		.connect_timeout_s = 2, .statement_timeout_s = 2,
	};
	ck_assert_ptr_null(mk_accounts_open(&conf, &err));
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_msg(strncmp(err.text, "accounts: PostgreSQL: ", 22) == 0,
	    "%s", err.text);
}
END_TEST

/* -- with one ------------------------------------------------------------- */

START_TEST(rows_become_accounts)
{
	read_values("('alice@example.org', 'example.org/alice', 6.5, 10, 20, "
	    "true), ('bob@example.org', 'example.org/b/bob/', NULL, NULL, "
	    "NULL, NULL), ('carol@example.com', 'vol3/4711', 0, 0, -1, "
	    "false)");
	ck_refusals("");
	ck_assert_uint_eq(mk_accounts_count(accounts), 3);
	ck_assert(mk_accounts_find(accounts, "example.org/alice", &account));
	ck_assert_int_eq(account.limit, 650);
	ck_assert_int_eq(account.junk_days, 10);
	ck_assert_int_eq(account.trash_days, 20);
	ck_assert(account.keep && !account.limit_or_default &&
	    !account.junk_or_default && !account.trash_or_default);
	ck_assert(mk_accounts_find(accounts, "example.org/b/bob", &account));
	ck_assert_int_eq(account.limit, UNSET);
	ck_assert_int_eq(account.junk_days, UNSET);
	ck_assert_int_eq(account.trash_days, UNSET);
	ck_assert(!account.keep && account.limit_or_default &&
	    account.junk_or_default && account.trash_or_default);
	ck_assert(mk_accounts_find(accounts, "vol3/4711", &account));
	ck_assert_int_eq(account.limit, 0);
	ck_assert_int_eq(account.junk_days, 0);
	ck_assert_int_eq(account.trash_days, 0);
	ck_assert(!account.keep);
	ck_assert(!mk_accounts_find(accounts, "example.org/dave", NULL));
	ck_assert(!mk_accounts_find(accounts, "example.org", NULL));
	ck_assert(!mk_accounts_find(accounts, "", NULL));
	ck_email("example.org/alice", "alice@example.org");
	ck_email("example.org/b/bob", "bob@example.org");
	ck_email("vol3/4711", "carol@example.com");
	ck_email("vol3/4712", "4712@vol3");
	ck_assert_int_eq(mk_accounts_read(accounts, note, &refusals, &err),
	    -1);
	ck_assert_int_eq(err.status, EX_SOFTWARE);
}
END_TEST

START_TEST(columns_may_be_missing)
{
	ck_assert_int_eq(read_query("SELECT 'example.org/alice' AS maildir, "
	    "'Alice@example.org' AS email"), 0);
	ck_assert(mk_accounts_find(accounts, "example.org/alice", &account));
	ck_assert_int_eq(account.limit, UNSET);
	ck_assert(!account.keep);
	ck_email("example.org/alice", "Alice@example.org");
	ck_assert_int_eq(read_query("SELECT 'a@b' AS email"), -1);
	ck_assert_int_eq(err.status, EX_CONFIG);
	ck_assert_msg(strncmp(err.text, "accounts: ", 10) == 0 &&
	    strstr(err.text, "\"maildir\"") != NULL, "%s", err.text);
}
END_TEST

/* Texts of any type that a column may have. */
static const struct { const char *limit; int32_t want; } numbers[] = {
	{ "7", 700 }, { "7.25", 725 }, { "6.5::float8", 650 },
	{ "'6.50'::text", 650 }, { "7.0000", 700 }, { "NULL::int", UNSET },
	{ "4.999", 500 }, { "4.991", 500 }, { "-0.001", 0 }, { "0.001", 1 },
	{ "1000000", 100000000 }, { "-1000000", 0 },
	{ "'.5'", 50 },
};

START_TEST(limits_are_read_and_rounded_up)
{
	char query[200];

	snprintf(query, sizeof query, "SELECT 'a@b' AS email, 'b/a' AS "
	    "maildir, %s AS spamlimit", numbers[_i].limit);
	ck_assert_msg(read_query(query) == 0, "%s%s", err.text,
	    refusals.data == NULL ? "" : refusals.data);
	ck_assert(mk_accounts_find(accounts, "b/a", &account));
	ck_assert_int_eq(account.limit, numbers[_i].want);
	ck_assert_int_eq(account.limit_or_default, numbers[_i].want == UNSET);
}
END_TEST

static const struct { const char *value; bool keep; } bools[] = {
	{ "true", true }, { "false", false }, { "'true'", true },
	{ "'FALSE'", false }, { "'t'", true }, { "'n'", false },
	{ "1", true }, { "0", false }, { "'on'", true },
};

START_TEST(keep_is_read)
{
	char query[200];

	snprintf(query, sizeof query, "SELECT 'a@b' AS email, 'b/a' AS "
	    "maildir, %s AS keep", bools[_i].value);
	ck_assert_msg(read_query(query) == 0, "%s", err.text);
	ck_assert(mk_accounts_find(accounts, "b/a", &account));
	ck_assert_int_eq(account.keep, bools[_i].keep);
}
END_TEST

static const struct { const char *row, *why; } refused[] = {
	{ "NULL, 'b/a', 1, 1, 1, 'f'", ": email is NULL" },
	{ "'', 'b/a', 1, 1, 1, 'f'", ": email \"\" is empty" },
	{ "E'a\\n@b', 'b/a', 1, 1, 1, 'f'",
	    ": email \"a\n@b\" has a control character" },
	{ "E'a\\u009b@b', 'b/a', 1, 1, 1, 'f'",
	    ": email \"a\xc2\x9b@b\" has a control character" },
	{ "'a@b', NULL, 1, 1, 1, 'f'", " (a@b): maildir is NULL" },
	{ "'a@b', '', 1, 1, 1, 'f'", " (a@b): maildir \"\" is empty" },
	{ "'a@b', '/', 1, 1, 1, 'f'", " (a@b): maildir \"/\" is absolute: it "
	    "must be below mail-root" },
	{ "'a@b', '/b/a', 1, 1, 1, 'f'", " (a@b): maildir \"/b/a\" is "
	    "absolute: it must be below mail-root" },
	{ "'a@b', '//', 1, 1, 1, 'f'", " (a@b): maildir \"//\" is absolute: "
	    "it must be below mail-root" },
	{ "'a@b', 'b//a', 1, 1, 1, 'f'",
	    " (a@b): maildir \"b//a\" has an empty part" },
	{ "'a@b', 'b/a//', 1, 1, 1, 'f'",
	    " (a@b): maildir \"b/a//\" has an empty part" },
	{ "'a@b', '.', 1, 1, 1, 'f'",
	    " (a@b): maildir \".\" has a part that begins with a dot" },
	{ "'a@b', 'b/../a', 1, 1, 1, 'f'",
	    " (a@b): maildir \"b/../a\" has a part that begins with a dot" },
	{ "'a@b', 'b/a/..', 1, 1, 1, 'f'",
	    " (a@b): maildir \"b/a/..\" has a part that begins with a dot" },
	{ "'a@b', 'b/.Trash', 1, 1, 1, 'f'",
	    " (a@b): maildir \"b/.Trash\" has a part that begins with a dot" },
	{ "'a@b', 'b/a/cur', 1, 1, 1, 'f'", " (a@b): maildir \"b/a/cur\" has "
	    "a part that only a Maildir has inside" },
	{ "'a@b', 'new/a', 1, 1, 1, 'f'", " (a@b): maildir \"new/a\" has "
	    "a part that only a Maildir has inside" },
	{ "'a@b', 'tmp/', 1, 1, 1, 'f'", " (a@b): maildir \"tmp/\" has "
	    "a part that only a Maildir has inside" },
	{ "'a@b', E'b/a\\t', 1, 1, 1, 'f'",
	    " (a@b): maildir \"b/a\t\" has a control character" },
	{ "'a@b', 'b/a', 'x', 1, 1, 'f'",
	    " (a@b): spamlimit \"x\" is no number, or too large a one" },
	{ "'a@b', 'b/a', '', 1, 1, 'f'",
	    " (a@b): spamlimit \"\" is no number, or too large a one" },
	{ "'a@b', 'b/a', '7 ', 1, 1, 'f'",
	    " (a@b): spamlimit \"7 \" is no number, or too large a one" },
	{ "'a@b', 'b/a', 'NaN', 1, 1, 'f'",
	    " (a@b): spamlimit \"NaN\" is no number, or too large a one" },
	{ "'a@b', 'b/a', '1e5', 1, 1, 'f'",
	    " (a@b): spamlimit \"1e5\" is no number, or too large a one" },
	{ "'a@b', 'b/a', '1000001', 1, 1, 'f'",
	    " (a@b): spamlimit \"1000001\" is no number, or too large a one" },
	{ "'a@b', 'b/a', '1', '1.5', 1, 'f'",
	    " (a@b): junk_days \"1.5\" is no whole number" },
	{ "'a@b', 'b/a', '1', 1, '-', 'f'",
	    " (a@b): trash_days \"-\" is no whole number" },
	{ "'a@b', 'b/a', '1', 1, 1, 'maybe'",
	    " (a@b): keep \"maybe\" is neither true nor false" },
	{ "'a@b', 'b/a', '1', 1, 1, ''",
	    " (a@b): keep \"\" is neither true nor false" },
};

START_TEST(a_bad_row_is_told_and_passed_over)
{
	char values[400], query[800], want[400];

	snprintf(values, sizeof values, "VALUES ('c@d', 'd/c', NULL, NULL, "
	    "NULL, NULL), (%s)", refused[_i].row);
	snprintf(query, sizeof query, "SELECT email, maildir, spamlimit::text, "
	    "junk_days::text, trash_days::text, keep::text FROM (%s) v(email, "
	    "maildir, spamlimit, junk_days, trash_days, keep)", values);
	ck_assert_msg(read_query(query) == 0, "%s", err.text);
	snprintf(want, sizeof want, "accounts: row 2%s\n", refused[_i].why);
	ck_refusals(want);
	ck_assert_uint_eq(mk_accounts_count(accounts), 1);
	ck_assert(mk_accounts_find(accounts, "d/c", NULL));
	ck_assert(!mk_accounts_find(accounts, "b/a", NULL));
}
END_TEST

/* What the refused row says could be the gentler: others don't count either. */
START_TEST(a_bad_row_leaves_its_mailbox_without_an_account)
{
	static const char good[] = "('x@b', 'b/a', '5', '9', '9', 'f')";
	static const char bad[] = "('x@b', 'b/a/', 'NaN', '9', '9', 't')";
	char values[400];
	uint64_t hash;

	read_values("('c@d', 'd/c', '7', '9', '9', 'f')");
	hash = mk_accounts_hash(accounts, ~0U);
	snprintf(values, sizeof values, "('c@d', 'd/c', '7', '9', '9', 'f'), "
	    "%s, %s, %s", _i == 2 ? bad : good, _i == 0 ? good : bad,
	    _i == 0 ? bad : good);
	read_values(values);
	ck_assert_uint_eq(mk_accounts_count(accounts), 1);
	account.keep = false;
	ck_assert(!mk_accounts_find(accounts, "b/a", &account));
	ck_assert(account.keep);
	ck_assert(mk_accounts_find(accounts, "d/c", NULL));
	ck_assert(mk_accounts_hash(accounts, ~0U) == hash);
}
END_TEST

/* The reason comes behind the value: it must not be cut off. */
START_TEST(a_long_value_is_cut)
{
	ck_assert_int_eq(read_query("SELECT 'c@d' AS email, CASE i WHEN 1 "
	    "THEN 'd/c' ELSE repeat('x', 3000) || '//' END AS maildir FROM "
	    "generate_series(1, 2) i"), 0);
	ck_assert_uint_lt(refusals.len, 300);
	ck_assert_ptr_nonnull(strstr(refusals.data, "xx\" has an empty "));
}
END_TEST

static const struct { const char *query; int status; const char *text; }
failures[] = {
	{ "SELECT 'a@b' AS email, 'b/a' AS maildir WHERE false", EX_TEMPFAIL,
	    "accounts: the query gave no rows; nothing is touched" },
	{ "SELECT 'a@b' AS email, '/b/a' AS maildir FROM "
	    "generate_series(1, 3)", EX_TEMPFAIL,
	    "accounts: all 3 rows are refused; nothing is touched" },
	{ "SELECT 'a@b' AS email, 'b/' || 1 / (5000 - i) AS maildir "
	    "FROM generate_series(1, 10000) i", EX_TEMPFAIL,
	    "accounts: PostgreSQL: division by zero; nothing is touched" },
	{ "SELEKT 1", EX_CONFIG, "accounts: PostgreSQL: syntax error at or "
	    "near \"SELEKT\" (at character 1 of the query)" },
	{ "DELETE FROM pg_class", EX_CONFIG, "accounts: PostgreSQL: cannot "
	    "execute DELETE in a read-only transaction" },
};

START_TEST(in_doubt_there_are_no_accounts)
{
	ck_assert_int_eq(read_query(failures[_i].query), -1);
	ck_assert_str_eq(err.text, failures[_i].text);
	ck_assert_int_eq(err.status, failures[_i].status);
	ck_assert_uint_eq(mk_accounts_count(accounts), 0);
	ck_assert(!mk_accounts_find(accounts, "b/0", NULL));
	ck_email("b/0", "0@b");
}
END_TEST

START_TEST(a_signal_ends_the_reading)
{
	mk_stop_catch();
	ck_assert_int_eq(raise(SIGTERM), 0);
	ck_assert_int_eq(read_query("SELECT 'a@b' AS email, 'b/a' AS "
	    "maildir"), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_uint_eq(mk_accounts_count(accounts), 0);
}
END_TEST

/* limit, or default; junk and trash likewise; keep */
struct settings {
	int32_t limit, junk, trash;
	bool limit_or, junk_or, trash_or, keep;
};
static const struct { const char *x, *y; struct settings want; } pairs[] = {
	{ "5, 10, 20, false", "7, 9, 30, true",
	    { 700, 10, 30, false, false, false, true } },
	{ "5, 10, 20, false", "0, 0, -1, false",
	    { 0, 0, 0, false, false, false, false } },
	{ "-2, -2, 65534, false", "-1, 0, 65535, NULL",
	    { 0, 0, 0, false, false, false, false } },
	{ "2, -99999999999, 65534, false", "1000000, 99999999999, 9, NULL",
	    { 100000000, 0, 65534, false, false, false, false } },
	{ "5, 10, 20, true", "NULL, NULL, NULL, NULL",
	    { 500, 10, 20, true, true, true, true } },
	{ "0, 0, 0, NULL", "NULL, NULL, NULL, NULL",
	    { 0, 0, 0, true, true, true, false } },
	{ "NULL, NULL, NULL, NULL", "NULL, NULL, NULL, NULL",
	    { UNSET, UNSET, UNSET, true, true, true, false } },
};

START_TEST(of_two_rows_the_gentler_counts)
{
	const struct settings *want = &pairs[_i].want;
	uint64_t hash[2];
	char values[400];
	int order;

	for (order = 0; order < 2; order++) {
		snprintf(values, sizeof values, "('x@b', 'b/a', %s), "
		    "('y@b', 'b/a/', %s)",
		    order == 0 ? pairs[_i].x : pairs[_i].y,
		    order == 0 ? pairs[_i].y : pairs[_i].x);
		read_values(values);
		ck_refusals("");
		ck_assert_uint_eq(mk_accounts_count(accounts), 1);
		ck_assert(mk_accounts_find(accounts, "b/a", &account));
		ck_assert_int_eq(account.limit, want->limit);
		ck_assert_int_eq(account.junk_days, want->junk);
		ck_assert_int_eq(account.trash_days, want->trash);
		ck_assert_int_eq(account.limit_or_default, want->limit_or);
		ck_assert_int_eq(account.junk_or_default, want->junk_or);
		ck_assert_int_eq(account.trash_or_default, want->trash_or);
		ck_assert_int_eq(account.keep, want->keep);
		ck_email("b/a", "x@b");
		hash[order] = mk_accounts_hash(accounts, ~0U);
	}
	ck_assert_uint_eq(hash[0], hash[1]);
}
END_TEST

static const struct { const char *pattern, *mailbox; int matched; }
matches[] = {
	{ "alice@example.org", "vol1/1", 1 },
	{ "*@example.org", "vol1/1", 1 },
	{ "vol1/*", "vol1/1", 1 },
	{ "1@vol1", "vol1/1", 0 },	/* its address is another */
	{ "2@vol1", "vol1/2", 1 },	/* that has no row */
	{ "bob@example.org", "example.org/bob", 1 },
	{ "alice@example.org", "example.org/alice", 1 },
};

START_TEST(users_are_known_by_their_addresses)
{
	char word[40];
	char *words[] = { word, NULL };
	const struct mk_list users = { .v = words, .n = 1 };

	read_values("('alice@example.org', 'vol1/1', 1, 1, 1, true), "
	    "('bob@example.org', 'example.org/bob', 1, 1, 1, true)");
	snprintf(word, sizeof word, "%s", matches[_i].pattern);
	ck_assert_int_eq(mk_accounts_match(accounts, &users,
	    matches[_i].mailbox), matches[_i].matched);
}
END_TEST

enum { SCAN = MK_ACCOUNTS_SCANNED, KEEP = MK_ACCOUNTS_KEEP_AND_DAYS,
	WHO = 1 << 8 };
#define ALICE	"('alice@example.org', 'example.org/alice', "

static const struct { const char *x, *y; unsigned differ; } changes[] = {
	{ ALICE "5, 1, 2, false)", ALICE "5.0, 1, 2, NULL)", 0 },
	{ ALICE "5, 1, 2, false)", ALICE "7, 1, 2, false)", 0 },
	{ ALICE "5, 1, 2, false)", ALICE "0, 1, 2, false)", SCAN },
	{ ALICE "0, 1, 2, false)", ALICE "-1, 1, 2, false)", 0 },
	/* where the default scans nobody, this begins a scan */
	{ ALICE "5, 1, 2, false)", ALICE "NULL, 1, 2, false)", SCAN },
	{ ALICE "5, 1, 2, false)", ALICE "5, 2, 2, false)", KEEP },
	{ ALICE "5, 1, 2, false)", ALICE "5, 2, 1, false)", KEEP },
	{ ALICE "5, 1, 2, false)", ALICE "5, NULL, 2, false)", KEEP },
	{ ALICE "5, 1, 2, false)", ALICE "5, 1, 2, true)", KEEP },
	{ ALICE "5, 1, 2, false)", "('a@b', 'example.org/alice', 5, 1, 2, "
	    "false)", 0 },
	{ ALICE "5, 1, 2, false)", "('alice@example.org', 'example.org/a', 5, "
	    "1, 2, false)", WHO },
	{ ALICE "5, 1, 2, false)", ALICE "5, 1, 2, false), "
	    "('a@b', 'b/a', 5, 1, 2, false)", WHO },
	{ ALICE "5, 1, 2, false), ('a@b', 'b/a', 0, 1, 1, true)",
	    "('a@b', 'b/a', 0, 1, 1, true), " ALICE "5, 1, 2, false)", 0 },
	{ ALICE "5, 1, 2, false), ('a@b', 'b/a', 0, 1, 2, true)",
	    "('a@b', 'b/a', 5, 1, 2, false), " ALICE "0, 1, 2, true)",
	    SCAN | KEEP },
};

START_TEST(the_hash_shows_what_matters)
{
	static const unsigned settings[] = { 0, SCAN, KEEP, SCAN | KEEP };
	uint64_t hash[COUNT(settings)];
	bool differs;
	int i;

	/* With no settings it is of which accounts there are. */
	read_values(changes[_i].x);
	for (i = 0; i < COUNT(settings); i++)
		hash[i] = mk_accounts_hash(accounts, settings[i]);
	read_values(changes[_i].y);
	for (i = 0; i < COUNT(settings); i++) {
		differs = hash[i] != mk_accounts_hash(accounts, settings[i]);
		ck_assert_int_eq(differs,
		    (changes[_i].differ & (settings[i] | WHO)) != 0);
	}
}
END_TEST

static long
peak_kib(void)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	return use.ru_maxrss;
}

/* All are found again, of other names none. */
START_TEST(a_million_accounts_fit_into_64_mib)
{
	char mailbox[64];
	uint64_t hash;
	int i;

	ck_assert_msg(read_query("SELECT 'user' || i || '@d' || i % 1000 || "
	    "'.example.org' AS email, 'd' || i % 1000 || '.example.org/user' "
	    "|| i AS maildir, i % 1000 * 0.01 AS spamlimit FROM "
	    "generate_series(1, 1000000) i") == 0, "%s", err.text);
	if (getenv("MK_SANITIZE") == NULL)
		ck_assert_int_lt(peak_kib(), 64 << 10);
	ck_assert_uint_eq(mk_accounts_count(accounts), 1000000);
	for (i = 1; i <= 1000000; i++) {
		snprintf(mailbox, sizeof mailbox, "d%d.example.org/user%d",
		    i % 1000, i);
		ck_assert(mk_accounts_find(accounts, mailbox, &account));
		if (account.limit != i % 1000)
			ck_assert_int_eq(account.limit, i % 1000);
		mailbox[0] = 'e';
		if (mk_accounts_find(accounts, mailbox, NULL))
			ck_abort_msg("%s", mailbox);
	}
	ck_email("d7.example.org/user1007", "user1007@d7.example.org");
	hash = mk_accounts_hash(accounts, ~0U);
	ck_assert_int_eq(read_query("SELECT 'user' || i || '@d' || i % 1000 || "
	    "'.example.org' AS email, 'd' || i % 1000 || '.example.org/user' "
	    "|| i AS maildir, i % 1000 * 0.01 AS spamlimit FROM "
	    "generate_series(1000000, 1, -1) i"), 0);
	ck_assert_uint_eq(mk_accounts_hash(accounts, ~0U), hash);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mail/accounts");
	TCase *tc = tcase_create("accounts"), *alone = tcase_create("alone");
	int status;

	tcase_add_checked_fixture(alone, setup, teardown);
	tcase_add_test(alone, the_section_has_its_defaults);
	tcase_add_test(alone, a_source_pgsql_wants_a_query);
	tcase_add_test(alone, in_a_tree_all_are_accounts);
	tcase_add_loop_test(alone, the_default_has_its_say, 0, COUNT(limits));
	tcase_add_test(alone, a_server_out_of_reach_is_told);
	suite_add_tcase(suite, alone);

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, rows_become_accounts);
	tcase_add_test(tc, columns_may_be_missing);
	tcase_add_loop_test(tc, limits_are_read_and_rounded_up, 0,
	    COUNT(numbers));
	tcase_add_loop_test(tc, keep_is_read, 0, COUNT(bools));
	tcase_add_loop_test(tc, a_bad_row_is_told_and_passed_over, 0,
	    COUNT(refused));
	tcase_add_loop_test(tc,
	    a_bad_row_leaves_its_mailbox_without_an_account, 0, 3);
	tcase_add_test(tc, a_long_value_is_cut);
	tcase_add_loop_test(tc, in_doubt_there_are_no_accounts, 0,
	    COUNT(failures));
	tcase_add_test(tc, a_signal_ends_the_reading);
	tcase_add_loop_test(tc, of_two_rows_the_gentler_counts, 0,
	    COUNT(pairs));
	tcase_add_loop_test(tc, users_are_known_by_their_addresses, 0,
	    COUNT(matches));
	tcase_add_loop_test(tc, the_hash_shows_what_matters, 0,
	    COUNT(changes));
	tcase_add_test(tc, a_million_accounts_fit_into_64_mib);
	if (make_server())
		suite_add_tcase(suite, tc);
	else
		printf("# skipped for want of a PostgreSQL server: queries\n");
	fflush(stdout);
	status = unit_run(suite);
	remove_server();
	return status;
}
