/* base/report - what a run did: metrics for Prometheus. */
#include "base/report.h"

#include <inttypes.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/report_parts.h"
#include "base/utf8.h"

/* A gauge's HELP and TYPE lines. */
static int
metric_head(struct mk_buf *buf, const char *name, const char *help)
{
	if (mk_buf_addf(buf, "# HELP %s ", name) == -1)
		return -1;
	for (; *help != '\0'; help++)
		if ((*help == '\n' ? mk_buf_add(buf, "\\n", 2) :
		    *help == '\\' ? mk_buf_add(buf, "\\\\", 2) :
		    mk_buf_add(buf, help, 1)) == -1)
			return -1;
	return mk_buf_addf(buf, "\n# TYPE %s gauge\n", name);
}

static int
metric_run(struct mk_buf *buf, const char *name, const char *help,
    const char *program, int64_t thousandths)
{
	if (metric_head(buf, name, help) == -1 ||
	    mk_buf_addf(buf, "%s{program=\"%s\"} %" PRId64, name, program,
	    thousandths / 1000) == -1)
		return -1;
	if (thousandths % 1000 != 0)
		return mk_buf_addf(buf, ".%03" PRId64 "\n",
		    thousandths % 1000);
	return mk_buf_add(buf, "\n", 1);
}

int
mk_report_metric_name(struct mk_buf *buf, const struct mk_column *column)
{
	static const char unit[] = "bytes";
	size_t len = strlen(column->name), start, i;
	bool has_unit = len >= sizeof unit - 1 && strcmp(column->name + len -
	    (sizeof unit - 1), unit) == 0;

	if (mk_buf_addf(buf, "mailkeep_last_run_") == -1)
		return -1;
	start = buf->len;
	if (mk_buf_addf(buf, "%s%s", column->name,
	    column->kind == MK_BYTES && !has_unit ? "_bytes" : "") == -1)
		return -1;
	for (i = start; i < buf->len; i++)
		if (buf->data[i] == '-' || buf->data[i] == ' ')
			buf->data[i] = '_';
	return 0;
}

/* LABEL's bytes that are no UTF-8 as U+FFFD; *BUF holds nothing else. */
static int
replace_bad(struct mk_buf *buf, const char *label)
{
	size_t seq;

	mk_buf_cut(buf, 0);
	if (mk_buf_reserve(buf, 1) == -1)
		return -1;
	for (; *label != '\0'; label += seq) {
		seq = mk_utf8_sequence(label);
		if ((seq > 0 ? mk_buf_add(buf, label, seq) :
		    mk_buf_add(buf, "\xef\xbf\xbd", 3)) == -1)
			return -1;
		if (seq == 0)
			seq = 1;
	}
	return 0;
}

/*
 * The rows of SHOWN by the names that the text format can tell: two that it
 * cannot would be one metric given twice, and node_exporter drops the whole
 * file over that.
 */
static struct mk_report *
merge(const struct mk_report *report, const char *shown, struct mk_error *err)
{
	struct mk_report *merged;
	struct mk_buf label = { 0 };
	size_t i;

	merged = mk_report_new(report->program, report->columns,
	    report->columns_n, err);
	if (merged == NULL)
		return NULL;
	for (i = 0; i < report->rows_n; i++) {
		if (!in_group(report->rows[i], shown))
			continue;
		if (replace_bad(&label, report->rows[i]->label) == -1 ||
		    mk_report_add(merged, shown, label.data,
		    report->rows[i]->values) == -1) {
			mk_fail_sys(err, "write the metrics");
			mk_report_free(merged);
			merged = NULL;
			break;
		}
	}
	mk_buf_free(&label);
	return merged;
}

/* NAME{program="...",GROUP="LABEL"} VALUE */
static int
metric_row(struct mk_buf *buf, const char *name, const char *program,
    const struct mk_report_row *row, uint64_t value)
{
	const char *p;

	if (mk_buf_addf(buf, "%s{program=\"%s\",%s=\"", name, program,
	    row->group) == -1)
		return -1;
	for (p = row->label; *p != '\0'; p++)
		if ((*p == '\n' ? mk_buf_add(buf, "\\n", 2) :
		    *p == '\\' ? mk_buf_add(buf, "\\\\", 2) :
		    *p == '"' ? mk_buf_add(buf, "\\\"", 2) :
		    mk_buf_add(buf, p, 1)) == -1)
			return -1;
	return mk_buf_addf(buf, "\"} %" PRIu64 "\n", value);
}

/* NAME of all rows of NEW; and of OLD, where KEEP, what those lack. */
static int
metric_rows(struct mk_buf *buf, const char *name, const struct mk_report *new,
    const struct mk_report *old, bool keep, size_t c)
{
	const struct mk_report_row *row;
	size_t i;

	for (i = 0; i < new->rows_n; i++)
		if (metric_row(buf, name, new->program, new->rows[i],
		    new->rows[i]->values[c]) == -1)
			return -1;
	for (i = 0; keep && i < old->rows_n; i++) {
		row = old->rows[i];
		if (mk_report_find(new, row->group, row->label) == NULL &&
		    metric_row(buf, name, new->program, row,
		    row->values[c]) == -1)
			return -1;
	}
	return 0;
}

