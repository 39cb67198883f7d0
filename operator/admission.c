/* SPDX-License-Identifier: MIT */
#include "operator/admission.h"

#include "common/chain/protocol.h"
#include "common/chain/transaction_codec.h"
#include "common/chain/transaction_hash.h"

struct refusal candidate_read(struct candidate *out, struct bytes signed_form)
{
	uint8_t raw[PROTOCOL_MAX_SIGNED_SIZE];
	struct transaction_frame frame;

	out->signed_form = signed_form;
	/* The longest raw form and five signatures fill the longest signed
	 * form exactly, so that what is longer breaks rule 11 or has signatures
	 * to spare, and is not worth a look. */
	if (signed_form.len > PROTOCOL_MAX_SIGNED_SIZE)
		return refusal_of_verdict(VERDICT_TX_TOO_LONG);
	enum verdict verdict = transaction_frame_read(&frame, signed_form);
	if (verdict != VERDICT_VALID)
		return refusal_of_verdict(verdict);

	struct writer writer = writer_of(raw, sizeof(raw));
	transaction_frame_write_raw(&writer, &frame);
	if (!writer_ok(&writer))
		return refusal_of_verdict(VERDICT_TX_TOO_LONG);
	verdict = transaction_decode(&out->transaction, writer_view(&writer));
	if (verdict != VERDICT_VALID)
		return refusal_of_verdict(verdict);
	if (out->transaction.type == PROTOCOL_TX_TYPE_FEE)
		return refusal_of(REFUSAL_FEE_TX_NOT_ACCEPTED);
	verdict = transaction_read_signatures(
		out->signatures, &out->transaction, frame.signatures);
	if (verdict != VERDICT_VALID)
		return refusal_of_verdict(verdict);
	out->hash = transaction_hash(writer_view(&writer));
	return REFUSED_NOT;
}

struct refusal candidate_recover(struct candidate *candidate,
				 const struct hash *domain)
{
	struct hash digest =
		transaction_digest(domain, &candidate->transaction);

	for (size_t i = 0; i < candidate->transaction.input_count; i++) {
		if (!signature_recover(&candidate->signers[i],
				       &candidate->signatures[i], &digest))
			return refusal_of_verdict(
				VERDICT_SIGNATURE_UNRECOVERABLE);
	}
	return REFUSED_NOT;
}

/* The name of what is wrong with a position that has no unspent coin. */
static struct refusal judge_missing(const struct history *history,
				    struct position input)
{
	uint64_t blknum = position_blknum(input);

	if (blknum_is_deposit(blknum)) {
		if (position_txindex(input) != 0 || position_oindex(input) != 0)
			return refusal_of_verdict(VERDICT_INPUT_UNKNOWN);
		if (hash_map_get(history->deposits_credited, NULL, &blknum))
			return refusal_of_verdict(VERDICT_INPUT_SPENT);
		if (hash_map_get(history->deposits_seen, NULL, &blknum))
			return refusal_of(REFUSAL_DEPOSIT_NOT_FINAL);
		return refusal_of_verdict(VERDICT_INPUT_UNKNOWN);
	}
	if (blknum == 0 ||
	    blknum / PROTOCOL_BLOCK_INTERVAL > history->block_count)
		return refusal_of_verdict(VERDICT_INPUT_UNKNOWN);
	if (position_txindex(input) >=
	    history->tx_counts[blknum / PROTOCOL_BLOCK_INTERVAL - 1])
		return refusal_of_verdict(VERDICT_INPUT_UNKNOWN);
	return refusal_of_verdict(VERDICT_INPUT_SPENT);
}

struct refusal admission_judge_inputs(struct output spent[PROTOCOL_MAX_INPUTS],
				      const struct transaction *transaction,
				      const struct admission_view *view)
{
	for (size_t i = 0; i < transaction->input_count; i++) {
		struct position input = transaction->inputs[i];

		if (ledger_find(view->ledger, &spent[i], input) != COIN_UNSPENT)
			return judge_missing(view->history, input);
		if (hash_map_get(view->frozen, NULL, &input.packed))
			return refusal_of(REFUSAL_INPUT_EXITING);
	}
	return REFUSED_NOT;
}

static struct refusal judge_fee(const struct admission_result *result,
				const struct candidate *candidate,
				const struct admission_view *view)
{
	bool merge =
		transaction_is_merge(&candidate->transaction, result->spent);

	switch (fee_judge(view->fees, &result->surplus, merge)) {
	case FEE_ACCEPTED:
		return REFUSED_NOT;
	case FEE_NOT_COVERED:
		return refusal_of(REFUSAL_FEES_NOT_COVERED);
	case FEE_OVERPAID:
		return refusal_of(REFUSAL_OVERPAYING_FEES);
	case FEE_SEVERAL_CURRENCIES:
		return refusal_of(REFUSAL_MULTIPLE_POTENTIAL_CURRENCY_FEES);
	}
	return refusal_of(REFUSAL_FEES_NOT_COVERED);
}

/* Those who consolidate are let in always. */
static struct refusal judge_policy(const struct transaction *transaction,
				   const struct admission_view *view)
{
	const struct admission_policy *policy = view->policy;

	if (transaction->output_count <= transaction->input_count)
		return REFUSED_NOT;
	if (policy->most_outputs != 0 &&
	    ledger_count(view->ledger) + transaction->output_count -
			    transaction->input_count >
		    policy->most_outputs)
		return refusal_of(REFUSAL_OUTPUTS_LIMITED);
	for (size_t i = 0; i < transaction->output_count; i++) {
		const struct output *output = &transaction->outputs[i];

		if (token_is_eth(&output->token) &&
		    amount_compare(output->amount, policy->least_ether) < 0)
			return refusal_of(REFUSAL_DUST);
	}
	return REFUSED_NOT;
}

struct refusal admission_judge(struct admission_result *out,
			       const struct candidate *candidate,
			       const struct admission_view *view,
			       struct position own, bool trusted)
{
	const struct transaction *transaction = &candidate->transaction;

	if (view->halted && !trusted)
		return refusal_of(REFUSAL_CHAIN_HALTED);
	struct refusal refusal =
		admission_judge_inputs(out->spent, transaction, view);
	if (!refusal_is_none(refusal))
		return refusal;
	for (size_t i = 0; i < transaction->input_count; i++) {
		if (position_compare(transaction->inputs[i], own) >= 0)
			return refusal_of_verdict(VERDICT_INPUT_NOT_OLDER);
		if (!trusted && !address_equal(&candidate->signers[i],
					       &out->spent[i].owner))
			return refusal_of_verdict(
				VERDICT_SIGNATURE_WRONG_OWNER);
	}
	enum verdict verdict = transaction_judge_amounts(
		&out->surplus, transaction, out->spent);
	if (verdict != VERDICT_VALID)
		return refusal_of_verdict(verdict);
	if (trusted)
		return REFUSED_NOT;
	refusal = judge_fee(out, candidate, view);
	return refusal_is_none(refusal) ? judge_policy(transaction, view)
					: refusal;
}
