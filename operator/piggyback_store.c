/* SPDX-License-Identifier: MIT */
#include "operator/piggyback_store.h"

#include <stdlib.h>

#include "common/base/memory.h"
#include "common/chain/block.h"
#include "common/chain/protocol.h"
#include "common/chain/transaction_codec.h"
#include "common/chain/transaction_hash.h"

/* Coins that look like an output of a transaction. */
struct search {
	struct output output;
	uint32_t oindex;
	struct hash hash; /* of the transaction */
	struct position *candidates;
	size_t count;
	size_t capacity;
	bool found; /* `position` is where */
	struct position position;
};

static void add_candidate(struct search *search, struct position position)
{
	if (search->count == search->capacity) {
		search->capacity = 2 * search->capacity + 16;
		search->candidates =
			memory_resize(search->candidates, search->capacity,
				      sizeof(*search->candidates));
	}
	search->candidates[search->count++] = position;
}

/* On the deciding thread, whose ledger it is. A block that is not fixed loses
 * the transaction, whose inputs are frozen. What a waiting payment has spent
 * already is not in the ledger and is not looked for: it is in a block long
 * before that would be too late. */
static void visit_search(struct operator_state *state, void *context)
{
	struct search *search = context;
	struct ledger *ledger = operator_state_ledger_borrow(state);
	struct mempool *pool = operator_state_mempool_borrow(state);
	struct position position;
	struct output output;
	enum coin_state coin;
	size_t at = 0;

	while (ledger_next(ledger, &at, &position, &output, &coin)) {
		if (position_oindex(position) != search->oindex ||
		    blknum_is_deposit(position_blknum(position)) ||
		    !output_equal(&output, &search->output))
			continue;
		const struct forming_block *block =
			mempool_find_borrow(pool, position_blknum(position));
		uint32_t index = position_txindex(position);

		if (block == NULL) {
			add_candidate(search, position);
		} else if (block->state == FORMING_FIXED &&
			   index < block->count &&
			   hash_equal(&block->payments[index]->hash,
				      &search->hash)) {
			search->found = true;
			search->position = position;
		}
	}
}

static int compare_positions(const void *a, const void *b)
{
	const struct position *left = a;
	const struct position *right = b;

	return (left->packed > right->packed) - (left->packed < right->packed);
}

/* Looks for the transaction where a block has the candidates; all are of that
 * block. */
static bool look_into(const struct piggyback_parts *parts,
		      struct search *search, const struct position *candidates,
		      size_t count, struct error *error)
{
	uint64_t blknum = position_blknum(candidates[0]);
	struct committed_block block;
	struct growing_buffer bytes;
	struct growing_buffer raw;
	struct block_body body;
	bool exists;

	if (!operator_store_block(parts->store, &exists, &block, blknum, error))
		return false;
	if (!exists)
		return error_set(error, ERROR_IO, "block %llu is not there",
				 (unsigned long long)blknum);
	growing_buffer_init(&bytes, PROTOCOL_MAX_BODY_SIZE);
	growing_buffer_init(&raw, PROTOCOL_MAX_RAW_SIZE + 16);
	bool ok = body_store_get(parts->bodies, &bytes, &block.root, error);
	if (ok) {
		struct finding finding =
			block_body_read(&body, growing_buffer_view(&bytes));

		ok = finding.verdict == VERDICT_VALID ||
		     error_set(error, ERROR_IO,
			       "block %llu: its body is damaged",
			       (unsigned long long)blknum);
		for (size_t i = 0; ok && !search->found && i < count; i++) {
			uint32_t index = position_txindex(candidates[i]);

			if (index >= body.count)
				continue;
			growing_buffer_reset(&raw);
			struct hash hash = transaction_hash(
				block_body_raw(&body, index, &raw));
			search->found = hash_equal(&hash, &search->hash);
			search->position = candidates[i];
		}
		block_body_clear(&body);
	}
	growing_buffer_clear(&raw);
	growing_buffer_clear(&bytes);
	return ok;
}

/* The coin of the output, if it is there; each body is read once. */
static bool find_coin(const struct piggyback_parts *parts,
		      struct search *search, struct error *error)
{
	bool ok = true;
	size_t end;

	operator_loop_visit(parts->loop, visit_search, search);
	if (search->count > 0)
		qsort(search->candidates, search->count,
		      sizeof(*search->candidates), compare_positions);
	for (size_t i = 0; ok && !search->found && i < search->count; i = end) {
		uint64_t blknum = position_blknum(search->candidates[i]);

		for (end = i + 1;
		     end < search->count &&
		     position_blknum(search->candidates[end]) == blknum;
		     end++)
			;
		ok = look_into(parts, search, &search->candidates[i], end - i,
			       error);
	}
	memory_free(search->candidates);
	search->candidates = NULL;
	return ok;
}

/* What is piggybacked, out of the transaction that the exit gave. `known`
 * false: no such output. */
static bool read_output(struct search *search, bool *known,
			struct operator_store *store,
			const struct stored_piggyback *piggyback,
			struct error *error)
{
	struct growing_buffer raw;
	struct transaction transaction;

	*search = (struct search){ .oindex = piggyback->output_index,
				   .hash = piggyback->hash };
	growing_buffer_init(&raw, PROTOCOL_MAX_RAW_SIZE + 16);
	bool ok = operator_store_in_flight_exit(store, known, &raw,
						&piggyback->hash, error);
	if (ok && *known) {
		*known = transaction_decode(&transaction,
					    growing_buffer_view(&raw)) ==
				 VERDICT_VALID &&
			 piggyback->output_index < transaction.output_count;
		if (*known)
			search->output =
				transaction.outputs[piggyback->output_index];
	}
	growing_buffer_clear(&raw);
	return ok;
}

static bool record(struct operator_store *store, const struct search *search,
		   const struct stored_piggyback *piggyback,
		   struct error *error)
{
	if (!operator_store_begin(store, error))
		return false;
	if ((!search->found ||
	     operator_store_put_freeze(store, piggyback->eth_block_number,
				       piggyback->log_index, search->position,
				       error)) &&
	    operator_store_resolve_piggyback(store, piggyback, error) &&
	    operator_store_commit(store, error))
		return true;
	operator_store_abandon(store);
	return false;
}

static bool freeze_one(const struct piggyback_parts *parts,
		       const struct stored_piggyback *piggyback,
		       struct error *error)
{
	struct position broken;
	struct search search;
	bool known;

	if (!read_output(&search, &known, parts->store, piggyback, error) ||
	    (known && !find_coin(parts, &search, error)) ||
	    !record(parts->store, &search, piggyback, error))
		return false;
	if (!search.found)
		return true;
	struct operator_event event = { .kind = OPERATOR_EVENT_FROZEN,
					.as.position = search.position };
	return operator_loop_apply(parts->loop, &broken, &event, 1) ||
	       error_set(error, ERROR_SOFTWARE,
			 "freezing a coin broke a block");
}

bool piggyback_store_freeze(const struct piggyback_parts *parts,
			    struct error *error)
{
	struct stored_piggyback *piggybacks;
	size_t count;
	bool ok = true;

	if (!operator_store_piggybacks_new(parts->store, &piggybacks, &count,
					   error))
		return false;
	for (size_t i = 0; ok && i < count; i++)
		ok = freeze_one(parts, &piggybacks[i], error);
	memory_free(piggybacks);
	return ok;
}
