/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_ROOT_CHAIN_TRANSACTIONS_H
#define PLASMA_COMMON_SERVICE_ROOT_CHAIN_TRANSACTIONS_H

/*
 * The transactions of an eth_block as bytes, made from what a node tells in
 * JSON, so that their root can be held against the header's:
 *
 *   type 0  RLP [nonce, gas price, gas, to, value, data, v, r, s]
 *   type 1  01 || RLP [chain id, nonce, gas price, gas, to, value, data,
 *           access list, y parity, r, s]
 *   type 2  02 || as 1, with tip cap and fee cap for the gas price
 *   type 3  03 || as 2, with blob fee cap and blob hashes behind the access
 * list type 4  04 || as 2, with the authorizations behind the access list
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/arena.h"
#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/service/root_chain_batch.h"

/* Asks for an eth_block with all its transactions. */
size_t root_chain_transactions_add(struct root_chain_batch *batch,
				   const struct hash *eth_block_hash);

/* The bytes of each transaction, in the arena. `found` false: the node has no
 * such eth_block; `known` false: it has a transaction of a type not listed
 * above. */
NODISCARD bool
root_chain_transactions_take(const struct root_chain_batch *batch, size_t index,
			     bool *found, bool *known, struct bytes **out,
			     size_t *count, struct arena *arena,
			     struct error *error);

#endif
