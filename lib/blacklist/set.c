/* blacklist/set - sets of addresses as prefixes. */
#include "blacklist/set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CAP_MIN		64
#define RUN_SHORT	16		/* entries sorted by insertion */
#define DIGITS4		4
#define DIGITS6		16
#define BUCKETS		256		/* a digit is a byte */

/* V with room for twice *CAP members of SIZE bytes.  NULL: V is as it was. */
static void *
grow(void *v, size_t *cap, size_t size)
{
	size_t more = *cap > 0 ? 2 * *cap : CAP_MIN;

	if (more > SIZE_MAX / size) {
		errno = ENOMEM;
		return NULL;
	}
	v = realloc(v, more * size);
	if (v != NULL)
		*cap = more;
	return v;
}

int
mk_netlist_add(struct mk_netlist *e, const struct mk_net *net,
    uint32_t origin, uint32_t line)
{
	uint32_t tag = MK_TAG(origin, net->len);
	void *v;

	if (net->family == MK_V4) {
		if (e->v4_n == e->v4_cap) {
			v = grow(e->v4, &e->v4_cap, sizeof *e->v4);
			if (v == NULL)
				return -1;
			e->v4 = v;
		}
		e->v4[e->v4_n++] = (struct mk_entry4){
		    (uint32_t)net->first.lo, tag, line };
		return 0;
	}
	if (e->v6_n == e->v6_cap) {
		v = grow(e->v6, &e->v6_cap, sizeof *e->v6);
		if (v == NULL)
			return -1;
		e->v6 = v;
	}
	e->v6[e->v6_n++] = (struct mk_entry6){ net->first.hi, net->first.lo,
	    tag, line };
	return 0;
}

void
mk_netlist_free(struct mk_netlist *e)
{
	free(e->v4);
	free(e->v6);
	*e = (struct mk_netlist){ 0 };
}

/* What orders entries of one first address: length, origin, line. */
static uint64_t
rank(uint32_t tag, uint32_t line)
{
	return (uint64_t)(tag << 24 | tag >> 8) << 32 | line;
}

static int
compare4(const struct mk_entry4 *x, const struct mk_entry4 *y)
{
	uint64_t p = rank(x->tag, x->line), q = rank(y->tag, y->line);

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return p == q ? 0 : p < q ? -1 : 1;
}

static int
compare6(const struct mk_entry6 *x, const struct mk_entry6 *y)
{
	uint64_t p = rank(x->tag, x->line), q = rank(y->tag, y->line);

	if (x->hi != y->hi)
		return x->hi < y->hi ? -1 : 1;
	if (x->lo != y->lo)
		return x->lo < y->lo ? -1 : 1;
	return p == q ? 0 : p < q ? -1 : 1;
}

static int
order4(const void *a, const void *b)
{
	return compare4(a, b);
}

static int
order6(const void *a, const void *b)
{
	return compare6(a, b);
}

/*
 * Turn how often each digit occurs into where its first entry goes.  False
 * where all N have the same: the pass would change nothing.
 */
static bool
places(size_t count[BUCKETS], size_t n)
{
	size_t at = 0, i, here;

	for (i = 0; i < BUCKETS; i++) {
		here = count[i];
		if (here == n)
			return false;
		count[i] = at;
		at += here;
	}
	return true;
}

/*
 * By first address, least byte first.  Not by more bits at a time: caches and
 * TLB hold 256 places that are written to; 2048 took a quarter longer.
 */
static int
radix4(struct mk_netlist *e)
{
	size_t count[DIGITS4][BUCKETS] = { { 0 } }, n = e->v4_n, i;
	struct mk_entry4 *from = e->v4, *to, *other;
	unsigned d;

	to = malloc(n * sizeof *to);
	if (to == NULL)
		return -1;
	for (i = 0; i < n; i++)
		for (d = 0; d < DIGITS4; d++)
			count[d][from[i].first >> 8 * d & 0xff]++;
	for (d = 0; d < DIGITS4; d++) {
		if (!places(count[d], n))
			continue;
		for (i = 0; i < n; i++)
			to[count[d][from[i].first >> 8 * d & 0xff]++] =
			    from[i];
		other = from;
		from = to;
		to = other;
	}
	if (from != e->v4)
		e->v4_cap = n;
	e->v4 = from;
	free(to);
	return 0;
}

static unsigned
digit6(const struct mk_entry6 *x, unsigned d)
{
	return (unsigned)((d < 8 ? x->lo : x->hi) >> 8 * (d & 7) & 0xff);
}

