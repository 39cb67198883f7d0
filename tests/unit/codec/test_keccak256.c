/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "common/codec/keccak256.h"
#include "common/codec/keccak256_batch.h"
#include "common/codec/merkle_tree.h"
#include "tests/unit/runner.h"

/*
 * The oracle: Keccak as its specification words it, a bit of the round
 * constants and a lane at a time, with nothing in common with what it judges.
 */

static unsigned int feedback(unsigned int *lfsr)
{
	unsigned int bit = *lfsr & 1;

	*lfsr = (*lfsr << 1) ^ ((*lfsr & 0x80) != 0 ? 0x171 : 0);
	return bit;
}

static uint64_t turn(uint64_t lane, unsigned int by)
{
	return by % 64 == 0 ? lane : lane << by % 64 | lane >> (64 - by % 64);
}

static void theta(uint64_t a[5][5])
{
	uint64_t parity[5] = { 0 };

	for (size_t x = 0; x < 5; x++)
		for (size_t y = 0; y < 5; y++)
			parity[x] ^= a[x][y];
	for (size_t x = 0; x < 5; x++)
		for (size_t y = 0; y < 5; y++)
			a[x][y] ^= parity[(x + 4) % 5] ^
				   turn(parity[(x + 1) % 5], 1);
}

static void rho_and_pi(uint64_t a[5][5])
{
	uint64_t from[5][5];
	size_t x = 1;
	size_t y = 0;

	for (unsigned int t = 0; t < 24; t++) {
		size_t next = (2 * x + 3 * y) % 5;

		a[x][y] = turn(a[x][y], (t + 1) * (t + 2) / 2);
		x = y;
		y = next;
	}
	memcpy(from, a, sizeof(from));
	for (x = 0; x < 5; x++)
		for (y = 0; y < 5; y++)
			a[y][(2 * x + 3 * y) % 5] = from[x][y];
}

static void chi_and_iota(uint64_t a[5][5], unsigned int *lfsr)
{
	for (size_t y = 0; y < 5; y++) {
		uint64_t row[5];

		for (size_t x = 0; x < 5; x++)
			row[x] = a[x][y];
		for (size_t x = 0; x < 5; x++)
			a[x][y] =
				row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
	}
	for (unsigned int j = 0; j < 7; j++)
		a[0][0] ^= (uint64_t)feedback(lfsr) << ((1u << j) - 1);
}

static void take_block(uint64_t a[5][5], const uint8_t block[KECCAK256_BLOCK])
{
	unsigned int lfsr = 1;

	for (size_t i = 0; i < KECCAK256_BLOCK; i++)
		a[i / 8 % 5][i / 40] ^= (uint64_t)block[i] << (8 * (i % 8));
	for (int round = 0; round < 24; round++) {
		theta(a);
		rho_and_pi(a);
		chi_and_iota(a, &lfsr);
	}
}

static struct hash oracle(struct bytes message)
{
	uint64_t a[5][5] = { { 0 } };
	uint8_t block[KECCAK256_BLOCK];
	size_t at = 0;
	struct hash hash;

	for (; message.len - at >= KECCAK256_BLOCK; at += KECCAK256_BLOCK)
		take_block(a, message.data + at);
	memset(block, 0, sizeof(block));
	if (message.len > at)
		memcpy(block, message.data + at, message.len - at);
	block[message.len - at] ^= 0x01;
	block[KECCAK256_BLOCK - 1] ^= 0x80;
	take_block(a, block);
	for (size_t i = 0; i < 32; i++)
		hash.bytes[i] = (uint8_t)(a[i / 8][0] >> (8 * (i % 8)));
	return hash;
}

/* ---- */

#define CONTENT 4096

static uint8_t content[CONTENT];
static uint64_t generator;

static size_t below(size_t limit)
{
	generator = generator * 6364136223846793005u + 1442695040888963407u;
	return (size_t)(generator >> 33) % limit;
}

static void set_up(void)
{
	generator = 1;
	for (size_t i = 0; i < CONTENT; i++)
		content[i] = (uint8_t)below(256);
}

