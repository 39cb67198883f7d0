/* SPDX-License-Identifier: MIT */
#include "tests/unit/runner.h"
#include "tests/unit/watcher/flight_case.h"

/* ---- joining ---- */

static size_t piggybacks(void)
{
	size_t count = 0;

	for (size_t i = 0; i < findings.count; i++)
		count += findings.of[i].has_response &&
			 (findings.of[i].response.kind ==
				  ACTION_PIGGYBACK_INPUT ||
			  findings.of[i].response.kind ==
				  ACTION_PIGGYBACK_OUTPUT);
	return count;
}

START_TEST(test_own_inputs_and_own_outputs_join_at_once)
{
	struct address both[] = { account_of_letter('A'),
				  account_of_letter('D') };

	world.owners = both;
	world.owner_count = 2;
	judge_flight();
	ck_assert_uint_eq(piggybacks(), 2);
	const struct exit_response *in = response(ACTION_PIGGYBACK_INPUT);
	const struct exit_response *out = response(ACTION_PIGGYBACK_OUTPUT);
	ck_assert_uint_eq(in->index, 0);
	ck_assert(in->by_owner && address_equal(&in->owner, &both[0]));
	ck_assert_uint_eq(out->index, 1);
	ck_assert(out->by_owner && address_equal(&out->owner, &both[1]));
	ck_assert(out->window.target == FLIGHT_START);
	ck_assert(out->window.last == FLIGHT_START + HALF - 1);
	for (size_t i = 0; i < findings.count; i++) {
		if (findings.of[i].has_response)
			ck_assert_uint_eq(findings.of[i].class, EVENT_CLASS_A);
	}
}
END_TEST

START_TEST(test_nobody_joins_after_phase_1)
{
	us = account_of_letter('C');
	world.now = FLIGHT_START + HALF - 1;
	judge_flight();
	ck_assert_uint_eq(piggybacks(), 1);
	world.now++;
	judge_flight();
	ck_assert_uint_eq(piggybacks(), 0);
	ck_assert_uint_eq(count_of(EVENT_PIGGYBACK_AVAILABLE), 0);
}
END_TEST

START_TEST(test_in_a_halt_joining_has_to_be_done_by_its_last_second)
{
	us = account_of_letter('C');
	world.now = FLIGHT_START + 10;
	world.leave_by = FLIGHT_START + 100;
	judge_flight();
	ck_assert_uint_eq(response(ACTION_PIGGYBACK_OUTPUT)->window.last,
			  FLIGHT_START + 100);
	world.leave_by = FLIGHT_START + HALF;
	judge_flight();
	ck_assert_uint_eq(response(ACTION_PIGGYBACK_OUTPUT)->window.last,
			  FLIGHT_START + HALF - 1);
	/* When that is over, it still helps as long as contracts take it. */
	world.leave_by = FLIGHT_START + 9;
	judge_flight();
	ck_assert_uint_eq(response(ACTION_PIGGYBACK_OUTPUT)->window.last,
			  FLIGHT_START + HALF - 1);
}
END_TEST

START_TEST(test_what_is_settled_need_not_join)
{
	us = account_of_letter('C');
	include(true, place_at(5000, 3, 0));
	judge_flight();
	ck_assert_uint_eq(piggybacks(), 0);
	/* A body that nobody applied settles nothing. */
	include(false, place_at(5000, 3, 0));
	judge_flight();
	ck_assert_uint_eq(piggybacks(), 1);
}
END_TEST

START_TEST(test_an_input_that_was_also_spent_elsewhere_does_not_join)
{
	us = account_of_letter('A');
	spends[0] = spend_by(&rival, 1);
	known(IN(0), spends, 1);
	judge_flight();
	ck_assert_uint_eq(piggybacks(), 0);
	own_spend = spend_by(&payment, 0);
	known(IN(0), &own_spend, 1);
	judge_flight();
	ck_assert_uint_eq(piggybacks(), 1);
}
END_TEST

START_TEST(test_an_output_that_was_spent_does_not_join)
{
	us = account_of_letter('C');
	include(false, place_at(5000, 3, 0));
	spends[0] = spend_by(&of_output, 0);
	known(OUT(0), spends, 1);
	judge_flight();
	ck_assert_uint_eq(piggybacks(), 0);
}
END_TEST

