/* SPDX-License-Identifier: MIT */
#include "operator/piggyback_search.h"
#include "tests/unit/operator/payments.h"
#include "tests/unit/runner.h"

#define ALICE 0xa1
#define BOB 0xb0
#define PAYMENTS 3

static struct operator_state *state;
static struct operator_effects effects;
static struct fee_price price;
static struct fee_table fees = { true, 1, &price };
static struct made_payment payments[PAYMENTS];
static struct piggyback_question questions[PAYMENTS];
static struct piggyback_search search;

static void step(struct operator_event event)
{
	for (size_t i = 0; i < effects.count; i++)
		forming_block_free(effects.items[i].block);
	effects.count = 0;
	operator_step(state, &effects, &event);
}

/* Payments that differ in what they spend alone. */
static void set_up(void)
{
	struct operator_settings settings = { .next_blknum = 1000,
					      .interval_ms = 100,
					      .block_payments = 100,
					      .queue_limit = 100 };
	struct output outputs[2] = { output_of(BOB, 59), output_of(BOB, 40) };

	price = (struct fee_price){ .token = TOKEN_ETH, .accepted_count = 1 };
	price.accepted[0] = amount_of(1);
	state = operator_state_new(&settings);
	step((struct operator_event){ .kind = OPERATOR_EVENT_FEES,
				      .as.fees = &fees });
	for (uint64_t i = 0; i < PAYMENTS; i++) {
		step((struct operator_event){
			.kind = OPERATOR_EVENT_DEPOSIT_CREDITED,
			.as.deposit = { i + 1, output_of(ALICE, 100) } });
		make_payment(&payments[i], position_at(i + 1, 0, 0), ALICE,
			     outputs, 2);
	}
}

static void tear_down(void)
{
	piggyback_search_clear(&search);
	for (size_t i = 0; i < effects.count; i++)
		forming_block_free(effects.items[i].block);
	operator_state_free(state);
	operator_effects_clear(&effects);
}

static void submit(size_t number)
{
	step((struct operator_event){ .kind = OPERATOR_EVENT_PAYMENT,
				      .as.candidate =
					      &payments[number].candidate });
	ck_assert_int_eq(effects.items[0].kind, OPERATOR_EFFECT_KEEP);
}

static void fix(void)
{
	step((struct operator_event){ .kind = OPERATOR_EVENT_FORM_NOW });
	step((struct operator_event){ .kind = OPERATOR_EVENT_FIX_BLOCK,
				      .as.blknum = 1000 });
	ck_assert_int_eq(effects.items[0].kind, OPERATOR_EFFECT_SOUND);
}

static void ask(size_t question, size_t payment, uint32_t oindex)
{
	questions[question] = (struct piggyback_question){
		.hash = payments[payment].candidate.hash,
		.transaction = payments[payment].candidate.transaction,
		.oindex = oindex,
		.is_open = true,
	};
}

/* Everything but the bodies of committed blocks. */
static void look(size_t count)
{
	piggyback_search_init(&search, questions, count);
	piggyback_search_begin(&search, operator_state_ledger_borrow(state));
	for (size_t part = 0; search.open_count > 0 && part < LEDGER_PARTS;
	     part++)
		piggyback_search_part(&search, state, part);
	if (search.open_count > 0)
		piggyback_search_waiting(&search, state);
	piggyback_search_end(&search);
}

static void assert_found(size_t question, uint32_t txindex, uint32_t oindex)
{
	ck_assert(questions[question].found);
	ck_assert(position_equal(questions[question].position,
				 position_at(1000, txindex, oindex)));
}

START_TEST(test_nothing_is_walked_for_what_left_an_input_unspent)
{
	submit(0);
	fix();
	ask(0, 1, 0);
	look(1);
	ck_assert_uint_eq(search.open_count, 0);
	ck_assert(!questions[0].is_open && !questions[0].found);
}
END_TEST

