/* SPDX-License-Identifier: MIT */
#include "watcher/block_getter.h"

#include "common/base/instant.h"

#define SUSPECT_AFTER 600

enum availability block_getter_judge(const struct missing_block *block,
				     uint64_t now, uint64_t limit)
{
	uint64_t missing_for = instant_since(now, block->committed_at);

	if (missing_for >= limit && block->failed_rounds > 0)
		return AVAILABILITY_WITHHELD;
	if (missing_for >= SUSPECT_AFTER || missing_for >= limit)
		return AVAILABILITY_SUSPECTED;
	return AVAILABILITY_WAITING;
}
