/* SPDX-License-Identifier: MIT */
#include "common/ethereum/trie_proof.h"

#include <assert.h>
#include <string.h>

#include "common/codec/keccak256.h"
#include "common/codec/rlp_reader.h"
#include "common/codec/rlp_writer.h"

/*
 * A node is the RLP of one of
 *
 *   leaf       [path, value]          extension  [path, child]
 *   branch     [child 0 … child 15, value]
 *
 * A child is the hash of a node, or the node itself where that is shorter than
 * 32 bytes, or the empty string. A path is half-bytes behind a first half-byte
 * of flags: 1 for an odd number of them, 2 for a leaf; an even number has a
 * zero after the flags.
 */

#define BRANCHES 16
#define FLAG_ODD 1
#define FLAG_LEAF 2
#define HASH_LEN 32

/* ---- keys ---- */

#define MAX_KEY_LEN 32

/* A key of bytes as half-bytes. */
struct path {
	uint8_t halves[2 * MAX_KEY_LEN];
	size_t count;
};

static struct path path_of(struct bytes key)
{
	struct path path = { { 0 }, 2 * key.len };

	assert(key.len <= MAX_KEY_LEN);
	for (size_t i = 0; i < key.len; i++) {
		path.halves[2 * i] = key.data[i] >> 4;
		path.halves[2 * i + 1] = key.data[i] & 0x0f;
	}
	return path;
}

/* rlp(index): at most a header and eight bytes. */
static struct path path_of_index(size_t index)
{
	uint8_t key[1 + sizeof(uint64_t)];
	struct writer writer = writer_of(key, sizeof(key));

	rlp_put_u64(&writer, index);
	assert(writer_ok(&writer));
	return path_of(writer_view(&writer));
}

/* ---- the trie of a list ---- */

/* The keys of a list in the order of their bytes are rlp(1) … rlp(127), rlp(0)
 * = 80, rlp(128) = 8180 …: which index has this rank. */
static size_t index_of_rank(size_t rank, size_t count)
{
	size_t before_zero = count - 1 < 127 ? count - 1 : 127;

	if (rank < before_zero)
		return rank + 1;
	return rank == before_zero ? 0 : rank;
}

static size_t rank_of_index(size_t index, size_t count)
{
	size_t before_zero = count - 1 < 127 ? count - 1 : 127;

	if (index == 0)
		return before_zero;
	return index <= before_zero ? index - 1 : index;
}

/* The longest node but for the value of a leaf: a branch of hashes. */
#define NODE_HEAD_SIZE (RLP_HEADER_MAX + BRANCHES * (1 + HASH_LEN) + 1)

struct node {
	uint8_t head[NODE_HEAD_SIZE];
	size_t head_len;
	struct bytes tail; /* a leaf's value; borrowed */
};

/* How a node stands in its parent. */
struct child {
	uint8_t bytes[1 + HASH_LEN];
	size_t len;
};

struct list_trie {
	const struct bytes *items;
	size_t count;
	/* Copies of the nodes on the way to one rank, leaf first. */
	struct arena *arena; /* NULL: none are wanted */
	size_t wanted_rank;
	struct bytes *nodes;
	size_t node_count;
	bool arena_full;
};

static struct hash node_hash(const struct node *node)
{
	struct keccak256 keccak;

	keccak256_init(&keccak);
	keccak256_add(&keccak, bytes_view(node->head, node->head_len));
	keccak256_add(&keccak, node->tail);
	return keccak256_finish(&keccak);
}

static struct child child_of(const struct node *node)
{
	struct child child;
	struct writer writer = writer_of(child.bytes, sizeof(child.bytes));

	if (node->head_len + node->tail.len < HASH_LEN) {
		writer_put(&writer, bytes_view(node->head, node->head_len));
		writer_put(&writer, node->tail);
	} else {
		struct hash hash = node_hash(node);

		rlp_put_string(&writer, bytes_view(hash.bytes, HASH_LEN));
	}
	assert(writer_ok(&writer));
	child.len = writer.len;
	return child;
}

