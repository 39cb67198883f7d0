/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/chain/fee.h"
#include "common/chain/protocol.h"
#include "common/chain/transaction_codec.h"
#include "common/chain/transaction_hash.h"
#include "common/chain/transaction_rules.h"
#include "common/codec/merkle_tree.h"
#include "common/ethereum/incident_parts.h"

/* The offending transaction, and what it stands for. */
struct offence {
	struct incident_parts *parts;
	const struct incident_known *known;
	enum verdict rule;
};

/* ---- rules 1-3 ---- */

static bool has_root_before(const struct incident_parts *parts,
			    const struct hash *root)
{
	for (size_t i = 0; i < parts->evidence->log_count; i++) {
		const struct contract_event *event = &parts->logs[i].event;

		if (event->kind == CONTRACT_EVENT_BLOCK_ROOT_SUBMITTED &&
		    event->as.block_root_submitted.blknum <
			    parts->evidence->block &&
		    hash_equal(&event->as.block_root_submitted.root, root))
			return true;
	}
	return false;
}

static bool shows_header(struct incident_parts *parts, enum verdict rule)
{
	struct hash empty = merkle_tree_empty(MERKLE_TREE_DEPTH);
	struct hash root;

	if (!incident_parts_root(parts, &root, parts->evidence->block))
		return false;
	if (rule == VERDICT_ZERO_ROOT)
		return hash_is_zero(&root);
	if (rule == VERDICT_EMPTY_BLOCK)
		return hash_equal(&root, &empty);
	return has_root_before(parts, &root);
}

/* ---- rules 11-38: of one transaction ---- */

static bool shows_bytes(const struct offence *offence)
{
	struct bytes raw = offence->known->of->raw;
	struct transaction transaction;

	if (raw.len > PROTOCOL_MAX_RAW_SIZE)
		return offence->rule == VERDICT_TX_TOO_LONG;
	enum verdict verdict = transaction_decode(&transaction, raw);
	if (verdict == VERDICT_VALID)
		verdict = transaction_judge_fee_fields(
			&transaction, offence->parts->evidence->block);
	return verdict == offence->rule;
}

static bool shows_signature(const struct offence *offence)
{
	const struct transaction *transaction = &offence->known->transaction;
	struct signature signatures[PROTOCOL_MAX_INPUTS];
	enum verdict verdict;

	offence->parts->trusts |= INCIDENT_TRUST_NO_COPY;
	if (!offence->known->decodes)
		return false;
	verdict = transaction_read_signatures(signatures, transaction,
					      offence->known->of->signatures);
	if (offence->rule != VERDICT_SIGNATURE_UNRECOVERABLE ||
	    verdict != VERDICT_VALID)
		return verdict == offence->rule;
	struct hash digest =
		transaction_digest(&offence->parts->domain, transaction);
	for (unsigned int i = 0; i < transaction->input_count; i++) {
		struct address signer;

		if (!signature_recover(&signer, &signatures[i], &digest))
			return true;
	}
	return false;
}

/* Rule 46. */
static bool shows_wrong_owner(const struct offence *offence)
{
	const struct transaction *transaction = &offence->known->transaction;
	struct signature signatures[PROTOCOL_MAX_INPUTS];

	offence->parts->trusts |= INCIDENT_TRUST_NO_COPY;
	if (!offence->known->decodes ||
	    transaction_read_signatures(signatures, transaction,
					offence->known->of->signatures) !=
		    VERDICT_VALID)
		return false;
	struct hash digest =
		transaction_digest(&offence->parts->domain, transaction);
	for (unsigned int i = 0; i < transaction->input_count; i++) {
		struct output spent;
		struct address signer;

		if (incident_parts_output(offence->parts, &spent,
					  transaction->inputs[i]) &&
		    signature_recover(&signer, &signatures[i], &digest) &&
		    !address_equal(&signer, &spent.owner))
			return true;
	}
	return false;
}

/* ---- rules 39-45: against others ---- */

static bool is_fee(const struct incident_known *known)
{
	return known->decodes &&
	       known->transaction.type == PROTOCOL_TX_TYPE_FEE;
}

/* Rules 39, 40, 41 and 44: what an earlier transaction does to this one. */
static bool is_against(const struct offence *offence,
		       const struct incident_known *earlier)
{
	const struct incident_known *known = offence->known;
	const struct transaction *transaction = &known->transaction;
	bool same_block = position_blknum(earlier->of->position) ==
			  position_blknum(known->of->position);

	if (offence->rule == VERDICT_DUPLICATE_TRANSACTION)
		return bytes_equal(earlier->of->raw, known->of->raw);
	if (!known->decodes || !earlier->decodes)
		return false;
	if (offence->rule == VERDICT_FEE_DUPLICATE_TOKEN)
		return same_block && is_fee(known) && is_fee(earlier) &&
		       token_equal(&transaction->outputs[0].token,
				   &earlier->transaction.outputs[0].token);
	if (offence->rule == VERDICT_PAYMENT_AFTER_FEE)
		return same_block && !is_fee(known) && is_fee(earlier);
	for (unsigned int i = 0; i < transaction->input_count; i++) {
		if (incident_parts_input(&earlier->transaction,
					 transaction->inputs[i]) <
		    earlier->transaction.input_count)
			return true;
	}
	return false;
}

