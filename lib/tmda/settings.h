/*
 * tmda/settings - what TMDA's own configuration says of its files.
 *
 * That is a Python program, which is never executed here: only plain
 * assignments at the left margin are read, of a string ('...', "...", with
 * Python's escapes; adjacent ones are one), a number, None, of
 * os.path.expanduser() of a string, and of os.path.join() of such.  One that
 * stands in an "if" or a "def", is made otherwise, or is changed later
 * ("+=", "del", an import), can't be known: neither what it was before nor its
 * default is taken for it then.  Of a text that can't be Python, as where a
 * string does not end, or that begins with [TMDA_CONFIG] (for CONFIG_EXEC =
 * False), no setting is known; nor is one before a statement that may assign
 * any: exec, execfile, eval, "import *", vars() and the like.  A key whose name
 * stands in a string of its own may be assigned by that, too.
 *
 * As in TMDA, "~" at the front of a path is HOME with and without
 * os.path.expanduser().
 * Source: TMDA's Defaults.py.
 */
#ifndef MK_TMDA_SETTINGS_H
#define MK_TMDA_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum mk_tmda_key {
	MK_TMDA_DATADIR,		/* DATADIR: before relative paths */
	MK_TMDA_LIFETIME,		/* PENDING_LIFETIME */
	MK_TMDA_PENDING_DIR,
	MK_TMDA_RESPONSE_DIR,
	MK_TMDA_FORMAT,			/* PENDING_QUEUE_FORMAT */
	MK_TMDA_PENDING_CACHE,
	MK_TMDA_DELETE_APPEND,		/* PENDING_DELETE_APPEND */
	MK_TMDA_CONFIRM_APPEND,
	MK_TMDA_BARE_APPEND,
	MK_TMDA_RELEASE_APPEND,		/* PENDING_RELEASE_APPEND */
	MK_TMDA_WHITELIST_APPEND,	/* PENDING_WHITELIST_APPEND */
	MK_TMDA_TMDARC,			/* which of all files is read, and */
	MK_TMDA_CONFIG_EXEC,		/* how: they count in the first one */
	MK_TMDA_KEYS
};

enum mk_tmda_known {
	MK_TMDA_DEFAULT,		/* not assigned */
	MK_TMDA_SET,
	MK_TMDA_NONE,			/* None */
	MK_TMDA_UNKNOWN			/* assigned, but can't be known */
};

struct mk_tmda_setting {
	enum mk_tmda_known known;
	char *text;			/* SET: the string, may be empty; or the
					 * number as written, of what is no
					 * path; paths without a "~" where HOME
					 * was given; owned */
	const char *file;		/* of the last assignment, as lent to */
	unsigned line;			/* the parser; 0: none */
	bool lost;			/* unknown, whatever still comes */
};

struct mk_tmda_settings {		/* { 0 }: all defaults */
	struct mk_tmda_setting v[MK_TMDA_KEYS];
};

/* TMDA's name of a key, "PENDING_DIR". */
extern const char *const mk_tmda_key_names[MK_TMDA_KEYS];

/*
 * Read the LEN bytes at TEXT, which FILE holds (for messages), into *SETTINGS,
 * over what a file that TMDA executes before has said.  HOME (NULL: not known)
 * stands for "~" and "~/"; "~user" can't be known.  PROBLEM (may be NULL) is
 * told of each assignment of one of these keys that can't be read, "FILE:LINE:
 * PENDING_DIR: ...".  0; or -1 (memory is lost, or no text: a NUL byte in it).
 * mk_tmda_settings_free either way.
 */
typedef void mk_tmda_problem_fn(void *data, const struct mk_error *err);
int mk_tmda_settings_parse(struct mk_tmda_settings *settings,
    const char *file, const char *text, size_t len, const char *home,
    mk_tmda_problem_fn *problem, void *data, struct mk_error *err);
void mk_tmda_settings_free(struct mk_tmda_settings *settings);

/*
 * Seconds from PENDING_LIFETIME's form: digits and one of Y (365 days), M (30
 * days), w, d, h, m, s; so "2M" are two months and "2m" two minutes.  What is
 * more than 36500 days is that.  0; or -1, EX_CONFIG.
 */
int mk_tmda_lifetime(const char *text, int64_t *seconds,
    struct mk_error *err);

#endif