static int
radix6(struct mk_netlist *e)
{
	size_t count[DIGITS6][BUCKETS] = { { 0 } }, n = e->v6_n, i;
	struct mk_entry6 *from = e->v6, *to, *other;
	unsigned d;

	to = malloc(n * sizeof *to);
	if (to == NULL)
		return -1;
	for (i = 0; i < n; i++)
		for (d = 0; d < DIGITS6; d++)
			count[d][digit6(&from[i], d)]++;
	for (d = 0; d < DIGITS6; d++) {
		if (!places(count[d], n))
			continue;
		for (i = 0; i < n; i++)
			to[count[d][digit6(&from[i], d)]++] = from[i];
		other = from;
		from = to;
		to = other;
	}
	if (from != e->v6)
		e->v6_cap = n;
	e->v6 = from;
	free(to);
	return 0;
}

/* N entries of one first address, by the rest.  A feed may consist of them. */
static void
sort_run4(struct mk_entry4 *v, size_t n)
{
	struct mk_entry4 x;
	size_t i, j;

	if (n > RUN_SHORT) {
		qsort(v, n, sizeof *v, order4);
		return;
	}
	for (i = 1; i < n; i++) {
		x = v[i];
		for (j = i; j > 0 && compare4(&x, &v[j - 1]) < 0; j--)
			v[j] = v[j - 1];
		v[j] = x;
	}
}

static void
sort_run6(struct mk_entry6 *v, size_t n)
{
	struct mk_entry6 x;
	size_t i, j;

	if (n > RUN_SHORT) {
		qsort(v, n, sizeof *v, order6);
		return;
	}
	for (i = 1; i < n; i++) {
		x = v[i];
		for (j = i; j > 0 && compare6(&x, &v[j - 1]) < 0; j--)
			v[j] = v[j - 1];
		v[j] = x;
	}
}

/* The first entry from AT on that belongs before its predecessor, or N. */
static size_t
disorder4(const struct mk_entry4 *v, size_t n, size_t at)
{
	for (at++; at < n; at++)
		if (compare4(&v[at], &v[at - 1]) < 0)
			return at;
	return n;
}

static size_t
disorder6(const struct mk_entry6 *v, size_t n, size_t at)
{
	for (at++; at < n; at++)
		if (compare6(&v[at], &v[at - 1]) < 0)
			return at;
	return n;
}

static int
sort4(struct mk_netlist *e)
{
	size_t n = e->v4_n, at, to;

	if (disorder4(e->v4, n, 0) == n)
		return 0;
	if (radix4(e) == -1)
		return -1;
	for (to = 0; (at = disorder4(e->v4, n, to)) < n; ) {
		for (to = at; to < n &&
		    e->v4[to].first == e->v4[at].first; to++)
			;
		while (at > 0 && e->v4[at - 1].first == e->v4[at].first)
			at--;
		sort_run4(e->v4 + at, to - at);
	}
	return 0;
}

static int
sort6(struct mk_netlist *e)
{
	size_t n = e->v6_n, at, to;

	if (disorder6(e->v6, n, 0) == n)
		return 0;
	if (radix6(e) == -1)
		return -1;
	for (to = 0; (at = disorder6(e->v6, n, to)) < n; ) {
		for (to = at; to < n && e->v6[to].hi == e->v6[at].hi &&
		    e->v6[to].lo == e->v6[at].lo; to++)
			;
		while (at > 0 && e->v6[at - 1].hi == e->v6[at].hi &&
		    e->v6[at - 1].lo == e->v6[at].lo)
			at--;
		sort_run6(e->v6 + at, to - at);
	}
	return 0;
}

int
mk_netlist_sort(struct mk_netlist *e)
{
	return sort4(e) == -1 || sort6(e) == -1 ? -1 : 0;
}

static uint32_t
last4(const struct mk_net4 *net)
{
	return net->first |
	    (uint32_t)(UINT64_C(0xffffffff) >> MK_TAG_LEN(net->tag));
}

static bool
halves4(const struct mk_net4 *x, const struct mk_net4 *y)
{
	unsigned len = MK_TAG_LEN(x->tag);

	return len == MK_TAG_LEN(y->tag) && len > 0 &&
	    (x->first ^ y->first) == UINT32_C(1) << (32 - len);
}

static bool
contains6(const struct mk_net6 *x, uint64_t hi, uint64_t lo)
{
	unsigned len = MK_TAG_LEN(x->tag);

	if (len == 0)
		return true;
	if (len <= 64)
		return (x->hi ^ hi) >> (64 - len) == 0;
	return x->hi == hi && (x->lo ^ lo) >> (128 - len) == 0;
}

