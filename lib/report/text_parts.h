/* report/text_parts - the sections of the terminal's form. */
#ifndef MK_REPORT_TEXT_PARTS_H
#define MK_REPORT_TEXT_PARTS_H

#include "report/survey.h"
#include "report/text_table.h"

void mk_text_space(struct mk_text *text, const struct mk_survey *survey);
void mk_text_ages(struct mk_text *text, const struct mk_survey *survey);
void mk_text_nights(struct mk_text *text, const struct mk_survey *survey);
void mk_text_scores(struct mk_text *text, const struct mk_survey *survey);
void mk_text_hits(struct mk_text *text, const struct mk_survey *survey);
void mk_text_pending(struct mk_text *text, const struct mk_survey *survey);
void mk_text_runs(struct mk_text *text, const struct mk_survey *survey);
void mk_text_quota(struct mk_text *text, const struct mk_survey *survey);
void mk_text_strangers(struct mk_text *text, const struct mk_survey *survey);

#endif
