/*
 * mail/header - the fields of a message's own header (RFC 5322, section 2.2).
 *
 * A line ends with LF.  Only an empty line ends the header; a line that is no
 * field is passed over, with what continues it.  A line of one blank is a
 * continuation, as Exim's X-Spam_report has them.  What lies behind the header,
 * attached messages too, is never looked at.
 *
 * Attack:	a sender's line must not get into the header for us where it
 *		was in the body for the scanner that took such lines out.  All
 *		take LF LF and CRLF CRLF for the end; some also a CR by itself
 *		for the end of a line (rspamd, Python).  So each of LF LF,
 *		LF CR and CR CR is the end here, wherever it stands.
 *
 * Nothing is copied.  Values may hold NULs, 8-bit bytes and single CRs; names
 * are visible ASCII, as section 3.6.8 has them.
 */
#ifndef MK_MAIL_HEADER_H
#define MK_MAIL_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct mk_field {
	const char *name;		/* "Received", as written; in the text */
	size_t name_len;		/* without blanks before the colon */
	const char *value;		/* behind the colon, as folded */
	size_t value_len;		/* without its last line end */
};

/*
 * The bytes of TEXT (LEN of them) that are the header, its last line end and
 * not the empty line counted.  *ENDED (may be NULL) tells whether the empty
 * line was met: else the header may go on where TEXT was cut.
 */
size_t mk_header_length(const char *text, size_t len, bool *ended);

/*
 * The field at *AT (0 to begin with) of the header TEXT, LEN long as
 * mk_header_length says, and *AT moved behind it.  Lines that are no field (no
 * colon, no name or another byte in it; "From " of an mbox; a continuation of
 * nothing) are passed over.  1 and *FIELD filled, or 0 at the end.
 */
int mk_header_next(const char *text, size_t len, size_t *at,
    struct mk_field *field);

/* Whether it is called NAME, in any case. */
bool mk_field_is(const struct mk_field *field, const char *name);

/*
 * The value on one line, in place of *OUT: line ends, single CRs too, and the
 * blanks around them become one blank, those at both ends go, NULs become
 * blanks.  0 or -1 (ENOMEM).
 */
int mk_field_unfold(const struct mk_field *field, struct mk_buf *out);

/*
 * A 64-bit hash of the LEN bytes of a header: tells messages apart by what
 * stays when a user moves or copies one.  CRs do not count: a client's copy is
 * stored with the line ends of the server.  The same on all hosts, for files.
 */
uint64_t mk_header_fingerprint(const char *text, size_t len);

#endif
