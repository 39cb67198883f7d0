/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/base/hash_map.h"
#include "tests/unit/runner.h"

#define KEYS 3000

static const uint8_t seed[16] = { 1, 2, 3 };

/* Keys of 20 bytes that differ in few bits. */
static void key_of(uint8_t key[20], unsigned int number)
{
	memset(key, 0, 20);
	key[3] = (uint8_t)(number >> 8);
	key[19] = (uint8_t)number;
}

/* True if the map holds exactly the keys that `expected` has a value for. */
static void assert_holds(const struct hash_map *map, const uint64_t *expected)
{
	size_t count = 0;
	for (unsigned int i = 0; i < KEYS; i++) {
		uint8_t key[20];
		uint64_t value = 0;
		key_of(key, i);
		bool found = hash_map_get(map, &value, key);
		ck_assert_int_eq(found, expected[i] != 0);
		ck_assert_uint_eq(value, expected[i]);
		count += found ? 1 : 0;
	}
	ck_assert_uint_eq(hash_map_count(map), count);
}

START_TEST(test_holds_what_was_put_and_not_removed)
{
	static uint64_t expected[KEYS];
	struct hash_map *map = hash_map_new(20, seed);
	uint64_t random = 1;
	for (int i = 0; i < 20000; i++) {
		random = random * UINT64_C(6364136223846793005) + 1;
		unsigned int number = (unsigned int)((random >> 33) % KEYS);
		uint8_t key[20];
		key_of(key, number);
		if ((random >> 60) % 2 == 0) {
			hash_map_put(map, key, (uint64_t)i + 1);
			expected[number] = (uint64_t)i + 1;
		} else {
			bool was_there = hash_map_remove(map, key);
			ck_assert_int_eq(was_there, expected[number] != 0);
			expected[number] = 0;
		}
		if (i % 2500 == 0)
			assert_holds(map, expected);
	}
	assert_holds(map, expected);
	hash_map_free(map);
}
END_TEST

START_TEST(test_keys_of_every_size_are_told_apart)
{
	for (size_t size = 1; size <= 64; size++) {
		struct hash_map *map = hash_map_new(size, seed);
		for (size_t i = 0; i < size; i++) {
			uint8_t key[64] = { 0 };
			key[i] = 1;
			hash_map_put(map, key, i);
		}
		ck_assert_uint_eq(hash_map_count(map), size);
		hash_map_free(map);
	}
}
END_TEST

Suite *hash_map_suite(void);

Suite *hash_map_suite(void)
{
	Suite *suite = suite_create("hash_map");
	TCase *tcase = tcase_create("keys and values");
	tcase_add_test(tcase, test_holds_what_was_put_and_not_removed);
	tcase_add_test(tcase, test_keys_of_every_size_are_told_apart);
	suite_add_tcase(suite, tcase);
	return suite;
}
