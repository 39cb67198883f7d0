/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "operator/submission.h"
#include "tests/unit/runner.h"

#define GWEI UINT64_C(1000000000)

static struct submission_market market_of(uint64_t head, uint64_t base_gwei)
{
	return (struct submission_market){ head, u256_of(base_gwei * GWEI),
					   u256_of(GWEI), u256_of(500 * GWEI) };
}

START_TEST(test_binds_every_block_to_its_nonce)
{
	struct root_batch before = { 0, 0, 0 };
	struct root_batch batch;

	ck_assert(!submission_next_batch(&batch, NULL, 7, 0, 1));
	for (uint64_t i = 0; i < 12; i++) {
		ck_assert(submission_next_batch(&batch, i == 0 ? NULL : &before,
						7, 12000, 1));
		ck_assert_uint_eq(batch.first_blknum, 1000 * (i + 1));
		ck_assert_uint_eq(batch.nonce, 7 + i);
		ck_assert_uint_eq(batch.block_count, 1);
		before = batch;
	}
	ck_assert(!submission_next_batch(&batch, &before, 7, 12000, 1));
}
END_TEST

START_TEST(test_takes_all_blocks_that_wait_into_one_batch)
{
	struct root_batch batch;
	struct root_batch next;

	ck_assert(submission_next_batch(&batch, NULL, 0, 9000, 64));
	ck_assert_uint_eq(batch.block_count, 9);
	ck_assert_uint_eq(root_batch_end(&batch), 10000);
	ck_assert(submission_next_batch(&next, &batch, 0, 200000, 64));
	ck_assert_uint_eq(next.nonce, 1);
	ck_assert_uint_eq(next.first_blknum, 10000);
	ck_assert_uint_eq(next.block_count, 64);
}
END_TEST

START_TEST(test_a_bump_raises_both_fees_and_stays_below_the_cap)
{
	struct submission_market market = market_of(10, 30);
	struct fee_offer before = { u256_of(100), u256_of(10) };
	struct fee_offer offer;

	ck_assert(submission_bump(&offer, before, 50, &market));
	ck_assert(u256_equal(offer.max_fee_wei, u256_of(151)));
	ck_assert(u256_equal(offer.max_priority_fee_wei, u256_of(16)));
	/* Nodes take nothing below an eighth. */
	ck_assert(submission_bump(&offer, before, 1, &market));
	ck_assert(u256_equal(offer.max_fee_wei, u256_of(113)));
	before.max_fee_wei = market.max_fee_cap_wei;
	ck_assert(!submission_bump(&offer, before, 20, &market));
}
END_TEST

START_TEST(test_offers_twice_the_base_fee_and_the_tip_at_first)
{
	struct submission submission = { .is_signed = false };
	struct submission_market market = market_of(10, 30);
	struct fee_offer offer;

	ck_assert_int_eq(submission_decide(&offer, &submission, &market),
			 SUBMISSION_SIGN);
	ck_assert(u256_equal(offer.max_fee_wei, u256_of(61 * GWEI)));
	ck_assert(u256_equal(offer.max_priority_fee_wei, u256_of(GWEI)));
}
END_TEST

START_TEST(test_never_offers_more_than_the_cap)
{
	struct submission submission = { .is_signed = false };
	struct submission_market market = market_of(10, 900);
	struct fee_offer offer;

	ck_assert_int_eq(submission_decide(&offer, &submission, &market),
			 SUBMISSION_SIGN);
	ck_assert(u256_equal(offer.max_fee_wei, u256_of(500 * GWEI)));
}
END_TEST

static struct submission signed_at(uint64_t head, uint64_t fee, uint64_t tip)
{
	return (struct submission){ true,
				    { u256_of(fee), u256_of(tip) },
				    head };
}

START_TEST(test_sends_the_same_bytes_for_two_root_blocks)
{
	struct submission submission = signed_at(10, 61 * GWEI, GWEI);
	struct fee_offer offer;

	for (uint64_t head = 9; head < 12; head++) {
		struct submission_market market = market_of(head, 100);

		ck_assert_int_eq(
			submission_decide(&offer, &submission, &market),
			SUBMISSION_RESEND);
		ck_assert(u256_equal(offer.max_fee_wei, u256_of(61 * GWEI)));
	}
}
END_TEST

