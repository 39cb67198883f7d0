/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_PIGGYBACK_SEARCH_H
#define PLASMA_OPERATOR_PIGGYBACK_SEARCH_H

/*
 * Where piggybacked outputs are (protocol.md 12). The root chain names the
 * transaction and not the block. A transaction with an input that nobody has
 * spent is in no block, which costs one look; for all others together the
 * unspent coins are walked once, part by part. Coins that look like an output
 * that is looked for are candidates: whether they are it, the bodies of their
 * blocks say.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/bytes.h"
#include "common/chain/position.h"
#include "common/chain/transaction.h"
#include "operator/operator_step.h"

struct piggyback_question {
	struct hash hash; /* of the transaction */
	struct transaction transaction;
	uint32_t oindex; /* of an output that it has */
	bool is_open;	 /* worth looking further */
	bool found;
	struct position position; /* if found */
};

struct piggyback_search {
	struct piggyback_question *questions; /* borrowed */
	size_t count;
	struct piggyback_question **by_output; /* open ones, sorted */
	size_t open_count;
	struct position *candidates;
	size_t candidate_count;
	size_t candidate_capacity;
};

/* Of questions that outlive it. Clear with piggyback_search_clear(). */
void piggyback_search_init(struct piggyback_search *search,
			   struct piggyback_question *questions, size_t count);
void piggyback_search_clear(struct piggyback_search *search);

/* Closes the questions whose transaction is in no block. Its inputs must be
 * frozen before, so that it comes into none later. */
void piggyback_search_begin(struct piggyback_search *search,
			    const struct ledger *ledger);

/* Looks at one part of the ledger (ledger_part_next()), if a question is open.
 * A payment that waits is found here if its block is fixed; else it is dropped,
 * for its inputs are frozen. */
void piggyback_search_part(struct piggyback_search *search,
			   struct operator_state *state, size_t part);

/* Looks at what waiting payments spend, when all parts were looked at: it comes
 * back if they are dropped, and they are dropped if it is frozen. */
void piggyback_search_waiting(struct piggyback_search *search,
			      struct operator_state *state);

/* Sorts the candidates, when everything was looked at. */
void piggyback_search_end(struct piggyback_search *search);

/* Answers the questions that the transaction with this hash answers if the
 * candidate is an output of it. */
void piggyback_search_match(struct piggyback_search *search,
			    struct position candidate, const struct hash *hash);

/* True if every open question is answered. */
bool piggyback_search_is_done(const struct piggyback_search *search);

#endif
