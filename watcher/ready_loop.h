/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_READY_LOOP_H
#define PLASMA_WATCHER_READY_LOOP_H

/*
 * What is due: entries of queues that can be processed, ours at once and those
 * of others where the bounties pay for it, and credits that can be claimed
 * (protocol.md 6.4, 8.9, 10).
 */

#include <stdbool.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "watcher/exit_store.h"
#include "watcher/exit_turn.h"
#include "watcher/inflight_store.h"

/* Tokens in whose queue something of ours is due. */
#define READY_LOOP_MAX_TOKENS 64
struct ready_tokens {
	size_t count;
	struct token of[READY_LOOP_MAX_TOKENS];
	struct output at_risk[READY_LOOP_MAX_TOKENS]; /* the dearest of ours */
	/* Queues in which an exit that we challenge is due: processing would
	 * pay it, so that the challenge goes first. */
	size_t held_count;
	struct token held[READY_LOOP_MAX_TOKENS];
	bool holds_all; /* there are more than these */
};

/* Notes the token of an exit that is due and ours. */
void ready_loop_note_standard(struct ready_tokens *ready,
			      const struct exit_turn *turn,
			      const struct recorded_standard_exit *recorded);
void ready_loop_note_in_flight(struct ready_tokens *ready,
			       const struct exit_turn *turn,
			       const struct recorded_in_flight_exit *recorded);

/* Notes that the queue of a token has to wait for a challenge; not for ever,
 * see queue_stuck. */
void ready_loop_hold(struct ready_tokens *ready, const struct token *token);

/* Wants the heads of these queues processed, and credits claimed. */
NODISCARD bool ready_loop_pass(const struct exit_turn *turn,
			       const struct ready_tokens *ready,
			       struct error *error);

#endif
