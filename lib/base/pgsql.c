/* base/pgsql - the rows of one query, one at a time. */
#include "base/pgsql.h"

#include <dlfcn.h>
#include <errno.h>
#include <libpq-fe.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CONNECT_MIN_S	2		/* libpq takes 1 for 2, 0 for ever */
#define GRACE_MS	3000		/* the server's own word is better */
#define NONE		(-1)		/* libpq's word for no such column */
#define LIBPQ		"libpq.so.5"

/* All that is used of libpq. */
#define FUNCTIONS(F) \
	F(PQclear) F(PQconnectdbParams) F(PQconninfoFree) F(PQconninfoParse) \
	F(PQconsumeInput) F(PQerrorMessage) F(PQfinish) F(PQfnumber) \
	F(PQfreemem) F(PQgetResult) F(PQgetisnull) F(PQgetvalue) F(PQisBusy) \
	F(PQresultErrorField) F(PQresultErrorMessage) F(PQresultStatus) \
	F(PQsendQuery) F(PQsendQueryParams) F(PQsetNoticeReceiver) \
	F(PQsetSingleRowMode) F(PQsocket) F(PQstatus)

#define MEMBER(name)	__typeof__(name) *(name);
#define NAME(name)	{ #name, offsetof(struct functions, name) },

enum state { CONNECTED, ROWS, ENDED, FAILED };

struct mk_pgsql {
	PGconn *conn;
	enum state state;
	int64_t statement_s;
	int64_t deadline_ms;		/* of the monotonic clock */
	PGresult *next;			/* come, not yet asked for */
	PGresult *lent;			/* the values of the last call */
	int *columns;			/* their numbers, or NONE */
	size_t n;
};

struct functions {
	FUNCTIONS(MEMBER)
};

static struct functions pq;		/* libpq's, once it is loaded */

/*
 * Not by the linker: libpq brings a dozen libraries, whose start takes longer
 * than all of a --why, and few runs ask a database.
 */
static int
load_libpq(struct mk_error *err)
{
	static const struct { const char *name; size_t at; } table[] = {
		FUNCTIONS(NAME)
	};
	static bool loaded;
	void *lib, *function;
	size_t i;

	if (loaded)
		return 0;
	lib = dlopen(LIBPQ, RTLD_NOW);
	for (i = 0; lib != NULL && i < sizeof table / sizeof *table; i++) {
		function = dlsym(lib, table[i].name);
		if (function == NULL)
			break;
		memcpy((char *)&pq + table[i].at, &function, sizeof function);
	}
	loaded = i == sizeof table / sizeof *table;
	return loaded ? 0 : mk_fail(err, EX_UNAVAILABLE, "PostgreSQL: %s: "
	    "apt-get install libpq5", dlerror());
}

static int64_t
clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* TEXT, which may have several lines, as one; cut where BUF is too small. */
static void
one_line(char *buf, size_t size, const char *text)
{
	size_t len = 0;

	for (; *text != '\0' && len + 3 < size; text++)
		if (*text == '\t')
			buf[len++] = ' ';
		else if (*text != '\n')
			buf[len++] = *text;
		else {
			text += strspn(text, "\n\t ") - 1;
			if (text[1] == '\0')
				break;
			buf[len++] = ';';
			buf[len++] = ' ';
		}
	buf[len] = '\0';
}

/* The connection broke, or was none. */
static int
fail_conn(struct mk_pgsql *pg, struct mk_error *err)
{
	char text[MK_ERROR_MAX / 2];

	pg->state = FAILED;
	one_line(text, sizeof text, pq.PQerrorMessage(pg->conn));
	return mk_fail(err, EX_TEMPFAIL, "PostgreSQL: %s", *text != '\0' ?
	    text : "libpq does not say why");
}

/*
 * Class 42: a syntax error (several statements are one, too), an unknown name,
 * a missing right.  25006: it would write.
 */