/* The half-bytes from `from` up to `to` as a string with their flags. */
static size_t encode_path(uint8_t out[1 + MAX_KEY_LEN], const struct path *path,
			  size_t from, size_t to, uint8_t flags)
{
	size_t len = 0;

	if ((to - from) % 2 != 0) {
		flags |= FLAG_ODD;
		out[len++] = (uint8_t)(flags << 4 | path->halves[from++]);
	} else {
		out[len++] = (uint8_t)(flags << 4);
	}
	for (; from < to; from += 2)
		out[len++] = (uint8_t)(path->halves[from] << 4 |
				       path->halves[from + 1]);
	return len;
}

static void make_leaf(struct node *out, const struct path *path, size_t depth,
		      struct bytes value)
{
	uint8_t coded[1 + MAX_KEY_LEN];
	size_t len = encode_path(coded, path, depth, path->count, FLAG_LEAF);
	struct bytes string = bytes_view(coded, len);
	struct writer writer = writer_of(out->head, sizeof(out->head));

	rlp_put_list_header(&writer,
			    rlp_string_len(string) + rlp_string_len(value));
	rlp_put_string(&writer, string);
	rlp_put_string_header(&writer, value);
	assert(writer_ok(&writer));
	out->head_len = writer.len;
	out->tail = value;
}

static void make_extension(struct node *out, const struct path *path,
			   size_t from, size_t to, const struct child *child)
{
	uint8_t coded[1 + MAX_KEY_LEN];
	size_t len = encode_path(coded, path, from, to, 0);
	struct bytes string = bytes_view(coded, len);
	struct writer writer = writer_of(out->head, sizeof(out->head));

	rlp_put_list_header(&writer, rlp_string_len(string) + child->len);
	rlp_put_string(&writer, string);
	writer_put(&writer, bytes_view(child->bytes, child->len));
	assert(writer_ok(&writer));
	out->head_len = writer.len;
	out->tail = bytes_view(NULL, 0);
}

/* No key of a list is the beginning of another: a branch has no value. */
static void make_branch(struct node *out, const struct child children[BRANCHES])
{
	struct writer writer = writer_of(out->head, sizeof(out->head));
	size_t len = 1;

	for (size_t i = 0; i < BRANCHES; i++)
		len += children[i].len;
	rlp_put_list_header(&writer, len);
	for (size_t i = 0; i < BRANCHES; i++)
		writer_put(&writer,
			   bytes_view(children[i].bytes, children[i].len));
	rlp_put_string(&writer, bytes_view(NULL, 0));
	assert(writer_ok(&writer));
	out->head_len = writer.len;
	out->tail = bytes_view(NULL, 0);
}

/* Keeps a copy of a node on the wanted way. Nodes that stand whole inside their
 * parent are seen there, but for the root, which has none. */
static void keep(struct list_trie *trie, const struct node *node, bool is_root)
{
	size_t len = node->head_len + node->tail.len;

	if (len < HASH_LEN && !is_root)
		return;
	uint8_t *copy = arena_new(trie->arena, len, 1);
	if (copy == NULL) {
		trie->arena_full = true;
		return;
	}
	struct writer writer = writer_of(copy, len);
	writer_put(&writer, bytes_view(node->head, node->head_len));
	writer_put(&writer, node->tail);
	assert(trie->node_count < TRIE_PROOF_MAX_NODES);
	trie->nodes[trie->node_count++] = writer_view(&writer);
}

static struct path path_of_rank(const struct list_trie *trie, size_t rank)
{
	return path_of_index(index_of_rank(rank, trie->count));
}

/* The first rank from `low` on, below `high`, whose half-byte at `depth` is not
 * that of `low`. */
static size_t end_of_branch(const struct list_trie *trie, size_t low,
			    size_t high, size_t depth)
{
	uint8_t half = path_of_rank(trie, low).halves[depth];

	while (low + 1 < high) {
		size_t middle = low + (high - low) / 2;

		if (path_of_rank(trie, middle).halves[depth] == half)
			low = middle;
		else
			high = middle;
	}
	return high;
}

