/* SPDX-License-Identifier: MIT */
#include "common/chain/competitor.h"

/*
 * protocol.md 11.1: "(1) seen none and old none: viable; (2) otherwise c none:
 * not viable; (3) seen none: viable iff c < old; (4) old none: viable iff
 * c < seen; (5) else viable iff c < seen and c < old." A competitor that is not
 * included counts as 2^256 - 1, behind every position.
 */
bool competitor_is_viable(struct block_place seen,
			  struct oldest_competitor oldest,
			  struct block_place candidate)
{
	bool is_seen = seen.kind == BLOCK_PLACE_KNOWN;
	if (!is_seen && oldest.kind == OLDEST_COMPETITOR_NONE)
		return true;
	if (candidate.kind == BLOCK_PLACE_NONE)
		return false;
	if (is_seen && position_compare(candidate.position, seen.position) >= 0)
		return false;
	return oldest.kind != OLDEST_COMPETITOR_IN_BLOCK ||
	       position_compare(candidate.position, oldest.position) < 0;
}
