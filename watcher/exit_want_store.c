/* SPDX-License-Identifier: MIT */
#include "watcher/exit_want_store.h"

#include <stdio.h>
#include <string.h>

#include "common/actions/action_store.h"
#include "common/base/hex.h"
#include "common/ethereum/contract_calls.h"
#include "common/keys/address.h"
#include "common/service/log.h"
#include "watcher/event_store.h"
#include "watcher/exit_store.h"
#include "watcher/inclusion_store.h"
#include "watcher/inflight_store.h"
#include "watcher/overdue_store.h"

#define FACTS_CEILING 8192

void exit_want_store_key(char key[EXIT_KEY_SIZE], const struct exit_id *id,
			 int slot)
{
	char hex[HEX_SIZE(sizeof(id->bytes))];

	hex_encode(hex, bytes_view(id->bytes, sizeof(id->bytes)));
	if (slot < 0)
		(void)snprintf(key, EXIT_KEY_SIZE, "%s", hex); /* it fits */
	else if (slot < IN_FLIGHT_OUTPUT_SLOT)
		(void)snprintf(key, EXIT_KEY_SIZE, "%s:input %d", hex,
			       slot); /* it fits */
	else
		(void)snprintf(key, EXIT_KEY_SIZE, "%s:output %d", hex,
			       slot - IN_FLIGHT_OUTPUT_SLOT); /* it fits */
}

bool exit_want_store_pass_over(const struct exit_turn *turn,
			       const struct error *error)
{
	if (error->code != ERROR_SOFTWARE)
		return false;
	turn->report->passed_over++;
	log_event(LOG_ERROR, "an exit cannot be judged",
		  log_text("reason", error->message));
	return true;
}

/* ---- events ---- */

static void put_spend(struct growing_buffer *facts,
		      const struct known_spend *spend)
{
	char hash[HEX_SIZE(32)];
	char position[POSITION_TEXT_SIZE];

	hex_encode(hash, bytes_view(spend->transaction_hash.bytes, 32));
	(void)growing_buffer_format(facts,
				    ",\"spent_by\":\"%s\",\"input_index\":%u",
				    hash, spend->input_index); /* checked */
	if (spend->place.kind == BLOCK_PLACE_NONE)
		return;
	position_format(position, spend->place.position);
	(void)growing_buffer_format(
		facts, ",\"spent_at\":\"%s\",\"applied\":%s", position,
		spend->in_applied_block ? "true" : "false"); /* checked */
}

static void put_response(struct growing_buffer *facts,
			 const struct exit_response *response)
{
	char owner[ADDRESS_TEXT_SIZE];
	char token[ADDRESS_TEXT_SIZE];
	char amount[AMOUNT_DECIMAL_SIZE];

	address_format(owner, &response->at_risk.owner);
	address_format(token, &response->at_risk.token.address);
	(void)amount_to_decimal(amount, response->at_risk.amount);
	(void)growing_buffer_format(
		facts,
		",\"answer\":\"%s\",\"owner\":\"%s\",\"token\":\"%s\","
		"\"amount\":\"%s\",\"target\":%llu",
		action_kind_name(response->kind), owner, token, amount,
		(unsigned long long)response->window.target); /* checked */
	if (response->window.last != UINT64_MAX)
		(void)growing_buffer_format(
			facts, ",\"last\":%llu",
			(unsigned long long)response->window.last); /* too */
	if (response->has_spend)
		put_spend(facts, &response->spend);
}

