/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_BASE_ARENA_H
#define PLASMA_COMMON_BASE_ARENA_H

/*
 * Memory for short lives: one arena per request, block or step, released at
 * once. Never for secrets.
 */

#include <stddef.h>

#include "common/base/bytes.h"

struct arena {
	struct arena_chunk *newest;
	size_t used;
	size_t ceiling;
};

void arena_init(struct arena *arena, size_t ceiling);

/* Frees everything; clearing twice is harmless. */
void arena_clear(struct arena *arena);

/* Forgets everything but keeps one chunk for the next use. */
void arena_reset(struct arena *arena);

/* `count` objects of `size` bytes, all zero, aligned for any type; NULL past
 * the ceiling, which is the caller's to report. */
void *arena_new(struct arena *arena, size_t count, size_t size);

/* A copy of the bytes; data is NULL past the ceiling. */
struct bytes arena_copy(struct arena *arena, struct bytes view);

#endif
