/* report/finding - what the numbers of a survey say, in a sentence each. */
#include "report/finding.h"

#include <string.h>

#include "report/plain.h"
#include "report/words.h"

#define OLD_DAYS	30
#define NAME_CELLS	40
#define NAMED_PROGRAMS	4

static const struct mk_section_info infos[MK_SECTIONS] = {
	[MK_SECTION_SPACE] = { "space", "Space", "Set mail-root." },
	[MK_SECTION_AGES] = { "age", "Age of watched mail",
	    "Write a rule for mailkeep-expire." },
	[MK_SECTION_NIGHTS] = { "nights", "Next seven nights",
	    "Write a rule for mailkeep-expire." },
	[MK_SECTION_SCORES] = { "scores", "Spam scores",
	    "Configure mailkeep-spamscan." },
	[MK_SECTION_HITS] = { "hits", "Blacklist hits",
	    "Name Exim's log." },
	[MK_SECTION_PENDING] = { "pending", "Pending mail",
	    "Configure the queues of mailkeep-tmda." },
	[MK_SECTION_RUNS] = { "runs", "Runs of 30 days",
	    "Runs are told from the first one on." },
	[MK_SECTION_QUOTA] = { "quota", "Quota", "No quota is set." },
	[MK_SECTION_STRANGERS] = { "strangers", "Mailboxes and accounts",
	    "Accounts are the directories themselves." },
};

const struct mk_section_info *
mk_section_info(enum mk_section_id id)
{
	return &infos[id];
}

const struct mk_part *
mk_section_part(const struct mk_survey *survey, enum mk_section_id id)
{
	const struct mk_part *parts[MK_SECTIONS] = {
		[MK_SECTION_SPACE] = &survey->space.part,
		[MK_SECTION_AGES] = &survey->forecast.part,
		[MK_SECTION_NIGHTS] = &survey->forecast.part,
		[MK_SECTION_SCORES] = &survey->score.part,
		[MK_SECTION_HITS] = &survey->hits.part,
		[MK_SECTION_PENDING] = &survey->pending.part,
		[MK_SECTION_RUNS] = &survey->runs.part,
		[MK_SECTION_QUOTA] = &survey->quota.part,
		[MK_SECTION_STRANGERS] = &survey->strangers.part,
	};

	return parts[id];
}

/* NAME, made plain and not too long for a title. */
static int
add_name(struct mk_buf *out, const char *name)
{
	struct mk_buf plain = { 0 };
	int rv = mk_plain_add(&plain, name == NULL ? "" : name);

	if (rv == 0 && plain.data != NULL && (mk_buf_add(out, "\002", 1) ==
	    -1 || mk_plain_cut(out, plain.data, NAME_CELLS,
	    "\342\200\246") == -1 || mk_buf_add(out, "\003", 1) == -1))
		rv = -1;
	mk_buf_free(&plain);
	return rv;
}

static int
space(const struct mk_survey *survey, struct mk_buf *out)
{
	const struct mk_space *s = &survey->space;
	const struct mk_space_folder *f = s->folders;
	char a[MK_WORDS_MAX], b[MK_WORDS_MAX];
	uint64_t whole = s->bytes > 0 ? s->bytes : s->messages;
	size_t i;

	if (s->mailboxes == 0)
		return mk_buf_addf(out, "There is no mailbox yet");
	if (whole == 0 || s->folders_n == 0)
		return mk_buf_addf(out, "%s without a message",
		    mk_words_things(a, s->mailboxes, "mailbox", "mailboxes"));
	for (i = 0; i < 2 && i < s->folders_n; i++) {
		mk_words_share(b, s->bytes > 0 ? f[i].bytes : f[i].messages,
		    whole);
		if (i > 0 && strcmp(b, "0" MK_NBSP "%") == 0)
			break;
		if (i > 0 && mk_buf_addf(out, ", ") == -1)
			return -1;
		if (add_name(out, f[i].name) == -1 || mk_buf_addf(out, i == 0 ?
		    " holds %s of the mail" : " %s", b) == -1)
			return -1;
	}
	return 0;
}

