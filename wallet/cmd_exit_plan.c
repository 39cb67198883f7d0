/* SPDX-License-Identifier: MIT */
#include "wallet/cmd_exit_plan.h"

#include <assert.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/chain/protocol.h"
#include "common/chain/transaction_codec.h"
#include "common/ethereum/contract_calls.h"
#include "common/service/clock.h"
#include "wallet/cmd_root.h"
#include "wallet/problem.h"

#define ARENA_CEILING ((size_t)4 << 20)

/* What is needed of the transaction that a coin is signed into. */
struct claim {
	struct signed_spend spend;
	struct transaction transaction;
	struct wallet_transaction inputs[PROTOCOL_MAX_INPUTS];
};

/* ---- facts ---- */

/* The transaction that made an input, with its proof. */
static bool load_input(struct session *session, struct claim *claim,
		       size_t index, bool *complete, struct error *error)
{
	struct position position = claim->transaction.inputs[index];
	struct coin coin;
	bool found;

	if (!wallet_store_coin(session->store, &found, &coin, position, error))
		return false;
	if (found && !wallet_store_transaction(
			     session->store, &found, &claim->inputs[index],
			     &coin.transaction_hash, position, error))
		return false;
	*complete = *complete && found && claim->inputs[index].has_proof;
	return true;
}

static bool load_claim(struct session *session, struct exit_plan *plan,
		       struct claim *claim, struct error *error)
{
	struct signed_spend *spend = &claim->spend;

	if (!signed_spend_table_find(session->signed_spends,
				     &plan->facts.is_claimed, spend,
				     plan->coin.position, error))
		return false;
	if (!plan->facts.is_claimed)
		return true;
	if (transaction_decode(&claim->transaction,
			       bytes_view(spend->raw, spend->raw_len)) !=
	    VERDICT_VALID)
		return error_set(error, ERROR_IO, "signed.db is damaged");
	plan->facts.claim_has_signatures = signed_spend_form(spend).len > 0;
	plan->facts.claim_has_proofs = true;
	for (size_t i = 0; i < spend->input_count; i++) {
		if (!load_input(session, claim, i,
				&plan->facts.claim_has_proofs, error))
			return false;
	}
	return true;
}

/* Whether the root chain has an exit of the coin, or had. */
static bool look_at_root_chain(struct session *session, struct exit_plan *plan,
			       struct bytes raw, struct error *error)
{
	struct hash output = output_id(raw, plan->coin.position);
	struct exit_id id = exit_id_standard(&output);
	struct root_chain_fetch fetch = session_fetch(session);
	struct contract_standard_exit record;
	struct exit_id finalized_by;

	if (!root_chain_fetch_standard_exit(&fetch, &record, &id, error) ||
	    !root_chain_fetch_finalized_by(&fetch, &finalized_by, &output,
					   error))
		return false;
	if (!address_is_zero(&record.exit_target) ||
	    !u256_is_zero(exit_id_to_u256(&finalized_by)))
		plan->facts.is_exiting = true;
	return true;
}

static bool read_facts(struct session *session, struct exit_plan *plan,
		       const struct wallet_transaction *made_by, bool online,
		       struct error *error)
{
	struct exit_facts *facts = &plan->facts;
	const struct coin *coin = &plan->coin;

	facts->is_ours = address_equal(&coin->output.owner, &session->account);
	facts->is_fee_output = coin->output.type == PROTOCOL_OUTPUT_TYPE_FEE;
	facts->has_proof = coin->has_proof;
	facts->is_spent = coin->status == COIN_STATUS_SPENT;
	facts->is_exiting = coin->status == COIN_STATUS_EXITING ||
			    coin->status == COIN_STATUS_EXITED;
	return !online || !coin->has_proof ||
	       look_at_root_chain(session, plan,
				  bytes_view(made_by->raw, made_by->raw_len),
				  error);
}

/* ---- wishes ---- */

