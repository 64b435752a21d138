/* blacklist/feed_take - lines become entries, or are rejected. */
#include "blacklist/feed_take.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define BAD_MIN		10	/* rejected lines that may be mere typos */

struct put_data {
	struct mk_taker *t;
	uint32_t origin;
};

static uint32_t
line_number(const struct mk_taker *t)
{
	return t->line < UINT32_MAX ? (uint32_t)t->line : UINT32_MAX;
}

static int
fail_origins(const struct mk_taker *t, struct mk_error *err)
{
	if (errno == E2BIG)
		return mk_fail(err, EX_DATAERR, "%s:%ju: too many different "
		    "reasons and days", t->name, (uintmax_t)t->line);
	return mk_fail_sys(err, "read %s", t->name);
}

int
mk_take_file(struct mk_taker *t, const char *name,
    enum mk_format format, struct mk_error *err)
{
	t->name = name;
	t->format = format;
	t->line = 0;
	t->good = t->bad = t->records = 0;
	t->closed = t->has_plain = false;
	t->bad_why = NULL;
	if (mk_origin_file(t->job->origins, name, &t->file) == -1)
		return mk_fail_sys(err, "read %s", name);
	return 0;
}

static void
reject(struct mk_taker *t, const char *why)
{
	if (t->bad_why == NULL) {
		t->bad_line = t->line;
		t->bad_why = why;
	}
	t->bad++;
	t->counts->rejected++;
	if (t->job->reject != NULL)
		t->job->reject(t->job->data, t->name, t->line, false, why);
}

static int
put(void *data, const struct mk_net *net)
{
	const struct put_data *to = data;
	struct mk_taker *t = to->t;

	if (t->counts->entries == MK_FEED_ENTRIES_MAX) {
		errno = E2BIG;
		return -1;
	}
	if (mk_netlist_add(t->job->entries, net, to->origin,
	    line_number(t)) == -1)
		return -1;
	t->counts->entries++;
	return 0;
}

/*
 * Its own reason, or else the feed's, or else how many have it on theirs.
 * Most lines of most lists say nothing of their own: asked once a file.
 */
static int
find_origin(struct mk_taker *t, const struct mk_line *line, uint32_t *origin)
{
	const char *reason = line->reason;
	size_t len = line->reason_len;
	char count[32];
	bool plain = len == 0 && line->until_s == 0;

	if (len == 0) {
		reason = t->conf->reason;
		len = strlen(reason);
	}
	if (len == 0 && line->number > 0) {
		snprintf(count, sizeof count, "count %jd",
		    (intmax_t)line->number);
		reason = count;
		len = strlen(reason);
		plain = false;
	}
	if (plain && t->has_plain) {
		*origin = t->plain;
		return 0;
	}
	if (mk_origin_add(t->job->origins, t->job->feed, t->file, reason, len,
	    line->until_s, origin) == -1)
		return -1;
	if (plain) {
		t->plain = *origin;
		t->has_plain = true;
	}
	return 0;
}

/* Whether the bits behind the prefix length are as the feed wants them. */
static bool
host_bits_pass(struct mk_taker *t)
{
	if (t->conf->host_bits == MK_HOST_BITS_REJECT) {
		reject(t, "has bits set after its prefix length");
		return false;
	}
	if (t->job->reject != NULL)
		t->job->reject(t->job->data, t->name, t->line, true,
		    "has bits set after its prefix length");
	return true;
}

static int
take_entry(struct mk_taker *t, const struct mk_line *line,
    struct mk_error *err)
{
	struct put_data to = { .t = t };
	struct mk_net net = line->net;
	int rv;

	t->records++;
	t->closed = false;
	if (line->host_bits) {
		if (!host_bits_pass(t))
			return 0;
		net = mk_net_masked(net);
	}
	t->good++;
	if (t->format == MK_FORMAT_COUNTED &&
	    line->number < t->conf->min_count) {
		t->counts->below++;
		return 0;
	}
	if (line->until_s != 0 && line->until_s <= t->job->now_s) {
		t->counts->expired++;
		return 0;
	}
	if (find_origin(t, line, &to.origin) == -1)
		return fail_origins(t, err);
	if (line->kind == MK_LINE_RANGE)
		rv = mk_range_split(net.family, net.first, line->last, put,
		    &to);
	else
		rv = put(&to, &net);
	if (rv == -1 && errno == E2BIG)
		return mk_fail(err, EX_DATAERR, "%s:%ju: more than %ju "
		    "entries in one feed", t->name, (uintmax_t)t->line,
		    (uintmax_t)MK_FEED_ENTRIES_MAX);
	if (rv == -1)
		return mk_fail_sys(err, "read %s", t->name);
	return 0;
}

/* What the feed says of itself: so many records came before this. */
static int
take_records(struct mk_taker *t, const struct mk_line *line,
    struct mk_error *err)
{
	if (line->number < 0 || (uint64_t)line->number != t->records)
		return mk_fail(err, EX_DATAERR, "%s:%ju: %jd records are "
		    "announced, %ju are there", t->name, (uintmax_t)t->line,
		    (intmax_t)line->number, (uintmax_t)t->records);
	t->records = 0;
	t->closed = true;
	return 0;
}

int
mk_take_line(struct mk_taker *t, const struct mk_line *line,
    struct mk_error *err)
{
	switch (line->kind) {
	case MK_LINE_NOTHING:
		break;
	case MK_LINE_NET:
	case MK_LINE_RANGE:
		return take_entry(t, line, err);
	case MK_LINE_RECORDS:
		return take_records(t, line, err);
	case MK_LINE_END:
		t->closed = true;
		break;
	case MK_LINE_BAD:
		t->records++;
		t->closed = false;
		reject(t, line->why);
		break;
	}
	return 0;
}

int
mk_take_end(struct mk_taker *t, struct mk_error *err)
{
	if (t->format == MK_FORMAT_DROP && !t->closed)
		return mk_fail(err, EX_DATAERR, "%s is cut short: \"; EOF\" "
		    "is not its last line", t->name);
	if (t->format == MK_FORMAT_DROP_JSON && !t->closed)
		return mk_fail(err, EX_DATAERR, "%s is cut short: its last "
		    "line is not the metadata", t->name);
	if (t->bad >= BAD_MIN && t->bad > t->good)
		return mk_fail(err, EX_DATAERR, "%s: %ju of %ju lines are "
		    "rejected, line %ju first: %s; is the format right?",
		    t->name, (uintmax_t)t->bad,
		    (uintmax_t)(t->bad + t->good), (uintmax_t)t->bad_line,
		    t->bad_why);
	if (t->conf->min_count > 0 && t->good > 0 &&
	    t->format != MK_FORMAT_COUNTED)
		return mk_fail(err, EX_DATAERR, "%s has no counts, which "
		    "min-count asks for; is the format right?", t->name);
	return 0;
}
