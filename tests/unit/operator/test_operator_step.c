/* SPDX-License-Identifier: MIT */
#include "operator/operator_step.h"
#include "tests/unit/operator/payments.h"
#include "tests/unit/runner.h"

#define ALICE 0xa1
#define BOB 0xb0
#define MALLORY 0xee
#define FEE 1

static struct operator_state *state;
static struct operator_effects effects;
static struct fee_price price;
static struct fee_table fees;

static void step(struct operator_event event)
{
	for (size_t i = 0; i < effects.count; i++)
		forming_block_free(effects.items[i].block);
	effects.count = 0;
	operator_step(state, &effects, &event);
}

static void credit(uint64_t blknum, uint8_t owner, uint64_t units)
{
	step((struct operator_event){
		.kind = OPERATOR_EVENT_DEPOSIT_CREDITED,
		.as.deposit = { blknum, output_of(owner, units) } });
}

static void set_up(void)
{
	struct operator_settings settings = {
		.next_blknum = 1000,
		.interval_ms = 100,
		.block_payments = 3,
		.queue_limit = 6,
	};

	price = (struct fee_price){ .token = TOKEN_ETH, .accepted_count = 1 };
	price.accepted[0] = amount_of(FEE);
	fees = (struct fee_table){ true, 1, &price };
	state = operator_state_new(&settings);
	step((struct operator_event){ .kind = OPERATOR_EVENT_FEES,
				      .as.fees = &fees });
	credit(1, ALICE, 100);
	credit(2, ALICE, 200);
}

static void tear_down(void)
{
	for (size_t i = 0; i < effects.count; i++)
		forming_block_free(effects.items[i].block);
	operator_state_free(state);
	operator_effects_clear(&effects);
}

/* Submits a payment of the whole coin less the fee to `to`. */
static struct refusal submit(struct position *at, struct position input,
			     uint8_t signer, uint8_t to, uint64_t units)
{
	struct made_payment payment;
	struct output output = output_of(to, units);

	make_payment(&payment, input, signer, &output, 1);
	step((struct operator_event){ .kind = OPERATOR_EVENT_PAYMENT,
				      .now_ms = 1000,
				      .as.candidate = &payment.candidate });
	for (size_t i = 0; i < effects.count; i++) {
		if (effects.items[i].kind == OPERATOR_EFFECT_KEEP) {
			*at = effects.items[i].position;
			return REFUSED_NOT;
		}
		if (effects.items[i].kind == OPERATOR_EFFECT_REFUSE)
			return effects.items[i].refusal;
	}
	ck_abort_msg("a payment had no answer");
	return REFUSED_NOT;
}

static void assert_accepted(struct position input, uint8_t signer, uint8_t to,
			    uint64_t units, struct position expected)
{
	struct position at;
	struct refusal refusal = submit(&at, input, signer, to, units);

	ck_assert_str_eq(refusal_code(refusal), "none");
	ck_assert(position_equal(at, expected));
}

static void assert_refused(struct position input, uint8_t signer, uint8_t to,
			   uint64_t units, const char *code)
{
	struct position at;
	struct refusal refusal = submit(&at, input, signer, to, units);

	ck_assert_str_eq(refusal_code(refusal), code);
}

static size_t count_effects(enum operator_effect_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < effects.count; i++)
		count += effects.items[i].kind == kind;
	return count;
}

static bool has_effect(enum operator_effect_kind kind)
{
	return count_effects(kind) > 0;
}

static void form_now(void)
{
	step((struct operator_event){ .kind = OPERATOR_EVENT_FORM_NOW });
}

static void fix(uint64_t blknum)
{
	step((struct operator_event){ .kind = OPERATOR_EVENT_FIX_BLOCK,
				      .as.blknum = blknum });
}

static void freeze(struct position position)
{
	step((struct operator_event){ .kind = OPERATOR_EVENT_FROZEN,
				      .as.position = position });
}

