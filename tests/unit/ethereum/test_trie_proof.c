/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "common/codec/keccak256.h"
#include "common/codec/rlp_writer.h"
#include "common/ethereum/eth_receipt.h"
#include "common/ethereum/trie_proof.h"
#include "tests/check_vectors/ethereum_vectors.h"
#include "tests/check_vectors/vector.h"
#include "tests/unit/ethereum/eth_blocks.h"
#include "tests/unit/runner.h"

#define MAX_ITEMS 400

static struct arena arena;
static struct bytes items[MAX_ITEMS];

static void set_up(void)
{
	arena_init(&arena, (size_t)1 << 28);
}

static void tear_down(void)
{
	arena_clear(&arena);
}

/* Items of `len` bytes that are all different. */
static void make_items(size_t len)
{
	for (size_t i = 0; i < MAX_ITEMS; i++) {
		uint8_t *data = arena_new(&arena, len, 1);

		for (size_t j = 0; j < len; j++)
			data[j] = (uint8_t)(i * 31 + j * 7 + (i >> 8) + 1);
		items[i] = bytes_view(data, len);
	}
}

/* Short items, whose nodes stand whole in their parents, and long ones. */
static const size_t lens[] = { 1, 2, 8, 27, 28, 29, 30, 31, 32, 33, 60, 300 };

START_TEST(test_every_item_of_lists_of_every_size_is_proved)
{
	make_items(lens[_i]);
	for (size_t count = 1; count <= MAX_ITEMS;
	     count += count < 20 ? 1 : 37) {
		struct hash root = trie_proof_list_root(items, count);

		for (size_t i = 0; i < count; i++) {
			struct bytes nodes[TRIE_PROOF_MAX_NODES];
			size_t node_count;
			struct bytes value;

			ck_assert(trie_proof_of_item(nodes, &node_count, &arena,
						     items, count, i));
			ck_assert_int_eq(trie_proof_list_item(&value, &root, i,
							      nodes,
							      node_count),
					 TRIE_PROOF_PRESENT);
			ck_assert(bytes_equal(value, items[i]));
			/* The same nodes say nothing else about another. */
			if (trie_proof_list_item(&value, &root, i ^ 1, nodes,
						 node_count) ==
			    TRIE_PROOF_PRESENT)
				ck_assert(bytes_equal(value, items[i ^ 1]));
		}
	}
}
END_TEST

START_TEST(test_an_empty_trie_has_its_well_known_root)
{
	static const uint8_t known[4] = { 0x56, 0xe8, 0x1f, 0x17 };
	struct hash root = trie_proof_list_root(NULL, 0);
	struct bytes node = bytes_view("\x80", 1);
	struct bytes value;

	ck_assert_mem_eq(root.bytes, known, sizeof(known));
	ck_assert_int_eq(trie_proof_list_item(&value, &root, 0, NULL, 0),
			 TRIE_PROOF_ABSENT);
	ck_assert_int_eq(trie_proof_list_item(&value, &root, 0, &node, 1),
			 TRIE_PROOF_ABSENT);
	root.bytes[0] ^= 1;
	ck_assert_int_eq(trie_proof_list_item(&value, &root, 0, NULL, 0),
			 TRIE_PROOF_BROKEN);
}
END_TEST

START_TEST(test_a_full_arena_is_told)
{
	struct arena small;
	struct bytes nodes[TRIE_PROOF_MAX_NODES];
	size_t node_count;

	make_items(300);
	arena_init(&small, 100);
	ck_assert(!trie_proof_of_item(nodes, &node_count, &small, items, 5, 2));
	arena_clear(&small);
}
END_TEST

/* ---- nodes that somebody changed ---- */

