/* SPDX-License-Identifier: MIT */
#include "common/chain/block.h"

#include <assert.h>

#include "common/base/memory.h"
#include "common/chain/protocol.h"
#include "common/codec/merkle_tree.h"
#include "common/codec/rlp_reader.h"
#include "common/codec/rlp_writer.h"

/* Frames that are hashed together. */
#define GROUP 64

/* Transactions after which what was read of a mapped body is dropped, and bytes
 * of a body that stays until it is of no use: to drop pages costs something. */
#define WALK 512
#define SMALL ((size_t)4 << 20)

static struct finding of_block(enum verdict verdict)
{
	return (struct finding){ verdict, false, 0 };
}

static struct finding of_transaction(enum verdict verdict, uint32_t index)
{
	return (struct finding){ verdict, true, index };
}

/* Drops what lies before `at` of a mapped body. */
static void drop_before(const struct block_body *body, const uint8_t *at)
{
	if (body->is_large_mapping)
		memory_drop_mapped(bytes_view(body->bytes.data,
					      (size_t)(at - body->bytes.data)));
}

struct transaction_frame block_body_frame(const struct block_body *body,
					  uint32_t index)
{
	assert(index < body->count);
	const struct frame_place *place = &body->places[index];
	const uint8_t *at = body->bytes.data + place->at;
	return (struct transaction_frame){
		bytes_view(at, place->signatures_len),
		bytes_view(at + place->signatures_len, place->fields_len),
	};
}

static struct frame_place place_of(const struct block_body *body,
				   const struct transaction_frame *frame)
{
	return (struct frame_place){
		(uint32_t)(frame->signatures.data - body->bytes.data),
		(uint32_t)frame->signatures.len,
		(uint32_t)frame->fields.len,
	};
}

void block_body_walk(const struct block_body *body, uint32_t index)
{
	if (index == body->count)
		drop_before(body, body->bytes.data + body->bytes.len);
	else if (index % WALK == 0)
		drop_before(body, block_body_frame(body, index).fields.data);
}

/* The number of items, as rlp_reader_count() has it. */
static size_t count_items(const struct block_body *body,
			  struct rlp_reader reader)
{
	size_t count = 0;
	while (rlp_reader_has_more(&reader)) {
		struct rlp_item item = rlp_reader_next(&reader);
		if (!rlp_reader_ok(&reader))
			break;
		if (count++ % WALK == 0)
			drop_before(body, item.encoding.data);
	}
	return count;
}

/* Rules 8 and 9. */
static struct finding read_frames(struct block_body *out,
				  const struct rlp_item *list)
{
	struct rlp_reader reader = rlp_reader_into(list);
	size_t count = count_items(out, reader);
	if (count > PROTOCOL_LEAVES)
		return of_block(VERDICT_TOO_MANY_TRANSACTIONS);
	out->places = memory_new(count, sizeof(*out->places));
	while (rlp_reader_has_more(&reader)) {
		struct rlp_item item = rlp_reader_next(&reader);
		struct transaction_frame frame;
		if (out->count % WALK == 0)
			drop_before(out, item.encoding.data);
		if (!rlp_reader_ok(&reader) ||
		    transaction_frame_read(&frame, item.encoding) !=
			    VERDICT_VALID)
			return of_transaction(VERDICT_TX_FRAMING, out->count);
		out->places[out->count++] = place_of(out, &frame);
	}
	return FINDING_VALID;
}

/* The leaves of `count` frames from `first` on. The raw form of a frame lies in
 * two pieces: a header of its own and the fields. */
static void hash_frames(struct hash *out, const struct block_body *body,
			uint32_t first, size_t count)
{
	uint8_t headers[GROUP][RLP_HEADER_MAX];
	struct bytes pieces[2 * GROUP];
	for (size_t i = 0; i < count; i++) {
		struct writer writer = writer_of(headers[i], RLP_HEADER_MAX);
		struct bytes fields =
			block_body_frame(body, first + (uint32_t)i).fields;
		rlp_put_list_header(&writer, fields.len);
		pieces[2 * i] = writer_view(&writer);
		pieces[2 * i + 1] = fields;
	}
	merkle_tree_leaves_of_pieces(out, pieces, 2, count);
}

static struct hash *leaves_of(const struct block_body *body)
{
	struct hash *leaves = memory_new(body->count, sizeof(*leaves));
	for (uint32_t i = 0; i < body->count; i += GROUP) {
		size_t left = body->count - i;
		block_body_walk(body, i);
		hash_frames(leaves + i, body, i, left < GROUP ? left : GROUP);
	}
	return leaves;
}

static struct finding read_body(struct block_body *out, struct bytes body)
{
	struct rlp_item whole;
	if (body.len > UINT32_MAX || !rlp_item_read(&whole, body) ||
	    !whole.is_list)
		return of_block(VERDICT_BLOCK_NOT_AVAILABLE);
	struct finding finding = read_frames(out, &whole);
	if (finding.verdict != VERDICT_VALID) {
		block_body_clear(out);
		return finding;
	}
	out->leaves = leaves_of(out);
	block_body_walk(out, out->count);
	out->root = merkle_tree_root(out->leaves, out->count);
	return FINDING_VALID;
}

struct finding block_body_read(struct block_body *out, struct bytes body)
{
	*out = (struct block_body){ .bytes = body };
	return read_body(out, body);
}

struct finding block_body_read_mapped(struct block_body *out, struct bytes body)
{
	*out = (struct block_body){ .bytes = body,
				    .is_large_mapping = body.len > SMALL };
	return read_body(out, body);
}

void block_body_clear(struct block_body *body)
{
	memory_free(body->places);
	memory_free(body->leaves);
	*body = (struct block_body){ 0 };
}

struct bytes block_body_raw(const struct block_body *body, uint32_t index,
			    struct growing_buffer *buffer)
{
	struct transaction_frame frame = block_body_frame(body, index);
	size_t len = transaction_frame_raw_len(&frame);
	growing_buffer_reset(buffer);
	uint8_t *room = growing_buffer_extend(buffer, len);
	if (room == NULL)
		return bytes_view(NULL, 0);
	struct writer writer = writer_of(room, len);
	transaction_frame_write_raw(&writer, &frame);
	return writer_view(&writer);
}

void block_body_proof(uint8_t proof[PROTOCOL_PROOF_SIZE],
		      const struct block_body *body, uint32_t index)
{
	assert(index < body->count);
	merkle_tree_prove(proof, body->leaves, body->count, index);
}

void block_body_write_header(struct writer *out, uint64_t payload_len)
{
	rlp_put_list_header(out, (size_t)payload_len);
}
