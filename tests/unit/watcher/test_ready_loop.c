/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/actions/action_store.h"
#include "common/chain/priority.h"
#include "tests/unit/runner.h"
#include "tests/unit/watcher/chain_folder.h"
#include "watcher/exit_goal_store.h"
#include "watcher/queue_store.h"
#include "watcher/ready_loop.h"

#define NOW 2000000
#define PERIOD 604800

static struct error error;
static struct network network;
static struct exit_policy policy;
static struct exit_report report;
static struct pass_facts facts;
static struct exit_turn turn;
static struct ready_tokens ready;

static void must(bool ok)
{
	ck_assert_msg(ok, "%s", error.message);
}

static void set_up(void)
{
	chain_folder_set_up();
	memset(&network, 0, sizeof(network));
	memset(&policy, 0, sizeof(policy));
	memset(&facts, 0, sizeof(facts));
	memset(&turn, 0, sizeof(turn));
	memset(&ready, 0, sizeof(ready));
	policy.act = true;
	facts.network = &network;
	facts.now.seconds = NOW;
	facts.caught_up = true;
	turn.database = chain_database;
	turn.policy = &policy;
	turn.facts = &facts;
	turn.report = &report;
	turn.responder = account_of(5);
	turn.world.now = NOW;
	turn.world.exit_period = PERIOD;
}

static struct token token_of(uint8_t byte)
{
	return (struct token){ account_of(byte) };
}

/* An entry that has been due for a second. */
static void put_entry(uint8_t id, const struct token *token)
{
	struct snapshot_event event = { 0 };
	struct exit_queued_event *queued = &event.event.as.exit_queued;
	uint64_t exitable_at;
	bool found;

	event.log.eth_block_number = 5;
	event.log.log_index = id;
	queued->exit_id.bytes[20] = id;
	queued->priority =
		priority_make(NOW - 1, position_at(1, 0, 0), &queued->exit_id);
	must(queue_store_put(chain_database, &event, &error));
	must(queue_store_name(chain_database, &found, &exitable_at,
			      &queued->exit_id, token, &error));
	ck_assert(found);
}

/* How often the queue of a token is wanted to be processed. */
static size_t wanted(const struct token *token)
{
	struct hash detail = exit_goal_store_detail(token);
	struct action_list list;
	size_t count = 0;

	must(action_store_unsettled(chain_database, &list, &error));
	for (size_t i = 0; i < list.count; i++)
		count += list.actions[i].key.kind == ACTION_PROCESS_EXITS &&
			 hash_equal(&list.actions[i].detail, &detail);
	action_list_clear(&list);
	return count;
}

START_TEST(test_what_is_due_is_processed)
{
	put_entry(1, &TOKEN_ETH);
	must(ready_loop_pass(&turn, &ready, &error));
	ck_assert_uint_eq(wanted(&TOKEN_ETH), 1);
}
END_TEST

/* Such a halt lets the blocks of before it be read yet. */
START_TEST(test_nothing_is_processed_while_a_halt_leaves_blocks_unread)
{
	struct token token = token_of(9);

	put_entry(1, &token);
	facts.caught_up = false;
	facts.latch.latched = true;
	must(ready_loop_pass(&turn, &ready, &error));
	ck_assert_uint_eq(wanted(&token), 0);
	facts.latch.has_bad_block = true;
	must(ready_loop_pass(&turn, &ready, &error));
	ck_assert_uint_eq(wanted(&token), 1);
}
END_TEST

START_TEST(test_a_queue_waits_for_a_challenge_however_many_others_do)
{
	struct token token = token_of(7);

	put_entry(1, &TOKEN_ETH);
	put_entry(2, &token);
	for (size_t i = 0; i < 2 * READY_LOOP_MAX_TOKENS; i++)
		ready_loop_hold(&ready, &TOKEN_ETH);
	must(ready_loop_pass(&turn, &ready, &error));
	ck_assert_uint_eq(wanted(&token), 1);
	ck_assert_uint_eq(wanted(&TOKEN_ETH), 0);
}
END_TEST

START_TEST(test_a_queue_waits_though_much_is_to_be_answered_in_another)
{
	struct token token = token_of(7);

	put_entry(2, &token);
	for (size_t i = 0; i < READY_LOOP_MAX_TOKENS; i++)
		ready_loop_hold(&ready, &TOKEN_ETH);
	ready_loop_hold(&ready, &token);
	must(ready_loop_pass(&turn, &ready, &error));
	ck_assert_uint_eq(wanted(&token), 0);
}
END_TEST

START_TEST(test_a_queue_waits_though_as_many_others_wait_as_are_counted)
{
	struct token token = token_of(200);

	put_entry(2, &token);
	for (size_t i = 0; i < READY_LOOP_MAX_TOKENS; i++) {
		struct token other = token_of((uint8_t)(i + 1));

		ready_loop_hold(&ready, &other);
	}
	ready_loop_hold(&ready, &token);
	must(ready_loop_pass(&turn, &ready, &error));
	ck_assert_uint_eq(wanted(&token), 0);
}
END_TEST

static struct recorded_standard_exit own_exit(uint64_t units)
{
	struct recorded_standard_exit recorded = { 0 };

	recorded.exit.output = output_of(5, units);
	recorded.exit.exitable_at = NOW - 1;
	recorded.exit.status = STANDARD_EXIT_LIVE;
	return recorded;
}

START_TEST(test_processing_may_cost_what_the_dearest_of_ours_is_worth)
{
	const uint64_t units[] = { 1, 1000, 10 };
	struct address owners[] = { account_of(5) };
	struct action_list list;

	turn.world.owners = owners;
	turn.world.owner_count = 1;
	put_entry(1, &TOKEN_ETH);
	for (size_t i = 0; i < 3; i++) {
		struct recorded_standard_exit recorded = own_exit(units[i]);

		ready_loop_note_standard(&ready, &turn, &recorded);
	}
	must(ready_loop_pass(&turn, &ready, &error));
	must(action_store_unsettled(chain_database, &list, &error));
	ck_assert_uint_eq(list.count, 1);
	ck_assert(u256_equal(list.actions[0].value_at_risk_wei, u256_of(1000)));
	action_list_clear(&list);
}
END_TEST

Suite *ready_loop_suite(void);

Suite *ready_loop_suite(void)
{
	Suite *suite = suite_create("ready_loop");
	TCase *tests = tcase_create("ready_loop");

	tcase_add_checked_fixture(tests, set_up, chain_folder_tear_down);
	tcase_add_test(tests, test_what_is_due_is_processed);
	tcase_add_test(
		tests,
		test_nothing_is_processed_while_a_halt_leaves_blocks_unread);
	tcase_add_test(
		tests,
		test_a_queue_waits_for_a_challenge_however_many_others_do);
	tcase_add_test(
		tests,
		test_a_queue_waits_though_much_is_to_be_answered_in_another);
	tcase_add_test(
		tests,
		test_a_queue_waits_though_as_many_others_wait_as_are_counted);
	tcase_add_test(
		tests,
		test_processing_may_cost_what_the_dearest_of_ours_is_worth);
	suite_add_tcase(suite, tests);
	return suite;
}
