/* base/report - what a run did: JSON, and the line of the history. */
#include "base/report.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/report_parts.h"

static void
json_values(const struct mk_report *report, const uint64_t *values,
    struct mk_json *json)
{
	size_t c;

	for (c = 0; c < report->columns_n; c++)
		if (report->columns[c].kind != MK_TOTAL ||
		    values == report->total)
			mk_json_int(json, report->columns[c].name,
			    values[c] < INT64_MAX ? (int64_t)values[c] :
			    INT64_MAX);
}

/* The rows from FIRST on that are in its group, unless an earlier one is. */
static int
json_group(const struct mk_report *report, size_t first, struct mk_json *json)
{
	const char *group = report->rows[first]->group;
	size_t len = strlen(group), i;
	struct mk_buf key = { 0 };

	for (i = 0; i < first; i++)
		if (in_group(report->rows[i], group))
			return 0;
	if (mk_buf_addf(&key, "%s%s", group,
	    len > 0 && strchr("sx", group[len - 1]) != NULL ? "es" :
	    "s") == -1)
		return -1;
	mk_json_array(json, key.data);
	for (i = first; i < report->rows_n; i++) {
		if (!in_group(report->rows[i], group))
			continue;
		mk_json_object(json, NULL);
		mk_json_string(json, group, report->rows[i]->label);
		json_values(report, report->rows[i]->values, json);
		mk_json_close_object(json);
	}
	mk_json_close_array(json);
	mk_buf_free(&key);
	return 0;
}

/* What the object and the line have in common, within it. */
static void
json_run(const struct mk_report *report, const struct mk_report_run *run,
    bool line, struct mk_json *json)
{
	mk_json_string(json, "program", report->program);
	mk_json_string(json, "version", MK_VERSION);
	mk_json_int(json, "started", run->started_s);
	mk_json_int(json, "finished", run->finished_s);
	mk_json_milli(json, "seconds", run_ms(run));
	mk_json_int(json, "status", run->status);
	if (!line)
		mk_json_bool(json, "dry_run", run->dry_run);
	if (run->note != NULL)
		mk_json_string(json, "note", run->note);
	else
		mk_json_null(json, "note");
	mk_json_object(json, "total");
	json_values(report, report->total, json);
	mk_json_close_object(json);
}

int
mk_report_json(const struct mk_report *report, const struct mk_report_run *run,
    FILE *out)
{
	struct mk_json json;
	size_t i;

	mk_json_begin(&json, out);
	mk_json_object(&json, NULL);
	json_run(report, run, false, &json);
	for (i = 0; i < report->rows_n; i++)
		if (json_group(report, i, &json) == -1)
			return -1;
	mk_json_close_object(&json);
	return mk_json_end(&json);
}

int
mk_report_line(const struct mk_report *report, const struct mk_report_run *run,
    struct mk_buf *line)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	struct mk_json json;
	int rv;

	if (out == NULL)
		return -1;
	mk_json_begin(&json, out);
	mk_json_object(&json, NULL);
	json_run(report, run, true, &json);
	mk_json_close_object(&json);
	rv = mk_json_end(&json);
	if (fclose(out) == EOF)
		rv = -1;
	if (rv == 0)
		rv = mk_buf_add(line, text, len);
	free(text);
	return rv;
}
