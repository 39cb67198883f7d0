/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/memory.h"
#include "tests/unit/runner.h"
#include "tests/unit/scratch.h"
#include "wallet/wallet_store.h"

static const struct address framework = { { 0x11 } };
static const struct address alice = { { 0xa1 } };
static const struct address bob = { { 0xb0 } };

static char path[64];
static struct wallet_store *store;
static struct error error;

static void open_store(void)
{
	ck_assert_msg(
		wallet_store_open(&store, path, 31337, &framework, &error),
		"%s", error.message);
}

static void set_up(void)
{
	scratch_make();
	snprintf(path, sizeof(path), "%s", scratch_path("wallet.db"));
	open_store();
}

static void tear_down(void)
{
	wallet_store_close(store);
	scratch_remove();
}

static struct position at(uint64_t blknum, uint32_t oindex)
{
	struct position position;

	ck_assert(position_make(&position, blknum, 0, oindex));
	return position;
}

static struct wallet_transaction make_transaction(uint8_t fill, uint64_t blknum)
{
	struct wallet_transaction transaction;

	memset(&transaction, 0, sizeof(transaction));
	memset(transaction.hash.bytes, fill, 32);
	memset(transaction.raw, fill, 100);
	transaction.raw_len = 100;
	if (blknum != 0) {
		transaction.is_included = true;
		transaction.position = at(blknum, 0);
		transaction.block_time.seconds = blknum + 7;
		transaction.has_proof = true;
		memset(transaction.proof, fill, PROTOCOL_PROOF_SIZE);
		memset(transaction.root.bytes, fill + 1, 32);
	}
	return transaction;
}

static struct coin make_coin(uint8_t fill, uint64_t blknum, uint32_t oindex)
{
	struct coin coin;

	memset(&coin, 0, sizeof(coin));
	coin.position = at(blknum, oindex);
	coin.output.type = 1;
	coin.output.owner = alice;
	coin.output.amount = amount_from_u256(U256_MAX);
	coin.status = COIN_STATUS_UNSPENT;
	memset(coin.transaction_hash.bytes, fill, 32);
	return coin;
}

static void put_transaction(const struct wallet_transaction *transaction)
{
	ck_assert_msg(wallet_store_put_transaction(store, transaction, &error),
		      "%s", error.message);
}

static void put_coin(const struct coin *coin)
{
	ck_assert_msg(wallet_store_put_coin(store, coin, &error), "%s",
		      error.message);
}

static struct coin get_coin(struct position position)
{
	struct coin coin;
	bool found;

	ck_assert(wallet_store_coin(store, &found, &coin, position, &error));
	ck_assert(found);
	return coin;
}

START_TEST(test_keeps_what_an_exit_needs_through_another_life)
{
	struct wallet_transaction transaction = make_transaction(7, 9000);
	struct coin coin = make_coin(7, 9000, 1);
	struct wallet_transaction back;
	bool found;

	put_transaction(&transaction);
	put_coin(&coin);
	wallet_store_close(store);
	open_store();
	struct coin known = get_coin(coin.position);
	ck_assert(known.has_proof);
	ck_assert(output_equal(&known.output, &coin.output));
	ck_assert(wallet_store_transaction(store, &found, &back,
					   &known.transaction_hash,
					   known.position, &error));
	ck_assert(found && back.has_proof && back.is_included);
	ck_assert_mem_eq(back.raw, transaction.raw, 100);
	ck_assert_mem_eq(back.proof, transaction.proof, PROTOCOL_PROOF_SIZE);
	ck_assert(hash_equal(&back.root, &transaction.root));
	ck_assert_uint_eq(back.block_time.seconds, 9007);
}
END_TEST

START_TEST(test_two_deposits_with_the_same_bytes_are_two)
{
	struct wallet_transaction first = make_transaction(7, 9001);
	struct wallet_transaction second = make_transaction(7, 9002);
	struct coin coins[2] = { make_coin(7, 9001, 0), make_coin(7, 9002, 0) };
	struct wallet_transaction back;
	bool found;

	put_transaction(&first);
	put_coin(&coins[0]);
	put_coin(&coins[1]);
	ck_assert(get_coin(coins[0].position).has_proof);
	ck_assert(!get_coin(coins[1].position).has_proof);
	put_transaction(&second);
	ck_assert(get_coin(coins[1].position).has_proof);
	ck_assert(wallet_store_transaction(store, &found, &back, &first.hash,
					   coins[1].position, &error));
	ck_assert(found && position_equal(back.position, second.position));
	ck_assert(wallet_store_transaction_of_hash(store, &found, &back,
						   &first.hash, &error));
	ck_assert(found && position_equal(back.position, first.position));
}
END_TEST

START_TEST(test_what_is_learned_later_is_added)
{
	struct wallet_transaction pending = make_transaction(7, 0);
	struct wallet_transaction included = make_transaction(7, 9000);
	struct wallet_transaction back;
	bool found;

	put_transaction(&pending);
	ck_assert(wallet_store_transaction_of_hash(store, &found, &back,
						   &pending.hash, &error));
	ck_assert(found && !back.is_included && !back.has_proof);
	put_transaction(&included);
	put_transaction(&pending);
	ck_assert(wallet_store_transaction_of_hash(store, &found, &back,
						   &pending.hash, &error));
	ck_assert(back.is_included && back.has_proof);
}
END_TEST

