/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WALLET_ROOT_CHAIN_FETCH_H
#define PLASMA_WALLET_ROOT_CHAIN_FETCH_H

/*
 * What the wallet asks its root-chain node: views of the contracts, and where a
 * deposit or a root stands. A person who does not trust the node asks another
 * one; what is exported says on which eth_block it rests.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/actions/action_sender.h"
#include "common/base/arena.h"
#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/chain/exit_id.h"
#include "common/ethereum/coin_evidence.h"
#include "common/ethereum/contract_calls.h"
#include "common/service/network_file.h"
#include "common/service/root_chain_rpc.h"

struct root_chain_fetch {
	struct root_chain_rpc *rpc;
	const struct network *network;
};

/* Head and finality for the sender of actions. A node without the tag counts
 * what is 64 eth_blocks deep as final. */
NODISCARD bool root_chain_fetch_moment(const struct root_chain_fetch *fetch,
				       struct action_moment *out,
				       struct error *error);

NODISCARD bool root_chain_fetch_has_queue(const struct root_chain_fetch *fetch,
					  bool *out, const struct token *token,
					  struct error *error);
NODISCARD bool root_chain_fetch_allowance(const struct root_chain_fetch *fetch,
					  struct amount *out,
					  const struct token *token,
					  const struct address *owner,
					  struct error *error);

/* What an account has on the root chain, of ether or of a token. */
NODISCARD bool root_chain_fetch_balance(const struct root_chain_fetch *fetch,
					struct amount *out,
					const struct token *token,
					const struct address *owner,
					struct error *error);

/* Smallest deposit; zero: the vault refuses the token (0 without the
 * extension, which has no minimum, is 1). */
NODISCARD bool
root_chain_fetch_minimum_deposit(const struct root_chain_fetch *fetch,
				 struct amount *out, const struct token *token,
				 struct error *error);

/* An amount that one of the views without an argument gives. */
NODISCARD bool root_chain_fetch_bond(const struct root_chain_fetch *fetch,
				     struct amount *out,
				     enum contract_view view,
				     struct error *error);

NODISCARD bool root_chain_fetch_block(const struct root_chain_fetch *fetch,
				      struct contract_block *out,
				      uint64_t blknum, struct error *error);

NODISCARD bool
root_chain_fetch_standard_exit(const struct root_chain_fetch *fetch,
			       struct contract_standard_exit *out,
			       const struct exit_id *id, struct error *error);
NODISCARD bool
root_chain_fetch_in_flight_exit(const struct root_chain_fetch *fetch,
				struct contract_in_flight_exit *out,
				const struct exit_id *id, struct error *error);

/* The exit that finalised an output; zero: none has. */
NODISCARD bool
root_chain_fetch_finalized_by(const struct root_chain_fetch *fetch,
			      struct exit_id *out, const struct hash *output_id,
			      struct error *error);

/* Where an exit stands in the queue of its token. */
struct root_chain_queue_place {
	bool is_queued;
	uint64_t exitable_at; /* seconds of root-chain time */
	size_t before;	      /* entries that are paid before it */
};

NODISCARD bool
root_chain_fetch_queue_place(const struct root_chain_fetch *fetch,
			     struct root_chain_queue_place *out,
			     const struct exit_id *id,
			     const struct token *token, struct error *error);

/* What failed pay-outs left for the account, in the vault of the token and, of
 * ether, in the exit game. */
struct root_chain_credits {
	struct amount vault;
	struct amount exit_game; /* ether only */
};

NODISCARD bool root_chain_fetch_credits(const struct root_chain_fetch *fetch,
					struct root_chain_credits *out,
					const struct token *token,
					const struct address *owner,
					struct error *error);

/* True if the account is a contract or has delegated to one. */
NODISCARD bool root_chain_fetch_has_code(const struct root_chain_fetch *fetch,
					 bool *out,
					 const struct address *account,
					 struct error *error);

/* The block of the deposit that a root-chain transaction made. `found` false:
 * it is not mined, or failed, or made none. */
NODISCARD bool root_chain_fetch_deposit(const struct root_chain_fetch *fetch,
					bool *found, uint64_t *blknum,
					const struct hash *eth_transaction_hash,
					const struct address *vault,
					struct error *error);

/* Finds the log that carries the root (or the deposit) and proves it up to its
 * eth_block: fills `has_anchor` and `anchor` of an evidence whose network,
 * position and output are there. What varies in length lies in the arena. */
NODISCARD bool root_chain_fetch_anchor(const struct root_chain_fetch *fetch,
				       struct coin_evidence *evidence,
				       struct arena *arena,
				       struct error *error);

/* True in `known` if the chain of the node has this eth_block at its height. */
NODISCARD bool root_chain_fetch_confirms(const struct root_chain_fetch *fetch,
					 bool *known, uint64_t number,
					 const struct hash *hash,
					 struct error *error);

#endif
