/*
 * base/siphash - a 64-bit hash by which strings can be told apart.
 *
 * SipHash-2-4: of a million strings two share a hash once in forty million
 * tries, and whoever does not know the key cannot look for two that do.  The
 * same on every machine.
 *
 * Source: Aumasson, Bernstein: SipHash: a fast short-input PRF (2012).
 */
#ifndef MK_BASE_SIPHASH_H
#define MK_BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t mk_siphash(const uint64_t key[2], const void *data, size_t len);

/* The same of several pieces, one after the other. */
struct mk_siphash {
	uint64_t v[4];
	uint64_t word;			/* the bytes that are no word yet */
	uint64_t n;			/* bytes so far */
};
void mk_siphash_begin(struct mk_siphash *s, const uint64_t key[2]);
void mk_siphash_add(struct mk_siphash *s, const void *data, size_t len);
uint64_t mk_siphash_end(struct mk_siphash *s);

#endif
