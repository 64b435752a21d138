/* rotate/rotate - what the parts of one run share. */
#include "rotate/rotate.h"

const struct mk_column mk_rotate_columns[MK_ROTATE_COLUMNS] = {
	[MK_LOGS] = { "logs", "Logs that were looked at", MK_TOTAL, false },
	[MK_ROTATED] = { "rotated", "Logs rotated", MK_COUNT, true },
	[MK_CREATED] = { "created", "Logs made", MK_COUNT, false },
	[MK_COMPRESSED] = { "compressed", "Rotated files compressed, moved "
	    "or carried over", MK_COUNT, true },
	[MK_WAITING] = { "waiting", "Logs whose rotated file is still written "
	    "to", MK_TOTAL, false },
	[MK_DROPPED] = { "removed", "Rotated files removed", MK_COUNT, true },
	[MK_DROPPED_BYTES] = { "freed", "Bytes of the rotated files removed",
	    MK_BYTES, true },
	[MK_LOGS_FAILED] = { "failed", "Logs that something went wrong with",
	    MK_COUNT, true },
};

void
mk_rotate_count(struct mk_rotate *r, const struct mk_log *log, int column,
    uint64_t n)
{
	uint64_t values[MK_ROTATE_COLUMNS] = { 0 };

	values[column] = n;
	mk_report_add(r->report, NULL, NULL, values);
	if (log != NULL)
		mk_report_add(r->report, "log", log->entry->log, values);
}

void
mk_rotate_failed(struct mk_rotate *r, const struct mk_log *log,
    const struct mk_error *why)
{
	mk_problems_tell(&r->problems, why);
	mk_rotate_count(r, log, MK_LOGS_FAILED, 1);
}
