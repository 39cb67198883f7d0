/* SPDX-License-Identifier: MIT */
#include "operator/submission.h"

#include <assert.h>
#include <stddef.h>

#include "common/base/instant.h"
#include "common/chain/protocol.h"

uint64_t submission_nonce(uint64_t first_nonce, uint64_t blknum)
{
	assert(blknum > 0 && blknum % PROTOCOL_BLOCK_INTERVAL == 0);
	return first_nonce + blknum / PROTOCOL_BLOCK_INTERVAL - 1;
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
