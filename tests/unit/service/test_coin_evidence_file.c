/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/service/coin_evidence_file.h"
#include "tests/unit/runner.h"

static const struct evidence_code codes[] = {
	{ { { 1, 2, 3 } }, { { 4, 5, 6 } } },
	{ { { 7, 8, 9 } }, { { 10, 11 } } },
};
static struct arena arena;
static struct error error;

static void set_up(void)
{
	arena_init(&arena, 2 * COIN_EVIDENCE_MAX_LEN);
}

static void tear_down(void)
{
	arena_clear(&arena);
}

static struct coin_evidence make_evidence(void)
{
	static const uint8_t bytes[512] = { 0xf8, 0x51 };
	struct coin_evidence evidence;

	memset(&evidence, 0, sizeof(evidence));
	evidence.made_at.seconds = 1700000000;
	evidence.network.chain_id = 31337;
	evidence.network.plasma_framework.bytes[0] = 0x11;
	evidence.network.payment_exit_game.bytes[19] = 0x22;
	evidence.network.min_exit_period = 604800;
	evidence.network.codes = codes;
	evidence.network.code_count = 2;
	ck_assert(position_make(&evidence.position, 9000, 3, 1));
	evidence.output.type = 1;
	evidence.output.owner.bytes[4] = 0xab;
	evidence.output.amount = amount_from_u256(U256_MAX);
	evidence.transaction = bytes_view(bytes, 40);
	evidence.signed_transaction = bytes_view(bytes, 120);
	evidence.proof = bytes_view(bytes, 512);
	evidence.root.bytes[31] = 9;
	evidence.has_anchor = true;
	evidence.anchor.eth_block_number = 77;
	evidence.anchor.eth_block_hash.bytes[0] = 0x55;
	evidence.anchor.header = bytes_view(bytes, 100);
	evidence.anchor.transaction_index = 2;
	evidence.anchor.log_index = 1;
	evidence.anchor.receipt_proof[0] = bytes_view(bytes, 30);
	evidence.anchor.receipt_proof[1] = bytes_view(bytes, 31);
	evidence.anchor.receipt_proof_count = 2;
	evidence.exit_call_data = bytes_view(bytes, 68);
	evidence.exit_value_wei = amount_of(23300000000000000);
	return evidence;
}

static struct growing_buffer write_text(const struct coin_evidence *evidence)
{
	struct growing_buffer text;

	growing_buffer_init(&text, COIN_EVIDENCE_MAX_LEN);
	coin_evidence_write(&text, evidence);
	ck_assert(!text.overflowed);
	return text;
}

static void assert_same_bytes(struct bytes a, struct bytes b)
{
	ck_assert(bytes_equal(a, b));
}

START_TEST(test_reads_what_it_writes)
{
	struct coin_evidence evidence = make_evidence();
	struct growing_buffer text = write_text(&evidence);
	struct coin_evidence back;

	ck_assert_msg(coin_evidence_read(&back, &arena,
					 growing_buffer_view(&text), &error),
		      "%s", error.message);
	ck_assert_uint_eq(back.made_at.seconds, 1700000000);
	ck_assert_uint_eq(back.network.code_count, 2);
	ck_assert(position_equal(back.position, evidence.position));
	ck_assert(output_equal(&back.output, &evidence.output));
	assert_same_bytes(back.transaction, evidence.transaction);
	assert_same_bytes(back.signed_transaction, evidence.signed_transaction);
	assert_same_bytes(back.proof, evidence.proof);
	ck_assert(back.has_anchor);
	assert_same_bytes(back.anchor.header, evidence.anchor.header);
	ck_assert_uint_eq(back.anchor.receipt_proof_count, 2);
	assert_same_bytes(back.anchor.receipt_proof[1],
			  evidence.anchor.receipt_proof[1]);
	ck_assert(amount_equal(back.exit_value_wei, evidence.exit_value_wei));
	struct growing_buffer again = write_text(&back);
	assert_same_bytes(growing_buffer_view(&again),
			  growing_buffer_view(&text));
	growing_buffer_clear(&again);
	growing_buffer_clear(&text);
}
END_TEST

START_TEST(test_what_is_not_known_is_null)
{
	struct coin_evidence evidence = make_evidence();
	struct coin_evidence back;

	evidence.has_anchor = false;
	evidence.signed_transaction.len = 0;
	evidence.exit_call_data.len = 0;
	struct growing_buffer text = write_text(&evidence);
	ck_assert_ptr_nonnull(
		strstr(growing_buffer_string(&text), "\"anchor\": null"));
	ck_assert(coin_evidence_read(&back, &arena, growing_buffer_view(&text),
				     &error));
	ck_assert(!back.has_anchor);
	ck_assert_uint_eq(back.signed_transaction.len, 0);
	ck_assert_uint_eq(back.exit_call_data.len, 0);
	growing_buffer_clear(&text);
}
END_TEST

/* Replaces `old` in an evidence and reads it. */
static bool reads_with(const char *old, const char *replacement)
{
	struct coin_evidence evidence = make_evidence();
	struct growing_buffer text = write_text(&evidence);
	struct growing_buffer changed;
	const char *start = growing_buffer_string(&text);
	const char *at = strstr(start, old);
	struct coin_evidence back;

	ck_assert_msg(at != NULL, "%s", old);
	growing_buffer_init(&changed, COIN_EVIDENCE_MAX_LEN);
	ck_assert(growing_buffer_format(&changed, "%.*s%s%s", (int)(at - start),
					start, replacement, at + strlen(old)));
	bool ok = coin_evidence_read(&back, &arena,
				     growing_buffer_view(&changed), &error);
	growing_buffer_clear(&changed);
	growing_buffer_clear(&text);
	return ok;
}

START_TEST(test_refuses_what_is_not_an_evidence)
{
	static const char *const changes[][2] = {
		{ "plasma.evidence/1", "plasma.evidence/2" },
		{ "\"coin\"", "\"incident\"" },
		{ "\"root\"", "\"rood\"" },
		{ "\"chain_id\": 31337", "\"chain_id\": -1" },
		{ "\"position\": \"9000", "\"position\": \"x9000" },
		{ "\"log_index\"", "\"extra\": 1, \"log_index\"" },
		{ "\"type\": 1", "\"type\": 7" },
		{ "\"amount\": \"1", "\"amount\": \"01" },
		{ "\"transaction\": \"0x", "\"transaction\": \"0xf" },
		{ "\"owner\": \"0x0", "\"owner\": \"0x1" },
		{ "\"value_wei\": \"23", "\"value_wei\": \"2g" },
		{ "\"schema\"", "\"kind\": \"coin\", \"schema\"" },
		{ "\"made_at_unix\": 17", "\"made_at_unix\": 18" },
	};

	ck_assert(reads_with("\"made_at\"", "\"made_at\""));
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		ck_assert_msg(!reads_with(changes[i][0], changes[i][1]), "%s",
			      changes[i][1]);
		ck_assert_int_eq(error.code, ERROR_BAD_INPUT);
	}
}
END_TEST

Suite *coin_evidence_file_suite(void);

Suite *coin_evidence_file_suite(void)
{
	Suite *suite = suite_create("coin_evidence_file");
	TCase *tests = tcase_create("coin_evidence_file");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, test_reads_what_it_writes);
	tcase_add_test(tests, test_what_is_not_known_is_null);
	tcase_add_test(tests, test_refuses_what_is_not_an_evidence);
	suite_add_tcase(suite, tests);
	return suite;
}
