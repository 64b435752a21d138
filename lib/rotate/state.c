/* rotate/state - what is known of logs from run to run. */
#include "rotate/state.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/sys.h"
#include "rotate/when.h"

#define HEAD		"mailkeep-rotate state 1\n"
#define END		"end\t"		/* no path begins so */
#define STATE_MAX	((size_t)64 * 1024 * 1024)
#define OWES_ALL	(MK_OWES_TURN | MK_OWES_NOTICE | MK_OWES_SETTLE)

static int
by_log(const void *a, const void *b)
{
	const struct mk_rotate_record *x = a, *y = b;

	return strcmp(x->log, y->log);
}

/* Room for one more.  0 or -1 (ENOMEM). */
static int
reserve(struct mk_rotate_state *state)
{
	size_t cap = state->cap == 0 ? 64 : 2 * state->cap;
	struct mk_rotate_record *v = state->v;

	if (state->n < state->cap)
		return 0;
	v = realloc(v, cap * sizeof *v);
	if (v == NULL)
		return -1;
	state->v = v;
	state->cap = cap;
	return 0;
}

/*
 * Reading.  A field is what stands before the next tab or the line's end, and
 * *P is moved behind that.
 */

/* Decimal digits and no more, and not too many.  0 or -1. */
static int
take_number(const char **p, const char *end, uint64_t *n)
{
	const char *start = *p;
	uint64_t digit;

	for (*n = 0; *p < end && **p >= '0' && **p <= '9'; ++*p) {
		digit = (uint64_t)(**p - '0');
		if (*n > (UINT64_MAX - digit) / 10)
			return -1;
		*n = 10 * *n + digit;
	}
	if (*p == start || (*p < end && **p != '\t'))
		return -1;
	*p += *p < end;
	return 0;
}

/* Seconds, before the Epoch too; "-" is never. */
static int
take_time(const char **p, const char *end, int64_t *time_s)
{
	bool negative = *p < end && **p == '-';
	uint64_t n;

	*p += negative;
	if (negative && (*p == end || **p == '\t')) {
		*p += *p < end;
		*time_s = MK_WHEN_NEVER;
		return 0;
	}
	if (take_number(p, end, &n) == -1 || n > INT64_MAX)
		return -1;
	*time_s = negative ? -(int64_t)n : (int64_t)n;
	return 0;
}

/* The path, decoded: NULL with errno ENOMEM, or 0 where it is no good. */
static char *
take_path(const char **p, const char *end)
{
	struct mk_buf path = { 0 };
	char c;

	errno = 0;
	for (; *p < end && **p != '\t'; ++*p) {
		c = **p;
		if (c == '\\' && ++*p < end)
			c = (char)(**p == 't' ? '\t' : **p == 'n' ? '\n' :
			    **p == '\\' ? '\\' : '\0');
		if (*p == end || c == '\0')
			goto fail;
		if (mk_buf_add(&path, &c, 1) == -1)
			goto fail;
	}
	if (*p == end || path.len == 0)
		goto fail;
	++*p;
	return path.data;
fail:
	mk_buf_free(&path);
	return NULL;
}

/* A line without its newline.  1: it is a record, and added; 0: it is no good;
 * -1 (ENOMEM). */
static int
take_record(struct mk_rotate_state *state, const char *p, const char *end)
{
	struct mk_rotate_record record = { 0 };
	uint64_t owes;

	record.log = take_path(&p, end);
	if (record.log == NULL)
		return errno == ENOMEM ? -1 : 0;
	if (take_time(&p, end, &record.seen_s) == -1 ||
	    take_time(&p, end, &record.rotated_s) == -1 ||
	    take_number(&p, end, &owes) == -1 || owes > OWES_ALL ||
	    take_number(&p, end, &record.dev) == -1 ||
	    take_number(&p, end, &record.ino) == -1 ||
	    take_number(&p, end, &record.size) == -1 ||
	    take_time(&p, end, &record.turn_s) == -1 || p != end ||
	    p[-1] == '\t') {
		free(record.log);
		return 0;
	}
	record.owes = (unsigned)owes;
	if (reserve(state) == -1) {
		free(record.log);
		return -1;
	}
	state->v[state->n++] = record;
	return 1;
}