/* Every bit of every node, a node less and one more: it proves nothing. */
static void check_mutations(const struct hash *root, struct bytes key,
			    const struct bytes *nodes, size_t count)
{
	struct bytes changed[TRIE_PROOF_MAX_NODES + 1];
	struct bytes value;

	for (size_t i = 0; i < count; i++) {
		uint8_t *copy = malloc(nodes[i].len);

		memcpy(changed, nodes, count * sizeof(*nodes));
		changed[i] = bytes_view(copy, nodes[i].len);
		for (size_t bit = 0; bit < 8 * nodes[i].len; bit++) {
			memcpy(copy, nodes[i].data, nodes[i].len);
			copy[bit / 8] ^= (uint8_t)(1u << (bit % 8));
			ck_assert_int_eq(trie_proof_look_up(&value, root, key,
							    changed, count),
					 TRIE_PROOF_BROKEN);
		}
		free(copy);
		changed[i].len = 0;
		ck_assert_int_eq(
			trie_proof_look_up(&value, root, key, changed, count),
			TRIE_PROOF_BROKEN);
		changed[i] = bytes_view(nodes[i].data, nodes[i].len - 1);
		ck_assert_int_eq(
			trie_proof_look_up(&value, root, key, changed, count),
			TRIE_PROOF_BROKEN);
		memmove(changed + i, nodes + i + 1,
			(count - i - 1) * sizeof(*nodes));
		ck_assert_int_eq(trie_proof_look_up(&value, root, key, changed,
						    count - 1),
				 TRIE_PROOF_BROKEN);
	}
	memcpy(changed, nodes, count * sizeof(*nodes));
	changed[count] = nodes[count - 1];
	ck_assert_int_eq(
		trie_proof_look_up(&value, root, key, changed, count + 1),
		TRIE_PROOF_BROKEN);
}

static void check_slots(const json_t *account, const struct hash *root)
{
	size_t i;
	json_t *slot;

	json_array_foreach(vector_member(account, "storage"), i, slot)
	{
		struct bytes nodes[TRIE_PROOF_MAX_NODES];
		size_t count = vector_nodes(nodes, &arena,
					    vector_member(slot, "proof"));
		struct hash name = vector_hash(slot, "slot");
		struct hash key = keccak256(bytes_view(name.bytes, 32));

		check_mutations(root, bytes_view(key.bytes, 32), nodes, count);
	}
}

START_TEST(test_no_bit_of_a_real_proof_can_change)
{
	json_t *file = eth_blocks_load();
	size_t i;
	json_t *block;
	size_t j;
	json_t *account;
	size_t seen = 0;

	json_array_foreach(vector_member(file, "blocks"), i, block)
	{
		struct eth_header header =
			vector_header(&arena, vector_member(block, "header"));

		json_array_foreach(vector_member(block, "accounts"), j, account)
		{
			struct bytes nodes[TRIE_PROOF_MAX_NODES];
			size_t count = vector_nodes(
				nodes, &arena, vector_member(account, "proof"));
			struct address address =
				vector_address(account, "address");
			struct hash key =
				keccak256(bytes_view(address.bytes, 20));
			struct hash root = vector_hash(account, "storageHash");

			check_mutations(&header.state_root,
					bytes_view(key.bytes, 32), nodes,
					count);
			check_slots(account, &root);
			seen++;
		}
	}
	ck_assert_uint_ge(seen, 4);
	json_decref(file);
}
END_TEST

START_TEST(test_no_bit_of_a_proved_receipt_can_change)
{
	json_t *file = eth_blocks_load();
	size_t i;
	json_t *block;

	json_array_foreach(vector_member(file, "blocks"), i, block)
	{
		struct eth_header header =
			vector_header(&arena, vector_member(block, "header"));
		size_t count =
			eth_blocks_receipts(items, MAX_ITEMS, &arena, block);

		for (size_t j = 0; j < count; j++) {
			struct bytes nodes[TRIE_PROOF_MAX_NODES];
			size_t node_count;
			uint8_t key[9];
			struct writer writer = writer_of(key, sizeof(key));

			rlp_put_u64(&writer, j);
			ck_assert(trie_proof_of_item(nodes, &node_count, &arena,
						     items, count, j));
			check_mutations(&header.receipts_root,
					writer_view(&writer), nodes,
					node_count);
		}
	}
	json_decref(file);
}
END_TEST

/* ---- nodes that nobody should make, with hashes that fit ---- */

struct forged {
	const char *node;
	size_t len;
	enum trie_proof_verdict verdict; /* for the key ab */
};

#define FORGED(text, verdict)                                                  \
	{                                                                      \
		text, sizeof(text) - 1, verdict                                \
	}

