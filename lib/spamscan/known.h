/*
 * spamscan/known - what is remembered of a message in its folder's ledger
 * (struct mk_ledger_entry, .known), and the verdict.  Pure.
 */
#ifndef MK_SPAMSCAN_KNOWN_H
#define MK_SPAMSCAN_KNOWN_H

#include <stdbool.h>
#include <stdint.h>

#define MK_SCORE_MAX	(5000 * 100)	/* hundredths, either way */

enum mk_state {
	MK_NEW,				/* nothing is known yet */
	MK_BY_HEADER,			/* scored */
	MK_BY_SPAMD,
	MK_UNSCORED,			/* no source has a score for it */
	MK_UNREADABLE,			/* encrypted, or its packing damaged */
	MK_TOO_OLD,			/* at first sight */
	MK_TAKEN_BACK,			/* out of Junk, by its user */
	/* of messages in the Junk folder: */
	MK_PUT_THERE,			/* by our own hand */
	MK_DELIVERED,			/* by whoever delivers mail */
	MK_USER_JUNKED			/* moved there by its user */
};
#define MK_STATES	10

struct mk_known {
	enum mk_state state;
	int32_t score;			/* hundredths; 0 where not scored */
	bool told;			/* spamd has been told */
	unsigned config;		/* 7 bits of the configuration's
					 * fingerprint by which it was judged */
};

uint32_t mk_known_encode(const struct mk_known *known);

/* Of what no version has written MK_NEW, as of 0. */
struct mk_known mk_known_decode(uint32_t bits);

/*
 * Whether there is no more to ask of the message: what had no score is asked
 * for again under another CONFIG.
 */
bool mk_known_settled(const struct mk_known *known, unsigned config);

const char *mk_state_name(enum mk_state state);	/* "taken back" */
const char *mk_source_name(enum mk_state state);	/* "header", "spamd",
						 * "none" */

enum mk_verdict_spam { MK_HAM, MK_SPAM, MK_SPAM_DELETE };

/*
 * All in hundredths: spam from LIMIT on, and to be deleted above DELETE_ABOVE
 * (0: never).  A limit of 0 or less is no limit: the account is not scanned.
 */
enum mk_verdict_spam mk_spam_verdict(int64_t score, int64_t limit,
    int64_t delete_above);

#endif