static bool
halves6(const struct mk_net6 *x, const struct mk_net6 *y)
{
	unsigned len = MK_TAG_LEN(x->tag);

	if (len != MK_TAG_LEN(y->tag) || len == 0)
		return false;
	if (len <= 64)
		return (x->hi ^ y->hi) == UINT64_C(1) << (64 - len);
	return x->hi == y->hi &&
	    (x->lo ^ y->lo) == UINT64_C(1) << (128 - len);
}

/* The tag of two halves that become one. */
static int
join(struct mk_origins *origins, uint32_t *x, uint32_t y)
{
	uint32_t origin = MK_TAG_ORIGIN(*x);

	if (origin != MK_TAG_ORIGIN(y) && mk_origin_join(origins, origin,
	    MK_TAG_ORIGIN(y), &origin) == -1)
		return -1;
	*x = MK_TAG(origin, MK_TAG_LEN(y) - 1U);
	return 0;
}

/*
 * The result is a stack: what is below its top is done, for whatever follows
 * lies behind.  A wider prefix of the same first address came first, so what
 * the top covers is dropped.
 */
static int
merge4(struct mk_set *set, const struct mk_entry4 *e, size_t n,
    struct mk_origins *origins)
{
	struct mk_net4 *v = malloc((n + 1) * sizeof *v), *top = v;
	size_t i;
	void *fit;

	if (v == NULL)
		return -1;
	set->v4 = v;
	set->v4_cap = n + 1;
	for (i = 0; i < n; i++) {
		if (top > v && e[i].first <= last4(top - 1))
			continue;
		*top++ = (struct mk_net4){ e[i].first, e[i].tag };
		for (; top - v > 1 && halves4(top - 2, top - 1); top--)
			if (join(origins, &top[-2].tag, top[-1].tag) == -1)
				return -1;
	}
	set->v4_n = (size_t)(top - v);
	fit = realloc(v, (set->v4_n + 1) * sizeof *v);
	if (fit != NULL) {
		set->v4 = fit;
		set->v4_cap = set->v4_n + 1;
	}
	return 0;
}

static int
merge6(struct mk_set *set, const struct mk_entry6 *e, size_t n,
    struct mk_origins *origins)
{
	struct mk_net6 *v = malloc((n + 1) * sizeof *v), *top = v;
	size_t i;
	void *fit;

	if (v == NULL)
		return -1;
	set->v6 = v;
	set->v6_cap = n + 1;
	for (i = 0; i < n; i++) {
		if (top > v && contains6(top - 1, e[i].hi, e[i].lo))
			continue;
		*top++ = (struct mk_net6){ e[i].hi, e[i].lo, e[i].tag };
		for (; top - v > 1 && halves6(top - 2, top - 1); top--)
			if (join(origins, &top[-2].tag, top[-1].tag) == -1)
				return -1;
	}
	set->v6_n = (size_t)(top - v);
	fit = realloc(v, (set->v6_n + 1) * sizeof *v);
	if (fit != NULL) {
		set->v6 = fit;
		set->v6_cap = set->v6_n + 1;
	}
	return 0;
}

int
mk_set_merge(struct mk_set *set, const struct mk_netlist *e,
    struct mk_origins *origins)
{
	if (merge4(set, e->v4, e->v4_n, origins) == -1 ||
	    merge6(set, e->v6, e->v6_n, origins) == -1) {
		mk_set_free(set);
		return -1;
	}
	return 0;
}

size_t
mk_set_count(const struct mk_set *set, enum mk_family family)
{
	return family == MK_V4 ? set->v4_n : set->v6_n;
}

size_t
mk_set_size(const struct mk_set *set)
{
	return set->v4_n + set->v6_n;
}

uint32_t
mk_set_get(const struct mk_set *set, enum mk_family family, size_t at,
    struct mk_net *net)
{
	uint32_t tag;

	net->family = (uint8_t)family;
	if (family == MK_V4) {
		tag = set->v4[at].tag;
		net->first.hi = 0;
		net->first.lo = set->v4[at].first;
	} else {
		tag = set->v6[at].tag;
		net->first.hi = set->v6[at].hi;
		net->first.lo = set->v6[at].lo;
	}
	net->len = MK_TAG_LEN(tag);
	return MK_TAG_ORIGIN(tag);
}

