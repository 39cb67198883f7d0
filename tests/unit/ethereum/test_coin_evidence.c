/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/base/writer.h"
#include "common/chain/deposit.h"
#include "common/chain/transaction_codec.h"
#include "common/codec/merkle_tree.h"
#include "common/ethereum/coin_evidence.h"
#include "common/ethereum/contract_calls.h"
#include "common/ethereum/contract_events.h"
#include "common/ethereum/eth_header.h"
#include "common/ethereum/eth_receipt.h"
#include "tests/unit/runner.h"

#define RECEIPTS 3

static const struct address framework = { { 0x01, 0xf0 } };
static const struct address vault = { { 0x01, 0xe0 } };
static const struct address token_vault = { { 0x01, 0xe1 } };
static const struct address exit_game = { { 0x01, 0x90 } };
static const struct address alice = { { 0xa1 } };

static struct arena arena;
static struct coin_evidence evidence;
static uint8_t raw[PROTOCOL_MAX_RAW_SIZE];
static uint8_t signed_form[PROTOCOL_MAX_SIGNED_SIZE];
static uint8_t proof[PROTOCOL_PROOF_SIZE];
static struct growing_buffer header;
static struct growing_buffer call;
static struct growing_buffer receipts[RECEIPTS];

static void set_up(void)
{
	arena_init(&arena, (size_t)1 << 20);
	growing_buffer_init(&header, 4096);
	growing_buffer_init(&call, CONTRACT_CALL_MAX_LEN);
	for (size_t i = 0; i < RECEIPTS; i++)
		growing_buffer_init(&receipts[i], 65536);
	memset(&evidence, 0, sizeof(evidence));
	evidence.network.chain_id = 31337;
	evidence.network.plasma_framework = framework;
	evidence.network.eth_vault = vault;
	evidence.network.erc20_vault = token_vault;
	evidence.network.payment_exit_game = exit_game;
}

static void tear_down(void)
{
	arena_clear(&arena);
	growing_buffer_clear(&header);
	growing_buffer_clear(&call);
	for (size_t i = 0; i < RECEIPTS; i++)
		growing_buffer_clear(&receipts[i]);
}

static void put_word(struct hash *out, uint64_t number)
{
	u256_to_be(out->bytes, u256_of(number));
}

static struct hash word_of_address(const struct address *address)
{
	struct hash word = { { 0 } };

	memcpy(word.bytes + 12, address->bytes, 20);
	return word;
}

/* An eth_block with three receipts, of which the second has two logs, and the
 * proof that the second one stands there. */
static void anchor_log(const struct eth_log *log)
{
	struct eth_header block;
	struct eth_log logs[2];
	struct bytes items[RECEIPTS];

	memset(logs, 0, sizeof(logs));
	logs[0].address = alice;
	logs[1] = *log;
	for (size_t i = 0; i < RECEIPTS; i++) {
		struct eth_receipt receipt;

		memset(&receipt, 0, sizeof(receipt));
		receipt.type = 2;
		receipt.succeeded = true;
		receipt.cumulative_gas_used = 21000 * (i + 1);
		receipt.logs = logs;
		receipt.log_count = i == 1 ? 2 : 0;
		eth_receipt_encode(&receipts[i], &receipt);
		items[i] = growing_buffer_view(&receipts[i]);
	}
	memset(&block, 0, sizeof(block));
	block.number = 77;
	block.receipts_root = trie_proof_list_root(items, RECEIPTS);
	eth_header_encode(&header, &block);
	evidence.has_anchor = true;
	evidence.anchor.eth_block_number = 77;
	evidence.anchor.header = growing_buffer_view(&header);
	evidence.anchor.eth_block_hash =
		eth_header_hash(evidence.anchor.header);
	evidence.anchor.transaction_index = 1;
	evidence.anchor.log_index = 1;
	ck_assert(trie_proof_of_item(evidence.anchor.receipt_proof,
				     &evidence.anchor.receipt_proof_count,
				     &arena, items, RECEIPTS, 1));
}

static void finish(void)
{
	coin_evidence_exit_call(&call, &evidence);
	evidence.exit_call_data = growing_buffer_view(&call);
	evidence.exit_value_wei = amount_of(23300000000000000);
}

