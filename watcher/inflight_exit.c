/* SPDX-License-Identifier: MIT */
#include "watcher/inflight_exit.h"

#include <assert.h>
#include <string.h>

#include "common/chain/priority.h"
#include "common/chain/transaction_codec.h"
#include "common/chain/transaction_hash.h"

#define INPUT_BITS ((uint16_t)((1u << PROTOCOL_MAX_INPUTS) - 1))
#define OUTPUT_BITS ((uint16_t)(INPUT_BITS << IN_FLIGHT_OUTPUT_SLOT))

static uint16_t bit(unsigned int slot)
{
	return (uint16_t)(1u << slot);
}

/* ---- start ---- */

/* A payment, a deposit or a fee transaction: what an output can come from. */
static bool decode_source(struct transaction *out, struct bytes raw,
			  struct position position)
{
	if (blknum_is_deposit(position_blknum(position)))
		return transaction_decode_deposit(out, raw) == VERDICT_VALID;
	return transaction_decode(out, raw) == VERDICT_VALID;
}

static bool fill_input(struct in_flight_slot *slot, struct bytes input_tx,
		       struct position position)
{
	struct transaction source;

	if (!decode_source(&source, input_tx, position) ||
	    position_oindex(position) >= source.output_count)
		return false;
	slot->present = true;
	slot->output = source.outputs[position_oindex(position)];
	slot->output_id = output_id(input_tx, position);
	return true;
}

static void fill_outputs(struct in_flight_exit *out, struct bytes raw)
{
	for (unsigned int i = 0; i < out->transaction.output_count; i++) {
		struct in_flight_slot *slot =
			&out->slots[IN_FLIGHT_OUTPUT_SLOT + i];

		slot->present = true;
		slot->output = out->transaction.outputs[i];
		slot->output_id = output_id_in_flight(raw, i);
	}
}

bool in_flight_exit_start(struct in_flight_exit *out,
			  const struct in_flight_exit_started_event *event,
			  const struct in_flight_terms *terms)
{
	memset(out, 0, sizeof(*out));
	if (transaction_decode(&out->transaction, event->in_flight_tx) !=
		    VERDICT_VALID ||
	    out->transaction.type != PROTOCOL_TX_TYPE_PAYMENT ||
	    out->transaction.input_count != event->input_count)
		return false;
	for (size_t i = 0; i < event->input_count; i++) {
		if (!position_equal(out->transaction.inputs[i],
				    event->input_positions[i]) ||
		    !fill_input(&out->slots[i], event->input_txs[i],
				event->input_positions[i]))
			return false;
	}
	fill_outputs(out, event->in_flight_tx);
	out->id = exit_id_in_flight(event->in_flight_tx);
	out->transaction_hash = transaction_hash(event->in_flight_tx);
	out->started_at = terms->started_at;
	out->youngest_block_time = terms->youngest_block_time;
	out->exit_period = terms->exit_period;
	out->life = terms->life;
	out->is_canonical = true;
	out->oldest.kind = OLDEST_COMPETITOR_NONE;
	out->bond_owner = event->initiator;
	out->paid_side = terms->paid_side;
	out->blocked = terms->blocked;
	return true;
}

/* ---- logs ---- */

static struct in_flight_entry *find_entry(struct in_flight_exit *exit,
					  const struct token *token)
{
	for (size_t i = 0; i < exit->entry_count; i++) {
		if (token_equal(&exit->entries[i].token, token))
			return &exit->entries[i];
	}
	return NULL;
}

/* An ExitQueued of this life stands before the piggyback that caused it. There
 * is none where the entry of an earlier life, of equal priority, is shared
 * (protocol.md 8.9, W9). */
