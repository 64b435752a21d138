/* base/le - numbers in files: little endian, whatever the host is. */
#ifndef MK_BASE_LE_H
#define MK_BASE_LE_H

#include <stdint.h>

static inline void
mk_le32_put(unsigned char *p, uint32_t v)
{
	p[0] = (unsigned char)v;
	p[1] = (unsigned char)(v >> 8);
	p[2] = (unsigned char)(v >> 16);
	p[3] = (unsigned char)(v >> 24);
}

static inline uint32_t
mk_le32_get(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24;
}

static inline void
mk_le64_put(unsigned char *p, uint64_t v)
{
	mk_le32_put(p, (uint32_t)v);
	mk_le32_put(p + 4, (uint32_t)(v >> 32));
}

static inline uint64_t
mk_le64_get(const unsigned char *p)
{
	return (uint64_t)mk_le32_get(p) | (uint64_t)mk_le32_get(p + 4) << 32;
}

#endif
