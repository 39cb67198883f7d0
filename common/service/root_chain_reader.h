/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_ROOT_CHAIN_READER_H
#define PLASMA_COMMON_SERVICE_ROOT_CHAIN_READER_H

/*
 * What a follower asks a node of the root chain: eth_blocks, receipts, logs,
 * transactions. Answers are parsed strictly but not proved: who needs to
 * believe them rebuilds hashes from them. Errors are those of
 * root_chain_rpc_call(). What varies in length lies in the caller's arena,
 * whose ceiling bounds it (ERROR_PROTOCOL past it).
 */

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/u256.h"
#include "common/ethereum/eth_header.h"
#include "common/ethereum/eth_log.h"
#include "common/ethereum/eth_receipt.h"
#include "common/service/eth_point.h"
#include "common/service/root_chain_batch.h"
#include "common/service/root_chain_rpc.h"

/* An eth_block as the node tells it; everything in the arena. */
struct root_chain_block {
	struct eth_header header;
	struct hash hash; /* as the node says */
	struct hash *transactions;
	size_t transaction_count;
};

/* `found` is false if the node has no such eth_block (or no such tag). */
NODISCARD bool root_chain_reader_block(struct root_chain_rpc *rpc, bool *found,
				       struct root_chain_block *out,
				       struct arena *arena,
				       const struct eth_point *point,
				       struct error *error);

/* The same as one call of a batch, and its answer. */
size_t root_chain_reader_add_block(struct root_chain_batch *batch,
				   const struct eth_point *point);
NODISCARD bool
root_chain_reader_take_block(const struct root_chain_batch *batch, size_t index,
			     bool *found, struct root_chain_block *out,
			     struct arena *arena, struct error *error);

/* The logs, and what stands beside them in a receipt as a node tells it. */
struct root_chain_mined {
	struct eth_receipt receipt; /* logs have only address, topics, data */
	uint64_t eth_block_number;
	struct hash eth_block_hash;
	struct hash eth_transaction_hash;
	uint32_t eth_transaction_index;
};

/* All receipts of an eth_block in order. `found` false: no such eth_block. */
NODISCARD bool root_chain_reader_receipts(struct root_chain_rpc *rpc,
					  bool *found,
					  struct root_chain_mined **out,
					  size_t *count, struct arena *arena,
					  const struct hash *eth_block_hash,
					  struct error *error);

size_t root_chain_reader_add_receipts(struct root_chain_batch *batch,
				      const struct hash *eth_block_hash);
NODISCARD bool
root_chain_reader_take_receipts(const struct root_chain_batch *batch,
				size_t index, bool *found,
				struct root_chain_mined **out, size_t *count,
				struct arena *arena, struct error *error);

/* Which logs: of one eth_block by hash, or of a range of numbers. */
struct root_chain_log_filter {
	bool by_hash;
	struct hash eth_block_hash;
	uint64_t first;
	uint64_t last;
	const struct address *addresses;
	size_t address_count;
};

/* In the order of the node, each with its place. */
NODISCARD bool
root_chain_reader_logs(struct root_chain_rpc *rpc, struct eth_log **out,
		       size_t *count, struct arena *arena,
		       const struct root_chain_log_filter *filter,
		       struct error *error);

/* A root-chain transaction as far as programs look at it. */
struct root_chain_transaction {
	struct address from;
	bool creates_contract;
	struct address to;
	uint64_t nonce;
	struct u256 value_wei;
	struct bytes input; /* in the arena */
	bool is_mined;
	struct hash eth_block_hash; /* if mined */
};

size_t
root_chain_reader_add_transaction(struct root_chain_batch *batch,
				  const struct hash *eth_transaction_hash);
NODISCARD bool
root_chain_reader_take_transaction(const struct root_chain_batch *batch,
				   size_t index, bool *found,
				   struct root_chain_transaction *out,
				   struct arena *arena, struct error *error);

#endif
