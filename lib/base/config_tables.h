/*
 * base/config_tables - what may stand in a configuration: the tables of all
 * programs, side by side.
 *
 * A section is called here by its full name: "" for what stands outside of
 * all sections, "expire", "blacklist.feed".  A table's section may stand in
 * one that has no table; it gets one without keys.
 */
#ifndef MK_BASE_CONFIG_TABLES_H
#define MK_BASE_CONFIG_TABLES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/config.h"

struct mk_config_implied;

struct mk_config_tables {		/* { 0 } is an empty one */
	const struct mk_section **v;
	size_t bound;			/* so many are of the bindings, */
	size_t given;			/* with those known so many; */
	size_t n;			/* the last ones are implied */
	struct mk_config_implied *implied;
};

/*
 * Those of BINDINGS, in that order, then what KNOWN (may be NULL) has beside
 * them.  0 or -1; *TABLES is to be freed in both cases.
 */
int mk_config_tables_load(struct mk_config_tables *tables,
    const struct mk_binding *bindings, const struct mk_section *const *known,
    struct mk_error *err);
void mk_config_tables_free(struct mk_config_tables *tables);

/* The first table of the section NAME, or NULL. */
const struct mk_section *mk_config_tables_find(
    const struct mk_config_tables *tables, const char *name);

/* The first table of the section NAME that has KEY, or NULL. */
const struct mk_section *mk_config_tables_key(
    const struct mk_config_tables *tables, const char *name, const char *key);

/* The first table of the section that SECTION stands in; NULL: in none. */
const struct mk_section *mk_config_tables_around(
    const struct mk_config_tables *tables, const struct mk_section *section);

/* Does SECTION stand in the one called NAME, with none between them? */
bool mk_config_tables_is_in(const struct mk_section *section,
    const char *name);

/* "feed" of "blacklist.feed": what a file calls it. */
const char *mk_config_tables_word(const struct mk_section *section);

/*
 * What WORD, unknown in the section NAME, may have been meant for: "; it
 * belongs ...", "; did you mean ...", or nothing.  True where it belongs to
 * what is around that section, whose } a file may be missing.
 */
bool mk_config_tables_hint(const struct mk_config_tables *tables,
    const char *name, const char *word, char *buf, size_t size);

/* "blacklist feed "drop"" for messages (TITLE may be NULL).  Returns BUF. */
char *mk_config_tables_label(char *buf, size_t size, const char *name,
    const char *title);

#endif