static bool
ends_before(const struct mk_set *set, enum mk_family family, size_t at,
    const struct mk_addr *addr)
{
	struct mk_addr last;
	struct mk_net net;

	if (family == MK_V4)
		return last4(&set->v4[at]) < addr->lo;
	mk_set_get(set, family, at, &net);
	last = mk_net_last(&net);
	return mk_addr_compare(&last, addr) < 0;
}

/* The first prefix from AT on that does not end before ADDR, or END. */
static size_t
lower_bound(const struct mk_set *set, enum mk_family family, size_t at,
    size_t end, const struct mk_addr *addr)
{
	size_t middle;

	while (at < end) {
		middle = at + (end - at) / 2;
		if (ends_before(set, family, middle, addr))
			at = middle + 1;
		else
			end = middle;
	}
	return at;
}

/* The same, or the count, in time of how far it is: mostly it is near. */
static size_t
gallop(const struct mk_set *set, enum mk_family family, size_t at,
    const struct mk_addr *addr)
{
	size_t n = mk_set_count(set, family), end = at, step = 1;

	for (; end < n && ends_before(set, family, end, addr); step *= 2) {
		at = end + 1;
		end = step < n - at ? at + step : n;
	}
	return lower_bound(set, family, at, end, addr);
}

bool
mk_set_find(const struct mk_set *set, const struct mk_net *net,
    struct mk_net *found, uint32_t *origin)
{
	enum mk_family family = net->family;
	size_t n = mk_set_count(set, family);
	size_t at = lower_bound(set, family, 0, n, &net->first);

	if (at == n)
		return false;
	*origin = mk_set_get(set, family, at, found);
	return mk_addr_compare(&found->first, &net->first) <= 0;
}

/* The prefixes FROM to TO, without TO, of SET behind those of OUT. */
static int
append(struct mk_set *out, const struct mk_set *set, enum mk_family family,
    size_t from, size_t to)
{
	size_t n = to - from;
	void *v;

	if (n == 0)
		return 0;
	if (family == MK_V4) {
		while (out->v4_cap - out->v4_n < n) {
			v = grow(out->v4, &out->v4_cap, sizeof *out->v4);
			if (v == NULL)
				return -1;
			out->v4 = v;
		}
		memcpy(out->v4 + out->v4_n, set->v4 + from,
		    n * sizeof *out->v4);
		out->v4_n += n;
		return 0;
	}
	while (out->v6_cap - out->v6_n < n) {
		v = grow(out->v6, &out->v6_cap, sizeof *out->v6);
		if (v == NULL)
			return -1;
		out->v6 = v;
	}
	memcpy(out->v6 + out->v6_n, set->v6 + from, n * sizeof *out->v6);
	out->v6_n += n;
	return 0;
}

struct remainder {
	struct mk_set *out;
	uint32_t origin;
};

/* A part of a prefix that stays. */
static int
put(void *data, const struct mk_net *net)
{
	struct remainder *r = data;
	uint32_t tag = MK_TAG(r->origin, net->len);
	struct mk_net4 v4 = { (uint32_t)net->first.lo, tag };
	struct mk_net6 v6 = { net->first.hi, net->first.lo, tag };
	struct mk_set one = { .v4 = &v4, .v6 = &v6, .v4_n = 1, .v6_n = 1 };

	return append(r->out, &one, net->family, 0, 1);
}

static struct mk_addr
before(struct mk_addr addr)
{
	addr.hi -= addr.lo == 0;
	addr.lo--;
	return addr;
}

static struct mk_addr
behind(struct mk_addr addr)
{
	addr.lo++;
	addr.hi += addr.lo == 0;
	return addr;
}

/*
 * What SPARE, from *J on, leaves of NET.  *J becomes the first that may spare
 * something behind NET, too.
 */
static int
subtract_net(struct remainder *r, const struct mk_net *net,
    const struct mk_set *spare, size_t *j)
{
	struct mk_addr from = net->first, last = mk_net_last(net), end;
	size_t n = mk_set_count(spare, net->family);
	struct mk_net s;

	for (; *j < n; ++*j) {
		mk_set_get(spare, net->family, *j, &s);
		if (mk_addr_compare(&s.first, &last) > 0)
			break;
		if (mk_addr_compare(&s.first, &from) > 0 &&
		    mk_range_split(net->family, from, before(s.first), put,
		    r) == -1)
			return -1;
		end = mk_net_last(&s);
		if (mk_addr_compare(&end, &last) >= 0)
			return 0;
		from = behind(end);
	}
	return mk_range_split(net->family, from, last, put, r);
}

