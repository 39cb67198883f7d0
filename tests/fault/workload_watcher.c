/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/fault/workload.h"
#include "watcher/watcher_store.h"

/* The watcher's verified chain: each step is an event of the root chain with
 * what it brings and the cursor behind it; some coins leave by an exit, some
 * deposits come again with another content, as after a reorganisation. */

static struct hash hash_of(unsigned int byte)
{
	struct hash hash;

	memset(hash.bytes, (int)byte, sizeof(hash.bytes));
	return hash;
}

static bool open_watcher(void **out, struct error *error)
{
	struct watcher_network network = { .chain_id = 31337 };

	return watcher_store_open((struct database **)out, "data", &network,
				  error);
}

static bool put_deposit(struct database *database, unsigned int step,
			unsigned int blknum, struct error *error)
{
	struct watched_deposit deposit = {
		.blknum = blknum,
		.root = hash_of(step),
		.time = { 1000 + step },
		.eth_block_number = 100 + step,
		.eth_block_hash = hash_of(step),
		.eth_transaction_hash = hash_of(step),
		.bytes_known = true,
		.raw_len = 90,
	};

	deposit.output.type = PROTOCOL_OUTPUT_TYPE_PAYMENT;
	deposit.output.owner.bytes[0] = 7;
	deposit.output.amount = amount_from_u256(u256_of(1000 + step));
	memset(deposit.raw, (int)step, deposit.raw_len);
	return watcher_store_put_deposit(database, &deposit, error);
}

static bool put_block(struct database *database, unsigned int step,
		      struct error *error)
{
	struct watched_block block = {
		.blknum = 1000 * (uint64_t)step,
		.root = hash_of(step),
		.time = { 1000 + step },
		.eth_block_number = 100 + step,
		.eth_block_hash = hash_of(step),
		.state = BLOCK_STATE_PENDING,
		.verdict = VERDICT_VALID,
	};

	return watcher_store_put_block(database, &block, error);
}

static bool put_exited(struct database *database, unsigned int step,
		       unsigned int blknum, struct error *error)
{
	struct exit_id id = { { (uint8_t)step } };
	struct position position;

	if (!position_make(&position, blknum, 0, 0))
		return error_set(error, ERROR_SOFTWARE, "no position");
	return watcher_store_put_exited(database, position, 100 + step, 1, &id,
					true, error);
}

static bool do_step(struct database *database, unsigned int step,
		    struct error *error)
{
	struct watcher_cursor cursor = { .eth_block_number = 100 + step,
					 .log_index = step,
					 .head_number = 100 + step,
					 .head_hash = hash_of(step),
					 .head_time = { 1000 + step } };
	bool ok = put_deposit(database, step, step % 4 == 0 ? step - 1 : step,
			      error) &&
		  put_block(database, step, error);

	if (ok && step % 3 == 0)
		ok = put_exited(database, step, step - 2, error);
	return ok && watcher_store_put_cursor(database, &cursor, error);
}

static bool take_step(void *handle, unsigned int number, struct error *error)
{
	if (!database_begin(handle, error))
		return false;
	if (do_step(handle, number, error) && database_commit(handle, error))
		return true;
	database_rollback(handle);
	return false;
}

static void close_watcher(void *handle)
{
	database_close(handle);
}

const struct workload workload_watcher = {
	"verified chain", "data/watcher.db", 12,
	open_watcher,	  take_step,	     close_watcher
};
