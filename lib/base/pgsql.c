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
#include <strings.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/nearest.h"

#define CONNECT_MIN_S	2		/* libpq takes 1 for 2, 0 for ever */
#define GRACE_MS	3000		/* the server's own word is better */
#define NONE		(-1)		/* libpq's word for no such column */
#define LIBPQ		"libpq.so.5"
#define COPY		"COPY ("
#define BLANKS		" \t\n\v\f\r"

/* All that is used of libpq. */
#define FUNCTIONS(F) \
	F(PQclear) F(PQconnectdbParams) F(PQconninfoFree) F(PQconninfoParse) \
	F(PQconsumeInput) F(PQerrorMessage) F(PQfinish) F(PQfname) \
	F(PQfnumber) F(PQfreemem) F(PQgetCopyData) F(PQgetResult) \
	F(PQgetisnull) F(PQgetvalue) F(PQisBusy) F(PQnfields) \
	F(PQresultErrorField) \
	F(PQresultErrorMessage) F(PQresultStatus) F(PQsendDescribePrepared) \
	F(PQsendPrepare) F(PQsendQuery) F(PQsendQueryParams) \
	F(PQsetNoticeReceiver) F(PQsetSingleRowMode) F(PQsocket) F(PQstatus)

#define MEMBER(name)	__typeof__(name) *(name);
#define NAME(name)	{ #name, offsetof(struct functions, name) },

enum state { CONNECTED, ROWS, ENDED, FAILED };

struct mk_pgsql {
	PGconn *conn;
	enum state state;
	int64_t statement_s;
	int64_t deadline_ms;		/* of the monotonic clock */
	bool copying;			/* by COPY; else in single-row mode */
	bool ahead;			/* the row has come, not been asked for */
	int more;			/* 1: a row; 0: the end */
	PGresult *row;
	char *line;			/* copying: the row, and its fields */
	char **fields;
	size_t fields_n;
	int *columns;			/* the numbers of NAMES, or NONE */
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
	long character = at == NULL ? 0 : strtol(at, NULL, 10);

	pg->state = FAILED;
	if (pg->copying)
		character -= (long)strlen(COPY);
	/* libpq's own message, as for a lost connection, has no fields. */
	one_line(text, sizeof text, what != NULL ? what :
	    pq.PQresultErrorMessage(res));
	if (character <= 0)
		return mk_fail(err, status_of(sqlstate), "PostgreSQL: %s",
		    text);
	return mk_fail(err, status_of(sqlstate), "PostgreSQL: %s (at "
	    "character %ld of the query)", text, character);
}

