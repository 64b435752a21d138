/* spamscan/trust - the score that a header holds, where it can be proved. */
#include "spamscan/trust.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "spamscan/trust_proof.h"

static bool
is_host_name(const char *text)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._");

	return len > 0 && text[len] == '\0' && strspn(text, ".") != len;
}

static int
check(void *data, struct mk_error *err)
{
	const char *names[MK_DIALECTS + 1] = { NULL }, *nearest;
	const struct mk_trust *rule = data;
	size_t i;

	for (i = 0; i < MK_DIALECTS; i++)
		names[i] = mk_dialect_name((enum mk_dialect)i);
	if (!is_host_name(rule->host))
		return mk_fail(err, EX_CONFIG, "is titled by the host that "
		    "scans, and \"%s\" is no host's name", rule->host);
	if (rule->dialect.n == 0)
		return mk_fail(err, EX_CONFIG, "names no dialect: leave the "
		    "key out for all of them");
	for (i = 0; i < rule->dialect.n; i++) {
		if (mk_dialect_find(rule->dialect.v[i]) != -1)
			continue;
		nearest = mk_nearest(rule->dialect.v[i], names);
		return mk_fail(err, EX_CONFIG, "dialect: \"%s\" is none of "
		    "spamassassin, exim, amavis and rspamd%s%s%s",
		    rule->dialect.v[i], nearest == NULL ? "" :
		    "; did you mean \"", nearest == NULL ? "" : nearest,
		    nearest == NULL ? "" : "\"?");
	}
	for (i = 0; i < rule->received_by.n; i++)
		if (!is_host_name(rule->received_by.v[i]))
			return mk_fail(err, EX_CONFIG, "received-by: \"%s\" "
			    "is no host's name", rule->received_by.v[i]);
	return 0;
}

const char *
mk_trust_host(const struct mk_trust *rule, size_t nth)
{
	return rule->received_by.n > 0 ? rule->received_by.v[nth] : rule->host;
}

#define FIELD(f)	offsetof(struct mk_trust, f)
static const struct mk_key keys[] = {
	{ "dialect", MK_LIST, "spamassassin,exim,amavis,rspamd", NULL, NULL,
	    NULL, FIELD(dialect) },
	{ "received-by", MK_LIST, NULL, NULL, NULL, NULL,
	    FIELD(received_by) },
	{ "stripped", MK_BOOL, "no", NULL, NULL, NULL, FIELD(stripped) },
	MK_KEY_END
};
#undef FIELD

const struct mk_section mk_trust_section = {
	.name = "spamscan.trust", .keys = keys, .titled = true,
	.size = sizeof(struct mk_trust),
	.title_offset = offsetof(struct mk_trust, host), .check = check,
};

/* Room for one more. */
static int
reserve(struct mk_trust_lines *lines)
{
	bool few = lines->v == lines->few;
	struct mk_trust_line *more;

	if (lines->n < lines->cap)
		return 0;
	more = realloc(few ? NULL : lines->v,
	    2 * lines->cap * sizeof *more);
	if (more == NULL)
		return -1;
	if (few)
		memcpy(more, lines->few, sizeof lines->few);
	lines->v = more;
	lines->cap *= 2;
	return 0;
}

/* How many Received on top the rules ask about; SIZE_MAX: about all lines. */
static size_t
reach(const struct mk_trust *rules, size_t n)
{
	size_t most = 0, i, want;

	for (i = 0; i < n; i++) {
		want = rules[i].received_by.n > 0 ? rules[i].received_by.n : 1;
		if (rules[i].stripped)
			return SIZE_MAX;
		if (most < want)
			most = want;
	}
	return most;
}

/*
 * Collect the lines as far as a rule reaches.  What stands above the topmost
 * Received decides, so of most headers the rest is never looked at: where the
 * REACH-th is met without a score above it, or, as amavis' score wants the
 * Received below it, with the next one.  SpamAssassin's own may be the first of
 * a header that is all its own.
 */
