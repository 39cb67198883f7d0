/* SPDX-License-Identifier: MIT */

/* keccak256, RLP, the Merkle tree, and the names of functions and events. */

#include <stdio.h>
#include <string.h>

#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/base/writer.h"
#include "common/codec/keccak256.h"
#include "common/codec/merkle_tree.h"
#include "common/codec/rlp_reader.h"
#include "common/codec/rlp_writer.h"
#include "tests/check_vectors/vector.h"

void read_keccak(const json_t *file, struct arena *arena)
{
	size_t i;
	json_t *item;
	json_array_foreach(vector_member(file, "cases"), i, item)
	{
		struct bytes input = vector_bytes(arena, item, "input");
		struct hash hash = keccak256(input);
		struct keccak256 pieces;
		keccak256_init(&pieces);
		for (size_t at = 0; at < input.len; at++)
			keccak256_add(&pieces, bytes_view(input.data + at, 1));
		struct hash by_bytes = keccak256_finish(&pieces);
		point(vector_is_hash(item, "hash", &hash) &&
			      hash_equal(&hash, &by_bytes),
		      "%zu bytes", input.len);
	}
}

/* The value that an item has in JSON: a string of hexadecimal digits or a list.
 * Vectors are no hostile input, so this may call itself. */
static bool is_value(struct arena *arena, const struct rlp_item *item,
		     const json_t *value)
{
	if (!item->is_list)
		return json_is_string(value) &&
		       bytes_equal(item->payload,
				   vector_hex(arena, json_string_value(value)));
	struct rlp_reader reader = rlp_reader_into(item);
	size_t i;
	json_t *inner;
	json_array_foreach(value, i, inner)
	{
		struct rlp_item next = rlp_reader_next(&reader);
		if (!rlp_reader_ok(&reader) || !is_value(arena, &next, inner))
			return false;
	}
	return json_is_array(value) && rlp_reader_finished(&reader);
}

static void write_value(struct arena *arena, struct writer *out,
			const json_t *value)
{
	if (json_is_string(value)) {
		rlp_put_string(out,
			       vector_hex(arena, json_string_value(value)));
		return;
	}
	uint8_t buffer[4096];
	struct writer inside = writer_of(buffer, sizeof(buffer));
	size_t i;
	json_t *inner;
	json_array_foreach(value, i, inner)
	{
		write_value(arena, &inside, inner);
	}
	rlp_put_list_header(out, writer_view(&inside).len);
	writer_put(out, writer_view(&inside));
}

static bool is_canonical(struct bytes encoded, struct rlp_item *item)
{
	return rlp_item_read(item, encoded) && rlp_item_is_canonical(item);
}

static void read_rlp_scalars(const json_t *scalars, struct arena *arena)
{
	size_t i;
	json_t *item;
	struct rlp_item read;
	struct u256 number;
	json_array_foreach(vector_member(scalars, "accept"), i, item)
	{
		const char *text = json_string_value(json_array_get(item, 0));
		const char *digits = json_string_value(json_array_get(item, 1));
		struct bytes encoded = vector_hex(arena, text);
		char found[U256_DECIMAL_SIZE];
		uint8_t buffer[64];
		struct writer writer = writer_of(buffer, sizeof(buffer));
		bool good = is_canonical(encoded, &read) &&
			    rlp_item_to_u256(&number, &read);
		if (good) {
			(void)u256_to_decimal(found, number);
			rlp_put_u256(&writer, number);
		}
		point(good && strcmp(found, digits) == 0 &&
			      bytes_equal(writer_view(&writer), encoded),
		      "scalar %s", text);
	}
	json_array_foreach(vector_member(scalars, "reject"), i, item)
	{
		const char *text = json_string_value(item);
		bool taken = is_canonical(vector_hex(arena, text), &read) &&
			     rlp_item_to_u256(&number, &read);
		point(!taken, "no scalar %s", text);
	}
}

void read_rlp(const json_t *file, struct arena *arena)
{
	size_t i;
	json_t *item;
	struct rlp_item read;
	json_array_foreach(vector_member(file, "accept"), i, item)
	{
		struct bytes encoded = vector_bytes(arena, item, "encoded");
		uint8_t buffer[4096];
		struct writer writer = writer_of(buffer, sizeof(buffer));
		const json_t *value = vector_member(item, "value");
		write_value(arena, &writer, value);
		point(is_canonical(encoded, &read) &&
			      is_value(arena, &read, value) &&
			      bytes_equal(writer_view(&writer), encoded),
		      "takes and makes item %zu", i);
	}
	json_array_foreach(vector_member(file, "reject"), i, item)
	{
		point(!is_canonical(vector_bytes(arena, item, "encoded"),
				    &read),
		      "refuses: %s", vector_text(item, "why"));
	}
	read_rlp_scalars(vector_member(file, "scalars"), arena);
}

