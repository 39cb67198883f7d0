/* SPDX-License-Identifier: MIT */
#include "common/ethereum/eth_quantity.h"

#include "common/base/hex.h"

/* The value of a digit of either case, or -1. */
static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool eth_quantity_parse(struct u256 *out, const char *text, size_t len)
{
	if (len < 3 || len > 2 + 64 || text[0] != '0' || text[1] != 'x')
		return false;
	if (text[2] == '0' && len > 3)
		return false;
	uint8_t be[32] = { 0 };
	for (size_t i = 2; i < len; i++) {
		int digit = digit_value(text[i]);
		if (digit < 0)
			return false;
		size_t place = len - 1 - i;
		unsigned int shift = place % 2 == 0 ? 0 : 4;
		be[31 - place / 2] |= (uint8_t)((unsigned int)digit << shift);
	}
	*out = u256_from_be(be);
	return true;
}

bool eth_quantity_parse_u64(uint64_t *out, const char *text, size_t len)
{
	struct u256 number;
	return eth_quantity_parse(&number, text, len) &&
	       u256_to_u64(out, number);
}

void eth_quantity_format(char text[ETH_QUANTITY_SIZE], struct u256 number)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t be[32];
	u256_to_be(be, number);
	size_t len = 0;
	text[len++] = '0';
	text[len++] = 'x';
	for (size_t i = 0; i < 64; i++) {
		unsigned int digit =
			i % 2 == 0 ? be[i / 2] >> 4 : be[i / 2] & 15U;
		if (digit != 0 || len > 2 || i == 63)
			text[len++] = digits[digit];
	}
	text[len] = '\0';
}

void eth_quantity_format_u64(char text[ETH_QUANTITY_SIZE], uint64_t number)
{
	eth_quantity_format(text, u256_of(number));
}

bool eth_data_parse(struct bytes *out, struct arena *arena, const char *text,
		    size_t len, size_t max)
{
	if (len < 2 || len % 2 != 0 || (len - 2) / 2 > max)
		return false;
	size_t count = (len - 2) / 2;
	uint8_t *data = arena_new(arena, count + 1, 1);
	if (data == NULL || !hex_decode(data, count, text, len))
		return false;
	*out = bytes_view(data, count);
	return true;
}

bool eth_data_parse_hash(struct hash *out, const char *text, size_t len)
{
	struct hash hash = { { 0 } };
	if (!hex_decode(hash.bytes, sizeof(hash.bytes), text, len))
		return false;
	*out = hash;
	return true;
}

bool eth_data_parse_address(struct address *out, const char *text, size_t len)
{
	struct address address = { { 0 } };
	if (!hex_decode(address.bytes, sizeof(address.bytes), text, len))
		return false;
	*out = address;
	return true;
}
