/* spamscan/histogram_print - how scores are spread: draw it. */
#include "spamscan/histogram.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/decimal.h"
#include "base/diag.h"
#include "base/json.h"
#include "base/terminal.h"

#define COLUMNS_MAX	80
#define COLUMNS_MIN	48		/* narrower than that it wraps */
#define LABEL		11		/* "20 and more" */

static const int limits[] = { 5, 7, 10 };	/* points, each less than 20 */
#define LIMITS_N	(sizeof limits / sizeof *limits)

/* A histogram to be printed. */
struct shown {
	const char *user, *mailbox;	/* NULL: of all accounts */
	int64_t limit;			/* to be marked, hundredths */
	const struct mk_scores *scores;
};

static uint64_t
sum(const uint32_t pair[2])
{
	return (uint64_t)pair[0] + pair[1];
}

/* Messages from the bin FIRST on; in Junk alone. */
static uint64_t
caught(const struct mk_scores *scores, int first, bool in_junk)
{
	uint64_t n = 0;
	int i;

	for (i = first; i < MK_BINS; i++)
		n += in_junk ? scores->bins[i][1] : sum(scores->bins[i]);
	return n;
}

/* ---- for people */

static const char *
bin_label(char buf[32], int bin)
{
	if (bin == 0)
		return "below 0";
	if (bin == MK_BINS - 1)
		snprintf(buf, 32, "%d and more", MK_BINS - 2);
	else
		snprintf(buf, 32, "%2d to %d", bin - 1, bin);
	return buf;
}

/* Whether the limit, in hundredths, lies in BIN. */
static bool
holds(int bin, int64_t limit)
{
	int64_t from = (int64_t)(bin - 1) * 100;

	return bin > 0 && limit >= from && (bin == MK_BINS - 1 ||
	    limit < from + 100);
}

static void
repeat(char c, int n)
{
	while (n-- > 0)
		putchar(c);
}

/* What is counted at all is seen: a mark at least for each of the two. */
static void
print_bar(const uint32_t pair[2], uint64_t most, int room)
{
	int inbox = (int)(pair[0] * (uint64_t)room / most);
	int junk = (int)(pair[1] * (uint64_t)room / most);

	if (inbox == 0 && pair[0] > 0)
		inbox = 1;
	if (junk == 0 && pair[1] > 0)
		junk = 1;
	if (inbox + junk > room)	/* one was raised to a mark */
		*(inbox > junk ? &inbox : &junk) -= 1;
	if (inbox + junk > 0)
		printf("  ");
	repeat('#', inbox);
	repeat('=', junk);
	putchar('\n');
}

static int
digits(uint64_t n)
{
	return snprintf(NULL, 0, "%" PRIu64, n);
}

static void
print_bins(const struct shown *s, int columns)
{
	const uint32_t (*bins)[2] = s->scores->bins;
	uint64_t most = 1;
	int i, j, width[2] = { 5, 5 }, room;
	char label[32];

	for (i = 0; i < MK_BINS; i++) {
		if (sum(bins[i]) > most)
			most = sum(bins[i]);
		for (j = 0; j < 2; j++)
			if (digits(bins[i][j]) > width[j])
				width[j] = digits(bins[i][j]);
	}
	room = columns - (2 + LABEL + 2 + width[0] + 2 + width[1] + 2);
	if (room < 2)
		room = 2;
	printf("  %-*s  %*s  %*s\n", LABEL, "score", width[0], "inbox",
	    width[1], "Junk");
	for (i = 0; i < MK_BINS; i++) {
		printf("%c %-*s  %*" PRIu32 "  %*" PRIu32,
		    holds(i, s->limit) ? '>' : ' ', LABEL,
		    bin_label(label, i), width[0], bins[i][0], width[1],
		    bins[i][1]);
		print_bar(bins[i], most, room);
	}
}

static void
print_limit(const char *label, uint64_t n, uint64_t in_junk, uint64_t scored)
{
	uint64_t tenths = (n * 1000 + scored / 2) / scored;

	printf("  %-*s  %11" PRIu64 "  %6" PRIu64 ".%" PRIu64 "%%  %11" PRIu64
	    "\n", LABEL, label, n, tenths / 10, tenths % 10, in_junk);
}

static void
print_limits(const struct shown *s)
{
	const struct mk_scores *scores = s->scores;
	uint64_t scored = caught(scores, 0, false);
	char label[MK_DECIMAL_MAX + 8], limit[MK_DECIMAL_MAX];
	size_t i;

	printf("  %-*s  %11s  %9s  %11s\n", LABEL, "limit", "would catch",
	    "of scored", "in Junk now");
	for (i = 0; i < LIMITS_N; i++) {
		snprintf(label, sizeof label, "%d", limits[i]);
		print_limit(label, caught(scores, 1 + limits[i], false),
		    caught(scores, 1 + limits[i], true), scored);
	}
	mk_decimal_format(limit, sizeof limit, s->limit);
	snprintf(label, sizeof label, "own, %s", limit);
	print_limit(s->user == NULL ? "each's own" : label, sum(scores->own),
	    scores->own[1], scored);
}