static void piggyback(struct in_flight_exit *exit, unsigned int slot,
		      uint64_t time)
{
	if (!in_flight_exit_has(exit, slot))
		return;
	const struct token *token = &exit->slots[slot].output.token;
	struct in_flight_entry *entry = find_entry(exit, token);
	uint64_t exitable_at = exit->queued_for;

	if (entry == NULL) {
		if (exitable_at == 0)
			exitable_at = exitable_at_in_flight(
				time, exit->youngest_block_time,
				exit->exit_period);
		assert(exit->entry_count < IN_FLIGHT_SLOTS);
		entry = &exit->entries[exit->entry_count++];
		entry->token = *token;
		entry->exitable_at = exitable_at;
		entry->processed = false;
	}
	if (exitable_at != 0 && exitable_at < entry->exitable_at)
		entry->exitable_at = exitable_at;
	exit->queued_for = 0;
	exit->map |= bit(slot);
	exit->slots[slot].piggybacked_at = time;
}

static void block(struct in_flight_exit *exit, unsigned int slot)
{
	if (!in_flight_exit_has(exit, slot))
		return;
	exit->map &= (uint16_t)~bit(slot);
	exit->blocked |= bit(slot);
}

static void challenged(struct in_flight_exit *exit,
		       const struct in_flight_exit_challenged_event *event,
		       uint64_t time)
{
	exit->is_canonical = false;
	exit->oldest.kind = event->competitor_included
				    ? OLDEST_COMPETITOR_IN_BLOCK
				    : OLDEST_COMPETITOR_NOT_INCLUDED;
	exit->oldest.position = event->competitor_position;
	exit->challenged_at = time;
	exit->bond_owner = event->challenger;
}

static void
responded(struct in_flight_exit *exit,
	  const struct in_flight_exit_challenge_responded_event *event)
{
	exit->is_canonical = true;
	exit->oldest.kind = OLDEST_COMPETITOR_IN_BLOCK;
	exit->oldest.position = event->position;
	exit->bond_owner = event->challenger;
}

static void withdrawn(struct in_flight_exit *exit, unsigned int slot)
{
	struct in_flight_entry *entry;

	if (!in_flight_exit_has(exit, slot))
		return;
	exit->slots[slot].paid = true;
	exit->side = slot < IN_FLIGHT_OUTPUT_SLOT ? IN_FLIGHT_SIDE_INPUTS
						  : IN_FLIGHT_SIDE_OUTPUTS;
	exit->paid_side = exit->side;
	entry = find_entry(exit, &exit->slots[slot].output.token);
	if (entry != NULL)
		entry->processed = true;
}

static void end(struct in_flight_exit *exit, enum in_flight_end how)
{
	exit->end = how;
	exit->map = 0;
}

static bool is_ours(const struct in_flight_exit *exit, const struct hash *hash)
{
	return hash_equal(&exit->transaction_hash, hash);
}

static void apply_slot(struct in_flight_exit *exit,
		       const struct contract_event *event, uint64_t time)
{
	const struct in_flight_exit_slot_event *slot =
		&event->as.in_flight_exit_slot;
	bool is_output =
		event->kind ==
			CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_PIGGYBACKED ||
		event->kind == CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_BLOCKED;
	unsigned int index =
		slot->index +
		(is_output ? (unsigned int)IN_FLIGHT_OUTPUT_SLOT : 0u);

	if (!is_ours(exit, &slot->transaction_hash))
		return;
	if (event->kind == CONTRACT_EVENT_IN_FLIGHT_EXIT_INPUT_PIGGYBACKED ||
	    event->kind == CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_PIGGYBACKED)
		piggyback(exit, index, time);
	else
		block(exit, index);
}

static void apply_canonicity(struct in_flight_exit *exit,
			     const struct contract_event *event, uint64_t time)
{
	if (event->kind == CONTRACT_EVENT_IN_FLIGHT_EXIT_CHALLENGED) {
		if (is_ours(exit, &event->as.in_flight_exit_challenged
					   .transaction_hash))
			challenged(exit, &event->as.in_flight_exit_challenged,
				   time);
	} else if (is_ours(exit, &event->as.in_flight_exit_challenge_responded
					  .transaction_hash)) {
		responded(exit, &event->as.in_flight_exit_challenge_responded);
	}
}

