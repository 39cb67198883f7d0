/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/chain/fee.h"
#include "common/chain/ledger.h"
#include "common/chain/verdict.h"
#include "tests/unit/runner.h"

static struct token token_number(uint8_t number)
{
	return (struct token){ { { number } } };
}

static struct surplus surplus_of(uint8_t token, struct amount amount)
{
	struct surplus surplus = { .count = 1 };
	surplus.of[0].token = token_number(token);
	surplus.of[0].amount = amount;
	return surplus;
}

START_TEST(test_amounts_are_read_with_a_unit_and_never_without)
{
	static const struct {
		const char *text;
		const char *wei;
	} taken[] = {
		{ "1.5eth", "1500000000000000000" },
		{ "250gwei", "250000000000" },
		{ "1000wei", "1000" },
		{ "1 eth", "1000000000000000000" },
	};
	static const char *const refused[] = { "1",	 "1.5",	   "eth",
					       "1.5wei", "-1eth",  "1ether",
					       "1eth ",	 "0x1eth", "1e3wei" };
	struct amount amount;
	char digits[AMOUNT_DECIMAL_SIZE];
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
		ck_assert(amount_parse(&amount, taken[i].text, NULL, 0));
		(void)amount_to_decimal(digits, amount);
		ck_assert_str_eq(digits, taken[i].wei);
	}
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		ck_assert_msg(!amount_parse(&amount, refused[i], NULL, 0),
			      "took %s", refused[i]);
	ck_assert(amount_parse(&amount, "12.5 DAI", "DAI", 2));
	ck_assert(amount_equal(amount, amount_of(1250)));
	ck_assert(!amount_parse(&amount, "12.5 USDC", "DAI", 2));
	ck_assert(!amount_parse(&amount, "1.5eth", "DAI", 18));
	char text[AMOUNT_TEXT_SIZE];
	amount_format(text, amount, "DAI", 2);
	ck_assert_str_eq(text, "12.5 DAI");
}
END_TEST

START_TEST(test_money_never_wraps)
{
	struct amount most = amount_from_u256(U256_MAX);
	struct amount out = amount_of(3);
	ck_assert(!amount_add(&out, most, amount_of(1)));
	ck_assert(!amount_subtract(&out, amount_of(1), amount_of(2)));
	ck_assert(!amount_scale(&out, most, 2, 3));
	ck_assert(!amount_scale(&out, most, 1, 0));
	ck_assert(amount_equal(out, amount_of(3)));
	ck_assert(amount_scale(&out, amount_of(1000), 1125, 1000));
	ck_assert(amount_equal(out, amount_of(1125)));
}
END_TEST

START_TEST(test_a_pot_is_claimed_once_and_exactly)
{
	struct fee_pots *pots = fee_pots_new();
	struct address claimer = { { 9 } };
	struct token token = token_number(5);
	struct surplus surplus = surplus_of(5, amount_of(3));
	ck_assert_int_eq(fee_pots_add(pots, &surplus), VERDICT_VALID);
	ck_assert_int_eq(fee_pots_add(pots, &surplus), VERDICT_VALID);
	struct transaction fee =
		fee_transaction(1000, &claimer, &token, amount_of(5));
	ck_assert_int_eq(fee_pots_claim(pots, &fee),
			 VERDICT_FEE_AMOUNT_MISMATCH);
	ck_assert_uint_eq(fee_pots_count(pots), 1);
	fee.outputs[0].amount = amount_of(6);
	ck_assert_int_eq(fee_pots_claim(pots, &fee), VERDICT_VALID);
	ck_assert_uint_eq(fee_pots_count(pots), 0);
	ck_assert_int_eq(fee_pots_claim(pots, &fee),
			 VERDICT_FEE_TOKEN_NOT_COLLECTED);
	fee_pots_free(pots);
}
END_TEST

START_TEST(test_a_pot_that_would_overflow_takes_nothing)
{
	struct fee_pots *pots = fee_pots_new();
	struct surplus surplus = surplus_of(5, amount_from_u256(U256_MAX));
	ck_assert_int_eq(fee_pots_add(pots, &surplus), VERDICT_VALID);
	surplus = surplus_of(4, amount_of(1));
	surplus.of[surplus.count].token = token_number(5);
	surplus.of[surplus.count++].amount = amount_of(1);
	ck_assert_int_eq(fee_pots_add(pots, &surplus),
			 VERDICT_FEE_POT_OVERFLOW);
	ck_assert_uint_eq(fee_pots_count(pots), 1);
	fee_pots_free(pots);
}
END_TEST

