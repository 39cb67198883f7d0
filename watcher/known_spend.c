/* SPDX-License-Identifier: MIT */
#include "watcher/known_spend.h"

/* 0: in an applied block, 1: in another one, 2: in none. */
static int rank(const struct known_spend *spend)
{
	if (spend->in_applied_block)
		return 0;
	return spend->place.kind == BLOCK_PLACE_KNOWN ? 1 : 2;
}

static bool is_better(const struct known_spend *a, const struct known_spend *b)
{
	if (rank(a) != rank(b))
		return rank(a) < rank(b);
	if (rank(a) == 2)
		return hash_compare(&a->transaction_hash,
				    &b->transaction_hash) < 0;
	return position_compare(a->place.position, b->place.position) < 0;
}

const struct known_spend *known_spend_best(const struct known_spend_list *list,
					   const struct hash *except)
{
	const struct known_spend *best = NULL;

	for (size_t i = 0; i < list->count; i++) {
		const struct known_spend *spend = &list->of[i];

		if (except != NULL &&
		    hash_equal(&spend->transaction_hash, except))
			continue;
		if (best == NULL || is_better(spend, best))
			best = spend;
	}
	return best;
}