static bool shows_earlier(const struct offence *offence)
{
	const struct incident_parts *parts = offence->parts;

	for (size_t i = 0; i < parts->evidence->transaction_count; i++) {
		const struct incident_known *other = &parts->transactions[i];

		if (!other->of->has_position ||
		    blknum_is_deposit(position_blknum(other->of->position)) ||
		    position_compare(other->of->position,
				     offence->known->of->position) >= 0 ||
		    !is_against(offence, other))
			continue;
		if (position_blknum(other->of->position) !=
		    parts->evidence->block)
			offence->parts->trusts |= INCIDENT_TRUST_EARLIER_BLOCKS;
		return true;
	}
	return false;
}

/* Rule 42. */
static bool shows_not_older(const struct offence *offence)
{
	const struct transaction *transaction = &offence->known->transaction;

	for (unsigned int i = 0; i < transaction->input_count; i++) {
		if (position_compare(
			    position_of_transaction(transaction->inputs[i]),
			    offence->known->of->position) >= 0)
			return true;
	}
	return false;
}

/* The transaction of the exit stands where the input says. */
static bool is_output_of(const struct offence *offence,
			 const struct hash *transaction, struct position input)
{
	const struct incident_known *there =
		incident_parts_at(offence->parts, input);

	if (there == NULL)
		return false;
	struct hash hash = transaction_hash(there->of->raw);
	return hash_equal(&hash, transaction);
}

/* A withdrawal from an exit in flight takes the input that it pays; one of an
 * output takes that and all inputs (protocol.md 12). */
static bool is_taken_in_flight(const struct offence *offence,
			       const struct in_flight_exit_started_event *start,
			       const struct contract_event *paid,
			       struct position input)
{
	const struct in_flight_exit_withdrawn_event *withdrawn =
		&paid->as.in_flight_exit_withdrawn;
	bool is_output =
		paid->kind == CONTRACT_EVENT_IN_FLIGHT_EXIT_OUTPUT_WITHDRAWN;
	struct exit_id id = exit_id_in_flight_of_hash(&start->transaction_hash);

	if (!is_output &&
	    paid->kind != CONTRACT_EVENT_IN_FLIGHT_EXIT_INPUT_WITHDRAWN)
		return false;
	if (!exit_id_equal(&id, &withdrawn->exit_id))
		return false;
	for (size_t i = 0; i < start->input_count; i++) {
		if (position_equal(start->input_positions[i], input))
			return is_output || i == withdrawn->index;
	}
	return is_output && position_oindex(input) == withdrawn->index &&
	       is_output_of(offence, &start->transaction_hash, input);
}

/* An exit that started, and the log of what it paid, take the input. */
static bool is_taken(const struct offence *offence,
		     const struct contract_event *start,
		     const struct contract_event *paid, struct position input)
{
	if (start->kind == CONTRACT_EVENT_IN_FLIGHT_EXIT_STARTED)
		return is_taken_in_flight(offence,
					  &start->as.in_flight_exit_started,
					  paid, input);
	return start->kind == CONTRACT_EVENT_EXIT_STARTED &&
	       paid->kind == CONTRACT_EVENT_EXIT_FINALIZED &&
	       exit_id_equal(&start->as.exit_started.exit_id,
			     &paid->as.exit_ended.exit_id) &&
	       position_equal(start->as.exit_started.position, input);
}

static bool is_any_taken(const struct offence *offence,
			 const struct contract_event *start,
			 const struct contract_event *paid)
{
	const struct transaction *transaction = &offence->known->transaction;

	for (unsigned int i = 0; i < transaction->input_count; i++) {
		if (is_taken(offence, start, paid, transaction->inputs[i]))
			return true;
	}
	return false;
}

/* Rule 43: paid out, or flagged with what was, before the block's own log. */
static bool shows_exited(const struct offence *offence)
{
	const struct incident_parts *parts = offence->parts;
	const struct incident_log *block =
		incident_parts_root_log(parts, parts->evidence->block);
	size_t count = parts->evidence->log_count;

	for (size_t i = 0; block != NULL && i < count; i++) {
		for (size_t j = 0; j < count; j++) {
			const struct incident_log *start = &parts->logs[i];
			const struct incident_log *paid = &parts->logs[j];

			if (incident_parts_is_before(start, paid) &&
			    incident_parts_is_before(paid, block) &&
			    is_any_taken(offence, &start->event, &paid->event))
				return true;
		}
	}
	return false;
}

/* Where a deposit block has nothing, whichever it is. */
static bool is_nowhere(struct position input)
{
	return blknum_is_deposit(position_blknum(input)) &&
	       (position_txindex(input) != 0 || position_oindex(input) != 0);
}

