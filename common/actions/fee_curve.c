/* SPDX-License-Identifier: MIT */
#include "common/actions/fee_curve.h"

#include <assert.h>

#include "common/ethereum/eth_transaction.h"

#define QUARTER 4
#define DAY 86400

/* a / b, which is not 0. */
static struct u256 quotient(struct u256 a, uint64_t b)
{
	struct u256 result = U256_ZERO;
	struct u256 rest;
	bool divided = u256_divide(&result, &rest, a, u256_of(b));

	assert(divided);
	return result;
}

/* a * n / d for n <= d, rounded down. */
static struct u256 part(struct u256 a, uint64_t n, uint64_t d)
{
	struct u256 product;

	if (u256_multiply(&product, a, u256_of(n)))
		return quotient(product, d);
	if (!u256_multiply(&product, quotient(a, d), u256_of(n)))
		return a;
	return product;
}

/* One eighth more, rounded up, and at least one more. */
static struct u256 raised(struct u256 fee)
{
	struct u256 eighth =
		u256_shift_right(u256_saturating_add(fee, u256_of(7)), 3);

	return u256_saturating_add(fee, u256_larger(eighth, u256_of(1)));
}

struct u256 fee_curve_budget(struct u256 value_at_risk_wei, struct u256 cap_wei)
{
	return u256_smaller(u256_shift_right(value_at_risk_wei, 1), cap_wei);
}

bool fee_curve_gas_limit(uint64_t *gas_limit, uint64_t estimate)
{
	if (estimate > ETH_TRANSACTION_MAX_GAS)
		return false;
	*gas_limit = estimate + estimate / QUARTER;
	if (*gas_limit > ETH_TRANSACTION_MAX_GAS)
		*gas_limit = ETH_TRANSACTION_MAX_GAS;
	return true;
}

struct u256 fee_curve_worst_cost(struct fee_offer offer, uint64_t gas_limit)
{
	return u256_saturating_multiply(offer.max_fee_wei, u256_of(gas_limit));
}

struct u256 fee_curve_believable_base(struct u256 said, struct u256 verified,
				      uint64_t eth_blocks)
{
	struct u256 most = verified;

	for (uint64_t i = 0; i < eth_blocks; i++) {
		if (u256_compare(most, said) >= 0)
			return said;
		most = raised(most);
	}
	return u256_smaller(said, most);
}

/* From when on the whole budget is offered. */
static uint64_t end_of_rise(const struct fee_curve *curve)
{
	if (curve->last.seconds == 0)
		return instant_after(curve->from.seconds, FEE_CURVE_UNHURRIED);

	uint64_t all = instant_since(curve->last.seconds, curve->from.seconds);
	uint64_t margin = all / QUARTER;
	if (margin > DAY)
		margin = DAY;
	if (margin < FEE_CURVE_LAST_HOUR)
		margin = FEE_CURVE_LAST_HOUR;
	return instant_since(curve->last.seconds, margin);
}

static bool is_last_hour(const struct fee_curve *curve, struct root_time now)
{
	return curve->last.seconds != 0 &&
	       instant_after(now.seconds, FEE_CURVE_LAST_HOUR) >=
		       curve->last.seconds;
}

/* The most per gas at a time. Before the last hour so much is left that one
 * replacement can still reach the whole budget. */
static struct u256 most_per_gas(const struct fee_curve *curve,
				struct root_time now)
{
	assert(curve->gas_limit > 0);
	struct u256 whole = quotient(curve->budget_wei, curve->gas_limit);

	if (is_last_hour(curve, now))
		return whole;
	return u256_saturating_subtract(part(whole, 8, 9), u256_of(1));
}

/* The tip that the curve ends with. */
static struct u256 most_tip(const struct fee_curve *curve, struct u256 start,
			    struct u256 most, struct root_time now)
{
	struct u256 grown;

	if (is_last_hour(curve, now))
		return u256_larger(quotient(most, QUARTER), start);
	if (!u256_multiply(&grown, start, u256_of(FEE_CURVE_TIP_GROWTH)))
		grown = most;
	return u256_larger(u256_smaller(grown, quotient(most, QUARTER)), start);
}

struct fee_offer fee_curve_at(const struct fee_curve *curve,
			      const struct fee_market *market,
			      struct root_time now)
{
	struct u256 most = most_per_gas(curve, now);
	struct u256 twice =
		u256_saturating_add(market->base_fee_wei, market->base_fee_wei);
	struct u256 start =
		u256_smaller(u256_saturating_add(twice, market->tip_wei), most);
	struct u256 start_tip = u256_smaller(market->tip_wei, start);
	struct u256 end_tip = most_tip(curve, start_tip, most, now);
	uint64_t end = end_of_rise(curve);

	if (now.seconds >= end)
		return (struct fee_offer){ most, end_tip };

	uint64_t all = instant_since(end, curve->from.seconds);
	uint64_t gone = instant_since(now.seconds, curve->from.seconds);
	struct u256 rise = u256_saturating_subtract(most, start);
	struct u256 tip_rise = u256_saturating_subtract(end_tip, start_tip);
	for (int i = 0; i < 3; i++)
		tip_rise = part(tip_rise, gone, all);
	struct fee_offer offer = { u256_saturating_add(start,
						       part(rise, gone, all)),
				   u256_saturating_add(start_tip, tip_rise) };
	offer.max_priority_fee_wei =
		u256_smaller(offer.max_priority_fee_wei, offer.max_fee_wei);
	return offer;
}

struct fee_offer fee_curve_least_replacement(struct fee_offer offer)
{
	return (struct fee_offer){ raised(offer.max_fee_wei),
				   raised(offer.max_priority_fee_wei) };
}

struct fee_offer fee_offer_larger(struct fee_offer a, struct fee_offer b)
{
	return (struct fee_offer){ u256_larger(a.max_fee_wei, b.max_fee_wei),
				   u256_larger(a.max_priority_fee_wei,
					       b.max_priority_fee_wei) };
}

enum fee_curve_answer fee_curve_replace(struct fee_offer *offer,
					const struct fee_curve *curve,
					const struct fee_market *market,
					struct root_time now,
					struct fee_offer before)
{
	struct u256 most = most_per_gas(curve, now);
	struct fee_offer wanted = fee_curve_at(curve, market, now);
	struct fee_offer least = fee_curve_least_replacement(before);

	if (u256_compare(least.max_fee_wei, most) > 0)
		return FEE_CAPPED;
	if (u256_compare(wanted.max_fee_wei, least.max_fee_wei) < 0)
		return FEE_KEEP;
	*offer = fee_offer_larger(wanted, least);

	/* What could not be raised once more is raised to the end now. */
	struct fee_offer next = fee_curve_least_replacement(*offer);
	if (u256_compare(next.max_fee_wei, most) > 0)
		offer->max_fee_wei = most;
	return FEE_REPLACE;
}

uint64_t fee_curve_patience(const struct fee_curve *curve, struct root_time now)
{
	bool hurries = curve->last.seconds != 0 &&
		       instant_since(curve->last.seconds, now.seconds) <
			       FEE_CURVE_HASTE;

	return hurries ? 1 : FEE_CURVE_PATIENCE;
}