/* The event is of this exit, by its id. */
static void apply_by_id(struct in_flight_exit *exit,
			const struct contract_event *event)
{
	switch ((int)event->kind) {
	case CONTRACT_EVENT_EXIT_QUEUED:
		if (exit_id_equal(&exit->id, &event->as.exit_queued.exit_id))
			exit->queued_for = priority_exitable_at(
				event->as.exit_queued.priority);
		break;
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_INPUT_WITHDRAWN:
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_WITHDRAWN:
		if (exit_id_equal(&exit->id,
				  &event->as.in_flight_exit_withdrawn.exit_id))
			withdrawn(
				exit,
				event->as.in_flight_exit_withdrawn.index +
					(event->kind == CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_WITHDRAWN
						 ? (unsigned int)
							   IN_FLIGHT_OUTPUT_SLOT
						 : 0u));
		break;
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_FINALIZED:
		if (exit_id_equal(&exit->id, &event->as.exit_ended.exit_id))
			end(exit, IN_FLIGHT_FINALIZED);
		break;
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_DELETED:
		if (exit_id_equal(&exit->id, &event->as.exit_ended.exit_id))
			end(exit, IN_FLIGHT_DELETED);
		break;
	}
}

void in_flight_exit_apply(struct in_flight_exit *exit,
			  const struct contract_event *event, uint64_t time)
{
	if (!in_flight_exit_is_live(exit))
		return;
	switch ((int)event->kind) {
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_INPUT_PIGGYBACKED:
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_PIGGYBACKED:
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_INPUT_BLOCKED:
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_BLOCKED:
		apply_slot(exit, event, time);
		break;
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_CHALLENGED:
	case CONTRACT_EVENT_IN_FLIGHT_EXIT_CHALLENGE_RESPONDED:
		apply_canonicity(exit, event, time);
		break;
	default:
		apply_by_id(exit, event);
		break;
	}
}

/* ---- processing ---- */

static uint16_t slots_of_token(const struct in_flight_exit *exit,
			       const struct token *token)
{
	uint16_t bits = 0;

	for (unsigned int i = 0; i < IN_FLIGHT_SLOTS; i++) {
		if (exit->slots[i].present &&
		    token_equal(&exit->slots[i].output.token, token))
			bits |= bit(i);
	}
	return bits;
}

static uint16_t all_inputs(const struct in_flight_exit *exit)
{
	return (uint16_t)((1u << exit->transaction.input_count) - 1);
}

/* "the first entry of a life that is processed (not omitted), even if it pays
 * nothing, fixes the side for all entries of that life" */
static enum in_flight_side
side_of(const struct in_flight_exit *exit,
	const enum finalisation finalised[IN_FLIGHT_SLOTS])
{
	if (exit->side != IN_FLIGHT_SIDE_OPEN)
		return exit->side;
	if (!exit->is_canonical)
		return IN_FLIGHT_SIDE_INPUTS;
	for (unsigned int i = 0; i < exit->transaction.input_count; i++) {
		if (finalised[i] == FINALISATION_FOREIGN)
			return IN_FLIGHT_SIDE_INPUTS;
	}
	return IN_FLIGHT_SIDE_OUTPUTS;
}

struct in_flight_processing
in_flight_exit_foresee(const struct in_flight_exit *exit,
		       const struct token *token, uint64_t now,
		       const enum finalisation finalised[IN_FLIGHT_SLOTS])
{
	struct in_flight_processing done = { 0 };
	uint64_t due_at = in_flight_exit_due_at(exit, token);
	uint16_t settled;

	if (!in_flight_exit_is_live(exit) || due_at == UINT64_MAX ||
	    now <= due_at) {
		done.omitted = true;
		return done;
	}
	done.side = side_of(exit, finalised);
	done.cleared = exit->map & slots_of_token(exit, token);
	done.ends = (exit->map & ~done.cleared) == 0;
	/* "the other side is never paid under that id […] (such an entry pays
	 * and flags nothing, bonds return)" */
	if (exit->paid_side != IN_FLIGHT_SIDE_OPEN &&
	    exit->paid_side != done.side)
		return done;
	settled =
		done.cleared &
		(done.side == IN_FLIGHT_SIDE_INPUTS ? INPUT_BITS : OUTPUT_BITS);
	for (unsigned int i = 0; i < IN_FLIGHT_SLOTS; i++) {
		if ((settled & bit(i)) != 0 &&
		    finalised[i] == FINALISATION_NONE)
			done.paid |= bit(i);
	}
	done.flagged = settled;
	if (done.side == IN_FLIGHT_SIDE_OUTPUTS)
		done.flagged |= all_inputs(exit);
	return done;
}

