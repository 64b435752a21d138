/*
 * report/page - a survey as one HTML file.
 *
 * One file without network, script, font or picture of others: it is mailed,
 * put on a USB stick, opened years later.  Charts are inline SVG with a text
 * alternative; light and dark by prefers-color-scheme; it is read at the width
 * of a phone, by a screen reader, and on paper.  All that comes from mail
 * (names of mailboxes, reasons of feeds) is escaped.
 */
#ifndef MK_REPORT_PAGE_H
#define MK_REPORT_PAGE_H

#include <stdio.h>

#include "report/survey.h"

/* Write the page to OUT.  0, or -1 with errno. */
int mk_page_write(const struct mk_survey *survey, FILE *out);

#endif