START_TEST(test_pots_come_in_the_order_of_their_tokens)
{
	struct fee_pots *pots = fee_pots_new();
	static const uint8_t order[] = { 7, 2, 9, 4, 1, 8 };
	for (size_t i = 0; i < sizeof(order); i++) {
		struct surplus surplus =
			surplus_of(order[i], amount_of(order[i]));
		ck_assert_int_eq(fee_pots_add(pots, &surplus), VERDICT_VALID);
	}
	struct token before = TOKEN_ETH;
	for (size_t i = 0; i < fee_pots_count(pots); i++) {
		struct token token;
		struct amount amount;
		fee_pots_get(pots, i, &token, &amount);
		ck_assert_int_lt(token_compare(&before, &token), 0);
		ck_assert(amount_equal(amount,
				       amount_of(token.address.bytes[0])));
		before = token;
	}
	fee_pots_free(pots);
}
END_TEST

START_TEST(test_a_ledger_remembers_each_coin_and_its_state)
{
	struct ledger *ledger = ledger_new();
	struct output output = { .type = 1, .owner = { { 1 } } };
	struct position position;
	for (uint32_t i = 0; i < 5000; i++) {
		output.amount = amount_of(i + 1);
		output.token = token_number((uint8_t)(i % 3));
		ck_assert(position_make(&position, 1000 + i / 1000 * 1000,
					i % 1000, i % 5));
		ledger_put(ledger, position, &output,
			   i % 2 == 0 ? COIN_UNSPENT : COIN_SPENT);
	}
	ck_assert_uint_eq(ledger_count(ledger), 5000);
	for (uint32_t i = 0; i < 5000; i++) {
		ck_assert(position_make(&position, 1000 + i / 1000 * 1000,
					i % 1000, i % 5));
		ck_assert_int_eq(ledger_find(ledger, &output, position),
				 i % 2 == 0 ? COIN_UNSPENT : COIN_SPENT);
		ck_assert(amount_equal(output.amount, amount_of(i + 1)));
		struct token token = token_number((uint8_t)(i % 3));
		ck_assert(token_equal(&output.token, &token));
		if (i % 3 == 0)
			ledger_remove(ledger, position);
		else
			ledger_mark(ledger, position, COIN_EXITED);
	}
	size_t at = 0;
	size_t left = 0;
	enum coin_state state;
	while (ledger_next(ledger, &at, &position, &output, &state)) {
		ck_assert_int_eq(state, COIN_EXITED);
		left++;
	}
	ck_assert_uint_eq(left, ledger_count(ledger));
	ck_assert_uint_eq(left, 3333);
	ck_assert(position_make(&position, 999, 0, 0));
	ck_assert_int_eq(ledger_find(ledger, NULL, position), COIN_UNKNOWN);
	ledger_free(ledger);
}
END_TEST

START_TEST(test_every_verdict_has_a_code_of_its_own_that_names_it)
{
	for (int i = 0; i < VERDICT_COUNT; i++) {
		enum verdict verdict;
		ck_assert(verdict_from_code(&verdict,
					    verdict_code((enum verdict)i)));
		ck_assert_int_eq(verdict, i);
		ck_assert_int_eq(verdict_grade(verdict) == VERDICT_GRADE_NONE,
				 i == VERDICT_VALID);
	}
	enum verdict verdict;
	ck_assert(!verdict_from_code(&verdict, "no_such_rule"));
	ck_assert_int_eq(verdict_grade(VERDICT_ROOT_MISMATCH), VERDICT_GRADE_F);
	ck_assert_int_eq(verdict_grade(VERDICT_SIGNATURE_WRONG_OWNER),
			 VERDICT_GRADE_W);
	ck_assert_int_eq(verdict_grade(VERDICT_FEE_AMOUNT_MISMATCH),
			 VERDICT_GRADE_P);
}
END_TEST

Suite *money_suite(void);

Suite *money_suite(void)
{
	Suite *suite = suite_create("money");
	TCase *tcase = tcase_create("amounts, fees and coins");
	tcase_add_test(tcase,
		       test_amounts_are_read_with_a_unit_and_never_without);
	tcase_add_test(tcase, test_money_never_wraps);
	tcase_add_test(tcase, test_a_pot_is_claimed_once_and_exactly);
	tcase_add_test(tcase, test_a_pot_that_would_overflow_takes_nothing);
	tcase_add_test(tcase, test_pots_come_in_the_order_of_their_tokens);
	tcase_add_test(tcase, test_a_ledger_remembers_each_coin_and_its_state);
	tcase_add_test(tcase,
		       test_every_verdict_has_a_code_of_its_own_that_names_it);
	suite_add_tcase(suite, tcase);
	return suite;
}
