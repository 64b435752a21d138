/* base/report - what a run did: a table for people, JSON, and metrics. */
#include "base/report.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/duration.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/sys.h"
#include "base/utf8.h"

#define TABLE_COLUMNS	80
#define LABEL_MIN	12
#define GAP		2
#define CELL_BYTES	32
#define SUCCESS		"mailkeep_last_success_timestamp_seconds"
#define OLD_BYTES	4096		/* the line stands among the first */

struct row {
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
	struct row **rows;		/* in the order of their making */
	size_t rows_n, rows_cap;
	size_t *slots;			/* open addressing: row + 1, or 0 */
	size_t slots_n;			/* a power of two, over half empty */
};

struct mk_report *
mk_report_new(const char *program, const struct mk_column *columns, size_t n,
    struct mk_error *err)
{
	struct mk_report *report = calloc(1, sizeof *report);

	if (report == NULL || (report->total = calloc(n + 1,
	    sizeof *report->total)) == NULL) {
		mk_fail_sys(err, "make the report");
		free(report);
		return NULL;
	}
	report->program = program;
	report->columns = columns;
	report->columns_n = n;
	pthread_mutex_init(&report->mutex, NULL);
	return report;
}

void
mk_report_free(struct mk_report *report)
{
	size_t i;

	if (report == NULL)
		return;
	for (i = 0; i < report->rows_n; i++)
		free(report->rows[i]);
	free(report->rows);
	free(report->slots);
	free(report->total);
	pthread_mutex_destroy(&report->mutex);
	free(report);
}

