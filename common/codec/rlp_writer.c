/* SPDX-License-Identifier: MIT */
#include "common/codec/rlp_writer.h"

#include <stdbool.h>

#define SHORT_MAX 55

/* Fewest bytes that hold a length. */
static size_t size_of_len(size_t len)
{
	size_t size = 0;
	for (; len > 0; len >>= 8)
		size++;
	return size;
}

static size_t header_len(size_t payload_len)
{
	return payload_len <= SHORT_MAX ? 1 : 1 + size_of_len(payload_len);
}

/* True for a string that is its own encoding. */
static bool is_bare(struct bytes view)
{
	return view.len == 1 && view.data[0] < 0x80;
}

static void put_header(struct writer *out, uint8_t base, size_t payload_len)
{
	if (payload_len <= SHORT_MAX) {
		writer_put_byte(out, (uint8_t)(base + payload_len));
		return;
	}
	size_t size = size_of_len(payload_len);
	writer_put_byte(out, (uint8_t)(base + SHORT_MAX + size));
	writer_put_number(out, payload_len, size);
}

size_t rlp_string_len(struct bytes view)
{
	return is_bare(view) ? 1 : header_len(view.len) + view.len;
}

size_t rlp_u256_len(struct u256 number)
{
	size_t len = u256_byte_len(number);
	return len == 1 && number.limbs[0] < 0x80 ? 1 : 1 + len;
}

size_t rlp_u64_len(uint64_t number)
{
	return rlp_u256_len(u256_of(number));
}

size_t rlp_list_len(size_t payload_len)
{
	return header_len(payload_len) + payload_len;
}

void rlp_put_string_header(struct writer *out, struct bytes view)
{
	if (!is_bare(view))
		put_header(out, 0x80, view.len);
}

void rlp_put_string(struct writer *out, struct bytes view)
{
	rlp_put_string_header(out, view);
	writer_put(out, view);
}

void rlp_put_u256(struct writer *out, struct u256 number)
{
	uint8_t bytes[32];
	u256_to_be(bytes, number);
	size_t len = u256_byte_len(number);
	rlp_put_string(out, bytes_view(bytes + sizeof(bytes) - len, len));
}

void rlp_put_u64(struct writer *out, uint64_t number)
{
	rlp_put_u256(out, u256_of(number));
}

void rlp_put_list_header(struct writer *out, size_t payload_len)
{
	put_header(out, 0xc0, payload_len);
}
