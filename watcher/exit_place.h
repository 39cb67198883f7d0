/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_WATCHER_EXIT_PLACE_H
#define PLASMA_WATCHER_EXIT_PLACE_H

/* Which life of an exit: ids recur (protocol.md 8.9, W12), logs do not. */

#include <stdint.h>

/* Where the log stands that began a life. */
struct exit_place {
	uint64_t eth_block_number;
	uint32_t log_index;
};

#endif
