/* blacklist/origin - why something is listed, each combination once. */
#include "blacklist/origin.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define TABLE_MIN	1024

struct text {
	char s[MK_REASON_MAX];
	size_t len;
	bool full;			/* something was cut */
};

/*
 * The length of the character at P, of LEN bytes, and in *CLEAN whether it
 * may stand in a text: it is UTF-8 and no control, of neither range.
 */
static size_t
character(const char *p, size_t len, bool *clean)
{
	unsigned char c = (unsigned char)p[0];
	char sequence[5] = "";
	size_t n;

	*clean = c >= ' ' && c < 0x7f;
	if (c < 0x80)
		return 1;
	memcpy(sequence, p, len < 4 ? len : 4);
	n = mk_utf8_sequence(sequence);
	*clean = n > 0 && !(c == 0xc2 && (unsigned char)p[1] < 0xa0);
	return n > 0 ? n : 1;
}

/* Append the LEN bytes at P to T, as the header says of a reason. */
static void
append(struct text *t, const char *p, size_t len)
{
	bool clean;
	size_t n;

	for (; len > 0 && !t->full; p += n, len -= n) {
		if (*p == ' ' || *p == '\t') {
			n = 1;
			if (t->len > 0 && t->s[t->len - 1] == ' ')
				continue;
			if (t->len < MK_REASON_MAX)
				t->s[t->len++] = ' ';
			else
				t->full = true;
			continue;
		}
		n = character(p, len, &clean);
		if (t->len + (clean ? n : 1) > MK_REASON_MAX) {
			t->full = true;
		} else if (clean) {
			memcpy(t->s + t->len, p, n);
			t->len += n;
		} else {
			t->s[t->len++] = '?';
		}
	}
}

static void
trim(struct text *t)
{
	while (t->len > 0 && t->s[t->len - 1] == ' ')
		t->len--;
}

static int
add_name(struct mk_origins *o, char ***names, size_t *names_n,
    const char *name, uint32_t *number)
{
	char **v = realloc(*names, (*names_n + 1) * sizeof *v);

	if (v == NULL)
		return -1;
	*names = v;
	v[*names_n] = mk_arena_copy(&o->arena, name, strlen(name));
	if (v[*names_n] == NULL)
		return -1;
	*number = (uint32_t)(*names_n)++;
	return 0;
}

int
mk_origin_feed(struct mk_origins *o, const char *name, uint32_t *number)
{
	struct text t = { .len = 0 };
	char clean[MK_REASON_MAX + 1];

	if (o->feeds_n == MK_FEEDS_MAX) {
		errno = E2BIG;
		return -1;
	}
	append(&t, name, strlen(name));
	trim(&t);
	memcpy(clean, t.s, t.len);
	clean[t.len] = '\0';
	o->feed_lens[o->feeds_n] = (uint8_t)t.len;
	return add_name(o, &o->feeds, &o->feeds_n, clean, number);
}

int
mk_origin_file(struct mk_origins *o, const char *name, uint32_t *number)
{
	return add_name(o, &o->files, &o->files_n, name, number);
}

/* One step of the hash: a multiplication carries upwards, a shift down. */
static uint64_t
stir(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 32;
}

/* Seeded, so that a feed cannot know which reasons would share a slot. */
static uint32_t
hash_of(const struct mk_origins *o, const struct mk_origin *x)
{
	uint64_t hash = stir(o->seed, x->feeds), word;
	const char *p = x->text;
	size_t left;

	hash = stir(hash, (uint64_t)x->until_s);
	hash = stir(hash, (uint64_t)x->file << 32 | x->text_len);
	for (left = x->text_len; left >= sizeof word; left -= sizeof word) {
		memcpy(&word, p, sizeof word);
		hash = stir(hash, word);
		p += sizeof word;
	}
	if (left > 0) {
		word = 0;
		memcpy(&word, p, left);
		hash = stir(hash, word);
	}
	return (uint32_t)stir(hash, 0);
}

