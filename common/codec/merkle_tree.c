/* SPDX-License-Identifier: MIT */
#include "common/codec/merkle_tree.h"

#include <assert.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/base/writer.h"
#include "common/codec/keccak256.h"
#include "common/codec/keccak256_batch.h"

#define NODE_LEN (1 + 2 * sizeof(struct hash))

/* What is hashed together: enough to fill all lanes. */
#define GROUP 64

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

/* Bytes of the leaves of one group with what stands before each. */
static size_t group_len(const struct bytes *pieces, size_t each, size_t count)
{
	size_t len = count;
	for (size_t i = 0; i < count * each; i++)
		len += pieces[i].len;
	return len;
}

static void hash_leaves(struct hash *out, const struct bytes *pieces,
			size_t each, size_t count, struct writer *writer)
{
	struct bytes views[GROUP];
	for (size_t i = 0; i < count; i++) {
		size_t start = writer->len;
		writer_put_byte(writer, 0);
		for (size_t j = 0; j < each; j++)
			writer_put(writer, pieces[i * each + j]);
		views[i] =
			bytes_view(writer->start + start, writer->len - start);
	}
	assert(writer_ok(writer));
	keccak256_batch(out, views, count);
}

void merkle_tree_leaves_of_pieces(struct hash *out, const struct bytes *pieces,
				  size_t each, size_t count)
{
	uint8_t *buffer = NULL;
	size_t capacity = 0;
	while (count > 0) {
		size_t now = count < GROUP ? count : GROUP;
		size_t len = group_len(pieces, each, now);
		if (len > capacity) {
			capacity = len;
			buffer = memory_resize(buffer, capacity, 1);
		}
		struct writer writer = writer_of(buffer, capacity);
		hash_leaves(out, pieces, each, now, &writer);
		out += now;
		pieces += now * each;
		count -= now;
	}
	memory_free(buffer);
}

static void write_node(uint8_t out[NODE_LEN], const struct hash *left,
		       const struct hash *right)
{
	out[0] = 1;
	memcpy(out + 1, left->bytes, sizeof(left->bytes));
	memcpy(out + 1 + sizeof(left->bytes), right->bytes,
	       sizeof(right->bytes));
}

struct hash merkle_tree_node(const struct hash *left, const struct hash *right)
{
	uint8_t bytes[NODE_LEN];
	write_node(bytes, left, right);
	return keccak256(bytes_view(bytes, sizeof(bytes)));
}

/* Makes the level above `count` nodes, an even number, in their place. */
static void raise_level(struct hash *level, size_t count)
{
	uint8_t buffer[GROUP][NODE_LEN];
	struct bytes views[GROUP];
	for (size_t made = 0; made < count / 2;) {
		size_t left = count / 2 - made;
		size_t now = left < GROUP ? left : GROUP;
		for (size_t i = 0; i < now; i++) {
			write_node(buffer[i], &level[2 * (made + i)],
				   &level[2 * (made + i) + 1]);
			views[i] = bytes_view(buffer[i], NODE_LEN);
		}
		keccak256_batch(level + made, views, now);
		made += now;
	}
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
		raise_level(level, count);
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
