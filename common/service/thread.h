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

#endif
