/* rotate/parse - read newsyslog.conf(5). */
#include "rotate/parse.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fs.h"
#include "rotate/parse_line.h"

#define FILE_BYTES_MAX	((size_t)16 << 20)
#define COUNT(array)	(sizeof (array) / sizeof *(array))

struct source {				/* a file that is to be read, or was */
	char *path;
	const char *from;		/* included where; NULL: by nobody */
	unsigned from_line;
	bool read;
	dev_t dev;
	ino_t ino;
};

struct reading {
	const struct mk_parse *parse;
	struct mk_entries *entries;
	struct source *sources;		/* in the order of reading */
	size_t n;
	bool converts;			/* <compress> says to what: */
	enum mk_pack_format compress;
	struct mk_known known;
};

static void
tell(const struct reading *r, const char *file, unsigned number,
    const struct mk_error *why)
{
	struct mk_error err;

	mk_fail(&err, why->status, "%s:%u: %.*s", file, number,
	    MK_ERROR_MAX / 2, why->text);
	r->parse->problem(r->parse->data, &err);
}

static int
add_source(struct reading *r, const char *path, const char *from,
    unsigned from_line, struct mk_error *err)
{
	struct source *more = realloc(r->sources,
	    (r->n + 1) * sizeof *more);

	if (more == NULL)
		return mk_fail_sys(err, "%s", path);
	r->sources = more;
	more[r->n] = (struct source){ .path = strdup(path), .from = from,
	    .from_line = from_line };
	if (more[r->n].path == NULL)
		return mk_fail_sys(err, "%s", path);
	r->n++;
	return 0;
}