static int
status_of(const char *sqlstate)
{
	if (sqlstate != NULL && (strncmp(sqlstate, "42", 2) == 0 ||
	    strcmp(sqlstate, "25006") == 0))
		return EX_CONFIG;
	return EX_TEMPFAIL;
}

/* RES is an error of the server's. */
static int
fail_result(struct mk_pgsql *pg, const PGresult *res, struct mk_error *err)
{
	const char *what = pq.PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
	const char *sqlstate = pq.PQresultErrorField(res, PG_DIAG_SQLSTATE);
	const char *at = pq.PQresultErrorField(res,
	    PG_DIAG_STATEMENT_POSITION);
	char text[MK_ERROR_MAX / 2];

	pg->state = FAILED;
	/* libpq's own message, as for a lost connection, has no fields. */
	one_line(text, sizeof text, what != NULL ? what :
	    pq.PQresultErrorMessage(res));
	return mk_fail(err, status_of(sqlstate), "PostgreSQL: %s%s%s%s", text,
	    at != NULL ? " (at character " : "", at != NULL ? at : "",
	    at != NULL ? " of the query)" : "");
}

/* Wait until the socket can be read.  0, or -1: it took too long. */
static int
await(struct mk_pgsql *pg, struct mk_error *err)
{
	struct pollfd fd = { .fd = pq.PQsocket(pg->conn), .events = POLLIN };
	int64_t left = pg->deadline_ms - clock_ms();
	int r;

	if (left > 0) {
		r = poll(&fd, 1, left < INT_MAX ? (int)left : INT_MAX);
		if (r > 0 || (r == -1 && errno == EINTR))
			return 0;
		if (r == -1)
			return mk_fail_sys(err, "wait for PostgreSQL");
	}
	/*
	 * No PQcancel: it connects anew, and may hang as this server does.
	 * The server has its own bound, and will find the connection closed.
	 */
	return mk_fail(err, EX_TEMPFAIL, "PostgreSQL: no answer within %jd "
	    "seconds", (intmax_t)pg->statement_s);
}

/* What the server says next, NULL after the last, into *RES.  0 or -1. */
static int
next_result(struct mk_pgsql *pg, PGresult **res, struct mk_error *err)
{
	while (pq.PQisBusy(pg->conn)) {
		if (await(pg, err) == -1) {
			pg->state = FAILED;
			return -1;
		}
		if (!pq.PQconsumeInput(pg->conn))
			return fail_conn(pg, err);
	}
	*res = pq.PQgetResult(pg->conn);
	return 0;
}

/* Send COMMANDS, which give no rows, and see that they went well. */
static int
command(struct mk_pgsql *pg, const char *commands, struct mk_error *err)
{
	ExecStatusType status;
	PGresult *res;
	int rv = 0;

	if (!pq.PQsendQuery(pg->conn, commands))
		return fail_conn(pg, err);
	for (;;) {
		if (next_result(pg, &res, err) == -1)
			return -1;
		if (res == NULL)
			return rv;
		status = pq.PQresultStatus(res);
		if (status != PGRES_COMMAND_OK && rv == 0)
			rv = fail_result(pg, res, err);
		pq.PQclear(res);
	}
}

/*
 * Within a transaction, and "local", what is set ends with it: a pooler may
 * give the connection to somebody else.
 */
static int
begin(struct mk_pgsql *pg, struct mk_error *err)
{
	int64_t ms = pg->statement_s < INT_MAX / 1000 ?
	    pg->statement_s * 1000 : INT_MAX;
	char text[256];

	pg->deadline_ms = INT64_MAX;
	if (ms > 0)
		pg->deadline_ms = clock_ms() + ms + GRACE_MS;
	snprintf(text, sizeof text, "BEGIN READ ONLY; SET LOCAL "
	    "statement_timeout = %jd; SET LOCAL DateStyle = 'ISO'",
	    (intmax_t)ms);
	return command(pg, text, err);
}

