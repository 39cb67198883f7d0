/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_ROOT_CHAIN_STATE_H
#define PLASMA_COMMON_SERVICE_ROOT_CHAIN_STATE_H

/*
 * The state of accounts and contracts at an eth_block, as calls of a batch.
 * Proofs are parsed here and not proved: trie_proof.h does that, against the
 * state root of a header.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/arena.h"
#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/u256.h"
#include "common/service/eth_point.h"
#include "common/service/root_chain_batch.h"

/* The most slots of one question. */
#define ROOT_CHAIN_MAX_SLOTS 512

/* eth_getProof, eth_call, eth_getCode and eth_getBalance. */
size_t root_chain_state_add_proof(struct root_chain_batch *batch,
				  const struct address *account,
				  const struct hash *slots, size_t slot_count,
				  const struct eth_point *point);
size_t root_chain_state_add_view(struct root_chain_batch *batch,
				 const struct address *contract,
				 struct bytes call_data,
				 const struct eth_point *point);
size_t root_chain_state_add_code(struct root_chain_batch *batch,
				 const struct address *account,
				 const struct eth_point *point);
size_t root_chain_state_add_balance(struct root_chain_batch *batch,
				    const struct address *account,
				    const struct eth_point *point);

/* An account under a state root, as eth_getProof tells it; not proved yet. */
struct root_chain_storage_proof {
	struct hash slot;
	struct bytes *nodes;
	size_t node_count;
};
struct root_chain_account_proof {
	struct bytes *nodes;
	size_t node_count;
	struct root_chain_storage_proof *slots; /* as many as asked, in order */
	size_t slot_count;
};

NODISCARD bool
root_chain_state_take_proof(const struct root_chain_batch *batch, size_t index,
			    struct root_chain_account_proof *out,
			    struct arena *arena, const struct hash *slots,
			    size_t slot_count, struct error *error);

/* What a view returned, or a code: bytes in the arena. */
NODISCARD bool root_chain_state_take_data(const struct root_chain_batch *batch,
					  size_t index, struct bytes *out,
					  struct arena *arena,
					  struct error *error);

NODISCARD bool
root_chain_state_take_quantity(const struct root_chain_batch *batch,
			       size_t index, struct u256 *out,
			       struct error *error);

#endif
