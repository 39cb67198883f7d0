/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/unit/runner.h"
#include "tests/unit/watcher/flights.h"

#define IN(i) (i)
#define OUT(j) ((j) + IN_FLIGHT_OUTPUT_SLOT)
#define BIT(slot) ((uint16_t)(1u << (slot)))
#define DUE (FLIGHT_START + FLIGHT_PERIOD)

static const enum finalisation nothing_final[IN_FLIGHT_SLOTS];
static struct payment payment;
static struct in_flight_exit exit_of;

/* Alice pays 5 ETH, Bob 7 T; Carol gets the ETH, Dave and Carol the T. */
static void set_up(void)
{
	struct spent_coin coins[] = {
		{ place_at(3000, 7, 1), 'A', 'E', 5 },
		{ place_at(2001, 0, 0), 'B', 'T', 7 },
	};
	struct output outputs[] = { output_for('C', 'E', 5),
				    output_for('D', 'T', 3),
				    output_for('C', 'T', 4) };

	payment_make(&payment, coins, 2, outputs, 3, 1);
	flight_start(&exit_of, &payment);
}

START_TEST(test_a_life_begins_canonical_with_the_slots_of_its_transaction)
{
	ck_assert(exit_of.is_canonical);
	ck_assert_uint_eq(exit_of.map, 0);
	ck_assert(in_flight_exit_has(&exit_of, IN(1)));
	ck_assert(!in_flight_exit_has(&exit_of, IN(2)));
	ck_assert(in_flight_exit_has(&exit_of, OUT(2)));
	ck_assert(!in_flight_exit_has(&exit_of, OUT(3)));
	ck_assert(
		output_equal(&exit_of.slots[IN(0)].output, &payment.spent[0]));
	ck_assert(output_equal(&exit_of.slots[OUT(2)].output,
			       &payment.transaction.outputs[2]));
	ck_assert(position_equal(in_flight_exit_youngest(&exit_of),
				 place_at(3000, 7, 1)));
}
END_TEST

START_TEST(test_a_log_whose_inputs_are_not_those_of_its_transaction_is_refused)
{
	struct in_flight_exit_started_event event = flight_event(&payment, 'S');
	struct in_flight_terms terms = { .life = 1,
					 .exit_period = FLIGHT_PERIOD };
	struct in_flight_exit exit;

	event.input_positions[1] = place_at(2002, 0, 0);
	ck_assert(!in_flight_exit_start(&exit, &event, &terms));
	event = flight_event(&payment, 'S');
	event.input_count = 1;
	ck_assert(!in_flight_exit_start(&exit, &event, &terms));
	event = flight_event(&payment, 'S');
	event.input_txs[0].len--;
	ck_assert(!in_flight_exit_start(&exit, &event, &terms));
}
END_TEST

START_TEST(test_an_entry_is_due_when_the_queue_says)
{
	flight_queue(&exit_of, DUE + 5);
	flight_piggyback(&exit_of, OUT(1), FLIGHT_START + 5);
	struct token eth = token_of_letter('E');
	struct token other = token_of_letter('T');

	ck_assert_uint_eq(in_flight_exit_due_at(&exit_of, &other), DUE + 5);
	ck_assert(in_flight_exit_due_at(&exit_of, &eth) == UINT64_MAX);
	flight_queue(&exit_of, DUE + 9);
	flight_piggyback(&exit_of, IN(0), FLIGHT_START + 9);
	ck_assert_uint_eq(in_flight_exit_due_at(&exit_of, &eth), DUE + 9);
	ck_assert_uint_eq(in_flight_exit_due_at(&exit_of, NULL), DUE + 5);
	/* A second piggyback of the token does not move it. */
	flight_piggyback(&exit_of, OUT(2), FLIGHT_START + 99);
	ck_assert_uint_eq(in_flight_exit_due_at(&exit_of, &other), DUE + 5);
}
END_TEST

START_TEST(test_a_shared_entry_is_due_by_the_formula)
{
	exit_of.youngest_block_time = FLIGHT_START - 100;
	flight_piggyback(&exit_of, OUT(0), FLIGHT_START + 50);
	ck_assert_uint_eq(in_flight_exit_due_at(&exit_of, NULL),
			  FLIGHT_START - 100 + 2 * FLIGHT_PERIOD);
}
END_TEST

START_TEST(test_bits_are_those_of_the_exit_map)
{
	flight_piggyback(&exit_of, IN(1), FLIGHT_START);
	flight_piggyback(&exit_of, OUT(0), FLIGHT_START);
	ck_assert_uint_eq(exit_of.map, BIT(1) | BIT(5));
	flight_block(&exit_of, IN(1));
	ck_assert_uint_eq(exit_of.map, BIT(5));
	flight_piggyback(&exit_of, IN(3), FLIGHT_START);
	ck_assert_uint_eq(exit_of.map, BIT(5));
}
END_TEST