/* Sort; of two records of a log, which we never write, neither is believed. */
static size_t
order(struct mk_rotate_state *state)
{
	size_t i, j, n = 0, bad = 0;

	if (state->n > 1)
		qsort(state->v, state->n, sizeof *state->v, by_log);
	for (i = 0; i < state->n; i = j) {
		for (j = i + 1; j < state->n && by_log(&state->v[i],
		    &state->v[j]) == 0; j++)
			;
		if (j == i + 1) {
			state->v[n++] = state->v[i];
			continue;
		}
		for (bad += j - i; i < j; i++)
			free(state->v[i].log);
	}
	state->n = n;
	return bad;
}

static bool
is_end(const char *p, const char *end, uint64_t *count)
{
	size_t len = sizeof END - 1;

	if ((size_t)(end - p) <= len || memcmp(p, END, len) != 0)
		return false;
	p += len;
	return take_number(&p, end, count) == 0 && p == end && p[-1] != '\t';
}

/* The lines behind the head.  0 or -1 (ENOMEM). */
static int
take_lines(struct mk_rotate_state *state, const char *p, const char *end,
    size_t *bad)
{
	const char *line_end;
	uint64_t count, lines = 0;
	bool ended = false;
	int rv;

	for (; p < end; p = line_end + 1) {
		line_end = memchr(p, '\n', (size_t)(end - p));
		if (line_end == NULL)
			break;		/* cut: half a number is one, too */
		if (!ended && is_end(p, line_end, &count)) {
			ended = true;
			*bad += count != lines;
			continue;
		}
		lines++;
		rv = ended ? 0 : take_record(state, p, line_end);
		if (rv == -1)
			return -1;
		*bad += rv == 0;
	}
	*bad += p < end || !ended;
	*bad += order(state);
	state->changed = *bad > 0;
	return 0;
}

static int
read_file(int dirfd, struct mk_buf *text)
{
	struct stat st;
	int fd, rv = -1;

	fd = mk_sys_open_file(dirfd, MK_ROTATE_STATE_NAME, O_RDONLY, 0);
	if (fd == -1)
		return -1;
	if (fstat(fd, &st) == 0) {
		errno = EINVAL;
		if (S_ISREG(st.st_mode))
			rv = mk_fs_read_all(fd, text, STATE_MAX);
	}
	close(fd);
	return rv;
}

int
mk_rotate_state_load(struct mk_rotate_state *state, int dirfd, size_t *bad,
    struct mk_error *err)
{
	struct mk_buf text = { 0 };
	size_t head = sizeof HEAD - 1;
	int rv = -1;

	*state = (struct mk_rotate_state){ 0 };
	*bad = 0;
	if (dirfd == -1)
		return 0;
	if (read_file(dirfd, &text) == -1) {
		if (errno == ENOENT)
			rv = 0;
		else
			mk_fail_sys(err, "read %s", MK_ROTATE_STATE_NAME);
		goto out;
	}
	if (text.len < head || memcmp(text.data, HEAD, head) != 0) {
		mk_fail(err, EX_DATAERR, "%s: does not begin as version 1 of "
		    "this file does", MK_ROTATE_STATE_NAME);
		goto out;
	}
	rv = take_lines(state, text.data + head, text.data + text.len, bad);
	if (rv == -1) {
		mk_fail_sys(err, "read %s", MK_ROTATE_STATE_NAME);
		mk_rotate_state_free(state);
		*bad = 0;
	}
out:
	mk_buf_free(&text);
	return rv;
}

