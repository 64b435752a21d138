/*
 * check/accounts - does PostgreSQL say whose mailboxes there are, and whom it
 * blacklists?  A conninfo may hold a password: no finding shows one.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/list.h"
#include "base/pgsql.h"
#include "base/sys.h"
#include "check/check.h"
#include "check/look.h"

#define AREA		"accounts"
#define PLACE		"accounts"
#define SAMPLE		100		/* rows whose maildirs are looked for */
#define SAMPLE_MIN	10		/* fewer may all be new */
#define WRITE_LIMIT_S	10

/* What mk_accounts_read() says, without the "accounts: " that is the place. */
static const char *
text_of(const struct mk_error *err)
{
	static const char prefix[] = PLACE ": ";
	size_t len = strlen(prefix);

	return strncmp(err->text, prefix, len) == 0 ? err->text + len :
	    err->text;
}

/* -- what the rows say ---------------------------------------------------- */

struct rows {
	size_t n;			/* all of them */
	size_t refused;
	struct mk_error first;		/* of the first that was refused */
	struct mk_list maildirs;	/* of the first rows */
	bool has[4];			/* optional[] */
};

static const char *const optional[] = {
	"spamlimit", "junk_days", "trash_days", "keep",
};
static const char *const columns[] = {
	"email", "maildir", "?spamlimit", "?junk_days", "?trash_days",
	"?keep", NULL
};
#define OPTIONAL	(sizeof optional / sizeof *optional)
#define REQUIRED	2		/* columns[], before them */

static struct mk_pgsql *
connect_to(const struct mk_accounts_conf *conf, struct mk_error *err)
{
	const struct mk_pgsql_limits limits = {
		.connect_s = conf->connect_timeout_s,
		.statement_s = conf->statement_timeout_s,
	};

	return mk_pgsql_open(conf->conninfo, &limits, err);
}

static void
refused(void *data, const struct mk_error *err)
{
	struct rows *rows = data;

	if (rows->refused++ == 0)
		rows->first = *err;
}

/* The rows as they come: how many, and the first maildirs.  0 or -1. */
static int
count_rows(const struct mk_accounts_conf *conf, struct rows *rows,
    struct mk_error *err)
{
	const char *values[sizeof columns / sizeof *columns];
	struct mk_pgsql *pg = connect_to(conf, err);
	int more = -1;
	size_t i;

	if (pg == NULL)
		return -1;
	if (mk_pgsql_query(pg, conf->query, columns, err) == -1)
		goto out;
	for (i = 0; i < OPTIONAL; i++)
		rows->has[i] = mk_pgsql_has(pg, REQUIRED + i);
	while ((more = mk_pgsql_row(pg, values, err)) == 1) {
		rows->n++;
		if (rows->n <= SAMPLE && values[1] != NULL &&
		    mk_list_add(&rows->maildirs, values[1],
		    strlen(values[1])) == -1) {
			mk_fail_sys(err, "accounts");
			more = -1;
			break;
		}
	}
out:
	mk_pgsql_close(pg);
	return more;
}

static void
tell_columns(struct mk_check *check, const struct rows *rows)
{
	struct mk_buf missing = { 0 };
	size_t i;

	for (i = 0; i < OPTIONAL; i++)
		if (!rows->has[i] && mk_buf_addf(&missing, "%s%s",
		    missing.len > 0 ? ", " : "", optional[i]) == -1)
			check->no_memory = true;
	if (missing.len > 0)
		mk_check_add(check, MK_NOTE, AREA, PLACE, "", "the query has "
		    "no %s: what an account's row says of it in the database "
		    "counts for nothing%s", missing.data, rows->has[3] ? "" :
		    ", so \"keep\" protects nobody");
	mk_buf_free(&missing);
}

static void
tell_rows(struct mk_check *check, const struct rows *rows, size_t accounts)
{
	size_t twice = rows->refused == 0 && rows->n > accounts ?
	    rows->n - accounts : 0;

	if (rows->refused > 0)
		mk_check_add(check, MK_WARNING, AREA, PLACE, "correct them: "
		    "no mailbox that such a row names is worked on",
		    "%zu of %zu rows are refused, the first: %s",
		    rows->refused, rows->n, text_of(&rows->first));
	if (twice > 0)
		mk_check_add(check, MK_WARNING, AREA, PLACE,
		    "give each account a maildir of its own; until then the "
		    "gentler settings of both count",
		    "%zu of %zu rows name a maildir that another one names",
		    twice, rows->n);
	if (rows->refused == 0 && twice == 0)
		mk_check_add(check, MK_FINE, AREA, PLACE, "",
		    "the query gives %zu accounts", accounts);
}

/* Exim makes a maildir with its first message: one that is missing may be
 * that of a new account. */
