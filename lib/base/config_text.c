/* base/config_text - a configuration as one text. */
#include "base/config_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"

#define FILE_MAX_BYTES	((size_t)4 << 20)
#define INCLUDES_MAX	16		/* one inside the other */

/* What ends an unquoted word: libconfuse's rule. */
#define WORD_END	" #\"'\t\n\r={}()+,*"

enum token {				/* the last one; what it was for */
	TOKEN_BEGIN,			/* a statement may begin */
	TOKEN_KEY,			/* the word that begins one */
	TOKEN_TITLE,
	TOKEN_EQUAL,
	TOKEN_LIST,			/* the { of a list */
	TOKEN_ITEM,			/* a value in a list */
	TOKEN_COMMA
};

struct scan {				/* of one file */
	struct mk_config_text *text;
	struct mk_error *err;
	const struct scan *parent;	/* the file that includes this one */
	unsigned depth;
	dev_t dev;
	ino_t ino;
	size_t file;
	size_t line;			/* of this file */
	const char *p;			/* what is next; a NUL at the end */
	enum token last;
	size_t key, key_len;		/* the last TOKEN_KEY, in the text */
	size_t list_line;		/* where the last TOKEN_LIST stood */
	size_t top;			/* the scope that the file begins in */
	size_t scope;			/* the one we are in */
};

static int scan_file(struct mk_config_text *text, const char *path,
    const struct scan *parent, struct mk_error *err);

static int
no_memory(struct mk_error *err)
{
	errno = ENOMEM;
	return mk_fail_sys(err, "read the configuration");
}

/* Make room in ARRAY for one more than N of SIZE bytes; NULL on failure. */
static void *
grow(void *array, size_t n, size_t size)
{
	if (n > 0 && (n & (n - 1)) != 0)	/* grown at powers of two */
		return array;
	return realloc(array, (n == 0 ? 1 : 2 * n) * size);
}

/* The file and line that LINE of the text came from. */
static const char *
place(const struct mk_config_text *text, size_t line, size_t *file_line)
{
	const struct mk_config_piece *piece = &text->pieces[0];
	size_t i;

	for (i = 1; i < text->pieces_n && text->pieces[i].line <= line; i++)
		piece = &text->pieces[i];
	*file_line = piece->file_line + (line - piece->line);
	return text->files[piece->file];
}

