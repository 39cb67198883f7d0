/* SPDX-License-Identifier: MIT */
#include "wallet/cmd_goal.h"

#include <string.h>

#include "common/actions/action_store.h"
#include "common/base/memory.h"
#include "common/chain/deposit.h"
#include "common/chain/priority.h"
#include "common/chain/transaction_codec.h"
#include "common/chain/transaction_hash.h"
#include "wallet/problem.h"

/* ---- deposits ---- */

/* Records the coin that a deposit made. The transaction is in the call that we
 * made ourselves. */
static bool record_deposit(struct session *session, const struct action *action,
			   uint64_t blknum, struct error *error)
{
	struct wallet_transaction *stored = memory_new(1, sizeof(*stored));
	struct root_chain_fetch fetch = session_fetch(session);
	struct transaction transaction;
	struct contract_block block;
	struct coin coin;
	struct bytes raw;

	memset(&coin, 0, sizeof(coin));
	bool ok = contract_call_read_deposit(&raw, action->call_data) &&
		  transaction_decode_deposit(&transaction, raw) ==
			  VERDICT_VALID &&
		  position_make(&coin.position, blknum, 0, 0);
	if (!ok)
		(void)error_set(error, ERROR_IO,
				"wallet.db is damaged: a deposit that is none");
	ok = ok && root_chain_fetch_block(&fetch, &block, blknum, error);
	if (ok) {
		memcpy(stored->raw, raw.data, raw.len);
		stored->raw_len = raw.len;
		stored->hash = transaction_hash(raw);
		stored->is_included = true;
		stored->position = coin.position;
		stored->block_time = block.time;
		stored->has_proof = true;
		stored->root = deposit_root(raw);
		deposit_proof(stored->proof);
		coin.output = transaction.outputs[0];
		coin.status = COIN_STATUS_UNSPENT;
		coin.transaction_hash = stored->hash;
		if (!hash_equal(&block.root, &stored->root))
			ok = error_set(error, ERROR_PROTOCOL,
				       "the root of a deposit is another one "
				       "than its transaction has");
	}
	bool found = false;
	struct coin known;
	ok = ok &&
	     wallet_store_put_transaction(session->store, stored, error) &&
	     wallet_store_coin(session->store, &found, &known, coin.position,
			       error);
	/* What is known of it by now is newer. */
	ok = ok &&
	     (found || wallet_store_put_coin(session->store, &coin, error));
	memory_free(stored);
	return ok;
}

/* True for what would bring money where none should go, and was not sent yet;
 * it is given up for good, so that who types it again does not deposit twice.
 */
static bool is_given_up(const struct session *session,
			const struct action *action)
{
	return !action->progress.has_nonce &&
	       (session->keeps_deposits ||
		action->progress.state == ACTION_MOOT);
}

static bool judge_deposit(struct session *session, enum action_goal *out,
			  const struct action *action, struct error *error)
{
	struct root_chain_fetch fetch = session_fetch(session);
	struct action_transaction_list list = { 0 };
	bool found = false;
	uint64_t blknum;

	if (is_given_up(session, action))
		*out = ACTION_GOAL_IMPOSSIBLE;
	if (!action->progress.has_nonce)
		return true;
	bool ok = action_store_transactions(
		wallet_store_database(session->store), &list, &action->account,
		action->progress.nonce, error);
	for (size_t i = 0; ok && !found && i < list.count; i++)
		ok = root_chain_fetch_deposit(&fetch, &found, &blknum,
					      &list.transactions[i].hash,
					      &action->key.contract, error);
	action_transaction_list_clear(&list);
	if (!ok || !found)
		return ok;
	*out = ACTION_GOAL_REACHED;
	return record_deposit(session, action, blknum, error);
}

/* The deposit that an approval is for has the same number. */
static bool deposit_is_done(struct session *session, bool *out,
			    const struct action *approval, struct error *error)
{
	struct action_key key = { .kind = ACTION_DEPOSIT,
				  .contract = session->network->erc20_vault,
				  .index = approval->key.index };
	struct action_list list = { 0 };

	bool ok = action_store_find(wallet_store_database(session->store),
				    &list, &key, error);
	*out = ok && (list.count == 0 ||
		      action_state_is_resting(list.actions[0].progress.state));
	action_list_clear(&list);
	return ok;
}

