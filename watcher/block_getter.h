/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_BLOCK_GETTER_H
#define PLASMA_WATCHER_BLOCK_GETTER_H

/*
 * Which bodies to ask for, and when a missing one counts as withheld
 * (protocol.md 10, 11; scenarios.md ). Pure: the clock is that of
 * the root chain and starts at the commitment of the root, not at its
 * detection.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A committed block without an acceptable body. */
struct missing_block {
	uint64_t number;
	uint64_t committed_at;	/* root-chain seconds of its root */
	uint64_t failed_rounds; /* full rounds over all sources that failed */
};

enum availability {
	AVAILABILITY_WAITING,	/* too early to say anything */
	AVAILABILITY_SUSPECTED, /* missing for ten minutes */
	AVAILABILITY_WITHHELD	/* the limit has passed: HALT */
};

/* Judges one missing block at root-chain time `now`. `limit` comes from
 * deadline_withholding_limit(). Never withheld before one full failed round. */
enum availability block_getter_judge(const struct missing_block *block,
				     uint64_t now, uint64_t limit);

#endif