START_TEST(test_gives_payments_their_places_in_order)
{
	assert_accepted(position_at(1, 0, 0), ALICE, BOB, 99,
			position_at(1000, 0, 0));
	assert_accepted(position_at(2, 0, 0), ALICE, BOB, 199,
			position_at(1000, 1, 0));
}
END_TEST

START_TEST(test_spends_an_output_of_the_same_block)
{
	assert_accepted(position_at(1, 0, 0), ALICE, BOB, 99,
			position_at(1000, 0, 0));
	assert_accepted(position_at(1000, 0, 0), BOB, ALICE, 98,
			position_at(1000, 1, 0));
	assert_refused(position_at(1000, 0, 0), BOB, ALICE, 98, "input_spent");
}
END_TEST

START_TEST(test_tells_why_an_input_cannot_be_spent)
{
	assert_accepted(position_at(1, 0, 0), ALICE, BOB, 99,
			position_at(1000, 0, 0));
	assert_refused(position_at(1, 0, 0), ALICE, BOB, 99, "input_spent");
	assert_refused(position_at(3, 0, 0), ALICE, BOB, 99, "input_unknown");
	assert_refused(position_at(1, 1, 0), ALICE, BOB, 99, "input_unknown");
	assert_refused(position_at(9000, 0, 0), ALICE, BOB, 99,
		       "input_unknown");
	step((struct operator_event){ .kind = OPERATOR_EVENT_DEPOSIT_SEEN,
				      .as.deposit.blknum = 3 });
	assert_refused(position_at(3, 0, 0), ALICE, BOB, 99,
		       "deposit_not_final");
	freeze(position_at(2, 0, 0));
	assert_refused(position_at(2, 0, 0), ALICE, BOB, 199, "input_exiting");
}
END_TEST

START_TEST(test_refuses_what_the_owner_did_not_sign)
{
	assert_refused(position_at(1, 0, 0), BOB, BOB, 99,
		       "signature_wrong_owner");
}
END_TEST

START_TEST(test_takes_fees_exactly)
{
	assert_refused(position_at(1, 0, 0), ALICE, BOB, 100,
		       "fees_not_covered");
	assert_refused(position_at(1, 0, 0), ALICE, BOB, 98, "overpaying_fees");
	assert_refused(position_at(1, 0, 0), ALICE, BOB, 101,
		       "amounts_do_not_add_up");
}
END_TEST

START_TEST(test_merges_for_free)
{
	struct position inputs[2] = { position_at(1, 0, 0),
				      position_at(2, 0, 0) };
	struct output output = output_of(ALICE, 300);
	struct made_payment payment;

	make_payment_of(&payment, inputs, 2, ALICE, &output, 1);
	step((struct operator_event){ .kind = OPERATOR_EVENT_PAYMENT,
				      .as.candidate = &payment.candidate });
	ck_assert(has_effect(OPERATOR_EFFECT_KEEP));
}
END_TEST

START_TEST(test_closes_a_block_that_has_waited_long_enough)
{
	struct position at;

	step((struct operator_event){ .kind = OPERATOR_EVENT_TIME,
				      .now_ms = 1000000 });
	ck_assert(!has_effect(OPERATOR_EFFECT_CLOSED));
	ck_assert(refusal_is_none(
		submit(&at, position_at(1, 0, 0), ALICE, BOB, 99)));
	ck_assert_uint_eq(operator_state_closes_at_ms(state), 1100);
	step((struct operator_event){ .kind = OPERATOR_EVENT_TIME,
				      .now_ms = 1099 });
	ck_assert(!has_effect(OPERATOR_EFFECT_CLOSED));
	step((struct operator_event){ .kind = OPERATOR_EVENT_TIME,
				      .now_ms = 1100 });
	ck_assert(has_effect(OPERATOR_EFFECT_CLOSED));
	assert_accepted(position_at(2, 0, 0), ALICE, BOB, 199,
			position_at(2000, 0, 0));
}
END_TEST

