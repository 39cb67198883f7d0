/* SPDX-License-Identifier: MIT */
#include "common/base/hash_map.h"

#include <assert.h>
#include <string.h>

#include "common/base/memory.h"

/*
 * Open addressing with linear probing in a table of a power of two, at most
 * three quarters full. A row is one byte that says whether it is taken, a value
 * and a key, in three arrays. Removal moves later rows back, so that there are
 * no graves. The hash is SipHash-1-3.
 */

#define KEY_SIZE_MAX 64
#define FIRST_ROWS ((size_t)16)

struct hash_map {
	size_t key_size;
	uint64_t seed[2];
	size_t count;
	size_t rows; /* a power of two */
	uint8_t *taken;
	uint64_t *values;
	uint8_t *keys;
};

static uint64_t little_endian(const uint8_t *bytes, size_t len)
{
	uint64_t number = 0;
	for (size_t i = 0; i < len; i++)
		number |= (uint64_t)bytes[i] << (8 * i);
	return number;
}

static uint64_t rotate(uint64_t x, unsigned int count)
{
	return x << count | x >> (64 - count);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

static uint64_t hash_of(const struct hash_map *map, const uint8_t *key)
{
	uint64_t v[4] = { map->seed[0] ^ UINT64_C(0x736f6d6570736575),
			  map->seed[1] ^ UINT64_C(0x646f72616e646f6d),
			  map->seed[0] ^ UINT64_C(0x6c7967656e657261),
			  map->seed[1] ^ UINT64_C(0x7465646279746573) };
	size_t whole = map->key_size / 8 * 8;
	for (size_t i = 0; i < whole; i += 8) {
		uint64_t word = little_endian(key + i, 8);
		v[3] ^= word;
		sip_round(v);
		v[0] ^= word;
	}
	uint64_t last = (uint64_t)map->key_size << 56 |
			little_endian(key + whole, map->key_size - whole);
	v[3] ^= last;
	sip_round(v);
	v[0] ^= last;
	v[2] ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static uint8_t *key_at(const struct hash_map *map, size_t row)
{
	return map->keys + row * map->key_size;
}

static size_t home_of(const struct hash_map *map, const uint8_t *key)
{
	return (size_t)hash_of(map, key) & (map->rows - 1);
}

/* The row of the key, or the free row where it would go. */
static size_t row_of(const struct hash_map *map, const uint8_t *key)
{
	size_t row = home_of(map, key);
	while (map->taken[row] &&
	       memcmp(key_at(map, row), key, map->key_size) != 0)
		row = (row + 1) & (map->rows - 1);
	return row;
}

static void make_rows(struct hash_map *map, size_t rows)
{
	map->rows = rows;
	map->count = 0;
	map->taken = memory_new(rows, 1);
	map->values = memory_new(rows, sizeof(*map->values));
	map->keys = memory_new(rows, map->key_size);
}

static void free_rows(struct hash_map *map)
{
	memory_free(map->taken);
	memory_free(map->values);
	memory_free(map->keys);
}

struct hash_map *hash_map_new(size_t key_size, const uint8_t seed[16])
{
	assert(key_size >= 1 && key_size <= KEY_SIZE_MAX);
	struct hash_map *map = memory_new(1, sizeof(*map));
	map->key_size = key_size;
	map->seed[0] = little_endian(seed, 8);
	map->seed[1] = little_endian(seed + 8, 8);
	make_rows(map, FIRST_ROWS);
	return map;
}

void hash_map_free(struct hash_map *map)
{
	if (map == NULL)
		return;
	free_rows(map);
	memory_free(map);
}

size_t hash_map_count(const struct hash_map *map)
{
	return map->count;
}

static void put_in_row(struct hash_map *map, const uint8_t *key, uint64_t value)
{
	size_t row = row_of(map, key);
	if (!map->taken[row]) {
		map->taken[row] = 1;
		memcpy(key_at(map, row), key, map->key_size);
		map->count++;
	}
	map->values[row] = value;
}

static void grow(struct hash_map *map)
{
	struct hash_map old = *map;
	make_rows(map, 2 * old.rows);
	for (size_t row = 0; row < old.rows; row++) {
		if (old.taken[row])
			put_in_row(map, key_at(&old, row), old.values[row]);
	}
	free_rows(&old);
}

void hash_map_put(struct hash_map *map, const void *key, uint64_t value)
{
	if (4 * (map->count + 1) > 3 * map->rows)
		grow(map);
	put_in_row(map, key, value);
}

bool hash_map_get(const struct hash_map *map, uint64_t *value, const void *key)
{
	size_t row = row_of(map, key);
	if (!map->taken[row])
		return false;
	if (value != NULL)
		*value = map->values[row];
	return true;
}

bool hash_map_remove(struct hash_map *map, const void *key)
{
	size_t gap = row_of(map, key);
	if (!map->taken[gap])
		return false;
	size_t mask = map->rows - 1;
	map->taken[gap] = 0;
	map->count--;
	/* A row further on may stand there only because the gap was taken. */
	for (size_t row = (gap + 1) & mask; map->taken[row];
	     row = (row + 1) & mask) {
		size_t home = home_of(map, key_at(map, row));
		if (((row - home) & mask) < ((row - gap) & mask))
			continue;
		memcpy(key_at(map, gap), key_at(map, row), map->key_size);
		map->values[gap] = map->values[row];
		map->taken[gap] = 1;
		map->taken[row] = 0;
		gap = row;
	}
	return true;
}
