/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "common/codec/rlp_writer.h"
#include "common/ethereum/eth_header.h"
#include "tests/check_vectors/ethereum_vectors.h"
#include "tests/check_vectors/vector.h"
#include "tests/unit/ethereum/eth_blocks.h"
#include "tests/unit/runner.h"

static struct arena arena;
static struct growing_buffer buffer;

static void set_up(void)
{
	arena_init(&arena, (size_t)1 << 24);
	growing_buffer_init(&buffer, (size_t)1 << 16);
}

static void tear_down(void)
{
	arena_clear(&arena);
	growing_buffer_clear(&buffer);
}

static struct bytes encode(const struct eth_header *header)
{
	growing_buffer_reset(&buffer);
	eth_header_encode(&buffer, header);
	return growing_buffer_view(&buffer);
}

START_TEST(test_a_changed_header_has_another_hash_or_is_none)
{
	json_t *file = eth_blocks_load();
	const json_t *block = json_array_get(vector_member(file, "blocks"), 1);
	struct bytes whole = vector_bytes(&arena, block, "rlp");
	struct hash hash = vector_hash(block, "hash");
	uint8_t *copy = malloc(whole.len);
	struct eth_header header;

	for (size_t bit = 0; bit < 8 * whole.len; bit++) {
		struct bytes view = bytes_view(copy, whole.len);

		memcpy(copy, whole.data, whole.len);
		copy[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		struct hash other = eth_header_hash(view);
		ck_assert(!hash_equal(&hash, &other));
		if (eth_header_decode(&header, view))
			ck_assert(bytes_equal(encode(&header), view));
	}
	for (size_t len = 0; len < whole.len; len++)
		ck_assert(!eth_header_decode(&header,
					     bytes_view(whole.data, len)));
	free(copy);
	json_decref(file);
}
END_TEST

START_TEST(test_each_number_of_appended_fields_is_read)
{
	struct eth_header header = { .number = 7,
				     .difficulty = u256_of(131072),
				     .base_fee_wei = u256_of(1000000007),
				     .withdrawals_root = { { 1 } },
				     .blob_gas_used = 2,
				     .excess_blob_gas = 3,
				     .parent_beacon_root = { { 4 } },
				     .requests_hash = { { 5 } } };
	struct eth_header again;
	size_t len = 0;

	for (int i = 0; i <= ETH_HEADER_APPENDED_REQUESTS_HASH; i++) {
		header.appended = (enum eth_header_appended)i;
		struct bytes rlp = encode(&header);
		ck_assert_uint_gt(rlp.len, len);
		len = rlp.len;
		ck_assert(eth_header_decode(&again, rlp));
		ck_assert_int_eq(again.appended, i);
		if (i == ETH_HEADER_APPENDED_REQUESTS_HASH)
			ck_assert(hash_equal(&again.requests_hash,
					     &header.requests_hash));
	}
}
END_TEST

START_TEST(test_fields_of_later_forks_are_skipped_if_they_are_rlp)
{
	struct eth_header header = {
		.appended = ETH_HEADER_APPENDED_REQUESTS_HASH
	};
	struct eth_header again;
	struct growing_buffer longer;

	growing_buffer_init(&longer, (size_t)1 << 16);
	struct bytes rlp = encode(&header);
	uint8_t head[RLP_HEADER_MAX];
	struct writer writer = writer_of(head, sizeof(head));
	rlp_put_list_header(&writer, rlp.len - 3 + 3);
	growing_buffer_put(&longer, writer_view(&writer));
	growing_buffer_put(&longer, bytes_view(rlp.data + 3, rlp.len - 3));
	growing_buffer_put(&longer, bytes_view("\x05\xc1\x80", 3));
	ck_assert(eth_header_decode(&again, growing_buffer_view(&longer)));
	ck_assert_int_eq(again.appended, ETH_HEADER_APPENDED_REQUESTS_HASH);
	longer.data[longer.len - 1] = 0x81; /* an item without its end */
	ck_assert(!eth_header_decode(&again, growing_buffer_view(&longer)));
	growing_buffer_clear(&longer);
}
END_TEST

START_TEST(test_extra_data_has_a_ceiling)
{
	static const uint8_t extra[ETH_HEADER_MAX_EXTRA_LEN + 1];
	struct eth_header header = { .extra_data = { extra, 0 } };
	struct eth_header again;

	for (size_t len = ETH_HEADER_MAX_EXTRA_LEN - 1;
	     len <= ETH_HEADER_MAX_EXTRA_LEN + 1; len++) {
		header.extra_data.len = len;
		ck_assert_int_eq(eth_header_decode(&again, encode(&header)),
				 len <= ETH_HEADER_MAX_EXTRA_LEN);
	}
}
END_TEST

START_TEST(test_a_child_stands_on_number_and_hash)
{
	struct hash hash = { { 3 } };
	struct eth_header child = { .number = 8, .parent_hash = hash };

	ck_assert(eth_header_follows(&child, 7, &hash));
	ck_assert(!eth_header_follows(&child, 8, &hash));
	hash.bytes[31] = 1;
	ck_assert(!eth_header_follows(&child, 7, &hash));
	child.number = 0;
	child.parent_hash = hash;
	ck_assert(!eth_header_follows(&child, UINT64_MAX, &hash));
}
END_TEST

START_TEST(test_a_bloom_finds_what_was_added)
{
	struct eth_bloom bloom = { { 0 } };
	unsigned int wrong = 0;

	for (uint32_t i = 0; i < 40; i++)
		eth_bloom_add(&bloom, bytes_view(&i, sizeof(i)));
	for (uint32_t i = 0; i < 40; i++)
		ck_assert(
			eth_bloom_may_hold(&bloom, bytes_view(&i, sizeof(i))));
	for (uint32_t i = 40; i < 1040; i++)
		wrong += eth_bloom_may_hold(&bloom, bytes_view(&i, sizeof(i)));
	ck_assert_uint_lt(wrong, 20);
}
END_TEST

START_TEST(test_the_next_base_fee_has_no_edge_to_fall_off)
{
	struct eth_header header = {
		.appended = ETH_HEADER_APPENDED_BASE_FEE,
		.gas_limit = 30000000,
		.gas_used = 30000000,
		.base_fee_wei = u256_of(8),
	};

	ck_assert(u256_equal(eth_header_next_base_fee(&header), u256_of(9)));
	header.base_fee_wei = u256_of(7); /* an eighth of it is nothing */
	ck_assert(u256_equal(eth_header_next_base_fee(&header), u256_of(8)));
	header.gas_used = 15000000;
	ck_assert(u256_equal(eth_header_next_base_fee(&header), u256_of(7)));
	header.gas_used = 0;
	ck_assert(u256_equal(eth_header_next_base_fee(&header), u256_of(7)));
	header.base_fee_wei = u256_of(8);
	ck_assert(u256_equal(eth_header_next_base_fee(&header), u256_of(7)));
	header.gas_limit = 1;
	header.gas_used = 1;
	ck_assert(u256_equal(eth_header_next_base_fee(&header), u256_of(8)));
	header.gas_limit = UINT64_MAX;
	header.gas_used = UINT64_MAX;
	header.base_fee_wei = U256_MAX;
	ck_assert(u256_equal(eth_header_next_base_fee(&header), U256_MAX));
	header.appended = ETH_HEADER_APPENDED_NONE;
	ck_assert(u256_equal(eth_header_next_base_fee(&header),
			     u256_of(1000000000)));
}
END_TEST

Suite *eth_header_suite(void);

Suite *eth_header_suite(void)
{
	Suite *suite = suite_create("eth_header");
	TCase *tests = tcase_create("headers");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests,
		       test_a_changed_header_has_another_hash_or_is_none);
	tcase_add_test(tests, test_each_number_of_appended_fields_is_read);
	tcase_add_test(tests,
		       test_fields_of_later_forks_are_skipped_if_they_are_rlp);
	tcase_add_test(tests, test_extra_data_has_a_ceiling);
	tcase_add_test(tests, test_a_child_stands_on_number_and_hash);
	tcase_add_test(tests, test_a_bloom_finds_what_was_added);
	tcase_add_test(tests, test_the_next_base_fee_has_no_edge_to_fall_off);
	suite_add_tcase(suite, tests);
	return suite;
}
