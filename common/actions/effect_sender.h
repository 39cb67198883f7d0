/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_ACTIONS_EFFECT_SENDER_H
#define PLASMA_COMMON_ACTIONS_EFFECT_SENDER_H

/* What action_step() asks for is done here: signing, sending, replacing and
 * cancelling, and filling nonces that nothing holds. */

#include <stdbool.h>
#include <stddef.h>

#include "common/actions/account_sender.h"
#include "common/actions/action.h"
#include "common/actions/action_sender.h"
#include "common/actions/action_store.h"
#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/base/u256.h"

struct action_sender {
	struct action_sender_parts parts;
	struct sending sending;
	bool chain_is_checked;
};

/* What is found out about one action. */
struct look {
	struct action *action;
	struct account_state *account;
	struct action_transaction_list transactions; /* of its nonce */
	struct action_facts facts;
	struct u256 cost_wei; /* of its nonce, if that is used */
	bool is_known;	      /* else it is left alone in this pass */
	bool is_changed;
	bool is_live; /* its nonce is signed and not mined */
	enum action_effect effect;
	struct trouble *trouble; /* NULL: none */
};

/* One pass over all actions. */
struct round {
	struct action_sender *sender;
	struct action_pass *pass;
	struct action_list list;
	struct look *looks; /* one per action, in the order of the list */
	struct account_state *accounts;
	size_t account_count;
};

/* The transaction that was signed last; there is one (asserted by whoever gave
 * the action its nonce). */
const struct action_transaction *look_newest(const struct look *look);

/* Does what the step asked for. False: the node or the database failed. */
NODISCARD bool effect_perform(struct round *round, struct look *look,
			      struct error *error);

/* Fills the nonces of an account that wait below others and that no action
 * holds. */
NODISCARD bool effect_fill_gaps(struct round *round,
				struct account_state *account,
				struct error *error);

/* Counts the accounts whose ether may not last. */
NODISCARD bool effect_count_low(struct round *round, struct error *error);

#endif