static bool judge_approval(struct session *session, enum action_goal *out,
			   const struct action *action, struct error *error)
{
	struct root_chain_fetch fetch = session_fetch(session);
	struct token token = { action->key.contract };
	struct amount wanted = amount_from_be(action->detail.bytes);
	struct amount allowed;
	bool is_done;

	if (!deposit_is_done(session, &is_done, action, error) ||
	    !root_chain_fetch_allowance(&fetch, &allowed, &token,
					&action->account, error))
		return false;
	if (is_done || amount_compare(allowed, wanted) >= 0)
		*out = ACTION_GOAL_REACHED;
	else if (is_given_up(session, action))
		*out = ACTION_GOAL_IMPOSSIBLE;
	return true;
}

/* ---- exits ---- */

/* The exit of ours with this id. */
static bool find_exit(struct session *session, bool *found,
		      struct own_exit *out, const struct action *action,
		      struct error *error)
{
	struct own_exit *exits = NULL;
	size_t count;

	*found = false;
	if (!wallet_store_exits(session->store, &exits, &count,
				&action->account, error))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (exit_id_equal(&exits[i].id, &action->key.exit_id)) {
			*out = exits[i];
			*found = true;
		}
	}
	memory_free(exits);
	return true;
}

static bool judge_standard_exit(struct session *session, enum action_goal *out,
				const struct action *action,
				struct error *error)
{
	struct root_chain_fetch fetch = session_fetch(session);
	struct contract_standard_exit record;
	struct exit_id finalized_by;
	struct own_exit own;
	bool found;

	/* `detail` is the output id. */
	if (!root_chain_fetch_standard_exit(&fetch, &record,
					    &action->key.exit_id, error) ||
	    !root_chain_fetch_finalized_by(&fetch, &finalized_by,
					   &action->detail, error) ||
	    !find_exit(session, &found, &own, action, error))
		return false;
	bool is_live = !address_is_zero(&record.exit_target);
	bool is_final = !u256_is_zero(exit_id_to_u256(&finalized_by));
	bool is_over = found && own.state > OWN_EXIT_STARTED;
	bool is_start = action->key.kind == ACTION_START_STANDARD_EXIT;
	if (is_start && (is_live || is_final || is_over))
		*out = ACTION_GOAL_REACHED;
	if (!is_start && !is_live)
		*out = ACTION_GOAL_REACHED;
	return true;
}

/* True if a slot of this token is still piggybacked. */
static bool has_slot(const struct contract_in_flight_exit *record,
		     const struct token *token)
{
	struct u256 map = record->exit_map;

	for (unsigned int i = 0; i < PROTOCOL_MAX_INPUTS; i++) {
		bool input = (map.limbs[0] >> i & 1U) != 0 &&
			     token_equal(&record->inputs[i].token, token);
		bool output =
			(map.limbs[0] >> (PROTOCOL_MAX_INPUTS + i) & 1U) != 0 &&
			token_equal(&record->outputs[i].token, token);

		if (input || output)
			return true;
	}
	return false;
}

/* What is true of an in-flight exit when its goal is judged. */
struct in_flight_facts {
	struct contract_in_flight_exit record;
	bool is_live;
	bool is_over; /* it was live and ended */
	bool is_in_phase_1;
};

static bool read_in_flight(struct session *session, struct in_flight_facts *out,
			   const struct action *action, struct error *error)
{
	struct root_chain_fetch fetch = session_fetch(session);
	struct action_moment moment;
	struct own_exit own;
	bool found;

	if (!root_chain_fetch_in_flight_exit(&fetch, &out->record,
					     &action->key.exit_id, error) ||
	    !root_chain_fetch_moment(&fetch, &moment, error) ||
	    !find_exit(session, &found, &own, action, error))
		return false;
	out->is_live = out->record.started_at.seconds != 0;
	out->is_over = found && own.state > OWN_EXIT_STARTED;
	out->is_in_phase_1 =
		out->is_live &&
		in_flight_phase(moment.now.seconds,
				out->record.started_at.seconds,
				session->network->min_exit_period) == 1;
	return true;
}

static enum action_goal judge_piggyback(const struct in_flight_facts *facts,
					const struct action *action)
{
	unsigned int bit = (unsigned int)action->key.index;

	if (action->key.kind == ACTION_PIGGYBACK_OUTPUT)
		bit += PROTOCOL_MAX_INPUTS;
	if (facts->is_live &&
	    (facts->record.exit_map.limbs[0] >> bit & 1U) != 0)
		return ACTION_GOAL_REACHED;
	if (facts->is_over || (facts->is_live && !facts->is_in_phase_1))
		return ACTION_GOAL_IMPOSSIBLE;
	return ACTION_GOAL_OPEN;
}