static int
compare_paths(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What the pattern PATH matches now; nothing is fine. */
static int
include_pattern(struct reading *r, const char *path,
    const struct mk_line *line, struct mk_error *err)
{
	struct mk_error why = { 0 };
	glob_t found = { 0 };
	size_t i;
	int result, rv = 0;

	errno = 0;
	result = glob(path, GLOB_ERR | GLOB_NOSORT, NULL, &found);
	if (result == GLOB_NOSPACE) {
		errno = ENOMEM;
		rv = mk_fail_sys(err, "%s", path);
	} else if (result == GLOB_ABORTED && errno != ENOENT) {
		mk_fail_sys(&why, "include %s", path);
		tell(r, line->file, line->number, &why);
	}
	if (found.gl_pathc > 0)		/* glob(3) sorts by the locale */
		qsort(found.gl_pathv, found.gl_pathc, sizeof *found.gl_pathv,
		    compare_paths);
	for (i = 0; rv == 0 && i < found.gl_pathc; i++)
		rv = add_source(r, found.gl_pathv[i], line->file,
		    line->number, err);
	globfree(&found);
	return rv;
}

/*
 * The lines <...> return 0; 1 with *WHY for one that is refused; or -1 with
 * *ERR, which ends it all.
 */
static int
take_include(struct reading *r, struct mk_line *line, struct mk_error *why,
    struct mk_error *err)
{
	const char *path = mk_line_field(line, false);

	if (path == NULL || mk_line_field(line, false) != NULL ||
	    path[0] != '/') {
		mk_fail(why, EX_CONFIG, "<include> wants one absolute path");
		return 1;
	}
	if (strpbrk(path, "*?[") != NULL)
		return include_pattern(r, path, line, err);
	return add_source(r, path, line->file, line->number, err);
}

static int
take_compress(struct reading *r, struct mk_line *line, struct mk_error *why,
    struct mk_error *err)
{
	static const char *const words[MK_PACK_FORMATS] = {
		[MK_PACK_NONE] = "none", [MK_GZIP] = "gzip",
		[MK_BZIP2] = "bzip2", [MK_XZ] = "xz", [MK_ZSTD] = "zstd",
	};
	const char *word = mk_line_field(line, false);
	int i;

	(void)err;
	if (word != NULL && mk_line_field(line, false) == NULL) {
		if (strcasecmp(word, "legacy") == 0) {
			r->converts = false;
			return 0;
		}
		for (i = 0; i < MK_PACK_FORMATS; i++)
			if (strcasecmp(word, words[i]) == 0) {
				r->converts = true;
				r->compress = (enum mk_pack_format)i;
				return 0;
			}
	}
	mk_fail(why, EX_CONFIG, "<compress> wants one of none, legacy, bzip2, "
	    "gzip, xz and zstd");
	return 1;
}

static void
convert(const struct reading *r, struct mk_entry *entry)
{
	if (!r->converts)
		return;
	if (r->compress == MK_PACK_NONE)
		entry->flags |= MK_ENTRY_FORMAT;
	if (entry->flags & MK_ENTRY_FORMAT)
		entry->format = r->compress;
}

static int
take_default(struct reading *r, struct mk_line *line, struct mk_error *why,
    struct mk_error *err)
{
	static char name[] = "<default>";
	struct mk_entry entry;

	if (r->entries->fallback != NULL) {
		mk_fail(why, EX_CONFIG, "a second <default> is ignored");
		return 1;
	}
	line->log = name;
	if (mk_line_entry(line, &entry, why) == -1)
		return 1;
	mk_line_differs(line, &entry);
	entry.flags &= ~(unsigned)MK_ENTRY_GLOB;
	entry.flags |= MK_ENTRY_DEFAULT;
	convert(r, &entry);
	if (mk_entries_set_fallback(r->entries, &entry) == -1)
		return mk_fail_sys(err, "%s", line->file);
	return 0;
}

static int
take_debug(struct reading *r, struct mk_line *line, struct mk_error *why,
    struct mk_error *err)
{
	(void)r, (void)why, (void)err;
	mk_line_note(line, "<debug> does nothing here");
	return 0;
}

static const struct {
	const char *name;
	int (*take)(struct reading *, struct mk_line *, struct mk_error *,
	    struct mk_error *);
} markers[] = {
	{ "<include>", take_include }, { "<compress>", take_compress },
	{ "<default>", take_default }, { "<debug>", take_debug },
};

/* A line that begins with one of them; as take_include() returns. */
static int
take_marker(struct reading *r, struct mk_line *line, struct mk_error *why,
    struct mk_error *err)
{
	size_t i, len;

	for (i = 0; i < COUNT(markers); i++) {
		len = strlen(markers[i].name);
		if (strncasecmp(line->rest, markers[i].name, len) != 0)
			continue;
		if (r->parse->dialect != MK_FREEBSD) {
			mk_fail(why, EX_CONFIG, "freebsd has %s, %s has not",
			    markers[i].name,
			    mk_newsyslog_names[r->parse->dialect]);
			return 1;
		}
		mk_line_note(line, "netbsd and openbsd have no %s",
		    markers[i].name);
		line->rest += len;
		return markers[i].take(r, line, why, err);
	}
	mk_fail(why, EX_CONFIG, "%.99s: there is no such line", line->rest);
	return 1;
}

/* 0; 1 with *WHY; or -1 with *ERR. */
static int
take_log(struct reading *r, struct mk_line *line, struct mk_error *why,
    struct mk_error *err)
{
	const char *destdir = r->parse->destdir, *fault;
	struct mk_buf path = { 0 };
	struct mk_entry entry;
	size_t len = destdir == NULL ? 0 : strlen(destdir);
	int rv = 1;

	line->log = mk_line_field(line, false);
	while (len > 0 && destdir[len - 1] == '/')
		len--;
	if (mk_buf_add(&path, destdir, len) == -1 ||
	    mk_buf_add(&path, line->log, strlen(line->log)) == -1) {
		rv = mk_fail_sys(err, "%s", line->file);
		goto out;
	}
	fault = mk_entry_path_fault(line->log);
	if (fault == NULL && len > 0)
		fault = mk_entry_path_fault(path.data);
	if (fault != NULL) {
		mk_fail(why, EX_CONFIG, "%.256s %s", line->log, fault);
		goto out;
	}
	if (mk_line_entry(line, &entry, why) == -1)
		goto out;
	mk_line_differs(line, &entry);
	convert(r, &entry);
	rv = mk_entries_add(r->entries, &entry, path.data) == 0 ? 0 :
	    mk_fail_sys(err, "%s", line->file);
out:
	mk_buf_free(&path);
	return rv;
}

/* FreeBSD's comments.  Whether there is one. */
static bool
cut_comment(char *text)
{
	char *to = text;

	for (; *text != '\0' && *text != '#'; text++) {
		if (text[0] == '\\' && text[1] == '#')
			text++;
		*to++ = *text;
	}
	if (*text == '\0') {
		*to = '\0';
		return false;
	}
	*to = '\0';
	return true;
}

static int
take_line(struct reading *r, const char *file, unsigned number, char *text,
    size_t len, struct mk_error *err)
{
	struct mk_line line = { .parse = r->parse, .known = &r->known,
	    .file = file, .number = number };
	struct mk_error why = { 0 };
	int rv;

	if (memchr(text, '\0', len) != NULL) {
		mk_fail(&why, EX_CONFIG, "has a NUL byte");
		tell(r, file, number, &why);
		return 0;
	}
	if (len > 0 && text[len - 1] == '\r')
		len--;
	text[len] = '\0';
	text += strspn(text, " \t");
	if (*text == '\0' || *text == '#')
		return 0;
	if (r->parse->dialect == MK_FREEBSD)
		line.comment = cut_comment(text);
	line.rest = text;
	rv = *text == '<' ? take_marker(r, &line, &why, err) :
	    take_log(r, &line, &why, err);
	if (rv == 1)
		tell(r, file, number, &why);
	return rv == -1 ? -1 : 0;
}

static int
take_text(struct reading *r, const char *file, struct mk_buf *text,
    struct mk_error *err)
{
	char *p = text->data, *end = p + text->len, *newline;
	unsigned number = 0;

	for (; p < end; p = newline + 1) {
		newline = memchr(p, '\n', (size_t)(end - p));
		if (newline == NULL)
			newline = end;
		if (take_line(r, file, ++number, p, (size_t)(newline - p),
		    err) == -1)
			return -1;
	}
	return 0;
}

static bool
was_read(const struct reading *r, const struct stat *st)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (r->sources[i].read && r->sources[i].dev == st->st_dev &&
		    r->sources[i].ino == st->st_ino)
			return true;
	return false;
}

