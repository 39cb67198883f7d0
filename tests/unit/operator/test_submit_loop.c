/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <string.h>

#include "operator/submit_loop.h"
#include "tests/unit/runner.h"

#define COUNT 1000

static struct {
	pthread_mutex_t mutex;
	size_t judged[COUNT]; /* how often each was */
	size_t calls;
	pthread_t by;	  /* that judged last */
	bool more_follow; /* as the last call was told */
} job = { .mutex = PTHREAD_MUTEX_INITIALIZER };

static struct http_response responses[COUNT];

static void forget(void)
{
	memset(job.judged, 0, sizeof(job.judged));
	job.calls = 0;
}

static void judge(void *context, const struct submit *submits, size_t count,
		  bool more_follow)
{
	(void)context;
	ck_assert_uint_ge(count, 1);
	ck_assert_uint_le(count, SUBMIT_LOOP_MOST);
	pthread_mutex_lock(&job.mutex);
	for (size_t i = 0; i < count; i++)
		job.judged[submits[i].response - responses]++;
	job.calls++;
	job.by = pthread_self();
	job.more_follow = more_follow;
	pthread_mutex_unlock(&job.mutex);
}

static void put(struct submit_loop *loop, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		submit_loop_put(loop, (struct submit){ &responses[i], NULL });
}

START_TEST(test_one_is_judged_by_the_thread_that_brought_it)
{
	struct submit_loop *loop = submit_loop_start(judge, NULL);

	ck_assert(!submit_loop_help(loop));
	put(loop, 0, 1);
	ck_assert(submit_loop_help(loop));
	ck_assert_uint_eq(job.judged[0], 1);
	ck_assert(pthread_equal(job.by, pthread_self()));
	ck_assert(!job.more_follow);
	ck_assert(!submit_loop_help(loop));
	submit_loop_stop(loop);
	ck_assert_uint_eq(job.calls, 1);
}
END_TEST

START_TEST(test_each_of_many_is_judged_once)
{
	struct submit_loop *loop = submit_loop_start(judge, NULL);

	for (size_t i = 0; i < COUNT; i += 100) {
		put(loop, i, i + 100);
		ck_assert(submit_loop_help(loop));
	}
	/* What is left is judged before the end. */
	submit_loop_stop(loop);
	for (size_t i = 0; i < COUNT; i++)
		ck_assert_msg(job.judged[i] == 1, "%zu: %zu times", i,
			      job.judged[i]);
}
END_TEST

Suite *submit_loop_suite(void);
Suite *submit_loop_suite(void)
{
	Suite *suite = suite_create("submit_loop");
	TCase *cases = tcase_create("submit_loop");

	tcase_add_checked_fixture(cases, forget, NULL);
	tcase_add_test(cases, test_one_is_judged_by_the_thread_that_brought_it);
	tcase_add_test(cases, test_each_of_many_is_judged_once);
	suite_add_tcase(suite, cases);
	return suite;
}
