/* SPDX-License-Identifier: MIT */
#include "common/base/cursor.h"

#include <assert.h>
#include <string.h>

struct cursor cursor_of(struct bytes view)
{
	return (struct cursor){ view.data, view.len, false };
}

struct bytes cursor_take(struct cursor *cursor, size_t len)
{
	if (cursor->failed || len > cursor->left) {
		cursor_fail(cursor);
		return bytes_view(NULL, 0);
	}
	struct bytes taken = bytes_view(cursor->at, len);
	if (len > 0)
		cursor->at += len;
	cursor->left -= len;
	return taken;
}

uint8_t cursor_take_byte(struct cursor *cursor)
{
	struct bytes taken = cursor_take(cursor, 1);

	return taken.len == 1 ? taken.data[0] : 0;
}

uint8_t cursor_peek(struct cursor *cursor)
{
	if (cursor->failed || cursor->left == 0) {
		cursor_fail(cursor);
		return 0;
	}
	return *cursor->at;
}

uint64_t cursor_take_number(struct cursor *cursor, size_t len)
{
	assert(len >= 1 && len <= 8);
	struct bytes taken = cursor_take(cursor, len);
	uint64_t number = 0;

	for (size_t i = 0; i < taken.len; i++)
		number = number << 8 | taken.data[i];
	return number;
}

struct hash cursor_take_hash(struct cursor *cursor)
{
	struct hash hash = { { 0 } };
	struct bytes taken = cursor_take(cursor, sizeof(hash.bytes));

	if (taken.len != 0)
		memcpy(hash.bytes, taken.data, sizeof(hash.bytes));
	return hash;
}

struct address cursor_take_address(struct cursor *cursor)
{
	struct address address = { { 0 } };
	struct bytes taken = cursor_take(cursor, sizeof(address.bytes));

	if (taken.len != 0)
		memcpy(address.bytes, taken.data, sizeof(address.bytes));
	return address;
}

void cursor_fail(struct cursor *cursor)
{
	cursor->failed = true;
}

bool cursor_ok(const struct cursor *cursor)
{
	return !cursor->failed;
}

bool cursor_finished(const struct cursor *cursor)
{
	return !cursor->failed && cursor->left == 0;
}
