/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_KNOWN_SPEND_H
#define PLASMA_WATCHER_KNOWN_SPEND_H

/*
 * A signed transaction that spends an output, seen anywhere: in a block, good
 * or bad, in an exit, in a challenge (protocol.md 11). It is evidence only with
 * the signature of the output's owner. Pure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/chain/competitor.h"
#include "common/keys/signature.h"

struct known_spend {
	struct hash transaction_hash;
	struct bytes raw;	  /* borrowed */
	uint16_t input_index;	  /* the input of it that spends the output */
	struct signature witness; /* of the output's owner, s at most n/2 */
	struct block_place place; /* in a body that a root authenticates */
	bool in_applied_block;
	uint64_t block_time; /* of an applied block: when it was stored */
};

/* All known spends of one output. */
struct known_spend_list {
	const struct known_spend *of; /* borrowed */
	size_t count;
};

/* The spend that proves most: of an applied block, the oldest; else of another
 * block; else any. NULL if there is none. Spends by the transaction `except`
 * (may be NULL) do not count. */
const struct known_spend *known_spend_best(const struct known_spend_list *list,
					   const struct hash *except);

#endif
