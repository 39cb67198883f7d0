/* SPDX-License-Identifier: MIT */
#include "common/chain/transaction_rules.h"

#include "common/chain/fee.h"
#include "common/chain/protocol.h"

enum verdict transaction_judge_fee_fields(const struct transaction *transaction,
					  uint64_t blknum)
{
	if (transaction->type != PROTOCOL_TX_TYPE_FEE)
		return VERDICT_VALID;
	struct hash nonce = fee_nonce(blknum, &transaction->outputs[0].token);

	if (!hash_equal(&transaction->fee_nonce, &nonce))
		return VERDICT_FEE_NONCE_MISMATCH;
	if (!hash_is_zero(&transaction->metadata))
		return VERDICT_FEE_METADATA_NOT_ZERO;
	return VERDICT_VALID;
}

/* The place of the token in the list, which it joins if it is not there. */
static size_t find_token(struct surplus *surplus, const struct token *token)
{
	for (size_t i = 0; i < surplus->count; i++) {
		if (token_equal(&surplus->of[i].token, token))
			return i;
	}
	surplus->of[surplus->count].token = *token;
	surplus->of[surplus->count].amount = amount_zero();
	return surplus->count++;
}

/* Adds the outputs up per token; `sums` has the inputs of the same tokens. */
static bool add_outputs(struct surplus *sums, const struct output *outputs,
			size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t at = find_token(sums, &outputs[i].token);

		if (!amount_add(&sums->of[at].amount, sums->of[at].amount,
				outputs[i].amount))
			return false;
	}
	return true;
}

enum verdict transaction_judge_amounts(struct surplus *out,
				       const struct transaction *transaction,
				       const struct output *spent)
{
	struct surplus paid = { .count = 0 };

	out->count = 0;
	if (!add_outputs(out, spent, transaction->input_count) ||
	    !add_outputs(&paid, transaction->outputs,
			 transaction->output_count))
		return VERDICT_AMOUNT_OVERFLOW;
	for (size_t i = 0; i < paid.count; i++) {
		size_t at = find_token(out, &paid.of[i].token);

		if (!amount_subtract(&out->of[at].amount, out->of[at].amount,
				     paid.of[i].amount))
			return VERDICT_AMOUNTS_DO_NOT_ADD_UP;
	}
	return VERDICT_VALID;
}

bool transaction_is_merge(const struct transaction *transaction,
			  const struct output *spent)
{
	const struct output *first = &transaction->outputs[0];

	if (transaction->input_count == 0 ||
	    transaction->input_count <= transaction->output_count)
		return false;
	for (size_t i = 0; i < transaction->output_count; i++) {
		const struct output *output = &transaction->outputs[i];

		if (!token_equal(&output->token, &first->token) ||
		    !address_equal(&output->owner, &first->owner))
			return false;
	}
	for (size_t i = 0; i < transaction->input_count; i++) {
		if (!address_equal(&spent[i].owner, &first->owner))
			return false;
	}
	return true;
}
