/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_ACTIONS_ACCOUNT_SENDER_H
#define PLASMA_COMMON_ACTIONS_ACCOUNT_SENDER_H

/*
 * The hands of the sender: one account's nonces and money, signing within the
 * limits, and sending. Nothing here decides whether an action is wanted.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/actions/action.h"
#include "common/actions/action_sender.h"
#include "common/actions/action_store.h"
#include "common/actions/fee_curve.h"
#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/keys/signer.h"
#include "common/service/root_chain_rpc.h"

/* Gas of an empty transaction. */
#define ACCOUNT_CANCEL_GAS UINT64_C(21000)

/* Transactions of one account on their way before one that is less urgent.
 * Nodes keep sixteen of them in any crowd; what they drop is sent again. */
#define ACCOUNT_MAX_LIVE 64

/* What a node took, of one nonce: not worth sending again at the same head. */
struct sent_note {
	struct address account;
	uint64_t nonce;
	struct hash hash;
	struct hash head;
};

/* What all accounts of one pass share. */
struct sending {
	const struct action_sender_parts *parts;
	struct action_moment moment;
	struct root_chain_head head; /* of the node */
	struct fee_market market;
	struct sent_note *notes;
	size_t note_count;
};

/* What is known of an account in this pass. */
struct account_state {
	struct address address;
	const struct signer *signer; /* NULL: no key */
	uint64_t nonce;		     /* the next one to be mined */
	bool has_parent_nonce;
	uint64_t parent_nonce; /* the same an eth_block ago */
	bool has_final_nonce;
	uint64_t final_nonce; /* the same as far as it is final */
	bool has_balance;
	struct u256 balance_wei;
};

/* Why an action cannot go on now. The world is not to blame. */
enum trouble_kind {
	TROUBLE_NONE,
	TROUBLE_KEYLESS,
	TROUBLE_UNFUNDED,
	TROUBLE_LIMITED,
	TROUBLE_TOO_LARGE,
	TROUBLE_REFUSED
};

struct trouble {
	enum trouble_kind kind;
	struct u256 missing_wei; /* of an account without funds */
	struct error error;
};

/* Starts with the nonce of the account. */
NODISCARD bool account_state_read(struct account_state *account,
				  const struct sending *sending,
				  const struct address *address,
				  struct error *error);

/* What became of a nonce with `transactions`. `known` is false if the node is
 * of two minds, and nothing should be decided now. `cost_wei` is what a mined
 * one paid for gas. */
NODISCARD bool
account_nonce_use(const struct sending *sending, struct account_state *account,
		  bool *known, struct action_facts *facts,
		  struct u256 *cost_wei,
		  const struct action_transaction_list *transactions,
		  struct error *error);

/* The lowest nonce that nothing was ever signed for. */
NODISCARD bool account_fresh_nonce(const struct sending *sending,
				   const struct account_state *account,
				   uint64_t *nonce, struct error *error);

/* What is about to be signed for a nonce. */
struct signing {
	enum action_purpose purpose;
	uint64_t nonce;
	uint64_t attempt;
	struct u256 value_wei;
	uint64_t gas_limit;
	struct fee_offer offer;
};

/* What the account can pay, value and gas, beside what it has signed already
 * for other nonces. */
NODISCARD bool account_funds(const struct sending *sending,
			     struct account_state *account, struct u256 *wei,
			     uint64_t except_nonce, struct error *error);

/* What the gas of a transaction can cost: what the account has beside what is
 * sent along and what it has signed for other nonces, and the rest of a day. */
NODISCARD bool account_gas_means(const struct sending *sending,
				 struct account_state *account,
				 struct u256 *wei,
				 const struct signing *signing,
				 struct error *error);

/* Signs, stores and sends; `action` is NULL for a gap. The limits are looked
 * at here once more, whatever was reckoned before. True with trouble: it was
 * not signed, or a node refused it. False: the node or the database failed. */
NODISCARD bool account_sign(struct sending *sending,
			    struct account_state *account,
			    struct trouble *trouble,
			    const struct signing *signing,
			    struct action *action, struct error *error);

/* Sends stored bytes, if that was not done at this head. */
NODISCARD bool account_send(struct sending *sending, struct trouble *trouble,
			    const struct action_transaction *transaction,
			    struct error *error);

/* True if a node took these bytes in this life of the program. */
bool account_was_sent(const struct sending *sending,
		      const struct action_transaction *transaction);

/* The offer of an empty transaction that replaces `before` (NULL: the first of
 * its nonce) and is at least `least`. */
struct fee_offer account_cancel_offer(const struct sending *sending,
				      const struct fee_offer *before,
				      struct fee_offer least);

#endif
