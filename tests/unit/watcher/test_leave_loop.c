/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/base/memory.h"
#include "common/service/log.h"
#include "tests/unit/runner.h"
#include "tests/unit/watcher/chain_folder.h"
#include "tests/unit/watcher/flights.h"
#include "watcher/known_store.h"
#include "watcher/leave_loop.h"

/* Room for the spends of a few coins. */
#define ARENA_SIZE 8192
#define COINS 40

static struct error error;
static struct pass_facts facts;
static struct watched_owner owner;
static struct arena arena;
static struct exit_report report;
static struct exit_turn turn;

static void must(bool ok)
{
	ck_assert_msg(ok, "%s", error.message);
}

static void set_up(void)
{
	chain_folder_set_up();
	log_set_level(LOG_ERROR);
	owner.address = account_of_letter('A');
	must(watcher_store_watch(chain_database, &owner.address, 1, &error));
	memset(&facts, 0, sizeof(facts));
	facts.owners = &owner;
	facts.owner_count = 1;
	memset(&report, 0, sizeof(report));
	arena_init(&arena, ARENA_SIZE);
	memset(&turn, 0, sizeof(turn));
	turn.database = chain_database;
	turn.facts = &facts;
	turn.sources.database = chain_database;
	turn.sources.domain = flight_domain();
	turn.arena = &arena;
	turn.report = &report;
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
	ck_assert_uint_eq(report.passed_over, 0);
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
	ck_assert_uint_eq(report.passed_over, 1);
	memory_free(coins);
}
END_TEST

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
	return suite;
}
