/* SPDX-License-Identifier: MIT */
#include "operator/exitability.h"
#include "operator/operator_step.h"
#include "operator/rate_limit.h"
#include "operator/self_payment.h"
#include "tests/unit/operator/payments.h"
#include "tests/unit/runner.h"

#define ALICE 0xa1
#define BOB 0xb0
#define HOUSE 0x0e
#define FEE 1

static struct operator_state *state;
static struct operator_effects effects;
static struct fee_price price;
static struct fee_table fees;

static void step(struct operator_event event)
{
	effects.count = 0;
	operator_step(state, &effects, &event);
}

static void set_up(void)
{
	struct operator_settings settings = {
		.next_blknum = 1000,
		.interval_ms = 100,
		.block_payments = 100,
		.queue_limit = 100,
		.policy = { .most_outputs = 3,
			    .least_ether = amount_of(10),
			    .operator_account = account_of(HOUSE) },
	};

	price = (struct fee_price){ .token = TOKEN_ETH, .accepted_count = 1 };
	price.accepted[0] = amount_of(FEE);
	fees = (struct fee_table){ true, 1, &price };
	state = operator_state_new(&settings);
	step((struct operator_event){ .kind = OPERATOR_EVENT_FEES,
				      .as.fees = &fees });
	for (uint64_t blknum = 1; blknum <= 2; blknum++)
		step((struct operator_event){
			.kind = OPERATOR_EVENT_DEPOSIT_CREDITED,
			.as.deposit = { blknum, output_of(ALICE, 100) } });
}

static void tear_down(void)
{
	operator_state_free(state);
	operator_effects_clear(&effects);
}

static const char *submit(const struct position *inputs, size_t input_count,
			  uint8_t signer, const struct output *outputs,
			  size_t count)
{
	struct made_payment payment;

	make_payment_of(&payment, inputs, input_count, signer, outputs, count);
	step((struct operator_event){ .kind = OPERATOR_EVENT_PAYMENT,
				      .now_ms = 1000,
				      .as.candidate = &payment.candidate });
	ck_assert_uint_ge(effects.count, 1);
	return effects.items[0].kind == OPERATOR_EFFECT_REFUSE
		       ? refusal_code(effects.items[0].refusal)
		       : "accepted";
}

START_TEST(test_refuses_to_grow_beyond_what_can_leave_and_lets_merges_in)
{
	struct position first = position_at(1, 0, 0);
	struct position second = position_at(2, 0, 0);
	struct position again = position_at(1000, 0, 0);
	struct position coins[2] = { second, again };
	struct output grown[3] = { output_of(BOB, 30), output_of(BOB, 30),
				   output_of(ALICE, 39) };
	struct output halves[2] = { output_of(ALICE, 50), output_of(BOB, 49) };
	struct output whole = output_of(ALICE, 150);
	struct output moved = output_of(ALICE, 98);

	ck_assert_str_eq(submit(&first, 1, ALICE, grown, 3), "outputs_limited");
	ck_assert_str_eq(submit(&first, 1, ALICE, halves, 2), "accepted");
	ck_assert_str_eq(submit(&second, 1, ALICE, halves, 2),
			 "outputs_limited");
	ck_assert_str_eq(submit(coins, 2, ALICE, &whole, 1), "accepted");
	ck_assert_str_eq(
		submit(&(struct position){ position_at(1000, 1, 0).packed }, 1,
		       ALICE, &whole, 1),
		"fees_not_covered");
	moved.amount = amount_of(149);
	ck_assert_str_eq(
		submit(&(struct position){ position_at(1000, 1, 0).packed }, 1,
		       ALICE, &moved, 1),
		"accepted");
}
END_TEST

START_TEST(test_refuses_dust_unless_it_is_what_is_left_of_more)
{
	struct position first = position_at(1, 0, 0);
	struct position change = position_at(1000, 0, 1);
	struct output dust[2] = { output_of(ALICE, 90), output_of(BOB, 9) };
	struct output fine[2] = { output_of(ALICE, 89), output_of(BOB, 10) };
	struct output small = output_of(BOB, 9);

	ck_assert_str_eq(submit(&first, 1, ALICE, dust, 2), "dust");
	ck_assert_str_eq(submit(&first, 1, ALICE, fine, 2), "accepted");
	ck_assert_str_eq(submit(&change, 1, BOB, &small, 1), "accepted");
}
END_TEST

static bool pays_itself(struct transaction *out, const struct address *account,
			const struct admission_view *view)
{
	for (size_t part = 0; part < LEDGER_PARTS; part++) {
		if (self_payment_make(out, account, view, part))
			return true;
	}
	return false;
}

