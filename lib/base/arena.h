/* base/arena - many small things, freed together.  { 0 } is an empty one. */
#ifndef MK_BASE_ARENA_H
#define MK_BASE_ARENA_H

#include <stddef.h>

struct mk_arena {
	struct mk_arena_chunk *chunks;
};

/* A copy of the LEN bytes at TEXT and a NUL; NULL (ENOMEM).  It stays where
 * it is until mk_arena_free. */
char *mk_arena_copy(struct mk_arena *arena, const char *text, size_t len);

/* An array of N things of SIZE bytes, zeroed, aligned for any type; the same
 * else. */
void *mk_arena_array(struct mk_arena *arena, size_t n, size_t size);
void mk_arena_free(struct mk_arena *arena);

#endif
