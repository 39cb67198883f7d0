/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_ETHEREUM_LOG_ANCHOR_H
#define PLASMA_COMMON_ETHEREUM_LOG_ANCHOR_H

/*
 * Where the root chain says something: a log in a receipt, the receipt in the
 * trie of an eth_block, and that as true as the hash of the eth_block. Whoever
 * trusts the hash needs nobody else. Evidence rests on these.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/instant.h"
#include "common/ethereum/eth_header.h"
#include "common/ethereum/eth_log.h"
#include "common/ethereum/trie_proof.h"

/* The views borrow. */
struct log_anchor {
	uint64_t eth_block_number;
	struct hash eth_block_hash;
	struct bytes header;	  /* RLP */
	size_t transaction_index; /* of the receipt in its eth_block */
	size_t log_index;	  /* of the log in its receipt, from 0 */
	struct bytes receipt_proof[TRIE_PROOF_MAX_NODES]; /* root first */
	size_t receipt_proof_count;
};

/* What is wrong with an anchor, in the order of the checks. */
enum log_anchor_verdict {
	LOG_ANCHOR_VALID,
	LOG_ANCHOR_HEADER_BROKEN, /* not that of the eth_block */
	/* Does not lead to a receipt of the eth_block. */
	LOG_ANCHOR_RECEIPT_BROKEN,
	LOG_ANCHOR_LOG_MISSING /* the receipt has no such log */
};

/* True if the bytes are the header with this hash and number. */
NODISCARD bool log_anchor_header(struct eth_header *out, struct bytes header,
				 uint64_t number, const struct hash *hash);

/* The log that the anchor proves: address, topics and data, its eth_block and
 * its transaction; `log_index` counts within the receipt. `time` (may be NULL)
 * is that of the eth_block. The arena takes the receipt, whose data `log`
 * borrows. */
NODISCARD enum log_anchor_verdict
log_anchor_prove(struct eth_log *log, struct root_time *time,
		 const struct log_anchor *anchor, struct arena *arena);

/* Fills transaction_index, log_index and receipt_proof of an anchor from all
 * receipts of the eth_block as the trie has them; `log_index` counts within the
 * eth_block. False if there is no such log, or the arena is full. */
NODISCARD bool log_anchor_find(struct log_anchor *out, struct arena *arena,
			       const struct bytes *receipts, size_t count,
			       uint64_t log_index);

#endif
