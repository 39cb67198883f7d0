/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/chain/exit_id.h"
#include "common/chain/witness.h"
#include "tests/unit/runner.h"
#include "tests/unit/watcher/flight_case.h"

/* ---- standard exits ---- */

static struct standard_exit_case standard;

static void make_standard(void)
{
	memset(&standard, 0, sizeof(standard));
	standard.exit.position = place_at(3000, 7, 1);
	standard.exit.output = output_for('A', 'E', 5);
	standard.exit.started_at = FLIGHT_START;
	standard.exit.exitable_at = DUE;
	standard.exit.status = STANDARD_EXIT_LIVE;
	standard.is_judged = true;
	standard.spends.of = spends;
	standard.spends.count = 1;
}

static void judge_standard(void)
{
	exit_findings_clear(&findings);
	exit_processor_judge_standard(&findings, &world, &standard);
}

START_TEST(test_an_exit_without_a_known_spend_is_honest)
{
	make_standard();
	standard.spends.count = 0;
	judge_standard();
	ck_assert_uint_eq(findings.count, 0);
}
END_TEST

START_TEST(test_an_exit_of_a_spent_output_is_challenged_with_the_spend)
{
	make_standard();
	spends[0] = spend_by(&rival, 1);
	judge_standard();
	ck_assert_uint_eq(count_of(EVENT_INVALID_EXIT), 1);
	const struct exit_response *answer =
		response(ACTION_CHALLENGE_STANDARD_EXIT);
	ck_assert_ptr_nonnull(answer);
	ck_assert(hash_equal(&answer->spend.transaction_hash, &rival.hash));
	ck_assert_uint_eq(answer->spend.input_index, 1);
	ck_assert_uint_eq(answer->window.earliest, FLIGHT_START);
	ck_assert_uint_eq(answer->window.target, FLIGHT_START + 3600);
	ck_assert(answer->window.last == DUE);
	ck_assert(!halts());
}
END_TEST

START_TEST(test_a_spend_from_outside_blocks_never_halts)
{
	make_standard();
	spends[0] = spend_at(&rival, 1, place_at(9000, 0, 0));
	world.now = DUE + 1;
	judge_standard();
	ck_assert_uint_eq(count_of(EVENT_INVALID_EXIT), 1);
	ck_assert(!halts());
}
END_TEST

START_TEST(test_an_exit_unchallenged_for_the_limit_halts_at_that_second)
{
	make_standard();
	spends[0] = spend_applied(&rival, 1, place_at(4000, 0, 0),
				  FLIGHT_START - 5);
	world.now = FLIGHT_START + LATE - 1;
	judge_standard();
	ck_assert(!halts());
	world.now++;
	judge_standard();
	ck_assert_uint_eq(count_of(EVENT_UNCHALLENGED_EXIT), 1);
	ck_assert_ptr_nonnull(response(ACTION_CHALLENGE_STANDARD_EXIT));
}
END_TEST

START_TEST(test_the_limit_counts_from_the_block_that_spends)
{
	make_standard();
	spends[0] = spend_applied(&rival, 1, place_at(4000, 0, 0),
				  FLIGHT_START + 1000);
	world.now = FLIGHT_START + 1000 + LATE - 1;
	judge_standard();
	ck_assert(!halts());
	world.now++;
	judge_standard();
	ck_assert(halts());
}
END_TEST

START_TEST(test_an_exit_of_what_nobody_judged_is_challenged_without_an_event)
{
	make_standard();
	standard.is_judged = false;
	spends[0] =
		spend_applied(&rival, 1, place_at(4000, 0, 0), FLIGHT_START);
	world.now = DUE;
	judge_standard();
	ck_assert_ptr_nonnull(response(ACTION_CHALLENGE_STANDARD_EXIT));
	ck_assert_uint_eq(count_of(EVENT_INVALID_EXIT), 0);
	ck_assert_uint_eq(count_of(EVENT_UNCHALLENGED_EXIT), 0);
}
END_TEST

START_TEST(test_a_challenged_exit_is_not_challenged_again)
{
	make_standard();
	spends[0] = spend_by(&rival, 1);
	standard.exit.status = STANDARD_EXIT_CHALLENGED;
	standard.challenged_at = FLIGHT_START + 9;
	judge_standard();
	ck_assert_uint_eq(findings.count, 0);
}
END_TEST

