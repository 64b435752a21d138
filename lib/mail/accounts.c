/* mail/accounts - whose mailboxes are to be worked on, and how. */
#include "mail/accounts.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/decimal.h"
#include "base/pgsql.h"
#include "base/siphash.h"
#include "base/stop.h"
#include "mail/folder.h"

#define SHOWN_MAX	200		/* bytes of a value in a message */
#define SLOTS_MIN	1024
#define ROWS_MIN	512
#define ROWS_MAX	(UINT32_MAX / 2)
#define FLAG_BITS	5
#define DAYS_MAX	65534		/* 179 years, or for ever */

enum { KEEP = 1, LIMIT_OR = 2, JUNK_OR = 4, TRASH_OR = 8, REFUSED = 16 };

/* An account, small: there may be millions. */
struct row {
	uint32_t low, high;		/* of the hash of its path */
	uint32_t limit;			/* + 1, or 0; above FLAG_BITS */
	uint16_t junk_days, trash_days;	/* + 1, or 0 */
	uint32_t email;			/* where in .emails; 0: as spelled */
};

struct mk_accounts {
	const struct mk_accounts_conf *conf;	/* borrowed */
	struct mk_pgsql *pg;		/* until all is read */
	struct row *rows;
	uint32_t n, cap;
	uint32_t refused;		/* of them */
	uint32_t *slots;		/* numbers of rows, from 1; by hash */
	uint32_t mask;			/* one less than there are slots */
	struct mk_buf emails;		/* each ended by a NUL; the first empty */
	void (*watch)(void *data, const char *maildir, const char *email);
	void *watch_data;
};

enum { EMAIL, MAILDIR, SPAMLIMIT, JUNK_DAYS, TRASH_DAYS, KEPT, COLUMNS };

static const char *const columns[] = {
	[EMAIL] = "email", [MAILDIR] = "maildir", [SPAMLIMIT] = "?spamlimit",
	[JUNK_DAYS] = "?junk_days", [TRASH_DAYS] = "?trash_days",
	[KEPT] = "?keep", [COLUMNS] = NULL,
};

#define FIELD(f)	offsetof(struct mk_accounts_conf, f)
static const struct mk_key keys[] = {
	{ "source", MK_ENUM, "tree", NULL, NULL, "tree|pgsql",
	    FIELD(source) },
	{ "conninfo", MK_STRING, "", NULL, NULL, NULL, FIELD(conninfo) },
	{ "query", MK_STRING, "SELECT email, maildir, spamlimit FROM users "
	    "WHERE mail AND active", NULL, NULL, NULL, FIELD(query) },
	{ "connect-timeout", MK_DURATION, "10s", "1s", NULL, NULL,
	    FIELD(connect_timeout_s) },
	{ "statement-timeout", MK_DURATION, "5m", "1s", NULL, NULL,
	    FIELD(statement_timeout_s) },
	MK_KEY_END
};
#undef FIELD

static int
check(void *data, struct mk_error *err)
{
	const struct mk_accounts_conf *conf = data;

	if (conf->source == MK_ACCOUNTS_PGSQL && conf->query[0] == '\0')
		return mk_fail(err, EX_CONFIG, "source = \"pgsql\" wants a "
		    "query");
	return 0;
}

const struct mk_section mk_accounts_section = {
	.name = "accounts", .keys = keys,
	.size = sizeof(struct mk_accounts_conf), .check = check,
};

/* -- the settings of one account ----------------------------------------- */

/* Of two limits, or of two numbers of days: 0 or less is beyond all. */
static int64_t
gentler(int64_t a, int64_t b)
{
	if ((a <= 0) != (b <= 0))
		return a <= 0 ? a : b;
	return a > b ? a : b;
}

int64_t
mk_account_limit(const struct mk_account *account, int64_t fallback)
{
	if (account->limit == MK_ACCOUNT_UNSET)
		return fallback;
	return account->limit_or_default ?
	    gentler(account->limit, fallback) : account->limit;
}

static void
merge_one(int32_t *value, bool *or_default, int32_t other, bool other_or)
{
	*or_default |= other_or;
	if (*value == MK_ACCOUNT_UNSET)
		*value = other;
	else if (other != MK_ACCOUNT_UNSET)
		*value = (int32_t)gentler(*value, other);
}

