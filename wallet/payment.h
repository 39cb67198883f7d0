/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WALLET_PAYMENT_H
#define PLASMA_WALLET_PAYMENT_H

/* Payments and merges as transactions, from coins that were chosen. */

#include <stddef.h>
#include <stdint.h>

#include "common/base/bytes.h"
#include "common/chain/amount.h"
#include "common/chain/protocol.h"
#include "common/chain/transaction.h"
#include "wallet/coin.h"
#include "wallet/coin_selection.h"

struct payment_wish {
	struct address from; /* owner of all inputs, gets the change */
	struct address to;
	struct token token;
	struct amount amount; /* not zero */
	struct token fee_token;
	struct amount fee; /* exact (protocol.md 2.7); zero: none */
	struct hash metadata;
};

/* What has to be selected; returns how many needs there are, 1 or 2, or 0 when
 * amount and fee do not fit 256 bits. */
size_t payment_needs(struct coin_need needs[COIN_SELECTION_MAX_NEEDS],
		     const struct payment_wish *wish);

/* The payment from what was selected for these needs. Its surplus is exactly
 * the fee. */
struct transaction payment_build(const struct payment_wish *wish,
				 const struct coin *coins,
				 const struct coin_selection *selection);

/* One coin of all chosen ones, which are of one owner and token. */
struct transaction payment_merge(const struct coin *coins, const size_t *chosen,
				 size_t count);

/* Raw bytes of a transaction that we made. */
struct payment_raw {
	uint8_t bytes[PROTOCOL_MAX_RAW_SIZE];
	size_t len;
	struct hash hash;
};
struct payment_raw payment_encode(const struct transaction *transaction);

#endif
