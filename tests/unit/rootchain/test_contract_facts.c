/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/base/memory.h"
#include "rootchain/contract_facts.h"
#include "tests/unit/runner.h"

static struct network *network;
static struct contract_facts *facts;

static struct address address_of(uint8_t last)
{
	struct address address = { { 0 } };

	address.bytes[19] = last;
	return address;
}

static void set_up(void)
{
	network = memory_new(1, sizeof(*network));
	network->plasma_framework = address_of(1);
	network->eth_vault = address_of(2);
	network->erc20_vault = address_of(3);
	network->payment_exit_game = address_of(4);
	network->extensions = 1;
	facts = contract_facts_new(network);
}

static void tear_down(void)
{
	contract_facts_free(facts);
	memory_free(network);
}

static void update_bond(uint64_t bond, uint64_t seconds)
{
	struct contract_event event = {
		.kind = CONTRACT_EVENT_STANDARD_EXIT_BOND_UPDATED,
	};

	event.as.bond_updated.bond_wei = amount_of(bond);
	event.as.bond_updated.bounty_wei = amount_of(1);
	contract_facts_apply(facts, &network->payment_exit_game, &event,
			     (struct root_time){ seconds });
}

static struct amount bond_at(uint64_t seconds)
{
	return contract_facts_bond_at(facts, CONTRACT_FACTS_BOND_STANDARD_EXIT,
				      (struct root_time){ seconds })
		.bond_wei;
}

START_TEST(test_begins_with_the_bonds_of_the_protocol)
{
	ck_assert(amount_equal(bond_at(0),
			       amount_of(UINT64_C(23300000000000000))));
	ck_assert(amount_equal(contract_facts_bond_at(facts,
						      CONTRACT_FACTS_BOND_IFE,
						      (struct root_time){ 0 })
				       .bond_wei,
			       amount_of(UINT64_C(26900000000000000))));
	ck_assert(amount_equal(
		contract_facts_bond_at(facts, CONTRACT_FACTS_BOND_PIGGYBACK,
				       (struct root_time){ 0 })
			.bounty_wei,
		amount_of(UINT64_C(25000000000000000))));
}
END_TEST

START_TEST(test_a_new_bond_counts_after_two_days)
{
	update_bond(5, 1000);
	ck_assert(!amount_equal(bond_at(1000 + 172799), amount_of(5)));
	ck_assert(amount_equal(bond_at(1000 + 172800), amount_of(5)));
}
END_TEST

START_TEST(test_a_pending_bond_is_replaced)
{
	update_bond(5, 1000);
	update_bond(7, 2000);
	ck_assert(amount_equal(bond_at(1000 + 172800),
			       amount_of(UINT64_C(23300000000000000))));
	ck_assert(amount_equal(bond_at(2000 + 172800), amount_of(7)));
	update_bond(9, 2000 + 172800);
	ck_assert(amount_equal(bond_at(2000 + 172801), amount_of(7)));
}
END_TEST

static void add_queue(uint8_t token)
{
	struct contract_event event = {
		.kind = CONTRACT_EVENT_EXIT_QUEUE_ADDED,
	};

	event.as.exit_queue_added.token.address = address_of(token);
	contract_facts_apply(facts, &network->plasma_framework, &event,
			     (struct root_time){ 1 });
}

static void set_minimum(uint8_t token, uint64_t amount)
{
	struct contract_event event = {
		.kind = CONTRACT_EVENT_MINIMUM_DEPOSIT_UPDATED,
	};

	event.as.minimum_deposit_updated.token.address = address_of(token);
	event.as.minimum_deposit_updated.amount = amount_of(amount);
	contract_facts_apply(facts, &network->erc20_vault, &event,
			     (struct root_time){ 1 });
}

