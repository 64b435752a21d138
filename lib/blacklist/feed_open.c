/* blacklist/feed_open - open what a feed names. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/list.h"
#include "blacklist/feed.h"
#include "blacklist/feed_source.h"

#define ALLOW_MAX_SIZE	((int64_t)512 * 1024 * 1024)	/* as of a feed */

/* How long a named pipe may have nobody who writes: ten seconds. */
#define WRITER_WAITS	10
#define WRITER_WAIT_MS	1000

/* Who named a file: the configuration itself, its pattern, its directory. */
enum by { BY_NAME, BY_PATTERN, BY_LISTING };

static int
compare_names(const void *a, const void *b)
{
	const char *const *first = a, *const *second = b;

	return strcmp(*first, *second);
}

/* FD, under NAME, goes over to SOURCE; closed on failure. */
static int
add(struct mk_feed_source *source, int fd, const char *name,
    struct mk_error *err)
{
	size_t cap = source->cap > 0 ? 2 * source->cap : 8;
	struct mk_input *v;

	if (source->n == source->cap) {
		v = realloc(source->inputs, cap * sizeof *v);
		if (v == NULL)
			goto fail;
		source->inputs = v;
		source->cap = cap;
	}
	v = &source->inputs[source->n];
	v->name = strdup(name);
	if (v->name == NULL)
		goto fail;
	v->fd = fd;
	source->n++;
	return 0;
fail:
	mk_fail_sys(err, "open %s", name);
	close(fd);
	return -1;
}

static const char *
kind_of(mode_t mode)
{
	return S_ISDIR(mode) ? "a directory" : S_ISFIFO(mode) ? "a pipe" :
	    S_ISSOCK(mode) ? "a socket" : "a device";
}

static int
open_over_signals(int dirfd, const char *name, int flags)
{
	int fd;

	do {
		fd = openat(dirfd, name, flags | O_RDONLY | O_CLOEXEC |
		    O_NOCTTY);
	} while (fd == -1 && errno == EINTR);
	return fd;
}

/*
 * NAME is not there, though it was listed: 0 where it vanished meanwhile, as
 * names do that are being replaced, and -1 where it is a link to nowhere.
 */
static int
vanished(int dirfd, const char *name, enum by by)
{
	struct stat st;

	if (errno != ENOENT || by == BY_NAME)
		return -1;
	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = ENOENT;
		return -1;
	}
	return errno == ENOENT ? 0 : -1;
}

/*
 * Wait until somebody writes into the named pipe FD, opened with O_NONBLOCK,
 * which is cleared then: one that nobody ever opens would keep the run for
 * ever.  Who writes is only told by reading: 0 says nobody, EAGAIN that there
 * is somebody who has written nothing yet.  This is asked when poll(2) has
 * just seen nothing, so that it takes a byte only from one who wrote within
 * the same moment; a list without its first byte is another list.
 */
static int
wait_for_writer(int fd, const char *shown, struct mk_error *err)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t got = 0;
	int flags, ready = 0, i;
	char byte;

	for (i = 0; i < WRITER_WAITS && ready <= 0 && got == 0; i++) {
		ready = poll(&p, 1, WRITER_WAIT_MS);
		if (ready == 0)
			got = read(fd, &byte, 1);
	}
	if (got > 0)
		return mk_fail(err, EX_TEMPFAIL, "%s was written into while it "
		    "was looked at: write it again", shown);
	if (ready <= 0 && got == 0)
		return mk_fail(err, EX_NOINPUT, "%s is a pipe that nobody "
		    "writes into", shown);
	if (got == -1 && errno != EAGAIN)
		return mk_fail_sys(err, "read %s", shown);
	flags = fcntl(fd, F_GETFL);
	if (flags == -1 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == -1)
		return mk_fail_sys(err, "open %s", shown);
	return 0;
}

/*
 * Open NAME in DIRFD, which messages call SHOWN.  It is looked at first, for
 * opening a device may do anything; and again when open, since it may be
 * another by then.  O_NONBLOCK: so opening a pipe does not wait.
 */