START_TEST(test_an_own_exit_that_was_signed_away_waits_for_a_person)
{
	make_standard();
	spends[0] = spend_by(&rival, 1);
	us = account_of_letter('A');
	judge_standard();
	ck_assert_uint_eq(count_of(EVENT_INVALID_EXIT), 1);
	ck_assert(find(EVENT_INVALID_EXIT)->waits);
	ck_assert_ptr_null(response(ACTION_CHALLENGE_STANDARD_EXIT));
}
END_TEST

START_TEST(test_a_late_spend_of_an_exiting_output_halts_from_its_second_on)
{
	make_standard();
	spends[0] = spend_applied(&rival, 1, place_at(4000, 0, 0),
				  FLIGHT_START + LATE - 1);
	world.now = FLIGHT_START + LATE;
	judge_standard();
	ck_assert_uint_eq(count_of(EVENT_LATE_SPEND_OF_EXITING_OUTPUT), 0);
	spends[0].block_time++;
	judge_standard();
	ck_assert_uint_eq(count_of(EVENT_LATE_SPEND_OF_EXITING_OUTPUT), 1);
	/* Not if a challenge stood before that block. */
	standard.exit.status = STANDARD_EXIT_CHALLENGED;
	standard.challenged_at = spends[0].block_time - 1;
	judge_standard();
	ck_assert_uint_eq(findings.count, 0);
	standard.challenged_at = spends[0].block_time;
	judge_standard();
	ck_assert_uint_eq(count_of(EVENT_LATE_SPEND_OF_EXITING_OUTPUT), 1);
}
END_TEST

/* ---- canonicity ---- */

START_TEST(test_an_honest_flight_raises_nothing_but_what_can_be_joined)
{
	judge_flight();
	ck_assert_uint_eq(findings.count, 4);
	ck_assert_uint_eq(count_of(EVENT_PIGGYBACK_AVAILABLE), 4);
	for (size_t i = 0; i < findings.count; i++) {
		ck_assert(!findings.of[i].has_response);
		ck_assert_uint_eq(findings.of[i].class, EVENT_CLASS_I);
	}
}
END_TEST

START_TEST(test_a_competitor_is_shown_at_the_input_that_both_spend)
{
	spends[0] = spend_by(&rival, 1);
	known(IN(0), spends, 1);
	judge_flight();
	ck_assert_uint_eq(count_of(EVENT_NON_CANONICAL_IFE), 1);
	const struct exit_response *answer =
		response(ACTION_CHALLENGE_NOT_CANONICAL);
	ck_assert_uint_eq(answer->index, 0);
	ck_assert_uint_eq(answer->spend.input_index, 1);
	ck_assert(answer->window.last == FLIGHT_START + HALF - 1);
	ck_assert(!halts());
}
END_TEST

/* What it may cost is reckoned by this: dust joins first, and a token last. */
START_TEST(test_a_challenge_is_worth_what_may_still_join)
{
	const struct output *at_risk;

	payment.transaction.outputs[0].amount = amount_of(1);
	exit_of.slots[OUT(0)].output.amount = amount_of(1);
	exit_of.slots[IN(0)].output.amount = amount_of(9);
	flight_piggyback(&exit_of, OUT(0), FLIGHT_START + 5);
	spends[0] = spend_by(&rival, 1);
	known(IN(0), spends, 1);
	judge_flight();
	at_risk = &response(ACTION_CHALLENGE_NOT_CANONICAL)->at_risk;
	ck_assert(!token_is_eth(&at_risk->token));
	exit_of.slots[IN(1)].present = false;
	exit_of.slots[OUT(1)].present = false;
	judge_flight();
	at_risk = &response(ACTION_CHALLENGE_NOT_CANONICAL)->at_risk;
	ck_assert(amount_compare(at_risk->amount, amount_of(9)) == 0);
}
END_TEST

START_TEST(test_of_two_competitors_the_older_is_shown)
{
	struct payment other = rival;

	other.hash.bytes[0] ^= 0xff;
	spends[0] = spend_by(&rival, 1);
	spends[1] = spend_at(&other, 1, place_at(4000, 1, 0));
	known(IN(0), spends, 2);
	judge_flight();
	ck_assert(response(ACTION_CHALLENGE_NOT_CANONICAL)->spend.place.kind ==
		  BLOCK_PLACE_KNOWN);
	spends[0] = spend_at(&rival, 1, place_at(4000, 0, 0));
	judge_flight();
	ck_assert(hash_equal(&response(ACTION_CHALLENGE_NOT_CANONICAL)
				      ->spend.transaction_hash,
			     &rival.hash));
}
END_TEST

