/* base/arena - many small things, freed together. */
#include "base/arena.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK	(64 * 1024)

struct mk_arena_chunk {
	struct mk_arena_chunk *next;
	size_t used, size;
	char data[];
};

/* LEN bytes and one more, beginning wherever the last ones end. */
static char *
take(struct mk_arena *arena, size_t len)
{
	struct mk_arena_chunk *chunk = arena->chunks;
	size_t size = len < CHUNK ? CHUNK : len + 1;
	char *at;

	if (chunk == NULL || chunk->size - chunk->used <= len) {
		chunk = malloc(sizeof *chunk + size);
		if (chunk == NULL)
			return NULL;
		chunk->next = arena->chunks;
		chunk->used = 0;
		chunk->size = size;
		arena->chunks = chunk;
	}
	at = chunk->data + chunk->used;
	chunk->used += len + 1;
	return at;
}

char *
mk_arena_copy(struct mk_arena *arena, const char *text, size_t len)
{
	char *copy = take(arena, len);

	if (copy == NULL)
		return NULL;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

void *
mk_arena_array(struct mk_arena *arena, size_t n, size_t size)
{
	const size_t align = _Alignof(max_align_t);
	char *at;

	if (size != 0 && n > (SIZE_MAX / 2) / size) {
		errno = ENOMEM;
		return NULL;
	}
	at = take(arena, n * size + align);
	if (at == NULL)
		return NULL;
	at += (align - (uintptr_t)at % align) % align;
	return memset(at, 0, n * size);
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
