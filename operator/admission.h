/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_ADMISSION_H
#define PLASMA_OPERATOR_ADMISSION_H

/*
 * May this payment enter a block? Judged in three parts, cheap ones first
 * (protocol.md 2.7): what the bytes say, which any thread may ask; who signed,
 * which costs the most and needs nothing but the bytes; and what the state of
 * the child chain says, which only the deciding thread asks.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/hash_map.h"
#include "common/chain/fee.h"
#include "common/chain/ledger.h"
#include "common/chain/transaction.h"
#include "common/chain/transaction_rules.h"
#include "common/keys/signature.h"
#include "operator/refusal.h"

/* A submitted payment on its way through the three parts. */
struct candidate {
	struct bytes signed_form; /* borrowed */
	struct transaction transaction;
	struct hash hash; /* of the raw form: the name of the payment */
	struct hash leaf; /* of the block's tree */
	struct signature signatures[PROTOCOL_MAX_INPUTS];
	struct address signers[PROTOCOL_MAX_INPUTS]; /* of the second part */
};

/* Part one: encoding, form of the signatures, type and size. */
NODISCARD struct refusal candidate_read(struct candidate *out,
					struct bytes signed_form);

/* Part one for at most CANDIDATE_BATCH payments, whose hashes are computed side
 * by side: signed_form of each is set, refusals[i] is that of candidates[i]. */
#define CANDIDATE_BATCH 32
void candidate_read_batch(struct candidate *const *candidates,
			  struct refusal *refusals, size_t count);

/* Part two for as many: refusals[i] says why candidates[i] is refused. */
void candidate_recover_batch(struct candidate *const *candidates,
			     struct refusal *refusals, size_t count,
			     const struct hash *domain);

/* What became of the positions that no unspent coin has: how long each block
 * is, and which deposits there were. */
struct history {
	uint32_t *tx_counts; /* of block 1000, 2000, ... */
	size_t block_count;
	struct hash_map *deposits_credited; /* u64 block number -> 1 */
	struct hash_map *deposits_seen;	    /* not final yet */
};

/* What the operator refuses for the sake of those who may have to leave, of
 * which a payment with no more outputs than inputs is never one; and the
 * account that pays itself without a fee (protocol.md 13.6). */
struct admission_policy {
	uint64_t most_outputs;	   /* of the whole chain; 0: any */
	struct amount least_ether; /* of an output; less is dust */
	struct address operator_account;
};

/* The state of the child chain that part three looks at; all borrowed. */
struct admission_view {
	const struct ledger *ledger; /* unspent coins */
	const struct history *history;
	const struct hash_map *frozen; /* u64 packed position -> reasons */
	const struct fee_table *fees;
	const struct admission_policy *policy;
	bool halted;
};

/* What part three finds out of an accepted payment. */
struct admission_result {
	struct output spent[PROTOCOL_MAX_INPUTS];
	struct surplus surplus;
};

/* Part three for a payment that would become transaction `txindex` of block
 * `blknum`. With `trusted` owners and fees are not looked at: the payment was
 * accepted before. */
NODISCARD struct refusal admission_judge(struct admission_result *out,
					 const struct candidate *candidate,
					 const struct admission_view *view,
					 struct position own, bool trusted);

/* The part of it that needs neither signers nor amounts: may be asked early, to
 * save the recovery. */
NODISCARD struct refusal
admission_judge_inputs(struct output spent[PROTOCOL_MAX_INPUTS],
		       const struct transaction *transaction,
		       const struct admission_view *view);

#endif
