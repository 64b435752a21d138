/* blacklist/why - which lines of which feeds list an address. */
#include "blacklist/why.h"

#include <string.h>

#include "base/le.h"
#include "blacklist/why_file.h"

#define WINDOW		128		/* entries that one read gets */

struct entry {
	struct mk_addr first;
	uint32_t tag, line;
};

/* A list that is asked: PART of the open WHY, or LIST in memory. */
struct side {
	const struct mk_why *why;
	const struct mk_why_part *part;	/* NULL: in memory */
	const struct mk_why_list *list;
	bool spares;
	uint64_t from;			/* the first entry in .window */
	size_t have;			/* how many are there */
	unsigned char window[WINDOW * 24];
	char text[MK_REASON_MAX + 1];	/* of the origin got last */
};

struct question {
	struct mk_net net;
	uint64_t limit, found;
	void (*call)(void *data, const struct mk_why_line *line);
	void *data;
};

static uint64_t
entry_count(const struct side *side, enum mk_family family)
{
	if (side->part != NULL)
		return side->part->n[family];
	return family == MK_V4 ? side->list->entries->v4_n :
	    side->list->entries->v6_n;
}

/* Whether to look for LEN. */
static bool
in_use(const struct side *side, enum mk_family family, unsigned len)
{
	return side->part == NULL || side->part->used[family][len] != 0;
}

/* Have the entry AT in the window, with those around it: the next steps of a
 * search, or a run, are there. */
static int
read_window(struct side *side, enum mk_family family, uint64_t at,
    struct mk_error *err)
{
	uint64_t from = at - at % WINDOW, n = side->part->n[family] - from;

	if (n > WINDOW)
		n = WINDOW;
	side->have = 0;
	if (mk_why_read_at(side->why->fd, side->why->file,
	    side->part->at[family] + from * mk_why_entry_size[family],
	    side->window, (size_t)n * mk_why_entry_size[family], err) == -1)
		return -1;
	side->from = from;
	side->have = (size_t)n;
	return 0;
}

/* The entry AT, of entry_count(), of the FAMILY that this side is asked for. */
static int
entry_get(struct side *side, enum mk_family family, uint64_t at,
    struct entry *entry, struct mk_error *err)
{
	const unsigned char *p;

	if (side->part == NULL && family == MK_V4) {
		const struct mk_entry4 *e = &side->list->entries->v4[at];

		*entry = (struct entry){ { 0, e->first }, e->tag, e->line };
		return 0;
	}
	if (side->part == NULL) {
		const struct mk_entry6 *e = &side->list->entries->v6[at];

		*entry = (struct entry){ { e->hi, e->lo }, e->tag, e->line };
		return 0;
	}
	if ((at < side->from || at - side->from >= side->have) &&
	    read_window(side, family, at, err) == -1)
		return -1;
	p = side->window +
	    (size_t)(at - side->from) * mk_why_entry_size[family];
	if (family == MK_V4)
		*entry = (struct entry){ { 0, mk_le32_get(p) },
		    mk_le32_get(p + 4), mk_le32_get(p + 8) };
	else
		*entry = (struct entry){ { mk_le64_get(p),
		    mk_le64_get(p + 8) }, mk_le32_get(p + 16),
		    mk_le32_get(p + 20) };
	return 0;
}

/* The origin NUMBER of the file, its text in .text. */
static int
origin_read(struct side *side, uint32_t number, struct mk_origin *origin,
    struct mk_error *err)
{
	const struct mk_why_part *part = side->part;
	const struct mk_why *why = side->why;
	unsigned char p[MK_WHY_ORIGIN];
	uint64_t text_at;

	if (number >= part->origins_n)
		return mk_why_damaged(why->file, err);
	if (mk_why_read_at(why->fd, why->file, part->origins_at +
	    (uint64_t)number * MK_WHY_ORIGIN, p, MK_WHY_ORIGIN, err) == -1)
		return -1;
	*origin = (struct mk_origin){
		.feeds = mk_le64_get(p),
		.file = mk_le32_get(p + 24),
		.text_len = mk_le32_get(p + 28),
		.until_s = (int64_t)mk_le64_get(p + 8),
		.text = side->text,
	};
	text_at = mk_le64_get(p + 16);
	if (origin->text_len > MK_REASON_MAX || text_at > part->texts_len ||
	    origin->text_len > part->texts_len - text_at)
		return mk_why_damaged(why->file, err);
	if (mk_why_read_at(why->fd, why->file, part->texts_at + text_at,
	    side->text, origin->text_len, err) == -1)
		return -1;
	if (mk_why_origin_crc(p, side->text, origin->text_len) !=
	    mk_le32_get(p + MK_WHY_ORIGIN_CRC))
		return mk_why_damaged(why->file, err);
	return 0;
}

/* The same, in memory or not. */
static int
origin_get(struct side *side, uint32_t number, struct mk_origin *origin,
    struct mk_error *err)
{
	if (side->part == NULL) {
		*origin = side->list->origins->v[number];
		origin->text_len = mk_why_text_len(origin);
		memcpy(side->text, origin->text, origin->text_len);
	} else if (origin_read(side, number, origin, err) == -1)
		return -1;
	side->text[origin->text_len] = '\0';
	return 0;
}

