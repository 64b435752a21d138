/* blacklist/lengths - few prefix lengths for few lookups. */
#include "blacklist/lengths.h"

#include <inttypes.h>
#include <string.h>

#define LENGTHS		129
#define IMPOSSIBLE	UINT64_MAX
#define MANY		(UINT64_MAX - 1)	/* or more */

/*
 * least[K][I]: the fewest keys that the prefixes up to the length used[I]
 * make with K + 1 lengths, the longest of which is used[I]; before[K][I] is
 * the I of the length before that.  No other length than one that is in use
 * can be of use: the longest one that is split to it does better.
 */
struct table {
	uint64_t (*counts)[LENGTHS];
	uint8_t used[LENGTHS];
	unsigned n;
	uint64_t least[LENGTHS][LENGTHS];
	uint8_t before[LENGTHS][LENGTHS];
};

static uint64_t
sum(uint64_t x, uint64_t y)
{
	if (x == IMPOSSIBLE || y == IMPOSSIBLE)
		return IMPOSSIBLE;
	return x > MANY - y ? MANY : x + y;
}

/* How many keys the prefixes of length LEN make, split to the length TO. */
static uint64_t
keys(const struct table *t, unsigned len, unsigned to)
{
	uint64_t n = t->counts[MK_V6][len];

	if (t->counts[MK_V4][len] > 0 && to > mk_family_bits(MK_V4))
		return IMPOSSIBLE;
	n = sum(n, t->counts[MK_V4][len]);
	if (n == 0)
		return 0;
	return to - len > 63 || n > MANY >> (to - len) ? MANY :
	    n << (to - len);
}

static void
list_used(struct table *t)
{
	unsigned len;

	t->n = 0;
	for (len = 0; len < LENGTHS; len++)
		if (t->counts[MK_V4][len] > 0 || t->counts[MK_V6][len] > 0)
			t->used[t->n++] = (uint8_t)len;
}

static void
fill(struct table *t)
{
	unsigned i, p, k;
	uint64_t cost, all;

	for (i = 0; i < t->n; i++) {
		for (k = 0; k < t->n; k++)
			t->least[k][i] = IMPOSSIBLE;
		/* What lies behind p, up to i, is split to i. */
		for (cost = 0, p = i + 1; p-- > 0; ) {
			for (k = 1; p < i && k < t->n; k++) {
				all = sum(t->least[k - 1][p], cost);
				if (all < t->least[k][i]) {
					t->least[k][i] = all;
					t->before[k][i] = (uint8_t)p;
				}
			}
			cost = sum(cost, keys(t, t->used[p], t->used[i]));
		}
		t->least[0][i] = cost;
	}
}

/* The shortest length chosen that is not shorter than LEN, or LEN. */
static uint8_t
target(const struct mk_lengths *lengths, enum mk_family family, unsigned len)
{
	unsigned i;

	for (i = 0; i < lengths->n; i++)
		if (lengths->v[i] >= len)
			break;
	return i < lengths->n && lengths->v[i] <= mk_family_bits(family) ?
	    lengths->v[i] : (uint8_t)len;
}

static void
take(struct mk_lengths *lengths, const struct table *t, unsigned k)
{
	unsigned i = t->n - 1, len;

	lengths->entries = t->least[k][i];
	lengths->n = k + 1;
	for (; k > 0; i = t->before[k--][i])
		lengths->v[k] = t->used[i];
	lengths->v[0] = t->used[i];
	for (len = 0; len < LENGTHS; len++) {
		lengths->to[MK_V4][len] = target(lengths, MK_V4, len);
		lengths->to[MK_V6][len] = target(lengths, MK_V6, len);
	}
}

/* More keys come out than LIMIT: say how that could be helped. */
static int
fail_many(const struct mk_lengths *lengths, const struct table *t,
    unsigned max, uint64_t limit, struct mk_error *err)
{
	const char *more = lengths->entries == MANY ? " or more" : "";
	unsigned last = t->n - 1, k;

	for (k = max; k <= last; k++)
		if (t->least[k][last] <= limit)
			return mk_fail(err, EX_DATAERR, "%" PRIu64 " keys%s "
			    "come out, and %" PRIu64 " is the limit; %u would "
			    "make %" PRIu64, lengths->entries, more, limit,
			    k + 1, t->least[k][last]);
	return mk_fail(err, EX_DATAERR, "%" PRIu64 " keys%s come out, and %"
	    PRIu64 " is the limit; more lengths do not help: there are %"
	    PRIu64 " prefixes", lengths->entries, more, limit,
	    t->least[last][last]);
}

int
mk_lengths_choose(struct mk_lengths *lengths,
    uint64_t counts[MK_FAMILIES][129], unsigned max, uint64_t limit,
    struct mk_error *err)
{
	struct table t;
	unsigned k, best = 0;

	mk_lengths_all(lengths, counts);
	t.counts = counts;
	list_used(&t);
	if (t.n == 0)
		return 0;
	fill(&t);
	for (k = 1; k < t.n && k < max; k++)
		if (t.least[k][t.n - 1] < t.least[best][t.n - 1])
			best = k;
	if (t.least[best][t.n - 1] == IMPOSSIBLE)
		return mk_fail(err, EX_DATAERR, "too few: IPv4 prefixes cannot "
		    "be split to the IPv6 prefixes' length %u; it takes 2",
		    t.used[t.n - 1]);
	take(lengths, &t, best);
	return lengths->entries <= limit ? 0 :
	    fail_many(lengths, &t, max, limit, err);
}

void
mk_lengths_all(struct mk_lengths *lengths,
    uint64_t counts[MK_FAMILIES][129])
{
	unsigned len;

	*lengths = (struct mk_lengths){ .n = 0 };
	for (len = 0; len < LENGTHS; len++) {
		lengths->to[MK_V4][len] = lengths->to[MK_V6][len] =
		    (uint8_t)len;
		if (counts[MK_V4][len] == 0 && counts[MK_V6][len] == 0)
			continue;
		lengths->v[lengths->n++] = (uint8_t)len;
		lengths->entries += counts[MK_V4][len] + counts[MK_V6][len];
	}
}

void
mk_cursor_start(struct mk_cursor *c, const struct mk_set *set,
    const struct mk_lengths *lengths)
{
	*c = (struct mk_cursor){
		.set = set, .lengths = lengths,
		.n = mk_set_count(set, MK_V4),
	};
}

/* The next prefix of the set into *NET, its last address into c->last where
 * it is split.  False at the end. */
static bool
enter(struct mk_cursor *c, struct mk_net *net)
{
	uint8_t to;

	while (c->at == c->n) {
		if (c->family == MK_V6)
			return false;
		c->family = MK_V6;
		c->at = 0;
		c->n = mk_set_count(c->set, MK_V6);
	}
	c->origin = mk_set_get(c->set, c->family, c->at++, net);
	if (c->lengths == NULL)
		return true;
	to = c->lengths->to[c->family][net->len];
	c->inside = to != net->len;
	if (c->inside) {
		c->last = mk_net_last(net);
		net->len = to;
	}
	return true;
}

bool
mk_cursor_next(struct mk_cursor *c, struct mk_net *net, uint32_t *origin)
{
	struct mk_addr end;

	if (c->inside)
		*net = c->next;
	else if (!enter(c, net))
		return false;
	*origin = c->origin;
	if (c->inside) {
		end = mk_net_last(net);
		c->inside = mk_addr_compare(&end, &c->last) < 0;
		c->next = *net;
		c->next.first.lo = end.lo + 1;
		c->next.first.hi = end.hi + (c->next.first.lo == 0);
	}
	return true;
}
