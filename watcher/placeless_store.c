/* SPDX-License-Identifier: MIT */
#include "watcher/placeless_store.h"

#include "common/base/memory.h"
#include "common/base/writer.h"
#include "common/chain/transaction_codec.h"
#include "common/codec/merkle_tree.h"
#include "watcher/inflight_store.h"
#include "watcher/payout_store.h"
#include "watcher/watcher_store.h"

/* The index of the transaction in the body; its count if it is not there. */
static uint32_t index_in(const struct block_body *body,
			 const struct transaction *transaction)
{
	uint8_t raw[PROTOCOL_MAX_RAW_SIZE];
	struct writer writer = writer_of(raw, sizeof(raw));
	uint32_t index = 0;

	transaction_encode(&writer, transaction);
	struct hash leaf = merkle_tree_leaf(writer_view(&writer));
	while (index < body->count && !hash_equal(&body->leaves[index], &leaf))
		index++;
	return index;
}

static bool place(struct database *database, const struct payout *payout,
		  struct position position, struct error *error)
{
	return payout_store_put_place(database, payout->place, position,
				      error) &&
	       watcher_store_put_exited(
		       database, position, payout->place.eth_block_number,
		       payout->place.log_index, &payout->exit_id, true, error);
}

static bool apply_one(struct database *database, const struct payout *payout,
		      const struct block_body *body, uint64_t blknum,
		      uint64_t exit_period, struct error *error)
{
	struct recorded_in_flight_exit *flight = memory_new(1, sizeof(*flight));
	struct position position;
	bool found;

	bool ok = inflight_store_newest(database, &found, flight,
					&payout->exit_id, exit_period, error);
	uint32_t index = ok && found ? index_in(body, &flight->exit.transaction)
				     : body->count;
	memory_free(flight);
	if (index < body->count &&
	    position_make(&position, blknum, index,
			  payout->slot - IN_FLIGHT_OUTPUT_SLOT))
		ok = place(database, payout, position, error);
	return ok;
}

bool placeless_store_apply(struct database *database,
			   const struct block_body *body, uint64_t blknum,
			   const struct pass_facts *facts, struct error *error)
{
	struct payout *list;
	size_t count;

	if (!payout_store_placeless_new(database, &list, &count, error))
		return false;
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++)
		ok = list[i].slot < IN_FLIGHT_OUTPUT_SLOT ||
		     apply_one(database, &list[i], body, blknum,
			       facts->network->min_exit_period, error);
	memory_free(list);
	return ok;
}
