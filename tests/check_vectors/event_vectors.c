/* SPDX-License-Identifier: MIT */

/*
 * Logs of the contracts with decoded arguments: our decoder has to find the
 * same, and to refuse the log when it is longer or shorter.
 */

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/ethereum/contract_events.h"
#include "tests/check_vectors/vector.h"

/* A decoded log and what it should be. */
struct sample {
	const struct contract_event *event;
	const json_t *args;
	struct arena *arena;
};

/* ---- values ---- */

static bool is_address(const struct sample *s, const char *key,
		       struct address found)
{
	struct address expected = vector_address(s->args, key);
	return address_equal(&found, &expected);
}

static bool is_hash(const struct sample *s, const char *key, struct hash found)
{
	return vector_is_hash(s->args, key, &found);
}

static bool is_u256(const struct sample *s, const char *key, struct u256 found)
{
	return u256_equal(found, vector_u256(s->args, key));
}

static bool is_number(const struct sample *s, const char *key, uint64_t found)
{
	return is_u256(s, key, u256_of(found));
}

static bool is_amount(const struct sample *s, const char *key,
		      struct amount found)
{
	return is_u256(s, key, amount_to_u256(found));
}

static bool is_id(const struct sample *s, const char *key, struct exit_id found)
{
	return is_u256(s, key, exit_id_to_u256(&found));
}

static bool is_position(const struct sample *s, const char *key,
			struct position found)
{
	return is_u256(s, key, position_to_u256(found));
}

static bool is_bytes(const struct sample *s, const char *key,
		     struct bytes found)
{
	return vector_is_bytes(s->arena, s->args, key, found);
}

/* ---- events ---- */

static bool block_submitted(const struct sample *s)
{
	return is_number(s, "blknum", s->event->as.block_submitted.blknum);
}

static bool block_root_submitted(const struct sample *s)
{
	return is_number(s, "blknum",
			 s->event->as.block_root_submitted.blknum) &&
	       is_hash(s, "root", s->event->as.block_root_submitted.root);
}

static bool deposit_created(const struct sample *s)
{
	const struct deposit_created_event *e = &s->event->as.deposit_created;
	return is_address(s, "depositor", e->depositor) &&
	       is_number(s, "blknum", e->blknum) &&
	       is_address(s, "token", e->token.address) &&
	       is_amount(s, "amount", e->amount);
}

static bool has(const struct sample *s, const char *key)
{
	return json_object_get(s->args, key) != NULL;
}

static bool account_amount(const struct sample *s)
{
	const struct account_amount_event *e = &s->event->as.account_amount;
	return is_address(s, has(s, "owner") ? "owner" : "receiver",
			  e->account) &&
	       (has(s, "token") ? is_address(s, "token", e->token.address)
				: address_is_zero(&e->token.address)) &&
	       is_amount(s, "amount", e->amount);
}

static bool credit_claimed(const struct sample *s)
{
	const struct credit_claimed_event *e = &s->event->as.credit_claimed;
	return is_address(s, "owner", e->owner) &&
	       is_address(s, "token", e->token.address) &&
	       is_address(s, "to", e->to) && is_amount(s, "amount", e->amount);
}

static bool minimum_deposit_updated(const struct sample *s)
{
	const struct minimum_deposit_updated_event *e =
		&s->event->as.minimum_deposit_updated;
	return is_address(s, "token", e->token.address) &&
	       is_amount(s, "amount", e->amount);
}

static bool exit_queue_added(const struct sample *s)
{
	const struct exit_queue_added_event *e = &s->event->as.exit_queue_added;
	return is_u256(s, "vaultId", e->vault_id) &&
	       is_address(s, "token", e->token.address);
}

static bool exit_queued(const struct sample *s)
{
	const struct exit_queued_event *e = &s->event->as.exit_queued;
	return is_id(s, "exitId", e->exit_id) &&
	       is_u256(s, "priority", e->priority);
}

static bool processed_exits_num(const struct sample *s)
{
	const struct processed_exits_num_event *e =
		&s->event->as.processed_exits_num;
	return is_u256(s, "processedNum", e->processed) &&
	       is_u256(s, "vaultId", e->vault_id) &&
	       is_address(s, "token", e->token.address);
}

