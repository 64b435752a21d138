/* report/text - a survey for a terminal, or for a mail. */
#include "report/text.h"

#include <errno.h>
#include <string.h>

#include "report/finding.h"
#include "report/plain.h"
#include "report/text_parts.h"
#include "report/text_table.h"

#define COLUMNS_MIN	40
#define COLUMNS_MAX	200
#define NARROW		64		/* notes get lines of their own */

static void (*const writers[MK_SECTIONS])(struct mk_text *,
    const struct mk_survey *) = {
	[MK_SECTION_SPACE] = mk_text_space,
	[MK_SECTION_AGES] = mk_text_ages,
	[MK_SECTION_NIGHTS] = mk_text_nights,
	[MK_SECTION_SCORES] = mk_text_scores,
	[MK_SECTION_HITS] = mk_text_hits,
	[MK_SECTION_PENDING] = mk_text_pending,
	[MK_SECTION_RUNS] = mk_text_runs,
	[MK_SECTION_QUOTA] = mk_text_quota,
	[MK_SECTION_STRANGERS] = mk_text_strangers,
};

static const enum mk_text_colour colours[] = {
	[MK_MOOD_GOOD] = MK_TEXT_GOOD, [MK_MOOD_WARN] = MK_TEXT_WARN,
	[MK_MOOD_BAD] = MK_TEXT_BAD,
};

static void
verdict(struct mk_text *t, const struct mk_survey *survey)
{
	struct mk_trouble all[MK_TROUBLES];
	size_t n = mk_finding_troubles(survey, all), i;
	char words[64];

	mk_text_paragraph(t, n == 0 ? MK_TEXT_GOOD : colours[all[0].mood], 0,
	    NULL, mk_finding_verdict(survey, n, words));
	for (i = 0; i < n; i++)
		mk_text_paragraph(t, MK_TEXT_PLAIN, 4,
		    all[i].mood == MK_MOOD_BAD ? "  ! " : "  - ",
		    all[i].text);
	mk_text_end_line(t);
}

static void
figures(struct mk_text *t, const struct mk_survey *survey)
{
	struct mk_figure all[MK_FIGURES];
	struct mk_buf line = { 0 };
	size_t i, label = 0, value = 0, cells;
	char bullet[128], text[sizeof all[0].value + sizeof all[0].note + 4];
	bool narrow = t->style.columns < NARROW;

	mk_finding_figures(survey, all);
	for (i = 0; i < MK_FIGURES; i++) {
		cells = mk_plain_cells(all[i].label);
		label = cells > label ? cells : label;
		mk_text_clean(t, &line, all[i].value);
		cells = line.data == NULL ? 0 : mk_plain_cells(line.data);
		value = cells > value ? cells : value;
	}
	for (i = 0; i < MK_FIGURES; i++) {
		snprintf(bullet, sizeof bullet, "  %-*s", (int)label,
		    all[i].label);
		mk_text_clean(t, &line, all[i].value);
		cells = line.data == NULL ? 0 : mk_plain_cells(line.data);
		snprintf(text, sizeof text, "%s%s%s", all[i].value,
		    narrow ? "" : " " MK_NBSP, narrow ? "" : all[i].note);
		mk_text_paragraph(t, all[i].mood == MK_MOOD_GOOD ?
		    MK_TEXT_PLAIN : colours[all[i].mood],
		    (unsigned)(label + 4 + value - cells), bullet, text);
		if (narrow)
			mk_text_paragraph(t, MK_TEXT_FAINT, 4, NULL,
			    all[i].note);
	}
	mk_buf_free(&line);
}

static void
heading(struct mk_text *t, const char *label, const char *title)
{
	mk_text_end_line(t);
	mk_text_paragraph(t, MK_TEXT_FAINT, 0, NULL, label);
	if (title != NULL)
		mk_text_paragraph(t, MK_TEXT_STRONG, 0, NULL, title);
}

static void
section(struct mk_text *t, const struct mk_survey *survey,
    enum mk_section_id id)
{
	const struct mk_section_info *info = mk_section_info(id);
	const struct mk_part *part = mk_section_part(survey, id);
	struct mk_buf title = { 0 };

	if (part->state != MK_PART_TOLD) {
		heading(t, info->label, NULL);
		mk_text_paragraph(t, part->state == MK_PART_FAILED ?
		    MK_TEXT_BAD : MK_TEXT_PLAIN, 2,
		    part->state == MK_PART_FAILED ? "! " : NULL,
		    part->why != NULL ? part->why : info->set);
		return;
	}
	if (mk_finding(survey, id, &title) == -1)
		t->failed = true;
	heading(t, info->label, title.data);
	if (part->note != NULL)
		mk_text_paragraph(t, MK_TEXT_WARN, 2, "! ", part->note);
	writers[id](t, survey);
	mk_buf_free(&title);
}

static void
head(struct mk_text *t, const struct mk_survey *survey)
{
	char when[MK_WORDS_MAX], zone[MK_WORDS_MAX];
	char line[2 * MK_WORDS_MAX + 8];

	mk_text_paragraph(t, MK_TEXT_STRONG, 0, NULL, survey->host);
	snprintf(line, sizeof line, "%s (%s)", mk_words_full(when,
	    survey->now_s), mk_words_zone(zone, survey->now_s));
	mk_text_paragraph(t, MK_TEXT_PLAIN, 0, NULL, line);
	mk_text_end_line(t);
	verdict(t, survey);
	figures(t, survey);
}

int
mk_text_write(const struct mk_survey *survey,
    const struct mk_text_style *style, FILE *out)
{
	struct mk_text t = { .style = *style };
	int id, rv = -1;

	if (t.style.columns < COLUMNS_MIN)
		t.style.columns = COLUMNS_MIN;
	if (t.style.columns > COLUMNS_MAX)
		t.style.columns = COLUMNS_MAX;
	head(&t, survey);
	for (id = 0; id < MK_SECTIONS; id++)
		section(&t, survey, (enum mk_section_id)id);
	if (t.failed)
		errno = ENOMEM;
	else if (fwrite(t.buf.data, 1, t.buf.len, out) == t.buf.len &&
	    fflush(out) == 0)
		rv = 0;
	mk_text_free(&t);
	return rv;
}
