/* report/score - how the scores of spam are spread, by mailkeep-spamscan. */
#include <math.h>

#include "report/ask.h"
#include "report/part.h"

struct taking {
	struct mk_survey *survey;
	struct mk_score *s;
};

static int
take_bins(struct taking *t, const struct mk_value *bins)
{
	const struct mk_value *bin;
	struct mk_score *s = t->s;
	size_t i, n = mk_value_count(bins);

	s->bins = mk_survey_array(t->survey, &s->part, n, sizeof *s->bins);
	if (s->bins == NULL)
		return -1;
	s->bins_n = n;
	for (i = 0; i < n; i++) {
		bin = mk_value_at(bins, i);
		s->bins[i] = (struct mk_score_bin){
			.from = mk_value_number(mk_value_get(bin, "from"),
			    -(double)INFINITY),
			.to = mk_value_number(mk_value_get(bin, "below"),
			    (double)INFINITY),
			.inbox = mk_answer_count(mk_value_get(bin, "inbox")),
			.junk = mk_answer_count(mk_value_get(bin, "junk")),
		};
	}
	return 0;
}

static int
take_limits(struct taking *t, const struct mk_value *limits)
{
	const struct mk_value *limit;
	struct mk_score *s = t->s;
	size_t i, n = mk_value_count(limits);
	uint64_t caught, junk;

	s->limits = mk_survey_array(t->survey, &s->part, n,
	    sizeof *s->limits);
	if (s->limits == NULL)
		return -1;
	s->limits_n = n;
	for (i = 0; i < n; i++) {
		limit = mk_value_at(limits, i);
		caught = mk_answer_count(mk_value_get(limit, "caught"));
		junk = mk_answer_count(mk_value_get(limit, "in_junk"));
		s->limits[i] = (struct mk_score_limit){
			.limit = mk_value_number(mk_value_get(limit, "limit"),
			    (double)NAN),
			.inbox = junk < caught ? caught - junk : 0,
			.junk = junk,
		};
	}
	return 0;
}

static int
take(void *data, const struct mk_value *value, struct mk_error *err)
{
	struct taking *t = data;
	const struct mk_value *unscored = mk_value_get(value, "unscored");

	if (mk_value_count(mk_value_get(value, "bins")) == 0)
		return mk_fail(err, EX_DATAERR, "no bins");
	t->s->limit = mk_value_number(mk_value_get(value, "limit"), 0);
	t->s->unscored = mk_answer_count(mk_value_get(unscored, "inbox")) +
	    mk_answer_count(mk_value_get(unscored, "junk"));
	if (take_bins(t, mk_value_get(value, "bins")) == -1 ||
	    take_limits(t, mk_value_get(value, "limits")) == -1)
		return mk_fail(err, EX_TEMPFAIL, "no memory");
	return 0;
}

void
mk_ask_score(const struct mk_asker *asker, struct mk_survey *survey)
{
	static const char *const args[] = { "--histogram", "all", NULL };
	const struct mk_report_conf *conf = asker->conf;
	struct taking t = { .survey = survey, .s = &survey->score };

	if (conf->trust_n == 0 && conf->spamd.socket[0] == '\0')
		mk_part_absent(survey, &t.s->part, "mailkeep-spamscan has no "
		    "source of scores: set spamscan { trust \"HOST\" { ... } } "
		    "or spamscan { spamd { socket = ... } }");
	else
		mk_ask(asker, survey, &t.s->part, "mailkeep-spamscan", args,
		    take, &t);
}
