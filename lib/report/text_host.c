/* report/text_host - runs, quota and accounts in the terminal's form. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/finding.h"
#include "report/text_parts.h"

#define LISTED		20
#define FAILURES	3
#define DAY_S		INT64_C(86400)

/* ---- runs */

/* A sign a day: '+' runs, 'x' one that failed, '.' none. */
static void
strip(char days[MK_RUN_DAYS + 1], const struct mk_run_program *p,
    int64_t now_s)
{
	int64_t day;
	size_t i;

	memset(days, '.', MK_RUN_DAYS);
	days[MK_RUN_DAYS] = '\0';
	for (i = 0; i < p->n; i++) {
		day = MK_RUN_DAYS - 1 - (now_s - p->runs[i].started_s) / DAY_S;
		if (day < 0 || day >= MK_RUN_DAYS)
			continue;
		if (p->runs[i].status != 0)
			days[day] = 'x';
		else if (days[day] == '.')
			days[day] = '+';
	}
}

/* The latest failures of each program, so that none hides another's. */
static void
failures(struct mk_text *t, const struct mk_run_program *p)
{
	char when[MK_WORDS_MAX], words[MK_WORDS_MAX * 2 + 64];
	struct mk_buf text = { 0 };
	size_t i, told = 0;

	for (i = p->n; i-- > 0 && told < FAILURES; ) {
		if (p->runs[i].status == 0)
			continue;
		snprintf(words, sizeof words, ", %s: status %d, %s%s",
		    mk_words_moment(when, p->runs[i].started_s),
		    p->runs[i].status, mk_words_status(p->runs[i].status),
		    p->runs[i].note != NULL ? ": " : "");
		mk_buf_cut(&text, 0);
		if (mk_buf_add(&text, p->program, strlen(p->program)) == -1 ||
		    mk_buf_add(&text, words, strlen(words)) == -1 ||
		    (p->runs[i].note != NULL && mk_buf_add(&text,
		    p->runs[i].note, strlen(p->runs[i].note)) == -1))
			t->failed = true;
		else
			mk_text_paragraph(t, MK_TEXT_BAD, 4, "  x ",
			    text.data);
		told++;
	}
	mk_buf_free(&text);
}

void
mk_text_runs(struct mk_text *t, const struct mk_survey *survey)
{
	static const char *const heads[] = { "Program", "Failed", "Runs",
	    "Last success", "Usually" };
	const struct mk_runs *r = &survey->runs;
	struct mk_text_row *rows = mk_text_rows(t, r->n);
	char (*days)[MK_RUN_DAYS + 1] = calloc(r->n + 1, sizeof *days);
	struct mk_took took;
	size_t i;

	if (days == NULL)
		t->failed = true;
	for (i = 0; !t->failed && i < r->n; i++) {
		if (mk_finding_took(&r->programs[i], &took) == -1)
			t->failed = true;
		strip(days[i], &r->programs[i], survey->now_s);
		rows[i].name = r->programs[i].program;
		rows[i].strip = days[i];
		mk_words_count(rows[i].cells[0], r->programs[i].failed);
		mk_words_count(rows[i].cells[1], r->programs[i].n);
		if (r->programs[i].last_success_s == 0)
			snprintf(rows[i].cells[2], MK_WORDS_MAX, "none");
		else
			mk_words_moment(rows[i].cells[2],
			    r->programs[i].last_success_s);
		mk_words_took(rows[i].cells[3], took.median_ms);
	}
	if (!t->failed && r->n > 0) {
		mk_text_table(t, &(struct mk_text_table){ .heads = heads,
		    .rows = rows, .n = r->n, .cells_n = 4, .bars = true });
		mk_text_paragraph(t, MK_TEXT_FAINT, 2, NULL, "A sign a day, "
		    "today at the end: + runs, x one that failed, . none");
		for (i = 0; i < r->n; i++)
			failures(t, &r->programs[i]);
	}
	free(days);
	free(rows);
}

/* ---- quota */

void
mk_text_quota(struct mk_text *t, const struct mk_survey *survey)
{
	static const char *const heads[] = { "Mailbox", "Size", "Limit",
	    "Used" };
	const struct mk_quota_trouble *q = &survey->quota;
	size_t n = q->n < LISTED ? q->n : LISTED, i;
	struct mk_text_row *rows = mk_text_rows(t, n);
	char words[1024];

	for (i = 0; rows != NULL && i < n; i++) {
		rows[i].name = q->boxes[i].mailbox;
		mk_words_bytes(rows[i].cells[0], q->boxes[i].bytes);
		if (q->boxes[i].limit_bytes == 0) {
			snprintf(rows[i].cells[1], MK_WORDS_MAX, "none");
			continue;
		}
		mk_words_bytes(rows[i].cells[1], q->boxes[i].limit_bytes);
		mk_words_share(rows[i].cells[2], q->boxes[i].bytes,
		    q->boxes[i].limit_bytes);
		rows[i].bad = q->boxes[i].bytes > q->boxes[i].limit_bytes;
	}
	if (rows != NULL && n > 0)
		mk_text_table(t, &(struct mk_text_table){ .heads = heads,
		    .rows = rows, .n = n, .cells_n = 3 });
	for (i = 0; i < n; i++) {
		snprintf(words, sizeof words, "%.500s: %.400s",
		    q->boxes[i].mailbox, q->boxes[i].trouble == NULL ? "?" :
		    q->boxes[i].trouble);
		mk_text_paragraph(t, MK_TEXT_PLAIN, 4, "  - ", words);
	}
	mk_text_more(t, q->troubled, n);
	free(rows);
}

/* ---- mailboxes and rows */

void
mk_text_strangers(struct mk_text *t, const struct mk_survey *survey)
{
	static const char *const boxes[] = { "Mailbox without a row", "Size",
	    "Messages" };
	const struct mk_strangers *s = &survey->strangers;
	size_t n = s->boxes_n < LISTED ? s->boxes_n : LISTED, i;
	struct mk_text_row *rows = mk_text_rows(t, n);
	char words[1024];

	for (i = 0; rows != NULL && i < n; i++) {
		rows[i].name = s->boxes[i].mailbox;
		rows[i].bar = s->boxes[i].bytes;
		mk_words_bytes(rows[i].cells[0], s->boxes[i].bytes);
		mk_words_count(rows[i].cells[1], s->boxes[i].messages);
	}
	if (rows != NULL && n > 0)
		mk_text_table(t, &(struct mk_text_table){ .heads = boxes,
		    .rows = rows, .n = n, .cells_n = 2, .bars = true });
	mk_text_more(t, s->boxes_all, n);
	free(rows);
	for (i = 0; i < s->rows_n && i < LISTED; i++) {
		snprintf(words, sizeof words, "%s: no mailbox %s",
		    s->rows[i].email == NULL ? "?" : s->rows[i].email,
		    s->rows[i].mailbox);
		mk_text_paragraph(t, MK_TEXT_PLAIN, 4, "  - ", words);
	}
	mk_text_more(t, s->rows_all, i);
}
