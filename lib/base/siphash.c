/* base/siphash - a 64-bit hash by which strings can be told apart. */
#include "base/siphash.h"

#include "base/le.h"

static uint64_t
rotate(uint64_t x, unsigned bits)
{
	return x << bits | x >> (64 - bits);
}

static void
rounds(uint64_t v[4], int n)
{
	while (n-- > 0) {
		v[0] += v[1];
		v[2] += v[3];
		v[1] = rotate(v[1], 13) ^ v[0];
		v[3] = rotate(v[3], 16) ^ v[2];
		v[0] = rotate(v[0], 32);
		v[2] += v[1];
		v[0] += v[3];
		v[1] = rotate(v[1], 17) ^ v[2];
		v[3] = rotate(v[3], 21) ^ v[0];
		v[2] = rotate(v[2], 32);
	}
}

static void
take(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	rounds(v, 2);
	v[0] ^= word;
}

void
mk_siphash_begin(struct mk_siphash *s, const uint64_t key[2])
{
	/* "somepseudorandomlygeneratedbytes" */
	*s = (struct mk_siphash){ .v = {
		key[0] ^ UINT64_C(0x736f6d6570736575),
		key[1] ^ UINT64_C(0x646f72616e646f6d),
		key[0] ^ UINT64_C(0x6c7967656e657261),
		key[1] ^ UINT64_C(0x7465646279746573),
	} };
}

static void
take_byte(struct mk_siphash *s, unsigned char byte)
{
	s->word |= (uint64_t)byte << s->n % 8 * 8;
	if (++s->n % 8 == 0) {
		take(s->v, s->word);
		s->word = 0;
	}
}

void
mk_siphash_add(struct mk_siphash *sip, const void *data, size_t len)
{
	struct mk_siphash s = *sip;	/* into registers */
	const unsigned char *p = data;

	for (; len > 0 && s.n % 8 != 0; len--)
		take_byte(&s, *p++);
	for (; len >= 8; len -= 8, p += 8, s.n += 8)
		take(s.v, mk_le64_get(p));
	for (; len > 0; len--)
		take_byte(&s, *p++);
	*sip = s;
}

uint64_t
mk_siphash_end(struct mk_siphash *s)
{
	take(s->v, s->word | s->n << 56);
	s->v[2] ^= 0xff;
	rounds(s->v, 4);
	return s->v[0] ^ s->v[1] ^ s->v[2] ^ s->v[3];
}

uint64_t
mk_siphash(const uint64_t key[2], const void *data, size_t len)
{
	struct mk_siphash s;

	mk_siphash_begin(&s, key);
	mk_siphash_add(&s, data, len);
	return mk_siphash_end(&s);
}