/* Output 1 of transaction 2 of block 9000, and everything that proves it. */
static void make_payment_evidence(void)
{
	struct signature signature = { { 1 } };
	struct transaction transaction;
	struct writer out = writer_of(raw, sizeof(raw));
	struct writer form = writer_of(signed_form, sizeof(signed_form));
	struct hash leaves[4];
	struct eth_log log;

	memset(&transaction, 0, sizeof(transaction));
	transaction.type = PROTOCOL_TX_TYPE_PAYMENT;
	transaction.input_count = 1;
	ck_assert(position_make(&transaction.inputs[0], 1000, 0, 0));
	transaction.output_count = 2;
	for (size_t i = 0; i < 2; i++) {
		transaction.outputs[i].type = PROTOCOL_OUTPUT_TYPE_PAYMENT;
		transaction.outputs[i].owner = alice;
		transaction.outputs[i].amount = amount_of(5 + i);
	}
	transaction_encode(&out, &transaction);
	signature.bytes[63] = 1;
	signature.bytes[64] = 27;
	transaction_encode_signed(&form, writer_view(&out), &signature, 1);
	memset(leaves, 0, sizeof(leaves));
	leaves[2] = merkle_tree_leaf(writer_view(&out));
	merkle_tree_prove(proof, leaves, 4, 2);
	evidence.root = merkle_tree_root(leaves, 4);
	evidence.transaction = writer_view(&out);
	evidence.signed_transaction = writer_view(&form);
	evidence.proof = bytes_view(proof, sizeof(proof));
	evidence.output = transaction.outputs[1];
	ck_assert(position_make(&evidence.position, 9000, 2, 1));
	memset(&log, 0, sizeof(log));
	log.address = framework;
	log.topic_count = 2;
	log.topics[0] =
		contract_event_topic(CONTRACT_EVENT_BLOCK_ROOT_SUBMITTED);
	put_word(&log.topics[1], 9000);
	log.data = bytes_view(evidence.root.bytes, 32);
	anchor_log(&log);
	finish();
}

static void make_deposit_evidence(struct token token)
{
	struct hash metadata = { { 0 } };
	struct transaction transaction =
		deposit_transaction(&alice, &token, amount_of(1000), &metadata);
	struct writer out = writer_of(raw, sizeof(raw));
	static struct hash amount;
	struct eth_log log;

	transaction_encode(&out, &transaction);
	deposit_proof(proof);
	evidence.root = deposit_root(writer_view(&out));
	evidence.transaction = writer_view(&out);
	evidence.proof = bytes_view(proof, sizeof(proof));
	evidence.output = transaction.outputs[0];
	ck_assert(position_make(&evidence.position, 9001, 0, 0));
	memset(&log, 0, sizeof(log));
	log.address = token_is_eth(&token) ? vault : token_vault;
	log.topic_count = 4;
	log.topics[0] = contract_event_topic(CONTRACT_EVENT_DEPOSIT_CREATED);
	log.topics[1] = word_of_address(&alice);
	put_word(&log.topics[2], 9001);
	log.topics[3] = word_of_address(&token.address);
	put_word(&amount, 1000);
	log.data = bytes_view(amount.bytes, 32);
	anchor_log(&log);
	finish();
}

static void assert_verdict(enum coin_evidence_verdict expected)
{
	enum coin_evidence_verdict verdict =
		coin_evidence_judge(&evidence, &arena);

	ck_assert_msg(verdict == expected, "%s instead of %s",
		      coin_evidence_verdict_code(verdict),
		      coin_evidence_verdict_code(expected));
}

START_TEST(test_a_payment_is_proved_up_to_the_eth_block)
{
	make_payment_evidence();
	assert_verdict(COIN_EVIDENCE_VALID);
	evidence.signed_transaction.len = 0;
	assert_verdict(COIN_EVIDENCE_VALID);
	evidence.has_anchor = false;
	assert_verdict(COIN_EVIDENCE_VALID);
}
END_TEST

START_TEST(test_a_deposit_is_proved_by_its_log)
{
	make_deposit_evidence(TOKEN_ETH);
	assert_verdict(COIN_EVIDENCE_VALID);
	evidence.network.eth_vault = framework;
	assert_verdict(COIN_EVIDENCE_LOG_DIFFERS);
}
END_TEST

START_TEST(test_a_token_deposit_is_proved_by_the_other_vault)
{
	make_deposit_evidence((struct token){ { { 0xda } } });
	assert_verdict(COIN_EVIDENCE_VALID);
	evidence.network.erc20_vault = vault;
	assert_verdict(COIN_EVIDENCE_LOG_DIFFERS);
}
END_TEST

START_TEST(test_a_transaction_has_to_be_one_of_such_a_block)
{
	make_payment_evidence();
	evidence.transaction.len--;
	assert_verdict(COIN_EVIDENCE_TRANSACTION_BROKEN);
	evidence.transaction.len++;
	ck_assert(position_make(&evidence.position, 9001, 2, 1));
	assert_verdict(COIN_EVIDENCE_TRANSACTION_BROKEN);
}
END_TEST

START_TEST(test_the_output_has_to_be_the_one_at_the_position)
{
	make_payment_evidence();
	ck_assert(position_make(&evidence.position, 9000, 2, 2));
	assert_verdict(COIN_EVIDENCE_OUTPUT_MISSING);
	ck_assert(position_make(&evidence.position, 9000, 2, 0));
	assert_verdict(COIN_EVIDENCE_OUTPUT_DIFFERS);
	ck_assert(position_make(&evidence.position, 9000, 2, 1));
	evidence.output.owner.bytes[0] ^= 1;
	assert_verdict(COIN_EVIDENCE_OUTPUT_DIFFERS);
}
END_TEST

