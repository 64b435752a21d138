/* report/forecast - what mailkeep-expire watches, and what its next nights
 * remove. */
#include <string.h>

#include "report/ask.h"
#include "report/part.h"

struct taking {
	struct mk_survey *survey;
	struct mk_forecast *f;
};

static void
counts(const struct mk_value *array, uint64_t *to, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		to[i] = mk_answer_count(mk_value_at(array, i));
}

/* The ages, and with them the rules, in the order of the configuration. */
static int
take_ages(struct taking *t, const struct mk_value *ages, struct mk_error *err)
{
	const struct mk_value *rules = mk_value_get(ages, "rules"), *rule,
	    *days = mk_value_get(ages, "days");
	struct mk_forecast *f = t->f;
	size_t i;

	for (i = 0; i < MK_AGES - 1; i++)
		if (mk_value_int(mk_value_at(days, i), -1) != mk_age_days[i])
			return mk_fail(err, EX_DATAERR, "ages by other days");
	f->n = mk_value_count(rules);
	f->ages = mk_survey_array(t->survey, &f->part, f->n, sizeof *f->ages);
	f->nights = mk_survey_array(t->survey, &f->part, f->n,
	    sizeof *f->nights);
	if (f->ages == NULL || f->nights == NULL) {
		f->n = 0;
		return mk_fail(err, EX_TEMPFAIL, "no memory");
	}
	for (i = 0; i < f->n; i++) {
		rule = mk_value_at(rules, i);
		f->ages[i].rule = f->nights[i].rule = mk_survey_text(t->survey,
		    mk_value_string(mk_value_get(rule, "rule"), ""));
		counts(mk_value_get(rule, "messages"), f->ages[i].messages,
		    MK_AGES);
		counts(mk_value_get(rule, "bytes"), f->ages[i].bytes,
		    MK_AGES);
	}
	return 0;
}

static void
take_night(struct mk_forecast *f, const struct mk_value *night, size_t at)
{
	const struct mk_value *rules = mk_value_get(night, "rules"), *rule;
	const char *name;
	size_t i, j;

	f->nights_s[at] = mk_value_int(mk_value_get(night, "at"), 0);
	for (i = 0; i < mk_value_count(rules); i++) {
		rule = mk_value_at(rules, i);
		name = mk_value_string(mk_value_get(rule, "rule"), "");
		for (j = 0; j < f->n; j++)
			if (strcmp(f->nights[j].rule, name) == 0)
				break;
		if (j == f->n)
			continue;
		f->nights[j].messages[at] += mk_answer_count(
		    mk_value_get(rule, "messages"));
		f->nights[j].bytes[at] += mk_answer_count(
		    mk_value_get(rule, "bytes"));
	}
}

static int
take(void *data, const struct mk_value *value, struct mk_error *err)
{
	struct taking *t = data;
	const struct mk_value *nights = mk_value_get(value, "nights");
	size_t i;

	if (mk_value_count(nights) != MK_NIGHTS)
		return mk_fail(err, EX_DATAERR, "not of %d nights", MK_NIGHTS);
	if (take_ages(t, mk_value_get(value, "ages"), err) == -1)
		return -1;
	for (i = 0; i < MK_NIGHTS; i++)
		take_night(t->f, mk_value_at(nights, i), i);
	return 0;
}

void
mk_ask_forecast(const struct mk_asker *asker, struct mk_survey *survey)
{
	static const char *const args[] = { "--forecast", "7", NULL };
	struct taking t = { .survey = survey, .f = &survey->forecast };
	int status;

	if (asker->conf->rules_n == 0) {
		mk_part_absent(survey, &t.f->part, "mailkeep-expire has no "
		    "rule: write a section expire into mailkeep.conf");
		return;
	}
	status = mk_ask(asker, survey, &t.f->part, "mailkeep-expire", args,
	    take, &t);
	if (status == 0)
		return;
	t.f->n = 0;
	/* A new host has no mailbox, or none with a Junk.  That the mail root
	 * is not there, its walk tells. */
	if (status == EX_NOINPUT)
		t.f->part.state = MK_PART_ABSENT;
}
