/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/chain/competitor.h"
#include "common/chain/priority.h"
#include "common/chain/protocol.h"
#include "common/chain/transaction_codec.h"
#include "common/ethereum/incident_parts.h"

/* ---- what is looked for ---- */

/* The first log of a kind that is about the exit. */
static const struct incident_log *find_log(const struct incident_parts *parts,
					   enum contract_event_kind kind)
{
	for (size_t i = 0; i < parts->evidence->log_count; i++) {
		const struct contract_event *event = &parts->logs[i].event;
		struct exit_id id;

		if (event->kind != kind)
			continue;
		if (kind == CONTRACT_EVENT_EXIT_STARTED)
			id = event->as.exit_started.exit_id;
		else if (kind == CONTRACT_EVENT_EXIT_FINALIZED)
			id = event->as.exit_ended.exit_id;
		else
			id = exit_id_in_flight_of_hash(
				&event->as.in_flight_exit_started
					 .transaction_hash);
		if (exit_id_equal(&id, &parts->evidence->exit_id))
			return &parts->logs[i];
	}
	return NULL;
}

/* A raw transaction that made an output: a payment, a fee or a deposit. */
static bool made_output(struct output *out, struct bytes raw,
			struct position position)
{
	struct transaction transaction;
	uint32_t oindex = position_oindex(position);

	if ((blknum_is_deposit(position_blknum(position))
		     ? transaction_decode_deposit(&transaction, raw)
		     : transaction_decode(&transaction, raw)) !=
		    VERDICT_VALID ||
	    oindex >= transaction.output_count)
		return false;
	*out = transaction.outputs[oindex];
	return true;
}

/* A spend of an output, signed by its owner, by another transaction than
 * `except` (may be empty). */
struct spend {
	struct position position;
	struct address owner;
	struct bytes except;
	bool in_block; /* only those that are proved to be in one */
};

static const struct incident_known *
find_spend(const struct incident_parts *parts, const struct spend *wanted)
{
	for (size_t i = 0; i < parts->evidence->transaction_count; i++) {
		const struct incident_known *known = &parts->transactions[i];

		if (known->decodes &&
		    !bytes_equal(known->of->raw, wanted->except) &&
		    (known->of->has_position || !wanted->in_block) &&
		    incident_parts_input(&known->transaction,
					 wanted->position) <
			    known->transaction.input_count &&
		    incident_parts_is_signed(parts, known, &wanted->owner))
			return known;
	}
	return NULL;
}

/* L after the later of the two the event halts. */
static bool is_late(const struct incident_parts *parts, uint64_t started,
		    const struct incident_known *spend)
{
	uint64_t late =
		exit_late_after(parts->evidence->network.min_exit_period);
	const struct incident_log *block =
		spend->of->has_position
			? incident_parts_root_log(
				  parts, position_blknum(spend->of->position))
			: NULL;

	if (block == NULL)
		return false;
	if (block->time.seconds > started)
		started = block->time.seconds;
	return parts->seen_at.seconds >= instant_after(started, late);
}

static bool halts(const struct incident_parts *parts)
{
	return strncmp(parts->evidence->event, "unchallenged_", 13) == 0;
}

/* ---- standard exits ---- */

bool incident_exit_shows_standard(struct incident_parts *parts)
{
	const struct incident_log *log =
		find_log(parts, CONTRACT_EVENT_EXIT_STARTED);
	struct output output;

	if (log == NULL)
		return false;
	const struct exit_started_event *exit = &log->event.as.exit_started;
	struct spend wanted = { .position = exit->position,
				.in_block = halts(parts) };
	if (!made_output(&output, exit->output_tx, exit->position))
		return false;
	wanted.owner = output.owner;
	const struct incident_known *spend = find_spend(parts, &wanted);
	parts->trusts |= INCIDENT_TRUST_NO_ANSWER;
	if (halts(parts))
		parts->trusts |= INCIDENT_TRUST_EARLIER_BLOCKS;
	return spend != NULL &&
	       (!halts(parts) || is_late(parts, log->time.seconds, spend));
}

/* ---- in-flight exits ---- */

struct flight {
	const struct incident_log *log;
	const struct in_flight_exit_started_event *started;
	struct transaction transaction;
};

static bool find_flight(const struct incident_parts *parts, struct flight *out)
{
	out->log = find_log(parts, CONTRACT_EVENT_IN_FLIGHT_EXIT_STARTED);
	if (out->log == NULL)
		return false;
	out->started = &out->log->event.as.in_flight_exit_started;
	return transaction_decode(&out->transaction,
				  out->started->in_flight_tx) == VERDICT_VALID;
}

/* Where the in-flight transaction stands itself, if the file shows that. */
static struct block_place place_of(const struct incident_parts *parts,
				   struct bytes raw)
{
	for (size_t i = 0; i < parts->evidence->transaction_count; i++) {
		const struct incident_transaction *of =
			parts->transactions[i].of;

		if (of->has_position && bytes_equal(of->raw, raw))
			return (struct block_place){ BLOCK_PLACE_KNOWN,
						     of->position };
	}
	return (struct block_place){ .kind = BLOCK_PLACE_NONE };
}

