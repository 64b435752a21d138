/*
 * base/pgsql - the rows of one query, one at a time; the only user of libpq.
 *
 * TLS, passwords and service files are libpq's own business (conninfo,
 * PGPASSFILE, pg_service.conf).  Notices of the server go nowhere.  Texts are
 * in UTF-8, days as YYYY-MM-DD.  All is one read-only transaction, so that a
 * pooler between may hand the connection around.
 *
 * libpq is loaded by the first mk_pgsql_open(), which is no thread's business,
 * and stays.  Connect before base/sandbox, query after it: nothing is opened
 * then.
 */
#ifndef MK_BASE_PGSQL_H
#define MK_BASE_PGSQL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct mk_pgsql;

struct mk_pgsql_limits {
	/*
	 * Seconds to connect, to each of the hosts in turn; below 2 is 2, and
	 * a connect_timeout of CONNINFO's own counts instead.
	 */
	int64_t connect_s;
	/*
	 * Seconds until the last row must have come; 0: any.  The server is
	 * told, and should it hang, so do we not: a little later we give up.
	 */
	int64_t statement_s;
};

/*
 * Connect by CONNINFO (libpq's syntax).  NULL: EX_TEMPFAIL where the server
 * can't be reached or says no, EX_CONFIG where CONNINFO is none,
 * EX_UNAVAILABLE where there is no libpq.  The text is one line, without a
 * password.
 */
struct mk_pgsql *mk_pgsql_open(const char *conninfo,
    const struct mk_pgsql_limits *limits, struct mk_error *err);

/*
 * Run QUERY, one statement, read-only, and stream its rows: by COPY where it
 * is a SELECT, WITH, VALUES or TABLE without a ";" but at its end, else one by
 * one, which costs more.
 * The columns NAMES (ended by NULL) must be in the result (EX_CONFIG names the
 * missing one), unless they begin with "?" ("?spamlimit"); a column that is
 * nearly a missing optional one, or one of the names twice, is a mistake of the
 * query's (EX_CONFIG).  Once a connection.
 * 0 or -1: EX_CONFIG where the query is wrong (syntax, names, rights, it
 * writes, gives no rows), else EX_TEMPFAIL.
 */
int mk_pgsql_query(struct mk_pgsql *pg, const char *query,
    const char *const *names, struct mk_error *err);

/*
 * The next row: VALUES[I] is the text of NAMES[I], NULL where it is SQL's
 * NULL or an optional column that the result has not; they last until the
 * next call.  1; 0 at the end, when all rows have come; -1 (EX_TEMPFAIL) where
 * the server failed before that: what came is not the whole.
 */
int mk_pgsql_row(struct mk_pgsql *pg, const char **values,
    struct mk_error *err);

/* Whether the query's result has the column number I of NAMES. */
bool mk_pgsql_has(const struct mk_pgsql *pg, size_t i);

void mk_pgsql_close(struct mk_pgsql *pg);	/* NULL is fine */

#endif
