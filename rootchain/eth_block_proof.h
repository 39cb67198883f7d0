/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_ROOTCHAIN_ETH_BLOCK_PROOF_H
#define PLASMA_ROOTCHAIN_ETH_BLOCK_PROOF_H

/*
 * What makes an eth_block believed. Its header is the one whose bytes have the
 * hash that the chain of headers asks for. Its bloom says that no log of ours
 * is in it, or may be; then all its receipts have to have the header's root,
 * and what they hold of our contracts is all that there is.
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
#include "common/service/root_chain_reader.h"

enum eth_block_verdict {
	ETH_BLOCK_PROVED,
	ETH_BLOCK_OTHER_NUMBER,	  /* not the eth_block that was asked for */
	ETH_BLOCK_OTHER_HASH,	  /* its bytes have another hash than it says */
	ETH_BLOCK_OTHER_PARENT,	  /* it does not stand on the one before */
	ETH_BLOCK_OTHER_COUNT,	  /* not one receipt per transaction */
	ETH_BLOCK_OTHER_RECEIPTS, /* the receipts have another root */
	ETH_BLOCK_OTHER_TRANSACTIONS /* the transactions have another root, or
					are not those of the receipts */
};

/* One line for people: what is wrong with it. */
const char *eth_block_verdict_text(enum eth_block_verdict verdict);

/* Writes the header's RLP to `rlp`, emptied first, and judges it as the
 * eth_block `number`. `parent` NULL: the first one, which stands on nothing
 * that is known. */
NODISCARD enum eth_block_verdict
eth_block_proof_header(struct growing_buffer *rlp,
		       const struct root_chain_block *block, uint64_t number,
		       const struct hash *parent);

/* Whose logs are looked for. */
struct eth_block_filter {
	const struct address *contracts;
	size_t contract_count;
};

/* False: the bloom proves that none of the contracts logged anything. */
bool eth_block_proof_may_concern(const struct eth_bloom *bloom,
				 const struct eth_block_filter *filter);

struct eth_block_logs {
	struct eth_log *logs; /* of the contracts, in order, with their place */
	size_t count;
};

/* Judges the receipts of an eth_block, `block` proved before. Writes to
 * `encoded`, emptied first, the RLP list of strings, each a receipt as the trie
 * holds it, and to `out` the logs of ours, in the arena; their data points into
 * `mined`. Asserts that the arena suffices. */
NODISCARD enum eth_block_verdict
eth_block_proof_receipts(struct eth_block_logs *out,
			 struct growing_buffer *encoded, struct arena *arena,
			 const struct root_chain_block *block,
			 const struct root_chain_mined *mined, size_t count,
			 const struct eth_block_filter *filter);

/* Judges the transactions of an eth_block as bytes, and gives each log the hash
 * of its transaction. */
NODISCARD enum eth_block_verdict
eth_block_proof_transactions(struct eth_block_logs *logs,
			     const struct root_chain_block *block,
			     const struct bytes *transactions, size_t count);

/* The RLP list of strings that a snapshot keeps, into `out`, emptied first.
 * False past its ceiling. */
NODISCARD bool eth_block_proof_write_list(struct growing_buffer *out,
					  const struct bytes *items,
					  size_t count);

#endif
