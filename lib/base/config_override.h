/*
 * base/config_override - a value given beside the file: -o KEY=VALUE, taken
 * apart by what the tables know.
 */
#ifndef MK_BASE_CONFIG_OVERRIDE_H
#define MK_BASE_CONFIG_OVERRIDE_H

#include "base/config_tables.h"

struct mk_config_override {		/* { 0 } is an empty one */
	const char *text;		/* as given; borrowed */
	int name_len;			/* of KEY in it */
	char *name;			/* a copy, in pieces: */
	const char *section, *title, *key;	/* title: NULL without one */
	const char *value;
};

/*
 * Take "section.title.key=value" apart: the section is the one with the
 * longest name that TEXT begins with.  Both TEXT and TABLES are borrowed.  0;
 * or -1, EX_USAGE, where such a key cannot be.  *O is to be freed in both
 * cases.
 */
int mk_config_override_take(struct mk_config_override *o,
    const struct mk_config_tables *tables, const char *text,
    struct mk_error *err);
void mk_config_override_free(struct mk_config_override *o);

/* Fill *ERR with EX_USAGE and "-o KEY: ...".  -1. */
int mk_config_override_fail(const struct mk_config_override *o,
    struct mk_error *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
