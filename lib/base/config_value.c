/* base/config_value - a key's value. */
#include "base/config_value.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/duration.h"
#include "base/nearest.h"

static int
add_word(struct mk_list *list, const char *word, size_t len,
    struct mk_error *err)
{
	if (len == 0)
		return mk_fail(err, EX_DATAERR, "a word of the list is empty");
	return mk_list_add(list, word, len) == -1 ?
	    mk_fail_sys(err, "read the configuration") : 0;
}

/* The words of TEXT, between SEPARATORs and blanks. */
static int
list_split(struct mk_list *list, const char *text, char separator,
    struct mk_error *err)
{
	const char *end;
	size_t len;

	if (*text == '\0')
		return 0;
	for (;;) {
		text += strspn(text, " \t");
		end = strchr(text, separator);
		len = end == NULL ? strlen(text) : (size_t)(end - text);
		while (len > 0 && (text[len - 1] == ' ' ||
		    text[len - 1] == '\t'))
			len--;
		if (add_word(list, text, len, err) == -1)
			return -1;
		if (end == NULL)
			return 0;
		text = end + 1;
	}
}

static int
parse_int(const char *text, int64_t *n, struct mk_error *err)
{
	const char *digits = *text == '-' ? text + 1 : text;
	long long value;

	if (*digits == '\0' ||
	    strspn(digits, "0123456789") != strlen(digits))
		return mk_fail(err, EX_DATAERR, "\"%s\" is no whole number",
		    text);
	errno = 0;
	value = strtoll(text, NULL, 10);
	if (errno == ERANGE || value == MK_UNSET_INT)
		return mk_fail(err, EX_DATAERR, "\"%s\" is too %s", text,
		    *text == '-' ? "small" : "large");
	*n = value;
	return 0;
}

/* "7", "-6.5", "0.25": written out, and nothing of it is rounded away. */
static int
parse_decimal(const char *text, int64_t *hundredths, struct mk_error *err)
{
	const char *digits = *text == '-' ? text + 1 : text;
	size_t whole = strspn(digits, "0123456789"), places = 0;
	const char *end = digits + whole;

	if (*end == '.') {
		places = strspn(end + 1, "0123456789");
		end += 1 + places;
	}
	if (whole == 0 || *end != '\0' || end[-1] == '.')
		return mk_fail(err, EX_DATAERR, "\"%s\" is no number; write "
		    "it as 7 or 6.5", text);
	if (places > 2)
		return mk_fail(err, EX_DATAERR, "\"%s\" has more than two "
		    "decimals", text);
	if (mk_decimal_parse(text, strlen(text), hundredths) == 0)
		return mk_fail(err, EX_DATAERR, "\"%s\" is too %s", text,
		    *text == '-' ? "small" : "large");
	return 0;
}

static int
parse_number(enum mk_kind kind, const char *text, int64_t *n,
    struct mk_error *err)
{
	switch (kind) {
	case MK_DURATION:
		return mk_duration_parse(text, n, err);
	case MK_SIZE:
		return mk_size_parse(text, n, err);
	case MK_PERCENT:
		return mk_percent_parse(text, n, err);
	case MK_DECIMAL:
		return parse_decimal(text, n, err);
	default:
		return parse_int(text, n, err);
	}
}

static int
set_number(const struct mk_key *key, const char *text, int64_t *field,
    struct mk_error *err)
{
	int64_t n, bound;

	if (parse_number(key->kind, text, &n, err) == -1)
		return -1;
	if (key->min != NULL) {
		if (parse_number(key->kind, key->min, &bound, err) == -1)
			return -1;
		if (n < bound)
			return mk_fail(err, EX_DATAERR,
			    "\"%s\" is less than %s", text, key->min);
	}
	if (key->max != NULL) {
		if (parse_number(key->kind, key->max, &bound, err) == -1)
			return -1;
		if (n > bound)
			return mk_fail(err, EX_DATAERR,
			    "\"%s\" is more than %s", text, key->max);
	}
	*field = n;
	return 0;
}

static int
set_string(const struct mk_key *key, const char *text, char **field,
    struct mk_error *err)
{
	const unsigned char *p = (const unsigned char *)text;
	char *copy;

	if (key->kind == MK_PATH) {
		if (*p == '\0')
			return mk_fail(err, EX_DATAERR, "the path is empty");
		for (; *p != '\0'; p++)
			if (*p < 0x20 || *p == 0x7f)
				return mk_fail(err, EX_DATAERR, "\"%s\" holds "
				    "a control byte", text);
	}
	copy = strdup(text);
	if (copy == NULL)
		return mk_fail_sys(err, "read the configuration");
	free(*field);
	*field = copy;
	return 0;
}

static int
set_bool(const char *text, bool *field, struct mk_error *err)
{
	static const char *const words[] = {
		"no", "yes", "false", "true", "off", "on",
	};
	size_t i;

	for (i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(text, words[i]) == 0) {
			*field = i % 2 == 1;
			return 0;
		}
	return mk_fail(err, EX_DATAERR, "\"%s\" is neither yes nor no (nor "
	    "true, false, on or off)", text);
}

static int
set_enum(const struct mk_key *key, const char *text, int *field,
    struct mk_error *err)
{
	struct mk_list words = { 0 };
	const char *nearest;
	size_t i;
	int rv = -1;

	if (list_split(&words, key->words, '|', err) == -1)
		goto out;
	for (i = 0; i < words.n; i++)
		if (strcmp(text, words.v[i]) == 0) {
			*field = (int)i;
			rv = 0;
			goto out;
		}
	nearest = mk_nearest(text, (const char *const *)words.v);
	if (nearest == NULL)
		mk_fail(err, EX_DATAERR, "\"%s\" is none of %s", text,
		    key->words);
	else
		mk_fail(err, EX_DATAERR, "\"%s\" is none of %s; did you mean "
		    "\"%s\"?", text, key->words, nearest);
out:
	mk_list_free(&words);
	return rv;
}

int
mk_config_value_set(const struct mk_key *key, const char *text, void *field,
    struct mk_error *err)
{
	struct mk_list list = { 0 };

	switch (key->kind) {
	case MK_STRING:
	case MK_PATH:
		return set_string(key, text, field, err);
	case MK_BOOL:
		return set_bool(text, field, err);
	case MK_ENUM:
		return set_enum(key, text, field, err);
	case MK_LIST:
		/* Taken as a word it would match nothing, in silence. */
		if (text[0] == '{')
			return mk_fail(err, EX_DATAERR, "a list is written "
			    "A,B here, without braces and quotes");
		if (list_split(&list, text, ',', err) == -1) {
			mk_list_free(&list);
			return -1;
		}
		mk_list_free(field);
		*(struct mk_list *)field = list;
		return 0;
	default:
		return set_number(key, text, field, err);
	}
}

int
mk_config_value_add(struct mk_list *list, const char *word,
    struct mk_error *err)
{
	return add_word(list, word, strlen(word), err);
}

void
mk_config_value_init(const struct mk_key *key, void *field)
{
	switch (key->kind) {
	case MK_DURATION:
	case MK_SIZE:
	case MK_PERCENT:
	case MK_INT:
	case MK_DECIMAL:
		*(int64_t *)field = MK_UNSET_INT;
		break;
	default:			/* zero is what it is */
		break;
	}
}

void
mk_config_value_free(const struct mk_key *key, void *field)
{
	if (key->kind == MK_LIST) {
		mk_list_free(field);
	} else if (key->kind == MK_STRING || key->kind == MK_PATH) {
		free(*(char **)field);
		*(char **)field = NULL;
	}
}
