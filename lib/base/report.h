/*
 * base/report - what a run did: a table for people, JSON, and metrics.
 *
 * A program names its counters (columns) once.  Rows are made and added to as
 * the run goes: a row has a group ("rule", "mailbox") and a label; the totals
 * are counted apart, since one message may count in a row of each group.
 * mk_report_add may be called from any thread; the others read, and want all
 * adding to have ended.
 */
#ifndef MK_BASE_REPORT_H
#define MK_BASE_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/error.h"

enum mk_column_kind {
	MK_COUNT, MK_BYTES,
	MK_TOTAL			/* a count that no row has */
};

struct mk_column {
	const char *name;		/* "removed": JSON, metric, heading */
	const char *help;		/* the metric's HELP line */
	enum mk_column_kind kind;	/* MK_BYTES: "freed" is the metric
					 * freed_bytes */
	bool shown;			/* is in the table for people */
};

struct mk_report;

/* PROGRAM without "mailkeep-", COLUMNS (N of them): both must last. */
struct mk_report *mk_report_new(const char *program,
    const struct mk_column *columns, size_t n, struct mk_error *err);
void mk_report_free(struct mk_report *report);	/* NULL is fine */

/* Add VALUES (n of them) to the row LABEL (copied) of GROUP (must last).  A
 * NULL group adds to the totals.  0, or -1 (ENOMEM). */
int mk_report_add(struct mk_report *report, const char *group,
    const char *label, const uint64_t *values);
uint64_t mk_report_total(const struct mk_report *report, size_t column);

struct mk_report_run {
	int64_t started_s, finished_s;	/* seconds since the Epoch */
	double seconds;			/* by the monotonic clock */
	int status;			/* the exit status */
	bool dry_run;
	bool partial;			/* of the rows that whole runs have, it
					 * went by some alone */
	const char *mode;		/* NULL, or what else than its usual
					 * work it did: "--restore" */
	const char *note;		/* one line or NULL: "braked: ..." */
};

/*
 * The table, on 80 columns: a row a label of the group SHOWN (NULL: none),
 * then "total".  Rows in the order of their making; a long label is cut in
 * its middle.  The note, and that it was a dry run, stand above.  0, or -1
 * with errno.
 */
int mk_report_print(const struct mk_report *report, const char *shown,
    const struct mk_report_run *run, FILE *out);

/*
 * One JSON object on one line: program, version, started, finished,
 * seconds (a number with three decimals), status, dry_run, note, "total":
 * {column: n}, and for each group an array "GROUPs" ("mailboxes" for mailbox)
 * of {"GROUP": label, column: n}, without the columns of MK_TOTAL.  0, or -1
 * with errno.
 */
int mk_report_json(const struct mk_report *report,
    const struct mk_report_run *run, FILE *out);

/*
 * The run as a line of the history (base/history) at the end of *LINE: the
 * same object, without dry_run and groups.  0, or -1 with errno.
 */
int mk_report_line(const struct mk_report *report,
    const struct mk_report_run *run, struct mk_buf *line);

/*
 * The Prometheus textfile at PATH, replaced at once, mode 0644, without time
 * stamps (node_exporter's rules): mailkeep_last_run_timestamp_seconds,
 * mailkeep_last_success_timestamp_seconds (kept from the old file when this
 * run failed or was a dry one), mailkeep_last_run_duration_seconds,
 * mailkeep_last_run_status, each {program="..."}; and
 * mailkeep_last_run_COLUMN{program,GROUP=label} for the rows of the group
 * SHOWN (NULL: none), or, of MK_TOTAL, one {program}; and for each of these
 * rows mailkeep_part_last_success_timestamp_seconds{program,GROUP=label}.  A
 * partial run leaves the old file's rows that it did not go by, one that
 * failed their last successes.  A label of any bytes is escaped as the text
 * format wants; bytes that are no UTF-8 become U+FFFD, and rows that are then
 * called the same are one.  0 or -1.
 */
int mk_report_metrics(const struct mk_report *report, const char *shown,
    const struct mk_report_run *run, const char *path, struct mk_error *err);

#endif
