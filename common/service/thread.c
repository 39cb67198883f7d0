/* SPDX-License-Identifier: MIT */
#include "common/service/thread.h"

#include <string.h>

bool thread_start(pthread_t *out, void *(*run)(void *context), void *context,
		  struct error *error)
{
	int number = pthread_create(out, NULL, run, context);

	return number == 0 ||
	       error_set(error, ERROR_IO, "cannot make a thread: %s",
			 strerror(number));
}
