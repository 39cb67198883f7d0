/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/chain/transaction_hash.h"
#include "common/codec/rlp_reader.h"
#include "tests/unit/runner.h"
#include "tests/unit/watcher/block_folder.h"
#include "tests/unit/watcher/chain_folder.h"
#include "watcher/inclusion_store.h"
#include "watcher/known_store.h"

/* Copies of a block whose signatures differ: the root does not commit to them.
 */

static struct error error;

static void must(bool ok)
{
	ck_assert_msg(ok, "%s", error.message);
}

/* The key of the deposit 4. */
static struct secret daves;

/* Alice's 600 and Dave's 1000, signed by both; `good` says whose signature is
 * right, as bits. */
static void add_shared_payment(struct forge *forge, unsigned int good)
{
	struct transaction transaction = { 0 };
	struct signature signatures[2];
	uint8_t raw[PROTOCOL_MAX_RAW_SIZE];
	uint8_t signed_form[PROTOCOL_MAX_SIGNED_SIZE];
	struct writer raw_writer = writer_of(raw, sizeof(raw));
	struct writer writer = writer_of(signed_form, sizeof(signed_form));

	transaction.type = PROTOCOL_TX_TYPE_PAYMENT;
	transaction.input_count = 2;
	transaction.inputs[0] = position_at(1000, 0, 0);
	transaction.inputs[1] = position_at(4, 0, 0);
	transaction.output_count = 1;
	transaction.outputs[0] = output_of(2, 1600);
	transaction_encode(&raw_writer, &transaction);
	struct hash digest = transaction_digest(&domain, &transaction);
	struct hash other = { { 9 } };
	signatures[0] =
		signature_make(&key, (good & 1) != 0 ? &digest : &other);
	signatures[1] =
		signature_make(&daves, (good & 2) != 0 ? &digest : &other);
	transaction_encode_signed(&writer, writer_view(&raw_writer), signatures,
				  2);
	ck_assert(forge_add_signed(forge, writer_view(&writer)));
}

/* Block 2000 with the signatures of `good` in one copy, `mirrored` in the
 * other. */
static void commit_copies(unsigned int good, unsigned int mirrored)
{
	struct growing_buffer body;
	struct forge first = new_forge(2000);
	struct forge second = new_forge(2000);
	struct address dave;
	struct hash root;

	memset(daves.bytes, 4, sizeof(daves.bytes));
	dave = secret_address(&daves);
	put_deposit(4, &dave);
	add_shared_payment(&first, good);
	add_shared_payment(&second, mirrored);
	growing_buffer_init(&body, PROTOCOL_MAX_BODY_SIZE);
	forge_finish(&body, &root, &second);
	write_body_to(mirror, &root, growing_buffer_view(&body));
	growing_buffer_clear(&body);
	forge_clear(&second);
	struct hash committed = commit_block(&first, true);
	ck_assert(hash_equal(&committed, &root));
}

START_TEST(test_copies_of_which_none_is_good_are_good_together)
{
	const unsigned int copies[][2] = { { 1, 2 }, { 2, 1 }, { 0, 3 } };
	struct inclusion inclusion;
	bool found;

	commit_copies(copies[_i][0], copies[_i][1]);
	pass_at(COMMITTED_AT + 1, 100);
	ck_assert_uint_eq(report.applied, 1);
	ck_assert_int_eq(block_at(2000).state, BLOCK_STATE_APPLIED);
	/* The body that is kept and served has them all. */
	must(inclusion_store_find(bodies, &found, &inclusion, chain_database,
				  position_at(2000, 0, 0), &error));
	ck_assert(found);
	struct transaction transaction;
	struct signature signatures[PROTOCOL_MAX_INPUTS];
	struct address signer;
	ck_assert_int_eq(transaction_decode(&transaction, inclusion.raw),
			 VERDICT_VALID);
	ck_assert_int_eq(transaction_read_signatures(signatures, &transaction,
						     inclusion.signatures),
			 VERDICT_VALID);
	struct hash digest = transaction_digest(&domain, &transaction);
	ck_assert(signature_recover(&signer, &signatures[0], &digest));
	ck_assert(address_equal(&signer, &alice));
	inclusion_clear(&inclusion);
}
END_TEST

START_TEST(test_a_signature_that_no_copy_has_is_waited_for)
{
	const unsigned int copies[][2] = {
		{ 1, 1 }, { 2, 2 }, { 0, 2 }, { 1, 0 }
	};

	commit_copies(copies[_i][0], copies[_i][1]);
	pass_at(COMMITTED_AT + LIMIT - 1, 100);
	ck_assert_uint_eq(report.applied, 0);
	ck_assert(!facts.latch.latched);
	pass_at(COMMITTED_AT + LIMIT, 100);
	ck_assert(facts.latch.latched);
	ck_assert_int_eq(block_at(2000).verdict, VERDICT_SIGNATURE_WRONG_OWNER);
}
END_TEST

/* The start of an exit in flight showed it. */
START_TEST(test_a_signature_that_was_seen_elsewhere_helps)
{
	struct forge forge = new_forge(2000);
	struct transaction_frame frame;
	struct rlp_item item;

	commit_copies(1, 1);
	pass_at(COMMITTED_AT + 1, 100);
	ck_assert_uint_eq(report.applied, 0);
	add_shared_payment(&forge, 2);
	ck_assert(rlp_item_read(&item, growing_buffer_view(&forge.payload)));
	ck_assert_int_eq(transaction_frame_read(&frame, item.encoding),
			 VERDICT_VALID);
	must(known_store_put_frame(chain_database, &frame, KNOWN_SOURCE_EXIT,
				   NULL, &error));
	forge_clear(&forge);
	pass_at(COMMITTED_AT + 2, 100);
	ck_assert_uint_eq(report.applied, 1);
}
END_TEST

Suite *block_copies_suite(void);

Suite *block_copies_suite(void)
{
	Suite *suite = suite_create("block_copies");
	TCase *tests = tcase_create("block_copies");

	tcase_add_checked_fixture(tests, block_folder_set_up,
				  block_folder_tear_down);
	tcase_add_loop_test(tests,
			    test_copies_of_which_none_is_good_are_good_together,
			    0, 3);
	tcase_add_loop_test(
		tests, test_a_signature_that_no_copy_has_is_waited_for, 0, 4);
	tcase_add_test(tests, test_a_signature_that_was_seen_elsewhere_helps);
	suite_add_tcase(suite, tests);
	return suite;
}
