/* spamscan/known - what is remembered of a message, and the verdict. */
#include "spamscan/known.h"

/* Bits: the score, from -MK_SCORE_MAX on, 20; the state 4; told 1; config 7. */
#define SCORE_BITS	20
#define STATE_AT	SCORE_BITS
#define TOLD_AT		(STATE_AT + 4)
#define CONFIG_AT	(TOLD_AT + 1)

uint32_t
mk_known_encode(const struct mk_known *known)
{
	int32_t score = known->score;

	if (score < -MK_SCORE_MAX)
		score = -MK_SCORE_MAX;
	if (score > MK_SCORE_MAX)
		score = MK_SCORE_MAX;
	return (uint32_t)(score + MK_SCORE_MAX) |
	    (uint32_t)known->state << STATE_AT |
	    (uint32_t)known->told << TOLD_AT |
	    (known->config & 0x7f) << CONFIG_AT;
}

struct mk_known
mk_known_decode(uint32_t bits)
{
	struct mk_known known = { .state = MK_NEW };
	uint32_t score = bits & ((1U << SCORE_BITS) - 1);
	uint32_t state = bits >> STATE_AT & 0xf;

	if (state == MK_NEW || state >= MK_STATES || score > 2 * MK_SCORE_MAX)
		return known;
	known.state = (enum mk_state)state;
	known.score = (int32_t)score - MK_SCORE_MAX;
	known.told = (bits >> TOLD_AT & 1) != 0;
	known.config = bits >> CONFIG_AT;
	return known;
}

bool
mk_known_settled(const struct mk_known *known, unsigned config)
{
	switch (known->state) {
	case MK_NEW:
	case MK_PUT_THERE:		/* of another folder, renamed */
	case MK_DELIVERED:
	case MK_USER_JUNKED:
		return false;
	case MK_UNSCORED:
	case MK_UNREADABLE:
		return known->config == (config & 0x7f);
	default:
		return true;
	}
}

const char *
mk_state_name(enum mk_state state)
{
	static const char *const names[MK_STATES] = {
		[MK_NEW] = "new", [MK_BY_HEADER] = "scored by its header",
		[MK_BY_SPAMD] = "scored by spamd",
		[MK_UNSCORED] = "without a score",
		[MK_UNREADABLE] = "encrypted or damaged",
		[MK_TOO_OLD] = "too old at first sight",
		[MK_TAKEN_BACK] = "taken back by its user",
		[MK_PUT_THERE] = "put there by mailkeep-spamscan",
		[MK_DELIVERED] = "delivered there",
		[MK_USER_JUNKED] = "moved there by its user",
	};

	return names[state];
}

const char *
mk_source_name(enum mk_state state)
{
	return state == MK_BY_HEADER ? "header" : state == MK_BY_SPAMD ?
	    "spamd" : "none";
}

enum mk_verdict_spam
mk_spam_verdict(int64_t score, int64_t limit, int64_t delete_above)
{
	if (limit <= 0 || score < limit)
		return MK_HAM;
	return delete_above > 0 && score > delete_above ? MK_SPAM_DELETE :
	    MK_SPAM;
}
