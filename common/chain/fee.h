/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_CHAIN_FEE_H
#define PLASMA_COMMON_CHAIN_FEE_H

/* Fees: pots of a block and what an operator accepts (protocol.md 2.6, 2.7). */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/chain/transaction.h"
#include "common/chain/transaction_rules.h"
#include "common/chain/verdict.h"

/* keccak256(u256(blknum) || word(token)). */
struct hash fee_nonce(uint64_t blknum, const struct token *token);

/* The fee transaction of block `blknum` that gives `amount` to `claimer`. */
struct transaction fee_transaction(uint64_t blknum,
				   const struct address *claimer,
				   const struct token *token,
				   struct amount amount);

/* The pots of the block being formed or judged, ascending by token. */
struct fee_pots;

struct fee_pots *fee_pots_new(void);
void fee_pots_free(struct fee_pots *pots);
void fee_pots_reset(struct fee_pots *pots);

/* Adds the surplus of a payment; rule 49: FEE_POT_OVERFLOW, nothing added. */
NODISCARD enum verdict fee_pots_add(struct fee_pots *pots,
				    const struct surplus *surplus);

/* Rules 50, 51: takes the whole pot of the transaction's token. */
NODISCARD enum verdict fee_pots_claim(struct fee_pots *pots,
				      const struct transaction *fee);

/* Pots that are not zero and not claimed, ascending by token. */
size_t fee_pots_count(const struct fee_pots *pots);
void fee_pots_get(const struct fee_pots *pots, size_t index,
		  struct token *token, struct amount *amount);

/* What an operator asks: per token the amounts accepted now, current first. */
struct fee_table {
	bool loaded; /* false: no table for payments */
	size_t count;
	struct fee_price {
		struct token token;
		size_t accepted_count;
		struct amount accepted[4];
	} * prices;
};

enum fee_answer {
	FEE_ACCEPTED,
	FEE_NOT_COVERED,       /* fees_not_covered */
	FEE_OVERPAID,	       /* overpaying_fees */
	FEE_SEVERAL_CURRENCIES /* multiple_potential_currency_fees */
};

/* The operator's rule for the surplus of one payment; one that is free, as
 * merges are, must leave none. */
enum fee_answer fee_judge(const struct fee_table *table,
			  const struct surplus *surplus, bool is_free);

#endif
