/* SPDX-License-Identifier: MIT */
#include "common/chain/block_rules.h"
#include "operator/block_builder.h"
#include "operator/mempool.h"
#include "tests/unit/operator/payments.h"
#include "tests/unit/runner.h"

#define ALICE 0xa1
#define BOB 0xb0
#define CLAIMER 0xfe
#define BLKNUM 100000

/* What the builder makes is judged by the rules that every watcher has. */

static struct ledger *ledger;
static struct mempool *pool;
static struct built_block block;

static void set_up(void)
{
	ledger = ledger_new();
	pool = mempool_new(BLKNUM);
}

static void tear_down(void)
{
	built_block_clear(&block);
	mempool_free(pool);
	ledger_free(ledger);
}

/* The token whose contract has this byte all over. */
static struct token token_of(uint8_t byte)
{
	return (struct token){ account_of(byte) };
}

/* Accepts a payment of Alice to Bob: she spends a deposit of `paid` and `fee`
 * units. */
static void accept(uint64_t deposit, struct token token, uint64_t paid,
		   uint64_t fee)
{
	struct made_payment payment;
	struct admission_result result = { .surplus.count = 1 };
	struct output output = output_of(BOB, paid);
	struct position input = position_at(deposit, 0, 0);

	result.spent[0] = output_of(ALICE, paid + fee);
	result.spent[0].token = output.token = token;
	result.surplus.of[0].token = token;
	result.surplus.of[0].amount = amount_of(fee);
	ledger_put(ledger, input, &result.spent[0], COIN_UNSPENT);
	make_payment(&payment, input, ALICE, &output, 1);
	ck_assert_int_eq(mempool_add(pool, &payment.candidate, &result, 1),
			 VERDICT_VALID);
}

static void build(void)
{
	struct address claimer = account_of(CLAIMER);

	block_builder_build(&block, mempool_open_borrow(pool), &claimer);
}

/* The signatures of the payments are nobody's: Alice is said to have made
 * them. */
static void give_signers(struct block_judge *judge)
{
	struct signature_job job;

	while (block_judge_signatures(judge, &job, 1) == 1) {
		job.recovered = true;
		job.signer = account_of(ALICE);
		block_judge_signers(judge, &job, 1);
	}
}

static void assert_valid(void)
{
	struct block_facts facts = { .number = BLKNUM, .root = block.root };
	struct block_judge *judge = block_judge_new(&facts);
	struct block_body body;
	struct finding finding =
		block_body_read(&body, growing_buffer_view(&block.body));

	ck_assert_int_eq(finding.verdict, VERDICT_VALID);
	ck_assert_uint_eq(body.count, block.transaction_count);
	finding = block_judge_body(judge, &body, NULL);
	ck_assert_int_eq(finding.verdict, VERDICT_VALID);
	give_signers(judge);
	while (block_judge_next(judge, 1))
		block_judge_against(judge, ledger);
	ck_assert_int_eq(block_judge_finish(judge).verdict, VERDICT_VALID);
	ck_assert_uint_eq(fee_pots_count(block_judge_unclaimed(judge)), 0);
	block_judge_free(judge);
	block_body_clear(&body);
}

static void assert_fee(size_t index, struct token token, uint64_t units)
{
	struct output expected = output_of(CLAIMER, units);
	const struct output *fee = &block.fees[index];

	ck_assert_uint_eq(fee->type, PROTOCOL_OUTPUT_TYPE_FEE);
	ck_assert(address_equal(&fee->owner, &expected.owner));
	ck_assert(token_equal(&fee->token, &token));
	ck_assert_int_eq(amount_compare(fee->amount, expected.amount), 0);
}

START_TEST(test_a_block_is_valid_and_holds_payments_in_order)
{
	struct block_body body;

	for (uint64_t i = 1; i <= 100; i++)
		accept(i, TOKEN_ETH, i, 0);
	build();
	assert_valid();
	ck_assert_uint_eq(block.blknum, BLKNUM);
	ck_assert_uint_eq(block.transaction_count, 100);
	ck_assert_uint_eq(block.fee_count, 0);
	struct finding finding =
		block_body_read(&body, growing_buffer_view(&block.body));
	ck_assert_int_eq(finding.verdict, VERDICT_VALID);
	for (uint32_t i = 0; i < body.count; i++)
		ck_assert(hash_equal(
			&body.leaves[i],
			&mempool_open_borrow(pool)->payments[i]->leaf));
	block_body_clear(&body);
}
END_TEST

START_TEST(test_a_block_takes_all_fees_ascending_by_token)
{
	accept(1, token_of(9), 100, 5);
	accept(2, token_of(3), 100, 7);
	accept(3, TOKEN_ETH, 100, 1);
	accept(4, token_of(3), 100, 8);
	accept(5, token_of(4), 100, 0);
	build();
	assert_valid();
	ck_assert_uint_eq(block.transaction_count, 5 + 3);
	ck_assert_uint_eq(block.fee_count, 3);
	assert_fee(0, TOKEN_ETH, 1);
	assert_fee(1, token_of(3), 15);
	assert_fee(2, token_of(9), 5);
}
END_TEST

START_TEST(test_a_block_of_one_payment_is_valid)
{
	accept(1, TOKEN_ETH, 1, 0);
	build();
	assert_valid();
}
END_TEST

START_TEST(test_a_full_block_with_fees_is_valid)
{
	/* 999 deposits between two blocks. */
	for (uint64_t i = 1; i < PROTOCOL_LEAVES; i++)
		accept(i % 999 + 1 + i / 999 * 1000, TOKEN_ETH, 2, 1);
	build();
	assert_valid();
	ck_assert_uint_eq(block.transaction_count, PROTOCOL_LEAVES);
	assert_fee(0, TOKEN_ETH, PROTOCOL_LEAVES - 1);
}
END_TEST

Suite *block_builder_suite(void);
Suite *block_builder_suite(void)
{
	Suite *suite = suite_create("block_builder");
	TCase *cases = tcase_create("block_builder");

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_test(cases,
		       test_a_block_is_valid_and_holds_payments_in_order);
	tcase_add_test(cases, test_a_block_takes_all_fees_ascending_by_token);
	tcase_add_test(cases, test_a_block_of_one_payment_is_valid);
	tcase_add_test(cases, test_a_full_block_with_fees_is_valid);
	suite_add_tcase(suite, cases);
	return suite;
}
