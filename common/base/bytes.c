/* SPDX-License-Identifier: MIT */
#include "common/base/bytes.h"

#include <string.h>

struct bytes bytes_view(const void *data, size_t len)
{
	return (struct bytes){ data, len };
}

struct bytes bytes_of_string(const char *text)
{
	return bytes_view(text, strlen(text));
}

bool bytes_equal(struct bytes a, struct bytes b)
{
	return a.len == b.len &&
	       (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool bytes_are_zero(struct bytes view)
{
	uint8_t all = 0;

	for (size_t i = 0; i < view.len; i++)
		all |= view.data[i];
	return all == 0;
}

int bytes_compare(struct bytes a, struct bytes b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len == 0 ? 0 : memcmp(a.data, b.data, len);

	if (order != 0)
		return order < 0 ? -1 : 1;
	return a.len < b.len ? -1 : a.len > b.len;
}

bool hash_equal(const struct hash *a, const struct hash *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

int hash_compare(const struct hash *a, const struct hash *b)
{
	return bytes_compare(bytes_view(a->bytes, sizeof(a->bytes)),
			     bytes_view(b->bytes, sizeof(b->bytes)));
}

bool hash_is_zero(const struct hash *hash)
{
	return bytes_are_zero(bytes_view(hash->bytes, sizeof(hash->bytes)));
}

bool address_equal(const struct address *a, const struct address *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

int address_compare(const struct address *a, const struct address *b)
{
	return bytes_compare(bytes_view(a->bytes, sizeof(a->bytes)),
			     bytes_view(b->bytes, sizeof(b->bytes)));
}

bool address_is_zero(const struct address *address)
{
	return bytes_are_zero(
		bytes_view(address->bytes, sizeof(address->bytes)));
}