static bool raise(const struct exit_turn *turn,
		  const struct exit_finding *finding, struct error *error)
{
	struct growing_buffer facts;
	char key[EXIT_KEY_SIZE];
	char id[HEX_SIZE(21)];
	bool halts = finding->class == EVENT_CLASS_HALT;
	struct raised_event event = {
		.kind = finding->event,
		.key = key,
		.at = turn->facts->now,
		.eth_block = turn->facts->head.number,
		.answered = finding->class == EVENT_CLASS_I,
		.waits = finding->waits,
		.bad_at = turn->facts->now,
		.informs_only = !halts && event_class_of(finding->event) ==
						  EVENT_CLASS_HALT,
	};

	exit_want_store_key(key, &finding->exit_id, finding->slot);
	hex_encode(id, bytes_view(finding->exit_id.bytes, 21));
	growing_buffer_init(&facts, FACTS_CEILING);
	(void)growing_buffer_format(&facts, "{\"exit_id\":\"%s\"",
				    id); /* checked below */
	if (finding->slot >= 0)
		(void)growing_buffer_format(
			&facts, ",\"%s\":%d",
			finding->slot < IN_FLIGHT_OUTPUT_SLOT ? "input"
							      : "output",
			finding->slot % IN_FLIGHT_OUTPUT_SLOT); /* too */
	if (finding->has_response)
		put_response(&facts, &finding->response);
	(void)growing_buffer_format(&facts, "}"); /* checked by what follows */
	event.facts = growing_buffer_string(&facts);
	turn->report->findings++;
	bool ok = event_store_raise(turn->database, NULL, &event, error);
	growing_buffer_clear(&facts);
	return ok;
}

bool exit_want_store_clear_others(const struct exit_turn *turn,
				  struct error *error)
{
	static const enum event_kind kinds[] = {
		EVENT_INVALID_EXIT,
		EVENT_UNCHALLENGED_EXIT,
		EVENT_LATE_SPEND_OF_EXITING_OUTPUT,
		EVENT_NON_CANONICAL_IFE,
		EVENT_UNCHALLENGED_NON_CANONICAL_IFE,
		EVENT_INVALID_IFE_CHALLENGE,
		EVENT_PIGGYBACK_AVAILABLE,
		EVENT_INVALID_PIGGYBACK,
		EVENT_UNCHALLENGED_PIGGYBACK,
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!event_store_clear_others(turn->database, kinds[i],
					      turn->facts->head.number, error))
			return false;
	}
	return true;
}

/* ---- actions ---- */

static struct action_window action_window_of(struct window window)
{
	struct action_window out = {
		{ window.earliest },
		{ window.target },
		{ window.last == UINT64_MAX ? 0 : window.last }
	};

	return out;
}

bool exit_want_store_wish(const struct exit_turn *turn,
			  const struct exit_wish *wish, struct bytes call_data,
			  struct error *error)
{
	struct amount value = exit_response_value(wish->kind, &turn->bonds);
	enum action_join_result result;
	struct action action;
	uint64_t id;

	memset(&action, 0, sizeof(action));
	action.key.kind = wish->kind;
	action.key.contract = wish->contract;
	action.key.exit_id = wish->exit_id;
	action.key.index = wish->index;
	action.account = wish->account;
	action.call_data = call_data;
	action.value_wei = amount_to_u256(value);
	action.window = action_window_of(wish->window);
	action.value_at_risk_wei = exit_response_value_at_risk(
		&wish->at_risk, turn->bonds.standard_exit_wei);
	action.fee_cap_wei = turn->policy->max_fee_per_action_wei;
	action.print_only =
		!turn->policy->act || turn->policy->prints[wish->policy];
	action.detail = wish->detail;
	action.gas_at_least = wish->gas_at_least;
	if (!action_store_want(turn->database, &id, &result, &action,
			       turn->facts->now, error))
		return false;
	turn->report->wanted += result != ACTION_IS_JOINED;
	return overdue_store_put_stake(turn->database, id, &wish->at_risk,
				       error);
}

static bool is_as_wanted(const struct exit_turn *turn,
			 const struct action *action)
{
	/* What rests and is wanted again is of another life of the exit. */
	return !action_state_is_resting(action->progress.state) &&
	       /* What was only to be printed may be to be sent by now. */
	       !(action->print_only && turn->policy->act) &&
	       /* And what one account was to send by another. */
	       (action_kind_is_of_account(action->key.kind) ||
		address_equal(&action->account, &turn->responder));
}

