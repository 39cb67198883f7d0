/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_BASE_HASH_MAP_H
#define PLASMA_COMMON_BASE_HASH_MAP_H

/*
 * A table from keys of one fixed size (1 to 64 bytes) to 64-bit values, for
 * keys that an adversary may choose: the hash is seeded (SipHash-like, with a
 * seed that the caller supplies). Order of iteration is not defined, so it must
 * never reach a block, a hash or a log.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"

struct hash_map;

/* `seed` is 16 bytes of randomness of the caller's; fixed in tests. Own with
 * hash_map_free(). */
struct hash_map *hash_map_new(size_t key_size, const uint8_t seed[16]);
void hash_map_free(struct hash_map *map);

size_t hash_map_count(const struct hash_map *map);

/* Inserts or replaces. */
void hash_map_put(struct hash_map *map, const void *key, uint64_t value);

/* True, with the value, if the key is there. `value` may be NULL. */
bool hash_map_get(const struct hash_map *map, uint64_t *value, const void *key);

/* True if the key was there. */
bool hash_map_remove(struct hash_map *map, const void *key);

#endif
