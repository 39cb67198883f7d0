/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_PRICE_STORE_H
#define PLASMA_WATCHER_PRICE_STORE_H

/* What leaving costs now, as the headers and the state of the snapshot prove
 * it. */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "watcher/exit_turn.h"
#include "watcher/mass_exit.h"

/* Prices of gas, now and the 95th percentile of the last 512 eth_blocks, with
 * bonds and bounties; `found` is false if the snapshot lacks the header of its
 * head. */
NODISCARD bool price_store_read(const struct exit_turn *turn, bool *found,
				struct mass_exit_prices *prices,
				struct error *error);

#endif
