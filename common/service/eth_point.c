/* SPDX-License-Identifier: MIT */
#include "common/service/eth_point.h"

#include <stdio.h>

#include "common/base/hex.h"

static void format_number(char out[ETH_POINT_TEXT_SIZE], uint64_t number)
{
	(void)snprintf(out, ETH_POINT_TEXT_SIZE, "\"0x%llx\"",
		       (unsigned long long)number); /* it fits */
}

void eth_point_format(char out[ETH_POINT_TEXT_SIZE],
		      const struct eth_point *point)
{
	char hash[HEX_SIZE(32)];

	switch (point->kind) {
	case ETH_POINT_NUMBER:
		format_number(out, point->number);
		break;
	case ETH_POINT_HASH:
		hex_encode(hash, bytes_view(point->hash.bytes, 32));
		(void)snprintf(out, ETH_POINT_TEXT_SIZE, "\"%s\"",
			       hash); /* it fits */
		break;
	case ETH_POINT_LATEST:
		(void)snprintf(out, ETH_POINT_TEXT_SIZE,
			       "\"latest\""); /* it fits */
		break;
	case ETH_POINT_SAFE:
		(void)snprintf(out, ETH_POINT_TEXT_SIZE,
			       "\"safe\""); /* it fits */
		break;
	case ETH_POINT_FINALIZED:
		(void)snprintf(out, ETH_POINT_TEXT_SIZE,
			       "\"finalized\""); /* as well */
		break;
	}
}