/* The newest canonicity challenge in the file that no answer follows. */
static const struct in_flight_exit_challenged_event *
challenge_of(const struct incident_parts *parts, const struct flight *flight)
{
	const struct incident_log *newest = NULL;

	for (size_t i = 0; i < parts->evidence->log_count; i++) {
		const struct incident_log *log = &parts->logs[i];
		bool is_challenge = log->event.kind ==
				    CONTRACT_EVENT_IN_FLIGHT_EXIT_CHALLENGED;

		if (is_challenge &&
		    hash_equal(&log->event.as.in_flight_exit_challenged
					.transaction_hash,
			       &flight->started->transaction_hash) &&
		    incident_parts_is_before(flight->log, log) &&
		    (newest == NULL || incident_parts_is_before(newest, log)))
			newest = log;
	}
	return newest == NULL ? NULL
			      : &newest->event.as.in_flight_exit_challenged;
}

static struct oldest_competitor
oldest_of(const struct in_flight_exit_challenged_event *challenge)
{
	if (challenge == NULL)
		return (struct oldest_competitor){
			.kind = OLDEST_COMPETITOR_NONE
		};
	if (!challenge->competitor_included)
		return (struct oldest_competitor){
			.kind = OLDEST_COMPETITOR_NOT_INCLUDED
		};
	return (struct oldest_competitor){ OLDEST_COMPETITOR_IN_BLOCK,
					   challenge->competitor_position };
}

/* A spend of an input by another transaction. */
static const struct incident_known *
find_rival(const struct incident_parts *parts, const struct flight *flight,
	   unsigned int input, bool in_block)
{
	struct output output;

	if (input >= flight->started->input_count)
		return NULL;
	struct spend wanted = {
		.position = flight->started->input_positions[input],
		.except = flight->started->in_flight_tx,
		.in_block = in_block,
	};
	if (!made_output(&output, flight->started->input_txs[input],
			 wanted.position))
		return NULL;
	wanted.owner = output.owner;
	return find_spend(parts, &wanted);
}

static struct block_place place_of_known(const struct incident_known *known)
{
	return (struct block_place){ known->of->has_position ? BLOCK_PLACE_KNOWN
							     : BLOCK_PLACE_NONE,
				     known->of->position };
}

/* A rival in a block stands for so long that nobody else seems to answer, or
 * the first phase is over. */
static bool is_unanswered(const struct incident_parts *parts,
			  const struct flight *flight,
			  const struct incident_known *rival)
{
	uint64_t started = flight->log->time.seconds;

	return is_late(parts, started, rival) ||
	       parts->seen_at.seconds >=
		       instant_after(started,
				     parts->evidence->network.min_exit_period /
					     2);
}

bool incident_exit_shows_competitor(struct incident_parts *parts)
{
	struct flight flight;

	if (!find_flight(parts, &flight))
		return false;
	parts->trusts |= INCIDENT_TRUST_NO_ANSWER;
	struct block_place seen = place_of(parts, flight.started->in_flight_tx);
	struct oldest_competitor oldest =
		oldest_of(challenge_of(parts, &flight));
	for (unsigned int i = 0; i < flight.started->input_count; i++) {
		const struct incident_known *rival =
			find_rival(parts, &flight, i, false);

		if (rival != NULL &&
		    competitor_is_viable(seen, oldest, place_of_known(rival)) &&
		    (!halts(parts) || is_unanswered(parts, &flight, rival)))
			return true;
	}
	return false;
}

/* invalid_ife_challenge: the transaction stands before the recorded competitor.
 */
bool incident_exit_shows_inclusion(struct incident_parts *parts)
{
	struct flight flight;

	if (!find_flight(parts, &flight))
		return false;
	parts->trusts |=
		INCIDENT_TRUST_NO_ANSWER | INCIDENT_TRUST_EARLIER_BLOCKS;
	const struct in_flight_exit_challenged_event *challenge =
		challenge_of(parts, &flight);
	struct block_place seen = place_of(parts, flight.started->in_flight_tx);
	return challenge != NULL && seen.kind == BLOCK_PLACE_KNOWN &&
	       (!challenge->competitor_included ||
		position_compare(seen.position,
				 challenge->competitor_position) < 0);
}

/* A piggyback of the slot. */
static const struct incident_log *
piggyback_of(const struct incident_parts *parts, const struct flight *flight)
{
	unsigned int slot = parts->evidence->slot;
	bool is_output = slot >= PROTOCOL_MAX_INPUTS;
	enum contract_event_kind kind =
		is_output ? CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_PIGGYBACKED
			  : CONTRACT_EVENT_IN_FLIGHT_EXIT_INPUT_PIGGYBACKED;

	for (size_t i = 0;
	     parts->evidence->has_slot && i < parts->evidence->log_count; i++) {
		const struct incident_log *log = &parts->logs[i];

		if (log->event.kind == kind &&
		    log->event.as.in_flight_exit_slot.index ==
			    slot % PROTOCOL_MAX_INPUTS &&
		    hash_equal(
			    &log->event.as.in_flight_exit_slot.transaction_hash,
			    &flight->started->transaction_hash) &&
		    incident_parts_is_before(flight->log, log))
			return log;
	}
	return NULL;
}

