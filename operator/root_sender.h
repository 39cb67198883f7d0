/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_ROOT_SENDER_H
#define PLASMA_OPERATOR_ROOT_SENDER_H

/*
 * Gets committed roots onto the root chain: binds nonces to blocks, signs,
 * sends, raises fees. Signs nothing but what is recorded for a number and a
 * nonce, and whatever is signed is stored before it is sent. Belongs to one
 * thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/base/u256.h"
#include "common/keys/signer.h"
#include "common/service/root_chain_rpc.h"
#include "common/snapshot/snapshot_reader.h"
#include "operator/operator_status.h"
#include "operator/operator_store.h"

struct root_sender_parts {
	struct operator_store *store;
	struct root_chain_rpc *rpc;
	struct operator_status *status;
	const struct signer *signer;
	uint64_t chain_id;
	struct address framework;
	uint64_t first_nonce;
	struct u256 max_fee_wei;   /* per gas */
	struct u256 tip_wei;	   /* per gas, at first */
	struct u256 daily_cap_wei; /* for all roots of 24 hours */
};

struct root_sender;

/* Borrows all parts. Own with root_sender_free(). */
NODISCARD bool root_sender_new(struct root_sender **out,
			       const struct root_sender_parts *parts,
			       struct error *error);
void root_sender_free(struct root_sender *sender);

/* What the root chain and the operator have. */
struct root_sender_view {
	struct hash head;
	uint64_t eth_block;
	uint64_t next_child_block;
	uint64_t extensions;
	uint64_t newest_blknum; /* that may be sent; 0: none */
};

/* Blocks that are committed and not on the root chain. */
uint64_t root_sender_in_flight(const struct root_sender_view *view);

/* True if roots of `count` blocks that are not committed yet could be signed
 * now: nothing is in the way, a node can be asked, the daily cap has room.
 * Whether it is so is asked before they are committed: what is committed and
 * not signed would wait, and cannot be formed again when an exit of what it
 * spends starts (protocol.md 13.5). */
NODISCARD bool root_sender_can_sign(struct root_sender *sender, uint64_t count);

/* Sends everything that is not mined, oldest first, once per head or when there
 * is something new. False if the contract has something that is not ours under
 * our number or nonce: `reason` says what, and nothing may be signed any more.
 */
NODISCARD bool root_sender_pass(struct root_sender *sender, const char **reason,
				const struct root_sender_view *view);

/* Something is new: the next pass sends even on the same head. */
void root_sender_wake(struct root_sender *sender);

/* Signs the batch of a block again with fees that are higher by `percent`, and
 * sends it. ERROR_REFUSED: it is mined, not signed yet, or above the cap. */
NODISCARD bool root_sender_bump(struct root_sender *sender,
				uint64_t *max_fee_gwei,
				const struct root_sender_view *view,
				uint64_t blknum, uint64_t percent,
				struct error *error);

struct root_sender_counts {
	uint64_t sent;
	uint64_t raised;
	uint64_t balance_gwei; /* of the authority */
};

struct root_sender_counts root_sender_counts(const struct root_sender *sender);

#endif