/* How many prefixes in a row, from I of X and J of Y on, are the same. */
static size_t
alike(const struct mk_set *x, size_t i, const struct mk_set *y, size_t j,
    enum mk_family family)
{
	size_t n = mk_set_count(x, family) - i, at = 0;

	if (mk_set_count(y, family) - j < n)
		n = mk_set_count(y, family) - j;
	if (family == MK_V4)
		while (at < n && x->v4[i + at].first == y->v4[j + at].first &&
		    MK_TAG_LEN(x->v4[i + at].tag ^ y->v4[j + at].tag) == 0)
			at++;
	else
		while (at < n && x->v6[i + at].hi == y->v6[j + at].hi &&
		    x->v6[i + at].lo == y->v6[j + at].lo &&
		    MK_TAG_LEN(x->v6[i + at].tag ^ y->v6[j + at].tag) == 0)
			at++;
	return at;
}

/*
 * Both are walked once, what is left alone in one leap, and what is the same,
 * which is nearly all between two runs, in another.  Two parts of one prefix
 * that are halves of another would have been split needlessly, and parts of
 * two prefixes cannot be: so the result is as small as SET was.
 */
static int
subtract(struct mk_set *out, const struct mk_set *set,
    const struct mk_set *spare, enum mk_family family, size_t *spared)
{
	size_t n = mk_set_count(set, family), i = 0, j = 0, same, to;
	size_t spare_n = mk_set_count(spare, family);
	struct remainder r = { .out = out };
	struct mk_net net, s;
	struct mk_addr end;

	while (i < n) {
		mk_set_get(set, family, i, &net);
		j = gallop(spare, family, j, &net.first);
		if (j == spare_n)
			return append(out, set, family, i, n);
		same = alike(set, i, spare, j, family);
		if (same > 0) {
			*spared += same;
			i += same;
			j += same;
			continue;
		}
		mk_set_get(spare, family, j, &s);
		to = gallop(set, family, i, &s.first);
		if (append(out, set, family, i, to) == -1)
			return -1;
		i = to;
		if (i == n)
			break;
		r.origin = mk_set_get(set, family, i, &net);
		end = mk_net_last(&s);
		if (mk_addr_compare(&net.first, &end) > 0)
			continue;	/* it lies between two prefixes */
		if (subtract_net(&r, &net, spare, &j) == -1)
			return -1;
		++*spared;
		i++;
	}
	return 0;
}

int
mk_set_difference(struct mk_set *out, const struct mk_set *set,
    const struct mk_set *spare, size_t *spared)
{
	size_t n = 0;

	if (subtract(out, set, spare, MK_V4, &n) == -1 ||
	    subtract(out, set, spare, MK_V6, &n) == -1) {
		mk_set_free(out);
		return -1;
	}
	if (spared != NULL)
		*spared = n;
	return 0;
}

int
mk_set_subtract(struct mk_set *set, const struct mk_set *spare,
    size_t *spared)
{
	struct mk_set out = { 0 };

	if (mk_set_size(spare) == 0) {
		if (spared != NULL)
			*spared = 0;
		return 0;
	}
	if (mk_set_difference(&out, set, spare, spared) == -1)
		return -1;
	mk_set_free(set);
	*set = out;
	return 0;
}

void
mk_set_free(struct mk_set *set)
{
	free(set->v4);
	free(set->v6);
	*set = (struct mk_set){ 0 };
}

void
mk_set_histogram(const struct mk_set *set, uint64_t counts[MK_FAMILIES][129])
{
	size_t i;

	for (i = 0; i < set->v4_n; i++)
		counts[MK_V4][MK_TAG_LEN(set->v4[i].tag)]++;
	for (i = 0; i < set->v6_n; i++)
		counts[MK_V6][MK_TAG_LEN(set->v6[i].tag)]++;
}

uint64_t
mk_set_addresses(const struct mk_set *set, enum mk_family family)
{
	uint64_t sum = 0, more;
	unsigned len;
	size_t i;

	if (family == MK_V4) {
		for (i = 0; i < set->v4_n; i++)
			sum += UINT64_C(1) <<
			    (32 - MK_TAG_LEN(set->v4[i].tag));
		return sum;
	}
	for (i = 0; i < set->v6_n; i++) {
		len = MK_TAG_LEN(set->v6[i].tag);
		if (len == 0)
			return UINT64_MAX;
		more = len < 64 ? UINT64_C(1) << (64 - len) : 1;
		sum = sum > UINT64_MAX - more ? UINT64_MAX : sum + more;
	}
	return sum;
}
