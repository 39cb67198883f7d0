/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_EXIT_LOOP_H
#define PLASMA_WATCHER_EXIT_LOOP_H

/*
 * Plays the exits of a pass: loads what is alive, lets exit_processor judge it,
 * raises what stands and wants the answers as actions; while the chain is
 * halted it wants the exits of all watched coins (protocol.md 15); in any case
 * it processes what is due to us and claims credits.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/actions/action.h"
#include "common/actions/action_sender.h"
#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"
#include "common/base/u256.h"
#include "common/chain/amount.h"
#include "common/service/body_store.h"
#include "common/store/database.h"
#include "watcher/pass_facts.h"

/* What is answered by itself and what is only printed (interfaces.md 5); one
 * key of [policy] each. */
#define EXIT_POLICY_LIST(X)                                                    \
	X(BLOCK_WITHHOLDING, "on_block_withholding")                           \
	X(INVALID_BLOCK, "on_invalid_block")                                   \
	X(INVALID_EXIT, "on_invalid_exit")                                     \
	X(NON_CANONICAL_IFE, "on_non_canonical_ife")                           \
	X(INVALID_IFE_CHALLENGE, "on_invalid_ife_challenge")                   \
	X(INVALID_PIGGYBACK, "on_invalid_piggyback")                           \
	X(PIGGYBACK_AVAILABLE, "on_piggyback_available")                       \
	X(HALT, "on_halt")                                                     \
	X(EXIT_READY, "on_exit_ready")

enum exit_policy_key {
#define EXIT_POLICY_VALUE(name, key) EXIT_POLICY_ON_##name,
	EXIT_POLICY_LIST(EXIT_POLICY_VALUE)
#undef EXIT_POLICY_VALUE
};
#define EXIT_POLICY_COUNT 9

struct exit_policy {
	bool act;			/* --act=do */
	bool prints[EXIT_POLICY_COUNT]; /* print although `act` */
	struct u256 max_fee_per_action_wei;
	struct amount min_exit_value; /* of ether; less is left for later */
	struct amount max_bond_wei;   /* zero: no ceiling */
};

struct exit_loop_parts {
	struct database *database; /* for writing */
	struct body_store *bodies;
	struct exit_policy policy;
	/* Who challenges, responds and processes; zero: the first owner whose
	 * key is here, else the first owner. */
	struct address responder;
	/* Coins whose owner wants them to leave although nothing halts. */
	bool leave_all;
	const struct position *leave; /* borrowed */
	size_t leave_count;
};

struct exit_loop;

/* Borrows its parts. Own with exit_loop_free(). */
struct exit_loop *exit_loop_new(const struct exit_loop_parts *parts);
void exit_loop_free(struct exit_loop *loop);

/* What a pass found, for people. */
struct exit_report {
	size_t standard_exits;	/* in a queue */
	size_t in_flight_exits; /* alive */
	size_t findings;	/* events of the pass */
	size_t wanted;		/* actions that are new or open again */
	size_t passed_over;	/* exits and coins that cannot be judged */
	bool spends_wait;	/* so many known spends that some are looked at
				 * in later passes */
	bool leaving_judged;	/* coins that are to leave were looked at */
	size_t own_leaving;	/* own coins with an exit, or with one wanted */
	size_t own_stuck;	/* own coins that no exit of ours can save */
	uint64_t exitability;	/* the index of mass_exit_index(), percent */
};

/* Once in each pass, with the pass of the snapshot open and everything up to
 * its head recorded. Everything that it decides is stored in one transaction.
 */
NODISCARD bool exit_loop_pass(struct exit_loop *loop,
			      struct exit_report *report,
			      const struct pass_facts *facts,
			      struct error *error);

/* What each owner needs in wei so that its coins can leave, found once an hour
 * of the root chain; NULL until all blocks were there for the first time. */
const struct amount *exit_loop_needs_borrow(const struct exit_loop *loop);

/* For the sender: whether the goal of an action is true, as of the last pass.
 * `context` is the loop. */
action_goal_function exit_loop_goal;

/* For the sender: the bond as of the last pass. */
action_refresh_function exit_loop_refresh;

#endif
