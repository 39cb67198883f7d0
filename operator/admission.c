/* SPDX-License-Identifier: MIT */
#include "operator/admission.h"

#include <assert.h>

#include "common/chain/protocol.h"
#include "common/chain/transaction_codec.h"
#include "common/chain/transaction_hash.h"
#include "common/codec/keccak256_batch.h"

/* The byte that begins a leaf, and the raw form behind it. */
struct leaf_bytes {
	uint8_t bytes[1 + PROTOCOL_MAX_SIGNED_SIZE];
	size_t raw_len;
};

/* Everything of part one but the hashes. */
static struct refusal parse(struct candidate *out, struct leaf_bytes *leaf)
{
	struct transaction_frame frame;

	leaf->raw_len = 0;
	/* The longest raw form and five signatures fill the longest signed
	 * form exactly, so that what is longer breaks rule 11 or has signatures
	 * to spare, and is not worth a look. */
	if (out->signed_form.len > PROTOCOL_MAX_SIGNED_SIZE)
		return refusal_of_verdict(VERDICT_TX_TOO_LONG);
	enum verdict verdict = transaction_frame_read(&frame, out->signed_form);
	if (verdict != VERDICT_VALID)
		return refusal_of_verdict(verdict);

	struct writer writer =
		writer_of(leaf->bytes + 1, sizeof(leaf->bytes) - 1);
	transaction_frame_write_raw(&writer, &frame);
	if (!writer_ok(&writer))
		return refusal_of_verdict(VERDICT_TX_TOO_LONG);
	leaf->bytes[0] = 0;
	leaf->raw_len = writer.len;
	verdict = transaction_decode(&out->transaction, writer_view(&writer));
	if (verdict != VERDICT_VALID)
		return refusal_of_verdict(verdict);
	if (out->transaction.type == PROTOCOL_TX_TYPE_FEE)
		return refusal_of(REFUSAL_FEE_TX_NOT_ACCEPTED);
	return refusal_of_verdict(transaction_read_signatures(
		out->signatures, &out->transaction, frame.signatures));
}

void candidate_read_batch(struct candidate *const *candidates,
			  struct refusal *refusals, size_t count)
{
	struct leaf_bytes leaves[CANDIDATE_BATCH];
	struct bytes messages[2 * CANDIDATE_BATCH] = { { NULL, 0 } };
	struct hash hashes[2 * CANDIDATE_BATCH];
	size_t good = 0;

	assert(count <= CANDIDATE_BATCH);
	for (size_t i = 0; i < count; i++) {
		const struct leaf_bytes *leaf = &leaves[good];

		refusals[i] = parse(candidates[i], &leaves[good]);
		if (!refusal_is_none(refusals[i]))
			continue;
		messages[2 * good] = bytes_view(leaf->bytes + 1, leaf->raw_len);
		messages[2 * good + 1] =
			bytes_view(leaf->bytes, leaf->raw_len + 1);
		good++;
	}
	keccak256_batch(hashes, messages, 2 * good);
	for (size_t i = 0, at = 0; i < count; i++) {
		if (!refusal_is_none(refusals[i]))
			continue;
		candidates[i]->hash = hashes[2 * at];
		candidates[i]->leaf = hashes[2 * at + 1];
		at++;
	}
}

struct refusal candidate_read(struct candidate *out, struct bytes signed_form)
{
	struct refusal refusal;

	out->signed_form = signed_form;
	candidate_read_batch(&out, &refusal, 1);
	return refusal;
}

void candidate_recover_batch(struct candidate *const *candidates,
			     struct refusal *refusals, size_t count,
			     const struct hash *domain)
{
	const struct transaction *transactions[CANDIDATE_BATCH] = { NULL };
	struct signature_job jobs[CANDIDATE_BATCH * PROTOCOL_MAX_INPUTS];
	struct hash digests[CANDIDATE_BATCH];
	size_t job_count = 0;

	assert(count <= CANDIDATE_BATCH);
	for (size_t i = 0; i < count; i++)
		transactions[i] = &candidates[i]->transaction;
	transaction_digest_batch(digests, domain, transactions, count);
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < transactions[i]->input_count; j++) {
			jobs[job_count].digest = digests[i];
			jobs[job_count++].signature =
				candidates[i]->signatures[j];
		}
	}
	signature_recover_batch(jobs, job_count);
	job_count = 0;
	for (size_t i = 0; i < count; i++) {
		refusals[i] = REFUSED_NOT;
		for (size_t j = 0; j < transactions[i]->input_count; j++) {
			const struct signature_job *job = &jobs[job_count++];

			candidates[i]->signers[j] = job->signer;
			if (!job->recovered)
				refusals[i] = refusal_of_verdict(
					VERDICT_SIGNATURE_UNRECOVERABLE);
		}
	}
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

/* True if coins of the account alone go to the account alone. */
static bool is_self_payment(const struct transaction *transaction,
			    const struct output *spent,
			    const struct address *account)
{
	for (size_t i = 0; i < transaction->input_count; i++) {
		if (!address_equal(&spent[i].owner, account))
			return false;
	}
	for (size_t i = 0; i < transaction->output_count; i++) {
		if (!address_equal(&transaction->outputs[i].owner, account))
			return false;
	}
	return true;
}

static struct refusal judge_fee(const struct admission_result *result,
				const struct candidate *candidate,
				const struct admission_view *view)
{
	const struct transaction *transaction = &candidate->transaction;
	bool is_free = transaction_is_merge(transaction, result->spent) ||
		       is_self_payment(transaction, result->spent,
				       &view->policy->operator_account);

	switch (fee_judge(view->fees, &result->surplus, is_free)) {
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
