/* SPDX-License-Identifier: MIT */
#include "common/chain/deposit.h"

#include <string.h>

#include "common/chain/protocol.h"
#include "common/codec/merkle_tree.h"

struct transaction deposit_transaction(const struct address *owner,
				       const struct token *token,
				       struct amount amount,
				       const struct hash *metadata)
{
	struct transaction transaction = {
		.type = PROTOCOL_TX_TYPE_PAYMENT,
		.output_count = 1,
		.metadata = *metadata,
	};
	transaction.outputs[0] = (struct output){ PROTOCOL_OUTPUT_TYPE_PAYMENT,
						  *owner, *token, amount };
	return transaction;
}

struct hash deposit_root(struct bytes raw)
{
	struct hash leaf = merkle_tree_leaf(raw);
	return merkle_tree_root(&leaf, 1);
}

void deposit_proof(uint8_t proof[PROTOCOL_PROOF_SIZE])
{
	struct hash empty = merkle_tree_empty(0);
	for (size_t depth = 0; depth < PROTOCOL_TREE_DEPTH; depth++) {
		memcpy(proof + depth * sizeof(empty.bytes), empty.bytes,
		       sizeof(empty.bytes));
		empty = merkle_tree_node(&empty, &empty);
	}
}