START_TEST(test_a_full_block_closes_and_the_next_payment_waits)
{
	assert_accepted(position_at(1, 0, 0), ALICE, BOB, 99,
			position_at(1000, 0, 0));
	assert_accepted(position_at(1000, 0, 0), BOB, BOB, 98,
			position_at(1000, 1, 0));
	assert_accepted(position_at(1000, 1, 0), BOB, BOB, 97,
			position_at(1000, 2, 0));
	ck_assert(has_effect(OPERATOR_EFFECT_CLOSED));
	assert_accepted(position_at(1000, 2, 0), BOB, BOB, 96,
			position_at(2000, 0, 0));
}
END_TEST

START_TEST(test_a_queue_that_is_full_says_try_again)
{
	struct position at = position_at(1, 0, 0);
	uint64_t units = 99;
	uint8_t owner = ALICE;

	for (int i = 0; i < 6; i++) {
		ck_assert(
			refusal_is_none(submit(&at, at, owner, BOB, units--)));
		owner = BOB;
	}
	assert_refused(at, BOB, BOB, units, "queue_full");
}
END_TEST

START_TEST(test_names_every_refusal_of_its_own)
{
	ck_assert_str_eq(refusal_code(refusal_of(REFUSAL_SHUTTING_DOWN)),
			 "shutting_down");
	ck_assert_str_eq(refusal_code(refusal_of(
				 REFUSAL_MULTIPLE_POTENTIAL_CURRENCY_FEES)),
			 "multiple_potential_currency_fees");
}
END_TEST

START_TEST(test_never_forms_an_empty_block)
{
	form_now();
	ck_assert(!has_effect(OPERATOR_EFFECT_CLOSED));
}
END_TEST

START_TEST(test_a_fixed_block_keeps_what_is_frozen_later)
{
	struct position at;

	ck_assert(refusal_is_none(
		submit(&at, position_at(1, 0, 0), ALICE, BOB, 99)));
	form_now();
	fix(1000);
	ck_assert(has_effect(OPERATOR_EFFECT_SOUND));
	freeze(position_at(1, 0, 0));
	fix(2000);
	ck_assert(!has_effect(OPERATOR_EFFECT_DROPPED));
	ck_assert_uint_eq(
		mempool_block_borrow(operator_state_mempool_borrow(state), 0)
			->count,
		1);
}
END_TEST

START_TEST(test_a_checked_block_can_still_be_formed_again)
{
	struct position at;

	ck_assert(refusal_is_none(
		submit(&at, position_at(1, 0, 0), ALICE, BOB, 99)));
	ck_assert(refusal_is_none(
		submit(&at, position_at(2, 0, 0), ALICE, BOB, 199)));
	form_now();
	step((struct operator_event){ .kind = OPERATOR_EVENT_CHECK_BLOCK,
				      .as.blknum = 1000 });
	ck_assert(has_effect(OPERATOR_EFFECT_SOUND));
	ck_assert(!has_effect(OPERATOR_EFFECT_REFORMED));
	freeze(position_at(1, 0, 0));
	step((struct operator_event){ .kind = OPERATOR_EVENT_CHECK_BLOCK,
				      .as.blknum = 1000 });
	ck_assert_uint_eq(count_effects(OPERATOR_EFFECT_DROPPED), 1);
	form_now();
	fix(1000);
	ck_assert(has_effect(OPERATOR_EFFECT_SOUND));
	ck_assert_uint_eq(
		mempool_block_borrow(operator_state_mempool_borrow(state), 0)
			->count,
		1);
}
END_TEST

