/* blacklist/feed - read an open feed, take it whole or refuse it whole. */
#include "blacklist/feed.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "blacklist/feed_lines.h"
#include "blacklist/feed_source.h"
#include "blacklist/feed_take.h"

#define FUTURE_MAX_S	86400		/* a clock that is a little wrong */

static const char *const columns[] = { "net", "?reason", "?until", NULL };
enum { NET, REASON, UNTIL, COLUMNS };

static int
fail_in(const char *name, const struct mk_error *why, struct mk_error *err)
{
	return mk_fail(err, why->status, "%s: %s", name, why->text);
}

/* Whether FD is as young as the feed must be.  Pipes have no age. */
static int
check_age(const struct mk_taker *t, int fd, const char *name,
    struct mk_error *err)
{
	struct stat st;
	int64_t age_s;

	if (fstat(fd, &st) == -1)
		return mk_fail_sys(err, "read %s", name);
	if (t->conf->max_age_s <= 0 || !S_ISREG(st.st_mode))
		return 0;
	age_s = t->job->now_s - (int64_t)st.st_mtime;
	if (age_s > t->conf->max_age_s)
		return mk_fail(err, EX_DATAERR, "%s is %jd hours old, more "
		    "than max-age: is it still fetched?", name,
		    (intmax_t)(age_s / 3600));
	if (age_s < -FUTURE_MAX_S)
		return mk_fail(err, EX_DATAERR, "%s is from the future, by "
		    "%jd hours, so that its age cannot be told", name,
		    (intmax_t)(-age_s / 3600));
	return 0;
}

/* An empty file is mostly one that broke, also among others; one of mere
 * rubbish always is. */
static int
check_present(const struct mk_taker *t, struct mk_error *err)
{
	if (t->good > 0)
		return 0;
	if (t->bad > 0)
		return mk_fail(err, EX_DATAERR, "%s: none of its lines is an "
		    "entry, %ju are rejected", t->name, (uintmax_t)t->bad);
	if (t->conf->allow_empty)
		return 0;
	return mk_fail(err, EX_DATAERR, "%s is empty (allow-empty = yes lets "
	    "it be)", t->name);
}

static int
take_lines(struct mk_taker *t, struct mk_lines *lines, struct mk_error *err)
{
	struct mk_reader reader = {
		.format = t->format,
		.column = t->conf->column,
		.reason_column = t->conf->reason_column,
	};
	struct mk_line line;
	struct mk_error why;
	const char *text;
	size_t len;
	int more;

	if (t->format == MK_FORMAT_AUTO) {
		mk_lines_head(lines, &text, &len);
		mk_line_detect(&reader, text, len);
		t->format = reader.format;
		if (reader.rival_n != 0)
			return mk_fail(err, EX_DATAERR, "%s: addresses in "
			    "columns %u and %u: set column", t->name,
			    reader.column_n, reader.rival_n);
	}
	while ((more = mk_lines_next(lines, &text, &len, &why)) == 1) {
		t->line++;
		t->counts->lines++;
		if (text != NULL)
			mk_line_read(&reader, text, len, &line);
		else
			line = (struct mk_line){ .kind = MK_LINE_BAD,
			    .why = "is longer than 64 KiB" };
		if (mk_take_line(t, &line, err) == -1)
			return -1;
	}
	return more == 0 ? 0 : fail_in(t->name, &why, err);
}

