/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/runner.h"
#include "wallet/coin_selection.h"

static const struct token dai = { { { 0xda } } };

static struct coin make_coin(uint64_t blknum, struct token token,
			     uint64_t amount)
{
	struct coin coin;

	memset(&coin, 0, sizeof(coin));
	ck_assert(position_make(&coin.position, blknum, 0, 0));
	coin.output.type = PROTOCOL_OUTPUT_TYPE_PAYMENT;
	coin.output.token = token;
	coin.output.amount = amount_of(amount);
	return coin;
}

/* Coins of ETH with these amounts, in blocks 1000, 2000, … */
static size_t make_coins(struct coin *coins, const uint64_t *amounts,
			 size_t count)
{
	for (size_t i = 0; i < count; i++)
		coins[i] = make_coin(1000 * (i + 1), TOKEN_ETH, amounts[i]);
	return count;
}

static struct coin_need eth_need(uint64_t amount)
{
	return (struct coin_need){ TOKEN_ETH, amount_of(amount) };
}

START_TEST(test_takes_the_smallest_single_coin_that_covers)
{
	static const uint64_t amounts[] = { 100, 7, 50, 8, 3 };
	struct coin_need need = eth_need(8);
	struct coin_selection got;
	struct coin coins[5];

	make_coins(coins, amounts, 5);
	ck_assert_int_eq(coin_selection_choose(&got, coins, 5, &need, 1),
			 COIN_SELECTION_FOUND);
	ck_assert_uint_eq(got.count, 1);
	ck_assert_uint_eq(got.chosen[0], 3);
	ck_assert(amount_is_zero(got.change[0]));
}
END_TEST

START_TEST(test_takes_no_more_coins_than_it_needs)
{
	static const uint64_t amounts[] = { 5, 5, 5, 5, 5, 12 };
	struct coin_need need = eth_need(16);
	struct coin_selection got;
	struct coin coins[6];

	make_coins(coins, amounts, 6);
	ck_assert_int_eq(coin_selection_choose(&got, coins, 6, &need, 1),
			 COIN_SELECTION_FOUND);
	ck_assert_uint_eq(got.count, 2);
	ck_assert(amount_equal(got.change[0], amount_of(1)));
}
END_TEST

START_TEST(test_says_when_there_is_not_enough)
{
	static const uint64_t amounts[] = { 5, 6 };
	struct coin_need needs[2] = { eth_need(11), { dai, amount_of(1) } };
	struct coin_selection got;
	struct coin coins[2];

	make_coins(coins, amounts, 2);
	ck_assert_int_eq(coin_selection_choose(&got, coins, 2, needs, 1),
			 COIN_SELECTION_FOUND);
	needs[0] = eth_need(12);
	ck_assert_int_eq(coin_selection_choose(&got, coins, 2, needs, 1),
			 COIN_SELECTION_NOT_ENOUGH);
	ck_assert(amount_equal(got.available, amount_of(11)));
	needs[0] = eth_need(11);
	ck_assert_int_eq(coin_selection_choose(&got, coins, 2, needs, 2),
			 COIN_SELECTION_NOT_ENOUGH);
	ck_assert_uint_eq(got.failed_need, 1);
	ck_assert_int_eq(coin_selection_choose(&got, coins, 0, needs, 1),
			 COIN_SELECTION_NOT_ENOUGH);
}
END_TEST

START_TEST(test_says_when_five_inputs_are_not_enough)
{
	static const uint64_t amounts[] = { 1, 1, 1, 1, 1, 1 };
	struct coin_need needs[2] = { eth_need(5), { dai, amount_of(2) } };
	struct coin_selection got;
	struct coin coins[7];

	make_coins(coins, amounts, 6);
	ck_assert_int_eq(coin_selection_choose(&got, coins, 6, needs, 1),
			 COIN_SELECTION_FOUND);
	ck_assert_uint_eq(got.count, 5);
	needs[0] = eth_need(6);
	ck_assert_int_eq(coin_selection_choose(&got, coins, 6, needs, 1),
			 COIN_SELECTION_TOO_SCATTERED);
	coins[6] = make_coin(9000, dai, 3);
	needs[0] = eth_need(5);
	ck_assert_int_eq(coin_selection_choose(&got, coins, 7, needs, 2),
			 COIN_SELECTION_TOO_SCATTERED);
	needs[0] = eth_need(4);
	ck_assert_int_eq(coin_selection_choose(&got, coins, 7, needs, 2),
			 COIN_SELECTION_FOUND);
	ck_assert_uint_eq(got.count, 5);
	ck_assert_uint_eq(got.chosen[4], 6);
	ck_assert(amount_equal(got.change[1], amount_of(1)));
}
END_TEST