static bool exit_started(const struct sample *s)
{
	const struct exit_started_event *e = &s->event->as.exit_started;
	return is_address(s, "owner", e->owner) &&
	       is_id(s, "exitId", e->exit_id) &&
	       is_position(s, "utxoPos", e->position) &&
	       is_bytes(s, "outputTx", e->output_tx);
}

static bool exit_challenged(const struct sample *s)
{
	return is_position(s, "utxoPos", s->event->as.exit_challenged.position);
}

static bool exit_ended(const struct sample *s)
{
	return is_id(s, "exitId", s->event->as.exit_ended.exit_id);
}

static bool is_element(const struct sample *s, const char *key, size_t index,
		       struct bytes found)
{
	const char *text = json_string_value(
		json_array_get(vector_member(s->args, key), index));
	return text != NULL && bytes_equal(vector_hex(s->arena, text), found);
}

static bool in_flight_exit_started(const struct sample *s)
{
	const struct in_flight_exit_started_event *e =
		&s->event->as.in_flight_exit_started;
	const json_t *positions = vector_member(s->args, "inputUtxosPos");
	if (!is_address(s, "initiator", e->initiator) ||
	    !is_hash(s, "txHash", e->transaction_hash) ||
	    !is_bytes(s, "inFlightTx", e->in_flight_tx) ||
	    e->input_count != json_array_size(positions))
		return false;
	for (size_t i = 0; i < e->input_count; i++) {
		json_t *position = json_pack("{s:O}", "value",
					     json_array_get(positions, i));
		struct sample one = { s->event, position, s->arena };
		bool same = is_position(&one, "value", e->input_positions[i]);
		json_decref(position);
		if (!same ||
		    !is_element(s, "inFlightTxWitnesses", i, e->witnesses[i]) ||
		    !is_element(s, "inputTxs", i, e->input_txs[i]))
			return false;
	}
	return true;
}

static bool in_flight_exit_slot(const struct sample *s)
{
	const struct in_flight_exit_slot_event *e =
		&s->event->as.in_flight_exit_slot;
	return is_address(s, has(s, "challenger") ? "challenger" : "exitTarget",
			  e->account) &&
	       is_hash(s, "txHash", e->transaction_hash) &&
	       is_number(s, has(s, "inputIndex") ? "inputIndex" : "outputIndex",
			 e->index);
}

static bool in_flight_exit_challenged(const struct sample *s)
{
	const struct in_flight_exit_challenged_event *e =
		&s->event->as.in_flight_exit_challenged;
	return is_address(s, "challenger", e->challenger) &&
	       is_hash(s, "txHash", e->transaction_hash) &&
	       /* All ones: the competitor is in no block. */
	       (e->competitor_included
			? is_position(s, "challengeTxPosition",
				      e->competitor_position)
			: is_u256(s, "challengeTxPosition", U256_MAX)) &&
	       is_number(s, "inFlightTxInputIndex", e->input_index) &&
	       is_bytes(s, "challengeTx", e->competing_tx) &&
	       is_number(s, "challengeTxInputIndex",
			 e->competing_tx_input_index) &&
	       is_bytes(s, "challengeTxWitness", e->competing_tx_witness);
}

static bool in_flight_exit_challenge_responded(const struct sample *s)
{
	const struct in_flight_exit_challenge_responded_event *e =
		&s->event->as.in_flight_exit_challenge_responded;
	return is_address(s, "challenger", e->challenger) &&
	       is_hash(s, "txHash", e->transaction_hash) &&
	       is_position(s, "challengeTxPosition", e->position);
}

static bool in_flight_exit_withdrawn(const struct sample *s)
{
	const struct in_flight_exit_withdrawn_event *e =
		&s->event->as.in_flight_exit_withdrawn;
	return is_id(s, "exitId", e->exit_id) &&
	       is_number(s, has(s, "inputIndex") ? "inputIndex" : "outputIndex",
			 e->index);
}

static bool in_flight_exit_omitted(const struct sample *s)
{
	return is_id(s, "exitId",
		     s->event->as.in_flight_exit_omitted.exit_id) &&
	       is_address(s, "token",
			  s->event->as.in_flight_exit_omitted.token.address);
}