START_TEST(test_a_block_loses_payments_of_coins_that_exit_before_it_is_fixed)
{
	struct ledger *ledger = operator_state_ledger_borrow(state);
	struct position at;

	ck_assert(refusal_is_none(
		submit(&at, position_at(1, 0, 0), ALICE, BOB, 99)));
	ck_assert(refusal_is_none(
		submit(&at, position_at(2, 0, 0), ALICE, BOB, 199)));
	form_now();
	freeze(position_at(1, 0, 0));
	fix(1000);
	ck_assert(has_effect(OPERATOR_EFFECT_DROPPED));
	ck_assert(has_effect(OPERATOR_EFFECT_REFORMED));
	/* What is left is the open block, whose only payment moved up. */
	ck_assert_int_eq(ledger_find(ledger, NULL, position_at(1, 0, 0)),
			 COIN_UNSPENT);
	ck_assert_int_eq(ledger_find(ledger, NULL, position_at(2, 0, 0)),
			 COIN_UNKNOWN);
	ck_assert_int_eq(ledger_find(ledger, NULL, position_at(1000, 0, 0)),
			 COIN_UNSPENT);
	ck_assert_int_eq(ledger_find(ledger, NULL, position_at(1000, 1, 0)),
			 COIN_UNKNOWN);
	ck_assert(has_effect(OPERATOR_EFFECT_SOUND));
	assert_refused(position_at(1, 0, 0), ALICE, BOB, 99, "input_exiting");
}
END_TEST

START_TEST(test_what_depends_on_a_lost_payment_is_lost_too)
{
	struct position at;

	ck_assert(refusal_is_none(
		submit(&at, position_at(1, 0, 0), ALICE, BOB, 99)));
	ck_assert(refusal_is_none(submit(&at, at, BOB, BOB, 98)));
	form_now();
	freeze(position_at(1, 0, 0));
	fix(1000);
	ck_assert_uint_eq(count_effects(OPERATOR_EFFECT_DROPPED), 2);
	ck_assert(has_effect(OPERATOR_EFFECT_NOT_SOUND));
	assert_accepted(position_at(2, 0, 0), ALICE, BOB, 199,
			position_at(1000, 0, 0));
}
END_TEST

/* What was made at 1000/1 stands at 1000/0 then, and somebody else's coin where
 * it stood: in the same block and in the next one. */
START_TEST(test_what_moves_up_spends_nothing_of_others)
{
	struct mempool *pool = operator_state_mempool_borrow(state);

	credit(3, MALLORY, 100);
	credit(4, MALLORY, 100);
	assert_accepted(position_at(1, 0, 0), ALICE, ALICE, 99,
			position_at(1000, 0, 0));
	assert_accepted(position_at(3, 0, 0), MALLORY, MALLORY, 99,
			position_at(1000, 1, 0));
	assert_accepted(position_at(2, 0, 0), ALICE, BOB, 199,
			position_at(1000, 2, 0));
	assert_accepted(position_at(1000, 1, 0), MALLORY, MALLORY, 98,
			position_at(2000, 0, 0));
	assert_accepted(position_at(2000, 0, 0), MALLORY, MALLORY, 97,
			position_at(2000, 1, 0));
	assert_accepted(position_at(4, 0, 0), MALLORY, MALLORY, 99,
			position_at(2000, 2, 0));
	form_now();
	freeze(position_at(1, 0, 0));
	fix(1000);
	ck_assert_uint_eq(count_effects(OPERATOR_EFFECT_DROPPED), 3);
	ck_assert(has_effect(OPERATOR_EFFECT_SOUND));
	ck_assert_uint_eq(mempool_count(pool), 3);
	/* Bob's coin moved up with its payment, and is his. */
	assert_refused(position_at(1000, 1, 0), MALLORY, MALLORY, 198,
		       "signature_wrong_owner");
	assert_refused(position_at(1000, 2, 0), BOB, BOB, 198, "input_unknown");
}
END_TEST

START_TEST(test_a_thawed_coin_can_be_spent_again)
{
	freeze(position_at(1, 0, 0));
	freeze(position_at(1, 0, 0));
	step((struct operator_event){ .kind = OPERATOR_EVENT_THAWED,
				      .as.position = position_at(1, 0, 0) });
	assert_refused(position_at(1, 0, 0), ALICE, BOB, 99, "input_exiting");
	step((struct operator_event){ .kind = OPERATOR_EVENT_THAWED,
				      .as.position = position_at(1, 0, 0) });
	assert_accepted(position_at(1, 0, 0), ALICE, BOB, 99,
			position_at(1000, 0, 0));
}
END_TEST

