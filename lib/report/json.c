/* report/json - a survey as JSON. */
#include "report/json.h"

#include <math.h>

#include "base/json.h"

static void
count(struct mk_json *json, const char *key, uint64_t n)
{
	mk_json_int(json, key, n > INT64_MAX ? INT64_MAX : (int64_t)n);
}

static void
text(struct mk_json *json, const char *key, const char *value)
{
	if (value == NULL)
		mk_json_null(json, key);
	else
		mk_json_string(json, key, value);
}

static void
counts(struct mk_json *json, const char *key, const uint64_t *v, size_t n)
{
	size_t i;

	mk_json_array(json, key);
	for (i = 0; i < n; i++)
		count(json, NULL, v[i]);
	mk_json_close_array(json);
}

/* A score; null where it is infinite, or none. */
static void
score(struct mk_json *json, const char *key, double value)
{
	if (isfinite(value) && value < 1e12 && value > -1e12)
		mk_json_milli(json, key, (int64_t)(value * 1000 +
		    (value < 0 ? -0.5 : 0.5)));
	else
		mk_json_null(json, key);
}

/* Open the object of PART.  Whether it has more members than these. */
static bool
open_part(struct mk_json *json, const char *key, const struct mk_part *part)
{
	static const char *const states[] = { [MK_PART_ABSENT] = "absent",
	    [MK_PART_FAILED] = "failed", [MK_PART_TOLD] = "told" };

	mk_json_object(json, key);
	mk_json_string(json, "state", states[part->state]);
	text(json, "why", part->state == MK_PART_TOLD ? NULL : part->why);
	text(json, "note", part->note);
	return part->state == MK_PART_TOLD;
}

static void
folders(struct mk_json *json, const struct mk_space_folder *v, size_t n)
{
	size_t i;

	mk_json_array(json, "folders");
	for (i = 0; i < n; i++) {
		mk_json_object(json, NULL);
		mk_json_string(json, "folder", v[i].name);
		count(json, "messages", v[i].messages);
		count(json, "bytes", v[i].bytes);
		mk_json_close_object(json);
	}
	mk_json_close_array(json);
}

static void
space(struct mk_json *json, const struct mk_space *s)
{
	size_t i;

	if (open_part(json, "space", &s->part)) {
		count(json, "mailboxes", s->mailboxes);
		count(json, "messages", s->messages);
		count(json, "bytes", s->bytes);
		folders(json, s->folders, s->folders_n);
		mk_json_array(json, "largest");
		for (i = 0; i < s->n; i++) {
			mk_json_object(json, NULL);
			mk_json_string(json, "mailbox", s->boxes[i].mailbox);
			count(json, "messages", s->boxes[i].messages);
			count(json, "bytes", s->boxes[i].bytes);
			folders(json, s->boxes[i].folders, s->boxes[i].n);
			mk_json_close_object(json);
		}
		mk_json_close_array(json);
	}
	mk_json_close_object(json);
}

static void
forecast(struct mk_json *json, const struct mk_forecast *f)
{
	size_t i;

	if (open_part(json, "forecast", &f->part)) {
		mk_json_array(json, "nights");
		for (i = 0; i < MK_NIGHTS; i++)
			mk_json_int(json, NULL, f->nights_s[i]);
		mk_json_close_array(json);
		mk_json_array(json, "age_days");
		for (i = 0; i < MK_AGES - 1; i++)
			mk_json_int(json, NULL, mk_age_days[i]);
		mk_json_close_array(json);
		mk_json_array(json, "rules");
		for (i = 0; i < f->n; i++) {
			mk_json_object(json, NULL);
			mk_json_string(json, "rule", f->ages[i].rule);
			counts(json, "age_messages", f->ages[i].messages,
			    MK_AGES);
			counts(json, "age_bytes", f->ages[i].bytes, MK_AGES);
			counts(json, "night_messages", f->nights[i].messages,
			    MK_NIGHTS);
			counts(json, "night_bytes", f->nights[i].bytes,
			    MK_NIGHTS);
			mk_json_close_object(json);
		}
		mk_json_close_array(json);
	}
	mk_json_close_object(json);
}

static void
scores(struct mk_json *json, const struct mk_score *s)
{
	size_t i;

	if (open_part(json, "score", &s->part)) {
		score(json, "limit", s->limit);
		count(json, "unscored", s->unscored);
		mk_json_array(json, "bins");
		for (i = 0; i < s->bins_n; i++) {
			mk_json_object(json, NULL);
			score(json, "from", s->bins[i].from);
			score(json, "below", s->bins[i].to);
			count(json, "inbox", s->bins[i].inbox);
			count(json, "junk", s->bins[i].junk);
			mk_json_close_object(json);
		}
		mk_json_close_array(json);
		mk_json_array(json, "limits");
		for (i = 0; i < s->limits_n; i++) {
			mk_json_object(json, NULL);
			score(json, "limit", s->limits[i].limit);
			count(json, "inbox", s->limits[i].inbox);
			count(json, "junk", s->limits[i].junk);
			mk_json_close_object(json);
		}
		mk_json_close_array(json);
	}
	mk_json_close_object(json);
}

