/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "rootchain/follower.h"
#include "tests/unit/runner.h"

#define DEPLOYMENT 5
#define MOST_BLOCKS 400

/* Two chains that are the same below `fork`: what is stored, and the node's. */
struct chains {
	uint64_t stored_tip; /* DEPLOYMENT - 1: nothing is stored */
	uint64_t target;
	uint64_t fork; /* the first number at which they differ */
	uint64_t undone_to;
	unsigned int looks;
	unsigned int undos;
};

static struct hash hash_of(uint64_t number, uint8_t side)
{
	struct hash hash = { { 0 } };

	memcpy(hash.bytes, &number, sizeof(number));
	hash.bytes[31] = side;
	return hash;
}

static struct hash stored_hash(const struct chains *chains, uint64_t number)
{
	return hash_of(number, number < chains->fork ? 0 : 1);
}

static struct hash node_hash(const struct chains *chains, uint64_t number)
{
	return hash_of(number, number < chains->fork ? 0 : 2);
}

static void start(struct follower *follower, const struct chains *chains,
		  uint64_t most)
{
	struct follower_point tip = { chains->stored_tip,
				      stored_hash(chains, chains->stored_tip) };
	struct follower_point target = { chains->target,
					 node_hash(chains, chains->target) };

	follower_start(follower, DEPLOYMENT, most,
		       chains->stored_tip < DEPLOYMENT ? NULL : &tip, &target);
}

/* Does what the follower wants as a node and a store would. */
static enum follower_want_kind play(struct chains *chains, uint64_t most)
{
	struct follower follower;
	uint64_t tip = chains->stored_tip;

	start(&follower, chains, most);
	for (int i = 0; i < 10000; i++) {
		struct follower_want want = follower_want(&follower);
		struct follower_point point;

		switch (want.kind) {
		case FOLLOWER_WANT_NOTHING:
		case FOLLOWER_WANT_BEHIND:
		case FOLLOWER_WANT_FOREIGN:
			chains->stored_tip = tip;
			return want.kind;
		case FOLLOWER_WANT_LOOK:
			ck_assert_uint_ge(want.first, DEPLOYMENT);
			ck_assert_uint_le(want.first, tip);
			chains->looks++;
			follower_saw(&follower, want.first,
				     want.first < chains->fork &&
					     want.first <= chains->target);
			break;
		case FOLLOWER_WANT_UNDO:
			chains->undos++;
			chains->undone_to = want.first;
			tip = want.first - 1;
			point.number = tip;
			point.hash = stored_hash(chains, tip);
			follower_moved(&follower, &point);
			break;
		case FOLLOWER_WANT_FETCH:
			ck_assert_uint_le(want.last, chains->target);
			ck_assert_uint_lt(want.last - want.first, most);
			if (tip >= DEPLOYMENT) {
				ck_assert_uint_eq(want.first, tip + 1);
				if (chains->undos == 0 && tip >= chains->fork) {
					follower_not_linked(&follower);
					break;
				}
			} else {
				ck_assert_uint_eq(want.first, DEPLOYMENT);
			}
			tip = want.last;
			point.number = tip;
			point.hash = node_hash(chains, tip);
			follower_moved(&follower, &point);
			break;
		}
	}
	ck_abort_msg("it goes on for ever");
	return FOLLOWER_WANT_NOTHING;
}

START_TEST(test_fetches_from_the_deployment_in_ranges)
{
	struct chains chains = { DEPLOYMENT - 1, 100, MOST_BLOCKS, 0, 0, 0 };

	ck_assert_int_eq(play(&chains, 7), FOLLOWER_WANT_NOTHING);
	ck_assert_uint_eq(chains.stored_tip, 100);
	ck_assert_uint_eq(chains.looks, 0);
}
END_TEST

START_TEST(test_wants_nothing_at_the_target)
{
	struct chains chains = { 100, 100, MOST_BLOCKS, 0, 0, 0 };

	ck_assert_int_eq(play(&chains, 7), FOLLOWER_WANT_NOTHING);
	ck_assert_uint_eq(chains.undos, 0);
}
END_TEST

START_TEST(test_undoes_exactly_what_was_replaced)
{
	for (uint64_t tip = DEPLOYMENT; tip < 60; tip++) {
		for (uint64_t fork = DEPLOYMENT + 1; fork <= tip; fork++) {
			for (uint64_t target = fork; target < tip + 9;
			     target += 3) {
				struct chains chains = { tip, target, fork,
							 0,   0,      0 };

				ck_assert_int_eq(play(&chains, 4),
						 FOLLOWER_WANT_NOTHING);
				ck_assert_uint_eq(chains.undos, 1);
				ck_assert_uint_eq(chains.undone_to, fork);
				ck_assert_uint_eq(chains.stored_tip, target);
				ck_assert_uint_le(chains.looks, 14);
			}
		}
	}
}
END_TEST

START_TEST(test_knows_a_node_that_is_behind)
{
	struct chains chains = { 100, 90, MOST_BLOCKS, 0, 0, 0 };

	ck_assert_int_eq(play(&chains, 7), FOLLOWER_WANT_BEHIND);
	ck_assert_uint_eq(chains.undos, 0);
	ck_assert_uint_eq(chains.stored_tip, 100);
}
END_TEST

START_TEST(test_knows_a_chain_without_the_deployment)
{
	for (uint64_t tip = DEPLOYMENT; tip < 40; tip++) {
		for (uint64_t target = DEPLOYMENT; target < 40; target++) {
			struct chains chains = { tip, target, DEPLOYMENT,
						 0,   0,      0 };

			ck_assert_int_eq(play(&chains, 7),
					 FOLLOWER_WANT_FOREIGN);
			ck_assert_uint_eq(chains.undos, 0);
		}
	}
}
END_TEST

START_TEST(test_searches_a_deep_fork_in_few_looks)
{
	struct chains chains = { 1000000, 1000003, 17, 0, 0, 0 };

	ck_assert_int_eq(play(&chains, 1000), FOLLOWER_WANT_NOTHING);
	ck_assert_uint_eq(chains.undone_to, 17);
	ck_assert_uint_le(chains.looks, 42);
}
END_TEST

START_TEST(test_searches_again_when_the_target_was_replaced_meanwhile)
{
	struct chains chains = { 10, 20, MOST_BLOCKS, 0, 0, 0 };
	struct follower_point point = { 20, hash_of(20, 9) };
	struct follower follower;

	start(&follower, &chains, 100);
	ck_assert_int_eq(follower_want(&follower).kind, FOLLOWER_WANT_FETCH);
	follower_moved(&follower, &point);
	ck_assert_int_eq(follower_want(&follower).kind, FOLLOWER_WANT_LOOK);
}
END_TEST

Suite *follower_suite(void);

Suite *follower_suite(void)
{
	Suite *suite = suite_create("follower");
	TCase *test = tcase_create("follower");

	tcase_add_test(test, test_fetches_from_the_deployment_in_ranges);
	tcase_add_test(test, test_wants_nothing_at_the_target);
	tcase_add_test(test, test_undoes_exactly_what_was_replaced);
	tcase_add_test(test, test_knows_a_node_that_is_behind);
	tcase_add_test(test, test_knows_a_chain_without_the_deployment);
	tcase_add_test(test, test_searches_a_deep_fork_in_few_looks);
	tcase_add_test(
		test,
		test_searches_again_when_the_target_was_replaced_meanwhile);
	suite_add_tcase(suite, test);
	return suite;
}
