/* SPDX-License-Identifier: MIT */
#include "common/codec/rlp_reader.h"

#include <string.h>

/* Strings and lists of up to this many bytes have a header of one byte. */
#define SHORT_MAX 55

struct rlp_reader rlp_reader_of(struct bytes payload)
{
	return (struct rlp_reader){ cursor_of(payload) };
}

struct rlp_reader rlp_reader_into(const struct rlp_item *item)
{
	struct rlp_reader reader = rlp_reader_of(item->payload);
	if (!item->is_list)
		cursor_fail(&reader.cursor);
	return reader;
}

/* The length that `size` bytes after a long header say: not zero first, and too
 * long for a short header. */
static size_t take_long_len(struct cursor *cursor, size_t size)
{
	if (cursor_peek(cursor) == 0)
		cursor_fail(cursor);
	uint64_t len = cursor_take_number(cursor, size);
	if (len <= SHORT_MAX)
		cursor_fail(cursor);
	return (size_t)len;
}

/* Moves over a header; returns the length of the payload that follows. */
static size_t take_header(struct cursor *cursor, bool *is_list)
{
	uint8_t first = cursor_peek(cursor);
	*is_list = first >= 0xc0;
	if (first < 0x80)
		return 1;
	(void)cursor_take_byte(cursor);
	uint8_t kind = (uint8_t)(first - (*is_list ? 0xc0 : 0x80));
	if (kind > SHORT_MAX)
		return take_long_len(cursor, (size_t)(kind - SHORT_MAX));
	if (!*is_list && kind == 1 && cursor_peek(cursor) < 0x80)
		cursor_fail(cursor); /* is its own encoding */
	return kind;
}

struct rlp_item rlp_reader_next(struct rlp_reader *reader)
{
	struct cursor *cursor = &reader->cursor;
	const uint8_t *start = cursor->at;
	size_t left = cursor->left;
	bool is_list;
	size_t len = take_header(cursor, &is_list);
	struct bytes payload = cursor_take(cursor, len);
	if (!cursor_ok(cursor))
		return (struct rlp_item){ 0 };
	return (struct rlp_item){
		.is_list = is_list,
		.payload = payload,
		.encoding = bytes_view(start, left - cursor->left),
	};
}

bool rlp_reader_has_more(const struct rlp_reader *reader)
{
	return cursor_ok(&reader->cursor) && reader->cursor.left > 0;
}

bool rlp_reader_ok(const struct rlp_reader *reader)
{
	return cursor_ok(&reader->cursor);
}

bool rlp_reader_finished(const struct rlp_reader *reader)
{
	return cursor_finished(&reader->cursor);
}

size_t rlp_reader_count(struct rlp_reader reader)
{
	size_t count = 0;
	while (rlp_reader_has_more(&reader)) {
		(void)rlp_reader_next(&reader);
		if (rlp_reader_ok(&reader))
			count++;
	}
	return count;
}

bool rlp_item_read(struct rlp_item *out, struct bytes input)
{
	struct rlp_reader reader = rlp_reader_of(input);
	*out = rlp_reader_next(&reader);
	return rlp_reader_finished(&reader);
}

bool rlp_item_is_canonical(const struct rlp_item *item)
{
	if (!item->is_list)
		return true;
	/* What is left of each list that we are in after the innermost. */
	size_t outer[RLP_DEPTH_MAX];
	size_t depth = 0;
	struct rlp_reader reader = rlp_reader_of(item->payload);
	for (;;) {
		while (!rlp_reader_has_more(&reader)) {
			if (!rlp_reader_ok(&reader))
				return false;
			if (depth == 0)
				return true;
			reader.cursor.left = outer[--depth];
		}
		struct rlp_item inner = rlp_reader_next(&reader);
		if (!rlp_reader_ok(&reader))
			return false;
		if (!inner.is_list || inner.payload.len == 0)
			continue;
		if (depth == RLP_DEPTH_MAX)
			return false;
		/* What follows the inner list follows it in memory too. */
		outer[depth++] = reader.cursor.left;
		reader = rlp_reader_of(inner.payload);
	}
}

/* A string of at most `max` bytes whose first byte is not zero. */
static bool is_scalar(const struct rlp_item *item, size_t max)
{
	return !item->is_list && item->payload.len <= max &&
	       (item->payload.len == 0 || item->payload.data[0] != 0);
}

bool rlp_item_to_u256(struct u256 *out, const struct rlp_item *item)
{
	if (!is_scalar(item, 32))
		return false;
	*out = u256_from_be_bytes(item->payload.data, item->payload.len);
	return true;
}

bool rlp_item_to_u64(uint64_t *out, const struct rlp_item *item)
{
	struct u256 number;
	return is_scalar(item, 8) && rlp_item_to_u256(&number, item) &&
	       u256_to_u64(out, number);
}

bool rlp_item_to_address(struct address *out, const struct rlp_item *item)
{
	if (item->is_list || item->payload.len != sizeof(out->bytes))
		return false;
	memcpy(out->bytes, item->payload.data, sizeof(out->bytes));
	return true;
}

bool rlp_item_to_hash(struct hash *out, const struct rlp_item *item)
{
	if (item->is_list || item->payload.len != sizeof(out->bytes))
		return false;
	memcpy(out->bytes, item->payload.data, sizeof(out->bytes));
	return true;
}
