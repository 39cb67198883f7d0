/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/chain/transaction_codec.h"
#include "common/chain/transaction_hash.h"
#include "common/store/signed_spend_table.h"
#include "tests/unit/runner.h"
#include "tests/unit/scratch.h"

#define CHAIN_ID 31337

static const struct address framework = { { 0x11, 0x22 } };
static const struct wall_time now = { 1700000000 };

static char path[64];
static struct error error;

static void set_up(void)
{
	scratch_make();
	snprintf(path, sizeof(path), "%s", scratch_path("signed.db"));
}

/* A payment of `input_count` coins from block `blknum` on to owner `to`. */
struct payment {
	uint8_t bytes[PROTOCOL_MAX_RAW_SIZE];
	size_t len;
	struct hash hash;
	struct position inputs[PROTOCOL_MAX_INPUTS];
};

static struct payment make_payment(uint64_t blknum, uint8_t input_count,
				   uint8_t to)
{
	struct payment payment = { { 0 }, 0, { { 0 } }, { { 0 } } };
	struct transaction transaction = { 0 };
	struct writer out = writer_of(payment.bytes, sizeof(payment.bytes));

	transaction.type = PROTOCOL_TX_TYPE_PAYMENT;
	transaction.input_count = input_count;
	for (uint8_t i = 0; i < input_count; i++) {
		ck_assert(position_make(&transaction.inputs[i],
					blknum + i * 1000U, 0, 0));
		payment.inputs[i] = transaction.inputs[i];
	}
	transaction.output_count = 1;
	transaction.outputs[0].type = PROTOCOL_OUTPUT_TYPE_PAYMENT;
	transaction.outputs[0].owner.bytes[0] = to;
	transaction.outputs[0].amount = amount_of(5);
	transaction_encode(&out, &transaction);
	payment.len = out.len;
	payment.hash = transaction_hash(bytes_view(payment.bytes, out.len));
	return payment;
}

static struct signature make_signature(uint8_t fill)
{
	struct signature signature;

	memset(signature.bytes, fill, sizeof(signature.bytes));
	signature.bytes[64] = 27;
	return signature;
}

static struct signed_spend_table *open_table(void)
{
	struct signed_spend_table *table;

	ck_assert_msg(signed_spend_table_open(&table, path, CHAIN_ID,
					      &framework, &error),
		      "%s", error.message);
	return table;
}

static enum signed_spend_answer claim(struct signed_spend_table *table,
				      const struct payment *payment,
				      unsigned int ours,
				      struct signed_spend *conflict)
{
	enum signed_spend_answer answer;

	ck_assert_msg(signed_spend_table_claim(
			      table, &answer, conflict,
			      bytes_view(payment->bytes, payment->len), ours,
			      now, &error),
		      "%s", error.message);
	return answer;
}

static bool is_claimed(struct signed_spend_table *table,
		       struct position position, struct signed_spend *spend)
{
	bool found;

	ck_assert_msg(
		signed_spend_table_find(table, &found, spend, position, &error),
		"%s", error.message);
	return found;
}

START_TEST(test_a_coin_is_claimed_by_one_transaction)
{
	struct payment first = make_payment(1000, 1, 1);
	struct payment second = make_payment(1000, 1, 2);
	struct signed_spend_table *table = open_table();
	struct signed_spend conflict;

	ck_assert_int_eq(claim(table, &first, 1, &conflict),
			 SIGNED_SPEND_CLAIMED);
	ck_assert_int_eq(claim(table, &first, 1, &conflict),
			 SIGNED_SPEND_CLAIMED);
	ck_assert_int_eq(claim(table, &second, 1, &conflict),
			 SIGNED_SPEND_CONFLICT);
	ck_assert(hash_equal(&conflict.transaction_hash, &first.hash));
	signed_spend_table_close(table);
}
END_TEST