/* The action, if it is there as it is wanted: the list has none or one. */
static bool find_wanted(const struct exit_turn *turn, struct action_list *list,
			enum action_kind kind, const struct exit_id *id,
			uint64_t index, struct error *error)
{
	struct action_key key = {
		.kind = kind,
		.contract = turn->facts->network->payment_exit_game,
		.exit_id = *id,
		.index = index,
	};

	if (!action_store_find(turn->database, list, &key, error))
		return false;
	if (list->count > 0 && !is_as_wanted(turn, &list->actions[0]))
		list->count = 0;
	return true;
}

bool exit_want_store_has(const struct exit_turn *turn, bool *has,
			 enum action_kind kind, const struct exit_id *id,
			 uint64_t index, struct error *error)
{
	struct action_list list;

	bool ok = find_wanted(turn, &list, kind, id, index, error);
	*has = ok && list.count > 0;
	action_list_clear(&list);
	return ok;
}

static enum exit_policy_key policy_of(enum action_kind kind)
{
	switch ((int)kind) {
	case ACTION_CHALLENGE_STANDARD_EXIT:
		return EXIT_POLICY_ON_INVALID_EXIT;
	case ACTION_CHALLENGE_NOT_CANONICAL:
		return EXIT_POLICY_ON_NON_CANONICAL_IFE;
	case ACTION_RESPOND_TO_CHALLENGE:
		return EXIT_POLICY_ON_INVALID_IFE_CHALLENGE;
	case ACTION_CHALLENGE_INPUT_SPENT:
	case ACTION_CHALLENGE_OUTPUT_SPENT:
		return EXIT_POLICY_ON_INVALID_PIGGYBACK;
	case ACTION_PIGGYBACK_INPUT:
	case ACTION_PIGGYBACK_OUTPUT:
		return EXIT_POLICY_ON_PIGGYBACK_AVAILABLE;
	}
	return EXIT_POLICY_ON_EXIT_READY;
}

static struct exit_wish wish_of(const struct exit_turn *turn,
				const struct exit_response *response,
				uint64_t index)
{
	return (struct exit_wish){
		.kind = response->kind,
		.contract = turn->facts->network->payment_exit_game,
		.exit_id = response->exit_id,
		.index = index,
		.account =
			response->by_owner ? response->owner : turn->responder,
		.policy = policy_of(response->kind),
		.window = response->window,
		.at_risk = response->at_risk,
	};
}

static bool want_response(const struct exit_turn *turn,
			  const struct exit_response *response,
			  const struct response_bytes *bytes,
			  struct error *error)
{
	struct growing_buffer call_data;
	struct exit_wish wish = wish_of(turn, response, response->index);

	if (response->kind == ACTION_CHALLENGE_NOT_CANONICAL)
		wish.index = bytes->proof.len > 0
				     ? exit_response_competitor_index(
					       &response->spend)
				     : 0;
	growing_buffer_init(&call_data, CONTRACT_CALL_MAX_LEN);
	exit_response_encode(&call_data, response, bytes, &wish.account);
	bool ok = call_data.overflowed
			  ? error_set(error, ERROR_SOFTWARE,
				      "the call data of an answer is too long")
			  : exit_want_store_wish(
				    turn, &wish,
				    growing_buffer_view(&call_data), error);
	growing_buffer_clear(&call_data);
	return ok;
}

/* ---- standard exits ---- */

bool exit_want_store_standard(const struct exit_turn *turn,
			      const struct exit_finding *finding,
			      struct exit_place place, struct error *error)
{
	struct response_bytes bytes;
	struct growing_buffer raw;

