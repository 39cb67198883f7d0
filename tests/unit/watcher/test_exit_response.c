/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/ethereum/contract_calls.h"
#include "tests/unit/runner.h"
#include "tests/unit/watcher/flight_case.h"
#include "watcher/exit_response.h"

/* Nothing here is symmetric: no two indices, bytes or places are alike. */
static const uint8_t proof[PROTOCOL_PROOF_SIZE] = { 1, 2, 3 };
static struct growing_buffer got;
static struct growing_buffer wanted;
static struct exit_response answer;
static struct response_bytes bytes;
static struct address sender;

static void set_up(void)
{
	flight_case_set_up();
	growing_buffer_init(&got, CONTRACT_CALL_MAX_LEN);
	growing_buffer_init(&wanted, CONTRACT_CALL_MAX_LEN);
	sender = account_of_letter('W');
	memset(&answer, 0, sizeof(answer));
	answer.exit_id = exit_of.id;
	answer.index = 3;
	answer.has_spend = true;
	answer.spend = spend_by(&rival, 1);
	bytes = (struct response_bytes){
		.exiting_tx = bytes_of_string("exiting"),
		.in_flight_tx = payment_raw(&payment),
		.input_tx = bytes_of_string("input"),
		.input_position = place_at(3000, 7, 1),
		.position = place_at(5000, 9, 0),
		.proof = bytes_view(proof, sizeof(proof)),
	};
}

static void tear_down(void)
{
	flight_case_tear_down();
	growing_buffer_clear(&got);
	growing_buffer_clear(&wanted);
}

static struct bytes witness(void)
{
	return bytes_view(rival.signatures[1].bytes, SIGNATURE_SIZE);
}

static void check(enum action_kind kind)
{
	answer.kind = kind;
	exit_response_encode(&got, &answer, &bytes, &sender);
	ck_assert(!got.overflowed);
	ck_assert(bytes_equal(growing_buffer_view(&got),
			      growing_buffer_view(&wanted)));
}

START_TEST(test_a_standard_exit_is_challenged_with_the_spend_at_its_input)
{
	struct challenge_standard_exit call = {
		.exit_id = exit_of.id,
		.exiting_tx = bytes_of_string("exiting"),
		.challenge_tx = payment_raw(&rival),
		.input_index = 1,
		.witness = witness(),
		.sender_data = sender_data(&sender),
	};

	contract_call_challenge_standard_exit(&wanted, &call);
	check(ACTION_CHALLENGE_STANDARD_EXIT);
}
END_TEST

START_TEST(test_canonicity_is_challenged_with_both_indices_and_the_place)
{
	struct challenge_not_canonical call = {
		.input_tx = bytes_of_string("input"),
		.input_position = place_at(3000, 7, 1),
		.in_flight_tx = payment_raw(&payment),
		.in_flight_tx_input_index = 3,
		.competing_tx = payment_raw(&rival),
		.competing_tx_input_index = 1,
		.competing_tx_included = true,
		.competing_tx_position = place_at(5000, 9, 0),
		.competing_tx_proof = bytes_view(proof, sizeof(proof)),
		.competing_tx_witness = witness(),
	};

	contract_call_challenge_not_canonical(&wanted, &call);
	check(ACTION_CHALLENGE_NOT_CANONICAL);
	growing_buffer_reset(&got);
	growing_buffer_reset(&wanted);
	call.competing_tx_included = false;
	bytes.proof = bytes_view(NULL, 0);
	contract_call_challenge_not_canonical(&wanted, &call);
	check(ACTION_CHALLENGE_NOT_CANONICAL);
}
END_TEST

START_TEST(test_inputs_and_outputs_are_blocked_with_their_own_indices)
{
	struct challenge_input_spent input = {
		.in_flight_tx = payment_raw(&payment),
		.in_flight_tx_input_index = 3,
		.challenging_tx = payment_raw(&rival),
		.challenging_tx_input_index = 1,
		.challenging_tx_witness = witness(),
		.input_tx = bytes_of_string("input"),
		.input_position = place_at(3000, 7, 1),
		.sender_data = sender_data(&sender),
	};
	struct challenge_output_spent output = {
		.in_flight_tx = payment_raw(&payment),
		.in_flight_tx_proof = bytes_view(proof, sizeof(proof)),
		.output_position = place_at(5000, 9, 3),
		.challenging_tx = payment_raw(&rival),
		.challenging_tx_input_index = 1,
		.challenging_tx_witness = witness(),
		.sender_data = sender_data(&sender),
	};

	contract_call_challenge_input_spent(&wanted, &input);
	check(ACTION_CHALLENGE_INPUT_SPENT);
	growing_buffer_reset(&got);
	growing_buffer_reset(&wanted);
	contract_call_challenge_output_spent(&wanted, &output);
	check(ACTION_CHALLENGE_OUTPUT_SPENT);
}
END_TEST