/* FNV-1a (Fowler, Noll, Vo) over both, the NULs too. */
static uint64_t
hash(const char *group, const char *label)
{
	const char *const parts[] = { group, label };
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	const char *p;
	size_t i;

	for (i = 0; i < 2; i++) {
		p = parts[i];
		do {
			h = (h ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
		} while (*p++ != '\0');
	}
	return h;
}

/* The slot where the row is, or where it would be. */
static size_t
find_slot(const struct mk_report *report, const char *group,
    const char *label)
{
	size_t mask = report->slots_n - 1;
	size_t at = (size_t)hash(group, label) & mask;
	const struct row *row;

	for (; report->slots[at] != 0; at = (at + 1) & mask) {
		row = report->rows[report->slots[at] - 1];
		if (strcmp(row->label, label) == 0 &&
		    strcmp(row->group, group) == 0)
			break;
	}
	return at;
}

/* Room for one row more.  0, or -1 and nothing changed that shows. */
static int
grow(struct mk_report *report)
{
	size_t cap = report->rows_cap == 0 ? 64 : 2 * report->rows_cap;
	struct row **rows;
	size_t *slots, i;

	if (report->rows_n < report->rows_cap)
		return 0;
	slots = calloc(2 * cap, sizeof *slots);
	rows = realloc(report->rows, cap * sizeof(*rows));
	if (rows != NULL)
		report->rows = rows;
	if (rows == NULL || slots == NULL) {
		free(slots);
		return -1;
	}
	free(report->slots);
	report->slots = slots;
	report->slots_n = 2 * cap;
	report->rows_cap = cap;
	for (i = 0; i < report->rows_n; i++)
		slots[find_slot(report, rows[i]->group, rows[i]->label)] =
		    i + 1;
	return 0;
}

/* The row, made where it is missing.  NULL: ENOMEM. */
static struct row *
get_row(struct mk_report *report, const char *group, const char *label)
{
	size_t values_size = report->columns_n * sizeof(uint64_t);
	size_t len = strlen(label), at;
	struct row *row;

	if (grow(report) == -1)
		return NULL;
	at = find_slot(report, group, label);
	if (report->slots[at] != 0)
		return report->rows[report->slots[at] - 1];
	row = calloc(1, sizeof *row + values_size + len + 1);
	if (row == NULL)
		return NULL;
	row->group = group;
	row->label = (char *)row + sizeof *row + values_size;
	memcpy(row->label, label, len + 1);
	report->rows[report->rows_n++] = row;
	report->slots[at] = report->rows_n;
	return row;
}

int
mk_report_add(struct mk_report *report, const char *group, const char *label,
    const uint64_t *values)
{
	uint64_t *sum = report->total;
	struct row *row;
	size_t i;
	int rv = -1;

	pthread_mutex_lock(&report->mutex);
	if (group != NULL) {
		row = get_row(report, group, label);
		if (row == NULL)
			goto out;
		sum = row->values;
	}
	for (i = 0; i < report->columns_n; i++)
		sum[i] += values[i];
	rv = 0;
out:
	pthread_mutex_unlock(&report->mutex);
	return rv;
}

uint64_t
mk_report_total(const struct mk_report *report, size_t column)
{
	return report->total[column];
}

static bool
in_group(const struct row *row, const char *group)
{
	return group != NULL && strcmp(row->group, group) == 0;
}

/* Columns that UTF-8 TEXT takes: one for each character. */
static size_t
text_columns(const char *text)
{
	size_t n;

	for (n = 0; *text != '\0'; n++)
		text += mk_utf8_sequence(text);
	return n;
}

static const char *
skip_columns(const char *text, size_t n)
{
	while (n-- > 0)
		text += mk_utf8_sequence(text);
	return text;
}

/* LABEL as diag escapes it, to be freed; NULL: ENOMEM. */
static char *
escaped(const char *label)
{
	size_t size = 4 * strlen(label) + 1;
	char *text = malloc(size);

	return text == NULL ? NULL : mk_diag_escape(text, size, label);
}

/* LABEL on WIDTH columns: filled up, or cut in its middle.  0 or -1. */
static int
print_label(const char *label, size_t width, FILE *out)
{
	char *text = escaped(label);
	size_t n, head;

	if (text == NULL)
		return -1;
	n = text_columns(text);
	if (n <= width) {
		fprintf(out, "%s%*s", text, (int)(width - n), "");
	} else {
		head = (width - 3) / 2;
		fprintf(out, "%.*s...%s",
		    (int)(skip_columns(text, head) - text), text,
		    skip_columns(text, n - (width - 3 - head)));
	}
	free(text);
	return 0;
}

static const char *
cell(char *buf, const struct mk_column *column, uint64_t value)
{
	if (column->kind == MK_BYTES)
		return mk_size_format(buf, CELL_BYTES, value);
	snprintf(buf, CELL_BYTES, "%" PRIu64, value);
	return buf;
}

/* The widest that stands in a column: its name or one of its values. */
static size_t
cell_columns(const struct mk_report *report, const char *shown, size_t c)
{
	const struct mk_column *column = &report->columns[c];
	size_t max = strlen(column->name), len, i;
	char buf[CELL_BYTES];

	for (i = 0; i <= report->rows_n; i++) {
		if (i == report->rows_n)
			cell(buf, column, report->total[c]);
		else if (in_group(report->rows[i], shown))
			cell(buf, column, report->rows[i]->values[c]);
		else
			continue;
		len = strlen(buf);
		if (len > max)
			max = len;
	}
	return max;
}

/* The widest label, as far as the WIDTHS of the numbers leave room.  0, -1. */
static int
label_columns(const struct mk_report *report, const char *shown,
    const size_t *widths, size_t *max)
{
	size_t room = TABLE_COLUMNS, len, c, i;
	char *text;

	for (c = 0; c < report->columns_n; c++)
		if (report->columns[c].shown)
			room -= widths[c] + GAP < room ? widths[c] + GAP : room;
	if (room < LABEL_MIN)
		room = LABEL_MIN;
	*max = LABEL_MIN;
	for (i = 0; i < report->rows_n && *max < room; i++) {
		if (!in_group(report->rows[i], shown))
			continue;
		text = escaped(report->rows[i]->label);
		if (text == NULL)
			return -1;
		len = text_columns(text);
		free(text);
		if (len > *max)
			*max = len < room ? len : room;
	}
	return 0;
}

/* One line: LABEL, and the VALUES (NULL: the columns' names). */
static int
print_line(const struct mk_report *report, const char *label,
    const uint64_t *values, const size_t *widths, FILE *out)
{
	const struct mk_column *column;
	char buf[CELL_BYTES];
	size_t c;

	if (print_label(label, widths[report->columns_n], out) == -1)
		return -1;
	for (c = 0; c < report->columns_n; c++) {
		column = &report->columns[c];
		if (column->shown)
			fprintf(out, "%*s", GAP + (int)widths[c],
			    values == NULL ? column->name :
			    cell(buf, column, values[c]));
	}
	putc('\n', out);
	return 0;
}

int
mk_report_print(const struct mk_report *report, const char *shown,
    const struct mk_report_run *run, FILE *out)
{
	size_t *widths, c, i;
	char *note = NULL;
	int rv = -1;

	widths = calloc(report->columns_n + 1, sizeof *widths);
	if (widths == NULL)
		return -1;
	for (c = 0; c < report->columns_n; c++)
		if (report->columns[c].shown)
			widths[c] = cell_columns(report, shown, c);
	if (label_columns(report, shown, widths, &widths[c]) == -1 ||
	    (run->note != NULL && (note = escaped(run->note)) == NULL))
		goto out;
	if (note != NULL)
		fprintf(out, "%s\n", note);
	if (run->dry_run)
		fputs("dry run: nothing was changed\n", out);
	if (print_line(report, shown != NULL ? shown : "", NULL, widths,
	    out) == -1)
		goto out;
	for (i = 0; i < report->rows_n; i++)
		if (in_group(report->rows[i], shown) &&
		    print_line(report, report->rows[i]->label,
		    report->rows[i]->values, widths, out) == -1)
			goto out;
	if (print_line(report, "total", report->total, widths, out) == -1)
		goto out;
	if (fflush(out) == 0 && !ferror(out))
		rv = 0;
out:
	free(note);
	free(widths);
	return rv;
}

/* RUN's duration in thousandths of a second. */
static int64_t
run_ms(const struct mk_report_run *run)
{
	return run->seconds > 0 ? (int64_t)(run->seconds * 1000 + 0.5) : 0;
}

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

int
mk_report_json(const struct mk_report *report, const struct mk_report_run *run,
    FILE *out)
{
	struct mk_json json;
	size_t i;

	mk_json_begin(&json, out);
	mk_json_object(&json, NULL);
	mk_json_string(&json, "program", report->program);
	mk_json_string(&json, "version", MK_VERSION);
	mk_json_int(&json, "started", run->started_s);
	mk_json_int(&json, "finished", run->finished_s);
	mk_json_milli(&json, "seconds", run_ms(run));
	mk_json_int(&json, "status", run->status);
	mk_json_bool(&json, "dry_run", run->dry_run);
	if (run->note != NULL)
		mk_json_string(&json, "note", run->note);
	else
		mk_json_null(&json, "note");
	mk_json_object(&json, "total");
	json_values(report, report->total, &json);
	mk_json_close_object(&json);
	for (i = 0; i < report->rows_n; i++)
		if (json_group(report, i, &json) == -1)
			return -1;
	mk_json_close_object(&json);
	return mk_json_end(&json);
}

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

/* "freed", a column of bytes: "mailkeep_last_run_freed_bytes". */
static int
metric_name(struct mk_buf *buf, const struct mk_column *column)
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
    const struct row *row, uint64_t value)
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