static struct bytes keep(struct exit_plan *plan, struct growing_buffer *call)
{
	struct bytes kept = arena_copy(&plan->arena, growing_buffer_view(call));

	assert(kept.data != NULL && !call->overflowed);
	growing_buffer_clear(call);
	return kept;
}

static bool add_wish(struct session *session, struct exit_plan *plan,
		     struct action **out, enum action_kind kind,
		     const struct address *contract, struct error *error)
{
	assert(plan->wish_count < EXIT_PLAN_MAX_WISHES);
	*out = &plan->wishes[plan->wish_count];
	if (!root_wish(session, *out, kind, contract, error))
		return false;
	(*out)->key.exit_id = plan->exit.id;
	plan->wish_count++;
	return true;
}

/* Reads the bond that goes with the wish, and adds it up. */
static bool add_bond(struct session *session, struct exit_plan *plan,
		     struct action *wish, enum contract_view view,
		     struct error *error)
{
	struct root_chain_fetch fetch = session_fetch(session);
	struct amount bond;

	if (!root_chain_fetch_bond(&fetch, &bond, view, error) ||
	    !root_check_bond(session, bond, error))
		return false;
	wish->value_wei = amount_to_u256(bond);
	return amount_add(&plan->bonds_wei, plan->bonds_wei, bond)
		       ? true
		       : error_set(error, ERROR_PROTOCOL,
				   "the bonds are absurd");
}

/* The queue of the token, unless it is there or wished already. */
static bool add_queue(struct session *session, struct exit_plan *plan,
		      const struct token *token, struct error *error)
{
	struct exit_id subject = action_subject_of_token(token);
	struct root_chain_fetch fetch = session_fetch(session);
	struct growing_buffer call;
	struct action *wish;
	bool there;

	for (size_t i = 0; i < plan->wish_count; i++) {
		if (exit_id_equal(&plan->wishes[i].key.exit_id, &subject))
			return true;
	}
	if (!root_chain_fetch_has_queue(&fetch, &there, token, error))
		return false;
	if (there)
		return true;
	if (!add_wish(session, plan, &wish, ACTION_ADD_EXIT_QUEUE,
		      &session->network->plasma_framework, error))
		return false;
	growing_buffer_init(&call, CONTRACT_CALL_MAX_LEN);
	contract_call_add_exit_queue(&call,
				     token_is_eth(token) ? PROTOCOL_VAULT_ETH
							 : PROTOCOL_VAULT_ERC20,
				     token);
	wish->call_data = keep(plan, &call);
	wish->key.exit_id = subject;
	return true;
}

static void describe_exit(struct exit_plan *plan, const struct hash *hash)
{
	struct own_exit *exit = &plan->exit;

	exit->position = plan->coin.position;
	exit->account = plan->coin.output.owner;
	exit->token = plan->coin.output.token;
	exit->amount = plan->coin.output.amount;
	exit->hash = *hash;
	exit->wanted_at = clock_wall();
	exit->state = OWN_EXIT_WANTED;
}

static bool plan_standard(struct session *session, struct exit_plan *plan,
			  const struct wallet_transaction *made_by,
			  struct error *error)
{
	struct bytes raw = bytes_view(made_by->raw, made_by->raw_len);
	struct hash output = output_id(raw, plan->coin.position);
	struct growing_buffer call;
	struct action *wish;

	describe_exit(plan, &made_by->hash);
	plan->exit.id = exit_id_standard(&output);
	if (!add_queue(session, plan, &plan->coin.output.token, error) ||
	    !add_wish(session, plan, &wish, ACTION_START_STANDARD_EXIT,
		      &session->network->payment_exit_game, error))
		return false;
	growing_buffer_init(&call, CONTRACT_CALL_MAX_LEN);
	contract_call_start_standard_exit(
		&call, plan->coin.position, raw,
		bytes_view(made_by->proof, PROTOCOL_PROOF_SIZE));
	wish->call_data = keep(plan, &call);
	wish->detail = output;
	return add_bond(session, plan, wish, CONTRACT_VIEW_STANDARD_EXIT_BOND,
			error);
}

