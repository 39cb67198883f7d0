/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/unit/runner.h"
#include "tests/unit/watcher/flights.h"
#include "watcher/block_getter.h"
#include "watcher/deadline.h"
#include "watcher/mass_exit.h"

#define T 5000000

static struct own_coin coin_of(struct position position, uint64_t units)
{
	struct own_coin coin = {
		.position = position,
		.output = output_for('A', 'E', units),
		.block_time = T - 1000,
		.in_good_state = true,
		.bytes_known = true,
	};

	return coin;
}

START_TEST(test_a_settled_coin_leaves_by_standard_exit)
{
	struct own_coin coin = coin_of(place_at(1000, 0, 0), 5);
	struct own_coin deposit = coin_of(place_at(1001, 0, 0), 5);

	ck_assert_uint_eq(mass_exit_decide(&coin).way, EXIT_WAY_STANDARD);
	ck_assert_uint_eq(mass_exit_decide(&coin).reason, EXIT_REASON_SETTLED);
	ck_assert_uint_eq(mass_exit_decide(&deposit).way, EXIT_WAY_STANDARD);
	ck_assert_uint_eq(mass_exit_decide(&deposit).reason,
			  EXIT_REASON_DEPOSIT);
}
END_TEST

/* signed once or not, in a bad block or not, leaving already or not. */
START_TEST(test_a_signed_coin_never_leaves_by_standard_exit)
{
	for (unsigned int bits = 0; bits < 8; bits++) {
		struct own_coin coin = coin_of(place_at(1000, 0, 0), 5);
		enum exit_way way;

		coin.signed_by = bits & 1;
		coin.in_good_state = (bits & 2) == 0;
		coin.exit_started = (bits & 4) != 0;
		way = mass_exit_decide(&coin).way;
		if ((bits & 4) != 0)
			ck_assert_uint_eq(way, EXIT_WAY_NONE);
		else if ((bits & 2) != 0)
			ck_assert_uint_eq(way, EXIT_WAY_IMPOSSIBLE);
		else if ((bits & 1) != 0)
			ck_assert_uint_eq(way, EXIT_WAY_IN_FLIGHT);
		else
			ck_assert_uint_eq(way, EXIT_WAY_STANDARD);
	}
	struct own_coin twice = coin_of(place_at(1000, 0, 0), 5);
	twice.signed_by = 2;
	ck_assert_uint_eq(mass_exit_decide(&twice).way, EXIT_WAY_IN_FLIGHT);
	ck_assert_uint_eq(mass_exit_decide(&twice).reason,
			  EXIT_REASON_SIGNED_TWICE);
}
END_TEST

START_TEST(test_a_challenged_coin_leaves_with_its_spend_or_not_at_all)
{
	struct own_coin coin = coin_of(place_at(1000, 0, 0), 5);

	coin.exit_challenged = true;
	ck_assert_uint_eq(mass_exit_decide(&coin).way, EXIT_WAY_IMPOSSIBLE);
	ck_assert_uint_eq(mass_exit_decide(&coin).reason,
			  EXIT_REASON_CHALLENGED);
	coin.signed_by = 1;
	ck_assert_uint_eq(mass_exit_decide(&coin).way, EXIT_WAY_IN_FLIGHT);
}
END_TEST

START_TEST(test_what_cannot_leave_is_said_so)
{
	struct own_coin coin = coin_of(place_at(1000, 0, 0), 0);

	ck_assert_uint_eq(mass_exit_decide(&coin).reason,
			  EXIT_REASON_ZERO_AMOUNT);
	coin = coin_of(place_at(1000, 0, 0), 5);
	coin.bytes_known = false;
	ck_assert_uint_eq(mass_exit_decide(&coin).reason,
			  EXIT_REASON_BYTES_UNKNOWN);
	coin.bytes_known = true;
	coin.output.type = PROTOCOL_OUTPUT_TYPE_FEE;
	ck_assert_uint_eq(mass_exit_decide(&coin).way, EXIT_WAY_IN_FLIGHT);
}
END_TEST

