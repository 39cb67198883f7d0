/* SPDX-License-Identifier: MIT */
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

#include "operator/root_store.h"
#include "tests/unit/operator/payments.h"
#include "tests/unit/runner.h"
#include "tests/unit/scratch.h"
#include "tests/unit/snapshot/snapshot_file.h"

#define ALICE 0xa1

static struct operator_store *store;
static struct snapshot_reader *snapshot;
static struct root_store *reader;
static struct error error;
static bool commits_write_a_checkpoint;

/* A checkpoint that is put in place just before something is committed. */
static int before_commit(void *context)
{
	(void)context;
	if (commits_write_a_checkpoint) {
		FILE *file = fopen(scratch_path("checkpoint"), "w");

		ck_assert_ptr_nonnull(file);
		ck_assert_int_eq(fclose(file), 0);
	}
	return 0;
}

static int hook_up(sqlite3 *connection)
{
	(void)sqlite3_commit_hook(connection, before_commit, NULL);
	return SQLITE_OK;
}

/* The snapshot's third generation undid eth_block 103. */
static void set_up(void)
{
	static const struct operator_network network = { 31337,
							 { { 0xf0 } },
							 5 };
	struct root_cursor cursor = { 105, 0, 2 };

	snapshot_file_make();
	snapshot_file_change(
		"INSERT INTO contract_state (name, word) SELECT column1, "
		"zeroblob(32) FROM (VALUES ('next_child_block'), "
		"('next_deposit'), ('min_exit_period'), ('extensions'), "
		"('standard_exit_bond'), ('standard_exit_bounty'), "
		"('ife_bond'), ('piggyback_bond'), ('piggyback_bounty'), "
		"('authority'))");
	commits_write_a_checkpoint = false;
	ck_assert_int_eq(sqlite3_auto_extension((void (*)(void))hook_up),
			 SQLITE_OK);
	ck_assert(operator_store_open(&store, scratch_folder(), &network,
				      &error));
	sqlite3_reset_auto_extension();
	ck_assert(snapshot_reader_open(&snapshot, snapshot_file_path(), NULL,
				       &error));
	reader = root_store_new(snapshot, store, scratch_folder(),
				(struct deposit_finality){ false, 1 });
	ck_assert(operator_store_begin(store, &error));
	ck_assert(operator_store_put_cursor(store, &cursor, &error));
	ck_assert(operator_store_commit(store, &error));
}

static void tear_down(void)
{
	root_store_free(reader);
	snapshot_reader_close(snapshot);
	operator_store_close(store);
	snapshot_file_remove();
}

static void credit(uint64_t blknum, uint64_t eth_block_number)
{
	struct stored_deposit deposit = { .blknum = blknum,
					  .output = output_of(ALICE, 100),
					  .eth_block_number =
						  eth_block_number };

	ck_assert(operator_store_begin(store, &error));
	ck_assert(operator_store_put_deposit(store, &deposit, &error));
	ck_assert(operator_store_credit_deposit(store, blknum, 1, &error));
	ck_assert(operator_store_commit(store, &error));
}

/* True if it is told that the deposit was taken back. */
static bool poll_revokes(uint64_t blknum)
{
	struct root_news news;
	bool revoked = false;

	commits_write_a_checkpoint = true;
	ck_assert_msg(root_store_poll(reader, &news, &error), "%s",
		      error.message);
	commits_write_a_checkpoint = false;
	for (size_t i = 0; i < news.event_count; i++)
		revoked |=
			news.events[i].kind == OPERATOR_EVENT_DEPOSIT_REVOKED &&
			news.events[i].as.deposit.blknum == blknum;
	return revoked;
}

static bool has_checkpoint(void)
{
	return access(scratch_path("checkpoint"), F_OK) == 0;
}

START_TEST(test_a_checkpoint_written_while_a_coin_is_taken_back_goes_too)
{
	credit(7, 103);
	ck_assert(poll_revokes(7));
	ck_assert(!has_checkpoint());
}
END_TEST

START_TEST(test_a_checkpoint_stays_when_no_coin_of_it_is_taken_back)
{
	credit(7, 101);
	ck_assert(!poll_revokes(7));
	ck_assert(has_checkpoint());
}
END_TEST

/* Twelve seconds lie between two of them; the head is 104. */
START_TEST(test_finds_the_eth_block_of_some_time_ago)
{
	static const struct {
		uint64_t seconds;
		uint64_t number;
	} rows[] = { { 0, 104 },  { 1, 103 },  { 12, 103 },
		     { 13, 102 }, { 48, 100 }, { 49, 99 } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint64_t number;

		ck_assert(root_store_eth_block_before(reader, &number,
						      rows[i].seconds, &error));
		ck_assert_uint_eq(number, rows[i].number);
	}
}
END_TEST

Suite *root_store_suite(void);
Suite *root_store_suite(void)
{
	Suite *suite = suite_create("root_store");
	TCase *cases = tcase_create("root_store");

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_test(cases, test_finds_the_eth_block_of_some_time_ago);
	tcase_add_test(
		cases,
		test_a_checkpoint_written_while_a_coin_is_taken_back_goes_too);
	tcase_add_test(
		cases,
		test_a_checkpoint_stays_when_no_coin_of_it_is_taken_back);
	suite_add_tcase(suite, cases);
	return suite;
}
