/* rotate/expand - from the lines of newsyslog.conf to the logs of this run. */
#include "rotate/expand.h"

#include <sys/stat.h>

#include <errno.h>
#include <fnmatch.h>
#include <glob.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "rotate/generation.h"

#define OURS	".mailkeep-"		/* ".LOG.mailkeep-new" and the like */
#define DEPTH_MAX	8		/* rotated files of rotated files */

struct path {
	const char *path;
	size_t index;			/* of the line, or of the argument */
};

struct paths {
	struct path *v;
	size_t n, cap;
};

struct expanding {
	const struct mk_entries *conf;
	const char *time_format;
	mk_expand_problem_fn *problem;
	void *data;
	struct mk_entries *logs;
	struct paths lines;		/* that name a log, by path */
	struct paths patterns;		/* the lines with G, as they stand */
	struct paths found;		/* by the patterns, by path */
	glob_t *globs;			/* one a pattern: .found's strings */
	struct paths named;		/* on the command line, by path */
	struct paths refused;		/* see refuse_pairs, by path */
};

static int
add_path(struct paths *paths, const char *path, size_t index)
{
	size_t cap = paths->cap == 0 ? 64 : 2 * paths->cap;
	struct path *v;

	if (paths->n == paths->cap) {
		v = realloc(paths->v, cap * sizeof *v);
		if (v == NULL)
			return -1;
		paths->v = v;
		paths->cap = cap;
	}
	paths->v[paths->n++] = (struct path){ path, index };
	return 0;
}

static int
by_path(const void *a, const void *b)
{
	const struct path *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	return order != 0 ? order : (x->index > y->index) -
	    (x->index < y->index);
}

static int
by_index(const void *a, const void *b)
{
	const struct path *x = a, *y = b;

	if (x->index != y->index)
		return x->index < y->index ? -1 : 1;
	return strcmp(x->path, y->path);
}

static void
sort(struct paths *paths, int (*compare)(const void *, const void *))
{
	if (paths->n > 1)
		qsort(paths->v, paths->n, sizeof *paths->v, compare);
}