	if (finding->has_event && !raise(turn, finding, error))
		return false;
	if (!finding->has_response)
		return true;
	memset(&bytes, 0, sizeof(bytes));
	growing_buffer_init(&raw, CONTRACT_CALL_MAX_LEN);
	bool ok = exit_store_output_tx(turn->database, &raw, place, error);
	bytes.exiting_tx = growing_buffer_view(&raw);
	ok = ok && want_response(turn, &finding->response, &bytes, error);
	growing_buffer_clear(&raw);
	return ok;
}

/* ---- in-flight exits ---- */

/* The transaction whose place has to be proved, if one has. */
static bool place_to_prove(struct position *out,
			   const struct exit_response *response,
			   const struct block_place *inclusion)
{
	const struct block_place *place = NULL;

	switch ((int)response->kind) {
	case ACTION_CHALLENGE_NOT_CANONICAL:
		place = &response->spend.place;
		break;
	case ACTION_RESPOND_TO_CHALLENGE:
	case ACTION_CHALLENGE_OUTPUT_SPENT:
		place = inclusion;
		break;
	}
	if (place == NULL || place->kind == BLOCK_PLACE_NONE)
		return false;
	*out = place->position;
	return true;
}

static bool fill_bytes(const struct exit_turn *turn, struct response_bytes *out,
		       const struct exit_response *response,
		       struct exit_place place, struct error *error)
{
	struct in_flight_exit_started_event started;
	unsigned int input = response->index;

	if (!inflight_store_start(turn->database, turn->arena, &started, place,
				  error))
		return false;
	memset(out, 0, sizeof(*out));
	out->in_flight_tx = started.in_flight_tx;
	if (input < started.input_count) {
		out->input_tx = started.input_txs[input];
		out->input_position = started.input_positions[input];
	}
	return true;
}

static bool want_with_proof(const struct exit_turn *turn,
			    const struct exit_response *response,
			    struct response_bytes *bytes,
			    struct position position, struct error *error)
{
	struct inclusion proved;
	bool found;

	bool ok = inclusion_store_find(turn->bodies, &found, &proved,
				       turn->database, position, error);
	if (ok && found) {
		bytes->position = position_of_transaction(position);
		bytes->proof = bytes_view(proved.proof, sizeof(proved.proof));
	}
	/* Without its body a competitor is shown as one in no block; an answer
	 * that rests on the place alone has to wait for the body. */
	if (ok && (found || response->kind == ACTION_CHALLENGE_NOT_CANONICAL))
		ok = want_response(turn, response, bytes, error);
	inclusion_clear(&proved);
	return ok;
}

/* A proof is made once: the body has to be read for it. What is at stake, and
 * how long the answer helps, may change. */
static bool want_proved(const struct exit_turn *turn,
			const struct exit_response *response,
			struct response_bytes *bytes, struct position position,
			struct error *error)
{
	uint64_t index =
		response->kind == ACTION_CHALLENGE_NOT_CANONICAL
			? exit_response_competitor_index(&response->spend)
			: response->index;
	struct exit_wish wish = wish_of(turn, response, index);
	struct action_list list;

	if (!find_wanted(turn, &list, response->kind, &response->exit_id, index,
			 error)) {
		action_list_clear(&list);
		return false;
	}
	bool ok =
		list.count > 0
			? exit_want_store_wish(turn, &wish,
					       list.actions[0].call_data, error)
			: want_with_proof(turn, response, bytes, position,
					  error);
	action_list_clear(&list);
	return ok;
}

bool exit_want_store_in_flight(const struct exit_turn *turn,
			       const struct exit_finding *finding,
			       struct exit_place place,
			       const struct block_place *inclusion,
			       struct error *error)
{
	struct response_bytes bytes;
	struct position position;

	if (finding->has_event && !raise(turn, finding, error))
		return false;
	if (!finding->has_response)
		return true;
	if (!fill_bytes(turn, &bytes, &finding->response, place, error))
		return false;
	if (place_to_prove(&position, &finding->response, inclusion))
		return want_proved(turn, &finding->response, &bytes, position,
				   error);
	return want_response(turn, &finding->response, &bytes, error);
}
