/*
 * report/json - a survey as one JSON object on a line.
 *
 * Its members are in mailkeep-report(8).
 */
#ifndef MK_REPORT_JSON_H
#define MK_REPORT_JSON_H

#include <stdio.h>

#include "report/survey.h"

/* Write it to OUT.  0, or -1 with errno. */
int mk_survey_json(const struct mk_survey *survey, FILE *out);

#endif