/* The first of PATHS, sorted, that is PATH; NULL: none. */
static const struct path *
find(const struct paths *paths, const char *path)
{
	size_t low = 0, high = paths->n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (strcmp(paths->v[middle].path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < paths->n && strcmp(paths->v[low].path, path) == 0 ?
	    &paths->v[low] : NULL;
}

/* Whether PATH is a log: a line names it, or it is there. */
static bool
is_log(const struct expanding *x, const char *path)
{
	struct stat st;

	if (find(&x->lines, path) != NULL || find(&x->found, path) != NULL)
		return true;
	if (lstat(path, &st) == 0)
		return S_ISREG(st.st_mode);
	return errno != ENOENT && errno != ENOTDIR;	/* in doubt it is */
}

static bool
is_generation(const struct expanding *x, const char *log, const char *name,
    struct mk_generation *g)
{
	return mk_generation_is(log, name, NULL, g) ||
	    mk_generation_is(log, name, MK_GENERATION_TIME, g) ||
	    (x->time_format != NULL &&
	    mk_generation_is(log, name, x->time_format, g));
}

/*
 * Whether the file at PATH, which is written into and restored, is a rotated
 * one.  Each dot may be where the log's name ends; and "log.0.gz.0.gz", which
 * somebody made of "log.0.gz", is one where that is one.  GONE: also one that
 * is packed, of a log that is gone.  DEPTH: a user who may name files
 * "a.1.1.1.1..." must not keep us busy for ever.
 */
static bool
is_rotated(const struct expanding *x, char *path, bool gone,
    int depth)
{
	char *slash = strrchr(path, '/'), *base = slash + 1, *dot, *name;
	size_t len = strlen(path);
	struct mk_generation g;
	bool rotated = false;

	if (strchr(base, '.') == NULL)
		return false;
	if (depth == DEPTH_MAX)
		return true;
	name = strdup(base);
	if (name == NULL)
		return true;		/* in doubt it is left alone */
	for (dot = path + len - 1; dot > base && !rotated; dot--) {
		if (*dot != '.')
			continue;
		*dot = '\0';
		if (is_generation(x, base, name, &g))
			rotated = (gone && g.format != MK_PACK_NONE) ||
			    is_log(x, path) ||
			    is_rotated(x, path, gone, depth + 1);
		*dot = '.';
	}
	free(name);
	return rotated;
}

static bool
is_ours(const char *path)
{
	const char *base = strrchr(path, '/') + 1;

	return base[0] == '.' && strstr(base, OURS) != NULL;
}

/* Whoever compressed it: no log is written that way. */
static bool
is_packed(const char *path)
{
	size_t len = strlen(path), n;
	int f;

	for (f = MK_PACK_NONE + 1; f < MK_PACK_FORMATS; f++) {
		n = strlen(mk_pack_suffixes[f]);
		if (len > n && strcmp(path + len - n,
		    mk_pack_suffixes[f]) == 0)
			return true;
	}
	return false;
}

/* The name of FILE, of .conf, in .logs. */
static const char *
file_of(const struct expanding *x, const char *file)
{
	size_t i, first = x->logs->files_n - x->conf->files_n;

	for (i = 0; i < x->conf->files_n; i++)
		if (x->conf->files[i] == file)
			return x->logs->files[first + i];
	return file;
}

static int
add_log(struct expanding *x, const struct mk_entry *entry, const char *path)
{
	struct mk_entry copy = *entry;

	if (find(&x->refused, path) != NULL)
		return 0;
	copy.flags &= ~(unsigned)MK_ENTRY_GLOB;
	copy.file = file_of(x, entry->file);
	return mk_entries_add(x->logs, &copy, path);
}

/* The lines that name a log, sorted, and the patterns. */
static int
sort_lines(struct expanding *x)
{
	const struct mk_entry *entry;
	size_t i;

	for (i = 0; i < x->conf->n; i++) {
		entry = &x->conf->v[i];
		if (add_path(entry->flags & MK_ENTRY_GLOB ? &x->patterns :
		    &x->lines, entry->log, i) == -1)
			return -1;
	}
	sort(&x->lines, by_path);
	return 0;
}

/* All lines that name a log, each log once. */
static int
add_lines(struct expanding *x)
{
	const struct mk_entry *entry, *first;
	struct mk_error err;
	size_t i;

	for (i = 0; i < x->conf->n; i++) {
		entry = &x->conf->v[i];
		if (entry->flags & MK_ENTRY_GLOB)
			continue;
		first = &x->conf->v[find(&x->lines, entry->log)->index];
		if (first == entry) {
			if (add_log(x, entry, entry->log) == -1)
				return -1;
			continue;
		}
		mk_fail(&err, EX_CONFIG, "%s:%u: %s stands in %s:%u already, "
		    "and is rotated as that line says", entry->file,
		    entry->line, entry->log, first->file, first->line);
		x->problem(x->data, &err);
	}
	return 0;
}

/* What the pattern of line INDEX matches, all of it, into .found. */
static int
match(struct expanding *x, size_t index, glob_t *found)
{
	const struct mk_entry *entry = &x->conf->v[index];
	struct mk_error err;
	int result;
	size_t i;

	errno = 0;
	result = glob(entry->log, GLOB_ERR | GLOB_NOSORT, NULL, found);
	if (result == GLOB_ABORTED) {
		/* Told; then what can be read.  Nothing there is no error. */
		if (errno != 0 && errno != ENOENT && errno != ENOTDIR) {
			mk_fail_sys(&err, "%s:%u: %s: read a directory",
			    entry->file, entry->line, entry->log);
			x->problem(x->data, &err);
		}
		globfree(found);
		*found = (glob_t){ 0 };
		result = glob(entry->log, GLOB_NOSORT, NULL, found);
	}
	if (result == GLOB_NOSPACE) {
		errno = ENOMEM;
		return -1;
	}
	for (i = 0; i < found->gl_pathc; i++)
		if (add_path(&x->found, found->gl_pathv[i], index) == -1)
			return -1;
	return 0;
}

/* Leave in .found what is a regular file, once each. */
static void
sift_files(struct expanding *x)
{
	const char *last = NULL;
	struct stat st;
	size_t i, n = 0;

	for (i = 0; i < x->found.n; i++) {
		struct path *path = &x->found.v[i];

		if ((last != NULL && strcmp(last, path->path) == 0) ||
		    is_ours(path->path))
			continue;
		last = path->path;
		if (lstat(path->path, &st) == 0 && S_ISREG(st.st_mode))
			x->found.v[n++] = *path;
	}
	x->found.n = n;
}

/* The logs among .found; in their own list, since is_log() needs the other. */
static int
take_found(struct expanding *x)
{
	struct paths taken = { 0 };
	size_t i;
	char *copy;
	bool rotated;
	int rv = -1;

	for (i = 0; i < x->found.n; i++) {
		const struct path *path = &x->found.v[i];

		if (find(&x->lines, path->path) != NULL)
			continue;
		copy = strdup(path->path);
		if (copy == NULL)
			goto out;
		rotated = is_packed(copy) || is_rotated(x, copy, true, 0);
		free(copy);
		if (!rotated &&
		    add_path(&taken, path->path, path->index) == -1)
			goto out;
	}
	sort(&taken, by_index);
	for (i = 0; i < taken.n; i++)
		if (add_log(x, &x->conf->v[taken.v[i].index],
		    taken.v[i].path) == -1)
			goto out;
	rv = 0;
out:
	free(taken.v);
	return rv;
}

static int
match_all(struct expanding *x)
{
	size_t i;

	if (x->patterns.n == 0)
		return 0;
	x->globs = calloc(x->patterns.n, sizeof *x->globs);
	if (x->globs == NULL)
		return -1;
	for (i = 0; i < x->patterns.n; i++)
		if (match(x, x->patterns.v[i].index, &x->globs[i]) == -1)
			return -1;
	sort(&x->found, by_path);
	sift_files(x);
	return 0;
}

/* The entry for PATH, which no line names: a pattern's, or the default. */
static const struct mk_entry *
entry_for(const struct expanding *x, const char *path)
{
	static const struct mk_entry own = {
		.uid = (uid_t)-1, .gid = (gid_t)-1, .mode = 0600, .count = 3,
		.size_kib = 50, .flags = MK_ENTRY_DEFAULT, .signal = SIGHUP,
		.file = "<default>",
	};
	size_t i;

	for (i = 0; i < x->patterns.n; i++)
		if (fnmatch(x->patterns.v[i].path, path, FNM_PATHNAME) == 0)
			return &x->conf->v[x->patterns.v[i].index];
	return x->conf->fallback != NULL ? x->conf->fallback : &own;
}

/* The log PATH, by name.  0 or -1 (ENOMEM). */
static int
add_named(struct expanding *x, const char *path)
{
	const struct path *line = find(&x->lines, path);
	const char *fault = mk_entry_path_fault(path);
	struct mk_error err;
	char *copy;
	bool rotated;

	if (line != NULL)
		return add_log(x, &x->conf->v[line->index], path);
	if (fault != NULL) {
		mk_fail(&err, EX_USAGE, "%s %s, so it is no log's name", path,
		    fault);
		x->problem(x->data, &err);
		return 0;
	}
	copy = strdup(path);
	if (copy == NULL)
		return -1;
	rotated = is_ours(copy) || is_rotated(x, copy, false, 0);
	free(copy);
	if (!rotated)
		return add_log(x, entry_for(x, path), path);
	mk_fail(&err, EX_USAGE, "%s is a rotated file of a log, and no line "
	    "names it: it stays as it is", path);
	x->problem(x->data, &err);
	return 0;
}

static int
sort_named(struct expanding *x, char *const *named, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (add_path(&x->named, named[i], i) == -1)
			return -1;
	sort(&x->named, by_path);
	return 0;
}

/* NAMED in its order, each once. */
static int
add_all_named(struct expanding *x, char *const *named, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (find(&x->named, named[i])->index == i &&
		    add_named(x, named[i]) == -1)
			return -1;
	return 0;
}

/*
 * LINE's log has the name of a rotated file of LOG: a rotation of that would
 * move this one on, compress it, or remove it.
 */
static int
refuse(struct expanding *x, const struct path *line, const struct path *log)
{
	const struct mk_entry *own = &x->conf->v[line->index], *other;
	const struct path *named = find(&x->lines, log->path);
	struct mk_error err;

	if (x->named.n > 0 && find(&x->named, log->path) == NULL &&
	    find(&x->named, line->path) == NULL)
		return 0;
	other = named != NULL ? &x->conf->v[named->index] :
	    entry_for(x, log->path);
	mk_fail(&err, EX_CONFIG, "%s:%u: %s has the name of a rotated file of "
	    "%s (%s:%u), so neither is rotated: give one another name",
	    own->file, own->line, own->log, log->path, other->file,
	    other->line);
	x->problem(x->data, &err);
	return add_path(&x->refused, log->path, 0) == -1 ||
	    add_path(&x->refused, line->path, 0) == -1 ? -1 : 0;
}

/* The log PATH of this run, or of a line; NULL: there is none. */
static const struct path *
find_log(const struct expanding *x, const char *path)
{
	const struct path *log = find(&x->lines, path);

	if (log == NULL)
		log = find(&x->found, path);
	return log != NULL ? log : find(&x->named, path);
}

/* LINE, and each log that its name may be that of a rotated file of. */
static int
refuse_pairs_of(struct expanding *x, const struct path *line)
{
	char *path = strdup(line->path), *base, *dot;
	const struct path *log;
	const char *name;
	int rv = 0;

	if (path == NULL)
		return -1;
	base = strrchr(path, '/') + 1;
	name = line->path + (base - path);
	while (rv == 0 && (dot = strrchr(base, '.')) != NULL && dot > base) {
		*dot = '\0';
		if (is_generation(x, base, name, NULL) &&
		    (log = find_log(x, path)) != NULL)
			rv = refuse(x, line, log);
	}
	free(path);
	return rv;
}

static int
refuse_pairs(struct expanding *x)
{
	const struct path *v = x->lines.v;
	size_t i;

	for (i = 0; i < x->lines.n; i++)
		if ((i == 0 || strcmp(v[i].path, v[i - 1].path) != 0) &&
		    refuse_pairs_of(x, &v[i]) == -1)
			return -1;
	sort(&x->refused, by_path);
	return 0;
}

int
mk_expand(const struct mk_entries *conf, char *const *named, size_t n,
    const char *time_format, mk_expand_problem_fn *problem, void *data,
    struct mk_entries *logs, struct mk_error *err)
{
	struct expanding x = { .conf = conf, .time_format = time_format,
	    .problem = problem, .data = data, .logs = logs };
	int rv = 0;
	size_t i;

	for (i = 0; rv == 0 && i < conf->files_n; i++)
		if (mk_entries_add_file(logs, conf->files[i]) == NULL)
			rv = -1;
	if (rv == 0)
		rv = sort_lines(&x);
	if (rv == 0)
		rv = n > 0 ? sort_named(&x, named, n) : match_all(&x);
	if (rv == 0)
		rv = refuse_pairs(&x);
	if (rv == 0 && n > 0)
		rv = add_all_named(&x, named, n);
	else if (rv == 0 && (rv = add_lines(&x)) == 0)
		rv = take_found(&x);
	if (rv == -1)
		mk_fail_sys(err, "the list of logs");
	for (i = 0; x.globs != NULL && i < x.patterns.n; i++)
		globfree(&x.globs[i]);
	free(x.globs);
	free(x.refused.v);
	free(x.named.v);
	free(x.found.v);
	free(x.patterns.v);
	free(x.lines.v);
	return rv;
}
