/* tmda/senders - the address lists of TMDA. */
#include "tmda/senders.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/list.h"
#include "base/siphash.h"

#define SLOTS_FIRST	64		/* a power of 2 */
#define LOWER_PIECE	64
#define WORD_MAX	1024		/* no address is so long */

enum kind { ADDRESS, DOMAIN, DOMAIN_BELOW };

struct slot {
	uint64_t hash;
	const char *text;		/* in lower case; NULL: free */
	uint32_t len;
	enum kind kind;
};

struct mk_tmda_senders {
	struct slot *slots;
	size_t slots_n, used;
	size_t domains;			/* DOMAIN and DOMAIN_BELOW of them */
	struct mk_list patterns;
	struct mk_arena arena;
	size_t count;
};

static char
lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static uint64_t
hash_of(enum kind kind, const char *text, size_t len)
{
	const uint64_t key[2] = { 0x746d6461, kind };
	struct mk_siphash sip;
	char piece[LOWER_PIECE];
	size_t n, i;

	mk_siphash_begin(&sip, key);
	for (; len > 0; text += n, len -= n) {
		n = len < sizeof piece ? len : sizeof piece;
		for (i = 0; i < n; i++)
			piece[i] = lower(text[i]);
		mk_siphash_add(&sip, piece, n);
	}
	return mk_siphash_end(&sip);
}

static bool
is_same(const struct slot *slot, enum kind kind, const char *text, size_t len)
{
	size_t i;

	if (slot->len != len || slot->kind != kind)
		return false;
	for (i = 0; i < len; i++)
		if (slot->text[i] != lower(text[i]))
			return false;
	return true;
}

/* Where it is, or would be.  There is always a free slot. */
static struct slot *
find(const struct mk_tmda_senders *s, uint64_t hash, enum kind kind,
    const char *text, size_t len)
{
	size_t mask = s->slots_n - 1, i = hash & mask;

	while (s->slots[i].text != NULL && (s->slots[i].hash != hash ||
	    !is_same(&s->slots[i], kind, text, len)))
		i = (i + 1) & mask;
	return &s->slots[i];
}

static bool
has(const struct mk_tmda_senders *s, enum kind kind, const char *text,
    size_t len)
{
	return find(s, hash_of(kind, text, len), kind, text, len)->text !=
	    NULL;
}

static int
grow(struct mk_tmda_senders *s)
{
	size_t n = 2 * s->slots_n, i, at;
	struct slot *slots = calloc(n, sizeof *slots);

	if (slots == NULL)
		return -1;
	for (i = 0; i < s->slots_n; i++) {
		if (s->slots[i].text == NULL)
			continue;
		at = s->slots[i].hash & (n - 1);
		while (slots[at].text != NULL)
			at = (at + 1) & (n - 1);
		slots[at] = s->slots[i];
	}
	free(s->slots);
	s->slots = slots;
	s->slots_n = n;
	return 0;
}

/* 1: it is new; 0: it was there; -1 (ENOMEM). */
static int
put(struct mk_tmda_senders *s, enum kind kind, const char *text, size_t len)
{
	uint64_t hash = hash_of(kind, text, len);
	struct slot *slot;
	char *copy;
	size_t i;

	if (find(s, hash, kind, text, len)->text != NULL)
		return 0;
	if (s->used >= s->slots_n / 2 && grow(s) == -1)
		return -1;
	copy = mk_arena_copy(&s->arena, text, len);
	if (copy == NULL)
		return -1;
	for (i = 0; i < len; i++)
		copy[i] = lower(copy[i]);
	slot = find(s, hash, kind, text, len);
	*slot = (struct slot){ .hash = hash, .text = copy,
	    .len = (uint32_t)len, .kind = kind };
	s->used++;
	s->domains += kind != ADDRESS;
	return 1;
}

/*
 * Patterns.  Not fnmatch(3): a list is written by its user, and many "*" in a
 * line could keep it busy for ever; nor does it take any byte for a character
 * in every locale.
 */

/* The "]" of the set that begins behind P; NULL where there is none. */
static const char *
set_end(const char *p)
{
	if (*p == '!')
		p++;
	if (*p == ']')
		p++;
	return strchr(p, ']');
}

static bool
in_set(const char *p, const char *end, unsigned char c)
{
	bool inverse = *p == '!', in = false;

	for (p += inverse; p < end; p++)
		if (end - p > 2 && p[1] == '-') {
			in |= c >= (unsigned char)p[0] &&
			    c <= (unsigned char)p[2];
			p += 2;
		} else
			in |= c == (unsigned char)*p;
	return in != inverse;
}

/* Whether C is what *P begins with, which is moved behind it then. */
static bool
takes(const char **p, char c)
{
	const char *end = **p == '[' ? set_end(*p + 1) : NULL;

	if (**p == '\0' || (end == NULL ? **p != '?' && **p != c :
	    !in_set(*p + 1, end, (unsigned char)c)))
		return false;
	*p = end == NULL ? *p + 1 : end + 1;
	return true;
}

static bool
matches(const char *p, const char *text, size_t len)
{
	const char *star = NULL;
	size_t i = 0, retry = 0;

	while (i < len) {
		if (*p == '*') {
			star = ++p;
			retry = i;
		} else if (takes(&p, lower(text[i]))) {
			i++;
		} else if (star != NULL) {
			p = star;
			i = ++retry;
		} else
			return false;
	}
	while (*p == '*')
		p++;
	return *p == '\0';
}

