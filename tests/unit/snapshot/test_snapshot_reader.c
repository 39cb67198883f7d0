/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/snapshot/snapshot_reader.h"
#include "tests/unit/runner.h"
#include "tests/unit/snapshot/snapshot_file.h"

static struct error error;

static enum error_code open_as(const struct network *expected)
{
	struct snapshot_reader *reader;

	if (!snapshot_reader_open(&reader, snapshot_file_path(), expected,
				  &error))
		return error.code;
	snapshot_reader_close(reader);
	return ERROR_NONE;
}

static void end(struct snapshot_reader *reader)
{
	snapshot_reader_end(reader);
	snapshot_reader_close(reader);
}

/* What a network file would say of it; the snapshot says the same. */
static struct network network_of_file(void)
{
	struct snapshot_identity identity = snapshot_file_identity();

	snapshot_file_change(
		"INSERT OR IGNORE INTO contract_state (name, word) "
		"VALUES ('min_exit_period', CAST(zeroblob(29) || X'093a80' "
		"AS BLOB)), ('extensions', CAST(zeroblob(31) || X'01' AS "
		"BLOB)), ('authority', zeroblob(32))");

	return (struct network){
		.chain_id = identity.chain_id,
		.plasma_framework = identity.plasma_framework,
		.eth_vault = identity.eth_vault,
		.erc20_vault = identity.erc20_vault,
		.payment_exit_game = identity.payment_exit_game,
		.deployment_block = identity.deployment_block,
		.deployment_block_hash = identity.deployment_block_hash,
		.min_exit_period = 604800,
		.extensions = 1,
	};
}

static void refuses(const struct network *network, const char *what)
{
	ck_assert_int_eq(open_as(network), ERROR_BAD_INPUT);
	ck_assert_msg(strstr(error.message, what) != NULL, "%s", error.message);
}

START_TEST(test_opens_what_is_about_the_network_and_nothing_else)
{
	struct network network = network_of_file();

	ck_assert_int_eq(open_as(NULL), ERROR_NONE);
	ck_assert_int_eq(open_as(&network), ERROR_NONE);
	network.chain_id = 1;
	refuses(&network, "chain id");
	network = network_of_file();
	network.erc20_vault.bytes[19] ^= 1;
	refuses(&network, "ERC-20 vault");
	network = network_of_file();
	network.deployment_block_hash.bytes[0] ^= 1;
	refuses(&network, "deployment");
}
END_TEST

START_TEST(test_refuses_a_network_with_another_exit_period_than_the_contract)
{
	struct network network = network_of_file();

	network.min_exit_period++;
	refuses(&network, "minExitPeriod()");
	network = network_of_file();
	network.extensions |= 2;
	refuses(&network, "extensions()");
	network = network_of_file();
	network.authority.bytes[0] ^= 1;
	refuses(&network, "authority()");
}
END_TEST

START_TEST(test_a_check_says_whether_it_is_of_the_network_and_young)
{
	struct network network = network_of_file();
	const char *path = snapshot_file_path();

	snapshot_file_change("UPDATE head SET last_good_poll = 1000");
	ck_assert(snapshot_reader_check(path, &network, 1060, 60, &error));
	ck_assert(snapshot_reader_check(path, &network, 999, 0, &error));
	ck_assert(!snapshot_reader_check(path, &network, 1061, 60, &error));
	ck_assert_int_eq(error.code, ERROR_TRY_AGAIN);
	ck_assert_str_eq(error.message, "it is 61 s old");
	network.eth_vault.bytes[0] ^= 1;
	ck_assert(!snapshot_reader_check(path, &network, 1060, 60, &error));
	ck_assert_int_eq(error.code, ERROR_BAD_INPUT);
}
END_TEST

START_TEST(test_a_first_poll_that_is_not_over_is_worth_another_try)
{
	snapshot_file_change("DELETE FROM head");
	ck_assert_int_eq(open_as(NULL), ERROR_TRY_AGAIN);
	snapshot_file_change("DELETE FROM network");
	ck_assert_int_eq(open_as(NULL), ERROR_TRY_AGAIN);
}
END_TEST