START_TEST(test_the_flight_itself_is_no_competitor)
{
	spends[0] = spend_by(&payment, 0);
	known(IN(0), spends, 1);
	judge_flight();
	ck_assert_uint_eq(count_of(EVENT_NON_CANONICAL_IFE), 0);
}
END_TEST

START_TEST(test_no_challenge_that_inclusion_would_beat)
{
	flight.place.kind = BLOCK_PLACE_KNOWN;
	flight.place.position = place_at(4000, 5, 0);
	flight.in_applied_block = true;
	spends[0] = spend_by(&rival, 1);
	known(IN(0), spends, 1);
	judge_flight();
	ck_assert_uint_eq(count_of(EVENT_NON_CANONICAL_IFE), 0);
	spends[0] = spend_at(&rival, 1, place_at(4000, 6, 0));
	judge_flight();
	ck_assert_uint_eq(count_of(EVENT_NON_CANONICAL_IFE), 0);
	spends[0] = spend_at(&rival, 1, place_at(4000, 4, 0));
	judge_flight();
	ck_assert_uint_eq(count_of(EVENT_NON_CANONICAL_IFE), 1);
}
END_TEST

START_TEST(test_a_competitor_is_shown_again_only_if_it_is_older)
{
	struct position recorded = place_at(4000, 2, 0);

	flight_challenge(&exit_of, 'X', &recorded, FLIGHT_START + 5);
	spends[0] = spend_at(&rival, 1, place_at(4000, 2, 0));
	known(IN(0), spends, 1);
	judge_flight();
	ck_assert_ptr_null(response(ACTION_CHALLENGE_NOT_CANONICAL));
	spends[0] = spend_at(&rival, 1, place_at(4000, 1, 0));
	judge_flight();
	ck_assert_ptr_nonnull(response(ACTION_CHALLENGE_NOT_CANONICAL));
}
END_TEST

START_TEST(test_canonicity_is_challenged_to_the_last_second_of_phase_1)
{
	spends[0] = spend_by(&rival, 1);
	known(IN(0), spends, 1);
	world.now = FLIGHT_START + HALF - 1;
	judge_flight();
	ck_assert_ptr_nonnull(response(ACTION_CHALLENGE_NOT_CANONICAL));
	ck_assert_uint_eq(find(EVENT_UNCHALLENGED_NON_CANONICAL_IFE)->class,
			  EVENT_CLASS_I);
	world.now++;
	judge_flight();
	ck_assert_ptr_null(response(ACTION_CHALLENGE_NOT_CANONICAL));
	ck_assert_uint_eq(count_of(EVENT_NON_CANONICAL_IFE), 0);
	ck_assert_uint_eq(find(EVENT_UNCHALLENGED_NON_CANONICAL_IFE)->class,
			  EVENT_CLASS_I);
}
END_TEST

START_TEST(test_an_included_competitor_left_alone_too_long_halts)
{
	spends[0] = spend_applied(&rival, 1, place_at(4000, 0, 0),
				  FLIGHT_START - 9);
	known(IN(0), spends, 1);
	world.now = FLIGHT_START + LATE;
	judge_flight();
	ck_assert(!halts());
	world.now++;
	judge_flight();
	ck_assert(halts());
	ck_assert_uint_eq(count_of(EVENT_UNCHALLENGED_NON_CANONICAL_IFE), 1);
	/* The time of the competitor's block counts when it is the later. */
	spends[0].block_time = FLIGHT_START + 50;
	judge_flight();
	ck_assert(!halts());
}
END_TEST

START_TEST(test_in_phase_2_it_halts_only_if_something_can_be_paid)
{
	spends[0] = spend_applied(&rival, 1, place_at(4000, 0, 0),
				  FLIGHT_START + HALF - 10);
	known(IN(0), spends, 1);
	world.now = FLIGHT_START + HALF;
	judge_flight();
	ck_assert_uint_eq(find(EVENT_UNCHALLENGED_NON_CANONICAL_IFE)->class,
			  EVENT_CLASS_I);
	flight_piggyback(&exit_of, IN(1), FLIGHT_START + 5);
	judge_flight();
	ck_assert_uint_eq(find(EVENT_UNCHALLENGED_NON_CANONICAL_IFE)->class,
			  EVENT_CLASS_HALT);
}
END_TEST

