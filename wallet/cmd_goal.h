/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WALLET_CMD_GOAL_H
#define PLASMA_WALLET_CMD_GOAL_H

/* What became of the goals of the wallet's actions: asked of the root chain
 * before each pass, so that the sender's question is answered from facts. */

#include <stdbool.h>
#include <stddef.h>

#include "common/actions/action.h"
#include "common/base/attributes.h"
#include "common/base/error.h"
#include "wallet/cmd_session.h"

struct goals {
	size_t count;
	struct goal {
		uint64_t id; /* of the action */
		enum action_goal goal;
	} * of;
};

/* Asks for all actions that are not settled, and records deposits that were
 * mined as coins. Clear in any case. */
NODISCARD bool goals_read(struct session *session, struct goals *out,
			  struct error *error);
void goals_clear(struct goals *goals);

/* OPEN for an action that was not there when the goals were read. */
enum action_goal goals_find(const struct goals *goals, uint64_t id);

#endif
