/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "common/chain/block.h"
#include "common/chain/block_rules.h"
#include "common/chain/deposit.h"
#include "common/chain/protocol.h"
#include "common/codec/merkle_tree.h"
#include "tests/unit/runner.h"

/* Bodies larger than those in tests/vectors. A small transaction whose framing
 * is right: [[], n]. */
static void put_small(struct growing_buffer *out, uint32_t number)
{
	uint8_t bytes[] = { 0xc4, 0xc0, 0x82, (uint8_t)(number >> 8),
			    (uint8_t)number };
	ck_assert(growing_buffer_put(out, bytes_view(bytes, sizeof(bytes))));
}

static struct bytes body_of(struct growing_buffer *body, uint32_t count)
{
	uint8_t header[9];
	struct writer writer = writer_of(header, sizeof(header));
	growing_buffer_init(body, PROTOCOL_MAX_BODY_SIZE);
	block_body_write_header(&writer, (uint64_t)count * 5);
	ck_assert(growing_buffer_put(body, writer_view(&writer)));
	for (uint32_t i = 0; i < count; i++)
		put_small(body, i | 0x8000);
	return growing_buffer_view(body);
}

START_TEST(test_too_many_transactions_is_one_more_than_leaves)
{
	struct growing_buffer bytes;
	struct block_body body;
	struct finding finding =
		block_body_read(&body, body_of(&bytes, PROTOCOL_LEAVES));
	ck_assert_int_eq(finding.verdict, VERDICT_VALID);
	ck_assert_uint_eq(body.count, PROTOCOL_LEAVES);
	block_body_clear(&body);
	growing_buffer_clear(&bytes);
	finding = block_body_read(&body, body_of(&bytes, PROTOCOL_LEAVES + 1));
	ck_assert_int_eq(finding.verdict, VERDICT_TOO_MANY_TRANSACTIONS);
	ck_assert(!finding.has_tx_index);
	block_body_clear(&body);
	growing_buffer_clear(&bytes);
}
END_TEST

#define LONG_COUNT 20000
#define LONG_LEN 900

/* A file with a body of transactions like [[], 896 bytes], mapped. */
static struct bytes map_long_body(FILE *file)
{
	static uint8_t transaction[LONG_LEN + 3] = {
		0xf9, LONG_LEN >> 8,	   LONG_LEN & 0xff,	 0xc0,
		0xb9, (LONG_LEN - 4) >> 8, (LONG_LEN - 4) & 0xff
	};
	uint8_t header[9];
	struct writer writer = writer_of(header, sizeof(header));
	size_t len;

	ck_assert_ptr_nonnull(file);
	block_body_write_header(&writer, LONG_COUNT * sizeof(transaction));
	len = fwrite(header, 1, writer.len, file);
	for (uint32_t i = 0; i < LONG_COUNT; i++) {
		memcpy(transaction + 7, &i, sizeof(i));
		len += fwrite(transaction, 1, sizeof(transaction), file);
	}
	ck_assert_int_eq(fflush(file), 0);
	ck_assert_uint_eq(len, writer.len + LONG_COUNT * sizeof(transaction));
	void *at = mmap(NULL, len, PROT_READ, MAP_SHARED, fileno(file), 0);
	ck_assert_ptr_ne(at, MAP_FAILED);
	return bytes_view(at, len);
}

/* KiB that are resident of files. */
static unsigned long resident_of_files(void)
{
	FILE *status = fopen("/proc/self/status", "r");
	unsigned long resident = 0;
	char line[128];

	ck_assert_ptr_nonnull(status);
	while (fgets(line, sizeof(line), status) != NULL) {
		if (strncmp(line, "RssFile:", 8) == 0)
			resident = strtoul(line + 8, NULL, 10);
	}
	fclose(status);
	ck_assert_uint_gt(resident, 0);
	return resident;
}

START_TEST(test_a_mapped_body_is_the_same_and_does_not_stay_in_memory)
{
	FILE *file = tmpfile();
	struct bytes bytes = map_long_body(file);
	struct block_body whole;
	struct block_body mapped;
	unsigned long before = resident_of_files();

	ck_assert_int_eq(block_body_read_mapped(&mapped, bytes).verdict,
			 VERDICT_VALID);
	ck_assert_uint_eq(mapped.count, LONG_COUNT);
	ck_assert_uint_lt(resident_of_files(), before + 1024);
	ck_assert_int_eq(block_body_read(&whole, bytes).verdict, VERDICT_VALID);
	ck_assert_uint_gt(resident_of_files(), before + bytes.len / 1024 / 2);
	ck_assert(hash_equal(&whole.root, &mapped.root));
	for (uint32_t i = 0; i <= mapped.count; i++)
		block_body_walk(&mapped, i);
	ck_assert_uint_lt(resident_of_files(), before + 1024);
	block_body_clear(&mapped);
	block_body_clear(&whole);
	(void)munmap((void *)(uintptr_t)bytes.data, bytes.len);
	fclose(file);
}
END_TEST