static void make_node(struct node *out, struct list_trie *trie, size_t low,
		      size_t high, size_t depth);

static void make_inner(struct node *out, struct list_trie *trie, size_t low,
		       size_t high, size_t depth)
{
	struct child children[BRANCHES];

	for (size_t i = 0; i < BRANCHES; i++)
		children[i] = (struct child){ { 0x80 }, 1 };
	while (low < high) {
		size_t end = end_of_branch(trie, low, high, depth);
		uint8_t half = path_of_rank(trie, low).halves[depth];

		make_node(out, trie, low, end, depth + 1);
		children[half] = child_of(out);
		low = end;
	}
	make_branch(out, children);
}

static bool is_wanted(const struct list_trie *trie, size_t low, size_t high)
{
	return trie->arena != NULL && trie->wanted_rank >= low &&
	       trie->wanted_rank < high;
}

/*
 * The node that stands at `depth` half-bytes for the ranks from `low` up to
 * `high`, which have these half-bytes in common. It calls itself for what is
 * below, no deeper than the at most 18 half-bytes of a key.
 */
static void make_node(struct node *out, struct list_trie *trie, size_t low,
		      size_t high, size_t depth)
{
	struct path first = path_of_rank(trie, low);
	struct path last = path_of_rank(trie, high - 1);
	size_t fork = depth;

	if (high - low == 1) {
		make_leaf(out, &first, depth,
			  trie->items[index_of_rank(low, trie->count)]);
	} else {
		while (first.halves[fork] == last.halves[fork])
			fork++;
		make_inner(out, trie, low, high, fork);
		if (fork > depth) {
			struct child child = child_of(out);

			if (is_wanted(trie, low, high))
				keep(trie, out, false);
			make_extension(out, &first, depth, fork, &child);
		}
	}
	if (is_wanted(trie, low, high))
		keep(trie, out, depth == 0);
}

/* keccak256 of the RLP of an empty string. */
static struct hash empty_root(void)
{
	return keccak256(bytes_view("\x80", 1));
}

struct hash trie_proof_list_root(const struct bytes *items, size_t count)
{
	struct list_trie trie = { .items = items, .count = count };
	struct node root;

	if (count == 0)
		return empty_root();
	make_node(&root, &trie, 0, count, 0);
	return node_hash(&root);
}

bool trie_proof_of_item(struct bytes nodes[TRIE_PROOF_MAX_NODES],
			size_t *node_count, struct arena *arena,
			const struct bytes *items, size_t count, size_t index)
{
	assert(index < count);
	struct list_trie trie = { .items = items,
				  .count = count,
				  .arena = arena,
				  .wanted_rank = rank_of_index(index, count),
				  .nodes = nodes };
	struct node root;

	make_node(&root, &trie, 0, count, 0);
	*node_count = trie.node_count;
	for (size_t i = 0; i < trie.node_count / 2; i++) {
		struct bytes moved = nodes[i];

		nodes[i] = nodes[trie.node_count - 1 - i];
		nodes[trie.node_count - 1 - i] = moved;
	}
	return !trie.arena_full;
}

/* ---- looking up ---- */

enum walk_state { WALK_ON, WALK_FOUND, WALK_NOTHING, WALK_BROKEN };

struct walk {
	struct path path;
	size_t depth; /* half-bytes of the path gone */
	const struct bytes *nodes;
	size_t node_count;
	size_t used;	    /* nodes gone through */
	struct rlp_item at; /* the node where we are */
	struct bytes value; /* once found */
};

/* Goes to the next of the given nodes, which must have this hash. */
static enum walk_state enter(struct walk *walk, const struct hash *hash)
{
	if (walk->used == walk->node_count)
		return WALK_BROKEN;
	struct bytes node = walk->nodes[walk->used++];
	struct hash found = keccak256(node);
	if (!hash_equal(&found, hash) || !rlp_item_read(&walk->at, node) ||
	    !rlp_item_is_canonical(&walk->at))
		return WALK_BROKEN;
	return WALK_ON;
}