static bool
is_plain(const char *text, size_t len)
{
	return memchr(text, '*', len) == NULL &&
	    memchr(text, '?', len) == NULL && memchr(text, '[', len) == NULL;
}

static const char *
last_at(const char *text, size_t len)
{
	while (len > 0)
		if (text[--len] == '@')
			return text + len;
	return NULL;
}

/* The pattern LOCAL, @, MIDDLE, DOMAIN. */
static int
add_pattern(struct mk_tmda_senders *s, const char *local, size_t local_len,
    const char *middle, const char *domain, size_t domain_len)
{
	size_t middle_len = strlen(middle), i;
	size_t len = local_len + middle_len + domain_len;
	char *text = malloc(len + 1);
	int rv;

	if (text == NULL)
		return -1;
	memcpy(text, local, local_len);
	memcpy(text + local_len, middle, middle_len);
	memcpy(text + local_len + middle_len, domain, domain_len);
	for (i = 0; i < len; i++)
		text[i] = lower(text[i]);
	rv = mk_list_add(&s->patterns, text, len);
	free(text);
	return rv;
}

/*
 * What WORD says beyond itself.  The usual patterns are of domains: by the
 * set, they cost nothing however many they are.
 */
static int
add_meaning(struct mk_tmda_senders *s, const char *word, size_t len)
{
	const char *at = last_at(word, len), *domain, *end = word + len;
	size_t local_len, domain_len;
	bool below, any;

	if (at == NULL)
		return is_plain(word, len) ? 0 :
		    add_pattern(s, word, len, "", "", 0);
	below = at + 1 < end && at[1] == '=';
	domain = at + 1 + below;
	domain_len = (size_t)(end - domain);
	local_len = (size_t)(at - word);
	any = (local_len == 1 && *word == '*') || (below && local_len == 0);
	if (any && is_plain(domain, domain_len))
		return put(s, below ? DOMAIN_BELOW : DOMAIN, domain,
		    domain_len) == -1 ? -1 : 0;
	if (!below)
		return is_plain(word, len) ? 0 :
		    add_pattern(s, word, len, "", "", 0);
	if (local_len == 0)
		word = "*", local_len = 1;
	return add_pattern(s, word, local_len, "@", domain, domain_len) == -1 ?
	    -1 : add_pattern(s, word, local_len, "@*.", domain, domain_len);
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/*
 * The first word of a line.  TMDA ends it at any "#", so that it never finds
 * what it has itself appended for a#b@example.org; a domain has none.
 */
static size_t
word_len(const char *p, const char *end)
{
	const char *start = p;
	bool at = false;

	for (; p < end && !is_blank(*p) && !(at && *p == '#'); p++)
		at |= *p == '@';
	return (size_t)(p - start);
}

/* A pattern is in the set as itself, too: user@[192.0.2.1] was meant so. */
static int
add_line(struct mk_tmda_senders *s, const char *p, const char *end)
{
	size_t len;
	int rv;

	while (p < end && is_blank(*p))
		p++;
	len = word_len(p, end);
	if (len == 0 || len > WORD_MAX || *p == '#' ||
	    memchr(p, '\0', len) != NULL)
		return 0;
	rv = put(s, ADDRESS, p, len);
	if (rv == 1 && add_meaning(s, p, len) == -1)
		rv = -1;
	s->count += rv == 1;
	return rv == -1 ? -1 : 0;
}

struct mk_tmda_senders *
mk_tmda_senders_new(struct mk_error *err)
{
	struct mk_tmda_senders *s = calloc(1, sizeof *s);

	if (s != NULL)
		s->slots = calloc(SLOTS_FIRST, sizeof *s->slots);
	if (s == NULL || s->slots == NULL) {
		mk_fail_sys(err, "list of addresses");
		free(s);
		return NULL;
	}
	s->slots_n = SLOTS_FIRST;
	return s;
}

int
mk_tmda_senders_add(struct mk_tmda_senders *senders, const char *text,
    size_t len, struct mk_error *err)
{
	const char *p = text, *end = text + len, *line_end;

	for (; p < end; p = line_end + 1) {
		line_end = p;
		while (line_end < end && *line_end != '\n' &&
		    *line_end != '\r')
			line_end++;
		if (add_line(senders, p, line_end) == -1)
			return mk_fail_sys(err, "list of addresses");
	}
	return 0;
}

bool
mk_tmda_senders_has(const struct mk_tmda_senders *senders,
    const char *address, size_t len)
{
	const char *p, *end = address + len;
	size_t i;

	if (len == 0)
		return false;
	if (has(senders, ADDRESS, address, len))
		return true;
	p = senders->domains > 0 ? last_at(address, len) : NULL;
	if (p != NULL && has(senders, DOMAIN, p + 1, (size_t)(end - p - 1)))
		return true;
	while (p != NULL) {
		p++;
		if (has(senders, DOMAIN_BELOW, p, (size_t)(end - p)))
			return true;
		p = memchr(p, '.', (size_t)(end - p));
	}
	for (i = 0; i < senders->patterns.n; i++)
		if (matches(senders->patterns.v[i], address, len))
			return true;
	return false;
}

size_t
mk_tmda_senders_count(const struct mk_tmda_senders *senders)
{
	return senders->count;
}

void
mk_tmda_senders_free(struct mk_tmda_senders *senders)
{
	if (senders == NULL)
		return;
	free(senders->slots);
	mk_list_free(&senders->patterns);
	mk_arena_free(&senders->arena);
	free(senders);
}
