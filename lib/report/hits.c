/* report/hits - Exim's logs. */
#include "report/hits.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/progress.h"
#include "base/stop.h"
#include "base/unpack.h"
#include "report/part.h"

#define BLOCK		((size_t)256 * 1024)
#define LINE_MAX_LEN	((size_t)1024)	/* of a longer one the rest says
					 * nothing to us */
#define LOGS_MAX	256		/* files: more are no logs of a month */
#define NAMES_MAX	((size_t)2000)	/* each is compared with each */

struct mk_log {
	char *path;
	int fd;
	dev_t dev;
	ino_t ino;
};

int64_t
mk_hits_since(int64_t now_s)
{
	return now_s - (int64_t)(MK_HIT_DAYS + 1) * 86400;
}

/* ---- opening */

static void
failed(struct mk_logs *logs, const struct mk_error *err)
{
	if (logs->failed++ == 0)
		logs->first = *err;
}

static bool
has(const struct mk_logs *logs, const struct stat *st)
{
	size_t i;

	for (i = 0; i < logs->n; i++)
		if (logs->v[i].dev == st->st_dev &&
		    logs->v[i].ino == st->st_ino)
			return true;
	return false;
}

/* Add PATH, open as FD, unless there is no need to.  True: FD is kept. */
static bool
keep(struct mk_logs *logs, const char *path, int fd, int64_t since_s,
    struct mk_error *err)
{
	struct mk_log *v;
	struct stat st;

	if (fstat(fd, &st) == -1) {
		mk_fail_sys(err, "%s", path);
		return false;
	}
	if (!S_ISREG(st.st_mode)) {
		mk_fail(err, EX_DATAERR, "%s: no regular file", path);
		return false;
	}
	logs->matched++;
	err->status = EX_OK;
	/* The last line of a log was written when it was. */
	if (st.st_mtime < since_s || has(logs, &st))
		return false;
	if (logs->n == LOGS_MAX) {
		mk_fail(err, EX_DATAERR, "%s: more than %d logs", path,
		    LOGS_MAX);
		return false;
	}
	v = realloc(logs->v, (logs->n + 1) * sizeof *v);
	if (v != NULL) {
		logs->v = v;
		v[logs->n] = (struct mk_log){ .path = strdup(path), .fd = fd,
		    .dev = st.st_dev, .ino = st.st_ino };
	}
	if (v == NULL || v[logs->n].path == NULL) {
		mk_fail_sys(err, "%s", path);
		return false;
	}
	logs->n++;
	return true;
}

/* No link is followed: whoever owns the directory could lay one to what is
 * ours alone to read. */
static void
open_log(struct mk_logs *logs, const char *path, int64_t since_s)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK |
	    O_NOFOLLOW);
	struct mk_error err = { .status = EX_OK };

	if (fd == -1 && errno == ENOENT)
		return;			/* rotated since */
	if (fd == -1)
		mk_fail_sys(&err, "%s", path);
	else if (!keep(logs, path, fd, since_s, &err))
		close(fd);
	if (err.status != EX_OK)
		failed(logs, &err);
}

/* Whether the NAMES at V have "mainlog.1" beside PATH, "mainlog.1.gz": it is
 * being compressed. */
static bool
is_twin(char *const *v, size_t names, const char *path)
{
	static const char *const packed[] = { ".gz", ".bz2", ".xz", ".zst" };
	size_t len = strlen(path), i, j, n;

	for (i = 0; i < sizeof packed / sizeof *packed; i++) {
		n = strlen(packed[i]);
		if (len <= n || strcmp(path + len - n, packed[i]) != 0)
			continue;
		for (j = 0; j < names; j++)
			if (strlen(v[j]) == len - n &&
			    memcmp(v[j], path, len - n) == 0)
				return true;
	}
	return false;
}

/* PATTERN matches nothing: because its directory may not be listed? */
static void
check_directory(struct mk_logs *logs, const char *pattern)
{
	size_t len = strcspn(pattern, "*?[");
	struct mk_error err;
	char *dir;
	int fd;

	while (len > 1 && pattern[len - 1] != '/')
		len--;
	dir = strndup(pattern, len);
	fd = dir == NULL ? -1 : open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1 && errno != ENOENT && errno != ENOTDIR) {
		mk_fail_sys(&err, "%s", pattern);
		failed(logs, &err);
	}
	if (fd != -1)
		close(fd);
	free(dir);
}

void
mk_logs_open(struct mk_logs *logs, const struct mk_list *patterns,
    int64_t since_s)
{
	struct mk_error err;
	glob_t paths = { 0 };
	size_t i, n;
	int rv;

	for (i = 0; i < patterns->n; i++) {
		rv = glob(patterns->v[i], i == 0 ? 0 : GLOB_APPEND, NULL,
		    &paths);
		if (rv == GLOB_NOMATCH)
			check_directory(logs, patterns->v[i]);
		else if (rv != 0) {
			mk_fail(&err, EX_TEMPFAIL, "%s: no memory",
			    patterns->v[i]);
			failed(logs, &err);
		}
	}
	n = paths.gl_pathc;
	if (n > NAMES_MAX) {
		mk_fail(&err, EX_DATAERR, "%s: more than %zu logs",
		    paths.gl_pathv[NAMES_MAX], NAMES_MAX);
		failed(logs, &err);
		n = NAMES_MAX;
	}
	for (i = 0; i < n; i++)
		if (!is_twin(paths.gl_pathv, n, paths.gl_pathv[i]))
			open_log(logs, paths.gl_pathv[i], since_s);
	if (patterns->n > 0)
		globfree(&paths);
}

