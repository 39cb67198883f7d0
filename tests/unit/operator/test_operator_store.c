/* SPDX-License-Identifier: MIT */

/*
 * What any store of the operator has to do, whatever is behind it: asked
 * through operator_store.h alone. Another back end is linked in its place and
 * has to pass the same.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/memory.h"
#include "operator/operator_store.h"
#include "tests/unit/operator/payments.h"
#include "tests/unit/runner.h"
#include "tests/unit/scratch.h"

static struct operator_store *store;
static struct error error;
static const struct operator_network network = { 31337, { { 7 } }, 5 };

static void set_up(void)
{
	scratch_make();
	ck_assert(operator_store_open(&store, scratch_folder(), &network,
				      &error));
}

static void tear_down(void)
{
	operator_store_close(store);
	scratch_remove();
}

static void reopen(void)
{
	operator_store_close(store);
	ck_assert(operator_store_open(&store, scratch_folder(), &network,
				      &error));
}

static struct committed_block block_of(uint64_t blknum, uint8_t root)
{
	struct committed_block block = { .blknum = blknum,
					 .transaction_count = 2,
					 .body_len = 300,
					 .formed_at = 1700000000 };

	memset(block.root.bytes, root, sizeof(block.root.bytes));
	return block;
}

START_TEST(test_belongs_to_one_network)
{
	struct operator_network other = network;
	struct operator_store *second;

	other.first_nonce = 6;
	operator_store_close(store);
	ck_assert(!operator_store_open(&second, scratch_folder(), &other,
				       &error));
	ck_assert_int_eq(error.code, ERROR_CONFIG);
	ck_assert(operator_store_open(&store, scratch_folder(), &network,
				      &error));
}
END_TEST

START_TEST(test_a_number_has_one_root_for_ever)
{
	struct committed_block block = block_of(1000, 1);
	struct committed_block other = block_of(1000, 2);
	struct committed_block found_block;
	struct hash root;
	bool found;

	ck_assert(operator_store_newest_block(store, &found, &found_block,
					      &error));
	ck_assert(!found);
	ck_assert(operator_store_commit_block(store, &block, &error));
	ck_assert(operator_store_commit_block(store, &block, &error));
	ck_assert(!operator_store_commit_block(store, &other, &error));
	ck_assert_int_eq(error.code, ERROR_REFUSED);
	reopen();
	ck_assert(
		operator_store_signed_root(store, &found, &root, 1000, &error));
	ck_assert(found && hash_equal(&root, &block.root));
	ck_assert(operator_store_block_of_root(store, &found, &found_block,
					       &block.root, &error));
	ck_assert(found && found_block.blknum == 1000 &&
		  found_block.body_len == 300);
	ck_assert(operator_store_block(store, &found, &found_block, 2000,
				       &error));
	ck_assert(!found);
}
END_TEST

START_TEST(test_a_nonce_carries_the_same_blocks_for_ever)
{
	struct root_batch first = { 5, 1000, 2 };
	struct root_batch gap = { 6, 4000, 1 };
	struct root_batch again = { 5, 1000, 1 };
	struct root_batch next = { 6, 3000, 1 };
	struct root_batch batch;
	bool found;

	for (uint64_t blknum = 1000; blknum <= 4000; blknum += 1000) {
		struct committed_block block =
			block_of(blknum, (uint8_t)(blknum / 1000));

		ck_assert(operator_store_commit_block(store, &block, &error));
	}
	ck_assert(operator_store_put_root_batch(store, &first, &error));
	ck_assert(!operator_store_put_root_batch(store, &gap, &error));
	ck_assert_int_eq(error.code, ERROR_REFUSED);
	ck_assert(!operator_store_put_root_batch(store, &again, &error));
	ck_assert(operator_store_put_root_batch(store, &next, &error));
	reopen();
	ck_assert(operator_store_root_batch_of(store, &found, &batch, 2000,
					       &error));
	ck_assert(found && batch.nonce == 5 && batch.block_count == 2);
	ck_assert(operator_store_root_batch_of(store, &found, &batch, 4000,
					       &error));
	ck_assert(!found);
	ck_assert(operator_store_newest_root_batch(store, &found, &batch,
						   &error));
	ck_assert(found && batch.nonce == 6);
}
END_TEST

START_TEST(test_what_was_signed_last_comes_back)
{
	struct committed_block block = block_of(1000, 1);
	struct root_batch batch = { 5, 1000, 1 };
	struct root_transaction transaction = { .attempt = 1,
						.gas_limit = 100000,
						.signed_at_eth_block = 40,
						.signed_at = 1000 };
	struct growing_buffer raw;
	uint64_t at;
	bool found;

	growing_buffer_init(&raw, 100);
	ck_assert(operator_store_commit_block(store, &block, &error));
	ck_assert(operator_store_put_root_batch(store, &batch, &error));
	ck_assert(operator_store_put_root_transaction(
		store, 5, &transaction, bytes_of_string("one"), &error));
	transaction.attempt = 2;
	transaction.max_fee_wei = u256_of(77);
	transaction.signed_at_eth_block = 43;
	ck_assert(operator_store_put_root_transaction(
		store, 5, &transaction, bytes_of_string("two"), &error));
	ck_assert(operator_store_last_root_transaction(
		store, &found, &transaction, &raw, 5, &error));
	ck_assert(found && transaction.attempt == 2);
	ck_assert(u256_equal(transaction.max_fee_wei, u256_of(77)));
	ck_assert_str_eq(growing_buffer_string(&raw), "two");
	ck_assert(
		operator_store_first_signed_at(store, &found, &at, 5, &error));
	ck_assert(found && at == 40);
	growing_buffer_clear(&raw);
}
END_TEST

START_TEST(test_what_is_abandoned_was_never_there)
{
	struct stored_deposit deposit = { .blknum = 1,
					  .output = output_of(0xa1, 9),
					  .eth_block_number = 12,
					  .log_index = 3 };
	struct stored_deposit *list;
	size_t count;
	uint64_t credited;

	ck_assert(operator_store_begin(store, &error));
	ck_assert(operator_store_put_deposit(store, &deposit, &error));
	operator_store_abandon(store);
	ck_assert(operator_store_deposits_new(store, &list, &count, &error));
	ck_assert_uint_eq(count, 0);
	memory_free(list);
	ck_assert(operator_store_begin(store, &error));
	ck_assert(operator_store_put_deposit(store, &deposit, &error));
	ck_assert(operator_store_credit_deposit(store, 1, 1, &error));
	ck_assert(operator_store_commit(store, &error));
	reopen();
	ck_assert(operator_store_deposits_new(store, &list, &count, &error));
	ck_assert_uint_eq(count, 1);
	ck_assert(output_equal(&list[0].output, &deposit.output));
	ck_assert_uint_eq(list[0].credited, 1);
	memory_free(list);
	ck_assert(operator_store_deposits_credited(store, &credited, &error));
	ck_assert_uint_eq(credited, 1);
}
END_TEST

START_TEST(test_exits_are_undone_from_an_eth_block_on)
{
	struct position *list;
	size_t count;

	ck_assert(operator_store_begin(store, &error));
	ck_assert(operator_store_put_freeze(store, 10, 0,
					    position_at(1000, 0, 0), &error));
	ck_assert(operator_store_put_freeze(store, 11, 0,
					    position_at(1000, 0, 1), &error));
	ck_assert(operator_store_undo_exits(store, 11, &error));
	ck_assert(operator_store_commit(store, &error));
	ck_assert(operator_store_freezes_from_new(store, &list, &count, 0,
						  &error));
	ck_assert_uint_eq(count, 1);
	ck_assert(position_equal(list[0], position_at(1000, 0, 0)));
	memory_free(list);
}
END_TEST

START_TEST(test_remembers_how_far_mirrors_and_reading_are)
{
	struct root_cursor cursor = { 77, 3, 2 };
	struct root_cursor read;
	uint64_t blknum;
	bool found;

	ck_assert(operator_store_mirror(store, &blknum, "there", &error));
	ck_assert_uint_eq(blknum, 0);
	ck_assert(operator_store_put_mirror(store, "there", 1000, &error));
	ck_assert(operator_store_put_mirror(store, "there", 2000, &error));
	ck_assert(operator_store_put_cursor(store, &cursor, &error));
	reopen();
	ck_assert(operator_store_mirror(store, &blknum, "there", &error));
	ck_assert_uint_eq(blknum, 2000);
	ck_assert(operator_store_cursor(store, &found, &read, &error));
	ck_assert(found && read.eth_block_number == 77 && read.log_index == 3 &&
		  read.generation == 2);
}
END_TEST

Suite *operator_store_suite(void);

Suite *operator_store_suite(void)
{
	Suite *suite = suite_create("operator store");
	TCase *tests = tcase_create("what any store has to do");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, test_belongs_to_one_network);
	tcase_add_test(tests, test_a_number_has_one_root_for_ever);
	tcase_add_test(tests, test_a_nonce_carries_the_same_blocks_for_ever);
	tcase_add_test(tests, test_what_was_signed_last_comes_back);
	tcase_add_test(tests, test_what_is_abandoned_was_never_there);
	tcase_add_test(tests, test_exits_are_undone_from_an_eth_block_on);
	tcase_add_test(tests, test_remembers_how_far_mirrors_and_reading_are);
	suite_add_tcase(suite, tests);
	return suite;
}
