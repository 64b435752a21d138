/* spamscan/dialect - the lines that scanners write. */
#include "spamscan/dialect.h"

#include <string.h>

#include "base/decimal.h"
#include "spamscan/received.h"

static const char *const dialects[MK_DIALECTS] = {
	"spamassassin", "exim", "amavis", "rspamd"
};

static const struct {
	const char *name;
	size_t len;
} lines[MK_LINES] = {
#define LINE(name)	{ (name), sizeof (name) - 1 }
	[MK_LINE_OTHER] = LINE(""),
	[MK_LINE_RECEIVED] = LINE("Received"),
	[MK_LINE_STATUS] = LINE("X-Spam-Status"),
	[MK_LINE_SCORE] = LINE("X-Spam-Score"),
	[MK_LINE_EXIM] = LINE("X-Spam_score"),
	[MK_LINE_EXIM_INT] = LINE("X-Spam_score_int"),
	[MK_LINE_RESULT] = LINE("X-Spamd-Result"),
	[MK_LINE_CHECKER] = LINE("X-Spam-Checker-Version"),
	[MK_LINE_SERVER] = LINE("X-Rspamd-Server"),
	[MK_LINE_SCANNER] = LINE("X-Spam-Scanner"),
#undef LINE
};

struct text {
	const char *at, *end;
};

const char *
mk_dialect_name(enum mk_dialect dialect)
{
	return dialects[dialect];
}

int
mk_dialect_find(const char *name)
{
	int i;

	for (i = 0; i < MK_DIALECTS; i++)
		if (strcmp(name, dialects[i]) == 0)
			return i;
	return -1;
}

const char *
mk_line_name(enum mk_line line)
{
	return lines[line].name;
}

bool
mk_line_is_score(enum mk_line line)
{
	return line >= MK_LINE_STATUS && line <= MK_LINE_RESULT;
}

/* Most fields of most messages are told apart by length and first letter. */
enum mk_line
mk_line_of(const struct mk_field *field)
{
	size_t i, len = field->name_len;
	char c;

	if (len < lines[MK_LINE_RECEIVED].len ||
	    len > lines[MK_LINE_CHECKER].len)
		return MK_LINE_OTHER;
	c = field->name[0];
	if (c == 'R' || c == 'r')
		return mk_field_is(field, lines[MK_LINE_RECEIVED].name) ?
		    MK_LINE_RECEIVED : MK_LINE_OTHER;
	if ((c != 'X' && c != 'x') || field->name[1] != '-')
		return MK_LINE_OTHER;
	for (i = MK_LINE_STATUS; i < MK_LINES; i++)
		if (len == lines[i].len && mk_field_is(field, lines[i].name))
			return (enum mk_line)i;
	return MK_LINE_OTHER;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void
skip_blanks(struct text *t)
{
	while (t->at < t->end && is_blank(*t->at))
		t->at++;
}

/* Past WORD, if it is next. */
static bool
take(struct text *t, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(t->end - t->at) < len || memcmp(t->at, word, len) != 0)
		return false;
	t->at += len;
	return true;
}

/* Up to the next blank, blanks before it skipped; false at the end. */
static bool
take_token(struct text *t, struct text *token)
{
	skip_blanks(t);
	token->at = t->at;
	while (t->at < t->end && !is_blank(*t->at))
		t->at++;
	token->end = t->at;
	return token->at < token->end;
}

static bool
is_token(const struct text *token, const char *word)
{
	size_t len = strlen(word);

	return (size_t)(token->end - token->at) == len &&
	    memcmp(token->at, word, len) == 0;
}

static bool
at_end(struct text *t)
{
	skip_blanks(t);
	return t->at == t->end;
}

/* TOKEN, all of it, as a score. */
static bool
as_number(const struct text *token, int64_t *hundredths)
{
	size_t len = (size_t)(token->end - token->at);

	return len > 0 &&
	    mk_decimal_parse(token->at, len, hundredths) == len &&
	    *hundredths >= -MK_SCORE_MOST && *hundredths <= MK_SCORE_MOST;
}

static void
says(struct mk_reading *reading, const struct text *number)
{
	if (as_number(number, &reading->hundredths))
		reading->saying = MK_SAYS_SCORE;
	else
		reading->saying = MK_SAYS_NO_NUMBER;
}

/* What stands behind the score in X-Spam-Status. */
enum rest { REST_NONE, REST_PLAIN, REST_AMAVIS };

