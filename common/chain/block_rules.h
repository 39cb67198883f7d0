/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_CHAIN_BLOCK_RULES_H
#define PLASMA_COMMON_CHAIN_BLOCK_RULES_H

/*
 * Is this block valid? Judges a block by the list of verdict.h, in its order
 * (protocol.md 2.8). Pure and in steps, so that the caller can load state and
 * recover signers in between, in batches and as values:
 *
 *   judge = block_judge_new(&facts)
 *   block_judge_body(judge, &body)            rules 1-3, 10-37, 39-41
 *   while ((n = block_judge_signatures(judge, jobs, capacity)))
 *           signature_recover_batch(jobs, n)
 *           block_judge_signers(judge, jobs, n)
 *   while (block_judge_next(judge, most))
 *           block_judge_inputs(judge, …)      which coins the caller must load
 *           block_judge_against(judge, state) rules 38, 42-51
 *   result = block_judge_finish(judge)
 *
 * A fault of grade W does not end the search, for a later fault of grade P is
 * final at once; the first of grade P, else the first of grade W, is the
 * verdict.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/chain/block.h"
#include "common/chain/fee.h"
#include "common/chain/ledger.h"
#include "common/chain/transaction.h"
#include "common/keys/signature.h"

struct block_facts {
	uint64_t number;
	struct hash root;   /* as on the root chain */
	bool root_repeated; /* an earlier operator block has this root */
	struct hash domain; /* EIP-712 separator of the framework */
};

struct block_judge;

/* `facts` is copied. Own with block_judge_free(). */
struct block_judge *block_judge_new(const struct block_facts *facts);
void block_judge_free(struct block_judge *judge);

/* Rules 1-3 alone, before a body is asked for. */
NODISCARD enum verdict block_judge_header(const struct block_facts *facts);

/* Judges everything that needs no state. `body` is borrowed until the judge is
 * freed. VALID means "so far". `known` (may be NULL) has one flag per
 * transaction that says whether an earlier operator block holds the same raw
 * bytes (rule 41): the caller looks that up only for a block that is already
 * known to be invalid, and judges again. */
NODISCARD struct finding block_judge_body(struct block_judge *judge,
					  const struct block_body *body,
					  const bool *known);

/* Transaction `index` of a body that was judged VALID so far: of a large block
 * decoded again into `room`, else borrowed from the judge. */
const struct transaction *
block_judge_transaction(const struct block_judge *judge, uint32_t index,
			struct transaction *room);

/* Fills at most `capacity` jobs with the next signatures to be recovered;
 * returns how many, 0 when all were given out. */
size_t block_judge_signatures(struct block_judge *judge,
			      struct signature_job *jobs, size_t capacity);

/* Takes the recovered jobs back, in the order in which they were given out. */
void block_judge_signers(struct block_judge *judge,
			 const struct signature_job *jobs, size_t count);

/* Goes on to the next transactions, as many as have `most_inputs` inputs
 * together, at least one; false when all are judged, or when a rule of 42-51 is
 * broken. The signers have to be recovered. */
NODISCARD bool block_judge_next(struct block_judge *judge, size_t most_inputs);

/* What these transactions spend that is not made in this block, distinct and
 * ascending, for the caller to load. Borrowed until the next step. */
const struct position *block_judge_inputs(const struct block_judge *judge,
					  size_t *count);

/* Judges them; `state` has of what they spend what there was before the block.
 * What the block itself makes and spends is not looked for there. */
void block_judge_against(struct block_judge *judge, const struct ledger *state);

/* The result, once: the signers are forgotten then, for a full block has
 * many. */
NODISCARD struct finding block_judge_finish(struct block_judge *judge);

/* A transaction whose signatures break a rule of grade W. */
struct ill_signed {
	uint32_t index;
	struct address owners[PROTOCOL_MAX_INPUTS]; /* of what it spends */
};

/* More of them are not remembered. */
#define BLOCK_JUDGE_MOST_ILL 1024

/* After block_judge_finish() came to a fault of grade W: how many there are,
 * and which, in order; NULL: too many. Borrowed. */
const struct ill_signed *block_judge_ill_signed(const struct block_judge *judge,
						size_t *count);

/* After block_judge_finish(): pots that nobody claimed (allowed). Borrowed. */
const struct fee_pots *block_judge_unclaimed(const struct block_judge *judge);

#endif
