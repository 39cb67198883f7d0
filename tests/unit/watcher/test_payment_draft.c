/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <string.h>

#include "tests/unit/runner.h"
#include "watcher/payment_draft.h"

#define COINS 8

static struct draft_coin coins[COINS];
static struct output payments[PROTOCOL_MAX_OUTPUTS + 1];
static struct draft_wish wish;
static struct transaction made;

static struct token token_of(uint8_t number)
{
	struct token token = TOKEN_ETH;

	token.address.bytes[0] = number;
	return token;
}

static struct output output_of(uint8_t owner, uint8_t token, uint64_t amount)
{
	struct output output = { .type = PROTOCOL_OUTPUT_TYPE_PAYMENT,
				 .token = token_of(token),
				 .amount = amount_of(amount) };

	output.owner.bytes[0] = owner;
	return output;
}

/* Alice's coins of ether, in this order. */
static void set_up(void)
{
	static const uint64_t amounts[COINS] = { 5, 1, 9, 2, 9, 1, 1, 1 };

	for (size_t i = 0; i < COINS; i++) {
		ck_assert(position_make(&coins[i].position, 1000, (uint32_t)i,
					0));
		coins[i].output = output_of(1, 0, amounts[i]);
	}
	memset(&wish, 0, sizeof(wish));
	wish.owner.bytes[0] = 1;
	wish.payments = payments;
	wish.payment_count = 1;
}

static enum draft_result make(void)
{
	return payment_draft_make(&made, &wish, coins, COINS);
}

static uint32_t input(unsigned int index)
{
	return position_txindex(made.inputs[index]);
}

START_TEST(test_takes_the_largest_coin_and_gives_the_change_back)
{
	payments[0] = output_of(2, 0, 6);
	wish.fee = amount_of(1);
	ck_assert_int_eq(make(), DRAFT_READY);
	ck_assert_uint_eq(made.type, PROTOCOL_TX_TYPE_PAYMENT);
	ck_assert_uint_eq(made.input_count, 1);
	ck_assert_uint_eq(input(0), 2); /* the older of two equal ones */
	ck_assert_uint_eq(made.output_count, 2);
	ck_assert(output_equal(&made.outputs[0], &payments[0]));
	ck_assert(amount_equal(made.outputs[1].amount, amount_of(2)));
	ck_assert(address_equal(&made.outputs[1].owner, &wish.owner));
}
END_TEST

START_TEST(test_gives_no_change_of_nothing)
{
	payments[0] = output_of(2, 0, 9);
	ck_assert_int_eq(make(), DRAFT_READY);
	ck_assert_uint_eq(made.output_count, 1);
}
END_TEST

START_TEST(test_takes_as_few_coins_as_possible)
{
	payments[0] = output_of(2, 0, 24);
	ck_assert_int_eq(make(), DRAFT_READY);
	ck_assert_uint_eq(made.input_count, 4);
	ck_assert_uint_eq(input(0), 2);
	ck_assert_uint_eq(input(1), 4);
	ck_assert_uint_eq(input(2), 0);
	ck_assert_uint_eq(input(3), 3);
	ck_assert(amount_equal(made.outputs[1].amount, amount_of(1)));
}
END_TEST

START_TEST(test_says_when_it_takes_too_many_coins)
{
	payments[0] = output_of(2, 0, 27);
	ck_assert_int_eq(make(), DRAFT_TOO_MANY_INPUTS);
}
END_TEST

START_TEST(test_says_when_there_is_not_enough)
{
	payments[0] = output_of(2, 0, 29);
	wish.fee = amount_of(1);
	ck_assert_int_eq(make(), DRAFT_NOT_ENOUGH);
	payments[0] = output_of(2, 3, 1);
	ck_assert_int_eq(make(), DRAFT_NOT_ENOUGH);
	/* Two amounts that have no sum. */
	payments[0] = output_of(2, 0, 1);
	payments[0].amount = amount_from_u256(U256_MAX);
	payments[1] = payments[0];
	wish.payment_count = 2;
	ck_assert_int_eq(make(), DRAFT_NOT_ENOUGH);
}
END_TEST

START_TEST(test_pays_several_tokens_and_a_fee_in_another)
{
	coins[1].output = output_of(1, 3, 7);
	coins[6].output = output_of(1, 4, 10);
	payments[0] = output_of(2, 0, 9);
	payments[1] = output_of(5, 3, 7);
	wish.payment_count = 2;
	wish.fee_token = token_of(4);
	wish.fee = amount_of(3);
	ck_assert_int_eq(make(), DRAFT_READY);
	ck_assert_uint_eq(made.input_count, 3);
	ck_assert_uint_eq(input(1), 1);
	ck_assert_uint_eq(input(2), 6);
	ck_assert_uint_eq(made.output_count, 3);
	ck_assert(amount_equal(made.outputs[2].amount, amount_of(7)));
	ck_assert(token_equal(&made.outputs[2].token, &wish.fee_token));
}
END_TEST

START_TEST(test_says_when_there_are_too_many_outputs)
{
	for (size_t i = 0; i <= PROTOCOL_MAX_OUTPUTS; i++)
		payments[i] = output_of(2, 0, 1);
	wish.payment_count = PROTOCOL_MAX_OUTPUTS;
	ck_assert_int_eq(make(), DRAFT_TOO_MANY_OUTPUTS); /* the change */
	payments[0] = output_of(2, 0, 5);
	ck_assert_int_eq(make(), DRAFT_READY); /* 9 to the unit */
	wish.payment_count = PROTOCOL_MAX_OUTPUTS + 1;
	ck_assert_int_eq(make(), DRAFT_TOO_MANY_OUTPUTS);
}
END_TEST

Suite *payment_draft_suite(void);

Suite *payment_draft_suite(void)
{
	Suite *suite = suite_create("payment_draft");
	TCase *tcase = tcase_create("payment_draft");

	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_test(tcase,
		       test_takes_the_largest_coin_and_gives_the_change_back);
	tcase_add_test(tcase, test_gives_no_change_of_nothing);
	tcase_add_test(tcase, test_takes_as_few_coins_as_possible);
	tcase_add_test(tcase, test_says_when_it_takes_too_many_coins);
	tcase_add_test(tcase, test_says_when_there_is_not_enough);
	tcase_add_test(tcase, test_pays_several_tokens_and_a_fee_in_another);
	tcase_add_test(tcase, test_says_when_there_are_too_many_outputs);
	suite_add_tcase(suite, tcase);
	return suite;
}
