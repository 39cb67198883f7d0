/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/service/body_store.h"
#include "tests/unit/runner.h"
#include "tests/unit/watcher/chain_folder.h"
#include "watcher/coin_store.h"
#include "watcher/inclusion_store.h"
#include "watcher/watcher_store.h"

static struct error error;

static void must(bool ok)
{
	ck_assert_msg(ok, "%s", error.message);
}

static void put_deposit(uint64_t blknum, uint8_t owner, uint64_t units)
{
	struct watched_deposit deposit = deposit_of(blknum, owner, units, 5);

	must(watcher_store_put_deposit(chain_database, &deposit, &error));
}

static struct watched_coin coin_at(struct position position)
{
	struct watched_coin coin;
	bool found;

	must(watcher_store_coin(chain_database, &found, &coin, position,
				&error));
	ck_assert(found);
	return coin;
}

static uint64_t owed(void)
{
	struct watched_total total;
	uint64_t units;
	size_t count;

	must(watcher_store_totals(chain_database, &total, &count, 1, &error));
	ck_assert_uint_eq(count, 1);
	ck_assert(u256_to_u64(&units, amount_to_u256(total.owed)));
	return units;
}

START_TEST(test_a_deposit_is_a_coin_with_a_proof)
{
	struct position position = position_at(3, 0, 0);
	struct body_store *bodies;
	struct inclusion inclusion;
	bool found;

	put_deposit(3, 7, 1000);
	struct watched_coin coin = coin_at(position);
	struct output expected = output_of(7, 1000);
	ck_assert(output_equal(&coin.output, &expected));
	ck_assert_int_eq(coin.state, COIN_UNSPENT);
	must(body_store_open(&bodies, chain_folder, WATCHER_STORE_BODIES,
			     &error));
	must(inclusion_store_find(bodies, &found, &inclusion, chain_database,
				  position, &error));
	ck_assert(found);
	ck_assert_uint_gt(inclusion.raw.len, 50);
	inclusion_clear(&inclusion);
	must(inclusion_store_find(bodies, &found, &inclusion, chain_database,
				  position_at(4, 0, 0), &error));
	ck_assert(!found);
	inclusion_clear(&inclusion);
	body_store_close(bodies);
}
END_TEST

START_TEST(test_a_coin_remembers_its_spender)
{
	struct position position = position_at(3, 0, 0);
	struct position spender = position_at(1000, 7, 0);

	put_deposit(3, 7, 1000);
	must(coin_store_spend(chain_database, position, &spender, &error));
	struct watched_coin coin = coin_at(position);
	ck_assert_int_eq(coin.state, COIN_SPENT);
	ck_assert(position_equal(coin.spender, spender));
	must(coin_store_spend(chain_database, position, NULL, &error));
	ck_assert_int_eq(coin_at(position).state, COIN_UNSPENT);
}
END_TEST

START_TEST(test_the_first_flag_of_an_exit_stays)
{
	struct position position = position_at(3, 0, 0);
	struct exit_id first = { { 1 } };
	struct exit_id second = { { 2 } };

	put_deposit(3, 7, 1000);
	must(watcher_store_put_exited(chain_database, position, 9, 1, &first,
				      false, &error));
	must(watcher_store_put_exited(chain_database, position, 10, 2, &second,
				      true, &error));
	struct watched_coin coin = coin_at(position);
	ck_assert_int_eq(coin.state, COIN_EXITED);
	ck_assert(exit_id_equal(&coin.exit_id, &first));
	ck_assert_uint_eq(coin.exited_eth_block, 9);
	ck_assert(!coin.exit_paid);
	must(watcher_store_put_exited(chain_database, position, 11, 3, &first,
				      true, &error));
	ck_assert(coin_at(position).exit_paid);
}
END_TEST

