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
