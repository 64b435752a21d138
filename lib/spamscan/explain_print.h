/* spamscan/explain_print - what --explain found, as it is told. */
#ifndef MK_SPAMSCAN_EXPLAIN_PRINT_H
#define MK_SPAMSCAN_EXPLAIN_PRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "spamscan/known.h"

enum mk_explain_verdict {
	MK_EXPLAIN_MOVES, MK_EXPLAIN_DELETED, MK_EXPLAIN_REPORTED,
	MK_EXPLAIN_STAYS, MK_EXPLAIN_ALONE, MK_EXPLAIN_UNSCANNED,
	MK_EXPLAIN_WAITS
};

enum mk_explain_header {
	MK_HEADER_READ,
	MK_HEADER_NO_SOURCE,		/* the configuration has spamd alone */
	MK_HEADER_UNREADABLE, MK_HEADER_ENDLESS
};

struct mk_explained_field {		/* both owned */
	char *line, *why;
};

struct mk_explained {			/* { 0 } is an empty one */
	struct mk_buf path;		/* of the message */
	struct mk_buf mailbox, user;	/* the address; empty: none known */
	const char *junk;		/* the folder's name */
	int64_t limit;			/* hundredths */
	int64_t since_s;		/* it has been in its folder */
	struct mk_explained_field *fields;
	size_t n;
	struct mk_known remembered;	/* by the folder's ledger */
	struct mk_known known;		/* what counts */
	int dialect;			/* enum mk_dialect, or -1 */
	enum mk_explain_header header;
	enum mk_explain_verdict verdict;
	bool in_mailbox;		/* it lies in a folder of one */
	bool has_account;
	bool own_limit;			/* the account's */
	bool is_remembered;
	char why[MK_ERROR_MAX];
};

/* Add a line of the header, both copied.  0 or -1 (ENOMEM). */
int mk_explained_field(struct mk_explained *told, const char *line,
    const char *why);

/* Print it: on 80 columns or, as JSON, on one line.  0 or -1. */
int mk_explained_print(const struct mk_explained *told, bool as_json,
    struct mk_error *err);
void mk_explained_free(struct mk_explained *told);

#endif
