/*
 * rotate/parse_line - one line of newsyslog.conf; of rotate/parse alone.
 */
#ifndef MK_ROTATE_PARSE_LINE_H
#define MK_ROTATE_PARSE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "rotate/parse.h"

#define MK_KNOWN_BYTES	64

struct mk_known {			/* the last that were looked up: most
					 * lines name the same */
	char user[MK_KNOWN_BYTES], group[MK_KNOWN_BYTES];
	uid_t uid;
	gid_t gid;
};

struct mk_line {
	const struct mk_parse *parse;
	struct mk_known *known;
	const char *file;
	unsigned number;
	char *rest;			/* not read yet; is written into */
	char *log;			/* as written */
	bool quoted;			/* the last field was in quotes */
	/* as written, for what is said of other dialects */
	bool comment;			/* one stands behind it */
	bool dotted;			/* "user.group", or a user of that name
					 * (netbsd) */
	mode_t mode;
	const char *letters;		/* the flags; NULL: no field */
	const char *unused;		/* a pid file or command, with N */
	const char *signal;		/* NULL: none */
	bool signal_moved;		/* that number is another here */
	bool command;			/* in quotes */
	const char *monitor;		/* who is mailed: openbsd's M */
};

extern const char *const mk_newsyslog_names[3];

/*
 * The next field; NULL at the end.  QUOTES: one in quotes may hold blanks, and
 * comes without them; where the end of it is missing *FIELD has the quote.
 */
char *mk_line_field(struct mk_line *line, bool quotes);

/*
 * Read the rest of LINE into *ENTRY, but for its log and place; strings are
 * borrowed of the line.  0; or -1 and a text without a place.
 */
int mk_line_entry(struct mk_line *line, struct mk_entry *entry,
    struct mk_error *err);

/* parse_flags: the letters of TEXT into *ENTRY.  0 or -1. */
int mk_line_flags(enum mk_newsyslog dialect, const char *text,
    struct mk_entry *entry, struct mk_error *err);

/* Whether DIALECT has the flag C, in any case. */
bool mk_line_has_flag(enum mk_newsyslog dialect, char c);

/*
 * Read a signal, "30", "SIGHUP" or (netbsd) "HUP".  *MOVED: the number is not
 * that of the BSDs.  0 or -1.
 */
int mk_line_signal(enum mk_newsyslog dialect, const char *text, int *signal,
    bool *moved, struct mk_error *err);

/* parse_differs: say what of a line that was read would differ elsewhere. */
void mk_line_differs(const struct mk_line *line,
    const struct mk_entry *entry);
void mk_line_note(const struct mk_line *line, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
