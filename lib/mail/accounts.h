/*
 * mail/accounts - whose mailboxes are to be worked on, and how: from the tree
 * itself, or from PostgreSQL.
 *
 * source = "tree": every mailbox that the walker finds is an account, without
 * any settings of its own.  source = "pgsql": only mailboxes that a row names
 * are; one without a row is left alone, and a row without a mailbox too.
 *
 * The columns are taken by name: email and maildir (below mail-root), and where
 * the query gives them spamlimit, junk_days, trash_days, keep.  Rows are
 * streamed and no row is kept: an account takes about 30 bytes, and its address
 * only where the path does not spell it.  Paths are known by a hash of 64 bits
 * alone.  Nothing may be touched before all rows have come.
 *
 * What a row says is not trusted.  Refused, each told in one line: no email,
 * or one with control characters; a maildir that is missing, empty, absolute,
 * has an empty, hidden, ".", ".." or "cur", "new", "tmp" part, or control
 * characters; a number that is none.  A mailbox that such a row names has no
 * account, whatever others say.  A "/" at the end is dropped.  Of two rows
 * for one maildir each setting's gentler value counts: the higher limit, the
 * longer time, keep; and the address of the first.  A limit of 0 or less, with
 * which nothing is scanned, is the highest, and so are such days, which mean
 * never, the longest.  A setting that only one of them has (of the other it is
 * NULL) is marked, since then the configured default has a say in it, too.
 *
 * Connect, then read, then ask: from any thread, once all is read.
 */
#ifndef MK_MAIL_ACCOUNTS_H
#define MK_MAIL_ACCOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/config.h"
#include "base/error.h"

enum mk_accounts_source { MK_ACCOUNTS_TREE, MK_ACCOUNTS_PGSQL };

struct mk_accounts_conf {
	int source;			/* enum mk_accounts_source */
	char *conninfo;			/* libpq's; "" is its defaults */
	char *query;
	int64_t connect_timeout_s, statement_timeout_s;
};

/* The section accounts { ... }. */
extern const struct mk_section mk_accounts_section;

#define MK_ACCOUNT_UNSET	INT32_MIN

struct mk_account {
	int32_t limit;			/* hundredths of a point; 0: not
					 * scanned; or unset */
	int32_t junk_days, trash_days;	/* 0: never; or unset */
	/* Or the default, if that is gentler.  Also where it is unset. */
	bool limit_or_default, junk_or_default, trash_or_default;
	bool keep;			/* nothing of it may be removed */
};

/* The limit of ACCOUNT, where FALLBACK is the configured one. */
int64_t mk_account_limit(const struct mk_account *account, int64_t fallback);

struct mk_accounts;

/*
 * Connect, for source = "pgsql", before the program confines itself.  NULL:
 * EX_TEMPFAIL (can't be reached), EX_CONFIG.  CONF must outlive it.
 */
struct mk_accounts *mk_accounts_open(const struct mk_accounts_conf *conf,
    struct mk_error *err);
void mk_accounts_close(struct mk_accounts *accounts);	/* NULL is fine */

/*
 * Read all rows, and close the connection.  A row that is refused is handed to
 * PROBLEM (EX_DATAERR: "accounts: row 17: ...") and passed over.  0; or -1,
 * EX_TEMPFAIL where the server failed before the last row, a signal came, or
 * there is no row, or none that is not refused; EX_CONFIG where the query is
 * wrong: then there are no accounts, and nothing may be touched.
 */
int mk_accounts_read(struct mk_accounts *accounts,
    void (*problem)(void *data, const struct mk_error *err), void *data,
    struct mk_error *err);

/*
 * Have each row that is not refused handed to ROW as mk_accounts_read() meets
 * it, with its path and address: for who wants to see what is not kept.
 */
void mk_accounts_watch(struct mk_accounts *accounts,
    void (*row)(void *data, const char *maildir, const char *email),
    void *data);

/*
 * The account of MAILBOX (its path below the mail root).  False where there is
 * none; if that is for a row that was refused, *ACCOUNT is filled, too, and
 * says keep.  It may be NULL.
 */
bool mk_accounts_find(const struct mk_accounts *accounts, const char *mailbox,
    struct mk_account *account);

/* Its address into *OUT, in its place: the row's, or the one that the path
 * spells ("example.org/alice": alice@example.org; else the path).  0 or -1. */
int mk_accounts_email(const struct mk_accounts *accounts, const char *mailbox,
    struct mk_buf *out);

/*
 * Whether (1, 0, -1 ENOMEM) MAILBOX is one of USERS, patterns as those of
 * mk_account_match, where one with an "@" is matched with the address.  All
 * are, where USERS is empty.
 */
int mk_accounts_match(const struct mk_accounts *accounts,
    const struct mk_list *users, const char *mailbox);

/*
 * A hash of which mailboxes have an account, and of what SETTINGS of them say:
 * has anything changed since the last run?  The order of the rows does not
 * matter.  What is left to the defaults counts as that, whatever they are.  For
 * source = "tree" 0.
 */
enum {
	MK_ACCOUNTS_KEEP_AND_DAYS = 1 << 0,
	MK_ACCOUNTS_SCANNED	= 1 << 1	/* limit above 0, or none, or
						 * the default says so */
};
uint64_t mk_accounts_hash(const struct mk_accounts *accounts,
    unsigned settings);

/* How many accounts there are; for source = "tree" 0. */
size_t mk_accounts_count(const struct mk_accounts *accounts);

#endif
