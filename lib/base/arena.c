/* base/arena - many small strings, freed together. */
#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK	(64 * 1024)

struct mk_arena_chunk {
	struct mk_arena_chunk *next;
	size_t used, size;
	char data[];
};

char *
mk_arena_copy(struct mk_arena *arena, const char *text, size_t len)
{
	struct mk_arena_chunk *chunk = arena->chunks;
	size_t size = len < CHUNK ? CHUNK : len + 1;
	char *copy;

	if (chunk == NULL || chunk->size - chunk->used <= len) {
		chunk = malloc(sizeof *chunk + size);
		if (chunk == NULL)
			return NULL;
		chunk->next = arena->chunks;
		chunk->used = 0;
		chunk->size = size;
		arena->chunks = chunk;
	}
	copy = chunk->data + chunk->used;
	memcpy(copy, text, len);
	copy[len] = '\0';
	chunk->used += len + 1;
	return copy;
}

void
mk_arena_free(struct mk_arena *arena)
{
	struct mk_arena_chunk *chunk;

	while ((chunk = arena->chunks) != NULL) {
		arena->chunks = chunk->next;
		free(chunk);
	}
}
