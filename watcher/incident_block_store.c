/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/base/memory.h"
#include "common/chain/transaction_codec.h"
#include "watcher/exit_store.h"
#include "watcher/incident_store.h"
#include "watcher/inflight_store.h"

/* Transactions of a block up to which the pots of its fees are shown: beyond,
 * whoever doubts needs the body, which the watcher serves. */
#define MOST_OF_POT 1024

/* The bad block in work. */
struct offence {
	struct incident *incident;
	struct block_body body;
	struct position position;	/* of the offending transaction */
	struct transaction transaction; /* zero if it does not decode */
};

static bool decode(struct transaction *out, const struct block_body *body,
		   uint32_t index)
{
	struct growing_buffer buffer;

	growing_buffer_init(&buffer, PROTOCOL_MAX_BODY_SIZE);
	struct bytes raw = block_body_raw(body, index, &buffer);
	bool ok = raw.len <= PROTOCOL_MAX_RAW_SIZE &&
		  transaction_decode(out, raw) == VERDICT_VALID;
	if (!ok)
		memset(out, 0, sizeof(*out));
	growing_buffer_clear(&buffer);
	return ok;
}

/* Rule 2: the block that had the root before. */
static bool add_first_root(struct incident *incident,
			   const struct watched_block *block,
			   struct error *error)
{
	struct watched_block *list = memory_new(256, sizeof(*list));
	uint64_t from = 0;
	size_t count = 256;
	bool ok = true;

	while (ok && count == 256 && from < block->blknum) {
		ok = watcher_store_blocks(incident->sources->database, list,
					  &count, 256, from, error);
		for (size_t i = 0; ok && i < count; i++) {
			from = list[i].blknum + 1;
			if (from <= block->blknum &&
			    hash_equal(&list[i].root, &block->root)) {
				ok = proof_store_root(incident, list[i].blknum,
						      error);
				from = block->blknum;
			}
		}
	}
	memory_free(list);
	return ok;
}

static bool has_input(const struct transaction *transaction,
		      struct position position)
{
	for (unsigned int i = 0; i < transaction->input_count; i++) {
		if (position_equal(transaction->inputs[i], position))
			return true;
	}
	return false;
}

/* True if what stands before the offender in the block speaks against it. */
static bool is_against(const struct offence *offence, enum verdict rule,
		       uint32_t index)
{
	const struct transaction *own = &offence->transaction;
	struct transaction other;
	bool shares = false;

	if (rule == VERDICT_DUPLICATE_TRANSACTION)
		return hash_equal(
			&offence->body.leaves[index],
			&offence->body
				 .leaves[position_txindex(offence->position)]);
	if (!decode(&other, &offence->body, index))
		return false;
	if (rule != VERDICT_INPUT_SPENT)
		return other.type == PROTOCOL_TX_TYPE_FEE;
	for (unsigned int i = 0; i < own->input_count; i++)
		shares = shares || has_input(&other, own->inputs[i]);
	return shares;
}

static bool add_earlier_here(struct offence *offence, enum verdict rule,
			     struct error *error)
{
	uint64_t blknum = position_blknum(offence->position);
	bool ok = true;

	for (uint32_t i = 0; ok && i < position_txindex(offence->position);
	     i++) {
		struct position position;

		if (is_against(offence, rule, i) &&
		    position_make(&position, blknum, i, 0))
			ok = proof_store_of_body(offence->incident,
						 &offence->body, position,
						 error);
	}
	return ok;
}

/* What spent the inputs in earlier blocks: the same transaction if it is there
 * twice. */
static bool add_spenders(struct offence *offence, struct error *error)
{
	const struct transaction *own = &offence->transaction;
	bool ok = true;

	for (unsigned int i = 0; ok && i < own->input_count; i++) {
		struct watched_coin coin;
		bool found;

		ok = watcher_store_coin(offence->incident->sources->database,
					&found, &coin, own->inputs[i], error);
		if (ok && found && coin.has_spender)
			ok = proof_store_transaction(offence->incident,
						     coin.spender, error);
	}
	return ok;
}

static bool add_inputs(struct incident *incident, const struct block_body *body,
		       uint64_t blknum, const struct transaction *transaction,
		       struct error *error)
{
	bool ok = true;

	for (unsigned int i = 0; ok && i < transaction->input_count; i++)
		ok = position_blknum(transaction->inputs[i]) == blknum
			     ? proof_store_of_body(incident, body,
						   transaction->inputs[i],
						   error)
			     : proof_store_transaction(
				       incident, transaction->inputs[i], error);
	return ok;
}

/* Rule 45: what stands where an unknown input would be. A deposit that is not
 * there cannot be shown. */
static bool add_there(struct incident *incident, struct position input,
		      struct error *error)
{
	uint64_t blknum = position_blknum(input);
	struct body_file file;
	struct block_body body;
	struct watched_coin coin;
	bool found;

	if (!watcher_store_coin(incident->sources->database, &found, &coin,
				input, error))
		return false;
	if (found)
		return true;
	if (blknum_is_deposit(blknum)) {
		if (position_txindex(input) == 0 && position_oindex(input) == 0)
			incident->evidence.is_complete = false;
		return true;
	}
	bool ok =
		proof_store_body(incident, &found, &body, &file, blknum, error);
	if (ok && found)
		ok = proof_store_of_body(incident, &body, input, error);
	else
		incident->evidence.is_complete = false;
	block_body_clear(&body);
	body_file_clear(&file);
	return ok;
}

