/* report/runs - the runs of the last days. */
#include "report/runs.h"

#include <stdlib.h>
#include <string.h>

#include "report/part.h"

#define PROGRAMS_MAX	16
#define NAME_MAX_LEN	40
#define AHEAD_S		86400		/* runs may end while we are at it */
#define AHEAD_WHY	"later than now: the clock is wrong, or was"

/* What a program's totals call what it did; the sum of two. */
static const struct {
	const char *program, *what, *first, *second, *bytes;
} columns[] = {
	{ "expire", "removed", "removed", NULL, "removed_bytes" },
	{ "blacklist", "changed", "added", "removed", NULL },
	{ "spamscan", "moved", "junked", "deleted", "deleted_bytes" },
	{ "tmda", "removed", "removed", NULL, "removed_bytes" },
	{ "rotate", "rotated", "rotated", NULL, "freed" },
};
#define COLUMNS_N	(sizeof columns / sizeof *columns)

struct program {
	char name[NAME_MAX_LEN];
	size_t column;			/* COLUMNS_N: nothing is known */
	struct mk_run *runs;
	size_t n, cap;
	int64_t last_success_s;
};

struct mk_run_sums {
	int64_t now_s;
	struct program programs[PROGRAMS_MAX];
	size_t n;
	struct mk_arena notes;
	uint64_t lost, ahead;
	struct mk_error unread;
	bool any_unread;
};

int64_t
mk_runs_since(int64_t now_s)
{
	return now_s - (int64_t)MK_RUN_DAYS * 86400;
}

struct mk_run_sums *
mk_run_sums_new(int64_t now_s)
{
	struct mk_run_sums *sums = calloc(1, sizeof *sums);

	if (sums != NULL)
		sums->now_s = now_s;
	return sums;
}

void
mk_run_sums_free(struct mk_run_sums *sums)
{
	if (sums == NULL)
		return;
	while (sums->n > 0)
		free(sums->programs[--sums->n].runs);
	mk_arena_free(&sums->notes);
	free(sums);
}

/* NAME's, made if it is new; NULL: there are too many. */
static struct program *
program_of(struct mk_run_sums *sums, const char *name)
{
	struct program *p;
	size_t i;

	for (i = 0; i < sums->n; i++)
		if (strcmp(sums->programs[i].name, name) == 0)
			return &sums->programs[i];
	if (sums->n == PROGRAMS_MAX || strlen(name) >= NAME_MAX_LEN)
		return NULL;
	p = &sums->programs[sums->n++];
	memcpy(p->name, name, strlen(name) + 1);
	while (p->column < COLUMNS_N &&
	    strcmp(columns[p->column].program, name) != 0)
		p->column++;
	return p;
}

static uint64_t
total(const struct mk_history_run *run, const char *column)
{
	int64_t n = column == NULL ? 0 :
	    mk_value_int(mk_value_get(run->total, column), 0);

	return n < 0 ? 0 : (uint64_t)n;
}

static int
add(struct mk_run_sums *sums, struct program *p,
    const struct mk_history_run *run)
{
	struct mk_run *runs;
	size_t cap;

	if (p->n == p->cap) {
		cap = p->cap * 2 + 64;
		runs = realloc(p->runs, cap * sizeof *runs);
		if (runs == NULL)
			return -1;
		p->runs = runs;
		p->cap = cap;
	}
	p->runs[p->n] = (struct mk_run){ .started_s = run->started_s,
	    .took_ms = run->took_ms, .status = run->status };
	if (p->column < COLUMNS_N) {
		p->runs[p->n].removed = total(run, columns[p->column].first) +
		    total(run, columns[p->column].second);
		p->runs[p->n].bytes = total(run, columns[p->column].bytes);
	}
	if (run->note != NULL)
		p->runs[p->n].note = mk_arena_copy(&sums->notes, run->note,
		    strlen(run->note));
	p->n++;
	if (run->status == 0 && run->finished_s > p->last_success_s)
		p->last_success_s = run->finished_s;
	return 0;
}

int
mk_run_take(void *data, const struct mk_history_run *run)
{
	struct mk_run_sums *sums = data;
	struct program *p;

	/* It would be the last success for as long as the clock was ahead. */
	if (run->finished_s > sums->now_s + AHEAD_S) {
		sums->ahead++;
		return 0;
	}
	p = program_of(sums, run->program);
	if (p == NULL || add(sums, p, run) == -1)
		sums->lost++;
	return 0;
}

void
mk_runs_unread(struct mk_run_sums *sums, const struct mk_error *err)
{
	if (!sums->any_unread)
		sums->unread = *err;
	sums->any_unread = true;
}

static int
by_start(const void *a, const void *b)
{
	const struct mk_run *x = a, *y = b;

	return (x->started_s > y->started_s) - (x->started_s < y->started_s);
}

/* In the order of the table above, others behind. */
static int
by_column(const void *a, const void *b)
{
	const struct program *x = a, *y = b;

	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void
tell_program(struct mk_survey *survey, struct mk_run_program *to,
    const struct program *p)
{
	size_t i;

	to->program = mk_survey_text(survey, p->name);
	to->what = p->column < COLUMNS_N ? columns[p->column].what :
	    "removed";
	to->last_success_s = p->last_success_s;
	to->runs = mk_survey_array(survey, &survey->runs.part, p->n,
	    sizeof *to->runs);
	if (to->runs == NULL)
		return;
	to->n = p->n;
	for (i = 0; i < p->n; i++) {
		to->runs[i] = p->runs[i];
		to->failed += p->runs[i].status != 0;
		if (p->runs[i].note != NULL)
			to->runs[i].note = mk_survey_text(survey,
			    p->runs[i].note);
	}
	qsort(to->runs, to->n, sizeof *to->runs, by_start);
}

void
mk_runs_tell(struct mk_run_sums *sums, struct mk_survey *survey)
{
	struct mk_runs *runs = &survey->runs;
	struct mk_error err;
	size_t i;

	if (sums->n == 0) {
		if (sums->any_unread)
			mk_part_failed(survey, &runs->part, &sums->unread);
		else if (sums->ahead > 0) {
			mk_fail(&err, EX_DATAERR, "all runs ended " AHEAD_WHY);
			mk_part_failed(survey, &runs->part, &err);
		} else
			mk_part_absent(survey, &runs->part, "no program has "
			    "run yet: they write " MK_HISTORY_NAME " into "
			    "state-dir");
		return;
	}
	runs->part.state = MK_PART_TOLD;
	if (sums->any_unread)
		mk_part_note(survey, &runs->part, "%s", sums->unread.text);
	if (sums->lost > 0)
		mk_part_note(survey, &runs->part, "%ju runs are left out",
		    (uintmax_t)sums->lost);
	if (sums->ahead > 0)
		mk_part_note(survey, &runs->part, "runs left out, %ju: they "
		    "ended " AHEAD_WHY, (uintmax_t)sums->ahead);
	qsort(sums->programs, sums->n, sizeof *sums->programs, by_column);
	runs->programs = mk_survey_array(survey, &runs->part, sums->n,
	    sizeof *runs->programs);
	if (runs->programs == NULL)
		return;
	runs->n = sums->n;
	for (i = 0; i < sums->n; i++)
		tell_program(survey, &runs->programs[i], &sums->programs[i]);
}
