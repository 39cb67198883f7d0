/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WALLET_CMD_EXIT_PLAN_H
#define PLASMA_WALLET_CMD_EXIT_PLAN_H

/* How one coin is taken to the root chain: which exit, which transactions, what
 * it costs. `exit start` carries it out, `guide` tells it. */

#include <stdbool.h>
#include <stddef.h>

#include "common/actions/action.h"
#include "common/base/arena.h"
#include "common/base/attributes.h"
#include "common/base/error.h"
#include "wallet/cmd_session.h"
#include "wallet/coin.h"
#include "wallet/exit_choice.h"
#include "wallet/wallet_store.h"

/* Queues, the exit, and a piggyback per input and output. */
#define EXIT_PLAN_MAX_WISHES 24

struct exit_plan {
	struct coin coin;
	enum exit_choice choice;
	struct exit_facts facts;
	struct own_exit exit;
	struct action wishes[EXIT_PLAN_MAX_WISHES];
	size_t wish_count;
	struct amount bonds_wei; /* of all wishes, as they are now */
	struct arena arena;	 /* call data */
};

/* Reads what is known of the coin at `position` and plans its exit; without a
 * root-chain node (`online` false) only the choice is made. PLL-021 if the
 * wallet does not know the coin. Clear in any case. */
NODISCARD bool exit_plan_make(struct session *session, struct exit_plan *out,
			      struct position position, bool online,
			      struct error *error);
void exit_plan_clear(struct exit_plan *plan);

/* Why a coin has no exit to start, as an error; false. */
bool exit_plan_refuse(const struct exit_plan *plan, struct error *error);

#endif
