/* SPDX-License-Identifier: MIT */
#include "common/service/workers.h"

#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

#include "common/base/memory.h"
#include "common/service/thread.h"

/* One workers_run() that is under way; lies on the stack of its caller. */
struct work {
	workers_job *job;
	uint8_t *items;
	size_t item_size;
	size_t count;
	size_t piece;
	size_t next;	   /* first item that nobody has taken */
	size_t unfinished; /* pieces that were taken and are not done */
	struct work *after;
};

struct workers {
	pthread_mutex_t lock;
	pthread_cond_t wanted;
	pthread_cond_t finished;
	struct work *first; /* that has items left to take */
	bool ending;
	size_t count;
	pthread_t *threads;
};

static void remove_work(struct workers *workers, const struct work *work)
{
	struct work **at = &workers->first;

	while (*at != NULL && *at != work)
		at = &(*at)->after;
	if (*at != NULL)
		*at = work->after;
}

/* Takes a piece of the work and does it. The lock is held before and after. */
static void do_piece(struct workers *workers, struct work *work)
{
	size_t first = work->next;
	size_t count = work->count - first;

	if (count > work->piece)
		count = work->piece;
	work->next += count;
	work->unfinished++;
	if (work->next == work->count)
		remove_work(workers, work);
	(void)pthread_mutex_unlock(&workers->lock); /* is held */
	work->job(work->items + first * work->item_size, count);
	(void)pthread_mutex_lock(&workers->lock); /* never fails */
	work->unfinished--;
	if (work->unfinished == 0 && work->next == work->count)
		/* Never fails. */
		(void)pthread_cond_broadcast(&workers->finished);
}

static void *work_until_the_end(void *context)
{
	struct workers *workers = context;

	(void)pthread_mutex_lock(&workers->lock); /* never fails */
	while (!workers->ending) {
		if (workers->first != NULL)
			do_piece(workers, workers->first);
		else
			/* Never fails. */
			(void)pthread_cond_wait(&workers->wanted,
						&workers->lock);
	}
	(void)pthread_mutex_unlock(&workers->lock); /* is held */
	return NULL;
}

struct workers *workers_new(size_t count)
{
	struct workers *workers = memory_new(1, sizeof(*workers));
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	if (count == 0)
		count = processors > 1 ? (size_t)processors : 1;
	(void)pthread_mutex_init(&workers->lock, NULL); /* never fails */
	(void)pthread_cond_init(&workers->wanted, NULL);
	(void)pthread_cond_init(&workers->finished, NULL);
	/* The caller of workers_run() is one of them. */
	workers->count = count;
	workers->threads = memory_new(count, sizeof(*workers->threads));
	for (size_t i = 0; i + 1 < count; i++)
		thread_require(&workers->threads[i], work_until_the_end,
			       workers);
	return workers;
}

void workers_free(struct workers *workers)
{
	if (workers == NULL)
		return;
	(void)pthread_mutex_lock(&workers->lock); /* never fails */
	assert(workers->first == NULL);
	workers->ending = true;
	(void)pthread_cond_broadcast(&workers->wanted); /* never fails */
	(void)pthread_mutex_unlock(&workers->lock);	/* is held */
	for (size_t i = 0; i + 1 < workers->count; i++) {
		int result = pthread_join(workers->threads[i], NULL);

		assert(result == 0);
	}
	(void)pthread_cond_destroy(&workers->wanted); /* nobody waits */
	(void)pthread_cond_destroy(&workers->finished);
	(void)pthread_mutex_destroy(&workers->lock);
	memory_free(workers->threads);
	memory_free(workers);
}

void workers_run(struct workers *workers, workers_job *job, void *items,
		 size_t item_size, size_t count, size_t piece)
{
	struct work work = { .job = job,
			     .items = items,
			     .item_size = item_size,
			     .count = count,
			     .piece = piece };
	struct work **end = &workers->first;

	assert(piece > 0);
	if (count == 0)
		return;
	(void)pthread_mutex_lock(&workers->lock); /* never fails */
	while (*end != NULL)
		end = &(*end)->after;
	*end = &work;
	(void)pthread_cond_broadcast(&workers->wanted); /* never fails */
	while (work.next < work.count)
		do_piece(workers, &work);
	while (work.unfinished > 0)
		/* Never fails. */
		(void)pthread_cond_wait(&workers->finished, &workers->lock);
	(void)pthread_mutex_unlock(&workers->lock); /* is held */
}