START_TEST(
	test_what_is_final_or_was_blocked_or_of_the_unpaid_side_does_not_join)
{
	us = account_of_letter('C');
	flight.finalised[OUT(0)] = FINALISATION_FOREIGN;
	judge_flight();
	ck_assert_uint_eq(piggybacks(), 0);
	flight.finalised[OUT(0)] = FINALISATION_NONE;
	exit_of.life = 2;
	judge_flight();
	ck_assert_uint_eq(piggybacks(), 1);
	exit_of.paid_side = IN_FLIGHT_SIDE_INPUTS;
	judge_flight();
	ck_assert_uint_eq(piggybacks(), 0);
	exit_of.paid_side = IN_FLIGHT_SIDE_OPEN;
	exit_of.blocked = 1u << OUT(0);
	judge_flight();
	ck_assert_uint_eq(piggybacks(), 0);
	exit_of.blocked = 0;
	flight_piggyback(&exit_of, OUT(0), FLIGHT_START + 5);
	flight_block(&exit_of, OUT(0));
	judge_flight();
	ck_assert_uint_eq(piggybacks(), 0);
}
END_TEST

/* ---- blocking ---- */

START_TEST(test_an_input_spent_elsewhere_is_blocked_at_its_own_index)
{
	spends[0] = spend_by(&rival, 1);
	known(IN(0), spends, 1);
	flight_piggyback(&exit_of, IN(0), FLIGHT_START + 5);
	judge_flight();
	const struct exit_response *answer =
		response(ACTION_CHALLENGE_INPUT_SPENT);
	ck_assert_ptr_nonnull(answer);
	ck_assert_int_eq(find(EVENT_INVALID_PIGGYBACK)->slot, IN(0));
	ck_assert_uint_eq(answer->index, 0);
	ck_assert_uint_eq(answer->spend.input_index, 1);
	ck_assert(answer->window.last == DUE + 5);
	/* The other input has no such spend. */
	ck_assert_uint_eq(count_of(EVENT_INVALID_PIGGYBACK), 1);
	ck_assert(!halts());
}
END_TEST

START_TEST(test_a_spent_output_is_blocked_where_the_flight_can_be_proved)
{
	spends[0] = spend_by(&of_output, 0);
	known(OUT(0), spends, 1);
	flight_piggyback(&exit_of, OUT(0), FLIGHT_START + 5);
	judge_flight();
	ck_assert_ptr_null(response(ACTION_CHALLENGE_OUTPUT_SPENT));
	include(true, place_at(5000, 3, 0));
	judge_flight();
	ck_assert_uint_eq(response(ACTION_CHALLENGE_OUTPUT_SPENT)->index, 0);
	ck_assert_int_eq(find(EVENT_INVALID_PIGGYBACK)->slot, OUT(0));
}
END_TEST

START_TEST(test_the_flight_itself_blocks_no_input)
{
	own_spend = spend_by(&payment, 0);
	known(IN(0), &own_spend, 1);
	flight_piggyback(&exit_of, IN(0), FLIGHT_START + 5);
	judge_flight();
	ck_assert_uint_eq(count_of(EVENT_INVALID_PIGGYBACK), 0);
}
END_TEST

START_TEST(test_an_own_piggyback_is_not_blocked_by_ourselves)
{
	us = account_of_letter('A');
	spends[0] = spend_by(&rival, 1);
	known(IN(0), spends, 1);
	flight_piggyback(&exit_of, IN(0), FLIGHT_START + 5);
	judge_flight();
	ck_assert(find(EVENT_INVALID_PIGGYBACK)->waits);
	ck_assert_ptr_null(response(ACTION_CHALLENGE_INPUT_SPENT));
}
END_TEST

START_TEST(test_an_unblocked_piggyback_halts_after_the_limit_if_a_block_spends)
{
	spends[0] = spend_by(&rival, 1);
	known(IN(0), spends, 1);
	flight_piggyback(&exit_of, IN(0), FLIGHT_START + 5);
	world.now = FLIGHT_START + HALF + 100;
	judge_flight();
	ck_assert_uint_eq(count_of(EVENT_UNCHALLENGED_PIGGYBACK), 0);
	spends[0] = spend_applied(&rival, 1, place_at(4000, 0, 0),
				  FLIGHT_START - 50);
	world.now = FLIGHT_START + 5 + LATE - 1;
	judge_flight();
	ck_assert_uint_eq(count_of(EVENT_UNCHALLENGED_PIGGYBACK), 0);
	world.now++;
	judge_flight();
	ck_assert_uint_eq(count_of(EVENT_UNCHALLENGED_PIGGYBACK), 1);
	spends[0].block_time = FLIGHT_START + 6;
	judge_flight();
	ck_assert_uint_eq(count_of(EVENT_UNCHALLENGED_PIGGYBACK), 0);
}
END_TEST

