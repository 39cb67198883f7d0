/* SPDX-License-Identifier: MIT */
#include "operator/submit_loop.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "common/base/memory.h"
#include "common/service/thread.h"

struct submit_loop {
	submit_loop_job *job;
	void *context;
	pthread_t *threads;
	size_t thread_count;
	size_t share;	       /* that the thread that puts takes at once */
	pthread_mutex_t mutex; /* covers what follows */
	pthread_cond_t arrived;
	bool ending;
	struct submit *queue;
	size_t count;
	size_t capacity;
};

/* Takes the oldest ones; the mutex is held. */
static size_t take(struct submit_loop *loop,
		   struct submit taken[SUBMIT_LOOP_MOST], size_t most)
{
	size_t count = loop->count < most ? loop->count : most;

	loop->count -= count;
	if (count > 0) {
		memcpy(taken, loop->queue, count * sizeof(*taken));
		memmove(loop->queue, loop->queue + count,
			loop->count * sizeof(*loop->queue));
	}
	return count;
}

/* Waits for some; none only at the end. */
static size_t wait_and_take(struct submit_loop *loop, bool *more_follow,
			    struct submit taken[SUBMIT_LOOP_MOST])
{
	pthread_mutex_lock(&loop->mutex);
	while (loop->count == 0 && !loop->ending)
		pthread_cond_wait(&loop->arrived, &loop->mutex);
	size_t count = take(loop, taken, SUBMIT_LOOP_MOST);
	*more_follow = loop->count > 0;
	pthread_mutex_unlock(&loop->mutex);
	return count;
}

static void *run(void *context)
{
	struct submit_loop *loop = context;
	struct submit taken[SUBMIT_LOOP_MOST];
	bool more_follow;
	size_t count;

	while ((count = wait_and_take(loop, &more_follow, taken)) > 0)
		loop->job(loop->context, taken, count, more_follow);
	return NULL;
}

bool submit_loop_help(struct submit_loop *loop)
{
	struct submit taken[SUBMIT_LOOP_MOST];

	pthread_mutex_lock(&loop->mutex);
	size_t count = take(loop, taken, loop->share);
	bool more_follow = loop->count > 0;
	if (more_follow)
		pthread_cond_broadcast(&loop->arrived);
	pthread_mutex_unlock(&loop->mutex);
	if (count > 0)
		loop->job(loop->context, taken, count, more_follow);
	return count > 0;
}

struct submit_loop *submit_loop_start(submit_loop_job *job, void *context)
{
	struct submit_loop *loop = memory_new(1, sizeof(*loop));
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	size_t processors = online > 1 ? (size_t)online : 1;

	loop->job = job;
	loop->context = context;
	pthread_mutex_init(&loop->mutex, NULL);
	pthread_cond_init(&loop->arrived, NULL);
	loop->share = SUBMIT_LOOP_MOST / processors + 1;
	if (loop->share > SUBMIT_LOOP_MOST)
		loop->share = SUBMIT_LOOP_MOST;
	loop->thread_count = processors - 1;
	loop->threads = memory_new(processors, sizeof(*loop->threads));
	for (size_t i = 0; i < loop->thread_count; i++)
		thread_require(&loop->threads[i], run, loop);
	return loop;
}

void submit_loop_stop(struct submit_loop *loop)
{
	pthread_mutex_lock(&loop->mutex);
	loop->ending = true;
	pthread_cond_broadcast(&loop->arrived);
	pthread_mutex_unlock(&loop->mutex);
	for (size_t i = 0; i < loop->thread_count; i++) {
		int result = pthread_join(loop->threads[i], NULL);

		assert(result == 0);
	}
	pthread_cond_destroy(&loop->arrived);
	pthread_mutex_destroy(&loop->mutex);
	memory_free(loop->threads);
	memory_free(loop->queue);
	memory_free(loop);
}

void submit_loop_put(struct submit_loop *loop, struct submit submit)
{
	pthread_mutex_lock(&loop->mutex);
	if (loop->count == loop->capacity) {
		loop->capacity = 2 * loop->capacity + 64;
		loop->queue = memory_resize(loop->queue, loop->capacity,
					    sizeof(*loop->queue));
	}
	loop->queue[loop->count++] = submit;
	pthread_mutex_unlock(&loop->mutex);
}
