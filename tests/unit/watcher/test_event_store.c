/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/unit/runner.h"
#include "tests/unit/watcher/chain_folder.h"
#include "watcher/event_store.h"

static struct error error;

static void must(bool ok)
{
	ck_assert_msg(ok, "%s", error.message);
}

static struct raised_event event_of(enum event_kind kind, const char *key,
				    uint64_t at)
{
	struct raised_event event = { 0 };

	event.kind = kind;
	event.key = key;
	event.facts = "{}";
	event.at.seconds = at;
	event.bad_at.seconds = at;
	return event;
}

static struct raised_event bad_block(uint64_t blknum, const char *key,
				     uint64_t at)
{
	struct raised_event event = event_of(EVENT_INVALID_BLOCK, key, at);

	event.has_bad_block = true;
	event.bad_block = blknum;
	return event;
}

static size_t standing(void)
{
	struct standing_event *list;
	size_t count;

	must(event_store_list_new(chain_database, &list, &count, &error));
	event_store_list_free(list, count);
	return count;
}

static struct latch_facts latch(void)
{
	struct latch_facts facts;

	must(event_store_latch(chain_database, &facts, &error));
	return facts;
}

START_TEST(test_an_event_stands_until_it_is_cleared)
{
	struct raised_event event = event_of(EVENT_INVALID_EXIT, "1", 100);
	bool is_new;

	must(event_store_raise(chain_database, &is_new, &event, &error));
	ck_assert(is_new);
	event.eth_block = 20; /* of the same time */
	must(event_store_raise(chain_database, &is_new, &event, &error));
	ck_assert(!is_new);
	event = event_of(EVENT_INVALID_EXIT, "2", 100);
	must(event_store_raise(chain_database, &is_new, &event, &error));
	ck_assert_uint_eq(standing(), 2);
	must(event_store_clear_others(chain_database, EVENT_INVALID_EXIT, 20,
				      &error));
	ck_assert_uint_eq(standing(), 1);
	must(event_store_clear(chain_database, EVENT_INVALID_EXIT, "1",
			       &error));
	ck_assert_uint_eq(standing(), 0);
	ck_assert(!latch().latched);
}
END_TEST

START_TEST(test_a_halt_latches_until_a_person_clears_it)
{
	struct raised_event event = bad_block(5000, "5000", 100);
	size_t count;

	must(event_store_raise(chain_database, NULL, &event, &error));
	must(event_store_clear(chain_database, EVENT_INVALID_BLOCK, "5000",
			       &error));
	struct latch_facts facts = latch();
	ck_assert(facts.latched);
	ck_assert_uint_eq(facts.bad_block, 5000);
	ck_assert_uint_eq(facts.last_good_block, 4000);
	ck_assert_uint_eq(facts.bad_at.seconds, 100);
	must(event_store_clear_latches(chain_database, &count, "looked at it",
				       (struct wall_time){ 1 }, &error));
	ck_assert_uint_eq(count, 1);
	ck_assert(!latch().latched);
}
END_TEST

START_TEST(test_the_oldest_bad_block_says_what_is_good)
{
	struct raised_event event = event_of(EVENT_INSOLVENT_VAULT, "", 10);

	must(event_store_raise(chain_database, NULL, &event, &error));
	ck_assert(!latch().has_bad_block);
	event = bad_block(7000, "7000", 300);
	must(event_store_raise(chain_database, NULL, &event, &error));
	event = bad_block(6000, "6000", 200);
	must(event_store_raise(chain_database, NULL, &event, &error));
	struct latch_facts facts = latch();
	ck_assert(facts.has_bad_block);
	ck_assert_uint_eq(facts.last_good_block, 5000);
	ck_assert_uint_eq(facts.bad_at.seconds, 200);
}
END_TEST

START_TEST(test_what_only_informs_does_not_latch)
{
	struct raised_event event = event_of(EVENT_INSOLVENT_VAULT, "x", 10);

	event.informs_only = true;
	must(event_store_raise(chain_database, NULL, &event, &error));
	ck_assert_uint_eq(standing(), 1);
	ck_assert(!latch().latched);
}
END_TEST

Suite *event_store_suite(void);

Suite *event_store_suite(void)
{
	Suite *suite = suite_create("event_store");
	TCase *tests = tcase_create("event_store");

	tcase_add_checked_fixture(tests, chain_folder_set_up,
				  chain_folder_tear_down);
	tcase_add_test(tests, test_an_event_stands_until_it_is_cleared);
	tcase_add_test(tests, test_a_halt_latches_until_a_person_clears_it);
	tcase_add_test(tests, test_the_oldest_bad_block_says_what_is_good);
	tcase_add_test(tests, test_what_only_informs_does_not_latch);
	suite_add_tcase(suite, tests);
	return suite;
}
