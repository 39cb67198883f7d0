/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_ACTIONS_ACTION_STORE_H
#define PLASMA_COMMON_ACTIONS_ACTION_STORE_H

/*
 * Actions and their signed transactions as rows of the caller's database, whose
 * schema has sql/actions/0001-actions.sql among its steps. What writes runs in
 * the caller's open transaction (asserted), so that an action and the reason
 * for it are stored together.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/actions/action.h"
#include "common/base/arena.h"
#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/base/growing_buffer.h"
#include "common/store/database.h"

enum action_join_result {
	ACTION_IS_NEW,	   /* nobody wanted it before */
	ACTION_IS_JOINED,  /* it was open already */
	ACTION_IS_REOPENED /* it was at rest */
};

/* Wants an action: everything of `wish` above the line "kept by the store" is
 * read. Say it as often as you like while the goal is open. `id` and `result`
 * may be NULL. */
NODISCARD bool action_store_want(struct database *database, uint64_t *id,
				 enum action_join_result *result,
				 const struct action *wish,
				 struct root_time now, struct error *error);

/* Actions with what they point to. */
struct action_list {
	struct arena arena;
	struct action *actions;
	size_t count;
};

void action_list_clear(struct action_list *list);

/* All that are not settled, the most urgent first. Needs no transaction. Clear
 * the list in any case. */
NODISCARD bool action_store_unsettled(struct database *database,
				      struct action_list *list,
				      struct error *error);

/* The newest `limit` actions of any state, newest first. */
NODISCARD bool action_store_newest(struct database *database,
				   struct action_list *list, size_t limit,
				   struct error *error);

/* Those that action_is_overdue() at `now`, the earliest last second first. */
NODISCARD bool action_store_overdue(struct database *database,
				    struct action_list *list,
				    struct root_time now, struct error *error);

/* The action with this key: the list has none or one. */
NODISCARD bool action_store_find(struct database *database,
				 struct action_list *list,
				 const struct action_key *key,
				 struct error *error);

/* Accounts with an action that is neither at rest nor only to be printed, at
 * most `capacity`: their nonces are spoken for (formats.md 6). */
NODISCARD bool action_store_busy_accounts(struct database *database,
					  struct address *accounts,
					  size_t *count, size_t capacity,
					  struct error *error);

/* A number that no action of this kind and contract has as index. */
NODISCARD bool action_store_fresh_index(struct database *database,
					uint64_t *index, enum action_kind kind,
					const struct address *contract,
					struct error *error);

/* Stores what action_step() and action_note_signed() changed. */
NODISCARD bool action_store_put_progress(struct database *database,
					 const struct action *action,
					 struct error *error);

/* Why an action does not go on, for people; NULL: it does. At most 480 bytes
 * are kept. */
NODISCARD bool action_store_put_trouble(struct database *database, uint64_t id,
					const char *trouble,
					struct error *error);

/* The trouble of an action, empty if there is none. */
NODISCARD bool action_store_trouble(struct database *database,
				    struct growing_buffer *out, uint64_t id,
				    struct error *error);

/* ---- signed transactions ---- */

enum action_purpose {
	ACTION_PURPOSE_CALL = 1,  /* what the action wants */
	ACTION_PURPOSE_CANCEL = 2 /* an empty transaction to the account */
};

/* A signed transaction for one nonce of one account. */
struct action_transaction {
	struct address account;
	uint64_t nonce;
	uint64_t attempt;   /* 1 for the first with this nonce */
	uint64_t action_id; /* 0: fills a gap */
	enum action_purpose purpose;
	struct bytes raw; /* borrowed */
	struct hash hash;
	struct fee_offer offer;
	uint64_t gas_limit;
	struct u256 value_wei;
	uint64_t signed_at_eth_block;
	struct root_time signed_at;
};

struct action_transaction_list {
	struct arena arena;
	struct action_transaction *transactions;
	size_t count;
};

void action_transaction_list_clear(struct action_transaction_list *list);

NODISCARD bool
action_store_put_transaction(struct database *database,
			     const struct action_transaction *transaction,
			     struct error *error);

/* All attempts of a nonce, oldest first. Clear the list in any case. */
NODISCARD bool action_store_transactions(struct database *database,
					 struct action_transaction_list *list,
					 const struct address *account,
					 uint64_t nonce, struct error *error);

/* The first nonce above all that were ever signed; 0 if none was. */
NODISCARD bool action_store_next_nonce(struct database *database,
				       uint64_t *nonce,
				       const struct address *account,
				       struct error *error);

/* True if something was signed for the nonce, ever. */
NODISCARD bool action_store_nonce_is_signed(struct database *database,
					    bool *is_signed,
					    const struct address *account,
					    uint64_t nonce,
					    struct error *error);

/* What a nonce of ours cost for gas, when it is mined: instead of the most it
 * could have cost. Said again after a reorganisation. */
NODISCARD bool action_store_put_cost(struct database *database,
				     const struct address *account,
				     uint64_t nonce, struct u256 cost_wei,
				     struct error *error);

/* What the nonces of all accounts with something signed at or after `since`
 * cost for gas at most; nonce `except_nonce` of `except_account` is left out.
 */
NODISCARD bool action_store_spent_since(struct database *database,
					struct u256 *spent_wei,
					struct root_time since,
					const struct address *except_account,
					uint64_t except_nonce,
					struct error *error);

/* What the nonces of an account from `nonce` on can cost at most, value and
 * gas: they are signed and not mined. */
NODISCARD bool action_store_pending_cost(struct database *database,
					 struct u256 *wei,
					 const struct address *account,
					 uint64_t nonce, uint64_t except_nonce,
					 struct error *error);

#endif