/* Neither the order nor how often a row comes makes a difference. */
static void
merge(struct mk_account *a, const struct mk_account *b)
{
	merge_one(&a->limit, &a->limit_or_default, b->limit,
	    b->limit_or_default);
	merge_one(&a->junk_days, &a->junk_or_default, b->junk_days,
	    b->junk_or_default);
	merge_one(&a->trash_days, &a->trash_or_default, b->trash_days,
	    b->trash_or_default);
	a->keep |= b->keep;
}

static uint16_t
pack_days(int32_t days)
{
	return days == MK_ACCOUNT_UNSET ? 0 : (uint16_t)(days + 1);
}

static int32_t
unpack_days(uint16_t days)
{
	return days == 0 ? MK_ACCOUNT_UNSET : days - 1;
}

static void
pack(const struct mk_account *a, struct row *row)
{
	row->limit = a->limit == MK_ACCOUNT_UNSET ? 0 :
	    (uint32_t)(a->limit + 1) << FLAG_BITS;
	row->limit |= (a->keep ? KEEP : 0U) |
	    (a->limit_or_default ? LIMIT_OR : 0U) |
	    (a->junk_or_default ? JUNK_OR : 0U) |
	    (a->trash_or_default ? TRASH_OR : 0U);
	row->junk_days = pack_days(a->junk_days);
	row->trash_days = pack_days(a->trash_days);
}

static struct mk_account
unpack(const struct row *row)
{
	uint32_t limit = row->limit >> FLAG_BITS;

	return (struct mk_account){
		.limit = limit == 0 ? MK_ACCOUNT_UNSET :
		    (int32_t)limit - 1,
		.junk_days = unpack_days(row->junk_days),
		.trash_days = unpack_days(row->trash_days),
		.limit_or_default = (row->limit & LIMIT_OR) != 0,
		.junk_or_default = (row->limit & JUNK_OR) != 0,
		.trash_or_default = (row->limit & TRASH_OR) != 0,
		.keep = (row->limit & KEEP) != 0,
	};
}

/* -- the table ------------------------------------------------------------ */

/*
 * Of a million paths two share a hash of 64 bits once in forty million runs,
 * and would only get the gentler settings of both.  The key is known, since
 * mk_accounts_hash is compared with that of an earlier run: who may name
 * mailboxes can find two of his own that share one, and gains as little.
 */
static uint64_t
hash_of(const void *data, size_t len)
{
	static const uint64_t key[2] = {
		UINT64_C(0x6d61696c6b656570), UINT64_C(0x9e3779b97f4a7c15),
	};

	return mk_siphash(key, data, len);
}

static uint64_t
row_hash(const struct row *row)
{
	return (uint64_t)row->high << 32 | row->low;
}

/* Where the row with HASH is, or would be. */
static uint32_t *
slot_of(const struct mk_accounts *a, uint64_t hash)
{
	uint32_t i = (uint32_t)hash & a->mask;

	while (a->slots[i] != 0 &&
	    row_hash(&a->rows[a->slots[i] - 1]) != hash)
		i = (i + 1) & a->mask;
	return &a->slots[i];
}

/*
 * Twice as many slots.  The rows know their hashes, so the old ones go before
 * the new ones come; and since all rows differ, none is looked at where two
 * want one slot.
 */
static int
grow_slots(struct mk_accounts *a)
{
	size_t n = a->slots == NULL ? SLOTS_MIN : 2 * ((size_t)a->mask + 1);
	uint32_t i, at;

	free(a->slots);
	a->slots = calloc(n, sizeof *a->slots);
	if (a->slots == NULL)
		return -1;
	a->mask = (uint32_t)(n - 1);
	for (i = 0; i < a->n; i++) {
		for (at = a->rows[i].low & a->mask; a->slots[at] != 0;
		    at = (at + 1) & a->mask)
			;
		a->slots[at] = i + 1;
	}
	return 0;
}