START_TEST(test_a_fee_output_is_paid_to_its_owner_in_flight)
{
	struct own_coin coin = coin_of(place_at(2000, 7, 0), 5);
	struct transaction payment;

	coin.output.type = PROTOCOL_OUTPUT_TYPE_FEE;
	ck_assert_uint_eq(mass_exit_decide(&coin).way, EXIT_WAY_IN_FLIGHT);
	ck_assert_uint_eq(mass_exit_decide(&coin).reason,
			  EXIT_REASON_FEE_OUTPUT);
	payment = mass_exit_pay_oneself(&coin);
	ck_assert_uint_eq(payment.type, PROTOCOL_TX_TYPE_PAYMENT);
	ck_assert_uint_eq(payment.input_count, 1);
	ck_assert_uint_eq(payment.output_count, 1);
	ck_assert(position_equal(payment.inputs[0], coin.position));
	ck_assert_uint_eq(payment.outputs[0].type,
			  PROTOCOL_OUTPUT_TYPE_PAYMENT);
	ck_assert(amount_equal(payment.outputs[0].amount, amount_of(5)));
	ck_assert(address_equal(&payment.outputs[0].owner, &coin.output.owner));
	ck_assert(token_equal(&payment.outputs[0].token, &coin.output.token));
	ck_assert(hash_is_zero(&payment.metadata));
}
END_TEST

/* One output of `units` of `token` to B, one of a fortune to C. */
static struct received_payment received_of(char token, uint64_t units)
{
	struct received_payment received = {
		.payment = { .type = PROTOCOL_TX_TYPE_PAYMENT,
			     .input_count = 1,
			     .output_count = 2,
			     .outputs = { output_for('B', token, units),
					  output_for('C', 'E', 1000000) } },
		.owner = account_of_letter('B'),
	};

	return received;
}

START_TEST(test_a_receiver_starts_only_what_is_worth_three_times_the_bonds)
{
	struct exit_bonds bonds = {
		.in_flight_exit_wei = amount_of(20),
		.piggyback_wei = amount_of(30),
	};
	struct received_payment one = received_of('E', 150);

	ck_assert(!mass_exit_receiver_starts(&one, &bonds));
	one = received_of('E', 151);
	ck_assert(mass_exit_receiver_starts(&one, &bonds));
	ck_assert(amount_equal(mass_exit_largest_received(&one).amount,
			       amount_of(151)));
	one.has_own_input = true;
	ck_assert(!mass_exit_receiver_starts(&one, &bonds));
	one = received_of('E', 151);
	one.is_disputed = true;
	ck_assert(!mass_exit_receiver_starts(&one, &bonds));
	/* A second output is worth more and needs one more bond. */
	one = received_of('E', 150);
	one.payment.outputs[1] = output_for('B', 'E', 90);
	ck_assert(!mass_exit_receiver_starts(&one, &bonds));
	one.payment.outputs[1] = output_for('B', 'E', 91);
	ck_assert(mass_exit_receiver_starts(&one, &bonds));
	ck_assert(amount_equal(mass_exit_largest_received(&one).amount,
			       amount_of(150)));
	one = received_of('T', 1000000);
	ck_assert(!mass_exit_receiver_starts(&one, &bonds));
}
END_TEST

START_TEST(test_late_deposits_go_first_then_flights_then_value_then_age)
{
	struct own_coin coins[] = {
		coin_of(place_at(3000, 0, 0), 9), /* 3: valuable */
		coin_of(place_at(2000, 1, 0), 4), /* 5: younger */
		coin_of(place_at(2000, 0, 0), 4), /* 4 */
		coin_of(place_at(1000, 0, 0), 1), /* 1: in flight */
		coin_of(place_at(4001, 0, 0), 2), /* 0: deposit after T */
		coin_of(place_at(1000, 0, 1), 1), /* 6 */
		coin_of(place_at(1000, 3, 0), 0), /* last */
		coin_of(place_at(3001, 0, 0), 8), /* an older deposit */
	};
	uint64_t wanted[] = { 2, 1, 9, 8, 4, 4, 1, 0 };

	coins[3].signed_by = 1;
	coins[4].block_time = T + 1;
	mass_exit_order(coins, 8, T);
	for (size_t i = 0; i < 8; i++)
		ck_assert(amount_equal(coins[i].output.amount,
				       amount_of(wanted[i])));
	ck_assert(position_equal(coins[1].position, place_at(1000, 0, 0)));
	ck_assert(position_equal(coins[4].position, place_at(2000, 0, 0)));
	ck_assert(position_equal(coins[5].position, place_at(2000, 1, 0)));
}
END_TEST