/* The column C of REPORT: of all rows of MERGED, or what no row has. */
static int
metric_column(struct mk_buf *buf, const struct mk_report *report,
    const struct mk_report *merged, size_t c)
{
	struct mk_buf name = { 0 };
	size_t i;
	int rv = -1;

	if (metric_name(&name, &merged->columns[c]) == -1 ||
	    metric_head(buf, name.data, merged->columns[c].help) == -1)
		goto out;
	if (report->columns[c].kind == MK_TOTAL) {
		rv = mk_buf_addf(buf, "%s{program=\"%s\"} %" PRIu64 "\n",
		    name.data, report->program, report->total[c]);
		goto out;
	}
	for (i = 0; i < merged->rows_n; i++)
		if (metric_row(buf, name.data, merged->program,
		    merged->rows[i], merged->rows[i]->values[c]) == -1)
			goto out;
	rv = 0;
out:
	mk_buf_free(&name);
	return rv;
}

/* The time of the last success, where TEXT says it well; else -1. */
static int64_t
parse_success(const char *text, const char *program)
{
	char line[256];
	int len = snprintf(line, sizeof line, "\n" SUCCESS "{program=\"%s\"} ",
	    program);
	const char *p = strstr(text, line);
	int64_t n = 0;
	int digits;

	if (p == NULL)
		return -1;
	p += len;
	for (digits = 0; *p >= '0' && *p <= '9' && digits < 18; digits++)
		n = 10 * n + (*p++ - '0');
	return digits > 0 && *p == '\n' ? n : -1;
}