static int
fail_here(const struct scan *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static int
fail_here(const struct scan *s, const char *fmt, ...)
{
	char what[MK_ERROR_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	return mk_fail(s->err, EX_CONFIG, "%s:%zu: %s",
	    s->text->files[s->file], s->line, what);
}

static int
emit(struct scan *s, const char *bytes, size_t len)
{
	if (mk_buf_add(&s->text->buf, bytes, len) == -1)
		return no_memory(s->err);
	return 0;
}

static int
emit_newline(struct scan *s)
{
	s->text->lines++;
	return emit(s, "\n", 1);
}

/* From the text's current line on, lines are those of this file. */
static int
begin_piece(struct scan *s)
{
	struct mk_config_text *t = s->text;
	void *grown = grow(t->pieces, t->pieces_n, sizeof *t->pieces);

	if (grown == NULL)
		return no_memory(s->err);
	t->pieces = grown;
	t->pieces[t->pieces_n++] = (struct mk_config_piece){
		t->lines, s->file, s->line
	};
	return 0;
}

static bool
is_named(const struct mk_config_text *text, const struct mk_config_item *item,
    const char *name, size_t len)
{
	return item->len == len &&
	    memcmp(text->buf.data + item->name, name, len) == 0;
}

/*
 * The item of that name in SCOPE, or NULL.  What stands in a section follows
 * it in a row, and what follows the section belongs to an earlier scope.
 */
static const struct mk_config_item *
find_item(const struct mk_config_text *text, size_t scope, const char *name,
    size_t len, bool section)
{
	const struct mk_config_item *item;
	size_t i;

	for (i = scope; i < text->items_n; i++) {
		item = &text->items[i];
		if (item->scope < scope)
			break;
		if (item->scope == scope && item->section == section &&
		    is_named(text, item, name, len))
			return item;
	}
	return NULL;
}

/* Note the last key as a key or a section; TITLED ones may be many. */
static int
add_item(struct scan *s, bool section, bool titled)
{
	struct mk_config_text *t = s->text;
	const struct mk_config_item *first = NULL;
	const char *name = t->buf.data + s->key, *file;
	size_t line;
	void *grown;

	if (!titled)
		first = find_item(t, s->scope, name, s->key_len, section);
	if (first != NULL) {
		file = place(t, first->line, &line);
		return fail_here(s, "%s\"%.*s\" is given twice; the first is "
		    "at %s:%zu", section ? "section " : "", (int)s->key_len,
		    name, file, line);
	}
	grown = grow(t->items, t->items_n, sizeof *t->items);
	if (grown == NULL)
		return no_memory(s->err);
	t->items = grown;
	t->items[t->items_n++] = (struct mk_config_item){
		s->key, s->key_len, t->lines, s->scope, section
	};
	return 0;
}

/* The word, quoted or not, of LEN bytes at WORD was read and put out. */
static int
take_word(struct scan *s, const char *word, size_t len)
{
	switch (s->last) {
	case TOKEN_EQUAL:
		s->last = TOKEN_BEGIN;
		return 0;
	case TOKEN_LIST:
	case TOKEN_COMMA:
		s->last = TOKEN_ITEM;
		return 0;
	case TOKEN_KEY:
		s->last = TOKEN_TITLE;
		return 0;
	case TOKEN_BEGIN:
		/* "a|b" and "a=b" would reach into sections. */
		if (strspn(word, "abcdefghijklmnopqrstuvwxyz"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") < len)
			return fail_here(s, "%.*s stands where a key should",
			    (int)len, word);
		s->last = TOKEN_KEY;
		s->key = s->text->buf.len - len;
		s->key_len = len;
		return 0;
	case TOKEN_TITLE:
	case TOKEN_ITEM:
		break;
	}
	return fail_here(s, "there is no %s before %.*s",
	    s->last == TOKEN_ITEM ? "comma" : "{", (int)len, word);
}

static int
open_brace(struct scan *s)
{
	if (s->last == TOKEN_EQUAL) {
		s->last = TOKEN_LIST;
		s->list_line = s->line;
		return 0;
	}
	if (s->last != TOKEN_KEY && s->last != TOKEN_TITLE)
		return fail_here(s, "there is no name before {");
	if (add_item(s, true, s->last == TOKEN_TITLE) == -1)
		return -1;
	s->scope = s->text->items_n;
	s->last = TOKEN_BEGIN;
	return 0;
}

static int
close_brace(struct scan *s)
{
	switch (s->last) {
	case TOKEN_LIST:
	case TOKEN_ITEM:
	case TOKEN_COMMA:
		s->last = TOKEN_BEGIN;
		return 0;
	case TOKEN_BEGIN:
		if (s->scope == s->top)
			return fail_here(s, "this } closes nothing");
		s->scope = s->text->items[s->scope - 1].scope;
		return 0;
	case TOKEN_EQUAL:
		return fail_here(s, "there is no value before }");
	case TOKEN_KEY:
	case TOKEN_TITLE:
		break;
	}
	return fail_here(s, "there is no = after \"%.*s\"", (int)s->key_len,
	    s->text->buf.data + s->key);
}

static int
scan_punctuation(struct scan *s)
{
	char c = *s->p;
	int rv;

	if (c == '{')
		rv = open_brace(s);
	else if (c == '}')
		rv = close_brace(s);
	else if (c == '=' && s->last == TOKEN_KEY) {
		s->last = TOKEN_EQUAL;
		rv = add_item(s, false, false);
	} else if (c == ',' && s->last == TOKEN_ITEM) {
		s->last = TOKEN_COMMA;
		rv = 0;
	} else if (c == '+' || c == '*') {
		rv = fail_here(s, "%c stands outside a string; put the word "
		    "in quotes", c);
	} else
		rv = fail_here(s, "%c does not belong here", c);
	if (rv == 0)
		rv = emit(s, &c, 1);
	s->p++;
	return rv;
}

static int
skip_comment(struct scan *s)
{
	size_t first = s->line;

	if (strncmp(s->p, "/*", 2) != 0) {
		s->p += strcspn(s->p, "\n");
		return 0;
	}
	for (s->p += 2; strncmp(s->p, "*/", 2) != 0; s->p++) {
		if (*s->p == '\0') {
			s->line = first;
			return fail_here(s, "the comment that begins here has "
			    "no end");
		}
		if (*s->p == '\n') {
			s->line++;
			if (emit_newline(s) == -1)
				return -1;
		}
	}
	s->p += 2;
	return emit(s, " ", 1);
}

static int
environment(const struct scan *s, const char *at)
{
	size_t len = strcspn(at, "}\"\n");

	return fail_here(s, "%.*s%s would be taken from the environment, which "
	    "a configuration must not depend on; in single quotes it is text",
	    (int)len, at, at[len] == '}' ? "}" : "");
}

/*
 * The length of the escape at P, which is a backslash in a double-quoted
 * string; 0 where libconfuse would refuse it, drop the backslash, or end the
 * string with a NUL.
 */
static size_t
escape_len(const char *p)
{
	static const char hex[] = "0123456789abcdefABCDEF";
	char digits[4] = "";
	size_t len;

	if (p[1] == '\0')
		return 0;
	if (strchr("abefnrtv\\\"'$", p[1]) != NULL)
		return 2;
	if (p[1] == 'x') {
		len = strspn(p + 2, hex);
		len = len > 2 ? 2 : len;
		memcpy(digits, p + 2, len);
		return strtol(digits, NULL, 16) == 0 ? 0 : len + 2;
	}
	len = strspn(p + 1, "0123456789");
	if (len == 0 || len > 3 || strspn(p + 1, "01234567") < len)
		return 0;
	memcpy(digits, p + 1, len);
	if (strtol(digits, NULL, 8) == 0 || strtol(digits, NULL, 8) > 0xff)
		return 0;
	return len + 1;
}

static int
scan_string(struct scan *s)
{
	const char *begin = s->p;
	char quote = *s->p++;
	size_t len;

	while (*s->p != quote) {
		len = 1;
		if (*s->p == '\0' || *s->p == '\n')
			return fail_here(s, "a string that begins on this "
			    "line has no closing %c", quote);
		if (quote == '"' && strncmp(s->p, "${", 2) == 0)
			return environment(s, s->p);
		if (quote == '"' && *s->p == '\\') {
			len = escape_len(s->p);
			if (len == 0)
				return fail_here(s, "%.2s is no escape in a "
				    "string; write \\\\ for a backslash",
				    s->p[1] == '\n' ? "\\" : s->p);
		} else if (*s->p == '\\' &&
		    (s->p[1] == '\\' || s->p[1] == '\''))
			len = 2;
		s->p += len;
	}
	s->p++;
	if (emit(s, begin, (size_t)(s->p - begin)) == -1)
		return -1;
	return take_word(s, begin, (size_t)(s->p - begin));
}

static const char *
skip_blanks(const char *p)
{
	return p + strspn(p, " \t");
}

/* The file NAME (LEN bytes) as seen from the file FROM; NULL: no memory. */
static char *
resolve(const char *from, const char *name, size_t len)
{
	const char *slash = strrchr(from, '/');
	size_t dir = 0;
	char *path;

	if (*name != '/' && slash != NULL)
		dir = (size_t)(slash - from) + 1;
	path = malloc(dir + len + 1);
	if (path != NULL) {
		memcpy(path, from, dir);
		memcpy(path + dir, name, len);
		path[dir + len] = '\0';
	}
	return path;
}

/*
 * The parenthesis of an include() is next.  The file's lines stand between
 * two line feeds of their own, so that each line is of one file.
 */
static int
scan_include(struct scan *s)
{
	const char *name = skip_blanks(s->p + 1), *end;
	char quote = *name, *path;
	int rv = -1;

	if (quote != '"' && quote != '\'')
		return fail_here(s, "write include(\"FILE\")");
	name++;
	end = name + strcspn(name, "\\\"'\n");
	if (*end != quote || end == name || *skip_blanks(end + 1) != ')')
		return fail_here(s, "write include(\"FILE\")");
	path = resolve(s->text->files[s->file], name, (size_t)(end - name));
	if (path == NULL)
		return no_memory(s->err);
	if (emit_newline(s) == -1 ||
	    scan_file(s->text, path, s, s->err) == -1)
		goto out;
	s->p = skip_blanks(end + 1) + 1;
	if (emit_newline(s) == 0)
		rv = begin_piece(s);
out:
	free(path);
	return rv;
}

static int
scan_word(struct scan *s)
{
	const char *begin = s->p;
	size_t len = strcspn(begin, WORD_END);

	s->p += len;
	if (s->last == TOKEN_BEGIN && len == strlen("include") &&
	    memcmp(begin, "include", len) == 0 &&
	    *skip_blanks(s->p) == '(') {
		s->p = skip_blanks(s->p);
		return scan_include(s);
	}
	if (begin[len - 1] == '$' && *s->p == '{')
		return environment(s, s->p - 1);
	if (*s->p == '#')
		return fail_here(s, "# without a blank before it; put the "
		    "word in quotes, or a blank before a comment");
	if (emit(s, begin, len) == -1)
		return -1;
	return take_word(s, begin, len);
}

static bool
at_comment(const struct scan *s)
{
	return *s->p == '#' || strncmp(s->p, "//", 2) == 0 ||
	    strncmp(s->p, "/*", 2) == 0;
}

static int
scan_token(struct scan *s)
{
	if (*s->p == '\n') {
		s->p++;
		s->line++;
		return emit_newline(s);
	}
	if (*s->p == ' ' || *s->p == '\t' || *s->p == '\r') {
		s->p++;
		return emit(s, " ", 1);
	}
	if (at_comment(s)) {
		if (*s->p == '/' && s->p[1] == '/' &&
		    s->last == TOKEN_EQUAL)
			return fail_here(s, "// begins a comment; put the path "
			    "in quotes");
		return skip_comment(s);
	}
	if (*s->p == '"' || *s->p == '\'')
		return scan_string(s);
	if (strchr(WORD_END, *s->p) != NULL)
		return scan_punctuation(s);
	return scan_word(s);
}

/* Nothing may be left open at the end of a file. */
static int
check_end(struct scan *s)
{
	const struct mk_config_item *open;

	switch (s->last) {
	case TOKEN_LIST:
	case TOKEN_ITEM:
	case TOKEN_COMMA:
		s->line = s->list_line;
		return fail_here(s, "the list that begins here has no }");
	case TOKEN_KEY:
	case TOKEN_TITLE:
	case TOKEN_EQUAL:
		return fail_here(s, "the file ends in the middle of \"%.*s\"",
		    (int)s->key_len, s->text->buf.data + s->key);
	case TOKEN_BEGIN:
		break;
	}
	if (s->scope != s->top) {
		open = &s->text->items[s->scope - 1];
		return mk_config_text_fail(s->text, open->line, s->err,
		    "the section \"%.*s\" that begins here has no }",
		    (int)open->len, s->text->buf.data + open->name);
	}
	return 0;
}

/* Say WHY the file at PATH is refused, and where it is included. */
static int
fail_file(const struct scan *parent, struct mk_error *err, const char *path,
    const char *why, int status)
{
	if (parent == NULL)
		return mk_fail(err, status, "%s: %s", path, why);
	return mk_fail(err, status == EX_NOINPUT ? EX_CONFIG : status,
	    "%s:%zu: include %s: %s", parent->text->files[parent->file],
	    parent->line, path, why);
}

/* Is the file among those that lead to it? */
static bool
is_loop(const struct scan *s)
{
	const struct scan *up;

	for (up = s->parent; up != NULL; up = up->parent)
		if (up->dev == s->dev && up->ino == s->ino)
			return true;
	return s->depth > INCLUDES_MAX;
}

/*
 * Append the file at PATH to *DATA and note in *S which file it is.  A FIFO
 * is welcome, for the shell's <(...).
 */
static int
read_file(struct scan *s, const char *path, struct mk_buf *data)
{
	struct stat st;
	int fd, errnum = 0, rv = -1;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd == -1 || fstat(fd, &st) == -1) {
		errnum = errno;
		goto out;
	}
	s->dev = st.st_dev;
	s->ino = st.st_ino;
	if (is_loop(s))
		fail_file(s->parent, s->err, path, "the files include each "
		    "other without an end", EX_CONFIG);
	else if (S_ISDIR(st.st_mode))
		fail_file(s->parent, s->err, path, "this is a directory",
		    EX_CONFIG);
	else if (mk_fs_read_all(fd, data, FILE_MAX_BYTES) == -1 ||
	    mk_buf_reserve(data, 0) == -1)
		errnum = errno;
	else if (data->len > 0 && memchr(data->data, '\0', data->len) != NULL)
		fail_file(s->parent, s->err, path, "this is no text: it holds "
		    "a NUL byte", EX_CONFIG);
	else
		rv = 0;
out:
	if (errnum == EFBIG)
		fail_file(s->parent, s->err, path, "more than 4 MiB, which is "
		    "no configuration", EX_CONFIG);
	else if (errnum != 0)
		fail_file(s->parent, s->err, path, strerror(errnum),
		    mk_error_status(errnum));
	if (fd != -1)
		close(fd);
	return rv;
}

static int
add_file(struct scan *s, const char *path)
{
	struct mk_config_text *t = s->text;
	void *grown = grow(t->files, t->files_n, sizeof *t->files);

	if (grown == NULL)
		return no_memory(s->err);
	t->files = grown;
	t->files[t->files_n] = strdup(path);
	if (t->files[t->files_n] == NULL)
		return no_memory(s->err);
	s->file = t->files_n++;
	return 0;
}

static int
scan_file(struct mk_config_text *text, const char *path,
    const struct scan *parent, struct mk_error *err)
{
	struct mk_buf data = { 0 };
	struct scan s = {
		.text = text, .err = err, .parent = parent, .line = 1,
		.depth = parent == NULL ? 0 : parent->depth + 1,
		.top = parent == NULL ? MK_CONFIG_TOP : parent->scope,
	};
	int rv = -1;

	s.scope = s.top;
	if (read_file(&s, path, &data) == -1 || add_file(&s, path) == -1 ||
	    begin_piece(&s) == -1)
		goto out;
	s.p = data.data;
	while (*s.p != '\0')
		if (scan_token(&s) == -1)
			goto out;
	rv = check_end(&s);
out:
	mk_buf_free(&data);
	return rv;
}

int
mk_config_text_read(struct mk_config_text *text, const char *file,
    struct mk_error *err)
{
	*text = (struct mk_config_text){ .lines = 1 };
	return scan_file(text, file, NULL, err);
}

void
mk_config_text_free(struct mk_config_text *text)
{
	size_t i;

	for (i = 0; i < text->files_n; i++)
		free(text->files[i]);
	free(text->files);
	free(text->pieces);
	free(text->items);
	mk_buf_free(&text->buf);
	*text = (struct mk_config_text){ 0 };
}

size_t
mk_config_text_scope(const struct mk_config_text *text, size_t around,
    const char *name, size_t nth)
{
	const struct mk_config_item *item;
	size_t i;

	for (i = 0; i < text->items_n; i++) {
		item = &text->items[i];
		if (item->section && item->scope == around &&
		    is_named(text, item, name, strlen(name)) && nth-- == 0)
			return i + 1;
	}
	return MK_CONFIG_NOWHERE;
}

size_t
mk_config_text_line(const struct mk_config_text *text, size_t scope)
{
	if (scope == MK_CONFIG_TOP || scope == MK_CONFIG_NOWHERE)
		return 0;
	return text->items[scope - 1].line;
}

size_t
mk_config_text_key(const struct mk_config_text *text, size_t scope,
    const char *key)
{
	const struct mk_config_item *item;

	item = find_item(text, scope, key, strlen(key), false);
	return item == NULL ? 0 : item->line;
}

int
mk_config_text_fail(const struct mk_config_text *text, size_t line,
    struct mk_error *err, const char *fmt, ...)
{
	char what[MK_ERROR_MAX];
	const char *file;
	size_t file_line;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	file = place(text, line, &file_line);
	return mk_fail(err, EX_CONFIG, "%s:%zu: %s", file, file_line, what);
}
