/* SPDX-License-Identifier: MIT */
#include "watcher/payment_draft.h"

#include <stdbool.h>
#include <string.h>

/* What one token has to pay. */
struct need {
	struct token token;
	struct amount amount;
};

static bool add_need(struct need *needs, size_t *count,
		     const struct token *token, struct amount amount)
{
	size_t at = 0;

	while (at < *count && !token_equal(&needs[at].token, token))
		at++;
	if (at == *count)
		needs[(*count)++] = (struct need){ *token, amount_zero() };
	return amount_add(&needs[at].amount, needs[at].amount, amount);
}

/* False if a sum does not fit: nobody has that much. */
static bool find_needs(struct need *needs, size_t *count,
		       const struct draft_wish *wish)
{
	*count = 0;
	for (size_t i = 0; i < wish->payment_count; i++) {
		const struct output *payment = &wish->payments[i];

		if (!add_need(needs, count, &payment->token, payment->amount))
			return false;
	}
	return amount_is_zero(wish->fee) ||
	       add_need(needs, count, &wish->fee_token, wish->fee);
}

static bool is_chosen(const struct transaction *tx, struct position position)
{
	for (unsigned int i = 0; i < tx->input_count; i++)
		if (position_equal(tx->inputs[i], position))
			return true;
	return false;
}

/* The largest coin of the token that is not chosen yet, or NULL. */
static const struct draft_coin *largest(const struct transaction *tx,
					const struct token *token,
					const struct draft_coin *coins,
					size_t count)
{
	const struct draft_coin *best = NULL;

	for (size_t i = 0; i < count; i++) {
		const struct output *output = &coins[i].output;

		if (!token_equal(&output->token, token) ||
		    is_chosen(tx, coins[i].position))
			continue;
		if (best == NULL ||
		    amount_compare(output->amount, best->output.amount) > 0)
			best = &coins[i];
	}
	return best;
}

static struct amount sum_of(const struct token *token,
			    const struct draft_coin *coins, size_t count)
{
	struct amount sum = amount_zero();

	for (size_t i = 0; i < count; i++) {
		/* The deposits of a token fit 256 bits, and so do coins. */
		if (token_equal(&coins[i].output.token, token) &&
		    !amount_add(&sum, sum, coins[i].output.amount))
			break;
	}
	return sum;
}

/* Chooses the inputs of one need and adds its change. */
static enum draft_result cover(struct transaction *tx, const struct need *need,
			       const struct address *owner,
			       const struct draft_coin *coins, size_t count)
{
	struct amount have = amount_zero();
	struct amount change;

	if (amount_compare(sum_of(&need->token, coins, count), need->amount) <
	    0)
		return DRAFT_NOT_ENOUGH;
	while (amount_compare(have, need->amount) < 0) {
		const struct draft_coin *coin =
			largest(tx, &need->token, coins, count);

		if (coin == NULL)
			return DRAFT_NOT_ENOUGH;
		if (tx->input_count == PROTOCOL_MAX_INPUTS)
			return DRAFT_TOO_MANY_INPUTS;
		tx->inputs[tx->input_count++] = coin->position;
		if (!amount_add(&have, have, coin->output.amount))
			return DRAFT_NOT_ENOUGH;
	}
	if (!amount_subtract(&change, have, need->amount) ||
	    amount_is_zero(change))
		return DRAFT_READY;
	if (tx->output_count == PROTOCOL_MAX_OUTPUTS)
		return DRAFT_TOO_MANY_OUTPUTS;
	tx->outputs[tx->output_count++] =
		(struct output){ PROTOCOL_OUTPUT_TYPE_PAYMENT, *owner,
				 need->token, change };
	return DRAFT_READY;
}

enum draft_result payment_draft_make(struct transaction *out,
				     const struct draft_wish *wish,
				     const struct draft_coin *coins,
				     size_t count)
{
	struct need needs[PROTOCOL_MAX_OUTPUTS + 1];
	enum draft_result result = DRAFT_READY;
	size_t need_count;

	memset(out, 0, sizeof(*out));
	if (wish->payment_count > PROTOCOL_MAX_OUTPUTS)
		return DRAFT_TOO_MANY_OUTPUTS;
	out->type = PROTOCOL_TX_TYPE_PAYMENT;
	out->metadata = wish->metadata;
	for (size_t i = 0; i < wish->payment_count; i++)
		out->outputs[out->output_count++] = wish->payments[i];
	if (!find_needs(needs, &need_count, wish))
		return DRAFT_NOT_ENOUGH;
	for (size_t i = 0; i < need_count && result == DRAFT_READY; i++)
		result = cover(out, &needs[i], &wish->owner, coins, count);
	return result;
}