static const struct forged forged[] = {
	FORGED("\xc4\x82\x20\xab\x07", TRIE_PROOF_PRESENT),
	FORGED("\xc4\x82\x20\xac\x07", TRIE_PROOF_ABSENT),
	FORGED("\xc4\x82\x20\xab\x80", TRIE_PROOF_BROKEN), /* no value */
	FORGED("\xc4\x82\x21\xab\x07", TRIE_PROOF_BROKEN), /* padding */
	FORGED("\xc4\x82\x40\xab\x07", TRIE_PROOF_BROKEN), /* flags */
	FORGED("\xc4\x82\x20\xab\xc0", TRIE_PROOF_BROKEN), /* value a list */
	FORGED("\xc5\x82\x20\xab\x07\x07", TRIE_PROOF_BROKEN),
	FORGED("\xc3\x82\x20\xab", TRIE_PROOF_BROKEN),
	FORGED("\xc2\x80\x07", TRIE_PROOF_BROKEN), /* no path at all */
	/* An extension of nothing, and one to nothing. */
	FORGED("\xc6\x81\x00\xc3\x20\x07\x07", TRIE_PROOF_BROKEN),
	FORGED("\xc3\x1a\x80\x80", TRIE_PROOF_BROKEN),
	FORGED("\xc2\x1a\x80", TRIE_PROOF_BROKEN),
	/* An extension to a leaf inside it. */
	FORGED("\xc4\x1a\xc2\x3b\x07", TRIE_PROOF_PRESENT),
	FORGED("\xc4\x1b\xc2\x3b\x07", TRIE_PROOF_ABSENT),
	FORGED("\xc4\x1a\xc2\x3c\x07", TRIE_PROOF_ABSENT),
	/* A short string is no name of a node. */
	FORGED("\xc4\x1a\x82\x3b\x07", TRIE_PROOF_BROKEN),
	FORGED("\x07", TRIE_PROOF_BROKEN),
	FORGED("\xc0", TRIE_PROOF_BROKEN),
	FORGED("\x80", TRIE_PROOF_ABSENT),
	FORGED("\xf8\x04\x82\x20\xab\x07", TRIE_PROOF_BROKEN), /* RLP */
	FORGED("\xc4\x82\x20\xab\x07\x00", TRIE_PROOF_BROKEN),
	FORGED("\xc5\x82\x20\xab\x81\x07", TRIE_PROOF_BROKEN),
	/* Branches: the child a is a leaf with the path b. */
	FORGED("\xd3\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\xc2\x3b\x07\x80"
	       "\x80\x80\x80\x80\x80",
	       TRIE_PROOF_PRESENT),
	FORGED("\xd1\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80"
	       "\x80\x80\x80",
	       TRIE_PROOF_ABSENT),
	FORGED("\xd0\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80"
	       "\x80\x80",
	       TRIE_PROOF_BROKEN),
};

START_TEST(test_a_node_has_one_form)
{
	struct bytes node = bytes_view(forged[_i].node, forged[_i].len);
	struct hash root = keccak256(node);
	struct bytes value = bytes_view(NULL, 0);

	ck_assert_int_eq(trie_proof_look_up(&value, &root,
					    bytes_view("\xab", 1), &node, 1),
			 forged[_i].verdict);
	if (forged[_i].verdict == TRIE_PROOF_PRESENT)
		ck_assert(value.len == 1 && value.data[0] == 7);
}
END_TEST

START_TEST(test_an_inner_node_may_be_listed_once_more)
{
	/* An extension to a leaf inside it, and the leaf again. */
	struct bytes nodes[3] = { bytes_view("\xc4\x1a\xc2\x3b\x07", 5),
				  bytes_view("\xc2\x3b\x07", 3),
				  bytes_view("\xc2\x3b\x07", 3) };
	struct hash root = keccak256(nodes[0]);
	struct bytes value;
	struct bytes key = bytes_view("\xab", 1);

	ck_assert_int_eq(trie_proof_look_up(&value, &root, key, nodes, 2),
			 TRIE_PROOF_PRESENT);
	ck_assert_int_eq(trie_proof_look_up(&value, &root, key, nodes, 3),
			 TRIE_PROOF_BROKEN);
}
END_TEST

Suite *trie_proof_suite(void);

Suite *trie_proof_suite(void)
{
	Suite *suite = suite_create("trie_proof");
	TCase *tests = tcase_create("proofs");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests,
			    test_every_item_of_lists_of_every_size_is_proved, 0,
			    (int)(sizeof(lens) / sizeof(lens[0])));
	tcase_add_test(tests, test_an_empty_trie_has_its_well_known_root);
	tcase_add_test(tests, test_a_full_arena_is_told);
	tcase_add_test(tests, test_no_bit_of_a_real_proof_can_change);
	tcase_add_test(tests, test_no_bit_of_a_proved_receipt_can_change);
	tcase_add_loop_test(tests, test_a_node_has_one_form, 0,
			    (int)(sizeof(forged) / sizeof(forged[0])));
	tcase_add_test(tests, test_an_inner_node_may_be_listed_once_more);
	suite_add_tcase(suite, tests);
	return suite;
}