/* Rule 45: where the output would be, there is another transaction, or none.
 * That there was no deposit of a number cannot be shown. */
static bool shows_unknown(const struct offence *offence)
{
	const struct transaction *transaction = &offence->known->transaction;

	for (unsigned int i = 0; i < transaction->input_count; i++) {
		struct position input = transaction->inputs[i];
		const struct incident_known *there =
			incident_parts_at(offence->parts, input);

		if (is_nowhere(input) ||
		    (there != NULL &&
		     position_oindex(input) >= there->transaction.output_count))
			return true;
	}
	return false;
}

/* ---- rules 47-51: amounts ---- */

static bool read_spent(const struct incident_parts *parts,
		       const struct transaction *transaction,
		       struct output spent[PROTOCOL_MAX_INPUTS])
{
	bool ok = true;

	for (unsigned int i = 0; ok && i < transaction->input_count; i++)
		ok = incident_parts_output(parts, &spent[i],
					   transaction->inputs[i]);
	return ok;
}

static bool shows_amounts(const struct offence *offence)
{
	struct output spent[PROTOCOL_MAX_INPUTS];
	struct surplus surplus;

	offence->parts->trusts |= INCIDENT_TRUST_EARLIER_BLOCKS;
	return offence->known->decodes && !is_fee(offence->known) &&
	       read_spent(offence->parts, &offence->known->transaction,
			  spent) &&
	       transaction_judge_amounts(&surplus, &offence->known->transaction,
					 spent) == offence->rule;
}

/* Rules 49-51: the pots of the block, up to the offending transaction. */
static enum verdict judge_pots(const struct incident_parts *parts,
			       struct fee_pots *pots)
{
	const struct incident_evidence *evidence = parts->evidence;
	enum verdict verdict = VERDICT_VALID;

	for (uint32_t i = 0;
	     verdict == VERDICT_VALID && i <= evidence->tx_index; i++) {
		struct output spent[PROTOCOL_MAX_INPUTS];
		struct surplus surplus;
		struct position position;
		const struct incident_known *known =
			position_make(&position, evidence->block, i, 0)
				? incident_parts_at(parts, position)
				: NULL;

		if (known == NULL || !known->decodes)
			return VERDICT_VALID;
		if (is_fee(known)) {
			verdict = fee_pots_claim(pots, &known->transaction);
		} else if (!read_spent(parts, &known->transaction, spent) ||
			   transaction_judge_amounts(&surplus,
						     &known->transaction,
						     spent) != VERDICT_VALID) {
			return VERDICT_VALID;
		} else {
			verdict = fee_pots_add(pots, &surplus);
		}
		if (verdict != VERDICT_VALID && i < evidence->tx_index)
			return VERDICT_VALID;
	}
	return verdict;
}

static bool shows_pots(const struct offence *offence)
{
	struct fee_pots *pots = fee_pots_new();
	enum verdict verdict = judge_pots(offence->parts, pots);

	offence->parts->trusts |= INCIDENT_TRUST_EARLIER_BLOCKS;
	fee_pots_free(pots);
	return verdict == offence->rule;
}

/* ---- all of them ---- */

static bool shows_transaction(const struct offence *offence)
{
	switch ((int)offence->rule) {
	case VERDICT_FEE_DUPLICATE_TOKEN:
	case VERDICT_PAYMENT_AFTER_FEE:
	case VERDICT_DUPLICATE_TRANSACTION:
	case VERDICT_INPUT_SPENT:
		return shows_earlier(offence);
	case VERDICT_INPUT_NOT_OLDER:
		return shows_not_older(offence);
	case VERDICT_INPUT_EXITED:
		return shows_exited(offence);
	case VERDICT_INPUT_UNKNOWN:
		return shows_unknown(offence);
	case VERDICT_SIGNATURE_WRONG_OWNER:
		return shows_wrong_owner(offence);
	case VERDICT_AMOUNT_OVERFLOW:
	case VERDICT_AMOUNTS_DO_NOT_ADD_UP:
		return shows_amounts(offence);
	case VERDICT_FEE_POT_OVERFLOW:
	case VERDICT_FEE_TOKEN_NOT_COLLECTED:
	case VERDICT_FEE_AMOUNT_MISMATCH:
		return shows_pots(offence);
	}
	return verdict_grade(offence->rule) == VERDICT_GRADE_W
		       ? shows_signature(offence)
		       : shows_bytes(offence);
}

bool incident_block_shows(struct incident_parts *parts)
{
	const struct incident_evidence *evidence = parts->evidence;
	struct offence offence = { .parts = parts, .rule = evidence->rule };
	struct position position;

	if (!evidence->has_block || evidence->rule == VERDICT_VALID)
		return false;
	if (evidence->rule <= VERDICT_EMPTY_BLOCK)
		return shows_header(parts, evidence->rule);
	if (!evidence->has_tx_index ||
	    !position_make(&position, evidence->block, evidence->tx_index, 0))
		return false;
	offence.known = incident_parts_at(parts, position);
	return offence.known != NULL && shows_transaction(&offence);
}