/* RES has the columns.  Find ours. */
static int
find_columns(struct mk_pgsql *pg, const PGresult *res,
    const char *const *names, struct mk_error *err)
{
	const char *name;
	size_t i;
	bool optional;

	for (i = 0; names[i] != NULL; i++) {
		optional = *names[i] == '?';
		name = names[i] + (optional ? 1 : 0);
		pg->columns[i] = pq.PQfnumber(res, name);
		if (pg->columns[i] == NONE && !optional)
			return mk_fail(err, EX_CONFIG, "the query's result "
			    "has no column \"%s\" (SELECT ... AS %s)", name,
			    name);
	}
	return 0;
}

/* The first answer: rows, or what else?  Also tells the columns. */
static int
first(struct mk_pgsql *pg, const char *const *names, struct mk_error *err)
{
	if (next_result(pg, &pg->next, err) == -1)
		return -1;
	switch (pq.PQresultStatus(pg->next)) {	/* NULL: a fatal error */
	case PGRES_SINGLE_TUPLE:
	case PGRES_TUPLES_OK:
		return find_columns(pg, pg->next, names, err);
	case PGRES_FATAL_ERROR:
	case PGRES_BAD_RESPONSE:
		if (pg->next == NULL)
			return fail_conn(pg, err);
		return fail_result(pg, pg->next, err);
	default:
		return mk_fail(err, EX_CONFIG, "the query gives no rows: it "
		    "must be a SELECT");
	}
}

int
mk_pgsql_query(struct mk_pgsql *pg, const char *query,
    const char *const *names, struct mk_error *err)
{
	if (pg->state != CONNECTED)
		return mk_fail(err, EX_SOFTWARE, "PostgreSQL: a connection "
		    "serves one query");
	pg->state = FAILED;
	for (pg->n = 0; names[pg->n] != NULL; pg->n++)
		;
	pg->columns = calloc(pg->n + 1, sizeof *pg->columns);
	if (pg->columns == NULL)
		return mk_fail_sys(err, "PostgreSQL");
	if (begin(pg, err) == -1)
		return -1;
	/* With parameters, though none, it takes one statement and no more. */
	if (!pq.PQsendQueryParams(pg->conn, query, 0, NULL, NULL, NULL, NULL,
	    0) || !pq.PQsetSingleRowMode(pg->conn))
		return fail_conn(pg, err);
	if (first(pg, names, err) == -1)
		return -1;
	pg->state = ROWS;
	return 0;
}

/* What was said of this row lasts as long as .lent. */
static void
lend(struct mk_pgsql *pg, PGresult *row, const char **values)
{
	size_t i;

	pq.PQclear(pg->lent);
	pg->lent = row;
	for (i = 0; i < pg->n; i++)
		values[i] = pg->columns[i] == NONE ||
		    pq.PQgetisnull(row, 0, pg->columns[i]) ? NULL :
		    pq.PQgetvalue(row, 0, pg->columns[i]);
}

int
mk_pgsql_row(struct mk_pgsql *pg, const char **values, struct mk_error *err)
{
	PGresult *res = pg->next;

	if (pg->state == ENDED)
		return 0;
	if (pg->state != ROWS)
		return mk_fail(err, EX_SOFTWARE, "PostgreSQL: no query runs");
	pg->next = NULL;
	if (res == NULL && next_result(pg, &res, err) == -1)
		return -1;
	switch (pq.PQresultStatus(res)) {
	case PGRES_SINGLE_TUPLE:
		lend(pg, res, values);
		return 1;
	case PGRES_TUPLES_OK:		/* of no rows: the end, and all well */
		pq.PQclear(res);
		pg->state = ENDED;
		return 0;
	default:
		if (res == NULL)
			return fail_conn(pg, err);
		fail_result(pg, res, err);
		pq.PQclear(res);
		/* What was right when it began is not the query's fault. */
		if (err != NULL)
			err->status = EX_TEMPFAIL;
		return -1;
	}
}

static void
drop_notice(void *data, const PGresult *res)
{
	(void)data;
	(void)res;
}

