/* report/text_parts - the sections of the terminal's form. */
#include "report/text_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/finding.h"

#define LISTED_BOXES	10
#define NAME_MAX_BYTES	128

static void
print(struct mk_text *t, const char *const *heads, struct mk_text_row *rows,
    size_t n, size_t cells_n, bool bars)
{
	if (n > 0)
		mk_text_table(t, &(struct mk_text_table){ .heads = heads,
		    .rows = rows, .n = n, .cells_n = cells_n, .bars = bars });
	free(rows);
}

void
mk_text_space(struct mk_text *t, const struct mk_survey *survey)
{
	static const char *const folders[] = { "Folder", "Size", "Share",
	    "Messages" };
	static const char *const boxes[] = { "Mailbox", "Size", "Messages" };
	const struct mk_space *s = &survey->space;
	size_t n = s->n < LISTED_BOXES ? s->n : LISTED_BOXES, i;
	struct mk_text_row *rows = mk_text_rows(t, s->folders_n);

	for (i = 0; rows != NULL && i < s->folders_n; i++) {
		rows[i].name = s->folders[i].name;
		rows[i].bar = s->folders[i].bytes;
		mk_words_bytes(rows[i].cells[0], s->folders[i].bytes);
		mk_words_share(rows[i].cells[1], s->folders[i].bytes,
		    s->bytes);
		mk_words_count(rows[i].cells[2], s->folders[i].messages);
	}
	print(t, folders, rows, rows == NULL ? 0 : s->folders_n, 3, true);
	if (n > 0)
		mk_text_end_line(t);
	rows = mk_text_rows(t, n);
	for (i = 0; rows != NULL && i < n; i++) {
		rows[i].name = s->boxes[i].mailbox;
		rows[i].bar = s->boxes[i].bytes;
		mk_words_bytes(rows[i].cells[0], s->boxes[i].bytes);
		mk_words_count(rows[i].cells[1], s->boxes[i].messages);
	}
	print(t, boxes, rows, rows == NULL ? 0 : n, 2, true);
	mk_text_more(t, s->mailboxes, n);
}

/* "junk: to 1d", then "  1d to 3d" and so on. */
static void
age_name(char name[NAME_MAX_BYTES], const char *rule, size_t age)
{
	if (age == 0)
		snprintf(name, NAME_MAX_BYTES, "%.90s: to %dd", rule,
		    mk_age_days[0]);
	else if (age + 1 < MK_AGES)
		snprintf(name, NAME_MAX_BYTES, "  %dd to %dd",
		    mk_age_days[age - 1], mk_age_days[age]);
	else
		snprintf(name, NAME_MAX_BYTES, "  %dd and older",
		    mk_age_days[age - 1]);
}

/* The rows of a rule: one, where it watches nothing.  Returns how many. */
static size_t
age_rows(struct mk_text_row *rows, char (*names)[NAME_MAX_BYTES],
    const struct mk_age_rule *rule)
{
	uint64_t sum = 0;
	size_t age;

	for (age = 0; age < MK_AGES; age++)
		sum = mk_words_sum(sum, rule->messages[age]);
	for (age = 0; age < MK_AGES; age++) {
		age_name(names[age], rule->rule, age);
		rows[age].name = names[age];
		rows[age].bar = rule->messages[age];
		mk_words_count(rows[age].cells[0], rule->messages[age]);
		mk_words_bytes(rows[age].cells[1], rule->bytes[age]);
	}
	if (sum > 0)
		return MK_AGES;
	snprintf(names[0], NAME_MAX_BYTES, "%.90s: of any age", rule->rule);
	return 1;
}