START_TEST(test_no_file_and_no_database_are_told_apart)
{
	FILE *file;

	snapshot_file_change("PRAGMA journal_mode = DELETE");
	ck_assert_int_eq(unlink(snapshot_file_path()), 0);
	ck_assert_int_eq(open_as(NULL), ERROR_NO_INPUT);
	file = fopen(snapshot_file_path(), "w");
	ck_assert_ptr_nonnull(file);
	for (int i = 0; i < 1000; i++)
		fputs("no database", file);
	fclose(file);
	ck_assert_int_eq(open_as(NULL), ERROR_BAD_INPUT);
}
END_TEST

START_TEST(test_a_pass_says_where_the_head_is)
{
	struct snapshot_head head;
	struct snapshot_reader *reader = snapshot_file_begin(&head);

	ck_assert_uint_eq(head.number, 104);
	ck_assert_uint_eq(head.hash.bytes[31], 104);
	ck_assert_uint_eq(head.time.seconds, 1048);
	ck_assert(head.safe.known && head.finalized.known);
	ck_assert_uint_eq(head.safe.number, 103);
	ck_assert_uint_eq(head.finalized.number, 102);
	ck_assert_uint_eq(head.generation, 3);
	ck_assert(!head.finality_broken);
	end(reader);
}
END_TEST

START_TEST(test_a_pass_sees_one_state_whatever_the_writer_does)
{
	struct snapshot_head head;
	struct snapshot_reader *reader = snapshot_file_begin(&head);
	struct snapshot_block block;
	bool found;

	ck_assert(snapshot_reader_block(reader, &found, &block, 2000, &error));
	ck_assert(found);
	snapshot_file_change("DELETE FROM child_blocks; UPDATE head SET "
			     "number = 105");
	ck_assert(snapshot_reader_block(reader, &found, &block, 2000, &error));
	ck_assert(found);
	snapshot_reader_end(reader);
	ck_assert(snapshot_reader_begin(reader, &head, &error));
	ck_assert_uint_eq(head.number, 105);
	ck_assert(snapshot_reader_block(reader, &found, &block, 2000, &error));
	ck_assert(!found);
	end(reader);
}
END_TEST

START_TEST(test_events_come_in_order_from_where_one_asks)
{
	static const uint64_t blknums[] = { 1000, 2000, 3000 };
	struct snapshot_head head;
	struct snapshot_reader *reader = snapshot_file_begin(&head);
	struct snapshot_event event;

	for (size_t first = 0; first < 3; first++) {
		ck_assert(snapshot_reader_events_from(
			reader, first == 0 ? 0 : 103, first == 2 ? 1 : 0,
			&error));
		for (size_t i = first; i < 3; i++) {
			ck_assert_int_eq(snapshot_reader_next_event(
						 reader, &event, &error),
					 SNAPSHOT_NEXT_EVENT);
			ck_assert_int_eq(event.event.kind,
					 CONTRACT_EVENT_BLOCK_SUBMITTED);
			ck_assert_uint_eq(event.event.as.block_submitted.blknum,
					  blknums[i]);
			ck_assert_uint_eq(event.time.seconds,
					  i == 0 ? 1012 : 1036);
		}
		ck_assert_int_eq(
			snapshot_reader_next_event(reader, &event, &error),
			SNAPSHOT_NEXT_END);
	}
	end(reader);
}
END_TEST

START_TEST(test_an_event_of_somebody_else_means_nothing)
{
	struct snapshot_head head;
	struct snapshot_event event;

	/* The exit game says what only the framework may say. */
	snapshot_file_change("UPDATE logs SET address = X'909090909090909090909"
			     "0909090909090909090'");
	struct snapshot_reader *reader = snapshot_file_begin(&head);
	ck_assert(snapshot_reader_events_from(reader, 0, 0, &error));
	ck_assert_int_eq(snapshot_reader_next_event(reader, &event, &error),
			 SNAPSHOT_NEXT_EVENT);
	ck_assert_int_eq(event.event.kind, CONTRACT_EVENT_UNKNOWN);
	end(reader);
}
END_TEST