/* What spends the slot: of an output, where the transaction stands. */
static const struct incident_known *
find_slot_spend(const struct incident_parts *parts, const struct flight *flight,
		bool in_block)
{
	unsigned int slot = parts->evidence->slot;
	struct spend wanted = { .in_block = in_block };

	if (slot < PROTOCOL_MAX_INPUTS)
		return find_rival(parts, flight, slot, in_block);
	slot -= PROTOCOL_MAX_INPUTS;
	struct block_place place =
		place_of(parts, flight->started->in_flight_tx);
	if (place.kind == BLOCK_PLACE_NONE ||
	    slot >= flight->transaction.output_count ||
	    !position_make(&wanted.position, position_blknum(place.position),
			   position_txindex(place.position), slot))
		return NULL;
	wanted.owner = flight->transaction.outputs[slot].owner;
	return find_spend(parts, &wanted);
}

bool incident_exit_shows_piggyback(struct incident_parts *parts)
{
	struct flight flight;

	if (!find_flight(parts, &flight))
		return false;
	parts->trusts |= INCIDENT_TRUST_NO_ANSWER;
	const struct incident_log *piggyback = piggyback_of(parts, &flight);
	const struct incident_known *spend =
		find_slot_spend(parts, &flight, halts(parts));
	return piggyback != NULL && spend != NULL &&
	       (!halts(parts) ||
		is_late(parts, piggyback->time.seconds, spend));
}

/* ---- late spends and pay-outs ---- */

/* Since when the output leaves, and what spends it in a block. */
static const struct incident_known *
find_leaving(const struct incident_parts *parts,
	     const struct incident_log **leaving)
{
	const struct incident_log *exit =
		find_log(parts, CONTRACT_EVENT_EXIT_STARTED);
	struct output output;
	struct flight flight;

	*leaving = exit;
	if (exit != NULL) {
		struct spend wanted = {
			.position = exit->event.as.exit_started.position,
			.in_block = true,
		};

		if (!made_output(&output, exit->event.as.exit_started.output_tx,
				 wanted.position))
			return NULL;
		wanted.owner = output.owner;
		return find_spend(parts, &wanted);
	}
	if (!parts->evidence->has_slot || !find_flight(parts, &flight))
		return NULL;
	*leaving = parts->evidence->slot < PROTOCOL_MAX_INPUTS
			   ? flight.log
			   : piggyback_of(parts, &flight);
	return find_slot_spend(parts, &flight, true);
}

bool incident_exit_shows_late_spend(struct incident_parts *parts)
{
	uint64_t late =
		exit_late_after(parts->evidence->network.min_exit_period);
	const struct incident_log *leaving;
	const struct incident_known *spend = find_leaving(parts, &leaving);

	if (spend == NULL || leaving == NULL)
		return false;
	const struct incident_log *block = incident_parts_root_log(
		parts, position_blknum(spend->of->position));
	return block != NULL && incident_parts_is_before(leaving, block) &&
	       block->time.seconds >=
		       instant_after(leaving->time.seconds, late);
}

/* True if the log says that the slot was paid. */
static bool is_withdrawal(const struct incident_parts *parts,
			  const struct incident_log *log)
{
	bool is_output = parts->evidence->slot >= PROTOCOL_MAX_INPUTS;

	return log->event.kind ==
		       (is_output
				? CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_WITHDRAWN
				: CONTRACT_EVENT_IN_FLIGHT_EXIT_INPUT_WITHDRAWN) &&
	       exit_id_equal(&log->event.as.in_flight_exit_withdrawn.exit_id,
			     &parts->evidence->exit_id) &&
	       log->event.as.in_flight_exit_withdrawn.index ==
		       parts->evidence->slot % PROTOCOL_MAX_INPUTS;
}

/* An output of a transaction in no block is paid rightly unless one of the
 * inputs went elsewhere. */
static bool flight_is_wrong(const struct incident_parts *parts,
			    const struct flight *flight)
{
	if (find_slot_spend(parts, flight, true) != NULL)
		return true;
	for (unsigned int i = 0; parts->evidence->slot >= PROTOCOL_MAX_INPUTS &&
				 i < flight->started->input_count;
	     i++) {
		if (find_rival(parts, flight, i, true) != NULL)
			return true;
	}
	return false;
}

bool incident_exit_shows_payout(struct incident_parts *parts)
{
	const struct incident_log *leaving;
	struct flight flight;

	parts->trusts |= INCIDENT_TRUST_EARLIER_BLOCKS;
	if (find_log(parts, CONTRACT_EVENT_EXIT_STARTED) != NULL)
		return find_log(parts, CONTRACT_EVENT_EXIT_FINALIZED) != NULL &&
		       find_leaving(parts, &leaving) != NULL;
	if (!parts->evidence->has_slot || !find_flight(parts, &flight))
		return false;
	for (size_t i = 0; i < parts->evidence->log_count; i++) {
		if (is_withdrawal(parts, &parts->logs[i]))
			return flight_is_wrong(parts, &flight);
	}
	return false;
}
