/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_THREAD_H
#define PLASMA_COMMON_SERVICE_THREAD_H

#include <pthread.h>
#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/error.h"

/* Starts a thread that runs `run` with `context`; the caller joins it.
 * ERROR_IO: the system gives no more, and nothing runs. */
NODISCARD bool thread_start(pthread_t *out, void *(*run)(void *context),
			    void *context, struct error *error);

/* As thread_start(), for where nothing goes on without it: a program that is
 * not given one ends as when memory is out. */
void thread_require(pthread_t *out, void *(*run)(void *context), void *context);

#endif
