/* SPDX-License-Identifier: MIT */
#include "watcher/proof_store.h"

#include <string.h>

#include "common/base/memory.h"
#include "common/chain/protocol.h"
#include "common/codec/merkle_tree.h"
#include "common/codec/rlp_writer.h"
#include "watcher/inclusion_store.h"

void proof_store_clear(struct incident *incident)
{
	memory_free(incident->logs);
	memory_free(incident->roots);
	memory_free(incident->transactions);
	incident->logs = NULL;
	incident->roots = NULL;
	incident->transactions = NULL;
}

static bool too_long(struct error *error)
{
	return error_set(error, ERROR_SOFTWARE,
			 "an evidence needs more memory than it may");
}

/* True if there is room for one more part of a list. */
static bool has_room(struct incident *incident, size_t count)
{
	if (count < INCIDENT_MAX_PARTS)
		return true;
	incident->evidence.is_complete = false;
	return false;
}

/* ---- the root chain ---- */

static void put_log(struct incident *incident, const struct log_anchor *anchor)
{
	struct incident_evidence *evidence = &incident->evidence;

	for (size_t i = 0; i < evidence->log_count; i++) {
		const struct log_anchor *there = &incident->logs[i];

		if (there->eth_block_number == anchor->eth_block_number &&
		    there->transaction_index == anchor->transaction_index &&
		    there->log_index == anchor->log_index)
			return;
	}
	if (!has_room(incident, evidence->log_count))
		return;
	incident->logs = memory_resize(incident->logs, evidence->log_count + 1,
				       sizeof(*incident->logs));
	incident->logs[evidence->log_count++] = *anchor;
	evidence->logs = incident->logs;
}

bool proof_store_log(struct incident *incident, uint64_t eth_block_number,
		     uint32_t log_index, struct error *error)
{
	struct log_anchor anchor;
	bool found;

	memset(&anchor, 0, sizeof(anchor));
	if (!evidence_store_anchor(incident->sources, &found, &anchor,
				   incident->arena, eth_block_number, log_index,
				   error))
		return false;
	if (found)
		put_log(incident, &anchor);
	else
		incident->evidence.is_complete = false;
	return true;
}

/* The root as the database has it. */
static bool find_root(struct incident *incident, bool *found, struct hash *root,
		      uint64_t blknum, struct error *error)
{
	struct database *database = incident->sources->database;
	struct watched_deposit deposit;
	struct watched_block block;

	if (blknum_is_deposit(blknum)) {
		if (!watcher_store_deposit(database, found, &deposit, blknum,
					   error))
			return false;
		*root = deposit.root;
		return true;
	}
	if (!watcher_store_block(database, found, &block, blknum, error))
		return false;
	*root = block.root;
	return true;
}

static bool put_root(struct incident *incident, uint64_t blknum,
		     struct error *error)
{
	struct incident_evidence *evidence = &incident->evidence;
	struct incident_root root = { .blknum = blknum };
	bool found;

	if (!find_root(incident, &found, &root.root, blknum, error))
		return false;
	for (size_t i = 0; i < evidence->root_count; i++) {
		if (incident->roots[i].blknum == blknum)
			return true;
	}
	if (!found || !has_room(incident, evidence->root_count))
		return true;
	incident->roots =
		memory_resize(incident->roots, evidence->root_count + 1,
			      sizeof(*incident->roots));
	incident->roots[evidence->root_count++] = root;
	evidence->roots = incident->roots;
	return true;
}

bool proof_store_root(struct incident *incident, uint64_t blknum,
		      struct error *error)
{
	struct log_anchor anchor;
	bool found;

	memset(&anchor, 0, sizeof(anchor));
	if (!evidence_store_block_anchor(incident->sources, &found, &anchor,
					 incident->arena, blknum, error))
		return false;
	if (!found)
		return put_root(incident, blknum, error);
	put_log(incident, &anchor);
	return true;
}

/* ---- the child chain ---- */

static bool has_transaction(const struct incident *incident,
			    struct position position)
{
	for (size_t i = 0; i < incident->evidence.transaction_count; i++) {
		if (incident->transactions[i].has_position &&
		    position_equal(incident->transactions[i].position,
				   position))
			return true;
	}
	return false;
}

static void put_transaction(struct incident *incident,
			    const struct incident_transaction *transaction)
{
	struct incident_evidence *evidence = &incident->evidence;

	if (!has_room(incident, evidence->transaction_count))
		return;
	incident->transactions = memory_resize(incident->transactions,
					       evidence->transaction_count + 1,
					       sizeof(*incident->transactions));
	incident->transactions[evidence->transaction_count++] = *transaction;
	evidence->transactions = incident->transactions;
}

