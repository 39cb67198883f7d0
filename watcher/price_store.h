/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_PRICE_STORE_H
#define PLASMA_WATCHER_PRICE_STORE_H

/* What leaving costs now, as the headers and the state of the snapshot prove
 * it. */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "watcher/exit_turn.h"
#include "watcher/mass_exit.h"

/* The gas of an eth_block, and the seconds between two. */
struct root_chain_pace {
	uint64_t block_gas;
	uint64_t block_seconds;
};

/* Prices of gas, now and the 95th percentile of the last 512 eth_blocks, with
 * bonds and bounties; `pace` may be NULL. ERROR_BAD_INPUT: the snapshot has no
 * header of its head. */
NODISCARD bool price_store_read(const struct exit_turn *turn,
				struct mass_exit_prices *prices,
				struct root_chain_pace *pace,
				struct error *error);

#endif
