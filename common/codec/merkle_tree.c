/* SPDX-License-Identifier: MIT */
#include "common/codec/merkle_tree.h"

#include <assert.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/codec/keccak256.h"

struct hash merkle_tree_leaf(struct bytes raw)
{
	return merkle_tree_leaf_of_pieces(&raw, 1);
}

struct hash merkle_tree_leaf_of_pieces(const struct bytes *pieces, size_t count)
{
	struct keccak256 keccak;
	keccak256_init(&keccak);
	keccak256_add(&keccak, bytes_view("\x00", 1));
	for (size_t i = 0; i < count; i++)
		keccak256_add(&keccak, pieces[i]);
	return keccak256_finish(&keccak);
}

struct hash merkle_tree_node(const struct hash *left, const struct hash *right)
{
	uint8_t bytes[1 + 2 * sizeof(left->bytes)];
	bytes[0] = 1;
	memcpy(bytes + 1, left->bytes, sizeof(left->bytes));
	memcpy(bytes + 1 + sizeof(left->bytes), right->bytes,
	       sizeof(right->bytes));
	return keccak256(bytes_view(bytes, sizeof(bytes)));
}

struct hash merkle_tree_empty(unsigned int level)
{
	assert(level <= MERKLE_TREE_DEPTH);
	static const uint8_t nothing[32];
	struct hash root =
		merkle_tree_leaf(bytes_view(nothing, sizeof(nothing)));
	for (unsigned int i = 0; i < level; i++)
		root = merkle_tree_node(&root, &root);
	return root;
}

/*
 * Makes each level in place of the one below it. A level ends with at most one
 * node that is not made of given leaves: the empty tree of its height. With
 * `proof` the sibling of the path of leaf `index` is noted at each level.
 */
static struct hash fold(const struct hash *leaves, size_t count, uint8_t *proof,
			size_t index)
{
	assert(count <= MERKLE_TREE_LEAVES);
	struct hash empty = merkle_tree_empty(0);
	struct hash *level = memory_new(count + 2, sizeof(*level));
	if (count > 0)
		memcpy(level, leaves, count * sizeof(*level));
	else
		level[count++] = empty;
	for (size_t depth = 0; depth < MERKLE_TREE_DEPTH; depth++) {
		if (count % 2 != 0)
			level[count++] = empty;
		if (proof != NULL) {
			size_t beside = (index >> depth) ^ 1;
			memcpy(proof + depth * sizeof(empty.bytes),
			       beside < count ? level[beside].bytes
					      : empty.bytes,
			       sizeof(empty.bytes));
		}
		for (size_t i = 0; i < count / 2; i++)
			level[i] = merkle_tree_node(&level[2 * i],
						    &level[2 * i + 1]);
		count /= 2;
		empty = merkle_tree_node(&empty, &empty);
	}
	struct hash root = level[0];
	memory_free(level);
	return root;
}

struct hash merkle_tree_root(const struct hash *leaves, size_t count)
{
	return fold(leaves, count, NULL, 0);
}

void merkle_tree_prove(uint8_t proof[MERKLE_TREE_PROOF_SIZE],
		       const struct hash *leaves, size_t count, size_t index)
{
	assert(index < count);
	(void)fold(leaves, count, proof, index);
}

struct hash
merkle_tree_root_of_proof(const struct hash *leaf, size_t index,
			  const uint8_t proof[MERKLE_TREE_PROOF_SIZE])
{
	assert(index < MERKLE_TREE_LEAVES);
	struct hash node = *leaf;
	for (size_t depth = 0; depth < MERKLE_TREE_DEPTH; depth++) {
		struct hash beside;
		memcpy(beside.bytes, proof + depth * sizeof(beside.bytes),
		       sizeof(beside.bytes));
		bool is_right = (index >> depth & 1) != 0;
		node = is_right ? merkle_tree_node(&beside, &node)
				: merkle_tree_node(&node, &beside);
	}
	return node;
}

bool merkle_tree_proves(const struct hash *root, const struct hash *leaf,
			uint64_t index, struct bytes proof)
{
	if (proof.len != MERKLE_TREE_PROOF_SIZE || index >= MERKLE_TREE_LEAVES)
		return false;
	struct hash found =
		merkle_tree_root_of_proof(leaf, (size_t)index, proof.data);
	return hash_equal(&found, root);
}