START_TEST(test_a_closed_question_stays_closed)
{
	submit(0);
	ask(0, 0, 0);
	questions[0].is_open = false;
	look(1);
	ck_assert_uint_eq(search.open_count, 0);
}
END_TEST

START_TEST(test_what_a_block_may_still_lose_is_not_found)
{
	submit(0);
	ask(0, 0, 0);
	look(1);
	ck_assert_uint_eq(search.open_count, 1);
	ck_assert_uint_eq(search.candidate_count, 0);
	ck_assert(!questions[0].found && !piggyback_search_is_done(&search));
}
END_TEST

/* If what spends it is dropped, the coin is there again. */
START_TEST(test_what_a_waiting_payment_spends_is_found)
{
	struct made_payment spend;
	struct output output = output_of(BOB, 39);

	submit(0);
	submit(1);
	fix();
	make_payment(&spend, position_at(1000, 1, 1), BOB, &output, 1);
	step((struct operator_event){ .kind = OPERATOR_EVENT_PAYMENT,
				      .as.candidate = &spend.candidate });
	ck_assert_int_eq(effects.items[0].kind, OPERATOR_EFFECT_KEEP);
	ask(0, 1, 1);
	ask(1, 1, 0);
	look(2);
	assert_found(0, 1, 1);
	assert_found(1, 1, 0);
	ck_assert(piggyback_search_is_done(&search));
}
END_TEST

START_TEST(test_one_walk_finds_all_of_a_fixed_block_among_their_like)
{
	for (size_t i = 0; i < PAYMENTS; i++)
		submit(i);
	fix();
	ask(0, 2, 1);
	ask(1, 0, 0);
	ask(2, 2, 1);
	look(3);
	ck_assert_uint_eq(search.candidate_count, 0);
	assert_found(0, 2, 1);
	assert_found(1, 0, 0);
	assert_found(2, 2, 1);
	ck_assert(piggyback_search_is_done(&search));
}
END_TEST

START_TEST(test_the_hash_chooses_among_candidates_of_a_committed_block)
{
	for (size_t i = 0; i < PAYMENTS; i++)
		submit(i);
	fix();
	step((struct operator_event){ .kind = OPERATOR_EVENT_COMMITTED,
				      .as.committed = { 1000, NULL, 0 } });
	ask(0, 1, 0);
	look(1);
	ck_assert_uint_eq(search.candidate_count, PAYMENTS);
	for (uint32_t i = 0; i < PAYMENTS; i++) {
		ck_assert(position_equal(search.candidates[i],
					 position_at(1000, i, 0)));
		ck_assert(piggyback_search_is_done(&search) == (i == 2));
		piggyback_search_match(&search, search.candidates[i],
				       &payments[i].candidate.hash);
	}
	assert_found(0, 1, 0);
}
END_TEST

START_TEST(test_another_output_of_the_transaction_is_no_answer)
{
	submit(0);
	ask(0, 0, 1);
	look(1);
	piggyback_search_match(&search, position_at(1000, 0, 0),
			       &payments[0].candidate.hash);
	ck_assert(!questions[0].found);
}
END_TEST

Suite *piggyback_search_suite(void);
Suite *piggyback_search_suite(void)
{
	Suite *suite = suite_create("piggyback_search");
	TCase *cases = tcase_create("piggyback_search");

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_test(cases,
		       test_nothing_is_walked_for_what_left_an_input_unspent);
	tcase_add_test(cases, test_a_closed_question_stays_closed);
	tcase_add_test(cases, test_what_a_block_may_still_lose_is_not_found);
	tcase_add_test(cases, test_what_a_waiting_payment_spends_is_found);
	tcase_add_test(
		cases,
		test_one_walk_finds_all_of_a_fixed_block_among_their_like);
	tcase_add_test(
		cases,
		test_the_hash_chooses_among_candidates_of_a_committed_block);
	tcase_add_test(cases,
		       test_another_output_of_the_transaction_is_no_answer);
	suite_add_tcase(suite, cases);
	return suite;
}
