/*
 * base/history - what the runs were: read them.  An object of its own, so that
 * who only appends needs no jansson.
 */
#include "base/history.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/sys.h"

#define STATUS_MAX	255
#define LINE_MAX_LEN	((size_t)64 * 1024)	/* ten times what one may be;
						 * read, a longer one of tiny
						 * values is a hundred times
						 * its size */

/* The file's newest bytes, as many as it may have.  1; 0: there is none. */
static int
load(int dirfd, struct mk_buf *buf, struct mk_error *err)
{
	struct stat st;
	uint64_t from;
	ssize_t n;
	int fd, rv = -1;

	fd = mk_sys_open_file(dirfd, MK_HISTORY_NAME, O_RDONLY, 0);
	if (fd == -1)
		return errno == ENOENT ? 0 : mk_fail_sys(err, "open %s",
		    MK_HISTORY_NAME);
	if (fstat(fd, &st) == -1) {
		mk_fail_sys(err, "look at %s", MK_HISTORY_NAME);
		goto out;
	}
	if (!S_ISREG(st.st_mode)) {
		mk_fail(err, EX_DATAERR, "%s: not a regular file",
		    MK_HISTORY_NAME);
		goto out;
	}
	from = st.st_size > MK_HISTORY_MAX ? (uint64_t)st.st_size -
	    MK_HISTORY_MAX : 0;
	if (mk_buf_reserve(buf, MK_HISTORY_MAX) == -1 || (n = mk_fs_read_at(fd,
	    buf->data, MK_HISTORY_MAX, from)) == -1) {
		mk_fail_sys(err, "read %s", MK_HISTORY_NAME);
		goto out;
	}
	buf->data[n] = '\0';
	buf->len = (size_t)n;
	rv = 1;
out:
	close(fd);
	return rv;
}

/* 0, or what EACH said; -1 for lack of memory alone. */
static int
hand_out(const char *line, size_t len, int64_t since_s, mk_history_fn *each,
    void *data, struct mk_error *err)
{
	struct mk_value *all = mk_jsonread(line, len, err);
	struct mk_history_run run = {
		.program = mk_value_string(mk_value_get(all, "program"), NULL),
		.started_s = mk_value_int(mk_value_get(all, "started"), -1),
		.finished_s = mk_value_int(mk_value_get(all, "finished"), -1),
		.status = -1,
		.note = mk_value_string(mk_value_get(all, "note"), NULL),
		.total = mk_value_get(all, "total"), .all = all,
	};
	double seconds = mk_value_number(mk_value_get(all, "seconds"), 0);
	int64_t status = mk_value_int(mk_value_get(all, "status"), -1);
	int rv = 0;

	if (all == NULL)
		return err->status == EX_DATAERR ? 0 : -1;
	if (status >= 0 && status <= STATUS_MAX)
		run.status = (int)status;
	run.took_ms = seconds > 0 && seconds < 1e12 ?
	    (int64_t)(seconds * 1000 + 0.5) : 0;
	if (run.program != NULL && run.started_s >= 0 &&
	    run.finished_s >= since_s && run.finished_s >= 0)
		rv = each(data, &run) != 0;
	mk_jsonread_free(all);
	return rv;
}

int
mk_history_read(int dirfd, int64_t since_s, mk_history_fn *each, void *data,
    struct mk_error *err)
{
	struct mk_buf text = { 0 };
	struct mk_error why;
	const char *line, *end, *stop;
	int rv = load(dirfd, &text, err);

	if (rv != 1)
		goto out;
	rv = 0;
	stop = text.data + text.len;
	/* A power cut may leave NULs: one more line that is none. */
	for (line = text.data; rv == 0 && line < stop; line = end + 1) {
		end = memchr(line, '\n', (size_t)(stop - line));
		if (end == NULL)
			end = stop;
		if ((size_t)(end - line) <= LINE_MAX_LEN)
			rv = hand_out(line, (size_t)(end - line), since_s,
			    each, data, &why);
	}
	if (rv == -1)
		mk_fail(err, why.status, "%s: %s", MK_HISTORY_NAME, why.text);
out:
	mk_buf_free(&text);
	return rv == -1 ? -1 : 0;
}