static void
look_for_maildirs(struct mk_check *check, const struct rows *rows)
{
	const char *root = check->conf->host.mail_root;
	const char *first = NULL;
	struct mk_error err;
	size_t i, missing = 0;
	int rootfd, fd;

	rootfd = mk_fs_open_trusted(root, 0, (uid_t)-1, (gid_t)-1, &err);
	if (rootfd == -1)
		return;			/* said of mail-root already */
	for (i = 0; i < rows->maildirs.n; i++) {
		fd = mk_sys_open_dir(rootfd, rows->maildirs.v[i]);
		if (fd != -1)
			close(fd);
		else if (errno == ENOENT && missing++ == 0)
			first = rows->maildirs.v[i];
	}
	close(rootfd);
	if (missing == rows->maildirs.n && missing >= SAMPLE_MIN)
		mk_check_add(check, MK_WARNING, AREA, root,
		    "see whether mail-root is where the mail is",
		    "none of the first %zu rows has its maildir there; the "
		    "first: %s", missing, first);
	else if (missing > 0)
		mk_check_add(check, MK_NOTE, AREA, root, "", "%zu of the "
		    "first %zu rows have no maildir there, as accounts that "
		    "never had mail; the first: %s", missing,
		    rows->maildirs.n, first);
}

/* -- what the role may ---------------------------------------------------- */

/* Nothing that Mailkeep does needs the right to write. */
static void
check_rights(struct mk_check *check, const struct mk_accounts_conf *conf)
{
	static const char *const names[] = { "role", "tables", "one", NULL };
	static const char query[] =
	    "SELECT current_user::text AS role, count(*)::text AS tables, "
	    "min(c.relname::text) AS one FROM pg_catalog.pg_class c "
	    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
	    "WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' "
	    "AND n.nspname <> 'information_schema' AND "
	    "has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')";
	struct mk_accounts_conf hurried = *conf;
	const char *values[3] = { NULL };
	struct mk_error err;
	struct mk_pgsql *pg;

	hurried.statement_timeout_s = WRITE_LIMIT_S;
	pg = connect_to(&hurried, &err);
	if (pg == NULL)
		return;
	if (mk_pgsql_query(pg, query, names, &err) == 0 &&
	    mk_pgsql_row(pg, values, &err) == 1 && values[0] != NULL &&
	    values[1] != NULL && strcmp(values[1], "0") != 0)
		mk_check_add(check, MK_NOTE, AREA, PLACE, "connect as a role "
		    "that may only read, as schema.sql of Mailkeep makes it",
		    "the role %s may write to %s tables, as %s; it needs to "
		    "read alone", values[0], values[1],
		    values[2] == NULL ? "one" : values[2]);
	mk_pgsql_close(pg);
}

/* -- the checks ----------------------------------------------------------- */

static void
tell_failed(struct mk_check *check, const char *place,
    const struct mk_error *err)
{
	mk_check_add(check, MK_ERROR, AREA, place, err->status == EX_CONFIG ?
	    "correct conninfo or query in mailkeep.conf, or the tables: see "
	    "mailkeep.conf(5) and schema.sql" :
	    err->status == EX_UNAVAILABLE ? "install it" :
	    "see whether PostgreSQL runs and lets this account in "
	    "(pg_hba.conf, pg_ident.conf), and that there are rows",
	    "%s", text_of(err));
}

static void
check_rows(struct mk_check *check)
{
	const struct mk_accounts_conf *conf = &check->conf->accounts;
	struct mk_accounts *accounts;
	struct mk_error err;
	struct rows rows = { 0 };

	accounts = mk_accounts_open(conf, &err);
	if (accounts == NULL || mk_accounts_read(accounts, refused, &rows,
	    &err) == -1 || count_rows(conf, &rows, &err) == -1)
		tell_failed(check, PLACE, &err);
	else {
		tell_columns(check, &rows);
		tell_rows(check, &rows, mk_accounts_count(accounts));
		look_for_maildirs(check, &rows);
		check_rights(check, conf);
	}
	mk_list_free(&rows.maildirs);
	mk_accounts_close(accounts);
}

/* The feeds of mailkeep-blacklist that are queries. */
static void
check_feed(struct mk_check *check, const struct mk_feed *feed)
{
	static const char *const names[] = {
		"net", "?reason", "?until", NULL
	};
	const struct mk_pgsql_limits limits = {
		.connect_s = feed->connect_timeout_s,
		.statement_s = feed->statement_timeout_s,
	};
	char *place = mk_look_text(check, "blacklist.feed.%s", feed->name);
	const char *values[3];
	struct mk_error err;
	struct mk_pgsql *pg;
	int more = -1;

	if (place == NULL)
		return;
	pg = mk_pgsql_open(feed->conninfo, &limits, &err);
	if (pg != NULL && mk_pgsql_query(pg, feed->query, names, &err) == 0)
		more = mk_pgsql_row(pg, values, &err);
	mk_pgsql_close(pg);
	if (more == -1)
		tell_failed(check, place, &err);
	else if (more == 0 && !feed->allow_empty)
		mk_check_add(check, MK_WARNING, AREA, place, "see its query, "
		    "or set allow-empty = yes", "its query gives no rows: "
		    "mailkeep-blacklist refuses it");
	else
		mk_check_add(check, MK_FINE, AREA, place, "",
		    "its query is answered");
	free(place);
}

void
mk_check_accounts(struct mk_check *check)
{
	const struct mk_check_conf *conf = check->conf;
	size_t i;

	if (conf->accounts.source == MK_ACCOUNTS_PGSQL)
		check_rows(check);
	else
		mk_check_add(check, MK_FINE, AREA, PLACE, "",
		    "source is tree: no database is asked");
	for (i = 0; i < conf->feeds_n; i++)
		if (conf->feeds[i].query[0] != '\0')
			check_feed(check, &conf->feeds[i]);
}