static void revoke(uint64_t blknum)
{
	step((struct operator_event){ .kind = OPERATOR_EVENT_DEPOSIT_REVOKED,
				      .as.deposit.blknum = blknum });
}

START_TEST(test_a_deposit_that_the_root_chain_takes_back_is_gone)
{
	revoke(1);
	assert_refused(position_at(1, 0, 0), ALICE, BOB, 99, "input_unknown");
	credit(1, BOB, 50);
	assert_accepted(position_at(1, 0, 0), BOB, BOB, 49,
			position_at(1000, 0, 0));
}
END_TEST

START_TEST(test_payments_of_a_deposit_taken_back_leave_a_block_not_fixed)
{
	struct position at;

	ck_assert(refusal_is_none(
		submit(&at, position_at(1, 0, 0), ALICE, BOB, 99)));
	form_now();
	revoke(1);
	ck_assert(!has_effect(OPERATOR_EFFECT_FINALITY_BROKEN));
	fix(1000);
	ck_assert(has_effect(OPERATOR_EFFECT_DROPPED));
	ck_assert_int_eq(ledger_find(operator_state_ledger_borrow(state), NULL,
				     position_at(1, 0, 0)),
			 COIN_UNKNOWN);
}
END_TEST

START_TEST(test_a_committed_block_on_a_deposit_taken_back_breaks_finality)
{
	struct position at;

	ck_assert(refusal_is_none(
		submit(&at, position_at(1, 0, 0), ALICE, BOB, 99)));
	form_now();
	fix(1000);
	ck_assert(!operator_state_is_broken(state, &at));
	revoke(1);
	ck_assert(has_effect(OPERATOR_EFFECT_FINALITY_BROKEN));
	ck_assert(operator_state_is_broken(state, &at));
	ck_assert(position_equal(at, position_at(1, 0, 0)));
	credit(1, ALICE, 100);
	ck_assert(operator_state_is_broken(state, &at));
	assert_refused(position_at(1, 0, 0), ALICE, BOB, 99, "input_spent");
}
END_TEST

START_TEST(test_a_deposit_that_comes_again_is_still_spent)
{
	struct position at;

	ck_assert(refusal_is_none(
		submit(&at, position_at(1, 0, 0), ALICE, BOB, 99)));
	form_now();
	revoke(1);
	credit(1, ALICE, 100);
	assert_refused(position_at(1, 0, 0), ALICE, ALICE, 99, "input_spent");
	fix(1000);
	ck_assert(has_effect(OPERATOR_EFFECT_SOUND));
	ck_assert(!has_effect(OPERATOR_EFFECT_DROPPED));
	assert_refused(position_at(1, 0, 0), ALICE, ALICE, 99, "input_spent");
}
END_TEST

START_TEST(test_another_deposit_of_the_same_number_was_not_spent)
{
	struct position at;

	ck_assert(refusal_is_none(
		submit(&at, position_at(1, 0, 0), ALICE, BOB, 99)));
	form_now();
	revoke(1);
	credit(1, BOB, 50);
	ck_assert(has_effect(OPERATOR_EFFECT_DROPPED));
	ck_assert(has_effect(OPERATOR_EFFECT_REFORMED));
	assert_accepted(position_at(1, 0, 0), BOB, BOB, 49,
			position_at(1000, 0, 0));
	assert_refused(position_at(1, 0, 0), BOB, BOB, 49, "input_spent");
}
END_TEST

START_TEST(test_fee_outputs_can_be_spent_after_the_commitment)
{
	struct output fee = output_of(BOB, FEE);
	struct position at;

	fee.type = PROTOCOL_OUTPUT_TYPE_FEE;
	fee.amount = amount_of(10);
	ck_assert(refusal_is_none(
		submit(&at, position_at(1, 0, 0), ALICE, BOB, 99)));
	form_now();
	fix(1000);
	assert_refused(position_at(1000, 1, 0), BOB, BOB, 9, "input_unknown");
	step((struct operator_event){ .kind = OPERATOR_EVENT_COMMITTED,
				      .as.committed = { 1000, &fee, 1 } });
	assert_accepted(position_at(1000, 1, 0), BOB, BOB, 9,
			position_at(2000, 0, 0));
	assert_refused(position_at(1000, 1, 0), BOB, BOB, 9, "input_spent");
}
END_TEST

