/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_ETHEREUM_TRIE_PROOF_H
#define PLASMA_COMMON_ETHEREUM_TRIE_PROOF_H

/*
 * Merkle-Patricia tries of the root chain: the root of a list (receipts,
 * transactions), keyed by rlp(index), and proofs of single entries in any trie
 * (accounts, storage, lists).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/u256.h"

/* More nodes than any path of a 32-byte key needs. */
#define TRIE_PROOF_MAX_NODES 66

/* The root of the trie that maps rlp(index) to items[index], 0 <= index <
 * count; the empty trie has a root too. */
struct hash trie_proof_list_root(const struct bytes *items, size_t count);

/* The nodes on the way from the root to items[index], root first, in the arena.
 * False when the arena is full. Asserts index < count. */
NODISCARD bool trie_proof_of_item(struct bytes nodes[TRIE_PROOF_MAX_NODES],
				  size_t *node_count, struct arena *arena,
				  const struct bytes *items, size_t count,
				  size_t index);

enum trie_proof_verdict {
	TRIE_PROOF_PRESENT, /* the key has the value */
	TRIE_PROOF_ABSENT,  /* the trie holds nothing under the key */
	TRIE_PROOF_BROKEN   /* the nodes prove nothing about the key */
};

/* Follows `key` (bytes, at most 32) from `root` through the nodes, in order
 * from the root. `value` points into the nodes. Nodes left over are broken. */
NODISCARD enum trie_proof_verdict trie_proof_look_up(struct bytes *value,
						     const struct hash *root,
						     struct bytes key,
						     const struct bytes *nodes,
						     size_t node_count);

struct eth_account {
	uint64_t nonce;
	struct u256 balance_wei;
	struct hash storage_root;
	struct hash code_hash;
};

/* The account at `address` under a state root; absent means that it does not
 * exist: then, and when the proof is broken, it has nonce and balance zero, an
 * empty storage and no code. */
NODISCARD enum trie_proof_verdict
trie_proof_account(struct eth_account *out, const struct hash *state_root,
		   const struct address *address, const struct bytes *nodes,
		   size_t node_count);

/* The word at `slot` of an account's storage; absent means zero, which is then
 * written. */
NODISCARD enum trie_proof_verdict
trie_proof_storage(struct u256 *out, const struct hash *storage_root,
		   const struct hash *slot, const struct bytes *nodes,
		   size_t node_count);

/* As trie_proof_look_up() for items[index] of a list. */
NODISCARD enum trie_proof_verdict
trie_proof_list_item(struct bytes *value, const struct hash *root, size_t index,
		     const struct bytes *nodes, size_t node_count);

#endif
