/* tmda/stats - how much is pending. */
#include "tmda/stats.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/diag.h"
#include "base/json.h"
#include "tmda/due.h"

struct mk_tmda_for {
	const char *recipient;
	uint64_t messages;
	int64_t oldest_s;
};

/* Up to so many days; the last one has no end. */
static const int64_t days[MK_TMDA_AGES] = { 1, 3, 7, 14, 30, 90, INT64_MAX };

static int
see(void *data, const struct mk_tmda_seen *seen)
{
	struct mk_tmda_stats *stats = data;
	int64_t age_s = stats->t->now_s - seen->since_s;
	struct mk_tmda_for *v;
	const char *recipient;
	size_t cap, i;

	for (i = 0; i < MK_TMDA_AGES - 1 && age_s >= days[i] * 86400; i++)
		;
	if (age_s < 0)
		stats->future++;
	else
		stats->ages[i]++;
	if (stats->messages++ == 0 || seen->since_s < stats->oldest_s)
		stats->oldest_s = seen->since_s;
	stats->due += mk_tmda_due(seen->since_s, seen->queue->lifetime_s,
	    stats->t->now_s);
	stats->listed += seen->listed;
	/* Mostly the one before's: a queue's own. */
	recipient = stats->n > 0 && strcasecmp(
	    stats->v[stats->n - 1].recipient,
	    seen->msg->recipient.data) == 0 ? stats->v[stats->n - 1].recipient :
	    mk_arena_copy(&stats->arena, seen->msg->recipient.data,
	    seen->msg->recipient.len);
	if (recipient == NULL)
		return -1;
	if (stats->n == stats->cap) {
		cap = stats->cap * 2 + 64;
		v = realloc(stats->v, cap * sizeof *v);
		if (v == NULL)
			return -1;
		stats->v = v;
		stats->cap = cap;
	}
	stats->v[stats->n++] = (struct mk_tmda_for){ recipient, 1,
	    seen->since_s };
	return 0;
}

int
mk_tmda_stats_add(struct mk_tmda_stats *stats, struct mk_tmda *t,
    struct mk_tmda_queue *q)
{
	stats->t = t;
	return mk_tmda_look(t, q, see, stats);
}

static int
by_recipient(const void *a, const void *b)
{
	const struct mk_tmda_for *x = a, *y = b;

	return strcasecmp(x->recipient, y->recipient);
}

static int
by_messages(const void *a, const void *b)
{
	const struct mk_tmda_for *x = a, *y = b;

	if (x->messages != y->messages)
		return x->messages > y->messages ? -1 : 1;
	return strcasecmp(x->recipient, y->recipient);
}

/* From a message each to a recipient each. */
static void
sum(struct mk_tmda_stats *stats)
{
	struct mk_tmda_for *v = stats->v;
	size_t i, n = 0;

	if (stats->n == 0)
		return;
	qsort(v, stats->n, sizeof *v, by_recipient);
	for (i = 1; i < stats->n; i++)
		if (strcasecmp(v[i].recipient, v[n].recipient) == 0) {
			v[n].messages += v[i].messages;
			if (v[i].oldest_s < v[n].oldest_s)
				v[n].oldest_s = v[i].oldest_s;
		} else
			v[++n] = v[i];
	stats->n = n + 1;
	qsort(v, stats->n, sizeof *v, by_messages);
}

static int
print_json(const struct mk_tmda_stats *stats, FILE *out)
{
	const struct mk_tmda *t = stats->t;
	struct mk_json json;
	size_t i;

	mk_json_begin(&json, out);
	mk_json_object(&json, NULL);
	mk_json_string(&json, "queue", t->conf->name);
	mk_json_int(&json, "pending", (int64_t)stats->messages);
	mk_json_int(&json, "due", (int64_t)stats->due);
	mk_json_int(&json, "listed", (int64_t)stats->listed);
	mk_json_int(&json, "future", (int64_t)stats->future);
	mk_json_array(&json, "ages");
	for (i = 0; i < MK_TMDA_AGES; i++) {
		mk_json_object(&json, NULL);
		if (i == MK_TMDA_AGES - 1)
			mk_json_null(&json, "below_s");
		else
			mk_json_int(&json, "below_s", days[i] * 86400);
		mk_json_int(&json, "pending", (int64_t)stats->ages[i]);
		mk_json_close_object(&json);
	}
	mk_json_close_array(&json);
	mk_json_array(&json, "recipients");
	for (i = 0; i < stats->n; i++) {
		mk_json_object(&json, NULL);
		mk_json_string(&json, "recipient", stats->v[i].recipient);
		mk_json_int(&json, "pending", (int64_t)stats->v[i].messages);
		mk_json_int(&json, "oldest_s", t->now_s -
		    stats->v[i].oldest_s);
		mk_json_close_object(&json);
	}
	mk_json_close_array(&json);
	mk_json_close_object(&json);
	return mk_json_end(&json);
}

static int
print_text(const struct mk_tmda_stats *stats, FILE *out)
{
	const struct mk_tmda *t = stats->t;
	char age[32], *escaped;
	size_t i, size;

	fprintf(out, "%s: %" PRIu64 " pending, %" PRIu64 " of them due, %"
	    PRIu64 " of listed senders\n", t->conf->name, stats->messages,
	    stats->due, stats->listed);
	for (i = 0; i < MK_TMDA_AGES; i++)
		if (i < MK_TMDA_AGES - 1)
			fprintf(out, "%10" PRIu64 "  younger than %" PRId64
			    "d\n", stats->ages[i], days[i]);
		else
			fprintf(out, "%10" PRIu64 "  older\n",
			    stats->ages[i]);
	if (stats->future > 0)
		fprintf(out, "%10" PRIu64 "  of a time to come\n",
		    stats->future);
	for (i = 0; i < stats->n; i++) {
		size = 4 * strlen(stats->v[i].recipient) + 1;
		escaped = malloc(size);
		if (escaped == NULL)
			return -1;
		fprintf(out, "%10" PRIu64 "  %s, the oldest %s\n",
		    stats->v[i].messages, stats->v[i].recipient[0] == '\0' ?
		    "(for nobody)" : mk_diag_escape(escaped, size,
		    stats->v[i].recipient), mk_tmda_age_format(age,
		    sizeof age, t->now_s - stats->v[i].oldest_s));
		free(escaped);
	}
	return ferror(out) ? -1 : 0;
}

int
mk_tmda_stats_print(struct mk_tmda_stats *stats, FILE *out, bool json)
{
	sum(stats);
	return json ? print_json(stats, out) : print_text(stats, out);
}

void
mk_tmda_stats_free(struct mk_tmda_stats *stats)
{
	mk_arena_free(&stats->arena);
	free(stats->v);
	*stats = (struct mk_tmda_stats){ 0 };
}