void
mk_logs_close(struct mk_logs *logs)
{
	while (logs->n > 0) {
		logs->n--;
		free(logs->v[logs->n].path);
		if (logs->v[logs->n].fd != -1)
			close(logs->v[logs->n].fd);
	}
	free(logs->v);
	logs->v = NULL;
}

/* ---- reading */

struct lines {
	struct mk_hit_counter *counter;
	char *text;			/* BLOCK + LINE_MAX_LEN */
	size_t len;			/* of a line that has begun */
	bool skip;			/* the rest of a long one */
	uint64_t hits;
};

static void
take(struct lines *l, const char *line, size_t len)
{
	struct mk_hit hit;

	if (l->skip || !mk_hit_parse(line, len, &hit))
		return;
	mk_hit_count(l->counter, &hit);
	l->hits++;
}

/* The lines in the LEN bytes of text; what is left becomes its beginning. */
static void
split(struct lines *l, size_t len)
{
	const char *at = l->text, *stop = l->text + len, *end;

	while ((end = memchr(at, '\n', (size_t)(stop - at))) != NULL) {
		take(l, at, (size_t)(end - at));
		l->skip = false;
		at = end + 1;
	}
	l->len = (size_t)(stop - at);
	if (l->len > LINE_MAX_LEN) {
		take(l, at, LINE_MAX_LEN);
		l->skip = true;
		l->len = 0;
	}
	memmove(l->text, at, l->len);
}

static int
read_log(struct lines *l, struct mk_log *log, struct mk_error *err)
{
	struct mk_unpack *u = mk_unpack_open(log->fd, err);
	ssize_t n = -1;

	log->fd = -1;			/* taken over */
	l->len = 0;
	l->skip = false;
	if (u == NULL)
		return -1;
	while (!mk_stopped() && (n = mk_unpack_read(u, l->text + l->len,
	    BLOCK, err)) > 0)
		split(l, l->len + (size_t)n);
	if (n == 0)
		take(l, l->text, l->len);	/* not ended yet */
	mk_unpack_close(u);
	return n == -1 ? -1 : 0;
}

static void
read_logs(struct lines *l, struct mk_logs *logs)
{
	struct mk_error err, why;
	size_t i;

	mk_progress_phase("reading logs", logs->n);
	for (i = 0; i < logs->n && !mk_stopped(); i++) {
		if (read_log(l, &logs->v[i], &why) == -1) {
			mk_fail(&err, why.status, "%s: %s", logs->v[i].path,
			    why.text);
			failed(logs, &err);
		}
		mk_progress_step(1);
	}
}

/* What became of it, once all logs are read. */
static void
tell(struct lines *l, const struct mk_logs *logs, bool feeds,
    struct mk_survey *survey)
{
	struct mk_part *part = &survey->hits.part;

	if (l->hits == 0 && !feeds) {
		mk_part_absent(survey, part, "there is no blacklist: write "
		    "sections feed into blacklist { ... }");
		return;
	}
	part->state = MK_PART_TOLD;
	mk_hit_counter_tell(l->counter, survey);
	if (l->hits == 0)
		mk_part_note(survey, part, "no line of mailkeep-blacklist in "
		    "%zu logs: Exim writes them by logwrite, as in "
		    "etc/exim/exim.conf", logs->matched);
	if (logs->failed > 0)
		mk_part_note(survey, part, "%zu logs are not read, the first: "
		    "%s", logs->failed, logs->first.text);
}

int
mk_hits_survey(struct mk_logs *logs, bool feeds, int64_t now_s,
    struct mk_survey *survey)
{
	struct mk_part *part = &survey->hits.part;
	struct lines l = { 0 };
	struct mk_error err;

	if (logs->matched == 0) {
		if (logs->failed > 0)
			mk_part_failed(survey, part, &logs->first);
		else
			mk_part_absent(survey, part, "no file is what "
			    "report.exim-log names: set it to Exim's main "
			    "logs");
		return 0;
	}
	l.counter = mk_hit_counter_new(now_s);
	l.text = malloc(BLOCK + LINE_MAX_LEN);
	if (l.counter == NULL || l.text == NULL) {
		mk_fail_sys(&err, "Exim's logs");
		mk_part_failed(survey, part, &err);
	} else {
		read_logs(&l, logs);
		tell(&l, logs, feeds, survey);
	}
	mk_hit_counter_free(l.counter);
	free(l.text);
	return mk_stopped() ? -1 : 0;
}
