/* SPDX-License-Identifier: MIT */
#include <stdint.h>

#include "common/actions/fee_curve.h"
#include "common/ethereum/eth_transaction.h"
#include "tests/unit/runner.h"

#define GWEI UINT64_C(1000000000)
#define ETHER UINT64_C(1000000000000000000)
#define WALKS 3000

/* The same numbers in every run. */
static uint64_t next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) +
		 UINT64_C(1442695040888963407);
	return *state >> 20;
}

static uint64_t number_between(uint64_t *state, uint64_t low, uint64_t high)
{
	return low + next_random(state) % (high - low + 1);
}

static struct fee_market market_of(uint64_t base_gwei)
{
	return (struct fee_market){ u256_of(base_gwei * GWEI), u256_of(GWEI) };
}

static struct fee_curve curve_until(uint64_t last)
{
	return (struct fee_curve){ .from = { 1000000 },
				   .last = { last },
				   .budget_wei = u256_of(ETHER / 10),
				   .gas_limit = 400000 };
}

static struct fee_offer offer_at(const struct fee_curve *curve,
				 uint64_t base_gwei, uint64_t now)
{
	struct fee_market market = market_of(base_gwei);

	return fee_curve_at(curve, &market, (struct root_time){ now });
}

START_TEST(test_the_budget_is_half_of_what_is_at_stake_and_never_above_the_cap)
{
	ck_assert(u256_equal(fee_curve_budget(u256_of(100), u256_of(80)),
			     u256_of(50)));
	ck_assert(u256_equal(fee_curve_budget(u256_of(100), u256_of(30)),
			     u256_of(30)));
	ck_assert(u256_is_zero(fee_curve_budget(u256_of(1), u256_of(30))));
	ck_assert(u256_equal(fee_curve_budget(U256_MAX, U256_MAX),
			     u256_shift_right(U256_MAX, 1)));
}
END_TEST

START_TEST(test_gas_is_the_estimate_and_a_quarter_below_the_ceiling)
{
	uint64_t gas = 7;

	ck_assert(fee_curve_gas_limit(&gas, 400000));
	ck_assert_uint_eq(gas, 500000);
	ck_assert(fee_curve_gas_limit(&gas, 16000000));
	ck_assert_uint_eq(gas, ETH_TRANSACTION_MAX_GAS);
	ck_assert(fee_curve_gas_limit(&gas, ETH_TRANSACTION_MAX_GAS));
	ck_assert_uint_eq(gas, ETH_TRANSACTION_MAX_GAS);
	ck_assert(!fee_curve_gas_limit(&gas, ETH_TRANSACTION_MAX_GAS + 1));
}
END_TEST

START_TEST(test_begins_with_twice_the_base_fee_and_the_tip)
{
	struct fee_curve curve = curve_until(1000000 + 7 * 86400);
	struct fee_offer offer = offer_at(&curve, 30, 1000000);

	ck_assert(u256_equal(offer.max_fee_wei, u256_of(61 * GWEI)));
	ck_assert(u256_equal(offer.max_priority_fee_wei, u256_of(GWEI)));
}
END_TEST

/* floor(most * 8 / 9) - 1 */
static struct u256 eight_ninths(void)
{
	return u256_of(ETHER / 10 / 400000 * 8 / 9 - 1);
}

START_TEST(test_offers_eight_ninths_a_day_before_a_far_deadline)
{
	uint64_t last = 1000000 + 7 * 86400;
	struct fee_curve curve = curve_until(last);
	struct fee_offer offer = offer_at(&curve, 30, last - 86400);

	ck_assert(u256_compare(
			  offer_at(&curve, 30, last - 86400 - 60).max_fee_wei,
			  eight_ninths()) < 0);
	ck_assert(u256_equal(offer.max_fee_wei, eight_ninths()));
	ck_assert(u256_equal(offer.max_priority_fee_wei, u256_of(10 * GWEI)));
}
END_TEST

START_TEST(test_offers_the_whole_budget_in_the_last_hour)
{
	uint64_t last = 1000000 + 7200;
	struct fee_curve curve = curve_until(last);
	struct u256 most = u256_of(ETHER / 10 / 400000);
	struct fee_offer offer = offer_at(&curve, 30, last - 3600);

	ck_assert(u256_compare(offer_at(&curve, 30, last - 3601).max_fee_wei,
			       eight_ninths()) <= 0);
	ck_assert(u256_equal(offer.max_fee_wei, most));
	ck_assert(u256_equal(offer.max_priority_fee_wei,
			     u256_of(ETHER / 10 / 400000 / 4)));
	curve.last.seconds = curve.from.seconds + 100;
	ck_assert(u256_equal(
		offer_at(&curve, 30, curve.from.seconds).max_fee_wei, most));
}
END_TEST