/*
 * Room for one more row.  A large array that grows is moved by its pages
 * (mremap(2)), not copied.  Half of the slots stay free: each that is taken
 * costs a look at a row, somewhere in memory.
 */
static int
grow(struct mk_accounts *a)
{
	struct row *rows;
	uint32_t cap;

	if (a->n == a->cap) {
		cap = a->cap == 0 ? ROWS_MIN : a->cap + a->cap / 2;
		errno = ENOMEM;
		rows = a->n >= ROWS_MAX ? NULL :
		    realloc(a->rows, cap * sizeof *rows);
		if (rows == NULL)
			return -1;
		a->rows = rows;
		a->cap = cap;
	}
	return a->slots == NULL || a->n > a->mask / 2 ? grow_slots(a) : 0;
}

/* Keep EMAIL; *AT is where.  0, or -1 (ENOMEM). */
static int
keep_email(struct mk_accounts *a, const char *email, uint32_t *at)
{
	if (a->emails.len == 0 && mk_buf_add(&a->emails, "", 1) == -1)
		return -1;
	if (a->emails.len > UINT32_MAX) {
		errno = ENOMEM;
		return -1;
	}
	*at = (uint32_t)a->emails.len;
	return mk_buf_add(&a->emails, email, strlen(email) + 1);
}

static int
add(struct mk_accounts *a, const char *path, const char *email,
    const char *spelled, const struct mk_account *account)
{
	uint64_t hash = hash_of(path, strlen(path));
	struct mk_account merged;
	struct row *row;
	uint32_t *slot, refused;

	if (grow(a) == -1)
		return -1;
	slot = slot_of(a, hash);
	if (*slot != 0) {
		row = &a->rows[*slot - 1];
		refused = row->limit & REFUSED;
		merged = unpack(row);
		merge(&merged, account);
		pack(&merged, row);
		row->limit |= refused;
		return 0;
	}
	row = &a->rows[a->n];
	row->low = (uint32_t)hash;
	row->high = (uint32_t)(hash >> 32);
	row->email = 0;
	pack(account, row);
	if (strcmp(email, spelled) != 0 &&
	    keep_email(a, email, &row->email) == -1)
		return -1;
	*slot = ++a->n;
	return 0;
}

/*
 * The mailbox at PATH has no account, whatever other rows say: what the one
 * that was refused would have said may be gentler.  0, or -1 (ENOMEM).
 */
static int
add_refused(struct mk_accounts *a, const char *path)
{
	static const struct mk_account unset = {
		.limit = MK_ACCOUNT_UNSET, .junk_days = MK_ACCOUNT_UNSET,
		.trash_days = MK_ACCOUNT_UNSET, .keep = true,
	};
	struct row *row;

	if (add(a, path, "", "", &unset) == -1)
		return -1;
	row = &a->rows[*slot_of(a, hash_of(path, strlen(path))) - 1];
	a->refused += (row->limit & REFUSED) == 0;
	row->limit |= REFUSED;
	return 0;
}

static const struct row *
find(const struct mk_accounts *a, const char *mailbox)
{
	uint32_t slot = a->slots == NULL ? 0 :
	    *slot_of(a, hash_of(mailbox, strlen(mailbox)));

	return slot == 0 ? NULL : &a->rows[slot - 1];
}

static void
empty(struct mk_accounts *a)
{
	free(a->rows);
	free(a->slots);
	mk_buf_free(&a->emails);
	a->rows = NULL;
	a->slots = NULL;
	a->n = a->cap = a->refused = 0;
}

/* -- what a row says ------------------------------------------------------ */

/* Whether TEXT holds a control character: C0, DEL or, in UTF-8, C1. */
static bool
has_control(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	for (; *p != '\0'; p++)
		if (*p < ' ' || *p == 0x7f || (*p == 0xc2 && p[1] < 0xa0))
			return true;
	return false;
}

/* What is wrong with the part of a path that is LEN bytes; NULL: nothing. */
static const char *
part_fault(const char *part, size_t len)
{
	if (len == 0)
		return "has an empty part";
	if (part[0] == '.')
		return "has a part that begins with a dot";
	if (len == 3 && (memcmp(part, "cur", 3) == 0 ||
	    memcmp(part, "new", 3) == 0 || memcmp(part, "tmp", 3) == 0))
		return "has a part that only a Maildir has inside";
	return NULL;
}

