/* SPDX-License-Identifier: MIT */
#include "common/codec/abi_reader.h"

#include <string.h>

#define WORD ((size_t)32)

struct abi_reader abi_reader_of(struct bytes view)
{
	return (struct abi_reader){ cursor_of(view), view.len };
}

struct hash abi_take_hash(struct abi_reader *reader)
{
	return cursor_take_hash(&reader->cursor);
}

struct u256 abi_take_u256(struct abi_reader *reader)
{
	return u256_from_be(abi_take_hash(reader).bytes);
}

uint64_t abi_take_u64(struct abi_reader *reader)
{
	uint64_t number = 0;
	if (!u256_to_u64(&number, abi_take_u256(reader)))
		cursor_fail(&reader->cursor);
	return number;
}

bool abi_take_bool(struct abi_reader *reader)
{
	uint64_t number = abi_take_u64(reader);
	if (number > 1)
		cursor_fail(&reader->cursor);
	return number == 1;
}

struct address abi_take_address(struct abi_reader *reader)
{
	struct hash word = abi_take_hash(reader);
	struct address address;
	if (!bytes_are_zero(bytes_view(word.bytes, 12)))
		cursor_fail(&reader->cursor);
	memcpy(address.bytes, word.bytes + 12, sizeof(address.bytes));
	return address;
}

void abi_expect(struct abi_reader *reader, uint64_t number)
{
	if (abi_take_u64(reader) != number)
		cursor_fail(&reader->cursor);
}

struct bytes abi_take_bytes(struct abi_reader *reader)
{
	uint64_t len = abi_take_u64(reader);
	if (len > reader->cursor.left) {
		cursor_fail(&reader->cursor);
		return bytes_view(NULL, 0);
	}
	struct bytes view = cursor_take(&reader->cursor, (size_t)len);
	size_t padding = (WORD - (size_t)len % WORD) % WORD;
	if (!bytes_are_zero(cursor_take(&reader->cursor, padding)))
		cursor_fail(&reader->cursor);
	return view;
}

bool abi_reader_finished(const struct abi_reader *reader)
{
	return cursor_finished(&reader->cursor);
}