START_TEST(test_a_challenge_takes_canonicity_and_the_bond)
{
	struct position older = place_at(2000, 3, 0);
	struct address mallory = account_of_letter('M');
	struct address ruth = account_of_letter('R');

	flight_challenge(&exit_of, 'M', NULL, FLIGHT_START + 7);
	ck_assert(!exit_of.is_canonical);
	ck_assert_uint_eq(exit_of.oldest.kind, OLDEST_COMPETITOR_NOT_INCLUDED);
	ck_assert_uint_eq(exit_of.challenged_at, FLIGHT_START + 7);
	ck_assert(address_equal(&exit_of.bond_owner, &mallory));
	flight_challenge(&exit_of, 'M', &older, FLIGHT_START + 8);
	ck_assert_uint_eq(exit_of.oldest.kind, OLDEST_COMPETITOR_IN_BLOCK);
	ck_assert(position_equal(exit_of.oldest.position, older));
	flight_respond(&exit_of, 'R', place_at(1000, 0, 0));
	ck_assert(exit_of.is_canonical);
	ck_assert(
		position_equal(exit_of.oldest.position, place_at(1000, 0, 0)));
	ck_assert(address_equal(&exit_of.bond_owner, &ruth));
}
END_TEST

static struct in_flight_processing foresee(char token, uint64_t now,
					   const enum finalisation *finalised)
{
	struct token of = token_of_letter(token);

	return in_flight_exit_foresee(&exit_of, &of, now, finalised);
}

static void process(char token, uint64_t now)
{
	struct token of = token_of_letter(token);
	struct in_flight_processing done = foresee(token, now, nothing_final);

	in_flight_exit_process(&exit_of, &of, &done);
}

static void piggyback_all(void)
{
	for (unsigned int i = 0; i < 2; i++)
		flight_piggyback(&exit_of, IN(i), FLIGHT_START);
	for (unsigned int i = 0; i < 3; i++)
		flight_piggyback(&exit_of, OUT(i), FLIGHT_START);
}

START_TEST(test_a_canonical_entry_pays_outputs_and_flags_all_inputs)
{
	piggyback_all();
	struct in_flight_processing done = foresee('T', DUE + 1, nothing_final);

	ck_assert(!done.omitted);
	ck_assert_uint_eq(done.side, IN_FLIGHT_SIDE_OUTPUTS);
	ck_assert_uint_eq(done.paid, BIT(OUT(1)) | BIT(OUT(2)));
	ck_assert_uint_eq(done.flagged,
			  BIT(IN(0)) | BIT(IN(1)) | BIT(OUT(1)) | BIT(OUT(2)));
	ck_assert_uint_eq(done.cleared, BIT(IN(1)) | BIT(OUT(1)) | BIT(OUT(2)));
	ck_assert(!done.ends);
}
END_TEST

START_TEST(test_an_entry_that_is_not_canonical_pays_and_flags_its_inputs_alone)
{
	piggyback_all();
	flight_challenge(&exit_of, 'M', NULL, FLIGHT_START);
	struct in_flight_processing done = foresee('E', DUE + 1, nothing_final);

	ck_assert_uint_eq(done.side, IN_FLIGHT_SIDE_INPUTS);
	ck_assert_uint_eq(done.paid, BIT(IN(0)));
	ck_assert_uint_eq(done.flagged, BIT(IN(0)));
	ck_assert_uint_eq(done.cleared, BIT(IN(0)) | BIT(OUT(0)));
}
END_TEST

START_TEST(test_an_input_taken_by_another_exit_makes_it_pay_inputs)
{
	enum finalisation foreign[IN_FLIGHT_SLOTS] = { 0 };

	piggyback_all();
	foreign[IN(0)] = FINALISATION_FOREIGN;
	struct in_flight_processing done = foresee('T', DUE + 1, foreign);

	ck_assert_uint_eq(done.side, IN_FLIGHT_SIDE_INPUTS);
	ck_assert_uint_eq(done.paid, BIT(IN(1)));
	/* By the same exit id it is not foreign, and not paid again. */
	foreign[IN(0)] = FINALISATION_OWN;
	foreign[OUT(1)] = FINALISATION_OWN;
	done = foresee('T', DUE + 1, foreign);
	ck_assert_uint_eq(done.side, IN_FLIGHT_SIDE_OUTPUTS);
	ck_assert_uint_eq(done.paid, BIT(OUT(2)));
}
END_TEST

START_TEST(test_an_entry_is_omitted_until_the_second_after_it_is_due)
{
	piggyback_all();
	ck_assert(foresee('E', DUE, nothing_final).omitted);
	ck_assert(!foresee('E', DUE + 1, nothing_final).omitted);
	ck_assert(foresee('U', DUE + 1, nothing_final).omitted);
}
END_TEST

START_TEST(test_the_first_entry_fixes_the_side_even_if_it_pays_nothing)
{
	piggyback_all();
	flight_block(&exit_of, IN(0));
	flight_challenge(&exit_of, 'M', NULL, FLIGHT_START);
	process('E', DUE + 1);
	ck_assert_uint_eq(exit_of.side, IN_FLIGHT_SIDE_INPUTS);
	ck_assert_uint_eq(exit_of.paid_side, IN_FLIGHT_SIDE_OPEN);
	ck_assert(!in_flight_exit_side_is_open(&exit_of));
	flight_respond(&exit_of, 'R', place_at(1000, 0, 0));
	struct in_flight_processing done = foresee('T', DUE + 1, nothing_final);
	ck_assert_uint_eq(done.side, IN_FLIGHT_SIDE_INPUTS);
	ck_assert_uint_eq(done.paid, BIT(IN(1)));
}
END_TEST

