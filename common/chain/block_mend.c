/* SPDX-License-Identifier: MIT */
#include "common/chain/block_mend.h"

#include <assert.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/chain/protocol.h"
#include "common/chain/transaction_hash.h"
#include "common/codec/rlp_reader.h"
#include "common/codec/rlp_writer.h"

/* Items of a list of signatures that are looked at. */
#define MOST_ITEMS ((size_t)2 * PROTOCOL_MAX_INPUTS)

/* A transaction whose signatures are not good; a fee has to have none. */
struct ill {
	uint32_t index;
	struct transaction transaction;
	struct hash digest;
	struct address owners[PROTOCOL_MAX_INPUTS];
	struct signature found[PROTOCOL_MAX_INPUTS];
	bool has[PROTOCOL_MAX_INPUTS];
	bool is_helped; /* by what this copy did not have */
};

struct block_mend {
	const struct block_body *body;
	struct ill *ill;
	size_t count;
};

/* ---- what helps ---- */

/* True if it is a signature that was missing. */
static bool take_one(struct ill *ill, const struct signature *signature)
{
	struct address signer;
	bool helps = false;

	if (!signature_recover(&signer, signature, &ill->digest))
		return false;
	for (unsigned int i = 0; i < ill->transaction.input_count; i++) {
		if (ill->has[i] || !address_equal(&signer, &ill->owners[i]))
			continue;
		ill->found[i] = *signature;
		ill->has[i] = true;
		helps = true;
	}
	return helps;
}

static bool take_list(struct ill *ill, struct bytes signatures)
{
	struct rlp_reader items = rlp_reader_of(signatures);
	bool helps = signatures.len == 0 && ill->transaction.input_count == 0;

	for (size_t i = 0; i < MOST_ITEMS && rlp_reader_has_more(&items); i++) {
		struct rlp_item item = rlp_reader_next(&items);
		struct signature signature;

		if (item.is_list || item.payload.len != SIGNATURE_SIZE)
			continue;
		memcpy(signature.bytes, item.payload.data, SIGNATURE_SIZE);
		helps = take_one(ill, &signature) || helps;
	}
	return helps;
}

void block_mend_take_copy(struct block_mend *mend,
			  const struct block_body *copy)
{
	assert(hash_equal(&copy->root, &mend->body->root));
	for (size_t i = 0; i < mend->count; i++) {
		struct ill *ill = &mend->ill[i];

		if (take_list(ill,
			      block_body_frame(copy, ill->index).signatures))
			ill->is_helped = true;
	}
}

bool block_mend_ill(struct hash *hash, const struct block_mend *mend, size_t i)
{
	uint8_t raw[PROTOCOL_MAX_RAW_SIZE];
	struct writer writer = writer_of(raw, sizeof(raw));

	if (i >= mend->count)
		return false;
	transaction_encode(&writer, &mend->ill[i].transaction);
	*hash = transaction_hash(writer_view(&writer));
	return true;
}

void block_mend_take(struct block_mend *mend, size_t i,
		     const struct signature *signatures, size_t count)
{
	assert(i < mend->count);
	for (size_t j = 0; j < count; j++) {
		if (take_one(&mend->ill[i], &signatures[j]))
			mend->ill[i].is_helped = true;
	}
}

/* ---- making ---- */

static void fill(struct ill *ill, const struct ill_signed *found,
		 const struct block_judge *judge, const struct block_body *body,
		 const struct hash *domain)
{
	struct transaction room;

	ill->index = found->index;
	ill->transaction = *block_judge_transaction(judge, ill->index, &room);
	ill->digest = transaction_digest(domain, &ill->transaction);
	memcpy(ill->owners, found->owners, sizeof(ill->owners));
	(void)take_list(ill, block_body_frame(body, ill->index)
				     .signatures); /* its own are no help */
}

struct block_mend *block_mend_new(const struct block_judge *judge,
				  const struct block_body *body,
				  const struct hash *domain)
{
	struct block_mend *mend;
	size_t count;
	const struct ill_signed *found = block_judge_ill_signed(judge, &count);

	if (found == NULL)
		return NULL;
	mend = memory_new(1, sizeof(*mend));
	mend->body = body;
	mend->ill = memory_new(count, sizeof(*mend->ill));
	mend->count = count;
	for (size_t i = 0; i < count; i++)
		fill(&mend->ill[i], &found[i], judge, body, domain);
	return mend;
}

void block_mend_free(struct block_mend *mend)
{
	if (mend == NULL)
		return;
	memory_free(mend->ill);
	memory_free(mend);
}

/* ---- writing ---- */

static bool is_whole(const struct ill *ill)
{
	for (unsigned int i = 0; i < ill->transaction.input_count; i++) {
		if (!ill->has[i])
			return false;
	}
	return ill->is_helped;
}

/* The signed form of a frame with another list of signatures. */
static size_t form_len(const struct transaction_frame *frame)
{
	return rlp_list_len(rlp_list_len(frame->signatures.len) +
			    frame->fields.len);
}

static void write_form(struct writer *out,
		       const struct transaction_frame *frame)
{
	rlp_put_list_header(out, rlp_list_len(frame->signatures.len) +
					 frame->fields.len);
	rlp_put_list_header(out, frame->signatures.len);
	writer_put(out, frame->signatures);
	writer_put(out, frame->fields);
}

/* Room for the list of signatures of an input each. */
#define LIST_SIZE                                                              \
	((size_t)PROTOCOL_MAX_INPUTS * (SIGNATURE_SIZE + RLP_HEADER_MAX))

static struct bytes list_of(uint8_t room[LIST_SIZE], const struct ill *ill)
{
	struct writer writer = writer_of(room, LIST_SIZE);

	for (unsigned int i = 0; i < ill->transaction.input_count; i++)
		rlp_put_string(&writer,
			       bytes_view(ill->found[i].bytes, SIGNATURE_SIZE));
	return writer_view(&writer);
}

static bool write_body(struct growing_buffer *out,
		       const struct transaction_frame *frames, uint32_t count)
{
	size_t payload = 0;

	for (uint32_t i = 0; i < count; i++)
		payload += form_len(&frames[i]);
	size_t len = rlp_list_len(payload);
	uint8_t *room = growing_buffer_extend(out, len);
	if (room == NULL)
		return false;
	struct writer writer = writer_of(room, len);
	block_body_write_header(&writer, payload);
	for (uint32_t i = 0; i < count; i++)
		write_form(&writer, &frames[i]);
	assert(writer_ok(&writer) && writer.len == len);
	return true;
}

bool block_mend_write(struct growing_buffer *out, const struct block_mend *mend)
{
	const struct block_body *body = mend->body;

	for (size_t i = 0; i < mend->count; i++) {
		if (!is_whole(&mend->ill[i]))
			return false;
	}
	struct transaction_frame *frames =
		memory_new(body->count, sizeof(*frames));
	uint8_t(*lists)[LIST_SIZE] = memory_new(mend->count, sizeof(*lists));
	for (uint32_t i = 0; i < body->count; i++)
		frames[i] = block_body_frame(body, i);
	for (size_t i = 0; i < mend->count; i++)
		frames[mend->ill[i].index].signatures =
			list_of(lists[i], &mend->ill[i]);
	bool ok = write_body(out, frames, body->count);
	memory_free(lists);
	memory_free(frames);
	return ok;
}
