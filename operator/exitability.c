/* SPDX-License-Identifier: MIT */
#include "operator/exitability.h"

/* Exits that fit into a quarter of the gas of one exit period. */
static uint64_t capacity_of(const struct exitability_settings *settings,
			    uint64_t exit_period)
{
	unsigned __int128 gas = (unsigned __int128)exit_period /
				settings->eth_block_seconds *
				settings->gas_per_eth_block / 4;

	return (uint64_t)(gas / settings->gas_per_exit);
}

uint64_t exitability_percent(const struct exitability_settings *settings,
			     uint64_t exit_period, uint64_t outputs)
{
	uint64_t capacity = capacity_of(settings, exit_period);

	if (outputs == 0)
		return 0;
	if (capacity == 0)
		return UINT64_MAX;
	unsigned __int128 percent =
		((unsigned __int128)outputs * 100 + capacity - 1) / capacity;
	return (uint64_t)percent;
}

uint64_t exitability_outputs(const struct exitability_settings *settings,
			     uint64_t exit_period, uint64_t percent)
{
	unsigned __int128 outputs =
		(unsigned __int128)capacity_of(settings, exit_period) *
		percent / 100;

	return outputs > UINT64_MAX ? UINT64_MAX : (uint64_t)outputs;
}