START_TEST(test_a_late_spend_of_an_input_or_a_piggybacked_output_halts)
{
	spends[0] = spend_applied(&rival, 1, place_at(4000, 0, 0),
				  FLIGHT_START + LATE - 1);
	known(IN(0), spends, 1);
	judge_flight();
	ck_assert_uint_eq(count_of(EVENT_LATE_SPEND_OF_EXITING_OUTPUT), 0);
	spends[0].block_time++;
	judge_flight();
	ck_assert_uint_eq(count_of(EVENT_LATE_SPEND_OF_EXITING_OUTPUT), 1);
	known(IN(0), spends, 0);
	include(true, place_at(5000, 3, 0));
	spends[1] = spend_applied(&of_output, 0, place_at(6000, 0, 0),
				  FLIGHT_START + 5 + LATE);
	known(OUT(0), &spends[1], 1);
	judge_flight();
	ck_assert_uint_eq(count_of(EVENT_LATE_SPEND_OF_EXITING_OUTPUT), 0);
	flight_piggyback(&exit_of, OUT(0), FLIGHT_START + 5);
	judge_flight();
	ck_assert_uint_eq(count_of(EVENT_LATE_SPEND_OF_EXITING_OUTPUT), 1);
	flight_piggyback(&exit_of, OUT(0), FLIGHT_START + 6);
	judge_flight();
	ck_assert_uint_eq(count_of(EVENT_LATE_SPEND_OF_EXITING_OUTPUT), 0);
}
END_TEST

START_TEST(test_the_flight_itself_is_no_late_spend)
{
	own_spend = spend_applied(&payment, 0, place_at(5000, 3, 0),
				  FLIGHT_START + LATE + 5);
	known(IN(0), &own_spend, 1);
	judge_flight();
	ck_assert(!halts());
}
END_TEST

/* ---- against contracts without our extensions ---- */

START_TEST(test_blocking_waits_where_it_would_lock_others_out)
{
	struct spent_coin coins[] = {
		{ place_at(3000, 7, 1), 'A', 'E', 5 },
		{ place_at(1001, 0, 0), 'B', 'E', 7 },
	};
	struct output outputs[] = { output_for('C', 'T', 5) };

	payment_make(&payment, coins, 2, outputs, 1, 1);
	flight_start(&exit_of, &payment);
	spends[0] = spend_by(&rival, 1);
	known(IN(0), spends, 1);
	flight_piggyback(&exit_of, IN(0), FLIGHT_START + 5);
	judge_flight();
	ck_assert_uint_eq(
		response(ACTION_CHALLENGE_INPUT_SPENT)->window.earliest,
		FLIGHT_START + 5);
	world.has_extensions = false;
	judge_flight();
	ck_assert_uint_eq(
		response(ACTION_CHALLENGE_INPUT_SPENT)->window.earliest,
		FLIGHT_START + HALF + 60);
	/* Never later than X - P / 14. */
	flight.queued_for[IN(0)] = FLIGHT_START + HALF;
	judge_flight();
	ck_assert_uint_eq(
		response(ACTION_CHALLENGE_INPUT_SPENT)->window.earliest,
		FLIGHT_START + HALF - FLIGHT_PERIOD / 14);
	/* The honest one has joined: nothing to wait for. */
	flight_piggyback(&exit_of, IN(1), FLIGHT_START + 6);
	judge_flight();
	ck_assert_uint_eq(
		response(ACTION_CHALLENGE_INPUT_SPENT)->window.earliest,
		FLIGHT_START + 5);
}
END_TEST

START_TEST(test_a_left_over_entry_brings_the_deadline_forward)
{
	include(true, place_at(4000, 5, 0));
	flight_piggyback(&exit_of, IN(0), FLIGHT_START + 7);
	flight_challenge(&exit_of, 'X', NULL, FLIGHT_START + 9);
	flight.queued_for[IN(0)] = FLIGHT_START + 500;
	judge_flight();
	ck_assert(response(ACTION_RESPOND_TO_CHALLENGE)->window.last ==
		  DUE + 7);
	world.has_extensions = false;
	judge_flight();
	ck_assert(response(ACTION_RESPOND_TO_CHALLENGE)->window.last ==
		  FLIGHT_START + 500);
}
END_TEST