/*
 * Cut MESSAGE, of libpq's parser, where it begins to quote: of a conninfo
 * that is not written well that may be half a password.
 */
static void
cut_quoted(char *message, const char *conninfo)
{
	static const char option[] = "invalid connection option";
	char *quote = strchr(message, '"');

	if (strncmp(message, option, sizeof option - 1) == 0 &&
	    strstr(conninfo, "pass") == NULL)
		return;
	if (quote != NULL && strncmp(quote, "\"=\"", 3) == 0)
		quote = strchr(quote + 3, '"');
	while (quote != NULL && quote > message && quote[-1] == ' ')
		quote--;
	if (quote != NULL)
		*quote = '\0';
}

/*
 * Whether the password in a URI has a bare "@" or "/": what follows would be
 * taken, and told everybody, for the host or the port.
 */
static bool
password_leaks(const char *conninfo)
{
	const char *at = strstr(conninfo, "://"), *first;
	size_t len;

	if (at == NULL || strncmp(conninfo, "postgres", 8) != 0)
		return false;
	at += 3;
	len = strcspn(at, "?");
	first = memchr(at, '@', len);
	if (first == NULL)
		return false;
	return strcspn(at, "/") < (size_t)(first - at) ||
	    memchr(first + 1, '@', len - (size_t)(first + 1 - at)) != NULL;
}

/* Whether libpq takes CONNINFO at all. */
static int
check_conninfo(const char *conninfo, struct mk_error *err)
{
	PQconninfoOption *options;
	char *why = NULL, text[MK_ERROR_MAX / 2];

	if (password_leaks(conninfo))
		return mk_fail(err, EX_CONFIG, "conninfo: in a user's name or "
		    "a password \"@\" is %%40 and \"/\" is %%2F");
	options = pq.PQconninfoParse(conninfo, &why);
	if (options != NULL) {
		pq.PQconninfoFree(options);
		return 0;
	}
	one_line(text, sizeof text, why != NULL ? why : "out of memory");
	pq.PQfreemem(why);
	cut_quoted(text, conninfo);
	return mk_fail(err, EX_CONFIG, "conninfo is not what libpq takes "
	    "(\"host=... dbname=...\" or \"postgresql://...\"): %s", text);
}

struct mk_pgsql *
mk_pgsql_open(const char *conninfo, const struct mk_pgsql_limits *limits,
    struct mk_error *err)
{
	char timeout[16];
	const char *const keys[] = { "connect_timeout",
	    "fallback_application_name", "dbname", "client_encoding", NULL };
	const char *const values[] = { timeout, "mailkeep", conninfo, "UTF8",
	    NULL };
	struct mk_pgsql *pg;

	if (load_libpq(err) == -1 || check_conninfo(conninfo, err) == -1)
		return NULL;
	snprintf(timeout, sizeof timeout, "%d",
	    limits->connect_s < CONNECT_MIN_S ? CONNECT_MIN_S :
	    limits->connect_s > INT_MAX ? INT_MAX : (int)limits->connect_s);
	pg = calloc(1, sizeof *pg);
	if (pg == NULL) {
		mk_fail_sys(err, "PostgreSQL");
		return NULL;
	}
	pg->statement_s = limits->statement_s > 0 ? limits->statement_s : 0;
	/* Of two values the later counts; "dbname" is all of CONNINFO. */
	pg->conn = pq.PQconnectdbParams(keys, values, 1);
	if (pq.PQstatus(pg->conn) != CONNECTION_OK) {
		fail_conn(pg, err);
		mk_pgsql_close(pg);
		return NULL;
	}
	pq.PQsetNoticeReceiver(pg->conn, drop_notice, NULL);
	return pg;
}

void
mk_pgsql_close(struct mk_pgsql *pg)
{
	if (pg == NULL)
		return;
	pq.PQclear(pg->lent);
	pq.PQclear(pg->next);
	pq.PQfinish(pg->conn);
	free(pg->columns);
	free(pg);
}
