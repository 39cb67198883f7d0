/* SPDX-License-Identifier: MIT */
#include "operator/submission.h"

#include <stddef.h>

#include "common/base/instant.h"
#include "common/chain/protocol.h"

uint64_t root_batch_end(const struct root_batch *batch)
{
	return batch->first_blknum +
	       batch->block_count * PROTOCOL_BLOCK_INTERVAL;
}

bool submission_next_batch(struct root_batch *out,
			   const struct root_batch *newest,
			   uint64_t first_nonce, uint64_t newest_blknum,
			   uint64_t most)
{
	out->nonce = newest == NULL ? first_nonce : newest->nonce + 1;
	out->first_blknum = newest == NULL ? PROTOCOL_BLOCK_INTERVAL
					   : root_batch_end(newest);
	if (newest_blknum < out->first_blknum)
		return false;
	out->block_count =
		(newest_blknum - out->first_blknum) / PROTOCOL_BLOCK_INTERVAL +
		1;
	if (out->block_count > most)
		out->block_count = most;
	return true;
}

static struct u256 smaller(struct u256 a, struct u256 b)
{
	return u256_compare(a, b) < 0 ? a : b;
}

static struct u256 larger(struct u256 a, struct u256 b)
{
	return u256_compare(a, b) > 0 ? a : b;
}

/* a + b, or the largest number. */
static struct u256 sum(struct u256 a, struct u256 b)
{
	struct u256 result;

	return u256_add(&result, a, b) ? result : U256_MAX;
}

/* One eighth more, rounded up, and at least one more. */
static struct u256 raised(struct u256 fee)
{
	struct u256 eighth = u256_shift_right(sum(fee, u256_of(7)), 3);

	return sum(fee, larger(eighth, u256_of(1)));
}

static struct submission_fees fresh_fees(const struct submission_market *market)
{
	struct u256 twice = sum(market->base_fee_wei, market->base_fee_wei);
	struct submission_fees fees;

	fees.max_fee_wei =
		smaller(sum(twice, market->tip_wei), market->max_fee_cap_wei);
	fees.max_priority_fee_wei = smaller(market->tip_wei, fees.max_fee_wei);
	return fees;
}

/* The fee with `percent` more, rounded up. */
static struct u256 raised_by(struct u256 fee, uint64_t percent)
{
	struct u256 product;
	struct u256 more;
	struct u256 rest;

	if (!u256_multiply(&product, fee, u256_of(percent)) ||
	    !u256_divide(&more, &rest, product, u256_of(100)))
		return U256_MAX;
	return larger(sum(fee, sum(more, u256_of(1))), raised(fee));
}

bool submission_bump(struct submission_fees *fees,
		     const struct submission_fees *before, uint64_t percent,
		     const struct submission_market *market)
{
	fees->max_fee_wei = raised_by(before->max_fee_wei, percent);
	fees->max_priority_fee_wei =
		raised_by(before->max_priority_fee_wei, percent);
	return u256_compare(fees->max_fee_wei, market->max_fee_cap_wei) <= 0;
}

enum submission_answer submission_decide(struct submission_fees *fees,
					 const struct submission *submission,
					 const struct submission_market *market)
{
	struct submission_fees fresh = fresh_fees(market);

	if (!submission->is_signed) {
		*fees = fresh;
		return SUBMISSION_SIGN;
	}
	*fees = submission->fees;
	if (instant_since(market->head, submission->signed_at_eth_block) <
	    SUBMISSION_PATIENCE)
		return SUBMISSION_RESEND;

	struct u256 least_fee = raised(submission->fees.max_fee_wei);
	struct u256 least_tip = raised(submission->fees.max_priority_fee_wei);
	if (u256_compare(least_fee, market->max_fee_cap_wei) > 0)
		return SUBMISSION_CAPPED;
	fees->max_fee_wei = larger(least_fee, fresh.max_fee_wei);
	fees->max_priority_fee_wei =
		larger(least_tip, fresh.max_priority_fee_wei);
	fees->max_fee_wei =
		larger(fees->max_fee_wei, fees->max_priority_fee_wei);
	if (u256_compare(fees->max_fee_wei, market->max_fee_cap_wei) > 0) {
		*fees = submission->fees;
		return SUBMISSION_CAPPED;
	}
	return SUBMISSION_RAISE;
}

enum submission_history submission_compare(uint64_t next_child_block,
					   uint64_t blknum,
					   const struct hash *chain_root,
					   const struct hash *our_root)
{
	if (blknum >= next_child_block)
		return SUBMISSION_HISTORY_AGREES;
	if (our_root == NULL)
		return SUBMISSION_HISTORY_AHEAD;
	return hash_equal(chain_root, our_root) ? SUBMISSION_HISTORY_AGREES
						: SUBMISSION_HISTORY_DIFFERS;
}
