/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_CHAIN_TRANSACTION_RULES_H
#define PLASMA_COMMON_CHAIN_TRANSACTION_RULES_H

/*
 * What one transaction must keep besides its encoding: rules 31, 32 (fee), 42
 * and 46-48 of protocol.md 2.8. Operator and watcher both judge with these.
 */

#include <stdbool.h>
#include <stddef.h>

#include "common/base/attributes.h"
#include "common/chain/transaction.h"
#include "common/chain/verdict.h"

/* Rules 31, 32: the nonce and metadata of a fee transaction in block `blknum`;
 * VALID for a payment. */
NODISCARD enum verdict
transaction_judge_fee_fields(const struct transaction *transaction,
			     uint64_t blknum);

/* What inputs leave over outputs, per token that occurs. */
struct surplus {
	size_t count; /* distinct tokens, at most 10 */
	struct {
		struct token token;
		struct amount amount;
	} of[PROTOCOL_MAX_INPUTS + PROTOCOL_MAX_OUTPUTS];
};

/* Rules 47, 48: sums per token of a payment whose input i spends spent[i].
 * On VALID `out` holds the surplus of each token, in order of appearance. */
NODISCARD enum verdict
transaction_judge_amounts(struct surplus *out,
			  const struct transaction *transaction,
			  const struct output *spent);

/* True if it is a merge: free of fees (protocol.md 2.7). signers[i] owns input
 * i. */
bool transaction_is_merge(const struct transaction *transaction,
			  const struct output *spent);

#endif