START_TEST(test_a_flight_whose_side_is_fixed_is_not_challenged)
{
	spends[0] = spend_by(&rival, 1);
	known(IN(0), spends, 1);
	exit_of.side = IN_FLIGHT_SIDE_OUTPUTS;
	judge_flight();
	ck_assert_ptr_null(response(ACTION_CHALLENGE_NOT_CANONICAL));
}
END_TEST

/* ---- responses ---- */

START_TEST(test_a_false_challenge_is_answered_with_the_place)
{
	include(true, place_at(4000, 5, 0));
	flight_challenge(&exit_of, 'X', NULL, FLIGHT_START + 5);
	judge_flight();
	ck_assert_uint_eq(count_of(EVENT_INVALID_IFE_CHALLENGE), 1);
	const struct exit_response *answer =
		response(ACTION_RESPOND_TO_CHALLENGE);
	ck_assert_ptr_nonnull(answer);
	ck_assert_uint_eq(answer->window.earliest, FLIGHT_START + 5);
	/* In phase 2 too, until the first entry can be processed. */
	flight_piggyback(&exit_of, IN(0), FLIGHT_START + 7);
	world.now = FLIGHT_START + HALF + 1;
	judge_flight();
	ck_assert(response(ACTION_RESPOND_TO_CHALLENGE)->window.last ==
		  DUE + 7);
	exit_of.side = IN_FLIGHT_SIDE_INPUTS;
	judge_flight();
	ck_assert_ptr_null(response(ACTION_RESPOND_TO_CHALLENGE));
}
END_TEST

START_TEST(test_only_a_challenge_by_something_younger_is_answered)
{
	struct position older = place_at(4000, 4, 0);
	struct position younger = place_at(4000, 6, 0);

	include(true, place_at(4000, 5, 0));
	flight_challenge(&exit_of, 'X', &older, FLIGHT_START + 5);
	judge_flight();
	ck_assert_uint_eq(count_of(EVENT_INVALID_IFE_CHALLENGE), 0);
	flight_case_tear_down();
	flight_case_set_up();
	include(true, place_at(4000, 5, 0));
	flight_challenge(&exit_of, 'X', &younger, FLIGHT_START + 5);
	judge_flight();
	ck_assert_uint_eq(count_of(EVENT_INVALID_IFE_CHALLENGE), 1);
}
END_TEST

START_TEST(test_no_answer_that_an_older_competitor_would_beat)
{
	include(true, place_at(4000, 5, 0));
	flight_challenge(&exit_of, 'X', NULL, FLIGHT_START + 5);
	spends[0] = spend_at(&rival, 1, place_at(3500 / 1000 * 1000, 9, 0));
	known(IN(0), spends, 1);
	judge_flight();
	ck_assert_uint_eq(count_of(EVENT_INVALID_IFE_CHALLENGE), 1);
	ck_assert_ptr_null(response(ACTION_RESPOND_TO_CHALLENGE));
}
END_TEST

START_TEST(test_a_place_in_a_bad_block_is_shown_for_our_outputs_only)
{
	include(false, place_at(4000, 5, 0));
	flight_challenge(&exit_of, 'X', NULL, FLIGHT_START + 5);
	judge_flight();
	ck_assert_ptr_null(response(ACTION_RESPOND_TO_CHALLENGE));
	us = account_of_letter('C');
	judge_flight();
	ck_assert_ptr_null(response(ACTION_RESPOND_TO_CHALLENGE));
	flight_piggyback(&exit_of, OUT(0), FLIGHT_START + 6);
	judge_flight();
	ck_assert_ptr_nonnull(response(ACTION_RESPOND_TO_CHALLENGE));
	ck_assert_uint_eq(count_of(EVENT_INVALID_IFE_CHALLENGE), 0);
}
END_TEST

/* ---- pay-outs, queues, vaults, bonds ---- */

START_TEST(test_a_payout_of_what_was_spent_or_never_was_is_invalid)
{
	struct payout_case one = { .paid = { .exists = true } };

	ck_assert(!exit_processor_payout_is_invalid(&one));
	one.paid.is_spent = true;
	ck_assert(exit_processor_payout_is_invalid(&one));
	one.paid.exists = one.paid.is_spent = false;
	ck_assert(exit_processor_payout_is_invalid(&one));
}
END_TEST

