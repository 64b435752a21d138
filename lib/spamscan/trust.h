/*
 * spamscan/trust - the score that a header holds, where it can be proved that
 * the named scanner wrote it.
 *
 * Whoever sends a message can write any line into it, below those of our own
 * mail servers: each puts its Received field on top.  So what stands above
 * that was written here, and needs no other proof.  What stands below it, as
 * most milters and Exim's plain "add_header" leave it, can't be told from what
 * a sender wrote; it takes the administrator's word that the server strips
 * such lines from all mail that it takes in.
 */
#ifndef MK_SPAMSCAN_TRUST_H
#define MK_SPAMSCAN_TRUST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/config.h"
#include "base/error.h"
#include "spamscan/dialect.h"

struct mk_trust {
	char *host;			/* the title: who scanned */
	struct mk_list dialect;		/* names, the preferred one first */
	struct mk_list received_by;	/* whose Received lines stand on top,
					 * from the top; empty: HOST's */
	bool stripped;			/* the administrator's word, see 3. */
};

/* The section spamscan { trust "HOST" { ... } }: dialect, received-by,
 * stripped. */
extern const struct mk_section mk_trust_section;

struct mk_header_score {
	bool found;
	int64_t hundredths;		/* of a point, rounded down */
	enum mk_dialect dialect;
	size_t rule;			/* index of the one that proved it */
};

/* For --explain: each line that could hold a score, and what it is worth. */
struct mk_trust_tell {
	void *data;
	/* LINE is the field on one line, WHY a sentence without a full stop:
	 * "trusted: ...", "not trusted: ...".  Where no rule's hosts stand on
	 * top, there is one more for the Received line that stands there. */
	void (*field)(void *data, const char *line, const char *why);
};

/*
 * The score of the header TEXT (LEN bytes, as mk_source_header has it; WHOLE:
 * that is all of it) by the first of the N rules at RULES, and its first
 * dialect, that can prove one.  TELL may be NULL.
 *
 * Proved means all of:
 *  1. The topmost Received fields are "by" the hosts of received-by in turn
 *     (any case, a last dot dropped; spamscan/received tells how they are
 *     read).  If it names several, each but the last must take mail from the
 *     next one alone: a sender who reaches it himself writes the rest.
 *  2. The dialect's lines stand above the last of these, and each of them
 *     once; whatever stands below is not looked at.
 *  3. Or, with stripped = yes: none stands above it, and each is there once in
 *     all of the header.  More than one are a forger's, and which is not can't
 *     be told.
 *  4. The lines, and what must stand with them in the same place:
 *     spamassassin  X-Spam-Status, not in amavis' form, and one
 *                   X-Spam-Checker-Version "SpamAssassin ... on HOST"
 *     exim          X-Spam_score, X-Spam_score_int, X-Spam-Score "5.1 (+++++)"
 *                   or "5.1": one of them, and those that are there agree
 *     amavis        X-Spam-Status with "tagged_above=" or "tests=[", and an
 *                   X-Spam-Score, if there, that agrees; the first Received
 *                   below says "by HOST" or "by localhost (HOST", and "(amavis"
 *     rspamd        X-Spamd-Result, X-Spam-Status "Yes, score=8.95": one of
 *                   them, agreeing, and one X-Rspamd-Server "HOST"; or rspamc's
 *                   X-Spam-Score "15.00 / 15.00" and one X-Spam-Scanner
 *     HOST's first label alone will do for SpamAssassin and rspamd, which
 *     write what hostname(1) says.
 *  5. The score is a number (not "x"), within 5,000 points either way.
 *
 * Of a header that is not whole neither 3 nor what follows is believed, as its
 * rest may tell otherwise: what stands above the Received lines is.
 *
 * SpamAssassin wraps spam into a message of its own (report_safe): if one of
 * the Received fields of 1, all above it being as they should, is its own,
 * "from localhost by HOST with SpamAssassin (...)", then all of the header is
 * what it wrote, and the place of its lines.
 *
 * 0, .found telling whether there was one; or -1 (ENOMEM).
 */
int mk_trust_score(const struct mk_trust *rules, size_t n, const char *text,
    size_t len, bool whole, const struct mk_trust_tell *tell,
    struct mk_header_score *score, struct mk_error *err);

#endif