START_TEST(test_refuses_a_second_transaction_in_another_life)
{
	struct payment first = make_payment(1000, 1, 1);
	struct payment second = make_payment(1000, 1, 2);
	struct signed_spend conflict;
	struct signed_spend_table *table = open_table();

	ck_assert_int_eq(claim(table, &first, 1, &conflict),
			 SIGNED_SPEND_CLAIMED);
	signed_spend_table_close(table);
	table = open_table();
	ck_assert_int_eq(claim(table, &second, 1, &conflict),
			 SIGNED_SPEND_CONFLICT);
	ck_assert_int_eq(claim(table, &first, 1, &conflict),
			 SIGNED_SPEND_CLAIMED);
	signed_spend_table_close(table);
}
END_TEST

START_TEST(test_a_conflict_claims_none_of_the_coins)
{
	struct payment first = make_payment(3000, 1, 1);
	struct payment second = make_payment(1000, 3, 2);
	struct signed_spend_table *table = open_table();
	struct signed_spend conflict;

	ck_assert_int_eq(claim(table, &first, 1, &conflict),
			 SIGNED_SPEND_CLAIMED);
	ck_assert_int_eq(claim(table, &second, 7, &conflict),
			 SIGNED_SPEND_CONFLICT);
	ck_assert(!is_claimed(table, second.inputs[0], &conflict));
	ck_assert(!is_claimed(table, second.inputs[1], &conflict));
	ck_assert(is_claimed(table, second.inputs[2], &conflict));
	signed_spend_table_close(table);
}
END_TEST

START_TEST(test_claims_our_inputs_alone_and_others_later)
{
	struct payment both = make_payment(1000, 2, 1);
	struct payment other = make_payment(2000, 1, 2);
	struct signed_spend_table *table = open_table();
	struct signed_spend spend;

	ck_assert_int_eq(claim(table, &both, 1, &spend), SIGNED_SPEND_CLAIMED);
	ck_assert(!is_claimed(table, both.inputs[1], &spend));
	ck_assert(is_claimed(table, both.inputs[0], &spend));
	ck_assert(spend.is_ours[0] && !spend.is_ours[1]);
	/* Somebody else's input of it is still free to be spent by them. */
	ck_assert_int_eq(claim(table, &other, 1, &spend), SIGNED_SPEND_CLAIMED);
	ck_assert_int_eq(claim(table, &both, 3, &spend), SIGNED_SPEND_CONFLICT);
	signed_spend_table_close(table);
}
END_TEST

START_TEST(test_gives_the_signed_form_when_all_signatures_are_there)
{
	struct payment payment = make_payment(1000, 2, 1);
	struct signature mine = make_signature(3);
	struct signature theirs = make_signature(4);
	struct signed_spend_table *table = open_table();
	struct transaction_frame frame;
	struct signed_spend spend;
	uint8_t raw[PROTOCOL_MAX_RAW_SIZE];

	ck_assert_int_eq(claim(table, &payment, 1, &spend),
			 SIGNED_SPEND_CLAIMED);
	ck_assert(signed_spend_table_put_signature(table, &payment.hash, 0,
						   &mine, &error));
	ck_assert(is_claimed(table, payment.inputs[0], &spend));
	ck_assert_uint_eq(signed_spend_form(&spend).len, 0);
	ck_assert(signed_spend_table_put_signature(table, &payment.hash, 1,
						   &theirs, &error));
	ck_assert(is_claimed(table, payment.inputs[0], &spend));
	struct signed_spend_form form = signed_spend_form(&spend);
	ck_assert_int_eq(transaction_frame_read(
				 &frame, bytes_view(form.bytes, form.len)),
			 VERDICT_VALID);
	struct writer out = writer_of(raw, sizeof(raw));
	transaction_frame_write_raw(&out, &frame);
	ck_assert(bytes_equal(writer_view(&out),
			      bytes_view(payment.bytes, payment.len)));
	ck_assert_uint_eq(spend.claimed_at.seconds, now.seconds);
	signed_spend_table_close(table);
}
END_TEST