/* The leaves of a tree: given one by one, or the numbers from 1 on as words. */
static struct hash *leaves_of(struct arena *arena, const json_t *tree,
			      size_t count)
{
	struct hash *leaves = arena_new(arena, count, sizeof(*leaves));
	const json_t *contents = json_object_get(tree, "leafContents");
	for (size_t i = 0; i < count; i++) {
		uint8_t word[32];
		u256_to_be(word, u256_of(i + 1));
		struct bytes content = bytes_view(word, sizeof(word));
		if (contents != NULL)
			content = vector_hex(
				arena,
				json_string_value(json_array_get(contents, i)));
		leaves[i] = merkle_tree_leaf(content);
	}
	return leaves;
}

static void read_tree(const json_t *tree, struct arena *arena)
{
	const char *name = vector_text(tree, "name");
	size_t count = (size_t)vector_u64(tree, "count");
	struct hash *leaves = leaves_of(arena, tree, count);
	struct hash root = merkle_tree_root(leaves, count);
	point(vector_is_hash(tree, "root", &root), "root of %s", name);
	size_t i;
	json_t *item;
	json_array_foreach(vector_member(tree, "proofs"), i, item)
	{
		size_t index = (size_t)vector_u64(item, "index");
		struct bytes given = vector_bytes(arena, item, "proof");
		struct bytes content = vector_bytes(arena, item, "leafContent");
		struct hash leaf = merkle_tree_leaf(content);
		bool good = vector_is_hash(item, "leaf", &leaf) &&
			    merkle_tree_proves(&root, &leaf, index, given);
		if (good && index < count) {
			uint8_t made[MERKLE_TREE_PROOF_SIZE];
			merkle_tree_prove(made, leaves, count, index);
			good = bytes_equal(bytes_view(made, sizeof(made)),
					   given);
		}
		point(good, "proof of leaf %zu of %s", index, name);
	}
}

void read_merkle(const json_t *file, struct arena *arena)
{
	size_t i;
	json_t *item;
	json_array_foreach(vector_member(file, "zeroHashes"), i, item)
	{
		struct hash expected = vector_hash_of(json_string_value(item));
		struct hash empty = merkle_tree_empty((unsigned int)i);
		point(hash_equal(&empty, &expected), "z(%zu)", i);
	}
	json_array_foreach(vector_member(file, "trees"), i, item)
	{
		read_tree(item, arena);
	}
	json_array_foreach(vector_member(file, "reject"), i, item)
	{
		struct hash root = vector_hash(item, "root");
		struct hash leaf = merkle_tree_leaf(
			vector_bytes(arena, item, "leafContent"));
		point(!merkle_tree_proves(&root, &leaf,
					  vector_u64(item, "index"),
					  vector_bytes(arena, item, "proof")),
		      "refuses: %s", vector_text(item, "name"));
	}
}

/* "name(types)" gives its first four bytes, or all 32. */
static bool is_named(const char *signature, const char *expected, size_t len)
{
	char text[HEX_SIZE(32)];
	struct hash hash = keccak256(bytes_of_string(signature));
	hex_encode(text, bytes_view(hash.bytes, len));
	return strcmp(text, expected) == 0;
}

void read_abi(const json_t *file, struct arena *arena)
{
	(void)arena;
	size_t i;
	json_t *item;
	json_array_foreach(vector_member(file, "functions"), i, item)
	{
		/* Constructors and receive() have no name. */
		if (json_object_get(item, "selector") == NULL)
			continue;
		const char *signature = vector_text(item, "signature");
		point(is_named(signature, vector_text(item, "selector"), 4),
		      "selector of %s", signature);
	}
	read_events(file, arena);
}

void read_events(const json_t *file, struct arena *arena)
{
	(void)arena;
	size_t i;
	json_t *item;
	json_array_foreach(vector_member(file, "events"), i, item)
	{
		const char *signature = vector_text(item, "signature");
		point(is_named(signature, vector_text(item, "topic0"), 32),
		      "topic of %s", signature);
	}
}

void read_calls(const json_t *file, struct arena *arena)
{
	(void)arena;
	size_t i;
	json_t *item;
	const json_t *calls = json_object_get(file, "calls");
	if (calls == NULL)
		calls = vector_member(file, "steps");
	json_array_foreach(calls, i, item)
	{
		if (json_object_get(item, "calldata") == NULL)
			continue;
		const char *signature = vector_text(item, "function");
		char selector[HEX_SIZE(4)];
		(void)snprintf(selector, sizeof(selector), "%s",
			       vector_text(item, "calldata"));
		point(is_named(signature, selector, 4), "%s",
		      vector_text(item, "label"));
	}
}