/* *USED: bytes of the files before it, of MAX. */
static int
read_file(struct mk_taker *t, struct mk_input *input, uint64_t *used,
    uint64_t max, struct mk_error *err)
{
	struct mk_error why;
	struct mk_lines *lines;
	const char *head;
	size_t len;
	int fd = input->fd, rv = -1;

	if (mk_take_file(t, input->name, (enum mk_format)t->conf->format,
	    err) == -1 || check_age(t, fd, input->name, err) == -1)
		return -1;
	input->fd = -1;
	lines = mk_lines_open(fd, MK_LINES_BLOCK, *used, max, &why);
	if (lines == NULL)
		return fail_in(input->name, &why, err);
	mk_lines_head(lines, &head, &len);
	if (mk_line_is_html(head, len)) {
		mk_fail(err, EX_DATAERR, "%s is HTML or XML, no list: an "
		    "error page?", input->name);
		goto out;
	}
	if (take_lines(t, lines, err) == -1 || mk_take_end(t, err) == -1 ||
	    check_present(t, err) == -1)
		goto out;
	*used += mk_lines_bytes(lines);
	rv = 0;
out:
	mk_lines_close(lines);
	return rv;
}

/* One row as a line.  PostgreSQL writes a date that has no end "infinity". */
static void
row_line(const char *const *values, struct mk_line *line)
{
	const char *until = values[UNTIL];

	*line = (struct mk_line){ .kind = MK_LINE_NET };
	if (values[NET] == NULL) {
		line->kind = MK_LINE_BAD;
		line->why = "net is NULL";
		return;
	}
	switch (mk_net_parse(values[NET], strlen(values[NET]), &line->net,
	    &line->why)) {
	case MK_NET_OK:
		break;
	case MK_NET_HOST_BITS:
		line->host_bits = true;
		break;
	case MK_NET_BAD:
		line->kind = MK_LINE_BAD;
		return;
	}
	if (values[REASON] != NULL) {
		line->reason = values[REASON];
		line->reason_len = strlen(values[REASON]);
	}
	if (until != NULL && strcmp(until, "infinity") != 0 &&
	    mk_line_until(until, strlen(until), &line->until_s) == -1) {
		line->kind = MK_LINE_BAD;
		line->why = "until is no day (until::date)";
	}
}

static int
read_query(struct mk_taker *t, struct mk_pgsql *pg, const char *name,
    uint64_t max, struct mk_error *err)
{
	const char *values[COLUMNS];
	struct mk_line line;
	struct mk_error why;
	uint64_t bytes = 0;
	int more, i;

	if (mk_take_file(t, name, MK_FORMAT_AUTO, err) == -1)
		return -1;
	if (mk_pgsql_query(pg, t->conf->query, columns, &why) == -1)
		return fail_in(name, &why, err);
	while ((more = mk_pgsql_row(pg, values, &why)) == 1) {
		t->line++;
		t->counts->lines++;
		for (i = 0; i < COLUMNS; i++)
			bytes += values[i] == NULL ? 0 : strlen(values[i]);
		if (bytes > max)
			return mk_fail(err, EX_DATAERR, "%s: gives more than "
			    "max-size, %ju bytes", name, (uintmax_t)max);
		row_line(values, &line);
		if (mk_take_line(t, &line, err) == -1)
			return -1;
	}
	if (more == -1)
		return fail_in(name, &why, err);
	if (mk_take_end(t, err) == -1)
		return -1;
	return check_present(t, err);
}

int
mk_feed_source_read(struct mk_feed_source *source,
    const struct mk_feed_job *job, struct mk_feed_counts *counts,
    struct mk_error *err)
{
	struct mk_taker t = {
		.conf = source->conf, .job = job, .counts = counts,
	};
	size_t v4_n = job->entries->v4_n, v6_n = job->entries->v6_n, i;
	uint64_t used = 0, max = source->conf->max_size > 0 ?
	    (uint64_t)source->conf->max_size : UINT64_MAX;

	*counts = (struct mk_feed_counts){ 0 };
	for (i = 0; i < source->n; i++)
		if (read_file(&t, &source->inputs[i], &used, max,
		    err) == -1)
			goto refuse;
	if (source->pg != NULL &&
	    read_query(&t, source->pg, source->what, max, err) == -1)
		goto refuse;
	return 0;
refuse:
	job->entries->v4_n = v4_n;
	job->entries->v6_n = v6_n;
	return -1;
}