START_TEST(test_blocks_and_deposits_are_found_by_their_numbers)
{
	struct snapshot_head head;
	struct snapshot_reader *reader = snapshot_file_begin(&head);
	struct snapshot_block block;
	struct bytes raw;
	bool found;
	bool known;

	ck_assert(snapshot_reader_block(reader, &found, &block, 3000, &error));
	ck_assert(found);
	ck_assert_uint_eq(block.blknum, 3000);
	ck_assert_uint_eq(block.eth_block_number, 103);
	ck_assert_uint_eq(block.log_index, 2);
	ck_assert_uint_eq(block.time.seconds, 1036);
	ck_assert_uint_eq(block.root.bytes[0], 3);
	ck_assert_uint_eq(block.eth_block_hash.bytes[0], 103);
	ck_assert_uint_eq(block.eth_transaction_hash.bytes[0], 0x77);
	ck_assert(snapshot_reader_block(reader, &found, &block, 999, &error));
	ck_assert(!found);
	ck_assert(snapshot_reader_deposit_tx(reader, &found, &known, &raw, 1,
					     &error));
	ck_assert(found && known && raw.len == 3 && raw.data[0] == 0xc0);
	ck_assert(snapshot_reader_deposit_tx(reader, &found, &known, &raw, 2,
					     &error));
	ck_assert(found && !known);
	ck_assert(snapshot_reader_deposit_tx(reader, &found, &known, &raw, 3,
					     &error));
	ck_assert(!found);
	end(reader);
}
END_TEST

START_TEST(test_eth_blocks_are_found_by_number)
{
	struct snapshot_head head;
	struct snapshot_reader *reader = snapshot_file_begin(&head);
	struct root_time time;
	struct hash hash;
	struct bytes header;
	bool found;

	ck_assert(snapshot_reader_eth_block(reader, &found, &hash, &time, 102,
					    &error));
	ck_assert(found && hash.bytes[5] == 102 && time.seconds == 1024);
	ck_assert(snapshot_reader_eth_block(reader, &found, &hash, &time, 99,
					    &error));
	ck_assert(!found);
	ck_assert(snapshot_reader_header(reader, &found, &header, 103, &error));
	ck_assert(found && header.len == 103);
	end(reader);
}
END_TEST

START_TEST(test_a_reorganisation_is_seen_by_who_looked_before_it)
{
	struct snapshot_head head;
	struct snapshot_reader *reader = snapshot_file_begin(&head);
	uint64_t first = 0;
	bool undone;

	ck_assert(snapshot_reader_undone_since(reader, &undone, &first, 2,
					       &error));
	ck_assert(undone && first == 102);
	ck_assert(snapshot_reader_undone_since(reader, &undone, &first, 3,
					       &error));
	ck_assert(!undone);
	end(reader);
}
END_TEST

START_TEST(test_state_that_is_missing_is_an_error_and_not_zero)
{
	struct snapshot_head head;
	struct snapshot_reader *reader = snapshot_file_begin(&head);
	struct snapshot_state state;

	ck_assert(!snapshot_reader_state(reader, &state, &error));
	ck_assert_int_eq(error.code, ERROR_BAD_INPUT);
	end(reader);
}
END_TEST

Suite *snapshot_reader_suite(void);

Suite *snapshot_reader_suite(void)
{
	Suite *suite = suite_create("snapshot_reader");
	TCase *tests = tcase_create("reader");

	tcase_add_checked_fixture(tests, snapshot_file_make,
				  snapshot_file_remove);
	tcase_add_test(tests,
		       test_opens_what_is_about_the_network_and_nothing_else);
	tcase_add_test(
		tests,
		test_refuses_a_network_with_another_exit_period_than_the_contract);
	tcase_add_test(
		tests,
		test_a_check_says_whether_it_is_of_the_network_and_young);
	tcase_add_test(tests,
		       test_a_first_poll_that_is_not_over_is_worth_another_try);
	tcase_add_test(tests, test_no_file_and_no_database_are_told_apart);
	tcase_add_test(tests, test_a_pass_says_where_the_head_is);
	tcase_add_test(tests,
		       test_a_pass_sees_one_state_whatever_the_writer_does);
	tcase_add_test(tests, test_events_come_in_order_from_where_one_asks);
	tcase_add_test(tests, test_an_event_of_somebody_else_means_nothing);
	tcase_add_test(tests,
		       test_blocks_and_deposits_are_found_by_their_numbers);
	tcase_add_test(tests, test_eth_blocks_are_found_by_number);
	tcase_add_test(tests,
		       test_a_reorganisation_is_seen_by_who_looked_before_it);
	tcase_add_test(tests,
		       test_state_that_is_missing_is_an_error_and_not_zero);
	suite_add_tcase(suite, tests);
	return suite;
}
