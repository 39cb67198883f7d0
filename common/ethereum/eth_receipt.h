/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_ETHEREUM_ETH_RECEIPT_H
#define PLASMA_COMMON_ETHEREUM_ETH_RECEIPT_H

/*
 * Receipts of root-chain transactions as they stand in the receipts trie:
 * RLP [status or state root, cumulative gas used, logs bloom, logs], preceded
 * by one byte with the transaction type when that is not 0. A log is RLP
 * [address, [topic…], data].
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/growing_buffer.h"
#include "common/ethereum/eth_header.h"
#include "common/ethereum/eth_log.h"

struct eth_receipt {
	uint8_t type;	     /* 0 to 127 */
	bool has_state_root; /* before Byzantium, instead of the status */
	struct hash state_root;
	bool succeeded;
	uint64_t cumulative_gas_used;
	struct eth_bloom logs_bloom;
	struct eth_log *logs; /* only address, topics and data are set */
	size_t log_count;
};

/* Appends the receipt as the trie holds it. The bloom is made from the logs;
 * receipt->logs_bloom is not read. */
void eth_receipt_encode(struct growing_buffer *out,
			const struct eth_receipt *receipt);

/* Reads one receipt; the logs live in the arena, their data points into
 * `encoded`. False for anything but a canonical receipt whose bloom is that of
 * its logs, or when the arena is full. */
NODISCARD bool eth_receipt_decode(struct eth_receipt *out, struct arena *arena,
				  struct bytes encoded);

/* The bloom of the logs. */
struct eth_bloom eth_receipt_bloom(const struct eth_receipt *receipt);

#endif