/* Where LOG is, or would be. */
static size_t
place_of(const struct mk_rotate_state *state, const char *log)
{
	size_t low = 0, high = state->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (strcmp(state->v[mid].log, log) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct mk_rotate_record *
mk_rotate_state_find(const struct mk_rotate_state *state, const char *log)
{
	size_t at = place_of(state, log);

	return at < state->n && strcmp(state->v[at].log, log) == 0 ?
	    &state->v[at] : NULL;
}

struct mk_rotate_record *
mk_rotate_state_get(struct mk_rotate_state *state, const char *log,
    int64_t now_s)
{
	struct mk_rotate_record *record = mk_rotate_state_find(state, log);
	char *copy;

	if (record != NULL)
		return record;
	if (reserve(state) == -1 || (copy = strdup(log)) == NULL)
		return NULL;
	record = &state->v[place_of(state, log)];
	memmove(record + 1, record, (size_t)(state->v + state->n - record) *
	    sizeof *record);
	*record = (struct mk_rotate_record){ .log = copy, .seen_s = now_s,
	    .rotated_s = MK_WHEN_NEVER, .turn_s = MK_WHEN_NEVER };
	state->n++;
	state->changed = true;
	return record;
}

static int
add_path(struct mk_buf *text, const char *path)
{
	size_t len;

	for (; *path != '\0'; path += len) {
		len = strcspn(path, "\t\n\\");
		if (len == 0) {
			len = 1;
			if (mk_buf_add(text, *path == '\t' ? "\\t" :
			    *path == '\n' ? "\\n" : "\\\\", 2) == -1)
				return -1;
		} else if (mk_buf_add(text, path, len) == -1)
			return -1;
	}
	return 0;
}

static int
add_time(struct mk_buf *text, int64_t time_s)
{
	return time_s == MK_WHEN_NEVER ? mk_buf_add(text, "\t-", 2) :
	    mk_buf_addf(text, "\t%" PRId64, time_s);
}

static int
add_record(struct mk_buf *text, const struct mk_rotate_record *record)
{
	if (add_path(text, record->log) == -1 ||
	    add_time(text, record->seen_s) == -1 ||
	    add_time(text, record->rotated_s) == -1 ||
	    mk_buf_addf(text, "\t%u\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64,
	    record->owes & OWES_ALL, record->dev, record->ino,
	    record->size) == -1 ||
	    add_time(text, record->turn_s) == -1)
		return -1;
	return mk_buf_add(text, "\n", 1);
}

void
mk_rotate_state_forget(struct mk_rotate_state *state, int64_t before_s)
{
	struct mk_rotate_record *rec;
	size_t i, kept = 0;

	for (i = 0; i < state->n; i++) {
		rec = &state->v[i];
		if ((rec->owes & ~(unsigned)MK_OWES_SETTLE) == 0 &&
		    rec->seen_s < before_s && rec->rotated_s < before_s) {
			free(rec->log);
			state->changed = true;
		} else
			state->v[kept++] = *rec;
	}
	state->n = kept;
}

int
mk_rotate_state_save(struct mk_rotate_state *state, int dirfd,
    struct mk_error *err)
{
	struct mk_buf text = { 0 };
	size_t i;
	int rv;

	if (dirfd == -1 || !state->changed)
		return 0;
	rv = mk_buf_add(&text, HEAD, sizeof HEAD - 1);
	for (i = 0; i < state->n && rv == 0; i++)
		rv = add_record(&text, &state->v[i]);
	if (rv == 0)
		rv = mk_buf_addf(&text, END "%zu\n", state->n);
	if (rv == -1)
		mk_fail_sys(err, "%s", MK_ROTATE_STATE_NAME);
	else
		rv = mk_fs_replace(dirfd, MK_ROTATE_STATE_NAME, text.data,
		    text.len, 0644, MK_FS_SYNC, err);
	if (rv == 0)
		state->changed = false;
	mk_buf_free(&text);
	return rv;
}

void
mk_rotate_state_free(struct mk_rotate_state *state)
{
	size_t i;

	for (i = 0; i < state->n; i++)
		free(state->v[i].log);
	free(state->v);
	*state = (struct mk_rotate_state){ 0 };
}
