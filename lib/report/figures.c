/* report/figures - the head of a report, and the sums that others share. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/finding.h"
#include "report/plain.h"
#include "report/words.h"

#define REASON_CELLS	40

struct mk_amount
mk_finding_nights(const struct mk_forecast *forecast)
{
	struct mk_amount sum = { 0 };
	size_t i, night;

	for (i = 0; i < forecast->n; i++)
		for (night = 0; night < MK_NIGHTS; night++) {
			sum.messages = mk_words_sum(sum.messages,
			    forecast->nights[i].messages[night]);
			sum.bytes = mk_words_sum(sum.bytes,
			    forecast->nights[i].bytes[night]);
		}
	return sum;
}

uint64_t
mk_finding_hits(const struct mk_hits *hits)
{
	uint64_t all = 0;
	size_t i;

	for (i = 0; i < hits->n; i++)
		all = mk_words_sum(all, hits->feeds[i].total);
	return all;
}

void
mk_finding_runs(const struct mk_runs *runs, uint64_t *all, uint64_t *failed)
{
	size_t i;

	*all = *failed = 0;
	for (i = 0; i < runs->n; i++) {
		*all += runs->programs[i].n;
		*failed += runs->programs[i].failed;
	}
}

struct mk_score_limit
mk_finding_limit(const struct mk_score *score, double limit)
{
	struct mk_score_limit sum = { .limit = limit };
	size_t i;

	for (i = 0; i < score->limits_n; i++)
		if (fabs(score->limits[i].limit - limit) < 0.005)
			return score->limits[i];
	for (i = 0; i < score->bins_n; i++)
		if (score->bins[i].from >= limit) {
			sum.inbox = mk_words_sum(sum.inbox,
			    score->bins[i].inbox);
			sum.junk = mk_words_sum(sum.junk,
			    score->bins[i].junk);
		}
	return sum;
}

static int
by_time(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int
mk_finding_took(const struct mk_run_program *program, struct mk_took *took)
{
	int64_t *all;
	size_t i;

	*took = (struct mk_took){ 0 };
	if (program->n == 0)
		return 0;
	all = calloc(program->n, sizeof *all);
	if (all == NULL)
		return -1;
	for (i = 0; i < program->n; i++)
		all[i] = program->runs[i].took_ms;
	qsort(all, program->n, sizeof *all, by_time);
	took->median_ms = all[program->n / 2];
	took->longest_ms = all[program->n - 1];
	free(all);
	return 0;
}

/* ---- what needs a look */

struct troubles {
	struct mk_trouble *list;
	size_t n;
};

static struct mk_trouble *
trouble(struct troubles *t, enum mk_section_id section, enum mk_mood mood)
{
	struct mk_trouble *new;

	if (t->n == MK_TROUBLES)
		return NULL;
	new = &t->list[t->n++];
	*new = (struct mk_trouble){ .section = section, .mood = mood };
	return new;
}

/* FORMAT with NAME, made plain. */
static void
say(struct mk_trouble *t, const char *before, const char *name,
    const char *after)
{
	struct mk_buf plain = { 0 }, cut = { 0 };

	if (t == NULL)
		return;
	if (mk_plain_add(&plain, name) == -1 || plain.data == NULL ||
	    mk_plain_cut(&cut, plain.data, REASON_CELLS, "\342\200\246") == -1)
		snprintf(t->text, sizeof t->text, "%s%s", before, after);
	else
		snprintf(t->text, sizeof t->text, "%s%s%s", before,
		    cut.data == NULL ? "" : cut.data, after);
	mk_buf_free(&cut);
	mk_buf_free(&plain);
}

static void
finding(const struct mk_survey *survey, struct troubles *t,
    enum mk_section_id section, enum mk_mood mood)
{
	struct mk_trouble *new = trouble(t, section, mood);
	struct mk_buf buf = { 0 };

	if (new != NULL && mk_finding(survey, section, &buf) == 0)
		snprintf(new->text, sizeof new->text, "%s", buf.data);
	mk_buf_free(&buf);
}

static void
broken_parts(const struct mk_survey *survey, struct troubles *t)
{
	const struct mk_part *part;
	int id;

	for (id = 0; id < MK_SECTIONS; id++) {
		part = mk_section_part(survey, (enum mk_section_id)id);
		/* Ages and nights are one part. */
		if (part->state != MK_PART_FAILED || id == MK_SECTION_NIGHTS)
			continue;
		say(trouble(t, (enum mk_section_id)id, MK_MOOD_BAD),
		    mk_section_info((enum mk_section_id)id)->label,
		    "", " could not be asked");
	}
}

static bool
last_failed(const struct mk_run_program *p)
{
	return p->n > 0 && p->runs[p->n - 1].status != 0;
}

static void
broken_programs(const struct mk_runs *runs, struct troubles *t)
{
	const struct mk_run_program *p;
	size_t i;

	for (i = 0; i < runs->n; i++) {
		p = &runs->programs[i];
		if (!last_failed(p))
			continue;
		say(trouble(t, MK_SECTION_RUNS, MK_MOOD_BAD), "The last run "
		    "of mailkeep-", p->program, p->last_success_s == 0 ?
		    " failed, and none has succeeded" : " failed");
	}
}

