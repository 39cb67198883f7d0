/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/base/memory.h"
#include "common/service/log.h"
#include "tests/unit/runner.h"
#include "tests/unit/watcher/block_folder.h"
#include "tests/unit/watcher/chain_folder.h"
#include "tests/unit/watcher/flights.h"
#include "watcher/known_store.h"
#include "watcher/leave_loop.h"

/* Room for the spends of a few coins. */
#define ARENA_SIZE 8192
#define COINS 40

static struct error error;
static struct pass_facts of_pass;
static struct watched_owner owner;
static struct arena arena;
static struct exit_report of_exits;
static struct exit_turn turn;

static void must(bool ok)
{
	ck_assert_msg(ok, "%s", error.message);
}

static void begin_turn(void)
{
	log_set_level(LOG_ERROR);
	owner.address = account_of_letter('A');
	must(watcher_store_watch(chain_database, &owner.address, 1, &error));
	memset(&of_pass, 0, sizeof(of_pass));
	of_pass.owners = &owner;
	of_pass.owner_count = 1;
	memset(&of_exits, 0, sizeof(of_exits));
	arena_init(&arena, ARENA_SIZE);
	memset(&turn, 0, sizeof(turn));
	turn.database = chain_database;
	turn.facts = &of_pass;
	turn.sources.database = chain_database;
	turn.sources.domain = flight_domain();
	turn.arena = &arena;
	turn.report = &of_exits;
}

static void set_up(void)
{
	chain_folder_set_up();
	begin_turn();
}

static void tear_down(void)
{
	arena_clear(&arena);
	chain_folder_tear_down();
}

static struct position own_coin(uint64_t blknum)
{
	struct watched_deposit deposit = deposit_of(blknum, 1, 1000, 5);

	deposit.output.owner = owner.address;
	must(watcher_store_put_deposit(chain_database, &deposit, &error));
	return position_at(blknum, 0, 0);
}

static void sign_away(struct position position, size_t times)
{
	struct spent_coin coin = { position, 'A', 'E', 1000 };
	struct output to = output_for('B', 'E', 1000);

	for (size_t i = 0; i < times; i++) {
		struct payment payment;

		payment_make(&payment, &coin, 1, &to, 1, (uint8_t)i);
		must(known_store_put(chain_database, payment_raw(&payment),
				     payment.signatures, 1, KNOWN_SOURCE_PEER,
				     NULL, &error));
	}
}

START_TEST(test_coins_do_not_share_the_room_for_their_spends)
{
	struct own_coin *coins;
	size_t count;

	for (uint64_t i = 0; i < COINS; i++)
		sign_away(own_coin(i + 1), 2);
	must(leave_loop_coins_new(&turn, &coins, &count, &error));
	ck_assert_uint_eq(count, COINS);
	for (size_t i = 0; i < count; i++)
		ck_assert_uint_eq(coins[i].signed_by, 2);
	ck_assert_uint_eq(of_exits.passed_over, 0);
	memory_free(coins);
}
END_TEST

START_TEST(test_a_coin_that_cannot_be_judged_is_passed_over)
{
	struct own_coin *coins;
	size_t count;

	sign_away(own_coin(1), KNOWN_STORE_MAX_SPENDS);
	sign_away(own_coin(2), 1);
	must(leave_loop_coins_new(&turn, &coins, &count, &error));
	ck_assert_uint_eq(count, 1);
	ck_assert(position_equal(coins[0].position, position_at(2, 0, 0)));
	ck_assert_uint_eq(of_exits.passed_over, 1);
	memory_free(coins);
}
END_TEST

/* ---- payments to us ---- */

#define HALTED_AT 5000000

static void halt(void)
{
	of_pass.caught_up = true;
	of_pass.latch.latched = true;
	of_pass.latch.has_bad_block = true;
	of_pass.latch.bad_block = 2000;
	of_pass.latch.last_good_block = 1000;
	of_pass.latch.bad_at.seconds = HALTED_AT;
	turn.world.now = HALTED_AT + FLIGHT_PERIOD / 28;
	turn.world.exit_period = FLIGHT_PERIOD;
}

START_TEST(test_no_body_is_read_for_a_payment_that_nobody_signed)
{
	struct spent_coin coin = { position_at(1000, 0, 1), 'M', 'E', 390 };
	struct output to = output_for('A', 'E', 390);
	struct payment payment;

	owner.address = account_of_letter('A');
	halt();
	payment_make(&payment, &coin, 1, &to, 1, 0);
	must(known_store_put(chain_database, payment_raw(&payment),
			     payment.signatures, 1, KNOWN_SOURCE_BAD_BLOCK,
			     NULL, &error));
	turn.bodies = NULL; /* asking it would crash */
	must(leave_loop_pass(&turn, &error));
	ck_assert_uint_eq(of_exits.wanted, 0);
}
END_TEST

static void set_up_blocks(void)
{
	block_folder_set_up();
	begin_turn();
}

static void tear_down_blocks(void)
{
	arena_clear(&arena);
	block_folder_tear_down();
}

Suite *leave_loop_suite(void);

Suite *leave_loop_suite(void)
{
	Suite *suite = suite_create("leave_loop");
	TCase *tests = tcase_create("leave_loop");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests,
		       test_coins_do_not_share_the_room_for_their_spends);
	tcase_add_test(tests, test_a_coin_that_cannot_be_judged_is_passed_over);
	suite_add_tcase(suite, tests);
	tests = tcase_create("payments");
	tcase_add_checked_fixture(tests, set_up_blocks, tear_down_blocks);
	tcase_add_test(tests,
		       test_no_body_is_read_for_a_payment_that_nobody_signed);
	suite_add_tcase(suite, tests);
	return suite;
}