static enum rest
read_rest(struct text *t, struct mk_reading *reading)
{
	enum rest rest = REST_NONE;
	struct text token;

	while (take_token(t, &token)) {
		if (rest == REST_NONE)
			rest = REST_PLAIN;
		if (is_token(&token, "WHITELISTED"))
			reading->whitelisted = true;
		else if (is_token(&token, "BLACKLISTED"))
			reading->blacklisted = true;
		else if (take(&token, "tests="))
			return take(&token, "[") ? REST_AMAVIS : rest;
		else if (take(&token, "tagged_above="))
			rest = REST_AMAVIS;
	}
	return rest;
}

/*
 * "Yes, score=15.3 required=5.0 tests=A,B ...", "hits=" in old ones; nothing
 * behind the score in rspamd's.
 */
static void
read_status(enum mk_dialect dialect, struct text t,
    struct mk_reading *reading)
{
	struct text number;
	enum rest rest;

	if (!take(&t, "Yes,") && !take(&t, "No,"))
		return;
	skip_blanks(&t);
	if (!take(&t, "score=") && !take(&t, "hits="))
		return;
	number.at = t.at;
	while (t.at < t.end && !is_blank(*t.at))
		t.at++;
	number.end = t.at;
	rest = read_rest(&t, reading);
	if (dialect == MK_AMAVIS ? rest != REST_AMAVIS :
	    dialect == MK_RSPAMD ? rest != REST_NONE : rest == REST_AMAVIS)
		return;
	says(reading, &number);
}

/* "(+++++)", "(---)", "(/)", or nothing. */
static bool
is_bar(struct text *t)
{
	char c;

	if (at_end(t))
		return true;
	if (!take(t, "(") || t->at == t->end)
		return false;
	c = *t->at;
	if (c != '+' && c != '-' && c != '/')
		return false;
	while (t->at < t->end && *t->at == c)
		t->at++;
	return take(t, ")") && at_end(t);
}

/*
 * A number as Exim's $spam_score, one digit behind the point; or, POINT being
 * false, its $spam_score_int.  Someone may write the latter, "51" for 5.1,
 * into X-Spam-Score: without a point that is no score.
 */
static bool
is_exims(const struct text *number, bool point)
{
	const char *p = number->at, *end = number->end;

	if (p < end && *p == '-')
		p++;
	if (point) {
		if (end - p < 3 || end[-2] != '.' || !is_digit(end[-1]))
			return false;
		end -= 2;
	}
	if (p == end)
		return false;
	while (p < end && is_digit(*p))
		p++;
	return p == end;
}

static void
read_exim(enum mk_line line, struct text t, struct mk_reading *reading)
{
	struct text number;

	if (line == MK_LINE_SCORE) {
		/* "5.1 (+++++)", "5.1" */
		if (take_token(&t, &number) && is_exims(&number, true) &&
		    is_bar(&t))
			says(reading, &number);
		return;
	}
	reading->saying = MK_SAYS_NO_NUMBER;
	if (!take_token(&t, &number) || !at_end(&t) ||
	    !is_exims(&number, line == MK_LINE_EXIM))
		return;
	if (line == MK_LINE_EXIM) {
		says(reading, &number);
	} else if (mk_decimal_parse(number.at,
	    (size_t)(number.end - number.at), &reading->hundredths) > 0 &&
	    reading->hundredths >= -10 * (int64_t)MK_SCORE_MOST &&
	    reading->hundredths <= 10 * (int64_t)MK_SCORE_MOST) {
		reading->hundredths /= 10;	/* whole tenths: exact */
		reading->saying = MK_SAYS_SCORE;
	}
}

/* X-Spam-Score of amavis: "6.123", "-1"; "-" where it has none. */
static void
read_amavis_score(struct text t, struct mk_reading *reading)
{
	struct text number;

	if (take_token(&t, &number) && at_end(&t))
		says(reading, &number);
}

/* X-Spam-Score of rspamc: "15.00 / 15.00". */
static void
read_rspamc_score(struct text t, struct mk_reading *reading)
{
	struct text number, token;

	if (take_token(&t, &number) && take_token(&t, &token) &&
	    is_token(&token, "/") && take_token(&t, &token) && at_end(&t))
		says(reading, &number);
}

