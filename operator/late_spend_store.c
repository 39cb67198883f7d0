/* SPDX-License-Identifier: MIT */
#include "operator/late_spend_store.h"

#include <stdlib.h>

#include "common/base/memory.h"
#include "common/chain/block.h"
#include "common/chain/protocol.h"
#include "common/chain/transaction_codec.h"
#include "common/chain/transaction_hash.h"

/* Coins that were frozen, by position. */
struct freezes {
	struct stored_freeze *items;
	size_t count;
};

static int compare_freezes(const void *a, const void *b)
{
	const struct stored_freeze *left = a;
	const struct stored_freeze *right = b;

	return position_compare(left->position, right->position);
}

/* The first freeze of the position, or where it would stand. */
static size_t find_first(const struct freezes *freezes,
			 struct position position)
{
	size_t begin = 0;
	size_t end = freezes->count;

	while (begin < end) {
		size_t middle = begin + (end - begin) / 2;

		if (position_compare(freezes->items[middle].position,
				     position) < 0)
			begin = middle + 1;
		else
			end = middle;
	}
	return begin;
}

/* True if an exit that is not one of the transaction itself froze the input. */
static bool is_late(const struct freezes *freezes, struct position input,
		    const struct hash *transaction_hash)
{
	for (size_t i = find_first(freezes, input);
	     i < freezes->count &&
	     position_equal(freezes->items[i].position, input);
	     i++) {
		if (!freezes->items[i].is_in_flight ||
		    !hash_equal(&freezes->items[i].hash, transaction_hash))
			return true;
	}
	return false;
}

static bool has_late_spend(const struct freezes *freezes,
			   const struct block_body *body)
{
	struct growing_buffer buffer;
	bool found = false;

	growing_buffer_init(&buffer, PROTOCOL_MAX_RAW_SIZE + 16);
	for (uint32_t i = 0; !found && i < body->count; i++) {
		struct transaction transaction;

		growing_buffer_reset(&buffer);
		struct bytes raw = block_body_raw(body, i, &buffer);
		struct hash hash = transaction_hash(raw);
		/* A body of ours is well-formed. */
		if (transaction_decode(&transaction, raw) != VERDICT_VALID)
			continue;
		for (uint32_t j = 0; j < transaction.input_count; j++)
			found = found ||
				is_late(freezes, transaction.inputs[j], &hash);
	}
	growing_buffer_clear(&buffer);
	return found;
}

static bool look_into(bool *found, const struct freezes *freezes,
		      struct operator_store *store, struct body_store *bodies,
		      uint64_t blknum, struct error *error)
{
	struct committed_block block;
	struct growing_buffer bytes;
	struct block_body body;

	if (!operator_store_block(store, found, &block, blknum, error))
		return false;
	if (!*found)
		return error_set(error, ERROR_IO, "block %llu is not there",
				 (unsigned long long)blknum);
	growing_buffer_init(&bytes, PROTOCOL_MAX_BODY_SIZE);
	bool ok = body_store_get(bodies, &bytes, &block.root, error);
	if (ok) {
		struct finding finding =
			block_body_read(&body, growing_buffer_view(&bytes));

		ok = finding.verdict == VERDICT_VALID ||
		     error_set(error, ERROR_IO,
			       "block %llu: its body is damaged",
			       (unsigned long long)blknum);
		*found = ok && has_late_spend(freezes, &body);
		block_body_clear(&body);
	}
	growing_buffer_clear(&bytes);
	return ok;
}

bool late_spend_store_find(bool *found, uint64_t *blknum,
			   struct operator_store *store,
			   struct body_store *bodies,
			   const struct late_spend_range *range,
			   struct error *error)
{
	struct freezes freezes;
	bool ok = true;

	*found = false;
	if (!operator_store_freezes_between_new(store, &freezes.items,
						&freezes.count, range->after,
						range->eth_block, error))
		return false;
	qsort(freezes.items, freezes.count, sizeof(*freezes.items),
	      compare_freezes);
	*blknum = range->first_blknum;
	while (ok && freezes.count > 0 && *blknum <= range->last_blknum) {
		ok = look_into(found, &freezes, store, bodies, *blknum, error);
		if (*found)
			break;
		*blknum += PROTOCOL_BLOCK_INTERVAL;
	}
	memory_free(freezes.items);
	return ok;
}