static bool bond_updated(const struct sample *s)
{
	const struct bond_updated_event *e = &s->event->as.bond_updated;
	return is_amount(s, "bondSize", e->bond_wei) &&
	       (!has(s, "exitBountySize") ||
		is_amount(s, "exitBountySize", e->bounty_wei));
}

static bool vault_registered(const struct sample *s)
{
	return is_u256(s, "vaultId", s->event->as.vault_registered.vault_id) &&
	       is_address(s, "vaultAddress",
			  s->event->as.vault_registered.vault);
}

static bool exit_game_registered(const struct sample *s)
{
	const struct exit_game_registered_event *e =
		&s->event->as.exit_game_registered;
	return is_u256(s, "txType", e->tx_type) &&
	       is_address(s, "exitGameAddress", e->exit_game) &&
	       is_number(s, "protocol", e->protocol);
}

static bool deposit_verifier(const struct sample *s)
{
	return is_address(s, "nextDepositVerifier",
			  s->event->as.deposit_verifier.verifier);
}

static bool ownership(const struct sample *s)
{
	return is_address(s, "previousOwner",
			  s->event->as.ownership.previous_owner) &&
	       is_address(s, "newOwner", s->event->as.ownership.next_owner);
}

static bool (*const checks[])(const struct sample *s) = {
	[CONTRACT_EVENT_BLOCK_SUBMITTED] = block_submitted,
	[CONTRACT_EVENT_BLOCK_ROOT_SUBMITTED] = block_root_submitted,
	[CONTRACT_EVENT_DEPOSIT_CREATED] = deposit_created,
	[CONTRACT_EVENT_ETH_WITHDRAWN] = account_amount,
	[CONTRACT_EVENT_ERC20_WITHDRAWN] = account_amount,
	[CONTRACT_EVENT_WITHDRAW_FAILED] = account_amount,
	[CONTRACT_EVENT_EXIT_QUEUE_ADDED] = exit_queue_added,
	[CONTRACT_EVENT_EXIT_QUEUED] = exit_queued,
	[CONTRACT_EVENT_PROCESSED_EXITS_NUM] = processed_exits_num,
	[CONTRACT_EVENT_EXIT_STARTED] = exit_started,
	[CONTRACT_EVENT_EXIT_CHALLENGED] = exit_challenged,
	[CONTRACT_EVENT_EXIT_FINALIZED] = exit_ended,
	[CONTRACT_EVENT_EXIT_OMITTED] = exit_ended,
	[CONTRACT_EVENT_IN_FLIGHT_EXIT_STARTED] = in_flight_exit_started,
	[CONTRACT_EVENT_IN_FLIGHT_EXIT_INPUT_PIGGYBACKED] = in_flight_exit_slot,
	[CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_PIGGYBACKED] =
		in_flight_exit_slot,
	[CONTRACT_EVENT_IN_FLIGHT_EXIT_CHALLENGED] = in_flight_exit_challenged,
	[CONTRACT_EVENT_IN_FLIGHT_EXIT_CHALLENGE_RESPONDED] =
		in_flight_exit_challenge_responded,
	[CONTRACT_EVENT_IN_FLIGHT_EXIT_INPUT_BLOCKED] = in_flight_exit_slot,
	[CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_BLOCKED] = in_flight_exit_slot,
	[CONTRACT_EVENT_IN_FLIGHT_EXIT_INPUT_WITHDRAWN] =
		in_flight_exit_withdrawn,
	[CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_WITHDRAWN] =
		in_flight_exit_withdrawn,
	[CONTRACT_EVENT_IN_FLIGHT_EXIT_FINALIZED] = exit_ended,
	[CONTRACT_EVENT_IN_FLIGHT_EXIT_OMITTED] = in_flight_exit_omitted,
	[CONTRACT_EVENT_IN_FLIGHT_EXIT_DELETED] = exit_ended,
	[CONTRACT_EVENT_BOND_RETURN_FAILED] = account_amount,
	[CONTRACT_EVENT_BOUNTY_RETURN_FAILED] = account_amount,
	[CONTRACT_EVENT_IN_FLIGHT_BOND_RETURN_FAILED] = account_amount,
	[CONTRACT_EVENT_IN_FLIGHT_BOUNTY_RETURN_FAILED] = account_amount,
	[CONTRACT_EVENT_STANDARD_EXIT_BOND_UPDATED] = bond_updated,
	[CONTRACT_EVENT_IFE_BOND_UPDATED] = bond_updated,
	[CONTRACT_EVENT_PIGGYBACK_BOND_UPDATED] = bond_updated,
	[CONTRACT_EVENT_VAULT_REGISTERED] = vault_registered,
	[CONTRACT_EVENT_EXIT_GAME_REGISTERED] = exit_game_registered,
	[CONTRACT_EVENT_SET_DEPOSIT_VERIFIER_CALLED] = deposit_verifier,
	[CONTRACT_EVENT_CREDIT_ADDED] = account_amount,
	[CONTRACT_EVENT_CREDIT_CLAIMED] = credit_claimed,
	[CONTRACT_EVENT_MINIMUM_DEPOSIT_UPDATED] = minimum_deposit_updated,
	[CONTRACT_EVENT_SHORTFALL] = account_amount,
	[CONTRACT_EVENT_OWNERSHIP_TRANSFER_STARTED] = ownership,
	[CONTRACT_EVENT_OWNERSHIP_TRANSFERRED] = ownership,
};
static_assert(sizeof(checks) / sizeof(checks[0]) == CONTRACT_EVENT_KIND_COUNT,
	      "every kind has its check");

