/* SPDX-License-Identifier: MIT */
#include "common/ethereum/eth_receipt.h"

#include <assert.h>
#include <string.h>

#include "common/codec/rlp_reader.h"
#include "common/codec/rlp_writer.h"

/* A byte from here on begins RLP and is no transaction type. */
#define FIRST_OF_RLP 0x80

struct eth_bloom eth_receipt_bloom(const struct eth_receipt *receipt)
{
	struct eth_bloom bloom = { { 0 } };

	for (size_t i = 0; i < receipt->log_count; i++) {
		const struct eth_log *log = &receipt->logs[i];

		eth_bloom_add(&bloom, bytes_view(log->address.bytes,
						 sizeof(log->address.bytes)));
		for (size_t j = 0; j < log->topic_count; j++)
			eth_bloom_add(&bloom,
				      bytes_view(log->topics[j].bytes, 32));
	}
	return bloom;
}

/* ---- writing ---- */

/* A topic is a string of 32 bytes behind one byte of header. */
static size_t topics_len(const struct eth_log *log)
{
	return log->topic_count * 33;
}

static size_t log_len(const struct eth_log *log)
{
	return rlp_string_len(bytes_view(log->address.bytes,
					 sizeof(log->address.bytes))) +
	       rlp_list_len(topics_len(log)) + rlp_string_len(log->data);
}

static void put_log(struct writer *out, const struct eth_log *log)
{
	rlp_put_list_header(out, log_len(log));
	rlp_put_string(out, bytes_view(log->address.bytes,
				       sizeof(log->address.bytes)));
	rlp_put_list_header(out, topics_len(log));
	for (size_t i = 0; i < log->topic_count; i++)
		rlp_put_string(out, bytes_view(log->topics[i].bytes, 32));
	rlp_put_string(out, log->data);
}

static void put_fields(struct writer *out, const struct eth_receipt *receipt,
		       const struct eth_bloom *bloom)
{
	size_t logs_len = 0;

	if (receipt->has_state_root)
		rlp_put_string(out, bytes_view(receipt->state_root.bytes, 32));
	else
		rlp_put_u64(out, receipt->succeeded ? 1 : 0);
	rlp_put_u64(out, receipt->cumulative_gas_used);
	rlp_put_string(out, bytes_view(bloom->bytes, ETH_BLOOM_LEN));
	for (size_t i = 0; i < receipt->log_count; i++)
		logs_len += rlp_list_len(log_len(&receipt->logs[i]));
	rlp_put_list_header(out, logs_len);
	for (size_t i = 0; i < receipt->log_count; i++)
		put_log(out, &receipt->logs[i]);
}

void eth_receipt_encode(struct growing_buffer *out,
			const struct eth_receipt *receipt)
{
	struct eth_bloom bloom = eth_receipt_bloom(receipt);
	struct writer counter = writer_of(NULL, 0);

	put_fields(&counter, receipt, &bloom);
	size_t len =
		rlp_list_len(counter.needed) + (receipt->type != 0 ? 1 : 0);
	uint8_t *room = growing_buffer_extend(out, len);
	if (room == NULL)
		return;
	struct writer writer = writer_of(room, len);
	if (receipt->type != 0)
		writer_put_byte(&writer, receipt->type);
	rlp_put_list_header(&writer, counter.needed);
	put_fields(&writer, receipt, &bloom);
	assert(writer_ok(&writer) && writer.len == len);
}

/* ---- reading ---- */

/* One item, as the first field: 32 bytes, or a status of 0 or 1. */
static bool take_outcome(struct eth_receipt *out, struct rlp_reader *reader)
{
	struct rlp_item item = rlp_reader_next(reader);
	uint64_t status;

	out->has_state_root = rlp_item_to_hash(&out->state_root, &item);
	if (!rlp_reader_ok(reader) || out->has_state_root)
		return rlp_reader_ok(reader);
	if (!rlp_item_to_u64(&status, &item) || status > 1)
		return false;
	out->succeeded = status == 1;
	return true;
}

static bool take_bloom(struct eth_bloom *out, struct rlp_reader *reader)
{
	struct rlp_item item = rlp_reader_next(reader);

	if (!rlp_reader_ok(reader) || item.is_list ||
	    item.payload.len != ETH_BLOOM_LEN)
		return false;
	memcpy(out->bytes, item.payload.data, ETH_BLOOM_LEN);
	return true;
}

static bool take_topics(struct eth_log *out, struct rlp_reader *reader)
{
	struct rlp_item list = rlp_reader_next(reader);
	struct rlp_reader topics = rlp_reader_into(&list);

	while (rlp_reader_has_more(&topics)) {
		struct rlp_item item = rlp_reader_next(&topics);

		if (out->topic_count == ETH_LOG_MAX_TOPICS ||
		    !rlp_item_to_hash(&out->topics[out->topic_count], &item))
			return false;
		out->topic_count++;
	}
	return rlp_reader_finished(&topics);
}

static bool take_log(struct eth_log *out, struct rlp_reader *logs)
{
	struct rlp_item list = rlp_reader_next(logs);
	struct rlp_reader reader = rlp_reader_into(&list);
	struct rlp_item address = rlp_reader_next(&reader);

	if (!rlp_item_to_address(&out->address, &address) ||
	    !take_topics(out, &reader))
		return false;
	struct rlp_item data = rlp_reader_next(&reader);
	out->data = data.payload;
	return !data.is_list && rlp_reader_finished(&reader);
}

static bool take_logs(struct eth_receipt *out, struct arena *arena,
		      struct rlp_reader *reader)
{
	struct rlp_item list = rlp_reader_next(reader);
	struct rlp_reader logs = rlp_reader_into(&list);
	size_t count = rlp_reader_count(logs);

	if (count > 0) {
		out->logs = arena_new(arena, count, sizeof(*out->logs));
		if (out->logs == NULL)
			return false;
	}
	while (rlp_reader_has_more(&logs)) {
		if (out->log_count == count ||
		    !take_log(&out->logs[out->log_count], &logs))
			return false;
		out->log_count++;
	}
	return rlp_reader_finished(&logs);
}

/* Moves the type in front of the list, if there is one, into the receipt. */
static struct bytes take_type(struct eth_receipt *out, struct bytes encoded)
{
	if (encoded.len == 0 || encoded.data[0] == 0 ||
	    encoded.data[0] >= FIRST_OF_RLP)
		return encoded;
	out->type = encoded.data[0];
	return bytes_view(encoded.data + 1, encoded.len - 1);
}

bool eth_receipt_decode(struct eth_receipt *out, struct arena *arena,
			struct bytes encoded)
{
	struct rlp_item whole;
	uint64_t gas;

	*out = (struct eth_receipt){ 0 };
	if (!rlp_item_read(&whole, take_type(out, encoded)))
		return false;
	struct rlp_reader reader = rlp_reader_into(&whole);
	if (!take_outcome(out, &reader))
		return false;
	struct rlp_item item = rlp_reader_next(&reader);
	if (!rlp_reader_ok(&reader) || !rlp_item_to_u64(&gas, &item) ||
	    !take_bloom(&out->logs_bloom, &reader) ||
	    !take_logs(out, arena, &reader) || !rlp_reader_finished(&reader))
		return false;
	out->cumulative_gas_used = gas;
	struct eth_bloom bloom = eth_receipt_bloom(out);
	return memcmp(bloom.bytes, out->logs_bloom.bytes, ETH_BLOOM_LEN) == 0;
}
