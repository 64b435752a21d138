/*
 * spamscan/explain - why a message would move, or would not.
 *
 * Asks what a run asks, by the same functions, and changes nothing.
 */
#ifndef MK_SPAMSCAN_EXPLAIN_H
#define MK_SPAMSCAN_EXPLAIN_H

#include "base/error.h"
#include "spamscan/explain_file.h"
#include "spamscan/spamscan.h"

/*
 * Explain FILE on standard output: for people, or with scan->lines as one JSON
 * object.  SCAN is set for the root where FILE lies below START, ready for a
 * dry run; with scan->rootfd -1 the file lies in no mailbox.  Its header's
 * bytes are a stranger's: they are printed as base/diag escapes them.
 *
 * 0; or -1, EX_TEMPFAIL where spamd does not answer, after telling all else.
 */
int mk_explain(struct mk_spamscan *scan, const char *start,
    const struct mk_explain_file *file, struct mk_error *err);

#endif
