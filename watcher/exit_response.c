/* SPDX-License-Identifier: MIT */
#include "watcher/exit_response.h"

#include <assert.h>

#include "common/ethereum/contract_calls.h"

static struct bytes witness_of(const struct exit_response *response)
{
	assert(response->has_spend);
	return bytes_view(response->spend.witness.bytes,
			  sizeof(response->spend.witness.bytes));
}

static void challenge_standard(struct growing_buffer *out,
			       const struct exit_response *response,
			       const struct response_bytes *bytes,
			       const struct address *sender)
{
	struct challenge_standard_exit call = {
		.exit_id = response->exit_id,
		.exiting_tx = bytes->exiting_tx,
		.challenge_tx = response->spend.raw,
		.input_index = response->spend.input_index,
		.witness = witness_of(response),
		.sender_data = sender_data(sender),
	};

	contract_call_challenge_standard_exit(out, &call);
}

static void challenge_canonicity(struct growing_buffer *out,
				 const struct exit_response *response,
				 const struct response_bytes *bytes)
{
	struct challenge_not_canonical call = {
		.input_tx = bytes->input_tx,
		.input_position = bytes->input_position,
		.in_flight_tx = bytes->in_flight_tx,
		.in_flight_tx_input_index = (uint16_t)response->index,
		.competing_tx = response->spend.raw,
		.competing_tx_input_index = response->spend.input_index,
		.competing_tx_included = bytes->proof.len > 0,
		.competing_tx_position = bytes->position,
		.competing_tx_proof = bytes->proof,
		.competing_tx_witness = witness_of(response),
	};

	contract_call_challenge_not_canonical(out, &call);
}

static void challenge_input(struct growing_buffer *out,
			    const struct exit_response *response,
			    const struct response_bytes *bytes,
			    const struct address *sender)
{
	struct challenge_input_spent call = {
		.in_flight_tx = bytes->in_flight_tx,
		.in_flight_tx_input_index = (uint16_t)response->index,
		.challenging_tx = response->spend.raw,
		.challenging_tx_input_index = response->spend.input_index,
		.challenging_tx_witness = witness_of(response),
		.input_tx = bytes->input_tx,
		.input_position = bytes->input_position,
		.sender_data = sender_data(sender),
	};

	contract_call_challenge_input_spent(out, &call);
}

static void challenge_output(struct growing_buffer *out,
			     const struct exit_response *response,
			     const struct response_bytes *bytes,
			     const struct address *sender)
{
	struct position output;
	bool made = position_make(&output, position_blknum(bytes->position),
				  position_txindex(bytes->position),
				  response->index);
	assert(made);
	struct challenge_output_spent call = {
		.in_flight_tx = bytes->in_flight_tx,
		.in_flight_tx_proof = bytes->proof,
		.output_position = output,
		.challenging_tx = response->spend.raw,
		.challenging_tx_input_index = response->spend.input_index,
		.challenging_tx_witness = witness_of(response),
		.sender_data = sender_data(sender),
	};

	contract_call_challenge_output_spent(out, &call);
}

void exit_response_encode(struct growing_buffer *out,
			  const struct exit_response *response,
			  const struct response_bytes *bytes,
			  const struct address *sender)
{
	switch (response->kind) {
	case ACTION_CHALLENGE_STANDARD_EXIT:
		challenge_standard(out, response, bytes, sender);
		return;
	case ACTION_CHALLENGE_NOT_CANONICAL:
		challenge_canonicity(out, response, bytes);
		return;
	case ACTION_RESPOND_TO_CHALLENGE:
		contract_call_respond_to_challenge(
			out, bytes->in_flight_tx,
			position_of_transaction(bytes->position), bytes->proof);
		return;
	case ACTION_CHALLENGE_INPUT_SPENT:
		challenge_input(out, response, bytes, sender);
		return;
	case ACTION_CHALLENGE_OUTPUT_SPENT:
		challenge_output(out, response, bytes, sender);
		return;
	case ACTION_PIGGYBACK_INPUT:
		contract_call_piggyback_on_input(out, bytes->in_flight_tx,
						 (uint16_t)response->index);
		return;
	case ACTION_PIGGYBACK_OUTPUT:
		contract_call_piggyback_on_output(out, bytes->in_flight_tx,
						  (uint16_t)response->index);
		return;
	case ACTION_DELETE_IN_FLIGHT_EXIT:
		contract_call_delete_in_flight_exit(out, &response->exit_id);
		return;
	case ACTION_START_STANDARD_EXIT:
	case ACTION_START_IN_FLIGHT_EXIT:
	case ACTION_PROCESS_EXITS:
	case ACTION_ADD_EXIT_QUEUE:
	case ACTION_CLAIM_CREDIT:
	case ACTION_DEPOSIT:
	case ACTION_APPROVE:
		break;
	}
	assert(false); /* not an answer to an exit */
}

void exit_response_start_standard(struct growing_buffer *out,
				  const struct provable_output *output)
{
	contract_call_start_standard_exit(out, output->position, output->raw,
					  output->proof);
}

void exit_response_start_in_flight(
	struct growing_buffer *out, struct bytes in_flight_tx,
	const struct provable_output inputs[PROTOCOL_MAX_INPUTS],
	const struct signature witnesses[PROTOCOL_MAX_INPUTS], size_t count)
{
	struct start_in_flight_exit call = { .in_flight_tx = in_flight_tx,
					     .input_count = count };

	assert(count <= PROTOCOL_MAX_INPUTS);
	for (size_t i = 0; i < count; i++) {
		call.input_txs[i] = inputs[i].raw;
		call.input_positions[i] = inputs[i].position;
		call.input_proofs[i] = inputs[i].proof;
		call.witnesses[i] = bytes_view(witnesses[i].bytes,
					       sizeof(witnesses[i].bytes));
	}
	contract_call_start_in_flight_exit(out, &call);
}

struct amount exit_response_value(enum action_kind kind,
				  const struct exit_bonds *bonds)
{
	switch (kind) {
	case ACTION_START_STANDARD_EXIT:
		return bonds->standard_exit_wei;
	case ACTION_START_IN_FLIGHT_EXIT:
		return bonds->in_flight_exit_wei;
	case ACTION_PIGGYBACK_INPUT:
	case ACTION_PIGGYBACK_OUTPUT:
		return bonds->piggyback_wei;
	case ACTION_CHALLENGE_STANDARD_EXIT:
	case ACTION_CHALLENGE_NOT_CANONICAL:
	case ACTION_RESPOND_TO_CHALLENGE:
	case ACTION_CHALLENGE_INPUT_SPENT:
	case ACTION_CHALLENGE_OUTPUT_SPENT:
	case ACTION_DELETE_IN_FLIGHT_EXIT:
	case ACTION_PROCESS_EXITS:
	case ACTION_ADD_EXIT_QUEUE:
	case ACTION_CLAIM_CREDIT:
	case ACTION_DEPOSIT:
	case ACTION_APPROVE:
		break;
	}
	return amount_zero();
}

uint64_t exit_response_competitor_index(const struct known_spend *competitor)
{
	if (competitor->place.kind == BLOCK_PLACE_NONE)
		return 0;
	return position_priority(competitor->place.position) + 1;
}

struct u256 exit_response_value_at_risk(const struct output *at_risk,
					struct amount reward_wei)
{
	struct amount sum;

	if (!token_is_eth(&at_risk->token) ||
	    !amount_add(&sum, at_risk->amount, reward_wei))
		return U256_MAX;
	return amount_to_u256(sum);
}
