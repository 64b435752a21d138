/*
 * spamscan/dialect - the lines that scanners write, and how each puts a score.
 *
 * Read strictly, for what is not exactly a scanner's form may be a forger's:
 * a number ends where a blank or the field does, has a point (no comma) and
 * no exponent, and lies within MK_SCORE_MOST.  Fields are read as folded; a
 * NUL is a byte like any other.
 *
 * Source: names and forms as SpamAssassin 4.0.1, Exim 4.96 (the specification
 * 45.2, and spam.c for the digits), rspamd 3.4 and amavisd-new write them.
 */
#ifndef MK_SPAMSCAN_DIALECT_H
#define MK_SPAMSCAN_DIALECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mail/header.h"

enum mk_dialect {
	MK_SPAMASSASSIN, MK_EXIM, MK_AMAVIS, MK_RSPAMD
};
#define MK_DIALECTS	4
#define MK_SCORE_MOST	500000		/* hundredths, either way */

const char *mk_dialect_name(enum mk_dialect dialect);	/* "spamassassin" */
int mk_dialect_find(const char *name);			/* -1: unknown */

/* Which line a field is, by its name. */
enum mk_line {
	MK_LINE_OTHER,
	MK_LINE_RECEIVED,
	/* may hold a score */
	MK_LINE_STATUS,			/* X-Spam-Status */
	MK_LINE_SCORE,			/* X-Spam-Score */
	MK_LINE_EXIM,			/* X-Spam_score */
	MK_LINE_EXIM_INT,		/* X-Spam_score_int */
	MK_LINE_RESULT,			/* X-Spamd-Result */
	/* say who wrote the others */
	MK_LINE_CHECKER,		/* X-Spam-Checker-Version */
	MK_LINE_SERVER,			/* X-Rspamd-Server */
	MK_LINE_SCANNER			/* X-Spam-Scanner */
};
#define MK_LINES	(MK_LINE_SCANNER + 1)

enum mk_line mk_line_of(const struct mk_field *field);
const char *mk_line_name(enum mk_line line);		/* "X-Spam-Status" */
bool mk_line_is_score(enum mk_line line);		/* it may hold one */

/* What a line says in a dialect. */
enum mk_saying {
	MK_SAYS_NOTHING,		/* it is no line, or form, of it */
	MK_SAYS_NO_NUMBER,		/* it is, but has no score, or no sane one */
	MK_SAYS_SCORE
};

struct mk_reading {
	int64_t hundredths;		/* rounded down */
	enum mk_saying saying;
	bool whitelisted, blacklisted;	/* by amavis' own lists */
};

void mk_dialect_read(enum mk_dialect dialect, enum mk_line line,
    const struct mk_field *field, struct mk_reading *reading);

/*
 * The one score of all the dialect's readings, one at most of each line: the
 * lowest, where they agree.  They do if they are equal; but Exim rounds
 * X-Spam_score to tenths, and cuts X-Spam_score_int ("6.0" and "59" for 5.96),
 * and amavis puts its lists into X-Spam-Score alone (64 for a score of 3):
 * there X-Spam-Score counts.  False: they do not agree.
 */
bool mk_dialect_agree(enum mk_dialect dialect,
    const struct mk_reading readings[MK_LINES], int64_t *hundredths);

/*
 * The line that must stand with them: MK_LINE_OTHER for none (Exim's),
 * MK_LINE_RECEIVED for the one next below (amavis').  And whether one of the
 * rest names HOST; MK_LINE_SCANNER names rspamc, and no host.
 */
enum mk_line mk_dialect_witness(enum mk_dialect dialect,
    const struct mk_reading readings[MK_LINES]);
bool mk_witness_names(enum mk_line line, const struct mk_field *field,
    const char *host);

#endif
