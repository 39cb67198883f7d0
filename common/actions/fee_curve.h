/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_ACTIONS_FEE_CURVE_H
#define PLASMA_COMMON_ACTIONS_FEE_CURVE_H

/*
 * What an action may pay for gas, and when. The fee cap of a transaction rises
 * in a straight line from what the market asks to eight ninths of the budget,
 * which it reaches a margin before the last possible second: a quarter of the
 * time there was, at most a day, at least an hour. In the last hour it is the
 * whole budget. The tip, which is paid in any case, rises with the third power
 * to ten times what it was, and is a quarter of the cap in the last hour. A
 * replacement pays at least an eighth more in both fields, and nothing ever
 * costs more than the budget.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/instant.h"
#include "common/base/u256.h"

/* Before the end the whole budget is offered, in seconds. */
#define FEE_CURVE_LAST_HOUR 3600

/* Before that a tip becomes at most so many times what it was. */
#define FEE_CURVE_TIP_GROWTH 10

/* In the last six hours every eth_block may raise; before it is patient. */
#define FEE_CURVE_HASTE 21600
#define FEE_CURVE_PATIENCE 2

/* An action without a deadline has risen after a day, in seconds. */
#define FEE_CURVE_UNHURRIED 86400

/* Both per gas. The tip is never above the cap. */
struct fee_offer {
	struct u256 max_fee_wei;
	struct u256 max_priority_fee_wei;
};

struct fee_market {
	struct u256 base_fee_wei; /* of the newest eth_block */
	struct u256 tip_wei;	  /* what a transaction offers at first */
};

struct fee_curve {
	struct root_time from; /* since when the action is wanted */
	struct root_time last; /* last possible second; 0: no deadline */
	struct u256 budget_wei;
	uint64_t gas_limit; /* of the transaction, not 0 (asserted) */
};

/* min(half of the value at risk, cap), in wei. */
struct u256 fee_curve_budget(struct u256 value_at_risk_wei,
			     struct u256 cap_wei);

/* The estimate and a quarter, never above ETH_TRANSACTION_MAX_GAS. False if the
 * estimate itself is above it. */
NODISCARD bool fee_curve_gas_limit(uint64_t *gas_limit, uint64_t estimate);

/* gas_limit * max_fee, the most that a transaction can cost; U256_MAX if that
 * is more than fits. */
struct u256 fee_curve_worst_cost(struct fee_offer offer, uint64_t gas_limit);

/* The base fee to reckon with: what a node says, but not more than `verified`
 * can have become in `eth_blocks` blocks, each an eighth more. */
struct u256 fee_curve_believable_base(struct u256 said, struct u256 verified,
				      uint64_t eth_blocks);

/* What to offer now. Zero if the budget is smaller than the gas. */
struct fee_offer fee_curve_at(const struct fee_curve *curve,
			      const struct fee_market *market,
			      struct root_time now);

/* The least that replaces `offer`: an eighth more in both fields, rounded up,
 * and at least 1 wei more. */
struct fee_offer fee_curve_least_replacement(struct fee_offer offer);

/* The larger of both in each field. */
struct fee_offer fee_offer_larger(struct fee_offer a, struct fee_offer b);

enum fee_curve_answer {
	FEE_KEEP,    /* the curve does not ask for a replacement yet */
	FEE_REPLACE, /* with the offer given */
	FEE_CAPPED   /* the least replacement is above the budget */
};

/* Whether a transaction that offered `before` is to be replaced now, and by
 * what. The offer is never below the least replacement of `before` and never
 * above the budget. */
enum fee_curve_answer fee_curve_replace(struct fee_offer *offer,
					const struct fee_curve *curve,
					const struct fee_market *market,
					struct root_time now,
					struct fee_offer before);

/* Eth_blocks to wait before a transaction is replaced. */
uint64_t fee_curve_patience(const struct fee_curve *curve,
			    struct root_time now);

#endif
