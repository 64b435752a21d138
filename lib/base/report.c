/* base/report - what a run did: count it. */
#include "base/report.h"

#include <stdlib.h>

#include "base/report_parts.h"

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
	const struct mk_report_row *row;

	for (; report->slots[at] != 0; at = (at + 1) & mask) {
		row = report->rows[report->slots[at] - 1];
		if (strcmp(row->label, label) == 0 &&
		    strcmp(row->group, group) == 0)
			break;
	}
	return at;
}

const struct mk_report_row *
mk_report_find(const struct mk_report *report, const char *group,
    const char *label)
{
	size_t slot;

	if (report->slots_n == 0)
		return NULL;
	slot = report->slots[find_slot(report, group, label)];
	return slot == 0 ? NULL : report->rows[slot - 1];
}

/* Room for one row more.  0, or -1 and nothing changed that shows. */
static int
grow(struct mk_report *report)
{
	size_t cap = report->rows_cap == 0 ? 64 : 2 * report->rows_cap;
	struct mk_report_row **rows;
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
static struct mk_report_row *
get_row(struct mk_report *report, const char *group, const char *label)
{
	size_t values_size = report->columns_n * sizeof(uint64_t);
	size_t len = strlen(label), at;
	struct mk_report_row *row;

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
	struct mk_report_row *row;
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
