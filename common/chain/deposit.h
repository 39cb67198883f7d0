/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_CHAIN_DEPOSIT_H
#define PLASMA_COMMON_CHAIN_DEPOSIT_H

/* Deposit transactions and their blocks (protocol.md 2.5). */

#include "common/base/bytes.h"
#include "common/chain/transaction.h"

/* The deposit transaction with the given metadata (zero unless known). */
struct transaction deposit_transaction(const struct address *owner,
				       const struct token *token,
				       struct amount amount,
				       const struct hash *metadata);

/* The Merkle root of the block that holds only this raw deposit. */
struct hash deposit_root(struct bytes raw);

/* The proof of any deposit: 16 zero hashes, PROTOCOL_PROOF_SIZE bytes. */
void deposit_proof(uint8_t proof[PROTOCOL_PROOF_SIZE]);

#endif
