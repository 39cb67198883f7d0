/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <unistd.h>

#include "common/service/body_store.h"
#include "common/service/clock.h"
#include "operator/mirror_loop.h"
#include "operator/operator_store.h"
#include "tests/unit/runner.h"
#include "tests/unit/scratch.h"

/* A healthy mirror looks for news this often. */
#define LOOK_MS 2000

static struct operator_status *status;
static struct error error;

/* One block is committed. */
static void set_up(void)
{
	const struct operator_network network = { 31337, { { 7 } }, 5 };
	struct committed_block block = { .blknum = 1000,
					 .transaction_count = 2,
					 .body_len = 300,
					 .formed_at = 1700000000 };
	struct operator_store *store;
	struct body_store *bodies;

	scratch_make();
	memset(block.root.bytes, 1, sizeof(block.root.bytes));
	ck_assert(operator_store_open(&store, scratch_folder(), &network,
				      &error));
	ck_assert(body_store_open(&bodies, scratch_folder(),
				  OPERATOR_STORE_BODIES, &error));
	ck_assert(body_store_put(bodies, &block.root, bytes_of_string("body"),
				 &error));
	ck_assert(operator_store_commit_block(store, &block, &error));
	body_store_close(bodies);
	operator_store_close(store);
	status = operator_status_new();
}

static void tear_down(void)
{
	operator_status_free(status);
	scratch_remove();
}

static struct mirror_loop *start(const char *target)
{
	struct mirror_loop *mirror;

	ck_assert_msg(mirror_loop_start(&mirror, target, scratch_folder(),
					status, &error),
		      "%s", error.message);
	return mirror;
}

static bool has_alarm(void)
{
	return operator_status_facts(status).alarms[OPERATOR_ALARM_MIRROR];
}

static void wait_a_moment(void)
{
	usleep(10000); /* allowed: between two looks */
}

START_TEST(test_a_mirror_that_works_clears_no_alarm_of_another)
{
	/* Nobody listens at the first port. */
	struct mirror_loop *broken = start("http://127.0.0.1:1/");
	uint64_t until_ms = clock_monotonic_ms() + LOOK_MS + 1000;

	while (!has_alarm())
		wait_a_moment();
	struct mirror_loop *good = start(scratch_folder());
	while (mirror_loop_blknum(good) != 1000)
		wait_a_moment();
	/* The broken one is asked again at longer and longer pauses. */
	while (clock_monotonic_ms() < until_ms) {
		ck_assert(has_alarm());
		wait_a_moment();
	}
	mirror_loop_stop(broken);
	mirror_loop_stop(good);
}
END_TEST

Suite *mirror_loop_suite(void);

Suite *mirror_loop_suite(void)
{
	Suite *suite = suite_create("mirror_loop");
	TCase *tests = tcase_create("mirror_loop");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests,
		       test_a_mirror_that_works_clears_no_alarm_of_another);
	suite_add_tcase(suite, tests);
	return suite;
}