static int
ages(const struct mk_survey *survey, struct mk_buf *out)
{
	const struct mk_forecast *f = &survey->forecast;
	uint64_t old = 0, all = 0;
	char buf[MK_WORDS_MAX];
	size_t i, age;

	for (i = 0; i < f->n; i++)
		for (age = 0; age < MK_AGES; age++) {
			all = mk_words_sum(all, f->ages[i].messages[age]);
			if (age > 0 && mk_age_days[age - 1] >= OLD_DAYS)
				old = mk_words_sum(old,
				    f->ages[i].messages[age]);
		}
	if (all == 0)
		return mk_buf_addf(out,
		    "No message lies where a rule watches");
	if (old == 0)
		return mk_buf_addf(out,
		    "Nothing that rules watch is older than %d" MK_NBSP
		    "days", OLD_DAYS);
	return mk_buf_addf(out, "%s of what rules watch is older than %d"
	    MK_NBSP "days", mk_words_share(buf, old, all), OLD_DAYS);
}

static int
nights(const struct mk_survey *survey, struct mk_buf *out)
{
	struct mk_amount sum = mk_finding_nights(&survey->forecast);
	char count[MK_WORDS_MAX], size[MK_WORDS_MAX];

	if (sum.messages == 0)
		return mk_buf_addf(out,
		    "The next seven nights remove nothing");
	return mk_buf_addf(out, "The next seven nights remove %s, %s",
	    mk_words_things(count, sum.messages, "message", "messages"),
	    mk_words_bytes(size, sum.bytes));
}

/* The listed limit that is the nearest below the configured one, or NULL. */
static const struct mk_score_limit *
stricter(const struct mk_score *score)
{
	const struct mk_score_limit *best = NULL, *limit;
	size_t i;

	for (i = 0; i < score->limits_n; i++) {
		limit = &score->limits[i];
		if (limit->limit < score->limit - 0.005 && (best == NULL ||
		    limit->limit > best->limit))
			best = limit;
	}
	return best;
}

static int
scores(const struct mk_survey *survey, struct mk_buf *out)
{
	const struct mk_score *score = &survey->score;
	const struct mk_score_limit *other = stricter(score);
	uint64_t now = mk_finding_limit(score, score->limit).inbox;
	char count[MK_WORDS_MAX], limit[MK_WORDS_MAX], less[MK_WORDS_MAX];

	mk_words_things(count, now, "message in an inbox reaches",
	    "messages in inboxes reach");
	if (mk_buf_addf(out, "%s the limit of %s", now == 0 ?
	    "Nothing in an inbox reaches" : count,
	    mk_words_decimal(limit, score->limit)) == -1)
		return -1;
	if (other == NULL || other->inbox == now)
		return 0;
	return mk_buf_addf(out, "; with a limit of %s, %s would",
	    mk_words_decimal(less, other->limit),
	    mk_words_count(count, other->inbox));
}

static int
hits(const struct mk_survey *survey, struct mk_buf *out)
{
	const struct mk_hits *h = &survey->hits;
	uint64_t all = mk_finding_hits(h);
	char buf[MK_WORDS_MAX];

	if (all == 0)
		return mk_buf_addf(out,
		    "No listed host has come in %d" MK_NBSP "days",
		    MK_HIT_DAYS);
	if (mk_buf_addf(out, "Listed hosts came %s in %d" MK_NBSP "days",
	    mk_words_things(buf, all, "time", "times"), MK_HIT_DAYS) == -1)
		return -1;
	if (h->n < 2)
		return 0;
	if (mk_buf_addf(out, ", %s by ", mk_words_share(buf, h->feeds[0].total,
	    all)) == -1)
		return -1;
	return add_name(out, h->feeds[0].feed);
}

static int
pending(const struct mk_survey *survey, struct mk_buf *out)
{
	const struct mk_pending *p = &survey->pending;
	uint64_t all = 0, due = 0;
	int64_t oldest = 0;
	char count[MK_WORDS_MAX], age[MK_WORDS_MAX];
	size_t i;

	for (i = 0; i < p->n; i++) {
		all = mk_words_sum(all, p->queues[i].messages);
		due = mk_words_sum(due, p->queues[i].due);
		if (p->queues[i].messages > 0 && p->queues[i].oldest_s > oldest)
			oldest = p->queues[i].oldest_s;
	}
	if (all == 0)
		return mk_buf_addf(out, "Nothing waits for confirmation");
	if (mk_buf_addf(out, "%s for confirmation, the oldest for %s",
	    mk_words_things(count, all, "message waits", "messages wait"),
	    mk_words_age(age, oldest)) == -1)
		return -1;
	return due == 0 ? 0 : mk_buf_addf(out, "; %s due",
	    mk_words_things(count, due, "is", "are"));
}