START_TEST(test_raises_both_fees_by_an_eighth_at_least)
{
	struct submission submission = signed_at(10, 1001, 9);
	struct submission_market market = market_of(12, 0);
	struct fee_offer offer;

	market.tip_wei = u256_of(1);
	ck_assert_int_eq(submission_decide(&offer, &submission, &market),
			 SUBMISSION_RAISE);
	/* 1001 * 1.125 = 1126.1 and 9 * 1.125 = 10.1 */
	ck_assert(u256_equal(offer.max_fee_wei, u256_of(1127)));
	ck_assert(u256_equal(offer.max_priority_fee_wei, u256_of(11)));
}
END_TEST

START_TEST(test_follows_a_base_fee_that_has_risen_further)
{
	struct submission submission = signed_at(10, 20 * GWEI, GWEI);
	struct submission_market market = market_of(12, 100);
	struct fee_offer offer;

	ck_assert_int_eq(submission_decide(&offer, &submission, &market),
			 SUBMISSION_RAISE);
	ck_assert(u256_equal(offer.max_fee_wei, u256_of(201 * GWEI)));
}
END_TEST

START_TEST(test_a_fee_of_zero_rises_too)
{
	struct submission submission = signed_at(10, 0, 0);
	struct submission_market market = market_of(12, 0);
	struct fee_offer offer;

	market.tip_wei = U256_ZERO;
	ck_assert_int_eq(submission_decide(&offer, &submission, &market),
			 SUBMISSION_RAISE);
	ck_assert(u256_equal(offer.max_fee_wei, u256_of(1)));
}
END_TEST

START_TEST(test_says_when_the_cap_forbids_a_replacement)
{
	struct submission submission = signed_at(10, 450 * GWEI, GWEI);
	struct submission_market market = market_of(12, 100);
	struct fee_offer offer;

	ck_assert_int_eq(submission_decide(&offer, &submission, &market),
			 SUBMISSION_CAPPED);
	ck_assert(u256_equal(offer.max_fee_wei, u256_of(450 * GWEI)));
}
END_TEST

START_TEST(test_tells_a_chain_that_is_ahead_from_one_that_differs)
{
	struct hash ours;
	struct hash theirs;

	memset(ours.bytes, 1, sizeof(ours.bytes));
	memset(theirs.bytes, 2, sizeof(theirs.bytes));
	ck_assert_int_eq(submission_compare(3000, 2000, &ours, &ours),
			 SUBMISSION_HISTORY_AGREES);
	ck_assert_int_eq(submission_compare(3000, 3000, &theirs, &ours),
			 SUBMISSION_HISTORY_AGREES);
	ck_assert_int_eq(submission_compare(3000, 2000, &theirs, &ours),
			 SUBMISSION_HISTORY_DIFFERS);
	ck_assert_int_eq(submission_compare(3000, 2000, &theirs, NULL),
			 SUBMISSION_HISTORY_AHEAD);
}
END_TEST

Suite *submission_suite(void);

Suite *submission_suite(void)
{
	Suite *suite = suite_create("submission");
	TCase *tests = tcase_create("submission");

	tcase_add_test(tests, test_binds_every_block_to_its_nonce);
	tcase_add_test(tests, test_takes_all_blocks_that_wait_into_one_batch);
	tcase_add_test(tests,
		       test_a_bump_raises_both_fees_and_stays_below_the_cap);
	tcase_add_test(tests,
		       test_offers_twice_the_base_fee_and_the_tip_at_first);
	tcase_add_test(tests, test_never_offers_more_than_the_cap);
	tcase_add_test(tests, test_sends_the_same_bytes_for_two_root_blocks);
	tcase_add_test(tests, test_raises_both_fees_by_an_eighth_at_least);
	tcase_add_test(tests, test_follows_a_base_fee_that_has_risen_further);
	tcase_add_test(tests, test_a_fee_of_zero_rises_too);
	tcase_add_test(tests, test_says_when_the_cap_forbids_a_replacement);
	tcase_add_test(tests,
		       test_tells_a_chain_that_is_ahead_from_one_that_differs);
	suite_add_tcase(suite, tests);
	return suite;
}