/* Whole, however long: it is to be looked for. */
static int
print_heading(const char *user)
{
	size_t size = 4 * strlen(user) + 1;
	char *buf = malloc(size);

	if (buf == NULL)
		return -1;
	puts(mk_diag_escape(buf, size, user));
	free(buf);
	return 0;
}

static int
print_shown(const struct shown *s)
{
	const struct mk_scores *scores = s->scores;
	uint64_t scored = caught(scores, 0, false);
	char limit[MK_DECIMAL_MAX];

	if (print_heading(s->user == NULL ? "all accounts" : s->user) == -1)
		return -1;
	printf("%" PRIu64 " with a score; without one: %" PRIu32 ", and in "
	    "Junk %" PRIu32 "\n", scored, scores->unscored[0],
	    scores->unscored[1]);
	if (scored == 0)
		return 0;
	putchar('\n');
	print_bins(s, (int)mk_terminal_columns(STDOUT_FILENO, COLUMNS_MIN,
	    COLUMNS_MAX));
	printf("  > %s limit, %s   # inbox   = Junk\n\n", s->user == NULL ?
	    "the configured" : "its", mk_decimal_format(limit, sizeof limit,
	    s->limit));
	print_limits(s);
	return 0;
}

/* ---- for programs */

static void
json_pair(struct mk_json *json, const uint32_t pair[2])
{
	mk_json_int(json, "inbox", pair[0]);
	mk_json_int(json, "junk", pair[1]);
}

static void
json_bins(struct mk_json *json, const struct mk_scores *scores)
{
	int i;

	mk_json_array(json, "bins");
	for (i = 0; i < MK_BINS; i++) {
		mk_json_object(json, NULL);
		if (i == 0)
			mk_json_null(json, "from");
		else
			mk_json_int(json, "from", i - 1);
		if (i == MK_BINS - 1)
			mk_json_null(json, "below");
		else
			mk_json_int(json, "below", i);
		json_pair(json, scores->bins[i]);
		mk_json_close_object(json);
	}
	mk_json_close_array(json);
}

static void
json_limits(struct mk_json *json, const struct shown *s)
{
	const struct mk_scores *scores = s->scores;
	size_t i;

	mk_json_array(json, "limits");
	for (i = 0; i <= LIMITS_N; i++) {
		mk_json_object(json, NULL);
		if (i < LIMITS_N)
			mk_json_int(json, "limit", limits[i]);
		else if (s->user != NULL)
			mk_json_milli(json, "limit", s->limit * 10);
		else
			mk_json_null(json, "limit");
		mk_json_bool(json, "own", i == LIMITS_N);
		mk_json_int(json, "caught", (int64_t)(i < LIMITS_N ?
		    caught(scores, 1 + limits[i], false) : sum(scores->own)));
		mk_json_int(json, "in_junk", (int64_t)(i < LIMITS_N ?
		    caught(scores, 1 + limits[i], true) : scores->own[1]));
		mk_json_close_object(json);
	}
	mk_json_close_array(json);
}

static int
json_shown(const struct shown *s)
{
	struct mk_json json;

	mk_json_begin(&json, stdout);
	mk_json_object(&json, NULL);
	if (s->user != NULL) {
		mk_json_string(&json, "user", s->user);
		mk_json_string(&json, "mailbox", s->mailbox);
	}
	mk_json_milli(&json, "limit", s->limit * 10);
	mk_json_int(&json, "scored", (int64_t)caught(s->scores, 0, false));
	mk_json_object(&json, "unscored");
	json_pair(&json, s->scores->unscored);
	mk_json_close_object(&json);
	json_bins(&json, s->scores);
	json_limits(&json, s);
	mk_json_close_object(&json);
	return mk_json_end(&json);
}

static int
order(const void *a, const void *b)
{
	const struct mk_histogram_account *x = a, *y = b;
	int rv = strcmp(x->mailbox, y->mailbox);

	return rv != 0 ? rv : strcmp(x->root, y->root);
}

int
mk_histogram_print(struct mk_histogram *h, bool as_json, struct mk_error *err)
{
	struct shown s = { .limit = h->limit, .scores = &h->all };
	size_t i;
	int rv = 0;

	if (!h->by_account)
		rv = as_json ? json_shown(&s) : print_shown(&s);
	if (h->n > 0)
		qsort(h->accounts, h->n, sizeof *h->accounts, order);
	for (i = 0; i < h->n && rv == 0; i++) {
		s = (struct shown){ .user = h->accounts[i].user,
		    .mailbox = h->accounts[i].mailbox[0] == '\0' ?
		    h->accounts[i].root : h->accounts[i].mailbox,
		    .limit = h->accounts[i].limit,
		    .scores = &h->accounts[i].scores };
		if (!as_json && i > 0)
			putchar('\n');
		rv = as_json ? json_shown(&s) : print_shown(&s);
	}
	if (rv == -1 || fflush(stdout) == EOF || ferror(stdout))
		return mk_fail_sys(err, "standard output");
	return 0;
}