START_TEST(test_owes_what_was_deposited_and_has_not_left)
{
	struct exit_id id = { { 1 } };

	put_deposit(1, 7, 1000);
	put_deposit(2, 8, 500);
	ck_assert_uint_eq(owed(), 1500);
	must(watcher_store_put_exited(chain_database, position_at(1, 0, 0), 9,
				      1, &id, true, &error));
	ck_assert_uint_eq(owed(), 500);
	/* The same number again, with another content. */
	put_deposit(2, 8, 600);
	ck_assert_uint_eq(owed(), 600);
}
END_TEST

START_TEST(test_indexes_coins_of_watched_owners_only)
{
	struct watched_coin coins[4];
	struct address owners[2] = { account_of(7), account_of(8) };
	size_t count;

	put_deposit(1, 7, 1000);
	must(watcher_store_watch(chain_database, owners, 1, &error));
	put_deposit(2, 7, 500);
	put_deposit(3, 8, 500);
	must(watcher_store_own_coins(chain_database, coins, &count, 4,
				     &owners[0], position_at(1, 0, 0), true,
				     &error));
	ck_assert_uint_eq(count, 2);
	must(watcher_store_own_coins(chain_database, coins, &count, 4,
				     &owners[1], position_at(1, 0, 0), true,
				     &error));
	ck_assert_uint_eq(count, 0);
	must(watcher_store_watch(chain_database, &owners[1], 1, &error));
	must(watcher_store_own_coins(chain_database, coins, &count, 4,
				     &owners[1], position_at(1, 0, 0), true,
				     &error));
	ck_assert_uint_eq(count, 1);
}
END_TEST

START_TEST(test_knows_which_block_was_applied_last)
{
	struct watched_block block = block_of(1000, 5);
	bool found;

	must(watcher_store_newest_applied(chain_database, &found, &block,
					  &error));
	ck_assert(!found);
	block = block_of(1000, 5);
	block.state = BLOCK_STATE_APPLIED;
	must(watcher_store_put_block(chain_database, &block, &error));
	block = block_of(2000, 6);
	block.state = BLOCK_STATE_INVALID;
	block.verdict = VERDICT_INPUT_SPENT;
	block.has_tx_index = true;
	block.tx_index = 3;
	must(watcher_store_put_block(chain_database, &block, &error));
	must(watcher_store_newest_applied(chain_database, &found, &block,
					  &error));
	ck_assert(found);
	ck_assert_uint_eq(block.blknum, 1000);
	must(watcher_store_newest_seen(chain_database, &found, &block, &error));
	ck_assert_uint_eq(block.blknum, 2000);
	ck_assert_int_eq(block.verdict, VERDICT_INPUT_SPENT);
	ck_assert_uint_eq(block.tx_index, 3);
}
END_TEST

START_TEST(test_is_about_one_network)
{
	struct watcher_network other = chain_network;
	struct database *database = NULL;

	must(database_commit(chain_database, &error));
	other.chain_id++;
	ck_assert(!watcher_store_open(&database, chain_folder, &other, &error));
	ck_assert_int_eq(error.code, ERROR_CONFIG);
}
END_TEST

Suite *watcher_store_suite(void);

Suite *watcher_store_suite(void)
{
	Suite *suite = suite_create("watcher_store");
	TCase *tests = tcase_create("watcher_store");

	tcase_add_checked_fixture(tests, chain_folder_set_up,
				  chain_folder_tear_down);
	tcase_add_test(tests, test_a_deposit_is_a_coin_with_a_proof);
	tcase_add_test(tests, test_a_coin_remembers_its_spender);
	tcase_add_test(tests, test_the_first_flag_of_an_exit_stays);
	tcase_add_test(tests, test_owes_what_was_deposited_and_has_not_left);
	tcase_add_test(tests, test_indexes_coins_of_watched_owners_only);
	tcase_add_test(tests, test_knows_which_block_was_applied_last);
	tcase_add_test(tests, test_is_about_one_network);
	suite_add_tcase(suite, tests);
	return suite;
}