/* ": expire 3, tmda 1", where they are few. */
static int
who_failed(const struct mk_runs *runs, struct mk_buf *out)
{
	char count[MK_WORDS_MAX];
	size_t programs = 0, i;

	for (i = 0; i < runs->n; i++)
		programs += runs->programs[i].failed > 0;
	if (programs > NAMED_PROGRAMS)
		return mk_buf_addf(out, ", of %zu programs", programs);
	programs = 0;
	for (i = 0; i < runs->n; i++) {
		if (runs->programs[i].failed == 0)
			continue;
		if (mk_buf_addf(out, programs++ == 0 ? ": " : ", ") == -1 ||
		    add_name(out, runs->programs[i].program) == -1 ||
		    mk_buf_addf(out, MK_NBSP "%s", mk_words_count(count,
		    runs->programs[i].failed)) == -1)
			return -1;
	}
	return 0;
}

static int
runs(const struct mk_survey *survey, struct mk_buf *out)
{
	uint64_t all, failed;
	char a[MK_WORDS_MAX], b[MK_WORDS_MAX];

	mk_finding_runs(&survey->runs, &all, &failed);
	if (all == 0)
		return mk_buf_addf(out, "No run in %d" MK_NBSP "days",
		    MK_RUN_DAYS);
	if (failed == 0)
		return all == 1 ? mk_buf_addf(out, "The only run succeeded") :
		    mk_buf_addf(out, "All %s succeeded",
			mk_words_things(a, all, "run", "runs"));
	if (mk_buf_addf(out, "%s of %s failed", mk_words_count(b, failed),
	    mk_words_things(a, all, "run", "runs")) == -1)
		return -1;
	return who_failed(&survey->runs, out);
}

static int
quota(const struct mk_survey *survey, struct mk_buf *out)
{
	const struct mk_quota_trouble *q = &survey->quota;
	char a[MK_WORDS_MAX], b[MK_WORDS_MAX];

	mk_words_things(a, q->limited, "mailbox with a quota",
	    "mailboxes with a quota");
	if (q->troubled > 0)
		return mk_buf_addf(out, "%s of %s %s in trouble",
		    mk_words_count(b, q->troubled), a,
		    q->troubled == 1 ? "is" : "are");
	if (q->limited == 0)
		return mk_buf_addf(out, "No mailbox has a quota");
	if (q->limited == 1)
		return mk_buf_addf(out,
		    "The one mailbox with a quota has room");
	return mk_buf_addf(out, "Each of %s has room", a);
}

static int
strangers(const struct mk_survey *survey, struct mk_buf *out)
{
	const struct mk_strangers *s = &survey->strangers;
	char a[MK_WORDS_MAX], b[MK_WORDS_MAX];

	if (s->boxes_all == 0 && s->rows_all == 0)
		return mk_buf_addf(out,
		    "Every mailbox has its row, every row its mailbox");
	if (s->rows_all == 0)
		return mk_buf_addf(out, "%s no row", mk_words_things(a,
		    s->boxes_all, "mailbox has", "mailboxes have"));
	mk_words_things(b, s->rows_all, "row has", "rows have");
	if (s->boxes_all == 0)
		return mk_buf_addf(out, "%s no mailbox", b);
	return mk_buf_addf(out, "%s no row, %s no mailbox", mk_words_things(a,
	    s->boxes_all, "mailbox has", "mailboxes have"), b);
}

int
mk_finding(const struct mk_survey *survey, enum mk_section_id id,
    struct mk_buf *out)
{
	static int (*const finders[MK_SECTIONS])(const struct mk_survey *,
	    struct mk_buf *) = {
		[MK_SECTION_SPACE] = space, [MK_SECTION_AGES] = ages,
		[MK_SECTION_NIGHTS] = nights, [MK_SECTION_SCORES] = scores,
		[MK_SECTION_HITS] = hits, [MK_SECTION_PENDING] = pending,
		[MK_SECTION_RUNS] = runs, [MK_SECTION_QUOTA] = quota,
		[MK_SECTION_STRANGERS] = strangers,
	};

	return finders[id](survey, out);
}