static int
add_file(struct mk_feed_source *source, int dirfd, const char *name,
    const char *shown, enum by by, struct mk_error *err)
{
	struct stat st;
	bool pipe = false;
	int fd;

	if (fstatat(dirfd, name, &st, 0) == -1) {
		if (vanished(dirfd, name, by) == 0)
			return 0;
		return mk_fail_sys(err, "open %s", shown);
	}
	pipe = by == BY_NAME && S_ISFIFO(st.st_mode);
	if (!S_ISREG(st.st_mode) && !pipe) {
		if (by == BY_LISTING)
			return 0;
		return mk_fail(err, EX_DATAERR, "%s is %s, where a list was "
		    "wanted", shown, kind_of(st.st_mode));
	}
	fd = open_over_signals(dirfd, name, O_NONBLOCK);
	if (fd == -1) {
		if (vanished(dirfd, name, by) == 0)
			return 0;
		return mk_fail_sys(err, "open %s", shown);
	}
	if (fstat(fd, &st) == -1 ||
	    !(S_ISREG(st.st_mode) || (pipe && S_ISFIFO(st.st_mode)))) {
		close(fd);
		return mk_fail(err, EX_DATAERR, "%s was replaced by something "
		    "else while it was opened", shown);
	}
	if (S_ISFIFO(st.st_mode) && wait_for_writer(fd, shown, err) == -1) {
		close(fd);
		return -1;
	}
	return add(source, fd, shown, err);
}

/* What is no list yet, or was one once: the marks of those who write files,
 * editors and package managers among them. */
static bool
is_listed(const char *name)
{
	static const char *const marks[] = {
		"~", ".tmp", ".new", ".part", ".bak", ".orig", ".old", ".swp",
		".rpmsave", ".rpmnew",
	};
	size_t len = strlen(name), mark_len, i;

	if (*name == '.' || strstr(name, ".dpkg-") != NULL)
		return false;
	for (i = 0; i < sizeof marks / sizeof *marks; i++) {
		mark_len = strlen(marks[i]);
		if (len >= mark_len &&
		    strcmp(name + len - mark_len, marks[i]) == 0)
			return false;
	}
	return true;
}

/* The names in DIR that may be lists, by name. */
static int
list_names(DIR *dir, struct mk_list *names)
{
	struct dirent *entry;

	for (;;) {
		errno = 0;
		entry = readdir(dir);
		if (entry == NULL)
			break;
		if (is_listed(entry->d_name) &&
		    mk_list_add(names, entry->d_name,
		    strlen(entry->d_name)) == -1)
			return -1;
	}
	if (errno != 0)
		return -1;
	if (names->n > 0)
		qsort(names->v, names->n, sizeof *names->v, compare_names);
	return 0;
}

static int
add_listed(struct mk_feed_source *source, int dirfd, const char *path,
    const char *name, struct mk_error *err)
{
	size_t len = strlen(path), size = len + strlen(name) + 2;
	char *shown = malloc(size);
	int rv;

	if (shown == NULL)
		return mk_fail_sys(err, "open %s", name);
	snprintf(shown, size, "%s%s%s", path,
	    len > 0 && path[len - 1] == '/' ? "" : "/", name);
	rv = add_file(source, dirfd, name, shown, BY_LISTING, err);
	free(shown);
	return rv;
}

/* An empty directory is an empty feed, which allow-empty allows. */
static int
add_directory(struct mk_feed_source *source, const char *path,
    struct mk_error *err)
{
	struct mk_list names = { 0 };
	DIR *dir = opendir(path);
	size_t i;
	int rv = -1;

	if (dir == NULL || list_names(dir, &names) == -1) {
		mk_fail_sys(err, "read the directory %s", path);
		goto out;
	}
	for (i = 0; i < names.n; i++)
		if (add_listed(source, dirfd(dir), path, names.v[i],
		    err) == -1)
			goto out;
	if (source->n == 0 && !source->conf->allow_empty)
		mk_fail(err, EX_NOINPUT, "no list in the directory %s", path);
	else
		rv = 0;
out:
	mk_list_free(&names);
	if (dir != NULL)
		closedir(dir);
	return rv;
}

/* glob(3) stops, at a directory that it cannot read. */
static int
stop_glob(const char *path, int errnum)
{
	(void)path;
	errno = errnum;
	return 1;
}

static int
add_pattern(struct mk_feed_source *source, const char *pattern,
    struct mk_error *err)
{
	glob_t found = { 0 };
	size_t i;
	int r, rv = -1;

