/* base/json - write JSON, compact, one value a line. */
#include "base/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>

#include "base/utf8.h"

/* Keep the first failure's errno: by mk_json_end another may stand there. */
static void
check(struct mk_json *json)
{
	if (json->errnum == 0 && ferror(json->out))
		json->errnum = errno != 0 ? errno : EIO;
}

static void
quote(FILE *out, const char *text)
{
	unsigned char byte;
	size_t seq;

	putc('"', out);
	for (; *text != '\0'; text += seq) {
		byte = (unsigned char)*text;
		seq = mk_utf8_sequence(text);
		if (seq == 0) {
			fprintf(out, "\\udc%02x", byte);
			seq = 1;
		} else if (seq > 1) {
			fwrite(text, 1, seq, out);
		} else if (byte < 0x20 || byte == 0x7f) {
			fprintf(out, "\\u%04x", byte);
		} else {
			if (byte == '"' || byte == '\\')
				putc('\\', out);
			putc(byte, out);
		}
	}
	putc('"', out);
}

/* What stands before each value. */
static void
lead(struct mk_json *json, const char *key)
{
	if (json->comma)
		putc(',', json->out);
	if (key != NULL) {
		quote(json->out, key);
		putc(':', json->out);
	}
	json->comma = true;
}

static void
open_with(struct mk_json *json, const char *key, char bracket)
{
	lead(json, key);
	putc(bracket, json->out);
	json->comma = false;
	check(json);
}

static void
close_with(struct mk_json *json, char bracket)
{
	putc(bracket, json->out);
	json->comma = true;
	check(json);
}

void
mk_json_begin(struct mk_json *json, FILE *out)
{
	*json = (struct mk_json){ .out = out };
}

void
mk_json_object(struct mk_json *json, const char *key)
{
	open_with(json, key, '{');
}

void
mk_json_array(struct mk_json *json, const char *key)
{
	open_with(json, key, '[');
}

void
mk_json_close_object(struct mk_json *json)
{
	close_with(json, '}');
}

void
mk_json_close_array(struct mk_json *json)
{
	close_with(json, ']');
}

void
mk_json_string(struct mk_json *json, const char *key, const char *value)
{
	lead(json, key);
	quote(json->out, value);
	check(json);
}

void
mk_json_int(struct mk_json *json, const char *key, int64_t value)
{
	lead(json, key);
	fprintf(json->out, "%" PRId64, value);
	check(json);
}

void
mk_json_milli(struct mk_json *json, const char *key, int64_t thousandths)
{
	uint64_t n = (uint64_t)thousandths;

	lead(json, key);
	if (thousandths < 0) {
		putc('-', json->out);
		n = 0 - n;		/* right for INT64_MIN too */
	}
	fprintf(json->out, "%" PRIu64 ".%03" PRIu64, n / 1000, n % 1000);
	check(json);
}

void
mk_json_bool(struct mk_json *json, const char *key, bool value)
{
	lead(json, key);
	fputs(value ? "true" : "false", json->out);
	check(json);
}

void
mk_json_null(struct mk_json *json, const char *key)
{
	lead(json, key);
	fputs("null", json->out);
	check(json);
}

int
mk_json_end(struct mk_json *json)
{
	putc('\n', json->out);
	fflush(json->out);
	check(json);
	json->comma = false;
	if (json->errnum == 0)
		return 0;
	errno = json->errnum;
	return -1;
}
