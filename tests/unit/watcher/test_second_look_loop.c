/* SPDX-License-Identifier: MIT */
#include "tests/unit/runner.h"
#include "tests/unit/watcher/block_folder.h"
#include "tests/unit/watcher/chain_folder.h"
#include "watcher/event_store.h"
#include "watcher/second_look_loop.h"

#define MOST_BLOCKS 16
#define MOST_SMALL 4096
#define HOUR 3600

/* The mirror serves one body, whatever block it is asked for. */

static struct error error;
static struct growing_buffer other;

static void must(bool ok)
{
	ck_assert_msg(ok, "%s", error.message);
}

static void set_up(void)
{
	struct forge forge;
	struct output output;
	struct hash root;

	block_folder_set_up();
	forge = new_forge(2000);
	output = output_of(1, 600);
	output.owner = alice;
	add_payment(&forge, position_at(1000, 0, 0), &output, 1);
	growing_buffer_init(&other, PROTOCOL_MAX_BODY_SIZE);
	forge_finish(&other, &root, &forge);
	forge_clear(&forge);
}

static void tear_down(void)
{
	growing_buffer_clear(&other);
	block_folder_tear_down();
}

static void put_applied(uint64_t blknum, uint32_t transactions)
{
	struct watched_block block = block_of(blknum, 10 + blknum / 1000);

	block.state = BLOCK_STATE_APPLIED;
	block.has_body = true;
	block.transaction_count = transactions;
	must(watcher_store_put_block(chain_database, &block, &error));
	write_body_to(mirror, &block.root, growing_buffer_view(&other));
}

/* How many events stand after a pass in which this block is the newest, and the
 * one that the hour picks. */
static size_t events_after(uint64_t blknum, bool takes_large)
{
	const char *const sources[] = { mirror };
	struct block_fetch *fetch = block_fetch_new(sources, 1, bodies);
	struct second_look_parts parts = { chain_database, bodies, fetch,
					   takes_large };
	struct pass_facts now = facts;
	struct standing_event *list;
	size_t count;

	now.applied_block = blknum;
	now.now.seconds = HOUR * (blknum / PROTOCOL_BLOCK_INTERVAL - 1);
	/* The fixture's is open, and a look makes its own. */
	must(database_commit(chain_database, &error));
	must(second_look_loop_pass(&parts, &now, &error));
	must(database_begin(chain_database, &error));
	must(event_store_list_new(chain_database, &list, &count, &error));
	for (size_t i = 0; i < count; i++)
		ck_assert_int_eq(list[i].kind, EVENT_EQUIVOCATION);
	event_store_list_free(list, count);
	block_fetch_free(fetch);
	return count;
}

START_TEST(test_other_bodies_of_sixteen_blocks_are_told_of_once_each)
{
	for (uint64_t i = 1; i <= MOST_BLOCKS + 2; i++) {
		uint64_t blknum = (i + 1) * PROTOCOL_BLOCK_INTERVAL;
		size_t want = i < MOST_BLOCKS ? i : MOST_BLOCKS;

		put_applied(blknum, 1);
		ck_assert_uint_eq(events_after(blknum, true), want);
		ck_assert_uint_eq(events_after(blknum, true), want);
	}
}
END_TEST

START_TEST(test_a_large_block_is_asked_for_only_when_it_may_be)
{
	put_applied(2000, MOST_SMALL + 1);
	ck_assert_uint_eq(events_after(2000, false), 0);
	ck_assert_uint_eq(events_after(2000, true), 1);
	put_applied(3000, MOST_SMALL);
	ck_assert_uint_eq(events_after(3000, false), 2);
}
END_TEST

Suite *second_look_loop_suite(void);

Suite *second_look_loop_suite(void)
{
	Suite *suite = suite_create("second_look_loop");
	TCase *tests = tcase_create("second_look_loop");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(
		tests,
		test_other_bodies_of_sixteen_blocks_are_told_of_once_each);
	tcase_add_test(tests,
		       test_a_large_block_is_asked_for_only_when_it_may_be);
	suite_add_tcase(suite, tests);
	return suite;
}
