/*
 * report/part - say of a part of the survey what became of it.
 *
 * Not from several threads: they share the survey's arena.
 */
#ifndef MK_REPORT_PART_H
#define MK_REPORT_PART_H

#include "base/error.h"
#include "report/survey.h"

/* A copy of TEXT that lasts as long as SURVEY; without memory a word that
 * says so. */
const char *mk_survey_text(struct mk_survey *survey, const char *text);

/* N zeroed things of SIZE bytes; PART has failed where that is NULL. */
void *mk_survey_array(struct mk_survey *survey, struct mk_part *part,
    size_t n, size_t size);

/* PART could not be asked, for ERR. */
void mk_part_failed(struct mk_survey *survey, struct mk_part *part,
    const struct mk_error *err);

/* The host has no such thing; WHY says what to set. */
void mk_part_absent(struct mk_survey *survey, struct mk_part *part,
    const char *why);

/* It is told, but not all of it: what is not, beside what was noted before. */
void mk_part_note(struct mk_survey *survey, struct mk_part *part,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
