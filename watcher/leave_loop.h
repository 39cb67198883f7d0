/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_LEAVE_LOOP_H
#define PLASMA_WATCHER_LEAVE_LOOP_H

/*
 * Leaving (protocol.md 15): while the chain is halted every coin of watched
 * owners is exited, settled ones by standard exits, those signed away and fee
 * outputs in flight.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "watcher/exit_turn.h"
#include "watcher/mass_exit.h"

/* All coins of watched owners that nobody spent or exited, with what decides
 * how they leave, in the order in which they are to be sent. The report counts
 * those that cannot be judged. Resets the arena. Free with memory_free(). */
NODISCARD bool leave_loop_coins_new(const struct exit_turn *turn,
				    struct own_coin **out, size_t *count,
				    struct error *error);

/* The exitability index of the chain now (formats.md 8), in percent, and how
 * many outputs of the whole chain are neither spent nor exited; reads the table
 * of coins. */
NODISCARD bool leave_loop_index(const struct exit_turn *turn, uint64_t *index,
				uint64_t *outputs, struct error *error);

/* While the chain is halted wants the exits of all of them, else of those that
 * their owner wants to leave, once all blocks that count are read. */
NODISCARD bool leave_loop_pass(const struct exit_turn *turn,
			       struct error *error);

#endif
