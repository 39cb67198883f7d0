/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WALLET_COIN_SELECTION_H
#define PLASMA_WALLET_COIN_SELECTION_H

/*
 * Which coins a payment spends: as few as possible, for a payment has at most
 * five inputs; of those ways the one that keeps the largest coins; the same
 * coins always give the same choice.
 */

#include <stddef.h>

#include "common/base/attributes.h"
#include "common/chain/amount.h"
#include "common/chain/protocol.h"
#include "wallet/coin.h"

/* What is needed of one token. */
struct coin_need {
	struct token token;
	struct amount amount; /* not zero */
};

/* The payment, and the fee when it is in another token. */
#define COIN_SELECTION_MAX_NEEDS 2

enum coin_selection_result {
	COIN_SELECTION_FOUND,
	COIN_SELECTION_NOT_ENOUGH,
	COIN_SELECTION_TOO_SCATTERED /* enough, but in too many coins */
};

struct coin_selection {
	size_t count;
	size_t chosen[PROTOCOL_MAX_INPUTS]; /* indices into the coins */
	struct amount change[COIN_SELECTION_MAX_NEEDS];
	/* When not found: the need that fails, and what there is of it. */
	size_t failed_need;
	struct amount available;
};

/* Chooses among `coins`, which are all free to be spent and of one owner. The
 * tokens of the needs differ (asserted). */
NODISCARD enum coin_selection_result
coin_selection_choose(struct coin_selection *out, const struct coin *coins,
		      size_t count, const struct coin_need *needs,
		      size_t need_count);

/* The coins of one token that a merge should make one of: the smallest ones, at
 * most five; returns how many, 0 if there are fewer than two. */
size_t coin_selection_merge(size_t chosen[PROTOCOL_MAX_INPUTS],
			    const struct coin *coins, size_t count,
			    const struct token *token);

#endif