START_TEST(test_a_canonical_exit_in_no_block_is_legitimate)
{
	struct payout_case one = { .is_in_flight_output = true,
				   .input_count = 2 };

	one.inputs[0].exists = one.inputs[1].exists = true;
	ck_assert(!exit_processor_payout_is_invalid(&one));
	one.inputs[1].is_spent = true;
	ck_assert(exit_processor_payout_is_invalid(&one));
	one.inputs[1].is_spent_by_exit = true;
	ck_assert(!exit_processor_payout_is_invalid(&one));
	one.inputs[0].is_exited_by_other_id = true;
	ck_assert(exit_processor_payout_is_invalid(&one));
	one.inputs[0].is_exited_by_other_id = false;
	one.inputs[0].exists = false;
	ck_assert(exit_processor_payout_is_invalid(&one));
	one.is_included = true;
	one.paid.exists = true;
	ck_assert(!exit_processor_payout_is_invalid(&one));
}
END_TEST

START_TEST(test_a_queue_is_stuck_a_fourteenth_of_the_period_after_it_was_due)
{
	uint64_t last = DUE + FLIGHT_PERIOD / 14;

	ck_assert(!exit_processor_queue_is_stuck(DUE, last, FLIGHT_PERIOD));
	ck_assert(exit_processor_queue_is_stuck(DUE, last + 1, FLIGHT_PERIOD));
	ck_assert(!exit_processor_queue_is_stuck(UINT64_MAX, UINT64_MAX,
						 FLIGHT_PERIOD));
}
END_TEST

START_TEST(test_a_vault_owes_coins_and_credits)
{
	ck_assert(!exit_processor_is_insolvent(amount_of(10), amount_of(7),
					       amount_of(3)));
	ck_assert(exit_processor_is_insolvent(amount_of(10), amount_of(7),
					      amount_of(4)));
	ck_assert(exit_processor_is_insolvent(amount_from_u256(U256_MAX),
					      amount_from_u256(U256_MAX),
					      amount_of(1)));
}
END_TEST

START_TEST(test_a_bond_alarms_above_the_ceiling)
{
	ck_assert_uint_eq(
		exit_processor_bond_class(amount_of(9), amount_zero()),
		EVENT_CLASS_I);
	ck_assert_uint_eq(exit_processor_bond_class(amount_of(9), amount_of(9)),
			  EVENT_CLASS_I);
	ck_assert_uint_eq(
		exit_processor_bond_class(amount_of(10), amount_of(9)),
		EVENT_CLASS_A);
}
END_TEST

/* ---- witnesses ---- */

START_TEST(test_the_witness_is_found_among_all_signatures)
{
	struct hash domain = flight_domain();
	struct address alice = account_of_letter('A');
	struct address nobody = account_of_letter('N');
	struct signature found;
	struct signature list[] = { rival.signatures[0], rival.signatures[1] };

	ck_assert(witness_find(&found, &rival.transaction, &domain, &alice,
			       list, 2));
	ck_assert_int_eq(
		memcmp(found.bytes, list[1].bytes, sizeof(found.bytes)), 0);
	ck_assert(!witness_find(&found, &rival.transaction, &domain, &nobody,
				list, 2));
	ck_assert(!witness_find(&found, &rival.transaction, &domain, &alice,
				list, 1));
}
END_TEST

START_TEST(test_a_witness_with_a_high_s_is_mirrored)
{
	struct hash domain = flight_domain();
	struct address alice = account_of_letter('A');
	struct signature high = signature_mirror(&rival.signatures[1]);
	struct signature found;

	ck_assert(signature_has_high_s(&high));
	ck_assert(witness_find(&found, &rival.transaction, &domain, &alice,
			       &high, 1));
	ck_assert_int_eq(memcmp(found.bytes, rival.signatures[1].bytes,
				sizeof(found.bytes)),
			 0);
	memset(high.bytes + 32, 0xff, 32);
	ck_assert(!witness_find(&found, &rival.transaction, &domain, &alice,
				&high, 1));
}
END_TEST

START_TEST(test_the_best_spend_is_that_of_an_applied_block)
{
	struct known_spend_list list = { spends, 3 };

	spends[0] = spend_by(&payment, 0);
	spends[1] = spend_at(&rival, 1, place_at(2000, 0, 0));
	spends[2] = spend_applied(&of_output, 0, place_at(9000, 0, 0), 5);
	ck_assert_ptr_eq(known_spend_best(&list, NULL), &spends[2]);
	ck_assert_ptr_eq(known_spend_best(&list, &of_output.hash), &spends[1]);
	list.count = 1;
	ck_assert_ptr_eq(known_spend_best(&list, NULL), &spends[0]);
	ck_assert_ptr_null(known_spend_best(&list, &payment.hash));
}
END_TEST

