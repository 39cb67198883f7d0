/* SPDX-License-Identifier: MIT */
#include "wallet/coin_selection.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

/* Larger first, then the older. */
static bool comes_before(const struct coin *a, const struct coin *b)
{
	int order = amount_compare(a->output.amount, b->output.amount);

	return order != 0 ? order > 0
			  : position_compare(a->position, b->position) < 0;
}

/* Coins of a token that are not among the `taken` chosen ones: the next one
 * behind `last` in the order above; `count` if there is none. */
static size_t next_largest(const struct coin *coins, size_t count,
			   const struct token *token, const struct coin *last)
{
	size_t best = count;

	for (size_t i = 0; i < count; i++) {
		if (!token_equal(&coins[i].output.token, token) ||
		    (last != NULL && !comes_before(last, &coins[i])))
			continue;
		if (best == count || comes_before(&coins[i], &coins[best]))
			best = i;
	}
	return best;
}

/* The largest coins until they cover the need, in order. A coin that would
 * lift the sum above 2^256 - 1 is left out. */
static size_t take_largest(size_t chosen[PROTOCOL_MAX_INPUTS],
			   struct amount *sum, const struct coin *coins,
			   size_t count, const struct coin_need *need)
{
	const struct coin *last = NULL;
	size_t taken = 0;

	*sum = amount_zero();
	while (amount_compare(*sum, need->amount) < 0) {
		size_t next = next_largest(coins, count, &need->token, last);

		if (next == count)
			break;
		last = &coins[next];
		if (!amount_add(sum, *sum, last->output.amount))
			continue;
		if (taken < PROTOCOL_MAX_INPUTS)
			chosen[taken] = next;
		taken++;
	}
	return taken;
}

static bool is_among(const size_t *chosen, size_t count, size_t index)
{
	for (size_t i = 0; i < count; i++) {
		if (chosen[i] == index)
			return true;
	}
	return false;
}

/* The smallest coin that can stand in the place of chosen[place]. */
static size_t smallest_instead(const size_t *chosen, size_t taken, size_t place,
			       struct amount sum, const struct coin *coins,
			       size_t count, const struct coin_need *need)
{
	size_t best = chosen[place];
	struct amount others;
	struct amount with;
	bool ok = amount_subtract(&others, sum,
				  coins[chosen[place]].output.amount);

	assert(ok);
	for (size_t i = 0; i < count; i++) {
		if (!token_equal(&coins[i].output.token, &need->token) ||
		    is_among(chosen, taken, i) ||
		    !amount_add(&with, others, coins[i].output.amount) ||
		    amount_compare(with, need->amount) < 0)
			continue;
		if (comes_before(&coins[best], &coins[i]))
			best = i;
	}
	return best;
}

/* Puts smaller coins in, the smallest chosen one first. */
static void keep_the_largest(size_t *chosen, size_t taken, struct amount *sum,
			     const struct coin *coins, size_t count,
			     const struct coin_need *need)
{
	for (size_t place = taken; place-- > 0;) {
		size_t other = smallest_instead(chosen, taken, place, *sum,
						coins, count, need);
		bool ok = amount_subtract(sum, *sum,
					  coins[chosen[place]].output.amount) &&
			  amount_add(sum, *sum, coins[other].output.amount);

		assert(ok);
		chosen[place] = other;
	}
}

enum coin_selection_result coin_selection_choose(struct coin_selection *out,
						 const struct coin *coins,
						 size_t count,
						 const struct coin_need *needs,
						 size_t need_count)
{
	assert(need_count >= 1 && need_count <= COIN_SELECTION_MAX_NEEDS);
	assert(need_count == 1 ||
	       !token_equal(&needs[0].token, &needs[1].token));
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < need_count; i++) {
		size_t chosen[PROTOCOL_MAX_INPUTS];
		struct amount sum;
		size_t taken =
			take_largest(chosen, &sum, coins, count, &needs[i]);

		out->failed_need = i;
		out->available = sum;
		if (amount_compare(sum, needs[i].amount) < 0)
			return COIN_SELECTION_NOT_ENOUGH;
		if (out->count + taken > PROTOCOL_MAX_INPUTS)
			return COIN_SELECTION_TOO_SCATTERED;
		keep_the_largest(chosen, taken, &sum, coins, count, &needs[i]);
		bool ok =
			amount_subtract(&out->change[i], sum, needs[i].amount);
		assert(ok);
		memcpy(out->chosen + out->count, chosen,
		       taken * sizeof(chosen[0]));
		out->count += taken;
	}
	return COIN_SELECTION_FOUND;
}

size_t coin_selection_merge(size_t chosen[PROTOCOL_MAX_INPUTS],
			    const struct coin *coins, size_t count,
			    const struct token *token)
{
	struct amount sum = amount_zero();
	size_t taken = 0;

	while (taken < PROTOCOL_MAX_INPUTS) {
		size_t best = count;

		for (size_t i = 0; i < count; i++) {
			if (token_equal(&coins[i].output.token, token) &&
			    !is_among(chosen, taken, i) &&
			    (best == count ||
			     comes_before(&coins[best], &coins[i])))
				best = i;
		}
		if (best == count ||
		    !amount_add(&sum, sum, coins[best].output.amount))
			break;
		chosen[taken++] = best;
	}
	return taken >= 2 ? taken : 0;
}
