/* SPDX-License-Identifier: MIT */
#include "rootchain/follower.h"

#include <assert.h>
#include <stddef.h>

static void start_search(struct follower *follower, uint64_t differs)
{
	follower->is_searching = true;
	follower->has_common = false;
	follower->differs = differs;
	follower->step = 1;
}

void follower_start(struct follower *follower, uint64_t deployment,
		    uint64_t most, const struct follower_point *tip,
		    const struct follower_point *target)
{
	assert(most > 0 && target->number >= deployment);
	*follower = (struct follower){
		.deployment = deployment,
		.most = most,
		.has_tip = tip != NULL,
		.target = *target,
	};
	if (tip == NULL)
		return;
	assert(tip->number >= deployment);
	follower->tip = *tip;
	/* A tip at the height of the target or above it is on the target's
	 * chain or is not: only the stored hash of that height tells. */
	if (tip->number > target->number)
		start_search(follower, target->number + 1);
	else if (tip->number == target->number &&
		 !hash_equal(&tip->hash, &target->hash))
		start_search(follower, target->number);
}

/* Doubling steps back until something is the same, then halves between. */
static uint64_t next_look(const struct follower *follower)
{
	if (follower->has_common)
		return follower->common +
		       (follower->differs - follower->common) / 2;
	if (follower->differs - follower->deployment <= follower->step)
		return follower->deployment;
	return follower->differs - follower->step;
}

static struct follower_want want_search(const struct follower *follower)
{
	struct follower_want want = { FOLLOWER_WANT_LOOK, 0, 0 };

	if (follower->differs == follower->deployment) {
		want.kind = FOLLOWER_WANT_FOREIGN;
	} else if (follower->has_common &&
		   follower->common + 1 == follower->differs) {
		want.kind = follower->common == follower->target.number
				    ? FOLLOWER_WANT_BEHIND
				    : FOLLOWER_WANT_UNDO;
		want.first = follower->differs;
	} else {
		want.first = next_look(follower);
	}
	return want;
}

struct follower_want follower_want(const struct follower *follower)
{
	struct follower_want want = { FOLLOWER_WANT_NOTHING, 0, 0 };

	if (follower->is_searching)
		return want_search(follower);
	if (follower->has_tip &&
	    follower->tip.number == follower->target.number)
		return want;
	want.kind = FOLLOWER_WANT_FETCH;
	want.first = follower->has_tip ? follower->tip.number + 1
				       : follower->deployment;
	want.last = follower->target.number;
	if (want.last - want.first >= follower->most)
		want.last = want.first + follower->most - 1;
	return want;
}

void follower_saw(struct follower *follower, uint64_t number, bool is_same)
{
	assert(follower->is_searching);
	if (is_same) {
		follower->has_common = true;
		follower->common = number;
	} else {
		follower->differs = number;
		follower->step *= 2;
	}
}

void follower_not_linked(struct follower *follower)
{
	assert(follower->has_tip && !follower->is_searching);
	start_search(follower, follower->tip.number);
}

void follower_moved(struct follower *follower, const struct follower_point *tip)
{
	follower->is_searching = false;
	follower->has_tip = tip != NULL;
	if (tip == NULL)
		return;
	follower->tip = *tip;
	/* The last fetched eth_block has the target's height and is not it:
	 * the chain has moved between the two answers. */
	if (tip->number == follower->target.number &&
	    !hash_equal(&tip->hash, &follower->target.hash))
		start_search(follower, tip->number);
}