static const char *
path_fault(const char *path)
{
	const char *why, *part = path;
	size_t len;

	if (path == NULL)
		return "is NULL";
	if (path[0] == '\0')
		return "is empty";
	if (path[0] == '/')
		return "is absolute: it must be below mail-root";
	if (has_control(path))
		return "has a control character";
	for (;; part += len + 1) {
		len = strcspn(part, "/");
		why = part_fault(part, len);
		if (why != NULL || part[len] == '\0')
			return why;
	}
}

/* Rounded up, the gentler way: 4.999 is 5.  Below 0 is as good as 0. */
static const char *
take_limit(const char *text, int32_t *limit)
{
	size_t len = strlen(text);
	int64_t n;
	const char *point = strchr(text, '.');

	if (mk_decimal_parse(text, len, &n) != len || len == 0)
		return "is no number, or too large a one";
	if (point != NULL && strlen(point) > 3 &&
	    strspn(point + 3, "0") < strlen(point + 3))
		n++;
	*limit = n < 0 ? 0 : (int32_t)n;
	return NULL;
}

/* Below 0 is never, as 0 is; and what no mail will see is, too. */
static const char *
take_days(const char *text, int32_t *days)
{
	const char *p = *text == '-' ? text + 1 : text;
	int64_t n = 0;

	if (*p == '\0' || strspn(p, "0123456789") != strlen(p))
		return "is no whole number";
	for (; *p != '\0' && n <= DAYS_MAX; p++)
		n = 10 * n + (*p - '0');
	*days = *text == '-' || n > DAYS_MAX ? 0 : (int32_t)n;
	return NULL;
}

/* As PostgreSQL reads and writes them, and as 0 and 1. */
static const char *
take_bool(const char *text, bool *value)
{
	static const char *const words[] = {
		"f", "t", "false", "true", "no", "yes", "n", "y", "off", "on",
		"0", "1",
	};
	size_t i;

	for (i = 0; i < sizeof words / sizeof *words; i++)
		if (strcasecmp(text, words[i]) == 0) {
			*value = i % 2 == 1;
			return NULL;
		}
	return "is neither true nor false";
}

/*
 * The settings in VALUES.  NULL; or what is wrong with the column *COLUMN.
 */
static const char *
take_settings(const char *const *values, struct mk_account *account,
    int *column)
{
	const char *why = NULL;

	*account = (struct mk_account){
		.limit = MK_ACCOUNT_UNSET, .junk_days = MK_ACCOUNT_UNSET,
		.trash_days = MK_ACCOUNT_UNSET,
		.limit_or_default = values[SPAMLIMIT] == NULL,
		.junk_or_default = values[JUNK_DAYS] == NULL,
		.trash_or_default = values[TRASH_DAYS] == NULL,
	};
	for (*column = SPAMLIMIT; why == NULL && *column < COLUMNS;
	    (*column)++) {
		if (values[*column] == NULL)
			continue;
		if (*column == SPAMLIMIT)
			why = take_limit(values[*column], &account->limit);
		else if (*column == KEPT)
			why = take_bool(values[*column], &account->keep);
		else
			why = take_days(values[*column],
			    *column == JUNK_DAYS ? &account->junk_days :
			    &account->trash_days);
	}
	(*column)--;
	return why;
}

static const char *
email_fault(const char *email)
{
	if (email == NULL)
		return "is NULL";
	if (email[0] == '\0')
		return "is empty";
	return has_control(email) ? "has a control character" : NULL;
}

/* -- reading --------------------------------------------------------------- */

struct reading {
	struct mk_accounts *accounts;
	uint64_t row;			/* its number, from 1 */
	struct mk_buf path, spelled;
	void (*problem)(void *data, const struct mk_error *err);
	void *data;
};

