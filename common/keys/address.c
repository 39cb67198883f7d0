/* SPDX-License-Identifier: MIT */
#include "common/keys/address.h"

#include <string.h>

#include "common/base/hex.h"
#include "common/codec/keccak256.h"

/* EIP-55: a letter is a capital where the hash of the lower-case digits has a
 * digit above 7 in its place. */
void address_format(char text[ADDRESS_TEXT_SIZE], const struct address *address)
{
	hex_encode(text, bytes_view(address->bytes, sizeof(address->bytes)));
	char *digits = text + 2;
	struct hash hash = keccak256(bytes_of_string(digits));
	for (size_t i = 0; i < 2 * sizeof(address->bytes); i++) {
		unsigned int place = hash.bytes[i / 2];
		place = i % 2 == 0 ? place >> 4 : place & 15;
		if (place > 7 && digits[i] >= 'a')
			digits[i] = (char)(digits[i] - 'a' + 'A');
	}
}

static bool has_one_between(const char *text, size_t len, char first, char last)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] >= first && text[i] <= last)
			return true;
	}
	return false;
}

bool address_parse(struct address *out, const char *text, size_t len)
{
	struct address address;
	if (!hex_decode(address.bytes, sizeof(address.bytes), text, len))
		return false;
	if (has_one_between(text + 2, len - 2, 'a', 'f') &&
	    has_one_between(text + 2, len - 2, 'A', 'F')) {
		char expected[ADDRESS_TEXT_SIZE];
		address_format(expected, &address);
		if (memcmp(text, expected, len) != 0)
			return false;
	}
	*out = address;
	return true;
}
