/* SPDX-License-Identifier: MIT */
#include "common/base/writer.h"
#include "common/chain/block.h"
#include "common/chain/priority.h"
#include "operator/late_spend_store.h"
#include "tests/unit/operator/payments.h"
#include "tests/unit/runner.h"
#include "tests/unit/scratch.h"

#define ALICE 0xa1
#define BOB 0xb0

static struct operator_store *store;
static struct body_store *bodies;
static struct error error;

static void set_up(void)
{
	const struct operator_network network = { 31337, account_of(0x77), 0 };

	scratch_make();
	ck_assert(operator_store_open(&store, scratch_folder(), &network,
				      &error));
	ck_assert(body_store_open(&bodies, scratch_folder(),
				  OPERATOR_STORE_BODIES, &error));
}

static void tear_down(void)
{
	body_store_close(bodies);
	operator_store_close(store);
	scratch_remove();
}

/* Commits a block of one payment of Alice's coin; returns its hash. */
static struct hash commit(uint64_t blknum, struct position input)
{
	const struct output output = output_of(BOB, 99);
	struct made_payment payment;
	uint8_t bytes[2000];
	struct writer writer = writer_of(bytes, sizeof(bytes));
	struct block_body body;

	make_payment(&payment, input, ALICE, &output, 1);
	block_body_write_header(&writer, payment.candidate.signed_form.len);
	writer_put(&writer, payment.candidate.signed_form);
	ck_assert_int_eq(block_body_read(&body, writer_view(&writer)).verdict,
			 VERDICT_VALID);
	struct committed_block block = { .blknum = blknum,
					 .root = body.root,
					 .transaction_count = 1,
					 .body_len = writer_view(&writer).len,
					 .formed_at = 1 };
	block_body_clear(&body);
	ck_assert(body_store_put(bodies, &block.root, writer_view(&writer),
				 &error));
	ck_assert(operator_store_commit_block(store, &block, &error));
	return payment.candidate.hash;
}

static void freeze(uint64_t eth_block, struct position position)
{
	ck_assert(operator_store_put_freeze(store, eth_block, 3, position,
					    &error));
}

/* The block with a late spend; 0: none has. */
static uint64_t late_in(uint64_t first, uint64_t last, uint64_t after,
			uint64_t eth_block)
{
	const struct late_spend_range range = { first, last, after, eth_block };
	uint64_t blknum;
	bool found;

	ck_assert_msg(late_spend_store_find(&found, &blknum, store, bodies,
					    &range, &error),
		      "%s", error.message);
	return found ? blknum : 0;
}

START_TEST(test_finds_a_spend_of_what_was_frozen_in_time)
{
	(void)commit(1000, position_at(1, 0, 0));
	(void)commit(2000, position_at(2, 0, 0));
	freeze(50, position_at(2, 0, 0));
	ck_assert_uint_eq(late_in(1000, 2000, 0, 50), 2000);
	ck_assert_uint_eq(late_in(1000, 2000, 49, 60), 2000);
	ck_assert_uint_eq(late_in(1000, 1000, 0, 50), 0);
	ck_assert_uint_eq(late_in(1000, 2000, 0, 49), 0);
	ck_assert_uint_eq(late_in(1000, 2000, 50, 60), 0);
}
END_TEST

/* An in-flight exit of a payment freezes what the payment itself spends. */
START_TEST(test_a_payment_is_not_late_for_its_own_exit)
{
	struct hash hash = commit(1000, position_at(1, 0, 0));
	struct hash other = { { 1 } };

	freeze(50, position_at(1, 0, 0));
	ck_assert(operator_store_put_in_flight_exit(
		store, 50, 3, &hash, bytes_of_string("raw"), &error));
	ck_assert_uint_eq(late_in(1000, 1000, 0, 50), 0);
	freeze(51, position_at(1, 0, 0));
	ck_assert(operator_store_put_in_flight_exit(
		store, 51, 3, &other, bytes_of_string("raw"), &error));
	ck_assert_uint_eq(late_in(1000, 1000, 0, 50), 0);
	ck_assert_uint_eq(late_in(1000, 1000, 0, 51), 1000);
}
END_TEST

START_TEST(test_an_exit_is_late_after_a_seventh_of_the_period_or_a_day)
{
	ck_assert_uint_eq(exit_late_after(600), 85);
	ck_assert_uint_eq(exit_late_after(604800), 82800);
}
END_TEST

Suite *late_spend_store_suite(void);

Suite *late_spend_store_suite(void)
{
	Suite *suite = suite_create("late_spend_store");
	TCase *tests = tcase_create("late_spend_store");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, test_finds_a_spend_of_what_was_frozen_in_time);
	tcase_add_test(tests, test_a_payment_is_not_late_for_its_own_exit);
	tcase_add_test(
		tests,
		test_an_exit_is_late_after_a_seventh_of_the_period_or_a_day);
	suite_add_tcase(suite, tests);
	return suite;
}