void in_flight_exit_process(struct in_flight_exit *exit,
			    const struct token *token,
			    const struct in_flight_processing *done)
{
	struct in_flight_entry *entry = find_entry(exit, token);

	if (done->omitted || !in_flight_exit_is_live(exit))
		return;
	if (entry != NULL)
		entry->processed = true;
	exit->side = done->side;
	if (done->paid != 0)
		exit->paid_side = done->side;
	for (unsigned int i = 0; i < IN_FLIGHT_SLOTS; i++) {
		if ((done->paid & bit(i)) != 0)
			exit->slots[i].paid = true;
	}
	exit->map &= (uint16_t)~done->cleared;
	if (done->ends)
		end(exit, IN_FLIGHT_FINALIZED);
}

uint16_t in_flight_exit_flagged_with(const struct in_flight_exit *exit,
				     unsigned int slot)
{
	assert(slot < IN_FLIGHT_SLOTS);
	uint16_t of_token =
		exit->map &
		slots_of_token(exit, &exit->slots[slot].output.token);

	if (slot < IN_FLIGHT_OUTPUT_SLOT)
		return (of_token & INPUT_BITS) | bit(slot);
	return (uint16_t)((of_token & OUTPUT_BITS) | bit(slot) |
			  all_inputs(exit));
}

/* ---- questions ---- */

bool in_flight_exit_is_live(const struct in_flight_exit *exit)
{
	return exit->end == IN_FLIGHT_LIVE;
}

bool in_flight_exit_has(const struct in_flight_exit *exit, unsigned int slot)
{
	return slot < IN_FLIGHT_SLOTS && exit->slots[slot].present;
}

bool in_flight_exit_may_pay(const struct in_flight_exit *exit,
			    unsigned int slot)
{
	enum in_flight_side side = slot < IN_FLIGHT_OUTPUT_SLOT
					   ? IN_FLIGHT_SIDE_INPUTS
					   : IN_FLIGHT_SIDE_OUTPUTS;

	return in_flight_exit_has(exit, slot) &&
	       (exit->blocked & bit(slot)) == 0 &&
	       !amount_is_zero(exit->slots[slot].output.amount) &&
	       (exit->paid_side == IN_FLIGHT_SIDE_OPEN ||
		exit->paid_side == side);
}

uint64_t in_flight_exit_due_at(const struct in_flight_exit *exit,
			       const struct token *token)
{
	uint64_t due_at = UINT64_MAX;

	for (size_t i = 0; i < exit->entry_count; i++) {
		const struct in_flight_entry *entry = &exit->entries[i];

		if ((token == NULL || token_equal(&entry->token, token)) &&
		    entry->exitable_at < due_at)
			due_at = entry->exitable_at;
	}
	return due_at;
}

struct position in_flight_exit_youngest(const struct in_flight_exit *exit)
{
	struct position youngest = exit->transaction.inputs[0];

	for (size_t i = 1; i < exit->transaction.input_count; i++) {
		if (position_compare(exit->transaction.inputs[i], youngest) > 0)
			youngest = exit->transaction.inputs[i];
	}
	return youngest;
}

bool in_flight_exit_side_is_open(const struct in_flight_exit *exit)
{
	return exit->side == IN_FLIGHT_SIDE_OPEN;
}
