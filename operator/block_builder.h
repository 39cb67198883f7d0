/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_BLOCK_BUILDER_H
#define PLASMA_OPERATOR_BLOCK_BUILDER_H

/*
 * From accepted payments to a block: the payments in the order of acceptance,
 * then one fee transaction per pot that is not zero, ascending by token
 * (protocol.md 13.3), the body of all of them, and its Merkle root.
 */

#include <stddef.h>
#include <stdint.h>

#include "common/base/bytes.h"
#include "common/base/growing_buffer.h"
#include "common/chain/output.h"
#include "operator/mempool.h"

struct built_block {
	uint64_t blknum;
	struct hash root;
	uint32_t transaction_count;
	struct growing_buffer body;
	struct output *fees; /* fee outputs in order; owned */
	size_t fee_count;
};

/* Builds a block that is closed; its fees go to `claimer`. Clear with
 * built_block_clear(). */
void block_builder_build(struct built_block *out,
			 const struct forming_block *block,
			 const struct address *claimer);

void built_block_clear(struct built_block *block);

#endif