/* Queues of the tokens in which the account has something in the transaction.
 */
static bool add_queues(struct session *session, struct exit_plan *plan,
		       const struct claim *claim, struct error *error)
{
	const struct transaction *transaction = &claim->transaction;

	if (!add_queue(session, plan, &plan->coin.output.token, error))
		return false;
	for (size_t i = 0; i < transaction->output_count; i++) {
		const struct output *output = &transaction->outputs[i];

		if (address_equal(&output->owner, &session->account) &&
		    !add_queue(session, plan, &output->token, error))
			return false;
	}
	for (size_t i = 0; i < transaction->input_count; i++) {
		struct coin coin;
		bool found;

		if (!wallet_store_coin(session->store, &found, &coin,
				       transaction->inputs[i], error))
			return false;
		if (found &&
		    address_equal(&coin.output.owner, &session->account) &&
		    !add_queue(session, plan, &coin.output.token, error))
			return false;
	}
	return true;
}

static bool add_start(struct session *session, struct exit_plan *plan,
		      const struct claim *claim, struct error *error)
{
	struct start_in_flight_exit start = {
		.in_flight_tx =
			bytes_view(claim->spend.raw, claim->spend.raw_len),
		.input_count = claim->transaction.input_count,
	};
	struct growing_buffer call;
	struct action *wish;

	if (!add_wish(session, plan, &wish, ACTION_START_IN_FLIGHT_EXIT,
		      &session->network->payment_exit_game, error))
		return false;
	for (size_t i = 0; i < start.input_count; i++) {
		const struct wallet_transaction *input = &claim->inputs[i];

		start.input_txs[i] = bytes_view(input->raw, input->raw_len);
		start.input_positions[i] = claim->transaction.inputs[i];
		start.input_proofs[i] =
			bytes_view(input->proof, PROTOCOL_PROOF_SIZE);
		start.witnesses[i] = bytes_view(
			claim->spend.signatures[i].bytes, SIGNATURE_SIZE);
	}
	growing_buffer_init(&call, CONTRACT_CALL_MAX_LEN);
	contract_call_start_in_flight_exit(&call, &start);
	wish->call_data = keep(plan, &call);
	return add_bond(session, plan, wish, CONTRACT_VIEW_IFE_BOND, error);
}

static bool add_piggyback(struct session *session, struct exit_plan *plan,
			  const struct claim *claim, enum action_kind kind,
			  size_t index, struct error *error)
{
	struct bytes raw = bytes_view(claim->spend.raw, claim->spend.raw_len);
	struct growing_buffer call;
	struct action *wish;

	if (!add_wish(session, plan, &wish, kind,
		      &session->network->payment_exit_game, error))
		return false;
	growing_buffer_init(&call, CONTRACT_CALL_MAX_LEN);
	if (kind == ACTION_PIGGYBACK_INPUT)
		contract_call_piggyback_on_input(&call, raw, (uint16_t)index);
	else
		contract_call_piggyback_on_output(&call, raw, (uint16_t)index);
	wish->call_data = keep(plan, &call);
	wish->key.index = index;
	return add_bond(session, plan, wish, CONTRACT_VIEW_PIGGYBACK_BOND,
			error);
}

/* Own inputs and own outputs: one side alone loses when canonicity turns
 * (protocol.md 11). */
static bool add_piggybacks(struct session *session, struct exit_plan *plan,
			   const struct claim *claim, struct error *error)
{
	for (size_t i = 0; i < claim->transaction.input_count; i++) {
		if (claim->spend.is_ours[i] &&
		    !add_piggyback(session, plan, claim, ACTION_PIGGYBACK_INPUT,
				   i, error))
			return false;
	}
	for (size_t i = 0; i < claim->transaction.output_count; i++) {
		if (address_equal(&claim->transaction.outputs[i].owner,
				  &session->account) &&
		    !add_piggyback(session, plan, claim,
				   ACTION_PIGGYBACK_OUTPUT, i, error))
			return false;
	}
	return true;
}

