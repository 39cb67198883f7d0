/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_EXIT_GOAL_STORE_H
#define PLASMA_WATCHER_EXIT_GOAL_STORE_H

/*
 * Whether what an action about exits wants is true on the root chain, whoever
 * made it so: answered from the recorded exits, never from a receipt.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/actions/action.h"
#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/chain/amount.h"
#include "common/store/database.h"

/* As of which moment. */
struct exit_goal_moment {
	uint64_t now; /* root-chain seconds */
	uint64_t exit_period;
};

/* The goal of an action whose key and `detail` are those that exit_loop gives.
 * Kinds that are about something else are impossible. */
NODISCARD bool exit_goal_store_judge(struct database *database,
				     enum action_goal *goal,
				     const struct action *action,
				     const struct exit_goal_moment *moment,
				     struct error *error);

/* The token that the queue or the credit of an action is about, in `detail`. */
struct hash exit_goal_store_detail(const struct token *token);

/* The coin that an exit is wanted for, in `detail`, and back: false if it is
 * wanted for a payment to us and not for a coin. */
struct hash exit_goal_store_coin_detail(struct position position);
bool exit_goal_store_coin(struct position *out, const struct hash *detail);

#endif