static int
collect(struct mk_trust_lines *lines, const char *text, size_t len,
    size_t reach)
{
	struct mk_trust_line *met;
	struct mk_field field;
	enum mk_line line;
	size_t at = 0, received = 0;
	bool wrapped = false;

	while (mk_header_next(text, len, &at, &field) == 1) {
		if (!lines->whole && at == len)
			break;		/* it may be cut short */
		line = mk_line_of(&field);
		if (line == MK_LINE_OTHER)
			continue;
		if (reserve(lines) == -1)
			return -1;
		met = &lines->v[lines->n++];
		met->line = line;
		met->field = field;
		lines->scores |= mk_line_is_score(line);
		if (line != MK_LINE_RECEIVED)
			continue;
		if (++received <= reach) {
			mk_received_read(&field, &met->received);
			wrapped |= met->received.spamassassin;
		}
		if (!wrapped && received >= reach &&
		    (!lines->scores || received > reach))
			break;
	}
	return 0;
}

/*
 * Where the rule's own hosts end and a sender may begin: the index of the last
 * Received of 1.  False: other hosts stand on top.
 */
static bool
find_place(const struct mk_trust_lines *lines, enum mk_dialect dialect,
    struct mk_finding *f)
{
	const struct mk_trust *rule = f->rule;
	size_t want = rule->received_by.n > 0 ? rule->received_by.n : 1, i;

	for (i = 0, f->nth = 0; i < lines->n; i++) {
		if (lines->v[i].line != MK_LINE_RECEIVED)
			continue;
		if (dialect == MK_SPAMASSASSIN && lines->whole &&
		    mk_received_spamassassin(&lines->v[i].received,
		    rule->host)) {
			f->place = lines->n;
			return true;
		}
		if (!mk_received_by(&lines->v[i].received,
		    mk_trust_host(rule, f->nth)))
			break;
		if (++f->nth == want) {
			f->place = i;
			return true;
		}
	}
	f->mismatch = i;
	return false;
}

/*
 * Read the lines before f->place: 1 where there are some of the dialect, 0
 * where there are none; -1 with f->why.  *STATUS is where its X-Spam-Status
 * stands.
 */
static int
read_lines(const struct mk_trust_lines *lines, enum mk_dialect dialect,
    struct mk_finding *f, struct mk_reading readings[MK_LINES], size_t *status)
{
	struct mk_reading reading;
	bool several = false;
	enum mk_line line;
	int i, found = 0;
	size_t at;

	memset(readings, 0, MK_LINES * sizeof readings[0]);
	for (at = 0; at < f->place; at++) {
		line = lines->v[at].line;
		if (!mk_line_is_score(line))
			continue;
		mk_dialect_read(dialect, line, &lines->v[at].field, &reading);
		if (reading.saying == MK_SAYS_NOTHING)
			continue;
		several |= readings[line].saying != MK_SAYS_NOTHING;
		readings[line] = reading;
		found = 1;
		if (line == MK_LINE_STATUS)
			*status = at;
	}
	/* Any number might be amavis' X-Spam-Score. */
	if (found == 0 || (dialect == MK_AMAVIS &&
	    readings[MK_LINE_STATUS].saying == MK_SAYS_NOTHING))
		return 0;
	f->why = MK_WHY_SEVERAL;
	if (several)
		return -1;
	f->why = MK_WHY_NO_NUMBER;
	for (i = 0; i < MK_LINES; i++)
		if (readings[i].saying == MK_SAYS_NO_NUMBER)
			return -1;
	return 1;
}

/* Whether the first Received below the line at AT is amavis' own. */
static bool
is_above_amavis(const struct mk_trust_lines *lines, size_t at,
    const char *host)
{
	struct mk_received received;

	while (at < lines->n && lines->v[at].line != MK_LINE_RECEIVED)
		at++;
	if (at == lines->n)
		return false;
	mk_received_read(&lines->v[at].field, &received);
	return mk_received_amavis(&received, host);
}

