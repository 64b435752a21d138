/* tmda/tmda - what the parts of one run share. */
#include "tmda/tmda.h"

#include <stdlib.h>
#include <unistd.h>

const struct mk_column mk_tmda_columns[MK_TMDA_COLUMNS] = {
	[MK_TMDA_WATCHED] = { "watched", "Pending messages and responses "
	    "watched", MK_COUNT, true },
	[MK_TMDA_DUE] = { "due", "Pending messages and responses found due",
	    MK_COUNT, true },
	[MK_TMDA_REMOVED] = { "removed", "Pending messages and responses "
	    "removed", MK_COUNT, true },
	[MK_TMDA_BYTES] = { "removed_bytes", "Bytes of messages removed",
	    MK_BYTES, true },
	[MK_TMDA_ARCHIVED] = { "archived", "Messages archived before removal",
	    MK_COUNT, false },
	[MK_TMDA_RESCUED] = { "rescued", "Due messages whose sender is "
	    "on a list by now", MK_COUNT, true },
	[MK_TMDA_RELEASED] = { "released", "Due messages that were released "
	    "for that", MK_COUNT, false },
	[MK_TMDA_STRANGE] = { "foreign", "Files that are none of TMDA's",
	    MK_COUNT, false },
	[MK_TMDA_VANISHED] = { "vanished", "Due files that were gone or "
	    "changed before removal", MK_COUNT, false },
	[MK_TMDA_FAILED] = { "failed", "Due files that could not be removed",
	    MK_COUNT, true },
};

void
mk_tmda_count(struct mk_tmda *t, const uint64_t values[MK_TMDA_COLUMNS])
{
	struct mk_error err;

	if (t->report == NULL)
		return;
	if (mk_report_add(t->report, "queue", t->conf->name, values) == -1 ||
	    mk_report_add(t->report, NULL, NULL, values) == -1) {
		mk_fail_sys(&err, "count for the report");
		mk_problems_tell(&t->problems, &err);
	}
}

void
mk_tmda_problem(struct mk_tmda *t, const struct mk_tmda_root *root,
    const char *what, const char *path)
{
	struct mk_error err;

	mk_fail_sys(&err, "%s %s/%s", what, root->path, path);
	mk_problems_tell(&t->problems, &err);
}

int
mk_tmda_add_queue(struct mk_tmda *t, struct mk_tmda_queue *queue)
{
	struct mk_tmda_queue **queues;
	size_t cap;

	if (t->queues_n == t->queues_cap) {
		cap = t->queues_cap + t->queues_cap / 2 + 4;
		queues = realloc(t->queues, cap * sizeof(*queues));
		if (queues == NULL) {
			mk_tmda_queue_free(queue);
			return -1;
		}
		t->queues = queues;
		t->queues_cap = cap;
	}
	t->queues[t->queues_n++] = queue;
	return 0;
}

void
mk_tmda_open(struct mk_tmda *t)
{
	size_t i;

	*t = (struct mk_tmda){ .archive_fd = -1 };
	for (i = 0; i < MK_TMDA_ROOTS; i++) {
		t->roots[i].fd = -1;
		mk_plan_open(&t->roots[i].plan);
	}
}

void
mk_tmda_close(struct mk_tmda *t)
{
	size_t i;

	for (i = 0; i < t->queues_n; i++)
		mk_tmda_queue_free(t->queues[i]);
	free(t->queues);
	mk_buf_free(&t->global);
	for (i = 0; i < MK_TMDA_ROOTS; i++) {
		if (t->roots[i].fd != -1)
			close(t->roots[i].fd);
		free(t->roots[i].path);
		free(t->roots[i].real);
		mk_plan_close(&t->roots[i].plan);
	}
	if (t->archive_fd != -1)
		close(t->archive_fd);
}