static bool plan_in_flight(struct session *session, struct exit_plan *plan,
			   const struct claim *claim, struct error *error)
{
	struct bytes raw = bytes_view(claim->spend.raw, claim->spend.raw_len);

	describe_exit(plan, &claim->spend.transaction_hash);
	plan->exit.id = exit_id_in_flight(raw);
	return add_queues(session, plan, claim, error) &&
	       add_start(session, plan, claim, error) &&
	       add_piggybacks(session, plan, claim, error);
}

/* ---- the plan ---- */

static bool load_coin(struct session *session, struct exit_plan *plan,
		      struct wallet_transaction *made_by,
		      struct position position, struct error *error)
{
	char text[POSITION_TEXT_SIZE];
	bool found;

	if (!wallet_store_coin(session->store, &found, &plan->coin, position,
			       error))
		return false;
	if (found && plan->coin.has_proof &&
	    !wallet_store_transaction(session->store, &found, made_by,
				      &plan->coin.transaction_hash, position,
				      error))
		return false;
	position_format(text, position);
	return found ? true
		     : problem_set(error, PROBLEM_UNKNOWN_COIN,
				   "no coin at %s is known", text);
}

static bool make(struct session *session, struct exit_plan *plan,
		 struct wallet_transaction *made_by, struct claim *claim,
		 struct position position, bool online, struct error *error)
{
	if (!load_coin(session, plan, made_by, position, error) ||
	    !read_facts(session, plan, made_by, online, error) ||
	    !load_claim(session, plan, claim, error))
		return false;
	plan->choice = exit_choice_of(&plan->facts);
	if (!online)
		return true;
	if (plan->choice == EXIT_CHOICE_STANDARD)
		return plan_standard(session, plan, made_by, error);
	if (plan->choice == EXIT_CHOICE_IN_FLIGHT)
		return plan_in_flight(session, plan, claim, error);
	return true;
}

bool exit_plan_make(struct session *session, struct exit_plan *out,
		    struct position position, bool online, struct error *error)
{
	struct wallet_transaction *made_by = memory_new(1, sizeof(*made_by));
	struct claim *claim = memory_new(1, sizeof(*claim));

	memset(out, 0, sizeof(*out));
	arena_init(&out->arena, ARENA_CEILING);
	bool ok = make(session, out, made_by, claim, position, online, error);
	memory_free(claim);
	memory_free(made_by);
	return ok;
}

void exit_plan_clear(struct exit_plan *plan)
{
	arena_clear(&plan->arena);
	plan->wish_count = 0;
}

bool exit_plan_refuse(const struct exit_plan *plan, struct error *error)
{
	static const enum problem problems[] = {
		[EXIT_CHOICE_STANDARD] = PROBLEM_ANSWER_NO,
		[EXIT_CHOICE_IN_FLIGHT] = PROBLEM_ANSWER_NO,
		[EXIT_CHOICE_NOT_OURS] = PROBLEM_NOT_OUR_COIN,
		[EXIT_CHOICE_UNDER_WAY] = PROBLEM_EXIT_UNDER_WAY,
		[EXIT_CHOICE_SPENT] = PROBLEM_COIN_SPENT,
		[EXIT_CHOICE_NO_PROOF] = PROBLEM_UNKNOWN_COIN,
		[EXIT_CHOICE_FEE_OUTPUT] = PROBLEM_FEE_COIN,
		[EXIT_CHOICE_WAIT] = PROBLEM_SIGNATURES_MISSING,
	};
	char text[POSITION_TEXT_SIZE];

	position_format(text, plan->coin.position);
	return problem_set(error, problems[plan->choice],
			   "coin %s has no exit to start", text);
}