static void
hits(struct mk_json *json, const struct mk_hits *h)
{
	size_t i;

	if (open_part(json, "hits", &h->part)) {
		mk_json_int(json, "first_day", h->first_day_s);
		count(json, "hosts", h->hosts);
		mk_json_array(json, "feeds");
		for (i = 0; i < h->n; i++) {
			mk_json_object(json, NULL);
			mk_json_string(json, "feed", h->feeds[i].feed);
			count(json, "total", h->feeds[i].total);
			counts(json, "days", h->feeds[i].days, MK_HIT_DAYS);
			mk_json_close_object(json);
		}
		mk_json_close_array(json);
	}
	mk_json_close_object(json);
}

static void
pending(struct mk_json *json, const struct mk_pending *p)
{
	size_t i;

	if (open_part(json, "pending", &p->part)) {
		mk_json_array(json, "queues");
		for (i = 0; i < p->n; i++) {
			mk_json_object(json, NULL);
			mk_json_string(json, "queue", p->queues[i].name);
			count(json, "messages", p->queues[i].messages);
			count(json, "due", p->queues[i].due);
			count(json, "listed", p->queues[i].listed);
			counts(json, "ages", p->queues[i].ages,
			    MK_PENDING_AGES);
			mk_json_int(json, "oldest_s", p->queues[i].oldest_s);
			mk_json_close_object(json);
		}
		mk_json_close_array(json);
	}
	mk_json_close_object(json);
}

static void
program(struct mk_json *json, const struct mk_run_program *p)
{
	size_t i;

	mk_json_object(json, NULL);
	mk_json_string(json, "program", p->program);
	mk_json_string(json, "what", p->what);
	count(json, "failed", p->failed);
	if (p->last_success_s == 0)
		mk_json_null(json, "last_success");
	else
		mk_json_int(json, "last_success", p->last_success_s);
	mk_json_array(json, "runs");
	for (i = 0; i < p->n; i++) {
		mk_json_object(json, NULL);
		mk_json_int(json, "started", p->runs[i].started_s);
		mk_json_milli(json, "seconds", p->runs[i].took_ms);
		mk_json_int(json, "status", p->runs[i].status);
		count(json, "count", p->runs[i].removed);
		count(json, "bytes", p->runs[i].bytes);
		text(json, "note", p->runs[i].note);
		mk_json_close_object(json);
	}
	mk_json_close_array(json);
	mk_json_close_object(json);
}

static void
runs(struct mk_json *json, const struct mk_runs *r)
{
	size_t i;

	if (open_part(json, "runs", &r->part)) {
		mk_json_array(json, "programs");
		for (i = 0; i < r->n; i++)
			program(json, &r->programs[i]);
		mk_json_close_array(json);
	}
	mk_json_close_object(json);
}

static void
quota(struct mk_json *json, const struct mk_quota_trouble *q)
{
	size_t i;

	if (open_part(json, "quota", &q->part)) {
		count(json, "limited", q->limited);
		count(json, "troubled", q->troubled);
		mk_json_array(json, "mailboxes");
		for (i = 0; i < q->n; i++) {
			mk_json_object(json, NULL);
			mk_json_string(json, "mailbox", q->boxes[i].mailbox);
			count(json, "bytes", q->boxes[i].bytes);
			count(json, "limit_bytes", q->boxes[i].limit_bytes);
			count(json, "messages", q->boxes[i].messages);
			count(json, "limit_messages",
			    q->boxes[i].limit_messages);
			text(json, "trouble", q->boxes[i].trouble);
			mk_json_close_object(json);
		}
		mk_json_close_array(json);
	}
	mk_json_close_object(json);
}

static void
strangers(struct mk_json *json, const struct mk_strangers *s)
{
	size_t i;

	if (open_part(json, "strangers", &s->part)) {
		count(json, "mailboxes_without_row", s->boxes_all);
		mk_json_array(json, "mailboxes");
		for (i = 0; i < s->boxes_n; i++) {
			mk_json_object(json, NULL);
			mk_json_string(json, "mailbox", s->boxes[i].mailbox);
			count(json, "messages", s->boxes[i].messages);
			count(json, "bytes", s->boxes[i].bytes);
			mk_json_close_object(json);
		}
		mk_json_close_array(json);
		count(json, "rows_without_mailbox", s->rows_all);
		mk_json_array(json, "rows");
		for (i = 0; i < s->rows_n; i++) {
			mk_json_object(json, NULL);
			mk_json_string(json, "mailbox", s->rows[i].mailbox);
			text(json, "email", s->rows[i].email);
			mk_json_close_object(json);
		}
		mk_json_close_array(json);
	}
	mk_json_close_object(json);
}

int
mk_survey_json(const struct mk_survey *survey, FILE *out)
{
	struct mk_json json;

	mk_json_begin(&json, out);
	mk_json_object(&json, NULL);
	mk_json_string(&json, "program", "report");
	mk_json_string(&json, "version", MK_VERSION);
	mk_json_int(&json, "at", survey->now_s);
	text(&json, "host", survey->host);
	text(&json, "mail_root", survey->mail_root);
	space(&json, &survey->space);
	forecast(&json, &survey->forecast);
	scores(&json, &survey->score);
	hits(&json, &survey->hits);
	pending(&json, &survey->pending);
	runs(&json, &survey->runs);
	quota(&json, &survey->quota);
	strangers(&json, &survey->strangers);
	mk_json_close_object(&json);
	return mk_json_end(&json);
}
