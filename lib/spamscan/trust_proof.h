/* spamscan/trust_proof - what spamscan/trust finds, and has to say of it. */
#ifndef MK_SPAMSCAN_TRUST_PROOF_H
#define MK_SPAMSCAN_TRUST_PROOF_H

#include <stdbool.h>
#include <stddef.h>

#include "spamscan/received.h"
#include "spamscan/trust.h"

#define MK_TRUST_FEW	32		/* more lines than honest mail has */

struct mk_trust_line {
	enum mk_line line;
	struct mk_field field;
	struct mk_received received;	/* MK_LINE_RECEIVED */
};

/* The lines of a header that matter here, in its order. */
struct mk_trust_lines {
	struct mk_trust_line *v;
	size_t n, cap;
	bool scores;			/* one could hold a score */
	bool whole;			/* they are those of all of it */
	struct mk_trust_line few[MK_TRUST_FEW];
};

/* Why a dialect's score is none, from the remotest to the nearest. */
enum mk_why {
	MK_WHY_NOT_NAMED,		/* no rule names the dialect */
	MK_WHY_HOSTS,			/* other hosts' Received on top */
	MK_WHY_NONE,			/* no line of it, anywhere */
	MK_WHY_BELOW,			/* only where a sender can write */
	MK_WHY_SEVERAL, MK_WHY_NO_NUMBER, MK_WHY_DISAGREE, MK_WHY_WITNESS,
	MK_WHY_PROVED
};

/* What came of one rule's dialect. */
struct mk_finding {
	const struct mk_trust *rule;
	enum mk_why why;
	enum mk_line witness;		/* that must stand with the score */
	size_t place;			/* it was looked for before this line */
	size_t nth;			/* of the hosts, so many stand there */
	size_t mismatch;		/* MK_WHY_HOSTS: at this line, or .n,
					 * another one does */
	int64_t hundredths;
	bool anywhere;			/* on the word of stripped = yes */
};

/* The host that RULE wants in the NTH Received from the top. */
const char *mk_trust_host(const struct mk_trust *rule, size_t nth);

/*
 * Tell of all LINES, BEST being of each dialect the finding that came nearest
 * to a proof, and OTHERWISE what there is to say of a line that none is about.
 * 0 or -1 (ENOMEM).
 */
int mk_trust_tell_all(const struct mk_trust_tell *tell,
    const struct mk_trust_lines *lines,
    const struct mk_finding best[MK_DIALECTS], const char *otherwise);

#endif