/* The first feed of the bits FEEDS. */
static const char *
feed_name(const struct side *side, uint64_t feeds)
{
	size_t n = side->part == NULL ? side->list->origins->feeds_n :
	    side->part->feeds_n, i;

	for (i = 0; i < n; i++)
		if ((feeds >> i & 1) != 0)
			return side->part == NULL ?
			    side->list->origins->feeds[i] :
			    side->part->feeds[i];
	return "";
}

static const char *
file_name(const struct side *side, uint32_t file)
{
	if (side->part == NULL)
		return file < side->list->origins->files_n ?
		    side->list->origins->files[file] : "";
	return file < side->part->files_n ? side->part->files[file] : "";
}

/* What the TEXT of an origin says beside the FEED: "feed: reason". */
static const char *
reason(const char *text, const char *feed)
{
	size_t len = strlen(feed);

	if (strncmp(text, feed, len) != 0)
		return text;
	if (text[len] == '\0')
		return "";
	return strncmp(text + len, ": ", 2) == 0 ? text + len + 2 : text;
}

/* Call for ENTRY, whose prefix is NET. */
static int
tell(struct side *side, const struct question *q, const struct mk_net *net,
    const struct entry *entry, struct mk_error *err)
{
	struct mk_why_line line = { .net = *net, .line = entry->line,
	    .spares = side->spares };
	struct mk_origin origin = { 0 };

	if (origin_get(side, MK_TAG_ORIGIN(entry->tag), &origin, err) == -1)
		return -1;
	line.feed = feed_name(side, origin.feeds);
	line.file = file_name(side, origin.file);
	line.reason = reason(side->text, line.feed);
	line.until_s = origin.until_s;
	q->call(q->data, &line);
	return 0;
}

static int
compare(const struct entry *entry, const struct mk_net *net)
{
	int order = mk_addr_compare(&entry->first, &net->first);

	return order != 0 ? order :
	    (int)MK_TAG_LEN(entry->tag) - (int)net->len;
}

/*
 * The first entry from LOW to before HIGH that is not before NET (AFTER: that
 * is after it), HIGH for none, into *AT.
 */
static int
search(struct side *side, const struct mk_net *net, bool after, uint64_t low,
    uint64_t high, uint64_t *at, struct mk_error *err)
{
	struct entry entry;
	uint64_t middle;
	int order;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (entry_get(side, net->family, middle, &entry, err) == -1)
			return -1;
		order = compare(&entry, net);
		if (order < 0 || (after && order == 0))
			low = middle + 1;
		else
			high = middle;
	}
	*at = low;
	return 0;
}

/* Tell of the entries from FIRST to before END, which all are NET: so their
 * order says; a damaged file may hold something else. */
static int
tell_run(struct side *side, struct question *q, const struct mk_net *net,
    uint64_t first, uint64_t end, struct mk_error *err)
{
	struct entry entry;
	uint64_t left = q->found < q->limit ? q->limit - q->found : 0, i;

	for (i = first; i < end && i - first < left; i++) {
		if (entry_get(side, net->family, i, &entry, err) == -1)
			return -1;
		if (compare(&entry, net) != 0)
			return mk_why_damaged(side->why == NULL ? "the list" :
			    side->why->file, err);
		if (tell(side, q, net, &entry, err) == -1)
			return -1;
	}
	q->found += end - first;
	return 0;
}

/*
 * A prefix that covers the one asked for begins with its first bits, so there
 * is one to look for of each length.  The longer comes later: each search
 * begins where the one before ended, and none goes beyond the longest.
 */
static int
ask_side(struct side *side, struct question *q, struct mk_error *err)
{
	struct mk_net net = mk_net_masked(q->net);
	uint64_t next = 0, end, first;
	unsigned len, longest = net.len;

	if (search(side, &net, true, 0, entry_count(side, net.family), &end,
	    err) == -1)
		return -1;
	for (len = 0; len <= longest && next < end; len++) {
		if (!in_use(side, net.family, len))
			continue;
		net = q->net;
		net.len = (uint8_t)len;
		net = mk_net_masked(net);
		if (search(side, &net, false, next, end, &first, err) == -1 ||
		    search(side, &net, true, first, end, &next, err) == -1 ||
		    tell_run(side, q, &net, first, next, err) == -1)
			return -1;
	}
	return 0;
}

int64_t
mk_why_ask(const struct mk_why *why, const struct mk_net *net,
    uint64_t limit, void (*call)(void *data, const struct mk_why_line *line),
    void *data, struct mk_error *err)
{
	struct question q = { *net, limit, 0, call, data };
	struct side spared = { .why = why, .part = &why->parts[MK_WHY_SPARED],
	    .spares = true };
	struct side listed = { .why = why, .part = &why->parts[MK_WHY_LISTED] };

	if (ask_side(&spared, &q, err) == -1 ||
	    ask_side(&listed, &q, err) == -1)
		return -1;
	return (int64_t)q.found;
}

int64_t
mk_why_ask_lists(const struct mk_why_list *listed,
    const struct mk_why_list *spared, const struct mk_net *net,
    uint64_t limit, void (*call)(void *data, const struct mk_why_line *line),
    void *data, struct mk_error *err)
{
	struct question q = { *net, limit, 0, call, data };
	struct side sparing = { .list = spared, .spares = true };
	struct side listing = { .list = listed };

	if (ask_side(&sparing, &q, err) == -1 ||
	    ask_side(&listing, &q, err) == -1)
		return -1;
	return (int64_t)q.found;
}