static void
refuse(const struct reading *r, const char *const *values, int column,
    const char *why)
{
	const char *name = columns[column], *value = values[column];
	struct mk_error err;
	char whose[SHOWN_MAX + 4] = "";

	if (*name == '?')
		name++;
	if (column != EMAIL)
		snprintf(whose, sizeof whose, " (%.*s)", SHOWN_MAX,
		    values[EMAIL]);
	if (value == NULL)
		mk_fail(&err, EX_DATAERR, "accounts: row %ju%s: %s %s",
		    (uintmax_t)r->row, whose, name, why);
	else
		mk_fail(&err, EX_DATAERR, "accounts: row %ju%s: %s \"%.*s\" "
		    "%s", (uintmax_t)r->row, whose, name, SHOWN_MAX, value,
		    why);
	r->problem(r->data, &err);
}

/* MAILDIR without a "/" at its end, until the next; NULL: ENOMEM. */
static const char *
path_of(struct reading *r, const char *maildir)
{
	size_t len = strlen(maildir);

	if (len > 1 && maildir[len - 1] == '/')
		len--;
	mk_buf_cut(&r->path, 0);
	return mk_buf_add(&r->path, maildir, len) == -1 ? NULL : r->path.data;
}

/* 0, also of a row that is refused; or -1 (ENOMEM). */
static int
take_row(struct reading *r, const char *const *values)
{
	struct mk_account account;
	const char *path = values[MAILDIR], *why;
	int column = EMAIL;

	if (path != NULL && (path = path_of(r, path)) == NULL)
		return -1;
	why = email_fault(values[EMAIL]);
	if (why == NULL) {
		column = MAILDIR;
		why = path_fault(path);
	}
	if (why == NULL)
		why = take_settings(values, &account, &column);
	if (why != NULL) {
		refuse(r, values, column, why);
		return path == NULL || path_fault(path) != NULL ? 0 :
		    add_refused(r->accounts, path);
	}
	if (mk_account_address(path, &r->spelled) == -1)
		return -1;
	if (r->accounts->watch != NULL)
		r->accounts->watch(r->accounts->watch_data, path,
		    values[EMAIL]);
	return add(r->accounts, path, values[EMAIL], r->spelled.data,
	    &account);
}

static int
read_rows(struct reading *r, struct mk_error *err)
{
	struct mk_accounts *a = r->accounts;
	const char *values[COLUMNS];
	struct mk_error why;
	int more;

	if (mk_pgsql_query(a->pg, a->conf->query, columns, &why) == -1)
		return mk_fail(err, why.status, "accounts: %s", why.text);
	while ((more = mk_pgsql_row(a->pg, values, &why)) == 1) {
		r->row++;
		if (take_row(r, values) == -1)
			return mk_fail_sys(err, "accounts");
		if (mk_stopped())
			return mk_fail(err, EX_TEMPFAIL, "accounts: stopped by "
			    "a signal; nothing is touched");
	}
	if (more == -1)
		return mk_fail(err, why.status, "accounts: %s; nothing is "
		    "touched", why.text);
	if (r->row == 0)
		return mk_fail(err, EX_TEMPFAIL, "accounts: the query gave no "
		    "rows; nothing is touched");
	if (mk_accounts_count(a) == 0)
		return mk_fail(err, EX_TEMPFAIL, "accounts: all %ju rows are "
		    "refused; nothing is touched", (uintmax_t)r->row);
	return 0;
}

void
mk_accounts_watch(struct mk_accounts *accounts,
    void (*row)(void *data, const char *maildir, const char *email),
    void *data)
{
	accounts->watch = row;
	accounts->watch_data = data;
}

int
mk_accounts_read(struct mk_accounts *accounts,
    void (*problem)(void *data, const struct mk_error *err), void *data,
    struct mk_error *err)
{
	struct reading r = {
		.accounts = accounts, .problem = problem, .data = data,
	};
	int rv;

	if (accounts->conf->source == MK_ACCOUNTS_TREE)
		return 0;
	if (accounts->pg == NULL)
		return mk_fail(err, EX_SOFTWARE, "accounts: they are read "
		    "once");
	rv = read_rows(&r, err);
	if (rv == -1)
		empty(accounts);
	mk_buf_free(&r.path);
	mk_buf_free(&r.spelled);
	mk_pgsql_close(accounts->pg);
	accounts->pg = NULL;
	return rv;
}