/* "default: False [8.95 / 19.90]; SYMBOL(4.00)[..]; ..." */
static void
read_result(struct text t, struct mk_reading *reading)
{
	struct text number, token;

	if (!take(&t, "default:"))
		return;
	reading->saying = MK_SAYS_NO_NUMBER;
	if (!take_token(&t, &token))		/* True, False */
		return;
	skip_blanks(&t);
	if (take(&t, "[") && take_token(&t, &number) &&
	    take_token(&t, &token) && is_token(&token, "/") &&
	    take_token(&t, &token) &&
	    memchr(token.at, ']', (size_t)(token.end - token.at)) != NULL)
		says(reading, &number);
}

void
mk_dialect_read(enum mk_dialect dialect, enum mk_line line,
    const struct mk_field *field, struct mk_reading *reading)
{
	struct text t = { field->value, field->value + field->value_len };

	*reading = (struct mk_reading){ 0 };
	skip_blanks(&t);
	if (line == MK_LINE_STATUS && dialect != MK_EXIM)
		read_status(dialect, t, reading);
	else if (dialect == MK_EXIM && (line == MK_LINE_EXIM ||
	    line == MK_LINE_EXIM_INT || line == MK_LINE_SCORE))
		read_exim(line, t, reading);
	else if (dialect == MK_AMAVIS && line == MK_LINE_SCORE)
		read_amavis_score(t, reading);
	else if (dialect == MK_RSPAMD && line == MK_LINE_SCORE)
		read_rspamc_score(t, reading);
	else if (dialect == MK_RSPAMD && line == MK_LINE_RESULT)
		read_result(t, reading);
}

/* Whether CUT is what is left of ROUNDED, both of one score in tenths. */
static bool
is_cut(int64_t rounded, int64_t cut)
{
	int64_t more = rounded - cut;

	return more == 0 || (more == 10 && cut >= 0) ||
	    (more == -10 && cut <= 0);
}

bool
mk_dialect_agree(enum mk_dialect dialect,
    const struct mk_reading readings[MK_LINES], int64_t *hundredths)
{
	const struct mk_reading *first = NULL, *r;
	int i;

	r = &readings[MK_LINE_SCORE];
	if (dialect == MK_AMAVIS) {
		first = &readings[MK_LINE_STATUS];
		*hundredths = first->hundredths;
		if (r->saying == MK_SAYS_SCORE) {
			if (!first->whitelisted && !first->blacklisted &&
			    r->hundredths != first->hundredths)
				return false;
			*hundredths = r->hundredths;
		}
		if (first->whitelisted && *hundredths > 0)
			*hundredths = 0;
		return first->saying == MK_SAYS_SCORE;
	}
	for (i = 0; i < MK_LINES; i++) {
		r = &readings[i];
		if (r->saying != MK_SAYS_SCORE)
			continue;
		if (first == NULL) {
			first = r;
			*hundredths = r->hundredths;
		} else if (i == MK_LINE_EXIM_INT ?
		    !is_cut(first->hundredths, r->hundredths) :
		    r->hundredths != first->hundredths) {
			return false;
		} else if (r->hundredths < *hundredths) {
			*hundredths = r->hundredths;
		}
	}
	return first != NULL;
}

enum mk_line
mk_dialect_witness(enum mk_dialect dialect,
    const struct mk_reading readings[MK_LINES])
{
	switch (dialect) {
	case MK_SPAMASSASSIN:
		return MK_LINE_CHECKER;
	case MK_EXIM:
		return MK_LINE_OTHER;
	case MK_AMAVIS:
		return MK_LINE_RECEIVED;
	case MK_RSPAMD:
		break;
	}
	if (readings[MK_LINE_RESULT].saying == MK_SAYS_NOTHING &&
	    readings[MK_LINE_STATUS].saying == MK_SAYS_NOTHING)
		return MK_LINE_SCANNER;		/* rspamc */
	return MK_LINE_SERVER;
}

bool
mk_witness_names(enum mk_line line, const struct mk_field *field,
    const char *host)
{
	struct text t = { field->value, field->value + field->value_len };
	struct text token, first = { 0 }, before = { 0 }, last = { 0 };
	size_t n = 0;

	while (take_token(&t, &token)) {
		if (n++ == 0)
			first = token;
		before = last;
		last = token;
	}
	if (n == 0)
		return false;
	if (line == MK_LINE_SCANNER)		/* it names no host */
		return is_token(&first, "rspamc");
	if (line == MK_LINE_CHECKER ? n < 4 || !is_token(&before, "on") ||
	    !is_token(&first, "SpamAssassin") : n != 1)
		return false;
	return mk_host_is(last.at, (size_t)(last.end - last.at), host, true);
}
