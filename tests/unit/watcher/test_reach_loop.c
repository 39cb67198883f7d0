/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/unit/runner.h"
#include "tests/unit/watcher/chain_folder.h"
#include "watcher/event_store.h"
#include "watcher/reach_loop.h"

/* Nobody listens there. */
#define NOBODY "http://user:secret@127.0.0.1:1"

static struct error error;

static void must(bool ok)
{
	ck_assert_msg(ok, "%s", error.message);
}

/* A pass at this time; true if the event stands afterwards. */
static bool pass(struct reach_loop *loop, uint64_t at)
{
	struct wall_time now = { at };
	struct root_time head = { at };
	struct standing_event *list;
	size_t count;

	reach_loop_ask(loop, now);
	must(reach_loop_judge(loop, chain_database, now, head, &error));
	must(event_store_list_new(chain_database, &list, &count, &error));
	ck_assert_uint_le(count, 1);
	if (count == 1) {
		ck_assert_int_eq(list[0].kind, EVENT_OPERATOR_UNREACHABLE);
		ck_assert_ptr_null(strstr(list[0].facts, "secret"));
		ck_assert_ptr_nonnull(
			strstr(list[0].facts, "\"silent_since\":1000"));
	}
	event_store_list_free(list, count);
	return count == 1;
}

START_TEST(test_an_hour_of_silence_is_an_alarm_and_not_a_second_less)
{
	struct reach_loop *loop = reach_loop_new(NOBODY);

	ck_assert(!pass(loop, 1000));
	ck_assert(!pass(loop, 4599));
	ck_assert(pass(loop, 4600));
	ck_assert(pass(loop, 9000));
	reach_loop_free(loop);
}
END_TEST

START_TEST(test_silence_is_remembered_from_one_program_to_the_next)
{
	struct reach_loop *loop = reach_loop_new(NOBODY);

	ck_assert(!pass(loop, 1000));
	reach_loop_free(loop);
	loop = reach_loop_new(NOBODY);
	ck_assert(pass(loop, 4600));
	reach_loop_free(loop);
}
END_TEST

START_TEST(test_nobody_to_be_asked_is_no_silence)
{
	struct reach_loop *loop = reach_loop_new(NOBODY);

	ck_assert(!pass(loop, 1000));
	ck_assert(pass(loop, 4600));
	reach_loop_free(loop);
	loop = reach_loop_new("/srv/bodies");
	ck_assert(!pass(loop, 4700));
	reach_loop_free(loop);
}
END_TEST

Suite *reach_loop_suite(void);

Suite *reach_loop_suite(void)
{
	Suite *suite = suite_create("reach_loop");
	TCase *tests = tcase_create("reach_loop");

	tcase_add_checked_fixture(tests, chain_folder_set_up,
				  chain_folder_tear_down);
	tcase_add_test(
		tests,
		test_an_hour_of_silence_is_an_alarm_and_not_a_second_less);
	tcase_add_test(tests,
		       test_silence_is_remembered_from_one_program_to_the_next);
	tcase_add_test(tests, test_nobody_to_be_asked_is_no_silence);
	suite_add_tcase(suite, tests);
	return suite;
}