static struct mass_exit_prices prices(void)
{
	struct mass_exit_prices made = {
		.gas_now_wei = amount_of(10),
		.gas_high_wei = amount_of(20),
		.standard_bond_wei = amount_of(1000),
		.standard_bounty_wei = amount_of(100),
		.in_flight_bond_wei = amount_of(2000),
		.piggyback_bond_wei = amount_of(3000),
		.piggyback_bounty_wei = amount_of(300),
		.now = T,
		.exit_period = FLIGHT_PERIOD,
	};

	return made;
}

START_TEST(test_bonds_are_capital_and_bounties_are_cost)
{
	struct mass_exit_prices made = prices();
	struct own_coin coin = coin_of(place_at(1000, 0, 0), 7000000);
	struct mass_exit_line line = mass_exit_cost(&coin, &made);

	ck_assert(amount_equal(line.bonds_wei, amount_of(1000)));
	ck_assert(amount_equal(line.bounties_wei, amount_of(100)));
	ck_assert(amount_equal(line.gas_now_wei, amount_of(10 * line.gas)));
	ck_assert(amount_equal(line.gas_high_wei, amount_of(20 * line.gas)));
	ck_assert(line.pays_at == T - 1000 + 2 * FLIGHT_PERIOD);
	ck_assert(line.start_last == T + FLIGHT_PERIOD - 1);
	ck_assert(!line.is_stranded);
	coin.signed_by = 1;
	coin.starts_flight = true;
	coin.piggybacks = 2;
	line = mass_exit_cost(&coin, &made);
	ck_assert(amount_equal(line.bonds_wei, amount_of(8000)));
	ck_assert(amount_equal(line.bounties_wei, amount_of(600)));
	ck_assert(line.is_stranded);
}
END_TEST

/* Two coins of one payment that leaves in flight. */
START_TEST(test_the_start_of_a_flight_is_counted_once)
{
	struct mass_exit_prices made = prices();
	struct own_coin coin = coin_of(place_at(1000, 0, 0), 7000000);
	uint64_t gas;

	coin.signed_by = 1;
	coin.piggybacks = 1;
	struct mass_exit_line line = mass_exit_cost(&coin, &made);
	ck_assert(amount_equal(line.bonds_wei, amount_of(3000)));
	ck_assert(amount_equal(line.bounties_wei, amount_of(300)));
	gas = line.gas;
	coin.starts_flight = true;
	line = mass_exit_cost(&coin, &made);
	ck_assert(amount_equal(line.bonds_wei, amount_of(5000)));
	ck_assert(amount_equal(line.bounties_wei, amount_of(300)));
	ck_assert_uint_gt(line.gas, gas);
}
END_TEST

START_TEST(test_a_coin_worth_its_exit_and_its_bounty_is_not_stranded)
{
	struct mass_exit_prices made = prices();
	struct own_coin coin = coin_of(place_at(1000, 0, 0), 1);
	uint64_t cost = 20 * mass_exit_cost(&coin, &made).gas + 100;

	coin.output.amount = amount_of(cost - 1);
	ck_assert(mass_exit_cost(&coin, &made).is_stranded);
	coin.output.amount = amount_of(cost);
	ck_assert(!mass_exit_cost(&coin, &made).is_stranded);
	coin.output = output_for('A', 'T', 1);
	ck_assert(!mass_exit_cost(&coin, &made).is_stranded);
}
END_TEST

