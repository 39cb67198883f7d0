/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "rootchain/snapshot_store.h"
#include "tests/fault/workload.h"

/* The follower's snapshot: eth_blocks with logs and child blocks, one commit
 * each, and twice a reorganisation that takes two of them back. */

#define REORGANISE 5

static struct hash hash_of(unsigned int byte)
{
	struct hash hash;

	memset(hash.bytes, (int)byte, sizeof(hash.bytes));
	return hash;
}

static struct snapshot_identity identity(void)
{
	struct snapshot_identity identity = {
		.chain_id = 31337,
		.deployment_block = 100,
		.deployment_block_hash = hash_of(100),
	};

	identity.plasma_framework.bytes[0] = 1;
	identity.eth_vault.bytes[0] = 2;
	identity.erc20_vault.bytes[0] = 3;
	identity.payment_exit_game.bytes[0] = 4;
	return identity;
}

static bool open_snapshot(void **out, struct error *error)
{
	struct snapshot_identity about = identity();

	return snapshot_store_open((struct snapshot_store **)out, "data",
				   &about, error);
}

/* Steps 5 and 10 take back two eth_blocks and put another in their place. */
static unsigned int number_of(unsigned int step)
{
	return 100 + step - 2 * (step / REORGANISE);
}

static bool put_logs(struct snapshot_store *store, unsigned int step,
		     struct error *error)
{
	static const uint8_t data[700] = { 1 };
	struct eth_log log = {
		.topics = { contract_event_topic(
			CONTRACT_EVENT_BLOCK_SUBMITTED) },
		.topic_count = 1,
		.data = { data, sizeof(data) },
		.eth_block_number = number_of(step),
		.eth_block_hash = hash_of(step),
		.eth_transaction_hash = hash_of(step),
	};
	struct stored_child_block block = {
		.blknum = 1000 * (uint64_t)step,
		.root = hash_of(step),
		.eth_block_number = number_of(step),
	};

	for (log.log_index = 0; log.log_index < 3; log.log_index++)
		if (!snapshot_store_put_log(
			    store, &log, CONTRACT_EVENT_BLOCK_SUBMITTED, error))
			return false;
	return snapshot_store_put_child_block(store, &block, error);
}

static bool reorganise(struct snapshot_store *store, unsigned int step,
		       struct error *error)
{
	struct stored_reorganisation what = {
		.generation = step / REORGANISE,
		.first_undone = number_of(step),
		.first_undone_hash = hash_of(step),
		.old_head_number = number_of(step) + 1,
		.old_head_hash = hash_of(step),
	};

	return snapshot_store_undo(store, number_of(step), error) &&
	       snapshot_store_put_reorganisation(store, &what, error);
}

static bool do_step(struct snapshot_store *store, unsigned int step,
		    struct error *error)
{
	static const uint8_t header[600] = { 0xf9 };
	struct stored_eth_block at = { .number = number_of(step),
				       .hash = hash_of(step),
				       .time = { 1000 + step } };
	struct snapshot_head head = { .number = at.number,
				      .hash = at.hash,
				      .time = at.time,
				      .last_good_poll = { step },
				      .generation = step / REORGANISE };

	if (step % REORGANISE == 0 && !reorganise(store, step, error))
		return false;
	return snapshot_store_put_eth_block(
		       store, &at, bytes_view(header, sizeof(header)), error) &&
	       put_logs(store, step, error) &&
	       snapshot_store_put_head(store, &head, error);
}

static bool take_step(void *handle, unsigned int number, struct error *error)
{
	if (!snapshot_store_begin(handle, error))
		return false;
	if (do_step(handle, number, error) &&
	    snapshot_store_commit(handle, error))
		return true;
	snapshot_store_rollback(handle);
	return false;
}

static void close_snapshot(void *handle)
{
	snapshot_store_close(handle);
}

const struct workload workload_snapshot = { "snapshot", "data/rootchain.db",
					    12,		open_snapshot,
					    take_step,	close_snapshot };
