/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "common/service/metrics.h"
#include "common/service/process.h"
#include "common/service/workers.h"
#include "tests/unit/runner.h"
#include "tests/unit/scratch.h"

static void square(void *items, size_t count)
{
	unsigned int *numbers = items;

	for (size_t i = 0; i < count; i++)
		numbers[i] *= numbers[i];
}

START_TEST(test_every_item_is_worked_on_once)
{
	static unsigned int numbers[10007];
	struct workers *workers = workers_new(4);

	for (size_t piece = 1; piece < 20000; piece = 3 * piece + 4) {
		for (unsigned int i = 0; i < 10007; i++)
			numbers[i] = i;
		workers_run(workers, square, numbers, sizeof(numbers[0]), 10007,
			    piece);
		for (unsigned int i = 0; i < 10007; i++)
			ck_assert_uint_eq(numbers[i], i * i);
	}
	workers_run(workers, square, numbers, sizeof(numbers[0]), 0, 8);
	workers_free(workers);
}
END_TEST

static void *run_all(void *context)
{
	unsigned int numbers[512];

	for (int round = 0; round < 50; round++) {
		for (unsigned int i = 0; i < 512; i++)
			numbers[i] = i;
		workers_run(context, square, numbers, sizeof(numbers[0]), 512,
			    7);
		for (unsigned int i = 0; i < 512; i++)
			if (numbers[i] != i * i)
				return context;
	}
	return NULL;
}

START_TEST(test_many_threads_may_ask_at_once)
{
	struct workers *workers = workers_new(3);
	pthread_t threads[4];
	void *wrong;

	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(
			pthread_create(&threads[i], NULL, run_all, workers), 0);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], &wrong);
		ck_assert_ptr_null(wrong);
	}
	workers_free(workers);
}
END_TEST

START_TEST(test_a_folder_has_one_holder)
{
	struct process_lock lock;
	struct process_lock second;
	struct error error;

	ck_assert(process_lock_take(&lock, scratch_path("data"), &error));
	ck_assert(!process_lock_take(&second, scratch_path("data"), &error));
	ck_assert_int_eq(error.code, ERROR_TRY_AGAIN);
	process_lock_release(&lock);
	ck_assert(process_lock_take(&lock, scratch_path("data"), &error));
	process_lock_release(&lock);
	(void)unlink(scratch_path("data/LOCK"));
}
END_TEST

START_TEST(test_a_wait_ends_with_the_time_or_a_wake)
{
	struct error error;

	ck_assert(process_start(&error));
	ck_assert_int_eq(process_wait(1), PROCESS_SIGNAL_NONE);
	ck_assert_int_eq(kill(getpid(), SIGUSR1), 0);
	ck_assert_int_eq(process_wait(60000), PROCESS_SIGNAL_WAKE);
}
END_TEST

START_TEST(test_metrics_have_prefix_help_and_kind)
{
	struct growing_buffer out;

	growing_buffer_init(&out, 4096);
	metrics_put(&out, METRIC_COUNTER, "payments_total", "Accepted.", 7);
	metrics_begin(&out, METRIC_GAUGE, "coins", "Unspent.");
	metrics_value(&out, "coins", "token", "a\"b\\c\nd", 1);
	ck_assert_str_eq(growing_buffer_string(&out),
			 "# HELP plasmachain_payments_total Accepted.\n"
			 "# TYPE plasmachain_payments_total counter\n"
			 "plasmachain_payments_total 7\n"
			 "# HELP plasmachain_coins Unspent.\n"
			 "# TYPE plasmachain_coins gauge\n"
			 "plasmachain_coins{token=\"a\\\"b\\\\c\\nd\"} 1\n");
	growing_buffer_clear(&out);
}
END_TEST

Suite *workers_suite(void);

Suite *workers_suite(void)
{
	Suite *suite = suite_create("workers");
	TCase *tests = tcase_create("machine");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
	tcase_add_test(tests, test_every_item_is_worked_on_once);
	tcase_add_test(tests, test_many_threads_may_ask_at_once);
	tcase_add_test(tests, test_a_folder_has_one_holder);
	tcase_add_test(tests, test_a_wait_ends_with_the_time_or_a_wake);
	tcase_add_test(tests, test_metrics_have_prefix_help_and_kind);
	suite_add_tcase(suite, tests);
	return suite;
}
