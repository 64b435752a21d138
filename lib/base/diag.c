/* base/diag - the only writer to standard error. */
#include "base/diag.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/colour.h"
#include "base/utf8.h"

#define LINE_MAX_BYTES	(4 * MK_ERROR_MAX + 128)

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static const char *program_name = "mailkeep";
static enum mk_verbosity verbosity_now = MK_NORMAL;
static bool coloured;			/* standard error may be */
static void (*before)(void);
static struct mk_error first, last;	/* errors printed; "" none */
static char warning[MK_ERROR_MAX];	/* the first one printed */

void
mk_diag_open(const char *program, enum mk_verbosity verbosity)
{
	program_name = program;
	verbosity_now = verbosity;
	coloured = mk_colour_wanted(STDERR_FILENO);
}

bool
mk_diag_verbose(void)
{
	return verbosity_now == MK_VERBOSE;
}

void
mk_diag_before(void (*hook)(void))
{
	pthread_mutex_lock(&mutex);
	before = hook;
	pthread_mutex_unlock(&mutex);
}

/*
 * Whether the LEN bytes at TEXT, one character of UTF-8, only print: no
 * control (C1 too: U+009B begins an escape sequence on some terminals), and
 * nothing that turns the direction of what follows (U+202A to 202E, 2066 to
 * 2069).
 */
static bool
prints(const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *)text;

	if (len == 0)
		return false;
	if (len == 1)
		return *p >= 0x20 && *p != 0x7f;
	if (len == 2)
		return p[0] != 0xc2 || p[1] >= 0xa0;
	if (p[0] != 0xe2)
		return true;
	return !(p[1] == 0x80 && p[2] >= 0xaa && p[2] <= 0xae) &&
	    !(p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9);
}

char *
mk_diag_escape(char *buf, size_t size, const char *text)
{
	char one[8];
	size_t out = 0, len, seq;

	while (*text != '\0') {
		seq = mk_utf8_sequence(text);
		if (prints(text, seq)) {
			len = seq;
			memcpy(one, text, len);
		} else {
			seq = 1;
			if (*text == '\n')
				len = (size_t)snprintf(one, sizeof one, "\\n");
			else if (*text == '\t')
				len = (size_t)snprintf(one, sizeof one, "\\t");
			else
				len = (size_t)snprintf(one, sizeof one,
				    "\\x%02X", (unsigned char)*text);
		}
		if (out + len >= size)
			break;
		memcpy(buf + out, one, len);
		out += len;
		text += seq;
	}
	buf[out] = '\0';
	return buf;
}

/* COLOUR, of the program's name: "" for none. */
static void
line(const char *text, const char *colour)
{
	bool plain = !coloured || colour[0] == '\0';
	char buf[LINE_MAX_BYTES];
	ssize_t n;
	int len;

	len = snprintf(buf, sizeof buf - 1, "%s%s:%s ", plain ? "" : colour,
	    program_name, plain ? "" : MK_COLOUR_END);
	mk_diag_escape(buf + len, sizeof buf - (size_t)len - 1, text);
	len = (int)strlen(buf);
	buf[len++] = '\n';
	pthread_mutex_lock(&mutex);
	if (before != NULL)
		before();
	n = write(STDERR_FILENO, buf, (size_t)len);
	(void)n;			/* nowhere left to complain to */
	pthread_mutex_unlock(&mutex);
}

int
mk_diag_error(const struct mk_error *err)
{
	int status = err->status == EX_OK ? EX_SOFTWARE : err->status;

	line(err->text, MK_COLOUR_BAD);
	pthread_mutex_lock(&mutex);
	if (first.text[0] == '\0')
		mk_fail(&first, status, "%s", err->text);
	mk_fail(&last, status, "%s", err->text);
	pthread_mutex_unlock(&mutex);
	return status;
}

void
mk_diag_reason(int status, char *buf, size_t size)
{
	pthread_mutex_lock(&mutex);
	snprintf(buf, size, "%s", last.status == status &&
	    first.status != status ? last.text : first.text[0] != '\0' ?
	    first.text : warning);
	pthread_mutex_unlock(&mutex);
}

void
mk_diag_warn(const char *fmt, ...)
{
	char text[MK_ERROR_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	line(text, MK_COLOUR_WARN);
	pthread_mutex_lock(&mutex);
	if (warning[0] == '\0')
		snprintf(warning, sizeof warning, "%s", text);
	pthread_mutex_unlock(&mutex);
}

void
mk_diag_info(const char *fmt, ...)
{
	char text[MK_ERROR_MAX];
	va_list ap;

	if (verbosity_now < MK_VERBOSE)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	line(text, "");
}