/* The parts come from memory that does not last. */
static bool copy_transaction(struct incident *incident,
			     struct incident_transaction transaction,
			     struct error *error)
{
	struct arena *arena = incident->arena;

	transaction.raw = arena_copy(arena, transaction.raw);
	transaction.proof = arena_copy(arena, transaction.proof);
	transaction.signatures = arena_copy(arena, transaction.signatures);
	if (transaction.raw.data == NULL || transaction.proof.data == NULL ||
	    transaction.signatures.data == NULL)
		return too_long(error);
	put_transaction(incident, &transaction);
	return true;
}

static bool put_inclusion(struct incident *incident, struct position position,
			  struct bytes signatures, struct error *error)
{
	struct inclusion inclusion;
	bool found;
	bool ok = inclusion_store_find(incident->sources->bodies, &found,
				       &inclusion, incident->sources->database,
				       position, error);

	if (ok && found)
		ok = copy_transaction(
			incident,
			(struct incident_transaction){
				true, position_of_transaction(position),
				inclusion.raw,
				signatures.len > 0 ? signatures
						   : inclusion.signatures,
				bytes_view(inclusion.proof,
					   PROTOCOL_PROOF_SIZE) },
			error);
	inclusion_clear(&inclusion);
	if (!ok)
		return false;
	if (found)
		return proof_store_root(incident, position_blknum(position),
					error);
	incident->evidence.is_complete = false;
	return true;
}

bool proof_store_transaction(struct incident *incident,
			     struct position position, struct error *error)
{
	return has_transaction(incident, position_of_transaction(position)) ||
	       put_inclusion(incident, position, bytes_view(NULL, 0), error);
}

bool proof_store_spend(struct incident *incident,
		       const struct known_spend *spend, struct error *error)
{
	uint8_t item[SIGNATURE_SIZE + RLP_HEADER_MAX];
	struct writer list = writer_of(item, sizeof(item));

	if (spend == NULL) {
		incident->evidence.is_complete = false;
		return true;
	}
	rlp_put_string(&list, bytes_view(spend->witness.bytes, SIGNATURE_SIZE));
	if (spend->place.kind == BLOCK_PLACE_KNOWN)
		return put_inclusion(incident, spend->place.position,
				     writer_view(&list), error);
	return copy_transaction(
		incident,
		(struct incident_transaction){
			.raw = spend->raw, .signatures = writer_view(&list) },
		error);
}

bool proof_store_body(struct incident *incident, bool *found,
		      struct block_body *body, struct body_file *file,
		      uint64_t blknum, struct error *error)
{
	struct watched_block block;

	memset(body, 0, sizeof(*body));
	*file = BODY_FILE_NONE;
	if (!watcher_store_block(incident->sources->database, found, &block,
				 blknum, error))
		return false;
	*found = *found && block.has_body;
	if (!*found)
		return true;
	if (!body_store_map(incident->sources->bodies, file, &block.root,
			    error)) {
		*found = false;
		return error->code == ERROR_NO_INPUT;
	}
	struct finding finding = block_body_read_mapped(body, file->bytes);
	*found = finding.verdict == VERDICT_VALID &&
		 hash_equal(&body->root, &block.root);
	return true;
}

/* The proof of a leaf behind the last transaction. */
static void prove_nothing(uint8_t proof[PROTOCOL_PROOF_SIZE],
			  const struct block_body *body, uint32_t index)
{
	struct hash *leaves = memory_new(index + 1, sizeof(*leaves));

	for (uint32_t i = 0; i <= index; i++)
		leaves[i] = i < body->count ? body->leaves[i]
					    : merkle_tree_empty(0);
	merkle_tree_prove(proof, leaves, index + 1, index);
	memory_free(leaves);
}

bool proof_store_of_body(struct incident *incident,
			 const struct block_body *body,
			 struct position position, struct error *error)
{
	static const uint8_t nothing[32];
	uint32_t index = position_txindex(position);
	uint8_t proof[PROTOCOL_PROOF_SIZE];
	struct growing_buffer raw;
	struct incident_transaction transaction = {
		.has_position = true,
		.position = position_of_transaction(position),
		.raw = bytes_view(nothing, sizeof(nothing)),
		.proof = bytes_view(proof, sizeof(proof)),
	};

	if (has_transaction(incident, transaction.position))
		return true;
	growing_buffer_init(&raw, PROTOCOL_MAX_BODY_SIZE);
	if (index < body->count) {
		transaction.raw = block_body_raw(body, index, &raw);
		transaction.signatures =
			block_body_frame(body, index).signatures;
		block_body_proof(proof, body, index);
	} else {
		prove_nothing(proof, body, index);
	}
	bool ok = copy_transaction(incident, transaction, error);
	growing_buffer_clear(&raw);
	return ok &&
	       proof_store_root(incident, position_blknum(position), error);
}
