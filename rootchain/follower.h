/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_ROOTCHAIN_FOLLOWER_H
#define PLASMA_ROOTCHAIN_FOLLOWER_H

/*
 * What a follower has to do next to reach a target: fetch which range, or look
 * where its own chain and the target's part, or take back how much. It decides;
 * history_fetch and snapshot_store do.
 *
 *	follower_start(&follower, ...);
 *	while ((want = follower_want(&follower)).kind != FOLLOWER_WANT_NOTHING)
 *		do what it wants and say what came of it
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/bytes.h"

struct follower_point {
	uint64_t number;
	struct hash hash;
};

enum follower_want_kind {
	FOLLOWER_WANT_NOTHING, /* the target is stored */
	FOLLOWER_WANT_BEHIND,  /* the target is older than what is stored, and
				  on the same chain */
	FOLLOWER_WANT_FOREIGN, /* the target's chain has another eth_block where
				  the contracts were deployed */
	FOLLOWER_WANT_LOOK,    /* has the target's chain the hash that is stored
				  for `first`? */
	FOLLOWER_WANT_UNDO,    /* take back `first` and all behind it */
	FOLLOWER_WANT_FETCH    /* `first` to `last`, which link to the tip */
};

struct follower_want {
	enum follower_want_kind kind;
	uint64_t first;
	uint64_t last;
};

struct follower {
	uint64_t deployment; /* the oldest that is followed */
	uint64_t most;	     /* eth_blocks in one range */
	bool has_tip;
	struct follower_point tip;
	struct follower_point target;
	bool is_searching; /* for where the chains part */
	bool has_common;
	uint64_t common;  /* the highest number known to be the same */
	uint64_t differs; /* the lowest number known not to be */
	uint64_t step;
};

/* `tip` NULL: nothing is stored. `most` > 0. The target is not older than the
 * deployment (asserted). */
void follower_start(struct follower *follower, uint64_t deployment,
		    uint64_t most, const struct follower_point *tip,
		    const struct follower_point *target);

struct follower_want follower_want(const struct follower *follower);

/* What LOOK found. */
void follower_saw(struct follower *follower, uint64_t number, bool is_same);

/* FETCH found that its first eth_block does not stand on the tip. */
void follower_not_linked(struct follower *follower);

/* UNDO or FETCH is done; NULL: nothing is stored any more. */
void follower_moved(struct follower *follower,
		    const struct follower_point *tip);

#endif