	errno = 0;
	r = glob(pattern, GLOB_NOSORT, stop_glob, &found);
	if (r == GLOB_NOSPACE)
		errno = ENOMEM;
	if (r != 0 && r != GLOB_NOMATCH) {
		mk_fail_sys(err, "look for %s", pattern);
		goto out;
	}
	if (found.gl_pathc > 0)		/* glob(3) sorts by the locale */
		qsort(found.gl_pathv, found.gl_pathc, sizeof *found.gl_pathv,
		    compare_names);
	for (i = 0; i < found.gl_pathc; i++)
		if (add_file(source, AT_FDCWD, found.gl_pathv[i],
		    found.gl_pathv[i], BY_PATTERN, err) == -1)
			goto out;
	if (source->n == 0)
		mk_fail(err, EX_NOINPUT, "nothing is like %s", pattern);
	else
		rv = 0;
out:
	globfree(&found);
	return rv;
}

static int
add_stdin(struct mk_feed_source *source, struct mk_error *err)
{
	struct stat st;
	int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);

	source->what = "standard input";
	if (fd == -1 || fstat(fd, &st) == -1) {
		mk_fail_sys(err, "standard input");
		goto fail;
	}
	if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode) &&
	    !S_ISSOCK(st.st_mode)) {
		mk_fail(err, EX_DATAERR, "standard input is %s: redirect it "
		    "from a file or a pipe", kind_of(st.st_mode));
		goto fail;
	}
	return add(source, fd, source->what, err);
fail:
	if (fd != -1)
		close(fd);
	return -1;
}

/* A name that is there is no pattern, whatever it holds. */
static int
add_path(struct mk_feed_source *source, const char *path, struct mk_error *err)
{
	struct stat st;

	source->what = path;
	if (strcmp(path, "-") == 0)
		return add_stdin(source, err);
	if (stat(path, &st) == 0)
		return S_ISDIR(st.st_mode) ? add_directory(source, path, err) :
		    add_file(source, AT_FDCWD, path, path, BY_NAME, err);
	if (errno == ENOENT && strpbrk(path, "*?[") != NULL)
		return add_pattern(source, path, err);
	return mk_fail_sys(err, "open %s", path);
}

static int
connect_query(struct mk_feed_source *source, struct mk_error *err)
{
	const struct mk_pgsql_limits limits = {
		.connect_s = source->conf->connect_timeout_s,
		.statement_s = source->conf->statement_timeout_s,
	};

	source->what = "query";
	source->pg = mk_pgsql_open(source->conf->conninfo, &limits, err);
	return source->pg == NULL ? -1 : 0;
}

struct mk_feed_source *
mk_feed_source_open(const struct mk_feed *conf, struct mk_error *err)
{
	struct mk_feed_source *source = calloc(1, sizeof *source);

	if (source == NULL) {
		mk_fail_sys(err, "open the feed %s", conf->name);
		return NULL;
	}
	source->conf = conf;
	if ((conf->query[0] != '\0' ? connect_query(source, err) :
	    add_path(source, conf->file, err)) == 0)
		return source;
	mk_feed_source_close(source);
	return NULL;
}

struct mk_feed_source *
mk_feed_source_open_file(const char *path, struct mk_error *err)
{
	static char none[] = "";
	struct mk_feed_source *source = calloc(1, sizeof *source);

	if (source == NULL) {
		mk_fail_sys(err, "open %s", path);
		return NULL;
	}
	source->own = (struct mk_feed){
		.name = none, .file = none, .column = none,
		.reason_column = none, .reason = none, .conninfo = none,
		.query = none, .format = MK_FORMAT_TEXT,
		.host_bits = MK_HOST_BITS_REJECT, .max_size = ALLOW_MAX_SIZE,
		.allow_empty = true,
	};
	source->conf = &source->own;
	source->what = path;
	if (add_file(source, AT_FDCWD, path, path, BY_NAME, err) == 0)
		return source;
	mk_feed_source_close(source);
	return NULL;
}

void
mk_feed_source_close(struct mk_feed_source *source)
{
	size_t i;

	if (source == NULL)
		return;
	for (i = 0; i < source->n; i++) {
		free(source->inputs[i].name);
		if (source->inputs[i].fd != -1)
			close(source->inputs[i].fd);
	}
	free(source->inputs);
	mk_pgsql_close(source->pg);
	free(source);
}