START_TEST(test_a_verified_coin_stays_verified)
{
	struct coin coin = make_coin(7, 9001, 0);

	put_coin(&coin);
	ck_assert(!get_coin(coin.position).is_verified);
	coin.is_verified = true;
	put_coin(&coin);
	coin.is_verified = false;
	coin.status = COIN_STATUS_EXITING;
	put_coin(&coin);
	ck_assert(get_coin(coin.position).is_verified);
	ck_assert_int_eq(get_coin(coin.position).status, COIN_STATUS_EXITING);
}
END_TEST

START_TEST(test_only_a_deposit_that_nobody_verified_is_forgotten)
{
	struct coin coin = make_coin(7, 9001, 0);
	struct coin known;
	bool found;

	put_coin(&coin);
	ck_assert(wallet_store_drop_unverified(store, coin.position, &error));
	ck_assert(wallet_store_coin(store, &found, &known, coin.position,
				    &error));
	ck_assert(!found);
	coin.is_verified = true;
	put_coin(&coin);
	ck_assert(wallet_store_drop_unverified(store, coin.position, &error));
	(void)get_coin(coin.position);
}
END_TEST

START_TEST(test_lists_the_coins_of_one_owner_in_order)
{
	struct coin coins[3] = { make_coin(7, 9001, 0), make_coin(8, 1000, 2),
				 make_coin(9, 5000, 0) };
	struct coin *list = NULL;
	size_t count;

	coins[2].output.owner = bob;
	for (size_t i = 0; i < 3; i++)
		put_coin(&coins[i]);
	ck_assert(wallet_store_coins(store, &list, &count, &alice, &error));
	ck_assert_uint_eq(count, 2);
	ck_assert(position_equal(list[0].position, coins[1].position));
	ck_assert(position_equal(list[1].position, coins[0].position));
	memory_free(list);
}
END_TEST

START_TEST(test_payments_and_exits_keep_their_last_state)
{
	struct own_payment payment = { .hash = { { 1 } },
				       .account = alice,
				       .made_at = { 5 },
				       .state = PAYMENT_STATE_SIGNED };
	struct own_exit exit = { .id = { { 9 } },
				 .position = at(9000, 0),
				 .account = alice,
				 .amount = amount_of(3),
				 .state = OWN_EXIT_WANTED };
	struct own_payment *payments = NULL;
	struct own_exit *exits = NULL;
	size_t count;

	ck_assert(wallet_store_put_payment(store, &payment, &error));
	payment.state = PAYMENT_STATE_REFUSED;
	strcpy(payment.answer, "submit:no"); /* allowed: it fits */
	ck_assert(wallet_store_put_payment(store, &payment, &error));
	ck_assert(wallet_store_payments(store, &payments, &count, &alice,
					&error));
	ck_assert_uint_eq(count, 1);
	ck_assert_int_eq(payments[0].state, PAYMENT_STATE_REFUSED);
	ck_assert_str_eq(payments[0].answer, "submit:no");
	ck_assert_uint_eq(payments[0].made_at.seconds, 5);
	memory_free(payments);
	ck_assert(wallet_store_put_exit(store, &exit, &error));
	exit.state = OWN_EXIT_PAID;
	exit.exitable_at.seconds = 99;
	ck_assert(wallet_store_put_exit(store, &exit, &error));
	ck_assert(wallet_store_exits(store, &exits, &count, &alice, &error));
	ck_assert_uint_eq(count, 1);
	ck_assert_int_eq(exits[0].state, OWN_EXIT_PAID);
	ck_assert_uint_eq(exits[0].exitable_at.seconds, 99);
	memory_free(exits);
	ck_assert(wallet_store_exits(store, &exits, &count, &bob, &error));
	ck_assert_uint_eq(count, 0);
	memory_free(exits);
}
END_TEST

START_TEST(test_belongs_to_one_chain)
{
	struct wallet_store *other;

	ck_assert(!wallet_store_open(&other, path, 1, &framework, &error));
	ck_assert_int_eq(error.code, ERROR_CONFIG);
	ck_assert(!wallet_store_open(&other, path, 31337, &alice, &error));
	ck_assert_int_eq(error.code, ERROR_CONFIG);
}
END_TEST

Suite *wallet_store_suite(void);

Suite *wallet_store_suite(void)
{
	Suite *suite = suite_create("wallet_store");
	TCase *tests = tcase_create("wallet_store");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests,
		       test_keeps_what_an_exit_needs_through_another_life);
	tcase_add_test(tests, test_two_deposits_with_the_same_bytes_are_two);
	tcase_add_test(tests, test_what_is_learned_later_is_added);
	tcase_add_test(tests, test_a_verified_coin_stays_verified);
	tcase_add_test(tests,
		       test_only_a_deposit_that_nobody_verified_is_forgotten);
	tcase_add_test(tests, test_lists_the_coins_of_one_owner_in_order);
	tcase_add_test(tests, test_payments_and_exits_keep_their_last_state);
	tcase_add_test(tests, test_belongs_to_one_chain);
	suite_add_tcase(suite, tests);
	return suite;
}
