/* mail/restore - put archived messages back: tell of it. */
#include "mail/restore.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/json.h"

int
mk_restore_report(const struct mk_restore *r, const struct mk_options *opt,
    const char *program, int status, struct mk_error *err)
{
	struct mk_json json;

	if (!opt->json) {
		if (opt->verbosity != MK_QUIET && !opt->dry_run &&
		    (isatty(STDOUT_FILENO) || mk_diag_verbose()))
			printf("%" PRIu64 " restored, %" PRIu64 " there "
			    "already\n", r->restored, r->present);
		return 0;
	}
	mk_json_begin(&json, stdout);
	mk_json_object(&json, NULL);
	mk_json_string(&json, "program", program);
	mk_json_string(&json, "archive", r->archive);
	mk_json_int(&json, "archives", (int64_t)r->archives);
	mk_json_int(&json, "restored", (int64_t)r->restored);
	mk_json_int(&json, "present", (int64_t)r->present);
	mk_json_int(&json, "status", status);
	mk_json_bool(&json, "dry_run", r->dry_run);
	mk_json_close_object(&json);
	return mk_json_end(&json) == -1 ?
	    mk_fail_sys(err, "standard output") : 0;
}

void
mk_restore_remember(const struct mk_restore *r, const struct mk_own *own,
    const char *program, int64_t now_s, double started, int status)
{
	static const struct mk_column columns[] = {
		{ "archives", "Archives read.", MK_COUNT, true },
		{ "restored", "Messages put back.", MK_COUNT, true },
		{ "present", "Messages there already.", MK_COUNT, true },
	};
	const uint64_t total[] = { r->archives, r->restored, r->present };
	double seconds = mk_host_monotonic() - started;
	const struct mk_report_run info = {
		.started_s = now_s, .finished_s = now_s + (int64_t)seconds,
		.seconds = seconds, .status = status, .dry_run = r->dry_run,
		.mode = "--restore",
	};
	struct mk_error err;
	struct mk_report *report = mk_report_new(program, columns,
	    sizeof columns / sizeof *columns, &err);

	if (report == NULL || mk_report_add(report, NULL, NULL, total) == -1)
		mk_diag_warn("this run is not in the history: out of memory");
	else
		mk_host_remember(own, report, &info);
	mk_report_free(report);
}
