/* SPDX-License-Identifier: MIT */
#include "watcher/exit_case_store.h"

#include <string.h>

#include "watcher/queue_store.h"
#include "watcher/watcher_store.h"

/* ---- standard exits ---- */

bool exit_case_store_standard(const struct exit_turn *turn,
			      struct standard_exit_case *out,
			      const struct recorded_standard_exit *recorded,
			      struct error *error)
{
	struct watched_coin coin;

	memset(out, 0, sizeof(*out));
	out->exit = recorded->exit;
	out->challenged_at = recorded->challenged_at;
	return watcher_store_coin(turn->database, &out->is_judged, &coin,
				  recorded->exit.position, error) &&
	       known_store_spends(&turn->sources, turn->arena, &out->spends,
				  recorded->exit.position,
				  &recorded->exit.output.owner, error);
}

/* ---- in-flight exits ---- */

static bool position_of_output(struct position *out,
			       const struct in_flight_exit_case *one,
			       unsigned int slot)
{
	return one->place.kind == BLOCK_PLACE_KNOWN &&
	       position_make(out, position_blknum(one->place.position),
			     position_txindex(one->place.position),
			     slot - IN_FLIGHT_OUTPUT_SLOT);
}

static bool find_queued(const struct exit_turn *turn, uint64_t *queued_for,
			const struct in_flight_exit *exit, unsigned int slot,
			struct error *error)
{
	*queued_for = UINT64_MAX;
	if (turn->world.has_extensions)
		return true;
	return queue_store_due(turn->database, queued_for, &exit->id,
			       &exit->slots[slot].output.token, error);
}

static bool fill_slot(const struct exit_turn *turn,
		      struct in_flight_exit_case *out, unsigned int slot,
		      struct error *error)
{
	const struct in_flight_exit *exit = out->exit;
	struct position position;

	if (!in_flight_exit_has(exit, slot))
		return true;
	if (slot < IN_FLIGHT_OUTPUT_SLOT)
		position = exit->transaction.inputs[slot];
	else if (!position_of_output(&position, out, slot))
		return find_queued(turn, &out->queued_for[slot], exit, slot,
				   error);
	return known_store_spends(&turn->sources, turn->arena,
				  &out->spends[slot], position,
				  &exit->slots[slot].output.owner, error) &&
	       find_queued(turn, &out->queued_for[slot], exit, slot, error);
}

bool exit_case_store_in_flight(const struct exit_turn *turn,
			       struct in_flight_exit_case *out,
			       const struct recorded_in_flight_exit *recorded,
			       struct error *error)
{
	struct known_inclusion inclusion;

	memset(out, 0, sizeof(*out));
	out->exit = &recorded->exit;
	if (!known_store_inclusion(&turn->sources, &inclusion,
				   &recorded->exit.transaction,
				   &recorded->exit.transaction_hash, error) ||
	    !inflight_store_finalised(turn->database, out->finalised,
				      &recorded->exit, error))
		return false;
	out->place = inclusion.place;
	out->in_applied_block = inclusion.applied;
	out->block_time = inclusion.block_time;
	for (unsigned int i = 0; i < IN_FLIGHT_SLOTS; i++) {
		if (!fill_slot(turn, out, i, error))
			return false;
	}
	return true;
}

/* ---- pay-outs ---- */

/* A block that is not applied decides nothing yet; behind a bad block nothing
 * will be applied any more. */
static bool is_decided(const struct exit_turn *turn, struct position position)
{
	return turn->facts->caught_up ||
	       position_blknum(position) <= turn->facts->applied_block;
}

static bool before(const struct exit_place *place, uint64_t eth_block,
		   uint32_t log_index)
{
	if (eth_block != place->eth_block_number)
		return eth_block < place->eth_block_number;
	return log_index < place->log_index;
}

static bool fill_paid(const struct exit_turn *turn, struct paid_output *out,
		      const struct payout *payout, struct position position,
		      const struct block_place *own, struct error *error)
{
	struct watched_coin coin;

	memset(out, 0, sizeof(*out));
	if (!watcher_store_coin(turn->database, &out->exists, &coin, position,
				error))
		return false;
	if (!out->exists)
		return true;
	out->is_spent = coin.has_spender;
	out->is_spent_by_exit =
		coin.has_spender && own->kind == BLOCK_PLACE_KNOWN &&
		position_equal(position_of_transaction(coin.spender),
			       own->position);
	/* Spent by a block whose log is behind this one: the block would be
	 * invalid, were it not for the log of another exit id. */
	out->is_exited_by_other_id =
		coin.exited &&
		!exit_id_equal(&coin.exit_id, &payout->exit_id) &&
		before(&payout->place, coin.exited_eth_block,
		       coin.exited_log_index);
	return true;
}

static bool fill_output_case(const struct exit_turn *turn, bool *ready,
			     struct payout_case *out,
			     const struct payout *payout, struct error *error)
{
	struct recorded_in_flight_exit recorded;
	struct known_inclusion inclusion;
	struct position position;
	bool found;

	if (!inflight_store_newest(turn->database, &found, &recorded,
				   &payout->exit_id, turn->world.exit_period,
				   error))
		return false;
	if (!found)
		return error_set(error, ERROR_IO,
				 "watcher.db: a pay-out of no exit");
	const struct transaction *transaction = &recorded.exit.transaction;
	if (!known_store_inclusion(&turn->sources, &inclusion, transaction,
				   &recorded.exit.transaction_hash, error))
		return false;
	out->is_included = inclusion.applied;
	if (inclusion.applied &&
	    position_make(&position, position_blknum(inclusion.place.position),
			  position_txindex(inclusion.place.position),
			  payout->slot - IN_FLIGHT_OUTPUT_SLOT))
		return fill_paid(turn, &out->paid, payout, position,
				 &inclusion.place, error);
	out->input_count = transaction->input_count;
	for (size_t i = 0; i < out->input_count; i++) {
		*ready = *ready && is_decided(turn, transaction->inputs[i]);
		if (!fill_paid(turn, &out->inputs[i], payout,
			       transaction->inputs[i], &inclusion.place, error))
			return false;
	}
	return true;
}

bool exit_case_store_payout(const struct exit_turn *turn, bool *ready,
			    struct payout_case *out,
			    const struct payout *payout, struct error *error)
{
	static const struct block_place nowhere = { .kind = BLOCK_PLACE_NONE };

	memset(out, 0, sizeof(*out));
	*ready = true;
	out->is_in_flight_output =
		payout->in_flight && payout->slot >= IN_FLIGHT_OUTPUT_SLOT;
	if (out->is_in_flight_output)
		return fill_output_case(turn, ready, out, payout, error);
	*ready = is_decided(turn, payout->position);
	return fill_paid(turn, &out->paid, payout, payout->position, &nowhere,
			 error);
}
