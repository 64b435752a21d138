/*
 * spamscan/received - which host wrote a Received field.
 *
 * Our own mail server writes the topmost one, but not all of it is its own
 * word: behind "from" stands what the sender's side called itself.  So the
 * field is read as exactly this, else nobody is known to have written it:
 *
 *	[comments] ["from" WORD [comments]] "by" HOST [comments] ...
 *
 * with no other word "by" outside comments, and all brackets and quotes
 * closed.  Source: RFC 5322, section 3.2.2; RFC 5321, section 4.4; the forms
 * of Exim 4.96, Postfix, amavisd-new and SpamAssassin.
 */
#ifndef MK_SPAMSCAN_RECEIVED_H
#define MK_SPAMSCAN_RECEIVED_H

#include <stdbool.h>
#include <stddef.h>

#include "mail/header.h"

struct mk_received {
	const char *by;			/* in the field; NULL: not known */
	size_t by_len;
	const char *note;		/* the comment behind it; NULL: none */
	size_t note_len;
	bool amavis;			/* amavis says that it wrote it */
	bool spamassassin;		/* SpamAssassin does */
};

void mk_received_read(const struct mk_field *field,
    struct mk_received *received);

/* Whether HOST wrote it. */
bool mk_received_by(const struct mk_received *received, const char *host);

/*
 * Whether amavis on HOST wrote it: "by HOST" or "by localhost (HOST [...])",
 * then "(amavisd-new, port 10024)".  And SpamAssassin, around spam that it
 * wraps: "from localhost by HOST with SpamAssassin (version ...)".
 */
bool mk_received_amavis(const struct mk_received *received,
    const char *host);
bool mk_received_spamassassin(const struct mk_received *received,
    const char *host);

/*
 * Whether the LEN bytes at TEXT are the name HOST, in any case, a last dot
 * dropped.  FIRST_LABEL: what stands before HOST's first dot will do, too.
 */
bool mk_host_is(const char *text, size_t len, const char *host,
    bool first_label);

#endif
