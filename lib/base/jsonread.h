/*
 * base/jsonread - read JSON (RFC 8259); the only user of jansson.
 *
 * A value belongs to its document, and lasts as long.  What base/json writes is
 * read back, lone surrogates excepted, which become U+FFFD.
 */
#ifndef MK_BASE_JSONREAD_H
#define MK_BASE_JSONREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct mk_value;

/* Parse the LEN bytes at TEXT, one value and blanks around it.  The document,
 * to be freed; NULL where it is none (EX_DATAERR, with line and column). */
struct mk_value *mk_jsonread(const char *text, size_t len,
    struct mk_error *err);
void mk_jsonread_free(struct mk_value *document);	/* NULL is fine */

/* The member KEY; NULL where OBJECT is none (or NULL), or has it not. */
const struct mk_value *mk_value_get(const struct mk_value *object,
    const char *key);

/* The elements of an array; 0 of what is none. */
size_t mk_value_count(const struct mk_value *array);
const struct mk_value *mk_value_at(const struct mk_value *array, size_t i);

/* Each member of an object, in its order; nothing of what is none. */
void mk_value_each(const struct mk_value *object,
    void (*each)(void *data, const char *key, const struct mk_value *member),
    void *data);

/* What it is, or OTHERWISE where it is no such thing (or NULL).  A number
 * with a fraction is cut by mk_value_int. */
int64_t mk_value_int(const struct mk_value *number, int64_t otherwise);
double mk_value_number(const struct mk_value *number, double otherwise);
bool mk_value_bool(const struct mk_value *boolean, bool otherwise);
const char *mk_value_string(const struct mk_value *string,
    const char *otherwise);

#endif
