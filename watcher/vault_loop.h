/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_VAULT_LOOP_H
#define PLASMA_WATCHER_VAULT_LOOP_H

/*
 * What queues, vaults and bonds say (protocol.md 11): invalid_finalized_exit,
 * queue_stuck, insolvent_vault, bond_change, and own_exit_missing for what we
 * achieved and a reorganisation took away.
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "watcher/exit_turn.h"

NODISCARD bool vault_loop_pass(const struct exit_turn *turn,
			       struct error *error);

#endif
