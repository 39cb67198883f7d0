/* SPDX-License-Identifier: MIT */
#include "common/ethereum/log_anchor.h"

#include "common/ethereum/eth_receipt.h"

bool log_anchor_header(struct eth_header *out, struct bytes header,
		       uint64_t number, const struct hash *hash)
{
	struct hash actual = eth_header_hash(header);

	return eth_header_decode(out, header) && hash_equal(&actual, hash) &&
	       out->number == number;
}

enum log_anchor_verdict log_anchor_prove(struct eth_log *log,
					 struct root_time *time,
					 const struct log_anchor *anchor,
					 struct arena *arena)
{
	struct eth_receipt receipt;
	struct eth_header header;
	struct bytes encoded;

	if (!log_anchor_header(&header, anchor->header,
			       anchor->eth_block_number,
			       &anchor->eth_block_hash))
		return LOG_ANCHOR_HEADER_BROKEN;
	if (trie_proof_list_item(
		    &encoded, &header.receipts_root, anchor->transaction_index,
		    anchor->receipt_proof,
		    anchor->receipt_proof_count) != TRIE_PROOF_PRESENT ||
	    !eth_receipt_decode(&receipt, arena, encoded) || !receipt.succeeded)
		return LOG_ANCHOR_RECEIPT_BROKEN;
	if (anchor->log_index >= receipt.log_count)
		return LOG_ANCHOR_LOG_MISSING;
	*log = receipt.logs[anchor->log_index];
	log->eth_block_number = anchor->eth_block_number;
	log->eth_block_hash = anchor->eth_block_hash;
	log->eth_transaction_index = (uint32_t)anchor->transaction_index;
	log->log_index = (uint32_t)anchor->log_index;
	if (time != NULL)
		*time = header.time;
	return LOG_ANCHOR_VALID;
}

bool log_anchor_find(struct log_anchor *out, struct arena *arena,
		     const struct bytes *receipts, size_t count,
		     uint64_t log_index)
{
	for (size_t i = 0; i < count; i++) {
		struct eth_receipt receipt;

		if (!eth_receipt_decode(&receipt, arena, receipts[i]))
			return false;
		if (log_index >= receipt.log_count) {
			log_index -= receipt.log_count;
			continue;
		}
		out->transaction_index = i;
		out->log_index = (size_t)log_index;
		return trie_proof_of_item(out->receipt_proof,
					  &out->receipt_proof_count, arena,
					  receipts, count, i);
	}
	return false;
}
