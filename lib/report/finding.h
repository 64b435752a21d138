/*
 * report/finding - what the numbers of a survey say, in a sentence each.
 *
 * The page and the terminal have the same sections under the same titles.
 * What is written here is plain text (report/plain) with U+00A0 where no line
 * should break.  A name stands between \002 and \003, which no name holds, so
 * that its direction can be kept to itself.
 */
#ifndef MK_REPORT_FINDING_H
#define MK_REPORT_FINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "report/survey.h"

enum mk_section_id {
	MK_SECTION_SPACE, MK_SECTION_AGES, MK_SECTION_NIGHTS,
	MK_SECTION_SCORES, MK_SECTION_HITS, MK_SECTION_PENDING,
	MK_SECTION_RUNS, MK_SECTION_QUOTA, MK_SECTION_STRANGERS,
	MK_SECTIONS
};

struct mk_section_info {
	const char *id;			/* "space": the page's anchor */
	const char *label;		/* "Space" */
	const char *set;		/* for a part without a reason */
};

const struct mk_section_info *mk_section_info(enum mk_section_id id);
const struct mk_part *mk_section_part(const struct mk_survey *survey,
    enum mk_section_id id);

/* Append the title of a section that is told.  0, or -1 (ENOMEM). */
int mk_finding(const struct mk_survey *survey, enum mk_section_id id,
    struct mk_buf *out);

/* What the head of a report says. */
enum mk_mood { MK_MOOD_GOOD, MK_MOOD_WARN, MK_MOOD_BAD };
struct mk_trouble {
	enum mk_section_id section;
	enum mk_mood mood;
	char text[240];
};
#define MK_TROUBLES	12

/* Fill TROUBLES, the bad ones first; returns how many. */
size_t mk_finding_troubles(const struct mk_survey *survey,
    struct mk_trouble troubles[MK_TROUBLES]);

/* "All is well"; of N troubles, "2 things need a look"; where nothing was told,
 * so. */
const char *mk_finding_verdict(const struct mk_survey *survey, size_t n,
    char buf[64]);

/* The four figures of the head: all there is to know in one look. */
struct mk_figure {
	const char *label;
	char value[64], note[128];
	enum mk_mood mood;
};
#define MK_FIGURES	4
void mk_finding_figures(const struct mk_survey *survey,
    struct mk_figure figures[MK_FIGURES]);

/* Sums that titles, charts and tables share. */
struct mk_amount {
	uint64_t messages, bytes;
};
struct mk_amount mk_finding_nights(const struct mk_forecast *forecast);
uint64_t mk_finding_hits(const struct mk_hits *hits);
void mk_finding_runs(const struct mk_runs *runs, uint64_t *all,
    uint64_t *failed);

/* Messages at LIMIT or above: by the list, else by the bins. */
struct mk_score_limit mk_finding_limit(const struct mk_score *score,
    double limit);

/* The middle and the longest of a program's runs, in ms; 0 of none. */
struct mk_took {
	int64_t median_ms, longest_ms;
};
/* -1: ENOMEM. */
int mk_finding_took(const struct mk_run_program *program,
    struct mk_took *took);

#endif
