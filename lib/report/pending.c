/* report/pending - what waits in TMDA's queues, by mailkeep-tmda. */
#include "report/ask.h"
#include "report/part.h"

struct taking {
	struct mk_survey *survey;
	struct mk_pending *p;
	size_t room;
};

static int64_t
oldest(const struct mk_value *recipients)
{
	int64_t most = 0, age;
	size_t i;

	for (i = 0; i < mk_value_count(recipients); i++) {
		age = mk_value_int(mk_value_get(mk_value_at(recipients, i),
		    "oldest_s"), 0);
		if (age > most)
			most = age;
	}
	return most;
}

static int
take(void *data, const struct mk_value *value, struct mk_error *err)
{
	struct taking *t = data;
	const struct mk_value *ages = mk_value_get(value, "ages");
	const char *name = mk_value_string(mk_value_get(value, "queue"), NULL);
	struct mk_pending_queue *q = &t->p->queues[t->p->n];
	size_t i;

	if (name == NULL || mk_value_count(ages) != MK_PENDING_AGES)
		return mk_fail(err, EX_DATAERR, "not of a queue");
	if (t->p->n == t->room)
		return mk_fail(err, EX_DATAERR, "more queues than sections");
	q->name = mk_survey_text(t->survey, name);
	q->messages = mk_answer_count(mk_value_get(value, "pending"));
	q->due = mk_answer_count(mk_value_get(value, "due"));
	q->listed = mk_answer_count(mk_value_get(value, "listed"));
	for (i = 0; i < MK_PENDING_AGES; i++)
		q->ages[i] = mk_answer_count(mk_value_get(mk_value_at(ages,
		    i), "pending"));
	q->oldest_s = oldest(mk_value_get(value, "recipients"));
	t->p->n++;
	return 0;
}

void
mk_ask_pending(const struct mk_asker *asker, struct mk_survey *survey)
{
	static const char *const args[] = { "--stats", NULL };
	struct mk_pending *p = &survey->pending;
	struct taking t = { .survey = survey, .p = p,
	    .room = asker->conf->queues_n };

	if (t.room == 0) {
		mk_part_absent(survey, &p->part, "mailkeep-tmda has no queue: "
		    "write a section tmda into mailkeep.conf");
		return;
	}
	/* One more than is used, so that an answer too many has a place. */
	p->queues = mk_survey_array(survey, &p->part, t.room + 1,
	    sizeof *p->queues);
	if (p->queues != NULL && mk_ask(asker, survey, &p->part,
	    "mailkeep-tmda", args, take, &t) != 0)
		p->n = 0;
}