/* The whole of SOURCE into *TEXT.  0; or -1, and *WHY. */
static int
load(struct reading *r, struct source *source, struct mk_buf *text,
    struct mk_error *why)
{
	bool included = source->from != NULL;
	bool input = !included && strcmp(source->path, "-") == 0;
	struct stat st;
	int fd, rv = -1;

	/* No pipe that happens to match may hold us up. */
	fd = input ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) :
	    open(source->path, O_RDONLY | O_CLOEXEC |
	    (included ? O_NONBLOCK : 0));
	if (fd == -1 || fstat(fd, &st) == -1)
		mk_fail_sys(why, "open %s", source->path);
	else if (included && !S_ISREG(st.st_mode))
		mk_fail(why, EX_DATAERR, "%s is no regular file",
		    source->path);
	else if (was_read(r, &st))
		mk_fail(why, EX_CONFIG, "%s was read before, and is not "
		    "again", source->path);
	else if (mk_fs_read_all(fd, text, FILE_BYTES_MAX) == -1)
		mk_fail_sys(why, "read %s", source->path);
	else {
		source->read = true;
		source->dev = st.st_dev;
		source->ino = st.st_ino;
		rv = 0;
	}
	if (fd != -1)
		close(fd);
	return rv;
}

static int
read_source(struct reading *r, size_t i, struct mk_error *err)
{
	const struct source source = r->sources[i];	/* includes move it */
	struct mk_buf text = { 0 };
	struct mk_error why = { 0 };
	const char *file;
	int rv = -1;

	if (load(r, &r->sources[i], &text, &why) == -1) {
		rv = 0;
		if (source.from != NULL)
			tell(r, source.from, source.from_line, &why);
		else
			rv = mk_fail(err, why.status, "%s", why.text);
		goto out;
	}
	file = mk_entries_add_file(r->entries, source.from == NULL &&
	    strcmp(source.path, "-") == 0 ? "<stdin>" : source.path);
	if (file == NULL)
		mk_fail_sys(err, "%s", source.path);
	else if (text.len == 0)
		rv = 0;
	else
		rv = take_text(r, file, &text, err);
out:
	mk_buf_free(&text);
	return rv;
}

int
mk_parse_file(const struct mk_parse *parse, const char *file,
    struct mk_entries *entries, struct mk_error *err)
{
	struct reading r = { .parse = parse, .entries = entries };
	int rv = add_source(&r, file, NULL, 0, err);
	size_t i;

	for (i = 0; rv == 0 && i < r.n; i++)
		rv = read_source(&r, i, err);
	for (i = 0; i < r.n; i++)
		free(r.sources[i].path);
	free(r.sources);
	return rv;
}