static bool
same(const struct mk_origin *x, const struct mk_origin *y)
{
	return x->feeds == y->feeds && x->file == y->file &&
	    x->until_s == y->until_s && x->text_len == y->text_len &&
	    memcmp(x->text, y->text, x->text_len) == 0;
}

/* The slot that X has, or would get. */
static size_t
slot_of(const struct mk_origins *o, const struct mk_origin *x, uint32_t hash)
{
	size_t at = hash & (o->table_n - 1);
	uint64_t taken;

	while ((taken = o->table[at]) != 0) {
		if (taken >> 32 == hash &&
		    same(&o->v[(uint32_t)taken - 1], x))
			break;
		at = (at + 1) & (o->table_n - 1);
	}
	return at;
}

/* Twice the table, at most half full. */
static int
grow_table(struct mk_origins *o)
{
	size_t n = o->table_n > 0 ? 2 * o->table_n : TABLE_MIN, i, at;
	uint64_t *table = calloc(n, sizeof *table);

	if (table == NULL)
		return -1;
	if (o->table_n == 0)		/* where memory lies is random */
		o->seed = stir(0, (uint64_t)(uintptr_t)table);
	for (i = 0; i < o->table_n; i++) {
		if (o->table[i] == 0)
			continue;
		at = (size_t)(o->table[i] >> 32) & (n - 1);
		while (table[at] != 0)
			at = (at + 1) & (n - 1);
		table[at] = o->table[i];
	}
	free(o->table);
	o->table = table;
	o->table_n = n;
	return 0;
}

static int
grow(struct mk_origins *o)
{
	size_t cap = o->cap > 0 ? 2 * o->cap : TABLE_MIN / 2;
	struct mk_origin *v;

	if (o->n == MK_ORIGINS_MAX) {
		errno = E2BIG;
		return -1;
	}
	if (o->n == o->cap) {
		v = realloc(o->v, cap * sizeof *v);
		if (v == NULL)
			return -1;
		o->v = v;
		o->cap = cap;
	}
	return 2 * (o->n + 1) > o->table_n ? grow_table(o) : 0;
}

/* The number of X, whose text is copied where it is a new one. */
static int
intern(struct mk_origins *o, struct mk_origin *x, uint32_t *number)
{
	uint32_t hash;
	size_t slot;

	if (o->table_n == 0 && grow_table(o) == -1)
		return -1;
	hash = hash_of(o, x);
	slot = slot_of(o, x, hash);
	if (o->table[slot] != 0) {
		*number = (uint32_t)o->table[slot] - 1;
		return 0;
	}
	if (grow(o) == -1)
		return -1;
	x->text = mk_arena_copy(&o->arena, x->text, x->text_len);
	if (x->text == NULL)
		return -1;
	*number = (uint32_t)o->n;
	o->v[o->n++] = *x;
	o->table[slot_of(o, x, hash)] = (uint64_t)hash << 32 | o->n;
	return 0;
}

/* X if it is there, as a list says mostly what it said before. */
static bool
known(const struct mk_origins *o, const struct mk_origin *x, uint32_t *number)
{
	uint64_t taken;

	if (o->table_n == 0)
		return false;
	taken = o->table[slot_of(o, x, hash_of(o, x))];
	*number = (uint32_t)taken - 1;
	return taken != 0;
}

/* Which of the recent answers this would be: a feed has a few reasons. */
static size_t
recent_of(uint32_t feed, const char *reason, size_t len)
{
	uint32_t mix = feed << 8 ^ (uint32_t)len;

	if (len > 0)
		mix ^= (uint32_t)(unsigned char)reason[0] << 24 |
		    (uint32_t)(unsigned char)reason[len / 2] << 16 |
		    (uint32_t)(unsigned char)reason[len - 1] << 8;
	return mix * UINT32_C(0x9e3779b1) >> (32 - MK_ORIGINS_RECENT_BITS);
}

