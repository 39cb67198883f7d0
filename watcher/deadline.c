/* SPDX-License-Identifier: MIT */
#include "watcher/deadline.h"

#include "common/base/instant.h"
#include "common/chain/priority.h"
#include "common/chain/protocol.h"

#define HOUR 3600
#define DAY 86400
#define DEFAULT_WITHHOLDING_GRACE 7200

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* The target never lies behind the last second. */
static struct window window_of(uint64_t earliest, uint64_t target,
			       uint64_t last)
{
	struct window window = { earliest, smaller(target, last), last };

	return window;
}

struct window deadline_before_processing(uint64_t started, uint64_t exitable_at)
{
	return window_of(started, instant_after(started, HOUR), exitable_at);
}

struct window deadline_piggyback(uint64_t started, uint64_t exit_period)
{
	return window_of(started, started,
			 in_flight_phase_1_end(started, exit_period));
}

struct window deadline_canonicity(uint64_t started, uint64_t exit_period)
{
	return window_of(started, instant_after(started, HOUR),
			 in_flight_phase_1_end(started, exit_period));
}

struct window deadline_delete_empty(uint64_t started, uint64_t exit_period)
{
	uint64_t earliest =
		instant_after(in_flight_phase_1_end(started, exit_period), 1);

	return window_of(earliest, instant_after(earliest, DAY), UINT64_MAX);
}

struct window deadline_process(uint64_t exitable_at)
{
	uint64_t earliest = instant_after(exitable_at, 1);

	return window_of(earliest, earliest, UINT64_MAX);
}

struct window deadline_protective_exit(uint64_t noticed,
				       uint64_t bad_block_time,
				       uint64_t exit_period)
{
	return window_of(noticed,
			 instant_after(bad_block_time, exit_period / 7),
			 instant_after(bad_block_time, exit_period - 1));
}

uint64_t deadline_withholding_limit(uint64_t configured, uint64_t exit_period)
{
	uint64_t ceiling = exit_period / 14;

	if (configured == 0)
		configured = DEFAULT_WITHHOLDING_GRACE;
	return smaller(configured, ceiling);
}

uint64_t deadline_safe_interval(uint64_t exit_period)
{
	return exit_period / 2;
}
