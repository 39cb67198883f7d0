/* SPDX-License-Identifier: MIT */
#include "operator/block_builder.h"

#include <assert.h>

#include "common/base/memory.h"
#include "common/base/writer.h"
#include "common/chain/block.h"
#include "common/chain/fee.h"
#include "common/chain/protocol.h"
#include "common/chain/transaction_codec.h"
#include "common/codec/merkle_tree.h"

static void put(struct growing_buffer *payload, struct bytes signed_form)
{
	bool fits = growing_buffer_put(payload, signed_form);

	assert(fits);
}

static struct hash add_fee(struct growing_buffer *payload,
			   const struct transaction *transaction)
{
	uint8_t raw[PROTOCOL_MAX_RAW_SIZE];
	uint8_t signed_form[PROTOCOL_MAX_SIGNED_SIZE];
	struct writer raw_writer = writer_of(raw, sizeof(raw));
	struct writer writer = writer_of(signed_form, sizeof(signed_form));

	transaction_encode(&raw_writer, transaction);
	transaction_encode_signed(&writer, writer_view(&raw_writer), NULL, 0);
	assert(writer_ok(&writer));
	put(payload, writer_view(&writer));
	return merkle_tree_leaf(writer_view(&raw_writer));
}

void block_builder_build(struct built_block *out,
			 const struct forming_block *block,
			 const struct address *claimer)
{
	size_t pots = fee_pots_count(block->pots);
	size_t count = block->count + pots;
	struct hash *leaves = memory_new(count, sizeof(*leaves));
	struct growing_buffer payload;
	uint8_t header[16];
	struct writer writer = writer_of(header, sizeof(header));

	assert(count > 0 && count <= PROTOCOL_LEAVES);
	growing_buffer_init(&payload, PROTOCOL_MAX_BODY_SIZE);
	out->fees = memory_new(pots, sizeof(*out->fees));
	for (uint32_t i = 0; i < block->count; i++) {
		leaves[i] = block->payments[i]->leaf;
		put(&payload, payment_bytes(block->payments[i]));
	}
	for (size_t i = 0; i < pots; i++) {
		struct token token;
		struct amount amount;

		fee_pots_get(block->pots, i, &token, &amount);
		struct transaction fee =
			fee_transaction(block->blknum, claimer, &token, amount);
		leaves[block->count + i] = add_fee(&payload, &fee);
		out->fees[i] = fee.outputs[0];
	}
	block_body_write_header(&writer, payload.len);
	growing_buffer_init(&out->body, PROTOCOL_MAX_BODY_SIZE);
	bool fits =
		growing_buffer_put(&out->body, writer_view(&writer)) &&
		growing_buffer_put(&out->body, growing_buffer_view(&payload));
	assert(fits);
	out->blknum = block->blknum;
	out->root = merkle_tree_root(leaves, count);
	out->transaction_count = (uint32_t)count;
	out->fee_count = pots;
	growing_buffer_clear(&payload);
	memory_free(leaves);
}

void built_block_clear(struct built_block *block)
{
	growing_buffer_clear(&block->body);
	memory_free(block->fees);
	block->fees = NULL;
	block->fee_count = 0;
}
