/* base/jsonread - read JSON (RFC 8259); the only user of jansson. */
#include "base/jsonread.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "base/buf.h"

#define INT64_BOUND	9223372036854775808.0	/* 2^63 */

/* A struct mk_value is jansson's, under another name. */
static const json_t *
json(const struct mk_value *value)
{
	return (const json_t *)(const void *)value;
}

static const struct mk_value *
value(const json_t *json)
{
	return (const struct mk_value *)(const void *)json;
}

/* The code unit of the "\uXXXX" at TEXT, before END; -1: there is none. */
static int
code_unit(const char *text, const char *end)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *digit;
	int unit = 0, i;

	if (end - text < 6 || text[0] != '\\' || text[1] != 'u')
		return -1;
	for (i = 2; i < 6; i++) {
		digit = memchr(digits, text[i], sizeof digits - 1);
		if (digit == NULL)
			return -1;
		unit = unit * 16 + (int)((digit - digits) % 16);
	}
	return unit;
}

/*
 * jansson refuses lone surrogates, as which base/json writes the bytes of file
 * names that are no UTF-8.  As long as what they replace, so that places in
 * messages stay true.
 */
static void
replace_lone(char *text, size_t len)
{
	char *end = text + len;
	int unit, next;

	while ((text = memchr(text, '\\', (size_t)(end - text))) != NULL) {
		unit = code_unit(text, end);
		if (unit == -1) {
			if (end - text < 2)
				return;
			text += 2;
			continue;
		}
		next = code_unit(text + 6, end);
		if (unit >= 0xd800 && unit < 0xdc00 && next >= 0xdc00 &&
		    next < 0xe000)
			text += 6;
		else if (unit >= 0xd800 && unit < 0xe000)
			memcpy(text + 2, "fffd", 4);
		text += 6;
	}
}

struct mk_value *
mk_jsonread(const char *text, size_t len, struct mk_error *err)
{
	struct mk_buf copy = { 0 };
	json_error_t why;
	json_t *document = NULL;

	if (mk_buf_add(&copy, text, len) == -1) {
		mk_fail_sys(err, "read JSON");
		return NULL;
	}
	replace_lone(copy.data, copy.len);
	document = json_loadb(copy.data, copy.len, JSON_DECODE_ANY, &why);
	if (document == NULL &&
	    json_error_code(&why) == json_error_out_of_memory) {
		errno = ENOMEM;
		mk_fail_sys(err, "read JSON");
	} else if (document == NULL)
		mk_fail(err, EX_DATAERR, "no JSON: line %d, column %d: %s",
		    why.line, why.column, why.text);
	mk_buf_free(&copy);
	return (struct mk_value *)(void *)document;
}

void
mk_jsonread_free(struct mk_value *document)
{
	json_decref((json_t *)(void *)document);
}

const struct mk_value *
mk_value_get(const struct mk_value *object, const char *key)
{
	return value(json_object_get(json(object), key));
}

size_t
mk_value_count(const struct mk_value *array)
{
	return json_array_size(json(array));
}

const struct mk_value *
mk_value_at(const struct mk_value *array, size_t i)
{
	return value(json_array_get(json(array), i));
}

void
mk_value_each(const struct mk_value *object,
    void (*each)(void *data, const char *key, const struct mk_value *member),
    void *data)
{
	/* jansson would change it by its iterators; we do not. */
	union { const json_t *in; json_t *out; } all = { json(object) };
	void *it;

	for (it = json_object_iter(all.out); it != NULL;
	    it = json_object_iter_next(all.out, it))
		each(data, json_object_iter_key(it),
		    value(json_object_iter_value(it)));
}

int64_t
mk_value_int(const struct mk_value *number, int64_t otherwise)
{
	double real;

	if (json_is_integer(json(number)))
		return (int64_t)json_integer_value(json(number));
	if (!json_is_real(json(number)))
		return otherwise;
	real = json_real_value(json(number));
	return real >= -INT64_BOUND && real < INT64_BOUND ? (int64_t)real :
	    otherwise;
}

double
mk_value_number(const struct mk_value *number, double otherwise)
{
	return json_is_number(json(number)) ?
	    json_number_value(json(number)) : otherwise;
}

bool
mk_value_bool(const struct mk_value *boolean, bool otherwise)
{
	return json_is_boolean(json(boolean)) ? json_is_true(json(boolean)) :
	    otherwise;
}

const char *
mk_value_string(const struct mk_value *string, const char *otherwise)
{
	return json_is_string(json(string)) ?
	    json_string_value(json(string)) : otherwise;
}