START_TEST(test_the_last_hour_can_always_replace_what_was_before)
{
	for (uint64_t budget = 3; budget < 100000; budget += 7) {
		struct fee_curve curve = { .from = { 0 },
					   .last = { 1000000 },
					   .budget_wei = u256_of(budget),
					   .gas_limit = 1 };
		struct fee_market market = { u256_of(budget), u256_of(1) };
		struct fee_offer before = fee_curve_at(
			&curve, &market, (struct root_time){ 990000 });
		struct fee_offer offer;

		if (u256_is_zero(before.max_fee_wei))
			continue;
		ck_assert_int_eq(fee_curve_replace(&offer, &curve, &market,
						   curve.last, before),
				 FEE_REPLACE);
		ck_assert(u256_equal(offer.max_fee_wei, u256_of(budget)));
	}
}
END_TEST

START_TEST(test_an_action_without_a_deadline_rises_for_a_day)
{
	struct fee_curve curve = curve_until(0);
	struct fee_offer offer = offer_at(&curve, 30, 5000000);

	ck_assert(u256_equal(offer_at(&curve, 30, 1000000).max_fee_wei,
			     u256_of(61 * GWEI)));
	ck_assert(u256_equal(offer_at(&curve, 30, 1086400).max_fee_wei,
			     eight_ninths()));
	ck_assert(u256_equal(offer.max_fee_wei, eight_ninths()));
	ck_assert(u256_equal(offer.max_priority_fee_wei, u256_of(10 * GWEI)));
}
END_TEST

START_TEST(test_a_replacement_is_an_eighth_more_in_both_fields)
{
	struct fee_offer offer = fee_curve_least_replacement(
		(struct fee_offer){ u256_of(801), u256_of(0) });

	ck_assert(u256_equal(offer.max_fee_wei, u256_of(902)));
	ck_assert(u256_equal(offer.max_priority_fee_wei, u256_of(1)));
}
END_TEST

START_TEST(test_what_could_not_be_raised_again_is_raised_to_the_end)
{
	struct fee_curve curve = curve_until(1000000 + 7 * 86400);
	struct fee_market market = market_of(115);
	struct fee_offer before = { u256_of(200 * GWEI), u256_of(GWEI) };
	struct fee_offer offer;

	ck_assert_int_eq(
		fee_curve_replace(&offer, &curve, &market, curve.from, before),
		FEE_CAPPED);
	before.max_fee_wei = u256_of(190 * GWEI);
	ck_assert_int_eq(
		fee_curve_replace(&offer, &curve, &market, curve.from, before),
		FEE_REPLACE);
	ck_assert(u256_equal(offer.max_fee_wei, eight_ninths()));
	before = offer;
	ck_assert_int_eq(
		fee_curve_replace(&offer, &curve, &market, curve.last, before),
		FEE_REPLACE);
	ck_assert(u256_equal(offer.max_fee_wei, u256_of(250 * GWEI)));
}
END_TEST

START_TEST(test_believes_no_base_fee_that_the_rules_cannot_have_made)
{
	struct u256 verified = u256_of(8 * GWEI);
	struct u256 absurd = u256_of(1000000 * GWEI);

	ck_assert(u256_equal(fee_curve_believable_base(absurd, verified, 1),
			     u256_of(9 * GWEI)));
	ck_assert(u256_equal(fee_curve_believable_base(absurd, verified, 0),
			     verified));
	ck_assert(u256_equal(fee_curve_believable_base(u256_of(7), verified, 3),
			     u256_of(7)));
	/* Ten times in twenty eth_blocks. */
	ck_assert(u256_compare(fee_curve_believable_base(absurd, verified, 20),
			       u256_of(80 * GWEI)) > 0);
}
END_TEST

/* What holds for every transaction of an action. */
static void check_offer(const struct fee_curve *curve, struct fee_offer offer)
{
	ck_assert(u256_compare(offer.max_priority_fee_wei, offer.max_fee_wei) <=
		  0);
	ck_assert(u256_compare(fee_curve_worst_cost(offer, curve->gas_limit),
			       curve->budget_wei) <= 0);
}

