/* SPDX-License-Identifier: MIT */
#include "common/service/clock.h"

#include <assert.h>

struct wall_time clock_wall(void)
{
	struct timespec now;
	int result = clock_gettime(CLOCK_REALTIME, &now);

	assert(result == 0);
	return (struct wall_time){ (uint64_t)now.tv_sec };
}

uint64_t clock_monotonic_ms(void)
{
	struct timespec now;
	int result = clock_gettime(CLOCK_MONOTONIC, &now);

	assert(result == 0);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

struct timespec clock_monotonic_at_ms(uint64_t ms)
{
	return (struct timespec){ (time_t)(ms / 1000),
				  (long)(ms % 1000) * 1000000 };
}