static bool judge_in_flight(struct session *session, enum action_goal *out,
			    const struct action *action, struct error *error)
{
	enum action_kind kind = action->key.kind;
	struct in_flight_facts facts;
	struct token token;
	bool is_reached;

	if (!read_in_flight(session, &facts, action, error))
		return false;
	if (kind == ACTION_PIGGYBACK_INPUT || kind == ACTION_PIGGYBACK_OUTPUT) {
		*out = judge_piggyback(&facts, action);
		return true;
	}
	/* Of a pay-out `detail` is the token. */
	memcpy(token.address.bytes, action->detail.bytes + 12, 20);
	if (kind == ACTION_START_IN_FLIGHT_EXIT)
		is_reached = facts.is_live || facts.is_over;
	else if (kind == ACTION_PROCESS_EXITS)
		is_reached = !facts.is_live || !has_slot(&facts.record, &token);
	else
		is_reached = !facts.is_live;
	if (is_reached)
		*out = ACTION_GOAL_REACHED;
	return true;
}

static bool judge_queue(struct session *session, enum action_goal *out,
			const struct action *action, struct error *error)
{
	struct root_chain_fetch fetch = session_fetch(session);
	struct token token;
	bool there;

	memcpy(token.address.bytes, action->key.exit_id.bytes + 1, 20);
	if (!root_chain_fetch_has_queue(&fetch, &there, &token, error))
		return false;
	if (there)
		*out = ACTION_GOAL_REACHED;
	return true;
}

static bool judge_credit(struct session *session, enum action_goal *out,
			 const struct action *action, struct error *error)
{
	struct root_chain_fetch fetch = session_fetch(session);
	struct root_chain_credits credits;
	struct token token;

	memcpy(token.address.bytes, action->key.exit_id.bytes + 1, 20);
	if (!root_chain_fetch_credits(&fetch, &credits, &token,
				      &action->account, error))
		return false;
	struct amount left = address_equal(&action->key.contract,
					   &session->network->payment_exit_game)
				     ? credits.exit_game
				     : credits.vault;
	if (amount_is_zero(left))
		*out = ACTION_GOAL_REACHED;
	return true;
}

/* ---- all ---- */

static bool judge(struct session *session, enum action_goal *out,
		  const struct action *action, struct error *error)
{
	*out = ACTION_GOAL_OPEN;
	switch (action->key.kind) {
	case ACTION_DEPOSIT:
		return judge_deposit(session, out, action, error);
	case ACTION_APPROVE:
		return judge_approval(session, out, action, error);
	case ACTION_ADD_EXIT_QUEUE:
		return judge_queue(session, out, action, error);
	case ACTION_CLAIM_CREDIT:
		return judge_credit(session, out, action, error);
	case ACTION_START_STANDARD_EXIT:
		return judge_standard_exit(session, out, action, error);
	case ACTION_PROCESS_EXITS:
		return exit_id_is_in_flight(&action->key.exit_id)
			       ? judge_in_flight(session, out, action, error)
			       : judge_standard_exit(session, out, action,
						     error);
	case ACTION_START_IN_FLIGHT_EXIT:
	case ACTION_PIGGYBACK_INPUT:
	case ACTION_PIGGYBACK_OUTPUT:
	case ACTION_DELETE_IN_FLIGHT_EXIT:
		return judge_in_flight(session, out, action, error);
	case ACTION_CHALLENGE_STANDARD_EXIT:
	case ACTION_CHALLENGE_NOT_CANONICAL:
	case ACTION_RESPOND_TO_CHALLENGE:
	case ACTION_CHALLENGE_INPUT_SPENT:
	case ACTION_CHALLENGE_OUTPUT_SPENT:
		break;
	}
	return error_set(error, ERROR_IO,
			 "wallet.db has an action that no wallet wants");
}

bool goals_read(struct session *session, struct goals *out, struct error *error)
{
	struct action_list list = { 0 };

	memset(out, 0, sizeof(*out));
	bool ok = action_store_unsettled(wallet_store_database(session->store),
					 &list, error);
	if (ok)
		out->of = memory_new(list.count + 1, sizeof(*out->of));
	for (size_t i = 0; ok && i < list.count; i++) {
		struct goal *goal = &out->of[out->count++];

		goal->id = list.actions[i].id;
		ok = judge(session, &goal->goal, &list.actions[i], error);
	}
	action_list_clear(&list);
	return ok;
}

void goals_clear(struct goals *goals)
{
	memory_free(goals->of);
	goals->of = NULL;
	goals->count = 0;
}

enum action_goal goals_find(const struct goals *goals, uint64_t id)
{
	for (size_t i = 0; i < goals->count; i++) {
		if (goals->of[i].id == id)
			return goals->of[i].goal;
	}
	return ACTION_GOAL_OPEN;
}
