/*
 * base/config - the configuration file; the only user of libconfuse.
 *
 * A program says with tables what it knows; this module reads the file,
 * checks all of it, and fills the program's structs.  Nothing is half read:
 * on any error nothing has been filled and the error names file:line, the key
 * and, for an unknown one, the nearest known.  Refused as well: a key or a
 * titled section given twice, a file that ends inside a section, a string or
 * a comment, and environment variables.  include("file") works, relative to
 * the including file.  libconfuse has one lexer: load from one thread at a
 * time.
 */
#ifndef MK_BASE_CONFIG_H
#define MK_BASE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/list.h"
#include "base/nearest.h"

#define MK_CONFIG_FILE	"/etc/mailkeep/mailkeep.conf"

/* What a key's value is, and the C type of its field. */
enum mk_kind {
	MK_STRING,			/* char *; may be empty */
	MK_PATH,			/* char *; no control bytes, not empty */
	MK_DURATION,			/* int64_t, seconds */
	MK_SIZE,			/* int64_t, bytes */
	MK_PERCENT,			/* int64_t, 0 to 100 */
	MK_INT,				/* int64_t */
	MK_DECIMAL,			/* int64_t, hundredths: 6.5 is 650 */
	MK_BOOL,			/* bool; yes no true false on off */
	MK_ENUM,			/* int; the index of a word in .words */
	MK_LIST				/* struct mk_list; no empty words */
};

/*
 * All that there is to know of a key.  Bounds and defaults are text in the
 * key's own unit, a list's with commas.  A key without a default that is not
 * in the file leaves its field as MK_UNSET_INT (the int64_t kinds), NULL,
 * false, 0 or an empty list.
 */
struct mk_key {
	const char *name;
	enum mk_kind kind;
	const char *fallback;		/* the default; NULL: none */
	const char *min, *max;		/* inclusive; NULL: the kind's own */
	const char *words;		/* MK_ENUM: "a|b|c" */
	size_t offset;			/* of the field in the struct */
};
#define MK_KEY_END	{ NULL, MK_STRING, NULL, NULL, NULL, NULL, 0 }
#define MK_UNSET_INT	INT64_MIN

/*
 * A section.  The one with an empty name holds the keys outside all sections.
 * "blacklist.feed" is the section feed inside the section blacklist.  The outer
 * one needs no table if it has no keys; it may not be titled, nor stand inside
 * another itself.
 *
 * Untitled: filled once into the struct at BASE (with defaults where the file
 * has no such section).  Titled: one struct a title, in the file's order, in
 * an array that mk_config_load allocates.  Several tables may share a name,
 * and several untitled ones a struct: the section takes the keys of all.
 */
struct mk_section {
	const char *name;		/* "", "expire", "blacklist.feed" */
	const struct mk_key *keys;
	bool titled;
	size_t size;			/* of the struct */
	size_t title_offset;		/* titled: of its char *title */
	/*
	 * Called once for each filled struct, when all keys are known; says
	 * in *ERR what does not fit together (without the place, which is
	 * put before it).  0 or -1.  May be NULL.
	 */
	int (*check)(void *data, struct mk_error *err);
};

/* Where a section's values go: filled in by mk_config_load. */
struct mk_binding {
	const struct mk_section *section;
	void *base;			/* the caller's struct; titled: NULL */
	void *array;			/* titled: allocated, .n structs */
	size_t n;
};

struct mk_override {			/* -o KEY=VALUE; both borrowed */
	const char *text;
};

/*
 * Read FILE (NULL: no file, defaults and overrides alone) and apply the N
 * overrides at OVERRIDES, "max-percent" style keys with their section before:
 * "mail-root=/srv/mail", "safety.max-percent=10%",
 * "expire.trash.older-than=5d", "blacklist.feed.drop.min-count=5" (the title
 * may hold dots, but no "="), lists by commas, with blanks around them
 * dropped.  Of several sections whose names it begins with, the one with the
 * longest is meant.  The last one of a key counts; the file's own value is
 * checked all the same.  An override of a title that the file does not have
 * is an error.
 *
 * BINDINGS ends with one whose section is NULL.  KNOWN (may be NULL) lists,
 * ended by NULL, the sections of other programs: read and checked, kept
 * nowhere.
 *
 * 0, or -1 with EX_CONFIG (EX_NOINPUT where the file is not there; EX_USAGE
 * for an override) and all bindings as after mk_config_free.
 */
int mk_config_load(const char *file, const struct mk_override *overrides,
    size_t n, struct mk_binding *bindings,
    const struct mk_section *const *known, struct mk_error *err);

/* Free what mk_config_load filled, and zero the structs. */
void mk_config_free(struct mk_binding *bindings);

#endif
