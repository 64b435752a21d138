/*
 * base/json - write JSON (RFC 8259), compact, one value a line.
 *
 * Errors stick: write on, and ask mk_json_end once.  Commas are kept by the
 * module.  Strings are any bytes ended by a NUL: UTF-8 goes out as it is,
 * control bytes as \u00XX, and each byte that is no UTF-8 as U+DC80 + (byte -
 * 0x80), a lone surrogate "\udcXX" (Python's surrogateescape), so that every
 * file name can be told from every other and got back.
 */
#ifndef MK_BASE_JSON_H
#define MK_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct mk_json {
	FILE *out;
	bool comma;			/* a value stands before */
	int errnum;			/* of the first failure, or 0 */
};

void mk_json_begin(struct mk_json *json, FILE *out);

/* KEY is NULL inside an array and at the top. */
void mk_json_object(struct mk_json *json, const char *key);
void mk_json_array(struct mk_json *json, const char *key);
void mk_json_close_object(struct mk_json *json);
void mk_json_close_array(struct mk_json *json);
void mk_json_string(struct mk_json *json, const char *key, const char *value);
void mk_json_int(struct mk_json *json, const char *key, int64_t value);
void mk_json_bool(struct mk_json *json, const char *key, bool value);
void mk_json_null(struct mk_json *json, const char *key);

/* A number with three decimals, from its THOUSANDTHS. */
void mk_json_milli(struct mk_json *json, const char *key, int64_t thousandths);

/*
 * End the line and flush; another value may follow.  0, or -1 with errno
 * where anything failed since mk_json_begin.
 */
int mk_json_end(struct mk_json *json);

#endif