size_t
mk_finding_troubles(const struct mk_survey *survey,
    struct mk_trouble troubles[MK_TROUBLES])
{
	struct troubles t = { troubles, 0 };
	uint64_t all, failed;
	size_t bad;

	broken_parts(survey, &t);
	bad = t.n;
	if (survey->runs.part.state == MK_PART_TOLD)
		broken_programs(&survey->runs, &t);
	mk_finding_runs(&survey->runs, &all, &failed);
	if (survey->runs.part.state == MK_PART_TOLD &&
	    (failed > 0 || all == 0) && t.n == bad)
		finding(survey, &t, MK_SECTION_RUNS, MK_MOOD_WARN);
	if (survey->quota.part.state == MK_PART_TOLD &&
	    survey->quota.troubled > 0)
		finding(survey, &t, MK_SECTION_QUOTA, MK_MOOD_WARN);
	if (survey->strangers.part.state == MK_PART_TOLD &&
	    (survey->strangers.boxes_all > 0 ||
	    survey->strangers.rows_all > 0))
		finding(survey, &t, MK_SECTION_STRANGERS, MK_MOOD_WARN);
	return t.n;
}

const char *
mk_finding_verdict(const struct mk_survey *survey, size_t n, char buf[64])
{
	size_t told = 0;
	int id;

	for (id = 0; id < MK_SECTIONS; id++)
		told += mk_section_part(survey,
		    (enum mk_section_id)id)->state == MK_PART_TOLD;
	if (n > 0)
		snprintf(buf, 64, n == 1 ? "One thing needs a look" :
		    "%zu things need a look", n);
	else
		snprintf(buf, 64, told == 0 ? "Nothing is known of this host" :
		    "All is well");
	return buf;
}

/* ---- key figures */

static void
figure_mail(const struct mk_space *s, struct mk_figure *f)
{
	char a[MK_WORDS_MAX], b[MK_WORDS_MAX];

	f->label = "Mail";
	mk_words_bytes(f->value, s->bytes);
	snprintf(f->note, sizeof f->note, "%s in %s", mk_words_things(a,
	    s->messages, "message", "messages"), mk_words_things(b,
	    s->mailboxes, "mailbox", "mailboxes"));
}

static void
figure_nights(const struct mk_forecast *forecast, struct mk_figure *f)
{
	struct mk_amount sum = mk_finding_nights(forecast);
	char a[MK_WORDS_MAX];

	f->label = "Goes in seven nights";
	mk_words_bytes(f->value, sum.bytes);
	snprintf(f->note, sizeof f->note, "%s", mk_words_things(a,
	    sum.messages, "message", "messages"));
}

static void
figure_runs(const struct mk_runs *runs, struct mk_figure *f)
{
	uint64_t all, failed;
	char a[MK_WORDS_MAX];
	size_t i;

	mk_finding_runs(runs, &all, &failed);
	f->label = "Failed runs";
	mk_words_count(f->value, failed);
	snprintf(f->note, sizeof f->note, "of %s in %d" MK_NBSP "days",
	    mk_words_things(a, all, "run", "runs"), MK_RUN_DAYS);
	f->mood = failed > 0 ? MK_MOOD_WARN : MK_MOOD_GOOD;
	for (i = 0; i < runs->n; i++)
		if (last_failed(&runs->programs[i]))
			f->mood = MK_MOOD_BAD;
}

static void
figure_quota(const struct mk_quota_trouble *q, struct mk_figure *f)
{
	char a[MK_WORDS_MAX];

	f->label = "Quota trouble";
	mk_words_count(f->value, q->troubled);
	snprintf(f->note, sizeof f->note, "of %s with a quota",
	    mk_words_things(a, q->limited, "mailbox", "mailboxes"));
	f->mood = q->troubled > 0 ? MK_MOOD_WARN : MK_MOOD_GOOD;
}

void
mk_finding_figures(const struct mk_survey *survey,
    struct mk_figure figures[MK_FIGURES])
{
	const enum mk_section_id sections[MK_FIGURES] = { MK_SECTION_SPACE,
	    MK_SECTION_NIGHTS, MK_SECTION_RUNS, MK_SECTION_QUOTA };
	const struct mk_part *part;
	size_t i;

	memset(figures, 0, MK_FIGURES * sizeof *figures);
	figure_mail(&survey->space, &figures[0]);
	figure_nights(&survey->forecast, &figures[1]);
	figure_runs(&survey->runs, &figures[2]);
	figure_quota(&survey->quota, &figures[3]);
	for (i = 0; i < MK_FIGURES; i++) {
		part = mk_section_part(survey, sections[i]);
		mk_words_ascii(figures[i].note);	/* it is to wrap */
		if (part->state == MK_PART_TOLD)
			continue;
		figures[i].mood = part->state == MK_PART_FAILED ?
		    MK_MOOD_BAD : MK_MOOD_GOOD;
		snprintf(figures[i].value, sizeof figures[i].value,
		    "\342\200\223");
		snprintf(figures[i].note, sizeof figures[i].note, "%s",
		    part->state == MK_PART_FAILED ? "could not be asked" :
		    "not set up");
	}
}
