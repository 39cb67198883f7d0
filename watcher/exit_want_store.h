/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_EXIT_WANT_STORE_H
#define PLASMA_WATCHER_EXIT_WANT_STORE_H

/*
 * Findings become rows: what stands against the chain is raised, and every
 * answer is wanted as an action with its call data, in the transaction of the
 * turn: nothing is found without being answered.
 */

#include <stdbool.h>

#include "common/actions/action.h"
#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "watcher/exit_place.h"
#include "watcher/exit_processor.h"
#include "watcher/exit_turn.h"

/* Raises the event of a finding and wants its response, whose bytes are those
 * of the recorded exit. */
NODISCARD bool exit_want_store_standard(const struct exit_turn *turn,
					const struct exit_finding *finding,
					struct exit_place place,
					struct error *error);
NODISCARD bool exit_want_store_in_flight(const struct exit_turn *turn,
					 const struct exit_finding *finding,
					 struct exit_place place,
					 const struct block_place *inclusion,
					 struct error *error);

/* Ends all events of the kinds that exit_processor finds and that this turn did
 * not raise. */
NODISCARD bool exit_want_store_clear_others(const struct exit_turn *turn,
					    struct error *error);

/* An action with its call data; `account` sends it. */
struct exit_wish {
	enum action_kind kind;
	struct address contract;
	struct exit_id exit_id;
	uint64_t index;
	struct address account;
	enum exit_policy_key policy;
	struct window window;
	struct output at_risk;
	struct hash detail;    /* see exit_goal_store */
	uint64_t gas_at_least; /* see action.h */
};

NODISCARD bool exit_want_store_wish(const struct exit_turn *turn,
				    const struct exit_wish *wish,
				    struct bytes call_data,
				    struct error *error);

/* True in `has` if the action is there and neither moot nor missed: its call
 * data need not be made again. */
NODISCARD bool exit_want_store_has(const struct exit_turn *turn, bool *has,
				   enum action_kind kind,
				   const struct exit_id *id, uint64_t index,
				   struct error *error);

/* True for what is wrong with one exit or coin alone, which the report counts:
 * the others are answered. */
NODISCARD bool exit_want_store_pass_over(const struct exit_turn *turn,
					 const struct error *error);

/* "0x" and the 21 bytes of an exit id, and ":input 2" for a slot. */
#define EXIT_KEY_SIZE 64
void exit_want_store_key(char key[EXIT_KEY_SIZE], const struct exit_id *id,
			 int slot);

#endif
