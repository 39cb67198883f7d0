/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_BLOCK_VALIDATOR_H
#define PLASMA_WATCHER_BLOCK_VALIDATOR_H

/*
 * What a broken rule means for the chain, by its grade (protocol.md 2.8): which
 * fault is final at once, which waits for another copy of the body, and which
 * for the root chain to become final. Pure.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/bytes.h"
#include "common/chain/block.h"

/* All that decides. Times are root-chain seconds. */
struct block_circumstances {
	enum verdict verdict;  /* of the best body that there is */
	uint64_t committed_at; /* of its root */
	uint64_t now;
	uint64_t limit;		/* deadline_withholding_limit() */
	uint64_t failed_rounds; /* full rounds over all sources that brought
				 * nothing better */
	bool rests_on_unfinal;	/* a deposit that is spent or missing, or an
				 * exit that took an input, may still be
				 * reorganised */
	bool block_is_final;	/* its BlockSubmitted is */
};

enum block_outcome {
	BLOCK_OUTCOME_APPLY,   /* it is valid */
	BLOCK_OUTCOME_WAIT,    /* nothing is certain yet: ask again */
	BLOCK_OUTCOME_INVALID, /* invalid_block */
	BLOCK_OUTCOME_WITHHELD /* block_withholding */
};

enum block_outcome
block_validator_decide(const struct block_circumstances *circumstances);

/* Cuts a body, a mapping of a file, that claims to have this root: rules 4 and
 * 8-10. On VALID the body is authenticated, and cleared by the caller; else it
 * is empty. */
NODISCARD struct finding block_validator_authenticate(struct block_body *out,
						      struct bytes bytes,
						      const struct hash *root);

/* Of two findings about one block the one to report: grade P over W over F, of
 * equal grades the first. */
struct finding block_validator_worse(struct finding first,
				     struct finding second);

#endif