START_TEST(test_a_sum_above_256_bits_is_never_chosen)
{
	struct coin_need need = { TOKEN_ETH, amount_from_u256(U256_MAX) };
	struct coin_selection got;
	struct amount less;
	struct coin coins[3];

	ck_assert(amount_subtract(&less, amount_from_u256(U256_MAX),
				  amount_of(1)));
	for (size_t i = 0; i < 3; i++)
		coins[i] = make_coin(1000 * (i + 1), TOKEN_ETH, 1);
	coins[0].output.amount = less;
	coins[1].output.amount = less;
	ck_assert_int_eq(coin_selection_choose(&got, coins, 2, &need, 1),
			 COIN_SELECTION_NOT_ENOUGH);
	ck_assert_int_eq(coin_selection_choose(&got, coins, 3, &need, 1),
			 COIN_SELECTION_FOUND);
	ck_assert_uint_eq(got.count, 2);
	ck_assert(amount_is_zero(got.change[0]));
}
END_TEST

/* The fewest of `count` coins that cover the amount, tried in every way; 0 if
 * all together do not. */
static unsigned int fewest(const uint64_t *amounts, size_t count,
			   uint64_t target)
{
	unsigned int best = 0;

	for (unsigned int set = 1; set < 1U << count; set++) {
		unsigned int size = 0;
		uint64_t sum = 0;

		for (size_t i = 0; i < count; i++) {
			if ((set >> i & 1U) != 0) {
				sum += amounts[i];
				size++;
			}
		}
		if (sum >= target && (best == 0 || size < best))
			best = size;
	}
	return best;
}

START_TEST(test_agrees_with_trying_every_way)
{
	uint64_t state = 88172645463325252;
	struct coin coins[8];
	uint64_t amounts[8];

	for (int round = 0; round < 3000; round++) {
		size_t count = 0;

		for (size_t i = 0; i < 8; i++) {
			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			amounts[i] = state % 30 + 1;
		}
		count = make_coins(coins, amounts, state % 8 + 1);
		uint64_t target = (state >> 20) % 150 + 1;
		struct coin_need need = eth_need(target);
		struct coin_selection got;
		enum coin_selection_result result =
			coin_selection_choose(&got, coins, count, &need, 1);
		unsigned int best = fewest(amounts, count, target);

		if (best == 0) {
			ck_assert_int_eq(result, COIN_SELECTION_NOT_ENOUGH);
			continue;
		}
		if (best > 5) {
			ck_assert_int_eq(result, COIN_SELECTION_TOO_SCATTERED);
			continue;
		}
		ck_assert_int_eq(result, COIN_SELECTION_FOUND);
		ck_assert_uint_eq(got.count, best);
		uint64_t sum = 0;
		unsigned int seen = 0;
		for (size_t i = 0; i < got.count; i++) {
			ck_assert_uint_eq(seen >> got.chosen[i] & 1U, 0);
			seen |= 1U << got.chosen[i];
			sum += amounts[got.chosen[i]];
		}
		ck_assert(amount_equal(got.change[0], amount_of(sum - target)));
	}
}
END_TEST

START_TEST(test_merges_the_smallest_coins_of_a_token)
{
	static const uint64_t amounts[] = { 9, 1, 8, 2, 7, 3, 6 };
	size_t chosen[PROTOCOL_MAX_INPUTS];
	struct coin coins[8];

	make_coins(coins, amounts, 7);
	coins[7] = make_coin(9000, dai, 1);
	ck_assert_uint_eq(
		coin_selection_merge(chosen, coins, 8, &coins[0].output.token),
		5);
	ck_assert_uint_eq(chosen[0], 1);
	ck_assert_uint_eq(chosen[1], 3);
	ck_assert_uint_eq(chosen[2], 5);
	ck_assert_uint_eq(chosen[3], 6);
	ck_assert_uint_eq(chosen[4], 4);
	ck_assert_uint_eq(coin_selection_merge(chosen, coins, 8, &dai), 0);
}
END_TEST

Suite *coin_selection_suite(void);

Suite *coin_selection_suite(void)
{
	Suite *suite = suite_create("coin_selection");
	TCase *tests = tcase_create("coin_selection");

	tcase_add_test(tests, test_takes_the_smallest_single_coin_that_covers);
	tcase_add_test(tests, test_takes_no_more_coins_than_it_needs);
	tcase_add_test(tests, test_says_when_there_is_not_enough);
	tcase_add_test(tests, test_says_when_five_inputs_are_not_enough);
	tcase_add_test(tests, test_a_sum_above_256_bits_is_never_chosen);
	tcase_add_test(tests, test_agrees_with_trying_every_way);
	tcase_add_test(tests, test_merges_the_smallest_coins_of_a_token);
	suite_add_tcase(suite, tests);
	return suite;
}