START_TEST(test_tokens_are_in_order_and_junk_queues_hold_nothing)
{
	size_t count;

	add_queue(9);
	set_minimum(7, 70);
	add_queue(7);
	add_queue(8);
	const struct contract_facts_token *tokens =
		contract_facts_tokens_borrow(facts, &count);
	ck_assert_uint_eq(count, 3);
	ck_assert_uint_eq(tokens[0].token.address.bytes[19], 7);
	ck_assert(tokens[0].has_exit_queue && tokens[0].may_be_held);
	ck_assert(amount_equal(tokens[0].minimum_deposit, amount_of(70)));
	ck_assert(!tokens[1].may_be_held && tokens[1].has_exit_queue);
	set_minimum(7, 0);
	ck_assert(tokens[0].may_be_held);
	ck_assert(amount_is_zero(tokens[0].minimum_deposit));
}
END_TEST

static void change_credit(const struct address *contract,
			  enum contract_event_kind kind, uint64_t amount)
{
	struct contract_event event = { .kind = kind };

	if (kind == CONTRACT_EVENT_CREDIT_ADDED)
		event.as.account_amount.amount = amount_of(amount);
	else
		event.as.credit_claimed.amount = amount_of(amount);
	contract_facts_apply(facts, contract, &event, (struct root_time){ 1 });
}

START_TEST(test_credits_are_those_of_the_vault)
{
	size_t count;

	change_credit(&network->eth_vault, CONTRACT_EVENT_CREDIT_ADDED, 10);
	change_credit(&network->payment_exit_game, CONTRACT_EVENT_CREDIT_ADDED,
		      100);
	change_credit(&network->eth_vault, CONTRACT_EVENT_CREDIT_CLAIMED, 4);
	const struct contract_facts_token *tokens =
		contract_facts_tokens_borrow(facts, &count);
	ck_assert_uint_eq(count, 1);
	ck_assert(amount_equal(tokens[0].credits, amount_of(6)));
}
END_TEST

START_TEST(test_counters_follow_from_the_newest_block)
{
	ck_assert_uint_eq(contract_facts_next_child_block(0), 1000);
	ck_assert_uint_eq(contract_facts_next_deposit(0), 1);
	ck_assert_uint_eq(contract_facts_next_child_block(1), 1000);
	ck_assert_uint_eq(contract_facts_next_deposit(1), 2);
	ck_assert_uint_eq(contract_facts_next_child_block(5000), 6000);
	ck_assert_uint_eq(contract_facts_next_deposit(5000), 1);
	ck_assert_uint_eq(contract_facts_next_child_block(5999), 6000);
	ck_assert_uint_eq(contract_facts_next_deposit(5999), 1000);
}
END_TEST

START_TEST(test_contracts_that_are_registered_are_looked_at)
{
	struct contract_event event = {
		.kind = CONTRACT_EVENT_EXIT_GAME_REGISTERED,
	};
	size_t before;
	size_t after;

	(void)contract_facts_contracts_borrow(facts, &before);
	event.as.exit_game_registered.exit_game = address_of(50);
	contract_facts_apply(facts, &network->plasma_framework, &event,
			     (struct root_time){ 1 });
	contract_facts_apply(facts, &network->plasma_framework, &event,
			     (struct root_time){ 1 });
	const struct address *contracts =
		contract_facts_contracts_borrow(facts, &after);
	ck_assert_uint_eq(before, 4);
	ck_assert_uint_eq(after, 5);
	ck_assert_uint_eq(contracts[4].bytes[19], 50);
}
END_TEST

Suite *contract_facts_suite(void);

Suite *contract_facts_suite(void)
{
	Suite *suite = suite_create("contract_facts");
	TCase *test = tcase_create("contract_facts");

	tcase_add_checked_fixture(test, set_up, tear_down);
	tcase_add_test(test, test_begins_with_the_bonds_of_the_protocol);
	tcase_add_test(test, test_a_new_bond_counts_after_two_days);
	tcase_add_test(test, test_a_pending_bond_is_replaced);
	tcase_add_test(test,
		       test_tokens_are_in_order_and_junk_queues_hold_nothing);
	tcase_add_test(test, test_credits_are_those_of_the_vault);
	tcase_add_test(test, test_counters_follow_from_the_newest_block);
	tcase_add_test(test, test_contracts_that_are_registered_are_looked_at);
	suite_add_tcase(suite, test);
	return suite;
}