/*
 * What the old file NAME tells.  It may be missing, a link, garbled: then
 * nothing is known, and a time to come is none to believe either.
 */
static int64_t
old_success(int dirfd, const char *name, const struct mk_report *report,
    const struct mk_report_run *run)
{
	char text[OLD_BYTES];
	int64_t success = -1;
	struct stat st;
	ssize_t n;
	int fd;

	fd = mk_sys_open_file(dirfd, name, O_RDONLY | O_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    (n = read(fd, text, sizeof text - 1)) > 0) {
		text[n] = '\0';
		success = parse_success(text, report->program);
	}
	close(fd);
	return success <= run->finished_s ? success : -1;
}

static int
compose(struct mk_buf *buf, const struct mk_report *report,
    const struct mk_report *merged, const struct mk_report_run *run,
    int64_t success_s)
{
	size_t c;

	if (metric_run(buf, "mailkeep_last_run_timestamp_seconds",
	    "When the last run ended, in seconds since the Epoch.",
	    report->program, run->finished_s * 1000) == -1 ||
	    (success_s >= 0 && metric_run(buf, SUCCESS,
	    "When the last successful run ended, in seconds since the Epoch.",
	    report->program, success_s * 1000) == -1) ||
	    metric_run(buf, "mailkeep_last_run_duration_seconds",
	    "How long the last run took.", report->program,
	    run_ms(run)) == -1 ||
	    metric_run(buf, "mailkeep_last_run_status",
	    "The exit status of the last run, of sysexits(3).",
	    report->program, (int64_t)run->status * 1000) == -1)
		return -1;
	for (c = 0; merged->rows_n > 0 && c < merged->columns_n; c++)
		if (metric_column(buf, report, merged, c) == -1)
			return -1;
	return 0;
}

int
mk_report_metrics(const struct mk_report *report, const char *shown,
    const struct mk_report_run *run, const char *path, struct mk_error *err)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	struct mk_report *merged = NULL;
	struct mk_buf buf = { 0 };
	int64_t success_s = run->finished_s;
	int dirfd, rv = -1;

	if (*name == '\0')
		return mk_fail(err, EX_USAGE, "%s: no file's name", path);
	dirfd = mk_fs_open_parent(path, err);
	if (dirfd == -1)
		return -1;
	merged = merge(report, shown, err);
	if (merged == NULL)
		goto out;
	if (run->status != EX_OK || run->dry_run)
		success_s = old_success(dirfd, name, report, run);
	if (compose(&buf, report, merged, run, success_s) == -1) {
		mk_fail_sys(err, "write %s", path);
		goto out;
	}
	rv = mk_fs_replace(dirfd, name, buf.data, buf.len, 0644, MK_FS_NOSYNC,
	    err);
out:
	mk_report_free(merged);
	close(dirfd);
	mk_buf_free(&buf);
	return rv;
}
