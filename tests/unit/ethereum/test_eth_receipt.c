/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "common/codec/rlp_writer.h"
#include "common/ethereum/eth_receipt.h"
#include "common/ethereum/trie_proof.h"
#include "tests/check_vectors/vector.h"
#include "tests/unit/ethereum/eth_blocks.h"
#include "tests/unit/runner.h"

static struct arena arena;
static struct bytes receipts[64];

static void set_up(void)
{
	arena_init(&arena, (size_t)1 << 24);
}

static void tear_down(void)
{
	arena_clear(&arena);
}

static bool encodes_to(const struct eth_receipt *receipt, struct bytes encoded)
{
	struct growing_buffer buffer;

	growing_buffer_init(&buffer, (size_t)1 << 20);
	eth_receipt_encode(&buffer, receipt);
	bool same = bytes_equal(growing_buffer_view(&buffer), encoded);
	growing_buffer_clear(&buffer);
	return same;
}

/* A changed receipt is refused, or is another one that stands for itself; the
 * root of its list is another in any case. */
static void check_change(const struct hash *root, size_t count, size_t at,
			 struct bytes changed)
{
	struct bytes whole = receipts[at];
	struct eth_receipt receipt;
	struct arena scratch;

	arena_init(&scratch, (size_t)1 << 20);
	if (eth_receipt_decode(&receipt, &scratch, changed))
		ck_assert(encodes_to(&receipt, changed));
	receipts[at] = changed;
	struct hash other = trie_proof_list_root(receipts, count);
	ck_assert(!hash_equal(&other, root));
	receipts[at] = whole;
	arena_clear(&scratch);
}

static void check_receipt(const struct hash *root, size_t count, size_t at)
{
	struct bytes whole = receipts[at];
	uint8_t *copy = malloc(whole.len + 1);

	for (size_t i = 0; i < whole.len; i++) {
		memcpy(copy, whole.data, whole.len);
		for (unsigned int bit = 0; bit < 8; bit++) {
			copy[i] ^= (uint8_t)(1u << bit);
			check_change(root, count, at,
				     bytes_view(copy, whole.len));
			copy[i] = whole.data[i];
		}
		check_change(root, count, at, bytes_view(copy, i));
	}
	copy[whole.len] = 0;
	check_change(root, count, at, bytes_view(copy, whole.len + 1));
	free(copy);
}

START_TEST(test_every_changed_receipt_is_noticed)
{
	json_t *file = eth_blocks_load();
	size_t i;
	json_t *block;
	size_t seen = 0;

	json_array_foreach(vector_member(file, "blocks"), i, block)
	{
		size_t count = eth_blocks_receipts(receipts, 64, &arena, block);
		struct hash root = vector_hash(vector_member(block, "header"),
					       "receiptsRoot");

		for (size_t j = 0; j < count; j++)
			check_receipt(&root, count, j);
		seen += count;
	}
	ck_assert_uint_ge(seen, 6);
	json_decref(file);
}
END_TEST

/* ---- receipts made by hand ---- */

#define CLOSE(...)                                                             \
	(struct bytes)                                                         \
	{                                                                      \
		(const uint8_t[]){ __VA_ARGS__ },                              \
			sizeof((const uint8_t[]){ __VA_ARGS__ })               \
	}

/* A receipt without logs around the given parts. */
static struct bytes receipt_of(struct bytes type, struct bytes outcome,
			       struct bytes gas, struct bytes logs)
{
	static const uint8_t bloom[ETH_BLOOM_LEN];
	uint8_t *data = arena_new(&arena, 4096, 1);
	struct writer writer = writer_of(data, 4096);

	writer_put(&writer, type);
	rlp_put_list_header(&writer, outcome.len + gas.len + 3 + ETH_BLOOM_LEN +
					     logs.len);
	writer_put(&writer, outcome);
	writer_put(&writer, gas);
	rlp_put_string(&writer, bytes_view(bloom, ETH_BLOOM_LEN));
	writer_put(&writer, logs);
	ck_assert(writer_ok(&writer));
	return writer_view(&writer);
}

