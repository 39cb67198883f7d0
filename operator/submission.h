/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_SUBMISSION_H
#define PLASMA_OPERATOR_SUBMISSION_H

/*
 * How a root gets onto the root chain (protocol.md 13). The authority sends
 * nothing but blocks, and which nonce carries which blocks is recorded before
 * anything is signed: they can go neither out of order nor in twice. What was
 * signed is sent again as it is; if that does not help, with higher fees and
 * the same call data.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/actions/fee_curve.h"
#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/u256.h"

/* Gas for one root: the estimate with half on top stays below this. */
#define SUBMISSION_GAS_CEILING UINT64_C(150000)

/* Eth_blocks to wait for a transaction before its fees are raised. */
#define SUBMISSION_PATIENCE 2

/* Eth_blocks after which a pending root is worth an alarm. */
#define SUBMISSION_ALARM 4

/* Roots that one transaction carries at most (submitBlocks). */
#define SUBMISSION_MAX_BATCH 64

/* Gas for a batch of several roots, which no node can estimate while an earlier
 * one is on its way. */
#define SUBMISSION_GAS_PER_ROOT UINT64_C(75000)

/* The blocks that one nonce of the authority carries. */
struct root_batch {
	uint64_t nonce;
	uint64_t first_blknum;
	uint64_t block_count;
};

/* The number of the block behind the last one of the batch. */
uint64_t root_batch_end(const struct root_batch *batch);

/* The batch that follows `newest`, which is NULL before the first: what there
 * is from its end to `newest_blknum`, `most` blocks at most. False if there is
 * nothing. While all batches have one block, the nonce of block b is
 * first_nonce + b / 1000 - 1. */
NODISCARD bool submission_next_batch(struct root_batch *out,
				     const struct root_batch *newest,
				     uint64_t first_nonce,
				     uint64_t newest_blknum, uint64_t most);

/* What is known of a block that is signed or about to be. */
struct submission {
	bool is_signed;
	struct fee_offer offer;	      /* of the last signature */
	uint64_t signed_at_eth_block; /* head when it was signed */
};

/* The root chain as it is now. */
struct submission_market {
	uint64_t head; /* eth_block */
	struct u256 base_fee_wei;
	struct u256 tip_wei;	     /* what a transaction offers at first */
	struct u256 max_fee_cap_wei; /* per gas; never above */
};

/* What a bump by a person makes of an offer: `percent` more in both fields, and
 * at least what replaces it; false if the cap does not allow it. */
NODISCARD bool submission_bump(struct fee_offer *offer, struct fee_offer before,
			       uint64_t percent,
			       const struct submission_market *market);

enum submission_answer {
	SUBMISSION_SIGN,   /* first signature, with the offer given */
	SUBMISSION_RESEND, /* the same bytes once more */
	SUBMISSION_RAISE,  /* sign again with the offer given */
	SUBMISSION_CAPPED  /* must be raised and may not: send the same bytes */
};

/* What to do with a block that is not on the root chain. */
enum submission_answer
submission_decide(struct fee_offer *offer, const struct submission *submission,
		  const struct submission_market *market);

/* How the root chain and our own history compare. */
enum submission_history {
	SUBMISSION_HISTORY_AGREES,
	SUBMISSION_HISTORY_AHEAD,  /* the contract has blocks we do not know */
	SUBMISSION_HISTORY_DIFFERS /* it has another root than ours */
};

/* Compares block `blknum` of the contract, whose next operator block is
 * `next_child_block`, with ours. `our_root` is NULL for a block that we have
 * not signed; `chain_root` zero for one that the contract does not have. */
enum submission_history submission_compare(uint64_t next_child_block,
					   uint64_t blknum,
					   const struct hash *chain_root,
					   const struct hash *our_root);

#endif
