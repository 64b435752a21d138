/* report/hits - one line of Exim's log. */
#include <stdlib.h>
#include <string.h>

#include "report/hits.h"

#define MARK	"mailkeep-blacklist: host=["

struct cursor {
	const char *at, *end;
};

static bool
literal(struct cursor *c, const char *text)
{
	size_t len = strlen(text);

	if ((size_t)(c->end - c->at) < len || memcmp(c->at, text, len) != 0)
		return false;
	c->at += len;
	return true;
}

/* Exactly N digits; -1. */
static int
digits(struct cursor *c, int n)
{
	int value = 0;

	for (; n > 0; n--) {
		if (c->at == c->end || *c->at < '0' || *c->at > '9')
			return -1;
		value = value * 10 + (*c->at++ - '0');
	}
	return value;
}

static void
skip_digits(struct cursor *c)
{
	while (c->at < c->end && *c->at >= '0' && *c->at <= '9')
		c->at++;
}

/* Days since the Epoch of a date of the Gregorian calendar. */
static int64_t
days_of(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year, era = y / 400,
	    of_era = y - era * 400,
	    of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	    of_year - 719468;
}

/* " +0100", if it is there: how many seconds to take off. */
static bool
zone(struct cursor *c, int *offset_s)
{
	struct cursor z = *c;
	int sign, hours, minutes;

	if (!literal(&z, " ") || z.at == z.end || (*z.at != '+' &&
	    *z.at != '-'))
		return false;
	sign = *z.at++ == '-' ? -1 : 1;
	hours = digits(&z, 2);
	minutes = digits(&z, 2);
	if (hours == -1 || minutes == -1)
		return false;
	*offset_s = sign * (hours * 3600 + minutes * 60);
	*c = z;
	return true;
}

/* "2026-11-23 05:00:00", and what may stand behind it. */
static bool
stamp(struct cursor *c, struct mk_hit *hit)
{
	struct cursor pid;
	int h, m, s, offset_s;

	hit->year = digits(c, 4);
	if (!literal(c, "-"))
		return false;
	hit->month = digits(c, 2);
	if (!literal(c, "-"))
		return false;
	hit->day = digits(c, 2);
	if (hit->year < 1970 || hit->month < 1 || hit->month > 12 ||
	    hit->day < 1 || hit->day > 31 || !literal(c, " "))
		return false;
	h = digits(c, 2);
	if (!literal(c, ":"))
		return false;
	m = digits(c, 2);
	if (!literal(c, ":"))
		return false;
	s = digits(c, 2);
	if (h == -1 || m == -1 || s == -1)
		return false;
	if (literal(c, "."))		/* log_selector +millisec */
		skip_digits(c);
	hit->at_s = -1;
	if (zone(c, &offset_s))
		hit->at_s = days_of(hit->year, hit->month, hit->day) * 86400 +
		    h * 3600 + m * 60 + s - offset_s;
	pid = *c;
	if (literal(&pid, " [")) {
		skip_digits(&pid);
		if (!literal(&pid, "]"))
			return false;
		*c = pid;
	}
	return literal(c, " ");
}

bool
mk_hit_parse(const char *line, size_t len, struct mk_hit *hit)
{
	struct cursor c = { line, line + len };
	const char *end;

	if (!stamp(&c, hit) || !literal(&c, MARK))
		return false;
	end = memchr(c.at, ']', (size_t)(c.end - c.at));
	if (end == NULL || end == c.at)
		return false;
	hit->host = c.at;
	hit->host_len = (size_t)(end - c.at);
	c.at = end + 1;
	if (!literal(&c, " listed: ") && !literal(&c, " listed:"))
		return false;
	end = memchr(c.at, ':', (size_t)(c.end - c.at));
	hit->feed = c.at;
	hit->feed_len = (size_t)((end == NULL ? c.end : end) - c.at);
	while (hit->feed_len > 0 && hit->feed[hit->feed_len - 1] == ' ')
		hit->feed_len--;
	if (hit->feed_len == 1 && *hit->feed == '-')
		hit->feed_len = 0;	/* Exim: the database says nothing */
	if (hit->feed_len > MK_HIT_FEED_MAX)
		hit->feed_len = MK_HIT_FEED_MAX;
	return true;
}