/* Goes to a node that stands whole in its parent. Some who make proofs list it
 * once more. */
static enum walk_state enter_inner(struct walk *walk,
				   const struct rlp_item *child)
{
	if (child->encoding.len >= HASH_LEN)
		return WALK_BROKEN;
	if (walk->used < walk->node_count &&
	    bytes_equal(walk->nodes[walk->used], child->encoding))
		walk->used++;
	walk->at = *child;
	return WALK_ON;
}

static enum walk_state enter_child(struct walk *walk,
				   const struct rlp_item *child)
{
	struct hash hash;

	if (child->is_list)
		return enter_inner(walk, child);
	if (!rlp_item_to_hash(&hash, child))
		return WALK_BROKEN;
	return enter(walk, &hash);
}

static enum walk_state end_with(struct walk *walk, const struct rlp_item *value)
{
	if (value->is_list)
		return WALK_BROKEN;
	walk->value = value->payload;
	return WALK_FOUND;
}

static enum walk_state pass_branch(struct walk *walk)
{
	struct rlp_reader reader = rlp_reader_into(&walk->at);
	bool at_end = walk->depth == walk->path.count;
	size_t which = at_end ? BRANCHES : walk->path.halves[walk->depth];
	struct rlp_item item = rlp_reader_next(&reader);

	for (size_t i = 0; i < which; i++)
		item = rlp_reader_next(&reader);
	if (!item.is_list && item.payload.len == 0)
		return WALK_NOTHING;
	if (at_end)
		return end_with(walk, &item);
	walk->depth++;
	return enter_child(walk, &item);
}

/* Reads a path with its flags; false if it is not one. */
static bool read_path(struct path *out, bool *is_leaf,
		      const struct rlp_item *item)
{
	struct bytes coded = item->payload;

	if (item->is_list || coded.len == 0 || coded.len > 1 + MAX_KEY_LEN)
		return false;
	uint8_t flags = coded.data[0] >> 4;
	uint8_t first = coded.data[0] & 0x0f;
	if ((flags & ~(FLAG_ODD | FLAG_LEAF)) != 0)
		return false;
	*is_leaf = (flags & FLAG_LEAF) != 0;
	bool is_odd = (flags & FLAG_ODD) != 0;
	if (is_odd ? coded.len > MAX_KEY_LEN : first != 0)
		return false;
	struct path rest = path_of(bytes_view(coded.data + 1, coded.len - 1));
	out->count = 0;
	if (is_odd)
		out->halves[out->count++] = first;
	memcpy(out->halves + out->count, rest.halves, rest.count);
	out->count += rest.count;
	return true;
}

static enum walk_state pass_short(struct walk *walk)
{
	struct rlp_reader reader = rlp_reader_into(&walk->at);
	struct rlp_item coded = rlp_reader_next(&reader);
	struct rlp_item second = rlp_reader_next(&reader);
	size_t left = walk->path.count - walk->depth;
	struct path path;
	bool is_leaf;

	if (!read_path(&path, &is_leaf, &coded) ||
	    (!is_leaf && path.count == 0))
		return WALK_BROKEN;
	if (path.count > left || (is_leaf && path.count != left) ||
	    memcmp(path.halves, walk->path.halves + walk->depth, path.count) !=
		    0)
		return WALK_NOTHING;
	walk->depth += path.count;
	if (!is_leaf)
		return enter_child(walk, &second);
	/* What is there has a value. */
	return second.payload.len == 0 ? WALK_BROKEN : end_with(walk, &second);
}

static enum walk_state pass_node(struct walk *walk)
{
	if (!walk->at.is_list) /* the whole of an empty trie, or nothing */
		return walk->at.payload.len == 0 && walk->depth == 0
			       ? WALK_NOTHING
			       : WALK_BROKEN;
	switch (rlp_reader_count(rlp_reader_into(&walk->at))) {
	case 2:
		return pass_short(walk);
	case BRANCHES + 1:
		return pass_branch(walk);
	default:
		return WALK_BROKEN;
	}
}