struct mk_accounts *
mk_accounts_open(const struct mk_accounts_conf *conf, struct mk_error *err)
{
	const struct mk_pgsql_limits limits = {
		.connect_s = conf->connect_timeout_s,
		.statement_s = conf->statement_timeout_s,
	};
	struct mk_accounts *accounts = calloc(1, sizeof *accounts);
	struct mk_error why;

	if (accounts == NULL) {
		mk_fail_sys(err, "accounts");
		return NULL;
	}
	accounts->conf = conf;
	if (conf->source == MK_ACCOUNTS_TREE)
		return accounts;
	accounts->pg = mk_pgsql_open(conf->conninfo, &limits, &why);
	if (accounts->pg == NULL) {
		mk_fail(err, why.status, "accounts: %s", why.text);
		free(accounts);
		return NULL;
	}
	return accounts;
}

void
mk_accounts_close(struct mk_accounts *accounts)
{
	if (accounts == NULL)
		return;
	mk_pgsql_close(accounts->pg);
	empty(accounts);
	free(accounts);
}

/* -- asking --------------------------------------------------------------- */

bool
mk_accounts_find(const struct mk_accounts *accounts, const char *mailbox,
    struct mk_account *account)
{
	static const struct mk_account unset = {
		.limit = MK_ACCOUNT_UNSET, .junk_days = MK_ACCOUNT_UNSET,
		.trash_days = MK_ACCOUNT_UNSET, .limit_or_default = true,
		.junk_or_default = true, .trash_or_default = true,
	};
	bool tree = accounts->conf->source == MK_ACCOUNTS_TREE;
	const struct row *row = tree ? NULL : find(accounts, mailbox);

	if (!tree && row == NULL)
		return false;
	if (account != NULL)
		*account = tree ? unset : unpack(row);
	return tree || (row->limit & REFUSED) == 0;
}

/* The address that the row of MAILBOX has and its path does not spell. */
static const char *
kept_email(const struct mk_accounts *accounts, const char *mailbox)
{
	const struct row *row = find(accounts, mailbox);

	return row == NULL || row->email == 0 ? NULL :
	    accounts->emails.data + row->email;
}

int
mk_accounts_email(const struct mk_accounts *accounts, const char *mailbox,
    struct mk_buf *out)
{
	const char *email = kept_email(accounts, mailbox);

	if (email == NULL) {
		if (mk_account_address(mailbox, out) == -1)
			return -1;
		if (out->len > 0)
			return 0;
		email = mailbox;
	}
	mk_buf_cut(out, 0);
	return mk_buf_add(out, email, strlen(email));
}

int
mk_accounts_match(const struct mk_accounts *accounts,
    const struct mk_list *users, const char *mailbox)
{
	return users->n == 0 ? 1 : mk_account_match_as(users, mailbox,
	    kept_email(accounts, mailbox));
}

/* What ROW says of SETTINGS. */
static uint64_t
hash_row(const struct row *row, unsigned settings)
{
	struct mk_account a = unpack(row);
	uint64_t words[4] = { row_hash(row) };

	if ((settings & MK_ACCOUNTS_KEEP_AND_DAYS) != 0) {
		words[1] = (uint64_t)row->junk_days << 32 | row->trash_days;
		words[2] = row->limit & (KEEP | JUNK_OR | TRASH_OR);
	}
	/* With the default: not at all, or as that says; else, in any case. */
	if ((settings & MK_ACCOUNTS_SCANNED) != 0)
		words[3] = a.limit != MK_ACCOUNT_UNSET && a.limit <= 0 ? 1 :
		    a.limit_or_default ? 2 : 3;
	return hash_of(words, sizeof words);
}

uint64_t
mk_accounts_hash(const struct mk_accounts *accounts, unsigned settings)
{
	uint64_t sum = 0;		/* the same in any order */
	uint32_t i;

	for (i = 0; i < accounts->n; i++)
		if ((accounts->rows[i].limit & REFUSED) == 0)
			sum += hash_row(&accounts->rows[i], settings);
	return sum;
}

size_t
mk_accounts_count(const struct mk_accounts *accounts)
{
	return accounts->n - accounts->refused;
}
