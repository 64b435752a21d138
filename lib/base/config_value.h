/*
 * base/config_value - a key's value: from the text of a file, a default or an
 * override into the field of a struct.
 *
 * FIELD is where key->offset points, and of the C type that enum mk_kind
 * says.  Failures have EX_DATAERR and say nothing of the key or its place,
 * which the caller knows; lost memory has its own status.
 */
#ifndef MK_BASE_CONFIG_VALUE_H
#define MK_BASE_CONFIG_VALUE_H

#include "base/config.h"

/* Make a zeroed FIELD what it is where the key is given nowhere. */
void mk_config_value_init(const struct mk_key *key, void *field);

/* Put TEXT into FIELD, over what is there; that stays on failure.  0, -1. */
int mk_config_value_set(const struct mk_key *key, const char *text,
    void *field, struct mk_error *err);

/* Append WORD, which may hold commas, to a list.  0 or -1. */
int mk_config_value_add(struct mk_list *list, const char *word,
    struct mk_error *err);

/* Free what FIELD holds; a string becomes NULL, a list empty. */
void mk_config_value_free(const struct mk_key *key, void *field);

#endif