enum trie_proof_verdict trie_proof_look_up(struct bytes *value,
					   const struct hash *root,
					   struct bytes key,
					   const struct bytes *nodes,
					   size_t node_count)
{
	struct walk walk = { .path = path_of(key),
			     .nodes = nodes,
			     .node_count = node_count };
	struct hash nothing = empty_root();

	if (node_count == 0)
		return hash_equal(root, &nothing) ? TRIE_PROOF_ABSENT
						  : TRIE_PROOF_BROKEN;
	enum walk_state state = enter(&walk, root);
	while (state == WALK_ON)
		state = pass_node(&walk);
	if (state == WALK_BROKEN || walk.used != node_count)
		return TRIE_PROOF_BROKEN;
	*value = walk.value;
	return state == WALK_FOUND ? TRIE_PROOF_PRESENT : TRIE_PROOF_ABSENT;
}

/* ---- what lies in the tries ---- */

static bool read_account(struct eth_account *out, struct bytes value)
{
	struct rlp_item whole;

	if (!rlp_item_read(&whole, value))
		return false;
	struct rlp_reader reader = rlp_reader_into(&whole);
	struct rlp_item nonce = rlp_reader_next(&reader);
	struct rlp_item balance = rlp_reader_next(&reader);
	struct rlp_item storage = rlp_reader_next(&reader);
	struct rlp_item code = rlp_reader_next(&reader);
	return rlp_reader_finished(&reader) &&
	       rlp_item_to_u64(&out->nonce, &nonce) &&
	       rlp_item_to_u256(&out->balance_wei, &balance) &&
	       rlp_item_to_hash(&out->storage_root, &storage) &&
	       rlp_item_to_hash(&out->code_hash, &code);
}

enum trie_proof_verdict trie_proof_account(struct eth_account *out,
					   const struct hash *state_root,
					   const struct address *address,
					   const struct bytes *nodes,
					   size_t node_count)
{
	struct hash key =
		keccak256(bytes_view(address->bytes, sizeof(address->bytes)));
	struct bytes value;
	enum trie_proof_verdict verdict = trie_proof_look_up(
		&value, state_root, bytes_view(key.bytes, HASH_LEN), nodes,
		node_count);

	*out = (struct eth_account){ .storage_root = empty_root(),
				     .code_hash =
					     keccak256(bytes_view(NULL, 0)) };
	if (verdict == TRIE_PROOF_PRESENT && !read_account(out, value))
		return TRIE_PROOF_BROKEN;
	return verdict;
}

static bool read_word(struct u256 *out, struct bytes value)
{
	struct rlp_item item;

	return rlp_item_read(&item, value) && rlp_item_to_u256(out, &item) &&
	       !u256_is_zero(*out);
}

enum trie_proof_verdict trie_proof_storage(struct u256 *out,
					   const struct hash *storage_root,
					   const struct hash *slot,
					   const struct bytes *nodes,
					   size_t node_count)
{
	struct hash key = keccak256(bytes_view(slot->bytes, HASH_LEN));
	struct bytes value;
	enum trie_proof_verdict verdict = trie_proof_look_up(
		&value, storage_root, bytes_view(key.bytes, HASH_LEN), nodes,
		node_count);

	*out = U256_ZERO;
	if (verdict == TRIE_PROOF_PRESENT && !read_word(out, value))
		return TRIE_PROOF_BROKEN;
	return verdict;
}

enum trie_proof_verdict
trie_proof_list_item(struct bytes *value, const struct hash *root, size_t index,
		     const struct bytes *nodes, size_t node_count)
{
	uint8_t key[1 + sizeof(uint64_t)];
	struct writer writer = writer_of(key, sizeof(key));

	rlp_put_u64(&writer, index);
	assert(writer_ok(&writer));
	return trie_proof_look_up(value, root, writer_view(&writer), nodes,
				  node_count);
}