/* The column C of REPORT: of all rows, or what no row has. */
static int
metric_column(struct mk_buf *buf, const struct mk_report *report,
    const struct mk_report *new, const struct mk_report *old, bool keep,
    size_t c)
{
	struct mk_buf name = { 0 };
	int rv = -1;

	if (mk_report_metric_name(&name, &report->columns[c]) == -1 ||
	    metric_head(buf, name.data, report->columns[c].help) == -1)
		goto out;
	rv = report->columns[c].kind == MK_TOTAL ? mk_buf_addf(buf,
	    "%s{program=\"%s\"} %" PRIu64 "\n", name.data, report->program,
	    report->total[c]) : metric_rows(buf, name.data, new, old, keep, c);
out:
	mk_buf_free(&name);
	return rv;
}

/*
 * When the last run that went by a row ended well.  A run that failed, or went
 * by some of the rows alone, leaves the others' as they were.
 */
static int
metric_successes(struct mk_buf *buf, const struct mk_report *new,
    const struct mk_report *old, const struct mk_report_run *run)
{
	const size_t success = new->columns_n;	/* in OLD, behind the others */
	bool good = run->status == EX_OK && !run->dry_run;
	bool keep = run->partial || !good, begun = false;
	const struct mk_report_row *row, *was;
	uint64_t at;
	size_t i;

	for (i = 0; i < new->rows_n + (keep ? old->rows_n : 0); i++) {
		row = i < new->rows_n ? new->rows[i] :
		    old->rows[i - new->rows_n];
		if (i >= new->rows_n && mk_report_find(new, row->group,
		    row->label) != NULL)
			continue;
		was = mk_report_find(old, row->group, row->label);
		at = i < new->rows_n && good ? (uint64_t)run->finished_s :
		    was == NULL ? 0 : was->values[success];
		if (at == 0 || at > (uint64_t)run->finished_s)
			continue;
		if (!begun && metric_head(buf, MK_REPORT_PART_SUCCESS, "When "
		    "the last successful run that went by this part ended, in "
		    "seconds since the Epoch.") == -1)
			return -1;
		begun = true;
		if (metric_row(buf, MK_REPORT_PART_SUCCESS, new->program, row,
		    at) == -1)
			return -1;
	}
	return 0;
}

static int
compose(struct mk_buf *buf, const struct mk_report *report,
    const struct mk_report *new, const struct mk_report *old,
    const struct mk_report_run *run)
{
	bool keep = run->partial && old->rows_n > 0;
	int64_t success_s = run->finished_s;
	size_t c;

	if (run->status != EX_OK || run->dry_run)
		success_s = mk_report_old_success(old, run);
	if (metric_run(buf, "mailkeep_last_run_timestamp_seconds",
	    "When the last run ended, in seconds since the Epoch.",
	    report->program, run->finished_s * 1000) == -1 ||
	    (success_s >= 0 && metric_run(buf, MK_REPORT_SUCCESS,
	    "When the last successful run ended, in seconds since the Epoch.",
	    report->program, success_s * 1000) == -1) ||
	    metric_run(buf, "mailkeep_last_run_duration_seconds",
	    "How long the last run took.", report->program,
	    run_ms(run)) == -1 ||
	    metric_run(buf, "mailkeep_last_run_status",
	    "The exit status of the last run, of sysexits(3).",
	    report->program, (int64_t)run->status * 1000) == -1 ||
	    metric_successes(buf, new, old, run) == -1)
		return -1;
	for (c = 0; (new->rows_n > 0 || keep) && c < new->columns_n; c++)
		if (metric_column(buf, report, new, old, keep, c) == -1)
			return -1;
	return 0;
}

int
mk_report_metrics(const struct mk_report *report, const char *shown,
    const struct mk_report_run *run, const char *path, struct mk_error *err)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	struct mk_report *new = NULL, *old = NULL;
	struct mk_buf buf = { 0 };
	int dirfd, rv = -1;

	if (*name == '\0')
		return mk_fail(err, EX_USAGE, "%s: no file's name", path);
	dirfd = mk_fs_open_parent(path, err);
	if (dirfd == -1)
		return -1;
	new = merge(report, shown, err);
	if (new == NULL)
		goto out;
	old = mk_report_old(dirfd, name, report, shown, err);
	if (old == NULL)
		goto out;
	if (compose(&buf, report, new, old, run) == -1) {
		mk_fail_sys(err, "write %s", path);
		goto out;
	}
	rv = mk_fs_replace(dirfd, name, buf.data, buf.len, 0644, MK_FS_NOSYNC,
	    err);
out:
	mk_report_free(old);
	mk_report_free(new);
	close(dirfd);
	mk_buf_free(&buf);
	return rv;
}
