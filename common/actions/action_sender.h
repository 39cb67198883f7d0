/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_ACTIONS_ACTION_SENDER_H
#define PLASMA_COMMON_ACTIONS_ACTION_SENDER_H

/*
 * Moves actions on: looks what became of their nonces, asks the owner about
 * their goals, lets action_step() decide, and signs and sends. Nonce and bytes
 * are on disk before they leave; what was sent is sent again as it is, or
 * replaced for more. Each account has its own sequence of nonces, and the
 * limits on what may be spent are enforced where it is signed.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/actions/action.h"
#include "common/actions/action_store.h"
#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/keys/signer.h"
#include "common/service/root_chain_rpc.h"
#include "common/store/database.h"

/* Decides from the snapshot whether the goal of an action is true. */
typedef enum action_goal action_goal_function(void *context,
					      const struct action *action);

/* Reads what has to be exact when it is signed, as the current bond, into
 * `value_wei` (and only there). False with `error`: not signed now. */
typedef bool action_refresh_function(void *context, struct u256 *value_wei,
				     const struct action *action,
				     struct error *error);

struct action_limits {
	struct u256 max_fee_per_action_wei; /* gas of one action, for ever */
	struct u256 max_spend_per_day_wei;  /* gas of all, 24 hours */
	struct u256 max_value_wei;	    /* of one transaction: bonds */
};

struct action_sender_parts {
	struct database *database; /* no transaction open between calls */
	struct root_chain_rpc *rpc;
	uint64_t chain_id;
	const struct signer *signers; /* borrowed, as long as the sender */
	size_t signer_count;
	action_goal_function *goal;
	action_refresh_function *refresh; /* may be NULL */
	void *context;			  /* of both */
	struct action_limits limits;
	struct u256 tip_wei; /* what a transaction offers at first, per gas */
	bool print_only;     /* sign nothing at all */
};

struct action_sender;

/* Own with action_sender_free(). */
struct action_sender *
action_sender_new(const struct action_sender_parts *parts);
void action_sender_free(struct action_sender *sender);

/* The snapshot that the goals are judged by. */
struct action_moment {
	struct root_time now; /* of the head */
	uint64_t head;
	uint64_t finalized;
	struct u256 base_fee_wei; /* of the head; zero: ask the node alone */
};

/* What a pass found, for status and alarms. */
struct action_pass {
	size_t open;	  /* not at rest, to be sent */
	size_t to_print;  /* not at rest, for a person */
	size_t troubled;  /* cannot go on now; see action_store_trouble() */
	size_t unfunded;  /* of those: the account has too little ether */
	size_t keyless;	  /* of those: no signer for the account */
	size_t limited;	  /* of those: a spend limit or the budget is reached */
	size_t too_large; /* of those: an eth_block has no room for the gas */
	size_t newly_done;
	size_t newly_missed;
	struct address unfunded_account; /* of the most urgent one */
	struct u256 missing_wei;	 /* what that account lacks at least */
	/* Accounts with less than twice of what their open actions of the next
	 * two days may need, should the base fee become ten times what it is.
	 */
	size_t low;
	struct address low_account; /* the first one */
	struct u256 low_by_wei;	    /* what it lacks of that */
};

/* Moves every unsettled action one step. ERROR_UNREACHABLE or ERROR_PROTOCOL:
 * the node does not answer well, and nothing is lost; ERROR_IO: the database
 * failed and the program must end. */
NODISCARD bool action_sender_pass(struct action_sender *sender,
				  struct action_pass *pass,
				  const struct action_moment *moment,
				  struct error *error);

#endif