START_TEST(test_the_signed_form_has_to_be_of_the_transaction)
{
	make_payment_evidence();
	signed_form[evidence.signed_transaction.len - 1] ^= 1;
	assert_verdict(COIN_EVIDENCE_SIGNED_FORM_BROKEN);
	signed_form[evidence.signed_transaction.len - 1] ^= 1;
	evidence.signed_transaction.len--;
	assert_verdict(COIN_EVIDENCE_SIGNED_FORM_BROKEN);
}
END_TEST

START_TEST(test_the_proof_has_to_lead_to_the_root)
{
	make_payment_evidence();
	proof[511] ^= 1;
	assert_verdict(COIN_EVIDENCE_PROOF_BROKEN);
	proof[511] ^= 1;
	evidence.proof.len -= 32;
	assert_verdict(COIN_EVIDENCE_PROOF_BROKEN);
	evidence.proof.len += 32;
	ck_assert(position_make(&evidence.position, 9000, 3, 1));
	assert_verdict(COIN_EVIDENCE_PROOF_BROKEN);
}
END_TEST

START_TEST(test_the_header_has_to_be_that_of_the_eth_block)
{
	make_payment_evidence();
	evidence.anchor.eth_block_hash.bytes[0] ^= 1;
	assert_verdict(COIN_EVIDENCE_HEADER_BROKEN);
	evidence.anchor.eth_block_hash.bytes[0] ^= 1;
	evidence.anchor.eth_block_number = 78;
	assert_verdict(COIN_EVIDENCE_HEADER_BROKEN);
	evidence.anchor.eth_block_number = 77;
	evidence.anchor.header.len = 0;
	assert_verdict(COIN_EVIDENCE_HEADER_BROKEN);
}
END_TEST

START_TEST(test_the_receipt_has_to_be_in_the_eth_block)
{
	make_payment_evidence();
	evidence.anchor.transaction_index = 0;
	assert_verdict(COIN_EVIDENCE_RECEIPT_BROKEN);
	evidence.anchor.transaction_index = 1;
	evidence.anchor.receipt_proof_count--;
	assert_verdict(COIN_EVIDENCE_RECEIPT_BROKEN);
}
END_TEST

START_TEST(test_the_log_has_to_say_what_the_evidence_says)
{
	make_payment_evidence();
	evidence.anchor.log_index = 0;
	assert_verdict(COIN_EVIDENCE_LOG_DIFFERS);
	evidence.anchor.log_index = 2;
	assert_verdict(COIN_EVIDENCE_LOG_DIFFERS);
	evidence.anchor.log_index = 1;
	evidence.network.plasma_framework = vault;
	assert_verdict(COIN_EVIDENCE_LOG_DIFFERS);
	evidence.network.plasma_framework = framework;
	ck_assert(position_make(&evidence.position, 8000, 2, 1));
	assert_verdict(COIN_EVIDENCE_LOG_DIFFERS);
}
END_TEST

START_TEST(test_the_exit_has_to_be_of_this_coin)
{
	make_payment_evidence();
	evidence.exit_value_wei = amount_zero();
	assert_verdict(COIN_EVIDENCE_EXIT_DIFFERS);
	evidence.exit_value_wei = amount_of(1);
	call.data[40] ^= 1;
	assert_verdict(COIN_EVIDENCE_EXIT_DIFFERS);
	evidence.exit_call_data.len = 0;
	assert_verdict(COIN_EVIDENCE_EXIT_DIFFERS);
}
END_TEST

Suite *coin_evidence_suite(void);

Suite *coin_evidence_suite(void)
{
	Suite *suite = suite_create("coin_evidence");
	TCase *tests = tcase_create("coin_evidence");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, test_a_payment_is_proved_up_to_the_eth_block);
	tcase_add_test(tests, test_a_deposit_is_proved_by_its_log);
	tcase_add_test(tests,
		       test_a_token_deposit_is_proved_by_the_other_vault);
	tcase_add_test(tests, test_a_transaction_has_to_be_one_of_such_a_block);
	tcase_add_test(tests,
		       test_the_output_has_to_be_the_one_at_the_position);
	tcase_add_test(tests,
		       test_the_signed_form_has_to_be_of_the_transaction);
	tcase_add_test(tests, test_the_proof_has_to_lead_to_the_root);
	tcase_add_test(tests, test_the_header_has_to_be_that_of_the_eth_block);
	tcase_add_test(tests, test_the_receipt_has_to_be_in_the_eth_block);
	tcase_add_test(tests, test_the_log_has_to_say_what_the_evidence_says);
	tcase_add_test(tests, test_the_exit_has_to_be_of_this_coin);
	suite_add_tcase(suite, tests);
	return suite;
}