void
mk_text_ages(struct mk_text *t, const struct mk_survey *survey)
{
	static const char *const heads[] = { "Rule and age", "Messages",
	    "Size" };
	const struct mk_forecast *f = &survey->forecast;
	struct mk_text_row *rows = mk_text_rows(t, f->n * MK_AGES);
	char (*names)[NAME_MAX_BYTES] = calloc(f->n * MK_AGES + 1,
	    sizeof *names);
	size_t i, n = 0;

	for (i = 0; rows != NULL && names != NULL && i < f->n; i++)
		n += age_rows(rows + n, names + n, &f->ages[i]);
	if (names == NULL)
		t->failed = true;
	print(t, heads, rows, n, 2, true);
	free(names);
}

void
mk_text_nights(struct mk_text *t, const struct mk_survey *survey)
{
	static const char *const heads[] = { "Night", "Messages", "Size" };
	const struct mk_forecast *f = &survey->forecast;
	struct mk_text_row *rows = mk_text_rows(t, MK_NIGHTS);
	char names[MK_NIGHTS][MK_WORDS_MAX + 8], date[MK_WORDS_MAX];
	struct mk_amount sum;
	size_t i, night;

	for (night = 0; rows != NULL && night < MK_NIGHTS; night++) {
		sum = (struct mk_amount){ 0 };
		for (i = 0; i < f->n; i++) {
			sum.messages = mk_words_sum(sum.messages,
			    f->nights[i].messages[night]);
			sum.bytes = mk_words_sum(sum.bytes,
			    f->nights[i].bytes[night]);
		}
		snprintf(names[night], sizeof *names, "%s %s",
		    mk_words_weekday(f->nights_s[night]), mk_words_date(date,
		    f->nights_s[night]));
		rows[night].name = names[night];
		rows[night].bar = sum.messages;
		mk_words_count(rows[night].cells[0], sum.messages);
		mk_words_bytes(rows[night].cells[1], sum.bytes);
	}
	print(t, heads, rows, rows == NULL || f->n == 0 ? 0 : MK_NIGHTS, 2,
	    true);
}

static void
histogram(struct mk_text *t, const struct mk_score *s)
{
	char left[MK_WORDS_MAX], right[MK_WORDS_MAX];
	char limit[MK_WORDS_MAX], label[MK_WORDS_MAX + 8];
	uint64_t *values = calloc(s->bins_n + 1, sizeof *values);
	size_t i, mark = s->bins_n;

	if (values == NULL) {
		t->failed = true;
		return;
	}
	for (i = 0; i < s->bins_n; i++) {
		values[i] = mk_words_sum(s->bins[i].inbox, s->bins[i].junk);
		if (s->limit >= s->bins[i].from && s->limit < s->bins[i].to)
			mark = i;
	}
	if (s->bins_n > 0) {
		mk_words_decimal(left, isinf(s->bins[0].from) ?
		    s->bins[0].to : s->bins[0].from);
		mk_words_decimal(right, isinf(s->bins[s->bins_n - 1].to) ?
		    s->bins[s->bins_n - 1].from : s->bins[s->bins_n - 1].to);
		snprintf(label, sizeof label, "limit %s",
		    mk_words_decimal(limit, s->limit));
		mk_text_spark(t, &(struct mk_text_spark){ values, s->bins_n,
		    mark, left, right, label });
	}
	free(values);
}