START_TEST(test_keeps_the_first_signature)
{
	struct payment payment = make_payment(1000, 1, 1);
	struct payment unclaimed = make_payment(5000, 1, 1);
	struct signature first = make_signature(3);
	struct signature second = make_signature(4);
	struct signed_spend_table *table = open_table();
	struct signed_spend spend;

	ck_assert_int_eq(claim(table, &payment, 1, &spend),
			 SIGNED_SPEND_CLAIMED);
	ck_assert(signed_spend_table_put_signature(table, &payment.hash, 0,
						   &first, &error));
	ck_assert(signed_spend_table_put_signature(table, &payment.hash, 0,
						   &first, &error));
	ck_assert(!signed_spend_table_put_signature(table, &payment.hash, 0,
						    &second, &error));
	ck_assert_int_eq(error.code, ERROR_REFUSED);
	ck_assert(!signed_spend_table_put_signature(table, &payment.hash, 1,
						    &first, &error));
	ck_assert_int_eq(error.code, ERROR_BAD_INPUT);
	ck_assert(!signed_spend_table_put_signature(table, &unclaimed.hash, 0,
						    &first, &error));
	ck_assert_int_eq(error.code, ERROR_BAD_INPUT);
	signed_spend_table_close(table);
}
END_TEST

START_TEST(test_a_reader_gets_what_is_new_in_order)
{
	struct payment payments[3] = { make_payment(1000, 1, 1),
				       make_payment(9000, 2, 1),
				       make_payment(5000, 1, 1) };
	struct signed_spend_table *table = open_table();
	struct signed_spend_table *reader;
	struct signed_spend spends[2];
	struct signed_spend conflict;
	size_t count;

	ck_assert(signed_spend_table_open_reader(&reader, path, CHAIN_ID,
						 &framework, &error));
	for (size_t i = 0; i < 3; i++)
		ck_assert_int_eq(claim(table, &payments[i], 1, &conflict),
				 SIGNED_SPEND_CLAIMED);
	ck_assert(
		signed_spend_table_after(reader, spends, &count, 2, 0, &error));
	ck_assert_uint_eq(count, 2);
	ck_assert(hash_equal(&spends[0].transaction_hash, &payments[0].hash));
	ck_assert(hash_equal(&spends[1].transaction_hash, &payments[1].hash));
	ck_assert(signed_spend_table_after(reader, spends, &count, 2,
					   spends[1].sequence, &error));
	ck_assert_uint_eq(count, 1);
	ck_assert(hash_equal(&spends[0].transaction_hash, &payments[2].hash));
	ck_assert(is_claimed(reader, payments[1].inputs[0], &spends[0]));
	signed_spend_table_close(reader);
	signed_spend_table_close(table);
}
END_TEST

START_TEST(test_belongs_to_one_chain)
{
	static const struct address other = { { 0x33 } };
	struct signed_spend_table *table = open_table();

	signed_spend_table_close(table);
	ck_assert(!signed_spend_table_open(&table, path, CHAIN_ID, &other,
					   &error));
	ck_assert_int_eq(error.code, ERROR_CONFIG);
	ck_assert(!signed_spend_table_open_reader(&table, path, 1, &framework,
						  &error));
	ck_assert_int_eq(error.code, ERROR_CONFIG);
}
END_TEST

START_TEST(test_a_wallet_that_never_signed_is_no_input)
{
	struct signed_spend_table *table;

	ck_assert(!signed_spend_table_open_reader(&table, path, CHAIN_ID,
						  &framework, &error));
	ck_assert_int_eq(error.code, ERROR_NO_INPUT);
}
END_TEST

START_TEST(test_claims_inputs_of_payments_only)
{
	struct payment payment = make_payment(1000, 1, 1);
	struct signed_spend_table *table = open_table();
	enum signed_spend_answer answer;
	struct signed_spend conflict;
	static const unsigned int wrong[] = { 0, 2, 3, 32 };

	for (size_t i = 0; i < 4; i++) {
		ck_assert(!signed_spend_table_claim(
			table, &answer, &conflict,
			bytes_view(payment.bytes, payment.len), wrong[i], now,
			&error));
		ck_assert_int_eq(error.code, ERROR_BAD_INPUT);
	}
	ck_assert(!signed_spend_table_claim(
		table, &answer, &conflict,
		bytes_view(payment.bytes, payment.len - 1), 1, now, &error));
	ck_assert_int_eq(error.code, ERROR_BAD_INPUT);
	signed_spend_table_close(table);
}
END_TEST