/* New fee >= old * 1.125, in both fields. */
static void check_raise(struct fee_offer before, struct fee_offer after)
{
	struct u256 old[2] = { before.max_fee_wei,
			       before.max_priority_fee_wei };
	struct u256 raised[2] = { after.max_fee_wei,
				  after.max_priority_fee_wei };

	for (int i = 0; i < 2; i++) {
		struct u256 left;
		struct u256 right;

		ck_assert(u256_multiply(&left, raised[i], u256_of(8)));
		ck_assert(u256_multiply(&right, old[i], u256_of(9)));
		ck_assert(u256_compare(left, right) >= 0);
		ck_assert(u256_compare(raised[i], old[i]) > 0);
	}
}

/* One action from its beginning to its end in a market that goes anywhere. */
static void walk(uint64_t *state)
{
	uint64_t length = number_between(state, 60, 14 * 86400);
	uint64_t base = number_between(state, 0, 300 * GWEI);
	struct fee_curve curve = {
		.from = { 1000000 },
		.last = { next_random(state) % 4 == 0 ? 0 : 1000000 + length },
		.budget_wei = fee_curve_budget(
			u256_of(number_between(state, 0, ETHER)),
			u256_of(number_between(state, 0, ETHER))),
		.gas_limit =
			number_between(state, 21000, ETH_TRANSACTION_MAX_GAS),
	};
	struct fee_market market = { u256_of(base), u256_of(GWEI) };
	struct fee_offer offer = fee_curve_at(&curve, &market, curve.from);

	check_offer(&curve, offer);
	for (uint64_t now = 1000000; now <= 1000000 + length;
	     now += length / 37 + 1) {
		struct fee_offer next;

		base = number_between(state, base - base / 2,
				      base + base / 2 + GWEI);
		market.base_fee_wei = u256_of(base);
		check_offer(&curve, fee_curve_at(&curve, &market,
						 (struct root_time){ now }));
		if (fee_curve_replace(&next, &curve, &market,
				      (struct root_time){ now },
				      offer) != FEE_REPLACE)
			continue;
		check_offer(&curve, next);
		check_raise(offer, next);
		offer = next;
	}
	/* At the end there is no room left for another eighth. */
	market.base_fee_wei = u256_of(base);
	if (curve.last.seconds == 0 || u256_is_zero(offer.max_fee_wei))
		return;
	struct fee_offer last;
	if (fee_curve_replace(&last, &curve, &market, curve.last, offer) ==
	    FEE_REPLACE)
		offer = last;
	ck_assert_int_eq(
		fee_curve_replace(&last, &curve, &market, curve.last, offer),
		FEE_CAPPED);
}

START_TEST(test_no_walk_breaks_the_budget_or_goes_down)
{
	uint64_t state = 20260101;

	for (int i = 0; i < WALKS; i++)
		walk(&state);
}
END_TEST

START_TEST(test_hurries_in_the_last_six_hours)
{
	struct fee_curve curve = curve_until(1000000 + 7 * 86400);

	ck_assert_uint_eq(fee_curve_patience(&curve, curve.from), 2);
	ck_assert_uint_eq(fee_curve_patience(&curve, curve.last), 1);
	curve.last.seconds = 0;
	ck_assert_uint_eq(fee_curve_patience(&curve, curve.from), 2);
}
END_TEST

Suite *fee_curve_suite(void);

Suite *fee_curve_suite(void)
{
	Suite *suite = suite_create("fee_curve");
	TCase *tcase = tcase_create("fee_curve");

	tcase_add_test(
		tcase,
		test_the_budget_is_half_of_what_is_at_stake_and_never_above_the_cap);
	tcase_add_test(
		tcase,
		test_gas_is_the_estimate_and_a_quarter_below_the_ceiling);
	tcase_add_test(tcase, test_begins_with_twice_the_base_fee_and_the_tip);
	tcase_add_test(tcase,
		       test_offers_eight_ninths_a_day_before_a_far_deadline);
	tcase_add_test(tcase, test_offers_the_whole_budget_in_the_last_hour);
	tcase_add_test(tcase,
		       test_the_last_hour_can_always_replace_what_was_before);
	tcase_add_test(tcase,
		       test_an_action_without_a_deadline_rises_for_a_day);
	tcase_add_test(tcase,
		       test_a_replacement_is_an_eighth_more_in_both_fields);
	tcase_add_test(
		tcase,
		test_what_could_not_be_raised_again_is_raised_to_the_end);
	tcase_add_test(
		tcase,
		test_believes_no_base_fee_that_the_rules_cannot_have_made);
	tcase_add_test(tcase, test_no_walk_breaks_the_budget_or_goes_down);
	tcase_add_test(tcase, test_hurries_in_the_last_six_hours);
	suite_add_tcase(suite, tcase);
	return suite;
}