void
mk_text_scores(struct mk_text *t, const struct mk_survey *survey)
{
	static const char *const heads[] = { "Limit", "In inboxes", "In Junk",
	    "Both" };
	const struct mk_score *s = &survey->score;
	struct mk_text_row *rows = mk_text_rows(t, s->limits_n);
	char (*names)[MK_WORDS_MAX] = calloc(s->limits_n + 1, sizeof *names);
	char limit[MK_WORDS_MAX];
	uint64_t sum;
	size_t i;

	histogram(t, s);
	for (i = 0; rows != NULL && names != NULL && i < s->limits_n; i++) {
		sum = mk_words_sum(s->limits[i].inbox, s->limits[i].junk);
		if (isnan(s->limits[i].limit))
			snprintf(names[i], sizeof *names, "own limits");
		else
			snprintf(names[i], sizeof *names, "%.40s%s",
			    mk_words_decimal(limit, s->limits[i].limit),
			    fabs(s->limits[i].limit - s->limit) < 0.005 ?
			    " (now)" : "");
		rows[i].name = names[i];
		rows[i].bar = sum;
		mk_words_count(rows[i].cells[0], s->limits[i].inbox);
		mk_words_count(rows[i].cells[1], s->limits[i].junk);
		mk_words_count(rows[i].cells[2], sum);
	}
	if (names == NULL)
		t->failed = true;
	print(t, heads, rows, t->failed ? 0 : s->limits_n, 3, true);
	free(names);
	if (s->unscored > 0) {
		char count[MK_WORDS_MAX], words[MK_WORDS_MAX + 24];

		snprintf(words, sizeof words, "%s without a score",
		    mk_words_things(count, s->unscored, "message is",
		    "messages are"));
		mk_text_paragraph(t, MK_TEXT_FAINT, 2, NULL, words);
	}
}

void
mk_text_hits(struct mk_text *t, const struct mk_survey *survey)
{
	static const char *const heads[] = { "Feed", "Share", "30 days",
	    "Today" };
	const struct mk_hits *h = &survey->hits;
	struct mk_text_row *rows = mk_text_rows(t, h->n);
	uint64_t days[MK_HIT_DAYS] = { 0 }, all = mk_finding_hits(h);
	char first[MK_WORDS_MAX], count[MK_WORDS_MAX];
	size_t i, day;

	for (i = 0; rows != NULL && i < h->n; i++) {
		for (day = 0; day < MK_HIT_DAYS; day++)
			days[day] = mk_words_sum(days[day],
			    h->feeds[i].days[day]);
		rows[i].name = h->feeds[i].feed;
		rows[i].bar = h->feeds[i].total;
		mk_words_share(rows[i].cells[0], h->feeds[i].total, all);
		mk_words_count(rows[i].cells[1], h->feeds[i].total);
		mk_words_count(rows[i].cells[2],
		    h->feeds[i].days[MK_HIT_DAYS - 1]);
	}
	if (all > 0)
		mk_text_spark(t, &(struct mk_text_spark){ days, MK_HIT_DAYS,
		    MK_HIT_DAYS, mk_words_ascii(mk_words_date(first,
		    h->first_day_s)), "today", "" });
	print(t, heads, rows, rows == NULL ? 0 : h->n, 3, true);
	if (h->hosts > 0)
		mk_text_paragraph(t, MK_TEXT_FAINT, 2, NULL, mk_words_things(
		    count, h->hosts, "different host", "different hosts"));
}

void
mk_text_pending(struct mk_text *t, const struct mk_survey *survey)
{
	static const char *const heads[] = { "Queue and age", "Messages" };
	static const char *const ages[MK_PENDING_AGES] = { "to 1d",
	    "1d to 3d", "3d to 7d", "7d to 14d", "14d to 30d", "30d to 90d",
	    "90d and older" };
	const struct mk_pending *p = &survey->pending;
	size_t n = p->n * MK_PENDING_AGES, i, age;
	struct mk_text_row *rows = mk_text_rows(t, n);
	char (*names)[NAME_MAX_BYTES] = calloc(n + 1, sizeof *names);

	for (i = 0; rows != NULL && names != NULL && i < n; i++) {
		age = i % MK_PENDING_AGES;
		snprintf(names[i], sizeof *names, "%.90s%s%s", age == 0 ?
		    p->queues[i / MK_PENDING_AGES].name : "", age == 0 ?
		    ": " : "  ", ages[age]);
		rows[i].name = names[i];
		rows[i].bar = p->queues[i / MK_PENDING_AGES].ages[age];
		mk_words_count(rows[i].cells[0], rows[i].bar);
	}
	if (names == NULL)
		t->failed = true;
	print(t, heads, rows, t->failed ? 0 : n, 1, true);
	free(names);
}
