/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SERVICE_ETH_POINT_H
#define PLASMA_COMMON_SERVICE_ETH_POINT_H

#include <stdint.h>

#include "common/base/bytes.h"

/* Which eth_block a question is about. */
enum eth_point_kind {
	ETH_POINT_NUMBER,
	ETH_POINT_HASH,
	ETH_POINT_LATEST,
	ETH_POINT_SAFE,
	ETH_POINT_FINALIZED
};

struct eth_point {
	enum eth_point_kind kind;
	uint64_t number;
	struct hash hash;
};

/* "\"0x…\"" of a hash and a zero byte. */
#define ETH_POINT_TEXT_SIZE 96

/* The point as a JSON string, quotes and all. */
void eth_point_format(char out[ETH_POINT_TEXT_SIZE],
		      const struct eth_point *point);

#endif
