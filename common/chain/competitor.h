/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_CHAIN_COMPETITOR_H
#define PLASMA_COMMON_CHAIN_COMPETITOR_H

/* Which competitor of an in-flight transaction is worth a challenge
 * (protocol.md 8.3, 11.1). */

#include <stdbool.h>

#include "common/chain/position.h"

enum block_place_kind {
	BLOCK_PLACE_NONE, /* in no block */
	BLOCK_PLACE_KNOWN /* at `position`, its oindex 0 */
};

struct block_place {
	enum block_place_kind kind;
	struct position position;
};

enum oldest_competitor_kind {
	OLDEST_COMPETITOR_NONE,		/* canonical, never challenged */
	OLDEST_COMPETITOR_NOT_INCLUDED, /* 2^256 - 1 */
	OLDEST_COMPETITOR_IN_BLOCK
};

struct oldest_competitor {
	enum oldest_competitor_kind kind;
	struct position position;
};

/* `seen`: where the in-flight transaction itself stands; `oldest`: what the
 * contract has recorded; `candidate`: where the competitor stands. */
bool competitor_is_viable(struct block_place seen,
			  struct oldest_competitor oldest,
			  struct block_place candidate);

#endif
