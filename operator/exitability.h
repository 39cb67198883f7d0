/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_EXITABILITY_H
#define PLASMA_OPERATOR_EXITABILITY_H

/*
 * Can everybody still leave? If the operator vanished, each output would have
 *to be exited before the mass-exit deadline, one exit period later, with a
 *quarter of the gas of the root chain's blocks:
 *
 *	index = outputs * gas per exit / (gas of the blocks until then / 4)
 *
 * WARNING at one half, CRITICAL at four fifths.
 */

#include <stdint.h>

#define EXITABILITY_WARNING_PERCENT 50
#define EXITABILITY_CRITICAL_PERCENT 80

struct exitability_settings {
	uint64_t gas_per_exit;
	uint64_t gas_per_eth_block;
	uint64_t eth_block_seconds;
};

/* The index in percent, rounded up; UINT64_MAX if nothing can be let out. */
uint64_t exitability_percent(const struct exitability_settings *settings,
			     uint64_t exit_period, uint64_t outputs);

/* The most outputs whose index is at most `percent`. */
uint64_t exitability_outputs(const struct exitability_settings *settings,
			     uint64_t exit_period, uint64_t percent);

#endif
