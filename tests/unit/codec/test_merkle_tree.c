/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/codec/keccak256.h"
#include "common/codec/merkle_tree.h"
#include "tests/unit/runner.h"

#define LEAVES 21

static void make_leaves(struct hash leaves[LEAVES])
{
	for (uint8_t i = 0; i < LEAVES; i++)
		leaves[i] = merkle_tree_leaf(bytes_view(&i, 1));
}

START_TEST(test_every_leaf_is_proved_in_trees_of_every_size)
{
	struct hash leaves[LEAVES];
	make_leaves(leaves);
	for (size_t count = 1; count <= LEAVES; count++) {
		struct hash root = merkle_tree_root(leaves, count);
		for (size_t i = 0; i < count; i++) {
			uint8_t proof[MERKLE_TREE_PROOF_SIZE];
			merkle_tree_prove(proof, leaves, count, i);
			struct bytes view = bytes_view(proof, sizeof(proof));
			ck_assert(
				merkle_tree_proves(&root, &leaves[i], i, view));
			ck_assert(!merkle_tree_proves(&root, &leaves[i], i ^ 1,
						      view));
			ck_assert(!merkle_tree_proves(
				&root, &leaves[(i + 1) % LEAVES], i, view));
		}
	}
}
END_TEST

START_TEST(test_missing_leaves_are_the_leaf_of_zeros)
{
	struct hash leaves[LEAVES];
	make_leaves(leaves);
	struct hash short_root = merkle_tree_root(leaves, 3);
	leaves[3] = merkle_tree_empty(0);
	struct hash root = merkle_tree_root(leaves, 4);
	ck_assert(hash_equal(&root, &short_root));
	root = merkle_tree_root(NULL, 0);
	struct hash empty = merkle_tree_empty(MERKLE_TREE_DEPTH);
	ck_assert(hash_equal(&root, &empty));
}
END_TEST

START_TEST(test_a_leaf_in_pieces_is_the_leaf_of_the_whole)
{
	struct bytes whole = bytes_of_string("a whole transaction");
	struct bytes pieces[3] = { bytes_view(whole.data, 2),
				   bytes_view(NULL, 0),
				   bytes_view(whole.data + 2, whole.len - 2) };
	struct hash a = merkle_tree_leaf(whole);
	struct hash b = merkle_tree_leaf_of_pieces(pieces, 3);
	ck_assert(hash_equal(&a, &b));
}
END_TEST

START_TEST(test_the_self_test_of_the_hash_passes)
{
	ck_assert(keccak256_self_test());
}
END_TEST

Suite *merkle_tree_suite(void);

Suite *merkle_tree_suite(void)
{
	Suite *suite = suite_create("merkle_tree");
	TCase *tcase = tcase_create("roots and proofs");
	tcase_add_test(tcase, test_every_leaf_is_proved_in_trees_of_every_size);
	tcase_add_test(tcase, test_missing_leaves_are_the_leaf_of_zeros);
	tcase_add_test(tcase, test_a_leaf_in_pieces_is_the_leaf_of_the_whole);
	tcase_add_test(tcase, test_the_self_test_of_the_hash_passes);
	suite_add_tcase(suite, tcase);
	return suite;
}
