/* SPDX-License-Identifier: MIT */
#include "rootchain/eth_block_proof.h"

#include <assert.h>

#include "common/base/memory.h"
#include "common/base/writer.h"
#include "common/codec/keccak256.h"
#include "common/codec/rlp_writer.h"
#include "common/ethereum/eth_receipt.h"
#include "common/ethereum/trie_proof.h"

/* More than the receipts of any eth_block that a node would give us. */
#define ENCODED_CEILING ((size_t)256 << 20)

const char *eth_block_verdict_text(enum eth_block_verdict verdict)
{
	switch (verdict) {
	case ETH_BLOCK_PROVED:
		return "proved";
	case ETH_BLOCK_OTHER_NUMBER:
		return "it is not the one that was asked for";
	case ETH_BLOCK_OTHER_HASH:
		return "its header has another hash than it says";
	case ETH_BLOCK_OTHER_PARENT:
		return "it does not stand on the one before";
	case ETH_BLOCK_OTHER_COUNT:
		return "it has not one receipt for each transaction";
	case ETH_BLOCK_OTHER_RECEIPTS:
		return "its receipts have another root than its header says";
	case ETH_BLOCK_OTHER_TRANSACTIONS:
		return "its transactions are not those that its header says";
	}
	assert(false);
	return "";
}

enum eth_block_verdict
eth_block_proof_header(struct growing_buffer *rlp,
		       const struct root_chain_block *block, uint64_t number,
		       const struct hash *parent)
{
	growing_buffer_reset(rlp);
	eth_header_encode(rlp, &block->header);
	struct hash hash = eth_header_hash(growing_buffer_view(rlp));

	if (block->header.number != number)
		return ETH_BLOCK_OTHER_NUMBER;
	if (rlp->overflowed || !hash_equal(&hash, &block->hash))
		return ETH_BLOCK_OTHER_HASH;
	if (parent != NULL && !hash_equal(&block->header.parent_hash, parent))
		return ETH_BLOCK_OTHER_PARENT;
	return ETH_BLOCK_PROVED;
}

bool eth_block_proof_may_concern(const struct eth_bloom *bloom,
				 const struct eth_block_filter *filter)
{
	for (size_t i = 0; i < filter->contract_count; i++) {
		if (eth_bloom_may_hold(
			    bloom, bytes_view(filter->contracts[i].bytes, 20)))
			return true;
	}
	return false;
}

static bool is_ours(const struct address *contract,
		    const struct eth_block_filter *filter)
{
	for (size_t i = 0; i < filter->contract_count; i++) {
		if (address_equal(contract, &filter->contracts[i]))
			return true;
	}
	return false;
}

/* Every receipt as the trie holds it, one behind the other in `all`. */
static struct bytes *encode_new(struct growing_buffer *all,
				const struct root_chain_mined *mined,
				size_t count)
{
	size_t *ends = memory_new(count + 1, sizeof(*ends));
	struct bytes *items = memory_new(count + 1, sizeof(*items));

	for (size_t i = 0; i < count; i++) {
		eth_receipt_encode(all, &mined[i].receipt);
		ends[i] = all->len;
	}
	for (size_t i = 0; i < count; i++) {
		size_t start = i == 0 ? 0 : ends[i - 1];

		items[i] = bytes_view(all->data + start, ends[i] - start);
	}
	memory_free(ends);
	return items;
}

bool eth_block_proof_write_list(struct growing_buffer *out,
				const struct bytes *items, size_t count)
{
	struct writer writer;
	size_t payload = 0;

	for (size_t i = 0; i < count; i++)
		payload += rlp_string_len(items[i]);
	size_t len = rlp_list_len(payload);
	growing_buffer_reset(out);
	uint8_t *space = growing_buffer_extend(out, len);
	if (space == NULL)
		return false;
	writer = writer_of(space, len);
	rlp_put_list_header(&writer, payload);
	for (size_t i = 0; i < count; i++)
		rlp_put_string(&writer, items[i]);
	return true;
}

static enum eth_block_verdict prove(struct growing_buffer *encoded,
				    const struct root_chain_block *block,
				    const struct root_chain_mined *mined,
				    size_t count)
{
	enum eth_block_verdict verdict = ETH_BLOCK_OTHER_RECEIPTS;
	struct growing_buffer all;

	growing_buffer_init(&all, ENCODED_CEILING);
	struct bytes *items = encode_new(&all, mined, count);
	if (!all.overflowed) {
		struct hash root = trie_proof_list_root(items, count);

		if (hash_equal(&root, &block->header.receipts_root) &&
		    eth_block_proof_write_list(encoded, items, count))
			verdict = ETH_BLOCK_PROVED;
	}
	memory_free(items);
	growing_buffer_clear(&all);
	return verdict;
}

/* What a node says beside a receipt is not under its root, but two tales that
 * differ are one too many. */
static bool same_transactions(const struct root_chain_block *block,
			      const struct root_chain_mined *mined,
			      size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!hash_equal(&mined[i].eth_transaction_hash,
				&block->transactions[i]))
			return false;
	}
	return true;
}

static size_t count_logs(const struct root_chain_mined *mined, size_t count)
{
	size_t logs = 0;

	for (size_t i = 0; i < count; i++)
		logs += mined[i].receipt.log_count;
	return logs;
}

enum eth_block_verdict
eth_block_proof_receipts(struct eth_block_logs *out,
			 struct growing_buffer *encoded, struct arena *arena,
			 const struct root_chain_block *block,
			 const struct root_chain_mined *mined, size_t count,
			 const struct eth_block_filter *filter)
{
	uint32_t log_index = 0;

	if (count != block->transaction_count)
		return ETH_BLOCK_OTHER_COUNT;
	if (prove(encoded, block, mined, count) != ETH_BLOCK_PROVED)
		return ETH_BLOCK_OTHER_RECEIPTS;
	if (!same_transactions(block, mined, count))
		return ETH_BLOCK_OTHER_TRANSACTIONS;
	out->count = 0;
	out->logs = arena_new(arena, count_logs(mined, count) + 1,
			      sizeof(*out->logs));
	assert(out->logs != NULL);
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < mined[i].receipt.log_count; j++) {
			struct eth_log *log = &out->logs[out->count];

			*log = mined[i].receipt.logs[j];
			log->log_index = log_index++;
			if (!is_ours(&log->address, filter))
				continue;
			log->eth_block_number = block->header.number;
			log->eth_block_hash = block->hash;
			log->eth_transaction_hash = block->transactions[i];
			log->eth_transaction_index = (uint32_t)i;
			out->count++;
		}
	}
	return ETH_BLOCK_PROVED;
}

enum eth_block_verdict
eth_block_proof_transactions(struct eth_block_logs *logs,
			     const struct root_chain_block *block,
			     const struct bytes *transactions, size_t count)
{
	if (count != block->transaction_count)
		return ETH_BLOCK_OTHER_COUNT;
	struct hash root = trie_proof_list_root(transactions, count);
	if (!hash_equal(&root, &block->header.transactions_root))
		return ETH_BLOCK_OTHER_TRANSACTIONS;
	for (size_t i = 0; i < logs->count; i++) {
		struct eth_log *log = &logs->logs[i];

		log->eth_transaction_hash =
			keccak256(transactions[log->eth_transaction_index]);
		if (!hash_equal(
			    &log->eth_transaction_hash,
			    &block->transactions[log->eth_transaction_index]))
			return ETH_BLOCK_OTHER_TRANSACTIONS;
	}
	return ETH_BLOCK_PROVED;
}
