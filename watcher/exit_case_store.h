/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_EXIT_CASE_STORE_H
#define PLASMA_WATCHER_EXIT_CASE_STORE_H

/* Puts together what exit_processor judges an exit by, from all that is
 * recorded. What the cases point to lies in the arena of the turn. */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "watcher/exit_processor.h"
#include "watcher/exit_store.h"
#include "watcher/exit_turn.h"
#include "watcher/inflight_store.h"
#include "watcher/payout_store.h"

NODISCARD bool exit_case_store_standard(
	const struct exit_turn *turn, struct standard_exit_case *out,
	const struct recorded_standard_exit *recorded, struct error *error);

NODISCARD bool exit_case_store_in_flight(
	const struct exit_turn *turn, struct in_flight_exit_case *out,
	const struct recorded_in_flight_exit *recorded, struct error *error);

/* `ready` false: the blocks that decide about it are not applied yet. */
NODISCARD bool exit_case_store_payout(const struct exit_turn *turn, bool *ready,
				      struct payout_case *out,
				      const struct payout *payout,
				      struct error *error);

#endif
