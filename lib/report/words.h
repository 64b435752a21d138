/*
 * report/words - numbers, shares, times and ages as people read them.
 *
 * All write into BUF of MK_WORDS_MAX bytes and return it; with a decimal
 * point, whatever the process's locale says, and without a blank that a line
 * may break at: that is U+00A0, which mk_words_ascii takes out again.  Times
 * are local ones: localtime_r(3) knows the zone, programs call tzset(3).
 */
#ifndef MK_REPORT_WORDS_H
#define MK_REPORT_WORDS_H

#include <stddef.h>
#include <stdint.h>

#define MK_WORDS_MAX	64
#define MK_NBSP		"\302\240"

/* A sum that stays at UINT64_MAX. */
uint64_t mk_words_sum(uint64_t a, uint64_t b);

char *mk_words_count(char *buf, uint64_t n);		/* "41,203" */
char *mk_words_short(char *buf, uint64_t n);		/* "41k", "1.2M" */
char *mk_words_bytes(char *buf, uint64_t bytes);	/* "1.4 MiB" */
char *mk_words_short_bytes(char *buf, uint64_t bytes);	/* "1.4M", "812B" */

/* "1 message", "41,203 messages", "no messages". */
char *mk_words_things(char *buf, uint64_t n, const char *one,
    const char *many);

/* "38 %", "under 1 %" where there is some, "over 99 %" where some lacks. */
char *mk_words_share(char *buf, uint64_t part, uint64_t whole);

char *mk_words_took(char *buf, int64_t ms);	/* "45 ms", "1 h 12 min" */
char *mk_words_age(char *buf, int64_t seconds);	/* "33 days", "5 hours" */
char *mk_words_decimal(char *buf, double value);	/* "7", "6.5" */

/* In English, whatever the locale says. */
char *mk_words_date(char *buf, int64_t when_s);		/* "22 Nov" */
char *mk_words_moment(char *buf, int64_t when_s);	/* "22 Nov 04:51" */
/* "Monday, 23 November 2026, 04:51". */
char *mk_words_full(char *buf, int64_t when_s);
char *mk_words_zone(char *buf, int64_t when_s);		/* "CET, UTC+01:00" */
char *mk_words_iso(char *buf, int64_t when_s);	/* 2026-11-23T04:51:00+01:00 */
const char *mk_words_weekday(int64_t when_s);		/* "Mon" */

/* What the exit status STATUS of sysexits(3) means: "input is missing". */
const char *mk_words_status(int status);

/* Blanks for U+00A0, in place. */
char *mk_words_ascii(char *text);

#endif
