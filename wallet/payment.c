/* SPDX-License-Identifier: MIT */
#include "wallet/payment.h"

#include <assert.h>
#include <string.h>

#include "common/base/writer.h"
#include "common/chain/transaction_codec.h"
#include "common/chain/transaction_hash.h"

size_t payment_needs(struct coin_need needs[COIN_SELECTION_MAX_NEEDS],
		     const struct payment_wish *wish)
{
	needs[0] = (struct coin_need){ wish->token, wish->amount };
	if (amount_is_zero(wish->fee))
		return 1;
	if (token_equal(&wish->token, &wish->fee_token))
		return amount_add(&needs[0].amount, wish->amount, wish->fee)
			       ? 1
			       : 0;
	needs[1] = (struct coin_need){ wish->fee_token, wish->fee };
	return 2;
}

static void add_output(struct transaction *transaction,
		       const struct address *owner, const struct token *token,
		       struct amount amount)
{
	if (amount_is_zero(amount))
		return;
	assert(transaction->output_count < PROTOCOL_MAX_OUTPUTS);
	transaction->outputs[transaction->output_count++] =
		(struct output){ PROTOCOL_OUTPUT_TYPE_PAYMENT, *owner, *token,
				 amount };
}

static void add_inputs(struct transaction *transaction,
		       const struct coin *coins, const size_t *chosen,
		       size_t count)
{
	transaction->type = PROTOCOL_TX_TYPE_PAYMENT;
	assert(count <= PROTOCOL_MAX_INPUTS);
	for (size_t i = 0; i < count; i++)
		transaction->inputs[transaction->input_count++] =
			coins[chosen[i]].position;
}

struct transaction payment_build(const struct payment_wish *wish,
				 const struct coin *coins,
				 const struct coin_selection *selection)
{
	struct transaction transaction;

	memset(&transaction, 0, sizeof(transaction));
	add_inputs(&transaction, coins, selection->chosen, selection->count);
	add_output(&transaction, &wish->to, &wish->token, wish->amount);
	add_output(&transaction, &wish->from, &wish->token,
		   selection->change[0]);
	add_output(&transaction, &wish->from, &wish->fee_token,
		   selection->change[1]);
	transaction.metadata = wish->metadata;
	return transaction;
}

struct transaction payment_merge(const struct coin *coins, const size_t *chosen,
				 size_t count)
{
	struct amount sum = amount_zero();
	struct transaction transaction;

	memset(&transaction, 0, sizeof(transaction));
	add_inputs(&transaction, coins, chosen, count);
	for (size_t i = 0; i < count; i++) {
		bool ok = amount_add(&sum, sum, coins[chosen[i]].output.amount);
		assert(ok);
	}
	add_output(&transaction, &coins[chosen[0]].output.owner,
		   &coins[chosen[0]].output.token, sum);
	return transaction;
}

struct payment_raw payment_encode(const struct transaction *transaction)
{
	struct payment_raw raw;
	struct writer out = writer_of(raw.bytes, sizeof(raw.bytes));

	transaction_encode(&out, transaction);
	assert(writer_ok(&out));
	raw.len = out.len;
	raw.hash = transaction_hash(bytes_view(raw.bytes, raw.len));
	return raw;
}