/* Wait until the socket can be read.  0, or -1: it took too long. */
static int
await(struct mk_pgsql *pg, struct mk_error *err)
{
	struct pollfd fd = { .fd = pq.PQsocket(pg->conn), .events = POLLIN };
	int64_t left = pg->deadline_ms - mk_clock_ms();
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

/*
 * All that the server says to what was sent, which gives no rows: it went
 * well, or not.  The last of it into *RES, to be cleared, unless that is NULL.
 */
static int
settle(struct mk_pgsql *pg, PGresult **res, struct mk_error *err)
{
	PGresult *next, *last = NULL;
	int rv = 0;

	for (;;) {
		if (next_result(pg, &next, err) == -1) {
			pq.PQclear(last);
			return -1;
		}
		if (next == NULL)
			break;
		pq.PQclear(last);
		last = next;
		if (pq.PQresultStatus(last) != PGRES_COMMAND_OK && rv == 0)
			rv = fail_result(pg, last, err);
	}
	if (res != NULL && rv == 0)
		*res = last;
	else
		pq.PQclear(last);
	return rv;
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
		pg->deadline_ms = mk_clock_ms() + ms + GRACE_MS;
	snprintf(text, sizeof text, "BEGIN READ ONLY; SET LOCAL "
	    "statement_timeout = %jd; SET LOCAL DateStyle = 'ISO'",
	    (intmax_t)ms);
	if (!pq.PQsendQuery(pg->conn, text))
		return fail_conn(pg, err);
	return settle(pg, NULL, err);
}

/* Whether NAME is one of the optional ones that the result has not. */
static bool
is_meant(const struct mk_pgsql *pg, const char *column,
    const char *const *names, const char **meant)
{
	const char *candidate[2] = { NULL, NULL };
	size_t i;

	for (i = 0; names[i] != NULL; i++) {
		if (pg->columns[i] != NONE)
			continue;
		candidate[0] = names[i] + 1;
		*meant = mk_nearest(column, candidate);
		if (*meant != NULL)
			return true;
	}
	return false;
}

/*
 * A column that is there twice could be either; and one that is nearly an
 * optional one was meant to be it: nothing may be done without what it says.
 */
static int
check_columns(const struct mk_pgsql *pg, const PGresult *res,
    const char *const *names, struct mk_error *err)
{
	const char *column, *meant;
	int n = pq.PQnfields(res), c;
	size_t i;

	for (c = 0; c < n; c++) {
		column = pq.PQfname(res, c);
		for (i = 0; names[i] != NULL; i++)
			if (strcmp(column, names[i] + (*names[i] == '?')) == 0)
				break;
		if (names[i] != NULL && pg->columns[i] != c)
			return mk_fail(err, EX_CONFIG, "the query's result "
			    "has two columns \"%s\"", column);
		if (names[i] == NULL && is_meant(pg, column, names, &meant))
			return mk_fail(err, EX_CONFIG, "the query's result "
			    "has a column \"%s\"; did you mean \"%s\"? "
			    "(SELECT ... AS %s)", column, meant, meant);
	}
	return 0;
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
	return check_columns(pg, res, names, err);
}

/*
 * FIELD, of COPY's text format, as it was; NULL for SQL's NULL.  What the
 * server escapes has become one letter.
 */
static char *
unescape(char *field)
{
	static const char letters[] = "bfnrtv", controls[] = "\b\f\n\r\t\v";
	char *from = strchr(field, '\\'), *to = from;
	const char *letter;

	if (from == NULL)
		return field;
	if (strcmp(field, "\\N") == 0)
		return NULL;
	while (*from != '\0') {
		if (*from != '\\' || from[1] == '\0') {
			*to++ = *from++;
			continue;
		}
		from++;
		letter = strchr(letters, *from);
		if (letter != NULL)
			*from = controls[letter - letters];
		*to++ = *from++;
	}
	*to = '\0';
	return field;
}

/* The LEN bytes of the line into its fields, in place.  False: not as many. */
static bool
split(struct mk_pgsql *pg, size_t len)
{
	char *field = pg->line, *end = field + len - 1, *tab;
	bool escaped = memchr(field, '\\', len) != NULL;
	size_t i = 0;

	if (*end != '\n')
		return false;
	*end = '\0';
	do {
		tab = memchr(field, '\t', (size_t)(end - field));
		if (tab != NULL)
			*tab = '\0';
		pg->fields[i++] = escaped ? unescape(field) : field;
		field = tab + 1;
	} while (tab != NULL && i < pg->fields_n);
	return tab == NULL && i == pg->fields_n;
}

/* The next row of a COPY into the fields.  1; 0 at the end; -1. */
static int
next_line(struct mk_pgsql *pg, struct mk_error *err)
{
	PGresult *res;
	int len, rv = 0;

	pq.PQfreemem(pg->line);
	pg->line = NULL;
	while ((len = pq.PQgetCopyData(pg->conn, &pg->line, 1)) == 0) {
		if (await(pg, err) == -1) {
			pg->state = FAILED;
			return -1;
		}
		if (!pq.PQconsumeInput(pg->conn))
			return fail_conn(pg, err);
	}
	if (len > 0) {
		if (split(pg, (size_t)len))
			return 1;
		pg->state = FAILED;
		return mk_fail(err, EX_TEMPFAIL, "PostgreSQL: a row has not "
		    "the columns that the server has told of");
	}
	if (len < -1)
		return fail_conn(pg, err);
	/* The lines end at an error, too. */
	if (next_result(pg, &res, err) == -1)
		return -1;
	if (res == NULL)
		return fail_conn(pg, err);
	if (pq.PQresultStatus(res) != PGRES_COMMAND_OK)
		rv = fail_result(pg, res, err);
	pq.PQclear(res);
	return rv;
}

/* The same in single-row mode. */
static int
next_row(struct mk_pgsql *pg, struct mk_error *err)
{
	pq.PQclear(pg->row);
	pg->row = NULL;
	if (next_result(pg, &pg->row, err) == -1)
		return -1;
	switch (pq.PQresultStatus(pg->row)) {	/* NULL: a fatal error */
	case PGRES_SINGLE_TUPLE:
		return 1;
	case PGRES_TUPLES_OK:		/* of no rows: the end, and all well */
		return 0;
	case PGRES_FATAL_ERROR:
	case PGRES_BAD_RESPONSE:
		if (pg->row == NULL)
			return fail_conn(pg, err);
		return fail_result(pg, pg->row, err);
	default:
		return mk_fail(err, EX_CONFIG, "the query gives no rows: it "
		    "must be a SELECT");
	}
}

/*
 * Whether QUERY may stand within COPY ( ); *LEN is what of it.  Not so EXPLAIN,
 * SHOW and the like; nor one with a ";", which only the server's own grammar
 * can tell from one in a text, or that ends it before a comment.  Cutting one
 * at the very end is safe: where it belongs to a comment it says nothing, and
 * to a text it cannot belong, the server having found it closed.
 */
static bool
may_copy(const char *query, size_t *len)
{
	static const char *const words[] = {
		"SELECT", "TABLE", "VALUES", "WITH",
	};
	const char *word = query + strspn(query, BLANKS "(");
	size_t n = 0, i;

	while ((word[n] >= 'A' && word[n] <= 'Z') ||
	    (word[n] >= 'a' && word[n] <= 'z'))
		n++;
	for (i = 0; i < sizeof words / sizeof *words; i++)
		if (strlen(words[i]) == n &&
		    strncasecmp(words[i], word, n) == 0)
			break;
	if (i == sizeof words / sizeof *words)
		return false;
	*len = strlen(query);
	while (*len > 0 && strchr(BLANKS ";", query[*len - 1]) != NULL)
		(*len)--;
	return memchr(query, ';', *len) == NULL;
}

/*
 * What columns will QUERY give, none where it gives no rows?  That it is one
 * whole statement is found here, too, so none can end the COPY around it.
 */
static int
describe(struct mk_pgsql *pg, const char *query, const char *const *names,
    struct mk_error *err)
{
	PGresult *res = NULL;
	int n, rv = 0;

	if (!pq.PQsendPrepare(pg->conn, "", query, 0, NULL))
		return fail_conn(pg, err);
	if (settle(pg, NULL, err) == -1)
		return -1;
	if (!pq.PQsendDescribePrepared(pg->conn, ""))
		return fail_conn(pg, err);
	if (settle(pg, &res, err) == -1)
		return -1;
	n = pq.PQnfields(res);
	if (n > 0) {
		pg->fields_n = (size_t)n;
		pg->fields = calloc(pg->fields_n, sizeof *pg->fields);
		rv = pg->fields == NULL ? mk_fail_sys(err, "PostgreSQL") :
		    find_columns(pg, res, names, err);
	}
	pq.PQclear(res);
	return rv;
}

/*
 * Begin to copy the LEN bytes of QUERY: the server's cheapest way to send many
 * rows, and libpq's to take them.  A newline ends a comment at the end.
 */
static int
start_copy(struct mk_pgsql *pg, const char *query, size_t len,
    struct mk_error *err)
{
	struct mk_buf text = { 0 };
	PGresult *res;
	int rv = 0;

	if (mk_buf_add(&text, COPY, strlen(COPY)) == -1 ||
	    mk_buf_add(&text, query, len) == -1 ||
	    mk_buf_addf(&text, "\n) TO STDOUT") == -1)
		rv = mk_fail_sys(err, "PostgreSQL");
	else if (!pq.PQsendQueryParams(pg->conn, text.data, 0, NULL, NULL,
	    NULL, NULL, 0))
		rv = fail_conn(pg, err);
	mk_buf_free(&text);
	if (rv == -1)
		return -1;
	pg->copying = true;
	if (next_result(pg, &res, err) == -1)
		return -1;
	if (res == NULL)
		return fail_conn(pg, err);
	if (pq.PQresultStatus(res) != PGRES_COPY_OUT)
		rv = fail_result(pg, res, err);
	pq.PQclear(res);
	return rv;
}

/* The next row, however they come.  1; 0 at the end; -1. */
static int
next(struct mk_pgsql *pg, struct mk_error *err)
{
	return pg->copying ? next_line(pg, err) : next_row(pg, err);
}

int
mk_pgsql_query(struct mk_pgsql *pg, const char *query,
    const char *const *names, struct mk_error *err)
{
	size_t len = 0;

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
	if (may_copy(query, &len) && describe(pg, query, names, err) == -1)
		return -1;
	if (pg->fields_n > 0) {
		if (start_copy(pg, query, len, err) == -1)
			return -1;
	/* With parameters, though none, it takes one statement and no more. */
	} else if (!pq.PQsendQueryParams(pg->conn, query, 0, NULL, NULL, NULL,
	    NULL, 0) || !pq.PQsetSingleRowMode(pg->conn))
		return fail_conn(pg, err);
	/* What is wrong with it may show with the first row only. */
	pg->more = next(pg, err);
	if (pg->more == -1 || (!pg->copying &&
	    find_columns(pg, pg->row, names, err) == -1))
		return -1;
	pg->ahead = true;
	pg->state = ROWS;
	return 0;
}

/* What is said of this row lasts until the next. */
static void
lend(const struct mk_pgsql *pg, const char **values)
{
	int column;
	size_t i;

	for (i = 0; i < pg->n; i++) {
		column = pg->columns[i];
		if (column == NONE)
			values[i] = NULL;
		else if (pg->copying)
			values[i] = pg->fields[column];
		else
			values[i] = pq.PQgetisnull(pg->row, 0, column) ?
			    NULL : pq.PQgetvalue(pg->row, 0, column);
	}
}

int
mk_pgsql_row(struct mk_pgsql *pg, const char **values, struct mk_error *err)
{
	if (pg->state == ENDED)
		return 0;
	if (pg->state != ROWS)
		return mk_fail(err, EX_SOFTWARE, "PostgreSQL: no query runs");
	if (!pg->ahead)
		pg->more = next(pg, err);
	pg->ahead = false;
	switch (pg->more) {
	case 1:
		lend(pg, values);
		return 1;
	case 0:
		pg->state = ENDED;
		return 0;
	default:
		pg->state = FAILED;
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

bool
mk_pgsql_has(const struct mk_pgsql *pg, size_t i)
{
	return i < pg->n && pg->columns[i] != NONE;
}

void
mk_pgsql_close(struct mk_pgsql *pg)
{
	if (pg == NULL)
		return;
	pq.PQclear(pg->row);
	pq.PQfreemem(pg->line);
	pq.PQfinish(pg->conn);
	free(pg->fields);
	free(pg->columns);
	free(pg);
}