START_TEST(test_a_receipt_has_one_form)
{
	struct bytes none = bytes_view(NULL, 0);
	struct bytes one = CLOSE(0x01);
	struct bytes zero = CLOSE(0x80);
	struct bytes nothing = CLOSE(0xc0);
	struct bytes type = CLOSE(0x02);
	struct eth_receipt r;

	ck_assert(eth_receipt_decode(&r, &arena,
				     receipt_of(none, one, one, nothing)));
	ck_assert(r.succeeded && r.type == 0 && !r.has_state_root);
	ck_assert(eth_receipt_decode(&r, &arena,
				     receipt_of(type, zero, zero, nothing)));
	ck_assert(!r.succeeded && r.type == 2);
	static const struct {
		const char *type;
		const char *outcome;
		const char *gas;
		const char *logs;
	} bad[] = {
		{ "", "\x02", "\x01", "\xc0" },	    /* a status of 2 */
		{ "", "\x81\x01", "\x01", "\xc0" }, /* not the shortest */
		{ "", "\xc0", "\x01", "\xc0" },
		{ "", "\x01", "\x81\x05", "\xc0" },
		{ "", "\x01", "\x82\x01", "\xc0" },
		{ "", "\x01", "\x01", "\x80" }, /* logs that are no list */
		{ "", "\x01", "\x01", "" },
		{ "", "\x01", "\x01", "\xc0\xc0" },
		{ "", "\x01", "\x01", "\xc1\x80" },
		{ "\x80", "\x01", "\x01", "\xc0" }, /* no type */
		{ "\x02\x02", "\x01", "\x01", "\xc0" },
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(
			!eth_receipt_decode(
				&r, &arena,
				receipt_of(bytes_of_string(bad[i].type),
					   bytes_of_string(bad[i].outcome),
					   bytes_of_string(bad[i].gas),
					   bytes_of_string(bad[i].logs))),
			"%zu", i);
	/* A type of 0 is not written. */
	ck_assert(!eth_receipt_decode(
		&r, &arena, receipt_of(CLOSE(0x00), one, one, nothing)));
	ck_assert(!eth_receipt_decode(&r, &arena, none));
}
END_TEST

START_TEST(test_the_receipts_of_before_byzantium_have_a_root)
{
	struct eth_receipt receipt = { .has_state_root = true,
				       .state_root = { { 9 } },
				       .cumulative_gas_used = 21000 };
	struct eth_receipt again;
	struct growing_buffer buffer;

	growing_buffer_init(&buffer, 4096);
	eth_receipt_encode(&buffer, &receipt);
	ck_assert(eth_receipt_decode(&again, &arena,
				     growing_buffer_view(&buffer)));
	ck_assert(again.has_state_root);
	ck_assert(hash_equal(&again.state_root, &receipt.state_root));
	growing_buffer_clear(&buffer);
}
END_TEST

START_TEST(test_a_bloom_that_is_not_that_of_the_logs_is_refused)
{
	struct eth_log log = { .address = { { 1 } }, .topic_count = 1 };
	struct eth_receipt receipt = { .succeeded = true,
				       .logs = &log,
				       .log_count = 1 };
	struct eth_receipt again;
	struct growing_buffer buffer;

	growing_buffer_init(&buffer, 4096);
	eth_receipt_encode(&buffer, &receipt);
	struct bytes view = growing_buffer_view(&buffer);
	ck_assert(eth_receipt_decode(&again, &arena, view));
	ck_assert(eth_bloom_may_hold(&again.logs_bloom,
				     bytes_view(log.address.bytes, 20)));
	for (size_t i = 0; i < ETH_BLOOM_LEN; i++) {
		/* Behind the header, the status, the gas and its header. */
		buffer.data[8 + i] ^= 0x10;
		ck_assert(!eth_receipt_decode(&again, &arena, view));
		buffer.data[8 + i] ^= 0x10;
	}
	growing_buffer_clear(&buffer);
}
END_TEST

START_TEST(test_a_full_arena_is_a_refusal)
{
	struct eth_log logs[100] = { { .topic_count = 0 } };
	struct eth_receipt receipt = { .logs = logs, .log_count = 100 };
	struct growing_buffer buffer;
	struct arena small;

	growing_buffer_init(&buffer, 1 << 16);
	eth_receipt_encode(&buffer, &receipt);
	arena_init(&small, 1000);
	ck_assert(!eth_receipt_decode(&receipt, &small,
				      growing_buffer_view(&buffer)));
	arena_clear(&small);
	growing_buffer_clear(&buffer);
}
END_TEST

Suite *eth_receipt_suite(void);

Suite *eth_receipt_suite(void)
{
	Suite *suite = suite_create("eth_receipt");
	TCase *tests = tcase_create("receipts");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, test_every_changed_receipt_is_noticed);
	tcase_add_test(tests, test_a_receipt_has_one_form);
	tcase_add_test(tests,
		       test_the_receipts_of_before_byzantium_have_a_root);
	tcase_add_test(tests,
		       test_a_bloom_that_is_not_that_of_the_logs_is_refused);
	tcase_add_test(tests, test_a_full_arena_is_a_refusal);
	suite_add_tcase(suite, tests);
	return suite;
}
