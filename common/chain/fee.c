/* SPDX-License-Identifier: MIT */
#include "common/chain/fee.h"

#include <assert.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/chain/protocol.h"
#include "common/codec/keccak256.h"

struct hash fee_nonce(uint64_t blknum, const struct token *token)
{
	uint8_t bytes[64] = { 0 };

	u256_to_be(bytes, u256_of(blknum));
	memcpy(bytes + 44, token->address.bytes, 20);
	return keccak256(bytes_view(bytes, sizeof(bytes)));
}

struct transaction fee_transaction(uint64_t blknum,
				   const struct address *claimer,
				   const struct token *token,
				   struct amount amount)
{
	struct transaction transaction = {
		.type = PROTOCOL_TX_TYPE_FEE,
		.output_count = 1,
		.fee_nonce = fee_nonce(blknum, token),
	};

	transaction.outputs[0] = (struct output){ PROTOCOL_OUTPUT_TYPE_FEE,
						  *claimer, *token, amount };
	return transaction;
}

/* A pot is zero until something is put into it; claimed pots stay, so that
 * nobody claims them again. */
struct pot {
	struct token token;
	struct amount amount;
	bool is_claimed;
};

struct fee_pots {
	struct pot *pots; /* ascending by token */
	size_t count;
};

struct fee_pots *fee_pots_new(void)
{
	return memory_new(1, sizeof(struct fee_pots));
}

void fee_pots_free(struct fee_pots *pots)
{
	if (pots == NULL)
		return;
	memory_free(pots->pots);
	memory_free(pots);
}

void fee_pots_reset(struct fee_pots *pots)
{
	pots->count = 0;
}

/* Where the token is or belongs. */
static size_t find_pot(const struct fee_pots *pots, const struct token *token)
{
	size_t low = 0;
	size_t high = pots->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (token_compare(&pots->pots[middle].token, token) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool has_pot(const struct fee_pots *pots, size_t at,
		    const struct token *token)
{
	return at < pots->count && token_equal(&pots->pots[at].token, token);
}

/* The amount of a pot after adding; false when it does not fit. */
static bool add_to_pot(struct amount *sum, const struct fee_pots *pots,
		       const struct token *token, struct amount amount)
{
	size_t at = find_pot(pots, token);

	if (!has_pot(pots, at, token)) {
		*sum = amount;
		return true;
	}
	return amount_add(sum, pots->pots[at].amount, amount);
}

static void put_pot(struct fee_pots *pots, const struct token *token,
		    struct amount amount)
{
	size_t at = find_pot(pots, token);

	if (!has_pot(pots, at, token)) {
		pots->pots = memory_resize(pots->pots, pots->count + 1,
					   sizeof(*pots->pots));
		memmove(pots->pots + at + 1, pots->pots + at,
			(pots->count - at) * sizeof(*pots->pots));
		pots->pots[at] = (struct pot){ *token, amount, false };
		pots->count++;
	}
	pots->pots[at].amount = amount;
}

enum verdict fee_pots_add(struct fee_pots *pots, const struct surplus *surplus)
{
	struct amount sum;

	for (size_t i = 0; i < surplus->count; i++) {
		if (!add_to_pot(&sum, pots, &surplus->of[i].token,
				surplus->of[i].amount))
			return VERDICT_FEE_POT_OVERFLOW;
	}
	for (size_t i = 0; i < surplus->count; i++) {
		bool fits = add_to_pot(&sum, pots, &surplus->of[i].token,
				       surplus->of[i].amount);

		assert(fits);
		if (!amount_is_zero(surplus->of[i].amount))
			put_pot(pots, &surplus->of[i].token, sum);
	}
	return VERDICT_VALID;
}

enum verdict fee_pots_claim(struct fee_pots *pots,
			    const struct transaction *fee)
{
	const struct output *output = &fee->outputs[0];
	size_t at = find_pot(pots, &output->token);

	if (!has_pot(pots, at, &output->token) || pots->pots[at].is_claimed)
		return VERDICT_FEE_TOKEN_NOT_COLLECTED;
	if (!amount_equal(pots->pots[at].amount, output->amount))
		return VERDICT_FEE_AMOUNT_MISMATCH;
	pots->pots[at].is_claimed = true;
	return VERDICT_VALID;
}

size_t fee_pots_count(const struct fee_pots *pots)
{
	size_t count = 0;

	for (size_t i = 0; i < pots->count; i++)
		count += pots->pots[i].is_claimed ? 0 : 1;
	return count;
}

void fee_pots_get(const struct fee_pots *pots, size_t index,
		  struct token *token, struct amount *amount)
{
	for (size_t i = 0; i < pots->count; i++) {
		if (pots->pots[i].is_claimed || index-- > 0)
			continue;
		*token = pots->pots[i].token;
		*amount = pots->pots[i].amount;
		return;
	}
	assert(false); /* the index is below the count */
}

static const struct fee_price *find_price(const struct fee_table *table,
					  const struct token *token)
{
	for (size_t i = 0; i < table->count; i++) {
		if (token_equal(&table->prices[i].token, token))
			return &table->prices[i];
	}
	return NULL;
}

static enum fee_answer judge_price(const struct fee_price *price,
				   struct amount paid)
{
	if (price == NULL || price->accepted_count == 0)
		return FEE_NOT_COVERED;
	for (size_t i = 0; i < price->accepted_count; i++) {
		if (amount_equal(price->accepted[i], paid))
			return FEE_ACCEPTED;
	}
	return amount_compare(paid, price->accepted[0]) < 0 ? FEE_NOT_COVERED
							    : FEE_OVERPAID;
}

enum fee_answer fee_judge(const struct fee_table *table,
			  const struct surplus *surplus, bool is_free)
{
	size_t positive = 0;
	size_t which = 0;

	for (size_t i = 0; i < surplus->count; i++) {
		if (amount_is_zero(surplus->of[i].amount))
			continue;
		positive++;
		which = i;
	}
	if (is_free)
		return positive == 0 ? FEE_ACCEPTED : FEE_OVERPAID;
	if (positive > 1)
		return FEE_SEVERAL_CURRENCIES;
	if (positive == 0 || !table->loaded)
		return FEE_NOT_COVERED;
	return judge_price(find_price(table, &surplus->of[which].token),
			   surplus->of[which].amount);
}
