/*
 * report/text - a survey for a terminal, or for a mail.
 */
#ifndef MK_REPORT_TEXT_H
#define MK_REPORT_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "report/survey.h"

struct mk_text_style {
	unsigned columns;		/* 40 to 200; 80 where it is not known */
	bool colour;			/* escape codes for colours are fine */
	bool utf8;			/* block elements for bars; else '#' */
};

/* Write the survey to OUT.  0, or -1 with errno. */
int mk_text_write(const struct mk_survey *survey,
    const struct mk_text_style *style, FILE *out);

#endif
