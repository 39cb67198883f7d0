/* SPDX-License-Identifier: MIT */
#include "common/codec/abi_writer.h"

#include <string.h>

#include "common/codec/keccak256.h"

/* A buffer remembers that it was too small; whoever sends its bytes asks. */
static void put(struct growing_buffer *out, const void *data, size_t len)
{
	(void)growing_buffer_put(out, bytes_view(data, len));
}

void abi_put_selector(struct growing_buffer *out, const char *signature)
{
	struct hash hash = keccak256(bytes_of_string(signature));
	put(out, hash.bytes, 4);
}

void abi_put_u64(struct growing_buffer *out, uint64_t number)
{
	abi_put_u256(out, u256_of(number));
}

void abi_put_u256(struct growing_buffer *out, struct u256 number)
{
	uint8_t word[ABI_WORD];
	u256_to_be(word, number);
	put(out, word, sizeof(word));
}

void abi_put_address(struct growing_buffer *out, const struct address *address)
{
	uint8_t word[ABI_WORD] = { 0 };
	memcpy(word + sizeof(word) - sizeof(address->bytes), address->bytes,
	       sizeof(address->bytes));
	put(out, word, sizeof(word));
}

void abi_put_hash(struct growing_buffer *out, const struct hash *hash)
{
	put(out, hash->bytes, sizeof(hash->bytes));
}

static size_t padding_of(size_t len)
{
	return (ABI_WORD - len % ABI_WORD) % ABI_WORD;
}

void abi_put_bytes(struct growing_buffer *out, struct bytes view)
{
	static const uint8_t zeros[ABI_WORD];
	abi_put_u64(out, view.len);
	put(out, view.data, view.len);
	put(out, zeros, padding_of(view.len));
}

size_t abi_bytes_len(struct bytes view)
{
	return ABI_WORD + view.len + padding_of(view.len);
}

struct abi_tuple abi_tuple_begin(size_t words)
{
	return (struct abi_tuple){ words * ABI_WORD };
}

void abi_put_offset(struct growing_buffer *out, struct abi_tuple *tuple,
		    size_t len)
{
	abi_put_u64(out, tuple->next_part);
	tuple->next_part += len;
}