/* Rule 43: start and end of the exit that took an input. */
static bool add_exit(struct incident *incident, struct position input,
		     struct error *error)
{
	struct database *database = incident->sources->database;
	struct recorded_standard_exit standard;
	struct recorded_in_flight_exit *flight;
	struct watched_coin coin;
	struct exit_place place;
	bool found;

	if (!watcher_store_coin(database, &found, &coin, input, error))
		return false;
	if (!found || !coin.exited)
		return true;
	/* A flag without a pay-out may follow from the whole life alone. */
	if (!coin.exit_paid)
		incident->evidence.is_complete = false;
	if (!exit_store_standard(database, &found, &standard, &coin.exit_id,
				 error))
		return false;
	place = standard.place;
	if (!found) {
		flight = memory_new(1, sizeof(*flight));
		bool ok = inflight_store_newest(
			database, &found, flight, &coin.exit_id,
			incident->facts->network->min_exit_period, error);
		place = flight->place;
		memory_free(flight);
		/* It may be an output of the exiting transaction. */
		if (!ok || !proof_store_transaction(incident, input, error))
			return false;
	}
	return (!found || proof_store_log(incident, place.eth_block_number,
					  place.log_index, error)) &&
	       proof_store_log(incident, coin.exited_eth_block,
			       coin.exited_log_index, error);
}

static bool for_inputs(struct offence *offence,
		       bool (*add)(struct incident *incident,
				   struct position input, struct error *error),
		       struct error *error)
{
	bool ok = true;

	for (unsigned int i = 0; ok && i < offence->transaction.input_count;
	     i++)
		ok = add(offence->incident, offence->transaction.inputs[i],
			 error);
	return ok;
}

/* Rules 49-51: the block up to the offender, and all that it spends. */
static bool add_pot(struct offence *offence, struct error *error)
{
	uint64_t blknum = position_blknum(offence->position);
	uint32_t last = position_txindex(offence->position);
	bool ok = true;

	if (last >= MOST_OF_POT) {
		offence->incident->evidence.is_complete = false;
		return true;
	}
	for (uint32_t i = 0; ok && i <= last; i++) {
		struct transaction transaction;
		struct position position;

		ok = decode(&transaction, &offence->body, i) &&
		     position_make(&position, blknum, i, 0);
		if (!ok)
			return true; /* not what the rule says */
		ok = proof_store_of_body(offence->incident, &offence->body,
					 position, error) &&
		     add_inputs(offence->incident, &offence->body, blknum,
				&transaction, error);
	}
	return ok;
}

/* What the rule needs beside the offender. */
static bool add_for_rule(struct offence *offence, enum verdict rule,
			 struct error *error)
{
	switch ((int)rule) {
	case VERDICT_FEE_DUPLICATE_TOKEN:
	case VERDICT_PAYMENT_AFTER_FEE:
		return add_earlier_here(offence, rule, error);
	case VERDICT_DUPLICATE_TRANSACTION:
	case VERDICT_INPUT_SPENT:
		return add_earlier_here(offence, rule, error) &&
		       add_spenders(offence, error);
	case VERDICT_INPUT_EXITED:
		return for_inputs(offence, add_exit, error);
	case VERDICT_INPUT_UNKNOWN:
		return for_inputs(offence, add_there, error);
	case VERDICT_SIGNATURE_WRONG_OWNER:
	case VERDICT_AMOUNT_OVERFLOW:
	case VERDICT_AMOUNTS_DO_NOT_ADD_UP:
		return add_inputs(offence->incident, &offence->body,
				  position_blknum(offence->position),
				  &offence->transaction, error);
	case VERDICT_FEE_POT_OVERFLOW:
	case VERDICT_FEE_TOKEN_NOT_COLLECTED:
	case VERDICT_FEE_AMOUNT_MISMATCH:
		return add_pot(offence, error);
	}
	return true;
}

static bool add_offence(struct incident *incident,
			const struct watched_block *block, struct error *error)
{
	struct offence offence = { .incident = incident };
	struct body_file file;
	bool found;
	bool ok = proof_store_body(incident, &found, &offence.body, &file,
				   block->blknum, error);

	if (ok && found && block->tx_index < offence.body.count &&
	    position_make(&offence.position, block->blknum, block->tx_index,
			  0)) {
		(void)decode(&offence.transaction, &offence.body,
			     block->tx_index); /* it may well not */
		ok = proof_store_of_body(incident, &offence.body,
					 offence.position, error) &&
		     add_for_rule(&offence, block->verdict, error);
	} else {
		incident->evidence.is_complete = false;
	}
	block_body_clear(&offence.body);
	body_file_clear(&file);
	return ok;
}

bool incident_store_block(struct incident *incident, struct error *error)
{
	struct incident_evidence *evidence = &incident->evidence;
	struct watched_block block;
	bool found;

	if (!proof_store_root(incident, evidence->block, error))
		return false;
	if (incident->event->kind != EVENT_INVALID_BLOCK)
		return true;
	if (!watcher_store_block(incident->sources->database, &found, &block,
				 evidence->block, error))
		return false;
	if (!found)
		return true;
	evidence->rule = block.verdict;
	evidence->has_tx_index = block.has_tx_index;
	evidence->tx_index = block.has_tx_index ? block.tx_index : 0;
	if (block.verdict == VERDICT_REPEATED_ROOT)
		return add_first_root(incident, &block, error);
	return !block.has_tx_index || add_offence(incident, &block, error);
}
