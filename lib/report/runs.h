/*
 * report/runs - the runs of the last days, from the histories.
 */
#ifndef MK_REPORT_RUNS_H
#define MK_REPORT_RUNS_H

#include <stdint.h>

#include "base/error.h"
#include "base/history.h"
#include "report/survey.h"

struct mk_run_sums;

/* Of runs up to NOW_S: those that ended a day later are counted, and left out.
 * NULL: ENOMEM. */
struct mk_run_sums *mk_run_sums_new(int64_t now_s);

/* A run of a history: for mk_history_read, with the sums as DATA. */
int mk_run_take(void *data, const struct mk_history_run *run);

/* A history could not be read. */
void mk_runs_unread(struct mk_run_sums *sums, const struct mk_error *err);

void mk_runs_tell(struct mk_run_sums *sums, struct mk_survey *survey);
void mk_run_sums_free(struct mk_run_sums *sums);	/* NULL is fine */

/* Since when runs count. */
int64_t mk_runs_since(int64_t now_s);

#endif
