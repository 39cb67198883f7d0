/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_OPERATOR_LATE_SPEND_STORE_H
#define PLASMA_OPERATOR_LATE_SPEND_STORE_H

/*
 * Committed blocks that spend what an exit froze afterwards: within L of the
 * start of the exit that harms nobody, mined later it is
 * late_spend_of_exiting_output (protocol.md 10, 11 and 13.5).
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/error.h"
#include "common/chain/position.h"
#include "common/service/body_store.h"
#include "operator/operator_store.h"

/* Where to look: committed blocks first_blknum to last_blknum, and coins frozen
 * by logs of the eth_blocks behind `after` up to `eth_block`. */
struct late_spend_range {
	uint64_t first_blknum;
	uint64_t last_blknum;
	uint64_t after;
	uint64_t eth_block;
};

/* `found` with the number of the first block that spends such a coin in another
 * transaction than the in-flight exit that froze it is of. */
NODISCARD bool late_spend_store_find(bool *found, uint64_t *blknum,
				     struct operator_store *store,
				     struct body_store *bodies,
				     const struct late_spend_range *range,
				     struct error *error);

#endif
