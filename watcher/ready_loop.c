/* SPDX-License-Identifier: MIT */
#include "watcher/ready_loop.h"

#include "common/ethereum/contract_calls.h"
#include "watcher/exit_goal_store.h"
#include "watcher/exit_want_store.h"
#include "watcher/payout_store.h"
#include "watcher/queue_store.h"

/* Entries of one call. The contract stops by itself where the gas ends, so that
 * an estimate says what one entry needs: GAS_OF_ENTRY is what a simple one
 * takes (it asks for more than it uses before each), GAS_OF_CALL what all may
 * have. */
#define BATCH 100
#define GAS_OF_ENTRY 120000
#define GAS_TO_BEGIN 400000
#define GAS_OF_CALL 12000000

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
		if (!token_equal(&ready->of[i], &output->token))
			continue;
		if (amount_compare(output->amount, ready->at_risk[i].amount) >
		    0)
			ready->at_risk[i] = *output;
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

void ready_loop_hold(struct ready_tokens *ready, const struct token *token)
{
	for (size_t i = 0; i < ready->held_count; i++) {
		if (token_equal(&ready->held[i], token))
			return;
	}
	if (ready->held_count < READY_LOOP_MAX_TOKENS)
		ready->held[ready->held_count++] = *token;
	else
		ready->holds_all = true;
}

static bool is_held(const struct exit_turn *turn,
		    const struct ready_tokens *ready, const struct token *token,
		    uint64_t head_due)
{
	if (exit_processor_queue_is_stuck(head_due, turn->world.now,
					  turn->world.exit_period))
		return false;
	for (size_t i = 0; i < ready->held_count; i++) {
		if (token_equal(&ready->held[i], token))
			return true;
	}
	return ready->holds_all;
}

static size_t count_due(const struct queue_entry *entries, size_t count,
			uint64_t now)
{
	size_t due = 0;

	while (due < count && entries[due].exitable_at < now)
		due++;
	return due;
}

static uint64_t gas_of(size_t entries)
{
	uint64_t gas = GAS_TO_BEGIN + entries * (uint64_t)GAS_OF_ENTRY;

	return gas < GAS_OF_CALL ? gas : GAS_OF_CALL;
}

/* Bounties of `due` entries, of which each earns at least that of a standard
 * exit. */
static struct output bounties(const struct exit_turn *turn, size_t due)
{
	struct output output = { .owner = turn->responder };

	if (!amount_scale(&output.amount,
			  turn->facts->state.standard_exit_bounty_wei, due, 1))
		output.amount = amount_zero();
	return output;
}

/* Entries ahead of ours are due when ours is: the queue is in that order. One
 * action for each head, so that a long queue is worked off call by call. */
static bool process(const struct exit_turn *turn, const struct token *token,
		    const struct ready_tokens *ready, struct error *error)
{
	uint8_t vault =
		token_is_eth(token) ? PROTOCOL_VAULT_ETH : PROTOCOL_VAULT_ERC20;
	struct queue_entry entries[BATCH];
	struct growing_buffer call_data;
	uint64_t total;
	size_t count;

	if (!queue_store_entries(turn->database, entries, &count, BATCH, &total,
				 token, error))
		return false;
	size_t due = count_due(entries, count, turn->world.now);
	if (due == 0 || is_held(turn, ready, token, entries[0].exitable_at))
		return true;
	struct exit_wish wish = {
		.kind = ACTION_PROCESS_EXITS,
		.contract = turn->facts->network->plasma_framework,
		.exit_id = entries[0].exit_id,
		.index = vault,
		.account = turn->responder,
		.policy = EXIT_POLICY_ON_EXIT_READY,
		.window = deadline_process(entries[0].exitable_at),
		.at_risk = bounties(turn, due),
		.detail = exit_goal_store_detail(token),
		.gas_at_least = gas_of(due),
	};
	for (size_t i = 0; i < ready->count; i++) {
		if (token_equal(&ready->of[i], token))
			wish.at_risk = ready->at_risk[i];
	}
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

static bool process_all(const struct exit_turn *turn,
			const struct ready_tokens *ready, struct error *error)
{
	struct token tokens[READY_LOOP_MAX_TOKENS];
	size_t count;

	/* In blocks that are not known yet, what is due may be spent. */
	if (address_is_zero(&turn->responder) ||
	    !pass_facts_spends_are_known(turn->facts))
		return true;
	bool ok = queue_store_tokens(turn->database, tokens, &count,
				     READY_LOOP_MAX_TOKENS, error);
	for (size_t i = 0; ok && i < count; i++)
		ok = process(turn, &tokens[i], ready, error);
	return ok;
}

bool ready_loop_pass(const struct exit_turn *turn,
		     const struct ready_tokens *ready, struct error *error)
{
	bool ok = process_all(turn, ready, error);

	for (size_t i = 0; ok && i < turn->world.account_count; i++)
		ok = claim_all(turn, &turn->world.accounts[i], error);
	return ok;
}
