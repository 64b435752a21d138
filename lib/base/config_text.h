/*
 * base/config_text - a configuration file and what it includes, as one text
 * that libconfuse cannot misread.
 *
 * libconfuse 3.3 takes without a word a file that ends inside a section, a
 * string or a comment, a key or a section given twice, a stray "*" or "+",
 * and "\0" in a string; puts in environment variables for ${NAME}; counts a
 * line too many for each C comment; and resolves include() by the working
 * directory.  So the files are read and judged here first, byte by byte with
 * libconfuse's own rules; comments become blanks, includes are put in place,
 * and each line of the text knows its file and line.
 *
 * Stricter than libconfuse: a string ends on its line, "#" stands apart from
 * an unquoted word, and += is not known.
 */
#ifndef MK_BASE_CONFIG_TEXT_H
#define MK_BASE_CONFIG_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

/* A key or a section, in the order of the text. */
struct mk_config_item {
	size_t name, len;		/* where in .buf */
	size_t line;			/* of .buf, from 1 */
	size_t scope;			/* that it stands in */
	bool section;
};

struct mk_config_piece {		/* lines of one file, in a row */
	size_t line;			/* of .buf: the first */
	size_t file, file_line;		/* which that one is */
};

struct mk_config_text {			/* { 0 } is an empty one */
	struct mk_buf buf;
	size_t lines;			/* the number of the last line */
	struct mk_config_item *items;
	size_t items_n;
	struct mk_config_piece *pieces;
	size_t pieces_n;
	char **files;
	size_t files_n;
};

/* The scope of what stands outside all sections. */
#define MK_CONFIG_TOP	0
#define MK_CONFIG_NOWHERE	((size_t)-1)

/*
 * Read FILE and what it includes, each in one go.  0, or -1 with EX_CONFIG
 * and the place in the text; where a file cannot be read, with the status
 * that this deserves.  *TEXT is to be freed in both cases.
 */
int mk_config_text_read(struct mk_config_text *text, const char *file,
    struct mk_error *err);
void mk_config_text_free(struct mk_config_text *text);

/*
 * The scope of the NTH (from 0) section called NAME in the scope AROUND, or
 * MK_CONFIG_NOWHERE.
 */
size_t mk_config_text_scope(const struct mk_config_text *text, size_t around,
    const char *name, size_t nth);

/* The line of .buf that opens SCOPE; 0 for MK_CONFIG_TOP and NOWHERE. */
size_t mk_config_text_line(const struct mk_config_text *text, size_t scope);

/* The line of .buf where KEY is given in SCOPE; 0: it is not. */
size_t mk_config_text_key(const struct mk_config_text *text, size_t scope,
    const char *key);

/* Fill *ERR with EX_CONFIG and "FILE:LINE: ..." for LINE of .buf.  -1. */
int mk_config_text_fail(const struct mk_config_text *text, size_t line,
    struct mk_error *err, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif
