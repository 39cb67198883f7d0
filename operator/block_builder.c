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

static void put(struct growing_buffer *out, struct bytes bytes)
{
	bool fits = growing_buffer_put(out, bytes);

	assert(fits);
}

/* Appends a fee transaction to `out`; returns its leaf. */
static struct hash add_fee(struct growing_buffer *out,
			   const struct transaction *transaction)
{
	uint8_t raw[PROTOCOL_MAX_RAW_SIZE];
	uint8_t signed_form[PROTOCOL_MAX_SIGNED_SIZE];
	struct writer raw_writer = writer_of(raw, sizeof(raw));
	struct writer writer = writer_of(signed_form, sizeof(signed_form));

	transaction_encode(&raw_writer, transaction);
	transaction_encode_signed(&writer, writer_view(&raw_writer), NULL, 0);
	assert(writer_ok(&writer));
	put(out, writer_view(&writer));
	return merkle_tree_leaf(writer_view(&raw_writer));
}

/* The body: its length stands at its front, so it is known before a byte of the
 * payments, which are many, is copied. */
static void write_body(struct growing_buffer *out,
		       const struct forming_block *block, struct bytes fees)
{
	uint8_t header[16];
	struct writer writer = writer_of(header, sizeof(header));
	size_t len = fees.len;

	for (uint32_t i = 0; i < block->count; i++)
		len += payment_bytes(block->payments[i]).len;
	block_body_write_header(&writer, len);
	growing_buffer_init(out, PROTOCOL_MAX_BODY_SIZE);
	put(out, writer_view(&writer));
	for (uint32_t i = 0; i < block->count; i++)
		put(out, payment_bytes(block->payments[i]));
	put(out, fees);
}

void block_builder_build(struct built_block *out,
			 const struct forming_block *block,
			 const struct address *claimer)
{
	size_t pots = fee_pots_count(block->pots);
	size_t count = block->count + pots;
	struct hash *leaves = memory_new(count, sizeof(*leaves));
	struct growing_buffer fees;

	assert(count > 0 && count <= PROTOCOL_LEAVES);
	growing_buffer_init(&fees, PROTOCOL_MAX_BODY_SIZE);
	out->fees = memory_new(pots, sizeof(*out->fees));
	for (uint32_t i = 0; i < block->count; i++)
		leaves[i] = block->payments[i]->leaf;
	for (size_t i = 0; i < pots; i++) {
		struct token token;
		struct amount amount;

		fee_pots_get(block->pots, i, &token, &amount);
		struct transaction fee =
			fee_transaction(block->blknum, claimer, &token, amount);
		leaves[block->count + i] = add_fee(&fees, &fee);
		out->fees[i] = fee.outputs[0];
	}
	write_body(&out->body, block, growing_buffer_view(&fees));
	out->blknum = block->blknum;
	out->root = merkle_tree_root(leaves, count);
	out->transaction_count = (uint32_t)count;
	out->fee_count = pots;
	growing_buffer_clear(&fees);
	memory_free(leaves);
}

void built_block_clear(struct built_block *block)
{
	growing_buffer_clear(&block->body);
	memory_free(block->fees);
	block->fees = NULL;
	block->fee_count = 0;
}
