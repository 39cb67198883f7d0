/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/ethereum/eth_receipt.h"
#include "common/ethereum/trie_proof.h"
#include "rootchain/eth_block_proof.h"
#include "tests/unit/runner.h"

static struct root_chain_block block;
static struct root_chain_mined mined;
static struct eth_log log_of_ours;
static struct hash transaction_hash;
static struct growing_buffer buffer;
static struct arena arena;
static const struct address ours = { { 7 } };
static const struct eth_block_filter filter = { &ours, 1 };

static void seal(void)
{
	growing_buffer_reset(&buffer);
	eth_header_encode(&buffer, &block.header);
	block.hash = eth_header_hash(growing_buffer_view(&buffer));
}

/* An eth_block with one transaction that left one log of ours. */
static void set_up(void)
{
	growing_buffer_init(&buffer, 1 << 20);
	arena_init(&arena, 1 << 20);
	memset(&block, 0, sizeof(block));
	memset(&mined, 0, sizeof(mined));
	memset(&log_of_ours, 0, sizeof(log_of_ours));
	memset(&transaction_hash, 9, sizeof(transaction_hash));
	log_of_ours.address = ours;
	mined.receipt.succeeded = true;
	mined.receipt.logs = &log_of_ours;
	mined.receipt.log_count = 1;
	mined.receipt.logs_bloom = eth_receipt_bloom(&mined.receipt);
	mined.eth_transaction_hash = transaction_hash;
	eth_receipt_encode(&buffer, &mined.receipt);
	struct bytes item = growing_buffer_view(&buffer);
	block.header.receipts_root = trie_proof_list_root(&item, 1);
	block.header.logs_bloom = mined.receipt.logs_bloom;
	block.header.number = 5;
	block.header.parent_hash.bytes[0] = 3;
	block.transactions = &transaction_hash;
	block.transaction_count = 1;
	seal();
}

static void tear_down(void)
{
	growing_buffer_clear(&buffer);
	arena_clear(&arena);
}

START_TEST(test_a_header_is_its_bytes_its_number_and_its_parent)
{
	struct hash other = { { 4 } };

	ck_assert_int_eq(eth_block_proof_header(&buffer, &block, 5,
						&block.header.parent_hash),
			 ETH_BLOCK_PROVED);
	ck_assert_int_eq(eth_block_proof_header(&buffer, &block, 5, NULL),
			 ETH_BLOCK_PROVED);
	ck_assert_int_eq(eth_block_proof_header(&buffer, &block, 6, NULL),
			 ETH_BLOCK_OTHER_NUMBER);
	ck_assert_int_eq(eth_block_proof_header(&buffer, &block, 5, &other),
			 ETH_BLOCK_OTHER_PARENT);
	block.header.gas_used++;
	ck_assert_int_eq(eth_block_proof_header(&buffer, &block, 5, NULL),
			 ETH_BLOCK_OTHER_HASH);
}
END_TEST

static enum eth_block_verdict prove(struct eth_block_logs *logs, size_t count)
{
	return eth_block_proof_receipts(logs, &buffer, &arena, &block, &mined,
					count, &filter);
}

START_TEST(test_receipts_are_all_there_and_under_the_root)
{
	struct eth_block_logs logs;

	ck_assert_int_eq(prove(&logs, 1), ETH_BLOCK_PROVED);
	ck_assert_uint_eq(logs.count, 1);
	ck_assert_uint_eq(logs.logs[0].eth_block_number, 5);
	ck_assert_int_eq(prove(&logs, 0), ETH_BLOCK_OTHER_COUNT);
	mined.eth_transaction_hash.bytes[0] ^= 1;
	ck_assert_int_eq(prove(&logs, 1), ETH_BLOCK_OTHER_TRANSACTIONS);
	mined.eth_transaction_hash.bytes[0] ^= 1;
	mined.receipt.log_count = 0;
	ck_assert_int_eq(prove(&logs, 1), ETH_BLOCK_OTHER_RECEIPTS);
}
END_TEST

START_TEST(test_logs_of_others_are_not_ours)
{
	static const struct address theirs = { { 8 } };
	const struct eth_block_filter others = { &theirs, 1 };
	struct eth_block_logs logs;

	ck_assert(
		eth_block_proof_may_concern(&block.header.logs_bloom, &filter));
	ck_assert(!eth_block_proof_may_concern(&block.header.logs_bloom,
					       &others));
	ck_assert_int_eq(eth_block_proof_receipts(&logs, &buffer, &arena,
						  &block, &mined, 1, &others),
			 ETH_BLOCK_PROVED);
	ck_assert_uint_eq(logs.count, 0);
}
END_TEST

START_TEST(test_the_hash_of_a_transaction_comes_from_its_bytes)
{
	static const uint8_t content[] = { 2, 0xc0 };
	struct bytes transaction = bytes_view(content, sizeof(content));
	struct eth_block_logs logs;

	ck_assert_int_eq(prove(&logs, 1), ETH_BLOCK_PROVED);
	ck_assert_int_eq(
		eth_block_proof_transactions(&logs, &block, &transaction, 1),
		ETH_BLOCK_OTHER_TRANSACTIONS);
	block.header.transactions_root = trie_proof_list_root(&transaction, 1);
	ck_assert_int_eq(
		eth_block_proof_transactions(&logs, &block, &transaction, 1),
		ETH_BLOCK_OTHER_TRANSACTIONS);
	transaction_hash = eth_header_hash(transaction); /* keccak256 */
	ck_assert_int_eq(
		eth_block_proof_transactions(&logs, &block, &transaction, 1),
		ETH_BLOCK_PROVED);
	ck_assert(hash_equal(&logs.logs[0].eth_transaction_hash,
			     &transaction_hash));
	ck_assert_int_eq(
		eth_block_proof_transactions(&logs, &block, &transaction, 0),
		ETH_BLOCK_OTHER_COUNT);
}
END_TEST

Suite *eth_block_proof_suite(void);

Suite *eth_block_proof_suite(void)
{
	Suite *suite = suite_create("eth_block_proof");
	TCase *test = tcase_create("eth_block_proof");

	tcase_add_checked_fixture(test, set_up, tear_down);
	tcase_add_test(test,
		       test_a_header_is_its_bytes_its_number_and_its_parent);
	tcase_add_test(test, test_receipts_are_all_there_and_under_the_root);
	tcase_add_test(test, test_logs_of_others_are_not_ours);
	tcase_add_test(test,
		       test_the_hash_of_a_transaction_comes_from_its_bytes);
	suite_add_tcase(suite, test);
	return suite;
}