/* Runs `life` in a process of its own that dies by SIGKILL at its end. */
static void die_after(void (*life)(void))
{
	int status;
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		life();
		(void)raise(SIGKILL);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void claim_and_not_sign(void)
{
	struct payment payment = make_payment(1000, 1, 1);
	struct signed_spend conflict;

	(void)claim(open_table(), &payment, 1, &conflict);
}

START_TEST(test_a_kill_between_claim_and_signature_keeps_the_claim)
{
	struct payment payment = make_payment(1000, 1, 1);
	struct payment other = make_payment(1000, 1, 2);
	struct signature signature = make_signature(3);
	struct signed_spend spend;

	die_after(claim_and_not_sign);
	struct signed_spend_table *table = open_table();
	ck_assert_int_eq(claim(table, &other, 1, &spend),
			 SIGNED_SPEND_CONFLICT);
	ck_assert(!spend.has_signature[0]);
	ck_assert_int_eq(claim(table, &payment, 1, &spend),
			 SIGNED_SPEND_CLAIMED);
	ck_assert(signed_spend_table_put_signature(table, &payment.hash, 0,
						   &signature, &error));
	ck_assert(is_claimed(table, payment.inputs[0], &spend));
	ck_assert_uint_ne(signed_spend_form(&spend).len, 0);
	signed_spend_table_close(table);
}
END_TEST

static void claim_and_sign(void)
{
	struct payment payment = make_payment(1000, 1, 1);
	struct signature signature = make_signature(3);
	struct signed_spend_table *table = open_table();
	struct signed_spend conflict;

	(void)claim(table, &payment, 1, &conflict);
	ck_assert(signed_spend_table_put_signature(table, &payment.hash, 0,
						   &signature, &error));
}

START_TEST(test_a_kill_after_the_signature_keeps_it)
{
	struct payment payment = make_payment(1000, 1, 1);
	struct signature signature = make_signature(3);
	struct signed_spend spend;

	die_after(claim_and_sign);
	struct signed_spend_table *table = open_table();
	ck_assert(is_claimed(table, payment.inputs[0], &spend));
	ck_assert(spend.has_signature[0]);
	ck_assert_mem_eq(spend.signatures[0].bytes, signature.bytes,
			 SIGNATURE_SIZE);
	signed_spend_table_close(table);
}
END_TEST

Suite *signed_spend_table_suite(void);

Suite *signed_spend_table_suite(void)
{
	Suite *suite = suite_create("signed_spend_table");
	TCase *tests = tcase_create("signed_spend_table");

	tcase_add_checked_fixture(tests, set_up, scratch_remove);
	tcase_add_test(tests, test_a_coin_is_claimed_by_one_transaction);
	tcase_add_test(tests,
		       test_refuses_a_second_transaction_in_another_life);
	tcase_add_test(tests, test_a_conflict_claims_none_of_the_coins);
	tcase_add_test(tests, test_claims_our_inputs_alone_and_others_later);
	tcase_add_test(
		tests,
		test_gives_the_signed_form_when_all_signatures_are_there);
	tcase_add_test(tests, test_keeps_the_first_signature);
	tcase_add_test(tests, test_a_reader_gets_what_is_new_in_order);
	tcase_add_test(tests, test_belongs_to_one_chain);
	tcase_add_test(tests, test_a_wallet_that_never_signed_is_no_input);
	tcase_add_test(tests, test_claims_inputs_of_payments_only);
	tcase_add_test(tests,
		       test_a_kill_between_claim_and_signature_keeps_the_claim);
	tcase_add_test(tests, test_a_kill_after_the_signature_keeps_it);
	suite_add_tcase(suite, tests);
	return suite;
}