START_TEST(test_an_owner_needs_the_bonds_and_the_gas_of_its_own_coins)
{
	struct mass_exit_prices made = prices();
	struct own_coin coins[4];
	uint64_t gas;

	for (unsigned int i = 0; i < 4; i++)
		coins[i] = coin_of(place_at(1000, i, 0), 7000000);
	coins[1].output.owner.bytes[19] ^= 1;
	coins[2].output.amount = amount_of(1);
	coins[3].exit_started = true;
	gas = mass_exit_cost(&coins[0], &made).gas;
	ck_assert(mass_exit_cost(&coins[2], &made).is_stranded);
	ck_assert(amount_equal(
		mass_exit_needs(&coins[0].output.owner, coins, 4, &made),
		amount_of(20 * gas + 1000)));
	ck_assert(amount_equal(
		mass_exit_needs(&coins[1].output.owner, coins, 4, &made),
		amount_of(20 * gas + 1000)));
	ck_assert(amount_equal(
		mass_exit_needs(&coins[0].output.owner, coins, 0, &made),
		amount_of(0)));
}
END_TEST

START_TEST(test_the_index_is_the_part_of_a_quarter_of_the_room)
{
	/* 1000 blocks of 30 million: a quarter holds 25000 exits. */
	ck_assert_uint_eq(mass_exit_index(25000, 30000000, 12, 12000), 100);
	ck_assert_uint_eq(mass_exit_index(12500, 30000000, 12, 12000), 50);
	ck_assert_uint_eq(mass_exit_index(0, 30000000, 12, 12000), 0);
	ck_assert(mass_exit_index(1, 30000000, 12, 11) == UINT64_MAX);
}
END_TEST

START_TEST(test_nothing_is_withheld_before_the_limit_and_one_failed_round)
{
	struct missing_block block = { .number = 1000, .committed_at = T };

	ck_assert_uint_eq(block_getter_judge(&block, T + 599, 7200),
			  AVAILABILITY_WAITING);
	ck_assert_uint_eq(block_getter_judge(&block, T + 600, 7200),
			  AVAILABILITY_SUSPECTED);
	ck_assert_uint_eq(block_getter_judge(&block, T + 7200, 7200),
			  AVAILABILITY_SUSPECTED);
	block.failed_rounds = 1;
	ck_assert_uint_eq(block_getter_judge(&block, T + 7199, 7200),
			  AVAILABILITY_SUSPECTED);
	ck_assert_uint_eq(block_getter_judge(&block, T + 7200, 7200),
			  AVAILABILITY_WITHHELD);
}
END_TEST

Suite *mass_exit_suite(void);

Suite *mass_exit_suite(void)
{
	Suite *suite = suite_create("mass_exit");
	TCase *tests = tcase_create("leaving");

	tcase_add_test(tests, test_a_settled_coin_leaves_by_standard_exit);
	tcase_add_test(tests, test_a_signed_coin_never_leaves_by_standard_exit);
	tcase_add_test(
		tests,
		test_a_challenged_coin_leaves_with_its_spend_or_not_at_all);
	tcase_add_test(tests, test_what_cannot_leave_is_said_so);
	tcase_add_test(tests, test_a_fee_output_is_paid_to_its_owner_in_flight);
	tcase_add_test(
		tests,
		test_a_receiver_starts_only_what_is_worth_three_times_the_bonds);
	tcase_add_test(
		tests,
		test_late_deposits_go_first_then_flights_then_value_then_age);
	tcase_add_test(tests, test_bonds_are_capital_and_bounties_are_cost);
	tcase_add_test(tests, test_the_start_of_a_flight_is_counted_once);
	tcase_add_test(
		tests,
		test_a_coin_worth_its_exit_and_its_bounty_is_not_stranded);
	tcase_add_test(
		tests,
		test_an_owner_needs_the_bonds_and_the_gas_of_its_own_coins);
	tcase_add_test(tests,
		       test_the_index_is_the_part_of_a_quarter_of_the_room);
	tcase_add_test(
		tests,
		test_nothing_is_withheld_before_the_limit_and_one_failed_round);
	suite_add_tcase(suite, tests);
	return suite;
}
