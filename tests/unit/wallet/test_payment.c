/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/chain/transaction_codec.h"
#include "common/chain/transaction_rules.h"
#include "tests/unit/runner.h"
#include "wallet/payment.h"

static const struct token dai = { { { 0xda } } };
static const struct address alice = { { 0xa1 } };
static const struct address bob = { { 0xb0 } };

static struct coin make_coin(uint64_t blknum, struct token token,
			     uint64_t amount)
{
	struct coin coin;

	memset(&coin, 0, sizeof(coin));
	ck_assert(position_make(&coin.position, blknum, 0, 0));
	coin.output.type = PROTOCOL_OUTPUT_TYPE_PAYMENT;
	coin.output.owner = alice;
	coin.output.token = token;
	coin.output.amount = amount_of(amount);
	return coin;
}

static struct payment_wish make_wish(struct token token, uint64_t amount,
				     struct token fee_token, uint64_t fee)
{
	struct payment_wish wish;

	memset(&wish, 0, sizeof(wish));
	wish.from = alice;
	wish.to = bob;
	wish.token = token;
	wish.amount = amount_of(amount);
	wish.fee_token = fee_token;
	wish.fee = amount_of(fee);
	return wish;
}

/* What the rules say is left of each token after the payment. */
static struct surplus surplus_of(const struct transaction *transaction,
				 const struct coin *coins, size_t count)
{
	struct output spent[PROTOCOL_MAX_INPUTS];
	struct surplus surplus;

	for (size_t i = 0; i < transaction->input_count; i++) {
		for (size_t j = 0; j < count; j++) {
			if (position_equal(coins[j].position,
					   transaction->inputs[i]))
				spent[i] = coins[j].output;
		}
	}
	ck_assert_int_eq(
		transaction_judge_amounts(&surplus, transaction, spent),
		VERDICT_VALID);
	return surplus;
}

static struct transaction pay(const struct payment_wish *wish,
			      const struct coin *coins, size_t count)
{
	struct coin_need needs[COIN_SELECTION_MAX_NEEDS];
	struct coin_selection selection;
	size_t need_count = payment_needs(needs, wish);

	ck_assert_uint_gt(need_count, 0);
	ck_assert_int_eq(coin_selection_choose(&selection, coins, count, needs,
					       need_count),
			 COIN_SELECTION_FOUND);
	return payment_build(wish, coins, &selection);
}

START_TEST(test_leaves_exactly_the_fee_in_the_same_token)
{
	struct coin coins[2] = { make_coin(1000, TOKEN_ETH, 60),
				 make_coin(2000, TOKEN_ETH, 50) };
	struct payment_wish wish = make_wish(TOKEN_ETH, 70, TOKEN_ETH, 3);
	struct transaction transaction = pay(&wish, coins, 2);
	struct surplus surplus = surplus_of(&transaction, coins, 2);

	ck_assert_uint_eq(transaction.output_count, 2);
	ck_assert(address_equal(&transaction.outputs[0].owner, &bob));
	ck_assert(address_equal(&transaction.outputs[1].owner, &alice));
	ck_assert(amount_equal(transaction.outputs[1].amount, amount_of(37)));
	ck_assert_uint_eq(surplus.count, 1);
	ck_assert(amount_equal(surplus.of[0].amount, amount_of(3)));
}
END_TEST

START_TEST(test_pays_the_fee_in_another_token)
{
	struct coin coins[2] = { make_coin(1000, dai, 60),
				 make_coin(2000, TOKEN_ETH, 50) };
	struct payment_wish wish = make_wish(dai, 60, TOKEN_ETH, 3);
	struct transaction transaction = pay(&wish, coins, 2);
	struct surplus surplus = surplus_of(&transaction, coins, 2);

	/* No change of the token that is used up. */
	ck_assert_uint_eq(transaction.output_count, 2);
	ck_assert(token_is_eth(&transaction.outputs[1].token));
	ck_assert(amount_equal(transaction.outputs[1].amount, amount_of(47)));
	for (size_t i = 0; i < surplus.count; i++)
		ck_assert(amount_equal(
			surplus.of[i].amount,
			amount_of(token_is_eth(&surplus.of[i].token) ? 3 : 0)));
}
END_TEST

START_TEST(test_an_amount_and_a_fee_above_256_bits_are_no_payment)
{
	struct coin_need needs[COIN_SELECTION_MAX_NEEDS];
	struct payment_wish wish = make_wish(TOKEN_ETH, 1, TOKEN_ETH, 1);

	wish.amount = amount_from_u256(U256_MAX);
	ck_assert_uint_eq(payment_needs(needs, &wish), 0);
}
END_TEST

START_TEST(test_a_merge_is_one_for_the_operator)
{
	struct coin coins[3] = { make_coin(1000, dai, 60),
				 make_coin(2000, dai, 50),
				 make_coin(3000, dai, 40) };
	static const size_t chosen[] = { 2, 0 };
	struct transaction transaction = payment_merge(coins, chosen, 2);
	struct output spent[2] = { coins[2].output, coins[0].output };
	struct surplus surplus;

	ck_assert(transaction_is_merge(&transaction, spent));
	ck_assert_int_eq(
		transaction_judge_amounts(&surplus, &transaction, spent),
		VERDICT_VALID);
	ck_assert(amount_is_zero(surplus.of[0].amount));
	ck_assert(amount_equal(transaction.outputs[0].amount, amount_of(100)));
}
END_TEST

START_TEST(test_encodes_what_everybody_decodes)
{
	struct coin coins[1] = { make_coin(1000, TOKEN_ETH, 60) };
	struct payment_wish wish = make_wish(TOKEN_ETH, 7, TOKEN_ETH, 3);
	struct transaction transaction = pay(&wish, coins, 1);
	struct payment_raw raw = payment_encode(&transaction);
	struct transaction back;

	ck_assert_int_eq(
		transaction_decode(&back, bytes_view(raw.bytes, raw.len)),
		VERDICT_VALID);
	ck_assert_uint_eq(back.input_count, 1);
	ck_assert(amount_equal(back.outputs[0].amount, amount_of(7)));
}
END_TEST

Suite *payment_suite(void);

Suite *payment_suite(void)
{
	Suite *suite = suite_create("payment");
	TCase *tests = tcase_create("payment");

	tcase_add_test(tests, test_leaves_exactly_the_fee_in_the_same_token);
	tcase_add_test(tests, test_pays_the_fee_in_another_token);
	tcase_add_test(tests,
		       test_an_amount_and_a_fee_above_256_bits_are_no_payment);
	tcase_add_test(tests, test_a_merge_is_one_for_the_operator);
	tcase_add_test(tests, test_encodes_what_everybody_decodes);
	suite_add_tcase(suite, tests);
	return suite;
}