/* Whether one line of f->witness, in the same place, names the host. */
static bool
is_witnessed(const struct mk_trust_lines *lines, const struct mk_finding *f)
{
	const struct mk_trust_line *line;
	bool named = false;
	size_t i, n = 0;

	for (i = 0; i < f->place; i++) {
		line = &lines->v[i];
		if (line->line != f->witness)
			continue;
		n++;
		named = mk_witness_names(line->line, &line->field,
		    f->rule->host);
	}
	return n == 1 && named;
}

static void
prove(const struct mk_trust_lines *lines, const struct mk_trust *rule,
    enum mk_dialect dialect, struct mk_finding *f)
{
	struct mk_reading readings[MK_LINES];
	size_t status = 0, place;
	int found;

	*f = (struct mk_finding){ .rule = rule, .why = MK_WHY_HOSTS };
	if (!find_place(lines, dialect, f))
		return;
	place = f->place;
	found = read_lines(lines, dialect, f, readings, &status);
	if (found == 0) {
		f->place = lines->n;
		found = read_lines(lines, dialect, f, readings, &status);
		if (found == 0) {
			f->why = MK_WHY_NONE;
			return;
		}
		if (!rule->stripped || !lines->whole) {
			f->place = place;
			f->why = MK_WHY_BELOW;
			return;
		}
	}
	if (found == -1)
		return;
	f->anywhere = f->place > place;
	f->witness = mk_dialect_witness(dialect, readings);
	if (!mk_dialect_agree(dialect, readings, &f->hundredths))
		f->why = MK_WHY_DISAGREE;
	else if (f->witness == MK_LINE_OTHER ||
	    (f->witness == MK_LINE_RECEIVED ?
	    is_above_amavis(lines, status, rule->host) :
	    is_witnessed(lines, f)))
		f->why = MK_WHY_PROVED;
	else
		f->why = MK_WHY_WITNESS;
}

/* Ask each rule and dialect in turn, until one proves a score. */
static void
ask(const struct mk_trust_lines *lines, const struct mk_trust *rules, size_t n,
    struct mk_finding best[MK_DIALECTS], struct mk_header_score *score)
{
	struct mk_finding f;
	size_t i, j;
	int dialect;

	for (i = 0; i < n; i++)
		for (j = 0; j < rules[i].dialect.n; j++) {
			dialect = mk_dialect_find(rules[i].dialect.v[j]);
			if (dialect == -1)
				continue;
			prove(lines, &rules[i], (enum mk_dialect)dialect, &f);
			if (f.why > best[dialect].why || (f.why ==
			    best[dialect].why && f.nth > best[dialect].nth))
				best[dialect] = f;
			if (f.why != MK_WHY_PROVED)
				continue;
			score->found = true;
			score->hundredths = f.hundredths;
			score->dialect = (enum mk_dialect)dialect;
			score->rule = i;
			return;
		}
}

int
mk_trust_score(const struct mk_trust *rules, size_t n, const char *text,
    size_t len, bool whole, const struct mk_trust_tell *tell,
    struct mk_header_score *score, struct mk_error *err)
{
	struct mk_finding best[MK_DIALECTS] = { { 0 } };
	struct mk_trust_lines lines = { .cap = MK_TRUST_FEW, .whole = whole };
	int rv = -1;

	*score = (struct mk_header_score){ 0 };
	lines.v = lines.few;
	if (collect(&lines, text, len, tell != NULL ? SIZE_MAX :
	    reach(rules, n)) == -1)
		goto out;
	if (lines.scores) {
		ask(&lines, rules, n, best, score);
		if (tell != NULL && mk_trust_tell_all(tell, &lines, best,
		    n == 0 ? "no rule trusts a host" :
		    score->found ? "another one was asked before, and has it" :
		    "it is in no form of the dialects named") == -1)
			goto out;
	}
	rv = 0;
out:
	if (rv == -1) {
		errno = ENOMEM;
		mk_fail_sys(err, "read a header");
	}
	if (lines.v != lines.few)
		free(lines.v);
	return rv;
}
