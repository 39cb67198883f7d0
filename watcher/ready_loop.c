/* SPDX-License-Identifier: MIT */
#include "watcher/ready_loop.h"

#include "common/ethereum/contract_calls.h"
#include "watcher/exit_goal_store.h"
#include "watcher/exit_want_store.h"
#include "watcher/payout_store.h"
#include "watcher/queue_store.h"

/* Entries of one call: 615 k gas each at most fit into a transaction. */
#define BATCH 20

static bool is_own(const struct exit_turn *turn, const struct address *address)
{
	for (size_t i = 0; i < turn->world.owner_count; i++) {
		if (address_equal(&turn->world.owners[i], address))
			return true;
	}
	return false;
}

static void note(struct ready_tokens *ready, const struct output *output)
{
	for (size_t i = 0; i < ready->count; i++) {
		if (token_equal(&ready->of[i], &output->token))
			return;
	}
	if (ready->count == READY_LOOP_MAX_TOKENS)
		return;
	ready->of[ready->count] = output->token;
	ready->at_risk[ready->count++] = *output;
}

void ready_loop_note_standard(struct ready_tokens *ready,
			      const struct exit_turn *turn,
			      const struct recorded_standard_exit *recorded)
{
	if (standard_exit_is_due(&recorded->exit, turn->world.now) &&
	    is_own(turn, &recorded->exit.output.owner))
		note(ready, &recorded->exit.output);
}

void ready_loop_note_in_flight(struct ready_tokens *ready,
			       const struct exit_turn *turn,
			       const struct recorded_in_flight_exit *recorded)
{
	const struct in_flight_exit *exit = &recorded->exit;

	for (unsigned int i = 0; i < IN_FLIGHT_SLOTS; i++) {
		const struct output *output = &exit->slots[i].output;

		if ((exit->map >> i & 1) != 0 && is_own(turn, &output->owner) &&
		    in_flight_exit_due_at(exit, &output->token) <
			    turn->world.now)
			note(ready, output);
	}
}

/* Entries ahead of ours are due when ours is: the queue is in that order. One
 * action for each head, so that a long queue is worked off call by call. */
static bool process(const struct exit_turn *turn, const struct token *token,
		    const struct output *at_risk, struct error *error)
{
	uint8_t vault =
		token_is_eth(token) ? PROTOCOL_VAULT_ETH : PROTOCOL_VAULT_ERC20;
	struct queue_entry head;
	struct growing_buffer call_data;
	uint64_t total;
	size_t count;

	if (!queue_store_entries(turn->database, &head, &count, 1, &total,
				 token, error))
		return false;
	if (count == 0 || head.exitable_at >= turn->world.now)
		return true;
	struct exit_wish wish = {
		.kind = ACTION_PROCESS_EXITS,
		.contract = turn->facts->network->plasma_framework,
		.exit_id = head.exit_id,
		.index = vault,
		.account = turn->responder,
		.policy = EXIT_POLICY_ON_EXIT_READY,
		.window = deadline_process(head.exitable_at),
		.at_risk = *at_risk,
		.detail = exit_goal_store_detail(token),
	};
	growing_buffer_init(&call_data, CONTRACT_CALL_MAX_LEN);
	contract_call_process_exits(&call_data, vault, token, BATCH,
				    &turn->responder);
	bool ok = exit_want_store_wish(turn, &wish,
				       growing_buffer_view(&call_data), error);
	growing_buffer_clear(&call_data);
	return ok;
}

static bool claim(const struct exit_turn *turn, const struct address *owner,
		  const struct credit *credit, struct error *error)
{
	struct growing_buffer call_data;
	struct exit_wish wish = {
		.kind = ACTION_CLAIM_CREDIT,
		.contract = credit->contract,
		.exit_id = action_subject_of_token(&credit->token),
		.account = *owner,
		.policy = EXIT_POLICY_ON_EXIT_READY,
		.window = { 0, turn->world.now, UINT64_MAX },
		.at_risk = { .owner = *owner,
			     .token = credit->token,
			     .amount = credit->amount },
		.detail = exit_goal_store_detail(&credit->token),
	};

	growing_buffer_init(&call_data, CONTRACT_CALL_MAX_LEN);
	if (address_equal(&credit->contract,
			  &turn->facts->network->erc20_vault))
		contract_call_claim_token_credit(&call_data, &credit->token,
						 owner);
	else
		contract_call_claim_credit(&call_data, owner);
	bool ok = exit_want_store_wish(turn, &wish,
				       growing_buffer_view(&call_data), error);
	growing_buffer_clear(&call_data);
	return ok;
}

static bool claim_all(const struct exit_turn *turn, const struct address *owner,
		      struct error *error)
{
	struct credit credits[READY_LOOP_MAX_TOKENS];
	size_t count;

	bool ok = payout_store_credits(turn->database, credits, &count,
				       READY_LOOP_MAX_TOKENS, owner, error);
	for (size_t i = 0; ok && i < count; i++)
		ok = claim(turn, owner, &credits[i], error);
	return ok;
}

bool ready_loop_pass(const struct exit_turn *turn,
		     const struct ready_tokens *ready, struct error *error)
{
	bool ok = true;

	for (size_t i = 0; ok && i < ready->count; i++)
		ok = process(turn, &ready->of[i], &ready->at_risk[i], error);
	for (size_t i = 0; ok && i < turn->world.account_count; i++)
		ok = claim_all(turn, &turn->world.accounts[i], error);
	return ok;
}