START_TEST(test_the_operator_alone_pays_itself_without_a_fee)
{
	struct position coin = position_at(3, 0, 0);
	struct position alices = position_at(1, 0, 0);
	struct output own = output_of(HOUSE, 100);
	struct output bobs = output_of(BOB, 100);
	struct output mine = output_of(ALICE, 100);
	struct address house = account_of(HOUSE);
	struct admission_view view = operator_state_view(state);
	struct transaction payment;

	ck_assert(!pays_itself(&payment, &house, &view));
	own.type = PROTOCOL_OUTPUT_TYPE_FEE;
	ledger_put(operator_state_ledger_borrow(state), coin, &own,
		   COIN_UNSPENT);
	step((struct operator_event){ .kind = OPERATOR_EVENT_FROZEN,
				      .as.position = coin });
	ck_assert(!pays_itself(&payment, &house, &view));
	step((struct operator_event){ .kind = OPERATOR_EVENT_THAWED,
				      .as.position = coin });
	ck_assert(pays_itself(&payment, &house, &view));
	ck_assert_uint_eq(payment.type, PROTOCOL_TX_TYPE_PAYMENT);
	ck_assert_uint_eq(payment.input_count, 1);
	ck_assert_uint_eq(payment.output_count, 1);
	ck_assert(position_equal(payment.inputs[0], coin));
	own.type = PROTOCOL_OUTPUT_TYPE_PAYMENT;
	ck_assert(output_equal(&payment.outputs[0], &own));

	ck_assert_str_eq(submit(&alices, 1, ALICE, &mine, 1),
			 "fees_not_covered");
	ck_assert_str_eq(submit(&coin, 1, HOUSE, &bobs, 1), "fees_not_covered");
	ck_assert_str_eq(submit(&coin, 1, ALICE, &own, 1),
			 "signature_wrong_owner");
	ck_assert_str_eq(submit(&coin, 1, HOUSE, &own, 1), "accepted");
}
END_TEST

START_TEST(test_the_index_is_outputs_over_what_a_quarter_of_the_gas_lets_out)
{
	struct exitability_settings settings = { 200000, 30000000, 12 };

	/* 50,400 eth_blocks of a week, 37.5 exits in a quarter of each. */
	ck_assert_uint_eq(exitability_outputs(&settings, 604800, 100), 1890000);
	ck_assert_uint_eq(exitability_outputs(&settings, 604800, 50), 945000);
	ck_assert_uint_eq(exitability_percent(&settings, 604800, 0), 0);
	ck_assert_uint_eq(exitability_percent(&settings, 604800, 1890000), 100);
	ck_assert_uint_eq(exitability_percent(&settings, 604800, 1), 1);
	ck_assert_uint_eq(exitability_percent(&settings, 1, 1), UINT64_MAX);
}
END_TEST

START_TEST(test_an_address_that_asks_too_often_harms_nobody_else)
{
	const uint8_t seed[16] = { 7 };
	uint8_t one[16] = { [10] = 0xff, [11] = 0xff, [12] = 192, [15] = 1 };
	uint8_t other[16] = { [10] = 0xff, [11] = 0xff, [12] = 192, [15] = 2 };
	struct rate_limit *limit = rate_limit_new(10, 20, seed);

	for (int i = 0; i < 20; i++)
		ck_assert(rate_limit_take(limit, one, 1, 1000));
	ck_assert(!rate_limit_take(limit, one, 1, 1000));
	ck_assert(!rate_limit_has(limit, one, 1000));
	ck_assert(rate_limit_take(limit, other, 20, 1000));
	ck_assert(!rate_limit_take(limit, one, 1, 1099));
	ck_assert(rate_limit_take(limit, one, 1, 1100));
	rate_limit_charge(limit, one, 1000, 2000);
	ck_assert(!rate_limit_has(limit, one, 62000));
	ck_assert(rate_limit_has(limit, one, 62100));
	rate_limit_charge(limit, one, 11, 62100);
	ck_assert(!rate_limit_has(limit, one, 63000));
	ck_assert(rate_limit_has(limit, one, 63200));
	/* Addresses of one IPv6 network share a bucket. */
	uint8_t sixth[16] = { 0x20, 1, [15] = 1 };
	ck_assert(rate_limit_take(limit, sixth, 20, 1000));
	sixth[15] = 2;
	ck_assert(!rate_limit_take(limit, sixth, 1, 1000));
	rate_limit_free(limit);
	limit = rate_limit_new(0, 0, seed);
	ck_assert(rate_limit_take(limit, one, 1000000, 1));
	rate_limit_free(limit);
}
END_TEST

Suite *policy_suite(void);

Suite *policy_suite(void)
{
	Suite *suite = suite_create("policy");
	TCase *tests = tcase_create("who may come in, and how often");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(
		tests,
		test_refuses_to_grow_beyond_what_can_leave_and_lets_merges_in);
	tcase_add_test(tests,
		       test_refuses_dust_unless_it_is_what_is_left_of_more);
	tcase_add_test(tests,
		       test_the_operator_alone_pays_itself_without_a_fee);
	tcase_add_test(
		tests,
		test_the_index_is_outputs_over_what_a_quarter_of_the_gas_lets_out);
	tcase_add_test(tests,
		       test_an_address_that_asks_too_often_harms_nobody_else);
	suite_add_tcase(suite, tests);
	return suite;
}