START_TEST(test_a_body_that_is_no_list_is_not_available)
{
	static const uint8_t trailing[] = { 0xc0, 0x00 };
	static const uint8_t string[] = { 0x81, 0xc0 };
	struct block_body body;
	struct finding finding =
		block_body_read(&body, bytes_view(trailing, 2));
	ck_assert_int_eq(finding.verdict, VERDICT_BLOCK_NOT_AVAILABLE);
	finding = block_body_read(&body, bytes_view(string, 2));
	ck_assert_int_eq(finding.verdict, VERDICT_BLOCK_NOT_AVAILABLE);
	finding = block_body_read(&body, bytes_view(NULL, 0));
	ck_assert_int_eq(finding.verdict, VERDICT_BLOCK_NOT_AVAILABLE);
}
END_TEST

START_TEST(test_the_framing_fault_names_its_transaction)
{
	/* [[[], 5], "x"]: the second is no list. */
	static const uint8_t bytes[] = { 0xc4, 0xc2, 0xc0, 0x05, 0x78 };
	struct block_body body;
	struct finding finding =
		block_body_read(&body, bytes_view(bytes, sizeof(bytes)));
	ck_assert_int_eq(finding.verdict, VERDICT_TX_FRAMING);
	ck_assert(finding.has_tx_index);
	ck_assert_uint_eq(finding.tx_index, 1);
	ck_assert_uint_eq(body.count, 0);
}
END_TEST

START_TEST(test_an_empty_body_has_the_root_that_no_block_may_have)
{
	static const uint8_t bytes[] = { 0xc0 };
	struct block_body body;
	struct finding finding = block_body_read(&body, bytes_view(bytes, 1));
	ck_assert_int_eq(finding.verdict, VERDICT_VALID);
	struct hash empty = merkle_tree_empty(MERKLE_TREE_DEPTH);
	ck_assert(hash_equal(&body.root, &empty));
	struct block_facts facts = { .number = 1000, .root = body.root };
	ck_assert_int_eq(block_judge_header(&facts), VERDICT_EMPTY_BLOCK);
	block_body_clear(&body);
}
END_TEST

START_TEST(test_every_transaction_of_a_body_is_proved)
{
	struct growing_buffer bytes;
	struct block_body body;
	struct finding finding = block_body_read(&body, body_of(&bytes, 9));
	ck_assert_int_eq(finding.verdict, VERDICT_VALID);
	struct growing_buffer raw;
	growing_buffer_init(&raw, 64);
	for (uint32_t i = 0; i < 9; i++) {
		uint8_t proof[PROTOCOL_PROOF_SIZE];
		struct hash leaf =
			merkle_tree_leaf(block_body_raw(&body, i, &raw));
		block_body_proof(proof, &body, i);
		ck_assert(merkle_tree_proves(&body.root, &leaf, i,
					     bytes_view(proof, sizeof(proof))));
	}
	growing_buffer_clear(&raw);
	block_body_clear(&body);
	growing_buffer_clear(&bytes);
}
END_TEST

START_TEST(test_a_deposit_has_its_own_door)
{
	struct address owner = { { 1 } };
	struct token token = TOKEN_ETH;
	struct hash metadata = { { 0 } };
	struct transaction deposit =
		deposit_transaction(&owner, &token, amount_of(5), &metadata);
	uint8_t buffer[PROTOCOL_MAX_RAW_SIZE];
	struct writer writer = writer_of(buffer, sizeof(buffer));
	transaction_encode(&writer, &deposit);
	struct transaction read;
	ck_assert_int_eq(transaction_decode(&read, writer_view(&writer)),
			 VERDICT_PAYMENT_WITHOUT_INPUTS);
	ck_assert_int_eq(
		transaction_decode_deposit(&read, writer_view(&writer)),
		VERDICT_VALID);
	ck_assert(output_equal(&read.outputs[0], &deposit.outputs[0]));
	deposit.input_count = 1;
	ck_assert(position_make(&deposit.inputs[0], 1, 0, 0));
	writer = writer_of(buffer, sizeof(buffer));
	transaction_encode(&writer, &deposit);
	ck_assert_int_eq(
		transaction_decode_deposit(&read, writer_view(&writer)),
		VERDICT_TOO_MANY_INPUTS);
}
END_TEST

Suite *block_suite(void);

Suite *block_suite(void)
{
	Suite *suite = suite_create("block");
	TCase *tcase = tcase_create("bodies");
	tcase_set_timeout(tcase, 30);
	tcase_add_test(tcase,
		       test_too_many_transactions_is_one_more_than_leaves);
	tcase_add_test(
		tcase,
		test_a_mapped_body_is_the_same_and_does_not_stay_in_memory);
	tcase_add_test(tcase, test_a_body_that_is_no_list_is_not_available);
	tcase_add_test(tcase, test_the_framing_fault_names_its_transaction);
	tcase_add_test(tcase,
		       test_an_empty_body_has_the_root_that_no_block_may_have);
	tcase_add_test(tcase, test_every_transaction_of_a_body_is_proved);
	tcase_add_test(tcase, test_a_deposit_has_its_own_door);
	suite_add_tcase(suite, tcase);
	return suite;
}
