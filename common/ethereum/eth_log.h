/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_ETHEREUM_ETH_LOG_H
#define PLASMA_COMMON_ETHEREUM_ETH_LOG_H

/* A log that a root-chain transaction left behind, and where it stands. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/bytes.h"

#define ETH_LOG_MAX_TOPICS 4

struct eth_log {
	struct address address; /* the contract that emitted it */
	struct hash topics[ETH_LOG_MAX_TOPICS];
	size_t topic_count;
	struct bytes data; /* borrowed */
	uint64_t eth_block_number;
	struct hash eth_block_hash;
	struct hash eth_transaction_hash;
	uint32_t eth_transaction_index;
	uint32_t log_index; /* within the eth_block */
};

/* True if address, topics and data are the same, wherever the logs stand. */
bool eth_log_same_content(const struct eth_log *a, const struct eth_log *b);

#endif
