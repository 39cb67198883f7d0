/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_CODEC_MERKLE_TREE_H
#define PLASMA_COMMON_CODEC_MERKLE_TREE_H

/*
 * The tree of a child block (protocol.md 5): 16 levels over 65536 leaves, of
 * which those that are missing are a constant.
 *
 *   leaf = keccak256(00 || raw)     node = keccak256(01 || left || right)
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"

#define MERKLE_TREE_DEPTH 16
#define MERKLE_TREE_LEAVES 65536
#define MERKLE_TREE_PROOF_SIZE 512

/* The leaf of the unsigned bytes of a transaction. */
struct hash merkle_tree_leaf(struct bytes raw);

/* The leaf of a transaction that lies in `count` pieces one after the other. */
struct hash merkle_tree_leaf_of_pieces(const struct bytes *pieces,
				       size_t count);

/* The leaves of `count` transactions, faster than one after the other. Each
 * lies in `each` pieces: `pieces` has count * each of them. */
void merkle_tree_leaves_of_pieces(struct hash *out, const struct bytes *pieces,
				  size_t each, size_t count);

struct hash merkle_tree_node(const struct hash *left, const struct hash *right);

/* The root of an empty tree of `level` levels, 0 to 16: z(level). */
struct hash merkle_tree_empty(unsigned int level);

/* The root of a tree whose first leaves are these, 0 to 65536 (asserted). */
struct hash merkle_tree_root(const struct hash *leaves, size_t count);

/* The proof of leaf `index` < count: 16 siblings from the leaf level up. */
void merkle_tree_prove(uint8_t proof[MERKLE_TREE_PROOF_SIZE],
		       const struct hash *leaves, size_t count, size_t index);

/* The root that a proof gives for a leaf; index < 65536 (asserted). */
struct hash
merkle_tree_root_of_proof(const struct hash *leaf, size_t index,
			  const uint8_t proof[MERKLE_TREE_PROOF_SIZE]);

/* True if `proof` has exactly 512 bytes, the index is below 65536 and both lead
 * from the leaf to the root. */
NODISCARD bool merkle_tree_proves(const struct hash *root,
				  const struct hash *leaf, uint64_t index,
				  struct bytes proof);

#endif
