/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_WORKERS_H
#define PLASMA_COMMON_SERVICE_WORKERS_H

/* Threads that take values in and give values out: for pure and costly work. */

#include <stddef.h>

struct workers;

/* `count` 0: one for each processor. Own with workers_free(). */
struct workers *workers_new(size_t count);
void workers_free(struct workers *workers);

/* Works on `count` items that lie at `items`, in place. */
typedef void workers_job(void *items, size_t count);

/* Runs `job` over all items in pieces of at most `piece` of them and returns
 * when all are done; the calling thread helps. From any thread. */
void workers_run(struct workers *workers, workers_job *job, void *items,
		 size_t item_size, size_t count, size_t piece);

#endif
