/*
 * base/report - what its parts share; for report*.c alone.
 */
#ifndef MK_BASE_REPORT_PARTS_H
#define MK_BASE_REPORT_PARTS_H

#include <pthread.h>
#include <string.h>

#include "base/buf.h"
#include "base/report.h"

#define MK_REPORT_SUCCESS	"mailkeep_last_success_timestamp_seconds"
#define MK_REPORT_PART_SUCCESS	"mailkeep_part_last_success_timestamp_seconds"

struct mk_report_row {
	const char *group;
	char *label;			/* follows the values in memory */
	uint64_t values[];
};

struct mk_report {
	const char *program;
	const struct mk_column *columns;
	size_t columns_n;
	uint64_t *total;
	pthread_mutex_t mutex;		/* over all that follows, and total */
	struct mk_report_row **rows;	/* in the order of their making */
	size_t rows_n, rows_cap;
	size_t *slots;			/* open addressing: row + 1, or 0 */
	size_t slots_n;			/* a power of two, over half empty */
};

static inline bool
in_group(const struct mk_report_row *row, const char *group)
{
	return group != NULL && strcmp(row->group, group) == 0;
}

/* RUN's duration in thousandths of a second. */
static inline int64_t
run_ms(const struct mk_report_run *run)
{
	return run->seconds > 0 ? (int64_t)(run->seconds * 1000 + 0.5) : 0;
}

/* The row, or NULL. */
const struct mk_report_row *mk_report_find(const struct mk_report *report,
    const char *group, const char *label);

/* "freed", a column of bytes: "mailkeep_last_run_freed_bytes".  0 or -1. */
int mk_report_metric_name(struct mk_buf *buf, const struct mk_column *column);

/*
 * What the metrics NAME in DIRFD tell of REPORT's program: the rows of the
 * group SHOWN, with one column more, the last success of each (0: none); and
 * by mk_report_old_success the program's own, or -1 where there is none that
 * RUN can believe: none to come.  A file that is no such one tells nothing.
 * To be freed; NULL: ENOMEM.
 */
struct mk_report *mk_report_old(int dirfd, const char *name,
    const struct mk_report *report, const char *shown, struct mk_error *err);
int64_t mk_report_old_success(const struct mk_report *old,
    const struct mk_report_run *run);

#endif