START_TEST(test_a_halted_chain_takes_nothing_and_forms_nothing)
{
	struct position at;

	ck_assert(refusal_is_none(
		submit(&at, position_at(1, 0, 0), ALICE, BOB, 99)));
	step((struct operator_event){ .kind = OPERATOR_EVENT_HALT,
				      .as.halted = true });
	assert_refused(position_at(2, 0, 0), ALICE, BOB, 199, "chain_halted");
	form_now();
	ck_assert(!has_effect(OPERATOR_EFFECT_CLOSED));
	ck_assert_uint_eq(operator_state_closes_at_ms(state), UINT64_MAX);
	step((struct operator_event){ .kind = OPERATOR_EVENT_HALT,
				      .as.halted = false });
	form_now();
	ck_assert(has_effect(OPERATOR_EFFECT_CLOSED));
}
END_TEST

START_TEST(test_replayed_blocks_give_the_same_coins)
{
	struct position broken;
	struct transaction transaction = {
		.type = PROTOCOL_TX_TYPE_PAYMENT,
		.input_count = 1,
		.output_count = 1,
	};

	transaction.inputs[0] = position_at(1, 0, 0);
	transaction.outputs[0] = output_of(BOB, 99);
	operator_state_replay(state, 1000, &transaction, 1);
	assert_refused(position_at(1, 0, 0), ALICE, BOB, 99, "input_spent");
	ck_assert_int_eq(ledger_find(operator_state_ledger_borrow(state), NULL,
				     position_at(1000, 0, 0)),
			 COIN_UNSPENT);
	ck_assert(!operator_state_is_broken(state, &broken));
	transaction.inputs[0] = position_at(3, 0, 0);
	operator_state_replay(state, 2000, &transaction, 1);
	ck_assert(operator_state_is_broken(state, &broken));
	ck_assert(position_equal(broken, position_at(3, 0, 0)));
}
END_TEST

Suite *operator_step_suite(void);

Suite *operator_step_suite(void)
{
	const TTest *const all[] = {
		test_gives_payments_their_places_in_order,
		test_spends_an_output_of_the_same_block,
		test_tells_why_an_input_cannot_be_spent,
		test_refuses_what_the_owner_did_not_sign,
		test_takes_fees_exactly,
		test_merges_for_free,
		test_closes_a_block_that_has_waited_long_enough,
		test_a_full_block_closes_and_the_next_payment_waits,
		test_a_queue_that_is_full_says_try_again,
		test_names_every_refusal_of_its_own,
		test_never_forms_an_empty_block,
		test_a_fixed_block_keeps_what_is_frozen_later,
		test_a_checked_block_can_still_be_formed_again,
		test_a_block_loses_payments_of_coins_that_exit_before_it_is_fixed,
		test_what_depends_on_a_lost_payment_is_lost_too,
		test_what_moves_up_spends_nothing_of_others,
		test_a_thawed_coin_can_be_spent_again,
		test_a_deposit_that_the_root_chain_takes_back_is_gone,
		test_payments_of_a_deposit_taken_back_leave_a_block_not_fixed,
		test_a_committed_block_on_a_deposit_taken_back_breaks_finality,
		test_a_deposit_that_comes_again_is_still_spent,
		test_another_deposit_of_the_same_number_was_not_spent,
		test_fee_outputs_can_be_spent_after_the_commitment,
		test_a_halted_chain_takes_nothing_and_forms_nothing,
		test_replayed_blocks_give_the_same_coins,
	};
	Suite *suite = suite_create("operator_step");
	TCase *tests = tcase_create("operator_step");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		tcase_add_test(tests, all[i]);
	suite_add_tcase(suite, tests);
	return suite;
}
