/* SPDX-License-Identifier: MIT */
#include "common/base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include "common/base/memory.h"

#define CHUNK_SIZE ((size_t)16384)

struct arena_chunk {
	struct arena_chunk *older;
	size_t size; /* of what follows */
	size_t used;
	alignas(max_align_t) uint8_t memory[];
};

void arena_init(struct arena *arena, size_t ceiling)
{
	*arena = (struct arena){ .ceiling = ceiling };
}

void arena_clear(struct arena *arena)
{
	struct arena_chunk *chunk = arena->newest;
	while (chunk != NULL) {
		struct arena_chunk *older = chunk->older;
		memory_free(chunk);
		chunk = older;
	}
	arena->newest = NULL;
	arena->used = 0;
}

void arena_reset(struct arena *arena)
{
	struct arena_chunk *kept = arena->newest;
	if (kept == NULL)
		return;
	arena->newest = kept->older;
	arena_clear(arena);
	memset(kept->memory, 0, kept->used);
	kept->older = NULL;
	kept->used = 0;
	arena->newest = kept;
}

/* A chunk with at least `len` free bytes; its memory is zero. */
static struct arena_chunk *chunk_with_room(struct arena *arena, size_t len)
{
	struct arena_chunk *chunk = arena->newest;
	if (chunk != NULL && len <= chunk->size - chunk->used)
		return chunk;
	size_t size = len > CHUNK_SIZE ? len : CHUNK_SIZE;
	chunk = memory_new(1, sizeof(*chunk) + size);
	chunk->size = size;
	chunk->older = arena->newest;
	arena->newest = chunk;
	return chunk;
}

void *arena_new(struct arena *arena, size_t count, size_t size)
{
	size_t left = arena->ceiling - arena->used;
	if (size != 0 && count > left / size)
		return NULL;
	/* Rounded up, so that the next object is aligned too. An empty object
	 * has an address of its own. */
	size_t unit = alignof(max_align_t);
	size_t len = count * size == 0 ? 1 : count * size;
	size_t padding = (unit - len % unit) % unit;
	if (len > left || padding > left - len)
		return NULL;
	len += padding;
	struct arena_chunk *chunk = chunk_with_room(arena, len);
	void *object = chunk->memory + chunk->used;
	chunk->used += len;
	arena->used += len;
	return object;
}

struct bytes arena_copy(struct arena *arena, struct bytes view)
{
	uint8_t *copy = arena_new(arena, view.len, 1);
	if (copy == NULL)
		return bytes_view(NULL, 0);
	if (view.len > 0)
		memcpy(copy, view.data, view.len);
	return bytes_view(copy, view.len);
}
