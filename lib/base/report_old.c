/* base/report - what a run did: what the file of metrics told before. */
#include "base/report.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/report_parts.h"
#include "base/sys.h"

#define OLD_BYTES	((size_t)4 * 1024 * 1024)
#define DIGITS_MAX	18		/* what an int64_t holds */

/* *P behind the text WORD where it stands there. */
static bool
skip(const char **p, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(*p, word, len) != 0)
		return false;
	*p += len;
	return true;
}

/* The number that ends the line *P. */
static bool
take_number(const char **p, uint64_t *n)
{
	int digits;

	*n = 0;
	for (digits = 0; **p >= '0' && **p <= '9' && digits < DIGITS_MAX;
	    digits++)
		*n = 10 * *n + (uint64_t)(*(*p)++ - '0');
	return digits > 0 && **p == '\n';
}

/* A label as the text format has it, up to its quote, into *LABEL.  1; 0
 * where there is none; -1: ENOMEM. */
static int
take_label(const char **p, struct mk_buf *label)
{
	char c;

	mk_buf_cut(label, 0);
	if (mk_buf_reserve(label, 1) == -1)
		return -1;
	label->data[0] = '\0';
	for (; **p != '"'; ++*p) {
		c = **p;
		if (c == '\\') {
			c = *++*p;
			if (c == 'n')
				c = '\n';
			else if (c != '\\' && c != '"')
				return 0;
		} else if (c == '\0' || c == '\n')
			return 0;
		if (mk_buf_add(label, &c, 1) == -1)
			return -1;
	}
	++*p;
	return 1;
}

/* The line at P, of the metric NAME: a row's value, or, with no label, the
 * program's own.  0 or -1. */
static int
take_line(const char *p, const char *name, const char *shown, size_t column,
    struct mk_report *old, struct mk_buf *label, uint64_t *values)
{
	uint64_t n;
	int rv = 0;

	if (!skip(&p, name) || !skip(&p, "{program=\"") ||
	    !skip(&p, old->program) || !skip(&p, "\""))
		return 0;
	if (skip(&p, "} ")) {
		if (take_number(&p, &n))
			old->total[column] = n;
		return 0;
	}
	if (shown == NULL || !skip(&p, ",") || !skip(&p, shown) ||
	    !skip(&p, "=\"") || (rv = take_label(&p, label)) != 1)
		return rv;
	if (!skip(&p, "} ") || !take_number(&p, &n) || n == 0)
		return 0;
	values[column] = n;
	rv = mk_report_add(old, shown, label->data, values);
	values[column] = 0;
	return rv;
}

/* All that TEXT, lines, says of the metric NAME. */
static int
take_metric(const char *text, const char *name, const char *shown,
    size_t column, struct mk_report *old)
{
	uint64_t *values = calloc(old->columns_n, sizeof *values);
	struct mk_buf label = { 0 };
	const char *p;
	int rv = values == NULL ? -1 : 0;

	for (p = text; rv == 0 && p != NULL && *p != '\0';
	    p = (p = strchr(p, '\n')) == NULL ? NULL : p + 1)
		rv = take_line(p, name, shown, column, old, &label, values);
	mk_buf_free(&label);
	free(values);
	return rv;
}

static int
parse(const char *text, const struct mk_report *report, const char *shown,
    struct mk_report *old)
{
	struct mk_buf name = { 0 };
	size_t c, n = report->columns_n;
	int rv = 0;

	for (c = 0; c < n && rv == 0; c++) {
		mk_buf_cut(&name, 0);
		if (report->columns[c].kind != MK_TOTAL)
			rv = mk_report_metric_name(&name,
			    &report->columns[c]) == -1 ? -1 : take_metric(text,
			    name.data, shown, c, old);
	}
	mk_buf_free(&name);
	if (rv == 0)
		rv = take_metric(text, MK_REPORT_PART_SUCCESS, shown, n, old);
	/* "No success" must not look like one at the Epoch. */
	old->total[n] = UINT64_MAX;
	return rv == 0 ? take_metric(text, MK_REPORT_SUCCESS, NULL, n, old) :
	    -1;
}

/* It may be missing, a link, garbled: then nothing is known. */
static void
load(int dirfd, const char *name, struct mk_buf *text)
{
	struct stat st;
	int fd = mk_sys_open_file(dirfd, name, O_RDONLY, 0);

	if (fd == -1)
		return;
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) ||
	    mk_fs_read_all(fd, text, OLD_BYTES) == -1)
		mk_buf_cut(text, 0);
	close(fd);
}

struct mk_report *
mk_report_old(int dirfd, const char *name, const struct mk_report *report,
    const char *shown, struct mk_error *err)
{
	struct mk_report *old = mk_report_new(report->program,
	    report->columns, report->columns_n + 1, err);
	struct mk_buf text = { 0 };

	if (old == NULL)
		return NULL;
	load(dirfd, name, &text);
	if (parse(text.data == NULL ? "" : text.data, report, shown,
	    old) == -1) {
		mk_fail_sys(err, "read the metrics %s", name);
		mk_report_free(old);
		old = NULL;
	}
	mk_buf_free(&text);
	return old;
}

int64_t
mk_report_old_success(const struct mk_report *old,
    const struct mk_report_run *run)
{
	uint64_t at = old->total[old->columns_n - 1];

	return at <= (uint64_t)run->finished_s ? (int64_t)at : -1;
}
