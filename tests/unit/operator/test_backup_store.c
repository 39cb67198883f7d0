/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/memory.h"
#include "operator/accepted_store.h"
#include "operator/backup_store.h"
#include "operator/operator_store.h"
#include "tests/unit/operator/payments.h"
#include "tests/unit/runner.h"
#include "tests/unit/scratch.h"

#define BLOCKS 10
#define BACKUPS 5
#define LARGE ((size_t)2 << 20)

static struct operator_store *store;
static struct accepted_store *accepted;
static struct backup_counts counts;
static struct error error;
static char backup[128];
static uint8_t *large; /* takes a while to be copied */

static void set_up(void)
{
	const struct operator_network network = { 31337, account_of(0x77), 0 };

	scratch_make();
	ck_assert(operator_store_open(&store, scratch_folder(), &network,
				      &error));
	ck_assert(accepted_store_open(&accepted, scratch_folder(), &error));
	snprintf(backup, sizeof(backup), "%s", scratch_path("backup"));
	large = memory_new(LARGE, 1);
}

static void tear_down(void)
{
	accepted_store_close(accepted);
	operator_store_close(store);
	memory_free(large);
	scratch_remove();
}

/* The same payments, written anew. */
static void rewrite(void)
{
	struct accepted_block blocks[BLOCKS];

	for (size_t i = 0; i < BLOCKS; i++)
		blocks[i] = (struct accepted_block){
			1000 * (i + 1),
			bytes_view(large, i % 2 == 0 ? LARGE : 8)
		};
	ck_assert(accepted_store_rewrite(accepted, blocks, BLOCKS, &error));
}

static void *rewrite_twice(void *context)
{
	(void)context;
	rewrite();
	rewrite();
	return NULL;
}

static void back_up(void)
{
	(void)unlink(backup);
	ck_assert_msg(
		backup_store_write(&counts, scratch_folder(), backup, &error),
		"%s", error.message);
}

/* All of them are in every backup, and the database. */
START_TEST(test_no_payment_is_missed_while_all_are_rewritten)
{
	rewrite();
	for (size_t i = 0; i < BACKUPS; i++) {
		pthread_t thread;

		ck_assert_int_eq(
			pthread_create(&thread, NULL, rewrite_twice, NULL), 0);
		back_up();
		pthread_join(thread, NULL);
		ck_assert_uint_eq(counts.files, BLOCKS + 1);
	}
}
END_TEST

/* The operator ended between the two renamings, and did not start since. */
START_TEST(test_no_backup_is_made_of_half_a_rewriting)
{
	char names[2][128];

	rewrite();
	snprintf(names[0], sizeof(names[0]), "%s",
		 scratch_path(ACCEPTED_STORE_FOLDER));
	snprintf(names[1], sizeof(names[1]), "%s",
		 scratch_path(ACCEPTED_STORE_FOLDER_OLD));
	ck_assert_int_eq(rename(names[0], names[1]), 0);
	ck_assert(
		!backup_store_write(&counts, scratch_folder(), backup, &error));
	ck_assert_int_eq(error.code, ERROR_TRY_AGAIN);
	ck_assert_int_ne(access(backup, F_OK), 0);
	ck_assert_int_eq(rename(names[1], names[0]), 0);
	back_up();
	ck_assert_uint_eq(counts.files, BLOCKS + 1);
}
END_TEST

START_TEST(test_gives_back_what_was_there)
{
	char restored[128];
	struct accepted_store *again;
	uint64_t *blknums;
	size_t count;

	rewrite();
	back_up();
	snprintf(restored, sizeof(restored), "%s", scratch_path("restored"));
	ck_assert_int_eq(mkdir(restored, 0700), 0);
	ck_assert_msg(backup_store_restore(&counts, backup, restored, &error),
		      "%s", error.message);
	ck_assert(accepted_store_open(&again, restored, &error));
	ck_assert(accepted_store_list_new(again, &blknums, &count, &error));
	ck_assert_uint_eq(count, BLOCKS);
	memory_free(blknums);
	accepted_store_close(again);
}
END_TEST

Suite *backup_store_suite(void);

Suite *backup_store_suite(void)
{
	Suite *suite = suite_create("backup_store");
	TCase *tests = tcase_create("backup_store");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests,
		       test_no_payment_is_missed_while_all_are_rewritten);
	tcase_add_test(tests, test_no_backup_is_made_of_half_a_rewriting);
	tcase_add_test(tests, test_gives_back_what_was_there);
	suite_add_tcase(suite, tests);
	return suite;
}
