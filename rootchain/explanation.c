/* SPDX-License-Identifier: MIT */
#include "rootchain/explanation.h"

#include <stddef.h>

const struct explanation_row explanations[] = {
	{ EXPLANATION_EXCLUDED, "endpoint_excluded",
	  "An endpoint does not answer, breaks the protocol, is on another "
	  "chain, is far behind, or is alone with what it says.",
	  "It is asked again by itself. If it stays away, look at the reason "
	  "in "
	  "the log, and replace it." },
	{ EXPLANATION_FEWER, "fewer_than_quorum",
	  "Fewer endpoints agree than the configuration wants: what they say "
	  "is "
	  "proved, but whether it is the root chain's rests on fewer.",
	  "Add endpoints of independent operators, or write quorum = 1 if one "
	  "is to be enough." },
	{ EXPLANATION_FINALITY, "finality_broken",
	  "A root-chain block that was final was replaced, by word of a "
	  "quorum.",
	  "Compare with endpoints of other operators at once: either the root "
	  "chain broke its promise, or the endpoints lie together." },
	{ EXPLANATION_POLL, "poll_failed",
	  "The snapshot could not be brought up to date.",
	  "It is tried again by itself. Readers take the snapshot for stale "
	  "when "
	  "this goes on: restore an endpoint before that." },
	{ EXPLANATION_CODE, "other_code",
	  "A contract has other code than the network file says.",
	  "The rules of the child chain may have changed: leave it, unless the "
	  "new code is known and approved." },
	{ EXPLANATION_DEPOSIT, "deposit_bytes_unknown",
	  "A contract deposited on somebody's behalf with bytes that the call "
	  "of "
	  "its transaction does not show.",
	  "Nobody but its owner can prove the coin; treat it as unsafe." },
	{ EXPLANATION_EVENT, "impossible_event",
	  "A contract emitted what its code cannot emit.",
	  "Look at the contract's code: it is not the one that was deployed." },
	{ NULL, NULL, NULL, NULL },
};
