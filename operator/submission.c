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

/* What is offered first: room for the base fee to become twice what it is. */
static struct fee_offer first_offer(const struct submission_market *market)
{
	struct u256 twice =
		u256_saturating_add(market->base_fee_wei, market->base_fee_wei);
	struct u256 max_fee_wei =
		u256_smaller(u256_saturating_add(twice, market->tip_wei),
			     market->max_fee_cap_wei);

	return (struct fee_offer){ max_fee_wei,
				   u256_smaller(market->tip_wei, max_fee_wei) };
}

static bool is_within_cap(struct fee_offer offer,
			  const struct submission_market *market)
{
	return u256_compare(offer.max_fee_wei, market->max_fee_cap_wei) <= 0;
}

/* The fee with `percent` more, rounded up. */
static struct u256 raised_by(struct u256 fee_wei, uint64_t percent)
{
	struct u256 product;
	struct u256 more;
	struct u256 rest;

	if (!u256_multiply(&product, fee_wei, u256_of(percent)) ||
	    !u256_divide(&more, &rest, product, u256_of(100)))
		return U256_MAX;
	return u256_saturating_add(fee_wei,
				   u256_saturating_add(more, u256_of(1)));
}

bool submission_bump(struct fee_offer *offer, struct fee_offer before,
		     uint64_t percent, const struct submission_market *market)
{
	const struct fee_offer wanted = {
		raised_by(before.max_fee_wei, percent),
		raised_by(before.max_priority_fee_wei, percent),
	};

	*offer = fee_offer_larger(wanted, fee_curve_least_replacement(before));
	return is_within_cap(*offer, market);
}

enum submission_answer submission_decide(struct fee_offer *offer,
					 const struct submission *submission,
					 const struct submission_market *market)
{
	struct fee_offer first = first_offer(market);

	if (!submission->is_signed) {
		*offer = first;
		return SUBMISSION_SIGN;
	}
	*offer = submission->offer;
	if (instant_since(market->head, submission->signed_at_eth_block) <
	    SUBMISSION_PATIENCE)
		return SUBMISSION_RESEND;

	struct fee_offer more = fee_offer_larger(
		first, fee_curve_least_replacement(submission->offer));
	more.max_fee_wei =
		u256_larger(more.max_fee_wei, more.max_priority_fee_wei);
	if (!is_within_cap(more, market))
		return SUBMISSION_CAPPED;
	*offer = more;
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
