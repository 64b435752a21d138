/* tmda/names - the names of TMDA's files. */
#include "tmda/names.h"

#include <string.h>

#define TIME_DIGITS	11
#define PID_DIGITS	10
#define SINCE_DIGITS	9		/* TMDA is of 2001 */
#define CACHE_LEFT	6		/* X's of mkstemp(3) */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static size_t
digits(const char *p, size_t max)
{
	size_t n = 0;

	while (n <= max && is_digit(p[n]))
		n++;
	return n > max ? 0 : n;
}

/* The bytes of the id that NAME begins with; 0 where it has none. */
static size_t
id_len(const char *name, size_t *time_len)
{
	size_t pid_len;

	*time_len = digits(name, TIME_DIGITS);
	if (*time_len == 0 || name[*time_len] != '.')
		return 0;
	pid_len = digits(name + *time_len + 1, PID_DIGITS);
	return pid_len == 0 ? 0 : *time_len + 1 + pid_len;
}

/* An id, a dot, and more. */
static bool
split(const char *name, struct mk_tmda_name *parsed, size_t *time_len)
{
	int64_t time_s = 0;
	size_t len = id_len(name, time_len), i;

	if (len == 0 || name[len] != '.' || name[len + 1] == '\0')
		return false;
	for (i = 0; i < *time_len; i++)
		time_s = 10 * time_s + (name[i] - '0');
	parsed->time_s = time_s;
	parsed->id_len = len;
	parsed->rest = name + len + 1;
	return true;
}

static enum mk_tmda_file
foreign(struct mk_tmda_name *parsed)
{
	*parsed = (struct mk_tmda_name){ .file = MK_TMDA_FOREIGN,
	    .time_s = -1, .rest = "" };
	return MK_TMDA_FOREIGN;
}

static bool
is_cache(const char *name)
{
	size_t i;

	if (strcmp(name, ".msgcache") == 0)
		return true;
	if (strncmp(name, "tmp", 3) != 0)
		return false;
	for (i = 3; is_digit(name[i]) || is_letter(name[i]) || name[i] == '_';)
		i++;
	return i == 3 + CACHE_LEFT && name[i] == '\0';
}

/* The length of TEXT without what TMDA before 1.1.3 put behind a name. */
static size_t
without_mark(const char *text, size_t len)
{
	if (len < 3 || text[len - 3] != '3' || text[len - 2] != ',' ||
	    (text[len - 1] != 'C' && text[len - 1] != 'R'))
		return len;
	len -= 3;
	if (len > 0 && (text[len - 1] == ':' || text[len - 1] == ','))
		len--;
	return len;
}

/* ",S=1234", ",W=1260" and the like, which Dovecot adds to a host. */
static size_t
sizes(const char *p, const char *end)
{
	const char *start = p;

	while (end - p >= 4 && *p == ',' && is_letter(p[1]) && p[2] == '=' &&
	    is_digit(p[3]))
		for (p += 3; p < end && is_digit(*p);)
			p++;
	return (size_t)(p - start);
}

/*
 * A host name, what IMAP servers add to it, and ":2,FLAGS".  "msg.bak" and
 * "msg~" are somebody's copies of a message of the other format.
 */
static bool
is_host(const char *text, size_t len)
{
	const char *p = text, *end = text + len;

	while (p < end && (is_digit(*p) || is_letter(*p) || *p == '.' ||
	    *p == '-' || *p == '_'))
		p++;
	if (p == text || (p - text > 3 && memcmp(text, "msg.", 4) == 0))
		return false;
	p += sizes(p, end);
	return p == end || (end - p >= 3 && memcmp(p, ":2,", 3) == 0);
}

enum mk_tmda_file
mk_tmda_pending_name(const char *name, struct mk_tmda_name *parsed)
{
	size_t time_len, len, bare;

	if (!split(name, parsed, &time_len)) {
		foreign(parsed);
		if (is_cache(name))
			parsed->file = MK_TMDA_CACHE;
		return parsed->file;
	}
	len = strlen(parsed->rest);
	bare = without_mark(parsed->rest, len);
	/* "20240101.2.tar.gz" is none: ".msg" is much clearer than a host. */
	if (!(bare == 3 && memcmp(parsed->rest, "msg", 3) == 0) &&
	    (time_len < SINCE_DIGITS || !is_host(parsed->rest, bare)))
		return foreign(parsed);
	parsed->file = bare == len ? MK_TMDA_PENDING : MK_TMDA_LEFTOVER;
	return parsed->file;
}

enum mk_tmda_file
mk_tmda_response_name(const char *name, struct mk_tmda_name *parsed)
{
	size_t time_len;

	if (!split(name, parsed, &time_len))
		return foreign(parsed);
	parsed->file = MK_TMDA_RESPONSE;
	return parsed->file;
}

bool
mk_tmda_is_id(const char *text)
{
	size_t time_len, len = id_len(text, &time_len);

	return len > 0 && text[len] == '\0';
}