START_TEST(test_one_side_is_ever_paid_under_an_exit_id)
{
	piggyback_all();
	exit_of.paid_side = IN_FLIGHT_SIDE_INPUTS;
	struct in_flight_processing done = foresee('T', DUE + 1, nothing_final);

	ck_assert_uint_eq(done.side, IN_FLIGHT_SIDE_OUTPUTS);
	ck_assert_uint_eq(done.paid, 0);
	ck_assert_uint_eq(done.flagged, 0);
	ck_assert_uint_ne(done.cleared, 0);
}
END_TEST

START_TEST(test_the_last_entry_ends_the_life)
{
	piggyback_all();
	process('E', DUE + 1);
	ck_assert(in_flight_exit_is_live(&exit_of));
	process('T', DUE + 1);
	ck_assert(!in_flight_exit_is_live(&exit_of));
	ck_assert_uint_eq(exit_of.end, IN_FLIGHT_FINALIZED);
	ck_assert_uint_eq(exit_of.paid_side, IN_FLIGHT_SIDE_OUTPUTS);
	ck_assert(exit_of.slots[OUT(2)].paid);
	ck_assert(!exit_of.slots[IN(1)].paid);
}
END_TEST

START_TEST(test_a_withdrawal_says_what_was_flagged_with_it)
{
	piggyback_all();
	flight_block(&exit_of, OUT(1));
	ck_assert_uint_eq(in_flight_exit_flagged_with(&exit_of, OUT(2)),
			  BIT(IN(0)) | BIT(IN(1)) | BIT(OUT(2)));
	ck_assert_uint_eq(in_flight_exit_flagged_with(&exit_of, IN(1)),
			  BIT(IN(1)));
	flight_withdraw(&exit_of, OUT(2));
	ck_assert_uint_eq(exit_of.side, IN_FLIGHT_SIDE_OUTPUTS);
	ck_assert(exit_of.slots[OUT(2)].paid);
}
END_TEST

START_TEST(test_logs_of_another_exit_change_nothing)
{
	struct in_flight_exit before = exit_of;
	struct in_flight_exit other = exit_of;

	other.transaction_hash.bytes[0] ^= 1;
	other.id.bytes[0] ^= 1;
	flight_piggyback(&other, IN(0), FLIGHT_START);
	struct contract_event event = {
		.kind = CONTRACT_EVENT_IN_FLIGHT_EXIT_INPUT_PIGGYBACKED
	};
	event.as.in_flight_exit_slot.transaction_hash = other.transaction_hash;
	in_flight_exit_apply(&exit_of, &event, FLIGHT_START);
	event.kind = CONTRACT_EVENT_IN_FLIGHT_EXIT_DELETED;
	event.as.exit_ended.exit_id = other.id;
	in_flight_exit_apply(&exit_of, &event, FLIGHT_START);
	ck_assert_uint_eq(exit_of.map, before.map);
	ck_assert(in_flight_exit_is_live(&exit_of));
}
END_TEST

Suite *inflight_exit_suite(void);

Suite *inflight_exit_suite(void)
{
	Suite *suite = suite_create("inflight_exit");
	TCase *tests = tcase_create("lives");

	tcase_add_checked_fixture(tests, set_up, NULL);
	tcase_add_test(
		tests,
		test_a_life_begins_canonical_with_the_slots_of_its_transaction);
	tcase_add_test(
		tests,
		test_a_log_whose_inputs_are_not_those_of_its_transaction_is_refused);
	tcase_add_test(tests, test_an_entry_is_due_when_the_queue_says);
	tcase_add_test(tests, test_a_shared_entry_is_due_by_the_formula);
	tcase_add_test(tests, test_bits_are_those_of_the_exit_map);
	tcase_add_test(tests, test_a_challenge_takes_canonicity_and_the_bond);
	tcase_add_test(
		tests,
		test_a_canonical_entry_pays_outputs_and_flags_all_inputs);
	tcase_add_test(
		tests,
		test_an_entry_that_is_not_canonical_pays_and_flags_its_inputs_alone);
	tcase_add_test(tests,
		       test_an_input_taken_by_another_exit_makes_it_pay_inputs);
	tcase_add_test(
		tests,
		test_an_entry_is_omitted_until_the_second_after_it_is_due);
	tcase_add_test(
		tests,
		test_the_first_entry_fixes_the_side_even_if_it_pays_nothing);
	tcase_add_test(tests, test_one_side_is_ever_paid_under_an_exit_id);
	tcase_add_test(tests, test_the_last_entry_ends_the_life);
	tcase_add_test(tests, test_a_withdrawal_says_what_was_flagged_with_it);
	tcase_add_test(tests, test_logs_of_another_exit_change_nothing);
	suite_add_tcase(suite, tests);
	return suite;
}