static void add_standard(Suite *suite)
{
	TCase *tests = tcase_create("standard exits");

	tcase_add_checked_fixture(tests, flight_case_set_up,
				  flight_case_tear_down);
	tcase_add_test(tests, test_an_exit_without_a_known_spend_is_honest);
	tcase_add_test(
		tests,
		test_an_exit_of_a_spent_output_is_challenged_with_the_spend);
	tcase_add_test(tests, test_a_spend_from_outside_blocks_never_halts);
	tcase_add_test(
		tests,
		test_an_exit_unchallenged_for_the_limit_halts_at_that_second);
	tcase_add_test(tests, test_the_limit_counts_from_the_block_that_spends);
	tcase_add_test(
		tests,
		test_an_exit_of_what_nobody_judged_is_challenged_without_an_event);
	tcase_add_test(tests, test_a_challenged_exit_is_not_challenged_again);
	tcase_add_test(
		tests,
		test_an_own_exit_that_was_signed_away_waits_for_a_person);
	tcase_add_test(
		tests,
		test_a_late_spend_of_an_exiting_output_halts_from_its_second_on);
	suite_add_tcase(suite, tests);
}

static void add_canonicity(Suite *suite)
{
	TCase *tests = tcase_create("canonicity");

	tcase_add_checked_fixture(tests, flight_case_set_up,
				  flight_case_tear_down);
	tcase_add_test(
		tests,
		test_an_honest_flight_raises_nothing_but_what_can_be_joined);
	tcase_add_test(tests,
		       test_a_competitor_is_shown_at_the_input_that_both_spend);
	tcase_add_test(tests, test_a_challenge_is_worth_what_may_still_join);
	tcase_add_test(tests, test_of_two_competitors_the_older_is_shown);
	tcase_add_test(tests, test_the_flight_itself_is_no_competitor);
	tcase_add_test(tests, test_no_challenge_that_inclusion_would_beat);
	tcase_add_test(tests,
		       test_a_competitor_is_shown_again_only_if_it_is_older);
	tcase_add_test(
		tests,
		test_canonicity_is_challenged_to_the_last_second_of_phase_1);
	tcase_add_test(tests,
		       test_an_included_competitor_left_alone_too_long_halts);
	tcase_add_test(tests,
		       test_in_phase_2_it_halts_only_if_something_can_be_paid);
	tcase_add_test(tests,
		       test_a_flight_whose_side_is_fixed_is_not_challenged);
	tcase_add_test(tests,
		       test_a_false_challenge_is_answered_with_the_place);
	tcase_add_test(tests,
		       test_only_a_challenge_by_something_younger_is_answered);
	tcase_add_test(tests,
		       test_no_answer_that_an_older_competitor_would_beat);
	tcase_add_test(
		tests,
		test_a_place_in_a_bad_block_is_shown_for_our_outputs_only);
	suite_add_tcase(suite, tests);
}

Suite *exit_processor_suite(void);

Suite *exit_processor_suite(void)
{
	Suite *suite = suite_create("exit_processor");
	TCase *rest = tcase_create("rest");

	add_standard(suite);
	add_canonicity(suite);
	tcase_add_checked_fixture(rest, flight_case_set_up,
				  flight_case_tear_down);
	tcase_add_test(rest,
		       test_a_payout_of_what_was_spent_or_never_was_is_invalid);
	tcase_add_test(rest, test_a_canonical_exit_in_no_block_is_legitimate);
	tcase_add_test(
		rest,
		test_a_queue_is_stuck_a_fourteenth_of_the_period_after_it_was_due);
	tcase_add_test(rest, test_a_vault_owes_coins_and_credits);
	tcase_add_test(rest, test_a_bond_alarms_above_the_ceiling);
	tcase_add_test(rest, test_the_witness_is_found_among_all_signatures);
	tcase_add_test(rest, test_a_witness_with_a_high_s_is_mirrored);
	tcase_add_test(rest, test_the_best_spend_is_that_of_an_applied_block);
	suite_add_tcase(suite, rest);
	return suite;
}