static struct eth_log read_log(struct arena *arena, const json_t *item)
{
	const json_t *topics = vector_member(item, "topics");
	struct eth_log log = { .data = vector_bytes(arena, item, "data"),
			       .topic_count = json_array_size(topics) };

	if (log.topic_count > ETH_LOG_MAX_TOPICS)
		vector_stop("too many topics");
	for (size_t i = 0; i < log.topic_count; i++)
		log.topics[i] = vector_hash_of(
			json_string_value(json_array_get(topics, i)));
	return log;
}

/* Longer, shorter, with a topic more or less: not the event. */
static bool is_strict(struct arena *arena, const struct eth_log *log)
{
	struct contract_event event;
	struct eth_log other = *log;
	uint8_t *longer = arena_new(arena, log->data.len + 32, 1);

	if (log->data.len > 0)
		memcpy(longer, log->data.data, log->data.len);
	other.data = bytes_view(longer, log->data.len + 32);
	if (contract_event_decode(&event, &other) != CONTRACT_EVENT_BAD_DATA)
		return false;
	other.data = bytes_view(longer, log->data.len + 1);
	if (contract_event_decode(&event, &other) != CONTRACT_EVENT_BAD_DATA)
		return false;
	if (log->data.len > 0) {
		other.data = bytes_view(longer, log->data.len - 1);
		if (contract_event_decode(&event, &other) !=
		    CONTRACT_EVENT_BAD_DATA)
			return false;
	}
	other = *log;
	if (other.topic_count < ETH_LOG_MAX_TOPICS) {
		other.topic_count++;
		if (contract_event_decode(&event, &other) !=
		    CONTRACT_EVENT_BAD_TOPIC_COUNT)
			return false;
	}
	other.topic_count = log->topic_count - 1;
	return other.topic_count == 0 ||
	       contract_event_decode(&event, &other) ==
		       CONTRACT_EVENT_BAD_TOPIC_COUNT;
}

static void check_sample(struct arena *arena, const json_t *item)
{
	struct eth_log log = read_log(arena, item);
	const char *name = vector_text(item, "name");
	struct contract_event event;
	struct sample sample = { &event, vector_member(item, "args"), arena };

	point(contract_event_decode(&event, &log) == CONTRACT_EVENT_VALID &&
		      event.kind != CONTRACT_EVENT_UNKNOWN &&
		      strcmp(contract_event_name(event.kind), name) == 0 &&
		      strcmp(contract_event_signature(event.kind),
			     vector_text(item, "signature")) == 0 &&
		      checks[event.kind](&sample),
	      "%s is decoded (%s)", name, vector_text(item, "step"));
	point(is_strict(arena, &log), "%s in another form is refused", name);
}

void read_contract_events(const json_t *file, struct arena *arena)
{
	size_t i;
	json_t *item;
	size_t j;
	json_t *sample;

	read_events(file, arena);
	json_array_foreach(vector_member(file, "events"), i, item)
	{
		json_array_foreach(vector_member(item, "samples"), j, sample)
			check_sample(arena, sample);
	}
}