/*
 * What is not among the recent answers; REASON begins with no blank.  Texts
 * are clean, so a reason with which one is found is, too: only one that is not
 * found is looked at byte by byte.  Not part of mk_origin_add(): there the
 * text's room on the stack would cost each line.
 */
static __attribute__((noinline)) int
add(struct mk_origins *o, struct mk_origin said, uint32_t feed,
    const char *reason, size_t len, uint32_t *number)
{
	size_t name_len = o->feed_lens[feed];
	struct text t = { .len = name_len };

	memcpy(t.s, o->feeds[feed], name_len);
	said.text = t.s;
	if (len > 0 && len <= MK_REASON_MAX &&
	    name_len + 2 + len <= MK_REASON_MAX) {
		memcpy(t.s + name_len, ": ", 2);
		memcpy(t.s + name_len + 2, reason, len);
		said.text_len = (uint32_t)(name_len + 2 + len);
		if (known(o, &said, number))
			return 0;
	}
	if (len > 0) {
		append(&t, ": ", 2);
		append(&t, reason, len);
		trim(&t);
	}
	said.text_len = (uint32_t)t.len;
	return intern(o, &said, number);
}

/* Whether X says what SAID does, with the reason behind AT. */
static bool
says(const struct mk_origin *x, const struct mk_origin *said, size_t at,
    const char *reason, size_t len)
{
	return x->text_len == at + len && x->feeds == said->feeds &&
	    x->file == said->file && x->until_s == said->until_s &&
	    (len == 0 || memcmp(x->text + at, reason, len) == 0);
}

int
mk_origin_add(struct mk_origins *o, uint32_t feed, uint32_t file,
    const char *reason, size_t len, int64_t until_s, uint32_t *number)
{
	struct mk_origin said = { .feeds = UINT64_C(1) << feed, .file = file,
	    .until_s = until_s };
	size_t at = o->feed_lens[feed];
	uint32_t *recent;

	for (; len > 0 && (*reason == ' ' || *reason == '\t'); len--)
		reason++;
	if (len > 0)
		at += 2;		/* ": " */
	recent = &o->recent[recent_of(feed, reason, len)];
	if (*recent < o->n && says(&o->v[*recent], &said, at, reason, len)) {
		*number = *recent;
		return 0;
	}
	if (add(o, said, feed, reason, len, number) == -1)
		return -1;
	*recent = *number;
	return 0;
}

/* The names of FEEDS, "a, b". */
static void
name_feeds(const struct mk_origins *o, uint64_t feeds, struct text *t)
{
	size_t i;

	for (i = 0; i < o->feeds_n; i++) {
		if ((feeds >> i & 1) == 0)
			continue;
		if (t->len > 0)
			append(t, ", ", 2);
		append(t, o->feeds[i], strlen(o->feeds[i]));
	}
	trim(t);
}

int
mk_origin_join(struct mk_origins *o, uint32_t a, uint32_t b, uint32_t *number)
{
	const struct mk_origin *x = &o->v[a], *y = &o->v[b];
	struct mk_origin both = *x;
	struct text t = { .len = 0 };

	if (a == b) {
		*number = a;
		return 0;
	}
	if (a == o->joined[0] && b == o->joined[1]) {
		*number = o->joined[2];
		return 0;
	}
	both.feeds |= y->feeds;
	if (x->file != y->file)
		both.file = 0;
	if (x->until_s != y->until_s)
		both.until_s = 0;
	if (x->text_len != y->text_len ||
	    memcmp(x->text, y->text, x->text_len) != 0) {
		name_feeds(o, both.feeds, &t);
		both.text = t.s;
		both.text_len = (uint32_t)t.len;
	}
	if (intern(o, &both, number) == -1)
		return -1;
	o->joined[0] = a;
	o->joined[1] = b;
	o->joined[2] = *number;
	return 0;
}

void
mk_origins_free(struct mk_origins *o)
{
	free(o->v);
	free(o->feeds);
	free(o->files);
	free(o->table);
	mk_arena_free(&o->arena);
	*o = (struct mk_origins){ 0 };
}