START_TEST(test_the_other_answers_say_what_they_are_about)
{
	contract_call_respond_to_challenge(&wanted, payment_raw(&payment),
					   place_at(5000, 9, 0),
					   bytes_view(proof, sizeof(proof)));
	check(ACTION_RESPOND_TO_CHALLENGE);
	growing_buffer_reset(&got);
	growing_buffer_reset(&wanted);
	contract_call_piggyback_on_input(&wanted, payment_raw(&payment), 3);
	check(ACTION_PIGGYBACK_INPUT);
	growing_buffer_reset(&got);
	growing_buffer_reset(&wanted);
	contract_call_piggyback_on_output(&wanted, payment_raw(&payment), 3);
	check(ACTION_PIGGYBACK_OUTPUT);
	growing_buffer_reset(&got);
	growing_buffer_reset(&wanted);
	contract_call_delete_in_flight_exit(&wanted, &exit_of.id);
	check(ACTION_DELETE_IN_FLIGHT_EXIT);
}
END_TEST

START_TEST(test_each_call_is_sent_with_its_own_bond)
{
	struct exit_bonds bonds = { amount_of(1), amount_of(2), amount_of(3) };

	ck_assert(amount_equal(
		exit_response_value(ACTION_START_STANDARD_EXIT, &bonds),
		amount_of(1)));
	ck_assert(amount_equal(
		exit_response_value(ACTION_START_IN_FLIGHT_EXIT, &bonds),
		amount_of(2)));
	ck_assert(amount_equal(
		exit_response_value(ACTION_PIGGYBACK_INPUT, &bonds),
		amount_of(3)));
	ck_assert(amount_equal(
		exit_response_value(ACTION_PIGGYBACK_OUTPUT, &bonds),
		amount_of(3)));
	ck_assert(amount_is_zero(
		exit_response_value(ACTION_CHALLENGE_STANDARD_EXIT, &bonds)));
}
END_TEST

START_TEST(test_competitors_have_numbers_by_their_places)
{
	struct known_spend one = spend_by(&rival, 1);

	ck_assert_uint_eq(exit_response_competitor_index(&one), 0);
	one = spend_at(&rival, 1, place_at(5000, 9, 0));
	ck_assert_uint_eq(exit_response_competitor_index(&one), 500000010);
}
END_TEST

START_TEST(test_ether_is_worth_itself_and_tokens_as_much_as_anything)
{
	struct output ether = output_for('A', 'E', 7);
	struct output tokens = output_for('A', 'T', 7);

	ck_assert(u256_equal(exit_response_value_at_risk(&ether, amount_of(5)),
			     u256_of(12)));
	ck_assert(u256_equal(exit_response_value_at_risk(&tokens, amount_of(5)),
			     U256_MAX));
}
END_TEST

Suite *exit_response_suite(void);

Suite *exit_response_suite(void)
{
	Suite *suite = suite_create("exit_response");
	TCase *tests = tcase_create("calls");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(
		tests,
		test_a_standard_exit_is_challenged_with_the_spend_at_its_input);
	tcase_add_test(
		tests,
		test_canonicity_is_challenged_with_both_indices_and_the_place);
	tcase_add_test(
		tests,
		test_inputs_and_outputs_are_blocked_with_their_own_indices);
	tcase_add_test(tests, test_the_other_answers_say_what_they_are_about);
	tcase_add_test(tests, test_each_call_is_sent_with_its_own_bond);
	tcase_add_test(tests, test_competitors_have_numbers_by_their_places);
	tcase_add_test(
		tests,
		test_ether_is_worth_itself_and_tokens_as_much_as_anything);
	suite_add_tcase(suite, tests);
	return suite;
}