/* ---- empty exits ---- */

START_TEST(test_an_own_bond_is_fetched_when_nobody_joined)
{
	us = exit_of.bond_owner;
	world.now = FLIGHT_START + HALF - 1;
	judge_flight();
	ck_assert_ptr_null(response(ACTION_DELETE_IN_FLIGHT_EXIT));
	world.now++;
	judge_flight();
	ck_assert_ptr_nonnull(response(ACTION_DELETE_IN_FLIGHT_EXIT));
	ck_assert_uint_eq(
		response(ACTION_DELETE_IN_FLIGHT_EXIT)->window.earliest,
		FLIGHT_START + HALF);
	flight_piggyback(&exit_of, IN(0), FLIGHT_START + 5);
	judge_flight();
	ck_assert_ptr_null(response(ACTION_DELETE_IN_FLIGHT_EXIT));
	flight_block(&exit_of, IN(0));
	us = account_of_letter('W');
	judge_flight();
	ck_assert_ptr_null(response(ACTION_DELETE_IN_FLIGHT_EXIT));
}
END_TEST

START_TEST(test_in_a_halt_an_empty_exit_of_others_does_not_keep_our_coin)
{
	us = account_of_letter('A');
	world.now = FLIGHT_START + HALF;
	judge_flight();
	ck_assert_ptr_null(response(ACTION_DELETE_IN_FLIGHT_EXIT));
	world.leave_by = world.now + 1000;
	judge_flight();
	ck_assert_ptr_nonnull(response(ACTION_DELETE_IN_FLIGHT_EXIT));
	exit_of.blocked = 1u << IN(0);
	judge_flight();
	ck_assert_ptr_null(response(ACTION_DELETE_IN_FLIGHT_EXIT));
	us = account_of_letter('W');
}
END_TEST

START_TEST(test_what_is_over_is_not_judged)
{
	spends[0] = spend_by(&rival, 1);
	known(IN(0), spends, 1);
	exit_of.end = IN_FLIGHT_FINALIZED;
	judge_flight();
	ck_assert_uint_eq(findings.count, 0);
}
END_TEST

static void add_slots(Suite *suite)
{
	TCase *tests = tcase_create("slots");

	tcase_add_checked_fixture(tests, flight_case_set_up,
				  flight_case_tear_down);
	tcase_add_test(tests, test_own_inputs_and_own_outputs_join_at_once);
	tcase_add_test(tests, test_nobody_joins_after_phase_1);
	tcase_add_test(
		tests,
		test_in_a_halt_joining_has_to_be_done_by_its_last_second);
	tcase_add_test(tests, test_what_is_settled_need_not_join);
	tcase_add_test(
		tests,
		test_an_input_that_was_also_spent_elsewhere_does_not_join);
	tcase_add_test(tests, test_an_output_that_was_spent_does_not_join);
	tcase_add_test(
		tests,
		test_what_is_final_or_was_blocked_or_of_the_unpaid_side_does_not_join);
	tcase_add_test(
		tests,
		test_an_input_spent_elsewhere_is_blocked_at_its_own_index);
	tcase_add_test(
		tests,
		test_a_spent_output_is_blocked_where_the_flight_can_be_proved);
	tcase_add_test(tests, test_the_flight_itself_blocks_no_input);
	tcase_add_test(tests,
		       test_an_own_piggyback_is_not_blocked_by_ourselves);
	tcase_add_test(
		tests,
		test_an_unblocked_piggyback_halts_after_the_limit_if_a_block_spends);
	tcase_add_test(
		tests,
		test_a_late_spend_of_an_input_or_a_piggybacked_output_halts);
	tcase_add_test(tests, test_the_flight_itself_is_no_late_spend);
	tcase_add_test(tests,
		       test_blocking_waits_where_it_would_lock_others_out);
	tcase_add_test(tests,
		       test_a_left_over_entry_brings_the_deadline_forward);
	tcase_add_test(tests, test_an_own_bond_is_fetched_when_nobody_joined);
	tcase_add_test(
		tests,
		test_in_a_halt_an_empty_exit_of_others_does_not_keep_our_coin);
	tcase_add_test(tests, test_what_is_over_is_not_judged);
	suite_add_tcase(suite, tests);
}

Suite *exit_slots_suite(void);

Suite *exit_slots_suite(void)
{
	Suite *suite = suite_create("exit_slots");

	add_slots(suite);
	return suite;
}