START_TEST(test_one_message_has_the_hash_of_the_specification)
{
	for (size_t len = 0; len <= 3 * KECCAK256_BLOCK + 2; len++) {
		struct bytes message = bytes_view(content + len % 7, len);
		struct hash expected = oracle(message);
		struct hash hash = keccak256(message);

		ck_assert_msg(hash_equal(&hash, &expected), "%zu bytes", len);
	}
}
END_TEST

START_TEST(test_pieces_are_hashed_as_the_whole)
{
	for (int round = 0; round < 2000; round++) {
		size_t len = below(600);
		struct keccak256 keccak;

		keccak256_init(&keccak);
		for (size_t at = 0; at < len;) {
			size_t piece = 1 + below(len - at);

			keccak256_add(&keccak, bytes_view(content + at, piece));
			at += piece;
		}
		struct hash pieces = keccak256_finish(&keccak);
		struct hash whole = oracle(bytes_view(content, len));
		ck_assert(hash_equal(&pieces, &whole));
	}
}
END_TEST

static const enum keccak256_way ways[] = { KECCAK256_ONE, KECCAK256_FOUR,
					   KECCAK256_EIGHT };

/* Up to 40 messages; in half of the rounds all of one length. */
static void check_round(enum keccak256_way way)
{
	struct bytes messages[40] = { { NULL, 0 } };
	struct hash hashes[41];
	size_t count = below(41);
	bool equal = below(2) == 0;
	size_t len = below(420);

	for (size_t i = 0; i < count; i++) {
		messages[i] = bytes_view(content + below(64),
					 equal ? len : below(420));
	}
	memset(hashes, 0xaa, sizeof(hashes));
	keccak256_batch_by(way, hashes, messages, count);
	for (size_t i = 0; i < count; i++) {
		struct hash expected = oracle(messages[i]);

		ck_assert_msg(hash_equal(&hashes[i], &expected),
			      "way %d, message %zu of %zu, %zu bytes", (int)way,
			      i, count, messages[i].len);
	}
	ck_assert_uint_eq(hashes[count].bytes[0], 0xaa);
}

START_TEST(test_each_way_gives_the_hash_of_the_specification)
{
	if (!keccak256_can_go(ways[_i]))
		return; /* this machine has other ways */
	for (int round = 0; round < 600; round++)
		check_round(ways[_i]);
}
END_TEST

START_TEST(test_a_batch_takes_any_number)
{
	struct bytes messages[20] = { { NULL, 0 } };
	struct hash hashes[20];

	for (size_t count = 0; count <= 20; count++) {
		for (size_t i = 0; i < count; i++)
			messages[i] = bytes_view(content + i, 65);
		keccak256_batch(hashes, messages, count);
		for (size_t i = 0; i < count; i++) {
			struct hash expected = oracle(messages[i]);

			ck_assert(hash_equal(&hashes[i], &expected));
		}
	}
}
END_TEST

START_TEST(test_leaves_of_many_are_those_of_each)
{
	struct bytes pieces[2 * 130];
	struct hash leaves[130];

	for (size_t i = 0; i < 260; i++)
		pieces[i] = bytes_view(content + i, below(300));
	for (size_t count = 0; count <= 130; count += 13) {
		merkle_tree_leaves_of_pieces(leaves, pieces, 2, count);
		for (size_t i = 0; i < count; i++) {
			struct hash leaf =
				merkle_tree_leaf_of_pieces(pieces + 2 * i, 2);

			ck_assert(hash_equal(&leaf, &leaves[i]));
		}
	}
}
END_TEST

Suite *keccak256_suite(void);

Suite *keccak256_suite(void)
{
	Suite *suite = suite_create("keccak256");
	TCase *tests = tcase_create("hashes");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, set_up, NULL);
	tcase_add_test(tests,
		       test_one_message_has_the_hash_of_the_specification);
	tcase_add_test(tests, test_pieces_are_hashed_as_the_whole);
	tcase_add_loop_test(
		tests, test_each_way_gives_the_hash_of_the_specification, 0, 3);
	tcase_add_test(tests, test_a_batch_takes_any_number);
	tcase_add_test(tests, test_leaves_of_many_are_those_of_each);
	suite_add_tcase(suite, tests);
	return suite;
}
