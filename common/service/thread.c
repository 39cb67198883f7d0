/* SPDX-License-Identifier: MIT */
#include "common/service/thread.h"

#include <string.h>

#include "common/base/memory.h"

bool thread_start(pthread_t *out, void *(*run)(void *context), void *context,
		  struct error *error)
{
	int number = pthread_create(out, NULL, run, context);

	return number == 0 ||
	       error_set(error, ERROR_IO, "cannot make a thread: %s",
			 strerror(number));
}

void thread_require(pthread_t *out, void *(*run)(void *context), void *context)
{
	struct error error;

	if (!thread_start(out, run, context, &error))
		memory_exhausted(error.message);
}
